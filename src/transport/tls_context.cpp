// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/tls_context.hpp"

#include "protocol/openssl_errors.hpp"
#include "transport/client_certificate.hpp"
#include "transport/tls_resumption.hpp"

#include <boost/asio/ssl/error.hpp>

#include <dirent.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace asioauth::detail {
namespace {

namespace ssl = boost::asio::ssl;

// Of the form `9d04f354.0`, which is how OpenSSL finds a certificate in a directory.
bool is_hash_name(std::string_view name)
{
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return name.size() >= 10 && name[8] == '.'
        && std::all_of(name.begin(), name.begin() + 8, is_hex)
        && std::all_of(name.begin() + 9, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Not with std::filesystem: where that gets no memory it ends the process.
bool has_certificates(const std::string& directory)
{
    DIR* const all = ::opendir(directory.c_str());
    if (all == nullptr)
    {
        return false;
    }
    bool found = false;
    while (const dirent* const e =
               found ? nullptr : ::readdir(all)) // NOLINT(concurrency-mt-unsafe)
    {
        found = is_hash_name(e->d_name);
    }
    ::closedir(all);
    return found;
}

failure trust_failure(std::string_view what)
{
    return failure(errc::tls_trust_store_unavailable).message(what);
}

// Whether one of this thread's errors means that there was no memory; they are forgotten. Where
// OpenSSL reads PEM it may not say so: then it says that this failed, and not what was wrong.
bool pem_had_no_memory() noexcept
{
    unsigned long before = 0;
    for (auto code = ERR_get_error(); code != 0; code = ERR_get_error())
    {
        const bool nothing_said =
            ERR_GET_REASON(code) == ERR_R_PEM_LIB && ERR_GET_LIB(before) != ERR_LIB_PEM;
        if (nothing_said || says_no_memory(code))
        {
            ERR_clear_error();
            return true;
        }
        before = code;
    }
    return false;
}

bool load_from(X509_STORE* store, const trust_sources& sources)
{
    bool loaded = false;
    for (const auto& directory : sources.directories)
    {
        loaded =
            (has_certificates(directory) && X509_STORE_load_path(store, directory.c_str()) == 1)
            || loaded;
    }
    return loaded
        || std::any_of(sources.bundles.begin(), sources.bundles.end(), [store](const auto& b) {
               return X509_STORE_load_file(store, b.c_str()) == 1;
           });
}

// An alert that the peer sent, by its number in the protocol.
bool is_alert(const error_code& ec, int number)
{
    const auto code = static_cast<unsigned long>(static_cast<unsigned>(ec.value()));
    return ERR_GET_LIB(code) == ERR_LIB_SSL
        && ERR_GET_REASON(code) == SSL_AD_REASON_OFFSET + number;
}

bool is_memory_failure(const error_code& ec)
{
    return is_tls_failure(ec)
        && says_no_memory(static_cast<unsigned long>(static_cast<unsigned>(ec.value())));
}

failure handshake_failed(std::string_view what, const error_code& ec)
{
    if (is_memory_failure(ec))
    {
        return errc::out_of_memory;
    }
    failure f(errc::tls_failed);
    f.message(std::string(what) + ": " + ec.message() + ".");
    if (is_tls_failure(ec) && is_alert(ec, SSL_AD_CERTIFICATE_REQUIRED))
    {
        f.hint("The server lets clients in that show a certificate; configure one for it.");
    }
    return f;
}

// What the macro SSL_set_tlsext_host_name does, without its old-style cast.
bool set_server_name(SSL* s, std::string name)
{
    return SSL_ctrl(s, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

constexpr unsigned name_flags =
    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;

// OpenSSL looks at a name only when it is shown a certificate.
result<bool> is_name_proven(SSL* s, const url& target)
{
    X509* const shown = SSL_get0_peer_certificate(s);
    const auto& name = target.host();
    if (shown == nullptr)
    {
        return false;
    }
    const int answer = target.host_is_address()
        ? X509_check_ip_asc(shown, name.c_str(), name_flags)
        : X509_check_host(shown, name.c_str(), name.size(), name_flags, nullptr);
    if (answer < 0)
    {
        return errc::out_of_memory; // nothing else is wrong with a name that was parsed
    }
    return answer == 1;
}

// OpenSSL takes it for another host if it had no memory to note the name that matches.
int verified(int ok, X509_STORE_CTX* c) noexcept
{
    if (ok == 1 || X509_STORE_CTX_get_error(c) != X509_V_ERR_HOSTNAME_MISMATCH)
    {
        return ok;
    }
    const char* const name = X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(c), 0);
    X509* const shown = X509_STORE_CTX_get_current_cert(c);
    if (name == nullptr || shown == nullptr
        || X509_check_host(shown, name, 0, name_flags, nullptr) != 0)
    {
        X509_STORE_CTX_set_error(c, X509_V_ERR_OUT_OF_MEM);
    }
    return 0;
}

// Sessions are of the context that they were made with: with another, OpenSSL itself refuses them.
bool set_session_rules(SSL_CTX* ctx)
{
    static std::atomic<std::uint64_t> last = 0;
    const std::uint64_t number = ++last;
    unsigned char id[sizeof(number)];
    std::memcpy(id, &number, sizeof(id));
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, &tls_resumption::arrived);
    return SSL_CTX_set_session_id_context(ctx, id, sizeof(id)) == 1;
}

} // namespace

trust_sources trust_sources::of_system()
{
    trust_sources s;
    s.directories = {X509_get_default_cert_dir(), "/etc/ssl/certs"};
    if (s.directories[0] == s.directories[1])
    {
        s.directories.pop_back();
    }
    s.bundles = {
        X509_get_default_cert_file(),
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem"};
    return s;
}

std::string_view last_openssl_error() noexcept
{
    const auto code = ERR_peek_last_error();
    const char* const text = code != 0 ? ERR_reason_error_string(code) : nullptr;
    return text != nullptr ? text : "unknown reason";
}

namespace {

// Of what was set, nothing fails with nothing said but for want of memory.
failure context_failure()
{
    const auto last = ERR_peek_last_error();
    failure f(errc::tls_failed);
    f.message(last_openssl_error());
    if (last == 0 || openssl_had_no_memory())
    {
        f = errc::out_of_memory;
    }
    ERR_clear_error();
    return f;
}

} // namespace

result<trust_store>
load_trust_store(const trust_sources& sources, const std::vector<std::string>& ca_files)
{
    ERR_clear_error();
    trust_store store(X509_STORE_new());
    if (!store)
    {
        return errc::out_of_memory;
    }
    bool trusted = load_from(store.get(), sources);
    for (const auto& file : ca_files)
    {
        if (X509_STORE_load_file(store.get(), file.c_str()) != 1)
        {
            const bool memory = pem_had_no_memory();
            ERR_clear_error();
            return memory
                ? failure(errc::out_of_memory)
                : trust_failure("Certification authorities cannot be read from " + file + ".");
        }
        trusted = true;
    }
    // One that lacks what there was no memory for would be kept.
    if (pem_had_no_memory())
    {
        ERR_clear_error();
        return errc::out_of_memory;
    }
    ERR_clear_error();
    if (!trusted)
    {
        return trust_failure("No certification authorities were found on this system.");
    }
    return store;
}

result<ssl::context> make_tls_context(X509_STORE* trust, const tls_identity& identity)
{
    ERR_clear_error();
    SSL_CTX* const ctx = SSL_CTX_new(TLS_client_method());
    if (ctx == nullptr)
    {
        return context_failure();
    }
    ssl::context context(ctx);

    // The program's OpenSSL configuration file can have changed any of these, so each is set.
    SSL_CTX_set_security_level(ctx, 2);
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_options(ctx, SSL_OP_CLEANSE_PLAINTEXT); // tokens do not stay in its buffers
    SSL_CTX_clear_options(
        ctx, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_ALLOW_NO_DHE_KEX
    );
    SSL_CTX_set_mode(
        ctx,
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
            | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    );
    SSL_CTX_set_read_ahead(ctx, 1); // one call of the system instead of two for each record
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verified);
    SSL_CTX_set_verify_depth(ctx, 10);
    SSL_CTX_set1_cert_store(ctx, trust);
    constexpr unsigned char alpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1
        || SSL_CTX_set_max_proto_version(ctx, 0) != 1
        || SSL_CTX_set_cipher_list(ctx, "DEFAULT:!PSK:!SRP:!aNULL:!eNULL:@SECLEVEL=2") != 1
        || SSL_CTX_set_alpn_protos(ctx, alpn, sizeof(alpn)) != 0 || !set_session_rules(ctx))
    {
        return context_failure();
    }
    if (!identity.empty())
    {
        if (const auto used = use_client_certificate(ctx, identity); !used)
        {
            return used.error();
        }
    }
    ERR_clear_error();
    return context;
}

result<void> set_peer_name(SSL* s, const url& target)
{
    ERR_clear_error();
    const auto& name = target.host();
    X509_VERIFY_PARAM* const param = SSL_get0_param(s);
    X509_VERIFY_PARAM_set_hostflags(param, name_flags);
    const bool done = target.host_is_address()
        ? X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) == 1
        : X509_VERIFY_PARAM_set1_host(param, name.c_str(), name.size()) == 1
            && set_server_name(s, name);
    if (!done)
    {
        ERR_clear_error();
        constexpr std::size_t longest = TLSEXT_MAXLEN_host_name;
        return name.size() > longest
            ? failure(errc::tls_failed).message("The host cannot be named to the TLS layer.")
            : failure(errc::out_of_memory);
    }
    return {};
}

failure handshake_failure(SSL* s, const error_code& ec)
{
    ERR_clear_error();
    const auto reason = SSL_get_verify_result(s);
    if (reason == X509_V_ERR_OUT_OF_MEM)
    {
        return errc::out_of_memory;
    }
    if (reason == X509_V_OK || is_memory_failure(ec))
    {
        return handshake_failed("The TLS handshake failed", ec);
    }
    const bool wrong_host =
        reason == X509_V_ERR_HOSTNAME_MISMATCH || reason == X509_V_ERR_IP_ADDRESS_MISMATCH;
    return failure(wrong_host ? errc::tls_host_mismatch : errc::tls_certificate_untrusted)
        .message(
            std::string("The certificate was refused: ") + X509_verify_cert_error_string(reason)
            + "."
        );
}

bool is_tls_failure(const error_code& ec) noexcept
{
    return ec.failed() && ec.category() == boost::asio::error::get_ssl_category();
}

std::optional<failure> tls_breach(const error_code& ec)
{
    if (!is_tls_failure(ec))
    {
        return std::nullopt;
    }
    return handshake_failed("The server ended the TLS connection", ec);
}

result<void> check_handshake(SSL* s, const url& target)
{
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(s, &protocol, &size);
    const std::string_view selected(size != 0 ? reinterpret_cast<const char*>(protocol) : "", size);
    if (!selected.empty() && selected != "http/1.1")
    {
        return failure(errc::tls_failed)
            .message("The server chose a protocol that was not offered.");
    }
    if (SSL_get_verify_result(s) != X509_V_OK)
    {
        return failure(errc::tls_certificate_untrusted)
            .message("The certificate was not verified.");
    }
    const auto proven = SSL_session_reused(s) != 0 ? is_name_proven(s, target) : result<bool>(true);
    if (!proven)
    {
        return proven.error();
    }
    if (!*proven)
    {
        return failure(errc::tls_host_mismatch)
            .message("The certificate of the resumed session is of another host.");
    }
    return {};
}

} // namespace asioauth::detail
