// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/page_parts.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace asioauth::detail {
namespace {

constexpr std::size_t longest_about = 300;
// More than that is read by few, and hides what follows.
constexpr std::size_t scopes_in_view = 8;

std::string written(std::chrono::system_clock::time_point t)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(t);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> out{};
    const auto size = std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M UTC", &parts);
    return std::string(out.data(), size);
}

// The first letter or digit, whatever its alphabet: a whole code point.
std::string letter_of(std::string_view name)
{
    const auto counts = [](char c) {
        return (static_cast<unsigned char>(c) & 0x80U) != 0 || (c >= '0' && c <= '9')
            || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    const auto first = std::find_if(name.begin(), name.end(), counts);
    std::string out;
    for (auto it = first; it != name.end(); ++it)
    {
        const bool continues = (static_cast<unsigned char>(*it) & 0xc0U) == 0x80U;
        if (!out.empty() && !continues)
            break;
        out += *it;
    }
    return out.empty() ? "?" : out;
}

void scope(html& h, const page_view& view, const std::string& one)
{
    h.raw("<li>").text(words_for_scope(view.site, one)).raw(" <code>");
    h.text(beginning_of(one, 80)).raw("</code></li>\n");
}

// A link for people: https only, whatever was stored.
void link_out(html& h, std::string_view address, std::string_view words)
{
    if (!address.starts_with("https://"))
        return;
    h.raw("<a href=\"").text(address).raw("\" rel=\"noreferrer noopener external\">");
    h.text(words).raw("</a>");
}

// What a user of a page can do about it. The library's own words are for who writes programs.
class known_problem
{
public:
    std::string_view code;
    std::string_view text;
    std::string_view hint;
};

constexpr std::array known_problems = {
    known_problem{
        "access_denied",
        "You did not allow it, or the server did not let you.",
        "If that was by mistake, try again. Otherwise ask whoever runs the server for access."},
    known_problem{
        "login_not_pending",
        "This login is over: it was finished already, or it took too long.",
        "The list says what is connected. If it is not there, log in once more."},
    known_problem{
        "browser_mismatch",
        "This login was begun in another browser.",
        "Finish it there, or begin again in this one."},
    known_problem{
        "state_missing",
        "This address is of no use by itself.",
        "Logins begin with the list of your integrations."},
    known_problem{
        "client_information_required",
        "This server does not register programs by itself.",
        "Register one there with the callback address, and type its client ID in."},
    known_problem{
        "address_blocked",
        "This address is in a private network, which cannot be reached from here.",
        "Ask whoever runs this site to allow that network."},
    known_problem{
        "login_required",
        "The server does not accept the login any more.",
        "Programs cannot use this integration until you have logged in again."},
    known_problem{
        "invalid_grant",
        "The server has ended the login.",
        "Programs cannot use this integration until you have logged in again."},
};

} // namespace

page_notice::page_notice(const failure& f) : page_notice(integration_problem(f)) {}

page_notice::page_notice(const integration_problem& problem)
    : text(problem.message)
    , hint(problem.hint)
    , said(problem.said)
{
    for (const auto& known : known_problems)
    {
        if (known.code != problem.code)
            continue;
        text = known.text;
        hint = known.hint;
    }
}

std::string host_of(std::string_view address)
{
    const auto parsed = url::parse(address);
    return parsed ? parsed->authority() : std::string(address);
}

std::string path_of(const integration& i, std::string_view what)
{
    std::string out = "/integrations/" + i.id;
    if (!what.empty())
        out.append("/").append(what);
    return out;
}

std::string beginning_of(std::string_view text, std::size_t most)
{
    std::string out = presentable(text, most);
    if (out.size() < text.size())
        out += "\xe2\x80\xa6";
    return out;
}

void begin_page(html& h, const hub_site& site, std::string_view title)
{
    h.raw("<!DOCTYPE html>\n<html lang=\"en\" data-base=\"").text(site.prefix);
    h.raw("\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    h.text(title).raw("</title>\n");
    h.raw("<link rel=\"icon\" type=\"image/svg+xml\" href=\"").text(site.at("/assets/hub.svg?"));
    h.text(asset_version()).raw("\">\n");
    h.raw("<link rel=\"stylesheet\" href=\"").text(site.at("/assets/hub.css?"));
    h.text(asset_version()).raw("\">\n<script src=\"").text(site.at("/assets/hub.js?"));
    h.text(asset_version()).raw("\" defer></script>\n</head>\n<body>\n");
}

void page_header(html& h, const hub_site& site, std::string_view user, bool is_list)
{
    const auto& settings = site.settings;
    h.raw("<header class=\"top\"><div class=\"wide\">\n");
    // The list is what the bar is called after.
    if (is_list)
        h.element("h1 class=\"brand\"", settings.title());
    else
        h.raw("<p class=\"brand\"><a href=\"")
            .text(site.at("/"))
            .raw("\"><span class=\"arrow\" aria-hidden=\"true\">&larr;</span> ")
            .text(settings.title())
            .raw("</a></p>\n");
    if (!user.empty())
        h.raw("<p class=\"who\"><span class=\"visually-hidden\">Signed in as </span><bdi>")
            .text(user)
            .raw("</bdi></p>\n");
    if (!settings.home().empty())
        h.raw("<p><a href=\"")
            .text(settings.home())
            .raw("\">")
            .text(settings.home_text())
            .raw("</a></p>\n");
    h.raw("</div></header>\n<main class=\"wide\">\n");
}

std::string end_page(html& h)
{
    h.raw("</main>\n</body>\n</html>\n");
    return h.take();
}

void notice_box(html& h, const page_notice& notice)
{
    if (notice.text.empty())
        return;
    h.raw("<div class=\"notice\" id=\"notice\" role=\"alert\">\n<p><strong>");
    h.text(notice.text).raw("</strong></p>\n");
    if (!notice.hint.empty())
        h.element("p", notice.hint);
    if (!notice.said.empty())
        h.raw("<p>The server says: <q dir=\"auto\">").text(notice.said).raw("</q></p>\n");
    h.raw("</div>\n");
}

void begin_form(html& h, const page_view& view, std::string_view path, std::string_view attributes)
{
    h.raw("<form method=\"post\" action=\"").text(view.site.at(path)).raw("\"").raw(attributes);
    h.raw(">\n<input type=\"hidden\" name=\"csrf\" value=\"").text(view.token).raw("\">\n");
}

void icon(html& h, const page_view& view, const integration& i)
{
    if (!i.icon.empty())
    {
        h.raw("<img class=\"icon\" alt=\"\" width=\"40\" height=\"40\" src=\"");
        h.text(view.site.at("/icons/" + i.icon)).raw("\">");
        return;
    }
    h.raw("<span class=\"icon letter\" aria-hidden=\"true\">");
    h.text(letter_of(i.name)).raw("</span>");
}

void badge_of(html& h, const page_view& view, const integration& i)
{
    const auto b = badge_of(i, view.now);
    h.raw("<span class=\"badge ").text(b.name).raw("\" data-badge=\"").text(i.id).raw("\">");
    h.text(b.label).raw("</span>");
}

void title_of(html& h, const page_view& view, const integration& i, bool with_badge)
{
    h.raw("<div class=\"head\">");
    icon(h, view, i);
    h.raw("<div class=\"what\"><h1><bdi>").text(i.name);
    h.raw("</bdi></h1>\n<p class=\"host\"><bdi dir=\"ltr\">");
    h.text(i.resource.authority()).raw("</bdi></p></div>");
    if (with_badge)
        badge_of(h, view, i);
    h.raw("</div>\n");
    if (!i.description.empty())
        h.raw("<p class=\"about\" dir=\"auto\">")
            .text(beginning_of(i.description, longest_about))
            .raw("</p>\n");
}

void row(html& h, std::string_view name, std::string_view value)
{
    h.raw("<dt>").text(name).raw("</dt><dd dir=\"auto\">").text(value).raw("</dd>\n");
}

void time_row(html& h, std::string_view name, std::chrono::system_clock::time_point t)
{
    h.raw("<dt>").text(name).raw("</dt><dd>").text(written(t)).raw("</dd>\n");
}

void scopes(html& h, const page_view& view, const std::vector<std::string>& all)
{
    // One that is left over is shown sooner than counted.
    const auto shown = all.size() <= scopes_in_view + 1 ? all.size() : scopes_in_view;
    h.raw("<ul class=\"scopes\">\n");
    for (std::size_t n = 0; n != shown; ++n)
        scope(h, view, all[n]);
    h.raw("</ul>\n");
    if (shown == all.size())
        return;
    h.raw("<details class=\"more\"><summary>and ").text(std::to_string(all.size() - shown));
    h.raw(" more</summary>\n<ul class=\"scopes\">\n");
    for (std::size_t n = shown; n != all.size(); ++n)
        scope(h, view, all[n]);
    h.raw("</ul></details>\n");
}

void links(html& h, const integration& i)
{
    const std::pair<const std::string&, const char*> all[] = {
        {i.website, "Website"},
        {i.documentation, "Documentation"},
        {i.policy, "Privacy policy"},
        {i.tos, "Terms of service"}};
    bool any = false;
    for (const auto& [address, words] : all)
        any = any || address.starts_with("https://");
    if (!any)
        return;
    h.raw("<p class=\"links\">");
    for (const auto& [address, words] : all)
        link_out(h, address, words);
    h.raw("</p>\n");
}

} // namespace asioauth::detail
