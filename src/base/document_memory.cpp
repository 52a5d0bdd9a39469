// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/document_memory.hpp"

#include "base/kept_memory.hpp"

#include <algorithm>
#include <bit>
#include <new>

namespace asioauth::detail {
namespace {

// What Boost.JSON has in front of a block, and counts.
constexpr std::size_t block_header = 32;

} // namespace

void* document_memory::bounded::do_allocate(std::size_t size, std::size_t)
{
    if (size > left_)
    {
        throw memory_used_up();
    }
    left_ -= size;
    return kept_memory::take(size);
}

// Blocks come back when the document goes, so that nothing is to be had for them.
void document_memory::bounded::do_deallocate(void* p, std::size_t size, std::size_t)
{
    kept_memory::give(p, size);
}

document_memory::document_memory(std::size_t first, std::size_t more) noexcept
    : first_(first)
    , more_(more)
    , pieces_(
          reinterpret_cast<unsigned char*>(this) + sizeof(document_memory),
          first,
          boost::json::storage_ptr(&more_)
      )
{}

// Documents hold short strings, for each of which there is a header.
document_memory::pointer document_memory::make(std::string_view text, std::size_t most)
{
    const std::size_t usual = std::clamp<std::size_t>(text.size() * 3 + 512, 1024, 64 * 1024);
    const std::size_t first = std::bit_ceil(usual);
    if (first + block_header > most)
    {
        throw memory_used_up();
    }
    void* const p = kept_memory::take(sizeof(document_memory) + first);
    return pointer(::new (p) document_memory(first, most - first - block_header));
}

void document_memory::give_back::operator()(document_memory* m) const noexcept
{
    const std::size_t size = sizeof(document_memory) + m->first_;
    m->~document_memory();
    kept_memory::give(m, size);
}

} // namespace asioauth::detail
