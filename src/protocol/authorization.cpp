// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/oauth_error.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/authorization.hpp>
#include <asioauth/protocol/form.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace asioauth {
namespace {

// Far above what servers issue, and room for it in a URL.
constexpr std::size_t longest_code = 4096;

// What the library sets itself, what would change how the answer comes back, and what must never be
// in a URL that a browser keeps. `nonce` is not among them: an ID token is handed out as it came,
// and whoever reads it may want to set one.
constexpr std::array<std::string_view, 24> reserved_names = {
    "access_token",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "error",
    "error_description",
    "error_uri",
    "grant_type",
    "iss",
    "password",
    "redirect_uri",
    "refresh_token",
    "request",
    "request_uri",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "state",
};

// Parameters of an authorization response that decide something.
constexpr std::array<std::string_view, 6> response_names = {
    "code", "error", "error_description", "error_uri", "iss", "state"};

template <class List>
bool contains(const List& list, std::string_view name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

failure bad_request(errc code, std::string_view message)
{
    failure out(code);
    out.where(stage::authorization).message(message);
    return out;
}

// The text without the port, for the comparison that RFC 8252 section 7.3 asks servers to make.
std::string without_port(const url& u)
{
    return std::string(u.scheme()) + "://" + u.host() + u.target();
}

// True if the server knows the URI: byte for byte, or but for the port of a loopback URI.
bool is_registered(const registration& client, const url& redirect_uri)
{
    if (client.redirect_uris.empty() || contains(client.redirect_uris, redirect_uri.str()))
        return true;
    if (!redirect_uri.host_is_loopback())
        return false;
    return std::any_of(
        client.redirect_uris.begin(),
        client.redirect_uris.end(),
        [&](const auto& known) {
            const auto parsed = url::parse(known);
            return parsed && without_port(*parsed) == without_port(redirect_uri);
        }
    );
}

class split_url
{
public:
    explicit split_url(std::string_view text)
    {
        text = text.substr(0, text.find('#'));
        const auto mark = text.find('?');
        place = text.substr(0, mark);
        if (mark != std::string_view::npos)
            query = text.substr(mark + 1);
    }

    std::string_view place;
    std::string_view query;
};

// The parameters that were added to the redirect URI; nothing if the URL is another one.
std::optional<std::string_view>
added_query(std::string_view redirected_to, std::string_view redirect_uri)
{
    const split_url came(redirected_to);
    const split_url expected(redirect_uri);
    if (came.place != expected.place)
    {
        // HTTP cannot ask for an empty path, so that a browser writes a slash.
        const auto parsed = url::parse(redirect_uri);
        if (!parsed || !parsed->path().empty() || came.place != std::string(expected.place) + "/")
            return std::nullopt;
    }
    std::string_view rest = came.query;
    if (expected.query.empty())
        return rest;
    if (rest.substr(0, expected.query.size()) != expected.query)
        return std::nullopt;
    rest.remove_prefix(expected.query.size());
    if (rest.empty())
        return rest;
    if (rest.front() != '&')
        return std::nullopt;
    rest.remove_prefix(1);
    return rest;
}

class response_parameters
{
public:
    explicit response_parameters(const form_fields& fields) : fields_(fields) {}

    std::optional<std::string_view> find(std::string_view name) const
    {
        for (const auto& field : fields_)
        {
            if (field.first == name)
                return field.second;
        }
        return std::nullopt;
    }

    // The name of a parameter that occurs twice and counts; empty if there is none.
    std::string_view duplicated() const
    {
        for (const auto name : response_names)
        {
            const auto is_it = [&](const auto& field) { return field.first == name; };
            if (std::count_if(fields_.begin(), fields_.end(), is_it) > 1)
                return name;
        }
        return {};
    }

private:
    const form_fields& fields_;
};

} // namespace

authorization_options& authorization_options::scope(std::string_view v)
{
    scope_ = v;
    return *this;
}

authorization_options& authorization_options::extra(std::string_view name, std::string_view value)
{
    extra_.emplace_back(name, value);
    return *this;
}

result<authorization_request> make_authorization_request(
    const discovery& found,
    const registration& client,
    std::string_view redirect_uri,
    const authorization_options& options,
    const random_octets& state_random,
    const random_octets& verifier_random,
    std::chrono::system_clock::time_point /*now*/
)
{
    const url& endpoint = found.server.authorization_endpoint;
    if (endpoint.empty())
        return bad_request(
            errc::endpoint_missing, "The authorization server has no authorization endpoint."
        );
    if (endpoint.has_fragment())
        return bad_request(errc::url_has_fragment, "The authorization endpoint has a fragment.");
    if (found.server.issuer.empty() || client.issuer != found.server.issuer)
    {
        return bad_request(
            errc::registration_issuer_mismatch,
            "The client is registered with " + presentable(client.issuer, 128)
                + ", the authorization server is " + presentable(found.server.issuer, 128) + "."
        );
    }
    if (client.client_id.empty())
        return bad_request(errc::client_information_required, "The client has no identifier.");
    const auto resource = url::parse(found.resource);
    if (!resource || resource->has_fragment())
        return bad_request(
            errc::invalid_argument, "The discovery names no resource that can be asked for."
        );
    // The state is seen by the browser and the server; were the verifier the same octets, so would
    // it be.
    if (state_random == verifier_random)
        return bad_request(
            errc::invalid_argument, "State and code verifier were given the same random octets."
        );

    auto checked = check_redirect_uri(redirect_uri);
    if (!checked)
    {
        failure wrong = checked.error();
        wrong.where(stage::authorization);
        return wrong;
    }
    const auto own = parse_form(checked->query());
    const bool ambiguous = !own || std::any_of(own->begin(), own->end(), [](const auto& field) {
        return contains(response_names, field.first);
    });
    if (ambiguous)
    {
        return bad_request(
            errc::redirect_uri_invalid,
            "The query of the redirect URI is malformed or has parameters of a response."
        );
    }
    if (!is_registered(client, *checked))
        return bad_request(
            errc::redirect_uri_invalid, "The redirect URI is not one that the client registered."
        );

    authorization_request out;
    out.pending.issuer = found.server.issuer;
    out.pending.iss_required = found.server.authorization_response_iss_parameter_supported;
    out.pending.client_id = client.client_id;
    out.pending.redirect_uri = redirect_uri;
    out.pending.resource = found.resource;
    out.pending.scope = select_scope(found, options.scope());
    out.pending.state = make_state(state_random);
    out.pending.code_verifier = make_code_verifier(verifier_random);

    form_fields fields;
    fields.emplace_back("response_type", "code");
    fields.emplace_back("client_id", client.client_id);
    fields.emplace_back("redirect_uri", redirect_uri);
    if (!out.pending.scope.empty())
        fields.emplace_back("scope", out.pending.scope);
    fields.emplace_back("state", out.pending.state);
    fields.emplace_back("code_challenge", make_code_challenge(out.pending.code_verifier));
    fields.emplace_back("code_challenge_method", "S256");
    fields.emplace_back("resource", out.pending.resource);

    // Names are compared without case: there are servers that read them so.
    std::vector<std::string> taken;
    for (const auto& field : fields)
        taken.push_back(field.first);
    for (const auto& [name, value] : options.extra())
    {
        const std::string folded = lower(name);
        if (contains(reserved_names, folded))
            return bad_request(
                errc::reserved_parameter,
                "The library sets this parameter itself: " + presentable(name, 64) + "."
            );
        if (name.empty() || contains(taken, folded))
            return bad_request(
                errc::invalid_argument,
                "A parameter is named twice or not at all: " + presentable(name, 64) + "."
            );
        taken.push_back(folded);
        fields.emplace_back(name, value);
    }
    // A query of the endpoint's own is kept as it is, so that nothing in it may occur a second
    // time.
    const auto kept = parse_form(endpoint.query());
    if (!kept)
        return bad_request(
            errc::invalid_url, "The query of the authorization endpoint is malformed."
        );
    for (const auto& field : *kept)
    {
        if (contains(taken, lower(field.first)))
        {
            return bad_request(
                errc::reserved_parameter,
                "The authorization endpoint's own query has the parameter "
                    + presentable(field.first, 64) + "."
            );
        }
    }

    std::string text = endpoint.str();
    if (!endpoint.has_query())
        text += '?';
    else if (!endpoint.query().empty() && endpoint.query().back() != '&')
        text += '&';
    text += form_encode(fields);
    auto where = url::parse(text);
    if (!where)
    {
        failure wrong(where.error().code());
        wrong.where(stage::authorization).url(endpoint.without_query());
        return wrong;
    }
    out.where = std::move(*where);
    return out;
}

result<secret> read_callback(std::string_view redirected_to, const pending_authorization& pending)
{
    // Whatever is refused here may have been written by anybody: nothing of it is quoted before
    // `iss` has passed.
    const auto refuse = [&](errc code, std::string_view message) {
        failure out(code);
        out.where(stage::callback).message(message);
        out.url(split_url(pending.redirect_uri).place);
        return out;
    };
    const auto whole = url::parse(redirected_to);
    if (!whole)
        return refuse(
            errc::callback_invalid, "It is not a usable URL: " + whole.error().code().message()
        );
    const auto query = added_query(redirected_to, pending.redirect_uri);
    if (pending.redirect_uri.empty() || !query)
        return refuse(
            errc::callback_redirect_uri_mismatch, "The URL is not the redirect URI of this login."
        );
    const auto fields = parse_form(*query);
    if (!fields)
        return refuse(errc::callback_invalid, "The query is malformed.");
    const response_parameters parameters(*fields);

    const std::string_view twice = parameters.duplicated();
    if (!twice.empty())
        return refuse(
            errc::callback_parameter_duplicated, "It occurs twice: " + std::string(twice) + "."
        );

    const auto state = parameters.find("state");
    if (!state || state->empty())
        return refuse(errc::state_missing, {});
    // The comparison of secrets takes the same time wherever they differ.
    if (pending.state.empty() || !(secret(*state) == secret(pending.state)))
        return refuse(errc::state_mismatch, {});

    const auto iss = parameters.find("iss");
    if (!iss && pending.iss_required)
        return refuse(errc::issuer_parameter_missing, "Expected " + pending.issuer + ".");
    if (iss && *iss != pending.issuer)
    {
        return refuse(
            errc::issuer_parameter_mismatch,
            "Expected " + pending.issuer + ", received " + presentable(*iss, 200) + "."
        );
    }

    const auto error = parameters.find("error");
    if (error && !error->empty())
    {
        failure out = refuse(oauth_error_from_name(*error), {});
        out.server_error(*error);
        if (const auto text = parameters.find("error_description"))
            out.server_message(*text);
        return out;
    }
    const auto code = parameters.find("code");
    if (!code || code->empty())
        return refuse(errc::code_missing, {});
    if (code->size() > longest_code || !detail::is_visible_ascii(*code, true))
        return refuse(
            errc::callback_invalid, "The code is too long or has characters that no code has."
        );
    return secret(*code);
}

std::string state_of(std::string_view redirected_to)
{
    const auto fields = parse_form(split_url(redirected_to).query);
    if (!fields)
        return {};
    const response_parameters parameters(*fields);
    const auto is_state = [](const auto& field) { return field.first == "state"; };
    if (std::count_if(fields->begin(), fields->end(), is_state) != 1)
        return {};
    return std::string(*parameters.find("state"));
}

} // namespace asioauth
