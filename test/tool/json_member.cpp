// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Reads one line of JSON from the standard input, an object and nothing else, and prints a member
// of it as text: `json_member NAME...`, where a name may be an index. Ends with 1 if there is none
// or if it is no such line.

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <iterator>
#include <string>

int main(int argc, char** argv)
{
    namespace json = boost::json;
    const std::string text(std::istreambuf_iterator<char>(std::cin), {});
    if (text.find('\n') != text.size() - 1)
    {
        std::cerr << "not one line\n";
        return 1;
    }
    boost::system::error_code ec;
    const json::value whole = json::parse(text, ec);
    if (ec || !whole.is_object())
    {
        std::cerr << "no object\n";
        return 1;
    }
    const json::value* at = &whole;
    for (int i = 1; i < argc; ++i)
    {
        const std::string name = argv[i];
        const auto* object = at->if_object();
        const auto* array = at->if_array();
        at = object != nullptr ? object->if_contains(name)
            : array != nullptr ? array->if_contains(std::stoul(name))
                               : nullptr;
        if (at == nullptr)
        {
            std::cerr << "no " << name << '\n';
            return 1;
        }
    }
    if (const auto* string = at->if_string())
        std::cout << std::string_view(string->data(), string->size()) << '\n';
    else
        std::cout << json::serialize(*at) << '\n';
    return 0;
}
