// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"
#include "registration/camera.h"
#include "registration/fields.h"

#include <array>
#include <cstring>
#include <utility>

namespace pw::registration {
namespace {

constexpr std::uint64_t kMostPictureBytes = (std::uint64_t{kMaxCameraSide} * kMaxCameraSide) + (64u << 10);
constexpr std::uint64_t kMostVideoBytes = 1u << 30;
constexpr double kMostSeconds = 1e6;

Intrinsics read_lens(Fields fields) {
    Intrinsics out;
    out.width = static_cast<std::uint32_t>(fields.number("width", 1, kMaxCameraSide));
    out.height = static_cast<std::uint32_t>(fields.number("height", 1, kMaxCameraSide));
    out.fx = fields.number("fx", 1.0, 1e6);
    out.fy = fields.number("fy", 1.0, 1e6);
    out.cx = fields.number("cx", -1e5, 1e5);
    out.cy = fields.number("cy", -1e5, 1e5);
    if (fields.has("distortion")) {
        const std::vector<double> k = fields.numbers("distortion", 5, 5, -1e3, 1e3);
        out.k1 = k[0], out.k2 = k[1], out.p1 = k[2], out.p2 = k[3], out.k3 = k[4];
    }
    fields.end();
    return out;
}

Sequence::Shot read_shot(Fields fields, bool of_video) {
    Sequence::Shot out;
    out.time = Time{} + from_seconds(fields.number("time_s", 0.0, kMostSeconds));
    if (!of_video) out.image = fields.text("image", 1000);
    const Rigid place = fields.rigid("world_from_camera");
    out.world_from_camera =
        known(place, fields.number("position_sd_m", 0.0, 10.0, 0.0), fields.number("rotation_sd_rad", 0.0, 1.0, 0.0));
    fields.end();
    return out;
}

class SequenceCamera final : public Camera {
  public:
    SequenceCamera(Sequence sequence, std::string folder, std::vector<std::byte> video, std::vector<Bytes> frames)
        : sequence_(std::move(sequence)), folder_(std::move(folder)), video_(std::move(video)),
          frames_(std::move(frames)) {}

    Result<std::optional<Frame>> next() override {
        if (at_ == sequence_.shots.size()) return std::nullopt;
        const Sequence::Shot& shot = sequence_.shots[at_];
        Result<GreyImage> image = picture(shot);
        if (!image) return std::unexpected(image.error());
        ++at_;
        return Frame{shot.time, std::move(*image), sequence_.lens, shot.world_from_camera};
    }

  private:
    Result<GreyImage> picture(const Sequence::Shot& shot) const {
        if (shot.image.empty()) {
            GreyImage out{sequence_.lens.width, sequence_.lens.height, {}};
            out.pixels.resize(frames_[at_].size());
            std::memcpy(out.pixels.data(), frames_[at_].data(), frames_[at_].size());
            return out;
        }
        const std::string path = join_path(folder_, shot.image);
        const auto bytes = read_file(path, kMostPictureBytes);
        if (!bytes) return std::unexpected(bytes.error());
        Result<GreyImage> out = parse_pgm(*bytes);
        if (!out) return fail_at(path, out.error());
        if (out->width != sequence_.lens.width || out->height != sequence_.lens.height)
            return fail(Errc::Malformed, path + ": the picture has another size than the lens");
        return out;
    }

    Sequence sequence_;
    std::string folder_;
    std::vector<std::byte> video_;
    std::vector<Bytes> frames_; // in video_
    std::size_t at_ = 0;
};

} // namespace

Result<Sequence> parse_sequence(std::string_view json, const std::string& where) {
    const auto document = parse_document(json, where, "plantwalk-camera", 1);
    if (!document) return std::unexpected(document.error());
    std::optional<Error> error;
    Fields fields(*document, "", error);
    fields.text("format", 100);
    fields.number("version", 1, 1);
    Sequence out;
    if (const plant::Json* lens = fields.object("lens")) {
        out.lens = read_lens({*lens, "/lens", error});
        if (const auto fine = check(out.lens); !fine) fields.wrong("lens", fine.error().what);
    }
    out.video = fields.text("video", 1000, /* needed= */ false);
    const std::vector<plant::Json>& shots = fields.list("frames", kMaxCameraFrames);
    for (std::size_t i = 0; i < shots.size() && !error; ++i) {
        Fields shot(shots[i], plant::pointer_to("/frames", i), error);
        out.shots.push_back(read_shot(shot, !out.video.empty()));
        if (i > 0 && out.shots[i].time <= out.shots[i - 1].time)
            shot.wrong("time_s", "is not later than the one before");
    }
    fields.end();
    if (error) return fail_at(where, *error);
    return out;
}

Result<std::unique_ptr<Camera>> open_sequence(const std::string& path) {
    const auto text = read_text(path, plant::kMaxDocumentBytes);
    if (!text) return std::unexpected(text.error());
    Result<Sequence> sequence = parse_sequence(*text, path);
    if (!sequence) return std::unexpected(sequence.error());
    const std::string folder = folder_of(path);
    std::vector<std::byte> video;
    std::vector<Bytes> frames;
    if (!sequence->video.empty()) {
        const std::string video_path = join_path(folder, sequence->video);
        auto bytes = read_file(video_path, kMostVideoBytes);
        if (!bytes) return std::unexpected(bytes.error());
        video = std::move(*bytes);
        Result<Video> parsed = parse_y4m(video);
        if (!parsed) return fail_at(video_path, parsed.error());
        if (parsed->width != sequence->lens.width || parsed->height != sequence->lens.height)
            return fail(Errc::Malformed, video_path + ": the video has another size than the lens");
        if (parsed->frames.size() < sequence->shots.size())
            return fail(Errc::Malformed, video_path + ": the video has fewer frames than there are poses");
        frames = std::move(parsed->frames);
    }
    return std::make_unique<SequenceCamera>(std::move(*sequence), folder, std::move(video), std::move(frames));
}

} // namespace pw::registration
