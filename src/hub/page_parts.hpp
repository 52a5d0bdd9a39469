// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What pages of a hub are made of.

#include "base/html_text.hpp"
#include "hub/pages.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace asioauth::detail {

// Text and markup cannot be mixed up: only literals of these files go in as they are.
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

std::string host_of(std::string_view address);
std::string path_of(const integration& i, std::string_view what = "");
/// What others say of themselves may be long: its beginning.
std::string beginning_of(std::string_view text, std::size_t most);

void begin_page(html& h, const hub_site& site, std::string_view title);
/// The bar at the top, and the beginning of what is below it.
void page_header(html& h, const hub_site& site, std::string_view user, bool is_list);
std::string end_page(html& h);

void notice_box(html& h, const page_notice& notice);
void begin_form(
    html& h, const page_view& view, std::string_view path, std::string_view attributes = ""
);
void icon(html& h, const page_view& view, const integration& i);
void badge_of(html& h, const page_view& view, const integration& i);
/// Who it is.
void title_of(html& h, const page_view& view, const integration& i, bool with_badge);
void row(html& h, std::string_view name, std::string_view value);
void time_row(html& h, std::string_view name, std::chrono::system_clock::time_point t);
void scopes(html& h, const page_view& view, const std::vector<std::string>& all);
/// Where the provider says more.
void links(html& h, const integration& i);

} // namespace asioauth::detail
