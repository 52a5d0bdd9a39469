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

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
