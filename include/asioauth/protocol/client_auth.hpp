// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/secret.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth {

class discovery;
class registration;
class request_stamp;

/// How a client shows at the token endpoint who it is (RFC 7591 section 2 names).
enum class token_endpoint_auth_method
{
    none,                        ///< a public client
    client_secret_basic,         ///< in the Authorization field
    client_secret_post,          ///< in the form
    client_secret_jwt,           ///< RFC 7523 with HS256
    private_key_jwt,             ///< RFC 7523 with registration::key
    tls_client_auth,             ///< RFC 8705 section 2.1 with registration::identity
    self_signed_tls_client_auth, ///< RFC 8705 section 2.2 with registration::identity
};

/// The RFC 7591 name, for example `"client_secret_basic"`.
ASIOAUTH_DECL std::string_view name_of(token_endpoint_auth_method m) noexcept;

/// The method of that name; nothing for one that this library cannot use.
ASIOAUTH_DECL std::optional<token_endpoint_auth_method> auth_method_from_name(std::string_view name
) noexcept;

/// True for the two methods in which the TLS connection shows who the client is.
ASIOAUTH_DECL bool uses_client_certificate(token_endpoint_auth_method m) noexcept;
/// True for the three methods that need a client secret.
ASIOAUTH_DECL bool uses_client_secret(token_endpoint_auth_method m) noexcept;

/** The method to register for: `preferred` if the server takes it, otherwise the first of `usable`
    that it takes.

    @param supported `token_endpoint_auth_methods_supported`; absent means `client_secret_basic` by RFC 8414, but servers
    that leave it out mostly take public clients too, so that every method is tried as preferred
    @param usable what the client has the means for, best first: see usable_auth_methods()
    @return the method, or errc::token_endpoint_auth_method_not_supported
*/
ASIOAUTH_DECL result<token_endpoint_auth_method> choose_auth_method(
    const std::optional<std::vector<std::string>>& supported,
    token_endpoint_auth_method preferred,
    const std::vector<token_endpoint_auth_method>& usable
);

/// The same for a client that has neither key nor certificate: none, client_secret_basic,
/// client_secret_post.
ASIOAUTH_DECL result<token_endpoint_auth_method> choose_auth_method(
    const std::optional<std::vector<std::string>>& supported, token_endpoint_auth_method preferred
);

/** The value of an Authorization field for HTTP Basic: id and secret are form-encoded before they
    are joined.

    @par Specification
    @li RFC 6749 section 2.3.1
*/
ASIOAUTH_DECL secret
make_basic_credentials(std::string_view client_id, const secret& client_secret);

/// Endpoints of an authorization server at which a client authenticates.
enum class server_endpoint
{
    token,                        ///< OAuth 2.1 section 3.2
    pushed_authorization_request, ///< RFC 9126
    device_authorization,         ///< RFC 8628
    revocation,                   ///< RFC 7009
    introspection,                ///< RFC 7662
};

/// The metadata name, for example `"token_endpoint"`.
ASIOAUTH_DECL std::string_view name_of(server_endpoint e) noexcept;

/** The URL of an endpoint for this client: the one of `mtls_endpoint_aliases` for a client that
    authenticates with a certificate or gets certificate-bound tokens; empty if there is none.

    @par Specification
    @li RFC 8705 section 5
*/
ASIOAUTH_DECL const url&
endpoint_of(const discovery& found, const registration& client, server_endpoint which) noexcept;

/// Parameters of a form, some of them secret.
using secret_fields = std::vector<std::pair<std::string, secret>>;

/** A POST of a form to an endpoint of the authorization server, with the client's authentication
    added: exactly one method, parameters never twice, empty ones left out.

    The method is that of the registration, or the one that the policy of the issuer asks for, if
    the client has the means for it. A certificate of the client is shown whatever the method is:
    tokens may be bound to it. A client assertion has one audience, the issuer; the endpoint where
    the policy of the issuer says so and where there is no metadata.

    @param fields without credentials; `client_id` may be among them and is sent once
    @return the request, or errc::endpoint_missing, errc::registration_issuer_mismatch,
        errc::client_information_required (the client has no identifier, or not the secret, key or
        certificate that its method needs), errc::key_invalid, errc::reserved_parameter or
        errc::invalid_argument for fields that name a credential or occur twice
    @par Specification
    @li OAuth 2.1 section 2.4; RFC 7523 sections 2.2 and 3; RFC 8705 section 2
*/
ASIOAUTH_DECL result<http_request> make_authenticated_request(
    const discovery& found,
    const registration& client,
    server_endpoint which,
    secret_fields fields,
    const request_stamp& stamp
);

/** A `client_assertion` for this client, for `private_key_jwt` and `client_secret_jwt`.

    It is good for a minute.

    @param audience the one audience
    @return the assertion, or errc::invalid_argument for a client of another method or an empty
        audience, errc::client_information_required, errc::key_invalid
    @par Specification
    @li RFC 7523 section 3; RFC 7521 section 5.1
*/
ASIOAUTH_DECL result<secret> make_client_assertion(
    const registration& client, std::string_view audience, const request_stamp& stamp
);

} // namespace asioauth
