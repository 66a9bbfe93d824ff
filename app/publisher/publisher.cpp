// SPDX-License-Identifier: Apache-2.0
#include "app/publisher/publisher.h"

#include "app/publisher/cell_model.h"
#include "app/publisher/edge_node.h"
#include "app/publisher/simulated_plant.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/format.h"
#include "base/jobs.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace pw::app {
namespace {

constexpr Duration kPeriod = from_ms(50);        // of Pace
constexpr Duration kLongestStep = from_ms(1000); // after the machine slept, the plant goes on where it was
constexpr Duration kBudget = from_ms(200);       // real time for one step: a plant too fast for this machine lags
constexpr Duration kSlice = from_ms(1000);       // of plant time, between two looks at the clock

// "group/node/device/metric" in its parts; the reader of the plant file has checked the form.
std::array<std::string_view, 4> split(std::string_view source) {
    std::array<std::string_view, 4> parts;
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t end = source.find('/');
        parts.at(i) = source.substr(0, end);
        source.remove_prefix(end + 1);
    }
    parts[3] = source;
    return parts;
}

// What says the values of a plant's tags: its simulation, the demo's cell, or both.
struct Models {
    std::optional<SimulatedPlant> simulated;
    std::optional<CellModel> cell;
};

Result<Models> make_models(const plant::Plant& plant, std::uint64_t seed) {
    Models out;
    const auto is_simulated = [](const plant::Tag& tag) { return tag.simulated.quantity != plant::Quantity::None; };
    const bool some_simulated = std::ranges::any_of(
        plant.equipment, [&](const plant::Equipment& e) { return std::ranges::any_of(e.tags, is_simulated); });
    const bool some_play =
        std::ranges::any_of(plant.equipment, [](const plant::Equipment& e) { return !e.simulation.empty(); });
    if (some_simulated) {
        Reports problems;
        Result<SimulatedPlant> made = SimulatedPlant::make(plant, seed, problems);
        if (!made && !problems.empty())
            return fail(made.error().code, problems.list().front().where + ": " + problems.list().front().what);
        if (!made) return std::unexpected(made.error());
        out.simulated = std::move(*made);
    }
    if (some_play) {
        Result<CellModel> made = CellModel::make(plant, seed);
        if (!made) return std::unexpected(made.error());
        out.cell = std::move(*made);
    }
    if (!some_simulated && !some_play)
        return fail(Errc::Unsupported, "there is nothing to publish: no tag has a \"simulated\" key, and no equipment "
                                       "plays a part");
    return out;
}

std::string hours(Duration d) {
    const std::int64_t s = d.ns / 1'000'000'000;
    return formatted("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

class Publisher final : public PublishedPlant {
  public:
    Publisher(Models models, const PublishOptions& options)
        : models_(std::move(models)), memory_(options.memory), clock_(*options.clock),
          speed_(std::clamp(options.speed, 0.0, kFastest)) {}

    ~Publisher() override {
        thread_ = {}; // stops and joins; the nodes say their deaths after it
    }

    Result<void> start(const plant::Plant& plant, const std::string& broker) {
        if (!memory_.empty())
            if (Result<void> made = make_folders(memory_); !made) {
                log_warn("every run begins with bdSeq 0: " + made.error().what);
                memory_.clear();
            }
        if (models_.simulated) add(plant, models_.simulated->signals(), models_.simulated->values(), broker);
        simulated_ = sources_.size();
        if (models_.cell) add(plant, models_.cell->signals(), models_.cell->values(), broker);
        for (const auto& node : nodes_)
            if (Result<void> started = node->start(broker); !started) return started;
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
        return {};
    }

    std::uint32_t nodes() const override { return static_cast<std::uint32_t>(nodes_.size()); }

    std::uint32_t nodes_online() const override {
        return static_cast<std::uint32_t>(
            std::ranges::count_if(nodes_, [](const auto& node) { return node->online(); }));
    }

    std::uint64_t messages() const override {
        std::uint64_t sum = 0;
        for (const auto& node : nodes_) sum += node->messages();
        return sum;
    }

    Duration plant_time() const override { return {plant_time_ns_.load(std::memory_order_relaxed)}; }

    bool drop(std::string_view group_and_node) override {
        const auto found = std::ranges::find(nodes_, group_and_node, [](const auto& node) { return node->address(); });
        if (found == nodes_.end()) return false;
        (*found)->drop();
        return true;
    }

  private:
    // Tags that share a source are one metric. The signals of the simulation come first: a command's id is the index
    // of its signal there.
    void add(const plant::Plant& plant, std::span<const Signal> signals, std::span<const twin::Value> values,
             const std::string& broker) {
        for (std::size_t i = 0; i < signals.size(); ++i) {
            const Signal& signal = signals[i];
            const plant::Tag& tag = plant.equipment[signal.equipment].tags[signal.tag];
            const std::string& source = tag.source;
            const auto [group, name, device, metric] = split(source);
            EdgeMetric added;
            added.name = metric;
            added.value = &values[i];
            added.pace = signal.pace;
            added.type = signal.type;
            added.unit = tag.unit;
            added.low = tag.low;
            added.high = tag.high;
            added.id = sources_.size();
            if (node(group, name, broker).add(device, std::move(added))) sources_.push_back({source, i});
        }
    }

    EdgeNode& node(std::string_view group, std::string_view name, const std::string& broker) {
        const std::string address = std::string(group) + "/" + std::string(name);
        const auto found = std::ranges::find(nodes_, address, [](const auto& node) { return node->address(); });
        if (found != nodes_.end()) return **found;
        const std::string file =
            memory_.empty() ? "" : join_path(memory_, to_hex(hash64(as_bytes(broker + " " + address))) + ".bd_seq");
        return *nodes_.emplace_back(std::make_unique<EdgeNode>(std::string(group), std::string(name), file, clock_));
    }

    void run(const std::stop_token& stop) {
        name_this_thread("pw-publisher");
        try {
            Time last = clock_.now();
            Duration owed;
            // A program that is asked to end says the deaths soon; pause_for does not wait in it.
            for (std::uint64_t period = 0; !stop.stop_requested() && !stop_requested(); ++period) {
                const Time now = clock_.now();
                const double most = kLongestStep.seconds() * speed_;
                owed = from_seconds(std::min(owed.seconds() + (now - last).seconds() * speed_, most));
                last = now;
                obey();
                advance(owed);
                if (models_.simulated) models_.simulated->refresh(period);
                for (const auto& node : nodes_) node->publish(period);
                pause_for(kPeriod);
            }
        } catch (const std::exception& e) { log_error(std::string("the simulated plant has stopped: ") + e.what()); }
    }

    void obey() {
        for (const auto& node : nodes_) {
            while (const std::optional<EdgeCommand> command = node->next_command()) {
                const auto& [source, signal] = sources_.at(command->id);
                const bool is_simulated = models_.simulated && command->id < simulated_;
                const Result<void> done = is_simulated ? models_.simulated->write(signal, command->value)
                                                       : fail(Errc::Refused, "this tag takes no commands");
                const std::string what = formatted("{} ← {} at {} of plant time", source,
                                                   shortened(twin::to_text(command->value), 60), hours(plant_time()));
                if (done)
                    log_info(what);
                else
                    log_warn(what + ": " + done.error().what);
            }
        }
    }

    // As far as the time for it reaches; what is left stays owed.
    void advance(Duration& owed) {
        const Time until = clock_.now() + kBudget;
        while (owed.ns > 0 && !stalled_) {
            const Duration slice = std::min(owed, kSlice);
            if (models_.cell) models_.cell->advance(slice);
            if (models_.simulated) {
                if (const Result<void> done = models_.simulated->advance(slice); !done) {
                    stalled_ = true;
                    log_error("the simulated plant stands still: " + done.error().what);
                }
            }
            owed = owed - slice;
            plant_time_ns_.fetch_add(slice.ns, std::memory_order_relaxed);
            if (clock_.now() > until) break;
        }
        if (owed > kSlice && !std::exchange(lags_, true))
            log_warn("the simulated plant falls behind the speed that was asked for");
    }

    struct Source {
        std::string name;
        std::size_t signal = 0; // of its model
    };

    Models models_; // the thread's, once it runs
    std::string memory_;
    const Clock& clock_;
    const double speed_;
    bool stalled_ = false, lags_ = false;
    std::atomic<std::int64_t> plant_time_ns_ = 0;
    std::vector<Source> sources_; // by EdgeMetric::id
    std::size_t simulated_ = 0;   // the first of them are the simulation's
    std::vector<std::unique_ptr<EdgeNode>> nodes_;
    std::jthread thread_;
};

} // namespace

Result<std::unique_ptr<PublishedPlant>> start_publishing(const plant::Plant& plant, const std::string& broker,
                                                         const PublishOptions& options) {
    Result<Models> models = make_models(plant, options.seed);
    if (!models) return fail_at("simulation", models.error());
    constexpr Duration kSlice = from_ms(60'000); // of plant time: whoever wants to stop does not wait for a day of it
    for (Duration left = options.lead; models->simulated && left.ns > 0 && !stop_requested(); left = left - kSlice) {
        if (Result<void> ran = models->simulated->advance(std::min(left, kSlice)); !ran)
            return fail_at("simulation", ran.error());
    }
    auto out = std::make_unique<Publisher>(std::move(*models), options);
    if (Result<void> started = out->start(plant, broker); !started) return std::unexpected(started.error());
    return out;
}

} // namespace pw::app
