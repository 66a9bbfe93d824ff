// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_anchors.h"

#include "base/log.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <format>
#include <utility>

namespace pw::xr {
namespace {

constexpr std::array kNeeds{XR_SPACE_COMPONENT_TYPE_LOCATABLE_FB, XR_SPACE_COMPONENT_TYPE_STORABLE_FB};
constexpr Duration kAskAgain = from_ms(5000);

std::string text_of(const XrUuidEXT& uuid) {
    std::string out;
    for (std::size_t i = 0; i < sizeof uuid.data; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        std::format_to(std::back_inserter(out), "{:02x}", uuid.data[i]);
    }
    return out;
}

std::optional<XrUuidEXT> to_uuid(const std::string& text) {
    if (!is_guid(text)) return {};
    XrUuidEXT out{};
    std::size_t at = 0;
    for (std::uint8_t& byte : out.data) {
        if (text[at] == '-') ++at;
        std::from_chars(text.data() + at, text.data() + at + 2, byte, 16);
        at += 2;
    }
    return out;
}

bool same(const XrUuidEXT& a, const XrUuidEXT& b) { return std::memcmp(a.data, b.data, sizeof a.data) == 0; }

template <class Event> const Event& as(const XrEventDataBuffer& event) { return reinterpret_cast<const Event&>(event); }

} // namespace

void HeadsetAnchors::make(const Pose& origin_from_anchor) {
    XrSpatialAnchorCreateInfoFB info{.type = XR_TYPE_SPATIAL_ANCHOR_CREATE_INFO_FB};
    info.space = origin_;
    info.poseInSpace = to_xr(origin_from_anchor);
    info.time = display_;
    Entry entry{.stage = Stage::Placing, .is_new = true};
    const XrResult result = calls_.create(session_, &info, &entry.request);
    if (XR_FAILED(result))
        made_ = std::unexpected(xr_error("xrCreateSpatialAnchorFB", result));
    else
        entries_.push_back(std::move(entry));
}

bool HeadsetAnchors::making() const {
    return made_.has_value() ||
           std::ranges::any_of(entries_, [](const Entry& e) { return e.is_new && e.stage != Stage::Ready; });
}

void HeadsetAnchors::look_for(const std::string& text) {
    const auto uuid = to_uuid(text);
    if (!uuid || std::ranges::any_of(entries_, [&](const Entry& e) { return same(e.uuid, *uuid); })) return;
    entries_.push_back({.uuid = *uuid});
    next_query_ = {};
}

std::optional<Pose> HeadsetAnchors::origin_from_anchor(const std::string& text) const {
    const auto uuid = to_uuid(text);
    if (!uuid) return {};
    const auto found =
        std::ranges::find_if(entries_, [&](const Entry& e) { return e.stage == Stage::Ready && same(e.uuid, *uuid); });
    return found == entries_.end() ? std::nullopt : found->place;
}

void HeadsetAnchors::erase(const std::string& text) {
    const auto uuid = to_uuid(text);
    const auto found =
        uuid ? std::ranges::find_if(entries_, [&](const Entry& e) { return same(e.uuid, *uuid); }) : entries_.end();
    if (found == entries_.end()) return;
    if (found->stage == Stage::Ready) {
        const XrSpaceEraseInfoFB info{.type = XR_TYPE_SPACE_ERASE_INFO_FB,
                                      .space = found->space.get(),
                                      .location = XR_SPACE_STORAGE_LOCATION_LOCAL_FB};
        XrAsyncRequestIdFB request = 0;
        if (const XrResult result = calls_.erase(session_, &info, &request); XR_FAILED(result))
            log_warn(xr_error("xrEraseSpaceFB", result).what);
    }
    entries_.erase(found);
}

HeadsetAnchors::Entry* HeadsetAnchors::find_request(XrAsyncRequestIdFB request) {
    const auto found = std::ranges::find_if(
        entries_, [&](const Entry& e) { return e.stage != Stage::Wanted && e.request == request; });
    return found == entries_.end() ? nullptr : &*found;
}

void HeadsetAnchors::fail_entry(Entry& entry, const char* call, XrResult result) {
    if (entry.is_new)
        made_ = std::unexpected(xr_error(call, result));
    else
        log_warn("the anchor " + text_of(entry.uuid) + ": " + xr_error(call, result).what);
    entries_.erase(entries_.begin() + (&entry - entries_.data()));
}

// What it must be able to do is switched on, one after the other; then a new one is saved.
void HeadsetAnchors::go_on(Entry& entry) {
    entry.stage = Stage::Enabling;
    for (; entry.enabled < kNeeds.size(); ++entry.enabled) {
        const XrSpaceComponentStatusSetInfoFB info{.type = XR_TYPE_SPACE_COMPONENT_STATUS_SET_INFO_FB,
                                                   .componentType = kNeeds[entry.enabled],
                                                   .enabled = XR_TRUE};
        const XrResult result = calls_.set_status(entry.space.get(), &info, &entry.request);
        if (result == XR_ERROR_SPACE_COMPONENT_STATUS_ALREADY_SET_FB) continue;
        if (XR_FAILED(result)) fail_entry(entry, "xrSetSpaceComponentStatusFB", result);
        return;
    }
    if (!entry.is_new) {
        entry.stage = Stage::Ready;
        return;
    }
    entry.stage = Stage::Saving;
    const XrSpaceSaveInfoFB info{.type = XR_TYPE_SPACE_SAVE_INFO_FB,
                                 .space = entry.space.get(),
                                 .location = XR_SPACE_STORAGE_LOCATION_LOCAL_FB,
                                 .persistenceMode = XR_SPACE_PERSISTENCE_MODE_INDEFINITE_FB};
    if (const XrResult result = calls_.save(session_, &info, &entry.request); XR_FAILED(result))
        fail_entry(entry, "xrSaveSpaceFB", result);
}

void HeadsetAnchors::hear(const XrEventDataBuffer& event) {
    switch (event.type) {
    case XR_TYPE_EVENT_DATA_SPATIAL_ANCHOR_CREATE_COMPLETE_FB: {
        const auto& done = as<XrEventDataSpatialAnchorCreateCompleteFB>(event);
        Entry* const entry = find_request(done.requestId);
        if (entry == nullptr) break;
        if (XR_FAILED(done.result)) return fail_entry(*entry, "xrCreateSpatialAnchorFB", done.result);
        *entry->space.put() = done.space;
        entry->uuid = done.uuid;
        go_on(*entry);
        break;
    }
    case XR_TYPE_EVENT_DATA_SPACE_SET_STATUS_COMPLETE_FB: {
        const auto& done = as<XrEventDataSpaceSetStatusCompleteFB>(event);
        Entry* const entry = find_request(done.requestId);
        if (entry == nullptr) break;
        if (XR_FAILED(done.result)) return fail_entry(*entry, "xrSetSpaceComponentStatusFB", done.result);
        ++entry->enabled;
        go_on(*entry);
        break;
    }
    case XR_TYPE_EVENT_DATA_SPACE_SAVE_COMPLETE_FB: {
        const auto& done = as<XrEventDataSpaceSaveCompleteFB>(event);
        Entry* const entry = find_request(done.requestId);
        if (entry == nullptr) break;
        if (XR_FAILED(done.result)) return fail_entry(*entry, "xrSaveSpaceFB", done.result);
        entry->stage = Stage::Ready;
        made_ = text_of(entry->uuid);
        break;
    }
    case XR_TYPE_EVENT_DATA_SPACE_ERASE_COMPLETE_FB:
        if (const XrResult result = as<XrEventDataSpaceEraseCompleteFB>(event).result; XR_FAILED(result))
            log_warn(xr_error("xrEraseSpaceFB", result).what);
        break;
    case XR_TYPE_EVENT_DATA_SPACE_QUERY_RESULTS_AVAILABLE_FB:
        if (query_ == as<XrEventDataSpaceQueryResultsAvailableFB>(event).requestId) take_found();
        break;
    case XR_TYPE_EVENT_DATA_SPACE_QUERY_COMPLETE_FB:
        if (query_ == as<XrEventDataSpaceQueryCompleteFB>(event).requestId) query_.reset();
        break;
    default:
        break;
    }
}

void HeadsetAnchors::take_found() {
    XrSpaceQueryResultsFB results{.type = XR_TYPE_SPACE_QUERY_RESULTS_FB};
    XrResult result = calls_.retrieve(session_, *query_, &results);
    std::vector<XrSpaceQueryResultFB> found(results.resultCountOutput);
    results.resultCapacityInput = results.resultCountOutput;
    results.results = found.data();
    if (XR_SUCCEEDED(result)) result = calls_.retrieve(session_, *query_, &results);
    if (XR_FAILED(result)) return log_warn(xr_error("xrRetrieveSpaceQueryResultsFB", result).what);
    for (const XrSpaceQueryResultFB& one : found) {
        Handle<XrSpace, xrDestroySpace> space(one.space);
        const auto wanted = std::ranges::find_if(
            entries_, [&](const Entry& e) { return e.stage == Stage::Wanted && same(e.uuid, one.uuid); });
        if (wanted == entries_.end() || !space) continue;
        wanted->space = std::move(space);
        go_on(*wanted);
    }
}

// For all that are wanted and not found.
void HeadsetAnchors::ask(Time now, Health& health) {
    std::vector<XrUuidEXT> wanted;
    for (const Entry& entry : entries_)
        if (entry.stage == Stage::Wanted) wanted.push_back(entry.uuid);
    if (wanted.empty()) return;
    next_query_ = now + kAskAgain;
    XrSpaceUuidFilterInfoFB filter{.type = XR_TYPE_SPACE_UUID_FILTER_INFO_FB};
    filter.uuidCount = static_cast<std::uint32_t>(wanted.size());
    filter.uuids = wanted.data();
    XrSpaceQueryInfoFB info{.type = XR_TYPE_SPACE_QUERY_INFO_FB};
    info.queryAction = XR_SPACE_QUERY_ACTION_LOAD_FB;
    info.maxResultCount = filter.uuidCount;
    info.timeout = XR_NO_DURATION;
    info.filter = reinterpret_cast<const XrSpaceFilterInfoBaseHeaderFB*>(&filter);
    XrAsyncRequestIdFB request = 0;
    const auto* const base = reinterpret_cast<const XrSpaceQueryInfoBaseHeaderFB*>(&info);
    if (health.worked(calls_.query(session_, base, &request), "xrQuerySpacesFB")) query_ = request;
}

void HeadsetAnchors::step(XrTime display, Health& health) {
    display_ = display;
    if (const Time now = system_clock().now(); !query_ && now >= next_query_) ask(now, health);
    for (Entry& entry : entries_) {
        entry.place.reset();
        if (entry.stage != Stage::Ready) continue;
        XrSpaceLocation at{.type = XR_TYPE_SPACE_LOCATION};
        if (!health.worked(xrLocateSpace(entry.space.get(), origin_, display, &at), "xrLocateSpace")) continue;
        constexpr XrSpaceLocationFlags kSeen =
            XR_SPACE_LOCATION_POSITION_TRACKED_BIT | XR_SPACE_LOCATION_ORIENTATION_TRACKED_BIT;
        if ((at.locationFlags & kSeen) == kSeen && is_pose(at.pose)) entry.place = to_pose(at.pose);
    }
}

} // namespace pw::xr
