// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/entropy.hpp"

#include "base/of_thread.hpp"
#include "base/wiped_memory.hpp"
#include "protocol/openssl_errors.hpp"

#include <asioauth/protocol/pkce.hpp>

#include <openssl/rand.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <new>

namespace asioauth {
namespace {

result<void> draw(void* to, std::size_t size)
{
    const detail::openssl_errors_dropped dropped;
    if (RAND_bytes(static_cast<unsigned char*>(to), static_cast<int>(size)) != 1)
        return dropped.memory_failed() ? errc::out_of_memory : errc::entropy_unavailable;
    return {};
}

// Drawn together: most of what a draw costs is the same however many octets are drawn.
class stock
{
public:
    volatile bool whole = false; // since it was filled
    std::size_t left = 0;
    std::array<random_octets, 32> octets{};
};

/** A stock that is empty in a process that was forked from this one, in whatever way: two processes must
    not have the same secrets. The kernel sees to that (MADV_WIPEONFORK); where it does not, nothing is
    kept in stock.
*/
class unforked_stock
{
public:
    unforked_stock() noexcept
    {
        void* const p = ::mmap(
            nullptr, sizeof(stock), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0
        );
        if (p == MAP_FAILED)
            return;
        // An emulator may say yes to anything.
        const bool is_honest = ::madvise(p, sizeof(stock), -1) != 0;
        if (is_honest && ::madvise(p, sizeof(stock), MADV_WIPEONFORK) == 0)
        {
            static_cast<void>(::madvise(p, sizeof(stock), MADV_DONTDUMP)); // as well as can be
            mine_ = ::new (p) stock;
        }
        else
        {
            ::munmap(p, sizeof(stock));
        }
    }
    unforked_stock(const unforked_stock&) = delete;
    unforked_stock& operator=(const unforked_stock&) = delete;
    ~unforked_stock()
    {
        if (mine_ == nullptr)
            return;
        drop();
        ::munmap(mine_, sizeof(stock));
    }

    void drop() noexcept
    {
        if (mine_ != nullptr)
            detail::overwrite(mine_, sizeof(stock)); // nothing left
    }

    stock* get() noexcept { return mine_; }

private:
    stock* mine_ = nullptr;
};

using stock_of_thread = detail::of_thread<unforked_stock>;

} // namespace

result<random_octets> system_entropy()
{
    random_octets out{};
    auto* const mine = stock_of_thread::get();
    stock* const kept = mine != nullptr ? mine->get() : nullptr;
    if (kept == nullptr)
    {
        const auto drawn = draw(out.data(), out.size());
        return drawn ? result<random_octets>(out) : drawn.error();
    }
    for (;;)
    {
        if (kept->left == 0)
        {
            kept->whole = true;
            if (const auto drawn = draw(kept->octets.data(), sizeof(kept->octets)); !drawn)
                return drawn.error();
            kept->left = kept->octets.size();
        }
        random_octets& next = kept->octets[--kept->left % kept->octets.size()];
        out = next;
        detail::overwrite(next.data(), next.size()); // it is the caller's alone
        // A signal handler may have forked in the meantime, and this may be the child.
        std::atomic_signal_fence(std::memory_order_seq_cst);
        if (kept->whole)
            return out;
        kept->left = 0;
    }
}

void detail::drop_entropy() noexcept
{
    if (auto* const mine = stock_of_thread::get())
        mine->drop();
}

} // namespace asioauth
