// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// JSON objects: what is taken is what Boost.JSON takes, but for what is refused on purpose.

// max_len: 8192
// dictionaries: json

#include "base/json_reader.hpp"
#include "fuzz/fuzz.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>

#include <array>

using namespace asioauth;
using detail::json_object;
using fuzz::check;
using fuzz::check_equal;

namespace {

namespace json = boost::json;

// "s" is short, so that it is hit.
void check_members(const json_object& o)
{
    constexpr std::array names = {"s", "a", "error", "", "expires_in"};
    std::vector<std::string> notes;
    const auto check_result = [](const auto& r) {
        if (!r)
            fuzz::check_failure(r.error());
        return r.has_value();
    };
    for (const auto* name : names)
    {
        const auto text = o.string(name);
        if (check_result(text))
            check(!text->empty() && o.has(name), "a string that is required is there");
        const auto optional = o.optional_string(name);
        if (check_result(optional) && !o.has(name))
            check(optional->empty(), "what is not there is empty");
        fuzz::check_presentable(o.display_string(name));
        const auto list = o.optional_strings(name);
        if (check_result(list) && *list)
            check((*list)->size() <= limits::list_elements, "a list is as long as it may be");
        const auto usable = o.usable_strings(name, notes);
        check(!usable || usable->size() <= limits::list_elements, "a list is as long as it may be");
        check_result(o.optional_bool(name));
        static_cast<void>(o.usable_bool(name, notes));
        static_cast<void>(o.usable_string(name, notes));
        const auto seconds = o.optional_seconds(name);
        if (check_result(seconds) && *seconds)
            check(
                **seconds >= 0 && **seconds <= 10LL * 365 * 24 * 3600, "a time is ten years at most"
            );
    }
    for (const auto& note : notes)
        fuzz::check_presentable(note, 2048);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = fuzz::input(data, size).rest();
    fuzz::meter meter;
    const auto ours = json_object::parse(text);
    meter.check_linear(size, 256, 16 * 1024);

    boost::system::error_code ec;
    json::parse_options options;
    options.max_depth = limits::json_depth;
    const auto theirs = json::parse(json::string_view(text.data(), text.size()), ec, {}, options);
    if (!ours)
    {
        fuzz::check_failure(ours.error());
        return 0;
    }
    check(!ec && theirs.is_object(), "nothing is taken that is no JSON object");
    check(theirs.get_object() == ours->copy(), "a document means the same to another reader");
    const std::string written = json::serialize(ours->copy());
    const auto again = json_object::parse(written);
    check(again.has_value(), "what was read can be written and read again");
    // Boost.JSON writes fractions with an E, and reads them back to the last digit but one.
    if (written.find('E') == std::string::npos)
        check_equal(
            json::serialize(again->copy()), written, "what was written is read as the same"
        );
    check_members(*ours);

    const auto shallow = json_object::parse(text, 2);
    check(!shallow || shallow->copy() == ours->copy(), "less depth takes less and nothing else");
    return 0;
}
