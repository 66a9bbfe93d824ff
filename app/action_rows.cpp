// SPDX-License-Identifier: Apache-2.0
#include "app/action_rows.h"

#include "app/action_fronts.h"

#include <algorithm>

namespace pw::app {

using work::Action;
using work::Front;

Action make_action(Row row, std::function<Result<std::string>(const work::Args&)> run) {
    Action action;
    action.id = row.id;
    action.title = text(row.title);
    action.help = row.help;
    action.undo = row.undo;
    action.args = std::move(row.args);
    action.scope = row.touches.scope;
    action.safety = row.touches.safety;
    action.right = row.touches.right;
    action.run = std::move(run);
    const auto offer = [&](Front front) -> work::FrontOffer& { return action.fronts[static_cast<std::size_t>(front)]; };
    offer_fronts(action);
    offer(Front::Network).reason = row.touches.no_network;
    offer(Front::Command) = {true, "plantwalk do " + action.id, ""};
    const std::string_view key = row.key;
    if (key.empty())
        offer(Front::Key).reason = std::ranges::contains(action.args, true, &work::ArgSpec::required)
                                       ? "it needs an argument"
                                       : "too rare for a key of its own";
    else
        offer(Front::Key) = {true, std::string(key), ""};
    return action;
}

work::ArgSpec text_arg(const char* name, Text title) {
    return {.name = name, .title = text(title), .kind = work::ArgKind::Text, .fallback = {}};
}

} // namespace pw::app
