// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Every place at which somebody else can put a URL in front of the library, and the operation that
// would go there.

#include "hardening/public_world.hpp"
#include "support/parked.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>
#include <asioauth/describe.hpp>
#include <asioauth/memory_store.hpp>
#include <asioauth/redirect_listener.hpp>
#include <asioauth/user_agent.hpp>

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::testing {

inline std::string json_text(std::string_view raw)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : raw)
    {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out.append(1, '\\').append(1, c);
        else if (byte < 0x20)
            out.append("\\u00").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
        else
            out += c;
    }
    return out + '"';
}

inline std::string quoted_string(std::string_view raw)
{
    std::string out = "\"";
    for (const char c : raw)
    {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

/// A browser that opens whatever it is given, and a user who never comes back from it.
class absent_user final
    : public redirect_listener
    , public user_agent
{
public:
    explicit absent_user(boost::asio::any_io_executor ex) : executor_(std::move(ex)) {}

    result<std::string> reserve(const redirect_target& target) override
    {
        return "http://" + target.host() + ":40123" + target.path();
    }

    void async_wait(std::string, std::string, redirect_listener::handler h) override
    {
        park(redirects_, std::move(h));
    }

    void async_open(url, opened_handler h) override
    {
        std::make_shared<test::parked<result<void>>>(executor_, std::move(h))
            ->complete(result<void>());
    }

    void async_ask_redirect_url(pasted_handler h) override { park(pastes_, std::move(h)); }

    void close() override
    {
        end(redirects_);
        end(pastes_);
    }

private:
    template <class R>
    using waiting = std::list<std::shared_ptr<test::parked<R>>>;

    template <class R, class Handler>
    void park(waiting<R>& where, Handler h)
    {
        where.push_back(std::make_shared<test::parked<R>>(executor_, std::move(h)));
        where.back()->listen_for_cancellation();
    }

    template <class R>
    static void end(waiting<R>& all)
    {
        for (const auto& p : all)
            p->complete(failure(operation_aborted()));
        all.clear();
    }

    boost::asio::any_io_executor executor_;
    waiting<result<redirect>> redirects_;
    waiting<result<std::string>> pastes_;
};

/// A provider at every public host, one of whose documents is as the test wants it.
class provider_scene
{
public:
    provider_scene()
    {
        world.serve = [this](const served_request& r) { return answer(r); };
    }

    /// A client that remembers nothing of earlier attempts.
    void new_client()
    {
        const auto user = std::make_shared<absent_user>(world.io.get_executor());
        client_settings s;
        s.transport(world.network()).listener(user).user_agent(user);
        s.store(std::make_shared<memory_store>(world.io.get_executor()));
        s.metadata_cache_size(0);
        subject.emplace(world.io.get_executor(), s);
    }

    discovery discover()
    {
        return world
            .run<discovery>([&](auto h) {
                subject->async_discover("https://mcp.example/mcp", std::move(h));
            })
            .second;
    }

    /// A client that was registered by hand.
    static registration client_of(secret password = {})
    {
        registration r("https://as.example", "client-1", std::move(password));
        r.redirect_uris = {"http://127.0.0.1:40123/callback"};
        return r;
    }

    public_world world;
    std::optional<client> subject;

    std::string hostile;                       ///< a URL as far as its path
    std::map<std::string, std::string> member; ///< what takes the place of a document's member
    std::string redirect_to;                   ///< where guests redirect to; empty: nowhere
    int redirect_status = 302;

private:
    std::string given(const std::string& name, std::string otherwise) const
    {
        const auto at = member.find(name);
        return json_text(at == member.end() ? otherwise : at->second);
    }

    void add(std::string& document, const std::string& name) const
    {
        if (member.contains(name))
            document += "," + json_text(name) + ":" + given(name, "");
    }

    static served_response json(int status, std::string body)
    {
        return {status, "Content-Type: application/json\r\n", std::move(body), false};
    }

    served_response answer(const served_request& r) const
    {
        const bool guest = r.host.ends_with(".guest.example");
        if (guest && !redirect_to.empty())
        {
            return {redirect_status, "Location: " + redirect_to + r.target + "\r\n", "moved", true};
        }
        auto out = page(r);
        out.closes = guest;
        return out;
    }

    served_response page(const served_request& r) const
    {
        const std::string path = r.target.substr(0, r.target.find('?'));
        if (path == "/mcp")
        {
            std::string fields = "WWW-Authenticate: Bearer scope=\"a\"";
            if (const auto at = member.find("challenge"); at != member.end())
                fields += ", resource_metadata=" + quoted_string(at->second);
            return {401, fields + "\r\n", "", false};
        }
        if (path == "/prm" || path.starts_with("/.well-known/oauth-protected-resource"))
            return json(200, resource_document(path == "/prm" ? "mcp.example" : r.host));
        if (path == "/.well-known/oauth-authorization-server")
            return json(200, server_document(r.host));
        if (path == "/register" || path == "/manage/1")
            return json(path == "/register" ? 201 : 200, registered());
        if (path == "/token")
            return json(200, R"({"access_token":"a","token_type":"Bearer","expires_in":3600})");
        if (path == "/par")
            return json(201, R"({"request_uri":"urn:x:1","expires_in":60})");
        if (path == "/device")
            return json(400, R"({"error":"invalid_request"})"); // nothing to poll for
        if (path == "/introspect")
            return json(200, R"({"active":true})");
        if (path == "/revoke")
            return {200, "", "", false};
        if (path == "/jwks")
            return json(200, R"({"keys":[]})");
        if (path == "/" && member.contains("html"))
            return {200, "Content-Type: text/html\r\n", member.at("html"), false};
        if (path == "/i.png")
            return {200, "Content-Type: image/gif\r\n", {"GIF89a\1\0\1\0\0\0\0;", 14}, false};
        return {};
    }

    std::string resource_document(const std::string& host) const
    {
        std::string out = "{\"resource\":" + given("resource", "https://" + host + "/mcp")
            + ",\"authorization_servers\":[" + given("authorization_servers", "https://as.example")
            + "]";
        add(out, "logo_uri");
        add(out, "resource_documentation");
        return out + "}";
    }

    std::string server_document(const std::string& host) const
    {
        const std::string as = "https://as.example";
        std::string out = "{\"issuer\":" + given("issuer", "https://" + host)
            + ",\"authorization_endpoint\":" + given("authorization_endpoint", as + "/authorize")
            + ",\"token_endpoint\":" + given("token_endpoint", as + "/token")
            + ",\"registration_endpoint\":" + given("registration_endpoint", as + "/register");
        for (const auto* const name :
             {"revocation_endpoint",
              "introspection_endpoint",
              "jwks_uri",
              "pushed_authorization_request_endpoint",
              "device_authorization_endpoint",
              "userinfo_endpoint",
              "service_documentation",
              "op_policy_uri",
              "op_tos_uri"})
        {
            add(out, name);
        }
        if (member.contains("alias"))
            out += ",\"mtls_endpoint_aliases\":{\"token_endpoint\":" + given("alias", "") + "}";
        return out
            + R"(,"response_types_supported":["code"],"code_challenge_methods_supported":["S256"],)"
              R"("grant_types_supported":["authorization_code","refresh_token","client_credentials",)"
              R"("urn:ietf:params:oauth:grant-type:device_code"],)"
              R"("token_endpoint_auth_methods_supported":["none","client_secret_basic","tls_client_auth"],)"
              R"("authorization_response_iss_parameter_supported":true})";
    }

    std::string registered() const
    {
        std::string out = R"({"client_id":"client-1","registration_access_token":"t",)"
                          R"("token_endpoint_auth_method":"none",)"
                          R"("redirect_uris":["http://127.0.0.1:40123/callback"])";
        add(out, "registration_client_uri");
        return out + "}";
    }
};

} // namespace asioauth::testing
