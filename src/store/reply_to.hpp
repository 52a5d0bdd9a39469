// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace asioauth::detail {

/** Whom an operation is to answer, once, however many steps it has. A handler itself: it may be handed
    on.
*/
template <class T>
class reply_to
{
public:
    using handler = boost::asio::any_completion_handler<void(result<T>)>;

    /// @throws std::bad_alloc
    explicit reply_to(handler h) : to_(std::make_shared<handler>(std::move(h))) {}

    bool is_pending() const noexcept { return static_cast<bool>(*to_); }

    void operator()(result<T> r) const
    {
        handler h = std::move(*to_);
        std::move(h)(std::move(r));
    }

    /// A step that somebody takes later: if there is no memory for it, `otherwise` is done.
    template <class Step, class Otherwise>
    auto step_or(Step s, Otherwise otherwise) const
    {
        // Asio moves a handler before it calls it, where nothing would catch.
        static_assert(std::is_nothrow_move_constructible_v<Step>);
        static_assert(std::is_nothrow_move_constructible_v<Otherwise>);
        return
            [reply = *this, s = std::move(s), otherwise = std::move(otherwise)](auto&& r) mutable {
                try
                {
                    s(std::forward<decltype(r)>(r));
                }
                catch (const std::bad_alloc&)
                {
                    if (!reply.is_pending())
                        throw; // of the handler itself
                    otherwise();
                }
            };
    }

    /// The same if the answer is then that there is none.
    template <class Step>
    auto step(Step s) const
    {
        return step_or(std::move(s), [reply = *this] { reply(failure(errc::out_of_memory)); });
    }

private:
    std::shared_ptr<handler> to_;
};

} // namespace asioauth::detail
