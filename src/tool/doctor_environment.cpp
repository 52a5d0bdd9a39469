// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "doctor.hpp"

#include <asioauth/key_source.hpp>
#include <asioauth/protocol/retry_after.hpp>
#include <asioauth/redirect_listener.hpp>
#ifdef ASIOAUTH_TOOL_HAS_SQLITE
#include <asioauth/sqlite_store.hpp>
#endif

#include "environment.hpp"
#include "hints.hpp"
#include "printing.hpp"
#include "terminal_agent.hpp"

#include <dirent.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;
using state = finding::state;

bool has_entries(const char* folder)
{
    DIR* const open = ::opendir(folder);
    if (open == nullptr)
        return false;
    int entries = 0;
    // One stream, one thread.
    while (entries < 3 && ::readdir(open) != nullptr) // NOLINT(concurrency-mt-unsafe)
        ++entries;
    ::closedir(open);
    return entries > 2; // beside . and ..
}

finding look_at_roots()
{
    const std::string name = "TLS roots";
    for (const char* file :
         {::X509_get_default_cert_file(),
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/ssl/cert.pem"})
    {
        struct stat info = {};
        if (::stat(file, &info) == 0 && info.st_size > 0 && ::access(file, R_OK) == 0)
            return finding(name, state::pass, file);
    }
    for (const char* folder : {::X509_get_default_cert_dir(), "/etc/ssl/certs"})
    {
        if (has_entries(folder))
            return finding(name, state::pass, folder);
    }
    finding out(name, state::fail, "No certification authorities are installed.");
    return out.hint("Install the package ca-certificates, or name a file with --ca-file.");
}

finding look_at_proxy(const workplace& at)
{
    const std::string name = "Proxy";
    if (!at.proxy)
    {
        const auto& why = at.proxy.error();
        finding out(name, state::fail, why.info().message());
        return out.why(outcome(why))
            .hint(std::string(hint_for(static_cast<errc>(why.code().value()))));
    }
    const proxy_settings& proxy = *at.proxy;
    if (proxy.empty() && (is_set("HTTP_PROXY") || is_set("http_proxy")))
    {
        finding out(name, state::warn, "None: HTTP_PROXY is for plain http alone.");
        return out.hint("If servers are behind a proxy, name it in HTTPS_PROXY or ALL_PROXY.");
    }
    if (proxy.empty())
        return finding(name, state::pass, "None is configured: servers are reached directly.");
    std::string words = proxy.address().authority();
    words.append(proxy.authorization().empty() ? ", without" : ", with").append(" a password");
    if (!proxy.exceptions().empty())
        words.append("; not for ").append(joined(proxy.exceptions(), ", "));
    const auto server = url::parse(at.given.url);
    if (server)
        words.append(proxy.is_used_for(*server) ? ". It is used for " : ". It is not used for ")
            .append(server->authority());
    return finding(name, state::pass, words + '.');
}

finding look_at_variables()
{
    std::string set;
    for (const char* name : {"SSL_CERT_FILE", "SSL_CERT_DIR"})
    {
        if (is_set(name))
            set.append(set.empty() ? "" : ", ").append(name);
    }
    if (set.empty())
        return finding("Variables", state::pass, "None that other programs obey is passed over.");
    finding out("Variables", state::warn, "Set, but not used by this program: " + set + ".");
    return out.hint("Certification authorities of your own go to --ca-file.");
}

bool is_program(const char* name)
{
    const std::string path = variable("PATH");
    std::size_t at = 0;
    while (at <= path.size())
    {
        const auto end = std::min(path.find(':', at), path.size());
        const std::string file = path.substr(at, end - at) + '/' + name;
        if (::access(file.c_str(), X_OK) == 0)
            return true;
        at = end + 1;
    }
    return false;
}

finding look_for_browser(const options& given)
{
    const std::string name = "Browser";
    const std::string named = variable("BROWSER");
    if (!named.empty())
        return finding(name, state::pass, "BROWSER names " + presentable(named) + '.');
    if (!has_browser(given))
    {
        finding out(
            name,
            state::warn,
            variable("SSH_CONNECTION").empty() ? "There is no display here."
                                               : "This is a remote session without a display."
        );
        return out.hint("Logins print a URL to open elsewhere: paste the address that the browser "
                        "ends at, or forward the port with ssh -L; --device where it is offered.");
    }
    for (const char* program :
         {"xdg-open",
          "x-www-browser",
          "www-browser",
          "gio",
          "sensible-browser",
          "wslview",
          "rundll32.exe",
          "open"})
    {
        if (is_program(program))
            return finding(name, state::pass, program);
    }
    finding out(name, state::fail, "There is a display, but no program that opens a URL.");
    return out.hint("Install xdg-utils, or name your browser in the variable BROWSER.");
}

#ifdef ASIOAUTH_TOOL_HAS_SQLITE

asio::awaitable<result<key_ring>> existing_keys(std::shared_ptr<key_source> from)
{
    const auto start = [&](key_source::handler h) { from->async_existing_keys(std::move(h)); };
    co_return co_await of_port<key_ring>(start);
}

asio::awaitable<finding> look_for_key(workplace& at, std::string path)
{
    const std::string name = "Key";
    const auto ex = at.io.get_executor();
    if (!variable("ASIOAUTH_STORE_KEY").empty())
    {
        const auto source = environment_keys(ex, "ASIOAUTH_STORE_KEY");
        auto keys = co_await existing_keys(source);
        if (keys)
            co_return finding(name, state::pass, "It is in the variable ASIOAUTH_STORE_KEY.");
        finding wrong(name, state::fail, keys.error().code().message());
        outcome why(keys.error());
        wrong.why(why).hint("ASIOAUTH_STORE_KEY wants 32 octets as base64url, or as 64 "
                            "hexadecimal digits.");
        co_return wrong;
    }
    const auto keyring = keyring_keys(ex);
    auto keys = co_await existing_keys(keyring);
    if (keys)
        co_return finding(name, state::pass, "It is in your keyring.");
    struct stat info = {};
    const std::string file = path + ".key";
    if (::stat(file.c_str(), &info) == 0)
        co_return finding(name, state::pass, "It is in " + file + "; the keyring has none.");
    finding none(name, state::warn, "There is none yet, and the keyring has none or is not there.");
    none.hint("The first login makes one: in the keyring, or else in " + file + '.');
    co_return none;
}

/// A file or folder of the store, and whether others can get at it.
class looked_at
{
public:
    std::string path;
    bool open_to_others = false;
};

std::vector<looked_at> files_of(const std::string& path)
{
    std::vector<looked_at> out;
    const auto add = [&](const std::string& name) {
        struct stat info = {};
        if (::lstat(name.c_str(), &info) == 0)
            out.push_back({name, (info.st_mode & 077U) != 0});
    };
    std::error_code ec;
    const auto folder = std::filesystem::absolute(path, ec).parent_path();
    // Any other folder is the user's own affair.
    if (folder.filename() == "asioauth")
        add(folder);
    for (const char* end : {"", "-wal", "-shm", ".key"})
        add(path + end);
    return out;
}

asio::awaitable<finding> look_into_store(workplace& at)
{
    const std::string name = "Store";
    const auto all = co_await kept_logins(at);
    if (!all)
    {
        outcome why(all.error());
        finding wrong(name, state::fail, describe(why.code, why.info));
        wrong.why(why);
        if (why.code == errc::store_key_wrong || why.code == errc::store_key_unavailable)
            wrong.hint("The key is another one than the logins were sealed with: bring it back, or "
                       "run `asioauth logout --all` and log in again.");
        co_return wrong;
    }
    std::size_t unreadable = 0;
    for (const auto& kept : *all)
        unreadable += kept.unreadable ? 1U : 0U;
    const std::string count =
        std::to_string(all->size()) + (all->size() == 1 ? " login" : " logins");
    if (unreadable == 0)
        co_return finding(name, state::pass, count + '.');
    finding wrong(
        name, state::fail, count + ", of which " + std::to_string(unreadable) + " cannot be read."
    );
    wrong.hint("The key may have changed: bring it back, or log in again.");
    const failure key(errc::store_key_wrong);
    const outcome why(key);
    wrong.why(why);
    co_return wrong;
}

#endif

finding look_for_port(workplace& at)
{
    loopback_listener listener(at.io.get_executor());
    const auto reserved = listener.reserve(at.settings.redirect());
    listener.close();
    if (reserved)
        return finding("Port", state::pass, "Redirects can be received on the loopback.");
    finding out("Port", state::fail, reserved.error().code().message());
    return out.why(outcome(reserved.error()))
        .hint("Free the port, or choose another with --listen.");
}

#ifdef ASIOAUTH_TOOL_HAS_SQLITE

finding look_at_mode(const looked_at& file, const options& given)
{
    const std::string name = "Mode";
    const std::string& path = file.path;
    struct stat info = {};
    if (::lstat(path.c_str(), &info) != 0)
        return finding(name, state::fail, path + " cannot be looked at.");
    if (info.st_uid != ::geteuid())
    {
        finding out(name, state::fail, path + " belongs to somebody else.");
        return out.hint("Make it yours: chown \"$USER\" " + path);
    }
    if (S_ISLNK(info.st_mode))
    {
        finding out(name, state::fail, path + " is a symbolic link.");
        return out.hint("Put the file itself there.");
    }
    if ((info.st_mode & 077U) == 0)
        return finding(
            name,
            state::pass,
            file.open_to_others ? path + " was open to others, and is for you alone now."
                                : path + " is for you alone."
        );
    finding out(name, state::fail, path + " is open to others.");
    const failure open_to_others(errc::store_permissions_insecure);
    out.why(outcome(open_to_others));
    return out.hint(
        given.fix ? "Close it to others yourself: chmod go= " + path
                  : "Run `" + next_command(given, "doctor --fix", "") + "`."
    );
}

/// Opening a store closes its files to others, so that it is opened only where that is wanted or
/// nothing would change.
asio::awaitable<void> look_at_store(workplace& at, std::string path, findings& out)
{
    const auto files = files_of(path);
    struct stat info = {};
    const bool there = ::lstat(path.c_str(), &info) == 0;
    const bool all_closed = std::none_of(files.begin(), files.end(), [](const looked_at& f) {
        return f.open_to_others;
    });
    at.leave_store_alone = !all_closed && !at.given.fix;
    finding inside("Store", state::skip, "Not opened, since that would change the modes of files.");
    if (there && !at.leave_store_alone)
        inside = co_await look_into_store(at);
    if (!there)
        out.emplace_back("Files", state::pass, path + " is not there yet.");
    for (const auto& file : files)
        out.push_back(look_at_mode(file, at.given));
    finding key = co_await look_for_key(at, path);
    out.push_back(std::move(key));
    if (there)
        out.push_back(std::move(inside));
}

#endif

} // namespace

finding look_at_clock(const http_response& response, std::chrono::system_clock::time_point now)
{
    const std::string name = "Clock";
    const auto theirs = http_date(response.field("Date"));
    if (!theirs)
        return finding(name, state::warn, "The server does not say what time it is.");
    const auto off = std::chrono::duration_cast<std::chrono::seconds>(now - *theirs).count();
    const auto distance = off < 0 ? -off : off;
    const std::string words = distance < 2
        ? std::string("The same time as at the server.")
        : std::to_string(distance) + " s " + (off < 0 ? "behind" : "ahead of") + " the server.";
    if (distance <= 60)
        return finding(name, state::pass, words);
    finding out(name, distance <= 300 ? state::warn : state::fail, words);
    return out.hint(
        "Set the clock (timedatectl set-ntp true): tokens and signatures have a time in "
        "them."
    );
}

asio::awaitable<findings> look_at_environment(workplace& at)
{
    findings out;
    out.push_back(look_at_roots());
    out.push_back(look_at_proxy(at));
    out.push_back(look_at_variables());
    out.push_back(look_for_browser(at.given));
    out.push_back(look_for_port(at));
#ifdef ASIOAUTH_TOOL_HAS_SQLITE
    std::string path = at.given.store.empty() ? sqlite_settings::default_path() : at.given.store;
    if (path.empty())
    {
        finding none("Files", state::fail, "There is no home folder to keep logins in.");
        out.push_back(none.hint("Set HOME or XDG_DATA_HOME, or use --store."));
        co_return out;
    }
    co_await look_at_store(at, std::move(path), out);
#endif
    co_return out;
}

} // namespace asioauth::tool
