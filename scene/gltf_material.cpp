// SPDX-License-Identifier: Apache-2.0
// Images, samplers, textures and materials.

#include "base/format.h"
#include "base/text.h"
#include "scene/gltf_internal.h"
#include "scene/image.h"

namespace pw::scene::gltf {
namespace {

bool starts_with(Bytes bytes, std::string_view magic) { return as_text(bytes).starts_with(magic); }

Wrap wrap_of(const Object& in, std::string_view key) {
    switch (in.integer(key, 10497)) {
    case 33071:
        return Wrap::ClampToEdge;
    case 33648:
        return Wrap::MirroredRepeat;
    case 10497:
        break;
    default:
        in.reader.report(in.at.member(key), "is not a wrap mode; taken as repeat");
    }
    return Wrap::Repeat;
}

Sampler read_sampler(const Object& in) {
    Sampler out;
    const std::uint64_t mag = in.integer("magFilter", 9729), min = in.integer("minFilter", 9987);
    if (mag != 9728 && mag != 9729) in.reader.report(in.at.member("magFilter"), "is not a filter; taken as linear");
    const bool known = min == 9728 || min == 9729 || (min >= 9984 && min <= 9987);
    if (!known) in.reader.report(in.at.member("minFilter"), "is not a filter; taken as linear");
    out.mag = mag == 9728 ? Filter::Nearest : Filter::Linear;
    // NEAREST, then {NEAREST, LINEAR}_MIPMAP_NEAREST, then {NEAREST, LINEAR}_MIPMAP_LINEAR
    out.min = min == 9728 || min == 9984 || min == 9986 ? Filter::Nearest : Filter::Linear;
    out.mip = min == 9984 || min == 9985 ? Filter::Nearest : Filter::Linear;
    out.mipmaps = min != 9728 && min != 9729;
    out.wrap_s = wrap_of(in, "wrapS");
    out.wrap_t = wrap_of(in, "wrapT");
    return out;
}

void read_alpha(const Object& in, Material& m) {
    const std::string_view mode = in.text("alphaMode");
    if (mode == "MASK") m.alpha_mode = AlphaMode::Mask;
    if (mode == "BLEND") m.alpha_mode = AlphaMode::Blend;
    if (!mode.empty() && mode != "OPAQUE" && m.alpha_mode == AlphaMode::Opaque)
        in.reader.report(in.at.member("alphaMode"), "is not an alpha mode; taken as OPAQUE");
    m.alpha_cutoff = in.number("alphaCutoff", 0.5f, 0.f);
}

} // namespace

std::string_view sniff_mime(Bytes encoded) {
    if (starts_with(encoded, "\x89PNG\r\n\x1a\n")) return "image/png";
    if (starts_with(encoded, "\xff\xd8\xff")) return "image/jpeg";
    if (starts_with(encoded, "\xabKTX 20\xbb\r\n\x1a\n")) return "image/ktx2";
    if (starts_with(encoded, "RIFF") && encoded.size() >= 12 && starts_with(encoded.subspan(8), "WEBP"))
        return "image/webp";
    if (encoded.size() >= 12 && starts_with(encoded.subspan(4), "ftypavif")) return "image/avif";
    return {};
}

// Counts the pixels that the image becomes.
void Reader::measure_image(const Object& in, const Image& image) {
    const Result<ImageSize> size = image_size(image.encoded);
    if (!size) return report(in.at, "left out, it is " + size.error().what);
    const std::uint64_t bytes = std::uint64_t{size->width} * size->height * 4;
    if (!charge_pixels(bytes))
        return report(in.at, formatted("left out, {} × {} pixels of 4 bytes pass the limit of {}", size->width,
                                       size->height, pixel_limit()));
    image_usable.back() = true;
}

void Reader::read_images(const Object& root) {
    if (!charge(root.at, root.json["images"].size(), sizeof(Image))) return;
    root.each("images", [&](const Object& in) {
        Image& image = model.images.emplace_back();
        image.name = in.text("name");
        image.mime_type = in.text("mimeType");
        image_usable.push_back(false);
        bool found = true;
        if (in.has("bufferView")) {
            const std::uint32_t view = in.index("bufferView", views.size(), "bufferViews");
            if (!ok()) return;
            const Bytes bytes = view_bytes(in.at, view);
            if (!ok() || !charge(in.at, bytes.size(), 1)) return;
            image.encoded.assign(bytes.begin(), bytes.end());
        } else if (in.has("uri")) {
            image.encoded = read_uri(in.at.member("uri"), in.text("uri"), found);
        } else {
            return fail(in.at, Errc::Malformed, "has neither uri nor bufferView");
        }
        const std::string_view mime = sniff_mime(image.encoded);
        if (!mime.empty()) image.mime_type = mime; // the bytes know best
        if (mime == "image/png" || mime == "image/jpeg" || mime == "image/webp") return measure_image(in, image);
        if (!found)
            report(in.at, formatted("left out, there is no file \"{}\"", shortened(in.text("uri"), 80)));
        else
            report(in.at, mime.empty() ? std::string("left out, it is no PNG, JPEG or WebP picture")
                                       : formatted("left out, {} is not read", mime));
    });
}

void Reader::read_textures(const Object& root) {
    std::vector<Sampler> samplers;
    root.each("samplers", [&](const Object& in) { samplers.push_back(read_sampler(in)); });
    if (!ok() || !charge(root.at, root.json["textures"].size(), sizeof(Texture))) return;
    root.each("textures", [&](const Object& in) {
        Texture& texture = model.textures.emplace_back();
        texture.image = in.index("source", model.images.size(), "images");
        // EXT_texture_webp: instead of the source, which is for who does not read it
        const std::uint32_t webp = in.extension("EXT_texture_webp").index("source", model.images.size(), "images");
        if (webp != kNone && (image_usable[webp] || texture.image == kNone)) texture.image = webp;
        const std::uint32_t sampler = in.index("sampler", samplers.size(), "samplers");
        if (ok() && sampler != kNone) texture.sampler = samplers[sampler];
    });
}

TextureUse Reader::read_texture_use(const Object& owner, std::string_view key) {
    TextureUse use;
    if (!owner.has(key)) return use;
    const Object in = owner.object(key);
    const std::uint32_t texture = in.need_index("index", model.textures.size(), "textures");
    const Object transform = in.extension("KHR_texture_transform");
    transform.numbers("offset", std::span(&use.offset.x, 2));
    transform.numbers("scale", std::span(&use.scale.x, 2));
    use.rotation_rad = transform.number("rotation", 0.f);
    const std::uint64_t texcoord = transform.integer("texCoord", in.integer("texCoord", 0));
    if (!ok()) return use;
    if (texcoord > 1) {
        report(in.at, formatted("left out, texture coordinates {} are not read", texcoord));
        return {};
    }
    use.texcoord = static_cast<std::uint8_t>(texcoord);
    const std::uint32_t image = model.textures[texture].image;
    if (image == kNone)
        report(in.at, formatted("left out, textures[{}] has no image that is read here", texture));
    else if (image_usable[image])
        use.texture = texture;
    return use;
}

// Nothing when no extension adds anything: most materials are plain.
std::optional<Layers> Reader::read_layers(const Object& material) {
    Layers out;
    bool some = false;
    const auto extension = [&](std::string_view id) {
        Object of = material.extension(id);
        some = some || of.json.exists();
        return of;
    };
    const Object ior = extension("KHR_materials_ior");
    out.ior = ior.number("ior", 1.5f, 0.f);
    if (out.ior != 0.f && out.ior < 1.f) {
        report(ior.at.member("ior"), "is neither 0 nor at least 1; taken as 1");
        out.ior = 1.f;
    }
    const Object specular = extension("KHR_materials_specular");
    out.specular = specular.number("specularFactor", 1.f, 0.f, 1.f);
    specular.numbers("specularColorFactor", std::span(&out.specular_color.x, 3), 0.f);
    out.specular_texture = read_texture_use(specular, "specularTexture");
    out.specular_color_texture = read_texture_use(specular, "specularColorTexture");

    const Object coat = extension("KHR_materials_clearcoat");
    out.clearcoat = coat.number("clearcoatFactor", 0.f, 0.f, 1.f);
    out.clearcoat_roughness = coat.number("clearcoatRoughnessFactor", 0.f, 0.f, 1.f);
    out.clearcoat_texture = read_texture_use(coat, "clearcoatTexture");
    out.clearcoat_roughness_texture = read_texture_use(coat, "clearcoatRoughnessTexture");
    out.clearcoat_normal_texture = read_texture_use(coat, "clearcoatNormalTexture");
    out.clearcoat_normal_scale = coat.object("clearcoatNormalTexture").number("scale", 1.f);

    const Object sheen = extension("KHR_materials_sheen");
    sheen.numbers("sheenColorFactor", std::span(&out.sheen_color.x, 3), 0.f, 1.f);
    out.sheen_roughness = sheen.number("sheenRoughnessFactor", 0.f, 0.f, 1.f);
    out.sheen_color_texture = read_texture_use(sheen, "sheenColorTexture");
    out.sheen_roughness_texture = read_texture_use(sheen, "sheenRoughnessTexture");

    const Object film = extension("KHR_materials_iridescence");
    out.iridescence = film.number("iridescenceFactor", 0.f, 0.f, 1.f);
    out.iridescence_ior = film.number("iridescenceIor", 1.3f, 1.f);
    out.film_min_nm = film.number("iridescenceThicknessMinimum", 100.f, 0.f);
    out.film_max_nm = film.number("iridescenceThicknessMaximum", 400.f, 0.f);
    out.iridescence_texture = read_texture_use(film, "iridescenceTexture");
    out.film_texture = read_texture_use(film, "iridescenceThicknessTexture");

    const Object brushed = extension("KHR_materials_anisotropy");
    out.anisotropy = brushed.number("anisotropyStrength", 0.f, 0.f, 1.f);
    out.anisotropy_rotation_rad = brushed.number("anisotropyRotation", 0.f);
    out.anisotropy_texture = read_texture_use(brushed, "anisotropyTexture");

    const Object through = extension("KHR_materials_transmission");
    out.transmission = through.number("transmissionFactor", 0.f, 0.f, 1.f);
    out.transmission_texture = read_texture_use(through, "transmissionTexture");
    const Object volume = extension("KHR_materials_volume");
    out.thickness_m = volume.number("thicknessFactor", 0.f, 0.f);
    out.thickness_texture = read_texture_use(volume, "thicknessTexture");
    out.attenuation_m = volume.number("attenuationDistance", 0.f, 0.f);
    volume.numbers("attenuationColor", std::span(&out.attenuation_color.x, 3), 0.f, 1.f);
    out.dispersion = extension("KHR_materials_dispersion").number("dispersion", 0.f, 0.f);
    return some ? std::optional(out) : std::nullopt;
}

void Reader::read_materials(const Object& root) {
    if (!charge(root.at, root.json["materials"].size(), sizeof(Material))) return;
    root.each("materials", [&](const Object& in) {
        Material& m = model.materials.emplace_back();
        m.name = in.text("name");
        const Object pbr = in.object("pbrMetallicRoughness");
        pbr.numbers("baseColorFactor", std::span(&m.base_color.x, 4), 0.f, 1.f);
        m.metallic = pbr.number("metallicFactor", 1.f, 0.f, 1.f);
        m.roughness = pbr.number("roughnessFactor", 1.f, 0.f, 1.f);
        m.base_color_texture = read_texture_use(pbr, "baseColorTexture");
        m.metallic_roughness_texture = read_texture_use(pbr, "metallicRoughnessTexture");

        m.normal_texture = read_texture_use(in, "normalTexture");
        m.normal_scale = in.object("normalTexture").number("scale", 1.f);
        m.occlusion_texture = read_texture_use(in, "occlusionTexture");
        m.occlusion_strength = in.object("occlusionTexture").number("strength", 1.f, 0.f, 1.f);
        m.emissive_texture = read_texture_use(in, "emissiveTexture");
        in.numbers("emissiveFactor", std::span(&m.emissive_factor.x, 3), 0.f, 1.f);
        m.emissive_strength = in.extension("KHR_materials_emissive_strength").number("emissiveStrength", 1.f, 0.f);
        m.emissive = m.emissive_factor * m.emissive_strength;
        m.double_sided = in.truth("doubleSided", false);
        m.unlit = in.extension("KHR_materials_unlit").json.exists();
        if (!m.unlit) m.layers = read_layers(in);
        read_alpha(in, m);
    });
}

// KHR_materials_variants: the names; what each primitive wears is read with it.
void Reader::read_variants(const Object& root) {
    root.extension("KHR_materials_variants").each("variants", [&](const Object& in) {
        const std::string_view variant = in.text("name");
        if (ok() && charge(in.at, 1, sizeof(std::string) + variant.size())) model.variants.emplace_back(variant);
    });
}

} // namespace pw::scene::gltf
