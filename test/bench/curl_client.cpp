// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The same flow, with the same checks, on libcurl's multi interface with epoll: what a program gets
// that takes a ready HTTP client.
//
//   curl_client --port=N [--tls=1 --ca=FILE] [--fresh=1] [--resume=1] [--at-once=N] [--flows=N]
//               [--origins=N] [--warm=N] [--seconds=N] [--label=TEXT]

#include "flows.hpp"
#include "measure.hpp"

#include <curl/curl.h>
#include <sys/epoll.h>

#include <deque>
#include <memory>

namespace {

using namespace asioauth::bench; // NOLINT(google-build-using-namespace)
using clock_type = std::chrono::steady_clock;

struct curl_free
{
    void operator()(CURL* p) const noexcept { curl_easy_cleanup(p); }
    void operator()(curl_slist* p) const noexcept { curl_slist_free_all(p); }
};

class user;

class world
{
public:
    explicit world(const arguments& given)
        : measured(given)
        , secure(given.is("tls", "1"))
        , fresh(given.is("fresh", "1"))
        , ca(given.text("ca", ""))
    {
        for (unsigned i = 0, n = given.number("origins", 1); i != n; ++i)
            targets.emplace_back(secure ? "https://" : "http://", i, given.text("port", "80"));
        if (given.is("resume", "1"))
        {
            share = curl_share_init();
            curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
        }
        curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &watch);
        curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &set_timer);
        curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(measured.at_once() + 16));
    }

    void run(std::chrono::seconds limit);
    void stop() noexcept { over = true; }

    CURLM* const multi = curl_multi_init();
    CURLSH* share = nullptr;
    meter measured;
    std::deque<target> targets;
    std::size_t next = 0;
    const bool secure;
    const bool fresh;
    const std::string ca;
    bool over = false;

private:
    static int watch(CURL*, curl_socket_t socket, int what, void* self, void* known)
    {
        auto& w = *static_cast<world*>(self);
        if (what == CURL_POLL_REMOVE)
        {
            epoll_ctl(w.epoll_, EPOLL_CTL_DEL, socket, nullptr);
            return 0;
        }
        epoll_event e{};
        e.data.fd = socket;
        e.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U)
            | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
        epoll_ctl(w.epoll_, known != nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &e);
        curl_multi_assign(w.multi, socket, self);
        return 0;
    }

    static int set_timer(CURLM*, long after, void* self)
    {
        auto& w = *static_cast<world*>(self);
        w.timed_ = after >= 0;
        w.due_ = clock_type::now() + std::chrono::milliseconds(after);
        return 0;
    }

    int time_to_wait() const
    {
        if (!timed_)
            return 1000;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - clock_type::now());
        return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000));
    }

    const int epoll_ = epoll_create1(0);
    bool timed_ = false;
    clock_type::time_point due_;
};

class user
{
public:
    explicit user(world& w) : world_(w) {}

    void begin()
    {
        since_ = clock_type::now();
        flow_.begin(world_.targets[world_.next++ % world_.targets.size()]);
        send();
    }

    void finished(CURLcode code)
    {
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        answer a;
        a.status = static_cast<unsigned>(status);
        a.challenge = field("WWW-Authenticate");
        a.location = field("Location");
        a.content_type = field("Content-Type");
        a.body = body_;
        const bool good = code == CURLE_OK && flow_.take(a);
        curl_multi_remove_handle(world_.multi, easy_.get());
        if (!good)
        {
            if (world_.measured.failed(curl_easy_strerror(code)))
                return world_.stop();
            return begin();
        }
        if (!flow_.done())
            return send();
        if (world_.measured.flow_done(since_))
            return world_.stop();
        begin();
    }

private:
    static std::size_t store(char* data, std::size_t, std::size_t size, void* self)
    {
        static_cast<user*>(self)->body_.append(data, size);
        return size;
    }

    template <class T>
    void set(CURLoption name, T value)
    {
        curl_easy_setopt(easy_.get(), name, value);
    }

    void add(const std::string& line)
    {
        // The list is one object, which begins with the first line.
        curl_slist* const longer = curl_slist_append(fields_.get(), line.c_str());
        if (longer != fields_.get())
        {
            (void)fields_.release();
            fields_.reset(longer);
        }
    }

    void send()
    {
        request_ = flow_.next();
        body_.clear();
        url_ = (world_.secure ? "https://" : "http://") + request_.host + request_.target;
        curl_easy_reset(easy_.get());
        set(CURLOPT_URL, url_.c_str());
        set(CURLOPT_WRITEFUNCTION, &store);
        set(CURLOPT_WRITEDATA, static_cast<void*>(this));
        set(CURLOPT_PRIVATE, static_cast<void*>(this));
        set(CURLOPT_USERAGENT, "benchmark");
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TIMEOUT_MS, 30'000L);
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        if (world_.secure)
            set(CURLOPT_CAINFO, world_.ca.c_str());
        if (world_.share != nullptr)
            set(CURLOPT_SHARE, world_.share);
        fields_.reset();
        add("Accept: application/json");
        if (!request_.authorization.empty())
            add("Authorization: " + request_.authorization);
        if (request_.post)
        {
            add("Content-Type: " + request_.content_type);
            set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request_.body.size()));
            set(CURLOPT_POSTFIELDS, request_.body.c_str());
        }
        set(CURLOPT_HTTPHEADER, fields_.get());
        if (world_.fresh && flow_.at_last())
            set(CURLOPT_FORBID_REUSE, 1L);
        curl_multi_add_handle(world_.multi, easy_.get());
    }

    std::string_view field(const char* name) const
    {
        curl_header* h = nullptr;
        const auto found = curl_easy_header(easy_.get(), name, 0, CURLH_HEADER, -1, &h);
        return found == CURLHE_OK ? std::string_view(h->value) : std::string_view();
    }

    world& world_;
    const std::unique_ptr<CURL, curl_free> easy_{curl_easy_init()};
    std::unique_ptr<curl_slist, curl_free> fields_;
    checked_flow flow_;
    request request_;
    std::string url_;
    std::string body_;
    clock_type::time_point since_;
};

void world::run(std::chrono::seconds limit)
{
    const auto until = clock_type::now() + limit;
    std::array<epoll_event, 256> events{};
    int running = 0;
    while (!over && clock_type::now() < until)
    {
        const int n =
            epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), time_to_wait());
        for (int i = 0; i < n; ++i)
        {
            const auto& e = events[static_cast<std::size_t>(i)];
            const int what = ((e.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0)
                | ((e.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0)
                | ((e.events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
            curl_multi_socket_action(multi, e.data.fd, what, &running);
        }
        if (timed_ && clock_type::now() >= due_)
        {
            timed_ = false;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        int left = 0;
        while (CURLMsg* const m = curl_multi_info_read(multi, &left))
        {
            void* whose = nullptr;
            const CURLcode code = m->data.result;
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &whose);
            static_cast<user*>(whose)->finished(code);
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    const arguments given(argc, argv);
    curl_global_init(CURL_GLOBAL_ALL);
    world all(given);
    std::deque<user> users;
    all.measured.begin();
    for (std::size_t i = 0; i != all.measured.at_once(); ++i)
        users.emplace_back(all).begin();
    all.run(std::chrono::seconds(given.number("seconds", 120)));
    if (!all.measured.complete())
    {
        std::fprintf(stderr, "curl_client: only %zu flows\n", all.measured.done());
        std::_Exit(1);
    }
    all.measured.print(given.text("label", "libcurl"));
    std::_Exit(all.measured.errors() == 0 ? 0 : 1); // what is under way is not waited for
}
