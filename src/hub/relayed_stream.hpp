// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "hub/user_places.hpp"

#include <asioauth/body_stream.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace asioauth::detail {

/** An event stream of an integration that holds a place until it has ended, was closed or destroyed.
    @return nothing if there is no place
*/
std::shared_ptr<body_stream> relayed(
    user_places& places,
    std::shared_ptr<body_stream> inner,
    const std::string& user,
    std::string id,
    std::size_t most
);

} // namespace asioauth::detail
