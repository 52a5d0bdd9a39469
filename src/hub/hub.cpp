// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "client_core.hpp"
#include "flow/flow_op.hpp"
#include "hub/use.hpp"
#include "session_state.hpp"

#include <asioauth/body_stream.hpp>
#include <asioauth/hub.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <set>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::minutes deadline(2);
constexpr std::chrono::seconds deadline_of_looks(20);
constexpr std::chrono::milliseconds shortest_wait(50);
constexpr std::chrono::milliseconds longest_wait(15'000);
// Each open page looks into the store again and again. A browser opens no more of them.
constexpr std::ptrdiff_t most_watchers = 16; // of one user

} // namespace

class badge_stream;

/// What the copies of a hub share. Everything but `site` is touched on the strand only.
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

/** Server-sent events with the badges of a user, whenever they have changed. */
class badge_stream final
    : public body_stream
    , public std::enable_shared_from_this<badge_stream>
{
public:
    badge_stream(std::shared_ptr<hub_core> hub, std::string user)
        : hub_(std::move(hub))
        , user_(std::move(user))
    {}

    const std::string& user() const noexcept { return user_; }

    // The last reference may be dropped on any thread; the registration is the strand's.
    void enter() { hub_->watchers.insert(this); }
    void leave() { hub_->watchers.erase(this); }

    void async_read_some(handler h) override
    {
        if (hub_->core->abandoned())
            return;
        asio::dispatch(
            hub_->core->strand(),
            [self = shared_from_this(), h = std::move(h)]() mutable { self->read(std::move(h)); }
        );
    }

    void close() override
    {
        if (hub_->core->abandoned())
            return;
        asio::dispatch(hub_->core->strand(), [self = shared_from_this()] { self->end(); });
    }

    /// Look now.
    void wake()
    {
        due_ = true;
        stop_waiting();
    }

private:
    void stop_waiting()
    {
        if (const auto timer = timer_.lock())
            timer->cancel();
    }

    void read(handler h)
    {
        if (!reading_.expired())
            return give(std::move(h), failure(errc::invalid_argument));
        if (over_)
            return give(std::move(h), failure(operation_aborted()));
        const auto reader = std::make_shared<handler>(std::move(h));
        reading_ = reader;
        auto slot = asio::get_associated_cancellation_slot(*reader);
        if (slot.is_connected())
            slot.assign([weak = weak_from_this()](asio::cancellation_type) {
                if (const auto self = weak.lock())
                    self->close();
            });
        if (first_ || due_)
            return look(reader);
        wait(reader);
    }

    void wait(const std::shared_ptr<handler>& reader)
    {
        const auto& settings = hub_->site->settings;
        const auto poll = std::clamp(
            std::min(settings.poll_interval(), settings.heartbeat()), shortest_wait, longest_wait
        );
        const auto timer = std::make_shared<asio::steady_timer>(hub_->core->strand(), poll);
        timer_ = timer;
        timer->async_wait([self = shared_from_this(), timer, reader](error_code) {
            if (self->is_waiting(reader))
                self->look(reader);
        });
    }

    void look(const std::shared_ptr<handler>& reader)
    {
        due_ = false;
        auto self = shared_from_this();
        launch<std::string>(
            hub_->core,
            deadline_of_looks,
            current_badges(hub_->site, user_),
            handler_of<std::string>([self, reader](error_code ec, std::string now) {
                asio::dispatch(
                    self->hub_->core->strand(),
                    [self, reader, ec, now = std::move(now)]() mutable {
                        self->looked(reader, ec, std::move(now));
                    }
                );
            }),
            nullptr
        );
    }

    bool is_waiting(const std::shared_ptr<handler>& reader) const
    {
        return !over_ && reading_.lock() == reader;
    }

    void looked(const std::shared_ptr<handler>& reader, const error_code& ec, std::string now)
    {
        if (!is_waiting(reader))
            return;
        if (ec == errc::client_closed || ec == condition::cancelled)
            return end();
        const auto time = std::chrono::steady_clock::now();
        // A store that is away for a moment says nothing.
        if (!ec && (first_ || now != last_))
        {
            first_ = false;
            spoke_ = time;
            std::string text = "event: badges\ndata: " + now + "\n\n";
            last_ = std::move(now);
            return give_reader(reader, std::move(text));
        }
        if (time - spoke_ >= hub_->site->settings.heartbeat())
        {
            spoke_ = time;
            return give_reader(reader, std::string(": still here\n\n"));
        }
        if (due_)
            return look(reader);
        wait(reader);
    }

    void end()
    {
        over_ = true;
        leave();
        stop_waiting();
        if (const auto reader = reading_.lock())
            give_reader(reader, failure(operation_aborted()));
    }

    void give_reader(const std::shared_ptr<handler>& reader, result<std::string> r)
    {
        reading_.reset();
        give(std::move(*reader), std::move(r));
    }

    void give(handler h, result<std::string> r)
    {
        asio::get_associated_cancellation_slot(h).clear();
        asio::any_completion_executor ex =
            asio::get_associated_executor(h, asio::any_completion_executor(hub_->core->executor()));
        // An erased executor cannot be posted to in Asio 1.26, only dispatched.
        asio::post(
            hub_->core->strand(),
            [ex = std::move(ex), h = std::move(h), r = std::move(r)]() mutable {
                asio::dispatch(ex, [h = std::move(h), r = std::move(r)]() mutable {
                    std::move(h)(std::move(r));
                });
            }
        );
    }

    const std::shared_ptr<hub_core> hub_;
    const std::string user_;
    // Both belong to what is pending: a stream may outlive the execution context, and a reader that
    // holds its stream must not be held by it.
    std::weak_ptr<asio::steady_timer> timer_;
    std::weak_ptr<handler> reading_;
    std::string last_;
    bool first_ = true;
    bool due_ = false;
    bool over_ = false;
    std::chrono::steady_clock::time_point spoke_ = std::chrono::steady_clock::now();
};

namespace {

// What the web server holds: when it lets go, nobody looks any more.
class badge_stream_handle final : public body_stream
{
public:
    explicit badge_stream_handle(std::shared_ptr<badge_stream> s) : stream_(std::move(s)) {}
    ~badge_stream_handle() override { stream_->close(); }

    void async_read_some(handler h) override { stream_->async_read_some(std::move(h)); }
    void close() override { stream_->close(); }

private:
    std::shared_ptr<badge_stream> stream_;
};

flow<http_response>
handle(std::shared_ptr<hub_core> hub, hub_request request, hub_user user, flow_settings settings)
{
    const std::string id = user.id();
    const bool head_only =
        request.method() == "HEAD" && !request.target().starts_with(hub->site->at("/use/"));
    if (head_only)
    {
        hub_request get("GET", request.target());
        for (const auto& f : request.fields())
            get.field(f.first, f.second);
        request = std::move(get);
    }
    auto answer = co_await answer_request(
        hub->site, std::move(request), std::move(user), std::move(settings)
    );
    if (!answer)
        co_return answer.error();
    if (!answer->list_tools_of.empty())
        hub->list_tools(answer->list_tools_of, id);
    if (answer->changed)
        hub->changed(id);
    if (head_only)
        answer->response.body("");
    if (!answer->watches || head_only)
        co_return std::move(answer->response);
    if (hub->watchers_of(id) >= most_watchers)
    {
        http_response full(429, "You have too many of these pages open.\n");
        full.field("Content-Type", "text/plain; charset=utf-8").field("Cache-Control", "no-store");
        full.field("X-Content-Type-Options", "nosniff");
        co_return full;
    }
    auto stream = std::make_shared<badge_stream>(hub, id);
    stream->enter();
    http_response out(200, "");
    out.field("Content-Type", "text/event-stream");
    out.field("Cache-Control", "no-store");
    out.field("X-Content-Type-Options", "nosniff");
    out.events(std::make_shared<badge_stream_handle>(std::move(stream)));
    co_return out;
}

hub_integration
shown(const hub_site& site, integration i, std::chrono::system_clock::time_point now)
{
    hub_integration out;
    out.status = badge_of(i, now).name;
    out.page = site.origin + site.at("/integrations/" + i.id);
    out.id = std::move(i.id);
    out.resource = std::move(i.resource);
    out.name = std::move(i.name);
    out.issuer = std::move(i.issuer);
    out.scope = std::move(i.granted_scope);
    out.ends_at = i.ends_at;
    for (auto& tool : i.tools)
    {
        hub_tool t;
        t.name = std::move(tool.name);
        t.title = std::move(tool.title);
        t.description = std::move(tool.description);
        out.tools.push_back(std::move(t));
    }
    return out;
}

flow<std::vector<hub_integration>> list_for(std::shared_ptr<hub_site> site, std::string user)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    auto all = co_await list_integrations(std::move(user));
    if (!all)
        co_return all.error();
    std::vector<hub_integration> out;
    for (auto& i : *all)
        out.push_back(shown(*site, std::move(i), time->wall));
    co_return out;
}

flow<session> open_for(std::shared_ptr<hub_core> hub, std::string user, std::string id)
{
    auto kept = co_await load_integration(std::move(id), std::move(user));
    if (!kept)
        co_return kept.error();
    if (kept->at == 0 || !kept->value.connected_at)
        co_return failure(errc::login_required).where(stage::store);
    login_params params = login_of(*hub->site, kept->value);
    auto memory = co_await open_integration(hub->site, std::move(kept->value), hub->core->flows());
    if (!memory)
        co_return memory.error();
    co_return session(std::make_shared<const session_state>(
        hub->core, grant(*(*memory)->granted()), std::move(params)
    ));
}

} // namespace

std::ptrdiff_t hub_core::watchers_of(const std::string& user) const
{
    return std::count_if(watchers.begin(), watchers.end(), [&](const auto* w) {
        return w->user() == user;
    });
}

void hub_core::changed(const std::string& user)
{
    for (auto* w : watchers)
    {
        if (w->user() == user)
            w->wake();
    }
}

void hub_core::list_tools(const std::string& id, const std::string& user)
{
    auto self = shared_from_this();
    launch<nothing>(
        core,
        deadline_of_looks,
        list_integration_tools(site, id, user, core->flows()),
        handler_of<nothing>([self, user](error_code) {
            if (!self->core->abandoned())
                asio::dispatch(self->core->strand(), [self, user] { self->changed(user); });
        }),
        nullptr
    );
}

void start_hub(
    const std::shared_ptr<client_core>& core,
    handler_of<http_response> handler,
    diagnostics* info,
    std::shared_ptr<hub_core> hub,
    hub_request request,
    hub_user user
)
{
    launch(
        core,
        deadline,
        handle(std::move(hub), std::move(request), std::move(user), core->flows()),
        std::move(handler),
        info
    );
}

void start_hub_list(
    const std::shared_ptr<client_core>& core,
    handler_of<std::vector<hub_integration>> handler,
    diagnostics* info,
    std::shared_ptr<hub_core> hub,
    std::string user
)
{
    launch(core, deadline_of_looks, list_for(hub->site, std::move(user)), std::move(handler), info);
}

void start_hub_open(
    const std::shared_ptr<client_core>& core,
    handler_of<session> handler,
    diagnostics* info,
    std::shared_ptr<hub_core> hub,
    std::string user,
    std::string id
)
{
    launch(
        core,
        deadline_of_looks,
        open_for(std::move(hub), std::move(user), std::move(id)),
        std::move(handler),
        info
    );
}

} // namespace asioauth::detail

namespace asioauth {

hub::hub(const client& through, hub_settings settings)
    : executor_(through.get_executor())
    , core_(through.core())
    , hub_(std::make_shared<detail::hub_core>(through.core(), std::move(settings)))
{}

} // namespace asioauth
