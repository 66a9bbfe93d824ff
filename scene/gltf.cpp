// SPDX-License-Identifier: Apache-2.0
// The container (.gltf, .glb), the asset's header and the order in which the arrays are read.

#include "scene/gltf.h"

#include "base/file.h"
#include "base/format.h"
#include "scene/gltf_internal.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <new>

namespace pw::scene {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKnownExtensions[] = {
    "KHR_texture_transform",
    "KHR_materials_unlit",
    "KHR_materials_emissive_strength",
    "KHR_lights_punctual",
    "KHR_mesh_quantization",
    "EXT_meshopt_compression",
    "KHR_draco_mesh_compression",
    "EXT_mesh_gpu_instancing",
    "KHR_materials_variants",
    "KHR_materials_ior",
    "KHR_materials_specular",
    "KHR_materials_clearcoat",
    "KHR_materials_sheen",
    "KHR_materials_iridescence",
    "KHR_materials_anisotropy",
    "KHR_materials_transmission",
    "KHR_materials_volume",
    "KHR_node_visibility",
    "EXT_mesh_features",
    "EXT_structural_metadata",
    "KHR_xmp_json_ld",
    "EXT_texture_webp",
    "KHR_animation_pointer",
    "KHR_materials_dispersion",
    "MSFT_lod",
};

using gltf::Container;

std::unexpected<Error> bad_glb(std::string what) { return fail(Errc::Malformed, "GLB " + std::move(what)); }

// GLB file format, version 2: glTF 2.0, section 4.4.
Result<Container> open_glb(Bytes file) {
    constexpr std::uint32_t kJson = 0x4e4f534a, kBinary = 0x004e4942;
    ByteReader in(file.subspan(4));
    const auto version = in.read<std::uint32_t>();
    const auto length = in.read<std::uint32_t>();
    if (!in.ok()) return bad_glb("header is cut off");
    if (version != 2) return fail(Errc::Unsupported, formatted("GLB version {}", version));
    if (length > file.size())
        return bad_glb(formatted("length {} passes the end of the file ({})", length, file.size()));
    if (length < 20) return bad_glb(formatted("length {} has no room for a chunk", length));

    in = ByteReader(file.first(length).subspan(12));
    Container out;
    for (std::uint32_t i = 0; in.left() > 0; ++i) {
        const auto size = in.read<std::uint32_t>();
        const auto type = in.read<std::uint32_t>();
        if (!in.ok()) return bad_glb(formatted("chunk {} has a header that is cut off", i));
        if (size % 4 != 0) return bad_glb(formatted("chunk {} has a length of {}, not a multiple of 4", i, size));
        if (size > in.left()) return bad_glb(formatted("chunk {} of {} bytes passes the end of the file", i, size));
        const Bytes chunk = in.take(size);
        if ((i == 0) != (type == kJson)) return bad_glb(formatted("chunk {} is not where it belongs", i));
        if (type == kBinary && i != 1) return bad_glb(formatted("chunk {} is binary; only chunk 1 may be", i));
        if (type == kJson) out.json = chunk;
        if (type == kBinary) out.binary = chunk;
    }
    return out;
}

// "2.1" → 2, 1.
std::optional<std::pair<unsigned, unsigned>> parse_version(std::string_view text) {
    std::pair<unsigned, unsigned> out;
    const char* const end = text.data() + text.size();
    const auto [dot, error] = std::from_chars(text.data(), end, out.first);
    if (error != std::errc{} || dot == end || *dot != '.') return std::nullopt;
    const auto [last, error2] = std::from_chars(dot + 1, end, out.second);
    if (error2 != std::errc{} || last != end) return std::nullopt;
    return out;
}

} // namespace

namespace gltf {

void Reader::read_asset(const Object& root) {
    if (!root.has("asset")) return fail(root.at.member("asset"), Errc::Malformed, "is missing");
    const Object asset = root.object("asset");
    const auto version = parse_version(asset.text("version"));
    if (ok() && !version) return fail(asset.at.member("version"), Errc::Malformed, "is not a version");
    const auto needed = asset.has("minVersion") ? parse_version(asset.text("minVersion")) : std::pair(2u, 0u);
    if (ok() && !needed) return fail(asset.at.member("minVersion"), Errc::Malformed, "is not a version");
    if (!ok()) return;
    if (version->first != 2)
        return fail(asset.at, Errc::Unsupported, formatted("needs glTF {}, this reads 2.0", asset.text("version")));
    if (*needed > *version) return fail(asset.at.member("minVersion"), Errc::Malformed, "is later than version");
    if (*needed > std::pair(2u, 0u)) // there is none yet; what it adds will be left out like an unknown extension
        report(asset.at, formatted("asks for glTF {}; read as 2.0", asset.text("minVersion")));
    model.generator = asset.text("generator");
}

bool is_known(std::string_view extension) {
    return std::ranges::find(kKnownExtensions, extension) != std::end(kKnownExtensions);
}

void Reader::read_extensions(const Object& root) {
    const auto each = [&](std::string_view key, auto f) {
        const Json array = root.json[key];
        if (array.exists() && !array.is(Json::Type::Array))
            fail(root.at.member(key), Errc::Malformed, "is not an array");
        array.items([&](std::size_t i, Json item) {
            if (!item.is(Json::Type::Text)) fail({&root.at, key, i}, Errc::Malformed, "is not a text");
            if (ok()) f(Where{&root.at, key, i}, item.text());
            return ok();
        });
    };
    each("extensionsRequired", [&](const Where& at, std::string_view extension) {
        if (!is_known(extension))
            fail(at, Errc::Unsupported, formatted("{}: this file cannot be shown without that extension", extension));
    });
    each("extensionsUsed", [&](const Where& at, std::string_view extension) {
        if (!charge(at, 1, sizeof(std::string) + extension.size())) return;
        model.extensions_used.emplace_back(extension);
        if (!is_known(extension)) report(at, formatted("{}: left out, that extension is not known here", extension));
    });
}

void Reader::read_data(const Object& root, Bytes binary_chunk) {
    read_asset(root);
    read_extensions(root);
    if (!ok()) return; // what follows would complain about the other version's grammar
    read_buffers(root, binary_chunk);
    if (ok()) read_views(root);
    if (ok()) read_accessors(root);
}

void Reader::read(Json json, Bytes binary_chunk) {
    if (!json.is(Json::Type::Object)) return fail({}, Errc::Malformed, "the JSON is not an object");
    const Object root(*this, json, {});
    read_data(root, binary_chunk);
    using Step = void (Reader::*)(const Object&);
    for (const Step step :
         {&Reader::read_images, &Reader::read_textures, &Reader::read_materials, &Reader::read_variants,
          &Reader::read_cameras, &Reader::read_lights, &Reader::read_property_tables, &Reader::read_packets,
          &Reader::read_level_chains, &Reader::read_meshes, &Reader::read_nodes, &Reader::read_skins,
          &Reader::split_features, &Reader::read_animations})
        if (ok()) (this->*step)(root);
}

Result<JsonFile> open_file(Bytes file, const std::string& name, const GltfLimits& limits) {
    Container parts{.json = file, .binary = {}};
    if (as_text(file).starts_with("glTF")) {
        const Result<Container> glb = open_glb(file);
        if (!glb) return fail_at(name, glb.error());
        parts = *glb;
    }
    if (parts.json.size() > limits.max_json_bytes)
        return fail(Errc::Exhausted, formatted("{}: {} bytes of JSON pass the limit of {}", name, parts.json.size(),
                                               limits.max_json_bytes));
    const std::size_t first = as_text(parts.json).find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && as_text(parts.json)[first] != '{')
        return fail(Errc::Malformed, name + ": neither GLB nor a JSON object");
    Result<JsonDocument> document = JsonDocument::parse(parts.json, parts.binary.size());
    if (!document) return fail_at(name, document.error());
    return JsonFile{std::move(*document), parts.binary};
}

FetchUri fetch_beside(const std::string& path, std::uint64_t max_bytes) {
    std::error_code ignored;
    // The reader has refused "..", absolute paths and schemes; what is left to refuse is a link that leads out.
    return [folder = fs::canonical(folder_of(path), ignored),
            max_bytes](std::string_view uri) -> Result<std::vector<std::byte>> {
        std::error_code error;
        const fs::path target = fs::canonical(folder / fs::path(uri), error);
        if (error) return fail(Errc::NotFound, "no such file: " + std::string(uri));
        const auto [at, _] = std::ranges::mismatch(folder, target);
        if (at != folder.end()) return fail(Errc::Refused, "a link out of the model's folder: " + std::string(uri));
        return read_file(target.string(), max_bytes);
    };
}

} // namespace gltf

Result<std::shared_ptr<const Model>> parse_gltf(Bytes file, const std::string& name, const FetchUri& fetch,
                                                Reports& reports, const GltfLimits& limits) try {
    const Result<gltf::JsonFile> opened = gltf::open_file(file, name, limits);
    if (!opened) return std::unexpected(opened.error());

    gltf::Reader reader(name, fetch, reports, limits);
    reader.model.name = name;
    reader.brings(file.size());
    reader.read(opened->document.root(), opened->binary);
    reader.finish_reports();
    if (!reader.ok()) return std::unexpected(reader.error());
    return std::make_shared<const Model>(std::move(reader.model));
} catch (const std::bad_alloc&) { return fail(Errc::Exhausted, name + ": there is no memory left for it"); }

Result<std::shared_ptr<const Model>> load_gltf(const std::string& path, Reports& reports,
                                               const GltfLimits& limits) try {
    const Result<std::vector<std::byte>> file = read_file(path, limits.max_bytes);
    if (!file) return std::unexpected(file.error());
    return parse_gltf(*file, file_name_of(path), gltf::fetch_beside(path, limits.max_bytes), reports, limits);
} catch (const std::bad_alloc&) { return fail(Errc::Exhausted, path + ": there is no memory left for it"); }

ModelSummary summarize(const Model& model) {
    ModelSummary out;
    out.nodes = model.nodes.size();
    out.meshes = model.meshes.size();
    for (const Mesh& mesh : model.meshes) out.primitives += mesh.primitives.size();
    out.materials = model.materials.size();
    out.textures = model.textures.size();
    out.images = model.images.size();
    out.clips = model.clips.size();
    out.skins = model.skins.size();
    out.cameras = model.cameras.size();
    out.lights = model.lights.size();

    std::vector<Affine> world(model.nodes.size());
    for (std::size_t i = 0; i < model.nodes.size(); ++i) {
        const Node& node = model.nodes[i];
        world[i] = node.parent == kNone ? to_affine(node.local) : world[node.parent] * to_affine(node.local);
        if (node.mesh == kNone) continue;
        for (const Primitive& primitive : model.meshes[node.mesh].primitives) {
            const Geometry& geometry = model.geometries[primitive.geometry];
            out.triangles += geometry.indices.size() / 3 * std::max<std::size_t>(1, node.instances.size());
            if (geometry.bounds.empty()) continue;
            if (node.instances.empty()) grow(out.bounds, transform_box(world[i], geometry.bounds));
            for (const Transform& instance : node.instances)
                grow(out.bounds, transform_box(world[i] * to_affine(instance), geometry.bounds));
        }
    }
    return out;
}

} // namespace pw::scene
