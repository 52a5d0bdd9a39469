// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What is left of secrets in a process whose clients are gone. Child processes log in at a server in
// this one, forget everything, learn only then, and masked, what they had, and look for that in their
// own memory: what a core file or a swapped page would show. Meanwhile nothing that they give back is
// used again, which would hide what was left there.
//
// What is not looked at, and why:
//
// - the state: it is in the address of a page and so in the arguments of a browser, in its history and
//   in every URL on the way; it says nothing any more once the answer has come
// - what is still in use: a client that lives has its tokens and keys
// - the beginnings of signed tokens, which are no secret: their signatures are looked for
// - copies of the program's own, such as begun_login::set_cookie, and the texts of failures, in which
//   secrets.cpp looks for them
// - the kernel's buffers, and registers; what was swapped out before it was wiped
// - pieces of less than 31 octets

#include "hardening/kept_memory.hpp"
#include "hardening/masked_link.hpp"
#include "hardening/secret_flows.hpp"
#include "hardening/secret_provider.hpp"
#include "support/leave.hpp"
#include "support/parked.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
namespace asio = boost::asio;
using asio::ip::tcp;
using news = masked_link::news;

// --- The child -------------------------------------------------------------------------------

/// The world as the child has it: everything is at the other end.
class far_world final : public secret_world
{
public:
    explicit far_world(masked_link& l) : link_(l) {}

    void made(canary_kind k, std::string_view text) override
    {
        link_.send(news::made, static_cast<std::uint8_t>(k), text);
    }

    secret given(canary_kind k) override
    {
        auto text = link_.ask(news::given, static_cast<std::uint8_t>(k), {});
        secret out(text);
        wipe(text);
        return out;
    }

    void said(std::string_view) override {}

    std::string redirect_of(const std::string& page) override
    {
        return link_.ask(news::redirect, 0, page);
    }

    std::shared_ptr<user_agent> agent(const asio::any_io_executor& ex) override
    {
        return std::make_shared<far_user>(link_, ex);
    }

private:
    class far_user final : public user_agent
    {
    public:
        far_user(masked_link& l, asio::any_io_executor ex) : link_(l), executor_(std::move(ex)) {}

        void async_open(url page, opened_handler h) override
        {
            link_.send(news::page, 0, page.str());
            std::make_shared<test::parked<result<void>>>(executor_, std::move(h))
                ->complete(result<void>());
        }

        void async_ask_redirect_url(pasted_handler h) override
        {
            asked_ = std::make_shared<test::parked<result<std::string>>>(executor_, std::move(h));
            asked_->listen_for_cancellation();
        }

    private:
        masked_link& link_;
        asio::any_io_executor executor_;
        std::shared_ptr<test::parked<result<std::string>>> asked_;
    };

    masked_link& link_;
};

/// The parts of this process that can be written to.
class own_memory
{
public:
    class part
    {
    public:
        const char* begin;
        std::size_t size;
        std::string name;
    };

    own_memory()
    {
        std::ifstream maps("/proc/self/maps");
        for (std::string line; std::getline(maps, line);)
        {
            std::uintptr_t from = 0;
            std::uintptr_t to = 0;
            const char* const end = line.data() + line.size();
            const auto first = std::from_chars(line.data(), end, from, 16);
            const auto second = std::from_chars(first.ptr + 1, end, to, 16);
            if (std::string_view(second.ptr + 1, 2) != "rw")
                continue;
            const auto name = line.find_first_of("/[");
            parts_.push_back(part{
                reinterpret_cast<const char*>(from),
                to - from,
                name == std::string::npos ? "anonymous memory" : line.substr(name)});
        }
    }

    const std::vector<part>& parts() const { return parts_; }

private:
    std::vector<part> parts_;
};

// What is around a place, for whoever looks into why something is there.
void show_around(const char* at, const own_memory::part& in, canary_kind k)
{
    if (std::getenv("ASIOAUTH_SHOW_SECRETS") == nullptr) // NOLINT(concurrency-mt-unsafe)
        return;
    constexpr std::ptrdiff_t before = 160;
    constexpr std::ptrdiff_t after = 96;
    const char* const from = at - std::min(before, at - in.begin);
    std::string text;
    for (const char* p = from; p != at + std::min(after, in.begin + in.size - at); ++p)
    {
        const bool visible = *p >= 0x20 && *p < 0x7f;
        text += p == at ? "<<" : "";
        text += visible ? *p : '.';
    }
    std::fprintf(
        stderr,
        "%s in %s at %p: %s\n",
        name_of(k),
        in.name.c_str(),
        static_cast<const void*>(at),
        text.c_str()
    );
}

void look_through_memory(masked_link& link)
{
    canary_scanner all;
    std::uint8_t kind = 0;
    std::string text;
    while (link.receive(kind, text) == news::piece)
        all.add(static_cast<canary_kind>(kind), text);
    std::map<std::pair<canary_kind, std::string>, std::size_t> found;
    std::size_t octets = 0;
    const own_memory memory;
    for (const auto& p : memory.parts())
    {
        octets += p.size;
        all.look(p.begin, p.size, [&](canary_kind k, const char* at) {
            ++found[{k, p.name}];
            show_around(at, p, k);
        });
    }
    for (const auto& [what, times] : found)
        link.send(
            news::found,
            static_cast<std::uint8_t>(what.first),
            std::to_string(times) + " pieces in " + what.second
        );
    link.send(news::over, 0, std::to_string(octets));
}

/// @param keep leave a copy of what was given around, to see that it is found
[[noreturn]] void
be_the_child(int fd, const std::string& ca_file, const secret_flow& flow, bool keep)
{
    ::alarm(600);
    memory_is_kept = true;
    static std::string kept;
    try
    {
        masked_link link(fd);
        {
            far_world world(link);
            std::uint8_t ignored = 0;
            if (link.receive(ignored, world.base) != news::answer)
                ::_exit(2);
            for (char& c : world.base)
                c = static_cast<char>(c ^ mask);
            world.ca_file = ca_file;
            {
                secret_client c(world);
                flow.run(c);
            }
            if (keep)
                kept = world.given(canary_kind::access_token).reveal();
        }
        link.send(news::over, 0, {});
        look_through_memory(link);
    }
    catch (const std::exception& e)
    {
        std::fprintf(stderr, "%s\n", e.what());
        ::_exit(3);
    }
    test::leave(0);
}

// --- The parent ------------------------------------------------------------------------------

class remains
{
public:
    std::map<canary_kind, std::size_t> pieces; ///< that were found
    std::vector<std::string> where;
    std::set<canary_kind> kinds;
    std::size_t secrets = 0;
    std::size_t octets = 0;
    int status = -1;
};

class parent
{
public:
    parent(int fd, const identity* who) : link_(fd), provider_(who, "https://site.example")
    {
        link_.send(news::answer, 0, provider_.base());
    }
    parent(const parent&) = delete;
    parent& operator=(const parent&) = delete;
    ~parent() { wait_for_browsers(); }

    remains run()
    {
        std::uint8_t kind = 0;
        std::string text;
        for (auto what = link_.receive(kind, text); what != news::over;
             what = link_.receive(kind, text))
        {
            const auto clear = masked(text); // twice is not at all
            const auto k = static_cast<canary_kind>(kind);
            switch (what)
            {
            case news::made: provider_.secrets().add(k, clear); break;
            case news::given: link_.send(news::answer, 0, provider_.secrets().make(k)); break;
            case news::page: visit(clear); break;
            case news::redirect: link_.send(news::answer, 0, provider_.redirect_of(clear)); break;
            default: return {};
            }
        }
        return tell_all();
    }

private:
    void visit(const std::string& page)
    {
        browsers_.emplace_back([back = url::parse(provider_.redirect_of(page)).value()] {
            asio::io_context io;
            tcp::socket s(io);
            error_code ec;
            s.connect({asio::ip::address_v4::loopback(), back.port()}, ec);
            asio::write(
                s,
                asio::buffer(
                    "GET " + back.target() + " HTTP/1.1\r\nHost: " + back.authority()
                    + "\r\nConnection: close\r\nCookie: other=" + std::string(2'000, 'x')
                    + "\r\n\r\n"
                ),
                ec
            );
            std::string shown;
            asio::read(s, asio::dynamic_buffer(shown), ec);
        });
    }

    void wait_for_browsers()
    {
        for (auto& b : browsers_)
            b.join();
        browsers_.clear();
    }

    // Other forms of what is told as text.
    static std::vector<canary> forms_of(const canary& c)
    {
        std::vector<canary> out = {c};
        const bool octets = c.kind == canary_kind::private_key || c.kind == canary_kind::dpop_key
            || c.kind == canary_kind::verifier;
        if (octets)
        {
            auto raw = base64url_decode(c.text).value_or("");
            out.push_back(canary{c.kind, raw});
            std::reverse(raw.begin(), raw.end()); // as OpenSSL has numbers
            out.push_back(canary{c.kind, raw});
        }
        return out;
    }

    remains tell_all()
    {
        remains out;
        for (const auto& c : provider_.secrets().all())
        {
            ++out.secrets;
            out.kinds.insert(c.kind);
            for (const auto& form : forms_of(c))
            {
                // In clear here, masked on the way and where it arrives.
                for (const auto& p : canary_scanner::pieces_of(form.text))
                    link_.send(news::piece, static_cast<std::uint8_t>(c.kind), masked(p));
            }
        }
        link_.send(news::no_more, 0, {});
        std::uint8_t kind = 0;
        std::string text;
        auto what = link_.receive(kind, text);
        for (; what == news::found; what = link_.receive(kind, text))
        {
            const auto k = static_cast<canary_kind>(kind);
            const auto clear = masked(text);
            if (k == canary_kind::state)
                continue; // see above
            out.pieces[k] += std::stoul(clear);
            out.where.push_back(std::string(name_of(k)) + ": " + clear);
        }
        if (what == news::over)
            out.octets = std::stoul(masked(text));
        return out;
    }

    masked_link link_;
    secret_provider provider_;
    std::list<std::thread> browsers_;
};

remains run_elsewhere(const secret_flow& flow, bool tls, bool keep = false)
{
    static const identity good = test_pki::get().good();
    const std::string ca_file = tls ? test_pki::get().ca_file() : "";
    std::array<int, 2> ends = {-1, -1};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    std::fflush(nullptr);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0)
    {
        ::close(ends[0]);
        be_the_child(ends[1], ca_file, flow, keep);
    }
    ::close(ends[1]);
    remains out;
    {
        parent p(ends[0], tls ? &good : nullptr);
        out = p.run();
    }
    ::waitpid(child, &out.status, 0);
    return out;
}

// What AddressSanitizer has of the address space cannot be read through.
boost::test_tools::assertion_result memory_is_ordinary(boost::unit_test::test_unit_id)
{
#ifdef __SANITIZE_ADDRESS__
    return false;
#else
    return true;
#endif
}

BOOST_AUTO_TEST_SUITE(secrets_in_memory, *boost::unit_test::precondition(memory_is_ordinary))

BOOST_AUTO_TEST_CASE(a_copy_that_a_program_keeps_is_found)
{
    const auto r = run_elsewhere(secret_flows[3], false, true);
    BOOST_TEST(r.status == 0);
    BOOST_TEST(r.pieces.contains(canary_kind::access_token));
}

BOOST_AUTO_TEST_CASE(nothing_of_a_secret_is_left_in_memory_when_its_client_is_gone)
{
    for (const bool tls : {false, true})
    {
        std::set<canary_kind> kinds;
        std::size_t secrets = 0;
        std::size_t octets = 0;
        std::size_t found = 0;
        for (const auto& flow : secret_flows)
        {
            const auto r = run_elsewhere(flow, tls);
            BOOST_TEST(r.status == 0);
            BOOST_TEST(r.octets != 0U);
            kinds.insert(r.kinds.begin(), r.kinds.end());
            secrets += r.secrets;
            octets += r.octets;
            for (const auto& [kind, pieces] : r.pieces)
                found += pieces;
            for (const auto& text : r.where)
                std::printf("left by %s: %s\n", flow.name, text.c_str());
        }
        BOOST_TEST(kinds.size() == canary_names.size());
        BOOST_TEST(found == 0U);
        std::printf(
            "secrets: %zu kinds, %zu flows, %zu secrets of processes that are done with them, %s, "
            "%zu "
            "octets of memory looked at, %zu found\n",
            kinds.size() - 1, // without the state
            secret_flows.size(),
            secrets,
            tls ? "TLS" : "plain",
            octets,
            found
        );
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
