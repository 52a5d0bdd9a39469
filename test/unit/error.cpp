// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/error.hpp>
#include <asioauth/version.hpp>

#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <cctype>
#include <set>
#include <string>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(error)

namespace {

constexpr int last_value = static_cast<int>(errc::internal_error);

} // namespace

BOOST_AUTO_TEST_CASE(every_value_has_a_name_of_its_own)
{
    std::set<std::string_view> names;
    for (int v = 1; v <= last_value; ++v)
    {
        const std::string_view name = name_of(static_cast<errc>(v));
        BOOST_TEST(!name.empty(), "value " << v);
        BOOST_TEST(names.insert(name).second, name);
        BOOST_TEST(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    }
}

BOOST_AUTO_TEST_CASE(names_are_those_of_the_enumeration)
{
    BOOST_TEST(name_of(errc::invalid_argument) == "invalid_argument");
    BOOST_TEST(name_of(errc::client_closed) == "client_closed");
    BOOST_TEST(name_of(errc::issuer_mismatch) == "issuer_mismatch");
    BOOST_TEST(name_of(errc::user_timeout) == "user_timeout");
    BOOST_TEST(name_of(errc::unknown_oauth_error) == "unknown_oauth_error");
    BOOST_TEST(name_of(errc::json_member_duplicated) == "json_member_duplicated");
    BOOST_TEST(name_of(errc::deadline_exceeded) == "deadline_exceeded");
    BOOST_TEST(name_of(errc::port_in_use) == "port_in_use");
    BOOST_TEST(name_of(errc::out_of_memory) == "out_of_memory");
}

BOOST_AUTO_TEST_CASE(every_message_says_what_happened_and_what_to_do_in_sentences)
{
    std::set<std::string> messages;
    for (int v = 1; v <= last_value; ++v)
    {
        const auto e = static_cast<errc>(v);
        const std::string message = make_error_code(e).message();
        const std::string hint(hint_for(e));
        BOOST_TEST_CONTEXT(name_of(e))
        {
            BOOST_TEST(!hint.empty());
            BOOST_TEST(message.ends_with(" " + hint));
            BOOST_TEST(message.size() > hint.size() + 10);
            BOOST_TEST(hint.back() == '.');
            BOOST_TEST(std::isupper(static_cast<unsigned char>(message.front())) != 0);
            BOOST_TEST(std::isupper(static_cast<unsigned char>(hint.front())) != 0);
            BOOST_TEST(message.find("  ") == std::string::npos);
        }
        messages.insert(message);
    }
    // unsupported_response_type and response_type_not_supported may say much the same.
    BOOST_TEST(messages.size() >= static_cast<std::size_t>(last_value - 1));
}

BOOST_AUTO_TEST_CASE(message_into_a_buffer_is_cut_to_its_size_and_terminated)
{
    const error_code ec = errc::issuer_mismatch;
    char buffer[8];
    BOOST_TEST(std::string(ec.message(buffer, sizeof buffer)) == "The met");
}

BOOST_AUTO_TEST_CASE(unknown_values_have_no_name_but_a_message)
{
    for (const int v : {0, -1, last_value + 1, 100000})
    {
        BOOST_TEST(name_of(static_cast<errc>(v)).empty());
        BOOST_TEST(hint_for(static_cast<errc>(v)).empty());
        BOOST_TEST(error_code(v, error_category()).message() == "Unknown error.");
        for (int c = 1; c <= static_cast<int>(condition::usage); ++c)
        {
            BOOST_TEST((error_code(v, error_category()) != static_cast<condition>(c)));
        }
    }
    BOOST_TEST(error_condition(99, condition_category()).message() == "Unknown condition.");
}

BOOST_AUTO_TEST_CASE(every_value_has_exactly_one_condition)
{
    for (int v = 1; v <= last_value; ++v)
    {
        const error_code ec = static_cast<errc>(v);
        int matches = 0;
        for (int c = 1; c <= static_cast<int>(condition::usage); ++c)
        {
            const bool match = ec == static_cast<condition>(c);
            matches += match ? 1 : 0;
            BOOST_TEST(match == (ec.default_error_condition() == static_cast<condition>(c)));
        }
        BOOST_TEST(matches == 1, name_of(ec));
    }
}

BOOST_AUTO_TEST_CASE(conditions_tell_a_program_what_to_do)
{
    class row
    {
    public:
        errc code;
        condition kind;
    };
    const row rows[] = {
        {errc::login_required, condition::login_required},
        {errc::invalid_grant, condition::login_required},
        {errc::invalid_token, condition::login_required},
        {errc::access_denied, condition::cancelled}, // the user said no
        {errc::user_timeout, condition::cancelled},  // trying again by itself would nag the user
        {errc::name_not_resolved, condition::unreachable},
        {errc::connect_timeout, condition::unreachable},
        {errc::temporarily_unavailable, condition::unreachable},
        {errc::server_error, condition::unreachable},
        {errc::insufficient_scope, condition::refused},
        {errc::invalid_client, condition::refused},
        {errc::registration_not_supported, condition::refused},
        {errc::authorization_not_offered, condition::refused},
        {errc::unknown_oauth_error, condition::refused},
        {errc::issuer_mismatch, condition::untrusted},
        {errc::resource_mismatch, condition::untrusted},
        {errc::state_mismatch, condition::untrusted},
        {errc::pkce_not_supported, condition::untrusted},
        {errc::tls_certificate_untrusted, condition::untrusted},
        {errc::address_blocked, condition::untrusted},
        {errc::json_malformed, condition::untrusted},
        {errc::store_unavailable, condition::storage},
        {errc::invalid_url, condition::usage},
        {errc::client_information_required, condition::usage},
    };
    for (const row& r : rows)
    {
        const error_code ec = r.code;
        BOOST_TEST((ec == r.kind), name_of(r.code));
    }
}

BOOST_AUTO_TEST_CASE(aborted_operations_of_any_category_are_cancelled)
{
    const error_code generic = make_error_code(boost::system::errc::operation_canceled);
    const error_code system(ECANCELED, boost::system::system_category());
    for (const error_code& ec : {generic, system, operation_aborted()})
    {
        BOOST_TEST((ec == condition::cancelled));
        BOOST_TEST((ec != condition::unreachable));
        BOOST_TEST(name_of(ec) == "cancelled");
    }
    BOOST_TEST((operation_aborted() == boost::system::errc::operation_canceled));
}

BOOST_AUTO_TEST_CASE(other_codes_have_no_condition_and_are_named_by_their_category)
{
    const error_code refused = make_error_code(boost::system::errc::connection_refused);
    for (int c = 1; c <= static_cast<int>(condition::usage); ++c)
    {
        BOOST_TEST((refused != static_cast<condition>(c)));
        BOOST_TEST((error_code() != static_cast<condition>(c)));
    }
    BOOST_TEST(name_of(refused) == "generic");
    BOOST_TEST(name_of(error_code()) == "success");
    BOOST_TEST(name_of(make_error_code(errc::state_missing)) == "state_missing");
}

BOOST_AUTO_TEST_CASE(conditions_work_for_standard_library_codes)
{
    const std::error_code ec = make_error_code(errc::issuer_mismatch);
    const std::error_condition untrusted = make_error_condition(condition::untrusted);
    const std::error_condition refused = make_error_condition(condition::refused);
    BOOST_TEST((ec == untrusted));
    BOOST_TEST((ec != refused));
}

BOOST_AUTO_TEST_CASE(oauth_errors_map_to_the_value_of_their_name)
{
    for (const std::string_view name : {
             "access_denied",
             "insufficient_scope",
             "invalid_client",
             "invalid_client_metadata",
             "invalid_grant",
             "invalid_redirect_uri",
             "invalid_request",
             "invalid_scope",
             "invalid_target",
             "invalid_token",
             "server_error",
             "temporarily_unavailable",
             "unapproved_software_statement",
             "unauthorized_client",
             "unsupported_grant_type",
             "unsupported_response_type",
         })
    {
        BOOST_TEST(name_of(oauth_error_from_name(name)) == name);
    }
}

BOOST_AUTO_TEST_CASE(other_texts_from_a_server_are_unknown_oauth_errors)
{
    // OpenID Connect's login_required and our own names must not become ours.
    for (const std::string_view name :
         {"",
          "login_required",
          "issuer_mismatch",
          "unknown_oauth_error",
          "Access_Denied",
          "access_denied ",
          "invalid",
          "http_status_unexpected"})
    {
        BOOST_TEST((oauth_error_from_name(name) == errc::unknown_oauth_error), name);
    }
}

BOOST_AUTO_TEST_CASE(every_condition_has_a_sentence_of_its_own)
{
    BOOST_TEST(std::string(condition_category().name()) == "asioauth.condition");
    BOOST_TEST(std::string(error_category().name()) == "asioauth");
    std::set<std::string> messages;
    for (int c = 1; c <= static_cast<int>(condition::usage); ++c)
    {
        const error_condition kind = make_error_condition(static_cast<condition>(c));
        BOOST_TEST((kind.category() == condition_category()));
        BOOST_TEST(kind.value() == c);
        const std::string message = kind.message();
        BOOST_TEST(message.back() == '.', message);
        BOOST_TEST(message != "Unknown condition.");
        BOOST_TEST(messages.insert(message).second, message);
    }
    const auto message_of = [](condition c) { return make_error_condition(c).message(); };
    BOOST_TEST(message_of(condition::login_required) == "The user has to log in.");
    BOOST_TEST(message_of(condition::refused) == "The server said no.");
    BOOST_TEST(message_of(condition::storage) == "The store failed.");
    BOOST_TEST(error_condition(0, condition_category()).message() == "Unknown condition.");
}

BOOST_AUTO_TEST_CASE(message_of_an_unknown_value_fits_any_buffer_too)
{
    const error_code unknown(last_value + 1, error_category());
    char buffer[64];
    BOOST_TEST(std::string(unknown.message(buffer, sizeof buffer)) == "Unknown error.");
    BOOST_TEST(std::string(unknown.message(buffer, 1)).empty());
    buffer[0] = 'x'; // which is not ours if there is no room at all
    error_category().message(static_cast<int>(errc::issuer_mismatch), buffer, 0);
    BOOST_TEST(buffer[0] == 'x');
}

BOOST_AUTO_TEST_CASE(library_runs_with_the_version_of_its_headers)
{
    BOOST_TEST(version() == version_string);
    BOOST_TEST(
        version()
        == std::to_string(version_major) + '.' + std::to_string(version_minor) + '.'
            + std::to_string(version_patch)
    );
}

BOOST_AUTO_TEST_SUITE_END()
