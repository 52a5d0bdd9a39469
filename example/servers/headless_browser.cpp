// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "headless_browser.hpp"

#include "form.hpp"
#include "http_fetch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace example {

// A form of the example authorization server: where it goes and what is in it.
struct page_form
{
    std::string action;
    std::map<std::string, std::string> fields;
    bool asks_for_login = false;
    bool asks_for_decision = false;
};

namespace {

namespace urls = boost::urls;

// A client may hold its page back until it has its tokens, so this is generous.
constexpr std::chrono::seconds time_limit{30};
constexpr int max_steps = 20;

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

http_request get()
{
    http_request request;
    request.method(http::verb::get);
    request.set(http::field::accept, "text/html");
    return request;
}

void keep_cookies(const http_response& response, std::map<std::string, std::string>& jar)
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

} // namespace

headless_browser::headless_browser(headless_settings options) : options_(std::move(options)) {}

headless_page headless_browser::visit(const std::string& url)
{
    go_to(url);
    http_request request = get();
    for (int step = 0; step < max_steps; ++step)
    {
        const auto response = fetch(std::move(request));
        if (response.find(http::field::location) != response.end()
            && http::to_status_class(response.result()) == http::status_class::redirection)
        {
            const auto where = response[http::field::location];
            go_to({where.data(), where.size()});
            if (!options_.stop_before.empty()
                && std::string_view(location_.buffer().data(), location_.buffer().size())
                       .starts_with(options_.stop_before))
                return {"", response.result_int(), std::string(location_.buffer())};
            request = get();
            continue;
        }
        if (auto form = find_form(response.body()))
        {
            request = answer(std::move(*form));
            continue;
        }
        return {title_of(response.body()), response.result_int(), {}};
    }
    throw std::runtime_error("too many pages and redirects");
}

http_response headless_browser::send(const std::string& url, http_request request)
{
    go_to(url);
    return fetch(std::move(request));
}

http_request headless_browser::answer(page_form form)
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
    http_request request = get();
    request.method(http::verb::post);
    request.set(http::field::content_type, "application/x-www-form-urlencoded");
    for (const auto& [name, value] : form.fields)
        append_parameter(request.body(), name, value);
    return request;
}

void headless_browser::go_to(const std::string& reference)
{
    const auto parsed = urls::parse_uri_reference(reference);
    urls::url next;
    if (parsed && parsed->has_scheme())
        next = urls::url(*parsed);
    else if (!parsed || !urls::resolve(location_, *parsed, next))
        throw std::runtime_error("a page leads to something that is not a URL");
    location_ = next;
}

http_response headless_browser::fetch(http_request request)
{
    if (!is_loopback_http(location_))
        throw std::runtime_error(
            "refusing to leave this machine: only http to a loopback host is visited"
        );
    const std::string host(location_.encoded_host_and_port());
    if (options_.verbose)
        std::cerr << request.method_string() << ' ' << host << std::string(location_.encoded_path())
                  << '\n';
    request.set(http::field::user_agent, "headless_user");
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

} // namespace example
