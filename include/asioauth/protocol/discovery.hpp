// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/protocol/provider_policy.hpp>
#include <asioauth/url.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth {

/// Where a document was found.
enum class provenance
{
    none,
    challenge,         ///< the `resource_metadata` parameter of a challenge
    path_well_known,   ///< `/.well-known/oauth-protected-resource/{path}`
    root_well_known,   ///< `/.well-known/oauth-protected-resource`
    oauth_path_insert, ///< `/.well-known/oauth-authorization-server{path}`
    oidc_path_insert,  ///< `/.well-known/openid-configuration{path}`
    oidc_path_append,  ///< `{path}/.well-known/openid-configuration`
    default_endpoints, ///< no document: MCP 2025-03-26 default endpoints
    policy,            ///< no document: a provider_policy describes the server
};

/// The identifier as text, for example `"oauth_path_insert"`.
ASIOAUTH_DECL std::string_view name_of(provenance p) noexcept;

/// A URL to ask, and what kind of place it is.
class candidate
{
public:
    candidate() = default;
    /// @param u where @param p what kind of place it is
    candidate(url u, provenance p) : where(std::move(u)), kind(p) {}

    url where;                          ///< what to ask
    provenance kind = provenance::none; ///< what kind of place it is
};

/// Protected-resource metadata (RFC 9728). Holds validated values only; what is not needed for a
/// login and cannot be used, such as scopes that are no scope tokens, is left out.
class resource_metadata
{
public:
    resource_metadata() = default;

    std::string resource;                           ///< byte for byte as the document has it
    std::vector<std::string> authorization_servers; ///< issuer identifiers, checked by issuer_url()
    std::optional<std::vector<std::string>> scopes_supported; ///< nothing if absent
    std::string resource_name;                                ///< untrusted text
    std::string
        resource_documentation; ///< an https URL for people, unchecked otherwise; empty if there is none
    std::string resource_policy_uri; ///< likewise
    std::string resource_tos_uri;    ///< likewise
    std::string logo_uri;            ///< of a picture, likewise; no registered member, but in use
    /// @{
    /// The member of that name; nothing if absent.
    std::optional<std::vector<std::string>> bearer_methods_supported;
    std::optional<std::vector<std::string>> dpop_signing_alg_values_supported;
    /// @}
    /// @{
    /// The member of that name; false if absent.
    bool dpop_bound_access_tokens_required = false;
    bool tls_client_certificate_bound_access_tokens = false;
    /// @}
    provenance found = provenance::none; ///< where the document was
    std::vector<std::string> notes;      ///< what was left out and why, one sentence each
};

/// Authorization-server metadata (RFC 8414, OpenID Connect Discovery). Holds validated values only;
/// what is not needed for a login and cannot be used, an endpoint without a safe address among it,
/// is left out.
class server_metadata
{
public:
    server_metadata() = default;

    std::string issuer;                        ///< byte for byte
    url authorization_endpoint;                ///< empty if no grant of this server uses one
    url token_endpoint;                        ///< https, or http on an allowed loopback host
    url registration_endpoint;                 ///< empty if registration is not offered
    url revocation_endpoint;                   ///< empty if absent
    url introspection_endpoint;                ///< empty if absent
    url jwks_uri;                              ///< empty if absent
    url pushed_authorization_request_endpoint; ///< empty if absent
    url device_authorization_endpoint;         ///< empty if absent
    url userinfo_endpoint;                     ///< empty if absent
    /// `mtls_endpoint_aliases` (RFC 8705 section 5), by metadata name.
    std::vector<std::pair<std::string, url>> mtls_endpoint_aliases;
    std::string
        service_documentation; ///< an https URL for people, unchecked otherwise; empty if there is none
    /// @{
    /// The member of that name; nothing if absent.
    std::optional<std::vector<std::string>> scopes_supported;
    std::optional<std::vector<std::string>> grant_types_supported;
    std::optional<std::vector<std::string>> token_endpoint_auth_methods_supported;
    std::optional<std::vector<std::string>> token_endpoint_auth_signing_alg_values_supported;
    std::optional<std::vector<std::string>> request_object_signing_alg_values_supported;
    std::optional<std::vector<std::string>> id_token_signing_alg_values_supported;
    std::optional<std::vector<std::string>> dpop_signing_alg_values_supported;
    std::optional<std::vector<std::string>> response_modes_supported;
    /// @}
    std::optional<std::vector<std::string>> protected_resources; ///< RFC 9728 section 4
    std::string op_policy_uri; ///< an https URL for people; empty if there is none
    std::string op_tos_uri;    ///< likewise
    std::string logo_uri;      ///< of a picture, likewise
    /// @{
    /// The member of that name; false if absent.
    bool authorization_response_iss_parameter_supported = false;
    bool client_id_metadata_document_supported = false;
    bool require_pushed_authorization_requests = false;
    bool require_signed_request_object = false;
    bool tls_client_certificate_bound_access_tokens = false;
    /// @}
    provenance found = provenance::none; ///< where the document was
    /// True if `issuer` differed from the identifier used by a lone root slash: the only tolerance.
    bool issuer_slash_tolerated = false;
    /// What was left out or taken by a policy and why, one sentence each.
    std::vector<std::string> notes;
};

/** Where the protected-resource metadata of a resource may be, in the order to ask.

    The URL from the challenge, if there is one; then the well-known URI with the resource's path
    and query inserted, then the one at the root; none of them twice. The later ones are for servers
    whose challenge names a document that is not there.

    The URL from the challenge may be of another origin than the resource, since
    read_resource_metadata() checks the document's `resource`. It is left out and described in
    `notes` if it is not valid, has a fragment, or is not https; http and loopback hosts are taken
    only if the resource itself is a loopback URL.

    @param resource the URL the user gave
    @param header_url the `resource_metadata` parameter; empty if there was none
    @param notes receives one sentence for each candidate left out; may be null
    @par Specification
    @li RFC 9728 sections 3.1 and 5.1; MCP 2026-07-28 "Protected Resource Metadata Discovery
        Requirements"
*/
ASIOAUTH_DECL std::vector<candidate> plan_resource_metadata(
    const url& resource, std::string_view header_url, std::vector<std::string>* notes = nullptr
);

/** Where the metadata of an authorization server may be, in the order to ask: OAuth path insertion,
    OpenID Connect path insertion, OpenID Connect path appending; the first and the last of these
    for an issuer without path.

    @par Specification
    @li RFC 8414 sections 3.1 and 5; OpenID Connect Discovery 1.0 section 4; MCP 2026-07-28
*/
ASIOAUTH_DECL std::vector<candidate> plan_server_metadata(const url& issuer);

/** Check an issuer identifier: an https URL (http on an allowed loopback host) without query or
    fragment, whose host is not loopback unless the policy allows that.
    @return the URL, or errc::issuer_invalid.
*/
ASIOAUTH_DECL result<url> issuer_url(std::string_view issuer, const address_policy& policy);

/// A GET for a metadata document.
ASIOAUTH_DECL http_request make_metadata_request(const url& where, const address_policy& policy);

/** Read and check a protected-resource metadata document.

    @param asked the URL that the user gave; `resource` must be equal to its canonical form; a lone
    root slash more or less is tolerated, and so is the URL as it was typed, byte for byte. A
    document below `/.well-known/oauth-protected-resource` of the same origin speaks for the whole
    host: there `resource` may be a parent of it that ends at a segment border (see covers())
    @param place where the document was asked for, if a redirect may have led elsewhere; where it
    came from (http_response::from()) counts as well
    @return the document, or
    @li errc::resource_metadata_not_found for a status other than 200,
    @li errc::resource_mismatch, errc::resource_metadata_invalid,
        errc::authorization_server_missing, errc::content_type_not_json,
        errc::content_encoding_not_supported, errc::json_malformed, errc::json_wrong_type,
        errc::json_member_missing, errc::json_member_duplicated
    @li errc::issuer_invalid if every authorization server fails issuer_url(); if only some do,
        they are left out

    Members that a login can do without are left out if they cannot be used, and described in
    resource_metadata::notes.
    @par Specification
    @li RFC 9728 sections 3.2, 3.3 and 7.3
*/
ASIOAUTH_DECL result<resource_metadata> read_resource_metadata(
    const http_response& response,
    const url& asked,
    const address_policy& policy,
    const url& place = url()
);

/** Read and check an authorization-server metadata document.

    Strict where a login depends on it: issuer, authorization and token endpoint, PKCE. Everything
    else is left out if it cannot be used, and described in server_metadata::notes. null and ""
    count as absent. A server whose `grant_types_supported` has neither `authorization_code` nor
    `implicit` needs no authorization endpoint, and without one no PKCE.

    @param issuer the identifier that the document's URL was built from; the document's `issuer`
        must be equal to it byte for byte (a lone root slash is tolerated and recorded)
    @param provider the policy of this issuer, if there is one: may assume S256, take another
        `issuer` (which then is server_metadata::issuer) and put endpoints in the place of those of
        the document. One that applies to another issuer is ignored.
    @return the document, or errc::server_metadata_not_found for a status other than 200,
        errc::issuer_mismatch, errc::pkce_not_supported unless `S256` is listed,
        errc::endpoint_missing, errc::endpoint_insecure, errc::response_type_not_supported,
        errc::issuer_invalid, errc::content_type_not_json, errc::content_encoding_not_supported,
        errc::json_malformed, errc::json_wrong_type, errc::json_member_missing,
        errc::json_member_duplicated, errc::invalid_argument for a policy that cannot be used
    @par Specification
    @li RFC 8414 sections 2 and 3.3; OpenID Connect Discovery 1.0 section 4.3; RFC 9700 section
        2.1.1; MCP 2026-07-28 "Authorization Code Protection"
*/
ASIOAUTH_DECL result<server_metadata> read_server_metadata(
    const http_response& response,
    std::string_view issuer,
    const address_policy& policy,
    const provider_policy* provider = nullptr
);

/** The metadata that a policy describes whole: it has at least an authorization and a token
    endpoint. Nothing for a policy that does not, that applies to another issuer or that
    provider_policy::check() refuses.
*/
ASIOAUTH_DECL std::optional<server_metadata>
described_server_metadata(const provider_policy& provider, std::string_view issuer);

/** False if the server publishes which resources it protects and this one is not among them.

    @par Specification
    @li RFC 9728 sections 4 and 7.6
*/
ASIOAUTH_DECL bool protects(const server_metadata& server, std::string_view resource);

/** The metadata that an MCP 2025-03-26 server without a document has: `/authorize`, `/token` and
    `/register` at the origin of the resource.

    @par Specification
    @li MCP 2025-03-26 authorization, "Fallbacks for Servers without Metadata Discovery"
*/
ASIOAUTH_DECL server_metadata default_server_metadata(const url& resource);

/// Whether a host offers a login.
enum class login_support
{
    none,      ///< no OAuth found
    available, ///< the resource answers without a login, but publishes OAuth metadata
    required,  ///< the resource asks for a login
};

/// The identifier as text, for example `"required"`.
ASIOAUTH_DECL std::string_view name_of(login_support s) noexcept;

/// Everything that discovery learnt about one resource. A value: keep it, copy it, hand it to the
/// next step.
class discovery
{
public:
    discovery() = default;

    url requested;                             ///< the URL that the user gave
    std::string resource;                      ///< the identifier to send as `resource` (RFC 8707)
    login_support login = login_support::none; ///< whether there is a login
    std::optional<resource_metadata> resource_document; ///< absent for MCP 2025-03-26 servers
    server_metadata server;                             ///< meaningful unless login is none
    std::string challenged_scope;                       ///< `scope` of the challenge; empty if none
    bool dpop_challenged = false; ///< the resource asks for DPoP and not for Bearer
    address_policy policy;        ///< which addresses the rest of the login may reach
    /// What this issuer does differently; set if a policy for it was found.
    std::optional<provider_policy> provider;
    std::vector<std::string> notes; ///< what was tolerated or passed over, one sentence each
};

/** The scopes to ask for: those the caller names; otherwise those of the challenge; otherwise all
    of `scopes_supported` of the resource; otherwise none (the parameter is left out). What a server
    supplies is reduced to scope tokens, each once. Where the server's metadata advertises
    `offline_access` it is added to what the resource supplied, so that a refresh token is issued;
    never to what the caller names, never to nothing, and never where the policy of the issuer says
    not to.

    @par Specification
    @li MCP 2026-07-28 authorization, "Scope Selection Strategy"
*/
ASIOAUTH_DECL std::string select_scope(const discovery& found, std::string_view explicit_scope);

} // namespace asioauth
