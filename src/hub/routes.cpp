// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/routes.hpp"

#include "hub/user_places.hpp"

#include <asioauth/protocol/client_metadata_document.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace asioauth::detail {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_name = 120;

hub_answer not_allowed(std::string_view methods)
{
    http_response out = text_response(405, "This address does not take this method.");
    out.field("Allow", methods);
    return out;
}

hub_answer refused(
    const hub_call& call,
    int status,
    std::string_view code,
    std::string_view text,
    std::string_view hint
)
{
    if (!call.json)
        return page_response(
            status,
            message_page(
                *call.site, "This did not work", page_notice(std::string(text), std::string(hint))
            )
        );
    return error_response(status, code, text, hint);
}

flow<hub_answer> show_list(hub_call_ptr call)
{
    auto all = co_await list_integrations(call->user.id());
    if (!all)
        co_return failed(*call, all.error(), "The list cannot be shown");
    if (call->json)
    {
        json::object out;
        out["version"] = 1;
        out["csrf"] = form_token(call->key, call->user);
        out["callback_url"] = call->site->callback();
        json::array each;
        for (const auto& i : *all)
            each.emplace_back(object_of(*call->site, i, call->now));
        out["integrations"] = std::move(each);
        co_return hub_answer(json_response(200, out));
    }
    const hub_fields query = read_query(call->target.query);
    co_return hub_answer(page_response(
        200, list_page(call->view(), *all, presentable(query.get("url"), 2'048), page_notice())
    ));
}

hub_answer show(const hub_call& call, const integration& i, int status = 200)
{
    if (call.json)
        return integration_response(status, *call.site, i, call.now);
    if (i.state == integration_state::added)
        return page_response(status, preview_page(call.view(), i, page_notice()));
    const hub_fields query = read_query(call.target.query);
    if (query.get("popup") == "1" && i.state == integration_state::connected)
        return page_response(status, popup_page(call.view(), i));
    return page_response(status, integration_page(call.view(), i, page_notice()));
}

flow<hub_answer> rename(hub_call_ptr call, integration i)
{
    const std::string name = presentable(call->fields.get("name"), longest_name);
    if (name.empty())
        co_return refused(
            *call, 400, "name_missing", "A name is needed.", "Type one and try again."
        );
    const integration_change adjust = [&](integration& now) { now.name = name; };
    auto changed = co_await change_integration(i.id, call->user.id(), adjust);
    if (!changed)
        co_return failed(*call, changed.error(), "It could not be renamed");
    if (changed->at == 0)
        co_return not_found(*call); // disconnected meanwhile
    hub_answer out(see_other(call->page_of(i.id)));
    if (call->json)
        out = show(*call, changed->value);
    out.changed = true;
    co_return out;
}

flow<hub_answer> list_again(hub_call_ptr call, integration i)
{
    auto listed =
        co_await list_integration_tools(call->site, i.id, call->user.id(), call->settings);
    if (!listed)
    {
        failure wrong = listed.error();
        co_await showable(wrong);
        // The page says what is wrong, and what to do about it, if it is about the integration.
        auto kept = co_await load_integration(i.id, call->user.id());
        const bool told = kept && kept->at != 0 && !call->json
            && kept->value.state != integration_state::connected;
        hub_answer out = told ? see_other(call->page_of(i.id))
                              : failed(*call, wrong, "The tools could not be listed");
        out.changed = true;
        co_return out;
    }
    hub_answer out(see_other(call->page_of(i.id)));
    if (call->json)
    {
        auto kept = co_await load_integration(i.id, call->user.id());
        if (!kept)
            co_return failed(*call, kept.error(), "The tools could not be listed");
        if (kept->at == 0)
            co_return not_found(*call);
        out = show(*call, kept->value);
    }
    out.changed = true;
    co_return out;
}

// What is below /integrations/{id}.
flow<hub_answer> with_integration(hub_call_ptr call)
{
    const auto& parts = call->target.segments;
    const std::string& method = call->request->method();
    auto kept = co_await load_integration(parts[1], call->user.id());
    if (!kept)
        co_return failed(*call, kept.error(), "It cannot be shown");
    if (kept->at == 0)
        co_return not_found(*call);
    integration i = std::move(kept->value);
    if (parts.size() == 2)
    {
        if (method == "DELETE")
            co_return co_await disconnect_integration(call, std::move(i));
        if (method != "GET")
            co_return not_allowed("GET, DELETE");
        co_return show(*call, i);
    }
    if (parts.size() != 3)
        co_return not_found(*call);
    const std::string& what = parts[2];
    const bool known =
        what == "connect" || what == "rename" || what == "tools" || what == "disconnect";
    if (!known)
        co_return not_found(*call);
    if (method != "POST")
    {
        // As after a reload of the page that followed a form.
        if (method == "GET")
            co_return hub_answer(see_other(call->page_of(i.id)));
        co_return not_allowed("POST");
    }
    if (what == "connect")
        co_return co_await connect_integration(call, std::move(i));
    if (what == "disconnect")
        co_return co_await disconnect_integration(call, std::move(i));
    if (i.state == integration_state::added)
        co_return not_found(*call);
    if (what == "rename")
        co_return co_await rename(call, std::move(i));
    co_return co_await list_again(call, std::move(i));
}

flow<hub_answer> show_icon(hub_call_ptr call)
{
    const auto& parts = call->target.segments;
    if (parts.size() != 2)
        co_return not_found(*call);
    const std::string id = parts[1].substr(0, parts[1].find('-'));
    auto whose = co_await load_integration(id, call->user.id());
    if (!whose)
        co_return failed(*call, whose.error(), "The picture cannot be shown");
    if (whose->at == 0 || whose->value.icon != parts[1])
        co_return not_found(*call);
    auto kept = co_await act::load(icon_key(id));
    if (!kept)
        co_return failed(*call, kept.error(), "The picture cannot be shown");
    if (kept->at == 0)
        co_return not_found(*call);
    co_return hub_answer(icon_response(kept->value.document.reveal()));
}

// A document for all servers that say whom their answers are from, and one for each that does not.
constexpr std::string_view documents_path = "/client-metadata";

// Nothing if it is none of these: else the tag of the issuer, or an empty text.
std::optional<std::string> document_asked_for(const hub_site& site, const std::string& target)
{
    constexpr std::string_view ending = ".json";
    std::string_view rest = target;
    const std::string beginning = site.at(documents_path);
    if (!rest.starts_with(beginning) || !rest.ends_with(ending)
        || rest.size() < beginning.size() + ending.size())
        return std::nullopt;
    rest.remove_prefix(beginning.size());
    rest.remove_suffix(ending.size());
    if (rest.empty())
        return std::string();
    if (rest.front() != '/' || rest.size() - 1 != issuer_tag(std::string()).size()
        || rest.find_first_of("/?.%", 1) != std::string_view::npos)
        return std::nullopt;
    return std::string(rest.substr(1));
}

hub_answer
client_metadata(const hub_site& site, const std::string& tag, const flow_settings& settings)
{
    client_profile profile = settings.profile;
    profile.add_redirect_uri(site.callback() + (tag.empty() ? "" : "/" + tag));
    std::string where = settings.client_metadata_url;
    if (!tag.empty())
        where = site.documents_of(settings) + "/" + tag + ".json";
    auto document = make_client_metadata_document(where, profile);
    if (!document)
        return text_response(404, "There is no client metadata document here.");
    http_response out(200, std::move(*document));
    out.field("Content-Type", "application/json");
    out.field("Cache-Control", "public, max-age=300");
    out.field("X-Content-Type-Options", "nosniff");
    return out;
}

hub_answer forged(const hub_call& call)
{
    return refused(
        call,
        403,
        "form_expired",
        "This form is not of your session any more.",
        "Go back, load the page again, and repeat what you did."
    );
}

// Whether other servers are asked because a user says so. One who leaves, or comes back from a login,
// is not kept from it.
bool has_servers_asked(const hub_call& call)
{
    const auto& parts = call.target.segments;
    if (call.request->method() != "POST" || parts.empty() || parts[0] != "integrations")
        return false;
    return parts.size() == 1
        || (parts.size() == 3 && (parts[2] == "connect" || parts[2] == "tools"));
}

flow<hub_answer> routed(hub_call_ptr call)
{
    const auto& parts = call->target.segments;
    const std::string& method = call->request->method();
    if (parts.empty())
    {
        if (method != "GET")
            co_return not_allowed("GET");
        co_return co_await show_list(call);
    }
    if (parts[0] == "integrations" && parts.size() == 1)
    {
        if (method == "POST")
            co_return co_await add_integration(call);
        if (method == "GET" && call->json)
            co_return co_await show_list(call);
        if (method == "GET")
            co_return hub_answer(see_other(call->site->at("/")));
        co_return not_allowed("GET, POST");
    }
    if (parts[0] == "integrations")
        co_return co_await with_integration(call);
    if (parts[0] == "icons" && method == "GET")
        co_return co_await show_icon(call);
    if (parts[0] == "events" && parts.size() == 1 && method == "GET")
    {
        // It costs something for as long as it is open.
        if (!call->user.by_credential() && is_from_another_site(*call->request, call->site->origin))
            co_return forged(*call);
        hub_answer out;
        out.watches = true;
        co_return out;
    }
    co_return not_found(*call);
}

// For machines that collect them: no user has to be signed in, and being one is not enough.
hub_answer metrics_for(const hub_site& site, const hub_request& request, const hub_user& user)
{
    constexpr std::size_t shortest_token = 16;
    constexpr std::string_view scheme = "Bearer ";
    const secret& token = site.settings.metrics_token();
    const auto& allow = site.settings.allow_metrics();
    const auto shown = request.field("Authorization");
    const bool known = token.size() >= shortest_token && shown.starts_with(scheme)
        && secret(shown.substr(scheme.size())) == token;
    if (!known && !(allow && allow(request, user)))
    {
        http_response out = text_response(401, "The metrics are for whoever shows their token.");
        out.field("WWW-Authenticate", "Bearer");
        return out;
    }
    if (request.method() != "GET")
        return not_allowed("GET");
    hub_answer out;
    out.measures = true;
    return out;
}

// Where the resource's own path goes on.
std::string rest_of(const hub_target& target)
{
    // "/use/" and the identifier are of known length.
    constexpr std::size_t own = 5 + 32;
    std::string out = target.path.substr(std::min(own, target.path.size()));
    if (!target.query.empty())
        out += "?" + target.query;
    return out;
}

} // namespace

hub_site::hub_site(hub_settings given)
    : settings(std::move(given))
    , cookie(std::string(), settings.base_url().starts_with("http:"))
    , looks(std::make_shared<user_places>())
    , calls(std::make_shared<user_places>())
    , streams(std::make_shared<user_places>())
{
    std::string base = settings.base_url();
    while (!base.empty() && base.back() == '/')
        base.pop_back();
    const auto parsed = url::parse(base);
    const bool good = parsed && !parsed->has_query() && !parsed->has_fragment()
        && (parsed->is_https() || parsed->host_is_loopback());
    if (!good)
    {
        failure wrong(errc::redirect_uri_invalid);
        wrong.where(stage::listener)
            .message("The hub's base URL has to be https, or http on loopback, without a query.");
        usable = wrong;
        return;
    }
    origin = parsed->origin();
    prefix = parsed->path();
    web.redirect_uri = base + "/callback";
    web.login_timeout = bounded(settings.login_timeout());
    web.form_post = settings.form_post();
}

hub_answer
failed(const hub_call& call, const failure& f, std::string_view title, std::string_view again)
{
    const int status = status_for(f.code());
    if (call.json)
        return json_response(status, error_object(f));
    return page_response(status, message_page(*call.site, title, page_notice(f), again));
}

hub_answer not_found(const hub_call& call)
{
    return refused(
        call,
        404,
        "not_found",
        "There is nothing here.",
        "It may have been disconnected, or not be yours."
    );
}

flow<hub_answer> answer_request(
    std::shared_ptr<hub_site> site, hub_request request, hub_user user, flow_settings settings
)
{
    if (!site->usable)
        co_return site->usable.error();
    // For authorization servers.
    const auto document = document_asked_for(*site, request.target());
    if (document && request.method() == "GET")
        co_return client_metadata(*site, *document, settings);
    auto target = split_target(request.target(), site->prefix);
    // The answer of an authorization server comes from another site.
    const bool comes_back = target && is_callback(*target);
    if (comes_back && request.method() == "POST")
    {
        if (request.body().size() > longest_form)
            co_return hub_answer(text_response(413, "This is too long."));
        if (auto relayed = relay_answer(*site, request))
            co_return std::move(*relayed);
    }
    const bool measured =
        !site->settings.metrics_token().empty() || site->settings.allow_metrics() != nullptr;
    if (measured && target && target->segments.size() == 1 && target->segments[0] == "metrics")
        co_return metrics_for(*site, request, user);
    if (user.id().empty())
        co_return hub_answer(text_response(401, "Sign in first."));
    const auto call =
        std::make_shared<hub_call>(site, std::move(request), std::move(user), std::move(settings));
    const hub_request& r = *call->request;
    call->json = wants_json(r);
    if (!target)
        co_return not_found(*call);
    if (target->path.empty())
        co_return hub_answer(see_other(site->at("/")));
    call->target = std::move(*target);
    const auto& parts = call->target.segments;
    if (parts.size() == 2 && parts[0] == "assets")
    {
        if (parts[1] == "hub.css")
            co_return hub_answer(asset_response("text/css; charset=utf-8", style_sheet()));
        if (parts[1] == "hub.js")
            co_return hub_answer(asset_response("text/javascript; charset=utf-8", script()));
        if (parts[1] == "hub.svg")
            co_return hub_answer(asset_response("image/svg+xml", picture()));
        co_return not_found(*call);
    }
    if (comes_back && (r.method() == "GET" || r.method() == "POST"))
        co_return co_await finish_login(call);

    auto key = co_await form_key_of(site);
    if (!key)
        co_return failed(*call, key.error(), "The page cannot be shown");
    call->key = std::move(*key);
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    call->now = time->wall;

    const bool is_use = parts.size() >= 2 && parts[0] == "use";
    const bool shown =
        call->user.by_credential() || is_form_token(call->key, call->user, r.field("X-CSRF-Token"));
    if (is_use)
    {
        call->json = true;
        // Also for reading: what comes back is somebody else's page.
        if (!shown || (!call->user.by_credential() && is_from_another_site(r, site->origin)))
            co_return forged(*call);
        co_return co_await forward(
            site, call->request, call->user, parts[1], rest_of(call->target), call->settings
        );
    }
    if (r.body().size() > longest_form)
        co_return refused(*call, 413, "request_too_large", "This is too long.", "Send less.");
    if (changes_something(r.method()))
    {
        auto fields = read_body(r);
        if (!fields)
            co_return refused(
                *call,
                400,
                "request_invalid",
                "The request is neither a form nor a JSON object of texts.",
                "Send application/x-www-form-urlencoded or application/json."
            );
        call->fields = std::move(*fields);
        const bool in_form = is_form_token(call->key, call->user, call->fields.get("csrf"));
        if (!call->user.by_credential()
            && ((!shown && !in_form) || is_from_another_site(r, site->origin)))
            co_return forged(*call);
    }
    std::shared_ptr<user_places::place> place; // until the answer is there
    if (has_servers_asked(*call))
    {
        place = site->looks->take(call->user.id(), site->settings.most_looks());
        if (!place)
            co_return refused(
                *call,
                429,
                "too_many_at_once",
                "As many servers are being asked for you as may be at once.",
                "Wait until one of them has answered, and try again."
            );
    }
    co_return co_await routed(call);
}

flow<std::string> current_badges(std::shared_ptr<hub_site> /*site*/, std::string user)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    auto all = co_await list_integrations(std::move(user));
    if (!all)
        co_return all.error();
    co_return badges_of(*all, time->wall);
}

} // namespace asioauth::detail
