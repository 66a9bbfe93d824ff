#pragma once
// SPDX-License-Identifier: Apache-2.0
// Members of a JSON object, each read once, strictly: the first thing that is wrong is kept, with its pointer, and what
// follows reads as defaults. Internal to registration/.

#include "base/math.h"
#include "base/result.h"
#include "plant/document.h"
#include "registration/estimate.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::registration {

// A JSON text whose "format" and "version" are these, or why it is not; `where` stands in front.
Result<plant::Json> parse_document(std::string_view json, const std::string& where, std::string_view format,
                                   int version);

class Fields {
  public:
    // `error` is shared by all Fields of a document.
    Fields(const plant::Json& object, std::string pointer, std::optional<Error>& error);

    double number(std::string_view key, double low, double high, std::optional<double> otherwise = {});
    std::string text(std::string_view key, std::size_t most, bool needed = true);
    bool truth(std::string_view key);
    std::vector<double> numbers(std::string_view key, std::size_t least, std::size_t most, double low, double high);
    DVec3 triple(std::string_view key, double limit);
    glm::dquat rotation(std::string_view key); // x, y, z, w of unit length
    Rigid rigid(std::string_view key);         // {"position_m": …, "rotation": …}
    // Index into `names`.
    std::size_t choice(std::string_view key, std::span<const std::string_view> names);
    const std::vector<plant::Json>& list(std::string_view key, std::size_t most);
    const plant::Json* object(std::string_view key, bool needed = true);
    bool has(std::string_view key) const { return json_.find(key) != nullptr; }

    void wrong(std::string_view key, std::string what);
    void end(); // whatever was not asked for is wrong
    const std::string& pointer() const { return pointer_; }

  private:
    const plant::Json* take(std::string_view key, plant::JsonKind kind, std::string_view what, bool needed);

    const plant::Json& json_;
    std::string pointer_;
    std::optional<Error>& error_;
    std::vector<std::string_view> asked_;
};

} // namespace pw::registration
