// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/sqlite_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

namespace asioauth::detail {

namespace {

constexpr mode_t own_folder = 0700;
constexpr mode_t own_file = 0600;
constexpr mode_t permissions = 07777;
constexpr mode_t of_others = 0077;
constexpr mode_t writable_for_others = 0022;
constexpr off_t smallest_page = 512;

class descriptor
{
public:
    explicit descriptor(int v) noexcept : fd_(v) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    int get() const noexcept { return fd_; }

private:
    int fd_;
};

failure refused(errc code, const std::string& path, std::string_view why)
{
    return failure(code).where(stage::store).message(path + ": " + std::string(why));
}

failure not_a_store(const std::string& path, std::string_view why)
{
    failure out = refused(errc::store_unavailable, path, why);
    return out.hint("Configure another path. Nothing was changed.");
}

failure of_system(int error, const std::string& path)
{
    errc code = errc::store_unavailable;
    if (error == ENOSPC || error == EDQUOT)
        code = errc::store_full;
    else if (error == EROFS || error == EACCES || error == EPERM)
        code = errc::store_read_only;
    else if (error == ELOOP)
        code = errc::store_permissions_insecure;
    return refused(code, path, std::system_category().message(error));
}

// Some file systems cannot do it for folders, and need it not.
bool synchronise(int folder)
{
    return ::fsync(folder) == 0 || errno == EINVAL;
}

result<void> make_folder(const std::filesystem::path& folder)
{
    struct stat found = {};
    if (::stat(folder.c_str(), &found) == 0)
        return {};
    if (errno != ENOENT)
        return of_system(errno, folder);
    const auto above = folder.parent_path();
    if (const auto made = make_folder(above); !made)
        return made;
    if (::mkdir(folder.c_str(), own_folder) != 0)
    {
        if (errno == EEXIST)
            return {}; // another process was faster
        return of_system(errno, folder);
    }
    const descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    );
    const descriptor opened_above(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fchmod(opened.get(), own_folder) != 0) // whatever the umask is
        return of_system(errno, folder);
    // A folder that is lost with the power takes the logins with it.
    if (opened_above && !synchronise(opened_above.get()))
        return of_system(errno, above);
    return {};
}

result<void> check_folder(int folder, const std::filesystem::path& path)
{
    struct stat found = {};
    if (::fstat(folder, &found) != 0)
        return of_system(errno, path);
    if (found.st_uid != ::geteuid())
        return refused(
            errc::store_permissions_insecure, path, "the folder belongs to another user"
        );
    // Not repaired: others may have put anything there meanwhile.
    if ((found.st_mode & writable_for_others) != 0)
        return refused(errc::store_permissions_insecure, path, "others can write to the folder");
    return {};
}

class file_state
{
public:
    off_t size = 0; ///< also of a file that does not exist
    bool open_to_others = false;
};

// A file has to be this user's own. It is not opened: closing it would drop the locks that SQLite
// holds on it elsewhere in this process.
result<file_state> check_file(int folder, const std::string& name, const std::string& path)
{
    struct stat found = {};
    if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    {
        if (errno == ENOENT)
            return file_state();
        return of_system(errno, path);
    }
    if (!S_ISREG(found.st_mode))
        return refused(
            errc::store_permissions_insecure,
            path,
            S_ISLNK(found.st_mode) ? "it is a symbolic link" : "it is not a regular file"
        );
    if (found.st_uid != ::geteuid())
        return refused(errc::store_permissions_insecure, path, "the file belongs to another user");
    file_state out;
    out.size = found.st_size;
    out.open_to_others = (found.st_mode & permissions & ~own_file) != 0;
    return out;
}

result<void> make_file(int folder, const std::string& name, const std::string& path)
{
    // Of all threads one at a time: SQLite opens the file only after this, so that the descriptor
    // closed here cannot drop its locks.
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    const descriptor made(
        ::openat(folder, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, own_file)
    );
    if (!made)
    {
        if (errno == EEXIST)
            return {};
        return of_system(errno, path);
    }
    if (::fchmod(made.get(), own_file) != 0 || ::fsync(made.get()) != 0 || !synchronise(folder))
        return of_system(errno, path);
    return {};
}

constexpr std::array<std::string_view, 3> beside = {"-wal", "-shm", "-journal"};

} // namespace

result<sqlite_file> prepare_sqlite_file(const std::string& path)
{
    if (path.empty())
        return failure(errc::store_unavailable)
            .where(stage::store)
            .message("There is no path: neither XDG_DATA_HOME nor HOME is set.");
    if (path.find('\0') != std::string::npos)
        return refused(errc::store_unavailable, path, "the path contains a zero octet");
    const std::filesystem::path whole(path);
    if (!whole.has_filename() || !whole.is_absolute())
        return refused(errc::store_unavailable, path, "it does not name a file");
    if (const auto made = make_folder(whole.parent_path()); !made)
        return made.error();

    // Those above may be symbolic links, as a home often is; SQLite must not see that.
    const std::unique_ptr<char, void (*)(void*)> resolved(
        ::realpath(whole.parent_path().c_str(), nullptr), std::free
    );
    if (!resolved)
        return of_system(errno, path);
    const std::filesystem::path real = resolved.get();
    const descriptor folder(::open(real.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder)
        return of_system(errno, real);
    if (const auto good = check_folder(folder.get(), real); !good)
        return good.error();

    const std::string name = whole.filename();
    // The log first: where it has content the file has had some for longer.
    off_t log_size = 0;
    off_t journal_size = 0;
    for (const std::string_view suffix : beside)
    {
        const auto other = name + std::string(suffix);
        const auto state = check_file(folder.get(), other, real / other);
        if (!state)
            return state.error();
        if (suffix == "-wal")
            log_size = state->size;
        if (suffix == "-journal")
            journal_size = state->size;
    }
    sqlite_file out;
    out.path = real / name;
    const auto state = check_file(folder.get(), name, out.path);
    if (!state)
        return state.error();
    // SQLite would throw the log away.
    if (state->size == 0 && log_size > 0)
        return refused(
            errc::store_corrupt,
            out.path,
            "it is empty or gone, but the log beside it (-wal) is not"
        );
    // An empty one is what a process leaves that was killed when it had just made it, and those are
    // never open to others.
    if (state->size == 0 && state->open_to_others)
        return not_a_store(out.path, "it is empty, and no store of asioauth");
    // Where nothing is left to be repaired from a log there are whole pages.
    out.may_be_restored = journal_size != 0;
    out.is_whole = log_size != 0 || journal_size != 0 || state->size % smallest_page == 0;
    if (state->size == 0)
    {
        if (const auto made = make_file(folder.get(), name, out.path); !made)
            return made.error();
        // Whoever was faster may have put something else there.
        if (const auto again = check_file(folder.get(), name, out.path); !again)
            return again.error();
    }
    return out;
}

result<void> close_to_others(const sqlite_file& file)
{
    const std::filesystem::path whole(file.path);
    const auto above = whole.parent_path();
    const descriptor folder(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat found = {};
    if (!folder || ::fstat(folder.get(), &found) != 0)
        return of_system(errno, above);
    // The store's own folder by its name; any other is the user's.
    if (above.filename() == "asioauth" && (found.st_mode & of_others) != 0
        && ::fchmod(folder.get(), own_folder) != 0)
        return of_system(errno, above);
    const auto close = [&](const std::string& name) -> result<void> {
        const auto state = check_file(folder.get(), name, above / name);
        if (!state)
            return state.error();
        if (state->open_to_others && ::fchmodat(folder.get(), name.c_str(), own_file, 0) != 0
            && errno != ENOENT)
            return of_system(errno, above / name);
        return {};
    };
    const std::string name = whole.filename();
    for (const std::string_view suffix : beside)
    {
        if (const auto closed = close(name + std::string(suffix)); !closed)
            return closed;
    }
    return close(name);
}

} // namespace asioauth::detail
