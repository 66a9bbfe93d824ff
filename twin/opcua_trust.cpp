// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_trust.h"

#include "base/file.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "twin/opcua_value.h"
#include "twin/sparkplug.h"

#include <open62541/plugin/create_certificate.h>
#include <open62541/plugin/pki_default.h>
#include <open62541/plugin/securitypolicy_default.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>

namespace pw::twin {

namespace {

constexpr std::uint64_t kMaxFile = 1u << 20; // of a certificate or a revocation list
constexpr std::size_t kMaxFiles = 1000;      // in a folder
constexpr std::uint16_t kKeyBits = 4096, kDays = 20 * 365;

std::vector<std::byte> copied(const UA_ByteString& s) {
    const Bytes bytes = as_bytes(ua_text(s));
    return {bytes.begin(), bytes.end()};
}

UA_ByteString lent(Bytes bytes) { // open62541 does not write into what it is lent
    return {bytes.size(), reinterpret_cast<UA_Byte*>(const_cast<std::byte*>(bytes.data()))};
}

Result<OpcUaIdentity> read_identity(const std::string& folder) {
    auto certificate = read_file(join_path(folder, "certificate.der"), kMaxFile);
    auto key = read_file(join_path(folder, "key.der"), kMaxFile);
    auto uri = read_text(join_path(folder, "uri.txt"), kMaxFile);
    if (!certificate) return std::unexpected(certificate.error());
    if (!key) return std::unexpected(key.error());
    if (!uri) return std::unexpected(uri.error());
    return OpcUaIdentity{std::move(*certificate), std::move(*key), std::move(*uri)};
}

Result<OpcUaIdentity> make_identity() {
    std::random_device random;
    OpcUaIdentity out;
    out.uri = formatted("urn:plantwalk:{:08x}{:08x}", random(), random());
    const std::string alternative = "URI:" + out.uri;
    const UA_String subject = lent(as_bytes("CN=Plantwalk"));
    const UA_String name = lent(as_bytes(alternative));
    UA_KeyValueMap* settings = UA_KeyValueMap_new();
    UA_ByteString key = UA_BYTESTRING_NULL, certificate = UA_BYTESTRING_NULL;
    UA_UInt16 bits = kKeyBits, days = kDays;
    UA_KeyValueMap_setScalar(settings, UA_QUALIFIEDNAME(0, const_cast<char*>("key-size-bits")), &bits,
                             &UA_TYPES[UA_TYPES_UINT16]);
    UA_KeyValueMap_setScalar(settings, UA_QUALIFIEDNAME(0, const_cast<char*>("expires-in-days")), &days,
                             &UA_TYPES[UA_TYPES_UINT16]);
    const UA_Logger quiet{};
    const UA_StatusCode made =
        UA_CreateCertificate(&quiet, &subject, 1, &name, 1, UA_CERTIFICATEFORMAT_DER, settings, &key, &certificate);
    out.key = copied(key);
    out.certificate = copied(certificate);
    UA_KeyValueMap_delete(settings);
    UA_ByteString_clear(&key);
    UA_ByteString_clear(&certificate);
    if (made != UA_STATUSCODE_GOOD)
        return fail(Errc::Unavailable, "no certificate of our own can be made: " + status_text(made));
    return out;
}

// The certificate last: where it is, all of it is.
Result<void> write_identity(const std::string& folder, const OpcUaIdentity& own) {
    if (auto made = make_folders(folder); !made) return made;
    if (auto written = write_private_file(join_path(folder, "key.der"), own.key); !written) return written;
    if (auto written = write_text(join_path(folder, "uri.txt"), own.uri); !written) return written;
    return write_file(join_path(folder, "certificate.der"), own.certificate);
}

// The SHA-1 by which OPC UA tools name a certificate; empty when it is none. open62541 has it only within a policy.
std::string thumbprint_of(Bytes certificate, const OpcUaIdentity& own) {
    const UA_Logger quiet{};
    UA_SecurityPolicy policy{};
    if (UA_SecurityPolicy_Basic256Sha256(&policy, lent(own.certificate), lent(own.key), &quiet) != UA_STATUSCODE_GOOD)
        return {};
    std::array<std::byte, 20> sha1{};
    UA_ByteString out = lent(sha1);
    const UA_ByteString shown = lent(certificate);
    const UA_StatusCode made = policy.asymmetricModule.makeCertificateThumbprint(&policy, &shown, &out);
    policy.clear(&policy);
    return made == UA_STATUSCODE_GOOD ? to_hex(Bytes(sha1)) : std::string();
}

// A list to verify with, from a folder's files.
struct Files {
    std::vector<std::vector<std::byte>> bytes;
    std::vector<UA_ByteString> strings;
};

Result<Files> read_files(const std::string& folder) {
    Files out;
    const auto names = list_folder(folder);
    if (!names) return out; // nobody made it yet
    if (names->size() > kMaxFiles) return fail(Errc::Exhausted, "too many files: " + folder);
    for (const std::string& name : *names) {
        auto file = read_file(join_path(folder, name), kMaxFile);
        if (!file) return std::unexpected(file.error());
        if (!file->empty()) out.bytes.push_back(std::move(*file));
    }
    for (const auto& bytes : out.bytes) out.strings.push_back(lent(bytes));
    return out;
}

using Verification = std::unique_ptr<UA_CertificateVerification, void (*)(UA_CertificateVerification*)>;
Verification make_verification() {
    const auto end = [](UA_CertificateVerification* v) {
        if (v->clear != nullptr) v->clear(v);
        delete v;
    };
    return {new UA_CertificateVerification{}, end};
}

bool is_one(const std::vector<std::byte>& a, Bytes b) { return std::ranges::equal(a, b); }

// What OPC 10000-4, 6.1.3 asks, but for the policy and the host's name. A certificate that is itself in the list is
// trusted though it could be an authority's: whoever put it there knows what for.
UA_StatusCode verify(Bytes certificate, std::string_view uri, const Files& trusted, const Files& revoked) {
    static const UA_Logger quiet{};
    const Verification verification = make_verification();
    verification->logging = &quiet;
    UA_StatusCode status =
        UA_CertificateVerification_Trustlist(verification.get(), trusted.strings.data(), trusted.strings.size(),
                                             nullptr, 0, revoked.strings.data(), revoked.strings.size());
    if (status != UA_STATUSCODE_GOOD) return status;
    const UA_ByteString shown = lent(certificate);
    status = verification->verifyCertificate(verification.get(), &shown);
    const bool named = std::ranges::any_of(trusted.bytes, [&](const auto& one) { return is_one(one, certificate); });
    if (status == UA_STATUSCODE_BADCERTIFICATEUSENOTALLOWED && named) status = UA_STATUSCODE_GOOD;
    if (status != UA_STATUSCODE_GOOD) return status;
    const UA_String says = lent(as_bytes(uri));
    return verification->verifyApplicationURI(verification.get(), &shown, &says);
}

} // namespace

Result<OpcUaIdentity> OpcUaTrust::own() {
    auto own = own_.lock();
    if (*own) return **own;
    const std::string folder = join_path(folder_, "own");
    if (!file_exists(join_path(folder, "certificate.der"))) {
        log_info("making a key for OPC UA …");
        auto made = make_identity();
        if (!made) return made;
        if (auto written = write_identity(folder, *made); !written) return std::unexpected(written.error());
    }
    auto read = read_identity(folder);
    if (read) *own = *read;
    return read;
}

Result<void> OpcUaTrust::check(Bytes certificate, std::string_view application_uri) {
    const auto trusted = read_files(join_path(folder_, "trusted"));
    if (!trusted) return std::unexpected(trusted.error());
    const auto revoked = read_files(join_path(folder_, "revoked"));
    if (!revoked) return std::unexpected(revoked.error());
    const UA_StatusCode status = verify(certificate, application_uri, *trusted, *revoked);
    if (status == UA_STATUSCODE_GOOD) return {};
    const auto own_one = own();
    if (!own_one) return std::unexpected(own_one.error());
    const std::string thumbprint = thumbprint_of(certificate, *own_one);
    if (thumbprint.empty() || certificate.size() > kMaxFile)
        return fail(Errc::Refused, formatted("the server shows no certificate ({})", status_text(status)));
    const std::string name = "server " + shortened(to_utf8(application_uri), 200);
    const std::string why =
        formatted("the certificate of {}, thumbprint {}, is not trusted ({})", name, thumbprint, status_text(status));
    return fail(Errc::Refused, why + "; " + how_to_trust(certificate, thumbprint, status));
}

// Keeps what was shown, so that a person can look at it and decide.
std::string OpcUaTrust::how_to_trust(Bytes certificate, const std::string& thumbprint, std::uint32_t status) const {
    if (status == UA_STATUSCODE_BADINTERNALERROR)
        return "something in " + join_path(folder_, "trusted") + " is no certificate";
    const std::string rejected = join_path(folder_, "rejected"), file = join_path(rejected, thumbprint + ".der");
    if (auto made = make_folders(rejected); !made) return made.error().what;
    if (auto made = make_folders(join_path(folder_, "trusted")); !made) return made.error().what;
    const auto kept = list_folder(rejected);
    if (kept && kept->size() >= kMaxFiles) return "there are too many files in " + rejected;
    if (auto written = write_file(file, certificate); !written) return written.error().what;
    return formatted("if it is the right one: mv {} {}/", file, join_path(folder_, "trusted"));
}

} // namespace pw::twin
