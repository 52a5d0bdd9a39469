// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "http_fetch.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace example {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::uint32_t max_head = 64 * 1024;
constexpr std::uint64_t max_body = 1024 * 1024;

std::string standard(boost::urls::string_view text)
{
    return std::string(text.data(), text.size());
}

unsigned short port_of(const boost::urls::url_view& url)
{
    return url.has_port() ? url.port_number() : static_cast<unsigned short>(80);
}

// `localhost` is both addresses; they are tried in turn.
std::vector<tcp::endpoint> endpoints_of(const boost::urls::url_view& url)
{
    const auto host = standard(url.encoded_host());
    const auto port = port_of(url);
    std::vector<tcp::endpoint> endpoints;
    if (host != "[::1]")
        endpoints.emplace_back(asio::ip::address_v4::loopback(), port);
    if (host != "127.0.0.1")
        endpoints.emplace_back(asio::ip::address_v6::loopback(), port);
    return endpoints;
}

class fetch_operation : public std::enable_shared_from_this<fetch_operation>
{
public:
    fetch_operation(asio::io_context& io, http_request request, fetch_callback callback)
        : stream_(io)
        , buffer_(max_head + 64 * 1024)
        , request_(std::move(request))
        , callback_(std::move(callback))
    {
        parser_.header_limit(max_head);
        parser_.body_limit(max_body);
    }

    void start(std::vector<tcp::endpoint> endpoints, std::chrono::seconds time_limit)
    {
        endpoints_ = std::move(endpoints);
        stream_.expires_after(time_limit);
        stream_.async_connect(
            endpoints_,
            [self = shared_from_this()](error_code error, const tcp::endpoint&) {
                self->on_connect(error);
            }
        );
    }

private:
    void on_connect(error_code error)
    {
        if (error)
            return finish(error);
        http::async_write(
            stream_,
            request_,
            [self = shared_from_this()](error_code e, std::size_t) { self->on_write(e); }
        );
    }

    void on_write(error_code error)
    {
        if (error)
            return finish(error);
        http::async_read(
            stream_,
            buffer_,
            parser_,
            [self = shared_from_this()](error_code e, std::size_t) { self->finish(e); }
        );
    }

    void finish(error_code error)
    {
        error_code ignored;
        stream_.socket().close(ignored);
        callback_(error, error ? http_response() : parser_.release());
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    std::vector<tcp::endpoint> endpoints_;
    http_request request_;
    http::response_parser<http::string_body> parser_;
    fetch_callback callback_;
};

} // namespace

bool is_loopback_http(const boost::urls::url_view& url)
{
    return url.scheme_id() == boost::urls::scheme::http && !url.has_userinfo()
        && is_loopback_host(standard(url.encoded_host())) && port_of(url) != 0;
}

void async_fetch(
    asio::io_context& io,
    const boost::urls::url_view& url,
    http_request request,
    std::chrono::seconds time_limit,
    fetch_callback callback
)
{
    if (!is_loopback_http(url))
    {
        asio::post(io, [callback = std::move(callback)] {
            callback(
                make_error_code(boost::system::errc::operation_not_permitted), http_response()
            );
        });
        return;
    }
    auto target = standard(url.encoded_path());
    if (target.empty())
        target = "/";
    if (url.has_query())
        target += '?' + standard(url.encoded_query());
    request.target(target);
    request.version(11);
    request.set(http::field::host, standard(url.encoded_host_and_port()));
    request.keep_alive(false);
    request.prepare_payload();
    std::make_shared<fetch_operation>(io, std::move(request), std::move(callback))
        ->start(endpoints_of(url), time_limit);
}

} // namespace example
