// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "client_core.hpp"
#include "flow/flow_op.hpp"
#include "session_state.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/protocol/client_metadata_document.hpp>

namespace asioauth {
namespace detail {

/// What the copies of an authorizer share.
class web_login
{
public:
    web_login(authorizer_settings given, result<void> usable_settings)
        : usable(std::move(usable_settings))
    {
        settings.redirect_uri = given.redirect_uri();
        settings.login_timeout = bounded(given.login_timeout());
        const bool plain = settings.redirect_uri.starts_with("http:");
        cookie = given.cookie_name();
        if (cookie.empty())
            cookie = plain ? "asioauth" : "__Host-asioauth";
        secure = !plain;
    }

    web_settings settings;
    result<void> usable;
    std::string cookie;
    bool secure = true;
};

namespace {

// What begin makes is text of our own alphabet; whatever else a browser sends is no cookie of ours.
bool is_binding(std::string_view v)
{
    constexpr std::size_t length = 43;
    constexpr const char* alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return v.size() == length && v.find_first_not_of(alphabet) == std::string_view::npos;
}

// The value of a cookie in a Cookie field (RFC 6265 section 4.2.1); empty if there is none, or two.
std::string cookie_of(std::string_view field, std::string_view name)
{
    std::string found;
    while (!field.empty())
    {
        const auto end = field.find(';');
        std::string_view one = field.substr(0, end);
        field.remove_prefix(end == std::string_view::npos ? field.size() : end + 1);
        while (!one.empty() && one.front() == ' ')
            one.remove_prefix(1);
        const auto equals = one.find('=');
        if (equals == std::string_view::npos || one.substr(0, equals) != name)
            continue;
        if (!found.empty())
            return {};
        found = one.substr(equals + 1);
    }
    return is_binding(found) ? found : std::string();
}

// A cookie that is sent from other sites too is another one: each request that sets one also says
// from where it is sent.
std::string cookie_name(const web_login& web, bool from_other_sites)
{
    return from_other_sites ? web.cookie + "-post" : web.cookie;
}

std::string set_cookie(const web_login& web, const std::string& binding, bool from_other_sites)
{
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(web.settings.login_timeout).count();
    std::string out = cookie_name(web, from_other_sites) + "=" + binding
        + "; Path=/; HttpOnly; Max-Age=" + std::to_string(seconds);
    // A form that another site posts comes without cookies of any other kind.
    if (from_other_sites)
        out += "; SameSite=None; Secure";
    else
        out += web.secure ? "; SameSite=Lax; Secure" : "; SameSite=Lax";
    return out;
}

flow<begun_login> begin_at(
    std::shared_ptr<const web_login> web,
    std::string user,
    begin_params params,
    flow_settings settings
)
{
    if (!web->usable)
        co_return web->usable.error();
    const bool posted = !params.authorize().options().response_mode().empty();
    // A neighbour could have set one of another name, and would know its value.
    std::string binding;
    if (web->cookie.starts_with("__Host-"))
        binding = cookie_of(params.cookies(), cookie_name(*web, posted));
    auto begun = co_await begin_login(
        std::move(user), std::move(params), std::move(binding), web->settings, std::move(settings)
    );
    if (!begun)
        co_return begun.error();
    begun_login out;
    out.where = std::move(begun->where);
    out.found = std::move(begun->found);
    if (out.needed())
        out.set_cookie = set_cookie(*web, begun->binding, posted);
    co_return out;
}

flow<completed_login> complete_at(
    std::shared_ptr<client_core> core, std::shared_ptr<const web_login> web, login_callback callback
)
{
    std::string binding = cookie_of(callback.cookies(), cookie_name(*web, callback.posted()));
    auto done = co_await complete_login(
        std::move(callback), std::move(binding), web->settings, core->flows()
    );
    if (!done)
        co_return done.error();
    completed_login out;
    out.user = done->granted.user;
    out.return_to = std::move(done->return_to);
    login_params params(done->granted.found.requested.str());
    params.user(out.user).silent(true);
    out.session = session(std::make_shared<const session_state>(
        std::move(core), std::move(done->granted), std::move(params)
    ));
    co_return out;
}

result<void> check_redirect_uri(const std::string& text)
{
    auto parsed = url::parse(text);
    const bool good = parsed && parsed->query().empty()
        && (parsed->scheme() == "https" || parsed->host_is_loopback());
    if (good)
        return {};
    failure wrong(errc::redirect_uri_invalid);
    wrong.where(stage::listener)
        .message("The authorizer's redirect URI has to be https, or http on loopback, without a "
                 "query.");
    return wrong;
}

} // namespace

void start_begin_login(
    const std::shared_ptr<client_core>& core,
    handler_of<begun_login> handler,
    diagnostics* info,
    std::shared_ptr<const web_login> web,
    std::string user,
    begin_params params
)
{
    const auto deadline = bounded(params.timeout());
    launch(
        core,
        deadline,
        begin_at(std::move(web), std::move(user), std::move(params), core->flows()),
        std::move(handler),
        info
    );
}

void start_complete_login(
    const std::shared_ptr<client_core>& core,
    handler_of<completed_login> handler,
    diagnostics* info,
    std::shared_ptr<const web_login> web,
    login_callback callback
)
{
    constexpr std::chrono::seconds deadline(60);
    launch(
        core,
        deadline,
        complete_at(core, std::move(web), std::move(callback)),
        std::move(handler),
        info
    );
}

} // namespace detail

authorizer::authorizer(const client& through, authorizer_settings settings)
    : executor_(through.get_executor())
    , core_(through.core())
{
    auto usable = detail::check_redirect_uri(settings.redirect_uri());
    web_ = std::make_shared<const detail::web_login>(std::move(settings), std::move(usable));
}

result<http_response> authorizer::client_metadata_response() const
{
    const auto& flows = core_->flows();
    client_profile profile = flows.profile;
    profile.add_redirect_uri(web_->settings.redirect_uri);
    auto document = make_client_metadata_document(flows.client_metadata_url, profile);
    if (!document)
        return document.error();
    http_response out(200, std::move(*document));
    out.field("Content-Type", "application/json");
    out.field("Cache-Control", "public, max-age=300");
    out.field("X-Content-Type-Options", "nosniff");
    return out;
}

} // namespace asioauth
