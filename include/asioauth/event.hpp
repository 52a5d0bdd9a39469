// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/operation.hpp>

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace asioauth {

/** What a client is doing, for progress displays, logs and traces. Contains no secret, and no URL with
    its query.

    For traces: an operation is what is between `begin` and `end` with the same `operation`, and each
    of its requests is what is between `request` and `response` with the same `span`; both of these say
    how long it took. All that is told while an operation runs has its number, so that it is the parent
    of its requests. Every `begin` has its `end`, and every `request` its `response`, before that `end`;
    one that nobody waits for any more ends with @ref operation_aborted.
*/
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
        begin,    ///< an operation begins (`doing`)
        end,      ///< an operation is over; `code` if it has failed
    };

    event() = default;
    /// @param k what kind @param s where @param t a sentence for a person
    event(kind k, stage s, std::string_view t) : what(k), where(s), text(t) {}

    kind what = kind::note;    ///< what kind of news it is
    stage where = stage::none; ///< in which part of a login
    std::string method;        ///< of a request
    std::string url;           ///< without query; of a note: the place that it is about, if any
    int http_status = 0;       ///< of a response; 0 if there was none
    error_code code;           ///< of what failed, or of why something could not be stored
    std::string text; ///< a sentence for a person; may quote untrusted text, made presentable

    operation_kind doing = operation_kind::other; ///< what the operation is that tells it
    std::uint64_t operation = 0;      ///< another one for each operation in this process
    std::uint64_t span = 0;           ///< of a request and its response; likewise
    std::chrono::nanoseconds took{0}; ///< of a response and an end
};

/// One line of text.
ASIOAUTH_DECL std::ostream& operator<<(std::ostream& os, const event& e);

} // namespace asioauth
