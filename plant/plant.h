#pragma once
// SPDX-License-Identifier: Apache-2.0
// The plant file (plant.json, docs/plant-file.md): what the plant is, declared. Equipment as an ISA-95 hierarchy with
// its models, placements, tags, bindings, and how it behaves when simulated. Plain data; made by read_plant, then
// constant. Metres; degrees in the file and in the structs that mirror it (names end in _deg).

#include "base/math.h"
#include "base/reports.h"
#include "base/result.h"
#include "plant/alarm.h"
#include "plant/marker.h"
#include "plant/production.h"
#include "plant/simulated.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::plant {

inline constexpr int kPlantVersion = 1;
inline constexpr std::uint32_t kNoEquipment = 0xffff'ffffu;

enum class Level : std::uint8_t { Site, Area, Line, Cell, Unit }; // ISA-95 part 1

// What a plant is run with: the layers that people look at it in (docs/layers.md).
enum class Element : std::uint8_t { People, Machines, Materials, Methods, Environment, Quality };
inline constexpr std::size_t kElements = 6;
std::string_view element_name(Element element); // "people"

struct Placement {
    DVec3 position_m{0.0};
    double yaw_deg = 0.0; // about +Y, counter-clockwise from above; or a full rotation:
    std::optional<Quat> rotation;
    double scale = 1.0;
};
Affine to_affine(const Placement& placement);

// A value that a machine sends. `source` is "group/node/device/metric" ("group/node//metric" without a device) of
// Sparkplug, "opcua:…" or "mqtt:…" (docs/plant-file.md).
struct Tag {
    std::string id; // unique within its equipment; "<equipment>.<tag>" is unique in the plant
    std::string title;
    std::string source;
    std::string unit;                // UCUM code where there is one
    std::optional<double> low, high; // physical range
    std::optional<double> period_s;  // declared period: silent for 3 of them makes it STALE
    TagRole role = TagRole::None;    // at most one tag of each in an equipment
    std::string set;                 // "TOPIC[#/POINTER]" that new values are sent to, of "mqtt:…"; or empty: none
    Simulated simulated;             // what a simulation of the plant says here
};

// How messages of MQTT topics that are not Sparkplug are read (docs/json-topics.md).
struct TopicRule {
    std::string filter;               // of topics, with + and #
    std::string value, time, quality; // members, "meta/time" for one within another; empty: the usual ones
    std::string alive;                // "TOPIC[#/POINTER]" with no more + than the filter; or empty
};

enum class Property : std::uint8_t { Rotation, Translation, Scale, Visible, Color, Lamp, Text, Items, Clip };

struct MapPoint { // one row of a table, or one point of a linear map
    double in = 0.0, out = 0.0;
    std::optional<std::string> in_text;  // instead of `in`: tables over text ("EXECUTE")
    std::optional<std::string> out_text; // instead of `out`: text, or a colour "#rrggbb"
};

enum class MapKind : std::uint8_t { Identity, Linear, Table };

// Property::Items: where the items of a tag stand and what they look like.
struct ItemsOnPath {
    struct Look {
        std::string type; // as the tag says it
        std::string model;
        double from = 0.0; // it looks so from this place on
    };
    std::vector<std::string> path{"Infeed", "Outfeed"}; // nodes, from place 0 to place 1
    std::vector<Look>
        models; // a type is there once, and once more with a `from` when it turns into something on the way
    std::uint32_t count = 40; // slots for each model: more are not shown
    std::uint32_t lanes = 1;  // an item's lane is its serial modulo this
    double lane_pitch_m = 0.0;
};
// All slots of a plant together: each is a placed model.
inline constexpr std::uint32_t kMaxItemSlots = 20'000;

// tag → a property of a node. Rotation in degrees about `axis`, translation in metres along it, both added to the
// node's rest pose; scale as a factor on the coordinates whose axis component is not 0 (1, 1, 1 when the file names no
// axis); lamp as a factor on emission.
struct Binding {
    std::string tag; // id within the same equipment, or "<equipment>.<tag>"
    // Node path in the equipment's model (scene::Scene::find_path), or "<item>:" or "<item>:path". Items: what they
    // hang on and their path is looked up in, or empty: the model. Clip: empty for the model, or "<item>:".
    std::string node;
    Property property = Property::Rotation;
    Vec3 axis{0.f, 1.f, 0.f}; // in the node's own frame at rest; unit length, but for Scale: see above
    MapKind map = MapKind::Identity;
    std::vector<MapPoint> points; // Linear: 2 or more, ascending `in`; Table: exact match, else `otherwise`
    std::optional<MapPoint> otherwise;
    std::optional<double> wrap_in; // wraps the smoothed value into [0, wrap_in), before the map
    std::optional<double> modulo;  // wraps the mapped value into [0, modulo), after smoothing
    double smooth_s = 0.0;         // > 0: the tag is slow; move evenly over this time, extrapolate at most as long
    std::string format;            // Text: "{:.1f} °C"-like; empty: as the value is
    ItemsOnPath items;             // Items
};

// One more placed model of an equipment, that a binding can show, hide or move: crates on a belt, a crate in a gripper.
struct Item {
    std::string name; // unique within its equipment
    std::string model;
    Placement placement;
    std::string attach; // node path of the equipment's model it is fixed to, or empty: the equipment's origin
};

struct Equipment {
    std::string id;      // unique in the plant: letters, digits, '-', '_', '.'
    std::string pointer; // JSON pointer in the plant file: "/equipment/2/children/0"
    std::string title;
    Level level = Level::Unit;
    Element element = Element::Machines; // where the file says nothing: its parent's
    std::uint32_t parent = kNoEquipment; // index in Plant::equipment; parents come first
    std::string model;                   // Plant::models id, or empty
    Placement placement;                 // in the parent's frame
    std::string label_at;                // node path in its model above which its name stands; empty: all of it
    std::vector<Item> items;
    std::vector<Tag> tags;
    std::vector<Binding> bindings;
    std::vector<Alarm> alarms;
    std::vector<Marker> markers;
    std::string description;
    Behaviour behaviour;    // in a simulated plant; kind None: it has no part in it
    std::string simulation; // JSON text of a `simulation` that "plays" a part, for the demo's publisher; or empty
};

struct ModelFile {
    std::string id;
    std::string file; // resolved against the plant file's folder
};

struct Scenery { // stands there and does nothing
    std::string name;
    std::string model;
    Placement placement;
};

struct Viewpoint {
    std::string id;
    std::string title;
    DVec3 eye_m{0.0};
    DVec3 target_m{0.0};
    double fov_y_deg = 60.0;
};

struct Environment {
    std::string file; // Radiance .hdr, or empty
    double intensity = 1.0;
    Vec3 to_sun{0.3f, 0.8f, 0.5f}; // towards the sun
    Vec3 sun_color{1.f};
    double sun_lux = 0.0; // 0: no sun
};

struct Plant {
    std::string name;
    std::string file; // where it was read from
    std::vector<ModelFile> models;
    std::vector<Scenery> scenery;
    std::vector<Equipment> equipment; // in preorder: each is followed by what is below it
    Production production;            // the file's `simulation`
    std::vector<TopicRule> topics;    // the first whose filter fits counts
    std::vector<Viewpoint> viewpoints;
    Environment environment;
    DVec3 start_m{0.0}; // where a visitor's feet are at first; x is NaN where the file does not say
    double start_yaw_deg = 0.0;
};

// Reads and checks. Every problem goes to `problems` with its JSON pointer as `where` ("/equipment/2/tags/0/source").
// A plant is returned when the file itself is right; read_plant also looks whether the files it names are there
// (without opening them) and reports a missing one, but returns the plant.
Result<Plant> read_plant(const std::string& path, Reports& problems);
Result<Plant> parse_plant(std::string_view json, const std::string& file, Reports& problems);

// A Binding's format: one field in braces with text around it. The field is "{}", or ':' and then each if it is wanted:
// an alignment, a sign, zeros, a width below 100, a precision below 10 and one of d, f, e, g, all as std::format has
// them.
bool is_text_format(std::string_view format);

// The models of an items binding, each once, in the order of its first type.
std::vector<std::string_view> item_models(const ItemsOnPath& items);

std::uint32_t find_equipment(const Plant& plant, std::string_view id);             // index or kNoEquipment
std::string tag_name(const Plant& plant, std::uint32_t equipment, const Tag& tag); // "<equipment>.<tag>"

// The JSON Schema (2020-12) that docs/plant-file.md shows and editors use.
const char* plant_schema();

} // namespace pw::plant
