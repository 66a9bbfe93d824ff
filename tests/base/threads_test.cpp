// SPDX-License-Identifier: Apache-2.0
#include "base/guarded.h"
#include "base/job_group.h"
#include "base/jobs.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/process.h"
#include "base/ring.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <new>
#include <numeric>
#include <thread>
#include <vector>

using namespace pw;

TEST_SUITE("base/threads") {
    TEST_CASE("a mailbox never shows a torn value, and the newest arrives") {
        constexpr int kPosts = 20'000;
        Mailbox<std::array<int, 64>> box;
        std::jthread writer([&box] {
            for (int i = 1; i <= kPosts; ++i) {
                box.draft().fill(i);
                box.post();
            }
        });
        int last = 0;
        while (last < kPosts) {
            if (!box.take()) continue;
            const auto& value = box.current();
            REQUIRE(value.front() == value.back());
            REQUIRE(std::accumulate(value.begin(), value.end(), 0) == 64 * value.front());
            REQUIRE(value.front() > last);
            last = value.front();
        }
        CHECK_FALSE(box.take());
        CHECK(box.current().front() == kPosts);
    }

    TEST_CASE("a ring loses nothing, keeps the order, and refuses when full") {
        Ring<std::unique_ptr<int>> ring(4);
        for (int i = 0; i < 4; ++i) CHECK(ring.push(std::make_unique<int>(i)));
        auto fifth = std::make_unique<int>(4);
        CHECK_FALSE(ring.push(std::move(fifth)));
        REQUIRE(fifth);
        for (int i = 0; i < 4; ++i) CHECK(**ring.pop() == i);
        CHECK_FALSE(ring.pop().has_value());

        constexpr int kCount = 20'000;
        std::jthread writer([&ring] {
            for (int i = 0; i < kCount; ++i) {
                auto value = std::make_unique<int>(i);
                while (!ring.push(std::move(value))) std::this_thread::yield();
            }
        });
        for (int expected = 0; expected < kCount;) {
            if (const auto got = ring.pop()) REQUIRE(**got == expected++);
        }
    }

    TEST_CASE("jobs run once each, foreground and background, and wait_idle waits for them") {
        for (const bool threaded : {false, true}) {
            const auto jobs = threaded ? make_jobs(3) : make_jobs_inline();
            std::atomic<int> done{0};
            for (int i = 0; i < 500; ++i) {
                jobs->add(i % 2 == 0 ? JobClass::Foreground : JobClass::Background, [&done] { ++done; });
            }
            jobs->wait_idle();
            CHECK(done == 500);
        }
    }

    TEST_CASE("for_each touches every index exactly once, from several threads at a time too") {
        const auto jobs = make_jobs(3);
        for (int round = 0; round < 50; ++round) {
            std::vector<std::atomic<int>> touched(1001);
            jobs->for_each(touched.size(), 7, [&](std::size_t first, std::size_t last) {
                for (; first < last; ++first) ++touched[first];
            });
            for (const auto& count : touched) REQUIRE(count == 1);
        }
        jobs->for_each(0, 7, [](std::size_t, std::size_t) { FAIL("nothing to do"); });
    }

    TEST_CASE("a job that throws ends alone: what it throws is logged and everything else is done") {
        for (const bool threaded : {false, true}) {
            const auto jobs = threaded ? make_jobs(2) : make_jobs_inline();
            std::atomic<int> heard{0}, done{0};
            const LogSink sink = [](LogLevel level, std::string_view message, void* user) {
                if (level == LogLevel::Error && message.contains("job")) ++*static_cast<std::atomic<int>*>(user);
            };
            add_log_sink(sink, &heard);
            jobs->add(JobClass::Background, [] { throw std::bad_alloc(); });
            jobs->add(JobClass::Background, [&done] { ++done; });
            jobs->wait_idle();
            CHECK(done == 1);
            jobs->for_each(threaded ? 100 : 1, 10, [&](std::size_t first, std::size_t last) {
                if (first == 0) throw std::bad_alloc();
                done += static_cast<int>(last - first);
            });
            CHECK(done == (threaded ? 91 : 1));
            CHECK(heard == 2);
            remove_log_sink(sink, &heard);
        }
    }

    TEST_CASE("a foreground job is done while background jobs take all their threads, at a higher priority") {
        const auto jobs = make_jobs(1);
        std::atomic<bool> gate{false}, overtaken{false};
        std::atomic<int> background = 0, foreground = 0;
        jobs->add(JobClass::Background, [&] {
            background = getpriority(PRIO_PROCESS, 0); // the calling thread's
            for (int i = 0; i < 10'000 && !gate; ++i) pause_for(from_ms(1));
            overtaken = gate.load();
        });
        jobs->add(JobClass::Foreground, [&] {
            foreground = getpriority(PRIO_PROCESS, 0);
            gate = true;
        });
        jobs->wait_idle();
        CHECK(overtaken);
        CHECK(background == std::min(foreground + 5, 19)); // whatever this program was started with
    }

    // As JobThreads does with no memory left.
    struct FullJobs final : Jobs {
        explicit FullJobs(int room) : left(room) {}
        void add(JobClass, Job job) override {
            if (left-- == 0) throw std::bad_alloc();
            waiting.push_back(std::move(job));
        }
        void for_each(std::size_t, std::size_t, const std::function<void(std::size_t, std::size_t)>&) override {}
        void wait_idle() override {
            for (auto& job : waiting) job();
        }
        std::int64_t cpu_time_ns() const override { return 0; }
        int left;
        std::vector<Job> waiting;
    };

    TEST_CASE("the last of a group of jobs knows it, also when one could not be added") {
        for (const int room : {9, 2}) {
            CAPTURE(room);
            FullJobs jobs(room);
            JobGroup group;
            int ended = 0, last = 0;
            const auto end = [&] {
                if (group.run("a job of a group", [&] { ++ended; })) ++last;
            };
            const bool only = group.run("the first job of a group", [&] {
                for (int i = 0; i < 3; ++i) group.add(jobs, JobClass::Background, end);
            });
            CHECK_FALSE(only);
            jobs.wait_idle();
            CHECK(ended == std::min(room, 3));
            CHECK(last == 1);
            CHECK(group.whole() == (room > 3));
        }
    }

    TEST_CASE("jobs that wait are dropped at the end, and what they hold is freed") {
        const auto held = std::make_shared<int>(0);
        {
            const auto jobs = make_jobs(1);
            for (int i = 0; i < 100; ++i) jobs->add(JobClass::Background, [held] {});
        }
        CHECK(held.use_count() == 1);
    }
}
