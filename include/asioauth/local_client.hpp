// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/client.hpp>
#include <asioauth/settings.hpp>

namespace asioauth {

/** A client for a program on its user's machine: logins are kept, sealed, in the user's own SQLite
    file (see open_sqlite() and sqlite_settings::default_path()), so that the user goes to the browser
    once. A store that the settings name is used instead.

    Part of `asioauth::sqlite`.

    @par Thread safety
    As @ref client.
*/
class local_client : public client
{
public:
    /// @param ex usually `io_context.get_executor()`; its context must outlive the client
    ASIOAUTH_DECL explicit local_client(executor_type ex, client_settings settings = {});
};

} // namespace asioauth
