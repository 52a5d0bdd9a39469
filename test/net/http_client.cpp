// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/http_client_fixture.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

namespace asioauth {
namespace {

using namespace testing;

BOOST_FIXTURE_TEST_SUITE(http_client_, http_client_fixture)

BOOST_AUTO_TEST_CASE(get_and_post_are_written_as_one_request_each)
{
    loopback_server* log = nullptr;
    gate ready;
    loopback_server server([&](peer& p) {
        ready.wait();
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            log->log(r);
            p.respond("ok");
        }
    });
    log = &server;
    ready.open();
    settings.user_agent("tester/1");
    auto r = request(server.url("/a?b=c"), request_kind::resource);
    r.field("Accept", "application/json").authorization(secret("Bearer t0k3n"));
    BOOST_TEST(send(r).body() == "ok");
    BOOST_TEST(send(post(server.url("/token"))).body() == "ok");
    const auto host = "127.0.0.1:" + std::to_string(server.port());
    const auto requests = server.log();
    BOOST_REQUIRE(requests.size() == 2U);
    BOOST_TEST(
        requests[0]
        == "GET /a?b=c HTTP/1.1\r\nHost: " + host
            + "\r\nUser-Agent: tester/1\r\n"
              "Accept: application/json\r\nAuthorization: Bearer t0k3n\r\n\r\n"
    );
    BOOST_TEST(
        requests[1]
        == "POST /token HTTP/1.1\r\nHost: " + host
            + "\r\nUser-Agent: tester/1\r\n"
              "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b"
    );
}

BOOST_AUTO_TEST_CASE(post_without_body_says_so)
{
    loopback_server server([](peer& p) {
        const auto request = p.read_request();
        p.respond(request.find("Content-Length: 0\r\n") != std::string::npos ? "yes" : "no");
    });
    BOOST_TEST(send(request(server.url(), request_kind::token, "POST")).body() == "yes");
}

BOOST_AUTO_TEST_CASE(fields_that_the_client_decides_on_cannot_be_set)
{
    loopback_server server([](peer& p) {
        const auto request = p.read_request();
        p.respond(request);
    });
    auto r = request(server.url());
    r.field("Accept-Encoding", "gzip").field("expect", "100-continue").field("TE", "trailers");
    r.field("Upgrade", "h2c").field("Host", "evil.example").field("X-Other", "kept");
    const auto seen = send(r).body();
    BOOST_TEST(seen.find("gzip") == std::string::npos);
    BOOST_TEST(seen.find("100-continue") == std::string::npos);
    BOOST_TEST(seen.find("trailers") == std::string::npos);
    BOOST_TEST(seen.find("h2c") == std::string::npos);
    BOOST_TEST(seen.find("evil") == std::string::npos);
    BOOST_TEST(seen.find("X-Other: kept\r\n") != std::string::npos);
    BOOST_TEST(seen.find("Referer") == std::string::npos);
    BOOST_TEST(seen.find("Cookie") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(head_injection_is_refused_without_a_connection)
{
    loopback_server server(answer_all);
    const auto bad = [&](http_request r) {
        const auto o = send(std::move(r));
        BOOST_TEST((o.code() == errc::request_invalid));
    };
    bad(request(server.url()).field("X-A", "b\r\nX-Evil: 1"));
    bad(request(server.url()).field("X-A\r\nX-Evil", "b"));
    bad(request(server.url()).field("X-A", std::string_view("a\0b", 3)));
    bad(request(server.url(), request_kind::metadata, "GET / HTTP/1.1\r\nX:"));
    bad(request(server.url(), request_kind::metadata, "HEAD"));
    bad(request(server.url()).authorization(secret("Bearer a\r\nX-Evil: 1")));
    bad(http_request());
    BOOST_TEST(server.connections_so_far() == 0U);
}

BOOST_AUTO_TEST_CASE(user_agent_with_line_break_is_refused)
{
    settings.user_agent("a\r\nX-Evil: 1");
    loopback_server server(answer_all);
    BOOST_TEST((get(server.url()).code() == errc::request_invalid));
    BOOST_TEST(server.connections_so_far() == 0U);
}

BOOST_AUTO_TEST_CASE(status_fields_and_origin_of_a_response_are_kept)
{
    loopback_server server([](peer& p) {
        p.read_request();
        p.write("HTTP/1.1 404 Not Found\r\nX-A: 1\r\nX-A: 2\r\nContent-Encoding: "
                "br\r\nContent-Length: 2\r\n\r\nno");
    });
    const auto o = get(server.url("/x?y"));
    BOOST_REQUIRE(o.value.has_value());
    BOOST_TEST(o.status() == 404);
    BOOST_TEST(o.body() == "no");
    BOOST_TEST(o.value->all("x-a").size() == 2U);
    BOOST_TEST(o.value->field("Content-Encoding") == "br");
    BOOST_TEST(o.value->from().str() == server.url("/x?y"));
}

BOOST_AUTO_TEST_CASE(failure_names_url_without_query_and_status)
{
    loopback_server server([](peer& p) {
        p.read_request();
        p.write("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n");
        p.read_to_end();
    });
    const auto o = get(server.url("/x?code=s3cret"));
    BOOST_REQUIRE(!o.value.has_value());
    BOOST_TEST(o.value.error().info().url() == server.url("/x"));
    BOOST_TEST(o.value.error().info().http_status() == 200);
}

// covers C-21-1
BOOST_AUTO_TEST_CASE(plain_http_to_another_host_is_refused_before_dns)
{
    hooks.lookup = [](const std::string&, detail::resolver::addresses&) -> error_code {
        BOOST_ERROR("DNS was asked");
        return errc::name_not_resolved;
    };
    BOOST_TEST((get("http://a.example/").code() == errc::url_scheme_not_allowed));
    http_request r(request_kind::metadata, "GET", url::parse("http://localhost/").value());
    BOOST_TEST((send(r).code() == errc::url_scheme_not_allowed));
}

BOOST_AUTO_TEST_CASE(refused_connection_is_connect_failed)
{
    std::string target;
    {
        loopback_server server(answer_all);
        target = server.url();
    }
    BOOST_TEST((get(target).code() == errc::connect_failed));
}

BOOST_AUTO_TEST_CASE(localhost_names_never_reach_dns)
{
    hooks.lookup = [](const std::string&, detail::resolver::addresses&) -> error_code {
        BOOST_ERROR("DNS was asked");
        return errc::name_not_resolved;
    };
    loopback_server server(answer_all);
    BOOST_TEST(get(server.url("/", "localhost")).body() == "ok");
    BOOST_TEST(get(server.url("/", "deep.down.localhost")).body() == "ok");
}

BOOST_AUTO_TEST_CASE(second_loopback_address_is_tried_when_the_first_refuses)
{
    loopback_server server(answer_all);
    // Nothing listens where 127.0.0.1 leads to; ::1 leads to the server.
    hooks.route = [n = 0, port = server.port()](const boost::asio::ip::tcp::endpoint&) mutable {
        return boost::asio::ip::tcp::endpoint(
            boost::asio::ip::address_v4::loopback(), n++ == 0 ? std::uint16_t{1} : port
        );
    };
    BOOST_TEST(get(server.url("/", "localhost")).body() == "ok");
}

BOOST_AUTO_TEST_CASE(closed_client_refuses_requests)
{
    loopback_server server(answer_all);
    client().close();
    BOOST_TEST((get(server.url()).code() == errc::client_closed));
    BOOST_TEST(server.connections_so_far() == 0U);
}

BOOST_AUTO_TEST_CASE(malformed_private_network_is_an_argument_error)
{
    auto r = request("https://a.example/");
    r.policy(address_policy().allow_private_network("nonsense"));
    BOOST_TEST((send(r).code() == errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(public_class_works_on_a_strand_and_its_destructor_aborts)
{
    loopback_server server(answer_all);
    loopback_server silent([](peer& p) { p.read_to_end(); });
    auto o = std::make_shared<outcome>();
    auto aborted = std::make_shared<outcome>();
    const auto strand = boost::asio::make_strand(io);
    auto c = std::make_unique<http_client>(strand);
    const auto keep = [](const std::shared_ptr<outcome>& to) {
        return [to](result<http_response> v) {
            ++to->calls;
            to->value = std::move(v);
        };
    };
    c->async_send(request(server.url()), [&, inner = keep(o)](result<http_response> v) {
        BOOST_TEST(strand.running_in_this_thread());
        inner(std::move(v));
        c.reset();
    });
    c->async_send(request(silent.url()), keep(aborted));
    run();
    BOOST_TEST(o->body() == "ok");
    BOOST_TEST(aborted->calls == 1);
    BOOST_TEST((aborted->code() == operation_aborted()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
