// SPDX-License-Identifier: Apache-2.0
#include "twin/recorded_word.h"

#include "base/json.h"
#include "twin/json_source.h"
#include "twin/opcua_address.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace pw::twin {

namespace ondemand = simdjson::ondemand;

namespace {

constexpr std::size_t kMostBytes = 32u << 20;

template <class T> void put_number(std::string& out, T number) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
    out.append(text.data(), end.ptr);
}

// With a point or an exponent, so that it is no integer.
void put_double(std::string& out, double number) {
    const std::size_t before = out.size();
    put_number(out, number);
    if (out.find_first_of(".e", before) == std::string::npos) out += ".0";
}

constexpr std::array<const char*, 10> kEventKinds{"NodeBirth", "NodeDeath",    "DeviceBirth", "DeviceDeath",
                                                  "Connected", "Disconnected", "Malformed",   "RebirthAsked",
                                                  "Message",   "EventsLost"};
static_assert(kEventKinds.size() == static_cast<std::size_t>(TwinEventKind::EventsLost) + 1);

constexpr std::array<std::string_view, 3> kConnections{"Connecting", "Online", "Lost"};
static_assert(kConnections.size() == static_cast<std::size_t>(Connection::Lost) + 1);

std::optional<Quality> quality_of(std::string_view name) {
    for (const Quality q : {Quality::Good, Quality::Stale, Quality::Uncertain, Quality::Bad}) {
        if (name == quality_name(q)) return q;
    }
    return std::nullopt;
}

bool read_number(ondemand::value value, Value& out) {
    ondemand::number number;
    if (value.get_number().get(number) != simdjson::SUCCESS) return false;
    switch (number.get_number_type()) {
    case ondemand::number_type::signed_integer:
        out = number.get_int64();
        return true;
    case ondemand::number_type::unsigned_integer:
        out = number.get_uint64();
        return true;
    case ondemand::number_type::floating_point_number:
        out = number.get_double();
        return true;
    default:
        return false;
    }
}

bool read_value(ondemand::value value, Value& out) {
    ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    bool truth = false;
    std::string_view text;
    switch (type) {
    case ondemand::json_type::null:
        out = std::monostate();
        return true;
    case ondemand::json_type::boolean:
        if (value.get_bool().get(truth) != simdjson::SUCCESS) return false;
        out = truth;
        return true;
    case ondemand::json_type::number:
        return read_number(value, out);
    case ondemand::json_type::string:
        if (value.get_string().get(text) != simdjson::SUCCESS) return false;
        if (auto* kept = std::get_if<std::string>(&out))
            kept->assign(text);
        else
            out = std::string(text);
        return true;
    case ondemand::json_type::array:
    case ondemand::json_type::object:
        if (value.raw_json().get(text) != simdjson::SUCCESS) return false;
        out = make_json(std::string(text));
        return true;
    default:
        return false;
    }
}

bool read_facts(ondemand::value value, std::shared_ptr<const TagFacts>& out) {
    ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return false;
    TagFacts facts;
    for (auto member : object) {
        std::string_view key, text;
        ondemand::value v;
        double number = 0.0;
        if (member.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        if (member.value().get(v) != simdjson::SUCCESS) return false;
        if (key == "unit" || key == "description") {
            if (v.get_string().get(text) != simdjson::SUCCESS) return false;
            (key == "unit" ? facts.unit : facts.description) = text;
        } else if (key == "low" || key == "high") {
            if (v.get_double().get(number) != simdjson::SUCCESS) return false;
            (key == "low" ? facts.low : facts.high) = number;
        } else if (key == "properties" || key == "metadata") {
            if (v.raw_json().get(text) != simdjson::SUCCESS || !text.starts_with('{')) return false;
            (key == "properties" ? facts.properties : facts.metadata) = text;
        }
    }
    if (facts != TagFacts{}) out = std::make_shared<const TagFacts>(std::move(facts));
    return true;
}

void mend_type(std::string_view type, Value& value, std::string_view raw) {
    if (type == "uint64") {
        if (const auto* i = std::get_if<std::int64_t>(&value); i != nullptr && *i >= 0)
            value = static_cast<std::uint64_t>(*i);
    } else if (type == "nan") {
        value = std::numeric_limits<double>::quiet_NaN();
    } else if (type == "inf") {
        value = std::numeric_limits<double>::infinity();
    } else if (type == "-inf") {
        value = -std::numeric_limits<double>::infinity();
    } else if (type == "json") {
        value = make_json(std::string(raw));
    }
}

} // namespace

std::size_t tag_prefix(std::string_view tag) {
    if (is_opcua_source(tag)) {
        const auto parts = parse_opcua_source(tag);
        if (parts && parts->path.empty()) // a node id, which may have slashes of its own
            return std::string_view("opcua:").size() + (parts->server.empty() ? 0 : parts->server.size() + 1);
        for (std::size_t at = tag.size(); at > 0; --at) {
            if (tag[at - 1] == '/' && (at < 2 || tag[at - 2] != '&')) return at;
        }
        return 0;
    }
    if (is_json_source(tag)) { // the topic, or without a member in it the folder of the topic
        const std::size_t hash = tag.find('#');
        if (hash != std::string_view::npos) return hash + (tag.substr(hash).starts_with("#/") ? 2 : 1);
        const std::size_t slash = tag.rfind('/');
        return slash == std::string_view::npos ? tag.find(':') + 1 : slash + 1;
    }
    std::size_t at = 0;
    for (int slash = 0; slash < 3; ++slash) {
        const std::size_t found = tag.find('/', at);
        if (found == std::string_view::npos) break;
        at = found + 1;
    }
    return at;
}

std::string device_topic(std::string_view prefix) {
    while (!prefix.empty() && std::string_view("/:#").contains(prefix.back())) prefix.remove_suffix(1);
    return prefix.empty() ? "twin" : "twin/" + std::string(prefix);
}

std::string_view put_value(std::string& out, const Value& value) {
    if (const auto* d = std::get_if<double>(&value)) {
        if (std::isfinite(*d)) {
            put_double(out, *d);
            return "";
        }
        out += "null";
        return std::isnan(*d) ? "nan" : *d > 0 ? "inf" : "-inf";
    }
    if (const auto* i = std::get_if<std::int64_t>(&value)) {
        put_number(out, *i);
        return "";
    }
    if (const auto* u = std::get_if<std::uint64_t>(&value)) {
        put_number(out, *u);
        return *u <= std::numeric_limits<std::int64_t>::max() ? "uint64" : "";
    }
    if (const auto* json = std::get_if<Json>(&value)) {
        out += *json->text;
        return json->text->starts_with('{') || json->text->starts_with('[') ? "" : "json";
    }
    out += to_json(value);
    return "";
}

void put_word(std::string& out, std::string_view metric, const Value& value, Quality quality, UtcTime source_time,
              bool historical, UtcTime heard) {
    out += R"({"metric":)";
    out += metric;
    out += R"(,"value":)";
    if (const std::string_view type = put_value(out, value); !type.empty()) {
        out += R"(,"type":")";
        out += type;
        out += '"';
    }
    out += R"(,"quality":")";
    out += quality_name(quality);
    out += '"';
    if (source_time.known()) {
        out += R"(,"source_time_ns":)";
        put_number(out, source_time.ns);
    }
    if (historical) out += R"(,"historical":true)";
    if (heard.known()) {
        out += R"(,"heard_ns":)";
        put_number(out, heard.ns);
    }
    out += '}';
}

void put_facts(std::string& out, const TagFacts* facts) {
    JsonWriter json;
    json.begin_object();
    if (facts != nullptr) {
        if (!facts->unit.empty()) json.member("unit", std::string_view(facts->unit));
        if (!facts->description.empty()) json.member("description", std::string_view(facts->description));
        if (facts->low && std::isfinite(*facts->low)) json.member("low", *facts->low);
        if (facts->high && std::isfinite(*facts->high)) json.member("high", *facts->high);
        if (!facts->properties.empty()) json.key("properties").raw(facts->properties);
        if (!facts->metadata.empty()) json.key("metadata").raw(facts->metadata);
    }
    out.pop_back();
    out += R"(,"facts":)" + json.end_object().take() + '}';
}

std::string state_json(const TwinState& state) {
    JsonWriter json;
    json.begin_object().member("connection", kConnections.at(static_cast<std::size_t>(state.connection)));
    json.member("nodes_alive", state.nodes_alive).member("nodes_dead", state.nodes_dead);
    return json.end_object().take();
}

const char* event_kind_name(TwinEventKind kind) { return kEventKinds[static_cast<std::size_t>(kind)]; }

struct WordParser::Impl {
    ondemand::parser parser;
    std::string padded;

    // simdjson reads a little past the end: the text goes where that is ours.
    bool open(Bytes json, ondemand::document& document) {
        if (json.size() > kMostBytes) return false;
        padded.assign(as_text(json));
        padded.reserve(json.size() + simdjson::SIMDJSON_PADDING);
        return parser.iterate(padded.data(), padded.size(), padded.capacity()).get(document) == simdjson::SUCCESS;
    }

    bool read(ondemand::document& document, RecordedWord& out) {
        ondemand::object object;
        if (document.get_object().get(object) != simdjson::SUCCESS) return false;
        bool metric = false, value = false, quality = false;
        std::string_view type, raw, text;
        for (auto member : object) {
            std::string_view key;
            ondemand::value v;
            if (member.unescaped_key().get(key) != simdjson::SUCCESS) return false;
            if (member.value().get(v) != simdjson::SUCCESS) return false;
            if (key == "metric") {
                metric = v.get_string().get(text) == simdjson::SUCCESS;
                if (!metric) return false;
                out.metric.assign(text);
            } else if (key == "value") {
                raw = v.raw_json_token(); // of a scalar: all of it
                value = read_value(v, out.value);
                if (!value) return false;
            } else if (key == "quality") {
                if (v.get_string().get(text) != simdjson::SUCCESS) return false;
                const auto known = quality_of(text);
                quality = known.has_value();
                out.quality = known.value_or(Quality::Bad);
            } else if (key == "source_time_ns") {
                if (v.get_int64().get(out.source_time.ns) != simdjson::SUCCESS) return false;
            } else if (key == "type") {
                if (v.get_string().get(type) != simdjson::SUCCESS) return false;
            } else if (key == "historical") {
                if (v.get_bool().get(out.historical) != simdjson::SUCCESS) return false;
            } else if (key == "heard_ns") {
                if (v.get_int64().get(out.heard.ns) != simdjson::SUCCESS) return false;
            } else if (key == "facts") {
                out.has_facts = true;
                if (!read_facts(v, out.facts)) return false;
            }
        }
        while (raw.ends_with(' ') || raw.ends_with('\n')) raw.remove_suffix(1);
        if (!type.empty()) mend_type(type, out.value, raw);
        return metric && value && quality && document.at_end();
    }
};

WordParser::WordParser() : impl_(std::make_unique<Impl>()) {}
WordParser::~WordParser() = default;

Result<void> WordParser::parse(Bytes json, RecordedWord& out) {
    out.source_time = out.heard = {};
    out.historical = out.has_facts = false;
    out.facts.reset();
    ondemand::document document;
    if (!impl_->open(json, document) || !impl_->read(document, out))
        return fail(Errc::Malformed, "not a machine's word");
    return {};
}

Result<TwinEvent> WordParser::event(Bytes json) {
    ondemand::document document;
    std::string_view kind, who, what;
    if (!impl_->open(json, document) || document["kind"].get_string().get(kind) != simdjson::SUCCESS)
        return fail(Errc::Malformed, "not an event");
    const auto* const known = std::ranges::find(kEventKinds, kind);
    if (known == kEventKinds.end() || document["who"].get_string().get(who) != simdjson::SUCCESS ||
        document["what"].get_string().get(what) != simdjson::SUCCESS)
        return fail(Errc::Malformed, "not an event");
    TwinEvent out{static_cast<TwinEventKind>(known - kEventKinds.begin()), std::string(who), std::string(what), {}};
    std::uint64_t severity = 0;
    if (document["severity"].get_uint64().get(severity) == simdjson::SUCCESS)
        out.severity = static_cast<unsigned>(std::min<std::uint64_t>(severity, 1000));
    return out;
}

Result<TwinState> WordParser::state(Bytes json) {
    ondemand::document document;
    std::string_view connection;
    std::uint64_t alive = 0, dead = 0;
    if (!impl_->open(json, document) || document["connection"].get_string().get(connection) != simdjson::SUCCESS)
        return fail(Errc::Malformed, "not a state");
    const auto* const known = std::ranges::find(kConnections, connection);
    if (known == kConnections.end() || document["nodes_alive"].get_uint64().get(alive) != simdjson::SUCCESS ||
        document["nodes_dead"].get_uint64().get(dead) != simdjson::SUCCESS || alive > UINT32_MAX || dead > UINT32_MAX)
        return fail(Errc::Malformed, "not a state");
    return TwinState{static_cast<Connection>(known - kConnections.begin()), static_cast<std::uint32_t>(alive),
                     static_cast<std::uint32_t>(dead)};
}

Result<std::int64_t> WordParser::integer(Bytes json, std::string_view name) {
    ondemand::document document;
    std::int64_t out = 0;
    if (!impl_->open(json, document) || document[name].get_int64().get(out) != simdjson::SUCCESS)
        return fail(Errc::Malformed, "a number is missing");
    return out;
}

} // namespace pw::twin
