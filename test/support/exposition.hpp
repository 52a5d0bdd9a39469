// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Reads Prometheus' text exposition format, version 0.0.4, and takes nothing that its grammar or its
// rules for names, families and histograms do not.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::test {

class exposition
{
public:
    using labels = std::map<std::string, std::string>;

    /// Throws std::runtime_error with the line that is wrong.
    explicit exposition(const std::string& text)
    {
        if (text.empty() || text.back() != '\n')
            fail("the last line has no end");
        std::size_t at = 0;
        while (at != text.size())
        {
            const auto end = text.find('\n', at);
            line_ = text.substr(at, end - at);
            at = end + 1;
            read_line();
        }
        check_histogram();
    }

    /// The value of a sample; -1 if there is none.
    double value(const std::string& name, const labels& of = {}) const
    {
        const auto it = samples_.find({name, of});
        return it == samples_.end() ? -1 : it->second;
    }
    std::size_t series() const { return samples_.size(); }
    const std::map<std::string, std::string>& types() const { return types_; }
    /// Every value that a label has.
    std::set<std::string> values_of(const std::string& label) const
    {
        std::set<std::string> out;
        for (const auto& s : samples_)
        {
            const auto it = s.first.second.find(label);
            if (it != s.first.second.end())
                out.insert(it->second);
        }
        return out;
    }

private:
    [[noreturn]] void fail(const std::string& why) const
    {
        throw std::runtime_error(why + ": " + line_);
    }
    void require(bool good, const std::string& why) const
    {
        if (!good)
            fail(why);
    }

    static bool is_name(std::string_view s, bool colons)
    {
        const auto letter = [&](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
                || (colons && c == ':');
        };
        return !s.empty() && letter(s.front()) && std::all_of(s.begin(), s.end(), [&](char c) {
            return letter(c) || (c >= '0' && c <= '9');
        });
    }

    double number(std::string_view s) const
    {
        if (s == "+Inf")
            return std::numeric_limits<double>::infinity();
        double out = 0;
        const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), out);
        require(ec == std::errc() && end == s.data() + s.size() && std::isfinite(out), "no number");
        return out;
    }

    void read_line()
    {
        require(!line_.empty(), "an empty line");
        if (line_.starts_with("# HELP "))
            return read_help(line_.substr(7));
        if (line_.starts_with("# TYPE "))
            return read_type(line_.substr(7));
        require(line_.front() != '#', "a comment that is neither help nor type");
        read_sample();
    }

    void read_help(const std::string& rest)
    {
        check_histogram();
        const auto blank = rest.find(' ');
        require(blank != std::string::npos && blank + 1 < rest.size(), "no help");
        family_ = rest.substr(0, blank);
        require(is_name(family_, true), "no name");
        require(types_.count(family_) == 0, "a family twice");
        require(rest.find('\\') == std::string::npos, "an escape that help has no need of");
        type_.clear();
    }

    void read_type(const std::string& rest)
    {
        require(rest.starts_with(family_ + " ") && type_.empty(), "the type follows the help");
        type_ = rest.substr(family_.size() + 1);
        require(type_ == "counter" || type_ == "gauge" || type_ == "histogram", "no type");
        require((type_ == "counter") == family_.ends_with("_total"), "counters end in _total");
        types_[family_] = type_;
    }

    void read_sample()
    {
        require(!type_.empty(), "a sample before its type");
        const auto end = line_.find_first_of("{ ");
        require(end != std::string::npos, "no value");
        const std::string name = line_.substr(0, end);
        std::size_t at = end;
        labels all;
        if (line_[at] == '{')
            all = read_labels(++at);
        require(at < line_.size() && line_[at] == ' ', "no blank before the value");
        const double v = number(std::string_view(line_).substr(at + 1));
        require(v >= 0, "less than nothing");
        require(samples_.emplace(std::make_pair(name, all), v).second, "a series twice");
        if (type_ != "histogram")
            return require(name == family_, "a sample of another family");
        add_to_histogram(name, std::move(all), v);
    }

    labels read_labels(std::size_t& at) const
    {
        labels out;
        for (;;)
        {
            const auto is = line_.find("=\"", at);
            require(is != std::string::npos, "a label without a value");
            const std::string name = line_.substr(at, is - at);
            require(is_name(name, false) && !name.starts_with("__"), "no name of a label");
            std::string value;
            for (at = is + 2; at < line_.size() && line_[at] != '"'; ++at)
            {
                if (line_[at] != '\\')
                {
                    value += line_[at];
                    continue;
                }
                require(++at < line_.size(), "half an escape");
                require(std::string_view("\\\"n").find(line_[at]) < 3, "no escape");
                value += line_[at] == 'n' ? '\n' : line_[at];
            }
            require(at < line_.size(), "a value without an end");
            require(out.emplace(name, value).second, "a label twice");
            require(++at < line_.size(), "labels without an end");
            if (line_[at] == '}')
            {
                ++at;
                return out;
            }
            require(line_[at] == ',', "no comma");
            ++at;
        }
    }

    // A bucket after the other, then the sum, then the count.
    void add_to_histogram(const std::string& name, labels all, double v)
    {
        if (name == family_ + "_bucket")
        {
            require(all.count("le") == 1, "a bucket without a bound");
            const double bound = number(all["le"]);
            all.erase("le");
            if (buckets_.empty())
                of_ = all;
            require(all == of_ && !summed_, "buckets of two series are mixed");
            require(
                buckets_.empty() || (buckets_.back().first < bound && buckets_.back().second <= v),
                "buckets that do not grow"
            );
            buckets_.emplace_back(bound, v);
            return;
        }
        require(all == of_ && !buckets_.empty(), "a sum without buckets");
        if (name == family_ + "_sum")
        {
            require(!std::exchange(summed_, true), "two sums");
            return;
        }
        require(name == family_ + "_count" && summed_, "no part of a histogram");
        require(std::isinf(buckets_.back().first), "no last bucket");
        require(buckets_.back().second == v, "the last bucket does not have all");
        buckets_.clear();
        summed_ = false;
    }

    void check_histogram() const { require(buckets_.empty(), "a histogram without its count"); }

    std::string line_;
    std::string family_;
    std::string type_;
    std::map<std::string, std::string> types_;
    std::map<std::pair<std::string, labels>, double> samples_;
    std::vector<std::pair<double, double>> buckets_;
    labels of_;
    bool summed_ = false;
};

} // namespace asioauth::test
