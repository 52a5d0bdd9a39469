// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/protocol/image_type.hpp>

#include <cstddef>

namespace asioauth {
namespace {

using namespace std::string_view_literals;

bool has(std::string_view bytes, std::size_t at, std::string_view wanted) noexcept
{
    return bytes.size() >= at && bytes.substr(at).starts_with(wanted);
}

std::size_t little_endian(std::string_view bytes, std::size_t at, int octets) noexcept
{
    std::size_t value = 0;
    while (octets-- > 0)
        value =
            value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(octets)]);
    return value;
}

// Four bytes that begin many other files too, so that the directory has to be one.
bool is_icon_file(std::string_view bytes) noexcept
{
    constexpr std::size_t head = 6;
    constexpr std::size_t entry = 16;
    if (!has(bytes, 0, "\0\0\1\0"sv) || bytes.size() < head + entry)
        return false;
    const auto count = little_endian(bytes, 4, 2);
    if (count == 0 || head + count * entry > bytes.size())
        return false;
    for (std::size_t i = 0; i != count; ++i)
    {
        const auto size = little_endian(bytes, head + i * entry + 8, 4);
        const auto offset = little_endian(bytes, head + i * entry + 12, 4);
        if (size == 0 || offset < head + count * entry || offset > bytes.size()
            || size > bytes.size() - offset)
            return false;
    }
    return true;
}

} // namespace

std::string_view image_type(std::string_view bytes) noexcept
{
    if (has(bytes, 0, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv))
        return "image/png";
    if ((has(bytes, 0, "GIF87a") || has(bytes, 0, "GIF89a")) && bytes.size() > 13)
        return "image/gif";
    if (has(bytes, 0, "\xff\xd8\xff") && bytes.size() > 12)
        return "image/jpeg";
    if (has(bytes, 0, "RIFF") && has(bytes, 8, "WEBPVP8") && bytes.size() > 20)
        return "image/webp";
    if (is_icon_file(bytes))
        return "image/x-icon";
    return {};
}

} // namespace asioauth
