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
#include <vector>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

bool has_dot_segment(std::string_view path)
{
    return (std::string(path) + '/').find("/../") != std::string::npos
        || (std::string(path) + '/').find("/./") != std::string::npos;
}

// RFC 3986 section 5.2.4 with a stack of segments.
std::string without_dots(std::string_view path)
{
    std::vector<std::string_view> kept;
    bool ends_in_slash = false;
    while (!path.empty())
    {
        path.remove_prefix(1); // a slash
        const auto segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        const bool goes_up = segment == "..";
        if (goes_up && !kept.empty())
            kept.pop_back();
        ends_in_slash = goes_up || segment == ".";
        if (!ends_in_slash)
            kept.push_back(segment);
    }
    std::string out;
    for (const auto segment : kept)
        out.append("/").append(segment);
    return out + (ends_in_slash ? "/" : "");
}

// The path that a relative reference means.
std::string meant(const url& base, std::string_view reference)
{
    const auto path = reference.substr(0, reference.find_first_of("?#"));
    const std::string from(base.path().empty() ? "/" : base.path());
    if (path.empty())
        return without_dots(from);
    if (path.front() == '/')
        return without_dots(path);
    return without_dots(from.substr(0, from.rfind('/') + 1) + std::string(path));
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
        check_equal(found.path(), meant(base, reference), "a path is the one that is meant");
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
