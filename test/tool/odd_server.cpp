// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the example servers do not do, for the tests of the tool: login on another device,
// management of registrations, answers that are wrong, late or not there.
//
//   odd_server     prints `ready: http://localhost:PORT` and what it is asked for
//
// Each resource is /NAME/mcp, and its authorization server is /NAME:
//
//   device   login on another device is done at the second question; clients can be deleted
//   slow     login on another device is never done; the authorization endpoint says yes at once
//   denied   the user says no on the other device
//   plain    none of that: no other device, no revocation; tokens end at once
//   tardy    as plain, and the token endpoint takes two seconds
//   liar     the metadata names another issuer
//   closed   registers nobody
//   down     503, whatever is asked
//   open     wants no login
//   late     as plain, and its clock is an hour behind
//   documents  as plain, and takes client ID metadata documents
//
// Below a resource, /echo says what arrived, and /slow takes three seconds. Tokens begin with
// CANARY.

#include "servers/form.hpp"
#include "servers/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <ctime>
#include <iostream>
#include <map>
#include <memory>
#include <string>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using example::http_request;
using example::http_response;

class odd_server
{
public:
    odd_server(asio::io_context& io, std::string origin) : io_(io), origin_(std::move(origin)) {}

    void answer(const http_request& request, const example::respond_function& respond)
    {
        const std::string path = example::target_path(request);
        std::cout << request.method_string() << ' ' << path << std::endl;
        const std::string name = name_in(path);
        http_response out = answered(name, path, request);
        out.set(http::field::date, date(name == "late" ? -3600 : 0));
        const int delay = name == "tardy" && path.ends_with("/token") ? 2
            : path.ends_with("/slow")                                 ? 3
                                                                      : 0;
        if (delay == 0)
            return respond(std::move(out));
        auto timer = std::make_shared<asio::steady_timer>(io_, std::chrono::seconds(delay));
        timer->async_wait([timer, respond, out](const boost::system::error_code&) { respond(out); }
        );
    }

private:
    static std::string name_in(std::string path)
    {
        for (const std::string prefix :
             {"/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server"})
        {
            if (path.starts_with(prefix))
                path.erase(0, prefix.size());
        }
        const auto end = path.find('/', 1);
        return path.size() < 2 ? std::string() : path.substr(1, end - 1);
    }

    static std::string date(long off)
    {
        const std::time_t now = std::time(nullptr) + off;
        std::tm parts = {};
        ::gmtime_r(&now, &parts);
        char text[64] = "";
        std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        return text;
    }

    static http_response error(http::status status, const char* code)
    {
        json::object out;
        out["error"] = code;
        return example::make_json(status, out);
    }

    http_response
    answered(const std::string& name, const std::string& path, const http_request& request)
    {
        const std::string as = "/" + name;
        if (name == "down")
            return example::make_text(http::status::service_unavailable, "down", "text/plain");
        if (path == "/.well-known/oauth-protected-resource" + as + "/mcp" && name != "open")
            return resource_metadata(as);
        if (path == "/.well-known/oauth-authorization-server" + as && name != "open")
            return server_metadata(name);
        if (path == as + "/register")
            return registered(as, request);
        if (path.starts_with(as + "/client/"))
            return managed(path, request);
        if (path == as + "/device")
            return device(as);
        if (path == as + "/token")
            return token(name, request);
        if (path == as + "/authorize")
            return authorized(as, request);
        if (path == as + "/mcp" || path.starts_with(as + "/mcp/"))
            return resource(name, path, request);
        return example::make_text(http::status::not_found, "not here", "text/plain");
    }

    http_response resource_metadata(const std::string& as) const
    {
        json::object out;
        out["resource"] = origin_ + as + "/mcp";
        out["authorization_servers"] = json::array{json::string(origin_ + as)};
        out["scopes_supported"] = json::array{"files:read"};
        return example::make_json(http::status::ok, out);
    }

    http_response server_metadata(const std::string& name) const
    {
        const std::string as = origin_ + "/" + name;
        json::object out;
        out["issuer"] = name == "liar" ? origin_ + "/somebody-else" : as;
        out["authorization_endpoint"] = as + "/authorize";
        out["token_endpoint"] = as + "/token";
        if (name == "documents")
            out["client_id_metadata_document_supported"] = true;
        if (name != "closed")
            out["registration_endpoint"] = as + "/register";
        json::array grants{"authorization_code", "refresh_token"};
        if (name == "device" || name == "slow" || name == "denied")
        {
            out["device_authorization_endpoint"] = as + "/device";
            grants.emplace_back("urn:ietf:params:oauth:grant-type:device_code");
        }
        out["grant_types_supported"] = std::move(grants);
        out["response_types_supported"] = json::array{"code"};
        out["code_challenge_methods_supported"] = json::array{"S256"};
        out["token_endpoint_auth_methods_supported"] = json::array{"none"};
        return example::make_json(http::status::ok, out);
    }

    http_response registered(const std::string& as, const http_request& request)
    {
        boost::system::error_code ec;
        const auto asked = json::parse(request.body(), ec);
        if (ec || !asked.is_object())
            return error(http::status::bad_request, "invalid_client_metadata");
        const std::string id = "client-" + std::to_string(++last_);
        json::object out = asked.as_object();
        out["client_id"] = id;
        if (as == "/device")
        {
            out["registration_client_uri"] = origin_ + as + "/client/" + id;
            out["registration_access_token"] = "CANARY-registration-" + id;
            clients_[as + "/client/" + id] = true;
        }
        return example::make_json(http::status::created, out);
    }

    http_response managed(const std::string& path, const http_request& request)
    {
        if (request.method() != http::verb::delete_ || clients_.erase(path) == 0)
            return error(http::status::unauthorized, "invalid_token");
        return example::make_text(http::status::no_content, "", "text/plain");
    }

    http_response device(const std::string& as)
    {
        json::object out;
        out["device_code"] = "CANARY-device-" + std::to_string(++last_);
        out["user_code"] = "WDJB-MJHT";
        out["verification_uri"] = origin_ + as + "/activate";
        out["verification_uri_complete"] = origin_ + as + "/activate?user_code=WDJB-MJHT";
        out["expires_in"] = 60;
        out["interval"] = 1;
        return example::make_json(http::status::ok, out);
    }

    http_response token(const std::string& name, const http_request& request)
    {
        const auto form = example::form::parse(request.body());
        if (!form)
            return error(http::status::bad_request, "invalid_request");
        const std::string grant = form->get("grant_type");
        if (grant == "urn:ietf:params:oauth:grant-type:device_code")
        {
            if (name == "denied")
                return error(http::status::bad_request, "access_denied");
            if (name == "slow" || ++asked_[form->get("device_code")] < 2)
                return error(http::status::bad_request, "authorization_pending");
        }
        else if (grant == "refresh_token" && form->get("refresh_token") != refresh_)
            return error(http::status::bad_request, "invalid_grant");
        const std::string number = std::to_string(++last_);
        refresh_ = "CANARY-refresh-" + number;
        json::object out;
        out["access_token"] = "CANARY-access-" + number;
        out["token_type"] = "Bearer";
        out["expires_in"] = name == "plain" || name == "late" ? 1 : 3600;
        if (name != "late")
            out["refresh_token"] = refresh_;
        return example::make_json(http::status::ok, out);
    }

    http_response authorized(const std::string& as, const http_request& request) const
    {
        const auto form = example::form::parse(example::target_query(request));
        if (!form)
            return error(http::status::bad_request, "invalid_request");
        std::string to = form->get("redirect_uri");
        to += "?code=CANARY-code&state=" + example::form_encode(form->get("state"));
        to += "&iss=" + example::form_encode(origin_ + as);
        auto out = example::make_text(http::status::found, "", "text/plain");
        out.set(http::field::location, to);
        return out;
    }

    http_response
    resource(const std::string& name, const std::string& path, const http_request& request) const
    {
        const std::string held = example::header(request, "Authorization");
        if (name != "open" && !held.starts_with("Bearer CANARY-access-"))
        {
            auto out = example::make_text(http::status::unauthorized, "log in", "text/plain");
            out.set(
                http::field::www_authenticate,
                "Bearer resource_metadata=\"" + origin_ + "/.well-known/oauth-protected-resource/"
                    + name + "/mcp\""
            );
            return out;
        }
        if (!path.ends_with("/echo"))
            return example::make_text(http::status::ok, "hello", "text/plain");
        json::object out;
        out["method"] = json::string(request.method_string());
        out["type"] = example::header(request, "Content-Type");
        out["field"] = example::header(request, "X-Field");
        out["body"] = request.body();
        return example::make_json(http::status::ok, out);
    }

    asio::io_context& io_;
    std::string origin_;
    int last_ = 0;
    std::string refresh_;
    std::map<std::string, bool> clients_;
    std::map<std::string, int> asked_;
};

} // namespace

int main()
{
    try
    {
        asio::io_context io(1);
        example::http_server server(io, false);
        const auto port = server.listen(0);
        odd_server odd(io, "http://localhost:" + std::to_string(port));
        server.serve([&](const http_request& request, const example::respond_function& respond) {
            odd.answer(request, respond);
        });
        example::run_until_signal(io, server, port);
        return 0;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
