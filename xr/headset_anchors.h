#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: anchors by XR_FB_spatial_entity with its storage and query extensions (OpenXR 1.1, 12.116, 12.118,
// 12.119). Each call of theirs only begins something; an event says how it ended.

#include "xr/anchors.h"
#include "xr/headset_runtime.h"

#include <vector>

namespace pw::xr {

class HeadsetAnchors final : public Anchors {
  public:
    // The session and its origin outlive it.
    HeadsetAnchors(const AnchorCalls& calls, XrSession session, XrSpace origin)
        : calls_(calls), session_(session), origin_(origin) {}

    void make(const Pose& origin_from_anchor) override;
    std::optional<Result<std::string>> take_made() override { return std::exchange(made_, std::nullopt); }
    bool making() const override;
    void look_for(const std::string& uuid) override;
    std::optional<Pose> origin_from_anchor(const std::string& uuid) const override;
    void erase(const std::string& uuid) override;

    void hear(const XrEventDataBuffer& event); // any event; the others are passed over
    void step(XrTime display, Health& health); // for a frame that is shown then

  private:
    enum class Stage : std::uint8_t {
        Wanted,   // by a uuid
        Placing,  // a new one is being made
        Enabling, // what it needs to be able to do
        Saving,   // a new one
        Ready,
    };
    struct Entry {
        Stage stage = Stage::Wanted;
        XrUuidEXT uuid{};
        Handle<XrSpace, xrDestroySpace> space;
        XrAsyncRequestIdFB request = 0; // of its stage
        std::size_t enabled = 0;        // of kNeeds
        bool is_new = false;            // to be saved, and told of
        std::optional<Pose> place;      // in this frame
    };

    Entry* find_request(XrAsyncRequestIdFB request);
    void go_on(Entry& entry); // with what it needs next
    void fail_entry(Entry& entry, const char* call, XrResult result);
    void ask(Time now, Health& health);
    void take_found();

    AnchorCalls calls_;
    XrSession session_;
    XrSpace origin_;
    XrTime display_ = 0;
    std::vector<Entry> entries_;
    std::optional<Result<std::string>> made_;
    std::optional<XrAsyncRequestIdFB> query_; // that runs
    Time next_query_{};
};

} // namespace pw::xr
