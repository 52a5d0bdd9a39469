// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/browser_commands.hpp"
#include "listener/child_process.hpp"
#include "net/browser_fixture.hpp"
#include "support/no_descriptors.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace asioauth;
using namespace asioauth::testing::browsing;
namespace asio = boost::asio;
namespace fs = std::filesystem;

} // namespace

BOOST_FIXTURE_TEST_SUITE(browser_, fixture)

// which program
// -------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_command_of_the_settings_gets_the_url_as_its_only_argument)
{
    const auto file = recorder("my browser");
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
    const auto file = recorder("b");
    const auto url = std::string(login);
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

    const std::string url = "https://as.example/";
    detail::browser_surroundings around;
    around.browser = "%s:%s %s";
    for (const auto& command : detail::browser_commands(url, "", around))
        BOOST_TEST(command.front() != url);
}

BOOST_AUTO_TEST_CASE(a_command_that_fails_or_is_missing_falls_through_to_the_next)
{
    const auto failing = program("failing", "exit 3");
    const auto killed = program("killed", "kill -9 $$");
    const auto last_one = recorder("last");
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

// covers C-21-23 C-8252-8
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
    const auto before = fs::current_path();
    fs::current_path(dir);
    env.set("PATH", ":.:./:");
    const auto code = open(browser_settings(), login);
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
    const auto mine = recorder("mine");
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
    const auto commands =
        detail::browser_commands("https://as.example/$(calc);a'b?c=d&e=%24", "", wsl);
    BOOST_REQUIRE(!commands.empty());
    BOOST_TEST(
        commands.front()
            == (strings{"wslview", "https://as.example/%24%28calc%29%3Ba%27b?c=d&e=%24"}),
        per_element()
    );
    // What Windows itself opens URLs with, for a WSL without that program; no shell either.
    BOOST_REQUIRE(commands.size() > 1);
    BOOST_TEST(
        commands[1]
            == (strings{
                "rundll32.exe",
                "url.dll,FileProtocolHandler",
                "https://as.example/%24%28calc%29%3Ba%27b?c=d&e=%24"}),
        per_element()
    );
}

BOOST_AUTO_TEST_CASE(a_browser_that_stays_in_the_foreground_counts_as_opened)
{
    const auto fifo = dir / "fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    env.set("FIFO", fifo.string());
    const auto file = program("foreground", "read line < \"$FIFO\"; exit 1");
    BOOST_TEST(!open(browser_settings().command(file), login));
    std::ofstream(fifo) << "end\n"; // it is still there to read this
}

BOOST_AUTO_TEST_CASE(the_url_is_shown_before_a_program_starts)
{
    strings shown;
    const auto file = recorder("b");
    auto settings = browser_settings().command(file).on_url([&](const std::string& where) {
        BOOST_TEST(recorded().empty());
        shown.push_back(where);
    });
    BOOST_TEST(!open(settings, login));
    BOOST_TEST(shown == strings{std::string(login)}, per_element());
    BOOST_TEST(recorded().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_function_that_throws_fails_its_login_and_not_the_loop)
{
    auto settings = browser_settings().command(recorder("b")).on_url([](const std::string&) {
        throw std::runtime_error("a defect of the program");
    });
    BOOST_TEST(open(settings, login) == make_error_code(errc::internal_error));
    BOOST_TEST(recorded().empty());
}

// covers C-21-23 C-8252-8
BOOST_AUTO_TEST_CASE(without_launching_the_url_is_only_shown)
{
    recorder("xdg-open");
    strings shown;
    auto settings = browser_settings().no_launch(true).on_url([&](const std::string& u) {
        shown.push_back(u);
    });
    BOOST_TEST(!open(settings, login));
    BOOST_TEST(shown.size() == 1U);
    BOOST_TEST(recorded().empty());
    BOOST_TEST(
        open(browser_settings().no_launch(true), login) == make_error_code(errc::browser_not_opened)
    );
}

// hostile URLs
// --------------------------------------------------------------------------------------------------------

// covers V1, V2
// covers C-MCP-21
BOOST_AUTO_TEST_CASE(a_hostile_url_arrives_as_one_argument_and_no_shell_runs)
{
    const auto marker = dir / "marker";
    const auto file = recorder("b");
    env.set("BROWSER", file + " %s");
    const auto touch = "touch%20" + marker.string();
    const strings urls = {
        "https://as.example/$(" + touch + ")",
        "https://as.example/a;" + touch + ";&" + touch + "&x='$(" + touch + ")'",
        "https://as.example/?q=%60" + touch + "%60&r=%22$(" + touch + ")%22",
        "https://as.example/?a=$PATH&b=*&c=!1&d=~root&e=(x)&f=a%20b%0Ac%00",
        "https://as.example/--option?-x=--y",
        "https://as.example/?%25s=%25COMSPEC%25",
    };
    for (const auto& where : urls)
    {
        for (const auto& settings : {browser_settings(), browser_settings().command(file)})
        {
            BOOST_TEST(!open(settings, where));
            BOOST_TEST(recorded() == (strings{"1", file, where}), per_element());
            BOOST_TEST(!fs::exists(marker));
        }
    }
}

// covers V1, V4
// covers C-MCP-22
BOOST_AUTO_TEST_CASE(urls_with_other_characters_start_nothing)
{
    recorder("xdg-open");
    for (const std::string_view where :
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
    const auto file = recorder("b");
    std::optional<result<void>> outcome;
    browser b(io.get_executor(), browser_settings().command(file));
    b.async_open(url(), [&](result<void> r) { outcome.emplace(std::move(r)); });
    until([&] { return outcome.has_value(); });
    BOOST_TEST(outcome->error().code() == make_error_code(errc::browser_not_opened));
    BOOST_TEST(recorded().empty());
}

BOOST_AUTO_TEST_CASE(an_object_that_is_no_url_is_shown_to_nobody)
{
    int shown = 0;
    const auto settings =
        browser_settings().command(recorder("b")).on_url([&](const std::string&) { ++shown; });
    std::optional<result<void>> outcome;
    browser b(io.get_executor(), settings);
    b.async_open(url(), [&](result<void> r) { outcome.emplace(std::move(r)); });
    until([&] { return outcome.has_value(); });
    BOOST_TEST(outcome->error().code() == make_error_code(errc::browser_not_opened));
    BOOST_TEST(shown == 0);
    BOOST_TEST(recorded().empty());
}

// covers V4
BOOST_AUTO_TEST_CASE(other_schemes_and_options_cannot_be_launched)
{
    for (const std::string_view scheme :
         {"javascript", "data",        "file",   "blob",    "vbscript",  "ftp",
          "mailto",     "ssh",         "smb",    "ms-msdt", "search-ms", "steam",
          "tel",        "view-source", "chrome", "about",   "jar",       "ldap",
          "gopher",     "ws",          "httpss", "xhttps"})
    {
        const auto text = std::string(scheme) + "://as.example/";
        BOOST_TEST(!detail::may_be_launched(text));
        BOOST_TEST(url::parse(text).has_error());
    }
    for (const std::string_view text :
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

// the child
// -----------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_child_gets_none_of_our_descriptors)
{
    const int inherited = ::fcntl(0, F_DUPFD, 50); // without FD_CLOEXEC
    const auto file = program("b", "/bin/ls -l /proc/$$/fd > \"$OUT\"; :");
    BOOST_TEST(!open(browser_settings().command(file), login));
    ::close(inherited);
    int seen = 0;
    for (const auto& line : recorded())
    {
        const auto arrow = line.find(" -> ");
        if (arrow == std::string::npos)
            continue;
        ++seen;
        const auto target = line.substr(arrow + 4);
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
    const auto handler = ::signal(SIGPIPE, SIG_IGN);
    const auto file = program(
        "b",
        "read pid comm state ppid pgrp session rest < /proc/$$/stat\n"
        "{ while read l; do case $l in SigIgn*|SigBlk*) echo \"$l\";; esac; done < "
        "/proc/$$/status\n"
        "test $pid = $session && test $pid = $pgrp && echo alone; } > \"$OUT\""
    );
    BOOST_TEST(!open(browser_settings().command(file), login));
    ::signal(SIGPIPE, handler);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    const auto lines = recorded();
    BOOST_REQUIRE(lines.size() == 3U);
    BOOST_TEST(lines[0] == "SigBlk:\t0000000000000000");
    BOOST_REQUIRE(lines[1].starts_with("SigIgn:\t"));
    // glibc makes every child of posix_spawn ignore its two internal signals, 32 and 33.
    const auto ignored = std::stoull(lines[1].substr(8), nullptr, 16);
    BOOST_TEST((ignored & ~0x180000000ULL) == 0U);
    BOOST_TEST(lines[2] == "alone");
}

BOOST_AUTO_TEST_CASE(the_child_is_reaped_and_sigchld_is_left_alone)
{
    const auto file = program("b", "echo $$ > \"$OUT\"");
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
    const auto file = recorder("b");
    const auto handler = ::signal(SIGCHLD, SIG_IGN);
    const auto code = open(browser_settings().command(file), login);
    ::signal(SIGCHLD, handler);
    BOOST_TEST(!code);
    BOOST_TEST(recorded().at(1) == file);
}

// ends
// ----------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(opening_can_be_cancelled_before_and_while_a_program_runs)
{
    const auto fifo = dir / "fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    env.set("FIFO", fifo.string());
    const auto file = program("b", "read line < \"$FIFO\"");
    bool shown = false;
    browser b(io.get_executor(), browser_settings().command(file).on_url([&](const std::string&) {
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

BOOST_AUTO_TEST_CASE(a_cancellation_from_where_the_url_is_shown_is_heard)
{
    for (const bool throws : {false, true})
    {
        opening o;
        browser b(
            io.get_executor(),
            browser_settings().command(recorder("b")).on_url([&](const std::string&) {
                o.cancel.emit(asio::cancellation_type::terminal);
                if (throws)
                    throw std::runtime_error("a defect of the program");
            })
        );
        start(b, login, o);
        until([&] { return o.done(); });
        BOOST_TEST(o.code() == asio::error::operation_aborted);
        io.poll();
        BOOST_TEST(recorded().empty()); // nothing was started
    }
}

BOOST_AUTO_TEST_CASE(a_cancellation_after_the_end_changes_nothing)
{
    opening o;
    {
        browser b(io.get_executor(), browser_settings().command(recorder("b")));
        start(b, login, o);
        until([&] { return o.done(); });
        BOOST_TEST(!o.code());
        o.cancel.emit(asio::cancellation_type::terminal);
    }
    o.cancel.emit(asio::cancellation_type::terminal);
    io.poll();
    BOOST_TEST(!o.code());

    opening twice;
    browser b(io.get_executor(), browser_settings().command(recorder("b")));
    start(b, login, twice);
    twice.cancel.emit(asio::cancellation_type::terminal);
    twice.cancel.emit(asio::cancellation_type::partial);
    until([&] { return twice.done(); });
    BOOST_TEST(twice.code() == asio::error::operation_aborted);
}

// which files
// --------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(only_files_that_can_be_run_are_programs)
{
    fs::create_directory(dir / "xdg-open");
    std::ofstream(dir / "gio") << "#!/bin/sh\n"; // not executable
    BOOST_TEST(detail::find_program("xdg-open") == "");
    BOOST_TEST(detail::find_program("gio") == "");
    BOOST_TEST(detail::find_program((dir / "xdg-open").string()) == "");
    BOOST_TEST(detail::find_program((dir / "gio").string()) == "");
    BOOST_TEST(detail::find_program((dir / "missing").string()) == "");
    BOOST_TEST(open(browser_settings(), login) == make_error_code(errc::browser_not_opened));
    const auto file = recorder("www-browser");
    BOOST_TEST(detail::find_program("www-browser") == file);
    BOOST_TEST(detail::find_program(file) == file);
    // The first directory that has it counts, and empty ones are none.
    fs::create_directory(dir / "more");
    env.set(
        "PATH", (dir / "missing").string() + "::" + dir.string() + ":" + (dir / "more").string()
    );
    BOOST_TEST(detail::find_program("www-browser") == file);
    env.unset("PATH");
    BOOST_TEST(detail::find_program("www-browser") == "");
}

BOOST_AUTO_TEST_CASE(commands_of_the_surroundings_are_in_order_and_whole)
{
    const auto all = [](std::string_view own, const detail::browser_surroundings& s) {
        strings out;
        for (const auto& command : detail::browser_commands("https://x/", own, s))
        {
            std::string line;
            for (const auto& word : command)
                line += (line.empty() ? "" : " ") + word;
            out.push_back(line);
        }
        return out;
    };
    const strings openers{
        "xdg-open https://x/",
        "x-www-browser https://x/",
        "www-browser https://x/",
        "gio open https://x/",
        "sensible-browser https://x/"};
    detail::browser_surroundings s;
    BOOST_TEST(all("", s) == openers, per_element());
    s.browser = "::a  --new %s -x:  :b:%s c";
    s.remote_shell = true; // and no display
    BOOST_TEST(
        all("mine", s)
            == (strings{
                "mine https://x/", "a --new https://x/ -x", "b https://x/", "%s c https://x/"}),
        per_element()
    );
    s.browser.clear();
    BOOST_TEST(all("", s).empty());
    s.has_display = true;
    BOOST_TEST(all("", s) == openers, per_element());
    s.has_display = false;
    s.remote_shell = false; // at the machine itself, whatever its display is called
    s.windows_linux = true;
    auto windows = openers;
    windows.insert(
        windows.begin(),
        {"wslview https://x/", "rundll32.exe url.dll,FileProtocolHandler https://x/"}
    );
    BOOST_TEST(all("", s) == windows, per_element());
}

// what there is not enough of
// ----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(without_descriptors_no_browser_is_opened)
{
    const auto file = recorder("b");
    browser b(io.get_executor(), browser_settings().command(file));
    io.poll();
    opening o;
    {
        const test::no_descriptors now;
        start(b, login, o);
        io.restart();
        io.poll();
    }
    until([&] { return o.done(); });
    BOOST_TEST(o.code() == make_error_code(errc::browser_not_opened));
    BOOST_TEST(recorded().empty());
    BOOST_TEST(!open(b, login));
    BOOST_TEST(recorded().size() == 3U);
}

BOOST_AUTO_TEST_CASE(no_more_programs_than_the_most_are_waited_for)
{
    const auto fifo = dir / "fifo";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    env.set("FIFO", fifo.string());
    const auto file = program("b", "read line < \"$FIFO\"; exit 3");
    const int writer = ::open(fifo.c_str(), O_RDWR | O_CLOEXEC);
    BOOST_REQUIRE(writer >= 0);
    const auto news_of = [](const detail::descriptor& from) {
        char what = 0;
        return ::read(from.get(), &what, 1) == 1 ? what : '\0';
    };
    std::vector<detail::descriptor> running;
    // Of earlier tests some may still be on their way out.
    constexpr std::size_t most = 32;
    bool refused = false;
    while (running.size() <= most)
    {
        auto next = detail::launch(file, {file});
        refused = next.get() < 0;
        if (refused)
            break;
        BOOST_TEST(news_of(next) == detail::report_started);
        running.push_back(std::move(next));
    }
    BOOST_TEST(refused);
    BOOST_TEST(!running.empty());
    // They all end, and then there is room.
    const std::string lines(running.size(), '\n');
    BOOST_TEST(::write(writer, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size()));
    for (const auto& one : running)
    {
        BOOST_TEST(news_of(one) == detail::report_failed);
        BOOST_TEST(news_of(one) == '\0');
    }
    ::close(writer);
    recorder("b");
    BOOST_TEST(!open(browser_settings().command(file), login));
    BOOST_TEST(recorded().at(1) == file);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_program_says_so)
{
    const auto file = dir / "b";
    std::ofstream(file) << "\x7f"
                           "ELF rubbish";
    fs::permissions(file, fs::perms::owner_all);
    const auto from = detail::launch(file.string(), {file.string()});
    BOOST_REQUIRE(from.get() >= 0);
    char what = 0;
    BOOST_TEST(::read(from.get(), &what, 1) == 1);
    BOOST_TEST(what == detail::report_not_started);
    BOOST_TEST(::read(from.get(), &what, 1) == 0);
    // The next one that works is taken.
    env.set("BROWSER", file.string());
    recorder("xdg-open");
    BOOST_TEST(!open(browser_settings(), login));
    BOOST_TEST(recorded().at(1) == (dir / "xdg-open").string());
}

BOOST_AUTO_TEST_CASE(a_host_without_an_environment_gives_none_to_its_programs)
{
    const auto out = dir / "out";
    const auto file = program("b", "echo \"[$OUT]\" > '" + out.string() + "'");
    const auto run = [&] {
        const auto from = detail::launch(file, {file});
        char news[2] = {};
        BOOST_TEST(::read(from.get(), &news[0], 1) == 1);
        BOOST_TEST(::read(from.get(), &news[1], 1) == 1);
        BOOST_TEST(news[1] == detail::report_succeeded);
        return recorded().at(0);
    };
    BOOST_TEST(run() == "[" + out.string() + "]");
    char** const before = std::exchange(environ, nullptr);
    const auto without = run();
    environ = before;
    BOOST_TEST(without == "[]");
}

BOOST_AUTO_TEST_SUITE_END()
