// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/metrics.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <boost/asio/any_completion_handler.hpp>

namespace asioauth {

/** Port: one HTTP exchange. The library ships @ref http_client; implement this to bring another
    stack.

    What the caller relies on, whatever the implementation:
    @li an exchange ends by itself within a deadline of its own;
    @li request_kind and address_policy of the request are obeyed, on every redirect hop too;
    @li a request other than GET is never sent twice.

    http_request::stream_events may be ignored: then the whole body is there and
    http_response::events is null. An implementation that obeys it hands over a @ref body_stream,
    which its own deadline no longer concerns and close() ends.

    @par Executor
    The handler is invoked exactly once, on the executor that the implementation was made with,
    never inside async_send().
    @par Per-operation cancellation
    Every type on the handler's slot ends the exchange at once; the server may have acted on the
    request.
    @par Object lifetimes
    Parameters are moved from. Destroying it is close().
    @par Thread safety
    The library calls it on the strand of the @ref client that it was given to, but for metrics() and
    the destructor, which may run on any thread, such as that of whoever drops the last session.
*/
class transport
{
public:
    /// What an exchange ends with: a response, whatever its status is, or a failure.
    using handler = boost::asio::any_completion_handler<void(result<http_response>)>;

    virtual ~transport() = default;

    /** Send a request and read its response: in full, or its head if it is streamed.

        @param request as checked by check_request()

        @par Errors
        @li condition::unreachable, condition::untrusted and condition::usage with the codes under
            "HTTP and below" of errc
        @li condition::cancelled after cancellation and close()
    */
    virtual void async_send(http_request request, handler h) = 0;

    /// End everything that is under way, streams included: each handler completes with
    /// operation_aborted().
    virtual void close() = 0;

    /// What it has done, for client::metrics(); all 0 if it does not count. Is called from any thread.
    virtual transport_metrics metrics() const noexcept { return {}; }
};

} // namespace asioauth
