// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "options.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/token_grant.hpp>

namespace asioauth::tool {

/// Whether a browser can be started here, or was named.
bool has_browser(const options& given);
/// What to do where the code of a device login is shown.
void show_device_prompt(const device_prompt& prompt, bool qr);

/** The person at the terminal: shows the URL before the browser opens, explains what to do where
    none can, and takes a pasted URL.
*/
class terminal_agent final : public user_agent
{
public:
    terminal_agent(const boost::asio::any_io_executor& ex, const options& given);

    void async_open(url where, opened_handler h) override;
    void async_ask_redirect_url(pasted_handler h) override;

private:
    bool by_hand_;
    bool paste_;
    bool quiet_;
    bool qr_;
    browser browser_;
};

} // namespace asioauth::tool
