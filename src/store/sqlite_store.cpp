// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/sqlite_file.hpp"
#include "store/sqlite_tables.hpp"
#include "transport/beside.hpp"

#include <asioauth/sqlite_store.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace asioauth {

namespace asio = boost::asio;

namespace {

using clock = detail::sqlite_database::clock;

std::string absolute(const std::string& path)
{
    if (path.empty())
        return path;
    std::error_code ec;
    auto out = std::filesystem::absolute(path, ec);
    return ec ? path : out.string();
}

// The connection, which belongs to the jobs as much as to the store.
class connection
{
public:
    explicit connection(const sqlite_settings& s)
        : path_(absolute(s.path()))
        , busy_timeout_(std::clamp(s.busy_timeout(), milliseconds(0), milliseconds(longest)))
    {}

    clock::time_point deadline() const { return clock::now() + busy_timeout_; }

    template <class Result, class Work>
    Result perform(clock::time_point deadline, const Work& work)
    {
        // The worker is one thread, but does its work elsewhere if that cannot be started.
        const std::lock_guard lock(mutex_);
        for (;;)
        {
            try
            {
                if (tables_ && tables_->database().moved())
                    drop();
                if (!tables_)
                {
                    auto file = detail::prepare_sqlite_file(path_);
                    if (!file)
                        return file.error();
                    tables_ = std::make_unique<detail::sqlite_tables>(*file, deadline);
                }
                tables_->database().wait_until(deadline);
                return work(*tables_);
            }
            catch (const detail::sqlite_failed& f)
            {
                const int code = f.sqlite_code & 0xff;
                const bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
                const bool opening = !tables_;
                if (!busy && code != SQLITE_FULL)
                    drop();
                if (!busy || clock::now() >= deadline)
                    return opening ? while_opening(f.what_failed) : f.what_failed;
            }
            catch (const std::bad_alloc&)
            {
                drop();
                throw;
            }
            catch (const std::exception& e)
            {
                drop();
                return failure(errc::store_unavailable).where(stage::store).message(e.what());
            }
            // SQLite does not wait everywhere: not where waiting could be a deadlock.
            std::this_thread::sleep_for(between_tries);
        }
    }

private:
    using milliseconds = std::chrono::milliseconds;
    static constexpr auto longest = std::chrono::hours(24);
    static constexpr auto between_tries = milliseconds(5);

    // Whether the tables were made may be unknown; the operation itself was not begun.
    static failure while_opening(const failure& f)
    {
        if (f.code() != make_error_code(errc::store_outcome_unknown))
            return f;
        return failure(errc::store_unavailable).where(stage::store).message(f.info().message());
    }

    // After a failure nothing more is written on the way out.
    void drop() noexcept
    {
        if (tables_)
            tables_->database().fold_log_when_closing(false);
        tables_.reset();
    }

    const std::string path_;
    const milliseconds busy_timeout_;
    std::mutex mutex_;
    std::unique_ptr<detail::sqlite_tables> tables_;
};

} // namespace

class sqlite_store::impl
{
public:
    impl(asio::any_io_executor e, const sqlite_settings& s)
        : ex_(std::move(e))
        , shared_(std::make_shared<connection>(s))
    {
        detail::background::of(ex_); // so that it is there before the context can be going
    }

    template <class Result, class Handler, class Work>
    void start(Handler h, Work work)
    {
        detail::do_beside<Result>(
            ex_,
            std::move(h),
            [shared = shared_, deadline = shared_->deadline(), work = std::move(work)] {
                return shared->template perform<Result>(deadline, work);
            }
        );
    }

private:
    asio::any_io_executor ex_;
    std::shared_ptr<connection> shared_;
};

sqlite_settings::sqlite_settings() : path_(default_path()) {}

std::string sqlite_settings::default_path()
{
    const auto absolute_in = [](const char* name) -> std::string {
        const char* value = std::getenv(name);
        return value != nullptr && *value == '/' ? value : "";
    };
    if (auto data = absolute_in("XDG_DATA_HOME"); !data.empty())
        return data + "/asioauth/logins.sqlite";
    if (auto own = absolute_in("HOME"); !own.empty())
        return own + "/.local/share/asioauth/logins.sqlite";
    return {};
}

sqlite_store::sqlite_store(asio::any_io_executor ex, sqlite_settings settings)
    : impl_(std::make_unique<impl>(std::move(ex), settings))
{}

sqlite_store::~sqlite_store() = default;

void sqlite_store::async_load(record_key key, load_handler h)
{
    impl_->start<result<stored_record>>(
        std::move(h), [key = std::move(key)](detail::sqlite_tables& t) { return t.load(key); }
    );
}

void sqlite_store::async_commit(
    record_key key,
    generation expected,
    generation next,
    std::optional<record> value,
    commit_handler h
)
{
    impl_->start<result<generation>>(
        std::move(h),
        [key = std::move(key), expected, next, value = std::move(value)](detail::sqlite_tables& t) {
            return t.commit(key, expected, next, value);
        }
    );
}

void sqlite_store::async_take(record_key key, take_guard guard, load_handler h)
{
    impl_->start<result<stored_record>>(
        std::move(h),
        [key = std::move(key), guard = std::move(guard)](detail::sqlite_tables& t) {
            return t.take(key, guard);
        }
    );
}

void sqlite_store::async_lease(
    record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
)
{
    impl_->start<result<lease>>(
        std::move(h),
        [key = std::move(key), owner = std::move(owner), ttl](detail::sqlite_tables& t) {
            return t.acquire(key, owner, ttl);
        }
    );
}

void sqlite_store::async_renew_lease(
    record_key key,
    std::string owner,
    std::uint64_t fence,
    std::chrono::milliseconds ttl,
    lease_handler h
)
{
    impl_->start<result<lease>>(
        std::move(h),
        [key = std::move(key), owner = std::move(owner), fence, ttl](detail::sqlite_tables& t) {
            return t.renew(key, owner, fence, ttl);
        }
    );
}

void sqlite_store::async_release_lease(
    record_key key, std::string owner, std::uint64_t fence, done_handler h
)
{
    impl_->start<result<void>>(
        std::move(h),
        [key = std::move(key), owner = std::move(owner), fence](detail::sqlite_tables& t) {
            return t.release(key, owner, fence);
        }
    );
}

void sqlite_store::async_list(record_filter filter, list_handler h)
{
    impl_->start<result<std::vector<listed_record>>>(
        std::move(h),
        [filter = std::move(filter)](detail::sqlite_tables& t) { return t.list(filter); }
    );
}

void sqlite_store::async_erase(record_filter filter, count_handler h)
{
    impl_->start<result<std::uint64_t>>(
        std::move(h),
        [filter = std::move(filter)](detail::sqlite_tables& t) { return t.erase(filter); }
    );
}

} // namespace asioauth
