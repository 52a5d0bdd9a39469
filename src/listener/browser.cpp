// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/browser_commands.hpp"
#include "listener/child_process.hpp"
#include "listener/completion.hpp"
#include "listener/pasted_lines.hpp"
#include "transport/home_io.hpp"
#include "transport/kept_post.hpp"

#include <asioauth/browser.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

namespace asioauth {

namespace asio = boost::asio;

namespace detail {

namespace {

/// One async_open.
class open_operation : public std::enable_shared_from_this<open_operation>
{
public:
    open_operation(const home_executor& ex, user_agent::opened_handler h)
        : ex_(ex)
        , pipe_(ex)
        , timer_(ex)
        , complete_(std::move(h))
    {}

    void start(const url& where, const browser_settings& settings)
    {
        auto slot = asio::get_associated_cancellation_slot(complete_);
        if (slot.is_connected())
        {
            slot.assign([weak = weak_from_this()](asio::cancellation_type) {
                if (const auto self = weak.lock())
                    self->cancel();
            });
        }
        post_kept(ex_, [self = shared_from_this(), w = url(where), s = browser_settings(settings)] {
            self->open(w, s);
        });
    }

    void finish(result<void> outcome)
    {
        if (stop())
            post_completion(ex_, std::move(complete_), std::move(outcome));
    }

    void cancel()
    {
        if (stop())
            post_cancelled(ex_, std::move(complete_), result<void>(operation_aborted()));
    }

private:
    /// True the first time.
    bool stop()
    {
        timer_.cancel();
        error_code ignored;
        pipe_.close(ignored);
        return !std::exchange(done_, true);
    }

    static failure not_opened(std::string_view message)
    {
        failure f(errc::browser_not_opened);
        f.where(stage::authorization).message(message);
        return f;
    }

    // False if the program's function has thrown, which must not end the loop that runs us.
    static bool shown(const url& where, const browser_settings& settings)
    {
        try
        {
            settings.on_url()(where.str());
        }
        catch (...)
        {
            return false;
        }
        return true;
    }

    void open(const url& where, const browser_settings& settings)
    {
        if (done_)
            return;
        if (settings.on_url() && !where.empty() && !shown(where, settings))
            return finish(failure(errc::internal_error).where(stage::authorization));
        if (done_)
            return; // cancelled or destroyed in there
        if (settings.no_launch())
        {
            if (settings.on_url())
                return finish({});
            return finish(not_opened("Starting a browser is switched off."));
        }
        if (!may_be_launched(where.str()))
            return finish(
                not_opened("The login address holds characters that are not passed to a program.")
            );
        const auto surroundings = browser_surroundings::current();
        if (surroundings.remote_shell && !surroundings.has_display)
        {
            last_ = not_opened("This is a remote session without a display.");
            last_.hint("Open the login address on your own machine. If it cannot reach this one, "
                       "forward the port of the "
                       "redirect URI (ssh -L PORT:127.0.0.1:PORT) or paste the address that the "
                       "browser ends at.");
        }
        commands_ = browser_commands(where.str(), settings.command(), surroundings);
        next();
    }

    void next()
    {
        error_code ec;
        timer_.cancel();
        pipe_.close(ec);
        while (!commands_.empty())
        {
            auto command = std::move(commands_.front());
            commands_.erase(commands_.begin());
            auto file = find_program(command.front());
            if (file.empty())
                continue;
            auto fd = launch(std::move(file), std::move(command));
            if (fd.get() < 0)
                continue;
            pipe_.assign(fd.get(), ec);
            if (ec)
                continue;
            fd.release();
            started_ = false;
            return read();
        }
        finish(last_);
    }

    void read()
    {
        pipe_.async_read_some(
            asio::buffer(news_),
            [self = shared_from_this()](error_code ec, std::size_t size) {
                if (self->done_ || ec == asio::error::operation_aborted)
                    return;
                self->take(std::string_view(self->news_.data(), size), !ec);
            }
        );
    }

    void take(std::string_view news, bool more)
    {
        for (const char what : news)
        {
            switch (what)
            {
            case report_started: wait_a_moment(); break;
            case report_succeeded: return finish({});
            default: return next();
            }
        }
        if (more)
            return read();
        if (started_)
            return finish({});
        next();
    }

    // Openers hand the URL over and end; one that cannot says so with its exit status, at once. A
    // browser that runs in the foreground does not end, and was opened all the same.
    void wait_a_moment()
    {
        constexpr std::chrono::seconds moment(2);
        started_ = true;
        timer_.expires_after(moment);
        timer_.async_wait([self = shared_from_this()](error_code ec) {
            if (!ec)
                self->finish({});
        });
    }

    home_executor ex_;
    stream_descriptor pipe_;
    home_timer timer_;
    user_agent::opened_handler complete_; // only ever moved from
    std::vector<std::vector<std::string>> commands_;
    failure last_ = not_opened("None of the known programs to open an address works here.");
    std::array<char, 4> news_{};
    bool started_ = false;
    bool done_ = false;
};

} // namespace

} // namespace detail

class browser::impl
{
public:
    impl(const asio::any_io_executor& ex, browser_settings s)
        : ex_(detail::home_executor::of(ex))
        , settings_(std::move(s))
        , lines_(std::make_shared<detail::pasted_lines>(ex_))
    {}
    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;
    ~impl()
    {
        for (const auto& known : opening_)
        {
            if (const auto operation = known.lock())
                operation->cancel();
        }
        lines_->close();
    }

    void open(const url& where, opened_handler h)
    {
        std::erase_if(opening_, [](const auto& operation) { return operation.expired(); });
        const auto operation = std::make_shared<detail::open_operation>(ex_, std::move(h));
        opening_.push_back(operation);
        operation->start(where, settings_);
    }

    void ask(pasted_handler h) { lines_->ask(std::move(h), settings_.paste_from_terminal()); }

private:
    detail::home_executor ex_;
    browser_settings settings_;
    std::shared_ptr<detail::pasted_lines> lines_;
    std::vector<std::weak_ptr<detail::open_operation>> opening_;
};

browser::browser(asio::any_io_executor ex, browser_settings settings)
    : impl_(std::make_shared<impl>(std::move(ex), std::move(settings)))
{}

browser::~browser() = default;

void browser::async_open(url where, opened_handler h)
{
    impl_->open(where, std::move(h));
}

void browser::async_ask_redirect_url(pasted_handler h)
{
    impl_->ask(std::move(h));
}

} // namespace asioauth
