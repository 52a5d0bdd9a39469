// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/http_chars.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <algorithm>
#include <array>
#include <ostream>

namespace asioauth {

namespace {

using detail::same_ignoring_case;

// Fields that decide where a message ends, where it goes or who sends it.
bool is_reserved(std::string_view name) noexcept
{
    constexpr std::array<std::string_view, 5> names{
        "authorization", "host", "content-length", "transfer-encoding", "connection"};
    return std::any_of(names.begin(), names.end(), [name](std::string_view n) {
        return same_ignoring_case(name, n);
    });
}

} // namespace

std::string_view name_of(request_kind k) noexcept
{
    switch (k)
    {
    case request_kind::probe: return "probe";
    case request_kind::metadata: return "metadata";
    case request_kind::registration: return "registration";
    case request_kind::token: return "token";
    case request_kind::resource: return "resource";
    case request_kind::page: return "page";
    case request_kind::icon: return "icon";
    }
    return {};
}

bool may_be_redirected(request_kind k) noexcept
{
    // A registration may carry an initial access token, and its answer is bound to its endpoint.
    return k == request_kind::probe || k == request_kind::metadata || may_leave_origin(k);
}

bool may_leave_origin(request_kind k) noexcept
{
    return k == request_kind::page || k == request_kind::icon;
}

bool is_cut_at_limit(request_kind k) noexcept
{
    return k == request_kind::page;
}

std::size_t body_limit_for(request_kind k) noexcept
{
    switch (k)
    {
    case request_kind::probe:
    case request_kind::metadata:
    case request_kind::registration: break;
    case request_kind::token: return limits::token_body;
    case request_kind::resource: return limits::resource_body;
    case request_kind::page: return limits::page_body;
    case request_kind::icon: return limits::icon_body;
    }
    return limits::metadata_body;
}

class tls_identity::impl
{
public:
    impl(std::string_view c, secret k) : certificate_chain(c), private_key(std::move(k)) {}

    std::string certificate_chain;
    secret private_key;
};

tls_identity::tls_identity(std::string_view certificate_chain, secret private_key)
    : impl_(std::make_shared<const impl>(certificate_chain, std::move(private_key)))
{}

const std::string& tls_identity::certificate_chain() const noexcept
{
    return impl_->certificate_chain;
}

const secret& tls_identity::private_key() const noexcept
{
    return impl_->private_key;
}

bool operator==(const tls_identity& a, const tls_identity& b) noexcept
{
    if (a.impl_ == b.impl_)
        return true;
    return a.impl_ && b.impl_ && a.impl_->certificate_chain == b.impl_->certificate_chain
        && a.impl_->private_key == b.impl_->private_key;
}

http_request::http_request(request_kind kind, std::string_view method, url target)
    : kind_(kind)
    , method_(method)
    , target_(std::move(target))
{}

http_request& http_request::target(url u)
{
    target_ = std::move(u);
    return *this;
}

http_request& http_request::field(std::string_view name, std::string_view value)
{
    if (!is_reserved(name))
    {
        fields_.set(name, value);
    }
    return *this;
}

http_request& http_request::body(std::string_view content_type, secret content)
{
    fields_.set("Content-Type", content_type);
    body_ = std::move(content);
    return *this;
}

http_request& http_request::authorization(secret value)
{
    authorization_ = std::move(value);
    return *this;
}

http_request& http_request::identity(tls_identity v)
{
    identity_ = std::move(v);
    return *this;
}

http_request& http_request::policy(address_policy p)
{
    policy_ = std::move(p);
    return *this;
}

std::ostream& operator<<(std::ostream& os, const http_request& r)
{
    return os << presentable(r.method(), 32) << ' ' << r.target().without_query();
}

result<void> check_request(const http_request& r)
{
    const auto refuse = [&r](std::string_view message) {
        return failure(errc::request_invalid).message(message).url(r.target().str());
    };
    if (r.target().empty())
    {
        return refuse("It has no target.");
    }
    if (!detail::is_token(r.method()))
    {
        return refuse("Its method is not made of token characters.");
    }
    for (const auto& f : r.fields())
    {
        if (!detail::is_token(f.first))
        {
            return refuse("The name of a field is not made of token characters.");
        }
        if (!detail::is_text(f.second))
        {
            return refuse(std::string("The field \"")
                              .append(f.first)
                              .append("\" contains a control character."));
        }
    }
    if (!detail::is_text(r.authorization().reveal()))
    {
        return refuse("The credentials contain a control character.");
    }
    return {};
}

std::vector<std::string_view> http_response::all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (const auto& f : fields_)
    {
        if (same_ignoring_case(f.first, name))
        {
            values.emplace_back(f.second);
        }
    }
    return values;
}

http_response& http_response::body(std::string content)
{
    body_ = std::move(content);
    return *this;
}

http_response& http_response::from(url u)
{
    from_ = std::move(u);
    return *this;
}

http_response& http_response::events(std::shared_ptr<body_stream> s)
{
    events_ = std::move(s);
    return *this;
}

std::ostream& operator<<(std::ostream& os, const http_response& r)
{
    if (r.events())
    {
        return os << r.status() << ", a stream";
    }
    return os << r.status() << ", " << r.body().size() << " bytes";
}

} // namespace asioauth
