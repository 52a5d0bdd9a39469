// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/connector.hpp"
#include "transport/home_io.hpp"
#include "transport/kept_post.hpp"
#include "transport/pool.hpp"
#include "transport/request_writer.hpp"
#include "transport/response_reader.hpp"

#include <asioauth/http_client.hpp>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/list_hook.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace asioauth::detail {

using exchange_hook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/** One async_send from start to completion: connections, deadlines, redirects, the one retry.

    Owned by its operations under way alone, first of all by the wait for its deadline. When the
    context of the executor goes, everything goes with it.
*/
class exchange final
    : public exchange_hook
    , public std::enable_shared_from_this<exchange>
    , private pool::waiter
    , private connector::client
{
public:
    exchange(std::shared_ptr<http_client::impl> owner, http_request request, transport::handler h);
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;
    ~exchange();

    void start();
    /// Complete with a failure at once, having done nothing.
    void refuse(failure f);
    /// Complete with operation_aborted().
    void abort();

private:
    using clock = std::chrono::steady_clock;

    // What whoever asked is told.
    class answer
    {
    public:
        answer(transport::handler h, result<http_response> r) noexcept
            : handler_(std::move(h))
            , result_(std::move(r))
        {}

        void operator()();

    private:
        transport::handler handler_;
        result<http_response> result_;
    };

    void connect_slot();
    void begin_hop();
    pool_key key() const;
    void leased(pool::lease l);
    void granted(pool::lease l) override;
    void connect();
    void connector_entered(phase p) override;
    void connector_done(result<std::shared_ptr<connection>> c) override;
    void write();
    void written(error_code ec);
    void read();
    void received(error_code ec, std::size_t n);
    void lost(failure f);
    void responded();
    void hand_over();
    void complete(result<http_response> r);

    void enter(phase p);
    void arm();
    void expired();

    const std::shared_ptr<http_client::impl> owner_; // goes last: the handler may own the client
    std::optional<transport::handler> handler_;      // moved from when it is on its way
    const http_request request_;
    url target_;
    std::optional<address_guard> guard_;
    pool::lease lease_;
    std::shared_ptr<connector> connector_;
    request_bytes bytes_;
    std::optional<response_reader> reader_;
    home_timer timer_;
    room_to_post way_back_; // an answer must not be lost for want of memory
    clock::time_point total_deadline_;
    clock::time_point deadline_;
    clock::time_point armed_until_ = clock::time_point::max();
    phase phase_ = phase::queueing;
    int hops_ = 0;
    bool reused_ = false;
    bool retried_ = false;
    bool unsent_ = false;
    bool over_ = false;
};

using exchange_list = boost::intrusive::list<exchange, boost::intrusive::constant_time_size<false>>;

} // namespace asioauth::detail
