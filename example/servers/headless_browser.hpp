// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The person in front of the browser and the browser, for scripts and CI: keeps cookies, follows
// redirects, logs in at the example authorization server and presses Allow (or Deny). It visits
// loopback addresses only, and blocks.

#pragma once

#include "http_messages.hpp"

#include <boost/url/url.hpp>

#include <map>
#include <string>

namespace example {

struct headless_settings
{
    std::string user = "alice";
    std::string password = "wonderland";
    bool deny = false;
    bool verbose = false;
    std::string stop_before; ///< redirects to addresses that begin like this are not followed
};

/// Where a visit ended.
struct headless_page
{
    std::string title;
    unsigned status = 0;
    std::string address; ///< of a redirect that was not followed
};

struct page_form;

class headless_browser
{
public:
    explicit headless_browser(headless_settings options);

    /// Open a page and go on until there is nothing to follow and no form to fill in. Throws if that
    /// cannot be done.
    headless_page visit(const std::string& url);

    /// One request, as a script of a page would send it: with the cookies, and without following
    /// anything. Throws if there is no answer.
    http_response send(const std::string& url, http_request request);

private:
    http_request answer(page_form form);
    http_response fetch(http_request request);
    void go_to(const std::string& reference);

    headless_settings options_;
    boost::urls::url location_;
    std::map<std::string, std::map<std::string, std::string>> jar_;
    bool logged_in_ = false;
};

} // namespace example
