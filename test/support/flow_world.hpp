// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// A world for flows to run in: a network of canned answers, a user, a clock, a store. It implements
// the same `driver` that flow_op does, without Asio: a whole login takes microseconds, and each
// step can be made to fail, be cancelled, be the last one before destruction, or get a mutated
// reply.

#include "flow/flows.hpp"
#include "flow/session_memory.hpp"
#include "support/print.hpp"

#include <asioauth/protocol/form.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace asioauth::test {

namespace act = detail::act;
using detail::action;
using detail::answer_browser;
using detail::arrival;
using detail::asked_action;
using detail::authorised_request;
using detail::commit_section;
using detail::driver;
using detail::flow;
using detail::flow_context;
using detail::flow_settings;
using detail::grant;
using detail::issuer_tag;
using detail::make_record;
using detail::moment;
using detail::nothing;
using detail::read_grant_record;
using detail::read_registration_record;
using detail::registration_key;
using detail::reply;
using detail::ticket;
using detail::operator<<; // for the variant of actions, which no lookup by argument finds

/// What the person at the browser does with an authorization URL.
enum class user_does
{
    approves,
    denies,
    nothing,                 ///< until the deadline
    pastes,                  ///< the redirect does not arrive, the person pastes the URL
    pastes_rubbish_first,    ///< and then the right one
    is_forged_then_approves, ///< a redirect with the right state and a wrong issuer comes first
    is_forged_only,          ///< and nothing after it
    has_no_browser,          ///< the launcher fails
};

/// Answers every action of one run. Make a new one for each run.
class world final : public driver
{
public:
    using responder = std::function<result<http_response>(const http_request&)>;

    static constexpr const char* code_canary = "CANARY-code-0123456789";
    static constexpr const char* issuer_of_user = "https://as.example";

    user_does user = user_does::approves;
    /// The authorization server's page, if it has one: what the user does at the sight of it.
    std::function<user_does(const url&)> page;
    /// What becomes of each answer of the network on its way; null: nothing.
    std::function<result<http_response>(const http_request&, result<http_response>)> on_the_way;
    /// The redirect that is forged, from the redirect URI and the state; null: of a wrong issuer.
    std::function<std::string(const std::string&, const std::string&)> forged;
    bool send_iss = true;
    std::string iss = issuer_of_user;
    std::chrono::system_clock::time_point wall{std::chrono::seconds(1'800'000'000)};

    /// What happened, one line an action.
    std::vector<std::string> log;
    std::vector<event> events;
    std::vector<http_request> requests;
    std::optional<login_outcome> browser_saw;
    int pages_shown = 0;
    url opened;
    std::map<record_key, stored_record> records;
    std::optional<failure> store_fails;
    std::vector<std::string> turns; ///< held now
    std::set<record_key> leases;    ///< held now
    int commits_fail = 0;           ///< the next so many
    /// What another process does before each action on the store or with a lease.
    std::function<void(const action&)> others;
    /// The lease is somebody else's for so many requests yet.
    int held_by_others = 0;
    std::optional<failure> lease_fails;
    // What a scenario logs in with, if not with the plain ones.
    std::optional<login_params> params;
    std::optional<flow_settings> settings;
    std::optional<failure> reserve_fails;
    /// Where nobody ever answers what was started; the method is not looked at.
    std::set<std::string> silent;

    // Interference. Steps count every action, started or asked, from 0.
    int fail_at = -1;
    failure fail_with{errc::connection_lost};
    int cancel_from = -1;
    int abandon_at = -1;
    int mutate_at = -1;
    std::function<http_response(http_response)> mutation;

    int steps() const noexcept { return steps_; }
    /// Both clocks go on.
    void advance(std::chrono::seconds by)
    {
        wall += by;
        steady_ += by;
    }
    bool committing_now() const noexcept { return committing_; }
    bool waits_for_user() const noexcept { return waiting_for_user_; }
    bool abandoned() const noexcept { return abandoned_; }

    /// Answer this method and URL. Anything else is a 404.
    world& on(const std::string& method, const std::string& where, responder r)
    {
        answers_[method + " " + where] = std::move(r);
        return *this;
    }

    world& on(const std::string& method, const std::string& where, int status, std::string body)
    {
        return on(method, where, [status, body](const http_request&) {
            http_response r(status, body);
            r.field("Content-Type", "application/json");
            return result<http_response>(std::move(r));
        });
    }

    /// Run a flow to its end. Fails (by throwing) if the flow neither ends nor asks for anything,
    /// or asks for too much.
    template <class T>
    std::optional<result<T>> run(flow<T> f)
    {
        context_.by = this;
        const int before = steps_;
        f.begin(context_);
        while (!f.done())
        {
            if (steps_ - before > 500)
                throw std::runtime_error("the flow does not come to an end");
            if (!answer())
            {
                abandoned_ = true;
                return std::nullopt; // destroys the suspended coroutine
            }
            std::exchange(context_.suspended, {}).resume();
        }
        return f.take();
    }

private:
    bool is_over(const stored_record& r) const
    {
        return r.value.expires_at && *r.value.expires_at <= wall;
    }

    std::vector<listed_record> listed(const record_filter& filter) const
    {
        std::vector<listed_record> out;
        for (const auto& [key, r] : records)
        {
            const bool wanted = r.at != 0 && !is_over(r)
                && (!filter.kind() || key.kind == *filter.kind())
                && (!filter.user() || r.value.user == *filter.user())
                && (!filter.issuer() || r.value.issuer == *filter.issuer())
                && (!filter.after() || *filter.after() < key);
            if (wanted && out.size() < filter.limit())
                out.emplace_back(key, r);
        }
        return out;
    }

    void ask(asked_action what) override { asked_ = what; }
    void next() override { wants_next_ = true; }
    void committing(bool on) override { committing_ = on; }
    void waiting_for_user(bool on) override { waiting_for_user_ = on; }
    void tell(event e) override { events.push_back(std::move(e)); }
    bool is_heard() const noexcept override { return true; }

    void give_back(const std::string& name) override
    {
        const auto it = std::find(turns.begin(), turns.end(), name);
        if (it == turns.end())
            throw std::runtime_error("a turn was given back that nobody has: " + name);
        turns.erase(it);
    }

    void release_lease(const record_key& key) override { leases.erase(key); }

    ticket start(action what) override
    {
        const ticket number = ++last_ticket_;
        const int step = steps_++;
        note(what);
        if (step == abandon_at)
            abandon_next_ = true;
        if (auto injected = interference(step))
            arrivals_.emplace_back(number, std::move(*injected));
        else
            begin(number, std::move(what));
        return number;
    }

    void stop() override
    {
        arrivals_.clear();
        waits_.clear();
        redirect_ticket_ = paste_ticket_ = 0;
    }

    void note(const action& a)
    {
        std::ostringstream os;
        os << a;
        log.push_back(os.str());
    }

    std::optional<result<reply>> interference(int step)
    {
        if (cancel_from >= 0 && step >= cancel_from && !committing_)
            return result<reply>(failure(operation_aborted()));
        if (step == fail_at)
            return result<reply>(fail_with);
        return std::nullopt;
    }

    bool answer()
    {
        if (abandon_next_)
            return false;
        if (!asked_.empty())
        {
            action what = asked_.taken();
            const int step = steps_++;
            note(what);
            if (step == abandon_at)
                return false;
            if (auto injected = interference(step))
                context_.answered.emplace(std::move(*injected));
            else
                context_.answered.emplace(perform(step, what));
            return true;
        }
        if (!wants_next_)
            throw std::runtime_error("the flow waits for nothing");
        wants_next_ = false;
        if (cancel_from >= 0 && steps_ >= cancel_from && !committing_)
        {
            context_.which = -2;
            context_.answered.emplace(failure(operation_aborted()));
            return true;
        }
        if (arrivals_.empty())
        {
            // Only time can bring something now.
            if (waits_.empty())
                throw std::runtime_error("the flow waits for ever");
            const auto first = waits_.begin();
            steady_ = first->first;
            arrivals_.emplace_back(first->second, reply(nothing()));
            waits_.erase(first);
        }
        context_.which = arrivals_.front().which;
        context_.answered.emplace(std::move(arrivals_.front().answer));
        arrivals_.pop_front();
        return true;
    }

    result<reply> perform(int step, action& what)
    {
        if (auto* a = std::get_if<act::send>(&what))
        {
            requests.push_back(a->request);
            const auto key = a->request.method() + " " + a->request.target().str();
            const auto it = answers_.find(key);
            result<http_response> r = http_response(404, "{}");
            if (it != answers_.end())
                r = it->second(a->request);
            if (on_the_way)
                r = on_the_way(a->request, std::move(r));
            if (!r)
                return r.error();
            r->from(a->request.target());
            if (step == mutate_at && mutation)
                return reply(mutation(std::move(*r)));
            return reply(std::move(*r));
        }
        if (auto* a = std::get_if<act::reserve>(&what))
        {
            if (reserve_fails)
                return *reserve_fails;
            const auto port = a->target.port() == 0 ? 40123 : a->target.port();
            return reply(
                "http://" + a->target.host() + ":" + std::to_string(port) + a->target.path()
            );
        }
        if (std::holds_alternative<act::now>(what))
            return reply(moment(wall, steady_));
        if (std::holds_alternative<act::random>(what))
        {
            random_octets octets{};
            octets.fill(static_cast<std::uint8_t>(++randoms_));
            return reply(octets);
        }
        if (auto* a = std::get_if<act::new_key>(&what))
        {
            auto key = signing_key::generate(a->algorithm);
            return key ? result<reply>(reply(std::move(*key))) : result<reply>(key.error());
        }
        if (auto* a = std::get_if<act::take_turn>(&what))
        {
            turns.push_back(a->name);
            return reply(nothing());
        }
        if (others)
            others(what);
        if (auto* a = std::get_if<act::hold_lease>(&what))
        {
            if (lease_fails)
                return *lease_fails;
            detail::lease_answer out;
            out.acquired = held_by_others == 0;
            out.remaining = a->ttl;
            if (out.acquired)
                leases.insert(a->key);
            else
                --held_by_others;
            return reply(out);
        }
        if (auto* a = std::get_if<act::take>(&what))
        {
            if (store_fails)
                return *store_fails;
            auto& r = records[a->key];
            if (r.at == 0)
                return reply(stored_record());
            if (r.value.issuer != a->issuer || r.value.binding != a->binding)
                return failure(errc::store_guard_refused);
            return reply(std::exchange(r, stored_record()));
        }
        if (auto* a = std::get_if<act::load>(&what))
        {
            if (store_fails)
                return *store_fails;
            return reply(is_over(records[a->key]) ? stored_record() : records[a->key]);
        }
        if (auto* a = std::get_if<act::list_records>(&what))
        {
            if (store_fails)
                return *store_fails;
            return reply(listed(a->filter));
        }
        if (auto* a = std::get_if<act::commit>(&what))
        {
            if (store_fails)
                return *store_fails;
            if (commits_fail > 0)
            {
                --commits_fail;
                return failure(errc::store_unavailable);
            }
            auto& r = records[a->key];
            if (r.at != a->expected)
                return failure(errc::store_conflict);
            if (a->value)
            {
                r.at = r.at + 1;
                r.value = std::move(*a->value);
                return reply(r.at);
            }
            r = stored_record();
            return reply(generation(0));
        }
        if (auto* a = std::get_if<act::wait_until>(&what))
        {
            // Nobody else is here: time goes on at once.
            wall += std::chrono::duration_cast<std::chrono::seconds>(a->when - steady_);
            steady_ = std::max(steady_, a->when);
            return reply(nothing());
        }
        throw std::runtime_error("this action has to be started");
    }

    void begin(ticket number, action what)
    {
        if (auto* a = std::get_if<act::wait_redirect>(&what))
        {
            redirect_ticket_ = number;
            redirect_uri_ = a->redirect_uri;
            state_ = a->state;
            if (user == user_does::is_forged_then_approves && std::exchange(tries_again_, false))
                deliver(redirect_url("code=" + std::string(code_canary), iss));
        }
        else if (auto* s = std::get_if<act::send>(&what))
        {
            if (silent.contains(s->request.target().str()))
                requests.push_back(s->request);
            else
                arrivals_.emplace_back(number, perform(steps_ - 1, what));
        }
        else if (auto* w = std::get_if<act::wait_until>(&what))
        {
            waits_.emplace(w->when, number);
        }
        else if (std::holds_alternative<act::ask_user>(what))
        {
            paste_ticket_ = number;
            if (user == user_does::pastes_rubbish_first && std::exchange(tries_again_, false))
                paste(redirect_url("code=" + std::string(code_canary), iss));
        }
        else if (auto* o = std::get_if<act::open_url>(&what))
        {
            opened = o->where;
            if (page)
                user = page(o->where);
            if (user == user_does::has_no_browser)
            {
                arrivals_.emplace_back(number, failure(errc::browser_not_opened));
                return;
            }
            arrivals_.emplace_back(number, reply(nothing()));
            act_as_user();
        }
    }

    std::string redirect_url(const std::string& answer, const std::string& issuer) const
    {
        std::string out = redirect_uri_ + "?" + answer + "&state=" + form_encode(state_);
        if (send_iss)
            out += "&iss=" + form_encode(issuer);
        return out;
    }

    void act_as_user()
    {
        const std::string good = "code=" + std::string(code_canary);
        switch (user)
        {
        case user_does::approves: deliver(redirect_url(good, iss)); break;
        case user_does::denies:
            deliver(redirect_url("error=access_denied&error_description=no", iss));
            break;
        case user_does::pastes: paste(redirect_url(good, iss)); break;
        case user_does::pastes_rubbish_first:
            tries_again_ = true;
            paste("rubbish");
            break;
        case user_does::is_forged_then_approves:
        case user_does::is_forged_only:
            tries_again_ = true;
            deliver(
                forged ? forged(redirect_uri_, state_)
                       : redirect_url("code=forged", "https://evil.example")
            );
            break;
        case user_does::nothing:
        case user_does::has_no_browser: break;
        }
    }

    void deliver(std::string where)
    {
        if (redirect_ticket_ == 0)
            return;
        redirect r(std::move(where), [this](const login_outcome& outcome) {
            browser_saw = outcome;
            ++pages_shown;
        });
        arrivals_.emplace_back(redirect_ticket_, reply(std::move(r)));
        redirect_ticket_ = 0;
    }

    void paste(std::string where)
    {
        if (paste_ticket_ == 0)
            return;
        arrivals_.emplace_back(paste_ticket_, reply(std::move(where)));
        paste_ticket_ = 0;
    }

    flow_context context_;
    std::map<std::string, responder> answers_;
    asked_action asked_;
    bool wants_next_ = false;
    bool committing_ = false;
    bool waiting_for_user_ = false;
    bool abandoned_ = false;
    bool abandon_next_ = false;
    bool tries_again_ = false; // once for each time that the browser opens
    int steps_ = 0;
    int randoms_ = 0;
    ticket last_ticket_ = 0;
    ticket redirect_ticket_ = 0;
    ticket paste_ticket_ = 0;
    std::string redirect_uri_;
    std::string state_;
    std::chrono::steady_clock::time_point steady_{};
    std::deque<arrival> arrivals_;
    std::multimap<std::chrono::steady_clock::time_point, ticket> waits_;
};

// The provider that most scripts talk to: resource https://mcp.example/mcp, authorization server
// https://as.example.

inline constexpr const char* resource_document =
    R"({"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["files:read","files:write"]})";

inline constexpr const char* server_document =
    R"({"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","registration_endpoint":"https://as.example/register","response_types_supported":["code"],"code_challenge_methods_supported":["S256"],"token_endpoint_auth_methods_supported":["none","client_secret_basic"],"authorization_response_iss_parameter_supported":true})";

inline result<http_response> challenge_401(const http_request&)
{
    http_response r(401, "");
    r.field(
        "WWW-Authenticate",
        R"(Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp", scope="files:read")"
    );
    return r;
}

/// Answers registrations by echoing the request and adding a client identifier, as servers do.
inline result<http_response> register_client(const http_request& r)
{
    std::string body(r.body().reveal());
    body.insert(1, R"("client_id":"client-1",)");
    http_response out(201, std::move(body));
    out.field("Content-Type", "application/json");
    return out;
}

inline constexpr const char* token_document =
    R"({"access_token":"CANARY-access","refresh_token":"CANARY-refresh","token_type":"Bearer","expires_in":3600})";

/// A world with a provider in it.
inline void add_provider(world& w)
{
    w.on("GET", "https://mcp.example/mcp", challenge_401);
    w.on("POST", "https://mcp.example/mcp", challenge_401);
    w.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource/mcp",
        200,
        resource_document
    );
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, server_document);
    w.on("POST", "https://as.example/register", register_client);
    w.on("POST", "https://as.example/token", 200, token_document);
}

inline flow_settings plain_settings()
{
    flow_settings s;
    s.profile.client_name("Flow test");
    return s;
}

/// A session that a login made.
inline std::shared_ptr<detail::session_memory>
session_of(grant g, login_params params = login_params("https://mcp.example/mcp"))
{
    return std::make_shared<detail::session_memory>(std::move(g), std::move(params));
}

/// The lines of a log that begin with `prefix`.
inline std::vector<std::string>
lines_with(const std::vector<std::string>& log, const std::string& prefix)
{
    std::vector<std::string> out;
    for (const auto& line : log)
    {
        if (line.rfind(prefix, 0) == 0)
            out.push_back(line);
    }
    return out;
}

/** What must hold for a run however it was disturbed. Returns what is wrong, or an empty string. */
template <class T>
std::string broken_invariant(const world& w, const std::optional<result<T>>& r)
{
    if (!r)
        return w.abandoned() ? "" : "no result and not abandoned";
    if (w.committing_now())
        return "the commit section was left open";
    if (w.waits_for_user())
        return "the deadline was left standing";
    if (r->has_value() && !w.turns.empty())
        return "a turn was kept: " + w.turns.front();
    if (r->has_value() && !w.leases.empty())
        return "a lease was kept: " + w.leases.begin()->id;
    if (!*r)
    {
        if (!r->error().code())
            return "failed with a success code";
        const std::string text = describe(r->error().code(), r->error().info());
        if (text.find("CANARY") != std::string::npos)
            return "a secret in the diagnostics: " + text;
        if (r->error().code().message().empty())
            return "no message";
    }
    for (const auto& line : w.log)
    {
        if (line.find("CANARY") != std::string::npos)
            return "a secret in a printed action: " + line;
    }
    for (const auto& e : w.events)
    {
        std::ostringstream os;
        os << e;
        if (os.str().find("CANARY") != std::string::npos)
            return "a secret in an event: " + os.str();
    }
    if (w.pages_shown > 2)
        return "the browser was answered too often";
    return "";
}

} // namespace asioauth::test
