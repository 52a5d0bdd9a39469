// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// One request to a hub on its way, and the flows that answer it.

#include "hub/request.hpp"
#include "hub/responses.hpp"
#include "hub/use.hpp"

#include <memory>
#include <string>
#include <utility>

namespace asioauth::detail {

class hub_call
{
public:
    hub_call(std::shared_ptr<hub_site> s, hub_request r, hub_user u, flow_settings f)
        : site(std::move(s))
        , request(std::make_shared<const hub_request>(std::move(r)))
        , user(std::move(u))
        , settings(std::move(f))
    {}

    std::shared_ptr<hub_site> site;
    std::shared_ptr<const hub_request> request;
    hub_user user;
    flow_settings settings;
    hub_target target;
    hub_fields fields; ///< of the body
    bool json = false; ///< what the answer is to be
    secret key;        ///< of the forms
    std::chrono::system_clock::time_point now;

    page_view view() const { return page_view(*site, user, form_token(key, user), now); }
    std::string page_of(const std::string& id) const { return site->at("/integrations/" + id); }
};

using hub_call_ptr = std::shared_ptr<const hub_call>;

/// @param again where the same can be tried once more; empty: nowhere
hub_answer
failed(const hub_call& call, const failure& f, std::string_view title, std::string_view again = "");
hub_answer not_found(const hub_call& call);

/// Look at what a user has typed, and keep what was found for the user to decide.
flow<hub_answer> add_integration(hub_call_ptr call);
/// Send the user away; or connect at once what needs no login.
flow<hub_answer> connect_integration(hub_call_ptr call, integration i);
/// The cookie that binds a login to the browser that began it.
login_cookie cookie_of_login(const hub_site& site, const std::string& state);
/** The answer of an authorization server as a form (`response_mode=form_post`), if it comes from a
    page of its own: browsers send it without the cookies of this site, the user's sign-in among
    them. What is returned has it sent again from a page of ours; nothing if it is that already.
*/
std::optional<hub_answer> relay_answer(const hub_site& site, const hub_request& request);
/// The user comes back.
flow<hub_answer> finish_login(hub_call_ptr call);
/// Revoke and forget.
flow<hub_answer> disconnect_integration(hub_call_ptr call, integration i);

} // namespace asioauth::detail
