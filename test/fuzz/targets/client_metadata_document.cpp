// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Client ID metadata documents: the line with their URL, then the document, or lines of which one is
// made.

// max_len: 8192
// dictionaries: json oauth

#include "base/json_reader.hpp"
#include "fuzz/fuzz.hpp"

#include <asioauth/protocol/client_metadata_document.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

http_response served(std::string document)
{
    http_response out(200, std::move(document));
    out.field("Content-Type", "application/json");
    return out;
}

void check_document(std::string_view where, const http_response& response)
{
    const auto good = check_client_metadata_document(where, response);
    if (!good)
    {
        fuzz::check_failure(good.error());
        return;
    }
    check(response.status() == 200, "a document is served with status 200");
    check(response.body().size() <= 5 * 1024, "a document has 5 kB at most");
    const auto json = detail::json_object::parse(response.body());
    check(json.has_value(), "a document is JSON");
    check_equal(json->string("client_id").value(), where, "a document names its own URL");
    check(!json->raw().contains("client_secret"), "no secret is published");
    const auto uris = json->optional_strings("redirect_uris").value();
    check(uris && !uris->empty(), "there is a redirect URI");
    for (const auto& uri : *uris)
    {
        const auto parsed = check_redirect_uri(uri);
        check(parsed.has_value() || uri.find('.') < uri.find(':'), "a redirect URI is safe");
    }
    const auto method = json->string("token_endpoint_auth_method").value();
    check(!method.starts_with("client_secret"), "nobody needs a secret");
    if (!json->has("jwks"))
        return;
    for (const auto& key : *json->raw().if_contains("jwks")->if_contains("keys"))
        check(!key.contains("d"), "no private key is published");
}

// What the library writes it takes.
void check_made(std::string_view where, fuzz::input in)
{
    client_profile profile;
    profile.client_name(in.line()).client_uri(in.line()).logo_uri(in.line());
    profile.add_redirect_uri(in.line()).scope(in.line()).tos_uri(in.line());
    const auto contact = in.line();
    if (!contact.empty())
        profile.add_contact(contact);
    const auto language = in.line();
    if (!language.empty())
        profile.localized("client_name", language, in.line());
    const auto member = in.line();
    if (!member.empty())
        profile.extension(member, in.rest());
    const auto made = make_client_metadata_document(where, profile);
    if (!made)
    {
        fuzz::check_failure(made.error());
        return;
    }
    const auto good = check_client_metadata_document(where, served(*made));
    if (!good)
        fuzz::check_equal(
            describe(good.error().code(), good.error().info()), "", "what is made is good"
        );

    discovery found;
    found.server.issuer = "https://as.example";
    found.server.client_id_metadata_document_supported = true;
    const auto client = make_metadata_document_client(found, where, profile);
    check(client.has_value(), "a document stands for a client");
    check_equal(client->client_id, where, "a document's URL is the client's name");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    http_response response = in.response("https://app.example/client");
    const std::string where(in.line());
    const auto place = check_client_metadata_url(where);
    if (place)
        check(
            place->is_https() && place->path().size() > 1 && !place->has_query()
                && !place->has_fragment() && place->str() == where,
            "a document's URL is https with a path"
        );
    else
        fuzz::check_failure(place.error());
    const fuzz::input lines = in;
    response.body(std::string(in.rest()));
    check_document(where, response);
    check_made(where, lines);
    return 0;
}
