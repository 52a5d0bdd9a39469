// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "protocol_fixture.hpp"
#include "support/certificates.hpp"

#include <asioauth/protocol/jose.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace asioauth::test {

/// Made once: the tests need a key, not many.
inline const signing_key& sample_key(jws_algorithm a = jws_algorithm::es256)
{
    static const signing_key es256 = signing_key::generate(jws_algorithm::es256).value();
    static const signing_key ps256 = signing_key::generate(jws_algorithm::ps256).value();
    return a == jws_algorithm::ps256 ? ps256 : es256;
}

/// A self-signed certificate with its key.
inline const tls_identity& sample_identity()
{
    static const tls_identity made = [] {
        const auto id = testing::make_identity(testing::certificate_options());
        return tls_identity(id.certificate_pem(), secret(id.key_pem()));
    }();
    return made;
}

inline boost::json::object body_of(const result<http_request>& request)
{
    return boost::json::parse(request.value().body().reveal()).as_object();
}

/// A member as JSON text.
inline std::string text_of(const boost::json::object& from, std::string_view name)
{
    const auto* value = from.if_contains(name);
    return value == nullptr ? "(absent)" : boost::json::serialize(*value);
}

/// A discovery whose server lists these methods.
inline discovery listing(std::vector<std::string> methods)
{
    discovery out = sample_discovery();
    out.server.token_endpoint_auth_methods_supported = std::move(methods);
    return out;
}

inline std::string method_of(const result<registration>& r)
{
    return r ? std::string(name_of(r->auth_method)) : outcome(r);
}

} // namespace asioauth::test
