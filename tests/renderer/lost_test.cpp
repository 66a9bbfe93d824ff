// SPDX-License-Identifier: Apache-2.0
// A device that is really lost, in each call that can say so.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"
#include "tests/vulkan_layer/fault_layer.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;

namespace {

struct Shot {
    scene::Scene scene;
    renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, 320.f / 240.f);
    renderer::DrawList list;
    Shot() {
        ModelBuilder builder;
        builder.object("cube", box_geometry(), unlit({0.f, 1.f, 0.f, 1.f}));
        scene.place(builder.take(), {}, "cube");
        list.views = {&view, 1};
    }
};

bool lost_within(Studio& studio, Shot& shot, int frames) {
    for (int i = 0; i < frames; ++i) {
        if (studio.frame(shot.scene, shot.list) == renderer::DrawResult::DeviceLost) return true;
    }
    return false;
}

} // namespace

TEST_SUITE("renderer/lost [gpu]") {
    TEST_CASE("a device lost in a frame is told by draw, and a renderer made again draws the same") {
        for (const char* call : {"vkWaitForFences", "vkQueueSubmit2"}) {
            CAPTURE(call);
            FaultLayer faults;
            auto studio = Studio::make();
            if (!studio) return;
            Shot shot;
            const scene::Pixels before = studio->picture(shot.scene, shot.list);
            faults.lose(call);
            CHECK(lost_within(*studio, shot, 3)); // the third takes the slot of the first
            CHECK(lost_within(*studio, shot, 1)); // it stays so
            CHECK(studio->device().validation_messages() == 0);
            studio->rebuild();
            CHECK(largest_difference(studio->picture(shot.scene, shot.list), before) == 0);
            CHECK(studio->device().validation_messages() == 0);
        }
    }

    TEST_CASE("a picture that is waited for on a lost device does not come") {
        FaultLayer faults;
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        REQUIRE(studio->frame(shot.scene, shot.list, /* read_back= */ true) == renderer::DrawResult::Done);
        faults.lose("vkWaitForFences");
        CHECK(!studio->renderer().take_picture(/* wait= */ true));
        CHECK(lost_within(*studio, shot, 1));
    }

    TEST_CASE("a device lost while something is prepared outside of frames is told by the next draw") {
        for (const char* call : {"vkQueueSubmit2", "vkQueueWaitIdle"}) {
            CAPTURE(call);
            FaultLayer faults;
            auto studio = Studio::make();
            if (!studio) return;
            Shot shot;
            CHECK(!lost_within(*studio, shot, 2));
            faults.lose(call);
            CHECK(studio->renderer().add_texture({1, 1, {255, 255, 255, 255}}) != 0);
            CHECK(lost_within(*studio, shot, 1));
        }
    }

    TEST_CASE("a device that is lost while its renderer is made is told by the first draw") {
        FaultLayer faults;
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        const auto jobs = make_jobs_inline();
        faults.lose("vkQueueSubmit2");
        auto other = renderer::Renderer::make(studio->device(), *jobs, {});
        REQUIRE(other);
        (*other)->begin_frame();
        (*other)->sync(shot.scene, shot.scene.update());
        CHECK((*other)->draw(shot.list, studio->target(false)) == renderer::DrawResult::DeviceLost);
    }
}
