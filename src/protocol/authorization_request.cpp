// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "protocol/authenticated_request.hpp"
#include "protocol/authorization_rules.hpp"
#include "protocol/derived_value.hpp"
#include "protocol/json_access.hpp"
#include "protocol/scope_list.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/authorization.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace asioauth {
namespace {

using detail::contains;
using detail::lower_case;

constexpr std::chrono::seconds signed_request_lifetime(300);

// What the library sets itself, what would change how the answer comes back, and what must never be
// in a URL that a browser keeps. `nonce` is not among them unless the library sends one: an ID token
// is handed out as it came, and whoever reads it may want to set one.
constexpr std::array<std::string_view, 25> reserved_names = {
    "access_token",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "dpop_jkt",
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

failure bad_request(errc code, std::string_view message)
{
    return detail::bad_request(stage::authorization, code, message);
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

result<void> check_usable(const registration& client, std::string_view redirect_uri)
{
    auto checked = check_redirect_uri(redirect_uri);
    if (!checked)
    {
        failure wrong = checked.error();
        return wrong.where(stage::authorization);
    }
    const auto own = parse_form(checked->query());
    const bool ambiguous = !own || std::any_of(own->begin(), own->end(), [](const auto& field) {
        return contains(detail::response_names, field.first);
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
    return {};
}

bool is_thumbprint(std::string_view text)
{
    return text.size() == 43 && std::all_of(text.begin(), text.end(), [](char c) {
               return detail::is_alpha(c) || detail::is_digit(c) || c == '-' || c == '_';
           });
}

result<void> check_options(const authorization_options& options)
{
    if (!options.dpop_jkt().empty() && !is_thumbprint(options.dpop_jkt()))
        return bad_request(errc::invalid_argument, "dpop_jkt is not the thumbprint of a key.");
    const std::string& mode = options.response_mode();
    if (!mode.empty() && mode != "query" && mode != "form_post")
        return bad_request(
            errc::invalid_argument, "The response mode is neither query nor form_post."
        );
    return {};
}

// The scope as this server wants it written.
std::string written_scope(const discovery& found, const std::string& scope)
{
    if (!found.provider || found.provider->scope_separator().empty()
        || found.provider->scope_separator() == " ")
        return scope;
    std::string out;
    for (std::string_view rest = scope; !rest.empty();)
    {
        const std::string_view one = detail::next_scope(rest);
        if (!one.empty())
            out.append(out.empty() ? "" : found.provider->scope_separator()).append(one);
    }
    return out;
}

// The parameters, with every name once. Names are compared without case: there are servers that
// read them so.
class parameter_list
{
public:
    parameter_list()
    {
        fields_.reserve(usual);
        taken_.reserve(usual);
    }

    void add(std::string_view name, std::string_view value)
    {
        taken_.emplace_back(name);
        if (!value.empty())
            fields_.emplace_back(name, value);
    }

    bool has(std::string_view name) const { return contains(taken_, lower_case(name)); }

    // One that is not the library's own.
    result<void> add_foreign(const std::string& name, const std::string& value)
    {
        std::string folded = lower_case(name);
        if (contains(reserved_names, folded))
            return bad_request(
                errc::reserved_parameter,
                "The library sets this parameter itself: " + presentable(name, 64) + "."
            );
        if (name.empty() || contains(taken_, folded))
            return bad_request(
                errc::invalid_argument,
                "A parameter is named twice or not at all: " + presentable(name, 64) + "."
            );
        taken_.push_back(std::move(folded));
        if (!value.empty())
            fields_.emplace_back(name, value);
        return {};
    }

    form_fields& fields() noexcept { return fields_; }

private:
    static constexpr std::size_t usual = 12;

    form_fields fields_;
    std::vector<std::string> taken_; // also those that are left out since they have no value
};

result<void>
add_nonce(parameter_list& list, const authorization_options& options, const random_octets& random)
{
    const auto& extra = options.extra();
    const bool callers = std::any_of(extra.begin(), extra.end(), [](const auto& field) {
        return lower_case(field.first) == "nonce";
    });
    if (callers && options.nonce())
        return bad_request(
            errc::reserved_parameter, "The library was asked to set the nonce itself."
        );
    if (!callers)
        list.add("nonce", detail::derived_value("nonce", random));
    return {};
}

result<void> add_foreign(
    parameter_list& list, const authorization_options& options, const provider_policy* provider
)
{
    for (const auto& [name, value] : options.extra())
    {
        if (const auto added = list.add_foreign(name, value); !added)
            return added.error();
    }
    if (provider == nullptr)
        return {};
    for (const auto& [name, value] : provider->authorization_parameters())
    {
        // The library's own are refused and not passed over: the policy is wrong.
        if (list.has(name) && !contains(reserved_names, lower_case(name)))
            continue;
        if (const auto added = list.add_foreign(name, value); !added)
            return added.error();
    }
    return {};
}

// Every parameter of the request; records the nonce in `pending`.
result<form_fields> make_parameters(
    const discovery& found,
    const authorization_options& options,
    bool openid,
    const random_octets& state_random,
    pending_authorization& pending
)
{
    parameter_list list;
    list.add("response_type", "code");
    list.add("client_id", pending.client_id);
    list.add("redirect_uri", pending.redirect_uri);
    list.add("scope", written_scope(found, pending.scope));
    list.add("state", pending.state);
    list.add("code_challenge", make_code_challenge(pending.code_verifier));
    list.add("code_challenge_method", "S256");
    list.add("resource", pending.resource);
    list.add("dpop_jkt", options.dpop_jkt());
    list.add("response_mode", options.response_mode());
    if (options.nonce() || openid)
    {
        if (const auto added = add_nonce(list, options, state_random); !added)
            return added.error();
    }
    const provider_policy* provider = found.provider ? &*found.provider : nullptr;
    if (const auto added = add_foreign(list, options, provider); !added)
        return added.error();
    for (const auto& [name, value] : list.fields())
    {
        if (lower_case(name) == "nonce")
            pending.nonce = value;
    }
    return std::move(list.fields());
}

// RFC 9101 section 4: a number is a JSON number, and a parameter that is JSON is not put into a
// string.
result<boost::json::value> as_claim(const std::string& name, const std::string& value)
{
    if (name == "max_age" && value.size() <= 15
        && value.find_first_not_of("0123456789") == std::string::npos)
        return boost::json::value(std::stoll(value));
    if (name != "claims" && name != "authorization_details")
        return boost::json::value(value);
    boost::json::parse_options options;
    options.max_depth = limits::json_depth;
    error_code ec;
    auto parsed = boost::json::parse(value, ec, {}, options);
    if (ec)
        return bad_request(errc::invalid_argument, "This parameter is no JSON: " + name + ".");
    return parsed;
}

// The parameters of a signed request (RFC 9101): the request itself and what stands beside it.
result<form_fields> sign_request(
    const discovery& found,
    const registration& client,
    const form_fields& fields,
    bool openid,
    const random_octets& random,
    std::chrono::system_clock::time_point now
)
{
    if (client.key.empty())
    {
        return bad_request(
                   errc::key_invalid,
                   "The authorization request is to be signed, but there is no key."
        )
            .hint("Give the client a key, and register its public half with the server.");
    }
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    boost::json::object claims;
    claims.emplace("iss", client.client_id);
    claims.emplace("aud", found.server.issuer);
    claims.emplace("iat", seconds);
    claims.emplace("nbf", seconds);
    claims.emplace("exp", seconds + signed_request_lifetime.count());
    claims.emplace("jti", detail::derived_value("request", random));
    form_fields out;
    out.emplace_back("client_id", client.client_id);
    for (const auto& [name, value] : fields)
    {
        if (claims.contains(name))
            return bad_request(
                errc::reserved_parameter,
                "A signed request has this claim already: " + presentable(name, 64) + "."
            );
        auto claim = as_claim(name, value);
        if (!claim)
            return claim.error();
        claims.emplace(name, *std::move(claim));
        // OpenID Connect wants to see at once that it is meant (Core section 6.1).
        if (openid && (name == "response_type" || name == "scope"))
            out.emplace_back(name, value);
    }
    auto token = sign_jwt(client.key, "oauth-authz-req+jwt", boost::json::serialize(claims));
    if (!token)
    {
        failure wrong = token.error();
        return wrong.where(stage::authorization);
    }
    out.emplace_back("request", token->reveal());
    return out;
}

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

authorization_options& authorization_options::dpop_jkt(std::string_view v)
{
    dpop_jkt_ = v;
    return *this;
}

authorization_options& authorization_options::response_mode(std::string_view v)
{
    response_mode_ = v;
    return *this;
}

result<authorization_request> make_authorization_request(
    const discovery& found,
    const registration& client,
    std::string_view redirect_uri,
    const authorization_options& options,
    const random_octets& state_random,
    const random_octets& verifier_random,
    std::chrono::system_clock::time_point now
)
{
    const server_metadata& server = found.server;
    if (server.authorization_endpoint.empty())
        return bad_request(
            errc::endpoint_missing, "The authorization server has no authorization endpoint."
        );
    if (server.authorization_endpoint.has_fragment())
        return bad_request(errc::url_has_fragment, "The authorization endpoint has a fragment.");
    if (const auto own = detail::check_issuer(found, client, stage::authorization); !own)
        return own.error();
    if (client.client_id.empty())
        return bad_request(errc::client_information_required, "The client has no identifier.");
    auto resource = detail::resource_parameter(found, stage::authorization);
    if (!resource)
        return resource.error();
    // The state is seen by the browser and the server; were the verifier the same octets, so would
    // it be.
    if (state_random == verifier_random)
        return bad_request(
            errc::invalid_argument, "State and code verifier were given the same random octets."
        );
    if (const auto usable = check_usable(client, redirect_uri); !usable)
        return usable.error();
    if (const auto good = check_options(options); !good)
        return good.error();
    const bool can_push =
        !endpoint_of(found, client, server_endpoint::pushed_authorization_request).empty();
    if (server.require_pushed_authorization_requests && !can_push)
        return bad_request(
            errc::endpoint_missing,
            "The authorization server wants requests to be pushed, but has no endpoint for that."
        );

    authorization_request out;
    out.pending.issuer = server.issuer;
    out.pending.iss_required = server.authorization_response_iss_parameter_supported;
    out.pending.client_id = client.client_id;
    out.pending.redirect_uri = redirect_uri;
    out.pending.resource = *std::move(resource);
    out.pending.scope = select_scope(found, options.scope());
    out.pending.state = make_state(state_random);
    out.pending.code_verifier = make_code_verifier(verifier_random);

    const bool openid = detail::has_scope(out.pending.scope, "openid");
    auto fields = make_parameters(found, options, openid, state_random, out.pending);
    if (!fields)
        return fields.error();
    out.parameters = *std::move(fields);
    if (server.require_signed_request_object || options.signed_request())
    {
        auto with_signature =
            sign_request(found, client, out.parameters, openid, state_random, now);
        if (!with_signature)
            return with_signature.error();
        out.parameters = *std::move(with_signature);
    }
    out.push = can_push && (server.require_pushed_authorization_requests || options.pushed());
    if (out.push)
        return out;
    auto where = detail::authorization_url(server.authorization_endpoint, out.parameters);
    if (!where)
        return where.error();
    out.where = *std::move(where);
    return out;
}

} // namespace asioauth
