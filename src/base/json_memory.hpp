// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/wiped_memory.hpp"

#include <boost/container/pmr/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>

#include <cstddef>
#include <exception>
#include <new>

namespace asioauth::detail {

class memory_used_up final : public std::exception
{};

// Gives so much and no more.
class bounded_memory final : public boost::container::pmr::memory_resource
{
public:
    explicit bounded_memory(std::size_t most) noexcept : left_(most) {}

private:
    void* do_allocate(std::size_t size, std::size_t) override
    {
        if (size > left_)
        {
            throw memory_used_up();
        }
        left_ -= size;
        return ::operator new(size);
    }

    // Blocks come back when the document goes, so that nothing is to be had for them. Tokens and
    // client secrets come in documents.
    void do_deallocate(void* p, std::size_t size, std::size_t) override
    {
        overwrite(p, size);
        ::operator delete(p);
    }

    bool do_is_equal(const boost::container::pmr::memory_resource& other) const noexcept override
    {
        return this == &other;
    }

    std::size_t left_;
};

/// Memory for a document that is put together by hand.
inline boost::json::storage_ptr wiped_json_memory()
{
    return boost::json::make_shared_resource<bounded_memory>(static_cast<std::size_t>(-1));
}

} // namespace asioauth::detail
