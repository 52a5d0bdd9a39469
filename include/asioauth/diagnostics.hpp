// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/error.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace asioauth {

/// Where in a login something happened.
enum class stage
{
    none,
    probe,             ///< the unauthenticated request to the resource
    resource_metadata, ///< RFC 9728 document
    server_metadata,   ///< RFC 8414 / OpenID Connect document
    registration,      ///< RFC 7591 request
    listener,          ///< binding the redirect URI
    authorization,     ///< sending the user
    callback,          ///< what came back through the redirect URI
    token,             ///< token request
    resource,          ///< request that carries the access token
    store,             ///< reading or writing what is kept
    description,       ///< reading what a provider says of itself: its page and its icon
};

/// The identifier of a stage as text, for example `"server_metadata"`.
ASIOAUTH_DECL std::string_view name_of(stage s) noexcept;

/// Prints name_of().
ASIOAUTH_DECL std::ostream& operator<<(std::ostream& os, stage s);

/** What a person needs to understand a failure, beside its `error_code`.

    Everything that a server supplied is untrusted text: it is capped at 512 bytes (issuers and
    links at 2,048), and control and bidirectional-override characters are removed, but it may still
    say anything. No member ever contains a secret; URLs are kept without their query and fragment.
*/
class diagnostics
{
public:
    diagnostics() = default;

    /// Where it happened.
    stage where() const noexcept { return where_; }
    /// The URL of the request or document concerned, without query; empty if there is none.
    const std::string& url() const noexcept { return url_; }
    /// The HTTP status of the response concerned; 0 if there was none.
    int http_status() const noexcept { return http_status_; }
    /// The library's own explanation; may quote values that a server supplied.
    const std::string& message() const noexcept { return message_; }
    /// The `error` member or parameter of an OAuth error response. Untrusted text.
    const std::string& server_error() const noexcept { return server_error_; }
    /// The `error_description` of an OAuth error response. Untrusted text.
    const std::string& server_message() const noexcept { return server_message_; }
    /// What to do next; empty if hint_for(errc) says it all.
    const std::string& hint() const noexcept { return hint_; }

    // What a user interface needs to ask the user for a client that was registered by hand: set with
    // errc::client_information_required, and where a server refuses a registration with status 403.

    /// The issuer of the authorization server.
    const std::string& issuer() const noexcept { return issuer_; }
    /// The redirect URI to register there.
    const std::string& redirect_uri() const noexcept { return redirect_uri_; }
    /// Where the server says how to register: an https URL; empty if it does not. Untrusted.
    const std::string& documentation() const noexcept { return documentation_; }

    /// The scopes, space-separated, that the user would have to be asked for so that the request is
    /// not refused again: those that the token has and those that the resource names. Set with
    /// errc::step_up_refused and errc::step_up_limit. Untrusted; at most 2048 bytes, whole scopes
    /// only.
    const std::string& required_scope() const noexcept { return required_scope_; }

    /// How long the server asks to be left alone (Retry-After); nothing if it does not say.
    const std::optional<std::chrono::seconds>& retry_after() const noexcept { return retry_after_; }

    /// Forget everything.
    void clear() { *this = diagnostics(); }

    /// @{
    /// Sets what the getter of that name tells, texts as presentable() makes them, URLs without
    /// their query. Setters chain.
    ASIOAUTH_DECL diagnostics& where(stage s) noexcept;
    ASIOAUTH_DECL diagnostics& url(std::string_view text);
    ASIOAUTH_DECL diagnostics& http_status(int status) noexcept;
    ASIOAUTH_DECL diagnostics& message(std::string_view text);
    ASIOAUTH_DECL diagnostics& server_error(std::string_view text);
    ASIOAUTH_DECL diagnostics& server_message(std::string_view text);
    ASIOAUTH_DECL diagnostics& hint(std::string_view text);
    ASIOAUTH_DECL diagnostics& required_scope(std::string_view scope);
    ASIOAUTH_DECL diagnostics& retry_after(std::optional<std::chrono::seconds> v) noexcept;
    ASIOAUTH_DECL diagnostics& client_information(
        std::string_view issuer, std::string_view redirect_uri, std::string_view documentation
    );
    /// @}

private:
    stage where_ = stage::none;
    int http_status_ = 0;
    std::string url_;
    std::string message_;
    std::string server_error_;
    std::string server_message_;
    std::string hint_;
    std::string issuer_;
    std::string redirect_uri_;
    std::string documentation_;
    std::string required_scope_;
    std::optional<std::chrono::seconds> retry_after_;
};

/// One paragraph for a person: message, where, URL, status, server text (marked as such) and hint.
ASIOAUTH_DECL std::string describe(const error_code& ec, const diagnostics& info);

/** An error code together with its diagnostics: what the library's pure functions return on
    failure.

    Converts to the bare `error_code`. Cheap to move; copies share the diagnostics.
*/
class failure
{
public:
    failure() = default; ///< no failure; result::error() needs it
    /// @{
    /// A failure that says no more than its code.
    ASIOAUTH_DECL failure(errc code);       // NOLINT(google-explicit-constructor)
    ASIOAUTH_DECL failure(error_code code); // NOLINT(google-explicit-constructor)
    /// @}

    /// What an operation that was given diagnostics to fill has ended with.
    ASIOAUTH_DECL failure(error_code code, diagnostics info);

    /// @{
    /// The bare code.
    const error_code& code() const noexcept { return code_; }
    operator error_code() const noexcept { return code_; } // NOLINT(google-explicit-constructor)
    /// @}

    /// The diagnostics; an empty object if nothing was recorded.
    ASIOAUTH_DECL const diagnostics& info() const noexcept;

    /// @{
    /// Sets a value of the diagnostics. Setters chain. where() and url() keep what is already set,
    /// so that the innermost place that knows wins.
    ASIOAUTH_DECL failure& where(stage s);
    ASIOAUTH_DECL failure& url(std::string_view text);
    ASIOAUTH_DECL failure& http_status(int status);
    ASIOAUTH_DECL failure& message(std::string_view text);
    ASIOAUTH_DECL failure& server_error(std::string_view text);
    ASIOAUTH_DECL failure& server_message(std::string_view text);
    ASIOAUTH_DECL failure& hint(std::string_view text);
    ASIOAUTH_DECL failure& required_scope(std::string_view scope);
    ASIOAUTH_DECL failure& retry_after(std::optional<std::chrono::seconds> v);
    ASIOAUTH_DECL failure& client_information(
        std::string_view issuer, std::string_view redirect_uri, std::string_view documentation
    );
    /// @}

private:
    diagnostics& edit();

    error_code code_;
    std::shared_ptr<diagnostics> info_;
};

/// Thrown by `result<T>::value()`: a system_error that carries the diagnostics; `what()` describes
/// both.
class ASIOAUTH_DECL flow_error : public boost::system::system_error
{
public:
    /// What `f` says.
    explicit flow_error(const failure& f);
    /// The diagnostics of the failure.
    const diagnostics& info() const noexcept { return info_; }
    /// Code and diagnostics as text, see describe().
    const char* what() const noexcept override { return what_.c_str(); }

private:
    diagnostics info_;
    std::string what_;
};

/// Throws a flow_error: what `result<T>::value()` calls where there is no value.
[[noreturn]] ASIOAUTH_DECL void
throw_exception_from_error(const failure& f, const boost::source_location& where);

/// A value, or a @ref failure.
template <class T>
using result = boost::system::result<T, failure>;

/// Make server-supplied text fit to be shown: at most `cap` bytes of valid UTF-8, with control,
/// zero-width and bidirectional-override characters removed.
ASIOAUTH_DECL std::string presentable(std::string_view untrusted, std::size_t cap = 512);

} // namespace asioauth
