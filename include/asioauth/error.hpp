// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>

#include <string_view>
#include <type_traits>

/// Logs in to any MCP server or web API that speaks OAuth 2.1, from its URL: begin with @ref
/// client. What works without Asio, for programs with an event loop of their own, is in
/// `asioauth/protocol/`.
namespace asioauth {

using boost::system::error_code;
using boost::system::error_condition;

/** What went wrong: one value per rule that can be broken.

    Compare an `error_code` with a value of @ref condition to decide what to do;
    compare with a value of this enumeration only to tell two failures of one kind apart.
    `message()` says what happened and what to do next; it never contains server text or a secret.
*/
enum class errc
{
    // The program or its user asked for something that cannot be done.
    /// An argument has a value that is not allowed. condition::usage
    invalid_argument = 1,
    /// The text is not a complete, correctly written web address. condition::usage
    invalid_url,
    /// The address begins with a scheme that is not allowed here. condition::usage
    url_scheme_not_allowed,
    /// The address contains a user name or password in front of an @ sign. condition::usage
    url_has_credentials,
    /// The address contains a # part, which must not be here. condition::usage
    url_has_fragment,
    /// The host in the address is missing or not written in its plain form. condition::usage
    url_host_invalid,
    /// The port in the address is not a number from 1 to 65535. condition::usage
    url_port_invalid,
    /// The address is longer than 8192 bytes. condition::usage
    url_too_long,
    /// The redirect URI cannot be used to come back from the browser. condition::usage
    redirect_uri_invalid,
    /// An extra parameter has the name of one that the library sets itself. condition::usage
    reserved_parameter,
    /// The client registration belongs to another authorization server than the one in use.
    /// condition::usage
    registration_issuer_mismatch,
    /// This answer from the browser was used already. condition::usage
    authorization_already_used,
    /// The client was closed before the operation began. condition::usage
    client_closed,
    /// A private key, certificate or shared secret cannot be used. condition::usage
    key_invalid,

    // Discovery.
    /// The server offers no OAuth login that could be found. condition::refused
    authorization_not_offered,
    /// The server does not say which authorization server protects it. condition::refused
    resource_metadata_not_found,
    /// The server's protected-resource metadata has a member that cannot be used.
    /// condition::untrusted
    resource_metadata_invalid,
    /// The metadata describes another resource than the one asked for. condition::untrusted
    resource_mismatch,
    /// The server's metadata names no authorization server. condition::untrusted
    authorization_server_missing,
    /// The authorization server publishes no metadata where it should. condition::refused
    server_metadata_not_found,
    /// The authorization server's metadata has a member that cannot be used. condition::untrusted
    server_metadata_invalid,
    /// The metadata says that it belongs to another issuer than the one asked for.
    /// condition::untrusted
    issuer_mismatch,
    /// The authorization server's identifier is not an https address without query and fragment.
    /// condition::untrusted
    issuer_invalid,
    /// The authorization server's metadata lacks an endpoint that a login needs.
    /// condition::untrusted
    endpoint_missing,
    /// The authorization server's metadata names an endpoint that is not a safe https address.
    /// condition::untrusted
    endpoint_insecure,
    /// The authorization server does not say that it protects codes with PKCE (S256).
    /// condition::untrusted
    pkce_not_supported,
    /// The authorization server does not support logging in with a code. condition::refused
    response_type_not_supported,
    /// The login is at another server than the one that was shown. condition::login_required
    authorization_server_changed,

    // Client registration.
    /// The authorization server does not let programs register themselves. condition::refused
    registration_not_supported,
    /// A client id is needed, and none was configured for this authorization server.
    /// condition::usage
    client_information_required,
    /// The answer to the client registration cannot be used. condition::untrusted
    registration_response_invalid,
    /// The authorization server registered other redirect URIs than those asked for.
    /// condition::untrusted
    registration_redirect_uri_changed,
    /// The authorization server offers no way of client authentication that this client can use.
    /// condition::refused
    token_endpoint_auth_method_not_supported,
    /// The server offered no management of this client. condition::refused
    registration_not_manageable,
    /// The server does not know this client any more, or its registration token was revoked.
    /// condition::refused
    registration_gone,
    /// The client ID metadata document or its URL breaks the rules for such documents.
    /// condition::usage
    client_metadata_document_invalid,

    // Authorization request and response.
    /// What came back from the browser is not a readable answer to the login. condition::untrusted
    callback_invalid,
    /// What came back from the browser has the same parameter twice. condition::untrusted
    callback_parameter_duplicated,
    /// The answer came back to another address than the one used for this login.
    /// condition::untrusted
    callback_redirect_uri_mismatch,
    /// The answer from the browser does not say which login it belongs to. condition::untrusted
    state_missing,
    /// The answer from the browser belongs to another login. condition::untrusted
    state_mismatch,
    /// The answer does not name its authorization server, although that server promises to.
    /// condition::untrusted
    issuer_parameter_missing,
    /// The answer comes from another authorization server than the one asked. condition::untrusted
    issuer_parameter_mismatch,
    /// The answer from the browser contains neither a code nor an error. condition::untrusted
    code_missing,
    /// Nobody waits for this login (any more): it was finished, it took too long, or it was never
    /// begun here. condition::login_required
    login_not_pending,
    /// The login was begun in another browser. condition::untrusted
    browser_mismatch,
    /// The login was begun by another user. condition::untrusted
    login_user_mismatch,
    /// The answer to the pushed authorization request lacks what is needed or has it in a wrong
    /// form. condition::untrusted
    pushed_authorization_response_invalid,
    /// No browser could be opened. condition::usage
    browser_not_opened,
    /// The login was not finished in time. condition::cancelled
    user_timeout,

    // Tokens.
    /// The answer with the tokens cannot be used. condition::untrusted
    token_response_invalid,
    /// The authorization server issued a kind of token that this client does not know.
    /// condition::untrusted
    token_type_not_supported,
    /// The ID token is not for this client and login, or it has ended. condition::untrusted
    id_token_invalid,
    /// A signed token is not written as the standard wants it. condition::untrusted
    jwt_malformed,
    /// A signed token uses an algorithm that is not allowed here. condition::untrusted
    jwt_algorithm_not_allowed,
    /// None of the server's published keys fits the signed token. condition::untrusted
    jwt_key_not_found,
    /// The signature of a signed token is wrong. condition::untrusted
    jwt_signature_invalid,
    /// There is no usable login for this server. condition::login_required
    login_required,
    /// The request needs more permissions, and asking the user for them was not wanted.
    /// condition::login_required
    step_up_refused,
    /// The server asks for permissions again that were granted or asked for already.
    /// condition::refused
    step_up_limit,

    // Errors that an authorization server or resource names itself, in the RFCs' spelling.
    /// Access was denied: the user, or the server on the user's behalf, said no.
    /// condition::cancelled
    access_denied,
    /// The user has to choose an account first. condition::login_required
    account_selection_required,
    /// The user has not finished yet. condition::login_required
    authorization_pending,
    /// The user has to agree first. condition::login_required
    consent_required,
    /// The device code ended before the user was done. condition::login_required
    expired_token,
    /// The login does not include the permissions (scopes) that this request needs.
    /// condition::refused
    insufficient_scope,
    /// The resource wants the user to be authenticated more strongly or more recently.
    /// condition::login_required
    insufficient_user_authentication,
    /// The user has to do something first. condition::login_required
    interaction_required,
    /// The server does not take these authorization details. condition::refused
    invalid_authorization_details,
    /// The authorization server does not accept this client's identity. condition::refused
    invalid_client,
    /// The authorization server does not accept what this client says about itself.
    /// condition::refused
    invalid_client_metadata,
    /// The server does not take the proof that the client holds its key. condition::refused
    invalid_dpop_proof,
    /// The code or refresh token is expired, revoked or was used already. condition::login_required
    invalid_grant,
    /// The authorization server does not accept the redirect URI. condition::refused
    invalid_redirect_uri,
    /// The server says that the request is malformed. condition::refused
    invalid_request,
    /// The server cannot use the signed authorization request. condition::refused
    invalid_request_object,
    /// The server does not know the pushed authorization request any more. condition::refused
    invalid_request_uri,
    /// The authorization server does not accept the scopes asked for. condition::refused
    invalid_scope,
    /// The software statement is not valid. condition::refused
    invalid_software_statement,
    /// The authorization server does not issue tokens for this resource. condition::refused
    invalid_target,
    /// The server does not accept the access token. condition::login_required
    invalid_token,
    /// The server does not take signed authorization requests. condition::refused
    request_not_supported,
    /// The server does not take authorization requests by reference. condition::refused
    request_uri_not_supported,
    /// The authorization server failed while it handled the request. condition::unreachable
    server_error,
    /// The server wants to be asked less often. condition::unreachable
    slow_down,
    /// The authorization server is overloaded or down for maintenance. condition::unreachable
    temporarily_unavailable,
    /// The authorization server does not approve of this program's software statement.
    /// condition::refused
    unapproved_software_statement,
    /// This client may not log in this way. condition::refused
    unauthorized_client,
    /// The authorization server does not support this kind of token request. condition::refused
    unsupported_grant_type,
    /// The authorization server does not support logging in with a code. condition::refused
    unsupported_response_type,
    /// The server does not revoke tokens of this kind. condition::refused
    unsupported_token_type,
    /// The server wants a nonce in the proof. condition::refused
    use_dpop_nonce,
    /// The server answered with an error that no standard names. condition::refused
    unknown_oauth_error,

    // Content of HTTP responses.
    /// The server answered with an HTTP status that is no success. condition::refused
    http_status_unexpected,
    /// The server answered with something else than JSON, such as a web page. condition::untrusted
    content_type_not_json,
    /// The server answered in a compressed form that was not asked for. condition::untrusted
    content_encoding_not_supported,
    /// The server's answer is not correct JSON. condition::untrusted
    json_malformed,
    /// The server's answer has a member of the wrong type. condition::untrusted
    json_wrong_type,
    /// The server's answer has the same member twice, so that its meaning is open.
    /// condition::untrusted
    json_member_duplicated,
    /// The server's answer lacks a required member. condition::untrusted
    json_member_missing,
    /// The server's answer is not a correct MCP message. condition::untrusted
    mcp_response_invalid,
    /// The tool was called and reports an error of its own. condition::refused
    tool_failed,

    // HTTP and below.
    /// The server's answer has too many or too long header fields. condition::untrusted
    response_head_too_large,
    /// The server's answer is larger than allowed. condition::untrusted
    response_body_too_large,
    /// The server's answer does not follow the rules of HTTP. condition::untrusted
    http_framing_invalid,
    /// The server redirects the request to a place where it must not go. condition::untrusted
    redirect_refused,
    /// The server redirects in circles or too often. condition::untrusted
    too_many_redirects,
    /// The request contains characters that cannot be sent. condition::usage
    request_invalid,
    /// The host name was not found. condition::unreachable
    name_not_resolved,
    /// The address leads into a private or local network, which is not allowed for this request.
    /// condition::untrusted
    address_blocked,
    /// This address is not allowed here. condition::usage
    policy_refused,
    /// No connection to the server could be made. condition::unreachable
    connect_failed,
    /// The connection to the server broke before its answer was complete. condition::unreachable
    connection_lost,
    /// No secure connection to the server could be made. condition::unreachable
    tls_failed,
    /// The server's certificate is not trusted. condition::untrusted
    tls_certificate_untrusted,
    /// The server's certificate is for another host. condition::untrusted
    tls_host_mismatch,
    /// The trusted certificates of this machine could not be loaded. condition::usage
    tls_trust_store_unavailable,
    /// Too many requests to this server are waiting already. condition::unreachable
    too_many_requests_queued,
    /// Looking up the host name took too long. condition::unreachable
    resolve_timeout,
    /// Connecting to the server took too long. condition::unreachable
    connect_timeout,
    /// Making the connection secure took too long. condition::unreachable
    tls_timeout,
    /// Sending the request took too long. condition::unreachable
    write_timeout,
    /// The server took too long to answer. condition::unreachable
    response_timeout,
    /// The operation took longer than it was allowed to. condition::unreachable
    deadline_exceeded,

    // A proxy on the way.
    /// The address of the proxy cannot be used. condition::usage
    proxy_invalid,
    /// The proxy is of a kind that is not supported. condition::usage
    proxy_scheme_not_supported,
    /// The proxy does not let this program pass without the right user name and password.
    /// condition::usage
    proxy_authentication_required,
    /// The proxy did not make a connection to the server. condition::unreachable
    proxy_refused,
    /// The proxy's answer does not follow the rules of HTTP. condition::untrusted
    proxy_response_invalid,
    /// The proxy took too long to connect to the server. condition::unreachable
    proxy_timeout,

    // Redirect listener.
    /// No local address could be opened to receive the browser's answer. condition::usage
    listen_failed,
    /// The port for the browser's answer is in use by another program. condition::usage
    port_in_use,

    // Store and system.
    /// The place where logins are kept cannot be reached. condition::storage
    store_unavailable,
    /// The connection to the store was lost before it said whether the change was made.
    /// condition::storage
    store_outcome_unknown,
    /// Another process changed the stored login at the same time. condition::storage
    store_conflict,
    /// The stored login was begun by somebody else. condition::untrusted
    store_guard_refused,
    /// A stored login cannot be read. condition::storage
    store_record_invalid,
    /// The store was written by a newer version of this program. condition::storage
    store_version_newer,
    /// The file in which logins are kept is damaged. condition::storage
    store_corrupt,
    /// There is no space left where logins are kept. condition::storage
    store_full,
    /// The place where logins are kept cannot be written to. condition::storage
    store_read_only,
    /// Others could read or replace the file in which logins are kept. condition::storage
    store_permissions_insecure,
    /// The key that stored logins are sealed with is not there. condition::storage
    store_key_unavailable,
    /// A stored login cannot be opened with the configured key, or it was tampered with.
    /// condition::storage
    store_key_wrong,
    /// The key that stored logins are to be sealed with cannot be read. condition::storage
    store_key_invalid,
    /// The system supplied no secure random numbers. condition::usage
    entropy_unavailable,
    /// There is not enough memory. condition::usage
    out_of_memory,
    /// A part that the program supplied, such as its own transport or store, threw an exception.
    /// condition::usage
    internal_error,
};

/** What kind of failure it is: the values that a program switches on.

    @code
    if (ec == asioauth::condition::login_required) ...
    @endcode

    `condition::cancelled` also matches `asio::error::operation_aborted`.
*/
enum class condition
{
    login_required = 1, ///< the user has to log in (again)
    cancelled,          ///< the caller cancelled, or the user said no or did not finish
    unreachable, ///< network, name resolution, TLS transport, a time-out or a server that is down
                 ///< for now; trying later may help
    refused,     ///< the server answered, and its answer is no
    untrusted,   ///< an answer failed a security or validity check and was not used
    storage,     ///< the store failed
    usage, ///< the call, its input or the machine's set-up is wrong; trying again gives the same
};

/// The category of @ref errc.
const ASIOAUTH_DECL boost::system::error_category& error_category() noexcept;

/// The category of @ref condition.
const ASIOAUTH_DECL boost::system::error_category& condition_category() noexcept;

/// Make an `error_code` of the library's category.
ASIOAUTH_DECL error_code make_error_code(errc e) noexcept;

/// Make an `error_condition` of the library's condition category.
ASIOAUTH_DECL error_condition make_error_condition(condition c) noexcept;

/// The identifier of an error as text, for example `"issuer_mismatch"`; empty for unknown values.
ASIOAUTH_DECL std::string_view name_of(errc e) noexcept;

/** The identifier of any error code: name_of() for the library's own category, `"cancelled"` for
    an aborted operation, `"success"` for no error, otherwise the name of the code's category.
    Machine-readable and stable.
*/
ASIOAUTH_DECL std::string_view name_of(const error_code& ec) noexcept;

/// What the person at the program can do about it, one sentence; never empty for known values.
ASIOAUTH_DECL std::string_view hint_for(errc e) noexcept;

/** Map the `error` value of an OAuth error response to its @ref errc.

    @return the value of the same name, or errc::unknown_oauth_error.
    @par Specification
    @li RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1, RFC 7591 section 3.2.2,
        RFC 8707 section 2
*/
ASIOAUTH_DECL errc oauth_error_from_name(std::string_view error) noexcept;

/// The code that an operation completes with when its caller cancelled it: `ECANCELED`, which is
/// what `asio::error::operation_aborted` compares equal to.
ASIOAUTH_DECL error_code operation_aborted() noexcept;

} // namespace asioauth

namespace boost::system {

template <>
struct is_error_code_enum<asioauth::errc> : std::true_type
{};

template <>
struct is_error_condition_enum<asioauth::condition> : std::true_type
{};

} // namespace boost::system

// At the end, and not for our own files: they are built with one Boost.
#if !defined(ASIOAUTH_SOURCE)
#include <asioauth/detail/boost_version.hpp>
#endif
