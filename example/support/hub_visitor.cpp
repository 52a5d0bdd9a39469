// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A front end for lesson 10, and the user before it: signs in, adds an MCP server by the hub's JSON,
// is sent to log in, and sees it connected. Knows nothing of asioauth but that JSON.

#include "servers/headless_browser.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using namespace example;

class front_end
{
public:
    explicit front_end(std::string site) : site_(std::move(site)), browser_(headless_settings()) {}

    void sign_in(const std::string& form)
    {
        http_request request;
        request.method(http::verb::post);
        request.set(http::field::content_type, "application/x-www-form-urlencoded");
        request.body() = form;
        if (browser_.send(site_ + "/sign-in", request).result() != http::status::see_other)
            throw std::runtime_error("the site does not know this user");
    }

    unsigned status_of(const std::string& path)
    {
        http_request request;
        request.method(http::verb::get);
        return browser_.send(site_ + path, request).result_int();
    }

    json::object list()
    {
        http_request request;
        request.method(http::verb::get);
        auto out = ask("/hub/", request);
        csrf_ = out.at("csrf").as_string().c_str();
        return out;
    }

    json::object post(const std::string& path, const json::object& what)
    {
        http_request request;
        request.method(http::verb::post);
        request.set(http::field::content_type, "application/json");
        request.set("X-CSRF-Token", csrf_);
        request.body() = json::serialize(what);
        return ask("/hub" + path, request);
    }

    std::string visit(const std::string& url) { return browser_.visit(url).title; }

private:
    json::object ask(const std::string& path, http_request request)
    {
        request.set(http::field::accept, "application/json");
        const auto response = browser_.send(site_ + path, request);
        if (http::to_status_class(response.result()) != http::status_class::successful)
            throw std::runtime_error(path + ": " + response.body());
        return json::parse(response.body()).as_object();
    }

    std::string site_;
    headless_browser browser_;
    std::string csrf_;
};

void expect(bool good, const std::string& what)
{
    if (!good)
        throw std::runtime_error("not so: " + what);
    std::cout << what << ".\n";
}

void visit(const std::string& site, const std::string& resource)
{
    front_end anna(site);
    expect(anna.status_of("/hub/") == 401, "Who is not signed in sees nothing of the hub");
    anna.sign_in("name=anna&password=wonderland");
    expect(anna.list().at("integrations").as_array().empty(), "Anna has no integration");
    const auto added =
        anna.post("/integrations", {{"url", resource}}).at("integration").as_object();
    const std::string issuer = added.at("issuer").as_string().c_str();
    expect(added.at("status") == "added", "She adds one, and is told to trust " + issuer);
    const std::string page = "/integrations/" + std::string(added.at("id").as_string().c_str());
    const auto begun = anna.post(page + "/connect", json::object());
    const std::string title = anna.visit(begun.at("location").as_string().c_str());
    expect(!title.empty(), "She logs in there and comes back to '" + title + "'");
    const auto all = anna.list().at("integrations").as_array();
    expect(
        all.size() == 1 && all[0].as_object().at("status") == "connected", "Now it is connected"
    );
    front_end ben(site);
    ben.sign_in("name=ben&password=looking-glass");
    expect(ben.list().at("integrations").as_array().empty(), "Ben sees nothing of it");
    expect(ben.status_of("/hub" + page) == 404, "Not even its page");
    expect(ben.status_of("/elsewhere") == 404, "The rest is the site's");
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3)
    {
        std::cerr << "usage: hub_visitor SITE_URL MCP_URL\n";
        return 2;
    }
    try
    {
        visit(argv[1], argv[2]);
        return EXIT_SUCCESS;
    }
    catch (const std::exception& error)
    {
        std::cerr << "hub_visitor: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
