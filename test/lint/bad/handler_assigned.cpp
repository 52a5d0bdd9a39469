// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// lint-as: src/transport/sample.cpp
// lint-wants: handler_assigned 3

struct waiter
{
    boost::asio::any_completion_handler<void(int)> handler_;
    std::optional<load_handler> other;

    void set(boost::asio::any_completion_handler<void(int)> h, handler_of<int> g)
    {
        handler_ = std::move(h);
        other = std::move(g);
        this->handler_ = nullptr;
        handler_of<int> fine = std::move(g);
        bool same = handler_ == nullptr;
    }
};
