// SPDX-License-Identifier: Apache-2.0
// The broker and the headset's runtime are killed under the running program and come back: it goes on, both return, and
// nothing is left behind.
#include "app/publisher/publisher.h"
#include "tests/app/cell_plant.h"
#include "tests/app/program.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/twin/net.h"
#include "xr/monado_service.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace pw;
using namespace pw::test;

namespace {

bool all_are(const nlohmann::json& status, const char* quality) {
    const auto& machines = status["machines"];
    return machines.size() == 6 && std::ranges::all_of(machines, [&](const auto& q) { return q == quality; });
}

// A broker, the publishing cell on it and the program, on Monado or without a display.
struct Cell {
    TempFolder folder;
    std::unique_ptr<TestBroker> broker = TestBroker::start();
    std::optional<xr::MonadoService> monado;
    std::unique_ptr<app::PublishedPlant> machines;
    std::optional<Program> program;
    std::size_t focused = 0; // sessions that got so far

    bool start(bool headset) {
        if (!broker) return false;
        Environment environment;
        if (headset) {
            auto service = xr::MonadoService::start();
            if (!service && service.error().code == Errc::NotFound) return skip(service.error().what), false;
            REQUIRE_MESSAGE(service, service.error().what);
            monado.emplace(std::move(*service));
            environment = monado->client_environment();
        }
        auto published = app::start_publishing(cell_plant(), broker->broker->url(), {.seed = 3});
        REQUIRE(published);
        machines = std::move(*published);
        program.emplace(folder,
                        std::vector<std::string>{"run", (source_dir() / "assets/plants/cell/plant.json").string(),
                                                 "--host", headset ? "headset" : "offscreen", "--broker",
                                                 broker->broker->url()},
                        environment);
        if (headset) REQUIRE(program->says("session state FOCUSED", ++focused));
        REQUIRE(program->eventually_status([](const auto& s) { return s["settled"] == true && all_are(s, "GOOD"); }));
        return true;
    }

    void lose_broker() {
        broker->broker->kill();
        REQUIRE(
            program->eventually_status([](const auto& s) { return s["connection"] == "lost" && all_are(s, "STALE"); }));
    }
    void return_broker() {
        REQUIRE(broker->broker->restart());
        REQUIRE(program->eventually_status(
            [](const auto& s) { return s["connection"] == "online" && all_are(s, "GOOD"); }));
    }
    void lose_runtime() {
        const auto lost = program->count_said("going on and waiting for it");
        monado->kill();
        REQUIRE(program->says("going on and waiting for it", lost + 1));
    }
    void return_runtime() {
        const auto restarted = monado->restart();
        REQUIRE_MESSAGE(restarted, restarted.error().what);
        REQUIRE(program->says("session state FOCUSED", ++focused));
    }
    bool draws() {
        const auto now = program->status();
        REQUIRE(now.is_object());
        const auto frames = now["frames"].template get<std::uint64_t>();
        return program->eventually_status([&](const auto& s) { return s["frames"] > frames + 3; });
    }
    void round() {
        lose_broker();
        lose_runtime();
        return_broker();
        return_runtime();
        CHECK(draws());
    }
};

struct Costs {
    std::size_t files = 0, threads = 0;
    double resident_mib = 0.0;
    explicit Costs(const Program& program)
        : files(program.open_files()), threads(program.threads()), resident_mib(program.resident_mib()) {}
};

// Descriptors and threads may not grow at all; a thread that ends or a broker that is looked for may be counted for a
// moment, so that is waited out. Memory breathes with the software driver's pools: measured between 360 and 600 MiB,
// without a trend. A model, a swapchain or a shadow map that is left behind is 5 MiB and more a round: in twenty rounds
// it is seen, in three only what is larger.
void check_costs(Cell& cell, int rounds) {
    constexpr double kBreath_mib = 150.0;
    cell.round(); // loads libraries, fills pools
    const Costs first(*cell.program);
    for (int i = 0; i < rounds; ++i) cell.round();
    Costs last(*cell.program);
    eventually(
        [&] {
            last = Costs(*cell.program);
            return last.files <= first.files && last.threads <= first.threads;
        },
        from_ms(5000));
    MESSAGE(rounds, " rounds: files ", first.files, " to ", last.files, ", threads ", first.threads, " to ",
            last.threads, ", MiB ", first.resident_mib, " to ", last.resident_mib);
    CHECK(last.files <= first.files);
    CHECK(last.threads <= first.threads);
    CHECK(last.resident_mib < first.resident_mib + kBreath_mib);
    CHECK(cell.program->children().empty());
    cell.program->process().stop(from_ms(20'000));
    CHECK(cell.program->process().exit_code() == 0);
}

} // namespace

TEST_SUITE("app/broker_outage [net] [gpu]") {
    TEST_CASE("without its broker the program draws on and says why its machines are stale, until it is back") {
        Cell cell;
        if (!cell.start(/* headset= */ false)) return;
        CHECK(cell.program->status()["problems"].empty());
        cell.lose_broker();
        CHECK(cell.draws());
        const auto problems = cell.program->status()["problems"];
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].get<std::string>().contains(cell.broker->broker->url()));
        cell.return_broker();
        CHECK(cell.draws());
        CHECK(cell.program->status()["problems"].empty());
        cell.program->process().stop(from_ms(20'000));
        CHECK(cell.program->process().exit_code() == 0);
    }
}

TEST_SUITE("app/runtime_outage [net] [xr]") {
    TEST_CASE("without its headset's runtime the program lives on, until it is back and in focus again") {
        Cell cell;
        if (!cell.start(/* headset= */ true)) return;
        CHECK(cell.draws());
        cell.lose_runtime();
        CHECK(cell.program->eventually_status([&](const auto& s) { // the machines' words still arrive
            return all_are(s, "GOOD") && s["messages"] > cell.machines->messages() / 2;
        }));
        cell.return_runtime();
        CHECK(cell.draws());
    }
}

TEST_SUITE("app/leaks [net] [xr]") {
    TEST_CASE("losing broker and runtime again and again leaves nothing behind") {
        Cell cell;
        if (!cell.start(/* headset= */ true)) return;
        check_costs(cell, 3);
    }
}

TEST_SUITE("app/leaks_long [net] [xr] [slow]") {
    TEST_CASE("neither do 20 rounds") {
        Cell cell;
        if (!cell.start(/* headset= */ true)) return;
        check_costs(cell, 20);
    }
}
