// SPDX-License-Identifier: Apache-2.0
// KHR_draco_mesh_compression. libdraco takes the sizes in its stream at their word, so its two mesh decoders are
// derived from here, to compare those sizes with what the file's accessors promise before anything is allocated.

#include "base/format.h"
#include "scene/gltf_internal.h"

#include <draco/compression/mesh/mesh_edgebreaker_decoder.h>
#include <draco/compression/mesh/mesh_sequential_decoder.h>
#include <draco/core/decoder_buffer.h>
#include <draco/core/varint_decoding.h>
#include <draco/mesh/mesh.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <map>

namespace pw::scene::gltf {
namespace {

struct Promise { // of the accessors
    std::uint32_t points = 0, indices = 0;
    std::function<bool(std::uint64_t)> fits; // bytes
};

bool keeps(const Promise& promise, std::uint64_t vertices, std::uint64_t faces) {
    return vertices <= promise.points && faces * 3 <= promise.indices;
}

bool attributes_fit(const Promise& promise, const draco::PointCloud& cloud) {
    std::uint64_t bytes = 0;
    for (std::int32_t i = 0; i < cloud.num_attributes(); ++i) {
        const draco::PointAttribute& a = *cloud.attribute(i);
        const auto width = static_cast<std::uint64_t>(std::max(0, draco::DataTypeLength(a.data_type())));
        // the values, the integers they are made from, and the map from points to values
        bytes += (a.num_components() * (width + 4) + 4) * cloud.num_points();
    }
    return promise.fits(bytes);
}

class EdgebreakerDecoder final : public draco::MeshEdgebreakerDecoder {
  public:
    explicit EdgebreakerDecoder(const Promise& promise) : promise_(promise) {}

  protected:
    bool DecodeGeometryData() override {
        draco::DecoderBuffer peek = *buffer();
        std::uint32_t vertices = 0, faces = 0;
        return draco::DecodeVarint(&vertices, &peek) && draco::DecodeVarint(&faces, &peek) &&
               keeps(promise_, vertices, faces) && MeshEdgebreakerDecoder::DecodeGeometryData();
    }
    bool DecodeAllAttributes() override {
        return attributes_fit(promise_, *point_cloud()) && MeshEdgebreakerDecoder::DecodeAllAttributes();
    }

  private:
    const Promise& promise_;
};

class SequentialDecoder final : public draco::MeshSequentialDecoder {
  public:
    explicit SequentialDecoder(const Promise& promise) : promise_(promise) {}

  protected:
    bool DecodeGeometryData() override {
        draco::DecoderBuffer peek = *buffer();
        std::uint32_t faces = 0, points = 0;
        return draco::DecodeVarint(&faces, &peek) && draco::DecodeVarint(&points, &peek) &&
               keeps(promise_, points, faces) && MeshSequentialDecoder::DecodeGeometryData();
    }
    bool DecodeAllAttributes() override {
        return attributes_fit(promise_, *point_cloud()) && MeshSequentialDecoder::DecodeAllAttributes();
    }

  private:
    const Promise& promise_;
};

// Empty when it went well.
std::string decode_into(draco::Mesh& mesh, Bytes bytes, const Promise& promise) {
    draco::DecoderBuffer buffer;
    buffer.Init(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    draco::DecoderBuffer peek = buffer;
    draco::DracoHeader header;
    if (!draco::PointCloudDecoder::DecodeHeader(&peek, &header).ok()) return "has no Draco header";
    if (header.encoder_type != draco::TRIANGULAR_MESH) return "is no Draco mesh";
    if (header.version_major != 2 || header.version_minor != 2)
        return formatted("has Draco version {}.{}, not 2.2", header.version_major, header.version_minor);
    const draco::DecoderOptions options;
    try {
        draco::Status status;
        if (header.encoder_method == draco::MESH_EDGEBREAKER_ENCODING)
            status = EdgebreakerDecoder(promise).Decode(options, &buffer, &mesh);
        else if (header.encoder_method == draco::MESH_SEQUENTIAL_ENCODING)
            status = SequentialDecoder(promise).Decode(options, &buffer, &mesh);
        else
            return "has an unknown Draco method";
        if (!status.ok())
            return formatted("does not decode or is not what its accessors say (Draco: {})", status.error_msg_string());
    } catch (const std::exception& e) { return formatted("does not decode (Draco: {})", e.what()); }
    return {};
}

template <class T> float normalized_to_float(std::int32_t v) {
    return std::max(static_cast<float>(v) / static_cast<float>(std::numeric_limits<T>::max()), -1.f);
}

float to_float(std::int32_t v, const Accessor& as) {
    if (!as.normalized) return static_cast<float>(v);
    switch (as.component) {
    case Component::I8:
        return normalized_to_float<std::int8_t>(v);
    case Component::U8:
        return normalized_to_float<std::uint8_t>(v);
    case Component::I16:
        return normalized_to_float<std::int16_t>(v);
    case Component::U16:
        return normalized_to_float<std::uint16_t>(v);
    default:
        return static_cast<float>(v);
    }
}

class Decoded final : public DracoMesh {
  public:
    std::uint32_t point_count() const override { return mesh.num_points(); }

    std::vector<std::uint32_t> indices() const override {
        std::vector<std::uint32_t> out;
        out.reserve(std::size_t{mesh.num_faces()} * 3);
        for (std::uint32_t f = 0; f < mesh.num_faces(); ++f)
            for (const draco::PointIndex& point : mesh.face(draco::FaceIndex(f))) out.push_back(point.value());
        return out;
    }

    bool has(std::string_view semantic) const override { return ids.contains(semantic); }

    std::vector<float> floats(std::string_view semantic, const Accessor& as) const override {
        if (as.component == Component::F32) return values<float>(semantic, as);
        const std::vector<std::int32_t> raw = values<std::int32_t>(semantic, as);
        std::vector<float> out(raw.size());
        std::ranges::transform(raw, out.begin(), [&](std::int32_t v) { return to_float(v, as); });
        return out;
    }

    std::vector<std::uint32_t> integers(std::string_view semantic, const Accessor& as) const override {
        return values<std::uint32_t>(semantic, as);
    }

    draco::Mesh mesh;
    std::map<std::string, std::uint32_t, std::less<>> ids; // semantic → unique id of the attribute

  private:
    template <class T> std::vector<T> values(std::string_view semantic, const Accessor& as) const {
        const draco::PointAttribute* const a = mesh.GetAttributeByUniqueId(ids.find(semantic)->second);
        const std::size_t width = as.components();
        if (a == nullptr || static_cast<std::size_t>(a->num_components()) != width) return {};
        std::vector<T> out(mesh.num_points() * width);
        for (std::uint32_t i = 0; i < mesh.num_points(); ++i) {
            const draco::AttributeValueIndex at = a->mapped_index(draco::PointIndex(i));
            if (!a->ConvertValue<T>(at, static_cast<std::int8_t>(width), out.data() + i * width)) return {};
        }
        return out;
    }
};

} // namespace

std::shared_ptr<const DracoMesh> Reader::decode_draco(const Object& in, std::uint32_t max_points,
                                                      std::uint32_t max_indices) {
    const std::uint32_t view = in.need_index("bufferView", views.size(), "bufferViews");
    const Object attributes = in.object("attributes");
    auto out = std::make_shared<Decoded>();
    attributes.json.members([&](std::string_view semantic, Json value) {
        const std::optional<std::uint64_t> id = value.integer();
        if (id && *id <= 0xffff'ffffu)
            out->ids.emplace(semantic, static_cast<std::uint32_t>(*id));
        else
            fail(attributes.at.member(semantic), Errc::Malformed, "is not an attribute id");
    });
    if (!ok()) return nullptr;
    const Bytes bytes = view_bytes(in.at, view);
    if (!ok()) return nullptr;
    const Promise promise{
        .points = max_points, .indices = max_indices, .fits = [&](std::uint64_t size) { return fits(in.at, size, 1); }};
    const std::string problem = decode_into(out->mesh, bytes, promise);
    if (problem.empty()) return out;
    fail(in.at, Errc::Malformed, problem);
    return nullptr;
}

} // namespace pw::scene::gltf
