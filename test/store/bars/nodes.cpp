// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Bar 6: a login that is begun at one node is finished at another, a thousand times, under load.

#include "bars.hpp"

#include <boost/asio/as_tuple.hpp>

#include <atomic>
#include <future>
#include <iostream>
#include <mutex>
#include <set>

namespace asioauth::bars {
namespace {

constexpr int at_once = 32;

// Lines of tab-separated parts, over a pipe.
std::vector<std::string> split(const std::string& line)
{
    std::vector<std::string> out;
    std::size_t from = 0;
    for (;;)
    {
        const auto tab = line.find('\t', from);
        out.push_back(line.substr(from, tab == std::string::npos ? tab : tab - from));
        if (tab == std::string::npos)
            return out;
        from = tab + 1;
    }
}

void say(const std::string& line)
{
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    std::cout << line << std::endl;
}

} // namespace

// A node: begins the logins it is told of, and finishes those it is told of.
int nodes_worker(const std::vector<std::string>& arguments)
{
    loop l;
    client c(
        l.io.get_executor(),
        client_settings().store(open_store(l.io.get_executor(), arguments.at(0)))
    );
    const authorizer web(c, "http://127.0.0.1:9/callback");
    std::atomic<int> pending = 0;
    for (std::string line; std::getline(std::cin, line);)
    {
        const auto parts = split(line);
        ++pending;
        if (parts.at(0) == "begin")
        {
            web.async_begin(
                parts.at(1),
                begin_params(parts.at(2)),
                [&, user = parts[1]](const error_code& ec, const begun_login& begun) {
                    const auto cookie = begun.set_cookie.substr(0, begun.set_cookie.find(';'));
                    say(ec ? "failed\t" + user + "\t" + ec.message()
                           : "begun\t" + user + "\t" + begun.where.str() + "\t" + cookie);
                    --pending;
                }
            );
            continue;
        }
        login_callback callback(parts.at(2));
        callback.cookies(parts.at(3));
        web.async_complete(
            callback,
            [&, user = parts[1]](const error_code& ec, const completed_login& done) {
                const bool good = !ec && done.user == user && done.session.has_token();
                say(good ? "done\t" + user : "failed\t" + user + "\t" + ec.message());
                --pending;
            }
        );
    }
    while (pending != 0)
        std::this_thread::yield();
    return 0;
}

bool nodes(const std::string& where, int logins)
{
    rotating_server::settings settings;
    settings.latency = std::chrono::milliseconds(20);
    rotating_server server(settings);

    class node
    {
    public:
        explicit node(const std::string& store_name)
        {
            int in[2];
            int out[2];
            if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
                throw std::runtime_error("no pipe");
            child = spawn({"nodes-worker", store_name}, in[0], out[1]);
            ::close(in[0]);
            ::close(out[1]);
            to = ::fdopen(in[1], "w");
            from = ::fdopen(out[0], "r");
        }
        node(const node&) = delete;
        node& operator=(const node&) = delete;
        ~node()
        {
            std::fclose(to);
            std::fclose(from);
            wait_for(child);
        }

        void tell(const std::string& line) const
        {
            std::fputs((line + "\n").c_str(), to);
            std::fflush(to);
        }

        std::vector<std::string> hear() const
        {
            std::string line;
            for (int c = std::fgetc(from); c != EOF && c != '\n'; c = std::fgetc(from))
                line += static_cast<char>(c);
            return split(line);
        }

        pid_t child = 0;
        FILE* to = nullptr;
        FILE* from = nullptr;
    };

    int completed = 0;
    int failed = 0;
    const auto began = std::chrono::steady_clock::now();
    {
        // Each begins half of the logins and finishes the other's half, both at once.
        node first(where);
        node second(where);
        std::mutex mutex;
        const auto serve = [&](const node& mine, const node& other, int from, int to) {
            int begun = from;
            int open = 0;
            int finished = 0;
            const int all = to - from;
            // What comes from this node: logins it has begun, and the other's that it has finished.
            while (finished != all || begun != to || open != 0)
            {
                while (begun != to && open < at_once)
                {
                    mine.tell("begin\tuser " + std::to_string(begun++) + "\t" + server.resource());
                    ++open;
                }
                const auto heard = mine.hear();
                const std::lock_guard lock(mutex);
                if (heard.at(0) == "begun")
                {
                    --open;
                    other.tell(
                        "complete\t" + heard.at(1) + "\t"
                        + server.approve(url::parse(heard.at(2)).value()) + "\t" + heard.at(3)
                    );
                }
                else if (heard.at(0) == "done")
                {
                    ++completed;
                    ++finished;
                }
                else
                {
                    ++failed;
                    ++finished;
                    std::fprintf(stderr, "node: %s\n", heard.back().c_str());
                }
            }
        };
        std::thread one([&] { serve(first, second, 0, logins / 2); });
        std::thread two([&] { serve(second, first, logins / 2, logins); });
        one.join();
        two.join();
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began
    );
    return figure(
        "bar 6, " + where.substr(0, where.find(':')),
        "logins begun at one node and finished at the other: " + std::to_string(completed) + " of "
            + std::to_string(logins) + ", " + std::to_string(failed) + " failed, "
            + std::to_string(server.registrations) + " registration, "
            + std::to_string(took.count()) + " ms",
        completed == logins && failed == 0 && server.exchanges == logins
            && server.registrations == 1
    );
}

} // namespace asioauth::bars
