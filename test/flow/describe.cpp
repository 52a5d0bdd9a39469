// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "support/flow_world.hpp"

#include <asioauth/limits.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(describe_flow)

namespace {

const std::string png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on"s;
const std::string gif = "GIF89a and so on and on"s;

// Reads pages of one line each: title, description, icon. What it was given goes into the title.
html_head read_lines(std::string_view bytes, std::string_view content_type, const url& from)
{
    head_elements elements;
    const auto line = [&bytes] {
        const auto end = std::min(bytes.find('\n'), bytes.size());
        std::string out(bytes.substr(0, end));
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
        return out;
    };
    elements.titles.push_back(line());
    if (elements.titles.back() == "type")
        elements.titles.back() = content_type;
    head_meta& description = elements.metas.emplace_back();
    description.name = "description";
    description.content = line();
    while (!bytes.empty())
    {
        head_link& icon = elements.links.emplace_back();
        icon.rel = "icon";
        icon.href = line();
    }
    return make_html_head(elements, from);
}

world::responder answer(std::string type, std::string body, int status = 200)
{
    return [type, body, status](const http_request&) {
        http_response r(status, body);
        r.field("Content-Type", type);
        return result<http_response>(std::move(r));
    };
}

world::responder fails(errc code)
{
    return [code](const http_request&) { return result<http_response>(failure(code)); };
}

std::optional<result<provider_profile>>
described(world& w, describe_params params, html_head_reader read = &read_lines)
{
    return w.run(detail::describe(std::move(params), read, plain_settings()));
}

// Metadata has tests of its own.
describe_params without_metadata()
{
    describe_params out("https://mcp.example/mcp?x=y");
    return out.look_for_metadata(false);
}

provider_profile profile_of(world& w, describe_params params = without_metadata())
{
    auto r = described(w, std::move(params));
    BOOST_REQUIRE(r.has_value());
    BOOST_REQUIRE(r->has_value());
    return **r;
}

std::vector<std::string> urls(const world& w)
{
    std::vector<std::string> out;
    for (const auto& r : w.requests)
        out.push_back(std::string(name_of(r.kind())) + " " + r.method() + " " + r.target().str());
    return out;
}

// A page with an icon, and the usual icon.
void add_page(world& w)
{
    w.on("GET", "https://mcp.example/", answer("text/html", "Page\nOf a host\n/i.png"));
    w.on("GET", "https://mcp.example/i.png", answer("image/png", png));
    w.on("GET", "https://mcp.example/favicon.ico", answer("image/gif", gif));
}

discovery found_with_everything()
{
    discovery found;
    found.requested = url::parse("https://mcp.example/mcp").value();
    resource_metadata& m = found.resource_document.emplace();
    m.resource_name = "Resource";
    m.resource_documentation = "https://docs.example/r";
    m.resource_policy_uri = "https://docs.example/policy";
    m.logo_uri = "https://cdn.example/logo.png";
    found.server.service_documentation = "https://docs.example/s";
    found.server.op_policy_uri = "https://docs.example/server_policy";
    found.server.op_tos_uri = "https://docs.example/tos";
    return found;
}

server_identity identity()
{
    return server_identity()
        .name("server-name")
        .title("Server")
        .description("What it does")
        .website_url("https://www.example/")
        .add_icon(server_icon("https://cdn.example/server.png"));
}

std::string source_of(profile_source s)
{
    return std::string(name_of(s));
}

} // namespace

BOOST_AUTO_TEST_CASE(the_page_at_the_root_of_the_host_describes_it)
{
    world w;
    add_page(w);
    const auto p = profile_of(w);
    BOOST_TEST(p.host == "mcp.example");
    BOOST_TEST(p.title == "Page");
    BOOST_TEST(p.description == "Of a host");
    BOOST_TEST(p.icon == png);
    BOOST_TEST(p.icon_type == "image/png");
    BOOST_TEST(p.website.str() == "https://mcp.example/");
    BOOST_TEST(source_of(p.title_source) == "page");
    BOOST_TEST(source_of(p.description_source) == "page");
    BOOST_TEST(source_of(p.icon_source) == "page");
    const std::vector<std::string> expected{
        "page GET https://mcp.example/", "icon GET https://mcp.example/i.png"};
    BOOST_TEST(urls(w) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(requests_carry_nothing_but_what_they_ask_for)
{
    world w;
    add_page(w);
    profile_of(w);
    for (const auto& r : w.requests)
    {
        BOOST_TEST(r.authorization().empty());
        BOOST_TEST(r.body().empty());
        BOOST_TEST(r.identity().empty());
        BOOST_TEST(r.fields().size() == 1U);
        BOOST_TEST(!r.field("Accept").empty());
        BOOST_TEST(!r.policy().loopback_allowed());
    }
}

BOOST_AUTO_TEST_CASE(the_server_says_it_before_the_metadata_and_that_before_the_page)
{
    world w;
    add_page(w);
    w.on("GET", "https://cdn.example/server.png", answer("image/gif", gif));
    w.on("GET", "https://cdn.example/logo.png", answer("image/png", png));
    describe_params all("https://mcp.example/mcp");
    all.found(found_with_everything()).identity(identity());
    const auto p = profile_of(w, all);
    BOOST_TEST(p.title == "Server");
    BOOST_TEST(p.description == "What it does");
    BOOST_TEST(p.icon == gif);
    BOOST_TEST(p.website.str() == "https://www.example/");
    BOOST_TEST(p.documentation.str() == "https://docs.example/r");
    BOOST_TEST(p.policy.str() == "https://docs.example/policy");
    BOOST_TEST(p.tos.str() == "https://docs.example/tos");
    BOOST_TEST(source_of(p.title_source) == "server_identity");
    BOOST_TEST(source_of(p.icon_source) == "server_identity");

    world second;
    add_page(second);
    second.on("GET", "https://cdn.example/logo.png", answer("image/png", png));
    describe_params metadata("https://mcp.example/mcp");
    metadata.found(found_with_everything());
    const auto q = profile_of(second, metadata);
    BOOST_TEST(q.title == "Resource");
    BOOST_TEST(q.description == "Of a host");
    BOOST_TEST(source_of(q.title_source) == "resource_metadata");
    BOOST_TEST(source_of(q.description_source) == "page");
    BOOST_TEST(source_of(q.icon_source) == "resource_metadata");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_server_stands_in_for_its_title)
{
    world w;
    describe_params params("https://mcp.example/mcp");
    params.identity(server_identity().name("n\u202ea\nm  e ").title(" \u200b"));
    const auto p = profile_of(w, params);
    BOOST_TEST(p.title == "na m e");
}

BOOST_AUTO_TEST_CASE(links_that_are_not_https_or_lead_to_this_machine_are_left_out)
{
    world w;
    discovery found;
    found.resource_document.emplace().resource_documentation = "https://localhost/docs";
    found.server.op_tos_uri = "http://docs.example/tos";
    describe_params params("https://mcp.example/mcp");
    params.found(found).identity(server_identity().website_url("javascript:alert(1)"));
    const auto p = profile_of(w, params);
    BOOST_TEST(p.documentation.empty());
    BOOST_TEST(p.tos.empty());
    BOOST_TEST(p.website.empty());
}

BOOST_AUTO_TEST_CASE(metadata_is_looked_for_unless_it_is_there_or_not_wanted)
{
    const auto asked = [](describe_params params) {
        world w;
        add_provider(w);
        add_page(w);
        profile_of(w, std::move(params));
        return w.requests.size();
    };
    BOOST_TEST(asked("https://mcp.example/mcp") == 4U);
    describe_params unwanted("https://mcp.example/mcp");
    unwanted.look_for_metadata(false);
    BOOST_TEST(asked(unwanted) == 2U);
    describe_params there("https://mcp.example/mcp");
    there.found(discovery());
    BOOST_TEST(asked(there) == 2U);
}

BOOST_AUTO_TEST_CASE(metadata_at_the_well_known_places_is_read)
{
    world w;
    w.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource",
        200,
        R"({"resource":"https://mcp.example","authorization_servers":["https://as.example"],"resource_name":"R","logo_uri":"https://mcp.example/l"})"
    );
    std::string server = server_document;
    server.insert(
        1, R"("service_documentation":"https://as.example/docs","logo_uri":"https://as.example/l",)"
    );
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, server);
    w.on("GET", "https://as.example/l", answer("image/png", png));
    const auto p = profile_of(w, "https://mcp.example/mcp");
    BOOST_TEST(p.title == "R");
    BOOST_TEST(p.documentation.str() == "https://as.example/docs");
    BOOST_TEST(p.icon == png);
    BOOST_TEST(source_of(p.icon_source) == "server_metadata");
    const auto asked = urls(w);
    BOOST_TEST(std::count(asked.begin(), asked.end(), "icon GET https://mcp.example/l") == 1);
}

BOOST_AUTO_TEST_CASE(a_server_that_the_program_does_not_choose_is_not_asked_who_it_is)
{
    const auto asked = [](const std::string& chosen) {
        world w;
        add_provider(w);
        add_page(w);
        auto settings = plain_settings();
        settings.choose_server = [&](const url&, const std::vector<std::string>&) {
            return std::vector<std::string>{chosen};
        };
        const auto r = w.run(detail::describe("https://mcp.example/mcp", &read_lines, settings));
        BOOST_REQUIRE((r && r->has_value()));
        const auto all = urls(w);
        return std::count_if(all.begin(), all.end(), [](const std::string& one) {
            return one.find("https://as.example/") != std::string::npos;
        });
    };
    BOOST_TEST(asked("https://as.example") == 1);
    BOOST_TEST(asked("https://other.example") == 0);
}

BOOST_AUTO_TEST_CASE(pages_that_are_none_are_not_read)
{
    for (const auto& page :
         {answer("application/json", "Page"),
          answer("text/html", "Page", 404),
          answer("text/html", "Page", 302),
          answer("image/png", png),
          fails(errc::redirect_refused),
          fails(errc::connection_lost),
          fails(errc::address_blocked),
          fails(errc::tls_certificate_untrusted)})
    {
        world w;
        add_page(w);
        w.on("GET", "https://mcp.example/", page);
        const auto p = profile_of(w);
        BOOST_TEST(p.title.empty());
        BOOST_TEST(source_of(p.title_source) == "none");
        BOOST_TEST(p.website.empty());
        BOOST_TEST(p.icon == gif);
    }
    world packed;
    packed.on("GET", "https://mcp.example/", [](const http_request&) {
        http_response r(200, "Page");
        r.field("Content-Encoding", "gzip");
        return result<http_response>(std::move(r));
    });
    BOOST_TEST(profile_of(packed).title.empty());
}

BOOST_AUTO_TEST_CASE(the_reader_is_told_the_type_and_without_one_no_page_is_asked_for)
{
    world w;
    w.on("GET", "https://mcp.example/", answer("TEXT/HTML; charset=x", "type"));
    BOOST_TEST(profile_of(w).title == "TEXT/HTML; charset=x");

    world second;
    add_page(second);
    auto r = described(second, without_metadata(), nullptr);
    BOOST_REQUIRE((r && r->has_value()));
    BOOST_TEST((*r)->icon == gif);
    BOOST_TEST(second.requests.size() == 1U);
}

BOOST_AUTO_TEST_CASE(icons_are_tried_until_one_can_be_shown)
{
    for (const auto& icon :
         {answer("image/png", png, 404),
          answer("image/png", "<svg onload='alert(1)'/>"),
          answer("image/svg+xml", "<svg/>"),
          answer("image/png", ""),
          answer("image/png", png + std::string(64 * 1024, 'x')),
          fails(errc::response_body_too_large),
          fails(errc::address_blocked)})
    {
        world w;
        add_page(w);
        w.on("GET", "https://mcp.example/i.png", icon);
        const auto p = profile_of(w);
        BOOST_TEST(p.icon == gif);
        BOOST_TEST(p.icon_type == "image/gif");
        BOOST_TEST(p.title == "Page");
    }
}

BOOST_AUTO_TEST_CASE(a_picture_is_what_its_bytes_are_and_not_what_the_server_calls_it)
{
    world w;
    add_page(w);
    w.on("GET", "https://mcp.example/i.png", answer("text/html", png));
    BOOST_TEST(profile_of(w).icon_type == "image/png");
}

BOOST_AUTO_TEST_CASE(svg_is_not_even_asked_for)
{
    world w;
    w.on("GET", "https://mcp.example/", answer("text/html", "Page\n\n/logo.svg"));
    describe_params params = without_metadata();
    params.identity(server_identity()
                        .add_icon(server_icon("https://mcp.example/a").mime_type("image/svg+xml"))
                        .add_icon(server_icon("data:image/svg+xml;base64,PHN2Zy8+")));
    const auto p = profile_of(w, params);
    BOOST_TEST(p.icon.empty());
    BOOST_TEST(p.icon_type.empty());
    const std::vector<std::string> expected{
        "page GET https://mcp.example/", "icon GET https://mcp.example/favicon.ico"};
    BOOST_TEST(urls(w) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_icon_in_the_page_itself_needs_no_request)
{
    world w;
    w.on(
        "GET",
        "https://mcp.example/",
        answer("text/html", "Page\n\ndata:x;base64,R0lGODlhAQABAAAAADs=")
    );
    const auto p = profile_of(w);
    BOOST_TEST(p.icon_type == "image/gif");
    BOOST_TEST(w.requests.size() == 1U);
}

BOOST_AUTO_TEST_CASE(sizes_of_icons_are_the_callers)
{
    world w;
    add_page(w);
    describe_params params = without_metadata();
    params.max_icon_size(gif.size());
    BOOST_TEST((png.size() > gif.size()));
    BOOST_TEST(profile_of(w, params).icon == gif);

    world none;
    add_page(none);
    params.max_icon_size(0);
    BOOST_TEST(profile_of(none, params).icon.empty());
    BOOST_TEST(none.requests.size() == 1U);
}

BOOST_AUTO_TEST_CASE(only_so_many_icons_are_asked_for_and_none_twice)
{
    world w;
    w.on("GET", "https://mcp.example/", answer("text/html", "Page\n\n/1\n/2\n/1\n/3\n/4\n/5\n/6"));
    describe_params params = without_metadata();
    server_identity who;
    for (int i = 0; i != 100; ++i)
        who.add_icon(server_icon("https://mcp.example/" + std::to_string(i % 4)));
    params.identity(who);
    profile_of(w, params);
    BOOST_TEST(w.requests.size() == 1U + limits::icon_candidates);
}

// covers C-MCP-18
BOOST_AUTO_TEST_CASE(nothing_that_a_remote_server_says_leads_to_this_machine)
{
    world w;
    w.on("GET", "https://mcp.example/", answer("text/html", "Page\n\nhttp://127.0.0.1/i.png"));
    auto found = found_with_everything();
    found.resource_document->logo_uri = "https://localhost/logo.png";
    found.server.logo_uri = "https://[::1]/logo.png";
    describe_params params("https://mcp.example/mcp");
    params.found(found).identity(
        server_identity().add_icon(server_icon("http://localhost:8080/i.png"))
    );
    profile_of(w, params);
    for (const auto& r : w.requests)
        BOOST_TEST(r.target().host() == "mcp.example");
}

// covers C-MCP-18
BOOST_AUTO_TEST_CASE(a_server_on_this_machine_may_name_icons_on_it_but_its_documents_only_its_own)
{
    world w;
    w.on(
        "GET",
        "http://127.0.0.1:8080/",
        answer("text/html", "Page\n\nhttp://localhost:9/i\nhttps://c.example/i")
    );
    auto found = found_with_everything();
    found.resource_document->logo_uri = "https://127.0.0.1:1/logo.png";
    describe_params params("http://127.0.0.1:8080/mcp");
    params.found(found);
    const auto p = profile_of(w, params);
    BOOST_TEST(p.host == "127.0.0.1");
    BOOST_TEST(p.website.empty());
    const std::vector<std::string> expected{
        "page GET http://127.0.0.1:8080/",
        "icon GET http://localhost:9/i",
        "icon GET https://c.example/i",
        "icon GET http://127.0.0.1:8080/favicon.ico"};
    BOOST_TEST(urls(w) == expected, boost::test_tools::per_element());
    for (const auto& r : w.requests)
        BOOST_TEST(r.policy().loopback_allowed() == r.target().host_is_loopback());
}

BOOST_AUTO_TEST_CASE(private_networks_are_the_callers)
{
    world w;
    add_page(w);
    discovery found;
    found.policy.allow_private_network("10.1.0.0/16");
    describe_params params("https://mcp.example/mcp");
    params.found(found).allow_private_network("10.2.0.0/16");
    profile_of(w, params);
    for (const auto& r : w.requests)
        BOOST_TEST(r.policy().private_networks().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_url_that_cannot_be_used_is_an_error_and_nothing_is_asked)
{
    for (const auto& [text, code] :
         {std::pair("nonsense", errc::invalid_url),
          std::pair("http://mcp.example/", errc::url_scheme_not_allowed),
          std::pair("ftp://mcp.example/", errc::url_scheme_not_allowed),
          std::pair("https://u@mcp.example/", errc::url_has_credentials)})
    {
        world w;
        const auto r = described(w, text);
        BOOST_REQUIRE((r && r->has_error()));
        BOOST_TEST(r->error().code() == code);
        BOOST_TEST(w.requests.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_network_that_is_none_is_an_error)
{
    world w;
    w.on("GET", "https://mcp.example/", fails(errc::invalid_argument));
    const auto r = described(w, "https://mcp.example/mcp");
    BOOST_REQUIRE((r && r->has_error()));
    BOOST_TEST(r->error().code() == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(at_the_end_of_the_time_what_is_there_is_the_answer)
{
    world w;
    add_page(w);
    w.silent.insert("https://mcp.example/i.png");
    const auto p = profile_of(w);
    BOOST_TEST(p.title == "Page");
    BOOST_TEST(p.icon.empty());
    BOOST_TEST(w.requests.size() == 2U);

    world earlier;
    add_page(earlier);
    earlier.silent.insert("https://mcp.example/");
    describe_params params = without_metadata();
    params.identity(identity());
    const auto q = profile_of(earlier, params);
    BOOST_TEST(q.title == "Server");
    BOOST_TEST(q.icon.empty());
    BOOST_TEST(earlier.requests.size() == 1U);

    world first;
    add_page(first);
    first.silent.insert("https://mcp.example/.well-known/oauth-protected-resource/mcp");
    const auto u = profile_of(first, "https://mcp.example/mcp");
    BOOST_TEST(u.host == "mcp.example");
    BOOST_TEST(first.requests.size() == 1U);
}

namespace {

describe_params everything()
{
    describe_params params("https://mcp.example/mcp");
    params.identity(
        server_identity().title("Server").add_icon(server_icon("https://cdn.example/server.png"))
    );
    return params;
}

int steps_of_everything()
{
    world w;
    add_provider(w);
    add_page(w);
    profile_of(w, everything());
    return w.steps();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_failure_at_any_step_leaves_a_profile)
{
    const int steps = steps_of_everything();
    BOOST_TEST(steps == 7);
    for (int step = 1; step != steps; ++step)
    {
        world w;
        add_provider(w);
        add_page(w);
        w.fail_at = step;
        const auto r = described(w, everything());
        BOOST_TEST_CONTEXT(step)
        {
            BOOST_TEST(broken_invariant(w, r) == "");
            BOOST_REQUIRE((r && r->has_value()));
            BOOST_TEST((*r)->title == "Server");
            BOOST_TEST((*r)->host == "mcp.example");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_cancellation_or_the_clients_end_at_any_step_ends_it)
{
    const int steps = steps_of_everything();
    for (int step = 0; step != steps; ++step)
    {
        world cancelled;
        add_provider(cancelled);
        add_page(cancelled);
        cancelled.cancel_from = step;
        const auto r = described(cancelled, everything());
        BOOST_REQUIRE(r);
        BOOST_TEST((r->has_error() && r->error().code() == condition::cancelled), step);
        BOOST_TEST(cancelled.steps() <= step + 2, step);

        world abandoned;
        add_provider(abandoned);
        add_page(abandoned);
        abandoned.abandon_at = step;
        BOOST_TEST(!described(abandoned, everything()));
        BOOST_TEST(abandoned.abandoned());
    }
}

BOOST_AUTO_TEST_SUITE_END()
