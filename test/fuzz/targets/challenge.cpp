// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// WWW-Authenticate fields, one in each line of the input.

// max_len: 8192
// dictionaries: challenge

#include "fuzz/fuzz.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/discovery.hpp>

#include <algorithm>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

constexpr std::string_view token_chars = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";

// The challenges in the RFC's own words.
std::string written(const std::vector<challenge>& all)
{
    std::string out;
    for (const auto& c : all)
    {
        out += out.empty() ? "" : ", ";
        out += c.scheme;
        if (!c.token68.empty())
            out.append(" ").append(c.token68);
        bool first = true;
        for (const auto& [name, value] : c.parameters)
        {
            out.append(first ? " " : ", ").append(name).append("=\"");
            first = false;
            for (const char letter : value)
            {
                if (letter == '"' || letter == '\\')
                    out += '\\';
                out += letter;
            }
            out += '"';
        }
    }
    return out;
}

void check_challenges(const std::vector<challenge>& all, std::size_t size)
{
    std::size_t sum = 0;
    for (const auto& c : all)
    {
        check(!c.scheme.empty(), "a challenge has a scheme");
        check(c.scheme.find_first_not_of(token_chars) == std::string::npos, "a scheme is a token");
        check(c.token68.empty() || c.parameters.empty(), "a challenge has one form");
        sum += c.scheme.size() + c.token68.size();
        for (const auto& [name, value] : c.parameters)
        {
            check(!name.empty(), "a parameter has a name");
            check(name.find_first_not_of(token_chars) == std::string::npos, "a name is a token");
            check(
                std::none_of(
                    value.begin(),
                    value.end(),
                    [](char ch) {
                        return (static_cast<unsigned char>(ch) < 0x20 && ch != '\t')
                            || ch == '\x7f';
                    }
                ),
                "a value has no control characters"
            );
            sum += name.size() + value.size();
        }
    }
    check(sum <= size, "nothing is read that is not there");
}

bool is_word_list(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c >= ' ' && c < '\x7f' && c != '"' && c != '\\';
    });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view whole = fuzz::input(data, size).rest();
    fuzz::input in(data, size);
    http_response response(401, "");
    std::vector<challenge> each;
    std::size_t seen = 0;
    while (!in.empty())
    {
        const auto line = in.line();
        response.field("WWW-Authenticate", line);
        fuzz::meter meter;
        const auto found = parse_challenges(line);
        meter.check_linear(line.size(), 256, 512);
        check_challenges(found, line.size());
        const auto again = parse_challenges(written(found));
        check_equal(written(again), written(found), "what was read can be written and read again");
        check(again.size() == found.size(), "written challenges are as many");
        if (seen <= limits::challenge_size && seen + line.size() <= limits::challenge_size)
            each.insert(each.end(), found.begin(), found.end());
        seen = std::min(seen + line.size(), limits::challenge_size + 1);
    }
    const auto all = parse_challenges(response);
    check_equal(written(all), written(each), "several fields are read one after the other");

    if (const auto bearer = read_bearer_challenge(response))
    {
        fuzz::check_presentable(bearer->error);
        fuzz::check_presentable(bearer->error_description);
        fuzz::check_presentable(bearer->realm);
        check(is_word_list(bearer->scope), "a scope has the characters of one");
        check(is_word_list(bearer->acr_values), "acr_values have the characters of a list");
        check(is_word_list(bearer->dpop_algs), "algs have the characters of a list");
        const url resource = url::parse("https://mcp.example/a/mcp?x=1").value();
        std::vector<std::string> notes;
        const auto plan = plan_resource_metadata(resource, bearer->resource_metadata, &notes);
        check(!plan.empty() && plan.size() <= 3, "there are places to ask, and few");
        for (const auto& c : plan)
        {
            check(c.where.is_https(), "metadata is asked for over TLS");
            check(!c.where.host_is_loopback(), "a remote server does not lead to this machine");
            check(!c.where.has_fragment(), "no fragment is asked for");
        }
        for (const auto& note : notes)
            fuzz::check_presentable(note, 2048);
    }
    else
    {
        check(
            std::none_of(
                all.begin(),
                all.end(),
                [](const challenge& c) { return c.scheme == "bearer" || c.scheme == "dpop"; }
            ),
            "a Bearer or DPoP challenge is found"
        );
    }

    if (whole.size() <= 64 && fuzz::is_one_in(16, whole))
    {
        const auto much = fuzz::grown(whole, 64 * 1024);
        fuzz::meter meter;
        static_cast<void>(parse_challenges(much));
        meter.check_linear(much.size(), 256, 512);
    }
    return 0;
}
