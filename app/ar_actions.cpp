// SPDX-License-Identifier: Apache-2.0
// AR: to see the real plant, and what of the model lies over it.
#include "app/action_rows.h"
#include "app/see_through.h"
#include "base/json.h"

#include <algorithm>
#include <array>

namespace pw::app {

using work::ArgKind;
using work::Args;
using work::ArgSpec;

namespace {

// What is asked for, or the best that the host has: it names it first.
Result<xr::Blend> wanted_blend(const xr::Host& host, const std::string& mode) {
    const bool on = host.blend() != xr::Blend::Opaque;
    if (mode == "off" || (mode == "switch" && on)) return xr::Blend::Opaque;
    if (mode == "on" && on) return host.blend();
    if (const auto named = find_blend(mode)) return *named;
    const auto offered = host.blends();
    const auto best = std::ranges::find_if(offered, [](xr::Blend blend) { return blend != xr::Blend::Opaque; });
    if (best == offered.end()) return fail(Errc::Refused, text(Text::NoViewAround));
    return *best;
}

Result<std::string> show_around(Client& client, const Args& args) {
    const auto wanted = wanted_blend(client.host(), args.text("mode"));
    if (!wanted) return std::unexpected(wanted.error());
    return client.show_around(*wanted).transform([&] { return json_quote(blend_name(*wanted)); });
}

Result<std::string> show_over(Client& client, const Args& args) {
    const std::string& what = args.text("what");
    client.view().change(text(Text::ShowOverReal), {{"ar", what == "nothing" ? "" : what}});
    return ok();
}

} // namespace

void add_ar_actions(Rows rows) {
    rows.add({"view.ar",
              Text::SeeAround,
              "Shows the real plant behind the picture, in the best way that there is or in the one that is named; "
              "or ends that.",
              "view.ar",
              "",
              kThisView,
              {{.name = "mode",
                .title = text(Text::BlendMode),
                .kind = ArgKind::Choice,
                .required = false,
                .fallback = std::string("switch"),
                .low = {},
                .high = {},
                .choices = {"switch", "on", "off", "alpha", "passthrough", "additive"}}}},
             &show_around);
    rows.add({"ar.show",
              Text::ShowOverReal,
              "What lies over the real plant besides labels and ways: nothing, ghosts of the machines, or machines.",
              "app.undo",
              "",
              kThisView,
              {{.name = "what",
                .title = text(Text::ShowOverReal),
                .kind = ArgKind::Choice,
                .fallback = {},
                .low = {},
                .high = {},
                .choices = {"nothing", "ghosts", "machines"}}}},
             &show_over);
}

} // namespace pw::app
