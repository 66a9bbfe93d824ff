#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pictures to a film: feeds ffmpeg, when it is installed. Blocks while the encoder works: not for an interactive frame.

#include "base/process.h"
#include "base/result.h"
#include "scene/image.h"

#include <string>

namespace pw::app {

class Video {
  public:
    // Unavailable when there is no ffmpeg.
    static Result<Video> open(const std::string& file, std::uint32_t width, std::uint32_t height, int frames_per_s);
    Result<void> add(const scene::Pixels& picture);
    Result<void> finish(); // the file is whole when this says so

  private:
    Process encoder_;
    std::uint32_t width_ = 0, height_ = 0;
};

} // namespace pw::app
