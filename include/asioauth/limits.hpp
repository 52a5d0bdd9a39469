// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>

/// Caps on what a peer can make us hold. Each is far above what real servers send and far below
/// what hurts: together they keep what one login holds below 512 KiB, whatever it is sent.
namespace asioauth::limits {

/// Bytes of a response head (status line and fields together).
inline constexpr std::size_t response_head = 32 * 1024;
/// Fields in a response head.
inline constexpr std::size_t response_fields = 128;
/// Bytes of a metadata, registration or error document.
inline constexpr std::size_t metadata_body = 128 * 1024;
/// Bytes of a token response.
inline constexpr std::size_t token_body = 128 * 1024;
/// Bytes of a response to an authorised request.
inline constexpr std::size_t resource_body = 4 * 1024 * 1024;
/// Bytes of a web page that are read: its head is at the beginning.
inline constexpr std::size_t page_body = 64 * 1024;
/// Bytes of a provider's icon.
inline constexpr std::size_t icon_body = 256 * 1024;
/// Icons of one provider that are tried.
inline constexpr std::size_t icon_candidates = 6;
/// Interim (1xx) responses before the final one.
inline constexpr int interim_responses = 5;
/// Bytes of all that a proxy says before there is a tunnel.
inline constexpr std::size_t proxy_response = 16 * 1024;
/// Redirects followed for one request that may be redirected at all.
inline constexpr int redirects = 5;
/// Nesting of a JSON document.
inline constexpr std::size_t json_depth = 16;
/// Bytes that a JSON document takes when it has been read: a short text can mean a great many values.
inline constexpr std::size_t json_memory = 256 * 1024;
/// Bytes of a URL.
inline constexpr std::size_t url_size = 8192;
/// Bytes of all WWW-Authenticate fields of one response that are looked at.
inline constexpr std::size_t challenge_size = 16 * 1024;
/// Authorization servers of one resource-metadata document that are looked at.
inline constexpr std::size_t authorization_servers = 8;
/// Elements of a list member (scopes, methods, redirect URIs) that are kept.
inline constexpr std::size_t list_elements = 1024;

} // namespace asioauth::limits
