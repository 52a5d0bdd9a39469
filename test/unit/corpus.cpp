// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What providers really send, read by the readers of the protocol layer. test/corpus/expected.txt
// says what each document has to become.

#include "protocol_fixture.hpp"

#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/provider_policy.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

using namespace asioauth;
using namespace asioauth::test;

BOOST_AUTO_TEST_SUITE(corpus)

namespace {

using fact_map = std::map<std::string, std::string>;

const std::filesystem::path folder = ASIOAUTH_TEST_CORPUS;
constexpr std::string_view kinds[] = {"as", "prm", "www", "reg", "tok"};

std::string text_of(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    BOOST_REQUIRE_MESSAGE(in.good(), file);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<std::string> split(std::string_view text, std::string_view separator)
{
    std::vector<std::string> out;
    for (;;)
    {
        const auto end = text.find(separator);
        std::string_view part = text.substr(0, end);
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        part = part.substr(0, part.find_last_not_of(' ') + 1);
        out.emplace_back(part);
        if (end == std::string_view::npos)
            return out;
        text.remove_prefix(end + separator.size());
    }
}

fact_map facts_from(std::string_view text)
{
    fact_map out;
    for (const auto& one : split(text, ";"))
    {
        if (!one.empty())
            out[one.substr(0, one.find('='))] =
                one.substr(std::min(one.find('='), one.size() - 1) + 1);
    }
    return out;
}

std::string text_of(const fact_map& facts)
{
    std::string out;
    for (const auto& [name, value] : facts)
        out += (out.empty() ? "" : "; ") + name + "=" + value;
    return out;
}

// One line of expected.txt: kind and name, input, outcome, facts, why.
class expectation
{
public:
    std::string kind;
    std::string name;
    fact_map input;
    std::string outcome;
    fact_map facts;
};

std::vector<expectation> expectations()
{
    std::vector<expectation> out;
    std::istringstream lines(text_of(folder / "expected.txt"));
    for (std::string line; std::getline(lines, line);)
    {
        if (line.empty() || line.front() == '#')
            continue;
        const auto columns = split(line, "|");
        BOOST_REQUIRE_MESSAGE(columns.size() == 5U, "not five columns: " << line);
        const auto subject = split(columns[0], " ");
        BOOST_REQUIRE_MESSAGE(subject.size() == 2U, "no kind and name: " << line);
        expectation& e = out.emplace_back();
        e.kind = subject[0];
        e.name = subject[1];
        e.input = facts_from(columns[1]);
        e.outcome = columns[2];
        e.facts = facts_from(columns[3]);
    }
    return out;
}

// A document with what is known about where it was found.
class document
{
public:
    document(std::string_view kind, std::string_view name)
        : members_(
            boost::json::parse(text_of(folder / "documents" / kind / (std::string(name) + ".json")))
                .as_object()
        )
    {}

    std::string text(std::string_view member) const
    {
        const auto* value = members_.if_contains(member);
        return value == nullptr || !value->is_string() ? std::string()
                                                       : std::string(value->get_string());
    }
    int status(int otherwise) const
    {
        const auto* value = members_.if_contains("status");
        return value == nullptr ? otherwise : value->to_number<int>();
    }

private:
    boost::json::object members_;
};

std::string or_else(std::string value, std::string otherwise)
{
    return value.empty() ? std::move(otherwise) : std::move(value);
}

// A member of the body if that is an object and the member a string.
std::string body_member(const std::string& body, std::string_view member)
{
    boost::system::error_code ec;
    const auto parsed = boost::json::parse(body, ec);
    const auto* object = ec ? nullptr : parsed.if_object();
    const auto* value = object == nullptr ? nullptr : object->if_contains(member);
    return value == nullptr || !value->is_string() ? std::string()
                                                   : std::string(value->get_string());
}

// The identifier that a well-known URL was built from.
std::string without_well_known(std::string text)
{
    const auto begin = text.find("/.well-known/");
    if (begin == std::string::npos)
        return text;
    const auto end = text.find('/', begin + 13);
    return text.substr(0, begin) + (end == std::string::npos ? "" : text.substr(end));
}

std::string joined(const std::vector<std::string>& parts)
{
    std::string out;
    for (const auto& part : parts)
        out += (out.empty() ? "" : " ") + part;
    return out;
}

// What a reader made of one document: the outcome, and what is not as it mostly is.
class reading
{
public:
    std::string outcome;
    fact_map facts;

    void add(const std::string& name, const std::string& value)
    {
        if (!value.empty())
            facts[name] = value;
    }
    void add(const std::string& name, bool value)
    {
        if (value)
            facts[name] = "yes";
    }
    void add_count(const std::string& name, std::size_t count)
    {
        if (count != 0)
            facts[name] = std::to_string(count);
    }
    template <class T>
    bool good(const result<T>& r)
    {
        outcome = test::outcome(r);
        if (!r)
        {
            add("server_error", r.error().info().server_error());
            add("server_message", r.error().info().server_message());
        }
        return r.has_value();
    }
};

http_response response_with(const document& from, const fact_map& input, int status)
{
    const auto given = [&](const char* name) {
        const auto at = input.find(name);
        return at == input.end() ? std::string() : at->second;
    };
    std::string body = from.text("body");
    if (!given("wrap").empty())
    {
        body = body.substr(0, body.find_last_not_of(" \t\r\n,") + 1);
        if (body.find_first_not_of(" \t\r\n") == body.find('{'))
            body += '}';
        else
            body = "{" + body + "}";
    }
    const std::string as = given("status");
    http_response out(as.empty() ? from.status(status) : std::stoi(as), std::move(body));
    out.field("Content-Type", or_else(given("type"), "application/json"));
    return out;
}

address_policy policy_of(const fact_map& input)
{
    return address_policy().allow_loopback(input.contains("loopback"));
}

reading read_as(const document& from, const fact_map& input)
{
    const http_response response = response_with(from, input, 200);
    std::string asked = from.text("issuer_expected");
    if (asked.empty())
        asked = without_well_known(from.text("fetched_url"));
    if (asked.empty())
        asked = or_else(body_member(response.body(), "issuer"), "https://as.example");
    if (const auto at = input.find("asked"); at != input.end())
        asked = at->second;
    const provider_policy* provider =
        input.contains("policy") ? provider_policies::known().find(asked) : nullptr;
    reading out;
    const auto r = read_server_metadata(response, asked, policy_of(input), provider);
    if (!out.good(r))
        return out;
    out.add("issuer", r->issuer);
    out.add("slash", r->issuer_slash_tolerated);
    out.add("register", !r->registration_endpoint.empty());
    out.add("device", !r->device_authorization_endpoint.empty());
    out.add("pushed", !r->pushed_authorization_request_endpoint.empty());
    out.add("pushed_only", r->require_pushed_authorization_requests);
    out.add("signed_only", r->require_signed_request_object);
    out.add("no_redirects", r->authorization_endpoint.empty());
    out.add("iss", r->authorization_response_iss_parameter_supported);
    out.add("cimd", r->client_id_metadata_document_supported);
    out.add(
        "dpop", joined(r->dpop_signing_alg_values_supported.value_or(std::vector<std::string>()))
    );
    out.add_count("mtls", r->mtls_endpoint_aliases.size());
    if (r->token_endpoint_auth_methods_supported)
        out.add("methods", joined(*r->token_endpoint_auth_methods_supported));
    const auto& scopes = r->scopes_supported;
    out.add(
        "offline_access",
        scopes && std::find(scopes->begin(), scopes->end(), "offline_access") != scopes->end()
    );
    // The note that a policy applies is not about the document.
    out.add_count("notes", r->notes.size() - (provider != nullptr ? 1 : 0));
    return out;
}

reading read_prm(const document& from, const fact_map& input)
{
    const http_response response = response_with(from, input, 200);
    std::string asked = from.text("server_url");
    if (asked.empty())
        asked = without_well_known(from.text("fetched_url"));
    if (asked.empty())
        asked = or_else(body_member(response.body(), "resource"), "https://mcp.example");
    reading out;
    if (const auto at = input.find("asked"); at != input.end())
        asked = at->second;
    // Not each of them says where it was; that a host speaks for itself is tested elsewhere.
    const url place = make_url(make_url(asked).origin() + "/.well-known/oauth-protected-resource");
    const auto r = read_resource_metadata(response, make_url(asked), policy_of(input), place);
    if (!out.good(r))
        return out;
    out.add("typed", asked == r->resource ? "" : asked);
    out.add("resource", r->resource);
    out.add("servers", joined(r->authorization_servers));
    out.add("name", r->resource_name);
    out.add("dpop_only", r->dpop_bound_access_tokens_required);
    if (r->scopes_supported)
        out.add("scopes", std::to_string(r->scopes_supported->size()));
    if (r->bearer_methods_supported)
        out.add("bearer", joined(*r->bearer_methods_supported));
    out.add_count("notes", r->notes.size());
    return out;
}

reading read_www(const document& from, const fact_map&)
{
    http_response response(from.status(401), "");
    response.field("WWW-Authenticate", from.text("body"));
    reading out;
    for (const challenge& c : parse_challenges(response))
        out.facts["schemes"] += (out.facts["schemes"].empty() ? "" : " ") + c.scheme;
    const auto b = read_bearer_challenge(response);
    out.outcome = b ? "ok" : "none";
    if (!b)
        return out;
    out.add("dpop", b->dpop);
    out.add("algs", b->dpop_algs);
    out.add("error", b->error);
    out.add("scope", b->scope);
    out.add("address", b->resource_metadata);
    const url asked = make_url(or_else(from.text("server_url"), "https://mcp.example/mcp"));
    const auto plan = plan_resource_metadata(asked, b->resource_metadata);
    out.add("first", std::string(name_of(plan.front().kind)));
    return out;
}

reading read_reg(const document& from, const fact_map& input)
{
    const http_response response = response_with(from, input, 201);
    discovery found = sample_discovery();
    if (const auto at = input.find("at"); at != input.end())
        found.server.registration_endpoint = make_url(at->second);
    client_profile profile;
    boost::system::error_code ec;
    const auto body = boost::json::parse(response.body(), ec);
    const auto* uris =
        ec || !body.is_object() ? nullptr : body.get_object().if_contains("redirect_uris");
    if (uris != nullptr && uris->is_array() && !input.contains("asked"))
    {
        for (const auto& uri : uris->get_array())
            profile.add_redirect_uri(std::string(uri.as_string()));
    }
    else
    {
        profile.add_redirect_uri("http://127.0.0.1:8123/callback");
    }
    if (const auto at = input.find("grant"); at != input.end())
        profile.add_grant_type(at->second);
    reading out;
    const auto r = read_registration_response(response, found, profile);
    if (!out.good(r))
        return out;
    out.add("client_id", r->client_id);
    out.add("method", std::string(name_of(r->auth_method)));
    out.add("secret", !r->client_secret.empty());
    out.add("scope", r->scope);
    out.add("manage", r->registration_client_uri.str());
    if (r->client_secret_expires_at)
    {
        const auto at = r->client_secret_expires_at->time_since_epoch();
        out.add(
            "expires", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(at).count())
        );
    }
    return out;
}

reading read_tok(const document& from, const fact_map& input)
{
    const http_response response = response_with(from, input, 200);
    const std::chrono::system_clock::time_point now{std::chrono::seconds(1'700'000'000)};
    reading out;
    const auto r = read_token_response(response, "asked", now);
    if (!out.good(r))
        return out;
    out.add("kind", std::string(name_of(r->kind)));
    out.add("scope", r->scope);
    out.add("refresh", !r->refresh_token.empty());
    out.add("id_token", !r->id_token.empty());
    if (r->expires_at)
    {
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(*r->expires_at - now);
        out.add("expires", std::to_string(left.count()));
    }
    return out;
}

reading read_any(const expectation& e)
{
    const document from(e.kind, e.name);
    return e.kind == "as" ? read_as(from, e.input)
        : e.kind == "prm" ? read_prm(from, e.input)
        : e.kind == "www" ? read_www(from, e.input)
        : e.kind == "reg" ? read_reg(from, e.input)
                          : read_tok(from, e.input);
}

void check_kind(std::string_view kind)
{
    std::size_t checked = 0;
    for (const expectation& e : expectations())
    {
        if (e.kind != kind)
            continue;
        ++checked;
        const reading got = read_any(e);
        BOOST_TEST_CONTEXT(e.kind << " " << e.name << " | " << text_of(e.input))
        {
            BOOST_TEST(got.outcome == e.outcome);
            BOOST_TEST(text_of(got.facts) == text_of(e.facts));
        }
    }
    BOOST_TEST(checked > 0U);
}

} // namespace

BOOST_AUTO_TEST_CASE(every_document_has_a_line_and_every_line_a_document)
{
    std::set<std::string> expected;
    std::set<std::string> lines;
    for (const expectation& e : expectations())
    {
        const std::string subject = e.kind + " " + e.name;
        BOOST_TEST(lines.insert(subject + " | " + text_of(e.input)).second, "twice: " << subject);
        expected.insert(subject);
    }
    std::set<std::string> present;
    for (const std::string_view kind : kinds)
    {
        for (const auto& file : std::filesystem::directory_iterator(folder / "documents" / kind))
        {
            BOOST_TEST(file.path().extension() == ".json", file.path());
            present.insert(std::string(kind) + " " + file.path().stem().string());
        }
    }
    for (const std::string& subject : expected)
        BOOST_TEST(present.contains(subject), "no document: " << subject);
    for (const std::string& subject : present)
        BOOST_TEST(expected.contains(subject), "no line: " << subject);
}

// covers C-8414-1, C-MCP-8
BOOST_AUTO_TEST_CASE(metadata_of_real_authorization_servers_is_read_as_expected)
{
    check_kind("as");
}

// covers C-9728-3
BOOST_AUTO_TEST_CASE(metadata_of_real_resources_is_read_as_expected)
{
    check_kind("prm");
}

// covers C-MCP-2
BOOST_AUTO_TEST_CASE(challenges_of_real_servers_are_read_as_expected)
{
    check_kind("www");
}

BOOST_AUTO_TEST_CASE(registration_answers_of_real_servers_are_read_as_expected)
{
    check_kind("reg");
}

// covers C-21-10
BOOST_AUTO_TEST_CASE(token_answers_of_real_servers_are_read_as_expected)
{
    check_kind("tok");
}

BOOST_AUTO_TEST_SUITE_END()
