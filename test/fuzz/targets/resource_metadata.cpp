// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Protected-resource metadata. A line with the URL that was asked for, then the document.

// max_len: 16384
// dictionaries: json metadata url

#include "fuzz/fuzz.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/discovery.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <set>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

namespace json = boost::json;
using list = std::optional<std::vector<std::string>>;

void put(json::object& o, const char* name, const list& values)
{
    if (values)
        o[name] = json::array(values->begin(), values->end());
}

void put(json::object& o, const char* name, const std::string& value)
{
    if (!value.empty())
        o[name] = value;
}

// The document that says what was read.
std::string written(const resource_metadata& m)
{
    json::object o;
    o["resource"] = m.resource;
    put(o, "authorization_servers", list(m.authorization_servers));
    put(o, "scopes_supported", m.scopes_supported);
    put(o, "resource_name", m.resource_name);
    put(o, "resource_documentation", m.resource_documentation);
    put(o, "resource_policy_uri", m.resource_policy_uri);
    put(o, "resource_tos_uri", m.resource_tos_uri);
    put(o, "logo_uri", m.logo_uri);
    put(o, "bearer_methods_supported", m.bearer_methods_supported);
    put(o, "dpop_signing_alg_values_supported", m.dpop_signing_alg_values_supported);
    o["dpop_bound_access_tokens_required"] = m.dpop_bound_access_tokens_required;
    o["tls_client_certificate_bound_access_tokens"] = m.tls_client_certificate_bound_access_tokens;
    return json::serialize(o);
}

void check_document(const resource_metadata& m, const url& asked, const address_policy& policy)
{
    const auto resource = url::parse(m.resource);
    check(resource && !resource->has_fragment(), "a resource is a URL without fragment");
    check(same_origin(*resource, asked), "a document speaks for its own origin only");
    check(
        covers(*resource, asked) || resource->path() == asked.path()
            || (resource->path().size() + asked.path().size() <= 1),
        "a document speaks for what it was asked for"
    );
    check(!m.authorization_servers.empty(), "there is an authorization server");
    check(
        m.authorization_servers.size() <= limits::authorization_servers, "there are not too many"
    );
    for (const auto& issuer : m.authorization_servers)
    {
        const auto where = issuer_url(issuer, policy);
        check(where.has_value(), "an issuer is an issuer");
        check(
            where->is_https() || (policy.loopback_allowed() && where->host_is_loopback()),
            "an issuer is asked over TLS"
        );
        for (const auto& c : plan_server_metadata(*where))
            check(same_origin(c.where, *where), "metadata is asked for at its issuer");
    }
    if (m.scopes_supported)
    {
        check(
            m.scopes_supported->size() <= limits::list_elements, "a list is as long as it may be"
        );
        std::set<std::string> once;
        for (const auto& scope : *m.scopes_supported)
        {
            check(once.insert(scope).second, "a scope is kept once");
            check(
                !scope.empty() && scope.find_first_of(" \"\\\r\n") == std::string::npos,
                "a scope has the characters of one"
            );
        }
    }
    fuzz::check_presentable(m.resource_name);
    for (const auto* page :
         {&m.resource_documentation, &m.resource_policy_uri, &m.resource_tos_uri, &m.logo_uri})
        check(page->empty() || url::parse(*page)->is_https(), "a page for people is https");
    for (const auto& note : m.notes)
        fuzz::check_presentable(note, 2048);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    http_response response = in.response("https://mcp.example/.well-known/x");
    const url asked = in.line_as_url("https://mcp.example/mcp");
    const auto body = in.rest();
    response.body(std::string(body));
    const address_policy policy = address_policy().allow_loopback(asked.host_is_loopback());

    fuzz::meter meter;
    const auto found = read_resource_metadata(response, asked, policy);
    meter.check_linear(size, 512, 64 * 1024);
    if (!found)
    {
        fuzz::check_failure(found.error());
        return 0;
    }
    check(response.status() == 200, "metadata comes with status 200");
    check_document(*found, asked, policy);

    http_response again(200, written(*found));
    again.field("Content-Type", "application/json").from(response.from());
    const auto second = read_resource_metadata(again, asked, policy);
    check(second.has_value(), "what was read can be read again");
    check_equal(written(*second), written(*found), "what was read is read as the same again");
    check(second->notes.empty(), "nothing that was kept has to be left out");

    discovery d;
    d.requested = asked;
    d.resource_document = *found;
    const std::string scope = select_scope(d, "");
    check(scope.find_first_of("\r\n\"\\") == std::string::npos, "a selected scope can be sent");
    return 0;
}
