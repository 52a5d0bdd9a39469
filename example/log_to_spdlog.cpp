// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a client does, as lines of spdlog: one for each event, with the fields that log searches look
// for. Secrets are redacted by their type: whatever a program logs of them by mistake, three stars
// come out.

#include "support/co_main.hpp"

#include <asioauth/client.hpp>

#include <spdlog/fmt/fmt.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <sstream>

/// Every secret, in every line, at every level.
template <>
struct fmt::formatter<asioauth::secret>
{
    constexpr auto parse(format_parse_context& context) { return context.begin(); }

    template <class Context>
    auto format(const asioauth::secret&, Context& context) const
    {
        return fmt::format_to(context.out(), "***");
    }
};

namespace {

namespace asio = boost::asio;
using asioauth::event;

/// For client_settings::on_event. It is called on the client's strand: use a logger whose sinks do
/// not block, such as one of spdlog/async.h, where the disk may be slow.
class spdlog_listener
{
public:
    explicit spdlog_listener(std::shared_ptr<spdlog::logger> to) : to_(std::move(to)) {}

    void operator()(const event& e) const
    {
        const auto level = level_of(e);
        if (!to_->should_log(level))
            return;
        const auto took = std::chrono::duration<double, std::milli>(e.took).count();
        switch (e.what)
        {
        case event::kind::begin: to_->log(level, "{} begins{}", name(e), ids(e)); break;
        case event::kind::end:
            to_->log(
                level,
                "{} ends{} outcome={} took_ms={:.1f}",
                name(e),
                ids(e),
                name_of(asioauth::outcome_of(e.code)),
                took
            );
            break;
        case event::kind::request:
            to_->log(level, "{} {}{} stage={}", e.method, e.url, ids(e), name_of(e.where));
            break;
        case event::kind::response:
            to_->log(
                level,
                "{} {}{} stage={} took_ms={:.1f}",
                e.code ? e.code.message() : std::to_string(e.http_status),
                e.url,
                ids(e),
                name_of(e.where),
                took
            );
            break;
        case event::kind::note:
        case event::kind::step:
            to_->log(level, "{} {}{} stage={}", e.text, e.url, ids(e), name_of(e.where));
            break;
        }
    }

private:
    // What a person has to look at is a warning; that users say no or have to log in is daily life.
    static spdlog::level::level_enum level_of(const event& e)
    {
        const bool wrong = e.code && e.code != asioauth::condition::cancelled
            && e.code != asioauth::condition::login_required;
        if (wrong && (e.what == event::kind::end || e.what == event::kind::note))
            return spdlog::level::warn;
        if (e.what == event::kind::request || e.what == event::kind::response)
            return spdlog::level::debug;
        return spdlog::level::info;
    }

    static std::string_view name(const event& e) { return name_of(e.doing); }

    static std::string ids(const event& e)
    {
        std::string out = fmt::format(" operation={}", e.operation);
        if (e.span != 0)
            out += fmt::format(" span={}", e.span);
        return out;
    }

    std::shared_ptr<spdlog::logger> to_;
};

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    std::ostringstream lines;
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_st>(lines);
    auto logger = std::make_shared<spdlog::logger>("asioauth", sink);
    logger->set_level(spdlog::level::debug);
    logger->set_pattern("%l %v");

    asioauth::client_settings settings;
    settings.client_name("asioauth spdlog").on_event(spdlog_listener(logger));
    asioauth::client client(ex, settings);
    asioauth::diagnostics info;
    auto [failed, session] = co_await client.async_login(text, info, example::as_tuple);
    if (failed)
        co_return example::complain(failed, info);
    const std::chrono::minutes a_while(1);
    auto [no_token, token] = co_await session.async_token(a_while, info, example::as_tuple);
    if (no_token)
        co_return example::complain(no_token, info);
    logger->error("somebody logs the token: {}", token.value);

    const std::string all = lines.str();
    std::cout << all;
    // So that this is a test of the adapter, too.
    const bool leaked = all.find(token.value.reveal()) != std::string::npos;
    const bool whole = all.find("info login ends operation=") != std::string::npos
        && all.find("outcome=done took_ms=") != std::string::npos
        && all.find("stage=token took_ms=") != std::string::npos
        && all.find("the token: ***\n") != std::string::npos;
    co_return leaked || !whole ? EXIT_FAILURE : EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
