// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "fuzz/fuzz.hpp"

#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace asioauth::fuzz {
namespace {

std::atomic<bool> is_counting = false;
std::atomic<std::size_t> counted = 0;

void count(const volatile void*, std::size_t size)
{
    if (is_counting)
        counted += size;
}

void ignore(const volatile void*) {}

std::string canary_now; // NOLINT: one input at a time

const int hooks = __sanitizer_install_malloc_and_free_hooks(&count, &ignore);

[[noreturn]] void end(std::string_view what, const std::source_location& at)
{
    std::cerr << at.file_name() << ':' << at.line() << ": does not hold: " << what << std::endl;
    std::abort();
}

std::string visible(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : text)
    {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet < 0x7f)
            out += c;
        else
            out.append("\\x").append(1, digits[octet >> 4U]).append(1, digits[octet & 15U]);
    }
    return out;
}

} // namespace

void check(bool holds, std::string_view what, std::source_location at)
{
    if (!holds)
        end(what, at);
}

void check_equal(
    std::string_view a, std::string_view b, std::string_view what, std::source_location at
)
{
    if (a == b)
        return;
    std::cerr << "one:   " << visible(a) << "\nother: " << visible(b) << '\n';
    end(what, at);
}

void check_failure(const failure& f, std::source_location at)
{
    check(f.code().failed(), "a failure has an error code", at);
    check(!f.code().message().empty(), "an error code has a message", at);
    const diagnostics& info = f.info();
    check_presentable(info.server_error(), 512, at);
    check_presentable(info.server_message(), 512, at);
    check_presentable(info.required_scope(), 2048, at);
    const std::array others = {
        &info.url(), &info.message(), &info.hint(), &info.issuer(), &info.redirect_uri()};
    for (const auto* text : others)
        check_presentable(*text, 2048, at);
    check_presentable(info.documentation(), 2048, at);
    const std::string all = describe(f.code(), info);
    check_presentable(all, 16 * 1024, at);
    if (all.find(canary_now) != std::string::npos)
        check_equal(all, "", "no secret is in a failure", at);
    if (info.retry_after())
        check(
            info.retry_after()->count() >= 0 && *info.retry_after() <= std::chrono::hours(24),
            "nobody is made to wait for more than a day",
            at
        );
}

void check_presentable(std::string_view text, std::size_t cap, std::source_location at)
{
    check(text.size() <= cap, "a text is as long as it may be", at);
    // Most of what is looked at is plain, and this is asked more often than anything else.
    const auto is_plain = [](char c) { return c >= ' ' && c < '\x7f'; };
    if (std::all_of(text.begin(), text.end(), is_plain))
        return;
    check_equal(presentable(text, cap), text, "a text can be shown", at);
}

const std::string& canary() noexcept
{
    return canary_now;
}

std::string with_canary(std::string_view json, std::string_view member)
{
    const std::string name = '"' + std::string(member) + '"';
    std::string out;
    for (;;)
    {
        const auto at = json.find(name);
        if (at == std::string_view::npos)
            return out.append(json);
        auto value = json.find_first_not_of(": \t\r\n", at + name.size());
        if (value == std::string_view::npos)
            return out.append(json);
        if (json[value] == '"')
            ++value;
        out.append(json.substr(0, value));
        if (json[value - 1] == '"' && value > at + name.size())
            out.append(canary_now);
        json.remove_prefix(value);
    }
}

input::input(const std::uint8_t* data, std::size_t size)
    : left_(reinterpret_cast<const char*>(data), size) // NOLINT: both are octets
{
    std::uint64_t sum = size;
    for (const char c : left_)
        sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    canary_now = "CANARY-" + std::to_string(sum);
}

std::uint8_t input::byte() noexcept
{
    if (left_.empty())
        return 0;
    const char c = left_.front();
    left_.remove_prefix(1);
    return static_cast<std::uint8_t>(c);
}

std::string_view input::line() noexcept
{
    const auto end = std::min(left_.find('\n'), left_.size());
    const auto out = left_.substr(0, end);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    return out;
}

std::string_view input::rest() noexcept
{
    return std::exchange(left_, {});
}

url input::line_as_url(std::string_view otherwise)
{
    auto given = url::parse(line());
    return given ? *given : url::parse(otherwise).value();
}

http_response input::response(std::string_view from)
{
    constexpr std::array statuses = {200, 201, 400, 401, 403, 404, 429, 500, 302, 204, 599, 100};
    constexpr std::array<std::string_view, 8> types = {
        "application/json",
        "application/json; charset=utf-8",
        "application/problem+json",
        "text/event-stream",
        "application/x-www-form-urlencoded",
        "text/html",
        "APPLICATION/JSON",
        ""};
    http_response out;
    out.status(statuses[below(statuses.size())]);
    const auto type = types[below(types.size())];
    if (!type.empty())
        out.field("Content-Type", type);
    out.from(url::parse(std::string(from) + "?code=" + canary_now).value());
    return out;
}

std::string grown(std::string_view text, std::size_t size)
{
    std::string out;
    out.reserve(size);
    while (!text.empty() && out.size() + text.size() <= size)
        out += text;
    return out;
}

bool is_one_in(std::size_t n, std::string_view text) noexcept
{
    std::size_t sum = text.size();
    for (const char c : text)
        sum = sum * 31 + static_cast<unsigned char>(c);
    return sum % n == 0;
}

meter::meter()
{
    check(hooks > 0, "allocations can be counted");
    counted = 0;
    is_counting = true;
}

meter::~meter()
{
    is_counting = false;
}

std::size_t meter::bytes() noexcept
{
    return counted;
}

void meter::check_linear(
    std::size_t size, std::size_t per_byte, std::size_t fixed, std::source_location at
) const
{
    const std::size_t used = counted;
    if (used <= size * per_byte + fixed)
        return;
    is_counting = false;
    std::cerr << used << " bytes were allocated for an input of " << size << '\n';
    end("what is allocated is linear in the input", at);
}

} // namespace asioauth::fuzz
