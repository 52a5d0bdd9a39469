// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <boost/json/storage_ptr.hpp>

namespace asioauth::detail {

/// Memory for a document that may hold secrets: what is given back is wiped.
ASIOAUTH_DECL boost::json::storage_ptr wiped_json_memory();

} // namespace asioauth::detail
