// SPDX-License-Identifier: Apache-2.0
#include "app/publisher/cell_settings.h"

#include "base/file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace pw::app {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxProgramBytes = 1u << 20;
constexpr std::size_t kMaxPlaces = 1000;

constexpr std::pair<std::string_view, Role> kRoles[] = {{"palletiser", Role::Palletiser},
                                                        {"conveyor", Role::Conveyor},
                                                        {"cabinet", Role::Cabinet},
                                                        {"pallet", Role::Pallet},
                                                        {"finished_pallet", Role::FinishedPallet},
                                                        {"gate", Role::Gate}};

// Takes members out of one JSON object; the first that is not as asked stays as error().
class Members {
  public:
    Members(const json& object, std::string where) : object_(object), where_(std::move(where)) {}

    double number(const char* key, double low, double high) {
        const auto found = object_.find(key);
        if (found != object_.end() && found->is_number()) {
            const auto value = found->get<double>();
            if (value >= low && value <= high) return value;
        }
        wrong(key, "must be a number from " + json(low).dump() + " to " + json(high).dump());
        return low;
    }

    Duration seconds(const char* key) { return from_seconds(number(key, 0.01, 3600.0)); }

    std::string text(const char* key) {
        const auto found = object_.find(key);
        if (found != object_.end() && found->is_string()) return found->get<std::string>();
        wrong(key, "must be text");
        return {};
    }

    Axes axes(const char* key, double low, double high) {
        Axes out{};
        const auto found = object_.find(key);
        bool good = found != object_.end() && found->is_array() && found->size() == kAxes;
        for (std::size_t i = 0; good && i < kAxes; ++i) {
            const json& value = (*found)[i];
            good = value.is_number() && value.get<double>() >= low && value.get<double>() <= high;
            if (good) out.at(i) = value.get<double>();
        }
        if (!good) wrong(key, "must be six numbers from " + json(low).dump() + " to " + json(high).dump());
        return out;
    }

    void wrong(const std::string& key, const std::string& what) {
        if (!error_) error_ = Error{Errc::Malformed, where_ + "." + key + " " + what};
    }
    const std::optional<Error>& error() const { return error_; }

  private:
    const json& object_;
    std::string where_;
    std::optional<Error> error_;
};

Result<json> parse(std::string_view text, const std::string& where) {
    json out = json::parse(text, nullptr, /* allow_exceptions= */ false);
    if (!out.is_object()) return fail(Errc::Malformed, where + ": is no JSON object");
    return out;
}

Result<void> read_program(const std::string& file, PalletiserSettings& out) {
    const Result<std::string> text = read_text(file, kMaxProgramBytes);
    if (!text) return std::unexpected(text.error());
    const Result<json> program = parse(*text, file);
    if (!program) return std::unexpected(program.error());
    const json none = json::object();
    const auto part = [&](const json& object, const char* key) -> const json& {
        const auto found = object.find(key);
        return found != object.end() && found->is_object() ? *found : none;
    };
    constexpr double kTurn = 360.0;
    Members top(*program, file);
    out.home = top.axes("home", -kTurn, kTurn);
    Members pick(part(*program, "pick"), file + ": pick");
    out.pick_approach = pick.axes("approach", -kTurn, kTurn);
    out.pick_grip = pick.axes("grip", -kTurn, kTurn);
    out.pick_lift = pick.axes("lift", -kTurn, kTurn);
    const auto places = program->find("places");
    if (places == program->end() || !places->is_array() || places->empty() || places->size() > kMaxPlaces)
        top.wrong("places", "must be a list of 1 to 1000 places");
    for (const auto& error : {top.error(), pick.error()})
        if (error) return std::unexpected(*error);
    for (const json& place : *places) {
        Members members(place.is_object() ? place : none, file + ": places[" + std::to_string(out.places.size()) + "]");
        out.places.push_back({members.axes("approach", -kTurn, kTurn), members.axes("place", -kTurn, kTurn)});
        if (members.error()) return std::unexpected(*members.error());
    }
    return {};
}

Result<void> read_palletiser(Members& from, const std::string& folder, PalletiserSettings& out) {
    out.axis_speed_deg_s = from.axes("axis_speed_deg_s", 1.0, 1000.0);
    out.speed_share = from.number("speed_share", 0.01, 1.0);
    out.grip = from.seconds("grip_s");
    out.pallet_change = from.seconds("pallet_change_s");
    const std::string program = from.text("program");
    if (from.error()) return {};
    return read_program(join_path(folder, program), out);
}

void read_conveyor(Members& from, ConveyorSettings& out) {
    out.pockets = static_cast<unsigned>(from.number("pockets", 2, 64));
    out.pitch_m = from.number("pitch_m", 0.05, 100.0);
    out.stop_x_m = from.number("stop_x_m", -1000.0, 1000.0);
    out.eye_in_x_m = from.number("eye_in_x_m", -1000.0, 1000.0);
    out.eye_out_x_m = from.number("eye_out_x_m", -1000.0, 1000.0);
    out.crate_length_m = from.number("crate_length_m", 0.01, 10.0);
    out.gap_chance = from.number("gap_chance", 0.0, 1.0);
    out.jam_chance = from.number("jam_chance", 0.0, 1.0);
    out.bottles_per_crate = static_cast<int>(from.number("bottles_per_crate", 1, 1000));
    out.index = from.seconds("index_s");
    out.jam = from.seconds("jam_s");
}

Result<Role> read_equipment(const plant::Equipment& equipment, const std::string& folder, CellSettings& out) {
    const std::string where = equipment.id + ".simulation";
    const Result<json> object = parse(equipment.simulation, where);
    if (!object) return std::unexpected(object.error());
    Members from(*object, where);
    const std::string plays = from.text("plays");
    const auto* role = std::ranges::find(kRoles, plays, [](const auto& row) { return row.first; });
    if (role == std::end(kRoles)) {
        from.wrong("plays", "must be palletiser, conveyor, cabinet, pallet, finished_pallet or gate");
        return std::unexpected(*from.error());
    }
    if (role->second == Role::Palletiser) {
        const Result<void> read = read_palletiser(from, folder, out.palletiser);
        if (!read) return fail_at(where, read.error());
    } else if (role->second == Role::Conveyor) {
        read_conveyor(from, out.conveyor);
    } else if (role->second == Role::Gate) {
        out.gate.open_deg = from.number("open_deg", -360.0, 360.0);
        out.gate.swing = from.seconds("swing_s");
    }
    if (from.error()) return std::unexpected(*from.error());
    return role->second;
}

} // namespace

Result<CellSettings> read_cell_settings(const plant::Plant& plant) {
    CellSettings out;
    for (const plant::Equipment& equipment : plant.equipment) {
        out.roles.push_back(Role::None);
        if (equipment.simulation.empty()) continue;
        const Result<Role> role = read_equipment(equipment, folder_of(plant.file), out);
        if (!role) return std::unexpected(role.error());
        if (std::ranges::find(out.roles, *role) != out.roles.end())
            return fail(Errc::Unsupported, equipment.id + ".simulation: another equipment plays the same role already");
        out.roles.back() = *role;
    }
    for (const Role needed : {Role::Palletiser, Role::Conveyor})
        if (std::ranges::find(out.roles, needed) == out.roles.end())
            return fail(Errc::Unsupported,
                        "only a palletising cell can be played so far: an equipment whose simulation "
                        "plays a palletiser, and one that plays a conveyor");
    return out;
}

} // namespace pw::app
