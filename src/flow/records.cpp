// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "flow/flows.hpp"
#include "protocol/time_arithmetic.hpp"

#include <boost/json/value.hpp>

#include <array>
#include <utility>

namespace asioauth::detail {
namespace {

namespace json = boost::json;

constexpr int record_version = 2;

// Parts of a key are joined with a line feed, which none of them can contain: two different tuples
// never make one key.
std::string joined(std::initializer_list<std::string_view> parts)
{
    std::size_t size = parts.size();
    for (const auto part : parts)
        size += part.size();
    std::string out;
    out.reserve(size);
    bool first = true;
    for (auto part : parts)
    {
        if (!first)
            out += '\n';
        first = false;
        for (char c : part)
        {
            if (c == '\n' || c == '%')
                out += c == '%' ? "%25" : "%0A";
            else
                out += c;
        }
    }
    return out;
}

// What makes a registration another one. A key that has changed is not what the server knows.
std::string profile_part(const client_profile& profile)
{
    std::string grants;
    for (const auto& type : profile.grant_types())
        grants.append(type).append(" ");
    return joined(
        {profile.client_name(),
         profile.software_id(),
         asioauth::name_of(profile.auth_method()),
         profile.scope(),
         grants,
         profile.key().empty() ? std::string_view() : profile.key().thumbprint(),
         profile.jwks_uri()}
    );
}

constexpr std::array sources = {
    std::pair(registration_source::pre_registered, std::string_view("pre_registered")),
    std::pair(registration_source::dynamic, std::string_view("dynamic")),
    std::pair(registration_source::metadata_document, std::string_view("metadata_document")),
};

std::string_view name_of(registration_source s)
{
    for (const auto& [value, name] : sources)
    {
        if (value == s)
            return name;
    }
    return {};
}

std::int64_t seconds_of(std::chrono::system_clock::time_point t)
{
    return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

void put(json_writer& out, const registration& client)
{
    out.text("issuer", client.issuer);
    out.text("client_id", client.client_id);
    out.text("client_secret", client.client_secret.reveal());
    out.text("token_endpoint_auth_method", asioauth::name_of(client.auth_method));
    out.texts("redirect_uris", client.redirect_uris);
    out.text("scope", client.scope);
    out.text("registration_client_uri", client.registration_client_uri.str());
    out.text("registration_access_token", client.registration_access_token.reveal());
    if (client.client_secret_expires_at)
        out.number("client_secret_expires_at", seconds_of(*client.client_secret_expires_at));
    out.text("source", name_of(client.source));
    out.text("stored_as", client.stored_as);
}

class kept_endpoint
{
public:
    const char* name;
    url server_metadata::*place;
};

// What a session may need of the server after the login.
constexpr std::array kept_endpoints = {
    kept_endpoint{"authorization_endpoint", &server_metadata::authorization_endpoint},
    kept_endpoint{"token_endpoint", &server_metadata::token_endpoint},
    kept_endpoint{"registration_endpoint", &server_metadata::registration_endpoint},
    kept_endpoint{"revocation_endpoint", &server_metadata::revocation_endpoint},
    kept_endpoint{"introspection_endpoint", &server_metadata::introspection_endpoint},
    kept_endpoint{"jwks_uri", &server_metadata::jwks_uri},
};

constexpr const char* certificate_bound = "tls_client_certificate_bound_access_tokens";

void put(json_writer& out, const server_metadata& server)
{
    for (const auto& e : kept_endpoints)
        out.text(e.name, (server.*e.place).str());
    if (!server.mtls_endpoint_aliases.empty())
    {
        out.begin("mtls_endpoint_aliases");
        for (const auto& [name, where] : server.mtls_endpoint_aliases)
            out.text(name, where.str());
        out.end();
    }
    out.flag("iss_required", server.authorization_response_iss_parameter_supported);
    out.flag(certificate_bound, server.tls_client_certificate_bound_access_tokens);
    out.flag("default_endpoints", server.found == provenance::default_endpoints);
}

failure invalid()
{
    failure wrong(errc::store_record_invalid);
    wrong.where(stage::store);
    return wrong;
}

// Records are our own, but a store is a file that anybody may have touched: read them as strictly
// as a peer's answer.
class reader
{
public:
    explicit reader(const json_value& o) : object_(o) {}

    // For as long as the object lives: secrets are not copied on the way.
    std::string_view text(std::string_view name) { return text_of(object_.if_contains(name)); }

    std::string_view text_of(const json_value* v)
    {
        if (!v)
            return {};
        if (const auto* s = v->if_string())
            return *s;
        good_ = false;
        return {};
    }

    std::optional<std::chrono::system_clock::time_point> time(const char* name)
    {
        const auto* v = object_.if_contains(name);
        if (!v)
            return std::nullopt;
        const auto* n = v->if_int64();
        const auto when = n != nullptr ? time_at(*n) : std::nullopt;
        if (when)
            return when;
        good_ = false;
        return std::nullopt;
    }

    std::vector<std::string> texts(const char* name)
    {
        std::vector<std::string> out;
        const auto* v = object_.if_contains(name);
        if (!v)
            return out;
        const auto* a = v->if_array();
        good_ = good_ && a;
        if (!a)
            return out;
        out.reserve(a->size());
        for (const auto& e : *a)
        {
            if (const auto* s = e.if_string())
                out.emplace_back(*s);
            else
                good_ = false;
        }
        return out;
    }

    url address(std::string_view name) { return address_of(object_.if_contains(name)); }

    url address_of(const json_value* v)
    {
        const auto s = text_of(v);
        if (s.empty())
            return {};
        auto parsed = url::parse(s);
        if (parsed)
            return *parsed;
        good_ = false;
        return {};
    }

    bool flag(const char* name)
    {
        const auto* v = object_.if_contains(name);
        const auto* b = v ? v->if_bool() : nullptr;
        good_ = good_ && (!v || b);
        return b && *b;
    }

    const json_value* object(const char* name)
    {
        const auto* v = object_.if_contains(name);
        const auto* o = v ? v->if_object() : nullptr;
        good_ = good_ && (!v || o);
        return o;
    }

    bool good() const noexcept { return good_; }

private:
    const json_value& object_;
    bool good_ = true;
};

result<registration> registration_of(const json_value& o)
{
    reader in(o);
    registration out;
    out.issuer = in.text("issuer");
    out.client_id = in.text("client_id");
    out.client_secret = secret(in.text("client_secret"));
    const auto method = auth_method_from_name(in.text("token_endpoint_auth_method"));
    out.redirect_uris = in.texts("redirect_uris");
    out.scope = in.text("scope");
    out.registration_client_uri = in.address("registration_client_uri");
    out.registration_access_token = secret(in.text("registration_access_token"));
    out.client_secret_expires_at = in.time("client_secret_expires_at");
    out.stored_as = in.text("stored_as");
    const std::string_view source = in.text("source");
    bool known = source.empty();
    for (const auto& [value, name] : sources)
    {
        if (name != source)
            continue;
        out.source = value;
        known = true;
    }
    if (!in.good() || !known || !method || out.issuer.empty() || out.client_id.empty())
        return invalid();
    out.auth_method = *method;
    return out;
}

result<server_metadata> server_of(const json_value& o)
{
    reader in(o);
    server_metadata out;
    for (const auto& e : kept_endpoints)
        out.*e.place = in.address(e.name);
    if (const auto* aliases = in.object("mtls_endpoint_aliases"))
    {
        reader each(*aliases);
        for (const auto& entry : *aliases)
        {
            out.mtls_endpoint_aliases.emplace_back(entry.key(), each.address_of(&entry));
        }
        if (!each.good())
            return invalid();
    }
    out.authorization_response_iss_parameter_supported = in.flag("iss_required");
    out.tls_client_certificate_bound_access_tokens = in.flag(certificate_bound);
    if (in.flag("default_endpoints"))
        out.found = provenance::default_endpoints;
    if (!in.good())
        return invalid();
    return out;
}

// What a later step needs of the discovery. Permissions of the call are not kept with it.
void put(json_writer& out, const discovery& found)
{
    out.text("requested", found.requested.str());
    out.text("resource", found.resource);
    out.text("issuer", found.server.issuer);
    out.begin("server");
    put(out, found.server);
    out.end();
}

result<discovery> discovery_of(reader& in)
{
    discovery out;
    out.requested = in.address("requested");
    out.resource = in.text("resource");
    out.login = login_support::required;
    out.policy.allow_loopback(out.requested.host_is_loopback());
    const auto* server = in.object("server");
    if (!server)
        return invalid();
    auto metadata = server_of(*server);
    if (!metadata)
        return metadata.error();
    out.server = std::move(*metadata);
    out.server.issuer = in.text("issuer");
    return out;
}

result<registration> client_of(reader& in)
{
    const auto* client = in.object("client");
    if (!client)
        return invalid();
    return registration_of(*client);
}

void put(json_writer& out, const signing_key& dpop_key)
{
    if (!dpop_key.empty())
        out.text("dpop_key", dpop_key.private_jwk().reveal());
}

result<signing_key> key_of(reader& in)
{
    const std::string_view text = in.text("dpop_key");
    if (text.empty())
        return signing_key();
    auto read = signing_key::from_jwk(secret(text));
    if (!read)
        return invalid();
    return read;
}

record record_of(json_writer& document, const std::string& user, const std::string& issuer)
{
    record out;
    document.number("version", record_version);
    out.document = document.finish();
    out.user = user;
    out.issuer = issuer;
    return out;
}

// The object in a record of the version this code writes.
result<json_object> open(const record& r)
{
    auto parsed =
        json_object::parse(r.document.reveal(), limits::json_depth, json_object::any_memory);
    if (!parsed)
        return invalid();
    const auto* version = parsed->raw().if_contains("version");
    const auto* number = version ? version->if_int64() : nullptr;
    if (number && *number > record_version)
        return failure(errc::store_version_newer).where(stage::store);
    if (!number || *number != record_version)
        return invalid();
    return parsed;
}

} // namespace

record_key registration_key(
    const std::string& issuer, const client_profile& profile, const redirect_target& target
)
{
    const auto port = std::to_string(target.port());
    return record_key(
        record_kind::registration,
        joined({issuer, "listener", target.host(), port, target.path(), profile_part(profile)})
    );
}

record_key registration_key(
    const std::string& issuer, const client_profile& profile, const std::string& redirect_uri
)
{
    return record_key(
        record_kind::registration, joined({issuer, "uri", redirect_uri, profile_part(profile)})
    );
}

record_key grant_key(const std::string& user, const std::string& resource, const token_grant& how)
{
    // One way of getting tokens must not find what another one got: they may speak for others.
    return record_key(record_kind::grant, joined({"grant", user, resource, how.storage_name()}));
}

std::string issuer_tag(const std::string& issuer)
{
    // The digest that PKCE uses, of something that is no secret.
    return make_code_challenge(secret(issuer)).substr(0, 16);
}

record make_record(const registration& client)
{
    json_writer out;
    put(out, client);
    return record_of(out, {}, client.issuer);
}

result<registration> read_registration_record(const record& r)
{
    auto o = open(r);
    if (!o)
        return o.error();
    return registration_of(o->raw());
}

record make_record(const grant& g)
{
    json_writer out;
    put(out, g.found);
    out.begin("client");
    put(out, g.client);
    out.end();
    out.text("access_token", g.tokens.access_token.reveal());
    out.text("refresh_token", g.tokens.refresh_token.reveal());
    out.text("id_token", g.tokens.id_token.reveal());
    out.text("scope", g.tokens.scope);
    out.text("token_type", asioauth::name_of(g.tokens.kind));
    put(out, g.tokens.dpop_key);
    if (g.tokens.expires_at)
        out.number("expires_at", seconds_of(*g.tokens.expires_at));
    out.text("user", g.user);
    return record_of(out, g.user, g.found.server.issuer);
}

result<grant> read_grant_record(const record& r)
{
    auto o = open(r);
    if (!o)
        return o.error();
    reader in(o->raw());
    grant out;
    auto found = discovery_of(in);
    if (!found)
        return found.error();
    out.found = std::move(*found);
    auto known = client_of(in);
    if (!known)
        return known.error();
    out.client = std::move(*known);
    out.tokens.access_token = secret(in.text("access_token"));
    out.tokens.refresh_token = secret(in.text("refresh_token"));
    out.tokens.id_token = secret(in.text("id_token"));
    out.tokens.scope = in.text("scope");
    out.tokens.expires_at = in.time("expires_at");
    if (in.text("token_type") == asioauth::name_of(token_kind::dpop))
        out.tokens.kind = token_kind::dpop;
    auto key = key_of(in);
    if (!key)
        return key.error();
    out.tokens.dpop_key = std::move(*key);
    if (out.tokens.kind == token_kind::dpop && out.tokens.dpop_key.empty())
        return invalid();
    out.user = in.text("user");
    if (!in.good() || out.found.requested.empty() || out.found.server.token_endpoint.empty()
        || out.tokens.access_token.empty())
        return invalid();
    return out;
}

record_key pending_key(std::string_view state)
{
    return record_key(record_kind::pending_login, make_code_challenge(secret(state)));
}

std::string binding_digest(const std::string& binding)
{
    return binding.empty() ? std::string() : make_code_challenge(secret(binding));
}

record make_record(const pending_login& p)
{
    json_writer out;
    put(out, p.found);
    out.begin("client");
    put(out, p.client);
    out.end();
    out.texts("private_networks", p.found.policy.private_networks());
    out.begin("request");
    out.flag("iss_required", p.pending.iss_required);
    out.text("redirect_uri", p.pending.redirect_uri);
    out.text("resource", p.pending.resource);
    out.text("scope", p.pending.scope);
    out.text("state", p.pending.state);
    out.text("code_verifier", p.pending.code_verifier.reveal());
    out.text("nonce", p.pending.nonce);
    out.end();
    put(out, p.proof);
    out.flag("must_bind", p.must_bind);
    out.text("user", p.user);
    out.text("return_to", p.return_to);
    return record_of(out, p.user, p.found.server.issuer);
}

result<pending_login> read_pending_record(const record& r)
{
    auto o = open(r);
    if (!o)
        return o.error();
    reader in(o->raw());
    pending_login out;
    const auto* request = in.object("request");
    if (!request)
        return invalid();
    auto found = discovery_of(in);
    if (!found)
        return found.error();
    out.found = std::move(*found);
    for (const auto& network : in.texts("private_networks"))
        out.found.policy.allow_private_network(network);
    auto known = client_of(in);
    if (!known)
        return known.error();
    out.client = std::move(*known);
    reader sent(*request);
    out.pending.issuer = out.found.server.issuer;
    out.pending.client_id = out.client.client_id;
    out.pending.iss_required = sent.flag("iss_required");
    out.pending.redirect_uri = sent.text("redirect_uri");
    out.pending.resource = sent.text("resource");
    out.pending.scope = sent.text("scope");
    out.pending.state = sent.text("state");
    out.pending.code_verifier = secret(sent.text("code_verifier"));
    out.pending.nonce = sent.text("nonce");
    auto key = key_of(in);
    if (!key)
        return key.error();
    out.proof = std::move(*key);
    out.must_bind = in.flag("must_bind");
    out.user = in.text("user");
    out.return_to = in.text("return_to");
    if (!in.good() || !sent.good() || out.found.requested.empty() || out.pending.state.empty()
        || out.pending.redirect_uri.empty() || out.found.server.token_endpoint.empty())
        return invalid();
    return out;
}

} // namespace asioauth::detail
