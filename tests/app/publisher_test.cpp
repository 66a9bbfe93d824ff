// SPDX-License-Identifier: Apache-2.0
// The publishing plant on a real broker, heard by our own twin and by a reader that is not ours.
#include "app/publisher/publisher.h"

#include "base/file.h"
#include "base/process.h"
#include "tests/app/cell_plant.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/twin/net.h"
#include "twin/binding.h"
#include "twin/private_broker.h"
#include "twin/twin.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace pw::app {
namespace {

using test::cell_plant;
using test::eventually;
using test::TestBroker;

std::unique_ptr<PublishedPlant> publish(const TestBroker& network) {
    auto plant = start_publishing(cell_plant(), network.broker->url(), {.seed = 3});
    REQUIRE_MESSAGE(plant, (plant ? "" : plant.error().what));
    return std::move(*plant);
}

// A host that watches every tag of the plant.
class Host {
  public:
    explicit Host(const TestBroker& network) : bindings_(make_bindings()) {
        twin::TwinOptions options;
        options.broker = network.broker->url();
        options.watched.assign(bindings_.watched().begin(), bindings_.watched().end());
        twin_ = std::move(*twin::Twin::start(options));
    }

    const twin::TagState& tag(std::string_view name) {
        twin_->take();
        return twin_->snapshot().tags.at(bindings_.find_watched(name));
    }
    double number(std::string_view name) { return twin::to_number(tag(name).value, -1.0); }

    // The equipment all of whose tags are good.
    std::set<std::string> good() {
        std::set<std::string> out;
        for (const plant::Equipment& e : cell_plant().equipment) {
            bool all = !e.tags.empty();
            for (const plant::Tag& t : e.tags) all = all && tag(e.id + "." + t.id).quality == twin::Quality::Good;
            if (all) out.insert(e.id);
        }
        return out;
    }
    twin::Twin& twin() { return *twin_; }

  private:
    static twin::Bindings make_bindings() {
        Reports problems;
        twin::Bindings bindings = twin::Bindings::make(cell_plant());
        for (const Report& p : problems.list()) FAIL_CHECK(p.where, ": ", p.what);
        return bindings;
    }
    twin::Bindings bindings_;
    std::unique_ptr<twin::Twin> twin_;
};

const std::set<std::string> kAll{"palletiser", "conveyor", "cabinet", "pallet-a", "pallet-b", "gate"};

} // namespace

TEST_SUITE("app/publisher [net]") {
    TEST_CASE("every tag of the plant arrives at a host, good and moving") {
        const auto network = TestBroker::start();
        if (!network) return;
        const auto plant = publish(*network);
        Host host(*network);
        REQUIRE(eventually([&] { return host.good() == kAll; }));
        CHECK(plant->nodes() == 5);
        CHECK(plant->nodes_online() == 5);
        CHECK(std::holds_alternative<std::string>(host.tag("palletiser.state").value));
        CHECK(std::holds_alternative<bool>(host.tag("conveyor.end_stop").value));
        CHECK(std::holds_alternative<std::int64_t>(host.tag("pallet-a.crates").value));
        CHECK(host.number("pallet-b.crates") == 12.0);
        const double j2 = host.number("palletiser.j2");
        CHECK(eventually([&] { return std::abs(host.number("palletiser.j2") - j2) > 5.0; }));
        CHECK(eventually([&] { return host.number("cabinet.uptime") >= 2.0; })); // a metric of the node itself
    }

    TEST_CASE("a node that dies silences its machine only, and comes back") {
        const auto network = TestBroker::start();
        if (!network) return;
        const auto plant = publish(*network);
        Host host(*network);
        REQUIRE(eventually([&] { return host.good() == kAll; }));
        CHECK_FALSE(plant->drop("Bottling/Nobody"));
        CHECK(plant->drop("Bottling/Conveyor"));
        std::set<std::string> rest = kAll;
        rest.erase("conveyor");
        CHECK(eventually([&] { return host.good() == rest; }));
        CHECK(eventually([&] { return host.good() == kAll; }));
    }

    TEST_CASE("it outlives its broker") {
        const auto network = TestBroker::start();
        if (!network) return;
        const auto plant = publish(*network);
        Host host(*network);
        REQUIRE(eventually([&] { return host.good() == kAll; }));
        network->broker->kill();
        CHECK(eventually([&] { return plant->nodes_online() == 0 && host.good().empty(); }));
        REQUIRE(network->broker->restart());
        CHECK(eventually([&] { return plant->nodes_online() == 5 && host.good() == kAll; }));
    }

    TEST_CASE("a broker that comes late is waited for") {
        const auto network = TestBroker::start();
        if (!network) return;
        network->broker->kill();
        const auto plant = publish(*network);
        CHECK(plant->nodes_online() == 0);
        REQUIRE(network->broker->restart());
        CHECK(eventually([&] { return plant->nodes_online() == 5; }));
    }

    TEST_CASE("it is born again when a host asks") {
        const auto network = TestBroker::start();
        if (!network) return;
        const auto plant = publish(*network);
        Host host(*network);
        REQUIRE(eventually([&] { return host.good() == kAll; }));
        while (host.twin().next_event()) {}
        host.twin().request_rebirth("Bottling/Palletiser");
        std::set<std::string> born;
        CHECK(eventually([&] {
            while (const auto event = host.twin().next_event())
                if (event->kind == twin::TwinEventKind::NodeBirth || event->kind == twin::TwinEventKind::DeviceBirth)
                    born.insert(event->who);
            return born == std::set<std::string>{"Bottling/Palletiser", "Bottling/Palletiser/R1"};
        }));
        CHECK(host.good() == kAll);
    }
}

namespace {

// tests/app/foreign/sparkplug_reader.mjs at a broker.
class Reader {
  public:
    // False after skip() when Node.js or its modules are missing.
    bool start(const TestBroker& network) {
        const char* modules = std::getenv("NODE_PATH");
        if (modules == nullptr || !is_folder(join_path(modules, "sparkplug-payload")))
            return test::skip("npm sparkplug-payload is not in $NODE_PATH"), false;
        log_ = network.folder + "/reader.log";
        auto started = Process::start(
            {"node", (test::source_dir() / "tests/app/foreign/sparkplug_reader.mjs").string(), network.broker->url()},
            {.output_file = log_, .pipe_input = true});
        if (!started) return test::skip(started.error().what), false;
        process_ = std::move(*started);
        REQUIRE_MESSAGE(eventually([&] { return said().contains("listening"); }, from_ms(30'000)),
                        "the reader says: ", said());
        return true;
    }
    nlohmann::json report() {
        pause_for(from_ms(300)); // what was sent last arrives
        REQUIRE(process_.write(as_bytes("report\n")));
        CHECK(process_.wait() == 0);
        return nlohmann::json::parse(said().substr(said().find('{')));
    }

  private:
    std::string said() const { return read_text(log_).value_or(""); }
    std::string log_;
    Process process_;
};

} // namespace

TEST_SUITE("app/publisher_foreign [net]") {
    TEST_CASE("a foreign reader finds nothing against the specification") {
        const auto network = TestBroker::start();
        if (!network) return;
        Reader reader;
        if (!reader.start(*network)) return;
        auto plant = publish(*network);
        REQUIRE(eventually([&] { return plant->messages() > 150; }));
        CHECK(plant->drop("Bottling/Palletiser"));
        REQUIRE(eventually([&] { return plant->nodes_online() == 4; }));
        REQUIRE(eventually([&] { return plant->nodes_online() == 5; }));
        const std::uint64_t sent = plant->messages();
        REQUIRE(eventually([&] { return plant->messages() > sent + 100; }));
        plant.reset();
        const auto report = reader.report();
        CHECK_MESSAGE(report["problems"].empty(), report["problems"].dump(1));
        REQUIRE(report["nodes"].size() == 5);
        for (const auto& [name, node] : report["nodes"].items()) {
            const int lives = name == "Bottling/Palletiser" ? 2 : 1;
            CHECK_MESSAGE(node["births"] == lives, name);
            CHECK_MESSAGE(node["deaths"] == lives, name);
            CHECK_MESSAGE(node["bd_seqs"] == node["death_seqs"], name); // each death is that of its birth
        }
        CHECK(report["nodes"]["Bottling/Palletiser"]["bd_seqs"] == nlohmann::json({0, 1}));
        CHECK(report["nodes"]["Bottling/Palletiser"]["devices"]["R1"]["Axes/J1"] == "Double");
        CHECK(report["nodes"]["Bottling/Palletiser"]["facts"]["Axes/J2"] ==
              nlohmann::json({{"engUnit", "deg"}, {"engLow", -65.0}, {"engHigh", 85.0}}));
        CHECK_FALSE(report["nodes"]["Bottling/Conveyor"]["facts"].contains("Eyes/In"));
        CHECK(report["nodes"]["Bottling/Conveyor"]["devices"]["C1"]["Eyes/In"] == "Boolean");
        CHECK(report["nodes"]["Bottling/Palletiser"]["data"] > 20);
    }

    TEST_CASE("nor does it in a plant that is simulated") {
        const auto network = TestBroker::start();
        if (!network) return;
        Reader reader;
        if (!reader.start(*network)) return;
        auto plant = start_publishing(test::line_plant(), network->broker->url(), {.seed = 3, .speed = 20.0});
        REQUIRE_MESSAGE(plant, (plant ? "" : plant.error().what));
        REQUIRE(eventually([&] { return (*plant)->messages() > 150; }));
        CHECK((*plant)->plant_time() > from_ms(1000));
        plant->reset();
        const auto report = reader.report();
        CHECK_MESSAGE(report["problems"].empty(), report["problems"].dump(1));
        REQUIRE(report["nodes"].size() == 3);
        for (const auto& [name, node] : report["nodes"].items()) CHECK_MESSAGE(node["deaths"] == 1, name);
        const auto& devices = report["nodes"]["Line/Filler"]["devices"];
        CHECK(devices["Infeed"]["Items"] == "DataSet");
        CHECK(devices["Infeed"]["Count"] == "UInt64");
        CHECK(devices["Filler"]["Command/CntrlCmd"] == "Int32");
        CHECK(devices["Filler"]["Command/MachSpeed"] == "Double");
        CHECK(devices["Filler"]["Alarms/Jam"] == "Boolean");
        CHECK(devices["Filler"].size() == 23); // two of its tags share a source
    }
}

} // namespace pw::app
