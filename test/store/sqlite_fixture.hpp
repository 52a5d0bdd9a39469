// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "support/leave.hpp"

#include <asioauth/sqlite_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::test {

using std::chrono::milliseconds;

/// A new folder of this user alone, removed at the end.
class temporary_folder
{
public:
    temporary_folder()
    {
        std::string name = std::filesystem::temp_directory_path() / "asioauth-store-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("no temporary folder");
        path = name;
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder()
    {
        std::error_code ec;
        std::filesystem::remove_all(path, ec);
    }

    std::filesystem::path path;
};

inline record_key key(std::string id, record_kind k = record_kind::grant)
{
    return {k, std::move(id)};
}

inline record document(std::string_view text, std::string user = {}, std::string issuer = {})
{
    record r;
    r.document = secret(text);
    r.user = std::move(user);
    r.issuer = std::move(issuer);
    return r;
}

inline std::string content_of(const std::filesystem::path& p)
{
    std::ifstream in(p, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_to(const std::filesystem::path& p, std::string_view text)
{
    std::ofstream out(p, std::ios::binary);
    out << text;
}

inline unsigned mode_of(const std::filesystem::path& p)
{
    struct stat found = {};
    return ::lstat(p.c_str(), &found) == 0 ? found.st_mode & 07777U : 0U;
}

/// What a statement finds first, as a number; run by SQLite itself, as another program would.
inline std::int64_t sql(const std::filesystem::path& file, const std::string& statements)
{
    sqlite3* db = nullptr;
    std::int64_t out = 0;
    const auto take = [](void* to, int n, char** values, char**) {
        if (n > 0 && values[0] != nullptr)
            *static_cast<std::int64_t*>(to) = std::strtoll(values[0], nullptr, 10);
        return 0;
    };
    bool good = ::sqlite3_open(file.c_str(), &db) == SQLITE_OK;
    ::sqlite3_busy_timeout(db, 5'000);
    good = good && ::sqlite3_exec(db, statements.c_str(), take, &out, nullptr) == SQLITE_OK;
    const std::string text = ::sqlite3_errmsg(db);
    ::sqlite3_close(db);
    if (!good)
        throw std::runtime_error(text);
    return out;
}

/// A store and its event loop, asked one thing after the other.
class asked_store
{
public:
    explicit asked_store(const std::filesystem::path& file, milliseconds busy = milliseconds(5'000))
        : store(
            std::in_place,
            io.get_executor(),
            sqlite_settings().path(file.string()).busy_timeout(busy)
        )
    {}

    result<stored_record> load(const record_key& k)
    {
        return wait<stored_record>([&](auto h) { store->async_load(k, std::move(h)); });
    }
    result<generation>
    commit(const record_key& k, generation expected, generation next, std::optional<record> v)
    {
        return wait<generation>([&](auto h) {
            store->async_commit(k, expected, next, std::move(v), std::move(h));
        });
    }
    result<stored_record> take(const record_key& k, take_guard guard = {})
    {
        return wait<stored_record>([&](auto h) {
            store->async_take(k, std::move(guard), std::move(h));
        });
    }
    result<lease> acquire(const record_key& k, std::string owner, milliseconds ttl)
    {
        return wait<lease>([&](auto h) {
            store->async_lease(k, std::move(owner), ttl, std::move(h));
        });
    }
    result<lease>
    renew(const record_key& k, std::string owner, std::uint64_t fence, milliseconds ttl)
    {
        return wait<lease>([&](auto h) {
            store->async_renew_lease(k, std::move(owner), fence, ttl, std::move(h));
        });
    }
    result<void> release(const record_key& k, std::string owner, std::uint64_t fence)
    {
        return wait<void>([&](auto h) {
            store->async_release_lease(k, std::move(owner), fence, std::move(h));
        });
    }
    result<std::vector<listed_record>> list(record_filter f = {})
    {
        return wait<std::vector<listed_record>>([&](auto h) {
            store->async_list(std::move(f), std::move(h));
        });
    }
    result<std::uint64_t> erase(record_filter f)
    {
        return wait<std::uint64_t>([&](auto h) { store->async_erase(std::move(f), std::move(h)); });
    }

    boost::asio::io_context io;
    std::optional<sqlite_store> store;

private:
    template <class T, class Start>
    result<T> wait(Start start)
    {
        std::optional<result<T>> out;
        start([&](result<T> r) { out.emplace(std::move(r)); });
        if (out)
            throw std::logic_error("the handler was invoked inside the function");
        io.restart();
        io.run();
        return out.value();
    }
};

/// How a process ends that does this and nothing else: its exit code, or minus the signal.
/// To be called while there is one thread.
inline int in_child(const std::function<int()>& work)
{
    const pid_t child = ::fork();
    if (child == 0)
    {
        int code = 127;
        try
        {
            code = work();
        }
        catch (const std::exception&)
        {
            code = 126;
        }
        leave(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace asioauth::test
