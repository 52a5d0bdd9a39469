// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 12: a store of your own, and what a store is asked for.
//
// example/support/map_store.hpp keeps records in a map. It counts what it is asked for, so that this
// lesson can say what a login, its reuse and a refresh cost a store: with postgres_store each of these
// operations is one statement. Whether a store keeps its promises is tested in lesson 15.

#include "servers/headless_browser.hpp"
#include "support/co_main.hpp"
#include "support/map_store.hpp"
#include "support/own_http.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>

#include <chrono>
#include <iomanip>
#include <map>
#include <memory>

namespace {

namespace asio = boost::asio;
using counts = std::map<std::string, int>;

// What the documents say that each step asks of a store.
class audit
{
public:
    explicit audit(std::shared_ptr<example::map_store> kept) : kept_(std::move(kept)) {}

    void operator()(const char* step, const counts& documented)
    {
        const counts asked = kept_->asked();
        std::cout << std::left << std::setw(40) << step;
        for (const auto& [operation, times] : asked)
            std::cout << ' ' << times << " x " << operation;
        std::cout << (asked == documented ? "\n" : ", but the documents say otherwise\n");
        is_right_ = is_right_ && asked == documented;
    }

    int status() const { return is_right_ ? EXIT_SUCCESS : EXIT_FAILURE; }

private:
    std::shared_ptr<example::map_store> kept_;
    bool is_right_ = true;
};

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::diagnostics info;

    // [custom_store]
    auto kept = std::make_shared<example::map_store>(ex);
    asioauth::client_settings settings;
    settings.client_name("asioauth lesson 12").store(kept);
    asioauth::client client(ex, settings);
    // [custom_store]

    audit audited(kept);

    auto [failed, session] = co_await client.async_login(text, info, example::as_tuple);
    if (failed)
        co_return example::complain(failed, info);
    const counts first_login{{"load", 3}, {"lease", 1}, {"commit", 2}, {"release", 1}};
    audited("A first login, and a registration", first_login);

    asioauth::login_params again(text);
    again.silent(true);
    auto [lost, same] = co_await client.async_login(again, info, example::as_tuple);
    if (lost)
        co_return example::complain(lost, info);
    const counts one_load{{"load", 1}};
    audited("A login that is there", one_load);

    auto [no_token, held] =
        co_await session.async_token(std::chrono::seconds(30), info, example::as_tuple);
    if (no_token)
        co_return example::complain(no_token, info);
    const counts nothing;
    audited("A token that lasts", nothing);

    // As if the resource had refused it.
    auto [not_fresh, fresh] =
        co_await session.async_replace_token(held.value, info, example::as_tuple);
    if (not_fresh)
        co_return example::complain(not_fresh, info);
    const counts refresh{{"load", 2}, {"lease", 1}, {"commit", 1}, {"release", 1}};
    audited("A refresh", refresh);

    auto [not_found, theirs] =
        co_await same.async_replace_token(held.value, info, example::as_tuple);
    if (not_found)
        co_return example::complain(not_found, info);
    audited("A token that another has refreshed", one_load);

    // The same through a web server: there is another redirect URI, and so another registration.
    example::callback_server web;
    asioauth::authorizer logins(client, web.origin() + "/callback");
    asioauth::begin_params begin(text);
    auto [not_begun, unused] = co_await logins.async_begin("anna", begin, info, example::as_tuple);
    if (not_begun)
        co_return example::complain(not_begun, info);
    const counts first_begin{{"load", 2}, {"lease", 1}, {"commit", 2}, {"release", 1}};
    audited("A web login begun, and a registration", first_begin);
    auto [not_again, begun] = co_await logins.async_begin("anna", begin, info, example::as_tuple);
    if (not_again)
        co_return example::complain(not_again, info);
    const counts next_begin{{"load", 1}, {"commit", 1}};
    audited("A web login begun", next_begin);
    example::headless_browser(example::headless_settings()).visit(begun.where.str());
    asioauth::login_callback came(web.wait());
    came.cookies(begun.set_cookie.substr(0, begun.set_cookie.find(';')));
    auto [not_done, done] = co_await logins.async_complete(came, info, example::as_tuple);
    if (not_done)
        co_return example::complain(not_done, info);
    const counts completion{{"load", 2}, {"take", 1}, {"commit", 1}};
    audited("A web login finished", completion);

    const asioauth::logout_params logout;
    auto [not_out, out] = co_await session.async_logout(logout, info, example::as_tuple);
    if (not_out)
        co_return example::complain(not_out, info);
    const counts logging_out{{"load", 1}, {"lease", 1}, {"commit", 1}, {"release", 1}};
    audited("A logout", logging_out);

    auto [not_in, newer] = co_await client.async_login(text, info, example::as_tuple);
    if (not_in)
        co_return example::complain(not_in, info);
    const counts next_login{{"load", 2}, {"commit", 1}};
    audited("A login, and the client is known", next_login);
    co_return audited.status();
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
