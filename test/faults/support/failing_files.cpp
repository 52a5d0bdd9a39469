// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/failing_files.hpp"

#include "faults/support/failing_memory.hpp"
#include "faults/support/next_function.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace asioauth::test {
namespace {

std::atomic<std::size_t> number = 0;
std::atomic<std::size_t> fails = 0; // 0: nothing is counted
std::atomic<int> with = EIO;
std::atomic<const char*> name_of_struck = "";

bool is_to_fail(const char* name) noexcept
{
    if (fails == 0 || !failing_memory::is_counting() || ++number != fails)
        return false;
    name_of_struck = name;
    errno = with;
    return true;
}

} // namespace

void failing_files::fail_at(std::size_t n, int error) noexcept
{
    fails = 0;
    number = 0;
    with = error != 0 ? error : EIO;
    if (n != 0)
        name_of_struck = "";
    fails = n;
}

bool failing_files::has_struck() noexcept
{
    return fails != 0 && number >= fails;
}

const char* failing_files::struck() noexcept
{
    return name_of_struck;
}

} // namespace asioauth::test

// In place of those of the C library, for everything in this program.
// NOLINTBEGIN(cert-dcl50-cpp)

#define ASIOAUTH_TEST_CALL(result, failed, name, parameters, arguments, ...)                       \
    extern "C" result name parameters __VA_ARGS__                                                  \
    {                                                                                              \
        static const auto real = asioauth::test::next_function<result parameters>(#name);          \
        return asioauth::test::is_to_fail(#name) ? failed : real arguments;                        \
    }

// The mode is there or is not looked at.
#define ASIOAUTH_TEST_OPEN(name, parameters, arguments)                                            \
    extern "C" int name parameters                                                                 \
    {                                                                                              \
        static const auto real = asioauth::test::next_function<int parameters>(#name);             \
        va_list more;                                                                              \
        va_start(more, flags);                                                                     \
        const auto mode = va_arg(more, mode_t);                                                    \
        va_end(more);                                                                              \
        return asioauth::test::is_to_fail(#name) ? -1 : real arguments;                            \
    }

ASIOAUTH_TEST_OPEN(open, (const char* path, int flags, ...), (path, flags, mode))
ASIOAUTH_TEST_OPEN(open64, (const char* path, int flags, ...), (path, flags, mode))
ASIOAUTH_TEST_OPEN(openat, (int fd, const char* path, int flags, ...), (fd, path, flags, mode))

ASIOAUTH_TEST_CALL(int, -1, mkdir, (const char* p, mode_t m), (p, m), noexcept)
ASIOAUTH_TEST_CALL(int, -1, unlink, (const char* p), (p), noexcept)
ASIOAUTH_TEST_CALL(int, -1, stat, (const char* p, struct stat* s), (p, s), noexcept)
ASIOAUTH_TEST_CALL(int, -1, stat64, (const char* p, struct stat64* s), (p, s), noexcept)
ASIOAUTH_TEST_CALL(int, -1, fstat, (int fd, struct stat* s), (fd, s), noexcept)
ASIOAUTH_TEST_CALL(int, -1, fstat64, (int fd, struct stat64* s), (fd, s), noexcept)
ASIOAUTH_TEST_CALL(
    int, -1, fstatat, (int fd, const char* p, struct stat* s, int f), (fd, p, s, f), noexcept
)
ASIOAUTH_TEST_CALL(int, -1, fchmod, (int fd, mode_t m), (fd, m), noexcept)
ASIOAUTH_TEST_CALL(
    int, -1, fchmodat, (int fd, const char* p, mode_t m, int f), (fd, p, m, f), noexcept
)
ASIOAUTH_TEST_CALL(int, -1, flock, (int fd, int how), (fd, how), noexcept)
ASIOAUTH_TEST_CALL(int, -1, fsync, (int fd), (fd))
ASIOAUTH_TEST_CALL(int, -1, fdatasync, (int fd), (fd))
ASIOAUTH_TEST_CALL(int, -1, ftruncate64, (int fd, off64_t n), (fd, n), noexcept)
ASIOAUTH_TEST_CALL(ssize_t, -1, read, (int fd, void* b, std::size_t n), (fd, b, n))
ASIOAUTH_TEST_CALL(ssize_t, -1, write, (int fd, const void* b, std::size_t n), (fd, b, n))
ASIOAUTH_TEST_CALL(
    ssize_t, -1, pread64, (int fd, void* b, std::size_t n, off64_t at), (fd, b, n, at)
)
ASIOAUTH_TEST_CALL(
    ssize_t, -1, pwrite64, (int fd, const void* b, std::size_t n, off64_t at), (fd, b, n, at)
)
ASIOAUTH_TEST_CALL(
    int,
    -1,
    linkat,
    (int fd, const char* p, int to_fd, const char* to, int f),
    (fd, p, to_fd, to, f),
    noexcept
)
ASIOAUTH_TEST_CALL(
    int,
    -1,
    renameat,
    (int fd, const char* p, int to_fd, const char* to),
    (fd, p, to_fd, to),
    noexcept
)
ASIOAUTH_TEST_CALL(
    int,
    -1,
    renameat2,
    (int fd, const char* p, int to_fd, const char* to, unsigned f),
    (fd, p, to_fd, to, f),
    noexcept
)
ASIOAUTH_TEST_CALL(int, -1, unlinkat, (int fd, const char* p, int f), (fd, p, f), noexcept)
ASIOAUTH_TEST_CALL(char*, nullptr, realpath, (const char* p, char* out), (p, out), noexcept)

// NOLINTEND(cert-dcl50-cpp)
