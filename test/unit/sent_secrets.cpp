// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/sent_secrets.hpp"

#include <asioauth/protocol/client_auth.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace asioauth {
namespace {

constexpr const char* code = "a-code-of-24-characters!";
constexpr const char* password = "the password / of a client";

http_request token_request()
{
    http_request out(request_kind::token, "POST", url::parse("https://as.example/token").value());
    out.body(
        "application/x-www-form-urlencoded",
        secret("grant_type=authorization_code&code=a-code-of-24-characters%21&scope=files%3Aread")
    );
    out.authorization(make_basic_credentials("c", secret(password)));
    return out;
}

diagnostics told(const detail::sent_secrets& sent, const std::string& text)
{
    failure f(errc::invalid_request);
    f.where(stage::token).http_status(400).server_message(text);
    return sent.hidden(f).info();
}

BOOST_AUTO_TEST_SUITE(sent_secrets)

BOOST_AUTO_TEST_CASE(text_of_a_server_that_repeats_what_it_was_sent_is_not_shown)
{
    detail::sent_secrets sent;
    const auto request = token_request();
    sent.add(request);
    const std::string header(request.authorization().reveal().substr(6));
    for (const std::string& repeated : {std::string(code), std::string(password), header})
    {
        for (const std::string& text :
             {"no: " + repeated, "cut: " + repeated.substr(0, 15), "cut: " + repeated.substr(8)})
        {
            const auto info = told(sent, text);
            BOOST_TEST(info.server_message() == "(not shown: it repeats a secret)");
            BOOST_TEST((info.where() == stage::token));
            BOOST_TEST(info.http_status() == 400);
        }
    }
}

BOOST_AUTO_TEST_CASE(text_that_repeats_what_is_public_is_shown)
{
    detail::sent_secrets sent;
    sent.add(token_request());
    for (const std::string text :
         {"authorization_code is not for c", "files:read is unknown", "no"})
        BOOST_TEST(told(sent, text).server_message() == text);
}

BOOST_AUTO_TEST_CASE(secret_is_hidden_in_every_member_of_diagnostics_and_in_events)
{
    detail::sent_secrets sent;
    sent.add(code);
    const std::string text = std::string("https://x.example/") + code;
    failure f(errc::invalid_request);
    f.url(text).message(text).server_error(text).server_message(text).hint(text);
    f.required_scope(text).client_information(text, text, text);
    const auto info = sent.hidden(f).info();
    for (const std::string& t :
         {info.url(),
          info.message(),
          info.server_error(),
          info.server_message(),
          info.hint(),
          info.required_scope(),
          info.issuer(),
          info.redirect_uri(),
          info.documentation()})
        BOOST_TEST(t.find(code) == std::string::npos);
    event e(event::kind::note, stage::token, text);
    e.url = text;
    sent.hide(e);
    BOOST_TEST(e.text.find(code) == std::string::npos);
    BOOST_TEST(e.url.find(code) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(secret_of_a_client_that_is_updated_is_hidden)
{
    detail::sent_secrets sent;
    http_request r(request_kind::registration, "PUT", url::parse("https://as.example/c").value());
    r.body("application/json", secret(R"({"client_id":"c","client_secret":"of-this-client"})"));
    sent.add(r);
    BOOST_TEST(told(sent, "of-this-client").server_message() != "of-this-client");
}

BOOST_AUTO_TEST_CASE(secret_that_is_shorter_than_words_hides_none)
{
    detail::sent_secrets sent;
    sent.add("error");
    BOOST_TEST(told(sent, "an error").server_message() == "an error");
}

BOOST_AUTO_TEST_CASE(credentials_and_bodies_that_cannot_be_read_are_hidden_as_far_as_they_can_be)
{
    const auto request = [](const std::string& credentials, const std::string& body) {
        http_request out(
            request_kind::token, "POST", url::parse("https://as.example/token").value()
        );
        out.body("application/x-www-form-urlencoded", secret(body));
        out.authorization(secret(credentials));
        return out;
    };
    const auto hides = [](const http_request& r, const std::string& text) {
        detail::sent_secrets sent;
        sent.add(r);
        return told(sent, text).server_message() != text;
    };
    // No base64, and a password that is no form text: the credentials as they are.
    BOOST_TEST(hides(request("Basic !!!not-base64!!!", ""), "got !!!not-base64!!!"));
    const std::string odd = base64_encode("c:pass%zzword");
    BOOST_TEST(hides(request("Basic " + odd, ""), "got " + odd));
    BOOST_TEST(!hides(request("Basic " + odd, ""), "got pass%zzword"));
    BOOST_TEST(hides(request("Basic " + base64_encode("no-colon-in-it"), ""), "no-colon-in-it"));
    // Both alphabets of base64.
    const std::string text = "c:?>?>?>~~~~";
    BOOST_TEST(base64_encode(text).find_first_of("+/") != std::string::npos);
    BOOST_TEST(hides(request("Basic " + base64_encode(text), ""), "got ?>?>?>~~~~"));
    BOOST_TEST(hides(request("Bearer some-token-of-it", ""), "some-token-of-it"));
    // What can be read of half a form.
    BOOST_TEST(hides(request("", "code=%2&state=whatever"), "whatever"));
    BOOST_TEST(!hides(request("", "code=%2&state"), "state"));
    BOOST_TEST(hides(request("", "state=whatever"), "whatever"));
    BOOST_TEST(!hides(request("", "scope=whatever"), "whatever"));
}

BOOST_AUTO_TEST_CASE(registration_without_a_secret_of_its_own_hides_nothing)
{
    for (const char* body :
         {R"({"client_name":"a-public-name"})",
          R"({"client_secret":7,"client_name":"a-public-name"})",
          "a-public-name",
          "[]",
          ""})
    {
        detail::sent_secrets sent;
        http_request r(
            request_kind::registration, "POST", url::parse("https://as.example/r").value()
        );
        r.body("application/json", secret(body));
        sent.add(r);
        BOOST_TEST(told(sent, "a-public-name").server_message() == "a-public-name", body);
    }
}

BOOST_AUTO_TEST_CASE(requests_that_carry_no_secrets_hide_nothing)
{
    detail::sent_secrets sent;
    http_request r(request_kind::metadata, "GET", url::parse("https://as.example/").value());
    r.body("application/x-www-form-urlencoded", secret("code=not-a-secret-here"));
    sent.add(r);
    BOOST_TEST(told(sent, "not-a-secret-here").server_message() == "not-a-secret-here");
}

BOOST_AUTO_TEST_CASE(newest_secrets_are_hidden_however_many_there_were_before)
{
    detail::sent_secrets sent;
    const auto device_code = [](int i) { return "device:" + std::to_string(1000 + i); };
    const auto shown = [&](const std::string& text) {
        return told(sent, text).server_message() == text;
    };
    sent.add("the-first-one");
    for (int i = 0; i != 31; ++i)
        sent.add(device_code(i));
    sent.add(device_code(0)); // known: nobody has to go
    BOOST_TEST(!shown("the-first-one"));
    sent.add("the-newest-one");
    BOOST_TEST(!shown("the-newest-one"));
    BOOST_TEST(shown("the-first-one"));
}

BOOST_AUTO_TEST_CASE(only_the_member_that_repeats_a_secret_is_left_out)
{
    detail::sent_secrets sent;
    sent.add(code);
    const std::string bad = std::string("https://x.example/") + code;
    const std::string good = "https://x.example/";
    for (int member = 0; member != 3; ++member)
    {
        failure f(errc::invalid_request);
        f.message("why").hint("what to do").url(good);
        f.client_information(
            member == 0 ? bad : good, member == 1 ? bad : good, member == 2 ? bad : good
        );
        const auto info = sent.hidden(f).info();
        BOOST_TEST(info.issuer() == (member == 0 ? "" : good));
        BOOST_TEST(info.redirect_uri() == (member == 1 ? "" : good));
        BOOST_TEST(info.documentation() == (member == 2 ? "" : good));
        BOOST_TEST(info.message() == "why");
        BOOST_TEST(info.hint() == "what to do");
        BOOST_TEST(info.url() == good);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
