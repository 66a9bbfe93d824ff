// SPDX-License-Identifier: Apache-2.0
#include "twin/born_metrics.h"

#include "base/format.h"
#include "base/json.h"
#include "twin/sparkplug_value.h"

#include <algorithm>
#include <utility>

namespace pw::twin {

namespace {

constexpr std::uint32_t kNowhere = 0xffffffff, kAmbiguous = 0xfffffffe;

// OPC: the two high bits of the low byte; Sparkplug adds 500.
Quality quality_of(std::optional<std::int32_t> opc) {
    if (!opc) return Quality::Good;
    if (*opc == 500) return Quality::Stale;
    switch (*opc & 0xc0) {
    case 0xc0:
        return Quality::Good;
    case 0x40:
        return Quality::Uncertain;
    default:
        return Quality::Bad;
    }
}

bool is_definition(const Template& t) { return t.is_definition.value_or(!t.ref || t.ref->empty()); }

// What a template's metric says of itself holds for its members.
Metric member_of(const Metric& instance, const Metric& member) {
    Metric out = member;
    out.historical |= instance.historical;
    out.transient |= instance.transient;
    if (out.timestamp_ms == 0) out.timestamp_ms = instance.timestamp_ms;
    return out;
}

std::string json_of(const Metric& parameter, const DecodeLimits& limits) {
    return to_json(value_of(parameter, parameter.type, limits));
}

void set(std::vector<std::pair<std::string, std::string>>& parameters, std::string_view name, std::string json) {
    const auto at = std::ranges::find(parameters, name, [](const auto& p) { return std::string_view(p.first); });
    if (at == parameters.end())
        parameters.emplace_back(name, std::move(json));
    else
        at->second = std::move(json);
}

const char* flaw_of_template(const Template& t, bool may_define) {
    if (!t.is_definition) return "a template that does not say whether it is a definition";
    if (to_utf8(t.version) != t.version) return "a template whose version is not UTF-8";
    if (*t.is_definition) {
        // npm sparkplug-client sends an empty reference.
        if (t.ref && !t.ref->empty()) return "a template definition that refers to another";
        return may_define ? nullptr : "a template definition outside of an NBIRTH";
    }
    if (!t.ref || t.ref->empty()) return "a template that does not say of which definition it is";
    return to_utf8(*t.ref) == *t.ref ? nullptr : "a template whose reference is not UTF-8";
}

const char* flaw_of_parameter(const Template::Parameter& p, const TemplateDefinition* definition) {
    if (p.name.empty()) return "a template parameter without a name";
    if (to_utf8(p.name) != p.name) return "a template parameter whose name is not UTF-8";
    if (p.value.type == DataType::Unknown) return "a template parameter without a type";
    if (p.value.type > DataType::Uuid) return "a template parameter of no basic type";
    const auto named = [&](const auto& known) { return known.first == p.name; };
    if (definition && std::ranges::none_of(definition->parameters, named)) {
        return "a template parameter that is not in the definition";
    }
    return nullptr;
}

} // namespace

UtcTime time_from_machine(std::uint64_t ms, UtcTime otherwise) {
    constexpr std::uint64_t kMaxMs = INT64_MAX / 1'000'000; // in 2262: what nanoseconds cannot say is nonsense
    return ms == 0 || ms > kMaxMs ? otherwise : utc_from_ms(static_cast<std::int64_t>(ms));
}

// One birth while it is read.
struct BornMetrics::Birth {
    BornMetrics& out;
    const Message& message;
    const bool of_node;
    TemplateDefinitions& definitions;
    std::string name; // of the metric in hand, as a tag
    const std::size_t prefix = name.size();
    std::string flaw = {};
    std::vector<TagId> ambiguous = {};

    std::string_view local_name() const { return std::string_view(name).substr(prefix); }
    void note(const char* what) {
        if (what && flaw.empty()) flaw = formatted("metric {}: {}", to_utf8(local_name()), what);
    }

    void define(const Metric& metric);
    void bear(const Metric& metric, DataType declared, std::size_t depth);
    void bear_instance(const Metric& metric, std::size_t depth);
    Instance instance_of(const Template& t, std::shared_ptr<const TemplateDefinition> definition);
    std::uint32_t add(const Metric& metric, DataType type, bool is_member);
    void add_alias(std::uint64_t alias, std::uint32_t index);
};

void BornMetrics::Birth::define(const Metric& metric) {
    Template t;
    if (metric.name.empty() || !decode_template(metric.text, t, message.limits) || !is_definition(t)) return;
    TemplateDefinition definition;
    for (const Metric& member : t.members) {
        DataType type = member.type;
        if (type == DataType::Unknown && member.field == Metric::Field::Template) type = DataType::Template;
        definition.members.insert_or_assign(std::string(member.name), type);
    }
    for (const auto& p : t.parameters) {
        set(definition.parameters, to_utf8(p.name), json_of(p.value, message.limits));
    }
    definitions[std::string(metric.name)] = std::make_shared<const TemplateDefinition>(std::move(definition));
}

void BornMetrics::Birth::bear(const Metric& metric, DataType declared, std::size_t depth) {
    if (metric.name.empty()) return note("a metric without a name"); // there is nothing to call it
    const std::size_t before = name.size();
    name += metric.name;
    if (metric.field == Metric::Field::Template) {
        bear_instance(metric, depth);
    } else {
        Metric typed = metric;
        if (typed.type == DataType::Unknown) typed.type = declared;
        note(flaw_of(typed, message.limits));
        if (const auto index = add(typed, typed.type, depth > 0); index != kNowhere) {
            out.apply_value(typed, out.entries_[index], message);
        }
    }
    name.resize(before);
}

void BornMetrics::Birth::bear_instance(const Metric& metric, std::size_t depth) {
    Template t;
    const auto decoded = decode_template(metric.text, t, message.limits);
    note(decoded ? flaw_of_template(t, of_node && depth == 0) : "a template that cannot be read");
    if (depth >= message.limits.max_depth) return note("templates that lie too deep in each other");
    const auto found = t.ref ? definitions.find(*t.ref) : definitions.end();
    const auto definition = found == definitions.end() ? nullptr : found->second;
    if (decoded && is_definition(t)) {
        for (const auto& p : t.parameters) note(flaw_of_parameter(p, nullptr));
        return;
    }
    if (!definition) note("a template whose definition is not in the NBIRTH");
    const std::uint32_t index = add(metric, DataType::Template, depth > 0);
    if (index == kNowhere) return;
    out.instances_.emplace(index, instance_of(t, definition));
    out.entries_[index].end = index + 1; // an instance from now on
    out.apply_parameters(index, metric, {}, message);
    name += '/';
    for (const Metric& member : t.members) {
        DataType declared = DataType::Unknown;
        if (definition) {
            const auto at = definition->members.find(member.name);
            if (at == definition->members.end())
                note("a member that is not in the template's definition");
            else
                declared = at->second;
        }
        bear(member_of(metric, member), declared, depth + 1);
    }
    name.pop_back();
    if (definition && t.members.size() < definition->members.size()) note("a template that lacks members in its birth");
    out.entries_[index].end = static_cast<std::uint32_t>(out.entries_.size());
}

BornMetrics::Instance BornMetrics::Birth::instance_of(const Template& t,
                                                      std::shared_ptr<const TemplateDefinition> definition) {
    Instance instance{to_utf8(t.ref.value_or("")), to_utf8(t.version), std::move(definition), {}};
    for (const auto& p : t.parameters) {
        note(flaw_of_parameter(p, instance.definition.get()));
        if (p.value.field != Metric::Field::None) {
            set(instance.parameters, to_utf8(p.name), json_of(p.value, message.limits));
        }
    }
    return instance;
}

std::uint32_t BornMetrics::Birth::add(const Metric& metric, DataType type, bool is_member) {
    const bool full = out.entries_.size() >= message.limits.max_metrics;
    const TagId tag = full ? TagId{} : message.store.intern(to_utf8(name));
    if (!tag.valid()) {
        out.cut_ = true;
        return kNowhere;
    }
    const auto index = static_cast<std::uint32_t>(out.entries_.size());
    const auto at = out.by_name_.insert_or_assign(std::string(local_name()), index).first;
    out.entries_.push_back({tag, type});
    out.rarely_.push_back({&at->first, metric.alias, is_member});
    if (metric.alias) add_alias(*metric.alias, index);
    message.store.set_facts(tag, facts_of(metric, message.limits));
    return index;
}

// What an alias that two metrics claim would bring can be of either: it is taken for none, and both look bad.
void BornMetrics::Birth::add_alias(std::uint64_t alias, std::uint32_t index) {
    const auto [at, is_new] = out.by_alias_.try_emplace(alias, index);
    if (is_new) return;
    const auto tag_of = [&](std::uint32_t entry) { return out.entries_[entry].tag; };
    if (at->second != kAmbiguous && tag_of(at->second) == tag_of(index)) { // named twice
        at->second = index;
        return;
    }
    note("an alias that another metric has");
    for (const std::uint32_t entry : {at->second, index}) {
        if (entry == kAmbiguous) continue;
        ambiguous.push_back(tag_of(entry));
        out.rarely_[entry].alias.reset();
    }
    at->second = kAmbiguous;
}

std::string BornMetrics::birth(const Message& message, std::string_view prefix, bool of_node,
                               TemplateDefinitions& definitions) {
    const BornMetrics before = std::exchange(*this, {});
    Birth birth{*this, message, of_node, definitions, std::string(prefix)};
    if (of_node) {
        definitions.clear();
        for (const Metric& metric : message.payload.metrics) {
            if (metric.field == Metric::Field::Template) birth.define(metric);
        }
    }
    for (const Metric& metric : message.payload.metrics) birth.bear(metric, DataType::Unknown, 0);
    for (const TagId tag : birth.ambiguous) message.store.degrade(tag, Quality::Bad, message.heard);

    std::vector<TagId> born;
    born.reserve(entries_.size());
    for (const Entry& entry : entries_) born.push_back(entry.tag);
    std::ranges::sort(born);
    for (const Entry& entry : before.entries_) {
        if (!std::ranges::binary_search(born, entry.tag))
            message.store.degrade(entry.tag, Quality::Stale, message.heard);
    }
    return std::move(birth.flaw);
}

std::string BornMetrics::data(const Message& message) {
    std::string unknown;
    nulls_left_ = message.limits.max_metrics;
    for (const Metric& metric : message.payload.metrics) {
        const std::uint32_t index = find(metric, {});
        if (index < kAmbiguous)
            apply(metric, index, message, unknown);
        else if (index == kNowhere)
            note_unknown(metric, unknown);
    }
    return unknown;
}

std::uint32_t BornMetrics::find(const Metric& metric, std::string_view instance) const {
    if (metric.alias) {
        if (const auto found = by_alias_.find(*metric.alias); found != by_alias_.end()) return found->second;
    }
    if (metric.name.empty()) return kNowhere;
    const auto found =
        instance.empty() ? by_name_.find(metric.name) : by_name_.find(formatted("{}/{}", instance, metric.name));
    return found == by_name_.end() ? kNowhere : found->second;
}

void BornMetrics::note_unknown(const Metric& metric, std::string& unknown) {
    if (!unknown.empty()) return;
    unknown = metric.name.empty() ? formatted("alias {} was not born", metric.alias.value_or(0))
                                  : formatted("metric {} was not born", to_utf8(metric.name));
}

void BornMetrics::apply(const Metric& metric, std::uint32_t index, const Message& message, std::string& unknown) {
    const Entry& entry = entries_[index];
    if (entry.end != 0)
        apply_instance(metric, index, message, unknown);
    else if (metric.field == Metric::Field::Template)
        note_unknown(metric, unknown); // its members were not born
    else
        apply_value(metric, entry, message);
}

void BornMetrics::apply_value(const Metric& metric, const Entry& entry, const Message& message) const {
    Value value = value_of(metric, entry.type == DataType::Unknown ? metric.type : entry.type, message.limits);
    Quality quality = metric.properties.empty() ? Quality::Good : quality_of(quality_in(metric.properties));
    if (std::holds_alternative<std::monostate>(value) && !metric.null) quality = Quality::Bad; // it cannot be read
    const Word word = metric.historical ? Word::Historical : metric.transient ? Word::Transient : Word::Live;
    message.store.apply({entry.tag, std::move(value), quality, time_from_machine(metric.timestamp_ms, message.said),
                         message.received, word});
}

void BornMetrics::apply_instance(const Metric& metric, std::uint32_t index, const Message& message,
                                 std::string& unknown) {
    if (metric.null) { // and with it, its members
        for (std::uint32_t i = index; i < entries_[index].end && nulls_left_ > 0; ++i, --nulls_left_) {
            apply_value(metric, entries_[i], message);
        }
        return;
    }
    Template t;
    if (metric.field != Metric::Field::Template || !decode_template(metric.text, t, message.limits)) {
        apply_value(Metric{}, entries_[index], message);
        return;
    }
    if (!t.parameters.empty()) apply_parameters(index, metric, t, message);
    for (const Metric& each : t.members) {
        const Metric member = member_of(metric, each);
        const std::uint32_t at = find(member, *rarely_[index].name);
        if (at > index && at < entries_[index].end)
            apply(member, at, message, unknown);
        else if (at != kAmbiguous)
            note_unknown(member, unknown);
    }
}

void BornMetrics::apply_parameters(std::uint32_t index, const Metric& metric, const Template& from,
                                   const Message& message) {
    Instance& instance = instances_.at(index);
    for (const auto& p : from.parameters) {
        const bool room = instance.parameters.size() < message.limits.max_parameters;
        if (!p.name.empty() && room) set(instance.parameters, to_utf8(p.name), json_of(p.value, message.limits));
    }
    // Bounded, because a message may name many instances of one definition.
    constexpr std::size_t kMaxText = 8192;
    JsonWriter json;
    json.begin_object().member("template", std::string_view(instance.ref));
    json.member("version", std::string_view(instance.version)).key("parameters").begin_object();
    const auto write = [&](const auto& parameter) {
        if (json.text().size() <= kMaxText) json.key(parameter.first).raw(parameter.second);
    };
    const auto is_own = [&](const std::string& name) {
        return std::ranges::contains(instance.parameters, name, [](const auto& p) -> const auto& { return p.first; });
    };
    if (instance.definition) {
        for (const auto& parameter : instance.definition->parameters) {
            if (!is_own(parameter.first)) write(parameter);
        }
    }
    for (const auto& parameter : instance.parameters) write(parameter);
    std::string text = json.end_object().end_object().take();
    if (metric.historical) return;
    const bool fits = text.size() <= kMaxText;
    message.store.apply({entries_[index].tag, fits ? Value(make_json(std::move(text))) : Value(),
                         fits ? Quality::Good : Quality::Bad, time_from_machine(metric.timestamp_ms, message.said),
                         message.received});
}

void BornMetrics::degrade(TagStore& store, Quality quality, UtcTime when) const {
    for (const Entry& entry : entries_) store.degrade(entry.tag, quality, when);
}

std::optional<BornMetrics::Known> BornMetrics::find(std::string_view name) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return std::nullopt;
    const Rarely& rarely = rarely_[found->second];
    return Known{entries_[found->second].type, rarely.alias, rarely.is_member};
}

} // namespace pw::twin
