// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/responses.hpp"

#include <asioauth/prometheus.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace asioauth::detail {
namespace {

namespace json = boost::json;

void guard(http_response& r, std::string_view referrer = "no-referrer")
{
    r.field("X-Content-Type-Options", "nosniff");
    r.field("Referrer-Policy", referrer);
}

json::string text(std::string_view v)
{
    return json::string(v);
}

std::int64_t seconds_of(std::chrono::system_clock::time_point t)
{
    return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

} // namespace

http_response page_response(int status, std::string html)
{
    http_response out(status, std::move(html));
    out.field("Content-Type", "text/html; charset=utf-8");
    out.field("Content-Security-Policy", page_policy);
    out.field("X-Frame-Options", "DENY");
    out.field("Cache-Control", "no-store");
    // Without any, browsers call the origin of the page's own forms `null`.
    guard(out, "same-origin");
    return out;
}

http_response json_response(int status, const json::value& v)
{
    http_response out(status, json::serialize(v) + "\n");
    out.field("Content-Type", "application/json");
    out.field("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    out.field("Cache-Control", "no-store");
    guard(out);
    return out;
}

http_response text_response(int status, std::string_view sentence)
{
    http_response out(status, std::string(sentence) + "\n");
    out.field("Content-Type", "text/plain; charset=utf-8");
    out.field("Cache-Control", "no-store");
    guard(out);
    return out;
}

http_response
error_response(int status, std::string_view code, std::string_view message, std::string_view hint)
{
    json::object inner;
    inner["code"] = text(code);
    inner["message"] = text(message);
    inner["hint"] = text(hint);
    json::object out;
    out["error"] = std::move(inner);
    return json_response(status, out);
}

http_response integration_response(
    int status,
    const hub_site& site,
    const integration& i,
    std::chrono::system_clock::time_point now
)
{
    json::object out;
    out["version"] = 1;
    out["integration"] = object_of(site, i, now);
    return json_response(status, out);
}

http_response see_other(const std::string& where)
{
    http_response out(303, "");
    out.field("Location", where);
    out.field("Cache-Control", "no-store");
    guard(out);
    return out;
}

http_response asset_response(std::string_view content_type, std::string_view content)
{
    http_response out(200, std::string(content));
    out.field("Content-Type", content_type);
    out.field("Cache-Control", "public, max-age=31536000, immutable");
    guard(out);
    return out;
}

http_response metrics_response(const metrics& m)
{
    http_response out(200, prometheus_text(m));
    out.field("Content-Type", prometheus_content_type);
    out.field("Cache-Control", "no-store");
    guard(out);
    return out;
}

// A line with the type, and the octets.
http_response icon_response(std::string_view stored)
{
    const auto end = stored.find('\n');
    if (end == std::string_view::npos)
        return page_response(404, "");
    http_response out(200, std::string(stored.substr(end + 1)));
    out.field("Content-Type", stored.substr(0, end));
    out.field("Content-Security-Policy", "default-src 'none'; sandbox");
    out.field("Cache-Control", "private, max-age=31536000, immutable");
    guard(out);
    return out;
}

int status_for(const error_code& ec) noexcept
{
    constexpr int bad_request = 400;
    constexpr int forbidden = 403;
    constexpr int bad_gateway = 502;
    constexpr int unavailable = 503;
    constexpr int too_late = 504;
    if (ec == errc::deadline_exceeded)
        return too_late;
    if (ec == condition::login_required || ec == errc::step_up_refused || ec == errc::step_up_limit
        || ec == errc::access_denied || ec == errc::policy_refused)
        return forbidden;
    if (ec == condition::storage)
        return unavailable;
    if (ec == condition::unreachable || ec == condition::refused || ec == condition::untrusted)
        return bad_gateway;
    // Nobody who asks can do anything about those.
    if (ec == errc::entropy_unavailable || ec == errc::internal_error || ec == errc::out_of_memory
        || ec == errc::client_closed || ec == errc::proxy_authentication_required)
        return unavailable;
    if (ec == condition::usage)
        return bad_request;
    return unavailable;
}

json::object error_object(const failure& f)
{
    const integration_problem problem(f);
    json::object inner;
    inner["stage"] = problem.stage;
    inner["code"] = problem.code;
    inner["message"] = problem.message;
    inner["hint"] = problem.hint;
    if (!problem.said.empty())
        inner["server_message"] = problem.said;
    if (!f.info().url().empty())
        inner["url"] = f.info().url();
    if (f.info().http_status() != 0)
        inner["status"] = f.info().http_status();
    json::object out;
    out["error"] = std::move(inner);
    return out;
}

json::object
object_of(const hub_site& site, const integration& i, std::chrono::system_clock::time_point now)
{
    const auto shown = badge_of(i, now);
    json::object out;
    out["id"] = i.id;
    out["url"] = i.resource.str();
    out["name"] = i.name;
    out["title"] = i.title;
    out["description"] = i.description;
    if (!i.icon.empty())
        out["icon"] = site.at("/icons/" + i.icon);
    out["status"] = text(shown.name);
    out["status_text"] = text(shown.label);
    out["needs_login"] = i.needs_login;
    if (i.needs_login)
        out["issuer"] = i.issuer;
    out["needs_client"] = i.needs_client && i.client_id.empty();
    if (i.state == integration_state::added)
    {
        out["callback_url"] = site.callback();
        json::array wanted;
        for (const auto& one : split_scope(i.scope))
        {
            json::object o;
            o["scope"] = one;
            o["words"] = words_for_scope(site, one);
            wanted.emplace_back(std::move(o));
        }
        out["permissions"] = std::move(wanted);
    }
    out["scope"] = i.granted_scope;
    if (!i.needed_scope.empty())
    {
        out["needed_scope"] = i.needed_scope;
        out["needed_by"] = i.needed_by;
    }
    if (!i.problem.empty())
    {
        json::object p;
        p["stage"] = i.problem.stage;
        p["code"] = i.problem.code;
        p["message"] = i.problem.message;
        p["hint"] = i.problem.hint;
        if (!i.problem.said.empty())
            p["server_message"] = i.problem.said;
        out["problem"] = std::move(p);
    }
    if (i.connected_at)
    {
        out["connected_at"] = seconds_of(*i.connected_at);
        out["use_url"] = site.origin + site.at("/use/" + i.id);
    }
    if (i.ends_at)
        out["ends_at"] = seconds_of(*i.ends_at);
    json::array tools;
    for (const auto& tool : i.tools)
    {
        json::object o;
        o["name"] = tool.name;
        o["title"] = tool.title;
        o["description"] = tool.description;
        tools.emplace_back(std::move(o));
    }
    out["tools"] = std::move(tools);
    if (i.tools_at)
        out["tools_at"] = seconds_of(*i.tools_at);
    if (!i.tools_note.empty())
        out["tools_note"] = i.tools_note;
    return out;
}

std::string
badges_of(const std::vector<integration>& all, std::chrono::system_clock::time_point now)
{
    json::array out;
    for (const auto& i : all)
    {
        const auto shown = badge_of(i, now);
        json::object o;
        o["id"] = i.id;
        o["status"] = text(shown.name);
        o["status_text"] = text(shown.label);
        o["tools_at"] = i.tools_at ? seconds_of(*i.tools_at) : 0;
        out.emplace_back(std::move(o));
    }
    return json::serialize(out);
}

} // namespace asioauth::detail
