// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/protocol/provider_policy.hpp>

namespace asioauth {

namespace {

// An entry is for what the provider documents or what its own metadata shows, and no broader than
// that. One that is no longer needed does no harm: it loosens what the server then does right.

provider_policies make_known()
{
    provider_policies out;
    out.add(
        provider_policy("https://login.microsoftonline.com/*/v2.0")
            .add_issuer_alias("https://login.microsoftonline.com/{tenantid}/v2.0")
            .add_issuer_alias("https://login.microsoftonline.com/*/v2.0")
            .assume_s256(true)
            .resource(resource_indicator::omit)
            .reason(
                "Microsoft Entra ID does PKCE without saying so, refuses a resource that is not "
                "that of the scope, and names tenants by a template or by their identifier."
            )
    );
    // The first version takes a resource, and nothing else that says for whom a token is.
    out.add(
        provider_policy("https://login.microsoftonline.com/*")
            .add_issuer_alias("https://sts.windows.net/{tenantid}/")
            .add_issuer_alias("https://sts.windows.net/*/")
            .assume_s256(true)
            .reason("Microsoft Entra ID does PKCE without saying so and has another issuer in its "
                    "first version.")
    );
    out.add(provider_policy("https://sts.windows.net/*/")
                .assume_s256(true)
                .reason("Microsoft Entra ID does PKCE without saying so."));
    out.add(provider_policy("https://cognito-idp.*.amazonaws.com/*")
                .assume_s256(true)
                .reason("Amazon Cognito does PKCE without saying so."));
    out.add(provider_policy("https://accounts.google.com")
                .add_authorization_parameter("access_type", "offline")
                .omit_offline_access(true)
                .reason("Google issues refresh tokens for access_type=offline and knows no scope "
                        "offline_access."));
    out.add(
        provider_policy("https://github.com/login/oauth")
            .override_endpoint("authorization_endpoint", "https://github.com/login/oauth/authorize")
            .override_endpoint("token_endpoint", "https://github.com/login/oauth/access_token")
            .assume_s256(true)
            .add_error_name("bad_verification_code", errc::invalid_grant)
            .add_error_name("bad_refresh_token", errc::invalid_grant)
            .add_error_name("incorrect_client_credentials", errc::invalid_client)
            .reason("GitHub's endpoints are documented, and so are its names of errors.")
    );
    out.add(
        provider_policy("https://mcp.slack.com")
            .add_issuer_alias("https://slack.com")
            .token_member("authed_user")
            .scope_separator(",")
            .add_bearer_name("user")
            .add_bearer_name("bot")
            .add_error_name("invalid_code", errc::invalid_grant)
            .add_error_name("invalid_refresh_token", errc::invalid_grant)
            .add_error_name("bad_client_secret", errc::invalid_client)
            .add_error_name("invalid_client_id", errc::invalid_client)
            .reason(
                "Slack's issuer has another host than its MCP server, its scopes are between "
                "commas, its user tokens are below authed_user, and it has names of its own for "
                "types and errors."
            )
    );
    out.add(provider_policy("https://login.salesforce.com")
                .assume_s256(true)
                .redirect_host("localhost")
                .reason("Salesforce does PKCE without saying so and takes loopback redirects to "
                        "localhost only."));
    out.add(
        provider_policy("https://context7.com")
            .auth_method(token_endpoint_auth_method::client_secret_post)
            .reason("Context7 advertises client_secret_basic and understands client_secret_post.")
    );
    return out;
}

} // namespace

const provider_policies& provider_policies::known()
{
    static const provider_policies table = make_known();
    return table;
}

} // namespace asioauth
