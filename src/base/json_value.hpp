// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace asioauth::detail {

/** A value of a JSON document that was read, for as long as its json_document lives.

    The values of a document lie side by side, each before those that are in it, so that reading one
    takes no memory for each value, and what follows one is found by its extent. Names as in
    Boost.JSON. Copies are not to be made: those that belong to a value are behind it.
*/
class ASIOAUTH_DECL json_value
{
public:
    enum class kind : std::uint8_t
    {
        null,
        boolean,
        int64,
        uint64, // that are no int64
        real,
        string,
        array,
        object
    };

    /// The elements of an array or the members of an object, in the order of the text.
    class iterator
    {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = json_value;
        using difference_type = std::ptrdiff_t;
        using pointer = const json_value*;
        using reference = const json_value&;

        iterator() noexcept = default;
        explicit iterator(const json_value* at) noexcept : at_(at) {}

        reference operator*() const noexcept { return *at_; }
        pointer operator->() const noexcept { return at_; }
        iterator& operator++() noexcept
        {
            at_ += at_->extent_;
            return *this;
        }
        iterator operator++(int) noexcept
        {
            const iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(iterator a, iterator b) noexcept { return a.at_ == b.at_; }

    private:
        const json_value* at_ = nullptr;
    };

    bool is_null() const noexcept { return kind_ == kind::null; }
    bool is_bool() const noexcept { return kind_ == kind::boolean; }
    bool is_string() const noexcept { return kind_ == kind::string; }
    bool is_array() const noexcept { return kind_ == kind::array; }
    bool is_object() const noexcept { return kind_ == kind::object; }

    bool is_number() const noexcept
    {
        return kind_ == kind::int64 || kind_ == kind::uint64 || kind_ == kind::real;
    }

    // Null if it is of another kind.
    const bool* if_bool() const noexcept { return is_bool() ? &content_.boolean : nullptr; }
    const std::int64_t* if_int64() const noexcept
    {
        return kind_ == kind::int64 ? &content_.int64 : nullptr;
    }
    const std::uint64_t* if_uint64() const noexcept
    {
        return kind_ == kind::uint64 ? &content_.uint64 : nullptr;
    }
    const double* if_double() const noexcept
    {
        return kind_ == kind::real ? &content_.real : nullptr;
    }
    const std::string_view* if_string() const noexcept
    {
        return is_string() ? &content_.string : nullptr;
    }
    const json_value* if_array() const noexcept { return is_array() ? this : nullptr; }
    const json_value* if_object() const noexcept { return is_object() ? this : nullptr; }

    /// The name, if it is a member of an object.
    std::string_view key() const noexcept { return {key_, key_size_}; }

    // Of an array or an object; others have nothing in them.
    iterator begin() const noexcept { return iterator(this + 1); }
    iterator end() const noexcept { return iterator(this + extent_); }
    bool empty() const noexcept { return extent_ == 1; }
    std::size_t size() const noexcept { return is_array() || is_object() ? content_.in.count : 0; }
    const json_value& front() const noexcept { return this[1]; } ///< not of an empty one

    /// The member of an object, or null.
    const json_value* if_contains(std::string_view name) const noexcept;
    bool contains(std::string_view name) const noexcept { return if_contains(name) != nullptr; }

private:
    friend class json_document;

    class inner // of an array or an object
    {
    public:
        std::uint32_t count;
        std::uint32_t parent; // where it is, while the end has not been read
    };

    union content
    {
        content() noexcept : null(nullptr) {}

        std::nullptr_t null;
        bool boolean;
        std::int64_t int64;
        std::uint64_t uint64;
        double real;
        std::string_view string;
        inner in;
    };

    explicit json_value(kind k) noexcept : kind_(k) {}

    const char* key_ = nullptr;
    std::uint32_t extent_ = 1; // itself, what is in it, and so on
    std::uint16_t key_size_ = 0;
    kind kind_;
    content content_;
};

/// The same as Boost.JSON has it, to be changed and written; it lives by itself.
ASIOAUTH_DECL boost::json::value to_document(const json_value& from);

} // namespace asioauth::detail
