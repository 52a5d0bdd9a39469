// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/transport.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace asioauth::tool {

/** A transport that tells every request and response on the standard error, in front of another.

    Secrets are left out by where they are, not by what they look like: of a request the
    Authorization field and the body are secret, of which only the names of members and values that
    are known to be harmless are shown.
*/
class trace final : public transport
{
public:
    explicit trace(std::shared_ptr<transport> behind) : behind_(std::move(behind)) {}

    void async_send(http_request request, handler h) override;
    void close() override { behind_->close(); }

private:
    std::shared_ptr<transport> behind_;
    int last_ = 0;
};

/// A URL whose query has names only, but for values that are known to be harmless.
std::string traced_url(const url& where);
/// A field as it may be shown.
std::string traced_field(request_kind kind, const http_field& field);
/// A body as it may be shown, in one line; empty for an empty one.
std::string traced_body(request_kind kind, std::string_view content_type, std::string_view body);

} // namespace asioauth::tool
