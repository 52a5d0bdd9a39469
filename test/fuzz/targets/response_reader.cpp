// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What comes out of a connection: the same response, or the same refusal, in whatever pieces the
// bytes arrive.

// max_len: 4096
// dictionaries: http

#include "transport/response_reader.hpp"

#include "fuzz/fuzz.hpp"

#include <asioauth/limits.hpp>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <utility>

using namespace asioauth;
using detail::response_reader;
using fuzz::check;
using fuzz::check_equal;

namespace {

using how = response_reader::event_stream;

class settings
{
public:
    std::size_t body_limit = 0;
    how on_stream = how::collect;
    bool cut = false;
    bool closes_cleanly = false;
};

// How reading has ended.
class ending
{
public:
    std::string what; // of the response, or of its refusal
    std::string body;
    std::size_t used = 0; // octets of the message
    bool refused = false;
    bool keeps_alive = false;
};

std::string text_of(const http_response& r)
{
    std::string out = std::to_string(r.status());
    for (const auto& [name, value] : r.fields())
        out.append("\n").append(name).append(": ").append(value);
    return out;
}

// The body of a chunked message that is well formed, as the RFC's own grammar reads it.
std::string unchunked(std::string_view text)
{
    std::string out;
    for (;;)
    {
        const auto digits = text.substr(0, text.find_first_not_of("0123456789abcdefABCDEF"));
        check(!digits.empty(), "a chunk has a size");
        const std::size_t size = std::stoull(std::string(digits), nullptr, 16);
        text.remove_prefix(text.find("\r\n") + 2);
        if (size == 0)
            return out;
        check(text.substr(size, 2) == "\r\n", "a chunk ends where its size says");
        out += text.substr(0, size);
        text.remove_prefix(size + 2);
    }
}

// The body of this message by another reading than the library's.
void check_body(std::string_view message, const ending& read)
{
    std::string head;
    do
    {
        const auto end = message.find("\r\n\r\n");
        check(end != std::string_view::npos, "a head ends with an empty line");
        head = message.substr(0, end);
        message.remove_prefix(end + 4);
    } while (head.compare(9, 1, "1") == 0);
    std::transform(head.begin(), head.end(), head.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    if (head.compare(9, 3, "204") == 0 || head.compare(9, 3, "304") == 0)
        return check_equal(read.body, "", "such a response has no body");
    if (head.find("\r\ntransfer-encoding:") != std::string::npos)
        return check_equal(read.body, unchunked(message), "a chunked body is read as it was sent");
    const auto length = head.find("\r\ncontent-length:");
    check(length != std::string::npos, "a connection that stays open needs a length");
    check(
        std::stoull(head.substr(length + 17)) == read.body.size(), "a body is as long as it says"
    );
    check_equal(read.body, message.substr(0, read.body.size()), "a body is read as it was sent");
}

// Reads as the transport does, in pieces of the sizes that `sizes` says, over and over.
ending read(std::string_view wire, std::string_view sizes, const settings& s)
{
    response_reader reader(s.body_limit, s.on_stream, s.cut);
    detail::receive_buffer buffer(response_reader::buffer_size);
    ending out;
    bool done = false;
    std::size_t arrived = 0;
    std::size_t turn = 0;
    const auto refuse = [&](const failure& f) {
        fuzz::check_failure(f);
        out.refused = true;
        out.what = std::to_string(f.code().value());
    };
    const auto take = [&](std::size_t received) {
        if (!reader.is_stream())
        {
            const auto r = reader.take(buffer, received);
            if (!r)
                return refuse(r.error());
            done = *r;
            if (!reader.is_stream())
                return;
            done = false;
        }
        for (bool more = true; more && !done;)
        {
            std::string octets;
            const std::size_t before = buffer.size();
            const auto r = reader.take_octets(buffer, octets);
            check(octets.size() <= response_reader::most_octets, "a piece of a stream is small");
            out.body += octets;
            if (!r)
                return refuse(r.error());
            done = *r;
            more = before != buffer.size() && buffer.size() != 0;
        }
    };
    while (!done && !out.refused && arrived != wire.size())
    {
        const auto room = response_reader::space(buffer);
        check(room != 0, "there is room for the next read");
        const std::size_t wanted = sizes.empty()
            ? wire.size()
            : static_cast<unsigned char>(sizes[turn++ % sizes.size()]) + 1;
        const auto n = std::min({wanted, wire.size() - arrived, room});
        buffer.commit(boost::asio::buffer_copy(
            buffer.prepare(n), boost::asio::buffer(wire.data() + arrived, n)
        ));
        arrived += n;
        take(n);
    }
    if (!done && !out.refused)
    {
        check(reader.untouched() == wire.empty(), "what has arrived is known");
        const auto r = reader.end(s.closes_cleanly);
        if (!r)
            refuse(r.error());
        done = !out.refused;
    }
    if (out.refused)
        return out;
    out.keeps_alive = reader.may_keep_alive();
    const bool streamed = reader.is_stream();
    const http_response r = reader.release();
    out.used = arrived - buffer.size();
    out.what = text_of(r);
    if (!streamed)
    {
        out.body = r.body();
        check(out.body.size() <= s.body_limit, "a body is as long as it may be");
    }
    check(r.status() >= 200 && r.status() <= 599, "a response has a final status");
    check(r.fields().size() <= limits::response_fields, "a response has so many fields at most");
    for (const auto& [name, value] : r.fields())
        check(
            name.find_first_of(" \t\r\n:") == std::string::npos
                && value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
            "a field is a field"
        );
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::size_t body_limits[] = {0, 1, 16, 100, 1024, 256 * 1024};
    fuzz::input in(data, size);
    settings s;
    s.body_limit = body_limits[in.below(std::size(body_limits))];
    const auto flags = in.byte();
    s.on_stream = (flags & 1U) != 0 ? how::follow : (flags & 2U) != 0 ? how::skip : how::collect;
    s.cut = (flags & 4U) != 0;
    s.closes_cleanly = (flags & 8U) != 0;
    const auto sizes = in.line();
    const auto wire = in.rest();

    fuzz::meter meter;
    const auto whole = read(wire, {}, s);
    meter.check_linear(wire.size(), 64, 128 * 1024);
    const auto pieces = read(wire, sizes, s);
    const auto octets = read(wire, std::string_view("\0", 1), s);
    for (const auto* other : {&pieces, &octets})
    {
        check(
            other->refused == whole.refused, "pieces do not decide whether a response is refused"
        );
        check_equal(other->what, whole.what, "pieces do not change what is read");
        check(other->keeps_alive == whole.keeps_alive, "pieces do not decide about the connection");
        if (!whole.refused)
        {
            check_equal(other->body, whole.body, "pieces do not change the body");
            if (whole.keeps_alive)
                check(other->used == whole.used, "a response ends where it ends");
        }
    }
    if (!whole.refused && whole.keeps_alive)
    {
        // What follows on the connection is the next response's, whatever it is.
        const auto alone = read(wire.substr(0, whole.used), sizes, s);
        check(!alone.refused, "a response needs nothing behind it");
        check_equal(alone.what, whole.what, "a response does not depend on what follows");
        check_equal(alone.body, whole.body, "a body does not depend on what follows");
        if (s.on_stream != how::skip)
            check_body(wire.substr(0, whole.used), whole);
    }
    return 0;
}
