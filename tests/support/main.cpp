// SPDX-License-Identifier: Apache-2.0
// main() of every test program: doctest, and the skip convention of skip.h.

#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#ifdef __SANITIZE_THREAD__
// open62541 1.4 takes its client's and its event loop's locks in both orders. One thread of ours uses a client, so
// nobody waits for the other.
extern "C" const char* __tsan_default_suppressions(); // NOLINT: the sanitizer's name
extern "C" const char* __tsan_default_suppressions() { return "deadlock:libopen62541.so\n"; } // NOLINT
#endif

namespace {

constexpr int kSkipReturnCode = 77; // SKIP_RETURN_CODE in cmake/discover_tests.cmake

struct Tally {
    unsigned run = 0;
    unsigned skipped = 0;
    bool runtime_missing = false;
    bool current_skipped = false;
};
Tally tally;

class TallyListener : public doctest::IReporter {
  public:
    explicit TallyListener(const doctest::ContextOptions& /*options*/) {}
    void test_case_start(const doctest::TestCaseData& /*test*/) override { tally.current_skipped = false; }
    void test_case_end(const doctest::CurrentTestCaseStats& /*stats*/) override {
        ++tally.run;
        tally.skipped += tally.current_skipped ? 1u : 0u;
    }
    void report_query(const doctest::QueryData& /*query*/) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats& /*stats*/) override {}
    void test_case_reenter(const doctest::TestCaseData& /*test*/) override {}
    void test_case_exception(const doctest::TestCaseException& /*exception*/) override {}
    void subcase_start(const doctest::SubcaseSignature& /*subcase*/) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData& /*data*/) override {}
    void log_message(const doctest::MessageData& /*data*/) override {}
    void test_case_skipped(const doctest::TestCaseData& /*test*/) override {}
};
DOCTEST_REGISTER_LISTENER("tally", 1, TallyListener);

bool in_ci() {
    const char* ci = std::getenv("CI");
    return ci != nullptr && std::string_view(ci) == "true";
}

} // namespace

void pw::test::skip(std::string_view reason, Missing missing) {
    MESSAGE("SKIPPED: ", std::string(reason));
    tally.current_skipped = true;
    tally.runtime_missing |= missing == Missing::Runtime;
}

int main(int argc, char** argv) {
    doctest::Context context(argc, argv);
    const int result = context.run();
    if (result != 0 || context.shouldExit()) { return result; }
    if (tally.runtime_missing && in_ci()) {
        std::fputs("A runtime that these tests need is missing, and this is CI: failed.\n", stderr);
        return EXIT_FAILURE;
    }
    if (tally.run == 0) {
        std::fputs("No test matched: failed.\n", stderr);
        return EXIT_FAILURE;
    }
    return tally.skipped == tally.run ? kSkipReturnCode : EXIT_SUCCESS;
}
