// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/page_parts.hpp"
#include "protocol/scope_list.hpp"

namespace asioauth::detail {
namespace {

constexpr std::size_t tools_in_view = 12;

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
    h.raw("<p><label for=\"callback\">Callback address (redirect URI)</label>\n"
          "<input id=\"callback\" readonly dir=\"ltr\" value=\"");
    h.text(view.site.callback());
    h.raw("\" aria-describedby=\"callback-hint\"></p>\n"
          "<p class=\"hint\" id=\"callback-hint\">The server asks for it when you register.</p>\n"
          "<p><label for=\"client_id\">Client ID</label>\n<input id=\"client_id\" "
          "name=\"client_id\" autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\" "
          "dir=\"ltr\" value=\"");
    h.text(id).raw(
        "\"></p>\n<p><label for=\"client_secret\">Client secret, if you were given one</label>\n"
        "<input id=\"client_secret\" name=\"client_secret\" type=\"password\" "
        "autocomplete=\"off\" dir=\"ltr\"></p>\n"
    );
    h.raw("<p><label for=\"scope\">Permissions, if not the usual ones</label>\n"
          "<input id=\"scope\" name=\"scope\" autocomplete=\"off\" autocapitalize=\"none\" "
          "spellcheck=\"false\" dir=\"ltr\" value=\"");
    h.text(scope).raw("\" aria-describedby=\"scope-hint\"></p>\n"
                      "<p class=\"hint\" id=\"scope-hint\">Scopes as the server names them, with "
                      "spaces between.</p>\n");
}

// What else a login can be tried with, where the usual way does not do.
void own_client_form(html& h, const page_view& view, const integration& i)
{
    if (!i.needs_login)
        return;
    h.raw("<details><summary>Use a client of your own&hellip;</summary>\n<p>If you have registered "
          "one at the server. Leave its ID empty to use none.</p>\n");
    begin_form(h, view, path_of(i, "connect"), " data-login");
    client_fields(h, view, i.client_id, "");
    h.raw("<button>Log in with it</button>\n</form>\n</details>\n");
}

void snippet(html& h, std::string_view id, std::string_view name, std::string_view text)
{
    h.raw("<h3 id=\"")
        .text(id)
        .raw("\">")
        .text(name)
        .raw("</h3>\n<pre tabindex=\"0\" role=\"region\" aria-labelledby=\"");
    h.text(id).raw("\"><code>").text(text).raw("</code></pre>\n");
}

void tool_list(html& h, const integration& i, std::size_t from, std::size_t to)
{
    h.raw("<ul class=\"tools\">\n");
    for (std::size_t n = from; n != to; ++n)
    {
        const auto& tool = i.tools[n];
        h.raw("<li><strong dir=\"auto\">").text(tool.title.empty() ? tool.name : tool.title);
        h.raw("</strong>");
        if (!tool.title.empty())
            h.raw(" <code>").text(tool.name).raw("</code>");
        if (!tool.description.empty())
            h.raw("<p dir=\"auto\">").text(beginning_of(tool.description, 300)).raw("</p>");
        h.raw("</li>\n");
    }
    h.raw("</ul>\n");
}

void tools_section(html& h, const page_view& view, const integration& i)
{
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    const auto at = i.tools_at ? duration_cast<seconds>(i.tools_at->time_since_epoch()).count() : 0;
    h.raw("<section class=\"card\" aria-labelledby=\"tools\" data-tools-at=\"");
    h.text(std::to_string(at)).raw("\">\n<h2 id=\"tools\">Tools");
    if (!i.tools.empty())
        h.raw(" <span class=\"count\">").text(std::to_string(i.tools.size())).raw("</span>");
    h.raw("</h2>\n");
    if (!i.tools_at)
        h.raw("<p class=\"empty\">They are not listed yet.</p>\n");
    else if (!i.tools_note.empty())
        h.element("p class=\"empty\"", i.tools_note);
    else if (i.tools.empty())
        h.raw("<p class=\"empty\">It has none.</p>\n");
    if (!i.tools.empty())
    {
        const auto shown = i.tools.size() <= tools_in_view + 1 ? i.tools.size() : tools_in_view;
        tool_list(h, i, 0, shown);
        if (shown != i.tools.size())
        {
            h.raw("<details class=\"more\"><summary>").text(std::to_string(i.tools.size() - shown));
            h.raw(" more tools</summary>\n");
            tool_list(h, i, shown, i.tools.size());
            h.raw("</details>\n");
        }
    }
    begin_form(h, view, path_of(i, "tools"));
    h.raw("<button>").raw(i.tools_at ? "List the tools again" : "List the tools");
    h.raw("</button>\n</form>\n</section>\n");
}

void use_section(html& h, const page_view& view, const integration& i)
{
    const std::string where = view.site.origin + view.site.at("/use/" + i.id);
    h.raw("<section class=\"card\" aria-labelledby=\"use\">\n<h2 id=\"use\">Use it from your "
          "programs</h2>\n<p>They call this address with their own credential. The access token is "
          "added on the way and never leaves this server.</p>\n<details><summary>Show how"
          "</summary>\n");
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
    h.raw("</details>\n</section>\n");
}

// What was granted already need not be asked for.
std::vector<std::string> missing_scopes(const integration& i)
{
    auto out = split_scope(i.needed_scope);
    std::erase_if(out, [&](const std::string& one) { return has_scope(i.granted_scope, one); });
    return out;
}

void more_permission(html& h, const page_view& view, const integration& i)
{
    const auto missing = missing_scopes(i);
    h.raw("More permission is needed</h2>\n<p>");
    if (!i.needed_by.empty())
        h.raw("<code dir=\"auto\">").text(i.needed_by).raw("</code>");
    else
        h.raw("What was tried last");
    h.raw(" needs something that you have not allowed yet");
    if (missing.empty())
        h.raw(".</p>\n");
    else
    {
        h.raw(":</p>\n");
        scopes(h, view, missing);
    }
    h.raw("<p>Everything else goes on working without it.</p>\n");
    login_form(h, view, i, "Allow it", true);
    h.raw("</section>\n");
}

// It may be over by itself; a new login is the second thing to try.
void try_again(html& h, const page_view& view, const integration& i)
{
    h.raw("<div class=\"choices\">\n");
    begin_form(h, view, path_of(i, "tools"));
    h.raw("<button class=\"main\">Try again</button>\n</form>\n");
    if (i.needs_login)
    {
        begin_form(h, view, path_of(i, "connect"), " data-login");
        h.raw("<button class=\"quiet\">Log in again</button>\n</form>\n");
    }
    h.raw("</div>\n");
}

void problem_section(html& h, const page_view& view, const integration& i)
{
    const auto b = badge_of(i, view.now);
    if (b.name == "connected")
        return;
    h.raw("<section class=\"card attention\" aria-labelledby=\"todo\">\n<h2 id=\"todo\">");
    if (b.name == "more_needed")
        return more_permission(h, view, i);
    if (b.name == "expiring")
        h.raw("The login ends soon</h2>\n<p>The server does not renew it without you.</p>\n");
    else if (b.name == "login_required")
        h.raw("You have to log in again</h2>\n");
    else
        h.raw("Something went wrong</h2>\n");
    if (!i.problem.empty())
    {
        const page_notice notice(i.problem);
        h.element("p", notice.text);
        if (!notice.hint.empty())
            h.element("p", notice.hint);
        if (!notice.said.empty())
            h.raw("<p>The server says: <q dir=\"auto\">").text(notice.said).raw("</q></p>\n");
    }
    if (b.name == "failed" && i.connected_at)
        try_again(h, view, i);
    else
        login_form(h, view, i, i.needs_login ? "Log in again" : "Try again");
    own_client_form(h, view, i);
    if (!i.problem.empty())
    {
        h.raw("<p class=\"hint\">For whoever helps you: <code>").text(i.problem.code);
        if (!i.problem.stage.empty() && i.problem.stage != "none")
            h.raw("</code> at <code>").text(i.problem.stage);
        h.raw("</code></p>\n");
    }
    h.raw("</section>\n");
}

void rename_and_leave(html& h, const page_view& view, const integration& i)
{
    h.raw("<section class=\"card\" aria-labelledby=\"manage\">\n<h2 id=\"manage\">Manage</h2>\n");
    begin_form(h, view, path_of(i, "rename"), " class=\"line\"");
    h.raw("<p><label for=\"name\">Name</label>\n<input id=\"name\" name=\"name\" required "
          "maxlength=\"120\" autocomplete=\"off\" dir=\"auto\" value=\"");
    h.text(i.name).raw("\"></p>\n<button>Rename</button>\n</form>\n");
    if (i.needs_login && badge_of(i, view.now).status == integration_status::connected)
    {
        h.raw("<details><summary>Log in as somebody else&hellip;</summary>\n<p>The new login takes "
              "the place of this one. To have both, add the address once more.</p>\n");
        login_form(h, view, i, "Log in again");
        h.raw("</details>\n");
    }
    h.raw("<details><summary>Disconnect&hellip;</summary>\n<p>");
    h.raw(
        i.needs_login ? "The server is told that the login has ended, and it is deleted here. "
                      : "It is removed from your list. "
    );
    h.raw("Programs that use this integration stop working.</p>\n");
    begin_form(h, view, path_of(i, "disconnect"));
    h.raw("<button class=\"danger\">Disconnect</button>\n</form>\n</details>\n</section>\n");
}

void live_region(html& h)
{
    h.raw("<p class=\"visually-hidden\" role=\"status\" data-live></p>\n");
}

void address_form(html& h, const page_view& view, std::string_view typed, const page_notice& notice)
{
    h.raw("<section class=\"card\" aria-labelledby=\"add\">\n<h2 id=\"add\">Add an integration"
          "</h2>\n");
    notice_box(h, notice);
    begin_form(h, view, "/integrations");
    h.raw("<p class=\"label\"><label for=\"url\">Address of an MCP server or web API</label></p>\n"
          "<div class=\"row\"><input id=\"url\" name=\"url\" required inputmode=\"url\" "
          "autocomplete=\"url\" autocapitalize=\"none\" spellcheck=\"false\" dir=\"ltr\" "
          "placeholder=\"https://mcp.example.com/mcp\"");
    // Whoever has something to correct is where it is.
    h.raw(
        notice.text.empty()
            ? " aria-describedby=\"url-hint\""
            : " aria-invalid=\"true\" aria-describedby=\"notice url-hint\" autofocus"
    );
    h.raw(" value=\"").text(typed);
    h.raw("\">\n<button class=\"main\">Look it up</button></div>\n"
          "<p class=\"hint\" id=\"url-hint\">First you see who it is and what it asks for. "
          "Nothing is connected before you say so.</p>\n"
          "<details><summary>Advanced</summary>\n<p>For servers at which you have to register "
          "by hand.</p>\n");
    client_fields(h, view, "", "");
    h.raw("</details>\n</form>\n</section>\n");
}

} // namespace

std::string list_page(
    const page_view& view,
    const std::vector<integration>& all,
    std::string_view typed,
    const page_notice& notice
)
{
    html h;
    begin_page(h, view.site, view.site.settings.title());
    page_header(h, view.site, view.user.name(), true);
    address_form(h, view, typed, notice);
    h.raw("<section aria-labelledby=\"connected\">\n<h2 id=\"connected\">Your integrations");
    if (!all.empty())
        h.raw(" <span class=\"count\">").text(std::to_string(all.size())).raw("</span>");
    h.raw("</h2>\n");
    if (all.empty())
        h.raw("<p class=\"card empty\">You have none yet. Paste an address above to begin.</p>\n");
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
    live_region(h);
    h.raw("</section>\n");
    return end_page(h);
}

std::string preview_page(const page_view& view, const integration& i, const page_notice& notice)
{
    html h;
    begin_page(h, view.site, "Connect " + i.name + "?");
    page_header(h, view.site, view.user.name(), false);
    notice_box(h, notice);
    h.raw("<section class=\"card\">\n");
    title_of(h, view, i, false);
    h.raw("<dl>\n");
    row(h, "Address", i.resource.without_query());
    if (i.needs_login)
    {
        row(h, "You log in at", host_of(i.issuer));
        h.raw("<dt>It asks to</dt><dd>");
        if (i.scope.empty())
            h.raw("Do what the server allows by default");
        else
            scopes(h, view, split_scope(i.scope));
        h.raw("</dd>\n");
    }
    else
        row(h, "Login", "None is needed.");
    h.raw("</dl>\n");
    links(h, i);
    if (i.needs_login && host_of(i.issuer) != i.resource.authority())
        h.raw("<p class=\"hint\">Name and picture are what the server says of itself. Rely on the "
              "two addresses.</p>\n");
    const bool by_hand = i.needs_client && i.client_id.empty();
    if (by_hand)
    {
        h.raw("<h2>Register a client first</h2>\n<p>This server does not register programs by "
              "itself. Register one there, and copy its client ID to here.</p>\n");
        begin_form(h, view, path_of(i, "connect"), i.needs_login ? " data-login" : "");
        client_fields(h, view, i.client_id, "");
        h.raw("<button class=\"main\">Log in and connect</button>\n</form>\n");
    }
    h.raw("<div class=\"choices\">\n");
    if (!by_hand)
        login_form(h, view, i, i.needs_login ? "Log in and connect" : "Connect");
    begin_form(h, view, path_of(i, "disconnect"));
    h.raw("<button class=\"quiet\">Cancel</button>\n</form>\n</div>\n");
    if (!by_hand)
        own_client_form(h, view, i);
    h.raw("</section>\n");
    return end_page(h);
}

std::string integration_page(const page_view& view, const integration& i, const page_notice& notice)
{
    html h;
    begin_page(h, view.site, i.name);
    page_header(h, view.site, view.user.name(), false);
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
            scopes(h, view, split_scope(i.granted_scope));
            h.raw("</dd>\n");
        }
    }
    if (i.connected_at)
        time_row(h, "Connected", *i.connected_at);
    if (i.ends_at)
        time_row(h, "Login ends", *i.ends_at);
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
    live_region(h);
    return end_page(h);
}

std::string leaving_page(const page_view& view, const integration& i, const url& where)
{
    html h;
    begin_page(h, view.site, "On to the login");
    page_header(h, view.site, view.user.name(), false);
    h.raw("<section class=\"card\">\n<h1>On to the login</h1>\n<p>You log in to <bdi>");
    h.text(i.name).raw("</bdi> at <strong dir=\"ltr\">").text(where.authority());
    h.raw("</strong>, and come back here afterwards.</p>\n<p><a class=\"button\" href=\"");
    h.text(where.str()).raw("\" rel=\"noreferrer\">Continue</a></p>\n</section>\n");
    return end_page(h);
}

std::string popup_page(const page_view& view, const integration& i)
{
    html h;
    begin_page(h, view.site, "Connected");
    page_header(h, view.site, view.user.name(), false);
    h.raw("<section class=\"card\" data-login-done=\"").text(i.id);
    h.raw("\">\n<h1>Connected</h1>\n<p><bdi>").text(i.name);
    h.raw("</bdi> is connected. You can close this window.</p>\n<p><a class=\"button\" href=\"");
    h.text(view.site.at(path_of(i))).raw("\">Show it here</a></p>\n</section>\n");
    return end_page(h);
}

std::string message_page(
    const hub_site& site, std::string_view title, const page_notice& notice, std::string_view again
)
{
    html h;
    begin_page(h, site, title);
    page_header(h, site, "", false);
    h.raw("<section class=\"card\">\n<h1>").text(title).raw("</h1>\n");
    if (!notice.text.empty())
        h.raw("<p dir=\"auto\">").text(notice.text).raw("</p>\n");
    if (!notice.hint.empty())
        h.element("p", notice.hint);
    if (!notice.said.empty())
        h.raw("<p>The server says: <q dir=\"auto\">").text(notice.said).raw("</q></p>\n");
    h.raw("<div class=\"choices\">\n");
    if (!again.empty())
        h.raw("<a class=\"button\" data-back href=\"").text(again).raw("\">Try again</a>\n");
    h.raw(again.empty() ? "<a class=\"button\" data-back href=\"" : "<a data-back href=\"");
    h.text(site.at("/")).raw("\">Back to the list</a>\n</div>\n</section>\n");
    return end_page(h);
}

} // namespace asioauth::detail
