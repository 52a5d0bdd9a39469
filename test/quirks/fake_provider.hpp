// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What all fake providers have in common, and a person who logs in there.

#include "support/flow_world.hpp"

#include <asioauth/protocol/client_auth.hpp>
#include <asioauth/protocol/pkce.hpp>
#include <asioauth/protocol/provider_policy.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::test {

using parameters = std::map<std::string, std::string>;

inline parameters parameters_of(std::string_view form)
{
    parameters out;
    if (const auto fields = parse_form(form))
    {
        for (const auto& field : *fields)
            out[field.first] = field.second;
    }
    return out;
}

inline http_response answered(int status, std::string_view type, std::string body)
{
    http_response out(status, std::move(body));
    out.field("Content-Type", type);
    return out;
}

inline http_response json_answer(int status, std::string body)
{
    return answered(status, "application/json", std::move(body));
}

/// What a token endpoint says no to.
enum class refusal
{
    client,
    code,
    refresh_token,
    request,
};

/** A resource and its authorization server. It looks at what it is sent: at what is wrong at every
    server, such as a redirect URI, code, verifier, refresh token or client that it does not know,
    and, in derived classes, at what is wrong at this one.
*/
class fake_provider
{
public:
    explicit fake_provider(std::string resource_url) : resource(std::move(resource_url)) {}
    virtual ~fake_provider() = default;
    fake_provider(const fake_provider&) = delete;
    fake_provider& operator=(const fake_provider&) = delete;

    // Where it is.
    std::string resource;
    std::string listed;       ///< the issuer that the resource's metadata names
    std::string metadata_url; ///< empty: it publishes none
    std::string issuer;       ///< what the metadata says
    std::string authorization_url;
    std::string token_url;
    std::string registration_url; ///< empty: clients are registered by hand

    // What it says and takes.
    std::string scope = "files:read";
    std::string metadata_members; ///< further ones, each with a comma before it
    bool lists_pkce = true;
    std::set<std::string> ways = {"none", "basic", "post"};
    std::map<std::string, std::string> clients; ///< identifiers and their secrets
    bool spoils_codes = false;                  ///< codes have ended when they arrive

    // What happened.
    std::vector<std::string> complaints; ///< one for each refusal
    parameters page;                     ///< what the last authorization request said
    std::vector<parameters> token_requests;
    std::vector<boost::json::object> registration_requests;
    std::string refresh_token; ///< the one that is good now
    int issued = 0;

    void serve(world& w)
    {
        const url at = url::parse(resource).value();
        const std::string document =
            at.origin() + "/.well-known/oauth-protected-resource" + std::string(at.path());
        for (const char* method : {"GET", "POST"})
        {
            w.on(method, resource, [this, document](const http_request&) {
                http_response out(401, "");
                out.field(
                    "WWW-Authenticate",
                    "Bearer resource_metadata=\"" + document + "\"" + challenged_scope()
                );
                return result<http_response>(std::move(out));
            });
        }
        w.on("GET", document, [this](const http_request&) {
            return result<http_response>(json_answer(200, resource_metadata()));
        });
        if (!metadata_url.empty())
        {
            w.on("GET", metadata_url, [this](const http_request&) {
                return result<http_response>(json_answer(200, metadata()));
            });
        }
        w.on("POST", token_url, [this](const http_request& r) {
            return result<http_response>(token(r));
        });
        if (!registration_url.empty())
        {
            w.on("POST", registration_url, [this](const http_request& r) {
                registration_requests.push_back(
                    boost::json::parse(std::string(r.body().reveal())).as_object()
                );
                return result<http_response>(registered(registration_requests.back()));
            });
        }
        w.page = [this](const url& where) { return visited(where); };
        w.send_iss = false;
    }

    const std::string& redirect_uri() const { return page.at("redirect_uri"); }
    const parameters& last_token_request() const { return token_requests.back(); }

    /// Forget every client, as providers do with those that nobody used for a while.
    void purge_clients() { clients.clear(); }

protected:
    virtual std::string resource_metadata() const
    {
        return R"({"resource":")" + resource + R"(","authorization_servers":[")" + listed
            + R"("]})";
    }
    virtual std::string metadata() const
    {
        std::string out = R"({"issuer":")" + issuer + R"(","authorization_endpoint":")"
            + authorization_url + R"(","token_endpoint":")" + token_url
            + R"(","response_types_supported":["code"])";
        if (!registration_url.empty())
            out += R"(,"registration_endpoint":")" + registration_url + '"';
        if (lists_pkce)
            out += R"(,"code_challenge_methods_supported":["S256"])";
        return out + metadata_members + "}";
    }

    // What is wrong with a request by the rules of this provider; empty if nothing is.
    virtual std::string wrong_with_page(const parameters&) const { return {}; }
    virtual std::string wrong_with_token_request(const parameters&) const { return {}; }

    // How it says no: to a client, a code, a refresh token or a request.
    virtual http_response refused(refusal what) const
    {
        const bool unknown = what == refusal::client;
        const char* const name = unknown ? "invalid_client"
            : what == refusal::request   ? "invalid_request"
                                         : "invalid_grant";
        return json_answer(unknown ? 401 : 400, R"({"error":")" + std::string(name) + R"("})");
    }

    // How it says yes. `issued` has been counted up, and refresh_token is new unless the request
    // used the old one.
    virtual http_response tokens(const parameters&)
    {
        return json_answer(
            200,
            R"({"access_token":")" + access_token() + R"(","refresh_token":")" + refresh_token
                + R"(","token_type":"Bearer","expires_in":3600})"
        );
    }
    virtual bool rotates() const { return true; }

    virtual http_response registered(const boost::json::object& asked)
    {
        const std::string id = next_client_id();
        clients[id];
        boost::json::object out = asked;
        out["client_id"] = id;
        return json_answer(201, boost::json::serialize(out));
    }

    std::string next_client_id() { return "client-" + std::to_string(++registered_); }
    std::string access_token() const { return "CANARY-access-" + std::to_string(issued); }
    http_response complain(const std::string& about, refusal what)
    {
        complaints.push_back(about);
        return refused(what);
    }
    static bool is_one_of(std::string_view wanted, const std::string& list)
    {
        return (" " + list + " ").find(" " + std::string(wanted) + " ") != std::string::npos;
    }

private:
    std::string challenged_scope() const
    {
        return scope.empty() ? std::string() : ", scope=\"" + scope + "\"";
    }

    user_does visited(const url& where)
    {
        page = parameters_of(where.query());
        const std::string wrong = wrong_at_every_page(where);
        complaints.push_back(wrong.empty() ? wrong_with_page(page) : wrong);
        if (!complaints.back().empty())
            return user_does::nothing; // looks at an error
        complaints.pop_back();
        code_is_good_ = true;
        return user_does::approves;
    }

    std::string wrong_at_every_page(const url& where)
    {
        if (where.without_query() != authorization_url)
            return "another page: " + where.without_query();
        if (page["response_type"] != "code")
            return "no code wanted";
        if (clients.count(page["client_id"]) == 0)
            return "unknown client: " + page["client_id"];
        if (page["code_challenge_method"] != "S256" || page["code_challenge"].size() != 43)
            return "no code challenge";
        return page["state"].empty() ? "no state" : "";
    }

    // Which client asks, and how it shows that; empty if none.
    std::string way_of(const http_request& r, const parameters& form) const
    {
        for (const auto& [id, secret_of_it] : clients)
        {
            const secret basic = make_basic_credentials(id, secret(secret_of_it));
            if (!r.authorization().empty() && r.authorization() == basic)
                return "basic";
        }
        const auto id = form.find("client_id");
        const auto known = id == form.end() ? clients.end() : clients.find(id->second);
        if (known == clients.end() || !r.authorization().empty())
            return {};
        const auto shown = form.find("client_secret");
        if (known->second.empty())
            return shown == form.end() ? "none" : "";
        return shown != form.end() && shown->second == known->second ? "post" : "";
    }

    http_response token(const http_request& r)
    {
        token_requests.push_back(parameters_of(r.body().reveal()));
        parameters form = token_requests.back();
        if (ways.count(way_of(r, form)) == 0)
            return complain("unknown client at the token endpoint", refusal::client);
        const std::string wrong = wrong_with_token_request(form);
        if (!wrong.empty())
            return complain(wrong, refusal::request);
        const bool refreshes = form["grant_type"] == "refresh_token";
        if (refreshes && (refresh_token.empty() || form["refresh_token"] != refresh_token))
            return reused_refresh_token();
        if (!refreshes && !is_good_code(form))
            return complain("the code is not good", refusal::code);
        ++issued;
        if (!refreshes || rotates())
            refresh_token = "CANARY-refresh-" + std::to_string(issued);
        return tokens(form);
    }

    bool is_good_code(parameters& form)
    {
        return std::exchange(code_is_good_, false) && !spoils_codes
            && form["grant_type"] == "authorization_code" && form["code"] == world::code_canary
            && form["redirect_uri"] == page["redirect_uri"]
            && make_code_challenge(secret(form["code_verifier"])) == page["code_challenge"];
    }

    http_response reused_refresh_token()
    {
        refresh_token.clear(); // a token that is used twice may be stolen
        return complain("the refresh token is not good", refusal::refresh_token);
    }

    bool code_is_good_ = false;
    int registered_ = 0;
};

inline flow_settings settings_that_know_providers()
{
    flow_settings out = plain_settings();
    out.providers = provider_policies::known();
    return out;
}

/// A person with a program that keeps its records.
class visitor
{
public:
    explicit visitor(
        fake_provider& provider, flow_settings settings_of_program = settings_that_know_providers()
    )
        : settings(std::move(settings_of_program))
        , at(provider)
        , params(provider.resource)
    {
        at.serve(w);
    }

    /// The program has a client that somebody made by hand.
    visitor& with_client(std::string_view issuer, std::string_view id, std::string_view its_secret)
    {
        settings.pre_registered.emplace_back(issuer, id, secret(its_secret));
        at.clients[std::string(id)] = its_secret;
        return *this;
    }

    result<grant> log_in()
    {
        w.pages_shown = 0;
        auto r = w.run(detail::login(params, settings));
        const std::string broken = broken_invariant(w, r);
        if (!broken.empty())
            at.complaints.push_back("invariant: " + broken);
        return *r;
    }

    /// After so long a time, and without any help of the person.
    result<grant> return_after(std::chrono::seconds pause)
    {
        w.advance(pause);
        w.opened = url();
        login_params quiet = params;
        quiet.silent(true);
        std::swap(params, quiet);
        auto r = log_in();
        std::swap(params, quiet);
        return r;
    }

    world w;
    flow_settings settings;
    fake_provider& at;
    login_params params;
};

/// The text of a failure, for the messages of tests; "ok" without one.
template <class T>
std::string told(const result<T>& r)
{
    return r ? "ok" : describe(r.error().code(), r.error().info());
}

} // namespace asioauth::test
