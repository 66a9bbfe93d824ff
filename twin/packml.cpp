// SPDX-License-Identifier: Apache-2.0
#include "twin/packml.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pw::twin {

Packml packml_of(std::string_view state) {
    static constexpr std::array<std::pair<std::string_view, Packml>, 17> kStates{{{"CLEARING", Packml::Other},
                                                                                  {"STOPPED", Packml::Other},
                                                                                  {"STARTING", Packml::Other},
                                                                                  {"IDLE", Packml::Other},
                                                                                  {"SUSPENDED", Packml::Suspended},
                                                                                  {"EXECUTE", Packml::Execute},
                                                                                  {"STOPPING", Packml::Other},
                                                                                  {"ABORTING", Packml::Failed},
                                                                                  {"ABORTED", Packml::Failed},
                                                                                  {"HOLDING", Packml::Failed},
                                                                                  {"HELD", Packml::Failed},
                                                                                  {"UNHOLDING", Packml::Other},
                                                                                  {"SUSPENDING", Packml::Suspended},
                                                                                  {"UNSUSPENDING", Packml::Suspended},
                                                                                  {"RESETTING", Packml::Other},
                                                                                  {"COMPLETING", Packml::Other},
                                                                                  {"COMPLETE", Packml::Other}}};
    const auto* found = std::ranges::find(kStates, state, &std::pair<std::string_view, Packml>::first);
    return found == kStates.end() ? Packml::Unknown : found->second;
}

} // namespace pw::twin
