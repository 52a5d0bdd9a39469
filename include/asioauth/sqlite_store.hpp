// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/store.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace asioauth {

/// Settings of a @ref sqlite_store. Setters chain; every one has a safe default.
class sqlite_settings
{
public:
    /// The default path and a busy timeout of 5 seconds.
    ASIOAUTH_DECL sqlite_settings();

    /// The file, on a disk of this machine: network file systems lack what several processes need.
    /// A relative path starts at the directory in which the store is made. Default: default_path().
    sqlite_settings& path(std::string_view v) { return path_ = std::string(v), *this; }
    /// How long an operation waits from its beginning while another process writes; after that
    /// it ends in errc::store_unavailable. At least 0, which means a single try. Default 5 seconds.
    sqlite_settings& busy_timeout(std::chrono::milliseconds v) { return busy_timeout_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const std::string& path() const noexcept { return path_; }
    std::chrono::milliseconds busy_timeout() const noexcept { return busy_timeout_; }
    /// @}

    /** `$XDG_DATA_HOME/asioauth/logins.sqlite`, or `$HOME/.local/share/asioauth/logins.sqlite` if
        the former is unset, empty or relative. Empty if that goes for the latter as well: the
        operations of a store then end in errc::store_unavailable.
    */
    ASIOAUTH_DECL static std::string default_path();

private:
    std::string path_;
    std::chrono::milliseconds busy_timeout_{5'000};
};

static_assert(!std::is_aggregate_v<sqlite_settings>);

/** A @ref store in a file of SQLite, which any number of processes of one machine may use at once.

    A change is on the disk before its operation completes. A file that is damaged, is another
    program's or comes from a newer version is left as it is.

    The file is opened by the first operation. If that fails it is what the operation ends with, and
    the next one tries again; so it does if the file was moved away or replaced meanwhile.

    @par Executor
    The work is done on one thread beside the event loop, in the order of the calls. Handlers run on
    the executor of the store, never inside the function. The context has work until they have run.

    @par Errors
    @li errc::store_unavailable  other processes kept the file busy for too long; it is another
        program's database; or it cannot be opened for another reason
    @li errc::store_outcome_unknown  the disk failed while the change was being made durable
    @li errc::store_conflict, errc::store_guard_refused  see @ref store
    @li errc::store_version_newer  a newer version of the library made the file
    @li errc::store_corrupt  the file, or what is in it, is damaged
    @li errc::store_full  no space is left; nothing was changed
    @li errc::store_read_only  the file or its folder cannot be written to
    @li errc::store_permissions_insecure  see below
    @li errc::invalid_argument  a generation that does not grow, or a lease of no length

    Diagnostics name the path and what SQLite or the system said, and nothing of a record.

    @par Security
    Without a @ref sealed_store in front, whoever can read the file has the logins. Therefore:
    @li The folder has to be this user's own and nobody else's to write to. If it is missing it
        is made with mode 0700, as are the folders above it. One that is named `asioauth` is set to
        mode 0700 if others can read it; the mode of any other is left alone.
    @li The file and SQLite's own files beside it have to be regular files of this user, no symbolic
        links. They are made with mode 0600 whatever the umask is, and set to it if it was wider.
    @li What is deleted is overwritten in the file. In the log beside it (`-wal`) it may stay until
        new changes have taken its place, async_erase() was called or the last process is done.

    @par Object lifetimes
    The store may be destroyed while operations are pending: they are still done and completed. Their
    handlers are destroyed without being invoked if the context goes before they are done. A context
    that is destroyed waits for the operation at hand, at most for the busy timeout and the disk.
    Destroying the store while no operation is pending closes the file, which may write to the disk.

    The object must not be used in a child process after `fork`: SQLite's locks do not come along.
    A store that the child makes anew is good.

    @par Thread safety
    @e Distinct @e objects: safe, also on one file. @e Shared @e objects: safe.
*/
class sqlite_store final : public store
{
public:
    /// @param ex where handlers run, on the context that the store's work is to keep alive
    ASIOAUTH_DECL explicit sqlite_store(
        boost::asio::any_io_executor ex, sqlite_settings settings = {}
    );
    sqlite_store(const sqlite_store&) = delete;
    sqlite_store& operator=(const sqlite_store&) = delete;
    ASIOAUTH_DECL ~sqlite_store() override;

    ASIOAUTH_DECL void async_load(record_key key, load_handler h) override;
    ASIOAUTH_DECL void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override;
    ASIOAUTH_DECL void async_take(record_key key, take_guard guard, load_handler h) override;
    ASIOAUTH_DECL void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) override;
    ASIOAUTH_DECL void async_renew_lease(
        record_key key,
        std::string owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl,
        lease_handler h
    ) override;
    ASIOAUTH_DECL void async_release_lease(
        record_key key, std::string owner, std::uint64_t fence, done_handler h
    ) override;
    ASIOAUTH_DECL void async_list(record_filter filter, list_handler h) override;
    ASIOAUTH_DECL void async_erase(record_filter filter, count_handler h) override;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

/** A @ref sqlite_store whose records are sealed: what most programs want.

    The key comes from the environment variable `ASIOAUTH_STORE_KEY` if that is set (see
    environment_keys()), otherwise from the user's keyring (see keyring_keys()), and where there is
    none from a file beside the store, `PATH.key` (see file_keys()).

    @param ex where handlers run, on the context that the store's work is to keep alive
    @param on_note told in a sentence for a person when the keyring cannot be used and the file is
        used instead; called on `ex`, must not throw
    @return never null; what is wrong with the file or the key is the answer of the operations
*/
ASIOAUTH_DECL std::shared_ptr<store> open_sqlite(
    boost::asio::any_io_executor ex,
    sqlite_settings settings = {},
    std::function<void(std::string_view)> on_note = {}
);

} // namespace asioauth
