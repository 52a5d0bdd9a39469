// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What an operation counts and tells of itself and of what it asks for.

#include "flow/action.hpp"
#include "flow/sent_secrets.hpp"

#include <asioauth/event.hpp>

#include <chrono>
#include <cstdint>

namespace asioauth::detail {

class client_core;

/// Touched on the client's strand only, but for its construction.
class ASIOAUTH_DECL op_watch
{
public:
    /// What is measured of an action: nothing, unless it is a request or for the store.
    class mark
    {
    public:
        enum class kind
        {
            nothing,
            request,
            store,
        };

        mark() = default;

        kind what = kind::nothing;
        std::uint64_t span = 0;
        std::chrono::steady_clock::time_point since;
    };

    op_watch(client_core& core, operation_kind what) noexcept : core_(core), what_(what) {}
    op_watch(const op_watch&) = delete;
    op_watch& operator=(const op_watch&) = delete;
    ~op_watch();

    void begin();
    /// Once, if it has begun.
    void end(const error_code& ec);
    /// Before it is sent.
    mark request(const act::send& a);
    mark store() const;
    /// @param place of a request
    void answered(const mark& m, stage where, const url& place, const result<reply>& answer);
    /// Nobody waits for its answer any more.
    void dropped(const mark& m, stage where, const url& place);
    /// What the flow tells.
    void tell(event e);
    /// What was sent is not told; neither is this.
    void conceal(const secret& v) { sent_.add(v.reveal()); }
    /// What may be told of a failure.
    failure told(const failure& f) const noexcept;

private:
    void tell_answer(
        const mark& m,
        stage where,
        const url& place,
        const result<reply>& answer,
        std::chrono::steady_clock::duration took,
        int status
    );

    client_core& core_;
    operation_kind what_;
    bool running_ = false;
    std::uint64_t number_ = 0;
    std::chrono::steady_clock::time_point since_;
    sent_secrets sent_;
};

} // namespace asioauth::detail
