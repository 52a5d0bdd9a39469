// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/document_memory.hpp"

#include "base/kept_memory.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <new>

namespace asioauth::detail {
namespace {

// What Boost.JSON has in front of a block, and counts.
constexpr std::size_t block_header = 32;

// Before each block.
class alignas(std::max_align_t) head
{
public:
    std::size_t size;
};

} // namespace

void* document_memory::bounded::do_allocate(std::size_t size, std::size_t)
{
    if (size > left_)
    {
        throw memory_used_up();
    }
    left_ -= size;
    return ::new (kept_memory::take(sizeof(head) + size)) head{size} + 1;
}

// Blocks come back when the document goes, so that nothing is to be had for them. Boost 1.81 gives
// back less than it took: of what it does not name nothing would be wiped.
void document_memory::bounded::do_deallocate(void* p, std::size_t, std::size_t)
{
    head* const h = static_cast<head*>(p) - 1;
    kept_memory::give(h, sizeof(head) + h->size);
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
