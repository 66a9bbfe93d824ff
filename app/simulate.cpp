// SPDX-License-Identifier: Apache-2.0
// plantwalk plant simulate: replications of a plant file, as a table or as JSON.
#include "app/commands.h"
#include "base/bytes.h"
#include "base/format.h"
#include "base/json.h"
#include "base/time.h"
#include "plant/plant.h"
#include "simulation/experiment.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <print>

namespace pw::app {
namespace {

using simulation::ExperimentOptions;
using simulation::ExperimentResult;
using simulation::Figure;

void write_figures(JsonWriter& w, const std::vector<Figure>& figures) {
    w.begin_object();
    for (const Figure& f : figures)
        w.key(f.name).begin_object().member("mean", f.value.mean).member("half_width", f.value.half_width).end_object();
    w.end_object();
}

std::string to_json(const plant::Plant& plant, const SimulateOptions& options, const ExperimentResult& result) {
    JsonWriter w;
    w.begin_object().member("plant", plant.name).member("hours", options.hours).member("warmup_hours", options.warmup);
    w.member("replications", options.replications).member("seed", options.seed).member("confidence", 0.95);
    w.member("events", result.events).key("items").begin_object();
    for (const auto& type : result.items) {
        w.key(plant.production.items[type.item].id);
        write_figures(w, type.figures);
    }
    w.end_object().key("equipment").begin_object();
    for (const auto& element : result.elements) {
        w.key(plant.equipment[element.equipment].id);
        write_figures(w, element.figures);
    }
    w.end_object().key("hashes").begin_array();
    for (const std::uint64_t hash : result.hashes) w.value(to_hex(hash));
    w.end_array().end_object();
    return w.take();
}

// "0.724 ± 0.012": two digits of the interval, and the value to the same place; "–" for what is not known.
std::string cell(const Figure& f) {
    const auto& [mean, half_width] = f.value;
    const double unsure = half_width > 0.0 ? half_width : std::abs(mean) * 1e-3;
    const int places = unsure > 0.0 ? std::clamp(static_cast<int>(1.0 - std::floor(std::log10(unsure))), 0, 6) : 0;
    const auto number = [places](double v) {
        return std::isnan(v) ? std::string("–") : formatted("{:.{}f}", v, places);
    };
    return formatted("{:>12} ± {:<10}", number(mean), number(half_width));
}

void print_figures(const std::vector<Figure>& figures) {
    for (std::size_t i = 0; i < figures.size(); i += 2) {
        std::string line;
        for (std::size_t k = i; k < std::min(i + 2, figures.size()); ++k)
            line += formatted("  {:<18}{}", figures[k].name, cell(figures[k]));
        std::println("{}", line.substr(0, line.find_last_not_of(' ') + 1));
    }
}

std::string title_and_id(const std::string& title, const std::string& id) {
    return title.empty() || title == id ? id : formatted("{} ({})", title, id);
}

void print_table(const plant::Plant& plant, const ExperimentResult& result) {
    for (const auto& element : result.elements) {
        const plant::Equipment& equipment = plant.equipment[element.equipment];
        std::println("{}", title_and_id(equipment.title, equipment.id));
        print_figures(element.figures);
    }
    for (const auto& type : result.items) {
        const plant::ItemType& item = plant.production.items[type.item];
        std::println("What leaves: {}", title_and_id(item.title, item.id));
        print_figures(type.figures);
    }
}

} // namespace

int run_plant_simulate(const std::string& file, const SimulateOptions& options) {
    Reports problems;
    const auto plant = plant::read_plant(file, problems);
    const auto model = plant ? simulation::compile(*plant, problems) : std::unexpected(plant.error());
    if (!model) {
        for (const auto& p : problems.list())
            std::println(stderr, "{}: {}: {}", file, p.where.empty() ? "/" : p.where, p.what);
        if (problems.empty()) std::println(stderr, "plantwalk: {}", model.error().what);
        return 2;
    }
    constexpr double kHour = 3600.0 * static_cast<double>(simulation::kSecond);
    const ExperimentOptions experiment{.length = static_cast<simulation::SimTime>(options.hours * kHour),
                                       .warmup = static_cast<simulation::SimTime>(options.warmup * kHour),
                                       .replications = options.replications,
                                       .seed = options.seed};
    const Duration begin = thread_cpu_time();
    const auto result = simulation::run_experiment(*model, experiment);
    if (!result) {
        std::println(stderr, "plantwalk: {}", result.error().what);
        return 1;
    }
    if (options.json) {
        std::println("{}", to_json(*plant, options, *result));
        return 0;
    }
    print_table(*plant, *result);
    const double seconds = (thread_cpu_time() - begin).seconds();
    std::println("{} replication{} of {} h after {} h of warm-up{}; {:.1f} million events in {:.2f} s",
                 options.replications, options.replications == 1 ? "" : "s", options.hours, options.warmup,
                 options.replications == 1 ? ", so no intervals" : ", 95 % confidence",
                 static_cast<double>(result->events) * 1e-6, seconds);
    return 0;
}

} // namespace pw::app
