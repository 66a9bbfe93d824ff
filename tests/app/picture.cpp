// SPDX-License-Identifier: Apache-2.0
#include "tests/app/picture.h"

#include "base/file.h"
#include "base/format.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace pw::test {

Picture photo(Program& program, const TempFolder& folder) {
    static int count = 0;
    const std::string file = folder / formatted("{}.png", ++count);
    const auto answer = program.ask({"view.photo", "file=" + file});
    REQUIRE_MESSAGE(answer["ok"] == true, answer.dump());
    REQUIRE(eventually([&] { return file_exists(file); }));
    return picture_of(file);
}

Picture without_status_bar(Picture picture) {
    const std::size_t bar = std::size_t{4} * picture.width * 60;
    std::fill(picture.rgba.end() - static_cast<std::ptrdiff_t>(bar), picture.rgba.end(), std::uint8_t{0});
    return picture;
}

Mask differing(const Picture& a, const Picture& b) {
    REQUIRE(a.rgba.size() == b.rgba.size());
    Mask out(a.rgba.size() / 4);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = !std::equal(a.rgba.begin() + static_cast<std::ptrdiff_t>(i * 4),
                             a.rgba.begin() + static_cast<std::ptrdiff_t>(i * 4 + 4),
                             b.rgba.begin() + static_cast<std::ptrdiff_t>(i * 4));
    return out;
}

Mask either(Mask a, const Mask& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = a[i] || b[i];
    return a;
}

Mask both(Mask a, const Mask& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = a[i] && b[i];
    return a;
}

Mask neither(Mask a, const Mask& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = !a[i] && !b[i];
    return a;
}

long size_of(const Mask& mask) { return std::ranges::count(mask, true); }

long outside(const Mask& what, const Mask& of) {
    long count = 0;
    for (std::size_t i = 0; i < what.size(); ++i) count += what[i] && !of[i];
    return count;
}

std::string box_of(const Mask& mask, std::uint32_t width) {
    std::size_t left = width, right = 0, top = mask.size(), bottom = 0;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (!mask[i]) continue;
        left = std::min(left, i % width);
        right = std::max(right, i % width);
        top = std::min(top, i / width);
        bottom = std::max(bottom, i / width);
    }
    return left > right ? "nowhere" : formatted("x {} to {}, y {} to {}", left, right, top, bottom);
}

double saturation(const Picture& picture, const Mask& mask) {
    double sum = 0.0;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (!mask[i]) continue;
        const auto [low, high] = std::minmax({picture.rgba[i * 4], picture.rgba[i * 4 + 1], picture.rgba[i * 4 + 2]});
        sum += high - low;
    }
    return sum / static_cast<double>(std::max(size_of(mask), 1L));
}

} // namespace pw::test
