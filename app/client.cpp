// SPDX-License-Identifier: Apache-2.0
#include "app/client.h"

#include "app/client_actions.h"
#include "app/pointing.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/process.h"
#include "base/strings.h"

#include <glm/trigonometric.hpp>

#include <algorithm>
#include <cmath>
#include <format>
#include <limits>
#include <utility>

namespace pw::app {

namespace {

constexpr Duration kIdlePause = from_ms(20), kRecoveryPeriod = from_ms(300);
constexpr double kSight_m = 1e6;                // a click reaches as far as one sees
constexpr Duration kLongestStep = from_ms(250); // of walking: after a pause nobody has gone far

float zoom_factor(const xr::HostOptions& host, double fov_y_deg) {
    if (host.kind == xr::HostKind::Headset) return 1.f;
    return static_cast<float>(std::tan(glm::radians(fov_y_deg) * 0.5) / std::tan(glm::radians(host.fov_y_deg) * 0.5));
}

} // namespace

Client::Client(const ClientOptions& options)
    : options_(options), jobs_(make_jobs()), stage_(*jobs_), picker_(*jobs_), stats_(*jobs_),
      kept_settings_(options.settings_file.empty() ? settings_file() : options.settings_file, job_problems_) {
    state_.zoom_fov_y_deg = options.fov_y_deg.value_or(options.settings.fov_y_deg);
    options_.host.fov_y_deg = state_.zoom_fov_y_deg;
    options_.host.vsync = options.settings.vsync;
    options_.host.mirror = options.settings.mirror;
    if (options.photos_folder.empty()) options_.photos_folder = user_pictures_folder();
}

Client::~Client() {
    remote_.reset();
    if (graphics_ && !pictures_drawn_.empty()) finish_pictures();
    graphics_.reset(); // before the host, which it detaches
    host_.reset();
    live_.reset();
}

Result<std::unique_ptr<Client>> Client::make(const ClientOptions& options, std::unique_ptr<xr::Host> host) {
    std::unique_ptr<Client> client(new Client(options));
    client->started_ = system_clock().now();
    if (auto opened = client->open(); !opened) return std::unexpected(opened.error());
    client->host_ = std::move(host);
    if (!client->host_) {
        auto made = xr::make_host(client->options_.host);
        if (!made) return std::unexpected(made.error());
        client->host_ = std::move(*made);
    }
    auto made = client->make_graphics();
    if (!made && client->host_->kind() == xr::HostKind::Headset) {
        if (client->host_->recover()) // and if not, the runtime has gone meanwhile: it is waited for
            made = client->make_graphics();
        else
            client->lose_host();
    }
    if (!made && !client->lost_) return std::unexpected(made.error());
    client->blend_ = client->host_->blend(); // some headsets always show the world around
    return client;
}

Result<void> Client::open() {
    for (const auto& report : options_.settings_problems.list()) problems_.add(report.where, report.what);
    std::string environment = options_.environment_file;
    if (!options_.plant_file.empty()) {
        Reports found;
        auto plant = plant::read_plant(options_.plant_file, found);
        for (const auto& report : found.list()) problems_.add(report.where, report.what);
        if (!plant) return std::unexpected(plant.error());
        plant_ = std::move(*plant);
        if (environment.empty()) environment = plant_.environment.file;
    }
    auto live =
        Live::start(plant_, {options_.broker, options_.recording, jobs_.get(), options_.alarms_file, job_problems_});
    if (!live) return std::unexpected(live.error());
    live_ = std::move(*live);
    layers_ = std::make_unique<Layers>(plant_, *live_);
    sounds_ = std::make_unique<Sounds>(plant_, *live_, *layers_, options_.sound);
    ar_ = std::make_unique<ArRegistration>(plant_, *jobs_, job_problems_, options_.registrations_folder);
    if (!options_.model_file.empty()) {
        stage_.open_model(options_.model_file);
    } else {
        stage_.open(plant_, scene_);
    }
    if (!environment.empty()) {
        auto pixels = load_environment(environment);
        if (!pixels && !options_.environment_file.empty())
            return fail(Errc::Malformed, environment + ": " + pixels.error().what);
        if (pixels)
            environment_ = std::move(*pixels);
        else
            problems_.add(environment, pixels.error().what);
    }
    const bool worn = options_.host.kind == xr::HostKind::Headset;
    font_ = std::make_unique<UiFont>(find_font("Inter-Regular.otf"),
                                     static_cast<float>(options_.settings.ui_scale) * (worn ? kHeadsetLetters : 1.f));
    desktop_ui_ = std::make_unique<Ui>(*font_);
    world_.meet = [this](const Ray& ray, double max_m) { return picker_.pick(scene_, ray, max_m, cut()); };
    world_.rules.is_floor = [this](scene::NodeId node) { return machine_of(node) == scene::kNone; };
    if (worn) {
        headset_ =
            std::make_unique<HeadsetUi>(*this, *font_, HeadsetUi::Kept{options_.panels_file, *jobs_, job_problems_});
        state_.show_tree = false; // it would stand in the way
    }
    Reports found;
    view_ = std::make_unique<UserView>(
        scene_, *live_, state_.layers, *jobs_, job_problems_,
        viewpoints_file(options_.data_folder.empty() ? user_data_folder() : options_.data_folder, plant_.name,
                        opened_file()));
    view_->read(found);
    for (const auto& report : found.list()) problems_.add(report.where, report.what);
    const auto rights = work::rights_from_text(options_.settings.rights);
    if (!rights) return std::unexpected(rights.error());
    actions_.set_rights(*rights);
    add_client_actions(actions_, this);
    if (!options_.control_socket.empty()) {
        auto remote = RemoteControl::start(options_.control_socket);
        if (remote)
            remote_ = std::move(*remote);
        else
            problems_.add("plantwalk do", text(Text::NoControl) + remote.error().what);
    }
    resolve_placed();
    return {};
}

Result<void> Client::make_graphics() {
    auto graphics = Graphics::make(*host_, *jobs_, options_.settings, environment_.get());
    if (!graphics) return std::unexpected(graphics.error());
    graphics_ = std::move(*graphics);
    font_->set_texture(graphics_->renderer().add_texture(font_->picture()));
    log_info(formatted("drawing on {} for {}", graphics_->device().gpu_name(), host_->description()));
    structure_pending_ = true;
    if (headset_) headset_->set_renderer(graphics_->renderer());
    host_->allow_gaze(options_.settings.gaze);
    pace_.reset();
    return {};
}

void Client::lose_host() {
    lost_host_ = host_->description();
    problems_.stand(lost_host_, text(Text::HostLost));
    lose_graphics();
}

void Client::lose_graphics() {
    graphics_.reset();
    graphics_told_ = 0;
    for (auto& takers : std::exchange(pictures_drawn_, {})) { // they are taken again
        for (auto& take : takers) picture_asked_.push_back(std::move(take));
        keep_ = Keep::Still;
    }
    lost_ = true;
    next_recovery_ = system_clock().now();
}

bool Client::recover() {
    const Time now = system_clock().now();
    if (now < next_recovery_) return false;
    next_recovery_ = now + kRecoveryPeriod;
    if (!host_->recover()) return false;
    if (auto made = make_graphics(); !made) {
        log_warn("not back yet: " + made.error().what);
        graphics_.reset();
        return false;
    }
    log_info("drawing again");
    if (headset_) {
        ar_->space_lost();
        headset_->locomotion().space_lost();
    }
    problems_.stand(lost_host_, ""); // it may be another one now
    lost_ = false;
    return true;
}

bool Client::frame() {
    if (state_.quit || stop_requested()) {
        // A headset's session ends in its own time, and frames go on until it has; the host gives it three seconds.
        if (lost_ || host_->kind() != xr::HostKind::Headset) return false;
        host_->request_exit();
    }
    if (lost_ && !recover()) {
        if (host_->poll() == xr::HostState::Finished) return false; // also keeps the mirror window answering
        step({.display = system_clock().now(), .period = kIdlePause, .render = false});
        pause_for(kIdlePause);
        return true;
    }
    switch (host_->poll()) {
    case xr::HostState::Finished:
        return false;
    case xr::HostState::Lost:
        lose_host();
        return true;
    case xr::HostState::Idle:
        step({.display = system_clock().now(), .period = kIdlePause, .render = false});
        pause_for(kIdlePause);
        return true;
    case xr::HostState::Running:
        break;
    }
    const auto time = host_->wait_frame();
    if (!time) return true;
    const Time begun = system_clock().now();
    stats_.begin_frame(begun);
    graphics_->renderer().begin_frame();
    input_ = host_->input();
    // The time that has passed, not the display's period: a software rasteriser makes ten frames a second.
    const Duration dt =
        last_display_ == Time{} ? Duration{} : std::clamp(time->display - last_display_, Duration{}, kLongestStep);
    follow_registration();
    if (headset_) {
        headset_->attend(input_);
        headset_->step(input_, dt);
    } else {
        step_desktop(input_, dt);
    }
    step(*time);
    compose(input_, dt);
    draw(time->render);
    if (time->render) stats_.end_frame(system_clock().now(), host_->ages().pose, host_->ages().late);
    if (headset_ && time->render) keep_pace(*time, begun);
    give_pictures(/* wait= */ false);
    return true;
}

// What the frame took, by which the next ones are drawn more or less finely.
void Client::keep_pace(const xr::FrameTime& time, Time begun) {
    const Time now = system_clock().now();
    if (options_.settings.pace)
        pace_.frame(now - begun, time.period, host_->ages().late, now);
    else
        pace_.reset();
    host_->set_scale(relief_scale(pace_.relief()));
}

// The world goes on whether or not anything is drawn.
void Client::step(const xr::FrameTime& time) {
    last_display_ = time.display;
    if (remote_) remote_->step(actions_, alarms_asked_);
    if (stage_.step(scene_)) resolve_placed();
    follow_blend();
    view_->step();
    words_old_ = live_->step(scene_, time.display, problems_) || words_old_;
    hear_outcomes();
    layers_->step(scene_, state_.layers, interaction::feet(walker_.stance(), input_.origin_from_head), time.display);
    sounds_->step({head(), headset_ ? walker_.stance().scale : 1.0}, options_.settings, time.display, problems_);
    tell_problems();
    hear_tags();
    if (on_step) on_step(system_clock().now() - started_);
    changes_ = scene_.update();
    picker_.sync(scene_, changes_);
    changes_.structure = changes_.structure || structure_pending_;
    if (!graphics_ || !time.render) structure_pending_ = true; // what the renderer missed, it reads again
}

void Client::tell_problems() {
    const auto tell = [this](const std::vector<Report>& found, std::size_t& told) {
        for (; told < found.size(); ++told) problems_.add(found[told].where, found[told].what);
    };
    tell(stage_.problems().list(), stage_told_);
    if (graphics_) tell(graphics_->renderer().problems().list(), graphics_told_);
    if (auto* twin = live_->twin(); twin != nullptr) problems_.stand(options_.broker, twin->snapshot().problem);
    if (const auto* memory = live_->memory(); memory != nullptr)
        problems_.stand(memory->file(), live_->away() ? live_->snapshot().problem : "");
    job_problems_->drain(problems_);
    if (const auto photo = photos_.take_told()) say(vformatted(text(Text::PhotoIsAt), std::make_format_args(*photo)));
}

bool Client::ready() const {
    return stage_.complete() && graphics_ && drawn_ > 0 && graphics_->renderer().settled() && picker_.ready();
}

// Whether every tag has said something, or has had its time.
void Client::hear_tags() {
    if (tags_heard_ || !live_->has_broker() || !ready()) return;
    const Time now = system_clock().now();
    if (!ready_since_) ready_since_ = now;
    const auto silent = live_->silent_tags();
    tags_heard_ = silent.empty() || now - *ready_since_ >= options_.tag_patience;
    if (!tags_heard_ || silent.empty()) return;
    std::string names;
    const std::size_t count = silent.size();
    constexpr std::size_t kNamed = 12;
    for (std::size_t i = 0; i < std::min(silent.size(), kNamed); ++i) names += (i == 0 ? "" : ", ") + silent[i];
    if (silent.size() > kNamed) names += ", …";
    problems_.add(options_.broker, vformatted(text(Text::TagsSilent), std::make_format_args(count, names)));
}

void Client::draw(bool render) {
    if (!render) {
        host_->end_frame(/* drawn= */ false, renderer::kNearPlane_m);
        return;
    }
    graphics_->renderer().sync(scene_, changes_);
    structure_pending_ = false;
    const auto drawn =
        graphics_->draw(list_, walker_.stance(), zoom_factor(options_.host, state_.zoom_fov_y_deg), keep_, quads_);
    if (drawn == Graphics::Drawn::Yes) {
        keep_ = Keep::Nothing;
        ++drawn_;
        if (!picture_asked_.empty()) pictures_drawn_.push_back(std::exchange(picture_asked_, {}));
    } else if (drawn == Graphics::Drawn::DeviceLost) {
        lost_host_ = host_->description();
        problems_.stand(lost_host_, text(Text::GpuLost));
        lose_graphics();
    }
}

// From the eye through where the cursor is on the picture.
Pose Client::eye_from_cursor(const xr::DesktopState& desktop) const {
    const double half = std::tan(glm::radians(state_.zoom_fov_y_deg) * 0.5);
    const double aspect = static_cast<double>(desktop.width) / static_cast<double>(desktop.height);
    const double x = (2.0 * static_cast<double>(desktop.cursor_px.x) / desktop.width - 1.0) * half * aspect;
    const double y = (1.0 - 2.0 * static_cast<double>(desktop.cursor_px.y) / desktop.height) * half;
    return {DVec3(0.0), look_rotation({static_cast<float>(x), static_cast<float>(y), -1.f})};
}

void Client::step_desktop(const xr::Input& input, Duration dt) {
    const auto& desktop = input.desktop;
    if (!desktop_ui_->wants_keys()) {
        ask_keys(desktop);
        walker_.step(desktop, options_.settings, dt);
    }
    host_->set_eye(walker_.origin_from_eye());
    // Also while the window has no focus: the click brings it.
    if (!desktop.button_pressed[0] || desktop_ui_->wants_pointer() || desktop.width == 0) return;
    const Pose aim = walker_.world_from_eye() * eye_from_cursor(desktop);
    point_at({aim.position, aim.orientation * Vec3(0.f, 0.f, -1.f)});
}

void Client::point_at(const Ray& ray) {
    const bool registers = view_->tool.held() == Tool::Register && ar_->flow() != nullptr;
    const auto hit = registers ? meet_machine(ray, ar_->flow()->equipment) : picker_.pick(scene_, ray, kSight_m, cut());
    if (registers && !hit) return say(text(Text::PointAtMachine));
    if (hit) {
        pointed_equipment_ = machine_of(hit->node);
        pointed_at_ = hit->point;
    }
    if (hit && use_tool(*hit)) return;
    if (view_->tool.held() == Tool::None) ask_select(hit ? hit->node : scene::NodeId{});
}

std::uint32_t Client::machine_of(scene::NodeId node) const {
    return node && node.index < scene_.node_count() ? live_->equipment_of(scene_.placed_of(node)) : scene::kNone;
}

// What a key, a click or a panel asks for. A refusal is said where people look.
bool Client::ask(std::string_view action, std::string_view arguments) {
    const auto done = actions_.call(action, arguments);
    if (!done) refuse(actions_.find(action)->title + ": " + done.error().what);
    return done.has_value();
}

void Client::ask_select(scene::NodeId node) {
    if (!node)
        ask("view.clear_selection");
    else
        ask("view.select", formatted(R"({{"part":{}}})", json_quote(plant::to_text(scene_.part(node)))));
}

void Client::set_camera(const CameraSetting& camera) {
    walker_.look(camera.eye_m, camera.target_m);
    state_.zoom_fov_y_deg = camera.fov_y_deg;
    if (host_) host_->set_eye(walker_.origin_from_eye());
}

void Client::jump_to(const CameraSetting& camera) {
    if (headset_) {
        const DVec3 way = camera.target_m - camera.eye_m;
        return jump_headset(below(camera.eye_m), std::atan2(-way.x, -way.z));
    }
    before_jump_.emplace(walker_, state_.zoom_fov_y_deg);
    set_camera(camera);
}

// The floor that somebody with their eyes there stands on.
DVec3 Client::below(const DVec3& eye) const {
    constexpr double kDeepest_m = 4.0;
    const auto floor = picker_.pick(scene_, {eye, Vec3(0.f, -1.f, 0.f)}, kDeepest_m);
    return floor ? floor->point : eye - DVec3(0.0, Walker::kEyeHeight_m, 0.0);
}

void Client::begin_at(const CameraSetting& camera) {
    set_camera(camera);
    home_ = walker_;
    home_said_ = true;
}

void Client::jump_headset(const DVec3& feet, double yaw_rad) {
    headset_->locomotion().jump([=](const interaction::Stance& from, const Pose& head, const Locomotion::World&) {
        return interaction::land(from, head, {feet, yaw_rad});
    });
}

Result<void> Client::go_back() {
    const bool jumped = headset_ ? headset_->locomotion().go_back() : before_jump_.has_value();
    if (!jumped) return fail(Errc::NotFound, "there was no jump to go back from");
    if (headset_) return {};
    std::swap(walker_, before_jump_->walker);
    std::swap(state_.zoom_fov_y_deg, before_jump_->zoom_fov_y_deg);
    if (host_) host_->set_eye(walker_.origin_from_eye());
    return {};
}

Result<void> Client::change_setting(std::string_view name, std::string_view value) {
    if (auto set = set_setting(options_.settings, name, value); !set) return set;
    if (name == "gaze") host_->allow_gaze(options_.settings.gaze);
    if (name == "fov_y_deg") {
        options_.fov_y_deg.reset();
        state_.zoom_fov_y_deg = options_.settings.fov_y_deg;
    }
    kept_settings_.keep(*jobs_, std::string(name), std::string(value));
    return {};
}

void Client::go_home() {
    if (headset_) return jump_headset(home_.stance().position, home_.stance().yaw_rad);
    before_jump_.emplace(walker_, state_.zoom_fov_y_deg);
    walker_ = home_;
    state_.zoom_fov_y_deg = options_.fov_y_deg.value_or(options_.settings.fov_y_deg);
}

const std::string& Client::opened_file() const {
    return options_.plant_file.empty() ? options_.model_file : options_.plant_file;
}

const renderer::RenderStats& Client::render_stats() const {
    static const renderer::RenderStats kNothing;
    return graphics_ ? graphics_->renderer().stats() : kNothing;
}

const std::string& Client::gpu_name() const {
    static const std::string kNone = "none";
    return graphics_ ? graphics_->device().gpu_name() : kNone;
}
std::uint32_t Client::validation_messages() const { return graphics_ ? graphics_->device().validation_messages() : 0; }

} // namespace pw::app
