// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "flow/flows.hpp"

#include <asioauth/session.hpp>

#include <memory>
#include <utility>

namespace asioauth::detail {

/// What the copies of a session share.
class session_state
{
public:
    session_state(std::shared_ptr<client_core> core, grant g)
        : core_(std::move(core))
        , granted_(std::move(g))
    {}

    const std::shared_ptr<client_core>& core() const noexcept { return core_; }
    const grant& granted() const noexcept { return granted_; }

private:
    std::shared_ptr<client_core> core_;
    grant granted_;
};

/// login(), and a session around what it grants.
flow<session> open_session(std::shared_ptr<client_core> core, login_params params);

} // namespace asioauth::detail
