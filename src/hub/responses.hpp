// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The shapes of a hub's answers.

#include "hub/integration.hpp"
#include "hub/pages.hpp"

#include <asioauth/metrics.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace asioauth::detail {

http_response page_response(int status, std::string html);
http_response text_response(int status, std::string_view sentence);
http_response json_response(int status, const boost::json::value& v);
/// For programs: what is wrong with a request that got no further than the hub.
http_response
error_response(int status, std::string_view code, std::string_view message, std::string_view hint);
/// For programs: one integration.
http_response integration_response(
    int status,
    const hub_site& site,
    const integration& i,
    std::chrono::system_clock::time_point now
);
http_response see_other(const std::string& where);
http_response asset_response(std::string_view content_type, std::string_view content);
http_response icon_response(std::string_view stored);
http_response metrics_response(const metrics& m);

/// The HTTP status that says best what went wrong.
int status_for(const error_code& ec) noexcept;
boost::json::object error_object(const failure& f);

boost::json::object
object_of(const hub_site& site, const integration& i, std::chrono::system_clock::time_point now);
/// What is shown of several, for a page that is open.
std::string
badges_of(const std::vector<integration>& all, std::chrono::system_clock::time_point now);

} // namespace asioauth::detail
