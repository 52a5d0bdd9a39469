// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/home_io.hpp"

#include <asioauth/user_agent.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/prefer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::detail {

/** Lines of the standard input, for those who ask for a pasted URL.

    Every line goes to all who wait: only they can tell, by `state`, whose it is.
*/
class pasted_lines : public std::enable_shared_from_this<pasted_lines>
{
public:
    explicit pasted_lines(const home_executor& ex) : ex_(ex), input_(ex) {}
    pasted_lines(const pasted_lines&) = delete;
    pasted_lines& operator=(const pasted_lines&) = delete;
    ~pasted_lines();

    void ask(user_agent::pasted_handler h, bool from_terminal);

    void close();

private:
    class asker
    {
    public:
        // The operation counts as work although nothing may be under way for it.
        asker(std::uint64_t i, const home_executor& ex, user_agent::pasted_handler h)
            : id(i)
            , work(boost::asio::prefer(ex, boost::asio::execution::outstanding_work.tracked))
            , complete(std::move(h))
        {}

        std::uint64_t id;
        home_executor work;
        user_agent::pasted_handler complete;
    };

    void cancel(std::uint64_t id);

    void read();

    void take(std::string_view bytes);

    void deliver();

    bool open();

    void restore();

    home_executor ex_;
    stream_descriptor input_;
    std::list<asker> askers_;
    std::string text_; // what was read and not given to anybody yet
    std::size_t line_size_ = 0;
    std::array<char, 1024> buffer_{};
    int shared_flags_ = -1;
    std::uint64_t next_id_ = 1;
    bool reading_ = false;
    bool from_terminal_ = false;
};

} // namespace asioauth::detail
