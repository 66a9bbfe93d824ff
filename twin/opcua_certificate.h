#pragma once
// SPDX-License-Identifier: Apache-2.0
// What open62541 does not tell of a certificate: until when it is valid, and whether a list revokes it though nobody
// knows its authority. X.509 in DER (RFC 5280); pure functions. Nothing is verified here.

#include "base/bytes.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::twin {

struct CertificateFacts {
    Bytes issuer, serial;   // within the certificate, valid as long as it is
    std::string begin, end; // when it is valid: "2026-11-22T13:30:00", UTC
    bool rsa = false;       // open62541 does not survive other keys in its policies
};

std::optional<CertificateFacts> read_certificate(Bytes der); // nothing when it is none

bool is_rsa_key(Bytes der); // a private one, PKCS #1 or #8

// The first of several in a row: a server may show its authorities' behind its own (OPC 10000-6, 6.2.6).
Bytes first_certificate(Bytes chain);

// What is in a file: the blocks with that label of one in PEM ("CERTIFICATE", "X509 CRL"), else all of it.
std::vector<std::vector<std::byte>> der_blocks(Bytes file, std::string_view label);

// Whether a revocation list (DER) of the certificate's issuer has its serial number.
bool revokes(Bytes list, const CertificateFacts& certificate);

} // namespace pw::twin
