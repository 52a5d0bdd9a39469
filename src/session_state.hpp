// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "flow/session_memory.hpp"

#include <asioauth/session.hpp>

#include <memory>
#include <utility>

namespace asioauth::detail {

/// What the copies of a session share.
class session_state
{
public:
    session_state(std::shared_ptr<client_core> core, grant g, login_params params)
        : core_(std::move(core))
        , resource_(g.found.resource)
        , requested_(g.found.requested)
        , issuer_(g.found.server.issuer)
        , memory_(std::make_shared<session_memory>(std::move(g), std::move(params)))
    {}

    const std::shared_ptr<client_core>& core() const noexcept { return core_; }
    // These never change, so that they can be handed out by reference.
    const std::string& resource() const noexcept { return resource_; }
    const url& requested() const noexcept { return requested_; }
    const std::string& issuer() const noexcept { return issuer_; }
    const std::shared_ptr<session_memory>& memory() const noexcept { return memory_; }
    std::shared_ptr<const grant> granted() const { return memory_->granted(); }

private:
    std::shared_ptr<client_core> core_;
    std::string resource_;
    url requested_;
    std::string issuer_;
    std::shared_ptr<session_memory> memory_;
};

/// login(), and a session around what it grants.
flow<session> open_session(std::shared_ptr<client_core> core, login_params params);

} // namespace asioauth::detail
