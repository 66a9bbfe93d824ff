// SPDX-License-Identifier: Apache-2.0
#include "app/video.h"

#include "base/format.h"

namespace pw::app {

Result<Video> Video::open(const std::string& file, std::uint32_t width, std::uint32_t height, int frames_per_s) {
    auto encoder = Process::start({"ffmpeg",    "-v",
                                   "error",     "-y",
                                   "-f",        "rawvideo",
                                   "-pix_fmt",  "rgba",
                                   "-s",        formatted("{}x{}", width, height),
                                   "-r",        std::to_string(frames_per_s),
                                   "-i",        "-",
                                   "-c:v",      "libx264",
                                   "-preset",   "veryfast",
                                   "-crf",      "23",
                                   "-pix_fmt",  "yuv420p",
                                   "-movflags", "+faststart",
                                   file},
                                  {.pipe_input = true});
    if (!encoder) return fail(Errc::Unavailable, "no film: " + encoder.error().what);
    Video video;
    video.encoder_ = std::move(*encoder);
    video.width_ = width;
    video.height_ = height;
    return video;
}

Result<void> Video::add(const scene::Pixels& picture) {
    if (picture.width != width_ || picture.height != height_) return fail(Errc::Malformed, "a picture of another size");
    return encoder_.write(std::as_bytes(std::span(picture.rgba)));
}

Result<void> Video::finish() {
    if (const int code = encoder_.wait(); code != 0)
        return fail(Errc::Unavailable, formatted("ffmpeg ended with {}", code));
    return {};
}

} // namespace pw::app
