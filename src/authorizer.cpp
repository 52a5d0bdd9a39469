// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "client_core.hpp"
#include "flow/flow_op.hpp"
#include "flow/login_cookie.hpp"
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
        , cookie(given.cookie_name(), given.redirect_uri().starts_with("http:"))
    {
        settings.redirect_uri = given.redirect_uri();
        settings.login_timeout = bounded(given.login_timeout());
        const auto back = url::parse(settings.redirect_uri);
        loopback = given.loopback_allowed().value_or(back && back->host_is_loopback());
    }

    web_settings settings;
    result<void> usable;
    login_cookie cookie;
    bool loopback = false; ///< whether users may name servers on this machine
};

template <>
inline constexpr bool is_beside_frames<begun_login> = true;

namespace {

// No coroutine: what the caller gets is in no frame before it is there.
begun_login told(begun_flow& begun, const web_login& web, bool posted)
{
    begun_login out;
    out.where = std::move(begun.where);
    out.found = std::move(begun.found);
    if (out.needed())
        out.set_cookie = web.cookie.set(begun.binding, posted, web.settings.login_timeout);
    wipe(begun.binding);
    return out;
}

flow<begun_login> begin_at(
    std::shared_ptr<const web_login> web,
    std::string user,
    begin_params params,
    const flow_settings& settings
)
{
    if (!web->usable)
        co_return web->usable.error();
    const bool posted = !params.authorize().options().response_mode().empty();
    std::string binding = web->cookie.to_keep(params.cookies(), posted);
    if (!web->loopback)
        params.allow_loopback(false);
    auto begun = co_await begin_login(user, params, std::move(binding), web->settings, settings);
    if (!begun)
        co_return begun.error();
    co_return told(*begun, *web, posted);
}

flow<completed_login> complete_at(
    std::shared_ptr<client_core> core, std::shared_ptr<const web_login> web, login_callback callback
)
{
    std::string binding = web->cookie.find(callback.cookies(), callback.posted());
    auto done = co_await complete_login(callback, binding, web->settings, core->flows());
    wipe(binding);
    if (!done)
        co_return done.error();
    completed_login out;
    out.user = done->granted.user;
    out.return_to = std::move(done->return_to);
    login_params params(done->granted.found.requested.str());
    params.user(out.user).silent(true).allow_loopback(web->loopback);
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
        info,
        operation_kind::begin_login
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
        info,
        operation_kind::complete_login
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
