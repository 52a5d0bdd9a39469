// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/pages.hpp"

#include <ctime>

namespace asioauth::detail {
namespace {

// Text and markup cannot be mixed up: only literals of this file go in as they are.
class html
{
public:
    html& raw(std::string_view markup) { return out_ += markup, *this; }
    html& text(std::string_view v) { return out_ += escape_html(v), *this; }
    html& element(std::string_view name, std::string_view v)
    {
        raw("<").raw(name).raw(">").text(v).raw("</");
        return raw(name.substr(0, name.find(' '))).raw(">\n");
    }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

std::string day_of(std::chrono::system_clock::time_point t)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(t);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char out[40];
    const auto size = std::strftime(out, sizeof(out), "%Y-%m-%d %H:%M UTC", &parts);
    return std::string(out, size);
}

std::string host_of(std::string_view address)
{
    const auto parsed = url::parse(address);
    return parsed ? parsed->authority() : std::string(address);
}

// A link for people: https only, whatever was stored.
void link_out(html& h, std::string_view address, std::string_view words)
{
    if (!address.starts_with("https://"))
        return;
    h.raw("<a href=\"").text(address).raw("\" rel=\"noreferrer noopener external\">");
    h.text(words).raw("</a>");
}

void begin_page(html& h, const hub_site& site, std::string_view title)
{
    h.raw("<!DOCTYPE html>\n<html lang=\"en\" data-base=\"").text(site.prefix);
    h.raw("\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    h.text(title).raw("</title>\n");
    h.raw("<link rel=\"stylesheet\" href=\"").text(site.at("/assets/hub.css?"));
    h.text(asset_version()).raw("\">\n<script src=\"").text(site.at("/assets/hub.js?"));
    h.text(asset_version()).raw("\" defer></script>\n</head>\n<body>\n");
}

void page_header(html& h, const page_view& view, bool is_list)
{
    const auto& settings = view.site.settings;
    h.raw("<header class=\"top\"><div class=\"wide\">\n<p class=\"brand\">");
    if (is_list)
        h.text(settings.title());
    else
        h.raw("<a href=\"").text(view.site.at("/")).raw("\">").text(settings.title()).raw("</a>");
    h.raw("</p>\n");
    if (!view.user.name().empty())
        h.raw("<p class=\"who\"><span class=\"visually-hidden\">Signed in as </span><bdi>")
            .text(view.user.name())
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
    h.raw("<div class=\"notice\" role=\"alert\">\n");
    h.raw("<p><strong>").text(notice.text).raw("</strong></p>\n");
    if (!notice.hint.empty())
        h.element("p", notice.hint);
    h.raw("</div>\n");
}

void begin_form(
    html& h, const page_view& view, std::string_view path, std::string_view attributes = ""
)
{
    h.raw("<form method=\"post\" action=\"").text(view.site.at(path)).raw("\"").raw(attributes);
    h.raw(">\n<input type=\"hidden\" name=\"csrf\" value=\"").text(view.token).raw("\">\n");
}

std::string path_of(const integration& i, std::string_view what = "")
{
    std::string out = "/integrations/" + i.id;
    if (!what.empty())
        out.append("/").append(what);
    return out;
}

void icon(html& h, const page_view& view, const integration& i)
{
    if (!i.icon.empty())
    {
        h.raw("<img class=\"icon\" alt=\"\" width=\"40\" height=\"40\" src=\"");
        h.text(view.site.at("/icons/" + i.icon)).raw("\">");
        return;
    }
    // The first letter, whatever its alphabet: a whole code point.
    std::string letter;
    for (const char c : i.name)
    {
        const bool continues = (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
        if (!letter.empty() && !continues)
            break;
        letter += c;
    }
    h.raw("<span class=\"icon letter\" aria-hidden=\"true\">").text(letter).raw("</span>");
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
    h.raw("<div><h1><bdi>").text(i.name).raw("</bdi></h1>\n<p class=\"host\"><bdi dir=\"ltr\">");
    h.text(i.resource.authority()).raw("</bdi></p></div>");
    if (with_badge)
        badge_of(h, view, i);
    h.raw("</div>\n");
    if (!i.description.empty())
        h.raw("<p class=\"about\" dir=\"auto\">").text(i.description).raw("</p>\n");
}

void row(html& h, std::string_view name, std::string_view value)
{
    h.raw("<dt>").text(name).raw("</dt><dd dir=\"auto\">").text(value).raw("</dd>\n");
}

void scopes(html& h, const page_view& view, std::string_view scope)
{
    h.raw("<ul class=\"scopes\">\n");
    for (const auto& one : split_scope(scope))
        h.raw("<li>")
            .text(words_for_scope(view.site, one))
            .raw(" <code>")
            .text(one)
            .raw("</code></li>\n");
    h.raw("</ul>\n");
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

// The form that a login begins with. In a window of its own where there is a script.
void login_form(
    html& h, const page_view& view, const integration& i, std::string_view words, bool more = false
)
{
    begin_form(h, view, path_of(i, "connect"), i.needs_login ? " data-login" : "");
    if (more)
        h.raw("<input type=\"hidden\" name=\"more\" value=\"1\">\n");
    h.raw("<button class=\"main\">").text(words).raw("</button>\n</form>\n");
}

void client_fields(html& h, const page_view& view, std::string_view id, std::string_view scope)
{
    h.raw(
        "<p>Some servers register no clients by themselves. Register one there with this callback "
        "address, and copy what you get to here.</p>\n<p><label for=\"callback\">Callback address"
        "</label>\n<input id=\"callback\" readonly dir=\"ltr\" value=\""
    );
    h.text(view.site.callback()).raw("\"></p>\n");
    h.raw("<p><label for=\"client_id\">Client identifier</label>\n<input id=\"client_id\" "
          "name=\"client_id\" autocomplete=\"off\" dir=\"ltr\" value=\"");
    h.text(id).raw(
        "\"></p>\n<p><label for=\"client_secret\">Client secret, if there is one</label>\n"
        "<input id=\"client_secret\" name=\"client_secret\" type=\"password\" "
        "autocomplete=\"off\" dir=\"ltr\"></p>\n"
    );
    h.raw("<p><label for=\"scope\">Permissions to ask for, if not the usual ones</label>\n"
          "<input id=\"scope\" name=\"scope\" autocomplete=\"off\" dir=\"ltr\" value=\"");
    h.text(scope).raw("\" aria-describedby=\"scope-hint\"></p>\n"
                      "<p class=\"hint\" id=\"scope-hint\">Names with spaces between them.</p>\n");
}

void snippet(html& h, std::string_view id, std::string_view name, std::string_view text)
{
    h.raw("<h3 id=\"")
        .text(id)
        .raw("\">")
        .text(name)
        .raw("</h3>\n<pre tabindex=\"0\" aria-labelledby=\"");
    h.text(id).raw("\"><code>").text(text).raw("</code></pre>\n");
}

void tools_section(html& h, const page_view& view, const integration& i)
{
    h.raw("<section class=\"card\" aria-labelledby=\"tools\">\n<h2 id=\"tools\">Tools</h2>\n");
    if (!i.tools_at)
        h.raw("<p role=\"status\">The tools were not listed yet.</p>\n");
    else if (!i.tools_note.empty())
        h.element("p", i.tools_note);
    else if (i.tools.empty())
        h.raw("<p>There are none.</p>\n");
    if (!i.tools.empty())
    {
        h.raw("<ul class=\"tools\">\n");
        for (const auto& tool : i.tools)
        {
            h.raw("<li><strong dir=\"auto\">").text(tool.title.empty() ? tool.name : tool.title);
            h.raw("</strong>");
            if (!tool.title.empty())
                h.raw(" <code>").text(tool.name).raw("</code>");
            if (!tool.description.empty())
                h.raw("<p dir=\"auto\">").text(tool.description).raw("</p>");
            h.raw("</li>\n");
        }
        h.raw("</ul>\n");
    }
    begin_form(h, view, path_of(i, "tools"));
    h.raw("<button>List the tools again</button>\n</form>\n</section>\n");
}

void use_section(html& h, const page_view& view, const integration& i)
{
    const std::string where = view.site.origin + view.site.at("/use/" + i.id);
    h.raw("<section class=\"card\" aria-labelledby=\"use\">\n<h2 id=\"use\">Use it</h2>\n<p>Your "
          "programs call this address with their own credential. The access token is added on the "
          "way and never leaves the server.</p>\n");
    snippet(
        h,
        "use-mcp",
        "In an MCP client",
        "{\n  \"mcpServers\": {\n    \"" + i.id.substr(0, 8) + "\": {\n      \"url\": \"" + where
            + "\",\n      \"headers\": { \"Authorization\": \"Bearer ${YOUR_CREDENTIAL}\" }\n    "
              "}\n"
              "  }\n}"
    );
    snippet(
        h,
        "use-curl",
        "With curl",
        "curl -H \"Authorization: Bearer $YOUR_CREDENTIAL\" \\\n     " + where
    );
    h.raw("</section>\n");
}

void problem_section(html& h, const page_view& view, const integration& i)
{
    const auto b = badge_of(i, view.now);
    if (b.name == "connected")
        return;
    h.raw("<section class=\"card attention\" aria-labelledby=\"todo\">\n<h2 id=\"todo\">");
    if (b.name == "more_needed")
    {
        h.raw("More permission is needed</h2>\n<p>");
        if (!i.needed_by.empty())
            h.raw("<code dir=\"auto\">").text(i.needed_by).raw("</code> needs ");
        else
            h.raw("Something needs ");
        h.raw("permission that you have not given yet:</p>\n");
        scopes(h, view, i.needed_scope);
        login_form(h, view, i, "Allow it", true);
        h.raw("</section>\n");
        return;
    }
    if (b.name == "expiring")
        h.raw("The login ends soon</h2>\n<p>It cannot be renewed without you.</p>\n");
    else if (b.name == "login_required")
        h.raw("You have to log in again</h2>\n");
    else
        h.raw("Something went wrong</h2>\n");
    if (!i.problem.empty())
    {
        h.raw("<p dir=\"auto\">").text(i.problem.message).raw("</p>\n");
        if (!i.problem.hint.empty())
            h.element("p", i.problem.hint);
        h.raw("<p class=\"hint\">Code: <code>").text(i.problem.code).raw("</code>");
        if (!i.problem.stage.empty() && i.problem.stage != "none")
            h.raw(", stage: <code>").text(i.problem.stage).raw("</code>");
        h.raw("</p>\n");
    }
    login_form(h, view, i, i.needs_login ? "Log in again" : "Try again");
    h.raw("</section>\n");
}

void rename_and_leave(html& h, const page_view& view, const integration& i)
{
    h.raw("<section class=\"card\" aria-labelledby=\"manage\">\n<h2 id=\"manage\">Manage</h2>\n");
    begin_form(h, view, path_of(i, "rename"), " class=\"line\"");
    h.raw("<p><label for=\"name\">Name</label>\n<input id=\"name\" name=\"name\" required "
          "maxlength=\"120\" dir=\"auto\" value=\"");
    h.text(i.name).raw("\"></p>\n<button>Rename</button>\n</form>\n");
    if (i.needs_login && badge_of(i, view.now).name == "connected")
    {
        h.raw(
            "<details><summary>Log in as somebody else&hellip;</summary>\n<p>The login that there "
            "is stays until the new one is there. To have both, add the address once more.</p>\n"
        );
        login_form(h, view, i, "Log in again");
        h.raw("</details>\n");
    }
    h.raw("<details><summary>Disconnect&hellip;</summary>\n<p>");
    h.raw(
        i.needs_login
            ? "The permission is given back at the server, and the login is deleted here. "
            : "It is removed from your list. "
    );
    h.raw("Programs that use this integration stop working.</p>\n");
    begin_form(h, view, path_of(i, "disconnect"));
    h.raw("<button class=\"danger\">Disconnect</button>\n</form>\n</details>\n</section>\n");
}

} // namespace

page_notice::page_notice(const failure& f)
{
    const integration_problem problem(f);
    text = problem.message;
    hint = problem.hint;
}

std::string escape_html(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text)
    {
        switch (c)
        {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string list_page(
    const page_view& view,
    const std::vector<integration>& all,
    std::string_view typed,
    const page_notice& notice
)
{
    html h;
    begin_page(h, view.site, view.site.settings.title());
    page_header(h, view, true);
    h.raw("<h1>").text(view.site.settings.title()).raw("</h1>\n");
    notice_box(h, notice);
    h.raw(
        "<section class=\"card\" aria-labelledby=\"add\">\n<h2 id=\"add\">Add an integration</h2>\n"
    );
    begin_form(h, view, "/integrations");
    h.raw("<p><label for=\"url\">Address of an MCP server or web API</label></p>\n"
          "<div class=\"row\"><input id=\"url\" name=\"url\" required inputmode=\"url\" "
          "autocomplete=\"url\" autocapitalize=\"none\" spellcheck=\"false\" dir=\"ltr\" "
          "placeholder=\"https://mcp.example.com/mcp\" aria-describedby=\"url-hint\" value=\"");
    h.text(typed).raw("\">\n<button class=\"main\">Look it up</button></div>\n"
                      "<p class=\"hint\" id=\"url-hint\">You see who it is before anything is "
                      "connected.</p>\n<details><summary>Advanced</summary>\n");
    client_fields(h, view, "", "");
    h.raw("</details>\n</form>\n</section>\n");
    h.raw("<section aria-labelledby=\"connected\">\n<h2 id=\"connected\">Your integrations</h2>\n");
    if (all.empty())
        h.raw("<p class=\"empty\">You have none yet. Paste an address above to begin.</p>\n");
    else
    {
        h.raw("<ul class=\"integrations\">\n");
        for (const auto& i : all)
        {
            h.raw("<li class=\"card\">");
            icon(h, view, i);
            h.raw("<div class=\"what\"><a href=\"").text(view.site.at(path_of(i))).raw("\"><bdi>");
            h.text(i.name).raw("</bdi></a><p class=\"host\"><bdi dir=\"ltr\">");
            h.text(i.resource.authority()).raw("</bdi></p></div>");
            badge_of(h, view, i);
            h.raw("</li>\n");
        }
        h.raw("</ul>\n");
    }
    h.raw("<p class=\"visually-hidden\" role=\"status\" data-live></p>\n</section>\n");
    return end_page(h);
}

std::string preview_page(const page_view& view, const integration& i, const page_notice& notice)
{
    html h;
    begin_page(h, view.site, "Connect " + i.name + "?");
    page_header(h, view, false);
    notice_box(h, notice);
    h.raw("<section class=\"card\">\n");
    title_of(h, view, i, false);
    h.raw("<dl>\n");
    row(h, "Address", i.resource.without_query());
    if (i.needs_login)
    {
        row(h, "You log in at", host_of(i.issuer));
        h.raw("<dt>It asks for</dt><dd>");
        if (i.scope.empty())
            h.raw("what the server gives by default");
        else
            scopes(h, view, i.scope);
        h.raw("</dd>\n");
    }
    else
        row(h, "Login", "This server needs none.");
    h.raw("</dl>\n");
    links(h, i);
    if (i.needs_login && host_of(i.issuer) != i.resource.authority())
        h.raw("<p class=\"hint\">The name and the picture are the server's own words. What you can "
              "rely on is the address, and the address of the page where you log in.</p>\n");
    if (i.needs_client && i.client_id.empty())
    {
        h.raw("<h2>This server registers no clients by itself</h2>\n");
        begin_form(h, view, path_of(i, "connect"), i.needs_login ? " data-login" : "");
        client_fields(h, view, i.client_id, "");
        h.raw("<button class=\"main\">Log in and connect</button>\n</form>\n");
    }
    else
        login_form(h, view, i, i.needs_login ? "Log in and connect" : "Connect");
    begin_form(h, view, path_of(i, "disconnect"));
    h.raw("<button class=\"quiet\">Cancel</button>\n</form>\n</section>\n");
    return end_page(h);
}

std::string integration_page(const page_view& view, const integration& i, const page_notice& notice)
{
    html h;
    begin_page(h, view.site, i.name);
    page_header(h, view, false);
    notice_box(h, notice);
    h.raw("<section class=\"card\">\n");
    title_of(h, view, i, true);
    h.raw("<dl>\n");
    row(h, "Address", i.resource.without_query());
    if (i.needs_login)
    {
        row(h, "Logged in at", host_of(i.issuer));
        if (!i.granted_scope.empty())
        {
            h.raw("<dt>It may</dt><dd>");
            scopes(h, view, i.granted_scope);
            h.raw("</dd>\n");
        }
    }
    if (i.connected_at)
        row(h, "Connected", day_of(*i.connected_at));
    if (i.ends_at)
        row(h, "Login ends", day_of(*i.ends_at));
    h.raw("</dl>\n");
    links(h, i);
    h.raw("</section>\n");
    problem_section(h, view, i);
    if (i.connected_at)
    {
        tools_section(h, view, i);
        use_section(h, view, i);
    }
    rename_and_leave(h, view, i);
    h.raw("<p class=\"visually-hidden\" role=\"status\" data-live></p>\n");
    return end_page(h);
}

std::string leaving_page(const page_view& view, const integration& i, const url& where)
{
    html h;
    begin_page(h, view.site, "On to the login");
    page_header(h, view, false);
    h.raw("<section class=\"card\">\n<h1>On to the login</h1>\n<p>You log in to <bdi>");
    h.text(i.name).raw("</bdi> at <strong dir=\"ltr\">").text(where.authority());
    h.raw("</strong>.</p>\n<p><a class=\"button\" href=\"").text(where.str());
    h.raw("\" rel=\"noreferrer\">Go on</a></p>\n</section>\n");
    return end_page(h);
}

std::string popup_page(const page_view& view, const integration& i)
{
    html h;
    begin_page(h, view.site, "Connected");
    h.raw("<main class=\"wide\">\n<section class=\"card\" data-login-done=\"").text(i.id);
    h.raw("\">\n<h1>Connected</h1>\n<p><bdi>").text(i.name);
    h.raw("</bdi> is connected. You can close this tab.</p>\n<p><a href=\"");
    h.text(view.site.at(path_of(i))).raw("\">Show it here</a></p>\n</section>\n");
    return end_page(h);
}

std::string message_page(
    const hub_site& site, std::string_view title, const page_notice& notice, std::string_view back
)
{
    html h;
    begin_page(h, site, title);
    h.raw("<main class=\"wide\">\n<section class=\"card\">\n<h1>").text(title).raw("</h1>\n");
    if (!notice.text.empty())
        h.raw("<p dir=\"auto\">").text(notice.text).raw("</p>\n");
    if (!notice.hint.empty())
        h.element("p", notice.hint);
    h.raw("<p><a class=\"button\" href=\"").text(back).raw("\">Back</a></p>\n</section>\n");
    return end_page(h);
}

} // namespace asioauth::detail
