#pragma once
// SPDX-License-Identifier: Apache-2.0
// The part of the layer that has a view of the world around, and writes down what a client submits.
//     $PW_XR_BLEND   the blend modes that are offered, best first: "ALPHA_BLEND ADDITIVE OPAQUE"; the runtime's own
//                    without it. All are shown as OPAQUE.
//     $PW_XR_OFFER   "passthrough": the headset supports XR_FB_passthrough, which does nothing here
//     $PW_XR_SUBMITTED_FILE gets a line for each xrEndFrame, "ALPHA_BLEND quad:alpha projection:alpha", and for each
//                    call of XR_FB_passthrough, "xrPassthroughStartFB"

#include <openxr/openxr.h>

// The stand-in for the function of that name, or null.
PFN_xrVoidFunction find_around(const char* name, XrInstance instance, PFN_xrGetInstanceProcAddr next);
void fail_next_end_frame();
bool offered(const char* word); // $PW_XR_OFFER has it
