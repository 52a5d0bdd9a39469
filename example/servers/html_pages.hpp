// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The pages a person sees at the authorization server: log in, allow or deny, and "this cannot
// be". Every text that came from outside is escaped, and the headers forbid the browser to run,
// frame, cache or leak anything.

#pragma once

#include "http_messages.hpp"

#include <string>
#include <string_view>

namespace example {

std::string html_escape(std::string_view text);

/// `transaction` goes into a hidden field and names the pending login. `notice` may be empty.
http_response login_page(std::string_view transaction, std::string_view notice);

struct consent_question
{
    std::string user;
    std::string client_name;
    std::string client_id;
    std::string scope;
    std::string resource;
    /// Where the answer goes: the best hint a user has about who is really asking.
    std::string redirect_host;
};

http_response consent_page(std::string_view transaction, const consent_question& question);

http_response error_page(http::status status, std::string_view message);

http_response style_sheet();

} // namespace example
