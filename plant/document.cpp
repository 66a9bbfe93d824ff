// SPDX-License-Identifier: Apache-2.0
#include "plant/document.h"

#include "base/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace pw::plant {
namespace {

// Builds the tree from the parser's events. Every function returns false to stop the parser.
class Builder : public nlohmann::json_sax<nlohmann::json> {
  public:
    Builder(std::string_view text, const std::string& file, Reports& problems)
        : text_(text), file_(file), problems_(problems) {
        open_.reserve(kMaxDocumentDepth); // a Level may be pointed at (dropped), so it must not move
    }

    Json root;
    Error error; // why the parser was stopped

    bool null() override { return add({}) != nullptr; }
    bool boolean(bool value) override { return add({.kind = JsonKind::Bool, .truth = value}) != nullptr; }
    bool number_integer(std::int64_t value) override { return number(static_cast<double>(value)); }
    bool number_unsigned(std::uint64_t value) override { return number(static_cast<double>(value)); }
    bool number_float(double value, const std::string& /*as_written*/) override { return number(value); }
    bool string(std::string& value) override {
        return add({.kind = JsonKind::Text, .text = std::move(value)}) != nullptr;
    }
    bool binary(nlohmann::json::binary_t& /*value*/) override { return false; } // JSON text has none

    bool start_object(std::size_t /*size*/) override { return open(JsonKind::Object); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t /*size*/) override { return open(JsonKind::Array); }
    bool end_array() override { return close(); }

    bool key(std::string& name) override {
        Level& level = open_.back();
        level.key = std::move(name);
        level.repeated = !level.seen.insert(level.key).second;
        if (level.repeated) problems_.add(pointer(), "this key stands here twice");
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/, const nlohmann::json::exception& e) override {
        const std::string_view before = text_.substr(0, std::min(position > 0 ? position - 1 : 0, text_.size()));
        const auto line = std::count(before.begin(), before.end(), '\n') + 1;
        const std::size_t line_start = before.rfind('\n') + 1; // npos + 1 is 0
        // "[json.exception.parse_error.101] parse error at line 1, column 2: what is wrong"
        std::string why = e.what();
        const std::size_t column = why.find(", column ");
        const std::size_t colon = why.find(": ", column == std::string::npos ? 0 : column);
        if (colon != std::string::npos) why.erase(0, colon + 2);
        error = {Errc::Malformed, file_ + ":" + std::to_string(line) + ":" +
                                      std::to_string(before.size() - line_start + 1) + ": not JSON: " + why};
        return false;
    }

  private:
    struct Level {
        Json* value = nullptr; // stays where it is while its children grow: they are in its own vector
        std::set<std::string> seen;
        std::string key;
        bool repeated = false;
        Json dropped; // takes the values of repeated keys
    };

    bool number(double value) { return add({.kind = JsonKind::Number, .number = value}) != nullptr; }

    Json* add(Json value) {
        if (++count_ > kMaxDocumentValues) {
            error = {Errc::Exhausted, file_ + ": more than " + std::to_string(kMaxDocumentValues) + " values"};
            return nullptr;
        }
        if (open_.empty()) return &(root = std::move(value));
        Level& level = open_.back();
        if (level.repeated) return &(level.dropped = std::move(value));
        if (level.value->is(JsonKind::Object)) level.value->keys.push_back(level.key);
        return &level.value->items.emplace_back(std::move(value));
    }

    bool open(JsonKind kind) {
        if (open_.size() == kMaxDocumentDepth) {
            error = {Errc::Exhausted, file_ + ": nested deeper than " + std::to_string(kMaxDocumentDepth) + " levels"};
            return false;
        }
        Json* value = add({.kind = kind});
        if (value == nullptr) return false;
        open_.emplace_back().value = value;
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    std::string pointer() const {
        std::string out;
        for (const Level& level : open_) {
            const bool object = level.value->is(JsonKind::Object);
            out = object ? pointer_to(out, level.key) : pointer_to(out, level.value->items.size() - 1);
        }
        return out;
    }

    std::string_view text_;
    const std::string& file_;
    Reports& problems_;
    std::vector<Level> open_;
    std::size_t count_ = 0;
};

void write(const Json& value, JsonWriter& out) {
    switch (value.kind) {
    case JsonKind::Null:
        out.null();
        break;
    case JsonKind::Bool:
        out.value(value.truth);
        break;
    case JsonKind::Number:
        out.value(value.number);
        break;
    case JsonKind::Text:
        out.value(std::string_view(value.text));
        break;
    case JsonKind::Array:
        out.begin_array();
        for (const Json& item : value.items) write(item, out);
        out.end_array();
        break;
    case JsonKind::Object:
        out.begin_object();
        for (std::size_t i = 0; i < value.keys.size(); ++i) {
            out.key(value.keys[i]);
            write(value.items[i], out);
        }
        out.end_object();
        break;
    }
}

} // namespace

const Json* Json::find(std::string_view key) const {
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (keys[i] == key) return &items[i];
    return nullptr;
}

Result<Json> parse_json(std::string_view text, const std::string& file, Reports& problems) {
    if (text.size() > kMaxDocumentBytes)
        return fail(Errc::Exhausted, file + ": larger than " + std::to_string(kMaxDocumentBytes >> 20) + " MiB");
    Builder builder(text, file, problems);
    if (!nlohmann::json::sax_parse(text, &builder)) return std::unexpected(std::move(builder.error));
    return std::move(builder.root);
}

std::string to_text(const Json& value) {
    JsonWriter out;
    write(value, out);
    return out.take();
}

std::string pointer_to(const std::string& pointer, std::string_view key) {
    std::string out = pointer + '/';
    for (const char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

std::string pointer_to(const std::string& pointer, std::size_t index) { return pointer + '/' + std::to_string(index); }

} // namespace pw::plant
