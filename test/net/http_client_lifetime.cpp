// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/http_client_fixture.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
using boost::asio::cancellation_type;
using boost::asio::ip::tcp;
using std::chrono::milliseconds;

// A port that takes no more connections: the queue of those to accept is full, so the kernel drops
// what comes.
class black_hole
{
public:
    black_hole()
    {
        acceptor_.open(tcp::v4());
        acceptor_.bind(tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
        acceptor_.listen(0);
        for (auto& s : fillers_)
        {
            s.emplace(io_);
            s->open(tcp::v4());
            s->native_non_blocking(true);
            const auto to = acceptor_.local_endpoint();
            // Not Asio's, which waits for the connection.
            if (::connect(s->native_handle(), to.data(), static_cast<socklen_t>(to.size())) == 0)
            {
                continue;
            }
        }
    }

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    boost::asio::io_context io_;
    tcp::acceptor acceptor_{io_};
    std::array<std::optional<tcp::socket>, 4> fillers_;
};

// A request that got stuck in one phase of its life.
enum class stuck_in
{
    queue,
    name,
    connect,
    handshake,
    write,
    head,
    body,
};

constexpr stuck_in everywhere[] = {
    stuck_in::queue,
    stuck_in::name,
    stuck_in::connect,
    stuck_in::handshake,
    stuck_in::write,
    stuck_in::head,
    stuck_in::body,
};

struct stuck_request
{
    http_client_fixture f;
    std::shared_ptr<gate> slow = std::make_shared<gate>();
    std::shared_ptr<std::atomic<bool>> there = std::make_shared<std::atomic<bool>>(false);
    std::optional<black_hole> hole;
    std::optional<loopback_server> server;
    std::shared_ptr<outcome> blocker;
    const stuck_in where;

    explicit stuck_request(stuck_in w) : where(w)
    {
        f.settings.connections_per_origin(1);
        f.hooks.lookup =
            [s = slow, t = there](const std::string&, detail::resolver::addresses&) -> error_code {
            *t = true;
            s->wait();
            return errc::name_not_resolved;
        };
        server.emplace([this](peer& p) {
            if (where == stuck_in::handshake)
            {
                char byte = 0;
                boost::system::error_code ec;
                p.socket().read_some(boost::asio::buffer(&byte, 1), ec);
                *there = true;
            }
            else if (where == stuck_in::write)
            {
                char byte = 0;
                boost::system::error_code ec;
                p.socket().read_some(boost::asio::buffer(&byte, 1), ec);
                *there = true;
                slow->wait(); // and read no more
                return;
            }
            else
            {
                p.read_request();
                if (where == stuck_in::body)
                {
                    p.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbod");
                }
                *there = true;
            }
            p.read_to_end();
        });
    }

    ~stuck_request() { slow->open(); }

    http_request request()
    {
        const auto port = std::to_string(server->port());
        switch (where)
        {
        case stuck_in::name: return f.request("https://slow.example/");
        case stuck_in::connect:
            hole.emplace();
            return f.request("http://127.0.0.1:" + std::to_string(hole->port()) + "/");
        case stuck_in::handshake: return f.request("https://127.0.0.1:" + port + "/");
        case stuck_in::write:
        {
            auto r = f.post(server->url());
            r.body("text/plain", secret(std::string(std::size_t{64} << 20, 'x')));
            return r;
        }
        case stuck_in::queue: blocker = f.start(f.request(server->url())); break;
        case stuck_in::head:
        case stuck_in::body: break;
        }
        return f.request(server->url());
    }

    void get_there()
    {
        // Connecting has no other side that could tell, and a few rounds more do no harm anywhere.
        int more = where == stuck_in::connect ? 100 : 10;
        while (!*there && more > 0)
        {
            f.io.poll();
            more -= where == stuck_in::connect ? 1 : 0;
        }
        f.io.poll();
    }
};

std::ostream& operator<<(std::ostream& os, stuck_in w)
{
    return os << "phase " << static_cast<int>(w);
}

BOOST_AUTO_TEST_SUITE(http_client_deadline)

BOOST_AUTO_TEST_CASE(each_phase_has_its_deadline)
{
    for (const auto w : everywhere)
    {
        BOOST_TEST_CONTEXT(w)
        {
            stuck_request s(w);
            errc expected = errc::deadline_exceeded;
            const milliseconds soon(40);
            switch (w)
            {
            case stuck_in::queue: s.f.settings.total_timeout(soon); break;
            case stuck_in::name:
                s.f.settings.resolve_timeout(soon);
                expected = errc::resolve_timeout;
                break;
            case stuck_in::connect:
                s.f.settings.connect_timeout(soon);
                expected = errc::connect_timeout;
                break;
            case stuck_in::handshake:
                s.f.settings.tls_timeout(soon);
                expected = errc::tls_timeout;
                break;
            case stuck_in::write:
                s.f.settings.write_timeout(soon);
                expected = errc::write_timeout;
                break;
            case stuck_in::head:
            case stuck_in::body:
                s.f.settings.response_timeout(soon);
                expected = errc::response_timeout;
                break;
            }
            const auto o = s.f.send(s.request());
            BOOST_TEST(name_of(o.code()) == name_of(expected));
        }
    }
}

BOOST_AUTO_TEST_CASE(total_deadline_covers_every_phase)
{
    for (const auto w : everywhere)
    {
        BOOST_TEST_CONTEXT(w)
        {
            stuck_request s(w);
            s.f.settings.total_timeout(milliseconds(40));
            const auto o = s.f.send(s.request());
            BOOST_TEST((o.code() == errc::deadline_exceeded));
        }
    }
}

BOOST_AUTO_TEST_CASE(slow_drip_ends_by_deadline)
{
    http_client_fixture f;
    f.settings.response_timeout(milliseconds(100));
    for (const bool in_body : {false, true})
    {
        loopback_server server([in_body](peer& p) {
            p.read_request();
            p.write(
                in_body ? "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nX-A: "
            );
            // A byte each time that a read gives up after a millisecond, until the client has gone.
            const timeval pace{0, 1000};
            ::setsockopt(p.socket().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &pace, sizeof(pace));
            char byte = 0;
            while (::recv(p.socket().native_handle(), &byte, 1, 0) < 0 && p.write("x"))
            {}
        });
        BOOST_TEST((f.get(server.url()).code() == errc::response_timeout));
    }
}

BOOST_AUTO_TEST_CASE(extreme_timeouts_do_not_overflow)
{
    http_client_fixture f;
    const auto most = milliseconds::max();
    f.settings.resolve_timeout(most).connect_timeout(most).tls_timeout(most).write_timeout(most);
    f.settings.response_timeout(most).total_timeout(most).idle_timeout(most);
    loopback_server server(answer_all);
    BOOST_TEST(f.get(server.url("/", "localhost")).body() == "ok");
    http_client_fixture none;
    none.settings.total_timeout(milliseconds::min());
    BOOST_TEST((none.get(server.url()).code() == errc::deadline_exceeded));
}

BOOST_AUTO_TEST_CASE(slow_name_does_not_delay_another_host)
{
    stuck_request s(stuck_in::name);
    const auto slow = s.f.start(s.request());
    loopback_server server(answer_all);
    const auto fast = s.f.start(s.f.request(server.url()));
    s.f.run_until([&] { return fast->calls != 0; });
    BOOST_TEST(fast->body() == "ok");
    BOOST_TEST(slow->calls == 0);
    s.slow->open();
    s.f.run();
    BOOST_TEST((slow->code() == errc::name_not_resolved));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(http_client_lifetime)

BOOST_AUTO_TEST_CASE(cancellation_ends_every_phase_at_once)
{
    for (const auto w : everywhere)
    {
        for (const auto type :
             {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total})
        {
            BOOST_TEST_CONTEXT(w)
            {
                stuck_request s(w);
                boost::asio::cancellation_signal signal;
                const auto o = s.f.start(s.request(), signal.slot());
                s.get_there();
                BOOST_TEST(o->calls == 0);
                signal.emit(type);
                BOOST_TEST(o->calls == 0); // never from inside the emission
                s.f.run_until([&] { return o->calls != 0; });
                BOOST_TEST((o->code() == operation_aborted()));
                if (s.blocker)
                {
                    BOOST_TEST(s.blocker->calls == 0);
                    s.f.client().close();
                }
                s.f.run(); // nothing is left that would keep the context running
                BOOST_TEST(o->calls == 1);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(close_ends_every_phase_and_everything_that_waits)
{
    for (const auto w : everywhere)
    {
        BOOST_TEST_CONTEXT(w)
        {
            stuck_request s(w);
            const auto o = s.f.start(s.request());
            s.get_there();
            s.f.client().close();
            BOOST_TEST(o->calls == 0);
            s.f.run();
            BOOST_TEST(o->calls == 1);
            BOOST_TEST((o->code() == operation_aborted()));
            if (s.blocker)
            {
                BOOST_TEST((s.blocker->code() == operation_aborted()));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(context_may_be_destroyed_with_requests_under_way_that_own_the_client)
{
    for (const auto w : everywhere)
    {
        BOOST_TEST_CONTEXT(w)
        {
            stuck_request s(w);
            auto r = s.request();
            const auto watch = std::make_shared<int>(0);
            {
                boost::asio::io_context io;
                const auto c =
                    std::make_shared<http_client::impl>(io.get_executor(), s.f.settings, s.f.hooks);
                struct owner
                {
                    explicit owner(std::shared_ptr<http_client::impl> client) : c(std::move(client))
                    {}
                    owner(const owner&) = delete;
                    owner& operator=(const owner&) = delete;
                    ~owner() { c->close(); }
                    std::shared_ptr<http_client::impl> c;
                };
                const auto own = std::make_shared<owner>(c);
                for (int i = 0; i != 3; ++i)
                {
                    c->async_send(r, [own, watch](result<http_response>) { ++*watch; });
                }
                for (int i = 0; i != 100; ++i)
                {
                    io.poll();
                }
            }
            BOOST_TEST(*watch == 0);
            BOOST_TEST(watch.use_count() == 1); // no handler is left behind
        }
    }
}

BOOST_AUTO_TEST_CASE(emission_after_completion_does_nothing)
{
    http_client_fixture f;
    loopback_server server(answer_all);
    boost::asio::cancellation_signal signal;
    const auto o = f.start(f.request(server.url()), signal.slot());
    f.run();
    signal.emit(cancellation_type::terminal);
    f.run();
    BOOST_TEST(o->calls == 1);
    BOOST_TEST(o->body() == "ok");
}

BOOST_AUTO_TEST_CASE(emission_of_no_type_does_nothing)
{
    http_client_fixture f;
    loopback_server server(answer_all);
    boost::asio::cancellation_signal signal;
    const auto o = f.start(f.request(server.url()), signal.slot());
    signal.emit(cancellation_type::none);
    f.run();
    BOOST_TEST(o->body() == "ok");
}

BOOST_AUTO_TEST_CASE(handler_may_throw_and_the_client_goes_on)
{
    http_client_fixture f;
    loopback_server server(answer_all);
    f.client().async_send(f.request(server.url()), [](result<http_response>) { throw 1; });
    BOOST_CHECK_THROW(f.run(), int);
    f.run();
    BOOST_TEST(f.get(server.url()).body() == "ok");
}

// Names, addresses, TLS, a redirect and a second connection: everything that an exchange goes
// through.
struct whole_life
{
    loopback_server server{
        test_pki::get().good(), [](peer& p) {
            for (auto r = p.read_request(); !r.empty(); r = p.read_request())
            {
                if (r.starts_with("GET /end"))
                {
                    p.respond("ok");
                    continue;
                }
                p.write("HTTP/1.1 302 X\r\nLocation: /end\r\nConnection: close\r\n"
                        "Content-Length: 0\r\n\r\n");
                return;
            }
        }};

    void prepare(http_client_fixture& f)
    {
        f.hooks.lookup = [](const std::string&, detail::resolver::addresses& found) {
            found.push_back(boost::asio::ip::make_address("93.184.216.34"));
            return error_code();
        };
        f.hooks.route = [port = server.port()](const tcp::endpoint&) {
            return tcp::endpoint(boost::asio::ip::address_v4::loopback(), port);
        };
    }

    static http_request request()
    {
        return http_client_fixture::request("https://good.example/start");
    }
};

// Do something after the first, the second, ... handler of the context has run, until it comes too
// late.
int interrupt_everywhere(
    const std::function<void(http_client_fixture&, boost::asio::cancellation_signal&)>& interrupt
)
{
    for (int k = 0;; ++k)
    {
        whole_life life;
        http_client_fixture f;
        life.prepare(f);
        boost::asio::cancellation_signal signal;
        const auto o = f.start(whole_life::request(), signal.slot());
        for (int i = 0; i != k && o->calls == 0; ++i)
        {
            f.io.run_one();
        }
        const bool late = o->calls != 0;
        interrupt(f, signal);
        f.run();
        BOOST_REQUIRE(o->calls == 1);
        BOOST_REQUIRE((o->body() == "ok" || o->code() == operation_aborted()));
        if (late)
        {
            BOOST_REQUIRE(o->body() == "ok");
            return k;
        }
    }
}

BOOST_AUTO_TEST_CASE(cancelling_after_any_step_completes_once)
{
    const int steps =
        interrupt_everywhere([](http_client_fixture&, boost::asio::cancellation_signal& s) {
            s.emit(cancellation_type::terminal);
        });
    BOOST_TEST(steps > 15); // otherwise this test has lost its subject
}

BOOST_AUTO_TEST_CASE(closing_after_any_step_completes_once)
{
    const int steps =
        interrupt_everywhere([](http_client_fixture& f, boost::asio::cancellation_signal&) {
            f.client().close();
        });
    BOOST_TEST(steps > 15);
}

BOOST_AUTO_TEST_CASE(destroying_the_context_after_any_step_leaves_nothing_behind)
{
    bool done = false;
    int k = 0;
    for (; !done; ++k)
    {
        whole_life life;
        http_client_fixture f;
        life.prepare(f);
        const auto watch = std::make_shared<bool>(false);
        {
            boost::asio::io_context io;
            const auto c =
                std::make_shared<http_client::impl>(io.get_executor(), f.settings, f.hooks);
            c->async_send(whole_life::request(), [c, watch](result<http_response>) {
                *watch = true;
                c->close();
            });
            for (int i = 0; i != k && !*watch; ++i)
            {
                io.run_one();
            }
            done = *watch;
            c->close();
        }
        BOOST_REQUIRE(watch.use_count() == 1);
    }
    BOOST_TEST(k > 15);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
