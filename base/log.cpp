// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include "base/guarded.h"
#include "base/text.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace pw {

namespace {

using Sinks = std::vector<std::pair<LogSink, void*>>;

Guarded<Sinks>& sinks() {
    static Guarded<Sinks> all;
    return all;
}

std::atomic<LogLevel> verbosity{LogLevel::Info};

const char* level_name(LogLevel level) {
    switch (level) {
    case LogLevel::Error:
        return "error";
    case LogLevel::Warn:
        return "warning";
    case LogLevel::Info:
        return "info";
    case LogLevel::Debug:
        return "debug";
    case LogLevel::Trace:
        return "trace";
    }
    return "";
}

} // namespace

bool log_enabled(LogLevel level) { return level <= verbosity.load(std::memory_order_relaxed); }
void set_log_level(LogLevel most_verbose) { verbosity.store(most_verbose, std::memory_order_relaxed); }

void log(LogLevel level, std::string_view message) {
    if (!log_enabled(level)) return;
    std::string line = std::string(level_name(level)) + ": ";
    line.append(printable(message)).push_back('\n'); // file names and machines' words are in it
    std::fwrite(line.data(), 1, line.size(), stderr);
    auto access = sinks().lock();
    for (const auto& [sink, user] : *access) sink(level, message, user);
}

void add_log_sink(LogSink sink, void* user) { sinks().lock()->emplace_back(sink, user); }

void remove_log_sink(LogSink sink, void* user) {
    auto access = sinks().lock();
    std::erase(*access, std::pair(sink, user));
}

} // namespace pw
