// SPDX-License-Identifier: Apache-2.0
#include "tests/xr/headset_fixture.h"

#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <sstream>

namespace pw::test {
namespace {

constexpr const char* kLayers = "/usr/share/openxr/1/api_layers/explicit.d";
constexpr std::string_view kStatePrefix = "session state ";

void note_state(LogLevel, std::string_view message, void* list) {
    if (message.starts_with(kStatePrefix))
        static_cast<std::vector<std::string>*>(list)->emplace_back(message.substr(kStatePrefix.size()));
}

} // namespace

HeadsetTest::HeadsetTest(const HeadsetTestOptions& options) : options_(options) { add_log_sink(note_state, &states_); }

HeadsetTest::~HeadsetTest() {
    client_.reset(); // before its runtime
    remove_log_sink(note_state, &states_);
    if (options_.stand_in) set_environment("PW_XR_HIDE", "");
    if (!folder_.empty()) remove_folder(folder_);
}

bool HeadsetTest::ready() {
    if (!vulkan_here()) return skip("no Vulkan device with validation"), false;
    if (!find_program("monado-service")) return skip("monado-service is not installed"), false;
    if (!file_exists(join_path(kLayers, "XrApiLayer_core_validation.x86_64-linux-gnu.json")))
        return skip("OpenXR's core validation layer is not installed"), false;
    auto service = xr::MonadoService::start(options_.monado);
    REQUIRE_MESSAGE(service, service.error().what);
    monado_.emplace(std::move(*service));
    auto connected = xr::MonadoRemote::connect(monado_->remote_port());
    REQUIRE_MESSAGE(connected, connected.error().what);
    remote_ = std::move(*connected);
    send_remote();

    folder_ = make_temp_folder("pw-xrt-").value();
    for (const auto& [name, value] : monado_->client_environment()) set_environment(name.c_str(), value);
    const std::string layers = (build_dir() / "tests/openxr_layer").string();
    set_environment("XR_API_LAYER_PATH", layers + ":" + kLayers);
    set_environment("XR_ENABLE_API_LAYERS", std::string(options_.fault_layer ? "XR_APILAYER_PW_faults:" : "") +
                                                "XR_APILAYER_LUNARG_core_validation");
    set_environment("XR_CORE_VALIDATION_EXPORT_TYPE", "text");
    set_environment("XR_CORE_VALIDATION_FILE_NAME", join_path(folder_, "validation.txt"));
    if (options_.stand_in) {
        set_environment("PW_XR_HIDE", options_.hide);
        set_environment("PW_XR_OFFER", options_.offer);
        set_environment("PW_XR_HEARD_FILE", join_path(folder_, "heard"));
        set_environment("XR_RUNTIME_JSON", (build_dir() / "tests/openxr_layer/runtime/pw_xr_stand_in.json").string());
    }
    set_environment("PW_XR_ENABLED_FILE", join_path(folder_, "enabled"));
    set_environment("PW_XR_FAULT_FILE", join_path(folder_, "fault"));
    set_environment("PW_XR_SUBMITTED_FILE", join_path(folder_, "submitted"));

    xr::HostOptions wanted;
    wanted.kind = xr::HostKind::Headset;
    wanted.mirror = options_.mirror;
    wanted.width = 320;
    wanted.height = 240;
    auto host = xr::make_host(wanted);
    REQUIRE_MESSAGE(host, host.error().what);
    client_ = std::make_unique<ClearClient>(std::move(*host));
    const auto started = client_->start();
    REQUIRE_MESSAGE(started, started.error().what);
    return true;
}

void HeadsetTest::send_remote() { REQUIRE(remote_->send(remote)); }

bool HeadsetTest::reach(const std::string& state) {
    return client_->run_until([&] { return last_state() == state; });
}

void HeadsetTest::inject(const std::string& fault) { REQUIRE(write_text(join_path(folder_, "fault"), fault)); }

std::string HeadsetTest::enabled_extensions() const { return read_text(join_path(folder_, "enabled")).value_or(""); }

std::string HeadsetTest::heard() const { return read_text(join_path(folder_, "heard")).value_or(""); }
std::vector<std::string> HeadsetTest::submitted() const {
    std::vector<std::string> lines;
    std::istringstream text(read_text(join_path(folder_, "submitted")).value_or(""));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

bool HeadsetTest::submits(const std::string& frame) {
    return client_->run_until([&] {
        const auto lines = submitted();
        return !lines.empty() && lines.back() == frame;
    });
}

std::string HeadsetTest::finish() {
    const int messages = client_->validation_messages();
    client_.reset();
    std::string said = messages > 0 ? std::to_string(messages) + " messages of Vulkan's validation; " : "";
    const auto report = read_text(join_path(folder_, "validation.txt"));
    if (!report) return said + "OpenXR's core validation did not run";
    for (const char* bad : {"VALID_ERROR", "VALID_WARN"})
        if (const auto at = report->find(bad); at != std::string::npos) said += report->substr(at, 500);
    return said;
}

} // namespace pw::test
