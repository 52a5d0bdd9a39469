// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// The authorization server that comes with npm's `@modelcontextprotocol/sdk`: its router on
// Express with its demo provider, and an MCP server behind its bearer check. The demo signs its
// user in without asking and knows neither refresh tokens nor revocation; those are added here, in
// the way that the SDK's interface wants them.

import {randomUUID} from 'node:crypto';
import express from 'express';
import {
  DemoInMemoryAuthProvider,
} from '@modelcontextprotocol/sdk/examples/server/demoInMemoryOAuthProvider.js';
import {McpServer} from '@modelcontextprotocol/sdk/server/mcp.js';
import {StreamableHTTPServerTransport} from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {InvalidGrantError, InvalidTokenError} from '@modelcontextprotocol/sdk/server/auth/errors.js';
import {requireBearerAuth} from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import {
  getOAuthProtectedResourceMetadataUrl, mcpAuthRouter,
} from '@modelcontextprotocol/sdk/server/auth/router.js';
import {listen} from './listening.mjs';

const scope = 'mcp:tools';

class AuthProvider extends DemoInMemoryAuthProvider {
  #refreshTokens = new Map();
  #log;

  constructor(resource, log) {
    super((named) => named?.href === resource);
    this.#log = log;
    const {registerClient} = this.clientsStore;
    this.clientsStore.registerClient = (client) => {
      log('registered', client.token_endpoint_auth_method ?? 'client_secret_post');
      return registerClient.call(this.clientsStore, client);
    };
  }

  #withRefreshToken(client, tokens, grant) {
    const refresh_token = randomUUID();
    const {resource, scopes} = this.tokens.get(tokens.access_token);
    this.#refreshTokens.set(refresh_token, {
      client_id: client.client_id, access_token: tokens.access_token, resource, scopes,
    });
    const method = client.client_secret ? 'client_secret_post' : 'none';
    this.#log('token', `${grant} ${method} ${resource} bearer refreshable`);
    return {...tokens, refresh_token};
  }

  async exchangeAuthorizationCode(client, code, verifier, redirectUri, resource) {
    if (!this.codes.has(code)) throw new InvalidGrantError('no such code');
    const tokens = await super.exchangeAuthorizationCode(client, code, verifier, redirectUri, resource);
    return this.#withRefreshToken(client, tokens, 'authorization_code');
  }

  async exchangeRefreshToken(client, refreshToken, scopes) {
    const known = this.#refreshTokens.get(refreshToken);
    if (known?.client_id !== client.client_id) throw new InvalidGrantError('no such refresh token');
    if (scopes?.some((s) => !known.scopes.includes(s))) throw new InvalidGrantError('more scopes');
    this.#refreshTokens.delete(refreshToken);
    const access_token = randomUUID();
    this.tokens.set(access_token, {
      ...this.tokens.get(known.access_token), token: access_token, expiresAt: Date.now() + 3600_000,
    });
    this.tokens.delete(known.access_token);
    const tokens = {
      access_token, token_type: 'bearer', expires_in: 3600, scope: known.scopes.join(' '),
    };
    return this.#withRefreshToken(client, tokens, 'refresh_token');
  }

  async revokeToken(client, {token}) {
    const grant = this.#refreshTokens.get(token);
    const owner = grant?.client_id ?? this.tokens.get(token)?.clientId;
    if (owner !== client.client_id) return;
    this.#log('revoked', grant ? 'refresh_token' : 'access_token');
    this.#refreshTokens.delete(token);
    this.tokens.delete(grant?.access_token ?? token);
  }

  async verifyAccessToken(token) {
    try {
      return await super.verifyAccessToken(token);
    } catch (error) {
      throw new InvalidTokenError(error.message); // the demo's own makes a 500 of it
    }
  }
}

function mcpServer() {
  const server = new McpServer({name: 'asioauth test resource', version: '1.0.0'});
  server.registerTool('whoami', {description: 'Says whose token the request carried'},
    (extra) => ({content: [{type: 'text', text: extra.authInfo.clientId}]}));
  return server;
}

/// Start it. @return what the test's program is told
export async function startMcpSdk({authority, tls, log}) {
  const {server, origin} = await listen(tls ? {authority} : {});
  const resource = new URL('/mcp', origin);
  const provider = new AuthProvider(resource.href, log);
  const app = express();
  app.use((request, response, next) => {
    response.on('finish', () =>
      log('answered', `${request.method} ${request.originalUrl} ${response.statusCode}`));
    next();
  });
  app.use(mcpAuthRouter({
    provider,
    issuerUrl: new URL(origin),
    resourceServerUrl: resource,
    scopesSupported: [scope],
    resourceName: 'asioauth test resource',
  }));
  app.use('/mcp', requireBearerAuth({
    verifier: provider,
    requiredScopes: [scope],
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
    expectedResource: resource,
  }));
  app.post('/mcp', express.json(), async (request, response) => {
    log('served', request.body.method);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: undefined, enableJsonResponse: true,
    });
    response.on('close', () => transport.close());
    await mcpServer().connect(transport);
    await transport.handleRequest(request, response, request.body);
  });
  app.all('/mcp', (request, response) => response.status(405).set('Allow', 'POST').end());
  server.on('request', app);
  return {issuer: new URL(origin).href, resources: [resource.href], clients: []};
}
