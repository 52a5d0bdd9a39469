// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Event streams as they are, and as the answer of an MCP server.

// max_len: 8192
// dictionaries: mcp json

#include "protocol/event_stream.hpp"

#include "fuzz/fuzz.hpp"

#include <asioauth/protocol/mcp.hpp>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

std::vector<std::string> events_of(std::string_view stream)
{
    detail::event_reader reader(stream);
    std::vector<std::string> out;
    while (auto data = reader.next())
        out.push_back(*std::move(data));
    return out;
}

// Each line end by another one.
std::string with_ends(std::string_view stream, std::string_view end)
{
    std::string out;
    for (std::size_t i = 0; i != stream.size(); ++i)
    {
        if (stream[i] == '\r' && i + 1 != stream.size() && stream[i + 1] == '\n')
            continue;
        if (stream[i] == '\r' || stream[i] == '\n')
            out += end;
        else
            out += stream[i];
    }
    return out;
}

std::string written(const std::vector<std::string>& events)
{
    std::string out;
    for (const auto& data : events)
    {
        out += "event: message\ndata: ";
        for (const char c : data)
            out.append(1, c).append(c == '\n' ? "data: " : "");
        out += "\n\n";
    }
    return out;
}

template <class T>
void check_answer(const result<T>& r)
{
    if (!r)
        fuzz::check_failure(r.error());
}

void check_mcp(std::string_view stream, bool is_json)
{
    http_response response(200, std::string(stream));
    response.field(
        "Content-Type", is_json ? "application/json" : "text/event-stream; charset=utf-8"
    );
    response.field("Mcp-Session-Id", stream.substr(0, 40));
    response.from(url::parse("https://mcp.example/mcp?x=" + fuzz::canary()).value());
    for (const auto& info :
         {mcp::read_initialize_response(response, 1), mcp::read_discover_response(response, 1)})
    {
        check_answer(info);
        if (!info)
            continue;
        fuzz::check_presentable(info->name, 4096);
        fuzz::check_presentable(info->title, 4096);
        const auto server = url::parse("https://mcp.example/mcp").value();
        check(
            check_request(mcp::make_initialized_notification(server, *info)).has_value(),
            "what a server says of itself can be sent back"
        );
    }
    static_cast<void>(mcp::needs_initialize(response, 1));
    check_answer(mcp::read_tools_call_response(response, 1));
    const auto page = mcp::read_tools_list_response(response, 1);
    check_answer(page);
    if (!page)
        return;
    for (const auto& note : page->notes)
        fuzz::check_presentable(note, 2048);
    mcp::server_info info;
    info.protocol_version = mcp::latest_version;
    for (const auto& tool : page->tools)
    {
        const auto server = url::parse("https://mcp.example/mcp").value();
        const auto call = mcp::make_tools_call_request(
            server, info, tool, R"({"a":"x","b":1.5,"c":[]})", "f", "1"
        );
        check_answer(call);
        if (call)
            check(check_request(*call).has_value(), "a tool of a server can be called");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    const bool is_json = in.byte() == '{';
    const auto stream = in.rest();

    fuzz::meter meter;
    const auto events = events_of(stream);
    meter.check_linear(stream.size(), 64, 4 * 1024);
    std::size_t sum = 0;
    for (const auto& event : events)
    {
        sum += event.size();
        check(event.find('\r') == std::string::npos, "lines are joined by line feeds");
    }
    check(sum <= stream.size(), "nothing is read that is not there");
    for (const auto* end : {"\n", "\r", "\r\n"})
        check(events_of(with_ends(stream, end)) == events, "line ends are line ends");
    check(events_of(written(events)) == events, "what was read can be written and read again");

    check_mcp(is_json ? "{" + std::string(stream) : std::string(stream), is_json);
    return 0;
}
