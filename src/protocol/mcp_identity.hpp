// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/json_value.hpp"

#include <asioauth/server_identity.hpp>

namespace asioauth::detail {

/// An `Implementation` object of the MCP schema: kept as it came, but for what nobody could use.
server_identity read_server_identity(const json_value& from);

} // namespace asioauth::detail
