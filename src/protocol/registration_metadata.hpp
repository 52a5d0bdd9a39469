// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/registration.hpp>

#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

// What a client says about itself is the same in a registration, in its update and in a metadata
// document.

namespace asioauth::detail {

inline bool contains(const std::vector<std::string>& list, std::string_view value)
{
    return std::find(list.begin(), list.end(), value) != list.end();
}

/// What the profile lacks for this method, as the end of a sentence; empty if nothing.
std::string_view missing_means(token_endpoint_auth_method m, const client_profile& profile);

/// errc::invalid_client_metadata for a profile that is wrong in itself.
failure wrong_profile(std::string_view message);

/// True if the profile asks for the grant that sends the user through a redirect URI.
bool asks_for_code(const client_profile& profile);

/** The method to register for at this server.
    @return errc::invalid_client_metadata if the profile lacks the means for what it prefers,
        errc::token_endpoint_auth_method_not_supported
*/
result<token_endpoint_auth_method>
method_to_register(const discovery& found, const client_profile& profile);

/** The members of RFC 7591 section 2 (and RFC 8705, RFC 9449) that this profile stands for.

    @param server what is known of the server; null for a document that is for all of them
    @param memory of the object
    @return errc::redirect_uri_invalid, errc::invalid_client_metadata, errc::key_invalid
*/
result<boost::json::object> client_metadata(
    const client_profile& profile,
    token_endpoint_auth_method method,
    const server_metadata* server,
    const boost::json::storage_ptr& memory = {}
);

} // namespace asioauth::detail
