#pragma once
// SPDX-License-Identifier: Apache-2.0
// A plant that publishes: plays a plant file and sends its tags as Sparkplug B edge nodes, one MQTT connection for each
// "group/node" that the tags' sources name. What a tag says comes from the simulation of the plant (SimulatedPlant),
// or from the demo's cell, where equipment "plays" a part (CellModel). Runs on a thread of its own; survives its
// broker; carries out what hosts command.

#include "base/result.h"
#include "base/time.h"
#include "plant/plant.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pw::app {

inline constexpr double kFastest = 100.0; // simulated seconds in a second: what a step and the network can carry

struct PublishOptions {
    std::uint64_t seed = 1;
    double speed = 1.0; // simulated seconds in a second, 0 … kFastest
    Duration lead;      // plant time that has passed at the first word: a line that runs, not an empty one
    std::string memory; // folder that remembers each node's bdSeq from run to run; empty: they begin with 0
    const Clock* clock = &system_clock();
};

class PublishedPlant {
  public:
    virtual ~PublishedPlant() = default; // every node says its death and disconnects
    virtual std::uint32_t nodes() const = 0;
    virtual std::uint32_t nodes_online() const = 0; // born in their present session
    virtual std::uint64_t messages() const = 0;     // handed to the network so far
    virtual Duration plant_time() const = 0;        // since the beginning
    // Cuts a node's connection without a word, as a power failure would: the broker sends its will. It comes back by
    // itself. False when there is no such node ("group/node").
    virtual bool drop(std::string_view group_and_node) = 0;
};

// `plant` is read here only. A broker that is not there is no error: it is tried again.
Result<std::unique_ptr<PublishedPlant>> start_publishing(const plant::Plant& plant, const std::string& broker,
                                                         const PublishOptions& options = {});

} // namespace pw::app
