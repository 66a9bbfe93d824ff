#pragma once
// SPDX-License-Identifier: Apache-2.0
// For libraries that print on stderr what is no news: while one of these lives, nothing of the process reaches stderr.
// Log lines of other threads are lost there as well (their sinks still get them), so keep it to milliseconds.

namespace pw {

class QuietStderr {
  public:
    QuietStderr();
    ~QuietStderr();
    QuietStderr(const QuietStderr&) = delete;
    QuietStderr& operator=(const QuietStderr&) = delete;

  private:
    int saved_ = -1;
};

} // namespace pw
