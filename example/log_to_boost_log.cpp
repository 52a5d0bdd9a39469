// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a client does, as records of Boost.Log: what is known of an event are attributes, for filters
// and sinks that write fields (JSON, syslog, a database), and the message is for people. Secrets are
// redacted by their type: whatever a program logs of them by mistake, three stars come out.

#include "support/co_main.hpp"

#include <asioauth/client.hpp>

#include <boost/log/attributes/scoped_attribute.hpp>
#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/sync_frontend.hpp>
#include <boost/log/sinks/text_ostream_backend.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/log/sources/severity_logger.hpp>
#include <boost/log/trivial.hpp>
#include <boost/log/utility/manipulators/add_value.hpp>
#include <boost/smart_ptr/make_shared.hpp>
#include <boost/smart_ptr/shared_ptr.hpp>

#include <chrono>
#include <cstdint>
#include <sstream>
#include <utility>

namespace logging = boost::log;

namespace asioauth {

/// Every secret, in every record. Streams other than those of Boost.Log still do not take one.
logging::formatting_ostream& operator<<(logging::formatting_ostream& os, const secret&)
{
    return os << "***";
}
/// For one that is not const, which a template of Boost.Log would take otherwise.
logging::formatting_ostream& operator<<(logging::formatting_ostream& os, secret& s)
{
    return os << std::as_const(s);
}

} // namespace asioauth

namespace {

namespace asio = boost::asio;
namespace expr = boost::log::expressions;
using asioauth::event;
using severity = logging::trivial::severity_level;
using logger_type = logging::sources::severity_logger<severity>;

/// For client_settings::on_event. It is called on the client's strand: use an asynchronous_sink where
/// a backend may block.
class boost_log_listener
{
public:
    void operator()(const event& e)
    {
        const double took = std::chrono::duration<double, std::milli>(e.took).count();
        BOOST_LOG_SEV(logger_, severity_of(e))
            << logging::add_value("Operation", e.operation) << logging::add_value("Span", e.span)
            << logging::add_value("Kind", std::string(name_of(e.doing)))
            << logging::add_value("Stage", std::string(name_of(e.where)))
            << logging::add_value("Outcome", std::string(name_of(asioauth::outcome_of(e.code))))
            << logging::add_value("Took", took) << message_of(e);
    }

private:
    // What a person has to look at is a warning; that users say no or have to log in is daily life.
    static severity severity_of(const event& e)
    {
        const bool wrong = e.code && e.code != asioauth::condition::cancelled
            && e.code != asioauth::condition::login_required;
        if (wrong && (e.what == event::kind::end || e.what == event::kind::note))
            return severity::warning;
        if (e.what == event::kind::request || e.what == event::kind::response)
            return severity::debug;
        return severity::info;
    }

    // An event writes itself as one line.
    static std::string message_of(const event& e)
    {
        std::ostringstream os;
        os << e;
        return os.str();
    }

    logger_type logger_;
};

using text_sink = logging::sinks::synchronous_sink<logging::sinks::text_ostream_backend>;

// The stream lives longer than the sink.
boost::shared_ptr<text_sink> write_to(std::ostream& os)
{
    auto backend = boost::make_shared<logging::sinks::text_ostream_backend>();
    backend->add_stream(boost::shared_ptr<std::ostream>(&os, [](std::ostream*) {}));
    auto sink = boost::make_shared<text_sink>(backend);
    sink->set_formatter(
        expr::stream << expr::attr<severity>("Severity") << " "
                     << expr::if_(expr::has_attr<std::uint64_t>("Operation")
                        )[expr::stream << "[" << expr::attr<std::uint64_t>("Operation") << "/"
                                       << expr::attr<std::uint64_t>("Span") << " "
                                       << expr::attr<std::string>("Outcome") << " "
                                       << expr::attr<double>("Took") << " ms] "]
                     << expr::smessage
    );
    logging::core::get()->add_sink(sink);
    return sink;
}

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    std::ostringstream lines;
    const auto sink = write_to(lines);

    asioauth::client_settings settings;
    settings.client_name("asioauth Boost.Log").on_event(boost_log_listener());
    asioauth::client client(ex, settings);
    asioauth::diagnostics info;
    auto [failed, session] = co_await client.async_login(text, info, example::as_tuple);
    if (failed)
        co_return example::complain(failed, info);
    const std::chrono::minutes a_while(1);
    auto [no_token, token] = co_await session.async_token(a_while, info, example::as_tuple);
    if (no_token)
        co_return example::complain(no_token, info);
    logger_type own;
    BOOST_LOG_SEV(own, severity::error) << "somebody logs the token: " << token.value;

    logging::core::get()->remove_sink(sink);
    const std::string all = lines.str();
    std::cout << all;
    // So that this is a test of the adapter, too.
    const bool leaked = all.find(token.value.reveal()) != std::string::npos;
    const bool whole = all.find("login ends after ") != std::string::npos
        && all.find("/0 done ") != std::string::npos && all.find("token: 200 ") != std::string::npos
        && all.find("error somebody logs the token: ***\n") != std::string::npos;
    co_return leaked || !whole ? EXIT_FAILURE : EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
