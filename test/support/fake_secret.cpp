// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Looks like libsecret to who loads it. FAKE_SECRET_FILE is where the entry is kept;
// FAKE_SECRET_MODE says what goes wrong: `error`, `mute` (an error without words), `locked` (an
// error of what stores), `forgetful` (it stores nothing), `meanwhile` (somebody else makes the
// entry FAKE_SECRET_MEANWHILE right after it was not found), `hang`, `slow`, or nothing.

#include <chrono>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <future>
#include <iterator>
#include <string>

namespace {

struct glib_error
{
    std::uint32_t domain;
    int code;
    char* message;
};

std::string setting(const char* name)
{
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// Whether it fails now; does not come back if it is to hang.
bool fails(glib_error** error)
{
    const auto mode = setting("FAKE_SECRET_MODE");
    if (mode == "hang")
    {
        std::promise<void> never;
        never.get_future().wait();
    }
    if (mode == "mute")
        *error = new glib_error{1, 2, nullptr};
    else if (mode == "error")
        *error = new glib_error{1, 2, strdup("Cannot autolaunch D-Bus without X11 $DISPLAY")};
    return *error != nullptr;
}

} // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED char*
secret_password_lookup_sync(const void* /*schema*/, void* /*cancellable*/, glib_error** error, ...)
{
    if (fails(error))
        return nullptr;
    std::ifstream in(setting("FAKE_SECRET_FILE"), std::ios::binary);
    if (!in)
    {
        if (setting("FAKE_SECRET_MODE") == "meanwhile")
            std::ofstream(setting("FAKE_SECRET_FILE"), std::ios::binary)
                << setting("FAKE_SECRET_MEANWHILE");
        return nullptr;
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return strdup(text.c_str());
}

EXPORTED int secret_password_store_sync(
    const void* schema,
    const char* /*collection*/,
    const char* /*label*/,
    const char* password,
    void* /*cancellable*/,
    glib_error** error,
    ...
)
{
    if (fails(error) || setting("FAKE_SECRET_MODE") == "forgetful")
        return 0;
    if (setting("FAKE_SECRET_MODE") == "locked")
    {
        *error = new glib_error{1, 3, strdup("Cannot create an item in a locked collection")};
        return 0;
    }
    // The schema's first member is its name; the arguments are pairs up to a null.
    if (std::strcmp(*static_cast<const char* const*>(schema), "io.github.asioauth.SealingKey") != 0)
        return 0;
    std::va_list arguments;
    va_start(arguments, error);
    const bool named = std::strcmp(va_arg(arguments, const char*), "name") == 0
        && va_arg(arguments, const char*) != nullptr && va_arg(arguments, const char*) == nullptr;
    va_end(arguments);
    if (!named)
        return 0;
    if (setting("FAKE_SECRET_MODE") == "slow")
    {
        // So that others come in between, unless something keeps them out.
        std::promise<void> never;
        never.get_future().wait_for(std::chrono::milliseconds(20));
    }
    std::ofstream(setting("FAKE_SECRET_FILE"), std::ios::binary) << password;
    return 1;
}

EXPORTED void secret_password_free(char* password)
{
    std::memset(password, 0, std::strlen(password));
    std::free(password);
}

EXPORTED void g_error_free(glib_error* error)
{
    std::free(error->message);
    delete error;
}
