// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "hub/pages.hpp"
#include "protocol/scope_list.hpp"

#include <algorithm>
#include <array>

namespace asioauth::detail {
namespace {

class known_scope
{
public:
    std::string_view scope;
    std::string_view words;
};

constexpr std::array known_scopes = {
    known_scope{"openid", "Know who you are"},
    known_scope{"profile", "See your name and profile"},
    known_scope{"email", "See your e-mail address"},
    known_scope{"phone", "See your phone number"},
    known_scope{"address", "See your postal address"},
    known_scope{"offline_access", "Stay connected while you are away"},
};

class known_verb
{
public:
    std::string_view word;
    std::string_view verb;
};

constexpr std::array known_verbs = {
    known_verb{"read", "Read"},
    known_verb{"readonly", "Read"},
    known_verb{"view", "Read"},
    known_verb{"get", "Read"},
    known_verb{"list", "List"},
    known_verb{"write", "Change"},
    known_verb{"edit", "Change"},
    known_verb{"update", "Change"},
    known_verb{"modify", "Change"},
    known_verb{"create", "Create"},
    known_verb{"delete", "Delete"},
    known_verb{"send", "Send"},
    known_verb{"manage", "Manage"},
    known_verb{"admin", "Administer"},
    known_verb{"execute", "Run"},
    known_verb{"run", "Run"},
    known_verb{"call", "Call"},
};

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> out(1);
    for (const char c : text)
    {
        if (c == ':' || c == '.' || c == '/' || c == '_' || c == '-')
        {
            if (!out.back().empty())
                out.emplace_back();
            continue;
        }
        out.back() += to_lower(c);
    }
    if (out.back().empty())
        out.pop_back();
    return out;
}

// "files:read", "read:files" and "files.readonly" are "Read files".
std::string guess(const std::string& scope)
{
    constexpr std::size_t longest = 64;
    constexpr std::string_view readable =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:./_-";
    if (scope.size() > longest || scope.find_first_not_of(readable) != std::string::npos)
        return "Something that the server calls";
    // Scopes that are URLs say the rest with their last part.
    std::string_view name = scope;
    if (name.find("://") != std::string_view::npos)
        name = name.substr(std::min(name.rfind('/') + 1, name.size()));
    auto words = words_of(name);
    for (auto it = words.begin(); it != words.end(); ++it)
    {
        const auto known = std::find_if(known_verbs.begin(), known_verbs.end(), [&](const auto& v) {
            return v.word == *it;
        });
        if (known == known_verbs.end())
            continue;
        std::string out(known->verb);
        words.erase(it);
        for (const auto& w : words)
            out.append(" ").append(w);
        return words.empty() ? out + " everything" : out;
    }
    std::string out = "Use";
    for (const auto& w : words)
        out.append(" ").append(w);
    return out;
}

} // namespace

std::vector<std::string> split_scope(std::string_view scope)
{
    std::vector<std::string> out;
    while (!scope.empty())
    {
        const auto one = next_scope(scope);
        if (!one.empty())
            out.emplace_back(one);
    }
    return out;
}

std::string words_for_scope(const hub_site& site, const std::string& scope)
{
    if (const auto& own = site.settings.describe_scope())
    {
        auto words = own(scope);
        if (!words.empty())
            return words;
    }
    for (const auto& known : known_scopes)
    {
        if (known.scope == scope)
            return std::string(known.words);
    }
    return guess(scope);
}

} // namespace asioauth::detail
