// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "http_messages.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace example {
namespace {

// Beast 1.81 has its own string_view type; the standard one is what the rest of the code speaks.
std::string_view target(const http_request& request)
{
    return {request.target().data(), request.target().size()};
}

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

std::string target_path(const http_request& request)
{
    const auto whole = target(request);
    return std::string(whole.substr(0, whole.find('?')));
}

std::string target_query(const http_request& request)
{
    const auto whole = target(request);
    const auto mark = whole.find('?');
    return mark == std::string_view::npos ? std::string() : std::string(whole.substr(mark + 1));
}

std::string header(const http_request& request, std::string_view name)
{
    const auto found = request.find({name.data(), name.size()});
    return found == request.end() ? std::string()
                                  : std::string(found->value().data(), found->value().size());
}

bool has_media_type(const http_request& request, std::string_view type)
{
    auto value = header(request, "Content-Type");
    value.resize(std::min(value.find(';'), value.size()));
    while (value.ends_with(' ') || value.ends_with('\t'))
        value.pop_back();
    return equal_ignoring_case(value, type);
}

http_response make_json(http::status status, const json::value& body)
{
    return make_text(status, json::serialize(body), "application/json");
}

http_response make_text(http::status status, std::string body, std::string_view type)
{
    http_response response(status, 11);
    response.set(http::field::content_type, {type.data(), type.size()});
    response.set("X-Content-Type-Options", "nosniff");
    response.body() = std::move(body);
    return response;
}

http_response method_not_allowed(std::string_view allowed)
{
    auto response = make_text(
        http::status::method_not_allowed, "This address answers other methods.\n", "text/plain"
    );
    response.set(http::field::allow, {allowed.data(), allowed.size()});
    return response;
}

bool is_loopback_host(std::string_view host)
{
    return equal_ignoring_case(host, "localhost") || host == "127.0.0.1" || host == "[::1]";
}

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return lower(x) == lower(y);
    });
}

} // namespace example
