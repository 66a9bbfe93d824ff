#pragma once
// SPDX-License-Identifier: Apache-2.0
// A person in Monado's simulated headset who visits a plant with the built program: moves head and hands as people do,
// and asks the program where everything is (`plantwalk do app.where`).

#include "tests/app/program.h"
#include "xr/monado_remote.h"
#include "xr/monado_service.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pw::test {

struct VisitOptions {
    xr::MonadoOptions monado;
    std::string settings = R"({"validation": true, "tutorial_done": true})"; // of the program, before it starts
    Environment environment;                                                 // of the program, before what Monado wants
};

class Person {
  public:
    enum class Side : std::size_t { Left, Right };

    // False after a skip where there is no Monado. Afterwards the program draws a plant, settled, and the hands are up.
    bool visit(const std::vector<std::string>& arguments, const VisitOptions& options = {});

    Program& program() { return *program_; }
    xr::MonadoService& monado() { return *monado_; }
    const TempFolder& folder() const { return folder_; }
    xr::RemoteState state; // change, then send()
    void send();
    bool reconnect();             // to a runtime that was started anew
    nlohmann::json where() const; // app.where
    nlohmann::json ask(const std::vector<std::string>& words) const { return program_->ask(words); }
    bool until(const std::function<bool(const nlohmann::json& where)>& holds, Duration patience = kPatience) const;
    void frames(std::uint64_t count) const; // that the program draws
    bool rests() const;                     // waits until panels and hands are where they were three frames ago

    xr::RemoteHand& hand(Side side) { return state.hands[static_cast<std::size_t>(side)]; }
    void look_at(const DVec3& world);               // turns the head
    void point(Side side, const DVec3& world);      // from where the hand is
    void point_bare(Side side, const DVec3& world); // a bare hand: its ray leads away from the shoulder
    // Moves the hand so that what pokes is there, or so far beyond it (before it: negative), as seen from the head.
    void touch(Side side, const DVec3& world, double beyond_m = 0.0);
    void reach(Side side, const DVec3& user); // so that what pokes is there in the user's space, held as before
    void palm_up(Side side);                  // before the face, its palm to it, and looks there
    void click(Side side);                    // trigger pulled and let go
    void stick(Side side, Vec2 to);           // held until the program has seen it, and sent back by stick(side, {})

    // Of a panel by its name, in the world: the middle of the pixel, or nothing when it is not shown.
    std::optional<DVec3> on_panel(const std::string& name, Vec2 pixel) const;

  private:
    Pose user_from_world(const Pose& world) const;
    Pose grip_for_aim(Side side, const Pose& user_from_aim) const;

    TempFolder folder_;
    std::optional<xr::MonadoService> monado_;
    std::optional<xr::MonadoRemote> remote_;
    std::optional<Program> program_;
    std::array<Pose, 2> grip_from_aim_, grip_from_poke_;
};

Pose pose_of(const nlohmann::json& written); // {"position": […], "orientation": [x, y, z, w]}
DVec3 place_of(const nlohmann::json& written);

} // namespace pw::test
