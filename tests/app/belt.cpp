// SPDX-License-Identifier: Apache-2.0
#include "tests/app/belt.h"

#include "base/format.h"
#include "tests/app/bars.h"
#include "tests/twin/protobuf_out.h"
#include "twin/mqtt.h"

#include <algorithm>

namespace pw::test {

namespace {

constexpr std::uint32_t kUInt64 = 8;

std::string data_set(const std::vector<BeltItem>& items) {
    return message([&](pbf_writer& set) {
        set.add_uint64(1, 3);
        for (const char* column : {"serial", "type", "place"}) set.add_string(2, column);
        for (const std::uint32_t type : {kUInt64, kString, kDouble}) set.add_uint32(3, type);
        for (const BeltItem& item : items) {
            pbf_writer row(set, 4);
            row.add_message(1, message([&](pbf_writer& e) { e.add_uint64(2, item.serial); }));
            row.add_message(1, message([&](pbf_writer& e) { e.add_string(6, item.type); }));
            row.add_message(1, message([&](pbf_writer& e) { e.add_double(4, item.place); }));
        }
    });
}

std::string items_metric(const std::vector<BeltItem>& items) { return metric("items", kDataSet, 17, data_set(items)); }

std::string clip_metric(const std::string& clip) {
    return metric("clip", kString, [&](pbf_writer& m) { m.add_string(15, clip); });
}

} // namespace

std::string blue_square() {
    return R"({"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
  "nodes": [{"name": "Root", "children": [1]},
            {"name": "Square", "mesh": 0, "translation": [0, 1, 0], "rotation": [0, -0.70710678, 0, 0.70710678], "scale": [0.4, 0.4, 0.4]}],
  "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
  "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [0, 0, 1, 1]}, "doubleSided": true, "extensions": {"KHR_materials_unlit": {}}}],
  "extensionsUsed": ["KHR_materials_unlit"],
  "animations": [{"name": "Rise", "channels": [{"sampler": 0, "target": {"node": 1, "path": "translation"}}],
                  "samplers": [{"input": 2, "output": 3, "interpolation": "STEP"}]},
                 {"name": "Slide", "channels": [{"sampler": 0, "target": {"node": 1, "path": "translation"}}],
                  "samplers": [{"input": 2, "output": 4}]}],
  "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3", "min": [-0.5, -0.5, 0], "max": [0.5, 0.5, 0]},
                {"bufferView": 1, "componentType": 5123, "count": 6, "type": "SCALAR"},
                {"bufferView": 2, "componentType": 5126, "count": 2, "type": "SCALAR", "min": [0], "max": [1]},
                {"bufferView": 3, "componentType": 5126, "count": 2, "type": "VEC3"},
                {"bufferView": 0, "componentType": 5126, "count": 2, "type": "VEC3"}],
  "bufferViews": [{"buffer": 0, "byteLength": 48}, {"buffer": 0, "byteOffset": 48, "byteLength": 12},
                  {"buffer": 1, "byteLength": 8}, {"buffer": 1, "byteOffset": 8, "byteLength": 24}],
  "buffers": [{"byteLength": 60, "uri": "data:application/octet-stream;base64,AAAAvwAAAL8AAAAAAAAAPwAAAL8AAAAAAAAAPwAAAD8AAAAAAAAAvwAAAD8AAAAAAAABAAIAAAACAAMA"},
              {"byteLength": 32, "uri": "data:application/octet-stream;base64,AAAAAAAAgD8AAAAAAAAAQAAAAAAAAAAAAAAAQAAAAAA="}]})";
}

std::string belt_plant(double smooth_s) {
    return R"({"format": "plantwalk-plant", "version": 1, "name": "Belt",
  "models": {"bars": "bars.gltf", "square": "square.gltf"},
  "equipment": [
    {"id": "belt", "level": "unit", "title": "Belt", "model": "bars", "placement": {"position_m": [0, 1, 0]},
     "items": [{"name": "walker", "model": "square", "placement": {"position_m": [-2, -1, 0], "yaw_deg": 90}}],
     "tags": [{"id": "items", "source": "group/node/belt/items"}, {"id": "clip", "source": "group/node/belt/clip"}],
     "bindings": [
       {"tag": "items", "property": "items", "path": ["bar", "still"], "models": {"bottle": "square", "crate": "square"},
        "count": 4, "smooth_s": )" +
           formatted("{}", smooth_s) + R"(},
       {"tag": "clip", "property": "clip", "node": "walker:"}]}],
  "start": {"position_m": [0, 0, 5]}})";
}

Result<void> BeltNode::send(const char* type, bool of_device, const std::vector<std::string>& metrics) {
    const std::string bytes = message([&](pbf_writer& p) {
        for (const std::string& m : metrics) p.add_message(2, m);
        p.add_uint64(3, seq_++ % 256);
    });
    return mqtt_.publish({formatted("spBv1.0/group/{}/node{}", type, of_device ? "/belt" : ""), bytes, 0, false});
}

Result<void> BeltNode::birth(const std::vector<BeltItem>& items, const std::string& clip) {
    seq_ = 0;
    const std::string bd_seq = metric("bdSeq", kUInt64, [](pbf_writer& m) { m.add_uint64(11, 0); });
    if (auto sent = send("NBIRTH", /* of_device= */ false, {bd_seq}); !sent) return sent;
    return send("DBIRTH", /* of_device= */ true, {items_metric(items), clip_metric(clip)});
}
Result<void> BeltNode::say(const std::vector<BeltItem>& items) { return send("DDATA", true, {items_metric(items)}); }
Result<void> BeltNode::say_clip(const std::string& clip) { return send("DDATA", true, {clip_metric(clip)}); }
Result<void> BeltNode::die() { return send("DDEATH", true, {}); }

} // namespace pw::test
