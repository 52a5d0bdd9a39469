// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Calls of programs, through the hub to an integration. The token is added on the way and never
// leaves the server.

#include "base/ascii.hpp"
#include "hub/routes.hpp"
#include "hub/user_places.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>

namespace asioauth::detail {
namespace {

namespace json = boost::json;

// Of the connection and not of the message (RFC 9110 section 7.6.1).
constexpr std::array hop_by_hop = {
    std::string_view("connection"),
    std::string_view("keep-alive"),
    std::string_view("proxy-authenticate"),
    std::string_view("proxy-authorization"),
    std::string_view("proxy-connection"),
    std::string_view("te"),
    std::string_view("trailer"),
    std::string_view("transfer-encoding"),
    std::string_view("upgrade"),
    std::string_view("content-length"),
};

// What is between the program and the hub.
constexpr std::array not_forwarded = {
    std::string_view("accept-encoding"),
    std::string_view("authorization"),
    std::string_view("cookie"),
    std::string_view("dpop"),
    std::string_view("expect"),
    std::string_view("forwarded"),
    std::string_view("host"),
    std::string_view("origin"),
    std::string_view("referer"),
    std::string_view("via"),
    std::string_view("x-csrf-token"),
    // Who the person or the program is, as the hub's site and what is in front of it know.
    std::string_view("api-key"),
    std::string_view("cf-access-jwt-assertion"),
    std::string_view("cf-connecting-ip"),
    std::string_view("remote-user"),
    std::string_view("true-client-ip"),
    std::string_view("x-api-key"),
    std::string_view("x-client-ip"),
    std::string_view("x-real-ip"),
    std::string_view("x-remote-user"),
};

constexpr std::array beginnings_not_forwarded = {
    std::string_view("proxy-"),
    std::string_view("sec-"),
    std::string_view("x-amzn-oidc-"),
    std::string_view("x-auth-request-"),
    std::string_view("x-forwarded-"),
    std::string_view("x-goog-authenticated-"),
    std::string_view("x-goog-iap-"),
    std::string_view("x-ms-client-principal"),
    std::string_view("x-ms-token-"),
};

// What is between the hub and the integration, or would speak for the hub's own origin.
constexpr std::array not_returned = {
    std::string_view("accept-ch"),
    std::string_view("alt-svc"),
    std::string_view("authentication-info"),
    std::string_view("clear-site-data"),
    std::string_view("content-security-policy"),
    std::string_view("content-security-policy-report-only"),
    std::string_view("cache-control"),
    std::string_view("critical-ch"),
    std::string_view("dpop-nonce"),
    std::string_view("expect-ct"),
    std::string_view("expires"),
    std::string_view("feature-policy"),
    std::string_view("nel"),
    std::string_view("origin-agent-cluster"),
    std::string_view("permissions-policy"),
    std::string_view("pragma"),
    std::string_view("refresh"),
    std::string_view("referrer-policy"),
    std::string_view("report-to"),
    std::string_view("reporting-endpoints"),
    std::string_view("service-worker-allowed"),
    std::string_view("set-cookie"),
    std::string_view("set-cookie2"),
    std::string_view("sourcemap"),
    std::string_view("status"),
    std::string_view("strict-transport-security"),
    std::string_view("timing-allow-origin"),
    std::string_view("www-authenticate"),
    std::string_view("x-content-type-options"),
    std::string_view("x-frame-options"),
    std::string_view("x-sourcemap"),
};

constexpr std::array beginnings_not_returned = {
    std::string_view("access-control-"),
    std::string_view("cross-origin-"),
    std::string_view("public-key-pins"),
    // What web servers in front of the hub act on: they would send files of their own, or keep this.
    std::string_view("cdn-"),
    std::string_view("cloudflare-"),
    std::string_view("edge-"),
    std::string_view("surrogate-"),
    std::string_view("x-accel-"),
    std::string_view("x-lighttpd-"),
    std::string_view("x-litespeed-"),
    std::string_view("x-reproxy-"),
    std::string_view("x-sendfile"),
};

template <class List>
bool contains(const List& list, std::string_view name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

template <class List>
bool begins_with_one(const List& list, std::string_view name)
{
    return std::any_of(list.begin(), list.end(), [&](const auto& begin) {
        return name.starts_with(begin);
    });
}

// The names that Connection fields list are of the connection too.
std::vector<std::string> of_the_connection(const http_fields& fields)
{
    std::vector<std::string> out;
    for (const auto& f : fields)
    {
        if (lower_case(f.first) != "connection")
            continue;
        std::string one;
        for (const char c : lower_case(f.second))
        {
            if (c == ',')
                out.push_back(std::exchange(one, std::string()));
            else if (c != ' ' && c != '\t')
                one += c;
        }
        out.push_back(std::move(one));
    }
    return out;
}

http_request request_to(const hub_site& site, const url& where, const hub_request& came)
{
    http_request out(request_kind::resource, came.method(), where);
    auto withheld = of_the_connection(came.fields());
    for (const auto& name : site.settings.withheld_fields())
        withheld.push_back(lower_case(name));
    for (const auto& f : came.fields())
    {
        const std::string name = lower_case(f.first);
        const bool dropped = contains(hop_by_hop, name) || contains(not_forwarded, name)
            || contains(withheld, name) || begins_with_one(beginnings_not_forwarded, name);
        if (!dropped)
            out.field(f.first, f.second);
    }
    if (!came.body().empty())
        out.body(came.field("Content-Type"), came.body());
    out.stream_events(true);
    return out;
}

http_response response_of(const http_response& got)
{
    http_response clean(got.status(), got.body());
    clean.events(got.events());
    const auto listed = of_the_connection(got.fields());
    for (const auto& f : got.fields())
    {
        const std::string name = lower_case(f.first);
        const bool dropped = contains(hop_by_hop, name) || contains(not_returned, name)
            || contains(listed, name) || begins_with_one(beginnings_not_returned, name);
        if (!dropped)
            clean.field(f.first, f.second);
    }
    // It is somebody else's content under the hub's address: no browser runs anything of it.
    clean.field("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    clean.field("X-Content-Type-Options", "nosniff");
    clean.field("Cache-Control", "no-store");
    return clean;
}

// A program is told where its user has to go.
hub_answer not_forwardable(const hub_site& site, const std::string& id, const failure& f)
{
    json::object out = error_object(f);
    if (status_for(f.code()) == 403)
        out["visit"] = site.origin + site.at("/integrations/" + id);
    return json_response(status_for(f.code()), out);
}

bool is_method(std::string_view m)
{
    constexpr std::array known = {
        std::string_view("GET"),
        std::string_view("POST"),
        std::string_view("PUT"),
        std::string_view("PATCH"),
        std::string_view("DELETE"),
        std::string_view("OPTIONS")};
    return contains(known, m);
}

// Whoever does not say so may be answered with events all the same, and is counted then.
bool expects_events(const hub_request& request)
{
    return lower_case(request.field("Accept")).find("text/event-stream") != std::string::npos;
}

// What a tool call is about, for the user who is asked for more permission.
std::string what_was_tried(const hub_request& request)
{
    const auto tool = request.field("Mcp-Name");
    if (!tool.empty())
        return presentable(tool, 128);
    return request.method();
}

http_response too_many_calls()
{
    return error_response(
        429,
        "too_many_at_once",
        "As many calls of integrations are under way as one user may have.",
        "Wait until one of them is answered, and try again."
    );
}

} // namespace

http_response no_such_integration()
{
    return error_response(
        404, "not_found", "There is no such integration.", "Look it up in the list of integrations."
    );
}

std::shared_ptr<const forwarded_call>
forwarded_call::begin(const hub_site& site, const std::string& user, const std::string& id)
{
    auto out = std::make_shared<forwarded_call>();
    out->place_ = site.calls->take(user, site.settings.most_calls(), id, [left = out->left_] {
        *left = true;
    });
    if (!out->place_)
        return nullptr;
    return out;
}

http_response too_many_streams()
{
    return error_response(
        429,
        "too_many_at_once",
        "There are as many event streams of integrations open as one user may have.",
        "Close some of them first, or wait until they end."
    );
}

flow<hub_answer> forward(
    std::shared_ptr<hub_site> site,
    std::shared_ptr<const hub_request> request,
    hub_user user,
    std::string id,
    std::string path,
    flow_settings settings
)
{
    // From before it is looked for: it may be disconnected at any time from then on.
    const auto call = forwarded_call::begin(*site, user.id(), id);
    if (!call)
        co_return hub_answer(too_many_calls());
    auto kept = co_await load_integration(id, user.id());
    if (!kept)
        co_return not_forwardable(*site, id, kept.error());
    if (kept->at == 0 || !kept->value.connected_at)
        co_return hub_answer(no_such_integration());
    integration i = std::move(kept->value);
    auto where = result<url>(i.resource);
    if (!path.empty())
    {
        std::string base(i.resource.path());
        while (!base.empty() && base.back() == '/' && path.front() == '/')
            base.pop_back();
        // A query alone belongs to the resource itself.
        where =
            with_path(i.resource, base.empty() && path.front() != '/' ? "/" + path : base + path);
    }
    if (!where || !is_method(request->method()))
    {
        failure wrong(errc::request_invalid);
        wrong.where(stage::resource).message("The method or the path cannot be forwarded.");
        co_return not_forwardable(*site, id, wrong);
    }
    // Before anything is done that the program would not hear of.
    if (expects_events(*request)
        && site->streams->is_full(user.id(), site->settings.most_streams()))
        co_return hub_answer(too_many_streams());
    auto session = co_await open_for_use(site, std::move(user), i, settings);
    if (!session)
    {
        failure wrong = session.error();
        co_await showable(wrong);
        (void)co_await note_outcome(i, what_was_tried(*request), wrong);
        co_return not_forwardable(*site, id, wrong);
    }
    auto got = co_await authorised_request(*session, request_to(*site, *where, *request), settings);
    if (!got)
    {
        failure wrong = got.error();
        co_await showable(wrong);
        (void)co_await note_outcome(i, what_was_tried(*request), wrong);
        hub_answer out = not_forwardable(*site, id, wrong);
        out.changed = true;
        co_return out;
    }
    const result<void> well;
    (void)co_await note_outcome(i, what_was_tried(*request), well);
    hub_answer out(response_of(*got));
    out.streams_of = i.id;
    out.call = call;
    out.changed =
        i.state == integration_state::failed || i.state == integration_state::login_required;
    co_return out;
}

} // namespace asioauth::detail
