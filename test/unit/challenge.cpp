// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/limits.hpp>
#include <asioauth/protocol/challenge.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(challenge_)

namespace {

// "scheme", "scheme token68", "scheme{name=value;...}", joined by " | ".
std::string show(const std::vector<challenge>& found)
{
    std::string out;
    for (const challenge& c : found)
    {
        out += out.empty() ? "" : " | ";
        out += c.scheme;
        out += c.token68.empty() ? "" : " " + c.token68;
        std::string parameters;
        for (const auto& [name, value] : c.parameters)
        {
            parameters += parameters.empty() ? "" : ";";
            parameters += name + "=" + value;
        }
        out += parameters.empty() ? "" : "{" + parameters + "}";
    }
    return out;
}

http_response with_fields(const std::vector<std::string>& values)
{
    http_response r(401, "");
    for (const std::string& v : values)
    {
        r.field("WWW-Authenticate", v);
    }
    return r;
}

class row
{
public:
    std::string_view value;
    std::string_view shown;
};

} // namespace

// covers C-MCP-2
// catches D-10
BOOST_AUTO_TEST_CASE(challenges_of_the_whole_grammar_are_read)
{
    const row rows[] = {
        {"", ""},
        {" ", ""},
        {",", ""},
        {" , ,\t,", ""},
        {"Bearer", "bearer"},
        {"BEARER", "bearer"},
        {"Bearer ", "bearer"},
        {" Bearer", "bearer"},
        {",Bearer,", "bearer"},
        {"Bearer realm=\"x\"", "bearer{realm=x}"},
        {"Bearer realm=x", "bearer{realm=x}"},
        {"Bearer Realm=\"X\"", "bearer{realm=X}"},
        {"Bearer realm=\"\"", "bearer{realm=}"},
        {"Bearer  realm = \"x\" ", "bearer{realm=x}"},
        {"Bearer\trealm\t=\t\"x\"", "bearer{realm=x}"},
        {"Bearer a=1,b=2", "bearer{a=1;b=2}"},
        {"Bearer a=1 , b=2", "bearer{a=1;b=2}"},
        {"Bearer a=1,,,b=2,", "bearer{a=1;b=2}"},
        {"Bearer ,a=1", "bearer{a=1}"},
        {"Bearer , , a=1", "bearer{a=1}"},
        {"Bearer a=1,a=2", "bearer{a=1;a=2}"},
        {"Bearer a=\"1,2\",b=3", "bearer{a=1,2;b=3}"},
        {"Bearer a=\"x\\\"y\"", "bearer{a=x\"y}"},
        {"Bearer a=\"x\\\\\"", "bearer{a=x\\}"},
        {"Bearer a=\"\\x\"", "bearer{a=x}"},
        {"Bearer a=\"b=c, Basic d=e\"", "bearer{a=b=c, Basic d=e}"},
        {"Bearer a=\"\xc3\xbc\"", "bearer{a=\xc3\xbc}"},
        {"Bearer a=\"x\ty\"", "bearer{a=x\ty}"},
        {"!#$%&'*+-.^_`|~9 x=1", "!#$%&'*+-.^_`|~9{x=1}"},
        {"Negotiate", "negotiate"},
        {"Negotiate YWJj", "negotiate YWJj"},
        {"Negotiate YWJj==", "negotiate YWJj=="},
        {"Negotiate a-._~+/9=", "negotiate a-._~+/9="},
        {"Negotiate   YWJj== ", "negotiate YWJj=="},
        {"Negotiate YWJj==, Bearer a=1", "negotiate YWJj== | bearer{a=1}"},
        {"Negotiate YWJj==,Bearer", "negotiate YWJj== | bearer"},
        {"Negotiate, Basic realm=\"x\"", "negotiate | basic{realm=x}"},
        {"Negotiate,Basic,Bearer", "negotiate | basic | bearer"},
        {"Basic realm=\"x\", Bearer a=1, b=2", "basic{realm=x} | bearer{a=1;b=2}"},
        {"Basic realm=\"x\",Bearer a=1", "basic{realm=x} | bearer{a=1}"},
        {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
         "newauth{realm=apps;type=1;title=Login to \"apps\"} | basic{realm=simple}"},
        {"Bearer a=1, Bearer b=2", "bearer{a=1} | bearer{b=2}"},
        {"Bearer realm=\"x\",\r\n error=\"y\"", "bearer{realm=x;error=y}"},
        // not the grammar, but what servers send
        {"Bearer resource_metadata=https://h:1/.well-known/x?y=z&a=%20",
         "bearer{resource_metadata=https://h:1/.well-known/x?y=z&a=%20}"},
        {"Bearer realm=\"mcp\", resource_metadata=https://h/x, scope=a:b",
         "bearer{realm=mcp;resource_metadata=https://h/x;scope=a:b}"},
        {"Bearer error=\"invalid_token\" error_description=\"expired\" ",
         "bearer{error=invalid_token;error_description=expired}"},
        {"Bearer a=1 b=2, c=3", "bearer{a=1;b=2;c=3}"},
    };
    static_assert(std::size(rows) >= 40);
    for (const row& r : rows)
    {
        BOOST_TEST(show(parse_challenges(r.value)) == r.shown, r.value);
    }
}

// covers C-MCP-2
BOOST_AUTO_TEST_CASE(reading_ends_at_what_fits_no_grammar_and_keeps_what_is_complete)
{
    const row rows[] = {
        {"\"", ""},
        {"=", ""},
        {"=x", ""},
        {"(Bearer)", ""},
        {"Bearer=", ""},
        {"Bearer=x", ""},
        {"Bearer\"x\"", ""},
        {"Bearer: x", ""},
        {"B\xc3\xbc realm=x", ""},
        {"failed to read user from request", "failed"},
        {"OAuth \"Facebook Platform\" \"invalid_token\" \"x, y\"", "oauth"},
        {"Bearer realm=\"x", "bearer"},
        {"Bearer realm=\"x\\", "bearer"},
        {"Bearer realm=\"x\\\"", "bearer"},
        {"Bearer realm=\"", "bearer"},
        {"Bearer a=1, realm=\"x", "bearer{a=1}"},
        {"Bearer a=1, realm=\"x, Basic realm=\"y\"", "bearer{a=1;realm=x, Basic realm=}"},
        {"Bearer a=1, =2", "bearer{a=1}"},
        {"Bearer a=1, b=,c=3", "bearer{a=1}"},
        {"Bearer a=1, b", "bearer{a=1} | b"},
        {"Bearer a=1; b=2", "bearer{a=1;;b=2}"},
        {"Bearer a=1\"2\"", "bearer"},
        {"Bearer a=\"1\"2", "bearer{a=1}"},
        {"Bearer a=\"1\"b=2", "bearer{a=1}"},
        {"Bearer a='1", "bearer{a='1}"},
        {"Bearer a=\\1", "bearer"},
        {"Bearer a=\"x\x01y\"", "bearer"},
        {"Bearer a=\"x\x7fy\"", "bearer"},
        {std::string_view("Bearer a=\"x\0y\"", 14), "bearer"},
        {std::string_view("Bearer a=1\0, Basic", 18), "bearer"},
        {"Negotiate YWJj==x", "negotiate"},
        {"Negotiate YWJj== x", "negotiate"},
        {"Negotiate ==", "negotiate"},
        {"Negotiate YWJj, realm=x", "negotiate YWJj"},
        {"Basic realm=\"x\" Bearer a=1", "basic{realm=x}"},
        {"Basic realm=\"x\", Bearer a=\"1", "basic{realm=x} | bearer"},
        {"Basic realm=\"x\", (junk), Bearer a=1", "basic{realm=x}"},
    };
    for (const row& r : rows)
    {
        BOOST_TEST(show(parse_challenges(r.value)) == r.shown, r.value);
    }
}

// covers V84, V85
BOOST_AUTO_TEST_CASE(hostile_values_are_read_in_bounded_pieces)
{
    // Quadratic reading of these would take minutes; every one of them ends here.
    constexpr std::size_t size = 1U << 20U;
    const auto repeated = [](std::string_view piece, std::size_t bytes) {
        std::string out;
        while (out.size() < bytes)
        {
            out += piece;
        }
        return out;
    };
    BOOST_TEST(parse_challenges("Bearer " + std::string(size, '=')).size() == 1U);
    BOOST_TEST(parse_challenges("Bearer " + std::string(size, 'a') + " b").size() == 1U);
    BOOST_TEST(parse_challenges("Bearer a=\"" + std::string(size, '\\')).size() == 1U);
    BOOST_TEST(parse_challenges("Bearer a=\"" + repeated("\", a=\"", size)).size() == 1U);
    BOOST_TEST(parse_challenges(std::string(size, ',')).empty());
    BOOST_TEST(parse_challenges(std::string(size, ' ') + "(").empty());
    BOOST_TEST(parse_challenges("Bearer a" + std::string(size, ' ') + "x").size() == 1U);
    BOOST_TEST(parse_challenges("Bearer a=1" + repeated(" \t, ", size) + "=").size() == 1U);
    BOOST_TEST(parse_challenges(repeated("a,", size)).size() == size / 2);
    BOOST_TEST(parse_challenges(repeated("a b=c,", size)).size() > size / 7);
}

BOOST_AUTO_TEST_CASE(any_bytes_are_read_without_harm)
{
    constexpr std::string_view pieces[] = {
        "Bearer",
        " ",
        ",",
        "=",
        "\"",
        "\\",
        "realm",
        "x",
        "\t",
        "Basic",
        "\xff",
        "\r\n",
        "scope=a",
        "/"};
    std::uint32_t noise = 11;
    for (int round = 0; round != 20000; ++round)
    {
        std::string value;
        for (int i = 0; i != round % 15; ++i)
        {
            noise = noise * 1664525U + 1013904223U;
            value += pieces[(noise >> 16U) % std::size(pieces)];
        }
        for (const challenge& c : parse_challenges(value))
        {
            BOOST_TEST(!c.scheme.empty());
            BOOST_TEST((c.token68.empty() || c.parameters.empty()));
        }
    }
}

BOOST_AUTO_TEST_CASE(parameter_is_found_by_its_lower_case_name)
{
    const std::vector<challenge> found = parse_challenges("Bearer Realm=x, a=\"\"");
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].parameter("realm").value() == "x");
    BOOST_TEST(found[0].parameter("a").value().empty());
    BOOST_TEST(!found[0].parameter("b").has_value());
}

BOOST_AUTO_TEST_CASE(all_fields_of_a_response_are_read_in_order)
{
    const http_response r = with_fields({"Basic realm=\"x\"", "junk\"", "Bearer a=1, Negotiate"});
    BOOST_TEST(show(parse_challenges(r)) == "basic{realm=x} | bearer{a=1} | negotiate");
    BOOST_TEST(parse_challenges(http_response(401, "")).empty());
}

// covers V84
BOOST_AUTO_TEST_CASE(fields_beyond_the_limit_are_not_looked_at)
{
    const std::string big = "Basic realm=\"" + std::string(limits::challenge_size - 20, 'x') + "\"";
    BOOST_TEST(parse_challenges(with_fields({big})).size() == 1U);
    BOOST_TEST(
        parse_challenges(with_fields({big, "Bearer realm=\"twenty-one bytes\""})).size() == 1U
    );
    BOOST_TEST(parse_challenges(with_fields({big + big, "Bearer"})).empty());
}

// covers C-9728-4
BOOST_AUTO_TEST_CASE(bearer_challenge_has_the_parameters_of_rfc_6750_and_9728)
{
    const auto b = read_bearer_challenge(with_fields(
        {"Bearer realm=\"R\", error=\"invalid_token\", error_description=\"a, b\", scope=\"a b\", "
         "resource_metadata=\"https://h/x\", unknown=\"y\""}
    ));
    BOOST_REQUIRE(b.has_value());
    BOOST_TEST(b->realm == "R");
    BOOST_TEST(b->error == "invalid_token");
    BOOST_TEST(b->error_description == "a, b");
    BOOST_TEST(b->scope == "a b");
    BOOST_TEST(b->resource_metadata == "https://h/x");
}

BOOST_AUTO_TEST_CASE(first_bearer_challenge_is_taken_and_dpop_only_without_one)
{
    BOOST_TEST(!read_bearer_challenge(with_fields({})).has_value());
    BOOST_TEST(!read_bearer_challenge(with_fields({"Basic realm=x"})).has_value());
    BOOST_TEST(
        !read_bearer_challenge(with_fields({"UMA resource_metadata=\"https://h\""})).has_value()
    );
    BOOST_TEST(!read_bearer_challenge(with_fields({"Bearerx realm=x"})).has_value());
    BOOST_TEST(read_bearer_challenge(with_fields({"Bearer"})).has_value());
    BOOST_TEST(
        read_bearer_challenge(with_fields({"Basic realm=b", "Bearer realm=x, Bearer realm=y"}))
            ->realm
        == "x"
    );
    BOOST_TEST(
        read_bearer_challenge(with_fields({"DPoP realm=d, algs=\"ES256\", Bearer realm=b"}))->realm
        == "b"
    );
    BOOST_TEST(read_bearer_challenge(with_fields({"DPoP realm=d, DPoP realm=e"}))->realm == "d");
}

BOOST_AUTO_TEST_CASE(challenge_says_whether_it_is_for_dpop_and_with_which_algorithms)
{
    const auto dpop = read_bearer_challenge(with_fields({"DPoP algs=\"ES256 PS256\""}));
    BOOST_TEST(dpop->dpop);
    BOOST_TEST(dpop->dpop_algs == "ES256 PS256");
    const auto both = read_bearer_challenge(with_fields({"DPoP algs=\"ES256\"", "Bearer"}));
    BOOST_TEST(!both->dpop);
    BOOST_TEST(both->dpop_algs == "ES256");
    const auto bearer = read_bearer_challenge(with_fields({"Bearer algs=\"ES256\""}));
    BOOST_TEST(!bearer->dpop);
    BOOST_TEST(bearer->dpop_algs.empty());
    BOOST_TEST(
        read_bearer_challenge(with_fields({"DPoP algs=\"a\", algs=\"b\""}))->dpop_algs.empty()
    );
}

BOOST_AUTO_TEST_CASE(challenge_asks_for_a_login_of_some_kind_and_age)
{
    const auto b = read_bearer_challenge(with_fields(
        {"Bearer error=\"insufficient_user_authentication\", acr_values=\"urn:gold silver\", "
         "max_age=\"300\""}
    ));
    BOOST_TEST(b->acr_values == "urn:gold silver");
    BOOST_TEST((b->max_age == std::chrono::seconds(300)));
    const auto age = [](std::string_view text) {
        return read_bearer_challenge(with_fields({"Bearer max_age=" + std::string(text)}))->max_age;
    };
    BOOST_TEST((age("0") == std::chrono::seconds(0)));
    BOOST_TEST((age("999999999") == std::chrono::seconds(999'999'999)));
    for (const std::string_view odd : {"\"\"", "-1", "1.5", "\" 5\"", "soon", "9999999999", "0x1"})
    {
        BOOST_TEST(!age(odd).has_value(), odd);
    }
    BOOST_TEST(!read_bearer_challenge(with_fields({"Bearer"}))->max_age.has_value());
}

// covers C-MCP-2
BOOST_AUTO_TEST_CASE(misspelled_name_of_the_metadata_address_is_understood)
{
    const auto address = [](std::string_view parameters) {
        return read_bearer_challenge(with_fields({"Bearer " + std::string(parameters)}))
            ->resource_metadata;
    };
    for (const std::string_view name :
         {"resource_metadata",
          "Resource_Metadata",
          "resource_metadata_uri",
          "resource_metadata_url",
          "resource-metadata",
          "resource-metadata-uri",
          "resource-metadata-url"})
    {
        BOOST_TEST(address(std::string(name) + "=\"https://h/x\"") == "https://h/x", name);
        BOOST_TEST(address(std::string(name) + "=https://h/x") == "https://h/x", name);
    }
    // The right name counts, and what contradicts itself does not.
    BOOST_TEST(
        address("resource_metadata_url=\"https://g\", resource_metadata=\"https://h\"")
        == "https://h"
    );
    BOOST_TEST(
        address("resource_metadata_url=\"https://g\", resource_metadata_uri=\"https://h\"").empty()
    );
    BOOST_TEST(
        address("resource_metadata_url=\"https://g\", resource_metadata_uri=\"https://g\"")
        == "https://g"
    );
    BOOST_TEST(
        address("resource_metadata_url=\"https://g\", resource_metadata_url=\"https://g\"").empty()
    );
    for (const std::string_view other :
         {"resource", "metadata", "authorization_uri", "as_uri", "resource_metadata_"})
    {
        BOOST_TEST(address(std::string(other) + "=\"https://h/x\"").empty(), other);
    }
}

BOOST_AUTO_TEST_CASE(metadata_address_is_taken_from_the_first_challenge_that_has_one)
{
    const auto address = [](std::vector<std::string> fields) {
        return read_bearer_challenge(with_fields(fields))->resource_metadata;
    };
    BOOST_TEST(
        address({"Bearer realm=x", "Bearer resource_metadata=\"https://h\""}) == "https://h"
    );
    BOOST_TEST(
        address({"DPoP resource_metadata=\"https://d\"", "Bearer resource_metadata=\"https://h\""})
        == "https://h"
    );
    BOOST_TEST(address({"Bearer realm=x", "DPoP resource_metadata=\"https://d\""}) == "https://d");
    BOOST_TEST(address({"Bearer realm=x", "UMA resource_metadata=\"https://u\""}).empty());
    BOOST_TEST(address({"Bearer resource_metadata=a, resource_metadata=b",
                        "DPoP resource_metadata=c"})
                   .empty());
}

BOOST_AUTO_TEST_CASE(parameter_given_twice_counts_as_absent)
{
    const auto b = read_bearer_challenge(with_fields(
        {"Bearer resource_metadata=\"https://good\", resource_metadata=\"https://evil\", realm=x, "
         "Realm=x, scope=a"}
    ));
    BOOST_REQUIRE(b.has_value());
    BOOST_TEST(b->resource_metadata.empty());
    BOOST_TEST(b->realm.empty());
    BOOST_TEST(b->scope == "a");
}

BOOST_AUTO_TEST_CASE(text_for_people_is_made_presentable_and_odd_scopes_are_dropped)
{
    const auto b = read_bearer_challenge(with_fields(
        {"Bearer error_description=\"\xe2\x80\xae"
         "abc\", realm=\""
         + std::string(2000, 'r') + "\", scope=\"a \xc3\xbc\""}
    ));
    BOOST_REQUIRE(b.has_value());
    BOOST_TEST(b->error_description == "abc");
    BOOST_TEST(b->realm.size() == 512U);
    BOOST_TEST(b->scope.empty());
    BOOST_TEST(read_bearer_challenge(with_fields({"Bearer scope=\"a\\\"b\""}))->scope.empty());
}

BOOST_AUTO_TEST_SUITE_END()
