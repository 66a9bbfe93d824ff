// SPDX-License-Identifier: Apache-2.0
// Nodes and what hangs on them: scenes, cameras, lights, skins, instances.

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "scene/gltf_internal.h"

#include <glm/ext/quaternion_float.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <utility>

namespace pw::scene::gltf {
namespace {

constexpr float kPi = 3.14159265f;

// Rotation and scale of a matrix that has no shear; says when it has.
void decompose(const Object& in, const glm::dmat4& m, Transform& out) {
    out.translation = DVec3(m[3]);
    glm::dmat3 axes(m);
    DVec3 scale(glm::length(axes[0]), glm::length(axes[1]), glm::length(axes[2]));
    if (glm::dot(glm::cross(axes[0], axes[1]), axes[2]) < 0.0) scale.x = -scale.x;
    out.scale = Vec3(scale);
    for (int i = 0; i < 3; ++i) {
        if (scale[i] == 0.0) {
            in.reader.report(in.at.member("matrix"), "flattens what is below it; its rotation is left out");
            return;
        }
        axes[i] /= scale[i];
    }
    const double shear = std::max({std::abs(glm::dot(axes[0], axes[1])), std::abs(glm::dot(axes[1], axes[2])),
                                   std::abs(glm::dot(axes[0], axes[2]))});
    if (shear > 1e-4) in.reader.report(in.at.member("matrix"), "shears; drawn without the shear");
    out.rotation = glm::normalize(glm::quat_cast(glm::mat3(axes)));
}

// A unit quaternion out of x, y, z, w.
Quat unit_quat(const float* q) {
    const Quat out(q[3], q[0], q[1], q[2]);
    const float length = glm::length(out);
    return length > 1e-6f && std::isfinite(length) ? out / length : kNoRotation;
}

void read_transform(const Object& in, Transform& out) {
    glm::dmat4 matrix(1.0);
    if (in.numbers("matrix", std::span(&matrix[0][0], 16))) return decompose(in, matrix, out);
    in.numbers("translation", std::span(&out.translation.x, 3));
    in.numbers("scale", std::span(&out.scale.x, 3));
    float q[4];
    if (!in.numbers("rotation", std::span(q))) return;
    const float length = glm::length(Vec4(q[0], q[1], q[2], q[3]));
    if (!(std::abs(length - 1.f) < 1e-2f))
        in.reader.report(in.at.member("rotation"), "is no unit quaternion; made one");
    out.rotation = unit_quat(q);
}

std::vector<float> instance_values(const Object& attributes, std::string_view key, std::uint32_t components,
                                   std::uint32_t& count) {
    Reader& r = attributes.reader;
    const std::uint32_t accessor = attributes.index(key, r.accessors.size(), "accessors");
    if (accessor == kNone || !r.ok()) return {};
    const Accessor& a = r.accessors[accessor];
    if (a.rows != 1 || a.columns != components || (count != 0 && a.count != count)) {
        r.fail(attributes.at.member(key), Errc::Malformed,
               formatted("uses accessors[{}], which does not fit", accessor));
        return {};
    }
    count = a.count;
    return r.floats(attributes.at.member(key), accessor);
}

// EXT_mesh_gpu_instancing.
void read_instances(const Object& in, Node& node, std::uint64_t& node_total) {
    const Object extension = in.extension("EXT_mesh_gpu_instancing");
    if (!extension.json.exists()) return;
    const Object attributes = extension.object("attributes");
    std::uint32_t count = 0;
    const std::vector<float> t = instance_values(attributes, "TRANSLATION", 3, count);
    const std::vector<float> r = instance_values(attributes, "ROTATION", 4, count);
    const std::vector<float> s = instance_values(attributes, "SCALE", 3, count);
    Reader& reader = in.reader;
    node_total += count;
    if (node_total > reader.limits.max_nodes)
        return reader.fail(extension.at, Errc::Exhausted,
                           formatted("passes the limit of {} nodes", reader.limits.max_nodes));
    if (!reader.charge(extension.at, count, sizeof(Transform))) return;
    node.instances.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        Transform& instance = node.instances[i];
        if (!t.empty()) instance.translation = DVec3(t[i * 3], t[i * 3 + 1], t[i * 3 + 2]);
        if (!r.empty()) instance.rotation = unit_quat(&r[i * 4]);
        if (!s.empty()) instance.scale = Vec3(s[i * 3], s[i * 3 + 1], s[i * 3 + 2]);
    }
}

// Who is whose child, in the order of the file.
struct Family {
    std::vector<std::uint32_t> parent;
    std::vector<std::uint32_t> children;       // of all nodes
    std::vector<std::uint32_t> first_child{0}; // into children; one more than nodes

    std::span<const std::uint32_t> children_of(std::uint32_t i) const {
        return std::span(children).subspan(first_child[i], first_child[i + 1] - first_child[i]);
    }
};

// A list of node indices.
template <class F> void each_node(const Object& in, std::string_view key, std::size_t count, F f) {
    const Json list = in.json[key];
    if (list.exists() && !list.is(Json::Type::Array))
        in.reader.fail(in.at.member(key), Errc::Malformed, "is not an array");
    list.items([&](std::size_t i, Json item) {
        const Where at{&in.at, key, i};
        const std::optional<std::uint64_t> node = item.integer();
        if (!node || *node >= count)
            in.reader.fail(at, Errc::Malformed, formatted("is not one of the {} nodes", count));
        else
            f(at, static_cast<std::uint32_t>(*node));
        return in.reader.ok();
    });
}

void read_children(const Object& in, Family& family) {
    const auto self = static_cast<std::uint32_t>(family.first_child.size() - 1);
    each_node(in, "children", family.parent.size(), [&](const Where& at, std::uint32_t child) {
        if (family.parent[child] != kNone)
            in.reader.fail(at, Errc::Malformed,
                           formatted("{} is a child of nodes[{}] already", child, family.parent[child]));
        family.parent[child] = self;
        family.children.push_back(child);
    });
    family.first_child.push_back(static_cast<std::uint32_t>(family.children.size()));
}

// Most nodes have few of the keys they may have, and there may be a great many nodes: what is absent is not asked for.
enum NodeKey : std::uint8_t { kName, kMesh, kSkin, kCamera, kWeights, kExtras, kExtensions, kNodeKeys };
constexpr std::array<std::string_view, kNodeKeys> kNodeKeyNames = {"name",    "mesh",   "skin",      "camera",
                                                                   "weights", "extras", "extensions"};

// A mesh is stored once and drawn wherever it is used: each use has its draws, and weights of its own.
void charge_uses(const Object& in, const Node& node) {
    if (!in.reader.ok() || node.mesh == kNone) return;
    constexpr std::size_t kBytesPerDraw = 32;
    const std::vector<Primitive>& primitives = in.reader.model.meshes[node.mesh].primitives;
    const std::size_t targets = primitives.empty() ? 0 : in.reader.model.morph_count(node.mesh);
    in.reader.charge(in.at, std::max<std::size_t>(node.instances.size(), 1),
                     primitives.size() * kBytesPerDraw + targets * sizeof(float));
}

// MSFT_screencoverage stands among a node's extras and says nothing of the part.
std::string extras_without_coverage(const Json& extras) {
    constexpr std::string_view kCoverage = "MSFT_screencoverage";
    if (!extras[kCoverage].exists()) return extras.dump();
    JsonWriter w;
    w.begin_object();
    bool any = false;
    extras.members([&](std::string_view key, Json value) {
        if (key == kCoverage) return;
        w.key(key).raw(value.dump());
        any = true;
    });
    w.end_object();
    return any ? w.take() : std::string();
}

void read_node(const Object& in, Node& node, std::uint64_t& node_total) {
    Reader& r = in.reader;
    std::bitset<kNodeKeys> has;
    bool moves = false;
    in.json.members([&](std::string_view key, Json) {
        const auto known = std::ranges::find(kNodeKeyNames, key);
        if (known != kNodeKeyNames.end())
            has.set(static_cast<std::size_t>(known - kNodeKeyNames.begin()));
        else
            moves |= key != "children";
    });
    if (has[kName]) node.name = in.text("name");
    if (has[kMesh]) node.mesh = in.index("mesh", r.model.meshes.size(), "meshes");
    if (has[kSkin]) node.skin = in.index("skin", r.model.skins.size(), "skins");
    if (has[kCamera]) node.camera = in.index("camera", r.model.cameras.size(), "cameras");
    if (has[kWeights]) node.weights = in.number_list("weights");
    if (moves) read_transform(in, node.local);
    if (has[kExtras]) {
        const Json extras = in.json["extras"];
        node.extras = has[kExtensions] && in.extension("MSFT_lod").json.exists() ? extras_without_coverage(extras)
                                                                                 : extras.dump();
        node.uid = extras["partId"].text();
        r.charge(in.at, node.extras.size() + node.uid.size(), 1);
    }
    if (has[kExtensions]) {
        const Object light = in.extension("KHR_lights_punctual");
        if (light.json.exists()) node.light = light.need_index("light", r.model.lights.size(), "lights");
        node.packet = in.extension("KHR_xmp_json_ld").index("packet", r.model.packets.size(), "packets");
        node.visible = in.extension("KHR_node_visibility").truth("visible", true);
        read_instances(in, node, node_total);
    }
    if (node.mesh == kNone) node.skin = kNone;
    charge_uses(in, node);
}

// A uid that stands twice names no part: such parts are known by their paths (Scene::part).
void report_repeated_uids(Reader& r) {
    std::vector<std::pair<std::string_view, std::size_t>> uids; // of the nodes of the file
    for (std::size_t i = 0; i < r.node_order.size(); ++i)
        if (r.node_order[i] != kNone && !r.model.nodes[r.node_order[i]].uid.empty())
            uids.emplace_back(r.model.nodes[r.node_order[i]].uid, i);
    std::ranges::sort(uids);
    for (std::size_t i = 1; i < uids.size(); ++i) {
        if (uids[i].first != uids[i - 1].first) continue;
        const Where array{nullptr, "nodes", uids[i].second};
        r.report(array.member("extras"), formatted("partId \"{}\" is that of nodes[{}] too; both go by their paths",
                                                   shortened(uids[i].first, 80), uids[i - 1].second));
    }
}

void refuse_loops(Reader& r, const Family& family) {
    std::vector<std::uint32_t> reached;
    std::vector<bool> is_reached(family.parent.size());
    for (std::uint32_t i = 0; i < family.parent.size(); ++i)
        if (family.parent[i] == kNone) reached.push_back(i);
    for (std::size_t i = 0; i < reached.size(); ++i) {
        is_reached[reached[i]] = true;
        for (const std::uint32_t child : family.children_of(reached[i])) reached.push_back(child);
    }
    const auto lost = std::ranges::find(is_reached, false);
    if (lost == is_reached.end()) return;
    const auto node = static_cast<std::size_t>(lost - is_reached.begin());
    r.fail({nullptr, "nodes", node}, Errc::Malformed, "is among its own descendants, or below such a node");
}

// The roots of the scene that is shown: the default one, else the first, else all there are.
std::vector<std::uint32_t> read_scenes(const Object& root, const Family& family) {
    Reader& r = root.reader;
    const std::size_t count = root.json["scenes"].size();
    const std::uint32_t shown = root.has("scene") ? root.index("scene", count, "scenes") : 0;
    std::vector<std::uint32_t> roots;
    std::vector<std::uint32_t> scene_of(family.parent.size(), kNone);
    root.each("scenes", [&](const Object& in) {
        const auto scene = static_cast<std::uint32_t>(in.at.index);
        each_node(in, "nodes", family.parent.size(), [&](const Where& at, std::uint32_t node) {
            if (family.parent[node] != kNone)
                return r.fail(at, Errc::Malformed,
                              formatted("{} is no root: it is a child of nodes[{}]", node, family.parent[node]));
            if (scene_of[node] == scene) return r.fail(at, Errc::Malformed, formatted("{} is named twice", node));
            scene_of[node] = scene;
            if (scene == shown && !r.is_level(node)) roots.push_back(node);
        });
    });
    if (count > 1) r.report(root.at.member("scenes"), formatted("there are {}, scenes[{}] is shown", count, shown));
    if (count == 0)
        for (std::uint32_t i = 0; i < family.parent.size(); ++i)
            if (family.parent[i] == kNone && !r.is_level(i)) roots.push_back(i);
    return roots;
}

// Depth first, parents before children: gives every shown node its place in the model.
void order_nodes(Reader& r, const Family& family, const std::vector<std::uint32_t>& roots) {
    struct Visit {
        std::uint32_t node, parent, depth;
    };
    std::vector<Visit> stack;
    const auto push = [&](std::span<const std::uint32_t> nodes, std::uint32_t parent, std::uint32_t depth) {
        for (std::size_t i = nodes.size(); i-- > 0;)
            if (!r.is_level(nodes[i])) stack.push_back({nodes[i], parent, depth});
    };
    std::vector<std::uint32_t> parents;
    push(roots, kNone, 1);
    while (!stack.empty()) {
        const Visit v = stack.back();
        stack.pop_back();
        if (v.depth > r.limits.max_depth)
            return r.fail({nullptr, "nodes", v.node}, Errc::Exhausted,
                          formatted("is more than {} levels deep", r.limits.max_depth));
        const auto at = static_cast<std::uint32_t>(parents.size());
        r.node_order[v.node] = at;
        parents.push_back(v.parent);
        push(family.children_of(v.node), at, v.depth + 1);
    }
    std::vector<Node>& out = r.model.nodes;
    out.resize(parents.size());
    for (std::size_t i = out.size(); i-- > 0;) {
        out[i].parent = parents[i];
        out[i].subtree_end = std::max(out[i].subtree_end, static_cast<std::uint32_t>(i + 1));
        if (parents[i] == kNone) continue;
        std::uint32_t& end = out[parents[i]].subtree_end;
        end = std::max(end, out[i].subtree_end);
    }
}

void read_inverse_bind(const Object& in, Skin& skin) {
    skin.inverse_bind.assign(skin.joints.size(), Mat4(1.f));
    Reader& r = in.reader;
    const std::uint32_t accessor = in.index("inverseBindMatrices", r.accessors.size(), "accessors");
    if (accessor == kNone) return;
    const Where at = in.at.member("inverseBindMatrices");
    const Accessor& a = r.accessors[accessor];
    if (a.components() != 16 || a.component != Component::F32 || a.count < skin.joints.size())
        return r.fail(at, Errc::Malformed,
                      formatted("uses accessors[{}], which is not {} float MAT4", accessor, skin.joints.size()));
    const std::vector<float> values = r.floats(at, accessor);
    if (!r.ok()) return;
    for (std::size_t i = 0; i < skin.joints.size(); ++i) std::copy_n(&values[i * 16], 16, &skin.inverse_bind[i][0][0]);
}

// After this every joint index of a skinned node's vertices is one of its skin's.
void check_skinned_node(Reader& r, std::size_t file_node, Node& node) {
    const Where array{nullptr, "nodes", file_node};
    const Where at = array.member("skin");
    const Skin& skin = r.model.skins[node.skin];
    if (skin.joints.empty()) {
        node.skin = kNone;
        return;
    }
    bool any_skinned = false;
    for (const Primitive& p : r.model.meshes[node.mesh].primitives) {
        any_skinned |= !r.model.geometries[p.geometry].skin.empty();
        if (r.joint_limits[p.geometry] > skin.joints.size())
            r.fail(at, Errc::Malformed,
                   formatted("has {} joints, its mesh needs {}", skin.joints.size(), r.joint_limits[p.geometry]));
    }
    if (!any_skinned) {
        r.report(at, "left out: its mesh has no joints and weights");
        node.skin = kNone;
    }
}

} // namespace

void Reader::read_cameras(const Object& root) {
    if (!charge(root.at, root.json["cameras"].size(), sizeof(Camera))) return;
    root.each("cameras", [&](const Object& in) {
        Camera& c = model.cameras.emplace_back();
        c.name = in.text("name");
        c.perspective = in.text("type") != "orthographic";
        const Object lens = in.object(c.perspective ? "perspective" : "orthographic");
        if (!lens.json.exists()) return report(in.at, "has neither perspective nor orthographic; taken as it comes");
        if (c.perspective) {
            c.fov_y_rad = lens.number("yfov", 1.f, 1e-3f, kPi - 1e-3f);
            c.aspect = lens.number("aspectRatio", 0.f, 0.f);
        } else {
            c.height_m = 2.f * std::abs(lens.number("ymag", 0.5f));
            const float width_m = 2.f * std::abs(lens.number("xmag", 0.f));
            c.aspect = c.height_m > 0.f ? width_m / c.height_m : 0.f;
        }
        c.near_m = lens.number("znear", 0.05f, 0.f);
        c.far_m = lens.number("zfar", 0.f, 0.f);
    });
}

void Reader::read_lights(const Object& root) {
    const Object extension = root.extension("KHR_lights_punctual");
    if (!charge(root.at, extension.json["lights"].size(), sizeof(Light))) return;
    extension.each("lights", [&](const Object& in) {
        Light& light = model.lights.emplace_back();
        in.numbers("color", std::span(&light.color.x, 3), 0.f);
        light.intensity = in.number("intensity", 1.f, 0.f);
        light.range_m = in.number("range", 0.f, 0.f);
        const std::string_view type = in.text("type");
        if (type == "directional") light.kind = LightKind::Directional;
        if (type == "spot") {
            light.kind = LightKind::Spot;
            const Object spot = in.object("spot");
            light.outer_cone_rad = spot.number("outerConeAngle", kPi / 4.f, 0.f, kPi / 2.f);
            light.inner_cone_rad = spot.number("innerConeAngle", 0.f, 0.f, light.outer_cone_rad);
        }
        if (type != "directional" && type != "spot" && type != "point") {
            light.intensity = 0.f;
            report(in.at.member("type"), "is not a kind of light; it stays dark");
        }
    });
}

void Reader::read_nodes(const Object& root) {
    const std::size_t count = root.json["nodes"].size();
    std::uint64_t node_total = count;
    if (count > limits.max_nodes)
        return fail(root.at.member("nodes"), Errc::Exhausted,
                    formatted("{} pass the limit of {}", count, limits.max_nodes));
    if (!charge(root.at, count, sizeof(Node) + 4 * sizeof(std::uint32_t))) return;
    if (!charge(root.at, root.json["skins"].size(), sizeof(Skin))) return;
    model.skins.resize(root.json["skins"].size());

    Family family;
    family.parent.assign(count, kNone);
    family.first_child.reserve(count + 1);
    root.each("nodes", [&](const Object& in) { read_children(in, family); });
    if (ok()) refuse_loops(*this, family);
    if (!ok()) return;
    const std::vector<std::uint32_t> roots = read_scenes(root, family);
    node_order.assign(count, kNone);
    if (ok()) order_nodes(*this, family, roots);
    if (!ok()) return;
    Node not_shown; // is checked like the others
    root.each("nodes", [&](const Object& in) {
        if (is_level(in.at.index)) return;
        const std::uint32_t at = node_order[in.at.index];
        if (at == kNone) not_shown = {};
        read_node(in, at == kNone ? not_shown : model.nodes[at], node_total);
    });
    if (ok()) report_repeated_uids(*this);
}

void Reader::read_skins(const Object& root) {
    root.each("skins", [&](const Object& in) {
        Skin& skin = model.skins[in.at.index];
        if (in.json["joints"].size() == 0) return fail(in.at.member("joints"), Errc::Malformed, "is missing or empty");
        if (!charge(in.at, in.json["joints"].size(), sizeof(std::uint32_t) + sizeof(Mat4))) return;
        bool all_shown = true;
        each_node(in, "joints", node_order.size(), [&](const Where&, std::uint32_t node) {
            skin.joints.push_back(node_order[node]);
            all_shown &= node_order[node] != kNone;
        });
        if (!ok()) return;
        read_inverse_bind(in, skin);
        if (all_shown) return;
        report(in.at, "left out: some of its joints are not in the scene that is shown");
        skin = {};
    });
    for (std::size_t i = 0; ok() && i < node_order.size(); ++i)
        if (node_order[i] != kNone && model.nodes[node_order[i]].skin != kNone)
            check_skinned_node(*this, i, model.nodes[node_order[i]]);
}

} // namespace pw::scene::gltf
