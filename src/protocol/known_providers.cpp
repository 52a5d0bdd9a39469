// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/protocol/provider_policy.hpp>

namespace asioauth {

const provider_policies& provider_policies::known()
{
    static const provider_policies table;
    return table;
}

} // namespace asioauth
