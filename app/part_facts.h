#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is known of a part without asking a machine: from its model, and from the plant file where it is a machine's.

#include "app/live.h"
#include "scene/scene.h"

#include <string>
#include <utility>
#include <vector>

namespace pw::app {

struct PartFacts {
    std::string part, name; // plant::PartId as text
    std::vector<std::string> materials;
    DVec3 size_m{0.0}; // of what is in and below it, along the world's axes
    std::uint64_t triangles = 0;
    std::uint32_t nodes = 0;
    std::vector<std::pair<std::string, std::string>> extras; // of the glTF node: member, JSON or text
    std::uint32_t equipment = scene::kNone;
};

PartFacts facts_of(const scene::Scene& scene, const Live& live, scene::NodeId node);
std::string to_json(const PartFacts& facts, const plant::Plant& plant);

} // namespace pw::app
