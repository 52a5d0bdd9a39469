// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/json_value.hpp"

#include <asioauth/diagnostics.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::detail {

/** The values of a JSON document, with the text that they are views of.

    It takes two pieces of memory whatever is in the document, which are wiped when they are
    given back: there may be tokens in it.
*/
class ASIOAUTH_DECL json_document
{
public:
    /// @param most bytes all together
    /// @return errc::json_malformed, also if it takes more; errc::json_member_duplicated
    static result<json_document>
    parse(std::string_view text, std::size_t max_depth, std::size_t most);

    /// An object of texts. Names longer than any that is read are left out.
    /// @return errc::json_member_duplicated
    static result<json_document>
    of_texts(const std::vector<std::pair<std::string, std::string>>& members);

    json_document(json_document&& other) noexcept
        : left_(other.left_)
        , text_(std::exchange(other.text_, {}))
        , values_(std::exchange(other.values_, {}))
        , count_(std::exchange(other.count_, 0))
    {}
    json_document(const json_document&) = delete;
    json_document& operator=(const json_document&) = delete;
    json_document& operator=(json_document&&) = delete;
    ~json_document();

    const json_value& root() const noexcept { return *first(); }

    static constexpr std::size_t longest_key = 8 * 1024; // nobody reads one that is longer

private:
    class handler;

    class piece
    {
    public:
        void* at = nullptr;
        std::size_t size = 0;
    };

    explicit json_document(std::size_t most) noexcept : left_(most) {}

    json_value* first() const noexcept { return static_cast<json_value*>(values_.at); }
    piece take(std::size_t size);
    void give(piece& p) noexcept;
    void make_room(std::size_t values);
    std::uint32_t add(json_value::kind k);
    void set_key(std::uint32_t at, std::string_view key) noexcept;
    void set_text(std::uint32_t at, std::string_view text) noexcept;
    void close(std::uint32_t at) noexcept;
    const json_value* find_twice(const json_value& object);

    std::size_t left_; // bytes that may be taken yet
    piece text_;       // a copy, in which strings with escapes are written again as they are
    piece values_;
    std::size_t count_ = 0;
};

} // namespace asioauth::detail
