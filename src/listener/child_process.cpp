// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/child_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <exception>
#include <system_error>
#include <thread>

#if defined(__APPLE__)
#include <crt_externs.h>
#endif

namespace asioauth::detail {

namespace {

char** environment()
{
#if defined(__APPLE__)
    return *::_NSGetEnviron();
#else
    return environ;
#endif
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

/// The attributes of a child that has nothing of ours: no descriptor, signal setting, terminal or
/// process group.
class spawn_settings
{
public:
    spawn_settings()
    {
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawnattr_init(&attributes);
    }
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;
    ~spawn_settings()
    {
        ::posix_spawn_file_actions_destroy(&files);
        ::posix_spawnattr_destroy(&attributes);
    }

    bool fill()
    {
        sigset_t all;
        sigset_t none;
        ::sigfillset(&all);
        ::sigdelset(&all, SIGKILL);
        ::sigdelset(&all, SIGSTOP);
        ::sigemptyset(&none);
        int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID;
#if defined(POSIX_SPAWN_CLOEXEC_DEFAULT)
        flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
        bool ok = ::posix_spawnattr_setsigdefault(&attributes, &all) == 0
            && ::posix_spawnattr_setsigmask(&attributes, &none) == 0
            && ::posix_spawnattr_setflags(&attributes, static_cast<short>(flags)) == 0
            && ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) == 0
            && ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0) == 0
            && ::posix_spawn_file_actions_adddup2(&files, 1, 2) == 0;
#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
        ok = ok && ::posix_spawn_file_actions_addclosefrom_np(&files, 3) == 0;
#endif
#endif
        return ok;
    }

    posix_spawn_file_actions_t files = {};
    posix_spawnattr_t attributes = {};
};

void tell(const descriptor& to, report what)
{
    const char byte = what;
    // Nobody may be left to hear it; SIGPIPE is blocked in this thread.
    [[maybe_unused]] const auto size = ::write(to.get(), &byte, 1);
}

/// Start a program and wait for its end, on a thread of its own.
void run(
    const std::string& file,
    std::vector<std::string> arguments,
    std::vector<std::string> variables,
    const descriptor& to
)
{
    const auto argv = pointers(arguments);
    const auto envp = pointers(variables);
    spawn_settings settings;
    pid_t child = 0;
    if (!settings.fill()
        || ::posix_spawn(
               &child, file.c_str(), &settings.files, &settings.attributes, argv.data(), envp.data()
           ) != 0)
        return tell(to, report_not_started);
    tell(to, report_started);
    int status = 0;
    pid_t ended = 0;
    do
    {
        ended = ::waitpid(child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    // A host program that ignores SIGCHLD or waits for every child takes the status away: no bad
    // news then.
    tell(to, ended != child || status == 0 ? report_succeeded : report_failed);
}

} // namespace

descriptor launch(std::string file, std::vector<std::string> arguments)
{
    static std::atomic<int> running = 0;
    constexpr int most = 32;

    std::array<int, 2> ends = {-1, -1};
#if defined(__linux__)
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return descriptor(-1);
#else
    if (::pipe(ends.data()) != 0)
        return descriptor(-1);
    ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
    descriptor ours(ends[0]);
    descriptor theirs(ends[1]);
    if (running.fetch_add(1) >= most)
    {
        running.fetch_sub(1);
        return descriptor(-1);
    }

    // Copied here: the host may change its environment while the thread reads.
    std::vector<std::string> variables;
    for (char** v = environment(); v != nullptr && *v != nullptr; ++v)
        variables.emplace_back(*v);

    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = true;
    try
    {
        std::thread([file = std::move(file),
                     arguments = std::move(arguments),
                     variables = std::move(variables),
                     to = std::move(theirs)]() mutable {
            try
            {
                run(file, std::move(arguments), std::move(variables), to);
            }
            catch (const std::exception&)
            {
                // Out of memory: the other end sees the pipe close.
            }
            running.fetch_sub(1);
        }).detach();
    }
    catch (const std::system_error&)
    {
        running.fetch_sub(1);
        started = false;
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return started ? std::move(ours) : descriptor(-1);
}

} // namespace asioauth::detail
