// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Plays the person in front of the browser, for scripts and CI: opens the URL it is given, logs in
// at the example authorization server, presses Allow (or Deny), follows the redirect back to the
// client, and prints the title of the page where it ends up. Programs that honour BROWSER can be
// pointed at it. It visits loopback addresses only.

#include "command_line.hpp"
#include "form.hpp"
#include "http_fetch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace example;
namespace urls = boost::urls;

constexpr const char* usage = R"(usage: headless_user [options] URL

  --user NAME       who logs in (default alice)
  --password TEXT   and with what (default wonderland)
  --deny            press Deny instead of Allow
  --verbose         tell the steps on stderr (paths only, never codes or passwords)
  --help            show this text

Prints the title of the last page. Exit status: 0 if that page came with status 200, else 1;
2 for a wrong command line.
)";

// A client may hold its page back until it has its tokens, so this is generous.
constexpr std::chrono::seconds time_limit{30};
constexpr int max_steps = 20;

struct settings
{
    std::string url;
    std::string user = "alice";
    std::string password = "wonderland";
    bool deny = false;
    bool verbose = false;
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

std::string unescape(std::string_view text)
{
    constexpr std::pair<std::string_view, char> entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    std::string plain;
    while (!text.empty())
    {
        std::size_t used = 1;
        char c = text.front();
        for (const auto& [entity, character] : entities)
            if (text.starts_with(entity))
            {
                used = entity.size();
                c = character;
            }
        plain.push_back(c);
        text.remove_prefix(used);
    }
    return plain;
}

// The text between two markers, the way one reads a page whose author one knows.
std::optional<std::string_view>
between(std::string_view text, std::string_view before, std::string_view after)
{
    const auto start = text.find(before);
    if (start == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(start + before.size());
    const auto end = text.find(after);
    if (end == std::string_view::npos)
        return std::nullopt;
    return text.substr(0, end);
}

std::string attribute(std::string_view tag, std::string_view name)
{
    const auto value = between(tag, ' ' + std::string(name) + "=\"", "\"");
    return value ? unescape(*value) : std::string();
}

// A form of the example authorization server: where it goes and what is in it.
struct page_form
{
    std::string action;
    std::map<std::string, std::string> fields;
    bool asks_for_login = false;
    bool asks_for_decision = false;
};

// Only our server's forms carry a hidden `transaction`; any other page is where the journey ends.
std::optional<page_form> find_form(std::string_view page)
{
    const auto content = between(page, "<form", "</form>");
    if (!content)
        return std::nullopt;
    page_form found;
    found.action = attribute(content->substr(0, content->find('>')), "action");
    auto rest = *content;
    for (auto open = rest.find('<'); open != std::string_view::npos; open = rest.find('<'))
    {
        rest.remove_prefix(open);
        const auto close = rest.find('>');
        if (close == std::string_view::npos)
            break;
        const auto tag = rest.substr(0, close);
        rest.remove_prefix(close);
        const auto name = attribute(tag, "name");
        if (tag.starts_with("<input ") && !name.empty())
            found.fields[name] = attribute(tag, "value");
        if (tag.starts_with("<button ") && name == "decision")
            found.asks_for_decision = true;
    }
    found.asks_for_login =
        found.fields.count("username") != 0 && found.fields.count("password") != 0;
    if (found.fields.count("transaction") == 0 || found.action.empty())
        return std::nullopt;
    return found;
}

// Only printable ASCII reaches the terminal: the page may be anybody's.
std::string title_of(std::string_view page)
{
    const auto title = between(page, "<title>", "</title>");
    auto text = title ? unescape(*title) : std::string("(no title)");
    for (auto& c : text)
        if (c < ' ' || c > '~')
            c = '?';
    text.resize(std::min<std::size_t>(text.size(), 200));
    return text;
}

class headless_browser
{
public:
    explicit headless_browser(settings options) : options_(std::move(options)) {}

    // The walk: follow redirects, fill in forms, stop at the first page that is neither.
    void run()
    {
        const auto start = urls::parse_uri(options_.url);
        if (!start)
            throw std::runtime_error("this is not a URL");
        location_ = urls::url(*start);
        http_request request = get();
        for (int step = 0; step < max_steps; ++step)
        {
            const auto response = fetch(std::move(request));
            if (response.find(http::field::location) != response.end()
                && http::to_status_class(response.result()) == http::status_class::redirection)
            {
                const auto where = response[http::field::location];
                go_to({where.data(), where.size()});
                request = get();
                continue;
            }
            if (auto form = find_form(response.body()))
            {
                request = answer(std::move(*form));
                continue;
            }
            const auto title = title_of(response.body());
            std::cout << title << std::endl;
            if (response.result() != http::status::ok)
                throw std::runtime_error(
                    "the last page came with status " + std::to_string(response.result_int())
                );
            return;
        }
        throw std::runtime_error("too many pages and redirects");
    }

private:
    static http_request get()
    {
        http_request request;
        request.method(http::verb::get);
        return request;
    }

    http_request answer(page_form form)
    {
        if (form.asks_for_login)
        {
            if (std::exchange(logged_in_, true))
                throw std::runtime_error("user or password was refused");
            form.fields["username"] = options_.user;
            form.fields["password"] = options_.password;
        }
        else if (form.asks_for_decision)
            form.fields["decision"] = options_.deny ? "deny" : "allow";
        else
            throw std::runtime_error("a form that is neither login nor consent");
        go_to(form.action);
        http_request request;
        request.method(http::verb::post);
        request.set(http::field::content_type, "application/x-www-form-urlencoded");
        for (const auto& [name, value] : form.fields)
            append_parameter(request.body(), name, value);
        return request;
    }

    void go_to(const std::string& reference)
    {
        const auto parsed = urls::parse_uri_reference(reference);
        urls::url next;
        if (!parsed || !urls::resolve(location_, *parsed, next))
            throw std::runtime_error("a page leads to something that is not a URL");
        location_ = next;
    }

    http_response fetch(http_request request)
    {
        if (!is_loopback_http(location_))
            throw std::runtime_error(
                "refusing to leave this machine: only http to a loopback host is visited"
            );
        const std::string host(location_.encoded_host_and_port());
        if (options_.verbose)
            std::cerr << request.method_string() << ' ' << host
                      << std::string(location_.encoded_path()) << '\n';
        request.set(http::field::user_agent, "headless_user");
        request.set(http::field::accept, "text/html");
        // Cookies go back to the host and port they came from. (Real browsers leave the port out.)
        std::string cookies;
        for (const auto& [name, value] : jar_[host])
            cookies += (cookies.empty() ? "" : "; ") + name + '=' + value;
        if (!cookies.empty())
            request.set(http::field::cookie, cookies);

        boost::asio::io_context io;
        http_response response;
        boost::system::error_code error;
        async_fetch(
            io,
            location_,
            std::move(request),
            time_limit,
            [&](boost::system::error_code e, http_response r) {
                error = e;
                response = std::move(r);
            }
        );
        io.run();
        if (error)
            throw std::runtime_error(host + ": " + error.message());
        keep_cookies(response, jar_[host]);
        return response;
    }

    static void keep_cookies(const http_response& response, std::map<std::string, std::string>& jar)
    {
        const auto [first, last] = response.equal_range(http::field::set_cookie);
        for (auto field = first; field != last; ++field)
        {
            const std::string_view text(field->value().data(), field->value().size());
            const auto pair = text.substr(0, text.find(';'));
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && equals != 0)
                jar[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
        }
    }

    settings options_;
    urls::url location_;
    std::map<std::string, std::map<std::string, std::string>> jar_;
    bool logged_in_ = false;
};

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
        headless_browser(std::move(options)).run();
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
