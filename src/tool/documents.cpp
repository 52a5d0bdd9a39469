// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "documents.hpp"

#include "command_line.hpp"
#include "printing.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>

namespace asioauth::tool {

const char* description()
{
    return "Logs in to MCP servers and web APIs by their URL alone.\n\n"
           "Logins are kept, sealed, in a file of yours and refreshed when they end: you go to the "
           "browser once.";
}

const char* footer()
{
    return R"(The result goes to the standard output, everything else to the standard error. With --json a
failure is {"version","error":{"stage","code","message","hint","url","status"}}, as the last line
there.

Exit status: 0 done, 1 wrong usage or unexpected, 2 cancelled or denied, 3 login required,
4 server unreachable, 5 refused by the server, 6 an answer failed a check, 7 store failed,
130 interrupted.

Begin with `asioauth login URL`. `asioauth doctor URL` says what is wrong if that fails, and
`man asioauth` says the rest.)";
}

namespace {

/// One option or argument of a command, as the parser has it.
class item
{
public:
    std::vector<std::string> names; ///< long ones first; none: an argument
    std::string value;              ///< what stands for its value; empty for a flag
    std::vector<std::string> choices;
    std::string text;
};

item read(const CLI::Option& option)
{
    item out;
    for (const auto& name : option.get_lnames())
        out.names.push_back("--" + name);
    for (const auto& name : option.get_snames())
        out.names.push_back("-" + name);
    out.text = option.get_description();
    if (option.get_items_expected_max() == 0)
        return out;
    // "METHOD:{none,other}"
    out.value = option.get_type_name();
    const auto open = out.value.find(":{");
    if (open != std::string::npos)
    {
        const auto end = out.value.find('}', open);
        out.choices = CLI::detail::split(out.value.substr(open + 2, end - open - 2), ',');
    }
    out.value.erase(std::min(out.value.find_first_of(": "), out.value.size()));
    return out;
}

std::vector<item> items(const CLI::App& command)
{
    std::vector<item> out;
    for (const auto* option : command.get_options({}))
    {
        if (!option->get_positional())
            out.push_back(read(*option));
    }
    return out;
}

std::vector<item> arguments(const CLI::App& command)
{
    std::vector<item> out;
    for (const auto* option : command.get_options({}))
    {
        if (option->get_positional())
            out.push_back(read(*option));
    }
    return out;
}

std::vector<const CLI::App*> commands(const CLI::App& app)
{
    return app.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); });
}

bool is_file(const item& i)
{
    return i.value == "FILE";
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

// --- Manual page -----------------------------------------------------------------------------

std::string roff(std::string text)
{
    text = replaced(std::move(text), "\\", "\\e");
    text = replaced(std::move(text), "-", "\\-");
    text = replaced(std::move(text), "'", "\\(aq");
    text = replaced(std::move(text), "`", "\\(ga");
    if (!text.empty() && text.front() == '.')
        text.insert(0, "\\&");
    return text;
}

void print_item(const item& i)
{
    std::cout << ".TP\n";
    std::string line;
    for (const auto& name : i.names)
        line += (line.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
    if (!i.value.empty())
        line += (line.empty() ? "\\fI" : " \\fI") + roff(i.value) + "\\fR";
    std::cout << line << '\n' << roff(i.text);
    if (!i.choices.empty())
        std::cout << ": " << roff(joined(i.choices, ", "));
    std::cout << ".\n";
}

constexpr const char* manual_end = R"roff(.SH RESULT
The result goes to the standard output, and nothing else does.
With \fB\-\-json\fR it is one object in one line, with the member \fBversion\fR, which is 1 and
grows when a member changes its meaning; new members may come at any time.
A failure is the last line of the standard error then: an object \fBerror\fR with the members
\fBstage\fR, \fBcode\fR, \fBmessage\fR, \fBhint\fR, \fBurl\fR and \fBstatus\fR, which is that of HTTP.
.SH JSON
The members of the object that \fB\-\-json\fR prints, by command, beside \fBversion\fR.
What is unknown is null or an empty list; times are seconds since 1970.
.TP
.B discover
url, resource, login (required, available, none), authorization_server (null or issuer,
authorization_endpoint, token_endpoint, registration_endpoint, revocation_endpoint,
device_authorization_endpoint, scopes_supported, token_endpoint_auth_methods_supported,
iss_parameter, found), registration (null, dynamic, client_id_metadata_document, manual), scope,
notes; with \fB\-\-explain\fR also steps, a list of stage, method, url, status, text.
.TP
.B register
issuer, client_id, has_secret, token_endpoint_auth_method, redirect_uris, source (dynamic,
pre_registered, metadata_document), manageable; with \fB\-\-delete\fR issuer, deleted_at_server,
forgotten.
.TP
.B login
resource, login (required, none), issuer, client_id, scope, expires_at, stored (whether it was
kept).
.TP
.B token
access_token, token_type, scope, expires_at.
.TP
.B refresh
resource, before and after, each with generation, expires_at.
.TP
.B request
status, fields (a list of pairs), body, or body_base64 if it is no UTF\-8.
.TP
.B tools
server (name, title, version, protocol_version), tools (a list of name, title, description), notes;
with \fB\-\-call\fR tool, content.
.TP
.B list
logins, a list of url, account, resource, issuer, client_id, scope, status (good, refreshable,
ended, unreadable), expires_at.
.TP
.B show
what \fBlist\fR has of one login, and token_type, has_refresh_token, generation, store (path, key);
with \fB\-\-reveal\fR also access_token, refresh_token.
.TP
.BR logout ", " revoke
logins, a list of resource, refresh_token_revoked, access_token_revoked, registration_deleted,
error.
.TP
.B doctor
checks, a list of section (environment, server), number, name, state (pass, warn, fail, skip),
detail, hint, specification; passed, failed.
.TP
.B serve
origin, start_url, program_key.
.TP
.B version
asioauth, compiler, boost, openssl, stores.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Wrong usage, or something unexpected.
.TP
.B 2
Cancelled or denied by the user.
.TP
.B 3
A login is required.
.TP
.B 4
A server is unreachable.
.TP
.B 5
A server refused.
.TP
.B 6
An answer failed a security check and was not used.
.TP
.B 7
The store or the keyring failed.
.TP
.B 130
Interrupted.
.SH ENVIRONMENT
Each option can be set by a variable: \fBASIOAUTH_\fR and its long name in capitals, with
underscores, such as \fBASIOAUTH_NO_BROWSER=1\fR.
The command line wins over the environment, and the environment over the configuration file.
What relaxes a check, reveals or deletes is for the command line alone: \fB\-\-allow\-network\fR,
\fB\-\-reveal\fR, \fB\-\-all\fR, \fB\-\-delete\fR and \fB\-\-delete\-registration\fR.
.TP
.B ASIOAUTH_CLIENT_SECRET
The secret of the client that \fB\-\-client\-id\fR names.
A secret is never an option's value: everybody on the machine could read it.
.TP
.B ASIOAUTH_STORE_KEY
The key that logins are sealed with: 32 octets as base64url or as hexadecimal digits.
.TP
.B BROWSER
Programs that open a URL, separated by colons.
.TP
.B https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY
The HTTP proxy to reach servers through, such as \fBhttp://proxy.example:8080\fR, with
\fBuser:password@\fR in front of the host where it asks for them.
The first that is set counts. Loopback hosts are always reached directly.
.TP
.B no_proxy, NO_PROXY
Servers that are reached without the proxy, separated by commas: hosts, which stand for those under them
as well, addresses, networks such as \fB10.0.0.0/8\fR, each with a port or without, or \fB*\fR for all.
.TP
.B NO_COLOR
No colours, whatever its value is.
.TP
.B SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY
Without a display no browser is started, unless one is named.
.SH FILES
.TP
.I $XDG_CONFIG_HOME/asioauth/config.toml
Defaults of options, such as \fBtimeout = 60\fR; \fI~/.config\fR stands for an unset variable.
A section such as \fB[login]\fR is for one command.
.TP
.I $XDG_DATA_HOME/asioauth/logins.sqlite
The logins; \fI~/.local/share\fR stands for an unset variable.
Sealed with a key from the keyring, or else from the file beside it that ends in \fI.key\fR.
.SH EXAMPLES
.nf
asioauth login https://mcp.example/mcp
asioauth tools https://mcp.example/mcp
asioauth request https://mcp.example/mcp/items
curl \-H "$(asioauth token \-\-header https://api.example)" https://api.example/me
asioauth doctor https://mcp.example/mcp
.fi
.SH SEE ALSO
.BR curl (1)
)roff";

// --- Shells ----------------------------------------------------------------------------------

void print_bash(const CLI::App& app)
{
    std::string names;
    for (const auto* command : commands(app))
        names.append(names.empty() ? "" : " ").append(command->get_name());
    std::cout << R"script(# bash completion for asioauth: eval "$(asioauth completion bash)"

_asioauth()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W ")script"
              << names << R"script( --help" -- "$cur"))
        return
    fi
    case "${COMP_WORDS[1]} $prev" in
)script";
    for (const auto* command : commands(app))
    {
        for (const auto& i : items(*command))
        {
            if (i.value.empty())
                continue;
            std::string words;
            for (const auto& name : i.names)
                words += (words.empty() ? "\"" : " | \"") + command->get_name() + ' ' + name + '"';
            std::cout << "        " << words << ") ";
            if (is_file(i))
                std::cout << "COMPREPLY=($(compgen -f -- \"$cur\"))";
            else if (i.value == "PROGRAM")
                std::cout << "COMPREPLY=($(compgen -c -- \"$cur\"))";
            else if (!i.choices.empty())
                std::cout << "COMPREPLY=($(compgen -W \"" << joined(i.choices, " ")
                          << "\" -- \"$cur\"))";
            else
                std::cout << ':';
            std::cout << "; return ;;\n";
        }
    }
    std::cout << "    esac\n    case ${COMP_WORDS[1]} in\n";
    for (const auto* command : commands(app))
    {
        std::string words;
        for (const auto& i : arguments(*command))
            words += joined(i.choices, " ");
        for (const auto& i : items(*command))
            words.append(words.empty() ? "" : " ").append(joined(i.names, " "));
        std::cout << "        " << command->get_name() << ") words=\"" << words << "\" ;;\n";
    }
    std::cout << "    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
                 "complete -F _asioauth asioauth\n";
}

std::string zsh_text(std::string text)
{
    for (const std::string_view c : {"\\", "[", "]", ":"})
        text = replaced(std::move(text), c, "\\" + std::string(c));
    return replaced(std::move(text), "'", "'\\''");
}

void print_zsh(const CLI::App& app)
{
    std::cout << "#compdef asioauth\n\n_asioauth()\n{\n    local -a commands\n    commands=(\n";
    for (const auto* command : commands(app))
        std::cout << "        '" << command->get_name() << ':'
                  << zsh_text(command->get_description()) << "'\n";
    std::cout << "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n"
                 "        return\n    fi\n    local command=$words[2]\n"
                 "    shift words\n    (( CURRENT-- ))\n    case $command in\n";
    for (const auto* command : commands(app))
    {
        std::cout << "        " << command->get_name() << ")\n            _arguments";
        for (const auto& i : items(*command))
        {
            for (const auto& name : i.names)
            {
                std::cout << " \\\n                '" << name << '[' << zsh_text(i.text) << ']';
                if (!i.value.empty())
                    std::cout << ':' << zsh_text(i.value) << ':';
                if (is_file(i))
                    std::cout << "_files";
                else if (i.value == "PROGRAM")
                    std::cout << "_command_names";
                else if (!i.choices.empty())
                    std::cout << '(' << joined(i.choices, " ") << ')';
                std::cout << '\'';
            }
        }
        for (const auto& i : arguments(*command))
            std::cout << " \\\n                '1:" << zsh_text(i.value) << ":("
                      << joined(i.choices, " ") << ")'";
        std::cout << " ;;\n";
    }
    std::cout << "    esac\n}\n\nif [ \"$funcstack[1]\" = _asioauth ]; then\n    _asioauth \"$@\"\n"
                 "else\n    compdef _asioauth asioauth\nfi\n";
}

std::string fish_text(std::string text)
{
    text = replaced(std::move(text), "\\", "\\\\");
    return replaced(std::move(text), "'", "\\'");
}

void print_fish(const CLI::App& app)
{
    std::cout << "# fish completion for asioauth: asioauth completion fish | source\n\n"
                 "complete -c asioauth -f\n";
    for (const auto* command : commands(app))
        std::cout << "complete -c asioauth -n __fish_use_subcommand -a " << command->get_name()
                  << " -d '" << fish_text(command->get_description()) << "'\n";
    for (const auto* command : commands(app))
    {
        const std::string here =
            "complete -c asioauth -n '__fish_seen_subcommand_from " + command->get_name() + '\'';
        for (const auto& i : arguments(*command))
        {
            if (!i.choices.empty())
                std::cout << here << " -a '" << joined(i.choices, " ") << "'\n";
        }
        for (const auto& i : items(*command))
        {
            std::cout << here;
            for (const auto& name : i.names)
            {
                if (name[1] == '-')
                    std::cout << " -l " << name.substr(2);
                else
                    std::cout << " -s " << name.substr(1);
            }
            if (is_file(i))
                std::cout << " -rF";
            else if (!i.choices.empty())
                std::cout << " -xa '" << joined(i.choices, " ") << '\'';
            else if (!i.value.empty())
                std::cout << " -x";
            std::cout << " -d '" << fish_text(i.text) << "'\n";
        }
    }
}

} // namespace

void print_manual(const CLI::App& app)
{
    std::cout << ".TH ASIOAUTH 1 \"\" \"asioauth " ASIOAUTH_TOOL_VERSION "\" \"User Commands\"\n"
                 ".SH NAME\nasioauth \\- log in to MCP servers and web APIs by their URL alone\n"
                 ".SH SYNOPSIS\n";
    for (const auto* command : commands(app))
    {
        std::cout << ".B asioauth " << command->get_name() << "\n[\\fIOPTION\\fR...]";
        for (const auto* option : command->get_options({}))
        {
            if (!option->get_positional())
                continue;
            const auto name = roff(read(*option).value);
            std::cout
                << (option->get_required() ? " \\fI" + name + "\\fR" : " [\\fI" + name + "\\fR]");
        }
        std::cout << "\n.br\n";
    }
    std::cout << ".SH DESCRIPTION\n";
    const std::string about = description();
    std::cout << roff(replaced(about, "\n\n", "\n.PP\n")) << "\n.SH COMMANDS\n";
    for (const auto* command : commands(app))
    {
        std::cout << ".SS " << command->get_name() << '\n'
                  << roff(command->get_description()) << ".\n";
        for (const auto& i : arguments(*command))
            print_item(i);
        for (const auto& i : items(*command))
            print_item(i);
    }
    std::cout << manual_end;
}

void print_completion(const CLI::App& app, std::string_view shell)
{
    if (shell == "bash")
        print_bash(app);
    else if (shell == "zsh")
        print_zsh(app);
    else
        print_fish(app);
}

} // namespace asioauth::tool
