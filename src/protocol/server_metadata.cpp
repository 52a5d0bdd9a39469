// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/metadata_rules.hpp"

#include <asioauth/protocol/discovery.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace asioauth {

namespace {

bool lists(const std::optional<std::vector<std::string>>& values, std::string_view wanted)
{
    return values && std::find(values->begin(), values->end(), wanted) != values->end();
}

class endpoint_member
{
public:
    std::string_view name;
    url server_metadata::*place;
    bool required;
};

constexpr std::array endpoint_members{
    endpoint_member{"authorization_endpoint", &server_metadata::authorization_endpoint, true},
    endpoint_member{"token_endpoint", &server_metadata::token_endpoint, true},
    endpoint_member{"registration_endpoint", &server_metadata::registration_endpoint, false},
    endpoint_member{"revocation_endpoint", &server_metadata::revocation_endpoint, false},
    endpoint_member{"introspection_endpoint", &server_metadata::introspection_endpoint, false},
    endpoint_member{"jwks_uri", &server_metadata::jwks_uri, false},
    endpoint_member{
        "pushed_authorization_request_endpoint",
        &server_metadata::pushed_authorization_request_endpoint,
        false},
    endpoint_member{
        "device_authorization_endpoint", &server_metadata::device_authorization_endpoint, false},
    endpoint_member{"userinfo_endpoint", &server_metadata::userinfo_endpoint, false},
};

std::string quoted_member(std::string_view name)
{
    std::string out("Member \"");
    out += name;
    out += '"';
    return out;
}

// What is read of one document, and the rules that apply to it.
class metadata_reader
{
public:
    metadata_reader(
        const detail::json_object& document,
        std::string_view issuer,
        const address_policy& policy,
        const provider_policy* provider
    )
        : document_(document)
        , issuer_(issuer)
        , policy_(policy)
        , provider_(provider)
    {}

    result<server_metadata> read()
    {
        if (const result<void> good = read_issuer(); !good)
        {
            return good.error();
        }
        out_.grant_types_supported = list("grant_types_supported");
        for (const endpoint_member& member : endpoint_members)
        {
            if (const result<void> good = read_endpoint(member); !good)
            {
                return good.error();
            }
        }
        if (!out_.authorization_endpoint.empty())
        {
            if (const result<void> good = check_code_flow(); !good)
            {
                return good.error();
            }
        }
        read_aliases();
        read_capabilities();
        return std::move(out_);
    }

private:
    std::optional<std::vector<std::string>> list(std::string_view name)
    {
        return document_.usable_strings(name, out_.notes);
    }
    bool flag(std::string_view name) { return document_.usable_bool(name, out_.notes); }
    std::string page(std::string_view name)
    {
        const result<std::string_view> text = document_.optional_view(name);
        return text ? detail::display_url(*text) : std::string();
    }

    result<void> read_issuer()
    {
        result<std::string> issuer = document_.string("issuer");
        if (!issuer)
        {
            return issuer.error();
        }
        if (*issuer != issuer_ && provider_ != nullptr && provider_->is_alias(*issuer))
        {
            // What it matches is checked, and it may be a template, which is no URL.
            out_.notes.push_back(
                "The metadata says \"" + presentable(*issuer, 200)
                + "\" as its issuer, which the policy for \"" + presentable(issuer_, 200)
                + "\" allows."
            );
            out_.issuer = *std::move(issuer);
            return {};
        }
        if (*issuer != issuer_)
        {
            if (!detail::differ_by_root_slash(*issuer, issuer_))
            {
                return failure(errc::issuer_mismatch)
                    .message(
                        "The metadata is of \"" + presentable(*issuer, 200) + "\", asked for was \""
                        + presentable(issuer_, 200) + "\"."
                    );
            }
            out_.issuer_slash_tolerated = true;
        }
        if (const result<url> checked = issuer_url(*issuer, policy_); !checked)
        {
            return checked.error();
        }
        out_.issuer = *std::move(issuer);
        return {};
    }

    // RFC 8414 section 2: no authorization endpoint is needed where no grant uses one, as on
    // servers for devices and for programs without a user.
    bool is_without_redirects() const
    {
        return out_.grant_types_supported
            && !lists(out_.grant_types_supported, "authorization_code")
            && !lists(out_.grant_types_supported, "implicit");
    }

    result<void> read_endpoint(const endpoint_member& member)
    {
        const std::string* const given = override_of(member.name);
        result<std::string_view> text = given != nullptr ? result<std::string_view>(*given)
                                                         : document_.optional_view(member.name);
        if (!text && !member.required)
        {
            text = document_.usable_string(member.name, out_.notes);
        }
        if (!text)
        {
            return text.error();
        }
        if (text->empty())
        {
            const bool needed = member.required
                && (member.place != &server_metadata::authorization_endpoint
                    || !is_without_redirects());
            if (needed)
            {
                return failure(errc::endpoint_missing)
                    .message(quoted_member(member.name) + " is missing.");
            }
            return {};
        }
        result<url> parsed = detail::secure_url(
            *text,
            policy_.loopback_allowed(),
            errc::endpoint_insecure,
            {"Member \"", member.name, "\""}
        );
        if (parsed)
        {
            out_.*member.place = *std::move(parsed);
            return {};
        }
        // A login can do without it, and nothing is sent to a place that was not kept.
        if (!member.required && given == nullptr)
        {
            out_.notes.push_back(parsed.error().info().message() + " It is ignored.");
            return {};
        }
        return parsed.error();
    }

    const std::string* override_of(std::string_view name) const
    {
        if (provider_ != nullptr)
        {
            for (const auto& [overridden, where] : provider_->endpoints())
            {
                if (overridden == name)
                {
                    return &where;
                }
            }
        }
        return nullptr;
    }

    result<void> check_code_flow()
    {
        if (provider_ == nullptr || !provider_->assume_s256())
        {
            const auto challenges = document_.optional_strings("code_challenge_methods_supported");
            if (!challenges)
            {
                return challenges.error();
            }
            if (!lists(*challenges, "S256"))
            {
                return failure(errc::pkce_not_supported)
                    .message(
                        quoted_member("code_challenge_methods_supported")
                        + (*challenges ? " does not list S256." : " is missing.")
                    );
            }
        }
        const auto response_types = list("response_types_supported");
        if (response_types && !lists(response_types, "code"))
        {
            return failure(errc::response_type_not_supported)
                .message(quoted_member("response_types_supported") + " does not list \"code\".");
        }
        return {};
    }

    void read_aliases()
    {
        constexpr std::string_view name = "mtls_endpoint_aliases";
        if (!document_.has(name))
        {
            return;
        }
        const auto* const aliases = document_.raw().if_contains(name)->if_object();
        if (aliases == nullptr)
        {
            out_.notes.push_back(quoted_member(name) + " is not an object and is ignored.");
            return;
        }
        const detail::json_members object(*aliases);
        for (const endpoint_member& member : endpoint_members)
        {
            const std::string_view text = object.usable_string(member.name, out_.notes);
            if (text.empty())
            {
                continue;
            }
            result<url> parsed = detail::secure_url(
                text,
                policy_.loopback_allowed(),
                errc::endpoint_insecure,
                {"Member \"", name, "\" has a ", member.name, " that"}
            );
            if (parsed)
            {
                out_.mtls_endpoint_aliases.emplace_back(member.name, *std::move(parsed));
            }
            else
            {
                out_.notes.push_back(parsed.error().info().message() + " It is ignored.");
            }
        }
    }

    void read_capabilities()
    {
        out_.scopes_supported = detail::scope_tokens(list("scopes_supported"));
        out_.token_endpoint_auth_methods_supported = list("token_endpoint_auth_methods_supported");
        out_.token_endpoint_auth_signing_alg_values_supported =
            list("token_endpoint_auth_signing_alg_values_supported");
        out_.request_object_signing_alg_values_supported =
            list("request_object_signing_alg_values_supported");
        out_.id_token_signing_alg_values_supported = list("id_token_signing_alg_values_supported");
        out_.dpop_signing_alg_values_supported = list("dpop_signing_alg_values_supported");
        out_.response_modes_supported = list("response_modes_supported");
        out_.protected_resources = list("protected_resources");
        out_.authorization_response_iss_parameter_supported =
            flag("authorization_response_iss_parameter_supported");
        out_.client_id_metadata_document_supported = flag("client_id_metadata_document_supported");
        out_.require_pushed_authorization_requests = flag("require_pushed_authorization_requests");
        out_.require_signed_request_object = flag("require_signed_request_object");
        out_.tls_client_certificate_bound_access_tokens =
            flag("tls_client_certificate_bound_access_tokens");
        out_.service_documentation = page("service_documentation");
        out_.op_policy_uri = page("op_policy_uri");
        out_.op_tos_uri = page("op_tos_uri");
        out_.logo_uri = page("logo_uri");
    }

    const detail::json_object& document_;
    std::string_view issuer_;
    const address_policy& policy_;
    const provider_policy* provider_;
    server_metadata out_;
};

// "The policy for ... applies", with its reason.
std::string policy_note(const provider_policy& provider)
{
    std::string out = "The policy for \"";
    out += presentable(provider.issuer(), 200);
    out += "\" applies";
    out += provider.reason().empty() ? "." : ": ";
    out += provider.reason();
    return out;
}

url at_origin(const url& resource, std::string_view path)
{
    result<url> made = with_path(resource, path);
    return made ? *std::move(made) : url();
}

} // namespace

namespace detail {

bool is_endpoint_name(std::string_view name) noexcept
{
    return std::any_of(endpoint_members.begin(), endpoint_members.end(), [name](const auto& m) {
        return m.name == name;
    });
}

} // namespace detail

result<server_metadata> read_server_metadata(
    const http_response& response,
    std::string_view issuer,
    const address_policy& policy,
    const provider_policy* provider
)
{
    const auto located = [&response](failure f) {
        return f.where(stage::server_metadata)
            .url(response.from().str())
            .http_status(response.status());
    };
    if (response.status() != 200)
    {
        return located(errc::server_metadata_not_found);
    }
    const result<detail::json_object> document = detail::read_json_body(response);
    if (!document)
    {
        return located(document.error());
    }
    if (provider != nullptr && !provider->applies_to(issuer))
    {
        provider = nullptr;
    }
    if (provider != nullptr)
    {
        if (const result<void> good = provider->check(); !good)
        {
            return located(good.error());
        }
    }
    result<server_metadata> out = metadata_reader(*document, issuer, policy, provider).read();
    if (!out)
    {
        return located(out.error());
    }
    if (provider != nullptr)
    {
        out->notes.push_back(policy_note(*provider));
    }
    return out;
}

std::optional<server_metadata>
described_server_metadata(const provider_policy& provider, std::string_view issuer)
{
    if (!provider.applies_to(issuer) || !provider.check())
    {
        return std::nullopt;
    }
    server_metadata out;
    out.issuer = issuer;
    out.found = provenance::policy;
    for (const endpoint_member& member : endpoint_members)
    {
        for (const auto& [name, where] : provider.endpoints())
        {
            if (name == member.name)
            {
                out.*member.place = url::parse(where).value(); // checked above
            }
        }
    }
    if (out.authorization_endpoint.empty() || out.token_endpoint.empty())
    {
        return std::nullopt;
    }
    out.notes.push_back(policy_note(provider));
    return out;
}

bool protects(const server_metadata& server, std::string_view resource)
{
    const auto& listed = server.protected_resources;
    return !listed || std::any_of(listed->begin(), listed->end(), [resource](std::string_view one) {
        return one == resource || detail::differ_by_root_slash(one, resource);
    });
}

server_metadata default_server_metadata(const url& resource)
{
    server_metadata out;
    out.issuer = resource.origin();
    out.authorization_endpoint = at_origin(resource, "/authorize");
    out.token_endpoint = at_origin(resource, "/token");
    out.registration_endpoint = at_origin(resource, "/register");
    out.found = provenance::default_endpoints;
    return out;
}

} // namespace asioauth
