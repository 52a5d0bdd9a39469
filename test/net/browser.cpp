// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/browser_commands.hpp"

#include <asioauth/browser.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace asioauth;
namespace asio = boost::asio;
namespace fs = std::filesystem;
using strings = std::vector<std::string>;
using boost::test_tools::per_element;

/// Sets environment variables and puts them back.
class environment
{
public:
    ~environment()
    {
        for (auto const& [name, value] : before_)
        {
            if (value)
                ::setenv(name.c_str(), value->c_str(), 1);
            else
                ::unsetenv(name.c_str());
        }
    }

    void set(std::string const& name, std::string const& value)
    {
        remember(name);
        ::setenv(name.c_str(), value.c_str(), 1);
    }

    void unset(std::string const& name)
    {
        remember(name);
        ::unsetenv(name.c_str());
    }

private:
    void remember(std::string const& name)
    {
        char const* const value = std::getenv(name.c_str());
        before_.try_emplace(name, value ? std::optional<std::string>(value) : std::nullopt);
    }

    std::map<std::string, std::optional<std::string>> before_;
};

class opening
{
public:
    bool done() const { return outcome.has_value(); }
    error_code code() const
    {
        return outcome->has_error() ? outcome->error().code() : error_code();
    }

    std::optional<result<void>> outcome;
    asio::cancellation_signal cancel;
};

class asking
{
public:
    bool done() const { return outcome.has_value(); }

    std::optional<result<std::string>> outcome;
    int calls = 0;
    asio::cancellation_signal cancel;
};

class fixture
{
public:
    fixture()
    {
        std::string name = (fs::temp_directory_path() / "asioauth_browser_XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        dir = name;
        env.unset("BROWSER");
        env.unset("SSH_CONNECTION");
        env.set("DISPLAY", ":0");
        env.set("PATH", dir.string()); // nothing of this machine
        env.set("OUT", (dir / "out").string());
    }

    ~fixture()
    {
        error_code ignored;
        fs::remove_all(dir, ignored);
    }

    /// A program in the PATH; returns its file.
    std::string program(std::string const& name, std::string_view body) const
    {
        auto const file = dir / name;
        std::ofstream(file) << "#!/bin/sh\n" << body << '\n';
        fs::permissions(file, fs::perms::owner_all);
        return file.string();
    }

    /// One that writes its own arguments down, one a line, and ends well.
    std::string recorder(std::string const& name) const
    {
        return program(
            name, "{ echo \"$#\"; for a in \"$0\" \"$@\"; do echo \"$a\"; done; } > \"$OUT\""
        );
    }

    strings recorded() const
    {
        std::ifstream file(dir / "out");
        strings lines;
        for (std::string line; std::getline(file, line);)
            lines.push_back(line);
        return lines;
    }

    void until(std::function<bool()> const& condition)
    {
        while (!condition())
        {
            if (io.stopped())
                io.restart();
            // So that what would hang fails; never reached otherwise.
            BOOST_REQUIRE(io.run_one_for(std::chrono::seconds(30)) != 0);
        }
    }

    error_code open(browser& b, std::string_view where)
    {
        opening o;
        start(b, where, o);
        until([&] { return o.done(); });
        last = *o.outcome;
        return o.code();
    }

    error_code open(browser_settings settings, std::string_view where)
    {
        browser b(io.get_executor(), std::move(settings));
        return open(b, where);
    }

    void start(browser& b, std::string_view where, opening& o)
    {
        auto on_done = [&o](result<void> r) { o.outcome.emplace(std::move(r)); };
        b.async_open(
            url::parse(where).value(),
            asio::bind_cancellation_slot(o.cancel.slot(), std::move(on_done))
        );
        BOOST_REQUIRE(!o.done());
    }

    void ask(browser& b, asking& a)
    {
        auto on_done = [&a](result<std::string> r) {
            ++a.calls;
            a.outcome.emplace(std::move(r));
        };
        b.async_ask_redirect_url(asio::bind_cancellation_slot(a.cancel.slot(), std::move(on_done)));
        BOOST_REQUIRE(!a.done());
    }

    fs::path dir;
    environment env;
    asio::io_context io;
    result<void> last;
};

/// Makes a pipe the standard input.
class piped_input
{
public:
    piped_input() : before_(::dup(0))
    {
        int ends[2];
        BOOST_REQUIRE(::pipe(ends) == 0);
        ::dup2(ends[0], 0);
        ::close(ends[0]);
        writer_ = ends[1];
    }
    piped_input(piped_input const&) = delete;
    piped_input& operator=(piped_input const&) = delete;
    ~piped_input()
    {
        close();
        ::dup2(before_, 0);
        ::close(before_);
    }

    void write(std::string_view text) const
    {
        BOOST_REQUIRE(
            ::write(writer_, text.data(), text.size()) == static_cast<ssize_t>(text.size())
        );
    }

    void close()
    {
        if (writer_ >= 0)
            ::close(std::exchange(writer_, -1));
    }

private:
    int before_;
    int writer_ = -1;
};

constexpr std::string_view login = "https://as.example/authorize?response_type=code&state=s";

} // namespace

BOOST_FIXTURE_TEST_SUITE(browser_, fixture)

// which program -------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_command_of_the_settings_gets_the_url_as_its_only_argument)
{
    auto const file = recorder("my browser");
    BOOST_TEST(!open(browser_settings().command(file), login));
    BOOST_TEST(recorded() == (strings{"1", file, std::string(login)}), per_element());
}

BOOST_AUTO_TEST_CASE(a_command_without_a_path_is_searched)
{
    recorder("mine");
    BOOST_TEST(!open(browser_settings().command("mine"), login));
    BOOST_TEST(recorded().at(2) == login);
}

BOOST_AUTO_TEST_CASE(the_browser_variable_says_where_the_url_goes)
{
    auto const file = recorder("b");
    auto const url = std::string(login);
    env.set("BROWSER", file + "  --new %s --url=%s");
    BOOST_TEST(!open(browser_settings(), login));
    BOOST_TEST(recorded() == (strings{"3", file, "--new", url, "--url=" + url}), per_element());
    env.set("BROWSER", file + " --new");
    BOOST_TEST(!open(browser_settings(), login));
    BOOST_TEST(recorded() == (strings{"2", file, "--new", url}), per_element());
}

BOOST_AUTO_TEST_CASE(the_url_never_becomes_the_program)
{
    env.set("BROWSER", "%s:%s %s: :");
    BOOST_TEST(open(browser_settings(), login) == make_error_code(errc::browser_not_opened));
}

BOOST_AUTO_TEST_CASE(a_command_that_fails_or_is_missing_falls_through_to_the_next)
{
    auto const failing = program("failing", "exit 3");
    auto const killed = program("killed", "kill -9 $$");
    auto const last_one = recorder("last");
    std::ofstream(dir / "no_program") << "text";
    std::ofstream(dir / "no_interpreter") << "touch marker\n";
    fs::permissions(dir / "no_interpreter", fs::perms::owner_all);
    env.set(
        "BROWSER",
        killed + ":" + (dir / "missing").string() + "::" + (dir / "no_program").string() + ":"
            + (dir / "no_interpreter").string() + ":" + last_one + ":" + failing
    );
    BOOST_TEST(!open(browser_settings().command(failing), login));
    BOOST_TEST(recorded().at(1) == last_one);
}

BOOST_AUTO_TEST_CASE(without_any_program_no_browser_is_opened)
{
    BOOST_TEST(open(browser_settings(), login) == make_error_code(errc::browser_not_opened));
    program("xdg-open", "exit 1");
    BOOST_TEST(open(browser_settings(), login) == make_error_code(errc::browser_not_opened));
    BOOST_TEST((last.error().info().where() == stage::authorization));
}

BOOST_AUTO_TEST_CASE(the_system_openers_are_tried_in_order)
{
    recorder("sensible-browser");
    BOOST_TEST(!open(browser_settings(), login));
    BOOST_TEST(recorded().at(1) == (dir / "sensible-browser").string());
    recorder("gio");
    BOOST_TEST(!open(browser_settings(), login));
    BOOST_TEST(
        recorded() == (strings{"2", (dir / "gio").string(), "open", std::string(login)}),
        per_element()
    );
    recorder("xdg-open");
    BOOST_TEST(!open(browser_settings(), login));
    BOOST_TEST(recorded().at(1) == (dir / "xdg-open").string());
}

BOOST_AUTO_TEST_CASE(a_program_in_the_current_directory_is_not_found)
{
    recorder("xdg-open");
    auto const before = fs::current_path();
    fs::current_path(dir);
    env.set("PATH", ":.:./:");
    auto const code = open(browser_settings(), login);
    fs::current_path(before);
    BOOST_TEST(code == make_error_code(errc::browser_not_opened));
    BOOST_TEST(recorded().empty());
}

BOOST_AUTO_TEST_CASE(a_remote_session_without_display_starts_only_what_was_asked_for)
{
    recorder("xdg-open");
    env.set("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    env.unset("DISPLAY");
    env.unset("WAYLAND_DISPLAY");
    BOOST_TEST(open(browser_settings(), login) == make_error_code(errc::browser_not_opened));
    BOOST_TEST(last.error().info().hint().find("ssh -L") != std::string::npos);
    BOOST_TEST(recorded().empty());
    auto const mine = recorder("mine");
    BOOST_TEST(!open(browser_settings().command(mine), login));
    BOOST_TEST(recorded().at(1) == mine);
    env.set("BROWSER", mine);
    BOOST_TEST(!open(browser_settings(), login));
    env.unset("BROWSER");
    env.set("WAYLAND_DISPLAY", "wayland-0");
    BOOST_TEST(!open(browser_settings(), login));
    BOOST_TEST(recorded().at(1) == (dir / "xdg-open").string());
}

// covers V1
BOOST_AUTO_TEST_CASE(under_windows_nothing_that_powershell_expands_is_left)
{
    detail::browser_surroundings wsl;
    wsl.windows_linux = true;
    auto const commands =
        detail::browser_commands("https://as.example/$(calc);a'b?c=d&e=%24", "", wsl);
    BOOST_REQUIRE(!commands.empty());
    BOOST_TEST(
        commands.front()
            == (strings{"wslview", "https://as.example/%24%28calc%29%3Ba%27b?c=d&e=%24"}),
        per_element()
    );
}

BOOST_AUTO_TEST_CASE(a_browser_that_stays_in_the_foreground_counts_as_opened)
{
    auto const fifo = dir / "fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    env.set("FIFO", fifo.string());
    auto const file = program("foreground", "read line < \"$FIFO\"; exit 1");
    BOOST_TEST(!open(browser_settings().command(file), login));
    std::ofstream(fifo) << "end\n"; // it is still there to read this
}

BOOST_AUTO_TEST_CASE(the_url_is_shown_before_a_program_starts)
{
    strings shown;
    auto const file = recorder("b");
    auto settings = browser_settings().command(file).on_url([&](std::string const& where) {
        BOOST_TEST(recorded().empty());
        shown.push_back(where);
    });
    BOOST_TEST(!open(settings, login));
    BOOST_TEST(shown == strings{std::string(login)}, per_element());
    BOOST_TEST(recorded().size() == 3U);
}

BOOST_AUTO_TEST_CASE(without_launching_the_url_is_only_shown)
{
    recorder("xdg-open");
    strings shown;
    auto settings = browser_settings().no_launch(true).on_url([&](std::string const& u) {
        shown.push_back(u);
    });
    BOOST_TEST(!open(settings, login));
    BOOST_TEST(shown.size() == 1U);
    BOOST_TEST(recorded().empty());
    BOOST_TEST(
        open(browser_settings().no_launch(true), login) == make_error_code(errc::browser_not_opened)
    );
}

// hostile URLs --------------------------------------------------------------------------------------------------------

// covers V1, V2
BOOST_AUTO_TEST_CASE(a_hostile_url_arrives_as_one_argument_and_no_shell_runs)
{
    auto const marker = dir / "marker";
    auto const file = recorder("b");
    env.set("BROWSER", file + " %s");
    auto const touch = "touch%20" + marker.string();
    strings const urls = {
        "https://as.example/$(" + touch + ")",
        "https://as.example/a;" + touch + ";&" + touch + "&x='$(" + touch + ")'",
        "https://as.example/?q=%60" + touch + "%60&r=%22$(" + touch + ")%22",
        "https://as.example/?a=$PATH&b=*&c=!1&d=~root&e=(x)&f=a%20b%0Ac%00",
        "https://as.example/--option?-x=--y",
        "https://as.example/?%25s=%25COMSPEC%25",
    };
    for (auto const& where : urls)
    {
        for (auto const& settings : {browser_settings(), browser_settings().command(file)})
        {
            BOOST_TEST(!open(settings, where));
            BOOST_TEST(recorded() == (strings{"1", file, where}), per_element());
            BOOST_TEST(!fs::exists(marker));
        }
    }
}

// covers V1, V4
BOOST_AUTO_TEST_CASE(urls_with_other_characters_start_nothing)
{
    recorder("xdg-open");
    for (std::string_view const where :
         {"https://as.example/`id`",
          "https://as.example/\"x\"",
          "https://as.example/a|b",
          "https://as.example/a^b",
          "https://as.example/<a>",
          "https://as.example/{a}",
          "https://as.example/%COMSPEC%",
          "https://as.example/%",
          "https://as.example/%4"})
    {
        BOOST_TEST_CONTEXT(std::string(where))
        {
            BOOST_TEST(!detail::may_be_launched(where));
            if (url::parse(where))
                BOOST_TEST(
                    open(browser_settings(), where) == make_error_code(errc::browser_not_opened)
                );
        }
    }
    BOOST_TEST(recorded().empty());
}

BOOST_AUTO_TEST_CASE(an_object_that_is_no_url_starts_nothing)
{
    auto const file = recorder("b");
    std::optional<result<void>> outcome;
    browser b(io.get_executor(), browser_settings().command(file));
    b.async_open(url(), [&](result<void> r) { outcome.emplace(std::move(r)); });
    until([&] { return outcome.has_value(); });
    BOOST_TEST(outcome->error().code() == make_error_code(errc::browser_not_opened));
    BOOST_TEST(recorded().empty());
}

// covers V4
BOOST_AUTO_TEST_CASE(other_schemes_and_options_cannot_be_launched)
{
    for (std::string_view const scheme :
         {"javascript", "data",        "file",   "blob",    "vbscript",  "ftp",
          "mailto",     "ssh",         "smb",    "ms-msdt", "search-ms", "steam",
          "tel",        "view-source", "chrome", "about",   "jar",       "ldap",
          "gopher",     "ws",          "httpss", "xhttps"})
    {
        auto const text = std::string(scheme) + "://as.example/";
        BOOST_TEST(!detail::may_be_launched(text));
        BOOST_TEST(url::parse(text).has_error());
    }
    for (std::string_view const text :
         {"",
          "-",
          "--help",
          " https://as.example/",
          "https:as.example",
          "HTTPS//as.example",
          "\\\\host\\share",
          "-https://as.example/",
          "https:\n//as.example/",
          "https://as.example/ --x",
          "https://as.example/\n"})
        BOOST_TEST(!detail::may_be_launched(text));
    BOOST_TEST(detail::may_be_launched(login));
    BOOST_TEST(detail::may_be_launched("http://[::1]:8080/a?b=c%2Fd#e"));
}

// the child -----------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_child_gets_none_of_our_descriptors)
{
    int const inherited = ::fcntl(0, F_DUPFD, 50); // without FD_CLOEXEC
    auto const file = program("b", "/bin/ls -l /proc/$$/fd > \"$OUT\"; :");
    BOOST_TEST(!open(browser_settings().command(file), login));
    ::close(inherited);
    int seen = 0;
    for (auto const& line : recorded())
    {
        auto const arrow = line.find(" -> ");
        if (arrow == std::string::npos)
            continue;
        ++seen;
        auto const target = line.substr(arrow + 4);
        // The shell itself opens its script and what its output is redirected to.
        BOOST_TEST(
            (target == "/dev/null" || target == file || target == (dir / "out").string()), target
        );
        BOOST_TEST(!line.substr(0, arrow).ends_with(' ' + std::to_string(inherited)));
    }
    BOOST_TEST(seen >= 3);
}

BOOST_AUTO_TEST_CASE(the_child_has_default_signals_and_a_session_of_its_own)
{
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto const handler = ::signal(SIGPIPE, SIG_IGN);
    auto const file = program(
        "b",
        "read pid comm state ppid pgrp session rest < /proc/$$/stat\n"
        "{ while read l; do case $l in SigIgn*|SigBlk*) echo \"$l\";; esac; done < "
        "/proc/$$/status\n"
        "test $pid = $session && test $pid = $pgrp && echo alone; } > \"$OUT\""
    );
    BOOST_TEST(!open(browser_settings().command(file), login));
    ::signal(SIGPIPE, handler);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    auto const lines = recorded();
    BOOST_REQUIRE(lines.size() == 3U);
    BOOST_TEST(lines[0] == "SigBlk:\t0000000000000000");
    BOOST_REQUIRE(lines[1].starts_with("SigIgn:\t"));
    // glibc makes every child of posix_spawn ignore its two internal signals, 32 and 33.
    auto const ignored = std::stoull(lines[1].substr(8), nullptr, 16);
    BOOST_TEST((ignored & ~0x180000000ULL) == 0U);
    BOOST_TEST(lines[2] == "alone");
}

BOOST_AUTO_TEST_CASE(the_child_is_reaped_and_sigchld_is_left_alone)
{
    auto const file = program("b", "echo $$ > \"$OUT\"");
    struct sigaction before = {};
    struct sigaction after = {};
    ::sigaction(SIGCHLD, nullptr, &before);
    BOOST_TEST(!open(browser_settings().command(file), login));
    ::sigaction(SIGCHLD, nullptr, &after);
    BOOST_TEST(before.sa_handler == after.sa_handler);
    BOOST_TEST(before.sa_flags == after.sa_flags);
    BOOST_TEST(!fs::exists("/proc/" + recorded().at(0)));
}

BOOST_AUTO_TEST_CASE(a_host_that_ignores_sigchld_gets_its_browser)
{
    auto const file = recorder("b");
    auto const handler = ::signal(SIGCHLD, SIG_IGN);
    auto const code = open(browser_settings().command(file), login);
    ::signal(SIGCHLD, handler);
    BOOST_TEST(!code);
    BOOST_TEST(recorded().at(1) == file);
}

// ends ----------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(opening_can_be_cancelled_before_and_while_a_program_runs)
{
    auto const fifo = dir / "fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    env.set("FIFO", fifo.string());
    auto const file = program("b", "read line < \"$FIFO\"");
    bool shown = false;
    browser b(io.get_executor(), browser_settings().command(file).on_url([&](std::string const&) {
        shown = true;
    }));
    opening early;
    start(b, login, early);
    early.cancel.emit(asio::cancellation_type::total);
    until([&] { return early.done(); });
    BOOST_TEST(early.code() == asio::error::operation_aborted);
    BOOST_TEST(!shown);

    opening late;
    start(b, login, late);
    until([&] { return shown; });
    std::ofstream release(fifo); // opens once the program reads
    BOOST_TEST(!late.done());
    late.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return late.done(); });
    BOOST_TEST(late.code() == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(destroying_the_browser_ends_its_operations)
{
    opening o;
    asking a;
    {
        browser b(io.get_executor(), browser_settings().command(recorder("b")));
        start(b, login, o);
        ask(b, a);
    }
    until([&] { return o.done() && a.done(); });
    BOOST_TEST(o.code() == asio::error::operation_aborted);
    BOOST_TEST(a.outcome->error().code() == asio::error::operation_aborted);
    BOOST_TEST(recorded().empty());
}

// pasted URLs ---------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(without_paste_nothing_is_read_and_only_cancellation_ends_the_question)
{
    piped_input input;
    input.write("http://127.0.0.1/cb?code=c\n");
    browser b(io.get_executor());
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST(!a.done());
    BOOST_TEST(!io.stopped()); // it counts as work
    a.cancel.emit(asio::cancellation_type::partial);
    a.cancel.emit(asio::cancellation_type::partial);
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->error().code() == asio::error::operation_aborted);
    BOOST_TEST(a.calls == 1);
    char byte = 0;
    BOOST_TEST(::read(0, &byte, 1) == 1);
    BOOST_TEST(byte == 'h');
}

BOOST_AUTO_TEST_CASE(a_line_is_trimmed_and_empty_ones_are_ignored)
{
    piped_input input;
    input.write("\n  \t\r\n");
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST(!a.done());
    input.write(" \thttp://127.0.0.1/cb?co");
    io.poll();
    BOOST_TEST(!a.done());
    input.write("de=c \r\n");
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->value() == "http://127.0.0.1/cb?code=c");
}

BOOST_AUTO_TEST_CASE(a_second_line_is_kept_for_the_next_question)
{
    piped_input input;
    input.write("one\ntwo\nthr");
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    for (std::string_view const expected : {"one", "two"})
    {
        asking a;
        ask(b, a);
        until([&] { return a.done(); });
        BOOST_TEST(a.outcome->value() == expected);
    }
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST(!a.done());
    input.write("ee\n");
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->value() == "three");
}

BOOST_AUTO_TEST_CASE(a_line_goes_to_everybody_who_asks)
{
    piped_input input;
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking one;
    asking two;
    asking gone;
    ask(b, one);
    ask(b, gone);
    ask(b, two);
    gone.cancel.emit(asio::cancellation_type::terminal);
    input.write("line\n");
    until([&] { return one.done() && two.done() && gone.done(); });
    BOOST_TEST(one.outcome->value() == "line");
    BOOST_TEST(two.outcome->value() == "line");
    BOOST_TEST(gone.outcome->error().code() == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(a_question_can_be_asked_again_after_a_cancellation)
{
    piped_input input;
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking first;
    ask(b, first);
    first.cancel.emit(asio::cancellation_type::terminal);
    asking second;
    ask(b, second);
    input.write("line\n");
    until([&] { return first.done() && second.done(); });
    BOOST_TEST(first.outcome->error().code() == asio::error::operation_aborted);
    BOOST_TEST(second.outcome->value() == "line");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_input_answers_nothing)
{
    piped_input input;
    input.write("half a line");
    input.close();
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    io.poll();
    io.poll();
    BOOST_TEST(!a.done());
    a.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->error().code() == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(a_file_as_input_answers_nothing)
{
    std::ofstream(dir / "input") << "line\n";
    int const before = ::dup(0);
    int const file = ::open((dir / "input").c_str(), O_RDONLY | O_CLOEXEC);
    ::dup2(file, 0);
    ::close(file);
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST(!a.done());
    BOOST_TEST(::lseek(0, 0, SEEK_CUR) == 0); // not read
    ::dup2(before, 0);
    ::close(before);
    a.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return a.done(); });
}

BOOST_AUTO_TEST_CASE(the_standard_input_stays_in_blocking_mode)
{
    piped_input input;
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST((::fcntl(0, F_GETFL) & O_NONBLOCK) == 0);
    a.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return a.done(); });
}

BOOST_AUTO_TEST_CASE(an_endless_line_takes_bounded_memory_and_ends_with_its_line)
{
    piped_input input;
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    for (int i = 0; i < 100; ++i)
    {
        input.write(std::string(4096, 'x'));
        while (io.poll() != 0)
        {}
    }
    BOOST_TEST(!a.done());
    input.write("\n");
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->value().size() == 16'384U);
}

BOOST_AUTO_TEST_SUITE_END()
