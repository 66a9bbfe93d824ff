// SPDX-License-Identifier: Apache-2.0
// The client's pictures: who asked for one gets it when the GPU is done with its frame.
#include "app/client.h"

#include <algorithm>
#include <utility>

namespace pw::app {

std::string Client::photo_to(std::string file) {
    const bool unnamed = file.empty();
    if (unnamed) file = photo_file(options_.photos_folder, system_clock().utc_now());
    ask_picture(
        [this, file, unnamed](std::shared_ptr<const scene::Pixels> picture) {
            photos_.write(*jobs_, {std::move(picture), file, unnamed});
        },
        Keep::Still);
    return file;
}

void Client::ask_picture(TakePicture take, Keep keep) {
    picture_asked_.push_back(std::move(take));
    keep_ = std::max(keep_, keep);
}

void Client::give_pictures(bool wait) {
    while (graphics_ && !pictures_drawn_.empty()) {
        auto pixels = graphics_->renderer().take_picture(wait);
        if (!pixels) return;
        const auto picture = std::make_shared<const scene::Pixels>(std::move(*pixels));
        const auto takers = std::move(pictures_drawn_.front());
        pictures_drawn_.pop_front();
        for (const auto& take : takers) take(picture);
    }
}

} // namespace pw::app
