// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Reading and changing what a hub keeps, and using it.

#include "hub/site.hpp"
#include "hub/user_places.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace asioauth::detail {

/// An integration of this user; generation 0 if there is none.
flow<kept_integration> load_integration(std::string id, std::string user);

/// All of a user, what is not connected yet as well, in the order in which they were added.
flow<std::vector<integration>> list_everything(std::string user);
/// All that the user sees.
flow<std::vector<integration>> list_integrations(std::string user);

using integration_change = std::function<void(integration&)>;

/// Change what is there now, whoever else changes it; nothing happens if it is gone. The change may be
/// made several times, each time to what is there then.
flow<kept_integration>
change_integration(std::string id, std::string user, integration_change change);

/// Forget it and its picture; a success if it is gone already.
flow<nothing> drop_integration(std::shared_ptr<hub_site> site, std::string id, std::string user);

/// The same with what the provider says of itself; a login needs none of it, so that nothing of it
/// fails.
flow<integration> described(integration i, describe_params params, flow_settings settings);

/// What the forms of this hub are protected with; the same at all of its nodes.
flow<secret> form_key_of(std::shared_ptr<hub_site> site);

/// The picture of an integration: its type, a line feed, its octets. Ends with what is not connected.
/// @return what to call it in addresses: another one for another picture
flow<std::string> put_icon(const integration& i, std::string content);
/// From now on it lasts as long as the integration.
flow<nothing> prolong_icon(std::string id);

/// What the policy of this hub says.
/// @param issuer empty: before it is known
bool is_allowed(
    const hub_site& site, const hub_user& user, const url& where, const std::string& issuer
);
failure not_by_policy(const url& where);

/// The session of an integration that is connected, if the policy still has it.
flow<std::shared_ptr<session_memory>>
open_for_use(std::shared_ptr<hub_site> site, hub_user user, integration i, flow_settings settings);

/// The same for whoever leaves.
flow<std::shared_ptr<session_memory>>
open_integration(std::shared_ptr<hub_site> site, integration i, flow_settings settings);

/// What the session of this login is called among those that are open.
std::string session_name(const integration& i);

/// The settings with the client that the user has brought.
flow_settings settings_for(const integration& i, flow_settings settings);
login_params login_of(const hub_site& site, const integration& i);

/// Keep how the use of an integration has ended, where that is news.
/// @param by what was tried
flow<nothing> note_outcome(integration i, std::string by, result<void> how);

/// What a program gets that has as many event streams open as may be.
http_response too_many_streams();
/// What whoever asks gets for what is not there, or another user's.
http_response no_such_integration();

/// A call of a program that is under way: counted, and told if its integration is disconnected.
class forwarded_call
{
public:
    /// @return nothing if the user has as many as may be
    static std::shared_ptr<const forwarded_call>
    begin(const hub_site& site, const std::string& user, const std::string& id);

    /// Whether the integration is none of the user's any more.
    bool is_left() const noexcept { return *left_; }

private:
    std::shared_ptr<std::atomic<bool>> left_ = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<user_places::place> place_;
};

/// A call of a program, through to the integration.
flow<hub_answer> forward(
    std::shared_ptr<hub_site> site,
    std::shared_ptr<const hub_request> request,
    hub_user user,
    std::string id,
    std::string path, ///< below the resource, with its slash and the query; may be empty
    flow_settings settings
);

} // namespace asioauth::detail
