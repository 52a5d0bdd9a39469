// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How an integration is added, logged in to, and left.

#include "hub/routes.hpp"
#include "protocol/registration_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace asioauth::detail {
namespace {

namespace json = boost::json;

// What a user looks at and leaves is soon gone, and until then it does not fill the store.
constexpr std::size_t most_drafts = 20;

// People type host names.
std::string address_typed(std::string typed)
{
    const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!typed.empty() && space(typed.back()))
        typed.pop_back();
    typed.erase(typed.begin(), std::find_if_not(typed.begin(), typed.end(), space));
    if (!typed.empty() && typed.find("://") == std::string::npos)
        typed = "https://" + typed;
    return typed;
}

flow<hub_answer> typed_wrong(hub_call_ptr call, failure f)
{
    co_await showable(f);
    if (call->json)
        co_return failed(*call, f, "");
    auto all = co_await list_integrations(call->user.id());
    if (!all)
        co_return failed(*call, all.error(), "The list cannot be shown");
    const std::string typed = presentable(call->fields.get("url"), 2'048);
    co_return hub_answer(
        page_response(status_for(f.code()), list_page(call->view(), *all, typed, page_notice(f)))
    );
}

bool is_allowed(const hub_call& call, const url& where, const std::string& issuer)
{
    return is_allowed(*call.site, call.user, where, issuer);
}

// Another name than those that are there.
std::string free_name(const std::string& wanted, const std::vector<integration>& all)
{
    const auto taken = [&](const std::string& name) {
        return std::any_of(all.begin(), all.end(), [&](const auto& i) { return i.name == name; });
    };
    std::string out = wanted;
    for (int n = 2; taken(out); ++n)
        out = wanted + " (" + std::to_string(n) + ")";
    return out;
}

discover_params discovery_of(const hub_call& call, const url& where)
{
    discover_params out(where.str());
    call.site->allow_networks(out);
    return out;
}

// Has the servers that the policy refuses left out, so that they are not even asked.
flow_settings
policed(const hub_call_ptr& call, const url& where, const std::shared_ptr<bool>& refused)
{
    flow_settings out = call->settings;
    out.choose_server = [call, where, refused, choose = call->settings.choose_server](
                            const url& resource, const std::vector<std::string>& listed
                        ) {
        auto chosen = choose ? choose(resource, listed) : listed;
        const auto gone = std::erase_if(chosen, [&](const auto& issuer) {
            return !is_allowed(*call, where, issuer);
        });
        *refused = gone != 0 && chosen.empty();
        return chosen;
    };
    return out;
}

// Nothing if it may be asked for.
std::optional<failure> wrong_scope(const std::string& scope)
{
    if (scope.empty() || is_scope(scope))
        return std::nullopt;
    failure out(errc::invalid_argument);
    out.message("The permissions to ask for are no names with spaces between them.");
    return out;
}

failure too_many()
{
    failure out(errc::invalid_argument);
    out.message("You have as many integrations as are allowed here.");
    out.hint("Disconnect one of them first.");
    return out;
}

bool is_draft(const integration& i)
{
    return i.state == integration_state::added;
}

bool is_full(const hub_call& call, const std::vector<integration>& all)
{
    // What a store lists at once.
    constexpr std::size_t most = 1'000 - most_drafts;
    const auto connected =
        all.size() - static_cast<std::size_t>(std::count_if(all.begin(), all.end(), &is_draft));
    return connected >= std::min(call.site->settings.most_integrations(), most);
}

// The oldest make room.
flow<nothing> make_room(hub_call_ptr call, std::vector<integration> all)
{
    std::erase_if(all, [](const auto& i) { return !is_draft(i); });
    for (std::size_t n = 0; n + most_drafts <= all.size(); ++n)
    {
        auto gone = co_await drop_integration(call->site, all[n].id, call->user.id());
        if (!gone)
            co_return gone.error();
    }
    co_return nothing();
}

// The login of a server that needs none any more.
flow<nothing> end_login(hub_call_ptr call, integration i)
{
    auto session = co_await open_integration(call->site, i, call->settings);
    if (session)
        (void)co_await logout(*session, logout_params(), call->settings);
    call->site->sessions.forget(session_name(i));
    co_return nothing();
}

// What was found, as far as it is kept.
void take_over(integration& i, const discovery& found, const flow_settings& settings)
{
    i.needs_login = found.login != login_support::none;
    if (!i.needs_login)
        return;
    take_issuer(i, found.server.issuer);
    if (i.scope.empty())
        i.scope = select_scope(found, "");
    const auto& own = settings.pre_registered;
    const bool by_hand = std::any_of(own.begin(), own.end(), [&](const registration& r) {
        return r.issuer == found.server.issuer;
    });
    const auto way =
        choose_registration_source(found, by_hand, !settings.client_metadata_url.empty());
    i.needs_client = way == registration_source::none;
}

// The client of the user's own. An empty identifier gives it up; a secret that is not typed again stays
// with its identifier.
void take_client(integration& i, const hub_call& call)
{
    if (!call.fields.has("client_id"))
        return;
    const std::string& id = call.fields.get("client_id");
    const std::string& own_secret = call.fields.get("client_secret");
    if (id.empty() || id != i.client_id || !own_secret.empty())
        i.client_secret = id.empty() ? secret() : secret(own_secret);
    i.client_id = id;
    i.redirect_uri = id.empty() ? std::string() : call.site->callback();
}

// The page of the authorization server. No redirect: browsers apply the policy of the page with the
// form to where it leads.
hub_answer on_to(const hub_call& call, const integration& i, const begun_flow& begun)
{
    const std::string set_cookie = cookie_of_login(*call.site, state_of(begun.where.str()))
                                       .set(begun.binding, false, call.site->web.login_timeout);
    if (call.json)
    {
        json::object out;
        out["version"] = 1;
        out["location"] = begun.where.str();
        http_response r = json_response(200, out);
        r.field("Set-Cookie", set_cookie);
        return r;
    }
    http_response r = page_response(200, leaving_page(call.view(), i, begun.where));
    r.field("Refresh", "0;url=" + begun.where.str());
    r.field("Set-Cookie", set_cookie);
    return r;
}

// The user has decided about another server than the one that the login would be at.
failure logs_in_elsewhere(const integration& seen, const discovery& found)
{
    failure out(errc::authorization_server_changed);
    out.where(stage::server_metadata).url(seen.resource.without_query());
    out.message(
        (seen.issuer.empty() ? "No login was needed when it was looked at"
                             : "You were shown " + presentable(seen.issuer, 256))
        + "; now it sends you to " + presentable(found.server.issuer, 256) + "."
    );
    return out;
}

// What was wanted did not work; the page that it was wanted on, and why.
hub_answer still_there(const hub_call& call, const integration& i, const failure& wrong)
{
    const bool decides = i.state == integration_state::added;
    // The page of an integration says by itself what is kept of it.
    const page_notice notice = decides || i.problem.empty() ? page_notice(wrong) : page_notice();
    return page_response(
        status_for(wrong.code()),
        decides ? preview_page(call.view(), i, notice) : integration_page(call.view(), i, notice)
    );
}

flow<hub_answer> connect_at_once(hub_call_ptr call, integration i)
{
    const auto refused = std::make_shared<bool>(false);
    const discover_params wanted = discovery_of(*call, i.resource);
    const flow_settings settings = policed(call, i.resource, refused);
    auto found = co_await discover(wanted, settings);
    failure wrong;
    if (!found)
        wrong = *refused ? not_by_policy(i.resource) : found.error();
    else if (found->login != login_support::none)
        wrong = failure(errc::login_required).where(stage::probe);
    co_await showable(wrong);
    const auto now = call->now;
    const integration_change adjust = [&](integration& kept) {
        if (!wrong.code())
            return connected(kept, now);
        if (found)
            take_over(kept, *found, call->settings);
        if (kept.state != integration_state::added)
        {
            kept.state = integration_state::failed;
            kept.problem = integration_problem(wrong);
        }
    };
    auto changed = co_await change_integration(i.id, call->user.id(), adjust);
    if (!changed)
        co_return failed(*call, changed.error(), "It could not be connected");
    if (changed->at == 0)
        co_return not_found(*call); // disconnected meanwhile
    if (wrong.code() && !call->json)
        co_return still_there(*call, changed->value, wrong);
    if (wrong.code())
        co_return failed(*call, wrong, "It could not be connected");
    (void)co_await prolong_icon(i.id);
    hub_answer out(see_other(call->page_of(i.id)));
    if (call->json)
        out = integration_response(200, *call->site, changed->value, now);
    out.list_tools_of = i.id;
    out.changed = true;
    co_return out;
}

// A number that is in the identifier of nobody else.
std::string identifier_from(const random_octets& random)
{
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::size_t octets = 16;
    std::string out;
    for (std::size_t n = 0; n != octets; ++n)
    {
        out += digits[random[n] >> 4U];
        out += digits[random[n] & 15U];
    }
    return out;
}

} // namespace

flow<hub_answer> add_integration(hub_call_ptr call)
{
    auto where = url::parse(address_typed(call->fields.get("url")));
    if (where && where->has_fragment())
        where = failure(errc::url_has_fragment);
    if (!where)
        co_return co_await typed_wrong(call, where.error());
    if (!is_allowed(*call, *where, ""))
        co_return co_await typed_wrong(call, not_by_policy(*where));
    if (const auto wrong = wrong_scope(call->fields.get("scope")))
        co_return co_await typed_wrong(call, *wrong);
    auto all = co_await list_everything(call->user.id());
    if (!all)
        co_return failed(*call, all.error(), "It could not be added");
    if (is_full(*call, *all))
        co_return co_await typed_wrong(call, too_many());
    const auto refused = std::make_shared<bool>(false);
    const discover_params wanted = discovery_of(*call, *where);
    const flow_settings settings = policed(call, *where, refused);
    auto found = co_await discover(wanted, settings);
    if (!found)
    {
        const failure why = *refused ? not_by_policy(*where) : found.error();
        co_return co_await typed_wrong(call, why);
    }
    auto random = co_await act::random();
    if (!random)
        co_return failed(*call, random.error(), "It could not be added");
    integration i;
    i.id = identifier_from(*random);
    i.user = call->user.id();
    i.resource = *where;
    i.added_at = call->now;
    i.scope = call->fields.get("scope");
    take_over(i, *found, call->settings);
    take_client(i, *call);
    describe_params looks(i.resource.str());
    looks.found(std::move(*found));
    auto looked = co_await described(i, std::move(looks), call->settings);
    if (!looked)
        co_return failed(*call, looked.error(), "It could not be added");
    i = std::move(*looked);
    i.name = free_name(i.title.empty() ? where->authority() : i.title, *all);
    auto room = co_await make_room(call, std::move(*all));
    if (!room)
        co_return failed(*call, room.error(), "It could not be added");
    std::optional<record> value;
    value = make_record(i);
    auto stored = co_await act::commit(integration_key(i.id), 0, std::move(value));
    if (!stored)
        co_return failed(*call, stored.error(), "It could not be added");
    if (!call->json)
        co_return hub_answer(see_other(call->page_of(i.id)));
    http_response r = integration_response(201, *call->site, i, call->now);
    r.field("Location", call->page_of(i.id));
    co_return hub_answer(r);
}

flow<hub_answer> connect_integration(hub_call_ptr call, integration i)
{
    if (!is_allowed(*call, i.resource, "")
        || (!i.issuer.empty() && !is_allowed(*call, i.resource, i.issuer)))
        co_return failed(*call, not_by_policy(i.resource), "It could not be connected");
    if (const auto wrong = wrong_scope(call->fields.get("scope")))
        co_return failed(*call, *wrong, "It could not be connected");
    if (is_draft(i))
    {
        auto all = co_await list_everything(call->user.id());
        if (!all)
            co_return failed(*call, all.error(), "It could not be connected");
        if (is_full(*call, *all))
            co_return failed(*call, too_many(), "It could not be connected");
    }
    if (!i.needs_login)
        co_return co_await connect_at_once(call, std::move(i));
    if (call->fields.has("client_id") || !call->fields.get("scope").empty())
    {
        const integration_change adjust = [&](integration& kept) {
            take_client(kept, *call);
            if (!call->fields.get("scope").empty())
                kept.scope = call->fields.get("scope");
        };
        auto changed = co_await change_integration(i.id, call->user.id(), adjust);
        if (!changed)
            co_return failed(*call, changed.error(), "The login could not be begun");
        if (changed->at == 0)
            co_return not_found(*call);
        i = std::move(changed->value);
    }
    begin_params params(i.resource.str());
    call->site->allow_networks(params);
    const bool more = call->fields.get("more") == "1";
    params.scope(more ? union_of_scopes(i.granted_scope, i.needed_scope) : i.scope);
    params.return_to(call->fields.get("popup") == "1" ? i.id + " popup" : i.id);
    const auto refused = std::make_shared<bool>(false);
    std::string binding = call->site->cookie.to_keep(call->request->field("Cookie"), false);
    web_settings web = call->site->web;
    web.documents = call->site->documents_of(call->settings);
    const std::string user = grant_user(i);
    const flow_settings settings = settings_for(i, policed(call, i.resource, refused));
    auto begun = co_await begin_login(user, params, std::move(binding), web, settings);
    if (begun && begun->where.empty())
    {
        (void)co_await end_login(call, i);
        i.needs_login = false;
        const integration_change adjust = [](integration& kept) { kept.needs_login = false; };
        auto changed = co_await change_integration(i.id, call->user.id(), adjust);
        if (!changed)
            co_return failed(*call, changed.error(), "It could not be connected");
        co_return co_await connect_at_once(call, std::move(i));
    }
    const bool as_shown = begun && begun->found.server.issuer == i.issuer;
    if (as_shown)
        co_return on_to(*call, i, *begun);
    failure wrong;
    if (begun)
        wrong = logs_in_elsewhere(i, begun->found);
    else
        wrong = *refused ? not_by_policy(i.resource) : begun.error();
    co_await showable(wrong);
    const integration_change adjust = [&](integration& kept) {
        if (begun)
            return take_over(kept, begun->found, call->settings);
        kept.needs_client = kept.needs_client || wrong.code() == errc::client_information_required;
        if (kept.state == integration_state::added || kept.state == integration_state::connected)
            return;
        kept.state = integration_state::failed;
        kept.problem = integration_problem(wrong);
    };
    auto noted = co_await change_integration(i.id, call->user.id(), adjust);
    if (noted && noted->at != 0 && !call->json)
        co_return still_there(*call, noted->value, wrong);
    co_return failed(*call, wrong, "The login could not be begun");
}

namespace {

flow<hub_answer> not_disconnected(hub_call_ptr call, failure f)
{
    co_await showable(f);
    co_return failed(*call, f, "It could not be disconnected");
}

} // namespace

flow<hub_answer> disconnect_integration(hub_call_ptr call, integration i)
{
    logout_outcome told;
    if (i.needs_login && i.state != integration_state::added)
    {
        auto session = co_await open_integration(call->site, i, call->settings);
        if (session)
        {
            auto out = co_await logout(*session, logout_params(), call->settings);
            if (!out)
                co_return co_await not_disconnected(call, out.error());
            told = *out;
        }
        else if (session.error().code() != errc::login_required)
            co_return co_await not_disconnected(call, session.error());
    }
    auto gone = co_await drop_integration(call->site, i.id, call->user.id());
    if (!gone)
        co_return failed(*call, gone.error(), "It could not be disconnected");
    hub_answer out(see_other(call->site->at("/")));
    if (call->json)
    {
        json::object o;
        o["version"] = 1;
        o["disconnected"] = true;
        o["revoked"] = told.refresh_token_revoked || told.access_token_revoked;
        out = json_response(200, o);
    }
    out.changed = true;
    co_return out;
}

} // namespace asioauth::detail
