// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "flow/flows.hpp"
#include "protocol/display_text.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/image_type.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asioauth::detail {
namespace {

// A picture to try, and who named it.
class named_icon
{
public:
    named_icon(icon_candidate i, profile_source s) : icon(std::move(i)), by(s) {}

    icon_candidate icon;
    profile_source by;
};

// What the parts of one description share.
class draft
{
public:
    provider_profile profile;
    url typed;
    address_policy policy; // of the URL that the user typed
    std::vector<named_icon> icons;
    ticket late = 0;        // the end of the time for everything
    bool time_over = false; // then what is there is the answer
};

// Permission to reach this machine comes from the user's URL and goes no further than to places on
// this machine that were named by a place on it; see make_icon_candidate().
address_policy policy_for(const draft& d, const url& where)
{
    address_policy out = d.policy;
    out.allow_loopback(d.policy.loopback_allowed() && where.host_is_loopback());
    return out;
}

// Failures that end the description, since they are the caller's: everything else is left out.
bool ends_all(const failure& f)
{
    return f.code() == condition::cancelled || f.code() == errc::client_closed
        || f.code() == errc::invalid_argument;
}

// Send, unless the time for everything is over.
flow<http_response> fetch_in_time(std::shared_ptr<draft> d, http_request request)
{
    if (d->time_over)
        co_return failure(errc::deadline_exceeded);
    const ticket mine = co_await start(act::send(stage::description, std::move(request)));
    arrival came = co_await next_arrival();
    if (came.which == d->late)
    {
        d->time_over = true;
        co_await stop_others();
        co_return failure(errc::deadline_exceeded);
    }
    if (!came.answer)
        co_return came.answer.error();
    if (came.which != mine)
        co_return failure(errc::internal_error);
    auto* response = std::get_if<http_response>(&*came.answer);
    if (response == nullptr)
        co_return failure(errc::internal_error);
    co_return std::move(*response);
}

void offer_title(provider_profile& p, std::string_view text, profile_source by)
{
    if (!p.title.empty())
        return;
    p.title = display_text(text, title_size);
    p.title_source = p.title.empty() ? profile_source::none : by;
}

void offer_description(provider_profile& p, std::string_view text, profile_source by)
{
    if (!p.description.empty())
        return;
    p.description = display_text(text, description_size);
    p.description_source = p.description.empty() ? profile_source::none : by;
}

// A page for people; never one on this machine, which is another one for each of them.
void offer_page(url& place, std::string_view text)
{
    if (!place.empty() || text.empty())
        return;
    auto parsed = url::parse(text);
    if (parsed && parsed->is_https() && !parsed->host_is_loopback())
        place = *std::move(parsed);
}

void offer_icon(draft& d, std::optional<icon_candidate> c, profile_source by)
{
    if (c)
        d.icons.emplace_back(*std::move(c), by);
}

void add_identity(draft& d, const server_identity& who)
{
    constexpr auto by = profile_source::server_identity;
    offer_title(d.profile, who.title(), by);
    offer_title(d.profile, who.name(), by);
    offer_description(d.profile, who.description(), by);
    offer_page(d.profile.website, who.website_url());
    std::size_t taken = 0;
    for (const server_icon& i : who.icons())
    {
        if (++taken > limits::icon_candidates)
            break;
        offer_icon(
            d,
            make_icon_candidate(
                icon_relation::declared, i.source(), i.mime_type(), i.sizes(), d.typed
            ),
            by
        );
    }
}

// Where a logo may be. The document may come from anywhere, so that its naming a place on this machine
// counts for nothing, unless it is where the user pointed.
std::optional<icon_candidate> logo(const draft& d, const std::string& where)
{
    auto c = make_icon_candidate(icon_relation::declared, where, "", "", d.typed);
    if (c && c->where.host_is_loopback() && !same_origin(c->where, d.typed))
        return std::nullopt;
    return c;
}

void add_resource(draft& d, const resource_metadata& m)
{
    constexpr auto by = profile_source::resource_metadata;
    offer_title(d.profile, m.resource_name, by);
    offer_page(d.profile.documentation, m.resource_documentation);
    offer_page(d.profile.policy, m.resource_policy_uri);
    offer_page(d.profile.tos, m.resource_tos_uri);
    offer_icon(d, logo(d, m.logo_uri), by);
}

void add_server(draft& d, const server_metadata& m)
{
    offer_page(d.profile.documentation, m.service_documentation);
    offer_page(d.profile.policy, m.op_policy_uri);
    offer_page(d.profile.tos, m.op_tos_uri);
    offer_icon(d, logo(d, m.logo_uri), profile_source::server_metadata);
}

// The documents at their well-known places, as far as they can be had: unlike discover(), which a
// login depends on, this goes on after every failure.
flow<nothing> look_for_metadata(std::shared_ptr<draft> d, const flow_settings& settings)
{
    std::vector<std::string> listed{d->typed.origin()};
    const auto places = plan_resource_metadata(d->typed, "");
    for (const candidate& c : places)
    {
        http_request get = make_metadata_request(c.where, policy_for(*d, c.where));
        auto response = co_await fetch_in_time(d, std::move(get));
        if (!response && ends_all(response.error()))
            co_return response.error();
        if (!response)
            continue;
        auto document =
            read_resource_metadata(*response, d->typed, policy_for(*d, c.where), c.where);
        if (!document)
            continue;
        add_resource(*d, *document);
        if (!document->authorization_servers.empty())
            listed = document->authorization_servers;
        break;
    }
    const auto issuers = chosen_servers(d->typed, listed, settings);
    if (issuers.empty())
        co_return nothing(); // the program wants none of them asked
    const std::string& issuer = issuers.front();
    const auto where = issuer_url(issuer, d->policy);
    if (!where)
        co_return nothing();
    const auto* provider = settings.providers.find(issuer);
    const auto candidates = plan_server_metadata(*where);
    for (const candidate& c : candidates)
    {
        http_request get = make_metadata_request(c.where, policy_for(*d, c.where));
        auto response = co_await fetch_in_time(d, std::move(get));
        if (!response && ends_all(response.error()))
            co_return response.error();
        if (!response)
            continue;
        auto document = read_server_metadata(*response, issuer, policy_for(*d, c.where), provider);
        if (!document)
            continue;
        add_server(*d, *document);
        break;
    }
    co_return nothing();
}

bool is_html(const http_response& response)
{
    const std::string type = lower_case(response.field("Content-Type"));
    return type.empty() || type.starts_with("text/html")
        || type.starts_with("application/xhtml+xml");
}

// Encodings were not asked for, and are not undone here.
bool is_plain(const http_response& response)
{
    const auto encoding = response.field("Content-Encoding");
    return response.is_success() && (encoding.empty() || encoding == "identity");
}

void add_page(draft& d, const http_response& response, html_head_reader read)
{
    constexpr auto by = profile_source::page;
    if (!is_plain(response) || !is_html(response))
        return;
    html_head head = read(response.body(), response.field("Content-Type"), response.from());
    offer_title(d.profile, head.title, by);
    offer_title(d.profile, head.site_name, by);
    offer_description(d.profile, head.description, by);
    offer_page(d.profile.website, response.from().str());
    for (icon_candidate& c : head.icons)
        offer_icon(d, std::move(c), by);
}

flow<nothing> look_at_page(std::shared_ptr<draft> d, html_head_reader read)
{
    auto root = with_path(d->typed, "/");
    if (!root)
        co_return nothing();
    if (read != nullptr)
    {
        http_request get(request_kind::page, "GET", *root);
        get.field("Accept", "text/html").policy(policy_for(*d, *root));
        auto response = co_await fetch_in_time(d, std::move(get));
        if (!response && ends_all(response.error()))
            co_return response.error();
        if (response)
            add_page(*d, *response, read);
    }
    // Also of a host whose page is elsewhere, or has none.
    offer_icon(
        *d,
        make_icon_candidate(icon_relation::favicon, "/favicon.ico", "", "", *root),
        profile_source::page
    );
    co_return nothing();
}

// True if it is a picture that may be shown.
bool take_icon(draft& d, const named_icon& from, std::string bytes, std::size_t most)
{
    const auto type = image_type(bytes);
    if (type.empty() || bytes.size() > most)
        return false;
    d.profile.icon = std::move(bytes);
    d.profile.icon_type = type;
    d.profile.icon_source = from.by;
    return true;
}

flow<nothing> look_for_icon(std::shared_ptr<draft> d, std::size_t most)
{
    std::vector<url> asked;
    for (const named_icon& i : d->icons)
    {
        if (!i.icon.data.empty())
        {
            if (take_icon(*d, i, i.icon.data, most))
                co_return nothing();
            continue;
        }
        if (asked.size() == limits::icon_candidates)
            continue;
        if (std::find(asked.begin(), asked.end(), i.icon.where) != asked.end())
            continue;
        asked.push_back(i.icon.where);
        http_request get(request_kind::icon, "GET", i.icon.where);
        get.field("Accept", "image/png, image/webp, image/jpeg, image/gif, image/x-icon")
            .policy(policy_for(*d, i.icon.where));
        auto response = co_await fetch_in_time(d, std::move(get));
        if (!response && ends_all(response.error()))
            co_return response.error();
        if (response && is_plain(*response) && take_icon(*d, i, response->body(), most))
            co_return nothing();
    }
    co_return nothing();
}

} // namespace

flow<provider_profile>
describe(describe_params params, html_head_reader read, const flow_settings& settings)
{
    auto d = std::make_shared<draft>();
    auto typed = url::parse(params.resource());
    if (!typed)
    {
        failure wrong = typed.error();
        wrong.where(stage::description);
        co_return wrong;
    }
    d->typed = *std::move(typed);
    d->policy = params.policy();
    if (params.found())
    {
        const auto& networks = params.found()->policy.private_networks();
        for (const auto& network : networks)
            d->policy.allow_private_network(network);
    }
    d->policy.allow_loopback(params.loopback_allowed() && d->typed.host_is_loopback());
    if (!d->typed.is_https() && !d->policy.loopback_allowed())
    {
        failure wrong(errc::url_scheme_not_allowed);
        wrong.where(stage::description).url(d->typed.without_query());
        co_return wrong;
    }
    d->profile.host = d->typed.host();

    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    d->late = co_await start(act::wait_until(time->steady + bounded(params.timeout())));

    add_identity(*d, params.identity());
    if (params.found())
    {
        if (params.found()->resource_document)
            add_resource(*d, *params.found()->resource_document);
        add_server(*d, params.found()->server);
    }
    else if (params.look_for_metadata())
    {
        auto looked = co_await look_for_metadata(d, settings);
        if (!looked)
            co_return looked.error();
    }
    auto looked = co_await look_at_page(d, read);
    if (!looked)
        co_return looked.error();
    const std::size_t most = std::min(params.max_icon_size(), limits::icon_body);
    if (most != 0)
    {
        looked = co_await look_for_icon(d, most);
        if (!looked)
            co_return looked.error();
    }
    co_await stop_others();
    co_return std::move(d->profile);
}

} // namespace asioauth::detail
