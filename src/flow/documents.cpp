// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Documents from memory or from their servers, and what to do when they have turned out to be wrong.

#include "flow/flows.hpp"

namespace asioauth::detail {
namespace {

// What says more of the flow that asked than of the server: the next one has to ask itself.
bool is_of_asker(const failure& f)
{
    return f.code() == condition::cancelled || f.code() == errc::deadline_exceeded
        || f.code() == errc::client_closed || f.code() == errc::out_of_memory
        || f.code() == errc::internal_error;
}

// An answer, and whether it is good for others who have waited for it.
class answered
{
public:
    answered() = default;

    std::shared_ptr<document> what;
    bool for_all = true;
};

flow<answered>
ask_server(stage where, http_request request, const std::string& key, const document_source& from)
{
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the request is moved
    const url asked = request.target();
    document_cache& all = from.memory->documents;
    bool conditional = !from.fresh;
    for (;;)
    {
        http_request get;
        std::shared_ptr<document> before;
        if (conditional && all.has_validator(key))
        {
            // NOLINTNEXTLINE(bugprone-use-after-move): what is moved is asked without condition, once
            get = request;
            before = all.make_conditional(key, get);
        }
        else
        {
            get = std::move(request);
        }
        if (from.fresh)
            get.field("Cache-Control", "no-cache"); // whoever else remembers it on the way
        auto time = co_await act::now();
        if (!time)
            co_return time.error();
        auto response = co_await fetch(act::send(where, std::move(get)));
        if (!response)
            co_return response.error();
        answered out;
        if (response->status() != 304)
        {
            out.what = std::make_shared<document>(std::move(*response));
            out.for_all = all.put(key, out.what, *time);
            co_return out;
        }
        if (!before)
        {
            failure wrong(errc::http_status_unexpected);
            wrong.where(where).url(asked.without_query()).http_status(304);
            wrong.message("The server says that a document has not changed which it was not asked "
                          "about.");
            co_return wrong;
        }
        const auto renewed = all.renew(key, before, *response, *time);
        if (renewed)
        {
            out.what = std::move(before);
            out.for_all = *renewed;
            co_return out;
        }
        // It means another one than we have.
        all.forget(key, *before);
        conditional = false;
    }
}

bool same_endpoints(const discovery& a, const discovery& b)
{
    const auto& x = a.server;
    const auto& y = b.server;
    return a.login == b.login && a.resource == b.resource && x.issuer == y.issuer
        && x.authorization_endpoint == y.authorization_endpoint
        && x.token_endpoint == y.token_endpoint
        && x.registration_endpoint == y.registration_endpoint
        && x.pushed_authorization_request_endpoint == y.pushed_authorization_request_endpoint
        && x.device_authorization_endpoint == y.device_authorization_endpoint
        && x.authorization_response_iss_parameter_supported
        == y.authorization_response_iss_parameter_supported;
}

} // namespace

flow<found_document> find_document(
    stage where, const std::string& subject, http_request request, const document_source& from
)
{
    document_cache& all = from.memory->documents;
    found_document out;
    out.key = document_cache::key_of(subject, request);
    if (!from.fresh)
    {
        auto time = co_await act::now();
        if (!time)
            co_return time.error();
        out.what = all.find(out.key, *time);
        if (out.what)
        {
            out.remembered = true;
            all.counts().hits.add();
            co_await tell(event::kind::note, where, from_memory, request.target());
            co_return out;
        }
    }

    all.counts().misses.add();
    // Whoever comes meanwhile waits for this answer, and is told it.
    const auto flight = all.join(out.key);
    const std::string turn = flight->name();
    auto mine = co_await act::take_turn(turn);
    if (!mine)
        co_return mine.error();
    const bool others = flight->has_landed();
    if (!others)
    {
        auto got = co_await ask_server(where, std::move(request), out.key, from);
        if (!got && is_of_asker(got.error()))
        {
            co_await give_back(turn);
            co_return got.error();
        }
        if (got)
            flight->land(std::move(got->what), got->for_all);
        else
            flight->land(got.error(), true);
    }
    co_await give_back(turn);
    if (others && !flight->for_all())
    {
        // NOLINTNEXTLINE(bugprone-use-after-move): moved on the other way only
        auto own = co_await ask_server(where, std::move(request), out.key, from);
        if (!own)
            co_return own.error();
        out.what = std::move(own->what);
        co_return out;
    }
    if (others)
    {
        all.counts().shared.add();
        co_await tell(
            event::kind::note, where, "another operation has just asked:", request.target()
        );
    }
    if (!flight->outcome())
        co_return flight->outcome().error();
    out.what = *flight->outcome();
    co_return out;
}

bool may_be_outdated(const failure& why)
{
    const int status = why.info().http_status();
    const bool of_endpoint = why.info().where() == stage::registration
        || why.info().where() == stage::authorization || why.info().where() == stage::token;
    const bool gone = status == 404 || status == 405 || status == 410
        || (status == 0 && why.code() == condition::unreachable);
    return (of_endpoint && gone) || why.code() == errc::issuer_parameter_missing
        || why.code() == errc::issuer_parameter_mismatch;
}

flow<nothing> doubt_documents(const discovery& found, flow_memory& memory)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    document_cache& all = memory.documents;
    bool forgotten = all.doubt(found.server.issuer, *time);
    if (!found.requested.empty())
        forgotten = all.doubt(found.requested.origin(), *time) || forgotten;
    if (found.resource_document)
    {
        for (const auto& issuer : found.resource_document->authorization_servers)
            forgotten = all.doubt(issuer, *time) || forgotten;
    }
    if (forgotten)
        co_await tell(
            event::kind::note,
            stage::server_metadata,
            "the documents that led here may be out of date and are forgotten"
        );
    co_return nothing();
}

flow<std::optional<discovery>> discover_again(
    const discovery& before, const discover_params& params, const flow_settings& settings
)
{
    auto now = co_await discover(params, settings);
    if (!now && now.error().code() == condition::cancelled)
        co_return now.error();
    // What is wrong now tells the user less than what was wrong before.
    if (!now || now->login == login_support::none || same_endpoints(before, *now))
        co_return std::optional<discovery>();
    co_await tell(
        event::kind::note,
        stage::server_metadata,
        "the authorization server has changed: ",
        now->server.issuer
    );
    co_return std::optional<discovery>(std::move(*now));
}

} // namespace asioauth::detail
