// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The same flow as Beast's documentation would have it written: coroutines, a stream with deadlines,
// message objects. Nothing is checked.
//
//   beast_client --port=N [--tls=1 --ca=FILE] [--fresh=1] [--at-once=N] [--flows=N] [--origins=N]
//                [--warm=N] [--seconds=N] [--label=TEXT]

#include "flows.hpp"
#include "measure.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <csignal>
#include <deque>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace asioauth::bench; // NOLINT(google-build-using-namespace)
using asio::ip::tcp;

constexpr std::chrono::seconds patience(30);

class world
{
public:
    world(asio::io_context& io, const arguments& given)
        : context(io)
        , measured(given)
        , secure(given.is("tls", "1"))
        , fresh(given.is("fresh", "1"))
        , port(static_cast<std::uint16_t>(given.number("port", 80)))
    {
        for (unsigned i = 0, n = given.number("origins", 1); i != n; ++i)
            targets.emplace_back(secure ? "https://" : "http://", i, given.text("port", "80"));
        if (!secure)
            return;
        tls.load_verify_file(given.text("ca", ""));
        tls.set_verify_mode(asio::ssl::verify_peer);
    }

    asio::io_context& context;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    meter measured;
    std::deque<target> targets;
    std::size_t next = 0;
    const bool secure;
    const bool fresh;
    const std::uint16_t port;
};

using plain_stream = beast::tcp_stream;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

asio::awaitable<void> connect(world& w, std::optional<plain_stream>& s, const target& t)
{
    s.emplace(w.context);
    s->expires_after(patience);
    co_await s->async_connect(
        tcp::endpoint(asio::ip::make_address(t.address), w.port), asio::use_awaitable
    );
    s->socket().set_option(tcp::no_delay(true));
}

asio::awaitable<void> connect(world& w, std::optional<tls_stream>& s, const target& t)
{
    s.emplace(w.context, w.tls);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s->native_handle()), t.address.c_str());
    auto& below = beast::get_lowest_layer(*s);
    below.expires_after(patience);
    co_await below.async_connect(
        tcp::endpoint(asio::ip::make_address(t.address), w.port), asio::use_awaitable
    );
    below.socket().set_option(tcp::no_delay(true));
    co_await s->async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
}

http::request<http::string_body> message_of(request r)
{
    http::request<http::string_body> out(r.post ? http::verb::post : http::verb::get, r.target, 11);
    out.set(http::field::host, r.host);
    out.set(http::field::user_agent, "benchmark");
    out.set(http::field::accept, "application/json");
    if (!r.authorization.empty())
        out.set(http::field::authorization, r.authorization);
    if (r.post)
    {
        out.set(http::field::content_type, r.content_type);
        out.body() = std::move(r.body);
        out.prepare_payload();
    }
    return out;
}

template <class Stream>
asio::awaitable<bool> exchange(Stream& s, beast::flat_buffer& buffer, trusting_flow& flow)
{
    const auto q = message_of(flow.next());
    beast::get_lowest_layer(s).expires_after(patience);
    co_await http::async_write(s, q, asio::use_awaitable);
    http::response<http::string_body> r;
    co_await http::async_read(s, buffer, r, asio::use_awaitable);
    answer a;
    a.status = r.result_int();
    a.challenge = {
        r[http::field::www_authenticate].data(), r[http::field::www_authenticate].size()};
    a.location = {r[http::field::location].data(), r[http::field::location].size()};
    a.body = r.body();
    co_return flow.take(a);
}

template <class Stream>
asio::awaitable<void> log_in(world& w)
{
    std::optional<Stream> stream;
    beast::flat_buffer buffer;
    trusting_flow flow;
    for (bool more = true; more;)
    {
        const auto since = meter::clock::now();
        const target& t = w.targets[w.next++ % w.targets.size()];
        flow.begin(t);
        std::string wrong;
        try
        {
            if (!stream)
                co_await connect(w, stream, t);
            while (!flow.done())
            {
                const bool good = co_await exchange(*stream, buffer, flow);
                if (!good)
                    throw std::runtime_error("the answer is wrong");
            }
        }
        catch (const std::exception& e)
        {
            wrong = e.what();
        }
        if (w.fresh || !wrong.empty())
        {
            stream.reset();
            buffer.clear();
        }
        more = wrong.empty() ? !w.measured.flow_done(since) : !w.measured.failed(wrong);
    }
    w.context.stop();
}

int run(const arguments& given)
{
    asio::io_context io(1);
    world all(io, given);
    all.measured.begin();
    for (std::size_t i = 0; i != all.measured.at_once(); ++i)
    {
        if (all.secure)
            asio::co_spawn(io, log_in<tls_stream>(all), asio::detached);
        else
            asio::co_spawn(io, log_in<plain_stream>(all), asio::detached);
    }
    asio::steady_timer limit(io, std::chrono::seconds(given.number("seconds", 120)));
    limit.async_wait([&](boost::system::error_code) { io.stop(); });
    io.run();
    if (!all.measured.complete())
    {
        std::fprintf(stderr, "beast_client: only %zu flows\n", all.measured.done());
        return 1;
    }
    all.measured.print(given.text("label", "Beast"));
    return all.measured.errors() == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    try
    {
        return run(arguments(argc, argv));
    }
    catch (const std::exception& e)
    {
        std::fprintf(stderr, "beast_client: %s\n", e.what());
        return 1;
    }
}
