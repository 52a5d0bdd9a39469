// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "protocol/json_access.hpp"
#include "protocol/oauth_error.hpp"
#include "protocol/registration_metadata.hpp"

#include <asioauth/protocol/token.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace asioauth {
namespace {

bool speaks_of(std::string_view lower, std::string_view word)
{
    return lower.find(word) != std::string_view::npos;
}

// The same URI with the other name of the loopback; nothing if it has neither of the two.
std::optional<std::string> with_other_host(const std::string& uri)
{
    const auto parsed = url::parse(uri);
    if (!parsed || parsed->is_https())
        return std::nullopt;
    const std::string& host = parsed->host();
    if (host != "localhost" && host != "127.0.0.1")
        return std::nullopt;
    // There is no user name in a URL that was parsed: the host is behind the two slashes.
    constexpr std::size_t begin = std::string_view("http://").size();
    std::string out = uri.substr(0, begin);
    out += host == "localhost" ? "127.0.0.1" : "localhost";
    out += uri.substr(begin + host.size());
    return out;
}

// Nothing unless every URI that has one of the two hosts has the same: a profile with both has
// tried both.
std::optional<std::vector<std::string>> with_other_hosts(const std::vector<std::string>& uris)
{
    std::vector<std::string> out;
    bool changed = false;
    for (const auto& uri : uris)
    {
        auto other = with_other_host(uri);
        changed = changed || other.has_value();
        out.push_back(other ? *std::move(other) : uri);
        if (std::find(uris.begin(), uris.end(), out.back()) != uris.end() && out.back() != uri)
            return std::nullopt;
    }
    if (!changed)
        return std::nullopt;
    return out;
}

} // namespace

result<http_request> make_registration_request(
    const discovery& found, const client_profile& profile, const secret& initial_access_token
)
{
    const auto& server = found.server;
    const auto wrong = [&](failure f) {
        f.where(stage::registration).url(server.registration_endpoint.without_query());
        return f;
    };
    if (server.registration_endpoint.empty())
    {
        failure none(errc::registration_not_supported);
        none.where(stage::registration).url(server.issuer);
        return none;
    }
    if (!detail::is_visible_ascii(initial_access_token.reveal()))
        return wrong(failure(errc::invalid_argument)
                         .message("The initial access token has characters that no token has."));
    const auto method = detail::method_to_register(found, profile);
    if (!method)
        return wrong(method.error());
    // Enough for most without a single allocation.
    std::array<unsigned char, 4096> space;
    boost::json::monotonic_resource memory(space.data(), space.size());
    const auto body = detail::client_metadata(profile, *method, &server, &memory);
    if (!body)
        return wrong(body.error());

    http_request out(request_kind::registration, "POST", server.registration_endpoint);
    out.field("Accept", "application/json");
    out.body("application/json", secret(boost::json::serialize(*body)));
    out.policy(found.policy);
    if (!initial_access_token.empty())
        out.authorization(make_bearer_credentials(initial_access_token));
    if (uses_client_certificate(*method) || profile.certificate_bound_access_tokens())
        out.identity(profile.identity());
    return out;
}

std::optional<client_profile>
adjusted_profile(const client_profile& profile, const failure& refused)
{
    if (profile.adjusted_)
        return std::nullopt;
    const auto& info = refused.info();
    const std::string text = detail::lower_case(info.server_error() + "\n" + info.server_message());
    const bool about_type =
        speaks_of(text, "application_type") || speaks_of(text, "application type");
    const bool about_redirects = speaks_of(text, "redirect") || speaks_of(text, "callback");
    const int status = info.http_status();
    // Servers say it in words of their own, too, as text or below another error.
    const bool refusal = refused.code() == errc::invalid_client_metadata || status == 400
        || status == 403 || status == 422;
    if (refused.code() != errc::invalid_redirect_uri
        && !(refusal && (about_type || about_redirects)))
        return std::nullopt;

    client_profile out = profile;
    out.adjusted_ = true;
    const auto& uris = profile.redirect_uris();
    if (!about_type)
    {
        if (auto others = with_other_hosts(uris))
        {
            out.redirect_uris_ = *std::move(others);
            return out;
        }
        const bool web = !uris.empty() && std::all_of(uris.begin(), uris.end(), [](const auto& u) {
            const auto parsed = url::parse(u);
            return parsed && parsed->is_https();
        });
        if (!web)
            return std::nullopt;
    }
    const std::string_view type = profile.application_type().empty()
        ? application_type_for(uris)
        : std::string_view(profile.application_type());
    out.application_type(type == "web" ? "native" : "web");
    return out;
}

} // namespace asioauth
