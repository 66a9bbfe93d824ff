// SPDX-License-Identifier: Apache-2.0
// Any bytes as the words of an items tag, one after another, split at NUL: rows are bounded, ascending and on the path,
// and every item that has a slot is shown once.

#include "base/assert.h"
#include "base/bytes.h"
#include "twin/items.h"

#include <cstdint>
#include <set>

using namespace pw;
using namespace pw::twin;

namespace {

void check_rows(std::span<const ItemRow> rows) {
    PW_ASSERT(rows.size() <= kMaxItemRows, "rows are bounded");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        PW_ASSERT(i == 0 || rows[i - 1].serial < rows[i].serial, "rows ascend by serial");
        PW_ASSERT(rows[i].place >= 0.0 && rows[i].place <= 1.0, "a place is on the path");
    }
}

// Items come in and leave softly; `settled`: long after the last word, when all have.
void check_slots(const ItemSlots& slots, std::size_t rows, bool settled) {
    std::set<std::uint64_t> serials;
    for (const ItemSlot& slot : slots.slots()) {
        if (!slot.shown) continue;
        PW_ASSERT(serials.insert(slot.serial).second, "an item is shown once");
        PW_ASSERT(slot.place >= 0.0 && slot.place <= 1.0, "a place is on the path");
    }
    if (settled) PW_ASSERT(serials.size() + slots.left_out() == rows, "what has a slot is shown");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    plant::ItemsOnPath items;
    items.models = {{"bottle", "glass"}, {"crate", "box"}, {"full", "glass"}};
    items.count = 8;
    ItemsReader reader;
    ItemSlots slots(items, 0.5);
    std::string_view words(reinterpret_cast<const char*>(data), size);
    std::size_t last_rows = 0;
    Time now{1};
    for (; !words.empty(); now = now + from_ms(130)) {
        const std::string_view word = words.substr(0, words.find('\0'));
        words.remove_prefix(std::min(words.size(), word.size() + 1));
        slots.begin_frame();
        const auto rows = reader.read(word, items);
        if (rows) {
            check_rows(*rows);
            slots.word(*rows, now, now);
            last_rows = rows->size();
        }
        slots.step(now);
        if (rows) check_slots(slots, rows->size(), /* settled= */ false);
    }
    for (int s = 0; s < 100; ++s) slots.step(now = now + from_ms(130));
    check_slots(slots, last_rows, /* settled= */ true);
    return 0;
}
