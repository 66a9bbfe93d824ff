// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_client.h"

#include "base/catch.h"
#include "base/log.h"
#include "base/text.h"
#include "twin/opcua_value.h"
#include "twin/sparkplug.h"

#include <open62541/client.h>
#include <open62541/client_config_default.h>
#include <open62541/plugin/eventloop.h>
#include <open62541/plugin/log.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <format>
#include <optional>
#include <span>
#include <utility>

namespace pw::twin {

namespace {

constexpr UA_UInt32 kAnswerMs = 5000, kSessionMs = 30'000;
constexpr UA_UInt32 kFarewellMs = 500;
constexpr double kEndLookMs = 100.0;
constexpr Duration kConnectPatience = from_ms(20'000); // signing takes seconds on a small controller
constexpr UA_UInt32 kMaxMessage = 8u << 20, kMaxChunks = 1024;

constexpr std::string_view kPolicy = "http://opcfoundation.org/UA/SecurityPolicy#";
constexpr std::string_view kBinary = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary";
// The safest last.
constexpr std::array<std::string_view, 3> kPolicies{"Aes128_Sha256_RsaOaep", "Basic256Sha256", "Aes256_Sha256_RsaPss"};

// What open62541 has to say is for us; what users need to know we say ourselves.
void log_line(void*, UA_LogLevel level, UA_LogCategory, const char* format, va_list arguments) {
    if (level < UA_LOGLEVEL_INFO || !log_enabled(LogLevel::Debug)) return;
    std::array<char, 512> line{};
    if (std::vsnprintf(line.data(), line.size(), format, arguments) > 0)
        (void)caught([&] { log_debug(std::string("open62541: ") + line.data()); });
}

UA_Logger* logger() {
    static UA_Logger to_us{log_line, nullptr, nullptr};
    return &to_us;
}

UA_ByteString lent(Bytes bytes) {
    return {bytes.size(), reinterpret_cast<UA_Byte*>(const_cast<std::byte*>(bytes.data()))};
}

UA_ClientConfig make_config() {
    UA_ClientConfig config{};
    config.logging = logger();
    config.timeout = kAnswerMs;
    config.requestedSessionTimeout = kSessionMs;
    config.localConnectionConfig = {0, 64u << 10, 64u << 10, kMaxMessage, 0, kMaxChunks, 0};
    config.noReconnect = true; // we do
    config.noNewSession = true;
    // The library asks a server for its addresses, and leaves for the first that is listed where ours is not: then we
    // came by a tunnel, or by another name. Of an application that nobody is there are none, and it stays.
    config.applicationUri = UA_STRING_ALLOC("urn:plantwalk:nobody");
    UA_ClientConfig_setDefault(&config);
    return config;
}

// Where, and how safely: with it the library does not look for an endpoint itself.
void set_endpoint(UA_ClientConfig& config, const UA_EndpointDescription& endpoint, const std::string& url) {
    UA_EndpointDescription_copy(&endpoint, &config.endpoint);
    UA_String_clear(&config.endpoint.endpointUrl); // as the server's own network calls it
    config.endpoint.endpointUrl = UA_STRING_ALLOC(url.c_str());
}

std::string unreachable(UA_StatusCode status) {
    switch (status) {
    case UA_STATUSCODE_BADCONNECTIONREJECTED:
        return "the server cannot be reached: nobody answers there";
    case UA_STATUSCODE_BADCONNECTIONCLOSED:
        return "the server cannot be reached: its host is not known, or no network leads to it";
    default:
        return "the server cannot be reached (" + status_text(status) + ")";
    }
}

// The library waits for an answer and cannot be told that we are ending. This looks while it waits; what is under way
// has until the next look, and then its channel is closed.
class EndWatch {
  public:
    EndWatch(UA_Client* client, std::stop_token stop) : client_(client), stop_(std::move(stop)) {
        UA_EventLoop* loop = UA_Client_getConfig(client)->eventLoop;
        loop->addCyclicCallback(loop, &look, client, this, kEndLookMs, nullptr,
                                UA_TIMER_HANDLE_CYCLEMISS_WITH_CURRENTTIME, &timer_);
    }
    ~EndWatch() {
        UA_EventLoop* loop = UA_Client_getConfig(client_)->eventLoop;
        loop->removeCyclicCallback(loop, timer_);
    }
    EndWatch(const EndWatch&) = delete;
    EndWatch& operator=(const EndWatch&) = delete;

  private:
    static void look(void* client, void* watch) {
        auto* self = static_cast<EndWatch*>(watch);
        if (self->ending_) UA_Client_disconnectSecureChannelAsync(static_cast<UA_Client*>(client));
        self->ending_ = self->stop_.stop_requested();
    }

    UA_Client* client_;
    const std::stop_token stop_;
    UA_UInt64 timer_ = 0;
    bool ending_ = false;
};

// How safe an endpoint is: 0 is not enough.
std::size_t safety(const UA_EndpointDescription& e, bool encrypted) {
    const std::string_view transport = ua_text(e.transportProfileUri), policy = ua_text(e.securityPolicyUri);
    if (!transport.empty() && transport != kBinary) return 0; // some servers leave it out
    if (!policy.starts_with(kPolicy)) return 0;
    const std::string_view name = policy.substr(kPolicy.size());
    if (!encrypted) return e.securityMode == UA_MESSAGESECURITYMODE_NONE && name == "None" ? 1 : 0;
    if (e.securityMode != UA_MESSAGESECURITYMODE_SIGNANDENCRYPT) return 0;
    const auto known = std::ranges::find(kPolicies, name);
    return known == kPolicies.end() ? 0 : static_cast<std::size_t>(known - kPolicies.begin()) + 1;
}

bool takes(const UA_EndpointDescription& e, UA_UserTokenType token) {
    const std::span<const UA_UserTokenPolicy> tokens(e.userIdentityTokens, e.userIdentityTokensSize);
    return std::ranges::any_of(tokens, [&](const auto& t) { return t.tokenType == token; });
}

struct Endpoint {
    UA_EndpointDescription it{};
    Endpoint() = default;
    Endpoint(Endpoint&& other) noexcept : it(std::exchange(other.it, {})) {}
    Endpoint& operator=(Endpoint&& other) noexcept {
        std::swap(it, other.it);
        return *this;
    }
    ~Endpoint() { UA_EndpointDescription_clear(&it); }
};

Result<Endpoint> choose_endpoint(std::span<UA_EndpointDescription> offered, const OpcUaOptions& options) {
    const auto token = options.user.empty() ? UA_USERTOKENTYPE_ANONYMOUS : UA_USERTOKENTYPE_USERNAME;
    const auto rank = [&](const UA_EndpointDescription& e) { return safety(e, options.server.encrypted); };
    const auto best =
        std::ranges::max_element(offered, {}, [&](const auto& e) { return rank(e) * 2 + takes(e, token); });
    if (best == offered.end() || rank(*best) == 0) {
        return fail(Errc::Refused, options.server.encrypted
                                       ? "the server offers no endpoint that is signed and encrypted with "
                                         "Basic256Sha256 or better; ?security=none goes without"
                                       : "the server offers no endpoint without security");
    }
    if (!takes(*best, token)) {
        return fail(Errc::Refused, options.user.empty() ? "the server wants a user: set PLANTWALK_OPCUA_USER and "
                                                          "PLANTWALK_OPCUA_PASSWORD"
                                                        : "the server does not take a user's name and password");
    }
    Endpoint out;
    out.it = std::exchange(*best, {});
    return out;
}

Result<Endpoint> find_endpoint(const OpcUaOptions& options, const std::stop_token& stop) {
    UA_ClientConfig config = make_config();
    UA_EndpointDescription plain{}; // endpoints are told to anybody
    plain.securityMode = UA_MESSAGESECURITYMODE_NONE;
    set_endpoint(config, plain, options.server.url);
    const std::unique_ptr<UA_Client, void (*)(UA_Client*)> client(UA_Client_newWithConfig(&config), UA_Client_delete);
    if (!client) return fail(Errc::Exhausted, "no memory for a connection");
    const EndWatch watch(client.get(), stop);
    std::size_t count = 0;
    UA_EndpointDescription* endpoints = nullptr;
    const UA_StatusCode status = UA_Client_getEndpoints(client.get(), options.server.url.c_str(), &count, &endpoints);
    Result<Endpoint> out = fail(Errc::Unavailable, unreachable(status));
    if (status == UA_STATUSCODE_GOOD) out = choose_endpoint({endpoints, count}, options);
    UA_Array_delete(endpoints, count, &UA_TYPES[UA_TYPES_ENDPOINTDESCRIPTION]);
    return out;
}

UA_StatusCode refuse(const UA_CertificateVerification*, const UA_ByteString*) {
    return UA_STATUSCODE_BADCERTIFICATEUNTRUSTED;
}

class Client final : public OpcUaClient {
  public:
    Client(const OpcUaOptions& options, std::vector<std::byte> server)
        : url_(options.server.url), server_(std::move(server)) {}

    ~Client() override {
        if (client_ == nullptr) return;
        watch_.reset();
        UA_Client_getConfig(client_)->timeout = kFarewellMs;
        UA_Client_disconnect(client_);
        UA_Client_delete(client_);
    }

    Result<void> start(const OpcUaOptions& options, const Endpoint& endpoint, const OpcUaIdentity* own) {
        UA_ClientConfig config = make_config();
        config.clientContext = this;
        if (own != nullptr) {
            if (const UA_StatusCode status = encrypt(config, *own); status != UA_STATUSCODE_GOOD) {
                UA_ClientConfig_clear(&config);
                return fail(Errc::Malformed, "our own certificate cannot be used (" + status_text(status) + ")");
            }
        }
        config.securityMode = endpoint.it.securityMode;
        UA_String_copy(&endpoint.it.securityPolicyUri, &config.securityPolicyUri);
        set_endpoint(config, endpoint.it, url_);
        if (!options.user.empty())
            UA_ClientConfig_setAuthenticationUsername(&config, options.user.c_str(), options.password.c_str());
        config.subscriptionInactivityCallback = [](UA_Client* client, UA_UInt32, void*) {
            auto* self = static_cast<Client*>(UA_Client_getContext(client));
            if (self->silence_) self->silence_();
        };
        client_ = UA_Client_newWithConfig(&config);
        if (client_ == nullptr) return fail(Errc::Exhausted, "no memory for a connection");
        const UA_StatusCode status = UA_Client_connectAsync(client_, url_.c_str());
        if (status != UA_STATUSCODE_GOOD) return fail(Errc::Unavailable, unreachable(status));
        return {};
    }

    Result<void> finish(const OpcUaOptions& options, const OpcUaTrust& trust, const std::stop_token& stop) {
        watch_.emplace(client_, stop);
        const Time deadline = system_clock().now() + kConnectPatience;
        while (!in_session()) {
            if (stop.stop_requested()) return fail(Errc::Unavailable, "we are ending");
            if (system_clock().now() > deadline) return fail(Errc::Unavailable, "the server does not answer");
            const UA_StatusCode ran = UA_Client_run_iterate(client_, 20);
            const UA_StatusCode why = status(ran);
            if (why != UA_STATUSCODE_GOOD) return fail(Errc::Refused, explain(why, options, trust));
            UA_SecureChannelState now = UA_SECURECHANNELSTATE_CLOSED;
            UA_Client_getState(client_, &now, nullptr, nullptr);
            if (now != UA_SECURECHANNELSTATE_CLOSING) reached_ = now;
        }
        return {};
    }

    UA_Client* raw() override { return client_; }

    bool in_session() const override {
        UA_SessionState state = UA_SESSIONSTATE_CLOSED;
        UA_Client_getState(client_, nullptr, &state, nullptr);
        return state == UA_SESSIONSTATE_ACTIVATED;
    }

    std::uint32_t status(std::uint32_t otherwise) const override {
        UA_StatusCode status = UA_STATUSCODE_GOOD;
        UA_Client_getState(client_, nullptr, nullptr, &status);
        return status != UA_STATUSCODE_GOOD ? status : otherwise;
    }

    void on_silence(std::function<void()> silence) override { silence_ = std::move(silence); }

  private:
    UA_StatusCode encrypt(UA_ClientConfig& config, const OpcUaIdentity& own) {
        UA_String_clear(&config.clientDescription.applicationUri);
        config.clientDescription.applicationUri = UA_STRING_ALLOC(own.uri.c_str());
        // It would ask the terminal.
        config.privateKeyPasswordCallback = [](UA_ClientConfig*, UA_ByteString*) -> UA_StatusCode {
            return UA_STATUSCODE_BADSECURITYCHECKSFAILED;
        };
        const UA_StatusCode status =
            UA_ClientConfig_setDefaultEncryption(&config, lent(own.certificate), lent(own.key), nullptr, 0, nullptr, 0);
        // OpcUaTrust has looked at this server's certificate: the channel is for that one, and no other.
        UA_CertificateVerification& verification = config.certificateVerification;
        if (verification.clear != nullptr) verification.clear(&verification);
        verification = {};
        verification.context = this;
        verification.logging = config.logging;
        verification.verifyCertificate = [](const UA_CertificateVerification* v, const UA_ByteString* shown) {
            const auto* self = static_cast<const Client*>(v->context);
            return std::ranges::equal(self->server_, as_bytes(ua_text(*shown))) ? UA_STATUSCODE_GOOD : refuse(v, shown);
        };
        verification.verifyApplicationURI = [](const UA_CertificateVerification*, const UA_ByteString*,
                                               const UA_String*) -> UA_StatusCode { return UA_STATUSCODE_GOOD; };
        return status;
    }

    std::string explain(UA_StatusCode status, const OpcUaOptions& options, const OpcUaTrust& trust) const {
        switch (status) {
        case UA_STATUSCODE_BADUSERACCESSDENIED:
        case UA_STATUSCODE_BADIDENTITYTOKENREJECTED:
        case UA_STATUSCODE_BADIDENTITYTOKENINVALID:
            return options.user.empty() ? "the server wants another user than nobody"
                                        : "the server does not take this user and password";
        default:
            break;
        }
        std::string why = "no session with the server (" + status_text(status) + ")";
        // Our certificate has gone out, and what came back was an error, or, as with some, the connection's end.
        const bool unknown = reached_ == UA_SECURECHANNELSTATE_OPN_SENT ||
                             status == UA_STATUSCODE_BADSECURITYCHECKSFAILED ||
                             status == UA_STATUSCODE_BADCERTIFICATEUNTRUSTED;
        if (options.server.encrypted && unknown)
            why += "; if it does not know us, its operator has to trust " + trust.folder() + "/own/certificate.der";
        return why;
    }

    std::string url_;
    std::vector<std::byte> server_; // its certificate
    UA_Client* client_ = nullptr;
    std::optional<EndWatch> watch_;
    UA_SecureChannelState reached_ = UA_SECURECHANNELSTATE_CLOSED; // before it failed
    std::function<void()> silence_;
};

} // namespace

Result<std::unique_ptr<OpcUaClient>> OpcUaClient::connect(const OpcUaOptions& options, OpcUaTrust& trust,
                                                          const std::stop_token& stop) {
    if (!options.server.encrypted && !options.user.empty())
        return fail(Errc::Refused, "a password is not sent without encryption");
    const auto endpoint = find_endpoint(options, stop);
    if (!endpoint) return std::unexpected(endpoint.error());
    const Bytes shown = as_bytes(ua_text(endpoint->it.serverCertificate));
    OpcUaIdentity own;
    if (options.server.encrypted) {
        if (auto known = trust.check(shown, ua_text(endpoint->it.server.applicationUri)); !known)
            return std::unexpected(known.error());
        auto identity = trust.own();
        if (!identity) return std::unexpected(identity.error());
        own = std::move(*identity);
    }
    auto client = std::make_unique<Client>(options, std::vector(shown.begin(), shown.end()));
    if (auto started = client->start(options, *endpoint, options.server.encrypted ? &own : nullptr); !started)
        return std::unexpected(started.error());
    if (auto finished = client->finish(options, trust, stop); !finished) return std::unexpected(finished.error());
    return client;
}

} // namespace pw::twin
