// SPDX-License-Identifier: Apache-2.0
#include "twin/json_reader.h"

#include "base/assert.h"
#include "base/format.h"
#include "base/json.h"
#include "base/json_place.h"
#include "base/text.h"
#include "base/time.h"
#include "twin/json_source.h"

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace pw::twin {

namespace {

namespace dom = simdjson::dom;

JsonNames names(const std::string& named, std::initializer_list<const char*> usual) {
    JsonNames out;
    if (!named.empty()) return {split_pointer(named)};
    for (const char* name : usual) out.push_back({name});
    return out;
}

std::string why_not(std::string_view text, simdjson::error_code error) {
    if (error == simdjson::DEPTH_ERROR) return formatted("it goes deeper than {}", kJsonMaxDepth);
    const std::optional<std::size_t> at = broken_json_at(text);
    return at ? formatted("it is no JSON at byte {} of {}", *at, text.size()) : simdjson::error_message(error);
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

Value value_in(const dom::element& e) {
    switch (e.type()) {
    case dom::element_type::BOOL:
        return bool(e);
    case dom::element_type::INT64:
        return std::int64_t{e};
    case dom::element_type::UINT64:
        return std::uint64_t{e};
    case dom::element_type::DOUBLE:
        return double{e};
    case dom::element_type::STRING:
        return std::string(cut_utf8(std::string_view(e), kJsonMaxText));
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
        return make_json(simdjson::minify(e));
    default:
        return {};
    }
}

UtcTime since_1970(std::int64_t n) {
    // The sizes do not meet: 10^11 s is in the year 5138, 10^11 ms in 1973.
    constexpr std::int64_t kMs = 100'000'000'000, kUs = kMs * 1000, kNs = kUs * 1000;
    const std::int64_t size = n < 0 ? -(n + 1) : n;
    const std::int64_t unit = size < kMs ? 1'000'000'000 : size < kUs ? 1'000'000 : size < kNs ? 1000 : 1;
    UtcTime out;
    return __builtin_mul_overflow(n, unit, &out.ns) ? UtcTime{} : out;
}

bool begins_with(std::string_view text, std::string_view word) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    return text.size() >= word.size() && std::ranges::equal(text.substr(0, word.size()), word, same);
}

} // namespace

UtcTime time_in(const Value& value) {
    if (const auto* n = std::get_if<std::int64_t>(&value)) return since_1970(*n);
    if (const auto* s = std::get_if<double>(&value)) {
        constexpr double kFarthest = 9e9; // seconds that fit into nanoseconds
        if (std::abs(*s) < kFarthest) return {static_cast<std::int64_t>(std::llround(*s * 1e6)) * 1000};
        if (std::abs(*s) < 9e18) return since_1970(static_cast<std::int64_t>(*s));
        return {};
    }
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return {};
    std::int64_t n = 0;
    const char* last = text->data() + text->size();
    if (const auto [end, error] = std::from_chars(text->data(), last, n); error == std::errc() && end == last)
        return since_1970(n);
    return from_iso8601(*text).value_or(UtcTime{});
}

Quality quality_in(const Value& value) {
    if (const auto* good = std::get_if<bool>(&value)) return *good ? Quality::Good : Quality::Bad;
    if (const auto* text = std::get_if<std::string>(&value)) {
        constexpr std::array<std::pair<std::string_view, Quality>, 3> kWords{
            {{"good", Quality::Good}, {"bad", Quality::Bad}, {"stale", Quality::Stale}}};
        for (const auto& [word, quality] : kWords)
            if (begins_with(*text, word)) return quality;
        return Quality::Uncertain;
    }
    const double n = to_number(value, -1.0); // OPC classic, and Sparkplug's 500
    if (n == 500.0) return Quality::Stale;
    if (n >= 192.0 && n < 256.0) return Quality::Good;
    return n >= 0.0 && n < 64.0 ? Quality::Bad : Quality::Uncertain;
}

JsonForm::JsonForm(const plant::TopicRule& rule)
    : value_(names(rule.value, {"value"})), time_(names(rule.time, {"timestamp", "timestamp_ms", "time", "ts"})),
      quality_(names(rule.quality, {"quality"})) {}

std::uint32_t JsonForm::slot(const std::vector<std::string>& way) {
    std::uint32_t at = 0;
    for (const std::string& name : way) {
        const auto [next, added] = nodes_[at].next.try_emplace(name, static_cast<std::uint32_t>(nodes_.size()));
        at = next->second;
        if (added) nodes_.emplace_back();
    }
    if (nodes_[at].slot == 0xffff'ffffu) nodes_[at].slot = slots_++;
    return nodes_[at].slot;
}

void JsonForm::add(const std::vector<std::string>& pointer) {
    Wanted wanted;
    wanted.place = slot(pointer);
    wanted.whole = pointer.empty();
    const auto below = [this](std::vector<std::string> way, const JsonNames& members, std::vector<std::uint32_t>& out) {
        const std::size_t length = way.size();
        for (const auto& member : members) {
            way.resize(length);
            way.insert(way.end(), member.begin(), member.end());
            out.push_back(slot(way));
        }
    };
    below(pointer, value_, wanted.values);
    for (std::vector<std::string> way = pointer;; way.pop_back()) {
        below(way, time_, wanted.times);
        below(way, quality_, wanted.qualities);
        if (way.empty()) break;
    }
    wanted_.push_back(std::move(wanted));
}

struct JsonReader::Impl {
    dom::parser parser{kJsonMaxBytes};
    std::vector<std::optional<dom::element>> found; // by slot

    void visit(const dom::element& e, const JsonForm& form, std::uint32_t at) {
        const JsonForm::Node& node = form.nodes_[at];
        if (node.slot < found.size()) found[node.slot] = e;
        if (node.next.empty()) return;
        dom::object object;
        dom::array array;
        if (e.get(object) == simdjson::SUCCESS) {
            for (const auto& [name, member] : object)
                if (const auto next = node.next.find(name); next != node.next.end()) visit(member, form, next->second);
        } else if (e.get(array) == simdjson::SUCCESS) {
            std::size_t index = 0;
            for (const dom::element member : array)
                if (const auto next = node.next.find(std::to_string(index++)); next != node.next.end())
                    visit(member, form, next->second);
        }
    }

    const dom::element* first(std::span<const std::uint32_t> slots) const {
        for (const std::uint32_t slot : slots)
            if (found[slot]) return &*found[slot];
        return nullptr;
    }

    void find_words(const JsonForm& form, std::vector<JsonWord>& words) const {
        for (std::uint32_t i = 0; i < form.wanted_.size(); ++i) {
            const JsonForm::Wanted& wanted = form.wanted_[i];
            if (!found[wanted.place]) continue;
            const dom::element* value = first(wanted.values);
            JsonWord& word = words.emplace_back(i, value_in(value != nullptr ? *value : *found[wanted.place]));
            if (const dom::element* time = first(wanted.times)) word.time = time_in(value_in(*time));
            if (const dom::element* quality = first(wanted.qualities)) word.quality = quality_in(value_in(*quality));
        }
    }

    simdjson::error_code parse(std::string_view text, dom::element& out) {
        // Nothing at all is not for simdjson: it copies from a null pointer.
        if (text.empty()) return simdjson::EMPTY;
        const simdjson::error_code error = parser.parse(text.data(), text.size()).get(out);
        if (error != simdjson::BIGINT_ERROR) return error;
        // It refuses a text with an integer of more than 64 bits, which is JSON, for one tag's sake. Rare.
        if (json_is_deeper(text, kJsonMaxDepth)) return simdjson::DEPTH_ERROR;
        const auto json = nlohmann::json::parse(text, nullptr, /* allow_exceptions= */ false);
        if (json.is_discarded()) return error;
        const std::string rounded = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        return parser.parse(rounded).get(out);
    }
};

JsonReader::JsonReader() : impl_(std::make_unique<Impl>()) {
    const auto enough = impl_->parser.allocate(4096, kJsonMaxDepth); // it grows, the depth does not
    PW_ASSERT(enough == simdjson::SUCCESS, "there is memory");
}
JsonReader::~JsonReader() = default;

Result<void> JsonReader::read(Bytes message, const JsonForm& form, std::vector<JsonWord>& words) {
    words.clear();
    if (message.size() > kJsonMaxBytes)
        return fail(Errc::Exhausted, formatted("its {} bytes are more than {}", message.size(), kJsonMaxBytes));
    const std::string_view text = trimmed(as_text(message));
    dom::element root;
    const simdjson::error_code error = impl_->parse(text, root);
    if (error == simdjson::SUCCESS) {
        impl_->found.assign(form.slots_, std::nullopt);
        impl_->visit(root, form, 0);
        impl_->find_words(form, words);
        return {};
    }
    // "EXECUTE" without quotation marks is common.
    const bool is_text = !text.starts_with('{') && !text.starts_with('[') && !text.starts_with('"') &&
                         simdjson::validate_utf8(text.data(), text.size());
    bool all = is_text;
    for (std::uint32_t i = 0; i < form.wanted_.size(); ++i) {
        all = all && form.wanted_[i].whole;
        if (is_text && form.wanted_[i].whole)
            words.push_back({i, std::string(cut_utf8(text, kJsonMaxText)), {}, Quality::Good});
    }
    if (all) return {};
    return fail(Errc::Malformed, why_not(text, error));
}

std::vector<std::vector<std::string>> JsonReader::leaves(Bytes message, const plant::TopicRule& rule) {
    std::vector<std::vector<std::string>> out;
    const JsonForm form(rule);
    const std::string_view text = trimmed(as_text(message));
    dom::element root;
    if (message.size() > kJsonMaxBytes || impl_->parse(text, root) != simdjson::SUCCESS) return {{}};
    const auto is_one = [](const JsonNames& names, std::string_view name) {
        return std::ranges::any_of(names, [&](const auto& way) { return way.size() == 1 && way[0] == name; });
    };
    std::vector<std::string> way;
    const auto walk = [&](const auto& self, const dom::element& e) -> void {
        dom::object object;
        const bool members = e.get(object) == simdjson::SUCCESS;
        const auto has_value = [&] {
            return std::ranges::any_of(object, [&](const auto& m) { return is_one(form.value_, m.key); });
        };
        if (out.size() >= kJsonMaxLeaves) return;
        if (!members || has_value()) return out.push_back(way);
        for (const auto& [name, member] : object) {
            if (is_one(form.time_, name) || is_one(form.quality_, name)) continue;
            way.emplace_back(name);
            self(self, member);
            way.pop_back();
        }
    };
    walk(walk, root);
    return out;
}

} // namespace pw::twin
