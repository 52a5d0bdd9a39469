// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/client.hpp>
#include <asioauth/describe_params.hpp>
#include <asioauth/detail/initiate.hpp>
#include <asioauth/protocol/html_head.hpp>
#include <asioauth/provider_profile.hpp>

#include <boost/asio/deferred.hpp>

#include <memory>
#include <utility>

namespace asioauth {

namespace detail {
ASIOAUTH_DECL void start_describe(
    const std::shared_ptr<client_core>& core,
    handler_of<provider_profile> handler,
    diagnostics* info,
    html_head_reader read,
    describe_params params
);
} // namespace detail

/** Finds out how providers present themselves: name, description and icon, to show to a user beside
    the host of the URL before anybody is trusted.

    @code
    asioauth::describer describer(client, &asioauth::read_html_head);      // of asioauth::hub
    auto profile = co_await describer.async_describe("https://mcp.example/mcp");
    std::cout << profile.title << " at " << profile.host << '\n';
    @endcode

    With asioauth::hub, @ref async_describe is the same in one line. It may outlive its client, whose
    operations then complete with errc::client_closed.

    @par Executor
    Operations work on a strand of get_executor(). Handlers run on their associated executor, by
    default get_executor(), as if by `dispatch`, never inside the initiating function.
    @par Object lifetimes
    Parameters are copied or moved from. `info` must live until completion. The describer may be
    destroyed.
    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: safe to use for operations, from any thread,
        unsafe to assign.
    @par Exception safety
    Strong. Only allocation throws, and only from the initiating call.
*/
class describer
{
public:
    /// That of the client.
    using executor_type = client::executor_type;

    /// @param through whose network and provider policies are used
    /// @param read reads web pages; without one no page is looked at
    explicit describer(const client& through, html_head_reader read = nullptr)
        : executor_(through.get_executor())
        , core_(through.core())
        , read_(read)
    {}

    /// The executor of the client.
    executor_type get_executor() const noexcept { return executor_; }

    /** Describe the provider of a URL.

        For each of name, description and icon the first of these counts that has one: what the MCP
        server says of itself (describe_params::identity), the OAuth metadata of the resource and of
        its authorization server (describe_params::found, or what is at the well-known places), the
        page at the root of the same host, and for the icon its `/favicon.ico`. Several pictures are
        tried until one can be shown.

        @param params the URL, what is known of it already, and for how long to look

        @par Completion signature
        `void(asioauth::error_code, asioauth::provider_profile)`. On error the value is
        default-constructed.
        @par Completes when
        @li everything was found or given up; or
        @li describe_params::timeout has passed: with what is there, and without an error; or
        @li the URL cannot be used, or the operation was cancelled.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`, at any time.
        @par Errors
        @li condition::usage the URL is none, or not https (http for a loopback host); a private
            network is not `address/length`
        @li condition::cancelled, errc::client_closed
        @li never that something cannot be reached, read or shown: it is left out
        @par Security
        All requests are GET without credentials, cookies and `Referer`, through the client's guarded
        connector. Redirects of pages and icons may lead to other https origins; neither they nor
        anything in a page or a document leads to this machine or into a private network that the
        parameters do not name. Where a resource says that its authorization server is, the metadata
        of that is asked for too (describe_params::look_for_metadata). The first 64 KiB of a page are
        read. What a picture is is decided by its bytes; SVG is left out. See @ref provider_profile
        for what may be believed: the host.
        @par Specification
        @li MCP 2025-11-25 and later, schema: `Implementation`, `Icon`
        @li RFC 9728 section 2; RFC 8414 section 2; HTML, "The link element"
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_describe(describe_params params, CompletionToken&& token = CompletionToken()) const
    {
        return initiate_describe(nullptr, std::move(params), token);
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_describe(
        describe_params params, diagnostics& info, CompletionToken&& token = CompletionToken()
    ) const
    {
        return initiate_describe(&info, std::move(params), token);
    }

private:
    template <class CompletionToken>
    auto initiate_describe(diagnostics* info, describe_params params, CompletionToken& token) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, provider_profile)>(
            detail::initiate<provider_profile, &detail::start_describe>(core_, executor_),
            token,
            info,
            read_,
            std::move(params)
        );
    }

    executor_type executor_;
    std::shared_ptr<detail::client_core> core_;
    html_head_reader read_;
};

} // namespace asioauth
