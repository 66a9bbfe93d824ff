#pragma once
// SPDX-License-Identifier: Apache-2.0
// Items on a path (plant::ItemsOnPath): what the word of an items tag says, and which slot shows which item where. An
// item is the same from word to word by its serial and keeps its slot while it is there. Frame thread; a frame without
// a word allocates nothing. Words are foreign: read_items bounds what they cost.

#include "base/result.h"
#include "base/time.h"
#include "plant/plant.h"
#include "twin/smoothing.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace pw::twin {

inline constexpr std::size_t kMaxItemRows = 4096; // of one word; what comes after is left out
inline constexpr std::size_t kMaxItemsJson = 256u << 10;

struct ItemRow {
    std::uint64_t serial = 0;
    std::uint32_t model = 0; // into plant::item_models
    double place = 0.0;      // 0 … 1
    friend bool operator==(const ItemRow&, const ItemRow&) = default;
};

class ItemsReader {
  public:
    ItemsReader();
    ItemsReader(ItemsReader&&) noexcept;
    ItemsReader& operator=(ItemsReader&&) noexcept;
    ~ItemsReader();

    // A data set as JSON (docs/plant-file.md#items-on-a-path): its usable rows, ascending by serial, each serial once;
    // valid until the next call. Malformed: it is no such data set.
    Result<std::span<const ItemRow>> read(std::string_view json, const plant::ItemsOnPath& items);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

struct ItemSlot {
    std::uint64_t serial = 0;
    double place = 0.0; // 0 … 1, as shown now
    bool shown = false;
};

class ItemSlots {
  public:
    // plant::ItemsOnPath::count slots for each of its models, model by model.
    ItemSlots(const plant::ItemsOnPath& items, double smooth_s);

    void word(std::span<const ItemRow> rows, Time received, Time now); // rows as ItemsReader gives them
    void step(Time now);                                               // moves on what is moving
    bool moving() const { return moving_; }                            // the next step may move something

    std::span<const ItemSlot> slots() const { return slots_; }
    // The slots that differ since begin_frame(), some of them twice.
    std::span<const std::uint32_t> changed() const { return changed_; }
    void begin_frame() { changed_.clear(); }
    std::uint32_t left_out() const { return left_out_; } // items of the last word that found no slot

  private:
    struct Track { // of a slot
        Smoothing smoothing;
        std::uint32_t model = 0;
        double target = 0.0;   // of the last word
        bool comes_in = false; // hidden until it is shown at the beginning of the path
    };
    struct Leaving { // gone from the words, on its last way
        std::uint32_t slot = 0;
        double from = 0.0;
        Time since;
    };
    void measure(std::span<const ItemRow> rows, double interval_s);
    void end_leaving(std::uint64_t serial, std::uint32_t model);
    void show(const ItemRow& item, std::uint32_t slot, Time received, Time now);
    void hide(std::uint32_t slot);

    double smooth_s_ = 0.0;
    std::vector<ItemSlot> slots_;
    std::vector<Track> tracks_;
    std::vector<std::uint32_t> shown_, stay_; // slots, ascending by serial; `stay_` within word()
    std::vector<Leaving> leaving_;
    double speed_ = 0.0, reach_ = 0.0; // of items, in paths a second; how far one comes from word to word, in paths
    Time received_;
    bool has_word_ = false;
    std::vector<std::vector<std::uint32_t>> free_; // by model, the next one last
    std::vector<std::uint32_t> changed_;
    bool moving_ = false;
    std::uint32_t left_out_ = 0;
};

} // namespace pw::twin
