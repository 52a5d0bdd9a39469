// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/http_chars.hpp"
#include "protocol/json_access.hpp"
#include "protocol/oauth_error.hpp"

#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/mcp.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::detail {

// A value as a header field can carry it (MCP 2026-07-28 streamable HTTP, "Value Encoding").
inline std::string mcp_field_value(std::string_view value)
{
    constexpr std::string_view prefix = "=?base64?";
    constexpr std::string_view suffix = "?=";
    const bool plain = !value.empty() && is_visible_ascii(value, true) && value.front() != ' '
        && value.back() != ' ' && !(value.starts_with(prefix) && value.ends_with(suffix));
    if (plain)
        return std::string(value);
    return std::string(prefix) + base64_encode(value) + std::string(suffix);
}

// The value of one marked argument; nothing if there is none to repeat.
inline result<std::optional<std::string>>
mirrored_argument(const json_value& arguments, const mcp::header_parameter& parameter)
{
    using value_type = std::optional<std::string>;
    const json_value* at = &arguments;
    const json_value* found = nullptr;
    for (const auto& name : parameter.path)
    {
        found = at == nullptr ? nullptr : at->if_contains(name);
        at = found == nullptr ? nullptr : found->if_object();
    }
    if (found == nullptr)
        return value_type();
    if (const auto* text = found->if_string())
        return value_type(mcp_field_value(*text));
    if (const auto* yes = found->if_bool())
        return value_type(*yes ? "true" : "false");
    if (!found->is_number())
        return value_type();
    const auto number = integer(found);
    if (!number || *number > 9007199254740991 || *number < -9007199254740991)
    {
        failure wrong(errc::invalid_argument);
        wrong.where(stage::resource);
        wrong.message(
            "The value for the field Mcp-Param-" + parameter.name
            + " is not an integer within 53 bits."
        );
        return wrong;
    }
    return value_type(std::to_string(*number));
}

/** Finds the `x-mcp-header` marks of a tool's input schema, and says what is wrong with the first
    bad one.

    @par Specification
    @li MCP 2026-07-28 streamable HTTP, "Schema Extension"
*/
class schema_reader
{
public:
    bool read(const json_value& schema) { return read(schema, true); }

    std::vector<mcp::header_parameter>& found() { return found_; }
    const std::string& fault() const { return fault_; }

private:
    enum class content
    {
        schema,  // a schema or a list of schemas
        by_name, // an object whose members are schemas
        data,    // no schema
    };

    static content content_of(std::string_view keyword)
    {
        constexpr std::array<std::string_view, 5> data = {
            "const", "default", "enum", "example", "examples"};
        constexpr std::array<std::string_view, 6> by_name = {
            "$defs",
            "definitions",
            "dependencies",
            "dependentSchemas",
            "patternProperties",
            "properties"};
        if (std::find(data.begin(), data.end(), keyword) != data.end())
            return content::data;
        if (std::find(by_name.begin(), by_name.end(), keyword) != by_name.end())
            return content::by_name;
        return content::schema;
    }

    bool read(const json_value& schema, bool reachable)
    {
        const auto* mark = schema.if_contains("x-mcp-header");
        if (mark != nullptr && !add(*mark, schema, reachable))
            return false;
        for (const auto& member : schema)
        {
            if (!read_member(member.key(), member, reachable))
                return false;
        }
        return true;
    }

    bool read_member(std::string_view keyword, const json_value& value, bool reachable)
    {
        switch (content_of(keyword))
        {
        case content::data: return true;
        case content::by_name: return read_named(keyword == "properties" && reachable, value);
        case content::schema: break;
        }
        if (const auto* object = value.if_object())
            return read(*object, false);
        const auto* array = value.if_array();
        return array == nullptr
            || std::all_of(array->begin(), array->end(), [this](const json_value& element) {
                   const auto* object = element.if_object();
                   return object == nullptr || read(*object, false);
               });
    }

    bool read_named(bool reachable, const json_value& value)
    {
        const auto* schemas = value.if_object();
        if (schemas == nullptr)
            return true;
        for (const auto& member : *schemas)
        {
            const auto* object = member.if_object();
            if (object == nullptr)
                continue;
            path_.emplace_back(member.key());
            const bool good = read(*object, reachable);
            path_.pop_back();
            if (!good)
                return false;
        }
        return true;
    }

    bool add(const json_value& mark, const json_value& schema, bool reachable)
    {
        const auto* name = mark.if_string();
        const std::string_view type = string_member(schema, "type");
        if (name == nullptr || !is_token(*name))
            return fail("is not the name of a field");
        if (!reachable || path_.empty())
            return fail("is on no property that can be reached through properties alone");
        if (type != "string" && type != "integer" && type != "boolean")
            return fail("is on a property that is neither string, integer nor boolean");
        // Each is compared with all before it: without a bound a large page would keep the thread
        // busy for minutes.
        constexpr std::size_t most_marks = 64;
        if (found_.size() == most_marks)
            return fail("is one of too many");
        for (const auto& other : found_)
        {
            if (lower_case(other.name) == lower_case(*name))
                return fail("occurs twice");
        }
        mcp::header_parameter out;
        out.name = *name;
        out.path = path_;
        found_.push_back(std::move(out));
        return true;
    }

    bool fail(std::string_view reason)
    {
        fault_ = reason;
        return false;
    }

    std::vector<mcp::header_parameter> found_;
    std::vector<std::string> path_;
    std::string fault_;
};

} // namespace asioauth::detail
