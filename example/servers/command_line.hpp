// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Just enough command-line parsing for the example programs: `--name VALUE` and `--flag`, walked
// one by one. Anything unexpected throws `usage_error`, which `main` turns into the usage text.

#pragma once

#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace example {

class usage_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

class command_line
{
public:
    command_line(int argc, const char* const* argv)
        : arguments_(argv + (argc > 0 ? 1 : 0), argv + argc)
    {}

    /// Moves to the next argument; false at the end.
    bool next()
    {
        if (position_ == arguments_.size())
            return false;
        current_ = arguments_[position_++];
        return true;
    }

    const std::string& current() const { return current_; }

    bool is(std::string_view name) const { return current_ == name; }

    std::string value()
    {
        if (position_ == arguments_.size())
            throw usage_error(current_ + " needs a value");
        return arguments_[position_++];
    }

    long number(long lowest, long highest)
    {
        const auto name = current_;
        const auto text = value();
        long result = 0;
        const auto* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, result);
        if (error != std::errc() || stop != end || result < lowest || result > highest)
            throw usage_error(
                name + " needs a number from " + std::to_string(lowest) + " to "
                + std::to_string(highest)
            );
        return result;
    }

    [[noreturn]] void unexpected() const { throw usage_error("unexpected argument: " + current_); }

private:
    std::vector<std::string> arguments_;
    std::size_t position_ = 0;
    std::string current_;
};

} // namespace example
