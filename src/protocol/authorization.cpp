// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/authorization_rules.hpp"
#include "protocol/oauth_error.hpp"

#include <asioauth/protocol/authorization.hpp>
#include <asioauth/protocol/form.hpp>

#include <algorithm>
#include <optional>

namespace asioauth {
namespace {

// Far above what servers issue, and room for it in a URL.
constexpr std::size_t longest_code = 4096;
// A form is not bounded by the length of a URL.
constexpr std::size_t longest_form = 64 * 1024;

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
        for (const std::string_view name : detail::response_names)
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

// Whatever is refused here may have been written by anybody: nothing of it is quoted before `iss` has
// passed.
failure refuse(const pending_authorization& pending, errc code, std::string_view message)
{
    failure out(code);
    out.where(stage::callback).message(message);
    out.url(split_url(pending.redirect_uri).place);
    return out;
}

// Parameters of a callback, the code among them: wiped when they have been read.
class wiped_fields
{
public:
    explicit wiped_fields(std::string_view text) : fields_(parse_form(text)) {}
    wiped_fields(const wiped_fields&) = delete;
    wiped_fields& operator=(const wiped_fields&) = delete;
    ~wiped_fields()
    {
        if (!fields_)
            return;
        for (auto& field : *fields_)
            wipe(field.second);
    }

    const std::optional<form_fields>& get() const noexcept { return fields_; }

private:
    std::optional<form_fields> fields_;
};

// The part of the check that begins with the parameters, wherever they were.
result<secret> read_parameters(std::string_view query, const pending_authorization& pending)
{
    const wiped_fields fields(query);
    if (!fields.get())
        return refuse(pending, errc::callback_invalid, "The parameters are malformed.");
    const response_parameters parameters(*fields.get());

    const std::string_view twice = parameters.duplicated();
    if (!twice.empty())
    {
        return refuse(
            pending,
            errc::callback_parameter_duplicated,
            "It occurs twice: " + std::string(twice) + "."
        );
    }

    const auto state = parameters.find("state");
    if (!state || state->empty())
        return refuse(pending, errc::state_missing, {});
    if (pending.state.empty() || !equal_in_constant_time(*state, pending.state))
        return refuse(pending, errc::state_mismatch, {});

    const auto iss = parameters.find("iss");
    if (!iss && pending.iss_required)
        return refuse(pending, errc::issuer_parameter_missing, "Expected " + pending.issuer + ".");
    if (iss && *iss != pending.issuer)
    {
        return refuse(
            pending,
            errc::issuer_parameter_mismatch,
            "Expected " + pending.issuer + ", received " + presentable(*iss, 200) + "."
        );
    }

    const auto error = parameters.find("error");
    if (error && !error->empty())
    {
        failure out = refuse(pending, oauth_error_from_name(*error), {});
        out.server_error(*error);
        if (const auto text = parameters.find("error_description"))
            out.server_message(*text);
        return out;
    }
    const auto code = parameters.find("code");
    if (!code || code->empty())
        return refuse(pending, errc::code_missing, {});
    if (code->size() > longest_code || !detail::is_visible_ascii(*code, true))
    {
        return refuse(
            pending,
            errc::callback_invalid,
            "The code is too long or has characters that no code has."
        );
    }
    return secret(*code);
}

// The query that was added to the redirect URI of this login.
result<std::string_view> check_place(std::string_view came, const pending_authorization& pending)
{
    const auto whole = url::parse(came);
    if (!whole)
    {
        return refuse(
            pending,
            errc::callback_invalid,
            "It is not a usable URL: " + whole.error().code().message()
        );
    }
    const auto query = added_query(came, pending.redirect_uri);
    if (pending.redirect_uri.empty() || !query)
    {
        return refuse(
            pending,
            errc::callback_redirect_uri_mismatch,
            "The URL is not the redirect URI of this login."
        );
    }
    return *query;
}

// `state`, if there is exactly one.
std::string only_state(std::string_view query)
{
    const wiped_fields read(query);
    const auto& fields = read.get();
    if (!fields)
        return {};
    const auto is_state = [](const auto& field) { return field.first == "state"; };
    if (std::count_if(fields->begin(), fields->end(), is_state) != 1)
        return {};
    return std::string(*response_parameters(*fields).find("state"));
}

} // namespace

result<secret> read_callback(std::string_view redirected_to, const pending_authorization& pending)
{
    const auto query = check_place(redirected_to, pending);
    if (!query)
        return query.error();
    return read_parameters(*query, pending);
}

result<secret> read_callback_form(
    std::string_view posted_to, std::string_view body, const pending_authorization& pending
)
{
    const auto query = check_place(posted_to, pending);
    if (!query)
        return query.error();
    // Parameters in both places would be two answers.
    if (!query->empty())
    {
        return refuse(
            pending,
            errc::callback_redirect_uri_mismatch,
            "The URL has parameters that the redirect URI does not have."
        );
    }
    if (body.size() > longest_form)
        return refuse(pending, errc::callback_invalid, "The form is too long.");
    return read_parameters(body, pending);
}

std::string state_of(std::string_view redirected_to)
{
    return only_state(split_url(redirected_to).query);
}

std::string state_of_form(std::string_view body)
{
    if (body.size() > longest_form)
        return {};
    return only_state(body);
}

} // namespace asioauth
