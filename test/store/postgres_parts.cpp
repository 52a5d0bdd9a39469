// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the PostgreSQL store makes of connection strings and of what a server answers.

#include "store/postgres_fixture.hpp"
#include "store/postgres_statement.hpp"
#include "store/postgres_target.hpp"

#include <cstdlib>

namespace {

using namespace asioauth;
using namespace asioauth::test;
using detail::postgres_answer;
using detail::postgres_target;

// --- Connection strings ----------------------------------------------------------------------

using texts = std::vector<std::string>;

/// No variable of the environment says where a server is, unless the test does.
class target_fixture
{
public:
    target_fixture()
    {
        for (const char* name : names_)
        {
            const char* const before = std::getenv(name);
            before_.push_back(
                before != nullptr ? std::optional<std::string>(before) : std::nullopt
            );
            ::unsetenv(name);
        }
    }
    target_fixture(const target_fixture&) = delete;
    target_fixture& operator=(const target_fixture&) = delete;
    ~target_fixture()
    {
        for (std::size_t i = 0; i != names_.size(); ++i)
        {
            if (before_[i])
                ::setenv(names_[i], before_[i]->c_str(), 1);
            else
                ::unsetenv(names_[i]);
        }
    }

    static postgres_target parsed(const std::string& text)
    {
        return postgres_target::parse(secret(text)).value();
    }

    static error_code refusal(const std::string& text)
    {
        return code_of(postgres_target::parse(secret(text)));
    }

    /// An option that a connection goes by which has just been begun; empty if it has none.
    static std::string used(const detail::postgres_handle& connection, const std::string& option)
    {
        BOOST_TEST_REQUIRE(connection.get() != nullptr);
        const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> all(
            PQconninfo(connection.get()), &PQconninfoFree
        );
        for (const auto* o = all.get(); o != nullptr && o->keyword != nullptr; ++o)
        {
            if (o->keyword == option)
                return o->val != nullptr ? o->val : "";
        }
        return "there is no option " + option;
    }

    static std::string used(const postgres_target& t, const std::string& option)
    {
        return used(t.start({}, 0), option);
    }

private:
    static constexpr std::array<const char*, 7> names_{
        "PGHOST",
        "PGHOSTADDR",
        "PGPORT",
        "PGSERVICE",
        "PGSERVICEFILE",
        "PGSYSCONFDIR",
        "PGGSSENCMODE"};
    std::vector<std::optional<std::string>> before_;
};

BOOST_FIXTURE_TEST_SUITE(postgres_targets, target_fixture)

BOOST_AUTO_TEST_CASE(names_are_to_be_looked_up_once_each_and_addresses_and_sockets_are_not)
{
    const auto each = boost::test_tools::per_element();
    const auto names = [](const std::string& text) { return parsed(text).names(); };
    BOOST_TEST(
        names("host=b.invalid,a.invalid,b.invalid") == (texts{"b.invalid", "a.invalid"}), each
    );
    BOOST_TEST(names("host=127.0.0.1,::1,/run/postgresql,@abstract").empty());
    BOOST_TEST(names("host=a.invalid hostaddr=127.0.0.1").empty());
    BOOST_TEST(names("hostaddr=127.0.0.1").empty());
    BOOST_TEST(names("dbname=x").empty());
    BOOST_TEST(names("host=a.invalid,b.invalid hostaddr=,127.0.0.1") == texts{"a.invalid"}, each);
    BOOST_TEST(names("postgresql://user@a.invalid:7/x") == texts{"a.invalid"}, each);
}

BOOST_AUTO_TEST_CASE(a_string_without_a_host_goes_by_the_environment)
{
    ::setenv("PGHOST", "a.invalid,b.invalid", 1);
    BOOST_TEST(
        parsed("dbname=x").names() == (texts{"a.invalid", "b.invalid"}),
        boost::test_tools::per_element()
    );
    BOOST_TEST(parsed("host=/nowhere").names().empty());
    // As many ports as hosts, wherever each of them comes from.
    ::setenv("PGPORT", "1,2,3", 1);
    BOOST_TEST(refusal("dbname=x") == errc::invalid_argument);
    BOOST_TEST(!refusal("dbname=x port=4").failed());
}

BOOST_AUTO_TEST_CASE(as_many_ports_and_addresses_as_hosts_or_it_is_refused)
{
    for (const char* text :
         {"host=/a,/b hostaddr=127.0.0.1",
          "host=/a hostaddr=127.0.0.1,127.0.0.2",
          "host=/a port=1,2",
          "host=/a,/b,/c port=1,2",
          "host=/a,/b port=1,2,3",
          "hostaddr=127.0.0.1 port=1,2",
          "port=1,2"})
    {
        const auto r = postgres_target::parse(secret(std::string(text)));
        BOOST_TEST((code_of(r) == errc::invalid_argument), text);
        BOOST_TEST(text_of(r).find("not as many ports or addresses") != std::string::npos, text);
    }
    for (const char* text :
         {"host=/a,/b port=1", "host=/a,/b port=1,2", "hostaddr=127.0.0.1,127.0.0.2 port=1,2"})
        BOOST_TEST(!refusal(text).failed(), text);
}

BOOST_AUTO_TEST_CASE(a_string_with_a_nul_is_refused_and_not_cut_there)
{
    BOOST_TEST(refusal(std::string("host=/a\0port=1", 14)) == errc::invalid_argument);
    BOOST_TEST(refusal(std::string("host=/a\0", 8)) == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(each_host_keeps_its_address_and_port_whichever_is_tried_first)
{
    const auto t = parsed("host=/nowhere/a,/nowhere/b,/nowhere/c port=1,2,3");
    for (const std::size_t first : {0U, 3U})
    {
        const auto c = t.start({}, first);
        BOOST_TEST(used(c, "host") == "/nowhere/a,/nowhere/b,/nowhere/c");
        BOOST_TEST(used(c, "port") == "1,2,3");
    }
    const auto second = t.start({}, 1);
    BOOST_TEST(used(second, "host") == "/nowhere/b,/nowhere/c,/nowhere/a");
    BOOST_TEST(used(second, "port") == "2,3,1");
    const auto one_port = parsed("host=/nowhere/a,/nowhere/b port=7").start({}, 1);
    BOOST_TEST(used(one_port, "port") == "7,7");
    const auto port = std::to_string(testing::free_port());
    const auto named =
        parsed("host=a.invalid,b.invalid hostaddr=127.0.0.1,127.0.0.2 port=" + port).start({}, 1);
    BOOST_TEST(used(named, "host") == "b.invalid,a.invalid");
    BOOST_TEST(used(named, "hostaddr") == "127.0.0.2,127.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_name_is_tried_at_each_of_its_addresses_and_left_out_without_any)
{
    const auto port = std::to_string(testing::free_port());
    const auto t = parsed("host=a.invalid,b.invalid,/nowhere port=" + port + ",2,3");
    const auto c = t.start({{"a.invalid", {"127.0.0.1", "127.0.0.2"}}}, 0);
    BOOST_TEST(used(c, "host") == "a.invalid,a.invalid,/nowhere");
    BOOST_TEST(used(c, "hostaddr") == "127.0.0.1,127.0.0.2,");
    BOOST_TEST(used(c, "port") == port + "," + port + ",3");
    BOOST_TEST(!parsed("host=a.invalid").start({}, 0));
    BOOST_TEST(!parsed("host=a.invalid").start({{"b.invalid", {"127.0.0.1"}}}, 0));
}

BOOST_AUTO_TEST_CASE(kerberos_is_asked_for_only_by_who_says_so)
{
    BOOST_TEST(used(parsed("host=/nowhere"), "gssencmode") == "disable");
    BOOST_TEST(used(parsed("host=/nowhere gssencmode=prefer"), "gssencmode") == "prefer");
    BOOST_TEST(used(parsed("host=/nowhere"), "client_encoding") == "UTF8");
}

BOOST_AUTO_TEST_CASE(a_service_is_left_to_libpq)
{
    const testing::server_folder folder;
    folder.write("services", "[logins]\nhost=/nowhere/of-the-service\nport=77\n");
    ::setenv("PGSERVICEFILE", (folder.path() + "/services").c_str(), 1);
    const auto t = parsed("service=logins user=tester");
    BOOST_TEST(t.names().empty());
    const auto c = t.start({}, 5);
    BOOST_TEST(used(c, "host") == "/nowhere/of-the-service");
    BOOST_TEST(used(c, "port") == "77");
    BOOST_TEST(used(c, "user") == "tester");
    // What the string says beside it goes before what the service says.
    BOOST_TEST(used(parsed("service=logins host=/nowhere/else"), "host") == "/nowhere/else");
}

BOOST_AUTO_TEST_CASE(passwords_in_a_message_are_replaced_wherever_they_are)
{
    const auto t = parsed("host=/nowhere user=tester password=hunter2 sslpassword=swordfish");
    BOOST_TEST(
        t.presentable("hunter2 and hunter2hunter2, swordfish of tester \n\n")
        == "? and ??, ? of tester"
    );
    BOOST_TEST(t.presentable("\n").empty());
    BOOST_TEST(t.presentable("nothing of that").find('?') == std::string::npos);
    // Also one that is what is put in place of it.
    BOOST_TEST(parsed("host=/nowhere password=?").presentable("is it?") == "is it?");
    BOOST_TEST(parsed("postgresql://u:hunter%32@[::1]/x").presentable("hunter2") == "?");
}

BOOST_AUTO_TEST_SUITE_END()

// --- Answers ---------------------------------------------------------------------------------

/// A connection that says what a server says to the statement of a test.
class answer_fixture
{
public:
    answer_fixture() : connection_(PQconnectdb(server().connection_string().c_str()), &PQfinish)
    {
        BOOST_TEST_REQUIRE((PQstatus(connection_.get()) == CONNECTION_OK));
        PQsetNoticeReceiver(
            connection_.get(), [](void*, const PGresult*) {}, nullptr
        );
    }

    postgres_answer said_to(const std::string& sql)
    {
        return postgres_answer(PQexec(connection_.get(), sql.c_str()));
    }

    /// Not what comes behind it, such as the end of the connection.
    postgres_answer first_said_to(const std::string& sql)
    {
        BOOST_TEST_REQUIRE(PQsendQuery(connection_.get(), sql.c_str()) == 1);
        return postgres_answer(PQgetResult(connection_.get()));
    }

    /// In binary, as the store asks.
    postgres_answer row_of(const std::string& columns)
    {
        return postgres_answer(PQexecParams(
            connection_.get(),
            ("SELECT " + columns).c_str(),
            0,
            nullptr,
            nullptr,
            nullptr,
            nullptr,
            1
        ));
    }

    postgres_answer raised(const std::string& state)
    {
        return said_to("DO $$BEGIN RAISE 'says document' USING ERRCODE = '" + state + "'; END$$");
    }

private:
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

BOOST_FIXTURE_TEST_SUITE(postgres_answers, answer_fixture)

BOOST_AUTO_TEST_CASE(each_sqlstate_gets_the_code_that_says_what_to_do)
{
    const std::pair<const char*, errc> cases[] = {
        {"25006", errc::store_read_only},
        {"53100", errc::store_full},
        {"53200", errc::store_unavailable},
        {"42501", errc::store_unavailable},
        {"42P01", errc::store_unavailable},
        {"3F000", errc::store_unavailable},
        {"22021", errc::invalid_argument},
        {"22P05", errc::invalid_argument},
        {"54000", errc::invalid_argument},
        {"54023", errc::invalid_argument},
        {"XX000", errc::store_unavailable},
        {"XX001", errc::store_corrupt},
        {"XX002", errc::store_corrupt},
        {"P0001", errc::store_unavailable},
    };
    for (const auto& [state, expected] : cases)
    {
        const auto a = raised(state);
        BOOST_TEST(!a.is_lost(), state);
        BOOST_TEST(!a.is_good(), state);
        BOOST_TEST(a.state() == state);
        const result<void> r = detail::failure_of(a);
        BOOST_TEST((code_of(r) == expected), text_of(r));
        BOOST_TEST(
            r.error().info().message().find("(SQLSTATE " + std::string(state) + ")")
                != std::string::npos,
            text_of(r)
        );
        BOOST_TEST(r.error().info().where() == stage::store);
    }
}

BOOST_AUTO_TEST_CASE(what_an_administrator_can_mend_has_a_hint_and_other_errors_have_none)
{
    const auto hint = [this](const char* state) {
        const result<void> r = detail::failure_of(raised(state));
        return std::string(r.error().info().hint());
    };
    BOOST_TEST(hint("42501").find("Grant this user SELECT") != std::string::npos);
    for (const char* state : {"42P01", "3F000"})
        BOOST_TEST(hint(state).find("create_schema(true)") != std::string::npos);
    for (const char* state : {"25006", "53100", "22021", "54000", "XX001", "P0001"})
        BOOST_TEST(hint(state).empty(), state);
}

BOOST_AUTO_TEST_CASE(words_of_the_server_are_said_only_where_they_quote_no_data)
{
    const auto said = [this](const char* state) {
        return text_of(result<void>(detail::failure_of(raised(state))));
    };
    for (const char* state :
         {"08P01", "25006", "28000", "3D000", "42501", "53100", "57014", "58030"})
        BOOST_TEST(said(state).find("says document") != std::string::npos, state);
    for (const char* state : {"22021", "22P02", "23505", "54000", "P0001", "XX001"})
        BOOST_TEST(said(state).find("says document") == std::string::npos, state);
}

BOOST_AUTO_TEST_CASE(a_fatal_error_means_that_nobody_knows_whether_the_statement_was_carried_out)
{
    const auto a = first_said_to("SELECT pg_terminate_backend(pg_backend_pid())");
    BOOST_TEST(a.state() == "57P01");
    BOOST_TEST(a.is_lost());
    BOOST_TEST(said_to("SELECT 1").is_lost()); // of the connection that is no more
    BOOST_TEST(postgres_answer().is_lost());
}

BOOST_AUTO_TEST_CASE(an_answer_of_a_kind_that_was_not_asked_for_is_none)
{
    BOOST_TEST(said_to("").is_lost());
    BOOST_TEST(said_to("COPY (SELECT 1) TO STDOUT").is_lost());
    BOOST_TEST(!postgres_answer(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK)).is_lost());
}

BOOST_AUTO_TEST_CASE(integers_of_any_size_keep_their_sign)
{
    const auto a = row_of("(-2)::int2, (-3)::int4, (-4)::int8, 32767::int2, 2147483647::int4,"
                          "9223372036854775807::int8, '-9223372036854775808'::int8, true");
    const std::vector<std::int64_t> expected{
        -2,
        -3,
        -4,
        32'767,
        2'147'483'647,
        std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min(),
        1};
    BOOST_TEST_REQUIRE(a.rows() == 1);
    for (int i = 0; i != static_cast<int>(expected.size()); ++i)
        BOOST_TEST(a.number(0, i) == expected[static_cast<std::size_t>(i)]);
}

BOOST_AUTO_TEST_CASE(what_is_no_integer_counts_as_0)
{
    const auto a = row_of("NULL::bigint, ''::text, 'nine octets'::text, 1234567890.5::numeric");
    BOOST_TEST_REQUIRE(a.rows() == 1);
    BOOST_TEST(a.is_null(0, 0));
    for (int i = 0; i != 4; ++i)
        BOOST_TEST(a.number(0, i) == 0);
    BOOST_TEST(a.text(0, 0).empty());
    BOOST_TEST(!a.is_null(0, 1));
    BOOST_TEST(a.text(0, 2) == "nine octets");
    // Nor is there anything where no row or column is.
    BOOST_TEST(a.number(1, 0) == 0);
    BOOST_TEST(a.text(0, 4).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
