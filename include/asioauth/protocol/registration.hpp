// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/client_auth.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {

/// What a program says about itself when it registers (RFC 7591 section 2). Setters chain.
class client_profile
{
public:
    client_profile() = default;

    const std::string& client_name() const noexcept { return client_name_; }
    const std::string& client_uri() const noexcept { return client_uri_; }
    const std::string& logo_uri() const noexcept { return logo_uri_; }
    const std::string& software_id() const noexcept { return software_id_; }
    const std::string& software_version() const noexcept { return software_version_; }
    const std::string& scope() const noexcept { return scope_; }
    const std::vector<std::string>& redirect_uris() const noexcept { return redirect_uris_; }
    const std::vector<std::string>& contacts() const noexcept { return contacts_; }
    token_endpoint_auth_method auth_method() const noexcept { return auth_method_; }

    /// Shown to the user on the consent page.
    ASIOAUTH_DECL client_profile& client_name(std::string_view v);
    ASIOAUTH_DECL client_profile& client_uri(std::string_view v);
    ASIOAUTH_DECL client_profile& logo_uri(std::string_view v);
    ASIOAUTH_DECL client_profile& software_id(std::string_view v);
    ASIOAUTH_DECL client_profile& software_version(std::string_view v);
    /// Space-separated.
    ASIOAUTH_DECL client_profile& scope(std::string_view v);
    ASIOAUTH_DECL client_profile& add_redirect_uri(std::string_view v);
    ASIOAUTH_DECL client_profile& add_contact(std::string_view v);
    /// The preferred method; another is used if the server does not take it. Default: none (a
    /// public client).
    ASIOAUTH_DECL client_profile& auth_method(token_endpoint_auth_method m) noexcept;

    friend bool operator==(const client_profile&, const client_profile&) = default;

private:
    std::string client_name_;
    std::string client_uri_;
    std::string logo_uri_;
    std::string software_id_;
    std::string software_version_;
    std::string scope_;
    std::vector<std::string> redirect_uris_;
    std::vector<std::string> contacts_;
    token_endpoint_auth_method auth_method_ = token_endpoint_auth_method::none;
};

/// How a client came by its identifier.
enum class registration_source
{
    none,
    pre_registered,
    dynamic, ///< RFC 7591
};

/// A client as one authorization server knows it. Valid at that issuer only.
class registration
{
public:
    registration() = default;
    /// A client that was registered by hand at `issuer`; a public one if `client_secret` is empty.
    ASIOAUTH_DECL
    registration(std::string_view issuer, std::string_view client_id, secret client_secret = {});

    std::string issuer;
    std::string client_id;
    secret client_secret; ///< empty for a public client
    token_endpoint_auth_method auth_method = token_endpoint_auth_method::none;
    std::vector<std::string> redirect_uris;
    std::string scope;
    url registration_client_uri;      ///< RFC 7592; empty if not offered
    secret registration_access_token; ///< RFC 7592; empty if not offered
    std::optional<std::chrono::system_clock::time_point>
        client_secret_expires_at; ///< nothing: never
    registration_source source = registration_source::none;

    /// True if the client secret has expired at `now`.
    ASIOAUTH_DECL bool expired(std::chrono::system_clock::time_point now) const noexcept;
};

/// `"native"` if every redirect URI is loopback or of a private-use scheme, otherwise `"web"`.
ASIOAUTH_DECL std::string_view application_type_for(const std::vector<std::string>& redirect_uris);

/** Check a redirect URI: absolute, no fragment, https, or http on a loopback host.
    @return the URL, or errc::redirect_uri_invalid.
    @par Specification
    @li OAuth 2.1 section 2.3; RFC 8252 section 7.3; RFC 9700 section 2.6
*/
ASIOAUTH_DECL result<url> check_redirect_uri(std::string_view uri);

/** A client registration request.

    @return the request, or errc::registration_not_supported if the server has no registration
        endpoint, errc::redirect_uri_invalid, errc::token_endpoint_auth_method_not_supported
    @par Specification
    @li RFC 7591 sections 2 and 3.1; MCP 2026-07-28 "Application Type and Redirect URI Constraints"
*/
ASIOAUTH_DECL result<http_request>
make_registration_request(const discovery& found, const client_profile& profile);

/** Read and check a client registration response.

    What the server returns replaces what was asked for, and is refused where it cannot be used.
    @return the registration; the server's own error (errc::invalid_redirect_uri,
        errc::invalid_client_metadata, ...) with its text in the diagnostics;
        errc::registration_response_invalid, errc::registration_redirect_uri_changed,
        errc::token_endpoint_auth_method_not_supported, or the JSON errors
    @par Specification
    @li RFC 7591 sections 3.2.1 and 3.2.2
*/
ASIOAUTH_DECL result<registration> read_registration_response(
    const http_response& response, const discovery& found, const client_profile& profile
);

} // namespace asioauth
