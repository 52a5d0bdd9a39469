// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What every client of the benchmark measures of itself, and the one line that it says in the end.

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

// Of allocation_counter.cpp, if that is loaded before the program.
extern "C" {
[[gnu::weak]] std::uint64_t asioauth_bench_allocations();
[[gnu::weak]] std::uint64_t asioauth_bench_foreign_allocations();
[[gnu::weak]] std::int64_t asioauth_bench_living();
}

namespace asioauth::bench {

/// `--name=value` arguments.
class arguments
{
public:
    arguments(int count, char** values) : values_(values + 1, values + count) {}

    std::string text(std::string_view name, std::string_view otherwise) const
    {
        for (const std::string_view a : values_)
        {
            const bool named = a.size() > name.size() + 2 && a.substr(0, 2) == "--"
                && a.substr(2, name.size()) == name && a[name.size() + 2] == '=';
            if (named)
                return std::string(a.substr(name.size() + 3));
        }
        return std::string(otherwise);
    }

    unsigned number(std::string_view name, unsigned otherwise) const
    {
        const std::string value = text(name, "");
        return value.empty() ? otherwise : static_cast<unsigned>(std::stoul(value));
    }

    bool is(std::string_view name, std::string_view value) const { return text(name, "") == value; }

private:
    std::vector<std::string_view> values_;
};

/// KiB, from /proc/self/status.
inline long memory_kib(std::string_view key)
{
    std::FILE* const file = std::fopen("/proc/self/status", "r");
    if (file == nullptr)
        return 0;
    char line[256];
    long out = 0;
    while (std::fgets(line, sizeof line, file) != nullptr)
    {
        if (std::string_view(line).substr(0, key.size()) == key)
            out = std::strtol(line + key.size() + 1, nullptr, 10);
    }
    std::fclose(file);
    return out;
}

/** Counts flows: first those that warm everything up, then those that are measured.

    It begins as soon as every place has had a flow, and whatever is connected once is connected.
*/
class meter
{
public:
    using clock = std::chrono::steady_clock;

    /// Of `at-once`, how many flows are under way at any time, `flows`, how many are measured, and
    /// `warm`, how many come before those at least.
    explicit meter(const arguments& given)
        : at_once_(given.number("at-once", 100))
        , flows_(given.number("flows", 2000))
        , warm_(
              std::max({at_once_ + at_once_ / 4, flows_ / 10, std::size_t{given.number("warm", 0)}})
          )
        , times_(flows_, 1)
    {}

    std::size_t at_once() const noexcept { return at_once_; }
    std::size_t errors() const noexcept { return errors_; }
    std::size_t done() const noexcept { return done_; }
    bool complete() const noexcept { return done_ >= warm_ + flows_; }

    /// Before the first flow.
    void begin()
    {
        memory_before_ = memory_kib("VmRSS:");
        program_before_ = memory_kib("RssFile:");
        living_before_ = living();
    }

    /// @return true if that was the last one
    bool flow_done(clock::time_point since)
    {
        if (complete())
            return true;
        if (done_ >= warm_)
        {
            const auto took =
                std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - since);
            times_[done_ - warm_] = static_cast<std::uint32_t>(took.count());
        }
        if (++done_ == warm_)
            from_ = sample::now();
        if (!complete())
            return false;
        to_ = sample::now();
        return true;
    }

    /// @return true if there are too many of them
    bool failed(std::string_view what)
    {
        if (++errors_ <= 3)
            std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
        return errors_ > 100;
    }

    /// @param all_gone whether nothing of the flows and of what they have used is left
    void print(const std::string& label, bool all_gone = false)
    {
        std::sort(times_.begin(), times_.end());
        const auto n = static_cast<double>(flows_);
        const auto seconds = std::chrono::duration<double>(to_.at - from_.at).count();
        const long program = program_read();
        std::printf(
            R"({"label":"%s","at_once":%zu,"flows":%zu,"errors":%zu,"flows_per_second":%.1f,)"
            R"("cpu_us":%.3f,"user_us":%.3f,"system_us":%.3f,"p50_us":%u,"p99_us":%u,)"
            R"("memory_before_kib":%ld,"memory_kib":%.3f,"program_kib":%ld)",
            label.c_str(),
            at_once_,
            flows_,
            errors_,
            n / seconds,
            (to_.user + to_.system - from_.user - from_.system) / n,
            (to_.user - from_.user) / n,
            (to_.system - from_.system) / n,
            times_[flows_ / 2],
            times_[flows_ - flows_ / 100 - 1],
            memory_before_,
            static_cast<double>(memory_kib("VmHWM:") - memory_before_ - program)
                / static_cast<double>(at_once_),
            program
        );
        if (all_gone)
        {
            malloc_trim(0); // how much of what is free an allocator keeps is its own affair
            std::printf(
                R"(,"left_kib":%ld)", memory_kib("VmRSS:") - memory_before_ - program_read()
            );
        }
        if (asioauth_bench_allocations != nullptr)
        {
            std::printf(
                R"(,"allocations":%.2f,"foreign_allocations":%.2f,"heap_bytes":%.0f,"growth":%.2f)",
                static_cast<double>(to_.allocations - from_.allocations) / n,
                static_cast<double>(to_.foreign - from_.foreign) / n,
                static_cast<double>(from_.living - living_before_) / static_cast<double>(at_once_),
                static_cast<double>(to_.living - from_.living) / n
            );
        }
        std::printf("}\n");
        std::fflush(stdout);
    }

    /// When every flow waits for its user.
    void parked()
    {
        parked_kib_ = memory_kib("VmRSS:") - memory_before_ - program_read();
        parked_bytes_ = living() - living_before_;
    }

    void print_parked(const std::string& label) const
    {
        const auto n = static_cast<double>(at_once_);
        std::printf(
            R"({"label":"%s","at_once":%zu,"errors":%zu,"parked_kib":%.3f)",
            label.c_str(),
            at_once_,
            errors_,
            static_cast<double>(parked_kib_) / n
        );
        if (asioauth_bench_living != nullptr)
            std::printf(R"(,"parked_heap_bytes":%.0f)", static_cast<double>(parked_bytes_) / n);
        std::printf("}\n");
        std::fflush(stdout);
    }

private:
    class sample
    {
    public:
        static sample now()
        {
            sample s;
            rusage use{};
            getrusage(RUSAGE_SELF, &use);
            s.user = microseconds(use.ru_utime);
            s.system = microseconds(use.ru_stime);
            s.at = clock::now();
            s.living = meter::living();
            if (asioauth_bench_allocations != nullptr)
            {
                s.allocations = asioauth_bench_allocations();
                s.foreign = asioauth_bench_foreign_allocations();
            }
            return s;
        }

        clock::time_point at;
        double user = 0;
        double system = 0;
        std::uint64_t allocations = 0;
        std::uint64_t foreign = 0;
        std::int64_t living = 0;

    private:
        static double microseconds(const timeval& t)
        {
            return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
        }
    };

    // What of the program has come from its file meanwhile, KiB: no flow has that.
    long program_read() const { return memory_kib("RssFile:") - program_before_; }

    static std::int64_t living()
    {
        return asioauth_bench_living != nullptr ? asioauth_bench_living() : 0;
    }

    const std::size_t at_once_;
    const std::size_t flows_;
    const std::size_t warm_;
    std::vector<std::uint32_t> times_; // touched, so that it is in memory_before_
    std::size_t done_ = 0;
    std::size_t errors_ = 0;
    long memory_before_ = 0;
    long program_before_ = 0;
    std::int64_t living_before_ = 0;
    long parked_kib_ = 0;
    std::int64_t parked_bytes_ = 0;
    sample from_;
    sample to_;
};

} // namespace asioauth::bench
