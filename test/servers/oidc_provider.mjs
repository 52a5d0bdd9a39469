// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// A real authorization server: npm's certified `oidc-provider` with its own login and consent
// pages, set up as the MCP authorization specification wants it (dynamic registration, PKCE,
// resource indicators) and otherwise left alone, so that it is not a server that we wrote to suit
// our client.
//
// Usage: node oidc_provider.mjs
// Prints `ready: ISSUER` and then a line for each registration and each token, which the test
// compares with what it asked for. Ends on SIGTERM.

import {generateKeyPairSync} from 'node:crypto';
import {createServer} from 'node:http';
import {Provider, errors} from 'oidc-provider';

// Port 0 lets the system pick a free port, and the issuer must name it: so listen first.
const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const signingKey = {
  ...generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey.export({format: 'jwk'}),
  alg: 'ES256',
  use: 'sig',
};

const provider = new Provider(issuer, {
  jwks: {keys: [signingKey]},
  clientDefaults: {id_token_signed_response_alg: 'ES256'},
  enabledJWA: {idTokenSigningAlgValues: ['ES256']},
  cookies: {keys: ['only for tests']},
  pkce: {required: () => true},
  scopes: ['openid', 'offline_access'],
  features: {
    devInteractions: {enabled: true},
    registration: {enabled: true},
    introspection: {enabled: true},
    revocation: {enabled: true},
    resourceIndicators: {
      enabled: true,
      // A client that forgets `resource` gets a token that mcp_resource.mjs refuses.
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo(ctx, resource) {
        if (!/^http:\/\/127\.0\.0\.1:\d+\/mcp$/.test(resource)) throw new errors.InvalidTarget();
        return {
          audience: resource,
          scope: 'mcp:tools',
          accessTokenTTL: 300,
          accessTokenFormat: 'jwt',
          jwt: {sign: {alg: 'ES256'}},
        };
      },
    },
  },
  // By default only `offline_access` brings one, which MCP does not ask for.
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: {AccessToken: 300, Grant: 3600, Interaction: 300, RefreshToken: 3600, Session: 3600},
});

provider.on('registration_create.success', (ctx, client) =>
  console.log(`registered ${client.clientAuthMethod}`));
provider.on('grant.success', (ctx) => {
  const {client, params} = ctx.oidc;
  const refresh = ctx.body.refresh_token ? 'refreshable' : 'final';
  console.log(`token ${params.grant_type} ${client.clientAuthMethod} ${params.resource} ${refresh}`);
});
for (const event of [
  'authorization.error', 'grant.error', 'registration_create.error', 'server_error']) {
  provider.on(event, (ctx, error) =>
    console.log(`${event} ${error.error}: ${error.error_description ?? error.stack}`));
}

server.on('request', provider.callback());
process.on('SIGTERM', () => process.exit(0));
console.log(`ready: ${issuer}`);
