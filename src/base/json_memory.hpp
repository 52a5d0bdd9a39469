// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"

#include <boost/json/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>

#include <cstddef>

namespace asioauth::detail {

/// Memory for a document that is put together by hand; of which nothing is left when it is given back.
class wiped_json_memory final : public boost::json::memory_resource
{
public:
    static boost::json::storage_ptr make()
    {
        return boost::json::make_shared_resource<wiped_json_memory>();
    }

private:
    void* do_allocate(std::size_t size, std::size_t) override { return kept_memory::take(size); }
    void do_deallocate(void* p, std::size_t size, std::size_t) override
    {
        kept_memory::give(p, size);
    }
    bool do_is_equal(const boost::json::memory_resource& other) const noexcept override
    {
        return this == &other;
    }
};

} // namespace asioauth::detail
