// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asioauth::testing {

/// A folder that goes with the object, owned by whom servers run as: they refuse to be root.
class server_folder
{
public:
    server_folder()
    {
        if (::mkdtemp(path_.data()) == nullptr)
            throw std::runtime_error("cannot make a temporary folder");
        if (::geteuid() == 0)
        {
            const auto* const who = ::getpwnam("postgres");
            if (who == nullptr)
                throw std::runtime_error("there is no user postgres to run a server as");
            user_ = {who->pw_uid, who->pw_gid};
        }
        own(path_);
    }
    server_folder(const server_folder&) = delete;
    server_folder& operator=(const server_folder&) = delete;
    ~server_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string& path() const noexcept { return path_; }

    void write(const std::string& name, const std::string& content) const
    {
        const auto file = path_ + "/" + name;
        std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
        ::chmod(file.c_str(), 0600);
        own(file);
    }

    /** Start a program as that user. It gets `end` as soon as the test is no more, whatever became
        of it. Its output goes to the file `log` in the folder.
    */
    pid_t start(const std::vector<std::string>& command, int end) const
    {
        std::vector<char*> arguments;
        for (const auto& a : command)
            arguments.push_back(const_cast<char*>(a.c_str()));
        arguments.push_back(nullptr);
        const auto log = path_ + "/log";
        const pid_t parent = ::getpid();
        const pid_t child = ::fork();
        if (child != 0)
            return child;
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        ::dup2(out, 1);
        ::dup2(out, 2);
        if (user_
            && (::setgroups(0, nullptr) != 0 || ::setgid(user_->second) != 0
                || ::setuid(user_->first) != 0))
            ::_exit(126);
        // After setuid, which clears it.
        ::prctl(PR_SET_PDEATHSIG, end);
        if (::getppid() != parent || ::chdir(path_.c_str()) != 0)
            ::_exit(126);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }

    std::string log() const
    {
        std::ostringstream out;
        out << std::ifstream(path_ + "/log").rdbuf();
        return out.str();
    }

private:
    void own(const std::string& path) const
    {
        if (user_ && ::chown(path.c_str(), user_->first, user_->second) != 0)
            throw std::runtime_error("cannot give " + path + " away");
    }

    std::string path_ = "/tmp/asioauth-pg-XXXXXX";
    std::optional<std::pair<uid_t, gid_t>> user_;
};

inline int wait_for_end(pid_t child)
{
    int status = -1;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

/// A port of the loopback that was free a moment ago.
inline std::uint16_t free_port()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool good = ::bind(fd, generic, size) == 0 && ::getsockname(fd, generic, &size) == 0;
    ::close(fd);
    if (!good)
        throw std::runtime_error("there is no free port");
    return ntohs(address.sin_port);
}

/// Ask every few milliseconds until it is so, for a minute at most.
template <class Condition>
void until(Condition condition)
{
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition())
    {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error("it did not happen");
        ::poll(nullptr, 0, 5);
    }
}

/// A connection that blocks, for what a test wants to know or to change behind a store's back.
class postgres_console
{
public:
    explicit postgres_console(const std::string& connection_string)
        : connection_(PQconnectdb(connection_string.c_str()), &PQfinish)
    {
        if (PQstatus(connection_.get()) != CONNECTION_OK)
            throw std::runtime_error(PQerrorMessage(connection_.get()));
        PQsetNoticeReceiver(
            connection_.get(), [](void*, const PGresult*) {}, nullptr
        );
    }

    /// The first cell of the answer, as text; empty if there is none.
    std::string operator()(const std::string& sql)
    {
        const std::unique_ptr<PGresult, decltype(&PQclear)> r(
            PQexec(connection_.get(), sql.c_str()), &PQclear
        );
        const auto status = PQresultStatus(r.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
            throw std::runtime_error(PQresultErrorMessage(r.get()));
        return PQntuples(r.get()) > 0 ? PQgetvalue(r.get(), 0, 0) : std::string();
    }

private:
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

/** A private PostgreSQL server with data of its own and fsync on, reached by a Unix socket in its
    folder and, once it is told so, by a port of the loopback. Whatever happens, it ends with the
    test.
*/
class postgres_server
{
public:
    /// @param settings lines for postgresql.conf
    explicit postgres_server(const std::string& settings = {})
    {
        const auto init = folder_.start(
            {program("initdb"),
             "-D",
             data(),
             "-U",
             "tester",
             "-A",
             "trust",
             "-E",
             "UTF8",
             "--no-locale",
             "-N"},
            SIGKILL
        );
        if (wait_for_end(init) != 0)
            throw std::runtime_error("initdb failed: " + folder_.log());
        std::ofstream(data() + "/postgresql.conf", std::ios::app)
            << "listen_addresses = '127.0.0.1'\nport = " << port_ << "\nunix_socket_directories = '"
            << folder_.path() << "'\nfsync = on\nmax_connections = 120\n"
            << settings;
        start();
    }
    postgres_server(const postgres_server&) = delete;
    postgres_server& operator=(const postgres_server&) = delete;
    ~postgres_server()
    {
        resume();
        end(SIGQUIT);
    }

    /// Where the program of that name is; throws if it is nowhere.
    static std::string program(const std::string& name)
    {
        std::vector<std::string> folders;
        std::error_code ignored;
        for (const auto& version :
             std::filesystem::directory_iterator("/usr/lib/postgresql", ignored))
            folders.push_back(version.path().string() + "/bin");
        std::sort(folders.rbegin(), folders.rend());
        const char* const path = std::getenv("PATH");
        std::istringstream list(path != nullptr ? path : "");
        for (std::string folder; std::getline(list, folder, ':');)
            folders.push_back(folder);
        folders.emplace_back("/usr/sbin");
        for (const auto& folder : folders)
        {
            if (::access((folder + "/" + name).c_str(), X_OK) == 0)
                return folder + "/" + name;
        }
        throw std::runtime_error(name + " is not installed");
    }

    void start()
    {
        for (;;)
        {
            process_ = folder_.start({program("postgres"), "-D", data()}, SIGQUIT);
            bool is_there = false;
            until([&] {
                is_there = PQping(connection_string().c_str()) == PQPING_OK;
                return is_there || ::waitpid(process_, nullptr, WNOHANG) == process_;
            });
            if (is_there)
                return;
            // Processes of one that was killed may still hold the shared memory.
            process_ = -1;
            if (++failed_starts_ > 100)
                throw std::runtime_error("the server does not start: " + folder_.log());
            ::poll(nullptr, 0, 50);
        }
    }

    /// As by an administrator who is in a hurry: sessions are ended, everything is kept.
    void stop() { end(SIGINT); }
    /// As if everything had crashed at once; the next start recovers.
    void stop_immediately() { end(SIGQUIT); }
    /// Only the first process, as the kernel does it when there is no memory.
    void kill() { end(SIGKILL); }

    /// Nothing answers any more, and nothing is closed either.
    void pause() { signal_all(SIGSTOP); }
    void resume() { signal_all(SIGCONT); }

    std::string connection_string() const
    {
        return "host=" + folder_.path() + " port=" + std::to_string(port_)
            + " user=tester dbname=postgres";
    }

    std::string socket() const { return folder_.path() + "/.s.PGSQL." + std::to_string(port_); }
    std::uint16_t port() const noexcept { return port_; }
    std::string data() const { return folder_.path() + "/data"; }
    const server_folder& folder() const noexcept { return folder_; }

private:
    void end(int signal)
    {
        if (process_ < 0)
            return;
        ::kill(process_, signal);
        wait_for_end(process_);
        process_ = -1;
    }

    void signal_all(int signal) const
    {
        if (process_ < 0)
            return;
        ::kill(process_, signal);
        std::ifstream list(
            "/proc/" + std::to_string(process_) + "/task/" + std::to_string(process_) + "/children"
        );
        for (pid_t child = 0; list >> child;)
            ::kill(child, signal);
    }

    server_folder folder_;
    std::uint16_t port_ = free_port();
    pid_t process_ = -1;
    int failed_starts_ = 0;
};

} // namespace asioauth::testing
