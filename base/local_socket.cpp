// SPDX-License-Identifier: Apache-2.0
#include "base/local_socket.h"

#include "base/catch.h"
#include "base/file.h"
#include "base/format.h"
#include "base/jobs.h"
#include "base/log.h"
#include "base/time.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace pw {

namespace {

constexpr std::size_t kMaxLine = 1u << 20;
constexpr std::size_t kMaxClients = 32;
constexpr int kPause_ms = 100;

std::optional<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return std::nullopt;
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

int connect_to(const sockaddr_un& address) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd);
        return -1;
    }
    return fd;
}

std::pair<dev_t, ino_t> identity_of(const std::string& path) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 ? std::pair(info.st_dev, info.st_ino) : std::pair(dev_t{}, ino_t{});
}

bool send_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

struct Client {
    int fd = -1;
    std::string pending;
};

class Server final : public LocalServer {
  public:
    Server(int listener, int waker, std::string path, Handler handler)
        : listener_(listener), waker_(waker), path_(std::move(path)), identity_(identity_of(path_)),
          handler_(std::move(handler)), thread_([this](const std::stop_token& stop) { serve(stop); }) {}

    ~Server() override {
        thread_.request_stop();
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t n = ::write(waker_, &one, sizeof one);
        thread_.join();
        for (const auto& client : clients_) ::close(client.fd);
        ::close(listener_);
        ::close(waker_);
        if (identity_of(path_) == identity_) ::unlink(path_.c_str()); // else another program's by now
    }

  private:
    void serve(const std::stop_token& stop) {
        name_this_thread("local socket");
        catch_all("the local socket", [&] {
            while (!stop.stop_requested()) serve_once();
        });
    }

    void serve_once() {
        const bool paused = system_clock().now() < accept_again_;
        std::vector<pollfd> waits{{waker_, POLLIN, 0}, {paused ? -1 : listener_, POLLIN, 0}};
        for (const auto& client : clients_) waits.push_back({client.fd, POLLIN, 0});
        ::poll(waits.data(), waits.size(), paused ? kPause_ms : -1);
        for (std::size_t i = waits.size(); i-- > 2;) {
            if (waits[i].revents == 0) continue;
            bool stays = false;
            catch_all("a request", [&] { stays = receive(clients_[i - 2]); });
            if (stays) continue;
            ::close(clients_[i - 2].fd);
            clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(i - 2));
        }
        if ((waits[1].revents & POLLIN) != 0) accept_one();
    }

    void accept_one() {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return;
            // Too many open files, mostly. Whoever knocks stays at the door: poll would return at once, again and
            // again.
            log_warn(formatted("a request has to wait: {}", std::strerror(errno)));
            accept_again_ = system_clock().now() + from_ms(kPause_ms);
            return;
        }
        if (clients_.size() == kMaxClients) {
            ::close(fd);
            return;
        }
        const timeval patience{2, 0}; // a client that does not read its answer must not hold the others
        ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        clients_.push_back({fd, {}});
    }

    bool receive(Client& client) {
        char piece[4096];
        const ssize_t n = ::recv(client.fd, piece, sizeof piece, MSG_DONTWAIT);
        if (n < 0) return errno == EAGAIN || errno == EINTR;
        if (n == 0) return false;
        client.pending.append(piece, static_cast<std::size_t>(n));
        for (auto end = client.pending.find('\n'); end != std::string::npos; end = client.pending.find('\n')) {
            if (!send_all(client.fd, handler_(std::string_view(client.pending).substr(0, end)) + "\n")) return false;
            client.pending.erase(0, end + 1);
        }
        return client.pending.size() <= kMaxLine;
    }

    int listener_, waker_;
    std::string path_;
    std::pair<dev_t, ino_t> identity_;
    Handler handler_;
    std::vector<Client> clients_;
    Time accept_again_;
    std::jthread thread_;
};

} // namespace

Result<std::unique_ptr<LocalServer>> LocalServer::start(const std::string& path, Handler handler) {
    const auto address = address_of(path);
    if (!address) return fail(Errc::Exhausted, "too long for a socket's name: " + path);
    if (const int other = connect_to(*address); other >= 0) {
        ::close(other);
        return fail(Errc::Refused, "another program already listens at " + path);
    }
    ::unlink(path.c_str());
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // 0600 from the first moment: on Linux the socket file takes the mode of the descriptor, less the umask.
    const bool ok = listener >= 0 && ::fchmod(listener, 0600) == 0 &&
                    ::bind(listener, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0 &&
                    ::chmod(path.c_str(), 0600) == 0 && ::listen(listener, 8) == 0;
    const int waker = ok ? ::eventfd(0, EFD_CLOEXEC) : -1;
    if (waker < 0) {
        const int e = errno;
        if (listener >= 0) ::close(listener);
        return fail(Errc::Unavailable, formatted("cannot listen: {}: {}", std::strerror(e), path));
    }
    return std::make_unique<Server>(listener, waker, path, std::move(handler));
}

Result<std::string> local_request(const std::string& path, std::string_view line, int timeout_ms) {
    if (line.size() > kMaxLine)
        return fail(Errc::Exhausted, formatted("a request of {} bytes is longer than 1 MiB", line.size()));
    const auto address = address_of(path);
    const int fd = address ? connect_to(*address) : -1;
    if (fd < 0) return fail(Errc::NotFound, "no program listens at " + path);
    const timeval patience{timeout_ms / 1000, (timeout_ms % 1000) * 1000L};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    std::string answer;
    bool ok = send_all(fd, std::string(line) + "\n");
    while (ok && !answer.ends_with('\n')) {
        char piece[4096];
        const ssize_t n = ::recv(fd, piece, sizeof piece, 0);
        ok = n > 0;
        if (ok) answer.append(piece, static_cast<std::size_t>(n));
    }
    ::close(fd);
    if (!ok) return fail(Errc::Unavailable, "no answer from the program that listens at " + path);
    answer.pop_back();
    return answer;
}

} // namespace pw
