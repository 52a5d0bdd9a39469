// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/postgres_connection.hpp"

#include <poll.h>

#include <exception>
#include <new>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

postgres_connection::postgres_connection(const home_executor& at, postgres_handle c)
    : descriptor_(std::in_place, at)
    , connection_(std::move(c))
{
    // libpq would write notices to stderr.
    PQsetNoticeReceiver(
        connection_.get(), [](void*, const PGresult*) {}, nullptr
    );
}

postgres_connection::~postgres_connection()
{
    close();
}

void postgres_connection::connect(connect_function h)
{
    on_connect_ = std::move(h);
    if (PQstatus(connection_.get()) == CONNECTION_BAD)
    {
        connected(PQerrorMessage(connection_.get()));
        return;
    }
    // As the documentation has it: the first time as if PQconnectPoll had said "writing".
    watch();
    wait(descriptor::wait_write, &postgres_connection::poll);
}

void postgres_connection::execute(const postgres_statement& s, answer_function h)
{
    on_answer_ = std::move(h);
    answer_ = postgres_answer();
    if (!s.send(connection_.get()))
    {
        answered(postgres_answer());
        return;
    }
    wait(descriptor::wait_read, &postgres_connection::read);
    flush();
}

bool postgres_connection::is_quiet() const
{
    if (!descriptor_ || PQstatus(connection_.get()) != CONNECTION_OK)
        return false;
    pollfd p{};
    p.fd = PQsocket(connection_.get());
    p.events = POLLIN;
    return ::poll(&p, 1, 0) == 0;
}

void postgres_connection::close() noexcept
{
    unwatch();
    descriptor_.reset();
    connection_.reset();
    // What they hold may hold this object.
    const auto c = std::exchange(on_connect_, nullptr);
    const auto a = std::exchange(on_answer_, nullptr);
}

void postgres_connection::watch()
{
    const int socket = PQsocket(connection_.get());
    if (socket >= 0)
    {
        boost::system::error_code ignored; // waiting for it fails then
        descriptor_->assign(socket, ignored);
    }
}

// The socket is libpq's.
void postgres_connection::unwatch() noexcept
{
    try
    {
        if (descriptor_ && descriptor_->is_open())
            descriptor_->release();
    }
    catch (const std::exception&)
    {
        return;
    }
}

void postgres_connection::wait(descriptor::wait_type what, void (postgres_connection::*then)())
{
    descriptor_->async_wait(
        what,
        [self = shared_from_this(), then](const boost::system::error_code& ec) {
            if (ec == asio::error::operation_aborted || !self->descriptor_)
                return;
            try
            {
                ((*self).*then)();
            }
            catch (const std::bad_alloc&)
            {
                self->no_memory();
            }
        }
    );
}

// Who waits does not throw, so that it was for this object that there was none.
void postgres_connection::no_memory()
{
    if (on_connect_)
        connected("out of memory");
    else
        answered(postgres_answer());
}

void postgres_connection::poll()
{
    // libpq may close the socket in there and go on with another one, under the same number even.
    unwatch();
    const auto next = PQconnectPoll(connection_.get());
    watch();
    switch (next)
    {
    case PGRES_POLLING_READING: wait(descriptor::wait_read, &postgres_connection::poll); return;
    case PGRES_POLLING_WRITING: wait(descriptor::wait_write, &postgres_connection::poll); return;
    case PGRES_POLLING_OK:
        PQsetnonblocking(connection_.get(), 1);
        connected(std::nullopt);
        return;
    default: connected(PQerrorMessage(connection_.get())); return;
    }
}

void postgres_connection::connected(std::optional<std::string> problem)
{
    const auto keep_alive = shared_from_this();
    if (const auto h = std::exchange(on_connect_, nullptr))
        h(std::move(problem));
}

void postgres_connection::flush()
{
    if (waits_to_write_ || !on_answer_)
        return;
    const int more = PQflush(connection_.get());
    if (more < 0)
    {
        answered(postgres_answer());
        return;
    }
    if (more > 0)
    {
        waits_to_write_ = true;
        wait(descriptor::wait_write, &postgres_connection::writable);
    }
}

void postgres_connection::writable()
{
    waits_to_write_ = false;
    flush();
}

void postgres_connection::read()
{
    if (!on_answer_)
        return;
    const bool alive = PQconsumeInput(connection_.get()) == 1;
    while (PQisBusy(connection_.get()) == 0)
    {
        PGresult* const r = PQgetResult(connection_.get());
        if (r == nullptr)
        {
            answered(std::move(answer_));
            return;
        }
        answer_ = postgres_answer(r);
    }
    if (!alive || PQstatus(connection_.get()) != CONNECTION_OK)
    {
        answered(postgres_answer());
        return;
    }
    wait(descriptor::wait_read, &postgres_connection::read);
    flush();
}

void postgres_connection::answered(postgres_answer a)
{
    const auto keep_alive = shared_from_this();
    used_at_ = clock::now();
    if (const auto h = std::exchange(on_answer_, nullptr))
        h(std::move(a));
}

} // namespace asioauth::detail
