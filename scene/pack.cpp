// SPDX-License-Identifier: Apache-2.0
// The course of a packing: survey, pictures, group after group, what is left, the document.

#include "scene/pack.h"

#include "base/file.h"
#include "base/format.h"
#include "scene/pack_internal.h"

#include <algorithm>
#include <new>
#include <set>

namespace pw::scene {
namespace pack {
namespace {

constexpr std::uint64_t kBatch = 32u << 20; // bytes that are decoded at a time
constexpr double kScreenHeight = 1080.0;    // pixels, of which a level may be wrong by one

class Packer {
  public:
    Packer(const Object& root, const PackOptions& options, Jobs& jobs, Going& going, PackSummary& summary)
        : root_(root), r_(root.reader), options_(options), jobs_(jobs), going_(going), summary_(summary) {}

    // The JSON; its buffer is that of views.
    std::string run(std::vector<Image> images, Reports& reports) {
        survey_ = survey(root_, options_, going_);
        if (!r_.ok() || going_.ended()) return {};
        document_.accessors.resize(r_.accessors.size());
        for (const auto& mesh : survey_.meshes) {
            document_.indices_of.emplace_back(mesh.size(), kNone);
            document_.has_no_levels.emplace_back(mesh.size(), false);
        }
        level_parts_.resize(survey_.groups.size());
        has_no_levels_.resize(survey_.groups.size());
        measure_before(images);
        keep_views();
        if (r_.ok()) pack_groups();
        if (r_.ok() && !going_.ended()) pack_others();
        if (!r_.ok() || going_.ended()) return {};
        make_chains();
        document_.images = pack_images(root_, std::move(images), options_, jobs_, going_, reports, r_.name);
        if (going_.ended()) return {};
        views.finish();
        summary_.after.numbers = views.buffer().size();
        add_images();
        return write_json(root_, document_, views);
    }

    Views views;

  private:
    void measure_before(const std::vector<Image>& images) {
        for (const gltf::Buffer& buffer : r_.buffers) summary_.before.numbers += buffer.bytes.size();
        std::set<std::uint64_t> known; // views: many images may name one
        root_.json["images"].items([&](std::size_t i, Json image) {
            const auto view = image["bufferView"].integer();
            if (view && !known.insert(*view).second) return true;
            summary_.before.pictures += images[i].encoded.size();
            if (view) summary_.before.numbers -= images[i].encoded.size();
            return true;
        });
        for (const Group& group : survey_.groups) {
            summary_.vertices_before += group.count;
            for (const std::uint32_t a : group.accessors)
                total_ += std::uint64_t{r_.accessors[a].count} * padded_size(r_.accessors[a]);
        }
    }

    // Views that are no accessors' and no images', as they are: those of property tables, and with an extension that is
    // not known here all of them.
    void keep_views() {
        document_.view_of.assign(r_.views.size(), kNone);
        std::vector<bool> kept(r_.views.size(), !survey_.strangers.empty());
        const auto keep = [&](const Json& property) {
            for (const std::string_view key : {"values", "arrayOffsets", "stringOffsets"})
                if (const auto view = property[key].integer(); view && *view < kept.size()) kept[*view] = true;
        };
        root_.json["extensions"]["EXT_structural_metadata"]["propertyTables"].items([&](std::size_t, Json table) {
            table["properties"].members([&](std::string_view, Json property) { keep(property); });
            return true;
        });
        std::uint64_t bytes = 0, lost = 0;
        root_.json["buffers"].items([&](std::size_t i, Json buffer) {
            lost += i > 0 && has_else(buffer, {"byteLength", "uri", "extensions"}) ? 1u : 0u;
            return true;
        });
        root_.json["bufferViews"].items([&](std::size_t i, Json view) {
            if (!kept[i]) {
                lost += has_else(view, {"buffer", "byteOffset", "byteLength", "byteStride", "target", "extensions"})
                            ? 1u
                            : 0u;
                return true;
            }
            const Bytes content = r_.view_bytes({&root_.at, "bufferViews", i}, static_cast<std::uint32_t>(i));
            document_.view_of[i] = views.add_raw(content, view);
            bytes += content.size();
            return r_.ok();
        });
        if (lost > 0)
            r_.report(root_.at.member("bufferViews"),
                      formatted("{} names or extras of views and buffers are left out with them", lost));
        for (const std::string& stranger : survey_.strangers)
            r_.report(root_.at.member("extensionsUsed"),
                      formatted("{} is not known here: all {} views it may refer to are kept, with {} bytes", stranger,
                                r_.views.size(), bytes));
    }

    void pack_groups() {
        for (std::size_t first = 0; first < survey_.groups.size() && r_.ok();) {
            std::vector<Work> batch;
            std::uint64_t bytes = 0;
            std::size_t last = first;
            for (; last < survey_.groups.size() && bytes < kBatch && r_.ok(); ++last) {
                batch.push_back(read_group(r_, survey_.groups[last]));
                for (const Values& v : batch.back().streams) bytes += v.bytes.size();
            }
            if (!r_.ok()) return;
            jobs_.for_each(batch.size(), 1, [&](std::size_t from, std::size_t to) {
                for (std::size_t i = from; i < to; ++i) process(batch[i], options_, going_);
            });
            if (going_.ended()) return;
            for (std::size_t i = 0; i < batch.size() && r_.ok(); ++i) {
                if (!batch[i].done)
                    return r_.fail({nullptr, "meshes", batch[i].group->lists.front().mesh}, Errc::Exhausted,
                                   "cannot be packed: there is no memory left for it");
                keep(first + i, batch[i]);
            }
            first = last;
            done_ += bytes;
            const double share = static_cast<double>(done_) / static_cast<double>(std::max(total_, done_));
            if (!going_.at(kSurveyShare + (kGeometryShare - kSurveyShare) * share)) return;
        }
    }

    void write_accessor(std::uint32_t accessor, const Values& values) {
        if (accessor >= document_.accessors.size()) document_.accessors.resize(accessor + 1);
        document_.quantized |= values.filter == Filter::Octahedral;
        document_.accessors[accessor] = {.place = views.add(values),
                                         .component = values.component,
                                         .normalized = values.normalized,
                                         .is_position = values.is_position,
                                         .written = true,
                                         .count = values.count,
                                         .low = values.low,
                                         .high = values.high};
    }

    std::uint32_t new_accessor(const Values& values) {
        const auto accessor = static_cast<std::uint32_t>(document_.accessors.size());
        write_accessor(accessor, values);
        return accessor;
    }

    void keep(std::size_t index, const Work& work) {
        const Group& group = *work.group;
        for (std::size_t i = 0; i < work.streams.size(); ++i) write_accessor(group.accessors[i], work.streams[i]);
        summary_.vertices += work.streams.front().count;
        summary_.position_error_m = std::max(summary_.position_error_m, work.error_m);
        std::vector<std::vector<LevelPart>>& parts = level_parts_[index];
        has_no_levels_[index].assign(work.lists.size(), false);
        std::vector<std::uint32_t> whole;
        for (std::size_t l = 0; l < work.lists.size(); ++l) {
            const IndexList& list = group.lists[l];
            parts.emplace_back();
            whole.push_back(kNone);
            if (work.lists[l].empty()) continue; // of a group that stays as it is
            const bool triangles = list.mode == 4 && !group.fixed;
            const Values values = index_values(work.lists[l], triangles ? Coding::Triangles : Coding::Indices);
            const bool own =
                list.accessor != kNone && survey_.owned[list.accessor] && !document_.accessors[list.accessor].written;
            whole.back() = own ? list.accessor : kNone;
            if (own)
                write_accessor(list.accessor, values);
            else
                whole.back() = new_accessor(values);
            if (list.mode == 4) summary_.triangles += work.lists[l].size() / 3;
            has_no_levels_[index][l] = work.levels[l] && work.levels[l]->empty();
            if (!work.levels[l]) continue;
            for (const Level& level : *work.levels[l]) {
                parts.back().push_back({new_accessor(index_values(level.indices, Coding::Triangles)), level.error_m});
                summary_.level_triangles += level.indices.size() / 3;
            }
        }
        whole_.push_back(std::move(whole));
        diagonals_.push_back(work.diagonal);
    }

    // Clips, skins, instances, and whatever nobody uses.
    void pack_others() {
        for (std::uint32_t a = 0; a < r_.accessors.size() && r_.ok(); ++a) {
            const gltf::Accessor& accessor = r_.accessors[a];
            if (document_.accessors[a].written || (accessor.view == kNone && !accessor.sparse)) continue;
            const Values values = exact_values(r_, {nullptr, "accessors", a}, a, false);
            if (r_.ok()) write_accessor(a, values);
        }
        for (std::size_t m = 0; m < survey_.meshes.size(); ++m)
            for (std::size_t p = 0; p < survey_.meshes[m].size(); ++p)
                if (const PartOfMesh& part = survey_.meshes[m][p]; part.group != kNone) {
                    document_.indices_of[m][p] = whole_[part.group][part.list];
                    document_.has_no_levels[m][p] = has_no_levels_[part.group][part.list];
                }
    }

    // One chain a mesh, at a node that shows it: levels are of the geometry, wherever it stands.
    void make_chains() {
        for (std::uint32_t m = 0; m < survey_.meshes.size(); ++m) {
            const auto& parts = survey_.meshes[m];
            std::size_t count = 0;
            double diagonal = 0.0;
            for (const PartOfMesh& part : parts) {
                if (part.group == kNone) continue;
                count = std::max(count, level_parts_[part.group][part.list].size());
                diagonal = std::max(diagonal, double{diagonals_[part.group]});
            }
            if (count == 0) continue;
            LevelChain chain{.mesh = m, .node = survey_.level_node[m]};
            for (std::size_t l = 0; l < count; ++l) {
                double error = 0.0;
                auto& level = chain.levels.emplace_back();
                for (std::size_t p = 0; p < parts.size(); ++p) {
                    level.push_back({document_.indices_of[m][p], 0.f, true});
                    if (parts[p].group == kNone) continue;
                    const auto& own = level_parts_[parts[p].group][parts[p].list];
                    if (own.empty()) continue;
                    level.back() = own[std::min(l, own.size() - 1)];
                    error = std::max(error, double{level.back().error_m});
                }
                const double coverage = error > 0.0 ? diagonal / error / kScreenHeight : 1.0;
                chain.coverage.push_back(static_cast<float>(std::min(coverage, 1.0)));
            }
            chain.coverage.push_back(0.f); // the last one is never too coarse for nothing
            document_.chains.push_back(std::move(chain));
        }
    }

    void add_images() {
        for (std::size_t i = 0; i < document_.images.size(); ++i) {
            const ImageOut& image = document_.images[i];
            const bool shares = image.same_as < i;
            document_.image_view.push_back(shares                ? document_.image_view[image.same_as]
                                           : image.bytes.empty() ? kNone
                                                                 : views.add_raw(image.bytes));
            summary_.after.pictures += shares ? 0 : image.bytes.size();
            summary_.images_packed += image.is_webp ? 1 : 0;
        }
        summary_.images = document_.images.size();
    }

    const Object& root_;
    Reader& r_;
    const PackOptions& options_;
    Jobs& jobs_;
    Going& going_;
    PackSummary& summary_;
    Survey survey_;
    Document document_;
    std::vector<std::vector<std::uint32_t>> whole_;                // per group and list: its accessor
    std::vector<std::vector<std::vector<LevelPart>>> level_parts_; // per group and list
    std::vector<std::vector<bool>> has_no_levels_;                 // per group and list: none can be made
    std::vector<float> diagonals_;                                 // per group
    std::uint64_t total_ = 0, done_ = 0;
};

void append(std::vector<std::byte>& out, Bytes bytes, std::byte filler) {
    out.insert(out.end(), bytes.begin(), bytes.end());
    while (out.size() % 4 != 0) out.push_back(filler);
}

// glTF 2.0, section 4.4.
Result<std::vector<std::byte>> as_glb(const std::string& json, Bytes binary) {
    const auto padded = [](std::uint64_t n) { return (n + 3) / 4 * 4; };
    const std::uint64_t total = 20 + padded(json.size()) + (binary.empty() ? 0 : 8 + padded(binary.size()));
    if (total > 0xffff'ffffu) return fail(Errc::Exhausted, formatted("{} bytes are more than a GLB can hold", total));
    std::vector<std::byte> out;
    out.reserve(total);
    const auto add = [&](std::initializer_list<std::uint64_t> values) {
        for (const std::uint64_t v : values) {
            const auto narrow = static_cast<std::uint32_t>(v);
            append(out, std::as_bytes(std::span(&narrow, 1)), std::byte{0});
        }
    };
    add({0x46546c67, 2, total, padded(json.size()), 0x4e4f534a});
    append(out, as_bytes(json), std::byte{' '});
    if (binary.empty()) return out;
    add({padded(binary.size()), 0x004e4942});
    append(out, binary, std::byte{0});
    return out;
}

} // namespace
} // namespace pack

namespace {

// The packed file, and into `summary` what it is.
Result<std::vector<std::byte>> packed_glb(Bytes file, const std::string& name, const FetchUri& fetch,
                                          const PackOptions& options, Jobs& jobs, Reports& reports, pack::Going& going,
                                          const GltfLimits& limits, PackSummary& summary) {
    std::vector<Image> images;
    std::uint64_t brought = file.size();
    const FetchUri counted = [&](std::string_view uri) {
        auto bytes = fetch(uri);
        brought += bytes ? bytes->size() : 0;
        return bytes;
    };
    {
        // What cannot be opened is refused as it is there. Of that only the images are needed.
        const auto model = parse_gltf(file, name, counted, reports, limits);
        if (!model) return std::unexpected(model.error());
        images = (*model)->images;
        for (const Node& node : (*model)->nodes) summary.parts += node.mesh != kNone ? 1 : 0;
    }
    summary.before.file = brought;
    const Result<gltf::JsonFile> opened = gltf::open_file(file, name, limits);
    if (!opened) return std::unexpected(opened.error());
    Reports said; // by the reader, again
    gltf::Reader reader(name, fetch, said, limits);
    reader.brings(file.size());
    const gltf::Object root(reader, opened->document.root(), {});
    reader.read_data(root, opened->binary);
    if (reader.ok()) reader.read_level_chains(root);
    said = {};
    std::string json;
    pack::Packer packer(root, options, jobs, going, summary);
    if (reader.ok()) json = packer.run(std::move(images), reports);
    reader.finish_reports();
    for (const Report& report : said.list()) reports.add(report.where, report.what);
    if (!reader.ok()) return std::unexpected(reader.error());
    if (!going.still()) return fail(Errc::Unavailable, name + ": stopped before it was packed");
    Result<std::vector<std::byte>> glb = pack::as_glb(json, packer.views.buffer());
    if (!glb) return fail_at(name, glb.error());
    summary.after.file = glb->size();
    return glb;
}

} // namespace

Result<Packed> pack_gltf(Bytes file, const std::string& name, const FetchUri& fetch, const PackOptions& options,
                         Jobs& jobs, Reports& reports, const PackProgress& progress, const GltfLimits& limits) try {
    pack::Going going(progress);
    Packed out;
    auto glb = packed_glb(file, name, fetch, options, jobs, reports, going, limits, out.summary);
    if (!glb) return std::unexpected(glb.error());
    out.glb = std::move(*glb);
    // What nobody can open is not given out: it might take the place of what can be.
    Reports again;
    if (const auto model = parse_gltf(out.glb, name, fetch, again, limits); !model)
        return fail(model.error().code,
                    formatted("{}: what was packed of it cannot be opened: {}", name, model.error().what));
    for (const Report& report : again.list()) // a picture that has too many pixels for so small a file
        if (!std::ranges::contains(reports.list(), report)) reports.add(report.where, report.what);
    if (!going.at(1.0)) return fail(Errc::Unavailable, name + ": stopped before it was written");
    return out;
} catch (const std::bad_alloc&) { return fail(Errc::Exhausted, name + ": there is no memory left to pack it"); }

Result<Packed> pack_gltf_file(const std::string& path, const PackOptions& options, Jobs& jobs, Reports& reports,
                              const PackProgress& progress) try {
    const GltfLimits limits;
    const Result<std::vector<std::byte>> file = read_file(path, limits.max_bytes);
    if (!file) return std::unexpected(file.error());
    return pack_gltf(*file, file_name_of(path), gltf::fetch_beside(path, limits.max_bytes), options, jobs, reports,
                     progress);
} catch (const std::bad_alloc&) { return fail(Errc::Exhausted, path + ": there is no memory left for it"); }

} // namespace pw::scene
