// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <asioauth/protocol/mcp.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

const url server = make_url("https://mcp.example/mcp");
constexpr std::string_view meta =
    R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"n","version":"1"},)"
    R"("io.modelcontextprotocol/clientCapabilities":{}})";

mcp::server_info speaking(std::string_view version, std::string_view session = "")
{
    mcp::server_info out;
    out.protocol_version = version;
    out.session_id = session;
    return out;
}

mcp::server_info stateless()
{
    return speaking("2026-07-28");
}

boost::json::value sent(const http_request& request)
{
    return boost::json::parse(request.body().reveal());
}

boost::json::value json_of(const std::string& text)
{
    return boost::json::parse(text);
}

bool has_field(const http_request& request, std::string_view name)
{
    for (const auto& field : request.fields())
    {
        if (field.first == name)
            return true;
    }
    return false;
}

http_response answer(std::string_view body, int status = 200)
{
    return json_response(status, body, server.str());
}

// A JSON-RPC answer with this result.
std::string rpc(std::string_view result, std::string_view id)
{
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":)" + std::string(result)
        + "}";
}

result<mcp::tool_page> read_tools(std::string_view tools)
{
    return mcp::read_tools_list_response(answer(rpc(R"({"tools":)" + std::string(tools) + "}", "2"))
    );
}

mcp::tool marked_tool()
{
    const auto page =
        read_tools(R"([{"name":"execute_sql","inputSchema":{"type":"object","properties":{
        "region":{"type":"string","x-mcp-header":"Region"},
        "count":{"type":"integer","x-mcp-header":"Count"},
        "dry":{"type":"boolean","x-mcp-header":"Dry"},
        "at":{"type":"object","properties":{"zone":{"type":"string","x-mcp-header":"Zone"}}},
        "query":{"type":"string"}}}}])");
    return page.value().tools.at(0);
}

result<http_request>
call(const mcp::tool& tool, std::string_view arguments, const mcp::server_info& info = stateless())
{
    return mcp::make_tools_call_request(server, info, tool, arguments, "n", "1");
}

} // namespace

BOOST_AUTO_TEST_SUITE(mcp_requests)

BOOST_AUTO_TEST_CASE(discover_request_is_the_one_of_the_specification)
{
    const auto request = mcp::make_discover_request(request_kind::probe, server, "n", "1");
    BOOST_TEST((request.kind() == request_kind::probe));
    BOOST_TEST(request.method() == "POST");
    BOOST_TEST(request.target().str() == server.str());
    BOOST_TEST(request.field("Content-Type") == "application/json");
    BOOST_TEST(request.field("Accept") == "application/json, text/event-stream");
    BOOST_TEST(request.field("MCP-Protocol-Version") == "2026-07-28");
    BOOST_TEST(request.field("Mcp-Method") == "server/discover");
    BOOST_TEST(request.authorization().empty());
    BOOST_TEST(
        (sent(request)
         == json_of(
             R"({"jsonrpc":"2.0","id":1,"method":"server/discover","params":{)" + std::string(meta)
             + "}}"
         ))
    );
    BOOST_TEST(
        (mcp::make_discover_request(request_kind::resource, server, "n", "1").kind()
         == request_kind::resource)
    );
}

BOOST_AUTO_TEST_CASE(initialize_request_is_the_one_of_the_specification)
{
    const auto request = mcp::make_initialize_request(request_kind::probe, server, "n", "1", 7);
    BOOST_TEST((
        sent(request)
        == json_of(
            R"({"jsonrpc":"2.0","id":7,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
            R"("capabilities":{},"clientInfo":{"name":"n","version":"1"}}})"
        )
    ));
    BOOST_TEST(request.field("Accept") == "application/json, text/event-stream");
    BOOST_TEST(!has_field(request, "MCP-Protocol-Version"));
    BOOST_TEST(!has_field(request, "Mcp-Method"));
}

BOOST_AUTO_TEST_CASE(initialized_notification_has_no_id_and_names_version_and_session)
{
    const auto request = mcp::make_initialized_notification(server, speaking("2025-06-18", "s-1"));
    BOOST_TEST((request.kind() == request_kind::resource));
    BOOST_TEST(
        (sent(request) == json_of(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"))
    );
    BOOST_TEST(request.field("MCP-Protocol-Version") == "2025-06-18");
    BOOST_TEST(request.field("Mcp-Session-Id") == "s-1");
    BOOST_TEST(!has_field(
        mcp::make_initialized_notification(server, speaking("2025-06-18")), "Mcp-Session-Id"
    ));
}

BOOST_AUTO_TEST_CASE(tools_list_request_follows_the_lifecycle)
{
    const auto now = mcp::make_tools_list_request(server, stateless(), "", "n", "1");
    BOOST_TEST((now.kind() == request_kind::resource));
    BOOST_TEST((
        sent(now)
        == json_of(
            R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{)" + std::string(meta) + "}}"
        )
    ));
    BOOST_TEST(now.field("MCP-Protocol-Version") == "2026-07-28");
    BOOST_TEST(now.field("Mcp-Method") == "tools/list");
    BOOST_TEST(!has_field(now, "Mcp-Name"));

    const auto before =
        mcp::make_tools_list_request(server, speaking("2025-11-25", "s-1"), "c\"1", "n", "1", 9);
    BOOST_TEST(
        (sent(before)
         == json_of(R"({"jsonrpc":"2.0","id":9,"method":"tools/list","params":{"cursor":"c\"1"}})"))
    );
    BOOST_TEST(before.field("MCP-Protocol-Version") == "2025-11-25");
    BOOST_TEST(before.field("Mcp-Session-Id") == "s-1");
    BOOST_TEST(!has_field(before, "Mcp-Method"));
    BOOST_TEST(!has_field(
        mcp::make_tools_list_request(server, speaking("2026-07-28", "s-1"), "", "n", "1"),
        "Mcp-Session-Id"
    ));
}

BOOST_AUTO_TEST_CASE(tools_call_request_follows_the_lifecycle)
{
    const auto now = mcp::make_tools_call_request(
        server, stateless(), "get_weather", R"({"location":"Seattle, WA"})", "n", "1"
    );
    BOOST_REQUIRE(now.has_value());
    BOOST_TEST((
        sent(*now)
        == json_of(
            R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"get_weather","arguments":{"location":"Seattle, WA"},)"
            + std::string(meta) + "}}"
        )
    ));
    BOOST_TEST(now->field("Mcp-Method") == "tools/call");
    BOOST_TEST(now->field("Mcp-Name") == "get_weather");
    const auto before =
        mcp::make_tools_call_request(server, speaking("2025-11-25"), "t", "", "n", "1");
    BOOST_TEST((
        sent(*before)
        == json_of(
            R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"t","arguments":{}}})"
        )
    ));
    BOOST_TEST(!has_field(*before, "Mcp-Name"));
}

BOOST_AUTO_TEST_CASE(arguments_that_are_no_json_object_are_refused)
{
    for (const auto arguments : {"[]", "7", "{", "{}{}", R"({"a":1,"a":2})", "{},\"x\":1"})
        BOOST_TEST(
            outcome(mcp::make_tools_call_request(server, stateless(), "t", arguments, "n", "1"))
                == "invalid_argument",
            arguments
        );
}

// MCP 2026-07-28 streamable HTTP, "Value Encoding": the examples of its table, and its rules.
BOOST_AUTO_TEST_CASE(field_values_are_encoded_as_in_the_specification)
{
    const auto name = [](std::string_view tool) {
        const auto request = mcp::make_tools_call_request(server, stateless(), tool, "", "n", "1");
        BOOST_TEST(outcome(check_request(*request)) == "ok");
        return std::string(request->field("Mcp-Name"));
    };
    BOOST_TEST(name("us-west1") == "us-west1");
    BOOST_TEST(name("with space, and ~") == "with space, and ~");
    BOOST_TEST(name("Hello, \xe4\xb8\x96\xe7\x95\x8c") == "=?base64?SGVsbG8sIOS4lueVjA==?=");
    BOOST_TEST(name(" padded ") == "=?base64?IHBhZGRlZCA=?=");
    BOOST_TEST(name("line1\nline2") == "=?base64?bGluZTEKbGluZTI=?=");
    BOOST_TEST(name("=?base64?literal?=") == "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=");
    BOOST_TEST(name("=?BASE64?x?=") == "=?BASE64?x?=");
    BOOST_TEST(
        name("a\r\nAuthorization: x") == "=?base64?" + base64_encode("a\r\nAuthorization: x") + "?="
    );
}

BOOST_AUTO_TEST_CASE(marked_arguments_are_repeated_in_fields)
{
    const auto request = call(
        marked_tool(),
        R"({"region":"us-west1","count":42,"dry":false,"at":{"zone":"Hello, \u4e16\u754c"},"query":"q"})"
    );
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST(request->field("Mcp-Param-Region") == "us-west1");
    BOOST_TEST(request->field("Mcp-Param-Count") == "42");
    BOOST_TEST(request->field("Mcp-Param-Dry") == "false");
    BOOST_TEST(request->field("Mcp-Param-Zone") == "=?base64?SGVsbG8sIOS4lueVjA==?=");
    BOOST_TEST(request->field("Mcp-Name") == "execute_sql");
    BOOST_TEST(call(marked_tool(), R"({"count":-7.0})")->field("Mcp-Param-Count") == "-7");
}

BOOST_AUTO_TEST_CASE(absent_null_and_unfit_arguments_are_not_repeated)
{
    for (const auto arguments :
         {"{}",
          R"({"region":null,"count":null,"dry":null,"at":null})",
          R"({"region":["a"],"at":{"zone":{}},"dry":[]})",
          R"({"at":"x"})",
          R"({"zone":"x","Region":"x"})"})
    {
        const auto request = call(marked_tool(), arguments);
        BOOST_REQUIRE(request.has_value());
        for (const auto field :
             {"Mcp-Param-Region", "Mcp-Param-Count", "Mcp-Param-Dry", "Mcp-Param-Zone"})
            BOOST_TEST(!has_field(*request, field), arguments);
    }
    const auto before = call(marked_tool(), R"({"region":"us-west1"})", speaking("2025-11-25"));
    BOOST_TEST(!has_field(*before, "Mcp-Param-Region"));
}

BOOST_AUTO_TEST_CASE(marked_numbers_that_no_field_can_carry_are_refused)
{
    for (const auto number :
         {"1.5", "9007199254740992", "-9007199254740992", "1e300", "18446744073709551615"})
        BOOST_TEST(
            outcome(call(marked_tool(), R"({"count":)" + std::string(number) + "}"))
                == "invalid_argument",
            number
        );
    BOOST_TEST(
        call(marked_tool(), R"({"count":9007199254740991})")->field("Mcp-Param-Count")
        == "9007199254740991"
    );
}

BOOST_AUTO_TEST_CASE(value_that_a_field_would_change_is_encoded)
{
    const auto value = [](std::string_view region) {
        boost::json::object arguments{{"region", region}};
        const auto request = call(marked_tool(), boost::json::serialize(arguments));
        BOOST_TEST(outcome(check_request(*request)) == "ok");
        return std::string(request->field("Mcp-Param-Region"));
    };
    BOOST_TEST(value("") == "=?base64?\?=");
    BOOST_TEST(value(" ") == "=?base64?IA==?=");
    BOOST_TEST(value("a ") == "=?base64?YSA=?=");
    BOOST_TEST(value(" a") == "=?base64?IGE=?=");
    BOOST_TEST(value("=?base64?YQ==?=") == "=?base64?PT9iYXNlNjQ/WVE9PT89?=");
    for (const auto plain : {"a b", "=?base64?x", "x?=", "=?base64", "?=", "=?"})
        BOOST_TEST(value(plain) == plain);
}

BOOST_AUTO_TEST_CASE(truth_is_repeated_as_a_word)
{
    BOOST_TEST(call(marked_tool(), R"({"dry":true})")->field("Mcp-Param-Dry") == "true");
    BOOST_TEST(call(marked_tool(), R"({"dry":false})")->field("Mcp-Param-Dry") == "false");
    BOOST_TEST(
        call(marked_tool(), R"({"count":-9007199254740991})")->field("Mcp-Param-Count")
        == "-9007199254740991"
    );
}

BOOST_AUTO_TEST_CASE(server_that_named_no_revision_is_told_none)
{
    const auto request = mcp::make_tools_list_request(server, speaking("", "s-1"), "", "n", "1");
    BOOST_TEST(!has_field(request, "MCP-Protocol-Version"));
    BOOST_TEST(!has_field(request, "Mcp-Method"));
    BOOST_TEST(request.field("Mcp-Session-Id") == "s-1");
}

BOOST_AUTO_TEST_SUITE_END()
