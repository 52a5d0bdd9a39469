// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "support/flow_world.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

// What keeps one record from being taken for another, and what is believed of a record.
BOOST_AUTO_TEST_SUITE(stored_records)

using namespace asioauth;
using namespace asioauth::test;

namespace {

using detail::grant_key;

constexpr const char* where = "https://mcp.example/mcp";

result<grant> logged_in(world& w, login_params params = login_params(where))
{
    return *w.run(detail::login(std::move(params), plain_settings()));
}

// The record of a login with one text in it replaced by another.
record changed(const record& from, std::string_view what, std::string_view by)
{
    std::string text(from.document.reveal());
    const auto at = text.find(what);
    BOOST_REQUIRE(at != std::string::npos);
    text.replace(at, what.size(), by);
    record out = from;
    out.document = secret(text);
    return out;
}

record good_record()
{
    world w;
    add_provider(w);
    return make_record(logged_in(w).value());
}

} // namespace

BOOST_AUTO_TEST_CASE(keys_of_two_different_tuples_are_never_one)
{
    const token_grant code;
    BOOST_TEST((grant_key("a\nb", "c", code) != grant_key("a", "b\nc", code)));
    BOOST_TEST((grant_key("a%0Ab", "c", code) != grant_key("a\nb", "c", code)));
    BOOST_TEST((grant_key("a", "c", code) != grant_key("b", "c", code)));
    BOOST_TEST((grant_key("a", "b", code) != grant_key("a", "c", code)));

    const client_profile profile;
    const std::string uri = "https://app.example/callback";
    BOOST_TEST(
        (registration_key("https://a.example", profile, uri)
         != registration_key("https://b.example", profile, uri))
    );
    const redirect_target target;
    BOOST_TEST(
        (registration_key("https://a.example", profile, target)
         != registration_key("https://b.example", profile, target))
    );
}

BOOST_AUTO_TEST_CASE(a_record_of_another_version_is_not_read)
{
    const record good = good_record();
    BOOST_REQUIRE(read_grant_record(good));
    for (const auto* version : {R"("version":1)", R"("version":0)", R"("version":"2")"})
    {
        const auto read = read_grant_record(changed(good, R"("version":2)", version));
        BOOST_REQUIRE(!read);
        BOOST_TEST((read.error().code() == errc::store_record_invalid));
    }
}

BOOST_AUTO_TEST_CASE(a_record_without_what_a_login_needs_is_not_read)
{
    const record good = good_record();
    for (const auto* name : {"requested", "token_endpoint", "access_token"})
    {
        const std::string member = '"' + std::string(name) + "\":";
        const auto read = read_grant_record(changed(good, member, "\"other\":"));
        BOOST_REQUIRE(!read);
        BOOST_TEST((read.error().code() == errc::store_record_invalid));
    }
}

BOOST_AUTO_TEST_CASE(a_record_opens_this_machine_only_to_a_login_of_this_machine)
{
    const record good = good_record();
    BOOST_TEST(!read_grant_record(good)->found.policy.loopback_allowed());
    const auto local = changed(
        good, R"("requested":"https://mcp.example/)", R"("requested":"http://127.0.0.1:9/)"
    );
    BOOST_TEST(read_grant_record(local)->found.policy.loopback_allowed());
}

BOOST_AUTO_TEST_CASE(a_record_that_lies_under_another_users_name_is_not_used)
{
    world first;
    add_provider(first);
    login_params alice(where);
    alice.user("alice");
    const auto hers = logged_in(first, alice);
    BOOST_REQUIRE(hers);
    world second;
    second.records[grant_key("bob", where, token_grant())] =
        first.records.at(grant_key("alice", where, token_grant()));
    login_params bob(where);
    bob.user("bob").silent(true);
    const auto r = logged_in(second, bob);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::login_required);
}

namespace {

url address(const char* text)
{
    return *url::parse(text);
}

registration known_client()
{
    registration c;
    c.issuer = "https://as.example";
    c.client_id = "client";
    c.client_secret = secret("hush");
    c.auth_method = token_endpoint_auth_method::client_secret_basic;
    c.redirect_uris = {"http://127.0.0.1/callback"};
    c.scope = "a b";
    c.registration_client_uri = address("https://as.example/clients/1");
    c.registration_access_token = secret("manage");
    c.client_secret_expires_at = std::chrono::system_clock::time_point(std::chrono::hours(500'000));
    c.source = registration_source::dynamic;
    c.stored_as = "elsewhere";
    return c;
}

discovery known_server()
{
    discovery d;
    d.requested = address(where);
    d.resource = where;
    d.login = login_support::required;
    auto& s = d.server;
    s.issuer = "https://as.example";
    s.authorization_endpoint = address("https://as.example/authorize");
    s.token_endpoint = address("https://as.example/token");
    s.registration_endpoint = address("https://as.example/register");
    s.revocation_endpoint = address("https://as.example/revoke");
    s.introspection_endpoint = address("https://as.example/introspect");
    s.jwks_uri = address("https://as.example/jwks");
    s.mtls_endpoint_aliases.emplace_back(
        "token_endpoint", address("https://mtls.as.example/token")
    );
    s.authorization_response_iss_parameter_supported = true;
    s.tls_client_certificate_bound_access_tokens = true;
    return d;
}

grant whole_grant()
{
    grant g;
    g.found = known_server();
    g.client = known_client();
    g.tokens.access_token = secret("access");
    g.tokens.refresh_token = secret("refresh");
    g.tokens.id_token = secret("identity");
    g.tokens.scope = "a";
    g.tokens.expires_at = std::chrono::system_clock::time_point(std::chrono::hours(500'000));
    g.tokens.kind = token_kind::dpop;
    g.tokens.dpop_key = *signing_key::generate(jws_algorithm::es256);
    g.user = "alice";
    return g;
}

detail::pending_login whole_pending_login()
{
    detail::pending_login p;
    p.found = known_server();
    p.found.policy.allow_private_network("10.0.0.0/8");
    p.client = known_client();
    p.pending.iss_required = true;
    p.pending.redirect_uri = "https://app.example/callback";
    p.pending.resource = where;
    p.pending.scope = "a";
    p.pending.state = "state";
    p.pending.code_verifier = secret("verifier");
    p.pending.nonce = "nonce";
    p.proof = *signing_key::generate(jws_algorithm::es256);
    p.must_bind = true;
    p.user = "alice";
    p.return_to = "/there";
    return p;
}

using json_pointer = std::vector<std::string>;

void members_of(
    const boost::json::object& o, const json_pointer& at, std::vector<json_pointer>& out
)
{
    for (const auto& [name, value] : o)
    {
        auto here = at;
        here.emplace_back(name);
        out.push_back(here);
        if (const auto* inner = value.if_object())
            members_of(*inner, here, out);
    }
}

boost::json::value* find(boost::json::object& all, const json_pointer& at)
{
    boost::json::value* v = nullptr;
    boost::json::object* o = &all;
    for (const auto& name : at)
    {
        v = &o->at(name);
        o = v->if_object();
    }
    return v;
}

std::string joined(const json_pointer& at)
{
    std::string out;
    for (const auto& name : at)
        out += "/" + name;
    return out;
}

// Each member in turn becomes something that it never is.
template <class Read>
void spoil_each_member_of(const record& good, Read read)
{
    auto again = read(good);
    BOOST_REQUIRE(again);
    BOOST_TEST((make_record(*again).document == good.document));
    auto all = boost::json::parse(std::string(good.document.reveal())).as_object();
    std::vector<json_pointer> members;
    members_of(all, {}, members);
    BOOST_TEST(members.size() > 10U);
    for (const auto& at : members)
    {
        for (const char* by : {"7", R"("no such thing")", "[7]", "{}", "true", "null"})
        {
            auto spoilt = all;
            boost::json::value* const v = find(spoilt, at);
            const auto instead = boost::json::parse(by);
            const bool is_text = v->is_string() && instead.is_string();
            const bool is_flag = v->is_bool() && instead.is_bool();
            const bool is_number = v->is_int64() && instead.is_int64() && at.back() != "version";
            const bool is_empty = at.back() == "mtls_endpoint_aliases" && instead.is_object();
            *v = instead;
            record r = good;
            r.document = secret(boost::json::serialize(spoilt));
            const auto got = read(r);
            const auto what = joined(at) + ": " + by;
            // Another text may be a good one, but for what has a form.
            const bool has_form = v->is_string()
                && (at.back().ends_with("_endpoint") || at.back().ends_with("_uri")
                    || at.back() == "requested" || at.back() == "dpop_key" || at.back() == "source"
                    || at.back() == "token_endpoint_auth_method")
                && at.front() != "request";
            if ((is_text && !has_form) || is_flag || is_number || is_empty)
                continue;
            BOOST_TEST(!got, what);
            if (!got)
                BOOST_TEST((got.error().code() == condition::storage), what);
        }
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_member_that_is_something_else_makes_a_record_unreadable)
{
    spoil_each_member_of(make_record(known_client()), [](const record& r) {
        return read_registration_record(r);
    });
    spoil_each_member_of(make_record(whole_grant()), [](const record& r) {
        return read_grant_record(r);
    });
    spoil_each_member_of(make_record(whole_pending_login()), [](const record& r) {
        return detail::read_pending_record(r);
    });
}

BOOST_AUTO_TEST_CASE(a_record_lacks_nothing_that_it_needs)
{
    const record good = make_record(whole_pending_login());
    auto all = boost::json::parse(std::string(good.document.reveal())).as_object();
    for (const json_pointer& at :
         {json_pointer{"request"},
          json_pointer{"server"},
          json_pointer{"client"},
          json_pointer{"requested"},
          json_pointer{"request", "state"},
          json_pointer{"request", "redirect_uri"},
          json_pointer{"server", "token_endpoint"},
          json_pointer{"client", "issuer"},
          json_pointer{"client", "client_id"},
          json_pointer{"version"}})
    {
        auto less = all;
        auto* const o = at.size() == 1
            ? &less
            : find(less, json_pointer(at.begin(), at.end() - 1))->if_object();
        BOOST_TEST(o->erase(at.back()) == 1U);
        record r = good;
        r.document = secret(boost::json::serialize(less));
        const auto got = detail::read_pending_record(r);
        BOOST_REQUIRE_MESSAGE(!got, joined(at));
        BOOST_TEST((got.error().code() == errc::store_record_invalid), joined(at));
    }
}

BOOST_AUTO_TEST_SUITE_END()
