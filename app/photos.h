#pragma once
// SPDX-License-Identifier: Apache-2.0
// Photos on their way to files: each is encoded and written on a job, and what no job has come to when the program ends
// is written then. Frame thread.

#include "app/problems.h"
#include "base/guarded.h"
#include "base/jobs.h"
#include "base/time.h"
#include "scene/image.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace pw::app {

class Photos {
  public:
    explicit Photos(std::shared_ptr<JobProblems> problems);
    ~Photos();
    Photos(const Photos&) = delete;
    Photos& operator=(const Photos&) = delete;

    struct Photo {
        std::shared_ptr<const scene::Pixels> picture;
        std::string file;     // a PNG; another kind of file that stands there is not overwritten
        bool unnamed = false; // by the user: its folder is made, and take_told() says where it is
    };
    void write(Jobs& jobs, Photo photo);
    std::optional<std::string> take_told(); // the file of a photo that was written

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_; // with the jobs
};

// In this folder, called by when it was taken: UTC to the millisecond.
std::string photo_file(const std::string& folder, UtcTime taken);

} // namespace pw::app
