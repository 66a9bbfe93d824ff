#pragma once
// SPDX-License-Identifier: Apache-2.0
// The glTF reader, inside. One reader function per glTF array, in gltf_*.cpp. The first error stays: after it every
// read gives a default, so a function checks ok() where a default would mislead it and otherwise reads on.

#include "base/bytes.h"
#include "scene/gltf.h"
#include "scene/gltf_json.h"

#include <cfloat>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pw::scene::gltf {

// A place in the file, spelled only when something is wrong there: "accessors[3].sparse".
struct Where {
    const Where* up = nullptr;
    std::string_view key;
    std::size_t index = kNowhere; // in the array called key
    static constexpr std::size_t kNowhere = ~std::size_t{0};

    std::string text() const;
    Where member(std::string_view name) const { return {this, name}; }
};

class Reader;

struct Container {
    Bytes json, binary;
};

// A file that was opened: its JSON, and the binary chunk, which lies in the file's bytes.
struct JsonFile {
    JsonDocument document;
    Bytes binary;
};
Result<JsonFile> open_file(Bytes file, const std::string& name, const GltfLimits& limits);
FetchUri fetch_beside(const std::string& path, std::uint64_t max_bytes); // what a file in a folder may name
bool is_known(std::string_view extension);                               // to the reader

// One JSON object and its place. An absent object reads as if it were empty.
struct Object {
    Reader& reader;
    Json json;
    Where at;

    Object(Reader& r, Json value, Where where);
    Object object(std::string_view key) const { return Object(reader, json[key], {&at, key}); }
    Object extension(std::string_view name) const; // of this object
    bool has(std::string_view key) const { return json[key].exists(); }

    // An index into a table of `count`; kNone when absent.
    std::uint32_t index(std::string_view key, std::size_t count, std::string_view table) const;
    std::uint32_t need_index(std::string_view key, std::size_t count, std::string_view table) const;
    std::uint64_t integer(std::string_view key, std::uint64_t absent) const;
    std::uint64_t need_integer(std::string_view key) const;
    float number(std::string_view key, float absent, float low = -FLT_MAX, float high = FLT_MAX) const;
    bool truth(std::string_view key, bool absent) const;
    std::string_view text(std::string_view key) const;
    // Exactly out.size() numbers; false when absent (or wrong, which is an error).
    bool numbers(std::string_view key, std::span<float> out, float low = -FLT_MAX, float high = FLT_MAX) const;
    bool numbers(std::string_view key, std::span<double> out) const;
    std::vector<float> number_list(std::string_view key) const;

    // f(Object) for each item of an array of objects; stops at the first error.
    template <class F> void each(std::string_view key, F&& f) const;
};

struct Buffer {
    Bytes bytes;
    std::vector<std::byte> owned; // unless the bytes lie in the file itself
    bool is_fallback = false;     // EXT_meshopt_compression: has no bytes
};

struct Meshopt {
    std::uint32_t buffer = 0;
    std::uint64_t offset = 0, length = 0, stride = 0, count = 0;
    std::string_view mode, filter;
};

struct View {
    std::uint32_t buffer = 0;
    std::uint64_t offset = 0, length = 0, stride = 0; // stride 0: packed
    std::optional<Meshopt> compressed;
    std::vector<std::byte> decoded;
};

enum class Component : std::uint8_t { I8, U8, I16, U16, U32, F32, Unknown };

struct Sparse {
    std::uint32_t count = 0;
    std::uint32_t index_view = 0, value_view = 0;
    std::uint64_t index_offset = 0, value_offset = 0;
    Component index_type = Component::U8;
};

struct Accessor {
    std::uint32_t view = kNone;
    std::uint64_t offset = 0;
    std::uint32_t count = 0;
    Component component = Component::Unknown;
    std::uint8_t columns = 0, rows = 1; // components = columns × rows; 0: a type that we do not know
    bool normalized = false;
    std::optional<Sparse> sparse;
    std::uint32_t first_equal = kNone; // itself, or one before it that has the same elements by what is said here

    std::uint32_t components() const { return std::uint32_t{columns} * rows; }
};

class DracoMesh; // gltf_draco.cpp

class Reader {
  public:
    Reader(std::string file_name, const FetchUri& fetch_uri, Reports& sink, const GltfLimits& gltf_limits)
        : name(std::move(file_name)), fetch(fetch_uri), limits(gltf_limits), reports_(sink) {}

    void brings(std::uint64_t bytes) { brought_ += bytes; } // the file does, or one that it names
    void read(Json root, Bytes binary_chunk);
    void read_data(const Object& root, Bytes binary_chunk); // only what accessors need

    bool ok() const { return !error_; }
    const Error& error() const { return *error_; }
    void fail(const Where& at, Errc code, std::string what);
    void report(const Where& at, std::string what);
    void finish_reports();

    // Counts memory that the model will keep against the limit; false, and an error, when it does not fit.
    bool charge(const Where& at, std::uint64_t count, std::uint64_t size);
    bool fits(const Where& at, std::uint64_t count, std::uint64_t size); // for scratch memory
    bool charge_pixels(std::uint64_t bytes); // against a limit of their own: they are left out, not the geometry

    // gltf_buffer.cpp
    void read_buffers(const Object& root, Bytes binary_chunk);
    void read_views(const Object& root);
    std::vector<std::byte> read_uri(const Where& at, std::string_view uri, bool& found);
    Bytes view_bytes(const Where& at, std::uint32_t view);

    // gltf_accessor.cpp
    void read_accessors(const Object& root);
    // components × count values; integers as they are, or divided down when normalized.
    std::vector<float> floats(const Where& at, std::uint32_t accessor);
    std::vector<std::uint32_t> integers(const Where& at, std::uint32_t accessor);
    // As they are, element_size() bytes for each element.
    std::vector<std::byte> elements(const Where& at, std::uint32_t accessor);
    // Zeros for what is infinite or no number, with a report. Whatever decodes floats passes them through here.
    std::vector<float> finite(std::uint32_t accessor, std::vector<float> values);

    // gltf_meshopt.cpp, gltf_draco.cpp
    bool decode_meshopt(const Where& at, View& view);
    std::shared_ptr<const DracoMesh> decode_draco(const Object& extension, std::uint32_t max_points,
                                                  std::uint32_t max_indices);

    // gltf_material.cpp
    void read_images(const Object& root);
    void read_textures(const Object& root);
    void read_materials(const Object& root);
    void read_variants(const Object& root);
    std::optional<Layers> read_layers(const Object& material);
    TextureUse read_texture_use(const Object& owner, std::string_view key);

    // gltf_levels.cpp
    void read_level_chains(const Object& root);
    std::vector<Level> read_levels(const Object& primitive, std::size_t mesh, const Geometry& whole);
    bool is_level(std::size_t node) const { return node < level_nodes.size() && level_nodes[node]; }

    // gltf_mesh.cpp
    void read_meshes(const Object& root);

    // gltf_metadata.cpp, gltf_features.cpp
    void read_property_tables(const Object& root);
    void read_packets(const Object& root);
    void split_features(const Object& root); // makes nodes of them; after nodes and skins

    // gltf_node.cpp
    void read_cameras(const Object& root);
    void read_lights(const Object& root);
    void read_nodes(const Object& root);
    void read_skins(const Object& root);

    // gltf_animation.cpp
    void read_animations(const Object& root);

    std::string name;
    const FetchUri& fetch;
    GltfLimits limits;
    Model model;

    std::vector<Buffer> buffers;
    std::vector<View> views;
    std::vector<Accessor> accessors;
    std::vector<bool> image_usable;
    std::vector<std::uint32_t> joint_limits; // per geometry: one past the highest joint with a weight
    std::vector<std::uint32_t> node_order;   // per node of the file: its index in the model, or kNone
    // MSFT_lod. Per node of the file, whether it is a coarser look of another one; per mesh those that are coarser
    // looks of it (at most kMaxLevels), the primitives of such a one, and whether it is nothing else. All empty in a
    // file without.
    std::vector<bool> level_nodes, level_meshes;
    std::vector<std::vector<std::uint32_t>> coarser_meshes;
    std::vector<std::vector<Json>> level_primitives;
    // EXT_mesh_features. Per geometry: of which feature each triangle is, kNone: of none; empty without features. Per
    // mesh: for each primitive which property table its features have, or kNone; empty without features.
    std::vector<std::vector<std::uint32_t>> triangle_features, feature_tables;

  private:
    void read_asset(const Object& root);
    void read_extensions(const Object& root);
    void measure_image(const Object& in, const Image& image);

    Reports& reports_;
    std::size_t report_count_ = 0;
    std::optional<Error> error_;
    std::uint64_t limit(std::uint64_t free = GltfLimits::kFreeBytes) const;
    std::uint64_t pixel_limit() const { return limit(GltfLimits::kFreePixelBytes); }
    std::uint64_t brought_ = 0, charged_ = 0, pixels_ = 0;
};

// A mesh that libdraco has decoded.
class DracoMesh {
  public:
    virtual ~DracoMesh() = default;
    virtual std::uint32_t point_count() const = 0;
    virtual std::vector<std::uint32_t> indices() const = 0;
    virtual bool has(std::string_view semantic) const = 0;
    // point_count × components values, as Reader::floats and Reader::integers give them; empty when the attribute has
    // other components than the accessor says.
    virtual std::vector<float> floats(std::string_view semantic, const Accessor& as) const = 0;
    virtual std::vector<std::uint32_t> integers(std::string_view semantic, const Accessor& as) const = 0;
};

std::uint32_t component_size(Component component);
std::uint32_t element_size(const Accessor& accessor); // with the padding between the columns of a matrix, not after
std::string_view sniff_mime(Bytes encoded);           // "image/png", …, or empty

// gltf_geometry.cpp: what a file may leave out.
void make_flat_normals(Geometry& geometry); // gives every triangle its own vertices
// By scene/tangents.h; vertices whose triangles need several become several. How many there are more, all at the end.
std::size_t give_tangents(Geometry& geometry, std::uint8_t texcoord);
std::vector<std::uint32_t> triangles_of_strip(std::span<const std::uint32_t> strip);
std::vector<std::uint32_t> triangles_of_fan(std::span<const std::uint32_t> fan);
Aabb bounds_of(const Geometry& geometry);

template <class F> void Object::each(std::string_view key, F&& f) const {
    const Json array = json[key];
    if (array.exists() && !array.is(Json::Type::Array)) {
        reader.fail(at.member(key), Errc::Malformed, "is not an array");
        return;
    }
    array.items([&](std::size_t i, Json item) {
        if (!item.is(Json::Type::Object))
            reader.fail(Where{&at, key, i}, Errc::Malformed, "is not an object");
        else
            f(Object(reader, item, Where{&at, key, i}));
        return reader.ok();
    });
}

} // namespace pw::scene::gltf
