#pragma once
// SPDX-License-Identifier: Apache-2.0
// How somebody in a headset gets elsewhere: sticks, a world taken hold of, jumps through black. It changes the stance
// by what the user asked for and by nothing else. Frame thread.

#include "app/settings.h"
#include "base/time.h"
#include "interaction/comfort.h"
#include "interaction/grab_world.h"
#include "interaction/sticks.h"
#include "interaction/teleport.h"
#include "interaction/walkable.h"

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace pw::app {

class Locomotion {
  public:
    struct Taken { // by panels and tools, in this frame
        std::array<bool, 2> stick{}, grab{}, select{};
    };
    struct Deeds { // of this frame, for sounds, pulses and the tutorial
        bool jumped = false, snapped = false, refused = false, stretched = false;
        bool held_fast = false;                 // refused because the world is fixed
        std::optional<Pose> lost_head;          // the space is another one now (space_lost): in that one, the last head
        double moved_m = 0.0, turned_rad = 0.0; // in the user's metres; not by the head
        std::optional<std::size_t> hand;        // who snapped, was refused, or let go of an arc
    };
    // How a jump changes the stance, asked when all is black.
    struct World {
        interaction::MeetWorld meet;
        interaction::StandRules rules;
        bool fixed = false; // a machine is registered: the world lies on the real one, and nobody moves it
        bool real = false;  // the real room is seen (AR): walls of the plant are not there for heads to be in
    };
    using Change =
        std::function<interaction::Stance(const interaction::Stance&, const Pose& origin_from_head, const World&)>;

    interaction::Stance step(const xr::Input& input, const Taken& taken, const World& world, const Settings& settings,
                             const interaction::Stance& stance, Duration dt);
    void jump(Change change); // in the order asked, those of one blackness at once
    bool go_back();           // a jump to where the last one began; false: there was none
    void space_lost();        // the next input is in another space, whose origin nobody knows: the head stays

    float fade() const { return fade_; } // 0 clear … 1 black
    float vignette() const { return vignette_now_; }
    const Deeds& deeds() const { return deeds_; }
    const interaction::Teleport& teleport() const { return teleport_; }
    void aim_by_pinch(bool wanted); // bare hands: the next pinch that no panel takes aims a jump, and selects nothing
    bool aims_by_pinch() const { return pinch_; } // until it was let go

  private:
    struct Place {
        DVec3 feet{0.0};
        double yaw_rad = 0.0, scale = 1.0, lift_m = 0.0;
    };
    void lift(const xr::Input& input, const Settings& settings, interaction::Stance& stance);
    void pinch(const xr::Input& input, const Taken& taken, std::array<interaction::TeleportAsk, 2>& wanted);
    void aim(const interaction::StickAsks& asks, const xr::Input& input, const Taken& taken, const World& world,
             const interaction::Stance& stance);
    interaction::Stance walk(const DVec3& by_m, const xr::Input& input, const World& world,
                             const interaction::Stance& stance) const;
    void hold(const xr::Input& input, const Taken& taken, interaction::Stance& stance);
    void let_go(const xr::Input& input, const World& world, interaction::Stance& stance);
    void hold_fast(const xr::Input& input, const Taken& taken, const Settings& settings, Duration dt);

    interaction::Sticks sticks_;
    interaction::Teleport teleport_;
    interaction::TeleportPinch pinching_;
    interaction::GrabWorld grab_;
    interaction::Vignette vignette_;
    interaction::JumpFade jump_fade_;
    interaction::HeadGuard guard_;
    std::vector<Change> changes_;
    std::size_t aiming_hand_ = 1;
    std::array<bool, 2> holds_{}; // the grip was pulled on nothing else
    bool both_ = false;           // the world was taken hold of with both, and has not been let go of
    bool pulled_ = false;         // by hands, and not on the floor again since
    bool laid_ = false;           // on the real one, and not on the plant's floor again since
    bool pinch_ = false;
    std::optional<std::size_t> pinching_hand_;
    bool asked_ = false;            // in the frame before, of a world that is fixed
    bool lost_ = false;             // the space; until the head is seen in the new one
    std::optional<Pose> last_head_; // in the space that is known
    std::optional<Place> before_jump_;
    double lift_m_ = 0.0; // of the seated
    bool lifted_ = false; // lift_m_ is that of who wears it now
    Deeds deeds_;
    float fade_ = 0.f, vignette_now_ = 0.f;
};

interaction::StickSettings stick_settings(const Settings& settings);

} // namespace pw::app
