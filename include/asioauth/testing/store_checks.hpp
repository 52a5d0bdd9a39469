// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/testing/detail/lease_checks.hpp>
#include <asioauth/testing/detail/listing_checks.hpp>
#include <asioauth/testing/detail/record_checks.hpp>
#include <asioauth/testing/detail/store_bench.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// What a program tests its own parts with.
namespace asioauth::testing {

/** Opens the store that is to be checked: each call makes another handle onto the @e same storage,
    which may hold anything, with handlers on the given executor.

    Checks open up to 16 handles, each on an io_context and a thread of its own, as several processes
    would. A store that cannot be shared by several objects (such as @ref memory_store) is returned
    again at each call; its handlers then run on whatever executor it was made with, which somebody
    else has to run on another thread. Checks do not care where handlers run.
*/
using store_maker = detail::store_maker;

/// One promise of @ref store, and how it is checked.
class store_check
{
public:
    /// For the library.
    using body_type = void (*)(detail::store_bench&);

    /// For the library: store_checks() makes them.
    store_check(std::string_view name, std::string_view promise, body_type body)
        : name_(name)
        , promise_(promise)
        , body_(body)
    {}

    /// A sentence that ends in the outcome, fit for a test's name.
    std::string_view name() const noexcept { return name_; }
    /// What the promise is about, such as `"compare-and-swap"`: the same for several checks.
    std::string_view promise() const noexcept { return promise_; }

    /** Check it; takes at most some seconds with a store that answers.

        Uses keys, users and issuers that nobody else has, and removes what it stored under them.
        @return empty if the promise was kept; otherwise what was expected, and what came
    */
    std::string run(const store_maker& make) const
    {
        try
        {
            detail::store_bench bench(make);
            std::string out;
            try
            {
                body_(bench);
            }
            catch (const std::exception& e)
            {
                out = *e.what() == 0 ? "an exception" : e.what();
            }
            bench.clean_up();
            return out;
        }
        catch (const std::exception& e)
        {
            return std::string("The store could not be opened: ") + e.what();
        }
    }

private:
    std::string_view name_;
    std::string_view promise_;
    body_type body_;
};

static_assert(!std::is_aggregate_v<store_check>);

/** The checks that every @ref store has to pass.

    @code
    for (const auto& check : asioauth::testing::store_checks())
    {
        const std::string wrong = check.run(make_my_store);
        if (!wrong.empty())
            std::cerr << check.name() << ": " << wrong << '\n';
    }
    @endcode

    Not checked, as it would harm others who use the storage: erasing without a filter. Nor is
    durability, which shows only when power fails.
*/
inline const std::vector<store_check>& store_checks()
{
    static const std::vector<store_check> checks = [] {
        std::vector<store_check> out;
        detail::add_record_checks(out);
        detail::add_lease_checks(out);
        detail::add_listing_checks(out);
        return out;
    }();
    return checks;
}

} // namespace asioauth::testing
