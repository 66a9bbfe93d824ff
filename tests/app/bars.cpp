// SPDX-License-Identifier: Apache-2.0
#include "tests/app/bars.h"

#include "base/format.h"

#include <string_view>

namespace pw::test {

std::string two_bars(const char* left) {
    return formatted(R"({{"asset": {{"version": "2.0"}}, "scene": 0, "scenes": [{{"nodes": [0, 1]}}],
  "nodes": [{{"name": "{}", "mesh": 0, "translation": [-1, 0, 0]}}, {{"name": "still", "mesh": 1, "translation": [1, 0, 0]}}],
  "meshes": [{{"primitives": [{{"attributes": {{"POSITION": 0}}, "indices": 1, "material": 0}}]}},
             {{"primitives": [{{"attributes": {{"POSITION": 0}}, "indices": 1, "material": 1}}]}}],
  "materials": [{{"pbrMetallicRoughness": {{"baseColorFactor": [1, 0, 0, 1]}}, "doubleSided": true, "extensions": {{"KHR_materials_unlit": {{}}}}}},
                {{"pbrMetallicRoughness": {{"baseColorFactor": [0, 1, 0, 1]}}, "doubleSided": true, "extensions": {{"KHR_materials_unlit": {{}}}}}}],
  "extensionsUsed": ["KHR_materials_unlit"],
  "accessors": [{{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3", "min": [-0.5, -0.5, 0], "max": [0.5, 0.5, 0]}},
                {{"bufferView": 1, "componentType": 5123, "count": 6, "type": "SCALAR"}}],
  "bufferViews": [{{"buffer": 0, "byteLength": 48}}, {{"buffer": 0, "byteOffset": 48, "byteLength": 12}}],
  "buffers": [{{"byteLength": 60, "uri": "data:application/octet-stream;base64,AAAAvwAAAL8AAAAAAAAAPwAAAL8AAAAAAAAAPwAAAD8AAAAAAAAAvwAAAD8AAAAAAAABAAIAAAACAAMA"}}]}})",
                     left);
}

std::string many_bars(std::size_t count) {
    std::string roots, nodes;
    for (std::size_t i = 0; i < count; ++i) {
        const char* comma = i == 0 ? "" : ", ";
        roots += formatted("{}{}", comma, i);
        nodes += formatted(R"({}{{"name": "bar {}", "mesh": 0, "translation": [0, {}, 0]}})", comma, i, i);
    }
    std::string file = two_bars("left");
    const auto put = [&file](std::string_view before, std::string_view after, const std::string& what) {
        const std::size_t from = file.find(before) + before.size();
        file.replace(from, file.find(after, from) - from, what);
    };
    put(R"("scenes": [{"nodes": [)", "]", roots);
    put(R"("nodes": [{"name")", R"(],
  "meshes")",
        nodes.substr(std::string_view(R"({"name")").size()));
    return file;
}

std::string bars_plant(const std::string& more) {
    return R"({"format": "plantwalk-plant", "version": 1, "name": "Bars", "models": {"bars": "bars.gltf"},
  "equipment": [
    {"id": "left", "level": "unit", "title": "Left", "model": "bars", "placement": {"position_m": [-4, 1.5, 0]},
     "items": [{"name": "load", "model": "bars", "placement": {"position_m": [0, 3, 0]}}],
     "tags": [{"id": "speed", "source": "group/node/left/speed"},
              {"id": "state", "source": "group/node/left/state", "state": true}]},
    {"id": "right", "level": "unit", "title": "Right", "model": "bars", "placement": {"position_m": [4, 1.5, 0]}}],
  "scenery": [{"name": "wall", "model": "bars", "placement": {"position_m": [0, 1.5, -3]}}],
  "start": {"position_m": [0, 0, 5]})" +
           more + "}";
}

std::string without_start(std::string plant) {
    const std::size_t at = plant.find(",\n  \"start\"");
    return plant.erase(at, plant.find('}', at) + 1 - at);
}

} // namespace pw::test
