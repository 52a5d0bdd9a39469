// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/event.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/secret.hpp>

#include <string_view>
#include <vector>

namespace asioauth::detail {

/** The secrets that an operation has shown to servers, and must not tell.

    Whoever has been shown a secret can put it into every text of an answer, by mistake or to get it
    into a log. What is told of an operation is compared with what it has sent: a text that repeats a
    piece of that is not shown at all.
*/
class ASIOAUTH_DECL sent_secrets
{
public:
    /// Everything secret of a request to an authorization server. What goes to a resource is not
    /// remembered, since that is each request of a session; see conceal.
    void add(const http_request& request);
    void add(std::string_view value);

    void hide(event& e) const;
    failure hidden(const failure& f) const;

private:
    void add_form(std::string_view body);
    bool repeated_in(std::string_view text) const;

    std::vector<secret> values_;
};

} // namespace asioauth::detail
