#pragma once
// SPDX-License-Identifier: Apache-2.0
// Who we are to OPC UA servers, and which of them are who they say. One folder holds both:
//   own/certificate.der  what a server's operator has to trust; own/key.der is its key, for its user's eyes only
//   trusted/             certificates of servers, or of authorities for them, that this user trusts (DER or PEM)
//   revoked/             revocation lists of those authorities
//   rejected/            what servers showed and nobody trusts yet, by thumbprint: move it to trusted/ to trust it
// Nobody is trusted who is not named there. Shared by the threads of all sources.

#include "base/bytes.h"
#include "base/guarded.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::twin {

struct OpcUaIdentity {
    std::vector<std::byte> certificate, key; // DER
    std::string uri;                         // the application's, which the certificate names
};

class OpcUaTrust {
  public:
    explicit OpcUaTrust(std::string folder) : folder_(std::move(folder)) {}

    // Made once for all runs, which takes seconds, at the first call that finds none.
    Result<OpcUaIdentity> own();

    // Whether a server with this certificate (DER) is who it says it is. Refused: with the thumbprint, and where to put
    // what to trust it.
    Result<void> check(Bytes certificate, std::string_view application_uri);

    const std::string& folder() const { return folder_; }

  private:
    std::string how_to_trust(Bytes certificate, const std::string& thumbprint, std::uint32_t status) const;

    std::string folder_;
    Guarded<std::optional<OpcUaIdentity>> own_;
};

} // namespace pw::twin
