// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_document.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(json_document_)

namespace {

using detail::json_document;
using detail::json_value;
namespace json = boost::json;

constexpr std::size_t any_memory = static_cast<std::size_t>(-1);

result<json_document> read(std::string_view text, std::size_t most = any_memory)
{
    return json_document::parse(text, 16, most);
}

std::string_view outcome(const result<json_document>& r)
{
    return r ? std::string_view("success") : name_of(r.error().code());
}

// A document as somebody may write it who likes variety.
class author
{
public:
    explicit author(unsigned seed) : random_(seed) {}

    std::string object(int depth)
    {
        std::string out = "{";
        const auto members = upto(depth == 0 ? 40 : 5);
        for (unsigned i = 0; i != members; ++i)
        {
            out += i == 0 ? "" : " ,\n";
            out += quoted(std::to_string(i) + text()) + " : " + value(depth + 1);
        }
        return out + "}";
    }

private:
    unsigned upto(unsigned most) { return static_cast<unsigned>(random_() % (most + 1)); }

    std::string text()
    {
        static const std::vector<std::string> pieces = {
            "a",
            "Z9",
            " ",
            "/",
            "\xc3\xbc",
            "\xf0\x9f\x98\x80",
            "a longer piece of text, ",
            "\x7f"};
        std::string out;
        for (unsigned n = upto(6); n != 0; --n)
            out += pieces[upto(static_cast<unsigned>(pieces.size()) - 1)];
        return out;
    }

    std::string quoted(const std::string& plain)
    {
        static const std::vector<std::string> escapes = {
            "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", "\\t"};
        std::string out = "\"";
        for (std::size_t i = 0; i != plain.size(); ++i)
        {
            const bool begins = (static_cast<unsigned char>(plain[i]) & 0xc0U) != 0x80U;
            if (begins && upto(30) == 0)
                out += escapes[upto(static_cast<unsigned>(escapes.size()) - 1)];
            out += plain[i];
        }
        return out + "\"";
    }

    std::string value(int depth)
    {
        static const std::vector<std::string> others = {
            "null",
            "true",
            "false",
            "0",
            "-1",
            "9223372036854775807",
            "18446744073709551615",
            "1.5",
            "-2e-3",
            "[]",
            "{}"};
        const auto kind = upto(9);
        if (depth < 6 && kind == 0)
            return object(depth);
        if (depth < 6 && kind == 1)
        {
            std::string out = "[";
            for (unsigned n = upto(7); n != 0; --n)
                out += value(depth + 1) + (n == 1 ? "" : ",");
            return out + "]";
        }
        if (kind < 5)
            return quoted(text());
        return others[upto(static_cast<unsigned>(others.size()) - 1)];
    }

    std::mt19937 random_;
};

// {"0":0,"1":1,...}
std::string with_members(std::size_t count, std::string_view last = {})
{
    std::string out = "{";
    for (std::size_t i = 0; i != count; ++i)
        out += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::to_string(i);
    if (!last.empty())
        out.append(",\"").append(last).append("\":0");
    return out + "}";
}

} // namespace

BOOST_AUTO_TEST_CASE(documents_are_read_as_another_reader_reads_them)
{
    std::size_t texts = 0;
    for (unsigned seed = 0; seed != 500; ++seed)
    {
        const auto text = author(seed).object(0);
        const auto ours = read(text);
        BOOST_REQUIRE_MESSAGE(ours.has_value(), text);
        BOOST_TEST((to_document(ours->root()) == json::parse(text)), text);
        texts += text.size();
    }
    BOOST_TEST(texts > 100'000U); // they are not all empty
}

BOOST_AUTO_TEST_CASE(values_are_found_by_name_and_in_the_order_of_the_text)
{
    const auto d = read(R"({"n":null,"b":true,"i":-5,"u":18446744073709551615,"r":0.5,"s":"x",)"
                        R"("a":[1,[2,{"b":3}],"y"],"o":{"a":{"i":1},"":2}})");
    BOOST_REQUIRE(d.has_value());
    const json_value& root = d->root();
    BOOST_TEST(root.is_object());
    BOOST_TEST(root.size() == 8U);
    std::string names;
    for (const json_value& member : root)
        names += member.key();
    BOOST_TEST(names == "nbiursao");
    BOOST_TEST(root.if_contains("n")->is_null());
    BOOST_TEST(*root.if_contains("b")->if_bool() == true);
    BOOST_TEST(*root.if_contains("i")->if_int64() == -5);
    BOOST_TEST(*root.if_contains("u")->if_uint64() == 18446744073709551615U);
    BOOST_TEST(*root.if_contains("r")->if_double() == 0.5);
    BOOST_TEST(*root.if_contains("s")->if_string() == "x");
    BOOST_TEST(root.if_contains("S") == nullptr);
    BOOST_TEST(root.if_contains("") == nullptr); // it is further below
    const json_value& a = *root.if_contains("a");
    BOOST_TEST(a.size() == 3U);
    BOOST_TEST(*a.front().if_int64() == 1);
    BOOST_TEST(std::next(a.begin())->size() == 2U);
    BOOST_TEST(std::distance(a.begin(), a.end()) == 3);
    auto at = a.begin();
    BOOST_TEST((at++ == a.begin()));
    BOOST_TEST(at->is_array());
    BOOST_TEST(a.if_contains("b") == nullptr);
    BOOST_TEST(a.if_contains("") == nullptr); // elements have no names
    BOOST_TEST(*root.if_contains("o")->if_contains("a")->if_contains("i")->if_int64() == 1);
    BOOST_TEST(*root.if_contains("o")->if_contains("")->if_int64() == 2);
}

BOOST_AUTO_TEST_CASE(value_is_of_one_kind_and_null_for_all_others)
{
    const auto d = read(R"([null,true,1,18446744073709551615,0.5,"x",[],{}])");
    BOOST_REQUIRE(d.has_value());
    int kind = 0;
    for (const json_value& v : d->root())
    {
        const std::vector<bool> is = {
            v.is_null(),
            v.if_bool() != nullptr,
            v.if_int64() != nullptr,
            v.if_uint64() != nullptr,
            v.if_double() != nullptr,
            v.if_string() != nullptr,
            v.if_array() != nullptr,
            v.if_object() != nullptr};
        BOOST_TEST(std::count(is.begin(), is.end(), true) == 1);
        BOOST_TEST(is[static_cast<std::size_t>(kind)]);
        BOOST_TEST(v.is_number() == (kind >= 2 && kind <= 4));
        BOOST_TEST(v.empty());
        BOOST_TEST(v.size() == 0U);
        BOOST_TEST((v.begin() == v.end()));
        BOOST_TEST(!v.contains(""));
        ++kind;
    }
    BOOST_TEST(kind == 8);
}

BOOST_AUTO_TEST_CASE(member_twice_is_refused_wherever_it_is)
{
    for (const std::string_view text :
         {R"({"a":1,"a":1})",
          R"({"":1,"":2})",
          R"({"a":1,"\u0061":2})",
          R"({"ab":1,"b":2,"ab":3})",
          R"({"x":[{"a":{"b":1,"c":2,"b":3}}]})",
          R"({"x":{"a":1},"y":{"a":1,"a":2}})",
          R"({"x":{"a":1},"x":{"b":1}})"})
    {
        BOOST_TEST(outcome(read(text)) == "json_member_duplicated", text);
    }
    for (const std::string_view text :
         {R"({"a":1,"b":1,"A":1,"aa":1,"":1})",
          R"({"x":{"a":1},"a":{"a":1},"y":[{"a":1},{"a":2}]})",
          // Names that look alike to a hasty reader: same size, first and last character.
          R"({"abc":1,"aBc":2,"a.c":3,"a_c":4})"})
    {
        BOOST_TEST(outcome(read(text)) == "success", text);
    }
}

BOOST_AUTO_TEST_CASE(member_twice_is_found_among_any_number)
{
    for (const std::size_t count : {2U, 31U, 32U, 33U, 34U, 500U, 20'000U})
    {
        BOOST_TEST(outcome(read(with_members(count))) == "success", count);
        for (const std::size_t again : {std::size_t{0}, count / 2, count - 1})
        {
            const auto d = read(with_members(count, std::to_string(again)));
            BOOST_TEST(outcome(d) == "json_member_duplicated", count);
            if (!d)
                BOOST_TEST(
                    d.error().info().message()
                    == "Member \"" + std::to_string(again) + "\" occurs twice."
                );
        }
    }
}

BOOST_AUTO_TEST_CASE(document_takes_as_much_memory_as_it_may_and_no_more)
{
    std::string many = "[0";
    for (int i = 0; i != 1000; ++i)
        many += ",0";
    many += "]";
    const std::string escaped = R"({"a":"\n)" + std::string(3000, 'x') + "\"}";
    const std::string named = with_members(2000);
    for (const auto& text : {many, escaped, named})
    {
        BOOST_TEST(outcome(read(text)) == "success");
        // The least that suffices: with one byte less it is refused, and with less still.
        std::size_t few = 0;
        std::size_t enough = 1024 * 1024;
        while (enough - few > 1)
        {
            const auto between = few + (enough - few) / 2;
            (read(text, between) ? enough : few) = between;
        }
        BOOST_TEST(few > text.size());
        BOOST_TEST(enough < 64 * text.size());
        const auto refused = read(text, few);
        BOOST_TEST(outcome(refused) == "json_malformed");
        BOOST_TEST(refused.error().info().message() == "The document takes too much memory.");
    }
}

BOOST_AUTO_TEST_CASE(texts_stay_where_they_are_when_a_document_moves)
{
    std::string text = R"({"plain":"as it is written","escaped":"two\nlines, and \u00fc"})";
    auto d = read(text);
    BOOST_REQUIRE(d.has_value());
    const json_value& root = d->root();
    const json_document moved = *std::move(d);
    std::fill(text.begin(), text.end(), '-');
    BOOST_TEST(&moved.root() == &root);
    BOOST_TEST(*root.if_contains("plain")->if_string() == "as it is written");
    BOOST_TEST(*root.if_contains("escaped")->if_string() == "two\nlines, and \xc3\xbc");
}

BOOST_AUTO_TEST_CASE(escaped_texts_of_any_length_are_whole)
{
    for (std::size_t size = 0; size < 5000; size = size * 3 / 2 + 1)
    {
        std::string plain;
        std::string written;
        for (std::size_t i = 0; i != size; ++i)
        {
            const char c = static_cast<char>('a' + i % 26);
            plain += i % 7 == 3 ? '"' : c;
            written += i % 7 == 3 ? std::string("\\\"") : std::string(1, c);
        }
        const auto d = read("[\"" + written + "\",{\"" + written + "\":1},\"" + written + "\"]");
        BOOST_REQUIRE(d.has_value());
        BOOST_TEST(*d->root().front().if_string() == plain);
        BOOST_TEST(std::next(d->root().begin())->front().key() == plain);
        BOOST_TEST(*std::next(d->root().begin(), 2)->if_string() == plain);
    }
}

BOOST_AUTO_TEST_CASE(name_that_is_too_long_is_refused_in_a_text_and_left_out_of_a_form)
{
    const std::string longest(json_document::longest_key, 'n');
    BOOST_TEST(outcome(read("{\"" + longest + "\":1}")) == "success");
    BOOST_TEST(outcome(read("{\"" + longest + "n\":1}")) == "json_malformed");
    const auto d = json_document::of_texts({{longest + "n", "v"}, {longest, "w"}});
    BOOST_REQUIRE(d.has_value());
    BOOST_TEST(d->root().size() == 1U);
    BOOST_TEST(d->root().front().key() == longest);
    BOOST_TEST(*d->root().front().if_string() == "w");
}

BOOST_AUTO_TEST_CASE(texts_are_members_of_an_object_each_once)
{
    const auto d = json_document::of_texts({{"a", "1"}, {"b", ""}, {"", "c"}});
    BOOST_REQUIRE(d.has_value());
    BOOST_TEST(json::serialize(to_document(d->root())) == R"({"a":"1","b":"","":"c"})");
    const auto none = json_document::of_texts({});
    BOOST_REQUIRE(none.has_value());
    BOOST_TEST(none->root().is_object());
    BOOST_TEST(none->root().empty());
    BOOST_TEST(
        outcome(json_document::of_texts({{"a", "1"}, {"b", "2"}, {"a", "1"}}))
        == "json_member_duplicated"
    );
}

BOOST_AUTO_TEST_SUITE_END()
