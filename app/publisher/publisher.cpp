// SPDX-License-Identifier: Apache-2.0
#include "app/publisher/publisher.h"

#include "app/publisher/cell_model.h"
#include "app/publisher/edge_node.h"
#include "base/jobs.h"
#include "base/log.h"
#include "base/process.h"

#include <algorithm>
#include <array>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

namespace pw::app {
namespace {

constexpr Duration kPeriod = from_ms(50);        // of what moves
constexpr int kSlowEvery = 20;                   // periods
constexpr Duration kLongestStep = from_ms(1000); // after the machine slept, the plant goes on where it was

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

class Publisher final : public PublishedPlant {
  public:
    Publisher(CellModel model, const PublishOptions& options)
        : model_(std::move(model)), clock_(*options.clock), speed_(std::clamp(options.speed, 0.0, kFastest)) {}

    ~Publisher() override {
        thread_ = {}; // stops and joins; the nodes say their deaths after it
    }

    Result<void> start(const plant::Plant& plant, const std::string& broker) {
        for (std::size_t i = 0; i < model_.signals().size(); ++i) {
            const Signal& signal = model_.signals()[i];
            const auto [group, name, device, metric] = split(plant.equipment[signal.equipment].tags[signal.tag].source);
            EdgeMetric added;
            added.name = metric;
            added.value = i;
            added.slow = signal.slow;
            node(group, name).add(device, std::move(added), model_.values()[i]);
        }
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

    bool drop(std::string_view group_and_node) override {
        const auto found = std::ranges::find(nodes_, group_and_node, [](const auto& node) { return node->address(); });
        if (found == nodes_.end()) return false;
        (*found)->drop();
        return true;
    }

  private:
    EdgeNode& node(std::string_view group, std::string_view name) {
        const std::string address = std::string(group) + "/" + std::string(name);
        const auto found = std::ranges::find(nodes_, address, [](const auto& node) { return node->address(); });
        if (found != nodes_.end()) return **found;
        return *nodes_.emplace_back(std::make_unique<EdgeNode>(std::string(group), std::string(name), clock_));
    }

    void run(const std::stop_token& stop) {
        name_this_thread("pw-publisher");
        try {
            Time last = clock_.now();
            // A program that is asked to end says the deaths soon; pause_for does not wait in it.
            for (int period = 0; !stop.stop_requested() && !stop_requested(); ++period) {
                const Time now = clock_.now();
                model_.advance(from_seconds(std::min(now - last, kLongestStep).seconds() * speed_));
                last = now;
                for (const auto& node : nodes_) node->publish(model_.values(), period % kSlowEvery == 0);
                pause_for(kPeriod);
            }
        } catch (const std::exception& e) { log_error(std::string("the simulated plant has stopped: ") + e.what()); }
    }

    CellModel model_; // the thread's, once it runs
    const Clock& clock_;
    const double speed_;
    std::vector<std::unique_ptr<EdgeNode>> nodes_;
    std::jthread thread_;
};

} // namespace

Result<std::unique_ptr<PublishedPlant>> start_publishing(const plant::Plant& plant, const std::string& broker,
                                                         const PublishOptions& options) {
    Result<CellModel> model = CellModel::make(plant, options.seed);
    if (!model) return fail_at("simulation", model.error());
    auto out = std::make_unique<Publisher>(std::move(*model), options);
    if (Result<void> started = out->start(plant, broker); !started) return std::unexpected(started.error());
    return out;
}

} // namespace pw::app
