// SPDX-License-Identifier: Apache-2.0
#include "app/photos.h"

#include "base/file.h"
#include "base/strings.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace pw::app {

namespace {

// Whatever else it is, a recording that a link leads to for one, is not overwritten.
bool stands_free(const std::string& file) {
    constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n";
    if (!file_exists(file)) return true;
    const auto old = read_text(file);
    return old && (old->empty() || old->starts_with(kPng));
}

} // namespace

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
        if (!stands_free(photo.file)) return fail(Errc::Refused, "what stands there is no picture: " + photo.file);
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
