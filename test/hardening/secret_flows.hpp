// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Whole flows in which every kind of secret occurs, and everything that they say.

#include "hardening/canaries.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/memory_store.hpp>
#include <asioauth/prometheus.hpp>
#include <asioauth/user_agent.hpp>

#include <boost/asio/io_context.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace asioauth::testing {

/// What the flows need of the world, which may be in another process.
class secret_world
{
public:
    secret_world() = default;
    secret_world(const secret_world&) = delete;
    secret_world& operator=(const secret_world&) = delete;
    virtual ~secret_world() = default;

    /// The client has made this secret.
    virtual void made(canary_kind k, std::string_view text) = 0;
    /// A secret that the program has from elsewhere.
    virtual secret given(canary_kind k) = 0;
    /// The library has said this.
    virtual void said(std::string_view text) = 0;
    /// The URL that a browser comes back with from an authorization page; wiped by whoever gets it.
    virtual std::string redirect_of(const std::string& page) = 0;
    virtual std::shared_ptr<user_agent> agent(const boost::asio::any_io_executor& ex) = 0;
    /// Where things are kept. Null: in memory.
    virtual std::shared_ptr<asioauth::store> kept(const boost::asio::any_io_executor&)
    {
        return nullptr;
    }

    std::string base;    ///< of the provider
    std::string ca_file; ///< empty for a plain one
    std::chrono::milliseconds user_timeout{60'000};
};

/// The member `d` of a private key.
inline void tell_key(secret_world& world, canary_kind k, const signing_key& key)
{
    const secret jwk = key.private_jwk();
    const auto text = jwk.reveal();
    constexpr std::string_view name = "\"d\":\"";
    const auto from = text.find(name) + name.size();
    world.made(k, text.substr(from, text.find('"', from) - from));
}

/// A client of the world's provider, whose every word is heard.
class secret_client
{
public:
    explicit secret_client(secret_world& w) : world(w)
    {
        client_settings s;
        http_client_settings http;
        if (!w.ca_file.empty())
            http.add_ca_file(w.ca_file);
        s.http(http).dpop(dpop_use::never).user_agent(w.agent(io.get_executor()));
        s.profile(client_profile()
                      .client_name("canaries")
                      .auth_method(token_endpoint_auth_method::client_secret_basic));
        auto kept = w.kept(io.get_executor());
        s.store(kept ? kept : std::make_shared<memory_store>(io.get_executor()));
        s.on_event([this](const event& e) {
            std::ostringstream line;
            line << e;
            world.said(line.str());
            world.said(e.method);
            world.said(e.url);
            world.said(e.text);
            world.said(e.code.message());
        });
        subject.emplace(io.get_executor(), s);
    }
    secret_client(const secret_client&) = delete;
    secret_client& operator=(const secret_client&) = delete;

    ~secret_client()
    {
        world.said(prometheus_text(subject->metrics()));
        with = session();
        subject.reset();
        io.restart();
        io.run();
    }

    /// One operation to its end; what it says when it fails is told.
    /// @param start is called with diagnostics and a handler `void(error_code, T)`
    template <class T, class Start>
    std::optional<T> perform(Start start)
    {
        std::optional<T> out;
        error_code ec;
        bool done = false;
        diagnostics info;
        start(info, [&](error_code e, auto&&... v) {
            done = true;
            ec = e;
            if (!e)
                out.emplace(std::forward<decltype(v)>(v)...);
        });
        io.restart();
        while (!done && io.run_one() != 0)
        {}
        if (ec)
        {
            ++failures;
            tell(ec, info);
        }
        return out;
    }

    void log_in(login_params p)
    {
        p.initial_access_token(world.given(canary_kind::initial_access_token))
            .user_timeout(world.user_timeout);
        auto got = perform<session>([&](diagnostics& info, auto h) {
            subject->async_login(std::move(p), info, std::move(h));
        });
        with = got ? *std::move(got) : session();
    }

    std::optional<http_response> use(const std::string& target)
    {
        http_request r(request_kind::resource, "POST", url::parse(target).value());
        r.body("application/json", secret("{}"));
        r.authorization(world.given(canary_kind::access_token));
        print(r);
        auto got = perform<http_response>([&](diagnostics& info, auto h) {
            with.async_send(std::move(r), info, std::move(h));
        });
        if (got)
            print(*got);
        return got;
    }

    std::optional<discovery> discover()
    {
        return perform<discovery>([&](diagnostics& info, auto h) {
            subject->async_discover(world.base + "/mcp", info, std::move(h));
        });
    }

    std::optional<registration> become_client(const discovery& found)
    {
        register_params p;
        p.initial_access_token(world.given(canary_kind::initial_access_token)).force(true);
        return perform<registration>([&](diagnostics& info, auto h) {
            subject->async_register(found, std::move(p), info, std::move(h));
        });
    }

    std::optional<token_set>
    request_token(const discovery& found, const registration& as, token_params p)
    {
        return perform<token_set>([&](diagnostics& info, auto h) {
            subject->async_request_token(found, as, std::move(p), info, std::move(h));
        });
    }

    secret_world& world;
    boost::asio::io_context io;
    std::optional<client> subject;
    session with;
    std::size_t failures = 0;

private:
    template <class T>
    void print(const T& what)
    {
        std::ostringstream line;
        line << what;
        world.said(line.str());
    }

    void tell(const error_code& ec, const diagnostics& i)
    {
        world.said(ec.message());
        world.said(describe(ec, i));
        for (const auto& text :
             {i.url(),
              i.message(),
              i.server_error(),
              i.server_message(),
              i.hint(),
              i.issuer(),
              i.redirect_uri(),
              i.documentation(),
              i.required_scope()})
            world.said(text);
        try
        {
            result<int>(failure(ec, i)).value();
        }
        catch (const flow_error& e)
        {
            world.said(e.what());
        }
    }
};

// --- The flows -------------------------------------------------------------------------------

inline void log_in_use_and_leave(secret_client& c)
{
    const std::string mcp = c.world.base + "/mcp";
    c.log_in(login_params(mcp).scope("openid files:read"));
    if (!c.with)
        return;
    (void)c.use(mcp);
    (void)c.perform<access_token>([&](diagnostics& info, auto h) {
        c.with.async_token(std::chrono::hours(2), info, std::move(h));
    });
    (void)c.use(mcp);
    (void)c.perform<logout_outcome>([&](diagnostics& info, auto h) {
        c.with.async_logout(logout_params().delete_registration(true), info, std::move(h));
    });
}

inline void manage_a_registration(secret_client& c)
{
    const auto found = c.discover();
    auto as = found ? c.become_client(*found) : std::nullopt;
    if (!as)
        return;
    auto newer = c.perform<registration>([&](diagnostics& info, auto h) {
        c.subject->async_read_registration(*found, *as, info, std::move(h));
    });
    if (newer)
        as = newer;
    auto changed = c.perform<registration>([&](diagnostics& info, auto h) {
        c.subject->async_update_registration(
            *found, *as, client_profile().client_name("other"), info, std::move(h)
        );
    });
    if (changed)
        as = changed;
    (void)c.perform<std::monostate>([&](diagnostics& info, auto h) {
        c.subject->async_delete_registration(*found, *as, info, std::move(h));
    });
}

inline void ask_with_a_key(secret_client& c)
{
    const auto found = c.discover();
    if (!found)
        return;
    const auto key = signing_key::generate(jws_algorithm::es256).value();
    tell_key(c.world, canary_kind::private_key, key);
    const registration as(found->server.issuer, "c", key);
    (void)c.request_token(*found, as, token_params(token_grant::client_credentials()));
}

inline void ask_with_a_secret(secret_client& c)
{
    const auto found = c.discover();
    if (!found)
        return;
    const registration as(found->server.issuer, "c", c.world.given(canary_kind::client_secret));
    (void)c.request_token(*found, as, token_params(token_grant::client_credentials()));
}

inline void ask_with_assertions(secret_client& c)
{
    const auto found = c.discover();
    if (!found)
        return;
    const registration as(found->server.issuer, "c", c.world.given(canary_kind::client_secret));
    (void)c.request_token(
        *found, as, token_params(token_grant::jwt_bearer(c.world.given(canary_kind::assertion)))
    );
    token_exchange_options o(c.world.given(canary_kind::assertion), token_types::jwt);
    o.requested_token_type(token_types::access_token);
    (void)c.request_token(*found, as, token_params(token_grant::token_exchange(o)));
}

inline void log_in_with_proof(secret_client& c)
{
    const std::string mcp = c.world.base + "/mcp";
    c.log_in(login_params(mcp).dpop(dpop_use::always));
    if (!c.with)
        return;
    tell_key(c.world, canary_kind::dpop_key, c.with.tokens().dpop_key);
    (void)c.use(mcp);
    (void)c.perform<access_token>([&](diagnostics& info, auto h) {
        c.with.async_token(std::chrono::hours(2), info, std::move(h));
    });
    (void)c.use(mcp);
}

inline void refresh_with_proof(secret_client& c)
{
    const auto found = c.discover();
    if (!found)
        return;
    token_set old;
    old.kind = token_kind::dpop;
    old.access_token = c.world.given(canary_kind::access_token);
    old.refresh_token = c.world.given(canary_kind::refresh_token);
    old.dpop_key = signing_key::generate(jws_algorithm::es256).value();
    tell_key(c.world, canary_kind::dpop_key, old.dpop_key);
    const registration as(found->server.issuer, "c", c.world.given(canary_kind::client_secret));
    (void)c.perform<token_set>([&](diagnostics& info, auto h) {
        c.subject->async_refresh(*found, as, std::move(old), info, std::move(h));
    });
}

inline void step_by_step(secret_client& c)
{
    const auto found = c.discover();
    const auto as = found ? c.become_client(*found) : std::nullopt;
    if (!as)
        return;
    authorize_params p;
    p.pushed(true).scope("openid").user_timeout(c.world.user_timeout);
    const auto code = c.perform<authorization_code>([&](diagnostics& info, auto h) {
        c.subject->async_authorize(*found, *as, std::move(p), info, std::move(h));
    });
    if (!code)
        return;
    const auto tokens = c.perform<token_set>([&](diagnostics& info, auto h) {
        c.subject->async_exchange(*found, *as, *code, info, std::move(h));
    });
    if (!tokens)
        return;
    (void)c.perform<introspection>([&](diagnostics& info, auto h) {
        c.subject->async_introspect(
            *found, *as, tokens->access_token, token_hint::access_token, info, std::move(h)
        );
    });
    const auto newer = c.perform<token_set>([&](diagnostics& info, auto h) {
        c.subject->async_refresh(*found, *as, *tokens, info, std::move(h));
    });
    if (newer)
        (void)c.perform<std::monostate>([&](diagnostics& info, auto h) {
            c.subject->async_revoke(
                *found, *as, newer->refresh_token, token_hint::refresh_token, info, std::move(h)
            );
        });
}

inline void log_in_through_a_site(secret_client& c)
{
    const authorizer site(
        *c.subject, authorizer_settings("https://site.example/back").allow_loopback(true)
    );
    begin_params p(c.world.base + "/mcp");
    p.scope("openid").initial_access_token(c.world.given(canary_kind::initial_access_token));
    auto begun = c.perform<begun_login>([&](diagnostics& info, auto h) {
        site.async_begin("anna", std::move(p), info, std::move(h));
    });
    if (!begun)
        return;
    std::string_view cookie(begun->set_cookie);
    cookie = cookie.substr(0, cookie.find(';'));
    c.world.made(canary_kind::session_binding, cookie.substr(cookie.find('=') + 1));
    auto came = c.world.redirect_of(begun->where.str());
    const auto finish = [&](std::string_view cookies) {
        return c.perform<completed_login>([&](diagnostics& info, auto h) {
            login_callback back{std::string_view(came)};
            back.cookies(cookies);
            site.async_complete(std::move(back), info, std::move(h));
        });
    };
    (void)finish("__Host-asioauth=of-another-browser"); // is refused, and spoils nothing
    const auto done = finish(cookie);
    wipe(begun->set_cookie);
    wipe(came);
    if (!done)
        return;
    c.with = done->session;
    (void)c.use(c.world.base + "/mcp");
}

class secret_flow
{
public:
    const char* name;
    void (*run)(secret_client& c);
};

inline constexpr std::array secret_flows = {
    secret_flow{"a login, a request, a refresh and a logout", log_in_use_and_leave},
    secret_flow{"management of a registration", manage_a_registration},
    secret_flow{"client credentials with a key", ask_with_a_key},
    secret_flow{"client credentials with a secret", ask_with_a_secret},
    secret_flow{"assertions", ask_with_assertions},
    secret_flow{"a login with DPoP", log_in_with_proof},
    secret_flow{"a refresh with DPoP", refresh_with_proof},
    secret_flow{"operation by operation", step_by_step},
    secret_flow{"a web site", log_in_through_a_site},
};

} // namespace asioauth::testing
