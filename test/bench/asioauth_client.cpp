// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Logins through the public API, with every check that it makes, so many at once: what a web server
// with many users does, through an `authorizer`. The users are here too.
//
//   asioauth_client --port=N [--tls=1 --ca=FILE --plain-port=N] [--at-once=N] [--flows=N]
//                   [--origins=N] [--cache=1] [--hostile=N] [--park=1] [--forget=1] [--seconds=N]
//                   [--label=TEXT]
//
// Metadata is asked for in every flow, unless --cache=1. With --hostile=N each Nth user logs in at an
// origin that gives no answer, or one that never ends; the others are measured.
// --park=1: flows stop where their users are asked, and nobody answers. A few begin at a time, so that
// what is left is what parked flows hold.
// --forget=1: what a flow has stored is erased when it is over, so that memory is that of the flows under
// way, however many were there before. Needs more origins than flows under way.

#include "crowd.hpp"
#include "documents.hpp"
#include "measure.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdlib>
#include <deque>
#include <functional>

namespace {

namespace asio = boost::asio;
using namespace asioauth;        // NOLINT(google-build-using-namespace)
using namespace asioauth::bench; // NOLINT(google-build-using-namespace)

// With 10,000 flows at once on one core each takes its time.
constexpr std::chrono::minutes patience(5);

http_client_settings network_settings(const arguments& given)
{
    const unsigned at_once = given.number("at-once", 100);
    http_client_settings out;
    out.queued_requests_per_origin(std::max(at_once, 4096U));
    // Each flow under way may have one at its own origin, besides those that are kept.
    out.connections(std::max(1024U, at_once + given.number("idle", 0)));
    // With many origins each is come back to after so long that its connection is gone.
    out.idle_connections(given.number("idle", given.number("origins", 1) > 1 ? 100 : 256));
    out.total_timeout(patience).response_timeout(patience);
    if (const auto ca = given.text("ca", ""); !ca.empty())
        out.add_ca_file(ca);
    return out;
}

class world
{
public:
    world(asio::io_context& io, const arguments& given, meter& m)
        : context(io)
        , network(std::make_shared<http_client>(io.get_executor(), network_settings(given)))
        , stored(std::make_shared<memory_store>(io.get_executor()))
        , logins(io.get_executor(), settings())
        , users(
              io,
              origin_address(0),
              given.number("plain-port", given.number("port", 80)),
              std::min(given.number("at-once", 100), 64U)
          )
        , measured(m)
        , caches(given.is("cache", "1"))
        , hostile_every(given.number("hostile", 0))
        , port(given.text("port", "80"))
        , secure(given.is("tls", "1"))
        , parks(given.is("park", "1"))
        , forgets(given.is("forget", "1"))
    {
        const std::string scheme = secure ? "https://" : "http://";
        for (unsigned i = 0, n = given.number("origins", 1); i != n; ++i)
            resources.push_back(
                scheme + origin_address(caches ? origin_to_remember + i : i) + ":"
                + given.text("port", "80") + "/mcp"
            );
    }

    asio::io_context& context;
    std::shared_ptr<http_client> network;
    std::shared_ptr<memory_store> stored;
    client logins;
    crowd users;
    meter& measured;
    std::vector<std::string> resources;
    std::function<void()> another; ///< begins one more flow, if there is to be one more
    diagnostics info;              ///< of the operation that has just ended
    std::size_t next = 0;
    std::size_t parked = 0;
    const bool caches;
    const std::size_t hostile_every;
    const std::string port;
    const bool secure;
    const bool parks;
    const bool forgets;

private:
    client_settings settings() const
    {
        client_settings out;
        out.client_name("benchmark").dpop(dpop_use::never).transport(network);
        out.store(stored);
        return out;
    }
};

// One user who logs in again and again.
class user
{
public:
    user(world& w, std::size_t number)
        : world_(w)
        , name_("user " + std::to_string(number))
        , hostile_(w.hostile_every != 0 && number % w.hostile_every == 0)
        , bad_resource_(
              "http://" + hostile_address(static_cast<unsigned>(number)) + ":" + w.port + "/mcp"
          )
        // Nobody registers the same at once, as it would be with as many sites.
        , authorizer_(w.logins, std::string(redirect_uri) + "/" + std::to_string(number))
    {}

    void begin()
    {
        since_ = meter::clock::now();
        if (hostile_)
            return try_bad_neighbour();
        resource_ = &world_.resources[world_.next++ % world_.resources.size()];
        begin_params params(*resource_);
        params.force_registration(true).fresh(!world_.caches).timeout(patience);
        authorizer_.async_begin(
            name_,
            std::move(params),
            world_.info,
            [this](error_code ec, begun_login begun) {
                if (ec)
                    return failed(ec);
                cookie_ = begun.set_cookie.substr(0, begun.set_cookie.find(';'));
                if (world_.parks)
                    return park();
                allow(begun.where);
            }
        );
    }

private:
    void try_bad_neighbour()
    {
        begin_params params(bad_resource_);
        params.timeout(std::chrono::seconds(5));
        authorizer_.async_begin(
            name_,
            std::move(params),
            world_.info,
            [this](error_code ec, const begun_login&) {
                if (!ec)
                    return failed(errc::internal_error); // it cannot be
                begin();
            }
        );
    }

    void park()
    {
        if (++world_.parked == world_.measured.at_once())
            return world_.context.stop();
        world_.another();
    }

    void allow(const url& where)
    {
        world_.users.ask(where.authority(), where.target(), [this](std::string_view location) {
            if (location.empty())
                return failed(error_code());
            std::string came(location);
            // The user has come without TLS, and was answered by a server that takes itself for one
            // without TLS.
            if (const auto at = came.find("iss=http%3A"); world_.secure && at != std::string::npos)
                came.insert(at + 8, "s");
            login_callback callback(std::move(came));
            callback.cookies(cookie_);
            complete(std::move(callback));
        });
    }

    void complete(login_callback callback)
    {
        authorizer_.async_complete(
            std::move(callback),
            world_.info,
            [this](error_code ec, completed_login done) {
                if (ec)
                    return failed(ec);
                session_ = std::move(done.session);
                use();
            }
        );
    }

    void use()
    {
        http_request get(request_kind::resource, "GET", session_.requested());
        session_
            .async_send(std::move(get), world_.info, [this](error_code ec, http_response answer) {
                if (ec || answer.status() != 200)
                    return failed(ec);
                forget();
                session_ = session(); // what is in the store is what is left of a flow
                if (world_.measured.flow_done(since_))
                    return world_.context.stop();
                begin();
            });
    }

    void forget()
    {
        if (!world_.forgets)
            return;
        record_filter all;
        all.issuer(session_.issuer());
        world_.stored->async_erase(std::move(all), [](const result<std::size_t>&) {});
    }

    void failed(error_code ec)
    {
        if (world_.measured.failed(describe(ec, world_.info)))
            return world_.context.stop();
        begin();
    }

    world& world_;
    const std::string name_;
    const bool hostile_;
    const std::string bad_resource_;
    authorizer authorizer_;
    const std::string* resource_ = nullptr;
    meter::clock::time_point since_;
    std::string cookie_;
    session session_;
};

// Until all of them are over; false if the time was.
bool run_flows(const arguments& given, meter& measured)
{
    asio::io_context io(1);
    world all(io, given, measured);
    std::deque<user> users;
    all.another = [&] {
        if (users.size() < measured.at_once())
            users.emplace_back(all, users.size()).begin();
    };
    measured.begin();
    const std::size_t at_once = measured.at_once();
    const std::size_t first = all.parks ? std::min<std::size_t>(at_once, 16) : at_once;
    for (std::size_t i = 0; i != first; ++i)
        all.another();
    asio::steady_timer limit(io, std::chrono::seconds(given.number("seconds", 120)));
    limit.async_wait([&](error_code ec) {
        if (!ec)
            io.stop();
    });
    io.run();
    if (all.parks)
        measured.parked();
    return all.parks ? all.parked == at_once : measured.complete();
}

int run(const arguments& given)
{
    meter measured(given);
    if (!run_flows(given, measured))
    {
        std::fprintf(stderr, "asioauth_client: only %zu flows\n", measured.done());
        return 1;
    }
    const auto label = given.text("label", "asioauth");
    if (given.is("park", "1"))
        measured.print_parked(label);
    else
        measured.print(label, true);
    return measured.errors() == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    int status = 1;
    try
    {
        status = run(arguments(argc, argv));
    }
    catch (const std::exception& e)
    {
        std::fprintf(stderr, "asioauth_client: %s\n", e.what());
    }
    return status;
}
