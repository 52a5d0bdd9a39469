// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a store hands out, which anybody may have touched: records of each kind, sealed or not.

// max_len: 8192
// dictionaries: json oauth metadata

#include "flow/flows.hpp"
#include "fuzz/fuzz.hpp"
#include "store/seal.hpp"

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

record record_with(std::string_view document)
{
    record out;
    out.document = secret(document);
    out.user = "user-1";
    out.issuer = "https://as.example";
    return out;
}

void check_meaning(const registration& r)
{
    check(!r.issuer.empty() && !r.client_id.empty(), "a client is somebody's, and somebody");
}

void check_meaning(const detail::grant& g)
{
    check(!g.tokens.access_token.empty(), "a grant has a token");
    check(
        !g.found.requested.empty() && !g.found.server.token_endpoint.empty(), "a grant is of use"
    );
    check(
        g.tokens.kind == token_kind::bearer || !g.tokens.dpop_key.empty(),
        "a bound token has its key"
    );
    check(
        !g.found.policy.loopback_allowed() || g.found.requested.host_is_loopback(),
        "a store does not allow more than the user's own URL"
    );
    check_meaning(g.client);
}

void check_meaning(const detail::pending_login& p)
{
    check(!p.pending.state.empty() && !p.pending.redirect_uri.empty(), "a login can come back");
    check(p.pending.issuer == p.found.server.issuer, "a login has one issuer");
    check_meaning(p.client);
}

// Reading keeps what writing keeps, and refuses the rest.
template <class T>
void check_record(result<T> (*read)(const record&), std::string_view document)
{
    fuzz::meter meter;
    const auto first = read(record_with(document));
    meter.check_linear(document.size(), 512, 64 * 1024);
    if (!first)
    {
        fuzz::check_failure(first.error());
        check(
            first.error().code() == errc::store_record_invalid
                || first.error().code() == errc::store_version_newer,
            "a refusal says what is wrong with the record"
        );
        return;
    }
    check_meaning(*first);
    const record kept = detail::make_record(*first);
    const auto second = read(kept);
    check(second.has_value(), "what was read can be kept");
    check_equal(
        detail::make_record(*second).document.reveal(),
        kept.document.reveal(),
        "what was kept is the same"
    );
}

void check_sealed(std::string_view document)
{
    static const key_ring keys =
        key_ring::make(
            sealing_key::make("key-1", secret("0123456789abcdef0123456789abcdef")).value()
        )
            .value();
    const record_key place(record_kind::grant, "grant-1");

    // Nobody without the key makes one.
    stored_record forged;
    forged.at = 7;
    forged.value = record_with(document);
    const auto opened = detail::unseal(forged, place, keys);
    check(!opened, "what nobody sealed does not open");
    fuzz::check_failure(opened.error());
    if (const auto id = detail::key_id_of(forged.value.document))
        check(detail::is_key_id(*id), "the id of a key is one");

    stored_record good = forged;
    good.value.document = detail::seal(forged.value, place, good.at, keys.active()).value();
    const auto back = detail::unseal(good, place, keys);
    check(back && back->reveal() == document, "what was sealed opens");
    if (document.size() < 2)
        return;
    // The first octets of the document choose what is changed.
    std::string changed(good.value.document.reveal());
    const std::size_t at =
        (static_cast<unsigned char>(document[0]) * 256U + static_cast<unsigned char>(document[1]))
        % changed.size();
    changed[at] = static_cast<char>(changed[at] ^ (1 << (document.size() % 8)));
    stored_record bad = good;
    bad.value.document = secret(changed);
    check(!detail::unseal(bad, place, keys), "what was changed does not open");
    bad = good;
    ++bad.at;
    check(!detail::unseal(bad, place, keys), "an older document does not open in a newer place");
    check(
        !detail::unseal(good, record_key(record_kind::grant, "grant-2"), keys),
        "a document does not open in another place"
    );
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto document = fuzz::input(data, size).rest();
    const auto check_all = [](std::string_view text) {
        check_record(&detail::read_registration_record, text);
        check_record(&detail::read_grant_record, text);
        check_record(&detail::read_pending_record, text);
    };
    check_all(document);
    // The same with secrets in it that can be told.
    std::string marked(document);
    for (const auto* member :
         {"client_secret",
          "access_token",
          "refresh_token",
          "id_token",
          "state",
          "code_verifier",
          "registration_access_token",
          "d"})
        marked = fuzz::with_canary(marked, member);
    if (marked != document)
        check_all(marked);
    check_sealed(document);
    return 0;
}
