// SPDX-License-Identifier: Apache-2.0
#include "twin/types.h"

#include "base/json.h"
#include "base/text.h"

#include <charconv>
#include <utility>

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

Json make_json(std::string text) { return {std::make_shared<const std::string>(std::move(text))}; }

double to_number(const Value& v, double otherwise) {
    return std::visit(Overload{[&](std::monostate) { return otherwise; }, [&](const std::string&) { return otherwise; },
                               [&](const Json&) { return otherwise; }, [](bool b) { return b ? 1.0 : 0.0; },
                               [](auto number) { return static_cast<double>(number); }},
                      v);
}

std::string to_text(const Value& v) {
    return std::visit(Overload{[](std::monostate) { return std::string(); }, [](const std::string& s) { return s; },
                               [](const Json& json) { return *json.text; },
                               [](bool b) { return std::string(b ? "true" : "false"); },
                               [](auto number) { return number_text(number); }},
                      v);
}

std::string to_json(const Value& v) {
    JsonWriter json;
    std::visit(Overload{[&](std::monostate) { json.null(); }, [&](const Json& known) { json.raw(*known.text); },
                        [&](const auto& known) { json.value(known); }},
               v);
    return json.take();
}

} // namespace pw::twin
