// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 9: logins through a web server of yours.
//
// One request begins a login (/connect), the browser goes to the authorization server, another
// request finishes it (/oauth/callback) and sends the browser on to a page of the site (/apps). In
// between nothing is kept in this process: with a store that several nodes share any of them may
// serve the second request. The cookie binds the login to the browser that began it.

#include "servers/http_messages.hpp"
#include "servers/http_server.hpp"
#include "support/co_main.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/browser.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// The web server: your own, in any framework.
class site
{
public:
    site(asio::io_context& io, std::string resource, std::function<void(int)> done)
        : server_(io, false)
        , port_(server_.listen(0))
        , origin_("http://localhost:" + std::to_string(port_))
        , client_(io.get_executor(), client_settings())
        , authorizer_(client_, origin_ + "/oauth/callback")
        , resource_(std::move(resource))
        , done_(std::move(done))
    {
        server_.serve([this](example::http_request request, example::respond_function respond) {
            answer(request, std::move(respond));
        });
    }

    std::string start_page() const { return origin_ + "/connect"; }
    void close() { server_.close(); }

private:
    static asioauth::client_settings client_settings()
    {
        asioauth::client_settings out;
        out.client_name("asioauth lesson 9");
        return out;
    }

    void answer(const example::http_request& request, example::respond_function respond)
    {
        const auto path = example::target_path(request);
        if (path == "/connect")
            return connect(example::header(request, "Cookie"), std::move(respond));
        // Servers that do not name themselves in their answers get an address below this one.
        if (path == "/oauth/callback" || path.starts_with("/oauth/callback/"))
            return callback(request, std::move(respond));
        if (path == "/apps")
            return apps(std::move(respond));
        respond(example::make_text(http::status::not_found, "Not here.", "text/plain"));
    }

    // [begin]
    // "anna" is whom your site knows as signed in.
    void connect(const std::string& cookies, example::respond_function respond)
    {
        asioauth::begin_params params(resource_);
        params.cookies(cookies).return_to("/apps");
        auto info = std::make_shared<asioauth::diagnostics>();
        authorizer_.async_begin(
            "anna",
            params,
            *info,
            [respond, info](const asioauth::error_code& ec, const asioauth::begun_login& begun) {
                if (ec)
                    return respond(page(http::status::bad_gateway, "Not connected", ec, *info));
                std::cout << "1. The browser is sent to " << begun.found.server.issuer << ".\n";
                example::http_response out(http::status::see_other, 11);
                out.set(http::field::location, begun.where.str());
                out.set(http::field::set_cookie, begun.set_cookie);
                out.set(http::field::cache_control, "no-store");
                respond(std::move(out));
            }
        );
    }
    // [begin]

    // [complete]
    void callback(const example::http_request& request, example::respond_function respond)
    {
        asioauth::login_callback came(
            std::string_view(request.target().data(), request.target().size())
        );
        came.cookies(example::header(request, "Cookie"));
        came.user("anna"); // signed in at your site now; what others have begun is refused
        auto info = std::make_shared<asioauth::diagnostics>();
        authorizer_.async_complete(
            came,
            *info,
            [this,
             respond,
             info](const asioauth::error_code& ec, const asioauth::completed_login& done) {
                if (ec)
                {
                    respond(page(http::status::bad_request, "Not connected", ec, *info));
                    return done_(EXIT_FAILURE);
                }
                std::cout << "2. " << done.user << " is logged in to " << done.session.resource()
                          << " and goes back to " << done.return_to << ".\n";
                // Away from the URL with the code in it, to the page that begin_params named.
                example::http_response out(http::status::see_other, 11);
                out.set(http::field::location, done.return_to);
                out.set(http::field::cache_control, "no-store");
                respond(std::move(out));
            }
        );
    }
    // [complete]

    // [use]
    // Any time later, at any node: the login is found by the user and the resource.
    void apps(example::respond_function respond)
    {
        asioauth::login_params kept(resource_);
        kept.user("anna").silent(true);
        auto info = std::make_shared<asioauth::diagnostics>();
        client_.async_login(
            kept,
            *info,
            [this,
             respond,
             info](const asioauth::error_code& ec, const asioauth::session& session) {
                std::cout << "3. A request of anna's finds the login: "
                          << (ec ? ec.message() : "scope " + asioauth::presentable(session.scope()))
                          << ".\n";
                respond(page(http::status::ok, ec ? "Not connected" : "Connected", ec, *info));
                done_(ec ? EXIT_FAILURE : EXIT_SUCCESS);
            }
        );
    }
    // [use]

    // Nothing of the request is shown.
    static example::http_response page(
        http::status status,
        const std::string& title,
        const asioauth::error_code& ec,
        const asioauth::diagnostics& info
    )
    {
        if (ec)
            std::cerr << asioauth::describe(ec, info) << '\n';
        return example::make_text(
            status, "<title>" + title + "</title><h1>" + title + "</h1>", "text/html"
        );
    }

    example::http_server server_;
    unsigned short port_;
    std::string origin_;
    asioauth::client client_;
    asioauth::authorizer authorizer_;
    std::string resource_;
    std::function<void(int)> done_;
};

} // namespace

int main(int argc, char** argv)
{
    try
    {
        asio::io_context io(1);
        int status = EXIT_FAILURE;
        site app(io, argc > 1 ? argv[1] : "http://localhost:8000/mcp", [&](int s) {
            status = s;
            // The browser still gets its page.
            auto last = std::make_shared<asio::steady_timer>(io, std::chrono::milliseconds(200));
            last->async_wait([&io, last](const boost::system::error_code&) { io.stop(); });
        });
        std::cout << "Open " << app.start_page() << " if no browser opens.\n" << std::flush;
        asioauth::browser browser(io.get_executor());
        browser.async_open(
            asioauth::url::parse(app.start_page()).value(), [](const asioauth::result<void>&) {}
        );
        io.run_for(std::chrono::minutes(2));
        return status;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
