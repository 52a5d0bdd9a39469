// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/tls_contexts.hpp"

#include "transport/background.hpp"
#include "transport/kept_post.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

// Used in the background only, by one thread at a time.
class tls_contexts::maker
{
public:
    maker(trust_sources sources, std::vector<std::string> ca_files)
        : sources_(std::move(sources))
        , ca_files_(std::move(ca_files))
    {}

    /// One that has read nothing yet.
    std::shared_ptr<maker> anew() const { return std::make_shared<maker>(sources_, ca_files_); }

    result<context> make(const tls_identity& identity) noexcept
    {
        try
        {
            return try_to_make(identity);
        }
        catch (const std::bad_alloc&)
        {
            return errc::out_of_memory;
        }
        catch (const std::exception&)
        {
            return errc::tls_failed;
        }
    }

private:
    result<context> try_to_make(const tls_identity& identity)
    {
        if (!trust_)
        {
            auto loaded = load_trust_store(sources_, ca_files_);
            if (!loaded)
            {
                return loaded.error();
            }
            trust_ = std::move(*loaded);
        }
        auto c = make_tls_context(trust_.get(), identity);
        if (!c)
        {
            return c.error();
        }
        return std::make_shared<asio::ssl::context>(std::move(*c));
    }

    const trust_sources sources_;
    const std::vector<std::string> ca_files_;
    trust_store trust_;
};

tls_contexts::tls_contexts(
    const asio::any_io_executor& ex, trust_sources sources, std::vector<std::string> ca_files
)
    : ex_(home_executor::of(ex))
    , maker_(std::make_shared<maker>(std::move(sources), std::move(ca_files)))
{
    background::of(ex_); // so that it is there before the context can be going
}

tls_contexts::~tls_contexts() = default;

tls_contexts::context tls_contexts::find(const tls_identity& identity)
{
    if (identity.empty())
    {
        return plain_;
    }
    const auto at = std::find_if(kept_.begin(), kept_.end(), [&](const entry& e) {
        return e.identity == identity;
    });
    if (at == kept_.end())
    {
        return nullptr;
    }
    kept_.splice(kept_.begin(), kept_, at);
    return at->made;
}

tls_contexts::ticket tls_contexts::make(const tls_identity& identity, handler h)
{
    const auto t = ++last_;
    try
    {
        waiting_.emplace(t, std::move(h));
        begin(t, identity);
    }
    catch (const std::bad_alloc&)
    {
        waiting_.erase(t);
        jobs_.erase(t); // or others would wait for it
        throw;
    }
    return t;
}

void tls_contexts::begin(ticket t, const tls_identity& identity)
{
    const auto same = std::find_if(jobs_.begin(), jobs_.end(), [&](const auto& j) {
        return j.second.identity == identity && !j.second.is_doubted;
    });
    if (same != jobs_.end() && !*same->second.lost)
    {
        same->second.tickets.push_back(t);
        return;
    }
    if (same != jobs_.end())
    {
        jobs_.erase(same); // who waits for it has a deadline
    }
    const auto lost = std::make_shared<std::atomic<bool>>(false);
    jobs_.emplace(t, job{identity, {t}, lost, false});
    background::of(ex_).run([weak = weak_from_this(), ex = ex_, m = maker_, identity, t, lost] {
        try
        {
            post_kept(ex, [weak, t, c = m->make(identity)] {
                if (const auto self = weak.lock())
                {
                    self->made(t, c);
                }
            });
        }
        catch (const std::bad_alloc&)
        {
            *lost = true;
        }
    });
}

void tls_contexts::abandon(ticket t)
{
    waiting_.erase(t);
}

void tls_contexts::doubt() noexcept
{
    const auto now = std::chrono::steady_clock::now();
    if (doubted_ && now - *doubted_ < doubt_interval)
    {
        return;
    }
    try
    {
        maker_ = maker_->anew();
    }
    catch (const std::bad_alloc&)
    {
        return; // the next one who is refused tries again
    }
    doubted_ = now;
    plain_.reset();
    kept_.clear();
    for (auto& [number, j] : jobs_)
    {
        j.is_doubted = true; // it ends with the old one, for those who wait for it
    }
}

void tls_contexts::close()
{
    jobs_.clear();
    waiting_.clear();
    kept_.clear();
    plain_.reset();
}

void tls_contexts::made(ticket number, const result<context>& c)
{
    const auto done = jobs_.extract(number);
    if (!done)
    {
        return; // closed meanwhile
    }
    if (c && !done.mapped().is_doubted)
    {
        keep(done.mapped().identity, *c);
    }
    for (const auto t : done.mapped().tickets)
    {
        // A handler may give other tickets up, so each is looked for when its turn comes.
        if (auto node = waiting_.extract(t))
        {
            node.mapped()(c);
        }
    }
}

void tls_contexts::keep(const tls_identity& identity, const context& c)
{
    if (identity.empty())
    {
        plain_ = c;
        return;
    }
    kept_.push_front(entry{identity, c});
    if (kept_.size() > max_identities)
    {
        kept_.pop_back();
    }
}

} // namespace asioauth::detail
