#pragma once
// SPDX-License-Identifier: Apache-2.0
// Failures of the world (files, networks, peers, runtimes, missing GPU features) travel by value as Result<T>;
// failures of ours stop the program in PW_ASSERT (base/assert.h). No code of ours throws.

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace pw {

enum class Errc : std::uint8_t {
    NotFound,    // it is not there
    Malformed,   // it is there and breaks the rules of its format
    Unsupported, // it follows the rules and asks for what we cannot do
    Unavailable, // it may work later: a broker, a runtime, a device
    Exhausted,   // a limit of size, memory or count
    Refused,     // it is not allowed
};

// `what` says in one sentence what failed and where; sensitive parts (paths, hosts) come last.
struct Error {
    Errc code = Errc::Malformed;
    std::string what;
};

template <class T> using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string what) {
    return std::unexpected(Error{code, std::move(what)});
}

// The same failure with `where` put in front: "plant.json: models[2].file: not found".
inline std::unexpected<Error> fail_at(const std::string& where, Error error) {
    error.what = where + ": " + error.what;
    return std::unexpected(std::move(error));
}

} // namespace pw
