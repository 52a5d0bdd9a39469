// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "commands.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>

namespace {

using asioauth::tool::command;
using asioauth::tool::options;

constexpr const char* description = R"(Logs in to MCP servers and web APIs by their URL alone.

Logins are kept, sealed, in a file of yours and refreshed when they end: you go to the browser once.)";

constexpr const char* footer =
    R"(The result goes to the standard output, everything else to the standard error. With --json a
failure is {"error":{"stage","code","message","hint","url","status"}}, as the last line there.

Exit status: 0 done, 1 wrong usage or unexpected, 2 cancelled or denied, 3 login required,
4 server unreachable, 5 refused by the server, 6 an answer failed a check, 7 store failed,
130 interrupted.

Logins are in $XDG_DATA_HOME/asioauth/logins.sqlite, or in ~/.local/share/asioauth. The key is in your
keyring, or else in the file beside it that ends in .key.

Environment: ASIOAUTH_STORE_KEY is the key that logins are sealed with; BROWSER names the program that opens a URL; ASIOAUTH_CLIENT_SECRET is the secret of
the client that --client-id names.)";

void add_common(CLI::App& sub, options& given)
{
    sub.add_flag("--json", given.json, "Print the result as one JSON object");
    auto* verbose = sub.add_flag("--verbose,-v", given.verbose, "Tell each step and request");
    sub.add_flag("--quiet,-q", given.quiet, "Tell nothing but errors and what you have to do")
        ->excludes(verbose);
    sub.add_option("url", given.url, "The server's URL; a host name alone stands for https://HOST")
        ->type_name("URL")
        ->required();
    sub.add_option(
           "--timeout",
           given.timeout,
           "Give up after so many seconds; what is waited for "
           "you in the browser counts for itself"
    )
        ->type_name("SECONDS")
        ->check(CLI::Range(1U, 86400U));
    sub.add_option(
           "--ca-file",
           given.ca_files,
           "Also trust the certification authorities in this "
           "PEM file"
    )
        ->type_name("FILE")
        ->check(CLI::ExistingFile)
        ->expected(1)
        ->take_all();
    sub.add_option(
           "--allow-network",
           given.networks,
           "Also reach servers in this private network, over https; may be repeated"
    )
        ->type_name("ADDRESS/BITS")
        ->expected(1)
        ->take_all();
}

void add_store(CLI::App& sub, options& given)
{
    auto* none =
        sub.add_flag("--no-store", given.no_store, "Keep nothing, and use nothing that was kept");
    sub.add_option("--store", given.store, "Keep logins in this file instead of the usual one")
        ->type_name("FILE")
        ->excludes(none);
    sub.add_option(
           "--account", given.account, "Whose login it is, if you have several at one server"
    )
        ->type_name("NAME");
}

void add_client(CLI::App& sub, options& given)
{
    auto* uri = sub.add_option(
                       "--redirect-uri",
                       given.redirect_uri,
                       "Where the browser comes back "
                       "to, on this machine"
    )
                    ->type_name("URI");
    sub.add_option(
           "--listen",
           given.listen,
           "The same by host and port; default 127.0.0.1:0, any "
           "free port"
    )
        ->type_name("HOST:PORT")
        ->excludes(uri);
    sub.add_option(
           "--token-auth-method",
           given.auth_method,
           "How to authenticate at the token "
           "endpoint; default none"
    )
        ->type_name("METHOD")
        ->check(CLI::IsMember({"none", "client_secret_basic", "client_secret_post"}));
    sub.add_option("--client-id", given.client_id, "A client that was created by hand")
        ->type_name("ID");
    sub.add_option("--issuer", given.issuer, "The authorization server that --client-id belongs to")
        ->type_name("URL");
    sub.add_flag(
        "--client-secret-stdin",
        given.secret_from_stdin,
        "Read the client's secret from "
        "the first line of the standard "
        "input"
    );
}

void add_login(CLI::App& sub, options& given)
{
    add_client(sub, given);
    add_store(sub, given);
    sub.add_flag("--force", given.force, "Log in anew even if a login is kept");
    sub.add_option("--scope", given.scope, "Space-separated scopes to ask for")->type_name("SCOPE");
    auto* none = sub.add_flag("--no-browser", given.no_browser, "Only print the URL to open");
    sub.add_flag(
        "--paste",
        given.paste,
        "Also take the address that the browser ended at, pasted "
        "into the standard input"
    );
    sub.add_option("--browser", given.browser, "The program to open the URL with")
        ->type_name("PROGRAM")
        ->excludes(none);
}

bool wants_json(int argc, const char* const* argv)
{
    return std::any_of(argv, argv + argc, [](std::string_view a) { return a == "--json"; });
}

int run(int argc, const char* const* argv)
{
    options given;
    CLI::App app(description, "asioauth");
    app.footer(footer);
    app.require_subcommand(1);

    auto* discover =
        app.add_subcommand("discover", "Find out whether and how a server wants a login");
    add_common(*discover, given);
    discover->add_option("--scope", given.scope, "Scopes that a login would name");
    auto* enrol =
        app.add_subcommand("register", "Become a client of the server's authorization server");
    add_common(*enrol, given);
    add_client(*enrol, given);
    add_store(*enrol, given);
    auto* login = app.add_subcommand("login", "Log in, and say what came of it");
    add_common(*login, given);
    add_login(*login, given);
    auto* token = app.add_subcommand("token", "Log in and print the access token");
    add_common(*token, given);
    add_login(*token, given);
    token->add_flag("--header", given.header, "Print a whole header line, for curl -H");
    auto* tools = app.add_subcommand("tools", "List the tools of an MCP server, or call one");
    add_common(*tools, given);
    add_login(*tools, given);
    auto* call = tools->add_option("--call", given.call, "The tool to call")->type_name("NAME");
    tools->add_option("--args", given.arguments, "Its arguments")->type_name("JSON")->needs(call);
    auto* logout =
        app.add_subcommand("logout", "Revoke the tokens of a login that is kept, and forget it");
    add_common(*logout, given);
    add_store(*logout, given);
    auto* local = logout->add_flag("--local-only", given.local_only, "Do not tell the server");
    logout
        ->add_flag(
            "--delete-registration",
            given.forget_client,
            "Also delete the client at the server, where it can do that"
        )
        ->excludes(local);
    auto* version = app.add_subcommand("version", "Tell the version and what it is built with");
    version->add_flag("--json", given.json, "Print it as one JSON object");

    try
    {
        app.parse(argc, argv);
    }
    catch (const CLI::Success& help)
    {
        return app.exit(help);
    }
    catch (const CLI::ParseError& error)
    {
        return asioauth::tool::report_usage(wants_json(argc, argv), error.what());
    }
    if (*version)
    {
        asioauth::tool::print_version(given.json);
        if (asioauth::tool::output_arrived())
            return 0;
        return asioauth::tool::report_usage(given.json, "The output could not be written.");
    }
    const auto what = *discover ? command::discover
        : *enrol                ? command::register_client
        : *login                ? command::login
        : *token                ? command::token
        : *logout               ? command::logout
                                : command::tools;
    return asioauth::tool::run(what, given);
}

} // namespace

int main(int argc, char** argv)
{
    try
    {
        return run(argc, argv);
    }
    catch (const std::exception& error)
    {
        return asioauth::tool::report_usage(wants_json(argc, argv), error.what());
    }
}
