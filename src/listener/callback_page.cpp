// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/callback_page.hpp"

#include "base/html_text.hpp"

#include <asioauth/error.hpp>

namespace asioauth::detail {

namespace {

// Its hash is part of the policy below; a test compares the two.
constexpr std::string_view style = "body{font:1.1rem/1.5 system-ui,sans-serif;margin:0}"
                                   "main{max-width:34rem;margin:12vh auto 0;padding:0 1.25rem}"
                                   "h1{font-size:1.6rem;line-height:1.25}";

constexpr std::string_view policy =
    "default-src 'none'; style-src 'sha256-Kcm8h2/OOpt9DBJjZd/eJzhGAb2enoV7AbGr8C303xs='; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string paragraph(std::string_view text)
{
    if (text.empty())
        return {};
    return "<p>" + escape_html(text) + "</p>\n";
}

std::string respond(std::string_view status, std::string_view title, std::string_view paragraphs)
{
    std::string body = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n"
                       "<meta name=\"color-scheme\" content=\"light dark\">\n"
                       "<title>";
    body.append(title).append("</title>\n<style>").append(style);
    body.append("</style>\n</head>\n<body>\n<main>\n<h1>").append(title).append("</h1>\n");
    body.append(paragraphs).append("</main>\n</body>\n</html>\n");

    std::string out = "HTTP/1.1 ";
    out.append(status).append("\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ");
    out.append(std::to_string(body.size())).append("\r\nContent-Security-Policy: ").append(policy);
    out += "\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
           "Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\n";
    if (status.starts_with("405"))
        out += "Allow: GET\r\n";
    out += "Connection: close\r\n\r\n";
    return out += body;
}

constexpr std::string_view close_tab = "You can close this tab.";

std::string failed_page(const error_code& code)
{
    const auto name = name_of(code);
    std::string text;
    if (code.category() == error_category())
    {
        text = paragraph(code.message());
        text += paragraph(hint_for(static_cast<errc>(code.value())));
    }
    else
    {
        // The message of a foreign category may come from anywhere.
        text = paragraph("The program could not finish the login because of a technical problem.");
        text += paragraph("Its own output says more. Start the login again from there.");
    }
    if (code.category() == error_category() && !name.empty())
        text += "<p>Error: <code>" + escape_html(name) + "</code></p>\n";
    return respond("400 Bad Request", "Login failed", text + paragraph(close_tab));
}

} // namespace

std::string page_for(callback_page page)
{
    switch (page)
    {
    case callback_page::not_finished:
        return respond(
            "503 Service Unavailable",
            "Login not finished",
            paragraph("The program stopped waiting before the login was complete.")
                + paragraph("Go back to the program and start the login again.")
                + paragraph(close_tab)
        );
    case callback_page::not_waiting:
        return respond(
            "400 Bad Request",
            "Link already used or expired",
            paragraph("No login is waiting for this link. It was used before, or it expired.")
                + paragraph("If you are not logged in, go back to the program and start again.")
                + paragraph(close_tab)
        );
    case callback_page::bad_request: break;
    case callback_page::not_found:
        return respond("404 Not Found", "Not found", paragraph("There is nothing here."));
    case callback_page::method_not_allowed:
        return respond(
            "405 Method Not Allowed",
            "Method not allowed",
            paragraph("This address only answers the redirect at the end of a login.")
        );
    case callback_page::head_too_large:
        return respond(
            "431 Request Header Fields Too Large",
            "Request too large",
            paragraph("The browser sent more than this program accepts.")
                + paragraph("Delete the cookies of this address and start the login again.")
        );
    }
    return respond(
        "400 Bad Request",
        "Bad request",
        paragraph("This address only answers the redirect at the end of a login.")
            + paragraph("If a login sent you here, go back to the program and start it again.")
    );
}

std::string page_for(const login_outcome& outcome)
{
    // What a redirect that is destroyed unanswered says.
    if (outcome.code() == operation_aborted())
        return page_for(callback_page::not_finished);
    if (outcome.code())
        return failed_page(outcome.code());
    return respond(
        "200 OK",
        "Login complete",
        paragraph("You are logged in, and the program can go on.") + paragraph(close_tab)
    );
}

std::string without_body(std::string_view response)
{
    const auto end = response.find("\r\n\r\n");
    return std::string(response.substr(0, end == std::string_view::npos ? end : end + 4));
}

} // namespace asioauth::detail
