// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/body_stream.hpp>
#include <asioauth/client.hpp>
#include <asioauth/detail/initiate.hpp>
#include <asioauth/hub_integration.hpp>
#include <asioauth/hub_settings.hpp>
#include <asioauth/session.hpp>

#include <boost/asio/deferred.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace asioauth {

namespace detail {
class hub_core;
ASIOAUTH_DECL void start_hub_list(
    const std::shared_ptr<client_core>& core,
    handler_of<std::vector<hub_integration>> handler,
    diagnostics* info,
    std::shared_ptr<hub_core> hub,
    std::string user
);
ASIOAUTH_DECL void start_hub_open(
    const std::shared_ptr<client_core>& core,
    handler_of<session> handler,
    diagnostics* info,
    std::shared_ptr<hub_core> hub,
    std::string user,
    std::string id
);
ASIOAUTH_DECL void start_hub(
    const std::shared_ptr<client_core>& core,
    handler_of<http_response> handler,
    diagnostics* info,
    std::shared_ptr<hub_core> hub,
    hub_request request,
    hub_user user
);
} // namespace detail

/** @page hub_json The JSON of a hub

    For front ends of your own. A request wants JSON if its `Accept` has `application/json` and not
    `text/html`. What it sends is a form or a JSON object; the values of its members are texts
    (`"more": "1"`). Requests that write show the `csrf` of the list in the field `X-CSRF-Token` or as
    the member `csrf`, and all below `/use/` in the field, unless they show a credential
    (hub_user::by_credential). Times are seconds since 1970. More members may come; what is marked with
    `?` is left out where there is nothing to say. Texts are plain; names, titles, descriptions and
    `server_message` are the provider's own words: show them as text and believe nothing.

    | Request | Answer |
    |---|---|
    | `GET /` | 200 `{"version": 1, "csrf", "callback_url", "integrations": [INTEGRATION...]}`, in the order in which they were added, without what is not connected yet; `callback_url` is what to register with a client of one's own |
    | `POST /integrations` | 201 `{"version": 1, "integration": INTEGRATION}` with the status `added`, and the page of it as `Location`; show it, and connect or leave it |
    | `GET /integrations/ID`, `POST .../rename`, `POST .../tools` | 200 `{"version": 1, "integration": INTEGRATION}` |
    | `POST .../connect` | 200 `{"version": 1, "location"}`: go there, in the browser that gets this answer, whose `Set-Cookie` binds the login to it; it comes back to the hub's own page of the integration. Or the integration, if it needs no login: it is connected |
    | `POST .../disconnect`, `DELETE /integrations/ID` | 200 `{"version": 1, "disconnected": true, "revoked"}`; `revoked` is false if the server could not be told, or takes nothing back |
    | `GET /events` | see below |

    INTEGRATION:

    | Member | |
    |---|---|
    | `id` | 32 hexadecimal digits |
    | `url` | as the user gave it |
    | `name` | as the user calls it |
    | `title`, `description` | as the provider calls itself; may be empty |
    | `icon` ? | the path of a picture, at the hub's origin |
    | `status` | `added`, `connected`, `expiring`, `login_required`, `more_needed` or `failed`: see integration_status |
    | `status_text` | the same in a few English words |
    | `needs_login` | whether connecting it leads to an authorization server |
    | `issuer` ? | that server, if it does: the one that the user is about to trust |
    | `needs_client` | whether the server registers no clients, so that the user has to register one by hand, with the callback URL, and send its `client_id` |
    | `callback_url` ? | what to register; while it is `added` |
    | `permissions` ? | what will be asked for, while it is `added`: `[{"scope", "words"}...]`, with `words` for people |
    | `scope` | what was granted, with blanks between; may be empty |
    | `needed_scope`, `needed_by` ? | what was missing, and the call that it was missing for: connect with `more` to ask for it |
    | `problem` ? | PROBLEM: why it is not as it should be |
    | `connected_at` ? | when it was |
    | `use_url` ? | where programs call it, once it was connected |
    | `ends_at` ? | when its login ends, if that cannot be renewed |
    | `tools` | `[{"name", "title", "description"}...]`; empty before they were listed |
    | `tools_at` ? | when they were listed |
    | `tools_note` ? | why there are none, in words |

    PROBLEM is `{"stage", "code", "message", "hint", "server_message"?}`: the step that failed, as
    name_of(stage); the error, as name_of(errc); what happened and what to do, in words; and what the
    other server said.

    What fails is answered with `{"error": PROBLEM}`. There `stage` may be missing, `url` and `status`
    are those of the request that the hub has sent, if it is about one, and `code` is one of these where
    it is no errc: `not_found` (404, also for what is another user's), `form_expired` (403: no `csrf`, or
    that of another sign-in; get the list again), `request_invalid` and `name_missing` (400),
    `request_too_large` (413), `too_many_at_once` (429: see hub_settings::most_looks,
    hub_settings::most_calls and hub_settings::most_streams).

    Errors of errc come with 400 for what was asked wrongly, 403 where the
    user has to log in or to give a permission, or the site does not allow it, 502 if the other server
    is not to be had or not to be believed, 503 if the store or the hub is out of order, and 504 if
    it took too long. Below `/use/` an answer of 403 has `"visit"` beside `"error"`, if the user can do
    something about it: the page to open. Not in JSON are the answers to who is not signed in (401), to
    methods that an address does not take (405), and to the 17th stream of events of one user (429).

    `GET /events` is a stream of server-sent events. At once, and whenever one of its values has
    changed, there is an event `badges`; its data is an array of what the list has,
    `[{"id", "status", "status_text", "tools_at"}...]` with `tools_at` 0 if its tools were never
    listed. What is not in it any more was disconnected. Comments in between say that the hub is
    still there.
*/

/** A page, and a JSON API behind it, on which the users of a program add integrations by their URL:
    they see who it is, log in, and the program has a credential that works and stays fresh.

    It is mounted below any path of any web server: hand it the requests there, and say whose they
    are. Include `asioauth/hub_beast.hpp` for servers on Boost.Beast, or use @ref hub_server.

    @code
    asioauth::hub hub(client, "https://app.example/integrations");

    // `session` is what your site keeps of a sign-in: another one, with another id, after each.
    asioauth::hub_user user(session.user_id);
    user.name(session.user_name).sign_in(session.id);
    auto response = co_await hub.async_handle(request, user);
    @endcode

    Below the base URL there are, as pages and, for requests that accept `application/json` and not
    `text/html`, as JSON objects (see @ref hub_json):

    | Request | Does |
    |---|---|
    | `GET /` | the list; as a page with `?url=...`, which is filled in as the address to add |
    | `POST /integrations` with `url`, `client_id`, `client_secret`, `scope` | look it up; it is kept for an hour, for the user to decide |
    | `GET /integrations/ID` | one of them |
    | `POST /integrations/ID/connect`, with `client_id`, `client_secret`, `scope` to change them (an empty `client_id` gives the client up), with `more=1` for what it was refused | begin the login: `location` is where the browser has to go, in the same browser |
    | `GET /callback`, `POST /callback` (hub_settings::form_post) | finish the login |
    | `POST /integrations/ID/tools` | list its tools |
    | `POST /integrations/ID/rename` with `name` | |
    | `POST /integrations/ID/disconnect`, `DELETE /integrations/ID` | revoke and forget |
    | `GET /events` | statuses as they change, as server-sent events |
    | `GET /metrics` | what the client has done, for Prometheus; if hub_settings::metrics_token or hub_settings::allow_metrics says for whom |
    | any method, `/use/ID/...` | the integration itself, called with the user's token; its event streams end when it is disconnected at this node |
    | `GET /client-metadata.json` | the client's metadata document, for client_settings::client_metadata_url |

    What it keeps is in the client's store, so that every node with the same store can answer every
    request. It may outlive its client, whose operations then complete with errc::client_closed.

    @par Executor
    Operations work on a strand of the client's executor. Handlers run on their associated executor,
    by default get_executor(), as if by `dispatch`, never inside the initiating function.
    @par Object lifetimes
    Parameters are copied or moved from. The hub may be destroyed.
    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: safe to use for operations, from any thread,
        unsafe to assign. Copies share one hub.
    @par Security
    No token is ever part of an answer. Users see and use what is theirs and nothing else. Writing
    requests need a token that only pages of the same sign-in have, as long as hub_user::sign_in is
    set: without it the token of a user is the same for ever. A login is finished in the browser and
    by the user that began it. Pages run no script but the hub's own, and need none for logging in.
    What an integration answers through `/use/` is marked so that no browser runs anything of it.
    @par Specification
    @li MCP 2026-07-28 authorization; RFC 9700 sections 2.1, 4.4 and 4.7
*/
class hub
{
public:
    /// That of the client.
    using executor_type = client::executor_type;

    /** Nothing is checked yet: a base URL that cannot be used is what every request ends with.
        @param through whose store, network, profile and hooks are used
        @param settings where it is mounted, and what its users may do
    */
    ASIOAUTH_DECL hub(const client& through, hub_settings settings);

    /// The executor of the client.
    executor_type get_executor() const noexcept { return executor_; }

    /** Answer a request.

        Whatever goes wrong with it is told in the answer. A response with http_response::events()
        goes on for as long as the peer reads: send what comes from there, in chunks, and destroy it
        when the connection ends.

        @param request as it was received: the target with the path that the hub is mounted at,
            every field, and the body in full
        @param user who sent it. An empty id says that nobody is signed in: then everything is
            answered with status 401 but the client's metadata document, what an authorization
            server posts to the callback, and the metrics for who may see them.
        @par Completion signature
        `void(asioauth::error_code, asioauth::http_response)`
        @par Completes when
        the head of the answer is there, and its body unless it goes on.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`: what was begun and cannot be taken back, such as the exchange
        of a code, is finished and kept all the same.
        @par Errors
        @li errc::redirect_uri_invalid the base URL of the settings cannot be used
        @li condition::cancelled, errc::client_closed, errc::deadline_exceeded (after 2 minutes)
        @li nothing that is wrong with the request, the user or an integration: that is an answer
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_handle(
        hub_request request, hub_user user, CompletionToken&& token = CompletionToken()
    ) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, http_response)>(
            detail::initiate<http_response, &detail::start_hub>(core_, executor_),
            token,
            nullptr,
            hub_,
            std::move(request),
            std::move(user)
        );
    }

    /** What a user has added and connected, for the program itself.

        What was looked up and not connected is left out. Asks the store and nobody else.

        @param user the identifier of the user, as in hub_user
        @par Completion signature
        `void(asioauth::error_code, std::vector<asioauth::hub_integration>)`, in the order in which
        they were added. On error the list is empty.
        @par Completes when
        @li the store has answered; or
        @li an error occurred or 20 s have passed.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`.
        @par Errors
        @li condition::storage
        @li condition::cancelled, errc::client_closed, errc::deadline_exceeded (after 20 s)
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_list(std::string user, CompletionToken&& token = CompletionToken()) const
    {
        return boost::asio::
            async_initiate<CompletionToken, void(error_code, std::vector<hub_integration>)>(
                detail::initiate<std::vector<hub_integration>, &detail::start_hub_list>(
                    core_, executor_
                ),
                token,
                nullptr,
                hub_,
                std::move(user)
            );
    }

    /** The session of an integration, for the program itself: it stays fresh, and never sends the user
        anywhere.

        Asks the store and nobody else; the session refreshes its token when it is used.

        @param user the identifier of the user, as in hub_user
        @param id of the integration, as in hub_integration
        @par Completion signature
        `void(asioauth::error_code, asioauth::session)`. On error the session is empty.
        @par Completes when
        @li the store has answered; or
        @li an error occurred or 20 s have passed.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`.
        @par Errors
        @li errc::login_required this user has no such integration, or has to log in again on its page
        @li condition::storage
        @li condition::cancelled, errc::client_closed, errc::deadline_exceeded (after 20 s)
        @par Security
        An id of another user's is answered like one that does not exist.
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto
    async_open(std::string user, std::string id, CompletionToken&& token = CompletionToken()) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, session)>(
            detail::initiate<session, &detail::start_hub_open>(core_, executor_),
            token,
            nullptr,
            hub_,
            std::move(user),
            std::move(id)
        );
    }

private:
    executor_type executor_;
    std::shared_ptr<detail::client_core> core_;
    std::shared_ptr<detail::hub_core> hub_;
};

} // namespace asioauth
