// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_trust.h"

#include "base/file.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "twin/opcua_certificate.h"
#include "twin/opcua_value.h"
#include "twin/sparkplug.h"

#include <open62541/plugin/pki_default.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace pw::twin {

// A list to verify with, from a folder's files.
struct OpcUaTrust::Files {
    std::vector<std::vector<std::byte>> bytes;  // as they are
    std::vector<std::vector<std::byte>> blocks; // what is in them, in DER
    std::vector<UA_ByteString> strings;         // of bytes
};

namespace {

constexpr std::uint64_t kMaxFile = 1u << 20; // of a certificate or a revocation list
constexpr std::size_t kMaxFiles = 1000;      // in a folder

UA_ByteString lent(Bytes bytes) { // open62541 does not write into what it is lent
    return {bytes.size(), reinterpret_cast<UA_Byte*>(const_cast<std::byte*>(bytes.data()))};
}

// Files and what else is in a folder; folders in it are passed over, and one that nobody made yet is empty.
Result<std::vector<std::string>> files_in(const std::string& folder) {
    auto names = list_folder(folder);
    if (!names && names.error().code == Errc::NotFound) return std::vector<std::string>();
    if (!names) return names;
    if (names->size() > kMaxFiles) return fail(Errc::Exhausted, "too many files: " + folder);
    for (std::string& name : *names) name = join_path(folder, name);
    std::erase_if(*names, is_folder);
    return names;
}

using Verification = std::unique_ptr<UA_CertificateVerification, void (*)(UA_CertificateVerification*)>;
// Empty: something in the lists is not what it should be.
Verification make_verification(std::span<const UA_ByteString> trusted, std::span<const UA_ByteString> revoked) {
    static const UA_Logger quiet{};
    const auto end = [](UA_CertificateVerification* v) {
        if (v->clear != nullptr) v->clear(v);
        delete v;
    };
    Verification out(new UA_CertificateVerification{}, end);
    out->logging = &quiet;
    const UA_StatusCode status = UA_CertificateVerification_Trustlist(out.get(), trusted.data(), trusted.size(),
                                                                      nullptr, 0, revoked.data(), revoked.size());
    if (status != UA_STATUSCODE_GOOD) out.reset();
    return out;
}

bool is_certificate(Bytes file) {
    const UA_ByteString one = lent(file);
    return make_verification({&one, 1}, {}) != nullptr;
}
bool is_revocation_list(Bytes file) {
    const UA_ByteString one = lent(file);
    return make_verification({}, {&one, 1}) != nullptr;
}

// Why a certificate is not accepted though it was looked at; empty where only nobody trusts it.
std::string reason(UA_StatusCode status) {
    switch (status) {
    case UA_STATUSCODE_BADCERTIFICATEUNTRUSTED:
    case UA_STATUSCODE_BADCERTIFICATECHAININCOMPLETE:
    case UA_STATUSCODE_BADCERTIFICATEUSENOTALLOWED:
    case UA_STATUSCODE_BADCERTIFICATEISSUERUSENOTALLOWED:
        return {};
    case UA_STATUSCODE_BADCERTIFICATEREVOCATIONUNKNOWN:
    case UA_STATUSCODE_BADCERTIFICATEISSUERREVOCATIONUNKNOWN:
        return "is of an authority that has no list among those in revoked/";
    case UA_STATUSCODE_BADCERTIFICATEISSUERTIMEINVALID:
        return "is of an authority whose own certificate is not valid at this time";
    case UA_STATUSCODE_BADCERTIFICATEISSUERREVOKED:
        return "is of an authority that was revoked itself";
    case UA_STATUSCODE_BADCERTIFICATEREVOKED:
        return "is revoked by its authority";
    default:
        return "cannot be verified";
    }
}

bool names_application(UA_CertificateVerification& verification, Bytes certificate, std::string_view uri) {
    const UA_ByteString shown = lent(certificate);
    const UA_String says = lent(as_bytes(uri));
    return verification.verifyApplicationURI(&verification, &shown, &says) == UA_STATUSCODE_GOOD;
}

} // namespace

Result<OpcUaIdentity> OpcUaTrust::own() {
    auto own = own_.lock();
    if (!*own) {
        auto found = own_identity(join_path(folder_, "own"));
        if (!found) return found;
        *own = std::move(*found);
    }
    return **own;
}

void OpcUaTrust::warn_once(const std::string& what) {
    if (warned_.lock()->insert(what).second) log_warn(what);
}

// What is no certificate trusts nobody: it is passed over.
Result<OpcUaTrust::Files> OpcUaTrust::read_trusted() {
    const auto names = files_in(join_path(folder_, "trusted"));
    if (!names) return std::unexpected(names.error());
    Files out;
    for (const std::string& name : *names) {
        auto file = read_file(name, kMaxFile);
        if (!file || !is_certificate(*file)) {
            warn_once(file ? "no certificate, and passed over: " + name : file.error().what);
            continue;
        }
        for (auto& block : der_blocks(*file, "CERTIFICATE")) out.blocks.push_back(std::move(block));
        out.bytes.push_back(std::move(*file));
    }
    for (const auto& bytes : out.bytes) out.strings.push_back(lent(bytes));
    return out;
}

// What is no list may have been one: who is revoked is not known then.
Result<OpcUaTrust::Files> OpcUaTrust::read_revoked() {
    const auto names = files_in(join_path(folder_, "revoked"));
    if (!names) return std::unexpected(names.error());
    Files out;
    for (const std::string& name : *names) {
        auto file = read_file(name, kMaxFile);
        if (!file) return std::unexpected(file.error());
        if (!is_revocation_list(*file))
            return fail(Errc::Malformed,
                        "nobody is trusted while something that is no revocation list is among them: " + name);
        for (auto& block : der_blocks(*file, "X509 CRL")) out.blocks.push_back(std::move(block));
        out.bytes.push_back(std::move(*file));
    }
    for (const auto& bytes : out.bytes) out.strings.push_back(lent(bytes));
    return out;
}

// What OPC 10000-4, 6.1.3 asks, but for the policy and the host's name. A certificate that is itself in trusted/ is
// trusted though its authority is not, or though it could be one: whoever put it there knows what for.
Result<void> OpcUaTrust::check(Bytes shown, std::string_view application_uri) {
    const Bytes certificate = first_certificate(shown);
    const auto facts = read_certificate(certificate);
    if (!facts || shown.size() > kMaxFile) return fail(Errc::Refused, "the server shows no certificate");
    const auto own_one = own();
    if (!own_one) return std::unexpected(own_one.error());
    const auto trusted = read_trusted();
    if (!trusted) return std::unexpected(trusted.error());
    const auto revoked = read_revoked();
    if (!revoked) return std::unexpected(revoked.error());
    const Verification verification = make_verification(trusted->strings, revoked->strings);
    if (!verification) return fail(Errc::Exhausted, "no memory for certificates");

    const std::string thumbprint = thumbprint_of(certificate, *own_one);
    const auto refuse = [&](std::string_view why) {
        return fail(Errc::Refused, formatted("the certificate of server {}, thumbprint {}, {}",
                                             shortened(to_utf8(application_uri), 200), thumbprint, why));
    };
    if (!facts->rsa) return refuse("is not of an RSA key, which all of the policies need");
    const std::string now = to_iso8601(system_clock().utc_now());
    if (now < facts->begin) return refuse(formatted("is not valid before {}Z; here it is {}", facts->begin, now));
    if (now > facts->end + "Z") return refuse(formatted("expired at {}Z; here it is {}", facts->end, now));
    if (!names_application(*verification, certificate, application_uri))
        return refuse("is that of another application");
    if (std::ranges::any_of(revoked->blocks, [&](const auto& list) { return revokes(list, *facts); }))
        return refuse(reason(UA_STATUSCODE_BADCERTIFICATEREVOKED));
    if (std::ranges::any_of(trusted->blocks, [&](const auto& one) { return std::ranges::equal(one, certificate); }))
        return {};
    const UA_ByteString chain = lent(shown);
    const UA_StatusCode status = verification->verifyCertificate(verification.get(), &chain);
    if (status == UA_STATUSCODE_GOOD) return {};
    const std::string why = reason(status), code = status_text(status);
    if (!why.empty()) return refuse(formatted("{} ({})", why, code));
    return refuse(formatted("is not trusted ({}); {}", code, how_to_trust(certificate, thumbprint)));
}

// Keeps what was shown, so that a person can look at it and decide.
std::string OpcUaTrust::how_to_trust(Bytes certificate, const std::string& thumbprint) const {
    const std::string rejected = join_path(folder_, "rejected"), file = join_path(rejected, thumbprint + ".der");
    if (auto made = make_folders(rejected); !made) return made.error().what;
    if (auto made = make_folders(join_path(folder_, "trusted")); !made) return made.error().what;
    const auto kept = list_folder(rejected);
    if (kept && kept->size() >= kMaxFiles) return "there are too many files in " + rejected;
    if (auto written = write_file(file, certificate); !written) return written.error().what;
    return formatted("if it is the right one: mv {} {}/", file, join_path(folder_, "trusted"));
}

} // namespace pw::twin
