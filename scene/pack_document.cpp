// SPDX-License-Identifier: Apache-2.0
// The JSON of a packed file: what was there, member by member, with other accessors, views and images in it.

#include "scene/pack_internal.h"
#include "scene/simplify.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace pw::scene::pack {
namespace {

bool is_in(std::string_view key, std::initializer_list<std::string_view> list) {
    return std::ranges::find(list, key) != list.end();
}

// The shortest text that reads back as this float.
std::string float_text(float v) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), v);
    return {text.data(), end.ptr};
}

void write_floats(JsonWriter& w, std::span<const float> values) {
    w.begin_array();
    for (const float v : values) w.raw(float_text(v));
    w.end_array();
}

std::uint32_t code_of(Component c) {
    constexpr std::array<std::uint32_t, 6> kCodes{5120, 5121, 5122, 5123, 5125, 5126};
    return kCodes[static_cast<std::size_t>(c)];
}

std::string_view mime_of(const ImageOut& image) {
    return image.mime_type.empty() ? std::string_view("application/octet-stream") : image.mime_type;
}

class Writer {
  public:
    Writer(const Object& root, const Document& document, const Views& views)
        : root_(root.json), d_(document), views_(views), meshes_(root.json["meshes"].size()),
          nodes_(root.json["nodes"].size()) {}

    std::string run() {
        for (const LevelChain& chain : d_.chains) {
            chain_at_.resize(nodes_, nullptr);
            if (chain.node != kNone) chain_at_[chain.node] = &chain;
        }
        w_.begin_object();
        root_.members([&](std::string_view key, Json value) { write_member(key, value); });
        for (const std::string_view key :
             {"extensionsUsed", "extensionsRequired", "accessors", "bufferViews", "buffers"})
            if (!root_[key].exists()) write_member(key, {});
        w_.end_object();
        return w_.take();
    }

  private:
    void write_member(std::string_view key, const Json& value) {
        if (key == "extensionsUsed") return write_extensions(value, false);
        if (key == "extensionsRequired") return write_extensions(value, true);
        if (key == "accessors") return write_accessors(value);
        if (key == "bufferViews") {
            if (views_.list().empty()) return;
            w_.key(key);
            return views_.write(w_);
        }
        if (key == "buffers") return write_buffers(value);
        if (key == "images") return write_images(value);
        if (key == "textures") return write_textures(value);
        if (key == "meshes") return write_meshes(value);
        if (key == "nodes") return write_nodes(value);
        if (key == "extensions" && value["EXT_structural_metadata"]["propertyTables"].exists())
            return write_root_extensions(value);
        w_.key(key).raw(value.dump());
    }

    void write_extensions(const Json& before, bool required) {
        std::vector<std::string> names;
        const auto add = [&](std::string_view name) {
            if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
        };
        before.items([&](std::size_t, Json name) {
            if (name.text() != "KHR_draco_mesh_compression" && name.text() != "EXT_meshopt_compression")
                add(name.text());
            return true;
        });
        if (views_.fallback_size() > 0) add("EXT_meshopt_compression");
        if (d_.quantized) add("KHR_mesh_quantization");
        if (std::ranges::any_of(d_.images, &ImageOut::is_webp)) add("EXT_texture_webp");
        if (!required && !d_.chains.empty()) add("MSFT_lod");
        if (names.empty()) return;
        w_.key(required ? "extensionsRequired" : "extensionsUsed").begin_array();
        for (const std::string& name : names) w_.value(name);
        w_.end_array();
    }

    void write_place(const AccessorOut& a) {
        w_.member("bufferView", a.place.view);
        if (a.place.offset != 0) w_.member("byteOffset", a.place.offset);
        w_.member("componentType", code_of(a.component)).member("count", a.count);
    }

    void write_accessors(const Json& before) {
        if (d_.accessors.empty()) return;
        w_.key("accessors").begin_array();
        std::size_t count = 0;
        before.items([&](std::size_t i, Json accessor) {
            ++count;
            const AccessorOut& a = d_.accessors[i];
            if (!a.written) {
                w_.raw(accessor.dump());
                return true;
            }
            w_.begin_object();
            write_place(a);
            copy_members(w_, accessor,
                         {"bufferView", "byteOffset", "componentType", "count", "normalized", "sparse", "min", "max"});
            if (a.low.empty() && accessor["min"].exists()) w_.key("min").raw(accessor["min"].dump());
            if (a.low.empty() && accessor["max"].exists()) w_.key("max").raw(accessor["max"].dump());
            if (!a.low.empty() && (a.is_position || accessor["min"].exists() || accessor["max"].exists())) {
                w_.key("min");
                write_floats(w_, a.low);
                w_.key("max");
                write_floats(w_, a.high);
            }
            if (a.normalized) w_.member("normalized", true);
            w_.end_object();
            return true;
        });
        for (; count < d_.accessors.size(); ++count) {
            w_.begin_object();
            write_place(d_.accessors[count]);
            w_.member("type", "SCALAR").end_object();
        }
        w_.end_array();
    }

    void write_buffers(const Json& before) {
        if (views_.buffer().empty()) return;
        w_.key("buffers").begin_array();
        w_.begin_object().member("byteLength", std::uint64_t{views_.buffer().size()});
        before.items([&](std::size_t, Json buffer) {
            copy_members(w_, buffer, {"byteLength", "uri", "extensions"});
            return false; // there is one, and it takes the place of the first
        });
        w_.end_object();
        if (views_.fallback_size() > 0) {
            w_.begin_object().member("byteLength", views_.fallback_size()).key("extensions").begin_object();
            w_.key("EXT_meshopt_compression").begin_object().member("fallback", true).end_object();
            w_.end_object().end_object();
        }
        w_.end_array();
    }

    void write_images(const Json& before) {
        w_.key("images").begin_array();
        before.items([&](std::size_t i, Json image) {
            if (d_.image_view[i] == kNone) {
                w_.raw(image.dump());
                return true;
            }
            w_.begin_object().member("bufferView", d_.image_view[i]).member("mimeType", mime_of(d_.images[i]));
            copy_members(w_, image, {"uri", "bufferView", "mimeType"});
            w_.end_object();
            return true;
        });
        w_.end_array();
    }

    void write_textures(const Json& before) {
        w_.key("textures").begin_array();
        before.items([&](std::size_t, Json texture) {
            const auto source = texture["source"].integer();
            if (!source || !d_.images[*source].is_webp) {
                w_.raw(texture.dump());
                return true;
            }
            w_.begin_object();
            copy_members(w_, texture, {"source", "extensions"});
            w_.key("extensions").begin_object();
            copy_members(w_, texture["extensions"], {});
            w_.key("EXT_texture_webp").begin_object().member("source", *source).end_object();
            w_.end_object().end_object();
            return true;
        });
        w_.end_array();
    }

    void write_primitive(const Json& part, std::uint32_t indices, const LevelPart* level, bool has_no_levels = false) {
        const bool has_draco = part["extensions"]["KHR_draco_mesh_compression"].exists();
        const bool marked = has_no_levels && (!part["extras"].exists() || part["extras"].is(Json::Type::Object));
        if (level == nullptr && !has_draco && !marked && (indices == kNone || part["indices"].integer() == indices)) {
            w_.raw(part.dump());
            return;
        }
        w_.begin_object();
        if (indices != kNone) w_.member("indices", indices);
        if (level == nullptr && !marked)
            copy_members(w_, part, {"indices", "extensions"});
        else
            copy_members(w_, part, {"indices", "extensions", "extras"});
        if (has_else(part["extensions"], {"KHR_draco_mesh_compression"})) {
            w_.key("extensions").begin_object();
            copy_members(w_, part["extensions"], {"KHR_draco_mesh_compression"});
            w_.end_object();
        }
        if (level != nullptr && !level->is_whole) {
            w_.key("extras").begin_object().key("plantwalk_error_m").raw(float_text(level->error_m));
            w_.end_object();
        }
        if (marked) {
            w_.key("extras").begin_object();
            copy_members(w_, part["extras"], {"plantwalk_levels"});
            w_.member("plantwalk_levels", kSimplifiedVersion).end_object();
        }
        w_.end_object();
    }

    void write_meshes(const Json& before) {
        w_.key("meshes").begin_array();
        std::vector<Json> all;
        before.items([&](std::size_t m, Json mesh) {
            all.push_back(mesh);
            w_.begin_object();
            copy_members(w_, mesh, {"primitives"});
            w_.key("primitives").begin_array();
            mesh["primitives"].items([&](std::size_t p, Json part) {
                write_primitive(part, d_.indices_of[m][p], nullptr, d_.has_no_levels[m][p]);
                return true;
            });
            w_.end_array().end_object();
            return true;
        });
        for (const LevelChain& chain : d_.chains)
            for (const std::vector<LevelPart>& level : chain.levels) {
                w_.begin_object().key("primitives").begin_array();
                all[chain.mesh]["primitives"].items([&](std::size_t p, Json part) {
                    write_primitive(part, level[p].indices, &level[p]);
                    return true;
                });
                w_.end_array().end_object();
            }
        w_.end_array();
    }

    void write_chain(const LevelChain& chain, std::uint64_t first_level) {
        w_.key("MSFT_lod").begin_object().key("ids").begin_array();
        for (std::size_t l = 0; l < chain.levels.size(); ++l) w_.value(first_level + l);
        w_.end_array().end_object();
    }

    // A node that names its levels, which are nodes number first_level and on.
    void write_named(const Json& node, const LevelChain& chain, std::uint64_t first_level) {
        w_.begin_object();
        copy_members(w_, node, {"extras", "extensions"});
        w_.key("extensions").begin_object();
        copy_members(w_, node["extensions"], {});
        write_chain(chain, first_level);
        w_.end_object().key("extras").begin_object();
        copy_members(w_, node["extras"], {"MSFT_screencoverage"});
        w_.key("MSFT_screencoverage");
        write_floats(w_, chain.coverage);
        w_.end_object().end_object();
    }

    void write_nodes(const Json& before) {
        w_.key("nodes");
        if (d_.chains.empty()) {
            w_.raw(before.dump());
            return;
        }
        // New ones: the levels of all chains, then the chains that no node of the file names.
        std::vector<std::uint64_t> first_level;
        std::uint64_t next = nodes_;
        for (const LevelChain& chain : d_.chains) {
            first_level.push_back(next);
            next += chain.levels.size();
        }
        w_.begin_array();
        std::vector<Json> named(d_.chains.size());
        before.items([&](std::size_t i, Json node) {
            const LevelChain* const chain = chain_at_[i];
            if (chain == nullptr) {
                w_.raw(node.dump());
                return true;
            }
            const auto c = static_cast<std::size_t>(chain - d_.chains.data());
            named[c] = node;
            write_named(node, *chain, first_level[c]);
            return true;
        });
        std::uint64_t mesh = meshes_;
        for (std::size_t c = 0; c < d_.chains.size(); ++c)
            for (std::size_t l = 0; l < d_.chains[c].levels.size(); ++l) {
                w_.begin_object().member("mesh", mesh++);
                for (const std::string_view key : {"matrix", "translation", "rotation", "scale"})
                    if (named[c][key].exists()) w_.key(key).raw(named[c][key].dump());
                w_.end_object();
            }
        for (std::size_t c = 0; c < d_.chains.size(); ++c) {
            if (d_.chains[c].node != kNone) continue;
            w_.begin_object().member("mesh", d_.chains[c].mesh).key("extensions").begin_object();
            write_chain(d_.chains[c], first_level[c]);
            w_.end_object().end_object();
        }
        w_.end_array();
    }

    // EXT_structural_metadata names views.
    void write_root_extensions(const Json& before) {
        constexpr std::string_view kMetadata = "EXT_structural_metadata";
        w_.key("extensions").begin_object();
        copy_members(w_, before, {kMetadata});
        w_.key(kMetadata).begin_object();
        copy_members(w_, before[kMetadata], {"propertyTables"});
        w_.key("propertyTables").begin_array();
        before[kMetadata]["propertyTables"].items([&](std::size_t, Json table) {
            w_.begin_object();
            copy_members(w_, table, {"properties"});
            w_.key("properties").begin_object();
            table["properties"].members([&](std::string_view name, Json property) {
                w_.key(name).begin_object();
                property.members([&](std::string_view key, Json value) {
                    const auto view = value.integer();
                    if (is_in(key, {"values", "arrayOffsets", "stringOffsets"}) && view && *view < d_.view_of.size())
                        w_.member(key, d_.view_of[*view]);
                    else
                        w_.key(key).raw(value.dump());
                });
                w_.end_object();
            });
            w_.end_object().end_object();
            return true;
        });
        w_.end_array().end_object().end_object();
    }

    Json root_;
    const Document& d_;
    const Views& views_;
    std::uint64_t meshes_, nodes_;            // of the file
    std::vector<const LevelChain*> chain_at_; // per node
    JsonWriter w_;
};

} // namespace

void copy_members(JsonWriter& w, const Json& from, std::initializer_list<std::string_view> but) {
    from.members([&](std::string_view key, Json value) {
        if (!is_in(key, but)) w.key(key).raw(value.dump());
    });
}

bool has_else(const Json& from, std::initializer_list<std::string_view> but) {
    bool any = false;
    from.members([&](std::string_view key, Json) { any |= !is_in(key, but); });
    return any;
}

std::string write_json(const Object& root, const Document& document, const Views& views) {
    return Writer(root, document, views).run();
}

} // namespace pw::scene::pack
