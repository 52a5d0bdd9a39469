// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/language_tag.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <cstddef>

namespace asioauth::detail {
namespace {

bool all_alpha(std::string_view s) noexcept
{
    return std::all_of(s.begin(), s.end(), is_alpha);
}

bool all_digits(std::string_view s) noexcept
{
    return std::all_of(s.begin(), s.end(), is_digit);
}

// The parts of a tag between its hyphens, one after the other.
class subtags
{
public:
    explicit subtags(std::string_view text) noexcept : rest_(text) { next(); }

    /// Empty behind the last one, and for what is no subtag.
    std::string_view now() const noexcept { return now_; }
    /// Letters and digits, nothing else, one to eight of them, up to here.
    bool good() const noexcept { return good_; }

    void next() noexcept
    {
        if (done_)
        {
            now_ = {};
            return;
        }
        const std::size_t hyphen = rest_.find('-');
        now_ = rest_.substr(0, hyphen);
        done_ = hyphen == std::string_view::npos;
        rest_.remove_prefix(done_ ? rest_.size() : hyphen + 1);
        good_ = good_ && !now_.empty() && now_.size() <= 8
            && std::all_of(now_.begin(), now_.end(), [](char c) {
                    return is_alpha(c) || is_digit(c);
                });
        if (!good_)
            now_ = {};
    }

private:
    std::string_view rest_;
    std::string_view now_;
    bool done_ = false;
    bool good_ = true;
};

bool is_variant(std::string_view s) noexcept
{
    return s.size() >= 5 || (s.size() == 4 && is_digit(s[0]));
}

bool is_private_use(std::string_view s) noexcept
{
    return s == "x" || s == "X";
}

} // namespace

bool is_language_tag(std::string_view text) noexcept
{
    subtags part(text);
    if (!is_private_use(part.now()))
    {
        const std::size_t language = part.now().size();
        if (language < 2 || !all_alpha(part.now()))
            return false;
        part.next();
        // Up to three extensions of a language of two or three letters.
        for (int i = 0; i != 3 && language < 4 && part.now().size() == 3 && all_alpha(part.now());
             ++i)
            part.next();
        if (part.now().size() == 4 && all_alpha(part.now())) // script
            part.next();
        if ((part.now().size() == 2 && all_alpha(part.now()))
            || (part.now().size() == 3 && all_digits(part.now()))) // region
            part.next();
        while (is_variant(part.now()))
            part.next();
        while (part.now().size() == 1 && !is_private_use(part.now())) // extension
        {
            part.next();
            if (part.now().size() < 2)
                return false;
            while (part.now().size() >= 2)
                part.next();
        }
    }
    if (is_private_use(part.now()))
    {
        part.next();
        if (part.now().empty())
            return false;
        while (!part.now().empty())
            part.next();
    }
    return part.good() && part.now().empty();
}

} // namespace asioauth::detail
