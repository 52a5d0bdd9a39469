// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "client_core.hpp"

#include "flow/flow_op.hpp"
#include "protocol/openssl_setup.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace asioauth::detail {
namespace {

flow_settings flow_settings_of(const client_settings& settings)
{
    flow_settings out;
    out.profile = settings.profile();
    out.redirect = settings.redirect();
    out.pre_registered = settings.registrations();
    out.client_metadata_url = settings.client_metadata_url();
    out.providers = settings.providers().value_or(provider_policies::known());
    out.dpop = settings.dpop();
    out.choose_server = settings.choose_server();
    out.scope_filter = settings.scope_filter();
    out.allow_step_up = settings.allow_step_up();
    out.lease = std::clamp<std::chrono::milliseconds>(
        settings.refresh_lease(), std::chrono::milliseconds(100), std::chrono::minutes(10)
    );
    out.memory->documents =
        document_cache(settings.metadata_cache_size(), settings.metadata_max_age());
    return out;
}

} // namespace

client_core::client_core(boost::asio::any_io_executor ex, const client_settings& settings)
    : executor_(std::move(ex))
    , erased_executor_(executor_)
    , home_(home_executor::serial(executor_))
    , transport_(settings.transport())
    , listener_(settings.listener())
    , agent_(settings.user_agent())
    , store_(settings.store())
    , on_event_(settings.on_event())
    , flows_(flow_settings_of(settings))
    , ready_(std::make_shared<ready_flows>(home_))
{
    set_up_openssl();
    if (!transport_)
        transport_ = std::make_shared<http_client>(home_, settings.http());
    if (!listener_)
        listener_ = std::make_shared<loopback_listener>(home_);
    if (!agent_)
        agent_ = std::make_shared<browser>(home_, settings.browser());
    if (!store_)
        store_ = std::make_shared<memory_store>(home_);
}

void client_core::tell(const event& e) const noexcept
{
    if (!on_event_)
        return;
    try
    {
        on_event_(e);
    }
    catch (...)
    {
        // Who watches must not be able to stop what is watched; settings say that it must not
        // throw.
        return;
    }
}

metrics client_core::measured() const
{
    metrics out = flows_.memory->counts.now();
    out.documents = flows_.memory->documents.counts().now();
    if (transport_)
        out.network = transport_->metrics();
    return out;
}

client_core::operation_list::iterator client_core::enter(const std::shared_ptr<flow_op_base>& op)
{
    return operations_.insert(operations_.end(), op);
}

void client_core::leave(operation_list::iterator op)
{
    operations_.erase(op);
    if (closed_ && operations_.empty())
        release();
}

void client_core::close()
{
    if (closed_)
        return;
    closed_ = true;
    const auto keep_alive = shared_from_this();
    const auto operations = operations_;
    for (const auto& entry : operations)
    {
        if (auto op = entry.lock())
            op->owner_closed();
    }
    if (operations_.empty())
        release();
}

void client_core::abandon()
{
    const auto keep_alive = shared_from_this();
    on_event_ = nullptr; // what it refers to may be gone
    close();
    const auto operations = operations_;
    for (const auto& entry : operations)
    {
        if (auto op = entry.lock())
            op->abandon();
    }
    release();
    ready_->abandon();
    // A session or a deferred operation may hold this object longer than the context lives: let go
    // of all that stands on it.
    transport_.reset();
    listener_.reset();
    agent_.reset();
    store_.reset();
    home_ = home_executor();
    erased_executor_ = boost::asio::any_completion_executor();
    executor_ = boost::asio::any_io_executor();
}

void client_core::release()
{
    if (released_)
        return;
    released_ = true;
    listener_->close();
    transport_->close();
}

} // namespace asioauth::detail
