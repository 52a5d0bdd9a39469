// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/request.hpp"

#include "base/ascii.hpp"
#include "base/json_reader.hpp"

#include <boost/json/value.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace asioauth::detail {

// There may be a client's secret among them.
hub_fields::~hub_fields()
{
    for (auto& f : all_)
        wipe(f.second);
}

bool hub_fields::has(std::string_view name) const noexcept
{
    return std::any_of(all_.begin(), all_.end(), [&](const auto& f) { return f.first == name; });
}

const std::string& hub_fields::get(std::string_view name) const noexcept
{
    static const std::string none;
    for (const auto& f : all_)
    {
        if (f.first == name)
            return f.second;
    }
    return none;
}

void hub_fields::add(std::string name, std::string value)
{
    all_.emplace_back(std::move(name), std::move(value));
}

std::optional<hub_target> split_target(std::string_view target, std::string_view prefix)
{
    if (!target.starts_with(prefix))
        return std::nullopt;
    target.remove_prefix(prefix.size());
    hub_target out;
    if (const auto query = target.find('?'); query != std::string_view::npos)
    {
        out.query = target.substr(query + 1);
        target = target.substr(0, query);
    }
    if (target.empty())
        return out; // the prefix itself
    if (target.front() != '/')
        return std::nullopt;
    out.path = target;
    target.remove_prefix(1);
    while (!target.empty())
    {
        const auto end = std::min(target.find('/'), target.size());
        out.segments.emplace_back(target.substr(0, end));
        target.remove_prefix(std::min(end + 1, target.size()));
    }
    return out;
}

bool is_callback(const hub_target& target)
{
    return !target.segments.empty() && target.segments[0] == "callback"
        && target.segments.size() <= 2;
}

std::optional<hub_fields> read_body(const hub_request& request)
{
    hub_fields out;
    const auto& body = request.body().reveal();
    if (body.empty())
        return out;
    const auto type = request.field("Content-Type");
    if (type.starts_with("application/json"))
    {
        auto parsed = json_object::parse(body);
        if (!parsed)
            return std::nullopt;
        for (const auto& member : parsed->raw())
        {
            const auto* text = member.if_string();
            if (text)
                out.add(std::string(member.key()), std::string(*text));
            else if (!member.is_null())
                return std::nullopt;
        }
        return out;
    }
    if (!type.starts_with("application/x-www-form-urlencoded"))
        return std::nullopt;
    auto fields = parse_form(body);
    if (!fields)
        return std::nullopt;
    for (auto& f : *fields)
        out.add(std::move(f.first), std::move(f.second));
    return out;
}

hub_fields read_query(std::string_view query)
{
    hub_fields out;
    auto fields = parse_form(query);
    if (!fields)
        return out;
    for (auto& f : *fields)
        out.add(std::move(f.first), std::move(f.second));
    return out;
}

bool wants_json(const hub_request& request)
{
    const auto accept = request.field("Accept");
    const bool json = accept.find("application/json") != std::string_view::npos;
    return json && accept.find("text/html") == std::string_view::npos;
}

bool changes_something(std::string_view method) noexcept
{
    return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

bool is_from_another_site(const hub_request& request, std::string_view origin)
{
    // What scripts cannot set tells more than an origin, which pages can have hidden.
    const auto site = request.field("Sec-Fetch-Site");
    if (!site.empty() && site != "same-origin" && site != "none")
        return true;
    const auto from = request.field("Origin");
    if (!site.empty() && from == "null")
        return false;
    return !from.empty() && from != origin;
}

std::string form_token(const secret& key, const hub_user& user)
{
    // Lengths in front: no two pairs of texts make one.
    const std::string text =
        "form\n" + std::to_string(user.id().size()) + "\n" + user.id() + user.sign_in();
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int size = 0;
    const auto& k = key.reveal();
    if (k.empty()
        || HMAC(
               EVP_sha256(),
               k.data(),
               static_cast<int>(k.size()),
               reinterpret_cast<const unsigned char*>(text.data()),
               text.size(),
               out.data(),
               &size
           ) == nullptr)
        return {};
    return base64url_encode(std::string(out.begin(), out.begin() + size));
}

bool is_form_token(const secret& key, const hub_user& user, std::string_view shown)
{
    const std::string expected = form_token(key, user);
    // Secrets are compared in constant time.
    return !expected.empty() && secret(expected) == secret(std::string(shown));
}

} // namespace asioauth::detail
