// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/action.hpp"

#include <ostream>

namespace asioauth {

std::ostream& operator<<(std::ostream& os, const event& e)
{
    if (e.what == event::kind::begin)
        return os << e.doing << " begins";
    if (e.what == event::kind::end)
    {
        os << e.doing << " ends after "
           << std::chrono::duration_cast<std::chrono::milliseconds>(e.took).count() << " ms";
        return e.code ? os << ": " << e.code.message() : os;
    }
    os << name_of(e.where) << ": ";
    switch (e.what)
    {
    case event::kind::request: return os << e.method << ' ' << e.url;
    case event::kind::response:
        if (e.code)
            return os << e.code.message();
        return os << e.http_status << ' ' << e.url;
    case event::kind::note:
    case event::kind::step:
    case event::kind::begin:
    case event::kind::end: break;
    }
    os << e.text;
    return e.url.empty() ? os : os << ' ' << e.url;
}

namespace detail {
namespace {

std::string_view name_of(record_kind k)
{
    switch (k)
    {
    case record_kind::registration: return "registration";
    case record_kind::grant: return "grant";
    case record_kind::pending_login: return "pending login";
    case record_kind::integration: break;
    }
    return "integration";
}

class printer
{
public:
    explicit printer(std::ostream& os) : os_(os) {}

    void operator()(std::monostate) const { os_ << "nothing"; }
    void operator()(const act::send& a) const
    {
        os_ << "send " << name_of(a.where) << ' ' << a.request;
    }
    void operator()(const act::reserve& a) const
    {
        os_ << "reserve " << a.target.host() << ':' << a.target.port() << a.target.path();
    }
    void operator()(const act::wait_redirect& a) const
    {
        os_ << "wait_redirect " << a.redirect_uri;
    }
    void operator()(const act::open_url& a) const { os_ << "open_url " << a.where.without_query(); }
    void operator()(const act::ask_user&) const { os_ << "ask_user"; }
    void operator()(const act::wait_until&) const { os_ << "wait_until"; }
    void operator()(const act::now&) const { os_ << "now"; }
    void operator()(const act::random&) const { os_ << "random"; }
    void operator()(const act::new_key& a) const { os_ << "new_key " << name_of(a.algorithm); }
    void operator()(const act::load& a) const { os_ << "load " << name_of(a.key.kind); }
    void operator()(const act::commit& a) const
    {
        os_ << (a.value ? "commit " : "drop ") << name_of(a.key.kind) << " at " << a.expected;
    }
    void operator()(const act::take& a) const { os_ << "take " << name_of(a.key.kind); }
    void operator()(const act::list_records&) const { os_ << "list_records"; }
    void operator()(const act::hold_lease& a) const { os_ << "hold_lease " << name_of(a.key.kind); }
    void operator()(const act::take_turn&) const { os_ << "take_turn"; }

private:
    std::ostream& os_;
};

} // namespace

std::ostream& operator<<(std::ostream& os, const action& a)
{
    std::visit(printer(os), a);
    return os;
}

} // namespace detail
} // namespace asioauth
