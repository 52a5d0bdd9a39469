// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "environment.hpp"
#include "hints.hpp"
#include "output.hpp"
#include "printing.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <iostream>
#include <string>
#include <string_view>

namespace asioauth::tool {
namespace {

namespace json = boost::json;

int exit_status_for(const outcome& how)
{
    const error_code& ec = how.code;
    if (how.status)
        return *how.status;
    if (ec == condition::cancelled)
        return cancelled_or_denied;
    if (ec == condition::login_required)
        return login_is_required;
    if (ec == condition::unreachable)
        return server_unreachable;
    // An error of JSON-RPC is the server's answer, not a broken message.
    const bool said_so = !how.info.server_error().empty();
    if (ec == condition::refused || (ec == errc::mcp_response_invalid && said_so))
        return refused_by_server;
    if (ec == condition::untrusted)
        return check_failed;
    if (ec == condition::storage)
        return store_failed;
    return usage_or_unexpected;
}

bool is_loopback(const std::string& text)
{
    const auto where = url::parse(text);
    return where && where->host_is_loopback();
}

bool is_about_connecting(const error_code& ec)
{
    return ec == condition::unreachable || ec == errc::tls_failed
        || ec == errc::tls_certificate_untrusted || ec == errc::tls_host_mismatch;
}

// What the library says of a program, said of this one.
outcome in_terms_of_the_tool(const options& given, outcome how)
{
    if (how.code == errc::address_blocked)
        how.info.hint("If the server really is in your own network, allow that network with "
                      "--allow-network ADDRESS/BITS, for example 10.0.0.0/8.");
    else if (given.scheme_was_added && is_loopback(given.url) && is_about_connecting(how.code))
        how.info.hint(
            "https:// was put before it. If the server speaks plain HTTP, name it by http://"
            + nameable_url(given).substr(std::string_view("https://").size()) + '.'
        );
    else if (how.code == errc::client_information_required)
        how.info.hint(
            "Create a client there with that redirect URI, and run the command again with "
            "--client-id ID, --issuer URL and --redirect-uri URI."
        );
    else if (how.code == errc::step_up_refused && how.info.hint().empty())
        how.info.hint("Run the command again with --step-up always to log in for more scopes.");
    else if (how.code == errc::login_required && how.info.hint().empty())
        how.info.hint("Run `" + login_command(given) + "`.");
    else if (how.code == errc::port_in_use)
        how.info.hint("Stop that program, or have any free port taken: --listen 127.0.0.1:0.");
    else if (how.code == errc::store_key_invalid)
        how.info.hint(
            is_set("ASIOAUTH_STORE_KEY")
                ? "The variable ASIOAUTH_STORE_KEY wants 32 octets as base64url, or as 64 "
                  "hexadecimal digits. Nothing was changed."
                : "Bring back the key file beside the store. Nothing was changed."
        );
    else if (how.code == condition::storage && how.info.hint().empty())
        how.info.hint(
            "Run `" + next_command(given, "doctor", "")
            + "`, which says what is wrong with the store."
        );
    return how;
}

void print_error(
    std::string_view stage_name,
    std::string_view code,
    std::string_view message,
    std::string_view hint,
    std::string_view url,
    int status
)
{
    json::object error;
    error["stage"] = json::string(stage_name);
    error["code"] = json::string(code);
    error["message"] = json::string(message);
    error["hint"] = text_or_null(hint);
    error["url"] = text_or_null(url);
    error["status"] = nullptr;
    if (status != 0)
        error["status"] = status;
    auto out = versioned();
    out["error"] = std::move(error);
    std::cerr << json::serialize(out) << '\n';
}

// What the tool itself refuses is said in its own words alone.
std::string text_of(const outcome& how)
{
    if (how.code != errc::invalid_argument || how.info.where() != stage::none
        || how.info.message().empty())
        return describe(how.code, how.info);
    std::string out = how.info.message();
    return how.info.hint().empty() ? out : out + ' ' + how.info.hint();
}

std::string help_command = "asioauth --help";

} // namespace

void set_help_for(std::string_view command)
{
    help_command = "asioauth " + std::string(command) + " --help";
}

int report(const options& given, const outcome& from)
{
    const outcome how = in_terms_of_the_tool(given, from);
    if (how.told)
        return exit_status_for(how);
    const bool own = how.code.category() == error_category();
    const std::string_view hint = how.code == errc::invalid_argument || !how.info.hint().empty()
        ? std::string_view(how.info.hint())
        : own ? hint_for(static_cast<errc>(how.code.value()))
              : std::string_view();
    const std::string text = text_of(how);
    if (given.json)
        print_error(
            name_of(how.info.where()),
            name_of(how.code),
            without_hint(text, hint),
            hint,
            how.info.url(),
            how.info.http_status()
        );
    else
        std::cerr << colored_error("asioauth:", color::red) << ' ' << text << '\n';
    return exit_status_for(how);
}

int report_interruption(bool as_json, std::string_view stored)
{
    std::string text = "Interrupted";
    text.append(stored.empty() ? "." : "; ").append(stored);
    if (as_json)
        print_error("none", "cancelled", text, "", "", 0);
    else
        std::cerr << colored_error("asioauth:", color::red) << ' ' << text << '\n';
    return interrupted;
}

int report_usage(bool as_json, std::string_view message)
{
    if (as_json)
        print_error("none", "usage", message, "Run `" + help_command + "`.", "", 0);
    else
        std::cerr << colored_error("asioauth:", color::red) << ' ' << message << "\nRun `"
                  << help_command << "` for help.\n";
    return usage_or_unexpected;
}

} // namespace asioauth::tool
