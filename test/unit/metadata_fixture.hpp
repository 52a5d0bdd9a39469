// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/discovery.hpp>

#include <map>
#include <string>
#include <string_view>

namespace asioauth::test::metadata {

inline constexpr std::string_view issuer = "https://as.example";

/// A correct document as members and JSON texts; change one and see.
class document
{
public:
    document()
    {
        set("issuer", R"("https://as.example")");
        set("authorization_endpoint", R"("https://as.example/authorize")");
        set("token_endpoint", R"("https://as.example/token")");
        set("code_challenge_methods_supported", R"(["plain","S256"])");
    }

    document& set(std::string_view name, std::string_view json)
    {
        members_[std::string(name)] = json;
        return *this;
    }
    document& drop(std::string_view name)
    {
        members_.erase(std::string(name));
        return *this;
    }
    std::string text() const
    {
        std::string out = "{";
        for (const auto& [name, json] : members_)
        {
            out += out.size() == 1 ? "\"" : ",\"";
            out += name + "\":" + json;
        }
        return out + "}";
    }

private:
    std::map<std::string, std::string> members_;
};

inline http_response json_response(std::string_view body, int status = 200)
{
    http_response r(status, std::string(body));
    r.field("Content-Type", "application/json")
        .from(*url::parse("https://as.example/.well-known/oauth-authorization-server"));
    return r;
}

inline result<server_metadata> read(
    std::string_view body,
    std::string_view expected = issuer,
    const address_policy& policy = address_policy()
)
{
    return read_server_metadata(json_response(body), expected, policy);
}

inline result<server_metadata> read(const document& d, std::string_view expected = issuer)
{
    return read(d.text(), expected);
}

inline std::string_view outcome(const result<server_metadata>& r)
{
    return r ? std::string_view("success") : name_of(r.error().code());
}

inline std::string quoted(std::string_view text)
{
    return "\"" + std::string(text) + "\"";
}

inline std::string all_notes(const result<server_metadata>& r)
{
    std::string out;
    for (const std::string& note : r->notes)
    {
        out += note + "\n";
    }
    return out;
}

inline bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

} // namespace asioauth::test::metadata
