// SPDX-License-Identifier: Apache-2.0
#include "app/photos.h"

#include "base/file.h"
#include "base/strings.h"

#include <algorithm>
#include <utility>

namespace pw::app {

struct Photos::Shared {
    std::shared_ptr<JobProblems> problems;
    Guarded<std::deque<Photo>> waiting;
    Guarded<std::deque<std::string>> told;

    bool write_next() {
        Photo photo;
        {
            auto list = waiting.lock();
            if (list->empty()) return false;
            photo = std::move(list->front());
            list->pop_front();
        }
        if (auto written = write(photo); !written)
            problems->add(text(Text::TakePhoto), written.error().what);
        else if (photo.unnamed)
            told.lock()->push_back(std::move(photo.file));
        return true;
    }
    static Result<void> write(const Photo& photo) {
        if (!photo.picture) return fail(Errc::Unavailable, text(Text::GpuLost));
        const auto png = scene::encode_png(*photo.picture);
        if (!png) return std::unexpected(png.error());
        if (photo.unnamed)
            if (auto made = make_folders(folder_of(photo.file)); !made) return made;
        return write_file(photo.file, *png);
    }
};

Photos::Photos(std::shared_ptr<JobProblems> problems) : shared_(std::make_shared<Shared>()) {
    shared_->problems = std::move(problems);
}

Photos::~Photos() {
    while (shared_->write_next()) {}
}

void Photos::write(Jobs& jobs, Photo photo) {
    shared_->waiting.lock()->push_back(std::move(photo));
    jobs.add(JobClass::Background, [shared = shared_] { shared->write_next(); });
}

std::optional<std::string> Photos::take_told() {
    auto told = shared_->told.lock();
    if (told->empty()) return std::nullopt;
    std::string file = std::move(told->front());
    told->pop_front();
    return file;
}

std::string photo_file(const std::string& folder, UtcTime taken) {
    std::string name = "plantwalk-" + to_iso8601(taken) + ".png";
    std::ranges::replace(name, ':', '-'); // some file systems have no such letter
    return join_path(folder, name);
}

} // namespace pw::app
