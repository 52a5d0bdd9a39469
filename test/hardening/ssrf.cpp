// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Nobody can send us to an address that is not public: every spelling of one, at every place where
// a server or a stranger names a URL, in every way. What is looked at is the address of each
// connection the moment before it is attempted; only the public ones of this world are allowed.

#include "hardening/spellings.hpp"
#include "hardening/ssrf_inputs.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <set>
#include <string>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;

// --- The places ------------------------------------------------------------------------------

class url_input
{
public:
    const char* name;
    /// Whether the library goes to such a URL at all.
    bool followed;
    void (*attack)(provider_scene&);
};

void register_anew(provider_scene& s, const discovery& found)
{
    (void)s.world.run<registration>([&](auto h) {
        s.subject->async_register(found, register_params().force(true), std::move(h));
    });
}

void ask_for_token(provider_scene& s, const registration& who)
{
    const auto found = s.discover();
    (void)s.world.run<token_set>([&](auto h) {
        s.subject->async_request_token(
            found, who, token_params(token_grant::client_credentials()), std::move(h)
        );
    });
}

void authorize(provider_scene& s, bool pushed)
{
    const auto found = s.discover();
    (void)s.world.run<authorization_code>([&](auto h) {
        s.subject->async_authorize(
            found,
            provider_scene::client_of(),
            authorize_params().pushed(pushed).user_timeout(std::chrono::milliseconds(1)),
            std::move(h)
        );
    });
}

void describe(provider_scene& s, describe_params params)
{
    (void)s.world.run<provider_profile>([&](auto h) {
        async_describe(*s.subject, std::move(params), std::move(h));
    });
}

void discover_with(provider_scene& s, const char* member, const char* path)
{
    s.member[member] = s.hostile + path;
    (void)s.discover();
}

const url_input inputs[] = {
    {"URL that a user of a web site types",
     true,
     [](provider_scene& s) {
         const authorizer web(*s.subject, "https://app.example/callback");
         (void)s.world.run<begun_login>([&](auto h) {
             web.async_begin("anna", begin_params(s.hostile + "/mcp"), std::move(h));
         });
     }},
    {"URL whose page is looked at",
     true,
     [](provider_scene& s) {
         describe(s, describe_params(s.hostile + "/mcp").allow_loopback(false));
     }},
    {"WWW-Authenticate: resource_metadata",
     true,
     [](provider_scene& s) { discover_with(s, "challenge", "/prm"); }},
    {"resource metadata: resource",
     false,
     [](provider_scene& s) { discover_with(s, "resource", "/mcp"); }},
    {"resource metadata: authorization_servers",
     true,
     [](provider_scene& s) { discover_with(s, "authorization_servers", ""); }},
    {"resource metadata: logo_uri",
     true,
     [](provider_scene& s) {
         s.member["logo_uri"] = s.hostile + "/i.png";
         describe(s, "https://mcp.example/mcp");
     }},
    {"server metadata: issuer", false, [](provider_scene& s) { discover_with(s, "issuer", ""); }},
    {"server metadata: authorization_endpoint",
     false, // only the user's browser
     [](provider_scene& s) {
         s.member["authorization_endpoint"] = s.hostile + "/authorize";
         authorize(s, false);
     }},
    {"server metadata: token_endpoint",
     true,
     [](provider_scene& s) {
         s.member["token_endpoint"] = s.hostile + "/token";
         ask_for_token(s, provider_scene::client_of(secret("s")));
     }},
    {"server metadata: registration_endpoint",
     true,
     [](provider_scene& s) {
         s.member["registration_endpoint"] = s.hostile + "/register";
         register_anew(s, s.discover());
     }},
    {"server metadata: revocation_endpoint",
     true,
     [](provider_scene& s) {
         s.member["revocation_endpoint"] = s.hostile + "/revoke";
         const auto found = s.discover();
         (void)s.world.run<bool>([&](auto h) {
             s.subject->async_revoke(
                 found,
                 provider_scene::client_of(),
                 secret("t"),
                 token_hint::access_token,
                 [h = std::move(h)](error_code ec) mutable { h(ec, true); }
             );
         });
     }},
    {"server metadata: introspection_endpoint",
     true,
     [](provider_scene& s) {
         s.member["introspection_endpoint"] = s.hostile + "/introspect";
         const auto found = s.discover();
         (void)s.world.run<introspection>([&](auto h) {
             s.subject->async_introspect(
                 found,
                 provider_scene::client_of(secret("s")),
                 secret("t"),
                 token_hint::access_token,
                 std::move(h)
             );
         });
     }},
    {"server metadata: jwks_uri",
     true,
     [](provider_scene& s) {
         s.member["jwks_uri"] = s.hostile + "/jwks";
         const auto found = s.discover();
         token_set tokens;
         tokens.id_token = secret("e30.e30.");
         (void)s.world.run<id_token_claims>([&](auto h) {
             s.subject->async_check_id_token(
                 found, provider_scene::client_of(), tokens, "n", std::move(h)
             );
         });
     }},
    {"server metadata: pushed_authorization_request_endpoint",
     true,
     [](provider_scene& s) {
         s.member["pushed_authorization_request_endpoint"] = s.hostile + "/par";
         authorize(s, true);
     }},
    {"server metadata: device_authorization_endpoint",
     true,
     [](provider_scene& s) {
         s.member["device_authorization_endpoint"] = s.hostile + "/device";
         const auto found = s.discover();
         (void)s.world.run<token_set>([&](auto h) {
             s.subject->async_request_token(
                 found,
                 provider_scene::client_of(),
                 token_params(token_grant::device_code([](const device_prompt&) {})),
                 std::move(h)
             );
         });
     }},
    {"server metadata: mtls_endpoint_aliases",
     true,
     [](provider_scene& s) {
         static const auto id = test_pki::get().good();
         s.member["alias"] = s.hostile + "/token";
         ask_for_token(
             s,
             registration(
                 "https://as.example",
                 "client-1",
                 tls_identity(id.certificate_pem(), secret(id.key_pem()))
             )
         );
     }},
    {"server metadata: userinfo_endpoint, service_documentation, op_policy_uri, op_tos_uri",
     false,
     [](provider_scene& s) {
         for (const auto* const name :
              {"userinfo_endpoint", "service_documentation", "op_policy_uri", "op_tos_uri"})
         {
             s.member[name] = s.hostile + "/page";
         }
         describe(s, "https://mcp.example/mcp");
     }},
    {"registration response: registration_client_uri",
     true,
     [](provider_scene& s) {
         s.member["registration_client_uri"] = s.hostile + "/manage/1";
         register_anew(s, s.discover());
         // Its reader takes none of another origin than the registration endpoint, so that one moves
         // along, as it could between two visits.
         s.member["registration_endpoint"] = s.hostile + "/register";
         const auto found = s.discover();
         auto stored = provider_scene::client_of();
         stored.registration_access_token = secret("t");
         if (auto there = url::parse(s.hostile + "/manage/1"))
             stored.registration_client_uri = *std::move(there);
         (void)s.world.run<registration>([&](auto h) {
             s.subject->async_read_registration(found, stored, std::move(h));
         });
     }},
    {"page: link rel=icon",
     true,
     [](provider_scene& s) {
         s.member["html"] = "<link rel=icon href=\"" + s.hostile + "/i.png\">";
         describe(s, describe_params("https://mcp.example/mcp").look_for_metadata(false));
     }},
    {"page: base href",
     true,
     [](provider_scene& s) {
         s.member["html"] = "<base href=\"" + s.hostile + "/\"><link rel=icon href=i.png>";
         describe(s, describe_params("https://mcp.example/mcp").look_for_metadata(false));
     }},
    {"MCP server information: icons",
     true,
     [](provider_scene& s) {
         server_identity who;
         who.add_icon(server_icon(s.hostile + "/i.png"));
         describe(
             s, describe_params("https://mcp.example/mcp").look_for_metadata(false).identity(who)
         );
     }},
};

// --- The ways --------------------------------------------------------------------------------

enum class way
{
    direct,    ///< the URL itself is the spelling; a resolver takes it for what it means
    redirect,  ///< a public host redirects to it
    dns,       ///< a name has that address
    mixed,     ///< a name has a public address, where nobody answers, and that one around it
    rebinding, ///< a name has a public address when it is looked up first, and then that one
};

constexpr way ways[] = {way::direct, way::redirect, way::dns, way::mixed, way::rebinding};
constexpr int redirects[] = {301, 302, 303, 307, 308};
constexpr const char* way_names[] = {"direct", "redirect", "DNS", "mixed DNS", "rebinding"};

// Runs the attacks and counts.
class attacker
{
public:
    void all_ways(const url_input& in, const std::vector<spelling>& spellings)
    {
        for (const way w : ways)
        {
            BOOST_TEST_CONTEXT(in.name << ", " << way_names[static_cast<int>(w)])
            {
                scene_.world.new_network();
                for (const spelling& s : spellings)
                    one(in, w, s);
            }
        }
    }

    std::size_t attempts() const { return attempts_; }
    std::size_t forbidden() const { return scene_.world.forbidden; }
    std::size_t connections() const { return scene_.world.connections; }

private:
    void one(const url_input& in, way w, const spelling& s)
    {
        auto& world = scene_.world;
        const std::string name = "n" + std::to_string(attempts_) + ".guest.example";
        const std::string at_name = "https://" + name;
        scene_.member.clear();
        scene_.redirect_to.clear();
        scene_.hostile = w == way::direct ? s.text : at_name;
        world.names->set_others({s.means});
        world.dialled.clear();
        const std::size_t before = world.forbidden;
        switch (w)
        {
        case way::direct: break;
        case way::redirect:
            world.names->set(name, {{public_world::guest}});
            scene_.redirect_to = s.text;
            scene_.redirect_status = redirects[attempts_ % std::size(redirects)];
            break;
        case way::dns: world.names->set(name, {{s.means}}); break;
        case way::mixed: world.names->set(name, {{s.means, public_world::nobody, s.means}}); break;
        case way::rebinding: world.names->set(name, {{public_world::guest}, {s.means}}); break;
        }
        for (int round = 0; round != (w == way::rebinding ? 2 : 1); ++round)
        {
            scene_.new_client();
            in.attack(scene_);
        }
        ++attempts_;
        if (world.forbidden != before)
            report(world, s);
        check_that_it_was_an_attack(in, w, name, s);
        world.names->forget(name);
    }

    void report(const public_world& world, const spelling& s)
    {
        if (++reported_ <= 20)
            BOOST_ERROR(s.text << " led to " << world.dialled.back());
    }

    // Where nothing would have gone anyway, nothing is shown by its not going.
    void check_that_it_was_an_attack(
        const url_input& in, way w, const std::string& name, const spelling& s
    )
    {
        const auto& world = scene_.world;
        const bool reached = world.has_dialled(public_world::guest);
        bool good = true;
        switch (w)
        {
        case way::direct: break;
        case way::redirect: good = reached == in.followed; break;
        case way::dns: good = (world.names->asked(name) != 0) == in.followed; break;
        case way::mixed: good = world.has_dialled(public_world::nobody) == in.followed; break;
        case way::rebinding:
            good = reached == in.followed && (world.names->asked(name) >= 2) == in.followed;
            break;
        }
        if (!good && ++reported_ <= 20)
            BOOST_ERROR("not attacked with " << s.text);
    }

    provider_scene scene_;
    std::size_t attempts_ = 0;
    std::size_t reported_ = 0;
};

BOOST_AUTO_TEST_SUITE(ssrf)

// Counted by test/counts.sh.
BOOST_AUTO_TEST_CASE(there_are_enough_spellings_and_inputs)
{
    const auto all = read_spellings();
    std::set<std::string> texts;
    for (const auto& s : all)
        texts.insert(s.text);
    BOOST_TEST(texts.size() == all.size());
    BOOST_TEST(all.size() >= 150U);
    BOOST_TEST(std::size(inputs) >= 14U);
    std::printf("ssrf-attempts %zu\n", all.size() * std::size(inputs) * std::size(ways));
}

// covers C-9728-12 C-MCP-17
BOOST_AUTO_TEST_CASE(no_connection_is_attempted_to_an_address_that_is_not_public)
{
    const auto all = read_spellings();
    attacker a;
    for (const auto& in : inputs)
        a.all_ways(in, all);
    BOOST_TEST(a.attempts() == all.size() * std::size(inputs) * std::size(ways));
    BOOST_TEST(a.forbidden() == 0U);
    BOOST_TEST(a.connections() > a.attempts() / 10); // and to those that are there were many
    std::printf(
        "ssrf: %zu spellings x %zu inputs x %zu ways = %zu attempts, %zu connections to forbidden "
        "addresses\n",
        all.size(),
        std::size(inputs),
        std::size(ways),
        a.attempts(),
        a.forbidden()
    );
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
