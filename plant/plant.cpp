// SPDX-License-Identifier: Apache-2.0
#include "plant/plant.h"

#include "base/assert.h"
#include "base/file.h"
#include "base/format.h"
#include "plant/document.h"
#include "plant/production_reader.h"
#include "plant/read.h"
#include "plant/rules.h"
#include "plant/schema.h"
#include "plant/simulated_reader.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <numbers>
#include <utility>

namespace pw::plant {
namespace {

constexpr std::array<std::string_view, 5> kLevels{"site", "area", "line", "cell", "unit"};
constexpr std::array<std::string_view, 9> kProperties{"rotation", "translation", "scale", "visible", "color",
                                                      "lamp",     "text",        "items", "clip"};
constexpr std::array<std::string_view, 3> kMaps{"identity", "linear", "table"};
constexpr std::array<std::string_view, kTagRoles> kRoles{"",           "state",  "produced", "rejected", "energy",
                                                         "ideal_rate", "reason", "rate",     "product",  "mode",
                                                         "speed",      "fill",   "power"};
constexpr std::array<std::string_view, kElements> kElementNames{"people",  "machines",    "materials",
                                                                "methods", "environment", "quality"};
constexpr std::array<std::string_view, kAlarmPriorities> kPriorities{"critical", "high", "medium", "low"};
constexpr std::array<std::string_view, 7> kWhens{"is", "high_high", "high", "low", "low_low", "equals", "stale"};

Placement read_placement(const Json& owner) {
    Placement out;
    const Json* object = member(owner, "placement", JsonKind::Object);
    if (object == nullptr) return out;
    out.position_m = triple(*object, "position_m", out.position_m);
    out.yaw_deg = number(*object, "yaw_deg").value_or(out.yaw_deg);
    out.scale = number(*object, "scale").value_or(out.scale);
    if (const std::vector<Json>& q = list(*object, "rotation"); q.size() == 4) {
        const auto f = [&](std::size_t i) { return static_cast<float>(q[i].number); };
        out.rotation = Quat(f(3), f(0), f(1), f(2));
    }
    return out;
}

Quat rotation_of(const Placement& placement) {
    const auto half = static_cast<float>(placement.yaw_deg * std::numbers::pi / 360.0);
    return placement.rotation.value_or(Quat(std::cos(half), 0.f, std::sin(half), 0.f));
}

Tag read_tag(const Json& json) {
    Tag out;
    out.id = text(json, "id");
    out.title = text(json, "title", out.id);
    out.source = text(json, "source");
    out.unit = text(json, "unit");
    out.low = number(json, "low");
    out.high = number(json, "high");
    out.period_s = number(json, "period_s");
    out.set = text(json, "set");
    out.role = truth(json, "state") ? TagRole::State : choice(json, "role", kRoles, TagRole::None);
    return out;
}

Alarm read_alarm(const Json& json, const std::string& equipment) {
    Alarm out;
    out.id = text(json, "id");
    out.title = text(json, "title", out.id);
    out.priority = choice(json, "priority", kPriorities, out.priority);
    if (const Json* condition = member(json, "condition", JsonKind::Object)) {
        AlarmCondition& c = out.condition;
        c.tag = text(*condition, "tag");
        c.when = choice(*condition, "when", kWhens, c.when);
        if (const Json* value = member(*condition, "value", JsonKind::Bool)) c.value = value->truth;
        c.limit = number(*condition, "limit").value_or(c.limit);
        c.deadband = number(*condition, "deadband").value_or(c.deadband);
        c.text = text(*condition, "text");
    }
    out.on_delay_s = number(json, "on_delay_s").value_or(out.on_delay_s);
    out.off_delay_s = number(json, "off_delay_s").value_or(out.off_delay_s);
    out.latched = truth(json, "latched");
    out.consequence = text(json, "consequence");
    out.response = text(json, "response");
    out.group = text(json, "group");
    if (const Json* by = member(json, "suppressed_by", JsonKind::Object)) {
        out.suppressed_by = text(*by, "alarm");
        if (!out.suppressed_by.empty() && !out.suppressed_by.contains('.'))
            out.suppressed_by.insert(0, equipment + ".");
        for (const Json& state : list(*by, "states")) out.suppressed_in.push_back(state.text);
    }
    return out;
}

MapPoint read_point(const Json& json, Property property) {
    MapPoint out;
    if (const Json* in = member(json, "in", JsonKind::Text)) out.in_text = in->text;
    if (const Json* to = member(json, "out", JsonKind::Text)) out.out_text = to->text;
    out.in = number(json, "in").value_or(0.0);
    out.out = number(json, "out").value_or(0.0);
    if (property == Property::Text && !out.out_text) out.out_text = formatted("{}", out.out);
    return out;
}

ItemsOnPath read_items_on_path(const Json& json) {
    ItemsOnPath out;
    if (json.find("path") != nullptr) out.path.clear();
    for (const Json& node : list(json, "path")) out.path.push_back(node.text);
    if (const Json* models = member(json, "models", JsonKind::Object))
        for (std::size_t i = 0; i < models->keys.size(); ++i)
            out.models.push_back({.type = models->keys[i], .model = models->items[i].text});
    if (const Json* turns = member(json, "turns", JsonKind::Object))
        for (std::size_t i = 0; i < turns->keys.size(); ++i)
            out.models.push_back({.type = turns->keys[i],
                                  .model = text(turns->items[i], "model"),
                                  .from = number(turns->items[i], "from").value_or(0.0)});
    const auto whole = [&json](std::string_view key, std::uint32_t otherwise) {
        return static_cast<std::uint32_t>(std::clamp(number(json, key).value_or(otherwise), 1.0, 1e6));
    };
    out.count = whole("count", out.count);
    out.lanes = whole("lanes", out.lanes);
    out.lane_pitch_m = number(json, "lane_pitch_m").value_or(out.lane_pitch_m);
    return out;
}

Binding read_binding(const Json& json) {
    Binding out;
    out.tag = text(json, "tag");
    out.node = text(json, "node");
    out.property = choice(json, "property", kProperties, Property::Rotation);
    const DVec3 no_axis = out.property == Property::Scale ? DVec3(1.0) : DVec3(out.axis);
    const DVec3 axis = triple(json, "axis", no_axis);
    const bool direction = out.property != Property::Scale && is_direction(axis); // else check_rules says so
    out.axis = Vec3(direction ? glm::normalize(axis) : axis);
    out.map = choice(json, "map", kMaps, MapKind::Identity);
    for (const Json& point : list(json, "points")) out.points.push_back(read_point(point, out.property));
    if (const Json* point = member(json, "otherwise", JsonKind::Object))
        out.otherwise = read_point(*point, out.property);
    out.wrap_in = number(json, "wrap_in");
    out.modulo = number(json, "modulo");
    out.smooth_s = number(json, "smooth_s").value_or(out.smooth_s);
    out.format = text(json, "format");
    if (out.property == Property::Items) out.items = read_items_on_path(json);
    return out;
}

Item read_item(const Json& json) {
    return {.name = text(json, "name"),
            .model = text(json, "model"),
            .placement = read_placement(json),
            .attach = text(json, "attach")};
}

Marker read_marker(const Json& json) {
    const Placement place = read_placement(json);
    return {.family = choice(json, "family", kMarkerFamilies, MarkerFamily::Tag36h11),
            .id = static_cast<std::uint32_t>(std::clamp(number(json, "id").value_or(0.0), 0.0, 1e6)),
            .size_m = number(json, "size_m").value_or(0.0),
            .position_m = place.position_m,
            .rotation = rotation_of(place)};
}

// What is read once everything is there that it may refer to.
struct Later {
    std::vector<BehaviourText> behaviours;
    std::vector<SimulatedText> simulated;
};

void read_equipment(const Json& json, const std::string& where, std::uint32_t parent, Plant& plant, Later& later) {
    Equipment out;
    out.id = text(json, "id");
    out.pointer = where;
    out.title = text(json, "title", out.id);
    out.level = choice(json, "level", kLevels, Level::Unit);
    out.element = choice(json, "element", kElementNames,
                         parent == kNoEquipment ? Element::Machines : plant.equipment[parent].element);
    out.parent = parent;
    out.model = text(json, "model");
    out.placement = read_placement(json);
    for (const Json& item : list(json, "items")) out.items.push_back(read_item(item));
    for (const Json& alarm : list(json, "alarms")) out.alarms.push_back(read_alarm(alarm, out.id));
    for (const Json& binding : list(json, "bindings")) out.bindings.push_back(read_binding(binding));
    for (const Json& marker : list(json, "markers")) out.markers.push_back(read_marker(marker));
    out.description = text(json, "description");
    out.label_at = text(json, "label_at");
    const auto self = static_cast<std::uint32_t>(plant.equipment.size());
    for (const Json& tag : list(json, "tags")) {
        const auto index = static_cast<std::uint32_t>(out.tags.size());
        if (const Json* simulated = tag.find("simulated"); simulated != nullptr)
            later.simulated.push_back({self, index, simulated, pointer_to(where + "/tags", index) + "/simulated"});
        out.tags.push_back(read_tag(tag));
    }
    if (const Json* simulation = member(json, "simulation", JsonKind::Object)) {
        if (simulation->find("kind") != nullptr)
            later.behaviours.push_back({self, simulation, where + "/simulation"});
        else
            out.simulation = to_text(*simulation);
    }
    plant.equipment.push_back(std::move(out));
    const std::vector<Json>& children = list(json, "children");
    for (std::size_t i = 0; i < children.size(); ++i)
        read_equipment(children[i], pointer_to(where + "/children", i), self, plant, later);
}

Environment read_environment(const Json& json, const std::string& folder) {
    Environment out;
    out.file = text(json, "file");
    if (!out.file.empty()) out.file = join_path(folder, out.file);
    out.intensity = number(json, "intensity").value_or(out.intensity);
    out.to_sun = Vec3(triple(json, "to_sun", out.to_sun));
    out.sun_color = Vec3(triple(json, "sun_color", out.sun_color));
    out.sun_lux = number(json, "sun_lux").value_or(out.sun_lux);
    return out;
}

Plant build(const Json& json, const std::string& file, Reports& problems) {
    Plant plant;
    plant.name = text(json, "name");
    plant.file = file;
    const std::string folder = folder_of(file);
    if (const Json* models = member(json, "models", JsonKind::Object))
        for (std::size_t i = 0; i < models->keys.size(); ++i)
            plant.models.push_back({models->keys[i], join_path(folder, models->items[i].text)});
    for (const Json& item : list(json, "scenery"))
        plant.scenery.push_back({text(item, "name"), text(item, "model"), read_placement(item)});
    const std::vector<Json>& equipment = list(json, "equipment");
    Later later;
    for (std::size_t i = 0; i < equipment.size(); ++i)
        read_equipment(equipment[i], pointer_to("/equipment", i), kNoEquipment, plant, later);
    read_production(member(json, "simulation", JsonKind::Object), later.behaviours, plant, problems);
    read_simulated(later.simulated, plant, problems);
    for (const Json& item : list(json, "topics")) {
        plant.topics.push_back({text(item, "filter"), text(item, "value"), text(item, "time"), text(item, "quality"),
                                text(item, "alive")});
    }
    for (const Json& item : list(json, "viewpoints")) {
        Viewpoint& view = plant.viewpoints.emplace_back();
        view.id = text(item, "id");
        view.title = text(item, "title", view.id);
        view.eye_m = triple(item, "eye_m", view.eye_m);
        view.target_m = triple(item, "target_m", view.target_m);
        view.fov_y_deg = number(item, "fov_y_deg").value_or(view.fov_y_deg);
    }
    if (const Json* environment = member(json, "environment", JsonKind::Object))
        plant.environment = read_environment(*environment, folder);
    plant.start_m.x = std::numeric_limits<double>::quiet_NaN();
    if (const Json* start = member(json, "start", JsonKind::Object)) {
        plant.start_m = triple(*start, "position_m", plant.start_m);
        plant.start_yaw_deg = number(*start, "yaw_deg").value_or(plant.start_yaw_deg);
    }
    return plant;
}

const Json& schema() {
    static const Json kSchema = [] {
        Reports problems;
        Result<Json> parsed = parse_json(plant_schema(), "plant.schema.json", problems);
        PW_ASSERT(parsed && problems.empty(), "the schema that was built in is JSON");
        return std::move(*parsed);
    }();
    return kSchema;
}

// A file that is no plant file, or one of another version, needs one sentence and not a hundred.
Result<void> check_format(const Json& json, const std::string& file) {
    if (text(json, "format") != "plantwalk-plant")
        return fail(Errc::Malformed,
                    file + ": this is no plant file: it does not begin with \"format\": \"plantwalk-plant\"");
    const std::optional<double> version = number(json, "version");
    if (version && *version > kPlantVersion)
        return fail(Errc::Unsupported, file + ": made for a newer Plantwalk: its version is " +
                                           shown(*json.find("version")) + ", this program reads version " +
                                           std::to_string(kPlantVersion));
    return {};
}

} // namespace

Affine to_affine(const Placement& placement) {
    return to_affine(Transform{.translation = placement.position_m,
                               .rotation = rotation_of(placement),
                               .scale = Vec3(static_cast<float>(placement.scale))});
}

std::string_view element_name(Element element) { return kElementNames.at(static_cast<std::size_t>(element)); }
std::string_view role_name(TagRole role) { return kRoles.at(static_cast<std::size_t>(role)); }
std::string_view priority_name(AlarmPriority priority) { return kPriorities.at(static_cast<std::size_t>(priority)); }

std::optional<double> joules_in(std::string_view unit) {
    constexpr std::array<std::pair<std::string_view, double>, 10> kUnits{{{"J", 1.0},
                                                                          {"kJ", 1e3},
                                                                          {"MJ", 1e6},
                                                                          {"GJ", 1e9},
                                                                          {"W.h", 3.6e3},
                                                                          {"kW.h", 3.6e6},
                                                                          {"MW.h", 3.6e9},
                                                                          {"Wh", 3.6e3},
                                                                          {"kWh", 3.6e6},
                                                                          {"MWh", 3.6e9}}};
    for (const auto& [name, size] : kUnits)
        if (unit == name) return size;
    return std::nullopt;
}

std::optional<double> per_second_in(std::string_view unit) {
    if (unit.starts_with('1')) unit.remove_prefix(1);
    if (unit == "/s") return 1.0;
    if (unit == "/min") return 1.0 / 60.0;
    if (unit == "/h") return 1.0 / 3600.0;
    return std::nullopt;
}

std::optional<double> watts_in(std::string_view unit) {
    if (unit == "W") return 1.0;
    if (unit == "kW") return 1e3;
    if (unit == "MW") return 1e6;
    return std::nullopt;
}

Result<Plant> parse_plant(std::string_view json, const std::string& file, Reports& problems) {
    Reports found;
    Result<Plant> plant = fail(Errc::Malformed, {});
    const Result<Json> document = parse_json(json, file, found);
    const Result<void> format = document ? check_format(*document, file) : std::unexpected(document.error());
    if (!format) {
        problems.add("", format.error().what);
        return std::unexpected(format.error());
    }
    check_against_schema(schema(), *document, found);
    plant = build(*document, file, found);
    check_rules(*plant, found);
    if (found.empty()) return plant;

    for (const Report& report : found.list()) problems.add(report.where, report.what);
    const Report& first = found.list().front();
    const std::size_t count = found.list().size();
    const std::string many = count == 1 ? "1 problem" : std::to_string(count) + " problems; the first";
    return fail(Errc::Malformed, file + ": " + many + " at " + first.where + ": " + first.what);
}

Result<Plant> read_plant(const std::string& path, Reports& problems) {
    const Result<std::string> text = read_text(path, kMaxDocumentBytes);
    if (!text) {
        problems.add("", text.error().what);
        return std::unexpected(text.error());
    }
    Result<Plant> plant = parse_plant(*text, path, problems);
    if (!plant) return plant;
    for (const ModelFile& model : plant->models)
        if (!file_exists(model.file)) problems.add(pointer_to("/models", model.id), "there is no file " + model.file);
    const std::string& environment = plant->environment.file;
    if (!environment.empty() && !file_exists(environment))
        problems.add("/environment/file", "there is no file " + environment);
    return plant;
}

std::vector<std::string_view> item_models(const ItemsOnPath& items) {
    std::vector<std::string_view> out;
    for (const ItemsOnPath::Look& look : items.models)
        if (std::ranges::find(out, look.model) == out.end()) out.emplace_back(look.model);
    return out;
}

std::uint32_t find_equipment(const Plant& plant, std::string_view id) {
    const auto found = std::ranges::find(plant.equipment, id, &Equipment::id);
    return found == plant.equipment.end() ? kNoEquipment : static_cast<std::uint32_t>(found - plant.equipment.begin());
}

std::string tag_name(const Plant& plant, std::uint32_t equipment, const Tag& tag) {
    PW_ASSERT(equipment < plant.equipment.size(), "the equipment is of this plant");
    return plant.equipment[equipment].id + "." + tag.id;
}

} // namespace pw::plant
