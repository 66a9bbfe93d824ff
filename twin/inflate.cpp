// SPDX-License-Identifier: Apache-2.0
#include "twin/inflate.h"

#include "base/format.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace pw::twin {

Result<std::string> inflate(Bytes packed, std::size_t max_bytes) {
    constexpr int kZlibOrGzip = 15 + 32;
    constexpr std::size_t kFirst = 4096;
    if (packed.size() > std::numeric_limits<uInt>::max()) return fail(Errc::Exhausted, "too much is compressed");
    z_stream stream{};
    if (inflateInit2(&stream, kZlibOrGzip) != Z_OK) return fail(Errc::Exhausted, "no memory to decompress");
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> end(&stream, &inflateEnd);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string out;
    for (int rc = Z_OK; rc != Z_STREAM_END;) {
        const std::size_t had = out.size();
        if (had == max_bytes) return fail(Errc::Exhausted, formatted("more than {} bytes decompressed", max_bytes));
        out.resize(std::min(max_bytes, std::max(kFirst, had * 2)));
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
        stream.avail_out = static_cast<uInt>(out.size() - had);
        rc = ::inflate(&stream, Z_NO_FLUSH);
        if (rc != Z_OK && rc != Z_STREAM_END) return fail(Errc::Malformed, "not what DEFLATE or GZIP compressed");
        out.resize(out.size() - stream.avail_out);
        if (rc == Z_OK && stream.avail_out > 0) return fail(Errc::Malformed, "the compressed data is cut");
    }
    return out;
}

} // namespace pw::twin
