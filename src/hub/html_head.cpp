// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/page_text.hpp"

#include <asioauth/html_reader.hpp>
#include <asioauth/limits.hpp>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <utility>

namespace asioauth {
namespace {

// Of each kind; real heads have a tenth of that.
constexpr std::size_t elements_kept = 256;
// Octets of a title, and one piece more, of which a small part is shown: one may be as long as the page.
constexpr std::size_t title_kept = 4096;
// Parsed at a time.
constexpr std::size_t piece_size = 4096;

// What one parse collects. Callbacks are called by C code: nothing may be thrown through it.
class collector
{
public:
    static xmlSAXHandler handler() noexcept
    {
        xmlSAXHandler out{};
        out.startElement = &start_element;
        out.endElement = &end_element;
        out.characters = &characters;
        out.ignorableWhitespace = &characters; // what it takes for such separates words
        out.cdataBlock = &characters;
        out.warning = &quiet;
        out.error = &quiet;
        return out;
    }

    bool failed() const noexcept { return failed_; }
    head_elements& elements() noexcept { return elements_; }

private:
    static void quiet(void*, const char*, ...) {}

    template <class F>
    static void guarded(void* self, F f) noexcept
    {
        auto& c = *static_cast<collector*>(self);
        try
        {
            f(c);
        }
        catch (...)
        {
            c.failed_ = true;
        }
    }

    static void start_element(void* self, const xmlChar* name, const xmlChar** attributes)
    {
        guarded(self, [&](collector& c) { c.start(text_of(name), attributes); });
    }

    static void end_element(void* self, const xmlChar* name)
    {
        guarded(self, [&](collector& c) {
            if (text_of(name) == "title")
                c.in_title_ = false;
        });
    }

    static void characters(void* self, const xmlChar* text, int size)
    {
        guarded(self, [&](collector& c) {
            if (!c.in_title_ || size <= 0)
                return;
            std::string& title = c.elements_.titles.back();
            if (title.size() < title_kept)
                title.append(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
        });
    }

    static std::string_view text_of(const xmlChar* text)
    {
        return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
    }

    // The value of one; null if it is not there.
    static const xmlChar* value_of(const xmlChar** attributes, std::string_view name)
    {
        for (auto at = attributes; at != nullptr && at[0] != nullptr; at += 2)
        {
            if (text_of(at[0]) == name && at[1] != nullptr)
                return at[1];
        }
        return nullptr;
    }

    // The first of these attributes that is there.
    static std::string
    attribute(const xmlChar** attributes, std::initializer_list<std::string_view> names)
    {
        for (const auto name : names)
        {
            if (const auto* value = value_of(attributes, name))
                return std::string(text_of(value));
        }
        return {};
    }

    void start(std::string_view name, const xmlChar** attributes)
    {
        in_title_ = name == "title" && elements_.titles.size() < elements_kept;
        if (in_title_)
        {
            elements_.titles.emplace_back();
        }
        else if (name == "base" && elements_.bases.size() < elements_kept)
        {
            // One without an address is none: its target is for links.
            if (const auto* href = value_of(attributes, "href"))
                elements_.bases.emplace_back(text_of(href));
        }
        else if (name == "meta" && elements_.metas.size() < elements_kept)
        {
            head_meta& meta = elements_.metas.emplace_back();
            meta.name = attribute(attributes, {"name", "property", "itemprop"});
            meta.content = attribute(attributes, {"content"});
        }
        else if (name == "link" && elements_.links.size() < elements_kept)
        {
            head_link& link = elements_.links.emplace_back();
            link.rel = attribute(attributes, {"rel"});
            link.href = attribute(attributes, {"href"});
            link.type = attribute(attributes, {"type"});
            link.sizes = attribute(attributes, {"sizes"});
        }
    }

    head_elements elements_;
    bool in_title_ = false;
    bool failed_ = false;
};

class context_closer
{
public:
    void operator()(htmlParserCtxt* c) const
    {
        if (c->myDoc != nullptr)
            xmlFreeDoc(std::exchange(c->myDoc, nullptr));
        htmlFreeParserCtxt(c);
    }
};

head_elements parsed(std::string_view markup)
{
    static std::once_flag initialised;
    std::call_once(initialised, [] { xmlInitParser(); });

    collector into;
    xmlSAXHandler handler = collector::handler();
    const std::unique_ptr<htmlParserCtxt, context_closer> context(
        htmlCreatePushParserCtxt(&handler, &into, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8)
    );
    if (!context)
        throw std::bad_alloc();
    // The text is UTF-8 by now, whatever a <meta> says.
    htmlCtxtUseOptions(
        context.get(),
        HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED | HTML_PARSE_IGNORE_ENC
            | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING
    );
    // Without an element around all of them it would stop behind the first.
    constexpr std::string_view around = "<html><head>";
    htmlParseChunk(context.get(), around.data(), static_cast<int>(around.size()), 0);
    while (!markup.empty() && !into.failed())
    {
        auto n = std::min(piece_size, markup.size());
        while (n != markup.size() && (static_cast<unsigned char>(markup[n]) & 0xc0U) == 0x80U)
            ++n; // not through a character
        htmlParseChunk(context.get(), markup.data(), static_cast<int>(n), 0);
        markup.remove_prefix(n);
    }
    if (!into.failed())
        htmlParseChunk(context.get(), nullptr, 0, 1);
    if (into.failed())
        throw std::bad_alloc();
    return std::move(into.elements());
}

} // namespace

html_head read_html_head(std::string_view bytes, std::string_view content_type, const url& from)
{
    bytes = bytes.substr(0, limits::page_body);
    return make_html_head(
        parsed(detail::head_markup(detail::page_text(bytes, content_type))), from
    );
}

} // namespace asioauth
