// SPDX-License-Identifier: Apache-2.0
// What live data costs: Sparkplug decoded, decoded and applied (CPU time of one core), and from a foreign publisher
// through a real Mosquitto to applied tags. CSV on stdout.
//   what: decode | apply | store | frame | broker | bare | ours | ratio
//   metrics_per_s: for decode, apply and store per second of CPU, for the rest per second of wall time
//   ns_per_metric: CPU time; for broker, bare and ours of the whole process, connection thread included
// store: samples for tags in no order, among 1 M. frame: a snapshot of 1,000 tags, all changed, and its bindings, with
// so many tags known. bare and ours: the same payloads as fast as they can be sent, to a client that only counts them
// and to a Twin, in turns; ratio is of the metrics_per_s of each pair.

#include "base/bytes.h"
#include "base/file.h"
#include "base/format.h"
#include "base/process.h"
#include "plant/plant.h"
#include "twin/binding.h"
#include "twin/private_broker.h"
#include "twin/sparkplug_host.h"
#include "twin/twin.h"

#include <mosquitto.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace pw;
using namespace pw::twin;

namespace {

constexpr std::uint32_t kTags = 2000; // of one node
constexpr std::uint32_t kMillion = 1'000'000;

std::string birth() {
    std::vector<OutMetric> metrics;
    for (std::uint32_t i = 0; i < kTags; ++i)
        metrics.push_back({formatted("Line/Machine{}/Sensor{}", i / 20, i % 20), i, DataType::Double, 0.0, true});
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
    for (int i = 0; i < 200; ++i) watched.push_back({formatted("g/n//Line/Machine{}/Sensor0", i / 2), {}});
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

// So many tags known, of which the first are watched.
TagStore filled_store(std::span<const WatchedTag> watched, std::uint32_t tags) {
    TagStore store(watched, tags);
    for (std::uint32_t i = 0; i < tags; ++i) {
        const TagId tag =
            store.intern(i < watched.size() ? watched[i].source : formatted("g/n{}/d/Sensor{}", i / 2000, i));
        store.apply({tag, 0.0, Quality::Good, utc_from_ms(1), Time{1}});
    }
    return store;
}

void bench_store() {
    const double before = peak_rss_mib();
    TagStore store = filled_store({}, kMillion);
    const double mib = peak_rss_mib() - before;
    std::uint32_t tag = 0;
    const double ns = best_ns([&](std::uint64_t n) {
        tag = (tag + 611'953) % kMillion;
        store.apply({TagId{tag}, static_cast<double>(n), Quality::Good, utc_from_ms(2), Time{2}});
    });
    row("store", 1, 1e9 / ns, ns, formatted("{} tags take {:.0f} MiB", kMillion, mib));
}

void bench_frame(std::uint32_t tags) {
    constexpr std::uint32_t kBound = 1000;
    plant::Plant plant;
    plant::Equipment& machine = plant.equipment.emplace_back();
    machine.id = "machine";
    for (std::uint32_t i = 0; i < kBound; ++i) {
        const std::string id = formatted("t{}", i);
        machine.tags.push_back({.id = id, .source = "g/n/d/" + id});
        machine.bindings.push_back({.tag = id, .node = "Node"});
    }
    Bindings bindings = Bindings::make(plant);
    TagStore store = filled_store(bindings.watched(), tags);
    TwinSnapshot snapshot;
    std::uint64_t hash = 0;
    std::int64_t frame = 0;
    const double ns = best_ns([&](std::uint64_t) {
        ++frame;
        for (std::uint32_t i = 0; i < kBound; ++i)
            store.apply({TagId{i}, static_cast<double>(frame + i), Quality::Good, utc_from_ms(frame), Time{frame}});
        store.copy_watched(snapshot.tags);
        hash += bindings.evaluate(snapshot, Time{frame}).size();
    });
    row("frame", kBound, 1e9 * kBound / ns, ns / kBound,
        formatted("{} tags known; {:.1f} us a frame with its words applied{}", tags, ns / 1000.0,
                  hash == 0 ? "; nothing bound" : ""));
}

// The other program: a plain C client that sends births and then `rate` messages a second (0: as fast as it can) for
// `seconds`, round robin over so many nodes.
int publish(int port, std::uint32_t per_payload, int rate, double seconds, unsigned nodes) {
    mosquitto_lib_init();
    mosquitto* client = mosquitto_new(nullptr, true, nullptr);
    if (mosquitto_connect(client, "127.0.0.1", port, 60) != MOSQ_ERR_SUCCESS) return EXIT_FAILURE;
    const auto send = [&](const std::string& topic, const std::string& payload) {
        mosquitto_publish(client, nullptr, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 0, false);
        while (mosquitto_want_write(client)) mosquitto_loop(client, 100, 1);
    };
    for (int i = 0; i < 20; ++i) mosquitto_loop(client, 10, 1); // the CONNACK
    const std::string born = birth();
    std::vector<std::string> topics;
    for (unsigned n = 0; n < nodes; ++n) {
        const std::string node = n == 0 ? "n" : formatted("n{}", n);
        send("spBv1.0/g/NBIRTH/" + node, born);
        topics.push_back("spBv1.0/g/NDATA/" + node);
    }
    if (nodes > 1) pause_for(from_ms(3000)); // that the births are not counted with the data
    const auto messages = data(per_payload);
    const Clock& clock = system_clock();
    const Time start = clock.now();
    for (std::uint64_t sent = 0;; ++sent) {
        const double at = rate == 0 ? (clock.now() - start).seconds() : static_cast<double>(sent) / rate;
        if (at >= seconds) break;
        while (rate != 0 && clock.now() < start + from_seconds(at)) mosquitto_loop(client, 1, 1);
        send(topics[sent % nodes], messages[(sent / nodes + 1) % 256]);
    }
    mosquitto_disconnect(client);
    mosquitto_destroy(client);
    return EXIT_SUCCESS;
}

Result<Process> start_publisher(const std::string& program, const PrivateBroker& broker, std::uint32_t per_payload,
                                int rate, double seconds, unsigned nodes = 1) {
    return Process::start({program, "publish", std::to_string(broker.port()), std::to_string(per_payload),
                           std::to_string(rate), std::to_string(seconds), std::to_string(nodes)});
}

std::unique_ptr<Twin> start_twin(const PrivateBroker& broker) {
    TwinOptions options;
    options.broker = broker.url();
    for (int i = 0; i < 200; ++i) options.watched.push_back({formatted("g/n//Line/Machine{}/Sensor0", i / 2), {}});
    auto twin = Twin::start(options);
    if (!twin) return nullptr;
    for (int i = 0; i < 5000 && (*twin)->snapshot().connection != Connection::Online; ++i) {
        pause_for(from_ms(2));
        (*twin)->take();
    }
    return std::move(*twin);
}

void bench_broker(const std::string& program, const PrivateBroker& broker, std::uint32_t per_payload, int rate,
                  unsigned nodes = 1) {
    const double seconds = 3.0;
    const auto twin = start_twin(broker);
    if (!twin) return;
    const auto until = [&](auto holds, double patience) {
        const Time end = system_clock().now() + from_seconds(patience);
        while (!holds(twin->snapshot()) && system_clock().now() < end) {
            pause_for(from_ms(1));
            twin->take();
        }
    };
    auto publisher = start_publisher(program, broker, per_payload, rate, seconds, nodes);
    if (!publisher) return;
    const std::uint64_t births = std::uint64_t{kTags} * nodes;
    until([&](const TwinSnapshot& s) { return s.metrics > births; }, 60.0);
    const Time start = system_clock().now();
    const Duration cpu = process_cpu_time();
    const std::uint64_t before = twin->snapshot().metrics;
    const auto expected = static_cast<std::uint64_t>(seconds * rate) * per_payload + births;
    until([&](const TwinSnapshot& s) { return s.metrics >= expected || !publisher->running(); }, 60.0);
    const double wall = (system_clock().now() - start).seconds();
    until([&](const TwinSnapshot& s) { return s.metrics >= expected; }, 2.0);
    const auto applied = static_cast<double>(twin->snapshot().metrics - before);
    const double lost = static_cast<double>(expected) - static_cast<double>(twin->snapshot().metrics);
    row("broker", per_payload, applied / wall, static_cast<double>((process_cpu_time() - cpu).ns) / applied,
        formatted("{} messages/s asked for; {} tags known; lost {:.1f} %", rate, twin->snapshot().tags_known,
                  100.0 * lost / static_cast<double>(expected)));
}

// A client that only counts.
struct Counter {
    std::atomic<std::uint64_t> count{0};
    std::atomic<bool> ready{false};
    std::jthread thread;

    explicit Counter(int port) {
        thread = std::jthread([this, port](const std::stop_token& stop) {
            mosquitto* client = mosquitto_new(nullptr, true, this);
            mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
            mosquitto_subscribe_callback_set(
                client, [](mosquitto*, void* me, int, int, const int*) { static_cast<Counter*>(me)->ready = true; });
            mosquitto_message_callback_set(client, [](mosquitto*, void* me, const mosquitto_message*) {
                static_cast<Counter*>(me)->count.fetch_add(1, std::memory_order_relaxed);
            });
            mosquitto_connect(client, "127.0.0.1", port, 60);
            mosquitto_subscribe(client, nullptr, "spBv1.0/#", 0);
            while (!stop.stop_requested()) mosquitto_loop(client, 10, 1);
            mosquitto_destroy(client);
        });
        for (int i = 0; i < 5000 && !ready; ++i) pause_for(from_ms(2));
    }
};

// Messages a second at a receiver while the publisher sends as fast as it can.
template <class Count> double saturate(const std::string& program, const PrivateBroker& broker,
                                       std::uint32_t per_payload, const char* what, Count count) {
    const std::uint64_t before = count();
    const Duration cpu = process_cpu_time();
    auto publisher = start_publisher(program, broker, per_payload, 0, 3.0);
    if (!publisher) return 0.0;
    while (count() < before + 2 && publisher->running()) pause_for(from_ms(1));
    const Time start = system_clock().now();
    Time last = start;
    std::uint64_t seen = count();
    // Until nothing has come for a while.
    while (publisher->running() || system_clock().now() - last < from_ms(300)) {
        pause_for(from_ms(5));
        if (const std::uint64_t now = count(); now != seen) {
            seen = now;
            last = system_clock().now();
        }
    }
    const auto messages = static_cast<double>(seen - before);
    const double metrics = messages * per_payload;
    const double per_s = metrics / (last - start).seconds();
    row(what, per_payload, per_s, static_cast<double>((process_cpu_time() - cpu).ns) / metrics,
        formatted("{:.0f} messages/s", per_s / per_payload));
    return per_s;
}

void bench_ratio(const std::string& program, const PrivateBroker& broker, std::uint32_t per_payload) {
    std::vector<double> ratios;
    for (int pair = 0; pair < 5; ++pair) {
        double bare = 0.0, ours = 0.0;
        {
            Counter counter(broker.port());
            bare = saturate(program, broker, per_payload, "bare", [&] { return counter.count.load(); });
        }
        {
            const auto twin = start_twin(broker);
            if (!twin) return;
            ours = saturate(program, broker, per_payload, "ours", [&] {
                twin->take();
                return twin->snapshot().messages;
            });
        }
        if (bare > 0.0) ratios.push_back(ours / bare);
    }
    std::ranges::sort(ratios);
    if (!ratios.empty())
        row("ratio", per_payload, 0.0, 0.0,
            formatted("{:.2f} (median of {}; {:.2f} to {:.2f})", ratios[ratios.size() / 2], ratios.size(),
                      ratios.front(), ratios.back()));
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv, argv + argc);
    if (argc == 7 && arguments[1] == "publish") {
        return publish(std::atoi(argv[2]), static_cast<std::uint32_t>(std::atoi(argv[3])), std::atoi(argv[4]),
                       std::atof(argv[5]), static_cast<unsigned>(std::atoi(argv[6])));
    }
    std::puts("what,metrics_per_payload,metrics_per_s,ns_per_metric,note");
    bench_store(); // first: its memory is the process's peak
    for (const std::uint32_t tags : {1000u, kMillion}) bench_frame(tags);
    for (const std::uint32_t count : {20u, 500u}) bench_decode(count);
    for (const std::uint32_t count : {20u, 500u}) bench_apply(count);
    const auto folder = make_temp_folder("pw-bench");
    if (!folder) return EXIT_FAILURE;
    if (const auto broker = start_private_broker(*folder)) {
        for (const int rate : {5'000, 20'000, 50'000}) bench_broker(arguments[0], *broker, 20, rate);
        for (const int rate : {400, 1'000, 2'000, 4'000}) bench_broker(arguments[0], *broker, 500, rate);
        bench_broker(arguments[0], *broker, 500, 400, kMillion / kTags);
        for (const std::uint32_t count : {20u, 500u}) bench_ratio(arguments[0], *broker, count);
    } else {
        std::fprintf(stderr, "%s\n", broker.error().what.c_str());
    }
    remove_folder(*folder);
    return EXIT_SUCCESS;
}
