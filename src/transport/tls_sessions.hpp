// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/pool_key.hpp"

#include <boost/asio/ssl/context.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

namespace asioauth::detail {

struct tls_session_deleter
{
    void operator()(SSL_SESSION* s) const noexcept { SSL_SESSION_free(s); }
};

using tls_session = std::unique_ptr<SSL_SESSION, tls_session_deleter>;

/** The TLS sessions of a client, which later connections may resume instead of having the other side
    prove again who it is.

    A session stands for that proof and for the trust that it met, so it is found again only with an
    equal pool_key and with the very context that it was made with. Sessions are secrets: they are
    freed when they end, when there are too many, and with close() at the latest. There is no timer;
    those that have ended go when others are asked for or come, and none is given out. All members are
    called on the executor of the client.
*/
class tls_sessions
{
public:
    using time_point = std::chrono::system_clock::time_point;
    using clock = std::function<time_point()>;
    using context = std::shared_ptr<boost::asio::ssl::context>;

    struct settings
    {
        std::size_t per_key = 8;
        // Servers send two at a time: enough for 500 origins that are come back to in turn.
        std::size_t total = 1024;
    };

    /// How long sessions may follow from one another before the whole handshake is due again: RFC
    /// 8446 section 4.6.1 recommends a limit.
    static constexpr std::chrono::hours max_age{1};
    /// Bytes of a ticket. What servers send has a few hundred, some thousands with a certificate.
    static constexpr std::size_t max_ticket = 8192;

    /// A session, or none, and when what follows from it has to end.
    struct found
    {
        tls_session session;
        time_point until;
    };

    tls_sessions(clock now, settings s);
    tls_sessions(const tls_sessions&) = delete;
    tls_sessions& operator=(const tls_sessions&) = delete;
    ~tls_sessions();

    time_point now() const { return now_(); }
    /// The newest session. One of TLS 1.3 is not there any more afterwards, so that nobody can tell
    /// by it that two connections come from one client (RFC 8446 appendix C.4).
    found take(const pool_key& key, const context& made_with);
    void
    put(const pool_key& key, const context& made_with, tls_session s, time_point until) noexcept;
    /// Keep nothing of this key, which is no longer what it was.
    void forget(const pool_key& key) noexcept;
    /// Forget, and for some time take nothing: the other side does not manage to resume.
    void shun(const pool_key& key) noexcept;
    /// Forget everything, and keep nothing from now on.
    void close() noexcept;

    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct entry
    {
        const pool_key* key; // of its bucket
        std::weak_ptr<boost::asio::ssl::context> made_with;
        tls_session session; // none if the key is shunned, of which there is no other then
        time_point until;
    };

    using entry_list = std::list<entry>;
    using bucket = std::vector<entry_list::iterator>; // never empty; the one used last first

    void insert(const pool_key& key, entry e);
    void drop(entry_list::iterator at) noexcept;
    template <class Predicate>
    void drop_if(const pool_key& key, Predicate unwanted) noexcept;
    void drop_ended(const pool_key& key) noexcept;
    static bool has_ended(const entry& e, time_point now) noexcept;

    const clock now_;
    const settings settings_;
    entry_list entries_; // the one used last first
    std::unordered_map<pool_key, bucket, pool_key_hash> buckets_;
    std::size_t uses_ = 0; // since all were looked at
    bool closed_ = false;
};

} // namespace asioauth::detail
