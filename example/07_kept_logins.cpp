// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 7: a login that is kept, and used again by the next run of the program.
//
// open_sqlite() keeps registrations and tokens, sealed, in a file of the user's. A second client (a
// second run, or another program of the same user) finds the login there: no browser, and of all
// that need a fresh token at once one asks the server. async_token() hands out a token that lasts;
// async_logout() revokes what the server gave and forgets it.

#include "support/co_main.hpp"

#include <asioauth/client.hpp>
#include <asioauth/sqlite_store.hpp>

#include <chrono>
#include <filesystem>

namespace {

namespace asio = boost::asio;

// The default place is the user's data folder; a lesson keeps out of that.
class own_folder
{
public:
    own_folder()
        : path_(
            std::filesystem::temp_directory_path()
            / ("asioauth-lesson-7-"
               + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()))
        )
    {}
    own_folder(const own_folder&) = delete;
    own_folder& operator=(const own_folder&) = delete;
    ~own_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string file() const { return (path_ / "logins.sqlite").string(); }

private:
    std::filesystem::path path_;
};

void note(std::string_view text)
{
    std::cout << "   (" << text << ")\n";
}

// [settings]
asioauth::client_settings settings_with(const asio::any_io_executor& ex, const std::string& file)
{
    asioauth::sqlite_settings where;
    where.path(file);
    asioauth::client_settings settings;
    settings.client_name("asioauth lesson 7").store(asioauth::open_sqlite(ex, where, note));
    return settings;
}
// [settings]

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    const own_folder folder;
    asioauth::diagnostics info;

    std::cout << "1. The first run: the user goes through the browser.\n";
    {
        asioauth::client client(ex, settings_with(ex, folder.file()));
        auto [failed, session] = co_await client.async_login(text, info, example::as_tuple);
        if (failed)
            co_return example::complain(failed, info);
        std::cout << "   Logged in to " << session.resource() << ".\n";
    }

    std::cout << "2. The second run: `silent` never sends the user anywhere.\n";
    asioauth::client client(ex, settings_with(ex, folder.file()));
    // [silent]
    asioauth::login_params kept(text);
    kept.silent(true);
    auto [failed, session] = co_await client.async_login(kept, info, example::as_tuple);
    if (failed)
        co_return example::complain(failed, info);
    // [silent]

    // [token]
    // Whoever needs a token for a while says for how long; it is refreshed first if need be.
    const std::chrono::minutes ten(10);
    auto [no_token, token] = co_await session.async_token(ten, info, example::as_tuple);
    if (no_token)
        co_return example::complain(no_token, info);
    // [token]
    std::cout << "   A token of " << token.value.size() << " characters for the scope \""
              << asioauth::presentable(token.scope) << "\".\n";

    std::cout << "3. Logging out.\n";
    // [logout]
    const asioauth::logout_params logout;
    auto [not_out, done] = co_await session.async_logout(logout, info, example::as_tuple);
    if (not_out)
        co_return example::complain(not_out, info);
    // [logout]
    std::cout << "   Revoked at the server: " << (done.refresh_token_revoked ? "yes" : "no")
              << ".\n";
    auto [gone, nobody] = co_await client.async_login(kept, info, example::as_tuple);
    if (gone != asioauth::condition::login_required)
        co_return example::complain(gone, info);
    std::cout << "   And here nobody is logged in any more.\n";
    co_return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
