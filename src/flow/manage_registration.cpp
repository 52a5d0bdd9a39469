// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <asioauth/protocol/registration_management.hpp>

namespace asioauth::detail {
namespace {

// What the server says of the client now. Its secret and its registration token may have changed
// with the answer, so that whoever asked has to get it.
flow<registration> ask_about(
    const discovery& found,
    const registration& client,
    const client_profile* updated,
    http_request request
)
{
    const url asked = request.target();
    auto response = co_await fetch(act::send(stage::registration, std::move(request)));
    if (!response)
        co_return response.error();
    auto now = read_registration_management_response(*response, found, client, updated);
    wipe_body(*response);
    if (now)
        co_return now;
    failure wrong = now.error();
    wrong.where(stage::registration).url(asked.without_query());
    co_return wrong;
}

// Whatever is stored of this client is replaced (or, with null, forgotten): the old secrets may
// not work any more.
flow<nothing> store_again(const registration& before, const registration* now)
{
    auto known = co_await stored_client(before);
    if (!known)
        co_return known.error();
    if (known->at == 0 || known->client.client_id != before.client_id)
        co_return nothing();
    std::optional<record> value;
    if (now != nullptr)
        value = make_record(*now);
    auto stored = co_await act::commit(known->key, known->at, std::move(value));
    if (stored || stored.error().code() == errc::store_conflict)
        co_return nothing();
    failure wrong = stored.error();
    wrong.where(stage::store);
    co_return wrong;
}

flow<registration> ask_and_store(
    const discovery& found,
    const registration& client,
    const client_profile* updated,
    http_request request,
    const flow_settings& settings
)
{
    // From here the old secrets may not work any more: to the end, whoever still waits for it.
    co_await commit_section(true);
    auto now = co_await ask_about(found, client, updated, std::move(request));
    if (!now)
    {
        co_await commit_section(false);
        co_return now.error();
    }
    attach_means(*now, settings);
    auto stored = co_await store_again(client, &*now);
    co_await commit_section(false);
    if (!stored)
        co_await tell(
            event::kind::note, stage::store, "the changed registration could not be stored"
        );
    co_return now;
}

} // namespace

flow<registration>
read_registration(const discovery& found, const registration& client, const flow_settings& settings)
{
    auto request = make_registration_read_request(found, client);
    if (!request)
        co_return request.error();
    co_return co_await ask_and_store(found, client, nullptr, std::move(*request), settings);
}

flow<registration> update_registration(
    const discovery& found,
    const registration& client,
    const client_profile& profile,
    const flow_settings& settings
)
{
    auto request = make_registration_update_request(found, client, profile);
    if (!request)
        co_return request.error();
    co_return co_await ask_and_store(found, client, &profile, std::move(*request), settings);
}

flow<nothing> delete_registration(const discovery& found, const registration& client)
{
    auto request = make_registration_delete_request(found, client);
    if (!request)
        co_return request.error();
    const url asked = request->target();
    co_await commit_section(true);
    auto response = co_await fetch(act::send(stage::registration, std::move(*request)));
    if (!response)
    {
        co_await commit_section(false);
        co_return response.error();
    }
    const auto deleted = read_registration_delete_response(*response);
    const bool gone = deleted || deleted.error().code() == errc::registration_gone;
    if (gone)
    {
        auto stored = co_await store_again(client, nullptr);
        co_await commit_section(false);
        if (!stored)
            co_return stored.error();
        co_await tell(event::kind::step, stage::registration, "the registration was deleted");
        co_return nothing();
    }
    co_await commit_section(false);
    failure wrong = deleted.error();
    wrong.where(stage::registration).url(asked.without_query());
    co_return wrong;
}

} // namespace asioauth::detail
