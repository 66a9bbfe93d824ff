#pragma once
// SPDX-License-Identifier: Apache-2.0
// Our own certificate and key: certificate.der, key.der (for its user's eyes only) and uri.txt in one folder, which all
// programs of a user share.

#include "base/bytes.h"
#include "base/result.h"

#include <cstddef>
#include <string>
#include <vector>

namespace pw::twin {

struct OpcUaIdentity {
    std::vector<std::byte> certificate, key; // DER
    std::string uri;                         // the application's, which the certificate names
};

// What is in the folder, and where nothing is yet, one that is made and written now, which takes seconds; of programs
// that come at the same time one makes it. Malformed: what is there cannot be used; it names the file. Other errors:
// it cannot be read or written, and then nothing was made.
Result<OpcUaIdentity> own_identity(const std::string& folder);

// The SHA-1 by which OPC UA tools name a certificate; empty when it is none.
std::string thumbprint_of(Bytes certificate, const OpcUaIdentity& own);

} // namespace pw::twin
