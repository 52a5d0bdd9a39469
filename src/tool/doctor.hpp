// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "workplace.hpp"

#include <string>
#include <vector>

namespace asioauth::tool {

/// What the doctor found at one point.
class finding
{
public:
    enum class state
    {
        pass,
        warn, ///< may be as it is meant
        fail,
        skip, ///< not looked at, since an earlier step failed
    };

    finding(std::string n, state s, std::string d)
        : name(std::move(n))
        , how(s)
        , detail(std::move(d))
    {}

    finding& hint(std::string v) { return hint_ = std::move(v), *this; }
    finding& specification(std::string v) { return specification_ = std::move(v), *this; }
    finding& why(const outcome& v) { return why_ = v, *this; }

    const std::string& hint() const noexcept { return hint_; }
    const std::string& specification() const noexcept { return specification_; }
    const std::optional<outcome>& why() const noexcept { return why_; }

    std::string name;
    state how;
    std::string detail;

private:
    std::string hint_;
    std::string specification_;
    std::optional<outcome> why_; ///< for the exit status
};

using findings = std::vector<finding>;

/// What can be seen without a server. Changes nothing, but for the modes of a store's files with
/// --fix. Sets workplace::leave_store_alone.
boost::asio::awaitable<findings> look_at_environment(workplace& at);

/// How far the clock of this machine is from a server's Date field.
finding look_at_clock(const http_response& response, std::chrono::system_clock::time_point now);

} // namespace asioauth::tool
