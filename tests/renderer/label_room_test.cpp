// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/label_room.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

using namespace pw::renderer;

namespace {

bool overlap(const LabelBox& a, const LabelBox& b) {
    return std::abs(a.x - b.x) < a.half_width + b.half_width && a.y < b.y + b.height && b.y < a.y + a.height;
}

} // namespace

TEST_SUITE("renderer/label_room") {
    TEST_CASE("labels on one spot end up above each other, the nearest where it was") {
        std::array<LabelBox, 5> boxes;
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            boxes[i] = {.x = 0.1f * static_cast<float>(i), .half_width = 2.f, .height = 1.f, .gives_way = true};
        }
        make_room(boxes);
        CHECK(boxes[0].y == 0.f);
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            for (std::size_t k = 0; k < i; ++k) CHECK_FALSE(overlap(boxes[i], boxes[k]));
        }
    }

    TEST_CASE("who does not give way stays, and what is apart is left alone") {
        std::array boxes{LabelBox{.half_width = 2.f, .height = 1.f},
                         LabelBox{.x = 1.f, .y = 0.5f, .half_width = 2.f, .height = 1.f},
                         LabelBox{.x = 9.f, .half_width = 2.f, .height = 1.f, .gives_way = true},
                         LabelBox{.y = -1.5f, .half_width = 2.f, .height = 1.f, .gives_way = true}};
        make_room(boxes);
        CHECK(boxes[1].y == 0.5f);
        CHECK(boxes[2].y == 0.f);
        CHECK(boxes[3].y == -1.5f);
    }

    TEST_CASE("sliding past each other, a label rises without a jump") {
        float last = 0.f;
        for (int step = 0; step <= 500; ++step) {
            std::array boxes{
                LabelBox{.half_width = 2.f, .height = 1.f, .gives_way = true},
                LabelBox{
                    .x = 5.f - 0.01f * static_cast<float>(step), .half_width = 2.f, .height = 1.f, .gives_way = true}};
            make_room(boxes);
            CHECK(boxes[1].y - last < 0.05f);
            last = boxes[1].y;
        }
        CHECK(last > 1.f);
    }
}
