// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "mcp_client.hpp"

#include <asioauth/protocol/challenge.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <utility>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view name = "asioauth";
constexpr std::string_view version = ASIOAUTH_TOOL_VERSION;
// Far more than any server has; a server that never ends its list must not keep us for ever.
constexpr std::size_t most_pages = 100;

failure in_place(failure f, const url& where)
{
    return f.where(stage::resource).url(where.without_query());
}

/// What the server says about the token: nothing if it took it.
result<void> check_access(const http_response& response, const session& login)
{
    if (response.status() != 401 && response.status() != 403)
        return {};
    const auto challenge = read_bearer_challenge(response);
    const bool wants_scope = challenge && challenge->error == "insufficient_scope";
    failure f(
        wants_scope                    ? errc::insufficient_scope
            : !login.has_token()       ? errc::login_required
            : response.status() == 401 ? errc::invalid_token
                                       : errc::http_status_unexpected
    );
    f.http_status(response.status());
    if (challenge)
        f.server_error(challenge->error).server_message(challenge->error_description);
    if (wants_scope && !challenge->scope.empty())
        f.hint("Try again with --scope \"" + challenge->scope + "\".");
    return f;
}

} // namespace

mcp_client::mcp_client(session login) : login_(std::move(login)) {}

asio::awaitable<result<http_response>> mcp_client::send(http_request request)
{
    diagnostics info;
    auto [ec, response] = co_await login_.async_send(std::move(request), info, as_tuple);
    if (ec)
        co_return failure(ec, info);
    if (auto allowed = check_access(response, login_); !allowed)
        co_return in_place(allowed.error(), login_.requested());
    result<http_response> out(std::move(response));
    co_return out;
}

asio::awaitable<result<void>> mcp_client::open()
{
    const url& where = login_.requested();
    auto request =
        mcp::make_discover_request(request_kind::resource, where, name, version, ++last_id_);
    auto response = co_await send(std::move(request));
    if (!response)
        co_return response.error();
    if (!mcp::needs_initialize(*response, last_id_))
    {
        auto answer = mcp::read_discover_response(*response, last_id_);
        if (!answer)
            co_return in_place(answer.error(), where);
        server_ = std::move(*answer);
        co_return result<void>();
    }

    request =
        mcp::make_initialize_request(request_kind::resource, where, name, version, ++last_id_);
    response = co_await send(std::move(request));
    if (!response)
        co_return response.error();
    auto answer = mcp::read_initialize_response(*response, last_id_);
    if (!answer)
        co_return in_place(answer.error(), where);
    server_ = std::move(*answer);
    request = mcp::make_initialized_notification(where, server_);
    response = co_await send(std::move(request));
    if (!response)
        co_return response.error();
    co_return result<void>();
}

asio::awaitable<result<tool_list>> mcp_client::list()
{
    const url& where = login_.requested();
    tool_list out;
    std::string cursor;
    for (std::size_t page = 0; page != most_pages; ++page)
    {
        auto request =
            mcp::make_tools_list_request(where, server_, cursor, name, version, ++last_id_);
        auto response = co_await send(std::move(request));
        if (!response)
            co_return response.error();
        auto answer = mcp::read_tools_list_response(*response, last_id_);
        if (!answer)
            co_return in_place(answer.error(), where);
        for (auto& tool : answer->tools)
            out.tools.push_back(std::move(tool));
        for (auto& note : answer->notes)
            out.notes.push_back(std::move(note));
        cursor = std::move(answer->next_cursor);
        if (cursor.empty())
        {
            result<tool_list> whole(std::move(out));
            co_return whole;
        }
    }
    failure f(errc::mcp_response_invalid);
    f.message("The list of tools does not end.");
    co_return in_place(std::move(f), where);
}

asio::awaitable<result<std::string>> mcp_client::call(mcp::tool what, std::string arguments)
{
    const url& where = login_.requested();
    auto request =
        mcp::make_tools_call_request(where, server_, what, arguments, name, version, ++last_id_);
    if (!request)
        co_return in_place(request.error(), where);
    auto response = co_await send(std::move(*request));
    if (!response)
        co_return response.error();
    auto answer = mcp::read_tools_call_response(*response, last_id_);
    if (!answer)
        co_return in_place(answer.error(), where);
    co_return answer;
}

} // namespace asioauth::tool
