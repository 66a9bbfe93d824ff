// SPDX-License-Identifier: Apache-2.0
// Any bytes as what an OPC UA server says of a value (a DataValue in the binary encoding, OPC 10000-6), and as the
// address of one in a plant file, and as its certificate and a revocation list. What comes out is bounded; what is
// written back as the same type is the same value.
#include "base/assert.h"
#include "twin/opcua_address.h"
#include "twin/opcua_certificate.h"
#include "twin/opcua_value.h"

#include <open62541/types.h>
#include <open62541/types_generated_handling.h>

#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace {

using namespace pw;
using namespace pw::twin;

void address(std::string_view text) {
    const auto source = parse_opcua_source(text);
    if (source && !source->path.empty()) {
        const auto again = parse_opcua_source(opcua_source(source->server, source->path));
        PW_ASSERT(again && again->path == source->path && again->server == source->server, "a path reads back equal");
    }
    (void)parse_opcua_server(text);
}

void certificate(Bytes bytes) {
    const Bytes first = first_certificate(bytes);
    PW_ASSERT(first.size() <= bytes.size(), "it is a part");
    if (const auto facts = read_certificate(bytes)) (void)revokes(bytes, *facts);
    (void)revokes(bytes, {});
    (void)der_blocks(bytes, "CERTIFICATE");
}

bool same(const Value& a, const Value& b) {
    const auto *x = std::get_if<double>(&a), *y = std::get_if<double>(&b);
    return a == b || (x != nullptr && y != nullptr && std::isnan(*x) && std::isnan(*y));
}

void value(UA_ByteString bytes) {
    UA_DataValue said;
    UA_DataValue_init(&said);
    if (UA_decodeBinary(&bytes, &said, &UA_TYPES[UA_TYPES_DATAVALUE], nullptr) == UA_STATUSCODE_GOOD) {
        const auto& variant = reinterpret_cast<const ua::Variant&>(said.value);
        const Value ours = value_of(variant);
        PW_ASSERT(to_text(ours).size() <= kOpcUaMaxJson + 64, "a value is bounded");
        (void)quality_of(said.status);
        (void)status_text(said.status);
        (void)utc_of(said.sourceTimestamp);
        UA_Variant back;
        UA_Variant_init(&back);
        const std::uint8_t type = scalar_type(variant);
        if (type != 0 && to_variant(ours, type, reinterpret_cast<ua::Variant&>(back))) {
            PW_ASSERT(same(value_of(reinterpret_cast<const ua::Variant&>(back)), ours), "it is written as it was read");
        }
        UA_Variant_clear(&back);
    }
    UA_DataValue_clear(&said);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    if (data[0] == 'o') {
        address({reinterpret_cast<const char*>(data), size});
    } else {
        certificate(std::as_bytes(std::span(data, size)));
        // open62541 does not write into what it decodes.
        value({size, const_cast<UA_Byte*>(data)});
    }
    return 0;
}
