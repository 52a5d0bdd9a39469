// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Location fields: where a server may lead. A line with the URL that was asked, then the reference.

// max_len: 1024
// dictionaries: url

#include "fuzz/fuzz.hpp"
#include "transport/location.hpp"

#include <algorithm>
#include <array>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

bool has_dot_segment(std::string_view path)
{
    return (std::string(path) + '/').find("/../") != std::string::npos
        || (std::string(path) + '/').find("/./") != std::string::npos;
}

void check_resolved(const url& base, std::string_view reference, const url& found)
{
    check(!found.has_fragment(), "a fragment is for browsers");
    const auto parsed = url::parse(found.str());
    check(parsed.has_value(), "what was found is a URL");
    const auto again = resolve_reference(base, found.str());
    check(again.has_value(), "a URL leads somewhere");
    check_equal(again->str(), found.str(), "a URL leads to itself");
    const bool relative = !reference.starts_with("//")
        && reference.substr(0, reference.find_first_of("/?#")).find(':') == std::string_view::npos;
    if (relative)
    {
        check(same_origin(base, found), "a relative reference stays");
        check(!has_dot_segment(found.path()), "dots are gone");
    }
}

void check_redirect(const http_request& request, const url& from, const http_response& response)
{
    const auto target = detail::redirect_target(request, from, response);
    if (!target)
    {
        fuzz::check_failure(target.error());
        check(target.error().code() == errc::redirect_refused, "a refusal says that it is one");
        return;
    }
    check(request.method() == "GET" && request.authorization().empty(), "no credential moves");
    check(may_be_redirected(request.kind()), "this kind may be redirected");
    check(target->is_https() || !from.is_https(), "nobody leads away from TLS");
    check(
        !target->host_is_loopback() || from.host_is_loopback(),
        "nobody leads to this machine who is not there"
    );
    check(may_leave_origin(request.kind()) || same_origin(from, *target), "this kind stays");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::array kinds = {
        request_kind::probe,
        request_kind::metadata,
        request_kind::registration,
        request_kind::token,
        request_kind::resource,
        request_kind::page,
        request_kind::icon};
    fuzz::input in(data, size);
    const url base = in.line_as_url("https://mcp.example/a/b?c=d");
    const auto reference = in.rest();

    const auto found = resolve_reference(base, reference);
    if (found)
        check_resolved(base, reference, *found);
    else
        fuzz::check_failure(found.error());

    http_response response(302, "");
    response.field("Location", reference);
    // One of the kinds, and the two that differ most.
    const auto one = kinds[(reference.size() + base.str().size()) % kinds.size()];
    for (const auto kind : {request_kind::metadata, request_kind::icon, one})
    {
        http_request request(kind, reference.size() % 4 == 0 ? "POST" : "GET", base);
        check_redirect(request, base, response);
        request.authorization(secret(fuzz::canary()));
        check_redirect(request, base, response);
    }
    return 0;
}
