// SPDX-License-Identifier: Apache-2.0
#include "simulation/flow_check.h"

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace pw::simulation {
namespace {

using plant::BehaviourKind;

class FlowCheck {
  public:
    FlowCheck(const Model& model, const plant::Plant& plant, Reports& problems)
        : m_(model), plant_(plant), problems_(problems), seen_(model.elements.size() * kinds()) {}

    void check() {
        for (std::uint32_t e = 0; e < m_.elements.size(); ++e)
            if (m_.elements[e].kind == BehaviourKind::Source) leaves(e, m_.elements[e].type, /* rejected= */ false);
        while (!open_.empty()) {
            const Flow flow = open_.front();
            open_.pop_front();
            inside(flow);
        }
    }

  private:
    struct Flow {
        std::uint32_t element;
        std::uint16_t type;
        bool rejected;
    };

    std::size_t kinds() const { return std::size_t{m_.types} * 2; }
    const std::string& where(std::uint32_t e) const {
        return plant_.equipment[m_.elements[e].equipment].behaviour.where;
    }
    std::string name(std::uint16_t type) const { return "\"" + m_.production.items[type].id + "\""; }

    void leaves(std::uint32_t e, std::uint16_t type, bool rejected) {
        const ElementModel& element = m_.elements[e];
        bool goes = false;
        for (std::uint32_t r = element.first_route; r < element.first_route + element.routes; ++r) {
            const RouteModel& route = m_.routes[r];
            if (route.type != kAnyType && route.type != type) continue;
            if (route.grade == plant::Grade::Good && rejected) continue;
            if (route.grade == plant::Grade::Rejected && !rejected) continue;
            if (element.routing != plant::Routing::Share || route.share > 0.0) goes = true;
            reaches(e, {route.target, type, rejected});
        }
        if (!goes)
            problem(where(e) + "/to", "no route takes an item of type " + name(type) + (rejected ? ", rejected" : ""));
    }

    void reaches(std::uint32_t from, Flow flow) {
        const std::size_t index = flow.element * kinds() + flow.type * 2u + (flow.rejected ? 1u : 0u);
        if (seen_[index]) return;
        seen_[index] = true;
        const ElementModel& element = m_.elements[flow.element];
        bool taken = element.inputs == 0;
        for (std::uint32_t i = element.first_input; i < element.first_input + element.inputs; ++i)
            taken |= m_.inputs[i].type == kAnyType || m_.inputs[i].type == flow.type;
        if (taken)
            open_.push_back(flow);
        else
            problem(where(from) + "/to", "an item of type " + name(flow.type) + " goes to \"" +
                                             plant_.equipment[element.equipment].id + "\", which does not take it");
    }

    void inside(const Flow& flow) {
        const ElementModel& element = m_.elements[flow.element];
        if (element.kind == BehaviourKind::Sink) return;
        if (element.outputs == 0) {
            leaves_checked(element, flow.element, flow.type, flow.rejected);
            return;
        }
        for (std::uint32_t o = element.first_output; o < element.first_output + element.outputs; ++o)
            leaves_checked(element, flow.element, m_.outputs[o].type, flow.rejected);
    }

    void leaves_checked(const ElementModel& element, std::uint32_t e, std::uint16_t type, bool rejected) {
        if (!element.inspects) return leaves(e, type, rejected);
        leaves(e, type, /* rejected= */ false);
        leaves(e, type, /* rejected= */ true);
    }

    void problem(std::string at, std::string what) {
        for (const Report& known : problems_.list())
            if (known.where == at && known.what == what) return;
        problems_.add(std::move(at), std::move(what));
    }

    const Model& m_;
    const plant::Plant& plant_;
    Reports& problems_;
    std::vector<bool> seen_;
    std::deque<Flow> open_;
};

} // namespace

void check_flow(const Model& model, const plant::Plant& plant, Reports& problems) {
    FlowCheck(model, plant, problems).check();
}

} // namespace pw::simulation
