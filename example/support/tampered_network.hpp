// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// For the lesson about errors: what a program brings along when it implements the port transport.

#pragma once

#include <asioauth/http_client.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>

#include <string>
#include <utility>

namespace example {

/// A network with somebody in the middle, who changes what an authorization server says.
class tampered_network final : public asioauth::transport
{
public:
    explicit tampered_network(const boost::asio::any_io_executor& ex) : network_(ex) {}

    void async_send(asioauth::http_request request, handler h) override
    {
        const auto slot = boost::asio::get_associated_cancellation_slot(h);
        auto tamper = [h = std::move(h)](asioauth::result<asioauth::http_response> r) mutable {
            if (const auto at = r ? r->body().find("\"issuer\":\"") : std::string::npos;
                at != std::string::npos)
                r->body(std::string(r->body()).insert(at + 10, "https://evil.example/"));
            std::move(h)(std::move(r));
        };
        network_.async_send(
            std::move(request), boost::asio::bind_cancellation_slot(slot, std::move(tamper))
        );
    }

    void close() override { network_.close(); }

private:
    asioauth::http_client network_;
};

} // namespace example
