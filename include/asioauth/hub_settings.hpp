// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>
#include <asioauth/secret.hpp>
#include <asioauth/url.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace asioauth {

/** Who sends a request to a @ref hub, as the program that mounts it knows: the hub has no users of its
    own and signs nobody in.
*/
class hub_user
{
public:
    /// @{
    /// @param id your own name for the person, never given to anybody else. Empty: nobody is signed in,
    ///     and what is asked for is answered with status 401.
    hub_user(std::string_view id) : id_(id) {}                // NOLINT(google-explicit-constructor)
    hub_user(const char* id) : id_(id) {}                     // NOLINT(google-explicit-constructor)
    hub_user(std::string id) noexcept : id_(std::move(id)) {} // NOLINT(google-explicit-constructor)
    /// @}

    /// What to call the person on pages. Default: nothing.
    hub_user& name(std::string_view v) { return name_ = v, *this; }
    /** Something that is another one after each sign-in, and that nobody else knows, such as the
        identifier of your web session: the token that protects forms against other sites is made
        of it and is of use for that sign-in alone. Only a keyed hash of it is in pages.

        Default: nothing. Then the token of a user is the same on every device and for ever: who has
        seen one page of it once, on a shared computer for instance, can forge forms of this user long
        after the user has signed out. Set it wherever users sign in with a browser.
    */
    hub_user& sign_in(std::string_view v) { return sign_in_ = v, *this; }
    /** Say that the request has shown a credential that browsers do not send by themselves, such as an
        Authorization field with a token of yours. Such requests need no protection against other
        sites; calls through `/use/` are for them.
    */
    hub_user& by_credential(bool v) noexcept { return by_credential_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const std::string& id() const noexcept { return id_; }
    const std::string& name() const noexcept { return name_; }
    const std::string& sign_in() const noexcept { return sign_in_; }
    bool by_credential() const noexcept { return by_credential_; }
    /// @}

private:
    std::string id_;
    std::string name_;
    std::string sign_in_;
    bool by_credential_ = false;
};

/// A request as a web server received it.
class hub_request
{
public:
    /// @param method as received
    /// @param target the request target with its query, as received (`/integrations/?url=...`)
    hub_request(std::string_view method, std::string_view target) : method_(method), target_(target)
    {}

    /// Add a field of the head, under whatever name it came.
    hub_request& field(std::string_view name, std::string_view value)
    {
        return fields_.add(name, value), *this;
    }
    /// The body in full. Cap it: the hub refuses more than 64 KiB, except for calls through `/use/`.
    hub_request& body(secret v) { return body_ = std::move(v), *this; }

    /// @{
    /// As given.
    const std::string& method() const noexcept { return method_; }
    const std::string& target() const noexcept { return target_; }
    const http_fields& fields() const noexcept { return fields_; }
    /// @}
    /// The first value of a field, names compared without case; empty if there is none.
    std::string_view field(std::string_view name) const noexcept { return fields_.first(name); }
    /// As given.
    const secret& body() const noexcept { return body_; }

private:
    std::string method_;
    std::string target_;
    http_fields fields_;
    secret body_;
};

/// Settings of a @ref hub. Setters chain.
class hub_settings
{
public:
    /// @{
    /** @param base_url where the hub is mounted, as browsers reach it: https, or http on loopback;
            without query. `https://app.example/integrations` has its pages below that, and its
            callback at `https://app.example/integrations/callback`.
    */
    hub_settings(std::string_view base_url)
        : base_url_(base_url) {} // NOLINT(google-explicit-constructor)
    hub_settings(const char* base_url)
        : base_url_(base_url) {}                // NOLINT(google-explicit-constructor)
    hub_settings(std::string base_url) noexcept // NOLINT(google-explicit-constructor)
        : base_url_(std::move(base_url))
    {}
    /// @}

    /// The heading of the pages. Default `Integrations`.
    hub_settings& title(std::string_view v) { return title_ = v, *this; }
    /// Where a link at the top of each page leads back to, as a path or an https URL. Default: none.
    hub_settings& home(std::string_view where, std::string_view text)
    {
        return home_ = where, home_text_ = text, *this;
    }
    /** Your policy: which resources may be added, and which authorization servers may be asked. Is
        called with an empty issuer before anything is sent to the resource, and again once its
        authorization server is known; on the client's executor. Must not throw and must not block.
        Default: all that the client can reach.
    */
    hub_settings&
    allow(std::function<bool(const hub_user&, const url& resource, const std::string& issuer)> f)
    {
        return allow_ = std::move(f), *this;
    }
    /// See address_policy::allow_private_network: `address/prefix-length`; holds for every
    /// integration. Something else makes every request to one fail with errc::invalid_argument.
    ///
    /// From then on any server that any user adds can lead requests into this network: for metadata,
    /// icons, registration and tokens, over https and with a certificate that is trusted here. Name
    /// servers (`10.1.2.3/32`), not a network full of services that ask nobody who they are.
    hub_settings& allow_private_network(std::string_view cidr)
    {
        return networks_.emplace_back(cidr), *this;
    }
    /// Let users add servers on this machine (`http://localhost`). For a hub that only its own user can
    /// reach. Default: no.
    hub_settings& allow_loopback(bool v) noexcept { return loopback_ = v, *this; }
    /// What a scope allows, in words for the user; an empty text for the hub's own words.
    hub_settings& describe_scope(std::function<std::string(const std::string& scope)> f)
    {
        return describe_scope_ = std::move(f), *this;
    }
    /// How long a user may take to log in, from 0 to 30 days. Default 10 minutes; with less than one
    /// most logins come too late, and their users have to begin again.
    hub_settings& login_timeout(std::chrono::milliseconds v) noexcept
    {
        return login_timeout_ = v, *this;
    }
    /** Have authorization servers send their answers as a form instead of in the URL
        (`response_mode=form_post`), where they say that they can: codes are then in no log of URLs.
        Your server has to pass `POST` requests below the callback to the hub even if they come
        without cookies. Default: no.
    */
    hub_settings& form_post(bool v) noexcept { return form_post_ = v, *this; }
    /// How many integrations one user can have, from 0 to 980; more counts as 980. Default 100.
    hub_settings& most_integrations(std::size_t v) noexcept { return most_ = v, *this; }
    /// How many requests of one user that have other servers asked (to add an integration, to connect
    /// one, to list its tools) are under way at once; one more is answered with status 429. With 0
    /// nothing can be added. Default 8.
    hub_settings& most_looks(std::size_t v) noexcept { return most_looks_ = v, *this; }
    /// How many requests of one user through `/use/` are not answered yet; one more is answered with
    /// status 429 and not sent on. With 0 nothing can be used. Default 64.
    hub_settings& most_calls(std::size_t v) noexcept { return most_calls_ = v, *this; }
    /// How many event streams of integrations one user can have open at once through `/use/`; one more
    /// is answered with status 429, before it is sent on if its `Accept` has `text/event-stream`. With
    /// 0 there are none. Default 64.
    hub_settings& most_streams(std::size_t v) noexcept { return most_streams_ = v, *this; }
    /** A field in which programs show you who they are: it is not passed on to integrations. Those that
        browsers, common proxies and the hub itself use for that never are (`Authorization`, `Cookie`,
        `X-Api-Key`, `X-Forwarded-...`); name others that you use.
    */
    hub_settings& withhold_field(std::string_view name)
    {
        return withheld_.emplace_back(name), *this;
    }
    /// How often a page that is open asks the store for what other nodes have changed, from 50 ms to
    /// 15 s; what is outside counts as the nearer end. What this node has changed is shown at once.
    /// Default 5 s.
    hub_settings& poll_interval(std::chrono::milliseconds v) noexcept { return poll_ = v, *this; }

    /// After how much silence an open page is told that the hub is still there: proxies on the way
    /// close what is silent, most of them after 30 to 60 s. Less than the poll_interval, it stands for that too;
    /// less than 50 ms counts as 50 ms. Default 15 s.
    hub_settings& heartbeat(std::chrono::milliseconds v) noexcept { return heartbeat_ = v, *this; }

    /** Serve client::metrics() at `/metrics` below the hub, written down for Prometheus (see
        prometheus_text()), to requests that have this in their Authorization field as a bearer token;
        nobody has to be signed in. Less than 16 octets are no token: nobody is served. Default: none.
    */
    hub_settings& metrics_token(secret v) { return metrics_token_ = std::move(v), *this; }
    /** The same, for requests that you let through: is called on the client's executor with the request
        and who sent it, hub_user::id empty if nobody is signed in. Must not throw and must not block.
        Do not let everybody through who is signed in: it tells how much is done for all users.
        Default: none.
    */
    hub_settings& allow_metrics(std::function<bool(const hub_request&, const hub_user&)> f)
    {
        return allow_metrics_ = std::move(f), *this;
    }

    /// @{
    /// What was set, or the default.
    const std::string& base_url() const noexcept { return base_url_; }
    const std::string& title() const noexcept { return title_; }
    const std::string& home() const noexcept { return home_; }
    const std::string& home_text() const noexcept { return home_text_; }
    const std::function<bool(const hub_user&, const url&, const std::string&)>&
    allow() const noexcept
    {
        return allow_;
    }
    const std::vector<std::string>& private_networks() const noexcept { return networks_; }
    bool loopback_allowed() const noexcept { return loopback_; }
    const std::function<std::string(const std::string&)>& describe_scope() const noexcept
    {
        return describe_scope_;
    }
    std::chrono::milliseconds login_timeout() const noexcept { return login_timeout_; }
    bool form_post() const noexcept { return form_post_; }
    std::size_t most_integrations() const noexcept { return most_; }
    std::size_t most_looks() const noexcept { return most_looks_; }
    std::size_t most_calls() const noexcept { return most_calls_; }
    std::size_t most_streams() const noexcept { return most_streams_; }
    const std::vector<std::string>& withheld_fields() const noexcept { return withheld_; }
    std::chrono::milliseconds poll_interval() const noexcept { return poll_; }
    std::chrono::milliseconds heartbeat() const noexcept { return heartbeat_; }
    const secret& metrics_token() const noexcept { return metrics_token_; }
    const std::function<bool(const hub_request&, const hub_user&)>& allow_metrics() const noexcept
    {
        return allow_metrics_;
    }
    /// @}

private:
    std::string base_url_;
    std::string title_ = "Integrations";
    std::string home_;
    std::string home_text_;
    std::function<bool(const hub_user&, const url&, const std::string&)> allow_;
    std::vector<std::string> networks_;
    bool loopback_ = false;
    std::function<std::string(const std::string&)> describe_scope_;
    std::chrono::milliseconds login_timeout_{600'000};
    bool form_post_ = false;
    std::size_t most_ = 100;
    std::size_t most_looks_ = 8;
    std::size_t most_calls_ = 64;
    std::size_t most_streams_ = 64;
    std::vector<std::string> withheld_;
    std::chrono::milliseconds poll_{5'000};
    std::chrono::milliseconds heartbeat_{15'000};
    secret metrics_token_;
    std::function<bool(const hub_request&, const hub_user&)> allow_metrics_;
};

static_assert(!std::is_aggregate_v<hub_user> && !std::is_aggregate_v<hub_request>);
static_assert(!std::is_aggregate_v<hub_settings>);

} // namespace asioauth
