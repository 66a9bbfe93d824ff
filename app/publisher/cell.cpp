// SPDX-License-Identifier: Apache-2.0
#include "app/publisher/cell.h"

#include "base/assert.h"
#include "base/bytes.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>

namespace pw::app {
namespace {

constexpr Duration kShortestMove = from_ms(700);
constexpr Duration kLongWait = from_ms(5000); // longer, and the machine is suspended
constexpr double kJamAt = 0.4;                // of a pitch
constexpr double kRamp = 0.2;                 // of a move, to get up to speed and to stop
constexpr double kExchangeAt = 0.45;          // of a pallet change

double ratio(Duration part, Duration whole) {
    return whole.ns > 0 ? std::clamp(static_cast<double>(part.ns) / static_cast<double>(whole.ns), 0.0, 1.0) : 1.0;
}

// Speed of a move with even ramps, its mean being 1, and the share done; both over the share of its time.
double ramp_speed(double t) { return std::min({t / kRamp, (1.0 - t) / kRamp, 1.0}) / (1.0 - kRamp); }
double ramp_share(double t) {
    const double top = 1.0 / (1.0 - kRamp);
    if (t < kRamp) return top * t * t / (2.0 * kRamp);
    if (t > 1.0 - kRamp) return 1.0 - top * (1.0 - t) * (1.0 - t) / (2.0 * kRamp);
    return top * (t - kRamp / 2.0);
}

double smooth(double t) { return t * t * (3.0 - 2.0 * t); }

// First-order lag, in whole millionths.
std::int64_t approach(std::int64_t now, std::int64_t target, std::int64_t tau_ticks) {
    return now + (target - now) / tau_ticks;
}

} // namespace

std::uint64_t Random::next() {
    state_ += 0x9e37'79b9'7f4a'7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30u)) * 0xbf58'476d'1ce4'e5b9u;
    z = (z ^ (z >> 27u)) * 0x94d0'49bb'1331'11ebu;
    return z ^ (z >> 31u);
}

double Random::spread(double low, double high) {
    return low + (high - low) * static_cast<double>(next() >> 11u) * 0x1p-53;
}
bool Random::chance(double probability) { return spread(0.0, 1.0) < probability; }

Conveyor::Conveyor(const ConveyorSettings& settings) : s_(settings) {
    PW_ASSERT(s_.pockets >= 2 && s_.pockets <= 64, "the settings were checked");
    filled_ = ~std::uint64_t{0} >> (64u - s_.pockets);
}

// The pocket that stands at a place now: 0 is upstream, pockets − 1 the end stop.
unsigned Conveyor::pocket_at(unsigned place) const {
    const auto turned = static_cast<unsigned>(index_ % s_.pockets);
    return (place + s_.pockets - turned) % s_.pockets;
}

void Conveyor::tick(bool robot_clear, Random& random) {
    if (jam_.ns > 0) {
        jam_ = {std::max<std::int64_t>(0, jam_.ns - kTick.ns)};
        return;
    }
    if (!moving_) {
        rest_ = rest_ + kTick;
        if (crate_ready() || !robot_clear) return;
        moving_ = true;
        elapsed_ = rest_ = {};
        will_jam_ = random.chance(s_.jam_chance);
        return;
    }
    elapsed_ = elapsed_ + kTick;
    if (will_jam_ && ratio(elapsed_, s_.index) >= kJamAt) {
        will_jam_ = false;
        jam_ = from_seconds(s_.jam.seconds() * random.spread(0.7, 1.3));
    }
    if (elapsed_ < s_.index) return;
    moving_ = false;
    ++index_;
    // The pocket that came round is filled upstream, now and then not, and then mostly not the next few either.
    if (gap_left_ == 0 && random.chance(s_.gap_chance)) gap_left_ = 1 + static_cast<unsigned>(random.next() % 5u);
    const std::uint64_t bit = std::uint64_t{1} << pocket_at(0);
    filled_ = gap_left_ > 0 ? filled_ & ~bit : filled_ | bit;
    if (gap_left_ > 0) --gap_left_;
}

void Conveyor::take() {
    PW_ASSERT(crate_ready(), "a crate is taken from the end stop when there is one");
    filled_ &= ~(std::uint64_t{1} << pocket_at(s_.pockets - 1));
}

bool Conveyor::crate_ready() const { return !moving_ && pocket_filled(pocket_at(s_.pockets - 1)); }
bool Conveyor::waiting_long() const { return rest_ > kLongWait; }
bool Conveyor::stop_up() const { return moving_ || crate_ready(); }
double Conveyor::share() const { return moving_ ? ramp_share(ratio(elapsed_, s_.index)) : 0.0; }
double Conveyor::position_m() const { return (static_cast<double>(index_) + share()) * s_.pitch_m; }

double Conveyor::speed_m_s() const {
    return moving() ? ramp_speed(ratio(elapsed_, s_.index)) * s_.pitch_m / s_.index.seconds() : 0.0;
}

bool Conveyor::beam_broken(double x_m) const {
    const double last = static_cast<double>(s_.pockets - 1);
    for (unsigned place = 0; place < s_.pockets; ++place) {
        const double x = s_.stop_x_m + (place + share() - last) * s_.pitch_m;
        const bool on_belt = x <= s_.stop_x_m + 1e-9; // beyond the end stop it is on its way back
        if (on_belt && pocket_filled(pocket_at(place)) && std::abs(x - x_m) < s_.crate_length_m / 2.0) return true;
    }
    return false;
}

std::int64_t Conveyor::state(int part) const {
    const std::int64_t parts[] = {
        index_,    elapsed_.ns,     jam_.ns,          rest_.ns, static_cast<std::int64_t>(filled_),
        gap_left_, moving_ ? 1 : 0, will_jam_ ? 1 : 0};
    return part < 8 ? parts[part] : 0;
}

const char* step_text(RobotStep step) {
    switch (step) {
    case RobotStep::Wait:
        return "waits for a crate";
    case RobotStep::Down:
        return "goes down to the crate";
    case RobotStep::Grip:
        return "grips";
    case RobotStep::Lift:
        return "lifts";
    case RobotStep::Carry:
        return "carries";
    case RobotStep::Lower:
        return "lowers";
    case RobotStep::Release:
        return "releases";
    case RobotStep::Rise:
        return "rises";
    case RobotStep::Return:
        return "returns";
    case RobotStep::GoHome:
        return "goes home";
    case RobotStep::Change:
        return "waits for an empty pallet";
    case RobotStep::Ready:
        return "gets ready";
    }
    return "";
}

Palletiser::Palletiser(const PalletiserSettings& settings) : s_(settings) {
    const auto places = static_cast<int>(s_.places.size());
    on_pallet_ = std::min(on_pallet_, places - 1);
    finished_ = places; // a full pallet waits to be taken away
    from_ = to_ = s_.pick_approach;
    cycle_ = from_ms(8000);
}

double Palletiser::axis_deg(std::size_t axis) const {
    const double t = smooth(ratio(elapsed_, length_));
    return from_.at(axis) + (to_.at(axis) - from_.at(axis)) * t;
}

// The fingers are shut in the middle of the grip, and open again in the middle of the release.
double Palletiser::gripper_percent() const {
    const double t = ratio(elapsed_, length_);
    if (step_ == RobotStep::Grip) return 100.0 * smooth(std::min(t / 0.55, 1.0));
    if (step_ == RobotStep::Release) return 100.0 * (1.0 - smooth(std::clamp((t - 0.2) / 0.5, 0.0, 1.0)));
    return step_ > RobotStep::Grip && step_ < RobotStep::Release ? 100.0 : 0.0;
}

double Palletiser::speed_share() const {
    if (from_ == to_) return 0.0;
    const double t = ratio(elapsed_, length_);
    return s_.speed_share * 4.0 * t * (1.0 - t);
}

bool Palletiser::clear_of_belt() const {
    return step_ != RobotStep::Down && step_ != RobotStep::Grip && step_ != RobotStep::Lift;
}

const char* Palletiser::state_text() const {
    if (step_ == RobotStep::GoHome) return "COMPLETING";
    if (step_ == RobotStep::Change) return past(kExchangeAt) ? "RESETTING" : "COMPLETE";
    if (step_ == RobotStep::Ready) return "STARTING";
    return step_ == RobotStep::Wait && elapsed_ > kLongWait ? "SUSPENDED" : "EXECUTE";
}

Duration Palletiser::change_elapsed() const { return step_ == RobotStep::Change ? elapsed_ : Duration{}; }
bool Palletiser::past(double share) const { return ratio(elapsed_, length_) >= share; }

void Palletiser::enter(RobotStep step) {
    const auto& place = s_.places.at(static_cast<std::size_t>(on_pallet_) % s_.places.size());
    const auto& last = s_.places.at(static_cast<std::size_t>(std::max(on_pallet_ - 1, 0)));
    from_ = to_;
    switch (step) {
    case RobotStep::Down:
        to_ = s_.pick_grip;
        break;
    case RobotStep::Lift:
        to_ = s_.pick_lift;
        break;
    case RobotStep::Carry:
        to_ = place.approach;
        break;
    case RobotStep::Lower:
        to_ = place.place;
        break;
    case RobotStep::Rise:
        to_ = last.approach;
        break; // the count has gone up
    case RobotStep::Return:
    case RobotStep::Ready:
        to_ = s_.pick_approach;
        break;
    case RobotStep::GoHome:
        to_ = s_.home;
        break;
    default:
        break;
    }
    double seconds = 0.0; // of the slowest axis; the peak of a smooth move is 1.5 times its mean
    for (std::size_t i = 0; i < kAxes; ++i)
        seconds =
            std::max(seconds, 1.5 * std::abs(to_.at(i) - from_.at(i)) / (s_.axis_speed_deg_s.at(i) * s_.speed_share));
    length_ = std::max(from_seconds(seconds), kShortestMove);
    if (step == RobotStep::Grip || step == RobotStep::Release) length_ = s_.grip;
    if (step == RobotStep::Change) length_ = s_.pallet_change;
    step_ = step;
    elapsed_ = {};
    done_ = false;
}

void Palletiser::next() {
    const bool full = on_pallet_ == static_cast<int>(s_.places.size());
    switch (step_) {
    case RobotStep::Rise:
        return enter(full ? RobotStep::GoHome : RobotStep::Return);
    case RobotStep::Return:
    case RobotStep::Ready:
        return enter(RobotStep::Wait);
    default:
        return enter(static_cast<RobotStep>(static_cast<int>(step_) + 1));
    }
}

// One machine shows a crate a little before the other stops to, so that it is never gone between them: the gripper has
// it before the belt has lost it, the pallet before the gripper has.
void Palletiser::work(Conveyor& conveyor) {
    if (step_ == RobotStep::Grip) {
        load_ = load_ || past(0.6);
        if (!done_ && past(0.85)) {
            conveyor.take();
            done_ = true;
        }
    } else if (step_ == RobotStep::Release) {
        if (!done_ && past(0.15)) {
            ++on_pallet_;
            ++total_;
            done_ = true;
        }
        if (past(0.5)) load_ = false;
        if (on_pallet_ == static_cast<int>(s_.places.size()) / 2) finished_ = 0; // a truck has fetched the full pallet
    } else if (step_ == RobotStep::Change && !done_ && past(kExchangeAt)) {
        finished_ = on_pallet_;
        on_pallet_ = 0;
        ++pallets_;
        done_ = true;
    }
}

void Palletiser::tick(Conveyor& conveyor) {
    elapsed_ = elapsed_ + kTick;
    since_cycle_ = since_cycle_ + kTick;
    work(conveyor);
    if (step_ == RobotStep::Wait) {
        if (conveyor.crate_ready()) enter(RobotStep::Down);
        return;
    }
    if (elapsed_ < length_) return;
    if (step_ == RobotStep::Release) {
        cycle_ = since_cycle_;
        since_cycle_ = {};
    }
    next();
}

std::int64_t Palletiser::state(int part) const {
    const std::int64_t parts[] = {static_cast<std::int64_t>(step_),
                                  elapsed_.ns,
                                  length_.ns,
                                  on_pallet_,
                                  finished_,
                                  total_,
                                  pallets_,
                                  load_ ? 1 : 0};
    return part < 8 ? parts[part] : 0;
}

Cell::Cell(const CellSettings& s, std::uint64_t first_seed)
    : settings(s), random(first_seed), conveyor(s.conveyor), palletiser(s.palletiser), seed(first_seed) {}

void Cell::tick() {
    time = time + kTick;
    conveyor.tick(palletiser.clear_of_belt(), random);
    palletiser.tick(conveyor);
    const bool works = palletiser.speed_share() > 0.0;
    robot_udeg = approach(robot_udeg, works ? 71'000'000 : 41'000'000, /* 180 s */ 18'000);
    belt_udeg = approach(belt_udeg, conveyor.moving() ? 58'000'000 : 31'000'000, /* 120 s */ 12'000);
}

const char* Cell::state_text() const { return conveyor.jammed() ? "HELD" : palletiser.state_text(); }

double Cell::gate_deg() const {
    const Duration change = settings.palletiser.pallet_change;
    const Duration in = palletiser.change_elapsed();
    const double opened = ratio(in, settings.gate.swing);
    const double left = ratio(change - in, settings.gate.swing);
    return in.ns == 0 ? 0.0 : settings.gate.open_deg * smooth(std::min(opened, left));
}

double Cell::noise(unsigned channel) const {
    const auto half_seconds = static_cast<std::uint64_t>(time.ns / from_ms(500).ns);
    return Random(seed ^ (half_seconds * 16u + channel)).spread(-1.0, 1.0);
}

double Cell::bottles_per_hour() const {
    const double cycle_s = std::max(palletiser.cycle().seconds(), 1.0);
    return std::round(3600.0 / cycle_s) * settings.conveyor.bottles_per_crate;
}

std::uint64_t Cell::hash() const {
    std::array<std::int64_t, 20> all{time.ns, static_cast<std::int64_t>(random.state()), robot_udeg, belt_udeg};
    for (int i = 0; i < 8; ++i) {
        all.at(static_cast<std::size_t>(4 + i)) = conveyor.state(i);
        all.at(static_cast<std::size_t>(12 + i)) = palletiser.state(i);
    }
    return hash64(std::as_bytes(std::span(all)));
}

} // namespace pw::app
