// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/key_fixture.hpp"
#include "support/no_randomness.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <stdexcept>

namespace {

namespace asio = boost::asio;
namespace test = asioauth::test;

using namespace asioauth;
using test::ask;
using test::key_file_fixture;
using test::line_of;

error_code code_of(const result<key_ring>& r)
{
    return r.has_error() ? r.error().code() : error_code();
}

const sealing_key key_a = test::key_named("a", 'A');
const sealing_key key_b = test::key_named("b", 'B');

} // namespace

// --- Files ------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(key_files, key_file_fixture)

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_made_for_its_user_alone)
{
    const auto before = ::umask(0);
    const auto first = read().value();
    ::umask(before);
    BOOST_TEST(mode(path) == 0600U);
    BOOST_TEST(mode(folder + "/keys") == 0700U);
    BOOST_TEST((text() == line_of(first.active())));
    const auto second = read().value();
    BOOST_TEST(second.active().id() == first.active().id());
    BOOST_TEST((second.active().octets() == first.active().octets()));
    const std::filesystem::directory_iterator files(folder + "/keys");
    BOOST_TEST(std::distance(begin(files), end(files)) == 1);
}

BOOST_AUTO_TEST_CASE(a_question_for_existing_keys_makes_none)
{
    BOOST_TEST(code_of(read(true)) == errc::store_key_unavailable);
    BOOST_TEST(!std::filesystem::exists(folder + "/keys"));
    const auto made = read().value();
    BOOST_TEST(read(true).value().active().id() == made.active().id());
}

BOOST_AUTO_TEST_CASE(the_last_line_of_a_file_is_the_active_key)
{
    write("# keys\n\n" + line_of(key_a) + "  \r\n# the newer one\n" + line_of(key_b));
    const auto ring = read().value();
    BOOST_TEST(ring.keys().size() == 2U);
    BOOST_TEST(ring.active().id() == "b");
    BOOST_TEST((ring.find("a")->octets() == key_a.octets()));
}

BOOST_AUTO_TEST_CASE(a_file_that_contains_something_else_is_refused_and_stays)
{
    const auto encoded = base64url_encode(key_a.octets().reveal());
    for (const std::string& bad :
         {std::string(),
          std::string("# nothing\n"),
          encoded + "\n",
          "a " + encoded + "=\n",
          "a " + encoded.substr(1) + "\n",
          "a " + base64url_encode(std::string(31, 'A')) + "\n",
          "a " + base64url_encode(std::string(33, 'A')) + "\n",
          "a " + encoded + " b\n",
          "a/b " + encoded + "\n",
          line_of(key_a) + "garbage that is secret\n",
          line_of(key_a) + line_of(key_a),
          std::string(70'000, '#'),
          line_of(key_a) + std::string(70'000, '#')})
    {
        write(bad);
        const auto r = read();
        BOOST_TEST(code_of(r) == errc::store_key_invalid);
        const auto message = r.error().info().message();
        BOOST_TEST(!message.empty());
        BOOST_TEST(message.find(encoded.substr(1, 10)) == std::string::npos);
        BOOST_TEST(message.find("garbage") == std::string::npos);
        BOOST_TEST(rotate_key_file(path).error().code() == errc::store_key_invalid);
        BOOST_TEST((text() == bad));
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_others_may_read_is_closed_to_them)
{
    for (const ::mode_t wide : {0644U, 0660U, 0604U, 0777U})
    {
        write(line_of(key_a), wide);
        BOOST_TEST(read().value().active().id() == "a");
        BOOST_TEST(mode(path) == 0600U);
    }
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_in_place_of_the_file_is_refused)
{
    write(line_of(key_a));
    const auto target = folder + "/keys/elsewhere";
    std::filesystem::rename(path, target);
    std::filesystem::create_symlink(target, path);
    BOOST_TEST(code_of(read()) == errc::store_permissions_insecure);
    BOOST_TEST(rotate_key_file(path).error().code() == errc::store_permissions_insecure);
    // Nor is a file made where a link points to.
    std::filesystem::remove(target);
    BOOST_TEST(code_of(read()) == errc::store_permissions_insecure);
    BOOST_TEST(!std::filesystem::exists(target));
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_refused_without_waiting)
{
    write("");
    std::filesystem::remove(path);
    BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    BOOST_TEST(code_of(read()) == errc::store_permissions_insecure);
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    BOOST_TEST(code_of(read()) == errc::store_permissions_insecure);
}

BOOST_AUTO_TEST_CASE(a_folder_that_others_may_write_to_is_refused)
{
    write(line_of(key_a));
    for (const ::mode_t wide : {0770U, 0707U, 01777U})
    {
        ::chmod((folder + "/keys").c_str(), wide);
        BOOST_TEST(code_of(read()) == errc::store_permissions_insecure);
    }
    ::chmod((folder + "/keys").c_str(), 0755);
    BOOST_TEST(read().value().active().id() == "a");
}

BOOST_AUTO_TEST_CASE(a_file_or_folder_of_another_user_is_refused)
{
    if (::geteuid() != 0)
        return; // only root can give files away
    constexpr ::uid_t nobody = 65'534;
    write(line_of(key_a));
    BOOST_REQUIRE(::chown(path.c_str(), nobody, nobody) == 0);
    BOOST_TEST(code_of(read()) == errc::store_permissions_insecure);
    BOOST_REQUIRE(::chown(path.c_str(), 0, 0) == 0);
    BOOST_REQUIRE(::chown((folder + "/keys").c_str(), nobody, nobody) == 0);
    BOOST_TEST(code_of(read()) == errc::store_permissions_insecure);
}

BOOST_AUTO_TEST_CASE(a_folder_reached_through_a_link_is_used)
{
    write(line_of(key_a));
    std::filesystem::create_directory_symlink(folder + "/keys", folder + "/link");
    path = folder + "/link/sealing";
    BOOST_TEST(read().value().active().id() == "a");
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_is_refused)
{
    for (const std::string& bad : {folder + "/", folder + "/.", folder + "/..", std::string()})
    {
        path = bad;
        BOOST_TEST(code_of(read()) == errc::invalid_argument);
    }
    std::ofstream(folder + "/file") << "x";
    path = folder + "/file/keys";
    BOOST_TEST(code_of(read()) == errc::store_unavailable);
}

BOOST_AUTO_TEST_CASE(a_path_without_a_folder_is_one_in_the_current_folder)
{
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder);
    path = "sealing";
    const auto made = read();
    std::filesystem::current_path(before);
    path = folder + "/sealing";
    BOOST_TEST((text() == line_of(made.value().active())));
    BOOST_TEST(mode(path) == 0600U);
    BOOST_TEST(read(true).value().active().id() == made.value().active().id());
}

BOOST_AUTO_TEST_CASE(a_path_right_below_the_root_is_one_in_that_folder)
{
    // Nothing is made there, but it is looked for there.
    const auto name = folder.substr(folder.rfind('/') + 1);
    path = "/" + name;
    BOOST_TEST(code_of(read(true)) == errc::store_key_unavailable);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_said_to_be_that)
{
    std::ofstream(folder + "/file") << "x";
    path = folder + "/file/deeper/sealing";
    const auto r = read();
    BOOST_TEST(code_of(r) == errc::store_unavailable);
    BOOST_TEST(r.error().info().message().find("cannot be made") != std::string::npos);
    const auto rotated = rotate_key_file(path);
    BOOST_TEST_REQUIRE(rotated.has_error());
    BOOST_TEST(rotated.error().code() == errc::store_unavailable);
    BOOST_TEST((text_of(folder + "/file") == "x"));
}

BOOST_AUTO_TEST_CASE(without_random_octets_no_file_is_made_and_one_that_is_there_is_read)
{
    const test::no_randomness now;
    BOOST_TEST(code_of(read()) == errc::entropy_unavailable);
    BOOST_TEST(!std::filesystem::exists(path));
    const auto rotated = rotate_key_file(path);
    BOOST_TEST_REQUIRE(rotated.has_error());
    BOOST_TEST(rotated.error().code() == errc::entropy_unavailable);
    BOOST_TEST(!std::filesystem::exists(path));
    write(line_of(key_a));
    BOOST_TEST(read().value().active().id() == "a");
    BOOST_TEST(rotate_key_file(path).error().code() == errc::entropy_unavailable);
    BOOST_TEST((text() == line_of(key_a)));
}

BOOST_AUTO_TEST_CASE(processes_that_make_the_file_at_once_get_the_same_key)
{
    for (int round = 0; round != 10; ++round)
    {
        path = folder + "/round" + std::to_string(round) + "/sealing";
        const auto answers = in_processes(8, [&] {
            asio::io_context own;
            const auto r = ask(*file_keys(own.get_executor(), path), own);
            return r ? line_of(r->active()) : r.error().code().message() + "\n";
        });
        BOOST_TEST(answers.size() == 8U);
        const std::set<std::string> different(answers.begin(), answers.end());
        BOOST_TEST(different.size() == 1U);
        BOOST_TEST((text() == *different.begin()));
    }
}

BOOST_AUTO_TEST_CASE(a_rotated_file_has_a_new_active_key_and_the_old_ones)
{
    write("# a comment\n" + line_of(key_a).substr(0, line_of(key_a).size() - 1));
    const auto id = rotate_key_file(path).value();
    const auto ring = read().value();
    BOOST_TEST(ring.active().id() == id);
    BOOST_TEST(ring.keys().size() == 2U);
    BOOST_TEST((ring.find("a")->octets() == key_a.octets()));
    BOOST_TEST(text().starts_with("# a comment\n"));
    BOOST_TEST(mode(path) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_rotation_without_a_file_makes_it)
{
    const auto id = rotate_key_file(path).value();
    BOOST_TEST(read().value().active().id() == id);
    BOOST_TEST(read().value().keys().size() == 1U);
}

BOOST_AUTO_TEST_CASE(processes_that_rotate_at_once_lose_no_key)
{
    for (int round = 0; round != 5; ++round)
    {
        path = folder + "/round" + std::to_string(round) + "/sealing";
        const auto ids = in_processes(8, [&] { return rotate_key_file(path).value() + "\n"; });
        const auto ring = read().value();
        BOOST_TEST(ring.keys().size() == 8U);
        for (const auto& id : ids)
            BOOST_TEST(ring.find(std::string_view(id).substr(0, id.size() - 1)) != nullptr);
    }
}

BOOST_AUTO_TEST_CASE(a_source_whose_context_goes_first_drops_its_handler)
{
    auto own = std::make_unique<asio::io_context>();
    const auto source = file_keys(own->get_executor(), path);
    bool called = false;
    source->async_keys([&called](const result<key_ring>&) { called = true; });
    own.reset();
    BOOST_TEST(!called);
}

BOOST_AUTO_TEST_SUITE_END()

// --- The environment and callbacks ------------------------------------------------------------

namespace {

result<key_ring> with_variable(const char* value)
{
    asio::io_context context;
    if (value == nullptr)
        ::unsetenv("ASIOAUTH_TEST_KEYS");
    else
        ::setenv("ASIOAUTH_TEST_KEYS", value, 1);
    auto out = ask(*environment_keys(context.get_executor(), "ASIOAUTH_TEST_KEYS"), context);
    ::unsetenv("ASIOAUTH_TEST_KEYS");
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_environment)

BOOST_AUTO_TEST_CASE(a_variable_that_is_not_set_is_named)
{
    const auto r = with_variable(nullptr);
    BOOST_TEST(code_of(r) == errc::store_key_unavailable);
    BOOST_TEST(r.error().info().message().find("ASIOAUTH_TEST_KEYS") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lines_separated_by_commas_or_line_breaks_are_read)
{
    auto a = line_of(key_a);
    a.pop_back();
    const auto b = line_of(key_b);
    for (const auto& text : {a + "," + b, a + "\n" + b, a + ", " + b + ","})
    {
        const auto ring = with_variable(text.c_str()).value();
        BOOST_TEST(ring.keys().size() == 2U);
        BOOST_TEST(ring.active().id() == "b");
    }
}

BOOST_AUTO_TEST_CASE(one_key_alone_gets_the_same_id_however_it_is_written)
{
    const auto text = with_variable(base64url_encode(key_a.octets().reveal()).c_str()).value();
    std::string digits;
    for (int i = 0; i != 32; ++i)
        digits += "41";
    const auto hex = with_variable(digits.c_str()).value();
    BOOST_TEST((text.active().octets() == key_a.octets()));
    BOOST_TEST((hex.active().octets() == key_a.octets()));
    BOOST_TEST(text.active().id() == hex.active().id());
    BOOST_TEST(text.active().id().size() == 17U);
    const auto other = with_variable(base64url_encode(key_b.octets().reveal()).c_str()).value();
    BOOST_TEST(other.active().id() != text.active().id());
}

BOOST_AUTO_TEST_CASE(what_is_no_key_is_refused_without_being_quoted)
{
    for (const std::string& bad :
         {std::string(),
          std::string("hunter2"),
          std::string(63, '4'),
          std::string(64, 'g'),
          std::string(43, '!')})
    {
        const auto r = with_variable(bad.c_str());
        BOOST_TEST(code_of(r) == errc::store_key_invalid);
        BOOST_TEST(r.error().info().message().find("hunter2") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_callback_is_answered_once_and_later)
{
    asio::io_context context;
    const auto ex = context.get_executor();
    const auto given =
        callback_keys(ex, [](key_source::handler h) { std::move(h)(key_ring::make(key_a)); });
    BOOST_TEST(ask(*given, context).value().active().id() == "a");
    const auto dropping = callback_keys(ex, [](const key_source::handler& /*h*/) {});
    BOOST_TEST(code_of(ask(*dropping, context)) == errc::store_key_unavailable);
    const auto starving =
        callback_keys(ex, [](const key_source::handler& /*h*/) { throw std::bad_alloc(); });
    BOOST_TEST(code_of(ask(*starving, context)) == errc::out_of_memory);
    const auto throwing = callback_keys(ex, [](const key_source::handler& /*h*/) {
        throw std::runtime_error("hunter2");
    });
    const auto r = ask(*throwing, context);
    BOOST_TEST(code_of(r) == errc::internal_error);
    BOOST_TEST(r.error().info().message().find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

// --- The keyring ------------------------------------------------------------------------------

namespace {

class keyring_fixture : public key_file_fixture
{
public:
    keyring_fixture() : entry(folder + "/entry")
    {
        ::setenv("FAKE_SECRET_FILE", entry.c_str(), 1);
        ::setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
        mode_is("");
        settings.library(ASIOAUTH_FAKE_SECRET)
            .fallback(file_keys(context.get_executor(), path))
            .on_fallback([this](std::string_view t) { said += t; });
    }

    static void mode_is(const char* mode) { ::setenv("FAKE_SECRET_MODE", mode, 1); }

    result<key_ring> ask_keyring(bool existing = false)
    {
        said.clear();
        return ask(*keyring_keys(context.get_executor(), settings), context, existing);
    }

    void put_entry(const sealing_key& k) const { std::ofstream(entry) << line_of(k); }

    std::string entry;
    keyring_settings settings;
    std::string said;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keyring, keyring_fixture)

BOOST_AUTO_TEST_CASE(an_entry_that_is_there_is_used)
{
    put_entry(key_a);
    BOOST_TEST(ask_keyring().value().active().id() == "a");
    BOOST_TEST(said.empty());
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_not_there_is_made)
{
    BOOST_TEST(code_of(ask_keyring(true)) == errc::store_key_unavailable);
    BOOST_TEST(!std::filesystem::exists(entry));
    const auto first = ask_keyring().value();
    BOOST_TEST(said.empty());
    BOOST_TEST(!std::filesystem::exists(path));
    BOOST_TEST(ask_keyring().value().active().id() == first.active().id());
}

BOOST_AUTO_TEST_CASE(processes_that_make_the_entry_at_once_get_the_same_key)
{
    mode_is("slow");
    for (int round = 0; round != 5; ++round)
    {
        std::filesystem::remove(entry);
        const auto answers = in_processes(8, [&] {
            asio::io_context own;
            keyring_settings s;
            s.library(ASIOAUTH_FAKE_SECRET).timeout(std::chrono::seconds(30));
            const auto r = ask(*keyring_keys(own.get_executor(), s), own);
            return (r ? r->active().id() : r.error().code().message()) + "\n";
        });
        BOOST_TEST(answers.size() == 8U);
        BOOST_TEST(std::set<std::string>(answers.begin(), answers.end()).size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_key_of_the_file_goes_on_being_used_and_no_second_one_is_made)
{
    write(line_of(key_b));
    BOOST_TEST(ask_keyring().value().active().id() == "b");
    BOOST_TEST(said == "The keyring has no key yet: the key that is there goes on being used.");
    BOOST_TEST(!std::filesystem::exists(entry));
}

BOOST_AUTO_TEST_CASE(where_both_have_a_key_the_keyrings_is_active_and_both_are_known)
{
    write(line_of(key_b));
    put_entry(key_a);
    const auto ring = ask_keyring().value();
    BOOST_TEST(ring.active().id() == "a");
    BOOST_TEST(ring.find("b") != nullptr);
}

BOOST_AUTO_TEST_CASE(a_keyring_that_fails_is_reported_and_the_file_is_used)
{
    mode_is("error");
    const auto ring = ask_keyring().value();
    BOOST_TEST(
        said
        == "The keyring cannot be used (Cannot autolaunch D-Bus without X11 $DISPLAY): keys come"
           " from elsewhere."
    );
    BOOST_TEST((text() == line_of(ring.active())));
}

BOOST_AUTO_TEST_CASE(a_library_that_is_missing_is_reported_and_the_file_is_used)
{
    settings.library("libasioauth-no-such-library.so.0");
    BOOST_TEST(ask_keyring().has_value());
    BOOST_TEST(said.find("libsecret is not installed") != std::string::npos);
    BOOST_TEST(std::filesystem::exists(path));
    settings.library("libm.so.6");
    BOOST_TEST(ask_keyring().has_value());
    BOOST_TEST(said.find("libsecret is not as it should be") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_fallback_a_keyring_that_fails_says_why)
{
    mode_is("error");
    settings.fallback(nullptr);
    const auto r = ask_keyring();
    BOOST_TEST(code_of(r) == errc::store_key_unavailable);
    BOOST_TEST(r.error().info().message().find("D-Bus") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_keyring_that_fails_without_words_is_reported_all_the_same)
{
    mode_is("mute");
    BOOST_TEST(ask_keyring().has_value());
    BOOST_TEST(said == "The keyring cannot be used (it failed): keys come from elsewhere.");
    BOOST_TEST(std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_keyring_that_takes_no_key_is_reported_and_the_file_is_used)
{
    mode_is("locked");
    const auto ring = ask_keyring().value();
    BOOST_TEST(
        said
        == "The keyring cannot be used (Cannot create an item in a locked collection): keys come"
           " from elsewhere."
    );
    BOOST_TEST((text() == line_of(ring.active())));
    BOOST_TEST(!std::filesystem::exists(entry));
}

BOOST_AUTO_TEST_CASE(a_keyring_that_kept_nothing_is_reported_and_the_file_is_used)
{
    mode_is("forgetful");
    const auto ring = ask_keyring().value();
    BOOST_TEST(
        said == "The keyring cannot be used (it did not keep a key): keys come from elsewhere."
    );
    BOOST_TEST((text() == line_of(ring.active())));
}

BOOST_AUTO_TEST_CASE(a_key_that_somebody_made_meanwhile_is_used_and_not_replaced)
{
    ::setenv("FAKE_SECRET_MEANWHILE", line_of(key_a).c_str(), 1);
    mode_is("meanwhile");
    BOOST_TEST(ask_keyring().value().active().id() == "a");
    BOOST_TEST((text_of(entry) == line_of(key_a)));
    BOOST_TEST(said.empty());
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(without_random_octets_no_entry_is_made_and_one_that_is_there_is_used)
{
    const test::no_randomness now;
    settings.fallback(nullptr);
    const auto r = ask_keyring();
    BOOST_TEST(code_of(r) == errc::store_key_unavailable);
    BOOST_TEST(r.error().info().message().find("no key could be made") != std::string::npos);
    BOOST_TEST(!std::filesystem::exists(entry));
    put_entry(key_a);
    BOOST_TEST(ask_keyring().value().active().id() == "a");
}

BOOST_AUTO_TEST_CASE(an_entry_is_made_although_there_is_no_folder_for_locks)
{
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder);
    std::filesystem::create_directory("relative");
    const auto nowhere = folder + "/nowhere";
    for (const char* runtime : {static_cast<const char*>(nullptr), "relative", nowhere.c_str()})
    {
        if (runtime == nullptr)
            ::unsetenv("XDG_RUNTIME_DIR");
        else
            ::setenv("XDG_RUNTIME_DIR", runtime, 1);
        std::filesystem::remove(entry);
        const auto made = ask_keyring().value();
        BOOST_TEST(said.empty());
        BOOST_TEST((text_of(entry) == line_of(made.active())));
    }
    std::filesystem::current_path(before);
    // Only what begins at the root is the user's own folder.
    BOOST_TEST(std::filesystem::is_empty(folder + "/relative"));
    BOOST_TEST(!std::filesystem::exists(nowhere));
}

BOOST_AUTO_TEST_CASE(an_entry_of_something_else_is_refused_and_stays)
{
    std::ofstream(entry) << "hunter2";
    const auto r = ask_keyring();
    BOOST_TEST(code_of(r) == errc::store_key_invalid);
    BOOST_TEST(r.error().info().message().find("hunter2") == std::string::npos);
    BOOST_TEST((text_of(entry) == "hunter2"));
}

BOOST_AUTO_TEST_CASE(a_fallback_that_cannot_be_read_is_no_reason_for_another_key)
{
    write(line_of(key_b));
    std::filesystem::rename(path, folder + "/elsewhere");
    std::filesystem::create_symlink(folder + "/elsewhere", path);
    BOOST_TEST(code_of(ask_keyring()) == errc::store_permissions_insecure);
    BOOST_TEST(!std::filesystem::exists(entry));
}

// Workers that hang stay until the program ends, which waits for none of them.
BOOST_AUTO_TEST_CASE(one_that_hangs_is_given_up_and_the_file_is_used)
{
    mode_is("hang");
    settings.timeout(std::chrono::milliseconds(50));
    const auto before = std::chrono::steady_clock::now();
    const auto ring = ask_keyring().value();
    BOOST_TEST((std::chrono::steady_clock::now() - before < std::chrono::seconds(20)));
    BOOST_TEST(said.find("it did not answer in time") != std::string::npos);
    BOOST_TEST((text() == line_of(ring.active())));
}

BOOST_AUTO_TEST_CASE(a_context_goes_while_the_keyring_hangs)
{
    mode_is("hang");
    settings.fallback(nullptr);
    auto own = std::make_unique<asio::io_context>();
    bool called = false;
    keyring_keys(own->get_executor(), settings)->async_keys([&called](const result<key_ring>&) {
        called = true;
    });
    own->poll();
    own.reset();
    BOOST_TEST(!called);
}

BOOST_AUTO_TEST_SUITE_END()
