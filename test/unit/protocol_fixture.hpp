// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/authorization.hpp>
#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/registration.hpp>
#include <asioauth/protocol/token.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::test {

/// Found in every secret of these tests, so that one search shows whether any of them leaked.
inline constexpr std::string_view canary = "CANARY";

/// `"ok"`, or the name of the error: readable in a failed check.
template <class T>
std::string outcome(const result<T>& r)
{
    return r ? std::string("ok") : std::string(name_of(r.error().code()));
}

/// Everything that a failure shows to anybody.
template <class T>
std::string all_text(const result<T>& r)
{
    if (r)
        return {};
    const failure f = r.error();
    const diagnostics& info = f.info();
    return describe(f.code(), info) + '\n' + info.url() + '\n' + info.message() + '\n'
        + info.server_error() + '\n' + info.server_message() + '\n' + info.hint();
}

inline bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

inline url make_url(std::string_view text)
{
    return url::parse(text).value();
}

/// The values of one parameter of a form or query.
inline std::vector<std::string> values_of(std::string_view form, std::string_view name)
{
    std::vector<std::string> out;
    const auto fields = parse_form(form);
    for (const auto& field : fields.value())
    {
        if (field.first == name)
            out.push_back(field.second);
    }
    return out;
}

/// The value of a parameter that occurs exactly once; otherwise the number of times.
inline std::string value_of(std::string_view form, std::string_view name)
{
    const auto all = values_of(form, name);
    return all.size() == 1 ? all.front() : "(" + std::to_string(all.size()) + " times)";
}

inline http_response json_response(int status, std::string_view body, std::string_view from)
{
    http_response out(status, std::string(body));
    out.field("Content-Type", "application/json; charset=utf-8").from(make_url(from));
    return out;
}

inline discovery sample_discovery()
{
    discovery out;
    out.requested = make_url("https://mcp.example/mcp");
    out.resource = "https://mcp.example/mcp";
    out.login = login_support::required;
    out.server.issuer = "https://as.example";
    out.server.authorization_endpoint = make_url("https://as.example/authorize");
    out.server.token_endpoint = make_url("https://as.example/token");
    out.server.registration_endpoint = make_url("https://as.example/register");
    return out;
}

inline client_profile sample_profile()
{
    client_profile out;
    out.client_name("Acme Agent").add_redirect_uri("http://127.0.0.1:8123/callback");
    return out;
}

inline registration sample_client()
{
    registration out("https://as.example", "client-1");
    out.redirect_uris = {"http://127.0.0.1:8123/callback"};
    return out;
}

inline random_octets octets(std::uint8_t fill)
{
    random_octets out{};
    out.fill(fill);
    return out;
}

} // namespace asioauth::test
