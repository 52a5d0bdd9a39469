// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A resource with its authorization server at every address of 127.0.0.0/8, plain and with TLS 1.3,
// in one thread. It is made to be fast and to notice wrong requests, not to be a server.
//
//   mock_server --ca=FILE [--http=PORT] [--tls=PORT] [--origins=N] [--seconds=N]
//
// FILE is where the certificate of its authority is put. `GET /__stats` says what has been counted
// since `GET /__reset`. At hostile_address(n) there is nobody good: see class bad_neighbour.

#include "documents.hpp"
#include "measure.hpp"
#include "support/certificates.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <csignal>
#include <fstream>
#include <memory>
#include <type_traits>
#include <unordered_map>

namespace {

namespace asio = boost::asio;
using namespace asioauth::bench; // NOLINT(google-build-using-namespace)
using asio::ip::tcp;
using boost::system::error_code;

class counts
{
public:
    std::uint64_t accepted = 0;
    std::uint64_t open = 0;
    std::uint64_t handshakes = 0;
    std::uint64_t resumed = 0;
    std::uint64_t requests = 0;
    std::uint64_t bad = 0;
    std::uint64_t challenged = 0;
    std::uint64_t metadata = 0;
    std::uint64_t registered = 0;
    std::uint64_t authorized = 0;
    std::uint64_t token = 0;
    std::uint64_t used = 0;
};

counts seen;

// What one origin answers with, made once.
class origin
{
public:
    explicit origin(const std::string& name)
        : challenge(http_response_text(
            "401 Unauthorized", challenge_field(name), R"({"error":"invalid_token"})"
        ))
        , resource(http_response_text("200 OK", "", resource_metadata_text(name), caching_at(name)))
        , server(http_response_text("200 OK", "", server_metadata_text(name), caching_at(name)))
        , issuer(name)
    {
        for (std::size_t at = 0; (at = issuer.find_first_of(":/", at)) != std::string::npos;)
            issuer.replace(at, 1, issuer[at] == ':' ? "%3A" : "%2F");
    }

    std::string challenge;
    std::string resource;
    std::string server;
    std::string issuer; // as it stands in a query
};

class request
{
public:
    bool post = false;
    std::string_view path;
    std::string_view query;
    std::string_view host;
    std::string_view authorization;
    std::string_view body;
    std::size_t size = 0; // 0: there is more to come
    bool malformed = false;
};

std::string_view cut(std::string_view& text, std::string_view at)
{
    const auto n = text.find(at);
    const auto out = text.substr(0, n);
    text.remove_prefix(n == std::string_view::npos ? text.size() : n + at.size());
    return out;
}

bool is_named(std::string_view name, std::string_view lower)
{
    return std::equal(name.begin(), name.end(), lower.begin(), lower.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b;
    });
}

request read_request(std::string_view text)
{
    request out;
    const auto end = text.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return out;
    auto head = text.substr(0, end);
    auto line = cut(head, "\r\n");
    const auto method = cut(line, " ");
    auto target = cut(line, " ");
    out.post = method == "POST";
    out.malformed = (!out.post && method != "GET") || line != "HTTP/1.1";
    out.path = cut(target, "?");
    out.query = target;
    std::size_t length = 0;
    while (!head.empty())
    {
        auto value = cut(head, "\r\n");
        const auto name = cut(value, ":");
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        if (is_named(name, "host"))
            out.host = value;
        else if (is_named(name, "authorization"))
            out.authorization = value;
        else if (is_named(name, "content-length"))
        {
            for (const char c : value)
                length = length * 10 + static_cast<std::size_t>(c - '0');
        }
    }
    const auto size = end + 4 + length;
    if (size > text.size())
        return out;
    out.body = text.substr(end + 4, length);
    out.size = size;
    return out;
}

std::string_view parameter(std::string_view form, std::string_view name)
{
    while (!form.empty())
    {
        auto value = cut(form, "&");
        if (cut(value, "=") == name)
            return value;
    }
    return {};
}

std::string decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] != '%' || i + 2 >= text.size())
        {
            out += text[i];
            continue;
        }
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
    }
    return out;
}

class application
{
public:
    void answer(const request& r, bool secure, std::string& out)
    {
        if (r.path == "/__stats" || r.path == "/__reset")
            return tell(r.path == "/__reset", out);
        ++seen.requests;
        const origin& o = origin_of(r.host, secure);
        if (r.path == "/mcp")
            use(r, o, out);
        else if (r.path.substr(0, 37) == "/.well-known/oauth-protected-resource")
            out += document(o.resource);
        else if (r.path == "/.well-known/oauth-authorization-server")
            out += document(o.server);
        else if (r.path == "/register" && r.post)
            enrol(r, out);
        else if (r.path == "/authorize" && !r.post)
            authorize(r, o, out);
        else if (r.path == "/token" && r.post)
            redeem(r, out);
        else
            refuse(out);
    }

private:
    const origin& origin_of(std::string_view host, bool secure)
    {
        name_.assign(secure ? "https://" : "http://").append(host);
        const auto at = origins_.find(name_);
        if (at != origins_.end())
            return at->second;
        return origins_.try_emplace(name_, name_).first->second;
    }

    static const std::string& document(const std::string& text)
    {
        ++seen.metadata;
        return text;
    }

    static void refuse(std::string& out)
    {
        static const std::string text =
            http_response_text("400 Bad Request", "", R"({"error":"invalid_request"})");
        ++seen.bad;
        out += text;
    }

    void use(const request& r, const origin& o, std::string& out)
    {
        static const std::string text = http_response_text("200 OK", "", resource_text);
        if (r.authorization.empty())
        {
            ++seen.challenged;
            out += o.challenge;
            return;
        }
        if (r.authorization.substr(0, 7) != "Bearer " || r.authorization.substr(7) != token_)
            return refuse(out);
        ++seen.used;
        out += text;
    }

    void enrol(const request& r, std::string& out)
    {
        if (r.body.size() < 2 || r.body.front() != '{')
            return refuse(out);
        ++seen.registered;
        std::string body = R"({"client_id":"client-)" + std::to_string(100'000 + ++clients_)
            + R"(","client_id_issued_at":1767225600,)";
        body += r.body.substr(1);
        out += http_response_text("201 Created", "", body);
    }

    // Nothing is kept: the code carries what the token endpoint has to know.
    static void authorize(const request& r, const origin& o, std::string& out)
    {
        const auto redirect = parameter(r.query, "redirect_uri");
        const auto challenge = parameter(r.query, "code_challenge");
        const auto client = parameter(r.query, "client_id");
        const auto state = parameter(r.query, "state");
        if (redirect.empty() || challenge.size() != 43 || client.empty() || state.empty()
            || parameter(r.query, "code_challenge_method") != "S256")
            return refuse(out);
        ++seen.authorized;
        std::string location = "Location: " + decoded(redirect) + "?code=";
        location.append(challenge).append(".").append(client).append("&state=").append(state);
        location += "&iss=" + o.issuer + "\r\n";
        out += http_response_text("302 Found", location, "");
    }

    void redeem(const request& r, std::string& out)
    {
        static const std::string text =
            http_response_text("200 OK", "Pragma: no-cache\r\n", token_response_text());
        const auto code = parameter(r.body, "code");
        const auto verifier = parameter(r.body, "code_verifier");
        const bool good = parameter(r.body, "grant_type") == "authorization_code"
            && !parameter(r.body, "redirect_uri").empty() && verifier.size() >= 43
            && code.size() > 44 && code.substr(0, 43) == view(challenge_of(verifier))
            && code.substr(44) == parameter(r.body, "client_id");
        if (!good)
            return refuse(out);
        ++seen.token;
        out += text;
    }

    static void tell(bool reset, std::string& out)
    {
        const auto field = [](std::string_view name, std::uint64_t value) {
            return "\"" + std::string(name) + "\":" + std::to_string(value);
        };
        const std::string body = "{" + field("accepted", seen.accepted) + ","
            + field("open", seen.open) + "," + field("handshakes", seen.handshakes) + ","
            + field("resumed", seen.resumed) + "," + field("requests", seen.requests) + ","
            + field("bad", seen.bad) + "," + field("challenged", seen.challenged) + ","
            + field("metadata", seen.metadata) + "," + field("registered", seen.registered) + ","
            + field("authorized", seen.authorized) + "," + field("token", seen.token) + ","
            + field("used", seen.used) + "}";
        out += http_response_text("200 OK", "", body);
        if (reset)
        {
            const auto open = seen.open;
            seen = counts();
            seen.open = open;
        }
    }

    std::unordered_map<std::string, origin> origins_;
    std::string name_;
    const std::string token_ = access_token_text();
    std::uint64_t clients_ = 0;
};

template <class Stream>
class session : public std::enable_shared_from_this<session<Stream>>
{
public:
    session(Stream s, application& a) : stream_(std::move(s)), application_(a) { ++seen.open; }
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session() { --seen.open; }

    void start()
    {
        if constexpr (secure)
        {
            stream_.async_handshake(
                asio::ssl::stream_base::server,
                [self = this->shared_from_this()](error_code ec) {
                    if (ec)
                        return; // programs end with handshakes under way
                    ++seen.handshakes;
                    if (SSL_session_reused(self->stream_.native_handle()) != 0)
                        ++seen.resumed;
                    self->read();
                }
            );
        }
        else
        {
            read();
        }
    }

private:
    static constexpr bool secure = !std::is_same_v<Stream, tcp::socket>;

    void read()
    {
        stream_.async_read_some(
            asio::buffer(in_.data() + held_, in_.size() - held_),
            [self = this->shared_from_this()](error_code ec, std::size_t n) {
                if (ec)
                    return;
                self->held_ += n;
                self->take();
            }
        );
    }

    void take()
    {
        const std::string_view text(in_.data(), held_);
        const auto r = read_request(text);
        if (r.size == 0 && held_ != in_.size())
            return read();
        if (r.size == 0 || r.malformed)
        {
            ++seen.bad;
            return;
        }
        out_.clear();
        application_.answer(r, secure, out_);
        std::copy(in_.begin() + static_cast<std::ptrdiff_t>(r.size), in_.end(), in_.begin());
        held_ -= r.size;
        asio::async_write(
            stream_,
            asio::buffer(out_),
            [self = this->shared_from_this()](error_code ec, std::size_t) {
                if (ec)
                    return;
                if (self->held_ != 0)
                    return self->take();
                self->read();
            }
        );
    }

    Stream stream_;
    application& application_;
    std::array<char, 4096> in_{};
    std::size_t held_ = 0;
    std::string out_;
};

// Takes connections and gives nothing for them; or an answer that never ends, an octet at a time.
class bad_neighbour : public std::enable_shared_from_this<bad_neighbour>
{
public:
    bad_neighbour(tcp::socket s, bool drips)
        : socket_(std::move(s))
        , pause_(socket_.get_executor())
        , drips_(drips)
    {}

    void start()
    {
        read();
        if (drips_)
            drip();
    }

private:
    void read()
    {
        socket_.async_read_some(
            asio::buffer(in_),
            [self = shared_from_this()](error_code ec, std::size_t) {
                if (!ec)
                    return self->read();
                self->pause_.cancel();
            }
        );
    }

    void drip()
    {
        constexpr std::chrono::milliseconds apart(250);
        constexpr std::string_view endless = "HTTP/1.1 200 OK\r\nX-Endless: ";
        const char next = sent_ < endless.size() ? endless[sent_] : 'x';
        ++sent_;
        error_code ec;
        socket_.send(asio::buffer(&next, 1), 0, ec);
        pause_.expires_after(apart);
        pause_.async_wait([self = shared_from_this(), gone = ec.failed()](error_code stopped) {
            if (!stopped && !gone)
                self->drip();
        });
    }

    tcp::socket socket_;
    asio::steady_timer pause_;
    const bool drips_;
    std::size_t sent_ = 0;
    std::array<char, 1024> in_{};
};

// A leaf for each address, so that no session fits another origin.
class certificates
{
public:
    certificates()
        : authority_(asioauth::testing::make_identity(asioauth::testing::test_pki::ca_options()))
    {}

    std::string authority() const { return authority_.certificate_pem(); }

    const asioauth::testing::identity& of(const asio::ip::address& a)
    {
        const std::string name = a.to_string();
        const auto at = leaves_.find(name);
        if (at != leaves_.end())
            return at->second;
        asioauth::testing::certificate_options o;
        o.common_name = name;
        o.alternative_names = "IP:" + name;
        return leaves_.try_emplace(name, asioauth::testing::make_identity(o, &authority_))
            .first->second;
    }

private:
    asioauth::testing::identity authority_;
    std::unordered_map<std::string, asioauth::testing::identity> leaves_;
};

template <class Accepted>
class door
{
public:
    door(asio::io_context& io, unsigned port, Accepted a) : acceptor_(io), accepted_(std::move(a))
    {
        acceptor_.open(tcp::v4());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind({asio::ip::address_v4::any(), static_cast<std::uint16_t>(port)});
        acceptor_.listen(4096);
        acceptor_.non_blocking(true);
    }

    unsigned port() const { return acceptor_.local_endpoint().port(); }

    // As many at once as there are, so that a burst of connections does not wait for requests.
    void wait()
    {
        acceptor_.async_wait(tcp::acceptor::wait_read, [this](error_code failed) {
            if (failed)
                return;
            for (int i = 0; i != 256; ++i)
            {
                error_code ec;
                tcp::socket socket = acceptor_.accept(ec);
                if (ec)
                    break;
                const auto here = socket.local_endpoint(ec);
                if (ec || !here.address().is_loopback())
                    continue;
                socket.set_option(tcp::no_delay(true), ec);
                ++seen.accepted;
                accepted_(std::move(socket), here.address());
            }
            wait();
        });
    }

private:
    tcp::acceptor acceptor_;
    Accepted accepted_;
};

int run(const arguments& given)
{
    asio::io_context io(1);
    application mock;
    certificates issued;
    for (unsigned i = 0, n = given.number("origins", 1000); i != n; ++i)
        issued.of(asio::ip::make_address(origin_address(i)));

    asio::ssl::context tls(asio::ssl::context::tls_server);
    SSL_CTX* const native = tls.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    const unsigned char name[] = "mock";
    SSL_CTX_set_session_id_context(native, name, sizeof name);

    door plain(io, given.number("http", 0), [&](tcp::socket s, const asio::ip::address& a) {
        if (is_hostile(a.to_v4().to_uint()))
            return std::make_shared<bad_neighbour>(std::move(s), a.to_v4().to_uint() % 2 == 0)
                ->start();
        std::make_shared<session<tcp::socket>>(std::move(s), mock)->start();
    });
    door secure(io, given.number("tls", 0), [&](tcp::socket s, const asio::ip::address& a) {
        using stream = asio::ssl::stream<tcp::socket>;
        stream secured(std::move(s), tls);
        const auto& leaf = issued.of(a);
        SSL_use_certificate(secured.native_handle(), leaf.certificate.get());
        SSL_use_PrivateKey(secured.native_handle(), leaf.key.get());
        std::make_shared<session<stream>>(std::move(secured), mock)->start();
    });
    plain.wait();
    secure.wait();

    asio::steady_timer life(io, std::chrono::seconds(given.number("seconds", 3600)));
    life.async_wait([&](error_code) { io.stop(); });
    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&](error_code, int) { io.stop(); });

    std::ofstream(given.text("ca", "")) << issued.authority();
    std::printf("{\"http\":%u,\"tls\":%u}\n", plain.port(), secure.port());
    std::fflush(stdout);
    io.run();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    try
    {
        return run(arguments(argc, argv));
    }
    catch (const std::exception& e)
    {
        std::fprintf(stderr, "mock_server: %s\n", e.what());
        return 1;
    }
}
