// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Bar 1: many processes, one login, one server that ends a login if a refresh token comes twice.

#include "bars.hpp"

#include <chrono>
#include <future>
#include <map>
#include <random>

namespace asioauth::bars {

// One process: asks for the resource with the token, and for another token when it is over.
int rotations_worker(const std::vector<std::string>& arguments)
{
    const std::string& where = arguments.at(0);
    const std::string& resource = arguments.at(1);
    loop l;
    client_settings settings;
    settings.store(open_store(l.io.get_executor(), where)).refresh_lease(std::chrono::seconds(3));
    client c(l.io.get_executor(), settings);
    http_client network(l.io.get_executor());
    int troubles = 0;
    int signed_out = 0;
    auto login = login_params(resource);
    login.user("anna").as_stored(true);
    const auto who = c.async_login(login, asio::use_future).get();
    for (bool done = false; !done && troubles < 1'000;)
    {
        secret token;
        try
        {
            token = who.async_token(std::chrono::seconds(0), asio::use_future).get().value;
            http_request request(request_kind::resource, "POST", url::parse(resource).value());
            request.body("application/json", secret("{}"));
            request.authorization(make_bearer_credentials(token));
            request.policy(address_policy().allow_loopback(true));
            std::promise<result<http_response>> promise;
            network.async_send(std::move(request), [&](result<http_response> r) {
                promise.set_value(std::move(r));
            });
            const auto response = promise.get_future().get().value();
            if (response.status() == 200)
                done = true;
            else
                who.async_replace_token(token, asio::use_future).get();
        }
        catch (const boost::system::system_error& e)
        {
            ++troubles;
            if (e.code() == condition::login_required)
            {
                ++signed_out;
                break;
            }
            std::fprintf(stderr, "worker: %s\n", e.what());
        }
    }
    std::promise<void> closed;
    asio::post(l.io, [&] {
        network.close();
        closed.set_value();
    });
    closed.get_future().get();
    return signed_out != 0 ? 2 : troubles != 0 ? 3 : 0;
}

bool rotations(const std::string& where, int processes, int rounds, int victims)
{
    rotating_server::settings settings;
    settings.latency = std::chrono::milliseconds(200);
    settings.rounds = rounds;
    settings.together = processes;
    settings.grace = victims != 0;
    if (victims != 0)
        settings.barrier = std::chrono::milliseconds(150);
    rotating_server server(settings);
    {
        loop l;
        client c(
            l.io.get_executor(), client_settings().store(open_store(l.io.get_executor(), where))
        );
        log_in(c, server, "anna");
    }
    const auto began = std::chrono::steady_clock::now();
    const std::vector<std::string> arguments{"rotations-worker", where, server.resource()};
    std::vector<pid_t> all;
    for (int i = 0; i != processes; ++i)
        all.push_back(spawn(arguments));

    int kills = 0;
    int signed_out = 0;
    int troubled = 0;
    std::minstd_rand random(static_cast<unsigned>(::getpid()));
    auto next_kill = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (!all.empty())
    {
        for (std::size_t i = 0; i != all.size(); ++i)
        {
            int status = 0;
            if (::waitpid(all[i], &status, WNOHANG) != all[i])
                continue;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
                ++signed_out;
            else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
                ++troubled;
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
            break;
        }
        if (victims != 0 && static_cast<int>(all.size()) == processes
            && std::chrono::steady_clock::now() > next_kill && server.refreshes < rounds - 2)
        {
            auto& victim = all[random() % static_cast<unsigned>(victims)];
            ::kill(victim, SIGKILL);
            wait_for(victim);
            victim = spawn(arguments);
            ++kills;
            next_kill = std::chrono::steady_clock::now()
                + std::chrono::milliseconds(500 + random() % 2'500);
        }
        let_pass(std::chrono::milliseconds(5));
    }
    const auto took =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began)
            .count();
    const std::string kind = where.substr(0, where.find(':'));
    const std::string bar = "bar 1, " + kind + (victims != 0 ? ", with kill -9" : "");
    const bool good = server.refreshes == rounds && server.families_revoked == 0
        && server.replays <= kills && signed_out == 0 && troubled == 0 && server.refused == 0;
    return figure(
        bar,
        std::to_string(processes) + " processes, " + std::to_string(rounds) + " rotations, "
            + std::to_string(server.refreshes) + " refreshes, "
            + std::to_string(server.families_revoked) + " families revoked, "
            + std::to_string(signed_out) + " signed out, " + std::to_string(troubled)
            + " with other errors, " + std::to_string(kills) + " kills, "
            + std::to_string(server.replays) + " replays of an interrupted refresh, "
            + std::to_string(took) + " s",
        good
    );
}

} // namespace asioauth::bars
