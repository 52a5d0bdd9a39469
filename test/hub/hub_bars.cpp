// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A hub with many users on one store: how long pages and calls take, and whether anybody gets to see
// or use what is somebody else's. `hub_bars STORE USERS`.

#include "store/bars/bars.hpp"

#include <asioauth/hub.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <future>
#include <map>
#include <set>

namespace {

using namespace asioauth;       // NOLINT(google-build-using-namespace)
using namespace asioauth::bars; // NOLINT(google-build-using-namespace)

namespace json = boost::json;

constexpr int each = 5;
constexpr int at_once = 32;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

using clock_type = std::chrono::steady_clock;
using times = std::vector<std::chrono::microseconds>;

class bench
{
public:
    bench(const client& c, rotating_server& s, int users)
        : hub_(c, hub_settings("http://127.0.0.1:9/hub").allow_loopback(true))
        , server_(s)
        , ids_(static_cast<std::size_t>(users))
    {}

    static std::string name(std::size_t user) { return "user " + std::to_string(user); }

    asio::awaitable<http_response>
    ask(std::size_t user, std::string method, std::string path, std::string body, std::string cookie
    )
    {
        hub_request request(method, "/hub" + path);
        request.field("Accept", "application/json");
        if (!cookie.empty())
            request.field("Cookie", cookie);
        if (!body.empty())
        {
            request.field("Content-Type", "application/json");
            request.body(secret(body));
        }
        hub_user who(name(user));
        who.by_credential(true);
        auto [ec, response] = co_await hub_.async_handle(request, who, as_tuple);
        if (ec)
            throw std::runtime_error(path + ": " + ec.message());
        co_return response;
    }

    asio::awaitable<http_response> ask(std::size_t user, std::string method, std::string path)
    {
        return ask(user, std::move(method), std::move(path), std::string(), std::string());
    }

    // Add and connect all that a user has.
    asio::awaitable<void> settle(std::size_t user)
    {
        for (int i = 0; i != each; ++i)
        {
            const std::string what = R"({"url":")" + server_.resource() + R"("})";
            auto added = co_await ask(user, "POST", "/integrations", what, "");
            expect(added, 201, "adding");
            const std::string id(json::parse(added.body()).at("integration").at("id").as_string());
            auto begun = co_await ask(user, "POST", "/integrations/" + id + "/connect");
            expect(begun, 200, "connecting");
            const std::string where(json::parse(begun.body()).at("location").as_string());
            const std::string came = server_.approve(url::parse(where).value());
            std::string cookie(begun.field("Set-Cookie"));
            cookie.resize(cookie.find(';'));
            auto target = came.substr(came.find("/hub") + 4);
            auto done = co_await ask(user, "GET", target, "", cookie);
            expect(done, 303, "coming back");
            ids_[user].push_back(id);
        }
    }

    asio::awaitable<void> list(std::size_t user)
    {
        auto shown = co_await ask(user, "GET", "/");
        expect(shown, 200, "the list");
        std::set<std::string> seen;
        const json::value whole = json::parse(shown.body());
        for (const auto& i : whole.at("integrations").as_array())
            seen.emplace(i.at("id").as_string());
        const std::set<std::string> own(ids_[user].begin(), ids_[user].end());
        if (seen != own)
            ++foreign_;
    }

    asio::awaitable<void> call(std::size_t user, std::size_t which)
    {
        const std::string id = ids_[user].at(which);
        auto answer = co_await ask(user, "POST", "/use/" + id, R"({"hello":1})", "");
        expect(answer, 200, "a call");
        const auto family = json::parse(answer.body()).at("family").as_int64();
        const auto known = families_.try_emplace(family, id);
        if (known.first->second != id)
            ++foreign_;
    }

    // Everything that there is to try with what is another's.
    asio::awaitable<void> trespass(std::size_t user)
    {
        const std::string id = ids_[(user + 1) % ids_.size()].front();
        const std::string base = "/integrations/" + id;
        const std::pair<const char*, std::string> all[] = {
            {"GET", base},
            {"DELETE", base},
            {"POST", base + "/connect"},
            {"POST", base + "/rename"},
            {"POST", base + "/tools"},
            {"POST", base + "/disconnect"},
            {"GET", "/use/" + id},
            {"POST", "/use/" + id}};
        for (const auto& [method, path] : all)
        {
            ++tried_;
            auto answer = co_await ask(user, method, path, R"({"name":"mine"})", "");
            if (answer.status() != 404)
                ++foreign_;
        }
    }

    static void expect(const http_response& r, int status, const char* what)
    {
        if (r.status() != status)
            throw std::runtime_error(
                std::string(what) + ": status " + std::to_string(r.status()) + " " + r.body()
            );
    }

    // So many at once until all are done; how long each took.
    template <class Work>
    times run(asio::io_context& io, std::size_t count, int parallel, Work work)
    {
        std::size_t next = 0;
        times out;
        std::vector<std::future<void>> all;
        const auto worker = [&]() -> asio::awaitable<void> {
            while (next < count)
            {
                const auto mine = next++;
                const auto began = clock_type::now();
                co_await work(mine);
                out.push_back(
                    std::chrono::duration_cast<std::chrono::microseconds>(clock_type::now() - began)
                );
            }
        };
        for (int i = 0; i != parallel; ++i)
            all.push_back(asio::co_spawn(io, worker, asio::use_future));
        for (auto& f : all)
            f.get();
        std::sort(out.begin(), out.end());
        return out;
    }

    std::size_t users() const { return ids_.size(); }
    int foreign() const { return foreign_; }
    int tried() const { return tried_; }
    std::size_t logins() const { return families_.size(); }

private:
    hub hub_;
    rotating_server& server_;
    std::vector<std::vector<std::string>> ids_;
    std::map<std::int64_t, std::string> families_;
    int foreign_ = 0;
    int tried_ = 0;
};

std::string shown(const times& t)
{
    const auto at = [&](double p) {
        const auto i = static_cast<std::size_t>(p * static_cast<double>(t.size() - 1));
        return std::to_string(t[i].count()) + " us";
    };
    return "median " + at(0.5) + ", p99 " + at(0.99) + " of " + std::to_string(t.size());
}

bool run(const std::string& where, int users)
{
    rotating_server server((rotating_server::settings()));
    loop l;
    client c(l.io.get_executor(), client_settings().store(open_store(l.io.get_executor(), where)));
    bench b(c, server, users);
    const std::string bar = "hub, " + where.substr(0, where.find(':'));
    const auto n = b.users();

    const auto began = clock_type::now();
    b.run(l.io, n, at_once, [&](std::size_t u) { return b.settle(u); });
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_type::now() - began);
    const bool settled = figure(
        bar,
        std::to_string(n) + " users connected " + std::to_string(each) + " integrations each, "
            + std::to_string(server.exchanges) + " logins, " + std::to_string(server.registrations)
            + " registration, " + std::to_string(took.count()) + " ms",
        server.exchanges == users * each && server.registrations == 1
    );

    const auto one = [&](std::size_t i) { return b.list(i % n); };
    figure(bar, "the list, one at a time: " + shown(b.run(l.io, 2 * n, 1, one)), true);
    figure(bar, "the list, 32 at once: " + shown(b.run(l.io, 5 * n, at_once, one)), true);
    const auto call = [&](std::size_t i) { return b.call(i % n, i / n % each); };
    figure(bar, "a call of each, one at a time: " + shown(b.run(l.io, each * n, 1, call)), true);
    figure(bar, "a call of each, 32 at once: " + shown(b.run(l.io, each * n, at_once, call)), true);
    const std::size_t few = std::min<std::size_t>(n, 40); // as many as are kept open
    const auto again = [&](std::size_t i) { return b.call(i % few, i / few % each); };
    figure(
        bar,
        "calls of 200 that are open, one at a time: " + shown(b.run(l.io, 5'000, 1, again)),
        true
    );
    b.run(l.io, n, at_once, [&](std::size_t u) { return b.trespass(u); });
    b.run(l.io, n, at_once, one);
    return figure(
               bar,
               std::to_string(b.tried()) + " requests for what is another's, "
                   + std::to_string(b.logins())
                   + " logins used, each for its own: " + std::to_string(b.foreign()) + " wrong",
               b.foreign() == 0 && b.logins() == n * each
           )
        && settled;
}

} // namespace

int main(int argc, char** argv)
{
    ::signal(SIGPIPE, SIG_IGN);
    if (argc != 3)
    {
        std::fputs(
            "hub_bars STORE USERS\nSTORE is memory, sqlite:FILE or postgres:CONNECTION.\n", stderr
        );
        return 64;
    }
    try
    {
        return run(argv[1], std::stoi(argv[2])) ? 0 : 1;
    }
    catch (const std::exception& e)
    {
        std::fprintf(stderr, "hub_bars: %s\n", e.what());
        return 70;
    }
}
