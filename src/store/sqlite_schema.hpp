// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "store/sqlite_database.hpp"
#include "store/sqlite_file.hpp"

namespace asioauth::detail {

/// Make sure that the database is this store's own, set the connection up and bring the tables to
/// the newest version. What is somebody else's or newer is left as it is.
void prepare_sqlite_schema(sqlite_database& db, const sqlite_file& file);

} // namespace asioauth::detail
