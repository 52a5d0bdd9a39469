// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// For web servers on Boost.Beast that mount a hub. Includes Beast.

#include <asioauth/body_stream.hpp>
#include <asioauth/hub_settings.hpp>

#include <boost/asio/compose.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asioauth {

/** A request that Beast has read, for hub::async_handle.
    @param request its body as a string
*/
template <class Fields>
hub_request make_hub_request(
    const boost::beast::http::message<true, boost::beast::http::string_body, Fields>& request
)
{
    const auto view = [](const auto& text) { return std::string_view(text.data(), text.size()); };
    hub_request out(view(request.method_string()), view(request.target()));
    for (const auto& f : request)
        out.field(view(f.name_string()), view(f.value()));
    out.body(secret(request.body()));
    return out;
}

namespace detail {

template <class Stream>
class write_hub_response_op
{
public:
    write_hub_response_op(Stream& s, http_response r, unsigned version, bool keep_alive, bool head)
        : stream_(s)
        , state_(std::make_unique<state>())
    {
        state_->events = r.events();
        auto& m = state_->message;
        m.version(version);
        constexpr int least = 100;
        constexpr int most = 999;
        constexpr unsigned broken = 500;
        const bool known = r.status() >= least && r.status() <= most;
        m.result(known ? static_cast<unsigned>(r.status()) : broken);
        // Beast writes a line feed in a value as it is, and what follows would be another field.
        for (const auto& f : r.fields())
        {
            if (is_line(f.first) && is_line(f.second))
                m.insert(f.first, f.second);
        }
        // The end of an old protocol's stream is the end of its connection.
        constexpr unsigned http_1_1 = 11;
        state_->chunked = state_->events != nullptr && version >= http_1_1;
        m.keep_alive(keep_alive && state_->events == nullptr);
        state_->last = !m.keep_alive();
        if (state_->events != nullptr)
            m.chunked(state_->chunked);
        else if (head)
            m.content_length(r.body().size());
        else
        {
            m.body() = r.body();
            m.prepare_payload();
        }
        state_->head_only = head;
    }

    template <class Self>
    void operator()(Self& self)
    {
        namespace http = boost::beast::http;
        auto& s = *state_;
        if (s.events == nullptr && !s.head_only)
            return http::async_write(stream_, s.message, std::move(self));
        s.serializer = std::make_unique<serializer>(s.message);
        s.serializer->split(true);
        s.part = state::sends::head;
        http::async_write_header(stream_, *s.serializer, std::move(self));
    }

    template <class Self>
    void operator()(Self& self, boost::beast::error_code ec, std::size_t)
    {
        auto& s = *state_;
        const bool goes_on =
            !ec && s.events != nullptr && !s.head_only && s.part != state::sends::end;
        if (!goes_on)
        {
            const bool last = s.last;
            s.events.reset();
            return self.complete(ec, !last && !ec);
        }
        s.part = state::sends::octets;
        s.events->async_read(std::move(self));
    }

    template <class Self>
    void operator()(Self& self, result<std::string> r)
    {
        namespace asio = boost::asio;
        namespace http = boost::beast::http;
        auto& s = *state_;
        if (!r)
        {
            // Without the last chunk, so that nobody takes it for whole.
            const error_code ec = r.error();
            s.events.reset();
            return self.complete(ec, false);
        }
        s.octets = std::move(*r);
        if (!s.octets.empty() && s.chunked)
            return asio::async_write(
                stream_, http::make_chunk(asio::buffer(s.octets)), std::move(self)
            );
        if (!s.octets.empty())
            return asio::async_write(stream_, asio::buffer(s.octets), std::move(self));
        s.part = state::sends::end;
        if (s.chunked)
            return asio::async_write(stream_, http::make_chunk_last(), std::move(self));
        s.events.reset();
        self.complete(error_code(), false);
    }

private:
    static bool is_line(std::string_view text)
    {
        constexpr std::string_view ends("\r\n\0", 3);
        return text.find_first_of(ends) == std::string_view::npos;
    }

    using message = boost::beast::http::response<boost::beast::http::string_body>;
    using serializer = boost::beast::http::response_serializer<boost::beast::http::string_body>;

    class state
    {
    public:
        enum class sends
        {
            head,
            octets,
            end
        };

        write_hub_response_op::message message;
        std::unique_ptr<write_hub_response_op::serializer> serializer;
        std::shared_ptr<body_stream> events;
        std::string octets;
        sends part = sends::head;
        bool chunked = false;
        bool head_only = false;
        bool last = false;
    };

    Stream& stream_;
    std::unique_ptr<state> state_;
};

} // namespace detail

/** Send what hub::async_handle has completed with; a response that goes on, until it ends or the
    peer is gone.

    @param stream what the request was read from; not read from here
    @param request the request that is answered: its version, method and keep-alive count
    @param response what to send; moved from

    @par Preconditions
    Nothing else is written to the stream until completion. A time-out of the stream is the caller's: a
    response that goes on may take hours, most of them in silence.
    @par Completion signature
    `void(boost::system::error_code, bool keep_alive)`; close the connection unless `keep_alive`
    @par Completes when
    @li the response was written, one that goes on to its end; or
    @li writing has failed, or a response that goes on has broken off. Since nothing is read here, a
        peer that goes away is noticed by the next write: wait on the socket and call
        body_stream::close to notice it sooner.
    @par Executor
    Intermediate work and the handler run on the handler's associated executor, which is the stream's
    if it has none: one on which the stream may be used. Never inside this function.
    @par Per-operation cancellation
    `terminal`: what is written is cancelled as the stream does it, and a response that goes on and is
    silent at once. Close the connection after it.
    @par Errors
    @li those of writing to the stream, `operation_aborted` (condition::cancelled) among them
    @li what a response that goes on has broken off with, see @ref body_stream. No last chunk is
        sent then, so that nobody takes it for whole.
    @par Object lifetimes
    `stream` must live until completion. `request` is looked at in this call alone.
    @par Thread safety
    That of the stream.
*/
template <class Stream, class Body, class Fields, class CompletionToken = boost::asio::deferred_t>
auto async_write_hub_response(
    Stream& stream,
    const boost::beast::http::message<true, Body, Fields>& request,
    http_response response,
    CompletionToken&& token = CompletionToken()
)
{
    const bool head = request.method() == boost::beast::http::verb::head;
    return boost::asio::async_compose<CompletionToken, void(boost::system::error_code, bool)>(
        detail::write_hub_response_op<Stream>(
            stream, std::move(response), request.version(), request.keep_alive(), head
        ),
        token,
        stream
    );
}

} // namespace asioauth
