// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/pool_key.hpp"
#include "transport/tls_sessions.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace asioauth::detail {

/** What one connection has to do with the sessions of its client: offers one, and keeps those that
    the server hands out once it is known who that is.

    A handshake whose outcome is not accepted until the object goes, and a connection that TLS breaks,
    take all sessions of their key with them (RFC 8446 section 6.2). Outlives the SSL that it has begun
    to work for.
*/
class tls_resumption
{
public:
    /// What to do about resuming. `full` is for a second attempt after a first that was `offer`: if
    /// it succeeds, resuming is what the server cannot do.
    enum class mode
    {
        offer,
        full,
    };

    tls_resumption(
        std::weak_ptr<tls_sessions> store, pool_key key, tls_sessions::context context, mode m
    );
    tls_resumption(const tls_resumption&) = delete;
    tls_resumption& operator=(const tls_resumption&) = delete;
    ~tls_resumption();

    /// Before the handshake.
    void begin(SSL* s);
    bool has_offered() const noexcept { return offered_ != nullptr; }
    /// The handshake has succeeded and what came of it was checked.
    void accept(SSL* s);
    /// TLS has failed after the handshake.
    void fail() noexcept;
    /// Accepted, and has not failed since.
    bool is_trusted() const noexcept { return state_ == state::trusted; }

    /// For SSL_CTX_sess_set_new_cb().
    static int arrived(SSL* s, SSL_SESSION* session) noexcept;

private:
    enum class state
    {
        idle,
        handshaking,
        trusted,
        failed,
    };

    void keep(SSL* s, tls_session session) noexcept;

    const std::weak_ptr<tls_sessions> store_;
    const pool_key key_;
    const tls_sessions::context context_;
    const mode mode_;
    state state_ = state::idle;
    tls_session offered_;
    tls_session early_; // came before the peer was checked
    tls_sessions::time_point until_;
};

} // namespace asioauth::detail
