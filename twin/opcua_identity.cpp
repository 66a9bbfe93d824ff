// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_identity.h"

#include "base/file.h"
#include "base/format.h"
#include "base/log.h"
#include "twin/opcua_certificate.h"
#include "twin/opcua_value.h"

#include <open62541/plugin/create_certificate.h>
#include <open62541/plugin/securitypolicy_default.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>

namespace pw::twin {

namespace {

constexpr std::uint64_t kMaxFile = 1u << 20;
constexpr std::size_t kRoom = 16u << 10; // what the files take on a disk, and more
constexpr std::uint16_t kKeyBits = 4096, kDays = 20 * 365;

std::vector<std::byte> copied(const UA_ByteString& s) {
    const Bytes bytes = as_bytes(ua_text(s));
    return {bytes.begin(), bytes.end()};
}

UA_ByteString lent(Bytes bytes) { // open62541 does not write into what it is lent
    return {bytes.size(), reinterpret_cast<UA_Byte*>(const_cast<std::byte*>(bytes.data()))};
}

// open62541 computes with keys and certificates only within a policy. Empty: one of them is none.
using Policy = std::unique_ptr<UA_SecurityPolicy, void (*)(UA_SecurityPolicy*)>;
Policy make_policy(const OpcUaIdentity& own) {
    static const UA_Logger quiet{};
    Policy out(new UA_SecurityPolicy{}, [](UA_SecurityPolicy* policy) {
        if (policy->clear != nullptr) policy->clear(policy);
        delete policy;
    });
    if (UA_SecurityPolicy_Basic256Sha256(out.get(), lent(own.certificate), lent(own.key), &quiet) == UA_STATUSCODE_GOOD)
        return out;
    out->clear = nullptr; // it has cleared itself
    return {nullptr, out.get_deleter()};
}

// Whether what the key signs is what the certificate verifies.
bool are_a_pair(UA_SecurityPolicy& policy, const OpcUaIdentity& own) {
    void* channel = nullptr;
    const UA_ByteString certificate = lent(own.certificate);
    if (policy.channelModule.newContext(&policy, &certificate, &channel) != UA_STATUSCODE_GOOD) return false;
    const UA_SecurityPolicySignatureAlgorithm& signing = policy.asymmetricModule.cryptoModule.signatureAlgorithm;
    const UA_ByteString message = lent(as_bytes("it is me"));
    std::vector<std::byte> bytes(signing.getLocalSignatureSize(channel));
    UA_ByteString signature = lent(bytes);
    const bool pair = signing.sign(channel, &message, &signature) == UA_STATUSCODE_GOOD &&
                      signing.verify(channel, &message, &signature) == UA_STATUSCODE_GOOD;
    policy.channelModule.deleteContext(channel);
    return pair;
}

Result<OpcUaIdentity> read_identity(const std::string& folder) {
    const std::string certificate_file = join_path(folder, "certificate.der"), key_file = join_path(folder, "key.der"),
                      uri_file = join_path(folder, "uri.txt");
    auto certificate = read_file(certificate_file, kMaxFile);
    auto key = read_file(key_file, kMaxFile);
    auto uri = read_text(uri_file, kMaxFile);
    if (!certificate) return std::unexpected(certificate.error());
    if (!key) return std::unexpected(key.error());
    if (!uri) return std::unexpected(uri.error());
    const OpcUaIdentity out{std::move(*certificate), std::move(*key), std::move(*uri)};
    const auto broken = [&](std::string_view what, const std::string& file) {
        return fail(Errc::Malformed, formatted("our own certificate and key cannot be used: {} (where their folder is "
                                               "moved away, new ones are made): {}",
                                               what, file));
    };
    const auto facts = read_certificate(out.certificate);
    if (!facts || !facts->rsa) return broken("this is no certificate of an RSA key", certificate_file);
    const Policy policy = is_rsa_key(out.key) ? make_policy(out) : Policy(nullptr, nullptr);
    if (!policy) return broken("this is no RSA key", key_file);
    if (!are_a_pair(*policy, out)) return broken("this is not the certificate's key", key_file);
    if (out.uri.empty() || !as_text(out.certificate).contains(out.uri))
        return broken("this is not whom the certificate names", uri_file);
    return out;
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
    if (auto written = write_private_file(join_path(folder, "key.der"), own.key); !written) return written;
    if (auto written = write_text(join_path(folder, "uri.txt"), own.uri); !written) return written;
    return write_file(join_path(folder, "certificate.der"), own.certificate);
}

// Before seconds are spent on what then cannot be kept.
Result<void> try_writing(const std::string& folder) {
    const std::string file = join_path(folder, "room");
    auto written = write_file(file, std::vector<std::byte>(kRoom));
    remove_file(file);
    return written;
}

} // namespace

Result<OpcUaIdentity> own_identity(const std::string& folder) {
    const std::string certificate = join_path(folder, "certificate.der");
    if (file_exists(certificate)) return read_identity(folder);
    if (auto made = make_folders(folder); !made) return std::unexpected(made.error());
    const auto lock = lock_file(join_path(folder, "lock"));
    if (!lock) return std::unexpected(lock.error());
    if (file_exists(certificate)) return read_identity(folder); // another one was first
    if (auto room = try_writing(folder); !room) return std::unexpected(room.error());
    log_info("making a key for OPC UA …");
    auto made = make_identity();
    if (!made) return made;
    if (auto written = write_identity(folder, *made); !written) return std::unexpected(written.error());
    return made;
}

std::string thumbprint_of(Bytes certificate, const OpcUaIdentity& own) {
    const Policy policy = make_policy(own);
    if (!policy) return {};
    std::array<std::byte, 20> sha1{};
    UA_ByteString out = lent(sha1);
    const UA_ByteString shown = lent(certificate);
    const UA_StatusCode made = policy->asymmetricModule.makeCertificateThumbprint(policy.get(), &shown, &out);
    return made == UA_STATUSCODE_GOOD ? to_hex(Bytes(sha1)) : std::string();
}

} // namespace pw::twin
