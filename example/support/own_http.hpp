// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// For lesson 14: an HTTP stack that is not the library's, and a web server that waits for a redirect.
// Here they are those of the example servers, which block, and speak plain HTTP to this machine only.

#pragma once

#include "servers/http_fetch.hpp"
#include "servers/http_server.hpp"

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/url/parse.hpp>

#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <thread>

namespace example {

// [own_http]
/// Send a request of the library's with another HTTP stack. What the library's own transport does must
/// be done here too: no redirect is followed where may_be_redirected() says no, the body is no longer
/// than body_limit_for(), the address is one that request.policy() allows, the certificate is checked.
inline asioauth::result<asioauth::http_response> send(const asioauth::http_request& request)
{
    if (const auto sendable = asioauth::check_request(request); !sendable)
        return sendable.error();
    http_request out;
    out.method_string(request.method());
    for (const auto& [name, value] : request.fields())
        out.set(name, value);
    if (!request.authorization().empty())
        out.set(http::field::authorization, request.authorization().reveal());
    out.body() = request.body().reveal();

    boost::asio::io_context io;
    asioauth::result<asioauth::http_response> answer = asioauth::http_response();
    async_fetch(
        io,
        boost::urls::parse_uri(request.target().str()).value(),
        std::move(out),
        std::chrono::seconds(10),
        [&](const boost::system::error_code& ec, const http_response& in) {
            if (ec)
            {
                answer = asioauth::failure(asioauth::errc::connect_failed);
                return;
            }
            answer->status(static_cast<int>(in.result_int())).body(in.body());
            answer->from(request.target());
            for (const auto& field : in)
                answer->field(
                    std::string_view(field.name_string().data(), field.name_string().size()),
                    std::string_view(field.value().data(), field.value().size())
                );
        }
    );
    io.run();
    return answer;
}
// [own_http]

/// Waits for one request, on a thread of its own.
class callback_server
{
public:
    callback_server() : server_(io_, false), port_(server_.listen(0))
    {
        server_.serve([this](const http_request& request, const respond_function& respond) {
            arrived_.set_value(std::string(request.target().data(), request.target().size()));
            respond(make_text(http::status::ok, "<title>Thank you</title>", "text/html"));
        });
        thread_ = std::thread([this] { io_.run_for(std::chrono::seconds(50)); });
    }
    callback_server(const callback_server&) = delete;
    callback_server& operator=(const callback_server&) = delete;
    ~callback_server()
    {
        io_.stop();
        thread_.join();
    }

    std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
    /// The target of the request that has come.
    std::string wait() { return arrived_.get_future().get(); }

private:
    boost::asio::io_context io_;
    http_server server_;
    unsigned short port_;
    std::promise<std::string> arrived_;
    std::thread thread_;
};

} // namespace example
