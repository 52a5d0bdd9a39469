// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/seal.hpp"
#include "store/sealed_fixture.hpp"
#include "support/no_randomness.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/mman.h>

#include <future>
#include <set>

namespace {

namespace asio = boost::asio;
namespace test = asioauth::test;

using namespace asioauth;
using test::sealed_fixture;

const test::store_registration sealed_registered("sealed_store over memory_store", [] {
    return test::one_object([](const asio::any_io_executor& ex) {
        const auto keys = std::make_shared<test::changing_keys>(
            key_ring::make(test::key_named("contract", 'c')).value()
        );
        return std::make_shared<sealed_store>(
            std::make_shared<memory_store>(ex), test::changing_keys::source(keys, ex)
        );
    });
});

std::string octets(std::string_view hex)
{
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    return out;
}

template <class T>
error_code code_of(const result<T>& r)
{
    return r.has_error() ? r.error().code() : error_code();
}

bool refused(const result<stored_record>& r)
{
    const auto ec = code_of(r);
    return ec == errc::store_key_wrong || ec == errc::store_key_unavailable
        || ec == errc::store_record_invalid;
}

key_ring ring_of(const sealing_key& active, std::vector<sealing_key> others = {})
{
    return key_ring::make(active, std::move(others)).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(seals)

// Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B.
BOOST_AUTO_TEST_CASE(a_published_vector_is_encrypted_and_decrypted_as_published)
{
    const secret key(octets("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
    const auto plain =
        octets("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532f"
               "cf0e2449a6b525b16aedf5aa0de657ba637b39");
    const auto associated = octets("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const auto nonce = octets("cafebabefacedbaddecaf888");
    const auto sealed =
        octets("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7"
               "b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
    BOOST_TEST((detail::encrypt(key, nonce, associated, plain).value() == sealed));
    BOOST_TEST((detail::decrypt(key, nonce, associated, sealed) == secret(plain)));
    for (std::size_t i = 0; i != sealed.size(); ++i)
    {
        auto other = sealed;
        other[i] = static_cast<char>(other[i] ^ 1);
        BOOST_TEST(!detail::decrypt(key, nonce, associated, other));
    }
}

BOOST_AUTO_TEST_CASE(a_document_sealed_by_hand_in_the_documented_format_is_opened)
{
    const auto number = [](std::uint64_t n) {
        std::string out;
        for (int shift = 56; shift >= 0; shift -= 8)
            out.push_back(static_cast<char>(static_cast<unsigned char>((n >> shift) & 255U)));
        return out;
    };
    std::string associated;
    for (const auto& part :
         {std::string("\1"),
          std::string("a"),
          std::string("grant"),
          std::string("the id"),
          number(77),
          std::string("https://as.example"),
          std::string("alice"),
          std::string("browser"),
          number(1'900'000'000'123)})
        associated += number(part.size()) + part;
    const auto key = test::key_named("a", 'A');
    const std::string nonce(12, 'n');
    stored_record stored;
    stored.at = 77;
    stored.value.issuer = "https://as.example";
    stored.value.user = "alice";
    stored.value.binding = "browser";
    stored.value.expires_at =
        std::chrono::system_clock::time_point(std::chrono::milliseconds(1'900'000'000'123));
    stored.value.document =
        secret("\1\1a" + nonce + detail::encrypt(key.octets(), nonce, associated, "plain").value());
    const auto opened = detail::unseal(stored, {record_kind::grant, "the id"}, ring_of(key));
    BOOST_TEST((opened.value() == secret("plain")));
}

namespace {

/// Text that takes no memory until somebody reads it.
class huge_text
{
public:
    explicit huge_text(std::size_t size)
        : size_(size)
        , at_(::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))
    {
        BOOST_TEST_REQUIRE(at_ != MAP_FAILED);
    }
    huge_text(const huge_text&) = delete;
    huge_text& operator=(const huge_text&) = delete;
    ~huge_text() { ::munmap(at_, size_); }

    std::string_view view() const noexcept { return {static_cast<const char*>(at_), size_}; }

private:
    std::size_t size_;
    void* at_;
};

} // namespace

BOOST_AUTO_TEST_CASE(what_is_longer_than_openssl_takes_at_once_is_refused_and_not_cut)
{
    const huge_text longer((std::size_t{1} << 30U) + 1);
    const secret key(std::string(32, 'k'));
    const std::string nonce(12, 'n');
    BOOST_TEST(
        code_of(detail::encrypt(key, nonce, longer.view(), "plain")) == errc::invalid_argument
    );
    const auto sealed = detail::encrypt(key, nonce, "associated", "plain").value();
    BOOST_TEST(!detail::decrypt(key, nonce, longer.view(), sealed));
    BOOST_TEST(!detail::decrypt(key, nonce, "associated", longer.view()));
    BOOST_TEST((detail::decrypt(key, nonce, "associated", sealed) == secret("plain")));
}

BOOST_AUTO_TEST_CASE(a_key_or_nonce_of_another_length_seals_and_opens_nothing)
{
    const secret key(std::string(32, 'k'));
    const std::string nonce(12, 'n');
    const auto sealed = detail::encrypt(key, nonce, "", "plain").value();
    for (const std::size_t size : {0U, 16U, 31U, 33U})
    {
        const secret other(std::string(size, 'k'));
        BOOST_TEST(code_of(detail::encrypt(other, nonce, "", "x")) == errc::invalid_argument);
        BOOST_TEST(!detail::decrypt(other, nonce, "", sealed));
    }
    for (const std::size_t size : {0U, 11U, 13U, 16U})
    {
        const std::string other(size, 'n');
        BOOST_TEST(code_of(detail::encrypt(key, other, "", "x")) == errc::invalid_argument);
        BOOST_TEST(!detail::decrypt(key, other, "", sealed));
    }
}

BOOST_AUTO_TEST_CASE(what_is_shorter_than_a_tag_is_not_opened_and_a_tag_alone_is_an_empty_text)
{
    const secret key(std::string(32, 'k'));
    const std::string nonce(12, 'n');
    const auto sealed = detail::encrypt(key, nonce, "a", "").value();
    BOOST_TEST(sealed.size() == 16U);
    BOOST_TEST((detail::decrypt(key, nonce, "a", sealed) == secret()));
    for (std::size_t size = 0; size != sealed.size(); ++size)
        BOOST_TEST(!detail::decrypt(key, nonce, "a", sealed.substr(0, size)));
}

BOOST_AUTO_TEST_CASE(a_document_of_each_kind_is_opened_as_that_kind_only)
{
    const auto key = test::key_named("a", 'A');
    constexpr record_kind kinds[] = {
        record_kind::registration,
        record_kind::grant,
        record_kind::pending_login,
        record_kind::integration};
    for (const auto kind : kinds)
    {
        stored_record stored;
        stored.at = 7;
        stored.value.document = secret("plain");
        stored.value.document = detail::seal(stored.value, {kind, "id"}, 7, key).value();
        for (const auto other : kinds)
        {
            const auto opened = detail::unseal(stored, {other, "id"}, ring_of(key));
            if (other == kind)
                BOOST_TEST((opened.value() == secret("plain")));
            else
                BOOST_TEST(code_of(opened) == errc::store_key_wrong);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_key_with_a_bad_id_or_length_is_refused)
{
    const secret good(std::string(32, 'x'));
    for (const std::string id : {"", "a b", "\xc3\xa4", "a\n", "a/b"})
        BOOST_TEST(code_of(sealing_key::make(id, good)) == errc::store_key_invalid);
    BOOST_TEST(code_of(sealing_key::make(std::string(65, 'a'), good)) == errc::store_key_invalid);
    BOOST_TEST(sealing_key::make(std::string(64, 'a'), good).has_value());
    for (const std::size_t size : {0U, 16U, 31U, 33U})
        BOOST_TEST(
            code_of(sealing_key::make("a", secret(std::string(size, 'x'))))
            == errc::store_key_invalid
        );
    const auto a = test::key_named("a", 'x');
    BOOST_TEST(code_of(key_ring::make(a, {a})) == errc::store_key_invalid);
    BOOST_TEST(sealing_key::generate()->id() != sealing_key::generate()->id());
    BOOST_TEST(!(sealing_key::generate()->octets() == sealing_key::generate()->octets()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sealing, sealed_fixture)

// covers C-MCP-13
BOOST_AUTO_TEST_CASE(a_document_is_unreadable_behind_and_comes_back_in_front)
{
    BOOST_TEST(sealed->commit(key, 0, 5, value).value() == 5U);
    const auto there = raw->load(key).value();
    BOOST_TEST(there.at == 5U);
    const auto document = there.value.document.reveal();
    BOOST_TEST(document.substr(0, 3) == "\1\1a");
    BOOST_TEST(document.size() == 3 + 12 + value.document.size() + 16);
    BOOST_TEST(document.find("nobody") == std::string_view::npos);
    BOOST_TEST((sealed->load(key).value().value == value));
    BOOST_TEST((sealed->list(record_filter()).value().at(0).stored.value == value));
    const auto taken = sealed->take(key, {value.issuer, value.binding}).value();
    BOOST_TEST((taken.value == value));
    BOOST_TEST(keys->asked() == 1);
}

BOOST_AUTO_TEST_CASE(the_same_document_is_never_sealed_alike)
{
    std::set<std::string> nonces;
    generation at = 0;
    for (int i = 0; i != 50; ++i, ++at)
    {
        static_cast<void>(sealed->commit(key, at, at + 1, value).value());
        nonces.emplace(raw->load(key)->value.document.reveal().substr(3, 12));
    }
    BOOST_TEST(nonces.size() == 50U);
}

BOOST_AUTO_TEST_CASE(a_document_with_any_octet_changed_is_refused_and_stays)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto good = raw->load(key).value();
    for (std::size_t i = 0; i != good.value.document.size(); ++i)
        for (const int bit : {1, 128})
        {
            auto bad = good;
            std::string text(bad.value.document.reveal());
            text[i] = static_cast<char>(text[i] ^ bit);
            bad.value.document = secret(text);
            put_raw(key, bad);
            const auto r = sealed->load(key);
            BOOST_TEST(refused(r), "octet " << i);
            BOOST_TEST(refused(sealed->take(key, {value.issuer, value.binding})));
            const auto after = raw->load(key).value();
            BOOST_TEST((after.at == bad.at && after.value == bad.value));
        }
    put_raw(key, good);
    BOOST_TEST((sealed->load(key).value().value == value));
}

BOOST_AUTO_TEST_CASE(a_document_cut_or_made_longer_is_refused)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto good = raw->load(key).value();
    const std::string text(good.value.document.reveal());
    for (std::size_t size = 0; size != text.size() + 2; ++size)
    {
        if (size == text.size())
            continue;
        auto bad = good;
        std::string other = text;
        other.resize(size);
        bad.value.document = secret(other);
        put_raw(key, bad);
        BOOST_TEST(refused(sealed->load(key)), "cut to " << size);
    }
}

BOOST_AUTO_TEST_CASE(a_document_beside_other_attributes_is_refused)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto good = raw->load(key).value();
    const auto see = [&](const record_key& where, stored_record r, std::string_view what) {
        put_raw(where, r);
        BOOST_TEST(code_of(sealed->load(where)) == errc::store_key_wrong, what);
        const auto listed = sealed->list(record_filter().kind(where.kind)).value();
        for (const auto& i : listed)
            BOOST_TEST((i.key != where || i.stored.value.document.empty()), what);
        put_raw(key, good);
    };
    see({record_kind::registration, key.id}, good, "another kind");
    see({record_kind::grant, key.id + "x"}, good, "another identifier");
    auto other = good;
    other.at = 6;
    see(key, other, "another generation");
    const auto with = [&](auto change, std::string_view what) {
        auto r = good;
        change(r.value);
        see(key, r, what);
    };
    with([](record& r) { r.issuer = "https://evil.example"; }, "another issuer");
    with([](record& r) { r.user = "mallory"; }, "another user");
    with([](record& r) { r.binding = "another browser"; }, "another binding");
    with([](record& r) { r.expires_at.reset(); }, "no expiry");
    with([](record& r) { *r.expires_at += std::chrono::milliseconds(1); }, "another expiry");
    // Only the lengths tell these two apart.
    with(
        [](record& r) {
            r.user = r.issuer.back() + r.user;
            r.issuer.pop_back();
        },
        "an octet moved to another attribute"
    );
    BOOST_TEST((sealed->load(key).value().value == value));
}

BOOST_AUTO_TEST_CASE(a_document_under_another_key_id_is_refused_even_if_the_octets_are_the_same)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    auto r = raw->load(key).value();
    std::string text(r.value.document.reveal());
    text[2] = 'b';
    r.value.document = secret(text);
    put_raw(key, r);
    const auto other = of(with(ring_of(test::key_named("b", 'A'))));
    BOOST_TEST(code_of(other->load(key)) == errc::store_key_wrong);
}

BOOST_AUTO_TEST_CASE(an_older_document_of_the_same_record_is_refused)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto old = raw->load(key).value();
    record newer = value;
    newer.document = secret("newer");
    static_cast<void>(sealed->commit(key, 5, 6, newer).value());
    auto rolled_back = raw->load(key).value();
    rolled_back.value.document = old.value.document;
    put_raw(key, rolled_back);
    BOOST_TEST(code_of(sealed->load(key)) == errc::store_key_wrong);
}

BOOST_AUTO_TEST_CASE(an_unsealed_document_is_refused)
{
    stored_record r;
    r.at = 3;
    r.value = value;
    for (const std::string text :
         {"", "{}", "{\"version\":1,\"what\":\"a record that is long enough\"}", "\1", "\1\1a"})
    {
        r.value.document = secret(text);
        put_raw(key, r);
        BOOST_TEST(code_of(sealed->load(key)) == errc::store_record_invalid, text);
        BOOST_TEST(
            code_of(sealed->take(key, {value.issuer, value.binding})) == errc::store_record_invalid
        );
        BOOST_TEST((raw->load(key).value().value == r.value));
    }
}

// --- Keys that do not fit ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_unknown_key_is_named_and_nothing_changes)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto before = raw->load(key).value();
    const auto other = of(with(ring_of(key_b)));
    const auto loaded = other->load(key);
    BOOST_TEST(code_of(loaded) == errc::store_key_unavailable);
    BOOST_TEST(loaded.error().info().message() == "There is no key 'a'.");
    BOOST_TEST(loaded.error().info().where() == stage::store);
    BOOST_TEST(
        code_of(other->take(key, {value.issuer, value.binding})) == errc::store_key_unavailable
    );
    const auto after = raw->load(key).value();
    BOOST_TEST((after.at == before.at && after.value == before.value));
}

BOOST_AUTO_TEST_CASE(a_wrong_key_of_the_same_id_is_refused_and_burns_no_login)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto before = raw->load(key).value();
    const auto other = of(with(ring_of(test::key_named("a", 'Z'))));
    BOOST_TEST(code_of(other->load(key)) == errc::store_key_wrong);
    BOOST_TEST(code_of(other->take(key, {value.issuer, value.binding})) == errc::store_key_wrong);
    const auto after = raw->load(key).value();
    BOOST_TEST((after.at == before.at && after.value == before.value));
    BOOST_TEST((sealed->take(key, {value.issuer, value.binding}).value().value == value));
}

BOOST_AUTO_TEST_CASE(without_keys_the_store_behind_is_not_asked)
{
    keys->set(failure(errc::store_key_unavailable));
    BOOST_TEST(code_of(sealed->load(key)) == errc::store_key_unavailable);
    BOOST_TEST(code_of(sealed->commit(key, 0, 1, value)) == errc::store_key_unavailable);
    BOOST_TEST(code_of(sealed->take(key, {"", ""})) == errc::store_key_unavailable);
    BOOST_TEST(code_of(sealed->list(record_filter())) == errc::store_key_unavailable);
    BOOST_TEST(behind->calls == 0);
    keys->set(failure(errc::store_permissions_insecure).message("because"));
    const auto r = sealed->load(key);
    BOOST_TEST(code_of(r) == errc::store_permissions_insecure);
    BOOST_TEST(r.error().info().message() == "because");
    keys->set(ring_of(key_a));
    BOOST_TEST(sealed->load(key).value().at == 0U);
}

namespace {

/// Does with a question what a test says.
class odd_keys final : public key_source
{
public:
    void async_keys(handler h) override { on_question(std::move(h)); }

    std::function<void(handler)> on_question;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_question_that_its_source_drops_frees_who_waits)
{
    const auto odd = std::make_shared<odd_keys>();
    std::optional<key_source::handler> asked;
    odd->on_question = [&](key_source::handler h) { asked.emplace(std::move(h)); };
    const auto alive = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = alive;
    std::weak_ptr<store> behind_it;
    {
        const auto memory = std::make_shared<memory_store>(ex);
        behind_it = memory;
        sealed_store subject(memory, odd);
        bool called = false;
        for (int i = 0; i != 2; ++i)
            subject.async_load(key, [&called, alive](const result<stored_record>&) {
                called = true;
            });
        BOOST_REQUIRE(asked);
        BOOST_TEST(watch.use_count() == 3);
        asked.reset();
        BOOST_TEST(!called);
        BOOST_TEST(watch.use_count() == 1);
        // The next one asks again.
        subject.async_load(key, [&called](const result<stored_record>&) { called = true; });
        BOOST_REQUIRE(asked);
    }
    BOOST_TEST(!behind_it.expired());
    asked.reset();
    BOOST_TEST(behind_it.expired());
}

BOOST_AUTO_TEST_CASE(a_source_that_throws_throws_out_of_its_call_and_is_asked_again)
{
    const auto odd = std::make_shared<odd_keys>();
    odd->on_question = [](const key_source::handler&) {
        throw std::runtime_error("a defect of the program");
    };
    const auto subject = of(std::make_shared<sealed_store>(behind, odd));
    for (int i = 0; i != 2; ++i)
        BOOST_CHECK_THROW(static_cast<void>(subject->load(key)), std::runtime_error);
    odd->on_question = [this](key_source::handler h) { std::move(h)(ring_of(key_a)); };
    BOOST_TEST(subject->load(key).value().at == 0U);
}

BOOST_AUTO_TEST_CASE(deleting_needs_no_key)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto none = std::make_shared<test::changing_keys>(ring_of(key_b));
    none->set(failure(errc::store_key_unavailable));
    const auto other = of(with(none));
    BOOST_TEST(other->commit(key, 5, 0, std::nullopt).value() == 0U);
    BOOST_TEST(raw->load(key).value().at == 0U);
}

BOOST_AUTO_TEST_CASE(a_wrong_guard_is_refused_behind_and_the_login_stays)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    BOOST_TEST(code_of(sealed->take(key, {value.issuer, "x"})) == errc::store_guard_refused);
    BOOST_TEST((sealed->load(key).value().value == value));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_opened_is_listed_without_its_document)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const record_key other(record_kind::grant, "other");
    const auto elsewhere = of(with(ring_of(key_b)));
    static_cast<void>(elsewhere->commit(other, 0, 6, value).value());
    const auto listed = sealed->list(record_filter()).value();
    BOOST_TEST(listed.size() == 2U);
    BOOST_TEST((listed.at(0).stored.value == value));
    BOOST_TEST((listed.at(1).key == other));
    BOOST_TEST(listed.at(1).stored.at == 6U);
    BOOST_TEST(listed.at(1).stored.value.user == "alice");
    BOOST_TEST(listed.at(1).stored.value.document.empty());
}

// --- Rotation ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_record_under_an_old_key_is_sealed_anew_by_a_load)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto rotated = of(with(ring_of(key_b, {key_a})));
    const auto first = rotated->load(key).value();
    BOOST_TEST((first.value == value));
    BOOST_TEST(first.at > 5U);
    const auto there = raw->load(key).value();
    BOOST_TEST(there.at == first.at);
    BOOST_TEST(there.value.document.reveal().substr(0, 3) == "\1\1b");
    const auto second = rotated->load(key).value();
    BOOST_TEST(second.at == first.at);
    BOOST_TEST((second.value == value));
    BOOST_TEST(rotated->acquire(key, "me", std::chrono::seconds(1)).value().acquired);
}

BOOST_AUTO_TEST_CASE(a_record_whose_lease_is_held_is_answered_as_it_is)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    BOOST_TEST(raw->acquire(key, "somebody", std::chrono::minutes(1)).value().acquired);
    const auto r = of(with(ring_of(key_b, {key_a})))->load(key).value();
    BOOST_TEST((r.value == value));
    BOOST_TEST(r.at == 5U);
    BOOST_TEST(raw->load(key).value().at == 5U);
}

BOOST_AUTO_TEST_CASE(who_is_overtaken_while_sealing_anew_answers_the_newer_record)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto rotated = of(with(ring_of(key_b, {key_a})));
    record newer = value;
    newer.document = secret("newer");
    behind->on_commit = [&](record_key k, store::commit_handler h) {
        stored_record r;
        r.at = 50;
        r.value = newer;
        r.value.document = detail::seal(newer, k, 50, key_b).value();
        behind->behind->async_commit(
            k,
            5,
            50,
            r.value,
            [h = std::move(h)](const result<generation>&) mutable {
                std::move(h)(failure(errc::store_conflict));
            }
        );
    };
    behind->instead_of_commit = 1;
    const auto r = rotated->load(key).value();
    BOOST_TEST(r.at == 50U);
    BOOST_TEST((r.value == newer));
}

BOOST_AUTO_TEST_CASE(who_is_overtaken_for_ever_answers_in_the_end)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    behind->on_commit = [&](record_key k, store::commit_handler h) {
        behind->behind->async_load(
            std::move(k),
            [h = std::move(h)](const result<stored_record>&) mutable {
                std::move(h)(failure(errc::store_conflict));
            }
        );
    };
    behind->instead_of_commit = 1'000;
    const auto r = of(with(ring_of(key_b, {key_a})))->load(key).value();
    BOOST_TEST((r.value == value));
    BOOST_TEST(behind->instead_of_commit > 900);
}

BOOST_AUTO_TEST_CASE(a_record_that_cannot_be_sealed_anew_is_answered_all_the_same)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    behind->refuse_commits = true;
    const auto r = of(with(ring_of(key_b, {key_a})))->load(key).value();
    BOOST_TEST((r.value == value));
    BOOST_TEST(r.at == 5U);
}

BOOST_AUTO_TEST_CASE(without_random_octets_nothing_is_sealed_and_what_is_there_is_opened)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    const auto rotated = of(with(ring_of(key_b, {key_a})));
    const auto before = raw->load(key).value();
    {
        const test::no_randomness now;
        BOOST_TEST(code_of(sealed->commit(key, 5, 6, value)) == errc::entropy_unavailable);
        const auto r = rotated->load(key).value();
        BOOST_TEST(r.at == 5U);
        BOOST_TEST((r.value == value));
    }
    const auto after = raw->load(key).value();
    BOOST_TEST((after.at == before.at && after.value == before.value));
    BOOST_TEST(rotated->load(key).value().at > 5U);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_asked_for_once_and_no_more_for_a_while)
{
    static_cast<void>(sealed->load(key).value());
    BOOST_TEST(keys->asked() == 1);
    static_cast<void>(of(with(ring_of(key_b)))->commit(key, 0, 5, value).value());
    keys->set(ring_of(key_b, {key_a}));
    BOOST_TEST((sealed->load(key).value().value == value));
    BOOST_TEST(keys->asked() == 2);
    static_cast<void>(of(with(ring_of(test::key_named("c", 'C'))))->commit(key, 5, 6, value).value()
    );
    BOOST_TEST(code_of(sealed->load(key)) == errc::store_key_unavailable);
    BOOST_TEST(sealed->list(record_filter()).value().at(0).stored.value.document.empty());
    BOOST_TEST(keys->asked() == 2);
}

// Each question is kept until the test answers it, and each step happens when the test says so.
BOOST_AUTO_TEST_CASE(who_meets_an_unknown_key_while_a_question_is_out_waits_for_its_answer)
{
    asio::io_context own;
    const auto memory = std::make_shared<memory_store>(own.get_executor());
    const auto odd = std::make_shared<odd_keys>();
    std::vector<key_source::handler> asked;
    odd->on_question = [&](key_source::handler h) { asked.push_back(std::move(h)); };
    sealed_store subject(memory, odd);
    for (const char* id : {"1", "2", "3"})
    {
        const record_key place(record_kind::grant, id);
        auto r = value;
        r.document = detail::seal(value, place, 5, key_a).value();
        memory->async_commit(place, 0, 5, r, [](const result<generation>& done) {
            BOOST_TEST(done.has_value());
        });
    }
    own.run();
    std::vector<result<stored_record>> answers;
    const auto load = [&](const char* id) {
        subject.async_load({record_kind::grant, id}, [&](result<stored_record> r) {
            answers.push_back(std::move(r));
        });
    };
    const auto run = [&] {
        own.restart();
        own.run();
    };
    load("1");
    BOOST_TEST_REQUIRE(asked.size() == 1U);
    std::move(asked[0])(ring_of(key_b));
    run();
    BOOST_TEST_REQUIRE(asked.size() == 2U); // since the record's key is not there
    load("2");
    run();
    BOOST_TEST(asked.size() == 2U);
    BOOST_TEST(answers.empty());
    // This one has begun with the old keys, and meets the unknown one when there are new ones.
    load("3");
    std::move(asked[1])(ring_of(key_b, {key_a}));
    run();
    BOOST_TEST(asked.size() == 2U);
    BOOST_TEST_REQUIRE(answers.size() == 3U);
    for (const auto& r : answers)
        BOOST_TEST((r.value().value == value));
}

BOOST_AUTO_TEST_CASE(an_operation_goes_on_when_the_store_object_goes)
{
    static_cast<void>(sealed->commit(key, 0, 5, value).value());
    std::promise<result<stored_record>> promise;
    auto answer = promise.get_future();
    with(ring_of(key_b, {key_a}))
        ->async_load(key, [p = std::move(promise)](result<stored_record> r) mutable {
            p.set_value(std::move(r));
        });
    BOOST_TEST((answer.get().value().value == value));
}

BOOST_AUTO_TEST_SUITE_END()
