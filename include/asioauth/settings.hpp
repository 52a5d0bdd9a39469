// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/event.hpp>
#include <asioauth/protocol/registration.hpp>
#include <asioauth/redirect.hpp>

#include <functional>
#include <memory>
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

/** Settings of a @ref client. Setters chain; every one has a safe default.

    Ports left unset are the library's own: @ref http_client, @ref loopback_listener, @ref browser
    and @ref memory_store.
*/
class client_settings
{
public:
    ASIOAUTH_DECL client_settings();
    ASIOAUTH_DECL client_settings(const client_settings& other);
    ASIOAUTH_DECL client_settings(client_settings&& other) noexcept;
    ASIOAUTH_DECL client_settings& operator=(const client_settings& other);
    ASIOAUTH_DECL client_settings& operator=(client_settings&& other) noexcept;
    ASIOAUTH_DECL ~client_settings();

    /// The program's name, shown to users on consent pages. Default `asioauth`.
    client_settings& client_name(std::string_view v) { return profile_.client_name(v), *this; }
    /// Everything the program says about itself when it registers; redirect URIs in it are ignored.
    client_settings& profile(client_profile v) { return profile_ = std::move(v), *this; }
    /// Where redirects are received. Default: 127.0.0.1, a free port, and a path for each issuer
    /// under `/callback`, so that the answers of two servers cannot be mixed up.
    client_settings& redirect(redirect_target v) { return redirect_ = std::move(v), *this; }
    /// A client that was registered by hand. Used at its issuer and nowhere else.
    client_settings& add_registration(registration v)
    {
        return pre_registered_.push_back(std::move(v)), *this;
    }
    /// Called on the client's executor while operations run. Must not throw; must not block.
    client_settings& on_event(std::function<void(const event&)> f)
    {
        return on_event_ = std::move(f), *this;
    }

    /// Where registrations and grants are kept. Default: memory, gone with the client.
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

    const client_profile& profile() const noexcept { return profile_; }
    const redirect_target& redirect() const noexcept { return redirect_; }
    const std::vector<registration>& registrations() const noexcept { return pre_registered_; }
    const std::function<void(const event&)>& on_event() const noexcept { return on_event_; }
    const std::shared_ptr<asioauth::store>& store() const noexcept { return store_; }
    const std::shared_ptr<asioauth::user_agent>& user_agent() const noexcept { return user_agent_; }
    const std::shared_ptr<asioauth::transport>& transport() const noexcept { return transport_; }
    const std::shared_ptr<redirect_listener>& listener() const noexcept { return listener_; }
    const http_client_settings& http() const noexcept { return *http_; }
    const browser_settings& browser() const noexcept { return *browser_; }

private:
    client_profile profile_;
    redirect_target redirect_;
    std::vector<registration> pre_registered_;
    std::function<void(const event&)> on_event_;
    std::shared_ptr<asioauth::store> store_;
    std::shared_ptr<asioauth::user_agent> user_agent_;
    std::shared_ptr<asioauth::transport> transport_;
    std::shared_ptr<redirect_listener> listener_;
    std::unique_ptr<http_client_settings> http_;
    std::unique_ptr<browser_settings> browser_;
};

static_assert(!std::is_aggregate_v<client_settings>);

} // namespace asioauth
