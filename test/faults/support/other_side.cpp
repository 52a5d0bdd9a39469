// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/other_side.hpp"

#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/jose.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <utility>

namespace asioauth::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

const char* name_of(fault f) noexcept
{
    switch (f)
    {
    case fault::none: return "nothing";
    case fault::reset: return "a reset";
    case fault::finish: return "an end";
    case fault::stall: break;
    }
    return "a stall";
}

const char* name_of(direction d) noexcept
{
    return d == direction::to_server ? "to the server" : "to the client";
}

// --- The relay -------------------------------------------------------------------------------

class relay::link : public std::enable_shared_from_this<link>
{
public:
    link(relay& owner, tcp::socket client)
        : owner_(owner)
        , ends_{tcp::socket(owner.io_), std::move(client)}
    {}

    void start()
    {
        error_code ec;
        from(direction::to_server).set_option(tcp::no_delay(true), ec);
        from(direction::to_client).connect(owner_.behind_, ec);
        from(direction::to_client).set_option(tcp::no_delay(true), ec);
        for (const auto d : {direction::to_server, direction::to_client})
        {
            if (owner_.is_due(d))
                strike(d);
            pump(d);
        }
    }

    // Without leaving ports behind that nobody can have for a minute: there are thousands of these.
    void close()
    {
        error_code ignored;
        for (auto& s : ends_)
        {
            s.set_option(tcp::socket::linger(true, 0), ignored);
            s.close(ignored);
        }
    }

private:
    // The end that a direction leads to is the one of that number.
    tcp::socket& to(direction d) { return ends_[d == direction::to_client]; }
    tcp::socket& from(direction d) { return ends_[d == direction::to_server]; }
    bool& broken(direction d) { return broken_[d == direction::to_client]; }

    void pump(direction d)
    {
        if (!from(d).is_open())
            return;
        from(d).async_read_some(
            asio::buffer(space_[d == direction::to_client]),
            [self = shared_from_this(), d](error_code ec, std::size_t n) { self->read(d, ec, n); }
        );
    }

    void read(direction d, error_code ec, std::size_t n)
    {
        if (!from(d).is_open())
            return;
        error_code ignored;
        if (ec)
        {
            if (!broken(d))
                to(d).shutdown(tcp::socket::shutdown_send, ignored);
            if (++ended_ == 2)
                close();
            return;
        }
        if (!broken(d))
        {
            const auto some = owner_.let_through(d, n);
            asio::write(to(d), asio::buffer(space_[d == direction::to_client], some), ignored);
            if (owner_.is_due(d))
                strike(d);
        }
        pump(d);
    }

    void strike(direction d)
    {
        error_code ignored;
        owner_.strike();
        broken(d) = true;
        if (owner_.plan_.what == fault::finish)
            to(d).shutdown(tcp::socket::shutdown_send, ignored);
        if (owner_.plan_.what == fault::reset)
            close();
    }

    relay& owner_;
    tcp::socket ends_[2]; // at the server, at the client
    char space_[2][4096] = {};
    bool broken_[2] = {false, false};
    int ended_ = 0;
};

relay::relay(asio::io_context& io, tcp::endpoint behind)
    : io_(io)
    , acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
    , behind_(std::move(behind))
{
    accept();
}

relay::~relay()
{
    drop_all();
}

void relay::accept()
{
    acceptor_.async_accept([this](error_code ec, tcp::socket s) {
        if (ec)
            return;
        const auto l = std::make_shared<link>(*this, std::move(s));
        links_.remove_if([](const auto& w) { return w.expired(); });
        links_.push_back(l);
        l->start();
        accept();
    });
}

void relay::plan(const fault_plan& p)
{
    plan_ = p;
    passed_[0] = passed_[1] = 0;
    struck_ = false;
}

std::size_t relay::let_through(direction d, std::size_t wanted) noexcept
{
    auto& passed = passed_[d == direction::to_client];
    const bool awaited = plan_.what != fault::none && !struck_ && plan_.where == d;
    const auto some = awaited ? std::min(wanted, plan_.at - passed) : wanted;
    passed += some;
    return some;
}

bool relay::is_due(direction d) const noexcept
{
    return plan_.what != fault::none && !struck_ && plan_.where == d && passed(d) >= plan_.at;
}

void relay::strike() noexcept
{
    struck_ = true;
    struck_at_ = std::chrono::steady_clock::now();
}

void relay::drop_all()
{
    for (const auto& weak : std::exchange(links_, {}))
    {
        if (const auto l = weak.lock())
            l->close();
    }
}

// --- The provider ----------------------------------------------------------------------------

class provider::closer
{
public:
    virtual ~closer() = default;
    virtual void close() = 0;
};

template <class Stream>
class provider::session final
    : public closer
    , public std::enable_shared_from_this<session<Stream>>
{
public:
    template <class... More>
    session(provider& owner, tcp::socket s, More&... more)
        : owner_(owner)
        , stream_(std::move(s), more...)
    {
        ++owner_.sessions_;
    }
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session() override { --owner_.sessions_; }

    void start()
    {
        if constexpr (!std::is_same_v<Stream, tcp::socket>)
        {
            stream_.async_handshake(
                asio::ssl::stream_base::server,
                [self = this->shared_from_this()](error_code ec) {
                    if (!ec)
                        self->read();
                }
            );
        }
        else
        {
            read();
        }
    }

    void close() override
    {
        error_code ignored;
        stream_.lowest_layer().close(ignored);
    }

private:
    void read()
    {
        stream_.async_read_some(
            asio::buffer(bytes_),
            [self = this->shared_from_this()](error_code ec, std::size_t n) {
                if (ec)
                    return self->close();
                self->in_.append(self->bytes_, n);
                self->take();
            }
        );
    }

    void take()
    {
        const auto end = in_.find("\r\n\r\n");
        if (end == std::string::npos)
            return read();
        std::size_t size = end + 4;
        if (const auto at = in_.find("\r\nContent-Length: "); at < end)
            size += std::stoul(in_.substr(at + 18));
        if (in_.size() < size)
            return read();
        out_ = owner_.answer(in_.substr(0, size));
        in_.erase(0, size);
        asio::async_write(
            stream_,
            asio::buffer(out_),
            [self = this->shared_from_this()](error_code ec, std::size_t) {
                if (ec)
                    return self->close();
                self->read();
            }
        );
    }

    provider& owner_;
    Stream stream_;
    std::string in_;
    std::string out_;
    char bytes_[4096] = {};
};

provider::provider(asio::io_context& io, const testing::identity* who)
    : io_(io)
    , acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
{
    if (who != nullptr)
    {
        tls_.emplace(asio::ssl::context::tls_server);
        SSL_CTX_use_certificate(tls_->native_handle(), who->certificate.get());
        SSL_CTX_use_PrivateKey(tls_->native_handle(), who->key.get());
    }
    accept();
}

provider::~provider()
{
    drop_all();
}

void provider::accept()
{
    acceptor_.async_accept([this](error_code ec, tcp::socket s) {
        if (ec)
            return;
        s.set_option(tcp::no_delay(true), ec);
        open_.remove_if([](const auto& w) { return w.expired(); });
        const auto begin = [this](const auto& made) {
            open_.push_back(made);
            made->start();
        };
        if (tls_)
            begin(std::make_shared<session<asio::ssl::stream<tcp::socket>>>(
                *this, std::move(s), *tls_
            ));
        else
            begin(std::make_shared<session<tcp::socket>>(*this, std::move(s)));
        accept();
    });
}

void provider::drop_all()
{
    for (const auto& weak : std::exchange(open_, {}))
    {
        if (const auto s = weak.lock())
            s->close();
    }
}

namespace {

std::string json(std::string_view status, const std::string& body)
{
    return "HTTP/1.1 " + std::string(status)
        + "\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: "
        + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string field_of(const std::string& body, std::string_view name)
{
    const auto fields = parse_form(body);
    for (const auto& f : fields ? *fields : form_fields())
    {
        if (f.first == name)
            return f.second;
    }
    return {};
}

} // namespace

// So that every answer has the same length each time, numbers have as many digits.
std::string provider::answer(const std::string& request)
{
    const auto from = request.find(' ') + 1;
    const std::string path = request.substr(from, request.find(' ', from) - from);
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    if (path == "/mcp")
        return answer_of_resource(request);
    if (path == "/.well-known/oauth-protected-resource/mcp")
        return json(
            "200 OK",
            R"({"resource":")" + base_ + R"(/mcp","authorization_servers":[")" + base_
                + R"("],"resource_name":"A resource"})"
        );
    if (path == "/.well-known/oauth-authorization-server")
        return json("200 OK", metadata());
    if (path == "/register")
    {
        registered_ = body; // what was asked for, and what is told
        registered_.insert(
            1,
            R"("client_id":"c","client_secret":"CANARY-client","client_secret_expires_at":0,)"
            R"("registration_access_token":"CANARY-management","registration_client_uri":")"
                + base_ + R"(/register/c",)"
        );
        return json("201 Created", registered_);
    }
    if (path == "/register/c" && request.front() == 'D')
        return "HTTP/1.1 204 No Content\r\n\r\n";
    if (path == "/register/c")
        return json("200 OK", registered_);
    if (path == "/token")
        return answer_with_tokens(request, body);
    if (path == "/introspect")
        return json("200 OK", R"({"active":true,"client_id":"c"})");
    if (path == "/revoke")
        return json("200 OK", "{}");
    if (path == "/par")
    {
        pushed_ = body;
        return json("201 Created", R"({"request_uri":"urn:pushed:1","expires_in":60})");
    }
    if (path == "/device")
        return json(
            "200 OK",
            R"({"device_code":"CANARY-device","user_code":"ABCD-EFGH","verification_uri":")" + base_
                + R"(/elsewhere","expires_in":600,"interval":1})"
        );
    if (path == "/keys")
        return json("200 OK", make_jwk_set({own_key()}));
    if (path == "/favicon.ico")
        return answer_with_icon();
    return json("404 Not Found", "{}");
}

std::string provider::metadata() const
{
    std::string out = R"({"issuer":")" + base_ + R"(","response_types_supported":["code"],)";
    constexpr std::pair<const char*, const char*> places[] = {
        {"authorization_endpoint", "/authorize"},
        {"token_endpoint", "/token"},
        {"registration_endpoint", "/register"},
        {"introspection_endpoint", "/introspect"},
        {"revocation_endpoint", "/revoke"},
        {"pushed_authorization_request_endpoint", "/par"},
        {"device_authorization_endpoint", "/device"},
        {"jwks_uri", "/keys"},
    };
    for (const auto& [name, path] : places)
        out.append("\"").append(name).append("\":\"").append(base_).append(path).append("\",");
    return out
        + R"("grant_types_supported":["authorization_code","refresh_token","client_credentials",)"
          R"("urn:ietf:params:oauth:grant-type:device_code"],)"
          R"("token_endpoint_auth_methods_supported":["client_secret_basic","private_key_jwt"],)"
          R"("token_endpoint_auth_signing_alg_values_supported":["ES256"],)"
          R"("dpop_signing_alg_values_supported":["ES256"],)"
          R"("id_token_signing_alg_values_supported":["RS256"],)"
          R"("authorization_response_iss_parameter_supported":true,)"
          R"("code_challenge_methods_supported":["S256"]})";
}

std::string provider::answer_of_resource(const std::string& request)
{
    const std::string about =
        "resource_metadata=\"" + base_ + "/.well-known/oauth-protected-resource/mcp\"";
    const bool known = request.find("\r\nAuthorization: Bearer CANARY-access-") != std::string::npos
        || request.find("\r\nAuthorization: DPoP CANARY-access-") != std::string::npos;
    if (known && refusals != 0)
        --refusals;
    else if (known && scarcities != 0)
    {
        --scarcities;
        return "HTTP/1.1 403 Forbidden\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\", "
               "scope=\"more\", "
            + about + "\r\nContent-Length: 0\r\n\r\n";
    }
    else if (known)
        return json("200 OK", R"({"welcome":true})");
    return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer " + about
        + "\r\nContent-Length: 0\r\n\r\n";
}

std::string provider::answer_with_tokens(const std::string& request, const std::string& body)
{
    if (const auto verifier = field_of(body, "code_verifier"); !verifier.empty())
        seen.push_back(verifier);
    if (pending != 0 && !field_of(body, "device_code").empty())
    {
        --pending;
        return json("400 Bad Request", R"({"error":"authorization_pending"})");
    }
    const auto number = std::to_string(100'000 + ++tokens_ % 900'000);
    const bool bound = request.find("\r\nDPoP: ") != std::string::npos;
    std::string out = R"({"token_type":")" + std::string(bound ? "DPoP" : "Bearer")
        + R"(","access_token":"CANARY-access-)" + number + R"(","refresh_token":"CANARY-refresh-)"
        + number + R"(",)";
    if (says_who)
        out += R"("id_token":")" + id_token() + R"(",)";
    return json("200 OK", out + R"("expires_in":3600})");
}

const signing_key& provider::own_key()
{
    static const signing_key made = signing_key::generate(jws_algorithm::rs256).value();
    return made;
}

std::string provider::id_token() const
{
    using std::chrono::system_clock;
    const auto now = system_clock::to_time_t(system_clock::now());
    const std::string claims = R"({"iss":")" + base_ + R"(","sub":"somebody","aud":"c","iat":)"
        + std::to_string(now) + R"(,"exp":)" + std::to_string(now + 3'600) + "}";
    return std::string(sign_jwt(own_key(), "JWT", claims).value().reveal());
}

std::string provider::answer_with_icon()
{
    constexpr std::string_view picture("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01", 24);
    return "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: "
        + std::to_string(picture.size()) + "\r\n\r\n" + std::string(picture);
}

} // namespace asioauth::test
