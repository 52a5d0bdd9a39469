// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// A hub's own web server over sockets, and who connects to it.

#include "support/mock_ports.hpp"

#include <asioauth/body_stream.hpp>
#include <asioauth/client.hpp>
#include <asioauth/hub_server.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace asioauth::test {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

/// A body that says what the test has it say, and knows its end.
class scripted_stream final : public body_stream
{
public:
    explicit scripted_stream(asio::any_io_executor ex) : executor_(std::move(ex)) {}

    void say(std::string text)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        said_.push_back(std::move(text));
        give();
    }
    void fail()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        over_ = true;
        give();
    }
    /// Blocks until the reader has let go.
    void wait_for_close() { closed_.get_future().wait(); }

    void async_read_some(handler h) override
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto waiting = std::make_shared<parked<result<std::string>>>(executor_, std::move(h));
        // Belongs to the context, and goes with it.
        const auto timer = std::make_shared<asio::steady_timer>(
            executor_, std::chrono::steady_clock::time_point::max()
        );
        timer->async_wait([waiting, timer](error_code) {});
        waiting_ = waiting;
        timer_ = timer;
        give();
    }

    void close() override
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!std::exchange(told_, true))
            closed_.set_value();
        over_ = true;
        give();
    }

private:
    void give()
    {
        const auto waiting = waiting_.lock();
        if (!waiting || (said_.empty() && !over_))
            return;
        if (said_.empty())
            waiting->complete(failure(operation_aborted()));
        else
        {
            waiting->complete(std::move(said_.front()));
            said_.pop_front();
        }
        waiting_.reset();
        asio::post(executor_, [timer = timer_.lock()] { timer->cancel(); });
    }

    asio::any_io_executor executor_;
    std::mutex mutex_;
    std::deque<std::string> said_;
    std::weak_ptr<parked<result<std::string>>> waiting_;
    std::weak_ptr<asio::steady_timer> timer_;
    std::promise<void> closed_;
    bool told_ = false;
    bool over_ = false;
};

class answer
{
public:
    int status = 0;
    std::string head;
    std::string body;

    bool has(const std::string& what) const { return head.find(what) != std::string::npos; }
    std::string field(const std::string& name) const
    {
        const auto at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos)
            return {};
        const auto from = at + name.size() + 4;
        return head.substr(from, head.find("\r\n", from) - from);
    }
};

/// One connection of a browser; calls block.
class line
{
public:
    explicit line(std::uint16_t port) : socket_(io_)
    {
        socket_.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
    }

    void write(const std::string& text)
    {
        boost::system::error_code ec;
        asio::write(socket_, asio::buffer(text), ec);
    }

    /// The head alone; a status of 0 if the connection ended instead.
    answer read_head()
    {
        answer out;
        boost::system::error_code ec;
        const auto n = asio::read_until(socket_, asio::dynamic_buffer(pending_), "\r\n\r\n", ec);
        if (ec)
            return out;
        out.head = pending_.substr(0, n);
        pending_.erase(0, n);
        out.status = std::stoi(out.head.substr(9, 3));
        return out;
    }

    answer read(bool head_only = false)
    {
        answer out = read_head();
        const auto size = out.field("Content-Length");
        if (head_only || size.empty())
            return out;
        const auto wanted = std::stoul(size);
        boost::system::error_code ec;
        if (pending_.size() < wanted)
            asio::read(
                socket_,
                asio::dynamic_buffer(pending_),
                asio::transfer_exactly(wanted - pending_.size()),
                ec
            );
        out.body = pending_.substr(0, wanted);
        pending_.erase(0, wanted);
        return out;
    }

    /// Until this is there; what there was, if it ends before.
    std::string read_to(const std::string& what)
    {
        boost::system::error_code ec;
        const auto n = asio::read_until(socket_, asio::dynamic_buffer(pending_), what, ec);
        std::string out = pending_.substr(0, ec ? pending_.size() : n);
        pending_.erase(0, out.size());
        return out;
    }

    /// All that comes until the peer closes.
    std::string read_all()
    {
        boost::system::error_code ec;
        asio::read(socket_, asio::dynamic_buffer(pending_), ec);
        return std::exchange(pending_, std::string());
    }

    void close() { socket_.close(); }
    tcp::socket& socket() { return socket_; }

private:
    asio::io_context io_;
    tcp::socket socket_;
    std::string pending_;
};

// Serves in a thread of its own.
class served
{
public:
    explicit served(hub_server_settings s = hub_server_settings(), bool runs = true)
    {
        network = std::make_shared<mock_transport>(io->get_executor());
        const auto user = std::make_shared<mock_user>(io->get_executor());
        add_provider(*network);
        for (const char* method : {"GET", "POST"})
            network->on(std::string(method) + " https://open.example/mcp", [](const http_request&) {
                http_response r(200, R"({"jsonrpc":"2.0","id":1,"result":{}})");
                r.field("Content-Type", "application/json");
                return result<http_response>(std::move(r));
            });
        client_settings c;
        c.transport(network).listener(user).user_agent(user);
        subject.emplace(io->get_executor(), c);
        s.program_key(secret("program-key"));
        server.emplace(*subject, std::move(s));
        BOOST_REQUIRE(server->listen());
        origin = server->origin();
        port = static_cast<std::uint16_t>(std::stoul(origin.substr(origin.rfind(':') + 1)));
        host = "127.0.0.1:" + std::to_string(port);
        if (runs)
            thread = std::thread([this] { io->run(); });
    }

    ~served() { stop(); }

    void stop()
    {
        work.reset();
        io->stop();
        if (thread.joinable())
            thread.join();
    }

    std::string request(
        const std::string& method,
        const std::string& target,
        const std::string& fields = "",
        const std::string& body = ""
    ) const
    {
        return method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields
            + (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n")
            + "\r\n" + body;
    }

    answer ask(const std::string& text, bool head_only = false) const
    {
        line l(port);
        l.write(text);
        return l.read(head_only);
    }
    answer
    get(const std::string& target, const std::string& fields = "", const char* method = "GET") const
    {
        return ask(request(method, target, fields), std::string(method) == "HEAD");
    }

    std::string cookie()
    {
        if (!cookie_.empty())
            return cookie_;
        const auto in = get(server->start_url().substr(origin.size()));
        const auto set = in.field("Set-Cookie");
        cookie_ = "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
        return cookie_;
    }

    /// An integration that needs no login.
    std::string connected()
    {
        const auto added = ask(request(
            "POST",
            "/integrations",
            json + "Content-Type: application/json\r\n",
            R"({"url":"https://open.example/mcp"})"
        ));
        const auto o = boost::json::parse(added.body);
        const std::string id(o.at("integration").at("id").as_string().c_str());
        BOOST_TEST(
            ask(request("POST", "/integrations/" + id + "/connect", json + "Content-Length: 0\r\n"))
                .status
            == 200
        );
        return id;
    }

    /// One whose user has to log in, looked up and not connected.
    std::string added()
    {
        const auto a = ask(request(
            "POST",
            "/integrations",
            json + "Content-Type: application/json\r\n",
            R"({"url":"https://mcp.example/mcp"})"
        ));
        return std::string(boost::json::parse(a.body).at("integration").at("id").as_string().c_str()
        );
    }

    /// As its user does it in a browser. @return the last page
    answer log_in(const std::string& id)
    {
        const auto left =
            ask(request("POST", "/integrations/" + id + "/connect", json + "Content-Length: 0\r\n")
            );
        const std::string there(boost::json::parse(left.body).at("location").as_string().c_str());
        const auto asked = boost::urls::parse_uri(there)->params();
        const boost::urls::url back((*asked.find("redirect_uri")).value);
        boost::urls::url came("/");
        came.set_encoded_path(back.encoded_path());
        came.params().append({"code", "CANARY-code"});
        came.params().append({"state", (*asked.find("state")).value});
        came.params().append({"iss", "https://as.example"});
        const auto set = left.field("Set-Cookie");
        return get(
            std::string(came.buffer()),
            key + "Cookie: " + set.substr(0, set.find(';')) + "\r\nAccept: text/html\r\n"
        );
    }

    std::shared_ptr<asio::io_context> io = std::make_shared<asio::io_context>();
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{
        asio::make_work_guard(*io)};
    std::shared_ptr<mock_transport> network;
    std::optional<client> subject;
    std::optional<hub_server> server;
    std::string origin;
    std::string host;
    std::uint16_t port = 0;
    const std::string key = "Authorization: Bearer program-key\r\n";
    const std::string json = key + "Accept: application/json\r\n";
    std::thread thread;

private:
    std::string cookie_;
};

} // namespace asioauth::test
