// SPDX-License-Identifier: Apache-2.0
// Numbers as the file has them: out of accessors, or out of Draco data.

#include "base/format.h"
#include "scene/pack_internal.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace pw::scene::pack {
namespace {

Where part_of(const Where& array, std::size_t part) { return {&array, "primitives", part}; }

// What is infinite or no number is 0 to the reader, and no file may have it.
void mend(Reader& r, std::uint32_t accessor, Values& v) {
    if (v.component != Component::F32) return;
    std::vector<float> values(v.bytes.size() / sizeof(float));
    std::memcpy(values.data(), v.bytes.data(), values.size() * sizeof(float));
    if (std::ranges::all_of(values, [](float f) { return std::isfinite(f); })) return;
    values = r.finite(accessor, std::move(values));
    std::memcpy(v.bytes.data(), values.data(), values.size() * sizeof(float));
}

// An attribute out of Draco data, in the type that its accessor promises.
Values from_draco(Reader& r, const gltf::DracoMesh& mesh, std::string_view semantic, std::uint32_t accessor,
                  const Where& at) {
    const gltf::Accessor& a = r.accessors[accessor];
    Values out{.count = a.count, .component = a.component, .normalized = a.normalized, .vertices = true};
    out.components = static_cast<std::uint8_t>(a.components());
    out.stride = (padded_size(a) + 3) / 4 * 4;
    out.coding = Coding::Attributes;
    out.bytes.resize(std::size_t{out.count} * out.stride);
    const bool is_signed = a.component == Component::I8 || a.component == Component::I16;
    const bool is_float = a.component == Component::F32;
    const std::vector<float> floats = is_float || is_signed ? mesh.floats(semantic, a) : std::vector<float>{};
    const std::vector<std::uint32_t> integers =
        is_float || is_signed ? std::vector<std::uint32_t>{} : mesh.integers(semantic, a);
    if (std::max(floats.size(), integers.size()) != std::size_t{out.count} * out.components || a.rows != 1) {
        r.fail(at, Errc::Malformed, formatted("{} is not what its accessor says in the Draco data", semantic));
        return out;
    }
    const float steps = !a.normalized ? 1.f : a.component == Component::I8 ? 127.f : 32767.f;
    const std::size_t size = component_size(a.component);
    for (std::size_t i = 0; i < std::size_t{out.count} * out.components; ++i) {
        std::byte* const to = out.bytes.data() + i / out.components * out.stride + i % out.components * size;
        const auto whole = is_signed ? static_cast<std::int32_t>(std::lround(floats[i] * steps)) : 0;
        if (is_float)
            std::memcpy(to, &floats[i], size);
        else if (is_signed)
            std::memcpy(to, &whole, size);
        else
            std::memcpy(to, &integers[i], size);
    }
    mend(r, accessor, out);
    return out;
}

struct DracoPart { // null and absent where the group has none
    std::shared_ptr<const gltf::DracoMesh> mesh;
    Json semantics;
};

DracoPart open_draco(Reader& r, const Group& group) {
    DracoPart out;
    if (!group.draco.exists()) return out;
    const Where meshes{nullptr, "meshes", group.draco_mesh};
    const Object part(r, group.draco, part_of(meshes, group.draco_part));
    const std::uint32_t indices = part.need_index("indices", r.accessors.size(), "accessors");
    const Object extension = part.extension("KHR_draco_mesh_compression");
    if (r.ok()) out.mesh = r.decode_draco(extension, group.count, r.accessors[indices].count);
    if (r.ok() && out.mesh->point_count() != group.count)
        r.fail(extension.at, Errc::Malformed, "does not decode to as many points as its accessors say");
    out.semantics = part.json["attributes"];
    return out;
}

std::vector<std::uint32_t> read_list(Reader& r, const Group& group, const IndexList& list,
                                     const gltf::DracoMesh* draco) {
    const Where mesh{nullptr, "meshes", list.mesh};
    std::vector<std::uint32_t> indices;
    if (draco != nullptr)
        indices = draco->indices();
    else if (list.accessor != kNone)
        indices = r.integers(part_of(mesh, list.part), list.accessor);
    else if (!group.fixed)
        for (std::uint32_t i = 0; i < group.count; ++i) indices.push_back(i);
    if (r.ok() && std::ranges::any_of(indices, [&](std::uint32_t i) { return i >= group.count; }))
        r.fail(part_of(mesh, list.part).member("indices"), Errc::Malformed,
               formatted("has indices past its {} vertices", group.count));
    return indices;
}

} // namespace

std::uint32_t padded_size(const gltf::Accessor& a) {
    if (a.rows == 1) return component_size(a.component) * a.columns;
    return (component_size(a.component) * a.rows + 3) / 4 * 4 * a.columns;
}

Values exact_values(Reader& r, const Where& at, std::uint32_t accessor, bool vertices) {
    const gltf::Accessor& a = r.accessors[accessor];
    Values out;
    out.count = a.count;
    out.component = a.component;
    out.components = static_cast<std::uint8_t>(a.components());
    out.normalized = a.normalized;
    out.vertices = vertices;
    const std::uint32_t size = padded_size(a);
    out.stride = vertices ? (size + 3) / 4 * 4 : size;
    out.coding = out.stride % 4 == 0 && out.stride <= 256 ? Coding::Attributes : Coding::Raw;
    const std::vector<std::byte> elements = r.elements(at, accessor);
    if (!r.ok()) return out;
    const std::size_t from = element_size(a);
    out.bytes.resize(std::size_t{out.count} * out.stride);
    for (std::size_t i = 0; i < out.count; ++i)
        std::memcpy(out.bytes.data() + i * out.stride, elements.data() + i * from, from);
    mend(r, accessor, out);
    return out;
}

Work read_group(Reader& r, const Group& group) {
    Work work{.group = &group};
    const Where array{nullptr, "meshes", group.lists.front().mesh};
    const Where at = part_of(array, group.lists.front().part);
    const DracoPart draco = open_draco(r, group);
    for (const std::uint32_t accessor : group.accessors) {
        if (!r.ok()) return work;
        std::string_view semantic;
        draco.semantics.members([&](std::string_view key, Json value) {
            if (value.integer() == accessor) semantic = key;
        });
        work.streams.push_back(draco.mesh && !semantic.empty() && draco.mesh->has(semantic)
                                   ? from_draco(r, *draco.mesh, semantic, accessor, at)
                                   : exact_values(r, at, accessor, true));
    }
    for (const IndexList& list : group.lists) {
        if (!r.ok()) return work;
        work.lists.push_back(read_list(r, group, list, draco.mesh.get()));
    }
    return work;
}

} // namespace pw::scene::pack
