// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/client_auth.hpp>
#include <asioauth/url.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth {

/// What to do with the `resource` parameter (RFC 8707).
enum class resource_indicator
{
    send,    ///< the resource's own identifier
    omit,    ///< not at all, for servers that refuse it
    replace, ///< provider_policy::replacement_resource() instead
};

/** What one authorization server does differently, as data. It loosens one check for one issuer and
    nothing for any other. Setters chain.

    A server that publishes no metadata at all can be described whole: give the endpoints, and
    discovery needs no document.
*/
class provider_policy
{
public:
    /** @param issuer the identifier it is for, byte for byte as resource metadata or the user's
            configuration names it, but for a lone root slash. A `*` stands for one whole path
            segment or host label, for servers with an issuer for each tenant.
    */
    ASIOAUTH_DECL explicit provider_policy(std::string_view issuer);
    provider_policy() = default;

    /// The server does PKCE with S256 though its metadata does not say so.
    provider_policy& assume_s256(bool v) { return assume_s256_ = v, *this; }
    /// Applies to authorization, token and refresh requests alike.
    provider_policy& resource(resource_indicator v) { return resource_ = v, *this; }
    /// Implies resource_indicator::replace.
    ASIOAUTH_DECL provider_policy& replacement_resource(std::string_view v);
    /// What the metadata document may say as `issuer` instead of the identifier used; may have `*`
    /// as above. `{tenantid}` stands for itself: there are documents that say it. `iss` of a
    /// redirect is compared with the document's.
    ASIOAUTH_DECL provider_policy& add_issuer_alias(std::string_view v);
    /// Use this method whatever registration and metadata say.
    provider_policy& auth_method(token_endpoint_auth_method v) { return auth_method_ = v, *this; }
    /// A parameter for every authorization request, unless the caller sets it.
    ASIOAUTH_DECL provider_policy&
    add_authorization_parameter(std::string_view name, std::string_view value);
    /// An endpoint that the metadata lacks or has wrong: `authorization_endpoint`,
    /// `token_endpoint` and so on.
    ASIOAUTH_DECL provider_policy& override_endpoint(std::string_view name, std::string_view where);
    /// The member of the token response in which the tokens are (Slack: `authed_user`).
    provider_policy& token_member(std::string_view v) { return token_member_ = v, *this; }
    /// What this server writes as `token_type` where it means Bearer.
    ASIOAUTH_DECL provider_policy& add_bearer_name(std::string_view v);
    /// What an `error` of this server means that no standard names, for example
    /// errc::invalid_grant: what a program does next depends on it.
    ASIOAUTH_DECL provider_policy& add_error_name(std::string_view name, errc meaning);
    /// What separates scopes in the authorization request. Default: a space.
    provider_policy& scope_separator(std::string_view v) { return scope_separator_ = v, *this; }
    /// The audience of client assertions is the endpoint, not the issuer.
    provider_policy& assertion_audience_is_endpoint(bool v)
    {
        return assertion_audience_is_endpoint_ = v, *this;
    }
    /// The host that loopback redirect URIs have to name (`localhost` or `127.0.0.1`).
    provider_policy& redirect_host(std::string_view v) { return redirect_host_ = v, *this; }
    /// No `offline_access`, though it is advertised.
    provider_policy& omit_offline_access(bool v) { return omit_offline_access_ = v, *this; }
    /// Why, for people; shown in the notes of a discovery.
    provider_policy& reason(std::string_view v) { return reason_ = v, *this; }

    /** Check what setters cannot refuse. Discovery does so before it uses a policy.

        @return errc::invalid_argument for an issuer or alias that is not https (or http to
            loopback), an endpoint with an unknown name or without a safe address, a replacement
            resource that is not an absolute URI without fragment, a redirect host that is not
            loopback
    */
    ASIOAUTH_DECL result<void> check() const;

    /// Whether it is for this issuer.
    ASIOAUTH_DECL bool applies_to(std::string_view issuer) const noexcept;
    /// Whether a document of this issuer may say `found` as its `issuer`.
    ASIOAUTH_DECL bool is_alias(std::string_view found) const noexcept;

    /// @{
    /// What was set, or the default.
    const std::string& issuer() const noexcept { return issuer_; }
    bool assume_s256() const noexcept { return assume_s256_; }
    resource_indicator resource() const noexcept { return resource_; }
    const std::string& replacement_resource() const noexcept { return replacement_resource_; }
    const std::vector<std::string>& issuer_aliases() const noexcept { return issuer_aliases_; }
    std::optional<token_endpoint_auth_method> auth_method() const noexcept { return auth_method_; }
    const form_fields& authorization_parameters() const noexcept { return parameters_; }
    const form_fields& endpoints() const noexcept { return endpoints_; }
    const std::string& token_member() const noexcept { return token_member_; }
    const std::vector<std::string>& bearer_names() const noexcept { return bearer_names_; }
    const std::vector<std::pair<std::string, errc>>& error_names() const noexcept
    {
        return error_names_;
    }
    const std::string& scope_separator() const noexcept { return scope_separator_; }
    bool assertion_audience_is_endpoint() const noexcept { return assertion_audience_is_endpoint_; }
    const std::string& redirect_host() const noexcept { return redirect_host_; }
    bool omit_offline_access() const noexcept { return omit_offline_access_; }
    const std::string& reason() const noexcept { return reason_; }
    /// @}

    /// Equal if all is that was set.
    friend bool operator==(const provider_policy&, const provider_policy&) = default;

private:
    std::string issuer_;
    bool assume_s256_ = false;
    resource_indicator resource_ = resource_indicator::send;
    std::string replacement_resource_;
    std::vector<std::string> issuer_aliases_;
    std::optional<token_endpoint_auth_method> auth_method_;
    form_fields parameters_;
    form_fields endpoints_;
    std::string token_member_;
    std::vector<std::string> bearer_names_;
    std::vector<std::pair<std::string, errc>> error_names_;
    std::string scope_separator_ = " ";
    bool assertion_audience_is_endpoint_ = false;
    std::string redirect_host_;
    bool omit_offline_access_ = false;
    std::string reason_;
};

/// A table of policies. The first that applies counts. Copies share what is in it.
class provider_policies
{
public:
    /// None.
    provider_policies() = default;
    /// What is documented of public providers; each entry names its reason.
    ASIOAUTH_DECL static const provider_policies& known();

    /// Put one in front of the others.
    ASIOAUTH_DECL provider_policies& add(provider_policy v);
    /// The policy for this issuer; null if there is none. Valid until the table changes.
    ASIOAUTH_DECL const provider_policy* find(std::string_view issuer) const noexcept;
    /// The policy under which server_metadata::issuer of an earlier discovery was accepted: as
    /// find(), or else the first that has it as an alias.
    ASIOAUTH_DECL const provider_policy* find_recorded(std::string_view issuer) const noexcept;

    /// All of them, in the order in which they are tried.
    ASIOAUTH_DECL const std::vector<provider_policy>& all() const noexcept;

private:
    std::shared_ptr<const std::vector<provider_policy>> all_; // null: none
};

/// The `resource` to send for this discovery: its own, another or (empty) none. A replacement that
/// provider_policy::check() refuses is not sent, but its own.
ASIOAUTH_DECL std::string resource_to_send(const discovery& found);

} // namespace asioauth
