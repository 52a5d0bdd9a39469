// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth {

/// One challenge of a WWW-Authenticate field.
class challenge
{
public:
    challenge() = default;

    /// The scheme in lower case, for example `"bearer"`.
    std::string scheme;
    /// The token68 form, if the challenge has that instead of parameters.
    std::string token68;
    /// Parameters in order, names in lower case, values unquoted.
    std::vector<std::pair<std::string, std::string>> parameters;

    /// The value of a parameter (name in lower case); nothing if it is absent.
    ASIOAUTH_DECL std::optional<std::string_view> parameter(std::string_view name) const noexcept;
};

/** Read one WWW-Authenticate field value, which may hold several challenges.

    Reads the RFC 9110 grammar in full: several schemes in one value, quoted strings with commas and
    escapes, token68, empty list elements, odd spacing. Beyond the grammar it takes what real
    servers send and what cannot mean anything else: unquoted values with URL characters, and
    parameters separated by blanks alone. What fits neither ends the reading; what was complete
    before it is kept. Takes time linear in the input.

    @par Specification
    @li RFC 9110 section 11.6.1
*/
ASIOAUTH_DECL std::vector<challenge> parse_challenges(std::string_view value);

/// Read all WWW-Authenticate fields of a response, in order.
ASIOAUTH_DECL std::vector<challenge> parse_challenges(const http_response& response);

/// What an OAuth-protected resource says in its Bearer or DPoP challenge.
class bearer_challenge
{
public:
    bearer_challenge() = default;

    /// True if the challenge is of the DPoP scheme: there was none for Bearer.
    bool dpop = false;
    /// Signature algorithms of the first DPoP challenge, separated by spaces, whether or not there
    /// was one for Bearer as well; empty if it names none (RFC 9449 section 7.1).
    std::string dpop_algs;
    /// RFC 9728 section 5.1; not yet checked to be a URL.
    std::string resource_metadata;
    /// Space-separated scopes that the request needs.
    std::string scope;
    /// RFC 6750 error; empty for a request that carried no token.
    std::string error;
    std::string error_description; ///< untrusted text
    std::string realm;             ///< untrusted text
    /// RFC 9470: what kinds of login the request needs, separated by spaces, best first.
    std::string acr_values;
    /// RFC 9470: how long ago the user may have logged in.
    std::optional<std::chrono::seconds> max_age;
};

/** The first Bearer challenge of a response, or else the first DPoP challenge; nothing if there is
    neither.

    `error`, `error_description` and `realm` are made presentable; a `scope`, `acr_values` or `algs`
    with characters that these cannot have is left empty. A parameter that occurs twice in the
    challenge is ignored as if absent (RFC 9110 forbids it, and two readers could disagree about
    which one counts). `resource_metadata` is taken from the first Bearer or else DPoP challenge
    that has it; `resource_metadata_uri`, `resource_metadata_url` and the same with hyphens are taken
    for it: there are servers that write them, and what they name is checked in any case.

    @par Specification
    @li RFC 6750 section 3, RFC 9728 section 5.1, RFC 9449 section 7.1, RFC 9470 section 3
*/
ASIOAUTH_DECL std::optional<bearer_challenge> read_bearer_challenge(const http_response& response);

} // namespace asioauth
