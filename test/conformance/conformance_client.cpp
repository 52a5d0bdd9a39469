// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The client under test of the MCP conformance suite: logs in to the server whose URL is the last
// argument, lists its tools and calls one, in the lifecycle of the revision that
// MCP_CONFORMANCE_PROTOCOL_VERSION names.
//
// Exit status: 0 if all of that worked, 2 if the library refused the server (the last line on the
// standard error is then `refused: NAME OF THE ERROR`), 1 for anything else.

#include <asioauth/browser.hpp>
#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>
#include <asioauth/protocol/mcp.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace mcp = asioauth::mcp;
using namespace std::chrono_literals;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view name = "asioauth-conformance-client";
constexpr std::string_view version = "1";

// --- The user --------------------------------------------------------------------------------

/// GET a page; redirects are the caller's.
std::string get(const asioauth::url& where)
{
    asio::ip::tcp::iostream connection;
    connection.expires_after(10s);
    connection.connect(where.host(), std::to_string(where.port()));
    connection << "GET " << where.target() << " HTTP/1.1\r\nHost: " << where.authority()
               << "\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
               << std::flush;
    std::string head;
    for (std::string line; std::getline(connection, line) && line != "\r";)
        head += line + '\n';
    // Until the other side closes: our listener holds its page back until the login is over.
    for (std::string line; std::getline(connection, line);)
        ;
    return head;
}

std::string location_of(std::string_view head)
{
    constexpr std::string_view field = "\nLocation: ";
    const auto at = head.find(field);
    if (at == std::string_view::npos)
        return {};
    const auto value = head.substr(at + field.size());
    return std::string(value.substr(0, value.find('\r')));
}

/// Go where a browser goes whose user agrees to everything: to the authorization server, and with
/// its answer back to our own listener.
void visit(const asioauth::url& where)
{
    const auto back = asioauth::url::parse(location_of(get(where)));
    if (back && back->host_is_loopback() && !back->is_https())
        get(*back);
    else
        std::cerr << "the authorization server did not redirect to this machine\n";
}

/// A browser of its own thread, since it waits for us while we wait for it.
class headless_user final : public asioauth::user_agent
{
public:
    /// @param visits joined by the owner, after the event loop has ended
    headless_user(asio::any_io_executor ex, std::vector<std::jthread>& visits)
        : executor_(ex)
        , visits_(visits)
        , nobody_(ex)
    {}

    void async_open(asioauth::url where, opened_handler h) override
    {
        visits_.emplace_back(&visit, std::move(where));
        asio::post(executor_, [h = std::move(h)]() mutable {
            std::move(h)(asioauth::result<void>());
        });
    }

    void async_ask_redirect_url(pasted_handler h) override
    {
        nobody_.async_ask_redirect_url(std::move(h));
    }

private:
    asio::any_io_executor executor_;
    std::vector<std::jthread>& visits_;
    asioauth::browser nobody_; // pastes nothing
};

// --- The client ------------------------------------------------------------------------------

/// How it ended; `status` is for `main`.
class ending
{
public:
    ending() = default;
    explicit ending(const asioauth::failure& f)
        : status(
            f.code() == asioauth::condition::untrusted || f.code() == asioauth::condition::refused
                ? 2
                : 1
        )
        , why(f.code())
        , text(asioauth::describe(f.code(), f.info()))
    {}

    int status = 0;
    asioauth::error_code why;
    std::string text;
};

asioauth::failure as_failure(const asioauth::error_code& ec, const asioauth::diagnostics& info)
{
    asioauth::failure f(ec);
    f.where(info.where()).url(info.url()).http_status(info.http_status()).message(info.message());
    f.server_error(info.server_error()).server_message(info.server_message());
    return f;
}

asio::awaitable<asioauth::result<asioauth::http_response>>
send(asioauth::session session, asioauth::http_request request)
{
    asioauth::diagnostics info;
    auto [ec, response] = co_await session.async_send(std::move(request), info, as_tuple);
    if (ec)
        co_return as_failure(ec, info);
    asioauth::result<asioauth::http_response> out(std::move(response));
    co_return out;
}

/// An `initialize` that asks for one certain revision; the library's own asks for the latest.
asioauth::http_request make_initialize(const asioauth::url& server, std::string_view revision)
{
    auto request =
        mcp::make_initialize_request(asioauth::request_kind::resource, server, name, version);
    boost::json::object info;
    info["name"] = boost::json::string(name);
    info["version"] = boost::json::string(version);
    boost::json::object params;
    params["protocolVersion"] = boost::json::string(revision);
    params["capabilities"] = boost::json::object();
    params["clientInfo"] = std::move(info);
    boost::json::object message;
    message["jsonrpc"] = "2.0";
    message["id"] = 1;
    message["method"] = "initialize";
    message["params"] = std::move(params);
    request.body("application/json", asioauth::secret(boost::json::serialize(message)));
    return request;
}

asio::awaitable<asioauth::result<mcp::server_info>>
open(asioauth::session session, std::string revision)
{
    const asioauth::url server = session.requested();
    if (revision == mcp::latest_version)
    {
        auto request =
            mcp::make_discover_request(asioauth::request_kind::resource, server, name, version);
        auto response = co_await send(session, std::move(request));
        if (!response)
            co_return response.error();
        co_return mcp::read_discover_response(*response);
    }
    auto request = make_initialize(server, revision);
    auto response = co_await send(session, std::move(request));
    if (!response)
        co_return response.error();
    auto info = mcp::read_initialize_response(*response);
    if (!info)
        co_return info;
    request = mcp::make_initialized_notification(server, *info);
    response = co_await send(session, std::move(request));
    if (!response)
        co_return response.error();
    co_return info;
}

asio::awaitable<ending> use_tools(asioauth::session session, std::string revision)
{
    const asioauth::url server = session.requested();
    auto info = co_await open(session, revision);
    if (!info)
        co_return ending(info.error());

    auto listing = mcp::make_tools_list_request(server, *info, "", name, version, 2);
    auto response = co_await send(session, std::move(listing));
    if (!response)
        co_return ending(response.error());
    auto page = mcp::read_tools_list_response(*response, 2);
    if (!page)
        co_return ending(page.error());
    if (page->tools.empty())
    {
        asioauth::failure none(asioauth::errc::mcp_response_invalid);
        none.message("The server has no tool to call.");
        co_return ending(none);
    }

    auto calling =
        mcp::make_tools_call_request(server, *info, page->tools.front(), "{}", name, version, 3);
    if (!calling)
        co_return ending(calling.error());
    response = co_await send(session, std::move(*calling));
    if (!response)
        co_return ending(response.error());
    auto answer = mcp::read_tools_call_response(*response, 3);
    if (!answer)
        co_return ending(answer.error());
    co_return ending();
}

std::string_view variable(const char* which)
{
    const char* const value = std::getenv(which);
    return value == nullptr ? std::string_view() : value;
}

// --- What the runner tells of the scenario ---------------------------------------------------

/// MCP_CONFORMANCE_CONTEXT: a JSON object, empty for most scenarios.
class context
{
public:
    context()
    {
        boost::system::error_code ec;
        const auto read = boost::json::parse(variable("MCP_CONFORMANCE_CONTEXT"), ec);
        if (!ec && read.is_object())
            object_ = read.get_object();
        scenario_ = variable("MCP_CONFORMANCE_SCENARIO");
    }

    bool is(std::string_view scenario) const { return scenario_ == scenario; }

    std::string operator[](const char* member) const
    {
        const auto* value = object_.if_contains(member);
        const auto* text = value == nullptr ? nullptr : value->if_string();
        return text == nullptr ? std::string() : std::string(text->data(), text->size());
    }

private:
    boost::json::object object_;
    std::string scenario_;
};

/// The client that somebody has registered by hand, if the runner names one.
asioauth::result<asioauth::registration>
given_client(const context& told, const std::string& issuer)
{
    const std::string id = told["client_id"];
    if (told["private_key_pem"].empty())
        return asioauth::registration(issuer, id, asioauth::secret(told["client_secret"]));
    const auto algorithm = asioauth::jws_algorithm_from_name(told["signing_algorithm"]);
    auto key =
        asioauth::signing_key::from_pem(asioauth::secret(told["private_key_pem"]), algorithm);
    if (!key)
        return key.error();
    return asioauth::registration(issuer, id, std::move(*key));
}

/// How to get tokens in this scenario.
asioauth::token_grant grant_for(const context& told)
{
    if (told.is("auth/client-credentials-jwt") || told.is("auth/client-credentials-basic"))
        return asioauth::token_grant::client_credentials();
    if (told.is("auth/wif-jwt-bearer"))
        return asioauth::token_grant::jwt_bearer(asioauth::secret(told["valid_jwt"]));
    if (told.is("auth/enterprise-managed-authorization"))
    {
        // The runner's identity provider asks for no client authentication.
        asioauth::registration idp_client("", told["idp_client_id"]);
        asioauth::identity_provider idp(told["idp_issuer"], std::move(idp_client));
        idp.token_endpoint(told["idp_token_endpoint"]);
        return asioauth::token_grant::identity_assertion(
            std::move(idp), asioauth::secret(told["idp_id_token"])
        );
    }
    return {};
}

// --- The run ---------------------------------------------------------------------------------

asio::awaitable<ending>
run(std::string url, std::string revision, std::vector<std::jthread>& visits)
{
    auto ex = co_await asio::this_coro::executor;
    const context told;
    asioauth::client_settings settings;
    settings.client_name(name);
    settings.store(std::make_shared<asioauth::memory_store>(ex));
    settings.user_agent(std::make_shared<headless_user>(ex, visits));
    if (told.is("auth/basic-cimd"))
        settings.client_metadata_url("https://conformance-test.local/client-metadata.json");
    asioauth::diagnostics info;
    if (!told["client_id"].empty())
    {
        // A client registered by hand belongs to an issuer, and the runner does not name it.
        asioauth::client looking(ex, settings);
        asioauth::discover_params where(url);
        auto [ec, found] = co_await looking.async_discover(where, info, as_tuple);
        if (ec)
        {
            const auto failed = as_failure(ec, info);
            co_return ending(failed);
        }
        auto given = given_client(told, found.server.issuer);
        if (!given)
            co_return ending(given.error());
        settings.add_registration(std::move(*given));
    }
    asioauth::client client(ex, settings);

    asioauth::login_params params(url);
    params.timeout(8s).user_timeout(8s);
    params.grant(grant_for(told));
    ending how;
    // A program whose login has ended logs in again, once.
    for (int attempt = 0; attempt < 2; ++attempt)
    {
        params.force(attempt > 0);
        auto [ec, session] = co_await client.async_login(params, info, as_tuple);
        if (ec)
        {
            const auto failed = as_failure(ec, info);
            co_return ending(failed);
        }
        how = co_await use_tools(session, revision);
        if (how.why != asioauth::condition::login_required)
            break;
    }
    co_return how;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2)
    {
        std::cerr << "usage: conformance_client URL\n";
        return 1;
    }
    // The runner closes its end of our pipes when it has seen enough.
    std::signal(SIGPIPE, SIG_IGN);
    std::string revision(variable("MCP_CONFORMANCE_PROTOCOL_VERSION"));
    if (revision.empty())
        revision = mcp::latest_initialize_version;
    else if (revision == "draft")
        revision = mcp::latest_version;

    try
    {
        std::vector<std::jthread> visits;
        asio::io_context io(1);
        ending how;
        std::exception_ptr unexpected;
        bool ended = false;
        const auto done = [&](std::exception_ptr e, ending h) {
            unexpected = std::move(e);
            how = std::move(h);
            ended = true;
        };
        asio::co_spawn(io, run(argv[argc - 1], revision, visits), done);
        // What is left after the end is the browser's last page.
        io.run_for(18s);
        if (unexpected)
            std::rethrow_exception(unexpected);
        if (!ended)
        {
            std::cerr << "no end in sight\n";
            return 1;
        }
        if (how.status != 0)
            std::cerr << how.text << '\n';
        if (how.status == 2)
            std::cerr << "refused: " << asioauth::name_of(how.why) << '\n';
        return how.status;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
