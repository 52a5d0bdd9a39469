// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/metrics.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace asioauth {

/// The metrics of one of several clients, and what tells them apart.
class labelled_metrics
{
public:
    /// The metrics of one client, without a label.
    explicit labelled_metrics(const metrics& m) : values_(m) {}

    /** Add a label to each sample, such as `client="jobs"`. The value may be any text in UTF-8. Take
        few and never a user, a URL or anything else that others choose: each new value is a new
        series, for ever.

        @param name letters, digits and underscores, not beginning with a digit or two underscores; not
            `le`, `operation`, `outcome`, `result`, `stage`, `state` or `kind`, which are used. A label
            with another name is left out.
    */
    labelled_metrics& label(std::string_view name, std::string_view value)
    {
        return labels_.emplace_back(name, value), *this;
    }

    /// What it was made with.
    const metrics& values() const noexcept { return values_; }
    /// Names and values, as they were given.
    const std::vector<std::pair<std::string, std::string>>& labels() const noexcept
    {
        return labels_;
    }

private:
    metrics values_;
    std::vector<std::pair<std::string, std::string>> labels_;
};

/** Write metrics down as Prometheus reads them: the text exposition format, version 0.0.4.

    Every name begins with `asioauth_`. A histogram appears once something was counted in it;
    everything else is there from the beginning. @ref prometheus_content_type is the type of the
    response that it is sent with. Who may see it is up to you: it tells how much is done, and nothing
    of users and servers.

    @par Thread safety
    May be called from any thread.
    @par Exception safety
    Strong. Only allocation throws.
*/
ASIOAUTH_DECL std::string prometheus_text(const metrics& of);

/// The same for several clients of one program. Their labels have to tell them apart.
ASIOAUTH_DECL std::string prometheus_text(const std::vector<labelled_metrics>& of);

/// The Content-Type of prometheus_text().
inline constexpr std::string_view prometheus_content_type =
    "text/plain; version=0.0.4; charset=utf-8";

static_assert(!std::is_aggregate_v<labelled_metrics>);

} // namespace asioauth
