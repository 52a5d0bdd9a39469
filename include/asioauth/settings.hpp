// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/event.hpp>
#include <asioauth/protocol/registration.hpp>
#include <asioauth/redirect.hpp>
#include <asioauth/token_grant.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace asioauth {

class browser_settings;
class http_client_settings;
class redirect_listener;
class store;
class transport;
class user_agent;

/// A request that needs scopes which the token does not have.
class step_up_request
{
public:
    step_up_request() = default;

    std::string resource;         ///< the identifier that the token is for
    std::string user;             ///< see login_params::user
    std::string method;           ///< of the request that was refused
    std::string url;              ///< likewise, without query
    std::string granted_scope;    ///< what the token has
    std::string challenged_scope; ///< what the resource asks for
    std::string scope;            ///< what the user would be asked for: both together
    int attempt = 1;              ///< 1 for the first step-up for this operation
};

/** Settings of a @ref client. Setters chain; every one has a safe default.

    Ports left unset are the library's own: @ref http_client, @ref loopback_listener, @ref browser
    and @ref memory_store.
*/
class client_settings
{
public:
    /// The defaults.
    ASIOAUTH_DECL client_settings();
    /// @{
    /// Copies share what was given as a shared_ptr: store, transport and so on.
    ASIOAUTH_DECL client_settings(const client_settings& other);
    ASIOAUTH_DECL client_settings(client_settings&& other) noexcept;
    ASIOAUTH_DECL client_settings& operator=(const client_settings& other);
    ASIOAUTH_DECL client_settings& operator=(client_settings&& other) noexcept;
    /// @}
    ASIOAUTH_DECL ~client_settings();

    /// The program's name, shown to users on consent pages. Default `asioauth`.
    client_settings& client_name(std::string_view v) { return profile_.client_name(v), *this; }
    /// Everything the program says about itself when it registers; redirect URIs in it are ignored.
    client_settings& profile(client_profile v) { return profile_ = std::move(v), *this; }
    /// Where redirects are received. Default: 127.0.0.1, a free port, and a path for each issuer
    /// under `/callback`, so that the answers of two servers cannot be mixed up.
    client_settings& redirect(redirect_target v) { return redirect_ = std::move(v), *this; }
    /// A client that was registered by hand. Used at its issuer and nowhere else. With two different
    /// clients for one issuer nobody can log in there: the operation ends in errc::invalid_argument.
    client_settings& add_registration(registration v)
    {
        return pre_registered_.push_back(std::move(v)), *this;
    }
    /// Called on the client's executor while operations run. Must not throw; must not block.
    client_settings& on_event(std::function<void(const event&)> f)
    {
        return on_event_ = std::move(f), *this;
    }

    /// The URL at which you serve the client's metadata document (see
    /// make_client_metadata_document). Used wherever a server takes such documents; no registration
    /// is made there then.
    client_settings& client_metadata_url(std::string_view v)
    {
        return client_metadata_url_ = v, *this;
    }
    /// What single authorization servers do differently. Default: provider_policies::known().
    client_settings& providers(provider_policies v) { return providers_ = std::move(v), *this; }
    /// When to bind tokens to a key. Default: automatic.
    client_settings& dpop(dpop_use v) noexcept { return dpop_ = v, *this; }
    /** Which of several authorization servers of a resource to use.

        Is given the issuers as the resource lists them, or its own origin if it lists none (MCP
        2025-03-26), and returns those to try, in order; what it adds is ignored. Without any, a
        resource that asks for a login fails with errc::authorization_server_missing. Default: all,
        in the order listed; the first whose metadata can be used is taken, and discovery::notes says
        why others were not.
    */
    client_settings& choose_server(
        std::function<std::vector<std::string>(const url&, const std::vector<std::string>&)> f
    )
    {
        return choose_server_ = std::move(f), *this;
    }
    /// Changes the scopes that would be asked for, unless the caller names them: is given the
    /// discovery and the space-separated selection, and returns another.
    client_settings& scope_filter(std::function<std::string(const discovery&, const std::string&)> f
    )
    {
        return scope_filter_ = std::move(f), *this;
    }
    /// Whether to send the user again when a request needs more scopes. Default: always; there is a
    /// limit anyway. A request that is not allowed ends with errc::step_up_refused. Not asked where
    /// the user must not be sent at all (login_params::silent).
    client_settings& allow_step_up(std::function<bool(const step_up_request&)> f)
    {
        return allow_step_up_ = std::move(f), *this;
    }

    /** For how long other processes that use the same store wait for one that died in the middle of
        a refresh. Default 75 s, at least 100 ms, at most 10 minutes.

        A process that lives keeps its turn for as long as the refresh takes. Longer is safer when
        the store itself goes away for a while.
    */
    client_settings& refresh_lease(std::chrono::milliseconds v)
    {
        return refresh_lease_ = v, *this;
    }

    /** How many bytes of metadata documents and keys of servers are remembered, about. Default
        4 MiB; the documents used longest ago go first. 0: none, every operation asks the servers.

        Documents are remembered as long as their servers allow (RFC 9111), and what is remembered
        passes every check again for each resource that it is used for. A login that fails in a way
        that documents out of date would explain forgets them. Whatever is set here, operations that
        need one document at the same moment share one request. See discover_params::fresh.
    */
    client_settings& metadata_cache_size(std::size_t v) noexcept
    {
        return metadata_cache_size_ = v, *this;
    }
    /// For how long a document is remembered at most, whatever its server allows. Default 1 hour;
    /// 5 minutes where the server does not say. Not below 0.
    client_settings& metadata_max_age(std::chrono::seconds v) noexcept
    {
        return metadata_max_age_ = v, *this;
    }

    // Hooks are called on the client's executor and must not block; one that throws ends the
    // operation with errc::internal_error.

    /// Where registrations and grants are kept. Default: memory, gone with the client; a @ref
    /// local_client keeps them in SQLite.
    client_settings& store(std::shared_ptr<asioauth::store> v)
    {
        return store_ = std::move(v), *this;
    }
    /// The way to the person who logs in. Default: @ref browser with the settings given to
    /// browser().
    client_settings& user_agent(std::shared_ptr<asioauth::user_agent> v)
    {
        return user_agent_ = std::move(v), *this;
    }
    /// The way to the network. Default: @ref http_client with the settings given to http().
    client_settings& transport(std::shared_ptr<asioauth::transport> v)
    {
        return transport_ = std::move(v), *this;
    }
    /// Receives redirects. Default: @ref loopback_listener.
    client_settings& listener(std::shared_ptr<redirect_listener> v)
    {
        return listener_ = std::move(v), *this;
    }
    /// Settings of the default transport.
    ASIOAUTH_DECL client_settings& http(const http_client_settings& v);
    /// Settings of the default user agent.
    ASIOAUTH_DECL client_settings& browser(const browser_settings& v);

    /// @{
    /// What was set, or the default.
    const client_profile& profile() const noexcept { return profile_; }
    const redirect_target& redirect() const noexcept { return redirect_; }
    const std::vector<registration>& registrations() const noexcept { return pre_registered_; }
    const std::function<void(const event&)>& on_event() const noexcept { return on_event_; }
    const std::string& client_metadata_url() const noexcept { return client_metadata_url_; }
    /// Nothing: provider_policies::known().
    const std::optional<provider_policies>& providers() const noexcept { return providers_; }
    dpop_use dpop() const noexcept { return dpop_; }
    const std::function<std::vector<std::string>(const url&, const std::vector<std::string>&)>&
    choose_server() const noexcept
    {
        return choose_server_;
    }
    const std::function<std::string(const discovery&, const std::string&)>&
    scope_filter() const noexcept
    {
        return scope_filter_;
    }
    const std::function<bool(const step_up_request&)>& allow_step_up() const noexcept
    {
        return allow_step_up_;
    }
    std::chrono::milliseconds refresh_lease() const noexcept { return refresh_lease_; }
    std::size_t metadata_cache_size() const noexcept { return metadata_cache_size_; }
    std::chrono::seconds metadata_max_age() const noexcept { return metadata_max_age_; }
    const std::shared_ptr<asioauth::store>& store() const noexcept { return store_; }
    const std::shared_ptr<asioauth::user_agent>& user_agent() const noexcept { return user_agent_; }
    const std::shared_ptr<asioauth::transport>& transport() const noexcept { return transport_; }
    const std::shared_ptr<redirect_listener>& listener() const noexcept { return listener_; }
    const http_client_settings& http() const noexcept { return *http_; }
    const browser_settings& browser() const noexcept { return *browser_; }
    /// @}

private:
    client_profile profile_;
    redirect_target redirect_;
    std::vector<registration> pre_registered_;
    std::function<void(const event&)> on_event_;
    std::string client_metadata_url_;
    std::optional<provider_policies> providers_;
    dpop_use dpop_ = dpop_use::automatic;
    std::function<std::vector<std::string>(const url&, const std::vector<std::string>&)>
        choose_server_;
    std::function<std::string(const discovery&, const std::string&)> scope_filter_;
    std::function<bool(const step_up_request&)> allow_step_up_;
    std::chrono::milliseconds refresh_lease_{75'000};
    std::size_t metadata_cache_size_ = 4 * 1024 * 1024;
    std::chrono::seconds metadata_max_age_{3'600};
    std::shared_ptr<asioauth::store> store_;
    std::shared_ptr<asioauth::user_agent> user_agent_;
    std::shared_ptr<asioauth::transport> transport_;
    std::shared_ptr<redirect_listener> listener_;
    std::unique_ptr<http_client_settings> http_;
    std::unique_ptr<browser_settings> browser_;
};

static_assert(!std::is_aggregate_v<client_settings>);

} // namespace asioauth
