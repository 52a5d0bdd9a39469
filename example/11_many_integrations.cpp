// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 11: thousands of integrations at once.
//
// An agent platform brings integrations online: each is another server, which has to be discovered
// and registered at before its user can be sent there. One client does it on one thread. How many are
// under way is for the program to say; each worker below takes the next one when it is done with one.
//
//     11_many_integrations [--count N] [--at-once N] [--broken-every N]
//
// The providers are in this program, each with metadata, clients and codes of its own, and their
// users say yes. What they cost is not counted: they have a thread of their own.

#include "servers/command_line.hpp"
#include "servers/many_providers.hpp"
#include "support/co_main.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/steady_timer.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <map>

namespace {

namespace asio = boost::asio;

struct plan
{
    std::size_t count = 10'000;
    std::size_t at_once = 256;
    std::size_t broken_every = 0;
};

double cpu_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

class onboarding
{
public:
    onboarding(asio::io_context& io, const plan& what)
        : what_(what)
        , providers_(what.broken_every)
        , client_(io.get_executor(), settings(io))
        , authorizer_(client_, "http://localhost:8888/callback")
        , ticks_(io)
    {}

    void begin()
    {
        const auto ex = client_.get_executor();
        for (std::size_t i = 0; i != std::min(what_.at_once, what_.count); ++i)
            asio::co_spawn(ex, work(), example::rethrow);
        asio::co_spawn(ex, tell(), example::rethrow);
    }

    bool is_done() const { return connected_ + failed_ == what_.count; }
    /// Whether nothing has failed but what had to.
    bool is_well() const
    {
        const std::size_t broken = what_.broken_every == 0 ? 0 : what_.count / what_.broken_every;
        return is_done() && failed_ == broken;
    }

    void summarise() const
    {
        using seconds = std::chrono::duration<double>;
        const double took = seconds(std::chrono::steady_clock::now() - since_).count();
        rusage used{};
        getrusage(RUSAGE_SELF, &used);
        std::cout << what_.count << " integrations: " << connected_ << " connected and used, "
                  << failed_ << " failed, in " << std::fixed << std::setprecision(1) << took
                  << " s with " << what_.at_once << " at once.\n";
        for (const auto& [why, times] : why_)
            std::cout << "  " << times << " x " << why << '\n';
        std::cout << "The client has used " << std::setprecision(2)
                  << (cpu_seconds() - cpu_before_) * 1e3 / static_cast<double>(what_.count)
                  << " ms of CPU for each; the program, its providers included, at most "
                  << used.ru_maxrss / 1024 << " MiB.\n";
    }

private:
    static asioauth::client_settings settings(asio::io_context& io)
    {
        asioauth::client_settings out;
        out.client_name("asioauth lesson 11");
        // Logins that are to outlive the program, or to be shared by several: sqlite_store,
        // postgres_store.
        out.store(std::make_shared<asioauth::memory_store>(io.get_executor()));
        return out;
    }

    // [worker]
    asio::awaitable<void> work()
    {
        while (next_ != what_.count)
        {
            const std::size_t number = ++next_;
            asioauth::diagnostics info;
            const auto ec = co_await connect(number, info);
            if (!ec)
                ++connected_;
            else
            {
                ++failed_;
                ++why_[ec.message()]; // asioauth::describe(ec, info) says which and where
            }
            if (is_done())
                ticks_.cancel();
        }
    }
    // [worker]

    // From a URL to a token that was used.
    asio::awaitable<asioauth::error_code> connect(std::size_t number, asioauth::diagnostics& info)
    {
        asioauth::begin_params params(providers_.resource(number));
        auto [not_begun, begun] =
            co_await authorizer_.async_begin("anna", std::move(params), info, example::as_tuple);
        if (not_begun)
            co_return not_begun;
        // This is where a site redirects the user's browser, which is gone for a while.
        const std::string cookie = begun.set_cookie.substr(0, begun.set_cookie.find(';'));
        asioauth::login_callback came(providers_.allow(begun.where.str()));
        came.cookies(cookie);
        auto [refused, done] =
            co_await authorizer_.async_complete(std::move(came), info, example::as_tuple);
        if (refused)
            co_return refused;
        asioauth::http_request get(
            asioauth::request_kind::resource, "GET", done.session.requested()
        );
        auto [lost, answer] =
            co_await done.session.async_send(std::move(get), info, example::as_tuple);
        if (!lost && answer.status() != 200)
            co_return asioauth::errc::http_status_unexpected;
        co_return lost;
    }

    // One line that changes on a terminal, and one now and then in a file.
    asio::awaitable<void> tell()
    {
        const bool terminal = isatty(STDERR_FILENO) == 1;
        const std::chrono::milliseconds apart(terminal ? 100 : 2'000);
        while (!is_done())
        {
            ticks_.expires_after(apart);
            (void)co_await ticks_.async_wait(example::as_tuple);
            std::cerr << (terminal ? "\r" : "") << connected_ << " of " << what_.count
                      << " connected, " << failed_ << " failed" << (terminal ? "   " : "\n")
                      << std::flush;
        }
        if (terminal)
            std::cerr << '\n';
    }

    const plan what_;
    example::many_providers providers_;
    asioauth::client client_;
    asioauth::authorizer authorizer_;
    asio::steady_timer ticks_;
    std::size_t next_ = 0;
    std::size_t connected_ = 0;
    std::size_t failed_ = 0;
    std::map<std::string, std::size_t> why_;
    const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
    const double cpu_before_ = cpu_seconds();
};

plan read_plan(int argc, char** argv)
{
    plan out;
    for (example::command_line arguments(argc, argv); arguments.next();)
    {
        if (arguments.is("--count"))
            out.count = static_cast<std::size_t>(arguments.number(1, 1'000'000));
        else if (arguments.is("--at-once"))
            out.at_once = static_cast<std::size_t>(arguments.number(1, 10'000));
        else if (arguments.is("--broken-every"))
            out.broken_every = static_cast<std::size_t>(arguments.number(0, 1'000'000));
        else
            arguments.unexpected();
    }
    return out;
}

} // namespace

int main(int argc, char** argv)
{
    try
    {
        const plan what = read_plan(argc, argv);
        asio::io_context io(1);
        onboarding all(io, what);
        all.begin();
        io.run();
        all.summarise();
        return all.is_well() ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    catch (const example::usage_error& error)
    {
        std::cerr << error.what()
                  << "\nusage: 11_many_integrations [--count N] [--at-once N] [--broken-every N]\n";
        return 2;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
