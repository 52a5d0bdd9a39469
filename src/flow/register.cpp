// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

namespace asioauth::detail {
namespace {

// The listener to bind for a redirect URI that was registered earlier; nothing if the URI is not
// one of ours.
std::optional<redirect_target> target_of(const std::string& redirect_uri)
{
    auto parsed = url::parse(redirect_uri);
    if (!parsed || parsed->is_https() || !parsed->host_is_loopback() || parsed->has_query())
        return std::nullopt;
    std::string host = parsed->host();
    if (parsed->host_is_ipv6())
        host = "[" + host + "]";
    redirect_target out;
    out.host(host).port(parsed->port()).path(parsed->path());
    return out;
}

flow<registration>
register_now(discovery found, client_profile profile, record_key key, generation replaces)
{
    auto request = make_registration_request(found, profile);
    if (!request)
    {
        failure wrong = request.error();
        wrong.where(stage::registration);
        co_return wrong;
    }
    const std::string asked = request->target().without_query();
    // Once the request is out there may be a client at the server that only the rest of this flow
    // can save.
    co_await commit_section(true);
    auto response = co_await fetch(stage::registration, std::move(*request));
    if (!response)
    {
        co_await commit_section(false);
        co_return response.error();
    }
    auto client = read_registration_response(*response, found, profile);
    if (!client)
    {
        co_await commit_section(false);
        failure wrong = client.error();
        wrong.where(stage::registration).url(asked);
        co_return wrong;
    }
    std::optional<record> kept;
    kept = make_record(*client);
    auto stored = co_await act::commit(key, replaces, std::move(kept));
    co_await commit_section(false);
    if (!stored && stored.error().code() != errc::store_conflict)
    {
        failure wrong = stored.error();
        wrong.where(stage::store);
        co_return wrong;
    }
    if (!stored)
    {
        // Somebody else registered at the same moment: theirs is the one everybody uses from now
        // on.
        auto theirs = co_await act::load(key);
        if (theirs && theirs->at != 0)
        {
            auto read = read_registration_record(theirs->value);
            if (read && read->redirect_uris == client->redirect_uris)
                co_return read;
        }
    }
    co_await tell(event(
        event::kind::step,
        stage::registration,
        "registered as client " + presentable(client->client_id)
    ));
    co_return client;
}

} // namespace

flow<registration>
obtain_registration(discovery found, register_params params, flow_settings settings)
{
    if (found.login == login_support::none)
    {
        failure none(errc::authorization_not_offered);
        none.where(stage::registration).url(found.requested.without_query());
        co_return none;
    }
    client_profile profile = settings.profile;
    if (params.auth_method())
        profile.auth_method(*params.auth_method());
    redirect_target target = settings.redirect;
    if (params.redirect())
        target = *params.redirect();

    for (const auto& known : settings.pre_registered)
    {
        if (known.issuer != found.server.issuer)
            continue;
        registration client = known;
        if (client.redirect_uris.empty())
        {
            if (!params.redirect_uri().empty())
            {
                client.redirect_uris.push_back(params.redirect_uri());
            }
            else
            {
                auto reserved = co_await act::reserve(target);
                if (!reserved)
                {
                    failure wrong = reserved.error();
                    wrong.where(stage::listener);
                    co_return wrong;
                }
                client.redirect_uris.push_back(*reserved);
            }
        }
        co_await tell(
            event(event::kind::step, stage::registration, "using the pre-registered client")
        );
        co_return client;
    }

    // A server that does not put `iss` into its answers can be told apart by where they arrive. Who chose a redirect URI has
    // registered it somewhere, and gets exactly that.
    if (target == redirect_target())
        target.path("/callback/" + issuer_tag(found.server.issuer));

    record_key key;
    if (params.redirect_uri().empty())
        key = registration_key(found.server.issuer, profile, target);
    else
        key = registration_key(found.server.issuer, profile, params.redirect_uri());
    auto kept = co_await act::load(key);
    if (!kept)
    {
        failure wrong = kept.error();
        wrong.where(stage::store);
        co_return wrong;
    }
    auto time = co_await act::now();
    if (!time)
        co_return time.error();

    if (kept->at != 0 && !params.force())
    {
        auto known = read_registration_record(kept->value);
        if (known && !known->expired(time->wall) && !known->redirect_uris.empty())
        {
            bool usable = !params.redirect_uri().empty();
            if (!usable)
            {
                // The same port has to be ours again, since that is what the server knows.
                auto again = target_of(known->redirect_uris.front());
                if (again)
                {
                    auto reserved = co_await act::reserve(*again);
                    if (!reserved && reserved.error().code() == condition::cancelled)
                        co_return reserved.error();
                    usable = reserved.has_value();
                }
            }
            if (usable)
            {
                co_await tell(
                    event(event::kind::step, stage::registration, "using the stored registration")
                );
                co_return known;
            }
        }
    }

    std::string redirect_uri = params.redirect_uri();
    if (redirect_uri.empty())
    {
        auto reserved = co_await act::reserve(target);
        if (!reserved)
        {
            failure wrong = reserved.error();
            wrong.where(stage::listener);
            co_return wrong;
        }
        redirect_uri = *reserved;
    }
    profile.add_redirect_uri(redirect_uri);
    co_return co_await register_now(std::move(found), std::move(profile), std::move(key), kept->at);
}

} // namespace asioauth::detail
