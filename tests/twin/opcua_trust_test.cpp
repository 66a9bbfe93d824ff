// SPDX-License-Identifier: Apache-2.0
// Who we are to OPC UA servers, and whom of them we trust: in folders in which everything can have gone wrong.
#include "twin/opcua_trust.h"

#include "base/file.h"
#include "base/guarded.h"
#include "base/log.h"
#include "tests/support/paths.h"
#include "tests/twin/opcua_support.h"
#include "twin/opcua_certificate.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

constexpr std::string_view kLeaf = "urn:plantwalk:test:leaf"; // the application of tests/twin/certificates/

std::vector<std::byte> file_of(const std::string& name) {
    const auto bytes = read_file((source_dir() / "tests/twin/certificates" / name).string());
    REQUIRE(bytes);
    return *bytes;
}

std::vector<std::byte> certificate(const std::string& name) { return der_blocks(file_of(name), "CERTIFICATE").at(0); }

// A user's folder.
struct User {
    Folder folder;
    OpcUaTrust trust{folder.path};
    User() {
        give_key(folder.path);
        for (const char* name : {"trusted", "revoked"}) REQUIRE(make_folders(path(name)));
    }
    std::string path(const std::string& name) const { return join_path(folder.path, name); }
    void put(const std::string& name, Bytes bytes) const { REQUIRE(write_file(path(name), bytes)); }
    void put_text(const std::string& name, std::string_view text) const { put(name, as_bytes(text)); }

    std::string refusal(const std::string& name, std::string_view uri = kLeaf) {
        const auto checked = trust.check(certificate(name), uri);
        return checked ? "" : checked.error().what;
    }
};

bool advises(const std::string& what) { return what.contains("mv "); }

// How often a key was made while it lived.
struct Makings {
    Guarded<int> count;
    Makings() { add_log_sink(&Makings::hear, this); }
    ~Makings() { remove_log_sink(&Makings::hear, this); }
    static void hear(LogLevel, std::string_view message, void* self) {
        if (message.starts_with("making a key")) ++*static_cast<Makings*>(self)->count.lock();
    }
};

// Nobody is kept out of anything by its mode.
bool all_may_read() { return ::geteuid() == 0; }

} // namespace

TEST_SUITE("twin/opcua_trust [slow]") {
    TEST_CASE("our key is made once, for our eyes only, and nobody is trusted without a word") {
        const std::string& folder = own_opcua_folder();
        OpcUaTrust first(folder);
        const auto own = first.own();
        REQUIRE(own);
        struct stat info{};
        REQUIRE(::stat(join_path(folder, "own/key.der").c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0600);
        OpcUaTrust second(folder);
        CHECK(second.own()->certificate == own->certificate);

        User user;
        const Result<void> unknown = user.trust.check(own->certificate, own->uri); // any certificate will do
        REQUIRE(!unknown);
        CHECK(unknown.error().code == Errc::Refused);
        const auto rejected = list_folder(user.path("rejected"));
        REQUIRE(rejected);
        REQUIRE(rejected->size() == 1);
        CHECK(unknown.error().what.contains("thumbprint " + rejected->front().substr(0, 40)));
        CHECK(unknown.error().what.contains(user.path("trusted")));

        user.put("trusted/it.der", own->certificate);
        CHECK(user.trust.check(own->certificate, own->uri));
        const std::byte nothing[] = {std::byte{1}, std::byte{2}};
        CHECK(!user.trust.check(nothing, "urn:x"));
        CHECK(!user.trust.check({}, "urn:x"));
    }

    TEST_CASE("a server is trusted through its authority, or by its own certificate alone") {
        User user;
        const std::string unknown = user.refusal("leaf.pem");
        CHECK_MESSAGE(advises(unknown), unknown);
        user.put("trusted/authority.pem", file_of("authority.pem"));
        CHECK(user.refusal("leaf.pem") == "");
        remove_file(user.path("trusted/authority.pem"));
        CHECK(user.refusal("leaf.pem") != "");
        user.put("trusted/leaf.der", certificate("leaf.pem"));
        CHECK(user.refusal("leaf.pem") == "");
        remove_file(user.path("trusted/leaf.der"));
        user.put("trusted/leaf.pem", file_of("leaf.pem"));
        CHECK_MESSAGE(user.refusal("leaf.pem") == "", "in PEM too");

        auto chain = certificate("leaf.pem"); // as a server shows it
        const auto behind = certificate("authority.pem");
        chain.insert(chain.end(), behind.begin(), behind.end());
        CHECK(user.trust.check(chain, kLeaf));
    }

    TEST_CASE("what no trusting helps against is told in its own words, and nobody is told to trust it") {
        User user;
        for (const char* const place : {"", "trusted/it.der"}) {
            if (*place != '\0') user.put(place, certificate("expired.pem"));
            const std::string expired = user.refusal("expired.pem");
            CHECK_MESSAGE(expired.contains("expired at 2021-02-03T04:05:06Z"), expired);
            CHECK(!advises(expired));
            if (*place != '\0') user.put(place, certificate("future.pem"));
            const std::string future = user.refusal("future.pem");
            CHECK_MESSAGE(future.contains("not valid before 2100-02-03T04:05:06Z"), future);
            CHECK(!advises(future));
            if (*place != '\0') user.put(place, certificate("leaf.pem"));
            const std::string other = user.refusal("leaf.pem", "urn:somebody:else");
            CHECK_MESSAGE(other.contains("another application"), other);
            CHECK(!advises(other));
        }
        user.put("trusted/it.der", certificate("elliptic.pem"));
        const std::string elliptic = user.refusal("elliptic.pem");
        CHECK_MESSAGE(elliptic.contains("RSA"), elliptic);
        CHECK(!list_folder(user.path("rejected")));
    }

    TEST_CASE("who is revoked is refused, whoever is trusted") {
        User user;
        for (const char* const trusted : {"authority.pem", "leaf.pem"}) {
            user.put("trusted/it.pem", file_of(trusted));
            user.put("revoked/list.pem", file_of("revokes_none.pem"));
            CHECK(user.refusal("leaf.pem") == "");
            user.put("revoked/list.pem", file_of("revokes_leaf.pem"));
            const std::string revoked = user.refusal("leaf.pem");
            CHECK_MESSAGE(revoked.contains("revoked by its authority"), revoked);
            CHECK(!advises(revoked));
            user.put("revoked/list.pem", der_blocks(file_of("revokes_leaf.pem"), "X509 CRL").at(0));
            CHECK_MESSAGE(user.refusal("leaf.pem") == revoked, "in DER too");
        }
    }

    TEST_CASE("a folder that cannot be read trusts nobody, and is named") {
        User user;
        user.put("trusted/it.pem", file_of("authority.pem"));
        user.put("revoked/list.pem", file_of("revokes_leaf.pem"));
        if (!all_may_read()) {
            for (const char* const name : {"revoked", "trusted"}) {
                REQUIRE(::chmod(user.path(name).c_str(), 0) == 0);
                const std::string what = user.refusal("leaf.pem");
                CHECK_MESSAGE(what.contains(user.path(name)), what);
                CHECK(!advises(what));
                REQUIRE(::chmod(user.path(name).c_str(), 0700) == 0);
            }
        }
        remove_folder(user.path("revoked"));
        CHECK_MESSAGE(user.refusal("leaf.pem") == "", "nobody has made it");
        REQUIRE(::symlink("/nonexistent/share", user.path("revoked").c_str()) == 0);
        const std::string away = user.refusal("leaf.pem");
        CHECK_MESSAGE(away.contains(user.path("revoked")), away);
        remove_file(user.path("revoked"));
        user.put_text("revoked", "a file");
        CHECK(user.refusal("leaf.pem").contains(user.path("revoked")));
    }

    TEST_CASE("strange files are passed over among the trusted, and named among the lists") {
        User user;
        user.put("trusted/it.pem", file_of("authority.pem"));
        user.put_text("trusted/note.txt", "no certificate");
        user.put_text("trusted/empty", "");
        for (const char* const folder : {"trusted/old", "revoked/old"}) REQUIRE(make_folders(user.path(folder)));
        REQUIRE(::symlink("/nonexistent", user.path("trusted/link").c_str()) == 0);
        CHECK(user.refusal("leaf.pem") == "");
        for (const std::string_view text : {"junk", "", "-----BEGIN X509 CRL-----\nMII"}) {
            user.put_text("revoked/strange", text);
            const std::string what = user.refusal("leaf.pem");
            CHECK_MESSAGE(what.contains(user.path("revoked/strange")), what);
            CHECK(!advises(what));
        }
    }
}

TEST_SUITE("twin/opcua_identity [slow]") {
    TEST_CASE("programs that start together are one application") {
        const Folder user;
        std::vector<std::byte> certificates[2];
        Makings makings;
        {
            std::vector<std::jthread> programs;
            for (auto& certificate : certificates) {
                programs.emplace_back([&] {
                    if (const auto own = OpcUaTrust(user.path).own()) certificate = own->certificate;
                });
            }
        }
        CHECK(!certificates[0].empty());
        CHECK(certificates[0] == certificates[1]);
        CHECK(*makings.count.lock() == 1);
        CHECK(OpcUaTrust(user.path).own()->certificate == certificates[0]);
    }

    TEST_CASE("what cannot be used is named") {
        User user;
        const auto key = read_file(user.path("own/key.der"));
        REQUIRE(key);
        const auto refused = [&](const std::string& name, Bytes bytes) {
            const auto before = read_file(user.path(name));
            REQUIRE(before);
            user.put(name, bytes);
            const auto own = OpcUaTrust(user.folder.path).own();
            user.put(name, *before);
            REQUIRE(!own);
            CHECK(own.error().code == Errc::Malformed);
            CHECK_MESSAGE(own.error().what.contains(user.path(name)), own.error().what);
        };
        refused("own/certificate.der", {});
        refused("own/certificate.der", as_bytes("junk"));
        refused("own/key.der", {});
        refused("own/key.der", as_bytes("junk"));
        refused("own/uri.txt", {});
        refused("own/uri.txt", as_bytes("urn:somebody:else"));
        const Folder other;
        const auto others = own_identity(join_path(other.path, "own"));
        REQUIRE(others);
        refused("own/key.der", others->key);
        refused("own/key.der", file_of("elliptic_key.der"));
        refused("own/certificate.der", certificate("elliptic.pem"));
        CHECK(OpcUaTrust(user.folder.path).own());
    }

    TEST_CASE("no key is made where it cannot be kept") {
        const Folder user;
        const std::string own = join_path(user.path, "own");
        Makings makings;
        REQUIRE(write_text(own, "a file"));
        CHECK(!own_identity(own));
        remove_file(own);
        REQUIRE(make_folders(own));
        REQUIRE(::chmod(own.c_str(), 0500) == 0);
        if (!all_may_read()) {
            const auto refused = own_identity(own);
            REQUIRE(!refused);
            CHECK(refused.error().what.contains(own));
        }
        REQUIRE(::chmod(own.c_str(), 0700) == 0);
        REQUIRE(make_folders(join_path(own, "room"))); // as a full disk, it lets the lock in and nothing more
        const auto full = own_identity(own);
        REQUIRE(!full);
        CHECK(full.error().what.contains(own));
        CHECK(*makings.count.lock() == 0);
    }
}
