// SPDX-License-Identifier: Apache-2.0
// `plantwalk verify`: is a recording whole and as it was written?
#include "record/verify.h"

#include "app/commands.h"
#include "base/text.h"

#include <cstdio>
#include <print>

namespace pw::app {

int run_verify(const std::string& file, bool json) {
    const auto source = record::file_source(file);
    if (!source) return failed(source.error(), 2);
    const auto verdict = record::verify(**source);
    if (!verdict) return failed({verdict.error().code, verdict.error().what + ": " + file}, 2);
    if (json)
        std::println("{}", record::to_json(*verdict));
    else
        std::print("{}\n{}", printable(file), record::to_text(*verdict));
    return verdict->intact() ? 0 : 1;
}

} // namespace pw::app
