// SPDX-License-Identifier: Apache-2.0
#include "work/fuzzy.h"

#include <algorithm>
#include <string>
#include <vector>

namespace pw::work {
namespace {

// How much a word of the query is worth by how it stands in the text; what stands earlier is worth a little more.
constexpr int kWholeWord = 120, kWordStart = 100, kInitials = 80, kWithin = 50, kScattered = 20;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0; }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> out;
    for (std::size_t begin = 0; begin < text.size();) {
        if (!is_letter(text[begin])) {
            ++begin;
            continue;
        }
        std::size_t end = begin;
        while (end < text.size() && is_letter(text[end])) ++end;
        out.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return out;
}

bool is_scattered(std::string_view word, std::string_view text) {
    std::size_t at = 0;
    for (const char c : word) {
        at = text.find(c, at);
        if (at == std::string_view::npos) return false;
        ++at;
    }
    return true;
}

int score_of(std::string_view word, std::string_view text, const std::vector<std::string_view>& words,
             const std::string& initials) {
    const auto earlier = [](std::size_t at) { return -static_cast<int>(std::min<std::size_t>(at, 15)); };
    int best = 0;
    for (std::size_t w = 0; w < words.size(); ++w) {
        if (!words[w].starts_with(word)) continue;
        best = std::max(best, (words[w].size() == word.size() ? kWholeWord : kWordStart) + earlier(w));
    }
    if (word.size() > 1)
        if (const std::size_t at = initials.find(word); at != std::string::npos)
            best = std::max(best, kInitials + earlier(at));
    if (best == 0)
        if (const std::size_t at = text.find(word); at != std::string_view::npos) best = kWithin + earlier(at);
    if (best == 0 && word.size() > 1 && is_scattered(word, text)) best = kScattered;
    return best;
}

} // namespace

std::optional<int> fuzzy_score(std::string_view query, std::string_view text) {
    const std::string asked = lower(query), title = lower(text);
    const auto words = words_of(title);
    std::string initials;
    for (const std::string_view word : words) initials += word.front();
    int sum = 0;
    for (const std::string_view word : words_of(asked)) {
        const int score = score_of(word, title, words, initials);
        if (score == 0) return std::nullopt;
        sum += score;
    }
    return sum;
}

} // namespace pw::work
