// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "client_core.hpp"
#include "hub/site.hpp"

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace asioauth::detail {

class badge_stream;

/// What the copies of a hub share. Everything but `site` is touched at home only.
class hub_core : public std::enable_shared_from_this<hub_core>
{
public:
    hub_core(std::shared_ptr<client_core> c, hub_settings given)
        : core(std::move(c))
        , site(std::make_shared<hub_site>(std::move(given)))
    {}

    void changed(const std::string& user);
    std::ptrdiff_t watchers_of(const std::string& user) const;
    /// In the background; nobody waits for it.
    void list_tools(const std::string& id, const std::string& user);

    const std::shared_ptr<client_core> core;
    const std::shared_ptr<hub_site> site;
    std::set<badge_stream*> watchers;
};

/// Server-sent events with the badges of a user, whenever they have changed; nobody looks any more when
/// it is let go.
std::shared_ptr<body_stream> watch_badges(std::shared_ptr<hub_core> hub, std::string user);

} // namespace asioauth::detail
