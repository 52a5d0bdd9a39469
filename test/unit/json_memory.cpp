// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_memory.hpp"

#include "base/document_memory.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(json_memory)

namespace {

using detail::document_memory;
using detail::wiped_json_memory;
namespace json = boost::json;

constexpr std::string_view text = "a text that is longer than any small buffer of a string";

} // namespace

BOOST_AUTO_TEST_CASE(memory_that_is_wiped_is_equal_to_itself_alone)
{
    const auto one = wiped_json_memory::make();
    const auto other = wiped_json_memory::make();
    BOOST_TEST((*one == *one));
    BOOST_TEST((*one != *other));
    BOOST_TEST((*one != *json::storage_ptr()));
}

BOOST_AUTO_TEST_CASE(value_stays_in_the_memory_that_it_was_made_in)
{
    const auto wiped = wiped_json_memory::make();
    json::string secretive(text, wiped);
    json::value moved(std::move(secretive));
    BOOST_TEST((moved.storage() == wiped));
    BOOST_TEST((moved.as_string() == text));
    // Put into an object of other memory it is copied, not shared.
    const auto other = wiped_json_memory::make();
    json::object into(other);
    into.emplace("a", std::move(moved));
    BOOST_TEST((into.at("a").storage() == other));
    BOOST_TEST((into.at("a").as_string() == text));
    // Within the same memory its text is taken over.
    json::string again(text, other);
    const char* const at = again.data();
    into.emplace("b", std::move(again));
    BOOST_TEST((into.at("b").as_string().data() == at));
}

BOOST_AUTO_TEST_CASE(memory_of_a_document_is_so_large_and_no_larger)
{
    const auto memory = document_memory::make("{}", 4096);
    json::array all(memory->storage());
    BOOST_CHECK_THROW(
        for (int i = 0; i != 1000; ++i) all.emplace_back(json::string_view(text)),
        detail::memory_used_up
    );
    BOOST_TEST(!all.empty());
    BOOST_TEST(all.size() < 4096 / text.size());
    BOOST_CHECK_THROW(document_memory::make("{}", 1024), detail::memory_used_up);
    BOOST_CHECK_THROW(document_memory::make(text, 0), detail::memory_used_up);
}

BOOST_AUTO_TEST_CASE(memory_of_a_document_grows_by_pieces_as_far_as_it_may)
{
    const auto memory = document_memory::make("{}", 1024 * 1024);
    json::array all(memory->storage());
    for (int i = 0; i != 5000; ++i)
        all.emplace_back(json::string_view(text));
    BOOST_TEST(all.size() == 5000U);
    BOOST_TEST((all.front().as_string() == text));
    BOOST_TEST((all.back().as_string() == text));
    BOOST_TEST((memory->storage() == memory->storage()));
    const auto other = document_memory::make("{}", 4096);
    BOOST_TEST((*memory->storage() != *other->storage()));
}

BOOST_AUTO_TEST_SUITE_END()
