// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"

#include <asioauth/protocol/http_fields.hpp>

#include <algorithm>
#include <cstring>

namespace asioauth {

namespace {

struct sizes
{
    std::size_t name;
    std::size_t value;
};

// Most messages need no more.
constexpr std::size_t usual_size = 240;

sizes sizes_at(const char* at) noexcept
{
    sizes out{};
    std::memcpy(&out, at, sizeof(out));
    return out;
}

void append(std::string& to, std::string_view name, std::string_view value)
{
    const sizes both{name.size(), value.size()};
    char octets[sizeof(both)];
    std::memcpy(octets, &both, sizeof(both));
    to.append(octets, sizeof(octets)).append(name).append(value);
}

} // namespace

http_fields::value_type http_fields::const_iterator::operator*() const noexcept
{
    const auto both = sizes_at(at_);
    const char* const name = at_ + sizeof(both);
    return {std::string_view(name, both.name), std::string_view(name + both.name, both.value)};
}

http_fields::const_iterator& http_fields::const_iterator::operator++() noexcept
{
    const auto both = sizes_at(at_);
    at_ += sizeof(both) + both.name + both.value;
    return *this;
}

std::size_t http_fields::size() const noexcept
{
    return static_cast<std::size_t>(std::distance(begin(), end()));
}

std::string_view http_fields::first(std::string_view name) const noexcept
{
    for (const auto& field : *this)
    {
        if (detail::same_ignoring_case(field.first, name))
        {
            return field.second;
        }
    }
    return {};
}

void http_fields::reserve(std::size_t octets)
{
    constexpr std::size_t fields = 8;
    all_.reserve(octets + fields * sizeof(sizes));
}

void http_fields::add(std::string_view name, std::string_view value)
{
    const auto size = all_.size() + sizeof(sizes) + name.size() + value.size();
    if (size <= all_.capacity())
    {
        append(all_, name, value);
        return;
    }
    std::string longer; // first: they may be of a field that is here
    longer.reserve(std::max(usual_size, size + all_.size()));
    longer = all_;
    append(longer, name, value);
    all_ = std::move(longer);
}

void http_fields::set(std::string_view name, std::string_view value)
{
    if (first(name).data() == nullptr)
    {
        return add(name, value);
    }
    http_fields other;
    other.all_.reserve(all_.size() + value.size());
    bool is_set = false;
    for (const auto& field : *this)
    {
        const bool replaced = !is_set && detail::same_ignoring_case(field.first, name);
        is_set = is_set || replaced;
        append(other.all_, field.first, replaced ? value : field.second);
    }
    *this = std::move(other);
}

} // namespace asioauth
