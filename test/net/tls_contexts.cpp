// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/tls_contexts.hpp"

#include "net/client_certificate_fixture.hpp"
#include "support/openssl_objects.hpp"
#include "transport/background.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
using detail::background;
using detail::pool_key;
using detail::pool_key_hash;
using detail::tls_contexts;
namespace asio = boost::asio;

// A file that cannot be read to its end before the test allows it.
class slow_file
{
public:
    explicit slow_file(std::string content) : content_(std::move(content))
    {
        if (::mkdtemp(directory_.data()) == nullptr || ::mkfifo(path().c_str(), 0600) != 0)
        {
            throw std::runtime_error("cannot make a named pipe");
        }
        writer_ = std::thread([this] { write(); });
    }
    slow_file(const slow_file&) = delete;
    slow_file& operator=(const slow_file&) = delete;

    ~slow_file()
    {
        allow();
        // If nobody has ever opened the file the writer waits for a reader.
        const int fd = ::open(path().c_str(), O_RDONLY | O_NONBLOCK);
        writer_.join();
        ::close(fd);
        ::unlink(path().c_str());
        ::rmdir(directory_.c_str());
    }

    std::string path() const { return directory_ + "/slow.pem"; }

    /// Until somebody is reading.
    void wait_for_reader() { opened_.wait(); }

    void allow()
    {
        if (!allowed_already_.exchange(true))
        {
            allowed_.set_value();
        }
    }

    /// False if it had to be given although the test had not allowed it: whoever should have did
    /// not come to it.
    bool was_allowed() const { return in_time_; }

private:
    void write()
    {
        const int fd = ::open(path().c_str(), O_WRONLY);
        opened_.open();
        in_time_ =
            allowed_.get_future().wait_for(std::chrono::seconds(60)) == std::future_status::ready;
        // A reader that has gone takes nothing.
        [[maybe_unused]] const auto taken = ::write(fd, content_.data(), content_.size());
        ::close(fd);
    }

    std::string content_;
    std::string directory_ = "/tmp/asioauth-test-XXXXXX";
    gate opened_;
    std::promise<void> allowed_;
    std::atomic<bool> allowed_already_ = false;
    std::atomic<bool> in_time_ = true;
    std::thread writer_;
};

using counted_keys = openssl_objects<CRYPTO_EX_INDEX_EVP_PKEY>;

http_request as(const tls_identity& who, const std::string& target)
{
    auto r = http_client_fixture::request(target);
    r.identity(who);
    return r;
}

// --- Sharing ---------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(tls_identity_in_the_pool, http_client_fixture)

// Every component that decides whether a connection may be shared, changed by itself.
BOOST_AUTO_TEST_CASE(pool_keys_differ_if_any_component_does)
{
    const auto alice = client_leaf("alice");
    const auto bob = client_leaf("bob");
    const auto a_pem = alice.certificate_pem();
    const auto a_key = alice.key_pem();
    const auto parse = [](const char* text) { return url::parse(text).value(); };
    const tls_identity who(a_pem, secret(a_key));
    const auto policy = address_policy().allow_loopback();
    const pool_key base(parse("https://localhost:8443/a"), policy, who);
    const pool_key same(
        parse("https://localhost:8443/b?c=d"),
        address_policy().allow_loopback(),
        tls_identity(a_pem, secret(a_key))
    );
    BOOST_TEST((base == same));
    BOOST_TEST(pool_key_hash()(base) == pool_key_hash()(same));

    const auto there = parse("https://localhost:8443/a");
    const pool_key others[] = {
        pool_key(parse("http://localhost:8443/a"), policy, who),
        pool_key(parse("https://127.0.0.1:8443/a"), policy, who),
        pool_key(parse("https://localhost:8444/a"), policy, who),
        pool_key(there, address_policy(), who),
        pool_key(there, address_policy().allow_loopback().allow_private_network("10.0.0.0/8"), who),
        pool_key(there, policy, tls_identity()),
        pool_key(there, policy, tls_identity_of(bob)),
        pool_key(there, policy, tls_identity(a_pem, secret(bob.key_pem()))),
        pool_key(there, policy, tls_identity(bob.certificate_pem(), secret(a_key))),
        pool_key(there, policy, tls_identity(a_pem + bob.certificate_pem(), secret(a_key))),
    };
    for (const auto& x : others)
    {
        BOOST_TEST(!(x == base));
        for (const auto& y : others)
        {
            BOOST_TEST((x == y) == (&x == &y));
        }
    }
}

BOOST_AUTO_TEST_CASE(connection_is_shared_by_equal_identities_only)
{
    const auto alice = client_leaf("alice");
    const auto server = server_that_asks(SSL_VERIFY_PEER);
    BOOST_TEST(send(as(tls_identity_of(alice), server->url())).body() == "alice 0");
    BOOST_TEST(get(server->url()).body() == "nobody 1");
    BOOST_TEST(send(as(client_named("bob"), server->url())).body() == "bob 2");
    BOOST_TEST(send(as(tls_identity_of(alice), server->url())).body() == "alice 0");
    BOOST_TEST(get(server->url()).body() == "nobody 1");
    // Another certificate of the same name and key.
    auto again = test_pki::get().leaf(client_options("alice"));
    BOOST_TEST(send(as(tls_identity_of(again), server->url())).body() == "alice 3");
}

BOOST_AUTO_TEST_CASE(mixed_requests_never_appear_under_another_name)
{
    settings.connections_per_origin(2).idle_connections(3);
    const std::array<std::string, 4> names{"nobody", "alice", "bob", "carol"};
    const std::array<tls_identity, 4> who{
        tls_identity(), client_named("alice"), client_named("bob"), client_named("carol")};
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        const auto server = server_that_asks(SSL_VERIFY_PEER, version);
        std::mt19937 random(7);
        for (int round = 0; round != 10; ++round)
        {
            std::vector<std::pair<std::size_t, std::shared_ptr<outcome>>> all;
            for (int i = 0; i != 30; ++i)
            {
                const auto n = random() % names.size();
                all.emplace_back(n, start(as(who[n], server->url())));
            }
            run();
            for (const auto& [n, o] : all)
            {
                BOOST_TEST(o->body().starts_with(names[n] + " "));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(keys_are_freed_with_the_client)
{
    std::vector<tls_identity> all;
    for (int i = 0; i != 20; ++i)
    {
        all.push_back(client_named("client " + std::to_string(i)));
    }
    counted_keys::now();
    const auto use = [&] {
        const auto server = server_that_asks();
        http_client_fixture f;
        const int before = counted_keys::now();
        for (const auto& who : all)
        {
            BOOST_TEST(f.send(as(who, server->url())).body().starts_with("client"));
        }
        BOOST_TEST(counted_keys::now() > before);
    };
    use(); // once, for what OpenSSL keeps for good
    const int before = counted_keys::now();
    use();
    BOOST_TEST(counted_keys::now() == before);
}

BOOST_AUTO_TEST_SUITE_END()

// --- The contexts ----------------------------------------------------------------------------

struct contexts_fixture
{
    asio::io_context io;
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    std::shared_ptr<tls_contexts> subject = make(test_pki::get().ca_file());

    std::shared_ptr<tls_contexts> make(const std::string& ca_file)
    {
        return std::make_shared<tls_contexts>(
            asio::make_strand(io), detail::trust_sources(), std::vector{ca_file}
        );
    }

    result<tls_contexts::context> get(const tls_identity& who)
    {
        std::optional<result<tls_contexts::context>> got;
        subject->make(who, [&](const result<tls_contexts::context>& c) { got = c; });
        BOOST_TEST(!got.has_value()); // never inside
        while (!got)
        {
            io.run_one();
        }
        return *got;
    }
};

BOOST_FIXTURE_TEST_SUITE(tls_contexts_, contexts_fixture)

BOOST_AUTO_TEST_CASE(context_is_made_once_and_then_found)
{
    const auto alice = client_named("alice");
    BOOST_TEST(!subject->find(tls_identity()));
    BOOST_TEST(!subject->find(alice));
    const auto plain = get(tls_identity());
    const auto own = get(alice);
    BOOST_REQUIRE(plain.has_value());
    BOOST_REQUIRE(own.has_value());
    BOOST_TEST((*plain != *own));
    BOOST_TEST((subject->find(tls_identity()) == *plain));
    BOOST_TEST((subject->find(alice) == *own));
    BOOST_TEST(!subject->find(client_named("alice")));
}

BOOST_AUTO_TEST_CASE(concurrent_requests_of_one_identity_get_one_context)
{
    const auto alice = client_named("alice");
    std::vector<tls_contexts::context> got;
    for (int i = 0; i != 50; ++i)
    {
        subject->make(alice, [&](const result<tls_contexts::context>& c) {
            got.push_back(c.value());
        });
    }
    while (got.size() != 50)
    {
        io.run_one();
    }
    BOOST_TEST(std::count(got.begin(), got.end(), got.front()) == 50);
}

BOOST_AUTO_TEST_CASE(context_that_was_used_least_lately_is_forgotten)
{
    std::vector<tls_identity> who;
    std::vector<std::weak_ptr<asio::ssl::context>> made;
    std::weak_ptr<asio::ssl::context> plain = get(tls_identity()).value();
    for (std::size_t i = 0; i != tls_contexts::max_identities; ++i)
    {
        who.push_back(client_named("client " + std::to_string(i)));
        made.push_back(get(who.back()).value());
    }
    subject->find(who[0]); // now the second is the oldest
    BOOST_TEST(get(client_named("one more")).has_value());
    BOOST_TEST(!made[0].expired());
    BOOST_TEST(made[1].expired());
    BOOST_TEST(!subject->find(who[1]));
    BOOST_TEST(!plain.expired());
    subject->close();
    BOOST_TEST(made[0].expired());
    BOOST_TEST(plain.expired());
}

BOOST_AUTO_TEST_CASE(failure_is_not_kept)
{
    const auto alice = client_leaf("alice");
    const tls_identity bad(alice.certificate_pem(), secret(client_leaf("bob").key_pem()));
    BOOST_TEST((get(bad).error().code() == errc::key_invalid));
    BOOST_TEST(!subject->find(bad));
    BOOST_TEST((get(bad).error().code() == errc::key_invalid));
}

BOOST_AUTO_TEST_CASE(missing_trust_store_is_looked_for_again)
{
    std::string path;
    {
        const temporary_file gone("x");
        path = gone.path();
    }
    subject = make(path);
    BOOST_TEST((get(tls_identity()).error().code() == errc::tls_trust_store_unavailable));
    BOOST_REQUIRE(::symlink(test_pki::get().ca_file().c_str(), path.c_str()) == 0);
    BOOST_TEST(get(tls_identity()).has_value());
    ::unlink(path.c_str());
}

BOOST_AUTO_TEST_CASE(what_is_under_way_when_contexts_are_doubted_is_not_kept)
{
    slow_file authorities(test_pki::get().ca().certificate_pem());
    subject = make(authorities.path());
    int made = 0;
    const auto count = [&](const result<tls_contexts::context>& c) { made += c ? 1 : 100; };
    subject->make(tls_identity(), count);
    authorities.wait_for_reader();
    subject->doubt();
    authorities.allow();
    while (made == 0)
    {
        io.run_one();
    }
    BOOST_TEST(made == 1);
    BOOST_TEST(!subject->find(tls_identity()));
}

BOOST_AUTO_TEST_CASE(ticket_that_was_given_up_is_not_answered)
{
    slow_file authorities(test_pki::get().ca().certificate_pem());
    subject = make(authorities.path());
    bool done = false;
    const auto t = subject->make(tls_identity(), [](const result<tls_contexts::context>&) {
        BOOST_ERROR("a ticket that was given up was answered");
    });
    subject->make(tls_identity(), [&](const result<tls_contexts::context>& c) {
        done = c.has_value();
    });
    authorities.wait_for_reader();
    subject->abandon(t);
    authorities.allow();
    while (!done)
    {
        io.run_one();
    }
    BOOST_TEST(done);
}

BOOST_AUTO_TEST_CASE(handler_may_give_up_another_or_close_everything)
{
    const auto alice = client_named("alice");
    bool done = false;
    subject->make(alice, [&](const result<tls_contexts::context>&) {
        done = true;
        subject->close();
    });
    subject->make(alice, [](const result<tls_contexts::context>&) {
        BOOST_ERROR("a ticket was answered after close()");
    });
    while (!done)
    {
        io.run_one();
    }
    io.poll();
    BOOST_TEST(!subject->find(alice));
}

BOOST_AUTO_TEST_CASE(what_comes_after_closing_is_dropped)
{
    slow_file authorities(test_pki::get().ca().certificate_pem());
    subject = make(authorities.path());
    subject->make(tls_identity(), [](const result<tls_contexts::context>&) {
        BOOST_ERROR("a ticket was answered after close()");
    });
    authorities.wait_for_reader();
    subject->close();
    authorities.allow();
    bool done = false; // after what is before it
    background::of(io.get_executor()).run([&] { asio::post(io, [&] { done = true; }); });
    while (!done)
    {
        io.run_one();
    }
    BOOST_TEST(!subject->find(tls_identity()));
}

BOOST_AUTO_TEST_SUITE_END()

// --- The event loop --------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(tls_beside_the_loop, http_client_fixture)

BOOST_AUTO_TEST_CASE(authorities_are_read_beside_the_event_loop)
{
    slow_file authorities(test_pki::get().ca().certificate_pem());
    settings = http_client_settings();
    settings.add_ca_file(authorities.path());
    loopback_server secure(test_pki::get().good(), answer_all);
    loopback_server plain(answer_all);
    const auto slow = start(request(secure.url()));
    const auto fast = start(request(plain.url()));
    run_until([&] { return fast->calls != 0; });
    authorities.wait_for_reader();
    BOOST_TEST(fast->body() == "ok");
    BOOST_TEST(slow->calls == 0);
    authorities.allow();
    run();
    BOOST_TEST(slow->body() == "ok");
    BOOST_TEST(authorities.was_allowed());
}

BOOST_AUTO_TEST_CASE(reading_authorities_has_a_deadline_and_can_be_cancelled)
{
    slow_file authorities(test_pki::get().ca().certificate_pem());
    settings = http_client_settings();
    settings.add_ca_file(authorities.path()).tls_timeout(std::chrono::milliseconds(1));
    loopback_server secure(test_pki::get().good(), answer_all);
    boost::asio::cancellation_signal signal;
    const auto a = start(request(secure.url()));
    const auto b = start(request(secure.url()), signal.slot());
    io.poll();
    signal.emit(boost::asio::cancellation_type::terminal);
    run();
    BOOST_TEST((a->code() == errc::tls_timeout));
    BOOST_TEST((b->code() == operation_aborted()));
    BOOST_TEST(secure.connections_so_far() == 0U);
    authorities.wait_for_reader(); // who came to the file when it has gone would wait for ever
    BOOST_TEST(authorities.was_allowed());
}

BOOST_AUTO_TEST_CASE(client_may_go_while_authorities_are_read)
{
    for (int i = 0; i != 20; ++i)
    {
        std::optional<slow_file> authorities(test_pki::get().ca().certificate_pem());
        int calls = 0;
        http_client_settings s;
        s.add_ca_file(authorities->path());
        {
            asio::io_context loop;
            auto c = std::make_unique<http_client>(loop.get_executor(), s);
            c->async_send(request("https://localhost:1/"), [&](result<http_response> r) {
                ++calls;
                BOOST_TEST((r.error().code() == operation_aborted()));
            });
            loop.poll();
            authorities->wait_for_reader();
            c.reset();
            loop.run();
            BOOST_TEST(calls == 1);
            authorities->allow(); // the context waits for the reader
        }
    }
}

BOOST_AUTO_TEST_CASE(context_may_go_while_authorities_are_read)
{
    for (int i = 0; i != 20; ++i)
    {
        slow_file authorities(test_pki::get().ca().certificate_pem());
        http_client_settings s;
        s.add_ca_file(authorities.path());
        std::shared_ptr<http_client> c;
        asio::io_context loop;
        c = std::make_shared<http_client>(asio::make_strand(loop), s);
        c->async_send(request("https://localhost:1/"), [&](result<http_response>) {
            BOOST_ERROR("a request of a destroyed context was answered");
        });
        loop.poll();
        authorities.wait_for_reader();
        authorities.allow();
        asio::post(loop, [c = std::move(c)] {}); // owned by a handler of the context
    }
}

BOOST_AUTO_TEST_CASE(work_in_the_background_is_done_in_order_and_what_it_throws_is_lost)
{
    asio::io_context loop;
    auto work = asio::make_work_guard(loop);
    auto& b = background::of(loop.get_executor());
    BOOST_TEST(&b == &background::of(asio::make_strand(loop)));
    for (int round = 0; round != 50; ++round)
    {
        std::vector<int> order;
        bool done = false;
        for (int i = 0; i != 5; ++i)
        {
            b.run([&order, i] {
                order.push_back(i);
                if (i == 2)
                {
                    throw std::runtime_error("lost");
                }
            });
        }
        b.run([&] { asio::post(loop, [&] { done = true; }); });
        while (!done)
        {
            loop.run_one();
        }
        BOOST_TEST((order == std::vector{0, 1, 2, 3, 4}));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
