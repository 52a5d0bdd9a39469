// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A login that one request to a web server begins and another finishes.

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(web_login)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* where = "https://mcp.example/mcp";
constexpr const char* callback_uri = "https://app.example/oauth/callback";

std::string parameter(const url& u, const std::string& name)
{
    const auto fields = parse_form(u.query());
    for (const auto& f : *fields)
    {
        if (f.first == name)
            return f.second;
    }
    return {};
}

// A web server at one node; another node is another object on the same records.
class site
{
public:
    site()
    {
        add_provider(w);
        web.redirect_uri = callback_uri;
        w.on("POST", "https://as.example/token", [this](const http_request& r) {
            ++exchanged;
            sent = std::string(r.body().reveal());
            http_response out(token_status, token_status == 200 ? token_document : token_error);
            out.field("Content-Type", "application/json");
            return result<http_response>(std::move(out));
        });
    }

    result<detail::begun_flow>
    begin(begin_params params = begin_params(where), std::string binding = "")
    {
        auto r =
            w.run(detail::begin_login("anna", std::move(params), std::move(binding), web, settings)
            );
        BOOST_TEST(broken_invariant(w, r) == "");
        return *r;
    }

    result<detail::completed_flow> complete(login_callback callback, const std::string& binding)
    {
        auto r = w.run(detail::complete_login(std::move(callback), binding, web, settings));
        BOOST_TEST(broken_invariant(w, r) == "");
        return *r;
    }

    // What the authorization server sends the browser to.
    static std::string answer(
        const url& begun,
        const std::string& parameters,
        const std::string& iss = "https://as.example"
    )
    {
        return parameter(begun, "redirect_uri") + "?" + parameters
            + "&state=" + form_encode(parameter(begun, "state")) + "&iss=" + form_encode(iss);
    }

    int pending() const
    {
        int out = 0;
        for (const auto& r : w.records)
            out += r.first.kind == record_kind::pending_login && r.second.at != 0 ? 1 : 0;
        return out;
    }

    world w;
    flow_settings settings = plain_settings();
    detail::web_settings web;
    int exchanged = 0;
    std::string sent;
    int token_status = 200;
    const char* token_error = "{}";
};

std::string outcome(const result<detail::completed_flow>& r)
{
    return r ? "done" : std::string(name_of(r.error().code()));
}

} // namespace

// covers C-9207-8
BOOST_AUTO_TEST_CASE(a_login_is_finished_by_what_the_store_says_and_not_by_the_process_that_began_it
)
{
    site first;
    const auto begun = first.begin(begin_params(where).return_to("/apps").scope("files:read"));
    BOOST_REQUIRE(begun);
    BOOST_TEST(parameter(begun->where, "redirect_uri") == callback_uri);
    BOOST_TEST(parameter(begun->where, "code_challenge_method") == "S256");

    site second;
    second.w.records = first.w.records;
    const auto done =
        second.complete(site::answer(begun->where, "code=CANARY-code"), begun->binding);
    BOOST_REQUIRE_EQUAL(outcome(done), "done");
    BOOST_TEST(done->return_to == "/apps");
    BOOST_TEST(done->granted.user == "anna");
    BOOST_TEST(done->granted.tokens.access_token.reveal() == "CANARY-access");
    BOOST_TEST(second.pending() == 0);
    BOOST_TEST(second.sent.find("code=CANARY-code") != std::string::npos);
    BOOST_TEST(second.sent.find("code_verifier=") != std::string::npos);
    // It is a login like any other now.
    auto again =
        second.w.run(detail::login(login_params(where).user("anna").silent(true), second.settings));
    BOOST_REQUIRE(*again);
    BOOST_TEST((*again)->tokens.access_token.reveal() == "CANARY-access");
}

BOOST_AUTO_TEST_CASE(a_callback_is_taken_once)
{
    site at;
    const auto begun = at.begin();
    const auto answer = site::answer(begun->where, "code=CANARY-code");
    BOOST_TEST(outcome(at.complete(answer, begun->binding)) == "done");
    BOOST_TEST(outcome(at.complete(answer, begun->binding)) == "login_not_pending");
    BOOST_TEST(at.exchanged == 1);
}

// covers C-UPD-5
BOOST_AUTO_TEST_CASE(another_browser_can_neither_finish_nor_spoil_a_login)
{
    site at;
    const auto begun = at.begin();
    const auto answer = site::answer(begun->where, "code=CANARY-code");
    BOOST_TEST(outcome(at.complete(answer, "")) == "browser_mismatch");
    BOOST_TEST(outcome(at.complete(answer, begun->binding + "x")) == "browser_mismatch");
    BOOST_TEST(
        outcome(at.complete(site::answer(begun->where, "error=access_denied"), "other"))
        == "browser_mismatch"
    );
    BOOST_TEST(at.exchanged == 0);
    BOOST_TEST(outcome(at.complete(answer, begun->binding)) == "done");
}

BOOST_AUTO_TEST_CASE(another_user_of_the_same_browser_can_neither_finish_nor_spoil_a_login)
{
    site at;
    const auto begun = at.begin();
    const auto answer = site::answer(begun->where, "code=CANARY-code");
    const auto as = [&](const char* user) {
        login_callback out(answer);
        out.user(user);
        return out;
    };
    BOOST_TEST(outcome(at.complete(as("berta"), begun->binding)) == "login_user_mismatch");
    BOOST_TEST(outcome(at.complete(as(""), begun->binding)) == "login_user_mismatch");
    at.web.accepts = [](const std::string& user) { return user == "berta"; };
    BOOST_TEST(outcome(at.complete(as("anna"), begun->binding)) == "login_user_mismatch");
    BOOST_TEST(at.exchanged == 0);
    at.web.accepts = nullptr;
    BOOST_TEST(outcome(at.complete(as("anna"), begun->binding)) == "done");
}

BOOST_AUTO_TEST_CASE(a_forged_callback_can_neither_finish_nor_spoil_a_login)
{
    site at;
    const auto begun = at.begin();
    const std::string good = site::answer(begun->where, "code=CANARY-code");
    const auto forged = [&](const std::string& target) {
        return outcome(at.complete(target, begun->binding));
    };
    BOOST_TEST(
        forged(site::answer(begun->where, "code=evil", "https://evil.example"))
        == "issuer_parameter_mismatch"
    );
    BOOST_TEST(forged(good + "&code=evil") == "callback_parameter_duplicated");
    BOOST_TEST(forged(good.substr(0, good.find("&state"))) == "state_missing");
    BOOST_TEST(forged(std::string(callback_uri) + "?code=evil&state=guess") == "login_not_pending");
    BOOST_TEST(
        forged("https://app.example/other" + good.substr(std::string(callback_uri).size()))
        == "callback_redirect_uri_mismatch"
    );
    BOOST_TEST(forged(good.substr(0, good.find("&iss"))) == "issuer_parameter_missing");
    BOOST_TEST(at.exchanged == 0);
    BOOST_TEST(at.pending() == 1);
    BOOST_TEST(forged(good) == "done");
}

BOOST_AUTO_TEST_CASE(who_takes_the_login_between_look_and_take_is_the_only_one_who_exchanges)
{
    site at;
    const auto begun = at.begin();
    at.w.others = [&](const action& a) {
        if (!std::holds_alternative<act::take>(a))
            return;
        for (auto& r : at.w.records)
        {
            if (r.first.kind == record_kind::pending_login)
                r.second = stored_record();
        }
    };
    const auto answer = site::answer(begun->where, "code=CANARY-code");
    BOOST_TEST(outcome(at.complete(answer, begun->binding)) == "login_not_pending");
    BOOST_TEST(at.exchanged == 0);
}

BOOST_AUTO_TEST_CASE(a_request_target_without_the_host_is_enough)
{
    site at;
    const auto begun = at.begin();
    std::string target = site::answer(begun->where, "code=CANARY-code");
    target.erase(0, std::string("https://app.example").size());
    BOOST_TEST(outcome(at.complete(target, begun->binding)) == "done");
}

BOOST_AUTO_TEST_CASE(the_users_no_ends_the_login)
{
    site at;
    const auto begun = at.begin();
    const auto no = site::answer(begun->where, "error=access_denied");
    BOOST_TEST(outcome(at.complete(no, begun->binding)) == "access_denied");
    BOOST_TEST(outcome(at.complete(no, begun->binding)) == "login_not_pending");
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_posted_as_a_form_finishes_a_login)
{
    site at;
    const auto begun = at.begin(begin_params(where).form_post(true));
    BOOST_TEST(parameter(begun->where, "response_mode") == "form_post");
    const std::string answer = site::answer(begun->where, "code=CANARY-code");
    const auto mark = answer.find('?');
    const secret form(answer.substr(mark + 1));
    // With parameters in both places it is two answers.
    BOOST_TEST(
        outcome(at.complete(login_callback(answer, form), begun->binding))
        == "callback_redirect_uri_mismatch"
    );
    const login_callback posted(answer.substr(0, mark), form);
    BOOST_TEST(outcome(at.complete(posted, begun->binding)) == "done");
}

BOOST_AUTO_TEST_CASE(two_logins_of_one_browser_share_its_cookie_and_do_not_disturb_each_other)
{
    site at;
    const auto first = at.begin();
    const auto second = at.begin(begin_params(where), first->binding);
    BOOST_TEST(second->binding == first->binding);
    BOOST_TEST(
        outcome(at.complete(site::answer(second->where, "code=CANARY-2"), first->binding)) == "done"
    );
    BOOST_TEST(
        outcome(at.complete(site::answer(first->where, "code=CANARY-1"), first->binding)) == "done"
    );
}

BOOST_AUTO_TEST_CASE(servers_that_do_not_name_themselves_answer_at_an_address_of_their_own)
{
    site at;
    std::string document = server_document;
    const std::string claim = R"(,"authorization_response_iss_parameter_supported":true)";
    document.erase(document.find(claim), claim.size());
    at.w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
    const auto begun = at.begin();
    const auto uri = parameter(begun->where, "redirect_uri");
    BOOST_TEST(uri == std::string(callback_uri) + "/" + issuer_tag("https://as.example"));
    std::string answer = site::answer(begun->where, "code=CANARY-code");
    answer.erase(answer.find("&iss"));
    // At the address of another server it is not taken.
    const std::string elsewhere = std::string(callback_uri) + answer.substr(uri.size());
    BOOST_TEST(outcome(at.complete(elsewhere, begun->binding)) == "callback_redirect_uri_mismatch");
    BOOST_TEST(outcome(at.complete(answer, begun->binding)) == "done");
}

namespace {

// The metadata of a server that does not put `iss` into its answers, with more members in front.
void serve_nameless(world& w, const std::string& more)
{
    std::string document = server_document;
    const std::string claim = R"(,"authorization_response_iss_parameter_supported":true)";
    document.erase(document.find(claim), claim.size());
    document.insert(1, more);
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
}

constexpr const char* own_document = "https://app.example/client.json";
constexpr const char* takes_documents = R"("client_id_metadata_document_supported":true,)";

} // namespace

BOOST_AUTO_TEST_CASE(a_site_that_wants_forms_gets_them_from_servers_that_send_them_alone)
{
    const auto mode_at = [](const std::string& modes) {
        site at;
        at.web.form_post = true;
        std::string document = server_document;
        document.insert(1, modes);
        at.w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
        const auto begun = at.begin();
        BOOST_REQUIRE(begun);
        return parameter(begun->where, "response_mode");
    };
    BOOST_TEST(mode_at("") == "");
    BOOST_TEST(mode_at(R"("response_modes_supported":["query","fragment"],)") == "");
    BOOST_TEST(mode_at(R"("response_modes_supported":["query","form_post"],)") == "form_post");
}

BOOST_AUTO_TEST_CASE(a_nameless_server_gets_the_document_of_the_site_that_is_for_it_alone)
{
    site at;
    serve_nameless(at.w, takes_documents);
    at.settings.client_metadata_url = own_document;
    at.web.documents = "https://app.example/documents";
    const auto begun = at.begin();
    BOOST_REQUIRE(begun);
    const std::string tag = issuer_tag("https://as.example");
    BOOST_TEST(
        parameter(begun->where, "client_id") == "https://app.example/documents/" + tag + ".json"
    );
    BOOST_TEST(parameter(begun->where, "redirect_uri") == std::string(callback_uri) + "/" + tag);
    BOOST_TEST(lines_with(at.w.log, "send registration").empty());
}

BOOST_AUTO_TEST_CASE(a_nameless_server_gets_a_client_of_its_own_rather_than_the_document_of_all)
{
    site at;
    serve_nameless(at.w, takes_documents);
    at.settings.client_metadata_url = own_document;
    const auto begun = at.begin();
    BOOST_REQUIRE(begun);
    BOOST_TEST(parameter(begun->where, "client_id") == "client-1");
    BOOST_TEST(
        parameter(begun->where, "redirect_uri")
        == std::string(callback_uri) + "/" + issuer_tag("https://as.example")
    );
}

BOOST_AUTO_TEST_CASE(a_nameless_server_that_registers_nobody_gets_the_document_of_all)
{
    site at;
    std::string document = server_document;
    for (const std::string& gone :
         {std::string(R"(,"authorization_response_iss_parameter_supported":true)"),
          std::string(R"("registration_endpoint":"https://as.example/register",)")})
        document.erase(document.find(gone), gone.size());
    document.insert(1, takes_documents);
    at.w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
    at.settings.client_metadata_url = own_document;
    const auto begun = at.begin();
    BOOST_REQUIRE(begun);
    BOOST_TEST(parameter(begun->where, "client_id") == own_document);
    BOOST_TEST(parameter(begun->where, "redirect_uri") == callback_uri);
}

BOOST_AUTO_TEST_CASE(a_server_that_names_itself_gets_the_document_of_all)
{
    site at;
    std::string document = server_document;
    document.insert(1, takes_documents);
    at.w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
    at.settings.client_metadata_url = own_document;
    at.web.documents = "https://app.example/documents";
    const auto begun = at.begin();
    BOOST_REQUIRE(begun);
    BOOST_TEST(parameter(begun->where, "client_id") == own_document);
    BOOST_TEST(parameter(begun->where, "redirect_uri") == callback_uri);
}

BOOST_AUTO_TEST_CASE(a_client_made_by_hand_has_one_address_at_a_nameless_server_too)
{
    for (const bool is_of_this_server : {true, false})
    {
        site at;
        serve_nameless(at.w, "");
        at.settings.pre_registered.emplace_back("https://other.example", "elsewhere");
        if (is_of_this_server)
            at.settings.pre_registered.emplace_back("https://as.example", "by-hand");
        const auto begun = at.begin();
        BOOST_REQUIRE(begun);
        const std::string own = std::string(callback_uri) + "/" + issuer_tag("https://as.example");
        BOOST_TEST(
            parameter(begun->where, "client_id") == (is_of_this_server ? "by-hand" : "client-1")
        );
        BOOST_TEST(
            parameter(begun->where, "redirect_uri") == (is_of_this_server ? callback_uri : own)
        );
    }
}

BOOST_AUTO_TEST_CASE(a_callback_that_is_no_path_of_the_site_is_refused)
{
    site at;
    const auto begun = at.begin();
    std::string target = site::answer(begun->where, "code=CANARY-code");
    target.erase(0, std::string("https://app.example").size());
    BOOST_TEST(outcome(at.complete(std::string(), begun->binding)) == "state_missing");
    BOOST_TEST(outcome(at.complete(target.substr(1), begun->binding)) != "done");
    BOOST_TEST(at.exchanged == 0);
    // Where it is known what it belongs to, it is taken.
    BOOST_TEST(outcome(at.complete(target, begun->binding)) == "done");
}

BOOST_AUTO_TEST_CASE(a_callback_belongs_to_the_address_that_its_login_was_begun_with)
{
    for (const char* now : {"https://moved.example/oauth/callback", ""})
    {
        site at;
        const auto begun = at.begin();
        std::string target = site::answer(begun->where, "code=CANARY-code");
        target.erase(0, std::string("https://app.example").size());
        at.web.redirect_uri = now;
        BOOST_TEST(
            outcome(at.complete("/other" + target, begun->binding))
            == "callback_redirect_uri_mismatch"
        );
        BOOST_TEST(at.exchanged == 0);
        BOOST_TEST(outcome(at.complete(target, begun->binding)) == "done", now);
    }
}

BOOST_AUTO_TEST_CASE(nothing_in_the_store_lets_its_reader_finish_a_login)
{
    site at;
    const auto begun = at.begin();
    const std::string state = parameter(begun->where, "state");
    for (const auto& r : at.w.records)
    {
        BOOST_TEST(r.first.id.find(state) == std::string::npos);
        BOOST_TEST(r.second.value.binding.find(begun->binding) == std::string::npos);
        BOOST_TEST(
            std::string(r.second.value.document.reveal()).find(begun->binding) == std::string::npos
        );
    }
}

BOOST_AUTO_TEST_CASE(a_pending_login_ends_by_itself)
{
    site at;
    at.web.login_timeout = std::chrono::minutes(5);
    BOOST_REQUIRE(at.begin());
    int seen = 0;
    for (const auto& r : at.w.records)
    {
        if (r.first.kind != record_kind::pending_login)
            continue;
        ++seen;
        BOOST_TEST((r.second.value.expires_at == at.w.wall + std::chrono::minutes(5)));
    }
    BOOST_TEST(seen == 1);
}

BOOST_AUTO_TEST_CASE(a_client_that_the_server_has_forgotten_is_registered_anew_by_the_next_login)
{
    site at;
    const auto begun = at.begin();
    at.token_status = 401;
    at.token_error = R"({"error":"invalid_client"})";
    BOOST_TEST(
        outcome(at.complete(site::answer(begun->where, "code=CANARY-code"), begun->binding))
        == "invalid_client"
    );
    at.w.log.clear();
    BOOST_REQUIRE(at.begin());
    BOOST_TEST(lines_with(at.w.log, "send registration").size() == 1);
}

BOOST_AUTO_TEST_CASE(a_resource_without_login_sends_nobody_away)
{
    site at;
    at.w.on("GET", where, 200, "{}");
    at.w.on("POST", where, 200, "{}");
    at.w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource/mcp", 404, "");
    const auto begun = at.begin();
    BOOST_REQUIRE(begun);
    BOOST_TEST(begun->where.empty());
    BOOST_TEST(at.pending() == 0);
}

BOOST_AUTO_TEST_CASE(
    whatever_happens_at_any_step_the_outcome_is_typed_and_a_code_is_never_spent_twice
)
{
    int ended = 0;
    for (int step = 0; step < 30; ++step)
    {
        for (int how = 0; how != 3; ++how)
        {
            site at;
            const auto begun = at.begin();
            const int first = at.w.steps();
            if (how == 0)
                at.w.fail_at = first + step;
            else if (how == 1)
                at.w.cancel_from = first + step;
            else
                at.w.abandon_at = first + step;
            const auto answer = site::answer(begun->where, "code=CANARY-code");
            auto r = at.w.run(detail::complete_login(answer, begun->binding, at.web, at.settings));
            BOOST_TEST(broken_invariant(at.w, r) == "");
            at.w.fail_at = at.w.cancel_from = at.w.abandon_at = -1;
            if (r && *r)
                ++ended;
            if (how == 2)
                continue;
            // Again, as a user who reloads the page.
            auto again =
                at.w.run(detail::complete_login(answer, begun->binding, at.web, at.settings));
            BOOST_TEST(broken_invariant(at.w, again) == "");
            BOOST_TEST(at.exchanged <= 1, "the code was sent twice at step " << step);
        }
    }
    BOOST_TEST(ended > 30);
}

BOOST_AUTO_TEST_SUITE_END()
