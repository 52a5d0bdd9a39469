// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <iosfwd>
#include <string>
#include <string_view>

namespace asioauth {

/// What a login is doing, for progress displays and logs. Contains no secret, and no URL with its
/// query.
class event
{
public:
    /// What kind of news it is.
    enum class kind
    {
        request,  ///< an HTTP request is about to be sent
        response, ///< an HTTP response was received, or the request failed (`code`)
        note,     ///< something worth knowing was decided, tolerated or passed over
        step,     ///< a step of the login is complete
    };

    event() = default;
    /// @param k what kind @param s where @param t a sentence for a person
    event(kind k, stage s, std::string_view t) : what(k), where(s), text(t) {}

    kind what = kind::note;    ///< what kind of news it is
    stage where = stage::none; ///< in which part of a login
    std::string method;        ///< of a request
    std::string url;           ///< without query; of a note: the place that it is about, if any
    int http_status = 0;       ///< of a response; 0 if there was none
    error_code code;  ///< of a request that failed, or of why something could not be stored
    std::string text; ///< a sentence for a person; may quote untrusted text, made presentable
};

/// One line of text.
ASIOAUTH_DECL std::ostream& operator<<(std::ostream& os, const event& e);

} // namespace asioauth
