// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What is asked of TLS, and what its answers mean, without a socket.

#include "transport/tls_context.hpp"

#include "support/certificates.hpp"
#include "transport/tls_resumption.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(tls_context)

namespace {

using detail::tls_resumption;
using detail::tls_session;
using detail::tls_sessions;
using testing::test_pki;

class ssl_free
{
public:
    void operator()(SSL* p) const noexcept { SSL_free(p); }
    void operator()(SSL_CTX* p) const noexcept { SSL_CTX_free(p); }
};

template <class T>
using owned = std::unique_ptr<T, ssl_free>;

tls_sessions::context client_context()
{
    const auto trust = detail::load_trust_store({}, {test_pki::get().ca_file()});
    return std::make_shared<boost::asio::ssl::context>(
        detail::make_tls_context(trust.value().get(), tls_identity()).value()
    );
}

// Takes whatever protocol the client names first.
int take_first_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned, void*)
{
    *size = in[0];
    *out = in + 1;
    return SSL_TLSEXT_ERR_OK;
}

// A client and a server in one thread.
class two_sides
{
public:
    explicit two_sides(std::string_view target, tls_sessions::context c = client_context())
        : peer(url::parse(target).value())
        , context(std::move(c))
        , client(SSL_new(context->native_handle()))
    {
        const auto id = test_pki::get().good();
        SSL_CTX_use_certificate(server_context_.get(), id.certificate.get());
        SSL_CTX_use_PrivateKey(server_context_.get(), id.key.get());
        SSL_CTX_set_alpn_select_cb(server_context_.get(), take_first_protocol, nullptr);
        server_.reset(SSL_new(server_context_.get()));
        BIO* ours = nullptr;
        BIO* theirs = nullptr;
        BOOST_REQUIRE(BIO_new_bio_pair(&ours, 0, &theirs, 0) == 1);
        SSL_set_bio(client.get(), ours, ours);
        SSL_set_bio(server_.get(), theirs, theirs);
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server_.get());
        BOOST_TEST(detail::set_peer_name(client.get(), peer).has_value());
    }

    bool shake_hands()
    {
        for (int i = 0; i != 10; ++i)
        {
            SSL_do_handshake(client.get());
            SSL_do_handshake(server_.get());
        }
        return SSL_is_init_finished(client.get()) == 1 && SSL_is_init_finished(server_.get()) == 1;
    }

    // What the server sends behind the handshake: its tickets.
    void read()
    {
        char c = 0;
        BOOST_TEST(SSL_read(client.get(), &c, 1) <= 0);
    }

    result<void> check() { return detail::check_handshake(client.get(), peer); }

    const url peer;
    const tls_sessions::context context;
    const owned<SSL> client;

private:
    const owned<SSL_CTX> server_context_{SSL_CTX_new(TLS_server_method())};
    owned<SSL> server_;
};

std::string shown(const result<void>& checked)
{
    return checked
        ? std::string("ok")
        : std::string(name_of(checked.error().code())) + ": " + checked.error().info().message();
}

error_code tls_error(int library, int reason)
{
    const auto code = ERR_PACK(library, 0, reason);
    return error_code(static_cast<int>(code), boost::asio::error::get_ssl_category());
}

// A directory that goes with the object.
class temporary_directory
{
public:
    temporary_directory() { BOOST_REQUIRE(::mkdtemp(path_.data()) != nullptr); }
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory() { std::filesystem::remove_all(path_); }

    const std::string& path() const noexcept { return path_; }

private:
    std::string path_ = "/tmp/asioauth-test-XXXXXX";
};

constexpr std::string_view localhost = "https://localhost/";

} // namespace

BOOST_AUTO_TEST_CASE(handshake_that_agrees_on_http_with_who_it_should_be_is_good)
{
    two_sides sides(localhost);
    BOOST_TEST(sides.shake_hands());
    BOOST_TEST(shown(sides.check()) == "ok");
    two_sides address("https://127.0.0.1/");
    BOOST_TEST(address.shake_hands());
    BOOST_TEST(shown(address.check()) == "ok");
}

BOOST_AUTO_TEST_CASE(protocol_that_is_not_ours_is_refused)
{
    two_sides sides(localhost);
    const unsigned char other[] = {2, 'h', '2'};
    BOOST_REQUIRE(SSL_set_alpn_protos(sides.client.get(), other, sizeof other) == 0);
    BOOST_TEST(sides.shake_hands());
    BOOST_TEST(
        shown(sides.check()) == "tls_failed: The server chose a protocol that was not offered."
    );
}

BOOST_AUTO_TEST_CASE(certificate_that_was_not_verified_is_refused)
{
    two_sides sides(localhost);
    BOOST_TEST(sides.shake_hands());
    SSL_set_verify_result(sides.client.get(), X509_V_ERR_CERT_REVOKED);
    BOOST_TEST(
        shown(sides.check()) == "tls_certificate_untrusted: The certificate was not verified."
    );
}

BOOST_AUTO_TEST_CASE(handshake_with_another_host_fails_and_says_so)
{
    for (const auto* const target :
         {"https://other.example/", "https://127.0.0.2/", "https://[::2]/"})
    {
        two_sides sides(target);
        BOOST_TEST(!sides.shake_hands());
        const auto why = detail::handshake_failure(sides.client.get(), error_code());
        BOOST_TEST((why.code() == errc::tls_host_mismatch), target);
    }
}

BOOST_AUTO_TEST_CASE(failed_handshake_means_what_the_check_of_the_certificate_found)
{
    const auto meaning = [](long found, const error_code& ec) {
        const two_sides sides(localhost);
        SSL_set_verify_result(sides.client.get(), found);
        return detail::handshake_failure(sides.client.get(), ec);
    };
    const auto refused = tls_error(ERR_LIB_SSL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    BOOST_TEST((meaning(X509_V_ERR_HOSTNAME_MISMATCH, refused).code() == errc::tls_host_mismatch));
    BOOST_TEST((meaning(X509_V_ERR_IP_ADDRESS_MISMATCH, refused).code() == errc::tls_host_mismatch)
    );
    BOOST_TEST((meaning(X509_V_ERR_OUT_OF_MEM, refused).code() == errc::out_of_memory));
    BOOST_TEST((meaning(X509_V_OK, refused).code() == errc::tls_failed));
    const auto expired = meaning(X509_V_ERR_CERT_HAS_EXPIRED, refused);
    BOOST_TEST((expired.code() == errc::tls_certificate_untrusted));
    BOOST_TEST(expired.info().message() == "The certificate was refused: certificate has expired.");
    // Where there was no memory nothing else is known.
    const auto no_memory = tls_error(ERR_LIB_SSL, ERR_R_MALLOC_FAILURE);
    BOOST_TEST((meaning(X509_V_ERR_CERT_HAS_EXPIRED, no_memory).code() == errc::out_of_memory));
    BOOST_TEST((meaning(X509_V_OK, no_memory).code() == errc::out_of_memory));
}

BOOST_AUTO_TEST_CASE(only_errors_of_tls_itself_break_a_connection)
{
    for (const auto& ec :
         {error_code(), make_error_code(boost::asio::error::eof), operation_aborted()})
    {
        BOOST_TEST(!detail::is_tls_failure(ec));
        BOOST_TEST(!detail::tls_breach(ec).has_value());
    }
    const auto alert = tls_error(ERR_LIB_SSL, SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
    BOOST_TEST(detail::is_tls_failure(alert));
    const auto breach = detail::tls_breach(alert);
    BOOST_REQUIRE(breach.has_value());
    BOOST_TEST((breach->code() == errc::tls_failed));
    BOOST_TEST(breach->info().message().starts_with("The server ended the TLS connection: "));
    BOOST_TEST(breach->info().hint().empty());
    // A server that wants to see a certificate says so this late.
    const auto wanted = detail::tls_breach(
        tls_error(ERR_LIB_SSL, SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_REQUIRED)
    );
    BOOST_REQUIRE(wanted.has_value());
    BOOST_TEST(!wanted->info().hint().empty());
    const auto other_library = detail::tls_breach(
        tls_error(ERR_LIB_X509, SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_REQUIRED)
    );
    BOOST_TEST(other_library->info().hint().empty());
}

BOOST_AUTO_TEST_CASE(directory_is_used_if_a_name_in_it_is_a_hash)
{
    const auto trusts = [](const std::string& name) {
        const temporary_directory all;
        std::ofstream(all.path() + "/" + name) << "x";
        detail::trust_sources sources;
        sources.directories = {"/nowhere/at/all", all.path()};
        const auto loaded = detail::load_trust_store(sources, {});
        BOOST_TEST((loaded || loaded.error().code() == errc::tls_trust_store_unavailable));
        return loaded.has_value();
    };
    for (const auto* const name : {"9d04f354.0", "00000000.12", "abcdef09.3"})
        BOOST_TEST(trusts(name), name);
    for (const auto* const name :
         {"9D04F354.0",
          "9d04f354.r0",
          "9d04f354.0x",
          "9d04f354-0",
          "9d04f35.00",
          "9d04f3544.0",
          "9d04f35g.0",
          "9d04f35:.0",
          "9d04f35`.0",
          "9d04f354.",
          "ca.pem"})
        BOOST_TEST(!trusts(name), name);
}

BOOST_AUTO_TEST_CASE(bundle_is_used_if_no_directory_is_and_the_first_that_can_be_read)
{
    const testing::temporary_file broken("no certificate");
    detail::trust_sources sources;
    sources.bundles = {"/nowhere/at/all", broken.path(), test_pki::get().ca_file()};
    const auto loaded = detail::load_trust_store(sources, {});
    BOOST_REQUIRE(loaded.has_value());
    BOOST_TEST(sk_X509_OBJECT_num(X509_STORE_get0_objects(loaded->get())) == 1);
    sources.bundles.pop_back();
    const auto none = detail::load_trust_store(sources, {});
    BOOST_REQUIRE(!none.has_value());
    BOOST_TEST((none.error().code() == errc::tls_trust_store_unavailable));
    // What the program names has to be readable, whatever else there is.
    sources.bundles = {test_pki::get().ca_file()};
    const auto named = detail::load_trust_store(sources, {broken.path()});
    BOOST_REQUIRE(!named.has_value());
    BOOST_TEST(
        named.error().info().message()
        == "Certification authorities cannot be read from " + broken.path() + "."
    );
    BOOST_TEST(ERR_peek_error() == 0U);
}

// --- Sessions --------------------------------------------------------------------------------

namespace {

struct resuming
{
    static detail::pool_key key()
    {
        return {url::parse(localhost).value(), address_policy(), tls_identity()};
    }

    std::unique_ptr<tls_resumption> make(tls_resumption::mode m = tls_resumption::mode::offer)
    {
        return std::make_unique<tls_resumption>(store, key(), context, m);
    }

    bool has_session() { return store->take(key(), context).session != nullptr; }

    tls_sessions::context context = client_context();
    std::shared_ptr<tls_sessions> store =
        std::make_shared<tls_sessions>(&std::chrono::system_clock::now, tls_sessions::settings());
};

} // namespace

BOOST_FIXTURE_TEST_CASE(session_is_kept_once_the_peer_is_accepted, resuming)
{
    const auto subject = make();
    two_sides sides(localhost, context);
    subject->begin(sides.client.get());
    BOOST_TEST(!subject->has_offered());
    BOOST_TEST(sides.shake_hands());
    sides.read();
    BOOST_TEST(store->size() == 0U); // it came too early
    BOOST_TEST(!subject->is_trusted());
    subject->accept(sides.client.get());
    BOOST_TEST(subject->is_trusted());
    BOOST_TEST(store->size() == 1U);
    const auto size = store->size();
    subject->accept(sides.client.get()); // once is enough
    BOOST_TEST(store->size() == size);
}

BOOST_FIXTURE_TEST_CASE(session_that_comes_later_is_kept_at_once, resuming)
{
    const auto subject = make();
    two_sides sides(localhost, context);
    subject->begin(sides.client.get());
    BOOST_TEST(sides.shake_hands());
    subject->accept(sides.client.get());
    BOOST_TEST(store->size() == 0U);
    sides.read();
    BOOST_TEST(store->size() == 2U); // as many as servers send
    BOOST_TEST(has_session());
}

BOOST_FIXTURE_TEST_CASE(
    connection_that_is_not_accepted_takes_the_sessions_of_its_key_along, resuming
)
{
    {
        const auto good = make();
        two_sides sides(localhost, context);
        good->begin(sides.client.get());
        BOOST_TEST(sides.shake_hands());
        good->accept(sides.client.get());
        sides.read();
    }
    BOOST_TEST(store->size() == 2U);
    {
        const auto given_up = make();
        two_sides sides(localhost, context);
        given_up->begin(sides.client.get());
        BOOST_TEST(given_up->has_offered());
    }
    BOOST_TEST(store->size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(connection_that_has_failed_keeps_no_session_any_more, resuming)
{
    const auto subject = make();
    two_sides sides(localhost, context);
    subject->begin(sides.client.get());
    BOOST_TEST(sides.shake_hands());
    subject->accept(sides.client.get());
    subject->fail();
    BOOST_TEST(!subject->is_trusted());
    sides.read();
    BOOST_TEST(store->size() == 0U);
    subject->accept(sides.client.get());
    BOOST_TEST(!subject->is_trusted());
}

BOOST_FIXTURE_TEST_CASE(second_attempt_that_succeeds_ends_resuming_for_some_time, resuming)
{
    const auto subject = make(tls_resumption::mode::full);
    two_sides sides(localhost, context);
    subject->begin(sides.client.get());
    BOOST_TEST(!subject->has_offered());
    BOOST_TEST(sides.shake_hands());
    subject->accept(sides.client.get());
    sides.read();
    BOOST_TEST(!has_session());
}

BOOST_FIXTURE_TEST_CASE(without_proof_of_the_peer_nothing_is_resumed, resuming)
{
    const auto subject = make();
    const two_sides sides(localhost, context);
    SSL* const client = sides.client.get();
    subject->begin(client);
    BOOST_TEST(tls_resumption::arrived(client, SSL_SESSION_new()) == 1);
    subject->accept(client); // no certificate has been seen
    BOOST_TEST(!has_session());
}

BOOST_FIXTURE_TEST_CASE(session_of_a_connection_that_nobody_began_is_left_alone, resuming)
{
    const two_sides sides(localhost, context);
    const tls_session session(SSL_SESSION_new());
    BOOST_TEST(tls_resumption::arrived(sides.client.get(), session.get()) == 0);
    // Nor does one begin whose store is gone.
    const auto late = make();
    store.reset();
    late->begin(sides.client.get());
    BOOST_TEST(!late->has_offered());
    BOOST_TEST(tls_resumption::arrived(sides.client.get(), session.get()) == 0);
    late->accept(sides.client.get());
    BOOST_TEST(!late->is_trusted());
}

BOOST_AUTO_TEST_SUITE_END()
