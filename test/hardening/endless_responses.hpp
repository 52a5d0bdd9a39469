// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Responses that want to be held.

#include <asioauth/limits.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::testing {

/// What a server writes: the beginning, then the same block again and again, then the end.
class hostile_response
{
public:
    std::string name;
    std::string begin;
    std::string block;
    std::size_t times = 0;
    std::string end;
};

inline std::string many(std::string_view what, std::size_t times)
{
    std::string out;
    for (std::size_t i = 0; i != times; ++i)
        out += what;
    return out;
}

/// A body of at most this many bytes, with its length.
inline hostile_response
whole_body(std::string name, std::string begin, std::string_view block, std::string end)
{
    constexpr std::size_t size = limits::metadata_body;
    const std::size_t times = (size - begin.size() - end.size()) / block.size();
    std::string body = begin + many(block, times) + end;
    return {
        std::move(name),
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + std::to_string(body.size()) + "\r\n\r\n" + body,
        "",
        0,
        ""};
}

/// Likewise, of members that are all different.
inline hostile_response different_members(std::string name, std::string_view value)
{
    std::string members;
    for (std::size_t i = 0; members.size() < limits::metadata_body - 8192; ++i)
        members += "\"" + std::to_string(i) + "\":" + std::string(value) + ",";
    return whole_body(
        std::move(name), "{" + members + "\"z\":[", "1,", "1]}" + std::string(4096, ' ')
    );
}

inline std::vector<hostile_response> hostile_responses()
{
    const std::string ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    const std::string kib(1024, 'x');
    constexpr std::size_t forever = 16 * 1024; // blocks: far more than anybody takes
    return {
        // --- Framing
        {"chunk extension without an end", chunked + "1;", kib, forever, ""},
        {"chunks of one byte with extensions",
         chunked,
         many("1;aaaaaaaa\r\nx\r\n", 64),
         forever,
         ""},
        {"chunks of one byte", chunked, many("1\r\nx\r\n", 128), forever, ""},
        {"chunk size without an end", chunked, many("0", 1024), forever, ""},
        {"chunk of 2^63", chunked + "7fffffffffffffff\r\n", kib, forever, ""},
        {"trailers without an end", chunked + "0\r\n", many("A: b\r\n", 128), forever, ""},
        {"trailer line without an end", chunked + "0\r\nA: ", kib, forever, ""},
        {"body without an end", ok + "\r\n", kib, forever, ""},
        {"body of 2^62", ok + "Content-Length: 4611686018427387904\r\n\r\n", kib, forever, ""},
        {"body in another encoding",
         ok + "Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08",
         kib,
         forever,
         ""},
        {"twelve encodings",
         ok + "Content-Encoding: " + many("gzip, ", 11) + "gzip\r\nContent-Length: 1024\r\n\r\n",
         kib,
         1,
         ""},
        // --- Heads
        {"interim responses without an end", "", many("HTTP/1.1 100 C\r\n\r\n", 32), forever, ""},
        {"interim responses with fields",
         "",
         "HTTP/1.1 103 E\r\nLink: " + kib + "\r\n\r\n",
         forever,
         ""},
        {"interim response without an end", "HTTP/1.1 103 E\r\nA: ", kib, forever, ""},
        {"status line without an end", "HTTP/1.1 200 ", kib, forever, ""},
        {"field without an end", ok + "A: ", kib, forever, ""},
        {"field name without an end", ok, kib, forever, ""},
        {"fields without an end", ok, many("A: b\r\n", 128), forever, ""},
        {"as many fields as there may be", ok + many("A: b\r\n", 120) + "\r\n", kib, forever, ""},
        {"line ends without an end", "", many("\r\n", 512), forever, ""},
        {"NULs", "", std::string(1024, '\0'), forever, ""},
        {"no HTTP", "", kib, forever, ""},
        {"challenge of 30 KiB",
         "HTTP/1.1 401 U\r\nWWW-Authenticate: Bearer " + many("a=b, ", 6000)
             + "c=d\r\nContent-Length: 0\r\n\r\n",
         "",
         0,
         ""},
        {"100 challenges of 300 bytes",
         "HTTP/1.1 401 U\r\n"
             + many("WWW-Authenticate: Bearer realm=\"" + std::string(250, '\\') + "\"\r\n", 100)
             + "Content-Length: 0\r\n\r\n",
         "",
         0,
         ""},
        {"redirect with a body without an end",
         "HTTP/1.1 302 F\r\nLocation: /elsewhere\r\n\r\n",
         kib,
         forever,
         ""},
        {"redirect to itself",
         "HTTP/1.1 302 F\r\nLocation: ?\r\nContent-Length: 102400\r\n\r\n" + many(kib, 100),
         "",
         0,
         ""},
        {"error with a body without an end", "HTTP/1.1 500 E\r\n\r\n", kib, forever, ""},
        // --- JSON
        whole_body("numbers", "{\"a\":[", "0,", "0]}"),
        whole_body("empty arrays", "{\"a\":[", "[],", "0]}"),
        whole_body("empty objects", "{\"a\":[", "{},", "0]}"),
        whole_body("small objects", "{\"a\":[", "{\"a\":0},", "0]}"),
        whole_body("short strings", "{\"a\":[", "\"\",", "0]}"),
        whole_body("scopes", "{\"scopes_supported\":[", "\"a\",", "\"a\"]}"),
        whole_body("servers", "{\"authorization_servers\":[", "\"https://a.example\",", "\"a\"]}"),
        whole_body(
            "keys", "{\"keys\":[", "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"},", "{}]}"
        ),
        whole_body("one string", "{\"a\":\"", "x", "\"}"),
        whole_body("one string with escapes", "{\"a\":\"", "\\u0041", "\"}"),
        whole_body("one string with an escape at its end", "{\"a\":\"", "x", "\\n\"}"),
        whole_body("one name with an escape", "{\"\\n", "x", "\":0}"),
        whole_body("one name", "{\"", "x", "\":0}"),
        whole_body("depth", "{\"a\":", "[", ""),
        whole_body("depth of objects", "{\"a\":", "{\"a\":", ""),
        whole_body("scope", "{\"access_token\":\"", "x", "\",\"token_type\":\"Bearer\"}"),
        whole_body(
            "scopes of a token",
            "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"scope\":\"",
            "a ",
            "a\"}"
        ),
        whole_body(
            "description of an error", "{\"error\":\"e\",\"error_description\":\"", "x", "\"}"
        ),
        different_members("members", "0"),
        different_members("members that are objects", "{}"),
        // --- Pages
        {"page without an end", html, kib, forever, ""},
        {"title without an end", html + "<title>", kib, forever, ""},
        {"elements without an end", html, many("<b>", 300), forever, ""},
        {"links without an end", html, many("<link rel=icon href=/a>", 40), forever, ""},
        {"one attribute without an end", html + "<link rel=icon href='", kib, forever, ""},
        {"attributes without an end", html + "<link ", many("a=b ", 256), forever, ""},
        {"names of characters", html + "<title>", many("&amp;", 200), forever, ""},
        {"metas without an end",
         html,
         many("<meta name=description content=xxxxxxxx>", 25),
         forever,
         ""},
    };
}

} // namespace asioauth::testing
