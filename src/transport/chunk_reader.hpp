// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace asioauth::detail {

/** Decodes a chunked body byte for byte, holding nothing but the body.

    Not Beast's: in 1.81 it stops the program by an assertion when the end of a last chunk arrives
    in two pieces, and it collects extensions and trailers of any size. Extensions and trailers are
    checked and dropped here; a field that comes after the body must not pass for one of the head.
*/
class chunk_reader
{
public:
    /// For a body that nobody collects.
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
    /// Digits of one chunk size, leading zeros included.
    static constexpr std::size_t max_size_digits = 16;
    /// Bytes of the extensions of one chunk. Nobody sends any.
    static constexpr std::size_t max_extension = 1024;
    /// Bytes of the trailer.
    static constexpr std::size_t max_trailer = 16 * 1024;

    /// With `cut` a body that is longer is done at the limit, which is not its end then.
    explicit chunk_reader(std::size_t body_limit, bool cut = false) noexcept
        : room_(body_limit)
        , cut_(cut)
    {}

    /// Append what `in` holds of the body to `body`. @return how many bytes belong to the message
    result<std::size_t> take(std::string_view in, std::string& body);
    bool is_done() const noexcept { return at_ == place::done; }
    /// There was more.
    bool was_cut() const noexcept { return last_; }

private:
    enum class place : std::uint8_t
    {
        size_begin,
        size,
        blank,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        line_begin,
        field_name,
        field_value,
        field_lf,
        last_lf,
        done,
    };

    result<void> step(char c);
    result<void> size_digit(char c);
    result<void> size_ended();

    std::size_t room_;
    bool cut_;
    bool last_ = false; // nothing is wanted behind this chunk
    std::uint64_t size_ = 0;
    std::size_t digits_ = 0;
    std::size_t extra_ = 0; // bytes of the extension or the trailer so far
    std::size_t fields_ = 0;
    place at_ = place::size_begin;
};

} // namespace asioauth::detail
