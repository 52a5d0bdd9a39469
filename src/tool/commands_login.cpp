// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hints.hpp"
#include "printing.hpp"
#include "workplace.hpp"

#include <asioauth/protocol/registration_management.hpp>

namespace asioauth::tool {
namespace {

register_params register_params_for(const options& given)
{
    register_params out;
    out.force(given.force);
    if (given.timeout)
        out.timeout(std::chrono::seconds(*given.timeout));
    return out;
}

outcome nothing_kept(const options& given, const std::string& issuer)
{
    failure none(errc::invalid_argument);
    none.where(stage::registration).url(issuer);
    none.message("No registration at this authorization server is kept.");
    none.hint("Run `" + next_command(given, "register", nameable_url(given)) + "` to make one.");
    return outcome(none);
}

/// Whether forgetting is all that can be done, or has to be done anyway.
bool is_gone_or_stays(const error_code& ec)
{
    return ec == errc::registration_not_manageable || ec == errc::registration_gone;
}

command_run delete_registrations(workplace& at, discovery found)
{
    if (!at.kept)
        co_return nothing_kept(at.given, found.server.issuer);
    record_filter which;
    which.kind(record_kind::registration).issuer(found.server.issuer);
    const auto kept = co_await records(at.kept, which);
    if (!kept)
        co_return outcome(kept.error());
    if (kept->empty())
        co_return nothing_kept(at.given, found.server.issuer);
    int at_server = 0;
    int forgotten = 0;
    std::string why;
    for (const auto& one : *kept)
    {
        const auto client = read_stored_registration(one);
        if (client)
        {
            diagnostics info;
            auto [ec] =
                co_await at.client->async_delete_registration(found, *client, info, as_tuple);
            if (ec && !is_gone_or_stays(ec))
                co_return outcome(ec, info);
            if (!ec)
                ++at_server;
            else if (ec == errc::registration_gone)
                why = "the server did not know the client any more";
            else
                why = "the server has no way to delete a client; it is only forgotten here";
        }
        auto gone = co_await remove(at, one.key, one.stored.at);
        // Deleting it at the server forgets it already.
        if (gone || gone.error().code() == errc::store_conflict)
            ++forgotten;
        else
            co_return outcome(gone.error());
    }
    print_unregistered(at.given, found.server.issuer, at_server, forgotten, why);
    co_return outcome();
}

failure no_login_needed(const options& given)
{
    failure none(errc::authorization_not_offered);
    none.url(given.url).message("This server needs no login, so there is no token.");
    return none;
}

} // namespace

command_run discover(workplace& at)
{
    diagnostics info;
    auto [ec, found] =
        co_await at.client->async_discover(discover_params_for(at.given), info, as_tuple);
    if (!ec)
        print_discovery(at.given, found, at.events);
    co_return outcome(ec, info);
}

command_run register_client(workplace& at)
{
    at.steps.show(!at.given.quiet);
    diagnostics info;
    auto [ec, found] =
        co_await at.client->async_discover(discover_params_for(at.given), info, as_tuple);
    if (ec)
        co_return outcome(ec, info);
    if (found.server.issuer.empty())
    {
        failure none(errc::authorization_not_offered);
        none.url(at.given.url)
            .message("This server needs no login, so there is nowhere to register.");
        co_return outcome(none);
    }
    if (at.given.remove)
        co_return co_await delete_registrations(at, std::move(found));
    auto params = register_params_for(at.given);
    auto [failed, registered] = co_await at.client->async_register(found, params, info, as_tuple);
    if (!failed)
        print_registration(at.given, registered);
    co_return outcome(failed, info);
}

command_run login(workplace& at)
{
    at.steps.show(!at.given.quiet);
    const bool interactive = may_log_in(at.given);
    auto got = co_await open_session(at, interactive);
    if (got)
    {
        const error_code lost = what_was_not_stored(at);
        print_login(at.given, *got, got->has_token() && at.kept && !lost);
        if (!lost)
            co_return outcome();
        failure not_kept(lost);
        not_kept.where(stage::store);
        not_kept.message("The login went through, but it could not be kept.");
        outcome how(not_kept);
        how.status = store_failed;
        co_return how;
    }
    outcome how(got.error());
    if (at.given.device && how.code == errc::endpoint_missing)
    {
        how.info.hint("This server offers no login on another device: leave out --device.");
        how.status = refused_by_server;
    }
    if (!interactive && how.code == errc::login_required)
        how.info.hint("There is neither a browser nor a terminal here. Run the command with "
                      "--no-browser to have the URL printed, or with --device.");
    co_return how;
}

command_run token(workplace& at)
{
    auto got = co_await open_session(at, false);
    if (!got)
        co_return outcome(got.error());
    const session& with = *got;
    if (!with.has_token())
        co_return outcome(no_login_needed(at.given));
    diagnostics info;
    if (at.given.force_refresh)
    {
        secret held = with.tokens().access_token;
        auto [ec, fresh] = co_await with.async_replace_token(std::move(held), info, as_tuple);
        if (!ec)
            print_token(at.given, fresh);
        co_return outcome(ec, info);
    }
    const std::chrono::seconds ttl(at.given.min_ttl.value_or(30));
    auto [ec, lasting] = co_await with.async_token(ttl, info, as_tuple);
    if (!ec)
        print_token(at.given, lasting);
    const auto now = std::chrono::system_clock::now();
    if (!ec && at.given.min_ttl && lasting.expires_at && *lasting.expires_at < now + ttl)
        print_note(
            "The token ends at " + clock_time(lasting.expires_at)
            + ", sooner than --min-ttl asks: the server issues none that lasts longer, or cannot "
              "be asked now."
        );
    co_return outcome(ec, info);
}

command_run refresh(workplace& at)
{
    const auto before = co_await kept_login_for(at);
    if (!before)
        co_return outcome(before.error());
    at.given.url = before->login.requested.str();
    diagnostics info;
    login_params params = login_params_for(at.given);
    params.as_stored(true);
    auto [ec, with] = co_await at.client->async_login(params, info, as_tuple);
    if (ec)
        co_return outcome(ec, info);
    secret held = with.tokens().access_token;
    auto [failed, fresh] = co_await with.async_replace_token(std::move(held), info, as_tuple);
    if (failed)
        co_return outcome(failed, info);
    const auto after = co_await kept_login_for(at);
    if (!after)
        co_return outcome(after.error());
    print_refresh(at.given, before->login, after->login);
    co_return outcome();
}

} // namespace asioauth::tool
