// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/metadata_rules.hpp"

#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/provider_policy.hpp>

#include <algorithm>
#include <utility>

namespace asioauth {

namespace {

constexpr bool is_alnum(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool is_label_char(char c) noexcept
{
    return is_alnum(c) || c == '-';
}

constexpr bool is_segment_char(char c) noexcept
{
    return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Where the path of a URL begins; its size if it has none. 0 for what is no URL.
std::size_t path_of(std::string_view text) noexcept
{
    const std::size_t scheme = text.find("://");
    return scheme == std::string_view::npos ? 0 : std::min(text.find('/', scheme + 3), text.size());
}

// A star that is a host label or a path segment by itself.
bool is_wildcard(std::string_view pattern, std::size_t at, std::size_t path) noexcept
{
    if (pattern[at] != '*' || path == 0 || at == 0)
    {
        return false;
    }
    const char before = pattern[at - 1];
    const char after = at + 1 < pattern.size() ? pattern[at + 1] : '/';
    return at < path
        ? (before == '/' || before == '.') && (after == '/' || after == '.' || after == ':')
        : before == '/' && after == '/';
}

bool matches(std::string_view pattern, std::string_view text) noexcept
{
    // Most are of somebody else.
    const std::size_t literal = std::min(pattern.find('*'), pattern.size());
    if (text.substr(0, literal) != pattern.substr(0, literal))
    {
        return false;
    }
    const std::size_t path = path_of(pattern);
    std::size_t t = 0;
    for (std::size_t p = 0; p != pattern.size(); ++p)
    {
        if (!is_wildcard(pattern, p, path))
        {
            if (t == text.size() || text[t] != pattern[p])
            {
                return false;
            }
            ++t;
            continue;
        }
        const std::string_view rest = text.substr(t);
        const auto* const end =
            std::find_if_not(rest.begin(), rest.end(), p < path ? is_label_char : is_segment_char);
        const std::string_view taken = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
        if (taken.empty() || taken == "." || taken == "..")
        {
            return false;
        }
        t += taken.size();
    }
    return t == text.size();
}

std::string_view without_root_slash(std::string_view text) noexcept
{
    const std::size_t path = text.ends_with('/') ? path_of(text) : 0;
    return path != 0 && path + 1 == text.size() ? text.substr(0, path) : text;
}

// RFC 8707 section 2: absolute, without fragment. Not only web addresses: `api://...` is one.
bool is_absolute_uri(std::string_view text) noexcept
{
    const std::size_t colon = text.find(':');
    const auto allowed = [](char c) {
        return c > ' ' && c < '\x7f'
            && std::string_view("\"#<>\\^`{|}").find(c) == std::string_view::npos;
    };
    const auto in_scheme = [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; };
    return colon != 0 && colon != std::string_view::npos && colon + 1 < text.size()
        && is_alnum(text[0]) && !(text[0] >= '0' && text[0] <= '9')
        && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), in_scheme)
        && std::all_of(text.begin(), text.end(), allowed);
}

// An issuer with every wildcard and placeholder filled in has to be an issuer.
bool is_issuer_pattern(std::string_view pattern)
{
    constexpr std::string_view placeholder = "{tenantid}";
    const std::size_t path = path_of(pattern);
    std::string filled;
    for (std::size_t p = 0; p != pattern.size(); ++p)
    {
        if (pattern.substr(p, placeholder.size()) == placeholder)
        {
            filled += 'x';
            p += placeholder.size() - 1;
        }
        else
        {
            filled += is_wildcard(pattern, p, path) ? 'x' : pattern[p];
        }
    }
    return filled.find('*') == std::string::npos
        && issuer_url(filled, address_policy().allow_loopback());
}

failure unusable(const provider_policy& policy, std::string_view what, std::string_view value)
{
    std::string message = "The policy for \"";
    message += presentable(policy.issuer(), 200);
    message += "\" has ";
    message += what;
    message += ": \"";
    message += presentable(value, 200);
    message += "\".";
    return failure(errc::invalid_argument).message(message);
}

} // namespace

provider_policy::provider_policy(std::string_view issuer) : issuer_(issuer) {}

provider_policy& provider_policy::replacement_resource(std::string_view v)
{
    replacement_resource_ = v;
    resource_ = resource_indicator::replace;
    return *this;
}

provider_policy& provider_policy::add_issuer_alias(std::string_view v)
{
    issuer_aliases_.emplace_back(v);
    return *this;
}

provider_policy&
provider_policy::add_authorization_parameter(std::string_view name, std::string_view value)
{
    parameters_.emplace_back(name, value);
    return *this;
}

provider_policy& provider_policy::override_endpoint(std::string_view name, std::string_view where)
{
    for (auto& endpoint : endpoints_)
    {
        if (endpoint.first == name)
        {
            endpoint.second = where;
            return *this;
        }
    }
    endpoints_.emplace_back(name, where);
    return *this;
}

provider_policy& provider_policy::add_bearer_name(std::string_view v)
{
    bearer_names_.emplace_back(v);
    return *this;
}

provider_policy& provider_policy::add_error_name(std::string_view name, errc meaning)
{
    error_names_.emplace_back(name, meaning);
    return *this;
}

bool provider_policy::applies_to(std::string_view issuer) const noexcept
{
    return !issuer_.empty() && matches(without_root_slash(issuer_), without_root_slash(issuer));
}

bool provider_policy::is_alias(std::string_view found) const noexcept
{
    return std::any_of(issuer_aliases_.begin(), issuer_aliases_.end(), [found](const auto& alias) {
        return !alias.empty() && matches(alias, found);
    });
}

result<void> provider_policy::check() const
{
    if (!is_issuer_pattern(issuer_))
    {
        return unusable(*this, "an issuer that cannot be one", issuer_);
    }
    for (const std::string& alias : issuer_aliases_)
    {
        if (!is_issuer_pattern(alias))
        {
            return unusable(*this, "an issuer alias that cannot be an issuer", alias);
        }
    }
    for (const auto& [name, where] : endpoints_)
    {
        if (!detail::is_endpoint_name(name))
        {
            return unusable(*this, "an endpoint with an unknown name", name);
        }
        // Whether loopback is allowed is decided where the endpoint is used.
        if (!detail::secure_url(where, true, errc::endpoint_insecure, {name}))
        {
            return unusable(*this, "an endpoint without a safe address", where);
        }
    }
    if (resource_ == resource_indicator::replace && !is_absolute_uri(replacement_resource_))
    {
        return unusable(
            *this, "a replacement resource that is not an absolute URI", replacement_resource_
        );
    }
    if (!redirect_host_.empty())
    {
        const result<url> redirect = url::parse("http://" + redirect_host_ + "/");
        if (!redirect || !redirect->host_is_loopback() || redirect->path() != "/"
            || redirect->authority() != redirect_host_)
        {
            return unusable(*this, "a redirect host that is not loopback", redirect_host_);
        }
    }
    return {};
}

provider_policies& provider_policies::add(provider_policy v)
{
    auto longer = std::make_shared<std::vector<provider_policy>>();
    longer->reserve(all().size() + 1);
    longer->push_back(std::move(v));
    longer->insert(longer->end(), all().begin(), all().end());
    all_ = std::move(longer);
    return *this;
}

const std::vector<provider_policy>& provider_policies::all() const noexcept
{
    static const std::vector<provider_policy> none;
    return all_ ? *all_ : none;
}

const provider_policy* provider_policies::find(std::string_view issuer) const noexcept
{
    const auto& table = all();
    const auto at = std::find_if(table.begin(), table.end(), [issuer](const provider_policy& p) {
        return p.applies_to(issuer);
    });
    return at == table.end() ? nullptr : &*at;
}

const provider_policy* provider_policies::find_recorded(std::string_view issuer) const noexcept
{
    if (const provider_policy* named = find(issuer))
    {
        return named;
    }
    const auto& table = all();
    const auto at = std::find_if(table.begin(), table.end(), [issuer](const provider_policy& p) {
        return p.is_alias(issuer);
    });
    return at == table.end() ? nullptr : &*at;
}

std::string resource_to_send(const discovery& found)
{
    if (!found.provider)
    {
        return found.resource;
    }
    switch (found.provider->resource())
    {
    case resource_indicator::send: break;
    case resource_indicator::omit: return {};
    case resource_indicator::replace:
        if (is_absolute_uri(found.provider->replacement_resource()))
        {
            return found.provider->replacement_resource();
        }
        break;
    }
    return found.resource;
}

} // namespace asioauth
