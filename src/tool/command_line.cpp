// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <string>

namespace asioauth::tool {
namespace {

void add_looks(CLI::App& sub, options& given)
{
    sub.add_flag("--json", given.json, "Print the result as one JSON object, failures too");
    sub.add_flag("--no-color", given.no_color, "No colours, as with the variable NO_COLOR");
    sub.add_option("--config", given.config, "Take defaults of options from this file")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
}

void add_noise(CLI::App& sub, options& given)
{
    auto* verbose = sub.add_flag("--verbose,-v", given.verbose, "Tell each step and request");
    sub.add_flag("--quiet,-q", given.quiet, "Tell nothing but errors and what you have to do")
        ->excludes(verbose);
}

void add_network(CLI::App& sub, options& given)
{
    sub.add_flag(
        "--trace", given.trace, "Tell every HTTP request and response, with secrets left out"
    );
    sub.add_option(
           "--ca-file",
           given.ca_files,
           "Also trust the certification authorities in this PEM file; may be repeated"
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

void add_timeout(CLI::App& sub, options& given)
{
    sub.add_option(
           "--timeout",
           given.timeout,
           "Give up after so many seconds; what is waited for you in the browser counts for itself"
    )
        ->type_name("SECONDS")
        ->check(CLI::Range(1U, 86400U));
}

CLI::Option* add_url(CLI::App& sub, options& given)
{
    return sub
        .add_option("url", given.url, "The server's URL; a host name alone stands for https://HOST")
        ->type_name("URL");
}

CLI::Option* add_file(CLI::App& sub, options& given)
{
    return sub
        .add_option("--store", given.store, "Keep logins in this file instead of the usual one")
        ->type_name("FILE");
}

void add_account(CLI::App& sub, options& given)
{
    sub.add_option(
           "--account", given.account, "Whose login it is, if you have several at one server"
    )
        ->type_name("NAME");
}

// Of a command that works with a login which is kept.
void add_kept(CLI::App& sub, options& given)
{
    add_file(sub, given);
    add_account(sub, given);
}

void add_store(CLI::App& sub, options& given)
{
    auto* none =
        sub.add_flag("--no-store", given.no_store, "Keep nothing, and use nothing that was kept");
    add_file(sub, given)->excludes(none);
    add_account(sub, given);
}

void add_client(CLI::App& sub, options& given)
{
    auto* uri = sub.add_option(
                       "--redirect-uri",
                       given.redirect_uri,
                       "Where the browser comes back to, on this machine"
    )
                    ->type_name("URI");
    sub.add_option(
           "--listen", given.listen, "The same by host and port; default 127.0.0.1:0, any free port"
    )
        ->type_name("HOST:PORT")
        ->excludes(uri);
    sub.add_option(
           "--token-auth-method",
           given.auth_method,
           "How to authenticate at the token endpoint; default none"
    )
        ->type_name("METHOD")
        ->check(CLI::IsMember({"none", "client_secret_basic", "client_secret_post"}));
    sub.add_option("--client-name", given.client_name, "What consent pages call this program")
        ->type_name("NAME");
    sub.add_option(
           "--metadata-url",
           given.metadata_url,
           "Where you publish a client ID metadata document; used where a server takes them"
    )
        ->type_name("URL");
    sub.add_option("--client-id", given.client_id, "A client that was created by hand")
        ->type_name("ID");
    sub.add_option("--issuer", given.issuer, "The authorization server that --client-id belongs to")
        ->type_name("URL");
    auto* input = sub.add_flag(
        "--client-secret-stdin",
        given.secret_from_stdin,
        "Read the client's secret from the first line of the standard input"
    );
    sub.add_option(
           "--client-secret-file",
           given.secret_file,
           "Read the client's secret from the first line of this file"
    )
        ->type_name("FILE")
        ->check(CLI::ExistingFile)
        ->excludes(input);
}

// Of a command that may send the user to the browser.
void add_user(CLI::App& sub, options& given)
{
    add_client(sub, given);
    add_store(sub, given);
    sub.add_flag("--force", given.force, "Log in anew even if a login is kept");
    sub.add_option("--scope", given.scope, "Space-separated scopes to ask for")->type_name("SCOPE");
    auto* none = sub.add_flag("--no-browser", given.no_browser, "Only print the URL to open");
    auto* paste = sub.add_flag(
        "--paste",
        given.paste,
        "Also take the address that the browser ended at, pasted into the standard input"
    );
#ifdef ASIOAUTH_TOOL_HAS_QR
    sub.add_flag("--qr", given.qr, "Show the address to open as a QR code too");
#endif
    auto* with = sub.add_option("--browser", given.browser, "The program to open the URL with")
                     ->type_name("PROGRAM")
                     ->excludes(none);
    sub.add_flag(
           "--device",
           given.device,
           "Log in on another device, by a code, where the server offers that"
    )
        ->excludes(none)
        ->excludes(paste)
        ->excludes(with);
}

void add_step_up(CLI::App& sub, options& given)
{
    sub.add_option(
           "--step-up",
           given.step_up,
           "Whether to log in for more scopes if the request needs them; default ask, or never "
           "without a terminal"
    )
        ->type_name("WHEN")
        ->check(CLI::IsMember({"ask", "always", "never"}));
}

void add_discover(CLI::App& sub, options& given)
{
    sub.add_option("--scope", given.scope, "Scopes that a login would name")->type_name("SCOPE");
    sub.add_option(
           "--metadata-url",
           given.metadata_url,
           "Where you publish a client ID metadata document; used where a server takes them"
    )
        ->type_name("URL");
    sub.add_flag(
        "--explain", given.explain, "Say what was asked, answered and concluded, by steps"
    );
}

void add_register(CLI::App& sub, options& given)
{
    add_client(sub, given);
    add_store(sub, given);
    auto* force =
        sub.add_flag("--force", given.force, "Register anew even if a registration is kept");
    sub.add_flag(
           "--delete",
           given.remove,
           "Delete the registrations that are kept: at the server where it can do that, and here"
    )
        ->excludes(force);
}

void add_token(CLI::App& sub, options& given)
{
    add_kept(sub, given);
    sub.add_option("--scope", given.scope, "Space-separated scopes that the token must have")
        ->type_name("SCOPE");
    sub.add_option(
           "--min-ttl",
           given.min_ttl,
           "The token shall last for so many seconds yet; default 30, refreshed if need be. A "
           "server's tokens may be shorter: then it is a fresh one, and that is said"
    )
        ->type_name("SECONDS")
        ->check(CLI::Range(0U, 31'536'000U));
    sub.add_flag("--force-refresh", given.force_refresh, "Get a fresh token in any case");
    auto* header = sub.add_flag("--header", given.header, "Print a whole header line, for curl -H");
    sub.add_flag("--env", given.shell, "Print it as shell commands, for eval")->excludes(header);
}

void add_request(CLI::App& sub, options& given)
{
    add_user(sub, given);
    sub.add_option("-X,--method", given.method, "The method; default GET, or POST with a body")
        ->type_name("METHOD");
    sub.add_option(
           "-H,--field",
           given.fields,
           "A header field, \"NAME: VALUE\", or @FILE with one in each line; may be repeated"
    )
        ->type_name("FIELD")
        ->expected(1)
        ->take_all();
    sub.add_option("-d,--data", given.data, "The body: text, @FILE, or - for the standard input")
        ->type_name("DATA")
        ->each([&given](const std::string&) { given.has_data = true; });
    add_step_up(sub, given);
}

void add_tools(CLI::App& sub, options& given)
{
    add_user(sub, given);
    auto* call = sub.add_option("--call", given.call, "The tool to call")->type_name("NAME");
    sub.add_option("--args", given.arguments, "Its arguments, a JSON object")
        ->type_name("JSON")
        ->needs(call);
    add_step_up(sub, given);
}

void add_list(CLI::App& sub, options& given)
{
    add_kept(sub, given);
    sub.add_option("--status", given.status, "Only logins of this status")
        ->type_name("STATUS")
        ->check(CLI::IsMember({"good", "refreshable", "ended", "unreadable"}));
}

void add_show(CLI::App& sub, options& given)
{
    add_kept(sub, given);
    sub.add_flag("--reveal", given.reveal, "Also show the tokens; on a terminal only");
}

void add_leaving(CLI::App& sub, options& given)
{
    add_kept(sub, given);
    auto* local = sub.add_flag("--local-only", given.local_only, "Do not tell the server");
    sub.add_flag(
        "--all", given.all, "All logins that are kept, or all of --account; without a URL"
    );
    sub.add_flag(
           "--delete-registration",
           given.forget_client,
           "Also delete the client at the server, where it can do that"
    )
        ->excludes(local);
}

void add_doctor(CLI::App& sub, options& given)
{
    add_kept(sub, given);
    sub.add_option(
           "--metadata-url", given.metadata_url, "Where you publish a client ID metadata document"
    )
        ->type_name("URL");
    sub.add_option("--client-id", given.client_id, "A client that was created by hand")
        ->type_name("ID");
    sub.add_option("--issuer", given.issuer, "The authorization server that --client-id belongs to")
        ->type_name("URL");
    sub.add_flag("--fix", given.fix, "Repair what is safe to repair: the modes of files");
    sub.add_option(
           "--report",
           given.report,
           "Also write the result to this new file, fit to be shown around"
    )
        ->type_name("FILE");
}

#ifdef ASIOAUTH_TOOL_HAS_HUB
void add_serve(CLI::App& sub, options& given)
{
    add_file(sub, given);
    sub.add_option(
           "--listen",
           given.listen,
           "Where to listen, at this machine alone; default 127.0.0.1:0, any free port"
    )
        ->type_name("HOST:PORT");
    sub.add_option("--client-name", given.client_name, "What consent pages call this program")
        ->type_name("NAME");
    sub.add_flag("--open", given.open_page, "Open the page in the browser");
    sub.add_option("--browser", given.browser, "The program to open it with")->type_name("PROGRAM");
}
#endif

void add_completion(CLI::App& sub, options& given)
{
    sub.add_option("shell", given.shell_name, "The shell")
        ->type_name("SHELL")
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->required();
}

void add_nothing(CLI::App&, options&) {}

// What a command has beside its own options.
enum shares
{
    looks = 1,        ///< --json and its like
    network = 2,      ///< --trace, --ca-file and their like
    server = 4,       ///< a URL
    maybe_server = 8, ///< a URL that may be left out
    hidden = 16,
};

class entry
{
public:
    command what;
    const char* name;
    const char* summary;
    unsigned shared;
    void (*add)(CLI::App&, options&);
};

constexpr std::array entries = {
    entry{
        command::discover,
        "discover",
        "Find out whether and how a server wants a login",
        looks | network | server,
        add_discover},
    entry{
        command::register_client,
        "register",
        "Become a client of the server's authorization server, or show the client there is",
        looks | network | server,
        add_register},
    entry{
        command::login,
        "login",
        "Log in, unless a login is kept, and say what came of it",
        looks | network | server,
        add_user},
    entry{
        command::token,
        "token",
        "Print the access token of a login that is kept; never asks anything",
        looks | network | server,
        add_token},
    entry{
        command::refresh,
        "refresh",
        "Refresh the tokens of a login that is kept, now",
        looks | network | server,
        add_kept},
    entry{
        command::request,
        "request",
        "Send an HTTP request with the access token",
        looks | network | server,
        add_request},
    entry{
        command::tools,
        "tools",
        "List the tools of an MCP server, or call one",
        looks | network | server,
        add_tools},
    entry{command::list, "list", "List the logins that are kept", looks, add_list},
    entry{
        command::show,
        "show",
        "Show one login, and where its secrets are",
        looks | server,
        add_show},
    entry{
        command::logout,
        "logout",
        "Revoke the tokens of a login that is kept, and forget it",
        looks | network | maybe_server,
        add_leaving},
    entry{
        command::revoke,
        "revoke",
        "The same, but a failure if the server revokes nothing",
        looks | network | maybe_server,
        add_leaving},
    entry{
        command::doctor,
        "doctor",
        "Look for what keeps logins from working, here and at a server",
        looks | network | maybe_server,
        add_doctor},
#ifdef ASIOAUTH_TOOL_HAS_HUB
    entry{
        command::serve,
        "serve",
        "Serve a page on which integrations are added by their URL, for you at this machine",
        looks | network,
        add_serve},
#endif
    entry{
        command::completion,
        "completion",
        "Print a script that completes command lines in a shell",
        0,
        add_completion},
    entry{
        command::version,
        "version",
        "Tell the version and what it is built with",
        looks,
        add_nothing},
    entry{command::manual, "manual", "Print the manual page, as roff", hidden, add_nothing},
};

} // namespace

void add_commands(CLI::App& app, options& given)
{
    app.require_subcommand(1);
    for (const auto& e : entries)
    {
        auto* sub = app.add_subcommand(e.name, e.summary);
        if ((e.shared & hidden) != 0)
            sub->group("");
        if ((e.shared & (server | maybe_server)) != 0)
            add_url(*sub, given)->required((e.shared & server) != 0);
        e.add(*sub, given);
        if ((e.shared & looks) != 0)
            add_looks(*sub, given);
        if ((e.shared & looks) != 0 && e.what != command::version)
            add_noise(*sub, given);
        if ((e.shared & network) != 0)
            add_network(*sub, given);
        // A page that is served has no end.
        if ((e.shared & network) != 0 && (e.shared & (server | maybe_server)) != 0)
            add_timeout(*sub, given);
    }
}

std::optional<command> chosen_command(const CLI::App& app)
{
    for (const auto& e : entries)
    {
        if (app.got_subcommand(e.name))
            return e.what;
    }
    return std::nullopt;
}

} // namespace asioauth::tool
