// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Bar 3: many logins and many who want their tokens at once; and what a token that is there costs.

#include "bars.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <future>

namespace asioauth::bars {
namespace {

constexpr int grants = 10'000;
constexpr int ended = 100;
constexpr int asking = 10'000;
constexpr int reads = 100'000;

} // namespace

bool callers(const std::string& where)
{
    rotating_server::settings settings;
    settings.latency = std::chrono::milliseconds(50);
    rotating_server server(settings);
    loop l;
    const auto kept = open_store(l.io.get_executor(), where);
    client c(l.io.get_executor(), client_settings().store(kept));

    // One real login; the others are copies of its record for other users, so that their tokens are
    // of families of their own.
    const auto first = log_in(c, server, "user 0");
    std::vector<session> sessions{first};
    for (int i = 1; i < ended; ++i)
        sessions.push_back(log_in(c, server, "user " + std::to_string(i)));
    {
        record_filter filter;
        filter.kind(record_kind::grant).user("user 0");
        std::promise<result<std::vector<listed_record>>> listed;
        kept->async_list(filter, [&](auto r) { listed.set_value(std::move(r)); });
        const auto found = listed.get_future().get().value();
        const auto model = found.at(0);
        std::atomic<int> left = grants - ended;
        std::promise<void> all;
        for (int i = ended; i != grants; ++i)
        {
            const std::string name = "user " + std::to_string(i);
            const auto renamed = [&](std::string text) {
                const std::string old = "user 0";
                const auto at = text.find(old);
                return at == std::string::npos ? text : text.replace(at, old.size(), name);
            };
            record_key key = model.key;
            key.id = renamed(key.id);
            record value = model.stored.value;
            value.user = name;
            value.document = secret(renamed(std::string(value.document.reveal())));
            kept->async_commit(key, 0, model.stored.at + 1, value, [&](const auto& r) {
                if (!r)
                    std::fprintf(stderr, "seed: %s\n", r.error().code().message().c_str());
                if (--left == 0)
                    all.set_value();
            });
        }
        all.get_future().get();
    }
    std::atomic<int> open = grants - ended;
    std::promise<void> opened;
    sessions.resize(grants);
    for (int i = ended; i != grants; ++i)
    {
        auto login = login_params(server.resource());
        login.user("user " + std::to_string(i)).as_stored(true);
        c.async_login(login, [&, i](error_code ec, session s) {
            if (ec)
                std::fprintf(stderr, "open: %s\n", ec.message().c_str());
            sessions[static_cast<std::size_t>(i)] = std::move(s);
            if (--open == 0)
                opened.set_value();
        });
    }
    opened.get_future().get();

    // The hundred that have ended, by the longest time a token can be asked for.
    std::atomic<int> waiting = asking;
    std::atomic<int> good = 0;
    std::promise<void> answered;
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i != asking; ++i)
    {
        const auto& s = sessions[static_cast<std::size_t>(i % ended)];
        s.async_token(std::chrono::hours(2), [&](const error_code& ec, const access_token& t) {
            if (!ec && t)
                ++good;
            if (--waiting == 0)
                answered.set_value();
        });
    }
    answered.get_future().get();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began
    );

    // One read after the other, as a program that sends requests does.
    std::vector<std::chrono::nanoseconds> times;
    times.reserve(reads);
    std::promise<void> done;
    std::function<void()> next;
    std::size_t which = 0;
    auto at = std::chrono::steady_clock::now();
    next = [&] {
        const auto& s = sessions[ended + which++ % (grants - ended)];
        at = std::chrono::steady_clock::now();
        s.async_token(std::chrono::seconds(30), [&](const error_code&, const access_token&) {
            times.push_back(std::chrono::steady_clock::now() - at);
            if (times.size() == reads)
                done.set_value();
            else
                next();
        });
    };
    asio::post(l.io, next);
    done.get_future().get();
    std::sort(times.begin(), times.end());
    const auto percentile = [&](double p) {
        return std::to_string(
                   times[static_cast<std::size_t>(p * static_cast<double>(reads - 1))].count()
               )
            + " ns";
    };
    const std::string bar = "bar 3, " + where.substr(0, where.find(':'));
    const bool right = figure(
        bar,
        std::to_string(grants) + " grants, " + std::to_string(asking) + " callers on "
            + std::to_string(ended) + " that had ended, " + std::to_string(server.refreshes)
            + " refreshes, " + std::to_string(good) + " got a token, "
            + std::to_string(took.count()) + " ms",
        server.refreshes == ended && good == asking
    );
    figure(
        bar,
        "a token that is there: median " + percentile(0.5) + ", p99 " + percentile(0.99) + " of "
            + std::to_string(reads) + " reads",
        true
    );
    return right;
}

} // namespace asioauth::bars
