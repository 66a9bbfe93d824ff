#pragma once
// SPDX-License-Identifier: Apache-2.0
// The identity of a part: what issues, bindings, procedures and registrations point with. It survives a new revision of
// the model. asset + uid, or else asset + name path in which siblings of one name carry their index.
// Text form: "robot:robot.glb#F-02.CAR" (uid) or "robot:robot.glb/Base/Joint1/Bolt[3]"; a model outside a plant has no
// place: "robot.glb/Base". In place and asset the characters % : # / are written as %25 %3A %23 %2F; in a path the
// characters ~ / of a name as ~0 ~1, and [ as ~2 where it would read as an index.

#include "base/result.h"

#include <string>
#include <string_view>

namespace pw::plant {

struct PartId {
    std::string place; // the placed model: an equipment id or scenery name
    std::string asset; // file name of the model
    std::string uid;   // extras.partId of the node, or empty
    std::string path;  // name path below the model's root; used when uid is empty; empty: the whole model
    friend bool operator==(const PartId&, const PartId&) = default;
};

std::string to_text(const PartId& part); // "place:asset#uid" or "place:asset/path"; a path beside a uid is left out
Result<PartId> parse_part_id(std::string_view text);

} // namespace pw::plant
