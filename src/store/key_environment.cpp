// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/said.hpp"
#include "protocol/jose_key.hpp"
#include "store/key_lines.hpp"
#include "store/reply_to.hpp"
#include "store/seal.hpp"
#include "transport/kept_post.hpp"
#include "transport/sure_answer.hpp"

#include <asioauth/protocol/form.hpp>

#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <new>
#include <optional>

namespace asioauth {

namespace asio = boost::asio;

namespace {

std::optional<std::string> from_hex(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(text.size() / 2);
    unsigned high = 0;
    for (std::size_t i = 0; i != text.size(); ++i)
    {
        const char c = text[i];
        const auto value =
            digits.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c));
        if (value == std::string_view::npos)
        {
            wipe(out);
            return std::nullopt;
        }
        if (i % 2 == 0)
            high = static_cast<unsigned>(value) << 4U;
        else
            out.push_back(static_cast<char>(static_cast<unsigned char>(high | value)));
    }
    return out;
}

// The octets of one key alone: 32 octets are 43 characters of base64url, or 64 digits.
std::optional<secret> lone_key(std::string_view text)
{
    std::optional<std::string> octets;
    if (text.size() == 64)
        octets = from_hex(text);
    else if (text.size() == 43)
        octets = base64url_decode(text);
    if (!octets)
        return std::nullopt;
    const detail::wiped_text wiped(std::move(*octets));
    return secret(wiped.text);
}

// The octets are random, so that their digest gives nothing of them away.
std::string id_from(const secret& octets)
{
    const detail::openssl_errors_dropped dropped;
    detail::wiped_text text;
    text.text.reserve(64);
    text.text.append("asioauth key id\n").append(octets.reveal());
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.text.data(), text.text.size(), digest.data(), &size, EVP_sha256(), nullptr)
        != 1)
        throw std::bad_alloc();
    return "e" + detail::hex_of({reinterpret_cast<const char*>(digest.data()), 8});
}

result<key_ring> read_environment(const std::string& variable)
{
    const char* const value = std::getenv(variable.c_str());
    if (value == nullptr)
        return failure(errc::store_key_unavailable)
            .where(stage::store)
            .message("The environment has no variable '" + variable + "'.");
    if (auto octets = lone_key(value))
    {
        auto id = id_from(*octets);
        auto key = sealing_key::make(std::move(id), std::move(*octets));
        if (!key)
            return key.error();
        return key_ring::make(std::move(*key));
    }
    return detail::read_key_lines(value, ",\n", "the variable '" + variable + "'");
}

class environment_key_source final : public key_source
{
public:
    environment_key_source(asio::any_io_executor ex, std::string variable)
        : ex_(std::move(ex))
        , variable_(std::move(variable))
    {}

    void async_keys(handler h) override
    {
        const detail::reply_to<key_ring> reply(std::move(h));
        auto read =
            reply.step([variable = variable_, reply](int) { reply(read_environment(variable)); });
        detail::post_kept(ex_, [read = std::move(read)]() mutable { read(0); });
    }

private:
    asio::any_io_executor ex_;
    std::string variable_;
};

// Completes a handler once, later, whatever the program's function does with it.
class answer_once
{
public:
    answer_once(const asio::any_io_executor& ex, key_source::handler h)
        : to_(std::make_shared<way_back>(ex, std::move(h)))
    {}

    answer_once(const answer_once&) = delete;
    answer_once& operator=(const answer_once&) = delete;

    ~answer_once()
    {
        answer(detail::said(
            errc::store_key_unavailable, stage::store, "The program's key source did not answer."
        ));
    }

    void answer(result<key_ring> r) noexcept
    {
        if (!answered_.exchange(true))
            to_->give(std::move(r));
    }

private:
    using way_back = detail::sure_answer<result<key_ring>, key_source::handler>;

    const std::shared_ptr<way_back> to_;
    std::atomic<bool> answered_{false};
};

class callback_key_source final : public key_source
{
public:
    callback_key_source(asio::any_io_executor ex, std::function<void(handler)> f)
        : ex_(std::move(ex))
        , function_(std::move(f))
    {}

    void async_keys(handler h) override
    {
        const auto once = std::make_shared<answer_once>(ex_, std::move(h));
        try
        {
            function_([once](result<key_ring> r) { once->answer(std::move(r)); });
        }
        catch (const std::bad_alloc&)
        {
            once->answer(failure(errc::out_of_memory));
        }
        catch (const std::exception&)
        {
            // What it says may be anything, so it is not passed on.
            once->answer(detail::said(
                errc::internal_error, stage::store, "The program's key source threw an exception."
            ));
        }
    }

private:
    asio::any_io_executor ex_;
    std::function<void(handler)> function_;
};

} // namespace

std::shared_ptr<key_source> environment_keys(asio::any_io_executor ex, std::string variable)
{
    return std::make_shared<environment_key_source>(std::move(ex), std::move(variable));
}

std::shared_ptr<key_source>
callback_keys(asio::any_io_executor ex, std::function<void(key_source::handler)> f)
{
    return std::make_shared<callback_key_source>(std::move(ex), std::move(f));
}

} // namespace asioauth
