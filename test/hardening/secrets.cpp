// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Where no secret may ever be: in what the library says, in the arguments and the environment of
// processes, in files, and at other origins. The servers here do all to get them there.

#include "hardening/secret_flows.hpp"
#include "hardening/secret_provider.hpp"
#include "support/parked.hpp"

#include <asioauth/browser.hpp>
#ifdef ASIOAUTH_TEST_HAS_SQLITE
#include <asioauth/key_source.hpp>
#include <asioauth/sealed_store.hpp>
#include <asioauth/sqlite_store.hpp>
#endif

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::ip::tcp;

std::string content_of(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// A folder that is everybody's home and place for temporary files while it is there.
class fresh_home
{
public:
    fresh_home()
    {
        std::string name = (fs::temp_directory_path() / "asioauth-secrets-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("no folder");
        where_ = name;
        fs::create_directory(home());
        for (const auto* const v :
             {"HOME",
              "TMPDIR",
              "XDG_DATA_HOME",
              "XDG_CONFIG_HOME",
              "XDG_CACHE_HOME",
              "XDG_STATE_HOME",
              "XDG_RUNTIME_DIR"})
        {
            const char* const old = std::getenv(v);
            before_[v] = old != nullptr ? std::optional<std::string>(old) : std::nullopt;
            ::setenv(v, home().c_str(), 1); // NOLINT(concurrency-mt-unsafe)
        }
    }
    fresh_home(const fresh_home&) = delete;
    fresh_home& operator=(const fresh_home&) = delete;
    ~fresh_home()
    {
        for (const auto& [name, value] : before_)
        {
            if (value)
                ::setenv(name.c_str(), value->c_str(), 1); // NOLINT(concurrency-mt-unsafe)
            else
                ::unsetenv(name.c_str()); // NOLINT(concurrency-mt-unsafe)
        }
        std::error_code ignored;
        fs::remove_all(where_, ignored);
    }

    fs::path home() const { return where_ / "home"; }
    /// For the test's own files.
    fs::path beside(const char* name) const { return where_ / name; }

private:
    fs::path where_;
    std::map<std::string, std::optional<std::string>> before_;
};

/// Everything in this process but the client.
class here final : public secret_world
{
public:
    explicit here(stranger& elsewhere) : provider(nullptr, elsewhere.url())
    {
        base = provider.base();
    }
    ~here() override { wait_for_browsers(); }

    void made(canary_kind k, std::string_view text) override { provider.secrets().add(k, text); }

    secret given(canary_kind k) override
    {
        std::string text = provider.secrets().make(k);
        return secret(text);
    }

    void said(std::string_view text) override
    {
        const std::lock_guard lock(mutex_);
        if (!text.empty())
            texts_.emplace_back(text);
    }

    std::string redirect_of(const std::string& page) override { return provider.redirect_of(page); }

    std::shared_ptr<user_agent> agent(const asio::any_io_executor& ex) override
    {
        if (make_agent)
            return make_agent(ex);
        return std::make_shared<visitor>(*this, ex);
    }

    std::shared_ptr<asioauth::store> kept(const asio::any_io_executor& ex) override
    {
        return make_store ? make_store(ex) : nullptr;
    }

    /// Somebody at a browser agrees.
    void visit(const std::string& page)
    {
        browsers_.emplace_back([this, page] {
            const auto back = url::parse(provider.redirect_of(page)).value();
            asio::io_context io;
            tcp::socket s(io);
            error_code ec;
            s.connect({asio::ip::address_v4::loopback(), back.port()}, ec);
            const std::string request = "GET " + back.target()
                + " HTTP/1.1\r\nHost: " + back.authority() + "\r\nConnection: close\r\n\r\n";
            asio::write(s, asio::buffer(request), ec);
            std::string shown;
            asio::read(s, asio::dynamic_buffer(shown), ec);
            said(shown);
        });
    }

    void wait_for_browsers()
    {
        for (auto& b : browsers_)
            b.join();
        browsers_.clear();
    }

    /// What was said since the last call.
    std::vector<std::string> texts()
    {
        const std::lock_guard lock(mutex_);
        return std::exchange(texts_, {});
    }

    std::function<std::shared_ptr<user_agent>(const asio::any_io_executor&)> make_agent;
    std::function<std::shared_ptr<asioauth::store>(const asio::any_io_executor&)> make_store;
    secret_provider provider;

private:
    class visitor final : public user_agent
    {
    public:
        visitor(here& where, asio::any_io_executor ex) : where_(where), executor_(std::move(ex)) {}

        void async_open(url page, opened_handler h) override
        {
            std::make_shared<test::parked<result<void>>>(executor_, std::move(h))
                ->complete(result<void>());
            where_.visit(page.str());
        }

        void async_ask_redirect_url(pasted_handler h) override
        {
            auto asked =
                std::make_shared<test::parked<result<std::string>>>(executor_, std::move(h));
            asked->listen_for_cancellation();
            asked_.push_back(std::move(asked));
        }

    private:
        here& where_;
        asio::any_io_executor executor_;
        std::list<std::shared_ptr<test::parked<result<std::string>>>> asked_;
    };

    std::mutex mutex_;
    std::vector<std::string> texts_;
    std::list<std::thread> browsers_;
};

/// Runs flows, looks at everything, and counts.
class search
{
public:
    /// One flow. @return how many requests have shown a secret
    std::size_t run(const secret_flow& flow, misdeed how, std::size_t which, bad_callback back)
    {
        here world(elsewhere_);
        world.provider.misbehave(how, which);
        world.provider.call_back(back);
        if (back != bad_callback::nothing)
            world.user_timeout = std::chrono::milliseconds(300);
        {
            secret_client c(world);
            flow.run(c);
            failures_ += c.failures;
        }
        world.wait_for_browsers(); // some of them only get an answer when the client is gone
        ++flows_;
        look(
            world,
            std::string(flow.name) + ", misdeed " + std::to_string(int(how)) + " at "
                + std::to_string(which) + ", callback " + std::to_string(int(back))
        );
        return world.provider.shown();
    }

    /// All texts of a world, which is over.
    void look(here& world, const std::string& during)
    {
        canary_scanner mine;
        for (const auto& c : world.provider.secrets().all())
        {
            mine.add(c);
            all_.add(c);
            kinds_.insert(c.kind);
        }
        for (const auto& text : world.texts())
        {
            ++texts_;
            check(mine, text, during);
        }
    }

    /// Something that is there at the end, for secrets of all flows.
    void look(std::string_view octets, const std::string& what) { check(all_, octets, what); }

    stranger& elsewhere() { return elsewhere_; }
    const std::set<canary_kind>& kinds() const { return kinds_; }
    std::set<canary_kind> kinds_in(std::string_view text) const { return all_.kinds_in(text); }
    std::size_t found() const { return found_; }
    std::size_t failures() const { return failures_; }

    void count_flow() { ++flows_; }
    std::size_t flows() const { return flows_; }
    std::size_t texts() const { return texts_; }
    std::size_t octets() const { return octets_; }

private:
    void check(const canary_scanner& known, std::string_view text, const std::string& where)
    {
        octets_ += text.size();
        for (const auto k : known.kinds_in(text))
        {
            if (++found_ <= most_shown)
                BOOST_ERROR(
                    name_of(k) << " in " << where << ": " << text.substr(0, most_octets_shown)
                );
        }
    }

    static constexpr std::size_t most_shown = 40;
    static constexpr std::size_t most_octets_shown = 400;

    stranger elsewhere_;
    canary_scanner all_;
    std::set<canary_kind> kinds_;
    std::size_t flows_ = 0;
    std::size_t texts_ = 0;
    std::size_t octets_ = 0;
    std::size_t found_ = 0;
    std::size_t failures_ = 0;
};

// Every flow, undisturbed, and with each misdeed at each request that shows a secret.
void run_all(search& s)
{
    for (const auto& flow : secret_flows)
    {
        const auto before = s.failures();
        const auto shown = s.run(flow, misdeed::none, 0, bad_callback::nothing);
        // With the one that another browser sends.
        const bool site = flow.run == &log_in_through_a_site;
        BOOST_TEST(s.failures() - before == (site ? 1U : 0U), flow.name << " failed");
        BOOST_TEST(shown != 0U);
        for (std::size_t at = 0; at != shown; ++at)
        {
            for (const auto how : misdeeds)
                s.run(flow, how, at, bad_callback::nothing);
        }
    }
    for (const auto& flow : {secret_flows[0], secret_flows[7], secret_flows[8]})
    {
        for (const auto how : bad_callbacks)
        {
            const auto before = s.failures();
            s.run(flow, misdeed::none, 0, how);
            BOOST_TEST(s.failures() > before);
        }
    }
}

// With the tokens of one server at hand, everything is tried that could bring them to another.
void meet_a_stranger(search& s)
{
    here world(s.elsewhere());
    s.elsewhere().lend(world.provider.base());
    {
        secret_client c(world);
        c.log_in(login_params(world.base + "/mcp"));
        BOOST_REQUIRE(c.with);
        const auto mine = c.with;
        // It is no resource of this token.
        BOOST_TEST(!c.use(s.elsewhere().url("/own")));
        // It names the server of another resource as its own: what it gets is for it alone.
        c.log_in(login_params(s.elsewhere().url("/lent")));
        BOOST_REQUIRE(c.with);
        BOOST_TEST(c.use(s.elsewhere().url("/lent")).has_value());
        // A server of its own: no client and no token of another is shown to it, and the answer of
        // the other server is not taken for its.
        login_params p(s.elsewhere().url("/own"));
        p.user_timeout(std::chrono::milliseconds(300));
        auto got = c.perform<session>([&](diagnostics& info, auto h) {
            c.subject->async_login(std::move(p), info, std::move(h));
        });
        BOOST_TEST(!got);
        c.with = mine;
    }
    world.wait_for_browsers();
    s.count_flow();
    s.look(world, "visits to a stranger");
    BOOST_TEST(s.elsewhere().requests().size() >= 6U);
}

// The real browser, and a program in its place that tells what it was started with.
void start_browsers(search& s, const fresh_home& home)
{
    const auto pipe = home.beside("told");
    const auto program = home.beside("browser");
    BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    std::ofstream(program) << "#!/bin/sh\nexec >'" << pipe.string()
                           << "'\ncat /proc/$$/cmdline /proc/$$/environ\n";
    fs::permissions(program, fs::perms::owner_all);
    for (const bool pushed : {false, true})
    {
        here world(s.elsewhere());
        browser_settings with;
        with.command(program.string()).on_url([&](const std::string& page) { world.visit(page); });
        world.make_agent = [&](const asio::any_io_executor& ex) {
            return std::make_shared<browser>(ex, with);
        };
        std::string told;
        {
            secret_client c(world);
            c.log_in(login_params(world.base + "/mcp").pushed(pushed));
            BOOST_REQUIRE(c.failures == 0U);
            told = content_of(pipe); // waits for the program
        }
        world.wait_for_browsers();
        s.count_flow();
        s.look(world, "a login with a program for a browser");
        // The address of the page is an argument, and what it holds can be read by other users of the
        // machine: the state, unless the request was pushed, and nothing else.
        BOOST_TEST(told.find("/authorize?") != std::string::npos);
        BOOST_TEST(told.find("TMPDIR=") != std::string::npos);
        std::set<canary_kind> expected;
        if (!pushed)
            expected.insert(canary_kind::state);
        BOOST_TEST((s.kinds_in(told) == expected));
    }
}

#ifdef ASIOAUTH_TEST_HAS_SQLITE
// What is kept in files is sealed.
void keep_in_files(search& s, const fresh_home& home)
{
    here world(s.elsewhere());
    world.make_store = [&](const asio::any_io_executor& ex) {
        const auto file = (home.home() / "asioauth" / "logins.sqlite").string();
        // No keyring: it would be the real one.
        return std::make_shared<sealed_store>(
            std::make_shared<sqlite_store>(ex, sqlite_settings().path(file)),
            file_keys(ex, file + ".key")
        );
    };
    for (const auto* const flow : {&secret_flows[5], &secret_flows[8]})
    {
        {
            secret_client c(world);
            flow->run(c);
        }
        world.wait_for_browsers();
        s.count_flow();
    }
    s.look(world, "logins that are kept in files");
}
#endif

BOOST_AUTO_TEST_SUITE(secrets)

// Counted by test/counts.sh.
BOOST_AUTO_TEST_CASE(there_are_enough_kinds_of_secrets)
{
    BOOST_TEST(canary_names.size() >= 14U);
    std::printf("secret-kinds %zu\n", canary_names.size());
}

BOOST_AUTO_TEST_CASE(a_canary_is_found_wherever_it_is_and_not_where_it_is_not)
{
    canary_scanner s;
    const std::string code = fresh_text();
    s.add(canary{canary_kind::code, code});
    s.add(canary{canary_kind::id_token, "e30.e30." + fresh_text()});
    BOOST_TEST(s.kinds_in("GET /" + code + " HTTP/1.1").contains(canary_kind::code));
    BOOST_TEST(s.kinds_in("cut: " + code.substr(0, 31)).contains(canary_kind::code));
    BOOST_TEST(s.kinds_in("cut: " + code.substr(7)).contains(canary_kind::code));
    BOOST_TEST(s.kinds_in("e30.e30." + fresh_text() + code.substr(0, 15)).empty());
}

BOOST_AUTO_TEST_CASE(no_secret_gets_into_a_text_a_process_a_file_or_to_another_origin)
{
    search s;
    const fresh_home home;
    run_all(s);
    meet_a_stranger(s);
    start_browsers(s, home);
    std::size_t files = 0;
#ifdef ASIOAUTH_TEST_HAS_SQLITE
    keep_in_files(s, home);
    BOOST_TEST(fs::exists(home.home() / "asioauth" / "logins.sqlite"));
#endif
    BOOST_TEST(s.kinds().size() == canary_names.size());

    for (const auto& entry : fs::recursive_directory_iterator(home.home()))
    {
        if (!entry.is_regular_file())
            continue;
        ++files;
        s.look(content_of(entry.path()), entry.path().string());
    }
    for (const auto* const file : {"/proc/self/cmdline", "/proc/self/environ"})
        s.look(content_of(file), file);
    std::string variables;
    for (char** v = environ; *v != nullptr; ++v)
        variables.append(*v).append("\n");
    s.look(variables, "the environment");
    for (const auto& r : s.elsewhere().requests())
        s.look(r, "a request to another origin");
    BOOST_TEST(s.found() == 0U);
    std::printf(
        "secrets: %zu kinds, %zu flows, %zu texts, %zu files, %zu octets looked at, %zu found\n",
        s.kinds().size(),
        s.flows(),
        s.texts(),
        files,
        s.octets(),
        s.found()
    );
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
