// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// An authorization server and a resource that know every secret they give out or are shown, and that
// say them where they should not.

#include "hardening/canaries.hpp"
#include "support/loopback_server.hpp"

#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/jose.hpp>
#include <asioauth/url.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace asioauth::testing {

/// What a server does with the secrets of a request, instead of answering it.
enum class misdeed
{
    none,
    describes, ///< an OAuth error with them as its description and URI
    names,     ///< they are the name of the error
    objects,   ///< they are in an error as APIs of their own kind have it
    lists,     ///< likewise, in a list
    succeeds,  ///< status 200 with an error
    speaks,    ///< a text and no JSON
    shows,     ///< status 500 with fresh ones in JSON that is no OAuth error
    fields,    ///< they are in every field of the head
    asks,      ///< likewise, as the scopes that are missing
    types,     ///< they are the type of the content
    members,   ///< they are in every member of the answer
    doubles,   ///< they are the name of a member that is there twice
    breaks,    ///< fresh ones in JSON that ends too early
    leads,     ///< a redirect to another origin, with them in it
};

inline constexpr std::array misdeeds = {
    misdeed::describes,
    misdeed::names,
    misdeed::objects,
    misdeed::lists,
    misdeed::succeeds,
    misdeed::speaks,
    misdeed::shows,
    misdeed::fields,
    misdeed::asks,
    misdeed::types,
    misdeed::members,
    misdeed::doubles,
    misdeed::breaks,
    misdeed::leads,
};

/// What is wrong with a callback.
enum class bad_callback
{
    nothing,
    other_state,
    other_issuer,
    no_issuer,
    state_twice,
    no_code,
    error_is_state,
    error_tells_state,
};

inline constexpr std::array bad_callbacks = {
    bad_callback::other_state,
    bad_callback::other_issuer,
    bad_callback::no_issuer,
    bad_callback::state_twice,
    bad_callback::no_code,
    bad_callback::error_is_state,
    bad_callback::error_tells_state,
};

class secret_provider
{
public:
    /// @param who plain if it is null @param elsewhere the URL of another origin
    secret_provider(const identity* who, std::string elsewhere)
        : elsewhere_(std::move(elsewhere))
        , key_(signing_key::generate(jws_algorithm::es256).value())
    {
        const auto script = [this](peer& p) {
            for (auto r = p.read_request(); !r.empty(); r = p.read_request())
                p.write(answer(r));
        };
        if (who != nullptr)
            server_.emplace(*who, script);
        else
            server_.emplace(script);
        base_ = server_->url("", who != nullptr ? "localhost" : "127.0.0.1");
    }

    const std::string& base() const { return base_; }
    canary_list& secrets() { return secrets_; }

    /// Of the requests from now on that show a secret, answer this one as it should not be answered.
    void misbehave(misdeed how, std::size_t which)
    {
        const std::lock_guard lock(mutex_);
        how_ = how;
        which_ = which;
        shown_ = 0;
    }
    /// How many requests have shown one since.
    std::size_t shown() const
    {
        const std::lock_guard lock(mutex_);
        return shown_;
    }
    /// How callbacks look from now on.
    void call_back(bad_callback how)
    {
        const std::lock_guard lock(mutex_);
        callback_ = how;
    }

    /// Where a browser is sent by an authorization page at which somebody agrees.
    std::string redirect_of(const std::string& page)
    {
        const std::lock_guard lock(mutex_);
        auto asked = parse_form(page.substr(page.find('?') + 1)).value_or(form_fields());
        if (!value_of(asked, "request_uri").empty())
            asked = pushed_;
        const auto state = value_of(asked, "state");
        secrets_.add(canary_kind::state, state);
        nonce_ = value_of(asked, "nonce");
        const auto code = secrets_.make(canary_kind::code);
        const auto base = value_of(asked, "redirect_uri") + "?";
        const auto iss = "&iss=" + form_encode(base_);
        const auto good = "code=" + code + "&state=" + state;
        switch (callback_)
        {
        case bad_callback::nothing: break;
        case bad_callback::other_state: return base + "code=" + code + "&state=other" + iss;
        case bad_callback::other_issuer: return base + good + "&iss=" + form_encode(elsewhere_);
        case bad_callback::no_issuer: return base + good;
        case bad_callback::state_twice: return base + good + "&state=" + state + iss;
        case bad_callback::no_code: return base + "state=" + state + iss;
        case bad_callback::error_is_state: return base + "error=" + state + "&state=" + state + iss;
        case bad_callback::error_tells_state:
            return base + "error=access_denied&error_description=" + state + "&error_uri=" + state
                + "&state=" + state + iss;
        }
        return base + good + iss;
    }

private:
    static std::string value_of(const form_fields& fields, std::string_view name)
    {
        for (const auto& f : fields)
        {
            if (f.first == name)
                return f.second;
        }
        return {};
    }

    static std::string field_of(const std::string& request, std::string_view name)
    {
        const auto at = request.find("\r\n" + std::string(name) + ": ");
        if (at == std::string::npos || at > request.find("\r\n\r\n"))
            return {};
        const auto from = at + name.size() + 4;
        return request.substr(from, request.find("\r\n", from) - from);
    }

    static std::string http(
        std::string_view status,
        const std::string& body,
        std::string_view fields = {},
        std::string_view type = "application/json"
    )
    {
        return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: " + std::string(type)
            + "\r\nCache-Control: no-store\r\n" + std::string(fields)
            + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    // What only the client makes is learnt from what it shows.
    std::set<std::string> shown_in(const std::string& request, const form_fields& form)
    {
        const auto verifier = value_of(form, "code_verifier");
        secrets_.add(canary_kind::verifier, verifier);
        secrets_.add(canary_kind::state, value_of(form, "state"));
        for (const auto* const name : {"client_assertion", "assertion", "subject_token"})
            secrets_.add(canary_kind::assertion, value_of(form, name));
        const auto authorization = field_of(request, "Authorization");
        if (authorization.starts_with("Basic "))
            secrets_.add(canary_kind::basic_header, authorization.substr(6));
        std::set<std::string> out;
        const auto wanted = [&](const std::string& text) {
            if (request.find(text) != std::string::npos)
                return true;
            for (const auto& f : form)
            {
                if (f.second == text)
                    return true;
            }
            return false;
        };
        for (const auto& c : secrets_.all())
        {
            // Who has the header has what is in it.
            const bool inside = c.kind == canary_kind::client_secret && !authorization.empty()
                && authorization.ends_with(base64_encode("c:" + form_encode(c.text)));
            if (inside || wanted(c.text))
                out.insert(c.text);
        }
        return out;
    }

    std::string say(const std::set<std::string>& all)
    {
        std::string text;
        for (const auto& one : all)
            text += (text.empty() ? "" : " ") + one;
        const auto& one = *all.begin();
        const auto quoted = [](const std::string& t) { return '"' + t + '"'; };
        switch (how_)
        {
        case misdeed::none: break;
        case misdeed::describes:
            return http(
                "400 Bad Request",
                R"({"error":"invalid_request","error_description":)" + quoted(text)
                    + R"(,"error_uri":"https://site.example/)" + one + "\"}"
            );
        case misdeed::names: return http("400 Bad Request", R"({"error":)" + quoted(one) + "}");
        case misdeed::objects:
            return http(
                "400 Bad Request",
                R"({"error":{"code":)" + quoted(one) + R"(,"message":)" + quoted(text) + "}}"
            );
        case misdeed::lists:
            return http(
                "403 Forbidden",
                R"({"errors":[{"errorType":)" + quoted(one) + R"(,"message":)" + quoted(text)
                    + "}]}"
            );
        case misdeed::succeeds:
            return http(
                "200 OK", R"({"error":"invalid_grant","error_description":)" + quoted(text) + "}"
            );
        case misdeed::speaks: return http("500 Error", text, {}, "text/plain");
        case misdeed::shows:
            return http("500 Error", R"({"detail":"no",)" + made_up().substr(1) + "}");
        case misdeed::fields:
        case misdeed::asks:
            return http(
                how_ == misdeed::asks ? "403 Forbidden" : "401 Unauthorized",
                "{}",
                R"(WWW-Authenticate: Bearer error="insufficient_scope", error_description=")" + text
                    + R"(", scope=")" + text + R"(", resource_metadata=")" + base_ + "/" + one
                    + "\"\r\nLocation: " + elsewhere_ + "/" + one + "\r\nDPoP-Nonce: " + one
                    + "\r\nRetry-After: " + one + "\r\nX-Request-Id: " + text + "\r\n"
            );
        case misdeed::types: return http("200 OK", "{}", {}, "application/" + one);
        case misdeed::members:
        {
            std::string out = "{";
            for (const auto* const name :
                 {"token_type",
                  "issued_token_type",
                  "scope",
                  "token_endpoint_auth_method",
                  "client_id",
                  "request_uri",
                  "client_secret_expires_at",
                  "expires_in",
                  "sub"})
                out += quoted(name) + ":" + quoted(one) + ",";
            for (const auto* const name : {"redirect_uris", "grant_types", "response_types"})
                out += quoted(name) + ":[" + quoted(one) + "],";
            return http("200 OK", out + R"("access_token":)" + quoted(one) + "}");
        }
        case misdeed::doubles:
            return http("200 OK", "{" + quoted(one) + ":1," + quoted(one) + ":2}");
        case misdeed::breaks: return http("200 OK", made_up() + "," + quoted(one) + ":");
        case misdeed::leads:
            return http(
                "307 Temporary Redirect",
                "{}",
                "Location: " + elsewhere_ + "/taken?" + form_encode(text) + "\r\n"
            );
        }
        return {};
    }

    // The beginning of an object with one of each.
    std::string made_up()
    {
        using enum canary_kind;
        std::string out = R"({"client_id":"c","token_type":"Bearer")";
        const auto add = [&](const char* name, canary_kind k) {
            out += std::string(",\"") + name + "\":\"" + secrets_.make(k) + '"';
        };
        add("access_token", access_token);
        add("refresh_token", refresh_token);
        add("id_token", id_token);
        add("client_secret", client_secret);
        add("registration_access_token", registration_access_token);
        return out;
    }

    std::string answer(const std::string& request)
    {
        const std::lock_guard lock(mutex_);
        const auto from = request.find(' ') + 1;
        const auto target = request.substr(from, request.find(' ', from) - from);
        const auto body = request.substr(request.find("\r\n\r\n") + 4);
        const auto form = parse_form(body).value_or(form_fields());
        const auto shown = shown_in(request, form);
        if (!shown.empty() && shown_++ == which_ && how_ != misdeed::none)
            return say(shown);
        return routed(request, target.substr(0, target.find('?')), body, form);
    }

    std::string routed(
        const std::string& request,
        const std::string& path,
        const std::string& body,
        const form_fields& form
    )
    {
        if (path == "/mcp")
        {
            if (!field_of(request, "Authorization").empty())
                return http("200 OK", R"({"welcome":true})");
            return http(
                "401 Unauthorized",
                "{}",
                "WWW-Authenticate: Bearer resource_metadata=\"" + base_
                    + "/.well-known/oauth-protected-resource/mcp\"\r\n"
            );
        }
        if (path == "/.well-known/oauth-protected-resource/mcp")
            return http(
                "200 OK",
                R"({"resource":")" + base_ + R"(/mcp","authorization_servers":[")" + base_
                    + R"("],"scopes_supported":["openid","files:read"],)"
                      R"("dpop_signing_alg_values_supported":["ES256"]})"
            );
        if (path == "/.well-known/oauth-authorization-server")
            return http("200 OK", metadata());
        if (path == "/register")
            return http("201 Created", registered(body));
        if (path == "/register/c")
            return request.front() == 'D' ? "HTTP/1.1 204 No Content\r\n\r\n"
                                          : http("200 OK", registered(registered_));
        if (path == "/par")
        {
            pushed_ = form;
            return http("201 Created", R"({"request_uri":"urn:example:1","expires_in":60})");
        }
        if (path == "/token")
            return http("200 OK", tokens(form, !field_of(request, "DPoP").empty()));
        if (path == "/introspect")
            return http("200 OK", R"({"active":true,"client_id":"c"})");
        if (path == "/jwks")
            return http("200 OK", R"({"keys":[)" + key_.public_jwk() + "]}");
        if (path == "/revoke")
            return http("200 OK", "{}");
        return http("404 Not Found", "{}");
    }

    std::string metadata() const
    {
        std::string out = R"({"issuer":")" + base_ + "\"";
        const auto endpoint = [&](const char* name, const char* path) {
            out += std::string(",\"") + name + "\":\"" + base_ + path + '"';
        };
        endpoint("authorization_endpoint", "/authorize");
        endpoint("token_endpoint", "/token");
        endpoint("registration_endpoint", "/register");
        endpoint("introspection_endpoint", "/introspect");
        endpoint("revocation_endpoint", "/revoke");
        endpoint("pushed_authorization_request_endpoint", "/par");
        endpoint("jwks_uri", "/jwks");
        return out
            + R"(,"response_types_supported":["code"],"grant_types_supported":["authorization_code",)"
              R"("refresh_token","client_credentials","urn:ietf:params:oauth:grant-type:jwt-bearer",)"
              R"("urn:ietf:params:oauth:grant-type:token-exchange"],)"
              R"("token_endpoint_auth_methods_supported":["client_secret_basic","private_key_jwt"],)"
              R"("token_endpoint_auth_signing_alg_values_supported":["ES256"],)"
              R"("id_token_signing_alg_values_supported":["ES256"],)"
              R"("dpop_signing_alg_values_supported":["ES256"],)"
              R"("scopes_supported":["openid","files:read"],)"
              R"("authorization_response_iss_parameter_supported":true,)"
              R"("code_challenge_methods_supported":["S256"]})";
    }

    // What was asked for, and what is told of it.
    std::string registered(const std::string& asked)
    {
        registered_ = asked;
        std::string out = asked;
        if (out.find("\"client_id\"") == std::string::npos)
            out.insert(1, R"("client_id":"c",)");
        if (out.find("\"client_secret\"") == std::string::npos)
            out.insert(
                1,
                R"("client_secret_expires_at":0,"client_secret":")"
                    + secrets_.make(canary_kind::client_secret) + "\","
            );
        out.insert(
            1,
            R"("registration_access_token":")"
                + secrets_.make(canary_kind::registration_access_token)
                + R"(","registration_client_uri":")" + base_ + R"(/register/c",)"
        );
        return out;
    }

    std::string tokens(const form_fields& form, bool dpop)
    {
        const auto grant = value_of(form, "grant_type");
        const bool code = grant == "authorization_code";
        // A token for another resource is shown to that, as it should be.
        const auto meant = value_of(form, "resource");
        const bool foreign = !meant.empty() && meant != base_ + "/mcp";
        const auto token = foreign ? fresh_text() : secrets_.make(canary_kind::access_token);
        std::string out = R"({"token_type":")" + std::string(dpop ? "DPoP" : "Bearer")
            + R"(","access_token":")" + token + R"(","expires_in":3600)";
        if (code || grant == "refresh_token")
            out += R"(,"refresh_token":")" + secrets_.make(canary_kind::refresh_token) + '"';
        if (grant.ends_with("token-exchange"))
            out += R"(,"issued_token_type":"urn:ietf:params:oauth:token-type:access_token")";
        if (code && !nonce_.empty())
        {
            const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                                 std::chrono::system_clock::now().time_since_epoch()
            )
                                 .count();
            const auto claims = R"({"iss":")" + base_ + R"(","sub":"anna","aud":"c","nonce":")"
                + nonce_ + R"(","iat":)" + std::to_string(now) + R"(,"exp":)"
                + std::to_string(now + 600) + "}";
            const std::string id_token(sign_jwt(key_, "JWT", claims).value().reveal());
            secrets_.add(canary_kind::id_token, id_token);
            out += R"(,"id_token":")" + id_token + '"';
        }
        // More than one read brings, so that what is read has to move.
        return out + R"(,"note":")" + std::string(30'000, 'x') + "\"}";
    }

    const std::string elsewhere_;
    const signing_key key_;
    canary_list secrets_;
    mutable std::mutex mutex_;
    std::string base_;
    misdeed how_ = misdeed::none;
    std::size_t which_ = 0;
    std::size_t shown_ = 0;
    bad_callback callback_ = bad_callback::nothing;
    form_fields pushed_;
    std::string nonce_;
    std::string registered_;
    std::optional<loopback_server> server_; // goes first: it calls the rest
};

/// Another origin: a resource that names whom it likes as its authorization server, and an
/// authorization server of its own. Keeps every octet that it gets.
class stranger
{
public:
    stranger()
        : server_([this](peer& p) {
            for (auto r = p.read_request(); !r.empty(); r = p.read_request())
            {
                const auto from = r.find(' ') + 1;
                const auto target = r.substr(from, r.find(' ', from) - from);
                server_.log(r);
                p.write(answer(target.substr(0, target.find('?')), r));
            }
        })
    {}

    std::string url(std::string_view path = "") const { return server_.url(path); }
    /// The authorization server that its resource `/lent` names.
    void lend(std::string issuer) { lent_ = std::move(issuer); }
    std::vector<std::string> requests() const { return server_.log(); }

private:
    static std::string ok(const std::string& body)
    {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    std::string answer(const std::string& path, const std::string& request) const
    {
        const auto here = url();
        if (path == "/lent" || path == "/own")
        {
            if (request.find("\r\nAuthorization: Bearer ") != std::string::npos)
                return ok("{}");
            return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer resource_metadata=\""
                + here + "/.well-known/oauth-protected-resource" + path
                + "\"\r\nContent-Length: 0\r\n\r\n";
        }
        const std::string well_known = "/.well-known/oauth-protected-resource";
        if (path.starts_with(well_known + "/"))
        {
            const auto own = path.substr(well_known.size());
            return ok(
                R"({"resource":")" + here + own + R"(","authorization_servers":[")"
                + (own == "/lent" ? lent_ : here) + "\"]}"
            );
        }
        if (path == "/.well-known/oauth-authorization-server")
            return ok(
                R"({"issuer":")" + here + R"(","authorization_endpoint":")" + here
                + R"(/authorize","token_endpoint":")" + here
                + R"(/token","registration_endpoint":")" + here
                + R"(/register","response_types_supported":["code"],)"
                  R"("token_endpoint_auth_methods_supported":["none","client_secret_basic"],)"
                  R"("code_challenge_methods_supported":["S256"]})"
            );
        if (path == "/register")
        {
            auto body = request.substr(request.find("\r\n\r\n") + 4);
            body.insert(1, R"("client_id":"guest","client_secret":"of-the-stranger",)");
            return ok(body);
        }
        if (path == "/token")
            return ok(R"({"token_type":"Bearer","access_token":"of-the-stranger"})");
        return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    }

    std::string lent_;
    loopback_server server_;
};

} // namespace asioauth::testing
