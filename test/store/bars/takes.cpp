// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Bar 4: a pending login is taken once, however many try, and no forged callback wins or burns it.

#include "bars.hpp"

#include <atomic>
#include <future>
#include <latch>

namespace asioauth::bars {
namespace {

constexpr int connections = 16;
constexpr int states = 200;

record pending(const std::string& binding)
{
    record out;
    out.document = secret("pending");
    out.issuer = "https://as.example";
    out.binding = binding;
    out.expires_at = std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now() + std::chrono::minutes(10)
    );
    return out;
}

template <class T, class Start>
result<T> wait(Start start)
{
    std::promise<result<T>> promise;
    start([&](result<T> r) { promise.set_value(std::move(r)); });
    return promise.get_future().get();
}

} // namespace

bool takes(const std::string& where)
{
    const auto key = [](int i) {
        return record_key(record_kind::pending_login, "state " + std::to_string(i));
    };
    {
        loop l;
        const auto s = open_store(l.io.get_executor(), where);
        for (int i = 0; i != states; ++i)
            (void)wait<generation>([&](auto h) {
                s->async_commit(
                    key(i),
                    0,
                    next_generation(0, std::chrono::system_clock::now()),
                    pending("browser"),
                    std::move(h)
                );
            }).value();
    }
    std::atomic<int> winners = 0;
    std::atomic<int> forged_winners = 0;
    std::atomic<int> errors = 0;
    std::latch begin(connections);
    std::vector<std::thread> all;
    for (int who = 0; who != connections; ++who)
    {
        all.emplace_back([&, who] {
            loop l;
            const auto s = open_store(l.io.get_executor(), where);
            begin.arrive_and_wait();
            for (int i = 0; i != states; ++i)
            {
                // Every connection forges first, then is honest.
                for (const bool honest : {false, true})
                {
                    const take_guard guard("https://as.example", honest ? "browser" : "another");
                    const auto got = wait<stored_record>([&](auto h) {
                        s->async_take(key((i + who) % states), guard, std::move(h));
                    });
                    if (got && got->at != 0)
                        ++(honest ? winners : forged_winners);
                    else if (!got && got.error().code() != errc::store_guard_refused)
                        ++errors;
                }
            }
        });
    }
    for (auto& t : all)
        t.join();
    return figure(
        "bar 4, " + where.substr(0, where.find(':')),
        std::to_string(connections) + " connections, " + std::to_string(states) + " states, "
            + std::to_string(winners) + " winners, " + std::to_string(forged_winners)
            + " forged winners, " + std::to_string(errors) + " errors",
        winners == states && forged_winners == 0 && errors == 0
    );
}

} // namespace asioauth::bars
