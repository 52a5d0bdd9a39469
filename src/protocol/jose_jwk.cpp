// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/jose_jwk.hpp"

#include <asioauth/protocol/form.hpp>

#include <openssl/core_names.h>

#include <array>
#include <cstring>

namespace asioauth::detail {
namespace {

// Of base64url text: far above the largest number that any key here has.
constexpr std::size_t longest_member = 4096;

failure bad_key(std::string_view message)
{
    return failure(errc::key_invalid).message(message);
}

const unsigned char* octets(std::string_view text) noexcept
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Marked as secure, OpenSSL wipes every copy that it makes of a number.
openssl_ptr<BIGNUM> number(std::string_view base64url)
{
    if (base64url.empty() || base64url.size() > longest_member)
        return nullptr;
    auto raw = base64url_decode(base64url);
    if (!raw)
        return nullptr;
    const wiped_text octets_of_it(std::move(*raw));
    const std::string& text = octets_of_it.text;
    openssl_ptr<BIGNUM> out(allocated(BN_secure_new()));
    allocated(BN_bin2bn(octets(text), static_cast<int>(text.size()), out.get()));
    return out;
}

// Octets of exactly this size; empty otherwise.
std::string coordinate(std::string_view base64url, std::size_t size)
{
    if (base64url.size() > longest_member)
        return {};
    auto raw = base64url_decode(base64url);
    if (raw && raw->size() == size)
        return std::move(*raw);
    if (raw)
        wipe(*raw);
    return {};
}

openssl_ptr<EVP_PKEY> build(const char* type, OSSL_PARAM_BLD* builder, bool with_private)
{
    const openssl_ptr<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
    const openssl_ptr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* out = nullptr;
    const int selection = with_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1
        || EVP_PKEY_fromdata(context.get(), &out, selection, params.get()) != 1)
        return nullptr;
    return openssl_ptr<EVP_PKEY>(out);
}

result<openssl_ptr<EVP_PKEY>> load_rsa(const jwk_members& jwk, bool with_private)
{
    class part
    {
    public:
        const char* name;
        std::string_view text;
        bool required;
    };
    const std::array parts{
        part{OSSL_PKEY_PARAM_RSA_N, jwk.n, true},
        part{OSSL_PKEY_PARAM_RSA_E, jwk.e, true},
        part{OSSL_PKEY_PARAM_RSA_D, jwk.d.reveal(), with_private},
        part{OSSL_PKEY_PARAM_RSA_FACTOR1, jwk.p.reveal(), false},
        part{OSSL_PKEY_PARAM_RSA_FACTOR2, jwk.q.reveal(), false},
        part{OSSL_PKEY_PARAM_RSA_EXPONENT1, jwk.dp.reveal(), false},
        part{OSSL_PKEY_PARAM_RSA_EXPONENT2, jwk.dq.reveal(), false},
        part{OSSL_PKEY_PARAM_RSA_COEFFICIENT1, jwk.qi.reveal(), false},
    };
    if (with_private && jwk.more_primes)
        return bad_key("RSA keys of more than two primes are not supported.");
    std::array<openssl_ptr<BIGNUM>, parts.size()> numbers;
    const openssl_ptr<OSSL_PARAM_BLD> builder(allocated(OSSL_PARAM_BLD_new()));
    std::size_t present = 0;
    for (std::size_t i = 0; i != parts.size(); ++i)
    {
        const part& p = parts[i];
        if (p.text.empty() && !p.required)
            continue;
        ++present;
        numbers[i] = number(p.text);
        if (!numbers[i] || OSSL_PARAM_BLD_push_BN(builder.get(), p.name, numbers[i].get()) != 1)
            return bad_key("A member of the RSA key is missing or malformed.");
    }
    // RFC 7518 section 6.3.2: of the members that make it fast, all or none.
    if (with_private && present != 3 && present != parts.size())
        return bad_key("Some but not all of the RSA key's prime members are there.");
    // An even number is no modulus, and with an exponent of 1 everybody signs. A very large one
    // makes each verification take as long as a signature.
    if (BN_is_odd(numbers[0].get()) == 0 || BN_is_odd(numbers[1].get()) == 0
        || BN_is_one(numbers[1].get()) != 0 || BN_num_bits(numbers[1].get()) > 64)
        return bad_key("Modulus or exponent of the RSA key is none.");
    auto out = build("RSA", builder.get(), with_private);
    if (!out)
        return bad_key("The RSA key is malformed.");
    return out;
}

result<openssl_ptr<EVP_PKEY>> load_ec(const jwk_members& jwk, key_kind kind, bool with_private)
{
    const std::size_t size = coordinate_size(kind);
    const std::string x = coordinate(jwk.x, size);
    const std::string y = coordinate(jwk.y, size);
    if (x.empty() || y.empty())
        return bad_key("A coordinate of the elliptic-curve key is missing or malformed.");
    const std::string point = '\x04' + x + y; // uncompressed, SEC 1 section 2.3.3
    const std::string group(curve_name(kind));
    const openssl_ptr<OSSL_PARAM_BLD> builder(allocated(OSSL_PARAM_BLD_new()));
    openssl_ptr<BIGNUM> d;
    bool good =
        OSSL_PARAM_BLD_push_utf8_string(
            builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()
        ) == 1
        && OSSL_PARAM_BLD_push_octet_string(
               builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()
           ) == 1;
    if (good && with_private)
    {
        wiped_text raw(coordinate(jwk.d.reveal(), size));
        d.reset(raw.text.empty() ? nullptr : allocated(BN_secure_new()));
        good = d && BN_bin2bn(octets(raw.text), static_cast<int>(size), d.get()) != nullptr
            && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, d.get()) == 1;
    }
    auto out = good ? build("EC", builder.get(), with_private) : nullptr;
    if (!out)
        return bad_key("The elliptic-curve key is malformed, or its point is not on the curve.");
    return out;
}

result<openssl_ptr<EVP_PKEY>> load_ed25519(const jwk_members& jwk, bool with_private)
{
    const std::size_t size = coordinate_size(key_kind::ed25519);
    const std::string x = coordinate(jwk.x, size);
    if (x.empty())
        return bad_key("The public half of the Ed25519 key is missing or malformed.");
    if (!with_private)
        return openssl_ptr<EVP_PKEY>(
            EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, octets(x), size)
        );
    const wiped_text d(coordinate(jwk.d.reveal(), size));
    openssl_ptr<EVP_PKEY> out;
    if (!d.text.empty())
        out.reset(EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, octets(d.text), size)
        );
    std::array<unsigned char, 32> derived{};
    std::size_t derived_size = derived.size();
    if (!out || EVP_PKEY_get_raw_public_key(out.get(), derived.data(), &derived_size) != 1)
        return bad_key("The private half of the Ed25519 key is missing or malformed.");
    if (derived_size != size || std::memcmp(derived.data(), x.data(), size) != 0)
        return bad_key("The two halves of the key do not belong together.");
    return out;
}

result<loaded_key> load_once(const jwk_members& jwk, bool with_private)
{
    const openssl_errors_dropped dropped;
    loaded_key out;
    const auto take = [&out](result<openssl_ptr<EVP_PKEY>> loaded, key_kind kind) {
        return loaded ? (out.value = std::move(*loaded), out.kind = kind, result<void>())
                      : result<void>(loaded.error());
    };
    result<void> taken = bad_key("The key is of a type that is not supported.");
    if (jwk.kty == "RSA")
        taken = take(load_rsa(jwk, with_private), key_kind::rsa);
    else if (jwk.kty == "OKP" && jwk.crv == curve_name(key_kind::ed25519))
        taken = take(load_ed25519(jwk, with_private), key_kind::ed25519);
    else if (jwk.kty == "EC")
    {
        for (const key_kind kind : {key_kind::p256, key_kind::p384, key_kind::p521})
        {
            if (jwk.crv == curve_name(kind))
                taken = take(load_ec(jwk, kind, with_private), kind);
        }
    }
    if (taken && out.value && is_sound(out.value.get(), out.kind))
        return out;
    dropped.throw_if_memory_failed();
    return taken ? unsound_key() : taken.error();
}

// Where there was no memory OpenSSL does not always say so. What is wrong with a key is wrong with it
// the second time too.
result<loaded_key> load(const jwk_members& jwk, bool with_private)
{
    auto out = load_once(jwk, with_private);
    return out ? std::move(out) : load_once(jwk, with_private);
}

openssl_ptr<BIGNUM> number_of(EVP_PKEY* key, const char* name)
{
    BIGNUM* out = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &out) != 1)
        return nullptr;
    return openssl_ptr<BIGNUM>(out);
}

// Base64url of a number: of `width` octets, or of as many as it has.
bool append_number(std::string& to, const BIGNUM* value, std::size_t width = 0)
{
    if (value == nullptr)
        return false;
    const std::size_t size = width != 0 ? width : static_cast<std::size_t>(BN_num_bytes(value));
    wiped_text raw(std::string(size, '\0'));
    const auto fits = static_cast<int>(size);
    if (BN_bn2binpad(value, reinterpret_cast<unsigned char*>(raw.text.data()), fits) != fits)
        return false;
    wiped_text text(base64url_encode(raw.text));
    to += text.text;
    return true;
}

} // namespace

std::optional<key_kind> kind_of(EVP_PKEY* key)
{
    if (EVP_PKEY_is_a(key, "RSA") == 1)
        return key_kind::rsa;
    if (EVP_PKEY_is_a(key, "ED25519") == 1)
        return key_kind::ed25519;
    std::array<char, 64> group{};
    std::size_t size = 0;
    if (EVP_PKEY_is_a(key, "EC") != 1
        || EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1)
        return std::nullopt;
    const std::string_view name(group.data(), size);
    if (name == "prime256v1" || name == "P-256")
        return key_kind::p256;
    if (name == "secp384r1" || name == "P-384")
        return key_kind::p384;
    if (name == "secp521r1" || name == "P-521")
        return key_kind::p521;
    return std::nullopt;
}

failure unsound_key()
{
    return bad_key("The RSA key has not 2048 to 8192 bits, or the point is not on the curve.");
}

bool is_sound(EVP_PKEY* key, key_kind kind)
{
    if (kind == key_kind::ed25519)
        return true;
    if (kind == key_kind::rsa)
    {
        const int bits = EVP_PKEY_get_bits(key);
        return bits >= smallest_rsa_key && bits <= largest_rsa_key;
    }
    const openssl_ptr<EVP_PKEY_CTX> context(
        allocated(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr))
    );
    // The quick check is the whole check here: on a curve of prime order every point but the one at
    // infinity, which it refuses, has that order.
    return EVP_PKEY_public_check_quick(context.get()) == 1;
}

result<loaded_key> load_public_key(const jwk_members& jwk)
{
    return load(jwk, false);
}

result<loaded_key> load_private_key(const jwk_members& jwk)
{
    return load(jwk, true);
}

std::optional<std::string> write_bare_jwk(EVP_PKEY* key, key_kind kind)
{
    std::string out;
    bool good = true;
    if (kind == key_kind::rsa)
    {
        out = R"({"e":")";
        good = append_number(out, number_of(key, OSSL_PKEY_PARAM_RSA_E).get());
        out += R"(","kty":"RSA","n":")";
        good = good && append_number(out, number_of(key, OSSL_PKEY_PARAM_RSA_N).get());
    }
    else
    {
        out.append(R"({"crv":")").append(curve_name(kind));
        if (kind == key_kind::ed25519)
        {
            std::array<unsigned char, 32> x{};
            std::size_t size = x.size();
            good = EVP_PKEY_get_raw_public_key(key, x.data(), &size) == 1 && size == x.size();
            out += R"(","kty":"OKP","x":")";
            out += base64url_encode({reinterpret_cast<const char*>(x.data()), x.size()});
        }
        else
        {
            const std::size_t width = coordinate_size(kind);
            out += R"(","kty":"EC","x":")";
            good = append_number(out, number_of(key, OSSL_PKEY_PARAM_EC_PUB_X).get(), width);
            out += R"(","y":")";
            good =
                good && append_number(out, number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y).get(), width);
        }
    }
    out += R"("})";
    if (!good)
        return std::nullopt;
    return out;
}

std::optional<secret> write_private_members(EVP_PKEY* key, key_kind kind)
{
    class part
    {
    public:
        const char* open;
        const char* name;
    };
    wiped_text out;
    out.text.reserve(16 * 1024); // more than the largest RSA key has
    if (kind == key_kind::ed25519)
    {
        wiped_text raw(std::string(32, '\0'));
        std::size_t size = raw.text.size();
        auto* const at = reinterpret_cast<unsigned char*>(raw.text.data());
        if (EVP_PKEY_get_raw_private_key(key, at, &size) != 1 || size != raw.text.size())
            return std::nullopt;
        const wiped_text encoded(base64url_encode(raw.text));
        out.text.append(R"(,"d":")").append(encoded.text).append(R"(")");
        return secret(out.text);
    }
    if (kind != key_kind::rsa)
    {
        out.text += R"(,"d":")";
        if (!append_number(
                out.text, number_of(key, OSSL_PKEY_PARAM_PRIV_KEY).get(), coordinate_size(kind)
            ))
            return std::nullopt;
        out.text += '"';
        return secret(out.text);
    }
    constexpr std::array parts{
        part{R"(,"d":")", OSSL_PKEY_PARAM_RSA_D},
        part{R"(,"p":")", OSSL_PKEY_PARAM_RSA_FACTOR1},
        part{R"(,"q":")", OSSL_PKEY_PARAM_RSA_FACTOR2},
        part{R"(,"dp":")", OSSL_PKEY_PARAM_RSA_EXPONENT1},
        part{R"(,"dq":")", OSSL_PKEY_PARAM_RSA_EXPONENT2},
        part{R"(,"qi":")", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
    };
    for (const part& p : parts)
    {
        const auto value = number_of(key, p.name);
        // A key that came without its primes goes without them.
        if (!value && &p != parts.data())
            return secret(out.text);
        out.text += p.open;
        if (!append_number(out.text, value.get()))
            return std::nullopt;
        out.text += '"';
    }
    return secret(out.text);
}

} // namespace asioauth::detail
