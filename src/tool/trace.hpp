// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/transport.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace asioauth::tool {

/** A transport that tells every request and response on the standard error, in front of another.

    Secrets are left out by where they are, not by what they look like: of a request the
    Authorization field, the body and what the user adds are secret, of which only names and values
    that are known to be harmless are shown.
*/
class trace final : public transport
{
public:
    /// @param added the names of fields that the user adds to requests, in small letters
    trace(std::shared_ptr<transport> behind, std::shared_ptr<const std::vector<std::string>> added)
        : behind_(std::move(behind))
        , added_(std::move(added))
    {}

    void async_send(http_request request, handler h) override;
    void close() override { behind_->close(); }

private:
    std::shared_ptr<transport> behind_;
    std::shared_ptr<const std::vector<std::string>> added_;
    int last_ = 0;
};

/// A URL whose query has names only, but for values that are known to be harmless.
std::string traced_url(const url& where);
/// A field as it may be shown.
std::string traced_field(request_kind kind, const http_fields::value_type& field);
/// A body as it may be shown, in one line; empty for an empty one.
std::string traced_body(request_kind kind, std::string_view content_type, std::string_view body);

} // namespace asioauth::tool
