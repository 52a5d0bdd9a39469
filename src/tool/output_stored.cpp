// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "environment.hpp"
#include "hints.hpp"
#include "output.hpp"
#include "printing.hpp"

#include <asioauth/sqlite_store.hpp>

#include <sys/stat.h>

#include <iostream>

namespace asioauth::tool {
namespace {

namespace json = boost::json;

std::chrono::system_clock::time_point now()
{
    return std::chrono::system_clock::now();
}

json::object object_of(const kept_login& kept)
{
    json::object out;
    out["url"] = text_or_null(kept.login.requested.without_query());
    out["account"] = text_or_null(kept.user);
    out["resource"] = text_or_null(kept.login.resource);
    out["issuer"] = text_or_null(kept.login.issuer);
    out["client_id"] = text_or_null(kept.login.client_id);
    out["scope"] = text_or_null(kept.login.scope);
    out["status"] = json::string(kept.status(now()));
    out["expires_at"] = seconds(kept.login.expires_at);
    return out;
}

std::string store_path(const options& given)
{
#ifdef ASIOAUTH_TOOL_HAS_SQLITE
    return given.store.empty() ? sqlite_settings::default_path() : given.store;
#else
    return given.store;
#endif
}

std::string key_place(const std::string& path)
{
    if (is_set("ASIOAUTH_STORE_KEY"))
        return "the variable ASIOAUTH_STORE_KEY";
    const std::string file = path + ".key";
    struct stat info = {};
    if (::stat(file.c_str(), &info) == 0)
        return "the file " + file;
    return "the keyring";
}

std::string_view in_words(std::string_view status)
{
    if (status == "good")
        return "good";
    if (status == "refreshable")
        return "the token has ended; it is refreshed when it is needed";
    if (status == "ended")
        return "ended: log in again";
    return "cannot be read";
}

} // namespace

std::string_view kept_login::status(std::chrono::system_clock::time_point at) const
{
    if (unreadable)
        return "unreadable";
    if (!login.ended(at))
        return "good";
    return login.needs_user(at) ? "ended" : "refreshable";
}

void print_list(const options& given, const std::vector<kept_login>& all)
{
    if (given.json)
    {
        json::array logins;
        for (const auto& kept : all)
            logins.push_back(object_of(kept));
        auto out = versioned();
        out["logins"] = std::move(logins);
        return print(out);
    }
    if (all.empty() && !given.quiet)
        std::cerr << "No login is kept"
                  << (given.status.empty() && given.account.empty() ? "" : " that fits")
                  << ". Run `" << next_command(given, "login", "URL") << "` for one.\n";
    bool first = true;
    for (const auto& kept : all)
    {
        if (!first)
            std::cout << '\n';
        first = false;
        const auto status = kept.status(now());
        const color shade = status == "good" ? color::green
            : status == "refreshable"        ? color::yellow
                                             : color::red;
        row("URL",
            kept.unreadable ? "(" + presentable(kept.unreadable->code().message()) + ")"
                            : presentable(kept.login.requested.without_query()));
        row("Account", presentable(kept.user));
        row("Scope", presentable(kept.login.scope));
        row("Status", colored(in_words(status), shade));
        if (!kept.unreadable)
            row("Token good until", clock_time(kept.login.expires_at));
    }
}

void print_show(const options& given, const kept_login& kept, const token_set* tokens)
{
    const std::string path = store_path(given);
    if (given.json)
    {
        auto out = versioned();
        for (auto& member : object_of(kept))
            out[member.key()] = std::move(member.value());
        out["token_type"] = json::string(name_of(kept.login.kind));
        out["has_refresh_token"] = kept.login.has_refresh_token;
        out["generation"] = kept.login.at;
        json::object place;
        place["path"] = path;
        place["key"] = key_place(path);
        out["store"] = std::move(place);
        if (tokens != nullptr)
        {
            out["access_token"] = json::string(tokens->access_token.reveal());
            out["refresh_token"] = text_or_null(tokens->refresh_token.reveal());
        }
        return print(out);
    }
    row("URL", presentable(kept.login.requested.without_query()));
    row("Account", presentable(kept.user));
    row("Token is for", presentable(kept.login.resource));
    row("Authorization server", presentable(kept.login.issuer));
    row("Client", presentable(kept.login.client_id));
    row("Scope", kept.login.scope.empty() ? "(not named)" : presentable(kept.login.scope));
    row("Status", in_words(kept.status(now())));
    row("Token good until", clock_time(kept.login.expires_at));
    row("Token type", name_of(kept.login.kind));
    const std::string_view hidden = "kept (not shown; --reveal does)";
    row("Access token", tokens != nullptr ? tokens->access_token.reveal() : hidden);
    row("Refresh token",
        !kept.login.has_refresh_token ? "none"
            : tokens != nullptr       ? tokens->refresh_token.reveal()
                                      : hidden);
    row("Kept in", path);
    row("Sealed with", key_place(path));
}

void print_left(const options& given, const std::vector<left_login>& all)
{
    if (given.json)
    {
        json::array logins;
        for (const auto& one : all)
        {
            json::object login;
            login["resource"] = one.resource;
            login["refresh_token_revoked"] = one.done.refresh_token_revoked;
            login["access_token_revoked"] = one.done.access_token_revoked;
            login["registration_deleted"] = one.done.registration_deleted;
            login["error"] = nullptr;
            if (one.failed)
                login["error"] = json::string(name_of(one.failed->code));
            logins.push_back(std::move(login));
        }
        auto out = versioned();
        out["logins"] = std::move(logins);
        return print(out);
    }
    for (const auto& one : all)
    {
        const bool revoked = one.done.refresh_token_revoked || one.done.access_token_revoked;
        if (one.failed)
        {
            row("Not logged out of", presentable(one.resource));
            row("Why", presentable(one.failed->code.message()));
            continue;
        }
        row("Logged out of", presentable(one.resource));
        if (!given.local_only && !one.unknown_to_server)
            row("Tokens",
                revoked ? "revoked at the server" : "forgotten here; the server revoked none");
        else
            row("Tokens", "forgotten here; the server was not told");
        if (one.done.registration_deleted)
            row("Client", "deleted at the server");
    }
}

void print_refresh(const options& given, const stored_login& before, const stored_login& after)
{
    if (given.json)
    {
        const auto state = [](const stored_login& at) {
            json::object out;
            out["generation"] = at.at;
            out["expires_at"] = seconds(at.expires_at);
            return out;
        };
        auto out = versioned();
        out["resource"] = after.resource;
        out["before"] = state(before);
        out["after"] = state(after);
        return print(out);
    }
    row("Refreshed", presentable(after.resource));
    row("Generation", std::to_string(before.at) + " -> " + std::to_string(after.at));
    row("Token was good until", clock_time(before.expires_at));
    row("Token is good until", clock_time(after.expires_at));
}

} // namespace asioauth::tool
