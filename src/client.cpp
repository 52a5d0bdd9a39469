// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "client_core.hpp"
#include "flow/flow_op.hpp"
#include "session_state.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/steady_timer.hpp>

#include <mutex>

namespace asioauth {

client_settings::client_settings()
    : http_(std::make_unique<http_client_settings>())
    , browser_(std::make_unique<browser_settings>())
{
    profile_.client_name("asioauth");
}

client_settings::client_settings(const client_settings& other)
    : profile_(other.profile_)
    , redirect_(other.redirect_)
    , pre_registered_(other.pre_registered_)
    , on_event_(other.on_event_)
    , client_metadata_url_(other.client_metadata_url_)
    , providers_(other.providers_)
    , dpop_(other.dpop_)
    , choose_server_(other.choose_server_)
    , scope_filter_(other.scope_filter_)
    , allow_step_up_(other.allow_step_up_)
    , refresh_lease_(other.refresh_lease_)
    , metadata_cache_size_(other.metadata_cache_size_)
    , metadata_max_age_(other.metadata_max_age_)
    , store_(other.store_)
    , user_agent_(other.user_agent_)
    , transport_(other.transport_)
    , listener_(other.listener_)
    , http_(std::make_unique<http_client_settings>(*other.http_))
    , browser_(std::make_unique<browser_settings>(*other.browser_))
{}

client_settings::client_settings(client_settings&& other) noexcept = default;

client_settings& client_settings::operator=(const client_settings& other)
{
    client_settings copy(other);
    *this = std::move(copy);
    return *this;
}

client_settings& client_settings::operator=(client_settings&& other) noexcept = default;
client_settings::~client_settings() = default;

client_settings& client_settings::http(const http_client_settings& v)
{
    *http_ = v;
    return *this;
}

client_settings& client_settings::browser(const browser_settings& v)
{
    *browser_ = v;
    return *this;
}

namespace detail {
namespace {

/** Knows the clients of one execution context, so that a context which is destroyed with operations
    pending frees them: handlers that wait inside an adapter are not in the context's own queues,
    and would keep their client alive for ever.
*/
class client_registry final : public boost::asio::execution_context::service
{
public:
    using key_type = client_registry;

    inline static boost::asio::execution_context::id id;

    explicit client_registry(boost::asio::execution_context& context) : service(context) {}

    void add(const std::shared_ptr<client_core>& core)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        cores_.remove_if([](const std::weak_ptr<client_core>& c) { return c.expired(); });
        cores_.push_back(core);
    }

private:
    void shutdown() override
    {
        std::list<std::weak_ptr<client_core>> cores;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            cores.swap(cores_);
        }
        for (const auto& weak : cores)
        {
            if (auto core = weak.lock())
                core->abandon();
        }
    }

    std::mutex mutex_;
    std::list<std::weak_ptr<client_core>> cores_;
};

constexpr std::chrono::seconds server_deadline(60);

flow<discovery> found_for(discover_params params, const flow_settings& settings)
{
    co_return co_await discover(params, settings);
}

flow<token_set> tokens_alone(
    discovery found, registration client, token_params params, const flow_settings& settings
)
{
    auto got = co_await request_tokens(found, std::move(client), params, settings);
    if (!got)
        co_return got.error();
    co_return std::move(got->tokens);
}

flow<token_set>
refreshed_alone(discovery found, registration client, token_set old, const flow_settings& settings)
{
    co_await commit_section(true);
    auto got = co_await refresh_tokens(found, std::move(client), old, settings);
    co_await commit_section(false);
    if (!got)
        co_return got.error();
    co_return std::move(got->tokens);
}

flow<nothing> deleted(discovery found, registration client)
{
    co_return co_await delete_registration(found, client);
}

} // namespace

void start_discover(
    const std::shared_ptr<client_core>& core,
    handler_of<discovery> handler,
    diagnostics* info,
    discover_params params
)
{
    const auto deadline = bounded(params.timeout());
    launch(
        core,
        deadline,
        found_for(std::move(params), core->flows()),
        std::move(handler),
        info,
        operation_kind::discover
    );
}

void start_register(
    const std::shared_ptr<client_core>& core,
    handler_of<registration> handler,
    diagnostics* info,
    discovery found,
    register_params params
)
{
    const auto deadline = bounded(params.timeout());
    launch(
        core,
        deadline,
        keeping(&obtain_registration, core->flows(), std::move(found), std::move(params)),
        std::move(handler),
        info,
        operation_kind::register_client
    );
}

void start_authorize(
    const std::shared_ptr<client_core>& core,
    handler_of<authorization_code> handler,
    diagnostics* info,
    discovery found,
    registration client,
    authorize_params params
)
{
    launch(
        core,
        server_deadline,
        keeping(&authorize, core->flows(), std::move(found), std::move(client), std::move(params)),
        std::move(handler),
        info,
        operation_kind::authorize
    );
}

void start_exchange(
    const std::shared_ptr<client_core>& core,
    handler_of<token_set> handler,
    diagnostics* info,
    discovery found,
    registration client,
    authorization_code code
)
{
    launch(
        core,
        server_deadline,
        keeping(&exchange, core->flows(), std::move(found), std::move(client), std::move(code)),
        std::move(handler),
        info,
        operation_kind::exchange
    );
}

void start_login(
    const std::shared_ptr<client_core>& core,
    handler_of<session> handler,
    diagnostics* info,
    login_params params
)
{
    const auto deadline = bounded(params.timeout());
    launch(
        core,
        deadline,
        open_session(core, std::move(params)),
        std::move(handler),
        info,
        operation_kind::login
    );
}

void start_send(
    const std::shared_ptr<client_core>& core,
    handler_of<http_response> handler,
    diagnostics* info,
    std::shared_ptr<const session_state> session,
    http_request request
)
{
    const auto deadline = bounded(session->memory()->params().timeout());
    launch(
        core,
        deadline,
        keeping(&authorised_request, core->flows(), session->memory(), std::move(request)),
        std::move(handler),
        info,
        operation_kind::send
    );
}

void start_token(
    const std::shared_ptr<client_core>& core,
    handler_of<access_token> handler,
    diagnostics* info,
    std::shared_ptr<const session_state> session,
    std::chrono::seconds min_ttl,
    secret refused
)
{
    min_ttl =
        std::clamp<std::chrono::seconds>(min_ttl, std::chrono::seconds(0), std::chrono::hours(24));
    const auto& memory = session->memory();
    const auto with = memory->granted();
    const bool good = !with->tokens.access_token.empty() && !(with->tokens.access_token == refused)
        && !with->tokens.expires_within(min_ttl, std::chrono::system_clock::now());
    if (good && !memory->logged_out())
    {
        // Most calls end here: no strand, no flow.
        home_handler<access_token> home(
            std::move(handler), info, core->executor(), core->erased_executor()
        );
        flow_outcome<access_token> now;
        now.emplace(token_of(*with));
        home.complete(std::move(now));
        return;
    }
    launch(
        core,
        server_deadline,
        keeping(&fresh_token, core->flows(), memory, min_ttl, std::move(refused)),
        std::move(handler),
        info,
        operation_kind::token
    );
}

void start_logout(
    const std::shared_ptr<client_core>& core,
    handler_of<logout_outcome> handler,
    diagnostics* info,
    std::shared_ptr<const session_state> session,
    logout_params params
)
{
    const auto deadline = bounded(params.timeout());
    launch(
        core,
        deadline,
        keeping(&logout, core->flows(), session->memory(), params),
        std::move(handler),
        info,
        operation_kind::logout
    );
}

void start_request_token(
    const std::shared_ptr<client_core>& core,
    handler_of<token_set> handler,
    diagnostics* info,
    discovery found,
    registration client,
    token_params params
)
{
    const auto deadline = bounded(params.timeout());
    launch(
        core,
        deadline,
        tokens_alone(std::move(found), std::move(client), std::move(params), core->flows()),
        std::move(handler),
        info,
        operation_kind::request_token
    );
}

void start_refresh(
    const std::shared_ptr<client_core>& core,
    handler_of<token_set> handler,
    diagnostics* info,
    discovery found,
    registration client,
    token_set old
)
{
    launch(
        core,
        server_deadline,
        refreshed_alone(std::move(found), std::move(client), std::move(old), core->flows()),
        std::move(handler),
        info,
        operation_kind::refresh
    );
}

void start_revoke(
    const std::shared_ptr<client_core>& core,
    handler_of<nothing> handler,
    diagnostics* info,
    discovery found,
    registration client,
    secret token,
    token_hint hint
)
{
    launch(
        core,
        server_deadline,
        keeping(
            &revoke, core->flows(), std::move(found), std::move(client), std::move(token), hint
        ),
        std::move(handler),
        info,
        operation_kind::revoke
    );
}

void start_introspect(
    const std::shared_ptr<client_core>& core,
    handler_of<introspection> handler,
    diagnostics* info,
    discovery found,
    registration client,
    secret token,
    token_hint hint
)
{
    launch(
        core,
        server_deadline,
        keeping(
            &introspect, core->flows(), std::move(found), std::move(client), std::move(token), hint
        ),
        std::move(handler),
        info,
        operation_kind::introspect
    );
}

void start_check_id_token(
    const std::shared_ptr<client_core>& core,
    handler_of<id_token_claims> handler,
    diagnostics* info,
    discovery found,
    registration client,
    token_set tokens,
    std::string nonce
)
{
    launch(
        core,
        server_deadline,
        keeping(
            &check_id_token,
            core->flows(),
            std::move(found),
            std::move(client),
            std::move(tokens),
            std::move(nonce)
        ),
        std::move(handler),
        info,
        operation_kind::check_id_token
    );
}

void start_read_registration(
    const std::shared_ptr<client_core>& core,
    handler_of<registration> handler,
    diagnostics* info,
    discovery found,
    registration client
)
{
    launch(
        core,
        server_deadline,
        keeping(&read_registration, core->flows(), std::move(found), std::move(client)),
        std::move(handler),
        info,
        operation_kind::manage_registration
    );
}

void start_update_registration(
    const std::shared_ptr<client_core>& core,
    handler_of<registration> handler,
    diagnostics* info,
    discovery found,
    registration client,
    client_profile profile
)
{
    launch(
        core,
        server_deadline,
        keeping(
            &update_registration,
            core->flows(),
            std::move(found),
            std::move(client),
            std::move(profile)
        ),
        std::move(handler),
        info,
        operation_kind::manage_registration
    );
}

void start_delete_registration(
    const std::shared_ptr<client_core>& core,
    handler_of<nothing> handler,
    diagnostics* info,
    discovery found,
    registration client
)
{
    launch(
        core,
        server_deadline,
        deleted(std::move(found), std::move(client)),
        std::move(handler),
        info,
        operation_kind::manage_registration
    );
}

} // namespace detail

metrics client::metrics() const
{
    return core_->measured();
}

client::client(executor_type ex, client_settings settings)
    : executor_(std::move(ex))
    , core_(std::make_shared<detail::client_core>(executor_, settings))
{
    auto& context = boost::asio::query(executor_, boost::asio::execution::context);
    // A context shuts its newest services down first. The registry has to be newer than those that
    // operations stand on (this makes the timers' and the reactor), so that cancelling them is still
    // possible then.
    const boost::asio::steady_timer makes_services(executor_);
    boost::asio::use_service<detail::client_registry>(context).add(core_);
}

client::~client()
{
    if (!core_->abandoned())
        core_->hop_later([core = core_] { core->close(); });
}

} // namespace asioauth
