// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Our side of cross_check.mjs: reads one JSON object a line, does what its `do` says with the
// library, and answers with one JSON object a line. A failure of the library is
// `{"error":"name"}`; a request that makes no sense ends the program.
//
// Private keys go in and out as text here, which a program must never do.

#include <asioauth/protocol/dpop.hpp>
#include <asioauth/protocol/id_token.hpp>
#include <asioauth/protocol/jose.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace json = boost::json;
using asioauth::jws_algorithm;
using asioauth::secret;
using asioauth::signing_key;

std::string text(const json::object& request, std::string_view name)
{
    const auto* value = request.if_contains(name);
    return value == nullptr ? std::string() : std::string(value->as_string().c_str());
}

json::object error(const asioauth::failure& f)
{
    return {{"error", asioauth::name_of(f.code())}, {"message", f.info().message()}};
}

std::optional<jws_algorithm> algorithm(const json::object& request)
{
    const std::string name = text(request, "alg");
    const auto found = asioauth::jws_algorithm_from_name(name);
    if (!found && !name.empty())
        throw std::invalid_argument("no such algorithm: " + name);
    return found;
}

std::vector<jws_algorithm> allowed(const json::object& request)
{
    std::vector<jws_algorithm> out;
    const auto* names = request.if_contains("allowed");
    if (names == nullptr)
        return out;
    for (const auto& name : names->as_array())
        out.push_back(asioauth::jws_algorithm_from_name(name.as_string().c_str()).value());
    return out;
}

asioauth::result<signing_key> key_of(const json::object& request)
{
    if (request.contains("pem"))
        return signing_key::from_pem(secret(text(request, "pem")), algorithm(request));
    if (request.contains("jwk"))
        return signing_key::from_jwk(secret(text(request, "jwk")), algorithm(request));
    return signing_key::generate(algorithm(request).value());
}

json::object describe(const signing_key& key)
{
    return {
        {"alg", asioauth::name_of(key.algorithm())},
        {"kid", key.key_id()},
        {"thumbprint", key.thumbprint()},
        {"private", key.private_jwk().reveal()},
        {"public", key.public_jwk()},
        {"bare", key.bare_public_jwk()},
        {"set", asioauth::make_jwk_set({key})}};
}

json::object sign(const signing_key& key, const json::object& request)
{
    const auto token = asioauth::sign_jwt(
        key, text(request, "typ"), text(request, "claims"), request.contains("embed")
    );
    if (!token)
        return error(token.error());
    return {{"token", token->reveal()}};
}

json::object sign_with_secret(const json::object& request)
{
    const auto token = asioauth::sign_jwt(
        secret(text(request, "secret")), text(request, "typ"), text(request, "claims")
    );
    if (!token)
        return error(token.error());
    return {{"token", token->reveal()}};
}

json::object dpop(const signing_key& key, const json::object& request)
{
    asioauth::request_stamp stamp;
    stamp.now = std::chrono::system_clock::now();
    stamp.random = asioauth::system_entropy().value();
    const auto proof = asioauth::make_dpop_proof(
        key,
        text(request, "method"),
        asioauth::url::parse(text(request, "target")).value(),
        stamp,
        text(request, "nonce"),
        secret(text(request, "access_token"))
    );
    if (!proof)
        return error(proof.error());
    return {{"token", *proof}};
}

json::object verify(const json::object& request)
{
    const auto keys = asioauth::jwk_set::parse(text(request, "set"));
    if (!keys)
        return error(keys.error());
    const auto got = asioauth::verify_jwt(text(request, "token"), *keys, allowed(request));
    if (!got)
        return error(got.error());
    return {
        {"alg", asioauth::name_of(got->algorithm)},
        {"kid", got->key_id},
        {"typ", got->typ},
        {"claims", got->claims}};
}

json::object id_token(const json::object& request)
{
    const auto keys = asioauth::jwk_set::parse(text(request, "set"));
    if (!keys)
        return error(keys.error());
    asioauth::id_token_expectations expected;
    expected.issuer = text(request, "issuer");
    expected.client_id = text(request, "client_id");
    expected.nonce = text(request, "nonce");
    expected.access_token = secret(text(request, "access_token"));
    expected.now = std::chrono::system_clock::now();
    const auto got = asioauth::read_id_token(secret(text(request, "token")), *keys, expected);
    if (!got)
        return error(got.error());
    return {{"subject", got->subject}, {"name", got->name}};
}

json::object answer(const json::object& request)
{
    const std::string what = text(request, "do");
    if (what == "verify")
        return verify(request);
    if (what == "id_token")
        return id_token(request);
    if (what == "sign_with_secret")
        return sign_with_secret(request);
    const auto key = key_of(request);
    if (!key)
        return error(key.error());
    if (what == "key")
        return describe(*key);
    if (what == "sign")
        return sign(*key, request);
    if (what == "dpop")
        return dpop(*key, request);
    throw std::invalid_argument("no such request: " + what);
}

} // namespace

int main()
{
    try
    {
        std::string line;
        while (std::getline(std::cin, line))
            std::cout << json::serialize(answer(json::parse(line).as_object())) << std::endl;
        return EXIT_SUCCESS;
    }
    catch (const std::exception& e)
    {
        std::cerr << "jose_peer: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
