// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hints.hpp"
#include "mcp_client.hpp"
#include "step_up.hpp"
#include "workplace.hpp"

#include <asioauth/protocol/challenge.hpp>

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;

constexpr std::size_t most_data = std::size_t(64) << 20U;

result<std::string> read_all(std::istream& in, const std::string& name)
{
    std::string out;
    char part[16384];
    while (in.read(part, sizeof(part)) || in.gcount() != 0)
    {
        out.append(part, static_cast<std::size_t>(in.gcount()));
        if (out.size() > most_data)
            return misused(name + " is larger than 64 MiB.");
    }
    return out;
}

/// The text itself, or what the file or the standard input has.
result<std::string> data_of(const std::string& text)
{
    if (text == "-" || text == "@-")
        return read_all(std::cin, "The standard input");
    if (text.empty() || text.front() != '@')
        return text;
    const std::string path = text.substr(1);
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return misused("The file " + path + " cannot be read.");
    return read_all(in, "The file " + path);
}

/// What -H adds: to the request, and to the names of what is not to be shown.
class addition
{
public:
    http_request& to;
    std::vector<std::string>& names;
};

result<void> add_field(const addition& to, std::string_view line)
{
    const auto colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos)
        return misused("-H wants \"NAME: VALUE\", or @FILE.");
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    to.to.field(line.substr(0, colon), value);
    std::string& name = to.names.emplace_back(line.substr(0, colon));
    for (char& c : name)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return {};
}

result<void> add_fields(const addition& to, const std::vector<std::string>& given)
{
    for (const auto& field : given)
    {
        if (field.empty() || field.front() != '@')
        {
            if (auto added = add_field(to, field); !added)
                return added;
            continue;
        }
        auto text = data_of(field);
        if (!text)
            return text.error();
        std::istringstream in(*text);
        for (std::string line; std::getline(in, line);)
        {
            if (!line.empty() && line.back() == '\r')
                line.pop_back();
            if (line.empty())
                continue;
            if (auto added = add_field(to, line); !added)
                return added;
        }
    }
    return {};
}

result<http_request>
request_of(const options& given, const url& target, std::vector<std::string>& added)
{
    std::string method = given.method;
    if (method.empty())
        method = given.has_data ? "POST" : "GET";
    http_request out(request_kind::resource, method, target);
    if (given.has_data)
    {
        auto data = data_of(given.data);
        if (!data)
            return data.error();
        const auto first = data->find_first_not_of(" \t\r\n");
        const bool json =
            first != std::string::npos && ((*data)[first] == '{' || (*data)[first] == '[');
        out.body(json ? "application/json" : "application/x-www-form-urlencoded", secret(*data));
        wipe(*data);
    }
    if (auto done = add_fields({out, added}, given.fields); !done)
        return done.error();
    if (auto right = check_request(out); !right)
        return right.error();
    return out;
}

/// The kept login whose resource is this URL or the closest one above it; none: the URL's own.
asio::awaitable<std::string> login_above(workplace& at, url target)
{
    std::string best;
    const auto all = co_await kept_logins(at);
    if (!all)
        co_return target.str();
    for (const auto& kept : *all)
    {
        const url& where = kept.login.requested;
        if (!kept.unreadable && covers(where, target) && where.str().size() > best.size())
            best = where.str();
    }
    if (best.empty())
        co_return target.str();
    co_return best;
}

outcome judged(const http_response& response, const session& with)
{
    if (response.status() < 400)
        return {};
    const auto challenge = read_bearer_challenge(response);
    failure f(errc::http_status_unexpected);
    if (response.status() == 401)
        f = failure(with.has_token() ? errc::invalid_token : errc::login_required);
    else if (challenge && challenge->error == "insufficient_scope")
        f = failure(errc::insufficient_scope);
    f.where(stage::resource).url(with.requested().without_query()).http_status(response.status());
    if (challenge)
        f.server_error(challenge->error).server_message(challenge->error_description);
    if (f.code() == errc::http_status_unexpected)
        f.hint("The server has answered; what it says is the result.");
    return outcome(f);
}

} // namespace

command_run request(workplace& at)
{
    const auto target = url::parse(at.given.url);
    if (!target)
        co_return outcome(target.error());
    const auto made = request_of(at.given, *target, *at.added_fields);
    if (!made)
        co_return outcome(made.error());
    const bool interactive = may_ask_user(at.given);
    at.steps.show(!at.given.quiet && interactive && ::isatty(STDERR_FILENO) == 1);
    at.may_step_up = may_step_up(at.given);
    at.given.url = co_await login_above(at, *target);
    auto got = co_await open_session(at, interactive);
    if (!got)
        co_return outcome(got.error());
    session with = *got;
    for (;;)
    {
        diagnostics info;
        http_request copy = *made;
        auto [ec, response] = co_await with.async_send(std::move(copy), info, as_tuple);
        if (asks_for_step_up(at, ec))
        {
            const outcome asked = co_await ask_for_step_up(at, with);
            if (asked.code)
                co_return asked;
            continue;
        }
        if (ec)
            co_return outcome(ec, info);
        print_response(at.given, response);
        co_return judged(response, with);
    }
}

namespace {

/// What there is to do with the tools of a server, with one session.
command_run use_tools(const options& given, session with)
{
    mcp_client server(std::move(with));
    auto opened = co_await server.open();
    if (!opened)
        co_return outcome(opened.error());
    auto found = co_await server.list();
    if (!found)
        co_return outcome(found.error());
    if (given.call.empty())
    {
        print_tools(given, server.server(), *found);
        co_return outcome();
    }

    const auto called =
        std::find_if(found->tools.begin(), found->tools.end(), [&](const mcp::tool& t) {
            return t.name == given.call;
        });
    if (called == found->tools.end())
    {
        failure unknown = misused("The server has no tool \"" + presentable(given.call) + "\".");
        unknown.hint(
            "Run `" + next_command(given, "tools", nameable_url(given)) + "` to see what it has."
        );
        co_return outcome(unknown);
    }
    auto answer = co_await server.call(*called, given.arguments);
    if (!answer)
        co_return outcome(answer.error());
    print_call(given, *answer);
    co_return outcome();
}

} // namespace

command_run tools(workplace& at)
{
    const options& given = at.given;
    const bool interactive = may_ask_user(given);
    at.steps.show(!given.quiet && interactive && ::isatty(STDERR_FILENO) == 1);
    at.may_step_up = may_step_up(given);
    auto got = co_await open_session(at, interactive);
    if (!got)
        co_return outcome(got.error());
    session with = *got;
    for (;;)
    {
        outcome how = co_await use_tools(given, with);
        if (!asks_for_step_up(at, how.code))
            co_return how;
        outcome asked = co_await ask_for_step_up(at, with);
        if (asked.code)
            co_return asked;
    }
}

} // namespace asioauth::tool
