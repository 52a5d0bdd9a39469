// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Bar 5: the database goes away for half a minute in the middle of load.

#include "bars.hpp"
#include "support/postgres_server.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <future>
#include <map>
#include <mutex>

namespace asioauth::bars {
namespace {

constexpr int node_count = 6;
constexpr int users = 40;

class counts
{
public:
    std::atomic<bool> stop = false; ///< nobody who counts here asks again
    std::atomic<int> good = 0;
    std::atomic<int> ended = 0; ///< a token that was over when it was handed out
    std::atomic<int> storage = 0;
    std::atomic<int> lost = 0;
    std::atomic<int> other = 0;
    std::mutex mutex;
    std::map<std::string, int> names;
};

// Asks for one user's token again and again, with a short pause.
class asker : public std::enable_shared_from_this<asker>
{
public:
    asker(asio::io_context& io, session s, counts& all)
        : session_(std::move(s))
        , timer_(io)
        , counts_(all)
    {}

    void ask()
    {
        session_.async_token(
            std::chrono::seconds(0),
            [self = shared_from_this()](const error_code& ec, const access_token& t) {
                self->heard(ec, t);
            }
        );
    }

private:
    void heard(const error_code& ec, const access_token& t)
    {
        // A moment may pass between the look at the clock and here.
        constexpr std::chrono::seconds moment(1);
        if (!ec && t.expires_at && *t.expires_at + moment <= std::chrono::system_clock::now())
            ++counts_.ended;
        else if (!ec && t)
            ++counts_.good;
        else if (ec == condition::storage)
        {
            ++counts_.storage;
            const std::lock_guard lock(counts_.mutex);
            ++counts_.names[std::string(name_of(ec))];
        }
        else if (ec == condition::login_required)
            ++counts_.lost;
        else
        {
            ++counts_.other;
            const std::lock_guard lock(counts_.mutex);
            ++counts_.names[std::string(name_of(ec))];
        }
        if (counts_.stop)
            return;
        timer_.expires_after(std::chrono::milliseconds(20));
        timer_.async_wait([self = shared_from_this()](const error_code&) { self->ask(); });
    }

    session session_;
    asio::steady_timer timer_;
    counts& counts_;
};

} // namespace

bool outage(int seconds)
{
    testing::postgres_server database;
    const std::string where = "postgres:" + database.connection_string();
    rotating_server::settings settings;
    settings.latency = std::chrono::milliseconds(300);
    settings.lifetime = 3;
    rotating_server server(settings);
    {
        loop l;
        client c(
            l.io.get_executor(), client_settings().store(open_store(l.io.get_executor(), where))
        );
        for (int i = 0; i != users; ++i)
            log_in(c, server, "user " + std::to_string(i));
    }

    // Counted apart: before, while it is away, and after.
    std::array<counts, 3> all;
    std::vector<std::unique_ptr<loop>> loops;
    std::vector<std::unique_ptr<client>> clients;
    std::vector<session> sessions;
    for (int n = 0; n != node_count; ++n)
    {
        loops.push_back(std::make_unique<loop>());
        const auto ex = loops.back()->io.get_executor();
        clients.push_back(
            std::make_unique<client>(ex, client_settings().store(open_store(ex, where)))
        );
        for (int i = 0; i != users; ++i)
        {
            auto login = login_params(server.resource());
            login.user("user " + std::to_string(i)).as_stored(true);
            sessions.push_back(clients.back()->async_login(login, asio::use_future).get());
        }
    }
    const auto ask_all = [&](counts& into) {
        for (std::size_t i = 0; i != sessions.size(); ++i)
            std::make_shared<asker>(loops[i / users]->io, sessions[i], into)->ask();
    };
    // It goes and comes while everybody asks: some refreshes are under way.
    ask_all(all[0]);
    let_pass(std::chrono::seconds(8));
    database.stop_immediately();
    all[0].stop = true;
    ask_all(all[1]);
    let_pass(std::chrono::seconds(seconds));
    database.start();
    all[1].stop = true;
    ask_all(all[2]);
    let_pass(std::chrono::seconds(8));
    all[2].stop = true;

    // Everybody still has a login, and so says each node.
    int recovered = 0;
    for (const auto& s : sessions)
    {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        for (bool got = false; !got && std::chrono::steady_clock::now() < until;)
        {
            access_token t;
            try
            {
                t = s.async_token(std::chrono::seconds(0), asio::use_future).get();
                got = static_cast<bool>(t);
            }
            catch (const boost::system::system_error&)
            {
                got = false;
            }
            recovered += got ? 1 : 0;
        }
    }
    clients.clear();
    loops.clear();
    int lost = 0;
    int ended = 0;
    int other = 0;
    for (const auto& c : all)
    {
        lost += c.lost;
        ended += c.ended;
        other += c.other;
        for (const auto& [name, times] : c.names)
            std::printf("     %d times %s\n", times, name.c_str());
    }
    const auto three = [&](std::atomic<int> counts::*what) {
        return std::to_string(all[0].*what) + "/" + std::to_string(all[1].*what) + "/"
            + std::to_string(all[2].*what);
    };
    return figure(
        "bar 5, postgres",
        std::to_string(seconds) + " s without it; before/while/after: " + three(&counts::good)
            + " good tokens, " + three(&counts::storage) + " storage errors; "
            + std::to_string(ended) + " ended tokens, " + std::to_string(lost) + " logins lost, "
            + std::to_string(other) + " other errors, " + std::to_string(server.families_revoked)
            + " families revoked, recovered " + std::to_string(recovered) + " of "
            + std::to_string(sessions.size()),
        lost == 0 && ended == 0 && other == 0 && server.families_revoked == 0 && server.refused == 0
            && recovered == static_cast<int>(sessions.size()) && all[1].storage != 0
            && all[2].good != 0
    );
}

} // namespace asioauth::bars
