// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hints.hpp"
#include "workplace.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;

failure no_store()
{
    failure none(errc::store_unavailable);
    none.where(stage::store).message("This program was built without a store for logins.");
    return none;
}

} // namespace

asio::awaitable<result<http_response>> send(workplace& at, http_request request)
{
    const auto start = [&](transport::handler h) {
        at.network->async_send(std::move(request), std::move(h));
    };
    co_return co_await of_port<http_response>(start);
}

asio::awaitable<result<generation>> remove(workplace& at, record_key key, generation seen)
{
    const auto start = [&](store::commit_handler h) {
        at.kept->async_commit(std::move(key), seen, 0, std::nullopt, std::move(h));
    };
    co_return co_await of_port<generation>(start);
}

asio::awaitable<result<std::vector<listed_record>>>
records(std::shared_ptr<store> from, record_filter which)
{
    std::vector<listed_record> out;
    which.limit(200);
    for (;;)
    {
        const auto start = [&](store::list_handler h) { from->async_list(which, std::move(h)); };
        auto page = co_await of_port<std::vector<listed_record>>(start);
        if (!page)
            co_return page.error();
        const bool last = page->size() < which.limit();
        if (!page->empty())
            which.after(page->back().key);
        std::move(page->begin(), page->end(), std::back_inserter(out));
        if (last)
            co_return out;
    }
}

asio::awaitable<result<std::vector<kept_login>>>
kept_logins(workplace& at, std::optional<std::string> account)
{
    if (!at.kept)
        co_return no_store();
    record_filter which;
    which.kind(record_kind::grant);
    if (account)
        which.user(*account);
    const auto listed = co_await records(at.kept, which);
    if (!listed)
        co_return listed.error();
    std::vector<kept_login> out;
    for (const auto& one : *listed)
    {
        kept_login kept;
        kept.key = one.key;
        kept.user = one.stored.value.user;
        auto login = read_stored_login(one);
        if (login)
            kept.login = std::move(*login);
        else
            kept.unreadable = login.error();
        kept.login.at = one.stored.at;
        out.push_back(std::move(kept));
    }
    co_return out;
}

asio::awaitable<result<std::vector<kept_login>>> kept_logins(workplace& at)
{
    std::optional<std::string> account;
    if (!at.given.account.empty())
        account = at.given.account;
    co_return co_await kept_logins(at, std::move(account));
}

asio::awaitable<std::string> other_accounts(workplace& at)
{
    const auto wanted = url::parse(at.given.url);
    if (!wanted || !at.kept)
        co_return std::string();
    std::optional<std::string> everybody;
    const auto all = co_await kept_logins(at, std::move(everybody));
    if (!all)
        co_return std::string();
    const std::string resource = canonical_resource(*wanted);
    std::string named;
    bool unnamed = false;
    for (const auto& kept : *all)
    {
        if (kept.unreadable || kept.user == at.given.account
            || canonical_resource(kept.login.requested) != resource)
            continue;
        unnamed = unnamed || kept.user.empty();
        if (!kept.user.empty())
            named.append(named.empty() ? "" : ", ").append(presentable(kept.user));
    }
    if (named.empty() && !unnamed)
        co_return std::string();
    if (named.empty())
        co_return "The login that is kept for this URL has no account: leave out --account.";
    std::string out = "No login of this account is kept for this URL, but of " + named;
    co_return out + (unnamed ? ", and one without an account." : ", to be named with --account.");
}

asio::awaitable<result<kept_login>> kept_login_for(workplace& at)
{
    const auto wanted = url::parse(at.given.url);
    if (!wanted)
        co_return wanted.error();
    auto all = co_await kept_logins(at);
    if (!all)
        co_return all.error();
    const std::string resource = canonical_resource(*wanted);
    for (auto& kept : *all)
    {
        if (!kept.unreadable && kept.user == at.given.account
            && canonical_resource(kept.login.requested) == resource)
            co_return std::move(kept);
    }
    failure none(errc::login_required);
    const std::string others = co_await other_accounts(at);
    none.url(wanted->without_query());
    none.message(others.empty() ? std::string("No login is kept for this URL.") : others);
    co_return none;
}

command_run list(workplace& at)
{
    auto all = co_await kept_logins(at);
    if (!all)
        co_return outcome(all.error());
    if (!at.given.status.empty())
    {
        const auto now = std::chrono::system_clock::now();
        std::erase_if(*all, [&](const kept_login& kept) {
            return kept.status(now) != at.given.status;
        });
    }
    print_list(at.given, *all);
    co_return outcome();
}

command_run show(workplace& at)
{
    const auto kept = co_await kept_login_for(at);
    if (!kept)
        co_return outcome(kept.error());
    if (!at.given.reveal)
    {
        print_show(at.given, *kept, nullptr);
        co_return outcome();
    }
    diagnostics info;
    at.given.url = kept->login.requested.str();
    login_params params = login_params_for(at.given);
    params.as_stored(true);
    auto [ec, with] = co_await at.client->async_login(params, info, as_tuple);
    if (ec)
        co_return outcome(ec, info);
    const token_set tokens = with.tokens();
    print_show(at.given, *kept, &tokens);
    co_return outcome();
}

namespace {

asio::awaitable<left_login> leave(workplace& at, kept_login kept)
{
    left_login out;
    out.resource = kept.login.resource;
    options given = at.given;
    given.url = kept.login.requested.str();
    given.account = kept.user;
    diagnostics info;
    if (!kept.unreadable)
    {
        login_params params = login_params_for(given);
        params.as_stored(true);
        auto [ec, with] = co_await at.client->async_login(params, info, as_tuple);
        if (!ec)
        {
            logout_params leaving;
            leaving.local_only(given.local_only).delete_registration(given.forget_client);
            auto [failed, done] = co_await with.async_logout(leaving, info, as_tuple);
            out.done = done;
            if (failed)
                out.failed = outcome(failed, info);
            co_return out;
        }
        // Whatever else went wrong may be over next time, and then it can still be revoked.
        if (ec != errc::login_required)
        {
            out.failed = outcome(ec, info);
            co_return out;
        }
    }
    // One that cannot be read, or that was got in another way by another program: there is nothing
    // to revoke it with, but it can be forgotten.
    out.unknown_to_server = true;
    auto gone = co_await remove(at, kept.key, kept.login.at);
    if (!gone)
        out.failed = outcome(gone.error());
    co_return out;
}

outcome judged(const std::vector<left_login>& all, bool must_revoke)
{
    for (const auto& one : all)
    {
        if (one.failed)
            return *one.failed;
    }
    const bool revoked = std::all_of(all.begin(), all.end(), [](const left_login& one) {
        return one.done.refresh_token_revoked || one.done.access_token_revoked;
    });
    if (!must_revoke || revoked)
        return {};
    failure not_revoked(errc::endpoint_missing);
    not_revoked.where(stage::token);
    not_revoked.message("The login is forgotten here, but the server has revoked no token.");
    not_revoked.hint("If the token must not work any more, end it in your account at the provider."
    );
    outcome out(not_revoked);
    out.status = refused_by_server;
    return out;
}

} // namespace

command_run logout(workplace& at, bool must_revoke)
{
    const options& given = at.given;
    if (given.all != given.url.empty())
    {
        failure which = misused(
            given.all ? "--all is about every login: leave out the URL."
                      : "Whose login? Name a URL, or --all for every login."
        );
        which.hint("Run `" + next_command(given, "list", "") + "` to see what is kept.");
        co_return outcome(which);
    }
    std::vector<kept_login> leaving;
    if (given.all)
    {
        auto all = co_await kept_logins(at);
        if (!all)
            co_return outcome(all.error());
        leaving = std::move(*all);
    }
    else
    {
        auto one = co_await kept_login_for(at);
        if (!one)
        {
            // Nobody logs in to log out.
            outcome how(one.error());
            if (how.code == errc::login_required && how.info.hint().empty())
                how.info.hint("Run `" + next_command(given, "list", "") + "` to see what is kept.");
            co_return how;
        }
        leaving.push_back(std::move(*one));
    }
    std::vector<left_login> left;
    for (auto& one : leaving)
    {
        auto done = co_await leave(at, std::move(one));
        left.push_back(std::move(done));
    }
    print_left(given, left);
    co_return judged(left, must_revoke && !given.local_only);
}

} // namespace asioauth::tool
