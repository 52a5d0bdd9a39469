// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/error.hpp>

#include <boost/system/errc.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>

namespace asioauth {

namespace {

class row
{
public:
    errc value;
    std::string_view name;
    condition kind;
    std::string_view what; // what happened
    std::string_view hint; // what the person at the program can do next
};

using enum condition;

// The one place that knows everything about an error. Rows are in the order of the enumeration.
constexpr std::array rows{
    // The program or its user asked for something that cannot be done.
    row{errc::invalid_argument,
        "invalid_argument",
        usage,
        "An argument has a value that is not allowed.",
        "Read the detail, correct the call and try again."},
    row{errc::invalid_url,
        "invalid_url",
        usage,
        "The text is not a complete, correctly written web address.",
        "Write it as https://host/path without blanks, backslashes or other special characters."},
    row{errc::url_scheme_not_allowed,
        "url_scheme_not_allowed",
        usage,
        "The address begins with a scheme that is not allowed here.",
        "Use an https:// address; http:// works only for this machine itself (localhost)."},
    row{errc::url_has_credentials,
        "url_has_credentials",
        usage,
        "The address contains a user name or password in front of an @ sign.",
        "Remove everything between // and @; the login asks for credentials when it needs them."},
    row{errc::url_has_fragment,
        "url_has_fragment",
        usage,
        "The address contains a # part, which must not be here.",
        "Remove the # and everything behind it."},
    row{errc::url_host_invalid,
        "url_host_invalid",
        usage,
        "The host in the address is missing or not written in its plain form.",
        "Write a host name such as mcp.example.com, an IPv4 address such as 192.0.2.1 or an IPv6 "
        "address in brackets."},
    row{errc::url_port_invalid,
        "url_port_invalid",
        usage,
        "The port in the address is not a number from 1 to 65535.",
        "Correct the number behind the colon or leave both out."},
    row{errc::url_too_long,
        "url_too_long",
        usage,
        "The address is longer than 8192 bytes.",
        "Use a shorter address, fewer scopes or fewer extra parameters."},
    row{errc::redirect_uri_invalid,
        "redirect_uri_invalid",
        usage,
        "The redirect URI cannot be used to come back from the browser.",
        "Use an https:// address, or http:// with a loopback address such as "
        "http://127.0.0.1:8080/callback, without a # part."},
    row{errc::reserved_parameter,
        "reserved_parameter",
        usage,
        "An extra parameter has the name of one that the library sets itself.",
        "Leave that parameter out and use the setting made for it."},
    row{errc::registration_issuer_mismatch,
        "registration_issuer_mismatch",
        usage,
        "The client registration belongs to another authorization server than the one in use.",
        "Register anew with this authorization server, or supply the client id made for it."},
    row{errc::authorization_already_used,
        "authorization_already_used",
        usage,
        "This answer from the browser was used already.",
        "Start the login again; each answer counts once."},
    row{errc::client_closed,
        "client_closed",
        usage,
        "The client was closed before the operation began.",
        "Make a new client object, or start the operation before closing this one."},

    // Discovery.
    row{errc::authorization_not_offered,
        "authorization_not_offered",
        refused,
        "The server offers no OAuth login that could be found.",
        "Check the address; if it is right, the server may need no login or another kind of "
        "login, such as an API key."},
    row{errc::resource_metadata_not_found,
        "resource_metadata_not_found",
        refused,
        "The server does not say which authorization server protects it.",
        "Check the address with the server's operator; the server should publish "
        "protected-resource "
        "metadata."},
    row{errc::resource_metadata_invalid,
        "resource_metadata_invalid",
        untrusted,
        "The server's protected-resource metadata has a member that cannot be used.",
        "Report the detail to the server's operator."},
    row{errc::resource_mismatch,
        "resource_mismatch",
        untrusted,
        "The metadata describes another resource than the one asked for.",
        "Check the address for typing mistakes; if the metadata names the address meant, use that "
        "one, otherwise report it to the server's operator."},
    row{errc::authorization_server_missing,
        "authorization_server_missing",
        untrusted,
        "The server's metadata names no authorization server.",
        "Report it to the server's operator, who has to publish at least one."},
    row{errc::server_metadata_not_found,
        "server_metadata_not_found",
        refused,
        "The authorization server publishes no metadata where it should.",
        "Report it to the operator; neither the OAuth nor the OpenID Connect document is there."},
    row{errc::server_metadata_invalid,
        "server_metadata_invalid",
        untrusted,
        "The authorization server's metadata has a member that cannot be used.",
        "Report the detail to the authorization server's operator."},
    row{errc::issuer_mismatch,
        "issuer_mismatch",
        untrusted,
        "The metadata says that it belongs to another issuer than the one asked for.",
        "Do not log in; report it to the server's operator, since this is also what an attack "
        "looks "
        "like."},
    row{errc::issuer_invalid,
        "issuer_invalid",
        untrusted,
        "The authorization server's identifier is not an https address without query and fragment.",
        "Report it to the server's operator."},
    row{errc::endpoint_missing,
        "endpoint_missing",
        untrusted,
        "The authorization server's metadata lacks an endpoint that a login needs.",
        "Report the detail to the authorization server's operator."},
    row{errc::endpoint_insecure,
        "endpoint_insecure",
        untrusted,
        "The authorization server's metadata names an endpoint that is not a safe https address.",
        "Report it to the authorization server's operator; credentials are sent to https addresses "
        "only."},
    row{errc::pkce_not_supported,
        "pkce_not_supported",
        untrusted,
        "The authorization server does not say that it protects codes with PKCE (S256).",
        "Report it to the operator, whose metadata must list S256 in "
        "code_challenge_methods_supported; logging in without it is not safe."},
    row{errc::response_type_not_supported,
        "response_type_not_supported",
        refused,
        "The authorization server does not support logging in with a code.",
        "Ask its operator to enable the authorization code flow."},

    // Client registration.
    row{errc::registration_not_supported,
        "registration_not_supported",
        refused,
        "The authorization server does not let programs register themselves.",
        "Create a client with the provider by hand and configure its client id."},
    row{errc::client_information_required,
        "client_information_required",
        usage,
        "A client id is needed, and none was configured for this authorization server.",
        "Create a client with the provider by hand and configure its client id, and its secret if "
        "it "
        "has one."},
    row{errc::registration_response_invalid,
        "registration_response_invalid",
        untrusted,
        "The answer to the client registration cannot be used.",
        "Report the detail to the authorization server's operator, or configure a client id made "
        "by "
        "hand."},
    row{errc::registration_redirect_uri_changed,
        "registration_redirect_uri_changed",
        untrusted,
        "The authorization server registered other redirect URIs than those asked for.",
        "Report it to the operator, or configure a client id made by hand."},
    row{errc::token_endpoint_auth_method_not_supported,
        "token_endpoint_auth_method_not_supported",
        refused,
        "The authorization server offers no way of client authentication that this client can use.",
        "Configure a client with a method that the server lists, or ask its operator."},

    // Authorization request and response.
    row{errc::callback_invalid,
        "callback_invalid",
        untrusted,
        "What came back from the browser is not a readable answer to the login.",
        "Paste the whole address from the browser's address bar, or start the login again."},
    row{errc::callback_parameter_duplicated,
        "callback_parameter_duplicated",
        untrusted,
        "What came back from the browser has the same parameter twice.",
        "Start the login again; if it happens again, report it to the authorization server's "
        "operator."},
    row{errc::callback_redirect_uri_mismatch,
        "callback_redirect_uri_mismatch",
        untrusted,
        "The answer came back to another address than the one used for this login.",
        "Paste the address that belongs to this login, or start the login again."},
    row{errc::state_missing,
        "state_missing",
        untrusted,
        "The answer from the browser does not say which login it belongs to.",
        "Start the login again and finish it in the window that opens."},
    row{errc::state_mismatch,
        "state_mismatch",
        untrusted,
        "The answer from the browser belongs to another login.",
        "Finish the login in the window that was opened last, or start it again."},
    row{errc::issuer_parameter_missing,
        "issuer_parameter_missing",
        untrusted,
        "The answer does not name its authorization server, although that server promises to.",
        "Start the login again; if it happens again, report it to the authorization server's "
        "operator."},
    row{errc::issuer_parameter_mismatch,
        "issuer_parameter_mismatch",
        untrusted,
        "The answer comes from another authorization server than the one asked.",
        "Do not continue; start the login again and report it if it happens again, since this is "
        "also what an attack looks like."},
    row{errc::code_missing,
        "code_missing",
        untrusted,
        "The answer from the browser contains neither a code nor an error.",
        "Paste the whole address from the browser's address bar, or start the login again."},
    row{errc::browser_not_opened,
        "browser_not_opened",
        usage,
        "No browser could be opened.",
        "Open the login address by hand, on this machine or another, and paste the address it ends "
        "at."},
    row{errc::user_timeout,
        "user_timeout",
        cancelled,
        "The login was not finished in time.",
        "Start the login again and finish it in the browser."},

    // Tokens.
    row{errc::token_response_invalid,
        "token_response_invalid",
        untrusted,
        "The answer with the tokens cannot be used.",
        "Report the detail to the authorization server's operator."},
    row{errc::token_type_not_supported,
        "token_type_not_supported",
        untrusted,
        "The authorization server issued a kind of token that this client does not know.",
        "Ask the operator for a client that receives Bearer tokens."},
    row{errc::login_required,
        "login_required",
        login_required,
        "There is no usable login for this server.",
        "Log in to the server."},

    // Errors that an authorization server or resource names itself, in the RFCs' spelling.
    row{errc::access_denied,
        "access_denied",
        cancelled,
        "Access was denied: the user, or the server on the user's behalf, said no.",
        "Start the login again and consent, or ask the administrator for access."},
    row{errc::insufficient_scope,
        "insufficient_scope",
        refused,
        "The login does not include the permissions (scopes) that this request needs.",
        "Log in again with the scopes that the server names."},
    row{errc::invalid_client,
        "invalid_client",
        refused,
        "The authorization server does not accept this client's identity.",
        "Check the client id and secret, or remove the stored registration to register anew."},
    row{errc::invalid_client_metadata,
        "invalid_client_metadata",
        refused,
        "The authorization server does not accept what this client says about itself.",
        "Read the server's text and change the client's settings, or configure a client id made by "
        "hand."},
    row{errc::invalid_grant,
        "invalid_grant",
        login_required,
        "The code or refresh token is expired, revoked or was used already.",
        "Log in to the server again."},
    row{errc::invalid_redirect_uri,
        "invalid_redirect_uri",
        refused,
        "The authorization server does not accept the redirect URI.",
        "Use a redirect URI that the server allows, or configure a client id made by hand."},
    row{errc::invalid_request,
        "invalid_request",
        refused,
        "The server says that the request is malformed.",
        "Read the server's text; a parameter may be missing or not be allowed for this client."},
    row{errc::invalid_scope,
        "invalid_scope",
        refused,
        "The authorization server does not accept the scopes asked for.",
        "Ask for other scopes, or for none to get the server's default."},
    row{errc::invalid_target,
        "invalid_target",
        refused,
        "The authorization server does not issue tokens for this resource.",
        "Check the address of the resource with the server's operator."},
    row{errc::invalid_token,
        "invalid_token",
        login_required,
        "The server does not accept the access token.",
        "Log in to the server again."},
    row{errc::server_error,
        "server_error",
        unreachable,
        "The authorization server failed while it handled the request.",
        "Try again later; if it lasts, report it to the operator."},
    row{errc::temporarily_unavailable,
        "temporarily_unavailable",
        unreachable,
        "The authorization server is overloaded or down for maintenance.",
        "Try again later."},
    row{errc::unapproved_software_statement,
        "unapproved_software_statement",
        refused,
        "The authorization server does not approve of this program's software statement.",
        "Ask the operator to approve it, or configure a client id made by hand."},
    row{errc::unauthorized_client,
        "unauthorized_client",
        refused,
        "This client may not log in this way.",
        "Allow the authorization code grant for this client at the provider."},
    row{errc::unsupported_grant_type,
        "unsupported_grant_type",
        refused,
        "The authorization server does not support this kind of token request.",
        "Ask the operator to enable the authorization code and refresh token grants."},
    row{errc::unsupported_response_type,
        "unsupported_response_type",
        refused,
        "The authorization server does not support logging in with a code.",
        "Ask the operator to enable the authorization code flow for this client."},
    row{errc::unknown_oauth_error,
        "unknown_oauth_error",
        refused,
        "The server answered with an error that no standard names.",
        "Read the server's text, or ask its operator."},

    // Content of HTTP responses.
    row{errc::http_status_unexpected,
        "http_status_unexpected",
        refused,
        "The server answered with an HTTP status that is no success.",
        "Check the address; if it is right, ask the server's operator."},
    row{errc::content_type_not_json,
        "content_type_not_json",
        untrusted,
        "The server answered with something else than JSON, such as a web page.",
        "Check the address; if it is right, report it to the server's operator."},
    row{errc::content_encoding_not_supported,
        "content_encoding_not_supported",
        untrusted,
        "The server answered in a compressed form that was not asked for.",
        "Report it to the server's operator."},
    row{errc::json_malformed,
        "json_malformed",
        untrusted,
        "The server's answer is not correct JSON.",
        "Report it to the server's operator."},
    row{errc::json_wrong_type,
        "json_wrong_type",
        untrusted,
        "The server's answer has a member of the wrong type.",
        "Report the detail to the server's operator."},
    row{errc::json_member_duplicated,
        "json_member_duplicated",
        untrusted,
        "The server's answer has the same member twice, so that its meaning is open.",
        "Report the detail to the server's operator."},
    row{errc::json_member_missing,
        "json_member_missing",
        untrusted,
        "The server's answer lacks a required member.",
        "Report the detail to the server's operator."},
    row{errc::mcp_response_invalid,
        "mcp_response_invalid",
        untrusted,
        "The server's answer is not a correct MCP message.",
        "Check that the address is that of an MCP server; if it is, report it to its operator."},

    // HTTP and below.
    row{errc::response_head_too_large,
        "response_head_too_large",
        untrusted,
        "The server's answer has too many or too long header fields.",
        "Report it to the server's operator."},
    row{errc::response_body_too_large,
        "response_body_too_large",
        untrusted,
        "The server's answer is larger than allowed.",
        "Ask for less, or raise the limit of the request if the size is expected."},
    row{errc::http_framing_invalid,
        "http_framing_invalid",
        untrusted,
        "The server's answer does not follow the rules of HTTP.",
        "Check the address and port; if they are right, report it to the server's operator."},
    row{errc::redirect_refused,
        "redirect_refused",
        untrusted,
        "The server redirects the request to a place where it must not go.",
        "Use the final address directly, or report it to the server's operator."},
    row{errc::too_many_redirects,
        "too_many_redirects",
        untrusted,
        "The server redirects in circles or too often.",
        "Use the final address directly, or report it to the server's operator."},
    row{errc::request_invalid,
        "request_invalid",
        usage,
        "The request contains characters that cannot be sent.",
        "Remove line breaks and other control characters from its method and header fields."},
    row{errc::name_not_resolved,
        "name_not_resolved",
        unreachable,
        "The host name was not found.",
        "Check the address for typing mistakes and the network connection."},
    row{errc::address_blocked,
        "address_blocked",
        untrusted,
        "The address leads into a private or local network, which is not allowed for this request.",
        "If the server really is in your own network, allow that network in the address policy."},
    row{errc::connect_failed,
        "connect_failed",
        unreachable,
        "No connection to the server could be made.",
        "Check the address and the network connection, then try again."},
    row{errc::connection_lost,
        "connection_lost",
        unreachable,
        "The connection to the server broke before its answer was complete.",
        "Try again."},
    row{errc::tls_failed,
        "tls_failed",
        unreachable,
        "No secure connection to the server could be made.",
        "Check the address, the port and the network connection, then try again."},
    row{errc::tls_certificate_untrusted,
        "tls_certificate_untrusted",
        untrusted,
        "The server's certificate is not trusted.",
        "Do not continue on a network you do not trust; otherwise check this machine's clock and "
        "its trusted certificates, or report it to the server's operator."},
    row{errc::tls_host_mismatch,
        "tls_host_mismatch",
        untrusted,
        "The server's certificate is for another host.",
        "Check the address for typing mistakes, or report it to the server's operator."},
    row{errc::tls_trust_store_unavailable,
        "tls_trust_store_unavailable",
        usage,
        "The trusted certificates of this machine could not be loaded.",
        "Install the system's CA certificates, or configure a file that holds them."},
    row{errc::too_many_requests_queued,
        "too_many_requests_queued",
        unreachable,
        "Too many requests to this server are waiting already.",
        "Try again later, or send fewer requests at a time."},
    row{errc::resolve_timeout,
        "resolve_timeout",
        unreachable,
        "Looking up the host name took too long.",
        "Check the network connection and try again."},
    row{errc::connect_timeout,
        "connect_timeout",
        unreachable,
        "Connecting to the server took too long.",
        "Check the address and the network connection, then try again."},
    row{errc::tls_timeout,
        "tls_timeout",
        unreachable,
        "Making the connection secure took too long.",
        "Check the address, the port and the network connection, then try again."},
    row{errc::write_timeout,
        "write_timeout",
        unreachable,
        "Sending the request took too long.",
        "Check the network connection and try again."},
    row{errc::response_timeout,
        "response_timeout",
        unreachable,
        "The server took too long to answer.",
        "Try again later."},
    row{errc::deadline_exceeded,
        "deadline_exceeded",
        unreachable,
        "The operation took longer than it was allowed to.",
        "Try again, or allow more time."},

    // Redirect listener.
    row{errc::listen_failed,
        "listen_failed",
        usage,
        "No local address could be opened to receive the browser's answer.",
        "Use the loopback address 127.0.0.1 with a port above 1023, or paste the browser's address "
        "by hand."},
    row{errc::port_in_use,
        "port_in_use",
        usage,
        "The port for the browser's answer is in use by another program.",
        "Stop that program or configure another port; port 0 lets the system choose."},

    // Store and system.
    row{errc::store_unavailable,
        "store_unavailable",
        storage,
        "The place where logins are kept cannot be reached.",
        "Check its configuration, permissions and free space, then try again."},
    row{errc::store_conflict,
        "store_conflict",
        storage,
        "Another process changed the stored login at the same time.",
        "Try again."},
    row{errc::store_record_invalid,
        "store_record_invalid",
        storage,
        "A stored login cannot be read.",
        "Log in again to replace it; check that the right key and store are configured."},
    row{errc::entropy_unavailable,
        "entropy_unavailable",
        usage,
        "The system supplied no secure random numbers.",
        "Check the system's installation; nothing can be done safely without them."},
    row{errc::out_of_memory,
        "out_of_memory",
        usage,
        "There is not enough memory.",
        "Close other programs or allow this one more memory."},
    row{errc::internal_error,
        "internal_error",
        usage,
        "A part that the program supplied, such as its own transport or store, threw an exception.",
        "Let such parts report failures through their handlers, and look at what they threw."},
};

constexpr bool every_value_has_its_row()
{
    for (std::size_t i = 0; i != rows.size(); ++i)
    {
        const row& r = rows[i];
        if (static_cast<std::size_t>(r.value) != i + 1 || r.name.empty() || r.what.empty()
            || r.hint.empty())
        {
            return false;
        }
    }
    return rows.back().value == errc::internal_error;
}

// A value that is added behind internal_error has to be named above and in every_value_has_its_row.
static_assert(every_value_has_its_row(), "each errc needs its row, in the enumeration's order");

constexpr const row* find_row(int value) noexcept
{
    if (value < 1 || static_cast<std::size_t>(value) > rows.size())
    {
        return nullptr;
    }
    return &rows[static_cast<std::size_t>(value) - 1];
}

bool is_aborted(const error_code& ec) noexcept
{
    return ec == boost::system::errc::operation_canceled;
}

// The base's destructor is protected, which g++ does not take into account here.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#endif

// The identifiers make comparison work where two shared libraries each have a copy of the object.
class library_category final : public boost::system::error_category
{
public:
    constexpr library_category() noexcept : error_category(0x8f2b6cd1a94e7053U) {}

    const char* name() const noexcept override { return "asioauth"; }

    std::string message(int value) const override
    {
        const row* r = find_row(value);
        if (r == nullptr)
        {
            return "Unknown error.";
        }
        std::string text;
        text.reserve(r->what.size() + 1 + r->hint.size());
        text.append(r->what).append(1, ' ').append(r->hint);
        return text;
    }

    const char* message(int value, char* buffer, std::size_t size) const noexcept override
    {
        const row* r = find_row(value);
        const std::string_view what = r == nullptr ? "Unknown error." : r->what;
        if (size != 0)
        {
            const std::size_t n = what.copy(buffer, size - 1);
            buffer[n] = '\0';
        }
        return buffer;
    }

    error_condition default_error_condition(int value) const noexcept override
    {
        const row* r = find_row(value);
        return r == nullptr ? error_condition(value, *this) : make_error_condition(r->kind);
    }
};

class library_condition_category final : public boost::system::error_category
{
public:
    constexpr library_condition_category() noexcept : error_category(0x51c7e03f9db2486aU) {}

    const char* name() const noexcept override { return "asioauth.condition"; }

    std::string message(int value) const override
    {
        switch (static_cast<condition>(value))
        {
        case login_required: return "The user has to log in.";
        case cancelled: return "The operation was cancelled or the user said no.";
        case unreachable: return "The server cannot be reached at the moment.";
        case refused: return "The server said no.";
        case untrusted: return "The server's answer failed a check and was not used.";
        case storage: return "The store failed.";
        case usage: return "The call, its input or the machine's set-up is wrong.";
        }
        return "Unknown condition.";
    }

    bool equivalent(const error_code& code, int value) const noexcept override
    {
        if (code.category() == asioauth::error_category())
        {
            const row* r = find_row(code.value());
            return r != nullptr && static_cast<int>(r->kind) == value;
        }
        return value == static_cast<int>(cancelled) && is_aborted(code);
    }

    using error_category::equivalent;
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

constexpr library_category the_category;
constexpr library_condition_category the_condition_category;

} // namespace

const boost::system::error_category& error_category() noexcept
{
    return the_category;
}

const boost::system::error_category& condition_category() noexcept
{
    return the_condition_category;
}

error_code make_error_code(errc e) noexcept
{
    return error_code(static_cast<int>(e), error_category());
}

error_condition make_error_condition(condition c) noexcept
{
    return error_condition(static_cast<int>(c), condition_category());
}

std::string_view name_of(errc e) noexcept
{
    const row* r = find_row(static_cast<int>(e));
    return r == nullptr ? std::string_view() : r->name;
}

std::string_view name_of(const error_code& ec) noexcept
{
    if (!ec.failed())
    {
        return "success";
    }
    if (ec.category() == error_category())
    {
        return name_of(static_cast<errc>(ec.value()));
    }
    if (is_aborted(ec))
    {
        return "cancelled";
    }
    return ec.category().name();
}

std::string_view hint_for(errc e) noexcept
{
    const row* r = find_row(static_cast<int>(e));
    return r == nullptr ? std::string_view() : r->hint;
}

errc oauth_error_from_name(std::string_view error) noexcept
{
    // Only the values that RFCs define: our own names, such as "login_required", mean something
    // else when a server says them.
    constexpr auto first = static_cast<std::size_t>(errc::access_denied) - 1;
    constexpr auto last = static_cast<std::size_t>(errc::unsupported_response_type) - 1;
    for (std::size_t i = first; i <= last; ++i)
    {
        if (rows[i].name == error)
        {
            return rows[i].value;
        }
    }
    return errc::unknown_oauth_error;
}

error_code operation_aborted() noexcept
{
    return error_code(
        static_cast<int>(boost::system::errc::operation_canceled), boost::system::system_category()
    );
}

} // namespace asioauth
