// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "hardening/forged_certificates.hpp"
#include "support/loopback_server.hpp"

#include <asioauth/error.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>

#include <openssl/dh.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::testing {

/// Servers that differ in how they speak.
class protocol_case
{
public:
    std::string name;
    loopback_server::script raw; ///< null: a TLS server with these options
    loopback_server::tls_options options;
    errc expected = errc::tls_failed;
};

using std::string_literals::operator""s;

inline std::string number(std::size_t value, int bytes)
{
    std::string out;
    for (int i = bytes - 1; i >= 0; --i)
        out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
}

inline std::string sized(int bytes, std::string_view content)
{
    return number(content.size(), bytes) + std::string(content);
}

inline std::string record(char type, std::string_view content)
{
    return std::string(1, type) + "\x03\x03" + sized(2, content);
}

inline std::string message(char type, std::string_view content)
{
    return std::string(1, type) + sized(3, content);
}

inline std::string alert(char level, char what)
{
    return record(21, std::string{level, what});
}

inline std::string extension(std::size_t type, std::string_view content)
{
    return number(type, 2) + sized(2, content);
}

/// What a ServerHello says; as it stands a client goes on with it.
class server_hello
{
public:
    std::size_t version = 0x0303;
    std::string random = std::string(32, 'r');
    std::string session;
    std::size_t cipher = 0xc02b;
    char compression = 0;
    std::string extensions = extension(0xff01, "\0"s);

    std::string text() const
    {
        return record(
            22,
            message(
                2,
                number(version, 2) + random + sized(1, session) + number(cipher, 2) + compression
                    + sized(2, extensions)
            )
        );
    }
};

/// Reads one record; empty at the end.
inline std::string read_record(peer& p)
{
    std::string head(5, '\0');
    boost::system::error_code ec;
    boost::asio::read(p.socket(), boost::asio::buffer(head), ec);
    if (ec)
        return {};
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(head[3])) * 256
        + static_cast<unsigned char>(head[4]);
    std::string body(size, '\0');
    boost::asio::read(p.socket(), boost::asio::buffer(body), ec);
    return ec ? std::string() : body;
}

inline std::string session_of(const std::string& client_hello)
{
    const std::size_t at = 4 + 2 + 32;
    return client_hello.size() > at
        ? client_hello.substr(at + 1, static_cast<unsigned char>(client_hello[at]))
        : std::string();
}

inline std::string repeated(std::string_view what, int times)
{
    std::string out;
    for (int i = 0; i != times; ++i)
        out += what;
    return out;
}

/// Answers the ClientHello with these bytes and listens on.
inline loopback_server::script says(std::string bytes)
{
    return [bytes](peer& p) {
        read_record(p);
        p.write(bytes);
        p.read_to_end();
    };
}

/// Likewise, and closes.
inline loopback_server::script says_and_goes(std::string bytes)
{
    return [bytes](peer& p) {
        read_record(p);
        p.write(bytes);
        p.close();
    };
}

inline loopback_server::script says(const server_hello& hello)
{
    return says(hello.text());
}

inline server_hello with_cipher(std::size_t cipher)
{
    server_hello h;
    h.cipher = cipher;
    return h;
}

inline server_hello with_version(std::size_t version)
{
    server_hello h;
    h.version = version;
    return h;
}

inline server_hello with_extensions(std::string text)
{
    server_hello h;
    h.extensions = std::move(text);
    return h;
}

/// A HelloRetryRequest for a group.
inline std::string retry_request(const std::string& session, std::size_t group)
{
    server_hello h;
    h.random = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
               "\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c";
    h.session = session;
    h.cipher = 0x1301;
    h.extensions = extension(43, "\x03\x04") + extension(51, number(group, 2));
    return h.text();
}

inline loopback_server::script asks_again(std::size_t group, int times)
{
    return [group, times](peer& p) {
        for (int i = 0; i != times; ++i)
        {
            std::string hello = read_record(p);
            if (i == 1)
                hello = read_record(p); // a ChangeCipherSpec came before it
            p.write(retry_request(session_of(hello), group));
        }
        p.read_to_end();
    };
}

inline protocol_case tls_server(
    std::string name,
    int version,
    std::string ciphers,
    std::function<void(boost::asio::ssl::context&)> adjust = {}
)
{
    protocol_case out;
    out.name = std::move(name);
    out.options.max_version = version;
    out.options.ciphers = std::move(ciphers);
    out.options.adjust = std::move(adjust);
    return out;
}

/// A Diffie-Hellman key on a group of 1536 bits.
inline void use_small_group(boost::asio::ssl::context& c)
{
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> make(
        EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr), &EVP_PKEY_CTX_free
    );
    char group[] = "modp_1536";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string("group", group, 0), OSSL_PARAM_construct_end()};
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_keygen_init(make.get()) <= 0 || EVP_PKEY_CTX_set_params(make.get(), params) <= 0
        || EVP_PKEY_generate(make.get(), &key) <= 0
        || SSL_CTX_set0_tmp_dh_pkey(c.native_handle(), key) != 1)
    {
        throw std::runtime_error("cannot make a small group");
    }
}

inline int
choose_h2(SSL*, const unsigned char** out, unsigned char* size, const unsigned char*, unsigned, void*)
{
    static constexpr unsigned char h2[] = {'h', '2'};
    *out = h2;
    *size = 2;
    return SSL_TLSEXT_ERR_OK;
}

inline std::vector<protocol_case> bad_protocols()
{
    const auto raw = [](std::string name, loopback_server::script s) {
        return protocol_case{std::move(name), std::move(s), {}};
    };
    const auto stalls = [](std::string name, loopback_server::script s) {
        return protocol_case{std::move(name), std::move(s), {}, errc::tls_timeout};
    };
    server_hello compressed;
    compressed.compression = 1;
    server_hello downgraded;
    downgraded.random.replace(24, 8, "DOWNGRD\x01");
    server_hello downgraded_further;
    downgraded_further.random.replace(24, 8, "DOWNGRD\0"s);
    const std::string hello = server_hello().text();
    const std::string two_protocols = extension(16, sized(2, "\x02h2\x08http/1.1"));

    return {
        // --- Old or weak, offered by a real server
        tls_server("TLS 1.0", TLS1_VERSION, ""),
        tls_server("TLS 1.1", TLS1_1_VERSION, ""),
        tls_server("no encryption", TLS1_2_VERSION, "eNULL:@SECLEVEL=0"),
        tls_server("no authentication", TLS1_2_VERSION, "aNULL:@SECLEVEL=0"),
        tls_server("neither", TLS1_2_VERSION, "aNULL+eNULL:@SECLEVEL=0"),
        tls_server("small group", TLS1_2_VERSION, "DHE:@SECLEVEL=0", &use_small_group),
        tls_server(
            "h2 chosen, TLS 1.2",
            TLS1_2_VERSION,
            "",
            [](auto& c) { SSL_CTX_set_alpn_select_cb(c.native_handle(), &choose_h2, nullptr); }
        ),
        tls_server(
            "h2 chosen, TLS 1.3",
            0,
            "",
            [](auto& c) { SSL_CTX_set_alpn_select_cb(c.native_handle(), &choose_h2, nullptr); }
        ),
        // --- A ServerHello that chooses what was not offered
        raw("SSL 3.0 chosen", says(with_version(0x0300))),
        raw("TLS 1.0 chosen", says(with_version(0x0301))),
        raw("TLS 1.1 chosen", says(with_version(0x0302))),
        raw("version of the future chosen", says(with_version(0x0305))),
        raw("NULL cipher chosen", says(with_cipher(0x0002))),
        raw("export cipher chosen", says(with_cipher(0x0003))),
        raw("RC4 chosen", says(with_cipher(0x0005))),
        raw("DES chosen", says(with_cipher(0x0009))),
        raw("3DES chosen", says(with_cipher(0x000a))),
        raw("anonymous DH chosen", says(with_cipher(0x0034))),
        raw("anonymous ECDH chosen", says(with_cipher(0xc018))),
        raw("pre-shared key chosen", says(with_cipher(0x008c))),
        raw("SRP chosen", says(with_cipher(0xc01d))),
        raw("signalling value chosen as a cipher", says(with_cipher(0x5600))),
        raw("unknown cipher chosen", says(with_cipher(0xfafa))),
        raw("compression chosen", says(compressed)),
        raw("downgrade to TLS 1.2 that TLS 1.3 marks", says(downgraded)),
        raw("downgrade to TLS 1.1 that TLS 1.3 marks", says(downgraded_further)),
        raw("no secure renegotiation", says(with_extensions(""))),
        raw("wrong renegotiation",
            says(with_extensions(extension(
                0xff01,
                "\x03"
                "abc"
            )))),
        raw("extension that was not asked for",
            says(with_extensions(extension(0xff01, "\0"s) + extension(5, "")))),
        raw("extension twice",
            says(with_extensions(extension(0xff01, "\0"s) + extension(0xff01, "\0"s)))),
        raw("two protocols chosen",
            says(with_extensions(extension(0xff01, "\0"s) + two_protocols))),
        raw("retry for an unknown group", asks_again(0x9999, 1)),
        raw("retry for ever", asks_again(0x0017, 2)),
        // --- No TLS
        raw("plain HTTP",
            [](peer& p) {
                p.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                p.read_to_end();
            }),
        raw("plain HTTP behind the ClientHello",
            says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")),
        raw("mail server",
            [](peer& p) {
                p.write("220 mail.example ESMTP\r\n");
                p.read_to_end();
            }),
        raw("garbage", says(std::string(4096, '\xff'))),
        raw("zeros", says(std::string(4096, '\0'))),
        raw("an answer of SSL 2", says("\x80\x0b\x04\x00\x01\x00\x02\x00\x00\x00\x03\x00\x10"s)),
        raw("its own ClientHello",
            [](peer& p) {
                p.write(record(22, read_record(p)));
                p.read_to_end();
            }),
        // --- Ends, and things that never end
        raw("end at once", [](peer& p) { p.close(); }),
        raw("end behind the ClientHello", says_and_goes("")),
        raw("reset behind the ClientHello",
            [](peer& p) {
                read_record(p);
                p.reset();
            }),
        raw("half a record", says_and_goes(hello.substr(0, 3))),
        raw("half a ServerHello", says_and_goes(hello.substr(0, hello.size() / 2))),
        raw("end behind the ServerHello", says_and_goes(hello)),
        raw("fatal alert", says(alert(2, 40))),
        raw("fatal alert behind the ServerHello", says(hello + alert(2, 80))),
        raw("end alert", says(alert(1, 0))),
        raw("unknown alert", says(alert(7, 99))),
        raw("1000 warnings", says_and_goes(repeated(alert(1, 112), 1000))),
        raw("1000 warnings behind the ServerHello",
            says_and_goes(hello + repeated(alert(1, 90), 1000))),
        raw("1000 empty records", says_and_goes(repeated(record(22, ""), 1000))),
        raw("1000 changes of the cipher", says_and_goes(repeated(record(20, "\x01"), 1000))),
        raw("1000 requests to begin again",
            says_and_goes(repeated(record(22, message(0, "")), 1000))),
        raw("heartbeat", says(record(24, "\x01\x40\x00"s))),
        raw("data instead of a handshake", says(record(23, "hello"))),
        raw("record of 64 KiB", says("\x16\x03\x03\xff\xff" + std::string(65535, 'x'))),
        raw("message of 16 MiB", says(record(22, "\x02\xff\xff\xff" + std::string(16000, 'x')))),
        raw("certificate instead of a ServerHello", says(record(22, message(11, "\0\0\0"s)))),
        raw("chain of no certificate", says(hello + record(22, message(11, "\0\0\0"s)))),
        raw("finished without a handshake", says(record(22, message(20, std::string(12, 'f'))))),
        stalls("silence", [](peer& p) { p.read_to_end(); }),
        stalls("silence behind half a record", says(hello.substr(0, 9))),
        stalls("silence behind the ServerHello", says(hello)),
    };
}

} // namespace asioauth::testing
