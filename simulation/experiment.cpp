// SPDX-License-Identifier: Apache-2.0
#include "simulation/experiment.h"

#include "base/assert.h"
#include "simulation/elementary.h"
#include "simulation/model.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

namespace pw::simulation {
namespace {

using Row = std::vector<std::pair<const char*, double>>;

constexpr std::pair<const char*, State> kShares[] = {
    {"execute", State::Execute}, {"suspended", State::Suspended}, {"held", State::Held}, {"aborted", State::Aborted}};

Row element_row(const ElementModel& element, const ElementStatistics& s) {
    const double hours = s.span_s / 3600.0;
    Row row{{"throughput_per_h", static_cast<double>(s.left) / hours}, {"inside", s.inside_mean}};
    if (element.kind == plant::BehaviourKind::Sink) {
        row = {{"throughput_per_h", static_cast<double>(s.entered) / hours}};
        return row;
    }
    if (element.kind != plant::BehaviourKind::Source && !element.is_belt()) {
        row.emplace_back("queue", s.queue_mean);
        row.emplace_back("wait_s", s.wait_mean_s);
    }
    if (element.machine == kNone) return row;
    if (element.is_station()) row.emplace_back("busy", s.busy_mean / element.ports);
    double named = 0.0;
    for (const auto& [name, state] : kShares) {
        const double share = s.in_state_s[static_cast<std::size_t>(state)] / s.span_s;
        row.emplace_back(name, share);
        named += share;
    }
    row.emplace_back("other_states", std::max(0.0, 1.0 - named));
    row.emplace_back("starved", s.by_reason_s[static_cast<std::size_t>(Reason::Starved)] / s.span_s);
    row.emplace_back("blocked", s.by_reason_s[static_cast<std::size_t>(Reason::Blocked)] / s.span_s);
    row.emplace_back("failures_per_h", static_cast<double>(s.failures) / hours);
    row.emplace_back("energy_kwh_per_h", static_cast<double>(s.energy_mj) * 1e-3 / 3.6e6 / hours);
    row.emplace_back("availability", s.availability);
    row.emplace_back("performance", s.performance);
    row.emplace_back("quality", s.quality);
    row.emplace_back("oee", s.oee);
    return row;
}

Row item_row(const TypeFlow& type, double span_s) {
    const auto gone = static_cast<double>(type.sojourns);
    return {{"throughput_per_h", gone / span_s * 3600.0},
            {"time_in_plant_s", type.sojourns > 0 ? type.sojourn_mean_s : std::nan("")}};
}

// Rows of all replications, one below the other, turned into figures.
std::vector<Figure> figures(const std::vector<Row>& rows) {
    std::vector<Figure> out;
    for (std::size_t column = 0; column < rows.front().size(); ++column) {
        std::vector<double> values;
        for (const Row& row : rows) values.push_back(row[column].second);
        out.push_back({rows.front()[column].first, estimate(values)});
    }
    return out;
}

} // namespace

Estimate estimate(const std::vector<double>& values) {
    Estimate out{std::nan(""), std::nan("")};
    std::vector<double> known;
    std::ranges::copy_if(values, std::back_inserter(known), [](double v) { return !std::isnan(v); });
    if (known.empty()) return out;
    const auto n = static_cast<double>(known.size());
    out.mean = std::accumulate(known.begin(), known.end(), 0.0) / n;
    if (known.size() < 2) return out;
    double squares = 0.0;
    for (const double v : known) squares += (v - out.mean) * (v - out.mean);
    const double t = student_quantile(0.975, static_cast<int>(known.size()) - 1);
    out.half_width = t * std::sqrt(squares / (n - 1.0) / n);
    return out;
}

Result<ExperimentResult> run_experiment(std::shared_ptr<const Model> model, const ExperimentOptions& options) {
    PW_ASSERT(options.length > 0 && options.warmup >= 0 && options.length + options.warmup <= kLongestRun &&
                  options.replications > 0,
              "an experiment has a length and at least one replication");
    const std::size_t elements = model->elements.size();
    std::vector<std::vector<Row>> rows(elements);
    std::vector<std::vector<Row>> item_rows(model->types);
    std::vector<bool> leaves(model->types, false);
    ExperimentResult out;
    Simulation run(model, {.seed = options.seed});
    for (std::uint32_t r = 0; r < options.replications; ++r) {
        run.restart({.seed = options.seed, .replication = r});
        if (Result<void> done = run.advance_to(options.warmup); !done) return std::unexpected(done.error());
        run.reset_statistics();
        if (Result<void> done = run.advance_to(options.warmup + options.length); !done)
            return std::unexpected(done.error());
        for (std::size_t e = 0; e < elements; ++e)
            rows[e].push_back(element_row(model->elements[e], run.statistics(model->elements[e].equipment)));
        const FlowStatistics flow = run.flow();
        for (std::size_t t = 0; t < model->types; ++t) {
            item_rows[t].push_back(item_row(flow.types[t], flow.span_s));
            if (flow.types[t].sojourns > 0) leaves[t] = true;
        }
        out.events += run.events_handled();
        out.hashes.push_back(run.hash());
    }
    for (std::size_t e = 0; e < elements; ++e) out.elements.push_back({model->elements[e].equipment, figures(rows[e])});
    for (std::size_t t = 0; t < model->types; ++t)
        if (leaves[t]) out.items.push_back({static_cast<std::uint32_t>(t), figures(item_rows[t])});
    return out;
}

} // namespace pw::simulation
