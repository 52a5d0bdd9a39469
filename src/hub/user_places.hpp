// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>
#include <functional>
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
    /// @param end what ends what is under way; may come late, or be empty
    std::shared_ptr<place> take(
        const std::string& user,
        std::size_t most,
        std::string id = std::string(),
        std::function<void()> end = {}
    );
    bool is_full(const std::string& user, std::size_t most) const;
    /// End what is under way about an integration.
    void end_all(const std::string& user, const std::string& id);

private:
    class entry
    {
    public:
        std::string id;
        std::function<void()> end;
    };

    using entries = std::multimap<std::string, entry>;

    void give_back(entries::iterator at);

    mutable std::mutex mutex_;
    entries taken_; // by user
};

class user_places::place
{
public:
    explicit place(std::shared_ptr<user_places> of);
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place();

private:
    friend class user_places;

    const std::shared_ptr<user_places> of_;
    entries::iterator at_;
    bool taken_ = false;
};

} // namespace asioauth::detail
