// SPDX-License-Identifier: Apache-2.0
#include "tests/app/program.h"

#include "base/file.h"
#include "tests/support/paths.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace pw::test {

namespace {

std::vector<std::string> command(const std::vector<std::string>& arguments) {
    std::vector<std::string> words{(build_dir() / "bin/plantwalk").string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto has = [&](const char* word) { return std::ranges::contains(words, word); };
    const std::string& what = words[1];
    // Never this machine's loudspeakers; offscreen is silent by itself.
    if ((what == "demo" || what == "run" || what == "view") && !has("offscreen") && !has("--sound"))
        words.insert(words.end(), {"--sound", "null"});
    return words;
}

std::string proc(std::int64_t pid, const char* what) { return "/proc/" + std::to_string(pid) + "/" + what; }

std::string content(const std::string& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// Name, state and parent, of /proc/PID/stat: "12 (a name) S 7 …".
struct Stat {
    std::string name;
    char state = 'X';
    std::int64_t parent = 0;
};
Stat stat_of(std::int64_t pid) {
    const std::string text = content(proc(pid, "stat"));
    const auto open = text.find('('), close = text.rfind(')');
    if (open == std::string::npos || close == std::string::npos) return {};
    Stat out{text.substr(open + 1, close - open - 1)};
    std::istringstream(text.substr(close + 1)) >> out.state >> out.parent;
    return out;
}

double number_in_status(std::int64_t pid, const std::string& name) {
    const std::string text = content(proc(pid, "status"));
    const auto at = text.find("\n" + name + ":");
    return at == std::string::npos ? 0.0 : std::stod(text.substr(at + name.size() + 2));
}

} // namespace

TempFolder::TempFolder() : path(make_temp_folder("pw-e2e-").value()) {}
TempFolder::~TempFolder() { remove_folder(path); }

Finished plantwalk(const std::vector<std::string>& arguments, const Environment& environment) {
    const TempFolder folder;
    auto process = Process::start(command(arguments), {.environment = environment, .output_file = folder / "said"});
    if (!process) FAIL("plantwalk is not built");
    const int code = process->wait();
    return {code, read_text(folder / "said").value_or("")};
}

Program::Program(const TempFolder& folder, const std::vector<std::string>& arguments, const Environment& environment)
    : environment_(environment), runtime_(folder / "run") {
    const auto set = [this](const char* name, const std::string& value) {
        for (const auto& entry : environment_)
            if (entry.first == name) return;
        environment_.emplace_back(name, value);
    };
    set("XDG_RUNTIME_DIR", runtime_);
    set("XDG_CONFIG_HOME", folder / "config");
    set("XDG_STATE_HOME", folder / "state");
    set("DISPLAY", "");
    set("WAYLAND_DISPLAY", "");
    for (const auto& [name, value] : environment_)
        if (name == "XDG_RUNTIME_DIR") runtime_ = value;
    REQUIRE(make_folders(runtime_));
    const std::string settings = folder / "config/plantwalk/settings.json";
    REQUIRE(make_folders(folder_of(settings)));
    if (!file_exists(settings)) REQUIRE(write_text(settings, R"({"validation": true})"));
    static int count = 0;
    log_ = folder / ("log-" + std::to_string(++count));
    auto process = Process::start(command(arguments), {.environment = environment_, .output_file = log_});
    REQUIRE(process);
    process_ = std::move(*process);
}

std::string Program::said() const { return read_text(log_).value_or(""); }

std::size_t Program::count_said(const std::string& what) const {
    const std::string text = said();
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++count;
    return count;
}

bool Program::says(const std::string& what, std::size_t times, Duration patience) {
    const bool did = eventually([&] { return count_said(what) >= times || !process_.running(); }, patience) &&
                     count_said(what) >= times;
    if (!did) MESSAGE("it said: ", said());
    return did;
}

nlohmann::json Program::status() const {
    auto status = ask({"app.status"})["result"];
    if (status.is_object()) CHECK(status["validation_messages"] == 0);
    return status;
}

nlohmann::json Program::ask(const std::vector<std::string>& words) const {
    std::vector<std::string> all{"do"};
    all.insert(all.end(), words.begin(), words.end());
    const Finished answer = plantwalk(all, environment_);
    auto json = nlohmann::json::parse(answer.said, nullptr, /* allow_exceptions= */ false);
    return json.is_object() ? json : nlohmann::json{{"ok", false}, {"error", answer.said}, {"result", nullptr}};
}

bool Program::eventually_status(const std::function<bool(const nlohmann::json&)>& holds, Duration patience) {
    nlohmann::json last;
    bool did = false;
    eventually(
        [&] {
            last = status();
            did = last.is_object() && holds(last);
            return did || !process_.running();
        },
        patience);
    if (!did) MESSAGE("the last status: ", last.dump(), "; it said: ", said());
    return did;
}

std::vector<std::int64_t> Program::children() const {
    std::vector<std::int64_t> family{process_.pid()};
    for (bool grown = true; grown;) {
        grown = false;
        for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
            const std::string name = entry.path().filename();
            if (name.find_first_not_of("0123456789") != std::string::npos) continue;
            const std::int64_t pid = std::stoll(name);
            if (std::ranges::contains(family, pid) || !std::ranges::contains(family, stat_of(pid).parent)) continue;
            family.push_back(pid);
            grown = true;
        }
    }
    family.erase(family.begin());
    return family;
}

std::int64_t Program::child(const std::string& name) const {
    for (const auto pid : children())
        if (name.starts_with(stat_of(pid).name) && !stat_of(pid).name.empty()) return pid; // 15 characters are kept
    return 0;
}

std::size_t Program::open_files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(proc(process_.pid(), "fd")))
        count += !entry.path().empty();
    return count;
}

std::size_t Program::threads() const { return static_cast<std::size_t>(number_in_status(process_.pid(), "Threads")); }
double Program::resident_mib() const { return number_in_status(process_.pid(), "VmRSS") / 1024.0; }

bool is_alive(std::int64_t pid) {
    const char state = stat_of(pid).state;
    return state != 'X' && state != 'Z';
}

scene::Pixels picture_of(const std::string& png) {
    const auto file = read_file(png);
    REQUIRE_MESSAGE(file, png);
    const auto decoded = scene::decode_image(*file);
    REQUIRE_MESSAGE(decoded, png);
    const auto rgba = decoded->rgba();
    return {decoded->width, decoded->height, {rgba.begin(), rgba.end()}};
}

} // namespace pw::test
