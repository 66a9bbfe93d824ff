// SPDX-License-Identifier: Apache-2.0
#include "twin/opcua_browse.h"

#include "base/format.h"
#include "twin/name_hash.h"
#include "twin/opcua_value.h"
#include "twin/sparkplug.h"

#include <open62541/client.h>
#include <open62541/client_highlevel.h>

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>

namespace pw::twin {

namespace {

constexpr std::size_t kNodesAtOnce = 100, kReferencesAtOnce = 1000;
constexpr std::size_t kMaxName = 512, kMaxId = 1000; // longer ones are no tags
constexpr std::size_t kMaxArguments = 100;
constexpr std::size_t kNone = ~std::size_t{0};

struct Reference {
    std::string node, name;
    bool variable = false, method = false;
    bool ua = false;      // OPC UA itself gave it its name (namespace 0)
    bool ua_node = false; // and made the node
};

// Something that open62541 made; `Type_clear` frees it.
template <class T, void (*Clear)(T*)> struct Owned {
    T it{};
    Owned() = default;
    explicit Owned(T value) : it(value) {}
    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;
    ~Owned() { Clear(&it); }
};

UA_NodeId parsed(const std::string& node) {
    UA_NodeId id = UA_NODEID_NULL;
    std::string copy = node;
    UA_NodeId_parse(&id, {copy.size(), reinterpret_cast<UA_Byte*>(copy.data())});
    return id;
}

std::string printed(const UA_NodeId& id) {
    UA_String out = UA_STRING_NULL;
    std::string text;
    if (UA_NodeId_print(&id, &out) == UA_STATUSCODE_GOOD) text = ua_text(out);
    UA_String_clear(&out);
    return text;
}

// Asks for what nodes refer to, many at once, until there is no more or it becomes too much.
class Browser {
  public:
    using Visit = std::function<void(std::size_t node, Reference&&)>;

    Browser(UA_Client* client, const OpcUaLimits& limits)
        : client_(client), left_(limits.max_nodes), deadline_(system_clock().now() + limits.patience) {}

    bool full() const { return left_ == 0 || late(); }
    std::string why_full() const { return late() ? "it takes too long" : "there are too many nodes"; }

    // Forward references of that type (its subtypes too) to objects, variables and methods.
    Result<void> references(std::span<const std::string> nodes, std::uint32_t type, const Visit& visit) {
        for (std::size_t begin = 0; begin < nodes.size() && !full();) {
            const auto some = nodes.subspan(begin, std::min(at_once_, nodes.size() - begin));
            const UA_StatusCode status = ask(some, type, begin, visit);
            if (status == UA_STATUSCODE_BADTOOMANYOPERATIONS && at_once_ > 1) {
                at_once_ /= 2;
                continue;
            }
            if (status != UA_STATUSCODE_GOOD)
                return fail(Errc::Unavailable, "the server cannot be browsed: " + status_text(status));
            begin += some.size();
        }
        return {};
    }

  private:
    bool late() const { return system_clock().now() > deadline_; }

    UA_StatusCode ask(std::span<const std::string> nodes, std::uint32_t type, std::size_t first, const Visit& visit) {
        Owned<UA_BrowseRequest, UA_BrowseRequest_clear> request;
        request.it.requestedMaxReferencesPerNode = kReferencesAtOnce;
        request.it.nodesToBrowse =
            static_cast<UA_BrowseDescription*>(UA_Array_new(nodes.size(), &UA_TYPES[UA_TYPES_BROWSEDESCRIPTION]));
        if (request.it.nodesToBrowse == nullptr) return UA_STATUSCODE_BADOUTOFMEMORY;
        request.it.nodesToBrowseSize = nodes.size();
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            UA_BrowseDescription& d = request.it.nodesToBrowse[i];
            d.nodeId = parsed(nodes[i]);
            d.browseDirection = UA_BROWSEDIRECTION_FORWARD;
            d.referenceTypeId = UA_NODEID_NUMERIC(0, type);
            d.includeSubtypes = true;
            d.nodeClassMask = UA_NODECLASS_OBJECT | UA_NODECLASS_VARIABLE | UA_NODECLASS_METHOD;
            d.resultMask = UA_BROWSERESULTMASK_NODECLASS | UA_BROWSERESULTMASK_BROWSENAME;
        }
        const Owned<UA_BrowseResponse, UA_BrowseResponse_clear> response(UA_Client_Service_browse(client_, request.it));
        if (response.it.responseHeader.serviceResult != UA_STATUSCODE_GOOD)
            return response.it.responseHeader.serviceResult;
        for (std::size_t i = 0; i < std::min(nodes.size(), response.it.resultsSize); ++i)
            follow(response.it.results[i], first + i, visit);
        return UA_STATUSCODE_GOOD;
    }

    // A node with more references than fit into one answer has a continuation point.
    void follow(const UA_BrowseResult& result, std::size_t node, const Visit& visit) {
        take(result, node, visit);
        Owned<UA_ByteString, UA_ByteString_clear> point;
        UA_ByteString_copy(&result.continuationPoint, &point.it);
        while (point.it.length > 0) {
            UA_BrowseNextRequest request;
            UA_BrowseNextRequest_init(&request);
            request.releaseContinuationPoints = full();
            request.continuationPoints = &point.it;
            request.continuationPointsSize = 1;
            const Owned<UA_BrowseNextResponse, UA_BrowseNextResponse_clear> next(
                UA_Client_Service_browseNext(client_, request));
            if (next.it.resultsSize != 1 || request.releaseContinuationPoints) return;
            take(next.it.results[0], node, visit);
            UA_ByteString_clear(&point.it);
            UA_ByteString_copy(&next.it.results[0].continuationPoint, &point.it);
        }
    }

    void take(const UA_BrowseResult& result, std::size_t node, const Visit& visit) {
        for (std::size_t r = 0; r < result.referencesSize && left_ > 0; ++r, --left_) {
            const UA_ReferenceDescription& d = result.references[r];
            if (d.nodeId.serverIndex != 0 || d.nodeId.namespaceUri.length > 0) continue; // of another server
            Reference out;
            out.node = printed(d.nodeId.nodeId);
            out.name = to_utf8(ua_text(d.browseName.name).substr(0, kMaxName + 1));
            out.variable = d.nodeClass == UA_NODECLASS_VARIABLE;
            out.method = d.nodeClass == UA_NODECLASS_METHOD;
            out.ua = d.browseName.namespaceIndex == 0;
            out.ua_node = d.nodeId.nodeId.namespaceIndex == 0;
            if (!out.node.empty() && out.node.size() <= kMaxId) visit(node, std::move(out));
        }
    }

    UA_Client* client_;
    std::size_t left_, at_once_ = kNodesAtOnce;
    Time deadline_;
};

std::vector<std::string> namespaces(UA_Client* client) {
    Owned<UA_Variant, UA_Variant_clear> value;
    std::vector<std::string> out;
    UA_Client_readValueAttribute(client, UA_NODEID_NUMERIC(0, UA_NS0ID_SERVER_NAMESPACEARRAY), &value.it);
    if (!UA_Variant_hasArrayType(&value.it, &UA_TYPES[UA_TYPES_STRING])) return out;
    const std::span<const UA_String> uris(static_cast<const UA_String*>(value.it.data), value.it.arrayLength);
    for (const UA_String& uri : uris.first(std::min<std::size_t>(uris.size(), 65536))) out.emplace_back(ua_text(uri));
    return out;
}

// "ns=2;s=Axis1" → "nsu=urn:maker:robot;s=Axis1": an index is only this start's of the server.
std::string lasting(const std::string& node, const std::vector<std::string>& uris) {
    const OpcUaSource parts = parse_opcua_source("opcua:" + node).value_or(OpcUaSource{});
    const std::size_t end = parts.node.starts_with("ns=") ? parts.node.find(';') : std::string::npos;
    if (end == std::string::npos) return node;
    const std::size_t index = std::stoul(parts.node.substr(3, end - 3));
    if (index >= uris.size() || uris[index].empty() || uris[index].contains(';')) return node;
    return formatted("nsu={};{}", uris[index], parts.node.substr(end + 1));
}

// Below Objects, level by level.
class Walk {
  public:
    Walk(UA_Client* client, std::string_view server, const OpcUaLimits& limits)
        : browser_(client, limits), server_(server), limits_(limits), uris_(namespaces(client)) {}

    Result<OpcUaListing> run() {
        std::vector<Place> level{{printed(UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER)), {}, true}};
        for (unsigned depth = 0; !level.empty() && depth < limits_.max_depth && !browser_.full(); ++depth) {
            auto next = children(level);
            if (!next) return std::unexpected(next.error());
            level = std::move(*next);
        }
        if (browser_.full())
            out_.left_out = browser_.why_full();
        else if (!level.empty())
            out_.left_out = "it goes too deep";
        return std::move(out_);
    }

  private:
    struct Place {
        std::string node;
        std::vector<std::string> path;
        bool named = true;            // the path leads here and nowhere else
        std::size_t variable = kNone; // in out_.variables
        std::size_t method = kNone;   // in out_.methods
    };

    Result<std::vector<Place>> children(const std::vector<Place>& level) {
        std::vector<std::string> nodes;
        for (const Place& place : level) nodes.push_back(place.node);
        std::vector<std::vector<Reference>> found(level.size());
        auto asked = browser_.references(nodes, UA_NS0ID_HIERARCHICALREFERENCES,
                                         [&](std::size_t i, Reference&& r) { found[i].push_back(std::move(r)); });
        if (!asked) return std::unexpected(asked.error());
        std::vector<Place> next;
        for (std::size_t i = 0; i < level.size(); ++i) {
            ByName<unsigned> names;
            for (const Reference& r : found[i]) ++names[r.name];
            for (Reference& r : found[i]) {
                const bool unique = names[r.name] == 1;
                visit(level[i], std::move(r), unique, next);
            }
        }
        return next;
    }

    void visit(const Place& parent, Reference&& r, bool unique, std::vector<Place>& next) {
        if (parent.variable != kNone && r.ua) {
            if (r.name == "EngineeringUnits") out_.variables[parent.variable].unit_node = r.node;
            if (r.name == "EURange") out_.variables[parent.variable].range_node = r.node;
            return; // others say what the variable is, not what the machine does
        }
        if (parent.method != kNone) {
            if (r.ua && r.name == "InputArguments") out_.methods[parent.method].in_node = r.node;
            if (r.ua && r.name == "OutputArguments") out_.methods[parent.method].out_node = r.node;
            return;
        }
        if (r.ua_node || !seen_.insert(r.node).second) return;
        Place place{r.node, parent.path, parent.named && unique && !r.name.empty() && r.name.size() <= kMaxName};
        place.path.push_back(std::move(r.name));
        std::string source = opcua_source(server_, place.path);
        if (!place.named || !parse_opcua_source(source)) source = opcua_source(server_, lasting(r.node, uris_));
        if (!parse_opcua_source(source)) return;
        if (r.method) {
            place.method = out_.methods.size();
            out_.methods.push_back({std::move(source), {}, {}});
        } else if (r.variable) {
            place.variable = out_.variables.size();
            out_.variables.push_back({std::move(source), r.node, {}, {}});
        }
        next.push_back(std::move(place));
    }

    Browser browser_;
    std::string server_;
    OpcUaLimits limits_;
    std::vector<std::string> uris_;
    std::unordered_set<std::string> seen_;
    OpcUaListing out_;
};

// The nodes that paths lead to, asked for level by level: paths that share their beginning share the question.
class Finder {
  public:
    struct Found {
        std::string node;
        bool variable = false;
        unsigned times = 0;
    };

    explicit Finder(Browser& browser) : browser_(browser) {
        found_[""] = {printed(UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER)), false, 1};
    }

    void want(const std::vector<std::string>& path) { paths_.push_back(path); }

    Result<void> find() {
        std::size_t longest = 0;
        for (const auto& path : paths_) longest = std::max(longest, path.size());
        for (std::size_t depth = 0; depth < longest; ++depth) {
            if (auto asked = find_level(depth); !asked) return asked;
        }
        return {};
    }

    Result<Found> result(const std::vector<std::string>& path) const {
        const auto found = found_.find(key(path, path.size()));
        if (found == found_.end() || found->second.times == 0)
            return fail(Errc::NotFound, "the server has no such node");
        if (found->second.times > 1)
            return fail(Errc::Malformed, "several nodes have this path; their node ids differ");
        return found->second;
    }

  private:
    static std::string key(const std::vector<std::string>& path, std::size_t length) {
        return length == 0 ? "" : opcua_source("", std::span(path).first(length));
    }

    Result<void> find_level(std::size_t depth) {
        std::vector<std::string> parents, nodes; // their keys and their ids
        ByName<std::size_t> place;
        for (const auto& path : paths_) {
            if (path.size() <= depth) continue;
            const std::string parent = key(path, depth);
            const auto known = found_.find(parent);
            if (known != found_.end() && known->second.times == 1 && place.try_emplace(parent, nodes.size()).second) {
                parents.push_back(parent);
                nodes.push_back(known->second.node);
            }
            found_.try_emplace(key(path, depth + 1));
        }
        return browser_.references(nodes, UA_NS0ID_HIERARCHICALREFERENCES, [&](std::size_t i, Reference&& r) {
            const std::string prefix = parents[i].empty() ? "opcua:" : parents[i];
            const std::vector<std::string> name{r.name};
            const auto wanted = found_.find(prefix + opcua_source("", name).substr(6));
            if (wanted == found_.end() || wanted->second.node == r.node) return;
            ++wanted->second.times;
            wanted->second.node = r.node;
            wanted->second.variable = r.variable;
        });
    }

    Browser& browser_;
    std::vector<std::vector<std::string>> paths_;
    ByName<Found> found_;
};

// Whether open62541 takes it for one.
bool is_node_id(const std::string& node) {
    UA_NodeId id = UA_NODEID_NULL;
    std::string copy = node;
    const UA_StatusCode status = UA_NodeId_parse(&id, {copy.size(), reinterpret_cast<UA_Byte*>(copy.data())});
    UA_NodeId_clear(&id);
    return status == UA_STATUSCODE_GOOD;
}

// Whether there is such a node, the subscription will tell.
Result<OpcUaVariable> find_node(const OpcUaSource& source, const std::vector<std::string>& uris) {
    OpcUaVariable out;
    out.node = source.node;
    if (!source.namespace_uri.empty()) {
        const auto uri = std::ranges::find(uris, source.namespace_uri);
        if (uri == uris.end()) return fail(Errc::NotFound, "the server has no such namespace");
        out.node = formatted("ns={};{}", uri - uris.begin(), source.node);
    }
    if (!is_node_id(out.node)) return fail(Errc::Malformed, "OPC UA has no such node id");
    return out;
}

// The nodes of units and ranges.
void find_facts(Browser& browser, std::vector<Result<OpcUaVariable>>& variables) {
    std::vector<std::string> nodes;
    std::vector<std::size_t> of;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (!variables[i]) continue;
        nodes.push_back(variables[i]->node);
        of.push_back(i);
    }
    // A server that does not answer this has no units; the session notices when it answers nothing.
    (void)browser.references(nodes, UA_NS0ID_HASPROPERTY, [&](std::size_t i, Reference&& r) {
        if (!r.ua) return;
        if (r.name == "EngineeringUnits") variables[of[i]]->unit_node = r.node;
        if (r.name == "EURange") variables[of[i]]->range_node = r.node;
    });
}

} // namespace

Result<OpcUaListing> browse_objects(UA_Client* client, std::string_view server, const OpcUaLimits& limits) {
    return Walk(client, server, limits).run();
}

std::string signature_of(UA_Client* client, const OpcUaMethod& method) {
    const auto list = [client](const std::string& node) -> std::string {
        if (node.empty()) return "()";
        Owned<UA_Variant, UA_Variant_clear> value;
        Owned<UA_NodeId, UA_NodeId_clear> id(parsed(node));
        UA_Client_readValueAttribute(client, id.it, &value.it);
        if (!UA_Variant_hasArrayType(&value.it, &UA_TYPES[UA_TYPES_ARGUMENT])) return "()";
        std::string out;
        const std::span arguments(static_cast<const UA_Argument*>(value.it.data), value.it.arrayLength);
        for (const UA_Argument& a : arguments.first(std::min(arguments.size(), kMaxArguments))) {
            const UA_DataType* type = a.dataType.namespaceIndex == 0 ? UA_findDataType(&a.dataType) : nullptr;
            out += formatted("{}{}: {}{}", out.empty() ? "(" : ", ", to_utf8(ua_text(a.name).substr(0, kMaxName)),
                             type != nullptr ? type->typeName : printed(a.dataType), a.valueRank >= 0 ? "[]" : "");
        }
        return out.empty() ? "()" : out + ")";
    };
    const std::string out = list(method.out_node);
    return list(method.in_node) + (out == "()" ? "" : " → " + out);
}

std::vector<Result<OpcUaVariable>> find_variables(UA_Client* client, std::span<const std::string> sources,
                                                  const OpcUaLimits& limits) {
    const std::vector<std::string> uris = namespaces(client);
    Browser browser(client, limits);
    Finder finder(browser);
    std::vector<Result<OpcUaSource>> parts;
    for (const std::string& source : sources) {
        parts.push_back(parse_opcua_source(source));
        if (parts.back() && !parts.back()->path.empty()) finder.want(parts.back()->path);
    }
    const Result<void> asked = finder.find();
    std::vector<Result<OpcUaVariable>> out;
    for (const auto& part : parts) {
        if (!part)
            out.emplace_back(std::unexpected(part.error()));
        else if (part->path.empty())
            out.push_back(find_node(*part, uris));
        else if (!asked)
            out.emplace_back(std::unexpected(asked.error()));
        else if (const auto found = finder.result(part->path); !found)
            out.emplace_back(std::unexpected(found.error()));
        else if (!found->variable)
            out.emplace_back(fail(Errc::Malformed, "the node is not a variable"));
        else
            out.emplace_back(OpcUaVariable{{}, found->node, {}, {}});
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i]) out[i]->source = sources[i];
    }
    find_facts(browser, out);
    return out;
}

} // namespace pw::twin
