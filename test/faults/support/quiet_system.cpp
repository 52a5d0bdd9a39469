// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/quiet_system.hpp"

#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <charconv>
#include <string_view>
#include <vector>

namespace asioauth::test {
namespace {

std::vector<int> numbers_in(const char* folder)
{
    std::vector<int> found;
    DIR* const all = ::opendir(folder);
    if (all == nullptr)
        return found;
    while (const dirent* const e = ::readdir(all)) // NOLINT(concurrency-mt-unsafe)
    {
        const std::string_view name = e->d_name;
        int n = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), n).ec == std::errc())
            found.push_back(n);
    }
    ::closedir(all);
    return found;
}

std::vector<int> descriptors()
{
    return numbers_in("/proc/self/fd");
}

std::size_t threads()
{
    return numbers_in("/proc/self/task").size();
}

// What it has received and not yet acknowledged would look as if it were on its way.
void acknowledge(int socket) noexcept
{
    const int now = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &now, sizeof now);
}

bool has_something_on_its_way(int socket) noexcept
{
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return false;
    switch (info.tcpi_state)
    {
    case TCP_SYN_SENT: return true;
    case TCP_ESTABLISHED:
    case TCP_FIN_WAIT1:
    case TCP_CLOSE_WAIT:
    case TCP_CLOSING:
    case TCP_LAST_ACK: break;
    default: return false;
    }
    int octets = 0;
    return ::ioctl(socket, TIOCOUTQ, &octets) == 0 && octets != 0;
}

} // namespace

std::size_t open_descriptors()
{
    return descriptors().size();
}

quiet_system::quiet_system() : threads_(threads()) {}

bool quiet_system::is_quiet() const
{
    if (threads() > threads_)
        return false;
    const auto all = descriptors();
    for (const int d : all)
        acknowledge(d);
    for (const int d : all)
    {
        if (has_something_on_its_way(d))
            return false;
    }
    return true;
}

} // namespace asioauth::test
