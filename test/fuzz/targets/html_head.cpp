// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The head of a web page. A line with the Content-Type, one with the URL of the page, then the page.

// max_len: 16384
// dictionaries: html

#include "fuzz/fuzz.hpp"
#include "protocol/display_text.hpp"

#include <asioauth/html_reader.hpp>
#include <asioauth/limits.hpp>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

// One line, as display_text() leaves it.
void check_line(std::string_view text, std::size_t cap)
{
    fuzz::check_presentable(text, cap);
    check_equal(detail::display_text(text, cap), text, "a line of a page is one line");
}

void check_head(const html_head& head, const url& from)
{
    check_line(head.title, detail::title_size);
    check_line(head.description, detail::description_size);
    check_line(head.site_name, detail::title_size);
    check(head.icons.size() <= limits::icon_candidates, "there are not too many icons");
    for (const auto& icon : head.icons)
    {
        check(icon.where.empty() != icon.data.empty(), "an icon is somewhere or here");
        check(icon.data.size() <= limits::icon_body, "an icon is not too large");
        if (icon.where.empty())
            continue;
        check(!icon.where.has_fragment(), "no fragment is asked for");
        if (icon.where.host_is_loopback())
            check(from.host_is_loopback(), "a page elsewhere does not lead to this machine");
        else
            check(icon.where.is_https(), "an icon is asked for over TLS");
    }
}

std::string text_of(const html_head& head)
{
    std::string out = head.title + '\n' + head.description + '\n' + head.site_name;
    for (const auto& icon : head.icons)
        out.append("\n").append(icon.where.str()).append(" ").append(icon.data).append(icon.type);
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    const std::string type(in.line());
    const url from = in.line_as_url("https://mcp.example/a/b?c");
    const auto page = in.rest();

    const html_head head = read_html_head(page, type, from);
    check_head(head, from);
    check_equal(text_of(read_html_head(page, type, from)), text_of(head), "a page is what it is");
    // What is behind the part that is looked at does not matter.
    if (fuzz::is_one_in(64, page))
    {
        std::string much = fuzz::grown(page, limits::page_body);
        const auto first = read_html_head(much, type, from);
        check_head(first, from);
        if (much.size() == limits::page_body)
            check_equal(
                text_of(read_html_head(much + "<title>x</title>", type, from)),
                text_of(first),
                "only the beginning counts"
            );
    }
    return 0;
}
