// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 17: a platform of several nodes with one PostgreSQL.
//
// What one node begins another finishes, a third uses, and of all that need a fresh token at once one
// refreshes. The nodes share nothing but the database and the key that its records are sealed with:
//
//     ASIOAUTH_POSTGRES   what libpq takes, as `host=db.example dbname=logins user=app`
//     PLATFORM_KEY        32 random octets as 64 hexadecimal digits (openssl rand -hex 32)

#include "servers/headless_browser.hpp"
#include "support/co_main.hpp"
#include "support/own_http.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>
#include <asioauth/key_source.hpp>
#include <asioauth/postgres_store.hpp>
#include <asioauth/sealed_store.hpp>

#include <cstdlib>
#include <memory>

namespace {

namespace asio = boost::asio;

// [platform_store]
std::shared_ptr<asioauth::store>
shared_store(const asio::any_io_executor& ex, const char* connection_string)
{
    asioauth::postgres_settings where(connection_string);
    where.connections(8); // of this process, at most
    auto database = std::make_shared<asioauth::postgres_store>(ex, where);
    auto keys = asioauth::environment_keys(ex, "PLATFORM_KEY");
    return std::make_shared<asioauth::sealed_store>(database, keys);
}
// [platform_store]

// [node]
// A process of the platform: its own connections, the same records.
class node
{
public:
    node(const asio::any_io_executor& ex, const char* database, const std::string& redirect_uri)
        : client(ex, settings(shared_store(ex, database)))
        , logins(client, redirect_uri)
    {}

    asioauth::client client;
    asioauth::authorizer logins;

private:
    static asioauth::client_settings settings(std::shared_ptr<asioauth::store> shared)
    {
        asioauth::client_settings out;
        out.client_name("asioauth lesson 17").store(std::move(shared));
        return out;
    }
};
// [node]

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    const char* const database = std::getenv("ASIOAUTH_POSTGRES");
    if (database == nullptr)
    {
        std::cerr << "Set ASIOAUTH_POSTGRES and PLATFORM_KEY, as the comment above says.\n";
        co_return EXIT_FAILURE;
    }
    example::callback_server web; // stands for the web servers of all nodes
    const std::string redirect_uri = web.origin() + "/callback";
    node first(ex, database, redirect_uri);
    node second(ex, database, redirect_uri);
    node third(ex, database, redirect_uri);
    asioauth::diagnostics info;

    // [begin]
    asioauth::begin_params begin(text);
    begin.return_to("/integrations");
    auto [not_begun, begun] =
        co_await first.logins.async_begin("anna", begin, info, example::as_tuple);
    // [begin]
    if (not_begun)
        co_return example::complain(not_begun, info);
    std::cout << "1. The first node sends anna to " << begun.found.server.issuer << ".\n";
    example::headless_browser(example::headless_settings()).visit(begun.where.str());

    // [complete]
    asioauth::login_callback came(web.wait()); // the target of the request
    came.cookies(begun.set_cookie.substr(0, begun.set_cookie.find(';'))).user("anna");
    auto [not_done, done] = co_await second.logins.async_complete(came, info, example::as_tuple);
    // [complete]
    if (not_done)
        co_return example::complain(not_done, info);
    std::cout << "2. The second node has finished her login, and sends her to " << done.return_to
              << ".\n";

    // [use]
    // In a job, days later: nobody is there who could log in.
    asioauth::login_params kept(text);
    kept.user("anna").silent(true);
    auto [failed, session] = co_await third.client.async_login(kept, info, example::as_tuple);
    // [use]
    if (failed)
        co_return example::complain(failed, info);
    const bool same = session.tokens().access_token == done.session.tokens().access_token;
    std::cout << "3. The third node has found " << (same ? "the same" : "another") << " token.\n";

    // One refreshes; the other finds what it got, and asks nobody.
    const asioauth::secret old = session.tokens().access_token;
    auto [not_fresh, fresh] = co_await session.async_replace_token(old, info, example::as_tuple);
    if (not_fresh)
        co_return example::complain(not_fresh, info);
    auto [not_found, theirs] =
        co_await done.session.async_replace_token(old, info, example::as_tuple);
    if (not_found)
        co_return example::complain(not_found, info);
    const bool shared = theirs.value == fresh.value && !(fresh.value == old);
    std::cout << "4. The third node refreshed it, and the second has "
              << (shared ? "what it got" : "another one") << ".\n";
    co_return same&& shared ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
