// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 13: without coroutines.
//
// Every operation takes any completion token of Asio's. A function is called with the error and the
// value; use_future gives a std::future, for threads that may wait. Both are used here beside an event
// loop on a thread of its own.

#include <asioauth/client.hpp>
#include <asioauth/diagnostics.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <cstdlib>
#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

namespace {

namespace asio = boost::asio;

// [callback]
// Calls `done` on the client's executor.
void log_in(
    asioauth::client& client, const std::string& url, std::function<void(asioauth::session)> done
)
{
    // What the operation writes to has to live until it has completed: the callback keeps it.
    auto info = std::make_shared<asioauth::diagnostics>();
    client.async_login(
        url,
        *info,
        [info, done](const asioauth::error_code& ec, const asioauth::session& session) {
            if (ec)
                std::cerr << asioauth::describe(ec, *info) << '\n';
            done(session); // empty after a failure
        }
    );
}
// [callback]

// An event loop on a thread of its own.
class loop
{
public:
    loop() : work_(asio::make_work_guard(io_)), thread_([this] { io_.run(); }) {}
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;
    ~loop()
    {
        work_.reset();
        thread_.join();
    }

    asio::any_io_executor executor() { return io_.get_executor(); }

private:
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::thread thread_;
};

int lesson(const std::string& url)
{
    loop background;
    asioauth::client_settings settings;
    settings.client_name("asioauth lesson 13");
    asioauth::client client(background.executor(), settings);

    std::promise<asioauth::session> arrived;
    log_in(client, url, [&arrived](asioauth::session session) {
        arrived.set_value(std::move(session));
    });
    const asioauth::session session = arrived.get_future().get();
    if (!session)
        return EXIT_FAILURE;
    std::cout << "1. A callback got the login at " << session.resource() << ".\n";

    // [future]
    std::future<asioauth::access_token> pending =
        session.async_token(std::chrono::seconds(30), asio::use_future);
    const asioauth::access_token token = pending.get(); // waits; throws system_error
    // [future]
    std::cout << "2. A future got a token of " << token.value.size() << " characters.\n";

    try
    {
        client.async_discover("ftp://files.example/", asio::use_future).get();
    }
    catch (const boost::system::system_error& error)
    {
        std::cout << "3. A future that failed throws: " << asioauth::name_of(error.code()) << ".\n";
        return EXIT_SUCCESS;
    }
    return EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv)
{
    try
    {
        return lesson(argc > 1 ? argv[1] : "http://localhost:8000/mcp");
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
