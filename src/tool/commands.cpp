// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "commands.hpp"

#include "mcp_client.hpp"
#include "output.hpp"
#include "terminal_agent.hpp"

#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#ifdef ASIOAUTH_TOOL_HAS_SQLITE
#include <asioauth/sqlite_store.hpp>
#endif

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;

// Inside co_await expressions there are only named objects and setters, never braces, capturing
// lambdas or conditionals that make a class: g++ 12 destroys such temporaries twice.
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

// After the result: how long the browser may take to fetch the last page.
constexpr std::chrono::seconds last_page(3);

failure misused(std::string_view message)
{
    failure f(errc::invalid_argument);
    f.message(message);
    return f;
}

/// One line of the standard input, read without reading ahead: what follows may be a pasted URL.
secret read_secret_line()
{
    constexpr std::size_t longest = 4096;
    std::string line;
    char c = 0;
    while (line.size() < longest && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
        line += c;
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    secret out(line);
    wipe(line);
    return out;
}

/// A host, perhaps with port and path, as opposed to something with a scheme, even a mistyped one.
bool is_host(std::string_view text)
{
    const auto colon = text.find(':');
    return colon == std::string_view::npos || text.substr(0, 1) == "["
        || (colon + 1 < text.size() && text[colon + 1] >= '0' && text[colon + 1] <= '9');
}

/// The client secret, which never comes as an argument: everybody on the machine could read that.
/// Taken out of the environment whether it is used or not, since the browser need not know it.
secret client_secret(const options& given)
{
    constexpr const char* variable = "ASIOAUTH_CLIENT_SECRET";
    // There is no other thread yet.
    const char* const value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
    secret out(value != nullptr ? std::string_view(value) : std::string_view());
    ::unsetenv(variable); // NOLINT(concurrency-mt-unsafe)
    if (given.secret_from_stdin)
        out = read_secret_line();
    return out;
}

result<redirect_target> listen_target(std::string_view text)
{
    const auto colon = text.rfind(':');
    const auto digits =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    unsigned port = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || ec != std::errc() || end != digits.data() + digits.size() || port > 65535)
        return misused("--listen wants HOST:PORT, for example 127.0.0.1:8888.");
    redirect_target out;
    out.host(text.substr(0, colon)).port(static_cast<std::uint16_t>(port));
    return out;
}

result<redirect_target> uri_target(std::string_view text)
{
    const auto uri = url::parse(text);
    if (!uri || uri->is_https() || !uri->host_is_loopback() || uri->has_query()
        || uri->has_fragment())
        return misused("--redirect-uri wants an address that this program can listen at, for "
                       "example http://127.0.0.1:8888/callback.");
    redirect_target out;
    out.host(uri->host_is_ipv6() ? '[' + uri->host() + ']' : uri->host());
    out.port(uri->port()).path(uri->path());
    return out;
}

/// Where logins are kept; null: in memory.
std::shared_ptr<store> store_for(const asio::any_io_executor& ex, const options& given)
{
#ifdef ASIOAUTH_TOOL_HAS_SQLITE
    if (given.no_store)
        return nullptr;
    sqlite_settings file;
    if (!given.store.empty())
        file.path(given.store);
    return open_sqlite(ex, file, [verbose = given.verbose](std::string_view note) {
        if (verbose)
            print_note(note);
    });
#else
    (void)ex;
    (void)given;
    return nullptr;
#endif
}

result<client_settings> settings_for(const asio::any_io_executor& ex, const options& given)
{
    client_settings out;
    client_profile profile;
    profile.client_name("asioauth command line").software_version(ASIOAUTH_TOOL_VERSION);
    if (const auto method = auth_method_from_name(given.auth_method))
        profile.auth_method(*method);
    out.profile(std::move(profile));

    if (!given.listen.empty() || !given.redirect_uri.empty())
    {
        auto target =
            given.listen.empty() ? uri_target(given.redirect_uri) : listen_target(given.listen);
        if (!target)
            return target.error();
        out.redirect(std::move(*target));
    }
    secret entrusted = client_secret(given);
    if (!given.client_id.empty())
    {
        registration client(given.issuer, given.client_id, std::move(entrusted));
        if (const auto method = auth_method_from_name(given.auth_method))
            client.auth_method = *method;
        out.add_registration(std::move(client));
    }
    http_client_settings http;
    for (const auto& file : given.ca_files)
        http.add_ca_file(file);
    out.http(http);
    if (given.verbose)
        out.on_event(&print_event);
    out.user_agent(std::make_shared<terminal_agent>(ex, given));
    if (auto kept = store_for(ex, given))
        out.store(std::move(kept));
    return out;
}

discover_params discover_params_for(const options& given)
{
    discover_params out(given.url);
    for (const auto& network : given.networks)
        out.allow_private_network(network);
    if (given.timeout)
        out.timeout(std::chrono::seconds(*given.timeout));
    return out;
}

register_params register_params_for(const options& given)
{
    register_params out;
    if (given.timeout)
        out.timeout(std::chrono::seconds(*given.timeout));
    return out;
}

login_params login_params_for(const options& given)
{
    login_params out(given.url);
    out.scope(given.scope).user(given.account).force(given.force);
    for (const auto& network : given.networks)
        out.allow_private_network(network);
    if (given.timeout)
    {
        const std::chrono::milliseconds limit = std::chrono::seconds(*given.timeout);
        out.user_timeout(limit).timeout(std::min(limit, out.timeout()));
    }
    return out;
}

asio::awaitable<outcome> discover(client& c, const options& given)
{
    diagnostics info;
    auto [ec, found] = co_await c.async_discover(discover_params_for(given), info, as_tuple);
    if (!ec)
        print_discovery(given, found);
    co_return outcome(ec, info);
}

asio::awaitable<outcome> register_client(client& c, const options& given)
{
    diagnostics info;
    auto [ec, found] = co_await c.async_discover(discover_params_for(given), info, as_tuple);
    if (ec)
        co_return outcome(ec, info);
    auto params = register_params_for(given);
    auto [failed, registered] = co_await c.async_register(found, params, info, as_tuple);
    if (!failed)
        print_registration(given, registered);
    co_return outcome(failed, info);
}

asio::awaitable<outcome> login(client& c, const options& given)
{
    diagnostics info;
    auto [ec, session] = co_await c.async_login(login_params_for(given), info, as_tuple);
    if (!ec)
        print_login(given, session);
    co_return outcome(ec, info);
}

asio::awaitable<outcome> token(client& c, const options& given)
{
    diagnostics info;
    auto [ec, session] = co_await c.async_login(login_params_for(given), info, as_tuple);
    if (ec)
        co_return outcome(ec, info);
    if (!session.has_token())
    {
        failure none(errc::authorization_not_offered);
        none.url(given.url).message("This server needs no login, so there is no token.");
        co_return outcome(none);
    }
    print_token(given, session);
    co_return outcome();
}

asio::awaitable<outcome> tools(client& c, const options& given)
{
    diagnostics info;
    auto [ec, session] = co_await c.async_login(login_params_for(given), info, as_tuple);
    if (ec)
        co_return outcome(ec, info);

    mcp_client server(session);
    auto opened = co_await server.open();
    if (!opened)
        co_return outcome(opened.error());
    auto found = co_await server.list();
    if (!found)
        co_return outcome(found.error());
    if (given.call.empty())
    {
        print_tools(given, server.server(), *found);
        co_return outcome();
    }

    const auto called =
        std::find_if(found->tools.begin(), found->tools.end(), [&](const mcp::tool& t) {
            return t.name == given.call;
        });
    if (called == found->tools.end())
    {
        failure unknown = misused("The server has no tool \"" + presentable(given.call) + "\".");
        unknown.hint("Run `asioauth tools URL` without --call to see what it has.");
        co_return outcome(unknown);
    }
    auto answer = co_await server.call(*called, given.arguments);
    if (!answer)
        co_return outcome(answer.error());
    print_call(given, *answer);
    co_return outcome();
}

asio::awaitable<outcome> logout(client& c, const options& given)
{
    diagnostics info;
    auto kept = login_params_for(given);
    kept.as_stored(true);
    auto [ec, session] = co_await c.async_login(kept, info, as_tuple);
    if (ec)
        co_return outcome(ec, info);
    logout_params params;
    params.local_only(given.local_only).delete_registration(given.forget_client);
    auto [failed, done] = co_await session.async_logout(params, info, as_tuple);
    if (!failed)
        print_logout(given, session, done);
    co_return outcome(failed, info);
}

asio::awaitable<outcome> perform(command what, client& c, const options& given)
{
    switch (what)
    {
    case command::discover: return discover(c, given);
    case command::register_client: return register_client(c, given);
    case command::login: return login(c, given);
    case command::token: return token(c, given);
    case command::logout: return logout(c, given);
    case command::tools: break;
    }
    return tools(c, given);
}

/// What cannot be right whatever the server says, so that nobody logs in for nothing.
result<void> check(const options& given)
{
    if (given.client_id.empty() != given.issuer.empty())
        return misused("--client-id and --issuer belong together: a client is known to one "
                       "authorization server only.");
    if (!given.arguments.empty())
    {
        boost::json::error_code ec;
        const auto arguments = boost::json::parse(given.arguments, ec);
        if (ec || !arguments.is_object())
            return misused("--args wants a JSON object, for example '{\"a\": 1}'.");
    }
    return {};
}

} // namespace

int run(command what, options given)
{
    if (is_host(given.url))
        given.url.insert(0, "https://");
    if (const auto right = check(given); !right)
        return report_usage(given.json, right.error().info().message());

    asio::io_context io(1);
    const auto settings = settings_for(io.get_executor(), given);
    if (!settings)
        return report_usage(given.json, settings.error().info().message());
    auto c = std::make_unique<client>(io.get_executor(), *settings);

    outcome how;
    std::exception_ptr unexpected;
    bool interrupted = false;
    asio::cancellation_signal cancel;
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const error_code& ec, int) {
        if (ec)
            return;
        interrupted = true;
        signals.clear(); // the next one ends the program the hard way
        cancel.emit(asio::cancellation_type::terminal);
    });
    const auto done = [&](std::exception_ptr e, outcome o) {
        unexpected = std::move(e);
        how = std::move(o);
        io.stop();
    };
    asio::co_spawn(io, perform(what, *c, given), asio::bind_cancellation_slot(cancel.slot(), done));
    io.run();

    // The browser still gets its last page, unless it takes its time.
    error_code ignored;
    signals.cancel(ignored);
    signals.clear(ignored);
    c.reset();
    io.restart();
    io.run_for(last_page);

    if (interrupted && (how.code || unexpected))
        return report_interruption(given.json);
    if (unexpected)
        std::rethrow_exception(unexpected);
    if (how.code)
        return report(given.json, how);
    if (!output_arrived())
        return report_usage(given.json, "The output could not be written.");
    return 0;
}

} // namespace asioauth::tool
