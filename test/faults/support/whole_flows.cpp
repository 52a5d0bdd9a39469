// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/whole_flows.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/describer.hpp>
#include <asioauth/protocol/jose.hpp>

#include <string>
#include <utility>

namespace asioauth::test {

namespace {

using done = std::monostate;
using shared_outcome = std::shared_ptr<outcome>;

// What the flows below have in common: a server that is known, and a client that is known to it.
class known
{
public:
    known(customer& c, const shared_outcome& o)
        : customer_(c)
        , outcome_(o)
        , server(c.perform<discovery>(o, [&](diagnostics& info, auto handler) {
            c.subject->async_discover(c.where().resource(), info, std::move(handler));
        }))
    {
        if (server)
            as = c.perform<registration>(o, [&](diagnostics& info, auto handler) {
                c.subject->async_register(*server, register_params(), info, std::move(handler));
            });
    }

    explicit operator bool() const noexcept { return server && as; }

    // An operation that is given both, and what more there is.
    template <class T, class Operation, class... More>
    std::optional<T> perform(Operation operation, const More&... more)
    {
        if (!*this)
            return {};
        return customer_.perform<T>(outcome_, [&](diagnostics& info, auto handler) {
            operation(*customer_.subject, *server, *as, more..., info, std::move(handler));
        });
    }

private:
    customer& customer_;
    const shared_outcome outcome_;

public:
    std::optional<discovery> server;
    std::optional<registration> as;
};

// Calls one of the operations of a client.
#define ASIOAUTH_TEST_OPERATION(name)                                                              \
    [](client& by, auto&&... args) { by.name(std::forward<decltype(args)>(args)...); }

void log_in_and_use(customer& c, const shared_outcome& o)
{
    c.log_in(o, c.where().resource());
    c.use(o);
}

void log_in_again(customer& c, const shared_outcome& o)
{
    log_in_and_use(c, o);
    c.with.reset();
    c.log_in(o, login_params(c.where().resource()).silent(true));
    c.use(o);
}

void step_by_step(customer& c, const shared_outcome& o)
{
    known at(c, o);
    const auto code = at.perform<authorization_code>(
        ASIOAUTH_TEST_OPERATION(async_authorize), authorize_params()
    );
    if (!code)
        return;
    const auto tokens = at.perform<token_set>(ASIOAUTH_TEST_OPERATION(async_exchange), *code);
    if (!tokens)
        return;
    at.perform<introspection>(
        ASIOAUTH_TEST_OPERATION(async_introspect), tokens->access_token, token_hint::access_token
    );
    const auto newer = at.perform<token_set>(ASIOAUTH_TEST_OPERATION(async_refresh), *tokens);
    if (newer)
        at.perform<done>(
            ASIOAUTH_TEST_OPERATION(async_revoke), newer->refresh_token, token_hint::refresh_token
        );
}

void manage_registration(customer& c, const shared_outcome& o)
{
    known at(c, o);
    at.perform<registration>(ASIOAUTH_TEST_OPERATION(async_read_registration));
    client_profile other;
    other.client_name("another name");
    at.perform<registration>(ASIOAUTH_TEST_OPERATION(async_update_registration), other);
    at.perform<done>(ASIOAUTH_TEST_OPERATION(async_delete_registration));
}

void client_credentials(customer& c, const shared_outcome& o)
{
    known at(c, o);
    at.perform<token_set>(
        ASIOAUTH_TEST_OPERATION(async_request_token),
        token_params(token_grant::client_credentials())
    );
}

void refresh_ahead(customer& c, const shared_outcome& o)
{
    log_in_and_use(c, o);
    if (c.with)
        c.perform<access_token>(o, [&](diagnostics& info, auto handler) {
            c.with->async_token(std::chrono::hours(2), info, std::move(handler));
        });
}

void refused_token(customer& c, const shared_outcome& o)
{
    log_in_and_use(c, o);
    {
        const failing_memory::uncounted mine;
        c.where().server.refusals = 1;
    }
    c.use(o);
    c.where().server.refusals = 0;
}

void log_out(customer& c, const shared_outcome& o)
{
    log_in_and_use(c, o);
    if (c.with)
        c.perform<logout_outcome>(o, [&](diagnostics& info, auto handler) {
            c.with->async_logout(logout_params(), info, std::move(handler));
        });
}

// A web site that uses the client; empty if there was no memory for it.
std::optional<authorizer> site_of(customer& c, const shared_outcome& o)
{
    std::optional<authorizer> site;
    if (!c.subject)
        return site;
    try
    {
        const failing_memory::counted these;
        site.emplace(
            *c.subject, authorizer_settings("https://site.example/callback").allow_loopback(true)
        );
    }
    catch (const std::bad_alloc&)
    {
        o->refused = true;
    }
    return site;
}

// One of its users is sent away, and comes back.
void visit(const std::optional<authorizer>& site, customer& c, const shared_outcome& o, bool agrees)
{
    if (!site)
        return;
    const auto begun = c.perform<begun_login>(o, [&](diagnostics& info, auto handler) {
        site->async_begin("user", begin_params(c.where().resource()), info, std::move(handler));
    });
    if (!begun)
        return;
    login_callback back(c.where().callback_for(begun->where, agrees));
    back.cookies(begun->set_cookie.substr(0, begun->set_cookie.find(';')));
    auto completed = c.perform<completed_login>(o, [&](diagnostics& info, auto handler) {
        site->async_complete(std::move(back), info, std::move(handler));
    });
    if (completed)
        c.with = std::move(completed->session);
}

void at_a_web_site(customer& c, const shared_outcome& o)
{
    visit(site_of(c, o), c, o, true);
    c.use(o);
}

void at_a_web_site_in_two_minds(customer& c, const shared_outcome& o)
{
    const auto site = site_of(c, o);
    visit(site, c, o, false);
    if (o->ec != errc::access_denied)
        return;
    o->ec = {};
    visit(site, c, o, true);
    c.use(o);
}

void two_users(customer& c, const shared_outcome& o)
{
    log_in_and_use(c, o);
    c.log_in(o, login_params(c.where().resource()).user("another"));
    c.use(o);
}

void with_bound_tokens(customer& c, const shared_outcome& o)
{
    c.log_in(o, login_params(c.where().resource()).dpop(dpop_use::always));
    c.use(o);
}

void pushed(customer& c, const shared_outcome& o)
{
    c.log_in(o, login_params(c.where().resource()).pushed(true));
    c.use(o);
}

void at_another_device(customer& c, const shared_outcome& o)
{
    c.where().server.pending = 1;
    const auto show = [](const device_prompt&) {};
    c.log_in(o, login_params(c.where().resource()).grant(token_grant::device_code(show)));
    c.use(o);
    c.where().server.pending = 0;
}

void more_scopes(customer& c, const shared_outcome& o)
{
    log_in_and_use(c, o);
    c.where().server.scarcities = 1;
    c.use(o);
    c.where().server.scarcities = 0;
}

// A key as a file has it. Made by the test, read by the client.
signing_key read_key(const shared_outcome& o)
{
    static const secret text = signing_key::generate(jws_algorithm::es256).value().private_jwk();
    try
    {
        const failing_memory::counted these;
        auto key = signing_key::from_jwk(text);
        if (key)
            return std::move(*key);
        const failing_memory::uncounted mine;
        o->ec = key.error().code();
        o->info = key.error().info();
    }
    catch (const std::bad_alloc&)
    {
        o->refused = true;
    }
    return {};
}

void with_a_key(customer& c, const shared_outcome& o)
{
    known at(c, o);
    const auto key = read_key(o);
    if (!at || key.empty())
        return;
    at.as.emplace(at.server->server.issuer, "c", key);
    at.perform<token_set>(
        ASIOAUTH_TEST_OPERATION(async_request_token),
        token_params(token_grant::client_credentials())
    );
}

void who_it_is(customer& c, const shared_outcome& o)
{
    known at(c, o);
    const auto code = at.perform<authorization_code>(
        ASIOAUTH_TEST_OPERATION(async_authorize), authorize_params()
    );
    if (!code)
        return;
    c.where().server.says_who = true;
    const auto tokens = at.perform<token_set>(ASIOAUTH_TEST_OPERATION(async_exchange), *code);
    c.where().server.says_who = false;
    if (tokens)
        at.perform<id_token_claims>(
            ASIOAUTH_TEST_OPERATION(async_check_id_token), *tokens, std::string()
        );
}

void what_it_is(customer& c, const shared_outcome& o)
{
    known at(c, o);
    if (!at)
        return;
    c.perform<provider_profile>(o, [&](diagnostics& info, auto handler) {
        const describer by(*c.subject);
        by.async_describe(
            describe_params(c.where().resource()).found(*at.server), info, std::move(handler)
        );
    });
}

constexpr whole_flow all[] = {
    {"a login and a request", log_in_and_use},
    {"a login that is stored", log_in_again},
    {"operation by operation", step_by_step},
    {"management of a registration", manage_registration},
    {"client credentials", client_credentials},
    {"a refresh ahead of time", refresh_ahead},
    {"a token that is refused", refused_token},
    {"a logout", log_out},
    {"a web site", at_a_web_site},
    {"a web site whose user denies it first", at_a_web_site_in_two_minds},
    {"two users", two_users},
    {"tokens that are bound to a key", with_bound_tokens},
    {"a request that is pushed", pushed},
    {"a login at another device", at_another_device},
    {"a token with too few scopes", more_scopes},
    {"client credentials with a key", with_a_key},
    {"an ID token", who_it_is},
    {"a description", what_it_is},
};

} // namespace

std::span<const whole_flow> whole_flows() noexcept
{
    return all;
}

} // namespace asioauth::test
