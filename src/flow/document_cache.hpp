// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What a client keeps of documents that it has fetched: metadata and keys. Pure: nothing is fetched
// here, and time is an argument.

#include "base/counters.hpp"
#include "flow/action.hpp"

#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/id_token.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace asioauth::detail {

/// What a response says about being kept (RFC 9111), within our own bounds.
class caching_rules
{
public:
    caching_rules() = default;

    bool keep = false;               ///< may be stored, and given to others who ask for the same
    std::chrono::seconds lifetime{}; ///< how long it is good from now on; 0: ask every time
    std::string etag;                ///< to ask with whether it is still the same; may be empty
    std::string last_modified;       ///< likewise
};

/** Read Cache-Control, Expires, Age and the validators of a response.

    Only what a cache of one user may look at: not `s-maxage`. What contradicts itself or cannot be
    read counts as out of date at once.

    @param most no lifetime is longer
    @param now when it was asked for
*/
caching_rules read_caching_rules(
    const http_response& response,
    std::chrono::seconds most,
    std::chrono::system_clock::time_point now
);

/// A response as it was received, and what a reader has made of it: reading and checking a document
/// costs more than all else that a cached answer needs.
class document
{
public:
    /// What a reader was asked for: the same document may be right for one resource and wrong for
    /// another.
    class expectation
    {
    public:
        expectation() = default;
        expectation(std::string_view w, const provider_policy* p) : what(w)
        {
            if (p != nullptr)
                provider = *p;
        }

        bool is(std::string_view w, const provider_policy* p) const
        {
            return what == w && (p == nullptr ? !provider : provider && *provider == *p);
        }

        std::string what;
        std::optional<provider_policy> provider;
    };

    explicit document(http_response r) : response_(std::move(r)) {}

    const http_response& response() const noexcept { return response_; }

    /// What was made of it for exactly this; null if nothing was.
    template <class T>
    std::shared_ptr<const T> known_as(std::string_view what, const provider_policy* p) const
    {
        const auto* made = std::get_if<std::shared_ptr<const T>>(&made_);
        return made != nullptr && expected_.is(what, p) ? *made : nullptr;
    }

    template <class T>
    void remember_as(std::string_view what, const provider_policy* p, std::shared_ptr<const T> made)
    {
        expected_ = expectation(what, p);
        made_ = std::move(made);
    }

private:
    http_response response_;
    expectation expected_;
    std::variant<
        std::monostate,
        std::shared_ptr<const resource_metadata>,
        std::shared_ptr<const server_metadata>,
        std::shared_ptr<const jwk_set>>
        made_;
};

/** Documents of one client, bounded in bytes and number; the least recently used go first.

    Each is kept for a subject (an issuer, an origin), under everything that decides what is asked and
    where it may be fetched from. Checking it against what the asker expects stays the asker's, each
    time. Only the client's strand touches it.
*/
class document_cache
{
public:
    /// How long a document is good whose server does not say.
    static constexpr std::chrono::seconds usual_age{300};
    /// How long it counts that there is no document, and at most if the server says so.
    static constexpr std::chrono::seconds absence{30};
    static constexpr std::chrono::seconds longest_absence{60};
    static constexpr std::size_t most_entries = 4096;
    /// What was found wrong within this time is not found wrong again.
    static constexpr std::chrono::seconds between_doubts{30};

    /// One fetch that several wait for.
    class flight
    {
    public:
        using table = std::map<std::string, std::weak_ptr<flight>>;

        /// @param number another one for each
        flight(std::shared_ptr<table> all, table::iterator place, std::uint64_t number)
            : all_(std::move(all))
            , place_(place)
            , name_("document " + std::to_string(number))
        {}
        flight(const flight&) = delete;
        flight& operator=(const flight&) = delete;
        ~flight() { leave(); }

        /// For act::take_turn: those who wait for this one take turns.
        const std::string& name() const noexcept { return name_; }
        bool has_landed() const noexcept { return outcome_.has_value(); }
        /// Precondition of both: has_landed().
        const result<std::shared_ptr<document>>& outcome() const noexcept { return *outcome_; }
        /// False if the server wants everybody to ask himself.
        bool for_all() const noexcept { return for_all_; }

        /// Tell all who wait; whoever comes from now on begins another one.
        void land(result<std::shared_ptr<document>> what, bool for_all)
        {
            outcome_.emplace(std::move(what));
            for_all_ = for_all;
            leave();
        }

    private:
        void leave() noexcept
        {
            if (all_)
                all_->erase(place_);
            all_.reset();
        }

        std::shared_ptr<table> all_;
        table::iterator place_;
        std::string name_;
        std::optional<result<std::shared_ptr<document>>> outcome_;
        bool for_all_ = true;
    };

    document_cache() = default;
    /// @param bytes all together, about
    /// @param longest no document is good for longer
    document_cache(std::size_t bytes, std::chrono::seconds longest)
        : most_bytes_(bytes)
        , longest_(longest)
    {}
    document_cache(document_cache&&) = default;
    document_cache& operator=(document_cache&&) = default;

    /// Names a document: the subject that it is about, and all of the request.
    static std::string key_of(std::string_view subject, const http_request& request);
    /// Names what a search has found, whatever was asked for until it was found.
    static std::string
    key_of(std::string_view subject, const address_policy& policy, std::string_view question);

    /// A document that is good now; null if there is none.
    std::shared_ptr<document> find(const std::string& key, const moment& now);
    /// That was what a search has found: as long as it is good the search need not be repeated.
    void remember_answer(const std::string& search, const std::string& key);
    /// What the search has found, if it is good now.
    std::shared_ptr<document> find_answer(const std::string& search, const moment& now);

    /// Whether a server could be asked for no more than the changes.
    bool has_validator(const std::string& key) const;

    /// Make a request conditional on what is there, good or not. @return that; null if there is
    /// nothing by which the server would know it
    std::shared_ptr<document> make_conditional(const std::string& key, http_request& request) const;

    /** Keep an answer, if it is one to keep, in the place of the one before.
        @return true if others may have it too
    */
    bool put(const std::string& key, std::shared_ptr<document> what, const moment& asked);

    /** The server says (304) that it has not changed.
        @return whether others may have it too; nothing if the answer is about another document
    */
    std::optional<bool> renew(
        const std::string& key,
        std::shared_ptr<document> what,
        const http_response& not_modified,
        const moment& asked
    );

    /// This one cannot be used.
    void forget(const std::string& key, const document& what);

    /** What the documents about this subject say has turned out to be wrong: they are not used again.
        @return false if there are none, or if that was the case a moment ago as well
    */
    bool doubt(std::string_view subject, const moment& now);

    /// The fetch that is under way, or a new one. Not the fetch itself: whoever comes first does it.
    std::shared_ptr<flight> join(const std::string& key);

    /// What was looked for. May be read by any thread.
    document_counts& counts() noexcept { return *counts_; }
    const document_counts& counts() const noexcept { return *counts_; }

    std::size_t size() const noexcept { return entries_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }
    std::size_t flights() const noexcept { return flights_->size(); }

private:
    class entry;
    using entry_map = std::map<std::string, entry>;
    using recent_list = std::list<entry_map::iterator>;
    using answer_map = std::map<std::string, entry_map::iterator>;

    class entry
    {
    public:
        std::shared_ptr<document> what;
        caching_rules rules;
        moment asked;
        std::size_t cost = 0;
        recent_list::iterator place;
        std::optional<answer_map::iterator> answers; // the last search that found it
    };

    std::shared_ptr<document> use(entry_map::iterator i, const moment& now);
    void no_answer(entry_map::iterator i) noexcept;
    void drop(entry_map::iterator i) noexcept;
    void count_entries() noexcept;
    void keep(
        const std::string& key,
        std::shared_ptr<document> what,
        caching_rules rules,
        const moment& asked
    );

    std::size_t most_bytes_ = 4 * 1024 * 1024;
    std::chrono::seconds longest_ = std::chrono::hours(1);
    std::size_t bytes_ = 0;
    entry_map entries_;
    answer_map answers_;
    recent_list recent_; // the most recently used first
    std::map<std::string, moment> doubts_;
    std::shared_ptr<flight::table> flights_ = std::make_shared<flight::table>();
    std::uint64_t last_flight_ = 0;
    std::shared_ptr<document_counts> counts_ = std::make_shared<document_counts>();
};

} // namespace asioauth::detail
