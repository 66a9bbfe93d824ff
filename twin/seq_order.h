#pragma once
// SPDX-License-Identifier: Apache-2.0
// The sequence numbers of one edge node: 0..255 and round again over everything it sends (Sparkplug 3.0.0,
// section 6.4.2 and "operational behavior, reordering"). Messages that come too early are held until the missing ones
// arrive or the holder gives up.

#include "base/time.h"
#include "twin/sparkplug.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pw::twin {

struct HeldMessage {
    std::uint8_t seq = 0;
    MessageType type = MessageType::Ndata;
    std::string device, payload;
};

class SeqOrder {
  public:
    // `held_bytes`: of the payloads that all who share it hold; outlives this.
    explicit SeqOrder(std::size_t& held_bytes) : held_bytes_(&held_bytes) {}

    static constexpr std::size_t kMaxHeld = 64;

    enum class Place : std::uint8_t {
        Next,   // apply it now, then what release() gives
        Early,  // hold() it
        Behind, // late or sent twice: drop it
    };

    void start(std::uint8_t birth_seq);
    Place place(std::uint8_t seq, Time now);
    bool hold(HeldMessage&& message); // false: now too many are held, give_up()
    std::optional<HeldMessage> release();
    // Everything that is held, in order. Then the number after these is the next one; where nothing was held the sender
    // has begun to count anew, and any number is.
    std::vector<HeldMessage> give_up();

    std::optional<Time> gap_since() const { return gap_since_; } // the first message out of order

  private:
    std::size_t* held_bytes_;
    std::optional<std::uint8_t> next_;
    std::optional<Time> gap_since_;
    std::vector<HeldMessage> held_; // by distance from next_
};

} // namespace pw::twin
