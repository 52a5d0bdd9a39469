// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/http_chars.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/challenge.hpp>

#include <algorithm>
#include <cstddef>

namespace asioauth {

namespace {

using detail::is_token_char;
using detail::to_lower;

constexpr bool is_token68_char(char c) noexcept
{
    return detail::is_alpha(c) || detail::is_digit(c)
        || std::string_view("-._~+/").find(c) != std::string_view::npos;
}

// Line breaks count as blanks: a recipient may replace a folded line by blanks (RFC 9110 section
// 5.5).
constexpr bool is_blank(char c) noexcept
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Real servers leave the quotes around URLs out, so that an unquoted value may hold every visible
// character that cannot be taken for structure.
constexpr bool is_bare_char(char c) noexcept
{
    return c > ' ' && c < '\x7f' && c != ',' && c != '"' && c != '\\';
}

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
    {
        c = to_lower(c);
    }
    return out;
}

// Each function reads something at the current position and returns false, having moved nothing, if
// it is not there. Nothing is looked at more than four times, whatever the input.
class scanner
{
public:
    explicit scanner(std::string_view text) noexcept : text_(text) {}

    bool at_end() const noexcept { return at_ == text_.size(); }
    bool next_is(char c) const noexcept { return !at_end() && text_[at_] == c; }

    bool skip(char c) noexcept
    {
        const bool found = next_is(c);
        at_ += found ? 1 : 0;
        return found;
    }

    bool skip_blanks() noexcept
    {
        const std::size_t from = at_;
        while (!at_end() && is_blank(text_[at_]))
        {
            ++at_;
        }
        return at_ != from;
    }

    bool skip_blanks_and_commas() noexcept
    {
        bool comma = false;
        while (skip_blanks() || next_is(','))
        {
            comma = skip(',') || comma;
        }
        return comma;
    }

    std::string_view token() noexcept { return take(is_token_char); }

    // token68 is told from a parameter by what follows: only the end of the challenge may.
    bool token68(std::string& out)
    {
        const std::size_t from = at_;
        const std::string_view body = take(is_token68_char);
        while (skip('='))
        {}
        const std::size_t end = at_;
        skip_blanks();
        if (body.empty() || !(at_end() || next_is(',')))
        {
            at_ = from;
            return false;
        }
        out = text_.substr(from, end - from);
        return true;
    }

    bool parameter(std::string& name, std::string& value)
    {
        const std::size_t from = at_;
        name = lower(token());
        skip_blanks();
        if (!name.empty() && skip('='))
        {
            skip_blanks();
            if (next_is('"') ? quoted(value) : bare(value))
            {
                return true;
            }
        }
        at_ = from;
        return false;
    }

private:
    template <class Predicate>
    std::string_view take(Predicate wanted) noexcept
    {
        const std::size_t from = at_;
        while (!at_end() && wanted(text_[at_]))
        {
            ++at_;
        }
        return text_.substr(from, at_ - from);
    }

    bool bare(std::string& value)
    {
        const bool is_token68 = next_is('=');
        value = take(is_bare_char);
        return !value.empty() && !is_token68 && (at_end() || next_is(',') || is_blank(text_[at_]));
    }

    bool quoted(std::string& value)
    {
        value.clear();
        value.reserve(std::min(text_.find('"', at_ + 1), text_.size()) - at_ - 1); // mostly all
        for (++at_; !at_end(); ++at_)
        {
            char c = text_[at_];
            if (c == '"')
            {
                ++at_;
                return true;
            }
            if (c == '\\')
            {
                if (++at_ == text_.size())
                {
                    return false;
                }
                c = text_[at_];
            }
            if (is_blank(c))
            {
                c = c == '\t' ? '\t' : ' ';
            }
            else if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f')
            {
                return false;
            }
            value += c;
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

bool is_scope_char(char c) noexcept
{
    return c == ' ' || (c > ' ' && c < '\x7f' && c != '"' && c != '\\');
}

// A list of words between blanks, or nothing: half of one could mean something else.
std::string_view word_list(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(), is_scope_char) ? text : std::string_view();
}

// More than ten years is as good as no limit.
std::optional<std::chrono::seconds> age(std::string_view text) noexcept
{
    constexpr std::size_t most_digits = 9;
    if (text.empty() || text.size() > most_digits
        || text.find_first_not_of("0123456789") != std::string_view::npos)
    {
        return std::nullopt;
    }
    std::chrono::seconds::rep value = 0;
    for (const char c : text)
    {
        value = value * 10 + (c - '0');
    }
    return std::chrono::seconds(value);
}

constexpr std::size_t usual_parameters = 4;

const challenge* first_of(const std::vector<challenge>& all, std::string_view scheme) noexcept
{
    const auto at = std::find_if(all.begin(), all.end(), [scheme](const challenge& c) {
        return c.scheme == scheme;
    });
    return at == all.end() ? nullptr : &*at;
}

// The value of a parameter that occurs once; empty otherwise.
std::string_view only(const challenge& from, std::string_view name) noexcept
{
    std::string_view value;
    int times = 0;
    for (const auto& p : from.parameters)
    {
        if (p.first == name)
        {
            value = p.second;
            ++times;
        }
    }
    return times == 1 ? value : std::string_view();
}

constexpr std::string_view address_names[] = {
    "resource_metadata_uri",
    "resource_metadata_url",
    "resource-metadata",
    "resource-metadata-uri",
    "resource-metadata-url",
};

// What a challenge says of the metadata's address; nothing if it says nothing, empty if that cannot
// be understood.
std::optional<std::string_view> metadata_address(const challenge& from) noexcept
{
    if (from.parameter("resource_metadata"))
    {
        return only(from, "resource_metadata");
    }
    std::optional<std::string_view> found;
    for (const std::string_view name : address_names)
    {
        if (from.parameter(name))
        {
            const std::string_view value = only(from, name);
            found = !found || *found == value ? value : std::string_view();
        }
    }
    return found;
}

// A server that challenges twice need not name its metadata twice.
std::string_view metadata_address(const std::vector<challenge>& all) noexcept
{
    for (const std::string_view scheme : {"bearer", "dpop"})
    {
        for (const challenge& c : all)
        {
            if (const auto named = c.scheme == scheme ? metadata_address(c) : std::nullopt)
            {
                return *named;
            }
        }
    }
    return {};
}

} // namespace

std::optional<std::string_view> challenge::parameter(std::string_view name) const noexcept
{
    for (const auto& p : parameters)
    {
        if (p.first == name)
        {
            return std::string_view(p.second);
        }
    }
    return std::nullopt;
}

std::vector<challenge> parse_challenges(std::string_view value)
{
    std::vector<challenge> found;
    scanner in(value);
    in.skip_blanks_and_commas();
    std::string name;
    std::string content;
    while (!in.at_end())
    {
        const std::string_view scheme = in.token();
        const bool blank_follows = in.skip_blanks();
        if (scheme.empty() || !(blank_follows || in.at_end() || in.next_is(',')))
        {
            break;
        }
        challenge& now = found.emplace_back();
        now.scheme = lower(scheme);
        if (in.at_end())
        {
            break;
        }
        bool separated = in.skip_blanks_and_commas();
        if (!separated && in.token68(now.token68))
        {
            separated = in.skip_blanks_and_commas();
        }
        else
        {
            // After a comma, "name=" continues this challenge and "name" alone begins another one.
            while (in.parameter(name, content))
            {
                if (now.parameters.empty())
                {
                    now.parameters.reserve(usual_parameters);
                }
                now.parameters.emplace_back(std::move(name), std::move(content));
                const bool blank = in.skip_blanks();
                separated = in.skip_blanks_and_commas();
                if (!blank && !separated)
                {
                    break;
                }
            }
        }
        if (!separated)
        {
            break;
        }
    }
    return found;
}

std::vector<challenge> parse_challenges(const http_response& response)
{
    std::vector<challenge> found;
    std::size_t left = limits::challenge_size;
    for (const std::string_view value : response.all("www-authenticate"))
    {
        // A field is looked at as a whole or not at all: half of one could mean something else.
        if (value.size() > left)
        {
            break;
        }
        left -= value.size();
        for (challenge& c : parse_challenges(value))
        {
            found.push_back(std::move(c));
        }
    }
    return found;
}

std::optional<bearer_challenge> read_bearer_challenge(const http_response& response)
{
    const std::vector<challenge> all = parse_challenges(response);
    const challenge* const bearer = first_of(all, "bearer");
    const challenge* const dpop = first_of(all, "dpop");
    const challenge* const chosen = bearer != nullptr ? bearer : dpop;
    if (chosen == nullptr)
    {
        return std::nullopt;
    }
    bearer_challenge out;
    out.dpop = bearer == nullptr;
    if (dpop != nullptr)
    {
        out.dpop_algs = word_list(only(*dpop, "algs"));
    }
    out.resource_metadata = metadata_address(all);
    out.scope = word_list(only(*chosen, "scope"));
    out.error = presentable(only(*chosen, "error"));
    out.error_description = presentable(only(*chosen, "error_description"));
    out.realm = presentable(only(*chosen, "realm"));
    out.acr_values = word_list(only(*chosen, "acr_values"));
    out.max_age = age(only(*chosen, "max_age"));
    return out;
}

} // namespace asioauth
