// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Two processes that talk of secrets without leaving any in the memory of one of them.

#include "hardening/canaries.hpp"

#include <asioauth/secret.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace asioauth::testing {

/// One end of a pair of sockets. Messages are masked wherever they are but in what is handed over.
class masked_link
{
public:
    enum class news : std::uint8_t
    {
        made,     ///< a kind, and a secret of it that the client has made
        given,    ///< a kind: the answer is a secret of it
        page,     ///< is open in a browser
        redirect, ///< of a page: the answer is where the browser goes
        over,     ///< all flows are; then come the pieces of all secrets, each with its kind
        piece,
        no_more,
        found, ///< what was
        answer,
        lost, ///< the other end
    };

    explicit masked_link(int fd) : fd_(fd) {}
    masked_link(const masked_link&) = delete;
    masked_link& operator=(const masked_link&) = delete;
    ~masked_link() { ::close(fd_); }

    /// No copy of the text is left behind.
    void send(news what, std::uint8_t kind, std::string_view text)
    {
        std::array<unsigned char, 4> head = {
            static_cast<unsigned char>(what),
            kind,
            static_cast<unsigned char>(text.size() >> 8U),
            static_cast<unsigned char>(text.size() & 0xffU)};
        put(head.data(), head.size());
        std::array<unsigned char, 64> some{};
        while (!text.empty())
        {
            const auto n = std::min(text.size(), some.size());
            for (std::size_t i = 0; i != n; ++i)
                some[i] = static_cast<unsigned char>(static_cast<unsigned char>(text[i]) ^ mask);
            put(some.data(), n);
            text.remove_prefix(n);
        }
    }

    /// @param text is set to what was sent, masked
    news receive(std::uint8_t& kind, std::string& text)
    {
        std::array<unsigned char, 4> head{};
        if (!get(head.data(), head.size()))
            return news::lost;
        kind = head[1];
        text.resize(std::size_t{head[2]} * 256 + head[3]);
        if (!get(reinterpret_cast<unsigned char*>(text.data()), text.size()))
            return news::lost;
        return static_cast<news>(head[0]);
    }

    /// The answer to a question, in clear: to be wiped.
    std::string ask(news what, std::uint8_t kind, std::string_view text)
    {
        send(what, kind, text);
        std::string out;
        out.reserve(2048); // so that it does not move
        std::uint8_t ignored = 0;
        if (receive(ignored, out) != news::answer)
            throw std::runtime_error("no answer");
        for (char& c : out)
            c = static_cast<char>(c ^ mask);
        return out;
    }

private:
    void put(const unsigned char* p, std::size_t size)
    {
        while (size != 0)
        {
            const auto n = ::send(fd_, p, size, MSG_NOSIGNAL);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                throw std::runtime_error("the other end is gone");
            p += n;
            size -= static_cast<std::size_t>(n);
        }
    }

    bool get(unsigned char* p, std::size_t size)
    {
        while (size != 0)
        {
            const auto n = ::recv(fd_, p, size, 0);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                return false;
            p += n;
            size -= static_cast<std::size_t>(n);
        }
        return true;
    }

    int fd_;
};

} // namespace asioauth::testing
