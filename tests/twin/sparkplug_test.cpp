// SPDX-License-Identifier: Apache-2.0
#include "twin/sparkplug.h"

#include "twin/inflate.h"
#include "twin/sparkplug_value.h"

#include <doctest/doctest.h>
#include <protozero/pbf_writer.hpp>

#include <limits>

using namespace pw;
using namespace pw::twin;
using protozero::pbf_writer;

namespace {

// One metric with exactly these fields, as a foreign encoder would write it.
template <class Write> std::string one_metric(Write write) {
    std::string message;
    pbf_writer payload(message);
    {
        pbf_writer metric(payload, 2);
        write(metric);
    }
    return message;
}

Value decoded(const std::string& message, DataType type) {
    Payload payload;
    REQUIRE(decode_payload(as_bytes(message), payload));
    REQUIRE(payload.metrics.size() == 1);
    return value_of(payload.metrics[0], type);
}

Value from_int(std::uint32_t raw, DataType type) {
    return decoded(one_metric([&](pbf_writer& m) { m.add_uint32(10, raw); }), type);
}
Value from_long(std::uint64_t raw, DataType type) {
    return decoded(one_metric([&](pbf_writer& m) { m.add_uint64(11, raw); }), type);
}
Value from_text(std::string_view text, DataType type) {
    return decoded(one_metric([&](pbf_writer& m) { m.add_string(15, text.data(), text.size()); }), type);
}
Value from_bytes(std::string_view data, DataType type) {
    return decoded(one_metric([&](pbf_writer& m) { m.add_bytes(16, data.data(), data.size()); }), type);
}

template <class T> Value round_trip(DataType type, T value) {
    const OutMetric out{"m", {}, type, Value(value), true};
    return decoded(encode_payload({&out, 1}, {}, utc_from_ms(1)), type);
}

} // namespace

TEST_SUITE("twin/sparkplug") {
    TEST_CASE("a data set that we send is read as it was") {
        const std::vector<OutColumn> columns{
            {"n", DataType::UInt64}, {"type", DataType::String}, {"at", DataType::Double}, {"i", DataType::Int32}};
        const std::vector<Value> cells{std::uint64_t{7}, std::string("ä"), 0.25, std::int64_t{-3},
                                       std::uint64_t{8}, std::string(),    1.0,  std::int64_t{4}};
        CHECK(to_text(round_trip(DataType::DataSet, encode_data_set(columns, cells))) ==
              R"({"columns":["n","type","at","i"],"types":["UInt64","String","Double","Int32"],)"
              R"("rows":[[7,"ä",0.25,-3],[8,"",1,4]]})");
        CHECK(to_text(round_trip(DataType::DataSet, encode_data_set(columns, {}))).ends_with(R"("rows":[]})"));
    }

    TEST_CASE("every integer type is read as two's complement of its width") {
        CHECK(from_int(0xffffff80u, DataType::Int8) == Value(std::int64_t{-128}));
        CHECK(from_int(0x80u, DataType::Int8) == Value(std::int64_t{-128}));
        CHECK(from_int(0xffffu, DataType::Int16) == Value(std::int64_t{-1}));
        CHECK(from_int(0xffffffffu, DataType::Int32) == Value(std::int64_t{-1}));
        CHECK(from_long(~0ull, DataType::Int64) == Value(std::int64_t{-1}));
        CHECK(from_int(200, DataType::UInt8) == Value(std::uint64_t{200}));
        CHECK(from_int(60'000, DataType::UInt16) == Value(std::uint64_t{60'000}));
        CHECK(from_int(0xffffffffu, DataType::UInt32) == Value(std::uint64_t{0xffffffffu}));
        CHECK(from_long(~0ull, DataType::UInt64) == Value(~std::uint64_t{0}));
        CHECK(from_long(1'700'000'000'123, DataType::DateTime) == Value(std::uint64_t{1'700'000'000'123}));
        CHECK(from_long(~0ull, DataType::Int32) == Value(std::int64_t{-1})); // some send the long field
    }

    TEST_CASE("numbers, truth and text are read under their types") {
        CHECK(decoded(one_metric([](pbf_writer& m) { m.add_float(12, 0.5f); }), DataType::Float) == Value(0.5));
        CHECK(decoded(one_metric([](pbf_writer& m) { m.add_double(13, -2.25); }), DataType::Double) == Value(-2.25));
        CHECK(decoded(one_metric([](pbf_writer& m) { m.add_bool(14, true); }), DataType::Boolean) == Value(true));
        CHECK(from_int(1, DataType::Boolean) == Value(true));
        CHECK(from_int(7, DataType::Double) == Value(7.0));
        CHECK(from_text("EXECUTE", DataType::String) == Value(std::string("EXECUTE")));
        CHECK(from_text("långt", DataType::Text) == Value(std::string("långt")));
        CHECK(from_text("0-1-2", DataType::Uuid) == Value(std::string("0-1-2")));
        CHECK(from_text("\xff\xc3", DataType::String) == Value(std::string("\uFFFD\uFFFD")));
    }

    TEST_CASE("arrays become JSON text, bytes hexadecimal text") {
        using namespace std::string_view_literals;
        const auto text = [](const char* s) { return Value(std::string(s)); };
        const auto json = [](const char* s) { return Value(make_json(s)); };
        CHECK(from_bytes("\xef\x00\x7f"sv, DataType::Bytes) == text("ef007f"));
        CHECK(from_bytes("\x01"sv, DataType::File) == text("01"));
        CHECK(from_bytes("\xef\x01"sv, DataType::Int8Array) == json("[-17,1]"));
        CHECK(from_bytes("\xfe\xff\x02\x00"sv, DataType::Int16Array) == json("[-2,2]"));
        CHECK(from_bytes("\xff\xff\xff\xff"sv, DataType::Int32Array) == json("[-1]"));
        CHECK(from_bytes("\x01\0\0\0\0\0\0\0"sv, DataType::Int64Array) == json("[1]"));
        CHECK(from_bytes("\xff"sv, DataType::UInt8Array) == json("[255]"));
        CHECK(from_bytes("\xff\xff\x01\0"sv, DataType::UInt16Array) == json("[65535,1]"));
        CHECK(from_bytes("\x01\0\0\0"sv, DataType::UInt32Array) == json("[1]"));
        CHECK(from_bytes("\x01\0\0\0\0\0\0\0"sv, DataType::UInt64Array) == json("[1]"));
        CHECK(from_bytes("\x01\0\0\0\0\0\0\0"sv, DataType::DateTimeArray) == json("[1]"));
        CHECK(from_bytes("\0\0\0\x3f"sv, DataType::FloatArray) == json("[0.5]"));
        CHECK(from_bytes("\0\0\0\0\0\0\xf8\x3f"sv, DataType::DoubleArray) == json("[1.5]"));
        CHECK(from_bytes("\x0a\0\0\0\xa0\x40"sv, DataType::BooleanArray) ==
              json("[true,false,true,false,false,false,false,false,false,true]"));
        CHECK(from_bytes("ab\0\0c\0"sv, DataType::StringArray) == json(R"(["ab","","c"])"));
        CHECK(from_bytes("", DataType::DoubleArray) == json("[]"));
        CHECK(from_bytes("\xff\xff\x01"sv, DataType::UInt16Array) == Value()); // half an element
        CHECK(from_bytes("\xff\xff\xff\xff\x80"sv, DataType::BooleanArray) == Value());
        CHECK(from_bytes("\x01\0"sv, DataType::BooleanArray) == Value());
        CHECK(from_bytes("ab"sv, DataType::StringArray) == Value()); // an open end
    }

    TEST_CASE("null is no value, whatever else the metric says") {
        const auto message = one_metric([](pbf_writer& m) {
            m.add_double(13, 5.0);
            m.add_bool(7, true);
        });
        CHECK(decoded(message, DataType::Double) == Value());
    }

    TEST_CASE("a metric's names, times, flags and properties are read") {
        std::string message;
        pbf_writer payload(message);
        payload.add_uint64(1, 1000);
        {
            pbf_writer m(payload, 2);
            m.add_string(1, "Robot/J1");
            m.add_uint64(2, 7);
            m.add_uint64(3, 999);
            m.add_uint32(4, 10);
            m.add_bool(5, true);
            m.add_bool(6, true);
            {
                pbf_writer properties(m, 9);
                { // values may come before the keys they belong to
                    pbf_writer value(properties, 2);
                    value.add_uint32(1, 12);
                    value.add_string(8, "deg");
                }
                {
                    pbf_writer value(properties, 2);
                    value.add_uint32(1, 3);
                    value.add_uint32(3, 500);
                }
                properties.add_string(1, "engUnit");
                properties.add_string(1, "Quality");
            }
        }
        payload.add_uint64(3, 255);
        Payload out;
        REQUIRE(decode_payload(as_bytes(message), out));
        CHECK(out.timestamp_ms == 1000);
        CHECK(out.seq == 255u);
        const Metric& m = out.metrics.at(0);
        CHECK(m.name == "Robot/J1");
        CHECK(m.alias == 7u);
        CHECK(m.timestamp_ms == 999);
        CHECK(m.type == DataType::Double);
        CHECK(m.historical);
        CHECK(m.transient);
        CHECK(facts_of(m).unit == "deg");
        CHECK(quality_in(m.properties) == 500);
    }

    TEST_CASE("a metric says its unit and its range, where it has them") {
        const auto told = [](const OutMetric& out) {
            const std::string bytes = encode_payload({&out, 1}, {}, utc_from_ms(1)); // the payload points into it
            Payload payload;
            REQUIRE(decode_payload(as_bytes(bytes), payload));
            return facts_of(payload.metrics.at(0));
        };
        OutMetric out{"Motor/Temperature", {}, DataType::Double, 61.0, true};
        CHECK(told(out).properties.empty());
        out.unit = "Cel";
        out.high = 120.0;
        CHECK(told(out).unit == "Cel");
        CHECK_FALSE(told(out).low);
        CHECK(told(out).high == 120.0);
        out.low = -20.0;
        CHECK(told(out).low == -20.0);
        CHECK(told(out).properties == R"({"engUnit":"Cel","engLow":-20,"engHigh":120})");
    }

    TEST_CASE("what is encoded decodes to the same") {
        CHECK(round_trip(DataType::Double, -0.125) == Value(-0.125));
        CHECK(round_trip(DataType::Int32, std::int64_t{-5}) == Value(std::int64_t{-5}));
        CHECK(round_trip(DataType::Int64, std::numeric_limits<std::int64_t>::min()) ==
              Value(std::numeric_limits<std::int64_t>::min()));
        CHECK(round_trip(DataType::UInt64, ~std::uint64_t{0}) == Value(~std::uint64_t{0}));
        CHECK(round_trip(DataType::Boolean, true) == Value(true));
        CHECK(round_trip(DataType::String, std::string("a\"b")) == Value(std::string("a\"b")));
        CHECK(round_trip(DataType::Double, std::monostate()) == Value());
        const OutMetric by_alias{"", 3, DataType::Float, 1.0, false};
        Payload out;
        const std::string message = encode_payload({&by_alias, 1}, 17, utc_from_ms(5));
        REQUIRE(decode_payload(as_bytes(message), out));
        CHECK(out.seq == 17u);
        CHECK(out.timestamp_ms == 5);
        CHECK(out.metrics.at(0).name.empty());
        CHECK(out.metrics[0].alias == 3u);
        CHECK(out.metrics[0].type == DataType::Unknown);
    }

    TEST_CASE("malformed payloads are refused and never read beyond their end") {
        const OutMetric metric{"name", 1, DataType::Double, 1.0, true};
        const std::string good = encode_payload({&metric, 1}, 0, utc_from_ms(5));
        Payload out;
        for (std::size_t cut = 0; cut < good.size(); ++cut) {
            const std::vector<std::byte> exact(as_bytes(good).begin(), as_bytes(good).begin() + static_cast<long>(cut));
            (void)decode_payload(exact, out); // the sanitizer is the judge
        }
        const auto refused = [&](std::string_view bytes) {
            const auto result = decode_payload(as_bytes(bytes), out);
            return !result && result.error().code == Errc::Malformed;
        };
        CHECK(refused("\x12\x7f"));                                             // longer than the message
        CHECK(refused("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")); // a varint of 12 bytes
        CHECK(refused("\x0f"));                                                 // wire type 7
        CHECK(refused("\x12\x02\x0a\x05"));                                     // a name longer than its metric
    }

    TEST_CASE("a field with the wrong wire type is passed over") {
        std::string message;
        pbf_writer payload(message);
        payload.add_string(1, "not a number");
        payload.add_fixed64(3, 1);
        payload.add_uint64(2, 1);
        {
            pbf_writer m(payload, 2);
            m.add_uint64(1, 1); // name as a varint
            m.add_string(7, "x");
            m.add_uint64(13, 1); // double as a varint
            m.add_double(10, 1.0);
            m.add_uint64(9, 4);
        }
        Payload out;
        REQUIRE(decode_payload(as_bytes(message), out));
        CHECK(out.timestamp_ms == 0);
        CHECK(!out.seq);
        REQUIRE(out.metrics.size() == 1);
        CHECK(out.metrics[0].field == Metric::Field::None);
    }

    TEST_CASE("limits are kept") {
        DecodeLimits limits;
        limits.max_metrics = 2;
        limits.max_name = 4;
        limits.max_string = 8;
        limits.max_bytes = 200;
        const auto code = [&](const std::vector<OutMetric>& metrics) {
            Payload out;
            const auto result = decode_payload(as_bytes(encode_payload(metrics, {}, utc_from_ms(1))), out, limits);
            return result ? std::optional<Errc>() : result.error().code;
        };
        const auto metric = [](std::string name, std::string text) {
            return OutMetric{std::move(name), {}, DataType::String, std::move(text), false};
        };
        CHECK(code({metric("abcd", "12345678"), metric("b", "")}) == std::nullopt);
        CHECK(code({metric("abcde", "")}) == Errc::Exhausted);
        CHECK(code({metric("a", "123456789")}) == Errc::Exhausted);
        CHECK(code({metric("a", ""), metric("b", ""), metric("c", "")}) == Errc::Exhausted);
        CHECK(code({metric("a", std::string(300, 'x'))}) == Errc::Exhausted);
    }

    TEST_CASE("compressed payloads are read within the limits, whichever way they were packed") {
        using namespace std::string_view_literals;
        // {"timestamp":1700000000000,"metrics":[{"name":"v","alias":1,"datatype":10,"value":1.5}],"seq":0}
        constexpr std::string_view kZlib =
            "\x78\x9c\xe3\x68\xb8\x30\xf5\xff\x1e\x43\x21\x01\x2e\xc6\x32\x01\x46\x05\xae\x4c\x06\x30\xf8\x61\x2f\xc1\x00\x00\x72\x74\x06\x70"sv;
        constexpr std::string_view kGzip =
            "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xe3\x68\xb8\x30\xf5\xff\x1e\x43\x21\x01\x2e\xc6\x32\x01\x46\x05\xae\x4c\x06\x30\xf8\x61\x2f\xc1\x00\x00\xe0\x11\x59\xc8\x1b\x00\x00\x00"sv;
        const auto packed = [](std::string_view body) {
            std::string message;
            pbf_writer payload(message);
            payload.add_string(4, "SPBV1.0_COMPRESSED");
            payload.add_bytes(5, body.data(), body.size());
            return message;
        };
        Payload out;
        for (const std::string_view body : {kZlib, kGzip}) {
            const std::string message = packed(body);
            REQUIRE(decode_payload(as_bytes(message), out));
            REQUIRE(out.metrics.size() == 1);
            CHECK(out.metrics[0].name == "v");
            CHECK(value_of(out.metrics[0], DataType::Double) == Value(1.5));
            CHECK(out.seq == 0u);
            CHECK(out.timestamp_ms == 1'700'000'000'000);
        }
        const auto code = [&](std::string_view body, std::size_t max_bytes = 1000) {
            DecodeLimits limits;
            limits.max_bytes = max_bytes;
            const auto result = decode_payload(as_bytes(packed(body)), out, limits);
            return result ? std::optional<Errc>() : result.error().code;
        };
        CHECK(code(kZlib) == std::nullopt);
        CHECK(code(kZlib.substr(0, kZlib.size() - 5)) == Errc::Malformed); // cut
        CHECK(code("neither") == Errc::Malformed);
        CHECK(code("") == Errc::Malformed);
        CHECK(code("\x78\x9c\x03\0\0\0\0\x01"sv) == std::nullopt); // nothing, packed
        const auto bomb = inflate(as_bytes(kZlib), 20);
        REQUIRE(!bomb);
        CHECK(bomb.error().code == Errc::Exhausted);
    }

    TEST_CASE("topics have their parts, with a device where its messages need one, and others are refused" *
              doctest::description("tck-id-topic-structure tck-id-topic-structure-namespace-a "
                                   "tck-id-topic-structure-namespace-device-id-associated-message-types "
                                   "tck-id-topic-structure-namespace-device-id-non-associated-message-types")) {
        const auto device = parse_topic("spBv1.0/plant/DDATA/cell1/robot");
        REQUIRE(device);
        CHECK(device->type == MessageType::Ddata);
        CHECK(device->group == "plant");
        CHECK(device->node == "cell1");
        CHECK(device->device == "robot");
        const auto node = parse_topic("spBv1.0/g/NBIRTH/n");
        REQUIRE(node);
        CHECK(node->type == MessageType::Nbirth);
        CHECK(node->device.empty());
        const auto state = parse_topic("spBv1.0/STATE/host");
        REQUIRE(state);
        CHECK(state->type == MessageType::State);
        CHECK(state->node == "host");
        for (const char* bad :
             {"", "/", "spBv1.0", "spBv1.0/g", "spBv1.0/STATE", "spAv1.0/g/NBIRTH/n", "spBv1.0/g/NBIRTH",
              "spBv1.0/g/NBIRTH/n/d", "spBv1.0/g/DBIRTH/n", "spBv1.0/g/HELLO/n", "spBv1.0//NBIRTH/n",
              "spBv1.0/g/NBIRTH/", "spBv1.0/g/DDATA/n/d/e", "spBv1.0/g/DDATA/n/d/e/f"}) {
            CHECK_MESSAGE(!parse_topic(bad), bad);
        }
    }

    TEST_CASE("a structure is JSON as it stands, and text, and no number") {
        const Value value(make_json(R"({"a":[1,2]})"));
        CHECK(to_json(value) == R"({"a":[1,2]})");
        CHECK(to_text(value) == R"({"a":[1,2]})");
        CHECK(to_number(value, 7.0) == 7.0);
        CHECK(value == Value(make_json(R"({"a":[1,2]})")));
        CHECK(value != Value(make_json("[]")));
    }

    TEST_CASE("values read as numbers, text and JSON") {
        CHECK(to_number(Value(true)) == 1.0);
        CHECK(to_number(Value(std::string("x")), 7.0) == 7.0);
        CHECK(to_number(Value(std::int64_t{-3})) == -3.0);
        CHECK(to_text(Value(21.5)) == "21.5");
        CHECK(to_text(Value(~std::uint64_t{0})) == "18446744073709551615");
        CHECK(to_text(Value(false)) == "false");
        CHECK(to_text(Value()).empty());
        CHECK(to_json(Value(std::string("a\"b"))) == R"("a\"b")");
        CHECK(to_json(Value(std::numeric_limits<std::int64_t>::min())) == "-9223372036854775808");
        CHECK(to_json(Value()) == "null");
        CHECK(to_json(Value(std::numeric_limits<double>::quiet_NaN())) == "null");
        CHECK(to_utf8("\xed\xa0\x80") == "\uFFFD\uFFFD\uFFFD"); // a surrogate
        CHECK(to_utf8("\xf4\x90\x80\x80z") == "\uFFFD\uFFFD\uFFFD\uFFFDz");
        CHECK(to_utf8("\xf0\x9f\x8f\xad") == "\U0001F3ED");
    }
}
