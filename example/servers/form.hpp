// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// application/x-www-form-urlencoded, the format of every OAuth request: query strings of the
// authorization endpoint, bodies of the token endpoint, and our own HTML forms.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

class form
{
public:
    /// `nullopt` for a broken percent-escape or for more parameters than anyone needs.
    static std::optional<form> parse(std::string_view encoded);

    /// The first value, or null. RFC 6749 section 3.1: a parameter without a value counts as
    /// omitted, so an empty one is null too.
    const std::string* find(std::string_view name) const;

    /// Like `find`, with an empty string for "not there".
    std::string get(std::string_view name) const;

    /// All non-empty values, in order. `resource` (RFC 8707) may legitimately repeat.
    std::vector<std::string> all(std::string_view name) const;

    /// RFC 6749 section 3.1: no parameter may be included more than once. Names the first culprit.
    const std::string* repeated_name() const;

private:
    std::vector<std::pair<std::string, std::string>> items_;
};

std::string form_encode(std::string_view text);
std::optional<std::string> form_decode(std::string_view text);

/// Appends `name=value`, encoded, with the `&` between parameters.
void append_parameter(std::string& query, std::string_view name, std::string_view value);

} // namespace example
