// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Our side of test/servers/run.sh: does what it is told with an authorization server that somebody
// else wrote, through the public interface only, and prints a line for each step that worked.
//
//   counterpart_client URL [OPTION VALUE]... [then STEP...]
//
//   grant code|client_credentials|device       how to get tokens (code)
//   auth METHOD, key ALGORITHM                  how the client shows who it is
//   client ID, secret SECRET, issuer ISSUER     a client that was registered by hand
//   pem FILE, kid NAME, certificate FILE        and its key, its key's name, its certificate
//   initial TOKEN                               what the server wants to see before it registers
//   scope SCOPE, dpop always|never, pushed yes, signed yes
//   ca FILE, browser COMMAND
//
//   STEP: call, refresh, old_refresh (must be refused), introspect, revoke, id_token, manage
//
// The last line is `done`, or `failed STEP: NAME OF THE ERROR` with an explanation before it.

#include <asioauth/browser.hpp>
#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/protocol/mcp.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

/// Thrown with the step that did not work.
class step_failed : public std::runtime_error
{
public:
    step_failed(const std::string& step, const asioauth::error_code& ec, const std::string& why)
        : std::runtime_error(why + "\nfailed " + step + ": " + std::string(asioauth::name_of(ec)))
    {}
};

void check(
    const std::string& step, const asioauth::error_code& ec, const asioauth::diagnostics& info = {}
)
{
    if (ec)
        throw step_failed(step, ec, asioauth::describe(ec, info));
    std::cout << "ok " << step << std::endl;
}

void expect(const std::string& step, bool good, const std::string& what)
{
    if (!good)
        throw step_failed(step, asioauth::errc::invalid_argument, what);
}

class orders
{
public:
    orders(int argc, char** argv)
    {
        int i = 1;
        if (i < argc)
            url = argv[i++];
        for (; i + 1 < argc && std::string_view(argv[i]) != "then"; i += 2)
            options_[argv[i]] = argv[i + 1];
        for (++i; i < argc; ++i)
            steps.emplace_back(argv[i]);
    }

    std::string operator[](const std::string& name) const
    {
        const auto it = options_.find(name);
        return it == options_.end() ? std::string() : it->second;
    }

    std::string url;
    std::vector<std::string> steps;

private:
    std::map<std::string, std::string> options_;
};

asioauth::secret content_of(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    return asioauth::secret(std::string(std::istreambuf_iterator<char>(in), {}));
}

asioauth::client_settings settings_for(const orders& told)
{
    asioauth::client_profile profile;
    profile.client_name("asioauth counterpart");
    const auto method = asioauth::auth_method_from_name(told["auth"]);
    if (method)
        profile.auth_method(*method);
    if (const auto algorithm = asioauth::jws_algorithm_from_name(told["key"]))
        profile.key(asioauth::signing_key::generate(*algorithm).value());
    asioauth::client_settings out;
    if (!told["client"].empty())
    {
        asioauth::registration given(
            told["issuer"], told["client"], asioauth::secret(told["secret"])
        );
        if (method)
            given.auth_method = *method;
        if (!told["certificate"].empty())
        {
            const auto chain = content_of(told["certificate"]);
            given.identity = asioauth::tls_identity(chain.reveal(), content_of(told["pem"]));
        }
        else if (!told["pem"].empty())
        {
            given.key = asioauth::signing_key::from_pem(content_of(told["pem"])).value();
            given.key.key_id(told["kid"]);
        }
        out.add_registration(std::move(given));
    }
    out.profile(std::move(profile));
    if (told["dpop"] == "always")
        out.dpop(asioauth::dpop_use::always);
    if (told["dpop"] == "never")
        out.dpop(asioauth::dpop_use::never);
    if (!told["ca"].empty())
    {
        asioauth::http_client_settings http;
        http.add_ca_file(told["ca"]);
        out.http(http);
    }
    if (!told["browser"].empty())
    {
        asioauth::browser_settings browser;
        browser.command(told["browser"]);
        out.browser(browser);
    }
    return out;
}

/// The user of the device grant reads the prompt and opens the page.
void open_elsewhere(const std::string& browser, const asioauth::device_prompt& prompt)
{
    const auto& where = prompt.verification_uri_complete.empty() ? prompt.verification_uri
                                                                 : prompt.verification_uri_complete;
    // The URL was checked by the library, and these tests choose their own servers.
    const std::string command = browser + " '" + where.str() + "' &";
    if (std::system(command.c_str()) != 0)
        std::cerr << "the browser did not start\n";
}

asio::awaitable<void> follow(const orders& told)
{
    asioauth::client client(co_await asio::this_coro::executor, settings_for(told));
    asioauth::diagnostics info;
    asioauth::login_params params(told.url);
    params.timeout(60s).user_timeout(60s);
    if (!told["scope"].empty())
        params.scope(told["scope"]);
    if (!told["initial"].empty())
        params.initial_access_token(asioauth::secret(told["initial"]));
    params.pushed(told["pushed"] == "yes").signed_request(told["signed"] == "yes");
    if (told["grant"] == "client_credentials")
        params.grant(asioauth::token_grant::client_credentials());
    const std::string browser = told["browser"];
    const auto show = [&browser](const asioauth::device_prompt& p) { open_elsewhere(browser, p); };
    if (told["grant"] == "device")
        params.grant(asioauth::token_grant::device_code(show));

    auto [ec, session] = co_await client.async_login(params, info, as_tuple);
    check("login", ec, info);
    const asioauth::discovery found = session.found();
    asioauth::registration registered = session.client_registration();
    asioauth::token_set tokens = session.tokens();
    std::cout << "token " << asioauth::name_of(tokens.kind) << ' '
              << asioauth::name_of(registered.auth_method) << std::endl;
    if (told["dpop"] == "always")
        expect("login", tokens.kind == asioauth::token_kind::dpop, "the token is not bound");

    for (const auto& step : told.steps)
    {
        if (step == "call")
        {
            auto request = asioauth::mcp::make_initialize_request(
                asioauth::request_kind::resource, session.requested(), "counterpart", "1"
            );
            auto [failed, response] = co_await session.async_send(request, info, as_tuple);
            check(step, failed, info);
            expect(step, response.status() == 200, "status " + std::to_string(response.status()));
        }
        else if (step == "refresh")
        {
            auto [failed, fresh] =
                co_await client.async_refresh(found, registered, tokens, info, as_tuple);
            check(step, failed, info);
            expect(step, !(fresh.access_token == tokens.access_token), "the token is the same");
            expect(step, fresh.kind == tokens.kind, "the token is of another kind");
            tokens = fresh;
        }
        else if (step == "old_refresh")
        {
            const asioauth::token_set old = session.tokens();
            auto [failed, fresh] =
                co_await client.async_refresh(found, registered, old, info, as_tuple);
            expect(
                step,
                failed == asioauth::errc::invalid_grant,
                "the old refresh token gave: " + failed.message()
            );
            std::cout << "ok " << step << std::endl;
        }
        else if (step == "introspect")
        {
            auto [failed, said] = co_await client.async_introspect(
                found,
                registered,
                tokens.access_token,
                asioauth::token_hint::access_token,
                info,
                as_tuple
            );
            check(step, failed, info);
            std::cout << "active " << (said.active ? "yes" : "no") << std::endl;
        }
        else if (step == "revoke")
        {
            const bool long_lived = !tokens.refresh_token.empty();
            const asioauth::secret which = long_lived ? tokens.refresh_token : tokens.access_token;
            const auto hint = long_lived ? asioauth::token_hint::refresh_token
                                         : asioauth::token_hint::access_token;
            auto [failed] =
                co_await client.async_revoke(found, registered, which, hint, info, as_tuple);
            check(step, failed, info);
        }
        else if (step == "id_token")
        {
            auto [failed, who] = co_await client.async_check_id_token(
                found, registered, session.tokens(), std::string(), info, as_tuple
            );
            check(step, failed, info);
            std::cout << "subject " << asioauth::presentable(who.subject) << std::endl;
        }
        else if (step == "manage")
        {
            auto [unread, now] =
                co_await client.async_read_registration(found, registered, info, as_tuple);
            check("manage.read", unread, info);
            expect(step, now.client_id == registered.client_id, "another client came back");
            asioauth::client_profile changed;
            changed.client_name("asioauth counterpart, renamed").auth_method(now.auth_method);
            for (const auto& uri : now.redirect_uris)
                changed.add_redirect_uri(uri);
            auto [unchanged, after] =
                co_await client.async_update_registration(found, now, changed, info, as_tuple);
            check("manage.update", unchanged, info);
            auto [undeleted] =
                co_await client.async_delete_registration(found, after, info, as_tuple);
            check("manage.delete", undeleted, info);
            auto [gone, nobody] =
                co_await client.async_read_registration(found, after, info, as_tuple);
            expect(
                step,
                gone == asioauth::errc::registration_gone,
                "the deleted client gave: " + gone.message()
            );
            std::cout << "ok manage.gone" << std::endl;
        }
        else
        {
            expect(step, false, "there is no such step");
        }
    }
    std::cout << "done" << std::endl;
}

} // namespace

int main(int argc, char** argv)
{
    try
    {
        const orders told(argc, argv);
        asio::io_context io(1);
        std::exception_ptr unexpected;
        bool ended = false;
        const auto done = [&](std::exception_ptr e) {
            unexpected = std::move(e);
            ended = true;
        };
        asio::co_spawn(io, follow(told), done);
        io.run_for(110s);
        if (unexpected)
            std::rethrow_exception(unexpected);
        if (!ended)
            std::cout << "failed: no end in sight" << std::endl;
        return ended ? 0 : 1;
    }
    catch (const std::exception& error)
    {
        std::cout << error.what() << std::endl;
        return 1;
    }
}
