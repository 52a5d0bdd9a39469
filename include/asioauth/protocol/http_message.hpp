// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_fields.hpp>
#include <asioauth/secret.hpp>
#include <asioauth/url.hpp>

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth {

class body_stream;

/// What a request is for. It decides on redirects, size limits and retries; see the functions
/// below.
enum class request_kind
{
    probe,        ///< unauthenticated request to the resource, to see its challenge
    metadata,     ///< RFC 9728, RFC 8414 or OpenID Connect document
    registration, ///< RFC 7591 or RFC 7592 request
    token,        ///< token endpoint, and the other endpoints at which a client authenticates
    resource,     ///< request that carries an access token
    page,         ///< the web page of a provider, of which only the beginning is wanted
    icon,         ///< the picture of a provider
};

/// The identifier as text, for example `"metadata"`.
ASIOAUTH_DECL std::string_view name_of(request_kind k) noexcept;

/// True if requests of this kind may follow redirects: only those that carry no credential.
ASIOAUTH_DECL bool may_be_redirected(request_kind k) noexcept;

/// True if redirects of this kind may lead to another origin: only where nothing is decided by the
/// answer. Never from https to http, and never from elsewhere to this machine.
ASIOAUTH_DECL bool may_leave_origin(request_kind k) noexcept;

/// The most bytes a response body may have for this kind.
ASIOAUTH_DECL std::size_t body_limit_for(request_kind k) noexcept;

/// True if a body that is longer ends at the limit: its beginning is an answer. Otherwise it is
/// errc::response_body_too_large.
ASIOAUTH_DECL bool is_cut_at_limit(request_kind k) noexcept;

/** Which addresses a request may reach. Checked on the final socket address of every connection
    attempt.

    The default is the public internet over https only.
*/
class address_policy
{
public:
    address_policy() = default;

    /** Also allow `http` and loopback addresses, for hosts that are loopback by name or literal
        (url::host_is_loopback). The library sets this for a resource that the @e user gave as a
        loopback URL; a remote server's document can never set it.
    */
    address_policy& allow_loopback(bool allow = true) noexcept
    {
        loopback_ = allow;
        return *this;
    }

    /** Also allow addresses inside this network, given as `address/prefix-length`, over https only.
        For an authorization server inside a company. Loopback, link-local (cloud metadata services)
        and multicast addresses stay refused whatever is named here.

        Through a proxy that holds for addresses that a URL names. Other names are looked up by the
        proxy unless proxy_settings::look_up_here is on, and its rules decide where they lead; once a
        network is named here, it is asked for names of private networks too.

        @par Security
        Not only the server that is meant is in that network. Servers that users name are asked under
        the same policy, and can lead requests there by redirects and by what their metadata says:
        over https, and only to hosts whose certificate is trusted here. Name single servers
        (`10.1.2.3/32`), not networks full of services that ask nobody who they are.
    */
    address_policy& allow_private_network(std::string_view cidr)
    {
        networks_.emplace_back(cidr);
        return *this;
    }

    /// @{
    /// What was set, or the default.
    bool loopback_allowed() const noexcept { return loopback_; }
    const std::vector<std::string>& private_networks() const noexcept { return networks_; }
    /// @}

    /// Equal if both allow the same, networks in the same order.
    friend bool operator==(const address_policy&, const address_policy&) = default;

private:
    bool loopback_ = false;
    std::vector<std::string> networks_;
};

/** A client certificate with its private key, for TLS connections that show who the client is (RFC
    8705). Copies share one.

    @par Thread safety
    @e Distinct @e objects: safe, copies included.
*/
class tls_identity
{
public:
    /// No certificate.
    tls_identity() noexcept = default;
    /// @param certificate_chain PEM, the client's certificate first
    /// @param private_key PEM, not encrypted; read when the first connection is made:
    ///     errc::key_invalid if it cannot be used
    ASIOAUTH_DECL tls_identity(std::string_view certificate_chain, secret private_key);

    /// True if there is no certificate.
    bool empty() const noexcept { return impl_ == nullptr; }
    /// The certificates as PEM. Precondition: `*this` is not empty.
    ASIOAUTH_DECL const std::string& certificate_chain() const noexcept;
    /// The key as PEM. Precondition: `*this` is not empty.
    ASIOAUTH_DECL const secret& private_key() const noexcept;

    /// True if both have the same certificates and key.
    ASIOAUTH_DECL friend bool operator==(const tls_identity& a, const tls_identity& b) noexcept;

private:
    class impl;
    std::shared_ptr<const impl> impl_;
};

/** An HTTP request as the pure layer makes it: a value that knows nothing of sockets.

    Secrets have places of their own (body() and authorization()), so that the rest can be
    logged.
*/
class http_request
{
public:
    http_request() = default;
    /// @param kind what it is for @param method for example `GET` @param target where it goes
    ASIOAUTH_DECL http_request(request_kind kind, std::string_view method, url target);

    /// @{
    /// What was set.
    request_kind kind() const noexcept { return kind_; }
    const std::string& method() const noexcept { return method_; }
    const url& target() const noexcept { return target_; }
    const http_fields& fields() const noexcept { return fields_; }
    /// @}
    /// The value of a field, names compared without case; empty if there is none.
    std::string_view field(std::string_view name) const noexcept { return fields_.first(name); }
    /// The body; empty if there is none.
    const secret& body() const noexcept { return body_; }
    /// The value of the Authorization field; empty if the request carries none.
    const secret& authorization() const noexcept { return authorization_; }
    /// Which addresses it may reach.
    const address_policy& policy() const noexcept { return policy_; }
    /// The certificate to show; no connection is shared between identities.
    const tls_identity& identity() const noexcept { return identity_; }
    /// What was set, or the default.
    bool stream_events() const noexcept { return stream_events_; }

    /// Go to another place.
    ASIOAUTH_DECL http_request& target(url u);
    /// Add a field or replace the one of that name. `Authorization`, `Host`, `Content-Length`,
    /// `Transfer-Encoding` and `Connection` are the library's own and are ignored here.
    ASIOAUTH_DECL http_request& field(std::string_view name, std::string_view value);
    /// Set the body and its `Content-Type`.
    ASIOAUTH_DECL http_request& body(std::string_view content_type, secret content);
    /// Set the value of the Authorization field.
    ASIOAUTH_DECL http_request& authorization(secret value);
    /// Set which addresses it may reach. Default: the public internet over https.
    ASIOAUTH_DECL http_request& policy(address_policy p);
    /// Set the certificate to show. Default: none.
    ASIOAUTH_DECL http_request& identity(tls_identity v);
    /** Hand a successful response of type `text/event-stream` over as soon as its head is there; what
        follows is read through http_response::events, for as long as the peer goes on and without
        a limit on its size. Every other response is read in full as ever. Has a meaning for
        request_kind::resource only. Default false.
    */
    http_request& stream_events(bool v) noexcept
    {
        stream_events_ = v;
        return *this;
    }

private:
    request_kind kind_ = request_kind::probe;
    std::string method_;
    url target_;
    http_fields fields_;
    secret body_;
    secret authorization_;
    address_policy policy_;
    tls_identity identity_;
    bool stream_events_ = false;
};

/// Prints method and URL without query; never a field, a body or a secret.
ASIOAUTH_DECL std::ostream& operator<<(std::ostream& os, const http_request& r);

/** Check that a request can be put on the wire as it is: token characters in the method and field
    names, no CR, LF or NUL anywhere in the head. @return errc::request_invalid otherwise.
*/
ASIOAUTH_DECL result<void> check_request(const http_request& r);

/// An HTTP response, with its body in full or as a stream of which nothing has been read.
class http_response
{
public:
    http_response() = default;
    /// @param status the HTTP status @param body in full
    http_response(int status, std::string body) : status_(status), body_(std::move(body)) {}

    /// The HTTP status; 0 for a default-constructed object.
    int status() const noexcept { return status_; }
    /// The body in full; empty while events() has it.
    const std::string& body() const noexcept { return body_; }
    /// All fields, in order.
    const http_fields& fields() const noexcept { return fields_; }
    /// The first value of a field, names compared without case; empty if there is none.
    std::string_view field(std::string_view name) const noexcept { return fields_.first(name); }
    /// Every value of a field, in order.
    ASIOAUTH_DECL std::vector<std::string_view> all(std::string_view name) const;
    /// Where the response came from: the request's URL, or the last one redirected to.
    const url& from() const noexcept { return from_; }
    /// The body that is still to come, in which case body() is empty; null if body() has it in full.
    /// Copies share it. The class is in `asioauth/body_stream.hpp`.
    const std::shared_ptr<body_stream>& events() const noexcept { return events_; }
    /// True for 200 to 299.
    bool is_success() const noexcept { return status_ >= 200 && status_ < 300; }

    /// @{
    /// For transports and tests: setters of what the getters tell. A field is added, also if there
    /// is one of that name.
    http_response& status(int s) noexcept
    {
        status_ = s;
        return *this;
    }
    http_response& field(std::string_view name, std::string_view value)
    {
        fields_.add(name, value);
        return *this;
    }
    http_response& fields(http_fields all) noexcept
    {
        fields_ = std::move(all);
        return *this;
    }
    ASIOAUTH_DECL http_response& body(std::string content);
    ASIOAUTH_DECL http_response& from(url u);
    ASIOAUTH_DECL http_response& events(std::shared_ptr<body_stream> s);
    /// @}

private:
    int status_ = 0;
    http_fields fields_;
    std::string body_;
    url from_;
    std::shared_ptr<body_stream> events_;
};

/// Prints the status and the number of bytes, or that they are still to come, only.
ASIOAUTH_DECL std::ostream& operator<<(std::ostream& os, const http_response& r);

} // namespace asioauth
