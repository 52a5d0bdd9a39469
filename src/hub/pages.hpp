// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The pages of a hub. Everything that is not written here is escaped on its way into them.

#include "hub/site.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::detail {

/// Whom a page is for.
class page_view
{
public:
    page_view(
        const hub_site& s, const hub_user& u, std::string t, std::chrono::system_clock::time_point n
    )
        : site(s)
        , user(u)
        , token(std::move(t))
        , now(n)
    {}

    const hub_site& site;
    const hub_user& user;
    std::string token; ///< for forms
    std::chrono::system_clock::time_point now;
};

/// What went wrong with what was typed, or anything else to say at the top.
class page_notice
{
public:
    page_notice() = default;
    page_notice(std::string t, std::string h) : text(std::move(t)), hint(std::move(h)) {}
    explicit page_notice(const failure& f);
    explicit page_notice(const integration_problem& problem);

    std::string text;
    std::string hint;
    std::string said; ///< by the other server; untrusted text
};

std::string list_page(
    const page_view& view,
    const std::vector<integration>& all,
    std::string_view typed,
    const page_notice& notice
);
/// Who it is that is about to be trusted.
std::string preview_page(const page_view& view, const integration& i, const page_notice& notice);
std::string
integration_page(const page_view& view, const integration& i, const page_notice& notice);
/// A page on the way to the authorization server.
std::string leaving_page(const page_view& view, const integration& i, const url& where);
/// The last page of a login in a window of its own.
std::string popup_page(const page_view& view, const integration& i);
/// @param again where the same can be tried once more; empty: nowhere
std::string message_page(
    const hub_site& site,
    std::string_view title,
    const page_notice& notice,
    std::string_view again = ""
);

/// What a scope allows, in words.
std::string words_for_scope(const hub_site& site, const std::string& scope);
std::vector<std::string> split_scope(std::string_view scope);

/// For whoever looks at what is sent.
constexpr std::string_view page_policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

std::string_view style_sheet() noexcept;
std::string_view script() noexcept;
/// The picture of the pages, SVG.
std::string_view picture() noexcept;
/// Another one whenever they are others.
const std::string& asset_version();

} // namespace asioauth::detail
