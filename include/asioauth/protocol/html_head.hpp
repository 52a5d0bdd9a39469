// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/url.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {

/// Where a picture was named.
enum class icon_relation : std::uint8_t
{
    declared,    ///< by metadata or by the server itself
    icon,        ///< `<link rel="icon">`, also `shortcut icon`
    apple_touch, ///< `<link rel="apple-touch-icon">`, also `-precomposed`
    favicon,     ///< nowhere: `/favicon.ico` is there on many hosts
};

/// A picture that may stand for a provider: either to be fetched or there already.
class icon_candidate
{
public:
    icon_candidate() = default;

    url where; ///< https, or on this machine if what named it is there; empty if there is data
    std::string data;  ///< the bytes of a `data:` URL
    std::string type;  ///< as declared, in lower case; untrusted
    unsigned size = 0; ///< the declared edge in pixels that comes nearest to 64; 0: not declared
    icon_relation relation = icon_relation::icon; ///< where it was named
};

/// What the head of a web page says of the page. Text is plain, in one line and capped, and may
/// still say anything.
class html_head
{
public:
    html_head() = default;

    std::string title;       ///< `<title>`; without one `og:title`, `twitter:title`
    std::string description; ///< `description`; without one `og:description`, `twitter:description`
    std::string site_name;   ///< `og:site_name`; without one `application-name`
    /// The best first, at most limits::icon_candidates; the last one is `/favicon.ico`.
    std::vector<icon_candidate> icons;
};

/// A `<link>` of a page, attributes as they are written but for character references.
class head_link
{
public:
    head_link() = default;

    std::string rel;   ///< what it is for, for example `icon`
    std::string href;  ///< where it leads, relative to the page
    std::string type;  ///< the media type that it claims
    std::string sizes; ///< as `32x32 64x64`, or `any`
};

/// A `<meta>` of a page.
class head_meta
{
public:
    head_meta() = default;

    std::string name;    ///< `name`; without one `property` or `itemprop`
    std::string content; ///< the value
};

/// The elements of a head that make_html_head() chooses from, in the order of the page. UTF-8.
class head_elements
{
public:
    head_elements() = default;

    std::vector<std::string> titles; ///< the text of each `<title>`
    std::vector<std::string> bases;  ///< `href` of `<base>`
    std::vector<head_meta> metas;    ///< each `<meta>`
    std::vector<head_link> links;    ///< each `<link>`
};

/** Choose from the elements of a head.

    The first title that is not empty counts, and the first base that is a URL. Icons are ordered by
    how near they come to 64 pixels. Left out are SVG, which is never shown, and whatever is not
    https: `http` addresses become `https` ones, as in browsers; others, such as `javascript:` and
    `file:`, are dropped. Loopback hosts are for pages that are themselves on one.

    @param from the URL of the page
    @par Specification
    @li HTML, "The link element", "The base element"; RFC 3986 section 5; Open Graph protocol
*/
ASIOAUTH_DECL html_head make_html_head(const head_elements& elements, const url& from);

/** One picture that a document names, checked as those of make_html_head().

    @param reference an address, relative or not, or a `data:` URL in base64
    @param base what it is relative to; also whether it may be on this machine
    @param sizes as in HTML: `32x32 64x64`, `any`; empty if not declared
    @return nothing if it cannot be used
*/
ASIOAUTH_DECL std::optional<icon_candidate> make_icon_candidate(
    icon_relation relation,
    std::string_view reference,
    std::string_view type,
    std::string_view sizes,
    const url& base
);

/// Reads the head of a page, as read_html_head() of asioauth::hub does.
/// @param bytes the page, or its beginning
/// @param content_type the value of the field; empty if there was none
/// @param from the URL of the page
using html_head_reader =
    html_head (*)(std::string_view bytes, std::string_view content_type, const url& from);

} // namespace asioauth
