// SPDX-License-Identifier: Apache-2.0
#include "base/json_place.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace pw {
namespace {

class Place final : public nlohmann::json_sax<nlohmann::json> {
  public:
    std::size_t byte = 0;
    bool null() override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool number_integer(std::int64_t /*value*/) override { return true; }
    bool number_unsigned(std::uint64_t /*value*/) override { return true; }
    bool number_float(double /*value*/, const std::string& /*text*/) override { return true; }
    bool string(std::string& /*value*/) override { return true; }
    bool binary(nlohmann::json::binary_t& /*value*/) override { return true; }
    bool start_object(std::size_t /*size*/) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t /*size*/) override { return true; }
    bool end_array() override { return true; }
    bool key(std::string& /*name*/) override { return true; }
    bool parse_error(std::size_t at, const std::string& /*token*/, const nlohmann::json::exception& /*e*/) override {
        byte = at;
        return false;
    }
};

} // namespace

std::optional<std::size_t> broken_json_at(std::string_view text) {
    Place place;
    if (nlohmann::json::sax_parse(text.begin(), text.end(), &place)) return std::nullopt;
    return place.byte;
}

} // namespace pw
