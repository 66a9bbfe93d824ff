// SPDX-License-Identifier: Apache-2.0
#include "tests/renderer/studio.h"

#include "base/assert.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

namespace pw::test {

using namespace renderer;

std::unique_ptr<Studio> Studio::make(const OffscreenOptions& options) {
    auto studio = std::make_unique<Studio>();
    studio->options_ = options;
    studio->options_.validation = true;
    if (options.cache_folder.empty()) studio->options_.cache_folder = (build_dir() / "test_cache").string();
    auto made = Offscreen::make(studio->options_, *studio->jobs_);
    if (!made) {
        skip(made.error().what);
        return nullptr;
    }
    studio->offscreen_ = std::move(*made);
    return studio;
}

void Studio::rebuild() {
    offscreen_.reset();
    auto made = Offscreen::make(options_, *jobs_);
    REQUIRE(made);
    offscreen_ = std::move(*made);
}

DrawResult Studio::frame(scene::Scene& scene, const DrawList& list, bool read_back) {
    renderer().begin_frame();
    renderer().sync(scene, scene.update());
    Target wanted = target(read_back);
    wanted.copies_show_panels = copies_show_panels;
    return renderer().draw(list, wanted);
}

scene::Pixels Studio::picture(scene::Scene& scene, const DrawList& list, bool settle) {
    do { REQUIRE(frame(scene, list) == DrawResult::Done); } while (settle && !renderer().settled());
    REQUIRE(frame(scene, list, /* read_back= */ true) == DrawResult::Done);
    auto picture = renderer().take_picture(/* wait= */ true);
    REQUIRE(picture.has_value());
    return std::move(*picture);
}

Rgba pixel(const scene::Pixels& p, std::uint32_t x, std::uint32_t y) {
    const std::size_t at = (std::size_t{y} * p.width + x) * 4;
    return {p.rgba[at], p.rgba[at + 1], p.rgba[at + 2], p.rgba[at + 3]};
}

int largest_difference(const scene::Pixels& a, const scene::Pixels& b) {
    PW_ASSERT(a.rgba.size() == b.rgba.size(), "pictures of one size");
    int largest = 0;
    for (std::size_t i = 0; i < a.rgba.size(); ++i) largest = std::max(largest, std::abs(a.rgba[i] - b.rgba[i]));
    return largest;
}

} // namespace pw::test
