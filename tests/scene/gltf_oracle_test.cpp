// SPDX-License-Identifier: Apache-2.0
// tinygltf as the oracle: on every model that both read, nodes, vertices, indices, materials and clips are the same.

#include "base/file.h"
#include "scene/gltf.h"
#include "tests/scene/gltf_build.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_float.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>
#define TINYGLTF_NO_INCLUDE_RAPIDJSON
#define TINYGLTF_IMPLEMENTATION
#define TINYGLTF_USE_RAPIDJSON
#define TINYGLTF_NO_STB_IMAGE
#define TINYGLTF_NO_STB_IMAGE_WRITE
#define TINYGLTF_NO_EXTERNAL_IMAGE
#include <tiny_gltf.h>

using namespace pw;
using namespace pw::scene;
namespace fs = std::filesystem;
namespace tg = tinygltf;

namespace {

bool keep_encoded(tg::Image*, const int, std::string*, std::string*, int, int, const unsigned char*, int, void*) {
    return true;
}

std::optional<tg::Model> read_by_oracle(const fs::path& file) {
    tg::TinyGLTF loader;
    loader.SetImageLoader(keep_encoded, nullptr);
    tg::Model model;
    std::string error, warning;
    const bool ok = file.extension() == ".glb" ? loader.LoadBinaryFromFile(&model, &error, &warning, file.string())
                                               : loader.LoadASCIIFromFile(&model, &error, &warning, file.string());
    return ok ? std::optional(std::move(model)) : std::nullopt;
}

std::optional<tg::Model> read_by_oracle(const std::vector<std::byte>& glb) {
    tg::TinyGLTF loader;
    tg::Model model;
    std::string error, warning;
    const auto* const bytes = reinterpret_cast<const unsigned char*>(glb.data());
    const bool ok = loader.LoadBinaryFromMemory(&model, &error, &warning, bytes, static_cast<unsigned>(glb.size()));
    return ok ? std::optional(std::move(model)) : std::nullopt;
}

double element(const unsigned char* at, int type) {
    const auto load = [&]<class T>(T v) {
        std::memcpy(&v, at, sizeof(T));
        return static_cast<double>(v);
    };
    switch (type) {
    case 5120:
        return load(std::int8_t{});
    case 5121:
        return load(std::uint8_t{});
    case 5122:
        return load(std::int16_t{});
    case 5123:
        return load(std::uint16_t{});
    case 5125:
        return load(std::uint32_t{});
    default:
        return load(float{});
    }
}

double scaled(double v, int type) {
    const double most = type == 5120   ? 127.0
                        : type == 5121 ? 255.0
                        : type == 5122 ? 32767.0
                        : type == 5123 ? 65535.0
                                       : 1.0;
    return std::max(v / most, -1.0);
}

// Every value of an accessor, decoded plainly. tinygltf itself only gives the tables.
std::vector<double> values(const tg::Model& m, int index) {
    const tg::Accessor& a = m.accessors[static_cast<std::size_t>(index)];
    const auto width = static_cast<std::size_t>(tg::GetNumComponentsInType(static_cast<unsigned>(a.type)));
    const auto size = static_cast<std::size_t>(tg::GetComponentSizeInBytes(static_cast<unsigned>(a.componentType)));
    std::vector<double> out(a.count * width);
    const auto read = [&](int view, std::size_t offset, std::size_t stride, std::size_t count, auto target) {
        const tg::BufferView& v = m.bufferViews[static_cast<std::size_t>(view)];
        const unsigned char* const data =
            m.buffers[static_cast<std::size_t>(v.buffer)].data.data() + v.byteOffset + offset;
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t k = 0; k < width; ++k) {
                const double raw = element(data + i * stride + k * size, a.componentType);
                out[target(i) * width + k] = a.normalized ? scaled(raw, a.componentType) : raw;
            }
    };
    if (a.bufferView >= 0) {
        const std::size_t stride = m.bufferViews[static_cast<std::size_t>(a.bufferView)].byteStride;
        read(a.bufferView, a.byteOffset, stride == 0 ? size * width : stride, a.count, [](std::size_t i) { return i; });
    }
    if (a.sparse.isSparse) {
        const tg::BufferView& v = m.bufferViews[static_cast<std::size_t>(a.sparse.indices.bufferView)];
        const unsigned char* const data = m.buffers[static_cast<std::size_t>(v.buffer)].data.data() + v.byteOffset +
                                          static_cast<std::size_t>(a.sparse.indices.byteOffset);
        const auto index_size = static_cast<std::size_t>(
            tg::GetComponentSizeInBytes(static_cast<unsigned>(a.sparse.indices.componentType)));
        read(a.sparse.values.bufferView, static_cast<std::size_t>(a.sparse.values.byteOffset), size * width,
             static_cast<std::size_t>(a.sparse.count), [&](std::size_t i) {
                 return static_cast<std::size_t>(element(data + i * index_size, a.sparse.indices.componentType));
             });
    }
    return out;
}

int attribute(const tg::Primitive& p, const char* name) {
    const auto it = p.attributes.find(name);
    return it == p.attributes.end() ? -1 : it->second;
}

void compare_colors_and_tangents(const tg::Model& theirs, const tg::Primitive& p, const std::vector<double>& index,
                                 const Geometry& g) {
    if (const int accessor = attribute(p, "COLOR_0"); accessor >= 0) {
        const std::vector<double> v = values(theirs, accessor);
        const std::size_t width =
            theirs.accessors[static_cast<std::size_t>(accessor)].type == TINYGLTF_TYPE_VEC3 ? 3 : 4;
        for (std::size_t i = 0; i < g.indices.size(); ++i)
            for (std::size_t k = 0; k < width; ++k) {
                const double wanted = std::clamp(v[static_cast<std::size_t>(index[i]) * width + k], 0.0, 1.0);
                const std::uint32_t ours = g.vertices[g.indices[i]].color >> (8 * k) & 255;
                REQUIRE(std::abs(wanted - ours / 255.0) <= 0.501 / 255.0);
            }
    }
    const int tangent = attribute(p, "TANGENT");
    if (tangent < 0 || attribute(p, "NORMAL") < 0) return; // without normals they are ignored
    const std::vector<double> v = values(theirs, tangent);
    for (std::size_t i = 0; i < g.indices.size(); ++i) {
        const double* const wanted = &v[static_cast<std::size_t>(index[i]) * 4];
        const Vec4 ours = unpack_tangent(g.vertices[g.indices[i]].tangent);
        for (glm::length_t k = 0; k < 3; ++k) REQUIRE(std::abs(wanted[k] - static_cast<double>(ours[k])) <= 2e-2);
        REQUIRE((wanted[3] < 0.0) == (ours.w < 0.f));
    }
}

void compare_skin(const tg::Model& theirs, const tg::Primitive& p, const std::vector<double>& index,
                  const Geometry& g) {
    if (attribute(p, "JOINTS_0") < 0 || attribute(p, "WEIGHTS_0") < 0) {
        CHECK(g.skin.empty());
        return;
    }
    const std::vector<double> joints = values(theirs, attribute(p, "JOINTS_0"));
    const std::vector<double> weights = values(theirs, attribute(p, "WEIGHTS_0"));
    REQUIRE(g.skin.size() == g.vertices.size());
    for (std::size_t i = 0; i < g.indices.size(); ++i) {
        const std::size_t at = static_cast<std::size_t>(index[i]) * 4;
        const SkinVertex& ours = g.skin[g.indices[i]];
        double sum = 0.0;
        for (std::size_t k = 0; k < 4; ++k) sum += std::max(weights[at + k], 0.0);
        if (sum <= 0.0) continue; // follows its first joint
        for (std::size_t k = 0; k < 4; ++k) {
            REQUIRE(std::abs(std::max(weights[at + k], 0.0) / sum - ours.weights[k] / 65535.0) < 1e-4);
            REQUIRE((ours.weights[k] == 0 || joints[at + k] == ours.joints[k]));
        }
    }
}

void compare_morphs(const tg::Model& theirs, const tg::Primitive& p, const std::vector<double>& index,
                    const Geometry& g) {
    REQUIRE(p.targets.size() == g.morphs.size());
    const bool has_normals = attribute(p, "NORMAL") >= 0; // else there is nothing that a normal's delta could add to
    for (std::size_t t = 0; t < p.targets.size(); ++t)
        for (const auto& [name, accessor] : p.targets[t]) {
            const MorphTarget& morph = g.morphs[t];
            const std::vector<Vec3>& ours = name == "POSITION" ? morph.positions
                                            : name == "NORMAL" ? morph.normals
                                                               : morph.tangents;
            if (name != "POSITION" && (!has_normals || (name != "NORMAL" && name != "TANGENT"))) continue;
            CAPTURE(name);
            const std::vector<double> v = values(theirs, accessor);
            REQUIRE(ours.size() == g.vertices.size());
            for (std::size_t i = 0; i < g.indices.size(); ++i)
                for (std::size_t k = 0; k < 3; ++k)
                    REQUIRE(std::abs(v[static_cast<std::size_t>(index[i]) * 3 + k] -
                                     static_cast<double>(ours[g.indices[i]][static_cast<glm::length_t>(k)])) <= 1e-6);
        }
}

void compare_primitive(const tg::Model& theirs, const tg::Primitive& p, const Geometry& g) {
    const std::vector<double> position = values(theirs, attribute(p, "POSITION"));
    std::vector<double> index;
    if (p.indices >= 0)
        index = values(theirs, p.indices);
    else
        for (std::size_t i = 0; i < position.size() / 3; ++i) index.push_back(static_cast<double>(i));
    REQUIRE(g.indices.size() == index.size() / 3 * 3);
    const auto compare = [&](const char* name, std::size_t width, double tolerance, auto ours) {
        const int accessor = attribute(p, name);
        if (accessor < 0) return;
        CAPTURE(name);
        const std::vector<double> v = values(theirs, accessor);
        for (std::size_t i = 0; i < g.indices.size(); ++i) {
            const auto at = static_cast<std::size_t>(index[i]);
            for (std::size_t k = 0; k < width; ++k)
                REQUIRE(std::abs(v[at * width + k] - static_cast<double>(ours(g.vertices[g.indices[i]], k))) <=
                        tolerance);
        }
    };
    const auto axis = [](std::size_t k) { return static_cast<glm::length_t>(k); };
    compare("POSITION", 3, 1e-7, [&](const Vertex& v, std::size_t k) { return v.position[axis(k)]; });
    compare("TEXCOORD_0", 2, 1e-7, [&](const Vertex& v, std::size_t k) { return v.uv0[axis(k)]; });
    compare("TEXCOORD_1", 2, 1e-7, [&](const Vertex& v, std::size_t k) { return v.uv1[axis(k)]; });
    // files may hold normals that are not quite unit
    compare("NORMAL", 3, 2e-2, [&](const Vertex& v, std::size_t k) { return unpack_normal(v.normal)[axis(k)]; });
    compare_colors_and_tangents(theirs, p, index, g);
    compare_skin(theirs, p, index, g);
    compare_morphs(theirs, p, index, g);
}

bool is_compressed(const tg::Model& m) {
    return std::ranges::any_of(m.extensionsUsed, [](const std::string& e) {
        return e.find("draco") != std::string::npos || e.find("meshopt") != std::string::npos;
    });
}

void compare_meshes(const tg::Model& theirs, const Model& ours) {
    REQUIRE(theirs.meshes.size() == ours.meshes.size());
    for (std::size_t m = 0; m < theirs.meshes.size(); ++m) {
        CHECK(theirs.meshes[m].name == ours.meshes[m].name);
        std::size_t drawn = 0;
        for (const tg::Primitive& p : theirs.meshes[m].primitives) {
            if ((p.mode != -1 && p.mode < 4) || attribute(p, "POSITION") < 0) continue;
            REQUIRE(drawn < ours.meshes[m].primitives.size());
            const Primitive& mine = ours.meshes[m].primitives[drawn++];
            CHECK(static_cast<std::uint32_t>(p.material) == mine.material);
            if (p.mode <= 4 && !is_compressed(theirs)) compare_primitive(theirs, p, ours.geometries[mine.geometry]);
        }
        CHECK(drawn == ours.meshes[m].primitives.size());
    }
}

Affine oracle_transform(const tg::Node& n) {
    if (n.matrix.size() == 16) {
        Affine out{{n.matrix[12], n.matrix[13], n.matrix[14]}, Mat3(1.f)};
        for (int c = 0; c < 3; ++c)
            for (int r = 0; r < 3; ++r)
                out.linear[c][r] = static_cast<float>(n.matrix[static_cast<std::size_t>(c * 4 + r)]);
        return out;
    }
    Transform t;
    if (n.translation.size() == 3) t.translation = {n.translation[0], n.translation[1], n.translation[2]};
    if (n.scale.size() == 3) t.scale = Vec3(n.scale[0], n.scale[1], n.scale[2]);
    if (n.rotation.size() == 4)
        t.rotation = glm::normalize(Quat(glm::dquat(n.rotation[3], n.rotation[0], n.rotation[1], n.rotation[2])));
    return to_affine(t);
}

void compare_node(const tg::Model& theirs, const Model& ours, int index, std::uint32_t parent, std::uint32_t& next) {
    const tg::Node& n = theirs.nodes[static_cast<std::size_t>(index)];
    const std::uint32_t self = next++;
    REQUIRE(self < ours.nodes.size());
    const Node& mine = ours.nodes[self];
    CHECK(mine.name == n.name);
    CHECK(mine.parent == parent);
    CHECK(mine.mesh == static_cast<std::uint32_t>(n.mesh));
    CHECK(mine.camera == static_cast<std::uint32_t>(n.camera));
    if (n.mesh >= 0) CHECK(mine.skin == static_cast<std::uint32_t>(n.skin));
    const Affine a = oracle_transform(n), b = to_affine(mine.local);
    CHECK(glm::length(a.translation - b.translation) <= 1e-9 * (1.0 + glm::length(a.translation)));
    for (int c = 0; c < 3; ++c)
        CHECK(glm::length(a.linear[c] - b.linear[c]) <= 1e-4f * (1.f + glm::length(a.linear[c])));
    for (const int child : n.children) compare_node(theirs, ours, child, self, next);
    CHECK(mine.subtree_end == next);
}

void compare_texture(const tg::Model& theirs, const Model& ours, int texture, int texcoord, const TextureUse& mine) {
    if (mine.texture == kNone) { // left out: only where there is no PNG or JPEG behind it
        if (texture < 0) return;
        const std::uint32_t image = ours.textures[static_cast<std::size_t>(texture)].image;
        CHECK((image == kNone || ours.images[image].mime_type != "image/png"));
        return;
    }
    CHECK(static_cast<std::uint32_t>(texture) == mine.texture);
    CHECK(theirs.textures[static_cast<std::size_t>(texture)].source ==
          static_cast<int>(ours.textures[mine.texture].image));
    if (mine.offset == Vec2(0.f)) CHECK(texcoord == mine.texcoord); // KHR_texture_transform may name another
}

void compare_samplers(const tg::Model& theirs, const Model& ours) {
    REQUIRE(theirs.textures.size() == ours.textures.size());
    const auto wrap = [](Wrap w) {
        return w == Wrap::Repeat        ? TINYGLTF_TEXTURE_WRAP_REPEAT
               : w == Wrap::ClampToEdge ? TINYGLTF_TEXTURE_WRAP_CLAMP_TO_EDGE
                                        : TINYGLTF_TEXTURE_WRAP_MIRRORED_REPEAT;
    };
    for (std::size_t i = 0; i < theirs.textures.size(); ++i) {
        const int index = theirs.textures[i].sampler;
        const tg::Sampler s = index < 0 ? tg::Sampler() : theirs.samplers[static_cast<std::size_t>(index)];
        const Sampler& mine = ours.textures[i].sampler;
        const int min = s.minFilter < 0 ? TINYGLTF_TEXTURE_FILTER_LINEAR_MIPMAP_LINEAR : s.minFilter;
        CHECK(s.wrapS == wrap(mine.wrap_s));
        CHECK(s.wrapT == wrap(mine.wrap_t));
        CHECK((s.magFilter == TINYGLTF_TEXTURE_FILTER_NEAREST) == (mine.mag == Filter::Nearest));
        CHECK((min >= TINYGLTF_TEXTURE_FILTER_NEAREST_MIPMAP_NEAREST) == mine.mipmaps);
        CHECK((min % 2 == 0) == (mine.min == Filter::Nearest)); // 9728, 9984, 9986
        if (mine.mipmaps)
            CHECK((min <= TINYGLTF_TEXTURE_FILTER_LINEAR_MIPMAP_NEAREST) == (mine.mip == Filter::Nearest));
    }
}

void compare_materials(const tg::Model& theirs, const Model& ours) {
    REQUIRE(theirs.materials.size() == ours.materials.size());
    for (std::size_t i = 0; i < theirs.materials.size(); ++i) {
        const tg::Material& m = theirs.materials[i];
        const Material& mine = ours.materials[i];
        const tg::PbrMetallicRoughness& pbr = m.pbrMetallicRoughness;
        CHECK(m.name == mine.name);
        for (std::size_t k = 0; k < 4; ++k)
            CHECK(pbr.baseColorFactor[k] == doctest::Approx(mine.base_color[static_cast<glm::length_t>(k)]));
        CHECK(pbr.metallicFactor == doctest::Approx(mine.metallic));
        CHECK(pbr.roughnessFactor == doctest::Approx(mine.roughness));
        if (m.extensions.empty())
            for (std::size_t k = 0; k < 3; ++k)
                CHECK(m.emissiveFactor[k] == doctest::Approx(mine.emissive[static_cast<glm::length_t>(k)]));
        CHECK(m.doubleSided == mine.double_sided);
        CHECK(m.alphaCutoff == doctest::Approx(mine.alpha_cutoff));
        CHECK((m.alphaMode == "BLEND") == (mine.alpha_mode == AlphaMode::Blend));
        CHECK((m.alphaMode == "MASK") == (mine.alpha_mode == AlphaMode::Mask));
        CHECK(m.extensions.contains("KHR_materials_unlit") == mine.unlit);
        CHECK(m.normalTexture.scale == doctest::Approx(mine.normal_scale));
        CHECK(m.occlusionTexture.strength == doctest::Approx(mine.occlusion_strength));
        compare_texture(theirs, ours, pbr.baseColorTexture.index, pbr.baseColorTexture.texCoord,
                        mine.base_color_texture);
        compare_texture(theirs, ours, pbr.metallicRoughnessTexture.index, pbr.metallicRoughnessTexture.texCoord,
                        mine.metallic_roughness_texture);
        compare_texture(theirs, ours, m.normalTexture.index, m.normalTexture.texCoord, mine.normal_texture);
        compare_texture(theirs, ours, m.occlusionTexture.index, m.occlusionTexture.texCoord, mine.occlusion_texture);
        compare_texture(theirs, ours, m.emissiveTexture.index, m.emissiveTexture.texCoord, mine.emissive_texture);
    }
}

void compare_clips(const tg::Model& theirs, const Model& ours) {
    REQUIRE(theirs.animations.size() == ours.clips.size());
    for (std::size_t i = 0; i < theirs.animations.size(); ++i) {
        const tg::Animation& a = theirs.animations[i];
        CHECK(a.name == ours.clips[i].name);
        REQUIRE(a.channels.size() == ours.clips[i].channels.size());
        for (std::size_t c = 0; c < a.channels.size(); ++c) {
            const Channel& mine = ours.clips[i].channels[c];
            const tg::AnimationSampler& s = a.samplers[static_cast<std::size_t>(a.channels[c].sampler)];
            CHECK(theirs.nodes[static_cast<std::size_t>(a.channels[c].target_node)].name == ours.nodes[mine.node].name);
            const std::vector<double> times = values(theirs, s.input), output = values(theirs, s.output);
            REQUIRE(times.size() == mine.times_s.size());
            REQUIRE(output.size() == mine.values.size());
            for (std::size_t k = 0; k < times.size(); ++k) REQUIRE(times[k] == static_cast<double>(mine.times_s[k]));
            for (std::size_t k = 0; k < output.size(); ++k)
                // a rotation is made unit when it is read
                REQUIRE(std::abs(output[k] - static_cast<double>(mine.values[k])) < 1e-3);
        }
    }
}

// Of the default scene, else the first; without scenes all nodes that are no child.
std::vector<int> roots_of(const tg::Model& m) {
    if (!m.scenes.empty()) return m.scenes[static_cast<std::size_t>(std::max(m.defaultScene, 0))].nodes;
    std::vector<bool> is_child(m.nodes.size());
    for (const tg::Node& n : m.nodes)
        for (const int child : n.children) is_child[static_cast<std::size_t>(child)] = true;
    std::vector<int> out;
    for (std::size_t i = 0; i < m.nodes.size(); ++i)
        if (!is_child[i]) out.push_back(static_cast<int>(i));
    return out;
}

void compare(const tg::Model& theirs, const Model& ours) {
    compare_meshes(theirs, ours);
    compare_samplers(theirs, ours);
    compare_materials(theirs, ours);
    std::uint32_t next = 0;
    for (const int root : roots_of(theirs)) compare_node(theirs, ours, root, kNone, next);
    CHECK(next == ours.nodes.size());
    compare_clips(theirs, ours);
    REQUIRE(theirs.skins.size() == ours.skins.size());
    for (std::size_t i = 0; i < theirs.skins.size(); ++i) {
        REQUIRE(theirs.skins[i].joints.size() == ours.skins[i].joints.size());
        const std::vector<double> bind = theirs.skins[i].inverseBindMatrices < 0
                                             ? std::vector<double>()
                                             : values(theirs, theirs.skins[i].inverseBindMatrices);
        for (std::size_t k = 0; k < bind.size(); ++k)
            REQUIRE(bind[k] == static_cast<double>(ours.skins[i].inverse_bind[k / 16][static_cast<glm::length_t>(
                                   k % 16 / 4)][static_cast<glm::length_t>(k % 4)]));
    }
}

std::string list(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items) out += (out.size() > 1 ? "," : "") + item;
    return out + "]";
}

// A mesh whose attributes have random types, strides, offsets and sparse parts.
struct RandomFile {
    std::mt19937 random;
    pw::test::Binary binary;
    std::vector<std::string> views, accessors;

    std::uint32_t up_to(std::uint32_t n) { return std::uniform_int_distribution<std::uint32_t>(0, n)(random); }

    std::size_t add_view(std::size_t bytes, std::size_t stride) {
        while (binary.at() % 4 != 0) binary.bytes.push_back({});
        views.push_back(R"({"buffer":0,"byteOffset":)" + std::to_string(binary.at()) + R"(,"byteLength":)" +
                        std::to_string(bytes) + (stride == 0 ? "" : R"(,"byteStride":)" + std::to_string(stride)) +
                        "}");
        binary.bytes.resize(binary.bytes.size() + bytes);
        return binary.bytes.size() - bytes;
    }
    void put(std::size_t at, int type, bool is_index, std::uint32_t limit) {
        const std::uint32_t integer = is_index ? up_to(limit) : static_cast<std::uint32_t>(random());
        const float real = std::uniform_real_distribution<float>(-9.f, 9.f)(random);
        const std::size_t size = type == 5120 || type == 5121 ? 1 : type == 5122 || type == 5123 ? 2 : 4;
        std::memcpy(&binary.bytes[at], type == 5126 ? static_cast<const void*>(&real) : &integer, size);
    }
    std::string accessor(int type, std::size_t width, std::uint32_t count, bool normalized, bool is_index,
                         std::uint32_t limit) {
        const std::size_t size = type == 5120 || type == 5121 ? 1 : type == 5122 || type == 5123 ? 2 : 4;
        const std::size_t packed = is_index ? size : (size * width + 3) / 4 * 4; // columns of vertices are aligned
        const std::size_t stride = is_index ? 0 : (up_to(1) == 0 && packed == size * width ? 0 : packed + 4 * up_to(2));
        const std::size_t step = stride == 0 ? size * width : stride, offset = size * up_to(3) * (is_index ? 1 : 4);
        const std::size_t at = add_view(offset + step * count, stride) + offset;
        for (std::uint32_t i = 0; i < count; ++i)
            for (std::size_t k = 0; k < width; ++k) put(at + i * step + k * size, type, is_index, limit);
        const std::size_t base = views.size() - 1;
        std::string sparse;
        if (!is_index && up_to(1) == 0) {
            const std::uint32_t some = 1 + up_to(count / 2), gap = count / some;
            const std::size_t where = add_view(some * 2, 0);
            for (std::uint32_t i = 0; i < some; ++i) {
                const auto index = static_cast<std::uint16_t>(i * gap);
                std::memcpy(&binary.bytes[where + i * 2], &index, 2);
            }
            const std::size_t new_values = add_view(some * size * width, 0);
            for (std::size_t i = 0; i < some * width; ++i) put(new_values + i * size, type, false, 0);
            sparse = R"(,"sparse":{"count":)" + std::to_string(some) + R"(,"indices":{"bufferView":)" +
                     std::to_string(views.size() - 2) + R"(,"componentType":5123},"values":{"bufferView":)" +
                     std::to_string(views.size() - 1) + "}}";
        }
        static const std::array names = {"SCALAR", "VEC2", "VEC3", "VEC4"};
        accessors.push_back(R"({"bufferView":)" + std::to_string(base) + R"(,"byteOffset":)" + std::to_string(offset) +
                            R"(,"componentType":)" + std::to_string(type) + R"(,"count":)" + std::to_string(count) +
                            R"(,"type":")" + names[width - 1] + "\"" + (normalized ? R"(,"normalized":true)" : "") +
                            sparse + "}");
        return std::to_string(accessors.size() - 1);
    }

    std::vector<std::byte> make() {
        static const std::array types = {5120, 5121, 5122, 5123, 5126};
        const std::uint32_t count = 3 + up_to(60);
        const auto type = [&] { return types[up_to(4)]; };
        const auto vertex = [&](std::size_t width) {
            const int t = type();
            return accessor(t, width, count, t != 5126 && up_to(1) == 0, false, 0);
        };
        std::string primitive = R"({"attributes":{"POSITION":)" + vertex(3) + R"(,"TEXCOORD_0":)" + vertex(2) +
                                R"(,"TEXCOORD_1":)" + vertex(2);
        const auto unit = [&](std::size_t width) { // colours and weights: from 0 to 1
            static const std::array unit_types = {5121, 5123, 5126};
            const int t = unit_types[up_to(2)];
            return accessor(t, width, count, t != 5126, false, 0);
        };
        if (up_to(1) == 0) primitive += R"(,"COLOR_0":)" + unit(3 + up_to(1));
        if (up_to(1) == 0)
            primitive += R"(,"WEIGHTS_0":)" + unit(4) + R"(,"JOINTS_0":)" +
                         accessor(up_to(1) == 0 ? 5121 : 5123, 4, count, false, false, 0);
        primitive += "}";
        if (up_to(1) == 0)
            primitive += R"(,"targets":[{"POSITION":)" + vertex(3) + R"(},{},{"POSITION":)" + vertex(3) + "}]";
        static const std::array index_types = {5121, 5123, 5125};
        if (up_to(3) != 0)
            primitive +=
                R"(,"indices":)" + accessor(index_types[up_to(2)], 1, 3 * (1 + up_to(40)), false, true, count - 1);
        const std::string json = pw::test::gltf_json(R"("bufferViews":)" + list(views) + R"(,"accessors":)" +
                                                         list(accessors) + R"(,"meshes":[{"primitives":[)" + primitive +
                                                         R"(}]}],"nodes":[{"mesh":0}],"scenes":[{"nodes":[0]}])",
                                                     binary.bytes.size());
        return pw::test::make_glb(json, binary.bytes);
    }
};

} // namespace

TEST_SUITE("scene/gltf_oracle") {
    TEST_CASE("tinygltf finds the same in every sample model") {
        const auto data = pw::test::foreign_data();
        if (!data) return pw::test::skip("no sample models", pw::test::Missing::ForeignData);
        int compared = 0;
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(*data / "gltf")) {
            const fs::path& file = entry.path();
            if (file.extension() != ".gltf" && file.extension() != ".glb") continue;
            Reports reports;
            const auto ours = load_gltf(file.string(), reports);
            if (!ours) continue;
            if (std::ranges::find((*ours)->extensions_used, "EXT_mesh_features") != (*ours)->extensions_used.end())
                continue; // taken apart: scene/gltf_features
            // Faults that we tolerate in our own way are not the oracle's to judge.
            if (const auto report = read_text(file.string() + ".report.json");
                report && report->find("\"numErrors\": 0") == std::string::npos)
                continue;
            const auto theirs = read_by_oracle(file);
            if (!theirs) continue;
            CAPTURE(file.filename().string());
            compare(*theirs, **ours);
            ++compared;
        }
        MESSAGE(compared, " models compared");
        CHECK(compared >= 40);
    }

    TEST_CASE("tinygltf finds the same in 300 files with random types, strides, offsets and sparse parts") {
        for (unsigned seed = 0; seed < 300; ++seed) {
            CAPTURE(seed);
            RandomFile file{std::mt19937(seed), {}, {}, {}};
            const std::vector<std::byte> glb = file.make();
            Reports reports;
            const auto ours = parse_gltf(glb, "random.glb", {}, reports);
            REQUIRE_MESSAGE(ours.has_value(), ours.error().what);
            const auto theirs = read_by_oracle(glb);
            REQUIRE(theirs);
            compare(*theirs, **ours);
        }
    }
}
