// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Starts one authorization server with the MCP resources that it protects, in a mode that README.md
// describes.
//
// Usage: node server.mjs MODE [--https]
//   --https  serve over TLS, with an authority made for the occasion
//
// The first line is JSON: mode, issuer, resources (URLs), clients (what a program that is
// registered beforehand knows: client_id, token_endpoint_auth_method, client_secret, private_key,
// kid, certificate), ca_file (with TLS: the authority to trust) and what the mode has more. Each
// further line is a JSON array of an event and its text. Ends on SIGTERM. Talks to nobody but whom
// it serves.

import {Authority} from './listening.mjs';
import {startMcpSdk} from './mcp_sdk.mjs';
import {modes, startStrictProvider} from './strict_provider.mjs';

const names = [...Object.keys(modes), 'mcp-sdk'];
const [mode, ...options] = process.argv.slice(2);
if (process.argv.includes('--list')) {
  console.log(names.join('\n'));
  process.exit(0);
}
if (!names.includes(mode) || options.some((option) => option !== '--https')) {
  console.error(`usage: node server.mjs MODE [--https]\nmodes: ${names.join(' ')}`);
  process.exit(2);
}

process.on('SIGTERM', () => process.exit(0));
const tls = mode === 'mtls' || options.includes('--https');
const authority = tls ? new Authority() : undefined;
const log = (event, text) => console.log(JSON.stringify([event, text]));
const start = mode === 'mcp-sdk'
  ? startMcpSdk
  : (common) => startStrictProvider(mode, common);
const started = await start({authority, tls, log});
console.log(JSON.stringify({mode, ...started, ...(authority && {ca_file: authority.file})}));
