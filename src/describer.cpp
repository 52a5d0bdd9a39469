// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "client_core.hpp"
#include "flow/flow_op.hpp"

#include <asioauth/describer.hpp>

#include <chrono>

namespace asioauth::detail {

void start_describe(
    const std::shared_ptr<client_core>& core,
    handler_of<provider_profile> handler,
    diagnostics* info,
    html_head_reader read,
    describe_params params
)
{
    // The flow ends in time by itself, with what it has; this is for a transport that does not.
    constexpr std::chrono::seconds grace(5);
    const auto deadline = bounded(params.timeout()) + grace;
    launch(
        core,
        deadline,
        describe(std::move(params), read, core->flows()),
        std::move(handler),
        info,
        operation_kind::describe
    );
}

} // namespace asioauth::detail
