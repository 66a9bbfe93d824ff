#pragma once
// SPDX-License-Identifier: Apache-2.0
// The part of the layer that has XR_FB_spatial_entity with storage and query. Anchors are spaces that the runtime below
// locates; those that are saved stand in a file, and are there again in another run.
//     $PW_XR_OFFER        "anchors": the headset supports it
//     $PW_XR_ANCHORS_FILE a line for each anchor that is saved: its uuid, position and orientation in LOCAL space
//     $PW_XR_ANCHORS_MOVED "x y z": how far away the anchors of that file are in this run, whose origin is another one

#include <openxr/openxr.h>

// The stand-in for the function of that name, or null.
PFN_xrVoidFunction find_anchors(const char* name, XrInstance instance, PFN_xrGetInstanceProcAddr next);
bool take_anchor_event(XrEventDataBuffer* out); // false: there is none
bool is_blind_anchor(XrSpace space);            // one that was not made locatable
void fail_next_anchor();
