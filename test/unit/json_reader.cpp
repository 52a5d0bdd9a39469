// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"

#include <asioauth/limits.hpp>

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace asioauth;
using asioauth::detail::json_object;
using asioauth::detail::read_json_body;

BOOST_AUTO_TEST_SUITE(json_reader)

namespace {

std::string_view outcome(std::string_view text)
{
    const result<json_object> r = json_object::parse(text);
    return r ? std::string_view("success") : name_of(r.error().code());
}

json_object object(std::string_view text)
{
    result<json_object> r = json_object::parse(text);
    BOOST_REQUIRE_MESSAGE(r.has_value(), text);
    return *std::move(r);
}

template <class T>
std::string_view name_of_result(const result<T>& r)
{
    return r ? std::string_view("success") : name_of(r.error().code());
}

http_response json_response(std::string_view type, std::string_view body = "{}")
{
    http_response r(200, std::string(body));
    r.field("Content-Type", type);
    return r;
}

class row
{
public:
    std::string_view text;
    std::string_view outcome;
};

} // namespace

// covers V41, V83, V88, T6
BOOST_AUTO_TEST_CASE(only_one_strict_object_is_read)
{
    const row rows[] = {
        {"{}", "success"},
        {" \t\r\n{ } \n", "success"},
        {R"({"a":1,"b":[true,false,null,-0.5e-3],"c":{"a":"x"}})", "success"},
        {R"({"a":{"x":1},"b":{"x":1}})", "success"},
        {R"({"issuer":1,"Issuer":2})", "success"},
        {R"({"a":"\u00fc\ud83d\ude00\n\/"})", "success"},
        {"{\"a\":\"\xc3\xbc\"}", "success"},
        {R"({"":1})", "success"},
        {R"({"a":18446744073709551615})", "success"},
        {R"({"a":99999999999999999999})", "success"},
        // other values and texts
        {"", "json_malformed"},
        {" ", "json_malformed"},
        {"[]", "json_wrong_type"},
        {"[{}]", "json_wrong_type"},
        {"null", "json_wrong_type"},
        {"true", "json_wrong_type"},
        {"1", "json_wrong_type"},
        {R"("text")", "json_wrong_type"},
        {"<!doctype html>", "json_malformed"},
        {"undefined", "json_malformed"},
        // something after it, or before it
        {"{}{}", "json_malformed"},
        {"{} x", "json_malformed"},
        {"{}%", "json_malformed"},
        {"{},", "json_malformed"},
        {"\xef\xbb\xbf{}", "json_malformed"},
        {"\xff\xfe{\x00}", "json_malformed"},
        {")]}'\n{}", "json_malformed"},
        {std::string_view("{}\0", 3), "json_malformed"},
        // incomplete or not JSON
        {"{", "json_malformed"},
        {R"({"a")", "json_malformed"},
        {R"({"a":)", "json_malformed"},
        {R"({"a":1)", "json_malformed"},
        {R"({"a":1,})", "json_malformed"},
        {R"({"a":[1,]})", "json_malformed"},
        {R"({a:1})", "json_malformed"},
        {R"({'a':1})", "json_malformed"},
        {R"({"a":1 "b":2})", "json_malformed"},
        {R"({"a" 1})", "json_malformed"},
        {R"({"a":01})", "json_malformed"},
        {R"({"a":+1})", "json_malformed"},
        {R"({"a":.5})", "json_malformed"},
        {R"({"a":1.})", "json_malformed"},
        {R"({"a":0x10})", "json_malformed"},
        {R"({"a":NaN})", "json_malformed"},
        {R"({"a":Infinity})", "json_malformed"},
        {R"({"a":-Infinity})", "json_malformed"},
        {R"({"a":True})", "json_malformed"},
        {R"(/* c */{})", "json_malformed"},
        {"{} // c", "json_malformed"},
        {R"({"a":1]})", "json_malformed"},
        // numbers that overflow
        {R"({"a":1e400})", "json_malformed"},
        {R"({"a":-1e400})", "json_malformed"},
        {R"({"x":[[1e99999999999]]})", "json_malformed"},
        // characters in strings
        {"{\"a\":\"\n\"}", "json_malformed"},
        {"{\"a\":\"\x1f\"}", "json_malformed"},
        {R"({"a":"\x41"})", "json_malformed"},
        {R"({"a":"\u12"})", "json_malformed"},
        {R"({"a":"\u0000"})", "json_malformed"},
        {R"({"a":"x\u0000y"})", "json_malformed"},
        {R"({"iss\u0000uer":1})", "json_malformed"},
        {R"({"a":[{"b":"\u0000"}]})", "json_malformed"},
        {std::string_view("{\"a\":\"\0\"}", 9), "json_malformed"},
        {R"({"a":"\ud83d"})", "json_malformed"},
        {R"({"a":"\ude00"})", "json_malformed"},
        {R"({"a":"\ud83dx"})", "json_malformed"},
        {"{\"a\":\"\xff\"}", "json_malformed"},
        {"{\"a\":\"\xc0\xaf\"}", "json_malformed"},
        {"{\"a\":\"\xed\xa0\x80\"}", "json_malformed"},
        {"{\"\xff\":1}", "json_malformed"},
        // the same member twice, at any level and in any spelling
        {R"({"a":1,"a":1})", "json_member_duplicated"},
        {R"({"a":1,"b":2,"a":3})", "json_member_duplicated"},
        {R"({"issuer":"https://good","iss\u0075er":"https://evil"})", "json_member_duplicated"},
        {R"({"a":{"x":1,"x":2}})", "json_member_duplicated"},
        {R"({"a":[{"x":1},{"y":1,"y":2}]})", "json_member_duplicated"},
        {R"({"a":null,"a":1})", "json_member_duplicated"},
        {R"({"":1,"":2})", "json_member_duplicated"},
        {"{\"\xc3\xbc\":1,\"\\u00fc\":2}", "json_member_duplicated"},
    };
    for (const row& r : rows)
    {
        BOOST_TEST(outcome(r.text) == r.outcome, r.text);
    }
}

BOOST_AUTO_TEST_CASE(duplicated_member_is_named)
{
    const result<json_object> r = json_object::parse(R"({"a":{"jwks\n":1,"jwks\n":2}})");
    BOOST_REQUIRE(!r.has_value());
    BOOST_TEST(r.error().info().message() == "Member \"jwks \" occurs twice.");
}

// covers V83
BOOST_AUTO_TEST_CASE(nesting_deeper_than_the_limit_is_refused)
{
    const auto nested = [](std::size_t depth) {
        std::string text = "{\"a\":";
        text.append(depth - 1, '[').append(depth - 1, ']').append(1, '}');
        return text;
    };
    BOOST_TEST(outcome(nested(limits::json_depth)) == "success");
    BOOST_TEST(outcome(nested(limits::json_depth + 1)) == "json_malformed");
    BOOST_TEST(outcome(nested(100000)) == "json_malformed");
    BOOST_TEST(outcome(std::string(200000, '[')) == "json_malformed");
    std::string objects;
    for (int i = 0; i != 20000; ++i)
    {
        objects += "{\"a\":";
    }
    BOOST_TEST(outcome(objects) == "json_malformed");
}

BOOST_AUTO_TEST_CASE(every_prefix_and_every_changed_byte_is_read_or_refused)
{
    const std::string text =
        R"({"issuer":"https://h","n":[1,2.5,true,null,{"x":"\u00fc"}],"e":{},"s":"a\\b"})";
    BOOST_TEST(outcome(text) == "success");
    for (std::size_t i = 0; i != text.size(); ++i)
    {
        BOOST_TEST(outcome(text.substr(0, i)) == "json_malformed");
        for (const char c : {'\0', '"', '{', '}', '\\', ',', '\xff', '0'})
        {
            std::string changed = text;
            changed[i] = c;
            BOOST_TEST(!outcome(changed).empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(object_outlives_the_text_it_was_read_from)
{
    auto text =
        std::make_unique<std::string>(R"({"a":"a text that is longer than any small buffer"})");
    const result<json_object> o = json_object::parse(*text);
    text.reset();
    BOOST_REQUIRE(o.has_value());
    BOOST_TEST(*o->string("a") == "a text that is longer than any small buffer");
}

BOOST_AUTO_TEST_CASE(copy_of_an_object_lives_by_itself)
{
    std::optional<boost::json::object> copy; // assigned to an object it would be copied once more
    {
        const json_object o =
            object(R"({"a":{"b":"a text that is longer than any small buffer"}})");
        copy.emplace(o.copy());
    }
    const auto& inner = copy->at("a").as_object();
    BOOST_TEST(inner.at("b").as_string() == "a text that is longer than any small buffer");
    BOOST_TEST(inner.storage().get() == boost::json::storage_ptr().get());
}

BOOST_AUTO_TEST_CASE(object_takes_no_more_memory_than_it_may)
{
    std::string text = R"({"a":[0)";
    for (int i = 0; i != 20'000; ++i)
        text += ",0"; // a value takes more than its text
    text += "]}";
    const result<json_object> bounded = json_object::parse(text);
    BOOST_REQUIRE(!bounded.has_value());
    BOOST_TEST((bounded.error().code() == errc::json_malformed));
    BOOST_TEST(bounded.error().info().message() == "The document takes too much memory.");
    BOOST_TEST(!json_object::parse("{}", 8, 100).has_value()); // not even the first piece
    const auto free = json_object::parse(text, 8, json_object::any_memory);
    BOOST_REQUIRE(free.has_value());
    BOOST_TEST(free->raw().if_contains("a")->size() == 20'001U);
}

BOOST_AUTO_TEST_CASE(required_string_is_present_and_not_empty)
{
    const json_object o = object(R"({"s":"x","e":"","n":null,"i":1,"a":["x"],"o":{}})");
    BOOST_TEST(*o.string("s") == "x");
    for (const row& r :
         {row{"missing", "json_member_missing"},
          row{"e", "json_member_missing"},
          row{"n", "json_member_missing"},
          row{"S", "json_member_missing"},
          row{"i", "json_wrong_type"},
          row{"a", "json_wrong_type"},
          row{"o", "json_wrong_type"}})
    {
        BOOST_TEST(name_of_result(o.string(r.text)) == r.outcome, r.text);
    }
    BOOST_TEST(o.string("i").error().info().message() == "Member \"i\" is not a string.");
    BOOST_TEST(o.string("n").error().info().message() == "Member \"n\" is missing.");
    BOOST_TEST(o.string("e").error().info().message() == "Member \"e\" is empty.");
}

BOOST_AUTO_TEST_CASE(optional_string_is_empty_where_absent_null_or_empty)
{
    const json_object o = object(R"({"s":"x","e":"","n":null,"i":1,"b":false})");
    BOOST_TEST(*o.optional_string("s") == "x");
    BOOST_TEST(o.optional_string("missing")->empty());
    BOOST_TEST(o.optional_string("e")->empty());
    BOOST_TEST(o.optional_string("n")->empty());
    BOOST_TEST(name_of_result(o.optional_string("i")) == "json_wrong_type");
    BOOST_TEST(name_of_result(o.optional_string("b")) == "json_wrong_type");
    BOOST_TEST(o.has("s"));
    BOOST_TEST(o.has("b"));
    BOOST_TEST(!o.has("n"));
    BOOST_TEST(!o.has("missing"));
    BOOST_TEST(o.raw().size() == 5U);
}

BOOST_AUTO_TEST_CASE(display_string_is_presentable_and_never_an_error)
{
    const json_object o = object(R"({"s":"a\u202eb\u0007","i":1,"n":null,"a":[]})");
    BOOST_TEST(o.display_string("s") == "ab");
    for (const std::string_view name : {"i", "n", "a", "missing"})
    {
        BOOST_TEST(o.display_string(name).empty());
    }
}

BOOST_AUTO_TEST_CASE(optional_strings_are_an_array_of_strings_only)
{
    const json_object o = object(
        R"({"l":["a","b"],"e":[],"n":null,"s":"a","m":["a",1],"z":["a",null],"o":{},"d":[["a"]]})"
    );
    const auto l = o.optional_strings("l");
    BOOST_REQUIRE((l && *l));
    BOOST_TEST((**l == std::vector<std::string>{"a", "b"}));
    BOOST_TEST((*o.optional_strings("e"))->empty());
    BOOST_TEST(!o.optional_strings("n")->has_value());
    BOOST_TEST(!o.optional_strings("missing")->has_value());
    for (const std::string_view name : {"s", "m", "z", "o", "d"})
    {
        BOOST_TEST(name_of_result(o.optional_strings(name)) == "json_wrong_type", name);
    }
}

BOOST_AUTO_TEST_CASE(longer_list_than_the_limit_is_refused)
{
    const auto list = [](std::size_t n) {
        std::string text = R"({"l":["x")";
        for (std::size_t i = 1; i != n; ++i)
        {
            text += ",\"x\"";
        }
        return object(text + "]}");
    };
    BOOST_TEST(name_of_result(list(limits::list_elements).optional_strings("l")) == "success");
    BOOST_TEST(
        name_of_result(list(limits::list_elements + 1).optional_strings("l")) == "json_wrong_type"
    );
}

BOOST_AUTO_TEST_CASE(optional_bool_takes_true_false_null_only)
{
    const json_object o = object(R"({"t":true,"f":false,"n":null,"s":"true","i":1})");
    BOOST_TEST(*o.optional_bool("t"));
    BOOST_TEST(!*o.optional_bool("f"));
    BOOST_TEST(!*o.optional_bool("n"));
    BOOST_TEST(!*o.optional_bool("missing"));
    BOOST_TEST(name_of_result(o.optional_bool("s")) == "json_wrong_type");
    BOOST_TEST(name_of_result(o.optional_bool("i")) == "json_wrong_type");
}

// covers V88, C-7591-3
BOOST_AUTO_TEST_CASE(seconds_are_clamped_whatever_number_a_server_sends)
{
    constexpr std::int64_t most = std::int64_t{10} * 365 * 24 * 60 * 60;
    class seconds_row
    {
    public:
        std::string_view json;
        std::int64_t value; // -1: wrong type, -2: absent
    };
    const seconds_row rows[] = {
        {"3600", 3600},
        {"0", 0},
        {"-0", 0},
        {"-1", 0},
        {"-9223372036854775808", 0},
        {"315360000", most},
        {"315360001", most},
        {"9223372036854775807", most},
        {"9223372036854775808", most},
        {"18446744073709551615", most},
        {"99999999999999999999", most},
        {"-99999999999999999999", 0},
        {"3600.0", 3600},
        {"3599.9", 3599},
        {"0.9", 0},
        {"-0.9", 0},
        {"3.6e3", 3600},
        {"1e300", most},
        {"-1e300", 0},
        {"1e-300", 0},
        {"\"3600\"", 3600},
        {"\"0\"", 0},
        {"\"-5\"", 0},
        {"\"3599.9\"", 3599},
        {"\"99999999999999999999999999\"", most},
        {"null", -2},
        {"\"\"", -2},
        {"\"-\"", -1},
        {"\".5\"", -1},
        {"\"5.\"", -1},
        {"\"+5\"", -1},
        {"\" 5\"", -1},
        {"\"5s\"", -1},
        {"\"1e3\"", -1},
        {"\"0x10\"", -1},
        {"\"infinity\"", -1},
        {"true", -1},
        {"[1]", -1},
        {"{}", -1},
    };
    for (const seconds_row& r : rows)
    {
        const json_object o = object("{\"t\":" + std::string(r.json) + "}");
        const auto got = o.optional_seconds("t");
        const std::int64_t value = !got ? -1 : *got ? **got : -2;
        BOOST_TEST(value == r.value, r.json);
    }
    BOOST_TEST(!object("{}").optional_seconds("t")->has_value());
}

// covers C-9728-2
BOOST_AUTO_TEST_CASE(only_json_content_types_are_read)
{
    const row rows[] = {
        {"application/json", "success"},
        {"Application/JSON", "success"},
        {"application/json;charset=utf-8", "success"},
        {"application/json ; charset=\"UTF-8\"", "success"},
        {" application/json ", "success"},
        {"application/problem+json", "success"},
        {"application/jwk-set+json; x", "success"},
        {"", "content_type_not_json"},
        {"text/html", "content_type_not_json"},
        {"text/json", "content_type_not_json"},
        {"text/plain; application/json", "content_type_not_json"},
        {"application/jsonp", "content_type_not_json"},
        {"application/x-json", "content_type_not_json"},
        {"application/+json", "content_type_not_json"},
        {"application/json, text/html", "content_type_not_json"},
        {"application/json/x", "content_type_not_json"},
        {"application/xml+jsonx", "content_type_not_json"},
        {"xapplication/json", "content_type_not_json"},
        {"application json", "content_type_not_json"},
        {"application/jwt", "content_type_not_json"},
        {"application/a b+json", "content_type_not_json"},
    };
    for (const row& r : rows)
    {
        BOOST_TEST(name_of_result(read_json_body(json_response(r.text))) == r.outcome, r.text);
    }
    BOOST_TEST(name_of_result(read_json_body(http_response(200, "{}"))) == "content_type_not_json");
    http_response twice = json_response("application/json");
    twice.field("content-type", "application/json");
    BOOST_TEST(name_of_result(read_json_body(twice)) == "content_type_not_json");
}

// covers V80
BOOST_AUTO_TEST_CASE(encoded_content_is_refused)
{
    const row rows[] = {
        {"identity", "success"},
        {" Identity ", "success"},
        {"", "success"},
        {"gzip", "content_encoding_not_supported"},
        {"identity, gzip", "content_encoding_not_supported"},
        {"br", "content_encoding_not_supported"},
    };
    for (const row& r : rows)
    {
        http_response response = json_response("application/json");
        response.field("Content-Encoding", r.text);
        BOOST_TEST(name_of_result(read_json_body(response)) == r.outcome, r.text);
    }
    http_response second = json_response("application/json");
    second.field("Content-Encoding", "identity").field("Content-Encoding", "gzip");
    BOOST_TEST(name_of_result(read_json_body(second)) == "content_encoding_not_supported");
}

BOOST_AUTO_TEST_CASE(failure_carries_url_and_status_and_no_body)
{
    http_response response = json_response("application/json", "s3cr3t");
    response.status(418).from(*url::parse("https://h/doc?x=1"));
    const result<json_object> r = read_json_body(response);
    BOOST_REQUIRE(!r.has_value());
    BOOST_TEST(r.error().info().url() == "https://h/doc");
    BOOST_TEST(r.error().info().http_status() == 418);
    BOOST_TEST(describe(r.error().code(), r.error().info()).find("s3cr3t") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(usable_part_of_an_odd_member_is_kept_and_the_rest_noted)
{
    const json_object o = object(
        R"({"good":["a","b"],"mixed":["a",1,null,["x"],"b"],"text":"a","number":7,"none":null,)"
        R"("empty":[],"yes":true,"yes_text":"true","no_text":"false","odd_text":"1"})"
    );
    using strings = std::vector<std::string>;
    std::vector<std::string> notes;
    BOOST_TEST((o.usable_strings("good", notes) == strings{"a", "b"}));
    BOOST_TEST((o.usable_strings("empty", notes) == strings()));
    BOOST_TEST(!o.usable_strings("none", notes).has_value());
    BOOST_TEST(!o.usable_strings("absent", notes).has_value());
    BOOST_TEST(o.usable_bool("yes", notes));
    BOOST_TEST(o.usable_bool("yes_text", notes));
    BOOST_TEST(!o.usable_bool("no_text", notes));
    BOOST_TEST(!o.usable_bool("none", notes));
    BOOST_TEST(o.usable_string("text", notes) == "a");
    BOOST_TEST(o.usable_string("none", notes).empty());
    BOOST_TEST(notes.empty());
    BOOST_TEST((o.usable_strings("mixed", notes) == strings{"a", "b"}));
    BOOST_TEST(notes.size() == 1U);
    BOOST_TEST(!o.usable_strings("text", notes).has_value());
    BOOST_TEST(notes.size() == 2U);
    BOOST_TEST(!o.usable_bool("odd_text", notes));
    BOOST_TEST(notes.size() == 3U);
    BOOST_TEST(o.usable_string("number", notes).empty());
    BOOST_TEST(notes.size() == 4U);
    BOOST_TEST(notes[0].find("\"mixed\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(list_that_is_too_long_is_kept_up_to_the_limit)
{
    std::string text = R"({"list":["x")";
    for (std::size_t i = 0; i != limits::list_elements; ++i)
    {
        text += ",\"y\"";
    }
    std::vector<std::string> notes;
    const auto kept = object(text + "]}").usable_strings("list", notes);
    BOOST_TEST(kept->size() == limits::list_elements);
    BOOST_TEST(notes.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
