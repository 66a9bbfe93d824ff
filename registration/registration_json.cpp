// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "registration/fields.h"
#include "registration/registration.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace pw::registration {
namespace {

constexpr std::string_view kFormat = "plantwalk-registration";
constexpr int kVersion = 1;
constexpr double kFarthest_m = 1e4; // what was measured is within what a headset knows of the world around
constexpr std::array<std::string_view, 3> kMethods{"points", "markers", "anchor"};
constexpr std::array<std::string_view, 6> kDoubts{"outliers_unseen", "outliers",  "spread",
                                                  "scale",           "ambiguous", "planar_pose"};

void write(JsonWriter& out, std::string_view key, const DVec3& v) {
    out.key(key).begin_array().value(v.x).value(v.y).value(v.z).end_array();
}

void write(JsonWriter& out, const Estimate& e) {
    out.key("place").begin_object();
    write(out, "position_m", e.place.translation);
    const glm::dquat& q = e.place.rotation;
    out.key("rotation").begin_array().value(q.x).value(q.y).value(q.z).value(q.w).end_array();
    out.end_object();
    write_covariance(out, e);
}

Estimate read_estimate(Fields& fields) {
    Estimate out;
    out.place = fields.rigid("place");
    out.pivot_m = fields.triple("pivot_m", 1e9);
    const double away_m = glm::length(out.place * out.pivot_m);
    if (!(away_m < kFarthest_m))
        fields.wrong("place", formatted("puts it {:.0f} m away: no space is so large", away_m));
    const std::vector<double> upper = fields.numbers("covariance", 21, 21, -1e12, 1e12);
    for (std::size_t r = 0, i = 0; r < 6; ++r)
        for (std::size_t c = r; c < 6; ++c, ++i) out.covariance(r, c) = out.covariance(c, r) = upper[i];
    if (!cholesky(out.covariance)) fields.wrong("covariance", "is not that of six errors: it is not positive definite");
    return out;
}

std::uint64_t read_geometry(Fields& fields) {
    const std::string text = fields.text("geometry", 16);
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, 16);
    if (text.size() != 16 || error != std::errc() || end != text.data() + text.size())
        fields.wrong("geometry", "must be 16 hexadecimal digits");
    return out;
}

UtcTime read_time(Fields& fields) {
    const auto time = from_iso8601(fields.text("time", 40));
    if (!time) fields.wrong("time", "must be a time like 2026-11-22T13:30:00Z");
    return time.value_or(UtcTime{});
}

// A place in a list, for errors.
std::string item(std::string_view key, std::size_t index) { return std::string(key) + "/" + std::to_string(index); }

void read_words(Fields& fields, Registration& out, std::optional<Error>& error) {
    const std::vector<plant::Json>& made_of = fields.list("made_of", 100);
    for (std::size_t i = 0; i < made_of.size(); ++i) {
        if (!made_of[i].is(plant::JsonKind::Text) || made_of[i].text.size() > 1000)
            return fields.wrong(item("made_of", i), "must be a text of at most 1000 bytes");
        out.made_of.push_back(made_of[i].text);
    }
    const std::vector<plant::Json>& doubts = fields.list("doubts", 100);
    for (std::size_t i = 0; i < doubts.size(); ++i) {
        Fields doubt(doubts[i], "/" + item("doubts", i), error);
        const auto kind = static_cast<DoubtKind>(doubt.choice("kind", kDoubts));
        out.doubts.push_back({kind, doubt.text("what", 1000)});
        doubt.end();
    }
}

std::vector<std::string> read_anchors(Fields& fields) {
    std::vector<std::string> out;
    if (!fields.has("old_anchors")) return out;
    const std::vector<plant::Json>& list = fields.list("old_anchors", 100);
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (!list[i].is(plant::JsonKind::Text) || !is_guid(list[i].text))
            fields.wrong(item("old_anchors", i), "must be a uuid");
        out.push_back(list[i].text);
    }
    return out;
}

} // namespace

void write_covariance(JsonWriter& out, const Estimate& estimate) {
    write(out, "pivot_m", estimate.pivot_m);
    out.key("covariance").begin_array();
    for (std::size_t r = 0; r < 6; ++r)
        for (std::size_t c = r; c < 6; ++c) out.value(estimate.covariance(r, c));
    out.end_array();
}

std::string to_json(const Registration& r) {
    JsonWriter out;
    out.begin_object().member("format", kFormat).member("version", kVersion);
    out.member("asset", r.asset.id).member("geometry", to_hex(r.asset.geometry));
    out.member("method", kMethods.at(static_cast<std::size_t>(r.method))).member("time", to_iso8601(r.time));
    if (!r.anchor.empty()) out.member("anchor", r.anchor);
    write(out, r.estimate);
    out.key("residuals_m").begin_array();
    for (const double residual : r.residuals_m) out.value(residual);
    out.end_array().member("rms_m", r.rms_m).member("rms_px", r.rms_px);
    out.key("made_of").begin_array();
    for (const std::string& what : r.made_of) out.value(what);
    out.end_array().key("doubts").begin_array();
    for (const Doubt& d : r.doubts)
        out.begin_object()
            .member("kind", kDoubts.at(static_cast<std::size_t>(d.kind)))
            .member("what", d.what)
            .end_object();
    out.end_array();
    if (!r.old_anchors.empty()) {
        out.key("old_anchors").begin_array();
        for (const std::string& uuid : r.old_anchors) out.value(uuid);
        out.end_array();
    }
    return out.end_object().take();
}

Result<Registration> parse_registration(std::string_view json, const std::string& where) {
    const auto document = parse_document(json, where, kFormat, kVersion);
    if (!document) return std::unexpected(document.error());
    std::optional<Error> error;
    Fields fields(*document, "", error);
    fields.text("format", 100);
    fields.number("version", kVersion, kVersion);
    Registration out;
    out.asset.id = fields.text("asset", 200);
    if (out.asset.id.empty()) fields.wrong("asset", "must be the id of an equipment");
    out.asset.geometry = read_geometry(fields);
    out.method = static_cast<Method>(fields.choice("method", kMethods));
    out.time = read_time(fields);
    out.anchor = fields.text("anchor", 36, /* needed= */ false);
    if (fields.has("anchor") && !is_guid(out.anchor)) fields.wrong("anchor", "must be a uuid");
    out.estimate = read_estimate(fields);
    out.residuals_m = fields.numbers("residuals_m", 0, kMaxPairs, 0.0, 1e9);
    out.rms_m = fields.number("rms_m", 0.0, 1e9);
    out.rms_px = fields.number("rms_px", 0.0, 1e9);
    read_words(fields, out, error);
    out.old_anchors = read_anchors(fields);
    fields.end();
    if (error) return fail_at(where, *error);
    return out;
}

} // namespace pw::registration
