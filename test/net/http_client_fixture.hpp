// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "support/loopback_server.hpp"
#include "transport/http_client_impl.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth {

namespace testing {

/// How a send ended.
struct outcome
{
    int calls = 0;
    result<http_response> value = failure(errc::invalid_argument);

    error_code code() const { return value ? error_code() : value.error().code(); }
    int status() const { return value ? value->status() : 0; }
    std::string body() const { return value ? value->body() : "failed: " + code().message(); }
    std::string message() const { return value ? std::string() : value.error().info().message(); }
};

/// A client on a context of its own, with what a test wants replaced.
class http_client_fixture
{
public:
    http_client_fixture() { settings.add_ca_file(test_pki::get().ca_file()); }
    http_client_fixture(const http_client_fixture&) = delete;
    http_client_fixture& operator=(const http_client_fixture&) = delete;

    ~http_client_fixture()
    {
        if (client_)
        {
            client_->close();
        }
    }

    http_client::impl& client()
    {
        if (!client_)
        {
            client_ = std::make_shared<http_client::impl>(io.get_executor(), settings, hooks);
        }
        return *client_;
    }

    /// A request that may go to a loopback host.
    static http_request request(
        std::string_view target,
        request_kind kind = request_kind::metadata,
        std::string_view method = "GET"
    )
    {
        http_request r(kind, method, url::parse(target).value());
        r.policy(address_policy().allow_loopback());
        return r;
    }

    static http_request post(std::string_view target, request_kind kind = request_kind::token)
    {
        auto r = request(target, kind, "POST");
        r.body("application/x-www-form-urlencoded", secret("a=b"));
        return r;
    }

    std::shared_ptr<outcome> start(http_request r)
    {
        auto o = std::make_shared<outcome>();
        client().async_send(std::move(r), [o](result<http_response> v) {
            ++o->calls;
            o->value = std::move(v);
        });
        BOOST_TEST(o->calls == 0); // never inside async_send
        return o;
    }

    std::shared_ptr<outcome> start(http_request r, boost::asio::cancellation_slot slot)
    {
        auto o = std::make_shared<outcome>();
        client().async_send(
            std::move(r),
            boost::asio::bind_cancellation_slot(
                slot,
                [o](result<http_response> v) {
                    ++o->calls;
                    o->value = std::move(v);
                }
            )
        );
        return o;
    }

    void run()
    {
        io.restart();
        io.run();
    }

    /// Run until a condition holds.
    template <class Condition>
    void run_until(Condition c)
    {
        io.restart();
        while (!c() && io.run_one() != 0)
        {}
    }

    outcome send(http_request r)
    {
        const auto o = start(std::move(r));
        run();
        BOOST_TEST(o->calls == 1);
        return *o;
    }

    outcome get(std::string_view target, request_kind kind = request_kind::metadata)
    {
        return send(request(target, kind));
    }

    boost::asio::io_context io;
    http_client_settings settings;
    detail::network_hooks hooks;

private:
    std::shared_ptr<http_client::impl> client_;
};

/// A script that answers every request on a connection.
inline void answer_all(peer& p)
{
    while (!p.read_request().empty())
    {
        p.respond("ok");
    }
}

} // namespace testing
} // namespace asioauth
