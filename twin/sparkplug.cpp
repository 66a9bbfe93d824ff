// SPDX-License-Identifier: Apache-2.0
#include "twin/sparkplug.h"

#include "base/format.h"
#include "twin/inflate.h"
#include "twin/wire.h"

#include <protozero/pbf_reader.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace pw::twin {

namespace {

using namespace wire;
using protozero::data_view;
using protozero::pbf_reader;

// Field numbers of sparkplug_b.proto.
namespace payload_field {
constexpr std::uint32_t kTimestamp = 1, kMetric = 2, kSeq = 3, kUuid = 4, kBody = 5;
}
namespace metric_field {
constexpr std::uint32_t kName = 1, kAlias = 2, kTimestamp = 3, kType = 4, kHistorical = 5, kTransient = 6, kNull = 7,
                        kMetadata = 8, kProperties = 9, kInt = 10, kLong = 11, kFloat = 12, kDouble = 13, kBoolean = 14,
                        kString = 15, kBytes = 16, kDataSet = 17, kTemplate = 18, kExtension = 19;
}
namespace template_field {
constexpr std::uint32_t kVersion = 1, kMetric = 2, kParameter = 3, kRef = 4, kIsDefinition = 5;
}
namespace parameter_field {
constexpr std::uint32_t kName = 1, kType = 2, kFirstValue = 3;
}

void set_integer(Metric& m, Metric::Field field, std::uint64_t value) {
    m.field = field;
    m.integer = value;
}
void set_real(Metric& m, Metric::Field field, double value) {
    m.field = field;
    m.integer = std::bit_cast<std::uint64_t>(value);
}
void set_text(Metric& m, Metric::Field field, data_view value) {
    m.field = field;
    m.text = view_of(value);
}

void read_metric(pbf_reader reader, Metric& m) {
    namespace f = metric_field;
    using Field = Metric::Field;
    while (reader.next()) {
        switch (reader.tag_and_type()) {
        case bytes(f::kName):
            m.name = view_of(reader.get_view());
            break;
        case varint(f::kAlias):
            m.alias = reader.get_uint64();
            break;
        case varint(f::kTimestamp):
            m.timestamp_ms = reader.get_uint64();
            break;
        case varint(f::kType):
            m.type = static_cast<DataType>(reader.get_uint32());
            break;
        case varint(f::kHistorical):
            m.historical = reader.get_uint64() != 0;
            break;
        case varint(f::kTransient):
            m.transient = reader.get_uint64() != 0;
            break;
        case varint(f::kNull):
            m.null = reader.get_uint64() != 0;
            break;
        case bytes(f::kMetadata):
            m.metadata = view_of(reader.get_view());
            break;
        case bytes(f::kProperties):
            m.properties = view_of(reader.get_view());
            break;
        case varint(f::kInt):
            set_integer(m, Field::Int, reader.get_uint32());
            break;
        case varint(f::kLong):
            set_integer(m, Field::Long, reader.get_uint64());
            break;
        case varint(f::kBoolean):
            set_integer(m, Field::Boolean, reader.get_uint64() != 0 ? 1 : 0);
            break;
        case fixed32(f::kFloat):
            set_real(m, Field::Float, static_cast<double>(reader.get_float()));
            break;
        case fixed64(f::kDouble):
            set_real(m, Field::Double, reader.get_double());
            break;
        case bytes(f::kString):
            set_text(m, Field::String, reader.get_view());
            break;
        case bytes(f::kBytes):
            set_text(m, Field::Bytes, reader.get_view());
            break;
        case bytes(f::kDataSet):
            set_text(m, Field::DataSet, reader.get_view());
            break;
        case bytes(f::kTemplate):
            set_text(m, Field::Template, reader.get_view());
            break;
        case bytes(f::kExtension):
            set_text(m, Field::Extension, reader.get_view());
            break;
        default:
            reader.skip();
        }
    }
}

bool within(const Metric& m, const DecodeLimits& limits) {
    return m.name.size() <= limits.max_name && m.text.size() <= limits.max_string &&
           m.properties.size() <= limits.max_string && m.metadata.size() <= limits.max_string;
}

struct Envelope {
    bool compressed = false;
    data_view body;
};

// False: it is beyond a limit.
bool add_metric(data_view message, std::vector<Metric>& out, const DecodeLimits& limits) {
    if (out.size() == limits.max_metrics) return false;
    Metric& metric = out.emplace_back();
    read_metric(pbf_reader(message), metric);
    return within(metric, limits);
}

std::unexpected<Error> too_much(const std::vector<Metric>& metrics, const DecodeLimits& limits) {
    if (metrics.size() == limits.max_metrics && (metrics.empty() || within(metrics.back(), limits))) {
        return fail(Errc::Exhausted, formatted("more than {} metrics", limits.max_metrics));
    }
    const Metric& m = metrics.back();
    const std::size_t value = std::max({m.text.size(), m.properties.size(), m.metadata.size()});
    return fail(Errc::Exhausted, formatted("metrics[{}]: the name has {} bytes, the value or its properties {}",
                                           metrics.size() - 1, m.name.size(), value));
}

Result<void> read_payload(Bytes message, Payload& out, Envelope& envelope, const DecodeLimits& limits) {
    namespace f = payload_field;
    pbf_reader reader(reinterpret_cast<const char*>(message.data()), message.size());
    while (reader.next()) {
        switch (reader.tag_and_type()) {
        case varint(f::kTimestamp):
            out.timestamp_ms = reader.get_uint64();
            break;
        case varint(f::kSeq):
            out.seq = reader.get_uint64();
            break;
        case bytes(f::kMetric):
            if (!add_metric(reader.get_view(), out.metrics, limits)) return too_much(out.metrics, limits);
            break;
        case bytes(f::kUuid):
            envelope.compressed = view_of(reader.get_view()) == "SPBV1.0_COMPRESSED";
            break;
        case bytes(f::kBody):
            envelope.body = reader.get_view();
            break;
        default:
            reader.skip();
        }
    }
    return {};
}

// The payload is in the body; what the envelope says itself holds where the payload says nothing. Its metric
// "algorithm" is not needed: the bytes say how they were packed.
Result<void> read_compressed(data_view body, Payload& out, const DecodeLimits& limits) {
    auto inflated = inflate(as_bytes(view_of(body)), limits.max_bytes);
    if (!inflated) return std::unexpected(inflated.error());
    out.inflated = std::move(*inflated);
    out.metrics.clear();
    Envelope inner;
    if (auto read = read_payload(as_bytes(out.inflated), out, inner, limits); !read) return read;
    if (inner.compressed) return fail(Errc::Malformed, "a compressed payload in a compressed payload");
    return {};
}

Template::Parameter read_parameter(data_view message) {
    Template::Parameter out;
    out.value = read_scalar(view_of(message), parameter_field::kFirstValue);
    for (pbf_reader reader(message); reader.next();) {
        switch (reader.tag_and_type()) {
        case bytes(parameter_field::kName):
            out.name = view_of(reader.get_view());
            break;
        case varint(parameter_field::kType):
            out.value.type = static_cast<DataType>(reader.get_uint32());
            break;
        default:
            reader.skip();
        }
    }
    return out;
}

Result<void> read_template(std::string_view message, Template& out, const DecodeLimits& limits) {
    namespace f = template_field;
    pbf_reader reader(message.data(), message.size());
    while (reader.next()) {
        switch (reader.tag_and_type()) {
        case bytes(f::kVersion):
            out.version = view_of(reader.get_view());
            break;
        case bytes(f::kMetric):
            if (!add_metric(reader.get_view(), out.members, limits)) return too_much(out.members, limits);
            break;
        case bytes(f::kParameter):
            if (out.parameters.size() == limits.max_parameters) return fail(Errc::Exhausted, "too many parameters");
            out.parameters.push_back(read_parameter(reader.get_view()));
            break;
        case bytes(f::kRef):
            out.ref = view_of(reader.get_view());
            break;
        case varint(f::kIsDefinition):
            out.is_definition = reader.get_uint64() != 0;
            break;
        default:
            reader.skip();
        }
    }
    return {};
}

// Runs what reads untrusted bytes: protozero throws to say that they are wrong.
template <class Read> Result<void> guarded(Read read) {
    try {
        return read();
    } catch (const std::exception& e) {
        return fail(Errc::Malformed, formatted("not a Sparkplug payload: {}", e.what()));
    }
}

} // namespace

Metric wire::read_scalar(std::string_view message, std::uint32_t first_field) {
    using Field = Metric::Field;
    Metric m;
    for (pbf_reader reader(message.data(), message.size()); reader.next();) {
        switch (reader.tag_and_type() - varint(first_field)) {
        case varint(0):
            set_integer(m, Field::Int, reader.get_uint32());
            break;
        case varint(1):
            set_integer(m, Field::Long, reader.get_uint64());
            break;
        case fixed32(2):
            set_real(m, Field::Float, static_cast<double>(reader.get_float()));
            break;
        case fixed64(3):
            set_real(m, Field::Double, reader.get_double());
            break;
        case varint(4):
            set_integer(m, Field::Boolean, reader.get_uint64() != 0 ? 1 : 0);
            break;
        case bytes(5):
            set_text(m, Field::String, reader.get_view());
            break;
        default:
            reader.skip();
        }
    }
    return m;
}

Result<void> decode_payload(Bytes message, Payload& out, const DecodeLimits& limits) {
    out.timestamp_ms = 0;
    out.seq.reset();
    out.metrics.clear();
    if (message.size() > limits.max_bytes) {
        return fail(Errc::Exhausted, formatted("a payload of {} bytes", message.size()));
    }
    return guarded([&] {
        Envelope envelope;
        auto read = read_payload(message, out, envelope, limits);
        return read && envelope.compressed ? read_compressed(envelope.body, out, limits) : read;
    });
}

Result<void> decode_template(std::string_view message, Template& out, const DecodeLimits& limits) {
    out = {};
    return guarded([&] { return read_template(message, out, limits); });
}

Result<Topic> parse_topic(std::string_view topic) {
    constexpr std::pair<std::string_view, MessageType> kTypes[] = {
        {"NBIRTH", MessageType::Nbirth}, {"NDEATH", MessageType::Ndeath}, {"DBIRTH", MessageType::Dbirth},
        {"DDEATH", MessageType::Ddeath}, {"NDATA", MessageType::Ndata},   {"DDATA", MessageType::Ddata},
        {"NCMD", MessageType::Ncmd},     {"DCMD", MessageType::Dcmd}};
    const auto malformed = [&] { return fail(Errc::Malformed, "not a Sparkplug topic: " + to_utf8(topic)); };

    std::string_view parts[5];
    std::size_t count = 0;
    for (std::string_view rest = topic;; ++count) {
        if (count == 5) return malformed();
        const std::size_t slash = rest.find('/');
        parts[count] = rest.substr(0, slash);
        if (parts[count].empty()) return malformed();
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    ++count;
    if (parts[0] != "spBv1.0") return malformed();
    if (count == 3 && parts[1] == "STATE") return Topic{MessageType::State, {}, parts[2], {}};
    if (count < 4) return malformed();
    const auto* type = std::ranges::find(kTypes, parts[2], [](const auto& pair) { return pair.first; });
    if (type == std::end(kTypes)) return malformed();
    const bool of_device = type->first.starts_with('D');
    if (of_device != (count == 5)) return malformed();
    return Topic{type->second, parts[1], parts[3], of_device ? parts[4] : std::string_view()};
}

} // namespace pw::twin
