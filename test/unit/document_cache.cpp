// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What is kept of documents, for how long, and how much of it. No flow, no clock.

#include "flow/document_cache.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(document_cache)

using namespace asioauth;
using asioauth::detail::document;
using asioauth::detail::moment;
using asioauth::detail::read_caching_rules;
using cache = asioauth::detail::document_cache;
using http_field = std::pair<std::string, std::string>;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

constexpr const char* issuer = "https://as.example";
constexpr const char* place = "https://as.example/.well-known/oauth-authorization-server";

const std::chrono::system_clock::time_point today{seconds(1'800'000'000)};

moment at(long long after)
{
    return moment(
        today + seconds(after), std::chrono::steady_clock::time_point(seconds(1000 + after))
    );
}

http_response
answer(std::vector<http_field> fields, int status = 200, std::string body = R"({"a":1})")
{
    http_response out(status, std::move(body));
    out.field("Content-Type", "application/json");
    for (const auto& f : fields)
        out.field(f.first, f.second);
    return out;
}

std::shared_ptr<document> kept(http_response r)
{
    return std::make_shared<document>(std::move(r));
}

http_request request(std::string_view where = place, address_policy policy = {})
{
    return make_metadata_request(url::parse(where).value(), policy);
}

std::string key(std::string_view where = place)
{
    return cache::key_of(issuer, request(where));
}

// Seconds, or -1 for what must not be kept.
long long lifetime(std::vector<http_field> fields, int status = 200, seconds most = hours(1))
{
    const auto rules = read_caching_rules(answer(std::move(fields), status), most, today);
    return rules.keep ? rules.lifetime.count() : -1;
}

http_field control(std::string value)
{
    return http_field("Cache-Control", std::move(value));
}

} // namespace

// covers C-9728-14
BOOST_AUTO_TEST_CASE(what_the_server_allows_is_kept_so_long_and_no_longer)
{
    BOOST_TEST(lifetime({control("max-age=60")}) == 60);
    BOOST_TEST(lifetime({control("public, MAX-AGE = \"60\" , immutable")}) == 60);
    BOOST_TEST(lifetime({control("public"), control("max-age=60")}) == 60);
    BOOST_TEST(lifetime({control("private, max-age=60, must-revalidate")}) == 60);
    BOOST_TEST(lifetime({control("max-age=0")}) == 0);
    BOOST_TEST(lifetime({control("no-cache, max-age=60")}) == 0);
    BOOST_TEST(lifetime({control("no-cache=\"set-cookie, x\", max-age=60")}) == 0);
    BOOST_TEST(lifetime({control("max-age=60, no-store")}) == -1);
    BOOST_TEST(lifetime({control("max-age=60"), control("No-Store")}) == -1);
    // In quotes it is no directive.
    BOOST_TEST(lifetime({control("x=\"a, no-store, b\", max-age=60")}) == 60);
    BOOST_TEST(lifetime({control("x=\"no-store, no-cache\\\", no-store\", max-age=60")}) == 60);
}

BOOST_AUTO_TEST_CASE(lifetimes_are_bounded_and_what_cannot_be_read_is_out_of_date)
{
    BOOST_TEST(lifetime({control("max-age=315360000")}) == 3600);
    BOOST_TEST(lifetime({control("max-age=99999999999999999999999999")}) == 3600);
    BOOST_TEST(lifetime({control("max-age=60")}, 200, seconds(10)) == 10);
    BOOST_TEST(lifetime({control("max-age=60")}, 200, seconds(-5)) == 0);
    for (const char* bad :
         {"max-age",
          "max-age=",
          "max-age=-1",
          "max-age=+1",
          "max-age=1.5",
          "max-age=\"",
          "max-age=60, max-age=61",
          "max-age=1e9"})
        BOOST_TEST(lifetime({control(bad)}) == 0, bad);
    // Nothing is said.
    BOOST_TEST(lifetime({}) == 300);
    BOOST_TEST(lifetime({control("")}) == 300);
    BOOST_TEST(lifetime({control("\"")}) == 300);
    BOOST_TEST(lifetime({control(",,= ,x")}) == 300);
    BOOST_TEST(lifetime({}, 200, seconds(100)) == 100);
    // For caches that many share.
    BOOST_TEST(lifetime({control("s-maxage=10")}) == 300);
    BOOST_TEST(lifetime({control("s-maxage=10, max-age=60")}) == 60);
}

BOOST_AUTO_TEST_CASE(an_age_is_deducted_and_expires_counts_where_nothing_else_is_said)
{
    BOOST_TEST(lifetime({control("max-age=60"), {"Age", "20"}}) == 40);
    BOOST_TEST(lifetime({control("max-age=60"), {"Age", "61"}}) == 0);
    BOOST_TEST(lifetime({control("max-age=60"), {"Age", "rubbish"}}) == 0);
    BOOST_TEST(lifetime({control("max-age=7200"), {"Age", "7000"}}) == 200);
    const http_field date("Date", "Fri, 15 Jan 2027 08:00:00 GMT");
    const http_field expires("Expires", "Fri, 15 Jan 2027 08:02:00 GMT");
    BOOST_TEST(lifetime({date, expires}) == 120);
    BOOST_TEST(lifetime({expires}) == 120); // "today" is that date
    BOOST_TEST(lifetime({date, expires, control("max-age=5")}) == 5);
    BOOST_TEST(lifetime({date, {"Expires", "0"}}) == 0);
    BOOST_TEST(lifetime({date, expires, expires}) == 0);
    BOOST_TEST(lifetime({date, {"Expires", "Fri, 15 Jan 2020 08:02:00 GMT"}}) == 0);
}

BOOST_AUTO_TEST_CASE(that_there_is_nothing_is_kept_for_a_short_time_and_failures_never)
{
    for (int status : {404, 405, 410})
    {
        BOOST_TEST(lifetime({}, status) == 30);
        BOOST_TEST(lifetime({control("max-age=31536000")}, status) == 60);
        BOOST_TEST(lifetime({control("max-age=3")}, status) == 3);
        BOOST_TEST(lifetime({control("no-store")}, status) == -1);
    }
    for (int status : {100, 201, 204, 206, 301, 302, 400, 401, 403, 408, 429, 500, 502, 503, 504})
        BOOST_TEST(lifetime({control("max-age=60")}, status) == -1, status);
    BOOST_TEST(lifetime({control("max-age=60"), {"Vary", "*"}}) == -1);
    BOOST_TEST(lifetime({control("max-age=60"), {"Vary", "Accept"}}) == 60);
}

BOOST_AUTO_TEST_CASE(only_validators_that_can_be_sent_back_are_kept)
{
    const auto tag = [](std::string_view text) {
        return read_caching_rules(answer({http_field("ETag", text)}), hours(1), today).etag;
    };
    BOOST_TEST(tag("\"abc\"") == "\"abc\"");
    BOOST_TEST(tag(" W/\"abc\" ") == "W/\"abc\"");
    for (const char* bad : {"abc", "\"", "", "W/abc", "\"a\"b\"", "\"a b\"", "\"a\x01\""})
        BOOST_TEST(tag(bad) == "", bad);
    BOOST_TEST(tag('"' + std::string(600, 'x') + '"') == "");
    const auto date = [](std::string_view text) {
        return read_caching_rules(answer({http_field("Last-Modified", text)}), hours(1), today)
            .last_modified;
    };
    BOOST_TEST(date("Fri, 15 Jan 2027 08:00:00 GMT") == "Fri, 15 Jan 2027 08:00:00 GMT");
    BOOST_TEST(date("yesterday") == "");
    const auto twice = read_caching_rules(
        answer({http_field("ETag", "\"a\""), http_field("ETag", "\"b\"")}), hours(1), today
    );
    BOOST_TEST(twice.etag == "");
}

BOOST_AUTO_TEST_CASE(a_document_is_found_until_its_time_is_over_by_either_clock)
{
    cache c;
    const auto what = kept(answer({control("max-age=60")}));
    BOOST_TEST(c.put(key(), what, at(0)));
    BOOST_TEST(c.find(key(), at(0)) == what);
    BOOST_TEST(c.find(key(), at(59)) == what);
    BOOST_TEST(!c.find(key(), at(60)));
    // The machine was asleep; the clock was set back.
    BOOST_TEST(!c.find(key(), moment(at(60).wall, at(1).steady)));
    BOOST_TEST(!c.find(key(), moment(at(1).wall, at(60).steady)));
    BOOST_TEST(!c.find(key(), moment(at(-1).wall, at(1).steady)));
    BOOST_TEST(!c.find(cache::key_of(issuer, request("https://as.example/x")), at(0)));
}

// Whatever decides what is asked and where it may be had from is part of the name.
BOOST_AUTO_TEST_CASE(documents_of_other_subjects_policies_and_requests_have_other_names)
{
    const url where = url::parse(place).value();
    const auto named = [&](const address_policy& p) {
        return cache::key_of(issuer, make_metadata_request(where, p));
    };
    std::vector<std::string> all;
    all.push_back(named(address_policy()));
    all.push_back(named(address_policy().allow_loopback()));
    all.push_back(named(address_policy().allow_private_network("10.0.0.0/8")));
    all.push_back(named(
        address_policy().allow_private_network("10.0.0.0/8").allow_private_network("10.1.0.0/16")
    ));
    // Parts that look like the borders between parts.
    all.push_back(named(address_policy().allow_private_network("10.0.0.0/811:10.1.0.0/16")));
    all.push_back(cache::key_of("https://as.example/", request()));
    all.push_back(cache::key_of("", request()));
    all.push_back(cache::key_of(issuer, request("https://as.example/other")));
    all.push_back(cache::key_of(issuer, make_jwks_request(where, address_policy())));
    http_request post = request();
    all.push_back(cache::key_of(issuer, http_request(request_kind::metadata, "HEAD", where)));
    all.push_back(cache::key_of(issuer, post.field("X", "")));
    all.push_back(cache::key_of(issuer, post.field("X", "1:Y")));
    for (std::size_t i = 0; i < all.size(); ++i)
    {
        for (std::size_t j = 0; j < i; ++j)
            BOOST_TEST(all[i] != all[j], i << " and " << j);
    }
    BOOST_TEST(key() == key());
}

BOOST_AUTO_TEST_CASE(a_document_that_is_out_of_date_is_asked_about_and_renewed)
{
    cache c;
    const auto what = kept(answer(
        {control("max-age=60"),
         {"ETag", "\"v1\""},
         {"Last-Modified", "Fri, 15 Jan 2027 07:00:00 GMT"}}
    ));
    c.put(key(), what, at(0));
    http_request get = request();
    BOOST_TEST(c.make_conditional(key(), get) == what);
    BOOST_TEST(get.field("If-None-Match") == "\"v1\"");
    BOOST_TEST(get.field("If-Modified-Since") == "Fri, 15 Jan 2027 07:00:00 GMT");

    const auto unchanged = [](std::vector<http_field> fields) {
        return answer(std::move(fields), 304, "");
    };
    // It says nothing new: as before.
    BOOST_TEST(c.renew(key(), what, unchanged({}), at(100)).value());
    BOOST_TEST(c.find(key(), at(159)) == what);
    BOOST_TEST(!c.find(key(), at(160)));
    BOOST_TEST(c.renew(key(), what, unchanged({control("max-age=5")}), at(200)).value());
    BOOST_TEST(c.find(key(), at(204)) == what);
    BOOST_TEST(!c.find(key(), at(205)));
    // By another tag, weak or not, it is another document.
    BOOST_TEST(!c.renew(key(), what, unchanged({{"ETag", "\"v2\""}}), at(300)));
    BOOST_TEST(c.renew(key(), what, unchanged({{"ETag", "W/\"v1\""}}), at(300)).value());
    BOOST_TEST(c.renew(key(), what, unchanged({control("no-cache")}), at(400)).value());
    BOOST_TEST(!c.find(key(), at(400)));
    BOOST_TEST(c.size() == 1u);
    BOOST_TEST(!c.renew(key(), what, unchanged({control("no-store")}), at(500)).value());
    BOOST_TEST(c.size() == 0u);
    BOOST_TEST(!c.make_conditional(key(), get));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_asked_about_is_fetched_whole)
{
    cache c;
    c.put(key(), kept(answer({control("max-age=60")})), at(0));
    http_request get = request();
    BOOST_TEST(!c.make_conditional(key(), get));
    BOOST_TEST(get.field("If-None-Match") == "");
    // Of no use at all.
    c.put(key(), kept(answer({control("no-cache")})), at(0));
    BOOST_TEST(c.size() == 0u);
    BOOST_TEST(c.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(a_time_that_is_said_twice_alike_counts_and_an_absurd_one_is_held_down)
{
    BOOST_TEST(lifetime({control("max-age=60, max-age=60")}) == 60);
    BOOST_TEST(lifetime({control("max-age=60"), control("max-age=\"60\"")}) == 60);
    BOOST_TEST(lifetime({control("max-age=60"), control("max-age=0")}) == 0);
    for (const char* half_quoted : {"max-age=60\"", "max-age=\"60", "max-age=\"\"", "max-age=\""})
        BOOST_TEST(lifetime({control(half_quoted)}) == 0, half_quoted);
    // A billion seconds and no more, whatever the program allows.
    const seconds very_long(4'000'000'000);
    BOOST_TEST(lifetime({control("max-age=1000000000")}, 200, very_long) == 1'000'000'000);
    BOOST_TEST(lifetime({control("max-age=1000000001")}, 200, very_long) == 1'000'000'000);
    BOOST_TEST(
        lifetime({control("max-age=99999999999999999999")}, 200, very_long) == 1'000'000'000
    );
}

BOOST_AUTO_TEST_CASE(time_on_the_way_is_taken_off_and_an_age_that_is_none_leaves_nothing)
{
    const auto left = [](std::string_view age) {
        return lifetime({control("max-age=60"), http_field("Age", age)});
    };
    BOOST_TEST(left("0") == 60);
    BOOST_TEST(left(" 20 ") == 40);
    BOOST_TEST(left("60") == 0);
    BOOST_TEST(left("61") == 0);
    for (const char* bad : {"", "-1", "1.5", "x", "99999999999999999999"})
        BOOST_TEST(left(bad) == 0, bad);
}

BOOST_AUTO_TEST_CASE(tags_with_quotes_at_one_end_or_a_delete_in_them_are_not_kept)
{
    const auto tag = [](std::string_view text) {
        return read_caching_rules(answer({http_field("ETag", text)}), hours(1), today).etag;
    };
    BOOST_TEST(tag("\"\"") == "\"\"");
    BOOST_TEST(tag("W/\"\"") == "W/\"\"");
    BOOST_TEST(tag("\"caf\xc3\xa9\"").empty()); // not visible ASCII: char may be signed
    for (const char* bad : {"\"abc", "abc\"", "W/\"", "W/", "\"a\x7f\"", "w/\"abc\""})
        BOOST_TEST(tag(bad) == "", bad);
    BOOST_TEST(tag('"' + std::string(510, 'x') + '"').size() == 512U);
    BOOST_TEST(tag('"' + std::string(511, 'x') + '"') == "");
}

BOOST_AUTO_TEST_CASE(a_date_alone_is_enough_to_ask_whether_a_document_has_changed)
{
    constexpr const char* date = "Fri, 15 Jan 2027 07:00:00 GMT";
    cache c;
    const auto dated = kept(answer({control("max-age=60"), {"Last-Modified", date}}));
    const auto bare = kept(answer({control("max-age=60")}));
    const std::string other = key("https://as.example/other");
    c.put(key(), dated, at(0));
    c.put(other, bare, at(0));
    BOOST_TEST(c.has_validator(key()));
    BOOST_TEST(!c.has_validator(other));
    BOOST_TEST(!c.has_validator(key("https://as.example/unknown")));
    http_request get = request();
    BOOST_TEST(c.make_conditional(key(), get) == dated);
    BOOST_TEST(get.field("If-Modified-Since") == date);
    BOOST_TEST(get.field("If-None-Match") == "");
    // Renewed without saying it again, it can still be asked about; with a tag, by that too.
    BOOST_TEST(c.renew(key(), dated, answer({}, 304, ""), at(100)).value());
    BOOST_TEST(c.has_validator(key()));
    BOOST_TEST(c.renew(key(), dated, answer({{"ETag", "\"v1\""}}, 304, ""), at(200)).value());
    http_request again = request();
    BOOST_TEST(c.make_conditional(key(), again) == dated);
    BOOST_TEST(again.field("If-None-Match") == "\"v1\"");
    BOOST_TEST(again.field("If-Modified-Since") == date);
}

BOOST_AUTO_TEST_CASE(a_document_that_was_replaced_meanwhile_is_renewed_with_nothing_of_the_other)
{
    cache c;
    const auto first = kept(answer({control("max-age=60"), {"ETag", "\"v1\""}}));
    const auto second = kept(answer({control("max-age=60"), {"ETag", "\"v2\""}}));
    c.put(key(), first, at(0));
    c.put(key(), second, at(1));
    // The answer to who has asked about the first one: the tag of the second does not speak of it.
    BOOST_TEST(c.renew(key(), first, answer({{"ETag", "\"v1\""}}, 304, ""), at(2)).value());
    http_request get = request();
    BOOST_TEST(c.make_conditional(key(), get) == first);
    BOOST_TEST(get.field("If-None-Match") == "\"v1\"");
    // And of one that is not there any more.
    c.forget(key(), *first);
    BOOST_TEST(c.renew(key(), second, answer({control("max-age=60")}, 304, ""), at(3)).value());
    BOOST_TEST(c.find(key(), at(62)) == second);
    BOOST_TEST(!c.has_validator(key()));
}

BOOST_AUTO_TEST_CASE(a_new_answer_takes_the_place_of_the_old_one_even_if_it_is_not_kept)
{
    cache c;
    c.put(key(), kept(answer({control("max-age=60")})), at(0));
    const auto second = kept(answer({control("max-age=60")}));
    c.put(key(), second, at(1));
    BOOST_TEST(c.find(key(), at(1)) == second);
    BOOST_TEST(c.size() == 1u);
    BOOST_TEST(!c.put(key(), kept(answer({control("no-store")})), at(2)));
    BOOST_TEST(!c.find(key(), at(2)));
    c.put(key(), second, at(3));
    // A failure is for all who wait, and for nobody else.
    BOOST_TEST(c.put(key(), kept(answer({}, 503)), at(4)));
    BOOST_TEST(c.size() == 0u);
    BOOST_TEST(c.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(only_the_document_that_was_wrong_is_forgotten)
{
    cache c;
    const auto first = kept(answer({control("max-age=60")}));
    const auto second = kept(answer({control("max-age=60")}));
    c.put(key(), first, at(0));
    c.put(key(), second, at(0));
    c.forget(key(), *first);
    BOOST_TEST(c.find(key(), at(0)) == second);
    c.forget(key(), *second);
    BOOST_TEST(!c.find(key(), at(0)));
    c.forget(key(), *second);
    BOOST_TEST(c.size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_least_recently_used_go_first_when_there_is_no_room)
{
    cache c(40'000, hours(1));
    const auto of = [](int i) { return key("https://as.example/" + std::to_string(i)); };
    const auto small = [] {
        return kept(answer({control("max-age=60")}, 200, std::string(1000, 'x')));
    };
    for (int i = 0; i < 100; ++i)
    {
        c.put(of(i), small(), at(0));
        BOOST_TEST(c.find(of(0), at(0)) != nullptr); // in use all the time
        BOOST_TEST(c.bytes() <= 40'000u);
    }
    BOOST_TEST(c.size() > 5u);
    BOOST_TEST(c.size() < 13u);
    BOOST_TEST(!c.find(of(1), at(0)));
    BOOST_TEST(!c.find(of(50), at(0)));
    BOOST_TEST(c.find(of(99), at(0)) != nullptr);
    // One that would drive out most of the others is not taken.
    const auto before = c.size();
    c.put(of(200), kept(answer({control("max-age=60")}, 200, std::string(5'000, 'x'))), at(0));
    BOOST_TEST(!c.find(of(200), at(0)));
    BOOST_TEST(c.size() == before);
}

BOOST_AUTO_TEST_CASE(there_are_never_more_documents_than_allowed)
{
    cache c(std::size_t(1) << 40, hours(1));
    const auto nothing = kept(answer({}, 404, ""));
    for (std::size_t i = 0; i < cache::most_entries + 10; ++i)
        c.put(
            cache::key_of("s", request("https://as.example/" + std::to_string(i))), nothing, at(0)
        );
    BOOST_TEST(c.size() == cache::most_entries);
}

BOOST_AUTO_TEST_CASE(without_room_nothing_is_kept)
{
    cache c(0, hours(1));
    c.put(key(), kept(answer({control("max-age=60")})), at(0));
    BOOST_TEST(c.size() == 0u);
    cache forgetful(1'000'000, seconds(0));
    forgetful.put(key(), kept(answer({control("max-age=60")})), at(0));
    BOOST_TEST(forgetful.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_doubt_makes_all_of_its_subject_forgotten_but_not_again_and_again)
{
    cache c;
    const auto fill = [&] {
        c.put(key(), kept(answer({})), at(0));
        c.put(
            key("https://as.example/.well-known/openid-configuration"), kept(answer({}, 404)), at(0)
        );
        c.put(cache::key_of("https://as.example.org", request()), kept(answer({})), at(0));
    };
    fill();
    BOOST_TEST(!c.doubt("https://nobody.example", at(0)));
    BOOST_TEST(!c.doubt("https://as.exampl", at(0)));
    BOOST_TEST(c.doubt(issuer, at(0)));
    BOOST_TEST(c.size() == 1u);
    BOOST_TEST(!c.find(key(), at(0)));
    // Nothing there: no doubt.
    BOOST_TEST(!c.doubt(issuer, at(40)));
    fill();
    BOOST_TEST(!c.doubt(issuer, at(29)));
    BOOST_TEST(c.size() == 3u);
    BOOST_TEST(c.doubt(issuer, at(30)));
    BOOST_TEST(c.size() == 1u);
}

BOOST_AUTO_TEST_CASE(many_subjects_in_doubt_are_not_remembered_without_end)
{
    cache c;
    int doubted = 0;
    const auto attack = [&](long long when) {
        for (int i = 0; i < 3000; ++i)
        {
            const std::string subject = "https://" + std::to_string(i) + ".example";
            c.put(cache::key_of(subject, request()), kept(answer({})), at(when));
            doubted += c.doubt(subject, at(when)) ? 1 : 0;
        }
    };
    attack(0);
    BOOST_TEST(doubted == 1024);
    attack(30);
    BOOST_TEST(doubted == 2048);
}

BOOST_AUTO_TEST_CASE(doubts_that_are_over_make_room_for_those_of_other_subjects)
{
    cache c;
    const auto doubted = [&](int i, long long when) {
        const std::string subject = "https://" + std::to_string(i) + ".example";
        c.put(cache::key_of(subject, request()), kept(answer({})), at(when));
        return c.doubt(subject, at(when));
    };
    for (int i = 0; i != 1024; ++i)
        BOOST_TEST(doubted(i, i < 1000 ? 0 : 20));
    BOOST_TEST(!doubted(2000, 29));
    BOOST_TEST(doubted(2000, 30));
    // Those that are not over are still known.
    BOOST_TEST(!doubted(1010, 30));
    BOOST_TEST(doubted(10, 30));
}

BOOST_AUTO_TEST_CASE(what_a_search_has_found_is_found_again_as_long_as_it_is_good)
{
    cache c;
    const auto search = cache::key_of(issuer, address_policy(), "");
    const auto what = kept(answer({control("max-age=60")}));
    c.remember_answer(search, key()); // there is nothing
    BOOST_TEST(!c.find_answer(search, at(0)));
    c.put(key(), what, at(0));
    const auto bare = c.bytes();
    c.remember_answer(search, key());
    BOOST_TEST(c.bytes() > bare);
    BOOST_TEST(c.find_answer(search, at(59)) == what);
    BOOST_TEST(!c.find_answer(search, at(60)));
    BOOST_TEST(!c.find_answer(cache::key_of(issuer, address_policy().allow_loopback(), ""), at(0)));
    BOOST_TEST(!c.find_answer(cache::key_of(issuer, address_policy(), "x"), at(0)));
    // One document answers one search, and one search has one answer: the last.
    const auto other = cache::key_of(issuer, address_policy(), "other");
    c.remember_answer(other, key());
    BOOST_TEST(!c.find_answer(search, at(0)));
    BOOST_TEST(c.find_answer(other, at(0)) == what);
    const auto second = kept(answer({control("max-age=60")}));
    c.put(key("https://as.example/x"), second, at(0));
    c.remember_answer(other, key("https://as.example/x"));
    BOOST_TEST(c.find_answer(other, at(0)) == second);
    c.forget(key("https://as.example/x"), *second);
    BOOST_TEST(!c.find_answer(other, at(0)));
    BOOST_TEST(c.bytes() == bare);
    c.remember_answer(search, key());
    BOOST_TEST(c.doubt(issuer, at(0)));
    BOOST_TEST(!c.find_answer(search, at(0)));
    BOOST_TEST(c.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(searches_count_too)
{
    cache c(20'000, hours(1));
    for (int i = 0; i < 30; ++i)
    {
        const std::string place_of_it = "https://as.example/" + std::to_string(i);
        c.put(key(place_of_it), kept(answer({control("max-age=60")})), at(0));
        c.remember_answer(
            cache::key_of(issuer, address_policy(), std::string(3000, 'x') + std::to_string(i)),
            key(place_of_it)
        );
        BOOST_TEST(c.bytes() <= 20'000u);
    }
    BOOST_TEST(c.size() > 1u);
    BOOST_TEST(c.size() < 6u);
}

BOOST_AUTO_TEST_CASE(who_asks_at_the_same_time_shares_one_fetch_and_who_comes_later_does_not)
{
    cache c;
    const auto first = c.join(key());
    BOOST_TEST(c.join(key()) == first);
    BOOST_TEST(c.join(key("https://as.example/x")) != first);
    BOOST_TEST(!first->has_landed());
    first->land(kept(answer({})), true);
    BOOST_TEST(first->has_landed());
    BOOST_TEST(first->for_all());
    const auto second = c.join(key());
    BOOST_TEST(second != first);
    BOOST_TEST(!second->has_landed());
    BOOST_TEST(second->name() != first->name());
}

BOOST_AUTO_TEST_CASE(fetches_that_nobody_waits_for_any_more_leave_nothing)
{
    cache c;
    auto a = c.join(key());
    auto b = c.join(key());
    BOOST_TEST(c.flights() == 1u);
    a.reset();
    BOOST_TEST(c.flights() == 1u);
    b.reset();
    BOOST_TEST(c.flights() == 0u);
    // One that has landed does not take the next one with it.
    auto landed = c.join(key());
    landed->land(failure(errc::connection_lost), true);
    BOOST_TEST((landed->outcome().error().code() == errc::connection_lost));
    auto next = c.join(key());
    landed.reset();
    BOOST_TEST(c.join(key()) == next);
}

BOOST_AUTO_TEST_CASE(what_a_reader_made_is_given_only_to_who_expects_the_same)
{
    document d(answer({}));
    const auto made = std::make_shared<const server_metadata>();
    const provider_policy lenient = provider_policy(issuer).assume_s256(true);
    d.remember_as<server_metadata>(issuer, nullptr, made);
    BOOST_TEST(d.known_as<server_metadata>(issuer, nullptr) == made);
    BOOST_TEST(!d.known_as<server_metadata>("https://other.example", nullptr));
    BOOST_TEST(!d.known_as<server_metadata>(issuer, &lenient));
    BOOST_TEST(!d.known_as<resource_metadata>(issuer, nullptr));
    d.remember_as<server_metadata>(issuer, &lenient, made);
    BOOST_TEST(d.known_as<server_metadata>(issuer, &lenient) == made);
    BOOST_TEST(!d.known_as<server_metadata>(issuer, nullptr));
    const provider_policy strict(issuer);
    BOOST_TEST(!d.known_as<server_metadata>(issuer, &strict));
}

BOOST_AUTO_TEST_SUITE_END()
