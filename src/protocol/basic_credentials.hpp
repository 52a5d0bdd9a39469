// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/form.hpp>
#include <asioauth/secret.hpp>

#include <string>

namespace asioauth::detail {

/// The field value `Basic ...` (RFC 7617) of `joined`: a name, a colon and a password. Wipes it.
inline secret basic_credentials(std::string& joined)
{
    std::string base64 = base64_encode(joined);
    std::string value;
    value.reserve(6 + base64.size());
    value.append("Basic ").append(base64);
    secret out(value);
    wipe(joined);
    wipe(base64);
    wipe(value);
    return out;
}

} // namespace asioauth::detail
