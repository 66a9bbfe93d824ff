// SPDX-License-Identifier: Apache-2.0
// `plantwalk pack`: a glTF file made smaller and quicker to open.
#include "scene/pack.h"

#include "app/commands.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "base/time.h"

#include <algorithm>
#include <cstdio>
#include <print>
#include <thread>

namespace pw::app {

namespace {

constexpr Duration kProgressEvery = from_ms(5'000);

std::string megabytes(std::uint64_t bytes) { return formatted("{:.2f} MB", static_cast<double>(bytes) / 1e6); }

void print_row(const char* what, std::uint64_t before, std::uint64_t after) {
    std::print("  {:9} {:>11} → {:>11}", what, megabytes(before), megabytes(after));
    if (before > 0) std::print("  {:3.0f} %", 100.0 * static_cast<double>(after) / static_cast<double>(before));
    std::println("");
}

void print_summary(const std::string& out, const scene::PackSummary& s) {
    std::println("{}", printable(out));
    std::println("  parts {}, triangles {}, and {} in levels of detail", s.parts, s.triangles, s.level_triangles);
    std::println("  vertices {} → {}, positions moved by {:.4f} mm at most", s.vertices_before, s.vertices,
                 s.position_error_m * 1e3);
    print_row("file", s.before.file, s.after.file);
    print_row("numbers", s.before.numbers, s.after.numbers);
    print_row("pictures", s.before.pictures, s.after.pictures);
    if (s.images > 0) std::println("  pictures packed {} of {}", s.images_packed, s.images);
}

std::string summary_json(const std::string& out, const scene::PackSummary& s, const Reports& reports) {
    JsonWriter w;
    w.begin_object().member("file", out).member("parts", s.parts).member("triangles", s.triangles);
    w.member("level_triangles", s.level_triangles).member("vertices_before", s.vertices_before);
    w.member("vertices", s.vertices).member("position_error_m", s.position_error_m);
    w.member("images", s.images).member("images_packed", s.images_packed);
    for (const auto& [key, size] : {std::pair("before", s.before), std::pair("after", s.after)}) {
        w.key(key).begin_object().member("file", size.file).member("numbers", size.numbers);
        w.member("pictures", size.pictures).end_object();
    }
    w.key("warnings").begin_array();
    for (const Report& r : reports.list())
        w.begin_object().member("where", r.where).member("what", r.what).end_object();
    return w.end_array().end_object().take();
}

} // namespace

int run_pack(const PackCommand& command) {
    if (!is_folder(folder_of(command.out)))
        return failed({Errc::NotFound, "there is no folder for it: " + command.out});
    const auto jobs = make_jobs(std::max(1u, std::thread::hardware_concurrency()));
    Reports reports;
    const Time begin = system_clock().now();
    Duration due = kProgressEvery;
    const auto progress = [&](double done) {
        const Duration running = system_clock().now() - begin;
        if (running >= due) {
            due = running + kProgressEvery;
            log_info(formatted("{:.0f} s: {:.0f} % packed", running.seconds(), done * 100.0));
        }
        return !stop_requested();
    };
    const auto packed = scene::pack_gltf_file(command.in, command.options, *jobs, reports, progress);
    for (const Report& r : reports.list())
        if (!command.json) std::println(stderr, "warning: {}: {}", printable(r.where), printable(r.what));
    if (!packed) return failed(packed.error());
    if (const auto written = write_file(command.out, packed->glb); !written) return failed(written.error());
    if (command.json)
        std::println("{}", summary_json(command.out, packed->summary, reports));
    else
        print_summary(command.out, packed->summary);
    return 0;
}

} // namespace pw::app
