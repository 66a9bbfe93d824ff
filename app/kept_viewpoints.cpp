// SPDX-License-Identifier: Apache-2.0
#include "app/kept_viewpoints.h"

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace pw::app {

namespace {

using nlohmann::json;

constexpr std::string_view kFormat = "plantwalk-viewpoints";
constexpr int kVersion = 1;
constexpr std::uint64_t kMaxBytes = 4u << 20;
constexpr std::size_t kMost = 1000, kLongest = 200, kLongestTitle = 4 * 80; // bytes
constexpr std::size_t kDeepest = 8;
constexpr double kFarthest_m = 1e7;

std::optional<json> parse(std::string_view text) {
    if (json_is_deeper(text, kDeepest)) return std::nullopt;
    auto out = json::parse(text, nullptr, /* allow_exceptions= */ false);
    return out.is_discarded() ? std::nullopt : std::optional(std::move(out));
}

Result<DVec3> point_of(const json& in, const char* name) {
    const auto found = in.find(name);
    DVec3 out{0.0};
    if (found == in.end() || !found->is_array() || found->size() != 3)
        return fail(Errc::Malformed, formatted("{} must be three numbers", name));
    for (int i = 0; i < 3; ++i) {
        const json& number = (*found)[static_cast<std::size_t>(i)];
        if (!number.is_number() || !(std::abs(number.get<double>()) <= kFarthest_m))
            return fail(Errc::Malformed, formatted("{} must be three numbers, in metres", name));
        out[i] = number.get<double>();
    }
    return out;
}

Result<plant::Viewpoint> viewpoint_of(std::string_view id, const json& in) {
    plant::Viewpoint out{.id = std::string(id), .title = {}};
    if (!in.is_object()) return fail(Errc::Malformed, "must be an object");
    const auto title = in.find("title"), fov = in.find("fov_y_deg");
    if (title == in.end() || !title->is_string() || title->get<std::string>().size() > kLongestTitle)
        return fail(Errc::Malformed, "title must be a short text");
    out.title = title->get<std::string>();
    if (fov == in.end() || !fov->is_number() || !(fov->get<double>() >= 1.0 && fov->get<double>() <= 170.0))
        return fail(Errc::Malformed, "fov_y_deg must be a number from 1 to 170");
    out.fov_y_deg = fov->get<double>();
    const auto eye = point_of(in, "eye_m"), target = point_of(in, "target_m");
    if (!eye) return std::unexpected(eye.error());
    if (!target) return std::unexpected(target.error());
    if (*eye == *target) return fail(Errc::Malformed, "eye_m and target_m are one point");
    out.eye_m = *eye;
    out.target_m = *target;
    return out;
}

void write(JsonWriter& w, const char* name, const DVec3& p) {
    w.key(name).begin_array().value(p.x).value(p.y).value(p.z).end_array();
}

void write_members(JsonWriter& w, const plant::Viewpoint& viewpoint) {
    w.member("title", viewpoint.title);
    write(w, "eye_m", viewpoint.eye_m);
    write(w, "target_m", viewpoint.target_m);
    w.member("fov_y_deg", viewpoint.fov_y_deg);
}

} // namespace

bool can_be_kept(const DVec3& point_m) {
    return std::abs(point_m.x) <= kFarthest_m && std::abs(point_m.y) <= kFarthest_m &&
           std::abs(point_m.z) <= kFarthest_m;
}

std::string to_record(const plant::Viewpoint& viewpoint) {
    JsonWriter w;
    w.begin_object();
    write_members(w, viewpoint);
    w.end_object();
    return w.take();
}

Result<plant::Viewpoint> viewpoint_from_record(std::string_view id, std::string_view value) {
    const auto in = parse(value);
    return in ? viewpoint_of(id, *in) : fail(Errc::Malformed, "is not JSON");
}

// FNV-1a, 64 bit.
std::string viewpoints_file(const std::string& data_folder, std::string_view plant_name,
                            const std::string& plant_file) {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325u;
    for (const char c : absolute_path(plant_file)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3u;
    std::string name;
    for (const char c : plant_name.substr(0, 40)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        name += plain ? c : '-';
    }
    return join_path(data_folder, formatted("viewpoints/{}-{:016x}.json", name, hash));
}

std::string viewpoints_text(std::span<const plant::Viewpoint> viewpoints) {
    JsonWriter w;
    w.begin_object().member("format", kFormat).member("version", kVersion).key("viewpoints").begin_array();
    for (const auto& viewpoint : viewpoints) {
        w.begin_object().member("id", viewpoint.id);
        write_members(w, viewpoint);
        w.end_object();
    }
    w.end_array().end_object();
    return w.take() + "\n";
}

Result<std::vector<plant::Viewpoint>> parse_viewpoints(Bytes bytes, Reports& problems) {
    const auto in = parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!in || !in->is_object() || in->value("format", json()) != json(kFormat) || !in->contains("viewpoints") ||
        !(*in)["viewpoints"].is_array())
        return fail(Errc::Malformed, "is not a file of saved viewpoints");
    if (in->value("version", json()) != json(kVersion))
        return fail(Errc::Unsupported, "is of another version of the program");
    std::vector<plant::Viewpoint> out;
    const json& list = (*in)["viewpoints"];
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string where = formatted("/viewpoints/{}", i);
        if (out.size() == kMost) {
            problems.add(where, formatted("there are more than {}", kMost));
            break;
        }
        const bool named = list[i].is_object() && list[i].contains("id") && list[i]["id"].is_string();
        const std::string id = named ? list[i]["id"].get<std::string>() : std::string();
        if (id.empty() || id.size() > kLongest || std::ranges::find(out, id, &plant::Viewpoint::id) != out.end()) {
            problems.add(where, "id must be a short text of its own");
            continue;
        }
        auto viewpoint = viewpoint_of(id, list[i]);
        if (viewpoint)
            out.push_back(std::move(*viewpoint));
        else
            problems.add(where, viewpoint.error().what);
    }
    return out;
}

Result<std::vector<plant::Viewpoint>> read_viewpoints(const std::string& file, Reports& problems) {
    if (!file_exists(file)) return std::vector<plant::Viewpoint>();
    Reports found;
    auto out = read_file(file, kMaxBytes).and_then([&](const auto& bytes) { return parse_viewpoints(bytes, found); });
    for (const auto& report : found.list()) problems.add(file + report.where, report.what);
    if (!out) problems.add(file, out.error().what + "; viewpoints that are saved in this visit are not kept");
    return out;
}

} // namespace pw::app
