// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What the fuzz targets share: how they read their input, and how they say that something does not
// hold.

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/url.hpp>

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::fuzz {

/// Stands for every secret. Another one for each input, so that no input contains its own.
const std::string& canary() noexcept;

/// Ends the program, which counts as a crash, if something that must hold does not.
void check(
    bool holds, std::string_view what, std::source_location at = std::source_location::current()
);

/// The same, and shows both.
void check_equal(
    std::string_view a,
    std::string_view b,
    std::string_view what,
    std::source_location at = std::source_location::current()
);

/// What holds for every failure: it has a code and a message, all of it can be shown to a person, and
/// no secret is in it.
void check_failure(const failure& f, std::source_location at = std::source_location::current());

/// The text can be shown to a person: valid, without control characters, at most so long.
void check_presentable(
    std::string_view text,
    std::size_t cap = 512,
    std::source_location at = std::source_location::current()
);

/// The text with the canary at the beginning of each string that is the value of this JSON member,
/// also where the text is no JSON.
std::string with_canary(std::string_view json, std::string_view member);

/// The input, taken from its front. What is not there is 0 or empty.
class input
{
public:
    input(const std::uint8_t* data, std::size_t size);

    bool empty() const noexcept { return left_.empty(); }
    std::uint8_t byte() noexcept;
    /// One of the numbers below `n`.
    std::size_t below(std::size_t n) noexcept { return byte() % n; }
    /// Up to the next line feed, which is taken too.
    std::string_view line() noexcept;
    std::string_view rest() noexcept;
    /// The URL in the next line, or this one if it is none.
    url line_as_url(std::string_view otherwise);
    /// A response with the status and Content-Type that two bytes choose, and no body yet. A secret
    /// is in the query of its URL.
    http_response response(std::string_view from);

private:
    std::string_view left_;
};

/// The same text over and over, up to a size: what a peer would send who looks for something that
/// costs more than it should.
std::string grown(std::string_view text, std::size_t size);

/// Whether this input is one of the few that the costly checks are made with.
bool is_one_in(std::size_t n, std::string_view text) noexcept;

/// Counts what is allocated while it lives. One at a time.
class meter
{
public:
    meter();
    meter(const meter&) = delete;
    meter& operator=(const meter&) = delete;
    ~meter();

    /// At most `fixed` bytes, and `per_byte` for each byte of the input, in all allocations together.
    void check_linear(
        std::size_t size,
        std::size_t per_byte,
        std::size_t fixed,
        std::source_location at = std::source_location::current()
    ) const;

    static std::size_t bytes() noexcept;
};

} // namespace asioauth::fuzz
