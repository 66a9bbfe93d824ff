// SPDX-License-Identifier: Apache-2.0
#include "twin/types.h"

#include "base/json.h"
#include "base/text.h"

namespace pw::twin {

namespace {

template <class... F> struct Overload : F... {
    using F::operator()...;
};

} // namespace

const char* quality_name(Quality q) {
    switch (q) {
    case Quality::Bad:
        return "BAD";
    case Quality::Stale:
        return "STALE";
    case Quality::Uncertain:
        return "UNCERTAIN";
    case Quality::Good:
        return "GOOD";
    }
    return "BAD";
}

double to_number(const Value& v, double otherwise) {
    return std::visit(Overload{[&](std::monostate) { return otherwise; }, [&](const std::string&) { return otherwise; },
                               [](bool b) { return b ? 1.0 : 0.0; },
                               [](auto number) { return static_cast<double>(number); }},
                      v);
}

std::string to_text(const Value& v) {
    return std::visit(Overload{[](std::monostate) { return std::string(); }, [](const std::string& s) { return s; },
                               [](bool b) { return std::string(b ? "true" : "false"); },
                               [](auto number) { return number_text(number); }},
                      v);
}

std::string to_json(const Value& v) {
    JsonWriter json;
    std::visit(Overload{[&](std::monostate) { json.null(); }, [&](const auto& known) { json.value(known); }}, v);
    return json.take();
}

} // namespace pw::twin
