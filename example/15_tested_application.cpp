// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 15: tests of a program that logs in, and of a store.
//
// The client takes its network, its user and its store from its settings. With scripted ones
// (example/support/scripted.hpp) a whole login takes no socket, no browser and no time, and each way to
// fail can be had at will. A store of your own is checked by the suite in asioauth::testing.

#define BOOST_TEST_MODULE asioauth_lesson_15

#include "support/map_store.hpp"
#include "support/scripted.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/testing/store_checks.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <thread>

namespace {

namespace asio = boost::asio;
using asioauth::condition;

// --- The program ------------------------------------------------------------------------------

// [application]
/// What a part of a program says after it has tried to read something: the text, or what to do.
std::string what_to_show(
    const asioauth::error_code& ec,
    const asioauth::diagnostics& info,
    const asioauth::http_response& response
)
{
    if (!ec)
        return response.body();
    if (ec == condition::cancelled)
        return "Not connected. You can connect it later.";
    if (ec == condition::unreachable)
        return "The server cannot be reached. Try again later.";
    if (ec == condition::login_required)
        return "Please log in again.";
    return asioauth::describe(ec, info); // refused, untrusted, storage, usage
}

/// Reads the notes of the user and shows them.
void show_notes(
    asioauth::client& client, asioauth::login_params login, std::function<void(std::string)> show
)
{
    auto info = std::make_shared<asioauth::diagnostics>();
    client.async_login(
        std::move(login),
        *info,
        [info, show](const asioauth::error_code& ec, const asioauth::session& session) {
            if (ec)
                return show(what_to_show(ec, *info, asioauth::http_response()));
            asioauth::http_request get(
                asioauth::request_kind::resource, "GET", session.requested()
            );
            session.async_send(
                get,
                *info,
                [info, show](const asioauth::error_code& e, const asioauth::http_response& r) {
                    show(what_to_show(e, *info, r));
                }
            );
        }
    );
}
// [application]

// [device]
/// For a program without a browser: the user types a code on another device.
asioauth::login_params on_another_device(const std::string& url)
{
    const auto show = [](const asioauth::device_prompt& prompt) {
        std::cout << "Open " << prompt.verification_uri.str() << " and type " << prompt.user_code
                  << '\n';
    };
    asioauth::login_params out(url);
    out.grant(asioauth::token_grant::device_code(show));
    return out;
}
// [device]

// [by_hand]
/// Where a server registers nobody by itself: the client that was made there by hand.
asioauth::client_settings settings_with_client(const asioauth::secret& client_secret)
{
    asioauth::redirect_target callback;
    callback.port(8765); // as it was registered: http://127.0.0.1:8765/callback
    const asioauth::registration client("https://login.example", "notes-app", client_secret);
    asioauth::client_settings out;
    out.client_name("Notes").redirect(callback).add_registration(client);
    return out;
}
// [by_hand]

// [private_servers]
/// For servers of a company: an authority of its own, a certificate that shows who we are, a client
/// that was registered by hand.
asioauth::client_settings
settings_at_work(const std::string& authority_file, const asioauth::tls_identity& certificate)
{
    asioauth::http_client_settings network;
    network.add_ca_file(authority_file); // beside the system's
    asioauth::registration client("https://login.corp.example", "notes", certificate);
    asioauth::client_settings out;
    out.client_name("Notes").http(network).add_registration(client);
    return out;
}

/// The addresses of its network are refused unless the call names them.
asioauth::login_params login_at_work(const std::string& url)
{
    asioauth::login_params out(url);
    out.allow_private_network("10.0.0.0/8");
    return out;
}
// [private_servers]

// --- Its tests --------------------------------------------------------------------------------

// [provider]
const std::string notes = "https://notes.example/api";

// A resource, and the server that gives out tokens for it.
void add_provider(example::scripted_network& network, const std::string& issuer)
{
    network.on("GET " + notes, [](const asioauth::http_request& request) {
        asioauth::http_response out(401, "");
        out.field("WWW-Authenticate", "Bearer scope=\"read\"");
        if (request.authorization().reveal() == "Bearer secret-token")
            out = asioauth::http_response(200, "buy milk");
        return asioauth::result<asioauth::http_response>(std::move(out));
    });
    network.on(
        "GET https://notes.example/.well-known/oauth-protected-resource/api",
        200,
        R"({"resource":")" + notes + R"(","authorization_servers":[")" + issuer + R"("]})"
    );
    network.on(
        "GET " + issuer + "/.well-known/oauth-authorization-server",
        200,
        R"({"issuer":")" + issuer + R"(","authorization_endpoint":")" + issuer
            + R"(/authorize","token_endpoint":")" + issuer + R"(/token","registration_endpoint":")"
            + issuer + R"(/register","device_authorization_endpoint":")" + issuer
            + R"(/device","response_types_supported":["code"],)"
            + R"("code_challenge_methods_supported":["S256"]})"
    );
    network.on("POST " + issuer + "/register", 201, R"({"client_id":"c1"})");
    network.on(
        "POST " + issuer + "/token",
        200,
        R"({"access_token":"secret-token","token_type":"Bearer","expires_in":3600})"
    );
}
// [provider]

// [fixture]
class fixture
{
public:
    std::string shown_by(const std::string& user_brings, const asioauth::login_params& login)
    {
        settings.transport(network).user_agent(
            std::make_shared<example::scripted_user>(io.get_executor(), user_brings)
        );
        asioauth::client client(io.get_executor(), settings);
        std::string out;
        show_notes(client, login, [&out](const std::string& text) { out = text; });
        io.run();
        return out;
    }

    asio::io_context io{1};
    std::shared_ptr<example::scripted_network> network =
        std::make_shared<example::scripted_network>(io.get_executor());
    asioauth::client_settings settings;
};

BOOST_FIXTURE_TEST_CASE(a_user_who_agrees_sees_the_notes, fixture)
{
    add_provider(*network, "https://login.example");
    BOOST_TEST(shown_by("code=4711", notes) == "buy milk");
}

BOOST_FIXTURE_TEST_CASE(a_user_who_says_no_can_connect_later, fixture)
{
    add_provider(*network, "https://login.example");
    const auto shown = shown_by("error=access_denied", notes);
    BOOST_TEST(shown == "Not connected. You can connect it later.");
}

BOOST_FIXTURE_TEST_CASE(a_server_that_is_down_is_tried_later, fixture)
{
    network->on("GET " + notes, [](const asioauth::http_request&) {
        const asioauth::failure down(asioauth::errc::connect_failed);
        return asioauth::result<asioauth::http_response>(down);
    });
    const auto shown = shown_by("code=4711", notes);
    BOOST_TEST(shown == "The server cannot be reached. Try again later.");
}
// [fixture]

BOOST_FIXTURE_TEST_CASE(a_code_that_is_typed_elsewhere_logs_in, fixture)
{
    add_provider(*network, "https://login.example");
    network->on(
        "POST https://login.example/device",
        200,
        R"({"device_code":"d","user_code":"WDJB-MJHT","expires_in":600,"interval":1,)"
        R"("verification_uri":"https://login.example/activate"})"
    );
    BOOST_TEST(shown_by("", on_another_device(notes)) == "buy milk");
}

BOOST_FIXTURE_TEST_CASE(a_client_that_was_made_by_hand_is_not_registered_again, fixture)
{
    add_provider(*network, "https://login.example");
    settings = settings_with_client(asioauth::secret("shared"));
    BOOST_TEST(shown_by("code=4711", notes) == "buy milk");
    for (const auto& request : network->asked())
    {
        BOOST_TEST((request.kind() != asioauth::request_kind::registration));
        const bool shows_secret = request.authorization().reveal().starts_with("Basic ");
        BOOST_TEST(shows_secret == (request.kind() == asioauth::request_kind::token));
    }
}

BOOST_FIXTURE_TEST_CASE(servers_at_work_get_the_certificate_and_are_reached_there, fixture)
{
    add_provider(*network, "https://login.corp.example");
    const asioauth::tls_identity certificate("not read here", asioauth::secret("nor is this"));
    settings = settings_at_work("/etc/ssl/certs/ca-certificates.crt", certificate);
    BOOST_TEST(shown_by("code=4711", login_at_work(notes)) == "buy milk");
    bool is_shown = false;
    for (const auto& request : network->asked())
    {
        BOOST_TEST(request.policy().private_networks().size() == 1u);
        if (request.kind() == asioauth::request_kind::token)
            is_shown = request.identity() == certificate;
    }
    BOOST_TEST(is_shown);
}

// [store_checks]
BOOST_AUTO_TEST_CASE(the_store_keeps_its_promises)
{
    // A store in memory cannot be opened twice: the checks get one and the same, whose handlers run on
    // a thread of ours. One that processes share is opened anew each time, with the given executor.
    asio::io_context io;
    auto work = asio::make_work_guard(io);
    std::thread thread([&io] { io.run(); });
    const auto store = std::make_shared<example::map_store>(io.get_executor());
    for (const auto& check : asioauth::testing::store_checks())
    {
        const std::string wrong = check.run([&](const asio::any_io_executor&) { return store; });
        BOOST_TEST(wrong.empty(), check.name() << ": " << wrong);
    }
    work.reset();
    thread.join();
}
// [store_checks]

} // namespace
