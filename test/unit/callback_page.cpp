// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/callback_page.hpp"

#include <asioauth/protocol/form.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/sha.h>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace asioauth;
using detail::callback_page;
using detail::page_for;

constexpr std::array all_pages = {
    callback_page::not_finished,
    callback_page::not_waiting,
    callback_page::bad_request,
    callback_page::not_found,
    callback_page::method_not_allowed,
    callback_page::head_too_large,
};

std::vector<std::string> every_response()
{
    std::vector<std::string> out;
    for (const auto page : all_pages)
        out.push_back(page_for(page));
    out.push_back(page_for(login_outcome()));
    for (int value = 1; !name_of(static_cast<errc>(value)).empty(); ++value)
        out.push_back(page_for(login_outcome(static_cast<errc>(value))));
    out.push_back(page_for(login_outcome(error_code(boost::asio::error::connection_reset))));
    return out;
}

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string_view between(std::string_view text, std::string_view start, std::string_view end)
{
    const auto from = text.find(start);
    BOOST_REQUIRE(from != std::string_view::npos);
    text.remove_prefix(from + start.size());
    const auto to = text.find(end);
    BOOST_REQUIRE(to != std::string_view::npos);
    return text.substr(0, to);
}

} // namespace

BOOST_AUTO_TEST_SUITE(callback_page_)

// covers C-9700-16 C-21-6
BOOST_AUTO_TEST_CASE(every_response_carries_the_protective_fields)
{
    const auto responses = every_response();
    BOOST_TEST(responses.size() > 100U);
    for (const auto& response : responses)
    {
        const auto head = std::string_view(response).substr(0, response.find("\r\n\r\n") + 2);
        BOOST_TEST_CONTEXT(std::string(head))
        {
            BOOST_TEST(head.starts_with("HTTP/1.1 "));
            BOOST_TEST(contains(head, "\r\nContent-Security-Policy: default-src 'none'; "));
            BOOST_TEST(contains(head, "frame-ancestors 'none'"));
            BOOST_TEST(!contains(head, "unsafe-inline"));
            BOOST_TEST(contains(head, "\r\nX-Content-Type-Options: nosniff\r\n"));
            BOOST_TEST(contains(head, "\r\nX-Frame-Options: DENY\r\n"));
            BOOST_TEST(contains(head, "\r\nReferrer-Policy: no-referrer\r\n"));
            BOOST_TEST(contains(head, "\r\nCache-Control: no-store\r\n"));
            BOOST_TEST(contains(head, "\r\nConnection: close\r\n"));
            BOOST_TEST(contains(head, "\r\nContent-Type: text/html; charset=utf-8\r\n"));
            const auto body = std::string_view(response).substr(head.size() + 2);
            BOOST_TEST(
                between(head, "\r\nContent-Length: ", "\r\n") == std::to_string(body.size())
            );
        }
    }
}

// covers C-9700-16 C-21-6
BOOST_AUTO_TEST_CASE(every_page_is_whole_and_has_no_script)
{
    for (const auto& response : every_response())
    {
        BOOST_TEST(contains(response, "<!DOCTYPE html>\n<html lang=\"en\">"));
        BOOST_TEST(contains(response, "<meta name=\"color-scheme\" content=\"light dark\">"));
        BOOST_TEST(contains(response, "<main>"));
        BOOST_TEST(between(response, "<title>", "</title>") == between(response, "<h1>", "</h1>"));
        BOOST_TEST(!contains(response, "<script"));
        BOOST_TEST(!contains(response, "href="));
        BOOST_TEST(!contains(response, "src="));
    }
}

BOOST_AUTO_TEST_CASE(the_style_matches_the_hash_in_the_policy)
{
    const auto response = page_for(login_outcome());
    const auto style = std::string(between(response, "<style>", "</style>"));
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    std::string bytes;
    SHA256(reinterpret_cast<const unsigned char*>(style.data()), style.size(), digest.data());
    for (const auto byte : digest)
        bytes += static_cast<char>(byte);
    BOOST_TEST(between(response, "'sha256-", "'") == base64_encode(bytes));
}

BOOST_AUTO_TEST_CASE(a_success_says_complete)
{
    const auto response = page_for(login_outcome());
    BOOST_TEST(response.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(between(response, "<title>", "</title>") == "Login complete");
    BOOST_TEST(contains(response, "You can close this tab."));
}

BOOST_AUTO_TEST_CASE(a_failure_says_what_happened_and_what_to_do)
{
    const auto response = page_for(login_outcome(errc::access_denied));
    BOOST_TEST(response.starts_with("HTTP/1.1 400 "));
    BOOST_TEST(between(response, "<title>", "</title>") == "Login failed");
    BOOST_TEST(contains(response, "<code>access_denied</code>"));
    BOOST_TEST(contains(response, "Access was denied"));
    BOOST_TEST(contains(response, "administrator")); // of the hint
    BOOST_TEST(contains(response, "You can close this tab."));
}

BOOST_AUTO_TEST_CASE(every_failure_has_a_page_of_its_own)
{
    std::set<std::string> seen;
    int value = 1;
    for (; !name_of(static_cast<errc>(value)).empty(); ++value)
        seen.insert(page_for(login_outcome(static_cast<errc>(value))));
    BOOST_TEST(seen.size() == static_cast<std::size_t>(value - 1));
}

BOOST_AUTO_TEST_CASE(quotes_in_texts_are_escaped)
{
    for (const auto& response : every_response())
    {
        const auto text = between(response, "</h1>", "</main>");
        BOOST_TEST(!contains(text, "'"));
        BOOST_TEST(!contains(text, "\""));
    }
}

BOOST_AUTO_TEST_CASE(a_foreign_error_code_shows_no_text_of_its_own)
{
    const error_code code(boost::asio::error::connection_reset);
    const auto response = page_for(login_outcome(code));
    BOOST_TEST(between(response, "<title>", "</title>") == "Login failed");
    BOOST_TEST(!contains(response, code.message()));
}

BOOST_AUTO_TEST_CASE(a_cancelled_login_says_not_finished)
{
    const auto response = page_for(login_outcome(operation_aborted()));
    BOOST_TEST(response == page_for(callback_page::not_finished));
    BOOST_TEST(between(response, "<title>", "</title>") == "Login not finished");
}

BOOST_AUTO_TEST_CASE(the_405_names_the_one_method)
{
    BOOST_TEST(contains(page_for(callback_page::method_not_allowed), "\r\nAllow: GET\r\n"));
}

BOOST_AUTO_TEST_CASE(an_answer_to_head_has_no_body)
{
    const auto response = page_for(callback_page::method_not_allowed);
    const auto head = detail::without_body(response);
    BOOST_TEST(response.starts_with(head));
    BOOST_TEST(head.ends_with("Connection: close\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(a_code_that_nobody_knows_has_a_page_without_a_name)
{
    const error_code unknown(9'999, error_category());
    BOOST_TEST(name_of(unknown).empty());
    const auto response = page_for(login_outcome(unknown));
    BOOST_TEST(between(response, "<title>", "</title>") == "Login failed");
    BOOST_TEST(!contains(response, "<code>"));
    BOOST_TEST(!contains(response, "<p></p>"));
    BOOST_TEST(contains(response, "You can close this tab."));
    // Nor has one of a foreign category, even where a code of ours has the same number.
    const error_code foreign(
        static_cast<int>(errc::access_denied), boost::system::system_category()
    );
    BOOST_TEST(!contains(page_for(login_outcome(foreign)), "<code>"));
}

BOOST_AUTO_TEST_CASE(a_page_that_there_is_not_is_a_bad_request)
{
    BOOST_TEST(page_for(static_cast<callback_page>(99)) == page_for(callback_page::bad_request));
}

BOOST_AUTO_TEST_CASE(what_has_no_body_loses_nothing)
{
    for (const std::string text : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n"})
        BOOST_TEST(detail::without_body(text) == text);
    BOOST_TEST(detail::without_body("a\r\n\r\nb\r\n\r\n") == "a\r\n\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
