// SPDX-License-Identifier: Apache-2.0
#include "simulation/engine.h"

#include <cstring>
#include <utility>

namespace pw::simulation {
namespace {

constexpr std::uint64_t kMagic = 0x0001'006d'6973'7770; // "pwsim", version 1

class Writer {
  public:
    template <class... Ts> void operator()(const Ts&... fields) { (field(fields), ...); }
    std::vector<std::byte> out;

  private:
    template <class T> void field(const T& value) {
        static_assert(kNoPadding<T>);
        raw(&value, sizeof(T));
    }
    template <class T> void field(const std::vector<T>& list) {
        static_assert(kNoPadding<T>);
        field(static_cast<std::uint64_t>(list.size()));
        if (!list.empty()) raw(list.data(), list.size() * sizeof(T));
    }
    void raw(const void* data, std::size_t size) {
        const auto* bytes = static_cast<const std::byte*>(data);
        out.insert(out.end(), bytes, bytes + size);
    }
};

// Lists keep the length that they have, which is the model's, but for the items, whose number is bounded by the bytes
// that are there.
class Reader {
  public:
    explicit Reader(Bytes bytes) : in_(bytes) {}
    template <class... Ts> void operator()(Ts&... fields) { (field(fields), ...); }
    bool good() const { return good_ && in_.ok(); }
    std::size_t left() const { return in_.left(); }

    template <class T> void list(std::vector<T>& out, std::size_t most) {
        const auto count = in_.read<std::uint64_t>();
        if (count > most || count > in_.left() / sizeof(T)) {
            good_ = false;
            return;
        }
        out.resize(static_cast<std::size_t>(count));
        const Bytes bytes = in_.take(out.size() * sizeof(T));
        if (!bytes.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
    }

  private:
    template <class T> void field(T& value) { value = in_.read<T>(); }
    void field(std::vector<Item>& items) { list(items, kMaxItems + 1); }
    template <class T> void field(std::vector<T>& out) {
        const std::size_t expected = out.size();
        list(out, expected);
        good_ = good_ && out.size() == expected;
    }

    ByteReader in_;
    bool good_ = true;
};

} // namespace

std::vector<std::byte> Engine::snapshot() const {
    Writer writer;
    writer(kMagic, model_->fingerprint, options_.seed, std::uint64_t{options_.replication});
    const_cast<RunState&>(s_).visit(writer); // one list of fields for both ways; a Writer only reads
    writer(s_.timers.order(), s_.timers.entries());
    writer(hash64(writer.out));
    return std::move(writer.out);
}

Result<void> Engine::restore(Bytes bytes) {
    constexpr std::size_t kTrailer = sizeof(std::uint64_t);
    ByteReader head(bytes);
    if (head.read<std::uint64_t>() != kMagic || bytes.size() < 4 * kTrailer)
        return fail(Errc::Malformed, "this is no snapshot of a simulation");
    if (head.read<std::uint64_t>() != model_->fingerprint)
        return fail(Errc::Refused, "this is a snapshot of another plant");
    const Bytes body = bytes.first(bytes.size() - kTrailer);
    if (ByteReader(bytes.last(kTrailer)).read<std::uint64_t>() != hash64(body))
        return fail(Errc::Malformed, "the snapshot is damaged");

    Reader reader(body.subspan(2 * kTrailer));
    std::uint64_t seed = 0, replication = 0, order = 0;
    RunState state = s_; // for the sizes
    std::vector<Timers::Entry> entries;
    reader(seed, replication);
    state.visit(reader);
    reader(order);
    reader.list(entries, model_->timers.size());
    if (!reader.good() || reader.left() != 0 || replication > UINT32_MAX ||
        !state.timers.restore(entries, order, state.now))
        return fail(Errc::Malformed, "the snapshot does not fit together");
    std::swap(s_, state);
    if (Result<void> sound = check(); !sound) {
        std::swap(s_, state);
        return fail(Errc::Malformed, "the snapshot does not fit together: " + sound.error().what);
    }
    options_.seed = seed;
    options_.replication = static_cast<std::uint32_t>(replication);
    events_.clear();
    // A snapshot does not say when a cycle in hand began: its share starts anew.
    for (std::size_t p = 0; p < s_.ports.size(); ++p) {
        const std::uint32_t m = model_->elements[model_->ports[p].element].machine;
        begun_[p] = m == kNone ? 0 : clock(s_.machines[m]);
    }
    steps_ = 0;
    full_ = false;
    return {};
}

} // namespace pw::simulation
