// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/json_document.hpp"
#include "base/json_value.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::detail {

/** What is read of a JSON object, member by member, for as long as its document lives.

    Accessors treat `null` as absent for optional members. Every error names the member.
*/
class ASIOAUTH_DECL json_members
{
public:
    explicit json_members(const json_value& object) noexcept : object_(&object) {}

    bool has(std::string_view name) const; ///< present and not null

    /// A required, non-empty string: errc::json_member_missing or errc::json_wrong_type otherwise.
    result<std::string> string(std::string_view name) const;
    /// A string, or "" if absent, null or empty.
    result<std::string> optional_string(std::string_view name) const;
    /// The same, not copied.
    result<std::string_view> optional_view(std::string_view name) const;
    /// A string for display only: "" if absent or of any other type; made presentable.
    std::string display_string(std::string_view name) const;
    /// An array of strings; nothing if absent or null. More than limits::list_elements elements:
    /// errc::json_wrong_type.
    result<std::optional<std::vector<std::string>>> optional_strings(std::string_view name) const;
    /// A boolean; false if absent or null.
    result<bool> optional_bool(std::string_view name) const;
    /** The strings of an array whose other content may be odd: an element that is no string, and
        everything after limits::list_elements elements, is left out; nothing if the member is
        absent, null or no array. What was left out is described in `notes`.
    */
    std::optional<std::vector<std::string>>
    usable_strings(std::string_view name, std::vector<std::string>& notes) const;
    /// A boolean, also one that is written as a string; false if absent, null or anything else,
    /// which is described in `notes`.
    bool usable_bool(std::string_view name, std::vector<std::string>& notes) const;
    /// A string; "" if absent, null, empty or of another type, which is described in `notes`.
    std::string_view usable_string(std::string_view name, std::vector<std::string>& notes) const;
    /// A number of seconds: integers, doubles with an integral or fractional value (rounded down)
    /// and decimal strings are taken; clamped to 0 .. 10 years; nothing if absent, null or "".
    /// Anything else: errc::json_wrong_type.
    result<std::optional<std::int64_t>> optional_seconds(std::string_view name) const;

    const json_value& raw() const noexcept { return *object_; }
    /// One to be changed and written, which lives by itself.
    boost::json::object copy() const;

protected:
    const json_value* object_;
};

/** A JSON object from a peer, read strictly: UTF-8, one object and nothing after it, depth at most
    limits::json_depth and memory at most limits::json_memory unless asked otherwise, no member twice
    at any level, no NUL in a string, no byte-order mark.
*/
class ASIOAUTH_DECL json_object : public json_members
{
public:
    /// For documents whose size says enough: of our own making, or of those that a login is for.
    static constexpr std::size_t any_memory = static_cast<std::size_t>(-1);

    /// @return the object, or errc::json_malformed, errc::json_wrong_type (not an object),
    /// errc::json_member_duplicated
    static result<json_object> parse(
        std::string_view text,
        std::size_t max_depth = limits::json_depth,
        std::size_t max_memory = limits::json_memory
    );

    /// Of a document whose root is an object.
    explicit json_object(json_document document) noexcept
        : json_members(document.root())
        , document_(std::move(document))
    {}

    /// One that is in it, which keeps all of it.
    json_object inner(const json_value& object) &&
    {
        object_ = &object;
        return std::move(*this);
    }

private:
    json_document document_; // whose values stay where they are when it is moved
};

/** Check that a response carries JSON (`application/json` or `application/...+json`, parameters
    allowed, one Content-Type field, no Content-Encoding but identity) and read the object in it.

    @return the object, or errc::content_type_not_json, errc::content_encoding_not_supported, or an
        error of json_object::parse; the failure carries URL and status of the response.
*/
result<json_object> read_json_body(const http_response& response);

} // namespace asioauth::detail
