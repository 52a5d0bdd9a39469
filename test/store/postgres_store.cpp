// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The PostgreSQL store and what is around it: its tables, its settings, poolers, TLS, the end.

#include "store/postgres_fixture.hpp"
#include "store/stores.hpp"
#include "support/certificates.hpp"
#include "support/no_randomness.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <iostream>

namespace {

using namespace asioauth;
using namespace asioauth::test;
using asioauth::testing::test_pki;

const store_registration registered("postgres_store", [] {
    const auto settings = postgres_fixture().settings();
    return [settings](const asio::any_io_executor& ex) -> std::shared_ptr<store> {
        return std::make_shared<postgres_store>(ex, settings);
    };
});

// --- Tables ----------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(postgres_tables, postgres_fixture)

BOOST_AUTO_TEST_CASE(nodes_that_start_together_create_the_tables_once)
{
    for (int round = 0; round < 5; ++round)
    {
        schema = "together_" + std::to_string(round);
        std::vector<std::unique_ptr<postgres_store>> stores;
        std::vector<answer<stored_record>> answers;
        for (int i = 0; i < 8; ++i)
            stores.push_back(open());
        for (auto& s : stores)
            s->async_load(key(), answers.emplace_back().handler());
        for (const auto& a : answers)
        {
            const auto r = wait(a);
            BOOST_TEST(r.has_value(), text_of(r));
        }
        BOOST_TEST(console("SELECT count(*) FROM " + table("asioauth_schema")) == "1");
        BOOST_TEST(console("SELECT version FROM " + table("asioauth_schema")) == "1");
    }
}

BOOST_AUTO_TEST_CASE(tables_of_a_newer_version_are_refused_and_left_alone)
{
    BOOST_TEST_REQUIRE(commit(*open(), key(), 0, 1, value()).has_value());
    console("UPDATE " + table("asioauth_schema") + " SET version = 2");
    console("DROP TABLE " + table("asioauth_leases"));
    const auto s = open();
    BOOST_TEST(code_of(load(*s, key())) == errc::store_version_newer);
    BOOST_TEST(code_of(commit(*s, key(), 1, 2, value())) == errc::store_version_newer);
    BOOST_TEST(code_of(acquire(*s, key(), "owner")) == errc::store_version_newer);
    BOOST_TEST(console("SELECT version FROM " + table("asioauth_schema")) == "2");
    BOOST_TEST(console("SELECT generation FROM " + table("asioauth_records")) == "1");
    BOOST_TEST(console("SELECT to_regclass('" + table("asioauth_leases") + "')").empty());
    console("UPDATE " + table("asioauth_schema") + " SET version = 1");
    run_until([&] { return load(*s, key()).has_value(); });
}

BOOST_AUTO_TEST_CASE(tables_that_do_not_say_their_version_are_damage_and_left_alone)
{
    BOOST_TEST_REQUIRE(commit(*open(), key(), 0, 1, value()).has_value());
    for (const std::string change : {"UPDATE @ SET version = 0", "DELETE FROM @"})
    {
        const auto s = open();
        auto sql = change;
        console(sql.replace(sql.find('@'), 1, table("asioauth_schema")));
        const auto r = load(*s, key());
        BOOST_TEST((code_of(r) == errc::store_corrupt), change << ": " << text_of(r));
        BOOST_TEST(text_of(r).find("asioauth_schema") != std::string::npos);
        BOOST_TEST(code_of(commit(*s, key(), 1, 2, value())) == errc::store_corrupt);
        BOOST_TEST(console("SELECT generation FROM " + table("asioauth_records")) == "1");
        BOOST_TEST(
            console("SELECT count(*) FROM " + table("asioauth_schema") + " WHERE version > 0")
            == "0"
        );
        console("DELETE FROM " + table("asioauth_schema"));
        console("INSERT INTO " + table("asioauth_schema") + " VALUES (1)");
        run_until([&] { return load(*s, key()).has_value(); });
        BOOST_TEST(load(*s, key()).value().at == 1U);
    }
}

BOOST_AUTO_TEST_CASE(tables_that_cannot_be_seen_when_they_were_created_are_not_created_for_ever)
{
    // Somebody has put something of the same name there which leads nowhere.
    console("CREATE SCHEMA " + schema);
    console(
        "CREATE FUNCTION " + schema
        + ".nowhere() RETURNS bigint AS $$BEGIN RAISE 'nowhere' USING ERRCODE = '42P01'; END$$"
          " LANGUAGE plpgsql"
    );
    console(
        "CREATE VIEW " + table("asioauth_schema") + " AS SELECT " + schema + ".nowhere() AS version"
    );
    const auto s = open();
    const auto r = load(*s, key());
    BOOST_TEST((code_of(r) == errc::store_unavailable), text_of(r));
    BOOST_TEST(text_of(r).find("42P01") != std::string::npos, text_of(r));
    console("DROP VIEW " + table("asioauth_schema"));
    run_until([&] { return load(*s, key()).has_value(); });
}

BOOST_AUTO_TEST_CASE(who_may_not_create_the_tables_is_told_which_rights_are_needed)
{
    console("CREATE USER reads_" + schema);
    const auto s = open(settings("user=reads_" + schema));
    const auto r = load(*s, key());
    BOOST_TEST((code_of(r) == errc::store_unavailable), text_of(r));
    BOOST_TEST(r.error().info().hint().find("CREATE in the schema") != std::string::npos);
    BOOST_TEST(console("SELECT to_regnamespace('" + schema + "')").empty());
}

BOOST_AUTO_TEST_CASE(missing_tables_that_may_not_be_created_are_named)
{
    const auto s = open(settings().create_schema(false));
    const auto r = load(*s, key());
    BOOST_TEST_REQUIRE((code_of(r) == errc::store_unavailable));
    BOOST_TEST(r.error().info().hint().find("create_schema(true)") != std::string::npos);
    BOOST_TEST(console("SELECT to_regnamespace('" + schema + "')").empty());
    BOOST_TEST_REQUIRE(load(*open(), key()).has_value());
    run_until([&] { return load(*s, key()).has_value(); });
}

BOOST_AUTO_TEST_CASE(tables_that_disappear_are_made_again)
{
    const auto s = open();
    BOOST_TEST_REQUIRE(commit(*s, key(), 0, 1, value()).has_value());
    console("DROP SCHEMA " + schema + " CASCADE");
    BOOST_TEST(code_of(load(*s, key())) == errc::store_unavailable);
    BOOST_TEST(load(*s, key()).value().at == 0U);
}

BOOST_AUTO_TEST_CASE(without_a_schema_the_search_path_decides)
{
    console("CREATE SCHEMA found");
    console("CREATE USER finder");
    console("ALTER USER finder SET search_path = found");
    console("GRANT ALL ON SCHEMA found TO finder");
    const auto s = open(settings("user=finder").schema(""));
    BOOST_TEST_REQUIRE(commit(*s, key(), 0, 1, value()).has_value());
    BOOST_TEST(console("SELECT generation FROM found.asioauth_records") == "1");
}

BOOST_AUTO_TEST_CASE(marks_and_expired_records_are_cleaned_up)
{
    const auto records = table("asioauth_records");
    {
        const auto s = open();
        for (const auto* id : {"marked", "fresh", "expired", "kept"})
            BOOST_TEST_REQUIRE(commit(*s, key(id), 0, 1, value()).has_value());
        BOOST_TEST(take(*s, key("marked")).value().at == 1U);
        BOOST_TEST(take(*s, key("fresh")).value().at == 1U);
        BOOST_TEST(acquire(*s, key("lease"), "owner").value().acquired);
    }
    console("UPDATE " + records + " SET taken_at = now() - interval '61 min' WHERE id = 'marked'");
    console("UPDATE " + records + " SET expires_at = 1 WHERE id = 'expired'");
    console("UPDATE " + table("asioauth_leases") + " SET until = now() - interval '61 min'");
    const auto s = open();
    BOOST_TEST_REQUIRE(load(*s, key()).has_value()); // the first rest cleans up
    until([&] {
        io.restart();
        io.poll();
        return console("SELECT string_agg(id, ',' ORDER BY id) FROM " + records) == "fresh,kept"
            && console("SELECT count(*) FROM " + table("asioauth_leases")) == "0";
    });
    // Fences go on where they were.
    BOOST_TEST(acquire(*s, key("lease"), "owner").value().fence > 1U);
}

BOOST_AUTO_TEST_CASE(nothing_of_a_deleted_record_stays)
{
    const auto s = open();
    BOOST_TEST_REQUIRE(commit(*s, key(), 0, 1, value()).has_value());
    BOOST_TEST_REQUIRE(remove(*s, key(), 1).has_value());
    BOOST_TEST(
        console(
            "SELECT id || document::text || user_name || issuer || binding FROM "
            + table("asioauth_records")
        )
        == "\\x"
    );
}

BOOST_AUTO_TEST_SUITE_END()

// --- Settings and errors ---------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(postgres_errors, postgres_fixture)

BOOST_AUTO_TEST_CASE(settings_that_cannot_be_used_are_refused_by_each_operation)
{
    for (const std::string text : {"host", "hunter2", "postgresql://u:hunter2@[::1", "no=hunter2"})
    {
        const auto s = open(postgres_settings(text));
        const auto r = load(*s, key());
        BOOST_TEST((code_of(r) == errc::invalid_argument), text);
        BOOST_TEST(r.error().info().message().find("hunter2") == std::string::npos);
    }
    const std::string long_name(64, 'x');
    for (const std::string name : {"a b", "a\"b", "1a", "a.b", "a\xc3\xa4", long_name.c_str()})
        BOOST_TEST((code_of(load(*open(settings().schema(name)), key())) == errc::invalid_argument)
        );
}

BOOST_AUTO_TEST_CASE(texts_that_the_database_cannot_keep_are_refused)
{
    const auto s = open();
    const std::string nul("a\0b", 3);
    BOOST_TEST(code_of(load(*s, key(nul))) == errc::invalid_argument);
    BOOST_TEST(code_of(take(*s, key(nul))) == errc::invalid_argument);
    BOOST_TEST(code_of(remove(*s, key(nul), 1)) == errc::invalid_argument);
    BOOST_TEST(code_of(acquire(*s, key(), nul)) == errc::invalid_argument);
    BOOST_TEST(code_of(erase(*s, record_filter().user(nul))) == errc::invalid_argument);
    BOOST_TEST(code_of(list(*s, record_filter().after(key(nul)))) == errc::invalid_argument);
    for (const auto& text : {nul, std::string("\xff")})
        for (auto member : {&record::user, &record::issuer, &record::binding})
        {
            record r = value("content");
            r.*member = text;
            const auto answered = commit(*s, key(), 0, 1, r);
            BOOST_TEST(code_of(answered) == errc::invalid_argument);
            BOOST_TEST(load(*s, key()).value().at == 0U);
        }
}

BOOST_AUTO_TEST_CASE(a_lease_is_not_kept_or_given_back_under_a_text_that_is_refused)
{
    const auto s = open();
    const auto fence = acquire(*s, key(), "owner").value().fence;
    const std::string nul("owner\0", 6);
    BOOST_TEST(code_of(renew(*s, key(), nul, fence)) == errc::invalid_argument);
    BOOST_TEST(code_of(renew(*s, key(nul), "owner", fence)) == errc::invalid_argument);
    BOOST_TEST(code_of(release(*s, key(), nul, fence)) == errc::invalid_argument);
    BOOST_TEST(code_of(release(*s, key(nul), "owner", fence)) == errc::invalid_argument);
    // The server says so itself of what is not UTF-8.
    BOOST_TEST(code_of(acquire(*s, key("other"), "\xff")) == errc::invalid_argument);
    BOOST_TEST(code_of(renew(*s, key(), "\xff", fence)) == errc::invalid_argument);
    BOOST_TEST(code_of(release(*s, key(), "\xff", fence)) == errc::invalid_argument);
    BOOST_TEST(!acquire(*s, key(), "another").value().acquired);
    BOOST_TEST(renew(*s, key(), "owner", fence).value().acquired);
}

BOOST_AUTO_TEST_CASE(a_renewal_for_no_time_or_under_an_impossible_fence_is_refused)
{
    const auto s = open();
    const auto fence = acquire(*s, key(), "owner").value().fence;
    constexpr std::uint64_t beyond = std::uint64_t{1} << 63U;
    for (const int ttl : {0, -1})
        BOOST_TEST(
            code_of(renew(*s, key(), "owner", fence, std::chrono::milliseconds(ttl)))
            == errc::invalid_argument
        );
    BOOST_TEST(code_of(renew(*s, key(), "owner", beyond)) == errc::invalid_argument);
    BOOST_TEST(!renew(*s, key(), "owner", beyond - 1).value().acquired);
    // Nobody has a lease under such a fence, so that there is nothing to give back.
    BOOST_TEST(release(*s, key(), "owner", beyond).has_value());
    BOOST_TEST(!acquire(*s, key(), "another").value().acquired);
    BOOST_TEST(renew(*s, key(), "owner", fence, std::chrono::milliseconds::max()).value().acquired);
}

BOOST_AUTO_TEST_CASE(a_generation_that_does_not_grow_or_does_not_fit_is_refused)
{
    const auto s = open();
    constexpr generation last = (generation(1) << 63U) - 1;
    BOOST_TEST_REQUIRE(commit(*s, key(), 0, 5, value()).has_value());
    for (const generation next : {generation(4), generation(5), last + 1})
        BOOST_TEST(code_of(commit(*s, key(), 5, next, value("new"))) == errc::invalid_argument);
    BOOST_TEST(code_of(commit(*s, key(), last + 1, last + 2, value())) == errc::invalid_argument);
    BOOST_TEST(code_of(remove(*s, key(), last + 1)) == errc::invalid_argument);
    BOOST_TEST((load(*s, key()).value().value == value()));
    BOOST_TEST(commit(*s, key(), 5, last, value()).value() == last);
    BOOST_TEST(load(*s, key()).value().at == last);
    BOOST_TEST(remove(*s, key(), last).has_value());
}

// A take or a deletion is recognised by a random token if it has to be repeated.
BOOST_AUTO_TEST_CASE(without_random_octets_nothing_is_taken_or_deleted)
{
    const auto s = open();
    BOOST_TEST_REQUIRE(commit(*s, key(), 0, 1, value()).has_value());
    {
        const no_randomness now;
        BOOST_TEST(code_of(take(*s, key())) == errc::entropy_unavailable);
        BOOST_TEST(code_of(remove(*s, key(), 1)) == errc::entropy_unavailable);
        BOOST_TEST(load(*s, key()).value().at == 1U);
    }
    BOOST_TEST(take(*s, key()).value().at == 1U);
}

BOOST_AUTO_TEST_CASE(attributes_may_be_long)
{
    const auto s = open();
    const std::string text(50'000, 'x');
    record r = value();
    r.user = r.issuer = r.binding = text;
    BOOST_TEST_REQUIRE(commit(*s, key(text), 0, 1, r).has_value());
    BOOST_TEST(list(*s, record_filter().user(text).issuer(text)).value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_lease_for_no_time_is_refused)
{
    const auto s = open();
    BOOST_TEST(
        code_of(acquire(*s, key(), "owner", std::chrono::milliseconds(0))) == errc::invalid_argument
    );
    BOOST_TEST(acquire(*s, key(), "owner", std::chrono::milliseconds::max()).value().acquired);
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_no_changes_is_read_only)
{
    BOOST_TEST_REQUIRE(commit(*open(), key(), 0, 1, value()).has_value());
    console("CREATE USER reader_" + schema + " SUPERUSER");
    console("ALTER USER reader_" + schema + " SET default_transaction_read_only = on");
    const auto s = open(settings("user=reader_" + schema));
    BOOST_TEST(load(*s, key()).value().at == 1U);
    BOOST_TEST(code_of(commit(*s, key(), 1, 2, value())) == errc::store_read_only);
    // As after a switch to another primary: the old connections are given up.
    console("ALTER USER reader_" + schema + " SET default_transaction_read_only = off");
    BOOST_TEST(commit(*s, key(), 1, 2, value()).has_value());
}

BOOST_AUTO_TEST_CASE(a_user_without_rights_is_told_which_are_needed)
{
    BOOST_TEST_REQUIRE(commit(*open(), key(), 0, 1, value()).has_value());
    console("CREATE USER nobody_" + schema);
    const auto s = open(settings("user=nobody_" + schema));
    auto r = load(*s, key());
    BOOST_TEST_REQUIRE((code_of(r) == errc::store_unavailable));
    BOOST_TEST(r.error().info().hint().find("Grant") != std::string::npos);
    console("GRANT USAGE ON SCHEMA " + schema + " TO nobody_" + schema);
    console("GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO nobody_" + schema);
    run_until([&] { return load(*s, key()).has_value(); });
    const auto w = commit(*s, key(), 1, 2, value());
    BOOST_TEST(code_of(w) == errc::store_unavailable);
    BOOST_TEST(w.error().info().message().find("permission denied") != std::string::npos);
}

// The server says what it would say; nobody has to fill a disk.
BOOST_AUTO_TEST_CASE(errors_of_the_server_say_what_they_mean)
{
    const auto s = open();
    BOOST_TEST_REQUIRE(commit(*s, key(), 0, 1, value()).has_value());
    const std::pair<const char*, errc> cases[] = {
        {"53100", errc::store_full},
        {"57014", errc::store_unavailable},
        {"XX001", errc::store_corrupt},
        {"40001", errc::store_unavailable}, // after some more attempts
        {"22023", errc::store_unavailable},
    };
    for (const auto& [state, expected] : cases)
    {
        console(
            "CREATE OR REPLACE FUNCTION " + schema
            + ".refuse() RETURNS trigger AS $$BEGIN RAISE "
              "'says document' USING ERRCODE = '"
            + state + "'; END$$ LANGUAGE plpgsql"
        );
        console(
            "CREATE OR REPLACE TRIGGER refuse BEFORE UPDATE ON " + table("asioauth_records")
            + " FOR EACH ROW EXECUTE FUNCTION " + schema + ".refuse()"
        );
        const auto r = commit(*s, key(), 1, 2, value());
        BOOST_TEST((code_of(r) == expected), state << ": " << text_of(r));
        if (state == std::string("22023")) // quotes what it was given
            BOOST_TEST(text_of(r).find("says document") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_limit_of_connections_is_lived_with)
{
    BOOST_TEST_REQUIRE(load(*open(), key()).has_value());
    console("CREATE USER few_" + schema);
    console("GRANT ALL ON SCHEMA " + schema + " TO few_" + schema);
    console("GRANT ALL ON ALL TABLES IN SCHEMA " + schema + " TO few_" + schema);
    console("ALTER USER few_" + schema + " CONNECTION LIMIT 2");
    const auto s = open(settings("user=few_" + schema).connections(10));
    std::vector<answer<stored_record>> answers;
    for (int i = 0; i < 500; ++i)
        s->async_load(key(), answers.emplace_back().handler());
    for (const auto& a : answers)
    {
        const auto r = wait(a);
        BOOST_TEST(r.has_value(), text_of(r));
    }
    const auto none = open(settings("user=few_" + schema));
    const auto r = load(*none, key());
    BOOST_TEST(code_of(r) == errc::store_unavailable);
    BOOST_TEST(text_of(r).find("too many connections") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reached_is_said_without_the_password)
{
    const std::string port = std::to_string(testing::free_port());
    for (const std::string& host :
         {std::string("127.0.0.1"), std::string("localhost"), std::string("no.such.invalid")})
    {
        const auto s =
            open(postgres_settings("postgresql://tester:hunter2@" + host + ":" + port + "/postgres")
            );
        const auto r = load(*s, key());
        BOOST_TEST(code_of(r) == errc::store_unavailable);
        BOOST_TEST(text_of(r).find("hunter2") == std::string::npos);
        BOOST_TEST_MESSAGE(text_of(r));
    }
}

BOOST_AUTO_TEST_CASE(names_are_looked_up_and_several_hosts_are_tried)
{
    const auto right = std::to_string(server().port());
    const auto wrong = std::to_string(testing::free_port());
    const auto s = open(postgres_settings(
                            "host=no.such.invalid,127.0.0.1,localhost port=" + right + "," + wrong
                            + "," + right + " user=tester dbname=postgres"
    )
                            .schema(schema));
    const auto r = load(*s, key());
    BOOST_TEST(r.has_value(), text_of(r));
}

BOOST_AUTO_TEST_CASE(more_than_ten_thousand_do_not_wait)
{
    const auto s = open();
    int done = 0;
    int refused = 0;
    for (int i = 0; i < 10'010; ++i)
        s->async_load(key(), [&](const result<stored_record>& r) {
            ++done;
            refused += code_of(r) == errc::store_unavailable ? 1 : 0;
        });
    run_until([&] { return done == 10'010; });
    BOOST_TEST(refused == 10);
}

BOOST_AUTO_TEST_SUITE_END()

// --- In between ------------------------------------------------------------------------------

class pooler
{
public:
    static bool is_installed()
    {
        try
        {
            return !postgres_server::program("pgbouncer").empty();
        }
        catch (const std::runtime_error&)
        {
            std::cout << "pgbouncer is not installed: its test is skipped\n";
            return false;
        }
    }

    pooler()
    {
        folder_.write("users.txt", "\"tester\" \"\"\n");
        folder_.write(
            "pgbouncer.ini",
            "[databases]\n* = host=" + server().folder().path()
                + " port=" + std::to_string(server().port())
                + "\n[pgbouncer]\npool_mode = transaction\nlisten_addr =\nunix_socket_dir = "
                + folder_.path() + "\nlisten_port = 6432\nauth_type = trust\nauth_file = "
                + folder_.path() + "/users.txt\ndefault_pool_size = 3\nmax_client_conn = 100\n"
        );
        process_ = folder_.start(
            {postgres_server::program("pgbouncer"), folder_.path() + "/pgbouncer.ini"}, SIGKILL
        );
        until([&] {
            BOOST_TEST_REQUIRE(::waitpid(process_, nullptr, WNOHANG) == 0, folder_.log());
            return PQping(connection_string().c_str()) == PQPING_OK;
        });
    }

    ~pooler()
    {
        ::kill(process_, SIGKILL);
        testing::wait_for_end(process_);
    }

    std::string connection_string() const
    {
        return "host=" + folder_.path() + " port=6432 user=tester dbname=postgres";
    }

private:
    testing::server_folder folder_;
    pid_t process_ = -1;
};

boost::test_tools::assertion_result has_pooler(boost::unit_test::test_unit_id)
{
    return pooler::is_installed();
}

BOOST_FIXTURE_TEST_SUITE(postgres_pooler, postgres_fixture)

BOOST_AUTO_TEST_CASE(
    every_check_passes_through_a_transaction_pool, *boost::unit_test::precondition(has_pooler)
)
{
    const pooler between;
    postgres_settings s(between.connection_string());
    s.schema(schema);
    for (const auto& check : testing::store_checks())
    {
        const auto wrong = check.run([&](const asio::any_io_executor& ex) {
            return std::make_shared<postgres_store>(ex, s);
        });
        BOOST_TEST(wrong.empty(), check.name() << ": " << wrong);
    }
}

BOOST_AUTO_TEST_SUITE_END()

// --- TLS -------------------------------------------------------------------------------------

class tls_server
{
public:
    tls_server() : server_("")
    {
        const auto id = test_pki::get().good();
        server_.folder().write("server.crt", id.certificate_pem());
        server_.folder().write("server.key", id.key_pem());
        server_.stop();
        std::ofstream(server_.data() + "/postgresql.conf", std::ios::app)
            << "ssl = on\nssl_cert_file = '" << server_.folder().path()
            << "/server.crt'\nssl_key_file = '" << server_.folder().path() << "/server.key'\n";
        std::ofstream(server_.data() + "/pg_hba.conf", std::ios::trunc)
            << "local all all trust\nhostssl all all 127.0.0.1/32 trust\n";
        server_.start();
    }

    postgres_settings settings(const std::string& host, const std::string& ca) const
    {
        return postgres_settings(
            "host=" + host + " port=" + std::to_string(server_.port())
            + " user=tester dbname=postgres sslmode=verify-full sslrootcert=" + ca
        );
    }

private:
    postgres_server server_;
};

BOOST_FIXTURE_TEST_SUITE(postgres_tls, postgres_fixture)

BOOST_AUTO_TEST_CASE(the_server_has_to_prove_its_name)
{
    const tls_server secure;
    const auto ca = test_pki::get().ca_file();
    auto r = load(*open(secure.settings("localhost", ca)), key());
    BOOST_TEST(r.has_value(), text_of(r));
    // Enough to fill a TLS record and a socket's buffer many times.
    const auto s = open(secure.settings("127.0.0.1", ca));
    const auto large = value(std::string(std::size_t{8} << 20, 'x'));
    BOOST_TEST(commit(*s, key(), 0, 1, large).has_value());
    BOOST_TEST((load(*s, key()).value().value == large));

    auto options = test_pki::ca_options();
    options.common_name = "another authority";
    const testing::temporary_file other(testing::make_identity(options).certificate_pem());
    r = load(*open(secure.settings("localhost", other.path())), key());
    BOOST_TEST(code_of(r) == errc::store_unavailable);
    BOOST_TEST(text_of(r).find("certificate verify failed") != std::string::npos, text_of(r));

    // A name that leads to the right place and is not in the certificate.
    r = load(*open(secure.settings("evil.example hostaddr=127.0.0.1", ca)), key());
    BOOST_TEST(code_of(r) == errc::store_unavailable);
    BOOST_TEST(text_of(r).find("does not match host name") != std::string::npos, text_of(r));
}

BOOST_AUTO_TEST_SUITE_END()

// --- The end ---------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(postgres_end, postgres_fixture)

BOOST_AUTO_TEST_CASE(destroying_the_store_ends_what_is_pending)
{
    // In each stage: looking up, connecting, sent, waiting.
    for (int turns = 0; turns < 40; ++turns)
    {
        auto s = open(settings().connections(1));
        std::vector<answer<generation>> answers;
        for (int i = 0; i < 5; ++i)
            s->async_commit(
                key(std::to_string(i)), 0, 1, value(), answers.emplace_back().handler()
            );
        io.restart();
        for (int i = 0; i < turns; ++i)
            io.poll_one();
        s.reset();
        for (const auto& a : answers)
        {
            const auto r = wait(a);
            BOOST_TEST(
                (r.has_value() || r.error().code() == operation_aborted()
                 || r.error().code() == errc::store_conflict)
            );
        }
        io.restart();
        io.run(); // nothing is left that would keep it busy
    }
}

BOOST_AUTO_TEST_CASE(a_store_may_outlive_its_context_with_operations_pending)
{
    BOOST_TEST_REQUIRE(load(*open(), key()).has_value());
    for (int turns = 0; turns < 40; ++turns)
    {
        std::unique_ptr<postgres_store> s;
        const auto handled = std::make_shared<int>(0);
        asio::cancellation_signal cancel;
        {
            asio::io_context short_lived;
            s = std::make_unique<postgres_store>(
                short_lived.get_executor(), settings().connections(2)
            );
            for (int i = 0; i < 5; ++i)
                s->async_load(
                    key(),
                    asio::bind_cancellation_slot(
                        cancel.slot(), [handled](const result<stored_record>&) { ++*handled; }
                    )
                );
            for (int i = 0; i < turns; ++i)
                short_lived.poll_one();
        }
        cancel.emit(asio::cancellation_type::terminal);
        BOOST_TEST(handled.use_count() == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_context_may_be_destroyed_before_a_store_that_is_kept_by_its_own_handler)
{
    const auto seen = std::make_shared<int>(0);
    {
        asio::io_context short_lived;
        auto s = std::make_shared<postgres_store>(short_lived.get_executor(), settings());
        s->async_load(key(), [s, seen](const result<stored_record>&) { ++*seen; });
        short_lived.poll();
    }
    BOOST_TEST(seen.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(an_idle_store_keeps_nothing_busy)
{
    const auto s = open();
    BOOST_TEST_REQUIRE(load(*s, key()).has_value());
    io.restart();
    io.run();
}

BOOST_AUTO_TEST_CASE(what_waits_can_be_cancelled_and_what_was_sent_cannot)
{
    const auto s = open(settings().connections(1));
    BOOST_TEST_REQUIRE(commit(*s, key(), 0, 1, value()).has_value());
    io.restart();
    io.run();
    postgres_console other(server().connection_string());
    other("BEGIN");
    other("LOCK TABLE " + table("asioauth_records"));
    asio::cancellation_signal of_first;
    asio::cancellation_signal of_second;
    const answer<generation> first;
    const answer<generation> second;
    s->async_commit(
        key(), 1, 2, value(), asio::bind_cancellation_slot(of_first.slot(), first.handler())
    );
    s->async_commit(
        key(), 1, 2, value(), asio::bind_cancellation_slot(of_second.slot(), second.handler())
    );
    io.restart();
    io.poll();
    of_second.emit(asio::cancellation_type::total);
    of_first.emit(asio::cancellation_type::terminal);
    BOOST_TEST(code_of(wait(second)) == operation_aborted());
    BOOST_TEST(!first.is_there());
    other("COMMIT");
    BOOST_TEST(wait(first).value() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
