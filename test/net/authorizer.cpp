// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Logins through a web server: what the browser is told to keep, and what it has to bring back.

#include "support/mock_ports.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>
#include <asioauth/token_provider.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>

BOOST_AUTO_TEST_SUITE(authorizer_)

using namespace asioauth;
using namespace asioauth::test;
namespace asio = boost::asio;

namespace {

constexpr const char* where = "https://mcp.example/mcp";

class site
{
public:
    explicit site(authorizer_settings settings = "https://app.example/oauth/callback")
    {
        add_provider(*network);
        client_settings s;
        s.transport(network).listener(user).user_agent(user);
        s.client_metadata_url("https://app.example/client.json");
        subject.emplace(io.get_executor(), s);
        web.emplace(*subject, std::move(settings));
    }

    begun_login begin(begin_params params = begin_params(where))
    {
        begun_login out;
        web->async_begin("anna", std::move(params), [&](error_code ec, begun_login b) {
            error = ec;
            out = std::move(b);
        });
        run();
        return out;
    }

    error_code complete(login_callback callback)
    {
        web->async_complete(std::move(callback), [&](error_code ec, completed_login d) {
            error = ec;
            done = std::move(d);
        });
        run();
        return error;
    }

    static std::string answer(const url& begun)
    {
        std::string out;
        const auto fields = parse_form(begun.query());
        for (const auto& f : *fields)
        {
            if (f.first == "state")
                out = "?code=c&iss=https%3A%2F%2Fas.example&state=" + form_encode(f.second);
        }
        return out;
    }

    static std::string cookie(const begun_login& b)
    {
        return b.set_cookie.substr(0, b.set_cookie.find(';'));
    }

    void run()
    {
        io.restart();
        io.run();
    }

    asio::io_context io;
    std::shared_ptr<mock_transport> network = std::make_shared<mock_transport>(io.get_executor());
    std::shared_ptr<mock_user> user = std::make_shared<mock_user>(io.get_executor());
    std::optional<client> subject;
    std::optional<authorizer> web;
    error_code error;
    completed_login done;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_login_is_finished_with_the_cookie_among_others)
{
    site at;
    const auto begun = at.begin(begin_params(where).return_to("/apps"));
    BOOST_REQUIRE(begun.needed());
    BOOST_TEST(begun.set_cookie.starts_with("__Host-asioauth="));
    BOOST_TEST(begun.set_cookie.ends_with("; Path=/; HttpOnly; Max-Age=600; SameSite=Lax; Secure"));
    login_callback callback("/oauth/callback" + site::answer(begun.where));
    BOOST_TEST((at.complete(callback) == errc::browser_mismatch));
    callback.cookies("theme=dark; " + site::cookie(begun) + "; lang=en");
    BOOST_REQUIRE(!at.complete(callback));
    BOOST_TEST(at.done.user == "anna");
    BOOST_TEST(at.done.return_to == "/apps");
    BOOST_TEST(at.done.session.has_token());

    // The session is one like any other: another library gets its tokens through the narrow port.
    std::optional<result<access_token>> token;
    const auto provider = make_token_provider(at.done.session);
    provider->async_token(std::chrono::seconds(30), [&](result<access_token> t) {
        token.emplace(std::move(t));
    });
    BOOST_TEST(!token);
    at.run();
    BOOST_REQUIRE(token->has_value());
    BOOST_TEST((*token)->credentials().reveal() == "Bearer CANARY-access");
}

BOOST_AUTO_TEST_CASE(a_cookie_that_occurs_twice_or_is_none_of_ours_counts_for_nothing)
{
    site at;
    const auto begun = at.begin();
    login_callback callback("/oauth/callback" + site::answer(begun.where));
    callback.cookies(site::cookie(begun) + "; " + site::cookie(begun));
    BOOST_TEST((at.complete(callback) == errc::browser_mismatch));
    callback.cookies("__Host-asioauth=short");
    BOOST_TEST((at.complete(callback) == errc::browser_mismatch));
    callback.cookies("X" + site::cookie(begun));
    BOOST_TEST((at.complete(callback) == errc::browser_mismatch));
    callback.cookies(site::cookie(begun));
    BOOST_TEST(!at.complete(callback));
}

BOOST_AUTO_TEST_CASE(a_posted_answer_has_a_cookie_of_its_own_that_other_sites_send_along)
{
    site at;
    const auto posted = at.begin(begin_params(where).form_post(true));
    BOOST_TEST(posted.set_cookie.starts_with("__Host-asioauth-post="));
    BOOST_TEST(posted.set_cookie.ends_with("SameSite=None; Secure"));
    const auto plain = at.begin(begin_params(where).cookies(site::cookie(posted)));
    BOOST_TEST(plain.set_cookie.starts_with("__Host-asioauth="));

    const std::string both = site::cookie(posted) + "; " + site::cookie(plain);
    login_callback form("/oauth/callback", secret(site::answer(posted.where).substr(1)));
    form.cookies(both);
    BOOST_TEST(!at.complete(form));
    login_callback query("/oauth/callback" + site::answer(plain.where));
    query.cookies(both);
    BOOST_TEST(!at.complete(query));
}

BOOST_AUTO_TEST_CASE(a_browser_keeps_its_cookie_only_under_a_name_that_neighbours_cannot_set)
{
    site at;
    const auto first = at.begin();
    const auto second = at.begin(begin_params(where).cookies(site::cookie(first)));
    BOOST_TEST(site::cookie(second) == site::cookie(first));

    site other(authorizer_settings("https://app.example/cb").cookie_name("login"));
    const auto known = other.begin();
    const auto fresh = other.begin(begin_params(where).cookies(site::cookie(known)));
    BOOST_TEST(site::cookie(fresh) != site::cookie(known));
}

BOOST_AUTO_TEST_CASE(on_loopback_the_cookie_needs_no_https)
{
    site at("http://localhost:8080/callback");
    const auto begun = at.begin();
    BOOST_TEST(begun.set_cookie.starts_with("asioauth="));
    BOOST_TEST(begun.set_cookie.find("Secure") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_redirect_uri_that_cannot_be_one_is_refused_before_anything_is_sent)
{
    for (const char* wrong :
         {"http://app.example/cb", "https://app.example/cb?x=1", "nonsense", ""})
    {
        site at{authorizer_settings(wrong)};
        BOOST_TEST(!at.begin().needed());
        BOOST_TEST((at.error == errc::redirect_uri_invalid));
        BOOST_TEST(at.network->sent == 0);
    }
}

BOOST_AUTO_TEST_CASE(the_client_metadata_document_is_served_with_the_callback_in_it)
{
    site at;
    const auto response = at.web->client_metadata_response();
    BOOST_REQUIRE(response);
    BOOST_TEST(response->status() == 200);
    BOOST_TEST(response->field("Content-Type") == "application/json");
    BOOST_TEST(response->body().find("https://app.example/oauth/callback") != std::string::npos);
    BOOST_TEST(
        response->body().find(R"("client_id":"https://app.example/client.json")")
        != std::string::npos
    );
}

// covers C-9728-12 C-MCP-17
BOOST_AUTO_TEST_CASE(a_user_of_a_web_site_cannot_name_a_server_on_the_site_s_machine)
{
    const char* const loopback = "http://localhost:8080/mcp";
    const char* const secure = "https://127.0.0.1/mcp";
    const auto allows = [](authorizer_settings settings, const char* what) {
        site at(std::move(settings));
        bool allowed = false;
        at.network->on(std::string("GET ") + what, [&](const http_request& r) {
            allowed = r.policy().loopback_allowed();
            return result<http_response>(http_response(200, ""));
        });
        (void)at.begin(what);
        return allowed;
    };
    const authorizer_settings elsewhere("https://app.example/oauth/callback");
    const authorizer_settings here("http://127.0.0.1:8081/oauth/callback");
    for (const auto* const what : {loopback, secure})
    {
        BOOST_TEST(!allows(elsewhere, what));
        BOOST_TEST(allows(here, what));
        BOOST_TEST(allows(authorizer_settings(elsewhere).allow_loopback(true), what));
        BOOST_TEST(!allows(authorizer_settings(here).allow_loopback(false), what));
    }
    // Plain http is not asked at all.
    site at;
    (void)at.begin(loopback);
    BOOST_TEST((at.error == errc::url_scheme_not_allowed));
    BOOST_TEST(at.network->sent == 0);
}

BOOST_AUTO_TEST_SUITE_END()
