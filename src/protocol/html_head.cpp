// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "protocol/display_text.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/html_head.hpp>
#include <asioauth/provider_profile.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace asioauth {
namespace {

using detail::lower_case;
using detail::trimmed;

constexpr std::string_view blanks = " \t\r\n\f";
constexpr unsigned wanted_size = 64;

std::vector<std::string> words(std::string_view text)
{
    std::vector<std::string> out;
    while (!(text = trimmed(text, blanks)).empty())
    {
        const auto end = std::min(text.find_first_of(blanks), text.size());
        out.push_back(lower_case(text.substr(0, end)));
        text.remove_prefix(end);
    }
    return out;
}

bool contains(const std::vector<std::string>& all, std::string_view one)
{
    return std::find(all.begin(), all.end(), one) != all.end();
}

// What browsers do with an address in a page: blanks around it go, line ends and tabs in it too, a
// backslash is a slash, and what is no character of a URL is encoded.
std::string as_reference(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view other = "\"<>[]^`{|}";
    std::string out;
    bool path = true;
    for (const char c : trimmed(text, blanks))
    {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\t' || c == '\r' || c == '\n')
            continue;
        path = path && c != '?' && c != '#';
        if (c == '\\' && path)
        {
            out += '/';
        }
        else if (byte <= 0x20 || byte >= 0x7f || c == '\\' || other.find(c) != std::string_view::npos)
        {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
        else
        {
            out += c;
        }
    }
    return out;
}

// The bytes of `data:TYPE;base64,...`; empty for anything else.
std::string decoded_data(std::string_view reference)
{
    const auto comma = reference.find(',');
    if (comma == std::string_view::npos
        || !lower_case(reference.substr(0, comma)).ends_with(";base64"))
        return {};
    std::string escaped;
    for (const char c : reference.substr(comma + 1))
    {
        if (c == '+')
            escaped += "%2B"; // no blank of a form
        else if (blanks.find(c) == std::string_view::npos)
            escaped += c;
    }
    auto text = form_decode(escaped);
    if (!text)
        return {};
    std::replace(text->begin(), text->end(), '+', '-');
    std::replace(text->begin(), text->end(), '/', '_');
    text->erase(text->find_last_not_of('=') + 1);
    return base64url_decode(*text).value_or(std::string());
}

// Whether what `base` says may lead us there; http becomes https on the way.
std::optional<url> usable(const url& where, const url& base)
{
    if (where.host_is_loopback())
        return base.host_is_loopback() ? std::optional<url>(where) : std::nullopt;
    if (where.is_https())
        return where;
    if (where.port() != 80)
        return std::nullopt;
    const auto secure = url::parse("https://" + where.authority() + where.target());
    return secure ? std::optional<url>(*secure) : std::nullopt;
}

unsigned distance(unsigned size) noexcept
{
    // What is too small looks worse than what is too large.
    return size >= wanted_size ? size - wanted_size : (wanted_size - size) * 8;
}

// The edge that comes nearest; 0 if none is declared.
unsigned nearest_size(std::string_view sizes)
{
    unsigned best = 0;
    for (const std::string& one : words(sizes))
    {
        const auto x = one.find('x');
        const std::string number = one.substr(0, std::min(x, one.size()));
        if (x == std::string::npos || number.empty() || number.size() > 4
            || number.find_first_not_of("0123456789") != std::string::npos)
            continue;
        const auto edge = static_cast<unsigned>(std::stoul(number));
        if (edge != 0 && (best == 0 || distance(edge) < distance(best)))
            best = edge;
    }
    return best;
}

// The less the better.
unsigned cost(const icon_candidate& c) noexcept
{
    constexpr unsigned touch_size = 180; // of a touch icon that does not say
    constexpr unsigned icon_size = 32;   // of another
    const bool touch = c.relation == icon_relation::apple_touch;
    const unsigned size = c.size != 0 ? c.size : touch ? touch_size : icon_size;
    // Touch icons have no transparent parts.
    return distance(size) + (touch ? 40 : 0);
}

bool is_better(const icon_candidate& a, const icon_candidate& b) noexcept
{
    return cost(a) < cost(b);
}

std::optional<icon_relation> relation_of(const head_link& link)
{
    const auto rel = words(link.rel);
    if (contains(rel, "icon"))
        return icon_relation::icon;
    if (contains(rel, "apple-touch-icon") || contains(rel, "apple-touch-icon-precomposed"))
        return icon_relation::apple_touch;
    return std::nullopt;
}

url base_of(const head_elements& elements, const url& from)
{
    for (const std::string& href : elements.bases)
    {
        const auto resolved = resolve_reference(from, as_reference(href));
        if (!resolved)
            continue;
        if (auto base = usable(*resolved, from))
            return *std::move(base);
    }
    return from;
}

void add(std::vector<icon_candidate>& to, icon_candidate c)
{
    const bool known = std::any_of(to.begin(), to.end(), [&](const auto& other) {
        return other.where == c.where && other.data == c.data;
    });
    if (!known)
        to.push_back(std::move(c));
}

std::vector<icon_candidate> icons_of(const head_elements& elements, const url& from)
{
    const url base = base_of(elements, from);
    std::vector<icon_candidate> found;
    for (const head_link& link : elements.links)
    {
        const auto relation = relation_of(link);
        if (!relation)
            continue;
        auto c = make_icon_candidate(*relation, link.href, link.type, link.sizes, base);
        if (!c)
            continue;
        // Among equals the first of the page comes first.
        const auto place = std::upper_bound(found.begin(), found.end(), *c, is_better);
        found.insert(place, *std::move(c));
    }
    std::vector<icon_candidate> out;
    for (icon_candidate& c : found)
    {
        if (out.size() + 1 < limits::icon_candidates)
            add(out, std::move(c));
    }
    auto last =
        make_icon_candidate(icon_relation::favicon, from.origin() + "/favicon.ico", "", "", from);
    if (last)
        add(out, *std::move(last));
    return out;
}

std::string first_meta(
    const head_elements& elements, std::initializer_list<std::string_view> names, std::size_t cap
)
{
    for (const auto name : names)
    {
        for (const head_meta& meta : elements.metas)
        {
            if (lower_case(trimmed(meta.name, blanks)) != name)
                continue;
            std::string text = detail::display_text(meta.content, cap);
            if (!text.empty())
                return text;
        }
    }
    return {};
}

} // namespace

std::string_view name_of(profile_source s) noexcept
{
    switch (s)
    {
    case profile_source::none: return "none";
    case profile_source::server_identity: return "server_identity";
    case profile_source::resource_metadata: return "resource_metadata";
    case profile_source::server_metadata: return "server_metadata";
    case profile_source::page: return "page";
    }
    return {};
}

std::optional<icon_candidate> make_icon_candidate(
    icon_relation relation,
    std::string_view reference,
    std::string_view type,
    std::string_view sizes,
    const url& base
)
{
    icon_candidate out;
    out.relation = relation;
    out.type = lower_case(trimmed(type, blanks)).substr(0, 64);
    out.size = nearest_size(sizes);
    reference = trimmed(reference, blanks);
    if (reference.empty() || out.type.find("svg") != std::string::npos)
        return std::nullopt;
    if (lower_case(reference.substr(0, 5)) == "data:")
    {
        out.data = decoded_data(reference);
        return out.data.empty() ? std::nullopt : std::optional<icon_candidate>(std::move(out));
    }
    const auto resolved = resolve_reference(base, as_reference(reference));
    if (!resolved)
        return std::nullopt;
    auto where = usable(*resolved, base);
    const std::string path = lower_case(where ? where->path() : std::string_view());
    if (!where || path.ends_with(".svg") || path.ends_with(".svgz"))
        return std::nullopt;
    out.where = *std::move(where);
    return out;
}

html_head make_html_head(const head_elements& elements, const url& from)
{
    html_head out;
    for (const std::string& title : elements.titles)
    {
        if (out.title.empty())
            out.title = detail::display_text(title, detail::title_size);
    }
    if (out.title.empty())
        out.title = first_meta(elements, {"og:title", "twitter:title"}, detail::title_size);
    out.description = first_meta(
        elements, {"description", "og:description", "twitter:description"}, detail::description_size
    );
    out.site_name = first_meta(elements, {"og:site_name", "application-name"}, detail::title_size);
    out.icons = icons_of(elements, from);
    return out;
}

} // namespace asioauth
