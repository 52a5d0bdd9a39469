// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/jose_key.hpp"
#include "store/key_lines.hpp"
#include "store/seal.hpp"
#include "transport/beside.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

namespace asioauth {

namespace asio = boost::asio;

namespace {

constexpr std::size_t longest_file = 64 * 1024;

class descriptor
{
public:
    explicit descriptor(int fd) : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&&) = delete;

    ~descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }

private:
    int fd_;
};

failure failed(std::string_view what)
{
    const int error = errno;
    return failure(errc::store_unavailable)
        .where(stage::store)
        .message(std::string(what) + ": " + std::system_category().message(error) + ".");
}

failure insecure(std::string_view what)
{
    return failure(errc::store_permissions_insecure).where(stage::store).message(what);
}

// A key file in its folder. All is done relative to the folder that was looked at, so that
// nobody can put another one in its place in between.
class key_file
{
public:
    static result<key_file> open(const std::string& path, bool may_make_folder)
    {
        const auto slash = path.rfind('/');
        std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
        if (folder.empty())
            folder = "/";
        std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
        if (name.empty() || name == "." || name == "..")
            return failure(errc::invalid_argument)
                .where(stage::store)
                .message("The path of the key file names no file.");
        if (may_make_folder)
            if (auto made = make_folder(folder); !made)
                return made.error();
        descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!fd && errno == ENOENT)
            return none();
        if (!fd)
            return failed("The folder of the key file cannot be opened");
        struct stat status = {};
        if (::fstat(fd.get(), &status) != 0)
            return failed("The folder of the key file cannot be looked at");
        if (status.st_uid != ::geteuid() && status.st_uid != 0)
            return insecure("The folder of the key file belongs to another user.");
        if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
            return insecure("Others may write to the folder of the key file.");
        return key_file(std::move(fd), std::move(name));
    }

    static failure none()
    {
        return failure(errc::store_key_unavailable)
            .where(stage::store)
            .message("There is no key file.");
    }

    /// The text of the file; errc::store_key_unavailable if there is none.
    result<secret> read() const
    {
        // Not to wait for a writer, should it be a pipe.
        const descriptor fd(
            ::openat(folder_.get(), name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        );
        if (!fd && errno == ENOENT)
            return none();
        if (!fd && errno == ELOOP)
            return insecure("The key file is a symbolic link.");
        if (!fd)
            return failed("The key file cannot be opened");
        struct stat status = {};
        if (::fstat(fd.get(), &status) != 0)
            return failed("The key file cannot be looked at");
        if (!S_ISREG(status.st_mode))
            return insecure("The key file is not a regular file.");
        if (status.st_uid != ::geteuid())
            return insecure("The key file belongs to another user.");
        if ((status.st_mode & 07777U & ~0600U) != 0 && ::fchmod(fd.get(), 0600) != 0)
            return insecure("Others may read the key file, and that cannot be changed.");
        detail::wiped_text text(std::string(longest_file + 1, '\0'));
        std::size_t size = 0;
        while (size != text.text.size())
        {
            const auto n = ::read(fd.get(), text.text.data() + size, text.text.size() - size);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return failed("The key file cannot be read");
            if (n == 0)
                break;
            size += static_cast<std::size_t>(n);
        }
        if (size > longest_file)
            return failure(errc::store_key_invalid)
                .where(stage::store)
                .message("The key file has more than 64 KiB.");
        return secret(std::string_view(text.text).substr(0, size));
    }

    /// Make the file unless it is there: whoever comes second finds the first one's.
    result<void> make(const secret& text) const
    {
        return write(text, [this](const std::string& temporary) {
            if (::linkat(folder_.get(), temporary.c_str(), folder_.get(), name_.c_str(), 0) == 0
                || errno == EEXIST)
                return true;
            // Not every file system has hard links.
            return ::renameat2(
                       folder_.get(),
                       temporary.c_str(),
                       folder_.get(),
                       name_.c_str(),
                       RENAME_NOREPLACE
                   )
                == 0
                || errno == EEXIST;
        });
    }

    result<void> replace(const secret& text) const
    {
        return write(text, [this](const std::string& temporary) {
            return ::renameat(folder_.get(), temporary.c_str(), folder_.get(), name_.c_str()) == 0;
        });
    }

    /// Whether what is in the folder is there after a crash. Some file systems need not be told.
    bool synchronised() const
    {
        while (::fsync(folder_.get()) != 0)
        {
            if (errno != EINTR)
                return errno == EINVAL || errno == EROFS || errno == ENOSYS || errno == ENOTSUP;
        }
        return true;
    }

    /// Wait until nobody else replaces the file; ends with this object.
    result<void> lock() const
    {
        while (::flock(folder_.get(), LOCK_EX) != 0)
            if (errno != EINTR)
                return failed("The folder of the key file cannot be locked");
        return {};
    }

private:
    key_file(descriptor folder, std::string name)
        : folder_(std::move(folder))
        , name_(std::move(name))
    {}

    static result<void> make_folder(const std::string& folder)
    {
        for (std::size_t end = folder.find('/', 1);; end = folder.find('/', end + 1))
        {
            if (::mkdir(folder.substr(0, end).c_str(), 0700) != 0 && errno != EEXIST)
                return failed("The folder of the key file cannot be made");
            if (end == std::string::npos)
                return {};
        }
    }

    // A file of another name, complete and on the disk before it gets its own.
    template <class Place>
    result<void> write(const secret& text, Place place) const
    {
        const auto random = detail::random_octets(8);
        if (!random)
            return random.error();
        const auto temporary = "." + name_ + "." + detail::hex_of(random->reveal());
        const descriptor fd(::openat(
            folder_.get(),
            temporary.c_str(),
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            S_IRUSR | S_IWUSR
        ));
        if (!fd)
            return failed("The key file cannot be made");
        std::string_view rest = text.reveal();
        result<void> out;
        while (!rest.empty() && out)
        {
            const auto n = ::write(fd.get(), rest.data(), rest.size());
            if (n >= 0)
                rest.remove_prefix(static_cast<std::size_t>(n));
            else if (errno != EINTR)
                out = failed("The key file cannot be written");
        }
        if (out && ::fsync(fd.get()) != 0)
            out = failed("The key file cannot be written");
        if (out && !place(temporary))
            out = failed("The key file cannot be put in its place");
        ::unlinkat(folder_.get(), temporary.c_str(), 0); // gone already if it was renamed
        if (out && !synchronised())
            out = failure(errc::store_outcome_unknown)
                      .where(stage::store)
                      .message("The key file may not be as it is now after a crash.");
        return out;
    }

    descriptor folder_;
    std::string name_;
};

result<key_ring> parsed(result<secret> text)
{
    if (!text)
        return text.error();
    return detail::read_key_lines(text->reveal(), "\n", "the key file");
}

result<key_ring> read_keys(const std::string& path, bool may_make)
{
    const auto file = key_file::open(path, may_make);
    if (!file)
        return file.error();
    auto text = file->read();
    // Whoever made it may not have come to that.
    if (text && !file->synchronised())
        return failed("The folder of the key file cannot be written");
    if (text || text.error().code() != errc::store_key_unavailable || !may_make)
        return parsed(std::move(text));
    const auto key = sealing_key::generate();
    if (!key)
        return key.error();
    if (const auto made = file->make(detail::key_line(*key)); !made)
        return made.error();
    return parsed(file->read());
}

class file_key_source final : public key_source
{
public:
    file_key_source(asio::any_io_executor ex, std::string path)
        : ex_(std::move(ex))
        , path_(std::move(path))
    {
        detail::background::of(ex_); // so that it is there before the context can be going
    }

    void async_keys(handler h) override { start(true, std::move(h)); }
    void async_existing_keys(handler h) override { start(false, std::move(h)); }

private:
    void start(bool may_make, handler h)
    {
        detail::do_beside<result<key_ring>>(ex_, std::move(h), [path = path_, may_make] {
            return read_keys(path, may_make);
        });
    }

    asio::any_io_executor ex_;
    std::string path_;
};

} // namespace

std::shared_ptr<key_source> file_keys(asio::any_io_executor ex, std::string path)
{
    return std::make_shared<file_key_source>(std::move(ex), std::move(path));
}

result<std::string> rotate_key_file(const std::string& path)
{
    const auto file = key_file::open(path, true);
    if (!file)
        return file.error();
    if (const auto locked = file->lock(); !locked)
        return locked.error();
    const auto key = sealing_key::generate();
    if (!key)
        return key.error();
    const auto line = detail::key_line(*key);
    for (;;)
    {
        const auto text = file->read();
        if (!text && text.error().code() != errc::store_key_unavailable)
            return text.error();
        if (!text)
        {
            // Somebody may make it at this moment, without a lock: then there is one to add to.
            if (const auto made = file->make(line); !made)
                return made.error();
            const auto keys = parsed(file->read());
            if (!keys)
                return keys.error();
            if (keys->find(key->id()) != nullptr)
                return key->id();
            continue;
        }
        // What is not a list of keys is not made longer.
        if (const auto keys = parsed(*text); !keys)
            return keys.error();
        detail::wiped_text longer;
        longer.text.reserve(text->size() + line.size() + 1);
        longer.text.append(text->reveal());
        if (!longer.text.ends_with('\n'))
            longer.text.append("\n");
        longer.text.append(line.reveal());
        if (const auto replaced = file->replace(secret(longer.text)); !replaced)
            return replaced.error();
        return key->id();
    }
}

} // namespace asioauth
