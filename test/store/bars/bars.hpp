// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "rotating_server.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/memory_store.hpp>
#include <asioauth/postgres_store.hpp>
#include <asioauth/session.hpp>
#include <asioauth/sqlite_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace asioauth::bars {

/// One figure, and whether it is what was promised. Returns that.
inline bool figure(const std::string& bar, const std::string& what, bool good)
{
    std::printf("%s %s: %s\n", good ? "ok  " : "FAIL", bar.c_str(), what.c_str());
    std::fflush(stdout);
    return good;
}

/// A store by what it is called on the command line: memory, sqlite:FILE, postgres:CONNECTION.
inline std::shared_ptr<store> open_store(asio::any_io_executor ex, const std::string& name)
{
    if (name.starts_with("sqlite:"))
        return std::make_shared<sqlite_store>(
            ex, sqlite_settings().path(name.substr(7)).busy_timeout(std::chrono::seconds(30))
        );
    if (name.starts_with("postgres:"))
        return std::make_shared<postgres_store>(ex, postgres_settings(name.substr(9)));
    return std::make_shared<memory_store>(ex);
}

/// A folder of our own that goes with the object.
class own_folder
{
public:
    own_folder()
    {
        if (::mkdtemp(path_.data()) == nullptr)
            throw std::runtime_error("no temporary folder");
    }
    own_folder(const own_folder&) = delete;
    own_folder& operator=(const own_folder&) = delete;
    ~own_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string& path() const { return path_; }

private:
    std::string path_ = "/tmp/asioauth-bars-XXXXXX";
};

/// An io_context with a thread of its own.
class loop
{
public:
    loop() : work_(asio::make_work_guard(io)), thread_([this] { io.run(); }) {}
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;
    ~loop()
    {
        work_.reset();
        io.stop();
        thread_.join();
    }

    asio::io_context io{1};

private:
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::thread thread_;
};

/// What a bar is about lasts so long: a load, an outage.
inline void let_pass(std::chrono::milliseconds time)
{
    asio::io_context io;
    asio::steady_timer(io, time).wait();
}

/// This program again, with other arguments. Output goes where ours goes.
inline pid_t spawn(const std::vector<std::string>& arguments, int input = -1, int output = -1)
{
    std::vector<char*> argv;
    std::string self = "/proc/self/exe";
    argv.push_back(self.data());
    for (const auto& a : arguments)
        argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    if (input >= 0)
        ::posix_spawn_file_actions_adddup2(&actions, input, 0);
    if (output >= 0)
        ::posix_spawn_file_actions_adddup2(&actions, output, 1);
    pid_t child = 0;
    const int wrong =
        ::posix_spawn(&child, self.c_str(), &actions, nullptr, argv.data(), ::environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (wrong != 0)
        throw std::runtime_error("cannot start a process");
    return child;
}

inline int wait_for(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
    {}
    return status;
}

/// A whole login without a browser: what the user agrees to is what the server says.
inline session log_in(const client& c, rotating_server& server, const std::string& user)
{
    const authorizer web(c, "http://127.0.0.1:9/callback");
    auto begun = web.async_begin(user, server.resource(), asio::use_future).get();
    const std::string cookie = begun.set_cookie.substr(0, begun.set_cookie.find(';'));
    login_callback callback(server.approve(begun.where));
    callback.cookies(cookie);
    return web.async_complete(callback, asio::use_future).get().session;
}

// The bars, each returns whether it was reached. `where` is a store as for open_store().
bool rotations(const std::string& where, int processes, int rounds, int victims);
int rotations_worker(const std::vector<std::string>& arguments);
bool kills(const std::string& postgres, int at_least);
bool callers(const std::string& where);
bool takes(const std::string& where);
bool outage(int seconds);
bool nodes(const std::string& where, int logins);
int nodes_worker(const std::vector<std::string>& arguments);

} // namespace asioauth::bars
