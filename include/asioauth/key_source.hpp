// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/secret.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace asioauth {

/** A key that stored records are sealed with: 32 secret octets, and a name for them that is no
    secret and stands in front of what was sealed.
*/
class sealing_key
{
public:
    /** @param id 1 to 64 letters, digits, `.`, `_` and `-`; never used again for another key
        @param octets 32 of them, random
        @return errc::store_key_invalid if one of the two is not like that
    */
    ASIOAUTH_DECL static result<sealing_key> make(std::string id, secret octets);

    /// A fresh random key with a random id. @return or errc::entropy_unavailable
    ASIOAUTH_DECL static result<sealing_key> generate();

    /// The name, which is no secret.
    const std::string& id() const noexcept { return id_; }
    /// The 32 octets.
    const secret& octets() const noexcept { return octets_; }

private:
    sealing_key(std::string id, secret octets) : id_(std::move(id)), octets_(std::move(octets)) {}

    std::string id_;
    secret octets_;
};

/// The key that is sealed with, and those that older records may still be sealed with.
class key_ring
{
public:
    /// @return errc::store_key_invalid if two keys have the same id
    ASIOAUTH_DECL static result<key_ring>
    make(sealing_key active, std::vector<sealing_key> others = {});

    /// The key that records are sealed with from now on.
    const sealing_key& active() const noexcept { return keys_.front(); }
    /// All keys, the active one first.
    const std::vector<sealing_key>& keys() const noexcept { return keys_; }
    /// The key of this id; null if there is none.
    ASIOAUTH_DECL const sealing_key* find(std::string_view id) const noexcept;

private:
    explicit key_ring(std::vector<sealing_key> keys) : keys_(std::move(keys)) {}

    std::vector<sealing_key> keys_;
};

static_assert(!std::is_aggregate_v<sealing_key> && !std::is_aggregate_v<key_ring>);

/** Port: where the keys of a @ref sealed_store come from.

    No message contains a key or a part of one. All processes that share a store need the same keys,
    and the same one has to be active.

    @par Executor
    Handlers are invoked exactly once, never inside the function, on any thread.
    @par Per-operation cancellation
    None: who asked waits for the answer.
    @par Errors
    @li errc::store_key_unavailable there is no key
    @li errc::store_key_invalid what is there is none
    @li another one if nobody knows; see the function that made the source
    @par Object lifetimes
    It may be destroyed with operations pending.
    @par Thread safety
    Safe: everything may be called from any thread.
*/
class key_source
{
public:
    /// What is asked for: the keys, or a failure.
    using handler = boost::asio::any_completion_handler<void(result<key_ring>)>;

    virtual ~key_source() = default;

    /// Get the keys; a source that can makes one if it has none.
    virtual void async_keys(handler h) = 0;

    /// Get the keys, but make none. A source that never makes one need not override it.
    virtual void async_existing_keys(handler h) { async_keys(std::move(h)); }
};

/** Keys from a file, which is made with a fresh random key if it is not there.

    A line is an id, a space and the key in base64url without padding; the last one is the active
    key. Empty lines and those that begin with `#` mean nothing.

    The file has to be a regular file of the process's own user. If others could read or write it
    they cannot any more: its mode becomes 0600. The folder has to belong to that user or to root,
    and nobody else may write to it; it is made with mode 0700 if it is not there. Otherwise, and if
    the file is a symbolic link, the answer is errc::store_permissions_insecure. (The folder may be
    reached through links.) Of several processes that make the file at once one does, and all get
    the same key.

    Other errors: errc::store_unavailable if the file cannot be read or made, and
    errc::store_outcome_unknown if it was made and may not be there after a crash,
    errc::store_key_invalid if what it contains are not keys; a file is never overwritten. Read on a
    thread beside the executor's context.
*/
ASIOAUTH_DECL std::shared_ptr<key_source>
file_keys(boost::asio::any_io_executor ex, std::string path);

/** Add a fresh key to the file of file_keys() and make it the active one. Blocks.

    The old ones stay; remove the line of one when no record is sealed with it any more. Programs
    that run use the new key as soon as they meet a record that is sealed with it, or start anew.
    @return the id of the new key, or an error of file_keys(): then the file is as it was, unless it
        is errc::store_outcome_unknown
*/
ASIOAUTH_DECL result<std::string> rotate_key_file(const std::string& path);

/** Keys from a variable of the environment: what would be a file's lines, separated by commas or
    line breaks, or one key alone as base64url or as 64 hexadecimal digits, whose id is made of its
    digest. Read whenever it is asked.

    Errors: errc::store_key_unavailable if the variable is not set, errc::store_key_invalid.
*/
ASIOAUTH_DECL std::shared_ptr<key_source>
environment_keys(boost::asio::any_io_executor ex, std::string variable);

/** Keys from elsewhere, such as a key management service.

    @param f is called with a handler that it has to invoke, on any thread, now or later. What it
        throws is answered as errc::internal_error (std::bad_alloc as errc::out_of_memory), a handler
        that it drops as errc::store_key_unavailable.
*/
ASIOAUTH_DECL std::shared_ptr<key_source>
callback_keys(boost::asio::any_io_executor ex, std::function<void(key_source::handler)> f);

/// Settings of keyring_keys(). Setters chain.
class keyring_settings
{
public:
    /// The defaults, without a fallback.
    keyring_settings() = default;

    /// What the entry is called: programs with the same name share the key. Default `asioauth`.
    keyring_settings& name(std::string_view v) { return name_ = std::string(v), *this; }
    /// Where keys come from if the keyring cannot be used. Default: nowhere.
    keyring_settings& fallback(std::shared_ptr<key_source> v)
    {
        return fallback_ = std::move(v), *this;
    }
    /// Told, in a sentence for a person, whenever the fallback is used and why. Called on the
    /// executor. Must not throw.
    keyring_settings& on_fallback(std::function<void(std::string_view)> f)
    {
        return on_fallback_ = std::move(f), *this;
    }
    /// How long the keyring may take, as for asking the user to unlock it. Default 3 s.
    keyring_settings& timeout(std::chrono::milliseconds v) { return timeout_ = v, *this; }
    /// The library to load. Default `libsecret-1.so.0`.
    keyring_settings& library(std::string_view v) { return library_ = std::string(v), *this; }

    /// @{
    /// What was set, or the default.
    const std::string& name() const noexcept { return name_; }
    const std::shared_ptr<key_source>& fallback() const noexcept { return fallback_; }
    const std::function<void(std::string_view)>& on_fallback() const noexcept
    {
        return on_fallback_;
    }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    const std::string& library() const noexcept { return library_; }
    /// @}

private:
    std::string name_ = "asioauth";
    std::shared_ptr<key_source> fallback_;
    std::function<void(std::string_view)> on_fallback_;
    std::chrono::milliseconds timeout_ = std::chrono::seconds(3);
    std::string library_ = "libsecret-1.so.0";
};

static_assert(!std::is_aggregate_v<keyring_settings>);

/** A key from the user's keyring (Secret Service, through libsecret), which is made if the keyring
    has none.

    The fallback is used if the library is missing, there is no session bus, the keyring is locked
    or it takes too long. A key that the fallback has already goes on being used while the keyring
    has none: no second one is made. If both have keys the keyring's is active, and records which
    were sealed with the fallback's can still be opened.

    libsecret is loaded when it is needed and works on a thread of its own, which nothing waits for:
    neither the executor's context nor the end of the program.

    Errors: errc::store_key_unavailable if neither has a key; errc::store_key_invalid if the entry
    is not one of ours; the fallback's errors.
*/
ASIOAUTH_DECL std::shared_ptr<key_source>
keyring_keys(boost::asio::any_io_executor ex, keyring_settings settings = keyring_settings());

} // namespace asioauth
