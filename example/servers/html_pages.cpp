// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "html_pages.hpp"

#include "words.hpp"

namespace example {
namespace {

http_response make_page(http::status status, std::string_view title, std::string_view content)
{
    std::string body = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n<title>";
    body += html_escape(title);
    body +=
        "</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n<main>\n<h1>";
    body += html_escape(title);
    body += "</h1>\n";
    body += content;
    body += "</main>\n</body>\n</html>\n";
    auto response = make_text(status, std::move(body), "text/html; charset=utf-8");
    // No form-action: browsers apply it to the redirects that follow a form too, and the last one
    // leads to the client, wherever that is.
    response.set(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    response.set("X-Frame-Options", "DENY");
    response.set("Referrer-Policy", "no-referrer");
    response.set(http::field::cache_control, "no-store");
    return response;
}

std::string hidden_transaction(std::string_view transaction)
{
    return "<input type=\"hidden\" name=\"transaction\" value=\"" + html_escape(transaction)
        + "\">\n";
}

std::string scope_list(std::string_view scope)
{
    std::string list = "<ul>\n";
    for (const auto& word : split_words(scope))
        list += "<li><code>" + html_escape(word) + "</code></li>\n";
    return list + "</ul>\n";
}

} // namespace

std::string html_escape(std::string_view text)
{
    std::string escaped;
    escaped.reserve(text.size());
    for (const char c : text)
    {
        switch (c)
        {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        case '\'': escaped += "&#39;"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

http_response login_page(std::string_view transaction, std::string_view notice)
{
    std::string content;
    if (!notice.empty())
        content += "<p role=\"alert\">" + html_escape(notice) + "</p>\n";
    content += "<form method=\"post\" action=\"/login\">\n";
    content += hidden_transaction(transaction);
    content += "<label>User <input name=\"username\" autocomplete=\"username\" required></label>\n"
               "<label>Password <input type=\"password\" name=\"password\" "
               "autocomplete=\"current-password\" required></label>\n"
               "<button>Log in</button>\n</form>\n";
    return make_page(
        notice.empty() ? http::status::ok : http::status::forbidden, "Log in", content
    );
}

http_response consent_page(std::string_view transaction, const consent_question& question)
{
    const auto name =
        question.client_name.empty() ? std::string("An unnamed program") : question.client_name;
    std::string content = "<p>Hello " + html_escape(question.user) + ". <strong>"
        + html_escape(name) + "</strong> (client <code>" + html_escape(question.client_id)
        + "</code>) asks for these permissions:</p>\n" + scope_list(question.scope)
        + "<p>They are for <strong>"
        + html_escape(question.resource.empty() ? "no particular service" : question.resource)
        + "</strong>.</p>\n<p>Your answer goes to <code>" + html_escape(question.redirect_host)
        + "</code>.</p>\n<form method=\"post\" action=\"/consent\">\n";
    content += hidden_transaction(transaction);
    content += "<button name=\"decision\" value=\"allow\">Allow</button>\n"
               "<button name=\"decision\" value=\"deny\">Deny</button>\n</form>\n";
    return make_page(http::status::ok, "Allow access?", content);
}

http_response error_page(http::status status, std::string_view message)
{
    return make_page(status, "This login cannot go on", "<p>" + html_escape(message) + "</p>\n");
}

http_response style_sheet()
{
    return make_text(
        http::status::ok,
        "body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f4f4f2; }\n"
        "main { max-width: 28rem; margin: 4rem auto; padding: 2rem; background: #fff;"
        " border-radius: 8px; overflow-wrap: anywhere; }\n"
        "label { display: block; margin: 0 0 1rem; }\n"
        "input { display: block; width: 100%; box-sizing: border-box; padding: .5rem;"
        " font: inherit; }\n"
        "button { font: inherit; padding: .5rem 1.5rem; }\n"
        "[role=alert] { color: #a00000; }\n",
        "text/css"
    );
}

} // namespace example
