// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/browser_fixture.hpp"
#include "support/no_descriptors.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace asioauth;
using namespace asioauth::testing::browsing;
namespace asio = boost::asio;

/// Two ends of which the first is read from.
class two_ends
{
public:
    int reader = -1;
    int writer = -1;
};

two_ends pipe_ends()
{
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    return {ends[0], ends[1]};
}

two_ends socket_ends()
{
    int ends[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    return {ends[0], ends[1]};
}

two_ends terminal_ends()
{
    const int writer = ::posix_openpt(O_RDWR | O_NOCTTY);
    BOOST_REQUIRE(writer >= 0);
    BOOST_REQUIRE(::grantpt(writer) == 0);
    BOOST_REQUIRE(::unlockpt(writer) == 0);
    const int reader = ::open(::ptsname(writer), O_RDONLY | O_NOCTTY);
    BOOST_REQUIRE(reader >= 0);
    return {reader, writer};
}

/// Skips what cannot be done where no terminals can be made.
boost::test_tools::assertion_result with_terminals(boost::unit_test::test_unit_id)
{
    const int fd = ::posix_openpt(O_RDWR | O_NOCTTY);
    const bool made = fd >= 0 && ::grantpt(fd) == 0 && ::unlockpt(fd) == 0;
    if (fd >= 0)
        ::close(fd);
    return made;
}

/// Makes one of these the standard input.
class piped_input
{
public:
    explicit piped_input(two_ends ends = pipe_ends()) : before_(::dup(0)), writer_(ends.writer)
    {
        ::dup2(ends.reader, 0);
        ::close(ends.reader);
    }
    piped_input(const piped_input&) = delete;
    piped_input& operator=(const piped_input&) = delete;
    ~piped_input()
    {
        close();
        ::dup2(before_, 0);
        ::close(before_);
    }

    void write(std::string_view text) const
    {
        BOOST_REQUIRE(
            ::write(writer_, text.data(), text.size()) == static_cast<ssize_t>(text.size())
        );
    }

    void close()
    {
        if (writer_ >= 0)
            ::close(std::exchange(writer_, -1));
    }

private:
    int before_;
    int writer_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pasted_lines_, fixture)

BOOST_AUTO_TEST_CASE(without_paste_nothing_is_read_and_only_cancellation_ends_the_question)
{
    piped_input input;
    input.write("http://127.0.0.1/cb?code=c\n");
    browser b(io.get_executor());
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST(!a.done());
    BOOST_TEST(!io.stopped()); // it counts as work
    a.cancel.emit(asio::cancellation_type::partial);
    a.cancel.emit(asio::cancellation_type::partial);
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->error().code() == asio::error::operation_aborted);
    BOOST_TEST(a.calls == 1);
    char byte = 0;
    BOOST_TEST(::read(0, &byte, 1) == 1);
    BOOST_TEST(byte == 'h');
}

BOOST_AUTO_TEST_CASE(a_line_is_trimmed_and_empty_ones_are_ignored)
{
    piped_input input;
    input.write("\n  \t\r\n");
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST(!a.done());
    input.write(" \thttp://127.0.0.1/cb?co");
    io.poll();
    BOOST_TEST(!a.done());
    input.write("de=c \r\n");
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->value() == "http://127.0.0.1/cb?code=c");
}

BOOST_AUTO_TEST_CASE(a_second_line_is_kept_for_the_next_question)
{
    piped_input input;
    input.write("one\ntwo\nthr");
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    for (const std::string_view expected : {"one", "two"})
    {
        asking a;
        ask(b, a);
        until([&] { return a.done(); });
        BOOST_TEST(a.outcome->value() == expected);
    }
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST(!a.done());
    input.write("ee\n");
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->value() == "three");
}

BOOST_AUTO_TEST_CASE(a_line_goes_to_everybody_who_asks)
{
    piped_input input;
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking one;
    asking two;
    asking gone;
    ask(b, one);
    ask(b, gone);
    ask(b, two);
    gone.cancel.emit(asio::cancellation_type::terminal);
    input.write("line\n");
    until([&] { return one.done() && two.done() && gone.done(); });
    BOOST_TEST(one.outcome->value() == "line");
    BOOST_TEST(two.outcome->value() == "line");
    BOOST_TEST(gone.outcome->error().code() == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(a_question_can_be_asked_again_after_a_cancellation)
{
    piped_input input;
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking first;
    ask(b, first);
    first.cancel.emit(asio::cancellation_type::terminal);
    asking second;
    ask(b, second);
    input.write("line\n");
    until([&] { return first.done() && second.done(); });
    BOOST_TEST(first.outcome->error().code() == asio::error::operation_aborted);
    BOOST_TEST(second.outcome->value() == "line");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_input_answers_nothing)
{
    piped_input input;
    input.write("half a line");
    input.close();
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    io.poll();
    io.poll();
    BOOST_TEST(!a.done());
    a.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->error().code() == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(a_file_as_input_answers_nothing)
{
    std::ofstream(dir / "input") << "line\n";
    const int before = ::dup(0);
    const int file = ::open((dir / "input").c_str(), O_RDONLY | O_CLOEXEC);
    ::dup2(file, 0);
    ::close(file);
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST(!a.done());
    BOOST_TEST(::lseek(0, 0, SEEK_CUR) == 0); // not read
    ::dup2(before, 0);
    ::close(before);
    a.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return a.done(); });
}

BOOST_AUTO_TEST_CASE(the_standard_input_stays_in_blocking_mode)
{
    piped_input input;
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    io.poll();
    BOOST_TEST((::fcntl(0, F_GETFL) & O_NONBLOCK) == 0);
    a.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return a.done(); });
}

BOOST_AUTO_TEST_CASE(an_endless_line_takes_bounded_memory_and_ends_with_its_line)
{
    piped_input input;
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    for (int i = 0; i < 100; ++i)
    {
        input.write(std::string(4096, 'x'));
        while (io.poll() != 0)
        {}
    }
    BOOST_TEST(!a.done());
    input.write("\n");
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->value().size() == 16'384U);
}

// A socket has no description of its own to be had: the one that is shared is used, and given back.
BOOST_AUTO_TEST_CASE(a_socket_as_input_is_read_and_left_as_it_was)
{
    piped_input input(socket_ends());
    const int before = ::fcntl(0, F_GETFL);
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    for (const std::string_view line : {"one", "two"})
    {
        asking a;
        ask(b, a);
        io.poll();
        BOOST_TEST(!a.done());
        input.write(std::string(line) + "\n");
        until([&] { return a.done(); });
        BOOST_TEST(a.outcome->value() == line);
        BOOST_TEST(::fcntl(0, F_GETFL) == before);
    }
    asking cancelled;
    ask(b, cancelled);
    io.poll();
    cancelled.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return cancelled.done(); });
    BOOST_TEST(::fcntl(0, F_GETFL) == before);
    asking at_its_end;
    ask(b, at_its_end);
    input.close();
    io.poll();
    BOOST_TEST(!at_its_end.done());
    BOOST_TEST(::fcntl(0, F_GETFL) == before);
}

BOOST_AUTO_TEST_CASE(
    a_terminal_as_input_is_read_and_left_as_it_was, *boost::unit_test::precondition(with_terminals)
)
{
    piped_input input(terminal_ends());
    const int before = ::fcntl(0, F_GETFL);
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking a;
    ask(b, a);
    io.poll();
    input.write("http://127.0.0.1/cb?code=c");
    io.poll();
    BOOST_TEST(!a.done());
    BOOST_TEST(::fcntl(0, F_GETFL) == before); // also while it reads
    input.write("\n");
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->value() == "http://127.0.0.1/cb?code=c");
    BOOST_TEST(::fcntl(0, F_GETFL) == before);
}

BOOST_AUTO_TEST_CASE(without_an_input_or_with_a_device_nothing_is_answered)
{
    const int before = ::dup(0);
    browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
    asking closed;
    ::close(0);
    ask(b, closed);
    io.poll();
    BOOST_TEST(!closed.done());
    asking device;
    const int null = ::open("/dev/null", O_RDONLY);
    BOOST_REQUIRE(null == 0); // the lowest that is free
    ask(b, device);
    io.poll();
    BOOST_TEST(!device.done());
    ::dup2(before, 0);
    ::close(before);
    // Whoever asks next is answered, and they are too.
    piped_input input;
    input.write("line\n");
    asking next;
    ask(b, next);
    until([&] { return next.done() && closed.done() && device.done(); });
    BOOST_TEST(closed.outcome->value() == "line");
    BOOST_TEST(device.outcome->value() == "line");
}

BOOST_AUTO_TEST_CASE(without_descriptors_a_question_waits_for_the_next_one)
{
    for (const auto ends : {&pipe_ends, &socket_ends})
    {
        piped_input input(ends());
        input.write("line\n");
        browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
        asking first;
        {
            const test::no_descriptors none;
            ask(b, first);
            io.poll();
        }
        const bool answered = first.done();
        BOOST_TEST(!answered);
        asking second;
        ask(b, second);
        until([&] { return first.done() && second.done(); });
        BOOST_TEST(first.outcome->value() == "line");
        BOOST_TEST(second.outcome->value() == "line");
    }
}

BOOST_AUTO_TEST_CASE(a_cancellation_that_comes_late_changes_nothing)
{
    piped_input input;
    asking a;
    {
        browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
        ask(b, a);
        input.write("line\n");
        until([&] { return a.done(); });
        a.cancel.emit(asio::cancellation_type::terminal); // answered
    }
    a.cancel.emit(asio::cancellation_type::terminal); // and nobody is there any more
    io.poll();
    BOOST_TEST(a.calls == 1);
    BOOST_TEST(a.outcome->value() == "line");
}

BOOST_AUTO_TEST_CASE(destroying_the_browser_while_it_reads_ends_the_question_and_takes_no_line)
{
    piped_input input;
    asking a;
    {
        browser b(io.get_executor(), browser_settings().paste_from_terminal(true));
        ask(b, a);
        io.poll();
    }
    until([&] { return a.done(); });
    BOOST_TEST(a.outcome->error().code() == asio::error::operation_aborted);
    io.poll();
    input.write("line\n");
    char byte = 0;
    BOOST_TEST(::read(0, &byte, 1) == 1);
    BOOST_TEST(byte == 'l');
    BOOST_TEST(a.calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()
