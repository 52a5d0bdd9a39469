// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/keyring_library.hpp"

#include "store/key_lines.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace asioauth::detail {
namespace {

// What libsecret-1 documents as its ABI: SecretSchema and the functions for passwords. Its headers
// are not needed to build, nor the library to start.

extern "C" {
struct secret_schema_attribute
{
    const char* name;
    int type; // 0: a string
};

struct secret_schema
{
    const char* name;
    int flags; // 0: none
    secret_schema_attribute attributes[32];
    int reserved;
    void* reserved1;
    void* reserved2;
    void* reserved3;
    void* reserved4;
    void* reserved5;
    void* reserved6;
    void* reserved7;
};

struct glib_error
{
    std::uint32_t domain;
    int code;
    char* message;
};

using lookup_function = char*(const secret_schema*, void* cancellable, glib_error**, ...);
using store_function =
    int(const secret_schema*,
        const char* collection,
        const char* label,
        const char* password,
        void* cancellable,
        glib_error**,
        ...);
using free_password_function = void(char*);
using free_error_function = void(glib_error*);
}

const secret_schema& schema()
{
    static const secret_schema out = [] {
        secret_schema s{};
        s.name = "io.github.asioauth.SealingKey";
        s.attributes[0].name = "name";
        return s;
    }();
    return out;
}

class keyring_library
{
public:
    explicit keyring_library(const std::string& name)
        // Never closed: GLib has threads of its own.
        : handle_(::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL))
    {
        if (handle_ == nullptr)
            return;
        lookup_ = symbol<lookup_function>("secret_password_lookup_sync");
        store_ = symbol<store_function>("secret_password_store_sync");
        free_password_ = symbol<free_password_function>("secret_password_free");
        free_error_ = symbol<free_error_function>("g_error_free");
    }

    bool loaded() const noexcept { return handle_ != nullptr; }
    bool complete() const noexcept
    {
        return lookup_ != nullptr && store_ != nullptr && free_password_ != nullptr;
    }

    keyring_answer look_up(const std::string& name) const
    {
        glib_error* error = nullptr;
        char* const password =
            lookup_(&schema(), nullptr, &error, "name", name.c_str(), static_cast<char*>(nullptr));
        if (error != nullptr)
            return failed(error);
        if (password == nullptr)
            return keyring_answer::none();
        const std::unique_ptr<char, free_password_function*> owner(password, free_password_);
        return keyring_answer::found(secret(password));
    }

    keyring_answer store(const std::string& name, const secret& lines) const
    {
        glib_error* error = nullptr;
        std::string copy(lines.reveal()); // with a null at its end
        const std::string label = "Key of stored logins (" + name + ")";
        // cppcheck-suppress AssignmentAddressToInteger
        const int stored = store_(
            &schema(),
            nullptr,
            label.c_str(),
            copy.c_str(),
            nullptr,
            &error,
            "name",
            name.c_str(),
            static_cast<char*>(nullptr)
        );
        wipe(copy);
        if (error != nullptr)
            return failed(error);
        return stored != 0 ? look_up(name) : keyring_answer::unusable("it did not keep a key");
    }

private:
    template <class Function>
    Function* symbol(const char* name) const
    {
        return reinterpret_cast<Function*>(::dlsym(handle_, name));
    }

    keyring_answer failed(glib_error* error) const
    {
        std::string text = presentable(error->message == nullptr ? "" : error->message, 200);
        if (free_error_ != nullptr)
            free_error_(error);
        return keyring_answer::unusable(text.empty() ? "it failed" : std::move(text));
    }

    void* handle_;
    lookup_function* lookup_ = nullptr;
    store_function* store_ = nullptr;
    free_password_function* free_password_ = nullptr;
    free_error_function* free_error_ = nullptr;
};

// Storing replaces what is there. While one process looks and stores, others of this user wait;
// without a folder for such locks (which a session bus comes with) they do not.
class keyring_lock
{
public:
    keyring_lock()
    {
        const char* const folder = std::getenv("XDG_RUNTIME_DIR");
        if (folder == nullptr || *folder != '/')
            return;
        fd_ = ::open(
            (std::string(folder) + "/asioauth-keyring.lock").c_str(),
            O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
            S_IRUSR | S_IWUSR
        );
        if (fd_ >= 0)
            static_cast<void>(::flock(fd_, LOCK_EX));
    }

    keyring_lock(const keyring_lock&) = delete;
    keyring_lock& operator=(const keyring_lock&) = delete;

    ~keyring_lock()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }

private:
    int fd_ = -1;
};

} // namespace

keyring_answer ask_keyring(const std::string& library_name, const std::string& name, bool may_make)
{
    const keyring_library library(library_name);
    if (!library.loaded())
        return keyring_answer::unusable("libsecret is not installed");
    if (!library.complete())
        return keyring_answer::unusable("libsecret is not as it should be");
    auto found = library.look_up(name);
    if (found.lines() || !found.reason().empty() || !may_make)
        return found;
    const keyring_lock lock;
    found = library.look_up(name);
    if (found.lines() || !found.reason().empty())
        return found;
    const auto key = sealing_key::generate();
    if (!key)
        return keyring_answer::unusable("no key could be made");
    return library.store(name, key_line(*key));
}

} // namespace asioauth::detail
