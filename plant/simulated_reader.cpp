// SPDX-License-Identifier: Apache-2.0
#include "plant/simulated_reader.h"

#include "plant/read.h"
#include "plant/schema.h"

#include <cmath>
#include <map>
#include <utility>

namespace pw::plant {
namespace {

enum class Subject : std::uint8_t { Machine, Flow, Unit, Any };

struct Row {
    std::string_view name;
    Subject subject;
};

// In the order of Quantity.
constexpr std::array<Row, kQuantityCount> kRows{{{"", Subject::Any},
                                                 {"state", Subject::Machine},
                                                 {"mode", Subject::Machine},
                                                 {"reason", Subject::Machine},
                                                 {"failure", Subject::Machine},
                                                 {"failing", Subject::Machine},
                                                 {"product", Subject::Machine},
                                                 {"speed", Subject::Machine},
                                                 {"cycles", Subject::Machine},
                                                 {"bad", Subject::Machine},
                                                 {"rejected", Subject::Machine},
                                                 {"position", Subject::Machine},
                                                 {"moving", Subject::Machine},
                                                 {"attended", Subject::Machine},
                                                 {"power_w", Subject::Machine},
                                                 {"energy_kwh", Subject::Machine},
                                                 {"refusal", Subject::Machine},
                                                 {"command", Subject::Machine},
                                                 {"set_mode", Subject::Machine},
                                                 {"set_speed", Subject::Machine},
                                                 {"produced", Subject::Flow},
                                                 {"rate_per_h", Subject::Flow},
                                                 {"count", Subject::Flow},
                                                 {"waiting", Subject::Flow},
                                                 {"items", Subject::Flow},
                                                 {"x_m", Subject::Unit},
                                                 {"z_m", Subject::Unit},
                                                 {"heading_deg", Subject::Unit},
                                                 {"travelling", Subject::Unit},
                                                 {"working", Subject::Unit},
                                                 {"loaded", Subject::Unit},
                                                 {"analog", Subject::Any}}};

constexpr std::array<std::string_view, 6> kAnalogKeys{"rest", "running", "failing", "lag_s", "noise", "while"};

class SimulatedReader {
  public:
    SimulatedReader(Plant& plant, Reports& problems) : plant_(plant), problems_(problems) {}

    void read(const SimulatedText& tag) {
        where_ = tag.where;
        const bool word = tag.json->is(JsonKind::Text);
        const std::string name = word ? tag.json->text : text(*tag.json, "quantity");
        const auto* row = std::ranges::find(kRows, name, &Row::name);
        if (row == kRows.end() || name.empty()) return; // the schema has said so
        Simulated& out = plant_.equipment[tag.equipment].tags[tag.tag].simulated;
        out.quantity = static_cast<Quantity>(row - kRows.begin());
        keys_fit(*tag.json, *row, out.quantity);
        const bool of_unit = out.quantity == Quantity::Analog && tag.json->find("pool") != nullptr;
        if (row->subject == Subject::Unit || of_unit)
            unit(*tag.json, out);
        else
            equipment(*tag.json, *row, tag.equipment, out);
        if (out.quantity == Quantity::Analog) analog(*tag.json, out);
        const auto& [first, is_new] = sources_.try_emplace(plant_.equipment[tag.equipment].tags[tag.tag].source, out);
        if (!is_new && first->second != out) wrong("", "another tag with the same source carries another quantity");
    }

  private:
    void wrong(std::string_view key, std::string what) {
        if (problems_.list().size() >= kMaxProblems) return;
        problems_.add(key.empty() ? where_ : pointer_to(where_, key), std::move(what));
    }

    void keys_fit(const Json& json, const Row& row, Quantity quantity) {
        const auto only_for = [&](std::string_view key, bool fits, std::string_view whose) {
            if (!fits && json.find(key) != nullptr)
                wrong(key, "belongs to " + std::string(whose) + ", not to " + shown(row.name));
        };
        const bool analog = quantity == Quantity::Analog;
        const bool of_unit = row.subject == Subject::Unit || (analog && json.find("pool") != nullptr);
        only_for("of", !of_unit, "quantities of an equipment");
        for (const std::string_view key : {"pool", "index"}) only_for(key, of_unit, "quantities of a unit of a pool");
        only_for("failure", quantity == Quantity::Failing || analog, "\"failing\" and \"analog\"");
        for (const std::string_view key : kAnalogKeys) only_for(key, analog, "\"analog\"");
    }

    void equipment(const Json& json, const Row& row, std::uint32_t own, Simulated& out) {
        const std::string of = text(json, "of");
        out.of = of.empty() ? own : find_equipment(plant_, of);
        if (out.of == kNoEquipment) return wrong("of", "there is no equipment " + shown(of));
        const Behaviour& behaviour = plant_.equipment[out.of].behaviour;
        const std::string_view at = of.empty() ? "" : "of";
        if (row.subject == Subject::Machine && !behaviour.is_machine())
            wrong(at, shown(plant_.equipment[out.of].id) + " is no machine: its simulation is no station, carousel or "
                                                           "conveyor");
        else if (row.subject == Subject::Flow && behaviour.kind == BehaviourKind::None)
            wrong(at, shown(plant_.equipment[out.of].id) + " is not simulated: its simulation names no kind");
        else if (out.quantity == Quantity::Failing || json.find("failure") != nullptr)
            failing(json, behaviour, out);
    }

    void failing(const Json& json, const Behaviour& behaviour, Simulated& out) {
        const std::string id = text(json, "failure");
        if (json.find("failure") == nullptr) return wrong("", "\"failing\" needs a \"failure\": which one");
        const auto found = std::ranges::find(behaviour.failures, id, &Failure::id);
        if (found == behaviour.failures.end())
            return wrong("failure", shown(plant_.equipment[out.of].id) + " has no failure " + shown(id));
        out.failure = static_cast<std::uint32_t>(found - behaviour.failures.begin());
    }

    void unit(const Json& json, Simulated& out) {
        const auto& pools = plant_.production.pools;
        const std::string id = text(json, "pool");
        if (json.find("pool") == nullptr) return wrong("", "a quantity of a unit needs the \"pool\" that it is of");
        const auto found = std::ranges::find(pools, id, &Pool::id);
        if (found == pools.end()) return wrong("pool", "there is no pool " + shown(id));
        out.pool = static_cast<std::uint32_t>(found - pools.begin());
        const double index = number(json, "index").value_or(0.0);
        if (index != std::floor(index) || index < 0.0 || index >= found->count)
            return wrong("index", "must be a whole number from 0 to " + std::to_string(found->count - 1));
        out.unit = static_cast<std::uint32_t>(index);
    }

    void analog(const Json& json, Simulated& out) {
        if (json.find("running") == nullptr) wrong("", "\"analog\" needs \"running\": the value while it runs");
        out.running = number(json, "running").value_or(0.0);
        out.rest = number(json, "rest").value_or(out.running);
        out.failing = number(json, "failing").value_or(0.0);
        if ((json.find("failure") != nullptr) != (json.find("failing") != nullptr))
            wrong("", "\"failing\" is the value while there is the \"failure\": both or none");
        out.lag_s = number(json, "lag_s").value_or(0.0);
        out.noise = number(json, "noise").value_or(0.0);
        const std::string state = text(json, "while", "moving");
        for (std::size_t s = 1; s < kStateKeys.size(); ++s)
            if (std::ranges::equal(state, kStateKeys.at(s), {},
                                   [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }))
                out.while_state = static_cast<std::uint8_t>(s);
        if (out.pool != kNoIndex) {
            for (const std::string_view key : {"failure", "while"})
                if (json.find(key) != nullptr) wrong(key, "is for machines: a unit runs while it travels or works");
            return;
        }
        if (out.of == kNoEquipment || plant_.equipment[out.of].behaviour.is_machine()) return;
        for (const std::string_view key : {"rest", "while"})
            if (json.find(key) != nullptr)
                wrong(key, shown(plant_.equipment[out.of].id) +
                               " is no machine and so never rests: name a machine with \"of\"");
    }

    Plant& plant_;
    Reports& problems_;
    std::string where_; // of the tag's `simulated`
    std::map<std::string, Simulated> sources_;
};

} // namespace

void read_simulated(std::span<const SimulatedText> tags, Plant& plant, Reports& problems) {
    SimulatedReader reader(plant, problems);
    for (const SimulatedText& tag : tags) reader.read(tag);
}

} // namespace pw::plant
