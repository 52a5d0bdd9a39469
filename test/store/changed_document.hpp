// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "store/sqlite_fixture.hpp"

namespace asioauth::test {

/// A document that is changed again and again, and what a store may say of it.
class changed_document
{
public:
    /// Replace the document, whatever is there, and remember what may be there afterwards.
    template <class Store>
    result<generation> change(Store& s)
    {
        const generation next = ++last_;
        auto r = s.commit(key("a"), known_, next, document(std::to_string(next)));
        if (r)
            known_ = *r;
        else if (r.error().code() == make_error_code(errc::store_outcome_unknown))
            possible_ = next;
        return r;
    }

    // Nothing torn, and nothing else than what the answers allow.
    template <class Store>
    void check(Store& s)
    {
        const auto got = s.load(key("a"));
        BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().info().message());
        BOOST_TEST((got->at == known_ || (possible_ != 0 && got->at == possible_)));
        if (got->at != 0)
            BOOST_TEST((got->value == document(std::to_string(got->at))));
        known_ = got->at;
        possible_ = 0;
    }

    generation last_ = 0;
    generation known_ = 0;
    generation possible_ = 0;
};

} // namespace asioauth::test
