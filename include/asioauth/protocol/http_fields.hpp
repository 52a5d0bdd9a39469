// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth {

/** The header fields of a message, in order: a range of pairs of name and value, which are views.

    @par Lifetime
    Views are good until the fields are changed, moved or destroyed.
    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: safe for reading.
    @par Source
    RFC 9110 section 5.
*/
class http_fields
{
public:
    /// One field: name and value.
    using value_type = std::pair<std::string_view, std::string_view>;

    /// Goes through the fields. What it gives is a value, not a reference.
    class const_iterator
    {
    public:
        /// @{
        /// Of an input iterator that can be gone through again.
        using iterator_concept = std::forward_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = http_fields::value_type;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = value_type;
        /// @}

        /// Of nothing.
        const_iterator() = default;

        /// The field. Precondition: it is not the end.
        ASIOAUTH_DECL value_type operator*() const noexcept;

        /// @{
        /// The next one. Precondition: it is not the end.
        ASIOAUTH_DECL const_iterator& operator++() noexcept;
        const_iterator operator++(int) noexcept
        {
            const const_iterator before = *this;
            ++*this;
            return before;
        }
        /// @}

        /// Whether both are at the same place of the same fields.
        friend bool operator==(const const_iterator&, const const_iterator&) = default;

    private:
        friend http_fields;

        explicit const_iterator(const char* at) noexcept : at_(at) {}

        const char* at_ = nullptr;
    };

    /// No fields.
    http_fields() = default;

    /// @{
    /// All of them.
    const_iterator begin() const noexcept { return const_iterator(all_.data()); }
    const_iterator end() const noexcept { return const_iterator(all_.data() + all_.size()); }
    /// @}

    /// Whether there is none.
    bool empty() const noexcept { return all_.empty(); }
    /// How many there are, by counting them.
    ASIOAUTH_DECL std::size_t size() const noexcept;
    /// The first value of that name, compared without case; empty if there is none.
    ASIOAUTH_DECL std::string_view first(std::string_view name) const noexcept;
    /// Put one behind the others, also if there is one of that name.
    ASIOAUTH_DECL void add(std::string_view name, std::string_view value);
    /// Replace the first value of that name, compared without case; add one if there is none.
    ASIOAUTH_DECL void set(std::string_view name, std::string_view value);
    /// Room for so many octets of names and values.
    ASIOAUTH_DECL void reserve(std::size_t octets);

    /// Equal if names and values are, case and order included.
    friend bool operator==(const http_fields&, const http_fields&) = default;

private:
    std::string all_; // of each the sizes of name and value, then both
};

} // namespace asioauth
