// SPDX-License-Identifier: Apache-2.0
#include "app/controls.h"

#include "app/locomotion.h"
#include "xr/headset_profiles.h"

#include <algorithm>
#include <string_view>

namespace pw::app {

namespace {

const xr::Profile* profile_of(const xr::HandState& hand) {
    constexpr std::string_view kRoot = "/interaction_profiles/";
    std::string_view path = hand.profile;
    if (path.starts_with(kRoot)) path.remove_prefix(kRoot.size());
    const auto all = xr::profiles();
    const auto found = std::ranges::find_if(all, [&](const xr::Profile& profile) { return path == profile.path; });
    return found == all.end() ? nullptr : &*found;
}

bool is(const char* component, std::string_view what) { return component != nullptr && component == what; }

} // namespace

Family family_of(const xr::HandState& hand) {
    if (hand.device == xr::HandDevice::Hand) return Family::Hand;
    const xr::Profile* profile = profile_of(hand);
    if (profile == nullptr) return Family::Sticks;
    if (is(profile->path, xr::kHandProfile)) return Family::Hand;
    if (profile->stick == nullptr) return Family::Simple;
    if (is(profile->stick, "trackpad")) return Family::Wand;
    return is(profile->primary[0], "trackpad/click") ? Family::Pads : Family::Sticks;
}

std::string letter_on(ControlPart part, const xr::HandState& state, std::size_t hand) {
    const xr::Profile* profile = profile_of(state);
    if (profile == nullptr || (part != ControlPart::Menu && part != ControlPart::Primary)) return {};
    const char* component = part == ControlPart::Menu ? profile->menu[hand] : profile->primary[hand];
    if (component == nullptr || is(component, "trackpad/click")) return {};
    if (is(component, "menu/click")) return kMenuLetter;
    return std::string(1, static_cast<char>(component[0] - 'a' + 'A'));
}

StickDoes stick_does(std::size_t hand, const Settings& settings) {
    const auto sticks = stick_settings(settings);
    const bool walks = sticks.walks == (hand == 0 ? interaction::Hands::Left : interaction::Hands::Right);
    if (sticks.walking && walks) return StickDoes::Walk;
    return sticks.turning == interaction::Turning::Smooth ? StickDoes::JumpAndTurn : StickDoes::JumpAndSnap;
}

std::size_t tool_hand(const Settings& settings) { return settings.hand == "left" ? 0 : 1; }

} // namespace pw::app
