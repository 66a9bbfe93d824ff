#pragma once
// SPDX-License-Identifier: Apache-2.0
// Records what many threads tell it, on a thread of its own: append copies the message into a bounded queue and never
// waits for the disk. What does not fit is counted, and the recording itself says what is missing: a message on the
// channel "recording/gaps". Each second what was appended is in the file, so a process that is killed loses at most the
// last one; a second thread has the disk keep it, each second too, and however long that takes nothing waits for it.
// When the disk is full or the file has grown to its limit, the recording ends cleanly and
// state().problem says why. Any thread but the frame's.

#include "base/result.h"
#include "base/time.h"
#include "record/source.h"
#include "record/types.h"
#include "record/writer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace pw::record {

struct RecorderOptions {
    WriterOptions writer;
    std::size_t queue_bytes = 32u << 20;   // of messages that the writer has not taken yet; touched as needed
    std::uint64_t file_bytes = 2ull << 30; // about; then it ends, or goes over to the next file
    std::uint64_t next_bytes = 0;          // of start_nameless: before the limit; from there on into the next file too
    std::uint64_t leave_free = 0;          // on the disk, for others; where there is less, it ends
    Duration chunk_age = from_ms(700);     // an older chunk is ended
    Duration sync_every = from_ms(1000);   // 0: never
};

struct RecorderState {
    std::uint64_t messages = 0, lost = 0, bytes = 0; // written into chunks; did not fit; of the file
    std::uint32_t file = 0;                          // which one source() is of: 0, 1 …
    bool recording = true;
    std::string problem; // why it does not any more; or empty
};

inline constexpr const char* kGapTopic =
    "recording/gaps"; // {"lost":12,"from_ns":…,"to_ns":…}; lost 0: nothing was heard

class Recorder {
  public:
    static Result<std::unique_ptr<Recorder>> start(const std::string& path, const RecorderOptions& options = {});
    // Into a file without a name (AppendFile::create_nameless): gone with this process, however it ends,
    // so there is nothing that the disk would have to keep. With next_bytes it never ends at its limit: the last so
    // many bytes go into a second file as well, which then is the recording, and the first is gone with its readers.
    static Result<std::unique_ptr<Recorder>> start_nameless(const std::string& folder,
                                                            const RecorderOptions& options = {});
    ~Recorder(); // finish()

    SchemaId add_schema(Schema schema);             // few, by whoever sets the recording up
    Result<ChannelId> add_channel(Channel channel); // Exhausted: 65535 there are already

    ChannelId gaps() const; // of kGapTopic, for gaps that others know of

    // The log_time that it got: heard.utc, or later, for it never goes back, also when the clock was set back. A
    // publish_time that is not known becomes the same. Nothing: it did not fit, or the recording has ended.
    std::optional<UtcTime> append(ChannelId channel, Instant heard, UtcTime publish_time, Bytes data);

    std::uint64_t lost() const;  // as in state(), without a lock
    std::uint32_t files() const; // begun so far, likewise; a new one wants to be told everything that is so
    RecorderState state() const;
    // To read what is written so far, and what will be; also after finish(), and after this is gone.
    Result<std::unique_ptr<Source>> source() const;
    // Writes what waits and closes the file. Nothing is recorded afterwards.
    Result<void> finish();

  private:
    struct Impl;
    static Result<std::unique_ptr<Recorder>> start(Result<Writer> writer, const RecorderOptions& options,
                                                   std::string next_folder);
    explicit Recorder(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::record
