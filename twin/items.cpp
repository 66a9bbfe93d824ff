// SPDX-License-Identifier: Apache-2.0
#include "twin/items.h"

#include "base/assert.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace pw::twin {

namespace {

namespace dom = simdjson::dom;

constexpr std::uint32_t kNone = 0xffff'ffffu;
constexpr double kReach = 1.5; // words come early and late: how far an item may have come since the last one

struct ColumnPlaces { // of what is asked for, among the columns
    std::optional<std::size_t> serial, type, place;
};

ColumnPlaces find_columns(dom::array columns) {
    ColumnPlaces out;
    std::size_t i = 0;
    for (const dom::element column : columns) {
        std::string_view name;
        if (column.get(name) == simdjson::SUCCESS) {
            if (name == "serial" && !out.serial) out.serial = i;
            if (name == "type" && !out.type) out.type = i;
            if (name == "place" && !out.place) out.place = i;
        }
        ++i;
    }
    return out;
}

struct Types {
    struct Look {
        std::string_view type;
        double from = 0.0;
        std::uint32_t model = 0;
    };
    std::vector<Look> looks;

    explicit Types(const plant::ItemsOnPath& items) {
        const auto models = plant::item_models(items);
        for (const auto& look : items.models)
            looks.push_back({look.type, look.from,
                             static_cast<std::uint32_t>(std::ranges::find(models, look.model) - models.begin())});
    }
    std::optional<std::uint32_t> find(std::string_view type, double place) const {
        std::optional<std::uint32_t> model;
        for (const Look& look : looks)
            if (look.type == type && (place >= look.from || look.from == 0.0)) model = look.model;
        return model;
    }
};

// Nothing: the row cannot be shown.
std::optional<ItemRow> read_row(dom::array row, const ColumnPlaces& columns, const Types& types) {
    std::string_view type;
    std::uint64_t serial = 0;
    double place = std::nan("");
    bool has_serial = false;
    std::size_t i = 0;
    for (const dom::element value : row) {
        if (i == columns.serial) has_serial = value.get(serial) == simdjson::SUCCESS;
        if (i == columns.place && value.get(place) != simdjson::SUCCESS) return std::nullopt;
        if (i == columns.type && value.get(type) != simdjson::SUCCESS) type = {};
        ++i;
    }
    const auto model = types.find(type, place);
    if (!has_serial || !model || !std::isfinite(place)) return std::nullopt;
    return ItemRow{serial, *model, std::clamp(place, 0.0, 1.0)};
}

} // namespace

struct ItemsReader::Impl {
    dom::parser parser;
    std::vector<ItemRow> rows;
};

ItemsReader::ItemsReader() : impl_(std::make_unique<Impl>()) {}
ItemsReader::ItemsReader(ItemsReader&&) noexcept = default;
ItemsReader& ItemsReader::operator=(ItemsReader&&) noexcept = default;
ItemsReader::~ItemsReader() = default;

Result<std::span<const ItemRow>> ItemsReader::read(std::string_view json, const plant::ItemsOnPath& items) {
    if (json.size() > kMaxItemsJson) return fail(Errc::Exhausted, "items: the data set is too long");
    dom::element document;
    dom::array column_list, row_list;
    // Nothing at all is not for simdjson: it copies from a null pointer.
    if (json.empty() || impl_->parser.parse(json.data(), json.size()).get(document) != simdjson::SUCCESS)
        return fail(Errc::Malformed, "items: this is no JSON");
    if (document["columns"].get(column_list) != simdjson::SUCCESS ||
        document["rows"].get(row_list) != simdjson::SUCCESS)
        return fail(Errc::Malformed, "items: this is no data set");
    const ColumnPlaces columns = find_columns(column_list);
    if (!columns.serial || !columns.type || !columns.place)
        return fail(Errc::Malformed, "items: there are no columns serial, type and place");

    const Types types(items);
    std::vector<ItemRow>& rows = impl_->rows;
    rows.clear();
    std::size_t seen = 0;
    for (const dom::element value : row_list) {
        if (seen++ == kMaxItemRows) break;
        dom::array cells;
        if (value.get(cells) != simdjson::SUCCESS) return fail(Errc::Malformed, "items: a row is no list");
        if (const auto row = read_row(cells, columns, types)) rows.push_back(*row);
    }
    std::ranges::stable_sort(rows, {}, &ItemRow::serial);
    const auto twins = std::ranges::unique(rows, {}, &ItemRow::serial);
    rows.erase(twins.begin(), twins.end());
    return std::span<const ItemRow>(rows);
}

ItemSlots::ItemSlots(const plant::ItemsOnPath& items, double smooth_s) : smooth_s_(smooth_s) {
    const auto models = static_cast<std::uint32_t>(plant::item_models(items).size());
    slots_.resize(std::size_t{models} * items.count);
    tracks_.resize(slots_.size());
    free_.resize(models);
    for (std::uint32_t model = 0; model < models; ++model) {
        for (std::uint32_t i = 0; i < items.count; ++i) {
            const std::uint32_t slot = (model + 1) * items.count - 1 - i; // so that the first is the next
            tracks_[slot].model = model;
            free_[model].push_back(slot);
        }
    }
    leaving_.reserve(slots_.size());
    shown_.reserve(slots_.size());
    stay_.reserve(slots_.size());
    changed_.reserve(2 * slots_.size());
}

void ItemSlots::word(std::span<const ItemRow> rows, Time received, Time now) {
    const double interval_s = has_word_ ? (received - received_).seconds() : 0.0;
    has_word_ = true;
    received_ = received;
    measure(rows, interval_s);
    reach_ = smooth_s_ > 0.0 ? kReach * speed_ * interval_s : 0.0;
    // First what is gone makes room.
    stay_.clear();
    auto row = rows.begin();
    for (const std::uint32_t slot : shown_) {
        const std::uint64_t serial = slots_[slot].serial;
        row = std::find_if(row, rows.end(), [&](const ItemRow& r) { return r.serial >= serial; });
        if (row != rows.end() && row->serial == serial)
            stay_.push_back(slot);
        else if (tracks_[slot].target < 1.0 && tracks_[slot].target >= 1.0 - reach_)
            leaving_.push_back({slot, tracks_[slot].smoothing.at(now), now});
        else
            hide(slot);
    }
    shown_.clear();
    left_out_ = 0;
    auto known = stay_.begin();
    for (const ItemRow& item : rows) {
        const bool stays = known != stay_.end() && slots_[*known].serial == item.serial;
        show(item, stays ? *known++ : kNone, received, now);
    }
    moving_ = true;
}

// The speed of whatever moves most, in lengths of the path a second; what stands on a running belt says nothing of it.
void ItemSlots::measure(std::span<const ItemRow> rows, double interval_s) {
    if (interval_s <= 0.0) return;
    std::optional<double> most;
    auto row = rows.begin();
    for (const std::uint32_t slot : shown_) {
        const std::uint64_t serial = slots_[slot].serial;
        row = std::find_if(row, rows.end(), [&](const ItemRow& r) { return r.serial >= serial; });
        if (row == rows.end()) break;
        if (row->serial == serial) most = std::max(most.value_or(0.0), row->place - tracks_[slot].target);
    }
    if (most) speed_ = *most / interval_s;
}

// What leaves makes room for what is there; one that comes back is no longer leaving.
void ItemSlots::end_leaving(std::uint64_t serial, std::uint32_t model) {
    const auto end = [&](const auto& is_it) {
        const auto found = std::ranges::find_if(leaving_, is_it);
        if (found == leaving_.end()) return;
        hide(found->slot);
        leaving_.erase(found);
    };
    end([&](const Leaving& l) { return slots_[l.slot].serial == serial; });
    if (free_[model].empty()) end([&](const Leaving& l) { return tracks_[l.slot].model == model; });
}

// `slot`: where it is shown, or kNone. One that became another thing goes on in a slot that looks so.
void ItemSlots::show(const ItemRow& item, std::uint32_t slot, Time received, Time now) {
    PW_ASSERT(item.model < free_.size(), "rows were read with this plant's models");
    if (slot == kNone || tracks_[slot].model != item.model) {
        const Smoothing before = slot == kNone ? Smoothing() : tracks_[slot].smoothing;
        const bool comes_in = slot == kNone && item.place <= reach_;
        if (slot != kNone) hide(slot);
        if (!leaving_.empty()) end_leaving(item.serial, item.model);
        std::vector<std::uint32_t>& free = free_[item.model];
        if (free.empty()) {
            ++left_out_;
            return;
        }
        slot = free.back();
        free.pop_back();
        tracks_[slot].smoothing = before;
        tracks_[slot].comes_in = comes_in;
        if (comes_in) tracks_[slot].smoothing.word(item.place - speed_ * smooth_s_, received, now, 0.0);
        slots_[slot] = {item.serial, std::nan(""), !comes_in}; // so that step() finds it moved
    }
    tracks_[slot].target = item.place;
    tracks_[slot].smoothing.word(item.place, received, now, smooth_s_);
    shown_.push_back(slot);
}

void ItemSlots::hide(std::uint32_t slot) {
    slots_[slot].shown = false;
    free_[tracks_[slot].model].push_back(slot);
    changed_.push_back(slot);
}

void ItemSlots::step(Time now) {
    moving_ = false;
    for (const std::uint32_t slot : shown_) {
        const Smoothing& smoothing = tracks_[slot].smoothing;
        moving_ |= smoothing.moving(now);
        const double at = smoothing.at(now);
        if (tracks_[slot].comes_in && at < 0.0) continue;
        tracks_[slot].comes_in = false;
        const double place = std::clamp(at, 0.0, 1.0);
        if (place == slots_[slot].place && slots_[slot].shown) continue;
        slots_[slot].place = place;
        slots_[slot].shown = true;
        changed_.push_back(slot);
    }
    std::erase_if(leaving_, [&](const Leaving& l) {
        const double place = std::max(0.0, l.from) + speed_ * (now - l.since).seconds();
        const bool left = place >= 1.0 || (now - l.since).seconds() > 2.0 * smooth_s_;
        if (left) {
            hide(l.slot);
        } else {
            slots_[l.slot].place = place;
            changed_.push_back(l.slot);
        }
        return left;
    });
    moving_ |= !leaving_.empty();
}

} // namespace pw::twin
