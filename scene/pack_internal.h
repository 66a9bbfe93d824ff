#pragma once
// SPDX-License-Identifier: Apache-2.0
// Packing, inside: the survey says which accessors belong together, geometry works on these groups, views keep the
// results, and the document is written anew around them. Indices of accessors, meshes, nodes, images and all else stay;
// what is new comes after what was there.

#include "base/guarded.h"
#include "base/json.h"
#include "scene/gltf_internal.h"
#include "scene/pack.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::scene::pack {

using gltf::Component;
using gltf::Json;
using gltf::Object;
using gltf::Reader;
using gltf::Where;

// What whoever asked for it says while it goes on. Any thread.
class Going {
  public:
    explicit Going(const PackProgress& progress) : progress_(progress) {}
    bool at(double done) { // 0 to 1; false: it is to end
        auto most = most_.lock();
        *most = std::max(*most, done);
        if (!ended_) ended_ = progress_ && !progress_(*most);
        return !ended_;
    }
    bool still() { return at(0.0); }
    bool ended() const { return ended_; } // somebody said so

  private:
    const PackProgress& progress_;
    Guarded<double> most_;
    std::atomic<bool> ended_{false};
};

// pack_survey.cpp: what the file has, before anything is decoded.

enum class Role : std::uint8_t { Exact, Position, Normal, Tangent, Texcoord, MorphPosition, MorphDirection };

// Indices of one or more primitives into the vertices of a group.
struct IndexList {
    std::uint32_t accessor = kNone;   // kNone: the vertices in their order
    std::uint32_t mesh = 0, part = 0; // the first primitive that uses it
    std::uint32_t mode = 4;
    bool keep_order = false; // blended: what is drawn first shows
    bool levels = false;     // shall have them
};

// Vertex accessors that primitives use together: their elements are moved together. Every primitive is of one group.
struct Group {
    std::vector<std::uint32_t> accessors;
    std::vector<Role> roles; // of each accessor
    std::vector<IndexList> lists;
    std::uint32_t count = 0; // vertices
    Json draco;              // the primitive that has them compressed, or absent
    std::uint32_t draco_mesh = 0, draco_part = 0;
    bool fixed = false;  // vertices stay what and where they are
    double scale = 1.0;  // the largest with which a node shows it
    bool levels = false; // for at least one of the lists
};

struct PartOfMesh { // a primitive
    std::uint32_t group = kNone, list = kNone;
};

struct Survey {
    std::vector<Group> groups;
    std::vector<std::vector<PartOfMesh>> meshes; // per mesh and primitive
    std::vector<bool> owned;                     // per accessor: its group, or the list that it is, writes it
    std::vector<std::uint32_t> level_node;       // per mesh: the node that says which levels it has; kNone: a new one
    std::vector<std::string> strangers;          // extensions that may refer to what is not known here
};
constexpr double kSurveyShare = 0.1; // of what progress is told; geometry comes then, and pictures from kGeometryShare
constexpr double kGeometryShare = 0.9;
Survey survey(const Object& root, const PackOptions& options, Going& going); // not whole when it is to end

// pack_views.cpp: numbers and pictures, compressed, one after the other in one buffer.

enum class Coding : std::uint8_t { Raw, Attributes, Triangles, Indices };
enum class Filter : std::uint8_t { None, Octahedral, Exponential };

// The values of one accessor as the packed file has them.
struct Values {
    std::uint32_t count = 0, stride = 0; // bytes from one element to the next
    Component component = Component::F32;
    std::uint8_t components = 1;
    bool normalized = false, vertices = false; // the view of vertices says its stride
    bool is_position = false;                  // must say its range
    Coding coding = Coding::Raw;
    Filter filter = Filter::None;
    std::vector<std::byte> bytes; // as the filter made them
    std::vector<float> low, high; // of what is decoded; empty: not asked for
};

struct Place {
    std::uint32_t view = kNone;
    std::uint64_t offset = 0;
};

struct ViewOut {
    std::uint64_t offset = 0, length = 0; // in the buffer
    std::uint64_t decoded = 0, fallback_offset = 0, count = 0;
    std::uint32_t stride = 0, target = 0;
    bool says_stride = false;
    Coding coding = Coding::Raw;
    Filter filter = Filter::None;
    Json kept; // a view that was there before, for what else it says
};

class Views {
  public:
    Place add(const Values& values);
    std::uint32_t add_raw(Bytes bytes, Json kept = {});
    void finish();
    void write(JsonWriter& w) const; // the array of views

    const std::vector<ViewOut>& list() const { return list_; }
    const std::vector<std::byte>& buffer() const { return buffer_; }
    std::uint64_t fallback_size() const { return fallback_; } // 0: nothing is compressed

  private:
    struct Open {
        std::vector<std::byte> bytes;
        std::uint32_t view = 0;
    };
    using Key = std::pair<std::uint64_t, std::uint64_t>;
    void close(Open& open);

    std::vector<ViewOut> list_;
    std::vector<std::byte> buffer_;
    std::uint64_t fallback_ = 0;
    std::map<std::uint64_t, Open> open_; // by what views have in common
    std::map<Key, Place> known_;         // by content
};

// pack_geometry.cpp: what is done to a group. Pure, on any thread.

struct Work {
    const Group* group = nullptr;
    std::vector<Values> streams; // of the group's accessors; exact on the way in
    std::vector<std::vector<std::uint32_t>> lists;
    std::vector<std::optional<std::vector<Level>>> levels; // of each list; none: they were not to be made
    float diagonal = 0.f;                                  // of the box of its positions
    double error_m = 0.0;
    bool done = false;
};
void process(Work& work, const PackOptions& options, Going& going); // not done when it is to end
Values index_values(std::span<const std::uint32_t> indices, Coding coding);
void set_range(Values& values, std::span<const float> decoded); // low and high

// pack_read.cpp: numbers as the file has them. What is wrong with it fails the reader; what is returned is nothing
// then.

Work read_group(Reader& r, const Group& group);
Values exact_values(Reader& r, const Where& at, std::uint32_t accessor, bool vertices);
std::uint32_t padded_size(const gltf::Accessor& a); // section 3.6.2.4: columns of matrices are aligned

// pack_images.cpp

struct ImageOut {
    std::vector<std::byte> bytes; // empty: the image stays what its JSON says, or is as another one
    std::string mime_type;
    bool is_webp = false;    // and was not: its textures say so
    std::size_t same_as = 0; // the first image with these bytes, or itself
};
std::vector<ImageOut> pack_images(const Object& root, std::vector<Image> images, const PackOptions& options, Jobs& jobs,
                                  Going& going, Reports& reports, const std::string& name);

// pack_document.cpp

struct AccessorOut {
    Place place;
    Component component = Component::F32;
    bool normalized = false, is_position = false;
    bool written = false; // else as it was
    std::uint32_t count = 0;
    std::vector<float> low, high;
};

struct LevelPart { // a primitive of a level
    std::uint32_t indices = kNone;
    float error_m = 0.f;
    bool is_whole = false; // it has no level
};

struct LevelChain {
    std::uint32_t mesh = 0, node = kNone;       // the node of the file that names the levels; kNone: a new one
    std::vector<std::vector<LevelPart>> levels; // coarser and coarser; per primitive
    std::vector<float> coverage;                // MSFT_screencoverage
};

struct Document {
    std::vector<AccessorOut> accessors;                 // as many as there were, then new lists of indices
    std::vector<std::vector<std::uint32_t>> indices_of; // per mesh and primitive: the accessor, or kNone
    std::vector<std::vector<bool>> has_no_levels;       // per mesh and primitive: scene::simplified makes none
    std::vector<LevelChain> chains;
    std::vector<std::uint32_t> view_of; // per view of the file: where it is now, or kNone
    std::vector<ImageOut> images;
    std::vector<std::uint32_t> image_view; // per image: its view, or kNone
    bool quantized = false;                // KHR_mesh_quantization
};
std::string write_json(const Object& root, const Document& document, const Views& views);

// Helpers that write JSON like what was there.
void copy_members(JsonWriter& w, const Json& from, std::initializer_list<std::string_view> but);
bool has_else(const Json& from, std::initializer_list<std::string_view> but);

} // namespace pw::scene::pack
