// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// HTTP vocabulary shared by the example programs: the request and response types, the responses
// every handler makes, and the test "is this host the machine we run on?".

#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace example {

namespace http = boost::beast::http;
namespace json = boost::json;

using http_request = http::request<http::string_body>;
using http_response = http::response<http::string_body>;

/// The request target up to, and after, the first `?`.
std::string target_path(const http_request& request);
std::string target_query(const http_request& request);

/// The value of a header field, empty when absent.
std::string header(const http_request& request, std::string_view name);

/// True when Content-Type names this media type, whatever its case and parameters.
bool has_media_type(const http_request& request, std::string_view type);

http_response make_json(http::status status, const json::value& body);
http_response make_text(http::status status, std::string body, std::string_view type);

/// 405 with the mandatory Allow header.
http_response method_not_allowed(std::string_view allowed);

/// `localhost`, `127.0.0.1` or `[::1]`: all that the example programs ever talk to.
bool is_loopback_host(std::string_view host);

bool equal_ignoring_case(std::string_view a, std::string_view b);

} // namespace example
