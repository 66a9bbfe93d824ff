// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include "base/assert.h"
#include "base/file.h"
#include "base/format.h"
#include "base/guarded.h"
#include "base/json.h"
#include "twin/twin.h"
#include "work/actions.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <utility>
#include <variant>

namespace pw::app {

namespace {

using Group = SettingGroup;

struct Row {
    const char* name;
    Text title;
    Group group;
    std::variant<bool Settings::*, double Settings::*, std::string Settings::*> field;
    double low = 0.0, high = 0.0;                      // numbers
    std::string_view choices = {};                     // texts: "|a|b|", empty: any
    bool at_start = false;                             // read only then
    Result<void> (*check)(std::string_view) = nullptr; // of texts
};

Result<void> check_broker(std::string_view value) {
    return value.empty() ? Result<void>() : twin::check_addresses(value);
}
Result<void> check_rights(std::string_view value) {
    return work::rights_from_text(value).transform([](const work::Rights&) {});
}

constexpr std::size_t kMaxBytes = 1u << 20; // of the file
constexpr std::size_t kDeepest = 16;

const Row kRows[] = {
    {"broker", Text::SetBroker, Group::Program, &Settings::broker, 0, 0, {}, /* at_start= */ true, &check_broker},
    {"user", Text::SetUser, Group::Program, &Settings::user},
    {"rights", Text::SetRights, Group::Program, &Settings::rights, 0, 0, {}, /* at_start= */ true, &check_rights},
    {"gpu", Text::SetGpu, Group::Program, &Settings::gpu, 0, 0, {}, /* at_start= */ true},
    {"tier", Text::SetTier, Group::Program, &Settings::tier, 0, 0, "|auto|software|low|high|", /* at_start= */ true},
    {"samples", Text::SetSamples, Group::Program, &Settings::samples, 0, 0, "|auto|1|2|4|8|", /* at_start= */ true},
    {"ambient_occlusion",
     Text::SetAmbientOcclusion,
     Group::Program,
     &Settings::ambient_occlusion,
     0,
     0,
     {},
     /* at_start= */ true},
    {"textures", Text::SetTextures, Group::Program, &Settings::textures, 0, 0, "|auto|compressed|plain|",
     /* at_start= */ true},
    {"detail_px", Text::SetDetail, Group::Program, &Settings::detail_px, 0.0, 8.0, {}, /* at_start= */ true},
    {"validation", Text::SetValidation, Group::Program, &Settings::validation, 0, 0, {}, /* at_start= */ true},
    {"labels", Text::SetLabels, Group::Program, &Settings::labels},
    {"ui_scale", Text::SetUiScale, Group::Program, &Settings::ui_scale, 0.5, 4.0, {}, /* at_start= */ true},
    {"volume", Text::SetVolume, Group::Program, &Settings::volume, 0.0, 1.0},
    {"volume_alarms", Text::SetVolumeAlarms, Group::Program, &Settings::volume_alarms, 0.0, 1.0},
    {"volume_machines", Text::SetVolumeMachines, Group::Program, &Settings::volume_machines, 0.0, 1.0},
    {"captions", Text::SetCaptions, Group::Program, &Settings::captions, 0, 0, "|auto|all|off|"},
    {"vsync", Text::SetVsync, Group::Desktop, &Settings::vsync, 0, 0, {}, /* at_start= */ true},
    {"fov_y_deg", Text::SetFov, Group::Desktop, &Settings::fov_y_deg, 20.0, 120.0},
    {"mouse_degrees_per_pixel", Text::SetMouse, Group::Desktop, &Settings::mouse_degrees_per_pixel, 0.01, 2.0},
    {"walk_speed_m_s", Text::SetWalkSpeed, Group::Desktop, &Settings::walk_speed_m_s, 0.1, 20.0},
    {"mirror", Text::SetMirror, Group::Headset, &Settings::mirror, 0, 0, {}, /* at_start= */ true},
    {"hand", Text::SetHand, Group::Headset, &Settings::hand, 0, 0, "|right|left|"},
    {"move", Text::SetMove, Group::Headset, &Settings::move, 0, 0, "|teleport|walk|"},
    {"turn", Text::SetTurn, Group::Headset, &Settings::turn, 0, 0, "|snap|smooth|"},
    {"snap_deg", Text::SetSnap, Group::Headset, &Settings::snap_deg, 0, 0, "|30|45|90|"},
    {"turn_speed_deg_s", Text::SetTurnSpeed, Group::Headset, &Settings::turn_speed_deg_s, 10.0, 180.0},
    {"vignette", Text::SetVignette, Group::Headset, &Settings::vignette, 0.0, 1.0},
    {"seated", Text::SetSeated, Group::Headset, &Settings::seated},
    {"height_m", Text::SetHeight, Group::Headset, &Settings::height_m, -1.0, 1.0},
    {"dwell", Text::SetDwell, Group::Headset, &Settings::dwell},
    {"gaze", Text::SetGaze, Group::Headset, &Settings::gaze},
    {"haptics", Text::SetHaptics, Group::Headset, &Settings::haptics, 0.0, 1.0},
    {"pace", Text::SetPace, Group::Headset, &Settings::pace},
    {"tutorial_done", Text::SetTutorialDone, Group::Headset, &Settings::tutorial_done},
};

const Row* find_row(std::string_view name) {
    for (const Row& row : kRows) {
        if (name == row.name) return &row;
    }
    return nullptr;
}

Result<nlohmann::json> read_object(const std::string& file) {
    const auto text = read_text(file, kMaxBytes);
    if (!text) return std::unexpected(text.error());
    const bool deep = json_is_deeper(*text, kDeepest);
    auto json = nlohmann::json::parse(deep ? "" : *text, nullptr, /* allow_exceptions= */ false);
    if (!json.is_object()) return fail(Errc::Malformed, "is not a JSON object of settings");
    return json;
}

std::string list_of(std::string_view choices) { // "|a|b|": "a, b"
    std::string out(choices.substr(1, choices.size() - 2));
    for (std::size_t bar = 0; (bar = out.find('|', bar)) != out.npos;) out.replace(bar, 1, ", ");
    return out;
}

Result<void> assign(Settings& settings, const Row& row, std::string_view value) {
    if (const auto* flag = std::get_if<bool Settings::*>(&row.field)) {
        if (value != "true" && value != "false")
            return fail(Errc::Malformed, formatted("{} is true or false", row.name));
        settings.*(*flag) = value == "true";
    } else if (const auto* number = std::get_if<double Settings::*>(&row.field)) {
        double parsed = 0.0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
        if (error != std::errc{} || end != value.data() + value.size() || !(parsed >= row.low && parsed <= row.high)) {
            return fail(Errc::Malformed, formatted("{} is a number from {} to {}", row.name, row.low, row.high));
        }
        settings.*(*number) = parsed;
    } else {
        const bool is_one = !value.contains('|') && row.choices.contains(formatted("|{}|", value));
        if (!row.choices.empty() && !is_one) {
            return fail(Errc::Malformed, formatted("{} is one of {}", row.name, list_of(row.choices)));
        }
        if (row.check != nullptr)
            if (auto right = row.check(value); !right) return right;
        settings.*std::get<std::string Settings::*>(row.field) = value;
    }
    return {};
}

std::string value_text(const Settings& settings, const Row& row) {
    if (const auto* flag = std::get_if<bool Settings::*>(&row.field)) return settings.*(*flag) ? "true" : "false";
    if (const auto* number = std::get_if<double Settings::*>(&row.field)) return formatted("{}", settings.*(*number));
    return settings.*std::get<std::string Settings::*>(row.field);
}

std::vector<SettingAbout> make_about() {
    std::vector<SettingAbout> all;
    for (const Row& row : kRows) {
        SettingAbout about{row.name, row.title, row.group, SettingKind::Words, row.low, row.high, {}, row.at_start};
        if (std::holds_alternative<bool Settings::*>(row.field)) about.kind = SettingKind::Flag;
        if (std::holds_alternative<double Settings::*>(row.field)) about.kind = SettingKind::Number;
        if (!row.choices.empty()) about.kind = SettingKind::Choice;
        for (std::string_view rest = row.choices; rest.size() > 1; rest.remove_prefix(rest.find('|', 1)))
            about.choices.emplace_back(rest.substr(1, rest.find('|', 1) - 1));
        all.push_back(std::move(about));
    }
    return all;
}

} // namespace

std::string settings_file() { return join_path(user_config_folder(), "settings.json"); }

Settings read_settings(const std::string& file, Reports& problems) {
    Settings settings;
    if (!file_exists(file)) return settings;
    const auto json = read_object(file);
    if (!json) {
        problems.add(file, json.error().what + "; all settings are at their defaults");
        return settings;
    }
    for (const auto& [name, value] : json->items()) {
        const Row* row = find_row(name);
        if (row == nullptr) {
            problems.add(file + ": " + name, "unknown setting");
            continue;
        }
        if (value.is_structured() || value.is_null()) { // and perhaps too deep to be written
            problems.add(file, formatted("{} must be a text, a number, true or false", name));
            continue;
        }
        const std::string written = value.is_string() ? value.get<std::string>() : value.dump();
        if (const auto done = assign(settings, *row, written); !done) problems.add(file, done.error().what);
    }
    return settings;
}

Result<void> write_settings(const std::string& file, std::span<const std::pair<std::string, std::string>> changes) {
    auto json = file_exists(file) ? read_object(file) : nlohmann::json::object();
    if (!json) return fail_at(file, json.error());
    Settings settings;
    for (const auto& [name, value] : changes) {
        const Row* row = find_row(name);
        PW_ASSERT(row != nullptr, "a setting is checked before it is kept");
        if (auto set = assign(settings, *row, value); !set) return set;
        const std::string written = value_text(settings, *row); // "60." is a number here, but not in JSON
        const bool is_text = std::holds_alternative<std::string Settings::*>(row->field);
        (*json)[name] = is_text ? nlohmann::json(written) : nlohmann::json::parse(written);
    }
    if (auto made = make_folders(folder_of(file)); !made) return made;
    return write_text(file, json->dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

Result<void> set_setting(Settings& settings, std::string_view name, std::string_view value) {
    const Row* row = find_row(name);
    if (row == nullptr) return fail(Errc::NotFound, formatted("there is no setting \"{}\"", name));
    return assign(settings, *row, value);
}

bool is_for_next_start(std::string_view name) {
    const Row* row = find_row(name);
    return row != nullptr && row->at_start;
}

std::vector<std::pair<std::string, std::string>> list_settings(const Settings& settings) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const Row& row : kRows) all.emplace_back(row.name, value_text(settings, row));
    return all;
}

const char* flag_value(bool on) { return on ? "true" : "false"; }

SettingValue value_of(const Settings& settings, std::size_t setting) {
    return std::visit([&](auto field) -> SettingValue { return settings.*field; }, kRows[setting].field);
}

std::span<const SettingAbout> about_settings() {
    static const std::vector<SettingAbout> kAll = make_about();
    return kAll;
}

struct SettingsKeeper::Shared {
    const std::string file;
    const std::shared_ptr<JobProblems> problems;
    Guarded<std::vector<std::pair<std::string, std::string>>> waiting;
    Guarded<bool> turn; // one writes at a time

    void write() {
        const auto mine = turn.lock();
        const auto changes = std::exchange(*waiting.lock(), {});
        if (changes.empty()) return;
        if (auto written = write_settings(file, changes); !written)
            problems->add(file_name_of(file), written.error().what);
    }
};

SettingsKeeper::SettingsKeeper(std::string file, std::shared_ptr<JobProblems> problems)
    : shared_(std::make_shared<Shared>(std::move(file), std::move(problems))) {}
SettingsKeeper::~SettingsKeeper() { shared_->write(); }

void SettingsKeeper::keep(Jobs& jobs, std::string name, std::string value) {
    shared_->waiting.lock()->emplace_back(std::move(name), std::move(value));
    jobs.add(JobClass::Background, [shared = shared_] { shared->write(); });
}

} // namespace pw::app
