// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Plays the person in front of the browser, for scripts and CI: opens the URL it is given, logs in
// at the example authorization server, presses Allow (or Deny), follows the redirect back to the
// client, and prints the title of the page where it ends up. Programs that honour BROWSER can be
// pointed at it. It visits loopback addresses only.

#include "command_line.hpp"
#include "headless_browser.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using namespace example;

constexpr const char* usage = R"(usage: headless_user [options] URL

  --user NAME       who logs in (default alice)
  --password TEXT   and with what (default wonderland)
  --deny            press Deny instead of Allow
  --paste PREFIX    do not follow a redirect to an address that begins with PREFIX: print the
                    address, with the code in it
  --verbose         tell the steps on stderr (paths only, never codes or passwords)
  --help            show this text

Prints the title of the last page. Exit status: 0 if that page came with status 200, else 1;
2 for a wrong command line.
)";

struct settings : headless_settings
{
    std::string url;
    bool help = false;
};

settings read_settings(int argc, const char* const* argv)
{
    settings result;
    for (command_line arguments(argc, argv); arguments.next();)
    {
        if (arguments.is("--user"))
            result.user = arguments.value();
        else if (arguments.is("--password"))
            result.password = arguments.value();
        else if (arguments.is("--deny"))
            result.deny = true;
        else if (arguments.is("--paste"))
            result.stop_before = arguments.value();
        else if (arguments.is("--verbose"))
            result.verbose = true;
        else if (arguments.is("--help"))
            result.help = true;
        else if (result.url.empty() && !arguments.current().starts_with("-"))
            result.url = arguments.current();
        else
            arguments.unexpected();
    }
    if (result.url.empty() && !result.help)
        throw usage_error("no URL was given");
    return result;
}

} // namespace

int main(int argc, char** argv)
{
    try
    {
        auto options = read_settings(argc, argv);
        if (options.help)
        {
            std::cout << usage;
            return EXIT_SUCCESS;
        }
        const auto last = headless_browser(options).visit(options.url);
        if (!last.address.empty())
        {
            std::cout << last.address << std::endl;
            return EXIT_SUCCESS;
        }
        std::cout << last.title << std::endl;
        constexpr unsigned ok = 200;
        if (last.status != ok)
            throw std::runtime_error(
                "the last page came with status " + std::to_string(last.status)
            );
        return EXIT_SUCCESS;
    }
    catch (const example::usage_error& error)
    {
        std::cerr << error.what() << "\n\n" << usage;
        return 2;
    }
    catch (const std::exception& error)
    {
        std::cerr << "headless_user: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
