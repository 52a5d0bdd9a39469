// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The site of lesson 10 without its hub: a page, two users, and a way to sign in.
//
// A real site asks for a passkey, or lets an identity provider ask; if it has passwords, it keeps slow
// hashes of them and counts the tries. Its sessions end, and are kept where all of its nodes see them.

#pragma once

#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/pkce.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <map>
#include <string>
#include <string_view>

namespace example {

namespace http = boost::beast::http;

/// What the site keeps of a sign-in: another id after each, which its cookie has.
struct web_session
{
    std::string id;
    std::string user; ///< empty: nobody is signed in
};

class small_site
{
public:
    using request_type = http::request<http::string_body>;
    using response_type = http::response<http::string_body>;

    web_session session_of(const request_type& request) const
    {
        const auto field = request[http::field::cookie];
        const std::string_view cookies(field.data(), field.size());
        constexpr std::string_view name = "session=";
        const auto at = cookies.find(name);
        if (at == std::string_view::npos)
            return {};
        const auto value = cookies.substr(at + name.size());
        const auto found = users_.find(std::string(value.substr(0, value.find(';'))));
        return found == users_.end() ? web_session() : web_session{found->first, found->second};
    }

    response_type answer(const request_type& request)
    {
        const auto user = session_of(request).user;
        if (request.target() == "/sign-in" && request.method() == http::verb::post)
            return sign_in(request.body());
        if (request.target() != "/" || request.method() != http::verb::get)
            return page(http::status::not_found, "<p>Not here.</p>");
        if (!user.empty())
            return page(
                http::status::ok,
                "<p>Hello " + user + ", here are your <a href=\"/hub/\">integrations</a>.</p>"
            );
        return page(
            http::status::ok,
            "<form method=\"post\" action=\"/sign-in\"><label>Name <input name=\"name\"></label> "
            "<label>Password <input name=\"password\" type=\"password\"></label> "
            "<button>Sign in</button></form>"
        );
    }

private:
    response_type sign_in(const std::string& form)
    {
        std::map<std::string, std::string> typed;
        if (const auto fields = asioauth::parse_form(form))
            typed.insert(fields->begin(), fields->end());
        const auto known = passwords_.find(typed["name"]);
        const auto random = asioauth::system_entropy();
        if (known == passwords_.end() || known->second != typed["password"] || !random)
            return page(http::status::forbidden, "<p>Wrong name or password.</p>");
        const std::string id = asioauth::make_state(*random);
        users_[id] = known->first;
        response_type out = page(http::status::see_other, "");
        out.set(http::field::location, "/");
        // Not `Strict`: the way back from an authorization server begins at another site. Over https
        // it is `Secure`, and called `__Host-session`.
        out.set(http::field::set_cookie, "session=" + id + "; Path=/; HttpOnly; SameSite=Lax");
        return out;
    }

    static response_type page(http::status status, const std::string& content)
    {
        constexpr unsigned http_1_1 = 11;
        response_type out(status, http_1_1);
        out.set(http::field::content_type, "text/html; charset=utf-8");
        out.body() = "<!DOCTYPE html><title>A site</title><h1>A site</h1>" + content;
        return out;
    }

    const std::map<std::string, std::string> passwords_{
        {"anna", "wonderland"}, {"ben", "looking-glass"}};
    std::map<std::string, std::string> users_; // by the ids of their sessions
};

} // namespace example
