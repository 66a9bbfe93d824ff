#pragma once
// SPDX-License-Identifier: Apache-2.0
// A client in this process, on a host that a test plays: it says which kind it is, what the input is and what time it
// is; its pictures go to memory.

#include "app/client.h"
#include "tests/app/program.h"
#include "tests/twin/net.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pw::test {

class PlayedHost final : public xr::Host {
  public:
    PlayedHost(xr::HostKind kind, std::unique_ptr<xr::Host> offscreen);
    xr::Input played;
    Duration period = from_ms(16);
    bool render = true;
    struct Pulse {
        std::size_t hand = 0;
        float amplitude = 0.f;
    };
    std::vector<Pulse> pulses; // that were sent
    double scale = 0.0;        // of the images, as was asked for last; 0: never
    bool gaze_allowed = false;
    bool late = false; // every frame
    bool lost = false; // the next time that it is asked
    int gone = 0;      // so many times more it cannot be attached to, nor recover
    std::vector<xr::Blend> offered;
    xr::Blend blended = xr::Blend::Opaque;

    xr::HostKind kind() const override { return kind_; }
    std::string description() const override { return "played"; }
    Result<void> attach(const xr::Gpu& gpu) override { return is_gone() ? is_away() : offscreen_->attach(gpu); }
    void detach() override { offscreen_->detach(); }
    VkFormat color_format() const override { return offscreen_->color_format(); }
    std::uint32_t view_count() const override { return offscreen_->view_count(); }
    Result<void> recover() override { return is_gone() ? is_away() : offscreen_->recover(); }
    xr::HostState poll() override { return std::exchange(lost, false) ? xr::HostState::Lost : offscreen_->poll(); }
    std::optional<xr::FrameTime> wait_frame() override;
    const xr::Input& input() override { return played; }
    std::span<const xr::EyeView> locate() override { return offscreen_->locate(); }
    std::optional<xr::FrameImage> acquire() override { return offscreen_->acquire(); }
    void end_frame(bool drawn, float near_m) override { offscreen_->end_frame(drawn, near_m); }
    void request_exit() override { offscreen_->request_exit(); }
    void set_eye(const Pose& eye) override { offscreen_->set_eye(eye); }
    std::vector<xr::Blend> blends() const override { return offered; }
    xr::Blend blend() const override { return blended; }
    Result<void> set_blend(xr::Blend blend) override;
    void vibrate(std::size_t hand, float amplitude, Duration) override { pulses.push_back({hand, amplitude}); }
    bool allow_gaze(bool allowed) override { return gaze_allowed = allowed, true; }
    void set_scale(double share) override { scale = share; }
    xr::FrameAges ages() const override { return {.late = late}; }

  private:
    bool is_gone() { return gone > 0 && gone-- > 0; }
    static Result<void> is_away() { return fail(Errc::Unavailable, "the runtime is away"); }

    xr::HostKind kind_;
    std::unique_ptr<xr::Host> offscreen_;
    Time now_{from_ms(1000).ns};
};

// A visit to the plant of tests/app/bars.h, or to `plant`.
struct Visit {
    TempFolder folder;
    app::ClientOptions options;
    PlayedHost* host = nullptr;
    std::unique_ptr<app::Client> client;
    bool gone_at_first = false;              // the host, when the visit begins
    std::function<void(app::Client&)> begun; // before its first frame

    explicit Visit(const std::string& plant = "");
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    // False after skip() when there is no Vulkan here. Afterwards everything is loaded.
    bool begin(xr::HostKind kind);
    void frames(int count);
    scene::NodeId root(const std::string& placed) const;
    std::uint8_t flags(const std::string& placed) const { return client->scene().style(root(placed)).flags; }
    scene::Pixels picture();

    // The right hand points from where it is (at the right of the head) to a place in the world.
    void point_at(const DVec3& place);
    void pull_trigger(); // presses and lets go again
};

// What an action answers, or "refused: why".
std::string call(Visit& visit, const std::string& action, const std::string& arguments = "{}");

// A visit to a plant that lives: an edge node that a test plays, on a broker of its own.
struct LiveVisit {
    using Values = std::vector<std::pair<const char*, twin::Value>>;
    std::unique_ptr<TestBroker> broker = TestBroker::start();
    Visit visit;
    std::unique_ptr<MqttListener> plant;
    std::uint8_t seq = 0;

    explicit LiveVisit(const std::string& plant_file) : visit(plant_file) {}
    // False after a skip. Afterwards "left" has said these values.
    bool begin(xr::HostKind kind, const Values& values);
    void say(const std::string& topic, const Values& values); // "DDATA/node/left"
    template <class Condition> bool until(Condition condition) {
        return eventually([&] {
            visit.frames(1);
            return condition();
        });
    }
    app::Live& live() { return visit.client->live(); }
    const app::Layers& layers() const { return visit.client->layers(); }
    std::uint32_t left() const { return plant::find_equipment(visit.client->plant(), "left"); }
    std::string above() const; // what stands over it
    std::string call(const std::string& action, const std::string& arguments = "{}") {
        return test::call(visit, action, arguments);
    }
};

} // namespace pw::test
