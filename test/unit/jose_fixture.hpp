// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "protocol/jose_key.hpp"
#include "protocol_fixture.hpp"

#include <asioauth/protocol/jose.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::test {

// Keys and tokens that the standards print.

/// RFC 7515 appendix A.2.1, without the closing brace.
inline constexpr std::string_view rfc7515_rsa_public =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw)"
    R"(-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7O)"
    R"(Mg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3q)"
    R"(Co5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWy)"
    R"(uXpoQ","e":"AQAB")";
inline constexpr std::string_view rfc7515_rsa_d =
    R"(,"d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE)"
    R"(-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqz)"
    R"(jkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5)"
    R"(Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ")";
inline constexpr std::string_view rfc7515_rsa_primes =
    R"(,"p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa)"
    R"(9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc)"
    R"(","q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6u)"
    R"(l7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc",)"
    R"("dp":"BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Y)"
    R"(z-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0",)"
    R"("dq":"h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N)"
    R"(3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU",)"
    R"("qi":"IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ)"
    R"(3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U")";
/// What all of RFC 7515 A.1 to A.3 sign.
inline constexpr std::string_view rfc7515_claims =
    "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
inline constexpr std::string_view rfc7515_rs256 =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// RFC 7515 appendix A.3.1, likewise.
inline constexpr std::string_view rfc7515_p256_public =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";
inline constexpr std::string_view rfc7515_p256_d =
    R"(,"d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")";
inline constexpr std::string_view rfc7515_es256 =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// RFC 7515 appendix A.4.1, likewise.
inline constexpr std::string_view rfc7515_p521_public =
    R"({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_)"
    R"(NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1W)"
    R"(DhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2")";
inline constexpr std::string_view rfc7515_p521_d =
    R"(,"d":"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9)"
    R"(mE15j2C")";
/// Signs the text "Payload", which is no JSON.
inline constexpr std::string_view rfc7515_es512 =
    "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA."
    "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8G"
    "aSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";

/// RFC 8037 appendices A.1 to A.4, likewise.
inline constexpr std::string_view rfc8037_public =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
inline constexpr std::string_view rfc8037_d =
    R"(,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")";
inline constexpr std::string_view rfc8037_thumbprint =
    "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
inline constexpr std::string_view rfc8037_signed =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
inline constexpr std::string_view rfc8037_signature =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

inline constexpr std::array all_algorithms{
    jws_algorithm::rs256,
    jws_algorithm::rs384,
    jws_algorithm::rs512,
    jws_algorithm::ps256,
    jws_algorithm::ps384,
    jws_algorithm::ps512,
    jws_algorithm::es256,
    jws_algorithm::es384,
    jws_algorithm::es512,
    jws_algorithm::eddsa};

template <class... Parts>
std::string joined(Parts... parts)
{
    std::string out;
    (out.append(parts), ...);
    return out;
}

inline secret rsa_private_jwk(std::string_view more = "")
{
    return secret(joined(rfc7515_rsa_public, rfc7515_rsa_d, rfc7515_rsa_primes, more, "}"));
}

inline secret p256_private_jwk(std::string_view more = "")
{
    return secret(joined(rfc7515_p256_public, rfc7515_p256_d, more, "}"));
}

/// A key for each algorithm. Making RSA keys takes long, so that one serves six times.
inline signing_key key_for(jws_algorithm a)
{
    const bool rsa = name_of(a).substr(1, 1) == "S" && a != jws_algorithm::es256
        && a != jws_algorithm::es384 && a != jws_algorithm::es512;
    return rsa ? signing_key::from_jwk(rsa_private_jwk(), a).value()
               : signing_key::generate(a).value();
}

/// A well signed token with this very header and payload, which sign_jwt() would not make.
inline std::string
token_with(const signing_key& key, std::string_view header, std::string_view payload = "{}")
{
    const std::string text = base64url_encode(header) + "." + base64url_encode(payload);
    const auto& traits = detail::traits_of(key.algorithm());
    const auto signature = detail::sign_octets(key.shared()->key.get(), traits, text);
    return text + "." + base64url_encode(signature.value());
}

inline jwk_set set_of(const std::vector<signing_key>& keys)
{
    return jwk_set::parse(make_jwk_set(keys)).value();
}

inline boost::json::object read_object(std::string_view text)
{
    return boost::json::parse(boost::json::string_view(text)).as_object();
}

/// A part of a compact JWS, decoded: 0 is the header, 1 the claims.
inline std::string decoded_part(std::string_view token, std::size_t which)
{
    for (; which != 0; --which)
        token.remove_prefix(token.find('.') + 1);
    return base64url_decode(token.substr(0, token.find('.'))).value();
}

inline boost::json::object header_of(std::string_view token)
{
    return read_object(decoded_part(token, 0));
}

inline std::string text_of(const boost::json::value& v)
{
    return std::string(v.as_string().c_str());
}

} // namespace asioauth::test
