#pragma once
// SPDX-License-Identifier: Apache-2.0
// The user interface of somebody in a headset: hands that point, touch and hold, panels that stand in the world, the
// hand menu with its keyboard, and how one gets elsewhere. What panels say is the same as at a desk (app/panels); what
// a hand asks for is an action call. It owns no part of the plant and outlives every session. Frame thread.

#include "app/hand_shape.h"
#include "app/headset_surfaces.h"
#include "app/held_models.h"
#include "app/kept_file.h"
#include "app/locomotion.h"
#include "app/panels/headset.h"
#include "app/panels/panels.h"
#include "app/panels/parts.h"
#include "app/panels/view_tools.h"
#include "audio/sound.h"
#include "interaction/free_place.h"
#include "interaction/hand_menu.h"
#include "interaction/panel_place.h"
#include "interaction/pointer.h"
#include "interaction/tool_hand.h"
#include "renderer/draw_list.h"
#include "work/tutorial.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::app {

class Client;

class HeadsetUi {
  public:
    // What a frame shows of it; the vectors are the client's, filled further.
    struct Shown {
        std::vector<renderer::Label>& labels;
        std::vector<renderer::Line>& lines;
        std::vector<renderer::Panel>& panels;
        std::vector<std::size_t>& quads; // of each panel its slot (Graphics::draw)
        std::vector<renderer::Prop>& props;
    };

    struct Kept {                // for the next visit
        std::string panels_file; // where panels were moved to; empty: it is forgotten
        Jobs& jobs;
        std::shared_ptr<JobProblems> problems;
    };
    // Client, font and jobs outlive it.
    HeadsetUi(Client& client, UiFont& font, Kept kept);

    void set_renderer(renderer::Renderer& renderer); // a new one: its props
    // Of each frame's input first: hands beside a headset that nobody wears do nothing, and what they held is let go.
    void attend(xr::Input& input);
    // What the hands do: action calls, and the stance of the next picture.
    void step(const xr::Input& input, Duration dt);
    void compose(const xr::Input& input, Duration dt, Shown shown);
    float fade() const { return locomotion_.fade(); }
    float vignette() const { return locomotion_.vignette(); }

    Locomotion& locomotion() { return locomotion_; }
    const Locomotion& locomotion() const { return locomotion_; }
    work::Tutorial& tutorial() { return tutorial_; }
    const work::Tutorial& tutorial() const { return tutorial_; }
    void start_tutorial() { tutorial_.start(now_); }
    void bring_panels();                                      // before the user, where they belong at first: for good
    void refuse();                                            // what was asked for: the hand that asked feels it
    std::optional<renderer::Panel> panel(SurfaceId id) const; // as it stands in the world; nothing: it is not shown
    const Surface& surface(SurfaceId id) const { return surfaces_[static_cast<std::size_t>(id)]; }
    std::size_t tool_hand() const { return tool_; }
    std::size_t swap_hands(); // the other hand than the tool's is the tool now: which
    std::optional<std::size_t> menu_hand() const { return menu_.hand(); }
    const Pose& aim(std::size_t hand) const { return aims_[hand]; } // in the user's space
    const interaction::PointerOut& pointing(std::size_t hand) const { return out_[hand]; }

  private:
    using Over = interaction::Over;
    void step_pointers(const xr::Input& input, Duration dt);
    void act_on_world(std::size_t pointer);
    void hold_panel(const interaction::PointerOut& out);
    void feed_panels();
    void keep_places();
    void carry_panels(const Pose& old_head, const Pose& head);
    void feel(std::size_t hand);
    void hear(const Locomotion::Deeds& deeds);
    void play(audio::Sound sound, std::size_t hand) const; // where the hand is
    void pulse(std::size_t hand, float amplitude, Duration length) const;
    void step_tutorial(const xr::Input& input);

    bool wanted(SurfaceId id) const;
    void draw(SurfaceId id);
    Pose place(SurfaceId id, const Pose& head);
    Pose first_place(SurfaceId id, const Pose& head) const;
    interaction::Aside free_place(SurfaceId id, const Pose& own, const Pose& head) const;
    const interaction::PanelPlace* moved(SurfaceId id) const; // by hand; null: it was not
    Pose card_place(const Pose& head) const;
    void compose_surface(SurfaceId id, const Pose& head, Duration dt, Shown& shown);
    void compose_hands(const xr::Input& input, Shown& shown);
    void compose_arc(Shown& shown);
    void type(const Typed& typed);
    const interaction::MeetWorld& meet() const;

    Client& client_;
    Jobs& jobs_;
    std::optional<KeptFile> kept_places_;
    std::array<Surface, kSurfaces> surfaces_;
    std::vector<interaction::PanelPlace> places_;  // of panels that were moved by hand
    std::array<interaction::Pointer, 3> pointers_; // left, right, gaze or head
    std::array<interaction::PointerOut, 3> out_;
    std::array<Pose, 3> aims_; // in the user's space
    std::vector<interaction::PanelTarget> targets_;
    interaction::HandMenu menu_;
    interaction::ToolHand tool_hand_;
    std::size_t tool_ = 1;
    Locomotion locomotion_;
    HandMenuState menu_state_;
    KeyboardState keyboard_;
    PartsState parts_;
    ViewToolsState tools_;
    xr::DesktopState typed_; // on the keyboard in the frame before
    std::optional<SurfaceId> typing_;
    interaction::Follower hud_;
    DVec3 hud_at_{0.0};
    bool hud_placed_ = false;
    work::Tutorial tutorial_;
    std::optional<Quat> last_look_;
    bool worn_ = false;                    // in the frame before
    std::uint32_t card_of_ = scene::kNone; // whose card was shown last
    std::optional<interaction::Aside>
        card_aside_;              // of where it belongs, so that it hides no panel; nothing: not known yet
    float card_height_ = 0.f;     // what its content wants, in pixels of small letters; 0: not drawn yet
    float captions_height_ = 0.f; // likewise
    ActionCalls asked_;
    std::shared_ptr<const scene::Model> controller_, bone_; // null: not to be had
    renderer::PropId controller_prop_, bone_prop_;
    HeldModels held_models_;
    float font_scale_;
    std::size_t asking_hand_ = 1;
    bool stretched_ = false; // the world was held
    Time now_{};
};

} // namespace pw::app
