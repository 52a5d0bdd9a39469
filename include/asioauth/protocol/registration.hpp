// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/client_auth.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/protocol/jose.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {

class client_profile;

ASIOAUTH_DECL std::optional<client_profile>
adjusted_profile(const client_profile& profile, const failure& refused);

/** What a program says about itself when it registers (RFC 7591 section 2). Setters chain.

    Nothing is checked until a request or a document is made of it: text that is not UTF-8 or has
    control characters, URLs that are none, and members that contradict each other then end in
    errc::invalid_client_metadata.
*/
class client_profile
{
public:
    client_profile() = default;

    /// Shown to the user on the consent page.
    client_profile& client_name(std::string_view v) { return client_name_ = v, *this; }
    /// The program's home page. This URL and the next three are shown to people: http or https.
    client_profile& client_uri(std::string_view v) { return client_uri_ = v, *this; }
    /// A picture of the program.
    client_profile& logo_uri(std::string_view v) { return logo_uri_ = v, *this; }
    /// Its terms of service.
    client_profile& tos_uri(std::string_view v) { return tos_uri_ = v, *this; }
    /// What happens with data.
    client_profile& policy_uri(std::string_view v) { return policy_uri_ = v, *this; }
    /// An identifier of the program that is the same for all of its installations and versions.
    client_profile& software_id(std::string_view v) { return software_id_ = v, *this; }
    /// Its version.
    client_profile& software_version(std::string_view v) { return software_version_ = v, *this; }
    /// A signed statement about the software (RFC 7591 section 2.3), as a JWT.
    client_profile& software_statement(std::string_view v)
    {
        return software_statement_ = v, *this;
    }
    /// What it may ask for later, space-separated. Default: not said.
    client_profile& scope(std::string_view v) { return scope_ = v, *this; }
    /// One more place that redirects may go to, see check_redirect_uri().
    ASIOAUTH_DECL client_profile& add_redirect_uri(std::string_view v);
    /// One more address of somebody responsible, mostly an e-mail address.
    ASIOAUTH_DECL client_profile& add_contact(std::string_view v);
    /// Default: `authorization_code` and, where the server does not rule it out, `refresh_token`.
    /// Naming one replaces the default. Without `authorization_code` no redirect URI is needed.
    ASIOAUTH_DECL client_profile& add_grant_type(std::string_view v);
    /** A human-readable member in a language: `client_name`, `client_uri`, `logo_uri`, `tos_uri` or
        `policy_uri`.
        @param language a BCP 47 tag, for example `ja-Jpan-JP` (RFC 5646 section 2.1, without the
            irregular tags of old); anything else makes the request fail with
            errc::invalid_client_metadata
    */
    ASIOAUTH_DECL client_profile&
    localized(std::string_view member, std::string_view language, std::string_view value);
    /** `native` or `web`. Default: inferred from the redirect URIs; always sent. */
    client_profile& application_type(std::string_view v) { return application_type_ = v, *this; }
    /// The preferred method; another is used if the server does not take it. Default: none (a
    /// public client).
    client_profile& auth_method(token_endpoint_auth_method m) noexcept
    {
        return auth_method_ = m, *this;
    }
    /// The key for private_key_jwt, and for signed request objects. Its public half is registered
    /// as `jwks`, unless jwks_uri() is set.
    client_profile& key(signing_key v) { return key_ = std::move(v), *this; }
    /// Where you publish the public half of key() (see make_jwk_set), and the certificate for
    /// `self_signed_tls_client_auth`. https, or http on a loopback host.
    client_profile& jwks_uri(std::string_view v) { return jwks_uri_ = v, *this; }
    /// The certificate for the two tls_client_auth methods.
    client_profile& identity(tls_identity v) { return identity_ = std::move(v), *this; }
    /// For tls_client_auth, which needs it: the name that the certificate has, as
    /// `tls_client_auth_subject_dn`, `tls_client_auth_san_dns`, `tls_client_auth_san_uri`,
    /// `tls_client_auth_san_ip` or `tls_client_auth_san_email` (RFC 8705 section 2.1.2).
    client_profile& certificate_name(std::string_view member, std::string_view value)
    {
        certificate_name_member_ = member;
        certificate_name_ = value;
        return *this;
    }
    /// Ask for access tokens bound to a DPoP key (`dpop_bound_access_tokens`).
    client_profile& dpop_bound_access_tokens(bool v) noexcept
    {
        return dpop_bound_access_tokens_ = v, *this;
    }
    /// Ask for access tokens bound to identity() (RFC 8705 section 3.4).
    client_profile& certificate_bound_access_tokens(bool v) noexcept
    {
        return certificate_bound_access_tokens_ = v, *this;
    }
    /// Any further member; the value is JSON text. Members that the library sets itself are refused
    /// with errc::invalid_client_metadata when the request is made.
    ASIOAUTH_DECL client_profile& extension(std::string_view member, std::string_view json);

    /// @{
    /// What was set, or the default.
    const std::string& client_name() const noexcept { return client_name_; }
    const std::string& client_uri() const noexcept { return client_uri_; }
    const std::string& logo_uri() const noexcept { return logo_uri_; }
    const std::string& tos_uri() const noexcept { return tos_uri_; }
    const std::string& policy_uri() const noexcept { return policy_uri_; }
    const std::string& software_id() const noexcept { return software_id_; }
    const std::string& software_version() const noexcept { return software_version_; }
    const std::string& software_statement() const noexcept { return software_statement_; }
    const std::string& scope() const noexcept { return scope_; }
    const std::vector<std::string>& redirect_uris() const noexcept { return redirect_uris_; }
    const std::vector<std::string>& contacts() const noexcept { return contacts_; }
    const std::vector<std::string>& grant_types() const noexcept { return grant_types_; }
    /// @}
    /// Names such as `client_name#ja`, and their values.
    const form_fields& localized() const noexcept { return localized_; }
    /// @{
    /// What was set, or the default.
    const std::string& application_type() const noexcept { return application_type_; }
    token_endpoint_auth_method auth_method() const noexcept { return auth_method_; }
    const signing_key& key() const noexcept { return key_; }
    const std::string& jwks_uri() const noexcept { return jwks_uri_; }
    const tls_identity& identity() const noexcept { return identity_; }
    const std::string& certificate_name_member() const noexcept { return certificate_name_member_; }
    const std::string& certificate_name() const noexcept { return certificate_name_; }
    bool dpop_bound_access_tokens() const noexcept { return dpop_bound_access_tokens_; }
    bool certificate_bound_access_tokens() const noexcept
    {
        return certificate_bound_access_tokens_;
    }
    const form_fields& extensions() const noexcept { return extensions_; }
    /// @}

    /// Equal if all is that was set.
    friend bool operator==(const client_profile&, const client_profile&) = default;

private:
    std::string client_name_;
    std::string client_uri_;
    std::string logo_uri_;
    std::string tos_uri_;
    std::string policy_uri_;
    std::string software_id_;
    std::string software_version_;
    std::string software_statement_;
    std::string scope_;
    std::vector<std::string> redirect_uris_;
    std::vector<std::string> contacts_;
    std::vector<std::string> grant_types_;
    form_fields localized_;
    std::string application_type_;
    token_endpoint_auth_method auth_method_ = token_endpoint_auth_method::none;
    signing_key key_;
    std::string jwks_uri_;
    tls_identity identity_;
    std::string certificate_name_member_;
    std::string certificate_name_;
    bool dpop_bound_access_tokens_ = false;
    bool certificate_bound_access_tokens_ = false;
    form_fields extensions_;
    bool adjusted_ = false; // made by adjusted_profile(): there is no second adjustment

    ASIOAUTH_DECL friend std::optional<client_profile>
    adjusted_profile(const client_profile& profile, const failure& refused);
};

/** The methods that this profile has the means for, best first: those that need a key or a
    certificate only if there is one.

    For choose_auth_method(): the order in which to fall back when the server does not take the
    preferred method. A profile that prefers a key or certificate keeps to them if it can, then to a
    secret, and is a public client last; any other is a public client first.
    @par Specification
    @li RFC 9700 section 2.5; RFC 8252 section 8.5
*/
ASIOAUTH_DECL std::vector<token_endpoint_auth_method>
usable_auth_methods(const client_profile& profile);

/// How a client came by its identifier.
enum class registration_source
{
    none,
    pre_registered,    ///< by hand
    dynamic,           ///< RFC 7591
    metadata_document, ///< the identifier is the URL of a client ID metadata document
};

/// A client as one authorization server knows it. Valid at that issuer only.
class registration
{
public:
    registration() = default;
    /// A client that was registered by hand at `issuer`; a public one if `client_secret` is empty.
    ASIOAUTH_DECL
    registration(std::string_view issuer, std::string_view client_id, secret client_secret = {});
    /// The same, for a client that authenticates with a key (private_key_jwt).
    ASIOAUTH_DECL
    registration(std::string_view issuer, std::string_view client_id, signing_key key);
    /// The same, for a client that authenticates with a certificate.
    /// @param method tls_client_auth or self_signed_tls_client_auth
    ASIOAUTH_DECL registration(
        std::string_view issuer,
        std::string_view client_id,
        tls_identity identity,
        token_endpoint_auth_method method = token_endpoint_auth_method::tls_client_auth
    );

    std::string issuer;    ///< the only server that it is for
    std::string client_id; ///< what it is called there
    secret client_secret;  ///< empty for a public client
    token_endpoint_auth_method auth_method =
        token_endpoint_auth_method::none; ///< how it shows who it is
    /// For private_key_jwt and signed request objects. Not stored: it comes from the profile.
    signing_key key;
    /// For the two tls_client_auth methods and certificate-bound tokens. Not stored either.
    tls_identity identity;
    std::vector<std::string> redirect_uris; ///< as registered
    std::string scope;                      ///< as registered, space-separated; may be empty
    url registration_client_uri;            ///< RFC 7592; empty if not offered
    secret registration_access_token;       ///< RFC 7592; empty if not offered
    std::optional<std::chrono::system_clock::time_point>
        client_secret_expires_at;                           ///< nothing: never
    registration_source source = registration_source::none; ///< how it came about
    /// For the library: where it is kept; empty if it is not.
    std::string stored_as;

    /// True if the client secret has expired at `now`.
    ASIOAUTH_DECL bool expired(std::chrono::system_clock::time_point now) const noexcept;
};

/** How to become a client at this server: registered by hand, else by a metadata document where the
    server takes them, else by dynamic registration where it offers that; registration_source::none
    if only the user can help.

    @param pre_registered whether there is a client that was registered by hand at this issuer
    @param metadata_document whether the program publishes a client ID metadata document
    @par Specification
    @li MCP 2026-07-28 "Client Registration"
*/
ASIOAUTH_DECL registration_source choose_registration_source(
    const discovery& found, bool pre_registered, bool metadata_document
) noexcept;

/// `"native"` if every redirect URI is loopback or of a private-use scheme, otherwise `"web"`; also
/// `"web"` if there is none.
ASIOAUTH_DECL std::string_view application_type_for(const std::vector<std::string>& redirect_uris);

/** Check a redirect URI: absolute, no fragment, https, or http on a loopback host.
    @return the URL, or errc::redirect_uri_invalid.
    @par Specification
    @li OAuth 2.1 section 2.3; RFC 8252 section 7.3; RFC 9700 section 2.6
*/
ASIOAUTH_DECL result<url> check_redirect_uri(std::string_view uri);

/** A client registration request, with every member that the profile names.

    The profile's key goes along as `jwks`, and so does the certificate for
    `self_signed_tls_client_auth`, unless the profile has a `jwks_uri`. A client that is to
    authenticate with its certificate, or to get tokens bound to it, shows it here already.

    @param initial_access_token where the server registers only who shows one (RFC 7591 section 3)
    @return the request, or
    @li errc::registration_not_supported if the server has no registration endpoint,
    @li errc::redirect_uri_invalid, also if there is none and the code grant is asked for,
    @li errc::invalid_client_metadata if the profile says what cannot be, or prefers a method without
        having the key or certificate for it,
    @li errc::token_endpoint_auth_method_not_supported if the server takes none of the methods that
        the profile has the means for,
    @li errc::key_invalid if the certificate cannot be read, errc::invalid_argument if the initial
        access token cannot be put into a header
    @par Specification
    @li RFC 7591 sections 2 and 3.1; RFC 8705 sections 2.1.2, 2.2.2 and 3.4; RFC 9449 section 5.2;
        MCP 2026-07-28 "Application Type and Redirect URI Constraints"
*/
ASIOAUTH_DECL result<http_request> make_registration_request(
    const discovery& found, const client_profile& profile, const secret& initial_access_token = {}
);

/** The profile to try once more after a server refused a registration for its redirect URIs:
    `localhost` and `127.0.0.1` exchanged in all of them; for https URIs, or if the server's text
    speaks of it, the other `application_type`.

    Where hosts were exchanged, bind the listener for the changed URI before you register it.

    @param refused errc::invalid_redirect_uri; or errc::invalid_client_metadata or any failure of
        status 400, 403 or 422, if the server's text speaks of redirects or of the application type
    @return nothing if there is no other way to say the same, if the refusal is about something
        else, and for a profile that this function made
    @par Specification
    @li MCP 2026-07-28 "Application Type and Redirect URI Constraints"
*/
ASIOAUTH_DECL std::optional<client_profile>
adjusted_profile(const client_profile& profile, const failure& refused);

/** Read and check a client registration response.

    What the server returns replaces what was asked for, and is refused where it cannot be used.
    The key and the certificate of the profile become those of the registration.
    @return the registration; the server's own error (errc::invalid_redirect_uri,
        errc::invalid_client_metadata, ...) with its text in the diagnostics, or
        errc::http_status_unexpected with the beginning of what it said instead;
        errc::registration_response_invalid, errc::registration_redirect_uri_changed,
        errc::token_endpoint_auth_method_not_supported (a method that the library does not know or
        that the profile has no key or certificate for), or the JSON errors
    @par Specification
    @li RFC 7591 sections 3.2.1 and 3.2.2
*/
ASIOAUTH_DECL result<registration> read_registration_response(
    const http_response& response, const discovery& found, const client_profile& profile
);

} // namespace asioauth
