#pragma once
// SPDX-License-Identifier: Apache-2.0
// What users mean by words for parts. A subject is what an action is done to: a machine with all that stands on it, a
// placed model, or a node with what is below it. Its key is the text that view records name it with. Frame thread.

#include "app/live.h"
#include "plant/plant.h"
#include "scene/scene.h"
#include "work/phrases.h"

#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

struct Subject {
    std::string key;                  // equipment id, placed name, or plant::PartId as text
    std::vector<scene::NodeId> roots; // disjoint subtrees
};

// The subtrees of a key; empty while no such part is there.
std::vector<scene::NodeId> roots_of(const scene::Scene& scene, const Live& live, std::string_view key);
// The subject that `words` name: a key, or a part's id in another spelling. NotFound in words.
Result<Subject> find_subject(const scene::Scene& scene, const Live& live, const std::string& words);
// The subject of a node by itself.
Subject subject_of(const scene::Scene& scene, scene::NodeId node);

DAabb bounds_of(const scene::Scene& scene, const std::vector<scene::NodeId>& roots);
DAabb whole_plant(const scene::Scene& scene); // what is shown of it; empty while nothing has arrived
std::vector<scene::NodeId> roots_of_placed(const scene::Scene& scene, scene::PlacedId placed);

bool is_machine(const plant::Equipment& equipment); // what is heard of and is not people

// What people call so: machines by title or id, else the parts whose name it is. Case and the kind of space between
// words do not matter.
std::vector<work::NamedPart> parts_called(const scene::Scene& scene, const Live& live, std::string_view name);
// Parts whose names have all of these words in them, in the scene's order.
std::vector<scene::NodeId> find_by_name(const scene::Scene& scene, std::string_view words);

} // namespace pw::app
