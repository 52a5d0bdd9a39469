// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/postgres_target.hpp"

#include "protocol/jose_key.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <string_view>

namespace asioauth::detail {

namespace {

class free_options
{
public:
    void operator()(PQconninfoOption* p) const noexcept { PQconninfoFree(p); }
};

using option_list = std::unique_ptr<PQconninfoOption, free_options>;

std::optional<std::string> value_of(const option_list& list, std::string_view keyword)
{
    for (const auto* o = list.get(); o != nullptr && o->keyword != nullptr; ++o)
    {
        if (o->keyword == keyword && o->val != nullptr && *o->val != '\0')
            return o->val;
    }
    return std::nullopt;
}

std::vector<std::string> split(std::string_view list)
{
    std::vector<std::string> out;
    for (;;)
    {
        const auto comma = list.find(',');
        out.emplace_back(list.substr(0, comma));
        if (comma == std::string_view::npos)
            return out;
        list.remove_prefix(comma + 1);
    }
}

} // namespace

bool postgres_target::place::needs_lookup() const
{
    if (!address.empty() || host.empty() || host.front() == '/' || host.front() == '@')
        return false;
    boost::system::error_code ec;
    boost::asio::ip::make_address(host, ec);
    return ec.failed();
}

result<postgres_target> postgres_target::parse(const secret& connection_string)
{
    const auto refuse = [](std::string_view message) {
        return failure(errc::invalid_argument).where(stage::store).message(message);
    };
    std::string text(connection_string.reveal());
    const bool has_nul = text.find('\0') != std::string::npos;
    char* words = nullptr;
    const option_list given(has_nul ? nullptr : PQconninfoParse(text.c_str(), &words));
    wipe(text);
    // They may quote a password that stands in the wrong place.
    PQfreemem(words);
    if (!given)
        return refuse("The connection string is not one that libpq can read.");

    postgres_target out;
    for (const auto* o = given.get(); o->keyword != nullptr; ++o)
    {
        if (o->val != nullptr && *o->val != '\0')
            out.options_.emplace_back(o->keyword, secret(o->val));
    }
    if (value_of(given, "service"))
    {
        out.by_service_ = true;
        return out;
    }
    const option_list defaults(PQconndefaults());
    // Text is UTF-8 here. Kerberos would ask its servers without any regard for the event loop.
    out.options_.emplace_back("client_encoding", secret("UTF8"));
    out.options_.emplace_back("fallback_application_name", secret("asioauth"));
    if (!value_of(given, "gssencmode"))
        out.options_.emplace_back("gssencmode", secret("disable"));

    const auto either = [&](std::string_view keyword) {
        auto v = value_of(given, keyword);
        return v ? v : value_of(defaults, keyword);
    };
    const auto hosts = either("host");
    const auto addresses = either("hostaddr");
    const auto ports = split(either("port").value_or(""));
    const auto host_list = split(hosts.value_or(""));
    const auto address_list = split(addresses.value_or(""));
    const std::size_t count =
        std::max(hosts ? host_list.size() : 1, addresses ? address_list.size() : 1);
    if ((hosts && addresses && host_list.size() != address_list.size())
        || (ports.size() != 1 && ports.size() != count))
        return refuse("The connection string has not as many ports or addresses as hosts.");
    for (std::size_t i = 0; i < count; ++i)
    {
        place p;
        p.host = hosts ? host_list[i] : std::string();
        p.address = addresses ? address_list[i] : std::string();
        p.port = ports.size() == 1 ? ports.front() : ports[i];
        out.places_.push_back(std::move(p));
    }
    return out;
}

std::vector<std::string> postgres_target::names() const
{
    std::vector<std::string> out;
    for (const auto& p : places_)
    {
        if (p.needs_lookup() && std::find(out.begin(), out.end(), p.host) == out.end())
            out.push_back(p.host);
    }
    return out;
}

postgres_handle postgres_target::start(const address_book& book, std::size_t first) const
{
    std::vector<place> places;
    for (const auto& p : places_)
    {
        if (!p.needs_lookup())
        {
            places.push_back(p);
            continue;
        }
        const auto found = book.find(p.host);
        if (found == book.end())
            continue;
        for (const auto& a : found->second)
        {
            places.push_back(p);
            places.back().address = a;
        }
    }
    if (places.empty() && !by_service_)
        return nullptr;

    std::vector<const char*> keywords;
    std::vector<const char*> values;
    std::list<wiped_text> texts;
    for (const auto& [keyword, value] : options_)
    {
        if (!by_service_ && (keyword == "host" || keyword == "hostaddr" || keyword == "port"))
            continue;
        std::string& text = texts.emplace_back().text;
        text = value.reveal();
        keywords.push_back(keyword.c_str());
        values.push_back(text.c_str());
    }
    std::string hosts;
    std::string addresses;
    std::string ports;
    for (std::size_t i = 0; i < places.size(); ++i)
    {
        const auto& p = places[(first + i) % places.size()];
        const std::string_view comma = i == 0 ? "" : ",";
        hosts.append(comma).append(p.host);
        addresses.append(comma).append(p.address);
        ports.append(comma).append(p.port);
    }
    for (const auto& [keyword, value] :
         {std::pair{"host", &hosts}, std::pair{"hostaddr", &addresses}, std::pair{"port", &ports}})
    {
        if (value->find_first_not_of(',') == std::string::npos)
            continue;
        keywords.push_back(keyword);
        values.push_back(value->c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    return postgres_handle(PQconnectStartParams(keywords.data(), values.data(), 0));
}

std::string postgres_target::presentable(std::string_view message) const
{
    std::string out(message);
    for (const auto& [keyword, value] : options_)
    {
        if (keyword != "password" && keyword != "sslpassword")
            continue;
        for (auto at = out.find(value.reveal()); at != std::string::npos;
             at = out.find(value.reveal(), at + 1))
            out.replace(at, value.size(), "?");
    }
    while (!out.empty() && (out.back() == '\n' || out.back() == ' '))
        out.pop_back();
    return out;
}

} // namespace asioauth::detail
