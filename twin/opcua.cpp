// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua.h"

#include "base/catch.h"
#include "base/file.h"
#include "base/format.h"
#include "base/jobs.h"
#include "base/log.h"
#include "base/process.h"
#include "twin/opcua_client.h"
#include "twin/opcua_session.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>
#include <utility>

namespace pw::twin {

namespace {

constexpr Duration kIterate = from_ms(10);

class OpcUaThread final : public OpcUa {
  public:
    OpcUaThread(OpcUaOptions options, std::shared_ptr<OpcUaTrust> trust, OpcUaCallbacks callbacks)
        : options_(std::move(options)), trust_(std::move(trust)), callbacks_(std::move(callbacks)),
          thread_([this](const std::stop_token& stop) {
              name_this_thread("pw-opcua");
              catch_all("the connection to the OPC UA server", [&] { run(stop); });
          }) {}

  private:
    void run(const std::stop_token& stop) {
        std::minstd_rand random(std::random_device{}());
        Duration backoff = options_.backoff_min;
        while (!stop.stop_requested()) {
            bool served = false;
            Result<void> ended;
            if (auto ran = caught([&] { ended = serve(stop, served); }); !ran) ended = std::move(ran);
            if (stop.stop_requested()) return;
            const std::string why = formatted("{}: {}", ended.error().what, options_.server.url);
            catch_all("the end of a session", [&] { callbacks_.on_disconnected(why); });
            backoff = served ? options_.backoff_min : std::min(Duration{backoff.ns * 2}, options_.backoff_max);
            // Jitter: not all clients of a server that restarts come back in the same instant.
            std::uniform_int_distribution<std::int64_t> spread(backoff.ns / 2, backoff.ns);
            wait(stop, Duration{spread(random)});
        }
    }

    // A session from its beginning to its end.
    Result<void> serve(const std::stop_token& stop, bool& served) {
        auto session = OpcUaSession::open(options_, *trust_, callbacks_, unreadable_, stop);
        if (!session) return std::unexpected(session.error());
        if (auto subscribed = (*session)->subscribe(); !subscribed) return subscribed;
        served = true;
        while (!stop.stop_requested()) {
            if (auto alive = (*session)->iterate(kIterate); !alive) return alive;
            for (const OpcUaWrite& write : callbacks_.on_tick())
                callbacks_.on_written(write.command, (*session)->write(write.tag, write.value));
        }
        return {};
    }

    void wait(const std::stop_token& stop, Duration d) {
        const Time until = system_clock().now() + d;
        while (!stop.stop_requested() && system_clock().now() < until) {
            catch_all("a tick without a session", [&] {
                for (const OpcUaWrite& write : callbacks_.on_tick())
                    callbacks_.on_written(write.command,
                                          fail(Errc::Unavailable, "there is no connection to the server"));
            });
            sleep_for(kIterate);
        }
    }

    const OpcUaOptions options_;
    const std::shared_ptr<OpcUaTrust> trust_;
    const OpcUaCallbacks callbacks_;
    OpcUaUnreadable unreadable_; // the thread's
    std::jthread thread_;        // last: it uses all of them
};

} // namespace

std::unique_ptr<OpcUa> OpcUa::start(OpcUaOptions options, std::shared_ptr<OpcUaTrust> trust, OpcUaCallbacks callbacks) {
    return std::make_unique<OpcUaThread>(std::move(options), std::move(trust), std::move(callbacks));
}

OpcUaOptions opcua_options(const TwinOptions& options, const OpcUaServer& server) {
    const auto or_from = [](const std::string& set, const char* variable) {
        const char* value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
        return set.empty() && value != nullptr ? std::string(value) : set;
    };
    OpcUaOptions out;
    out.server = server;
    out.user = or_from(options.opcua_user, "PLANTWALK_OPCUA_USER");
    out.password = or_from(options.opcua_password, "PLANTWALK_OPCUA_PASSWORD");
    out.all = options.opcua_all;
    out.limits.max_nodes = std::min<std::size_t>(out.limits.max_nodes, options.max_tags);
    return out;
}

std::shared_ptr<OpcUaTrust> opcua_trust(const TwinOptions& options) {
    const std::string& folder = options.opcua_folder;
    return std::make_shared<OpcUaTrust>(folder.empty() ? join_path(user_config_folder(), "opcua") : folder);
}

Result<std::vector<std::string>> list_opcua_methods(const TwinOptions& options) {
    const auto server = parse_opcua_server(options.broker);
    if (!server) return std::unexpected(server.error());
    const OpcUaOptions opcua = opcua_options(options, *server);
    const auto client = OpcUaClient::connect(opcua, *opcua_trust(options), {});
    if (!client) return std::unexpected(client.error());
    const auto listing = browse_objects((*client)->raw(), server->name, opcua.limits);
    if (!listing) return std::unexpected(listing.error());
    if (!listing->left_out.empty()) log_warn(formatted("{}: {}", server->url, listing->left_out));
    std::vector<std::string> out;
    for (const OpcUaMethod& method : listing->methods)
        out.push_back(method.source + signature_of((*client)->raw(), method));
    return out;
}

} // namespace pw::twin
