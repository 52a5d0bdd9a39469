// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/failing_calls.hpp"

#include "faults/support/failing_memory.hpp"
#include "faults/support/next_function.hpp"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdarg>

namespace asioauth::test {
namespace {

thread_local std::size_t number = 0;
thread_local std::size_t fails = 0;
thread_local const char* name_of_struck = "";

bool is_to_fail(const char* name) noexcept
{
    if (!failing_memory::is_counting() || ++number != fails)
        return false;
    name_of_struck = name;
    return true;
}

} // namespace

void failing_calls::fail_at(std::size_t n) noexcept
{
    number = 0;
    fails = n;
    name_of_struck = "";
}

bool failing_calls::has_struck() noexcept
{
    return *name_of_struck != 0;
}

const char* failing_calls::struck() noexcept
{
    return name_of_struck;
}

} // namespace asioauth::test

// In place of those of the C library, for everything in this program.
// NOLINTBEGIN(cert-dcl50-cpp)

#define ASIOAUTH_TEST_CALL(error, result, name, parameters, arguments, ...)                        \
    extern "C" result name parameters __VA_ARGS__                                                  \
    {                                                                                              \
        static const auto real = asioauth::test::next_function<result parameters>(#name);          \
        if (asioauth::test::is_to_fail(#name))                                                     \
        {                                                                                          \
            errno = error;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
        return real arguments;                                                                     \
    }

ASIOAUTH_TEST_CALL(EMFILE, int, socket, (int d, int t, int p), (d, t, p), noexcept)
ASIOAUTH_TEST_CALL(ENETUNREACH, int, connect, (int s, const sockaddr* a, socklen_t n), (s, a, n))
ASIOAUTH_TEST_CALL(
    EADDRINUSE, int, bind, (int s, const sockaddr* a, socklen_t n), (s, a, n), noexcept
)
ASIOAUTH_TEST_CALL(EADDRINUSE, int, listen, (int s, int n), (s, n), noexcept)
ASIOAUTH_TEST_CALL(EMFILE, int, accept, (int s, sockaddr* a, socklen_t* n), (s, a, n))
ASIOAUTH_TEST_CALL(
    ENOBUFS, int, getsockname, (int s, sockaddr* a, socklen_t* n), (s, a, n), noexcept
)
ASIOAUTH_TEST_CALL(
    ENOTCONN, int, getpeername, (int s, sockaddr* a, socklen_t* n), (s, a, n), noexcept
)
ASIOAUTH_TEST_CALL(
    ENOBUFS,
    int,
    setsockopt,
    (int s, int l, int o, const void* v, socklen_t n),
    (s, l, o, v, n),
    noexcept
)
ASIOAUTH_TEST_CALL(
    ENOBUFS,
    int,
    getsockopt,
    (int s, int l, int o, void* v, socklen_t* n),
    (s, l, o, v, n),
    noexcept
)
ASIOAUTH_TEST_CALL(
    ENOBUFS, ssize_t, send, (int s, const void* b, std::size_t n, int f), (s, b, n, f)
)
ASIOAUTH_TEST_CALL(ENOBUFS, ssize_t, sendmsg, (int s, const msghdr* m, int f), (s, m, f))
ASIOAUTH_TEST_CALL(ECONNRESET, ssize_t, recv, (int s, void* b, std::size_t n, int f), (s, b, n, f))
ASIOAUTH_TEST_CALL(ECONNRESET, ssize_t, recvmsg, (int s, msghdr* m, int f), (s, m, f))
ASIOAUTH_TEST_CALL(ENOTCONN, int, shutdown, (int s, int how), (s, how), noexcept)
ASIOAUTH_TEST_CALL(
    ENOMEM, int, epoll_ctl, (int e, int o, int s, epoll_event* w), (e, o, s, w), noexcept
)
ASIOAUTH_TEST_CALL(EAGAIN, ssize_t, getrandom, (void* b, std::size_t n, unsigned f), (b, n, f))
ASIOAUTH_TEST_CALL(EIO, int, getentropy, (void* b, std::size_t n), (b, n))

extern "C" int
pthread_create(pthread_t* t, const pthread_attr_t* a, void* (*f)(void*), void* arg) noexcept
{
    static const auto real =
        asioauth::test::next_function<decltype(pthread_create)>("pthread_create");
    return asioauth::test::is_to_fail("pthread_create") ? EAGAIN : real(t, a, f, arg);
}

// What comes behind the parameters that have a name is one pointer, or as long as one.

extern "C" int ioctl(int s, unsigned long what, ...) noexcept
{
    static const auto real = asioauth::test::next_function<int(int, unsigned long, ...)>("ioctl");
    va_list more;
    va_start(more, what);
    void* const arg = va_arg(more, void*);
    va_end(more);
    if (asioauth::test::is_to_fail("ioctl"))
    {
        errno = EIO;
        return -1;
    }
    return real(s, what, arg);
}

extern "C" int fcntl(int s, int what, ...)
{
    static const auto real = asioauth::test::next_function<int(int, int, ...)>("fcntl");
    va_list more;
    va_start(more, what);
    void* const arg = va_arg(more, void*);
    va_end(more);
    if (asioauth::test::is_to_fail("fcntl"))
    {
        errno = EINVAL;
        return -1;
    }
    return real(s, what, arg);
}

// NOLINTEND(cert-dcl50-cpp)
