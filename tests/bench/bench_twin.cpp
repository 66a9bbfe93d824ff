// SPDX-License-Identifier: Apache-2.0
// What live data costs: Sparkplug decoded, decoded and applied (CPU time of one core), and from a foreign publisher
// through a real Mosquitto to applied tags. CSV on stdout.
//   what: decode | apply | broker
//   metrics_per_s: for decode and apply per second of CPU, for broker per second of wall time
//   ns_per_metric: CPU time; for broker of the whole process, connection thread included

#include "base/bytes.h"
#include "base/file.h"
#include "base/process.h"
#include "twin/private_broker.h"
#include "twin/sparkplug_host.h"
#include "twin/twin.h"

#include <mosquitto.h>

#include <cstdio>
#include <cstdlib>
#include <format>
#include <string>
#include <thread>
#include <vector>

using namespace pw;
using namespace pw::twin;

namespace {

constexpr std::uint32_t kTags = 2000; // of one node

std::string birth() {
    std::vector<OutMetric> metrics;
    for (std::uint32_t i = 0; i < kTags; ++i)
        metrics.push_back({std::format("Line/Machine{}/Sensor{}", i / 20, i % 20), i, DataType::Double, 0.0, true});
    return encode_payload(metrics, 0, utc_from_ms(1'700'000'000'000));
}

// One NDATA for every sequence number, with `count` metrics by alias.
std::vector<std::string> data(std::uint32_t count) {
    std::vector<std::string> out;
    std::uint32_t tag = 0;
    for (std::uint64_t seq = 0; seq < 256; ++seq) {
        std::vector<OutMetric> metrics;
        for (std::uint32_t i = 0; i < count; ++i, tag = (tag + 7) % kTags)
            metrics.push_back({"", tag, DataType::Double, static_cast<double>(seq) * 0.25 + i, false});
        out.push_back(encode_payload(metrics, seq, utc_from_ms(1'700'000'000'000 + static_cast<std::int64_t>(seq))));
    }
    return out;
}

void row(const char* what, std::uint32_t per_payload, double metrics_per_s, double ns, const std::string& note) {
    std::printf("%s,%u,%.0f,%.1f,%s\n", what, per_payload, metrics_per_s, ns, note.c_str());
    std::fflush(stdout);
}

// Calls body(seq) for about a second of CPU, five times; the best nanoseconds per call.
template <class F> double best_ns(F body) {
    double best = 1e18;
    std::uint64_t seq = 0;
    for (int round = 0; round < 5; ++round) {
        const Duration before = thread_cpu_time();
        std::uint64_t calls = 0;
        Duration used{};
        while (used < from_ms(200)) {
            for (int i = 0; i < 256; ++i) body(++seq % 256);
            calls += 256;
            used = thread_cpu_time() - before;
        }
        best = std::min(best, static_cast<double>(used.ns) / static_cast<double>(calls));
    }
    return best;
}

void bench_decode(std::uint32_t per_payload) {
    const auto messages = data(per_payload);
    Payload payload;
    std::uint64_t hash = 0;
    const double ns = best_ns([&](std::uint64_t seq) {
        if (decode_payload(as_bytes(messages[seq]), payload)) hash += payload.metrics.back().alias.value_or(0);
    });
    row("decode", per_payload, 1e9 * per_payload / ns, ns / per_payload, hash == 0 ? "nothing decoded" : "");
}

void bench_apply(std::uint32_t per_payload) {
    std::vector<WatchedTag> watched;
    for (int i = 0; i < 200; ++i) watched.push_back({std::format("g/n//Line/Machine{}/Sensor0", i / 2), {}});
    TagStore store(watched, 100'000);
    SparkplugHost host({}, store);
    const Instant now{Time{1}, utc_from_ms(1)};
    host.connected(now);
    host.message("spBv1.0/g/NBIRTH/n", as_bytes(birth()), false, now);
    const auto messages = data(per_payload);
    const double ns =
        best_ns([&](std::uint64_t seq) { host.message("spBv1.0/g/NDATA/n", as_bytes(messages[seq]), false, now); });
    std::string state;
    for (std::uint32_t i = 0; i < store.known(); ++i) state += to_text(store.state(TagId{i}).value) + " ";
    row("apply", per_payload, 1e9 * per_payload / ns, ns / per_payload, "state " + to_hex(hash64(as_bytes(state))));
}

// The other program: a plain C client that sends a birth and then `rate` messages a second for `seconds`.
int publish(int port, std::uint32_t per_payload, int rate, double seconds) {
    mosquitto_lib_init();
    mosquitto* client = mosquitto_new(nullptr, true, nullptr);
    if (mosquitto_connect(client, "127.0.0.1", port, 60) != MOSQ_ERR_SUCCESS) return EXIT_FAILURE;
    const auto send = [&](const char* topic, const std::string& payload) {
        mosquitto_publish(client, nullptr, topic, static_cast<int>(payload.size()), payload.data(), 0, false);
        while (mosquitto_want_write(client)) mosquitto_loop(client, 100, 1);
    };
    for (int i = 0; i < 20; ++i) mosquitto_loop(client, 10, 1); // the CONNACK
    send("spBv1.0/g/NBIRTH/n", birth());
    const auto messages = data(per_payload);
    const Clock& clock = system_clock();
    const Time start = clock.now();
    const auto total = static_cast<std::int64_t>(rate * seconds);
    for (std::int64_t sent = 0; sent < total; ++sent) {
        const Time due = start + from_seconds(static_cast<double>(sent) / rate);
        while (clock.now() < due) mosquitto_loop(client, 1, 1);
        send("spBv1.0/g/NDATA/n", messages[static_cast<std::size_t>((sent + 1) % 256)]);
    }
    mosquitto_disconnect(client);
    mosquitto_destroy(client);
    return EXIT_SUCCESS;
}

void bench_broker(const std::string& program, PrivateBroker& broker, std::uint32_t per_payload, int rate) {
    constexpr double kSeconds = 3.0;
    TwinOptions options;
    options.broker = broker.url();
    for (int i = 0; i < 200; ++i) options.watched.push_back({std::format("g/n//Line/Machine{}/Sensor0", i / 2), {}});
    auto twin = Twin::start(options);
    if (!twin) return;
    const auto until = [&](auto holds, double seconds) {
        const Time end = system_clock().now() + from_seconds(seconds);
        while (!holds((*twin)->snapshot()) && system_clock().now() < end) {
            pause_for(from_ms(1));
            (*twin)->take();
        }
    };
    until([](const TwinSnapshot& s) { return s.connection == Connection::Online; }, 10.0);
    auto publisher = Process::start({program, "publish", std::to_string(broker.port()), std::to_string(per_payload),
                                     std::to_string(rate), std::to_string(kSeconds)});
    if (!publisher) return;
    until([](const TwinSnapshot& s) { return s.metrics > kTags; }, 10.0);
    const Time start = system_clock().now();
    const Duration cpu = process_cpu_time();
    const std::uint64_t before = (*twin)->snapshot().metrics;
    const auto expected = static_cast<std::uint64_t>(kSeconds * rate) * per_payload + kTags;
    until([&](const TwinSnapshot& s) { return s.metrics >= expected || !publisher->running(); }, 60.0);
    const double wall = (system_clock().now() - start).seconds();
    until([&](const TwinSnapshot& s) { return s.metrics >= expected; }, 2.0);
    const auto applied = static_cast<double>((*twin)->snapshot().metrics - before);
    const double lost = static_cast<double>(expected - (*twin)->snapshot().metrics) / static_cast<double>(expected);
    row("broker", per_payload, applied / wall, static_cast<double>((process_cpu_time() - cpu).ns) / applied,
        std::format("{} messages/s asked for; lost {:.1f} %", rate, 100.0 * lost));
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv, argv + argc);
    if (argc == 6 && arguments[1] == "publish") {
        return publish(std::atoi(argv[2]), static_cast<std::uint32_t>(std::atoi(argv[3])), std::atoi(argv[4]),
                       std::atof(argv[5]));
    }
    std::puts("what,metrics_per_payload,metrics_per_s,ns_per_metric,note");
    for (const std::uint32_t count : {20u, 500u}) bench_decode(count);
    for (const std::uint32_t count : {20u, 500u}) bench_apply(count);
    const auto folder = make_temp_folder("pw-bench");
    if (!folder) return EXIT_FAILURE;
    if (auto broker = start_private_broker(*folder)) {
        for (const int rate : {5'000, 20'000, 50'000}) bench_broker(arguments[0], *broker, 20, rate);
        for (const int rate : {200, 1'000, 2'000, 4'000}) bench_broker(arguments[0], *broker, 500, rate);
    } else {
        std::fprintf(stderr, "%s\n", broker.error().what.c_str());
    }
    remove_folder(*folder);
    return EXIT_SUCCESS;
}
