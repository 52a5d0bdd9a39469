// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/body_stream.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace asioauth::detail {

/// What each user has under way of one kind. Everything may be called from any thread.
class user_places : public std::enable_shared_from_this<user_places>
{
public:
    class place;

    /// Nothing if the user has as many as may be; else it lasts until it is destroyed.
    /// @param id of the integration that it is about; may be empty
    /// @param stream what is open
    std::shared_ptr<place> take(
        const std::string& user, std::size_t most, std::string id, std::weak_ptr<body_stream> stream
    );
    std::shared_ptr<place> take(const std::string& user, std::size_t most)
    {
        return take(user, most, std::string(), {});
    }
    bool is_full(const std::string& user, std::size_t most) const;
    /// Close what is open of an integration.
    void close_streams(const std::string& user, const std::string& id);

private:
    class entry
    {
    public:
        std::string id;
        std::weak_ptr<body_stream> stream;
    };

    using entries = std::multimap<std::string, entry>;

    void give_back(entries::iterator at);

    mutable std::mutex mutex_;
    entries taken_; // by user
};

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
