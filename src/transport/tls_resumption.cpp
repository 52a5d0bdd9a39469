// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/tls_resumption.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

namespace asioauth::detail {
namespace {

using time_point = tls_sessions::time_point;

struct asn1_time_deleter
{
    void operator()(ASN1_TIME* t) const noexcept { ASN1_TIME_free(t); }
};

// Negative as long as there was no memory for one.
int place_in_ssl() noexcept
{
    static std::atomic<int> index = -1;
    int known = index;
    if (known < 0)
    {
        const int made = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
        if (index.compare_exchange_strong(known, made))
        {
            known = made;
        }
    }
    return known;
}

static_assert(tls_sessions::max_age < std::chrono::hours(24), "days do not matter");

// Until when the certificates would be accepted that were accepted now. With none, not at all.
time_point end_of_proof(SSL* s, time_point now)
{
    using std::chrono::system_clock;
    const std::unique_ptr<ASN1_TIME, asn1_time_deleter> base(
        ASN1_TIME_set(nullptr, system_clock::to_time_t(now))
    );
    const auto* const chain = SSL_get0_verified_chain(s);
    if (chain == nullptr || !base)
    {
        return now;
    }
    auto end = now + tls_sessions::max_age;
    for (int i = 0; i != sk_X509_num(chain); ++i)
    {
        int days = 0;
        int seconds = 0;
        const auto* const last = X509_get0_notAfter(sk_X509_value(chain, i));
        if (ASN1_TIME_diff(&days, &seconds, base.get(), last) != 1 || days < 0 || seconds < 0)
        {
            return now;
        }
        if (days == 0)
        {
            end = std::min<time_point>(end, now + std::chrono::seconds(seconds));
        }
    }
    return end;
}

// RFC 7627 section 5.3: without it a session may be one that somebody in the middle shares.
bool has_extended_master_secret(SSL* s) noexcept
{
    return SSL_ctrl(s, SSL_CTRL_GET_EXTMS_SUPPORT, 0, nullptr) == 1;
}

} // namespace

tls_resumption::tls_resumption(
    std::weak_ptr<tls_sessions> store, pool_key key, tls_sessions::context context, mode m
)
    : store_(std::move(store))
    , key_(std::move(key))
    , context_(std::move(context))
    , mode_(m)
{}

tls_resumption::~tls_resumption()
{
    // It failed, was not what it should be, or took so long that it was given up.
    if (state_ == state::handshaking)
    {
        fail();
    }
}

void tls_resumption::begin(SSL* s)
{
    const auto store = store_.lock();
    if (!store || SSL_set_ex_data(s, place_in_ssl(), this) != 1)
    {
        return;
    }
    state_ = state::handshaking;
    if (mode_ == mode::offer)
    {
        auto f = store->take(key_, context_);
        if (f.session && SSL_set_session(s, f.session.get()) == 1)
        {
            offered_ = std::move(f.session);
            until_ = f.until;
        }
    }
    ERR_clear_error();
}

void tls_resumption::accept(SSL* s)
{
    const auto store = store_.lock();
    if (!store || state_ != state::handshaking)
    {
        return;
    }
    state_ = state::trusted;
    if (mode_ == mode::full)
    {
        store->shun(key_);
    }
    if (SSL_session_reused(s) == 0)
    {
        until_ = end_of_proof(s, store->now());
    }
    else if (SSL_version(s) < TLS1_3_VERSION && SSL_get0_session(s) != offered_.get())
    {
        // A new ticket for the session that was resumed, of which OpenSSL does not tell.
        early_.reset(SSL_get1_session(s));
    }
    offered_.reset();
    if (early_)
    {
        keep(s, std::move(early_));
    }
}

void tls_resumption::fail() noexcept
{
    state_ = state::failed;
    early_.reset();
    if (const auto store = store_.lock())
    {
        store->forget(key_);
    }
}

int tls_resumption::arrived(SSL* s, SSL_SESSION* session) noexcept
{
    auto* const self = static_cast<tls_resumption*>(SSL_get_ex_data(s, place_in_ssl()));
    if (self == nullptr)
    {
        return 0;
    }
    tls_session owned(session); // we keep the reference or give it back ourselves
    switch (self->state_)
    {
    case state::handshaking: self->early_ = std::move(owned); break;
    case state::trusted: self->keep(s, std::move(owned)); break;
    case state::idle:
    case state::failed: break;
    }
    return 1;
}

void tls_resumption::keep(SSL* s, tls_session session) noexcept
{
    const auto store = store_.lock();
    if (store && (SSL_version(s) >= TLS1_3_VERSION || has_extended_master_secret(s)))
    {
        store->put(key_, context_, std::move(session), until_);
    }
}

} // namespace asioauth::detail
