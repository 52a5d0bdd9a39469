// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/browser_fixture.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace asioauth;
using namespace asioauth::testing::browsing;
namespace asio = boost::asio;

/// Makes a pipe the standard input.
class piped_input
{
public:
    piped_input() : before_(::dup(0))
    {
        int ends[2];
        BOOST_REQUIRE(::pipe(ends) == 0);
        ::dup2(ends[0], 0);
        ::close(ends[0]);
        writer_ = ends[1];
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
    int writer_ = -1;
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

BOOST_AUTO_TEST_SUITE_END()
