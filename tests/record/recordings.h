#pragma once
// SPDX-License-Identifier: Apache-2.0
// Recordings for tests: made in a folder of their own, as bytes, and what was put into them.

#include "base/file.h"
#include "record/reader.h"
#include "record/verify.h"
#include "record/writer.h"

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace pw::test {

struct TempFolder {
    std::string path = make_temp_folder("pw-record").value();
    TempFolder() = default;
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() { remove_folder(path); }
    std::string file(const std::string& name) const { return join_path(path, name); }
};

using Line = std::tuple<std::uint32_t, std::int64_t, std::string>; // channel, log time, data

struct SmallRecording {
    std::vector<std::byte> bytes;
    std::vector<Line> lines; // in order
};
// `chunks` of `each` messages on three channels, a message each millisecond from 1000 ms on.
SmallRecording small_recording(unsigned chunks, unsigned each, bool close = true);

// All messages of a reader up to what it fails at.
std::vector<Line> lines_of(record::Reader& reader, std::span<const record::ChannelId> channels = {}, UtcTime from = {},
                           UtcTime to = {INT64_MAX});

// Makes the checksum of the summary right again, after something in it was changed.
void sum_anew(std::vector<std::byte>& bytes);
// Also all hashes of our chain. Whoever can do that can write what he likes; what is never right is found even so.
void chain_anew(std::vector<std::byte>& bytes);

record::Verdict verdict_of(std::vector<std::byte> bytes); // fails the test when it cannot be read at all

} // namespace pw::test
