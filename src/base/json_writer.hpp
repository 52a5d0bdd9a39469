// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::detail {

/** Writes an object as JSON text, member by member. Who writes takes care that no name occurs twice in
    one object, and that texts are UTF-8. What is empty, or false, is left out: who reads takes what is
    not there for that.

    What is written may be secret: no piece of it is left behind.
*/
class json_writer
{
public:
    json_writer();
    json_writer(const json_writer&) = delete;
    json_writer& operator=(const json_writer&) = delete;
    ~json_writer();

    void text(std::string_view name, std::string_view value);
    void texts(std::string_view name, const std::vector<std::string>& values);
    void flag(std::string_view name, bool value);
    void number(std::string_view name, std::int64_t value);
    /// What is written until end() are the members of this one.
    void begin(std::string_view name);
    void end();

    /// The whole object, to which nothing can be added any more.
    secret finish();

private:
    void member(std::string_view name);
    void quoted(std::string_view value);
    void separate();
    void put(std::string_view raw);
    void put(char c);
    void grow(std::size_t more);

    // Not a string: one that grows leaves what it held behind, and asks much for each piece.
    char* begin_;
    char* end_;
    char* limit_;
};

} // namespace asioauth::detail
