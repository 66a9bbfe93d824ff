// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_session.h"

#include "base/catch.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "twin/name_hash.h"
#include "twin/opcua_client.h"
#include "twin/opcua_value.h"
#include "twin/sparkplug.h"

#include <open62541/client.h>
#include <open62541/client_highlevel.h>
#include <open62541/client_subscriptions.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

namespace pw::twin {

namespace {

constexpr double kSampleMs = 100.0, kSampleAllMs = 500.0; // where the plant file says nothing
constexpr double kFastestMs = 10.0, kSlowestMs = 60'000.0, kSlowestPublishMs = 1000.0;
constexpr std::uint32_t kValuesQueued = 10; // of a tag, where the server samples more often than it publishes
constexpr double kKeepAliveMs = 1000.0, kLifetimeMs = 30'000.0;
constexpr std::size_t kItemsAtOnce = 10'000, kReadsAtOnce = 1000;
constexpr std::uint8_t kNoScalar = 0xff;         // where scalar_type says so; 0: no value has come yet
constexpr Duration kLookAgain = from_ms(10'000); // for nodes that were not there

// What an event is asked for, in this order.
constexpr std::array kEventFields{"SourceName", "Message", "Severity", "Time"};

UA_NodeId parsed(const std::string& node) {
    UA_NodeId id = UA_NODEID_NULL;
    std::string copy = node;
    UA_NodeId_parse(&id, {copy.size(), reinterpret_cast<UA_Byte*>(copy.data())});
    return id;
}

const ua::Variant& lent(const UA_Variant& v) { return reinterpret_cast<const ua::Variant&>(v); }

// Twice as often as the tag's period: that a word is late is then the machine's doing.
double sampling_ms(double period_s) { return std::clamp(period_s * 500.0, kFastestMs, kSlowestMs); }

// A tag with a declared period is to be heard of although its value stays.
void set_trigger(UA_MonitoringParameters& parameters) {
    UA_DataChangeFilter* filter = UA_DataChangeFilter_new();
    if (filter == nullptr) return;
    filter->trigger = UA_DATACHANGETRIGGER_STATUSVALUETIMESTAMP;
    UA_ExtensionObject_setValue(&parameters.filter, filter, &UA_TYPES[UA_TYPES_DATACHANGEFILTER]);
}

void set_event_filter(UA_MonitoringParameters& parameters) {
    UA_EventFilter* filter = UA_EventFilter_new();
    auto* clauses = static_cast<UA_SimpleAttributeOperand*>(
        UA_Array_new(kEventFields.size(), &UA_TYPES[UA_TYPES_SIMPLEATTRIBUTEOPERAND]));
    if (filter == nullptr || clauses == nullptr) return;
    for (std::size_t i = 0; i < kEventFields.size(); ++i) {
        clauses[i].typeDefinitionId = UA_NODEID_NUMERIC(0, UA_NS0ID_BASEEVENTTYPE);
        clauses[i].attributeId = UA_ATTRIBUTEID_VALUE;
        clauses[i].browsePath = UA_QualifiedName_new();
        if (clauses[i].browsePath == nullptr) continue;
        clauses[i].browsePathSize = 1;
        clauses[i].browsePath->name = UA_STRING_ALLOC(kEventFields[i]);
    }
    filter->selectClauses = clauses;
    filter->selectClausesSize = kEventFields.size();
    UA_ExtensionObject_setValue(&parameters.filter, filter, &UA_TYPES[UA_TYPES_EVENTFILTER]);
}

// OPC 10000-8: a unitId is the characters of UNECE's common code.
std::string common_code(UA_Int32 id) {
    std::string out;
    for (int shift = 16; shift >= 0; shift -= 8) {
        const auto c = static_cast<char>(id >> shift & 0x7f);
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) out += c;
    }
    return out;
}

void add_fact(TagFacts& facts, const UA_Variant& value) {
    if (UA_Variant_hasScalarType(&value, &UA_TYPES[UA_TYPES_EUINFORMATION])) {
        const auto* unit = static_cast<const UA_EUInformation*>(value.data);
        facts.unit = to_utf8(cut_utf8(ua_text(unit->displayName.text), 200));
        if (facts.unit.empty()) facts.unit = common_code(unit->unitId);
    } else if (UA_Variant_hasScalarType(&value, &UA_TYPES[UA_TYPES_RANGE])) {
        const auto* range = static_cast<const UA_Range*>(value.data);
        if (std::isfinite(range->low)) facts.low = range->low;
        if (std::isfinite(range->high)) facts.high = range->high;
    } else if (UA_Variant_hasScalarType(&value, &UA_TYPES[UA_TYPES_LOCALIZEDTEXT])) {
        facts.description = to_utf8(cut_utf8(ua_text(static_cast<const UA_LocalizedText*>(value.data)->text), 2000));
    }
}

class Session final : public OpcUaSession {
  public:
    Session(const OpcUaOptions& options, const OpcUaCallbacks& callbacks, OpcUaUnreadable& unreadable,
            std::unique_ptr<OpcUaClient> client)
        : options_(options), callbacks_(callbacks), unreadable_(unreadable), client_(std::move(client)) {
        for (const WatchedTag& tag : options.wanted) {
            if (tag.period_s) period_of_[tag.source] = *tag.period_s;
        }
    }

    Result<void> subscribe() override {
        std::vector<OpcUaVariable> variables;
        if (options_.all) {
            auto listing = browse_objects(raw(), options_.server.name, options_.limits);
            if (!listing) return std::unexpected(listing.error());
            if (!listing->left_out.empty()) log_warn(formatted("{}: {}", options_.server.url, listing->left_out));
            variables = std::move(listing->variables);
        } else {
            for (const WatchedTag& tag : options_.wanted) missing_.push_back(tag.source);
            variables = find_missing();
        }
        std::erase_if(variables, [&](const OpcUaVariable& v) { return unreadable_.sources.contains(v.source); });
        if (auto tried = try_reading(variables); !tried) return tried;
        if (auto made = make_subscription(); !made) return made;
        make_event_item();
        return add(std::move(variables));
    }

    Result<void> iterate(Duration patience) override {
        const auto ms = static_cast<UA_UInt32>(patience.ns / 1'000'000);
        const UA_StatusCode status = UA_Client_run_iterate(raw(), ms);
        if (!taken_) return taken_;
        hand_over();
        if (status != UA_STATUSCODE_GOOD || !client_->in_session()) return lost(client_->status(status));
        if (silent_) return fail(Errc::Unavailable, "the server has fallen silent");
        drop_gone();
        if ((missing_.empty() && refused_.empty()) || system_clock().now() < look_again_) return {};
        const auto again = find_refused();
        if (auto found = find_missing(); !found.empty()) {
            if (auto added = add(std::move(found)); !added) return added;
        }
        return subscribe_to(again, /* tell= */ false);
    }

    Result<void> write(std::uint32_t tag, const Value& value) override {
        if (tag >= types_.size()) return fail(Errc::NotFound, "the server has no such tag");
        if (types_[tag] == 0) return fail(Errc::Unavailable, "the tag has not said what type it has");
        UA_WriteValue item;
        UA_WriteValue_init(&item);
        if (auto made = to_variant(value, types_[tag], reinterpret_cast<ua::Variant&>(item.value.value)); !made)
            return made;
        item.value.hasValue = true;
        item.attributeId = UA_ATTRIBUTEID_VALUE;
        item.nodeId = parsed(nodes_[tag]);
        UA_WriteRequest request;
        UA_WriteRequest_init(&request);
        request.nodesToWrite = &item;
        request.nodesToWriteSize = 1;
        UA_WriteResponse response = UA_Client_Service_write(raw(), request);
        const UA_StatusCode service = response.responseHeader.serviceResult;
        const UA_StatusCode result = response.resultsSize == 1 ? response.results[0] : service;
        UA_WriteResponse_clear(&response);
        UA_WriteValue_clear(&item);
        if (service != UA_STATUSCODE_GOOD)
            return fail(Errc::Unavailable, "whether it was written is not known: " + status_text(service));
        if (UA_StatusCode_isBad(result)) return fail(Errc::Refused, "the server says " + status_text(result));
        return {};
    }

  private:
    UA_Client* raw() { return client_->raw(); }

    Result<void> lost(UA_StatusCode status) {
        if (status != UA_STATUSCODE_GOOD)
            return fail(Errc::Unavailable, "the connection was lost (" + status_text(status) + ")");
        // Nobody else ended it: open62541 did, over what it could not decode.
        unreadable_.suspected = true;
        unreadable_.readable.clear();
        return fail(Errc::Unavailable, "a message of the server cannot be read; its values are now tried one by one");
    }

    // When something could not be read: which of them it is. An error ends the session, as does what is looked for.
    Result<void> try_reading(std::span<const OpcUaVariable> variables) {
        if (!unreadable_.suspected) return {};
        for (const OpcUaVariable& variable : variables) {
            if (unreadable_.readable.contains(variable.source)) continue;
            UA_NodeId node = parsed(variable.node);
            UA_Variant value;
            UA_Variant_init(&value);
            const UA_StatusCode status = UA_Client_readValueAttribute(raw(), node, &value);
            UA_Variant_clear(&value);
            UA_NodeId_clear(&node);
            if (status == UA_STATUSCODE_BADDECODINGERROR) {
                unreadable_.sources.insert(variable.source);
                const std::string what = "its value cannot be read (" + status_text(status) + ") and is left out";
                callbacks_.on_missing(variable.source, what);
                return fail(Errc::Unavailable, formatted("{}: {}", what, variable.source));
            }
            if (!client_->in_session())
                return fail(Errc::Unavailable, "the connection was lost while values were tried");
            unreadable_.readable.insert(variable.source);
        }
        unreadable_.suspected = false;
        return {};
    }

    // Whose nodes are no longer there: they are refused until there are new ones.
    void drop_gone() {
        const auto gone = std::exchange(gone_, {});
        for (std::size_t begin = 0; begin < gone.size(); begin += items_at_once_) {
            std::vector<UA_UInt32> items;
            for (std::size_t i = begin; i < std::min(begin + items_at_once_, gone.size()); ++i)
                items.push_back(items_[gone[i]]);
            UA_DeleteMonitoredItemsRequest request;
            UA_DeleteMonitoredItemsRequest_init(&request);
            request.subscriptionId = subscription_;
            request.monitoredItemIds = items.data();
            request.monitoredItemIdsSize = items.size();
            UA_DeleteMonitoredItemsResponse answer = UA_Client_MonitoredItems_delete(raw(), request);
            UA_DeleteMonitoredItemsResponse_clear(&answer); // a server that has dropped them itself says so
        }
        refused_.insert(refused_.end(), gone.begin(), gone.end());
    }

    // Of refused_, those that there may be a node for, which may be another one than before.
    std::vector<std::uint32_t> find_refused() {
        if (refused_.empty()) return {};
        std::vector<std::string> sources;
        for (const std::uint32_t tag : refused_) sources.push_back(tags_[tag].source);
        const auto results = find_variables(raw(), sources, options_.limits);
        std::vector<std::uint32_t> found, still;
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (results[i]) nodes_[refused_[i]] = results[i]->node;
            (results[i] ? found : still).push_back(refused_[i]);
        }
        refused_ = std::move(still);
        return found;
    }

    // Of missing_, those that are there now; why others are not is told once.
    std::vector<OpcUaVariable> find_missing() {
        const bool first = look_again_ == Time{};
        look_again_ = system_clock().now() + kLookAgain;
        auto results = find_variables(raw(), missing_, options_.limits);
        std::vector<OpcUaVariable> found;
        std::vector<std::string> still;
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (results[i]) {
                found.push_back(std::move(*results[i]));
                continue;
            }
            if (first) callbacks_.on_missing(missing_[i], results[i].error().what);
            still.push_back(std::move(missing_[i]));
        }
        missing_ = std::move(still);
        return found;
    }

    Result<void> make_subscription() {
        double fastest = options_.all ? kSampleAllMs : kSampleMs;
        for (const auto& [source, period_s] : period_of_) fastest = std::min(fastest, sampling_ms(period_s));
        UA_CreateSubscriptionRequest request = UA_CreateSubscriptionRequest_default();
        request.requestedPublishingInterval = std::min(fastest, kSlowestPublishMs);
        request.requestedMaxKeepAliveCount =
            static_cast<UA_UInt32>(std::max(1.0, kKeepAliveMs / request.requestedPublishingInterval));
        request.requestedLifetimeCount = static_cast<UA_UInt32>(kLifetimeMs / request.requestedPublishingInterval);
        client_->on_silence([this] { silent_ = true; });
        const auto on_status = [](UA_Client*, UA_UInt32, void* self, UA_StatusChangeNotification*) {
            static_cast<Session*>(self)->silent_ = true;
        };
        UA_CreateSubscriptionResponse made = UA_Client_Subscriptions_create(raw(), request, this, on_status, nullptr);
        const UA_StatusCode status = made.responseHeader.serviceResult;
        subscription_ = made.subscriptionId;
        UA_CreateSubscriptionResponse_clear(&made);
        if (status == UA_STATUSCODE_GOOD) return {};
        return fail(Errc::Unavailable, "the server does not take a subscription: " + status_text(status));
    }

    // A server without events is one all the same.
    void make_event_item() {
        UA_MonitoredItemCreateRequest item =
            UA_MonitoredItemCreateRequest_default(UA_NODEID_NUMERIC(0, UA_NS0ID_SERVER));
        item.itemToMonitor.attributeId = UA_ATTRIBUTEID_EVENTNOTIFIER;
        item.requestedParameters.samplingInterval = 0;
        item.requestedParameters.queueSize = 1000;
        set_event_filter(item.requestedParameters);
        const auto on_event = [](UA_Client*, UA_UInt32, void* self, UA_UInt32, void*, std::size_t count,
                                 UA_Variant* fields) {
            auto* session = static_cast<Session*>(self);
            if (count == kEventFields.size()) session->take([&] { session->heard_event(fields); });
        };
        UA_MonitoredItemCreateResult made = UA_Client_MonitoredItems_createEvent(
            raw(), subscription_, UA_TIMESTAMPSTORETURN_BOTH, item, nullptr, on_event, nullptr);
        if (made.statusCode != UA_STATUSCODE_GOOD)
            log_debug(formatted("{}: no events: {}", options_.server.url, status_text(made.statusCode)));
        UA_MonitoredItemCreateResult_clear(&made);
        UA_MonitoredItemCreateRequest_clear(&item);
    }

    // New tags: what is known of them first, then their words.
    Result<void> add(std::vector<OpcUaVariable> variables) {
        const auto first = static_cast<std::uint32_t>(nodes_.size());
        for (OpcUaVariable& variable : variables) {
            tags_.push_back({variable.source, {}});
            nodes_.push_back(variable.node);
        }
        types_.resize(nodes_.size(), 0);
        items_.resize(nodes_.size(), 0);
        read_facts(variables, first);
        callbacks_.on_session(tags_);
        std::vector<std::uint32_t> added;
        for (std::uint32_t tag = first; tag < nodes_.size(); ++tag) added.push_back(tag);
        return subscribe_to(added, /* tell= */ !options_.all);
    }

    Result<void> subscribe_to(std::span<const std::uint32_t> tags, bool tell) {
        while (!tags.empty()) {
            const auto some = tags.first(std::min(items_at_once_, tags.size()));
            const UA_StatusCode status = make_items(some, tell);
            if (status == UA_STATUSCODE_BADTOOMANYOPERATIONS && items_at_once_ > 1) {
                items_at_once_ /= 2;
                continue;
            }
            if (status != UA_STATUSCODE_GOOD)
                return fail(Errc::Unavailable, "the server does not take the tags: " + status_text(status));
            tags = tags.subspan(some.size());
        }
        hand_over();
        return {};
    }

    UA_MonitoredItemCreateRequest item_for(std::uint32_t tag) {
        const auto period = period_of_.find(tags_[tag].source);
        UA_MonitoredItemCreateRequest item = UA_MonitoredItemCreateRequest_default(parsed(nodes_[tag]));
        item.requestedParameters.samplingInterval = options_.all ? kSampleAllMs : kSampleMs;
        item.requestedParameters.queueSize = kValuesQueued;
        if (period != period_of_.end()) {
            item.requestedParameters.samplingInterval = sampling_ms(period->second);
            set_trigger(item.requestedParameters);
        }
        return item;
    }

    UA_StatusCode make_items(std::span<const std::uint32_t> tags, bool tell) {
        std::vector<UA_MonitoredItemCreateRequest> items;
        std::vector<void*> contexts;
        for (const std::uint32_t tag : tags) {
            items.push_back(item_for(tag));
            contexts.push_back(reinterpret_cast<void*>(std::uintptr_t{tag}));
        }
        UA_CreateMonitoredItemsRequest request;
        UA_CreateMonitoredItemsRequest_init(&request);
        request.subscriptionId = subscription_;
        request.timestampsToReturn = UA_TIMESTAMPSTORETURN_BOTH;
        request.itemsToCreate = items.data();
        request.itemsToCreateSize = items.size();
        const auto on_value = [](UA_Client*, UA_UInt32, void* self, UA_UInt32, void* tag, UA_DataValue* value) {
            auto* session = static_cast<Session*>(self);
            const auto number = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(tag));
            session->take([&] { session->heard_value(number, *value); });
        };
        std::vector<UA_Client_DataChangeNotificationCallback> heard(items.size(), on_value);
        std::vector<UA_Client_DeleteMonitoredItemCallback> deleted(items.size(), nullptr);
        UA_CreateMonitoredItemsResponse made =
            UA_Client_MonitoredItems_createDataChanges(raw(), request, contexts.data(), heard.data(), deleted.data());
        const UA_StatusCode status = made.responseHeader.serviceResult;
        for (std::size_t i = 0; status == UA_STATUSCODE_GOOD && i < std::min(tags.size(), made.resultsSize); ++i) {
            const UA_StatusCode result = made.results[i].statusCode;
            items_[tags[i]] = made.results[i].monitoredItemId;
            if (result == UA_STATUSCODE_GOOD) continue;
            const bool once_heard = types_[tags[i]] != 0;
            if (!options_.all || once_heard) refused_.push_back(tags[i]);
            if (tell) callbacks_.on_missing(tags_[tags[i]].source, "the server says " + status_text(result));
        }
        UA_CreateMonitoredItemsResponse_clear(&made);
        for (auto& item : items) UA_MonitoredItemCreateRequest_clear(&item);
        return status;
    }

    void read_facts(const std::vector<OpcUaVariable>& variables, std::uint32_t first) {
        struct Ask {
            std::uint32_t tag;
            const std::string* node;
            UA_UInt32 attribute;
        };
        std::vector<Ask> asks;
        for (std::uint32_t i = 0; i < variables.size(); ++i) {
            const OpcUaVariable& v = variables[i];
            asks.push_back({first + i, &v.node, UA_ATTRIBUTEID_DESCRIPTION});
            if (!v.unit_node.empty()) asks.push_back({first + i, &v.unit_node, UA_ATTRIBUTEID_VALUE});
            if (!v.range_node.empty()) asks.push_back({first + i, &v.range_node, UA_ATTRIBUTEID_VALUE});
        }
        for (std::size_t begin = 0; begin < asks.size();) {
            const auto some = std::span(asks).subspan(begin, std::min(reads_at_once_, asks.size() - begin));
            UA_ReadRequest request;
            UA_ReadRequest_init(&request);
            std::vector<UA_ReadValueId> ids(some.size());
            for (std::size_t i = 0; i < some.size(); ++i) {
                UA_ReadValueId_init(&ids[i]);
                ids[i].nodeId = parsed(*some[i].node);
                ids[i].attributeId = some[i].attribute;
            }
            request.nodesToRead = ids.data();
            request.nodesToReadSize = ids.size();
            UA_ReadResponse answer = UA_Client_Service_read(raw(), request);
            const UA_StatusCode status = answer.responseHeader.serviceResult;
            for (std::size_t i = 0; i < std::min(some.size(), answer.resultsSize); ++i)
                add_fact(tags_[some[i].tag].facts, answer.results[i].value);
            UA_ReadResponse_clear(&answer);
            for (auto& id : ids) UA_ReadValueId_clear(&id);
            if (status == UA_STATUSCODE_BADTOOMANYOPERATIONS && reads_at_once_ > 1)
                reads_at_once_ /= 2;
            else if (status != UA_STATUSCODE_GOOD)
                return; // a server that does not tell has values all the same
            else
                begin += some.size();
        }
    }

    // Below a notification are the library's C frames: what is thrown waits until they are gone.
    template <class F> void take(F&& hear) {
        if (taken_) taken_ = caught(std::forward<F>(hear));
    }

    void heard_value(std::uint32_t tag, const UA_DataValue& value) {
        OpcUaWord word;
        word.tag = tag;
        const UA_StatusCode status = value.hasStatus ? value.status : UA_STATUSCODE_GOOD;
        word.quality = quality_of(status);
        const bool gone = status == UA_STATUSCODE_BADNODEIDUNKNOWN || status == UA_STATUSCODE_BADNODEIDINVALID;
        if (gone && !std::ranges::contains(gone_, tag)) gone_.push_back(tag);
        if (value.hasValue && value.value.type != nullptr) {
            const std::uint8_t type = scalar_type(lent(value.value));
            types_[tag] = type != 0 ? type : kNoScalar;
            word.value = value_of(lent(value.value));
        } else if (word.quality == Quality::Good) {
            word.value = Value(); // the machine says that there is none
        }
        if (value.hasSourceTimestamp)
            word.source_time = utc_of(value.sourceTimestamp);
        else if (value.hasServerTimestamp)
            word.source_time = utc_of(value.serverTimestamp);
        words_.push_back(std::move(word));
    }

    void heard_event(const UA_Variant* fields) {
        OpcUaEvent event;
        event.source = shortened(to_text(value_of(lent(fields[0]))), 500);
        event.message = shortened(to_text(value_of(lent(fields[1]))), 2000);
        event.severity = static_cast<unsigned>(std::clamp(to_number(value_of(lent(fields[2]))), 0.0, 1000.0));
        if (UA_Variant_hasScalarType(&fields[3], &UA_TYPES[UA_TYPES_DATETIME]))
            event.time = utc_of(*static_cast<const UA_DateTime*>(fields[3].data));
        events_.push_back(std::move(event));
    }

    void hand_over() {
        if (!words_.empty()) callbacks_.on_words(words_);
        words_.clear();
        for (OpcUaEvent& event : events_) callbacks_.on_event(std::move(event));
        events_.clear();
    }

    const OpcUaOptions& options_;
    const OpcUaCallbacks& callbacks_;
    OpcUaUnreadable& unreadable_;
    ByName<double> period_of_; // in seconds, where one is declared
    std::vector<OpcUaTag> tags_;
    std::vector<std::string> nodes_;     // of tags_
    std::vector<std::uint8_t> types_;    // of their values
    std::vector<UA_UInt32> items_;       // what the subscription calls them
    std::vector<std::string> missing_;   // sources
    std::vector<std::uint32_t> refused_; // tags that the server did not take
    std::vector<std::uint32_t> gone_;    // tags that it took, and whose nodes are no longer there
    Time look_again_{};
    UA_UInt32 subscription_ = 0;
    std::size_t items_at_once_ = kItemsAtOnce, reads_at_once_ = kReadsAtOnce;
    bool silent_ = false;
    Result<void> taken_; // or why a notification could not be
    std::vector<OpcUaWord> words_;
    std::vector<OpcUaEvent> events_;
    std::unique_ptr<OpcUaClient> client_; // ends first: as it does it still tells what had arrived
};

} // namespace

Result<std::unique_ptr<OpcUaSession>> OpcUaSession::open(const OpcUaOptions& options, OpcUaTrust& trust,
                                                         const OpcUaCallbacks& callbacks, OpcUaUnreadable& unreadable,
                                                         const std::stop_token& stop) {
    auto client = OpcUaClient::connect(options, trust, stop);
    if (!client) return std::unexpected(client.error());
    return std::make_unique<Session>(options, callbacks, unreadable, std::move(*client));
}

} // namespace pw::twin
