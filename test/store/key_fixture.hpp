// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "store/sealed_fixture.hpp"

#include <asioauth/protocol/form.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace asioauth::test {

inline std::string line_of(const sealing_key& k)
{
    return k.id() + " " + base64url_encode(k.octets().reveal()) + "\n";
}

/// Ask a source, run the context until it has nothing to do, and give the answer.
inline result<key_ring>
ask(key_source& source, boost::asio::io_context& context, bool existing = false)
{
    result<key_ring> out = failure(errc::internal_error);
    bool inside = true;
    auto h = [&](result<key_ring> r) {
        if (!inside)
            out = std::move(r);
    };
    if (existing)
        source.async_existing_keys(h);
    else
        source.async_keys(h);
    inside = false;
    context.restart();
    context.run();
    return out;
}

/// A folder that goes with the test.
class key_file_fixture
{
public:
    key_file_fixture()
    {
        std::string name = (std::filesystem::temp_directory_path() / "asioauth-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("mkdtemp");
        folder = name;
        path = folder + "/keys/sealing";
    }

    key_file_fixture(const key_file_fixture&) = delete;
    key_file_fixture& operator=(const key_file_fixture&) = delete;
    ~key_file_fixture() { std::filesystem::remove_all(folder); }

    result<key_ring> read(bool existing = false)
    {
        return ask(*file_keys(context.get_executor(), path), context, existing);
    }

    void write(std::string_view text, ::mode_t mode = 0600) const
    {
        std::filesystem::create_directories(folder + "/keys");
        ::chmod((folder + "/keys").c_str(), 0700);
        std::ofstream(path, std::ios::binary) << text;
        ::chmod(path.c_str(), mode);
    }

    static std::string text_of(const std::string& file)
    {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    std::string text() const { return text_of(path); }

    static unsigned mode(const std::string& of)
    {
        struct stat status = {};
        return ::lstat(of.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
    }

    /// Runs this in so many processes that begin at once, and gives the lines that they answered.
    static std::vector<std::string>
    in_processes(int count, const std::function<std::string()>& what)
    {
        std::array<int, 2> start{};
        std::array<int, 2> answers{};
        BOOST_REQUIRE(::pipe(start.data()) == 0);
        BOOST_REQUIRE(::pipe(answers.data()) == 0);
        std::vector<::pid_t> children;
        for (int i = 0; i != count; ++i)
        {
            const auto child = ::fork();
            BOOST_REQUIRE(child >= 0);
            if (child == 0)
            {
                ::close(start[1]);
                char c = 0;
                if (::read(start[0], &c, 1) != 0)
                    ::_exit(1);
                const auto answer = what();
                const auto n = ::write(answers[1], answer.data(), answer.size());
                ::_exit(n == static_cast<::ssize_t>(answer.size()) ? 0 : 1);
            }
            children.push_back(child);
        }
        ::close(start[0]);
        ::close(start[1]);
        ::close(answers[1]);
        std::string all;
        std::array<char, 1'000> piece{};
        for (::ssize_t n = 1; n > 0;)
        {
            n = ::read(answers[0], piece.data(), piece.size());
            all.append(piece.data(), static_cast<std::size_t>(std::max<::ssize_t>(n, 0)));
        }
        ::close(answers[0]);
        for (const auto child : children)
        {
            int status = -1;
            BOOST_TEST(::waitpid(child, &status, 0) == child);
            BOOST_TEST(status == 0);
        }
        std::vector<std::string> out;
        for (auto end = all.find('\n'); end != std::string::npos; end = all.find('\n'))
        {
            out.push_back(all.substr(0, end + 1));
            all.erase(0, end + 1);
        }
        return out;
    }

    boost::asio::io_context context;
    std::string folder;
    std::string path;
};

} // namespace asioauth::test
