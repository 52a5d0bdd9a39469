// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Not compiled: what template.pl has to find, and what it must not.

/// Public entities that lack something.
namespace planted {

// wants: planted::uncommented has no comment
class uncommented
{
public:
    // wants: planted::uncommented::member has no comment
    int member;
    // wants: planted::uncommented::call has no comment
    void call();
    // wants: planted::uncommented::type has no comment
    using type = int;
};

// wants: planted::kind has no comment
// wants: planted::kind::second has no comment
enum class kind
{
    none,
    first, ///< the one that has a comment
    second,
};

// wants: planted::constant has no comment
inline constexpr int constant = 1;

// wants: planted::free_function has no comment
void free_function();

/// Reads a number.
// wants: planted::read can fail and does not say how
result<int> read(std::string_view text);

/// Reads a number, or fails with errc::invalid_argument.
result<int> read_well(std::string_view text);

/// Settings.
class some_settings
{
public:
    /// How long to wait.
    // wants: planted::some_settings::timeout takes a time or a number and does not say its default
    some_settings& timeout(std::chrono::milliseconds v);
    /// How many. Default 3.
    some_settings& limit(std::size_t v);

    /// @{
    /// What was set.
    int first() const;
    int second() const;
    /// @}
};

/// Operations whose class says nothing for them.
class silent
{
public:
    /// Does something.
    // wants: planted::silent::async_bare does not say what `what` is
    // wants: planted::silent::async_bare has no paragraph "Completes when"
    // wants: planted::silent::async_bare has no paragraph "Completion signature"
    // wants: planted::silent::async_bare has no paragraph "Errors"
    // wants: planted::silent::async_bare has no paragraph "Executor"
    // wants: planted::silent::async_bare has no paragraph "Object lifetimes"
    // wants: planted::silent::async_bare has no paragraph "Per-operation cancellation"
    // wants: planted::silent::async_bare has no paragraph "Specification"
    // wants: planted::silent::async_bare has no paragraph "Thread safety"
    template <class CompletionToken>
    auto async_bare(int what, CompletionToken&& token);
};

/** Operations whose class says what they have in common.

    @par Parameters
    `common` is what all of them take.
    @par Executor
    Somewhere.
    @par Object lifetimes
    Parameters are copied.
    @par Thread safety
    From any thread.
*/
class talkative
{
public:
    /** Does something with `what`.

        @par Completion signature
        `void(error_code)`
        @par Completes when
        it is done.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`.
        @par Errors
        @li errc::invalid_argument
        @par Specification
        @li RFC 6749 section 5
    */
    template <class CompletionToken>
    auto async_good(int common, int what, CompletionToken&& token);

    /// The same; what went wrong is written to `info`.
    // wants: planted::talkative::async_good does not say how long `info` has to live
    template <class CompletionToken>
    auto async_good(int common, int what, diagnostics& info, CompletionToken&& token);

    /** Says empty words.

        @par Completion signature
        The usual.
        @par Completes when
        it is done.
        @par Per-operation cancellation
        Possible.
        @par Errors
        Some.
        @par Specification
        See there.
    */
    // wants: planted::talkative::async_words, "Completion signature": has no `void(...)`
    // wants: planted::talkative::async_words, "Errors": names no errc or condition
    // wants: planted::talkative::async_words, "Per-operation cancellation": names no type of cancellation
    // wants: planted::talkative::async_words, "Specification": names no RFC or the like
    template <class CompletionToken>
    auto async_words(CompletionToken&& token);
};

/** A port.

    @par Executor
    Somewhere.
    @par Object lifetimes
    Parameters are copied.
    @par Thread safety
    From any thread.
    @par Per-operation cancellation
    None.
*/
class port
{
public:
    /// What it ends with.
    using good_handler = any_completion_handler<void(result<int>)>;
    /// What it ends with.
    using vague_handler = something;

    /** Does something.
        @par Errors
        @li condition::storage
    */
    virtual void async_good(good_handler h) = 0;
    /// Does something.
    // wants: planted::port::async_vague has no handler whose type says its signature
    // wants: planted::port::async_vague has no paragraph "Errors"
    virtual void async_vague(vague_handler h) = 0;
};

/// A port that exists: says what the port says.
class real_port : public port
{
public:
    void async_good(good_handler h) override;
    void async_vague(vague_handler h) override;
};

} // namespace planted
