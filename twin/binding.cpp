// SPDX-License-Identifier: Apache-2.0
#include "twin/binding.h"

#include "base/assert.h"
#include "twin/name_hash.h"
#include "twin/smoothing.h"
#include "twin/text_pattern.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace pw::twin {

namespace {

using plant::Binding;
using plant::MapKind;
using plant::MapPoint;
using plant::Property;

constexpr std::uint32_t kNone = 0xffff'ffffu;
constexpr std::uint32_t kNeverSeen = 0xffff'ffffu; // no count of changes comes so far

// "#rrggbb" → 0xffbbggrr
std::optional<std::uint32_t> parse_color(std::string_view text) {
    if (text.size() != 7 || text[0] != '#') return std::nullopt;
    std::uint32_t rgb = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 7, rgb, 16);
    if (error != std::errc() || end != text.data() + 7) return std::nullopt;
    return std::byteswap(rgb << 8 | 0xffu);
}

std::uint32_t mix_colors(std::uint32_t a, std::uint32_t b, double share) {
    std::uint32_t out = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        const auto part = [&](std::uint32_t c) { return static_cast<double>((c >> shift) & 0xff); };
        out |= static_cast<std::uint32_t>(std::lround(std::lerp(part(a), part(b), share))) << shift;
    }
    return out;
}

// What a value becomes; which member counts is the property's business.
struct Mapped {
    double number = 0.0;
    std::uint32_t color = 0;
    const std::string* text = nullptr; // nothing: the value's own
};

struct Row {
    MapPoint point;
    std::uint32_t color = 0;
    Mapped mapped() const { return {point.out, color, point.out_text ? &*point.out_text : nullptr}; }
};

struct Live {
    BoundTag bound;
    Property property = Property::Rotation;
    MapKind map = MapKind::Identity;
    std::vector<Row> rows;
    std::optional<Row> otherwise;
    double modulo = 0.0, wrap_in = 0.0; // 0: none
    double smooth_s = 0.0;
    std::optional<TextPattern> pattern;
    plant::ItemsOnPath items; // of an items binding

    Smoothing smoothing;
    std::optional<ItemSlots> slots;
    std::uint32_t seen_change = 0;
    Time seen_received{};
    double last_word = 0.0;
    bool moving = false;
    BoundValue value;
};

bool matches(const MapPoint& point, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return point.in_text == *text;
    return point.in_text ? *point.in_text == to_text(value) : to_number(value) == point.in;
}

std::optional<Mapped> map_linear(const std::vector<Row>& rows, double in) {
    if (!std::isfinite(in)) return std::nullopt;
    // Before the first and after the last point it stays there.
    const auto upper = std::ranges::find_if(rows, [&](const Row& row) { return in < row.point.in; });
    if (upper == rows.begin()) return rows.front().mapped();
    if (upper == rows.end()) return rows.back().mapped();
    const Row& a = *(upper - 1);
    const Row& b = *upper;
    const double share = (in - a.point.in) / (b.point.in - a.point.in);
    return Mapped{std::lerp(a.point.out, b.point.out, share), mix_colors(a.color, b.color, share), nullptr};
}

std::optional<Mapped> map_table(const Live& live, const Value& value) {
    for (const Row& row : live.rows) {
        if (matches(row.point, value)) return row.mapped();
    }
    if (live.otherwise) return live.otherwise->mapped();
    return std::nullopt;
}

std::optional<Mapped> map_identity(const Live& live, const Value& value) {
    if (live.property == Property::Text || live.property == Property::Clip) return Mapped{};
    if (live.property == Property::Color) {
        const auto* text = std::get_if<std::string>(&value);
        const auto color = text ? parse_color(*text) : std::nullopt;
        return color ? std::optional(Mapped{0.0, *color, nullptr}) : std::nullopt;
    }
    const double number = to_number(value, std::nan(""));
    return std::isfinite(number) ? std::optional(Mapped{number, 0, nullptr}) : std::nullopt;
}

std::optional<Mapped> map_value(const Live& live, const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    if (live.wrap_in > 0.0) return map_identity(live, value); // shown_number maps
    switch (live.map) {
    case MapKind::Identity:
        return map_identity(live, value);
    case MapKind::Linear:
        return map_linear(live.rows, to_number(value, std::nan("")));
    case MapKind::Table:
        return map_table(live, value);
    }
    return std::nullopt;
}

double wrap(double number, double modulo) {
    if (modulo <= 0.0) return number;
    const double rest = std::fmod(number, modulo);
    return rest < 0.0 ? rest + modulo : rest;
}

// A machine that wraps its value itself goes the short way round. One that counts on must not: its step may be longer
// than half a turn.
double unwrap(double number, double before, double modulo) {
    const auto inside = [&](double x) { return x >= 0.0 && x <= modulo; };
    if (modulo <= 0.0 || !inside(number)) return number;
    const double turns = std::round((before - number) / modulo);
    return number + turns * modulo;
}

// What a moving binding shows now.
double shown_number(const Live& live, Time now) {
    double number = live.smoothing.at(now);
    if (live.wrap_in > 0.0) {
        number = wrap(number, live.wrap_in);
        if (live.map == MapKind::Linear) number = map_linear(live.rows, number).value_or(Mapped{}).number;
    }
    if (live.property == Property::Visible) return number != 0.0 ? 1.0 : 0.0;
    return wrap(number, live.modulo);
}

void set_text(Live& live, const Mapped& mapped, const Value& value) {
    if (mapped.text)
        live.value.text = *mapped.text;
    else if (live.pattern)
        live.pattern->write(value, live.value.text);
    else
        live.value.text = to_text(value);
    cut_text(live.value.text);
}

void set_number(Live& live, double number, Time received, Time now) {
    if (live.property == Property::Visible && live.wrap_in == 0.0) {
        live.value.number = number != 0.0 ? 1.0 : 0.0;
        return;
    }
    bool jumps = !live.value.has_value;
    if (live.wrap_in > 0.0)
        jumps |= number < live.last_word - 0.5 * live.wrap_in; // a count that starts anew, or wraps by itself
    else if (!jumps)
        number = unwrap(number, live.last_word, live.modulo);
    live.last_word = number;
    live.smoothing.word(number, received, now, jumps ? 0.0 : live.smooth_s);
    live.value.number = shown_number(live, now);
    live.moving = live.smoothing.moving(now);
}

// The text of a value that may be a data set: JSON, or text that should be some.
std::string_view json_of(const Value& value) {
    if (const auto* json = std::get_if<Json>(&value)) return *json->text;
    const auto* text = std::get_if<std::string>(&value);
    return text ? std::string_view(*text) : std::string_view();
}

// As take_state, for items. A word that cannot be read leaves them as they are and looks bad.
void take_items(Live& live, const TagState& state, Time now, ItemsReader& reader) {
    live.seen_change = state.change;
    live.value.quality = state.quality;
    if (state.received == live.seen_received && live.value.has_value) return;
    const auto rows = reader.read(json_of(state.value), live.items);
    if (!rows) {
        if (state.quality != Quality::Stale) live.value.quality = Quality::Bad;
        return;
    }
    live.seen_received = state.received;
    live.slots->word(*rows, state.received, now);
    live.value.has_value = true;
}

// The tag's state is new. A word that maps to nothing leaves the last number and looks bad.
void take_state(Live& live, const TagState& state, Time now) {
    live.seen_change = state.change;
    live.value.quality = state.quality;
    const bool is_word = state.received != live.seen_received || !live.value.has_value;
    const auto mapped = map_value(live, state.value);
    if (!mapped) {
        if (state.quality != Quality::Stale) live.value.quality = Quality::Bad;
        return;
    }
    if (!is_word) return;
    live.seen_received = state.received;
    switch (live.property) {
    case Property::Text:
    case Property::Clip:
        set_text(live, *mapped, state.value);
        break;
    case Property::Color:
        live.value.color_srgba = mapped->color;
        break;
    default:
        set_number(live, mapped->number, state.received, now);
    }
    live.value.has_value = true;
}

Live make_live(const Binding& from) { // checked by the plant file's rules
    Live to;
    to.property = from.property;
    to.map = from.map;
    to.modulo = from.modulo.value_or(0.0);
    to.wrap_in = from.wrap_in.value_or(0.0);
    to.smooth_s = from.smooth_s;
    if (from.property == Property::Items) {
        to.items = from.items;
        to.slots.emplace(from.items, from.smooth_s);
    }
    if (from.property == Property::Text && !from.format.empty()) to.pattern.emplace(from.format);
    const auto row = [&](const MapPoint& point) {
        return Row{point, parse_color(point.out_text.value_or("")).value_or(0)};
    };
    for (const MapPoint& point : from.points) to.rows.push_back(row(point));
    if (from.otherwise) to.otherwise = row(*from.otherwise);
    PW_ASSERT(from.map == MapKind::Identity || !to.rows.empty(), "a map has points");
    return to;
}

} // namespace

struct Bindings::Impl {
    std::vector<WatchedTag> watched;
    ByName<std::uint32_t> watched_of;
    std::vector<BoundTag> list;
    std::vector<Live> live;
    ItemsReader reader;
    std::vector<BoundValue> changed; // the first changed_count; the rest keeps its capacity
    std::size_t changed_count = 0;

    void report(const BoundValue& value) {
        if (changed_count == changed.size()) changed.emplace_back();
        changed[changed_count++] = value;
    }
};

Bindings::Bindings() : impl_(std::make_unique<Impl>()) {}
Bindings::Bindings(Bindings&&) noexcept = default;
Bindings& Bindings::operator=(Bindings&&) noexcept = default;
Bindings::~Bindings() = default;

Bindings Bindings::make(const plant::Plant& plant) {
    Bindings made;
    Impl& impl = *made.impl_;
    for (const plant::Equipment& equipment : plant.equipment) {
        for (const plant::Tag& tag : equipment.tags) {
            impl.watched_of.emplace(equipment.id + "." + tag.id, static_cast<std::uint32_t>(impl.watched.size()));
            impl.watched.push_back({tag.source, tag.period_s, tag.set, tag.unit});
        }
    }
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        const plant::Equipment& equipment = plant.equipment[e];
        for (std::uint32_t b = 0; b < equipment.bindings.size(); ++b) {
            const Binding& binding = equipment.bindings[b];
            const std::uint32_t watched =
                made.find_watched(binding.tag.contains('.') ? binding.tag : equipment.id + "." + binding.tag);
            PW_ASSERT(watched != kNone, "the plant file's rules know every tag");
            Live live = make_live(binding);
            live.bound = {e, b, watched};
            live.value.binding = static_cast<std::uint32_t>(impl.list.size());
            impl.list.push_back(live.bound);
            impl.live.push_back(std::move(live));
        }
    }
    impl.changed.resize(impl.live.size());
    return made;
}

std::span<const WatchedTag> Bindings::watched() const { return impl_->watched; }
std::span<const BoundTag> Bindings::list() const { return impl_->list; }

std::uint32_t Bindings::find_watched(std::string_view tag_name) const {
    const auto found = impl_->watched_of.find(tag_name);
    return found == impl_->watched_of.end() ? kNone : found->second;
}

void Bindings::start_over() {
    for (Live& live : impl_->live) {
        live.seen_change = kNeverSeen;
        live.value.has_value = false; // so that the next word counts, whenever it was received
    }
}

BoundItems Bindings::items(std::uint32_t binding) const {
    PW_ASSERT(binding < impl_->live.size() && impl_->live[binding].slots, "an items binding of this plant");
    const ItemSlots& slots = *impl_->live[binding].slots;
    return {slots.slots(), slots.changed(), slots.left_out()};
}

std::span<const BoundValue> Bindings::evaluate(const TwinSnapshot& snapshot, Time now) {
    impl_->changed_count = 0;
    if (snapshot.tags.empty()) return {};
    PW_ASSERT(snapshot.tags.size() == impl_->watched.size(), "the snapshot is of a twin that watches these tags");
    for (Live& live : impl_->live) {
        const TagState& state = snapshot.tags[live.bound.watched];
        const bool is_new = state.change != live.seen_change;
        if (!is_new && !live.moving) continue;
        if (live.slots) {
            live.slots->begin_frame();
            if (is_new) take_items(live, state, now, impl_->reader);
            live.slots->step(now);
            live.moving = live.slots->moving();
        } else if (is_new) {
            take_state(live, state, now);
        } else {
            live.value.number = shown_number(live, now);
            live.moving = live.smoothing.moving(now);
        }
        impl_->report(live.value);
    }
    return {impl_->changed.data(), impl_->changed_count};
}

} // namespace pw::twin
