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
    invalid_argument = 1,
    invalid_url,
    url_scheme_not_allowed,
    url_has_credentials,
    url_has_fragment,
    url_host_invalid,
    url_port_invalid,
    url_too_long,
    redirect_uri_invalid,
    reserved_parameter,
    registration_issuer_mismatch,
    authorization_already_used,
    client_closed,
    key_invalid,

    // Discovery.
    authorization_not_offered,
    resource_metadata_not_found,
    resource_metadata_invalid,
    resource_mismatch,
    authorization_server_missing,
    server_metadata_not_found,
    server_metadata_invalid,
    issuer_mismatch,
    issuer_invalid,
    endpoint_missing,
    endpoint_insecure,
    pkce_not_supported,
    response_type_not_supported,
    authorization_server_changed,

    // Client registration.
    registration_not_supported,
    client_information_required,
    registration_response_invalid,
    registration_redirect_uri_changed,
    token_endpoint_auth_method_not_supported,
    registration_not_manageable,
    registration_gone,
    client_metadata_document_invalid,

    // Authorization request and response.
    callback_invalid,
    callback_parameter_duplicated,
    callback_redirect_uri_mismatch,
    state_missing,
    state_mismatch,
    issuer_parameter_missing,
    issuer_parameter_mismatch,
    code_missing,
    login_not_pending,
    browser_mismatch,
    login_user_mismatch,
    pushed_authorization_response_invalid,
    browser_not_opened,
    user_timeout,

    // Tokens.
    token_response_invalid,
    token_type_not_supported,
    id_token_invalid,
    jwt_malformed,
    jwt_algorithm_not_allowed,
    jwt_key_not_found,
    jwt_signature_invalid,
    login_required,
    step_up_refused,
    step_up_limit,

    // Errors that an authorization server or resource names itself, in the RFCs' spelling.
    access_denied,
    account_selection_required,
    authorization_pending,
    consent_required,
    expired_token,
    insufficient_scope,
    insufficient_user_authentication,
    interaction_required,
    invalid_authorization_details,
    invalid_client,
    invalid_client_metadata,
    invalid_dpop_proof,
    invalid_grant,
    invalid_redirect_uri,
    invalid_request,
    invalid_request_object,
    invalid_request_uri,
    invalid_scope,
    invalid_software_statement,
    invalid_target,
    invalid_token,
    request_not_supported,
    request_uri_not_supported,
    server_error,
    slow_down,
    temporarily_unavailable,
    unapproved_software_statement,
    unauthorized_client,
    unsupported_grant_type,
    unsupported_response_type,
    unsupported_token_type,
    use_dpop_nonce,
    unknown_oauth_error,

    // Content of HTTP responses.
    http_status_unexpected,
    content_type_not_json,
    content_encoding_not_supported,
    json_malformed,
    json_wrong_type,
    json_member_duplicated,
    json_member_missing,
    mcp_response_invalid,
    tool_failed,

    // HTTP and below.
    response_head_too_large,
    response_body_too_large,
    http_framing_invalid,
    redirect_refused,
    too_many_redirects,
    request_invalid,
    name_not_resolved,
    address_blocked,
    policy_refused,
    connect_failed,
    connection_lost,
    tls_failed,
    tls_certificate_untrusted,
    tls_host_mismatch,
    tls_trust_store_unavailable,
    too_many_requests_queued,
    resolve_timeout,
    connect_timeout,
    tls_timeout,
    write_timeout,
    response_timeout,
    deadline_exceeded,

    // A proxy on the way.
    proxy_invalid,
    proxy_scheme_not_supported,
    proxy_authentication_required,
    proxy_refused,
    proxy_response_invalid,
    proxy_timeout,

    // Redirect listener.
    listen_failed,
    port_in_use,

    // Store and system.
    store_unavailable,
    store_outcome_unknown,
    store_conflict,
    store_guard_refused,
    store_record_invalid,
    store_version_newer,
    store_corrupt,
    store_full,
    store_read_only,
    store_permissions_insecure,
    store_key_unavailable,
    store_key_wrong,
    store_key_invalid,
    entropy_unavailable,
    out_of_memory,
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

/** The identifier of any error code: @ref name_of for the library's own category, `"cancelled"` for
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
