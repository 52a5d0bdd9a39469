// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The seven exchanges by hand, without a socket: what to send next, and what to make of the answer.
//
//   fixed_flow     requests of fixed bytes, answers searched for what is needed: the floor
//   checked_flow   Boost.JSON and Boost.URL, with the checks that nobody may leave out
//   trusting_flow  Boost.JSON, and every answer is believed

#include "documents.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace asioauth::bench {

/// One integration.
class target
{
public:
    target(const std::string& scheme, unsigned number, const std::string& port)
        : address(origin_address(number))
        , host(address + ":" + port)
        , origin(scheme + host)
    {}

    std::string address;
    std::string host;
    std::string origin;
};

/// An answer; what it views is gone with the next one.
class answer
{
public:
    unsigned status = 0;
    std::string_view challenge;
    std::string_view location;
    std::string_view content_type;
    std::string_view head; ///< for who searches it
    std::string_view body;
};

/// A request for who writes it.
class request
{
public:
    bool post = false;
    std::string host;
    std::string target;
    std::string content_type;
    std::string authorization;
    std::string body;
};

/// What a flow has to guess anew: from a stock, since asking costs as much for 32 octets as for 4096.
class random_texts
{
public:
    static text_43 next()
    {
        static std::array<unsigned char, 4096> stock;
        static std::size_t used = stock.size();
        if (used == stock.size())
        {
            RAND_bytes(stock.data(), static_cast<int>(stock.size()));
            used = 0;
        }
        const auto octets = std::span<const unsigned char, 32>(stock.data() + used, 32);
        used += 32;
        return base64url(octets);
    }
};

inline std::string_view between(std::string_view text, std::string_view before, char after) noexcept
{
    const auto from = text.find(before);
    if (from == std::string_view::npos)
        return {};
    text.remove_prefix(from + before.size());
    const auto to = text.find(after);
    return to == std::string_view::npos ? std::string_view() : text.substr(0, to);
}

inline void append_request(std::string& out, const request& r)
{
    out.append(r.post ? "POST " : "GET ").append(r.target).append(" HTTP/1.1\r\nHost: ");
    out.append(r.host).append("\r\nUser-Agent: benchmark\r\nAccept: application/json\r\n");
    if (!r.authorization.empty())
        out.append("Authorization: ").append(r.authorization).append("\r\n");
    if (r.post)
    {
        out.append("Content-Type: ").append(r.content_type).append("\r\nContent-Length: ");
        out.append(std::to_string(r.body.size())).append("\r\n");
    }
    out.append("\r\n").append(r.body);
}

class fixed_flow
{
public:
    static constexpr bool searches = true;

    void begin(const target& t) noexcept
    {
        target_ = &t;
        step_ = 0;
    }

    bool done() const noexcept { return step_ == exchanges; }

    void append_to(std::string& out)
    {
        switch (step_)
        {
        case 0: return get(out, "/mcp", "");
        case 1: return get(out, "/.well-known/oauth-protected-resource/mcp", "");
        case 2: return get(out, "/.well-known/oauth-authorization-server", "");
        case 3: return post(out, "/register", "application/json", registration_text);
        case 4:
            verifier_ = random_texts::next();
            state_ = random_texts::next();
            text_.assign("/authorize?response_type=code&client_id=").append(client_);
            text_.append("&redirect_uri=").append(encoded_redirect_uri).append("&state=");
            text_.append(view(state_)).append("&code_challenge=");
            text_.append(view(challenge_of(view(verifier_))));
            text_.append("&code_challenge_method=S256&scope=mcp%3Atools&resource=");
            text_.append(target_->origin).append("%2Fmcp");
            return get(out, text_, "");
        case 5:
            text_.assign("grant_type=authorization_code&code=").append(code_);
            text_.append("&redirect_uri=").append(encoded_redirect_uri).append("&client_id=");
            text_.append(client_).append("&code_verifier=").append(view(verifier_));
            text_.append("&resource=").append(target_->origin).append("%2Fmcp");
            return post(out, "/token", "application/x-www-form-urlencoded", text_);
        default: return get(out, "/mcp", token_);
        }
    }

    bool take(const answer& a)
    {
        switch (step_++)
        {
        case 0: return a.status == 401 && !between(a.head, "resource_metadata=\"", '"').empty();
        case 1: return between(a.body, R"("authorization_servers":[")", '"') == target_->origin;
        case 2: return !between(a.body, R"("token_endpoint":")", '"').empty();
        case 3: client_ = between(a.body, R"("client_id":")", '"'); return !client_.empty();
        case 4:
            code_ = between(a.head, "?code=", '&');
            return !code_.empty() && between(a.head, "&state=", '&') == view(state_);
        case 5: token_ = between(a.body, R"("access_token":")", '"'); return !token_.empty();
        default: return a.status == 200;
        }
    }

private:
    void get(std::string& out, std::string_view path, std::string_view token) const
    {
        out.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(target_->host);
        out.append("\r\nUser-Agent: benchmark\r\nAccept: application/json\r\n");
        if (!token.empty())
            out.append("Authorization: Bearer ").append(token).append("\r\n");
        out.append("\r\n");
    }

    void post(std::string& out, std::string_view path, std::string_view type, std::string_view body)
        const
    {
        out.append("POST ").append(path).append(" HTTP/1.1\r\nHost: ").append(target_->host);
        out.append("\r\nUser-Agent: benchmark\r\nAccept: application/json\r\nContent-Type: ");
        out.append(type).append("\r\nContent-Length: ").append(std::to_string(body.size()));
        out.append("\r\n\r\n").append(body);
    }

    const target* target_ = nullptr;
    int step_ = 0;
    text_43 verifier_{};
    text_43 state_{};
    std::string client_;
    std::string code_;
    std::string token_;
    std::string text_; // keeps its memory from flow to flow
};

/// A JSON document in memory of its own.
class document
{
public:
    explicit document(std::string_view text)
    {
        boost::system::error_code ec;
        value_.emplace(boost::json::parse({text.data(), text.size()}, ec, &memory_));
        object_ = ec ? nullptr : value_->if_object();
    }
    document(const document&) = delete;
    document& operator=(const document&) = delete;

    explicit operator bool() const noexcept { return object_ != nullptr; }

    std::string_view text(std::string_view name) const
    {
        const auto* const v = find(name);
        return v != nullptr && v->is_string() ? view_of(v->get_string()) : std::string_view();
    }

    std::string_view first(std::string_view name) const
    {
        const auto* const v = find(name);
        if (v == nullptr || !v->is_array() || v->get_array().empty())
            return {};
        const auto& element = v->get_array().front();
        return element.is_string() ? view_of(element.get_string()) : std::string_view();
    }

    bool lists(std::string_view name, std::string_view what) const
    {
        const auto* const v = find(name);
        if (v == nullptr || !v->is_array())
            return false;
        const auto& all = v->get_array();
        return std::any_of(all.begin(), all.end(), [&](const auto& e) {
            return e.is_string() && view_of(e.get_string()) == what;
        });
    }

    const boost::json::value* find(std::string_view name) const
    {
        return object_->if_contains({name.data(), name.size()});
    }

private:
    static std::string_view view_of(const boost::json::string& s) { return {s.data(), s.size()}; }

    std::array<unsigned char, 8192> space_;
    boost::json::monotonic_resource memory_{space_.data(), space_.size()};
    std::optional<boost::json::value> value_;
    const boost::json::object* object_ = nullptr;
};

namespace detail {

inline boost::urls::string_view url_view(std::string_view s)
{
    return {s.data(), s.size()};
}

inline std::string_view std_view(boost::urls::string_view s)
{
    return {s.data(), s.size()};
}

inline void add(boost::urls::url& u, std::string_view name, std::string_view value)
{
    u.params().append(boost::urls::param_view(url_view(name), url_view(value)));
}

inline std::string registration_body()
{
    const boost::json::value body = {
        {"redirect_uris", {redirect_uri}},
        {"token_endpoint_auth_method", "none"},
        {"grant_types", {"authorization_code", "refresh_token"}},
        {"response_types", {"code"}},
        {"client_name", "benchmark"},
        {"scope", "mcp:tools mcp:resources"}};
    return boost::json::serialize(body);
}

} // namespace detail

/// What checked_flow and trusting_flow have in common: requests made of what was answered.
template <class Derived>
class parsed_flow
{
public:
    static constexpr bool searches = false;

    void begin(const target& t)
    {
        target_ = &t;
        step_ = 0;
    }

    bool done() const noexcept { return step_ == exchanges; }
    bool at_last() const noexcept { return step_ == exchanges - 1; }

    void append_to(std::string& out) { append_request(out, next()); }

    request next()
    {
        request r;
        switch (step_)
        {
        case 1: aim(r, resource_metadata_); break;
        case 2: aim(r, issuer_ + "/.well-known/oauth-authorization-server"); break;
        case 3:
            aim(r, registration_endpoint_);
            r.post = true;
            r.content_type = "application/json";
            r.body = detail::registration_body();
            break;
        case 4: aim(r, authorization_url()); break;
        case 5:
            aim(r, token_endpoint_);
            r.post = true;
            r.content_type = "application/x-www-form-urlencoded";
            r.body = token_form();
            break;
        case 6: r.authorization = "Bearer " + token_; [[fallthrough]];
        default: aim(r, target_->origin + "/mcp"); break;
        }
        return r;
    }

    bool take(const answer& a)
    {
        const int step = step_++;
        if (step == 0)
            return self().challenged(a);
        if (step == 4)
            return self().authorized(a);
        const document d(a.body);
        if (!d)
            return false;
        switch (step)
        {
        case 1: return self().resource_described(a, d);
        case 2: return self().server_described(a, d);
        case 3: return self().registered(a, d);
        case 5: return self().granted(a, d);
        default: return a.status == 200 && d.find("result") != nullptr;
        }
    }

protected:
    const target* target_ = nullptr;
    int step_ = 0;
    text_43 verifier_{};
    text_43 state_{};
    std::string resource_metadata_;
    std::string issuer_;
    std::string authorization_endpoint_;
    std::string token_endpoint_;
    std::string registration_endpoint_;
    std::string client_;
    std::string code_;
    std::string token_;

private:
    Derived& self() noexcept { return static_cast<Derived&>(*this); }

    static void aim(request& r, std::string_view where)
    {
        const auto u = boost::urls::parse_uri(detail::url_view(where)).value();
        r.host = detail::std_view(u.encoded_host_and_port());
        r.target = detail::std_view(u.encoded_target());
    }

    std::string authorization_url()
    {
        verifier_ = random_texts::next();
        state_ = random_texts::next();
        boost::urls::url u(detail::url_view(authorization_endpoint_));
        detail::add(u, "response_type", "code");
        detail::add(u, "client_id", client_);
        detail::add(u, "redirect_uri", redirect_uri);
        detail::add(u, "state", view(state_));
        detail::add(u, "code_challenge", view(challenge_of(view(verifier_))));
        detail::add(u, "code_challenge_method", "S256");
        detail::add(u, "scope", "mcp:tools");
        detail::add(u, "resource", target_->origin + "/mcp");
        return std::string(detail::std_view(u.buffer()));
    }

    std::string token_form() const
    {
        boost::urls::url u;
        detail::add(u, "grant_type", "authorization_code");
        detail::add(u, "code", code_);
        detail::add(u, "redirect_uri", redirect_uri);
        detail::add(u, "client_id", client_);
        detail::add(u, "code_verifier", view(verifier_));
        detail::add(u, "resource", target_->origin + "/mcp");
        return std::string(detail::std_view(u.encoded_query()));
    }
};

class checked_flow : public parsed_flow<checked_flow>
{
public:
    bool challenged(const answer& a)
    {
        constexpr std::string_view scheme = "bearer ";
        resource_metadata_ = between(a.challenge, "resource_metadata=\"", '"');
        return a.status == 401 && boost::beast::iequals(a.challenge.substr(0, 7), scheme)
            && may_be_used(resource_metadata_) && resource_metadata_.starts_with(target_->origin);
    }

    bool resource_described(const answer& a, const document& d)
    {
        issuer_ = d.first("authorization_servers");
        return is_document(a, 200) && d.text("resource") == target_->origin + "/mcp"
            && d.lists("bearer_methods_supported", "header") && may_be_used(issuer_);
    }

    bool server_described(const answer& a, const document& d)
    {
        authorization_endpoint_ = d.text("authorization_endpoint");
        token_endpoint_ = d.text("token_endpoint");
        registration_endpoint_ = d.text("registration_endpoint");
        return is_document(a, 200) && d.text("issuer") == issuer_
            && may_be_used(authorization_endpoint_) && may_be_used(token_endpoint_)
            && may_be_used(registration_endpoint_) && d.lists("response_types_supported", "code")
            && d.lists("code_challenge_methods_supported", "S256")
            && d.lists("grant_types_supported", "authorization_code")
            && d.lists("token_endpoint_auth_methods_supported", "none");
    }

    bool registered(const answer& a, const document& d)
    {
        client_ = d.text("client_id");
        return is_document(a, 201) && !client_.empty() && d.lists("redirect_uris", redirect_uri);
    }

    bool authorized(const answer& a)
    {
        const auto u = boost::urls::parse_uri(detail::url_view(a.location));
        if (a.status != 302 || !u || !a.location.starts_with(redirect_uri))
            return false;
        bool is_ours = false;
        bool is_theirs = false;
        code_.clear();
        for (const auto& p : u->params())
        {
            if (p.key == "code")
                code_.assign(p.value.data(), p.value.size());
            else if (p.key == "state")
                is_ours = p.value.size() == state_.size()
                    && CRYPTO_memcmp(p.value.data(), state_.data(), state_.size()) == 0;
            else if (p.key == "iss")
                is_theirs = p.value == issuer_;
        }
        return is_ours && is_theirs && !code_.empty();
    }

    bool granted(const answer& a, const document& d)
    {
        constexpr std::string_view bearer = "bearer";
        token_ = d.text("access_token");
        const auto* const life = d.find("expires_in");
        return is_document(a, 200) && !token_.empty()
            && boost::beast::iequals(d.text("token_type"), bearer) && life != nullptr
            && life->is_int64() && life->get_int64() > 0;
    }

private:
    static bool is_document(const answer& a, unsigned status)
    {
        return a.status == status && a.content_type.starts_with("application/json");
    }

    // https, or http on this machine.
    static bool may_be_used(std::string_view text)
    {
        const auto u = boost::urls::parse_uri(detail::url_view(text));
        if (!u || u->has_fragment() || u->has_userinfo())
            return false;
        return u->scheme() == "https"
            || (u->scheme() == "http" && u->host_type() == boost::urls::host_type::ipv4
                && u->host_ipv4_address().is_loopback());
    }
};

class trusting_flow : public parsed_flow<trusting_flow>
{
public:
    bool challenged(const answer& a)
    {
        resource_metadata_ = between(a.challenge, "resource_metadata=\"", '"');
        return !resource_metadata_.empty();
    }

    bool resource_described(const answer&, const document& d)
    {
        issuer_ = d.first("authorization_servers");
        return !issuer_.empty();
    }

    bool server_described(const answer&, const document& d)
    {
        authorization_endpoint_ = d.text("authorization_endpoint");
        token_endpoint_ = d.text("token_endpoint");
        registration_endpoint_ = d.text("registration_endpoint");
        return !token_endpoint_.empty();
    }

    bool registered(const answer&, const document& d)
    {
        client_ = d.text("client_id");
        return !client_.empty();
    }

    bool authorized(const answer& a)
    {
        code_ = between(a.location, "code=", '&');
        return !code_.empty();
    }

    bool granted(const answer&, const document& d)
    {
        token_ = d.text("access_token");
        return !token_.empty();
    }
};

} // namespace asioauth::bench
