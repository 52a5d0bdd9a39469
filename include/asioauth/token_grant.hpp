// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/grants.hpp>
#include <asioauth/protocol/registration.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asioauth {

/// What to show to a user who logs in on another device (RFC 8628 section 3.3).
class device_prompt
{
public:
    device_prompt() = default;

    std::string user_code;         ///< made presentable
    url verification_uri;          ///< the page to open there
    url verification_uri_complete; ///< the same with the code in it, for a QR code; may be empty
    std::chrono::system_clock::time_point expires_at; ///< wall-clock time at which the code ends
};

/// What an assertion is needed for.
class assertion_request
{
public:
    assertion_request() = default;

    std::string issuer;         ///< the authorization server: the audience of the assertion
    std::string token_endpoint; ///< where it will be sent
    std::string resource;       ///< the identifier that the token is for
    std::string scope;          ///< what will be asked for, space-separated; may be empty
};

/// Supplies an assertion each time one is needed; a failure ends the operation. Called on the
/// client's executor; must not block.
using assertion_source = std::function<result<secret>(const assertion_request&)>;

/// A company's identity provider, for enterprise-managed authorization. Setters chain.
class identity_provider
{
public:
    /// @param issuer its issuer identifier, from which its metadata is found
    /// @param client our client there
    identity_provider(std::string_view issuer, registration client)
        : issuer_(issuer)
        , client_(std::move(client))
    {
        client_.issuer = issuer_;
    }

    /// Its token endpoint, if it shall not be looked up.
    identity_provider& token_endpoint(std::string_view v) { return token_endpoint_ = v, *this; }

    /// @{
    /// As given; an endpoint that was not is empty.
    const std::string& issuer() const noexcept { return issuer_; }
    const registration& client() const noexcept { return client_; }
    const std::string& token_endpoint() const noexcept { return token_endpoint_; }
    /// @}

private:
    std::string issuer_;
    registration client_;
    std::string token_endpoint_;
};

/** How a client gets its first tokens. Default: the user goes through a browser (authorization code
    with PKCE).

    All other grants need no browser, no redirect URI and no listener.
*/
class token_grant
{
public:
    /// The grants there are.
    enum class kind
    {
        authorization_code, ///< the user goes through a browser, with PKCE
        client_credentials, ///< the program itself (SEP-1046)
        jwt_bearer,     ///< an assertion of somebody else's, such as a workload identity (RFC 7523)
        token_exchange, ///< a token of another server's (RFC 8693)
        identity_assertion, ///< the company's identity provider vouches for the user (SEP-990)
        device_code,        ///< the user goes through a browser on another device (RFC 8628)
    };

    /// The authorization code grant.
    token_grant() {} // NOLINT(modernize-use-equals-default): never an aggregate

    /// The program itself gets a token, with its own credentials.
    static token_grant client_credentials() { return token_grant(kind::client_credentials); }

    /// An assertion, fetched each time it is needed.
    static token_grant jwt_bearer(assertion_source source)
    {
        token_grant out(kind::jwt_bearer);
        out.source_ = std::move(source);
        return out;
    }

    /// The same with one assertion, used until the server refuses it.
    ASIOAUTH_DECL static token_grant jwt_bearer(secret assertion);

    /// A token of another server, which is exchanged for one of this.
    ASIOAUTH_DECL static token_grant token_exchange(token_exchange_options options);

    /// @param id_token the user's ID token of that identity provider, fetched each time it is needed
    static token_grant identity_assertion(identity_provider idp, assertion_source id_token)
    {
        token_grant out(kind::identity_assertion);
        out.idp_ = std::make_shared<const identity_provider>(std::move(idp));
        out.source_ = std::move(id_token);
        return out;
    }

    /// The same with one ID token.
    ASIOAUTH_DECL static token_grant identity_assertion(identity_provider idp, secret id_token);

    /// @param show called once, on the client's executor; must not block
    static token_grant device_code(std::function<void(const device_prompt&)> show)
    {
        token_grant out(kind::device_code);
        out.show_ = std::move(show);
        return out;
    }

    /// Which grant it is.
    kind what() const noexcept { return kind_; }
    /// True if it can be used again without the user when tokens end.
    bool repeatable() const noexcept
    {
        return kind_ != kind::authorization_code && kind_ != kind::device_code;
    }
    /// True for a token or assertion that was given as such, and of which a server that gets it could
    /// make use elsewhere. A login sends it only to the issuer of a pre-registered client.
    bool is_portable() const noexcept { return !tag_.empty() && kind_ != kind::identity_assertion; }
    /// The `grant_type` value that a server has to support.
    ASIOAUTH_DECL std::string_view grant_type() const noexcept;

    /** What keeps grants apart that were got in different ways or for different subjects; empty for
        those of a user at a browser. With an assertion_source the library cannot know whom it speaks
        for: give each its own login_params::user.
    */
    ASIOAUTH_DECL std::string storage_name() const;

    /// @{
    /// What the grant was made with; empty where it has none.
    const assertion_source& source() const noexcept { return source_; }
    const std::function<void(const device_prompt&)>& show() const noexcept { return show_; }
    const std::shared_ptr<const identity_provider>& idp() const noexcept { return idp_; }
    const std::shared_ptr<const token_exchange_options>& exchange() const noexcept
    {
        return exchange_;
    }
    /// @}

private:
    explicit token_grant(kind k) : kind_(k) {}

    kind kind_ = kind::authorization_code;
    assertion_source source_;
    std::function<void(const device_prompt&)> show_;
    std::shared_ptr<const identity_provider> idp_;
    std::shared_ptr<const token_exchange_options> exchange_;
    std::string tag_; // a digest of the token that was given
};

/// When to ask for tokens that are bound to a key (RFC 9449).
enum class dpop_use
{
    automatic, ///< if the resource asks for it, or says that it takes it and the authorization
               ///< server does too
    never,     ///< ask for bearer tokens
    always,    ///< refuse a server that does not do it: errc::token_type_not_supported
};

static_assert(!std::is_aggregate_v<token_grant> && !std::is_aggregate_v<identity_provider>);

} // namespace asioauth
