// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "hardening/forged_certificates.hpp"

#include <asioauth/error.hpp>

#include <functional>
#include <string>
#include <vector>

namespace asioauth::testing {

/// Servers that differ in their certificate.
class certificate_case
{
public:
    std::string name;
    std::string host;
    std::function<certificate_chain()> make;
    errc expected = errc::tls_host_mismatch; // meaningless where it is accepted
};

inline const identity& root()
{
    return test_pki::get().ca();
}

inline certificate_chain with(const certificate_options& o)
{
    return make_identity(o, &root());
}

inline certificate_options valid(long from, long to)
{
    auto o = test_pki::good_options();
    o.valid_from_days = from;
    o.valid_to_days = to;
    return o;
}

inline certificate_options for_purpose(std::string usage)
{
    auto o = test_pki::good_options();
    o.extended_key_usage = std::move(usage);
    return o;
}

inline certificate_options with_rsa(unsigned bits, certificate_options o = test_pki::good_options())
{
    o.rsa_bits = bits;
    return o;
}

inline certificate_chain changed(const certificate_change& change)
{
    return forge(test_pki::good_options(), root(), change);
}

inline certificate_chain raw_names(const std::vector<std::string>& names)
{
    return changed([&](X509* c) { set_dns_names(c, names); });
}

/// With another key than the one that OpenSSL would make for a test.
inline certificate_chain with_key(const char* type, const char* curve = nullptr)
{
    auto id = make_identity(test_pki::good_options(), &root());
    id.key.reset(
        curve != nullptr ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, curve)
                         : EVP_PKEY_Q_keygen(nullptr, nullptr, type)
    );
    X509_set_pubkey(id.certificate.get(), id.key.get());
    sign(id, root());
    return id;
}

inline void no_change(X509*) {}

inline std::vector<certificate_case> bad_certificates()
{
    using std::string_literals::operator""s;
    constexpr auto untrusted = errc::tls_certificate_untrusted;
    const auto names = [](std::string host, std::string san) {
        return certificate_case{
            "names of " + host + ": " + san, host, [san] { return with(named(san)); }};
    };
    const auto raw = [](std::string what, std::string host, std::string name) {
        return certificate_case{
            std::move(what), std::move(host), [name] { return raw_names({name}); }};
    };
    const auto chain = [](std::string what, std::function<certificate_chain()> make) {
        return certificate_case{std::move(what), "localhost", std::move(make), untrusted};
    };
    return {
        // --- Who vouches for it
        chain("expired", [] { return with(valid(-10, -1)); }),
        chain("not yet valid", [] { return with(valid(1, 10)); }),
        chain("self-signed", [] { return make_identity(test_pki::good_options()); }),
        chain(
            "unknown authority",
            [] {
                const auto other = make_identity(authority_options("another authority"));
                return make_identity(test_pki::good_options(), &other);
            }
        ),
        chain(
            "authority of the same name with another key",
            [] {
                const auto impostor = make_identity(test_pki::ca_options());
                return make_identity(test_pki::good_options(), &impostor);
            }
        ),
        chain(
            "authority that is in the chain and in no store",
            [] {
                auto other =
                    std::make_shared<identity>(make_identity(authority_options("its own root")));
                certificate_chain out(make_identity(test_pki::good_options(), other.get()));
                return out.add(std::move(other));
            }
        ),
        chain(
            "missing intermediate",
            [] {
                const auto whole = below(authority_options("middle"), no_change);
                auto middle = whole.rest().front();
                return make_identity(test_pki::good_options(), middle.get());
            }
        ),
        chain(
            "leaf as an authority (CA:FALSE)",
            [] { return below(test_pki::good_options(), no_change); }
        ),
        chain(
            "authority without basic constraints",
            [] {
                return below(authority_options("middle"), [](X509* c) {
                    remove_extension(c, NID_basic_constraints);
                });
            }
        ),
        chain(
            "authority that may not sign certificates",
            [] {
                return below(authority_options("middle"), [](X509* c) {
                    replace_extension(c, NID_key_usage, "critical,cRLSign");
                });
            }
        ),
        chain(
            "authority for clients only",
            [] {
                return below(authority_options("middle"), [](X509* c) {
                    add_extension(c, c, NID_ext_key_usage, "clientAuth");
                });
            }
        ),
        chain(
            "path longer than an authority allows",
            [] {
                auto first = std::make_shared<identity>(forge(
                    authority_options("first"),
                    root(),
                    [](X509* c) {
                        replace_extension(c, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
                    }
                ));
                auto second = std::make_shared<identity>(
                    make_identity(authority_options("second"), first.get())
                );
                certificate_chain out(make_identity(test_pki::good_options(), second.get()));
                return out.add(std::move(second)).add(std::move(first));
            }
        ),
        chain(
            "name outside of what an authority may name",
            [] {
                return below(authority_options("middle"), [](X509* c) {
                    add_extension(
                        c, c, NID_name_constraints, "critical,permitted;DNS:corp.example"
                    );
                });
            }
        ),
        chain(
            "name that is withdrawn from an authority",
            [] {
                return below(authority_options("middle"), [](X509* c) {
                    add_extension(c, c, NID_name_constraints, "critical,excluded;DNS:localhost");
                });
            }
        ),
        chain(
            "expired intermediate",
            [] {
                auto o = authority_options("middle");
                o.valid_from_days = -10;
                o.valid_to_days = -1;
                return below(o, no_change);
            }
        ),
        chain("chain of eleven authorities", [] { return long_chain(11); }),
        chain(
            "signature that is not the authority's",
            [] {
                auto id = make_identity(test_pki::good_options(), &root());
                const auto other = make_identity(test_pki::ca_options());
                sign(id, other);
                return certificate_chain(std::move(id));
            }
        ),
        // --- What it is for, and what it is made with
        chain("for clients only", [] { return with(for_purpose("clientAuth")); }),
        chain("for code only", [] { return with(for_purpose("codeSigning,emailProtection")); }),
        chain(
            "key that may not be used for TLS",
            [] {
                return changed([](X509* c) {
                    add_extension(c, c, NID_key_usage, "critical,keyCertSign,cRLSign");
                });
            }
        ),
        chain(
            "critical extension that nobody knows",
            [] {
                return changed([](X509* c) {
                    add_raw_extension(c, "1.3.6.1.4.1.55555.1", true, "\x05\x00"s);
                });
            }
        ),
        chain(
            "extension twice",
            [] {
                return changed([](X509* c) {
                    add_raw_extension(c, "2.5.29.17", false, "\x30\x0b\x82\x09localhost"s);
                });
            }
        ),
        chain("RSA key of 1024 bits", [] { return with(with_rsa(1024)); }),
        {"key on P-192", "localhost", [] { return with_key("EC", "P-192"); }, errc::tls_failed},
        chain(
            "authority with an RSA key of 1024 bits",
            [] { return below(with_rsa(1024, authority_options("middle")), no_change); }
        ),
        chain(
            "SHA-1 signature",
            [] { return forge(test_pki::good_options(), root(), no_change, EVP_sha1()); }
        ),
        chain(
            "MD5 signature",
            [] {
                auto middle = std::make_shared<identity>(
                    make_identity(with_rsa(2048, authority_options("middle")), &root())
                );
                certificate_chain out(forge(test_pki::good_options(), *middle, no_change, EVP_md5())
                );
                return out.add(std::move(middle));
            }
        ),
        chain(
            "authority with a SHA-1 signature",
            [] { return below(authority_options("middle"), no_change, EVP_sha1()); }
        ),
        // --- Whom it names
        names("localhost", "DNS:other.example"),
        names("localhost", "DNS:localhost.evil.example"),
        names("localhost", "DNS:sub.localhost"),
        names("localhost", "DNS:*"),
        names("localhost", "DNS:loc*"),
        names("localhost", "DNS:*host"),
        names("localhost", "DNS:l*t"),
        names("localhost", "IP:127.0.0.1"),
        names("localhost", "email:a@localhost"),
        names("localhost", "URI:https://localhost/"),
        names("good.example", "DNS:*.example"),
        names("good.example", "DNS:*.good.example"),
        names("foo.good.example", "DNS:f*o.good.example"),
        names("foo.good.example", "DNS:*o.good.example"),
        names("a.good.example", "DNS:*.*.example"),
        names("a.b.good.example", "DNS:*.good.example"),
        names("a.b.good.example", "DNS:*.*.good.example"),
        names("a.b.good.example", "DNS:a.*.good.example"),
        names("xn--a.good.example", "DNS:xn--*.good.example"),
        names("127.0.0.1", "DNS:127.0.0.1"),
        names("127.0.0.1", "DNS:*.0.0.1"),
        names("127.0.0.1", "IP:127.0.0.2"),
        names("127.0.0.1", "IP:::ffff:127.0.0.1"),
        names("127.0.0.1", "IP:::1"),
        names("[::1]", "IP:::2"),
        names("[::1]", "IP:127.0.0.1"),
        names("[::1]", "DNS:::1"),
        {"common name alone", "localhost", [] { return with(named("")); }},
        {"address in the common name alone",
         "127.0.0.1",
         [] {
             auto o = named("");
             o.common_name = "127.0.0.1";
             return with(o);
         }},
        {"first version, without extensions",
         "localhost",
         [] {
             return changed([](X509* c) {
                 while (X509_get_ext_count(c) > 0)
                     X509_EXTENSION_free(X509_delete_ext(c, 0));
                 X509_set_version(c, 0);
             });
         }},
        {"no name in the list of names", "localhost", [] { return raw_names({}); }},
        raw("empty name", "localhost", ""),
        raw("NUL behind the name", "localhost", "localhost\0.evil.example"s),
        raw("NUL at the end of the name", "localhost", "localhost\0"s),
        raw("NUL in front of the name", "localhost", "\0localhost"s),
        raw("dot behind the name", "localhost", "localhost."),
        raw("dot in front of the name", "localhost", ".localhost"),
        raw("dot that stands for a label", "a.good.example", ".good.example"),
        raw("blank behind the name", "localhost", "localhost "),
        raw("blank in front of the name", "localhost", " localhost"),
        raw("line end in the name", "localhost", "localhost\nevil.example"),
        raw("two names in one", "localhost", "localhost,evil.example"),
        raw("letter of another script",
            "localhost",
            "l\xd0\xbe"
            "calhost"),
        raw("port behind the name", "localhost", "localhost:443"),
        raw("user in front of the name", "localhost", "evil@localhost"),
    };
}

inline std::vector<certificate_case> good_certificates()
{
    const auto good = [](std::string what, std::function<certificate_chain()> make) {
        return certificate_case{std::move(what), "localhost", std::move(make)};
    };
    return {
        good("key on P-256", [] { return with(test_pki::good_options()); }),
        good("key on P-384", [] { return with_key("EC", "P-384"); }),
        good("Ed25519 key", [] { return with_key("ED25519"); }),
        good("RSA key of 2048 bits", [] { return with(with_rsa(2048)); }),
        good(
            "SHA-384 signature",
            [] { return forge(test_pki::good_options(), root(), no_change, EVP_sha384()); }
        ),
        good("one intermediate", [] { return below(authority_options("middle"), no_change); }),
        good("nine intermediates", [] { return long_chain(9); }),
        good(
            "name that an authority may name",
            [] {
                return below(authority_options("middle"), [](X509* c) {
                    add_extension(
                        c,
                        c,
                        NID_name_constraints,
                        "critical,permitted;DNS:localhost,permitted;DNS:good.example,"
                        "permitted;IP:127.0.0.1/255.255.255.255,"
                        "permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                    );
                });
            }
        ),
        {"wildcard for one label",
         "a.good.example",
         [] { return with(named("DNS:*.good.example")); }},
        {"name in capital letters", "localhost", [] { return with(named("DNS:LOCALHOST")); }},
        {"IPv4 address", "127.0.0.1", [] { return with(named("IP:127.0.0.1")); }},
        {"IPv6 address", "[::1]", [] { return with(named("IP:::1")); }},
    };
}

} // namespace asioauth::testing
