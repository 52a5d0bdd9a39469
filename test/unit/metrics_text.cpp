// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Histograms, outcomes, and what Prometheus is told.

#include "base/counters.hpp"
#include "support/exposition.hpp"

#include <asioauth/prometheus.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <sstream>

BOOST_AUTO_TEST_SUITE(metrics_text)

using namespace asioauth;
using asioauth::test::exposition;
using std::chrono::microseconds;
using std::chrono::nanoseconds;
using histogram = latency_histogram;

namespace {

// Every number another one.
metrics sample()
{
    detail::client_counts counts;
    std::uint64_t n = 100;
    for (auto& o : counts.operations)
    {
        o.running.set(++n);
        for (auto& e : o.ended)
            e.set(++n);
        o.time.took(microseconds(++n));
    }
    for (auto& r : counts.requests)
    {
        r.succeeded.set(++n);
        r.client_errors.set(++n);
        r.server_errors.set(++n);
        r.unanswered.set(++n);
        r.time.took(microseconds(++n));
    }
    counts.refresh.done.set(11);
    counts.refresh.ended.set(12);
    counts.refresh.failed.set(13);
    counts.refresh.shared.set(14);
    counts.refresh.waits.set(15);
    counts.store.done.set(16);
    counts.store.failed.set(17);
    counts.store.time.took(microseconds(18));
    metrics out = counts.now();
    detail::document_counts documents;
    documents.entries.set(21);
    documents.bytes.set(22);
    documents.hits.set(23);
    documents.misses.set(24);
    documents.shared.set(25);
    documents.revalidated.set(26);
    out.documents = documents.now();
    detail::transport_counts network;
    network.in_use.set(31);
    network.idle.set(32);
    network.streams.set(33);
    network.waiting.set(34);
    network.requests.set(35);
    network.failures.set(36);
    network.redirects.set(37);
    network.retries.set(38);
    network.opened.set(39);
    network.reused.set(40);
    network.connect_failures.set(41);
    network.full_handshakes.set(42);
    network.resumed_handshakes.set(43);
    network.handshake_failures.set(44);
    network.connecting.took(microseconds(45));
    network.handshaking.took(microseconds(46));
    out.network = network.now();
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_bound_belongs_to_its_bucket_and_a_nanosecond_more_to_the_next)
{
    BOOST_TEST(histogram::bound(0).count() == 256);
    for (std::size_t i = 0; i != histogram::bounded; ++i)
    {
        const nanoseconds bound = histogram::bound(i);
        BOOST_TEST(histogram::bucket_of(bound) == i);
        BOOST_TEST(histogram::bucket_of(bound + nanoseconds(1)) == i + 1);
        BOOST_TEST(histogram::bucket_of(bound - nanoseconds(1)) == i);
        if (i != 0)
            BOOST_TEST((histogram::bound(i) == 2 * histogram::bound(i - 1)));
    }
}

BOOST_AUTO_TEST_CASE(what_no_clock_should_say_is_in_the_first_or_last_bucket)
{
    BOOST_TEST(histogram::bucket_of(nanoseconds(0)) == 0U);
    BOOST_TEST(histogram::bucket_of(nanoseconds(-1)) == 0U);
    BOOST_TEST(histogram::bucket_of(nanoseconds::min()) == 0U);
    BOOST_TEST(histogram::bucket_of(nanoseconds::max()) == histogram::bounded);
    BOOST_TEST(histogram::bucket_of(std::chrono::hours(1)) == histogram::bounded);
    detail::histogram_counter c;
    c.took(nanoseconds(-5));
    BOOST_TEST(c.now().sum.count() == 0);
    BOOST_TEST(c.now().count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_histogram_has_all_that_was_counted_and_their_sum)
{
    detail::histogram_counter c;
    for (int i = 0; i != 1000; ++i)
        c.took(microseconds(i));
    const auto h = c.now();
    BOOST_TEST(h.count() == 1000U);
    BOOST_TEST(h.counts[0] == 257U); // 0 to 256
    BOOST_TEST(h.counts[1] == 256U); // to 512
    BOOST_TEST(h.counts[2] == 487U);
    BOOST_TEST((h.sum == microseconds(999 * 1000 / 2)));
}

BOOST_AUTO_TEST_CASE(every_condition_is_an_outcome)
{
    using enum operation_outcome;
    BOOST_TEST((outcome_of(error_code()) == done));
    BOOST_TEST((outcome_of(operation_aborted()) == cancelled));
    BOOST_TEST((outcome_of(make_error_code(errc::access_denied)) == cancelled));
    BOOST_TEST((outcome_of(make_error_code(errc::login_required)) == login_required));
    BOOST_TEST((outcome_of(make_error_code(errc::connection_lost)) == unreachable));
    BOOST_TEST((outcome_of(make_error_code(errc::invalid_client)) == refused));
    BOOST_TEST((outcome_of(make_error_code(errc::issuer_mismatch)) == untrusted));
    BOOST_TEST((outcome_of(make_error_code(errc::store_unavailable)) == storage));
    BOOST_TEST((outcome_of(make_error_code(errc::invalid_url)) == usage));
    BOOST_TEST((outcome_of(error_code(1, boost::system::generic_category())) == other));
}

BOOST_AUTO_TEST_CASE(every_kind_outcome_and_stage_has_a_name_of_its_own)
{
    std::set<std::string> names;
    for (std::size_t i = 0; i != operation_kinds; ++i)
        names.insert((std::ostringstream() << operation_kind(i)).str());
    BOOST_TEST(names.size() == operation_kinds);
    BOOST_TEST(name_of(operation_kind(operation_kinds)) == "other");
    names.clear();
    for (std::size_t i = 0; i != operation_outcomes; ++i)
        names.insert((std::ostringstream() << operation_outcome(i)).str());
    BOOST_TEST(names.size() == operation_outcomes);
    BOOST_TEST(name_of(operation_outcome(operation_outcomes)) == "other");
    names.clear();
    for (std::size_t i = 0; i != stages; ++i)
        names.insert(std::string(name_of(stage(i))));
    BOOST_TEST(names.size() == stages);
    BOOST_TEST(names.count("description") == 1U); // the last one
}

BOOST_AUTO_TEST_CASE(every_number_is_written_where_it_belongs)
{
    const metrics m = sample();
    const exposition e(prometheus_text(m));
    for (std::size_t i = 0; i != operation_kinds; ++i)
    {
        const std::string kind(name_of(operation_kind(i)));
        const auto& o = m.of(operation_kind(i));
        BOOST_TEST(e.value("asioauth_operations_running", {{"operation", kind}}) == o.running);
        for (std::size_t k = 0; k != operation_outcomes; ++k)
            BOOST_TEST(
                e.value(
                    "asioauth_operations_total",
                    {{"operation", kind}, {"outcome", std::string(name_of(operation_outcome(k)))}}
                )
                == o.of(operation_outcome(k))
            );
        BOOST_TEST(
            e.value("asioauth_operation_duration_seconds_count", {{"operation", kind}}) == 1
        );
    }
    const auto& token = m.of(stage::token);
    const auto of_token = [&](const char* result) {
        return e.value("asioauth_requests_total", {{"stage", "token"}, {"result", result}});
    };
    BOOST_TEST(of_token("success") == token.succeeded);
    BOOST_TEST(of_token("client_error") == token.client_errors);
    BOOST_TEST(of_token("server_error") == token.server_errors);
    BOOST_TEST(of_token("none") == token.unanswered);
    BOOST_TEST(e.value("asioauth_refreshes_total", {{"result", "done"}}) == 11);
    BOOST_TEST(e.value("asioauth_refreshes_total", {{"result", "ended"}}) == 12);
    BOOST_TEST(e.value("asioauth_refreshes_total", {{"result", "failed"}}) == 13);
    BOOST_TEST(e.value("asioauth_refreshes_total", {{"result", "shared"}}) == 14);
    BOOST_TEST(e.value("asioauth_refresh_lease_waits_total") == 15);
    BOOST_TEST(e.value("asioauth_store_requests_total", {{"result", "done"}}) == 16);
    BOOST_TEST(e.value("asioauth_store_requests_total", {{"result", "failed"}}) == 17);
    BOOST_TEST(e.value("asioauth_store_duration_seconds_sum") == 0.000018);
    BOOST_TEST(e.value("asioauth_documents") == 21);
    BOOST_TEST(e.value("asioauth_documents_bytes") == 22);
    BOOST_TEST(e.value("asioauth_document_lookups_total", {{"result", "hit"}}) == 23);
    BOOST_TEST(e.value("asioauth_document_lookups_total", {{"result", "miss"}}) == 24);
    BOOST_TEST(e.value("asioauth_document_shared_total") == 25);
    BOOST_TEST(e.value("asioauth_document_revalidations_total") == 26);
    BOOST_TEST(e.value("asioauth_connections", {{"state", "in_use"}}) == 31);
    BOOST_TEST(e.value("asioauth_connections", {{"state", "idle"}}) == 32);
    BOOST_TEST(e.value("asioauth_connections", {{"state", "stream"}}) == 33);
    BOOST_TEST(e.value("asioauth_connection_waiters") == 34);
    BOOST_TEST(e.value("asioauth_http_requests_total") == 35);
    BOOST_TEST(e.value("asioauth_http_failures_total") == 36);
    BOOST_TEST(e.value("asioauth_http_redirects_total") == 37);
    BOOST_TEST(e.value("asioauth_http_retries_total") == 38);
    BOOST_TEST(e.value("asioauth_connections_opened_total") == 39);
    BOOST_TEST(e.value("asioauth_connections_reused_total") == 40);
    BOOST_TEST(e.value("asioauth_connect_failures_total") == 41);
    BOOST_TEST(e.value("asioauth_tls_handshakes_total", {{"kind", "full"}}) == 42);
    BOOST_TEST(e.value("asioauth_tls_handshakes_total", {{"kind", "resumed"}}) == 43);
    BOOST_TEST(e.value("asioauth_tls_handshakes_total", {{"kind", "failed"}}) == 44);
    BOOST_TEST(e.value("asioauth_connect_duration_seconds_sum") == 0.000045);
    BOOST_TEST(e.value("asioauth_tls_handshake_duration_seconds_sum") == 0.000046);
}

BOOST_AUTO_TEST_CASE(nothing_done_is_counters_at_zero_and_no_histogram)
{
    const exposition e{prometheus_text(metrics())};
    BOOST_TEST(
        e.value("asioauth_operations_total", {{"operation", "login"}, {"outcome", "done"}}) == 0
    );
    BOOST_TEST(e.value("asioauth_store_duration_seconds_count") == -1);
    BOOST_TEST(e.types().at("asioauth_store_duration_seconds") == "histogram");
    BOOST_TEST(e.types().size() > 20U);
}

BOOST_AUTO_TEST_CASE(the_largest_numbers_are_written_in_full)
{
    metrics m;
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    m.network.requests = most;
    m.store.time.counts[histogram::bounded] = 1;
    m.store.time.sum = nanoseconds::max();
    const std::string text = prometheus_text(m);
    BOOST_TEST(text.find("\nasioauth_http_requests_total 18446744073709551615\n") < text.size());
    BOOST_TEST(
        text.find("\nasioauth_store_duration_seconds_sum 9223372036.854775807\n") < text.size()
    );
    BOOST_TEST(text.find("{le=\"0.000256\"} 0\n") < text.size());
    BOOST_TEST(text.find("{le=\"1.048576\"} 0\n") < text.size());
    BOOST_TEST(text.find("{le=\"536.870912\"} 0\n") < text.size());
    BOOST_TEST(text.find("{le=\"+Inf\"} 1\n") < text.size());
    BOOST_TEST(exposition(text).value("asioauth_store_duration_seconds_count") == 1);
}

BOOST_AUTO_TEST_CASE(several_clients_are_one_page_with_each_family_once)
{
    labelled_metrics a(sample());
    a.label("client", "jobs");
    labelled_metrics b{metrics()};
    b.label("client", "web").label("node", "n-1");
    const exposition e(prometheus_text(std::vector<labelled_metrics>{a, b}));
    BOOST_TEST(e.value("asioauth_http_requests_total", {{"client", "jobs"}}) == 35);
    BOOST_TEST(e.value("asioauth_http_requests_total", {{"client", "web"}, {"node", "n-1"}}) == 0);
    BOOST_TEST(e.value("asioauth_connections", {{"client", "jobs"}, {"state", "idle"}}) == 32);
}

BOOST_AUTO_TEST_CASE(what_a_label_says_cannot_end_it)
{
    const std::string hostile = "a\"} 1\nevil 2\n\\\" b \xff\xfe \\n\r\x1b[0m";
    labelled_metrics m{metrics()};
    m.label("client", hostile);
    const exposition e(prometheus_text({m}));
    const auto values = e.values_of("client");
    BOOST_REQUIRE(values.size() == 1U);
    BOOST_TEST(values.begin()->find("a\"} 1 evil 2 \\\" b ") == 0U);
    BOOST_TEST(e.value("evil") == -1);
    BOOST_TEST(e.series() == exposition(prometheus_text(metrics())).series());

    labelled_metrics endless{metrics()};
    endless.label("client", std::string(100'000, 'x'));
    BOOST_TEST(exposition(prometheus_text({endless})).values_of("client").begin()->size() == 256U);
}

BOOST_AUTO_TEST_CASE(labels_with_names_that_are_none_or_taken_are_left_out)
{
    for (const char* wrong :
         {"",
          "1a",
          "a-b",
          "a b",
          "__name__",
          "a\"",
          "le",
          "operation",
          "outcome",
          "result",
          "stage",
          "state",
          "kind",
          "caf\xc3\xa9"})
    {
        labelled_metrics m{metrics()};
        m.label(wrong, "v").label("good", "first").label("good", "second");
        const exposition e(prometheus_text({m}));
        BOOST_TEST(e.value("asioauth_http_requests_total", {{"good", "first"}}) == 0, wrong);
    }
}

BOOST_AUTO_TEST_CASE(the_reader_of_these_tests_takes_no_mistakes)
{
    const std::string head = "# HELP a_total A.\n# TYPE a_total counter\n";
    const std::string h = "# HELP h H.\n# TYPE h histogram\n";
    BOOST_TEST(exposition(head + "a_total{b=\"c\"} 1\n").value("a_total", {{"b", "c"}}) == 1);
    const auto is_refused = [](const std::string& text) {
        BOOST_CHECK_THROW(exposition{text}, std::runtime_error);
    };
    for (const char* wrong :
         {"a_total 1",
          "\n",
          "a_total\n",
          "a_total x\n",
          "a_total  1\n",
          "a_total -1\n",
          "b_total 1\n",
          "a_total{} 1\n",
          "a_total{b=\"c} 1\n",
          "a_total{b=\"\\c\"} 1\n",
          "a_total{b=\"c\",} 1\n",
          "a_total{b=\"c\",b=\"d\"} 1\n",
          "a_total{1=\"c\"} 1\n",
          "a_total 1\na_total 2\n",
          "# other\n",
          "# TYPE a_total counter\n",
          "# HELP a_total A.\n"})
        is_refused(head + wrong);
    is_refused("a 1\n");
    is_refused("# HELP a A.\n# TYPE a counter\n");
    for (const char* wrong :
         {"h 1\n",
          "h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
          "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
          "h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count "
          "1\n",
          "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
          "h_bucket{le=\"+Inf\"} 1\nh_sum 1\n",
          "h_sum 1\n"})
        is_refused(h + wrong);
}

BOOST_AUTO_TEST_CASE(label_has_any_name_of_letters_digits_and_underscores)
{
    for (const char* name :
         {"a", "z", "A", "Z", "_", "_a", "a_", "a__b", "aZ09_", "les", "Le", "_1"})
    {
        labelled_metrics m{metrics()};
        m.label(name, "v");
        const exposition e(prometheus_text({m}));
        BOOST_TEST(e.value("asioauth_http_requests_total", {{name, "v"}}) == 0, name);
    }
    for (const char* wrong : {"9", "@", "[", "`", "{", "a@", "a[", "a`", "a{", "a/", "a:", "__"})
    {
        labelled_metrics m{metrics()};
        m.label(wrong, "v");
        BOOST_TEST(prometheus_text({m}) == prometheus_text(metrics()), wrong);
    }
}

BOOST_AUTO_TEST_CASE(page_of_no_client_has_families_and_no_samples)
{
    const auto text = prometheus_text(std::vector<labelled_metrics>());
    BOOST_TEST(text.find("# TYPE asioauth_http_requests_total counter") != std::string::npos);
    BOOST_TEST(exposition(text).series() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
