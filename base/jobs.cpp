// SPDX-License-Identifier: Apache-2.0
#include "base/jobs.h"

#include "base/catch.h"
#include "base/time.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pw {

namespace {

// A third of what a thread gets that wants the same core, and not a fiftieth, so that loading comes to its end on a
// busy machine. Of this thread alone: on Linux each has its own.
void yield_to_others() {
    constexpr int kNicer = 5, kNicest = 19;
    const auto thread = static_cast<id_t>(::gettid());
    // Refused: as before, only slower.
    ::setpriority(PRIO_PROCESS, thread, std::min(::getpriority(PRIO_PROCESS, thread) + kNicer, kNicest));
}

class JobThreads final : public Jobs {
  public:
    explicit JobThreads(unsigned threads) : of_each_class_(threads) {}

    ~JobThreads() override {
        {
            const std::scoped_lock lock(mutex_);
            for (auto& queue : queues_) queue.jobs.clear();
        }
        for (auto& thread : threads_) thread.request_stop();
    }

    void add(JobClass cls, Job job) override {
        Queue& queue = of(cls);
        {
            const std::scoped_lock lock(mutex_);
            for (; queue.threads < of_each_class_; ++queue.threads) start(cls, queue.threads); // with its first job
            queue.jobs.push_back(std::move(job));
        }
        queue.wake.notify_one();
    }

    void for_each(std::size_t count, std::size_t grain,
                  const std::function<void(std::size_t, std::size_t)>& body) override {
        grain = std::max<std::size_t>(grain, 1);
        const std::size_t pieces = (count + grain - 1) / grain;
        if (pieces <= 1) {
            if (count > 0) body(0, count);
            return;
        }
        // Helpers hold the shared state: one that wakes after everything is done finds no piece left and goes.
        auto state = std::make_shared<Pieces>(count, grain, pieces, body);
        const std::size_t helpers = std::min<std::size_t>(of_each_class_, pieces - 1);
        for (std::size_t i = 0; i < helpers; ++i) add(JobClass::Foreground, [state] { state->run(); });
        state->run();
        std::unique_lock lock(state->mutex);
        state->finished.wait(lock, [&] { return state->done == pieces; });
    }

    void wait_idle() override {
        std::unique_lock lock(mutex_);
        idle_.wait(lock, [&] { return idle(); });
    }

    std::int64_t cpu_time_ns() const override { return cpu_ns_.load(std::memory_order_relaxed); }

  private:
    struct Pieces {
        Pieces(std::size_t items, std::size_t items_each, std::size_t how_many,
               const std::function<void(std::size_t, std::size_t)>& work)
            : count(items), grain(items_each), pieces(how_many), body(work) {}

        void run() {
            for (std::size_t i = next.fetch_add(1); i < pieces; i = next.fetch_add(1)) {
                catch_all("a piece of a job", [&] { body(i * grain, std::min(count, (i + 1) * grain)); });
                const std::scoped_lock lock(mutex);
                if (++done == pieces) finished.notify_all();
            }
        }

        std::size_t count, grain, pieces;
        const std::function<void(std::size_t, std::size_t)>& body; // outlives every piece: for_each waits
        std::atomic<std::size_t> next{0};
        std::mutex mutex;
        std::condition_variable finished;
        std::size_t done = 0;
    };

    struct Queue {
        std::deque<Job> jobs;
        std::condition_variable_any wake;
        unsigned threads = 0; // that were started
    };

    Queue& of(JobClass cls) { return queues_[static_cast<std::size_t>(cls)]; }
    bool idle() const { return running_ == 0 && queues_[0].jobs.empty() && queues_[1].jobs.empty(); }

    void start(JobClass cls, unsigned index) {
        threads_.emplace_back([this, cls, index](const std::stop_token& stop) { work(stop, cls, index); });
    }

    void work(const std::stop_token& stop, JobClass cls, unsigned index) {
        const bool background = cls == JobClass::Background;
        name_this_thread(((background ? "background " : "job ") + std::to_string(index)).c_str());
        if (background) yield_to_others();
        Queue& queue = of(cls);
        std::unique_lock lock(mutex_);
        for (;;) {
            queue.wake.wait(lock, stop, [&] { return !queue.jobs.empty(); });
            if (stop.stop_requested()) return;
            Job job = std::move(queue.jobs.front());
            queue.jobs.pop_front();
            ++running_;
            lock.unlock();
            const Duration before = thread_cpu_time();
            catch_all("a job", job);
            job = {};
            cpu_ns_.fetch_add((thread_cpu_time() - before).ns, std::memory_order_relaxed);
            lock.lock();
            --running_;
            if (idle()) idle_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable idle_;
    std::array<Queue, 2> queues_; // by JobClass
    unsigned of_each_class_;      // threads
    std::size_t running_ = 0;
    std::atomic<std::int64_t> cpu_ns_{0};
    std::vector<std::jthread> threads_;
};

class JobsInline final : public Jobs {
  public:
    void add(JobClass /*cls*/, Job job) override { catch_all("a job", job); }
    void for_each(std::size_t count, std::size_t /*grain*/,
                  const std::function<void(std::size_t, std::size_t)>& body) override {
        if (count > 0) catch_all("a piece of a job", [&] { body(0, count); });
    }
    void wait_idle() override {}
    std::int64_t cpu_time_ns() const override { return 0; }
};

} // namespace

std::unique_ptr<Jobs> make_jobs(unsigned threads) {
    if (threads == 0) threads = std::max(3u, std::thread::hardware_concurrency()) - 1u;
    return std::make_unique<JobThreads>(threads);
}

std::unique_ptr<Jobs> make_jobs_inline() { return std::make_unique<JobsInline>(); }

void name_this_thread(const char* name) { pthread_setname_np(pthread_self(), std::string(name).substr(0, 15).c_str()); }

} // namespace pw
