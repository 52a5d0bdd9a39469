// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "environment.hpp"
#include "terminal_agent.hpp"
#include "trace.hpp"
#include "workplace.hpp"

#include <asioauth/http_client.hpp>
#include <asioauth/memory_store.hpp>
#ifdef ASIOAUTH_TOOL_HAS_SQLITE
#include <asioauth/sqlite_store.hpp>
#endif

#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;

/// One line of a descriptor, read without reading ahead: what follows may be a pasted URL.
secret read_secret_line(int from)
{
    constexpr std::size_t longest = 4096;
    std::string line;
    line.reserve(longest);
    char c = 0;
    while (line.size() < longest && ::read(from, &c, 1) == 1 && c != '\n')
        line += c;
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    secret out(line);
    wipe(line);
    return out;
}

/// The client secret, which never comes as an argument: everybody on the machine could read that.
/// Taken out of the environment whether it is used or not, since the browser need not know it.
result<secret> client_secret(const options& given)
{
    constexpr const char* variable = "ASIOAUTH_CLIENT_SECRET";
    // There is no other thread yet.
    const char* const value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
    secret out(value != nullptr ? std::string_view(value) : std::string_view());
    ::unsetenv(variable); // NOLINT(concurrency-mt-unsafe)
    if (given.secret_from_stdin)
        out = read_secret_line(STDIN_FILENO);
    if (!given.secret_file.empty())
    {
        const int file = ::open(given.secret_file.c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0)
            return misused("The file " + given.secret_file + " cannot be read.");
        out = read_secret_line(file);
        ::close(file);
    }
    return out;
}

result<redirect_target> listen_target(std::string_view text)
{
    const auto colon = text.rfind(':');
    const auto digits =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    unsigned port = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || ec != std::errc() || end != digits.data() + digits.size() || port > 65535)
        return misused("--listen wants HOST:PORT, for example 127.0.0.1:8888.");
    redirect_target out;
    out.host(text.substr(0, colon)).port(static_cast<std::uint16_t>(port));
    return out;
}

result<redirect_target> uri_target(std::string_view text)
{
    const auto uri = url::parse(text);
    if (!uri || uri->is_https() || !uri->host_is_loopback() || uri->has_query()
        || uri->has_fragment())
        return misused("--redirect-uri wants an address that this program can listen at, for "
                       "example http://127.0.0.1:8888/callback.");
    redirect_target out;
    out.host(uri->host_is_ipv6() ? '[' + uri->host() + ']' : uri->host());
    out.port(uri->port()).path(uri->path());
    return out;
}

#ifdef ASIOAUTH_TOOL_HAS_SQLITE

/// A log without its file is damage, which the store itself has to say.
bool is_there(const std::string& path)
{
    for (const char* end : {"", "-wal"})
    {
        struct stat info = {};
        if (::lstat((path + end).c_str(), &info) == 0 || errno != ENOENT)
            return true;
    }
    return false;
}

#endif

/// Where logins are kept; null: in memory.
std::shared_ptr<store>
store_for(const asio::any_io_executor& ex, const options& given, bool may_make)
{
#ifdef ASIOAUTH_TOOL_HAS_SQLITE
    if (given.no_store)
        return nullptr;
    sqlite_settings file;
    if (!given.store.empty())
        file.path(given.store);
    // Who only looks leaves nothing behind, least of all a key where the path was mistyped.
    if (!may_make && !file.path().empty() && !is_there(file.path()))
        return std::make_shared<memory_store>(ex);
    return open_sqlite(ex, file, [verbose = given.verbose](std::string_view note) {
        if (verbose)
            print_note(note);
    });
#else
    (void)ex;
    (void)given;
    (void)may_make;
    return nullptr;
#endif
}

void listen_to_events(workplace& at)
{
    at.settings.on_event([&at](const event& e) {
        // That it is at work is said already.
        if (e.what == event::kind::begin || e.what == event::kind::end)
            return;
        at.events.push_back(e);
        if (at.given.verbose)
            print_event(e);
        else
            at.steps.tell(e);
    });
    at.settings.allow_step_up([&at](const step_up_request& what) {
        at.stepping_up = what;
        return at.may_step_up;
    });
}

} // namespace

result<void> check(const options& given)
{
    if (given.client_id.empty() != given.issuer.empty())
        return misused("--client-id and --issuer belong together: a client is known to one "
                       "authorization server only.");
    if (!given.arguments.empty())
    {
        boost::system::error_code ec;
        const auto arguments = boost::json::parse(given.arguments, ec);
        if (ec || !arguments.is_object())
            return misused("--args wants a JSON object, for example '{\"a\": 1}'.");
    }
    if (given.reveal && ::isatty(STDOUT_FILENO) != 1)
        return misused("--reveal shows secrets on a terminal only. For a program there is "
                       "`asioauth token`.");
    return {};
}

result<void> set_up(workplace& at, bool may_make_store)
{
    const options& given = at.given;
    const auto ex = at.io.get_executor();
    client_profile profile;
    profile.client_name(given.client_name.empty() ? "asioauth command line" : given.client_name);
    profile.software_version(ASIOAUTH_TOOL_VERSION);
    if (const auto method = auth_method_from_name(given.auth_method))
        profile.auth_method(*method);
    // cppcheck-suppress accessMoved
    at.settings.profile(std::move(profile)).client_metadata_url(given.metadata_url);

    if (!given.listen.empty() || !given.redirect_uri.empty())
    {
        auto target =
            given.listen.empty() ? uri_target(given.redirect_uri) : listen_target(given.listen);
        if (!target)
            return target.error();
        at.settings.redirect(std::move(*target));
    }
    auto entrusted = client_secret(given);
    if (!entrusted)
        return entrusted.error();
    if (!given.client_id.empty())
    {
        registration known(given.issuer, given.client_id, std::move(*entrusted));
        if (const auto method = auth_method_from_name(given.auth_method))
            known.auth_method = *method;
        at.settings.add_registration(std::move(known));
    }
    http_client_settings http;
    for (const auto& file : given.ca_files)
        http.add_ca_file(file);
    if (given.timeout)
    {
        const std::chrono::seconds limit(*given.timeout);
        http.resolve_timeout(limit).connect_timeout(limit).tls_timeout(limit).write_timeout(limit);
        http.proxy_timeout(limit).response_timeout(limit).total_timeout(limit);
    }
    at.proxy = proxy_settings::from_environment(variable);
    if (at.proxy)
        http.proxy(*at.proxy);
    at.network = std::make_shared<http_client>(ex, http);
    if (given.trace)
        at.network = std::make_shared<trace>(at.network, at.added_fields);
    at.settings.transport(at.network);
    at.settings.user_agent(std::make_shared<terminal_agent>(ex, given));
    at.kept = store_for(ex, given, may_make_store);
    if (at.kept)
        at.settings.store(at.kept);
    listen_to_events(at);
    at.client = std::make_unique<client>(ex, at.settings);
    return {};
}

discover_params discover_params_for(const options& given)
{
    discover_params out(given.url);
    for (const auto& network : given.networks)
        out.allow_private_network(network);
    if (given.timeout)
        out.timeout(std::chrono::seconds(*given.timeout));
    return out;
}

login_params login_params_for(const options& given)
{
    login_params out(given.url);
    out.scope(given.scope).user(given.account).force(given.force);
    for (const auto& network : given.networks)
        out.allow_private_network(network);
    if (given.timeout)
    {
        const std::chrono::milliseconds limit = std::chrono::seconds(*given.timeout);
        out.user_timeout(limit).timeout(limit);
    }
    return out;
}

} // namespace asioauth::tool
