// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/jose_jwk.hpp"

#include <asioauth/protocol/form.hpp>

#include <openssl/pem.h>

#include <utility>

namespace asioauth {
namespace {

using detail::key_kind;
using detail::openssl_ptr;
using detail::traits_of;

constexpr std::size_t longest_key_text = 64 * 1024;

failure bad_key(std::string_view message)
{
    return failure(errc::key_invalid).message(message);
}

// A password is wanted: never ask for it, only remember that it was.
extern "C" int refuse_password(char* /*to*/, int /*size*/, int /*writing*/, void* wanted)
{
    *static_cast<bool*>(wanted) = true;
    return -1;
}

using shared_impl = std::shared_ptr<const signing_key::impl>;

std::optional<std::string> jwk_of(EVP_PKEY* key, key_kind kind)
{
    return detail::is_sound(key, kind) ? detail::write_bare_jwk(key, kind) : std::nullopt;
}

result<shared_impl>
make_impl(openssl_ptr<EVP_PKEY> key, key_kind kind, std::optional<jws_algorithm> wanted)
{
    const jws_algorithm algorithm = wanted.value_or(detail::default_algorithm(kind));
    if (traits_of(algorithm).kind != kind)
        return bad_key(
            "The key is of another kind than " + std::string(name_of(algorithm)) + " needs."
        );
    const detail::openssl_errors_dropped dropped;
    auto jwk = jwk_of(key.get(), kind);
    if (!jwk)
    {
        dropped.throw_if_memory_failed();
        jwk = jwk_of(key.get(), kind); // twice, as in sign_octets()
    }
    if (!jwk)
        return detail::is_sound(key.get(), kind)
            ? bad_key("The public half of the key cannot be had.")
            : detail::unsound_key();
    std::string print = base64url_encode(detail::digest_of("SHA256", *jwk));
    return shared_impl(std::make_shared<const signing_key::impl>(
        std::move(key), algorithm, std::move(*jwk), std::move(print)
    ));
}

// A key from outside signs something first. If the halves do not belong together this is where it
// shows, and not at some server.
result<shared_impl> on_trial(result<shared_impl> made)
{
    if (!made)
        return made;
    constexpr std::string_view text = "trial";
    EVP_PKEY* const key = (*made)->key.get();
    const auto& traits = traits_of((*made)->algorithm);
    const auto signature = detail::sign_octets(key, traits, text);
    if (!signature)
        return bad_key("The key cannot sign.");
    if (!detail::signature_fits(key, traits, text, *signature))
        return bad_key("The two halves of the key do not belong together.");
    return made;
}

EVP_PKEY* new_key(key_kind kind)
{
    if (kind == key_kind::rsa)
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{3072});
    if (kind == key_kind::ed25519)
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    const std::string curve(detail::curve_name(kind));
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.c_str());
}

// `{...}` with members added before the closing brace.
std::string with_members(std::string_view bare_jwk, std::string_view members)
{
    std::string out(bare_jwk.substr(0, bare_jwk.size() - 1));
    return out.append(members).append("}");
}

std::string key_id_member(std::string_view key_id)
{
    return R"(,"kid":)" + detail::quoted(key_id);
}

std::string algorithm_member(jws_algorithm a)
{
    return R"(,"alg":)" + detail::quoted(name_of(a));
}

} // namespace

result<signing_key> signing_key::generate(jws_algorithm a)
{
    const detail::openssl_errors_dropped dropped;
    const key_kind kind = traits_of(a).kind;
    openssl_ptr<EVP_PKEY> key(new_key(kind));
    if (!key)
    {
        dropped.throw_if_memory_failed();
        key.reset(new_key(kind)); // twice, as in sign_octets()
    }
    if (!key)
    {
        if (ERR_peek_error() == 0)
            throw std::bad_alloc(); // nothing else goes wrong with nothing said
        dropped.throw_if_memory_failed();
        return failure(errc::entropy_unavailable).message("No key could be generated.");
    }
    auto made = make_impl(std::move(key), kind, a);
    if (!made)
        return made.error();
    signing_key out;
    out.impl_ = std::move(*made);
    out.key_id_ = out.impl_->thumbprint;
    return out;
}

result<signing_key> signing_key::from_pem(const secret& pem, std::optional<jws_algorithm> a)
{
    const detail::openssl_errors_dropped dropped;
    const std::string_view text = pem.reveal();
    if (text.empty() || text.size() > longest_key_text)
        return bad_key("The text is no PEM.");
    const openssl_ptr<BIO> source(
        detail::allocated(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())))
    );
    bool password_wanted = false;
    openssl_ptr<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(source.get(), nullptr, refuse_password, &password_wanted)
    );
    if (!key)
    {
        dropped.throw_if_memory_failed();
        return bad_key(
            password_wanted ? "The key is encrypted; only keys without a password can be used."
                            : "The text holds no private key in PEM."
        );
    }
    const auto kind = detail::kind_of(key.get());
    if (!kind)
    {
        dropped.throw_if_memory_failed();
        return bad_key("The key is of a type that is not supported.");
    }
    auto made = on_trial(make_impl(std::move(key), *kind, a));
    if (!made)
        return made.error();
    signing_key out;
    out.impl_ = std::move(*made);
    out.key_id_ = out.impl_->thumbprint;
    return out;
}

result<signing_key> signing_key::from_jwk(const secret& jwk, std::optional<jws_algorithm> a)
{
    const detail::openssl_errors_dropped dropped;
    if (jwk.size() > longest_key_text)
        return bad_key("The JWK is too long.");
    auto members = detail::jwk_members::read_private(jwk.reveal());
    if (!members)
        return members.error();
    if (members->alg)
    {
        const auto named = jws_algorithm_from_name(*members->alg);
        if (!named || (a && *a != *named))
            return bad_key("The JWK is for another algorithm.");
        a = named;
    }
    if (!members->may("sign"))
        return bad_key("The JWK is not for signing.");
    auto loaded = detail::load_private_key(*members);
    if (!loaded)
        return loaded.error();
    auto made = on_trial(make_impl(std::move(loaded->value), loaded->kind, a));
    if (!made)
        return made.error();
    signing_key out;
    out.impl_ = std::move(*made);
    out.key_id_ = members->kid.value_or(out.impl_->thumbprint);
    return out;
}

jws_algorithm signing_key::algorithm() const noexcept
{
    return impl_->algorithm;
}

std::string signing_key::public_jwk() const
{
    std::string members = key_id_.empty() ? std::string() : key_id_member(key_id_);
    members.append(algorithm_member(impl_->algorithm)).append(R"(,"use":"sig")");
    return with_members(impl_->bare_jwk, members);
}

std::string signing_key::bare_public_jwk() const
{
    return impl_->bare_jwk;
}

secret signing_key::private_jwk() const
{
    const detail::openssl_errors_dropped dropped;
    // A key id of "" is written too: read again, it still says that none is to be sent.
    const std::string members = key_id_member(key_id_) + algorithm_member(impl_->algorithm);
    const auto halves =
        detail::write_private_members(impl_->key.get(), traits_of(impl_->algorithm).kind);
    dropped.throw_if_memory_failed(); // one without a part that it had would be another key
    if (!halves)
        return {};
    detail::wiped_text out;
    out.text.reserve(impl_->bare_jwk.size() + members.size() + halves->size());
    out.text.append(impl_->bare_jwk, 0, impl_->bare_jwk.size() - 1);
    out.text.append(members).append(halves->reveal()).append("}");
    return secret(out.text);
}

const std::string& signing_key::thumbprint() const noexcept
{
    return impl_->thumbprint;
}

bool operator==(const signing_key& a, const signing_key& b) noexcept
{
    if (a.empty() || b.empty())
        return a.empty() == b.empty();
    return a.impl_->thumbprint == b.impl_->thumbprint && a.impl_->algorithm == b.impl_->algorithm
        && a.key_id_ == b.key_id_;
}

std::string make_jwk_set(const std::vector<signing_key>& keys)
{
    std::string out = R"({"keys":[)";
    bool first = true;
    for (const signing_key& key : keys)
    {
        if (key.empty())
            continue;
        out.append(first ? "" : ",").append(key.public_jwk());
        first = false;
    }
    return out.append("]}");
}

} // namespace asioauth
