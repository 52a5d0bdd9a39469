// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/describer.hpp>
#include <asioauth/html_reader.hpp>

#include <boost/asio/deferred.hpp>

#include <utility>

// For programs that link asioauth::hub.

namespace asioauth {

/** Describe the provider of a URL, its web page included.

    The same as describer::async_describe of a describer of `through` with read_html_head(): what is
    said there of `params` and of everything else holds here.

    @code
    auto profile = co_await asioauth::async_describe(client, "https://mcp.example/mcp");
    @endcode
*/
template <class CompletionToken = boost::asio::deferred_t>
auto async_describe(
    const client& through, describe_params params, CompletionToken&& token = CompletionToken()
)
{
    return describer(through, &read_html_head)
        .async_describe(std::move(params), std::forward<CompletionToken>(token));
}

/// The same; what went wrong is written to `info` before the handler runs. `info` must live until
/// completion.
template <class CompletionToken = boost::asio::deferred_t>
auto async_describe(
    const client& through,
    describe_params params,
    diagnostics& info,
    CompletionToken&& token = CompletionToken()
)
{
    return describer(through, &read_html_head)
        .async_describe(std::move(params), info, std::forward<CompletionToken>(token));
}

} // namespace asioauth
