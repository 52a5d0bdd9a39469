// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/whole_flows.hpp"

#include <asioauth/authorizer.hpp>

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

void at_a_web_site(customer& c, const shared_outcome& o)
{
    if (!c.subject)
        return;
    std::optional<authorizer> site;
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
        return;
    }
    const auto begun = c.perform<begun_login>(o, [&](diagnostics& info, auto handler) {
        site->async_begin("user", begin_params(c.where().resource()), info, std::move(handler));
    });
    if (!begun)
        return;
    login_callback back(c.where().callback_for(begun->where));
    back.cookies(begun->set_cookie.substr(0, begun->set_cookie.find(';')));
    auto completed = c.perform<completed_login>(o, [&](diagnostics& info, auto handler) {
        site->async_complete(std::move(back), info, std::move(handler));
    });
    if (!completed)
        return;
    c.with = std::move(completed->session);
    c.use(o);
}

void two_users(customer& c, const shared_outcome& o)
{
    log_in_and_use(c, o);
    c.log_in(o, login_params(c.where().resource()).user("another"));
    c.use(o);
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
    {"two users", two_users},
};

} // namespace

std::span<const whole_flow> whole_flows() noexcept
{
    return all;
}

} // namespace asioauth::test
