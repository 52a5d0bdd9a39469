// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "terminal_agent.hpp"

#include "environment.hpp"
#include "output.hpp"
#ifdef ASIOAUTH_TOOL_HAS_QR
#include "qr_code.hpp"
#endif

#include <asioauth/protocol/form.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>

#include <unistd.h>

#include <iostream>
#include <string>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;

bool takes_pasted_url(const options& given)
{
    return given.paste || (!has_browser(given) && ::isatty(STDIN_FILENO) == 1);
}

browser_settings settings_for(const options& given)
{
    browser_settings out;
    out.command(given.browser).paste_from_terminal(takes_pasted_url(given));
    if (given.no_browser)
        out.no_launch(true).on_url([](const std::string&) {});
    return out;
}

/// The port that the browser comes back to, from the URL it is sent to.
std::string callback_port(const url& where)
{
    const auto fields = parse_form(where.query());
    if (!fields)
        return {};
    for (const auto& [name, value] : *fields)
    {
        if (name != "redirect_uri")
            continue;
        const auto back = url::parse(value);
        return back && back->host_is_loopback() ? std::to_string(back->port()) : std::string();
    }
    return {};
}

// The address as a picture for the camera of a telephone.
void show_code_of([[maybe_unused]] const url& where)
{
#ifdef ASIOAUTH_TOOL_HAS_QR
    const std::string code = qr_code(where.str(), error_has_colors());
    if (code.empty())
        std::cerr << "The address is too long for a QR code.\n\n";
    else
        std::cerr << code << '\n';
#endif
}

void explain_other_machine(const url& where, bool paste)
{
    std::cerr << "If that browser is on another machine, its last page will not load. ";
    if (paste)
        std::cerr
            << "Then copy the address\nfrom its address bar, paste it here and press Enter.\n";
    else
        std::cerr << "Then run this command again\nwith --paste and paste the address of that page "
                     "here.\n";
    if (const auto port = callback_port(where); !port.empty())
        std::cerr << "Or forward the port before you log in: ssh -L " << port
                  << ":127.0.0.1:" << port << " THIS-MACHINE\n";
    std::cerr << '\n';
}

} // namespace

// Without a display a browser of this machine is unlikely to be where the user is. An explicit
// choice (--browser, BROWSER) counts for more than the guess.
bool has_browser(const options& given)
{
    if (given.no_browser)
        return false;
    if (!given.browser.empty() || is_set("BROWSER") || is_set("DISPLAY")
        || is_set("WAYLAND_DISPLAY"))
        return true;
    if (is_set("SSH_CONNECTION"))
        return false;
#if defined(__APPLE__)
    return true;
#else
    return is_set("WSL_DISTRO_NAME");
#endif
}

void show_device_prompt(const device_prompt& prompt, bool qr)
{
    std::cerr << "To log in on another device, open " << prompt.verification_uri.str()
              << " there and enter the code\n\n  " << prompt.user_code << "\n\n";
    if (!prompt.verification_uri_complete.empty())
        std::cerr << "or open this address, which has the code in it:\n\n  "
                  << prompt.verification_uri_complete.str() << "\n\n";
    if (qr)
        show_code_of(
            prompt.verification_uri_complete.empty() ? prompt.verification_uri
                                                     : prompt.verification_uri_complete
        );
    std::cerr.flush();
}

terminal_agent::terminal_agent(const asio::any_io_executor& ex, const options& given)
    : by_hand_(!has_browser(given))
    , paste_(takes_pasted_url(given))
    , quiet_(given.quiet)
    , qr_(given.qr)
    , browser_(ex, settings_for(given))
{}

void terminal_agent::async_open(url where, opened_handler h)
{
    if (by_hand_ || paste_ || !quiet_)
        std::cerr << "Open this URL in a browser to log in:\n\n  " << where.str() << "\n\n";
    if (qr_)
        show_code_of(where);
    if (by_hand_ || paste_)
        explain_other_machine(where, paste_);
    std::cerr.flush();

    // A browser that does not open is no reason to give up: the user has the URL.
    const auto slot = asio::get_associated_cancellation_slot(h);
    auto opened = [h = std::move(h),
                   where,
                   told = by_hand_ || paste_,
                   quiet = quiet_,
                   paste = paste_](result<void> how) mutable {
        if (!how && how.error().code() == errc::browser_not_opened)
        {
            if (!told && quiet)
                std::cerr << "Open this URL in a browser to log in:\n\n  " << where.str() << "\n\n";
            else if (!told)
                std::cerr << "No browser could be started; open the URL by hand.\n";
            if (!told)
                explain_other_machine(where, paste);
            how = result<void>();
        }
        std::move(h)(std::move(how));
    };
    browser_.async_open(std::move(where), asio::bind_cancellation_slot(slot, std::move(opened)));
}

void terminal_agent::async_ask_redirect_url(pasted_handler h)
{
    browser_.async_ask_redirect_url(std::move(h));
}

} // namespace asioauth::tool
