// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <string>
#include <utility>

namespace asioauth {

/** The body of a response that is still being received; see http_request::stream_events.

    It ends once: regularly, or with an error; whoever reads after that is told the same again.

    @par Errors
    @li errc::connection_lost the peer cut the body short
    @li errc::http_framing_invalid what came is not HTTP
    @li errc::response_timeout nothing came for too long while a read waited
    @li condition::cancelled after close() and after a cancelled read
    @li condition::cancelled for the read that waits, errc::client_closed afterwards, at the end of
        the transport, which for the library's own client is that of the @ref client
    @li errc::invalid_argument another read waits; that one is not disturbed, and nothing has ended
    @par Executor
    Handlers run on their associated executor, as if by `dispatch`; on that of the transport if they
    have none. Never inside the function, and exactly once; they are destroyed without a call if the
    execution context goes first.
    @par Per-operation cancellation
    Every type, at any time; it ends the stream.
    @par Object lifetimes
    Destroying it closes the connection, unless the body has ended regularly. It may be destroyed
    after the execution context of the transport; nothing else may be called then.
    @par Thread safety
    Safe: everything may be called from any thread. Of reads there is one at a time.
*/
class body_stream
{
public:
    /// What a read ends with: octets, an empty string for the regular end, or a failure.
    using handler = boost::asio::any_completion_handler<void(result<std::string>)>;

    body_stream() = default;
    body_stream(const body_stream&) = delete;
    body_stream& operator=(const body_stream&) = delete;
    virtual ~body_stream() = default;

    /** Get the next octets of the body.

        As many as are there, at most 16 KiB, without what framing added; an empty string is the
        regular end. Nothing is received while nobody reads, so that a slow reader slows the sender
        down.
    */
    virtual void async_read_some(handler h) = 0;

    /// End it: a read that waits completes with operation_aborted(), and so does every later one.
    virtual void close() = 0;

    /** async_read_some() with any completion token.

        @par Completion signature
        `void(result<std::string>)`
        @par Completes when
        some octets are there, or the body has ended: regularly, with an empty string, or with an
        error.
        @par Object lifetimes
        `*this` has to live until the read begins.
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_read(CompletionToken&& token = CompletionToken())
    {
        return boost::asio::async_initiate<CompletionToken, void(result<std::string>)>(
            initiate_read(*this), token
        );
    }

private:
    class initiate_read
    {
    public:
        explicit initiate_read(body_stream& s) : stream_(&s) {}

        template <class Handler>
        void operator()(Handler&& h) const
        {
            stream_->async_read_some(handler(std::forward<Handler>(h)));
        }

    private:
        body_stream* stream_;
    };
};

} // namespace asioauth
