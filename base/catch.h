#pragma once
// SPDX-License-Identifier: Apache-2.0
// Our code does not throw, the library beneath it may (no memory, mostly). Every thread runs what it runs through here:
// what is thrown ends that piece of work, and not the program.

#include "base/log.h"
#include "base/result.h"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace pw {

// Runs f(). Logs what it throws as "<what> ended early: …"; false then.
template <class F> bool catch_all(std::string_view what, F&& f) noexcept {
    try {
        std::forward<F>(f)();
        return true;
    } catch (const std::exception& e) { log_error(std::string(what) + " ended early: " + e.what()); } catch (...) {
        log_error(std::string(what) + " ended early");
    }
    return false;
}

// Runs f(). What it throws, as an error.
template <class F> Result<void> caught(F&& f) {
    std::string what = "something was thrown";
    try {
        std::forward<F>(f)();
        return {};
    } catch (const std::exception& e) { (what += ": ") += e.what(); } catch (...) {
    }
    return fail(Errc::Exhausted, std::move(what));
}

} // namespace pw
