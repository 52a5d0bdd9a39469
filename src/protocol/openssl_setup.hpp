// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

namespace asioauth::detail {

/** Have OpenSSL make now what it makes once and keeps for as long as the process lives: thousands of
    small pieces of memory.

    It does so by itself when it is first used. If thousands of logins have begun by then, the pieces are
    among what these hold, and almost none of that memory goes back to the system afterwards. What does
    not work out is tried again when it is needed.
*/
ASIOAUTH_DECL void set_up_openssl() noexcept;

} // namespace asioauth::detail
