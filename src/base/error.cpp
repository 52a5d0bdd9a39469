// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/error_table.hpp"

#include <asioauth/error.hpp>

#include <boost/system/errc.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>

namespace asioauth {

namespace {

using enum condition;
using detail::row;
using detail::rows;

constexpr const row* find_row(int value) noexcept
{
    if (value < 1 || static_cast<std::size_t>(value) > rows.size())
    {
        return nullptr;
    }
    return &rows[static_cast<std::size_t>(value) - 1];
}

bool is_aborted(const error_code& ec) noexcept
{
    return ec == boost::system::errc::operation_canceled;
}

// The base's destructor is protected, which g++ does not take into account here.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#endif

// The identifiers make comparison work where two shared libraries each have a copy of the object.
class library_category final : public boost::system::error_category
{
public:
    constexpr library_category() noexcept : error_category(0x8f2b6cd1a94e7053U) {}

    const char* name() const noexcept override { return "asioauth"; }

    std::string message(int value) const override
    {
        const row* r = find_row(value);
        if (r == nullptr)
        {
            return "Unknown error.";
        }
        std::string text;
        text.reserve(r->what.size() + 1 + r->hint.size());
        text.append(r->what).append(1, ' ').append(r->hint);
        return text;
    }

    const char* message(int value, char* buffer, std::size_t size) const noexcept override
    {
        const row* r = find_row(value);
        const std::string_view what = r == nullptr ? "Unknown error." : r->what;
        if (size != 0)
        {
            const std::size_t n = what.copy(buffer, size - 1);
            buffer[n] = '\0';
        }
        return buffer;
    }

    error_condition default_error_condition(int value) const noexcept override
    {
        const row* r = find_row(value);
        return r == nullptr ? error_condition(value, *this) : make_error_condition(r->kind);
    }
};

class library_condition_category final : public boost::system::error_category
{
public:
    constexpr library_condition_category() noexcept : error_category(0x51c7e03f9db2486aU) {}

    const char* name() const noexcept override { return "asioauth.condition"; }

    std::string message(int value) const override
    {
        switch (static_cast<condition>(value))
        {
        case login_required: return "The user has to log in.";
        case cancelled: return "The operation was cancelled or the user said no.";
        case unreachable: return "The server cannot be reached at the moment.";
        case refused: return "The server said no.";
        case untrusted: return "The server's answer failed a check and was not used.";
        case storage: return "The store failed.";
        case usage: return "The call, its input or the machine's set-up is wrong.";
        }
        return "Unknown condition.";
    }

    bool equivalent(const error_code& code, int value) const noexcept override
    {
        if (code.category() == asioauth::error_category())
        {
            const row* r = find_row(code.value());
            return r != nullptr && static_cast<int>(r->kind) == value;
        }
        return value == static_cast<int>(cancelled) && is_aborted(code);
    }

    using error_category::equivalent;
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

constexpr library_category the_category;
constexpr library_condition_category the_condition_category;

} // namespace

const boost::system::error_category& error_category() noexcept
{
    return the_category;
}

const boost::system::error_category& condition_category() noexcept
{
    return the_condition_category;
}

error_code make_error_code(errc e) noexcept
{
    return error_code(static_cast<int>(e), error_category());
}

error_condition make_error_condition(condition c) noexcept
{
    return error_condition(static_cast<int>(c), condition_category());
}

std::string_view name_of(errc e) noexcept
{
    const row* r = find_row(static_cast<int>(e));
    return r == nullptr ? std::string_view() : r->name;
}

std::string_view name_of(const error_code& ec) noexcept
{
    if (!ec.failed())
    {
        return "success";
    }
    if (ec.category() == error_category())
    {
        return name_of(static_cast<errc>(ec.value()));
    }
    if (is_aborted(ec))
    {
        return "cancelled";
    }
    return ec.category().name();
}

std::string_view hint_for(errc e) noexcept
{
    const row* r = find_row(static_cast<int>(e));
    return r == nullptr ? std::string_view() : r->hint;
}

errc oauth_error_from_name(std::string_view error) noexcept
{
    // Only the values that RFCs define: our own names, such as "login_required", mean something
    // else when a server says them.
    constexpr auto first = static_cast<std::size_t>(errc::access_denied) - 1;
    constexpr auto last = static_cast<std::size_t>(errc::use_dpop_nonce) - 1;
    for (std::size_t i = first; i <= last; ++i)
    {
        if (rows[i].name == error)
        {
            return rows[i].value;
        }
    }
    return errc::unknown_oauth_error;
}

error_code operation_aborted() noexcept
{
    return error_code(
        static_cast<int>(boost::system::errc::operation_canceled), boost::system::system_category()
    );
}

} // namespace asioauth
