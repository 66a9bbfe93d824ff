#pragma once
// SPDX-License-Identifier: Apache-2.0
// Who we are to OPC UA servers, and which of them are who they say. One folder holds both:
//   own/                 our certificate, which a server's operator has to trust, and its key (twin/opcua_identity.h)
//   trusted/             certificates of servers, or of authorities for them, that this user trusts (DER or PEM)
//   revoked/             revocation lists of those authorities
//   rejected/            what servers showed and nobody trusts yet, by thumbprint: move it to trusted/ to trust it
// Nobody is trusted who is not named there. Shared by the threads of all sources.

#include "base/bytes.h"
#include "base/guarded.h"
#include "base/result.h"
#include "twin/opcua_identity.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace pw::twin {

class OpcUaTrust {
  public:
    explicit OpcUaTrust(std::string folder) : folder_(std::move(folder)) {}

    // Made at the first call that finds none; errors as of own_identity().
    Result<OpcUaIdentity> own();

    // Whether a server with this certificate (DER, its authorities' behind it) is who it says it is. Refused: why not,
    // with the thumbprint, and where trusting it is all that is missing, how to do that. Other errors: one of the
    // folders cannot be read.
    Result<void> check(Bytes certificate, std::string_view application_uri);

    const std::string& folder() const { return folder_; }

  private:
    struct Files;
    Result<Files> read_trusted();
    Result<Files> read_revoked();
    std::string how_to_trust(Bytes certificate, const std::string& thumbprint) const;
    void warn_once(const std::string& what);

    std::string folder_;
    Guarded<std::optional<OpcUaIdentity>> own_;
    Guarded<std::set<std::string>> warned_;
};

} // namespace pw::twin
