// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "qr_code.hpp"

#include <qrencode.h>

#include <memory>

namespace asioauth::tool {
namespace {

// Modules of nothing that readers want around a code.
constexpr int margin = 4;

bool is_dark(const QRcode& code, int row, int column)
{
    if (row < 0 || column < 0 || row >= code.width || column >= code.width)
        return false;
    return (code.data[row * code.width + column] & 1U) != 0;
}

std::string_view half_blocks(bool upper, bool lower)
{
    if (upper && lower)
        return "\xe2\x96\x88";
    if (upper)
        return "\xe2\x96\x80";
    return lower ? "\xe2\x96\x84" : " ";
}

} // namespace

std::string qr_code(std::string_view text, bool with_colors)
{
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_L), &QRcode_free
    );
    std::string out;
    if (!code)
        return out;
    for (int row = -margin; row < code->width + margin; row += 2)
    {
        if (with_colors)
            out += "\x1b[30;107m";
        for (int column = -margin; column < code->width + margin; ++column)
        {
            const bool upper = is_dark(*code, row, column);
            const bool lower = is_dark(*code, row + 1, column);
            out += half_blocks(upper == with_colors, lower == with_colors);
        }
        if (with_colors)
            out += "\x1b[0m";
        out += '\n';
    }
    return out;
}

} // namespace asioauth::tool
