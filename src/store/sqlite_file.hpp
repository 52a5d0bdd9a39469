// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The folder and the files of a store, before SQLite sees them: who owns them and who may look.

#include <asioauth/diagnostics.hpp>

#include <string>

namespace asioauth::detail {

/// A file that may be a store: what can be known of it before it is opened.
class sqlite_file
{
public:
    sqlite_file() = default;

    std::string path;     ///< without symbolic links, which SQLite would refuse
    bool is_whole = true; ///< nothing at its end is missing
    bool may_be_restored =
        false; ///< SQLite has begun to change it, and will put back what was there
};

/** Make the folder and an empty file if they are missing, and check both and SQLite's files beside.
    What was there before is left as it is: it may be somebody else's.
*/
result<sqlite_file> prepare_sqlite_file(const std::string& path);

/// Close a file that is this store's own, SQLite's files beside and the folder to others.
result<void> close_to_others(const sqlite_file& file);

} // namespace asioauth::detail
