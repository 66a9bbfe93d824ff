// SPDX-License-Identifier: Apache-2.0
#include "registration/registration.h"

#include "tests/registration/luck.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::registration;
using namespace pw::registration::test;

namespace {

const Asset kPress{"press1", 0x0123456789abcdef};
constexpr UtcTime kTime{1'800'000'000'123'000'000};
constexpr const char* kUuid = "01234567-89ab-cdef-0123-456789abcdef";

PointSolution solution(Luck& luck, const Rigid& truth, double sd = 0.003) {
    std::vector<PointPair> pairs;
    for (int i = 0; i < 6; ++i) {
        const DVec3 at = luck.in_box(1.5);
        pairs.push_back({at, truth * at + luck.normal3(sd), sd});
    }
    pairs[2].world_m.x += 0.5;
    return *register_points(pairs);
}

Registration some(Luck& luck, const Rigid& truth) { return *make_registration(kPress, kTime, solution(luck, truth)); }

bool same(const Estimate& a, const Estimate& b) {
    return a.place.translation == b.place.translation && a.place.rotation == b.place.rotation &&
           a.pivot_m == b.pivot_m && a.covariance == b.covariance;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

} // namespace

TEST_SUITE("registration/registration") {
    TEST_CASE("a registration is read back to the bit") {
        Luck luck(1);
        for (int i = 0; i < 100; ++i) {
            Registration r = some(luck, luck.rigid(1000.0));
            if (i % 2 == 0) r.anchor = kUuid;
            r.made_of.push_back("with \"quotes\", ä and\nmore");
            const auto back = parse_registration(to_json(r), "r.json");
            REQUIRE(back);
            CHECK(same(back->estimate, r.estimate));
            CHECK(back->asset == r.asset);
            CHECK(back->time == r.time);
            CHECK(back->residuals_m == r.residuals_m);
            CHECK(back->made_of == r.made_of);
            CHECK(back->doubts.size() == r.doubts.size());
            CHECK(to_json(*back) == to_json(r));
        }
    }

    TEST_CASE("a stored registration with something wrong names the place") {
        Luck luck(2);
        const std::string good = to_json(some(luck, luck.rigid(5.0)));
        const auto why = [](const std::string& json) {
            const auto r = parse_registration(json, "r.json");
            return r ? std::string("read") : r.error().what;
        };
        CHECK(why(good) == "read");
        CHECK(why("{").starts_with("r.json:1:"));
        CHECK(why("[]").starts_with("r.json: /format: must be"));
        CHECK(why(replaced(good, "\"version\":1", "\"version\":2")).contains("/version: is 2, this program reads 1"));
        CHECK(why(replaced(good, "\"version\":1,", "")).contains("/version: is missing"));
        CHECK(why(replaced(good, "press1", "")).contains("/asset: must be the id"));
        CHECK(why(replaced(good, "0123456789abcdef", "0123456789abcdeg")).contains("/geometry: must be 16"));
        CHECK(
            why(replaced(good, "\"points\"", "\"magic\"")).contains("/method: must be one of points, markers, anchor"));
        CHECK(why(replaced(good, "\"method\"", "\"methods\"")).contains("/method: is missing"));
        CHECK(why(replaced(good, "\"rms_px\"", "\"a/b\":1,\"rms_px\"")).contains("/a~1b: is not known"));
        CHECK(
            why(replaced(good, "\"rotation\":[", "\"rotation\":[1,")).contains("/place/rotation: must have 4 numbers"));
        CHECK(why(replaced(good, "\"pivot_m\":[", "\"pivot_m\":[1e300,")).contains("/pivot_m: must have 3 numbers"));
        CHECK(why(replaced(good, "\"covariance\":[", "\"covariance\":[-")).contains("/covariance: is not that of six"));
        CHECK(why(replaced(good, "\"residuals_m\":[", "\"residuals_m\":[\"x\","))
                  .contains("/residuals_m/0: must be a number"));
        CHECK(why(replaced(good, "\"made_of\":[", "\"made_of\":[1,")).contains("/made_of/0: must be a text"));
        CHECK(
            why(replaced(good, "\"kind\":\"outliers\"", "\"kind\":\"x\"")).contains("/doubts/0/kind: must be one of"));
        CHECK(why(replaced(good, "\"time\":\"2", "\"time\":\"x")).contains("/time: must be a time"));
        CHECK(why(replaced(good, "\"place\"", "\"anchor\":\"x\",\"place\"")).contains("/anchor: must be a uuid"));
        CHECK(why(replaced(good, "\"rms_m\"", "\"rms_m\":1,\"rms_m\"")).contains("twice"));
    }

    TEST_CASE("an ambiguous solution becomes a registration only when somebody chose") {
        Luck luck(3);
        const Rigid truth = luck.rigid(5.0);
        std::vector<PointPair> pairs;
        const std::vector<DVec3> corners{{1, 0, 0.5}, {1, 0, -0.5}, {-1, 0, -0.5}, {-1, 0, 0.5}};
        for (std::size_t i = 0; i < 4; ++i) // begun at the corner across
            pairs.push_back({corners[i], truth * corners[(i + 2) % 4] + luck.normal3(0.002), 0.002});
        const auto s = register_points(pairs);
        REQUIRE(s);
        const auto nobody = make_registration(kPress, kTime, *s);
        REQUIRE_FALSE(nobody);
        CHECK(nobody.error().what.contains("places fit as well as this one (3)"));
        CHECK_FALSE(make_registration(kPress, kTime, *s, 4));
        CHECK(same(make_registration(kPress, kTime, *s, 0)->estimate, s->estimate));
        int right = 0;
        for (std::size_t i = 0; i <= s->alternatives.size(); ++i)
            right += error2(make_registration(kPress, kTime, *s, i)->estimate, truth) < chi2_limit(6) ? 1 : 0;
        CHECK(right == 1);
        PointSolution round = *s;
        round.turns_freely = true;
        CHECK_FALSE(make_registration(kPress, kTime, round, 0));
    }

    TEST_CASE("the gate opens where the error is small enough, and says both numbers where not") {
        Luck luck(4);
        Registrar registrar(kPress);
        CHECK(registrar.state() == State::None);
        CHECK(registrar.allows({}, 1.0).error().what.contains("is not registered"));
        const Registration r = some(luck, luck.rigid(5.0));
        REQUIRE(registrar.accept(r));
        const DVec3 near = r.estimate.pivot_m, far = near + DVec3(30.0, 0.0, 0.0);
        REQUIRE(registrar.allows(near, 0.01));
        CHECK(registrar.allows(near, 0.01)->bound95_m < 0.01);
        const auto refused = registrar.allows(far, 0.01);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Errc::Refused);
        CHECK(refused.error().what.contains("press1 is known to "));
        CHECK(refused.error().what.contains("10.0 mm are needed"));
        CHECK(registrar.allows(far, 1.0));
        CHECK_FALSE(registrar.allows(near, NAN));
    }

    TEST_CASE("lost tracking is said, and the last good registration returns with it, to the bit") {
        Luck luck(5);
        Registrar registrar(kPress);
        const Registration r = some(luck, luck.rigid(5.0));
        REQUIRE(registrar.accept(r));
        CHECK(registrar.state() == State::Good);
        registrar.tracking(false);
        CHECK(registrar.state() == State::Doubtful);
        CHECK(registrar.allows(r.estimate.pivot_m, 1.0).error().what.contains("lost its tracking"));
        REQUIRE(registrar.last() != nullptr);
        registrar.tracking(true);
        CHECK(registrar.state() == State::Good);
        CHECK(same(registrar.last()->estimate, r.estimate));
        CHECK(registrar.revision() == 1);
        registrar.tracking(false);
        REQUIRE(registrar.accept(some(luck, luck.rigid(5.0)))); // from a file, say
        CHECK(registrar.state() == State::Doubtful);
        CHECK(registrar.revision() == 2);
    }

    TEST_CASE("registering anew moves the asset and never what is attached to it") {
        Luck luck(6);
        Registrar registrar(kPress);
        std::vector<DVec3> attached;
        for (int i = 0; i < 100; ++i) attached.push_back(luck.in_box(3.0));
        const std::vector<DVec3> before = attached;
        std::vector<DVec3> places;
        for (int k = 0; k < 20; ++k) {
            const Rigid truth = luck.rigid(50.0);
            REQUIRE(registrar.accept(some(luck, truth)));
            registrar.world_moved(luck.rigid(10.0));
            registrar.tracking(k % 3 != 0);
            for (std::size_t i = 1; i < attached.size(); ++i) {
                const Rigid& place = registrar.last()->estimate.place;
                CHECK(glm::distance(place * attached[i], place * attached[0]) ==
                      doctest::Approx(glm::distance(before[i], before[0])).epsilon(1e-12));
            }
            places.push_back(registrar.last()->estimate.place * attached[0]);
        }
        CHECK(attached == before);
        CHECK(glm::distance(places[0], places[1]) > 0.1);
    }

    TEST_CASE("what is for another machine, another shape of it or an anchor is refused") {
        Luck luck(7);
        Registration r = some(luck, luck.rigid(5.0));
        Registrar registrar(kPress);
        CHECK(Registrar({"press2", kPress.geometry}).accept(r).error().what.contains("of press1, not of press2"));
        CHECK(Registrar({"press1", 1}).accept(r).error().what.contains("another shape"));
        r.anchor = kUuid;
        CHECK(registrar.accept(r).error().what.contains("anchor"));
        CHECK(registrar.state() == State::None);
    }

    TEST_CASE("a moved world takes the registration and its errors along") {
        Luck luck(8);
        constexpr int kRuns = 500;
        double sum = 0.0;
        for (int i = 0; i < kRuns; ++i) {
            const Rigid truth = luck.rigid(5.0), moved = luck.rigid(5.0);
            Registrar registrar(kPress);
            REQUIRE(registrar.accept(some(luck, truth)));
            registrar.world_moved(moved);
            sum += error2(registrar.last()->estimate, moved * truth);
        }
        CHECK(consistent(sum / kRuns, kRuns, 6));
    }

    TEST_CASE("by way of an anchor a registration comes back with the anchor's errors added, each way") {
        Luck luck(9);
        constexpr int kRuns = 1000;
        double sum = 0.0;
        for (int i = 0; i < kRuns; ++i) {
            const Rigid world_from_asset = luck.rigid(5.0), world_from_anchor = luck.rigid(5.0);
            const auto found = [&](const Rigid& truth) {
                Estimate e = known(truth, 0.004, 0.002);
                e.place = {truth.translation + luck.normal3(0.004), turned_by(luck.normal3(0.002)) * truth.rotation};
                return SpatialAnchor{kUuid, e};
            };
            const Registration r = some(luck, world_from_asset);
            const auto kept = relative_to(found(world_from_anchor), r);
            REQUIRE(kept);
            CHECK(kept->method == Method::Anchor);
            const auto read = parse_registration(to_json(*kept), "r.json");
            REQUIRE(read);
            // Another day, another origin.
            const Rigid now_from_then = luck.rigid(50.0);
            const auto back = in_world(found(now_from_then * world_from_anchor), *read);
            REQUIRE(back);
            CHECK(back->anchor.empty());
            sum += error2(back->estimate, now_from_then * world_from_asset);
            CHECK(error_at(back->estimate, {}).rms_m > error_at(r.estimate, {}).rms_m);
        }
        CAPTURE(sum / kRuns);
        CHECK(consistent(sum / kRuns, kRuns, 6));

        const Registration r = some(luck, luck.rigid(5.0));
        const SpatialAnchor anchor{kUuid, known({}, 0.001, 0.001)}, other{"x", known({}, 0.001, 0.001)};
        CHECK_FALSE(in_world(anchor, r));
        CHECK_FALSE(in_world(other, *relative_to(anchor, r)));
        CHECK_FALSE(relative_to(other, *relative_to(anchor, r)));
    }
}
