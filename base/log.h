#pragma once
// SPDX-License-Identifier: Apache-2.0
// One log for the whole process, the only global besides constant tables. Any thread may log; a line is written whole.
// Levels by reader: Error = the user must act, Warn = the user may notice, Info = what happens (once), Debug = for us,
// Trace = every frame or message. The default sink writes "level: message" to stderr, Info and above.

#include <cstdint>
#include <string_view>

namespace pw {

enum class LogLevel : std::uint8_t { Error, Warn, Info, Debug, Trace };

using LogSink = void (*)(LogLevel level, std::string_view message, void* user);

void log(LogLevel level, std::string_view message);
inline void log_error(std::string_view message) { log(LogLevel::Error, message); }
inline void log_warn(std::string_view message) { log(LogLevel::Warn, message); }
inline void log_info(std::string_view message) { log(LogLevel::Info, message); }
inline void log_debug(std::string_view message) { log(LogLevel::Debug, message); }

void set_log_level(LogLevel most_verbose);
bool log_enabled(LogLevel level);

// Adds a sink beside stderr (a panel, a test). `user` is passed back; remove with the same pair before it dies.
void add_log_sink(LogSink sink, void* user);
void remove_log_sink(LogSink sink, void* user);

} // namespace pw
