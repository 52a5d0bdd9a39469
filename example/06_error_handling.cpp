// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 6: what can go wrong, and what a program sees of it.
//
// Every operation completes with an error code. Its exact value (asioauth::errc) says which rule
// was broken; its condition (asioauth::condition) is what a program switches on, one of seven; its
// message and hint are for the person in front. The eight cases here end as expected if somebody
// presses Deny when asked (`headless_user --deny` does, as BROWSER).

#include "support/co_main.hpp"
#include "support/report.hpp"
#include "support/tampered_network.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace {

namespace asio = boost::asio;
using asioauth::condition;
using asioauth::errc;
using std::chrono::milliseconds;

asioauth::client_settings settings_with(std::function<void(const std::string&)> on_url)
{
    asioauth::browser_settings absent;
    absent.no_launch(true).on_url(std::move(on_url));
    asioauth::client_settings out;
    out.browser(absent);
    return out;
}

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::client client(ex);
    asioauth::diagnostics info;
    example::report tell;

    auto [wrong_url, f1] =
        co_await client.async_discover("ftp://files.example/", info, example::as_tuple);
    tell("A wrong URL", wrong_url, info, errc::url_scheme_not_allowed, condition::usage);

    auto [closed_port, f2] =
        co_await client.async_discover("http://localhost:1/mcp", info, example::as_tuple);
    tell("A closed port", closed_port, info, errc::connect_failed, condition::unreachable);

    auto [no_name, f3] =
        co_await client.async_discover("https://nobody.invalid/mcp", info, example::as_tuple);
    tell("An unknown host", no_name, info, errc::name_not_resolved, condition::unreachable);

    // A server that accepts connections and never says a word.
    const asio::ip::tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
    asio::ip::tcp::acceptor silent(ex, any_port);
    const auto silent_port = std::to_string(silent.local_endpoint().port());
    // [deadline]
    asioauth::discover_params impatient("http://127.0.0.1:" + silent_port + "/mcp");
    impatient.timeout(milliseconds(200));
    auto [deadline, f4] = co_await client.async_discover(impatient, info, example::as_tuple);
    tell("A deadline", deadline, info, errc::deadline_exceeded, condition::unreachable);
    // [deadline]

    asioauth::client_settings tampered;
    tampered.transport(std::make_shared<example::tampered_network>(ex));
    asioauth::client victim(ex, tampered);
    auto [wrong_issuer, f5] = co_await victim.async_discover(text, info, example::as_tuple);
    tell("A wrong issuer", wrong_issuer, info, errc::issuer_mismatch, condition::untrusted);

    auto [denied, s6] = co_await client.async_login(text, info, example::as_tuple);
    tell("The user says no", denied, info, errc::access_denied, condition::cancelled);

    const auto nobody = [](const std::string&) {};
    asioauth::client unattended(ex, settings_with(nobody));
    asioauth::login_params brief(text);
    brief.user_timeout(milliseconds(200));
    auto [no_answer, s7] = co_await unattended.async_login(brief, info, example::as_tuple);
    tell("The user does nothing", no_answer, info, errc::user_timeout, condition::cancelled);

    // Here the program changes its mind when the browser would open.
    // [cancel]
    asio::cancellation_signal cancel;
    const auto give_up = [&cancel, ex](const std::string&) {
        asio::post(ex, [&cancel] { cancel.emit(asio::cancellation_type::terminal); });
    };
    asioauth::client undecided(ex, settings_with(give_up));
    auto cancellable = asio::bind_cancellation_slot(cancel.slot(), example::as_tuple);
    auto [cancelled, s8] = co_await undecided.async_login(text, info, cancellable);
    tell("Cancellation", cancelled, info, asioauth::operation_aborted(), condition::cancelled);
    // [cancel]

    co_return tell.status();
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
