// SPDX-License-Identifier: Apache-2.0
// The six host tests of the Sparkplug TCK, re-made against a real Mosquitto: tests/twin/foreign/host_tck.mjs records
// what goes over the wire and judges it; this side is the host's user, who does what the judge says. Each test names
// the assertions it stands for, and fails when the judge is silent about one.
#include "base/file.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/twin/listen.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <format>
#include <sstream>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

constexpr std::int64_t kReorderMs = 500;

// The assertions that the running test names.
std::vector<std::string> named_assertions() {
    std::istringstream words(doctest::getContextOptions()->currentTest->m_description);
    std::vector<std::string> out;
    for (std::string word; words >> word;) out.push_back(word);
    return out;
}

struct Change {
    std::string tag;
    Value value;
    Quality quality;
    UtcTime time;
};

class Judge {
  public:
    // Empty after skip().
    static std::unique_ptr<Judge> start(const std::string& test, int broker_count = 1);
    ~Judge() { twin_.reset(); }

    // Does what the judge says until it is done.
    void follow();
    // Every assertion that the test names was judged, and well. `ours`: the user has judged them.
    void check_verdicts(bool ours = false);

    std::vector<Change> changes() { return *changes_.lock(); }

  private:
    std::string text() { return read_text(log_).value_or(""); }
    void obey(const std::string& order);
    void write(std::istringstream& words);
    void await(std::istringstream& words);
    void expect(std::istringstream& words);
    bool newest(std::string_view tag, const std::function<bool(const Change&)>& holds);
    void answer() { REQUIRE(process_.write(as_bytes("go\n"))); }

    std::vector<std::unique_ptr<TestBroker>> brokers_;
    std::string log_;
    Process process_;
    Guarded<std::vector<Change>> changes_;
    OnWord hear_{[this](const Heard& h) { changes_.lock()->push_back({h.name, h.value, h.quality, h.source_time}); }};
    std::unique_ptr<Twin> twin_;
};

std::unique_ptr<Judge> Judge::start(const std::string& test, int broker_count) {
    const char* modules = std::getenv("NODE_PATH");
    if (modules == nullptr || !is_folder(join_path(modules, "sparkplug-payload"))) {
        skip("npm sparkplug-payload is not in $NODE_PATH");
        return nullptr;
    }
    auto judge = std::make_unique<Judge>();
    std::vector<std::string> command{"node", (source_dir() / "tests/twin/foreign/host_tck.mjs").string(), test,
                                     "TckHost", std::to_string(kReorderMs)};
    for (int i = 0; i < broker_count; ++i) {
        judge->brokers_.push_back(TestBroker::start());
        if (!judge->brokers_.back()) return nullptr;
        command.push_back(std::to_string(judge->brokers_.back()->broker->port()));
    }
    ProcessOptions options;
    judge->log_ = options.output_file = judge->brokers_[0]->folder + "/judge.log";
    options.pipe_input = true;
    auto process = Process::start(command, options);
    if (!process) {
        skip(process.error().what);
        return nullptr;
    }
    judge->process_ = std::move(*process);

    TwinOptions twin;
    twin.host_id = "TckHost";
    twin.reorder_timeout = from_ms(kReorderMs);
    const auto proxies = [&] {
        std::istringstream lines(judge->text());
        std::vector<std::string> urls;
        for (std::string word, port; lines >> word >> port && word == "proxy";)
            urls.push_back("mqtt://127.0.0.1:" + port);
        return urls;
    };
    const auto listening = [&] { return static_cast<int>(proxies().size()) == broker_count; };
    REQUIRE_MESSAGE(eventually(listening, from_ms(40'000)), judge->text());
    twin.broker = proxies()[0];
    for (int i = 1; i < broker_count; ++i) twin.broker += "," + proxies()[static_cast<std::size_t>(i)];
    twin.listeners = {&judge->hear_};
    auto started = Twin::start(twin);
    REQUIRE(started);
    judge->twin_ = std::move(*started);
    return judge;
}

void Judge::follow() {
    std::size_t done = 0; // of the lines
    for (bool over = false; !over;) {
        const auto next = [&] {
            const std::string all = text();
            return std::ranges::count(all, '\n') > static_cast<std::ptrdiff_t>(done);
        };
        REQUIRE_MESSAGE(eventually(next, from_ms(40'000)), text());
        std::istringstream lines(text());
        std::string line;
        for (std::size_t i = 0; i <= done; ++i) std::getline(lines, line);
        ++done;
        if (line.starts_with("do ")) obey(line.substr(3));
        over = line == "done" || line.ends_with("never came");
    }
}

void Judge::obey(const std::string& order) {
    std::istringstream words(order);
    std::string verb, what;
    words >> verb;
    if (verb == "disconnect") twin_.reset();
    if (verb == "rebirth") twin_->request_rebirth("TckGroup/TckNode");
    if (verb == "write") write(words);
    if (verb == "await") await(words);
    if (verb == "expect") expect(words);
}

void Judge::write(std::istringstream& words) {
    std::string tag, kind, text;
    words >> tag >> kind >> text;
    const Value value = kind == "int"    ? Value(std::int64_t{std::stoll(text)})
                        : kind == "real" ? Value(std::stod(text))
                                         : Value(text == "true");
    const auto command = twin_->write(tag, value);
    REQUIRE(command);
    std::optional<CommandOutcome> outcome;
    REQUIRE(eventually([&] { return (outcome = twin_->next_outcome()).has_value(); }));
    CHECK(outcome->command == *command);
    CHECK_MESSAGE(outcome->sent, outcome->sent.error().what);
}

bool Judge::newest(std::string_view tag, const std::function<bool(const Change&)>& holds) {
    return eventually([&] {
        const auto all = changes();
        const auto last = std::find_if(all.rbegin(), all.rend(), [&](const Change& c) { return c.tag == tag; });
        return last != all.rend() && holds(*last);
    });
}

void Judge::await(std::istringstream& words) { // TAG [= NUMBER]
    std::string tag, is;
    double number = 0.0;
    words >> tag >> is >> number;
    REQUIRE(newest(tag, [&](const Change& c) {
        return c.quality == Quality::Good && (is.empty() || to_number(c.value) == number);
    }));
    answer();
}

void Judge::expect(std::istringstream& words) { // device|node alive|dead [MS]
    constexpr std::string_view kOfNode = "TckGroup/TckNode//Speed", kOfDevice = "TckGroup/TckNode/TckDevice/Level";
    std::string who, life;
    std::int64_t ms = 0;
    words >> who >> life >> ms;
    if (life == "alive") {
        CHECK(newest(kOfDevice, [](const Change& c) { return c.quality == Quality::Good; }));
    } else if (who == "device") { // at the time that the payload gives; the node lives on
        CHECK(newest(kOfDevice, [&](const Change& c) { return c.quality == Quality::Stale && to_ms(c.time) == ms; }));
        CHECK(newest(kOfNode, [](const Change& c) { return c.quality == Quality::Good; }));
    } else { // at our time, which is not before the judge's
        for (const std::string_view tag : {kOfNode, kOfDevice}) {
            CHECK(newest(tag, [&](const Change& c) { return c.quality == Quality::Stale && to_ms(c.time) >= ms; }));
        }
        CHECK(eventually_sees(*twin_, [](const TwinSnapshot& s) { return s.nodes_dead == 1 && s.nodes_alive == 0; }));
        bool device_heard = false, node_heard = false;
        while (const auto event = twin_->next_event()) {
            device_heard |= event->kind == TwinEventKind::DeviceDeath && event->who == "TckGroup/TckNode/TckDevice";
            node_heard |= event->kind == TwinEventKind::NodeDeath && event->who == "TckGroup/TckNode";
        }
        CHECK(device_heard);
        CHECK(node_heard);
    }
    answer();
}

void Judge::check_verdicts(bool ours) {
    const std::string all = text();
    CHECK_MESSAGE(!all.contains("FAIL"), all);
    CHECK_MESSAGE(all.contains("\ndone\n"), all);
    for (const std::string& id : named_assertions()) {
        if (!ours) CHECK_MESSAGE(all.contains("ok " + id + "\n"), "the judge says nothing of " << id);
    }
}

} // namespace

TEST_SUITE("twin/tck [net]") {
    TEST_CASE("SessionEstablishment: a session begins with will, subscriptions and birth, and contradicts who says "
              "otherwise" *
              doctest::description("tck-id-message-flow-phid-sparkplug-clean-session-311  "
                                   "tck-id-message-flow-phid-sparkplug-clean-session-50  "
                                   "tck-id-host-topic-phid-death-required  "
                                   "tck-id-operational-behavior-host-application-connect-will  "
                                   "tck-id-payloads-state-will-message  "
                                   "tck-id-host-topic-phid-death-topic  "
                                   "tck-id-operational-behavior-host-application-connect-will-topic  "
                                   "tck-id-host-topic-phid-death-payload  "
                                   "tck-id-operational-behavior-host-application-connect-will-payload  "
                                   "tck-id-payloads-state-will-message-payload  "
                                   "tck-id-host-topic-phid-death-qos  "
                                   "tck-id-operational-behavior-host-application-connect-will-qos  "
                                   "tck-id-payloads-state-will-message-qos  "
                                   "tck-id-host-topic-phid-death-retain  "
                                   "tck-id-operational-behavior-host-application-connect-will-retained  "
                                   "tck-id-payloads-state-will-message-retain  "
                                   "tck-id-message-flow-phid-sparkplug-subscription  "
                                   "tck-id-host-topic-phid-birth-sub-required  "
                                   "tck-id-payloads-state-subscribe  "
                                   "tck-id-host-topic-phid-birth-message  "
                                   "tck-id-principles-birth-certificates-order  "
                                   "tck-id-host-topic-phid-birth-required  "
                                   "tck-id-message-flow-phid-sparkplug-state-publish  "
                                   "tck-id-operational-behavior-host-application-connect-birth  "
                                   "tck-id-payloads-state-birth  "
                                   "tck-id-host-topic-phid-birth-topic  "
                                   "tck-id-operational-behavior-host-application-connect-birth-topic  "
                                   "tck-id-host-topic-phid-birth-payload  "
                                   "tck-id-message-flow-phid-sparkplug-state-publish-payload  "
                                   "tck-id-operational-behavior-host-application-connect-birth-payload  "
                                   "tck-id-payloads-state-birth-payload  "
                                   "tck-id-host-topic-phid-birth-payload-timestamp  "
                                   "tck-id-message-flow-phid-sparkplug-state-publish-payload-timestamp  "
                                   "tck-id-host-topic-phid-birth-qos  "
                                   "tck-id-operational-behavior-host-application-connect-birth-qos  "
                                   "tck-id-host-topic-phid-birth-retain  "
                                   "tck-id-operational-behavior-host-application-connect-birth-retained  "
                                   "tck-id-message-flow-hid-sparkplug-state-message-delivered  "
                                   "tck-id-intro-sparkplug-host-state  "
                                   "tck-id-components-ph-state  "
                                   "tck-id-conformance-primary-host  "
                                   "tck-id-host-topic-phid-death-payload-timestamp-connect ")) {
        const auto judge = Judge::start("SessionEstablishment");
        if (!judge) return;
        judge->follow();
        judge->check_verdicts();
    }

    TEST_CASE(
        "SessionTermination: an intended end says goodbye first" *
        doctest::description("tck-id-operational-behavior-host-application-connect-birth  "
                             "tck-id-operational-behavior-host-application-termination  "
                             "tck-id-operational-behavior-host-application-death-topic  "
                             "tck-id-operational-behavior-host-application-death-payload  "
                             "tck-id-operational-behavior-host-application-death-qos  "
                             "tck-id-operational-behavior-host-application-death-retained  "
                             "tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean  "
                             "tck-id-host-topic-phid-death-payload-timestamp-disconnect-with-no-disconnect-packet  "
                             "tck-id-operational-behavior-host-application-disconnect-intentional ")) {
        const auto judge = Judge::start("SessionTermination");
        if (!judge) return;
        judge->follow();
        judge->check_verdicts();
    }

    TEST_CASE("SendCommand: rebirth requests and commands are what the specification wants" *
              doctest::description("tck-id-topics-ncmd-topic  "
                                   "tck-id-topics-ncmd-mqtt  "
                                   "tck-id-topics-ncmd-timestamp  "
                                   "tck-id-topics-ncmd-payload  "
                                   "tck-id-payloads-ncmd-timestamp  "
                                   "tck-id-payloads-ncmd-seq  "
                                   "tck-id-payloads-ncmd-qos  "
                                   "tck-id-payloads-ncmd-retain  "
                                   "tck-id-topics-dcmd-topic  "
                                   "tck-id-topics-dcmd-mqtt  "
                                   "tck-id-topics-dcmd-timestamp  "
                                   "tck-id-topics-dcmd-payload  "
                                   "tck-id-payloads-dcmd-timestamp  "
                                   "tck-id-payloads-dcmd-seq  "
                                   "tck-id-payloads-dcmd-qos  "
                                   "tck-id-payloads-dcmd-retain  "
                                   "tck-id-operational-behavior-data-commands-ncmd-rebirth-verb  "
                                   "tck-id-operational-behavior-data-commands-ncmd-rebirth-name  "
                                   "tck-id-operational-behavior-data-commands-ncmd-rebirth-value  "
                                   "tck-id-operational-behavior-data-commands-ncmd-verb  "
                                   "tck-id-operational-behavior-data-commands-ncmd-metric-name  "
                                   "tck-id-operational-behavior-data-commands-ncmd-metric-value  "
                                   "tck-id-operational-behavior-data-commands-dcmd-verb  "
                                   "tck-id-operational-behavior-data-commands-dcmd-metric-name  "
                                   "tck-id-operational-behavior-data-commands-dcmd-metric-value  "
                                   "tck-id-payloads-name-cmd-requirement  "
                                   "tck-id-payloads-alias-data-cmd-requirement  "
                                   "tck-id-payloads-metric-datatype-not-req ")) {
        const auto judge = Judge::start("SendCommand");
        if (!judge) return;
        judge->follow();
        judge->check_verdicts();
    }

    TEST_CASE("EdgeSessionTermination: deaths make nodes, devices and their tags stale, at the right time" *
              doctest::description(
                  "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline  "
                  "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale  "
                  "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-offline  "
                  "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale  "
                  "tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline  "
                  "tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale ")) {
        const auto judge = Judge::start("EdgeSessionTermination");
        if (!judge) return;
        judge->follow();
        judge->check_verdicts(/* ours= */ true);
    }

    TEST_CASE("MessageOrdering: overtaking is waited for, loss asks for a rebirth after the reorder time-out" *
              doctest::description("tck-id-operational-behavior-host-reordering-param  "
                                   "tck-id-operational-behavior-host-reordering-start  "
                                   "tck-id-operational-behavior-host-reordering-rebirth  "
                                   "tck-id-operational-behavior-host-reordering-success ")) {
        const auto judge = Judge::start("MessageOrdering");
        if (!judge) return;
        judge->follow();
        judge->check_verdicts();
    }

    TEST_CASE("MultipleBroker: every server has a session of its own" *
              doctest::description(
                  "tck-id-operational-behavior-primary-application-state-with-multiple-servers-state  "
                  "tck-id-operational-behavior-host-application-multi-server-timestamp  "
                  "tck-id-operational-behavior-primary-application-state-with-multiple-servers-state-subs ")) {
        const auto judge = Judge::start("MultipleBroker", /* broker_count= */ 2);
        if (!judge) return;
        judge->follow();
        judge->check_verdicts();
    }
}
