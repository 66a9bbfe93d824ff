#pragma once
// SPDX-License-Identifier: Apache-2.0
// Sparkplug payloads written field by field, as a foreign encoder would, right or wrong.

#include "tests/twin/dialogue.h"

#include <protozero/pbf_writer.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace pw::test {

using protozero::pbf_writer;

inline constexpr std::uint32_t kInt32 = 3, kDouble = 10, kString = 12, kDataSet = 16, kTemplate = 19;
inline constexpr const char* kBirth = "spBv1.0/g/NBIRTH/n";
inline constexpr const char* kData = "spBv1.0/g/NDATA/n";

template <class Write> std::string message(Write write) {
    std::string out;
    pbf_writer writer(out);
    write(writer);
    return out;
}

// A metric's message. `rest` adds the value and what else there is.
template <class Write> std::string metric(std::string_view name, std::uint32_t type, Write rest) {
    return message([&](pbf_writer& m) {
        if (!name.empty()) m.add_string(1, name.data(), name.size());
        if (type != 0) m.add_uint32(4, type);
        rest(m);
    });
}
inline std::string metric(std::string_view name, std::uint32_t type, std::uint32_t field, const std::string& inner) {
    return metric(name, type, [&](pbf_writer& m) { m.add_message(field, inner); });
}

inline std::string payload(std::initializer_list<std::string> metrics, std::optional<std::uint64_t> seq) {
    return message([&](pbf_writer& p) {
        for (const std::string& m : metrics) p.add_message(2, m);
        if (seq) p.add_uint64(3, *seq);
    });
}

// A PropertyValue, or with its own name in front a Parameter.
template <class Write> std::string typed(std::uint32_t type, Write rest) {
    return message([&](pbf_writer& v) {
        if (type != 0) v.add_uint32(1, type);
        rest(v);
    });
}
struct Pair {
    std::string key, value;
};
inline std::string property_set(std::initializer_list<Pair> pairs) {
    return message([&](pbf_writer& set) {
        for (const Pair& pair : pairs) set.add_string(1, pair.key);
        for (const Pair& pair : pairs) set.add_message(2, pair.value);
    });
}
inline std::string text_property(std::string_view text) {
    return typed(12, [&](pbf_writer& v) { v.add_string(8, text.data(), text.size()); });
}
inline std::string double_property(double number) {
    return typed(10, [&](pbf_writer& v) { v.add_double(6, number); });
}
inline std::string int_property(std::uint32_t number) {
    return typed(3, [&](pbf_writer& v) { v.add_uint32(3, number); });
}

// A metric of type Double that has these properties.
inline std::string with_properties(std::string_view name, const std::string& set) {
    return metric(name, 10, [&](pbf_writer& m) {
        m.add_message(9, set);
        m.add_double(13, 1.0);
    });
}

// What a birth with this metric is told to break; empty: nothing.
inline std::string flaw_of_birth(std::initializer_list<std::string> metrics, std::optional<std::uint64_t> seq = 0) {
    Dialogue d;
    d.connect();
    d.host.events().clear();
    d.hear(kBirth, payload(metrics, seq));
    for (const TwinEvent& event : d.host.events()) {
        if (event.kind == TwinEventKind::Malformed) return event.what;
    }
    return {};
}

inline std::string real(std::string_view name, double number) {
    return metric(name, kDouble, [&](pbf_writer& m) { m.add_double(13, number); });
}

} // namespace pw::test
