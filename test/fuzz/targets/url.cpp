// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// URLs that a user types or a server names. What is taken must mean the same to others, and its
// parts must make the same URL again.

// max_len: 1024
// dictionaries: url

#include "fuzz/fuzz.hpp"

#include <asioauth/limits.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

// Boost.URL reads laxer, but never something else.
void check_against_another_reader(const url& u)
{
    // Version 1.81 ends the host of "https://127.0.0.1.example" behind the address.
    if (!u.host_is_address() && u.host().front() >= '0' && u.host().front() <= '9')
        return;
    const auto other = boost::urls::parse_uri(u.str());
    check(other.has_value(), "another reader takes what we take");
    check_equal(
        std::string_view(other->encoded_path().data(), other->encoded_path().size()),
        u.path(),
        "the path is the same to another reader"
    );
    check_equal(
        std::string_view(other->encoded_query().data(), other->encoded_query().size()),
        u.query(),
        "the query is the same to another reader"
    );
    check(
        other->has_fragment() == u.has_fragment(), "the fragment is where another reader sees it"
    );
    check(!other->has_userinfo(), "nobody sees a user name");
    std::string host(other->encoded_host());
    std::transform(host.begin(), host.end(), host.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    if (!u.host_is_ipv6())
        check_equal(host, u.host(), "the host is the same to another reader");
    if (other->has_port())
        check_equal(
            std::string_view(other->port().data(), other->port().size()),
            std::to_string(u.port()),
            "the port is the same to another reader"
        );
}

void check_parts(const url& u)
{
    std::string whole(u.str().substr(0, u.str().find("//") + 2));
    const std::string authority = u.str().substr(
        whole.size(),
        std::min(u.str().find_first_of("/?#", whole.size()), u.str().size()) - whole.size()
    );
    whole += authority;
    whole += u.path();
    if (u.has_query())
        whole.append("?").append(u.query());
    if (u.has_fragment())
        whole += u.str().substr(u.str().find('#'));
    check_equal(whole, u.str(), "the parts make the whole");

    const auto origin = url::parse(u.origin());
    check(origin.has_value(), "an origin is a URL");
    check(same_origin(*origin, u), "an origin is of the same origin");
    check_equal(origin->origin(), u.origin(), "an origin has itself as origin");
    check(u.host_is_loopback() == origin->host_is_loopback(), "the origin is on the same machine");
    const auto bare = url::parse(u.without_query());
    check(
        bare && !bare->has_query() && !bare->has_fragment(), "without query is a URL without one"
    );

    const auto again = with_path(u, u.target());
    if (again) // may have become too long by a slash
    {
        check_equal(again->target(), u.target(), "a target comes back");
        check(covers(*origin, *again) == covers(*origin, u), "an origin covers what is on it");
    }
    else
    {
        check(u.str().size() + 8 > limits::url_size, "a target is a path");
    }
}

void check_canonical(const url& u)
{
    const std::string canonical = canonical_resource(u);
    const auto parsed = url::parse(canonical);
    check(parsed.has_value(), "the canonical form is a URL");
    check_equal(canonical_resource(*parsed), canonical, "the canonical form is canonical");
    check(same_origin(*parsed, u), "the canonical form is of the same origin");
    check(!parsed->has_fragment(), "the canonical form has no fragment");
    // Whether a path is fit to be compared at all is the same on both sides.
    if (covers(u, u))
        check(covers(*parsed, u), "the canonical form covers what it was made of");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    const auto first = in.line();
    const auto u = url::parse(first);
    const auto v = url::parse(in.rest());
    if (!u)
    {
        fuzz::check_failure(u.error());
        if (first.size() > 24)
            check(
                u.error().info().message().find(first) == std::string::npos,
                "a refusal does not repeat what may be a callback"
            );
        return 0;
    }
    check_equal(u->str(), first, "the text is kept");
    check(first.size() <= limits::url_size, "a URL is as long as it may be");
    check(u->port() != 0 && !u->host().empty(), "a URL has a host and a port");
    check_against_another_reader(*u);
    check_parts(*u);
    check_canonical(*u);
    if (!v)
        return 0;
    check(same_origin(*u, *v) == same_origin(*v, *u), "an origin is the same in both directions");
    check(same_origin(*u, *v) == (u->origin() == v->origin()), "origins are equal as texts too");
    if (covers(*u, *v))
    {
        check(same_origin(*u, *v), "nothing covers another origin");
        check(v->path().starts_with(u->path()) || u->path() == "/", "what covers is a prefix");
        check(v->path().find("/../") == std::string_view::npos, "no path that leads up is covered");
    }
    return 0;
}
