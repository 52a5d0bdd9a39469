// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A user of asioauth::core alone, with an HTTP stack of its own: reads a server's metadata.

#include <asioauth/protocol/discovery.hpp>
#include <asioauth/version.hpp>

#include <iostream>
#include <string>

int main()
{
    const std::string issuer = "https://as.example";
    asioauth::http_response response(
        200,
        R"({"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",)"
        R"("token_endpoint":"https://as.example/token","response_types_supported":["code"],)"
        R"("code_challenge_methods_supported":["S256"]})"
    );
    response.field("Content-Type", "application/json");
    const auto good = asioauth::read_server_metadata(response, issuer, asioauth::address_policy());
    const auto bad = asioauth::read_server_metadata(
        response, "https://other.example", asioauth::address_policy()
    );
    if (!good || bad || asioauth::version() != asioauth::version_string)
    {
        return 1;
    }
    std::cout << "core " << asioauth::version() << ": " << good->issuer << ", "
              << (bad.error().code() == asioauth::errc::issuer_mismatch) << '\n';
    return 0;
}
