// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/key_source.hpp>
#include <asioauth/store.hpp>

#include <memory>

namespace asioauth {

/** A @ref store that seals documents with AES-256-GCM before another store keeps them.

    A sealed document is made of: an octet 1 for this format, an octet for the length of the key's
    id, that id, 12 random octets of nonce, the ciphertext, and 16 octets of tag. What is sealed
    along with it: the format, the key's id, the record's kind and identifier, its generation,
    issuer, user, binding and expires_at (each with its length in front). So no document can be read,
    changed, moved to another record or brought back after the record has changed, and none of these
    attributes can be altered, without the key. What the store behind can still do is to lose
    records, to bring back a record as a whole that was deleted, and to see the attributes.

    With one key at most 2^32 documents may be sealed.

    @par Errors
    Beside those of the store behind:
    @li errc::store_key_unavailable: the key source has no key, or none of the id that the
        diagnostics name
    @li errc::store_key_wrong: sealed with another key of that id, or tampered with
    @li errc::store_record_invalid: not sealed at all; such a document is never accepted
    @li what else the key source says

    Nothing has been changed then; if the key source fails the store behind was not asked. A deletion,
    a lease and an erasure need no key, and are handed on.

    @par Taking
    The store behind decides by the guard, in one step. Before that the record is loaded and opened,
    so that a wrong key burns no login. Should opening fail although that went well, as when the
    record was changed in between, the answer is the error and the record is gone.

    @par Listing
    A record that cannot be opened is listed with an empty document: it is there, can be shown and
    deleted, and loading it says what is wrong. Its attributes are what the store behind says.

    @par Rotation of keys
    A loaded record that is sealed with another key than the active one is sealed anew and has a new
    generation, which the load answers with. This is done under the record's lease, so that it does
    not come between a holder of the lease and their commit; if somebody has the lease, or it cannot
    be done for another reason, the record is answered as it is. Keys are remembered; if a record
    needs one that is not known the source is asked again, at most once in 10 seconds.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: safe.
*/
class sealed_store final : public store
{
public:
    /// Neither may be null.
    ASIOAUTH_DECL sealed_store(std::shared_ptr<store> behind, std::shared_ptr<key_source> keys);
    sealed_store(const sealed_store&) = delete;
    sealed_store& operator=(const sealed_store&) = delete;
    ASIOAUTH_DECL ~sealed_store() override;

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
    std::shared_ptr<impl> impl_;
};

} // namespace asioauth
