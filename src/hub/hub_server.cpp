// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/login_cookie.hpp"
#include "hub/open_connections.hpp"
#include "hub/paced_stream.hpp"
#include "hub/peer_user.hpp"
#include "hub/request.hpp"
#include "hub/responses.hpp"
#include "transport/home_executor.hpp"

#include <asioauth/body_stream.hpp>
#include <asioauth/hub.hpp>
#include <asioauth/hub_beast.hpp>
#include <asioauth/hub_server.hpp>
#include <asioauth/protocol/pkce.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace asioauth::detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

namespace {

constexpr std::uint32_t most_head = 32 * 1024;
constexpr std::uint64_t most_body = 8 * 1024 * 1024;
constexpr std::size_t most_connections = 256;
constexpr std::string_view start_path = "/start";
// With the port behind it: browsers send cookies to all ports of a host, and another server of this
// kind must not take ours for its own.
constexpr std::string_view cookie_prefix = "asioauth-signed-in-";

result<secret> random_text()
{
    auto octets = system_entropy();
    if (!octets)
        return octets.error();
    std::string text = make_state(*octets);
    secret out(text);
    wipe(text);
    return out;
}

// Whether browsers ask for what is below this path as it is written.
bool is_mount(std::string_view path)
{
    if (path.empty())
        return true;
    if (!path.starts_with('/') || path == start_path)
        return false;
    const auto parsed = url::parse("http://127.0.0.1" + std::string(path));
    // Nothing covers a path with dot segments and the like.
    return parsed && parsed->path() == path && !parsed->has_query() && !parsed->has_fragment()
        && covers(*parsed, *parsed) && path.find("//") == std::string_view::npos;
}

} // namespace

class hub_connection;

/// Everything but the settings is touched at home only.
class hub_server_impl : public std::enable_shared_from_this<hub_server_impl>
{
public:
    hub_server_impl(const client& through, hub_server_settings given)
        : client_core_(through)
        , settings_(std::move(given))
        , home_(home_executor::serial(through.get_executor()))
        , acceptor_(home_)
        , retry_(home_)
    {}

    result<void> listen();
    void close();

    const std::string& origin() const noexcept { return origin_; }
    std::string start_url() const
    {
        return origin_ + std::string(start_path) + "?key=" + std::string(start_key_.reveal());
    }
    result<std::string> launch_url();
    const asioauth::hub& hub() const noexcept { return *hub_; }
    const secret& program_key() const noexcept { return program_key_; }
    const home_executor& at_home() const noexcept { return home_; }

    /// What a request is answered with; `respond` is called once, at home.
    /// @param from what it has come from; used in this call alone
    void answer(hub_request request, const tcp::socket& from, hub_server_settings::respond respond);
    bool is_signed_in(const hub_request& request) const
    {
        return is_for_us(request) && user_of(request).has_value();
    }
    /// From any thread: whoever forgets to respond may be anywhere.
    void leave(std::uint64_t number) { connections_.leave(number); }
    std::chrono::milliseconds patience() const noexcept { return settings_.patience(); }
    /// Whether more than the head of this request is wanted.
    /// @param size as announced; nothing if it was not
    bool may_send_body(const hub_request& request, std::optional<std::uint64_t> size) const
    {
        if (!is_for_us(request))
            return false;
        // The answer of an authorization server, which comes without cookies.
        const auto target = split_target(request.target(), settings_.mount());
        const bool is_answer = request.method() == "POST" && target && is_callback(*target);
        return user_of(request).has_value() || (is_answer && size && *size <= longest_form);
    }

private:
    void accept();
    std::optional<hub_user> user_of(const hub_request& request) const;
    bool is_for_us(const hub_request& request) const;
    /// How often a link was used.
    enum class launch_use
    {
        unknown,
        first,
        again
    };
    launch_use use_launch_link(const hub_request& request, const tcp::socket& from);
    http_response sign_in(const hub_request& request, const tcp::socket& from);

    const client& client_core_; // of use in listen() only
    const hub_server_settings settings_;
    const home_executor home_;
    tcp::acceptor acceptor_;
    asio::steady_timer retry_;
    std::optional<asioauth::hub> hub_;
    std::string origin_;
    std::string authority_;
    std::string localhost_;
    std::string cookie_name_;
    secret start_key_;
    secret session_key_;
    struct launch_link
    {
        static constexpr std::chrono::minutes lasts{1};

        secret key;
        std::chrono::steady_clock::time_point until;
        bool used = false;
    };
    std::mutex launch_mutex_;
    launch_link launch_;
    secret program_key_;
    open_connections<hub_connection> connections_{most_connections};
    bool closed_ = false;
};

class hub_connection : public std::enable_shared_from_this<hub_connection>
{
public:
    hub_connection(
        std::shared_ptr<hub_server_impl> server, tcp::socket socket, std::uint64_t number
    )
        : server_(std::move(server))
        , number_(number)
        , stream_(std::move(socket))
    {}

    ~hub_connection() { server_->leave(number_); }

    std::uint64_t number() const noexcept { return number_; }
    /// Whether no request of it is being answered.
    bool is_idle() const noexcept { return idle_; }
    /// Whether it has ever sent a request.
    bool has_asked() const noexcept { return asked_; }
    /// Whether one of them was of who is signed in.
    bool is_signed_in() const noexcept { return signed_in_; }

    void read()
    {
        idle_ = true;
        parser_.emplace();
        parser_->header_limit(most_head);
        parser_->body_limit(most_body);
        stream_.expires_after(server_->patience());
        http::async_read_header(
            stream_,
            buffer_,
            *parser_,
            [self = shared_from_this()](beast::error_code ec, std::size_t) {
                self->received_head(ec);
            }
        );
    }

    void close()
    {
        beast::error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
        stream_.close();
    }

private:
    void received_head(const beast::error_code& ec)
    {
        if (ec)
            return close();
        if (parser_->is_done())
            return received(ec);
        // Nobody else may fill the memory.
        std::optional<std::uint64_t> size;
        if (const auto announced = parser_->content_length())
            size = *announced;
        if (!server_->may_send_body(make_hub_request(parser_->get()), size))
        {
            parser_->get().keep_alive(false);
            return received(ec);
        }
        http::async_read(
            stream_,
            buffer_,
            *parser_,
            [self = shared_from_this()](beast::error_code failed, std::size_t) {
                self->received(failed);
            }
        );
    }

    void received(const beast::error_code& ec)
    {
        if (ec)
            return close();
        stream_.expires_never();
        idle_ = false;
        asked_ = true;
        request_ = parser_->release();
        auto request = make_hub_request(request_);
        signed_in_ = signed_in_ || server_->is_signed_in(request);
        server_->answer(
            std::move(request),
            stream_.socket(),
            [self = shared_from_this()](http_response r) { self->send(std::move(r)); }
        );
    }

    void send(http_response r)
    {
        if (r.events() != nullptr)
        {
            watch(r.events());
            r.events(std::make_shared<paced_stream>(r.events(), stream_, server_->patience()));
        }
        stream_.expires_after(server_->patience());
        async_write_hub_response(
            stream_,
            request_,
            std::move(r),
            [self = shared_from_this()](beast::error_code ec, bool keep_alive) {
                if (ec || !keep_alive)
                    return self->close();
                self->read();
            }
        );
    }

    // Nobody reads meanwhile: an end of the peer would be noticed only by the next write.
    void watch(std::weak_ptr<body_stream> events)
    {
        stream_.socket().async_wait(
            tcp::socket::wait_read,
            [self = shared_from_this(), events = std::move(events)](beast::error_code) {
                // Also when it is this side that has closed.
                if (const auto stream = events.lock())
                    stream->close();
            }
        );
    }

    std::shared_ptr<hub_server_impl> server_;
    const std::uint64_t number_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_{most_head + 16 * 1024};
    std::optional<http::request_parser<http::string_body>> parser_;
    http::request<http::string_body> request_;
    bool idle_ = true;
    bool asked_ = false;
    bool signed_in_ = false;
};

result<void> hub_server_impl::listen()
{
    if (!is_mount(settings_.mount()))
    {
        failure wrong(errc::invalid_argument);
        wrong.where(stage::listener)
            .message("The hub is mounted at a path such as /integrations, and not at /start.");
        return wrong;
    }
    for (auto* key : {&start_key_, &session_key_, &program_key_})
    {
        auto text = random_text();
        if (!text)
            return text.error();
        *key = std::move(*text);
    }
    if (!settings_.program_key().empty())
        program_key_ = settings_.program_key();
    const tcp::endpoint where(asio::ip::address_v4::loopback(), settings_.port());
    boost::system::error_code ec;
    acceptor_.open(where.protocol(), ec);
    if (!ec)
        acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec)
        acceptor_.bind(where, ec);
    if (!ec)
        acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
    {
        failure wrong(ec == asio::error::address_in_use ? errc::port_in_use : errc::listen_failed);
        wrong.where(stage::listener).message("Port " + std::to_string(settings_.port()));
        return wrong;
    }
    const std::string port = std::to_string(acceptor_.local_endpoint(ec).port());
    authority_ = "127.0.0.1:" + port;
    localhost_ = "localhost:" + port;
    cookie_name_ = std::string(cookie_prefix) + port;
    origin_ = "http://" + authority_;
    hub_settings hub(origin_ + settings_.mount());
    hub.allow_loopback(true); // of the machine's own user
    if (settings_.hub())
        settings_.hub()(hub);
    hub_.emplace(client_core_, std::move(hub));
    home_.execute([self = shared_from_this()] { self->accept(); });
    return {};
}

void hub_server_impl::accept()
{
    if (closed_)
        return;
    acceptor_.async_accept(
        home_,
        [self = shared_from_this()](boost::system::error_code ec, tcp::socket socket) {
            if (self->closed_ || ec == asio::error::operation_aborted)
                return;
            if (ec)
            {
                // Out of descriptors, most likely: that passes.
                self->retry_.expires_after(std::chrono::milliseconds(100));
                self->retry_.async_wait([self](boost::system::error_code) { self->accept(); });
                return;
            }
            const auto c = std::make_shared<hub_connection>(
                self, std::move(socket), self->connections_.number()
            );
            if (self->connections_.enter(c))
                c->read();
            self->accept();
        }
    );
}

void hub_server_impl::close()
{
    home_.execute([self = shared_from_this()] {
        if (std::exchange(self->closed_, true))
            return;
        boost::system::error_code ignored;
        self->acceptor_.close(ignored);
        self->retry_.cancel();
        self->connections_.close_all();
    });
}

// A web page of elsewhere can give any name to our address, but then the browser says so.
bool hub_server_impl::is_for_us(const hub_request& request) const
{
    return request.field("Host") == authority_;
}

std::optional<hub_user> hub_server_impl::user_of(const hub_request& request) const
{
    hub_user out(settings_.user());
    const auto authorization = request.field("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (authorization.starts_with(scheme))
    {
        if (!(secret(std::string(authorization.substr(scheme.size()))) == program_key_))
            return std::nullopt;
        return out.by_credential(true);
    }
    std::string shown = cookie_of(request.field("Cookie"), cookie_name_);
    const bool known = !session_key_.empty() && secret(shown) == session_key_;
    wipe(shown);
    if (!known)
        return std::nullopt;
    return out.sign_in(session_key_.reveal());
}

result<std::string> hub_server_impl::launch_url()
{
    auto key = random_text();
    if (!key)
        return key.error();
    std::string out = origin_ + std::string(start_path) + "?once=" + std::string(key->reveal());
    const std::lock_guard<std::mutex> lock(launch_mutex_);
    launch_ = launch_link();
    launch_.key = std::move(*key);
    launch_.until = std::chrono::steady_clock::now() + launch_link::lasts;
    return out;
}

hub_server_impl::launch_use
hub_server_impl::use_launch_link(const hub_request& request, const tcp::socket& from)
{
    const std::lock_guard<std::mutex> lock(launch_mutex_);
    if (launch_.key.empty())
        return launch_use::unknown;
    const std::string expected =
        std::string(start_path) + "?once=" + std::string(launch_.key.reveal());
    if (!(secret(request.target()) == secret(expected)))
        return launch_use::unknown;
    // Whoever has read it from the arguments of a program can neither use it nor use it up.
    if (is_of_another_user(from))
        return launch_use::unknown;
    if (std::exchange(launch_.used, true))
        return launch_use::again;
    return std::chrono::steady_clock::now() < launch_.until ? launch_use::first
                                                            : launch_use::unknown;
}

http_response hub_server_impl::sign_in(const hub_request& request, const tcp::socket& from)
{
    const std::string expected =
        std::string(start_path) + "?key=" + std::string(start_key_.reveal());
    const bool by_start_key = secret(request.target()) == secret(expected);
    const launch_use launched = by_start_key ? launch_use::first : use_launch_link(request, from);
    if (launched == launch_use::again)
    {
        // One of the two was somebody else, who has read it from the arguments of a program.
        auto fresh = random_text();
        session_key_ = fresh ? std::move(*fresh) : secret();
        return text_response(
            403,
            "This link was used before. If that was not you, another user of this machine was "
            "faster: all browsers are signed out. Open the link that was printed at the start."
        );
    }
    if (launched == launch_use::unknown || session_key_.empty())
        return text_response(
            403, "This link is of an earlier start. Use the one that was printed last."
        );
    http_response out(303, "");
    out.field("Location", settings_.pages() ? "/" : settings_.mount() + "/");
    out.field("Cache-Control", "no-store");
    out.field("Referrer-Policy", "no-referrer");
    out.field(
        "Set-Cookie",
        cookie_name_ + "=" + std::string(session_key_.reveal()) + "; Path=/; HttpOnly; SameSite=Lax"
    );
    return out;
}

void hub_server_impl::answer(
    hub_request request, const tcp::socket& from, hub_server_settings::respond respond
)
{
    respond = [once = std::make_shared<bool>(false),
               respond = std::move(respond)](http_response r) {
        if (!std::exchange(*once, true))
            respond(std::move(r));
    };
    if (closed_ || !hub_)
        return respond(text_response(503, "This server is being stopped."));
    // The callback is at the address, and cookies are for the name that was asked.
    if (request.field("Host") == localhost_ && request.method() == "GET"
        && request.target().starts_with('/'))
    {
        http_response there(307, "");
        there.field("Location", origin_ + request.target()).field("Cache-Control", "no-store");
        return respond(std::move(there));
    }
    if (!is_for_us(request))
        return respond(text_response(421, "This server is reached by its own address only."));
    if (request.target().starts_with(std::string(start_path) + "?"))
        return respond(sign_in(request, from));
    auto user = user_of(request);
    const std::string& target = request.target();
    const std::string& mount = settings_.mount();
    const bool below = target.starts_with(mount)
        && (target.size() == mount.size() || target[mount.size()] == '/'
            || target[mount.size()] == '?');
    // The hub has something for those who are not signed in.
    if (!user && !below)
        return respond(text_response(403, "Open the link that was printed at the start."));
    if (!below)
    {
        if (!settings_.pages())
            return respond(text_response(404, "There is nothing here."));
        // Cookies go to every port of this machine's address, and so do forms of other programs' pages.
        if (!user->by_credential() && changes_something(request.method())
            && is_from_another_site(request, origin_))
            return respond(text_response(403, "This was sent by a page of another site."));
        return settings_.pages(
        )(std::move(request),
          *user,
          [self = shared_from_this(), respond = std::move(respond)](http_response r) {
              self->home_.execute([respond, r = std::move(r)]() mutable { respond(std::move(r)); });
          });
    }
    hub_->async_handle(
        std::move(request),
        user ? *user : hub_user(""),
        asio::bind_executor(
            home_,
            [respond = std::move(respond)](const error_code& ec, http_response r) {
                if (ec)
                    return respond(text_response(503, "This server cannot answer: " + ec.message())
                    );
                if (r.status() == 401)
                    return respond(
                        text_response(403, "Open the link that was printed at the start.")
                    );
                respond(std::move(r));
            }
        )
    );
}

} // namespace asioauth::detail

namespace asioauth {

hub_server::hub_server(const client& through, hub_server_settings settings)
    : impl_(std::make_shared<detail::hub_server_impl>(through, std::move(settings)))
{}

hub_server::~hub_server()
{
    impl_->close();
}

result<void> hub_server::listen()
{
    return impl_->listen();
}

const std::string& hub_server::origin() const noexcept
{
    return impl_->origin();
}

std::string hub_server::start_url() const
{
    return impl_->start_url();
}

result<std::string> hub_server::launch_url() const
{
    return impl_->launch_url();
}

hub hub_server::hub() const
{
    return impl_->hub();
}

const secret& hub_server::program_key() const noexcept
{
    return impl_->program_key();
}

void hub_server::close()
{
    impl_->close();
}

} // namespace asioauth
