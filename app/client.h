#pragma once
// SPDX-License-Identifier: Apache-2.0
// The client: one scene, one host, one frame loop. Everything is owned here and stepped by frame(), on one thread.

#include "app/ar_registration.h"
#include "app/beginning.h"
#include "app/client_options.h"
#include "app/client_state.h"
#include "app/frame_stats.h"
#include "app/graphics.h"
#include "app/headset_ui.h"
#include "app/layers.h"
#include "app/live.h"
#include "app/pace.h"
#include "app/panels/manage.h"
#include "app/panels/palette.h"
#include "app/panels/panels.h"
#include "app/panels/parts.h"
#include "app/panels/view_tools.h"
#include "app/photos.h"
#include "app/problems.h"
#include "app/remote_control.h"
#include "app/settings.h"
#include "app/sounds.h"
#include "app/stage.h"
#include "app/ui.h"
#include "app/user_view.h"
#include "app/walker.h"
#include "base/jobs.h"
#include "scene/pick.h"
#include "scene/scene.h"
#include "work/actions.h"
#include "xr/host.h"

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pw::app {

using TakePicture = std::function<void(std::shared_ptr<const scene::Pixels>)>;

class Client {
  public:
    // Loads the plant or model, makes the host and the GPU side. Errors name the file or the missing part. `host`: one
    // that is already there, instead of the one that the options describe.
    static Result<std::unique_ptr<Client>> make(const ClientOptions& options, std::unique_ptr<xr::Host> host = nullptr);
    ~Client();

    // One turn of the loop; false when it is over. A host that is idle or lost makes it pause shortly.
    bool frame();

    // Called each frame after the twin was applied and before drawing; the tour and --animate use it.
    std::function<void(Duration since_start)> on_step;

    // Gives `take` a picture of the next frame that is drawn, from within frame(), as soon as the GPU is done with it;
    // where that is lost before, or the headset is, a picture of what is drawn when it is back.
    void ask_picture(TakePicture take, Keep keep = Keep::Picture);
    // Waits for the GPU and gives every picture of what was drawn.
    void finish_pictures() { give_pictures(/* wait= */ true); }
    // Writes the next drawn frame to a PNG file, encoded on a job. Without a name it goes to the folder of photos, and
    // where it is is said when it is there. The name that it has or gets.
    std::string photo_to(std::string file);

    void set_camera(const CameraSetting& camera);
    void begin_at(const CameraSetting& camera); // and home is there
    // A jump: go_back() returns to where the user was before it.
    void jump_to(const CameraSetting& camera);
    Result<void> go_back();                                                  // NotFound: there was no jump
    bool complete() const { return stage_.complete(); }                      // every model is placed
    const std::optional<Error>& refused() const { return stage_.refused(); } // why a single model cannot be shown
    // Everything is loaded, on the GPU and (with a broker) has had its first word, or had tag_patience for it.
    bool settled() const { return ready() && (tags_heard_ || !live_->has_broker()); }
    Result<void> select(scene::NodeId node, bool alone = false);
    void clear_selection();
    void select_back(); // what was selected before, or nothing
    // What a ray met, for the tool that is held; false: none is, and it is a choice as ever.
    bool use_tool(const scene::Hit& hit);
    // Shows the way to the machine of an alarm and selects it. NotFound: it stands nowhere.
    Result<void> show_way(twin::AlarmId alarm);
    // Its outcome comes with a later frame; who asked from outside is answered then.
    Result<void> act_on_alarm(twin::AlarmAction action);
    const Layers& layers() const { return *layers_; }
    UtcTime shown_time() const; // now, or the moment of the past that is shown: ages count from it
    bool answers() const { return remote_ != nullptr; }    // to `plantwalk do`; else another program does, or none
    const std::string& opened_file() const;                // the plant file or model that is shown
    const Problems& problems() const { return problems_; } // files, bindings, machines, connection
    // Changes a setting for this visit, and in the user's file on a job. Errors: as set_setting.
    Result<void> change_setting(std::string_view name, std::string_view value);
    Result<void> show_around(xr::Blend blend); // AR, or not. Refused: the host does not offer it
    Result<void> may_move() const;             // Refused: the world lies on a real machine
    void touch_real(std::size_t hand);         // the tool in the hand takes what the hand touches
    bool shows_registration() const { return state_.show_registration || ar_->flow() != nullptr; }
    std::string place_words(std::uint32_t equipment) const; // "± 4 mm", or nothing
    // Where a machine was pointed at last, in the world; nothing when it was another.
    std::optional<DVec3> pointed_at(std::uint32_t equipment) const;
    void say(std::string words); // for a moment, where people look
    bool sees_around() const { return host_->blend() != xr::Blend::Opaque; }
    void go_home(); // where the visit began:
    const Walker& home() const { return home_; }
    void jump_headset(const DVec3& feet, double yaw_rad); // through black; a headset's only
    DVec3 name_at(std::uint32_t equipment) const { return label_places_[equipment].at; } // of its label; NaN: none
    std::span<const renderer::Label> labels() const { return labels_; }                  // of the last frame
    const HeadsetUi* headset() const { return headset_.get(); }                          // null without one
    HeadsetUi* headset() { return headset_.get(); }
    Sounds& sounds() { return *sounds_; }
    const Sounds& sounds() const { return *sounds_; }

    // What somebody points at: a tool takes it, else it is selected, or nothing is.
    void point_at(const Ray& world_ray);
    bool ask(std::string_view action, std::string_view arguments = "{}"); // false: it was refused, and that is said
    std::uint32_t card_equipment() const;                                 // whose card shows; kNone: none
    DVec3 card_point() const;                                             // what it is about
    std::uint32_t machine_of(scene::NodeId node) const;                   // kNone: it is none's
    StatusWords status() const;
    bool has_status() const;
    void add_problem(const std::string& where, const std::string& what) { problems_.add(where, what); }
    const Locomotion::World& world() const { return world_; } // to walk in
    const xr::Input& input() const { return input_; }         // of the last frame

    scene::Scene& scene() { return scene_; }
    const plant::Plant& plant() const { return plant_; }
    Live& live() { return *live_; }
    ClientState& state() { return state_; }
    UserView& view() { return *view_; }
    ArRegistration& ar() { return *ar_; }
    const Pose& eye() const { return eye_; } // of the last frame, in the world
    Settings& settings() { return options_.settings; }
    const Pace& pace() const { return pace_; }
    const FrameStats& stats() const { return stats_; }
    void reset_stats() { stats_.reset(); }
    const renderer::RenderStats& render_stats() const;
    xr::Host& host() { return *host_; }
    renderer::Renderer& renderer() { return graphics_->renderer(); } // of a frame that runs
    const work::ActionRegistry& actions() const { return actions_; }
    Walker& walker() { return walker_; }
    const std::string& gpu_name() const;
    std::uint32_t validation_messages() const;
    std::uint64_t drawn_frames() const { return drawn_; }

  private:
    struct LabelPlace {
        DVec3 at{0.0};                    // above the machine; x is NaN without one
        std::vector<scene::NodeId> on_it; // what stands on it or hangs from it; the label stays above what is shown
        float in_sight = 1.f;             // how much of the label the user would see if nothing let it through
        float sight = 1.f;                // the same, following softly
    };
    explicit Client(const ClientOptions& options);
    Result<void> open();
    Result<void> make_graphics();
    void lose_host();
    void lose_graphics();
    bool recover();
    void step(const xr::FrameTime& time);
    void step_desktop(const xr::Input& input, Duration dt);
    void resolve_placed();
    void begin_visit();
    DAabb box_of(scene::PlacedId placed) const; // in the world
    DAabb label_box(scene::PlacedId machine, const plant::Equipment& equipment);
    std::optional<scene::CutPlane> cut() const;
    std::optional<double> opened() const; // the height from which on a model is cut away; nothing: it is not
    void tell_problems();
    void hear_tags();
    bool ready() const;
    void compose(const xr::Input& input, Duration dt);
    void compose_labels(Duration dt);
    void compose_names(Duration dt);
    void write_words(std::uint32_t equipment, const char* doubt);
    void compose_screens();
    DVec3 label_at(const LabelPlace& place) const;
    float sight_of(std::uint32_t equipment, const DVec3& label) const;
    void compose_headset(Duration dt);
    void keep_pace(const xr::FrameTime& time, Time begun);
    void compose_desktop(const xr::DesktopState& desktop, float dt_s);
    void compose_legend(const xr::DesktopState& desktop);
    void compose_way();
    void follow_blend();
    void follow_registration();
    std::optional<scene::Hit> meet_machine(Ray ray, std::uint32_t equipment) const;
    void compose_registration();
    void write_touches();
    void compose_view();
    void compose_view_panels();
    void hear_outcomes();
    void refuse(std::string words); // they are shown for a moment, and it is heard
    Pose head() const;              // in the world, now
    void ask_keys(const xr::DesktopState& desktop);
    void ask_select(scene::NodeId node);
    void draw(bool render);
    void give_pictures(bool wait);
    void set_highlight(bool on);
    DVec3 below(const DVec3& eye) const;
    Pose eye_from_cursor(const xr::DesktopState& desktop) const;

    ClientOptions options_;
    Problems problems_;
    plant::Plant plant_;
    scene::Scene scene_;
    std::unique_ptr<Jobs> jobs_;
    std::unique_ptr<scene::HdrPixels> environment_;
    std::unique_ptr<xr::Host> host_;
    std::unique_ptr<Graphics> graphics_;
    Stage stage_;
    std::unique_ptr<Live> live_;
    std::unique_ptr<Layers> layers_;
    std::unique_ptr<Sounds> sounds_;
    scene::Picker picker_;
    Walker walker_, home_;
    bool home_said_ = false; // by the plant file or who began the visit; else it is where all that there is is seen
    work::ActionRegistry actions_;
    std::unique_ptr<RemoteControl> remote_;
    std::unique_ptr<UiFont> font_;
    std::unique_ptr<Ui> desktop_ui_;
    std::unique_ptr<HeadsetUi> headset_; // with a headset only
    Pace pace_;                          // likewise
    Locomotion::World world_;
    xr::Input input_; // of the last frame
    FrameStats stats_;
    std::shared_ptr<JobProblems> job_problems_ = std::make_shared<JobProblems>(); // of what is written on jobs
    Photos photos_{job_problems_};
    SettingsKeeper kept_settings_;
    ClientState state_;
    std::unique_ptr<UserView> view_;
    std::unique_ptr<ArRegistration> ar_;
    std::uint64_t ar_seen_ = 0;            // its revision
    std::vector<std::string> touch_words_; // of the points that are being touched
    std::uint32_t pointed_equipment_ = scene::kNone;
    DVec3 pointed_at_{0.0};
    xr::Blend blend_ = xr::Blend::Opaque; // as it was last
    PaletteState palette_;
    PartsState parts_;
    ViewToolsState view_tools_;
    struct Selection {
        scene::NodeId node;
        bool alone = false;
    };
    Selection before_selection_;
    Pose eye_;

    scene::Changes changes_;
    bool structure_pending_ = true; // the renderer has not seen all of the scene yet
    renderer::DrawList list_;
    std::vector<renderer::Label> labels_;
    std::vector<std::string> label_texts_, heads_, feet_; // by equipment: its name with its state, lines around it
    std::string way_words_;
    std::pair<twin::AlarmId, double> way_words_of_; // what they were made for, and its length
    std::vector<LabelPlace> label_places_;          // by equipment
    double tops_m_ = 0.0;                           // of the tallest machine and what is on it, in the world
    std::vector<renderer::Line> lines_;
    std::vector<renderer::Panel> panels_;
    std::vector<renderer::Prop> props_;
    std::vector<std::size_t> quads_;                      // of each panel its slot
    bool words_old_ = true;                               // something was heard since the labels' words were made
    LayerChoice words_of_;                                // what they were made for
    ActionCalls asked_;                                   // by the panels of this frame
    Keep keep_ = Keep::Nothing;                           // of the next frame
    std::vector<TakePicture> picture_asked_;              // of the next frame
    std::deque<std::vector<TakePicture>> pictures_drawn_; // one entry for each picture that the renderer still has
    std::uint64_t drawn_ = 0;
    std::uint64_t alarms_asked_ = 0, alarm_outcomes_ = 0; // actions on alarms
    std::size_t stage_told_ = 0, graphics_told_ = 0;      // of their problems
    bool tags_heard_ = false;
    std::optional<Time> ready_since_;
    Time started_{}, last_display_{}, next_recovery_{};
    bool lost_ = false;
    std::string lost_host_; // as it was called
    struct Standing {
        Walker walker;
        double zoom_fov_y_deg;
    };
    std::optional<Standing> before_jump_; // at a desk
    static constexpr Duration kRefusalShown = from_ms(6000);
    struct Refusal {
        std::string words;
        Time until{};
    } refusal_; // of what the user asked for last
};

} // namespace pw::app
