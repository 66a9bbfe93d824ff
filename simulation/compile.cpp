// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"
#include "base/format.h"
#include "base/json.h"
#include "simulation/elementary.h"
#include "simulation/flow_check.h"
#include "simulation/model.h"
#include "simulation/simulation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace pw::simulation {
namespace {

using plant::Behaviour;
using plant::BehaviourKind;

SimTime to_ns(double seconds) { return static_cast<SimTime>(seconds * 1e9 + 0.5); }

double speed_factor(const plant::Product& product, std::uint32_t equipment) {
    const auto found = std::ranges::find(product.speeds, equipment, &plant::ProductSpeed::equipment);
    return found == product.speeds.end() ? 1.0 : found->factor;
}

std::uint32_t total(const std::vector<plant::ItemCount>& counts) {
    std::uint32_t sum = counts.empty() ? 1 : 0;
    for (const plant::ItemCount& c : counts) sum += c.count;
    return sum;
}

// What an item takes at nominal speed and without a stop.
double item_s(const Behaviour& b) {
    if (b.kind == BehaviourKind::Carousel) return b.pitch_s;
    if (b.kind == BehaviourKind::Conveyor) return b.item_m / b.speed_m_s;
    const std::uint32_t per_cycle = !b.makes.empty() ? b.makes.front().count : total(b.takes);
    return Sampler(b.service_s).mean() / b.servers / std::max(per_cycle, 1u);
}

class Compiler {
  public:
    Compiler(const plant::Plant& plant, Reports& problems) : plant_(plant), problems_(problems) {}

    Model compile() {
        out_.production = plant_.production;
        out_.types = static_cast<std::uint32_t>(plant_.production.items.size());
        for (const plant::ScheduleEntry& entry : plant_.production.schedule) {
            out_.schedule_products.push_back(entry.product);
            out_.schedule_counts.push_back(entry.count);
        }
        out_.element_of.assign(plant_.equipment.size(), kNone);
        for (std::size_t i = 0; i < plant_.equipment.size(); ++i) {
            if (plant_.equipment[i].behaviour.kind == BehaviourKind::None) continue;
            out_.element_of[i] = static_cast<std::uint32_t>(out_.elements.size());
            out_.elements.push_back(
                {.kind = plant_.equipment[i].behaviour.kind, .equipment = static_cast<std::uint32_t>(i)});
        }
        pools();
        for (std::uint32_t e = 0; e < out_.elements.size(); ++e) element(e);
        for (std::uint32_t e = 0; e < out_.elements.size(); ++e) routes(e);
        out_.floor = make_floor(plant_.production);
        ways();
        return std::move(out_);
    }

  private:
    std::uint32_t timer(TimerKind kind, std::uint32_t index) {
        out_.timers.push_back({kind, index});
        return static_cast<std::uint32_t>(out_.timers.size() - 1);
    }

    std::uint32_t stream(const std::string& id, std::uint32_t purpose) {
        out_.streams.push_back({id, purpose});
        return static_cast<std::uint32_t>(out_.streams.size() - 1);
    }
    std::uint32_t stream(const std::string& id, Purpose purpose) {
        return stream(id, static_cast<std::uint32_t>(purpose));
    }

    void wrong(std::string where, std::string what) { problems_.add(std::move(where), std::move(what)); }

    void pools() {
        for (const plant::Pool& pool : plant_.production.pools) {
            PoolModel& p = out_.pools.emplace_back();
            p.first_unit = static_cast<std::uint32_t>(out_.units.size());
            p.units = pool.count;
            p.speed_mm_s = std::max<std::int64_t>(1, std::llround(pool.speed_m_s * 1000.0));
            p.home = pool.home;
            for (std::uint32_t i = 0; i < pool.count; ++i) {
                const auto unit = static_cast<std::uint32_t>(out_.units.size());
                out_.units.push_back({static_cast<std::uint32_t>(out_.pools.size() - 1), 0});
                out_.units.back().timer = timer(TimerKind::Unit, unit);
            }
        }
    }

    const plant::Equipment& equipment(std::uint32_t e) const { return plant_.equipment[out_.elements[e].equipment]; }

    void element(std::uint32_t e) {
        const plant::Equipment& from = equipment(e);
        const Behaviour& b = from.behaviour;
        ElementModel& m = out_.elements[e];
        m.routing = b.routing;
        m.route_stream = stream(from.id, Purpose::Route);
        if (b.is_machine()) machine(e, b, from.id);
        switch (b.kind) {
        case BehaviourKind::Source:
            m.loses = b.loses;
            m.type = static_cast<std::uint16_t>(b.item);
            m.batch = b.batch;
            m.limit = b.limit;
            m.service = Sampler(b.every_s);
            m.service_stream = stream(from.id, Purpose::Arrival);
            m.timer = timer(TimerKind::Arrival, e);
            break;
        case BehaviourKind::Station:
            station(m, b, from.id);
            break;
        case BehaviourKind::Carousel:
            m.gap = std::max<SimTime>(1, to_ns(b.pitch_s));
            m.transit = std::max(m.gap, to_ns(b.transit_s));
            m.accumulating = false;
            belt(m, e);
            quality(m, b, from.id);
            outputs(m, b);
            if (!b.takes.empty()) inputs(m, b);
            break;
        case BehaviourKind::Conveyor:
            m.gap = std::max<SimTime>(1, to_ns(b.item_m / b.speed_m_s));
            m.transit = std::max(m.gap, to_ns(b.length_m / b.speed_m_s));
            m.accumulating = b.accumulating;
            belt(m, e);
            break;
        case BehaviourKind::Buffer:
            m.capacity = b.queue;
            break;
        case BehaviourKind::Transport:
            transport(m, b, from.id);
            break;
        case BehaviourKind::Sink:
        case BehaviourKind::None:
            break;
        }
        m.first_port = static_cast<std::uint32_t>(out_.ports.size());
        m.ports = port_count(m, b);
        for (std::uint32_t i = 0; i < m.ports; ++i) {
            const std::uint32_t unit = m.pool == kNone ? kNone : out_.pools[m.pool].first_unit + i;
            out_.ports.push_back({.element = e, .unit = unit});
            if (m.is_station()) {
                const std::uint32_t t = timer(TimerKind::Service, m.first_port + i);
                if (i == 0) m.timer = t;
            }
        }
    }

    std::uint32_t port_count(const ElementModel& m, const Behaviour& b) const {
        if (m.kind == BehaviourKind::Sink) return 0;
        if (m.is_station()) return b.servers;
        return m.pool != kNone ? out_.pools[m.pool].units : 1;
    }

    void station(ElementModel& m, const Behaviour& b, const std::string& id) {
        m.service = Sampler(b.service_s);
        m.service_stream = stream(id, Purpose::Service);
        quality(m, b, id);
        inputs(m, b);
        outputs(m, b);
    }

    void inputs(ElementModel& m, const Behaviour& b) {
        m.first_input = static_cast<std::uint32_t>(out_.inputs.size());
        for (const plant::ItemCount& take : b.takes)
            out_.inputs.push_back({static_cast<std::uint16_t>(take.item), take.count,
                                   take.queue == plant::kNoIndex ? b.queue : take.queue});
        if (b.takes.empty()) out_.inputs.push_back({kAnyType, 1, b.queue});
        m.inputs = static_cast<std::uint32_t>(out_.inputs.size()) - m.first_input;
    }

    void outputs(ElementModel& m, const Behaviour& b) {
        m.first_output = static_cast<std::uint32_t>(out_.outputs.size());
        m.outputs = static_cast<std::uint32_t>(b.makes.size());
        for (const plant::ItemCount& make : b.makes)
            out_.outputs.push_back({static_cast<std::uint16_t>(make.item), make.count});
    }

    void quality(ElementModel& m, const Behaviour& b, const std::string& id) {
        m.spoils = b.spoils;
        m.inspects = b.inspects;
        m.finds = b.finds;
        m.false_alarms = b.false_alarms;
        m.quality_stream = stream(id, Purpose::Quality);
    }

    void belt(ElementModel& m, std::uint32_t e) {
        m.capacity = static_cast<std::uint32_t>(std::clamp<SimTime>(m.transit / m.gap, 1, 200'000));
        m.timer = timer(TimerKind::Exit, e);
        (void)timer(TimerKind::Entry, e);
    }

    void transport(ElementModel& m, const Behaviour& b, const std::string& id) {
        m.pool = b.pool;
        m.from_point = b.from_point;
        m.to_point = b.to_point;
        m.lot = b.lot;
        m.capacity = b.queue;
        m.service = Sampler(b.load_s);
        m.unload = Sampler(b.unload_s);
        m.service_stream = stream(id, Purpose::Load);
    }

    void machine(std::uint32_t e, const Behaviour& b, const std::string& id) {
        const auto index = static_cast<std::uint32_t>(out_.machines.size());
        out_.elements[e].machine = index;
        MachineModel m;
        m.element = e;
        m.point = b.at_point;
        m.starts = b.starts;
        m.patience = to_ns(b.patience_s);
        m.acting_timer = timer(TimerKind::Acting, index);
        m.patience_timer = timer(TimerKind::Patience, index);
        m.work_timer = timer(TimerKind::Work, index);
        m.ideal_s = b.ideal_s > 0.0 ? b.ideal_s : item_s(b);
        for (std::size_t s = 0; s < kStateCount; ++s) {
            m.acting.at(s) = to_ns(b.acting_s.at(s));
            m.power_mw.at(s) = std::llround(b.power_w.at(s) * 1000.0);
        }
        m.first_failure = static_cast<std::uint32_t>(out_.failures.size());
        m.failures = static_cast<std::uint32_t>(b.failures.size());
        for (const plant::Failure& failure : b.failures) {
            const auto number = static_cast<std::uint32_t>(out_.failures.size());
            const std::uint32_t purpose = static_cast<std::uint32_t>(Purpose::Failure) + 2 * (number - m.first_failure);
            FailureModel& f = out_.failures.emplace_back();
            f.clock = failure.clock;
            f.major = failure.major;
            f.restarts = failure.restarts;
            f.pool = failure.pool;
            f.timer = timer(TimerKind::Failure, number);
            f.stream = stream(id, purpose);
            (void)stream(id, purpose + 1);
            f.every = Sampler(failure.every);
            f.repair = Sampler(failure.repair_s);
            out_.failure_machine.push_back(index);
        }
        m.first_changeover = static_cast<std::uint32_t>(out_.changeovers.size());
        m.changeovers = static_cast<std::uint32_t>(b.changeovers.size());
        m.changeover_pool = b.changeover_pool;
        m.changeover_stream = stream(id, Purpose::Changeover);
        for (const plant::Changeover& c : b.changeovers) out_.changeovers.push_back({c.from, c.to, Sampler(c.time_s)});
        for (const plant::Product& product : plant_.production.products) {
            const double factor = speed_factor(product, out_.elements[e].equipment);
            m.product_speed.push_back(static_cast<std::uint32_t>(factor * kNominal + 0.5));
        }
        out_.machines.push_back(std::move(m));
    }

    void routes(std::uint32_t e) {
        ElementModel& m = out_.elements[e];
        const Behaviour& b = equipment(e).behaviour;
        m.first_route = static_cast<std::uint32_t>(out_.routes.size());
        m.routes = static_cast<std::uint32_t>(b.to.size());
        for (std::size_t i = 0; i < b.to.size(); ++i) {
            const plant::Route& route = b.to[i];
            std::uint32_t target = route.to < out_.element_of.size() ? out_.element_of[route.to] : kNone;
            const BehaviourKind kind = target == kNone ? BehaviourKind::None : out_.elements[target].kind;
            if (kind == BehaviourKind::None || kind == BehaviourKind::Source) {
                wrong(b.where + "/to", "\"" + plant_.equipment[route.to].id + "\" takes no items");
                target = e;
            }
            out_.routes.push_back({target, route.share,
                                   route.item == plant::kNoIndex ? kAnyType : static_cast<std::uint16_t>(route.item),
                                   route.grade});
        }
        for (std::uint32_t p = m.first_port; p < m.first_port + m.ports; ++p) {
            out_.ports[p].first_node = static_cast<std::uint32_t>(out_.nodes.size());
            for (std::uint32_t r = 0; r < m.routes; ++r) out_.nodes.push_back({p, m.first_route + r});
        }
    }

    // Whoever is called must be able to get there.
    void ways() {
        const auto reach = [this](std::uint32_t pool, std::uint32_t point, const std::string& where) {
            if (pool == kNone || point == kNone) return;
            if (out_.floor.distance(out_.pools[pool].home, point) < 0)
                wrong(where, "no path leads from \"" + plant_.production.points[out_.pools[pool].home].id + "\" to \"" +
                                 plant_.production.points[point].id + "\"");
        };
        for (std::uint32_t e = 0; e < out_.elements.size(); ++e) {
            const ElementModel& m = out_.elements[e];
            const std::string& where = equipment(e).behaviour.where;
            reach(m.pool, m.from_point, where + "/from");
            reach(m.pool, m.to_point, where + "/to_point");
            if (m.machine == kNone) continue;
            const MachineModel& machine = out_.machines[m.machine];
            reach(machine.changeover_pool, machine.point, where + "/at");
            for (std::uint32_t f = 0; f < machine.failures; ++f)
                reach(out_.failures[machine.first_failure + f].pool, machine.point, where + "/at");
        }
    }

    const plant::Plant& plant_;
    Reports& problems_;
    Model out_;
};

// Two plants that differ in anything that the simulation reads have another fingerprint.
class Fingerprint {
  public:
    template <class... Ts> void add(const Ts&... values) { (one(values), ...); }
    std::uint64_t value() const { return hash64(as_bytes(writer_.text())); }

  private:
    void one(double v) { writer_.value(v); }
    void one(std::uint32_t v) { writer_.value(v); }
    void one(bool v) { writer_.value(v); }
    void one(const std::string& v) { writer_.value(std::string_view(v)); }
    template <class E>
        requires std::is_enum_v<E>
    void one(E v) {
        writer_.value(static_cast<unsigned>(v));
    }
    void one(const plant::Distribution& d) {
        add(d.kind, d.value, d.low, d.mode, d.high, d.mean, d.sd, d.shape, d.scale, d.values, d.weights);
    }
    void one(const plant::ItemCount& c) { add(c.item, c.count, c.queue); }
    void one(const plant::Route& r) { add(r.to, r.share, r.item, r.grade); }
    void one(const plant::Failure& f) { add(f.id, f.major, f.clock, f.every, f.repair_s, f.pool, f.restarts); }
    void one(const plant::Changeover& c) { add(c.from, c.to, c.time_s); }
    void one(const plant::ProductSpeed& s) { add(s.equipment, s.factor); }
    void one(const plant::Product& p) { add(p.id, p.speeds); }
    void one(const plant::ItemType& t) { add(t.id); }
    void one(const plant::ScheduleEntry& s) { add(s.product, s.count); }
    void one(const plant::Pool& p) { add(p.id, p.kind, p.count, p.speed_m_s, p.home); }
    void one(const plant::FloorPath& p) { add(p.from, p.to, p.length_m); }
    void one(const plant::FloorPoint& p) { add(p.id); }
    void one(const Behaviour& b) {
        add(b.kind, b.to, b.routing, b.item, b.every_s, b.batch, b.limit, b.loses, b.servers, b.service_s, b.queue);
        add(b.takes, b.makes, b.pitch_s, b.transit_s, b.length_m, b.speed_m_s, b.item_m, b.accumulating, b.spoils);
        add(b.inspects, b.finds, b.false_alarms, b.pool, b.from_point, b.to_point, b.lot, b.load_s, b.unload_s);
        add(b.at_point, b.failures, b.changeovers, b.changeover_pool, b.starts, b.patience_s, b.ideal_s);
        for (const double v : b.acting_s) one(v);
        for (const double v : b.power_w) one(v);
    }
    template <class T> void one(const std::vector<T>& list) {
        writer_.value(static_cast<std::uint64_t>(list.size()));
        for (const T& v : list) one(v);
    }

    JsonWriter writer_;
};

std::uint64_t fingerprint(const plant::Plant& plant) {
    Fingerprint out;
    const plant::Production& p = plant.production;
    out.add(p.items, p.products, p.schedule, p.pools, p.points, p.paths);
    for (const plant::Equipment& e : plant.equipment) out.add(e.id, e.behaviour);
    return out.value();
}

} // namespace

Result<std::shared_ptr<const Model>> compile(const plant::Plant& plant, Reports& problems) {
    if (std::ranges::all_of(plant.equipment,
                            [](const plant::Equipment& e) { return e.behaviour.kind == BehaviourKind::None; }))
        return fail(Errc::Unsupported, plant.file + ": no equipment has a \"simulation\" with a \"kind\"");
    Reports found;
    auto model = std::make_shared<Model>(Compiler(plant, found).compile());
    model->fingerprint = fingerprint(plant);
    if (found.empty()) check_flow(*model, plant, found);
    if (found.empty()) return model;
    for (const Report& report : found.list()) problems.add(report.where, report.what);
    const Report& first = found.list().front();
    return fail(Errc::Malformed, plant.file + ": " + first.where + ": " + first.what);
}

void warn_of_ideal(const plant::Plant& plant, Reports& warnings) {
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        const Behaviour& b = plant.equipment[e].behaviour;
        if (!b.is_machine() || b.ideal_s <= 0.0) continue;
        double fastest = plant.production.products.empty() ? 1.0 : 0.0;
        for (const plant::Product& product : plant.production.products)
            fastest = std::max(fastest, speed_factor(product, e));
        const double takes_s = item_s(b) / fastest;
        if (b.ideal_s > takes_s * (1.0 + 1e-6))
            warnings.add(b.where + "/ideal_s",
                         formatted("{:.4g} s an item is longer than the {:.4g} s that it takes, so its performance "
                                   "will be over 100 %",
                                   b.ideal_s, takes_s));
    }
}

} // namespace pw::simulation
