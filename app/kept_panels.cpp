// SPDX-License-Identifier: Apache-2.0
#include "app/kept_panels.h"

#include "app/headset_surfaces.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"

#include <glm/gtc/quaternion.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace pw::app {

namespace {

using interaction::PanelPlace;
using interaction::PlaceIn;
using nlohmann::json;

constexpr std::string_view kFormat = "plantwalk-panels";
constexpr int kVersion = 1;
constexpr std::uint64_t kMaxBytes = 1u << 20;
constexpr std::size_t kDeepest = 8;
constexpr double kFarthest_m = 1000.0; // nobody takes a panel farther in their own space, be it a hall

// The card goes to the next machine that is selected: it has no place of its own.
bool is_kept(std::string_view name) {
    for (std::size_t s = 0; s < kSurfaces; ++s) {
        const auto& look = look_of(static_cast<SurfaceId>(s));
        if (look.name == name) return look.movable && static_cast<SurfaceId>(s) != SurfaceId::Card;
    }
    return false;
}

template <std::size_t N> std::optional<std::array<double, N>> numbers(const json& in, const char* name, double most) {
    const auto found = in.find(name);
    if (found == in.end() || !found->is_array() || found->size() != N) return std::nullopt;
    std::array<double, N> out{};
    for (std::size_t i = 0; i < N; ++i) {
        const json& number = (*found)[i];
        if (!number.is_number() || !(std::abs(number.get<double>()) <= most)) return std::nullopt;
        out[i] = number.get<double>();
    }
    return out;
}

Result<PanelPlace> place_of(const json& in) {
    if (!in.is_object() || !in.contains("name") || !in["name"].is_string() || !is_kept(in["name"].get<std::string>()))
        return fail(Errc::Malformed, "name must be that of a panel that can be moved");
    const auto at = numbers<3>(in, "position", kFarthest_m);
    if (!at) return fail(Errc::Malformed, formatted("position must be three numbers up to {} m", kFarthest_m));
    const auto q = numbers<4>(in, "orientation", 1.001);
    if (!q) return fail(Errc::Malformed, "orientation must be the four numbers of a quaternion");
    const Quat turn(static_cast<float>((*q)[3]), static_cast<float>((*q)[0]), static_cast<float>((*q)[1]),
                    static_cast<float>((*q)[2]));
    if (glm::length(turn) < 0.5f) return fail(Errc::Malformed, "orientation must be of length 1");
    return PanelPlace{.name = in["name"].get<std::string>(),
                      .in = PlaceIn::User,
                      .pose = {{(*at)[0], (*at)[1], (*at)[2]}, glm::normalize(turn)}};
}

} // namespace

std::string panels_file() { return join_path(user_state_folder(), "panels.json"); }

std::string panels_text(std::span<const PanelPlace> places) {
    JsonWriter w;
    w.begin_object().member("format", kFormat).member("version", kVersion).key("panels").begin_array();
    for (const auto& place : places) {
        if (place.in != PlaceIn::User || !is_kept(place.name)) continue;
        const DVec3& p = place.pose.position;
        if (!(std::max({std::abs(p.x), std::abs(p.y), std::abs(p.z)}) <= kFarthest_m)) continue;
        const Quat& q = place.pose.orientation;
        w.begin_object().member("name", place.name);
        w.key("position").begin_array().value(p.x).value(p.y).value(p.z).end_array();
        w.key("orientation").begin_array();
        for (const float v : {q.x, q.y, q.z, q.w}) w.value(static_cast<double>(v));
        w.end_array().end_object();
    }
    w.end_array().end_object();
    return w.take() + "\n";
}

Result<std::vector<PanelPlace>> parse_panels(Bytes bytes, Reports& problems) {
    const bool deep = json_is_deeper(as_text(bytes), kDeepest);
    const auto in = json::parse(deep ? "" : as_text(bytes), nullptr, /* allow_exceptions= */ false);
    if (!in.is_object() || in.value("format", json()) != json(kFormat) || !in.contains("panels") ||
        !in["panels"].is_array())
        return fail(Errc::Malformed, "is not a file of panels' places");
    if (in.value("version", json()) != json(kVersion))
        return fail(Errc::Unsupported, "is of another version of the program");
    std::vector<PanelPlace> out;
    const json& list = in["panels"];
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto place = place_of(list[i]);
        if (!place)
            problems.add(formatted("/panels/{}", i), place.error().what);
        else if (std::ranges::contains(out, place->name, &PanelPlace::name))
            problems.add(formatted("/panels/{}", i), "is there twice");
        else
            out.push_back(std::move(*place));
    }
    return out;
}

Result<std::vector<PanelPlace>> read_panels(const std::string& file, Reports& problems) {
    if (!file_exists(file)) return std::vector<PanelPlace>();
    Reports found;
    auto out = read_file(file, kMaxBytes).and_then([&](const auto& bytes) { return parse_panels(bytes, found); });
    for (const auto& report : found.list()) problems.add(file + report.where, report.what);
    if (!out) problems.add(file, out.error().what + "; where panels are put in this visit is not kept");
    return out;
}

} // namespace pw::app
