// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What single parts cost, without a socket. With allocation_counter.cpp loaded also how often each
// allocates.

#include "base/counters.hpp"
#include "documents.hpp"
#include "measure.hpp"
#include "transport/request_writer.hpp"
#include "transport/response_head.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>
#include <asioauth/prometheus.hpp>
#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/mcp.hpp>
#include <asioauth/protocol/pkce.hpp>
#include <asioauth/transport.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <benchmark/benchmark.h>

#include <stdexcept>

namespace {

namespace asio = boost::asio;
using namespace asioauth;        // NOLINT(google-build-using-namespace)
using namespace asioauth::bench; // NOLINT(google-build-using-namespace)

const std::string origin = "http://127.1.0.1:8080";
const std::string resource = origin + "/mcp";

std::uint64_t allocations()
{
    return asioauth_bench_allocations != nullptr ? asioauth_bench_allocations() : 0;
}

// Runs `what` until the time is known, and counts.
template <class What>
void measure(benchmark::State& state, What what)
{
    what(); // what is made once
    const auto before = allocations();
    for ([[maybe_unused]] const auto _ : state)
        what();
    state.counters["allocations"] = static_cast<double>(allocations() - before)
        / static_cast<double>(std::max<std::int64_t>(state.iterations(), 1));
}

url parsed(const std::string& text)
{
    return url::parse(text).value();
}

address_policy local()
{
    return address_policy().allow_loopback();
}

http_response response_of(int status, std::string body)
{
    http_response out(status, std::move(body));
    out.field("Date", "Thu, 01 Jan 2026 00:00:00 GMT").field("Server", "mock");
    out.field("Cache-Control", "no-store").field("Content-Type", "application/json");
    return out;
}

http_response challenging_response()
{
    const std::string line = challenge_field(origin);
    const auto colon = line.find(": ");
    return response_of(401, "{}").field(
        line.substr(0, colon), line.substr(colon + 2, line.size() - colon - 4)
    );
}

discovery known_discovery()
{
    discovery out;
    out.requested = parsed(resource);
    out.resource = resource;
    out.policy = local();
    out.login = login_support::required;
    out.challenged_scope = "mcp:tools mcp:resources";
    out.resource_document =
        read_resource_metadata(
            response_of(200, resource_metadata_text(origin)), out.requested, out.policy
        )
            .value();
    out.server =
        read_server_metadata(response_of(200, server_metadata_text(origin)), origin, out.policy)
            .value();
    return out;
}

void url_parse(benchmark::State& state)
{
    const std::string text = origin + "/.well-known/oauth-protected-resource/mcp";
    measure(state, [&] { benchmark::DoNotOptimize(url::parse(text)); });
}

void challenge_parse(benchmark::State& state)
{
    const auto response = challenging_response();
    measure(state, [&] { benchmark::DoNotOptimize(read_bearer_challenge(response)); });
}

void resource_metadata_read(benchmark::State& state)
{
    const auto response = response_of(200, resource_metadata_text(origin));
    const url asked = parsed(resource);
    const auto policy = local();
    measure(state, [&] {
        benchmark::DoNotOptimize(read_resource_metadata(response, asked, policy));
    });
}

void server_metadata_read(benchmark::State& state)
{
    const auto response = response_of(200, server_metadata_text(origin));
    const auto policy = local();
    measure(state, [&] {
        benchmark::DoNotOptimize(read_server_metadata(response, origin, policy));
    });
}

void token_response_read(benchmark::State& state)
{
    const auto response = response_of(200, token_response_text());
    const auto now = std::chrono::system_clock::now();
    measure(state, [&] {
        benchmark::DoNotOptimize(read_token_response(response, "mcp:tools", now));
    });
}

void response_head_read(benchmark::State& state)
{
    const std::string text = http_response_text("200 OK", "Pragma: no-cache\r\n", "{}");
    const auto head = std::string_view(text).substr(0, text.size() - 2);
    measure(state, [&] { benchmark::DoNotOptimize(detail::read_response_head(head)); });
}

void request_write(benchmark::State& state)
{
    http_request r(request_kind::resource, "GET", parsed(resource));
    r.field("Accept", "application/json");
    r.authorization(make_bearer_credentials(secret(access_token_text())));
    detail::request_bytes out;
    measure(state, [&] {
        benchmark::DoNotOptimize(detail::check_sendable(r, "benchmark"));
        out.assign(r, r.target(), "benchmark");
        benchmark::DoNotOptimize(out.view().data());
    });
}

void entropy(benchmark::State& state)
{
    measure(state, [] { benchmark::DoNotOptimize(system_entropy()); });
}

void pkce(benchmark::State& state)
{
    const random_octets random = system_entropy().value();
    measure(state, [&] {
        benchmark::DoNotOptimize(make_code_challenge(make_code_verifier(random)));
    });
}

void discovery_copy(benchmark::State& state)
{
    const discovery found = known_discovery();
    measure(state, [&] { benchmark::DoNotOptimize(discovery(found)); });
}

// Answers from memory, as the mock server would.
class canned_transport final : public transport
{
public:
    explicit canned_transport(asio::io_context& io) : context_(io) {}

    void async_send(http_request request, handler h) override
    {
        auto response = answer(request);
        response.from(request.target());
        asio::post(context_, [h = std::move(h), r = std::move(response)]() mutable {
            std::move(h)(std::move(r));
        });
    }

    void close() override {}

private:
    http_response answer(const http_request& r)
    {
        const auto path = r.target().path();
        if (path == "/mcp")
            return r.authorization().empty() ? challenge_ : used_;
        if (path == "/.well-known/oauth-protected-resource/mcp")
            return resource_;
        if (path == "/.well-known/oauth-authorization-server")
            return server_;
        if (path == "/register")
        {
            std::string body = R"({"client_id":"client-1",)";
            body += r.body().reveal().substr(1);
            return response_of(201, std::move(body));
        }
        return token_;
    }

    asio::io_context& context_;
    const http_response challenge_ = challenging_response();
    const http_response resource_ = response_of(200, resource_metadata_text(origin));
    const http_response server_ = response_of(200, server_metadata_text(origin));
    const http_response token_ = response_of(200, token_response_text());
    const http_response used_ = response_of(200, std::string(resource_text));
};

// One login after another, without a network.
class bench_world
{
public:
    session log_in(bool use)
    {
        done_ = session();
        begin_params params(resource);
        params.force_registration(true);
        authorizer_.async_begin("user", std::move(params), [&](error_code ec, begun_login begun) {
            if (ec)
                throw std::runtime_error(ec.message());
            complete(begun, use);
        });
        context_.restart();
        context_.run();
        return done_;
    }

    asio::io_context& context() noexcept { return context_; }
    const client& subject() const noexcept { return client_; }

private:
    void complete(const begun_login& begun, bool use)
    {
        const std::string query(begun.where.query());
        const auto state = query.find("state=");
        login_callback callback(
            std::string(redirect_uri) + "?code=1&iss=http%3A%2F%2F127.1.0.1%3A8080&"
            + query.substr(state, query.find('&', state) - state)
        );
        callback.cookies(begun.set_cookie.substr(0, begun.set_cookie.find(';')));
        authorizer_.async_complete(
            std::move(callback),
            [this, use](error_code ec, completed_login done) {
                if (ec)
                    throw std::runtime_error(ec.message());
                done_ = std::move(done.session);
                if (use)
                    send();
            }
        );
    }

    void send()
    {
        http_request get(request_kind::resource, "GET", done_.requested());
        done_.async_send(std::move(get), [](error_code ec, http_response response) {
            if (ec || response.status() != 200)
                throw std::runtime_error("the resource has refused the token");
        });
    }

    client_settings settings()
    {
        client_settings out;
        out.client_name("benchmark").dpop(dpop_use::never);
        out.transport(std::make_shared<canned_transport>(context_));
        out.store(std::make_shared<memory_store>(context_.get_executor()));
        return out;
    }

    asio::io_context context_{1};
    client client_{context_.get_executor(), settings()};
    authorizer authorizer_{client_, std::string(redirect_uri)};
    session done_;
};

void whole_flow_without_network(benchmark::State& state)
{
    bench_world w;
    measure(state, [&] { benchmark::DoNotOptimize(w.log_in(true)); });
}

void token_from_memory(benchmark::State& state)
{
    bench_world w;
    const session s = w.log_in(false);
    std::size_t good = 0;
    measure(state, [&] {
        s.async_token(std::chrono::seconds(30), [&](error_code ec, const access_token& t) {
            good += !ec && t ? 1U : 0U;
        });
        w.context().restart();
        w.context().poll();
    });
    if (good == 0)
        state.SkipWithError("no token came");
}

// All that a request and its answer are counted with, clock included.
void counting_a_request(benchmark::State& state)
{
    const auto counts = std::make_unique<detail::client_counts>();
    measure(state, [&] {
        const auto begun = std::chrono::steady_clock::now();
        benchmark::ClobberMemory();
        counts->requests[std::size_t(stage::token)].answered(
            200, std::chrono::steady_clock::now() - begun
        );
        benchmark::ClobberMemory();
    });
}

void metrics_snapshot(benchmark::State& state)
{
    bench_world w;
    w.log_in(false);
    measure(state, [&] { benchmark::DoNotOptimize(w.subject().metrics()); });
}

void metrics_as_text(benchmark::State& state)
{
    bench_world w;
    w.log_in(false);
    const metrics m = w.subject().metrics();
    measure(state, [&] { benchmark::DoNotOptimize(prometheus_text(m)); });
}

BENCHMARK(url_parse);
BENCHMARK(challenge_parse);
BENCHMARK(resource_metadata_read);
BENCHMARK(server_metadata_read);
BENCHMARK(token_response_read);
BENCHMARK(response_head_read);
BENCHMARK(request_write);
BENCHMARK(entropy);
BENCHMARK(pkce);
BENCHMARK(discovery_copy);
BENCHMARK(counting_a_request);
BENCHMARK(metrics_snapshot);
BENCHMARK(metrics_as_text);
BENCHMARK(token_from_memory);
BENCHMARK(whole_flow_without_network);

} // namespace

BENCHMARK_MAIN();
