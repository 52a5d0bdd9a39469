// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "doctor.hpp"

#include "environment.hpp"
#include "hints.hpp"
#include "printing.hpp"

#include <asioauth/protocol/mcp.hpp>

#include <boost/json/serialize.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using state = finding::state;

std::string_view name_of(state s)
{
    switch (s)
    {
    case state::pass: return "pass";
    case state::warn: return "warn";
    case state::fail: return "fail";
    case state::skip: break;
    }
    return "skip";
}

color color_of(state s)
{
    switch (s)
    {
    case state::pass: return color::green;
    case state::warn: return color::yellow;
    case state::fail: return color::red;
    case state::skip: break;
    }
    return color::dim;
}

finding failed(const std::string& name, const outcome& why)
{
    finding out(name, state::fail, describe(why.code, why.info));
    const bool own = why.code.category() == error_category();
    // describe() ends with the hint.
    if (why.info.hint().empty() && own)
        out.hint(std::string(hint_for(static_cast<errc>(why.code.value()))));
    else
        out.hint(why.info.hint());
    out.detail = without_hint(std::move(out.detail), out.hint());
    return out.why(why);
}

// The last answer to a request of this stage.
std::string answered(const workplace& at, stage s)
{
    for (auto e = at.events.rbegin(); e != at.events.rend(); ++e)
    {
        if (e->where == s && e->what == event::kind::response && e->http_status != 0)
            return e->url + " answered " + std::to_string(e->http_status);
    }
    return {};
}

address_policy policy_for(const options& given, const url& where)
{
    address_policy out;
    out.allow_loopback(where.host_is_loopback());
    for (const auto& network : given.networks)
        out.allow_private_network(network);
    return out;
}

/// Whether the server can be reached at all, and what time it is there.
asio::awaitable<bool> probe(workplace& at, url where, findings& out)
{
    http_request get(request_kind::probe, "GET", where);
    get.policy(policy_for(at.given, where));
    auto got = co_await send(at, std::move(get));
    if (!got)
    {
        outcome why(got.error());
        finding wrong = failed("Reach the server", why);
        out.push_back(wrong.specification("RFC 9110"));
        co_return false;
    }
    if (got->status() >= 500)
    {
        finding down(
            "Reach the server", state::fail, "GET answered " + std::to_string(got->status()) + '.'
        );
        const failure away(errc::temporarily_unavailable);
        outcome why(away);
        why.status = server_unreachable;
        down.why(why).specification("RFC 9110");
        out.push_back(down.hint("The server is down, or busy: try again later."));
        out.push_back(look_at_clock(*got, std::chrono::system_clock::now()));
        co_return false;
    }
    finding fine(
        "Reach the server", state::pass, "GET answered " + std::to_string(got->status()) + '.'
    );
    out.push_back(fine.specification("RFC 9110"));
    out.push_back(look_at_clock(*got, std::chrono::system_clock::now()));
    co_return true;
}

/// Whether it is an MCP server; a web API is none, and is fine.
asio::awaitable<finding> initialize(workplace& at, url where)
{
    const std::string name = "MCP handshake";
    const std::string_view version = ASIOAUTH_TOOL_VERSION;
    auto request = mcp::make_discover_request(request_kind::probe, where, "asioauth", version, 1);
    request.policy(policy_for(at.given, where));
    auto got = co_await send(at, std::move(request));
    if (got && mcp::needs_initialize(*got, 1))
    {
        auto older =
            mcp::make_initialize_request(request_kind::probe, where, "asioauth", version, 2);
        older.policy(policy_for(at.given, where));
        got = co_await send(at, std::move(older));
    }
    if (!got)
    {
        outcome why(got.error());
        co_return failed(name, why);
    }
    const std::string status = std::to_string(got->status());
    if (got->status() == 401 || got->status() == 403)
        co_return finding(name, state::pass, "The server wants a login first (" + status + ").");
    if (got->is_success())
        co_return finding(
            name, state::pass, "The server answers without a login (" + status + ")."
        );
    finding none(
        name, state::warn, "No MCP answer (" + status + "): a web API, or the wrong path."
    );
    co_return none.hint("An MCP server is often at a path such as /mcp.");
}

const std::string resource_step = "Resource metadata";
const std::string server_step = "Server metadata";
const std::string register_step = "Way to register";
const std::string token_step = "Token";

void skip_from(findings& out, int step)
{
    const std::string why = "Not looked at, since an earlier step failed.";
    const char* const rfc[] = {"RFC 9728", "RFC 8414", "RFC 7591", "RFC 6750"};
    const std::string* const names[] = {&resource_step, &server_step, &register_step, &token_step};
    for (; step < 4; ++step)
    {
        finding skipped(*names[step], state::skip, why);
        out.push_back(skipped.specification(rfc[step]));
    }
}

void found_or_not(workplace& at, const outcome& how, const discovery& found, findings& out)
{
    const bool by_server = how.info.where() == stage::server_metadata;
    if (how.code && !by_server)
    {
        out.push_back(failed(resource_step, how).specification("RFC 9728"));
        return skip_from(out, 1);
    }
    if (found.login == login_support::none && !how.code)
    {
        finding open(resource_step, state::pass, "The server needs no login.");
        out.push_back(open.specification("RFC 9728"));
        for (const auto& note : found.notes)
            out.emplace_back(resource_step, state::warn, presentable(note));
        return;
    }
    if (found.resource_document || by_server)
    {
        finding document(resource_step, state::pass, answered(at, stage::resource_metadata) + '.');
        out.push_back(document.specification("RFC 9728"));
    }
    else
    {
        finding old(resource_step, state::warn, "None: the rules of MCP 2025-03-26 apply.");
        old.hint("A server should publish protected-resource metadata.");
        out.push_back(old.specification("RFC 9728 section 3; MCP authorization"));
    }
    if (how.code)
    {
        out.push_back(failed(server_step, how).specification("RFC 8414 section 3"));
        return skip_from(out, 2);
    }
    finding server(
        server_step,
        state::pass,
        "The authorization server is " + presentable(found.server.issuer) + '.'
    );
    out.push_back(server.specification("RFC 8414 section 3"));
    for (const auto& note : found.notes)
        out.emplace_back(server_step, state::warn, presentable(note));

    const bool by_hand = !at.given.client_id.empty() && at.given.issuer == found.server.issuer;
    const auto way = choose_registration_source(found, by_hand, !at.given.metadata_url.empty());
    finding how_to(register_step, state::pass, "");
    how_to.specification("RFC 7591; MCP client registration");
    if (way == registration_source::pre_registered)
        how_to.detail = "The client that --client-id names.";
    else if (way == registration_source::metadata_document)
        how_to.detail = "By the client ID metadata document.";
    else if (way == registration_source::dynamic)
        how_to.detail = "Dynamic, at " + found.server.registration_endpoint.without_query() + '.';
    else
    {
        how_to.how = state::fail;
        how_to.detail = "The server registers no programs by itself.";
        how_to.hint("Create a client with the provider, and log in with --client-id and --issuer.");
        const failure needed(errc::client_information_required);
        how_to.why(outcome(needed));
    }
    out.push_back(how_to);
}

asio::awaitable<finding> look_at_token(workplace& at)
{
    if (at.leave_store_alone)
        co_return finding(
            token_step, state::skip, "Not looked at, since the store was not opened."
        );
    const auto kept = co_await kept_login_for(at);
    if (!kept)
    {
        const bool none = kept.error().code() == errc::login_required;
        finding out(token_step, none ? state::warn : state::fail, "No login is kept.");
        if (!none)
        {
            out.detail = kept.error().code().message();
            outcome why(kept.error());
            out.why(why);
        }
        else
        {
            out.detail = kept.error().info().message();
            out.hint("Run `" + login_command(at.given) + "`.");
        }
        co_return out;
    }
    const auto now = std::chrono::system_clock::now();
    const std::string until = clock_time(kept->login.expires_at);
    if (!kept->login.ended(now))
        co_return finding(token_step, state::pass, "Good until: " + until + '.');
    if (!kept->login.needs_user(now))
        co_return finding(token_step, state::pass, "Ended, and is refreshed when it is needed.");
    finding ended(token_step, state::warn, "Ended, and there is no refresh token.");
    co_return ended.hint("Run `" + login_command(at.given) + "`.");
}

asio::awaitable<findings> look_at_server(workplace& at)
{
    findings out;
    const auto where = url::parse(at.given.url);
    if (!where)
    {
        outcome why(where.error());
        out.push_back(failed("URL", why).specification("RFC 3986"));
        co_return out;
    }
    // Whoever names a proxy, even one that cannot be used, does not want to be seen without it.
    bool there = false;
    if (at.proxy)
        there = co_await probe(at, *where, out);
    if (!there)
    {
        finding skipped(
            "MCP handshake", state::skip, "Not looked at, since an earlier step failed."
        );
        out.push_back(skipped.specification("MCP lifecycle"));
        skip_from(out, 0);
        co_return out;
    }
    finding handshake = co_await initialize(at, *where);
    out.push_back(handshake.specification("MCP lifecycle"));
    diagnostics info;
    auto [ec, found] =
        co_await at.client->async_discover(discover_params_for(at.given), info, as_tuple);
    const outcome how(ec, info);
    found_or_not(at, how, found, out);
    if (ec || found.login == login_support::none)
        co_return out;
    finding token = co_await look_at_token(at);
    out.push_back(token.specification("RFC 6750"));
    co_return out;
}

void put(json::array& to, const findings& all, std::string_view section)
{
    int number = 0;
    for (const auto& f : all)
    {
        json::object one;
        one["section"] = json::string(section);
        one["number"] = ++number;
        one["name"] = f.name;
        one["state"] = json::string(name_of(f.how));
        one["detail"] = presentable(f.detail, 2048);
        one["hint"] = text_or_null(f.hint());
        one["specification"] = text_or_null(f.specification());
        to.push_back(std::move(one));
    }
}

json::object object_of(const findings& here, const findings& there)
{
    json::array checks;
    put(checks, here, "environment");
    put(checks, there, "server");
    std::int64_t failures = 0;
    std::int64_t passed = 0;
    for (const auto& f : checks)
    {
        failures += f.at("state").as_string() == "fail" ? 1 : 0;
        passed += f.at("state").as_string() == "pass" ? 1 : 0;
    }
    auto out = versioned();
    out["checks"] = std::move(checks);
    out["passed"] = passed;
    out["failed"] = failures;
    return out;
}

void print_section(std::string_view title, const findings& all)
{
    std::cout << title << '\n';
    int number = 0;
    for (const auto& f : all)
    {
        const std::string word(name_of(f.how));
        ++number;
        std::cout << (number < 10 ? "  " : " ") << number << ". " << colored(word, color_of(f.how))
                  << "  " << f.name << ": " << presentable(f.detail, 2048);
        if (!f.specification().empty() && f.how != state::pass)
            std::cout << " [" << f.specification() << ']';
        std::cout << '\n';
        if (!f.hint().empty())
            std::cout << "            -> " << f.hint() << '\n';
    }
}

// Fit to be shown around: no name of the user or of a folder.
std::string without_home(std::string text)
{
    const std::string name = variable("HOME");
    if (name.size() < 2)
        return text;
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1))
        text.replace(at, name.size(), "~");
    return text;
}

result<void> write_report(const std::string& path, const json::object& what)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return misused(
            "The report " + path + " cannot be made: it is there already, or the folder is not."
        );
    const std::string text = without_home(json::serialize(what)) + '\n';
    const auto written = ::write(file, text.data(), text.size());
    const bool closed = ::close(file) == 0;
    if (written != static_cast<ssize_t>(text.size()) || !closed)
        return misused("The report " + path + " could not be written.");
    return {};
}

} // namespace

command_run doctor(workplace& at)
{
    const findings here = co_await look_at_environment(at);
    findings there;
    if (!at.given.url.empty())
        there = co_await look_at_server(at);
    const auto whole = object_of(here, there);
    if (at.given.json)
        print(whole);
    else
    {
        print_section("This machine", here);
        if (!at.given.url.empty())
            print_section(
                "The server " + presentable(at.given.url.substr(0, at.given.url.find('?'))), there
            );
    }
    if (!at.given.report.empty())
    {
        if (auto written = write_report(at.given.report, whole); !written)
            co_return outcome(written.error());
    }
    for (const findings* section : {&std::as_const(there), &here})
    {
        for (const auto& f : *section)
        {
            if (f.how != state::fail)
                continue;
            const failure found(errc::invalid_argument);
            outcome how(found);
            if (f.why())
                how = *f.why();
            how.told = true;
            co_return how;
        }
    }
    co_return outcome();
}

} // namespace asioauth::tool
