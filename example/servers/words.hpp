// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Space-separated lists, which is how OAuth writes scopes.

#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace example {

inline std::vector<std::string> split_words(std::string_view list)
{
    std::vector<std::string> words;
    while (!list.empty())
    {
        const auto end = list.find(' ');
        if (end != 0)
            words.emplace_back(list.substr(0, end));
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    return words;
}

inline bool contains_word(std::string_view list, std::string_view word)
{
    const auto words = split_words(list);
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// Is every word of `words` in `list`?
inline bool contains_words(std::string_view list, std::string_view words)
{
    const auto asked = split_words(words);
    return std::all_of(asked.begin(), asked.end(), [list](const std::string& word) {
        return contains_word(list, word);
    });
}

} // namespace example
