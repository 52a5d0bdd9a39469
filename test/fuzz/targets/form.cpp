// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Forms, base64, and text that is made fit to be shown.

// max_len: 4096
// dictionaries: form html

#include "fuzz/fuzz.hpp"
#include "protocol/display_text.hpp"

#include <asioauth/protocol/form.hpp>

#include <array>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

void check_form(std::string_view text)
{
    fuzz::meter meter;
    const auto fields = parse_form(text);
    meter.check_linear(text.size(), 256, 1024);
    if (!fields)
        return;
    const std::string written = form_encode(*fields);
    const auto again = parse_form(written);
    check(again.has_value() && *again == *fields, "fields can be written and read again");
    check_equal(form_encode(*again), written, "fields have one form");
}

void check_encodings(std::string_view text)
{
    const std::string encoded = form_encode(text);
    check(
        encoded.find_first_of("&=?#/ \r\n\"<>") == std::string::npos, "an encoded name ends nothing"
    );
    check(form_decode(encoded) == text, "an encoded name comes back");
    if (const auto decoded = form_decode(text))
        check(form_decode(form_encode(*decoded)) == *decoded, "a decoded name comes back");
    check(base64url_decode(base64url_encode(text)) == text, "base64url comes back");
    if (const auto octets = base64url_decode(text))
        check_equal(base64url_encode(*octets), text, "base64url has one form");
    check(base64_encode(text).size() == (text.size() + 2) / 3 * 4, "base64 has its padding");
}

void check_display(std::string_view text)
{
    constexpr std::array<std::size_t, 5> caps = {0, 1, 16, 512, 4096};
    for (const auto cap : caps)
    {
        const std::string shown = presentable(text, cap);
        fuzz::check_presentable(shown, cap);
        check(
            shown.find_first_of(std::string_view("\0\x1b\x7f\r", 4)) == std::string::npos,
            "nothing that is shown controls anything"
        );
        check(shown.find("\xe2\x80\xae") == std::string::npos, "nothing that is shown is turned");
        const std::string line = detail::display_text(text, cap);
        check(line.size() <= cap && line.find('\n') == std::string::npos, "a line is a line");
        check_equal(detail::display_text(line, cap), line, "a line stays a line");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = fuzz::input(data, size).rest();
    check_form(text);
    check_encodings(text);
    check_display(text);
    return 0;
}
