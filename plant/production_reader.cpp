// SPDX-License-Identifier: Apache-2.0
#include "plant/production_reader.h"

#include "plant/read.h"
#include "plant/schema.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

namespace pw::plant {
namespace {

using Names = std::map<std::string, std::uint32_t, std::less<>>;

constexpr std::array<std::string_view, 8> kBehaviours{"",         "source", "station",   "carousel",
                                                      "conveyor", "buffer", "transport", "sink"};
constexpr std::array<std::string_view, 4> kRoutings{"priority", "share", "round_robin", "least_full"};
constexpr std::array<std::string_view, 3> kGrades{"any", "good", "rejected"};
constexpr double kLeast = 1e-4; // of a time in seconds, or a number of cycles
constexpr std::array<std::pair<std::string_view, DistributionKind>, 11> kDistributions{
    {{"constant", DistributionKind::Constant},
     {"uniform", DistributionKind::Uniform},
     {"triangular", DistributionKind::Triangular},
     {"exponential", DistributionKind::Exponential},
     {"normal", DistributionKind::Normal},
     {"lognormal", DistributionKind::Lognormal},
     {"gamma", DistributionKind::Gamma},
     {"erlang", DistributionKind::Gamma},
     {"weibull", DistributionKind::Weibull},
     {"discrete", DistributionKind::Discrete},
     {"empirical", DistributionKind::Empirical}}};

class ProductionReader {
  public:
    ProductionReader(Plant& plant, Reports& problems) : plant_(plant), out_(plant.production), problems_(problems) {
        for (std::size_t i = 0; i < plant.equipment.size(); ++i)
            equipment_.emplace(plant.equipment[i].id, static_cast<std::uint32_t>(i));
        for (const ModelFile& model : plant.models) models_.emplace(model.id, 0u);
    }

    void production(const Json& json) {
        const std::string where = "/simulation";
        if (const Json* items = member(json, "items", JsonKind::Object)) item_types(*items, where + "/items");
        const std::vector<Json>& products = list(json, "products");
        for (std::size_t i = 0; i < products.size(); ++i) product(products[i], pointer_to(where + "/products", i));
        const std::vector<Json>& schedule = list(json, "schedule");
        for (std::size_t i = 0; i < schedule.size(); ++i) {
            const std::string at = pointer_to(where + "/schedule", i);
            const std::uint32_t of = reference(schedule[i], "product", products_, "product", at);
            out_.schedule.push_back({of, count(schedule[i], "count", 1, at)});
        }
        if (const Json* points = member(json, "points", JsonKind::Object)) floor(*points, json, where);
        pools(json, "operators", PoolKind::Operators);
        pools(json, "vehicles", PoolKind::Vehicles);
    }

    void behaviour(const BehaviourText& of) {
        const Json& json = *of.json;
        Behaviour& b = plant_.equipment[of.equipment].behaviour;
        b.kind = choice(json, "kind", kBehaviours, BehaviourKind::None);
        b.where = of.where;
        routes(json, b);
        switch (b.kind) {
        case BehaviourKind::Source:
            source(json, b);
            break;
        case BehaviourKind::Station:
            station(json, b);
            break;
        case BehaviourKind::Carousel:
            carousel(json, b);
            break;
        case BehaviourKind::Conveyor:
            conveyor(json, b);
            break;
        case BehaviourKind::Buffer:
            b.queue = places(json, "capacity", 1, of.where);
            if (b.queue == 0) wrong(of.where + "/capacity", "a buffer has room for one item at least");
            break;
        case BehaviourKind::Transport:
            transport(json, b);
            break;
        case BehaviourKind::Sink:
        case BehaviourKind::None:
            break;
        }
        if (b.is_machine()) machine(json, b);
    }

  private:
    void wrong(std::string where, std::string what) {
        if (problems_.list().size() < kMaxProblems) problems_.add(std::move(where), std::move(what));
    }

    std::uint32_t named(const std::string& id, const Names& names, std::string_view kind, const std::string& where) {
        const auto found = names.find(id);
        if (found != names.end()) return found->second;
        if (!id.empty()) wrong(where, "there is no " + std::string(kind) + " " + shown(id));
        return kNoIndex;
    }

    // The index of what `key` names, or kNoIndex where the key is left out.
    std::uint32_t reference(const Json& json, std::string_view key, const Names& names, std::string_view kind,
                            const std::string& where) {
        return named(text(json, key), names, kind, pointer_to(where, key));
    }

    std::uint32_t whole(double value, const std::string& where) {
        if (value != std::floor(value)) wrong(where, "must be a whole number");
        return value >= 0.0 && value <= 1e6 ? static_cast<std::uint32_t>(value) : 0;
    }

    std::uint32_t count(const Json& json, std::string_view key, std::uint32_t otherwise, const std::string& where) {
        const std::optional<double> value = number(json, key);
        return value ? whole(*value, pointer_to(where, key)) : otherwise;
    }

    std::uint32_t places(const Json& json, std::string_view key, std::uint32_t otherwise, const std::string& where) {
        const Json* word = member(json, key, JsonKind::Text);
        if (word == nullptr) return count(json, key, otherwise, where);
        if (word->text != "unlimited") wrong(pointer_to(where, key), "must be a whole number or \"unlimited\"");
        return kUnlimited;
    }

    void unique(Names& names, const std::string& id, std::size_t index, std::string_view kind,
                const std::string& where) {
        if (!id.empty() && !names.emplace(id, static_cast<std::uint32_t>(index)).second)
            wrong(where, "there is another " + std::string(kind) + " " + shown(id));
    }

    void item_types(const Json& json, const std::string& where) {
        if (json.items.size() > kMaxItemTypes)
            wrong(where, "there are more than " + std::to_string(kMaxItemTypes) + " item types");
        for (std::size_t i = 0; i < json.items.size() && i < kMaxItemTypes; ++i) {
            const std::string& id = json.keys[i];
            items_.emplace(id, static_cast<std::uint32_t>(i));
            out_.items.push_back({id, text(json.items[i], "title", id), text(json.items[i], "model")});
            model(out_.items.back().model, pointer_to(where, id));
        }
    }

    void model(const std::string& id, const std::string& where) {
        if (!id.empty() && !models_.contains(id))
            wrong(where + "/model", "there is no model " + shown(id) + " in \"models\"");
    }

    void product(const Json& json, const std::string& where) {
        Product& product = out_.products.emplace_back();
        product.id = text(json, "id");
        product.title = text(json, "title", product.id);
        unique(products_, product.id, out_.products.size() - 1, "product", where + "/id");
        const Json* speeds = member(json, "speeds", JsonKind::Object);
        for (std::size_t i = 0; speeds != nullptr && i < speeds->keys.size(); ++i) {
            const std::string at = pointer_to(where + "/speeds", speeds->keys[i]);
            const std::uint32_t equipment = named(speeds->keys[i], equipment_, "equipment", at);
            if (equipment != kNoIndex) product.speeds.push_back({equipment, speeds->items[i].number});
        }
    }

    void floor(const Json& points, const Json& json, const std::string& where) {
        if (points.keys.size() > kMaxFloorPoints)
            wrong(where + "/points", "there are more than " + std::to_string(kMaxFloorPoints) + " floor points");
        for (std::size_t i = 0; i < points.keys.size() && i < kMaxFloorPoints; ++i) {
            points_.emplace(points.keys[i], static_cast<std::uint32_t>(i));
            out_.points.push_back({points.keys[i], triple(points, points.keys[i], DVec3(0.0))});
        }
        const std::vector<Json>& paths = list(json, "paths");
        for (std::size_t i = 0; i < paths.size(); ++i) {
            const std::string at = pointer_to(where + "/paths", i);
            const std::uint32_t from = reference(paths[i], "from", points_, "floor point", at);
            const std::uint32_t to = reference(paths[i], "to", points_, "floor point", at);
            if (from == kNoIndex || to == kNoIndex) continue;
            const double straight = glm::distance(out_.points[from].position_m, out_.points[to].position_m);
            out_.paths.push_back({from, to, number(paths[i], "length_m").value_or(straight)});
            if (from == to) wrong(at, "leads from a point to itself");
        }
    }

    void pools(const Json& json, std::string_view key, PoolKind kind) {
        const std::vector<Json>& pools = list(json, key);
        for (std::size_t i = 0; i < pools.size(); ++i) {
            const std::string at = pointer_to(pointer_to("/simulation", key), i);
            Pool& pool = out_.pools.emplace_back();
            pool.id = text(pools[i], "id");
            pool.title = text(pools[i], "title", pool.id);
            pool.kind = kind;
            pool.count = count(pools[i], "count", 1, at);
            pool.speed_m_s = number(pools[i], "speed_m_s").value_or(pool.speed_m_s);
            pool.home = reference(pools[i], "home", points_, "floor point", at);
            pool.yaw_deg = number(pools[i], "yaw_deg");
            pool.model = text(pools[i], "model");
            model(pool.model, at);
            unique(pools_, pool.id, out_.pools.size() - 1, "pool", at + "/id");
        }
    }

    std::uint32_t pool(const Json& json, std::string_view key, PoolKind kind, const std::string& where) {
        const std::uint32_t found = reference(json, key, pools_, "pool", where);
        if (found != kNoIndex && out_.pools[found].kind != kind)
            wrong(pointer_to(where, key), kind == PoolKind::Operators ? "these are vehicles, not operators"
                                                                      : "these are operators, not vehicles");
        return found;
    }

    Distribution distribution(const Json& json, std::string_view key, const std::string& where) {
        Distribution out;
        const Json* value = json.find(key);
        if (value == nullptr) return out;
        if (!value->is(JsonKind::Object)) {
            out.value = value->number;
            not_tiny(out, pointer_to(where, key));
            return out;
        }
        const std::string kind = text(*value, "distribution");
        const auto* found = std::ranges::find(kDistributions, kind, [](const auto& row) { return row.first; });
        if (found == kDistributions.end()) return out; // the schema has said so
        out.kind = found->second;
        for (const auto& [name, field] : {std::pair("value", &out.value),
                                          {"low", &out.low},
                                          {"mode", &out.mode},
                                          {"high", &out.high},
                                          {"mean", &out.mean},
                                          {"sd", &out.sd},
                                          {"shape", &out.shape},
                                          {"scale", &out.scale}})
            *field = number(*value, name).value_or(0.0);
        for (const Json& v : list(*value, "values")) out.values.push_back(v.number);
        for (const Json& w : list(*value, "weights")) out.weights.push_back(w.number);
        fits(out, kind, pointer_to(where, key));
        not_tiny(out, pointer_to(where, key));
        return out;
    }

    // What happens ten thousand times a second is no machine, but an error of the unit, and is simulated for ever. 0 is
    // said on purpose.
    void not_tiny(const Distribution& d, const std::string& where) {
        double most = std::max({d.value, d.high, d.mean, d.scale});
        for (const double v : d.values) most = std::max(most, v);
        if (most > 0.0 && most < kLeast) wrong(where, "must be 0, or 0.0001 or more");
    }

    void fits(Distribution& d, const std::string& kind, const std::string& where) {
        if (kind == "uniform" && d.low > d.high) wrong(where + "/high", "must not be less than low");
        if (kind == "triangular" && (d.low > d.mode || d.mode > d.high || d.low == d.high))
            wrong(where + "/mode", "low, mode and high must not fall, and low must be less than high");
        if (kind == "erlang") (void)whole(d.shape, where + "/shape");
        if (kind == "discrete") {
            if (d.weights.empty()) d.weights.assign(d.values.size(), 1.0);
            if (d.weights.size() != d.values.size())
                wrong(where + "/weights", "must be as many as values: " + std::to_string(d.values.size()));
            else if (std::accumulate(d.weights.begin(), d.weights.end(), 0.0) <= 0.0)
                wrong(where + "/weights", "are all 0");
        }
        if (kind == "empirical" && !std::ranges::is_sorted(d.values)) wrong(where + "/values", "must not fall");
    }

    void routes(const Json& json, Behaviour& b) {
        b.routing = choice(json, "routing", kRoutings, Routing::Priority);
        if (const Json* only = member(json, "to", JsonKind::Text)) {
            b.to.push_back({.to = named(only->text, equipment_, "equipment", b.where + "/to")});
            return;
        }
        const std::vector<Json>& to = list(json, "to");
        double shares = 0.0;
        for (std::size_t i = 0; i < to.size(); ++i) {
            const std::string at = pointer_to(b.where + "/to", i);
            Route& route = b.to.emplace_back();
            route.to = reference(to[i], "to", equipment_, "equipment", at);
            route.share = number(to[i], "share").value_or(1.0);
            route.item = reference(to[i], "item", items_, "item type", at);
            route.grade = choice(to[i], "grade", kGrades, Grade::Any);
            shares += route.share;
            if (to[i].find("share") != nullptr && b.routing != Routing::Share)
                wrong(at + "/share", "a share needs \"routing\": \"share\"");
        }
        if (b.routing == Routing::Share && !to.empty() && shares <= 0.0) wrong(b.where + "/to", "all shares are 0");
    }

    void source(const Json& json, Behaviour& b) {
        b.item = reference(json, "makes", items_, "item type", b.where);
        b.every_s = distribution(json, "every_s", b.where);
        b.batch = count(json, "batch", 1, b.where);
        b.limit = count(json, "limit", kUnlimited, b.where);
        b.loses = text(json, "when_full") == "lose";
    }

    std::vector<ItemCount> item_counts(const Json& json, std::string_view key, const std::string& where) {
        std::vector<ItemCount> out;
        const std::vector<Json>& entries = list(json, key);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const std::string at = pointer_to(pointer_to(where, key), i);
            const std::uint32_t item = reference(entries[i], "item", items_, "item type", at);
            out.push_back({item, count(entries[i], "count", 1, at), places(entries[i], "queue", kNoIndex, at)});
            if (std::ranges::count(out, item, &ItemCount::item) > 1) wrong(at + "/item", "stands here twice");
            if (key == "makes" && entries[i].find("queue") != nullptr)
                wrong(at + "/queue", "places to wait belong to what a station takes");
        }
        return out;
    }

    void station(const Json& json, Behaviour& b) {
        b.servers = count(json, "servers", 1, b.where);
        b.service_s = distribution(json, "service_s", b.where);
        b.queue = places(json, "queue", 0, b.where);
        b.takes = item_counts(json, "takes", b.where);
        b.makes = item_counts(json, "makes", b.where);
        if (b.takes.empty() && !b.makes.empty()) wrong(b.where + "/makes", "needs \"takes\" beside it");
        quality(json, b);
    }

    void carousel(const Json& json, Behaviour& b) {
        b.pitch_s = number(json, "pitch_s").value_or(1.0);
        b.transit_s = number(json, "transit_s").value_or(1.0);
        if (b.transit_s < b.pitch_s) wrong(b.where + "/transit_s", "must not be less than pitch_s");
        if (b.transit_s > 1e5 * b.pitch_s) wrong(b.where + "/pitch_s", "gives more than 100000 places");
        const std::uint32_t takes = reference(json, "takes", items_, "item type", b.where);
        const std::uint32_t makes = reference(json, "makes", items_, "item type", b.where);
        if (takes != kNoIndex) b.takes.push_back({.item = takes});
        if (makes != kNoIndex) b.makes.push_back({.item = makes});
        quality(json, b);
    }

    void conveyor(const Json& json, Behaviour& b) {
        b.length_m = number(json, "length_m").value_or(1.0);
        b.speed_m_s = number(json, "speed_m_s").value_or(1.0);
        b.item_m = number(json, "item_m").value_or(1.0);
        const Json* accumulating = member(json, "accumulating", JsonKind::Bool);
        b.accumulating = accumulating == nullptr || accumulating->truth;
        if (b.item_m > b.length_m) wrong(b.where + "/item_m", "must not be more than length_m");
        if (b.length_m > 1e5 * b.item_m) wrong(b.where + "/item_m", "gives more than 100000 places");
    }

    void transport(const Json& json, Behaviour& b) {
        b.pool = pool(json, "vehicles", PoolKind::Vehicles, b.where);
        b.from_point = reference(json, "from", points_, "floor point", b.where);
        b.to_point = reference(json, "to_point", points_, "floor point", b.where);
        b.load_s = distribution(json, "load_s", b.where);
        b.unload_s = distribution(json, "unload_s", b.where);
        b.lot = count(json, "lot", 1, b.where);
        b.queue = places(json, "queue", b.lot, b.where);
        if (b.queue < b.lot) wrong(b.where + "/queue", "must hold one lot at least");
    }

    void quality(const Json& json, Behaviour& b) {
        b.spoils = number(json, "spoils").value_or(0.0);
        const Json* inspects = member(json, "inspects", JsonKind::Object);
        if (inspects == nullptr) return;
        b.inspects = true;
        b.finds = number(*inspects, "finds").value_or(b.finds);
        b.false_alarms = number(*inspects, "false_alarms").value_or(b.false_alarms);
    }

    void by_state(const Json& json, std::string_view key, std::array<double, 18>& out) {
        const Json* object = member(json, key, JsonKind::Object);
        if (object == nullptr) return;
        const double other = number(*object, "other").value_or(0.0);
        for (std::size_t i = 1; i < out.size(); ++i) out.at(i) = number(*object, kStateKeys.at(i)).value_or(other);
    }

    Failure failure(const Json& json, const std::string& where) {
        Failure out;
        out.id = text(json, "id");
        out.title = text(json, "title", out.id);
        out.major = truth(json, "major");
        const bool cycles = json.find("every_cycles") != nullptr;
        if (cycles == (json.find("every_s") != nullptr)) wrong(where, "needs every_s or every_cycles, not both");
        if (cycles && truth(json, "calendar")) wrong(where + "/calendar", "belongs to every_s");
        if (cycles)
            out.clock = FailureClock::Cycles;
        else if (truth(json, "calendar"))
            out.clock = FailureClock::Calendar;
        out.every = distribution(json, cycles ? "every_cycles" : "every_s", where);
        out.repair_s = distribution(json, "repair_s", where);
        out.pool = pool(json, "operators", PoolKind::Operators, where);
        const Json* restarts = member(json, "restarts", JsonKind::Bool);
        out.restarts = restarts == nullptr || restarts->truth;
        return out;
    }

    void machine(const Json& json, Behaviour& b) {
        b.at_point = reference(json, "at", points_, "floor point", b.where);
        Names ids;
        const std::vector<Json>& failures = list(json, "failures");
        for (std::size_t i = 0; i < failures.size(); ++i) {
            const std::string at = pointer_to(b.where + "/failures", i);
            b.failures.push_back(failure(failures[i], at));
            unique(ids, b.failures.back().id, i, "failure of this equipment called", at + "/id");
            stands_somewhere(b, b.failures.back().pool, at + "/operators");
        }
        const std::vector<Json>& changeovers = list(json, "changeovers");
        for (std::size_t i = 0; i < changeovers.size(); ++i) {
            const std::string at = pointer_to(b.where + "/changeovers", i);
            const std::uint32_t from = reference(changeovers[i], "from", products_, "product", at);
            const std::uint32_t to = reference(changeovers[i], "to", products_, "product", at);
            b.changeovers.push_back({from, to, distribution(changeovers[i], "time_s", at)});
        }
        b.changeover_pool = pool(json, "changeover_operators", PoolKind::Operators, b.where);
        stands_somewhere(b, b.changeover_pool, b.where + "/changeover_operators");
        const Json* starts = member(json, "starts", JsonKind::Bool);
        b.starts = starts == nullptr || starts->truth;
        b.patience_s = number(json, "patience_s").value_or(0.0);
        b.ideal_s = number(json, "ideal_s").value_or(0.0);
        by_state(json, "acting_s", b.acting_s);
        by_state(json, "power_w", b.power_w);
    }

    void stands_somewhere(const Behaviour& b, std::uint32_t pool, const std::string& where) {
        if (pool != kNoIndex && b.at_point == kNoIndex)
            wrong(where, "people need a floor point to walk to: give \"at\"");
    }

    Plant& plant_;
    Production& out_;
    Reports& problems_;
    Names equipment_, models_, items_, products_, points_, pools_;
};

} // namespace

void read_production(const Json* json, std::span<const BehaviourText> behaviours, Plant& plant, Reports& problems) {
    ProductionReader reader(plant, problems);
    if (json != nullptr) reader.production(*json);
    for (const BehaviourText& behaviour : behaviours) reader.behaviour(behaviour);
}

} // namespace pw::plant
