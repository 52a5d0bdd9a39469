// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// A node of a hub in a scripted world, the browser of a user, and the look into everything that it
// sends: no secret may ever be there.

#include "hub/routes.hpp"
#include "support/flow_world.hpp"

#include <asioauth/body_stream.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace asioauth::test {

inline constexpr const char* resource_url = "https://mcp.example/mcp";

/// The value of a parameter of a URL's query.
inline std::string parameter_of(const url& u, const std::string& name)
{
    const auto fields = parse_form(u.query());
    for (const auto& f : *fields)
    {
        if (f.first == name)
            return f.second;
    }
    return {};
}

/// The grant type of a token request.
inline std::string grant_type_of(const http_request& r)
{
    const auto fields = parse_form(r.body().reveal());
    for (const auto& f : *fields)
    {
        if (f.first == "grant_type")
            return f.second;
    }
    return {};
}

/// A request of a browser or a program.
class asking
{
public:
    asking(std::string method, std::string path) : request_(method, "/hub" + path) {}

    static asking get(const std::string& path) { return asking("GET", path); }
    static asking json(const std::string& path) { return asking("GET", path).as_json(); }
    static asking post(const std::string& path, form_fields form = {})
    {
        asking out("POST", path);
        out.form_ = std::move(form);
        out.is_form_ = true;
        return out;
    }

    asking& as_json() { return field("Accept", "application/json"); }
    asking& field(const std::string& name, const std::string& value)
    {
        request_.field(name, value);
        return *this;
    }
    asking& text(const std::string& type, std::string body)
    {
        request_.field("Content-Type", type).body(secret(std::move(body)));
        is_form_ = false;
        return *this;
    }
    /// What protects the form; empty: nothing does.
    asking& csrf(std::string v)
    {
        csrf_ = std::move(v);
        return *this;
    }

    bool needs_csrf() const { return is_form_ && !csrf_; }
    hub_request request() const
    {
        hub_request out = request_;
        if (!is_form_)
            return out;
        std::string body;
        auto fields = form_;
        if (csrf_ && !csrf_->empty())
            fields.emplace_back("csrf", *csrf_);
        for (const auto& f : fields)
            body += (body.empty() ? "" : "&") + form_encode(f.first) + "=" + form_encode(f.second);
        out.field("Content-Type", "application/x-www-form-urlencoded").body(secret(body));
        return out;
    }

private:
    hub_request request_;
    form_fields form_;
    bool is_form_ = false;
    std::optional<std::string> csrf_;
};

/// What came back.
class seen
{
public:
    seen() = default;
    explicit seen(detail::hub_answer a) : answer(std::move(a)) {}

    int status() const { return answer.response.status(); }
    const std::string& body() const { return answer.response.body(); }
    std::string field(const char* name) const { return std::string(answer.response.field(name)); }
    bool says(const std::string& what) const { return body().find(what) != std::string::npos; }
    boost::json::object json() const
    {
        boost::system::error_code ec;
        auto v = boost::json::parse(body(), ec);
        if (ec || !v.is_object())
            return {};
        return v.as_object();
    }
    /// A member of a member; empty if there is none.
    std::string text(const char* outer, const char* inner) const
    {
        const auto all = json();
        const auto* o = all.if_contains(outer);
        const auto* v = o && o->is_object() ? o->as_object().if_contains(inner) : nullptr;
        return v && v->is_string() ? std::string(v->as_string().c_str()) : std::string();
    }
    std::string error() const { return text("error", "code"); }

    detail::hub_answer answer;
};

class hub_app
{
public:
    explicit hub_app(hub_settings s = hub_settings("https://app.example/hub"))
        : site(std::make_shared<detail::hub_site>(std::move(s)))
    {
        add_provider(w);
        w.on("POST", "https://as.example/token", [this](const http_request& r) {
            grants.push_back(grant_type_of(r));
            token_requests.push_back(r);
            http_response out(token_status, token_body.empty() ? next_tokens() : token_body);
            out.field("Content-Type", "application/json");
            return result<http_response>(std::move(out));
        });
    }

    hub_app(const hub_app&) = delete;
    hub_app& operator=(const hub_app&) = delete;

    // The one place where every answer of every test is searched.
    ~hub_app()
    {
        note_secrets();
        for (const auto& r : sent_back)
        {
            std::string all = r.body();
            for (const auto& f : r.fields())
                all.append("\n").append(f.first).append(": ").append(f.second);
            for (const auto& one : secrets)
                BOOST_TEST(
                    all.find(one.second) == std::string::npos, one.first << " was sent: " << all
                );
            for (const auto& f : r.fields())
                BOOST_TEST(f.second.find_first_of("\r\n") == std::string::npos);
        }
    }

    std::string next_tokens()
    {
        return R"({"access_token":"CANARY-)" + std::to_string(++issued)
            + R"(","refresh_token":"CANARY-refresh","token_type":"Bearer","expires_in":3600)"
            + more_of_tokens + "}";
    }

    // What was made in this world and must not leave it.
    void note_secrets()
    {
        secrets.emplace_back("a canary", "CANARY");
        if (!site->form_key.empty())
            secrets.emplace_back("the key of the forms", std::string(site->form_key.reveal()));
        for (const auto& r : w.records)
        {
            if (r.first.kind != record_kind::pending_login || r.second.at == 0)
                continue;
            const auto o = boost::json::parse(std::string(r.second.value.document.reveal()));
            const auto& verifier = o.at("request").at("code_verifier").as_string();
            secrets.emplace_back("a verifier", std::string(verifier.c_str()));
        }
    }

    /// As a node would do it, with what is left to do afterwards.
    std::optional<result<detail::hub_answer>> raw(const hub_request& r, const hub_user& by)
    {
        auto out = w.run(detail::answer_request(site, r, by, settings));
        if (out && *out)
        {
            sent_back.push_back((*out)->response);
            note_secrets();
        }
        return out;
    }

    seen ask(asking a, const hub_user& by)
    {
        if (a.needs_csrf())
            a.csrf(csrf_of(by));
        hub_request r = a.request();
        std::string cookies;
        for (const auto& c : cookie_jar)
            cookies += (cookies.empty() ? "" : "; ") + c.first + "=" + c.second;
        if (!cookies.empty())
            r.field("Cookie", cookies);
        auto got = raw(r, by);
        BOOST_TEST(broken_invariant(w, got) == "");
        BOOST_REQUIRE(got);
        BOOST_REQUIRE_MESSAGE(got->has_value(), got->error().code().message());
        seen out(**got);
        keep_cookie(out.field("Set-Cookie"));
        if (!out.answer.list_tools_of.empty() && lists_tools)
            (void
            )w.run(detail::list_integration_tools(site, out.answer.list_tools_of, by.id(), settings)
            );
        return out;
    }
    seen ask(asking a) { return ask(std::move(a), anna); }

    std::string csrf_of(const hub_user& by)
    {
        const auto listed = ask(asking::json("/"), by).json();
        const auto* v = listed.if_contains("csrf");
        return v ? std::string(v->as_string().c_str()) : std::string();
    }

    /// Look up; its identifier.
    std::string
    add(const std::string& address = resource_url,
        form_fields more = {},
        const hub_user* by = nullptr)
    {
        more.emplace_back("url", address);
        const auto out =
            ask(asking::post("/integrations", std::move(more)).as_json(), by ? *by : anna);
        BOOST_TEST(out.status() == 201, out.body());
        return out.text("integration", "id");
    }

    /// Begin the login; where the browser has to go.
    url leave(const std::string& id, form_fields form = {})
    {
        const auto out =
            ask(asking::post("/integrations/" + id + "/connect", std::move(form)).as_json());
        BOOST_TEST(out.status() == 200, out.body());
        const auto all = out.json();
        const auto* where = all.if_contains("location");
        BOOST_REQUIRE(where);
        return url::parse(std::string(where->as_string().c_str())).value();
    }

    /// What the authorization server sends the browser to.
    static asking coming_back(
        const url& left,
        const std::string& parameters = "code=CANARY-code",
        const std::string& iss = "https://as.example"
    )
    {
        const auto uri = url::parse(parameter_of(left, "redirect_uri")).value();
        return asking::get(
            std::string(uri.path()).substr(std::string("/hub").size()) + "?" + parameters
            + "&state=" + form_encode(parameter_of(left, "state")) + "&iss=" + form_encode(iss)
        );
    }

    /// Everything; its identifier.
    std::string connect(const std::string& address = resource_url, form_fields more = {})
    {
        const auto id = add(address, std::move(more));
        const auto back = ask(coming_back(leave(id)));
        BOOST_TEST(back.status() == 303, back.body());
        BOOST_TEST(back.field("Location") == "/hub/integrations/" + id);
        return id;
    }

    std::string status_of(const std::string& id)
    {
        return ask(asking::json("/integrations/" + id)).text("integration", "status");
    }

    /// What is in the store of this kind.
    int count(record_kind kind) const
    {
        int out = 0;
        for (const auto& r : w.records)
            out += r.first.kind == kind && r.second.at != 0 ? 1 : 0;
        return out;
    }
    int integrations() const
    {
        int out = 0;
        for (const auto& r : w.records)
            out += r.second.at != 0 && r.first.kind == record_kind::integration
                    && detail::is_integration_id(r.first.id)
                ? 1
                : 0;
        return out;
    }
    detail::integration stored(const std::string& id)
    {
        return detail::read_integration_record(w.records[detail::integration_key(id)].value)
            .value();
    }

    /// The resource answers this where a token is shown.
    void resource(world::responder r, const std::string& where = resource_url)
    {
        for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
            w.on(method, where, [r](const http_request& q) {
                return q.authorization().empty() ? challenge_401(q) : r(q);
            });
    }

    world w;
    flow_settings settings = plain_settings();
    std::shared_ptr<detail::hub_site> site;
    hub_user anna = hub_user("anna").sign_in("first");
    hub_user berta = hub_user("berta").sign_in("first");
    std::map<std::string, std::string> cookie_jar;
    bool lists_tools = false;
    std::vector<std::string> grants;
    std::vector<http_request> token_requests;
    int issued = 0;
    int token_status = 200;
    std::string token_body;
    std::string more_of_tokens;
    std::vector<http_response> sent_back;
    std::vector<std::pair<std::string, std::string>> secrets;

private:
    void keep_cookie(const std::string& set)
    {
        if (set.empty())
            return;
        const auto equals = set.find('=');
        cookie_jar[set.substr(0, equals)] = set.substr(equals + 1, set.find(';') - equals - 1);
    }
};

inline result<http_response> with_body(int status, std::string body)
{
    http_response r(status, std::move(body));
    r.field("Content-Type", "application/json");
    return r;
}

/// A server that needs no login.
inline void add_open_server(world& w)
{
    for (const char* method : {"GET", "POST"})
        w.on(method, "https://open.example/mcp", [](const http_request& r) {
            BOOST_TEST(r.authorization().empty());
            return with_body(200, R"({"jsonrpc":"2.0","id":1,"result":{}})");
        });
}

/// What a server of tools says, in the manner of MCP before 2026.
/// @param tools objects with commas in between
inline result<http_response>
answer_of_tools(const http_request& r, const std::string& title, const std::string& tools)
{
    const auto body = r.body().reveal();
    if (body.find("server/discover") != std::string_view::npos)
        return with_body(400, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}})");
    if (body.find("\"initialize\"") != std::string_view::npos)
        return with_body(
            200,
            R"({"jsonrpc":"2.0","id":2,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":")"
                + title + R"(","version":"1"}}})"
        );
    if (body.find("tools/list") != std::string_view::npos)
        return with_body(200, R"({"jsonrpc":"2.0","id":3,"result":{"tools":[)" + tools + R"(]}})");
    return with_body(202, "");
}

} // namespace asioauth::test
