// SPDX-License-Identifier: Apache-2.0
// What is loaded beside the frames, and what is not loaded any more.
#include "app/stage.h"

#include "base/file.h"
#include "tests/app/bars.h"
#include "tests/app/program.h"
#include "tests/support/held_jobs.h"

#include <doctest/doctest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>

using namespace pw;
using namespace pw::app;
using namespace pw::test;

namespace {

// Whether a file is opened.
class Watch {
  public:
    explicit Watch(const std::string& file) { REQUIRE(::inotify_add_watch(fd_, file.c_str(), IN_OPEN) >= 0); }
    ~Watch() { ::close(fd_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    bool opened() const { // since it was asked last
        alignas(inotify_event) std::array<char, 4096> events;
        return ::read(fd_, events.data(), events.size()) > 0;
    }

  private:
    int fd_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
};

} // namespace

TEST_SUITE("app/stage") {
    TEST_CASE("a single file is loaded beside the frames, and why it cannot be shown is kept") {
        const TempFolder temp;
        REQUIRE(write_text(temp / "bars.gltf", two_bars("left")));
        HeldJobs jobs;
        scene::Scene scene;
        Stage stage(jobs), missing(jobs);
        stage.open_model(temp / "bars.gltf");
        missing.open_model(temp / "nothing.glb");
        CHECK_FALSE(stage.step(scene));
        CHECK_FALSE(stage.complete());
        jobs.release();
        CHECK(stage.step(scene));
        CHECK(stage.complete());
        CHECK_FALSE(stage.refused());
        REQUIRE(scene.placed().size() == 1);
        CHECK(scene.placed()[0].name == "bars.gltf");
        CHECK(missing.step(scene));
        REQUIRE(missing.refused());
        CHECK(missing.refused()->code == Errc::NotFound);
        CHECK(missing.refused()->what.contains("nothing.glb"));
        CHECK(missing.problems().empty());
        CHECK(scene.placed().size() == 1);
    }

    TEST_CASE("what a stage had still to load when it ends is not even opened") {
        const TempFolder temp;
        const std::string file = temp / "bars.gltf";
        REQUIRE(write_text(file, two_bars("left")));
        const Watch watch(file);
        HeldJobs jobs;
        Stage lives(jobs);
        lives.open_model(file);
        jobs.release();
        CHECK(watch.opened());
        {
            Stage ends(jobs);
            ends.open_model(file);
        }
        REQUIRE(jobs.held.size() == 1);
        jobs.release();
        CHECK_FALSE(watch.opened());
    }
}
