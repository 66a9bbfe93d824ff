#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where tests find files.

#include <filesystem>
#include <optional>

namespace pw::test {

// The root of the source tree and the root of this build.
std::filesystem::path source_dir();
std::filesystem::path build_dir();

// The folder of foreign sample files: $PW_FOREIGN_DATA, or else shared/data in or beside the source tree
// (or beside the main checkout that this worktree belongs to). Without it, skip with Missing::ForeignData.
std::optional<std::filesystem::path> foreign_data();

} // namespace pw::test
