// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"
#include "flow/probe.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace asioauth::detail {
namespace {

// Of several failures the first that says "there was an answer, and it was wrong" tells the user
// most; a security refusal must not be covered up by a later "not found".
void remember(std::optional<failure>& kept, const failure& f)
{
    const bool better =
        !kept || (kept->code() != condition::untrusted && f.code() == condition::untrusted);
    if (better)
        kept = f;
}

bool is_not_found(const failure& f)
{
    return f.code() == errc::resource_metadata_not_found
        || f.code() == errc::server_metadata_not_found;
}

// What a document may name. Permission to reach this machine comes from the user's URL and is
// handed on only by documents that this machine itself serves; a remote one cannot point back here.
address_policy policy_of(const url& source, address_policy policy)
{
    policy.allow_loopback(policy.loopback_allowed() && source.host_is_loopback());
    return policy;
}

// A document that may be in several places: what it is about, and all that the answer depends on.
class search
{
public:
    search(stage s, errc none, std::string about, std::string question)
        : where(s)
        , missing(none)
        , subject(std::move(about))
        , what(std::move(question))
    {}

    stage where;
    errc missing;
    std::string subject;
    std::string what;
    const provider_policy* provider = nullptr;
    std::string key; ///< of its answer
};

// What a search has found before, if it is good now; else null. References are to what the calling
// flow keeps.
template <class T>
flow<std::shared_ptr<const T>> find_known(const search& s, document_source& from)
{
    std::shared_ptr<const T> known;
    if (from.fresh)
        co_return known;
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    const auto answer = from.memory->documents.find_answer(s.key, *time);
    if (answer)
        known = answer->template known_as<T>(s.what, s.provider);
    if (!known)
        co_return known;
    from.remembered = true;
    from.memory->documents.counts().hits.add();
    co_await tell(event::kind::note, s.where, from_memory, answer->response().from());
    co_return known;
}

template <class T>
using document_reader = std::function<result<T>(const http_response&, const url& place)>;

// One place after the other. References are to what the calling flow keeps.
template <class T>
flow<std::shared_ptr<const T>> look_in(
    const std::vector<candidate>& places,
    const search& s,
    const url& about,
    const address_policy& policy,
    const document_reader<T>& reader,
    document_source& from
)
{
    std::optional<failure> kept;
    for (const auto& c : places)
    {
        const auto read = [&](const http_response& response) {
            auto made = reader(response, c.where);
            if (made)
                made->found = c.kind;
            return made;
        };
        bool again = true;
        for (bool first = true; std::exchange(again, false); first = false)
        {
            http_request request = make_metadata_request(c.where, policy);
            auto got = co_await find_document(s.where, s.subject, std::move(request), from);
            if (!got)
            {
                if (is_final(got.error()))
                    co_return got.error();
                remember(kept, got.error());
                continue;
            }
            from.remembered = from.remembered || got->remembered;
            const auto document = use_document<T>(*got, *from.memory, s.what, s.provider, read);
            if (document)
            {
                from.memory->documents.remember_answer(s.key, got->key);
                co_return document;
            }
            // It was right for somebody else, or was wrong already: forgotten by now.
            if (first && got->remembered && got->what->response().is_success())
            {
                again = true;
                continue;
            }
            failure wrong = document.error();
            wrong.where(s.where).url(c.where.without_query());
            if (!is_not_found(wrong))
                remember(kept, wrong);
        }
    }
    if (kept)
        co_return *kept;
    failure none(s.missing);
    none.where(s.where).url(about.without_query());
    co_return none;
}

flow<std::shared_ptr<const resource_metadata>> find_resource_metadata(
    const url& resource,
    const std::string& header_url,
    const address_policy& policy,
    std::vector<std::string> notes,
    document_source* from
)
{
    search s(
        stage::resource_metadata,
        errc::resource_metadata_not_found,
        resource.origin(),
        resource.str() + '\n' + header_url
    );
    s.key = document_cache::key_of(s.subject, policy, s.what);
    auto known = co_await find_known<resource_metadata>(s, *from);
    if (!known || *known)
        co_return known;
    const auto places = plan_resource_metadata(resource, header_url, &notes);
    for (const auto& note : notes)
        co_await tell_event(event(event::kind::note, stage::resource_metadata, note));
    const auto read = [&](const http_response& response, const url& place) {
        return read_resource_metadata(response, resource, policy_of(place, policy), place);
    };
    const document_reader<resource_metadata> reader = std::cref(read);
    co_return co_await look_in<resource_metadata>(places, s, resource, policy, reader, *from);
}

failure none_chosen(const url& resource)
{
    failure none(errc::authorization_server_missing);
    none.where(stage::server_metadata).url(resource.without_query());
    none.message("No authorization server of the resource was chosen.");
    return none;
}

failure not_offered(const url& resource, const probe_result& seen)
{
    failure none(errc::authorization_not_offered);
    none.where(stage::probe).url(resource.without_query()).http_status(seen.status);
    return none;
}

// Why "no login is needed" is not the answer where none is offered.
std::optional<failure> why_no_answer(const url& resource, const probe_result& seen)
{
    if (seen.unanswered)
        return seen.unanswered;
    if (is_not_there(seen))
        return not_offered(resource, seen);
    return std::nullopt;
}

// What use_document() or find_server_metadata() have given: moved where nobody else has it.
template <class T>
T taken(std::shared_ptr<const T> from)
{
    if (from.use_count() != 1)
        return *from;
    return std::move(const_cast<T&>(*from)); // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from)
{
    to.insert(to.end(), from.begin(), from.end());
}

// The reader of the metadata has noted why.
void use_provider(discovery& found, const provider_policy* provider)
{
    if (provider != nullptr)
        found.provider = *provider;
}

} // namespace

std::vector<std::string> chosen_servers(
    const url& resource, const std::vector<std::string>& listed, const flow_settings& settings
)
{
    if (!settings.choose_server)
        return listed;
    auto chosen = settings.choose_server(resource, listed);
    // The hook chooses; it cannot bring in another server.
    std::erase_if(chosen, [&](const auto& issuer) {
        return std::find(listed.begin(), listed.end(), issuer) == listed.end();
    });
    return chosen;
}

flow<std::shared_ptr<const server_metadata>> find_server_metadata(
    const std::string& issuer,
    const address_policy& asked_under,
    const provider_policy* provider,
    document_source* from
)
{
    search s(stage::server_metadata, errc::server_metadata_not_found, issuer, issuer);
    s.provider = provider;
    s.key = document_cache::key_of(issuer, asked_under, "");
    auto known = co_await find_known<server_metadata>(s, *from);
    if (!known || *known)
        co_return known;
    auto where = issuer_url(issuer, asked_under);
    if (!where)
    {
        failure wrong = where.error();
        wrong.where(stage::server_metadata);
        co_return wrong;
    }
    const address_policy policy = policy_of(*where, asked_under);
    if (provider != nullptr)
    {
        // A server that publishes nothing, but is described.
        auto described = described_server_metadata(*provider, issuer);
        if (described)
            co_return std::make_shared<server_metadata>(std::move(*described));
    }
    const auto places = plan_server_metadata(*where);
    const auto read = [&](const http_response& response, const url&) {
        return read_server_metadata(response, issuer, policy, provider);
    };
    const document_reader<server_metadata> reader = std::cref(read);
    co_return co_await look_in<server_metadata>(places, s, *where, policy, reader, *from);
}

namespace {

// What is asked for, if it may be.
class asked_resource
{
public:
    asked_resource(url u, address_policy p) : where(std::move(u)), policy(std::move(p)) {}

    url where;
    address_policy policy;
};

result<asked_resource> check_asked(const discover_params& params)
{
    auto resource = url::parse(params.resource());
    if (!resource)
        return at_probe(resource.error());
    if (resource->has_fragment())
        return at_probe(failure(errc::url_has_fragment));
    // The user typed a loopback URL: that is consent to talk to this machine, if the user is at it.
    // Nothing else ever sets this.
    address_policy policy = params.policy();
    policy.allow_loopback(params.loopback_allowed() && resource->host_is_loopback());
    if (!resource->is_https() && !policy.loopback_allowed())
        return at_probe(failure(errc::url_scheme_not_allowed), *resource);
    return asked_resource(*std::move(resource), std::move(policy));
}

// What a resource that was asked offers. References are to what the calling flow keeps.
flow<discovery> find_offer(
    const asked_resource& asked,
    const probe_result& seen,
    bool fresh,
    const flow_settings& settings,
    bool* remembered
)
{
    const url& resource = asked.where;
    document_source from(settings.memory, fresh);
    discovery found;
    found.requested = resource;
    found.policy = asked.policy;
    if (seen.challenged)
        found.login = login_support::required;
    found.challenged_scope = seen.scope;
    found.dpop_challenged = seen.dpop;

    auto document = co_await find_resource_metadata(
        resource, seen.resource_metadata, found.policy, found.notes, &from
    );
    *remembered = from.remembered;
    if (!document && is_final(document.error()))
        co_return document.error();
    if (!document && document.error().code() != errc::resource_metadata_not_found)
    {
        // There is a document, or there may be one, and it cannot be used. Falling back to the
        // rules of servers without any would let whoever breaks the document choose the
        // authorization server.
        if (seen.challenged || is_not_there(seen)
            || document.error().code() == condition::unreachable)
            co_return document.error();
        found.notes.push_back(
            "the resource metadata cannot be used: "
            + describe(document.error().code(), document.error().info())
        );
        found.resource = canonical_resource(resource);
        co_return found;
    }

    if (document)
    {
        const resource_metadata& about = **document;
        found.resource = about.resource;
        std::optional<failure> kept;
        const auto issuers = chosen_servers(resource, about.authorization_servers, settings);
        if (issuers.empty())
            co_return none_chosen(resource);
        for (const auto& issuer : issuers)
        {
            const auto* provider = settings.providers.find(issuer);
            auto server = co_await find_server_metadata(issuer, found.policy, provider, &from);
            *remembered = from.remembered;
            if (server)
            {
                use_provider(found, provider);
                found.server = taken(std::move(*server));
                break;
            }
            if (is_final(server.error()))
                co_return server.error();
            found.notes.push_back(
                "authorization server " + presentable(issuer, 200)
                + " was passed over: " + server.error().code().message()
            );
            remember(kept, server.error());
        }
        append(found.notes, about.notes);
        found.resource_document = taken(std::move(*document)); // `about` is no more
        if (found.server.issuer.empty())
        {
            if (seen.challenged || is_not_there(seen) || kept->code() == condition::unreachable)
                co_return *kept;
            found.notes.push_back(
                "the authorization server cannot be used: " + kept->code().message()
            );
            co_return found;
        }
    }
    else
    {
        // MCP 2025-03-26: the authorization server is the origin of the resource.
        found.resource = canonical_resource(resource);
        if (!seen.oauth_possible)
            co_return not_offered(resource, seen);
        const std::string origin = resource.origin();
        if (chosen_servers(resource, {origin}, settings).empty())
        {
            // Who asks for a login has to be told; elsewhere there is just none.
            if (seen.challenged)
                co_return none_chosen(resource);
            if (const auto why = why_no_answer(resource, seen))
                co_return *why;
            co_return found;
        }
        const auto* provider = settings.providers.find(origin);
        auto server = co_await find_server_metadata(origin, found.policy, provider, &from);
        *remembered = from.remembered;
        if (server)
        {
            use_provider(found, provider);
            found.server = taken(std::move(*server));
        }
        else if (server.error().code() == errc::server_metadata_not_found && seen.challenged)
        {
            found.server = default_server_metadata(resource);
            found.notes.emplace_back(
                "no metadata found: using the default endpoints of MCP 2025-03-26"
            );
        }
        else if (is_final(server.error()) || seen.challenged)
        {
            co_return server.error();
        }
        else
        {
            // Nobody asked for a login and none is offered. That is an answer, unless the resource
            // is not there at all.
            if (const auto why = why_no_answer(resource, seen))
                co_return *why;
            co_return found;
        }
    }
    append(found.notes, found.server.notes);
    if (!protects(found.server, found.resource))
        found.notes.emplace_back("the authorization server lists the resources that it protects, "
                                 "and this one is not among them");
    if (found.login == login_support::none)
        found.login = login_support::available;
    if (found.server.issuer_slash_tolerated)
        found.notes.emplace_back("the issuer differs by a lone root slash from the identifier used"
        );
    co_return found;
}

} // namespace

failure at_probe(failure why, const url& resource)
{
    why.where(stage::probe);
    if (!resource.empty())
        why.url(resource.without_query());
    return why;
}

act::take_turn turn_to_begin(const url& resource)
{
    // Of five requests that begin a login one may be a registration, of which 16 run at once; and an
    // origin has 64 connections.
    constexpr int logins_at_once = 128;
    constexpr std::size_t most_waiting_logins = 16'384;
    act::take_turn out("login\n" + resource.origin(), logins_at_once);
    out.most_waiting = most_waiting_logins;
    return out;
}

flow<discovery> discover(const discover_params& params, const flow_settings& settings)
{
    bool remembered = false;
    co_return co_await discover(params, settings, &remembered);
}

flow<discovery>
discover(const discover_params& params, const flow_settings& settings, bool* remembered)
{
    const auto asked = check_asked(params);
    if (!asked)
        co_return asked.error();
    const auto seen = co_await probe(asked->where, asked->policy);
    if (!seen)
        co_return seen.error();
    co_return co_await find_offer(*asked, *seen, params.fresh(), settings, remembered);
}

} // namespace asioauth::detail
