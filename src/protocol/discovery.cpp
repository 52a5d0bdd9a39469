// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/metadata_rules.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/mcp.hpp>

#include <algorithm>
#include <utility>

namespace asioauth {

namespace {

constexpr std::string_view resource_well_known = "/.well-known/oauth-protected-resource";
constexpr std::string_view oauth_well_known = "/.well-known/oauth-authorization-server";
constexpr std::string_view oidc_well_known = "/.well-known/openid-configuration";

// RFC 8414 section 3.1 and RFC 9728 section 3.1: a terminating slash goes before the insertion.
std::string_view without_final_slash(std::string_view path) noexcept
{
    return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

// No plan has more.
constexpr std::size_t most_candidates = 3;

// Unless it is there already.
void add_candidate(
    std::vector<candidate>& plan,
    const url& base,
    std::string_view origin,
    std::string_view path,
    provenance kind
)
{
    const bool fresh = std::none_of(plan.begin(), plan.end(), [&](const candidate& c) {
        const std::string& there = c.where.str();
        return there.size() == origin.size() + path.size() && there.starts_with(origin)
            && there.ends_with(path);
    });
    if (!fresh)
    {
        return;
    }
    if (result<url> made = with_path(base, path))
    {
        plan.emplace_back(*std::move(made), kind);
    }
}

bool is_scope_token(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < '\x7f' && c != '"' && c != '\\';
    });
}

void add_scope(std::vector<std::string>& scopes, std::string_view scope)
{
    if (is_scope_token(scope) && std::find(scopes.begin(), scopes.end(), scope) == scopes.end())
    {
        scopes.emplace_back(scope);
    }
}

std::string join(const std::vector<std::string>& scopes)
{
    std::string out;
    for (const std::string& s : scopes)
    {
        out += out.empty() ? "" : " ";
        out += s;
    }
    return out;
}

bool names_resource(std::string_view resource, const url& parsed, const url& asked)
{
    const std::string canonical = canonical_resource(asked);
    const bool differs_by_final_slash = covers(parsed, asked)
        && without_final_slash(parsed.path()) == without_final_slash(asked.path());
    return resource == canonical || resource == asked.str()
        || detail::differ_by_root_slash(resource, canonical) || differs_by_final_slash;
}

// A document that speaks for its whole host: who owns a path of it cannot have written it.
bool is_of_the_host(const url& document, const url& asked)
{
    const std::string_view path = document.path();
    return same_origin(document, asked) && path.starts_with(resource_well_known)
        && (path.size() == resource_well_known.size() || path[resource_well_known.size()] == '/');
}

} // namespace

namespace detail {

result<url> secure_url(
    std::string_view text,
    bool loopback_allowed,
    errc code,
    std::initializer_list<std::string_view> what
)
{
    result<url> parsed = url::parse(text);
    const std::string_view problem = !parsed ? "is not a usable web address"
        : parsed->has_fragment()             ? "contains a # part"
        : parsed->host_is_loopback() && !loopback_allowed
        ? "leads to this machine, which is not allowed here"
        : !parsed->is_https() && !parsed->host_is_loopback() ? "is not an https address"
                                                             : "";
    if (problem.empty())
    {
        return parsed;
    }
    // As diagnostics show it: without query, fragment and user information.
    diagnostics shown;
    shown.url(text);
    std::string message;
    for (const std::string_view part : what)
    {
        message += part;
    }
    message += ' ';
    message += problem;
    message += ": \"";
    message += presentable(shown.url(), 200);
    message += "\".";
    if (!parsed)
    {
        message += ' ';
        message += parsed.error().info().message();
    }
    return failure(code).message(message);
}

std::optional<std::vector<std::string>>
scope_tokens(const std::optional<std::vector<std::string>>& listed)
{
    std::optional<std::vector<std::string>> out;
    if (listed)
    {
        out.emplace();
        out->reserve(listed->size());
        for (const std::string& s : *listed)
        {
            add_scope(*out, s);
        }
    }
    return out;
}

std::string display_url(std::string_view text)
{
    if (text.empty())
    {
        return {};
    }
    const result<url> parsed = url::parse(text);
    return parsed && parsed->is_https() ? std::string(text) : std::string();
}

bool differ_by_root_slash(std::string_view a, std::string_view b)
{
    const std::string_view shorter = a.size() < b.size() ? a : b;
    const std::string_view longer = a.size() < b.size() ? b : a;
    if (longer.size() != shorter.size() + 1 || longer.back() != '/'
        || longer.substr(0, shorter.size()) != shorter)
    {
        return false;
    }
    const result<url> with_slash = url::parse(longer);
    return with_slash && with_slash->path() == "/" && !with_slash->has_query()
        && !with_slash->has_fragment();
}

} // namespace detail

std::string_view name_of(provenance p) noexcept
{
    switch (p)
    {
    case provenance::none: return "none";
    case provenance::challenge: return "challenge";
    case provenance::path_well_known: return "path_well_known";
    case provenance::root_well_known: return "root_well_known";
    case provenance::oauth_path_insert: return "oauth_path_insert";
    case provenance::oidc_path_insert: return "oidc_path_insert";
    case provenance::oidc_path_append: return "oidc_path_append";
    case provenance::default_endpoints: return "default_endpoints";
    case provenance::policy: return "policy";
    }
    return {};
}

std::string_view name_of(login_support s) noexcept
{
    switch (s)
    {
    case login_support::none: return "none";
    case login_support::available: return "available";
    case login_support::required: return "required";
    }
    return {};
}

std::vector<candidate> plan_resource_metadata(
    const url& resource, std::string_view header_url, std::vector<std::string>* notes
)
{
    std::vector<candidate> plan;
    plan.reserve(most_candidates);
    if (!header_url.empty())
    {
        result<url> named = detail::secure_url(
            header_url,
            resource.host_is_loopback(),
            errc::resource_metadata_invalid,
            {"The metadata address in the server's challenge"}
        );
        if (named)
        {
            plan.emplace_back(*std::move(named), provenance::challenge);
        }
        else if (notes != nullptr)
        {
            notes->push_back(named.error().info().message());
        }
    }
    const std::string origin = resource.origin();
    std::string below(without_final_slash(resource.path()));
    if (resource.has_query())
    {
        below += '?';
        below += resource.query();
    }
    if (!below.empty())
    {
        below.insert(0, resource_well_known);
        add_candidate(plan, resource, origin, below, provenance::path_well_known);
    }
    add_candidate(plan, resource, origin, resource_well_known, provenance::root_well_known);
    return plan;
}

std::vector<candidate> plan_server_metadata(const url& issuer)
{
    std::vector<candidate> plan;
    plan.reserve(most_candidates);
    const std::string origin = issuer.origin();
    const std::string path(without_final_slash(issuer.path()));
    const std::string oauth = std::string(oauth_well_known) + path;
    const std::string oidc = std::string(oidc_well_known) + path;
    add_candidate(plan, issuer, origin, oauth, provenance::oauth_path_insert);
    if (!path.empty())
    {
        add_candidate(plan, issuer, origin, oidc, provenance::oidc_path_insert);
    }
    const std::string appended = path + std::string(oidc_well_known);
    add_candidate(plan, issuer, origin, appended, provenance::oidc_path_append);
    return plan;
}

result<url> issuer_url(std::string_view issuer, const address_policy& policy)
{
    result<url> parsed =
        detail::secure_url(issuer, policy.loopback_allowed(), errc::issuer_invalid, {"The issuer"});
    if (parsed && parsed->has_query())
    {
        return failure(errc::issuer_invalid).message("The issuer contains a query.");
    }
    return parsed;
}

http_request make_metadata_request(const url& where, const address_policy& policy)
{
    http_request request(request_kind::metadata, "GET", where);
    request.field("Accept", "application/json")
        .field("MCP-Protocol-Version", mcp::latest_version)
        .policy(policy);
    return request;
}

result<resource_metadata> read_resource_metadata(
    const http_response& response, const url& asked, const address_policy& policy, const url& place
)
{
    const auto located = [&response](failure f) {
        return f.where(stage::resource_metadata)
            .url(response.from().str())
            .http_status(response.status());
    };
    if (response.status() != 200)
    {
        return located(errc::resource_metadata_not_found);
    }
    const result<detail::json_object> document = detail::read_json_body(response);
    if (!document)
    {
        return located(document.error());
    }

    resource_metadata out;
    result<std::string> resource = document->string("resource");
    if (!resource)
    {
        return located(resource.error());
    }
    const result<url> parsed = url::parse(*resource);
    if (!parsed || parsed->has_fragment())
    {
        return located(failure(errc::resource_metadata_invalid)
                           .message(
                               parsed ? std::string("Member \"resource\" contains a # part.")
                                      : "Member \"resource\" is not a usable web address: "
                                       + parsed.error().info().message()
                           ));
    }
    const bool hosts_own = is_of_the_host(place, asked) || is_of_the_host(response.from(), asked);
    const bool is_parent = hosts_own && covers(*parsed, asked);
    if (!names_resource(*resource, *parsed, asked) && !is_parent)
    {
        return located(failure(errc::resource_mismatch)
                           .message(
                               "The metadata is for \"" + presentable(*resource, 200)
                               + "\", asked for was \"" + asked.without_query() + "\"."
                           ));
    }
    out.resource = *std::move(resource);

    auto servers = document->optional_strings("authorization_servers");
    if (!servers)
    {
        return located(servers.error());
    }
    if (!*servers || (*servers)->empty())
    {
        return located(errc::authorization_server_missing);
    }
    std::optional<failure> first_refused;
    std::vector<std::string>& kept = out.authorization_servers;
    for (const std::string& server : **servers)
    {
        if (kept.size() == limits::authorization_servers)
        {
            break;
        }
        // One that cannot be used, such as a developer's own machine, does not spoil the others.
        if (const result<url> checked = issuer_url(server, policy); !checked)
        {
            first_refused = first_refused ? first_refused : checked.error();
        }
        else if (std::find(kept.begin(), kept.end(), server) == kept.end())
        {
            kept.push_back(server);
        }
    }
    if (kept.empty() && first_refused)
    {
        return located(*first_refused);
    }
    if (first_refused)
    {
        out.notes.push_back(
            "An authorization server is ignored: " + first_refused->info().message()
        );
    }

    const auto list = [&](std::string_view name) {
        return document->usable_strings(name, out.notes);
    };
    const auto page = [&](std::string_view name) {
        const result<std::string_view> text = document->optional_view(name);
        return text ? detail::display_url(*text) : std::string();
    };
    out.scopes_supported = detail::scope_tokens(list("scopes_supported"));
    out.bearer_methods_supported = list("bearer_methods_supported");
    out.dpop_signing_alg_values_supported = list("dpop_signing_alg_values_supported");
    out.dpop_bound_access_tokens_required =
        document->usable_bool("dpop_bound_access_tokens_required", out.notes);
    out.tls_client_certificate_bound_access_tokens =
        document->usable_bool("tls_client_certificate_bound_access_tokens", out.notes);
    out.resource_name = document->display_string("resource_name");
    out.resource_documentation = page("resource_documentation");
    out.resource_policy_uri = page("resource_policy_uri");
    out.resource_tos_uri = page("resource_tos_uri");
    out.logo_uri = page("logo_uri");
    return out;
}

std::string select_scope(const discovery& found, std::string_view explicit_scope)
{
    if (!explicit_scope.empty())
    {
        return std::string(explicit_scope);
    }
    std::vector<std::string> scopes;
    std::string_view challenged = found.challenged_scope;
    while (!challenged.empty())
    {
        const std::string_view scope = challenged.substr(0, challenged.find(' '));
        add_scope(scopes, scope);
        challenged.remove_prefix(std::min(scope.size() + 1, challenged.size()));
    }
    if (scopes.empty() && found.resource_document && found.resource_document->scopes_supported)
    {
        scopes = *found.resource_document->scopes_supported;
    }
    constexpr std::string_view offline = "offline_access";
    const auto& advertised = found.server.scopes_supported;
    if (found.provider && found.provider->omit_offline_access())
    {
        std::erase(scopes, offline);
    }
    // Where no scope is asked for the server decides, which this one alone would undo.
    else if (!scopes.empty() && advertised
             && std::find(advertised->begin(), advertised->end(), offline) != advertised->end())
    {
        add_scope(scopes, offline);
    }
    return join(scopes);
}

} // namespace asioauth
