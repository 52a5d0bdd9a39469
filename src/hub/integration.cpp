// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/integration.hpp"

#include "base/json_reader.hpp"
#include "protocol/time_arithmetic.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace asioauth {

std::string_view name_of(integration_status s) noexcept
{
    switch (s)
    {
    case integration_status::added: return "added";
    case integration_status::connected: return "connected";
    case integration_status::expiring: return "expiring";
    case integration_status::login_required: return "login_required";
    case integration_status::more_needed: return "more_needed";
    case integration_status::failed: return "failed";
    }
    return {};
}

} // namespace asioauth

namespace asioauth::detail {
namespace {

namespace json = boost::json;

constexpr int version = 1;
constexpr std::size_t id_length = 32;
// An integration that was looked at and left is soon gone.
constexpr std::chrono::hours draft_lasts(1);
// Long enough to do something about it.
constexpr std::chrono::minutes soon(10);

constexpr std::array states = {
    std::pair(integration_state::added, std::string_view("added")),
    std::pair(integration_state::connected, std::string_view("connected")),
    std::pair(integration_state::login_required, std::string_view("login_required")),
    std::pair(integration_state::more_needed, std::string_view("more_needed")),
    std::pair(integration_state::failed, std::string_view("failed")),
};

class text_member
{
public:
    const char* name;
    std::string integration::*place;
};

constexpr std::array text_members = {
    text_member{"id", &integration::id},
    text_member{"user", &integration::user},
    text_member{"name", &integration::name},
    text_member{"title", &integration::title},
    text_member{"description", &integration::description},
    text_member{"website", &integration::website},
    text_member{"documentation", &integration::documentation},
    text_member{"policy", &integration::policy},
    text_member{"tos", &integration::tos},
    text_member{"icon", &integration::icon},
    text_member{"issuer", &integration::issuer},
    text_member{"scope", &integration::scope},
    text_member{"client_id", &integration::client_id},
    text_member{"redirect_uri", &integration::redirect_uri},
    text_member{"granted_scope", &integration::granted_scope},
    text_member{"needed_scope", &integration::needed_scope},
    text_member{"needed_by", &integration::needed_by},
    text_member{"tools_note", &integration::tools_note},
};

using moment_member = std::optional<std::chrono::system_clock::time_point>;

std::int64_t seconds_of(std::chrono::system_clock::time_point t)
{
    return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

void put(json::object& o, const char* name, const moment_member& t)
{
    if (t)
        o[name] = seconds_of(*t);
}

moment_member time_of(const json_value& o, const char* name)
{
    const auto* v = o.if_contains(name);
    const auto* n = v ? v->if_int64() : nullptr;
    return n ? time_at(*n) : std::nullopt;
}

std::string text_of(const json_value& o, const char* name)
{
    const auto* v = o.if_contains(name);
    const auto* s = v ? v->if_string() : nullptr;
    return s ? std::string(*s) : std::string();
}

bool flag_of(const json_value& o, const char* name)
{
    const auto* v = o.if_contains(name);
    const auto* b = v ? v->if_bool() : nullptr;
    return b && *b;
}

failure invalid()
{
    failure wrong(errc::store_record_invalid);
    wrong.where(stage::store);
    return wrong;
}

json::array array_of(const std::vector<integration_tool>& tools)
{
    json::array out;
    for (const auto& tool : tools)
    {
        json::object o;
        o["name"] = tool.name;
        o["title"] = tool.title;
        o["description"] = tool.description;
        out.emplace_back(std::move(o));
    }
    return out;
}

std::vector<integration_tool> tools_of(const json_value& o)
{
    std::vector<integration_tool> out;
    const auto* v = o.if_contains("tools");
    const auto* all = v ? v->if_array() : nullptr;
    if (!all)
        return out;
    for (const auto& one : *all)
    {
        const auto* tool = one.if_object();
        if (!tool)
            continue;
        integration_tool t;
        t.name = text_of(*tool, "name");
        t.title = text_of(*tool, "title");
        t.description = text_of(*tool, "description");
        out.push_back(std::move(t));
    }
    return out;
}

} // namespace

std::string_view name_of(integration_state s) noexcept
{
    for (const auto& [value, name] : states)
    {
        if (value == s)
            return name;
    }
    return {};
}

integration_problem::integration_problem(const failure& f)
    : stage(asioauth::name_of(f.info().where()))
    , code(asioauth::name_of(f.code()))
{
    if (code.empty())
        code = "internal_error"; // an unknown value of our own
    // Without what to do next, which is the hint.
    std::array<char, 256> what{};
    message = presentable(f.code().message(what.data(), what.size()));
    if (f.code().category() == error_category())
        hint = hint_for(static_cast<errc>(f.code().value()));
    if (!f.info().hint().empty())
        hint = f.info().hint();
    if (!f.info().message().empty())
        message += " " + presentable(f.info().message());
    said = presentable(f.info().server_message(), 256);
}

badge badge_of(const integration& i, std::chrono::system_clock::time_point now)
{
    using shown = integration_status;
    switch (i.state)
    {
    case integration_state::added: return badge(shown::added, "Not connected yet");
    case integration_state::login_required: return badge(shown::login_required, "Needs login");
    case integration_state::more_needed: return badge(shown::more_needed, "Needs more permission");
    case integration_state::failed: return badge(shown::failed, "Problem");
    case integration_state::connected: break;
    }
    if (i.ends_at && *i.ends_at <= now)
        return badge(shown::login_required, "Needs login");
    if (i.ends_at && *i.ends_at <= now + soon)
        return badge(shown::expiring, "Login ends soon");
    return badge(shown::connected, "Connected");
}

// The identifier has a fixed length, so that no two pairs make one name.
std::string grant_user(const integration& i)
{
    return i.user + "#" + i.id;
}

bool is_of_user(std::string_view grant_user, std::string_view hub_user)
{
    if (grant_user.size() != hub_user.size() + 1 + id_length)
        return false;
    return grant_user.starts_with(hub_user) && grant_user[hub_user.size()] == '#'
        && is_integration_id(grant_user.substr(hub_user.size() + 1));
}

record_key integration_key(std::string_view id)
{
    return record_key(record_kind::integration, std::string(id));
}

record_key icon_key(std::string_view id)
{
    // No integration has such a name.
    return record_key(record_kind::integration, "icon " + std::string(id));
}

std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>
end_of_draft(const integration& i)
{
    return std::chrono::time_point_cast<std::chrono::milliseconds>(i.added_at + draft_lasts);
}

bool is_integration_id(std::string_view id)
{
    return id.size() == id_length
        && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

record make_record(const integration& i)
{
    json::object o;
    o["version"] = version;
    for (const auto& m : text_members)
        o[m.name] = i.*m.place;
    o["resource"] = i.resource.str();
    o["needs_login"] = i.needs_login;
    o["needs_client"] = i.needs_client;
    if (!i.client_secret.empty())
        o["client_secret"] = json::string(i.client_secret.reveal());
    o["state"] = json::string(name_of(i.state));
    json::object problem;
    problem["stage"] = i.problem.stage;
    problem["code"] = i.problem.code;
    problem["message"] = i.problem.message;
    problem["hint"] = i.problem.hint;
    problem["said"] = i.problem.said;
    o["problem"] = std::move(problem);
    o["added_at"] = seconds_of(i.added_at);
    put(o, "ends_at", i.ends_at);
    put(o, "connected_at", i.connected_at);
    put(o, "tools_at", i.tools_at);
    o["tools"] = array_of(i.tools);

    record out;
    std::string text = json::serialize(o);
    out.document = secret(text);
    wipe(text);
    out.user = i.user;
    out.issuer = i.issuer;
    if (i.state == integration_state::added)
        out.expires_at = end_of_draft(i);
    return out;
}

result<integration> read_integration_record(const record& r)
{
    auto parsed =
        json_object::parse(r.document.reveal(), limits::json_depth, json_object::any_memory);
    if (!parsed)
        return invalid();
    const json_value& o = parsed->raw();
    const auto* v = o.if_contains("version");
    const auto* number = v ? v->if_int64() : nullptr;
    if (number && *number > version)
        return failure(errc::store_version_newer).where(stage::store);
    if (!number || *number != version)
        return invalid();
    integration out;
    for (const auto& m : text_members)
        out.*m.place = text_of(o, m.name);
    auto resource = url::parse(text_of(o, "resource"));
    if (!resource || !is_integration_id(out.id) || out.user.empty())
        return invalid();
    out.resource = std::move(*resource);
    out.needs_login = flag_of(o, "needs_login");
    out.needs_client = flag_of(o, "needs_client");
    std::string client_secret = text_of(o, "client_secret");
    out.client_secret = secret(client_secret);
    wipe(client_secret);
    const std::string state = text_of(o, "state");
    const auto known = std::find_if(states.begin(), states.end(), [&](const auto& s) {
        return s.second == state;
    });
    if (known == states.end())
        return invalid();
    out.state = known->first;
    const auto* p = o.if_contains("problem");
    if (const auto* problem = p ? p->if_object() : nullptr)
    {
        out.problem.stage = text_of(*problem, "stage");
        out.problem.code = text_of(*problem, "code");
        out.problem.message = text_of(*problem, "message");
        out.problem.hint = text_of(*problem, "hint");
        out.problem.said = text_of(*problem, "said");
    }
    const auto added = time_of(o, "added_at");
    if (!added)
        return invalid();
    out.added_at = *added;
    out.ends_at = time_of(o, "ends_at");
    out.connected_at = time_of(o, "connected_at");
    out.tools_at = time_of(o, "tools_at");
    out.tools = tools_of(o);
    return out;
}

void take_issuer(integration& i, const std::string& issuer)
{
    if (!i.issuer.empty() && i.issuer != issuer)
    {
        i.client_id.clear();
        i.client_secret = secret();
        i.redirect_uri.clear();
    }
    i.issuer = issuer;
}

void connected(integration& i, std::chrono::system_clock::time_point now)
{
    i.state = integration_state::connected;
    i.problem = integration_problem();
    i.needed_scope.clear();
    i.needed_by.clear();
    i.connected_at = now;
}

} // namespace asioauth::detail
