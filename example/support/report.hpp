// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// For the lesson about errors: prints each case and remembers whether all ended as expected.

#pragma once

#include <asioauth/diagnostics.hpp>

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace example {

/// Prints a case; counts those that did not end as they should.
class report
{
public:
    void operator()(
        std::string_view what,
        const asioauth::error_code& ec,
        const asioauth::diagnostics& info,
        const asioauth::error_code& expected,
        asioauth::condition kind
    )
    {
        const bool good = ec == expected && ec == kind;
        unexpected_ += good ? 0 : 1;
        std::cout << (good ? "" : "UNEXPECTED! ") << what << "\n  code      "
                  << asioauth::name_of(ec) << "\n  condition "
                  << make_error_condition(kind).message() << "\n  " << asioauth::describe(ec, info)
                  << "\n\n";
    }

    int status() const { return unexpected_ == 0 ? EXIT_SUCCESS : EXIT_FAILURE; }

private:
    int unexpected_ = 0;
};

} // namespace example
