// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"

#include "base/ascii.hpp"
#include "base/bounded_text.hpp"

#include <asioauth/limits.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace asioauth::detail {

namespace {

namespace json = boost::json;

constexpr std::int64_t longest_time = std::int64_t{10} * 365 * 24 * 60 * 60;

// Null if it is absent or null.
const json_value* find(const json_value& object, std::string_view name)
{
    const json_value* v = object.if_contains(name);
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
{
    auto document = json_document::parse(text, max_depth, max_memory);
    if (!document)
    {
        return document.error();
    }
    if (!document->root().is_object())
    {
        return failure(errc::json_wrong_type).message("The document is not an object.");
    }
    return json_object(*std::move(document));
}

json::object json_members::copy() const
{
    return std::move(to_document(*object_).get_object());
}

bool json_members::has(std::string_view name) const
{
    return find(*object_, name) != nullptr;
}

result<std::string> json_members::string(std::string_view name) const
{
    result<std::string> text = optional_string(name);
    if (text && text->empty())
    {
        return failure(errc::json_member_missing)
            .message(member_text(name, has(name) ? "is empty" : "is missing"));
    }
    return text;
}

result<std::string> json_members::optional_string(std::string_view name) const
{
    const result<std::string_view> text = optional_view(name);
    if (!text)
    {
        return text.error();
    }
    return std::string(*text);
}

result<std::string_view> json_members::optional_view(std::string_view name) const
{
    const json_value* v = find(*object_, name);
    if (v == nullptr)
    {
        return std::string_view();
    }
    const std::string_view* s = v->if_string();
    if (s == nullptr)
    {
        return wrong_type(name, "a string");
    }
    return *s;
}

std::string json_members::display_string(std::string_view name) const
{
    const json_value* v = object_->if_contains(name);
    const std::string_view* s = v == nullptr ? nullptr : v->if_string();
    return s == nullptr ? std::string() : presentable(*s);
}

result<std::optional<std::vector<std::string>>> json_members::optional_strings(std::string_view name
) const
{
    std::optional<std::vector<std::string>> out;
    const json_value* v = find(*object_, name);
    if (v == nullptr)
    {
        return out;
    }
    const json_value* array = v->if_array();
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
    for (const json_value& element : *array)
    {
        const std::string_view* s = element.if_string();
        if (s == nullptr)
        {
            return wrong_type(name, "an array of strings");
        }
        out->emplace_back(*s);
    }
    return out;
}

result<bool> json_members::optional_bool(std::string_view name) const
{
    const json_value* v = find(*object_, name);
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
json_members::usable_strings(std::string_view name, std::vector<std::string>& notes) const
{
    std::optional<std::vector<std::string>> out;
    const json_value* v = find(*object_, name);
    if (v == nullptr)
    {
        return out;
    }
    const json_value* array = v->if_array();
    if (array == nullptr)
    {
        notes.push_back(member_text(name, "is not an array of strings and is ignored"));
        return out;
    }
    out.emplace();
    out->reserve(std::min(array->size(), limits::list_elements));
    for (const json_value& element : *array)
    {
        const std::string_view* s = element.if_string();
        if (s != nullptr && out->size() != limits::list_elements)
        {
            out->emplace_back(*s);
        }
    }
    if (out->size() != array->size())
    {
        notes.push_back(member_text(name, "has elements that cannot be used; they are ignored"));
    }
    return out;
}

bool json_members::usable_bool(std::string_view name, std::vector<std::string>& notes) const
{
    const json_value* v = find(*object_, name);
    if (v == nullptr)
    {
        return false;
    }
    if (const bool* b = v->if_bool())
    {
        return *b;
    }
    const std::string_view* s = v->if_string();
    if (s != nullptr && (*s == "true" || *s == "false"))
    {
        return *s == "true";
    }
    notes.push_back(member_text(name, "is not true or false and is ignored"));
    return false;
}

std::string_view
json_members::usable_string(std::string_view name, std::vector<std::string>& notes) const
{
    const result<std::string_view> text = optional_view(name);
    if (!text)
    {
        notes.push_back(member_text(name, "is not a string and is ignored"));
        return {};
    }
    return *text;
}

result<std::optional<std::int64_t>> json_members::optional_seconds(std::string_view name) const
{
    std::optional<std::int64_t> out;
    const json_value* v = find(*object_, name);
    if (v == nullptr)
    {
        return out;
    }
    if (const std::int64_t* i = v->if_int64())
    {
        out = std::clamp(*i, std::int64_t{0}, longest_time);
    }
    else if (v->if_uint64() != nullptr)
    {
        out = longest_time; // only values above the range of int64 have this kind
    }
    else if (const double* d = v->if_double())
    {
        out = clamp_seconds(*d);
    }
    else if (const std::string_view* s = v->if_string())
    {
        if (s->empty())
        {
            return out;
        }
        out = seconds_from_text(*s);
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
    for (const auto& f : response.fields())
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
