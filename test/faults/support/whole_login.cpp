// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/whole_login.hpp"

#include "support/certificates.hpp"

#include <asioauth/http_client.hpp>
#include <asioauth/memory_store.hpp>
#include <asioauth/protocol/form.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <poll.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace asioauth::test {

using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds step = 100ms;
constexpr std::chrono::seconds stride = 10s; // once every deadline but a person's is over
constexpr std::chrono::seconds shortest = 130s;
// Longer than a login and a request of it may take together.
constexpr std::chrono::seconds longest = 1500s;

const testing::identity* identity_of(bool tls)
{
    static const testing::identity good = testing::test_pki::get().good();
    return tls ? &good : nullptr;
}

// Real time that something may be on its way.
constexpr int patience = 20'000;

// Everything that is due is found as soon as any timer is, and that is found at once if it is the
// first of all: the system's own clock knows nothing of ours.
// @return whether anything was due
bool go_on(asio::io_context& io, std::chrono::nanoseconds by)
{
    standing_clock::advance(by);
    asio::steady_timer now(io, std::chrono::steady_clock::time_point());
    bool fired = false;
    now.async_wait([&](error_code) { fired = true; });
    io.restart();
    std::size_t handlers = 0;
    while (!fired)
    {
        ++handlers;
        try
        {
            const failing_memory::counted these;
            io.run_one();
        }
        catch (const std::bad_alloc&)
        {
            continue;
        }
    }
    return handlers > 1;
}

} // namespace

scenery::scenery(bool with_tls)
    : tls(with_tls)
    , server(io, identity_of(with_tls))
    , between(io, server.where())
{
    server.base(
        (tls ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(between.port())
    );
}

scenery::~scenery()
{
    clear();
}

std::size_t scenery::run_some(asio::io_context& client)
{
    client.restart();
    io.restart();
    std::size_t n = io.poll();
    try
    {
        const failing_memory::counted these;
        const auto done_now = after_step ? client.poll_one() : client.poll();
        n += done_now;
        const failing_memory::uncounted mine;
        if (after_step && done_now != 0)
            after_step();
    }
    catch (const std::bad_alloc&)
    {
        ++thrown;
        ++n;
    }
    return n;
}

bool scenery::settle(asio::io_context& client, const std::function<bool()>& done)
{
    int waits = 0;
    while (!done())
    {
        if (run_some(client) != 0)
        {
            quiet_ = false;
            continue;
        }
        if (quiet_)
            return false;
        // What has arrived by now is found in the next round.
        quiet_ = system_.is_quiet() || ++waits == patience;
        if (!quiet_)
            ::poll(nullptr, 0, 1);
    }
    return true;
}

bool scenery::run_until(asio::io_context& client, const std::function<bool()>& done)
{
    std::chrono::nanoseconds gone{0};
    quiet_ = false;
    while (!settle(client, done))
    {
        if (gone > longest)
            return false;
        const std::chrono::nanoseconds by = gone < shortest ? step : stride;
        waited = true;
        quiet_ = !go_on(client, by);
        gone += by;
    }
    return true;
}

bool scenery::empty(asio::io_context& client)
{
    client.restart();
    quiet_ = false;
    return settle(client, [&] { return client.stopped(); });
}

bool scenery::clear()
{
    between.drop_all();
    server.drop_all();
    asio::io_context none;
    quiet_ = false;
    return settle(none, [this] { return visits == 0 && server.sessions() == 0; });
}

std::vector<std::string> scenery::secrets() const
{
    std::vector<std::string> out = {"CANARY"};
    out.insert(out.end(), server.seen.begin(), server.seen.end());
    out.insert(out.end(), states.begin(), states.end());
    return out;
}

std::string scenery::callback_for(const url& page, bool agrees)
{
    const bool pushed = page.query().find("request_uri=") != std::string_view::npos;
    const auto fields = parse_form(pushed ? std::string_view(server.pushed()) : page.query());
    std::string target;
    std::string state;
    for (const auto& f : fields ? *fields : form_fields())
    {
        if (f.first == "redirect_uri")
            target = f.second;
        else if (f.first == "state")
            state = f.second;
    }
    states.push_back(state);
    return target + (agrees ? "?code=CANARY-code" : "?error=access_denied")
        + "&iss=" + form_encode(server.base()) + "&state=" + form_encode(state);
}

// --- The person ------------------------------------------------------------------------------

class willing_user::visit : public std::enable_shared_from_this<visit>
{
public:
    visit(scenery& where, const url& target)
        : where_(where)
        , socket_(where.io)
        , to_(asio::ip::address_v4::loopback(), target.port())
        , bytes_(
              "GET " + std::string(target.path()) + "?" + std::string(target.query())
              + " HTTP/1.1\r\nHost: " + std::string(target.authority()) + "\r\n\r\n"
          )
    {
        ++where_.visits;
    }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() { --where_.visits; }

    void start()
    {
        socket_.async_connect(to_, [self = shared_from_this()](error_code ec) {
            if (ec)
                return;
            error_code ignored;
            asio::write(self->socket_, asio::buffer(self->bytes_), ignored);
            self->bytes_.clear();
            self->read();
        });
    }

private:
    void read()
    {
        socket_.async_read_some(
            asio::buffer(space_),
            [self = shared_from_this()](error_code ec, std::size_t) {
                if (!ec)
                    self->read();
            }
        );
    }

    scenery& where_;
    tcp::socket socket_;
    tcp::endpoint to_;
    std::string bytes_;
    char space_[1024] = {};
};

void willing_user::async_open(url where, opened_handler h)
{
    const failing_memory::uncounted mine;
    const auto waiting = std::make_shared<parked<result<void>>>(executor_, std::move(h));
    waiting->complete(result<void>());
    const auto there = url::parse(where_.callback_for(where));
    if (there)
        std::make_shared<visit>(where_, *there)->start();
}

void willing_user::async_ask_redirect_url(pasted_handler h)
{
    const failing_memory::uncounted mine;
    const auto asked = std::make_shared<parked<result<std::string>>>(executor_, std::move(h));
    asked->listen_for_cancellation();
    asked_.remove_if([](const auto& a) { return !a->waiting(); });
    asked_.push_back(asked);
}

// --- The client ------------------------------------------------------------------------------

void outcome::end(error_code e)
{
    ++calls;
    ec = e;
    done = true;
    took = std::max(took, std::chrono::steady_clock::now() - began);
}

customer::customer(scenery& where, const changes& with_what) : where_(where)
{
    client_settings s;
    http_client_settings http;
    if (where.tls)
        http.add_ca_file(testing::test_pki::get().ca_file());
    s.http(http);
    s.user_agent(std::make_shared<willing_user>(io->get_executor(), where));
    s.store(std::make_shared<memory_store>(io->get_executor()));
    s.on_event([this](const event& e) {
        const failing_memory::uncounted mine;
        std::ostringstream line;
        line << e << '\n';
        told_ += line.str();
    });
    if (with_what)
        with_what(s, *this);
    subject.emplace(io->get_executor(), s);
}

customer::~customer()
{
    with.reset();
    subject.reset();
    io.reset(); // what is told meanwhile needs the rest
}

void customer::begin(outcome& o)
{
    ++o.begun;
    o.done = false;
    o.began = std::chrono::steady_clock::now();
}

void customer::wait_for(outcome& o)
{
    o.hung = !where_.run_until(*io, [&] { return o.done || cut_; });
}

void customer::log_in(const std::shared_ptr<outcome>& o, login_params p)
{
    with = perform<session>(o, [&](diagnostics& info, auto handler) {
        subject->async_login(std::move(p), info, std::move(handler));
    });
}

void customer::use(const std::shared_ptr<outcome>& o)
{
    if (!with)
        return;
    const auto got = perform<http_response>(o, [&](diagnostics& info, auto handler) {
        with->async_send(
            http_request(request_kind::resource, "GET", url::parse(where_.resource()).value()),
            info,
            std::move(handler)
        );
    });
    o->status = got ? got->status() : 0;
}

std::shared_ptr<outcome> customer::log_in()
{
    auto o = std::make_shared<outcome>();
    log_in(o, where_.resource());
    use(o);
    return o;
}

bool customer::leave()
{
    with.reset();
    subject.reset();
    return !io || where_.empty(*io);
}

std::string fault_of(const scenery& where, const customer& c, const outcome& o)
{
    if (o.hung)
        return "hung";
    if (o.calls != o.begun)
        return "completed " + std::to_string(o.calls) + " times of " + std::to_string(o.begun);
    if (!o.ec)
        return {};
    if (o.ec.category() != error_category() || o.ec == errc::internal_error)
        return "untyped: " + o.ec.message();
    if (o.info.where() == stage::none && o.ec != errc::out_of_memory
        && o.ec != errc::entropy_unavailable && o.ec != errc::deadline_exceeded)
        return "no stage: " + o.ec.message();
    const auto said = describe(o.ec, o.info);
    for (const auto& s : where.secrets())
    {
        if (said.find(s) != std::string::npos || c.told().find(s) != std::string::npos)
            return "told a secret";
    }
    return {};
}

} // namespace asioauth::test
