// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/memory_store.hpp>

#include <boost/asio/post.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <utility>

namespace asioauth {

namespace asio = boost::asio;

class memory_store::impl
{
public:
    explicit impl(asio::any_io_executor e) : ex(std::move(e)) {}

    result<stored_record> load(const record_key& key) const
    {
        const std::lock_guard lock(mutex_);
        const auto at = records_.find(key);
        return at == records_.end() ? stored_record() : at->second;
    }

    result<generation>
    commit(const record_key& key, generation expected, std::optional<record>&& value)
    {
        constexpr std::size_t most = 65'536;
        const std::lock_guard lock(mutex_);
        const auto at = records_.find(key);
        if ((at == records_.end() ? 0 : at->second.at) != expected)
            return failure(errc::store_conflict).where(stage::store);
        if (!value)
        {
            if (at != records_.end())
                records_.erase(at);
            return generation(0);
        }
        if (at == records_.end() && records_.size() == most)
            return failure(errc::store_unavailable)
                .where(stage::store)
                .message("The memory store is full.");
        auto& stored = at != records_.end() ? at->second : records_[key];
        stored.value = std::move(*value);
        // Never used twice, so that a record that was deleted and made again is not taken for the
        // old one.
        stored.at = ++last_;
        return stored.at;
    }

    template <class Handler, class Result>
    void complete(Handler h, Result r) const
    {
        asio::post(ex, [h = std::move(h), r = std::move(r)]() mutable {
            std::move(h)(std::move(r));
        });
    }

    const asio::any_io_executor ex;

private:
    mutable std::mutex mutex_;
    std::map<record_key, stored_record> records_;
    generation last_ = 0;
};

memory_store::memory_store(asio::any_io_executor ex) : impl_(std::make_unique<impl>(std::move(ex)))
{}

memory_store::~memory_store() = default;

void memory_store::async_load(record_key key, load_handler h)
{
    impl_->complete(std::move(h), impl_->load(key));
}

void memory_store::async_commit(
    record_key key, generation expected, std::optional<record> value, commit_handler h
)
{
    impl_->complete(std::move(h), impl_->commit(key, expected, std::move(value)));
}

} // namespace asioauth
