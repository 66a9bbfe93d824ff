// SPDX-License-Identifier: Apache-2.0
#include "app/user_view.h"

#include "base/assert.h"
#include "base/format.h"
#include "base/json.h"
#include "base/strings.h"

#include <glm/geometric.hpp>
#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <format>
#include <utility>

namespace pw::app {

namespace {

void write(JsonWriter& w, const char* name, const DVec3& p) {
    w.key(name).begin_array().value(p.x).value(p.y).value(p.z).end_array();
}

// Of a record that this program wrote.
DVec3 point_of(const nlohmann::json& in, const char* name) {
    const auto& p = in.at(name);
    return {p.at(0).get<double>(), p.at(1).get<double>(), p.at(2).get<double>()};
}

std::string measure_words(const DVec3& from, const DVec3& to) {
    const double length = glm::length(to - from);
    const double x = std::abs(to.x - from.x), y = std::abs(to.y - from.y), z = std::abs(to.z - from.z);
    return vformatted(text(Text::MeasureWords), std::make_format_args(length, x, y, z));
}

} // namespace

std::string to_record(const scene::CutPlane& section) {
    JsonWriter w;
    w.begin_object();
    write(w, "point", section.point);
    write(w, "normal", DVec3(section.normal));
    w.end_object();
    return w.take();
}

std::string measure_record(const DVec3& from, const DVec3& to) {
    JsonWriter w;
    w.begin_object();
    write(w, "from", from);
    write(w, "to", to);
    w.end_object();
    return w.take();
}

UserView::UserView(scene::Scene& scene, const Live& live, LayerChoice& layers, Jobs& jobs,
                   std::shared_ptr<JobProblems> problems, std::string viewpoints_file)
    : scene_(scene), live_(live), layers_(layers), jobs_(jobs), viewpoints_file_(std::move(viewpoints_file)) {
    if (!viewpoints_file_.empty()) keeper_.emplace(viewpoints_file_, std::move(problems));
}

void UserView::read(Reports& problems) {
    PW_ASSERT(records_.all().empty(), "saved viewpoints are read first");
    if (viewpoints_file_.empty()) return;
    auto saved = read_viewpoints(viewpoints_file_, problems);
    if (!saved) return keeper_.reset();
    viewpoints_ = std::move(*saved);
    for (const auto& viewpoint : viewpoints_) records_.set("viewpoint/" + viewpoint.id, to_record(viewpoint));
}

void UserView::change(std::string title, const std::vector<work::ViewRecord>& wanted, bool slides) {
    history_.change(records_, std::move(title), wanted, system_clock().now(), slides);
    refresh();
}

Result<std::string> UserView::undo() {
    auto done = history_.undo(records_);
    refresh();
    return done;
}

Result<std::string> UserView::redo() {
    auto done = history_.redo(records_);
    refresh();
    return done;
}

void UserView::refresh() {
    step();
    section_.reset();
    if (const std::string& record = records_.value("section"); !record.empty()) {
        const auto in = nlohmann::json::parse(record);
        section_ = {point_of(in, "point"), Vec3(point_of(in, "normal"))};
    }
    measures_.clear();
    for (const auto& [key, value] : records_.of_kind("measure")) {
        const auto in = nlohmann::json::parse(value);
        const DVec3 from = point_of(in, "from"), to = point_of(in, "to");
        measures_.push_back({key.substr(key.find('/') + 1), from, to, measure_words(from, to)});
    }
    std::vector<plant::Viewpoint> saved;
    for (const auto& [key, value] : records_.of_kind("viewpoint")) {
        auto viewpoint = viewpoint_from_record(key.substr(key.find('/') + 1), value);
        PW_ASSERT(viewpoint.has_value(), "a viewpoint's record was written by this program");
        saved.push_back(std::move(*viewpoint));
    }
    const std::string text = viewpoints_text(saved);
    const bool other = text != viewpoints_text(viewpoints_);
    viewpoints_ = std::move(saved);
    if (other && keeper_) keeper_->keep(jobs_, text);
}

double UserView::exploded(const std::string& key) const {
    const std::string& record = records_.value("explode/" + key);
    double share = 0.0;
    std::from_chars(record.data(), record.data() + record.size(), share);
    return share;
}

std::string UserView::free_id(std::string_view kind) const {
    for (std::size_t i = 1;; ++i) {
        const std::string id = std::to_string(i);
        if (records_.value(formatted("{}/{}", kind, id)).empty()) return id;
    }
}

} // namespace pw::app
