// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/diagnostics.hpp>

#include <array>
#include <ostream>
#include <utility>

namespace asioauth {

namespace {

constexpr std::size_t own_text_cap = 2048;

class code_point
{
public:
    char32_t value = 0;
    std::size_t size = 0; // bytes read; value is valid unless size is 0
};

// One code point of well-formed UTF-8 (Unicode table 3-7: no overlong forms, no surrogates).
code_point decode_utf8(std::string_view s) noexcept
{
    const auto byte = [s](std::size_t i) -> unsigned {
        return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U;
    };
    const unsigned b0 = byte(0);
    if (b0 < 0x80)
    {
        return {b0, 1};
    }
    const std::size_t size = b0 >= 0xf0 ? 4 : b0 >= 0xe0 ? 3 : 2;
    unsigned low = 0x80;
    unsigned high = 0xbf;
    switch (b0)
    {
    case 0xe0: low = 0xa0; break;
    case 0xed: high = 0x9f; break;
    case 0xf0: low = 0x90; break;
    case 0xf4: high = 0x8f; break;
    default: break;
    }
    if (b0 < 0xc2 || b0 > 0xf4 || byte(1) < low || byte(1) > high)
    {
        return {};
    }
    char32_t value = b0 & (0x7fU >> size);
    for (std::size_t i = 1; i != size; ++i)
    {
        if ((byte(i) & 0xc0U) != 0x80U)
        {
            return {};
        }
        value = (value << 6U) | (byte(i) & 0x3fU);
    }
    return {value, size};
}

class range
{
public:
    char32_t first;
    char32_t last;
};

// What is invisible, reorders the text around it, or ends a line.
constexpr std::array removed{
    range{0x00, 0x1f},       // C0 controls
    range{0x7f, 0x9f},       // DEL and C1 controls
    range{0xad, 0xad},       // soft hyphen
    range{0x34f, 0x34f},     // combining grapheme joiner
    range{0x61c, 0x61c},     // Arabic letter mark
    range{0x115f, 0x1160},   // Hangul fillers
    range{0x17b4, 0x17b5},   // invisible Khmer vowels
    range{0x180b, 0x180f},   // Mongolian selectors and vowel separator
    range{0x200b, 0x200f},   // zero-width characters and directional marks
    range{0x2028, 0x202e},   // line separators, bidirectional embeddings and overrides
    range{0x2060, 0x206f},   // word joiner, invisible operators, bidirectional isolates
    range{0x3164, 0x3164},   // Hangul filler
    range{0xfe00, 0xfe0f},   // variation selectors
    range{0xfeff, 0xfeff},   // byte-order mark
    range{0xffa0, 0xffa0},   // half-width Hangul filler
    range{0xfff0, 0xfffb},   // interlinear annotation
    range{0xfffe, 0xffff},   // non-characters
    range{0x1d173, 0x1d17a}, // musical format characters
    range{0xe0000, 0xe0fff}, // tags and variation selectors
};

bool is_removed(char32_t c) noexcept
{
    for (const range& r : removed)
    {
        if (c >= r.first && c <= r.last)
        {
            return true;
        }
    }
    return false;
}

bool separates_words(char32_t c) noexcept
{
    return (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// Text that may have been meant as a URL, without the parts that can carry a secret.
std::string_view without_query_text(std::string_view text) noexcept
{
    return text.substr(0, text.find_first_of("?#"));
}

std::string url_for_people(std::string_view text)
{
    text = without_query_text(text);
    const std::size_t scheme_end = text.find("://");
    const std::size_t authority = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
    const std::size_t authority_end = text.find_first_of("/\\", authority);
    const std::size_t at = text.substr(0, authority_end).rfind('@');
    if (at == std::string_view::npos || at < authority)
    {
        return presentable(text);
    }
    std::string clean(text.substr(0, authority));
    clean += text.substr(at + 1);
    return presentable(clean);
}

std::string_view stage_for_people(stage s) noexcept
{
    switch (s)
    {
    case stage::none: break;
    case stage::probe: return "asking the server for its login";
    case stage::resource_metadata: return "reading the protected-resource metadata";
    case stage::server_metadata: return "reading the authorization server's metadata";
    case stage::registration: return "registering with the authorization server";
    case stage::listener: return "preparing to receive the browser's answer";
    case stage::authorization: return "sending the user to the authorization server";
    case stage::callback: return "checking the browser's answer";
    case stage::token: return "asking for tokens";
    case stage::resource: return "using the server";
    case stage::store: return "reading or writing what is stored";
    case stage::description: return "reading what the provider says of itself";
    }
    return {};
}

const diagnostics& nothing_recorded() noexcept
{
    static const diagnostics nothing;
    return nothing;
}

} // namespace

std::string_view name_of(stage s) noexcept
{
    switch (s)
    {
    case stage::none: return "none";
    case stage::probe: return "probe";
    case stage::resource_metadata: return "resource_metadata";
    case stage::server_metadata: return "server_metadata";
    case stage::registration: return "registration";
    case stage::listener: return "listener";
    case stage::authorization: return "authorization";
    case stage::callback: return "callback";
    case stage::token: return "token";
    case stage::resource: return "resource";
    case stage::store: return "store";
    case stage::description: return "description";
    }
    return {};
}

std::ostream& operator<<(std::ostream& os, stage s)
{
    return os << name_of(s);
}

diagnostics& diagnostics::where(stage s) noexcept
{
    where_ = s;
    return *this;
}

diagnostics& diagnostics::url(std::string_view text)
{
    url_ = url_for_people(text);
    return *this;
}

diagnostics& diagnostics::http_status(int status) noexcept
{
    http_status_ = status;
    return *this;
}

diagnostics& diagnostics::message(std::string_view text)
{
    message_ = presentable(text, own_text_cap);
    return *this;
}

diagnostics& diagnostics::server_error(std::string_view text)
{
    server_error_ = presentable(text);
    return *this;
}

diagnostics& diagnostics::server_message(std::string_view text)
{
    server_message_ = presentable(text);
    return *this;
}

diagnostics& diagnostics::client_information(
    std::string_view issuer, std::string_view redirect_uri, std::string_view documentation
)
{
    issuer_ = presentable(issuer, own_text_cap);
    redirect_uri_ = presentable(redirect_uri, own_text_cap);
    documentation_ = presentable(documentation, own_text_cap);
    return *this;
}

diagnostics& diagnostics::hint(std::string_view text)
{
    hint_ = presentable(text, own_text_cap);
    return *this;
}

diagnostics& diagnostics::required_scope(std::string_view scope)
{
    required_scope_ = presentable(scope, 2 * own_text_cap);
    if (required_scope_.size() > own_text_cap)
    {
        // A part of a scope is another scope.
        const auto end = required_scope_.rfind(' ', own_text_cap);
        required_scope_.resize(end == std::string::npos ? 0 : end);
    }
    return *this;
}

diagnostics& diagnostics::retry_after(std::optional<std::chrono::seconds> v) noexcept
{
    retry_after_ = v;
    return *this;
}

std::string describe(const error_code& ec, const diagnostics& info)
{
    const bool own = ec.category() == error_category();
    const std::string_view hint = !info.hint().empty() ? std::string_view(info.hint())
        : own                                          ? hint_for(static_cast<errc>(ec.value()))
                                                       : std::string_view();

    std::string text = ec.failed() ? ec.message() : std::string("Success.");
    if (own)
    {
        // message() ends with the hint, which belongs at the end of the paragraph here.
        const std::string_view standard = hint_for(static_cast<errc>(ec.value()));
        if (!standard.empty() && text.size() > standard.size())
        {
            text.resize(text.size() - standard.size() - 1);
        }
    }
    const auto sentence = [&text](std::string_view start, std::string_view content) {
        if (!content.empty())
        {
            text += text.empty() ? "" : text.back() == '.' ? " " : ". ";
            text += start;
            text += content;
        }
    };
    sentence("", info.message());
    sentence("It happened while ", stage_for_people(info.where()));
    sentence("URL: ", info.url());
    if (info.http_status() != 0)
    {
        sentence("HTTP status: ", std::to_string(info.http_status()));
    }
    if (!info.server_error().empty() || !info.server_message().empty())
    {
        std::string said = info.server_error();
        if (!info.server_message().empty())
        {
            said += said.empty() ? "" : ": ";
            said += info.server_message();
        }
        said += '"';
        sentence("The server says (unverified): \"", said);
    }
    sentence("Issuer: ", info.issuer());
    sentence("Redirect URI to register there: ", info.redirect_uri());
    sentence("How to register, as the server says: ", info.documentation());
    sentence("", hint);
    if (!text.empty() && text.back() != '.')
    {
        text += '.';
    }
    return text;
}

failure::failure(errc code) : code_(make_error_code(code)) {}

failure::failure(error_code code) : code_(code) {}

failure::failure(error_code code, diagnostics info)
    : code_(code)
    , info_(std::make_shared<diagnostics>(std::move(info)))
{}

const diagnostics& failure::info() const noexcept
{
    return info_ ? *info_ : nothing_recorded();
}

diagnostics& failure::edit()
{
    // Copies share the object, perhaps across threads, so that it never changes once it is shared.
    // This is the error path; a copy of a few short strings does not matter.
    auto fresh = info_ ? std::make_shared<diagnostics>(*info_) : std::make_shared<diagnostics>();
    info_ = std::move(fresh);
    return *info_;
}

failure& failure::where(stage s)
{
    if (info().where() == stage::none)
    {
        edit().where(s);
    }
    return *this;
}

failure& failure::url(std::string_view text)
{
    if (info().url().empty())
    {
        edit().url(text);
    }
    return *this;
}

failure& failure::http_status(int status)
{
    edit().http_status(status);
    return *this;
}

failure& failure::message(std::string_view text)
{
    edit().message(text);
    return *this;
}

failure& failure::server_error(std::string_view text)
{
    edit().server_error(text);
    return *this;
}

failure& failure::server_message(std::string_view text)
{
    edit().server_message(text);
    return *this;
}

failure& failure::client_information(
    std::string_view issuer, std::string_view redirect_uri, std::string_view documentation
)
{
    edit().client_information(issuer, redirect_uri, documentation);
    return *this;
}

failure& failure::hint(std::string_view text)
{
    edit().hint(text);
    return *this;
}

failure& failure::required_scope(std::string_view scope)
{
    edit().required_scope(scope);
    return *this;
}

failure& failure::retry_after(std::optional<std::chrono::seconds> v)
{
    if (v)
        edit().retry_after(v);
    return *this;
}

flow_error::flow_error(const failure& f)
    : system_error(f.code())
    , info_(f.info())
    , what_(describe(f.code(), f.info()))
{}

void throw_exception_from_error(const failure& f, const boost::source_location&)
{
    throw flow_error(f);
}

std::string presentable(std::string_view untrusted, std::size_t cap)
{
    std::string text;
    while (!untrusted.empty())
    {
        const code_point c = decode_utf8(untrusted);
        std::string_view piece =
            "\xef\xbf\xbd"; // the replacement character, for a byte that is no text
        if (c.size != 0)
        {
            piece = separates_words(c.value) ? std::string_view(" ")
                : is_removed(c.value)        ? std::string_view()
                                             : untrusted.substr(0, c.size);
        }
        if (piece.size() > cap - text.size())
        {
            break;
        }
        text += piece;
        untrusted.remove_prefix(c.size == 0 ? 1 : c.size);
    }
    return text;
}

} // namespace asioauth
