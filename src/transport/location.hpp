// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>

namespace asioauth::detail {

/// True for the statuses that send a client elsewhere with the same request.
bool is_redirect(int status) noexcept;

/** Where a redirect leads, if this request may be redirected there.

    Only a GET without credentials may, and only within the origin it was sent to, unless its kind
    may leave it: then also to any https origin, and from this machine to this machine.

    @param from the URL that gave the response
    @return errc::redirect_refused otherwise, naming the host that the server wanted
*/
result<url>
redirect_target(const http_request& request, const url& from, const http_response& response);

} // namespace asioauth::detail
