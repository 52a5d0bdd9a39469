// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Clients whose context eight threads run: some threads begin operations of every kind, others cancel
// them, deadlines end some, and clients go away in the middle of theirs. Real connections. Run under
// the sanitizers.

#include "faults/support/other_side.hpp"
#include "support/certificates.hpp"
#include "support/parked.hpp"

#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/protocol/form.hpp>
#include <asioauth/user_agent.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(client_threads)

using namespace asioauth;
using namespace asioauth::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// What others do on threads of their own while this lives.
class threads
{
public:
    threads() = default;
    threads(const threads&) = delete;
    threads& operator=(const threads&) = delete;
    ~threads() { join(); }

    template <class Work>
    void add(int how_many, Work work)
    {
        for (int i = 0; i != how_many; ++i)
            all_.emplace_back(work, i);
    }

    void join()
    {
        for (auto& t : std::exchange(all_, {}))
            t.join();
    }

private:
    std::vector<std::thread> all_;
};

// A provider, and beside it a server that takes connections and says nothing, on a thread of their
// own.
class other_side
{
public:
    explicit other_side(bool tls)
        : identity_(tls ? std::optional(testing::test_pki::get().good()) : std::nullopt)
        , provider_(io_, identity_ ? &*identity_ : nullptr)
        , silent_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
    {
        const auto at = [](std::uint16_t port) { return ":" + std::to_string(port); };
        provider_.base(
            (tls ? "https://localhost" : "http://127.0.0.1") + at(provider_.where().port())
        );
        resource = provider_.base() + "/mcp";
        silent_resource = "http://127.0.0.1" + at(silent_.local_endpoint().port()) + "/mcp";
        runs_.add(1, [this](int) { io_.run(); });
    }
    other_side(const other_side&) = delete;
    other_side& operator=(const other_side&) = delete;

    ~other_side()
    {
        io_.stop();
        runs_.join();
    }

    std::string resource;
    std::string silent_resource;

private:
    const std::optional<testing::identity> identity_;
    asio::io_context io_;
    provider provider_;
    tcp::acceptor silent_; // the system takes them in its name
    threads runs_;
};

// Agrees to whatever is shown, at once, and comes back to the redirect listener.
class willing_user final : public user_agent
{
public:
    explicit willing_user(asio::io_context& io) : io_(io) {}

    void async_open(url where, opened_handler h) override
    {
        std::make_shared<parked<result<void>>>(io_.get_executor(), std::move(h))
            ->complete(result<void>());
        std::string back;
        std::string state;
        const auto fields = parse_form(where.query()).value();
        for (const auto& f : fields)
        {
            if (f.first == "redirect_uri")
                back = f.second;
            else if (f.first == "state")
                state = f.second;
        }
        back += "?code=c&iss=" + form_encode(where.origin()) + "&state=" + form_encode(state);
        std::make_shared<visit>(io_, url::parse(back).value())->start();
    }

    // Never completes unless it is cancelled.
    void async_ask_redirect_url(pasted_handler h) override
    {
        const auto asked =
            std::make_shared<parked<result<std::string>>>(io_.get_executor(), std::move(h));
        asked->listen_for_cancellation();
        asked_.push_back(asked);
    }

private:
    class visit : public std::enable_shared_from_this<visit>
    {
    public:
        visit(asio::io_context& io, const url& to)
            : socket_(asio::make_strand(io))
            , port_(to.port())
            , text_(
                  "GET " + std::string(to.path()) + "?" + std::string(to.query())
                  + " HTTP/1.1\r\nHost: " + std::string(to.authority()) + "\r\n\r\n"
              )
        {}

        void start()
        {
            const tcp::endpoint there(asio::ip::address_v4::loopback(), port_);
            socket_.async_connect(there, [self = shared_from_this()](error_code ec) {
                if (ec)
                    return;
                const auto text = asio::buffer(self->text_);
                asio::async_write(self->socket_, text, [self](error_code, std::size_t) {
                    self->read();
                });
            });
        }

    private:
        void read()
        {
            const auto space = asio::buffer(space_);
            socket_.async_read_some(space, [self = shared_from_this()](error_code ec, std::size_t) {
                if (!ec)
                    self->read();
            });
        }

        tcp::socket socket_;
        std::uint16_t port_;
        std::string text_;
        char space_[1024] = {};
    };

    asio::io_context& io_;
    std::list<std::shared_ptr<parked<result<std::string>>>> asked_;
};

// One operation. Its handler and whoever cancels it are on a strand of its own, as signals want it.
class operation
{
public:
    explicit operation(asio::io_context& io) : place(asio::make_strand(io)) {}

    asio::strand<asio::io_context::executor_type> place;
    asio::cancellation_signal stop;
    std::atomic<int> calls = 0;
    std::atomic<bool> inside = false; // of the function that begins it
    error_code ec;
    diagnostics info;
};

// A client that everybody uses, with what it got by a login.
class shared_client
{
public:
    shared_client(asio::io_context& io, const other_side& there, const client_settings& with)
        : subject(io.get_executor(), with)
        , begun(subject.async_login(there.resource, asio::use_future).get())
        , found(begun.found())
        , registered(begun.client_registration())
        , tokens(begun.tokens())
    {}

    client subject;
    const session begun;
    const discovery found;
    const registration registered;
    const token_set tokens;
};

class crowd
{
public:
    static constexpr int starters = 4;
    static constexpr int cancellers = 3;
    static constexpr int kinds = 10;

    crowd(bool tls, int how_many)
        : how_many_(how_many)
        , there_(tls)
        , room_(how_many / kinds + 10) // more than there are that nobody but others ends
    {
        http_client_settings http;
        if (tls)
            http.add_ca_file(testing::test_pki::get().ca_file());
        with_.http(http);
        runs_.add(8, [this](int) { io_.run(); });
        for (auto& c : clients_)
            c = new_client();
    }

    void run()
    {
        threads cancelling;
        cancelling.add(cancellers, [this](int n) { cancel_some(unsigned(n)); });
        {
            threads starting;
            starting.add(starters, [this](int n) {
                for (int i = n; i < how_many_; i += starters)
                    begin_one(i);
            });
            for (int gone = 1; gone != 10; ++gone)
            {
                wait_for(begun_, std::size_t(gone * how_many_ / 10));
                replace(std::size_t(gone) % clients_.size(), new_client());
            }
        }
        // Nobody holds a client any more, so that every operation has to end.
        for (std::size_t i = 0; i != clients_.size(); ++i)
            replace(i, nullptr);
        wait_for(ended_, std::size_t(how_many_));
        over_ = true;
        wanted_.release(cancellers);
        cancelling.join();
        busy_.reset();
        runs_.join();
        look_at_all(std::size_t(how_many_));
    }

private:
    std::shared_ptr<shared_client> new_client()
    {
        client_settings s(with_);
        s.user_agent(std::make_shared<willing_user>(io_));
        return std::make_shared<shared_client>(io_, there_, s);
    }

    // The old one goes here, or where an operation of it is being begun.
    void replace(std::size_t at, std::shared_ptr<shared_client> by)
    {
        const std::lock_guard lock(mutex_);
        clients_[at].swap(by);
    }

    static void wait_for(const std::atomic<std::size_t>& count, std::size_t least)
    {
        for (auto now = count.load(); now < least; now = count.load())
            count.wait(now);
    }

    template <class Start>
    void begin(Start start)
    {
        const auto op = std::make_shared<operation>(io_);
        op->inside = true;
        const auto starter = std::this_thread::get_id();
        auto handler = [this, op, starter](error_code ec, auto&&...) {
            if (op->inside && starter == std::this_thread::get_id())
                ++inline_;
            op->ec = ec;
            if (++op->calls == 1)
                end();
        };
        auto bound = asio::bind_executor(op->place, std::move(handler));
        start(op->info, asio::bind_cancellation_slot(op->stop.slot(), std::move(bound)));
        op->inside = false;
        const std::lock_guard lock(mutex_);
        operations_.push_back(op);
    }

    void end()
    {
        room_.release();
        ++ended_;
        ended_.notify_all();
    }

    void begin_one(int i)
    {
        room_.acquire();
        if (i % 3 == 0)
            wanted_.release();
        std::shared_ptr<shared_client> at;
        {
            const std::lock_guard lock(mutex_);
            at = clients_[std::size_t(i) % clients_.size()];
        }
        begin([&](diagnostics& info, auto handler) { start(i, *at, info, std::move(handler)); });
        at.reset();
        ++begun_;
        begun_.notify_all();
    }

    template <class Handler>
    void start(int i, shared_client& at, diagnostics& info, Handler h)
    {
        client& c = at.subject;
        const auto& s = at.begun;
        const std::string user = "user " + std::to_string(i % 200);
        switch (i % kinds)
        {
        case 0: return c.async_login(login_params(there_.resource).user(user), info, std::move(h));
        case 1:
            return c.async_login(
                login_params(there_.resource).grant(token_grant::client_credentials()),
                info,
                std::move(h)
            );
        case 2:
            return c.async_discover(
                discover_params(there_.resource).fresh(true), info, std::move(h)
            );
        case 3:
            return c.async_discover(
                discover_params(there_.silent_resource).timeout(1ms * (1 + i % 30)),
                info,
                std::move(h)
            );
        case 4: return c.async_discover(there_.silent_resource, info, std::move(h));
        case 5: return c.async_refresh(at.found, at.registered, at.tokens, info, std::move(h));
        case 6: return s.async_token(2h, info, std::move(h)); // longer than any lasts
        case 7: return s.async_replace_token(s.tokens().access_token, info, std::move(h));
        case 8:
            return c.async_register(
                at.found, register_params().force(true).timeout(1ms * (i % 50)), info, std::move(h)
            );
        default:
            return s.async_send(
                http_request(request_kind::resource, "GET", url::parse(there_.resource).value()),
                info,
                std::move(h)
            );
        }
    }

    // Of all that are under way, any, with any type.
    void cancel_some(unsigned seed)
    {
        constexpr asio::cancellation_type types[] = {
            asio::cancellation_type::terminal,
            asio::cancellation_type::partial,
            asio::cancellation_type::total};
        std::minstd_rand random(seed + 1);
        for (wanted_.acquire(); !over_; wanted_.acquire())
        {
            std::shared_ptr<operation> op;
            {
                const std::lock_guard lock(mutex_);
                std::size_t tries = 16;
                while (!operations_.empty() && tries-- != 0 && (op == nullptr || op->calls != 0))
                    op = operations_[random() % operations_.size()];
            }
            const auto type = types[random() % 3];
            if (op)
                asio::post(op->place, [op, type] { op->stop.emit(type); });
        }
    }

    void look_at_all(std::size_t how_many) const
    {
        std::size_t not_once = 0;
        std::size_t good = 0;
        std::size_t cancelled = 0;
        std::size_t late = 0;
        for (const auto& op : operations_)
        {
            not_once += op->calls == 1 ? 0U : 1U;
            good += op->ec ? 0U : 1U;
            cancelled += op->ec == condition::cancelled ? 1U : 0U;
            late += op->ec == errc::deadline_exceeded ? 1U : 0U;
            const bool known =
                !op->ec || op->ec == condition::cancelled || op->ec == errc::deadline_exceeded;
            BOOST_TEST(known, describe(op->ec, op->info));
        }
        BOOST_TEST(operations_.size() == how_many);
        BOOST_TEST(not_once == 0U);
        BOOST_TEST(inline_ == 0U);
        // Of each some, whatever the machine does meanwhile.
        BOOST_TEST(good > how_many / 20);
        BOOST_TEST(cancelled > how_many / 20);
        BOOST_TEST(late != 0U);
        BOOST_TEST_MESSAGE(
            how_many << " operations: " << good << " good, " << cancelled << " cancelled, " << late
                     << " late"
        );
    }

    const int how_many_;
    other_side there_;
    client_settings with_;
    asio::io_context io_;
    threads runs_;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> busy_{
        io_.get_executor()};
    std::counting_semaphore<> room_;
    std::counting_semaphore<> wanted_{0};
    std::atomic<bool> over_ = false;
    std::atomic<std::size_t> begun_ = 0;
    std::atomic<std::size_t> ended_ = 0;
    std::atomic<std::size_t> inline_ = 0;
    std::mutex mutex_; // for what follows
    std::array<std::shared_ptr<shared_client>, 3> clients_;
    std::vector<std::shared_ptr<operation>> operations_;
};

} // namespace

BOOST_AUTO_TEST_CASE(eight_threads_run_what_others_begin_and_cancel_and_each_handler_once)
{
    crowd(false, 1'400).run();
}

BOOST_AUTO_TEST_CASE(eight_threads_run_what_others_begin_and_cancel_over_tls)
{
    crowd(true, 600).run();
}

BOOST_AUTO_TEST_SUITE_END()
