// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a peer can make one operation hold: every response that wants to be held, at every place where
// an operation reads one. What the operation's thread has allocated and not given back is measured.

#include "hardening/endless_responses.hpp"
#include "hardening/kept_memory.hpp"
#include "support/loopback_server.hpp"

#include <asioauth/client.hpp>
#include <asioauth/describe.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>

bool asioauth::testing::memory_is_kept = false;

namespace {

thread_local bool measuring = false;
thread_local std::ptrdiff_t held = 0;
thread_local std::ptrdiff_t most_held = 0;

void* counted(void* p) noexcept
{
    if (p != nullptr && measuring)
    {
        held += static_cast<std::ptrdiff_t>(malloc_usable_size(p));
        most_held = std::max(most_held, held);
    }
    return p;
}

void release(void* p) noexcept
{
    if (p != nullptr && measuring)
        held -= static_cast<std::ptrdiff_t>(malloc_usable_size(p));
    if (!asioauth::testing::memory_is_kept)
        std::free(p);
}

} // namespace

void* operator new(std::size_t size)
{
    void* const p = counted(std::malloc(std::max<std::size_t>(size, 1)));
    if (p == nullptr)
        throw std::bad_alloc();
    return p;
}

void* operator new[](std::size_t size)
{
    return ::operator new(size);
}

void operator delete(void* p) noexcept
{
    release(p);
}

void operator delete(void* p, std::size_t) noexcept
{
    release(p);
}

void operator delete[](void* p) noexcept
{
    release(p);
}

void operator delete[](void* p, std::size_t) noexcept
{
    release(p);
}

namespace asioauth {
namespace {

using namespace testing;
namespace asio = boost::asio;

constexpr std::ptrdiff_t allowed = 512 * 1024;

class place
{
public:
    const char* name;
    const char* path;
};

constexpr place places[] = {
    {"probe", "/mcp"},
    {"resource metadata", "/.well-known/oauth-protected-resource/mcp"},
    {"server metadata", "/.well-known/oauth-authorization-server"},
    {"registration", "/register"},
    {"token", "/token"},
    {"keys", "/jwks"},
    {"page", "/"},
    {"icon", "/favicon.ico"},
};

// A provider on the loopback, one of whose answers is hostile.
class scene
{
public:
    scene(const place& at, const hostile_response& what)
        : at_(at)
        , what_(what)
        , server_([this](peer& p) { serve(p); })
    {}

    /// @return what was held at most
    std::ptrdiff_t run()
    {
        const std::string resource = server_.url("/mcp");
        asio::io_context io;
        // The stalls among them are to end some time.
        http_client_settings http;
        http.response_timeout(std::chrono::milliseconds(2000));
        client_settings s;
        s.http(http).store(std::make_shared<memory_store>(io.get_executor()));
        std::optional<client> c;
        c.emplace(io.get_executor(), s);
        io.poll();

        measuring = true;
        held = most_held = 0;
        perform(io, *c, resource);
        measuring = false;
        c.reset();
        io.restart();
        io.run();
        return most_held;
    }

    bool was_asked() const { return asked_; }

private:
    template <class T, class Start>
    static T value_of(asio::io_context& io, Start start)
    {
        T out;
        bool done = false;
        start([&](error_code, T v) {
            done = true;
            out = std::move(v);
        });
        io.restart();
        while (!done && io.run_one() != 0)
        {}
        return out;
    }

    static void perform(asio::io_context& io, client& c, const std::string& resource)
    {
        const auto found = value_of<discovery>(io, [&](auto h) { c.async_discover(resource, h); });
        if (!found.server.issuer.empty())
        {
            (void)value_of<registration>(io, [&](auto h) {
                c.async_register(found, register_params().force(true), h);
            });
            const registration mine(found.server.issuer, "c", secret("s"));
            (void)value_of<token_set>(io, [&](auto h) {
                c.async_request_token(
                    found, mine, token_params(token_grant::client_credentials()), h
                );
            });
            token_set tokens;
            tokens.id_token = secret("e30.e30.");
            (void)value_of<id_token_claims>(io, [&](auto h) {
                c.async_check_id_token(found, mine, tokens, "n", h);
            });
        }
        (void)value_of<provider_profile>(io, [&](auto h) {
            async_describe(c, describe_params(resource).look_for_metadata(false), h);
        });
    }

    void serve(peer& p)
    {
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            const auto from = r.find(' ') + 1;
            const std::string path = r.substr(from, r.find(' ', from) - from);
            if (path.substr(0, path.find('?')) == at_.path)
            {
                asked_ = true;
                bool open = p.write(what_.begin);
                for (std::size_t i = 0; open && i != what_.times; ++i)
                    open = p.write(what_.block);
                if (what_.times != 0)
                    return p.close();
                continue;
            }
            answer(p, path);
        }
    }

    void answer(peer& p, const std::string& path)
    {
        const std::string type = "Content-Type: application/json\r\n";
        const std::string here = server_.url("");
        if (path == "/mcp")
        {
            p.write("HTTP/1.1 401 U\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n");
        }
        else if (path == places[1].path)
        {
            p.respond(
                R"({"resource":")" + here + R"(/mcp","authorization_servers":[")" + here + R"("]})",
                type
            );
        }
        else if (path == places[2].path)
        {
            p.respond(
                R"({"issuer":")" + here + R"(","authorization_endpoint":")" + here
                    + R"(/authorize","token_endpoint":")" + here
                    + R"(/token","registration_endpoint":")" + here + R"(/register","jwks_uri":")"
                    + here
                    + R"(/jwks","response_types_supported":["code"],)"
                      R"("grant_types_supported":["authorization_code","client_credentials"],)"
                      R"("token_endpoint_auth_methods_supported":["none","client_secret_basic"],)"
                      R"("code_challenge_methods_supported":["S256"]})",
                type
            );
        }
        else
        {
            p.write("HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n");
        }
    }

    const place& at_;
    const hostile_response& what_;
    std::atomic<bool> asked_ = false;
    loopback_server server_;
};

BOOST_AUTO_TEST_SUITE(memory)

BOOST_AUTO_TEST_CASE(no_response_makes_an_operation_hold_more_than_512_kib)
{
    std::ptrdiff_t most = 0;
    std::size_t count = 0;
    const auto responses = hostile_responses();
    for (const auto& at : places)
    {
        for (const auto& what : responses)
        {
            BOOST_TEST_CONTEXT(what.name << " for the " << at.name)
            {
                scene s(at, what);
                const auto peak = s.run();
                BOOST_TEST(s.was_asked());
                BOOST_TEST(peak <= allowed);
                most = std::max(most, peak);
                ++count;
            }
        }
    }
    std::printf(
        "memory: %zu responses x %zu places = %zu operations, at most %td of %td bytes held\n",
        responses.size(),
        std::size(places),
        count,
        most,
        allowed
    );
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
