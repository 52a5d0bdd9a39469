// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/browser.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <chrono>
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

namespace asioauth::testing::browsing {

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
        for (const auto& [name, value] : before_)
        {
            if (value)
                ::setenv(name.c_str(), value->c_str(), 1);
            else
                ::unsetenv(name.c_str());
        }
    }

    void set(const std::string& name, const std::string& value)
    {
        remember(name);
        ::setenv(name.c_str(), value.c_str(), 1);
    }

    void unset(const std::string& name)
    {
        remember(name);
        ::unsetenv(name.c_str());
    }

private:
    void remember(const std::string& name)
    {
        const char* const value = std::getenv(name.c_str());
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
    std::string program(const std::string& name, std::string_view body) const
    {
        const auto file = dir / name;
        std::ofstream(file) << "#!/bin/sh\n" << body << '\n';
        fs::permissions(file, fs::perms::owner_all);
        return file.string();
    }

    /// One that writes its own arguments down, one a line, and ends well.
    std::string recorder(const std::string& name) const
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

    void until(const std::function<bool()>& condition)
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

inline constexpr std::string_view login = "https://as.example/authorize?response_type=code&state=s";

} // namespace asioauth::testing::browsing
