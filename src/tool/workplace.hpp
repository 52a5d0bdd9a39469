// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "options.hpp"
#include "output.hpp"
#include "progress.hpp"

#include <asioauth/client.hpp>
#include <asioauth/proxy_settings.hpp>
#include <asioauth/store.hpp>
#include <asioauth/transport.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::tool {

// Inside co_await expressions there are only named objects and setters, never braces, capturing
// lambdas or conditionals that make a class: g++ 12 destroys such temporaries twice.
constexpr auto as_tuple = boost::asio::as_tuple(boost::asio::use_awaitable);

/** An operation of a port as something to wait for.
    @param start is called with the handler
*/
template <class T, class Start>
boost::asio::awaitable<result<T>> of_port(Start start)
{
    auto initiation = [&start](auto handler) {
        boost::asio::any_completion_handler<void(result<T>)> erased(std::move(handler));
        start(std::move(erased));
    };
    co_return co_await boost::asio::async_initiate<
        const boost::asio::use_awaitable_t<>,
        void(result<T>)>(initiation, boost::asio::use_awaitable);
}

/// What every command works with. Not moved: the client refers to parts of it.
class workplace
{
public:
    workplace(boost::asio::io_context& context, options what) : io(context), given(std::move(what))
    {}
    workplace(const workplace&) = delete;
    workplace& operator=(const workplace&) = delete;

    boost::asio::io_context& io;
    options given;
    progress steps;
    std::vector<event> events; ///< what happened so far
    bool may_step_up = false;  ///< asked by the client when a request needs more scopes
    std::optional<step_up_request> stepping_up; ///< what was asked for last
    std::shared_ptr<asioauth::store> kept;      ///< null: nothing is kept
    bool leave_store_alone = false; ///< doctor: opening it would change the modes of files
    result<proxy_settings> proxy = proxy_settings(); ///< as the environment has it
    std::shared_ptr<asioauth::transport> network;
    /// Names of fields that the user has added to a request, in small letters; trace hides them.
    std::shared_ptr<std::vector<std::string>> added_fields =
        std::make_shared<std::vector<std::string>>();
    client_settings settings;
    std::unique_ptr<asioauth::client> client;
    std::unique_ptr<asioauth::client> second; ///< of a login on another device, beside the first
};

/// Send a request as it is, beside the client.
boost::asio::awaitable<result<http_response>> send(workplace& at, http_request request);
/// Delete a record, if it is still what it was.
boost::asio::awaitable<result<generation>> remove(workplace& at, record_key key, generation seen);

/// What cannot be right whatever the server says, so that nobody logs in for nothing.
result<void> check(const options& given);
/// Make store, network and client.
/// @param may_make_store or else a file that is not there is taken for an empty one
result<void> set_up(workplace& at, bool may_make_store);

discover_params discover_params_for(const options& given);
login_params login_params_for(const options& given);

/// All logins that are kept, in the order of the store.
/// @param account whose; nothing: everybody's
boost::asio::awaitable<result<std::vector<kept_login>>>
kept_logins(workplace& at, std::optional<std::string> account);
/// The same of the account that the options name; everybody's if they name none.
boost::asio::awaitable<result<std::vector<kept_login>>> kept_logins(workplace& at);
/// The one login that the options name; errc::login_required if it is not there.
boost::asio::awaitable<result<kept_login>> kept_login_for(workplace& at);
/// Whose logins are kept at the URL of the options, if not the account's; empty if nobody's.
boost::asio::awaitable<std::string> other_accounts(workplace& at);
/// Every record of a kind.
boost::asio::awaitable<result<std::vector<listed_record>>>
records(std::shared_ptr<store> from, record_filter which);

/// Why tokens that the server has issued were not kept; nothing if they were.
error_code what_was_not_stored(const workplace& at);

/// Whether the user may be sent somewhere by a command that has another purpose: at a terminal, or
/// if the command line itself says how.
bool may_ask_user(const options& given);
/// The same by `login`, where a setting or the variable BROWSER says it as well.
bool may_log_in(const options& given);
/// A login: kept, or else, with `interactive`, a new one.
boost::asio::awaitable<result<session>> open_session(workplace& at, bool interactive);

using command_run = boost::asio::awaitable<outcome>;

command_run discover(workplace& at);
command_run register_client(workplace& at);
command_run login(workplace& at);
command_run token(workplace& at);
command_run refresh(workplace& at);
command_run request(workplace& at);
command_run tools(workplace& at);
command_run list(workplace& at);
command_run show(workplace& at);
command_run logout(workplace& at, bool must_revoke);
command_run doctor(workplace& at);
command_run serve(workplace& at);

} // namespace asioauth::tool
