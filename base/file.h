#pragma once
// SPDX-License-Identifier: Apache-2.0
// Files and the user's folders. Paths are UTF-8 strings. Not for the frame thread. Only regular files are read.

#include "base/bytes.h"
#include "base/handle.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw {

inline constexpr std::uint64_t kMaxFileSize = 4ull << 30;

Result<std::vector<std::byte>> read_file(const std::string& path, std::uint64_t max_size = kMaxFileSize);
// Its first bytes go to `head`, the rest is returned; Malformed where it has not even those.
Result<std::vector<std::byte>> read_file_after(std::span<std::byte> head, const std::string& path,
                                               std::uint64_t max_size = kMaxFileSize);
Result<std::string> read_text(const std::string& path, std::uint64_t max_size = 64u << 20);

// Writes beside the target and renames: a reader sees the old file or the whole new one, also after the power failed.
// A file that is replaced hands on its mode; a link goes on leading to it. Waits for the disk: milliseconds, seconds
// under load.
Result<void> write_file(const std::string& path, Bytes bytes);
// The same for what only this user may read (mode 0600): keys.
Result<void> write_private_file(const std::string& path, Bytes bytes);
inline Result<void> write_text(const std::string& path, std::string_view text) {
    return write_file(path, as_bytes(text));
}

// For what can be made again: the parts after each other, as write_file, but without waiting for the disk. When the
// power fails the file may be there and be damaged.
Result<void> write_unsynced(const std::string& path, std::span<const Bytes> parts);

// Waits for whoever holds the lock of that name, here or in another program, and then holds it: until its end, also
// when the program is killed. The file is made where it is missing, and stays.
void end_file_lock(int fd_plus_one);
using FileLock = Handle<int, end_file_lock>;
Result<FileLock> lock_file(const std::string& path);

bool file_exists(const std::string& path);
bool is_folder(const std::string& path);
Result<void> make_folders(const std::string& path); // with parents; fine when it exists
// Names, sorted, without . and ..; NotFound when nothing is there, Refused when one cannot look into it.
Result<std::vector<std::string>> list_folder(const std::string& path);
struct FileFacts {
    std::string name;
    std::uint64_t bytes = 0;
    double age_s = 0.0; // since it was written or touched
};
// Of the regular files whose names begin so, in any order.
Result<std::vector<FileFacts>> list_files(const std::string& folder, std::string_view prefix);
void touch_file(const std::string& path);                      // as if it were written now; best effort
Result<std::string> make_temp_folder(std::string_view prefix); // mode 0700, in the temporary folder
void remove_file(const std::string& path);                     // best effort
void remove_folder(const std::string& path);                   // with what is in it; best effort

std::string folder_of(std::string_view path);                  // "a/b/c.txt" → "a/b", "c.txt" → "."
std::string file_name_of(std::string_view path);               // "a/b/c.txt" → "c.txt"
std::string extension_of(std::string_view path);               // lower case with its dot: ".glb", or ""
std::string join_path(std::string_view a, std::string_view b); // b alone when b is absolute
std::string absolute_path(const std::string& path);            // from the current folder

std::string user_config_folder(); // $XDG_CONFIG_HOME/plantwalk
std::string user_cache_folder();  // $XDG_CACHE_HOME/plantwalk
std::string user_data_folder();   // $XDG_DATA_HOME/plantwalk: what the user made and wants to keep
std::string user_state_folder();  // $XDG_STATE_HOME/plantwalk: what one run remembers for the next

// "plantwalk" in the user's folder of pictures: $XDG_PICTURES_DIR, else as user-dirs.dirs says, else ~/Pictures.
std::string user_pictures_folder();

// $XDG_RUNTIME_DIR/plantwalk, else /tmp/plantwalk-<uid>; made with mode 0700. Refused when what stands there is not a
// folder of this user's that others cannot enter.
Result<std::string> user_runtime_folder();

// The folder with models, plants, environments and fonts: $PLANTWALK_ASSETS, else beside the program as it was built or
// installed.
std::string assets_folder();

// A font by its file name: among the assets, else where Debian's fonts-inter puts it; empty when it is nowhere.
std::string find_font(std::string_view name);

} // namespace pw
