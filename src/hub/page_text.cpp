// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/page_text.hpp"

#include "base/ascii.hpp"

#include <asioauth/diagnostics.hpp>

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace asioauth::detail {
namespace {

constexpr std::string_view blanks = " \t\r\n\f";
constexpr std::string_view replacement = "\xef\xbf\xbd";

// What pages call an encoding, and what iconv does. Only these: iconv knows hundreds, some of them
// with state and with a history of holes, and no page needs them.
constexpr std::array<std::pair<const char*, const char*>, 48> encodings{{
    {"utf-8", "UTF-8"},
    {"utf8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"utf-16", "UTF-16LE"},
    {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"us-ascii", "CP1252"},
    {"ascii", "CP1252"},
    {"iso-8859-1", "CP1252"},
    {"iso8859-1", "CP1252"},
    {"latin1", "CP1252"},
    {"l1", "CP1252"},
    {"windows-1252", "CP1252"},
    {"cp1252", "CP1252"},
    {"x-cp1252", "CP1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"latin2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"latin5", "CP1254"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-15", "ISO-8859-15"},
    {"windows-874", "CP874"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"windows-31j", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"euc-kr", "CP949"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "BIG5-HKSCS"},
}};

const char* encoding_named(std::string_view label)
{
    const std::string wanted = lower_case(label);
    for (const auto& [name, encoding] : encodings)
    {
        if (wanted == name)
            return encoding;
    }
    return nullptr;
}

// The value behind `charset=`, in a Content-Type or in a tag; the text is in lower case.
std::string_view charset_of(std::string_view text)
{
    constexpr std::string_view name = "charset";
    for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1))
    {
        auto value = text.substr(at + name.size());
        value.remove_prefix(std::min(value.find_first_not_of(blanks), value.size()));
        if (!value.starts_with('='))
            continue;
        value.remove_prefix(1);
        value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n\f\"'"), value.size()));
        return value.substr(0, value.find_first_of(" \t\r\n\f\"';>/"));
    }
    return {};
}

const char* encoding_in_meta(std::string_view bytes)
{
    const std::string text = lower_case(bytes);
    std::size_t at = 0;
    while ((at = text.find('<', at)) != std::string::npos)
    {
        const auto rest = std::string_view(text).substr(at);
        if (rest.starts_with("<!--"))
        {
            at = text.find("-->", at + 2);
            if (at == std::string::npos)
                break;
            continue;
        }
        if (rest.starts_with("<body"))
            break;
        const auto end = std::min(rest.find('>'), rest.size());
        if (rest.starts_with("<meta"))
        {
            const char* const named = encoding_named(charset_of(rest.substr(0, end)));
            // What was readable so far is not UTF-16, whatever it says.
            if (named != nullptr)
                return std::string_view(named).starts_with("UTF-16") ? "UTF-8" : named;
        }
        ++at;
    }
    return nullptr;
}

// How many octets at the end begin a character that was cut through.
std::size_t cut_through(std::string_view bytes)
{
    for (std::size_t n = 1; n <= 3 && n <= bytes.size(); ++n)
    {
        const auto octet = static_cast<unsigned char>(bytes[bytes.size() - n]);
        if ((octet & 0xc0U) == 0x80U)
            continue; // it goes on
        const std::size_t length = octet >= 0xf0U ? 4 : octet >= 0xe0U ? 3 : octet >= 0xc0U ? 2 : 1;
        return length > n ? n : 0;
    }
    return 0;
}

bool is_utf8(std::string_view bytes)
{
    bytes.remove_suffix(cut_through(bytes));
    return presentable(bytes, 3 * bytes.size()).find(replacement) == std::string::npos
        || bytes.find(replacement) != std::string_view::npos;
}

std::string converted(std::string_view bytes, const char* encoding)
{
    class closer
    {
    public:
        void operator()(void* p) const { ::iconv_close(p); }
    };
    const iconv_t opened = ::iconv_open("UTF-8", encoding);
    if (opened == reinterpret_cast<iconv_t>(-1)) // NOLINT(performance-no-int-to-ptr): as specified
        return std::string(bytes);
    const std::unique_ptr<void, closer> guard(opened);
    std::string out;
    std::string input(bytes); // iconv takes no const
    char* from = input.data();
    std::size_t left = input.size();
    std::array<char, 4096> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init)
    while (left != 0)
    {
        char* to = buffer.data();
        std::size_t room = buffer.size();
        const auto done = ::iconv(opened, &from, &left, &to, &room);
        const int why = errno;
        out.append(buffer.data(), buffer.size() - room);
        if (done != static_cast<std::size_t>(-1) || why == E2BIG)
            continue;
        if (why == EINVAL)
            break; // cut through at the end
        out += replacement;
        const std::size_t unit = std::string_view(encoding).starts_with("UTF-16") ? 2 : 1;
        from += std::min(left, unit);
        left -= std::min(left, unit);
    }
    return out;
}

} // namespace

std::string page_text(std::string_view bytes, std::string_view content_type)
{
    const char* encoding = nullptr;
    if (bytes.starts_with("\xef\xbb\xbf"))
        encoding = "UTF-8";
    else if (bytes.starts_with("\xff\xfe"))
        encoding = "UTF-16LE";
    else if (bytes.starts_with("\xfe\xff"))
        encoding = "UTF-16BE";
    if (encoding == nullptr)
        encoding = encoding_named(charset_of(lower_case(content_type)));
    if (encoding == nullptr)
        encoding = encoding_in_meta(bytes);
    if (encoding == nullptr)
        encoding = is_utf8(bytes) ? "UTF-8" : "CP1252";
    std::string text;
    if (std::string_view(encoding) != "UTF-8")
    {
        text = converted(bytes, encoding);
        bytes = text;
    }
    // Besides making it UTF-8 this removes what would not be shown anyway.
    return presentable(bytes, 3 * bytes.size());
}

namespace {

bool is_blank(char c) noexcept
{
    return blanks.find(c) != std::string_view::npos;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) noexcept
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

class head_writer
{
public:
    explicit head_writer(std::string_view text) : text_(text), lower_(lower_case(text)) {}

    std::string write() &&
    {
        while (at_ != text_.size())
        {
            if (text_[at_] != '<')
            {
                const auto end = std::min(text_.find('<', at_), text_.size());
                if (!take_text(text_.substr(at_, end - at_)))
                    break;
                at_ = end;
            }
            else if (!take_markup())
            {
                break;
            }
        }
        return std::move(out_);
    }

private:
    static constexpr std::size_t attributes_kept = 64;

    // Text in a head begins the body; in a template it is nobody's.
    bool take_text(std::string_view text) const
    {
        return templates_ != 0 || text.find_first_not_of(blanks) == std::string_view::npos;
    }

    // False at the end of the head.
    bool take_markup()
    {
        const auto rest = text_.substr(at_);
        if (rest.starts_with("<!--"))
            return skip_comment();
        if (rest.size() > 1 && (rest[1] == '!' || rest[1] == '?'))
            return skip_behind(">", at_);
        const bool closes = rest.size() > 1 && rest[1] == '/';
        const std::size_t begin = at_ + (closes ? 2 : 1);
        if (begin >= text_.size() || !is_alpha(text_[begin]))
            return closes ? skip_behind(">", at_) : take_text("<") && ++at_ != 0;
        std::size_t end = begin;
        while (end != text_.size() && !is_blank(text_[end]) && text_[end] != '>'
               && text_[end] != '/')
            ++end;
        const std::string_view name = std::string_view(lower_).substr(begin, end - begin);
        return closes ? take_end_tag(name) : take_start_tag(name, end);
    }

    // `<!-->` and `<!--->` are whole ones.
    bool skip_comment()
    {
        const auto rest = text_.substr(at_);
        if (rest.starts_with("<!-->") || rest.starts_with("<!--->"))
            return skip_behind(">", at_);
        const auto plain = text_.find("-->", at_ + 4);
        const auto before = text_.substr(at_ + 4, plain - at_ - 4);
        const auto bang = before.find("--!>");
        if (bang != std::string_view::npos)
            return skip_behind("--!>", at_ + 4 + bang);
        return plain != std::string_view::npos && skip_behind("-->", plain);
    }

    bool skip_behind(std::string_view mark, std::size_t from)
    {
        const auto found = text_.find(mark, from);
        at_ = found == std::string_view::npos ? text_.size() : found + mark.size();
        return true;
    }

    bool take_end_tag(std::string_view name)
    {
        if (name == "template" && templates_ != 0)
            --templates_;
        else if (is_one_of(name, {"head", "body", "html", "br"}) && templates_ == 0)
            return false;
        return skip_behind(">", at_);
    }

    bool take_start_tag(std::string_view name, std::size_t behind_name)
    {
        if (name == "template")
            ++templates_;
        if (is_one_of(
                name, {"script", "style", "noscript", "noframes", "textarea", "xmp", "iframe"}
            ))
        {
            const bool of_head = is_one_of(name, {"script", "style", "noscript", "noframes"});
            if (!of_head && templates_ == 0)
                return false;
            copy_tag(behind_name, false);
            return skip_content(name);
        }
        if (name == "title")
            return take_title(behind_name);
        if (is_one_of(name, {"meta", "link", "base"}))
        {
            copy_tag(behind_name, templates_ == 0);
            return true;
        }
        const bool of_head = is_one_of(name, {"html", "head", "template", "basefont", "bgsound"});
        if (!of_head && templates_ == 0)
            return false;
        copy_tag(behind_name, false);
        return true;
    }

    bool take_title(std::size_t behind_name)
    {
        copy_tag(behind_name, templates_ == 0);
        auto end = endless_title_ ? std::string_view::npos : end_tag("title");
        endless_title_ = end == std::string_view::npos; // not looked for again and again
        if (end == std::string_view::npos) // everything is its content then, which nobody has meant
            end = std::min(text_.find('<', at_), text_.size());
        if (templates_ == 0)
        {
            for (const char c : text_.substr(at_, end - at_))
            {
                if (c == '<')
                    out_ += "&lt;";
                else
                    out_ += c;
            }
            out_ += "</title>";
        }
        at_ = end;
        return true;
    }

    bool skip_content(std::string_view name)
    {
        const auto end = end_tag(name);
        at_ = std::min(end, text_.size());
        return end != std::string_view::npos;
    }

    // Where `</name` is, as far as that ends an element.
    std::size_t end_tag(std::string_view name) const
    {
        const std::string mark = "</" + std::string(name);
        for (auto at = lower_.find(mark, at_); at != std::string::npos;
             at = lower_.find(mark, at + 1))
        {
            const auto behind = at + mark.size();
            if (behind == lower_.size() || is_blank(lower_[behind]) || lower_[behind] == '>'
                || lower_[behind] == '/')
                return at;
        }
        return std::string_view::npos;
    }

    // Go behind the tag, and write it if it is wanted. Quotes are such only behind an equals sign.
    void copy_tag(std::size_t behind_name, bool wanted)
    {
        std::size_t attributes = 0;
        std::size_t keep_to = std::string_view::npos;
        std::size_t i = behind_name;
        while (i != text_.size() && text_[i] != '>')
        {
            if (is_blank(text_[i]) || text_[i] == '/')
            {
                ++i;
                continue;
            }
            if (++attributes > attributes_kept)
                keep_to = std::min(keep_to, i);
            i = behind_attribute(i);
        }
        if (wanted && i != text_.size()) // what has no end is no tag
        {
            out_ += text_.substr(at_, std::min(keep_to, i) - at_);
            out_ += '>';
        }
        at_ = i == text_.size() ? i : i + 1;
    }

    std::size_t behind_attribute(std::size_t i) const
    {
        // A name may begin with an equals sign.
        for (++i; i != text_.size(); ++i)
        {
            if (is_blank(text_[i]) || text_[i] == '>' || text_[i] == '/' || text_[i] == '=')
                break;
        }
        std::size_t value = i;
        while (value != text_.size() && is_blank(text_[value]))
            ++value;
        if (value == text_.size() || text_[value] != '=')
            return i;
        for (++value; value != text_.size() && is_blank(text_[value]);)
            ++value;
        if (value == text_.size())
            return value;
        if (text_[value] == '"' || text_[value] == '\'')
        {
            const auto end = text_.find(text_[value], value + 1);
            return end == std::string_view::npos ? text_.size() : end + 1;
        }
        while (value != text_.size() && !is_blank(text_[value]) && text_[value] != '>')
            ++value;
        return value;
    }

    std::string_view text_;
    std::string lower_;
    std::string out_;
    std::size_t at_ = 0;
    std::size_t templates_ = 0;
    bool endless_title_ = false;
};

} // namespace

std::string head_markup(std::string_view text)
{
    return head_writer(text).write();
}

} // namespace asioauth::detail
