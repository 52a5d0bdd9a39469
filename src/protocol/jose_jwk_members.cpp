// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/jose_jwk.hpp"
#include "protocol/json_access.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>

// Reading the members of a JWK.

namespace asioauth::detail {
namespace {

// Fills jwk_members while it parses: a tree of values would leave private members behind in memory
// that nobody wipes.
class private_jwk_handler
{
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    explicit private_jwk_handler(std::size_t longest) { text_.text.reserve(longest); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return open(false); }
    bool on_object_end(std::size_t, error_code&) { return close(); }
    bool on_array_begin(error_code&) { return open(true); }
    bool on_array_end(std::size_t, error_code&) { return close(); }

    bool on_key_part(std::string_view s, std::size_t, error_code&) { return append(s); }
    bool on_key(std::string_view s, std::size_t, error_code& ec)
    {
        append(s);
        if (depth_ == 1)
        {
            name_ = text_.text;
            if (std::find(seen_.begin(), seen_.end(), name_) != seen_.end())
            {
                ec = errc::json_member_duplicated;
                return false;
            }
            seen_.push_back(name_);
        }
        text_.text.clear();
        return true;
    }
    bool on_string_part(std::string_view s, std::size_t, error_code&) { return append(s); }
    bool on_string(std::string_view s, std::size_t, error_code&)
    {
        append(s);
        if (depth_ == 1)
            members.set(name_, text_.text, true);
        else if (depth_ == 2 && name_ == "key_ops" && members.key_ops)
            members.key_ops->push_back(text_.text);
        text_.text.clear();
        return true;
    }
    bool on_number_part(std::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t, std::string_view, error_code&) { return true; }
    bool on_uint64(std::uint64_t, std::string_view, error_code&) { return true; }
    bool on_double(double, std::string_view, error_code&) { return true; }
    bool on_bool(bool, error_code&) { return true; }
    bool on_null(error_code&) { return true; }
    bool on_comment_part(std::string_view, error_code&) { return true; }
    bool on_comment(std::string_view, error_code&) { return true; }

    jwk_members members;
    bool object = false;

private:
    bool open(bool array)
    {
        if (depth_ == 0)
            object = !array;
        if (depth_ == 1 && array && name_ == "key_ops")
            members.key_ops.emplace();
        if (depth_ == 1 && array && name_ == "oth")
            members.more_primes = true;
        ++depth_;
        return true;
    }
    bool close()
    {
        --depth_;
        return true;
    }
    bool append(std::string_view s)
    {
        text_.text += s;
        return true;
    }

    std::size_t depth_ = 0;
    std::string name_;
    std::vector<std::string> seen_;
    wiped_text text_;
};

} // namespace

jwk_members jwk_members::of(const json_value& jwk)
{
    jwk_members out;
    for (const auto& member : jwk)
    {
        if (const auto* text = member.if_string())
            out.set(member.key(), *text, false);
        const auto* array = member.key() == "key_ops" ? member.if_array() : nullptr;
        if (array == nullptr)
            continue;
        out.key_ops.emplace();
        for (const auto& element : *array)
        {
            if (const auto* text = element.if_string())
                out.key_ops->emplace_back(*text);
        }
    }
    return out;
}

result<jwk_members> jwk_members::read_private(std::string_view text)
{
    boost::json::parse_options options;
    options.max_depth = 4;
    boost::json::basic_parser<private_jwk_handler> parser(options, text.size());
    error_code ec;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
    // What is wrong is told without a position: it might help to guess what is right.
    if (ec == errc::json_member_duplicated)
        return failure(errc::key_invalid).message("A member of the JWK occurs twice.");
    if (ec || used != text.size() || !parser.handler().object)
        return failure(errc::key_invalid).message("The JWK is not a JSON object.");
    return std::move(parser.handler().members);
}

void jwk_members::set(std::string_view name, std::string_view value, bool with_private)
{
    class place
    {
    public:
        std::string_view name;
        std::string jwk_members::*member;
    };
    class secret_place
    {
    public:
        std::string_view name;
        secret jwk_members::*member;
    };
    static constexpr std::array places{
        place{"kty", &jwk_members::kty},
        place{"crv", &jwk_members::crv},
        place{"use", &jwk_members::use},
        place{"n", &jwk_members::n},
        place{"e", &jwk_members::e},
        place{"x", &jwk_members::x},
        place{"y", &jwk_members::y},
    };
    static constexpr std::array secret_places{
        secret_place{"d", &jwk_members::d},
        secret_place{"p", &jwk_members::p},
        secret_place{"q", &jwk_members::q},
        secret_place{"dp", &jwk_members::dp},
        secret_place{"dq", &jwk_members::dq},
        secret_place{"qi", &jwk_members::qi},
    };
    for (const place& to : places)
    {
        if (to.name == name)
            this->*to.member = value;
    }
    for (const secret_place& to : secret_places)
    {
        if (with_private && to.name == name)
            this->*to.member = secret(value);
    }
    if (name == "alg")
        alg = std::string(value);
    if (name == "kid")
        kid = std::string(value);
}

bool jwk_members::may(std::string_view operation) const noexcept
{
    return (use.empty() || use == "sig")
        && (!key_ops || std::find(key_ops->begin(), key_ops->end(), operation) != key_ops->end());
}

} // namespace asioauth::detail
