// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_certificate.h"

#include "base/format.h"

#include <algorithm>
#include <cstdint>

namespace pw::twin {

namespace {

constexpr std::uint8_t kInteger = 0x02, kObjectId = 0x06, kUtcTime = 0x17, kTime = 0x18, kSequence = 0x30,
                       kVersion = 0xa0;

constexpr std::string_view kRsa("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"); // 1.2.840.113549.1.1.1

struct Element {
    std::uint8_t tag = 0; // 0: there was none
    Bytes value, whole;
};

// Elements one after the other (X.690). After the end, or what breaks the rules, come ones without a tag.
class Der {
  public:
    explicit Der(Bytes bytes) : rest_(bytes) {}

    Element next() {
        const Bytes all = std::exchange(rest_, {});
        ByteReader in(all);
        Element out;
        out.tag = in.read<std::uint8_t>();
        std::size_t length = in.read<std::uint8_t>();
        if (length >= 0x80) {
            std::size_t digits = length - 0x80;
            if (digits < 1 || digits > 4) return {};
            for (length = 0; digits > 0; --digits) length = length << 8 | in.read<std::uint8_t>();
        }
        out.value = in.take(length);
        if (!in.ok()) return {};
        out.whole = all.first(all.size() - in.left());
        rest_ = all.subspan(out.whole.size());
        return out;
    }
    // The next one when it has that tag, else one without; it stays the next.
    Element next(std::uint8_t tag) {
        const Bytes before = rest_;
        if (const Element element = next(); element.tag == tag) return element;
        rest_ = before;
        return {};
    }
    bool more() const { return !rest_.empty(); }

  private:
    Bytes rest_;
};

bool is_rsa(Bytes algorithm) { return as_text(Der(algorithm).next(kObjectId).value) == kRsa; }

// "261122133000Z", or with all four digits of the year; empty when it is no time.
std::string time_of(const Element& element) {
    std::string text(as_text(element.value));
    if (element.tag == kUtcTime) text = (text < "50" ? "20" : "19") + text;
    if ((element.tag != kUtcTime && element.tag != kTime) || text.size() != 15 || !text.ends_with('Z')) return {};
    if (text.find_first_not_of("0123456789") != 14) return {};
    const std::string_view t = text;
    return formatted("{}-{}-{}T{}:{}:{}", t.substr(0, 4), t.substr(4, 2), t.substr(6, 2), t.substr(8, 2),
                     t.substr(10, 2), t.substr(12, 2));
}

} // namespace

std::optional<CertificateFacts> read_certificate(Bytes der) {
    Der signed_part(Der(Der(der).next(kSequence).value).next(kSequence).value);
    (void)signed_part.next(kVersion);
    CertificateFacts out;
    out.serial = signed_part.next(kInteger).value;
    (void)signed_part.next(kSequence); // how it is signed
    out.issuer = signed_part.next(kSequence).whole;
    Der validity(signed_part.next(kSequence).value);
    out.begin = time_of(validity.next());
    out.end = time_of(validity.next());
    (void)signed_part.next(kSequence); // whose it is
    out.rsa = is_rsa(Der(signed_part.next(kSequence).value).next(kSequence).value);
    if (out.serial.empty() || out.issuer.empty() || out.begin.empty() || out.end.empty()) return std::nullopt;
    return out;
}

bool is_rsa_key(Bytes der) {
    Der key(Der(der).next(kSequence).value);
    (void)key.next(kInteger); // the version
    const Element next = key.next();
    return next.tag == kInteger || (next.tag == kSequence && is_rsa(next.value));
}

Bytes first_certificate(Bytes chain) { return Der(chain).next(kSequence).whole; }

std::vector<std::vector<std::byte>> der_blocks(Bytes file, std::string_view label) {
    const std::string begin = formatted("-----BEGIN {}-----", label), end = formatted("-----END {}-----", label);
    std::string_view text = as_text(file);
    if (!text.contains(begin)) return {{file.begin(), file.end()}};
    std::vector<std::vector<std::byte>> out;
    while (true) {
        const std::size_t first = text.find(begin), last = text.find(end, first);
        if (last == text.npos) return out;
        std::string digits(text.substr(first + begin.size(), last - first - begin.size()));
        std::erase_if(digits, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
        if (auto block = from_base64(digits)) out.push_back(std::move(*block));
        text.remove_prefix(last + end.size());
    }
}

bool revokes(Bytes list, const CertificateFacts& certificate) {
    Der signed_part(Der(Der(list).next(kSequence).value).next(kSequence).value);
    (void)signed_part.next(kInteger);  // the version
    (void)signed_part.next(kSequence); // how it is signed
    if (!std::ranges::equal(signed_part.next(kSequence).whole, certificate.issuer)) return false;
    for (int i = 0; i < 2; ++i) { // when it was made, and when the next will be
        if (signed_part.next(kUtcTime).tag == 0) (void)signed_part.next(kTime);
    }
    Der revoked(signed_part.next(kSequence).value);
    while (revoked.more()) {
        if (std::ranges::equal(Der(revoked.next().value).next(kInteger).value, certificate.serial)) return true;
    }
    return false;
}

} // namespace pw::twin
