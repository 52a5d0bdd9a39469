// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <limits>
#include <new>

namespace asioauth::test {

/// What SQLite asks of the system, and a @ref faulty_vfs may spoil. Values can be combined.
enum class disk_call : unsigned
{
    open = 1U << 0,
    remove = 1U << 1,
    write = 1U << 2,
    truncate = 1U << 3,
    sync = 1U << 4,
    map_shared = 1U << 5,
    lock_shared = 1U << 6,
    lock = 1U << 7,
    unlock = 1U << 8,
    unmap_shared = 1U << 9,
    close = 1U << 10,
    changing = open | remove | write | truncate | sync,
    any = (1U << 11) - 1,
};

/** The system as SQLite sees it, which fails or ends the process at a chosen call.

    It is SQLite's default while it exists, so that a store which knows nothing of it uses it. One at
    a time; it has to outlive the stores that were opened meanwhile.
*/
class faulty_vfs
{
public:
    faulty_vfs() : real_(::sqlite3_vfs_find(nullptr)), vfs_(*real_)
    {
        current() = this;
        vfs_.zName = "asioauth-faulty";
        vfs_.pNext = nullptr;
        vfs_.szOsFile = static_cast<int>(sizeof(file)) + real_->szOsFile;
        vfs_.xOpen = &open;
        vfs_.xDelete = &remove;
        vfs_.xGetLastError = &last_error;
        ::sqlite3_vfs_register(&vfs_, 1);
    }
    faulty_vfs(const faulty_vfs&) = delete;
    faulty_vfs& operator=(const faulty_vfs&) = delete;
    ~faulty_vfs()
    {
        ::sqlite3_vfs_unregister(&vfs_);
        ::sqlite3_vfs_register(real_, 1);
        current() = nullptr;
    }

    /// Count from 1 anew, and do nothing but count.
    void count(disk_call which)
    {
        kill_ = false;
        at_ = 0;
        until_ = 0;
        which_ = static_cast<unsigned>(which);
        seen_ = 0;
        happened_ = false;
    }
    /// The call of that number returns this code; so do those after it, if it is to stay so.
    void fail_at(disk_call which, long number, int code, bool stays = false, int system_error = 0)
    {
        count(which);
        code_ = code;
        system_error_ = system_error;
        at_ = number;
        until_ = stays ? std::numeric_limits<long>::max() : number;
    }
    /// The process is killed in front of the call of that number.
    void kill_at(disk_call which, long number)
    {
        count(which);
        kill_ = true;
        at_ = number;
        until_ = number;
    }

    /// How many calls there were since then.
    long seen() const { return seen_; }
    /// Whether one of them was spoilt.
    bool happened() const { return happened_; }

private:
    // What SQLite allocates for a file; the real one's own part follows.
    struct file
    {
        sqlite3_file base;
        sqlite3_file* real;
    };

    static faulty_vfs*& current()
    {
        static faulty_vfs* it = nullptr;
        return it;
    }

    static sqlite3_file* real_of(sqlite3_file* f)
    {
        return reinterpret_cast<file*>(f)->real; // NOLINT(*-reinterpret-cast)
    }

    int at(disk_call c)
    {
        if ((which_ & static_cast<unsigned>(c)) == 0)
            return SQLITE_OK;
        const long number = ++seen_;
        if (at_ == 0 || number < at_ || number > until_)
            return SQLITE_OK;
        happened_ = true;
        if (kill_)
            ::raise(SIGKILL);
        errno = system_error_;
        return code_;
    }

    // The rest of a call that may be spoilt.
    template <class Real>
    static int either(disk_call c, Real real)
    {
        const int code = current()->at(c);
        return code != SQLITE_OK ? code : real();
    }

    static int open(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* out_flags)
    {
        auto* self = new (out) file{};
        self->real = reinterpret_cast<sqlite3_file*>(self + 1); // NOLINT(*-reinterpret-cast)
        const int code = either(disk_call::open, [&] {
            auto* vfs = current()->real_;
            return vfs->xOpen(vfs, name, self->real, flags, out_flags);
        });
        // SQLite closes what has methods.
        self->base.pMethods = code == SQLITE_OK ? &methods() : nullptr;
        return code;
    }

    static int remove(sqlite3_vfs*, const char* name, int sync_folder)
    {
        return either(disk_call::remove, [&] {
            auto* vfs = current()->real_;
            return vfs->xDelete(vfs, name, sync_folder);
        });
    }

    static int last_error(sqlite3_vfs*, int size, char* text)
    {
        auto* self = current();
        if (self->happened_)
            return self->system_error_;
        return self->real_->xGetLastError(self->real_, size, text);
    }

    static const sqlite3_io_methods& methods()
    {
        using f = sqlite3_file;
        static const sqlite3_io_methods all = [] {
            sqlite3_io_methods m{};
            m.iVersion = 2; // no memory mapping: it could not be spoilt
            m.xClose = [](f* a) {
                // A file that cannot be closed would leak.
                static_cast<void>(current()->at(disk_call::close));
                return real_of(a)->pMethods->xClose(real_of(a));
            };
            m.xRead = [](f* a, void* b, int n, sqlite3_int64 o) {
                return real_of(a)->pMethods->xRead(real_of(a), b, n, o);
            };
            m.xWrite = [](f* a, const void* b, int n, sqlite3_int64 o) {
                return either(disk_call::write, [&] {
                    return real_of(a)->pMethods->xWrite(real_of(a), b, n, o);
                });
            };
            m.xTruncate = [](f* a, sqlite3_int64 n) {
                return either(disk_call::truncate, [&] {
                    return real_of(a)->pMethods->xTruncate(real_of(a), n);
                });
            };
            m.xSync = [](f* a, int flags) {
                return either(disk_call::sync, [&] {
                    return real_of(a)->pMethods->xSync(real_of(a), flags);
                });
            };
            m.xFileSize = [](f* a, sqlite3_int64* n) {
                return real_of(a)->pMethods->xFileSize(real_of(a), n);
            };
            m.xLock = [](f* a, int l) {
                return either(disk_call::lock, [&] {
                    return real_of(a)->pMethods->xLock(real_of(a), l);
                });
            };
            m.xUnlock = [](f* a, int l) {
                return either(disk_call::unlock, [&] {
                    return real_of(a)->pMethods->xUnlock(real_of(a), l);
                });
            };
            m.xCheckReservedLock = [](f* a, int* out) {
                return real_of(a)->pMethods->xCheckReservedLock(real_of(a), out);
            };
            m.xFileControl = [](f* a, int op, void* p) {
                if (op == SQLITE_FCNTL_LAST_ERRNO && current()->happened_)
                {
                    *static_cast<int*>(p) = current()->system_error_;
                    return SQLITE_OK;
                }
                return real_of(a)->pMethods->xFileControl(real_of(a), op, p);
            };
            m.xSectorSize = [](f* a) { return real_of(a)->pMethods->xSectorSize(real_of(a)); };
            m.xDeviceCharacteristics = [](f* a) {
                return real_of(a)->pMethods->xDeviceCharacteristics(real_of(a));
            };
            m.xShmMap = [](f* a, int region, int size, int extend, void volatile** out) {
                return either(disk_call::map_shared, [&] {
                    return real_of(a)->pMethods->xShmMap(real_of(a), region, size, extend, out);
                });
            };
            m.xShmLock = [](f* a, int offset, int n, int flags) {
                return either(disk_call::lock_shared, [&] {
                    return real_of(a)->pMethods->xShmLock(real_of(a), offset, n, flags);
                });
            };
            m.xShmBarrier = [](f* a) { real_of(a)->pMethods->xShmBarrier(real_of(a)); };
            m.xShmUnmap = [](f* a, int remove_it) {
                return either(disk_call::unmap_shared, [&] {
                    return real_of(a)->pMethods->xShmUnmap(real_of(a), remove_it);
                });
            };
            return m;
        }();
        return all;
    }

    sqlite3_vfs* real_;
    sqlite3_vfs vfs_;
    unsigned which_ = 0;
    long at_ = 0;
    long until_ = 0;
    int code_ = SQLITE_OK;
    int system_error_ = 0;
    bool kill_ = false;
    std::atomic<long> seen_ = 0;
    std::atomic<bool> happened_ = false;
};

} // namespace asioauth::test
