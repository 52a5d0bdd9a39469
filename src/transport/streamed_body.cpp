// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/streamed_body.hpp"

#include "transport/kept_post.hpp"

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

// In a node of its own, since Asio 1.26 cannot move-assign an erased handler.
class body_read::caller
{
public:
    caller(body_stream::handler h, const home_executor& fallback)
        : handler(std::move(h))
        , executor(asio::prefer(
              asio::get_associated_executor(handler, asio::any_completion_executor(fallback)),
              asio::execution::outstanding_work.tracked
          ))
    {}

    body_stream::handler handler;
    asio::any_completion_executor executor;
};

body_read::body_read(body_stream::handler h, const home_executor& ex, std::uint64_t number)
    : caller_(std::make_unique<caller>(std::move(h), ex))
    , home_(ex)
    , number_(number)
{}

body_read::~body_read() = default;

// An erased executor can only be dispatched to in Asio 1.26. Posting to ours first leaves the call
// that we are in; the hop to theirs may then be inline.
void body_read::complete(result<std::string> r)
{
    post_kept(home_, [c = std::move(caller_), r = std::move(r)]() mutable {
        const auto ex = c->executor;
        asio::dispatch(ex, [c = std::move(c), r = std::move(r)]() mutable {
            if (auto slot = asio::get_associated_cancellation_slot(c->handler); slot.is_connected())
            {
                slot.clear();
            }
            body_stream::handler handler(std::move(c->handler));
            const auto keep_busy = std::move(c->executor);
            c.reset();
            std::move(handler)(std::move(r));
        });
    });
}

streamed_body::streamed_body(
    const home_executor& ex, source from, std::chrono::milliseconds idle_timeout
)
    : ex_(ex)
    , idle_timeout_(idle_timeout)
    , from_(std::move(from))
    , timer_(ex)
{}

streamed_body::~streamed_body()
{
    release();
}

void streamed_body::read(std::shared_ptr<body_read> r)
{
    if (!waiting_.expired())
    {
        return r->complete(
            failure(errc::invalid_argument).message("Another read of the stream is under way.")
        );
    }
    waiting_ = r;
    step(r);
}

void streamed_body::cancel(std::uint64_t number)
{
    const auto r = waiting_.lock();
    if (r && r->number() == number)
    {
        interrupt(failure(operation_aborted()));
    }
}

void streamed_body::close()
{
    interrupt(failure(operation_aborted()));
}

void streamed_body::client_closed()
{
    interrupt(failure(errc::client_closed));
}

void streamed_body::drop() noexcept
{
    unlink();
    release();
}

// Hand over what there is, or ask the connection for more.
void streamed_body::step(const std::shared_ptr<body_read>& r)
{
    if (end_)
    {
        return complete(r, *end_);
    }
    std::string octets;
    const auto whole = from_->reader->take_octets(from_->link->buffer(), octets);
    if (!whole)
    {
        end(whole.error());
    }
    else if (*whole)
    {
        end_regularly();
    }
    if (!octets.empty())
    {
        return complete(r, std::move(octets));
    }
    if (end_)
    {
        return complete(r, *end_);
    }
    receive(r);
}

void streamed_body::receive(const std::shared_ptr<body_read>& r)
{
    arm(r);
    const auto& c = from_->link;
    c->async_read_some(c->room(), [self = shared_from_this(), c, r](error_code ec, std::size_t n) {
        if (self->waits(r))
        {
            self->received(r, ec, n);
        }
    });
}

void streamed_body::received(const std::shared_ptr<body_read>& r, error_code ec, std::size_t n)
{
    from_->link->arrived(n);
    if (const auto breach = tls_breach(ec))
    {
        return fail(r, *breach);
    }
    if (n != 0 || !ec)
    {
        return step(r);
    }
    // With TLS this is an end that the peer signed; a cut connection gives another error.
    if (const auto ended = from_->reader->end(ec == asio::error::eof); !ended)
    {
        return fail(r, ended.error());
    }
    end_regularly();
    complete(r, *end_);
}

// Once for a read: framing alone is no reason to wait longer.
void streamed_body::arm(const std::shared_ptr<body_read>& r)
{
    if (std::exchange(armed_, true))
    {
        return;
    }
    timer_.expires_after(idle_timeout_);
    timer_.async_wait([self = shared_from_this(), weak = std::weak_ptr(r)](error_code ec) {
        const auto late = weak.lock();
        if (!ec && late && self->waits(late))
        {
            self->fail(
                late,
                failure(errc::response_timeout)
                    .message("The server has sent nothing for too long on an open stream.")
            );
        }
    });
}

bool streamed_body::waits(const std::shared_ptr<body_read>& r) const noexcept
{
    return waiting_.lock() == r;
}

void streamed_body::complete(const std::shared_ptr<body_read>& r, result<std::string> with)
{
    waiting_.reset();
    if (std::exchange(armed_, false))
    {
        timer_.cancel();
    }
    r->complete(std::move(with));
}

void streamed_body::fail(const std::shared_ptr<body_read>& r, failure f)
{
    end(std::move(f));
    complete(r, *end_);
}

void streamed_body::end_regularly() noexcept
{
    end_.emplace(std::string());
    unlink();
    if (from_->reader->may_keep_alive() && from_->link->is_read())
    {
        from_->home->put(from_->key, std::move(from_->link));
    }
    release();
}

void streamed_body::end(failure f)
{
    f.url(from_->url);
    end_.emplace(std::move(f));
    unlink();
    release();
}

// From outside. The read that waits hears of it as of every interruption, later ones hear why.
void streamed_body::interrupt(const failure& later)
{
    if (!end_)
    {
        end(later);
    }
    if (const auto r = waiting_.lock())
    {
        complete(r, failure(operation_aborted()));
    }
}

void streamed_body::release() noexcept
{
    if (from_ && from_->link)
    {
        from_->link->close();
    }
    from_.reset();
}

} // namespace asioauth::detail
