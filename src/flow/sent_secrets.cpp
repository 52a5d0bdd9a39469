// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/sent_secrets.hpp"

#include "base/json_reader.hpp"

#include <asioauth/protocol/form.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace asioauth::detail {
namespace {

constexpr std::string_view instead = "(not shown: it repeats a secret)";

// What is shorter can be guessed, and would hide words.
constexpr std::size_t shortest = 6;
// Texts are cut, so that the end of one may be the beginning of a secret.
constexpr std::size_t piece = 8;
// A device code is asked with many times.
constexpr std::size_t most = 32;

// Fields of forms that hold secrets, those of pushed authorization requests included.
constexpr std::array<std::string_view, 12> secret_names = {
    "code",
    "code_verifier",
    "refresh_token",
    "client_secret",
    "client_assertion",
    "assertion",
    "subject_token",
    "actor_token",
    "token",
    "device_code",
    "state",
    "nonce",
};

bool is_secret(std::string_view name)
{
    return std::find(secret_names.begin(), secret_names.end(), name) != secret_names.end();
}

// Of Basic credentials (RFC 6749 section 2.3.1).
secret password_of(std::string_view credentials)
{
    std::string text(credentials.substr(0, credentials.find('=')));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    auto pair = base64url_decode(text);
    wipe(text);
    if (!pair)
        return {};
    auto password = form_decode(std::string_view(*pair).substr(pair->find(':') + 1));
    wipe(*pair);
    if (!password)
        return {};
    secret out(*password);
    wipe(*password);
    return out;
}

} // namespace

void sent_secrets::add(std::string_view value)
{
    if (value.size() < shortest || std::any_of(values_.begin(), values_.end(), [&](const auto& v) {
            return v.reveal() == value;
        }))
        return;
    if (values_.size() == most)
        values_.erase(values_.begin());
    values_.emplace_back(value);
}

void sent_secrets::add(const http_request& request)
{
    const bool registers = request.kind() == request_kind::registration;
    if (!registers && request.kind() != request_kind::token)
        return;
    const auto credentials = request.authorization().reveal();
    const auto value = credentials.substr(credentials.find(' ') + 1);
    add(value);
    if (credentials.starts_with("Basic "))
        add(password_of(value).reveal());
    const auto body = request.body().reveal();
    if (!registers)
        return add_form(body);
    // What a server has given out comes back to it in an update. (We have written that ourselves.)
    if (body.find("\"client_secret\"") == std::string_view::npos)
        return;
    const auto json = json_object::parse(body);
    if (!json)
        return;
    if (const auto text = json->optional_view("client_secret"))
        add(*text);
}

void sent_secrets::add_form(std::string_view body)
{
    // Names are our own, and are not escaped.
    while (!body.empty())
    {
        const std::string_view pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(pair.size() + 1, body.size()));
        const std::string_view name = pair.substr(0, pair.find('='));
        if (name.size() == pair.size() || !is_secret(name))
            continue;
        auto value = form_decode(pair.substr(name.size() + 1));
        if (!value)
            continue;
        add(*value);
        wipe(*value);
    }
}

bool sent_secrets::repeated_in(std::string_view text) const
{
    return std::any_of(values_.begin(), values_.end(), [text](const secret& one) {
        const auto value = one.reveal();
        const auto size = std::min(piece, value.size());
        for (std::size_t i = 0; i + size <= value.size(); i += size)
        {
            if (text.find(value.substr(i, size)) != std::string_view::npos)
                return true;
        }
        return false;
    });
}

void sent_secrets::hide(event& e) const
{
    if (repeated_in(e.text))
        e.text = instead;
    if (repeated_in(e.url))
        e.url.clear();
}

failure sent_secrets::hidden(const failure& f) const
{
    if (values_.empty())
        return f;
    const diagnostics& said = f.info();
    const auto bad = [this](std::string_view text) { return repeated_in(text); };
    const bool issuer = bad(said.issuer());
    const bool target = bad(said.redirect_uri());
    const bool page = bad(said.documentation());
    diagnostics out = said;
    if (bad(said.url()))
        out.url("");
    if (bad(said.message()))
        out.message(instead);
    if (bad(said.server_error()))
        out.server_error(instead);
    if (bad(said.server_message()))
        out.server_message(instead);
    if (bad(said.hint()))
        out.hint("");
    if (bad(said.required_scope()))
        out.required_scope("");
    if (issuer || target || page)
    {
        const auto kept = [](bool is_bad, const std::string& text) {
            return is_bad ? std::string() : text;
        };
        out.client_information(
            kept(issuer, said.issuer()),
            kept(target, said.redirect_uri()),
            kept(page, said.documentation())
        );
    }
    return failure(f.code(), std::move(out));
}

} // namespace asioauth::detail
