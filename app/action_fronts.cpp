// SPDX-License-Identifier: Apache-2.0
#include "app/action_fronts.h"

#include "base/assert.h"

#include <algorithm>
#include <string_view>

namespace pw::app {

namespace {

using work::Front;
using work::FrontOffer;

// Offered in this way, or not for this reason.
struct Offer {
    std::string_view how, reason;
};
constexpr Offer by(std::string_view how) { return {how, {}}; }
constexpr Offer no(std::string_view reason) { return {{}, reason}; }

struct Fronts {
    std::string_view id;
    Offer menu;  // its page
    Offer voice; // its phrases (work/phrases.h)
    std::string_view no_palette = {};
};

constexpr std::string_view kPointed = "pointing at it and pulling the trigger does it";
constexpr std::string_view kData = "its answer is data for a program; a panel shows it to people";
constexpr std::string_view kByCard = "the alarm's own row has a button for it";
constexpr std::string_view kSlid = "its slider on the panel of view tools does it";
constexpr std::string_view kPoints = "points are pointed at: its tool does it";
constexpr std::string_view kIds = "numbers of measures are on the panel of view tools, with a button each";
constexpr std::string_view kSpoken = "it would be said with an alarm's name, which nobody knows by heart";

constexpr Fronts kTable[] = {
    {"app.undo", by("View"), by("undo | undo that | take that back")},
    {"app.redo", by("View"), by("redo | do that again")},
    {"view.show_all", by("View"), by("show all | show everything")},
    {"view.home", by("View"), by("go home")},
    {"view.back", by("View"), by("go back")},
    {"view.focus", by("View"), by("look at this | look at {part} | focus | focus on {part}")},
    {"panel.palette", no("the hand menu is the palette of a hand"), by("show all commands"), "it is open then"},
    {"view.photo", by("View"), by("take a photo | photo | take a picture")},

    {"view.select", no(kPointed), by("select {part}")},
    {"view.clear_selection", by("Part"), by("clear the selection | select nothing | deselect")},
    {"view.hide", by("Part"), by("hide | hide this | hide {part}")},
    {"view.show", no("what is hidden cannot be pointed at; Show all, or its row among the parts, does it"),
     by("show {part}")},
    {"view.ghost", by("Part"), by("ghost | ghost this | ghost {part} | make {part} transparent")},
    {"view.isolate", by("Part"), by("isolate | isolate this | isolate {part} | show only {part}")},
    {"part.properties", no("the card of what is selected shows them"), no(kData), kData},
    {"part.find", no("the search on the panel of parts does it"), no(kData), kData},
    {"part.copy_id", no("nothing in a headset takes what was copied"), by("copy the part id | copy this id")},
    {"select.parent", by("Part"), by("select the parent | select the whole")},
    {"select.child", by("Part"), by("select the first part")},
    {"select.next", by("Part"), by("select the next | next part")},
    {"select.previous", by("Part"), by("select the previous | previous part")},
    {"select.same_model", by("Part"), by("select the same model | next of the same")},
    {"select.back", by("Part"), by("select the last one | select what was selected")},

    {"tool.measure", by("Tools"), by("measure")},
    {"tool.section", by("Tools"), by("cut here | section tool")},
    {"tool.end", by("Tools"), by("put the tool away | stop measuring")},
    {"measure.between", no(kPoints), no(kPoints)},
    {"measure.list", no(kData), no(kData), kData},
    {"measure.remove", no(kIds), no(kIds)},
    {"measure.clear", by("Tools"), by("remove all measures | clear the measures")},
    {"section.show", by("Tools"), by("section {on} | turn the section {on}")},
    {"section.axis", by("Tools"), by("section across {axis} | cut across {axis}")},
    {"section.through", no(kPoints), no(kPoints)},
    {"section.move", no(kSlid), by("move the section to {share%} percent")},
    {"section.flip", by("Tools"), by("flip the section | flip the cut")},
    {"explode.set", no(kSlid), by("explode {part} {share%} percent | explode by {share%} percent")},
    {"explode.end", by("Tools"), by("put it together | put everything together | implode")},
    {"variant.list", no(kData), no(kData), kData},
    {"variant.choose", no("its list on the panel of view tools does it"),
     by("variant {variant} | show variant {variant}")},

    {"view.go_to", no("its list on the panel of view tools does it"), by("go to {viewpoint}")},
    {"view.list_viewpoints", no(kData), no(kData), kData},
    {"viewpoint.save", by("Places"), by("save this viewpoint | save viewpoint as {title}")},
    {"viewpoint.rename", no("its row on the panel of view tools has a button for it"),
     by("rename viewpoint {viewpoint} to {title}")},
    {"viewpoint.remove", no("its row on the panel of view tools has a button for it"),
     by("remove viewpoint {viewpoint}")},

    {"view.ar", by("AR"), by("see the real plant | augmented reality | augmented reality {mode}")},
    {"ar.show", by("AR"), by("real plant with {what}")},
    {"register.start", by("AR"), by("register this | register {part}")},
    {"register.undo_point", by("AR"), by("take the point back | take the last point back")},
    {"register.finish", by("AR"), by("finish registering | registering is done")},
    {"register.cancel", by("AR"), by("stop registering | cancel registering")},
    {"panel.registration", by("AR"), by("show the registration | hide the registration")},
    {"register.forget", by("AR"), by("forget the registration | forget the registration of {part}")},
    {"register.point", no("the tool of registering does it"), no(kPoints)},
    {"register.choose", no("the places' own rows have buttons for it"), by("take place {which}")},
    {"register.marker", no("it reads a recording of a camera, which somebody at a desk makes and names"),
     no("it needs a file's path")},
    {"register.allows", no(kData), no(kData), kData},
    {"register.tell", no(kData), no(kData), kData},

    {"panel.tree", by("Panels"), by("show the equipment | hide the equipment")},
    {"panel.parts", by("Panels"), by("show the parts | hide the parts")},
    {"panel.tools", by("Panels"), by("show the view tools | hide the view tools")},
    {"panel.alarms", by("Panels"), by("show the alarms | hide the alarms")},
    {"panel.line", by("Panels"), by("show the lines | hide the lines")},
    {"panel.layers", by("Panels"), by("show the layers | hide the layers")},
    {"panel.problems", by("Panels"), by("show the problems | hide the problems")},
    {"panel.statistics", by("Panels"), by("show the statistics | hide the statistics")},
    {"panel.help", by("Panels"), by("help | show help | hide help")},

    {"line.show", by("Plant"), by("line view")},
    {"traffic.show", by("Plant"), by("traffic | show traffic | hide traffic")},
    {"layer.show", by("Plant"), by("layer {layer} {on} | turn layer {layer} {on}")},
    {"heat.show", by("Plant"), by("heat map {figure} | colour by {figure}")},
    {"plant.figures", no(kData), no(kData), kData},
    {"twin.values", no("the card of a machine shows them"), no(kData), kData},
    {"twin.rebirth", no("who maintains the network does it, at a desk"),
     no("an edge node's name is written, not said")},
    {"alarm.list", no(kData), no(kData), kData},
    {"alarm.acknowledge", no(kByCard), no(kSpoken)},
    {"alarm.reset", no(kByCard), no(kSpoken)},
    {"alarm.shelve", no(kByCard), no(kSpoken)},
    {"alarm.unshelve", no(kByCard), no(kSpoken)},
    {"alarm.out_of_service", no(kByCard), no(kSpoken)},
    {"alarm.in_service", no(kByCard), no(kSpoken)},
    {"alarm.find", no(kByCard), no(kSpoken)},
    {"alarm.end_way", by("Plant"), by("end the way")},

    {"time.back", no("the line of time on the board has buttons for it"), by("go back {seconds} seconds")},
    {"time.go", no("the line of time on the board does it"), no("seconds since 1970 are not said")},
    {"time.play", by("Time"), by("play | pause")},
    {"time.now", by("Time"), by("back to now")},
    {"time.tell", no("the line of time on the board says it"), no(kData), kData},

    {"move.table_top", by("Move"), by("table top | show it as a model")},
    {"move.full_size", by("Move"), by("full size | one to one")},
    {"move.recentre", by("Move"), by("recentre | bring my panels")},
    {"move.by_pinch", by("Move"), by("jump by hand")},
    {"move.seated", by("Move"), by("i sit | i stand")},
    {"hand.swap", by("Move"), by("swap hands | use the other hand")},
    {"move.jump", no("the arc of a hand does it"), no(kPoints)},
    {"move.turn", no("the stick does it"), by("turn {degrees} degrees")},
    {"move.scale", no("two hands that grab the world do it"), by("scale one to {one_to}")},
    {"panel.settings", by("Panels"), by("show the settings | hide the settings")},
    {"tutorial.start", by("System"), by("show me how | start the tutorial")},
    {"tutorial.skip", no("its own panel has a button for it"), by("skip the tutorial")},
    {"app.where", no(kData), no(kData), kData},

    {"sound.mute", by("System"), by("mute | unmute | be quiet")},
    {"settings.set", no("each setting's own row on the panel of settings does it"), by("set {name} to {value}")},
    {"settings.list", no(kData), no(kData), kData},
    {"voice.say", no("who speaks needs no menu"), no("it is what hears")},
    {"app.status", no("the status line says it"), no(kData), kData},
    {"app.quit", by("System"), by("end the program")},
};

FrontOffer to_offer(const Offer& offer) {
    return {.offered = offer.reason.empty(), .how = std::string(offer.how), .reason = std::string(offer.reason)};
}

} // namespace

void offer_fronts(work::Action& action) {
    const auto* const found = std::ranges::find(kTable, action.id, &Fronts::id);
    PW_ASSERT(found != std::end(kTable), "an action says how hand menu, palette and voice offer it");
    const auto front = [&](Front f) -> FrontOffer& { return action.fronts[static_cast<std::size_t>(f)]; };
    front(Front::HandMenu) = to_offer(found->menu);
    front(Front::Voice) = to_offer(found->voice);
    front(Front::Palette) = to_offer({"", found->no_palette});
    if (found->menu.reason.empty())
        front(Front::HandMenu).order =
            1 + static_cast<int>(std::count_if(std::begin(kTable), found,
                                               [&](const auto& row) { return row.menu.how == found->menu.how; }));
}

} // namespace pw::app
