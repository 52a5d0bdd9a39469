// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/resolver.hpp"

#include "transport/kept_post.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/system/error_code.hpp>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <list>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

// What the resolver and its workers share. A worker may outlive the resolver, the executor and the
// context, so it touches the executor only under the mutex and only while the door is open.
class resolver::shared : public std::enable_shared_from_this<resolver::shared>
{
public:
    struct answer
    {
        std::vector<ticket> tickets;
        std::string host;
        error_code ec;
        addresses found;
    };

    shared(home_executor ex, lookup f, clock::duration counted)
        : ex_(std::move(ex))
        , lookup_(std::move(f))
        , counted_(counted)
    {}

    void owner(std::weak_ptr<resolver> r)
    {
        const std::lock_guard lock(mutex_);
        owner_ = std::move(r);
    }

    void add(const std::string& host, ticket t);
    void remove(ticket t);
    void close();
    std::vector<answer> take();
    /// Whether a lookup has not begun.
    bool has_waiting();
    /// Some of those under way may be slow by now.
    void go_on();

private:
    struct job
    {
        std::string host;
        std::vector<ticket> tickets;
        bool running = false;
        clock::time_point since; // when it began to run
    };

    using job_list = std::list<job>;

    job_list::iterator next_runnable();
    static void begin(job& j);
    void start_workers();
    void work(job_list::iterator j) noexcept;
    void answered(job_list::iterator j, error_code ec, addresses found);

    std::mutex mutex_;
    std::optional<home_executor> ex_; // empty once the door is closed
    std::weak_ptr<resolver> owner_;
    const lookup lookup_;
    const clock::duration counted_;
    job_list jobs_;
    std::size_t workers_ = 0;
    std::vector<answer> answers_;
    bool delivery_posted_ = false;
};

namespace {

// Closes the door between the workers and a context that is being destroyed. No worker can be
// posting while a context's services go down, which Asio does not allow.
class doorkeeper final : public asio::execution_context::service
{
public:
    using key_type = doorkeeper;
    static asio::execution_context::id id;

    explicit doorkeeper(asio::execution_context& c) : asio::execution_context::service(c) {}

    void watch(std::weak_ptr<resolver::shared> s)
    {
        const std::lock_guard lock(mutex_);
        watched_.remove_if([](const auto& w) { return w.expired(); });
        watched_.push_back(std::move(s));
    }

private:
    void shutdown() override
    {
        std::list<std::weak_ptr<resolver::shared>> watched;
        {
            const std::lock_guard lock(mutex_);
            watched.swap(watched_);
        }
        for (const auto& w : watched)
        {
            if (const auto s = w.lock())
            {
                s->close();
            }
        }
    }

    std::mutex mutex_;
    std::list<std::weak_ptr<resolver::shared>> watched_;
};

asio::execution_context::id doorkeeper::id;

} // namespace

void resolver::shared::add(const std::string& host, ticket t)
{
    const std::lock_guard lock(mutex_);
    // Join a lookup of the same host that somebody still waits for. One that was given up may be
    // stuck, so it is joined only if the host may have no further worker.
    auto running = jobs_.end();
    std::size_t running_count = 0;
    for (auto j = jobs_.begin(); j != jobs_.end(); ++j)
    {
        if (j->host != host)
        {
            continue;
        }
        if (!j->running || !j->tickets.empty())
        {
            j->tickets.push_back(t);
            return;
        }
        running = j;
        ++running_count;
    }
    if (running_count >= max_workers_per_host)
    {
        running->tickets.push_back(t);
        return;
    }
    jobs_.push_back(job{host, {t}, false, {}});
    start_workers();
}

void resolver::shared::remove(ticket t)
{
    const std::lock_guard lock(mutex_);
    for (auto j = jobs_.begin(); j != jobs_.end(); ++j)
    {
        const auto at = std::find(j->tickets.begin(), j->tickets.end(), t);
        if (at == j->tickets.end())
        {
            continue;
        }
        j->tickets.erase(at);
        if (j->tickets.empty() && !j->running)
        {
            jobs_.erase(j);
        }
        // A worker whose answer nobody wants any more makes room for another.
        start_workers();
        return;
    }
}

void resolver::shared::close()
{
    const std::lock_guard lock(mutex_);
    ex_.reset();
    owner_.reset();
    answers_.clear();
    jobs_.remove_if([](const job& j) { return !j.running; });
    for (auto& j : jobs_)
    {
        j.tickets.clear();
    }
}

std::vector<resolver::shared::answer> resolver::shared::take()
{
    const std::lock_guard lock(mutex_);
    delivery_posted_ = false;
    return std::exchange(answers_, {});
}

bool resolver::shared::has_waiting()
{
    const std::lock_guard lock(mutex_);
    return std::any_of(jobs_.begin(), jobs_.end(), [](const job& j) { return !j.running; });
}

void resolver::shared::go_on()
{
    const std::lock_guard lock(mutex_);
    start_workers();
}

resolver::shared::job_list::iterator resolver::shared::next_runnable()
{
    const auto slow_since = clock::now() - counted_;
    const auto wanted = std::count_if(jobs_.begin(), jobs_.end(), [&](const job& j) {
        return j.running && !j.tickets.empty() && j.since > slow_since;
    });
    if (static_cast<std::size_t>(wanted) >= max_wanted || workers_ >= max_workers)
    {
        return jobs_.end();
    }
    return std::find_if(jobs_.begin(), jobs_.end(), [](const job& j) { return !j.running; });
}

void resolver::shared::begin(job& j)
{
    j.running = true;
    j.since = clock::now();
}

void resolver::shared::start_workers()
{
    for (auto j = next_runnable(); j != jobs_.end(); j = next_runnable())
    {
        try
        {
            std::thread([self = shared_from_this(), j] { self->work(j); }).detach();
            begin(*j);
            ++workers_;
        }
        catch (const std::exception&)
        {
            // No thread to be had. If others are at work they will come to this job, else it has
            // failed.
            if (workers_ != 0)
            {
                return;
            }
            answered(j, make_error_code(errc::name_not_resolved), {});
        }
    }
}

// Runs one job after the other and ends when there is none, so that no idle thread is ever left
// behind.
void resolver::shared::work(job_list::iterator j) noexcept
{
    for (;;)
    {
        addresses found;
        error_code ec;
        try
        {
            ec = lookup_(j->host, found); // only we change or remove a job that runs
        }
        catch (const std::exception&)
        {
            ec = make_error_code(errc::name_not_resolved);
        }
        if (found.size() > max_addresses)
        {
            found.resize(max_addresses);
        }
        const std::lock_guard lock(mutex_);
        --workers_;
        answered(j, ec, std::move(found));
        j = next_runnable();
        if (j == jobs_.end())
        {
            return;
        }
        begin(*j);
        ++workers_;
    }
}

void resolver::shared::answered(job_list::iterator j, error_code ec, addresses found)
{
    auto tickets = std::move(j->tickets);
    auto host = std::move(j->host);
    jobs_.erase(j);
    if (tickets.empty() || !ex_)
    {
        return;
    }
    try
    {
        answers_.push_back(answer{std::move(tickets), std::move(host), ec, std::move(found)});
        if (!delivery_posted_)
        {
            post_kept(*ex_, [owner = owner_] {
                if (const auto r = owner.lock())
                {
                    r->deliver();
                }
            });
            delivery_posted_ = true;
        }
    }
    catch (const std::bad_alloc&)
    {
        return; // who waits has a deadline, and the next answer takes this one along
    }
}

resolver::resolver(
    const asio::any_io_executor& ex, lookup f, clock::duration remembered, clock::duration counted
)
    : ex_(home_executor::of(ex))
    , shared_(std::make_shared<shared>(ex_, std::move(f), counted))
    , remembered_(remembered)
    , counted_(counted)
    , timer_(ex_)
{
    asio::use_service<doorkeeper>(asio::query(ex_, asio::execution::context)).watch(shared_);
}

resolver::~resolver()
{
    shared_->close();
}

resolver::ticket resolver::start(const std::string& host, handler h)
{
    if (last_ == 0)
    {
        shared_->owner(weak_from_this());
    }
    const auto t = ++last_;
    waiting_.emplace(t, std::move(h));
    try
    {
        if (!recall(host, t))
        {
            shared_->add(host, t);
            watch();
        }
    }
    catch (...)
    {
        waiting_.erase(t);
        throw;
    }
    return t;
}

// There is a timer only while a lookup waits for its turn, which may be because slow ones are counted
// still.
void resolver::watch() noexcept
{
    if (watching_ == shared_->has_waiting())
    {
        return;
    }
    if (watching_)
    {
        timer_.cancel();
        return;
    }
    try
    {
        timer_.expires_after(counted_);
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code&) {
            if (const auto self = weak.lock())
            {
                self->watching_ = false;
                self->shared_->go_on();
                self->watch();
            }
        });
        watching_ = true;
    }
    catch (const std::exception&)
    {
        return; // out of memory: the next lookup that ends or is given up tries again
    }
}

bool resolver::recall(const std::string& host, ticket t)
{
    const auto at = known_.find(host);
    if (at == known_.end())
    {
        return false;
    }
    if (at->second.until <= clock::now())
    {
        known_.erase(at);
        return false;
    }
    post_kept(ex_, [weak = weak_from_this(), t, found = at->second.found] {
        const auto self = weak.lock();
        if (auto node = self ? self->waiting_.extract(t) : decltype(waiting_)::node_type())
        {
            node.mapped()(error_code(), found);
        }
    });
    return true;
}

void resolver::remember(const std::string& host, const addresses& found)
{
    const auto now = clock::now();
    if (known_.size() >= max_remembered)
    {
        std::erase_if(known_, [now](const auto& k) { return k.second.until <= now; });
    }
    if (known_.size() < max_remembered)
    {
        known_.insert_or_assign(host, known_host{found, now + remembered_});
    }
}

void resolver::abandon(ticket t)
{
    if (waiting_.erase(t) != 0)
    {
        shared_->remove(t);
        watch();
    }
}

void resolver::close()
{
    shared_->close();
    waiting_.clear();
    known_.clear();
    watch();
}

void resolver::deliver()
{
    watch();
    for (const auto& a : shared_->take())
    {
        if (!a.ec && !a.found.empty() && remembered_ > clock::duration::zero())
        {
            remember(a.host, a.found);
        }
        for (const auto t : a.tickets)
        {
            // A handler may give other tickets up, so each is looked for when its turn comes.
            if (auto node = waiting_.extract(t))
            {
                node.mapped()(a.ec, a.found);
            }
        }
    }
}

error_code resolver::system_lookup(const std::string& host, addresses& found)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int rc = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, [](addrinfo* p) {
        if (p != nullptr)
        {
            ::freeaddrinfo(p);
        }
    });
    if (rc != 0)
    {
        return make_error_code(errc::name_not_resolved);
    }
    for (const auto* p = list; p != nullptr && found.size() < max_addresses; p = p->ai_next)
    {
        // Copied rather than cast: the bytes are an object of another type.
        if (p->ai_family == AF_INET && p->ai_addrlen >= sizeof(sockaddr_in))
        {
            sockaddr_in a{};
            std::memcpy(&a, p->ai_addr, sizeof(a));
            found.emplace_back(asio::ip::make_address_v4(ntohl(a.sin_addr.s_addr)));
        }
        else if (p->ai_family == AF_INET6 && p->ai_addrlen >= sizeof(sockaddr_in6))
        {
            sockaddr_in6 a{};
            std::memcpy(&a, p->ai_addr, sizeof(a));
            asio::ip::address_v6::bytes_type bytes{};
            std::memcpy(bytes.data(), &a.sin6_addr, bytes.size());
            found.emplace_back(asio::ip::make_address_v6(bytes, a.sin6_scope_id));
        }
    }
    return found.empty() ? make_error_code(errc::name_not_resolved) : error_code();
}

} // namespace asioauth::detail
