// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_document.hpp"

#include "base/kept_memory.hpp"

#include <asioauth/diagnostics.hpp>

#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>

namespace asioauth::detail {
namespace {

namespace json = boost::json;

static_assert(sizeof(json_value) == 32);
static_assert(std::is_trivially_copyable_v<json_value>);
static_assert(json_document::longest_key <= std::numeric_limits<std::uint16_t>::max());

constexpr std::uint32_t nowhere = static_cast<std::uint32_t>(-1);

// A document takes more memory than it may.
class memory_used_up final : public std::exception
{};

failure twice(std::string_view name)
{
    std::string text = "Member \"";
    text.append(presentable(name, 64)).append("\" occurs twice.");
    return failure(errc::json_member_duplicated).message(text);
}

} // namespace

// --- Reading ---------------------------------------------------------------------------------

// What Boost.JSON's parser finds. Refused is what boost::json::parse lets pass: a member twice (it
// keeps the last one silently), NUL in a string, and numbers that overflow to infinity.
class json_document::handler
{
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = longest_key;
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    explicit handler(json_document& to) : to_(to), used_end_(static_cast<char*>(to.text_.at)) {}

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }

    bool on_object_begin(error_code&)
    {
        open(json_value::kind::object);
        return true;
    }
    bool on_object_end(std::size_t, error_code& ec)
    {
        const auto ended = in_;
        close();
        const auto* const again = to_.find_twice(to_.first()[ended]);
        if (again != nullptr)
        {
            ec = errc::json_member_duplicated;
            duplicated_ = again->key();
            return false;
        }
        return true;
    }
    bool on_array_begin(error_code&)
    {
        open(json_value::kind::array);
        return true;
    }
    bool on_array_end(std::size_t, error_code&)
    {
        close();
        return true;
    }

    bool on_key_part(std::string_view s, std::size_t, error_code& ec) { return append(s, ec); }
    bool on_key(std::string_view s, std::size_t, error_code& ec)
    {
        const auto key = whole(s, ec);
        key_ = key.value_or(std::string_view());
        return key.has_value();
    }
    bool on_string_part(std::string_view s, std::size_t, error_code& ec) { return append(s, ec); }
    bool on_string(std::string_view s, std::size_t, error_code& ec)
    {
        const auto text = whole(s, ec);
        if (!text)
        {
            return false;
        }
        to_.set_text(add(json_value::kind::string), *text);
        return true;
    }

    bool on_number_part(std::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t v, std::string_view, error_code&)
    {
        content(json_value::kind::int64).int64 = v;
        return true;
    }
    bool on_uint64(std::uint64_t v, std::string_view, error_code&)
    {
        content(json_value::kind::uint64).uint64 = v;
        return true;
    }
    bool on_double(double v, std::string_view, error_code& ec)
    {
        if (!std::isfinite(v))
        {
            ec = errc::json_malformed;
            return false;
        }
        content(json_value::kind::real).real = v;
        return true;
    }
    bool on_bool(bool v, error_code&)
    {
        content(json_value::kind::boolean).boolean = v;
        return true;
    }
    bool on_null(error_code&)
    {
        add(json_value::kind::null);
        return true;
    }
    bool on_comment_part(std::string_view, error_code&) { return true; }
    bool on_comment(std::string_view, error_code&) { return true; }

    std::string_view duplicated() const noexcept { return duplicated_; }

private:
    std::uint32_t add(json_value::kind k)
    {
        const auto at = to_.add(k);
        if (in_ != nowhere)
        {
            ++to_.first()[in_].content_.in.count;
        }
        to_.set_key(at, std::exchange(key_, {}));
        return at;
    }

    json_value::content& content(json_value::kind k)
    {
        const auto at = add(k); // before first(), which it may move
        return to_.first()[at].content_;
    }

    void open(json_value::kind k)
    {
        const auto at = add(k);
        to_.first()[at].content_.in = {0, in_};
        in_ = at;
    }

    void close()
    {
        const auto around = to_.first()[in_].content_.in.parent;
        to_.close(in_);
        in_ = around;
    }

    // Pieces come where there are escapes, and only with them a NUL: as it is the grammar has none.
    // They are put behind the string before, in place of text that has been read: no string is longer
    // than it was written.
    bool append(std::string_view s, error_code& ec)
    {
        const bool clean = s.find('\0') == std::string_view::npos;
        if (!clean)
        {
            ec = errc::json_malformed;
            return false;
        }
        if (begun_ == nullptr)
        {
            begun_ = used_end_;
        }
        if (s.size() > static_cast<std::size_t>(text_end() - used_end_))
        {
            ec = errc::json_malformed; // never: an escape is longer than what it stands for
            return false;
        }
        std::memmove(used_end_, s.data(), s.size());
        used_end_ += s.size();
        return true;
    }

    // The text of which `s` is the end, which is mostly all of it.
    std::optional<std::string_view> whole(std::string_view s, error_code& ec)
    {
        const std::less_equal<const char*> before;
        if (begun_ == nullptr && before(used_end_, s.data())
            && before(s.data() + s.size(), text_end()))
        {
            used_end_ += s.data() + s.size() - used_end_;
            return s;
        }
        if (!append(s, ec))
        {
            return std::nullopt;
        }
        const char* const from = std::exchange(begun_, nullptr);
        return std::string_view(from, static_cast<std::size_t>(used_end_ - from));
    }

    char* text_end() const noexcept { return static_cast<char*>(to_.text_.at) + to_.text_.size; }

    json_document& to_;
    std::uint32_t in_ = nowhere;
    std::string_view key_;  // of the member whose value comes next
    char* begun_ = nullptr; // a string that comes in pieces
    char* used_end_;        // of the strings so far, in the text
    std::string_view duplicated_;
};

result<json_document>
json_document::parse(std::string_view text, std::size_t max_depth, std::size_t most)
try
{
    json_document out(most);
    out.text_ = out.take(text.size());
    std::copy(text.begin(), text.end(), static_cast<char*>(out.text_.at));
    out.make_room(std::min<std::size_t>(text.size() / 16 + 8, 512)); // more if there are many
    json::parse_options options;
    options.max_depth = max_depth;
    json::basic_parser<handler> parser(options, out);
    error_code ec;
    const std::size_t used =
        parser.write_some(false, static_cast<const char*>(out.text_.at), text.size(), ec);
    if (ec == errc::json_member_duplicated)
    {
        return twice(parser.handler().duplicated());
    }
    if (ec || used != text.size())
    {
        std::string where = "The mistake is near byte ";
        where += std::to_string(used);
        where += '.';
        return failure(errc::json_malformed).message(where);
    }
    return out;
}
catch (const memory_used_up&)
{
    return failure(errc::json_malformed).message("The document takes too much memory.");
}

result<json_document>
json_document::of_texts(const std::vector<std::pair<std::string, std::string>>& members)
{
    json_document out(static_cast<std::size_t>(-1));
    std::size_t size = 0;
    for (const auto& [name, value] : members)
    {
        size += name.size() + value.size();
    }
    out.text_ = out.take(size);
    out.make_room(members.size() + 1);
    char* end = static_cast<char*>(out.text_.at);
    const auto kept = [&end](const std::string& s) {
        const std::string_view copy(end, s.size());
        end = std::copy(s.begin(), s.end(), end);
        return copy;
    };
    const auto object = out.add(json_value::kind::object);
    std::uint32_t count = 0;
    for (const auto& [name, value] : members)
    {
        if (name.size() > longest_key)
        {
            continue;
        }
        const auto at = out.add(json_value::kind::string);
        out.set_key(at, kept(name));
        out.set_text(at, kept(value));
        ++count;
    }
    out.first()[object].content_.in = {count, nowhere};
    out.close(object);
    const auto* const again = out.find_twice(out.root());
    if (again != nullptr)
    {
        return twice(again->key());
    }
    return out;
}

// --- Memory ----------------------------------------------------------------------------------

json_document::~json_document()
{
    give(values_);
    give(text_);
}

json_document::piece json_document::take(std::size_t size)
{
    if (size > left_)
    {
        throw memory_used_up();
    }
    piece out{kept_memory::take(size), size};
    left_ -= size;
    return out;
}

void json_document::give(piece& p) noexcept
{
    if (p.at != nullptr)
    {
        kept_memory::give(p.at, p.size);
        left_ += p.size;
        p = {};
    }
}

void json_document::make_room(std::size_t values)
{
    if (values > nowhere / 2)
    {
        throw memory_used_up();
    }
    piece more = take(values * sizeof(json_value));
    if (count_ != 0)
    {
        std::uninitialized_copy_n(first(), count_, static_cast<json_value*>(more.at));
    }
    give(values_);
    values_ = more;
}

std::uint32_t json_document::add(json_value::kind k)
{
    if ((count_ + 1) * sizeof(json_value) > values_.size)
    {
        make_room(2 * count_ + 8);
    }
    ::new (first() + count_) json_value(k);
    return static_cast<std::uint32_t>(count_++);
}

void json_document::set_key(std::uint32_t at, std::string_view key) noexcept
{
    first()[at].key_ = key.data();
    first()[at].key_size_ = static_cast<std::uint16_t>(key.size());
}

void json_document::set_text(std::uint32_t at, std::string_view text) noexcept
{
    std::construct_at(&first()[at].content_.string, text);
}

void json_document::close(std::uint32_t at) noexcept
{
    first()[at].extent_ = static_cast<std::uint32_t>(count_ - at);
}

// The second of two members of one name, or null. Few are compared with each other; hostile documents
// have many.
const json_value* json_document::find_twice(const json_value& object)
{
    constexpr std::size_t few = 32;
    if (object.size() <= few)
    {
        std::uint64_t seen = 0;
        for (const json_value& member : object)
        {
            const auto key = member.key();
            const unsigned ends = key.empty() ? 0U
                                              : static_cast<unsigned char>(key.front()) * 7U
                    + static_cast<unsigned char>(key.back());
            const auto mark = std::uint64_t{1} << ((key.size() + ends) % 64);
            if ((seen & mark) != 0 && object.if_contains(key) != &member)
            {
                return &member;
            }
            seen |= mark;
        }
        return nullptr;
    }
    if (object.size() * sizeof(std::uint32_t) > left_)
    {
        throw memory_used_up();
    }
    std::vector<std::uint32_t, kept_allocator<std::uint32_t>> sorted; // where they are behind it
    sorted.reserve(object.size());
    for (const json_value& member : object)
    {
        sorted.push_back(static_cast<std::uint32_t>(&member - &object));
    }
    const auto key = [&object](std::uint32_t at) { return (&object)[at].key(); };
    std::sort(sorted.begin(), sorted.end(), [key](std::uint32_t a, std::uint32_t b) {
        const int order = key(a).compare(key(b));
        return order != 0 ? order < 0 : a < b;
    });
    const auto again =
        std::adjacent_find(sorted.begin(), sorted.end(), [key](std::uint32_t a, std::uint32_t b) {
            return key(a) == key(b);
        });
    return again == sorted.end() ? nullptr : &object + again[1];
}

// --- What is in it ---------------------------------------------------------------------------

const json_value* json_value::if_contains(std::string_view name) const noexcept
{
    if (!is_object())
    {
        return nullptr;
    }
    for (const json_value& member : *this)
    {
        if (member.key() == name)
        {
            return &member;
        }
    }
    return nullptr;
}

// As deep as the document was allowed to be.
json::value to_document(const json_value& from) // NOLINT(misc-no-recursion)
{
    if (const auto* const text = from.if_string())
    {
        return json::string(*text);
    }
    if (const auto* const number = from.if_int64())
    {
        return *number;
    }
    if (const auto* const number = from.if_uint64())
    {
        return *number;
    }
    if (const auto* const number = from.if_double())
    {
        return *number;
    }
    if (const auto* const flag = from.if_bool())
    {
        return *flag;
    }
    if (from.is_array())
    {
        json::array out;
        out.reserve(from.size());
        for (const json_value& element : from)
        {
            out.push_back(to_document(element));
        }
        return out;
    }
    if (from.is_object())
    {
        json::object out;
        out.reserve(from.size());
        for (const json_value& member : from)
        {
            out.emplace(member.key(), to_document(member));
        }
        return out;
    }
    return nullptr;
}

} // namespace asioauth::detail
