// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "support/postgres_server.hpp"
#include "support/print.hpp"

#include <asioauth/postgres_store.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace asioauth::test {

namespace asio = boost::asio;
using testing::postgres_console;
using testing::postgres_server;
using testing::until;

/// The server that all tests of the program share.
inline postgres_server& server()
{
    static postgres_server s;
    return s;
}

/// Tables of one test's own, and an event loop that runs while somebody waits for an answer.
class postgres_fixture
{
public:
    postgres_fixture()
    {
        static int number = 0;
        schema = "test_" + std::to_string(++number);
    }

    postgres_settings settings(const std::string& more = {}) const
    {
        postgres_settings s(server().connection_string() + " " + more);
        return s.schema(schema);
    }

    std::unique_ptr<postgres_store> open() { return open(settings()); }
    std::unique_ptr<postgres_store> open(const postgres_settings& s)
    {
        return std::make_unique<postgres_store>(io.get_executor(), s);
    }

    /// Start an operation with a handler that keeps the result here.
    template <class T>
    class answer
    {
    public:
        bool is_there() const { return value->has_value(); }
        std::shared_ptr<std::optional<result<T>>> value =
            std::make_shared<std::optional<result<T>>>();
        std::function<void(result<T>)> handler() const
        {
            return [v = value](result<T> r) {
                BOOST_TEST(!v->has_value(), "a handler was invoked twice");
                v->emplace(std::move(r));
            };
        }
    };

    void run_until(const std::function<bool()>& condition)
    {
        while (!condition())
        {
            io.restart();
            if (io.run_one_for(std::chrono::seconds(60)) == 0)
                throw std::runtime_error("nothing happens any more");
        }
    }

    template <class T>
    result<T> wait(const answer<T>& a)
    {
        run_until([&] { return a.is_there(); });
        return std::move(**a.value);
    }

    result<stored_record> load(store& s, const record_key& key)
    {
        const answer<stored_record> a;
        s.async_load(key, a.handler());
        return wait(a);
    }

    result<generation>
    commit(store& s, const record_key& key, generation expected, generation next, const record& r)
    {
        const answer<generation> a;
        s.async_commit(key, expected, next, r, a.handler());
        return wait(a);
    }

    result<generation> remove(store& s, const record_key& key, generation expected)
    {
        const answer<generation> a;
        s.async_commit(key, expected, 0, std::nullopt, a.handler());
        return wait(a);
    }

    result<stored_record> take(store& s, const record_key& key)
    {
        const answer<stored_record> a;
        s.async_take(key, {"issuer", "binding"}, a.handler());
        return wait(a);
    }

    result<lease> acquire(
        store& s,
        const record_key& key,
        const std::string& owner,
        std::chrono::milliseconds ttl = std::chrono::minutes(5)
    )
    {
        const answer<lease> a;
        s.async_lease(key, owner, ttl, a.handler());
        return wait(a);
    }

    result<lease> renew(
        store& s,
        const record_key& key,
        const std::string& owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl = std::chrono::minutes(5)
    )
    {
        const answer<lease> a;
        s.async_renew_lease(key, owner, fence, ttl, a.handler());
        return wait(a);
    }

    result<void>
    release(store& s, const record_key& key, const std::string& owner, std::uint64_t fence)
    {
        const answer<void> a;
        s.async_release_lease(key, owner, fence, a.handler());
        return wait(a);
    }

    result<std::uint64_t> erase(store& s, const record_filter& f)
    {
        const answer<std::uint64_t> a;
        s.async_erase(f, a.handler());
        return wait(a);
    }

    result<std::vector<listed_record>> list(store& s, const record_filter& f)
    {
        const answer<std::vector<listed_record>> a;
        s.async_list(f, a.handler());
        return wait(a);
    }

    static record value(std::string_view document = "document")
    {
        record r;
        r.document = secret(document);
        r.user = "user";
        r.issuer = "issuer";
        r.binding = "binding";
        return r;
    }

    static record_key key(const std::string& id = "id") { return {record_kind::pending_login, id}; }

    std::string table(const std::string& name) const { return schema + "." + name; }
    static std::string console(const std::string& sql)
    {
        return postgres_console(server().connection_string())(sql);
    }

    asio::io_context io;
    std::string schema;
};

/// The code of a failure; a success is reported.
template <class T>
error_code code_of(const result<T>& r)
{
    return r ? error_code() : r.error().code();
}

template <class T>
std::string text_of(const result<T>& r)
{
    return r ? "a success" : describe(r.error().code(), r.error().info());
}

/** Stands between a store and its server, and cuts connections where it hurts: when a statement
    with certain words passes, either before the server has it or after it was carried out.
*/
class postgres_proxy
{
public:
    using protocol = asio::local::stream_protocol;

    explicit postgres_proxy(asio::io_context& io)
        : io_(io)
        , acceptor_(io, protocol::endpoint(path()))
    {
        accept();
    }

    std::string connection_string() const
    {
        return "host=" + folder_.path() + " port=1 user=tester dbname=postgres";
    }

    /// The statement gets to the server, but its answer does not come back.
    void cut_answer(std::string words, int times = 1) { arm(std::move(words), times, false); }
    /// The statement does not get to the server.
    void cut_statement(std::string words, int times = 1) { arm(std::move(words), times, true); }
    int cuts_left() const { return times_; }

    /// What happens in between.
    std::function<void()> on_cut = [] {};

private:
    class session : public std::enable_shared_from_this<session>
    {
    public:
        session(postgres_proxy& p, protocol::socket c)
            : proxy(p)
            , client(std::move(c))
            , upstream(p.io_)
        {}

        void start()
        {
            upstream.connect(protocol::endpoint(server().socket()));
            from_client();
            from_server();
        }

        void from_client()
        {
            client.async_read_some(
                asio::buffer(down),
                [self = shared_from_this()](error_code ec, std::size_t size) {
                    if (ec)
                        return self->close();
                    const std::string text(self->down.data(), size);
                    auto& p = self->proxy;
                    if (p.times_ > 0 && text.find(p.words_) != std::string::npos)
                    {
                        --p.times_;
                        if (p.is_before_)
                        {
                            self->close();
                            p.on_cut();
                            return;
                        }
                        self->is_cutting = true;
                    }
                    error_code ignored;
                    asio::write(self->upstream, asio::buffer(text), ignored);
                    self->from_client();
                }
            );
        }

        void from_server()
        {
            upstream.async_read_some(
                asio::buffer(up),
                [self = shared_from_this()](error_code ec, std::size_t size) {
                    if (ec)
                        return self->close();
                    if (self->is_cutting)
                    {
                        self->close();
                        self->proxy.on_cut();
                        return;
                    }
                    error_code ignored;
                    asio::write(self->client, asio::buffer(self->up.data(), size), ignored);
                    self->from_server();
                }
            );
        }

        void close()
        {
            error_code ignored;
            client.close(ignored);
            upstream.close(ignored);
        }

        postgres_proxy& proxy;
        protocol::socket client;
        protocol::socket upstream;
        std::array<char, 65'536> down{};
        std::array<char, 65'536> up{};
        bool is_cutting = false;
    };

    std::string path() const { return folder_.path() + "/.s.PGSQL.1"; }

    void arm(std::string words, int times, bool before)
    {
        words_ = std::move(words);
        times_ = times;
        is_before_ = before;
    }

    void accept()
    {
        acceptor_.async_accept([this](error_code ec, protocol::socket s) {
            if (ec)
                return;
            std::make_shared<session>(*this, std::move(s))->start();
            accept();
        });
    }

    asio::io_context& io_;
    testing::server_folder folder_;
    protocol::acceptor acceptor_;
    std::string words_;
    int times_ = 0;
    bool is_before_ = false;
};

} // namespace asioauth::test
