// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <boost/json/memory_resource.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/storage_ptr.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string_view>

namespace asioauth::detail {

/// A document takes more memory than it may.
class memory_used_up final : public std::exception
{};

/** Memory for one JSON document, which is looked at and thrown away as a whole: one piece, and more if
    that is not enough, until it throws memory_used_up.

    Values do not own it: counting who does costs more than all else that a small document needs.
*/
class document_memory
{
public:
    class ASIOAUTH_DECL give_back // whoever has a document gives it back
    {
    public:
        void operator()(document_memory* m) const noexcept;
    };

    using pointer = std::unique_ptr<document_memory, give_back>;

    /// @param text the document @param most bytes all together
    static pointer make(std::string_view text, std::size_t most);

    document_memory(const document_memory&) = delete;
    document_memory& operator=(const document_memory&) = delete;

    /// For as long as the object lives.
    boost::json::storage_ptr storage() noexcept { return boost::json::storage_ptr(&pieces_); }

private:
    // Gives so much and no more.
    class bounded final : public boost::json::memory_resource
    {
    public:
        explicit bounded(std::size_t most) noexcept : left_(most) {}

    private:
        void* do_allocate(std::size_t size, std::size_t) override;
        void do_deallocate(void* p, std::size_t size, std::size_t) override;
        bool do_is_equal(const boost::json::memory_resource& other) const noexcept override
        {
            return this == &other;
        }

        std::size_t left_;
    };

    document_memory(std::size_t first, std::size_t more) noexcept;
    ~document_memory() = default;

    const std::size_t first_; // bytes behind this object
    bounded more_;
    boost::json::monotonic_resource pieces_;
};

} // namespace asioauth::detail
