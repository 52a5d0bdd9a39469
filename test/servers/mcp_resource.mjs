// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// The protected MCP server of oidc_provider.mjs, by itself.
//
// Usage: node mcp_resource.mjs ISSUER
// Prints `ready: URL` and a line for each request. Ends on SIGTERM.

import {createRemoteJWKSet} from 'jose';
import {listen} from './listening.mjs';
import {jwtTokens, protectedResources} from './protected_resource.mjs';

const issuer = process.argv[2];
const {server, origin} = await listen();
const lines = {refused: 'refused token: ', served: 'served ', answered: '', failed: ''};
server.on('request', protectedResources({
  origin,
  issuer,
  scopes: {'/mcp': 'mcp:tools'},
  readToken: jwtTokens(issuer, createRemoteJWKSet(new URL(`${issuer}/jwks`))),
  log: (event, text) => console.log(lines[event] + text),
}));
process.on('SIGTERM', () => process.exit(0));
console.log(`ready: ${origin}/mcp`);
