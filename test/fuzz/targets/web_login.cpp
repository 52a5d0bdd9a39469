// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Callbacks to a web server: each line is a request that some browser sends. The first letter is the
// browser (o: the user's own, anything else another one), the second how (p: a form is posted, in
// anything else it is a query); `$` stands for the state of the login.

// max_len: 1024
// dictionaries: form

#include "fuzz/fuzz.hpp"
#include "support/flow_world.hpp"

#include <algorithm>

using namespace asioauth;
using namespace asioauth::test;
using fuzz::check;

namespace {

constexpr std::string_view callback_uri = "https://app.example/oauth/callback";

std::string state_in(const url& begun)
{
    const auto fields = parse_form(begun.query());
    check(fields.has_value(), "a user is sent with parameters");
    for (const auto& [name, value] : *fields)
    {
        if (name == "state")
            return value;
    }
    return {};
}

class request
{
public:
    request(std::string_view line, const std::string& state)
        : is_own(line.starts_with('o'))
        , is_posted(line.substr(0, 2).ends_with('p'))
    {
        for (const char c : line.substr(std::min<std::size_t>(2, line.size())))
            parameters += c == '$' ? state : std::string(1, c);
        // The random octets of this world are no secret.
        knows_state = form_decode(parameters).value_or(parameters).find(state) != std::string::npos;
    }

    login_callback callback() const
    {
        if (is_posted)
            return login_callback(callback_uri, secret(parameters));
        return login_callback(std::string(callback_uri) + '?' + parameters);
    }

    bool is_own;
    bool is_posted;
    bool knows_state = false;
    std::string parameters;
};

std::size_t exchanges(const world& w)
{
    return static_cast<std::size_t>(std::count_if(
        w.requests.begin(),
        w.requests.end(),
        [](const http_request& r) { return r.kind() == request_kind::token; }
    ));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    world w;
    add_provider(w);
    detail::web_settings web;
    web.redirect_uri = callback_uri;
    const flow_settings settings = plain_settings();
    const auto begun = w.run(detail::begin_login(
        "anna", begin_params("https://mcp.example/mcp"), std::string(), web, settings
    ));
    check(begun && *begun, "a login begins");
    const std::string state = state_in((*begun)->where);
    const std::string& own = (*begun)->binding;
    check(!state.empty() && !own.empty(), "a login has a state and a browser");

    const auto complete = [&](const request& r) {
        const auto done =
            w.run(detail::complete_login(r.callback(), r.is_own ? own : own + "x", web, settings));
        const std::string wrong = broken_invariant(w, done);
        // What a browser sends may be called as our secrets are.
        if (r.parameters.find("CANARY") == std::string::npos)
            fuzz::check_equal(wrong, "", "what holds for every run");
        if (!*done)
            fuzz::check_failure(done->error());
        return done->has_value();
    };

    bool is_done = false;
    bool may_be_spoilt = false;
    for (int n = 0; n != 8 && !in.empty(); ++n)
    {
        const request r(in.line(), state);
        const auto before = exchanges(w);
        if (complete(r))
        {
            check(!is_done, "a login is finished once");
            check(r.is_own && r.knows_state, "nobody else finishes a login");
            check(exchanges(w) == before + 1, "a code is exchanged once");
            is_done = true;
        }
        else if (!r.is_own || !r.knows_state)
        {
            check(exchanges(w) == before, "what nobody asked for is not exchanged");
        }
        may_be_spoilt = may_be_spoilt || (r.is_own && r.knows_state);
    }
    const bool good = complete(request("ogcode=abc&state=$&iss=https://as.example", state));
    if (is_done)
        check(!good, "a login that is finished is not finished again");
    else if (!may_be_spoilt)
        check(good, "nobody else spoils a login");
    return 0;
}
