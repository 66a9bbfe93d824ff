// SPDX-License-Identifier: Apache-2.0
#include "app/tools_in_hand.h"

#include "base/assert.h"
#include "base/json.h"

#include <utility>

namespace pw::app {

namespace {

void write(JsonWriter& w, const char* name, const DVec3& p) {
    w.key(name).begin_array().value(p.x).value(p.y).value(p.z).end_array();
}

} // namespace

void ToolInHand::take(Tool tool) {
    tool_ = tool;
    first_.reset();
}

std::optional<Text> ToolInHand::hint() const {
    switch (tool_) {
    case Tool::None:
        return std::nullopt;
    case Tool::Measure:
        return first_ ? Text::HintMeasureTo : Text::HintMeasureFrom;
    case Tool::Section:
        return Text::HintSection;
    case Tool::Register:
        return first_ ? Text::HintRegisterTouch : Text::HintRegisterPoint;
    }
    return std::nullopt;
}

std::optional<ActionCall> ToolInHand::use(const work::SnappedPoint& point) {
    JsonWriter w;
    switch (tool_) {
    case Tool::None:
        return std::nullopt;
    case Tool::Measure:
        if (!first_) {
            first_ = point;
            return std::nullopt;
        }
        w.begin_object();
        write(w, "from", std::exchange(first_, std::nullopt)->point);
        write(w, "to", point.point);
        w.end_object();
        return ActionCall{"measure.between", w.take()};
    case Tool::Section:
        w.begin_object();
        write(w, "point", point.point);
        write(w, "normal", DVec3(point.normal));
        w.end_object();
        take(Tool::None);
        return ActionCall{"section.through", w.take()};
    case Tool::Register:
        first_ = point;
        return std::nullopt;
    }
    return std::nullopt;
}

ActionCall ToolInHand::touch(const DVec3& origin_m, double sd_m) {
    PW_ASSERT(wants_touch(), "the point on the model comes first");
    JsonWriter w;
    w.begin_object();
    write(w, "model", std::exchange(first_, std::nullopt)->point);
    write(w, "real", origin_m);
    w.member("error_mm", sd_m * 1e3).end_object();
    return {"register.point", w.take()};
}

} // namespace pw::app
