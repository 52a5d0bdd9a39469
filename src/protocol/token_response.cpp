// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "protocol/json_access.hpp"
#include "protocol/oauth_error.hpp"
#include "protocol/scope_list.hpp"
#include "protocol/time_arithmetic.hpp"
#include "protocol/token_reader.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/provider_policy.hpp>
#include <asioauth/protocol/token.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <set>

namespace asioauth {
namespace {

constexpr std::size_t longest_token = 64 * 1024;

bool is_usable_token(std::string_view token)
{
    return token.size() <= longest_token && detail::is_visible_ascii(token);
}

// --- What kind of body it is -----------------------------------------------------------------

std::string media_type(const http_response& response)
{
    const std::string_view type = response.field("content-type");
    std::string out = detail::lower_case(type.substr(0, type.find(';')));
    while (out.ends_with(' '))
        out.pop_back();
    return out;
}

// The parameters of a form as members of an object; errc::content_type_not_json for a body that is
// not a form about tokens.
result<detail::json_object> read_form_body(std::string_view body)
{
    class wiped_fields
    {
    public:
        wiped_fields() = default;
        wiped_fields(const wiped_fields&) = delete;
        wiped_fields& operator=(const wiped_fields&) = delete;
        ~wiped_fields()
        {
            if (!read)
                return;
            for (auto& field : *read)
                wipe(field.second);
        }

        std::optional<form_fields> read;
    };

    wiped_fields all;
    auto& fields = all.read;
    fields = parse_form(body);
    const auto named = [&fields](std::string_view wanted) {
        return std::any_of(fields->begin(), fields->end(), [wanted](const auto& field) {
            return field.first == wanted;
        });
    };
    if (!fields || (!named("access_token") && !named("error")))
        return failure(errc::content_type_not_json);
    auto members = detail::json_document::of_texts(*fields);
    if (!members)
    {
        failure twice(errc::json_member_duplicated);
        return twice.message("A parameter of the form occurs twice.");
    }
    return detail::json_object(*std::move(members));
}

char first_visible(std::string_view text)
{
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    return at == std::string_view::npos ? '\0' : text[at];
}

// JSON by the RFC. Servers older than it answer with a form, some label JSON as text, and a code or
// refresh token that was spent on the answer cannot be spent again: what reads strictly as one or
// the other, and is about tokens, is taken.
result<detail::json_object> read_token_body(const http_response& response)
{
    auto labelled = detail::read_json_body(response);
    if (labelled || labelled.error().code() != errc::content_type_not_json
        || !response.field("content-encoding").empty() || response.all("content-type").size() > 1)
        return labelled;
    if (first_visible(response.body()) == '{')
    {
        auto json = detail::json_object::parse(response.body());
        const bool about_tokens = json && (json->has("access_token") || json->has("error"));
        return about_tokens ? std::move(json) : std::move(labelled);
    }
    const std::string type = media_type(response);
    if (type != "application/x-www-form-urlencoded" && type != "text/plain")
        return labelled;
    auto form = read_form_body(response.body());
    const bool is_form = form || form.error().code() != errc::content_type_not_json;
    return is_form ? std::move(form) : std::move(labelled);
}

// --- What it says ----------------------------------------------------------------------------

// What the error means by the policy of the issuer, where no standard says it.
failure with_meaning(const failure& f, const provider_policy* provider)
{
    if (provider == nullptr || f.code() != errc::unknown_oauth_error)
        return f;
    const diagnostics& info = f.info();
    for (const auto& [name, meaning] : provider->error_names())
    {
        if (name == info.server_error())
        {
            failure out(meaning);
            out.where(info.where()).url(info.url()).http_status(info.http_status());
            return out.server_error(name).server_message(info.server_message());
        }
    }
    return f;
}

failure read_token_refusal(const http_response& response)
{
    if (response.status() >= 400 && media_type(response) == "application/x-www-form-urlencoded")
    {
        if (const auto form = read_form_body(response.body()))
        {
            if (const auto named = detail::named_oauth_error(*form, response, stage::token))
                return *named;
        }
    }
    return detail::read_refusal(response, stage::token, 0);
}

// The object with the tokens where that is not the response's own: the policy says so, and there is
// one. The answer to a refresh may be flat although that to a code is not.
std::optional<detail::json_members>
tokens_below(const detail::json_object& json, const provider_policy* provider)
{
    if (provider == nullptr || provider->token_member().empty())
        return std::nullopt;
    const auto* const object = detail::object_member(json.raw(), provider->token_member());
    if (object == nullptr || detail::string_member(*object, "access_token").empty())
        return std::nullopt;
    return detail::json_members(*object);
}

result<secret> read_token(const detail::json_members& json, std::string_view name)
{
    const auto text = json.optional_view(name);
    if (!text)
        return text.error();
    secret out(*text);
    if (is_usable_token(out.reveal()))
        return out;
    failure unusable(errc::token_response_invalid);
    return unusable.message(
        "Member \"" + std::string(name) + "\" is too long or has characters that no token has."
    );
}

// In a response that is broken anything may stand where the type belongs, a token too: what is not
// the short name of a type (RFC 6749 section 8.1) is not shown.
std::string told_type(std::string_view type)
{
    constexpr std::size_t longest = 16;
    const std::string_view marks = "-._";
    const bool is_name =
        type.size() <= longest && std::all_of(type.begin(), type.end(), [&](char c) {
            return detail::is_alpha(c) || detail::is_digit(c) || marks.find(c) != marks.npos;
        });
    if (!is_name)
        return "The token type is not the name of one.";
    return "The token type is \"" + std::string(type) + "\".";
}

result<token_kind> read_kind(std::string_view type, bool dpop, const provider_policy* provider)
{
    const std::string name = detail::lower_case(type);
    // The member is required, but there are servers that leave it out, and all of those mean
    // Bearer.
    if (name.empty() || name == "bearer")
        return token_kind::bearer;
    if (name == "dpop" && dpop)
        return token_kind::dpop;
    if (provider != nullptr && name != "dpop")
    {
        const auto& also = provider->bearer_names();
        if (std::find(also.begin(), also.end(), type) != also.end())
            return token_kind::bearer;
    }
    failure other(errc::token_type_not_supported);
    return other.message(
        name == "dpop" ? std::string("The token is bound to a DPoP key, but none was shown.")
                       : told_type(type)
    );
}

// The scopes of a response, each once. They are looked up in sets, and no more are kept than of any
// list: a hostile answer has tens of thousands, and comparing each with all would stop the program
// for seconds, here and wherever they are compared with others.
class granted_scopes
{
public:
    explicit granted_scopes(std::string_view requested)
    {
        while (!requested.empty())
            requested_.insert(detail::next_scope(requested));
    }

    // Scopes between spaces or, on servers that do not know better, commas. A comma may be part of a
    // scope, as in one that was asked for.
    void add(std::string_view text)
    {
        while (!text.empty() && seen_.size() < limits::list_elements)
        {
            std::string_view one = text.substr(0, text.find(' '));
            if (one.find(',') != std::string_view::npos && !requested_.contains(one))
                one = one.substr(0, one.find(','));
            const bool is_scope = !one.empty() && detail::is_visible_ascii(one)
                && one.find_first_of("\"\\") == std::string_view::npos;
            if (is_scope && seen_.insert(one).second)
                text_.append(text_.empty() ? "" : " ").append(one);
            text.remove_prefix(std::min(one.size() + 1, text.size()));
        }
    }

    const std::string& text() const noexcept { return text_; }

private:
    std::set<std::string_view> requested_;
    std::set<std::string_view> seen_; // in the document
    std::string text_;
};

std::string read_scope(const detail::json_members& json, std::string_view requested)
{
    granted_scopes out(requested);
    const auto* const scope = json.raw().if_contains("scope");
    if (scope != nullptr && scope->is_string())
    {
        out.add(*scope->if_string());
    }
    else if (scope != nullptr && scope->is_array())
    {
        for (const auto& element : *scope)
        {
            if (element.is_string())
                out.add(*element.if_string());
        }
    }
    return out.text().empty() ? std::string(requested) : out.text();
}

} // namespace

result<token_set> read_token_response(
    const http_response& response,
    std::string_view requested_scope,
    std::chrono::system_clock::time_point now,
    bool dpop,
    const provider_policy* provider
)
{
    return detail::read_tokens(response, requested_scope, now, dpop, provider, {});
}

result<token_set> detail::read_tokens(
    const http_response& response,
    std::string_view requested_scope,
    std::chrono::system_clock::time_point now,
    bool dpop,
    const provider_policy* provider,
    std::string_view no_type
)
{
    // 200 by the RFC; there is a server that says 201. No part of another body is kept: it may
    // repeat what was sent.
    if (response.status() != 200 && response.status() != 201)
        return with_meaning(read_token_refusal(response), provider);
    const auto body = read_token_body(response);
    const auto wrong = [&](const failure& f) { return detail::place(f, response, stage::token); };
    if (!body)
        return wrong(body.error());
    if (const auto named = detail::named_oauth_error(*body, response, stage::token))
        return with_meaning(*named, provider);
    const auto below = tokens_below(*body, provider);
    const detail::json_members& json = below ? *below : *body;

    token_set out;
    const auto type = json.optional_view("token_type");
    if (!type)
        return wrong(type.error());
    const bool none = !no_type.empty() && lower_case(*type) == no_type;
    const auto kind = none ? token_kind::bearer : read_kind(*type, dpop, provider);
    if (!kind)
        return wrong(kind.error());
    out.kind = *kind;

    auto access_token = read_token(json, "access_token");
    if (!access_token)
        return wrong(access_token.error());
    if (access_token->empty())
        return wrong(json.string("access_token").error());
    out.access_token = *std::move(access_token);

    // From here on what cannot be understood is not a reason to lose the access token, which was
    // paid for with a code or refresh token; only what looks hostile is.
    auto refresh_token = read_token(json, "refresh_token");
    if (!refresh_token && refresh_token.error().code() != errc::json_wrong_type)
        return wrong(refresh_token.error());
    if (refresh_token)
        out.refresh_token = *std::move(refresh_token);
    if (const auto id_token = json.optional_view("id_token"))
        out.id_token = secret(*id_token);
    out.scope = read_scope(json, requested_scope);
    const auto seconds = json.optional_seconds("expires_in");
    if (seconds && *seconds)
        out.expires_at = detail::later(now, std::chrono::seconds(**seconds));
    return out;
}

} // namespace asioauth
