// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The hub of README.md, so that it compiles. readme.sh compares the two.

// [program]
#include <asioauth/hub.hpp>
#include <asioauth/hub_beast.hpp>

#include <boost/asio.hpp>
#include <boost/beast.hpp>

namespace asio = boost::asio;
namespace beast = boost::beast;
using request_type = beast::http::request<beast::http::string_body>;

// For every request below /integrations of a site. The hub is made once, from a client:
// asioauth::hub hub(client, "https://app.example/integrations");
asio::awaitable<bool> answer(
    const asioauth::hub& hub,
    beast::tcp_stream& stream,
    const request_type& request,
    asioauth::hub_user user // hub_user(id).name(name).sign_in(session_id); hub_user("") for nobody
)
{
    auto asked = asioauth::make_hub_request(request);
    auto response = co_await hub.async_handle(asked, user);
    if (response.events())
        stream.expires_never(); // a page's /events: it goes on while the page is open
    co_return co_await asioauth::async_write_hub_response(stream, request, response);
}
// [/program]
