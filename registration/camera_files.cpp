// SPDX-License-Identifier: Apache-2.0
// PGM (netpbm's manual) and YUV4MPEG2 (mjpegtools' yuv4mpeg(5)).
#include "base/text.h"
#include "registration/camera.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace pw::registration {
namespace {

std::vector<std::uint8_t> to_pixels(Bytes bytes) {
    std::vector<std::uint8_t> out(bytes.size());
    if (!bytes.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
    return out;
}

// A number of digits alone, 1 to `most`; 0 when it is none.
std::uint32_t whole(std::string_view text, std::uint32_t most) {
    std::uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() && out <= most ? out : 0;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The next word of a PGM's header; comments go to the end of their line.
std::string_view header_word(std::string_view text, std::size_t& at) {
    while (at < text.size() && (is_space(text[at]) || text[at] == '#'))
        at = text[at] == '#' ? std::min(text.find('\n', at), text.size()) : at + 1;
    const std::size_t begin = at;
    while (at < text.size() && !is_space(text[at]) && text[at] != '#') ++at;
    return text.substr(begin, at - begin);
}

// Bytes of colour that follow the brightness, or nothing for a layout that has more than 8 bits or is unknown.
std::optional<std::size_t> chroma_bytes(std::string_view layout, std::size_t width, std::size_t height) {
    const std::size_t half_width = (width + 1) / 2, half_height = (height + 1) / 2;
    if (layout == "mono") return 0;
    if (layout == "420" || layout == "420jpeg" || layout == "420mpeg2" || layout == "420paldv")
        return 2 * half_width * half_height;
    if (layout == "422") return 2 * half_width * height;
    if (layout == "444") return 2 * width * height;
    return std::nullopt;
}

} // namespace

Result<GreyImage> parse_pgm(Bytes bytes) {
    const std::string_view text = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 64u << 10)));
    if (!text.starts_with("P5")) return fail(Errc::Malformed, "not a binary PGM picture: it does not begin with P5");
    std::size_t at = 2;
    GreyImage out;
    out.width = whole(header_word(text, at), kMaxCameraSide);
    out.height = whole(header_word(text, at), kMaxCameraSide);
    const std::uint32_t white = whole(header_word(text, at), 65535);
    if (out.width == 0 || out.height == 0)
        return fail(Errc::Malformed, "a PGM picture's sides are 1 to " + std::to_string(kMaxCameraSide) + " pixels");
    if (white == 0) return fail(Errc::Malformed, "a PGM picture's white is 1 to 65535");
    if (white > 255) return fail(Errc::Unsupported, "a PGM picture with more than 8 bits");
    if (at == text.size() || !is_space(text[at])) return fail(Errc::Malformed, "a PGM picture's header does not end");
    const std::size_t size = std::size_t{out.width} * out.height;
    if (bytes.size() - at - 1 < size)
        return fail(Errc::Malformed, "a PGM picture ends after " + std::to_string(bytes.size() - at - 1) + " of " +
                                         std::to_string(size) + " pixels");
    out.pixels = to_pixels(bytes.subspan(at + 1, size));
    if (white < 255)
        for (std::uint8_t& p : out.pixels)
            p = static_cast<std::uint8_t>(std::min<std::uint32_t>(p, white) * 255 / white);
    return out;
}

Result<Video> parse_y4m(Bytes bytes) {
    const auto line_at = [&](std::size_t at) {
        const std::string_view rest = as_text(bytes.subspan(at, std::min<std::size_t>(bytes.size() - at, 1024)));
        return rest.substr(0, rest.find('\n'));
    };
    std::string_view header = line_at(0);
    if (!header.starts_with("YUV4MPEG2 "))
        return fail(Errc::Malformed, "not a YUV4MPEG2 video: it does not begin with YUV4MPEG2");
    std::size_t at = header.size() + 1;
    Video out;
    std::string_view layout = "420", scan = "p";
    for (header.remove_prefix(9); !header.empty();) {
        header.remove_prefix(1);
        const std::string_view word = header.substr(0, header.find(' '));
        header.remove_prefix(word.size());
        if (word.starts_with('W')) out.width = whole(word.substr(1), kMaxCameraSide);
        if (word.starts_with('H')) out.height = whole(word.substr(1), kMaxCameraSide);
        if (word.starts_with('C')) layout = word.substr(1);
        if (word.starts_with('I')) scan = word.substr(1);
    }
    if (out.width == 0 || out.height == 0)
        return fail(Errc::Malformed, "a video's sides are 1 to " + std::to_string(kMaxCameraSide) + " pixels");
    if (scan != "p" && scan != "?") return fail(Errc::Unsupported, "an interlaced video");
    const std::size_t size = std::size_t{out.width} * out.height;
    const auto chroma = chroma_bytes(layout, out.width, out.height);
    if (!chroma) return fail(Errc::Unsupported, "a video with colours as " + shortened(printable(layout), 20));
    while (at < bytes.size()) {
        const std::string number = std::to_string(out.frames.size());
        if (out.frames.size() == kMaxCameraFrames)
            return fail(Errc::Exhausted, "a video with more than " + number + " frames");
        const std::string_view line = line_at(at);
        if (line != "FRAME" && !line.starts_with("FRAME "))
            return fail(Errc::Malformed, "frame " + number + " of the video does not begin with FRAME");
        at += line.size() + 1;
        if (at > bytes.size() || bytes.size() - at < size + *chroma)
            return fail(Errc::Malformed, "the video ends within frame " + number);
        out.frames.push_back(bytes.subspan(at, size));
        at += size + *chroma;
    }
    return out;
}

} // namespace pw::registration
