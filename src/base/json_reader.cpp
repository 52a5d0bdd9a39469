// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"

#include "base/ascii.hpp"
#include "base/bounded_text.hpp"
#include "base/document_memory.hpp"

#include <asioauth/limits.hpp>

#include <boost/container/pmr/polymorphic_allocator.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace asioauth::detail {

namespace {

namespace json = boost::json;

constexpr std::int64_t longest_time = std::int64_t{10} * 365 * 24 * 60 * 60;

// Builds a value as boost::json::parse does, but refuses what that lets pass: a member twice (it
// keeps the last one silently), NUL in a string, and numbers that overflow to infinity.
class strict_handler
{
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = 8 * 1024; // nobody reads one that is longer
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    /// @param longest what a string can have at most: the size of the document
    strict_handler(json::storage_ptr memory, std::size_t longest)
        : memory_(std::move(memory))
        , longest_(longest)
        , open_(memory_.get())
        , root_(memory_)
        , keys_(memory_.get())
    {
        open_.reserve(usual_depth);
        keys_.reserve(usual_keys);
    }
    strict_handler(const strict_handler&) = delete;
    strict_handler& operator=(const strict_handler&) = delete;
    ~strict_handler() { wipe(text_); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }

    bool on_object_begin(error_code&)
    {
        json::object begun(memory_);
        if (open_.empty())
        {
            begun.reserve(usual_members); // not below: a hostile document has many empty ones
        }
        open_.emplace_back(std::move(begun));
        return true;
    }
    bool on_object_end(std::size_t, error_code& ec) { return close(ec); }
    bool on_array_begin(error_code&)
    {
        open_.emplace_back(json::array(memory_));
        return true;
    }
    bool on_array_end(std::size_t, error_code& ec) { return close(ec); }

    bool on_key_part(std::string_view s, std::size_t, error_code& ec) { return append(s, ec); }
    bool on_key(std::string_view s, std::size_t, error_code& ec)
    {
        const auto key = whole(s, ec);
        if (!key)
        {
            return false;
        }
        open_.back().key = keys_.size();
        keys_ += *key;
        text_.clear();
        return true;
    }
    bool on_string_part(std::string_view s, std::size_t, error_code& ec) { return append(s, ec); }
    bool on_string(std::string_view s, std::size_t, error_code& ec)
    {
        const auto text = whole(s, ec);
        if (!text)
        {
            return false;
        }
        const bool good = add(json::value(*text, memory_), ec);
        text_.clear();
        return good;
    }

    bool on_number_part(std::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t v, std::string_view, error_code& ec)
    {
        return add(json::value(v, memory_), ec);
    }
    bool on_uint64(std::uint64_t v, std::string_view, error_code& ec)
    {
        return add(json::value(v, memory_), ec);
    }
    bool on_double(double v, std::string_view, error_code& ec)
    {
        if (!std::isfinite(v))
        {
            ec = errc::json_malformed;
            return false;
        }
        return add(json::value(v, memory_), ec);
    }
    bool on_bool(bool v, error_code& ec) { return add(json::value(v, memory_), ec); }
    bool on_null(error_code& ec) { return add(json::value(nullptr, memory_), ec); }
    bool on_comment_part(std::string_view, error_code&) { return true; }
    bool on_comment(std::string_view, error_code&) { return true; }

    json::value& root() noexcept { return root_; }
    const std::string& duplicated() const noexcept { return duplicated_; }

private:
    class level
    {
    public:
        explicit level(json::value v) : value(std::move(v)) {}

        json::value value;   // an object or an array
        std::size_t key = 0; // where that of the member that is being read begins
    };

    static constexpr std::size_t usual_depth = 4;
    static constexpr std::size_t usual_keys = 128;
    static constexpr std::size_t usual_members = 12;

    static bool is_clean(std::string_view s, error_code& ec)
    {
        const bool clean = s.find('\0') == std::string_view::npos;
        if (!clean)
        {
            ec = errc::json_malformed;
        }
        return clean;
    }

    bool append(std::string_view s, error_code& ec)
    {
        if (!is_clean(s, ec))
        {
            return false;
        }
        append_bounded(text_, s, longest_);
        return true;
    }

    // The text of which `s` is the end, which is mostly all of it.
    std::optional<std::string_view> whole(std::string_view s, error_code& ec)
    {
        const bool good = text_.empty() ? is_clean(s, ec) : append(s, ec);
        if (!good)
        {
            return std::nullopt;
        }
        return text_.empty() ? s : std::string_view(text_);
    }

    bool add(json::value v, error_code& ec)
    {
        if (open_.empty())
        {
            root_ = std::move(v);
        }
        else if (json::array* array = open_.back().value.if_array())
        {
            array->push_back(std::move(v));
        }
        else
        {
            level& in = open_.back();
            const auto key = std::string_view(keys_).substr(in.key);
            if (!in.value.get_object().emplace(key, std::move(v)).second)
            {
                ec = errc::json_member_duplicated;
                duplicated_ = key;
                return false;
            }
            keys_.resize(in.key);
        }
        return true;
    }

    bool close(error_code& ec)
    {
        json::value done = std::move(open_.back().value);
        open_.pop_back();
        return add(std::move(done), ec);
    }

    const json::storage_ptr memory_;
    const std::size_t longest_;
    std::vector<level, boost::container::pmr::polymorphic_allocator<level>> open_;
    json::value root_;
    std::basic_string<
        char,
        std::char_traits<char>,
        boost::container::pmr::polymorphic_allocator<char>>
        keys_;         // of the members that are being read, the outermost first
    std::string text_; // pieces of a string that came in several
    std::string duplicated_;
};

// Null if it is absent or null.
const json::value* find(const json::object& object, std::string_view name)
{
    const json::value* v = object.if_contains(name);
    return v != nullptr && !v->is_null() ? v : nullptr;
}

std::string member_text(std::string_view name, std::string_view is)
{
    std::string text = "Member \"";
    text += presentable(name, 64);
    text += "\" ";
    text += is;
    text += '.';
    return text;
}

failure wrong_type(std::string_view name, std::string_view expected)
{
    return failure(errc::json_wrong_type)
        .message(member_text(name, std::string("is not ").append(expected)));
}

std::int64_t clamp_seconds(double value) noexcept
{
    if (!(value > 0.0)) // also NaN
    {
        return 0;
    }
    return value >= static_cast<double>(longest_time) ? longest_time
                                                      : static_cast<std::int64_t>(value);
}

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

// "3600", "-1", "3599.5": what servers write that mean a number.
std::optional<std::int64_t> seconds_from_text(std::string_view text) noexcept
{
    const bool negative = text.substr(0, 1) == "-";
    text.remove_prefix(negative ? 1 : 0);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    const std::string_view rest = text.substr(std::min(point + 1, text.size()));
    const bool fraction_ok = point == text.size() || !rest.empty();
    if (whole.empty() || !fraction_ok || !std::all_of(whole.begin(), whole.end(), is_digit)
        || !std::all_of(rest.begin(), rest.end(), is_digit))
    {
        return std::nullopt;
    }
    std::int64_t value = 0;
    for (const char c : whole)
    {
        value = std::min(value * 10 + (c - '0'), longest_time);
    }
    return negative ? 0 : value;
}

bool is_json_type(std::string_view value)
{
    const std::string_view type = trimmed(value.substr(0, value.find(';')));
    constexpr std::string_view prefix = "application/";
    constexpr std::string_view suffix = "+json";
    constexpr std::string_view token =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    if (!same_ignoring_case(type.substr(0, prefix.size()), prefix))
    {
        return false;
    }
    const std::string_view subtype = type.substr(prefix.size());
    if (same_ignoring_case(subtype, "json"))
    {
        return true;
    }
    return subtype.size() > suffix.size()
        && same_ignoring_case(subtype.substr(subtype.size() - suffix.size()), suffix)
        && subtype.find_first_not_of(token) == std::string_view::npos;
}

failure of_response(failure f, const http_response& response)
{
    return f.url(response.from().str()).http_status(response.status());
}

} // namespace

result<json_object>
json_object::parse(std::string_view text, std::size_t max_depth, std::size_t max_memory)
try
{
    json::parse_options options;
    options.max_depth = max_depth;
    auto memory = document_memory::make(text, max_memory); // lives longer than the parser
    json::basic_parser<strict_handler> parser(options, memory->storage(), text.size());
    error_code ec;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
    if (ec == errc::json_member_duplicated)
    {
        return failure(errc::json_member_duplicated)
            .message(member_text(parser.handler().duplicated(), "occurs twice"));
    }
    if (ec || used != text.size())
    {
        std::string where = "The mistake is near byte ";
        where += std::to_string(used);
        where += '.';
        return failure(errc::json_malformed).message(where);
    }
    json::object* object = parser.handler().root().if_object();
    if (object == nullptr)
    {
        return failure(errc::json_wrong_type).message("The document is not an object.");
    }
    return json_object(std::move(*object), std::move(memory));
}
catch (const memory_used_up&)
{
    return failure(errc::json_malformed).message("The document takes too much memory.");
}

bool json_object::has(std::string_view name) const
{
    return find(object_, name) != nullptr;
}

result<std::string> json_object::string(std::string_view name) const
{
    result<std::string> text = optional_string(name);
    if (text && text->empty())
    {
        return failure(errc::json_member_missing)
            .message(member_text(name, has(name) ? "is empty" : "is missing"));
    }
    return text;
}

result<std::string> json_object::optional_string(std::string_view name) const
{
    const result<std::string_view> text = optional_view(name);
    if (!text)
    {
        return text.error();
    }
    return std::string(*text);
}

result<std::string_view> json_object::optional_view(std::string_view name) const
{
    const json::value* v = find(object_, name);
    if (v == nullptr)
    {
        return std::string_view();
    }
    const json::string* s = v->if_string();
    if (s == nullptr)
    {
        return wrong_type(name, "a string");
    }
    return std::string_view(s->data(), s->size());
}

std::string json_object::display_string(std::string_view name) const
{
    const json::value* v = object_.if_contains(name);
    const json::string* s = v == nullptr ? nullptr : v->if_string();
    return s == nullptr ? std::string() : presentable(std::string_view(s->data(), s->size()));
}

result<std::optional<std::vector<std::string>>> json_object::optional_strings(std::string_view name
) const
{
    std::optional<std::vector<std::string>> out;
    const json::value* v = find(object_, name);
    if (v == nullptr)
    {
        return out;
    }
    const json::array* array = v->if_array();
    if (array == nullptr)
    {
        return wrong_type(name, "an array of strings");
    }
    if (array->size() > limits::list_elements)
    {
        return wrong_type(name, "a list of reasonable length");
    }
    out.emplace();
    out->reserve(array->size());
    for (const json::value& element : *array)
    {
        const json::string* s = element.if_string();
        if (s == nullptr)
        {
            return wrong_type(name, "an array of strings");
        }
        out->emplace_back(s->data(), s->size());
    }
    return out;
}

result<bool> json_object::optional_bool(std::string_view name) const
{
    const json::value* v = find(object_, name);
    if (v == nullptr)
    {
        return false;
    }
    const bool* b = v->if_bool();
    if (b == nullptr)
    {
        return wrong_type(name, "true or false");
    }
    return *b;
}

std::optional<std::vector<std::string>>
json_object::usable_strings(std::string_view name, std::vector<std::string>& notes) const
{
    std::optional<std::vector<std::string>> out;
    const json::value* v = find(object_, name);
    if (v == nullptr)
    {
        return out;
    }
    const json::array* array = v->if_array();
    if (array == nullptr)
    {
        notes.push_back(member_text(name, "is not an array of strings and is ignored"));
        return out;
    }
    out.emplace();
    out->reserve(std::min(array->size(), limits::list_elements));
    for (const json::value& element : *array)
    {
        const json::string* s = element.if_string();
        if (s != nullptr && out->size() != limits::list_elements)
        {
            out->emplace_back(s->data(), s->size());
        }
    }
    if (out->size() != array->size())
    {
        notes.push_back(member_text(name, "has elements that cannot be used; they are ignored"));
    }
    return out;
}

bool json_object::usable_bool(std::string_view name, std::vector<std::string>& notes) const
{
    const json::value* v = find(object_, name);
    if (v == nullptr)
    {
        return false;
    }
    if (const bool* b = v->if_bool())
    {
        return *b;
    }
    const json::string* s = v->if_string();
    if (s != nullptr && (*s == "true" || *s == "false"))
    {
        return *s == "true";
    }
    notes.push_back(member_text(name, "is not true or false and is ignored"));
    return false;
}

std::string_view
json_object::usable_string(std::string_view name, std::vector<std::string>& notes) const
{
    const result<std::string_view> text = optional_view(name);
    if (!text)
    {
        notes.push_back(member_text(name, "is not a string and is ignored"));
        return {};
    }
    return *text;
}

result<std::optional<std::int64_t>> json_object::optional_seconds(std::string_view name) const
{
    std::optional<std::int64_t> out;
    const json::value* v = find(object_, name);
    if (v == nullptr)
    {
        return out;
    }
    if (const std::int64_t* i = v->if_int64())
    {
        out = std::clamp(*i, std::int64_t{0}, longest_time);
    }
    else if (v->is_uint64())
    {
        out = longest_time; // only values above the range of int64 have this kind
    }
    else if (const double* d = v->if_double())
    {
        out = clamp_seconds(*d);
    }
    else if (const json::string* s = v->if_string())
    {
        if (s->empty())
        {
            return out;
        }
        out = seconds_from_text(std::string_view(s->data(), s->size()));
    }
    if (!out)
    {
        return wrong_type(name, "a number of seconds");
    }
    return out;
}

result<json_object> read_json_body(const http_response& response)
{
    std::string_view type;
    std::size_t types = 0;
    for (const http_field& f : response.fields())
    {
        if (same_ignoring_case(f.first, "content-type"))
        {
            type = f.second;
            ++types;
        }
    }
    if (types != 1 || !is_json_type(type))
    {
        std::string what = types == 0 ? "There is no Content-Type."
            : types > 1               ? "The Content-Type is given more than once."
                                      : "The Content-Type is \"" + presentable(type, 100) + "\".";
        return of_response(failure(errc::content_type_not_json).message(what), response);
    }
    for (const std::string_view encoding : response.all("content-encoding"))
    {
        const std::string name = lower_case(trimmed(encoding));
        if (!name.empty() && name != "identity")
        {
            return of_response(failure(errc::content_encoding_not_supported), response);
        }
    }
    result<json_object> object = json_object::parse(response.body());
    if (!object)
    {
        return of_response(object.error(), response);
    }
    return object;
}

} // namespace asioauth::detail
