// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "trace.hpp"

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/form.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr std::string_view left_out = "(left out)";
constexpr std::size_t longest = 2048;

bool is_one_of(std::string_view name, const auto& names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Values that authorize nothing, wherever they occur.
constexpr std::array harmless = {
    std::string_view("acr_values"),
    std::string_view("active"),
    std::string_view("application_type"),
    std::string_view("audience"),
    std::string_view("client_id"),
    std::string_view("client_id_issued_at"),
    std::string_view("client_name"),
    std::string_view("client_secret_expires_at"),
    std::string_view("client_uri"),
    std::string_view("code_challenge_method"),
    std::string_view("error"),
    std::string_view("error_description"),
    std::string_view("error_uri"),
    std::string_view("expires_in"),
    std::string_view("grant_type"),
    std::string_view("grant_types"),
    std::string_view("interval"),
    std::string_view("iss"),
    std::string_view("issued_token_type"),
    std::string_view("jwks_uri"),
    std::string_view("logo_uri"),
    std::string_view("policy_uri"),
    std::string_view("prompt"),
    std::string_view("redirect_uri"),
    std::string_view("redirect_uris"),
    std::string_view("requested_token_type"),
    std::string_view("resource"),
    std::string_view("response_mode"),
    std::string_view("response_type"),
    std::string_view("response_types"),
    std::string_view("scope"),
    std::string_view("software_id"),
    std::string_view("software_version"),
    std::string_view("subject_token_type"),
    std::string_view("token_endpoint_auth_method"),
    std::string_view("token_type"),
    std::string_view("token_type_hint"),
    std::string_view("tos_uri"),
    std::string_view("verification_uri"),
};

std::string lower_case(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// Of a resource, whose members are its own affair: what is called like a secret is one.
bool sounds_secret(std::string_view name)
{
    const std::string lower = lower_case(name);
    constexpr std::array words = {
        std::string_view("token"),
        std::string_view("secret"),
        std::string_view("password"),
        std::string_view("assertion"),
        std::string_view("authorization"),
        std::string_view("cookie"),
        std::string_view("session"),
        std::string_view("key"),
        std::string_view("code"),
        std::string_view("cursor"),
        std::string_view("credential"),
    };
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return lower.find(word) != std::string::npos;
    });
}

// Documents for everybody, read without a credential.
bool is_public(request_kind kind)
{
    return kind == request_kind::metadata || kind == request_kind::probe;
}

bool may_be_shown(request_kind kind, std::string_view name)
{
    if (is_public(kind))
        return true;
    return kind == request_kind::resource ? !sounds_secret(name) : is_one_of(name, harmless);
}

// A URL as a value may have a key in its query.
std::string shown_text(std::string_view text)
{
    const auto address = url::parse(text);
    if (!address || !address->has_query())
        return std::string(text);
    return address->without_query() + "?" + std::string(left_out);
}

// The reader has a bound for depth.
json::value shown(request_kind kind, const json::value& v) // NOLINT(misc-no-recursion)
{
    if (const auto* array = v.if_array())
    {
        json::array out;
        for (const auto& e : *array)
            out.push_back(shown(kind, e));
        return out;
    }
    if (const auto* text = v.if_string())
        return json::string(shown_text(std::string_view(text->data(), text->size())));
    const auto* object = v.if_object();
    if (object == nullptr)
        return v;
    json::object out;
    for (const auto& [name, value] : *object)
    {
        if (may_be_shown(kind, std::string_view(name.data(), name.size())))
            out[name] = shown(kind, value);
        else
            out[name] = json::string(left_out);
    }
    return out;
}

std::string shown_form(std::string_view text)
{
    const auto fields = parse_form(text);
    if (!fields)
        return std::string(left_out);
    std::string out;
    for (const auto& [name, value] : *fields)
    {
        out.append(out.empty() ? "" : "&").append(presentable(name)).append("=");
        out.append(
            is_one_of(name, harmless) ? presentable(shown_text(value)) : std::string(left_out)
        );
    }
    return out;
}

bool is_json(std::string_view type)
{
    return type.find("json") != std::string_view::npos;
}

void tell(int number, std::string_view arrow, const std::string& text)
{
    std::cerr << '#' << number << ' ' << arrow << ' ' << text << '\n';
}

void tell_message(
    int number,
    std::string_view arrow,
    request_kind kind,
    const http_fields& fields,
    std::string_view type,
    std::string_view body
)
{
    for (const auto& field : fields)
        tell(number, arrow, traced_field(kind, field));
    if (body.empty())
        return;
    tell(
        number,
        arrow,
        "(" + std::to_string(body.size()) + " octets) " + traced_body(kind, type, body)
    );
}

} // namespace

std::string traced_url(const url& where)
{
    std::string out = where.without_query();
    if (where.has_query())
        out += '?' + shown_form(where.query());
    return out;
}

std::string traced_field(request_kind kind, const http_fields::value_type& field)
{
    constexpr std::array hidden = {
        std::string_view("authorization"),
        std::string_view("proxy-authorization"),
        std::string_view("cookie"),
        std::string_view("set-cookie"),
        std::string_view("dpop"),
        std::string_view("mcp-session-id"),
        std::string_view("location"),
        std::string_view("authentication-info"),
    };
    const std::string name = lower_case(field.first);
    // A resource's own fields may be anything.
    const bool own = kind == request_kind::resource && sounds_secret(name);
    std::string value = presentable(field.second);
    if (name == "location")
    {
        const auto to = url::parse(field.second);
        value = to ? traced_url(*to) : std::string(left_out);
    }
    else if (is_one_of(name, hidden) || own)
        value = left_out;
    return presentable(field.first) + ": " + value;
}

std::string traced_body(request_kind kind, std::string_view content_type, std::string_view body)
{
    if (body.empty())
        return {};
    if (content_type.find("x-www-form-urlencoded") != std::string_view::npos)
        return shown_form(body);
    if (is_json(content_type))
    {
        json::parse_options options;
        options.max_depth = 32;
        boost::system::error_code ec;
        const auto value =
            json::parse(json::string_view(body.data(), body.size()), ec, {}, options);
        if (!ec)
            return presentable(json::serialize(shown(kind, value)), longest);
    }
    return std::string(left_out);
}

void trace::async_send(http_request request, handler h)
{
    const int number = ++last_;
    const auto kind = request.kind();
    const std::string to = request.method() + ' ' + traced_url(request.target());
    tell(number, ">", to);
    if (!request.authorization().empty())
    {
        const auto credentials = request.authorization().reveal();
        const auto scheme = credentials.substr(0, credentials.find(' '));
        tell(number, ">", "Authorization: " + presentable(scheme) + ' ' + std::string(left_out));
    }
    http_fields fields;
    for (const auto& [name, value] : request.fields())
    {
        const bool hidden = kind == request_kind::resource && is_one_of(lower_case(name), *added_);
        fields.add(name, hidden ? left_out : value);
    }
    tell_message(number, ">", kind, fields, request.field("Content-Type"), request.body().reveal());

    const auto begun = std::chrono::steady_clock::now();
    const auto slot = asio::get_associated_cancellation_slot(h);
    auto tell_answer = [h = std::move(h), number, kind, begun](result<http_response> got) mutable {
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begun
        );
        const std::string after = " after " + std::to_string(took.count()) + " ms";
        if (!got)
            tell(number, "<", got.error().code().message() + after);
        else
        {
            tell(number, "<", std::to_string(got->status()) + after);
            const std::string type(got->field("Content-Type"));
            tell_message(number, "<", kind, got->fields(), type, got->body());
        }
        std::move(h)(std::move(got));
    };
    behind_->async_send(
        std::move(request), asio::bind_cancellation_slot(slot, std::move(tell_answer))
    );
}

} // namespace asioauth::tool
