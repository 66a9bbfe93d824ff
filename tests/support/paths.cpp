// SPDX-License-Identifier: Apache-2.0
#include "tests/support/paths.h"

#include <cstdlib>
#include <fstream>
#include <string>

namespace pw::test {
namespace {

namespace fs = std::filesystem;

// A worktree's .git is a file "gitdir: <main checkout>/.git/worktrees/<name>".
std::optional<fs::path> main_checkout() {
    std::ifstream file(source_dir() / ".git");
    std::string key, git_dir;
    if (!(file >> key) || key != "gitdir:" || !std::getline(file >> std::ws, git_dir)) { return {}; }
    return fs::path(git_dir).parent_path().parent_path().parent_path();
}

} // namespace

fs::path source_dir() { return PW_SOURCE_DIR; }
fs::path build_dir() { return PW_BUILD_DIR; }

std::optional<fs::path> foreign_data() {
    if (const char* named = std::getenv("PW_FOREIGN_DATA")) {
        if (fs::is_directory(named)) { return named; }
        return {};
    }
    const fs::path source = source_dir();
    for (const fs::path& base : {source, source.parent_path(), main_checkout().value_or(source).parent_path()}) {
        if (fs::is_directory(base / "shared/data")) { return base / "shared/data"; }
    }
    return {};
}

} // namespace pw::test
