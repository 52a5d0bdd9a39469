// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Refusals, and the small answers: what each endpoint of an authorization server may say.

// max_len: 8192
// dictionaries: json oauth

#include "protocol/oauth_error.hpp"

#include "fuzz/fuzz.hpp"

#include <asioauth/protocol/authorization.hpp>
#include <asioauth/protocol/grants.hpp>
#include <asioauth/protocol/registration_management.hpp>
#include <asioauth/protocol/retry_after.hpp>
#include <asioauth/protocol/revocation.hpp>

using namespace asioauth;
using fuzz::check;

namespace {

const std::chrono::system_clock::time_point now{std::chrono::seconds(1'800'000'000)};

discovery discovered()
{
    discovery out;
    out.requested = url::parse("https://mcp.example/mcp").value();
    out.resource = out.requested.str();
    out.login = login_support::required;
    out.server.issuer = "https://as.example";
    out.server.authorization_endpoint = url::parse("https://as.example/authorize?a=b").value();
    out.server.token_endpoint = url::parse("https://as.example/token").value();
    return out;
}

template <class T>
bool is_good(const result<T>& r)
{
    if (!r)
        fuzz::check_failure(r.error());
    return r.has_value();
}

void check_device(const http_response& response, const discovery& found)
{
    const auto device = read_device_authorization_response(response, found, now);
    if (!is_good(device))
        return;
    check(!device->device_code.empty(), "there is a device code");
    check(!device->user_code.empty(), "there is a code for the user");
    fuzz::check_presentable(device->user_code, 512);
    check(
        device->verification_uri.is_https() && !device->verification_uri.host_is_loopback(),
        "the user is sent to a safe place"
    );
    check(device->interval.count() > 0, "nobody asks without a pause");
}

void check_pushed(const http_response& response, const discovery& found)
{
    const registration client("https://as.example", "client-1");
    const auto where = read_pushed_authorization_response(response, found, client);
    if (!is_good(where))
        return;
    check(
        where->without_query() == "https://as.example/authorize",
        "the user is sent to the authorization endpoint"
    );
    check(where->query().starts_with("a=b&"), "the endpoint's own query is kept");
    const auto fields = parse_form(where->query());
    check(fields.has_value() && fields->size() == 3, "the server adds nothing to the request");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const discovery found = discovered();
    fuzz::input in(data, size);
    http_response response = in.response("https://as.example/token");
    const auto retry = in.line();
    if (!retry.empty())
        response.field("Retry-After", retry);
    response.body(std::string(in.rest()));

    fuzz::meter meter;
    for (const std::size_t excerpt : {0U, 200U})
    {
        const auto refused = detail::read_refusal(response, stage::token, excerpt);
        fuzz::check_failure(refused);
        check(refused.info().http_status() == response.status(), "a refusal names its status");
        if (excerpt == 0 && refused.code() == errc::http_status_unexpected)
            check(refused.info().server_message().empty(), "nothing is quoted that is no error");
    }
    check_device(response, found);
    check_pushed(response, found);
    is_good(read_revocation_response(response));
    const auto seen = read_introspection_response(response);
    if (is_good(seen) && !seen->active)
        check(seen->scope.empty() && seen->subject.empty(), "nothing is said of a dead token");
    meter.check_linear(size, 2048, 128 * 1024);
    return 0;
}
