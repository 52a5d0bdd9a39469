// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/browser_commands.hpp"
#include "listener/completion.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/secret.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <list>
#include <system_error>
#include <thread>
#include <utility>

#if defined(__APPLE__)
#include <crt_externs.h>
#endif

namespace asioauth {

namespace asio = boost::asio;

namespace detail {

namespace {

std::string_view variable(char const* name)
{
    char const* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : value;
}

char** environment()
{
#if defined(__APPLE__)
    return *::_NSGetEnviron();
#else
    return environ;
#endif
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> out;
    for (;;)
    {
        auto const end = text.find(separator);
        if (end != 0 && !text.empty())
            out.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return out;
        text.remove_prefix(end + 1);
    }
}

std::string percent_encode(std::string_view text, std::string_view which)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (char const c : text)
    {
        if (which.find(c) == std::string_view::npos)
        {
            out += c;
            continue;
        }
        auto const code = static_cast<unsigned char>(c);
        out += '%';
        out += digits[code >> 4U];
        out += digits[code & 15U];
    }
    return out;
}

bool is_executable(std::string const& path)
{
    struct stat info = {};
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)
        && ::access(path.c_str(), X_OK) == 0;
}

/// The file of a program, searched here so that one that is missing costs nothing. Empty if there is none.
std::string find_program(std::string const& name)
{
    if (name.find('/') != std::string::npos)
        return is_executable(name) ? name : std::string();
    for (auto const directory : split(variable("PATH"), ':'))
    {
        // A relative directory would start whatever lies in the current one.
        if (directory.front() != '/')
            continue;
        auto path = std::string(directory) + '/' + name;
        if (is_executable(path))
            return path;
    }
    return {};
}

/// Owns a descriptor.
class descriptor
{
public:
    explicit descriptor(int fd) noexcept : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&&) = delete;
    ~descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }

    int get() const noexcept { return fd_; }
    int release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_;
};

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

/// The attributes of a child that has nothing of ours: no descriptor, signal setting, terminal or process group.
class spawn_settings
{
public:
    spawn_settings()
    {
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawnattr_init(&attributes);
    }
    spawn_settings(spawn_settings const&) = delete;
    spawn_settings& operator=(spawn_settings const&) = delete;
    ~spawn_settings()
    {
        ::posix_spawn_file_actions_destroy(&files);
        ::posix_spawnattr_destroy(&attributes);
    }

    bool fill()
    {
        sigset_t all;
        sigset_t none;
        ::sigfillset(&all);
        ::sigdelset(&all, SIGKILL);
        ::sigdelset(&all, SIGSTOP);
        ::sigemptyset(&none);
        int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID;
#if defined(POSIX_SPAWN_CLOEXEC_DEFAULT)
        flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
        bool ok = ::posix_spawnattr_setsigdefault(&attributes, &all) == 0
            && ::posix_spawnattr_setsigmask(&attributes, &none) == 0
            && ::posix_spawnattr_setflags(&attributes, static_cast<short>(flags)) == 0
            && ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) == 0
            && ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0) == 0
            && ::posix_spawn_file_actions_adddup2(&files, 1, 2) == 0;
#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
        ok = ok && ::posix_spawn_file_actions_addclosefrom_np(&files, 3) == 0;
#endif
#endif
        return ok;
    }

    posix_spawn_file_actions_t files = {};
    posix_spawnattr_t attributes = {};
};

/// What the thread of a child reports, one byte each.
enum report : char
{
    report_not_started = 'n',
    report_started = 's',
    report_succeeded = 'e',
    report_failed = 'f',
};

void tell(descriptor const& to, report what)
{
    char const byte = what;
    // Nobody may be left to hear it; SIGPIPE is blocked in this thread.
    [[maybe_unused]] auto const size = ::write(to.get(), &byte, 1);
}

/// Start a program and wait for its end, on a thread of its own.
void run(
    std::string const& file,
    std::vector<std::string> arguments,
    std::vector<std::string> variables,
    descriptor const& to
)
{
    auto const argv = pointers(arguments);
    auto const envp = pointers(variables);
    spawn_settings settings;
    pid_t child = 0;
    if (!settings.fill()
        || ::posix_spawn(
               &child, file.c_str(), &settings.files, &settings.attributes, argv.data(), envp.data()
           ) != 0)
        return tell(to, report_not_started);
    tell(to, report_started);
    int status = 0;
    pid_t ended = 0;
    do
    {
        ended = ::waitpid(child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    // A host program that ignores SIGCHLD or waits for every child takes the status away: no bad news then.
    tell(to, ended != child || status == 0 ? report_succeeded : report_failed);
}

/** Start a program. What becomes of it can be read from the descriptor; -1 if that failed.

    A blocking thread per child is the one way to reap it that needs no signal handler, does not keep the
    host's event loop busy while a browser is open, and survives the loop.
*/
descriptor launch(std::string file, std::vector<std::string> arguments)
{
    static std::atomic<int> running = 0;
    constexpr int most = 32;

    std::array<int, 2> ends = {-1, -1};
#if defined(__linux__)
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return descriptor(-1);
#else
    if (::pipe(ends.data()) != 0)
        return descriptor(-1);
    ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
    descriptor ours(ends[0]);
    descriptor theirs(ends[1]);
    if (running.fetch_add(1) >= most)
    {
        running.fetch_sub(1);
        return descriptor(-1);
    }

    // Copied here: the host may change its environment while the thread reads.
    std::vector<std::string> variables;
    for (char** v = environment(); v != nullptr && *v != nullptr; ++v)
        variables.emplace_back(*v);

    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = true;
    try
    {
        std::thread([file = std::move(file),
                     arguments = std::move(arguments),
                     variables = std::move(variables),
                     to = std::move(theirs)]() mutable {
            try
            {
                run(file, std::move(arguments), std::move(variables), to);
            }
            catch (std::exception const&)
            {
                // Out of memory: the other end sees the pipe close.
            }
            running.fetch_sub(1);
        }).detach();
    }
    catch (std::system_error const&)
    {
        running.fetch_sub(1);
        started = false;
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return started ? std::move(ours) : descriptor(-1);
}

/// One async_open.
class open_operation : public std::enable_shared_from_this<open_operation>
{
public:
    open_operation(asio::any_io_executor const& ex, user_agent::opened_handler h)
        : ex_(ex)
        , pipe_(ex)
        , timer_(ex)
        , complete_(std::move(h))
    {}

    void start(url const& where, browser_settings const& settings)
    {
        auto slot = asio::get_associated_cancellation_slot(complete_);
        if (slot.is_connected())
        {
            slot.assign([weak = weak_from_this()](asio::cancellation_type) {
                if (auto const self = weak.lock())
                    self->cancel();
            });
        }
        asio::post(ex_, [self = shared_from_this(), where, settings] {
            self->open(where, settings);
        });
    }

    void finish(result<void> outcome)
    {
        if (stop())
            post_completion(ex_, std::move(complete_), std::move(outcome));
    }

    void cancel()
    {
        if (stop())
            post_cancelled(ex_, std::move(complete_), result<void>(operation_aborted()));
    }

private:
    /// True the first time.
    bool stop()
    {
        timer_.cancel();
        error_code ignored;
        pipe_.close(ignored);
        return !std::exchange(done_, true);
    }

    static failure not_opened(std::string_view message)
    {
        failure f(errc::browser_not_opened);
        f.where(stage::authorization).message(message);
        return f;
    }

    void open(url const& where, browser_settings const& settings)
    {
        if (done_)
            return;
        if (settings.on_url() && !where.empty())
            settings.on_url()(where.str());
        if (done_)
            return; // cancelled or destroyed in there
        if (settings.no_launch())
        {
            if (settings.on_url())
                return finish({});
            return finish(not_opened("Starting a browser is switched off."));
        }
        if (!may_be_launched(where.str()))
            return finish(
                not_opened("The login address holds characters that are not passed to a program.")
            );
        auto const surroundings = browser_surroundings::current();
        if (surroundings.remote_shell && !surroundings.has_display)
        {
            last_ = not_opened("This is a remote session without a display.");
            last_.hint("Open the login address on your own machine. If it cannot reach this one, "
                       "forward the port of the "
                       "redirect URI (ssh -L PORT:127.0.0.1:PORT) or paste the address that the "
                       "browser ends at.");
        }
        commands_ = browser_commands(where.str(), settings.command(), surroundings);
        next();
    }

    void next()
    {
        error_code ec;
        timer_.cancel();
        pipe_.close(ec);
        while (!commands_.empty())
        {
            auto command = std::move(commands_.front());
            commands_.erase(commands_.begin());
            auto file = find_program(command.front());
            if (file.empty())
                continue;
            auto fd = launch(std::move(file), std::move(command));
            if (fd.get() < 0)
                continue;
            pipe_.assign(fd.get(), ec);
            if (ec)
                continue;
            fd.release();
            started_ = false;
            return read();
        }
        finish(last_);
    }

    void read()
    {
        pipe_.async_read_some(
            asio::buffer(news_),
            [self = shared_from_this()](error_code ec, std::size_t size) {
                if (self->done_ || ec == asio::error::operation_aborted)
                    return;
                self->take(std::string_view(self->news_.data(), size), !ec);
            }
        );
    }

    void take(std::string_view news, bool more)
    {
        for (char const what : news)
        {
            switch (what)
            {
            case report_started: wait_a_moment(); break;
            case report_succeeded: return finish({});
            default: return next();
            }
        }
        if (more)
            return read();
        if (started_)
            return finish({});
        next();
    }

    // Openers hand the URL over and end; one that cannot says so with its exit status, at once. A browser
    // that runs in the foreground does not end, and was opened all the same.
    void wait_a_moment()
    {
        constexpr std::chrono::seconds moment(2);
        started_ = true;
        timer_.expires_after(moment);
        timer_.async_wait([self = shared_from_this()](error_code ec) {
            if (!ec)
                self->finish({});
        });
    }

    asio::any_io_executor ex_;
    asio::posix::stream_descriptor pipe_;
    asio::steady_timer timer_;
    user_agent::opened_handler complete_; // only ever moved from
    std::vector<std::vector<std::string>> commands_;
    failure last_ = not_opened("None of the known programs to open an address works here.");
    std::array<char, 4> news_{};
    bool started_ = false;
    bool done_ = false;
};

/** Lines of the standard input, for those who ask for a pasted URL.

    Every line goes to all who wait: only they can tell, by `state`, whose it is.
*/
class pasted_lines : public std::enable_shared_from_this<pasted_lines>
{
public:
    explicit pasted_lines(asio::any_io_executor const& ex) : ex_(ex), input_(ex) {}
    pasted_lines(pasted_lines const&) = delete;
    pasted_lines& operator=(pasted_lines const&) = delete;
    ~pasted_lines()
    {
        restore();
        wipe(text_);
    }

    void ask(user_agent::pasted_handler h, bool from_terminal)
    {
        auto const id = next_id_++;
        auto slot = asio::get_associated_cancellation_slot(h);
        askers_.emplace_back(id, ex_, std::move(h));
        if (slot.is_connected())
        {
            slot.assign([weak = weak_from_this(), id](asio::cancellation_type) {
                if (auto const self = weak.lock())
                    self->cancel(id);
            });
        }
        if (!from_terminal)
            return;
        from_terminal_ = true;
        deliver();
        read();
    }

    void close()
    {
        while (!askers_.empty())
            cancel(askers_.front().id);
    }

private:
    class asker
    {
    public:
        // The operation counts as work although nothing may be under way for it.
        asker(std::uint64_t i, asio::any_io_executor const& ex, user_agent::pasted_handler h)
            : id(i)
            , work(asio::prefer(ex, asio::execution::outstanding_work.tracked))
            , complete(std::move(h))
        {}

        std::uint64_t id;
        asio::any_io_executor work;
        user_agent::pasted_handler complete;
    };

    void cancel(std::uint64_t id)
    {
        auto const at = std::find_if(askers_.begin(), askers_.end(), [id](asker const& a) {
            return a.id == id;
        });
        if (at == askers_.end())
            return;
        post_cancelled(ex_, std::move(at->complete), result<std::string>(operation_aborted()));
        askers_.erase(at);
        if (askers_.empty())
            restore();
    }

    void read()
    {
        if (askers_.empty() || reading_ || !from_terminal_ || (!input_.is_open() && !open()))
            return;
        reading_ = true;
        input_.async_read_some(
            asio::buffer(buffer_),
            [weak = weak_from_this()](error_code ec, std::size_t size) {
                auto const self = weak.lock();
                if (!self)
                    return;
                self->reading_ = false;
                self->take(std::string_view(self->buffer_.data(), size));
                // At the end of the input there is nothing more to come; the next one who asks tries again.
                if (!ec || ec == asio::error::operation_aborted)
                    self->read();
                else
                    self->restore();
            }
        );
    }

    void take(std::string_view bytes)
    {
        constexpr std::size_t longest = 16'384;
        for (char const c : bytes)
        {
            line_size_ = c == '\n' ? 0 : line_size_ + 1;
            if (line_size_ <= longest)
                text_ += c; // no URL is longer; what is cut off here is invalid anyway
        }
        deliver();
    }

    void deliver()
    {
        constexpr std::string_view blank = " \t\r\v\f";
        while (!askers_.empty())
        {
            auto const end = text_.find('\n');
            if (end == std::string::npos)
                return;
            std::string line = text_.substr(0, end);
            text_.erase(0, end + 1);
            line.erase(line.find_last_not_of(blank) + 1);
            line.erase(0, line.find_first_not_of(blank));
            if (line.empty())
                continue;
            for (auto& a : askers_)
                post_completion(ex_, std::move(a.complete), result<std::string>(line));
            askers_.clear();
            restore();
        }
    }

    bool open()
    {
        struct stat info = {};
        if (::fstat(STDIN_FILENO, &info) != 0
            || !(S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode) || ::isatty(STDIN_FILENO) == 1))
            return false;
        int fd = -1;
#if defined(__linux__)
        // A description of our own: non-blocking mode is a property of the description, and the one that we were started
        // with is shared with the host's output and with the shell.
        fd = ::open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
#endif
        if (fd < 0)
        {
            fd = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
            if (fd < 0)
                return false;
            shared_flags_ = ::fcntl(fd, F_GETFL);
        }
        error_code ec;
        input_.assign(fd, ec);
        if (!ec)
            return true;
        ::close(fd);
        shared_flags_ = -1;
        return false;
    }

    void restore()
    {
        if (!input_.is_open())
            return;
        if (shared_flags_ >= 0)
            ::fcntl(input_.native_handle(), F_SETFL, std::exchange(shared_flags_, -1));
        error_code ignored;
        input_.close(ignored);
    }

    asio::any_io_executor ex_;
    asio::posix::stream_descriptor input_;
    std::list<asker> askers_;
    std::string text_; // what was read and not given to anybody yet
    std::size_t line_size_ = 0;
    std::array<char, 1024> buffer_{};
    int shared_flags_ = -1;
    std::uint64_t next_id_ = 1;
    bool reading_ = false;
    bool from_terminal_ = false;
};

} // namespace

browser_surroundings browser_surroundings::current()
{
    browser_surroundings out;
    out.browser = variable("BROWSER");
    out.remote_shell = !variable("SSH_CONNECTION").empty();
    out.has_display = !variable("DISPLAY").empty() || !variable("WAYLAND_DISPLAY").empty();
    std::ifstream file("/proc/version");
    std::string version;
    std::getline(file, version);
    out.windows_linux = version.find("microsoft") != std::string::npos
        || version.find("Microsoft") != std::string::npos;
    return out;
}

std::vector<std::vector<std::string>> browser_commands(
    std::string_view url, std::string_view command, browser_surroundings const& surroundings
)
{
    std::string const whole(url);
    std::vector<std::vector<std::string>> out;
    if (!command.empty())
        out.push_back({std::string(command), whole});
    for (auto const entry : split(surroundings.browser, ':'))
    {
        std::vector<std::string> arguments;
        bool placed = false;
        for (auto const word : split(entry, ' '))
        {
            std::string argument(word);
            auto const at = argument.find("%s");
            // The URL must not become the name of a program.
            if (at != std::string::npos && !arguments.empty())
            {
                argument.replace(at, 2, whole);
                placed = true;
            }
            arguments.push_back(std::move(argument));
        }
        if (arguments.empty())
            continue;
        if (!placed)
            arguments.push_back(whole);
        out.push_back(std::move(arguments));
    }
    if (surroundings.remote_shell && !surroundings.has_display)
        return out; // a graphical program could only fail, or open on a screen that nobody sees
#if defined(__APPLE__)
    out.push_back({"open", whole});
#else
    // wslview pastes its argument into a PowerShell command line. These are equivalent for every server.
    if (surroundings.windows_linux)
        out.push_back({"wslview", percent_encode(whole, "$'();!*")});
    out.push_back({"xdg-open", whole});
    out.push_back({"x-www-browser", whole});
    out.push_back({"www-browser", whole});
    out.push_back({"gio", "open", whole});
    out.push_back({"sensible-browser", whole});
#endif
    return out;
}

bool may_be_launched(std::string_view url)
{
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-._~:/?#[]@!$&'()*+,;=%";
    if (!(url.starts_with("https://") || url.starts_with("http://"))
        || url.find_first_not_of(allowed) != std::string_view::npos)
        return false;
    for (auto at = url.find('%'); at != std::string_view::npos; at = url.find('%', at + 1))
    {
        auto const digits = url.substr(at + 1, 2);
        if (digits.size() != 2
            || digits.find_first_not_of("0123456789ABCDEFabcdef") != std::string_view::npos)
            return false;
    }
    return true;
}

} // namespace detail

class browser::impl
{
public:
    impl(asio::any_io_executor ex, browser_settings s)
        : ex_(std::move(ex))
        , settings_(std::move(s))
        , lines_(std::make_shared<detail::pasted_lines>(ex_))
    {}
    impl(impl const&) = delete;
    impl& operator=(impl const&) = delete;
    ~impl()
    {
        for (auto const& known : opening_)
        {
            if (auto const operation = known.lock())
                operation->cancel();
        }
        lines_->close();
    }

    void open(url const& where, opened_handler h)
    {
        std::erase_if(opening_, [](auto const& operation) { return operation.expired(); });
        auto const operation = std::make_shared<detail::open_operation>(ex_, std::move(h));
        opening_.push_back(operation);
        operation->start(where, settings_);
    }

    void ask(pasted_handler h) { lines_->ask(std::move(h), settings_.paste_from_terminal()); }

private:
    asio::any_io_executor ex_;
    browser_settings settings_;
    std::shared_ptr<detail::pasted_lines> lines_;
    std::vector<std::weak_ptr<detail::open_operation>> opening_;
};

browser::browser(asio::any_io_executor ex, browser_settings settings)
    : impl_(std::make_shared<impl>(std::move(ex), std::move(settings)))
{}

browser::~browser() = default;

void browser::async_open(url where, opened_handler h)
{
    impl_->open(where, std::move(h));
}

void browser::async_ask_redirect_url(pasted_handler h)
{
    impl_->ask(std::move(h));
}

} // namespace asioauth
