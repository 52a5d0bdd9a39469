// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace asioauth::detail {

/// Owns a descriptor.
class descriptor
{
public:
    explicit descriptor(int fd) noexcept : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&&) = delete;
    ~descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }

    int get() const noexcept { return fd_; }
    int release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_;
};

/// What the thread of a child reports, one byte each.
enum report : char
{
    report_not_started = 'n',
    report_started = 's',
    report_succeeded = 'e',
    report_failed = 'f',
};

/** Start a program. What becomes of it can be read from the descriptor; -1 if that failed.

    A blocking thread per child is the one way to reap it that needs no signal handler, does not
    keep the host's event loop busy while a browser is open, and survives the loop.
*/
descriptor launch(std::string file, std::vector<std::string> arguments);

} // namespace asioauth::detail
