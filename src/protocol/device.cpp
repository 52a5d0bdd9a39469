// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/authenticated_request.hpp"
#include "protocol/oauth_error.hpp"
#include "protocol/time_arithmetic.hpp"

#include <asioauth/protocol/grants.hpp>

#include <algorithm>

namespace asioauth {
namespace {

using std::chrono::seconds;

constexpr std::size_t longest_device_code = 4096;
constexpr std::size_t longest_user_code = 64;
constexpr seconds default_interval(5);
constexpr seconds longest_interval(300);
constexpr seconds longest_wait(24 * 60 * 60);

// A page for the user's browser on another device. It may have a fragment: some are single-page
// applications.
bool is_safe_page(const url& u, bool loopback_allowed)
{
    return u.host_is_loopback() ? loopback_allowed : u.is_https();
}

} // namespace

result<http_request> make_device_authorization_request(
    const discovery& found,
    const registration& client,
    std::string_view scope,
    const request_stamp& stamp
)
{
    const auto resource = detail::resource_parameter(found, stage::authorization);
    if (!resource)
        return resource.error();
    secret_fields fields;
    fields.emplace_back("scope", secret(scope));
    fields.emplace_back("resource", secret(*resource));
    return make_authenticated_request(
        found, client, server_endpoint::device_authorization, std::move(fields), stamp
    );
}

result<device_authorization> read_device_authorization_response(
    const http_response& response, const discovery& found, std::chrono::system_clock::time_point now
)
{
    constexpr stage where = stage::authorization;
    if (response.status() != 200 && response.status() != 201)
        return detail::read_refusal(response, where, 0);
    const auto wrong = [&](const failure& f) { return detail::place(f, response, where); };
    const auto invalid = [&](errc code, std::string_view message) {
        return wrong(failure(code).message(message));
    };
    const auto json = detail::read_json_body(response);
    if (!json)
        return wrong(json.error());
    if (auto named = detail::named_oauth_error(*json, response, where))
        return *named;

    device_authorization out;
    auto device_code = json->string("device_code");
    if (!device_code)
        return wrong(device_code.error());
    out.device_code = secret(*device_code);
    wipe(*device_code);
    if (out.device_code.size() > longest_device_code
        || !detail::is_visible_ascii(out.device_code.reveal(), true))
        return invalid(
            errc::token_response_invalid,
            "Member \"device_code\" is too long or has characters that no code has."
        );

    auto user_code = json->string("user_code");
    if (!user_code)
        return wrong(user_code.error());
    // What the user reads has to be what the server wrote.
    if (user_code->size() > longest_user_code
        || presentable(*user_code, longest_user_code) != *user_code)
        return invalid(
            errc::token_response_invalid,
            "Member \"user_code\" is too long or has characters that cannot be shown."
        );
    out.user_code = *std::move(user_code);

    const bool loopback = found.policy.loopback_allowed();
    // The draft's spelling is still in use.
    const bool draft = !json->has("verification_uri") && json->has("verification_url");
    const auto page = json->string(draft ? "verification_url" : "verification_uri");
    if (!page)
        return wrong(page.error());
    auto uri = url::parse(*page);
    if (!uri || !is_safe_page(*uri, loopback))
        return invalid(
            errc::endpoint_insecure, "The page to send the user to is not a safe web address."
        );
    out.verification_uri = *std::move(uri);
    // A convenience only: the user can type the code.
    const auto complete = json->raw().if_contains("verification_uri_complete");
    if (complete != nullptr && complete->is_string())
    {
        auto with_code = url::parse(*complete->if_string());
        if (with_code && is_safe_page(*with_code, loopback))
            out.verification_uri_complete = *std::move(with_code);
    }

    const auto lifetime = json->optional_seconds("expires_in");
    if (!lifetime)
        return wrong(lifetime.error());
    if (!*lifetime)
        return invalid(errc::json_member_missing, "Member \"expires_in\" is missing.");
    out.expires_at = detail::later(now, std::min(seconds(**lifetime), longest_wait));

    const auto interval = json->optional_seconds("interval");
    if (!interval)
        return wrong(interval.error());
    out.interval = !*interval ? default_interval
                              : std::clamp(seconds(**interval), seconds(1), longest_interval);
    return out;
}

result<http_request> make_device_token_request(
    const discovery& found,
    const registration& client,
    const device_authorization& device,
    const request_stamp& stamp
)
{
    if (device.device_code.empty())
        return detail::bad_request(
            stage::token, errc::invalid_argument, "There is no device code."
        );
    const auto resource = detail::resource_parameter(found, stage::token);
    if (!resource)
        return resource.error();
    secret_fields fields;
    fields.emplace_back("grant_type", secret("urn:ietf:params:oauth:grant-type:device_code"));
    fields.emplace_back("device_code", device.device_code);
    fields.emplace_back("resource", secret(*resource));
    return make_authenticated_request(
        found, client, server_endpoint::token, std::move(fields), stamp
    );
}

} // namespace asioauth
