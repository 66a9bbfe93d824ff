// SPDX-License-Identifier: Apache-2.0
#include "app/captions.h"

#include "base/format.h"
#include "base/strings.h"

#include <algorithm>
#include <format>
#include <utility>

namespace pw::app {

using audio::Direction;

const char* direction_words(Direction direction) {
    static constexpr Text kWords[]{Text::HeardHere,        Text::HeardAhead,  Text::HeardAheadRight, Text::HeardRight,
                                   Text::HeardBehindRight, Text::HeardBehind, Text::HeardBehindLeft, Text::HeardLeft,
                                   Text::HeardAheadLeft,   Text::HeardAbove,  Text::HeardBelow};
    return text(kWords[std::to_underlying(direction)]);
}

bool is_shown(const Caption& caption, CaptionsShown shown) {
    return shown == CaptionsShown::All || (shown == CaptionsShown::Telling && caption.tells);
}

void Captions::add(Caption caption) {
    const auto known = std::ranges::find(list_, caption.what, &Caption::what);
    if (known != list_.end()) {
        list_.erase(known);
    } else if (list_.size() == kLines) {
        const auto least = std::ranges::find(list_, false, &Caption::tells);
        list_.erase(least != list_.end() ? least : list_.begin());
    }
    caption.words = caption.what;
    list_.push_back(std::move(caption));
}

void Captions::step(const audio::Listener& listener, Time now) {
    std::erase_if(list_, [now](const Caption& caption) { return caption.until <= now; });
    for (Caption& caption : list_) {
        if (!caption.at) continue;
        const Direction direction = audio::direction_of(audio::heard_at(listener, *caption.at));
        if (std::exchange(caption.direction, direction) == direction) continue;
        const char* const where = direction_words(direction);
        caption.words = vformatted(text(Text::CaptionWhere), std::make_format_args(caption.what, where));
    }
}

bool Captions::any(CaptionsShown shown) const {
    return std::ranges::any_of(list_, [shown](const Caption& caption) { return is_shown(caption, shown); });
}

} // namespace pw::app
