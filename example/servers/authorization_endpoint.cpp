// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "authorization_endpoint.hpp"

#include "crypto.hpp"
#include "html_pages.hpp"
#include "words.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace example {
namespace {

namespace urls = boost::urls;

constexpr std::size_t max_pending = 1000;
constexpr std::chrono::minutes time_to_log_in{10};
constexpr int max_attempts = 5;
constexpr std::string_view cookie_name = "asioauth_example_browser";

std::string read_cookie(const http_request& request)
{
    const auto cookies = header(request, "Cookie");
    std::string_view rest = cookies;
    while (!rest.empty())
    {
        const auto end = rest.find(';');
        auto item = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        while (item.starts_with(' '))
            item.remove_prefix(1);
        if (item.starts_with(cookie_name) && item.substr(cookie_name.size()).starts_with('='))
            return std::string(item.substr(cookie_name.size() + 1));
    }
    return {};
}

// HttpOnly: no script needs it. SameSite=Lax: other sites' forms do not carry it. No Secure, as
// this server speaks plain HTTP on loopback; a real one speaks TLS and says Secure.
void set_cookie(http_response& response, const std::string& browser)
{
    response.set(
        http::field::set_cookie,
        std::string(cookie_name) + '=' + browser + "; Path=/; HttpOnly; SameSite=Lax"
    );
}

bool looks_like_our_token(const std::string& text)
{
    const auto raw = base64url_decode(text);
    return raw && raw->size() == 32;
}

std::string host_of(const std::string& uri)
{
    const auto parsed = urls::parse_uri(uri);
    if (!parsed)
        return uri;
    // A private-use scheme such as com.example.app:/callback has no host; then the scheme tells.
    const auto name = parsed->host().empty() ? std::string(parsed->scheme())
                                             : std::string(parsed->encoded_host_and_port());
    return name;
}

bool is_resource_indicator(const std::string& text)
{
    const auto parsed = urls::parse_uri(text);
    return parsed && !parsed->has_fragment() && text.size() <= 2048;
}

std::optional<form> read_form(const http_request& request)
{
    if (!has_media_type(request, "application/x-www-form-urlencoded"))
        return std::nullopt;
    return form::parse(request.body());
}

http_response stale_page()
{
    return error_page(
        http::status::bad_request,
        "This page was used already, is too old, or belongs to another browser. Start the login "
        "again from the program you came from."
    );
}

} // namespace

authorization_endpoint::authorization_endpoint(
    const authorization_settings& settings, const client_registry& clients, token_store& tokens
)
    : settings_(settings)
    , clients_(clients)
    , tokens_(tokens)
    , pending_(max_pending)
{}

http_response authorization_endpoint::handle_authorize(const http_request& request)
{
    const auto query = form::parse(target_query(request));
    if (!query)
        return error_page(http::status::bad_request, "The request is not a valid query.");
    const auto* const repeated = query->repeated_name();
    // Which of two redirect URIs is meant nobody knows, so neither is used.
    if (repeated && (*repeated == "client_id" || *repeated == "redirect_uri"))
        return error_page(http::status::bad_request, "A parameter of the request is repeated.");
    const auto* const client = clients_.find(query->get("client_id"));
    if (!client)
        return error_page(http::status::bad_request, "The client is not known here.");

    pending_login pending;
    pending.what.client_id = client->client_id;
    pending.what.redirect_uri = query->get("redirect_uri");
    pending.what.redirect_uri_was_sent = !pending.what.redirect_uri.empty();
    if (!pending.what.redirect_uri_was_sent && client->redirect_uris.size() == 1)
        pending.what.redirect_uri = client->redirect_uris.front();
    if (!client->allows_redirect(pending.what.redirect_uri))
        return error_page(
            http::status::bad_request, "The redirect URI is not one that the client has registered."
        );
    // A repeated state is as bad as none, but it is not a reason to stay silent.
    pending.state = query->get("state");
    if (repeated)
        return redirect_with_error(pending, "invalid_request", "a parameter is repeated");
    if (auto problem = find_problem(*query, pending); !problem.empty())
    {
        const auto colon = problem.find(':');
        return redirect_with_error(pending, problem.substr(0, colon), problem.substr(colon + 1));
    }

    pending.browser = read_cookie(request);
    if (!looks_like_our_token(pending.browser))
        pending.browser = random_token();
    const auto browser = pending.browser;
    const auto refusal =
        redirect_with_error(pending, "temporarily_unavailable", "too many logins are under way");
    const auto transaction = keep_pending(std::move(pending));
    if (transaction.empty())
        return refusal;
    auto response = login_page(transaction, "");
    set_cookie(response, browser);
    return response;
}

// Fills in what the user will be asked. Returns "error:description", or nothing if all is well.
std::string authorization_endpoint::find_problem(const form& query, pending_login& pending) const
{
    if (!query.find("response_type"))
        return "invalid_request:response_type is missing";
    if (query.get("response_type") != "code")
        return "unsupported_response_type:only response_type code is supported";
    if (query.find("response_mode") && query.get("response_mode") != "query")
        return "invalid_request:only response_mode query is supported";
    // Without a method RFC 7636 means `plain`, which OAuth 2.1 leaves no room for.
    const auto challenge = base64url_decode(query.get("code_challenge"));
    if (query.get("code_challenge_method") != "S256" || !challenge || challenge->size() != 32)
        return "invalid_request:PKCE with code_challenge_method S256 is required";
    pending.what.code_challenge = query.get("code_challenge");

    pending.what.scope = query.get("scope");
    if (pending.what.scope.empty())
        pending.what.scope = settings_.scopes.substr(0, settings_.scopes.find(' '));
    if (!contains_words(settings_.scopes, pending.what.scope))
        return "invalid_scope:a scope is not known here";

    for (const auto& resource : query.all("resource"))
    {
        if (!is_resource_indicator(resource))
            return "invalid_target:resource must be an absolute URI without fragment";
        if (!pending.what.resource.empty() && pending.what.resource != resource)
            return "invalid_target:one resource per token, please";
        pending.what.resource = resource;
    }
    const auto& allowed = settings_.resources;
    if (!allowed.empty() && !pending.what.resource.empty()
        && std::find(allowed.begin(), allowed.end(), pending.what.resource) == allowed.end())
        return "invalid_target:no tokens are issued for this resource";
    return {};
}

http_response authorization_endpoint::handle_login(const http_request& request)
{
    const auto fields = read_form(request);
    auto pending = fields ? take_pending(request, *fields) : std::nullopt;
    if (!pending)
        return stale_page();

    const bool known = constant_time_equal(sha256(fields->get("username")), sha256(settings_.user));
    const bool right =
        constant_time_equal(sha256(fields->get("password")), sha256(settings_.password));
    if (!known || !right)
    {
        if (++pending->attempts >= max_attempts)
            return redirect_with_error(*pending, "access_denied", "the user could not log in");
        const auto transaction = keep_pending(std::move(*pending));
        return transaction.empty() ? stale_page()
                                   : login_page(transaction, "User or password is wrong.");
    }

    pending->what.subject = settings_.user;
    consent_question question;
    question.user = settings_.user;
    question.client_id = pending->what.client_id;
    if (const auto* const client = clients_.find(pending->what.client_id))
        question.client_name = client->client_name;
    question.scope = pending->what.scope;
    question.resource = pending->what.resource;
    question.redirect_host = host_of(pending->what.redirect_uri);
    const auto transaction = keep_pending(std::move(*pending));
    return transaction.empty() ? stale_page() : consent_page(transaction, question);
}

http_response authorization_endpoint::handle_consent(const http_request& request)
{
    const auto fields = read_form(request);
    auto pending = fields ? take_pending(request, *fields) : std::nullopt;
    // Without a subject nobody has logged in yet: somebody skipped a page.
    if (!pending || pending->what.subject.empty())
        return stale_page();
    if (fields->get("decision") != "allow")
        return redirect_with_error(*pending, "access_denied", "the user said no");
    const auto code = tokens_.issue_code(pending->what);
    if (!code)
        return redirect_with_error(*pending, "temporarily_unavailable", "too many codes wait");
    std::string query;
    append_parameter(query, "code", *code);
    return redirect_back(*pending, std::move(query));
}

// A transaction id works once and only together with the cookie of the browser that began; a
// foreign page can make a browser send neither.
std::optional<authorization_endpoint::pending_login>
authorization_endpoint::take_pending(const http_request& request, const form& fields)
{
    const auto browser = read_cookie(request);
    const auto id = sha256(fields.get("transaction"));
    const auto* const found = pending_.find(id);
    if (!found || !constant_time_equal(found->browser, browser))
        return std::nullopt;
    return pending_.take(id);
}

std::string authorization_endpoint::keep_pending(pending_login pending)
{
    auto transaction = random_token();
    if (!pending_.insert(sha256(transaction), std::move(pending), time_to_log_in))
        return {};
    return transaction;
}

http_response authorization_endpoint::redirect_with_error(
    const pending_login& pending, std::string_view error, std::string_view description
) const
{
    std::string query;
    append_parameter(query, "error", error);
    append_parameter(query, "error_description", description);
    return redirect_back(pending, std::move(query));
}

// Every authorization response, good or bad, carries the issuer (RFC 9207).
http_response
authorization_endpoint::redirect_back(const pending_login& pending, std::string query) const
{
    if (!pending.state.empty())
        append_parameter(query, "state", pending.state);
    append_parameter(query, "iss", settings_.issuer);
    const auto& uri = pending.what.redirect_uri;
    const char separator = uri.find('?') == std::string::npos ? '?' : '&';
    // 303: the browser must turn the form's POST into a GET and drop the form (RFC 9700, 4.12).
    auto response = make_text(http::status::see_other, "", "text/plain");
    response.set(http::field::location, uri + separator + query);
    response.set(http::field::cache_control, "no-store");
    response.set("Referrer-Policy", "no-referrer");
    return response;
}

} // namespace example
