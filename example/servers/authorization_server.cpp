// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// An OAuth 2.1 authorization server to try clients on: metadata (RFC 8414), dynamic registration
// (RFC 7591), the authorization code grant with PKCE, refresh with rotation, and JWT access
// tokens (RFC 9068) whose audience is the requested resource (RFC 8707).
//
// It keeps everything in memory, knows one user, speaks plain HTTP on loopback, and makes a new
// key at each start. The rules it enforces are those of a real server.

#include "authorization_endpoint.hpp"
#include "client_registry.hpp"
#include "command_line.hpp"
#include "html_pages.hpp"
#include "http_server.hpp"
#include "token_endpoint.hpp"
#include "token_store.hpp"
#include "words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace example;

constexpr const char* usage = R"(usage: authorization_server [options]

  --port N               listen on localhost:N (default 9000, 0 picks a free port)
  --user NAME            the one user who can log in (default alice)
  --password TEXT        and the password (default wonderland)
  --scopes "A B C"       supported scopes; the first is the default scope
                         (default "mcp:tools mcp:stats offline_access")
  --resource URI         issue tokens for this resource only; may be repeated (default: for any)
  --client ID,REDIRECT_URI[,SECRET]
                         a client that is known without registration; may be repeated
  --no-registration      offer no registration endpoint
  --max-clients N        how many clients may register (default 1000)
  --token-ttl SECONDS    lifetime of access tokens (default 300)
  --refresh-ttl SECONDS  lifetime of grants and their refresh tokens (default 86400)
  --code-ttl SECONDS     lifetime of authorization codes (default 60)
  --secret-ttl SECONDS   lifetime of client secrets (default 0: they do not expire)
  --verbose              log requests to stderr (paths only, never secrets)
  --help                 show this text
)";

struct settings
{
    unsigned short port = 9000;
    authorization_settings authorization;
    std::vector<std::string> clients;
    bool registration = true;
    std::size_t max_clients = 1000;
    std::chrono::seconds token_lifetime{300};
    std::chrono::seconds refresh_lifetime{86400};
    std::chrono::seconds code_lifetime{60};
    std::chrono::seconds secret_lifetime{0};
    bool verbose = false;
    bool help = false;
};

settings read_settings(int argc, const char* const* argv)
{
    constexpr long ten_years = 10L * 365 * 86400;
    settings result;
    for (command_line arguments(argc, argv); arguments.next();)
    {
        if (arguments.is("--port"))
            result.port = static_cast<unsigned short>(arguments.number(0, 65535));
        else if (arguments.is("--user"))
            result.authorization.user = arguments.value();
        else if (arguments.is("--password"))
            result.authorization.password = arguments.value();
        else if (arguments.is("--scopes"))
            result.authorization.scopes = arguments.value();
        else if (arguments.is("--resource"))
            result.authorization.resources.push_back(arguments.value());
        else if (arguments.is("--client"))
            result.clients.push_back(arguments.value());
        else if (arguments.is("--no-registration"))
            result.registration = false;
        else if (arguments.is("--max-clients"))
            result.max_clients = static_cast<std::size_t>(arguments.number(1, 1'000'000));
        else if (arguments.is("--token-ttl"))
            result.token_lifetime = std::chrono::seconds(arguments.number(1, ten_years));
        else if (arguments.is("--refresh-ttl"))
            result.refresh_lifetime = std::chrono::seconds(arguments.number(1, ten_years));
        else if (arguments.is("--code-ttl"))
            result.code_lifetime = std::chrono::seconds(arguments.number(0, 600));
        else if (arguments.is("--secret-ttl"))
            result.secret_lifetime = std::chrono::seconds(arguments.number(0, ten_years));
        else if (arguments.is("--verbose"))
            result.verbose = true;
        else if (arguments.is("--help"))
            result.help = true;
        else
            arguments.unexpected();
    }
    if (split_words(result.authorization.scopes).empty())
        throw usage_error("--scopes needs at least one scope");
    return result;
}

json::array to_json(const std::vector<std::string>& strings)
{
    json::array array;
    for (const auto& text : strings)
        array.emplace_back(text);
    return array;
}

json::object make_metadata(const settings& options)
{
    const auto& issuer = options.authorization.issuer;
    json::object metadata;
    metadata["issuer"] = issuer;
    metadata["authorization_endpoint"] = issuer + "/authorize";
    metadata["token_endpoint"] = issuer + "/token";
    if (options.registration)
        metadata["registration_endpoint"] = issuer + "/register";
    metadata["revocation_endpoint"] = issuer + "/revoke";
    metadata["jwks_uri"] = issuer + "/jwks";
    metadata["scopes_supported"] = to_json(split_words(options.authorization.scopes));
    metadata["response_types_supported"] = json::array{"code"};
    metadata["response_modes_supported"] = json::array{"query"};
    metadata["grant_types_supported"] = json::array{"authorization_code", "refresh_token"};
    const json::array methods{"none", "client_secret_basic", "client_secret_post"};
    metadata["token_endpoint_auth_methods_supported"] = methods;
    metadata["revocation_endpoint_auth_methods_supported"] = methods;
    metadata["code_challenge_methods_supported"] = json::array{"S256"};
    metadata["authorization_response_iss_parameter_supported"] = true;
    return metadata;
}

// Routes requests. All state lives in its members and is touched by one thread only.
class authorization_server
{
public:
    explicit authorization_server(const settings& options)
        : options_(options)
        , metadata_(make_metadata(options))
        , clients_(options.max_clients, options.secret_lifetime)
        , store_(options.code_lifetime, options.refresh_lifetime)
        , authorization_(options_.authorization, clients_, store_)
        , token_(options_.authorization.issuer, options.token_lifetime, clients_, store_)
    {
        for (const auto& client : options.clients)
            add_client(client);
    }

    authorization_server(const authorization_server&) = delete;
    authorization_server& operator=(const authorization_server&) = delete;

    http_response handle(const http_request& request)
    {
        const auto path = target_path(request);
        const bool head = request.method() == http::verb::head;
        const bool get = head || request.method() == http::verb::get;
        const bool post = request.method() == http::verb::post;

        if (path == "/.well-known/oauth-authorization-server")
            return get ? make_json(http::status::ok, metadata_) : method_not_allowed("GET, HEAD");
        if (path == "/jwks")
            return get ? token_.handle_jwks() : method_not_allowed("GET, HEAD");
        if (path == "/authorize")
            return get && !head ? authorization_.handle_authorize(request)
                                : method_not_allowed("GET");
        if (path == "/style.css")
            return get ? style_sheet() : method_not_allowed("GET, HEAD");
        if (path == "/login")
            return post ? authorization_.handle_login(request) : method_not_allowed("POST");
        if (path == "/consent")
            return post ? authorization_.handle_consent(request) : method_not_allowed("POST");
        if (path == "/token")
            return post ? token_.handle_token(request) : method_not_allowed("POST");
        if (path == "/revoke")
            return post ? token_.handle_revocation(request) : method_not_allowed("POST");
        if (path == "/register" && options_.registration)
            return post ? clients_.handle_registration(request) : method_not_allowed("POST");
        return make_text(http::status::not_found, "There is nothing here.\n", "text/plain");
    }

private:
    // ID,REDIRECT_URI[,SECRET]
    void add_client(const std::string& text)
    {
        const auto first = text.find(',');
        if (first == 0 || first == std::string::npos)
            throw usage_error("--client needs ID,REDIRECT_URI[,SECRET]");
        const auto second = text.find(',', first + 1);
        const auto redirect_uri = text.substr(first + 1, second - first - 1);
        const auto secret = second == std::string::npos ? std::string() : text.substr(second + 1);
        clients_.add(text.substr(0, first), redirect_uri, secret);
    }

    settings options_;
    json::object metadata_;
    client_registry clients_;
    token_store store_;
    authorization_endpoint authorization_;
    token_endpoint token_;
};

} // namespace

int main(int argc, char** argv)
{
    try
    {
        auto options = read_settings(argc, argv);
        if (options.help)
        {
            std::cout << usage;
            return EXIT_SUCCESS;
        }
        boost::asio::io_context io(1);
        http_server server(io, options.verbose);
        const auto port = server.listen(options.port);
        options.authorization.issuer = "http://localhost:" + std::to_string(port);
        authorization_server application(options);
        server.serve([&application](const http_request& request, const respond_function& respond) {
            respond(application.handle(request));
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
        std::cerr << "authorization_server: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
