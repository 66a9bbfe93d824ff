// SPDX-License-Identifier: Apache-2.0
#include "tests/xr/made_up_hand.h"

#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>

namespace pw::test {

xr::HandJoints make_hand(const HandShape& shape, std::size_t hand, const Pose& origin_from_palm) {
    xr::HandJoints joints;
    const double side = hand == 0 ? -1.0 : 1.0; // the right hand has its little finger at +X
    const auto put = [&](xr::Joint joint, const DVec3& place, const Quat& turn = kNoRotation) {
        const Pose palm_from_joint{place * static_cast<double>(shape.scale), turn};
        joints[static_cast<std::size_t>(joint)] = {origin_from_palm * palm_from_joint, 0.008f * shape.scale};
    };
    put(xr::Joint::Palm, {0.0, 0.0, 0.0});
    put(xr::Joint::Wrist, {0.0, 0.0, 0.05});

    constexpr double kBones_m[3]{0.042, 0.026, 0.02};
    DVec3 index_tip{0.0};
    for (std::size_t finger = 0; finger < 4; ++finger) {
        const double x = side * (-0.03 + 0.02 * static_cast<double>(finger)) + (finger == 1 ? side * 0.01 : 0.0);
        auto joint = static_cast<std::size_t>(xr::Joint::IndexMetacarpal) + 5 * finger;
        put(static_cast<xr::Joint>(joint++), {x, 0.0, 0.03});
        DVec3 place{x, 0.0, -0.045};
        for (std::size_t bone = 0; bone < 3; ++bone) {
            const float bent_deg = shape.bend_deg[finger] * static_cast<float>(bone + 1) / 3.f;
            const Quat turn = glm::angleAxis(-glm::radians(bent_deg), Vec3(1.f, 0.f, 0.f));
            put(static_cast<xr::Joint>(joint++), place, turn);
            place += DVec3(turn * Vec3(0.f, 0.f, -static_cast<float>(kBones_m[bone])));
            if (bone == 2) put(static_cast<xr::Joint>(joint), place, turn);
        }
        if (finger == 0) index_tip = place;
    }
    const DVec3 thumb_tip = index_tip + DVec3(-side, 0.0, 0.0) * static_cast<double>(shape.gap_m);
    const DVec3 thumb_root{-side * 0.025, -0.01, 0.035};
    for (std::size_t i = 0; i < 4; ++i)
        put(static_cast<xr::Joint>(static_cast<std::size_t>(xr::Joint::ThumbMetacarpal) + i),
            thumb_root + (thumb_tip - thumb_root) * (static_cast<double>(i) / 3.0));
    return joints;
}

} // namespace pw::test
