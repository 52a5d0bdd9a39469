// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What comes back from the user's browser: the request to the loopback listener, and the URL in it.
// A line with the sizes of the pieces in which the request arrives, then the request.

// max_len: 4096
// dictionaries: http form

#include "fuzz/fuzz.hpp"
#include "listener/request_head.hpp"

#include <asioauth/protocol/authorization.hpp>

#include <algorithm>
#include <array>

using namespace asioauth;
using detail::request_head;
using detail::request_head_reader;
using fuzz::check;
using fuzz::check_equal;

namespace {

constexpr std::string_view redirect_uri = "http://127.0.0.1:40123/callback";
constexpr std::string_view state = "state-of-this-login";
constexpr std::string_view good_answer =
    "code=abc&state=state-of-this-login&iss=https://as.example";

std::string text_of(const request_head& head)
{
    std::string out = head.method + ' ' + head.target + ' ' + std::to_string(head.minor_version);
    for (const auto& [name, value] : head.fields)
        out.append("\n").append(name).append(": ").append(value);
    return out;
}

class reading
{
public:
    request_head_reader reader;
    request_head_reader::state state = request_head_reader::state::incomplete;

    void feed(std::string_view wire, std::string_view sizes)
    {
        for (std::size_t turn = 0; !wire.empty(); ++turn)
        {
            const std::size_t n = sizes.empty()
                ? wire.size()
                : static_cast<unsigned char>(sizes[turn % sizes.size()]) + 1U;
            state = reader.feed(wire.substr(0, n));
            wire.remove_prefix(std::min(n, wire.size()));
        }
    }
};

void check_head(const request_head& head)
{
    check(
        !head.method.empty() && head.method.find_first_of(" \r\n") == std::string::npos, "a method"
    );
    check(head.target.starts_with('/'), "a target begins with a slash");
    check(
        std::all_of(
            head.target.begin(),
            head.target.end(),
            [](char c) { return c > ' ' && c < '\x7f' && c != '#'; }
        ),
        "a target is visible"
    );
    check(head.fields.size() <= request_head_reader::max_fields, "there are not too many fields");
    check(head.path() == head.target.substr(0, head.target.find('?')), "a path is of the target");
    for (const auto& [name, value] : head.fields)
    {
        check(
            std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
            "a name is in lower case"
        );
        check(value.find_first_of("\r\n") == std::string::npos, "a value is one line");
    }
}

pending_authorization pending(bool iss_required)
{
    pending_authorization out;
    out.issuer = "https://as.example";
    out.iss_required = iss_required;
    out.client_id = "client-1";
    out.redirect_uri = redirect_uri;
    out.state = state;
    out.code_verifier = secret(fuzz::canary());
    return out;
}

void check_code(const result<secret>& code, std::string_view query)
{
    if (!code)
        return fuzz::check_failure(code.error());
    check(!code->empty() && code->size() <= 4096, "a code is as long as it may be");
    // Whatever else is in it, nobody who does not know the state gets here.
    const auto fields = parse_form(query);
    check(fields.has_value(), "an answer is a form");
    std::array<int, 3> times{};
    for (const auto& [name, value] : *fields)
    {
        if (name == "state")
            check(value == state && ++times[0] == 1, "the state is the one that was sent");
        if (name == "iss")
            check(value == "https://as.example" && ++times[1] == 1, "the issuer is the one asked");
        if (name == "code")
            check(value == code->reveal() && ++times[2] == 1, "the code is the one that came");
        if (name == "error")
            check(value.empty(), "an error is an error");
    }
    check(times[0] == 1 && times[2] == 1, "state and code are there");
}

void check_callback(std::string_view query)
{
    const std::string where = std::string(redirect_uri) + '?' + std::string(query);
    for (const bool iss_required : {false, true})
    {
        const auto p = pending(iss_required);
        const auto code = read_callback(where, p);
        check_code(code, query.substr(0, query.find('#')));
        if (code)
            check_equal(state_of(where), state, "the state is found in advance");
        const auto posted = read_callback_form(redirect_uri, query, p);
        check_code(posted, query);
        if (code && query.find('#') == std::string_view::npos)
            check(posted.has_value() && *posted == *code, "a form is read as a query is");
        if (iss_required && code)
            check(read_callback(where, pending(false)).has_value(), "less strict takes more");

        // With an answer of ours in front, whose code must not be told.
        const std::string marked = std::string(redirect_uri) + "?code=" + fuzz::canary()
            + "&state=" + fuzz::canary() + '&' + std::string(query);
        const auto refused = read_callback(marked, p);
        if (!refused)
            fuzz::check_failure(refused.error());
        // What is added to a good answer changes it or makes it none.
        const auto more = read_callback(
            std::string(redirect_uri) + '?' + std::string(good_answer) + '&' + std::string(query), p
        );
        if (more)
            check(more->reveal() == "abc", "nobody replaces a code by adding to the query");
        else
            fuzz::check_failure(more.error());
    }
    // Whatever else is before the query, it is not this login's.
    const auto elsewhere = read_callback(query, pending(false));
    if (elsewhere)
        check(query.starts_with(redirect_uri), "a callback is at the redirect URI");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    const auto sizes = in.line();
    const auto wire = in.rest();

    reading whole;
    {
        fuzz::meter meter;
        whole.feed(wire, {});
        meter.check_linear(wire.size(), 64, 4 * 1024);
    }
    reading pieces;
    pieces.feed(wire, sizes);
    reading octets;
    octets.feed(wire, std::string_view("\0", 1));
    for (const auto* other : {&pieces, &octets})
    {
        check(other->state == whole.state, "pieces do not decide what a request is");
        check_equal(
            text_of(other->reader.head()), text_of(whole.reader.head()), "pieces change nothing"
        );
    }
    if (whole.state != request_head_reader::state::complete)
    {
        // Perhaps it is what stands behind the question mark.
        check_callback(wire);
        return 0;
    }
    const request_head& head = whole.reader.head();
    check_head(head);
    const auto mark = head.target.find('?');
    if (mark != std::string::npos)
        check_callback(std::string_view(head.target).substr(mark + 1));
    return 0;
}
