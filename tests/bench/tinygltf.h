#pragma once
// SPDX-License-Identifier: Apache-2.0
// Loads a .glb with tinygltf, images left encoded, and tells how many nodes it has; 0 when it does not load.

#include <cstddef>
#include <string>

std::size_t nodes_by_tinygltf_nlohmann(const std::string& glb);
std::size_t nodes_by_tinygltf_rapidjson(const std::string& glb);
