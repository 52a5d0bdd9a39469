// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Other programs, and pages in the user's browser, at the port where the redirect is waited for.

#include "net/loopback_fixture.hpp"

#include <asioauth/protocol/form.hpp>

#include <sys/resource.h>

#include <cstdio>
#include <deque>
#include <set>
#include <string>
#include <vector>

namespace asioauth {
namespace {

using namespace testing::loopback;

std::vector<std::string> junk(const fixture& at)
{
    return {
        at.get("/callback?state=wrong&code=c"),
        at.get("/callback?code=c"),
        at.get("/callback?error=access_denied"),
        at.get("/callback?error=access_denied&state="),
        at.get("/callback?state=genuin&code=c"),
        at.get("/callback?state=genuinee&code=c"),
        at.get("/callback?state=GENUINE&code=c"),
        at.get("/callback?state=genuine&state=genuine&code=c"),
        at.get("/callback?code=c&state=genuine", "evil.example"),
        at.get("/callback?code=c&state=genuine", "127.0.0.1"),
        at.get("/callback/?code=c&state=genuine"),
        at.get("/CALLBACK?code=c&state=genuine"),
        at.get("/favicon.ico"),
        at.get("/"),
        at.get("http://evil.example/callback?code=c&state=genuine"),
        at.get("/" + std::string(9000, 'x')),
        "POST /callback?code=c&state=genuine HTTP/1.1\r\nHost: " + at.authority
            + "\r\nContent-Length: 5\r\n\r\nhello",
        "OPTIONS /callback HTTP/1.1\r\nHost: " + at.authority + "\r\n\r\n",
        "HEAD /callback?state=x HTTP/1.1\r\nHost: " + at.authority + "\r\n\r\n",
        "CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: 10.0.0.1:443\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /callback?code=c&state=genuine HTTP/1.1\r\n\r\n",
        "GET /callback?code=c&state=genuine HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        std::string("\0\0\0\0\r\n\r\n", 8),
    };
}

// Room for both ends of many connections.
bool allow_many_descriptors(rlim_t wanted)
{
    rlimit r{};
    if (::getrlimit(RLIMIT_NOFILE, &r) != 0)
        return false;
    r.rlim_cur = std::min(r.rlim_max, std::max(r.rlim_cur, wanted));
    return ::setrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur >= wanted;
}

std::vector<std::string> payloads()
{
    const std::vector<std::string> cores = {
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example/x.js>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<body onload=alert(1)>",
        "<iframe srcdoc='<script>1</script>'>",
        "<math><mtext><style><!--</style><img title='--&gt;<img src onerror=1>'>",
        "<base href=//evil.example>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<form action=//evil.example><input name=a>",
        "javascript:alert(1)",
        "jav\tascript:alert(1)",
        "data:text/html,<script>1</script>",
        "{{constructor.constructor('alert(1)')()}}",
        "${alert(1)}",
        "<%= 7*7 %>",
        "]]><script>1</script>",
        "--><script>1</script>",
        "</title><script>1</script>",
        "</style><script>1</script>",
        "\r\nSet-Cookie: a=b",
        "\r\n\r\n<html><script>1</script>",
        "\xe2\x80\xae"
        "gnp.evil",
        "\xef\xbb\xbf<script>",
        "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    };
    const std::vector<std::pair<std::string, std::string>> around = {
        {"", ""},
        {"\"", "\""},
        {"'", "'"},
        {"\">", "<!--"},
        {"'>", "<!--"},
        {"*/", "/*"},
        {"&quot;", "&#0;"},
        {"x", std::string(400, 'x')},
    };
    std::vector<std::string> out;
    for (const auto& core : cores)
    {
        for (const auto& [before, behind] : around)
            out.push_back(before + core + behind);
    }
    return out;
}

BOOST_FIXTURE_TEST_SUITE(listener_torture, fixture)

// covers V51
BOOST_AUTO_TEST_CASE(ten_thousand_junk_requests_and_a_thousand_slow_ones_do_not_stop_the_genuine_one
)
{
    BOOST_REQUIRE(allow_many_descriptors(2200));
    auto& w = wait(reserve(), "genuine");
    const auto all = junk(*this);

    std::vector<std::shared_ptr<client>> slow;
    std::deque<std::shared_ptr<client>> running;
    constexpr std::size_t requests = 10'000;
    constexpr std::size_t slow_ones = 1'000;
    std::size_t answered = 0;
    const auto take_first = [&] {
        until([&] { return running.front()->done; });
        answered += running.front()->response.starts_with("HTTP/1.1 ") ? 1U : 0U;
        running.pop_front();
    };
    for (std::size_t i = 0; i != requests; ++i)
    {
        running.push_back(send(all[i % all.size()]));
        if (running.size() == 16)
            take_first();
        if (i % (requests / slow_ones) == 0)
            slow.push_back(send("GET /callback?code=c&state=genuine HTTP/1.1\r\nHos"));
    }
    while (!running.empty())
        take_first();
    BOOST_TEST(slow.size() == slow_ones);
    BOOST_TEST(!w.done());
    BOOST_TEST(answered > requests / 2); // the others were dropped for those that came later
    check_genuine(w, "genuine");
    BOOST_TEST(refused());
    std::printf(
        "listener: %zu junk requests and %zu slow ones, and the redirect arrived\n",
        requests,
        slow_ones
    );
}

BOOST_AUTO_TEST_CASE(a_page_is_the_same_to_the_byte_whatever_is_in_the_request)
{
    auto& w = wait(reserve(), "genuine");
    const auto not_found = page_for(callback_page::not_found);
    std::size_t pages = 0;
    const auto all = payloads();
    BOOST_TEST(all.size() == 200U);
    for (const auto& payload : all)
    {
        BOOST_TEST_CONTEXT(payload)
        {
            const std::string encoded = form_encode(payload);
            for (const std::string_view name :
                 {"error", "error_description", "error_uri", "iss", "code", "session_state", "x"})
            {
                const std::string given = std::string(name) + "=" + encoded;
                BOOST_TEST(exchange(get("/callback?" + given + "&state=x")) == not_waiting);
                BOOST_TEST(exchange(get("/callback?" + given)) == bad_request);
                pages += 2;
            }
            BOOST_TEST(exchange(get("/callback?code=c&state=" + encoded)) == not_waiting);
            BOOST_TEST(exchange(get("/" + encoded)) == not_found);
            std::string raw = exchange(get("/callback?error=" + payload + "&state=x"));
            BOOST_TEST((raw == bad_request || raw == not_waiting));
            raw = exchange(get("/callback?code=c&state=x", payload));
            BOOST_TEST((raw == bad_request || raw == not_waiting));
            pages += 4;
        }
    }
    BOOST_TEST(!w.done());
    // The genuine one, with each of them in it: the page of a refusal knows nothing of it either.
    std::set<std::string> refusals;
    for (std::size_t i = 0; i != all.size(); ++i)
    {
        const auto state = "s" + std::to_string(i);
        auto& mine = wait("http://" + authority + "/callback", state);
        const std::string what = form_encode(all[i]);
        const auto c = send(
            get("/callback?error=" + what + "&error_description=" + what + "&iss=" + what
                + "&state=" + state)
        );
        until([&] { return mine.done(); });
        mine.got().reply(login_outcome(errc::access_denied));
        until([&] { return c->done; });
        refusals.insert(c->response);
        ++pages;
    }
    BOOST_TEST(refusals.size() == 1U);
    check_genuine(w, "genuine");
    std::printf("listener: %zu payloads, %zu pages without a byte of them\n", all.size(), pages);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
