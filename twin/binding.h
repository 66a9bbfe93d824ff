#pragma once
// SPDX-License-Identifier: Apache-2.0
// Bindings: from tag values to what a node shows. Pure and deterministic given the snapshot and the time; they know no
// geometry: the caller applies BoundValue to the node it resolved. Frame thread; a steady frame allocates nothing.

#include "plant/plant.h"
#include "twin/items.h"
#include "twin/twin.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pw::twin {

// What a binding asks for now.
struct BoundValue {
    std::uint32_t binding = 0;        // into Bindings::list
    double number = 0.0;              // degrees, metres, factor, or 0/1 for Visible
    std::uint32_t color_srgba = 0;    // red in the lowest byte, alpha in the highest
    std::string text;                 // of Text, and a clip's name
    Quality quality = Quality::Stale; // Stale or Bad: the part must look so; number keeps the last word
    bool has_value = false;           // false until the tag's first word: leave the rest pose
};

struct BoundTag {
    std::uint32_t equipment = 0; // into Plant::equipment
    std::uint32_t binding = 0;   // into Equipment::bindings
    std::uint32_t watched = 0;   // into TwinOptions::watched
};

// The items of an items binding: where all slots are, and which of them changed.
struct BoundItems {
    std::span<const ItemSlot> slots;
    std::span<const std::uint32_t> changed;
    std::uint32_t left_out = 0; // items of the last word that found no slot
};

class Bindings {
  public:
    // Every tag of the plant is watched once, also those that only a card shows. The plant is one that read_plant or
    // parse_plant has checked.
    static Bindings make(const plant::Plant& plant);

    std::span<const WatchedTag> watched() const;
    std::span<const BoundTag> list() const;
    // Index into watched() of a plant tag, by "<equipment>.<tag>"; 0xffffffff when unknown.
    std::uint32_t find_watched(std::string_view tag_name) const;

    // The values that differ from what the last call returned; valid until the next call. Smoothed bindings move
    // between two words of the machine and go on at most smooth_s beyond the last one, then stand.
    std::span<const BoundValue> evaluate(const TwinSnapshot& snapshot, Time now);

    // The next evaluate() gives every value anew: the snapshots come from somewhere else now.
    void start_over();

    // Of an items binding that the last evaluate() returned; valid until the next.
    BoundItems items(std::uint32_t binding) const;

    Bindings(Bindings&&) noexcept;
    Bindings& operator=(Bindings&&) noexcept;
    ~Bindings();

  private:
    Bindings();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::twin
