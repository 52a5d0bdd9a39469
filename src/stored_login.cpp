// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <asioauth/stored_login.hpp>

namespace asioauth {
namespace {

result<void> check(const listed_record& listed, record_kind wanted)
{
    failure wrong;
    if (listed.key.kind != wanted)
        wrong = failure(errc::invalid_argument).message("The record is of another kind.");
    else if (listed.stored.value.document.empty())
        wrong = failure(errc::store_key_unavailable).message("The record cannot be opened.");
    else
        return {};
    return wrong.where(stage::store);
}

} // namespace

bool stored_login::ended(std::chrono::system_clock::time_point now) const noexcept
{
    return expires_at && *expires_at <= now;
}

result<stored_login> read_stored_login(const listed_record& listed)
{
    if (const auto fits = check(listed, record_kind::grant); !fits)
        return fits.error();
    auto kept = detail::read_grant_record(listed.stored.value);
    if (!kept)
        return kept.error();
    stored_login out;
    out.at = listed.stored.at;
    out.requested = std::move(kept->found.requested);
    out.user = std::move(kept->user);
    out.resource = std::move(kept->found.resource);
    out.issuer = std::move(kept->found.server.issuer);
    out.client_id = std::move(kept->client.client_id);
    out.scope = std::move(kept->tokens.scope);
    out.kind = kept->tokens.kind;
    out.expires_at = kept->tokens.expires_at;
    out.has_refresh_token = !kept->tokens.refresh_token.empty();
    return out;
}

result<registration> read_stored_registration(const listed_record& listed)
{
    if (const auto fits = check(listed, record_kind::registration); !fits)
        return fits.error();
    return detail::read_registration_record(listed.stored.value);
}

} // namespace asioauth
