// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/probe.hpp"

#include "flow/flows.hpp"

#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/mcp.hpp>

#include <utility>

namespace asioauth::detail {
namespace {

// An answer that cannot be read as one, but that shows somebody is there: a page that is too large
// or has moved does not mean that the host has no login.
bool is_some_answer(const failure& f)
{
    return f.code() == errc::redirect_refused || f.code() == errc::too_many_redirects
        || f.code() == errc::response_body_too_large;
}

// Like what a browser sends, or what a client of MCP does.
act::send probe_request(const url& resource, const address_policy& policy, bool by_post)
{
    if (by_post)
    {
        auto post = mcp::make_discover_request(request_kind::probe, resource, "asioauth", "0");
        post.policy(policy);
        return act::send(stage::probe, std::move(post));
    }
    http_request get(request_kind::probe, "GET", resource);
    get.field("Accept", "application/json, text/html;q=0.9, */*;q=0.1").policy(policy);
    return act::send(stage::probe, std::move(get));
}

// Read what an unauthenticated request was answered with.
probe_result read_probe(const http_response& response)
{
    probe_result out;
    out.status = response.status();
    auto bearer = read_bearer_challenge(response);
    if (response.status() == 401)
    {
        out.challenged = true;
        // A challenge that names schemes, none of them Bearer, asks for something that is not
        // OAuth.
        out.oauth_possible = bearer.has_value() || parse_challenges(response).empty();
    }
    else if (response.status() == 403 && bearer)
    {
        out.challenged = true;
    }
    if (bearer)
    {
        out.dpop = bearer->dpop;
        out.resource_metadata = std::move(bearer->resource_metadata);
        out.scope = std::move(bearer->scope);
    }
    return out;
}

result<probe_result> read_probed(const result<http_response>& answered)
{
    if (!answered)
        return answered.error();
    return read_probe(*answered);
}

// What was seen, of an answer to GET and one to POST.
result<probe_result>
read_both(const result<probe_result>& first, const result<probe_result>& second)
{
    // A server that answers GET and drops POST is no MCP server, but may still offer a login.
    if (!second && (is_final(second.error()) || (!first && !is_some_answer(second.error()))))
        return second.error();
    if (second && (second->challenged || !first))
        return second;
    probe_result seen;
    if (first)
        seen = *first;
    else
        seen.unanswered = first.error();
    // A POST that succeeds is an MCP server without login; otherwise the answer to GET says more.
    if (second && second->status / 100 == 2)
        seen.status = second->status;
    return seen;
}

// Flows of their own, for many may wait in the first: what one way to ask needs is there only then.

flow<probe_result> ask(const url& resource, const address_policy& policy, bool by_post)
{
    const auto answered = co_await fetch(probe_request(resource, policy, by_post));
    co_return read_probed(answered);
}

flow<probe_result>
ask_again(const url& resource, const address_policy& policy, const result<probe_result>& before)
{
    const auto now = co_await ask(resource, policy, true);
    co_return read_both(before, now);
}

} // namespace

flow<probe_result> probe(const url& resource, const address_policy& policy)
{
    auto seen = co_await ask(resource, policy, false);
    const bool is_enough = seen ? seen->challenged : !is_some_answer(seen.error());
    // Many MCP endpoints answer GET with 405 or 200 and challenge only POST.
    if (!is_enough)
        seen = co_await ask_again(resource, policy, seen);
    co_return seen;
}

} // namespace asioauth::detail
