// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// One class for each provider that deviates: what it documents, or what people report of it. Those
// for which the library has a policy take the place where they are, so that the same deviation can
// be met elsewhere.

#include "quirks/fake_provider.hpp"

namespace asioauth::test {

// --- Registered by hand ----------------------------------------------------------------------

/// Microsoft Entra ID: no list of PKCE methods, an issuer that is a template for the tenant
/// `common`, and no `resource` beside a scope that names the resource already.
class entra final : public fake_provider
{
public:
    explicit entra(
        const std::string& origin = "https://login.microsoftonline.com",
        const std::string& tenant = "6babcaad-604b-40ac-a9d7-9fd97c0b779f"
    )
        : fake_provider("https://mcp.contoso.example/mcp")
    {
        const std::string place = origin + "/" + tenant;
        listed = place + "/v2.0";
        metadata_url = listed + "/.well-known/openid-configuration";
        issuer = origin + (tenant == "common" ? "/{tenantid}/v2.0" : "/" + tenant + "/v2.0");
        authorization_url = place + "/oauth2/v2.0/authorize";
        token_url = place + "/oauth2/v2.0/token";
        scope = "api://9c3f7f0e-mcp/mcp.read";
        metadata_members =
            R"(,"token_endpoint_auth_methods_supported":["client_secret_post","private_key_jwt","client_secret_basic"],)"
            R"("scopes_supported":["openid","profile","email","offline_access"])";
        lists_pkce = false;
    }

protected:
    std::string wrong_with_page(const parameters& p) const override
    {
        if (p.count("resource") != 0)
            return "AADSTS9010010: resource and scope";
        if (p.count("scope") == 0 || !is_one_of(scope, p.at("scope")))
            return "AADSTS70011: scope";
        return p.count("prompt") != 0 ? "AADSTS90094: an admin has to consent" : "";
    }
    std::string wrong_with_token_request(const parameters& p) const override
    {
        return p.count("resource") != 0 ? "AADSTS9010010: resource and scope" : "";
    }
    http_response refused(refusal what) const override
    {
        if (what != refusal::request)
            return fake_provider::refused(what);
        return json_answer(
            400,
            R"({"error":"invalid_target","error_description":"AADSTS9010010: The resource parameter doesn't match with the requested scopes.","error_codes":[9010010]})"
        );
    }
    http_response tokens(const parameters&) override
    {
        const bool offline = is_one_of("offline_access", page["scope"]);
        return json_answer(
            200,
            R"({"token_type":"Bearer","scope":")" + scope
                + R"(","expires_in":3599,"ext_expires_in":3599,"access_token":")" + access_token()
                + (offline ? R"(","refresh_token":")" + refresh_token : std::string()) + R"("})"
        );
    }
};

/// The first version of Entra's endpoints: another issuer, numbers as strings, and a `resource` in
/// each request, since no scope says for whom a token is.
class entra_v1 final : public fake_provider
{
public:
    /// @param listed_issuer where the resource's metadata sends clients
    entra_v1(
        const std::string& listed_issuer,
        const std::string& issuer_of_document,
        const std::string& endpoints
    )
        : fake_provider("https://mcp.contoso.example/mcp")
    {
        listed = listed_issuer;
        const bool slash = listed.back() == '/';
        metadata_url = listed + (slash ? "" : "/") + ".well-known/openid-configuration";
        issuer = issuer_of_document;
        authorization_url = endpoints + "/oauth2/authorize";
        token_url = endpoints + "/oauth2/token";
        scope = "openid";
        metadata_members =
            R"(,"token_endpoint_auth_methods_supported":["client_secret_post","private_key_jwt"],"scopes_supported":["openid"])";
        lists_pkce = false;
    }

protected:
    std::string wrong_with_page(const parameters& p) const override { return wrong_with(p); }
    std::string wrong_with_token_request(const parameters& p) const override
    {
        return wrong_with(p);
    }
    http_response tokens(const parameters&) override
    {
        return json_answer(
            200,
            R"({"token_type":"Bearer","expires_in":"3599","ext_expires_in":"3599","expires_on":"1800003599","not_before":"1799999999","resource":")"
                + resource + R"(","access_token":")" + access_token() + R"(","refresh_token":")"
                + refresh_token + R"("})"
        );
    }

private:
    std::string wrong_with(const parameters& p) const
    {
        const auto named = p.find("resource");
        return named == p.end() || named->second != resource ? "AADSTS500011: resource" : "";
    }
};

/// Amazon Cognito: no list of PKCE methods, and no new refresh token with a refreshed one.
class cognito final : public fake_provider
{
public:
    explicit cognito(const std::string& origin = "https://cognito-idp.eu-west-1.amazonaws.com")
        : fake_provider("https://tools.example/mcp")
    {
        issuer = listed = origin + "/eu-west-1_AbC123";
        metadata_url = issuer + "/.well-known/openid-configuration";
        authorization_url = "https://pool.auth.eu-west-1.amazoncognito.com/oauth2/authorize";
        token_url = "https://pool.auth.eu-west-1.amazoncognito.com/oauth2/token";
        metadata_members =
            R"(,"token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],"scopes_supported":["openid","email","phone","profile"])";
        lists_pkce = false;
    }

protected:
    bool rotates() const override { return false; }
    http_response tokens(const parameters& form) override
    {
        const bool refreshed = form.at("grant_type") == "refresh_token";
        return json_answer(
            200,
            R"({"access_token":")" + access_token()
                + (refreshed ? std::string() : R"(","refresh_token":")" + refresh_token)
                + R"(","token_type":"Bearer","expires_in":3600})"
        );
    }
};

/// Google: the resource names it with a slash, it calls itself without one; offline access is a
/// parameter and not a scope; a secret is needed even for programs on a desktop.
class google final : public fake_provider
{
public:
    explicit google(const std::string& origin = "https://accounts.google.com")
        : fake_provider("https://compute.googleapis.example/mcp")
    {
        listed = origin + "/";
        issuer = origin;
        metadata_url = origin + "/.well-known/openid-configuration";
        authorization_url = origin + "/o/oauth2/v2/auth";
        token_url = "https://oauth2.googleapis.com/token";
        scope.clear();
        metadata_members =
            R"(,"scopes_supported":["openid","email","profile"],"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"])";
        ways = {"basic", "post"};
    }

    bool resource_lists_offline_access = false;

protected:
    std::string resource_metadata() const override
    {
        std::string scopes = R"("https://www.googleapis.com/auth/compute.readonly")";
        if (resource_lists_offline_access)
            scopes += R"(,"offline_access")";
        return R"({"resource":")" + resource + R"(","authorization_servers":[")" + listed
            + R"("],"scopes_supported":[)" + scopes + "]}";
    }
    std::string wrong_with_page(const parameters& p) const override
    {
        if (is_one_of("offline_access", p.at("scope")))
            return "invalid_scope";
        offline_ = p.count("access_type") != 0 && p.at("access_type") == "offline";
        return {};
    }
    bool rotates() const override { return false; }
    http_response tokens(const parameters& form) override
    {
        const bool with_it = offline_ && form.at("grant_type") != "refresh_token";
        return json_answer(
            200,
            R"({"access_token":")" + access_token()
                + (with_it ? R"(","refresh_token":")" + refresh_token : std::string())
                + R"(","expires_in":3599,"token_type":"Bearer","scope":"https://www.googleapis.com/auth/compute.readonly"})"
        );
    }

private:
    mutable bool offline_ = false;
};

/// GitHub: no metadata at all, credentials in the form only, errors with status 200 and with names
/// of its own, and forms as answers to whom did not ask for JSON.
class github final : public fake_provider
{
public:
    explicit github(const std::string& origin = "https://github.com")
        : fake_provider("https://api.githubcopilot.example/mcp")
    {
        issuer = listed = origin + "/login/oauth";
        authorization_url = listed + "/authorize";
        token_url = listed + "/access_token";
        scope = "repo gist";
        ways = {"post"};
    }

    bool answers_with_forms = false;

protected:
    http_response refused(refusal what) const override
    {
        const std::string name = what == refusal::client ? "incorrect_client_credentials"
            : what == refusal::refresh_token             ? "bad_refresh_token"
                                                         : "bad_verification_code";
        if (answers_with_forms)
            return form("error=" + name + "&error_description=The+detail+is+told+here.");
        return json_answer(
            200,
            R"({"error":")" + name
                + R"(","error_description":"The detail is told here.","error_uri":"https://docs.github.com/apps"})"
        );
    }
    http_response tokens(const parameters&) override
    {
        if (answers_with_forms)
            return form(
                "access_token=" + access_token() + "&expires_in=28800&refresh_token="
                + refresh_token + "&scope=repo%2Cgist&token_type=bearer"
            );
        return answered(
            200,
            "application/json; charset=utf-8",
            R"({"access_token":")" + access_token() + R"(","expires_in":28800,"refresh_token":")"
                + refresh_token + R"(","scope":"repo,gist","token_type":"bearer"})"
        );
    }

private:
    static http_response form(std::string body)
    {
        return answered(200, "application/x-www-form-urlencoded; charset=utf-8", std::move(body));
    }
};

/// Slack: the issuer has another host than what the resource names, scopes are between commas,
/// errors have status 200, and tokens of users are below `authed_user`.
class slack final : public fake_provider
{
public:
    explicit slack(
        const std::string& mcp = "https://mcp.slack.com",
        const std::string& own = "https://slack.com"
    )
        : fake_provider(mcp + "/mcp")
    {
        listed = mcp;
        issuer = own;
        metadata_url = mcp + "/.well-known/oauth-authorization-server";
        authorization_url = own + "/oauth/v2_user/authorize";
        token_url = own + "/api/oauth.v2.user.access";
        scope = "search:read chat:write";
        metadata_members =
            R"(,"token_endpoint_auth_methods_supported":["client_secret_post"],"grant_types_supported":["authorization_code","refresh_token"])";
        ways = {"post"};
    }

    bool rotates_tokens = true; ///< apps may choose: without it tokens never end
    bool refuses_with_limit = false;
    const char* name_of_unknown_client = "bad_client_secret";
    std::string token_type = "user";

protected:
    std::string wrong_with_page(const parameters& p) const override
    {
        return p.at("scope") == "search:read,chat:write" ? "" : "invalid_scope " + p.at("scope");
    }
    http_response refused(refusal what) const override
    {
        const char* const name = what == refusal::client ? name_of_unknown_client
            : what == refusal::refresh_token             ? "invalid_refresh_token"
                                                         : "invalid_code";
        return json_answer(200, R"({"ok":false,"error":")" + std::string(name) + R"("})");
    }
    http_response tokens(const parameters& form) override
    {
        if (refuses_with_limit)
            return json_answer(200, R"({"ok":false,"error":"ratelimited"})");
        std::string token =
            R"("access_token":")" + access_token() + R"(","token_type":")" + token_type + '"';
        if (rotates_tokens)
            token += R"(,"expires_in":43200,"refresh_token":")" + refresh_token + '"';
        if (form.at("grant_type") == "refresh_token") // these are not below anything
            return json_answer(
                200, R"({"ok":true,"scope":"search:read,chat:write",)" + token + "}"
            );
        return json_answer(
            200,
            R"({"ok":true,"app_id":"A1","team":{"id":"T1"},"enterprise":null,"authed_user":{"id":"U1","scope":"search:read,chat:write",)"
                + token + "}}"
        );
    }
};

/// X: does not take a `state` of more than 500 characters.
class x_com final : public fake_provider
{
public:
    x_com() : fake_provider("https://tools.example/mcp")
    {
        issuer = listed = "https://x.com";
        metadata_url = "https://x.com/.well-known/oauth-authorization-server";
        authorization_url = "https://x.com/i/oauth2/authorize";
        token_url = "https://api.x.com/2/oauth2/token";
        scope = "tweet.read offline.access";
    }

protected:
    std::string wrong_with_page(const parameters& p) const override
    {
        return p.at("state").size() > 500 ? "the state is too long" : "";
    }
};

// --- Registered dynamically ------------------------------------------------------------------

/// A provider where programs register themselves.
class open_provider : public fake_provider
{
public:
    open_provider(const std::string& resource_url, const std::string& origin)
        : fake_provider(resource_url)
    {
        issuer = listed = origin;
        metadata_url = origin + "/.well-known/oauth-authorization-server";
        authorization_url = origin + "/authorize";
        token_url = origin + "/token";
        registration_url = origin + "/register";
        metadata_members = R"(,"token_endpoint_auth_methods_supported":["none"])";
    }

protected:
    static std::string asked_redirect_uri(const boost::json::object& asked)
    {
        return std::string(asked.at("redirect_uris").as_array().at(0).as_string());
    }
    http_response registered_with_secret(const boost::json::object& asked, int status)
    {
        const std::string id = next_client_id();
        clients[id] = "CANARY-secret-of-" + id;
        boost::json::object out = asked;
        out["client_id"] = id;
        out["client_secret"] = clients[id];
        return json_answer(status, boost::json::serialize(out));
    }
};

/// A server that takes loopback redirects to one host only: Salesforce to `localhost`, Datadog to
/// `127.0.0.1`.
class one_loopback_host : public open_provider
{
public:
    one_loopback_host(const std::string& resource_url, const std::string& origin, std::string host)
        : open_provider(resource_url, origin)
        , only_("http://" + host + ":")
    {}

protected:
    std::string wrong_with_page(const parameters& p) const override
    {
        return takes(p.at("redirect_uri")) ? "" : "redirect_uri_mismatch";
    }
    http_response registered(const boost::json::object& asked) override
    {
        if (takes(asked_redirect_uri(asked)))
            return open_provider::registered(asked);
        complaints.emplace_back("redirect URI");
        return json_answer(
            400,
            R"({"error":"invalid_redirect_uri","error_description":"This callback is not allowed."})"
        );
    }

private:
    bool takes(const std::string& uri) const { return uri.rfind(only_, 0) == 0; }

    std::string only_;
};

class salesforce final : public one_loopback_host
{
public:
    explicit salesforce(const std::string& origin = "https://login.salesforce.com")
        : one_loopback_host("https://api.salesforce.example/mcp", origin, "localhost")
    {
        metadata_url = origin + "/.well-known/openid-configuration";
        authorization_url = origin + "/services/oauth2/authorize";
        token_url = origin + "/services/oauth2/token";
        registration_url = origin + "/services/oauth2/register";
        scope = "mcp_api refresh_token";
        metadata_members =
            R"(,"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic","private_key_jwt"])";
        lists_pkce = origin != "https://login.salesforce.com";
    }

protected:
    http_response registered(const boost::json::object& asked) override
    {
        const auto answer = one_loopback_host::registered(asked);
        return answer.status() == 201 ? registered_with_secret(asked, 201) : answer;
    }
};

class datadog final : public one_loopback_host
{
public:
    datadog()
        : one_loopback_host(
            "https://mcp.datadoghq.example/mcp", "https://app.datadoghq.example", "127.0.0.1"
        )
    {}
};

/// Context7: advertises client_secret_basic and understands client_secret_post.
class context7 final : public open_provider
{
public:
    explicit context7(const std::string& origin = "https://context7.com")
        : open_provider("https://mcp.context7.example/mcp", origin)
    {
        metadata_members = R"(,"token_endpoint_auth_methods_supported":["client_secret_basic"])";
        ways = {"post"};
    }

protected:
    http_response registered(const boost::json::object& asked) override
    {
        return registered_with_secret(asked, 201);
    }
};

/// Figma: registers the programs that it has heard of and tells the others so as plain text; hands
/// out a secret that nobody asked for, and wants to see it.
class figma final : public open_provider
{
public:
    figma() : open_provider("https://mcp.figma.example/mcp", "https://api.figma.example")
    {
        scope = "mcp:connect";
        metadata_members =
            R"(,"token_endpoint_auth_methods_supported":["none","client_secret_basic","client_secret_post"],"service_documentation":"https://developers.figma.example/docs")";
        ways = {"basic", "post"};
    }

    std::set<std::string> heard_of;
    bool repeats_the_method = false; ///< says `none`, and means the secret

protected:
    http_response registered(const boost::json::object& asked) override
    {
        if (heard_of.count(std::string(asked.at("client_name").as_string())) == 0)
            return answered(403, "text/plain", "Forbidden");
        boost::json::object out = asked;
        if (!repeats_the_method)
            out.erase("token_endpoint_auth_method");
        return registered_with_secret(out, 200);
    }
};

/// Atlassian: a refresh token is good once, and using it again ends all that came of it; redirect
/// hosts are on a list; a client that it has forgotten gets a page with status 500.
class atlassian final : public open_provider
{
public:
    atlassian() : open_provider("https://mcp.atlassian.example/v1/mcp", "https://cf.mcp.example") {}

protected:
    http_response registered(const boost::json::object& asked) override
    {
        const std::string uri = asked_redirect_uri(asked);
        const bool allowed = uri.rfind("http://127.0.0.1:", 0) == 0
            || uri.rfind("http://localhost:", 0) == 0 || uri.rfind("https://claude.ai/", 0) == 0;
        if (allowed)
            return open_provider::registered(asked);
        return json_answer(
            400,
            R"({"error":"invalid_redirect_uri","error_description":"The redirect host is not allowed."})"
        );
    }
};

/// Supabase: tokens come with status 201, an unknown client meets 422 and no OAuth error, on the
/// page as at the token endpoint.
class supabase final : public open_provider
{
public:
    supabase() : open_provider("https://mcp.supabase.example/mcp", "https://api.supabase.example")
    {
        scope = "organizations:read projects:read";
        metadata_members =
            R"(,"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"])";
    }

protected:
    http_response refused(refusal what) const override
    {
        return what == refusal::client ? json_answer(422, R"({"message":"Unrecognized client_id"})")
                                       : fake_provider::refused(what);
    }
    http_response registered(const boost::json::object& asked) override
    {
        return registered_with_secret(asked, 201);
    }
    http_response tokens(const parameters& form) override
    {
        const auto usual = fake_provider::tokens(form);
        return json_answer(201, std::string(usual.body()));
    }
};

/// AWS: forgets clients after a while; those that come back hear invalid_client.
class aws final : public open_provider
{
public:
    aws() : open_provider("https://mcp.aws.example/mcp", "https://signin.aws.example") {}

    bool knows_nobody = false; ///< not even who has just registered

protected:
    http_response tokens(const parameters& form) override
    {
        return knows_nobody ? refused(refusal::client) : fake_provider::tokens(form);
    }
};

// --- Any -------------------------------------------------------------------------------------

/// A server whose answers can be replaced one by one, for what is odd at more than one provider.
class odd final : public open_provider
{
public:
    odd() : open_provider("https://mcp.odd.example/mcp", "https://as.odd.example") {}

    std::string resource_document;
    std::string server_document;
    std::string registration_members; ///< of the answer, beside the identifier
    std::optional<http_response> token_answer;

protected:
    std::string resource_metadata() const override
    {
        return resource_document.empty() ? open_provider::resource_metadata() : resource_document;
    }
    std::string metadata() const override
    {
        return server_document.empty() ? open_provider::metadata() : server_document;
    }
    http_response registered(const boost::json::object& asked) override
    {
        if (registration_members.empty())
            return open_provider::registered(asked);
        const std::string id = next_client_id();
        clients[id];
        return json_answer(201, R"({"client_id":")" + id + '"' + registration_members + "}");
    }
    http_response tokens(const parameters& form) override
    {
        return token_answer ? *token_answer : open_provider::tokens(form);
    }
};

} // namespace asioauth::test
