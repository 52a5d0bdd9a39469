// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Bar 2: the process is killed at every call and every step of a login, a refresh and a logout.

#include "bars.hpp"
#include "support/faulty_vfs.hpp"
#include "support/leave.hpp"
#include "support/mock_ports.hpp"
#include "support/store_in_front.hpp"

#include <sqlite3.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <new>

namespace asioauth::bars {
namespace {

using test::disk_call;
using test::faulty_vfs;
using test::mock_transport;
using test::mock_user;
using test::store_in_front;

constexpr const char* resource = "https://mcp.example/mcp";

/// What an authorization server remembers whatever becomes of its clients: in shared memory.
class server_memory
{
public:
    std::atomic<int> issued;        ///< the number of the newest tokens
    std::atomic<int> current;       ///< refresh token that is good
    std::atomic<int> over;          ///< 1: the login is revoked
    std::atomic<int> grace;         ///< 1: the token before the last is taken once more
    std::atomic<int> came[64];      ///< how often each refresh token came
    std::atomic<int> after_refusal; ///< refresh tokens that came although refused before
    std::atomic<int> refused[64];

    static server_memory& make()
    {
        void* place = ::mmap(
            nullptr,
            sizeof(server_memory),
            PROT_READ | PROT_WRITE,
            MAP_SHARED | MAP_ANONYMOUS,
            -1,
            0
        );
        if (place == MAP_FAILED)
            throw std::bad_alloc();
        return *new (place) server_memory{};
    }

    void reset(const server_memory& from)
    {
        std::memcpy(static_cast<void*>(this), &from, sizeof(*this));
    }
};

/// Kills the process in front of the step of that number; 0: never.
class steps
{
public:
    void kill_at(long n) { at_ = n; }
    void operator()()
    {
        if (++seen_ == at_)
            ::raise(SIGKILL);
    }
    long seen() const { return seen_; }

private:
    long at_ = 0;
    std::atomic<long> seen_ = 0;
};

// Every operation is a step at its beginning and one at its end.
class stepping_store final : public store_in_front
{
private:
    template <class T, class Handler>
    auto counted(Handler h)
    {
        return [this, h = std::make_shared<Handler>(std::move(h))](result<T> r) {
            steps_();
            std::move (*h)(std::move(r));
        };
    }

public:
    stepping_store(std::shared_ptr<store> kept, steps& s)
        : store_in_front(std::move(kept))
        , steps_(s)
    {}

    void async_load(record_key key, load_handler h) override
    {
        steps_();
        behind->async_load(std::move(key), counted<stored_record>(std::move(h)));
    }
    void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override
    {
        steps_();
        behind->async_commit(
            std::move(key), expected, next, std::move(value), counted<generation>(std::move(h))
        );
    }
    void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) override
    {
        steps_();
        behind->async_lease(std::move(key), std::move(owner), ttl, counted<lease>(std::move(h)));
    }
    void async_release_lease(record_key key, std::string owner, std::uint64_t fence, done_handler h)
        override
    {
        steps_();
        behind->async_release_lease(
            std::move(key), std::move(owner), fence, counted<void>(std::move(h))
        );
    }

private:
    steps& steps_;
};

// The authorization server, answering from shared memory; receiving and answering are steps.
http_response token_answer(server_memory& m, steps& s, const http_request& r, std::size_t padding)
{
    s();
    const auto form = parse_form(r.body().reveal());
    std::string refresh;
    for (const auto& f : *form)
    {
        if (f.first == "refresh_token")
            refresh = f.second;
    }
    http_response out(400, R"({"error":"invalid_grant"})");
    out.field("Content-Type", "application/json");
    int number = 0;
    if (refresh.empty())
    {
        number = ++m.issued;
        m.current = number;
        m.over = 0;
    }
    else
    {
        const int came = std::stoi(refresh.substr(refresh.rfind('-') + 1));
        ++m.came[came];
        if (m.refused[came] != 0)
            ++m.after_refusal;
        const bool good = m.over == 0 && came == m.current;
        const bool graciously = m.over == 0 && m.grace != 0 && came + 1 == m.current;
        if (!good && !graciously)
        {
            m.over = 1;
            m.refused[came] = 1;
            s();
            return out;
        }
        if (good)
        {
            number = ++m.issued;
            m.current = number;
        }
        else
        {
            number = m.current;
        }
    }
    out = http_response(
        200,
        R"({"access_token":"A-)" + std::string(padding, 'x') + std::to_string(number)
            + R"(","refresh_token":"R-)" + std::to_string(number)
            + R"(","token_type":"Bearer","expires_in":60})"
    );
    out.field("Content-Type", "application/json");
    s();
    return out;
}

enum class act_of_user
{
    login,
    refresh,
    logout
};

const char* name_of(act_of_user a)
{
    return a == act_of_user::login ? "login" : a == act_of_user::refresh ? "refresh" : "logout";
}

/// One process's life: a client over the store of that name, with everything else in memory.
class life
{
public:
    life(const std::string& where, server_memory& m, steps& s, std::size_t padding)
        : network(std::make_shared<mock_transport>(io.get_executor()))
        , user(std::make_shared<mock_user>(io.get_executor()))
        , shared(where.starts_with("postgres:"))
    {
        test::add_provider(*network);
        network->on("POST https://as.example/token", [&m, &s, padding](const http_request& r) {
            return result<http_response>(token_answer(m, s, r, padding));
        });
        client_settings settings;
        settings.transport(network).listener(user).user_agent(user);
        settings.refresh_lease(std::chrono::milliseconds(100));
        if (std::getenv("BARS_TRACE") != nullptr)
            settings.on_event([](const event& e) { std::cerr << e << std::endl; });
        settings.store(std::make_shared<stepping_store>(open_store(io.get_executor(), where), s));
        c = std::make_unique<client>(io.get_executor(), settings);
    }

    // 0: done; 1: the user has to log in; 2: the store failed; 3: anything else.
    int login()
    {
        int out = 3;
        auto params = login_params(resource);
        params.user("anna").force(true); // whatever is there
        c->async_login(params, [&](const error_code& ec, session s) {
            out = code_of(ec);
            who = std::move(s);
            done = true;
        });
        run();
        return out;
    }

    int opened()
    {
        int out = 3;
        auto params = login_params(resource);
        params.user("anna").as_stored(true);
        c->async_login(params, [&](const error_code& ec, session s) {
            out = code_of(ec);
            who = std::move(s);
            done = true;
        });
        run();
        return out;
    }

    // For two hours: longer than tokens last here, so that it refreshes.
    int token()
    {
        int out = 3;
        who.async_replace_token(
            who.tokens().access_token,
            [&](const error_code& ec, const access_token& t) {
                out = !ec && !t ? 3 : code_of(ec);
                done = true;
            }
        );
        run();
        return out;
    }

    int logout()
    {
        int out = 3;
        who.async_logout(logout_params(), [&](const error_code& ec, const logout_outcome&) {
            out = code_of(ec);
            done = true;
        });
        run();
        return out;
    }

    int perform(act_of_user what)
    {
        if (what == act_of_user::login)
            return login();
        const int there = opened();
        if (there != 0)
            return there;
        return what == act_of_user::refresh ? token() : logout();
    }

    asio::io_context io{1};
    std::shared_ptr<mock_transport> network;
    std::shared_ptr<mock_user> user;
    std::unique_ptr<client> c;
    session who;

private:
    static int code_of(const error_code& ec)
    {
        if (!ec)
            return 0;
        if (ec == condition::login_required)
            return 1;
        return ec == condition::storage ? 2 : 3;
    }

    // To the end of what the operation leaves behind, such as giving its lease back.
    void run()
    {
        constexpr std::chrono::milliseconds afterwards(30);
        io.restart();
        done = false;
        if (!shared)
        {
            io.run();
            return;
        }
        // Connections to a server keep the loop busy.
        while (!done)
            io.run_one();
        io.run_for(afterwards);
    }

    bool done = false;
    bool shared;
};

/// Run in a process of its own. @return what it returns, or -1 if it was killed
template <class F>
int in_child(F f)
{
    const pid_t child = ::fork();
    if (child == 0)
    {
        int code = 99;
        try
        {
            code = f();
        }
        catch (const std::exception& e)
        {
            std::fprintf(stderr, "child: %s\n", e.what());
        }
        test::leave(code);
    }
    const int status = wait_for(child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool intact(const std::string& file)
{
    sqlite3* db = nullptr;
    bool good = ::sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK;
    sqlite3_stmt* check = nullptr;
    good = good
        && ::sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check, nullptr) == SQLITE_OK
        && ::sqlite3_step(check) == SQLITE_ROW
        && std::string_view(reinterpret_cast<const char*>( // NOLINT(*-reinterpret-cast)
               ::sqlite3_column_text(check, 0)
           ))
            == "ok";
    ::sqlite3_finalize(check);
    ::sqlite3_close(db);
    return good;
}

class tally
{
public:
    int points = 0;
    int torn = 0;
    int lost = 0;
    int tried_twice = 0;
    int untyped = 0;
};

// After a kill: what the next process finds. `done`: the killed one had said that it was.
void look_after(
    act_of_user what,
    const std::string& where,
    server_memory& m,
    std::size_t padding,
    bool done,
    const server_memory& before,
    tally& all
)
{
    const int next = in_child([&] {
        steps none;
        life l(where, m, none, padding);
        const int there = l.opened();
        return there != 0 ? there : l.token();
    });
    const int once_more = in_child([&] {
        steps none;
        life l(where, m, none, padding);
        const int there = l.opened();
        return there != 0 ? there : l.token();
    });
    all.untyped += next > 1 || next < 0 || once_more > 1 || once_more < 0 ? 1 : 0;
    // A refresh under way never loses the login where the server forgives an interruption. Where it
    // does not, it may be lost only if the server had rotated.
    const bool rotated = m.issued > before.issued;
    const bool lost = (what == act_of_user::refresh && next == 1 && (m.grace != 0 || !rotated))
        || (what == act_of_user::login && done && next != 0)
        || (what == act_of_user::logout && done && next != 1);
    if (lost)
    {
        ++all.lost;
        std::printf(
            "     lost: %s, done %d, next %d, then %d, grace %d, tokens %d before and %d now\n",
            name_of(what),
            static_cast<int>(done),
            next,
            once_more,
            m.grace.load(),
            before.issued.load(),
            m.issued.load()
        );
    }
    // What was sent before the kill may come once more, and never after a refusal.
    for (const auto& came : m.came)
        all.tried_twice += came > 2 ? 1 : 0;
    all.tried_twice += m.after_refusal != 0 ? 1 : 0;
    // And the store is good for a new login.
    const int anew = in_child([&] {
        steps none;
        life l(where, m, none, padding);
        return l.login();
    });
    all.untyped += anew != 0 ? 1 : 0;
}

// All points of one act on a copy of `model`; nothing if the act does not end well without a kill.
bool kill_everywhere_on_disk(
    act_of_user what,
    const std::string& model,
    const server_memory& memory_then,
    server_memory& m,
    std::size_t padding,
    tally& all
)
{
    for (long at = 1;; ++at)
    {
        own_folder folder;
        if (!model.empty())
            std::filesystem::copy(model, folder.path(), std::filesystem::copy_options::recursive);
        const std::string file = folder.path() + "/logins.sqlite";
        m.reset(memory_then);
        const int how = in_child([&] {
            faulty_vfs disk;
            disk.kill_at(disk_call::any, at);
            int code = 3;
            {
                steps none;
                life l("sqlite:" + file, m, none, padding);
                code = l.perform(what);
            }
            // The store has closed its file: those were the last calls.
            return code;
        });
        if (how == 0)
        {
            look_after(what, "sqlite:" + file, m, padding, true, memory_then, all);
            return true;
        }
        if (how != -1)
            return false;
        ++all.points;
        if (std::filesystem::exists(file) && in_child([&] { return intact(file) ? 0 : 1; }) != 0)
            ++all.torn;
        look_after(what, "sqlite:" + file, m, padding, false, memory_then, all);
    }
}

// The same at the steps of the flow, for any store; `prepare` makes the state before.
template <class Prepare>
bool kill_at_every_step(
    act_of_user what, const std::string& where, server_memory& m, Prepare prepare, tally& all
)
{
    for (long at = 1;; ++at)
    {
        prepare();
        server_memory& before = server_memory::make();
        before.reset(m);
        const int how = in_child([&] {
            steps s;
            s.kill_at(at);
            life l(where, m, s, 0);
            return l.perform(what);
        });
        const bool done = how == 0;
        if (!done && how != -1)
        {
            std::printf("     %s at %s, step %ld: %d\n", name_of(what), where.c_str(), at, how);
            return false;
        }
        all.points += done ? 0 : 1;
        look_after(what, where, m, 0, done, before, all);
        ::munmap(static_cast<void*>(&before), sizeof(before));
        if (done)
            return true;
    }
}

} // namespace

bool kills(const std::string& postgres, int at_least)
{
    server_memory& m = server_memory::make();
    tally all;
    bool whole = true;
    std::string each;
    const auto began = std::chrono::steady_clock::now();
    for (int round = 0; all.points < at_least && round != 12 && whole; ++round)
    {
        // Rounds differ in what is in the file before, in how many pages a record takes, and in
        // whether the server forgives an interrupted refresh.
        const std::size_t padding = round % 4 == 0 ? 0 : static_cast<std::size_t>(round) * 6'000;
        for (const auto what : {act_of_user::login, act_of_user::refresh, act_of_user::logout})
        {
            own_folder model;
            m.reset(server_memory{});
            m.grace = round % 2;
            const std::string file = model.path() + "/logins.sqlite";
            const bool empty = what == act_of_user::login && round == 0;
            if (!empty)
            {
                const int made = in_child([&] {
                    steps none;
                    life l("sqlite:" + file, m, none, padding);
                    int code = l.login();
                    for (int i = 0; code == 0 && i != round; ++i)
                        code = l.token();
                    // The log stays behind as after a crash.
                    ::_exit(code);
                    return code;
                });
                whole = whole && made == 0;
            }
            if (what == act_of_user::login)
                m.over = 1; // what is stored is of no use any more
            server_memory& then = server_memory::make();
            then.reset(m);
            const int before = all.points;
            whole = whole
                && kill_everywhere_on_disk(what, empty ? "" : model.path(), then, m, padding, all);
            each += std::string(name_of(what)) + " " + std::to_string(all.points - before) + ", ";
            ::munmap(static_cast<void*>(&then), sizeof(then));
        }
    }
    const int on_disk = all.points;
    for (const bool grace : {false, true})
    {
        for (const auto what : {act_of_user::login, act_of_user::refresh, act_of_user::logout})
        {
            for (const bool shared : {false, true})
            {
                if (shared && postgres.empty())
                    continue;
                own_folder folder;
                const std::string where =
                    shared ? postgres : "sqlite:" + folder.path() + "/logins.sqlite";
                const auto prepare = [&] {
                    m.reset(server_memory{});
                    m.grace = grace ? 1 : 0;
                    whole = whole
                        && in_child([&] {
                               steps none;
                               life l(where, m, none, 0);
                               return l.login();
                           })
                            == 0;
                };
                whole = whole && kill_at_every_step(what, where, m, prepare, all);
            }
        }
    }
    const auto took =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began)
            .count();
    const bool good = whole && all.points >= at_least && all.torn == 0 && all.lost == 0
        && all.tried_twice == 0 && all.untyped == 0;
    std::printf("     by act: %s\n", each.c_str());
    return figure(
        "bar 2",
        std::to_string(all.points) + " kills (" + std::to_string(on_disk) + " at calls of SQLite, "
            + std::to_string(all.points - on_disk) + " at steps, on both stores), "
            + std::to_string(all.torn) + " torn, " + std::to_string(all.lost) + " lost, "
            + std::to_string(all.tried_twice) + " tokens tried too often, "
            + std::to_string(all.untyped) + " other outcomes, " + std::to_string(took) + " s",
        good
    );
}

} // namespace asioauth::bars
