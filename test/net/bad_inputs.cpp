// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whole logins over real sockets against a provider that does one thing wrong. Each must end in its
// own typed error, with a hint, and no secret may appear in anything that a program could print.

#include "net/refusing_port.hpp"
#include "support/loopback_server.hpp"
#include "support/print.hpp"

#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/protocol/form.hpp>
#include <asioauth/user_agent.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <sstream>

BOOST_AUTO_TEST_SUITE(bad_inputs)

using namespace asioauth;
using asioauth::testing::loopback_server;
using asioauth::testing::peer;
namespace asio = boost::asio;

namespace {

std::string json_response(const std::string& body, const std::string& status = "200 OK")
{
    return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: "
        + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string replaced(std::string text, const std::string& what, const std::string& with)
{
    const auto at = text.find(what);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

// A resource and its authorization server on one port. Answers can be replaced by path.
class provider
{
public:
    provider() : server_([this](peer& p) { serve(p); }) { base_ = server_.url(""); }

    std::string resource() const { return base_ + "/mcp"; }
    const std::string& base() const { return base_; }

    void answer(const std::string& path, std::string raw) { answers_[path] = std::move(raw); }

    std::string resource_document() const
    {
        return R"({"resource":")" + resource() + R"(","authorization_servers":[")" + base_
            + R"("]})";
    }

    std::string server_document() const
    {
        return R"({"issuer":")" + base_ + R"(","authorization_endpoint":")" + base_
            + R"(/authorize","token_endpoint":")" + base_ + R"(/token","registration_endpoint":")"
            + base_
            + R"(/register","code_challenge_methods_supported":["S256"],"token_endpoint_auth_methods_supported":["none"]})";
    }

private:
    void serve(peer& p)
    {
        for (;;)
        {
            const std::string request = p.read_request();
            if (request.empty())
                return;
            const auto from = request.find(' ') + 1;
            const std::string path = request.substr(from, request.find(' ', from) - from);
            const std::string body = request.substr(request.find("\r\n\r\n") + 4);
            const std::string raw = raw_answer(path, body);
            if (raw == "(stall)")
            {
                p.read_to_end();
                return;
            }
            if (!p.write(raw))
                return;
            if (raw.find("(cut)") != std::string::npos)
                return;
        }
    }

    std::string raw_answer(const std::string& path, const std::string& body) const
    {
        const auto it = answers_.find(path);
        if (it != answers_.end())
            return it->second;
        if (path == "/mcp")
            return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: "
                   "0\r\n\r\n";
        if (path == "/.well-known/oauth-protected-resource/mcp")
            return json_response(resource_document());
        if (path == "/.well-known/oauth-authorization-server")
            return json_response(server_document());
        if (path == "/register")
            return json_response(R"({"client_id":"client-1",)" + body.substr(1), "201 Created");
        if (path == "/token")
            return json_response(R"({"access_token":"CANARY-access","token_type":"Bearer"})");
        return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    }

    std::map<std::string, std::string> answers_;
    loopback_server server_;
    std::string base_;
};

// A person whose browser is redirected at once, with `answer` in the query; `state` may be spoiled.
class redirected_user final : public user_agent
{
public:
    redirected_user(asio::io_context& io, std::string answer, bool wrong_state)
        : io_(io)
        , answer_(std::move(answer))
        , wrong_state_(wrong_state)
    {}

    ~redirected_user() override
    {
        if (browser_.joinable())
            browser_.join();
    }

    void async_open(url where, opened_handler h) override
    {
        std::string redirect_uri;
        std::string state;
        const auto fields = parse_form(where.query());
        for (const auto& f : *fields)
        {
            if (f.first == "redirect_uri")
                redirect_uri = f.second;
            if (f.first == "state")
                state = f.second;
        }
        if (wrong_state_)
            state = "another";
        const auto target =
            url::parse(redirect_uri + "?" + answer_ + "&state=" + form_encode(state)).value();
        browser_ = std::thread([this, target] { page = get(target); });
        asio::post(io_, [h = std::move(h)]() mutable { std::move(h)(result<void>()); });
    }

    void async_ask_redirect_url(pasted_handler h) override
    {
        auto waiting = std::make_shared<pasted_handler>(std::move(h));
        auto slot = asio::get_associated_cancellation_slot(*waiting);
        if (slot.is_connected())
        {
            slot.assign([this, waiting](asio::cancellation_type) {
                auto f = std::move(*waiting);
                asio::post(io_, [f = std::move(f)]() mutable {
                    std::move(f)(result<std::string>(failure(operation_aborted())));
                });
            });
        }
    }

    void finish()
    {
        if (browser_.joinable())
            browser_.join();
    }

    std::string page;

private:
    static std::string get(const url& where)
    {
        asio::io_context io;
        asio::ip::tcp::socket s(io);
        error_code ec;
        s.connect(asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), where.port()), ec);
        asio::write(
            s,
            asio::buffer(
                "GET " + where.target() + " HTTP/1.1\r\nHost: " + where.authority() + "\r\n\r\n"
            ),
            ec
        );
        std::string out;
        asio::read(s, asio::dynamic_buffer(out), ec);
        return out;
    }

    asio::io_context& io_;
    std::string answer_;
    bool wrong_state_;
    std::thread browser_;
};

class outcome
{
public:
    error_code ec;
    diagnostics info;
    std::string page;
    std::string everything_printed;
};

outcome log_in(
    const std::string& where,
    const std::string& answer = "code=CANARY-code",
    bool wrong_state = false
)
{
    asio::io_context io;
    auto user = std::make_shared<redirected_user>(io, answer, wrong_state);
    outcome out;
    std::ostringstream printed;
    http_client_settings http;
    http.response_timeout(std::chrono::milliseconds(300));
    client_settings settings;
    settings.http(http).user_agent(user).on_event([&](const event& e) { printed << e << '\n'; });
    login_params params(where);
    params.user_timeout(
        wrong_state ? std::chrono::milliseconds(300) : std::chrono::milliseconds(20'000)
    );
    bool called = false;
    {
        client c(io.get_executor(), settings);
        c.async_login(params, out.info, [&](error_code ec, session) {
            called = true;
            out.ec = ec;
        });
        io.run();
    }
    BOOST_TEST(called);
    user->finish(); // the browser thread writes the page
    out.page = user->page;
    printed << describe(out.ec, out.info) << '\n' << user->page;
    out.everything_printed = printed.str();
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_undisturbed_provider_lets_the_user_in)
{
    provider p;
    const auto out = log_in(p.resource());
    BOOST_TEST(!out.ec);
    BOOST_TEST(out.everything_printed.find("CANARY") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(each_wrong_answer_ends_in_its_own_error)
{
    const provider pattern;
    const std::string prm = "/.well-known/oauth-protected-resource/mcp";
    const std::string as = "/.well-known/oauth-authorization-server";
    using document = std::function<std::string(const provider&)>;
    class row
    {
    public:
        const char* name;
        std::string path;
        document raw;
        errc expected;
    };
    const auto fixed = [](std::string raw) {
        return document([raw](const provider&) { return raw; });
    };
    const std::string huge(400'000, ' ');
    const row rows[] = {
        {"resource metadata is not JSON",
         prm,
         fixed(json_response("{\"resource\":")),
         errc::json_malformed},
        {"resource metadata has a wrong type",
         prm,
         fixed(json_response(R"({"resource":7})")),
         errc::json_wrong_type},
        {"resource metadata is an array", prm, fixed(json_response("[]")), errc::json_wrong_type},
        {"resource metadata names another resource",
         prm,
         [](const provider& p) {
             return json_response(replaced(p.resource_document(), "/mcp\"", "/other\""));
         },
         errc::resource_mismatch},
        {"resource metadata names no authorization server",
         prm,
         [](const provider& p) {
             return json_response(
                 R"({"resource":")" + p.resource() + R"(","authorization_servers":[]})"
             );
         },
         errc::authorization_server_missing},
        {"server metadata is not JSON", as, fixed(json_response("<html>")), errc::json_malformed},
        {"server metadata is HTML",
         as,
         fixed("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"),
         errc::content_type_not_json},
        {"server metadata is compressed",
         as,
         fixed("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: "
               "gzip\r\nContent-Length: 2\r\n\r\n{}"),
         errc::content_encoding_not_supported},
        {"server metadata is too large",
         as,
         fixed(json_response("{" + huge + "}")),
         errc::response_body_too_large},
        {"server metadata has another issuer",
         as,
         [](const provider& p) {
             return json_response(
                 replaced(p.server_document(), p.base() + "\"", "https://evil.example\"")
             );
         },
         errc::issuer_mismatch},
        {"server metadata has a member twice",
         as,
         [](const provider& p) {
             return json_response(
                 replaced(p.server_document(), "{", R"({"issuer":"https://a.example",)")
             );
         },
         errc::json_member_duplicated},
        {"server metadata does not offer S256",
         as,
         [](const provider& p) {
             return json_response(replaced(p.server_document(), "S256", "plain"));
         },
         errc::pkce_not_supported},
        {"server metadata has a script as endpoint",
         as,
         [](const provider& p) {
             return json_response(
                 replaced(p.server_document(), p.base() + "/authorize", "javascript:alert(1)//")
             );
         },
         errc::endpoint_insecure},
        {"server metadata has no token endpoint",
         as,
         [](const provider& p) {
             return json_response(replaced(p.server_document(), "token_endpoint\"", "no_endpoint\"")
             );
         },
         errc::endpoint_missing},
        {"registration is refused",
         "/register",
         fixed(json_response(
             R"({"error":"invalid_redirect_uri","error_description":"no"})", "400 Bad Request"
         )),
         errc::invalid_redirect_uri},
        {"registration fails without words",
         "/register",
         fixed("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"),
         errc::http_status_unexpected},
        {"registration is answered with rubbish",
         "/register",
         fixed(json_response("{]", "201 Created")),
         errc::json_malformed},
        {"registration changes the redirect URI",
         "/register",
         fixed(json_response(
             R"({"client_id":"c","redirect_uris":["https://evil.example/"]})", "201 Created"
         )),
         errc::registration_redirect_uri_changed},
        {"the code is refused",
         "/token",
         fixed(json_response(R"({"error":"invalid_grant"})", "400 Bad Request")),
         errc::invalid_grant},
        {"the client is refused",
         "/token",
         fixed(json_response(R"({"error":"invalid_client"})", "401 Unauthorized")),
         errc::invalid_client},
        {"the token answer is not JSON",
         "/token",
         fixed(json_response("CANARY-access")),
         errc::json_malformed},
        {"the token has a wrong type",
         "/token",
         fixed(json_response(R"({"access_token":["CANARY-access"],"token_type":"Bearer"})")),
         errc::json_wrong_type},
        {"the token kind is unknown",
         "/token",
         fixed(json_response(R"({"access_token":"CANARY-access","token_type":"mac"})")),
         errc::token_type_not_supported},
        {"the token is missing",
         "/token",
         fixed(json_response(R"({"token_type":"Bearer"})")),
         errc::json_member_missing},
        {"the token answer is too large",
         "/token",
         fixed(json_response("{" + huge + "}")),
         errc::response_body_too_large},
        {"the token endpoint redirects",
         "/token",
         fixed("HTTP/1.1 307 Away\r\nLocation: https://evil.example/token\r\nContent-Length: "
               "0\r\n\r\n"),
         errc::redirect_refused},
        {"the token answer is cut off",
         "/token",
         fixed(
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n(cut)"
         ),
         errc::connection_lost},
        {"the token answer is framed twice",
         "/token",
         fixed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"),
         errc::http_framing_invalid},
        {"the token endpoint is silent", "/token", fixed("(stall)"), errc::response_timeout},
    };
    for (const auto& r : rows)
    {
        BOOST_TEST_CONTEXT(r.name)
        {
            provider p;
            p.answer(r.path, r.raw(p));
            const auto out = log_in(p.resource());
            BOOST_TEST(name_of(out.ec) == name_of(r.expected));
            BOOST_TEST(!hint_for(r.expected).empty());
            BOOST_TEST(!out.ec.message().empty());
            BOOST_TEST((out.info.where() != stage::none));
            BOOST_TEST(!out.info.url().empty());
            BOOST_TEST(out.everything_printed.find("CANARY") == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_user_who_denies_is_told_so_in_the_browser)
{
    provider p;
    const auto out = log_in(p.resource(), "error=access_denied&error_description=%3Cscript%3E");
    BOOST_TEST(out.ec == errc::access_denied);
    BOOST_TEST(out.ec == condition::cancelled);
    BOOST_TEST(out.page.find("<script>") == std::string::npos);
    BOOST_TEST(out.info.server_message() == "<script>"); // text, not markup
}

BOOST_AUTO_TEST_CASE(a_wrong_state_ends_nobodys_login)
{
    provider p;
    const auto out = log_in(p.resource(), "code=CANARY-code", true);
    BOOST_TEST(out.ec == errc::user_timeout);
    BOOST_TEST(out.page.substr(0, 12) == "HTTP/1.1 400");
}

BOOST_AUTO_TEST_CASE(a_closed_port_is_unreachable)
{
    const asioauth::testing::refusing_port nobody;
    const auto out = log_in(nobody.url("/mcp"));
    BOOST_TEST(out.ec == errc::connect_failed);
    BOOST_TEST(out.ec == condition::unreachable);
}

BOOST_AUTO_TEST_CASE(a_self_signed_certificate_is_untrusted)
{
    asioauth::testing::certificate_options options;
    options.alternative_names = "IP:127.0.0.1";
    const auto id = asioauth::testing::make_identity(options);
    loopback_server server(id, [](peer& p) { p.read_request(); });
    const auto out = log_in(server.url("/mcp"));
    BOOST_TEST(out.ec == errc::tls_certificate_untrusted);
}

BOOST_AUTO_TEST_CASE(plain_http_to_another_host_is_refused_before_anything_is_sent)
{
    const auto out = log_in("http://mcp.example/mcp");
    BOOST_TEST(out.ec == errc::url_scheme_not_allowed);
    BOOST_TEST(out.ec == condition::usage);
}

BOOST_AUTO_TEST_SUITE_END()
