// SPDX-License-Identifier: Apache-2.0
#include "plant/rules.h"

#include "plant/document.h"
#include "plant/schema.h"

#include <glm/ext/quaternion_geometric.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace pw::plant {
namespace {

using Names = std::set<std::string, std::less<>>;

constexpr int kMaxSuppressors = 32;

constexpr std::string_view level_name(Level level) {
    switch (level) {
    case Level::Site:
        return "a site";
    case Level::Area:
        return "an area";
    case Level::Line:
        return "a line";
    case Level::Cell:
        return "a cell";
    case Level::Unit:
        return "a unit";
    }
    return "";
}

class Rules {
  public:
    Rules(const Plant& plant, Reports& problems) : plant_(plant), problems_(problems) {
        for (const ModelFile& model : plant.models) models_.insert(model.id);
        for (const Equipment& equipment : plant.equipment)
            for (const Tag& tag : equipment.tags) tags_.insert(equipment.id + "." + tag.id);
        for (const Equipment& equipment : plant.equipment)
            for (const Alarm& alarm : equipment.alarms)
                suppressors_.emplace(equipment.id + "." + alarm.id, alarm.suppressed_by);
    }

    void check() {
        for (std::size_t i = 0; i < plant_.scenery.size(); ++i) scenery(plant_.scenery[i], pointer_to("/scenery", i));
        for (const Equipment& e : plant_.equipment) equipment(e, e.pointer);
        Names seen;
        for (std::size_t i = 0; i < plant_.viewpoints.size(); ++i) {
            const Viewpoint& view = plant_.viewpoints[i];
            const std::string where = pointer_to("/viewpoints", i);
            unique(seen, view.id, where + "/id", "viewpoint");
            if (!view.id.empty() && view.eye_m == view.target_m)
                wrong(where + "/target_m", "is the same point as eye_m: there is no direction to look in");
        }
        for (std::size_t i = 0; i < plant_.topics.size(); ++i) {
            const TopicRule& rule = plant_.topics[i];
            if (std::ranges::count(rule.alive, '+') > std::ranges::count(rule.filter, '+'))
                wrong(pointer_to("/topics", i) + "/alive", "has more '+' than the filter: what would they stand for?");
        }
        direction(plant_.environment.to_sun, "/environment/to_sun");
    }

  private:
    void wrong(std::string where, std::string what) {
        if (problems_.list().size() < kMaxProblems) problems_.add(std::move(where), std::move(what));
    }

    void unique(Names& seen, const std::string& name, const std::string& where, std::string_view kind) {
        if (!name.empty() && !seen.insert(name).second)
            wrong(where, "there is another " + std::string(kind) + " " + shown(name));
    }

    void model(const std::string& id, const std::string& where) {
        if (!id.empty() && !models_.contains(id)) wrong(where, "there is no model " + shown(id) + " in \"models\"");
    }

    void direction(const Vec3& v, const std::string& where) {
        if (!is_direction(DVec3(v))) wrong(where, "is too short for a direction, or too long");
    }

    void placement(const Placement& p, const std::string& where) {
        if (p.rotation && std::abs(glm::length(*p.rotation) - 1.f) > 1e-3f)
            wrong(where + "/placement/rotation", "is no unit quaternion: the squares of x, y, z, w must add up to 1");
    }

    void scenery(const Scenery& s, const std::string& where) {
        unique(places_, s.name, where + "/name", "scenery or equipment called");
        model(s.model, where + "/model");
        placement(s.placement, where);
    }

    void equipment(const Equipment& e, const std::string& where) {
        unique(places_, e.id, where + "/id", "scenery or equipment called");
        model(e.model, where + "/model");
        placement(e.placement, where);
        if (e.parent != kNoEquipment) {
            const Level above = plant_.equipment[e.parent].level;
            if (e.level < above || (e.level == above && e.level != Level::Unit))
                wrong(where + "/level", std::string(level_name(e.level)) + " cannot be part of " +
                                            std::string(level_name(above)) +
                                            "; from the top: site, area, line, cell, unit");
        }
        Names items, tags;
        for (std::size_t i = 0; i < e.items.size(); ++i) item(e, e.items[i], items, pointer_to(where + "/items", i));
        std::array<bool, kTagRoles> roles{};
        for (std::size_t i = 0; i < e.tags.size(); ++i) {
            const std::string at = pointer_to(where + "/tags", i);
            tag(e.tags[i], tags, at);
            const auto role = static_cast<std::size_t>(e.tags[i].role);
            if (role != 0 && std::exchange(roles.at(role), true))
                wrong(at, "a machine has one " + std::string(role_name(e.tags[i].role)) + " tag only");
        }
        Names alarms;
        for (std::size_t i = 0; i < e.alarms.size(); ++i) {
            const std::string at = pointer_to(where + "/alarms", i);
            unique(alarms, e.alarms[i].id, at + "/id", "alarm of this equipment called");
            alarm(e, e.alarms[i], tags, at);
        }
        for (std::size_t i = 0; i < e.markers.size(); ++i) marker(e.markers[i], pointer_to(where + "/markers", i));
        for (std::size_t i = 0; i < e.bindings.size(); ++i)
            binding(e, e.bindings[i], items, tags, pointer_to(where + "/bindings", i));
    }

    void item(const Equipment& e, const Item& i, Names& items, const std::string& where) {
        unique(items, i.name, where + "/name", "item of this equipment called");
        model(i.model, where + "/model");
        placement(i.placement, where);
        if (!i.attach.empty() && e.model.empty())
            wrong(where + "/attach", "this equipment has no model that an item could be attached to");
    }

    void marker(const Marker& m, const std::string& where) {
        const auto family = static_cast<std::size_t>(m.family);
        if (m.id >= kMarkerIds.at(family))
            wrong(where + "/id", std::string(kMarkerFamilies.at(family)) + " has the markers 0 to " +
                                     std::to_string(kMarkerIds.at(family) - 1));
        if (!markers_.emplace(m.family, m.id).second)
            wrong(where + "/id", "this marker is on another machine, or elsewhere on this one");
        if (std::abs(glm::length(m.rotation) - 1.f) > 1e-3f)
            wrong(where + "/placement/rotation", "is no unit quaternion: the squares of x, y, z, w must add up to 1");
    }

    void tag(const Tag& t, Names& tags, const std::string& where) {
        if (!t.set.empty() && !t.source.starts_with("mqtt:"))
            wrong(where + "/set", "is for a tag with an mqtt: source; others are written where they are");
        if (t.simulated.quantity != Quantity::None && (t.source.starts_with("mqtt:") || t.source.starts_with("opcua:")))
            wrong(where + "/simulated",
                  "a simulated tag is published as Sparkplug: its source is group/node/device/metric");
        unique(tags, t.id, where + "/id", "tag of this equipment called");
        if (t.low && t.high && *t.low >= *t.high) wrong(where + "/high", "must be more than low");
        if (t.role == TagRole::Energy && !joules_in(t.unit))
            wrong(where + "/unit", "must be a unit of energy: J, kJ, MJ, GJ, W.h, kW.h, MW.h, not " + shown(t.unit));
        if (t.role == TagRole::Power && !watts_in(t.unit))
            wrong(where + "/unit", "must be a unit of power: W, kW, MW, not " + shown(t.unit));
        if (t.role == TagRole::Fill && !t.high) wrong(where, "a fill needs high: how much fits");
        if ((t.role == TagRole::IdealRate || t.role == TagRole::Rate) && !per_second_in(t.unit))
            wrong(where + "/unit", "must be a rate: /s, /min, /h, not " + shown(t.unit));
    }

    void tag_ref(const std::string& name, const Names& tags, const std::string& where) {
        if (name.contains('.')) {
            if (!tags_.contains(name)) wrong(where, "there is no tag " + shown(name) + " in this plant");
        } else if (!name.empty() && !tags.contains(name)) {
            wrong(where, "this equipment has no tag " + shown(name));
        }
    }

    void alarm(const Equipment& e, const Alarm& a, const Names& tags, const std::string& where) {
        tag_ref(a.condition.tag, tags, where + "/condition/tag");
        if (!a.suppressed_in.empty() && std::ranges::find(e.tags, TagRole::State, &Tag::role) == e.tags.end())
            wrong(where + "/suppressed_by/states", "this equipment has no state tag");
        if (a.suppressed_by.empty()) return;
        const std::string at = where + "/suppressed_by/alarm";
        if (!suppressors_.contains(a.suppressed_by))
            wrong(at, "there is no alarm " + shown(a.suppressed_by) + " in this plant");
        else if (const char* fault = suppression_fault(e.id + "." + a.id); fault != nullptr)
            wrong(at, fault);
    }

    // Each alarm has one that suppresses it at most: a walk up either ends or comes round.
    const char* suppression_fault(const std::string& name) const {
        std::string_view at = name;
        for (int steps = 0; steps < kMaxSuppressors; ++steps) {
            const auto found = suppressors_.find(at);
            if (found == suppressors_.end() || found->second.empty()) return nullptr;
            at = found->second;
            if (at == name) return "this alarm would suppress itself, in the end";
        }
        return "more than 32 alarms stand in a row that suppress each other";
    }

    void binding(const Equipment& e, const Binding& b, const Names& items, const Names& tags,
                 const std::string& where) {
        tag_ref(b.tag, tags, where + "/tag");
        const std::size_t colon = b.node.find(':');
        if (colon != std::string::npos) {
            const std::string name = b.node.substr(0, colon);
            if (!items.contains(name)) wrong(where + "/node", "this equipment has no item " + shown(name));
        } else if (!b.node.empty() && e.model.empty()) {
            wrong(where + "/node", "this equipment has no model");
        }
        if (b.property == Property::Items) items_on_path(e, b, where);
        if (b.property == Property::Clip) clip(e, b, where);
        direction(b.axis, where + "/axis");
        if (b.map == MapKind::Linear) ascending(b, where);
        if (b.map == MapKind::Table) different(b, where);
        if (!b.format.empty() && !is_text_format(b.format))
            wrong(where + "/format", "must have one {} or {:.2f} where the value goes, and no other braces");
    }

    void items_on_path(const Equipment& e, const Binding& b, const std::string& where) {
        if (b.node.contains(':')) wrong(where + "/node", "items hang on a node of the equipment's own model");
        for (std::size_t i = 0; i < b.items.path.size(); ++i) path_node(e, b.items.path[i], where, i);
        for (const ItemsOnPath::Look& look : b.items.models) {
            const bool turns = look.from > 0.0;
            model(look.model, pointer_to(where + (turns ? "/turns" : "/models"), look.type));
            if (std::ranges::find(b.items.models, look.type, &ItemsOnPath::Look::type)->from > 0.0)
                wrong(pointer_to(where + "/turns", look.type), "\"models\" does not say what it looks like before");
        }
        if (b.items.lanes > 1 && b.items.lane_pitch_m <= 0.0)
            wrong(where, "lanes lie apart: \"lane_pitch_m\" is missing");
        const std::uint64_t slots = std::uint64_t{b.items.count} * item_models(b.items).size();
        const bool was_within = item_slots_ <= kMaxItemSlots;
        item_slots_ += slots;
        if (was_within && item_slots_ > kMaxItemSlots)
            wrong(where + "/count", "makes more than " + std::to_string(kMaxItemSlots) +
                                        " slots for items in this plant: one for each model times \"count\"");
    }

    void path_node(const Equipment& e, const std::string& node, const std::string& binding, std::size_t i) {
        const std::string where = pointer_to(binding + "/path", i);
        const std::size_t colon = node.find(':');
        if (colon == std::string::npos) {
            if (e.model.empty()) wrong(where, "this equipment has no model that could have a path");
            return;
        }
        const auto found = std::ranges::find(e.items, node.substr(0, colon), &Item::name);
        if (found == e.items.end())
            wrong(where, "this equipment has no item " + shown(node.substr(0, colon)));
        else if (!found->attach.empty())
            wrong(where, "this item moves with what it is attached to: no path leads over it");
    }

    void clip(const Equipment& e, const Binding& b, const std::string& where) {
        if (b.node.empty() && e.model.empty()) wrong(where, "this equipment has no model that could have a clip");
        if (!b.node.empty() && !b.node.ends_with(':'))
            wrong(where + "/node", "a clip moves a whole model: leave it out, or name an item, \"worker:\"");
    }

    void ascending(const Binding& b, const std::string& where) {
        for (std::size_t i = 1; i < b.points.size(); ++i)
            if (b.points[i].in <= b.points[i - 1].in)
                wrong(pointer_to(where + "/points", i) + "/in", "must be more than the point before has");
    }

    void different(const Binding& b, const std::string& where) {
        std::set<std::pair<double, std::optional<std::string_view>>> seen;
        for (std::size_t i = 0; i < b.points.size(); ++i)
            if (!seen.emplace(b.points[i].in, b.points[i].in_text).second)
                wrong(pointer_to(where + "/points", i) + "/in", "stands in this table twice");
    }

    const Plant& plant_;
    Reports& problems_;
    Names models_, places_, tags_;
    std::set<std::pair<MarkerFamily, std::uint32_t>> markers_;
    std::map<std::string, std::string_view, std::less<>> suppressors_; // alarm → what suppresses it, or ""
    std::uint64_t item_slots_ = 0;
};

} // namespace

bool is_text_format(std::string_view format) {
    const std::size_t open = format.find('{');
    const std::size_t close = format.find('}');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return false;
    if (format.find_first_of("{}", close + 1) != std::string_view::npos) return false;
    std::string_view spec = format.substr(open + 1, close - open - 1);
    const auto skip = [&spec](std::string_view set) {
        const bool there = !spec.empty() && set.contains(spec.front());
        spec.remove_prefix(there ? 1 : 0);
        return there;
    };
    if (!skip(":")) return spec.empty();
    skip("<^>");
    skip("+");
    skip("0");
    if (skip("123456789")) skip("0123456789");
    if (!skip("."))
        skip("d");
    else if (!skip("0123456789"))
        return false;
    skip("feg");
    return spec.empty();
}

bool is_direction(const DVec3& v) {
    const double length = glm::length(v);
    return length >= 1e-6 && length <= 1e6;
}

void check_rules(const Plant& plant, Reports& problems) { Rules(plant, problems).check(); }

} // namespace pw::plant
