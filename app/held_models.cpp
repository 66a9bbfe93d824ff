// SPDX-License-Identifier: Apache-2.0
#include "app/held_models.h"

#include "scene/gltf.h"

#include <utility>

namespace pw::app {

namespace {

constexpr std::uint64_t kMost_bytes = 256u << 20; // decoded; a controller has a few MiB

} // namespace

Result<std::shared_ptr<const scene::Model>> read_controller_model(Bytes bytes, const std::string& name,
                                                                  Reports& reports) {
    const auto nothing_beside = [](std::string_view) -> Result<std::vector<std::byte>> {
        return fail(Errc::Refused, "a controller's model has no files beside it");
    };
    return scene::parse_gltf(bytes, name, nothing_beside, reports, {.max_bytes = kMost_bytes, .max_nodes = 10'000});
}

HeldModels::HeldModels(Jobs& jobs, std::shared_ptr<JobProblems> problems)
    : jobs_(jobs), problems_(std::move(problems)) {}

void HeldModels::forget_renderer() {
    for (Hand& hand : hands_) hand.prop.reset();
}

void HeldModels::step(xr::Host& host, const xr::Input& input, renderer::Renderer& renderer) {
    for (std::size_t h = 0; h < hands_.size(); ++h) {
        Hand& hand = hands_[h];
        const auto& now = input.hands[h];
        if (now.device != xr::HandDevice::Controller) continue;
        if (hand.profile != now.profile) hand = {.profile = now.profile};
        if (!hand.asked) {
            if (auto bytes = host.controller_model(h); !bytes.empty()) read(hand, std::move(bytes));
        }
        if (hand.reading) {
            if (auto done = std::exchange(*hand.reading->done.lock(), std::nullopt)) {
                hand.reading.reset();
                if (*done) hand.model = std::move(**done);
            }
        }
        if (hand.model && !hand.prop) hand.prop = renderer.add_prop(hand.model);
    }
}

void HeldModels::read(Hand& hand, std::vector<std::byte> bytes) {
    hand.asked = true;
    hand.reading = std::make_shared<Reading>();
    jobs_.add(JobClass::Background,
              [reading = hand.reading, problems = problems_, name = hand.profile, bytes = std::move(bytes)] {
                  Reports found;
                  auto model = read_controller_model(bytes, name, found);
                  for (const auto& report : found.list()) problems->add(report.where, report.what);
                  if (!model) problems->add(name, model.error().what);
                  *reading->done.lock() = std::move(model);
              });
}

} // namespace pw::app
