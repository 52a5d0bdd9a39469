// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <boost/asio/ip/address.hpp>

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::testing {

/// A URL as far as its path begins, and the address that it may be taken for.
class spelling
{
public:
    std::string text;
    boost::asio::ip::address means;
};

inline std::string unescaped(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i != text.size(); ++i)
    {
        if (text[i] != '\\')
        {
            out += text[i];
        }
        else if (text.substr(i, 2) == "\\x")
        {
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
            i += 3;
        }
        else
        {
            out += '\\';
            ++i;
        }
    }
    return out;
}

/// What is in spellings.tsv, which is never empty.
inline std::vector<spelling> read_spellings()
{
    std::vector<spelling> out;
    std::ifstream in(ASIOAUTH_TEST_SPELLINGS);
    for (std::string line; std::getline(in, line);)
    {
        const auto tab = line.find('\t');
        if (line.starts_with('#') || tab == std::string::npos)
            continue;
        out.push_back(
            {unescaped(line.substr(0, tab)), boost::asio::ip::make_address(line.substr(tab + 1))}
        );
    }
    if (out.size() < 150)
        throw std::runtime_error("there are not enough spellings in " ASIOAUTH_TEST_SPELLINGS);
    return out;
}

} // namespace asioauth::testing
