// SPDX-License-Identifier: Apache-2.0
#include "app/live_clips.h"

#include "app/live_nodes.h"
#include "base/assert.h"
#include "base/format.h"
#include "base/text.h"
#include "scene/animation.h"

#include <algorithm>
#include <cmath>

namespace pw::app {

namespace {

constexpr double kShortest_s = 0.001;

} // namespace

LiveClips::LiveClips(const plant::Plant& plant, const twin::Bindings& bindings) {
    const auto list = bindings.list();
    for (std::uint32_t i = 0; i < list.size(); ++i) {
        const auto& equipment = plant.equipment[list[i].equipment];
        const auto& binding = equipment.bindings[list[i].binding];
        if (binding.property != plant::Property::Clip) continue;
        Player& player = players_.emplace_back();
        player.binding = i;
        player.where = formatted("{}: clip of {}", equipment.id, binding.tag);
    }
}

void LiveClips::resolve(const plant::Plant& plant, const twin::Bindings& bindings, const scene::Scene& scene,
                        Reports& problems) {
    for (Player& player : players_) {
        const twin::BoundTag& bound = bindings.list()[player.binding];
        const auto& equipment = plant.equipment[bound.equipment];
        const std::string& node = equipment.bindings[bound.binding].node;
        player.placed = find_model(scene, equipment, std::string_view(node).substr(0, node.find(':')));
        if (!player.placed) {
            problems.add(formatted("{}/bindings/{}/node", equipment.pointer, bound.binding),
                         formatted("{}: its model is not there", equipment.id));
        }
    }
}

void LiveClips::hear(const twin::BoundValue& value) {
    const auto player = std::ranges::lower_bound(players_, value.binding, {}, &Player::binding);
    PW_ASSERT(player != players_.end() && player->binding == value.binding, "this is of a clip binding");
    player->going = value.has_value && value.quality > twin::Quality::Stale && !value.text.empty();
    if (value.text.empty() || player->wanted == value.text) return;
    player->wanted = value.text;
    player->is_new = true;
}

void LiveClips::look_up(scene::Scene& scene, Player& player, Problems& problems) {
    player.is_new = false;
    const scene::Model& model = *scene.placed()[player.placed.index].model;
    const auto found = std::ranges::find(model.clips, player.wanted, &scene::Clip::name);
    const bool there = found != model.clips.end();
    problems.stand(player.where,
                   there ? "" : formatted("{} has no animation \"{}\"", model.name, shortened(player.wanted, 60)));
    // What the one before moved and the next does not is to stand as the model has it.
    if (player.clip != nullptr)
        for (const scene::Channel& channel : player.clip->channels)
            scene.set_local(scene.node_of(player.placed, channel.node), model.nodes[channel.node].local);
    player.clip = there ? &*found : nullptr;
    player.time_s = 0.0;
}

void LiveClips::step(scene::Scene& scene, Time display, Problems& problems) {
    const double dt_s = std::max(0.0, (display - last_).seconds());
    last_ = display;
    for (Player& player : players_) {
        if (!player.placed || !player.going) continue;
        if (player.is_new)
            look_up(scene, player, problems);
        else if (player.clip != nullptr)
            player.time_s =
                std::fmod(player.time_s + dt_s, std::max(kShortest_s, static_cast<double>(player.clip->duration_s)));
        if (player.clip != nullptr)
            scene::apply_clip(scene, player.placed, *player.clip, static_cast<float>(player.time_s));
    }
}

} // namespace pw::app
