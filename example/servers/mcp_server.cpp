// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// An MCP server that wants an access token (MCP authorization, RFC 9728, RFC 6750): it says where
// tokens come from, takes only tokens that were issued for it, and asks for more scope when one
// of its tools needs it. It knows the authorization server by its issuer URL alone.

#include "command_line.hpp"
#include "http_fetch.hpp"
#include "http_server.hpp"
#include "mcp_protocol.hpp"
#include "token_verifier.hpp"
#include "words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace {

using namespace example;

constexpr const char* usage = R"(usage: mcp_server [options]

  --port N       listen on localhost:N (default 8000, 0 picks a free port)
  --issuer URL   the authorization server (default http://localhost:9000)
  --scope "A B"  the scopes that every request needs (default mcp:tools)
  --verbose      log requests to stderr (paths only, never tokens)
  --help         show this text
)";

struct settings
{
    unsigned short port = 8000;
    std::string issuer = "http://localhost:9000";
    std::string scope = "mcp:tools";
    bool verbose = false;
    bool help = false;
};

settings read_settings(int argc, const char* const* argv)
{
    settings result;
    for (command_line arguments(argc, argv); arguments.next();)
    {
        if (arguments.is("--port"))
            result.port = static_cast<unsigned short>(arguments.number(0, 65535));
        else if (arguments.is("--issuer"))
            result.issuer = arguments.value();
        else if (arguments.is("--scope"))
            result.scope = arguments.value();
        else if (arguments.is("--verbose"))
            result.verbose = true;
        else if (arguments.is("--help"))
            result.help = true;
        else
            arguments.unexpected();
    }
    const auto issuer = boost::urls::parse_uri(result.issuer);
    if (!issuer || !is_loopback_http(*issuer) || issuer->has_query() || issuer->has_fragment())
        throw usage_error("--issuer must be a http URL on this machine");
    // It ends up inside quotation marks in a header.
    if (result.scope.find_first_of("\"\\\r\n") != std::string::npos)
        throw usage_error("--scope holds characters that no scope may have");
    return result;
}

// RFC 9110: the scheme is case-insensitive. Another scheme is not for us, so it counts
// as no token at all.
std::optional<std::string> bearer_token(const http_request& request)
{
    const auto value = header(request, "Authorization");
    const auto scheme_end = std::min(value.find(' '), value.size());
    if (!equal_ignoring_case(value.substr(0, scheme_end), "Bearer"))
        return std::nullopt;
    return value.substr(std::min(value.find_first_not_of(' ', scheme_end), value.size()));
}

// A page in a browser may not use the user's loopback network as if it were here itself. Programs
// send no Origin; browsers always do (DNS rebinding, MCP streamable HTTP).
bool origin_is_acceptable(const http_request& request)
{
    const auto origin = header(request, "Origin");
    if (origin.empty())
        return true;
    const auto parsed = boost::urls::parse_uri(origin);
    return parsed && is_loopback_http(*parsed);
}

class mcp_server
{
public:
    mcp_server(boost::asio::io_context& io, const settings& options, const std::string& origin)
        : options_(options)
        , resource_(origin + "/mcp")
        , metadata_url_(origin + "/.well-known/oauth-protected-resource/mcp")
        , verifier_(io, options.issuer, resource_)
        , protocol_(options.scope)
    {}

    mcp_server(const mcp_server&) = delete;
    mcp_server& operator=(const mcp_server&) = delete;

    void handle(http_request request, respond_function respond)
    {
        const auto path = target_path(request);
        // The second address is for clients that know only the root (MCP authorization).
        if (path == "/.well-known/oauth-protected-resource/mcp"
            || path == "/.well-known/oauth-protected-resource")
            return respond(handle_metadata(request));
        if (path != "/mcp")
            return respond(
                make_text(http::status::not_found, "The endpoint is /mcp.\n", "text/plain")
            );
        if (!origin_is_acceptable(request))
            return respond(
                make_text(http::status::forbidden, "Not from this origin.\n", "text/plain")
            );
        if (request.count(http::field::authorization) > 1)
            return respond(
                make_text(http::status::bad_request, "One Authorization, please.\n", "text/plain")
            );
        const auto token = bearer_token(request);
        if (!token)
            return respond(unauthorized({}));
        // Verification may have to wait for the keys, so the request waits with it.
        const auto shared = std::make_shared<http_request>(std::move(request));
        verifier_.verify(*token, [this, shared, respond = std::move(respond)](verification found) {
            respond(handle_verified(*shared, found));
        });
    }

private:
    http_response handle_metadata(const http_request& request) const
    {
        if (request.method() != http::verb::get && request.method() != http::verb::head)
            return method_not_allowed("GET, HEAD");
        json::array scopes;
        for (const auto& scope : split_words(options_.scope))
            scopes.emplace_back(scope);
        json::object metadata;
        metadata["resource"] = resource_;
        metadata["resource_name"] = "asioauth example";
        metadata["authorization_servers"] = json::array{options_.issuer};
        metadata["scopes_supported"] = scopes;
        metadata["bearer_methods_supported"] = json::array{"header"};
        return make_json(http::status::ok, metadata);
    }

    http_response handle_verified(const http_request& request, const verification& found)
    {
        if (found.result == verdict::unknown)
        {
            auto response =
                make_text(http::status::service_unavailable, found.reason + '\n', "text/plain");
            response.set(http::field::retry_after, "5");
            return response;
        }
        if (found.result == verdict::invalid)
            return unauthorized(
                R"(error="invalid_token", error_description=")" + found.reason + R"(", )"
            );
        if (!contains_words(found.token.scope, options_.scope))
            return forbidden(options_.scope);
        // No stream that the server could push through, hence no GET, and no session to DELETE.
        if (request.method() != http::verb::post)
            return method_not_allowed("POST");
        auto reply = protocol_.handle(request, found.token);
        return reply.missing_scope.empty() ? std::move(reply.response)
                                           : forbidden(reply.missing_scope);
    }

    http_response unauthorized(const std::string& error) const
    {
        auto response = make_text(
            http::status::unauthorized, "An access token is needed here.\n", "text/plain"
        );
        response.set(http::field::www_authenticate, "Bearer " + error + challenge(options_.scope));
        return response;
    }

    http_response forbidden(const std::string& scope) const
    {
        auto response =
            make_text(http::status::forbidden, "The token lacks a scope.\n", "text/plain");
        response.set(
            http::field::www_authenticate,
            R"(Bearer error="insufficient_scope", )" + challenge(scope)
        );
        return response;
    }

    std::string challenge(const std::string& scope) const
    {
        return R"(resource_metadata=")" + metadata_url_ + R"(", scope=")" + scope + '"';
    }

    settings options_;
    std::string resource_;
    std::string metadata_url_;
    token_verifier verifier_;
    mcp_protocol protocol_;
};

} // namespace

int main(int argc, char** argv)
{
    try
    {
        const auto options = read_settings(argc, argv);
        if (options.help)
        {
            std::cout << usage;
            return EXIT_SUCCESS;
        }
        boost::asio::io_context io(1);
        http_server server(io, options.verbose);
        const auto port = server.listen(options.port);
        mcp_server application(io, options, "http://localhost:" + std::to_string(port));
        server.serve([&application](http_request request, respond_function respond) {
            application.handle(std::move(request), std::move(respond));
        });
        run_until_signal(io, server, port);
        return EXIT_SUCCESS;
    }
    catch (const example::usage_error& error)
    {
        std::cerr << error.what() << "\n\n" << usage;
        return 2;
    }
    catch (const std::exception& error)
    {
        std::cerr << "mcp_server: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
