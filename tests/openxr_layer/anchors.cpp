// SPDX-License-Identifier: Apache-2.0
#include "tests/openxr_layer/anchors.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

PFN_xrGetInstanceProcAddr next_get = nullptr;
XrInstance instance = XR_NULL_HANDLE;
std::deque<XrEventDataBuffer> events;
XrAsyncRequestIdFB last_request = 0;
bool fail_next = false;

struct Kept {
    std::string uuid; // 32 hexadecimal digits
    XrPosef pose;     // in LOCAL space
};
std::map<XrSpace, Kept> anchors; // that this run has made or found
std::set<std::pair<XrSpace, XrSpaceComponentTypeFB>> able;
std::map<XrAsyncRequestIdFB, std::vector<XrSpaceQueryResultFB>> found;

template <class Function> Function next(const char* name) {
    PFN_xrVoidFunction function = nullptr;
    return XR_SUCCEEDED(next_get(instance, name, &function)) ? reinterpret_cast<Function>(function) : nullptr;
}

template <class Event> void tell(const Event& event) {
    XrEventDataBuffer buffer{.type = XR_TYPE_EVENT_DATA_BUFFER};
    std::memcpy(static_cast<void*>(&buffer), &event, sizeof event);
    events.push_back(buffer);
}

XrUuidEXT to_uuid(const std::string& text) {
    XrUuidEXT out{};
    for (std::size_t i = 0; i < sizeof out.data; ++i)
        out.data[i] = static_cast<std::uint8_t>(std::stoi(text.substr(2 * i, 2), nullptr, 16));
    return out;
}

std::string text_of(const XrUuidEXT& uuid) {
    std::string out;
    for (const std::uint8_t byte : uuid.data) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", byte);
        out += digits;
    }
    return out;
}

std::vector<Kept> read_kept() {
    const char* path = std::getenv("PW_XR_ANCHORS_FILE");
    std::vector<Kept> out;
    std::ifstream file(path == nullptr ? "" : path);
    for (Kept k; file >> k.uuid >> k.pose.position.x >> k.pose.position.y >> k.pose.position.z >>
                 k.pose.orientation.x >> k.pose.orientation.y >> k.pose.orientation.z >> k.pose.orientation.w;)
        out.push_back(k);
    return out;
}

void write_kept(const std::vector<Kept>& all) {
    const char* path = std::getenv("PW_XR_ANCHORS_FILE");
    if (path == nullptr) return;
    std::ofstream file(path);
    file.precision(std::numeric_limits<float>::max_digits10); // Monado wants orientations of length 1
    for (const Kept& k : all)
        file << k.uuid << ' ' << k.pose.position.x << ' ' << k.pose.position.y << ' ' << k.pose.position.z << ' '
             << k.pose.orientation.x << ' ' << k.pose.orientation.y << ' ' << k.pose.orientation.z << ' '
             << k.pose.orientation.w << '\n';
}

XrSpace make_space(XrSession session, XrReferenceSpaceType type, const XrPosef& pose) {
    XrReferenceSpaceCreateInfo info{.type = XR_TYPE_REFERENCE_SPACE_CREATE_INFO};
    info.referenceSpaceType = type;
    info.poseInReferenceSpace = pose;
    XrSpace out = XR_NULL_HANDLE;
    return XR_SUCCEEDED(next<PFN_xrCreateReferenceSpace>("xrCreateReferenceSpace")(session, &info, &out))
               ? out
               : XR_NULL_HANDLE;
}

XrResult outcome() { return std::exchange(fail_next, false) ? XR_ERROR_SPACE_MAPPING_INSUFFICIENT_FB : XR_SUCCESS; }

XrVector3f turned(const XrQuaternionf& q, const XrVector3f& v) { // v + 2 q × (q × v + w v)
    const XrVector3f t{2 * (q.y * v.z - q.z * v.y), 2 * (q.z * v.x - q.x * v.z), 2 * (q.x * v.y - q.y * v.x)};
    return {v.x + q.w * t.x + q.y * t.z - q.z * t.y, v.y + q.w * t.y + q.z * t.x - q.x * t.z,
            v.z + q.w * t.z + q.x * t.y - q.y * t.x};
}

XrPosef composed(const XrPosef& a, const XrPosef& b) {
    const XrVector3f at = turned(a.orientation, b.position);
    const XrQuaternionf &p = a.orientation, &q = b.orientation;
    return {{p.w * q.x + p.x * q.w + p.y * q.z - p.z * q.y, p.w * q.y - p.x * q.z + p.y * q.w + p.z * q.x,
             p.w * q.z + p.x * q.y - p.y * q.x + p.z * q.w, p.w * q.w - p.x * q.x - p.y * q.y - p.z * q.z},
            {a.position.x + at.x, a.position.y + at.y, a.position.z + at.z}};
}

XrResult create_anchor(XrSession session, const XrSpatialAnchorCreateInfoFB* info, XrAsyncRequestIdFB* request) {
    const XrPosef at_origin{{0.f, 0.f, 0.f, 1.f}, {0.f, 0.f, 0.f}};
    const XrSpace local = make_space(session, XR_REFERENCE_SPACE_TYPE_LOCAL, at_origin);
    XrSpaceLocation base{.type = XR_TYPE_SPACE_LOCATION};
    const XrResult located = next<PFN_xrLocateSpace>("xrLocateSpace")(info->space, local, info->time, &base);
    next<PFN_xrDestroySpace>("xrDestroySpace")(local);
    if (XR_FAILED(located)) return located;
    const XrPosef pose = composed(base.pose, info->poseInSpace);
    char uuid[33];
    std::snprintf(uuid, sizeof uuid, "%016llx%016llx", 0x5eed0000ull + static_cast<unsigned long long>(::getpid()),
                  0xa000ull + static_cast<unsigned long long>(last_request));
    *request = ++last_request;
    XrEventDataSpatialAnchorCreateCompleteFB event{.type = XR_TYPE_EVENT_DATA_SPATIAL_ANCHOR_CREATE_COMPLETE_FB};
    event.requestId = *request;
    event.result = outcome();
    if (XR_SUCCEEDED(event.result)) {
        event.space = make_space(session, XR_REFERENCE_SPACE_TYPE_LOCAL, pose);
        event.uuid = to_uuid(uuid);
        anchors[event.space] = {uuid, pose};
        able.emplace(event.space, XR_SPACE_COMPONENT_TYPE_LOCATABLE_FB); // a new one can be located at once
    }
    tell(event);
    return XR_SUCCESS;
}

XrResult set_status(XrSpace space, const XrSpaceComponentStatusSetInfoFB* info, XrAsyncRequestIdFB* request) {
    if (!anchors.contains(space)) return XR_ERROR_HANDLE_INVALID;
    if (able.contains({space, info->componentType}) == (info->enabled == XR_TRUE))
        return XR_ERROR_SPACE_COMPONENT_STATUS_ALREADY_SET_FB;
    *request = ++last_request;
    XrEventDataSpaceSetStatusCompleteFB event{.type = XR_TYPE_EVENT_DATA_SPACE_SET_STATUS_COMPLETE_FB};
    event.requestId = *request;
    event.result = XR_SUCCESS;
    event.space = space;
    event.uuid = to_uuid(anchors[space].uuid);
    event.componentType = info->componentType;
    event.enabled = info->enabled;
    able.emplace(space, info->componentType);
    tell(event);
    return XR_SUCCESS;
}

XrResult save(XrSession, const XrSpaceSaveInfoFB* info, XrAsyncRequestIdFB* request) {
    if (!able.contains({info->space, XR_SPACE_COMPONENT_TYPE_STORABLE_FB}))
        return XR_ERROR_SPACE_COMPONENT_NOT_ENABLED_FB;
    *request = ++last_request;
    XrEventDataSpaceSaveCompleteFB event{.type = XR_TYPE_EVENT_DATA_SPACE_SAVE_COMPLETE_FB};
    event.requestId = *request;
    event.result = outcome();
    event.space = info->space;
    event.uuid = to_uuid(anchors[info->space].uuid);
    event.location = info->location;
    if (XR_SUCCEEDED(event.result)) {
        auto kept = read_kept();
        kept.push_back(anchors[info->space]);
        write_kept(kept);
    }
    tell(event);
    return XR_SUCCESS;
}

XrResult erase(XrSession, const XrSpaceEraseInfoFB* info, XrAsyncRequestIdFB* request) {
    if (!able.contains({info->space, XR_SPACE_COMPONENT_TYPE_STORABLE_FB}))
        return XR_ERROR_SPACE_COMPONENT_NOT_ENABLED_FB;
    auto kept = read_kept();
    std::erase_if(kept, [&](const Kept& k) { return k.uuid == anchors[info->space].uuid; });
    write_kept(kept);
    *request = ++last_request;
    XrEventDataSpaceEraseCompleteFB event{.type = XR_TYPE_EVENT_DATA_SPACE_ERASE_COMPLETE_FB};
    event.requestId = *request;
    event.result = XR_SUCCESS;
    event.uuid = to_uuid(anchors[info->space].uuid);
    event.location = info->location;
    tell(event);
    return XR_SUCCESS;
}

XrResult query(XrSession session, const XrSpaceQueryInfoBaseHeaderFB* info, XrAsyncRequestIdFB* request) {
    const auto& wanted = reinterpret_cast<const XrSpaceQueryInfoFB&>(*info);
    if (wanted.filter == nullptr || wanted.filter->type != XR_TYPE_SPACE_UUID_FILTER_INFO_FB)
        return XR_ERROR_VALIDATION_FAILURE;
    const auto& filter = reinterpret_cast<const XrSpaceUuidFilterInfoFB&>(*wanted.filter);
    XrVector3f moved{};
    if (const char* text = std::getenv("PW_XR_ANCHORS_MOVED"))
        std::istringstream(text) >> moved.x >> moved.y >> moved.z;
    *request = ++last_request;
    const XrResult result = outcome();
    for (Kept k : read_kept()) {
        const bool asked = std::any_of(filter.uuids, filter.uuids + filter.uuidCount,
                                       [&](const XrUuidEXT& uuid) { return text_of(uuid) == k.uuid; });
        if (!asked || XR_FAILED(result)) continue;
        k.pose.position = {k.pose.position.x + moved.x, k.pose.position.y + moved.y, k.pose.position.z + moved.z};
        const XrSpace space = make_space(session, XR_REFERENCE_SPACE_TYPE_LOCAL, k.pose);
        anchors[space] = k;
        found[*request].push_back({space, to_uuid(k.uuid)});
    }
    if (found.contains(*request))
        tell(XrEventDataSpaceQueryResultsAvailableFB{.type = XR_TYPE_EVENT_DATA_SPACE_QUERY_RESULTS_AVAILABLE_FB,
                                                     .requestId = *request});
    tell(XrEventDataSpaceQueryCompleteFB{
        .type = XR_TYPE_EVENT_DATA_SPACE_QUERY_COMPLETE_FB, .requestId = *request, .result = result});
    return XR_SUCCESS;
}

XrResult retrieve(XrSession, XrAsyncRequestIdFB request, XrSpaceQueryResultsFB* out) {
    const auto& results = found[request];
    out->resultCountOutput = static_cast<std::uint32_t>(results.size());
    if (out->resultCapacityInput == 0) return XR_SUCCESS;
    if (out->resultCapacityInput < out->resultCountOutput) return XR_ERROR_SIZE_INSUFFICIENT;
    std::ranges::copy(results, out->results);
    return XR_SUCCESS;
}

template <class Function> PFN_xrVoidFunction any(Function function) {
    return reinterpret_cast<PFN_xrVoidFunction>(function);
}

} // namespace

PFN_xrVoidFunction find_anchors(const char* name, XrInstance of, PFN_xrGetInstanceProcAddr get) {
    const struct {
        const char* name;
        PFN_xrVoidFunction function;
    } ours[]{{"xrCreateSpatialAnchorFB", any(&create_anchor)},
             {"xrSetSpaceComponentStatusFB", any(&set_status)},
             {"xrSaveSpaceFB", any(&save)},
             {"xrEraseSpaceFB", any(&erase)},
             {"xrQuerySpacesFB", any(&query)},
             {"xrRetrieveSpaceQueryResultsFB", any(&retrieve)}};
    for (const auto& entry : ours) {
        if (std::strcmp(entry.name, name) != 0) continue;
        instance = of;
        next_get = get;
        return entry.function;
    }
    return nullptr;
}

bool take_anchor_event(XrEventDataBuffer* out) {
    if (events.empty()) return false;
    *out = events.front();
    events.pop_front();
    return true;
}

bool is_blind_anchor(XrSpace space) {
    return anchors.contains(space) && !able.contains({space, XR_SPACE_COMPONENT_TYPE_LOCATABLE_FB});
}

void fail_next_anchor() { fail_next = true; }
