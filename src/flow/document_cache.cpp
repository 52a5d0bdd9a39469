// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/document_cache.hpp"

#include "base/ascii.hpp"

#include <asioauth/protocol/retry_after.hpp>

#include <algorithm>
#include <charconv>

namespace asioauth::detail {
namespace {

using std::chrono::seconds;

constexpr std::size_t longest_validator = 512;
// No answer, however large, takes more of the whole than one in so many.
constexpr std::size_t least_answers = 4;
// What an entry costs beside its text.
constexpr std::size_t overhead = 512;
constexpr std::size_t most_doubts = 1024;
// Far above every bound, and far below what clocks cannot add.
constexpr long long longest_seconds = 1'000'000'000;

// RFC 9111 section 1.2.2: what is larger than can be held is very large.
std::optional<seconds> delta_seconds(std::string_view text) noexcept
{
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit))
        return std::nullopt;
    long long out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (read.ec != std::errc() || out > longest_seconds)
        out = longest_seconds;
    return seconds(out);
}

// What Cache-Control says, all of its fields together.
class directives
{
public:
    explicit directives(const http_response& response)
    {
        for (const std::string_view value : response.all("Cache-Control"))
            read(value);
    }

    bool no_store = false;
    bool no_cache = false;
    std::optional<seconds> max_age;

private:
    // name [ "=" ( token | quoted-string ) ], separated by commas. In quotes commas separate nothing.
    void read(std::string_view text)
    {
        while (!text.empty())
        {
            bool quoted = false;
            std::size_t end = 0;
            for (; end < text.size() && (quoted || text[end] != ','); ++end)
            {
                if (text[end] == '"')
                    quoted = !quoted;
                else if (quoted && text[end] == '\\')
                    ++end;
            }
            end = std::min(end, text.size());
            take(trimmed(text.substr(0, end)));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    void take(std::string_view one)
    {
        const auto equals = one.find('=');
        const auto name = trimmed(one.substr(0, equals));
        if (same_ignoring_case(name, "no-store"))
            no_store = true;
        else if (same_ignoring_case(name, "no-cache"))
            no_cache = true; // for some fields or for all: the careful reading
        else if (same_ignoring_case(name, "max-age"))
        {
            auto value = equals == std::string_view::npos ? "" : trimmed(one.substr(equals + 1));
            if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
                value = value.substr(1, value.size() - 2);
            const auto age = delta_seconds(value).value_or(seconds(0));
            // Said twice and differently, it is out of date.
            max_age = max_age && *max_age != age ? seconds(0) : age;
        }
    }
};

// How long the answer is good, from the moment at which it was made.
std::optional<seconds> said_lifetime(
    const http_response& response, const directives& said, std::chrono::system_clock::time_point now
)
{
    if (said.max_age)
        return said.max_age;
    const auto ends = response.all("Expires");
    if (ends.empty())
        return std::nullopt;
    const auto end = ends.size() == 1 ? http_date(trimmed(ends.front())) : std::nullopt;
    if (!end)
        return seconds(0); // "0" is how many say that it has expired
    const auto begin = http_date(trimmed(response.field("Date"))).value_or(now);
    return std::clamp(
        std::chrono::duration_cast<seconds>(*end - begin), seconds(0), seconds(longest_seconds)
    );
}

bool is_absence(int status) noexcept
{
    return status == 404 || status == 405 || status == 410;
}

// Entity tags as they may be sent back: one, quoted, of visible characters.
bool is_entity_tag(std::string_view tag) noexcept
{
    if (tag.starts_with("W/"))
        tag.remove_prefix(2);
    if (tag.size() < 2 || tag.size() > longest_validator || tag.front() != '"' || tag.back() != '"')
        return false;
    tag = tag.substr(1, tag.size() - 2);
    return std::all_of(tag.begin(), tag.end(), [](char c) {
        return c > ' ' && c != '"' && c != '\x7f';
    });
}

bool same_tag(std::string_view a, std::string_view b) noexcept
{
    const auto opaque = [](std::string_view t) { return t.substr(t.starts_with("W/") ? 2 : 0); };
    return opaque(a) == opaque(b);
}

void append(std::string& to, std::string_view part)
{
    to += std::to_string(part.size());
    to += ':';
    to += part;
}

void append(std::string& to, const address_policy& policy)
{
    to += policy.loopback_allowed() ? "loopback " : "remote ";
    for (const auto& network : policy.private_networks())
        append(to, network);
    to += ' ';
}

// Parsed, a document takes about twice as much again.
std::size_t cost_of(const std::string& key, const document& what, const caching_rules& rules)
{
    const auto& response = what.response();
    std::size_t out = overhead + 2 * key.size() + rules.etag.size() + rules.last_modified.size();
    out += 3 * response.body().size() + response.from().str().size();
    for (const auto& f : response.fields())
        out += sizeof(f) + f.first.size() + f.second.size();
    return out;
}

} // namespace

caching_rules read_caching_rules(
    const http_response& response, seconds most, std::chrono::system_clock::time_point now
)
{
    caching_rules out;
    const directives said(response);
    const bool absent = is_absence(response.status());
    const bool good = response.status() == 200 || response.status() == 304;
    // Vary: * means that it depends on what nobody can see.
    const auto varies = response.all("Vary");
    const bool fits_nobody = std::any_of(varies.begin(), varies.end(), [](std::string_view v) {
        return v.find('*') != std::string_view::npos;
    });
    out.keep = !said.no_store && !fits_nobody && (good || absent);
    if (!out.keep)
        return out;

    const auto usual = absent ? document_cache::absence : document_cache::usual_age;
    if (absent)
        most = std::min(most, document_cache::longest_absence);
    seconds lifetime = said_lifetime(response, said, now).value_or(usual);
    // What somebody on the way had for so long has been good for so long.
    const auto ages = response.all("Age");
    if (!ages.empty())
        lifetime -= delta_seconds(trimmed(ages.front())).value_or(seconds(longest_seconds));
    if (said.no_cache)
        lifetime = seconds(0);
    out.lifetime = std::clamp(lifetime, seconds(0), std::max(most, seconds(0)));

    if (absent)
        return out;
    const auto tags = response.all("ETag");
    if (tags.size() == 1 && is_entity_tag(trimmed(tags.front())))
        out.etag = trimmed(tags.front());
    const auto dates = response.all("Last-Modified");
    if (dates.size() == 1 && http_date(trimmed(dates.front())))
        out.last_modified = trimmed(dates.front());
    return out;
}

std::string document_cache::key_of(std::string_view subject, const http_request& request)
{
    std::string out;
    out.reserve(subject.size() + request.target().str().size() + 192);
    append(out, subject);
    append(out, request.policy());
    append(out, request.method());
    append(out, request.target().str());
    for (const auto& f : request.fields())
    {
        append(out, f.first);
        append(out, f.second);
    }
    return out;
}

std::string document_cache::key_of(
    std::string_view subject, const address_policy& policy, std::string_view question
)
{
    std::string out;
    out.reserve(subject.size() + question.size() + 64);
    append(out, subject);
    append(out, policy);
    append(out, question);
    return out;
}

std::shared_ptr<document> document_cache::find(const std::string& key, const moment& now)
{
    const auto i = entries_.find(key);
    return i == entries_.end() ? nullptr : use(i, now);
}

std::shared_ptr<document> document_cache::find_answer(const std::string& search, const moment& now)
{
    const auto i = answers_.find(search);
    return i == answers_.end() ? nullptr : use(i->second, now);
}

void document_cache::remember_answer(const std::string& search, const std::string& key)
{
    const auto i = entries_.find(key);
    if (i == entries_.end())
        return;
    const auto before = answers_.find(search);
    if (before != answers_.end())
        no_answer(before->second);
    no_answer(i);
    i->second.answers = answers_.emplace(search, i).first;
    i->second.cost += overhead + search.size();
    bytes_ += overhead + search.size();
    while (bytes_ > most_bytes_)
        drop(recent_.back());
    count_entries();
}

std::shared_ptr<document> document_cache::use(entry_map::iterator i, const moment& now)
{
    const entry& e = i->second;
    // By both clocks: one of them stands still while the machine sleeps, the other one can be set.
    const bool good = now.steady - e.asked.steady < e.rules.lifetime && now.wall >= e.asked.wall
        && now.wall - e.asked.wall < e.rules.lifetime;
    if (!good)
        return nullptr;
    recent_.splice(recent_.begin(), recent_, e.place);
    return e.what;
}

bool document_cache::has_validator(const std::string& key) const
{
    const auto i = entries_.find(key);
    return i != entries_.end()
        && !(i->second.rules.etag.empty() && i->second.rules.last_modified.empty());
}

std::shared_ptr<document>
document_cache::make_conditional(const std::string& key, http_request& request) const
{
    const auto i = entries_.find(key);
    if (i == entries_.end())
        return nullptr;
    const caching_rules& rules = i->second.rules;
    if (rules.etag.empty() && rules.last_modified.empty())
        return nullptr;
    if (!rules.etag.empty())
        request.field("If-None-Match", rules.etag);
    if (!rules.last_modified.empty())
        request.field("If-Modified-Since", rules.last_modified);
    return i->second.what;
}

bool document_cache::put(
    const std::string& key, std::shared_ptr<document> what, const moment& asked
)
{
    auto rules = read_caching_rules(what->response(), longest_, asked.wall);
    const bool for_all = rules.keep || what->response().status() != 200;
    keep(key, std::move(what), std::move(rules), asked);
    return for_all;
}

std::optional<bool> document_cache::renew(
    const std::string& key,
    std::shared_ptr<document> what,
    const http_response& not_modified,
    const moment& asked
)
{
    const auto i = entries_.find(key);
    caching_rules before;
    if (i != entries_.end() && i->second.what == what)
        before = i->second.rules;
    auto rules = read_caching_rules(not_modified, longest_, asked.wall);
    if (!rules.etag.empty() && !before.etag.empty() && !same_tag(rules.etag, before.etag))
        return std::nullopt;
    const directives said(not_modified);
    // What it does not say anew stays as it was.
    if (rules.keep && !said.no_cache && !said_lifetime(not_modified, said, asked.wall))
    {
        const auto again = read_caching_rules(what->response(), longest_, asked.wall);
        rules.lifetime = again.lifetime;
    }
    if (rules.etag.empty())
        rules.etag = before.etag;
    if (rules.last_modified.empty())
        rules.last_modified = before.last_modified;
    const bool for_all = rules.keep;
    counts_->revalidated.add();
    keep(key, std::move(what), std::move(rules), asked);
    return for_all;
}

void document_cache::keep(
    const std::string& key, std::shared_ptr<document> what, caching_rules rules, const moment& asked
)
{
    const auto before = entries_.find(key);
    if (before != entries_.end())
        drop(before);
    const bool of_use =
        rules.lifetime > seconds(0) || !rules.etag.empty() || !rules.last_modified.empty();
    const std::size_t cost = cost_of(key, *what, rules);
    if (!rules.keep || !of_use || cost > most_bytes_ / least_answers)
        return;
    while (!recent_.empty() && (bytes_ + cost > most_bytes_ || entries_.size() >= most_entries))
        drop(recent_.back());
    const auto i = entries_.emplace(key, entry()).first;
    recent_.push_front(i);
    entry& e = i->second;
    e.what = std::move(what);
    e.rules = std::move(rules);
    e.asked = asked;
    e.cost = cost;
    e.place = recent_.begin();
    bytes_ += cost;
    count_entries();
}

void document_cache::no_answer(entry_map::iterator i) noexcept
{
    entry& e = i->second;
    if (!e.answers)
        return;
    const std::size_t cost = overhead + (*e.answers)->first.size();
    e.cost -= cost;
    bytes_ -= cost;
    answers_.erase(*e.answers);
    e.answers.reset();
}

void document_cache::drop(entry_map::iterator i) noexcept
{
    no_answer(i);
    bytes_ -= i->second.cost;
    recent_.erase(i->second.place);
    entries_.erase(i);
    count_entries();
}

void document_cache::count_entries() noexcept
{
    counts_->entries.set(entries_.size());
    counts_->bytes.set(bytes_);
}

void document_cache::forget(const std::string& key, const document& what)
{
    const auto i = entries_.find(key);
    if (i != entries_.end() && i->second.what.get() == &what)
        drop(i);
}

bool document_cache::doubt(std::string_view subject, const moment& now)
{
    std::string of_subject;
    append(of_subject, subject);
    auto i = entries_.lower_bound(of_subject);
    const auto is_of_subject = [&] {
        return i != entries_.end() && i->first.starts_with(of_subject);
    };
    if (!is_of_subject())
        return false;
    const auto over = [&](const auto& d) { return now.steady - d.second.steady >= between_doubts; };
    const auto last = doubts_.find(of_subject);
    if (last != doubts_.end() && !over(*last))
        return false;
    if (last == doubts_.end() && doubts_.size() >= most_doubts)
    {
        std::erase_if(doubts_, over);
        if (doubts_.size() >= most_doubts)
            return false;
    }
    doubts_[of_subject] = now;
    while (is_of_subject())
        drop(i++);
    return true;
}

std::shared_ptr<document_cache::flight> document_cache::join(const std::string& key)
{
    const auto place = flights_->try_emplace(key).first;
    auto out = place->second.lock();
    if (!out)
    {
        out = std::make_shared<flight>(flights_, place, ++last_flight_);
        place->second = out;
    }
    return out;
}

} // namespace asioauth::detail
