// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How a user comes back from an authorization server.

#include "hub/page_parts.hpp"
#include "hub/routes.hpp"

#include <asioauth/protocol/form.hpp>

#include <algorithm>
#include <array>

namespace asioauth::detail {
namespace {

// What an authorization server may answer with.
constexpr std::array<std::string_view, 6> answer_fields = {
    "code", "state", "iss", "error", "error_description", "error_uri"};
// A form of ours, and not that of the server.
constexpr std::string_view relay_mark = "relayed";

login_callback answer_in(const hub_call& call)
{
    const std::string& target = call.request->target();
    if (call.request->method() == "POST")
        return login_callback(target, call.request->body());
    return login_callback(target);
}

// A form with the same fields, which the user's browser sends from our own site.
std::string relay_page(const hub_site& site, std::string_view target, const form_fields& fields)
{
    html h;
    begin_page(h, site, "Back from the login");
    page_header(h, site, "", false);
    h.raw("<section class=\"card\">\n<h1>Back from the login</h1>\n"
          "<form method=\"post\" data-relay action=\"");
    h.text(target).raw("\">\n<input type=\"hidden\" name=\"").raw(relay_mark);
    h.raw("\" value=\"1\">\n");
    for (const auto& f : fields)
    {
        h.raw("<input type=\"hidden\" name=\"").text(f.first).raw("\" value=\"");
        h.text(f.second).raw("\">\n");
    }
    h.raw("<p>Continue to finish it here.</p>\n<p><button class=\"main\">Continue</button></p>\n");
    h.raw("</form>\n</section>\n");
    return end_page(h);
}

// Which integration a login is for; nothing is said about it that its user does not know.
flow<std::string> integration_of_login(std::string state)
{
    if (state.empty())
        co_return std::string();
    auto kept = co_await act::load(pending_key(state));
    if (!kept)
        co_return kept.error();
    if (kept->at == 0)
        co_return std::string();
    auto login = read_pending_record(kept->value);
    if (!login)
        co_return login.error();
    co_return login->return_to.substr(0, login->return_to.find(' '));
}

} // namespace

// On plain http no binding is shared between logins, so that each needs a cookie of its own: else the
// second login of a browser would end the first.
login_cookie cookie_of_login(const hub_site& site, const std::string& state)
{
    if (!site.origin.starts_with("http:"))
        return site.cookie;
    constexpr std::size_t enough = 16;
    return login_cookie("asioauth-" + make_code_challenge(secret(state)).substr(0, enough), true);
}

std::optional<hub_answer> relay_answer(const hub_site& site, const hub_request& request)
{
    auto fields = parse_form(request.body().reveal());
    const auto is_mark = [](const auto& f) { return f.first == relay_mark; };
    if (!fields || std::any_of(fields->begin(), fields->end(), is_mark))
        return std::nullopt;
    std::erase_if(*fields, [](const auto& f) {
        return std::find(answer_fields.begin(), answer_fields.end(), f.first)
            == answer_fields.end();
    });
    if (fields->empty())
        return std::nullopt;
    auto page = relay_page(site, request.target(), *fields);
    for (auto& f : *fields)
        wipe(f.second);
    return hub_answer(page_response(200, std::move(page)));
}

flow<hub_answer> finish_login(hub_call_ptr call)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    const std::string user = call->user.id();
    web_settings web = call->site->web;
    web.accepts = [user](const std::string& whose) { return is_of_user(whose, user); };
    login_callback came = answer_in(*call);
    const std::string state =
        came.posted() ? state_of_form(came.form().reveal()) : state_of(call->request->target());
    std::string binding =
        cookie_of_login(*call->site, state).find(call->request->field("Cookie"), false);
    auto of = co_await integration_of_login(state);
    auto done = co_await complete_login(came, binding, web, call->settings);
    if (!done)
    {
        std::string again;
        failure wrong = done.error();
        co_await showable(wrong);
        if (of && !of->empty())
        {
            auto kept = co_await load_integration(*of, user);
            if (kept && kept->at != 0)
                again = call->page_of(*of);
        }
        co_return failed(*call, wrong, "Not connected", again);
    }
    // "ID" or "ID popup", as connect_integration() has given it.
    std::string id = done->return_to.substr(0, done->return_to.find(' '));
    const bool popup = done->return_to.size() != id.size();
    const token_set& tokens = done->granted.tokens;
    const auto now = time->wall;
    // What was stored is of nobody before this is noted.
    co_await commit_section(true);
    const integration_change adjust = [&](integration& kept) {
        connected(kept, now);
        take_issuer(kept, done->granted.found.server.issuer);
        kept.granted_scope = tokens.scope;
        kept.ends_at.reset();
        if (tokens.refresh_token.empty())
            kept.ends_at = tokens.expires_at;
    };
    auto changed = co_await change_integration(id, user, adjust);
    if (!changed || changed->at == 0)
    {
        // Disconnected meanwhile: nobody would ever use or end this login.
        auto orphan = std::make_shared<session_memory>(
            done->granted,
            login_params(done->granted.found.requested.str()).user(done->granted.user)
        );
        (void)co_await logout(orphan, logout_params(), call->settings);
        co_await commit_section(false);
        if (!changed)
            co_return failed(*call, changed.error(), "Not connected");
        co_return not_found(*call);
    }
    co_await commit_section(false);
    (void)co_await prolong_icon(id);
    hub_answer out(see_other(call->page_of(id) + (popup ? "?popup=1" : "")));
    out.list_tools_of = id;
    out.changed = true;
    co_return out;
}

} // namespace asioauth::detail
