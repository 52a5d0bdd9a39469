// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// npm's certified `oidc-provider` in many configurations that each demand one thing more than
// OAuth 2.1 does, each with a protected MCP server behind it. README.md says what each demands.

import {X509Certificate, generateKeyPairSync, randomBytes} from 'node:crypto';
import {createLocalJWKSet} from 'jose';
import {Provider, errors} from 'oidc-provider';
import {fetchOnce, listen} from './listening.mjs';
import {
  Bearer, CertificateBound, DpopBound, introspectedTokens, jwtTokens, protectedResources,
} from './protected_resource.mjs';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const secretOf = () => randomBytes(32).toString('base64url');

function newKey(more = {}) {
  const {privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  const {d, ...publicJwk} = privateKey.export({format: 'jwk'});
  const names = {kid: randomBytes(8).toString('hex'), alg: 'ES256', use: 'sig', ...more};
  return {
    pem: privateKey.export({type: 'pkcs8', format: 'pem'}),
    privateJwk: {...publicJwk, d, ...names},
    publicJwk: {...publicJwk, ...names},
  };
}

// --- Clients that the provider knows beforehand ------------------------------------------------

// Any port: RFC 8252 section 7.3.
const loopbackRedirects = ['http://127.0.0.1/callback', 'http://localhost/callback'];

/// What the provider is told of a client, and what its program is.
function client(id, method, {known = {}, told = {}, grants = ['authorization_code', 'refresh_token']}
= {}) {
  const redirects = grants.includes('authorization_code')
    ? {redirect_uris: loopbackRedirects, response_types: ['code'], application_type: 'native'}
    : {redirect_uris: [], response_types: []};
  return {
    metadata: {
      client_id: id, client_name: id, token_endpoint_auth_method: method, grant_types: grants,
      ...redirects, ...known,
    },
    program: {client_id: id, token_endpoint_auth_method: method, ...told},
  };
}

function secretClient(id, method, more = {}) {
  const secret = {client_secret: secretOf()};
  return client(id, method, {...more, known: {...more.known, ...secret}, told: secret});
}

function keyClient(id, method, more = {}) {
  const key = newKey();
  return client(id, method, {
    ...more,
    known: {...more.known, jwks: {keys: [key.publicJwk]}},
    told: {private_key: key.pem, kid: key.publicJwk.kid},
  });
}

function certificateClient(id, method, authority) {
  const selfSigned = method === 'self_signed_tls_client_auth';
  const {key, cert} = authority.client(id, {selfSigned});
  const x5c = [new X509Certificate(cert).raw.toString('base64')];
  const jwk = new X509Certificate(cert).publicKey.export({format: 'jwk'});
  return client(id, method, {
    known: {
      tls_client_certificate_bound_access_tokens: true,
      ...(selfSigned
        ? {jwks: {keys: [{...jwk, use: 'sig', x5c}]}}
        : {tls_client_auth_subject_dn: `CN=${id}`}),
    },
    told: {private_key: key, certificate: cert},
  });
}

// --- The modes ---------------------------------------------------------------------------------

const openRegistration = {registration: {enabled: true}};
const dpop = {dPoP: {enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true}};
const signing = (...methods) => ({clientAuthMethods: methods});

// RFC 7523bis: one audience, the issuer, and as a string.
function audienceIsIssuer(ctx, claims) {
  if (claims.aud !== ctx.oidc.issuer) throw new errors.InvalidClientAuth('aud is not the issuer');
}

/* A mode may give
     clients    function of the authority
     features, settings  for the provider
     told       what the test's program is told beside
     dpop, certificates, opaque  what tokens are for the resources
     resources  the scope of each resource by its path
     middleware  of Koa, in front of the provider
*/
export const modes = {
  /// Registration with an initial access token, and its management with a rotating token.
  managed() {
    const initial_access_token = secretOf();
    return {
      features: {
        registration: {enabled: true, initialAccessToken: initial_access_token},
        registrationManagement: {enabled: true, rotateRegistrationAccessToken: true},
      },
      told: {initial_access_token},
    };
  },

  par: () => ({
    features: {
      ...openRegistration,
      pushedAuthorizationRequests: {enabled: true, requirePushedAuthorizationRequests: true},
    },
    clients: () => [secretClient('par-client', 'client_secret_basic')],
  }),

  dpop: () => ({
    features: {...openRegistration, ...dpop},
    settings: {clientDefaults: {dpop_bound_access_tokens: true}},
    clients: () => [client('dpop-client', 'none', {known: {dpop_bound_access_tokens: true}})],
    dpop: true,
  }),

  'private-key-jwt': () => ({
    features: openRegistration,
    settings: {...signing('private_key_jwt'), assertJwtClientAuthClaimsAndHeader: audienceIsIssuer},
    algorithms: {clientAuthSigningAlgValues: ['ES256']},
    clients: () => [keyClient('key-client', 'private_key_jwt')],
  }),

  'client-secret-jwt': () => ({
    features: openRegistration,
    settings: {...signing('client_secret_jwt'), assertJwtClientAuthClaimsAndHeader: audienceIsIssuer},
    algorithms: {clientAuthSigningAlgValues: ['HS256']},
    clients: () => [secretClient('secret-client', 'client_secret_jwt')],
  }),

  /// Two resources; a request that names none is refused, also at the token endpoint.
  resources: () => ({
    features: openRegistration,
    resources: {'/mcp': 'mcp:tools', '/files': 'files:read'},
    // The provider itself takes the one that the code is for.
    async middleware(ctx, next) {
      await next();
      if (ctx.oidc?.route === 'token' && !ctx.oidc.params?.resource) {
        ctx.status = 400;
        ctx.body = {error: 'invalid_target', error_description: 'the resource has to be named'};
      }
    },
    indicators: {
      useGrantedResource: () => false,
      defaultResource: () => {
        throw new errors.InvalidTarget('the resource has to be named');
      },
    },
  }),

  device: () => ({
    features: {...openRegistration, deviceFlow: {enabled: true}},
    clients: () => [
      client('device-client', 'none', {grants: [deviceGrant, 'refresh_token']}),
      secretClient('secret-device-client', 'client_secret_basic', {
        grants: [deviceGrant, 'refresh_token'],
      }),
    ],
  }),

  /// Tokens that only the provider can read: the resource asks it, and hears of revocations.
  opaque: () => ({
    features: openRegistration,
    clients: () => [
      secretClient('resource-server', 'client_secret_basic', {grants: []}),
      secretClient('opaque-client', 'client_secret_basic'),
    ],
    opaque: true,
  }),

  /// Authorization requests have to be signed.
  jar: () => ({
    features: {
      ...openRegistration, requestObjects: {enabled: true, requireSignedRequestObject: true},
    },
    algorithms: {requestObjectSigningAlgValues: ['ES256']},
    clients: () => [
      keyClient('jar-client', 'private_key_jwt', {known: {request_object_signing_alg: 'ES256'}}),
      keyClient('public-jar-client', 'none', {known: {request_object_signing_alg: 'ES256'}}),
    ],
  }),

  mtls: () => ({
    features: openRegistration,
    settings: signing('tls_client_auth', 'self_signed_tls_client_auth'),
    clients: (authority) => [
      certificateClient('tls-client', 'tls_client_auth', authority),
      certificateClient('self-signed-client', 'self_signed_tls_client_auth', authority),
    ],
    certificates: true,
  }),

  'client-credentials': () => ({
    features: {clientCredentials: {enabled: true}},
    clients: () => [
      ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt'].map((method) =>
        secretClient(method.replaceAll('_', '-'), method, {grants: ['client_credentials']})),
      keyClient('private-key-jwt', 'private_key_jwt', {grants: ['client_credentials']}),
    ],
    settings: {
      ...signing(
        'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'),
      assertJwtClientAuthClaimsAndHeader: audienceIsIssuer,
    },
  }),

  /// Access tokens that end soon, and refresh tokens that may be used once.
  refresh: () => ({
    features: openRegistration,
    settings: {rotateRefreshToken: () => true},
    clients: () => [secretClient('refresh-client', 'client_secret_basic')],
    lifetime: 3,
  }),

  /// FAPI 2.0: PAR, DPoP with nonces and signed client assertions together.
  fapi2: () => ({
    features: {
      ...dpop,
      fapi: {enabled: true, profile: '2.0'},
      pushedAuthorizationRequests: {enabled: true, requirePushedAuthorizationRequests: true},
    },
    settings: {...signing('private_key_jwt'), assertJwtClientAuthClaimsAndHeader: audienceIsIssuer},
    algorithms: {clientAuthSigningAlgValues: ['ES256']},
    clients: () => [
      keyClient('fapi-client', 'private_key_jwt', {known: {dpop_bound_access_tokens: true}}),
    ],
    dpop: true,
  }),
};

// --- Starting one ------------------------------------------------------------------------------

function configuration(mode, {signingKey, clients, scopeOf}) {
  const {alg} = signingKey.privateJwk;
  const lifetime = mode.lifetime ?? 300;
  return {
    jwks: {keys: [signingKey.privateJwk]},
    clients: clients.map(({metadata}) => metadata),
    cookies: {keys: [secretOf()]},
    pkce: {required: () => true},
    scopes: ['openid', 'offline_access'],
    // By default only `offline_access` brings one, which MCP does not ask for.
    issueRefreshToken: (ctx, c) => c.grantTypeAllowed('refresh_token'),
    ttl: {
      AccessToken: lifetime, ClientCredentials: lifetime, DeviceCode: 300, Grant: 3600,
      Interaction: 300, RefreshToken: 3600, Session: 3600,
    },
    ...mode.settings,
    clientDefaults: {id_token_signed_response_alg: alg, ...mode.settings?.clientDefaults},
    enabledJWA: {idTokenSigningAlgValues: [alg], ...mode.algorithms},
    features: {
      devInteractions: {enabled: true},
      introspection: {enabled: true},
      revocation: {enabled: true},
      dPoP: {enabled: false},
      pushedAuthorizationRequests: {enabled: false},
      ...mode.features,
      resourceIndicators: {
        enabled: true,
        // A client that forgets `resource` gets a token that no resource takes.
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo(ctx, resource) {
          const scope = scopeOf(resource);
          if (!scope) throw new errors.InvalidTarget();
          return {
            audience: resource,
            scope,
            accessTokenTTL: lifetime,
            ...(mode.opaque
              ? {accessTokenFormat: 'opaque'}
              : {accessTokenFormat: 'jwt', jwt: {sign: {alg}}}),
          };
        },
        ...mode.indicators,
      },
      ...(mode.certificates && {
        mTLS: {
          enabled: true,
          certificateBoundAccessTokens: true,
          tlsClientAuth: true,
          selfSignedTlsClientAuth: true,
          getCertificate: (ctx) => ctx.socket.getPeerX509Certificate?.(),
          certificateAuthorized: (ctx) => ctx.socket.authorized,
          certificateSubjectMatches: (ctx, property, expected) =>
            property === 'tls_client_auth_subject_dn'
              && ctx.socket.getPeerX509Certificate().subject === expected,
        },
      }),
    },
  };
}

function report(provider, log) {
  provider.on('registration_create.success', (ctx, c) => log('registered', c.clientAuthMethod));
  provider.on('registration_update.success', (ctx, c) => log('updated', c.clientId));
  provider.on('registration_delete.success', (ctx, c) => log('deleted', c.clientId));
  provider.on('pushed_authorization_request.success', (ctx, c) => log('pushed', c.clientId));
  provider.on('grant.revoked', () => log('revoked', 'grant'));
  provider.on('grant.success', (ctx) => {
    const {client: c, params, entities} = ctx.oidc;
    const token = entities.AccessToken ?? entities.ClientCredentials;
    const bound = token?.jkt ? 'dpop' : token?.['x5t#S256'] ? 'certificate' : 'bearer';
    const refresh = ctx.body.refresh_token ? 'refreshable' : 'final';
    log('token', [params.grant_type, c.clientAuthMethod, token?.aud, bound, refresh].join(' '));
  });
  for (const event of [
    'authorization.error', 'device_authorization.error', 'grant.error', 'introspection.error',
    'pushed_authorization_request.error', 'registration_create.error',
    'registration_delete.error', 'registration_read.error', 'registration_update.error',
    'revocation.error', 'server_error']) {
    provider.on(event, (ctx, error) =>
      log(event, `${error.error}: ${error.error_detail ?? error.error_description ?? error.stack}`));
  }
}

/** Start a mode.

    @param authority makes certificates; used for https if `tls`, or if the mode needs it
    @return what the test's program is told
*/
export async function startStrictProvider(name, {authority, tls, log}) {
  const mode = modes[name]();
  const https = tls || mode.certificates ? {authority} : {};
  const {server, origin: issuer} = await listen(https);
  const resource = await listen({...https, asksForCertificate: mode.certificates});
  // RFC 8705 section 5: a browser must not be asked for a certificate, so it gets another port.
  const alias = mode.certificates ? await listen({...https, asksForCertificate: true}) : undefined;

  const scopes = mode.resources ?? {'/mcp': 'mcp:tools'};
  const clients = mode.clients?.(authority) ?? [];
  const signingKey = newKey();
  const settings = configuration(mode, {
    signingKey,
    clients,
    scopeOf: (url) => Object.entries(scopes).find(([path]) => resource.origin + path === url)?.[1],
  });
  if (alias) {
    settings.discovery = {
      mtls_endpoint_aliases: {
        token_endpoint: `${alias.origin}/token`,
        introspection_endpoint: `${alias.origin}/token/introspection`,
        revocation_endpoint: `${alias.origin}/token/revocation`,
      },
    };
  }
  const provider = new Provider(issuer, settings);
  report(provider, log);
  if (mode.middleware) provider.use(mode.middleware);
  server.on('request', provider.callback());
  alias?.server.on('request', provider.callback());

  const asker = clients.find(({program}) => program.client_id === 'resource-server')?.program;
  const introspect = async (token) => (await fetchOnce(`${issuer}/token/introspection`, {
    form: {token},
    auth: `${asker.client_id}:${asker.client_secret}`,
    ca: authority?.certificate,
  })).json;
  resource.server.on('request', protectedResources({
    origin: resource.origin,
    issuer,
    scopes,
    readToken: mode.opaque
      ? introspectedTokens(introspect)
      : jwtTokens(issuer, createLocalJWKSet({keys: [signingKey.publicJwk]})),
    proof: mode.dpop ? new DpopBound() : mode.certificates ? new CertificateBound() : new Bearer(),
    metadata: {
      ...(mode.dpop && {dpop_bound_access_tokens_required: true,
        dpop_signing_alg_values_supported: ['ES256']}),
      ...(mode.certificates && {tls_client_certificate_bound_access_tokens: true}),
    },
    log,
  }));
  return {
    issuer,
    resources: Object.keys(scopes).map((path) => resource.origin + path),
    clients: clients.map(({program}) => program),
    ...mode.told,
  };
}
