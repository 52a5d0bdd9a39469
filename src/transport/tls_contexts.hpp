// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/home_executor.hpp"
#include "transport/tls_context.hpp"

#include <asioauth/protocol/http_message.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace asioauth::detail {

/** The TLS contexts of a client: one for connections that show no certificate, and one for each
    identity that was used lately.

    Trusted authorities, certificates and keys are read in the background, never on the event loop.
    All members are called, and all handlers run, on the executor.
*/
class tls_contexts : public std::enable_shared_from_this<tls_contexts>
{
public:
    using context = std::shared_ptr<boost::asio::ssl::context>;
    using handler = std::function<void(const result<context>&)>;
    using ticket = std::uint64_t;

    /// Identities whose context is kept. Of others the key goes with the last connection.
    static constexpr std::size_t max_identities = 16;
    /// For how long what was read anew is not doubted.
    static constexpr std::chrono::minutes doubt_interval{5};

    tls_contexts(
        const boost::asio::any_io_executor& ex,
        trust_sources sources,
        std::vector<std::string> ca_files
    );
    tls_contexts(const tls_contexts&) = delete;
    tls_contexts& operator=(const tls_contexts&) = delete;
    ~tls_contexts();

    /// The context for an identity, or null if it has to be made.
    context find(const tls_identity& identity);
    /// Make one. The handler is called later, with errc::tls_trust_store_unavailable or key_invalid
    /// if it cannot be done, unless the ticket is given up before. It does not keep the executor's
    /// context running; the caller's deadline does.
    ticket make(const tls_identity& identity, handler h);
    void abandon(ticket t);
    /** A certificate or a handshake was refused: read what is trusted anew, and make every context
        anew.

        Where OpenSSL gets no memory it keeps a certificate without its key, or as one that is damaged,
        or a context without an algorithm, and says nothing: what needs it would be refused for good.
        Done now and then only, since every peer can have it done.
    */
    void doubt() noexcept;
    /// Give everything up, and forget every key.
    void close();

private:
    class maker;

    struct entry
    {
        tls_identity identity;
        context made;
    };

    struct job
    {
        tls_identity identity;
        std::vector<ticket> tickets;
        std::shared_ptr<std::atomic<bool>> lost; // there was no memory to say how it ended
        bool is_doubted = false;
    };

    void begin(ticket t, const tls_identity& identity);
    void made(ticket number, const result<context>& c);
    void keep(const tls_identity& identity, const context& c);

    const home_executor ex_;
    std::shared_ptr<maker> maker_;
    std::optional<std::chrono::steady_clock::time_point> doubted_;
    context plain_;
    std::list<entry> kept_; // the one used last first
    std::unordered_map<ticket, job> jobs_;
    std::unordered_map<ticket, handler> waiting_;
    ticket last_ = 0;
};

} // namespace asioauth::detail
