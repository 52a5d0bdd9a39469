// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <asioauth/protocol/mcp.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
using namespace asioauth;
using namespace asioauth::test;

namespace {

const url server = make_url("https://mcp.example/mcp");

http_response answer(std::string_view body, int status = 200)
{
    return json_response(status, body, server.str());
}

http_response stream(std::string_view body, std::string_view type = "text/event-stream")
{
    http_response out(200, std::string(body));
    out.field("Content-Type", type).from(server);
    return out;
}

// A JSON-RPC answer with this result.
std::string rpc(std::string_view result, std::string_view id)
{
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":)" + std::string(result)
        + "}";
}

constexpr std::string_view discovered =
    R"({"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}})";
constexpr std::string_view initialized =
    R"({"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1"}})";

std::string discover_outcome(const http_response& response)
{
    return outcome(mcp::read_discover_response(response));
}

result<mcp::tool_page> read_tools(std::string_view tools)
{
    return mcp::read_tools_list_response(answer(rpc(R"({"tools":)" + std::string(tools) + "}", "2"))
    );
}

// The marks of a tool with this input schema, or the note why the tool was left out.
std::string marks_of(std::string_view schema)
{
    const auto page =
        read_tools(R"([{"name":"t","inputSchema":)" + std::string(schema) + "}]").value();
    if (page.tools.empty())
        return page.notes.at(0);
    std::string out;
    for (const auto& parameter : page.tools.front().header_parameters)
    {
        out += parameter.name + "=";
        for (const auto& name : parameter.path)
            out += "/" + name;
        out += ";";
    }
    return out;
}

result<std::string> read_call(std::string_view result)
{
    return mcp::read_tools_call_response(answer(rpc(result, "3")));
}

} // namespace

BOOST_AUTO_TEST_SUITE(mcp_responses)

BOOST_AUTO_TEST_CASE(discover_response_is_read)
{
    const auto got = mcp::read_discover_response(answer(rpc(
        R"({"resultType":"complete","supportedVersions":["2027-01-01","2026-07-28"],"capabilities":{},"_meta":{"io.modelcontextprotocol/serverInfo":)"
        R"({"name":"S\u001b[31m","title":"T","version":"1.0"}},"instructions":"one\ntwo\u202e","ttlMs":1})",
        "1"
    )));
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->protocol_version == "2026-07-28");
    BOOST_TEST(got->name == "S[31m");
    BOOST_TEST(got->title == "T");
    BOOST_TEST(got->version == "1.0");
    BOOST_TEST(got->instructions == "one\ntwo");
    BOOST_TEST(got->session_id == "");
    BOOST_TEST(discover_outcome(answer(rpc(discovered, "1"))) == "ok");
    BOOST_TEST(discover_outcome(answer(rpc(discovered, "1.0"))) == "ok");
}

BOOST_AUTO_TEST_CASE(who_a_server_says_it_is_is_handed_on)
{
    const auto got = mcp::read_initialize_response(answer(rpc(
        R"({"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1",)"
        R"("title":"T","description":"D","websiteUrl":"https://w.example/","icons":[7,{"src":)"
        R"("https://w.example/a.png","mimeType":"image/png","sizes":["48x48","96x96"]},)"
        R"({"src":"https://w.example/b.png","sizes":"any"},{"mimeType":3}]}})",
        "1"
    )));
    BOOST_REQUIRE(got.has_value());
    const auto& who = got->identity;
    BOOST_TEST(who.name() == "s");
    BOOST_TEST(who.title() == "T");
    BOOST_TEST(who.description() == "D");
    BOOST_TEST(who.website_url() == "https://w.example/");
    BOOST_REQUIRE(who.icons().size() == 3U);
    BOOST_TEST(who.icons()[0].source() == "https://w.example/a.png");
    BOOST_TEST(who.icons()[0].mime_type() == "image/png");
    BOOST_TEST(who.icons()[0].sizes() == "48x48 96x96");
    BOOST_TEST(who.icons()[1].sizes() == "any");
    BOOST_TEST(who.icons()[2].source() == "");
}

BOOST_AUTO_TEST_CASE(answers_that_are_none_are_refused)
{
    for (const auto& body : {
             std::string(""),
             std::string("[]"),
             std::string("{}"),
             std::string("<html>"),
             "[" + rpc(discovered, "1") + "]",
             rpc(discovered, "2"),
             rpc(discovered, "\"1\""),
             rpc(discovered, "null"),
             rpc(discovered, "1.5"),
             std::string(R"({"id":1,"result":{"supportedVersions":["2026-07-28"]}})"),
             std::string(R"({"jsonrpc":"1.0","id":1,"result":{"supportedVersions":["2026-07-28"]}})"
             ),
             std::string(R"({"jsonrpc":"2.0","result":{"supportedVersions":["2026-07-28"]}})"),
             std::string(
                 R"({"jsonrpc":"2.0","id":1,"method":"x","result":{"supportedVersions":["2026-07-28"]}})"
             ),
             std::string(
                 R"({"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"]},"error":{"code":1}})"
             ),
             std::string(
                 R"({"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"]},"result":{}})"
             ),
             rpc("null", "1"),
             rpc("[]", "1"),
             rpc("{}", "1"),
             rpc(R"({"supportedVersions":"2026-07-28"})", "1"),
             rpc(R"({"supportedVersions":[7]})", "1"),
             rpc(R"({"supportedVersions":["2025-11-25"]})", "1"),
             rpc(R"({"resultType":"x","supportedVersions":["2026-07-28"]})", "1"),
             rpc(R"({"resultType":7,"supportedVersions":["2026-07-28"]})", "1"),
             rpc(R"({"resultType":"input_required","inputRequests":{}})", "1"),
         })
        BOOST_TEST(discover_outcome(answer(body)) == "mcp_response_invalid", body);
    BOOST_TEST(
        discover_outcome(stream(rpc(discovered, "1"), "text/plain")) == "mcp_response_invalid"
    );
    http_response untyped(200, rpc(discovered, "1"));
    BOOST_TEST(discover_outcome(untyped) == "mcp_response_invalid");
}

BOOST_AUTO_TEST_CASE(json_rpc_error_becomes_the_text_of_the_server)
{
    constexpr std::string_view error =
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"Unsupported\u001b[2J","data":{"supported":["2025-11-25","2025-06-18"]}}})";
    for (const int status : {200, 400, 404, 500})
    {
        const auto got = mcp::read_discover_response(answer(error, status));
        BOOST_TEST(outcome(got) == "mcp_response_invalid");
        const auto info = got.error().info();
        BOOST_TEST(info.server_error() == "-32022");
        BOOST_TEST(info.server_message() == "Unsupported[2J");
        BOOST_TEST(has(info.message(), "2025-11-25, 2025-06-18"));
        BOOST_TEST(info.http_status() == status);
    }
    for (const auto id : {"", R"("id":null,)"})
    {
        const auto got = mcp::read_discover_response(answer(
            R"({"jsonrpc":"2.0",)" + std::string(id) + R"("error":{"code":-32700,"message":"m"}})",
            400
        ));
        BOOST_TEST(got.error().info().server_message() == "m");
    }
    BOOST_TEST(
        discover_outcome(answer(R"({"jsonrpc":"2.0","id":1,"error":"x"})"))
        == "mcp_response_invalid"
    );
    BOOST_TEST(
        mcp::read_discover_response(
            answer(R"({"jsonrpc":"2.0","id":9,"error":{"code":1,"message":"m"}})", 400)
        )
            .error()
            .info()
            .server_error()
        == ""
    );
}

BOOST_AUTO_TEST_CASE(status_without_json_rpc_error_tells_older_servers_from_others)
{
    for (const int status : {400, 404, 405, 406, 415, 422})
        BOOST_TEST(
            discover_outcome(answer("Bad Request", status)) == "mcp_response_invalid", status
        );
    for (const int status : {301, 307, 401, 403, 408, 429, 500, 502, 503})
        BOOST_TEST(
            discover_outcome(answer(rpc(discovered, "1"), status)) == "http_status_unexpected",
            status
        );
    const auto info =
        mcp::read_discover_response(answer(std::string(1000, 'x'), 503)).error().info();
    BOOST_TEST(info.http_status() == 503);
    BOOST_TEST(info.server_message().size() == 256u);
}

// MCP 2026-07-28 streamable HTTP, "Backward Compatibility".
BOOST_AUTO_TEST_CASE(only_older_servers_need_initialize)
{
    const auto error = [](std::string_view code, std::string_view data = "{}") {
        return R"({"jsonrpc":"2.0","id":1,"error":{"code":)" + std::string(code)
            + R"(,"message":"m","data":)" + std::string(data) + "}}";
    };
    BOOST_TEST(!mcp::needs_initialize(answer(rpc(discovered, "1"))));
    BOOST_TEST(!mcp::needs_initialize(answer(error("-32020"), 400)));
    BOOST_TEST(!mcp::needs_initialize(answer(error("-32021"), 400)));
    BOOST_TEST(
        !mcp::needs_initialize(answer(error("-32022", R"({"supported":["2027-01-01"]})"), 400))
    );
    BOOST_TEST(!mcp::needs_initialize(
        answer(error("-32022", R"({"supported":["2026-07-28","2025-11-25"]})"), 400)
    ));
    BOOST_TEST(mcp::needs_initialize(answer(error("-32022", R"({"supported":["2025-11-25"]})"), 400)
    ));
    BOOST_TEST(mcp::needs_initialize(answer(rpc(R"({"supportedVersions":["2025-06-18"]})", "1"))));
    BOOST_TEST(mcp::needs_initialize(answer(error("-32601"), 404)));
    BOOST_TEST(mcp::needs_initialize(answer(error("-32601"), 200)));
    BOOST_TEST(mcp::needs_initialize(answer(
        R"({"jsonrpc":"2.0","error":{"code":-32000,"message":"Server not initialized"},"id":null})",
        400
    )));
    for (const int status : {400, 404, 405})
        BOOST_TEST(mcp::needs_initialize(answer("", status)), status);
    for (const int status : {301, 401, 403, 408, 429, 500, 503})
        BOOST_TEST(!mcp::needs_initialize(answer("", status)), status);
}

BOOST_AUTO_TEST_CASE(answer_is_found_in_an_event_stream)
{
    const std::string body = rpc(discovered, "1");
    const std::string notification =
        R"({"jsonrpc":"2.0","method":"notifications/progress","params":{}})";
    for (const auto& text : {
             "data: " + body + "\n\n",
             "data:" + body + "\r\n\r\n",
             "data: " + body + "\r\r",
             "\xef\xbb\xbf"
             "data: "
                 + body + "\n\n",
             "event: message\nid: 7\nretry: 1\ndata: " + body + "\n\n",
             ": keep-alive\n\n:\ndata: " + body + "\n\n",
             "id: 1\ndata:\n\ndata: " + notification + "\n\ndata: not json\n\ndata: " + body
                 + "\n\n",
             "data: " + rpc(discovered, "5") + "\n\ndata: "
                 + R"({"jsonrpc":"2.0","id":1,"method":"ping"})" + "\n\ndata: " + body + "\n\n",
             "event: other\ndata: " + rpc("{}", "1") + "\n\ndata: " + body + "\n\n",
             "event: other\n\ndata: " + body + "\n\n",
             "data: {\"jsonrpc\":\"2.0\",\"id\":1}\n\ndata: " + body + "\n\n",
             "data: " + body,
             "data: " + body + "\n\ndata: " + rpc("{}", "1") + "\n\n",
             "dat: x\ndata\ndata: " + body + "\n\n",
         })
        BOOST_TEST(discover_outcome(stream(text)) == "ok", text);
    BOOST_TEST(
        discover_outcome(stream("data: " + body + "\n\n", "Text/Event-Stream ; charset=utf-8"))
        == "ok"
    );
}

BOOST_AUTO_TEST_CASE(data_lines_of_one_event_are_joined)
{
    BOOST_TEST(
        discover_outcome(stream(
            "data: {\"jsonrpc\":\"2.0\",\ndata: \"id\":1,\ndata:  \"result\":\r\ndata: "
            + std::string(discovered) + "}\n\n"
        ))
        == "ok"
    );
    BOOST_TEST(
        discover_outcome(stream(
            "data: {\"jsonrpc\":\"2.0\",\n\ndata: \"id\":1,\"result\":" + std::string(discovered)
            + "}\n\n"
        ))
        == "mcp_response_invalid"
    );
    // Joined by a line feed: without one the identifier would read 12.
    const http_response split = stream(
        "data: {\"jsonrpc\":\"2.0\",\"result\":" + std::string(discovered)
        + ",\"id\":1\ndata: 2}\n\n"
    );
    BOOST_TEST(outcome(mcp::read_discover_response(split, 12)) == "mcp_response_invalid");
}

BOOST_AUTO_TEST_CASE(event_stream_without_an_answer_is_refused)
{
    for (const auto& text :
         {std::string(),
          std::string("\n\n\n"),
          std::string("data"),
          std::string(":"),
          std::string("data: {}\n\n"),
          "data: " + rpc(discovered, "2") + "\n\n",
          "event: x\ndata: " + rpc(discovered, "1") + "\n\n",
          "xdata: " + rpc(discovered, "1") + "\n\n",
          std::string("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"res")})
        BOOST_TEST(discover_outcome(stream(text)) == "mcp_response_invalid", text);
    BOOST_TEST(
        mcp::read_discover_response(
            stream(
                "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-1,\"message\":\"m\"}}\n\n"
            )
        )
            .error()
            .info()
            .server_message()
        == "m"
    );
}

BOOST_AUTO_TEST_CASE(initialize_response_is_read)
{
    const auto got =
        mcp::read_initialize_response(answer(rpc(initialized, "1")).field("Mcp-Session-Id", "abc-1")
        );
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->protocol_version == "2025-11-25");
    BOOST_TEST(got->session_id == "abc-1");
    BOOST_TEST(got->name == "s");
    for (const auto version : {"2024-11-05", "2025-03-26", "2025-06-18"})
    {
        const auto older = mcp::read_initialize_response(stream(
            "data: " + rpc(R"({"protocolVersion":")" + std::string(version) + "\"}", "1") + "\n\n"
        ));
        BOOST_TEST(outcome(older) == "ok", version);
        BOOST_TEST((older && older->protocol_version == version));
    }
}

BOOST_AUTO_TEST_CASE(initialize_response_of_an_unknown_revision_is_refused)
{
    for (const auto version : {R"("2026-07-28")", R"("1.0")", R"("")", "7", "null"})
        BOOST_TEST(
            outcome(mcp::read_initialize_response(
                answer(rpc(R"({"protocolVersion":)" + std::string(version) + "}", "1"))
            )) == "mcp_response_invalid",
            version
        );
    BOOST_TEST(
        outcome(mcp::read_initialize_response(answer(rpc("{}", "1")))) == "mcp_response_invalid"
    );
}

// covers C-21-20
BOOST_AUTO_TEST_CASE(session_identifier_that_could_break_a_header_is_refused)
{
    for (const auto& id :
         {std::string("a b"),
          std::string("a\r\nX: y"),
          std::string("\xc3\xa9"),
          std::string("a\x7f"),
          std::string(5000, 'a')})
        BOOST_TEST(
            outcome(mcp::read_initialize_response(
                answer(rpc(initialized, "1")).field("Mcp-Session-Id", id)
            )) == "mcp_response_invalid",
            id
        );
    BOOST_TEST(
        outcome(mcp::read_initialize_response(
            answer(rpc(initialized, "1")).field("Mcp-Session-Id", "a").field("mcp-session-id", "b")
        ))
        == "mcp_response_invalid"
    );
}

BOOST_AUTO_TEST_CASE(page_of_tools_is_read)
{
    const auto got = mcp::read_tools_list_response(answer(rpc(
        R"({"resultType":"complete","tools":[{"name":"a","title":"A","description":"one\n\ntwo","inputSchema":{"type":"object"}},{"name":"b"}],"nextCursor":"c2"})",
        "2"
    )));
    BOOST_REQUIRE(got.has_value());
    BOOST_REQUIRE(got->tools.size() == 2u);
    BOOST_TEST(got->tools[0].name == "a");
    BOOST_TEST(got->tools[0].title == "A");
    BOOST_TEST(got->tools[0].description == "one\n\ntwo");
    BOOST_TEST(got->tools[1].name == "b");
    BOOST_TEST(got->next_cursor == "c2");
    BOOST_TEST(got->notes.empty());
    BOOST_TEST(read_tools("[]")->next_cursor == "");
    BOOST_TEST(
        outcome(mcp::read_tools_list_response(answer(rpc(R"({"tools":[],"nextCursor":null})", "2")))
        )
        == "ok"
    );
}

BOOST_AUTO_TEST_CASE(page_without_a_list_of_tools_is_refused)
{
    for (const auto result :
         {"{}", R"({"tools":null})", R"({"tools":{}})", R"({"tools":[],"nextCursor":7})"})
        BOOST_TEST(
            outcome(mcp::read_tools_list_response(answer(rpc(result, "2"))))
                == "mcp_response_invalid",
            result
        );
}

BOOST_AUTO_TEST_CASE(tool_that_cannot_be_used_is_left_out_with_a_note)
{
    for (const auto tool :
         {"7",
          "null",
          "{}",
          R"({"name":7})",
          R"({"name":""})",
          R"({"name":"a\u202eb"})",
          R"({"name":"a\u200bb"})",
          R"({"name":"a\u001bb"})",
          R"({"name":"a","inputSchema":null})",
          R"({"name":"a","inputSchema":[]})"})
    {
        const auto page = read_tools("[" + std::string(tool) + R"(,{"name":"good"}])");
        BOOST_REQUIRE(page.has_value());
        BOOST_REQUIRE(page->tools.size() == 1u);
        BOOST_TEST(page->tools[0].name == "good");
        BOOST_TEST(page->notes.size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(schemas_that_nest_deeply_are_read_and_those_without_end_are_not)
{
    const auto nested = [](std::size_t depth) {
        std::string schema;
        for (std::size_t i = 0; i < depth; ++i)
            schema += R"({"items":)";
        schema += "{}" + std::string(depth, '}');
        return outcome(read_tools(R"([{"name":"t","inputSchema":)" + schema + "}]"));
    };
    BOOST_TEST(nested(40) == "ok");
    BOOST_TEST(nested(100) == "mcp_response_invalid");
}

// MCP 2026-07-28 streamable HTTP, "Schema Extension".
BOOST_AUTO_TEST_CASE(marks_are_found_along_properties)
{
    BOOST_TEST(marks_of("{}") == "");
    BOOST_TEST(marks_of(R"({"properties":{"a":{"type":"string","x-mcp-header":"A"}}})") == "A=/a;");
    BOOST_TEST(
        marks_of(
            R"({"properties":{"o":{"type":"object","properties":{"i":{"type":"integer","x-mcp-header":"I-1"}}}}})"
        )
        == "I-1=/o/i;"
    );
    // A property of that name is no mark, and neither is a piece of data.
    BOOST_TEST(
        marks_of(
            R"({"properties":{"x-mcp-header":{"type":"string"}},"default":{"x-mcp-header":"X"},"enum":[{"x-mcp-header":"X"}]})"
        )
        == ""
    );
    BOOST_TEST(
        marks_of(R"({"$defs":{"x-mcp-header":{"type":"string"}},"properties":7,"items":[true,7]})")
        == ""
    );
}

BOOST_AUTO_TEST_CASE(marks_that_break_a_rule_leave_the_tool_out)
{
    for (const auto schema :
         {R"({"x-mcp-header":"A"})",
          R"({"type":"string","x-mcp-header":"A"})",
          R"({"properties":{"a":{"type":"string","x-mcp-header":""}}})",
          R"({"properties":{"a":{"type":"string","x-mcp-header":7}}})",
          R"({"properties":{"a":{"type":"string","x-mcp-header":null}}})",
          R"({"properties":{"a":{"type":"string","x-mcp-header":"A B"}}})",
          R"({"properties":{"a":{"type":"string","x-mcp-header":"A\r\nB"}}})",
          R"({"properties":{"a":{"type":"string","x-mcp-header":"A:"}}})",
          R"({"properties":{"a":{"type":"string","x-mcp-header":"\u00e9"}}})",
          R"({"properties":{"a":{"type":"number","x-mcp-header":"A"}}})",
          R"({"properties":{"a":{"type":"object","x-mcp-header":"A"}}})",
          R"({"properties":{"a":{"x-mcp-header":"A"}}})",
          R"({"properties":{"a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a"}}})",
          R"({"properties":{"a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}}}})",
          R"({"properties":{"a":{"type":"array","items":{"properties":{"b":{"type":"string","x-mcp-header":"A"}}}}}})",
          R"({"anyOf":[{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}]})",
          R"({"if":{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}})",
          R"({"$defs":{"d":{"type":"string","x-mcp-header":"A"}}})",
          R"({"patternProperties":{".*":{"type":"string","x-mcp-header":"A"}}})",
          R"({"additionalProperties":{"type":"string","x-mcp-header":"A"}})"})
        BOOST_TEST(has(marks_of(schema), "was left out"), schema);
}

BOOST_AUTO_TEST_CASE(text_of_a_tool_call_is_joined)
{
    BOOST_TEST(
        read_call(
            R"({"content":[{"type":"text","text":"a"},{"type":"image","data":"x"},{"type":"text","text":"b"},7],"isError":false})"
        )
            .value()
        == "a\nb"
    );
    BOOST_TEST(read_call(R"({"content":[]})").value() == "");
    BOOST_TEST(
        read_call(R"({"content":[],"structuredContent":{"a":[1]}})").value() == R"({"a":[1]})"
    );
    BOOST_TEST(read_call(R"({"structuredContent":7})").value() == "7");
    BOOST_TEST(
        read_call(R"({"content":[{"type":"text","text":"a"}],"structuredContent":{"a":1}})").value()
        == "a"
    );
}

BOOST_AUTO_TEST_CASE(error_of_a_tool_is_a_failure_with_its_text)
{
    const auto got =
        read_call(R"({"content":[{"type":"text","text":"no such\u001b[0m city"}],"isError":true})");
    BOOST_TEST(outcome(got) == "tool_failed");
    BOOST_TEST((got.error().code() == condition::refused));
    BOOST_TEST(got.error().info().server_message() == "no such[0m city");
}

BOOST_AUTO_TEST_CASE(tool_call_without_a_final_answer_is_refused)
{
    for (const auto result :
         {"{}",
          R"({"content":7})",
          R"({"content":[],"isError":"no"})",
          R"({"resultType":"input_required","inputRequests":{}})",
          R"({"resultType":"partial","content":[]})"})
        BOOST_TEST(outcome(read_call(result)) == "mcp_response_invalid", result);
    BOOST_TEST(has(all_text(read_call(R"({"resultType":"input_required"})")), "more input"));
}

BOOST_AUTO_TEST_CASE(content_type_is_read_without_blanks_and_parameters)
{
    for (const auto type :
         {" application/json",
          "\tapplication/json ;charset=utf-8",
          "application/json\t ; a=b",
          " \t APPLICATION/JSON"})
        BOOST_TEST(discover_outcome(stream(rpc(discovered, "1"), type)) == "ok", type);
    for (const auto type : {"", " ", "\t\t", ";application/json", "application/ json"})
        BOOST_TEST(
            discover_outcome(stream(rpc(discovered, "1"), type)) == "mcp_response_invalid", type
        );
}

BOOST_AUTO_TEST_CASE(json_rpc_error_without_the_usual_members_is_one_all_the_same)
{
    const auto of = [](std::string_view error) {
        const auto got = mcp::read_discover_response(
            answer(R"({"jsonrpc":"2.0","id":1,"error":)" + std::string(error) + "}", 400)
        );
        BOOST_TEST(outcome(got) == "mcp_response_invalid");
        return got.error().info();
    };
    BOOST_TEST(of("{}").server_error() == "");
    BOOST_TEST(of("{}").server_message() == "");
    BOOST_TEST(of(R"({"code":"x","message":7})").server_error() == "");
    BOOST_TEST(of(R"({"code":1.5})").server_error() == "");
    BOOST_TEST(of(R"({"code":-1})").server_error() == "-1");
    // Only the error that is about revisions lists them, and only texts are revisions.
    constexpr std::string_view revisions = "The server supports the revisions";
    for (const auto error :
         {R"({"code":-32022})",
          R"({"code":-32022,"data":7})",
          R"({"code":-32022,"data":{}})",
          R"({"code":-32022,"data":{"supported":"2025-11-25"}})",
          R"({"code":-32021,"data":{"supported":["2025-11-25"]}})",
          R"({"data":{"supported":["2025-11-25"]}})"})
        BOOST_TEST(!has(of(error).message(), revisions), error);
    BOOST_TEST(
        of(R"({"code":-32022,"data":{"supported":[7,"a",null,"b\u001b"]}})").message()
        == "The server supports the revisions a, b."
    );
}

BOOST_AUTO_TEST_CASE(server_that_says_nothing_of_its_revisions_is_an_older_one)
{
    const auto error = [](std::string_view content) {
        return answer(R"({"jsonrpc":"2.0","id":1,"error":)" + std::string(content) + "}", 400);
    };
    BOOST_TEST(!mcp::needs_initialize(error(R"({"code":-32022})")));
    BOOST_TEST(!mcp::needs_initialize(error(R"({"code":-32022,"data":{}})")));
    BOOST_TEST(!mcp::needs_initialize(error(R"({"code":-32022,"data":{"supported":"2025-11-25"}})"))
    );
    BOOST_TEST(!mcp::needs_initialize(error(R"({"code":-32022,"data":{"supported":[7]}})")));
    BOOST_TEST(mcp::needs_initialize(error("{}")));
    BOOST_TEST(mcp::needs_initialize(error("7")));
    BOOST_TEST(mcp::needs_initialize(answer(rpc("7", "1"))));
    BOOST_TEST(mcp::needs_initialize(answer(rpc("{}", "1"))));
    BOOST_TEST(mcp::needs_initialize(answer(rpc("{}", "2"))));
    BOOST_TEST(!mcp::needs_initialize(answer(rpc(R"({"supportedVersions":[]})", "1"))));
    BOOST_TEST(!mcp::needs_initialize(answer(rpc(R"({"supportedVersions":{}})", "1"))));
    for (const auto version : {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"})
        BOOST_TEST(
            mcp::needs_initialize(
                answer(rpc(R"({"supportedVersions":[")" + std::string(version) + R"("]})", "1"))
            ),
            version
        );
}

BOOST_AUTO_TEST_CASE(only_events_that_are_messages_are_read)
{
    const auto of = [](std::string_view event) {
        return discover_outcome(
            stream(std::string(event) + "data: " + rpc(discovered, "1") + "\n\n")
        );
    };
    for (const auto event :
         {"event\n", "event:\n", "event: message\n", "event: x\nevent: message\n"})
        BOOST_TEST(of(event) == "ok", event);
    for (const auto event : {"event: x\n", "event: messages\n", "event: message\nevent: x\n"})
        BOOST_TEST(of(event) == "mcp_response_invalid", event);
}

BOOST_AUTO_TEST_CASE(item_of_a_tool_call_that_is_no_text_adds_nothing)
{
    for (const auto item :
         {"7",
          "null",
          "[]",
          "{}",
          R"({"type":"text"})",
          R"({"type":"text","text":7})",
          R"({"type":"text","text":null})",
          R"({"type":"image","text":"x"})",
          R"({"text":"x"})"})
    {
        const auto items = R"({"content":[)" + std::string(item);
        BOOST_TEST(read_call(items + "]}").value() == "", item);
        BOOST_TEST(read_call(items + R"(,{"type":"text","text":"a"}]})").value() == "a", item);
        BOOST_TEST(read_call(items + R"(],"structuredContent":[1]})").value() == "[1]", item);
    }
    // An empty text is one.
    BOOST_TEST(
        read_call(R"({"content":[{"type":"text","text":""}],"structuredContent":{}})").value() == ""
    );
    const auto failed = read_call(R"({"content":[],"isError":true})");
    BOOST_TEST(outcome(failed) == "tool_failed");
    BOOST_TEST(failed.error().info().server_message() == "");
}

BOOST_AUTO_TEST_CASE(marks_of_one_tool_are_bounded)
{
    const auto schema = [](int marks) {
        std::string properties;
        for (int i = 0; i != marks; ++i)
            properties += (i == 0 ? "\"p" : ",\"p") + std::to_string(i)
                + R"(":{"type":"string","x-mcp-header":"H)" + std::to_string(i) + "\"}";
        return "{\"properties\":{" + properties + "}}";
    };
    const auto most = marks_of(schema(64));
    BOOST_TEST(std::count(most.begin(), most.end(), ';') == 64);
    BOOST_TEST(has(marks_of(schema(65)), "is one of too many"), marks_of(schema(65)));
}

BOOST_AUTO_TEST_CASE(schemas_that_are_no_objects_have_no_marks)
{
    constexpr std::string_view good = R"("properties":{"a":{"type":"string","x-mcp-header":"A"}})";
    for (const auto other :
         {R"("items":true)",
          R"("allOf":[])",
          R"("allOf":[true,7,null,"x",{}])",
          R"("$defs":[])",
          R"("definitions":{"a":true,"b":{}})",
          R"("dependencies":{"a":["b"]})",
          R"("dependentSchemas":null)",
          R"("const":{"x-mcp-header":"X"})",
          R"("example":{"x-mcp-header":"X"})",
          R"("examples":[{"x-mcp-header":"X"}])"})
        BOOST_TEST(
            marks_of("{" + std::string(other) + "," + std::string(good) + "}") == "A=/a;", other
        );
    BOOST_TEST(marks_of(R"({"properties":{"a":true,"b":7,"c":null}})") == "");
    for (const auto name : {"!#$%&'*+-.^_`|~", "aZ09"})
        BOOST_TEST(
            marks_of(
                R"({"properties":{"a":{"type":"string","x-mcp-header":")" + std::string(name)
                + "\"}}}"
            ) == std::string(name) + "=/a;",
            name
        );
    for (const auto name : {"a/b", "a@b", "a[b", "a{b", "(a)", "a,b", "a;b", "a=b", "a?b"})
        BOOST_TEST(
            has(marks_of(
                    R"({"properties":{"a":{"type":"string","x-mcp-header":")" + std::string(name)
                    + "\"}}}"
                ),
                "is not the name of a field"),
            name
        );
}

BOOST_AUTO_TEST_CASE(what_a_server_says_of_itself_is_bounded)
{
    const auto read = [](std::string_view icons) {
        return mcp::read_initialize_response(
                   answer(
                       rpc(R"({"protocolVersion":"2025-11-25","serverInfo":{"name":"s","icons":)"
                               + std::string(icons) + "}}",
                           "1")
                   )
        )
            .value()
            .identity;
    };
    std::string many = "[7";
    for (int i = 0; i != 20; ++i)
        many += R"(,{"src":"https://w.example/)" + std::to_string(i) + "\"}";
    const auto who = read(many + "]");
    BOOST_REQUIRE(who.icons().size() == 16U);
    BOOST_TEST(who.icons()[15].source() == "https://w.example/15");
    BOOST_TEST(read("{}").icons().empty());
    BOOST_TEST(read("7").icons().empty());
    const auto sizes = [&](std::string_view value) {
        return std::string(read(R"([{"sizes":)" + std::string(value) + "}]").icons().at(0).sizes());
    };
    BOOST_TEST(sizes(R"(["1x1",7,null,"2x2"])") == "1x1 2x2");
    BOOST_TEST(sizes("7") == "");
    BOOST_TEST(sizes("[]") == "");
    std::string endless = "[\"0\"";
    for (int i = 0; i != 10'000; ++i)
        endless += ",\"1\"";
    BOOST_TEST(sizes(endless + "]").size() < 5000U);
}

BOOST_AUTO_TEST_SUITE_END()
