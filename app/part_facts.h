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
    using Lines = std::vector<std::pair<std::string, std::string>>; // what it is called, JSON or text
    Lines extras;                                                   // of the glTF node
    Lines properties; // its row of a property table (EXT_structural_metadata)
    Lines metadata;   // its packet, or that of its file (KHR_xmp_json_ld)
    std::uint32_t equipment = scene::kNone;
};

PartFacts facts_of(const scene::Scene& scene, const Live& live, scene::NodeId node);
PartFacts::Lines properties_of(const scene::Model& model, const scene::Node& node);
// An XMP packet as one line for each member: lists joined by commas, of languages the English one, else the default,
// else the first.
PartFacts::Lines packet_lines(const std::string& json);
std::string to_json(const PartFacts& facts, const plant::Plant& plant);

} // namespace pw::app
