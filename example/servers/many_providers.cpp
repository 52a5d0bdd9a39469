// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "many_providers.hpp"

#include "crypto.hpp"
#include "form.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace example {
namespace {

constexpr std::string_view resource_metadata = "/.well-known/oauth-protected-resource/";
constexpr std::string_view server_metadata = "/.well-known/oauth-authorization-server/";

http_limits limits()
{
    http_limits out;
    out.connections = 1024;
    return out;
}

http_response not_here()
{
    return make_text(http::status::not_found, "Not here.", "text/plain");
}

http_response refuse(std::string_view error)
{
    json::object out;
    out["error"] = error;
    return make_json(http::status::bad_request, out);
}

// "/17/token": the provider and what is asked of it. Nothing if it is no number.
std::optional<std::pair<std::string, std::string>> split(std::string_view path)
{
    if (path.starts_with('/'))
        path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const auto number = path.substr(0, end);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (number.empty() || !std::all_of(number.begin(), number.end(), is_digit))
        return std::nullopt;
    return std::pair(std::string(number), std::string(path.substr(end)));
}

} // namespace

many_providers::many_providers(std::size_t broken_every)
    : broken_every_(broken_every)
    , server_(io_, false, limits())
    , origin_("http://localhost:" + std::to_string(server_.listen(0)))
{
    server_.serve([this](const http_request& request, const respond_function& respond) {
        respond(answer(request));
    });
    thread_ = std::thread([this] { io_.run(); });
}

many_providers::~many_providers()
{
    io_.stop();
    thread_.join();
}

std::string many_providers::resource(std::size_t number) const
{
    return origin_ + "/" + std::to_string(number) + "/mcp";
}

std::string many_providers::allow(std::string_view authorization_request)
{
    const auto question = authorization_request.find('?');
    const auto asked = authorization_request.substr(0, question);
    constexpr std::string_view endpoint = "/authorize";
    if (question == std::string_view::npos || !asked.ends_with(endpoint))
        return {};
    const auto query = form::parse(authorization_request.substr(question + 1));
    if (!query || query->get("response_type") != "code"
        || query->get("code_challenge_method") != "S256")
        return {};
    granted what;
    what.issuer = asked.substr(0, asked.size() - endpoint.size());
    what.client_id = query->get("client_id");
    what.redirect_uri = query->get("redirect_uri");
    what.resource = query->get("resource");
    what.challenge = query->get("code_challenge");
    std::string answered;
    const std::string code = random_token();
    append_parameter(answered, "code", code);
    append_parameter(answered, "state", query->get("state"));
    append_parameter(answered, "iss", what.issuer);
    std::string out = what.redirect_uri + "?" + answered;
    const std::lock_guard<std::mutex> lock(mutex_);
    codes_.emplace(code, std::move(what));
    return out;
}

http_response many_providers::answer(const http_request& request)
{
    const std::string path = target_path(request);
    if (path.starts_with(resource_metadata))
    {
        const auto which = split(std::string_view(path).substr(resource_metadata.size()));
        if (!which || which->second != "/mcp")
            return not_here();
        json::object out;
        out["resource"] = origin_ + "/" + which->first + "/mcp";
        out["authorization_servers"] = json::array{origin_ + "/" + which->first};
        return make_json(http::status::ok, out);
    }
    if (path.starts_with(server_metadata))
    {
        const auto which = split(std::string_view(path).substr(server_metadata.size()));
        if (!which || !which->second.empty())
            return not_here();
        const std::string issuer = origin_ + "/" + which->first;
        json::object out;
        out["issuer"] = issuer;
        out["authorization_endpoint"] = issuer + "/authorize";
        out["token_endpoint"] = issuer + "/token";
        out["registration_endpoint"] = issuer + "/register";
        out["response_types_supported"] = json::array{"code"};
        out["grant_types_supported"] = json::array{"authorization_code"};
        out["token_endpoint_auth_methods_supported"] = json::array{"none"};
        out["code_challenge_methods_supported"] = json::array{"S256"};
        out["authorization_response_iss_parameter_supported"] = true;
        return make_json(http::status::ok, out);
    }
    const auto which = split(path);
    if (which && which->second == "/mcp")
        return protected_resource(which->first, request);
    if (which && which->second == "/register" && request.method() == http::verb::post)
        return register_client(which->first, request);
    if (which && which->second == "/token" && request.method() == http::verb::post)
        return give_token(which->first, request);
    return not_here();
}

http_response
many_providers::register_client(const std::string& number, const http_request& request) const
{
    const std::size_t which = std::strtoul(number.c_str(), nullptr, 10);
    if (broken_every_ != 0 && which % broken_every_ == 0)
        return refuse("invalid_client_metadata");
    boost::system::error_code ec;
    json::value wanted = json::parse(request.body(), ec);
    if (ec || !wanted.is_object())
        return refuse("invalid_client_metadata");
    json::object out = std::move(wanted.as_object());
    out["client_id"] = "client of " + number;
    return make_json(http::status::created, out);
}

http_response many_providers::give_token(const std::string& number, const http_request& request)
{
    const auto sent = form::parse(request.body());
    if (!sent)
        return refuse("invalid_request");
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = codes_.extract(sent->get("code")); // good once
    if (found.empty())
        return refuse("invalid_grant");
    const granted& what = found.mapped();
    if (what.issuer != origin_ + "/" + number || what.client_id != sent->get("client_id")
        || what.redirect_uri != sent->get("redirect_uri")
        || what.challenge != base64url_encode(sha256(sent->get("code_verifier"))))
        return refuse("invalid_grant");
    const std::string token = random_token();
    tokens_.emplace(token, what.resource);
    json::object out;
    out["access_token"] = token;
    out["token_type"] = "Bearer";
    out["expires_in"] = 3600;
    return make_json(http::status::ok, out);
}

http_response
many_providers::protected_resource(const std::string& number, const http_request& request)
{
    const std::string own = origin_ + "/" + number + "/mcp";
    const std::string shown = header(request, "Authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (shown.starts_with(scheme))
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = tokens_.find(shown.substr(scheme.size()));
        if (found != tokens_.end() && found->second == own)
            return make_text(http::status::ok, "This is number " + number + ".", "text/plain");
    }
    auto out = make_text(http::status::unauthorized, "A token is needed.", "text/plain");
    out.set(
        http::field::www_authenticate,
        "Bearer resource_metadata=\"" + origin_ + std::string(resource_metadata) + number + "/mcp\""
    );
    return out;
}

} // namespace example
