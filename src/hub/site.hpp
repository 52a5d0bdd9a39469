// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// A hub as its flows see it. What changes is touched at the client's home only.

#include "flow/flows.hpp"
#include "flow/login_cookie.hpp"
#include "flow/session_memory.hpp"
#include "hub/integration.hpp"

#include <asioauth/hub_settings.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace asioauth::detail {

class forwarded_call;
class user_places;

/// Sessions that were opened lately; each is found again by the login it is of.
class open_sessions
{
public:
    std::shared_ptr<session_memory> find(const std::string& name)
    {
        for (auto it = entries_.begin(); it != entries_.end(); ++it)
        {
            if (it->first != name)
                continue;
            entries_.splice(entries_.begin(), entries_, it);
            return entries_.front().second;
        }
        return nullptr;
    }

    void put(const std::string& name, std::shared_ptr<session_memory> session)
    {
        forget(name);
        entries_.emplace_front(name, std::move(session));
        if (entries_.size() > most)
            entries_.pop_back();
    }

    void forget(const std::string& name)
    {
        entries_.remove_if([&](const auto& e) { return e.first == name; });
    }

private:
    static constexpr std::size_t most = 256;

    std::list<std::pair<std::string, std::shared_ptr<session_memory>>> entries_;
};

class hub_site
{
public:
    explicit hub_site(hub_settings given);

    hub_settings settings;
    result<void> usable; ///< whether the settings are
    std::string origin;
    std::string prefix; ///< of every path, without a slash at its end; empty at the root
    web_settings web;
    login_cookie cookie;

    secret form_key; ///< once it was read
    open_sessions sessions;
    std::shared_ptr<user_places> looks;   ///< requests that have other servers asked
    std::shared_ptr<user_places> calls;   ///< of programs, until they are answered
    std::shared_ptr<user_places> streams; ///< event streams of integrations

    /// A path below the hub, such as `/integrations/...`.
    std::string at(std::string_view path) const { return prefix + std::string(path); }
    std::string callback() const { return web.redirect_uri; }
    /// See web_settings::documents: of a hub that serves the client's document itself.
    std::string documents_of(const flow_settings& with) const
    {
        const std::string own = origin + at("/client-metadata");
        return with.client_metadata_url == own + ".json" ? own : std::string();
    }
    /// What the settings allow each integration to reach.
    template <class Params>
    void allow_networks(Params& params) const
    {
        for (const auto& network : settings.private_networks())
            params.allow_private_network(network);
    }
};

/// What a request has led to.
class hub_answer
{
public:
    hub_answer() = default;
    hub_answer(http_response r) : response(std::move(r)) {} // NOLINT(google-explicit-constructor)

    http_response response;
    /// What is left to do once the answer is on its way: list the tools of this integration.
    std::string list_tools_of;
    std::string streams_of; ///< the integration that the events of the response are of
    std::shared_ptr<const forwarded_call>
        call;             ///< if that has answered; until its events are counted
    bool changed = false; ///< something that a user may be looking at
    bool watches = false; ///< the user wants to be told of changes, for as long as the answer lasts
    bool measures = false; ///< the client's metrics are wanted
};

/// Answer one request.
flow<hub_answer> answer_request(
    std::shared_ptr<hub_site> site, hub_request request, hub_user user, flow_settings settings
);

/// Ask an integration for its tools, and keep what it says.
flow<nothing> list_integration_tools(
    std::shared_ptr<hub_site> site, std::string id, std::string user, flow_settings settings
);

/// What a page that is open wants to know, as JSON.
flow<std::string> current_badges(std::shared_ptr<hub_site> site, std::string user);

} // namespace asioauth::detail
