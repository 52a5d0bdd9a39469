// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/pasted_lines.hpp"

#include "listener/completion.hpp"

#include <asioauth/secret.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace asioauth::detail {

namespace asio = boost::asio;

pasted_lines::~pasted_lines()
{
    restore();
    wipe(text_);
}

void pasted_lines::ask(user_agent::pasted_handler h, bool from_terminal)
{
    const auto id = next_id_++;
    auto slot = asio::get_associated_cancellation_slot(h);
    askers_.emplace_back(id, ex_, std::move(h));
    if (slot.is_connected())
    {
        slot.assign([weak = weak_from_this(), id](asio::cancellation_type) {
            if (const auto self = weak.lock())
                self->cancel(id);
        });
    }
    if (!from_terminal)
        return;
    from_terminal_ = true;
    deliver();
    read();
}

void pasted_lines::close()
{
    while (!askers_.empty())
        cancel(askers_.front().id);
}

void pasted_lines::cancel(std::uint64_t id)
{
    const auto at =
        std::find_if(askers_.begin(), askers_.end(), [id](const asker& a) { return a.id == id; });
    if (at == askers_.end())
        return;
    post_cancelled(ex_, std::move(at->complete), result<std::string>(operation_aborted()));
    askers_.erase(at);
    if (askers_.empty())
        restore();
}

void pasted_lines::read()
{
    if (askers_.empty() || reading_ || !from_terminal_ || (!input_.is_open() && !open()))
        return;
    reading_ = true;
    input_.async_read_some(
        asio::buffer(buffer_),
        [weak = weak_from_this()](error_code ec, std::size_t size) {
            const auto self = weak.lock();
            if (!self)
                return;
            self->reading_ = false;
            self->take(std::string_view(self->buffer_.data(), size));
            // At the end of the input there is nothing more to come; the next one who asks tries
            // again.
            if (!ec || ec == asio::error::operation_aborted)
                self->read();
            else
                self->restore();
        }
    );
}

void pasted_lines::take(std::string_view bytes)
{
    constexpr std::size_t longest = 16'384;
    for (const char c : bytes)
    {
        line_size_ = c == '\n' ? 0 : line_size_ + 1;
        if (line_size_ <= longest)
            text_ += c; // no URL is longer; what is cut off here is invalid anyway
    }
    deliver();
}

void pasted_lines::deliver()
{
    constexpr std::string_view blank = " \t\r\v\f";
    while (!askers_.empty())
    {
        const auto end = text_.find('\n');
        if (end == std::string::npos)
            return;
        std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        line.erase(line.find_last_not_of(blank) + 1);
        line.erase(0, line.find_first_not_of(blank));
        if (line.empty())
            continue;
        for (auto& a : askers_)
            post_completion(ex_, std::move(a.complete), result<std::string>(line));
        askers_.clear();
        restore();
    }
}

bool pasted_lines::open()
{
    struct stat info = {};
    if (::fstat(STDIN_FILENO, &info) != 0
        || !(S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode) || ::isatty(STDIN_FILENO) == 1))
        return false;
    int fd = -1;
#if defined(__linux__)
    // A description of our own: non-blocking mode is a property of the description, and the one
    // that we were started with is shared with the host's output and with the shell.
    fd = ::open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
#endif
    if (fd < 0)
    {
        fd = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
            return false;
        shared_flags_ = ::fcntl(fd, F_GETFL);
    }
    error_code ec;
    input_.assign(fd, ec);
    if (!ec)
        return true;
    ::close(fd);
    shared_flags_ = -1;
    return false;
}

void pasted_lines::restore()
{
    if (!input_.is_open())
        return;
    if (shared_flags_ >= 0)
        ::fcntl(input_.native_handle(), F_SETFL, std::exchange(shared_flags_, -1));
    error_code ignored;
    input_.close(ignored);
}

} // namespace asioauth::detail
