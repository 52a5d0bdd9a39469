// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What OpenSSL says of its failures. That there was no memory is a reason of its own everywhere here:
// it says nothing of what a key, a text or a peer is like.

#include <openssl/ecerr.h>
#include <openssl/err.h>
#include <openssl/evperr.h>

#include <new>

namespace asioauth::detail {

/// Whether an error of OpenSSL says that there was no memory.
inline bool says_no_memory(unsigned long code) noexcept
{
    return ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
}

/// The same where signatures are made and checked, of which some parts say it in other words.
inline bool means_no_memory(unsigned long code) noexcept
{
    const int reason = ERR_GET_REASON(code);
    switch (ERR_GET_LIB(code))
    {
    case ERR_LIB_EC: return says_no_memory(code) || reason == EC_R_RANDOM_NUMBER_GENERATION_FAILED;
    case ERR_LIB_EVP:
        return says_no_memory(code) || reason == EVP_R_INITIALIZATION_ERROR
            || reason == EVP_R_NOT_ABLE_TO_COPY_CTX;
    default: return says_no_memory(code);
    }
}

/// Whether one of this thread's errors says so. Those up to it are forgotten.
inline bool openssl_had_no_memory(bool (*says)(unsigned long) noexcept = says_no_memory) noexcept
{
    auto code = ERR_get_error();
    while (code != 0 && !says(code))
        code = ERR_get_error();
    return code != 0;
}

/// While one lives, what OpenSSL reports is forgotten in the end: who reads this thread's queue
/// next, the TLS layer for one, must not take it for its own.
class openssl_errors_dropped
{
public:
    openssl_errors_dropped() noexcept
        : all_are_ours_(ERR_peek_error() == 0)
        , before_(ERR_peek_last_error())
    {
        ERR_set_mark();
    }
    openssl_errors_dropped(const openssl_errors_dropped&) = delete;
    openssl_errors_dropped& operator=(const openssl_errors_dropped&) = delete;
    ~openssl_errors_dropped() { ERR_pop_to_mark(); }

    /// Where something has failed since: whether that was for want of memory.
    bool memory_failed() const noexcept
    {
        if (all_are_ours_)
        {
            const bool said = openssl_had_no_memory(means_no_memory);
            ERR_clear_error(); // what an error that was taken had to say stays otherwise
            return said;
        }
        const auto last = ERR_peek_last_error();
        return last != before_ && means_no_memory(last);
    }

    void throw_if_memory_failed() const
    {
        if (memory_failed())
            throw std::bad_alloc();
    }

private:
    const bool all_are_ours_;
    const unsigned long before_; // somebody else's
};

/// What OpenSSL has made, if there was memory for it.
template <class T>
T* allocated(T* p)
{
    if (p == nullptr)
        throw std::bad_alloc();
    return p;
}

} // namespace asioauth::detail
