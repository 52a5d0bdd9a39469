// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// A small protected MCP server. It names its authorization server in RFC 9728 metadata, answers
// 401 with a challenge, and accepts only that server's tokens for itself. It speaks the stateful
// revisions (2025-03-26 to 2025-11-25) and the stateless one (2026-07-28).

import {createHash, randomUUID} from 'node:crypto';
import {EmbeddedJWK, calculateJwkThumbprint, jwtVerify} from 'jose';

const revisions = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'];
const serverInfo = {name: 'asioauth test resource', version: '1.0.0'};
const tools = [{
  name: 'whoami',
  description: 'Says whose token the request carried',
  inputSchema: {type: 'object', properties: {}},
}];
const hash = (data) => createHash('sha256').update(data).digest('base64url');

// What a request is turned down with.
class Refusal extends Error {
  constructor(status, error, why, headers = {}) {
    super(why);
    Object.assign(this, {status, error, headers});
  }
}

const invalid = (why) => new Refusal(401, 'invalid_token', why);

// --- Reading tokens: async (token, resource) => claims -----------------------------------------

/// JWTs of RFC 9068.
export const jwtTokens = (issuer, keys) => async (token, resource) => {
  const options = {issuer, audience: resource, typ: 'at+jwt', algorithms: ['ES256']};
  return (await jwtVerify(token, keys, options)).payload;
};

/// Tokens that mean something to the authorization server only (RFC 7662).
export const introspectedTokens = (introspect) => async (token, resource) => {
  const claims = await introspect(token);
  if (!claims.active) throw invalid('the token is not active');
  if (![claims.aud].flat().includes(resource)) throw invalid(`the token is for ${claims.aud}`);
  return claims;
};

// --- Proofs of possession ----------------------------------------------------------------------

/// Whoever has the token may use it (RFC 6750).
export class Bearer {
  scheme = 'Bearer';
  parameters = [];
  async check() {}
  headers() {
    return {};
  }
}

/// The client has to show the certificate that the token was issued to (RFC 8705).
export class CertificateBound extends Bearer {
  async check(request, token, claims) {
    const {raw} = request.socket.getPeerCertificate?.() ?? {};
    if (!raw) throw invalid('no certificate was shown');
    if (claims.cnf?.['x5t#S256'] !== hash(raw)) throw invalid('not the certificate of the token');
  }
}

/// The client has to prove for each request that it has the key of the token (RFC 9449), with a
/// nonce that changes with every answer.
export class DpopBound {
  scheme = 'DPoP';
  parameters = ['algs="ES256"'];
  #nonces = [randomUUID()]; // the newest first
  #seen = new Set();

  headers() {
    this.#nonces = [randomUUID(), ...this.#nonces].slice(0, 3);
    return {'dpop-nonce': this.#nonces[0]};
  }

  async check(request, token, claims, target) {
    const proofs = request.headersDistinct.dpop ?? [];
    if (proofs.length !== 1) throw invalid(`${proofs.length} DPoP proofs`);
    const {payload, protectedHeader} = await jwtVerify(proofs[0], EmbeddedJWK, {
      typ: 'dpop+jwt', algorithms: ['ES256'], maxTokenAge: 60,
    });
    if (protectedHeader.jwk.d !== undefined) throw invalid('a private key in the proof');
    if (payload.htm !== request.method) throw invalid(`htm is ${payload.htm}`);
    if (payload.htu !== target) throw invalid(`htu is ${payload.htu}`);
    if (payload.ath !== hash(token)) throw invalid('ath does not fit the token');
    if (!this.#nonces.includes(payload.nonce)) {
      throw new Refusal(401, 'use_dpop_nonce', `the nonce is ${payload.nonce}`);
    }
    if (claims.cnf?.jkt !== await calculateJwkThumbprint(protectedHeader.jwk)) {
      throw invalid('not the key of the token');
    }
    if (typeof payload.jti !== 'string' || this.#seen.has(payload.jti)) throw invalid('a replay');
    this.#seen.add(payload.jti);
  }
}

// --- The server --------------------------------------------------------------------------------

function answer(method, params, claims) {
  const stateless = params._meta?.['io.modelcontextprotocol/protocolVersion'] === revisions[0];
  const complete = stateless ? {resultType: 'complete'} : {};
  const cacheable = stateless ? {...complete, ttlMs: 0, cacheScope: 'private'} : {};
  switch (method) {
    case 'initialize': {
      const wanted = params.protocolVersion;
      return {
        protocolVersion: revisions.indexOf(wanted) > 0 ? wanted : revisions[1],
        capabilities: {tools: {}},
        serverInfo,
      };
    }
    case 'server/discover':
      return {
        supportedVersions: revisions,
        capabilities: {tools: {}},
        _meta: {'io.modelcontextprotocol/serverInfo': serverInfo},
        ...cacheable,
      };
    case 'ping':
      return complete;
    case 'tools/list':
      return {tools, ...cacheable};
    case 'tools/call':
      return {content: [{type: 'text', text: claims.sub ?? claims.client_id}], ...complete};
    default:
      return undefined;
  }
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, {
    ...(body === undefined ? {'content-length': 0} : {'content-type': 'application/json'}),
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** Protected resources on one origin.

    @param origin where the server listens
    @param issuer the authorization server
    @param scopes the scope of each resource by its path
    @param readToken one of the above, which throws if the token is not good
    @param proof one of the above
    @param metadata more members for the RFC 9728 documents
    @param log is given (event, text)
    @return what to call for each request
*/
export function protectedResources({
  origin, issuer, scopes, readToken, proof = new Bearer(), metadata = {}, log = () => {},
}) {
  const metadataPath = (path) => `/.well-known/oauth-protected-resource${path}`;

  async function authorize(request, path) {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ', 2);
    // RFC 6750: no error code for a request that carried no token at all.
    if (!token) throw new Refusal(401, undefined, 'no token');
    if (scheme.toLowerCase() !== proof.scheme.toLowerCase()) throw invalid(`scheme ${scheme}`);
    let claims;
    try {
      claims = await readToken(token, origin + path);
      await proof.check(request, token, claims, origin + path);
    } catch (error) {
      throw error instanceof Refusal ? error : invalid(error.message);
    }
    if (!`${claims.scope}`.split(' ').includes(scopes[path])) {
      throw new Refusal(403, 'insufficient_scope', `the scope is ${claims.scope}`);
    }
    return claims;
  }

  function refuse(response, path, refusal) {
    const parameters = [
      ...proof.parameters,
      ...(refusal.error ? [`error="${refusal.error}"`] : []),
      `scope="${scopes[path]}"`,
      `resource_metadata="${origin}${metadataPath(path)}"`,
    ];
    send(response, refusal.status, {error: refusal.error ?? 'unauthorized'}, {
      'www-authenticate': `${proof.scheme} ${parameters.join(', ')}`,
      ...proof.headers(),
    });
  }

  async function serve(request, response) {
    const {pathname} = new URL(request.url, origin);
    const described = Object.keys(scopes).find((path) => metadataPath(path) === pathname);
    if (described && request.method === 'GET') {
      return send(response, 200, {
        resource: origin + described,
        authorization_servers: [issuer],
        scopes_supported: [scopes[described]],
        bearer_methods_supported: ['header'],
        resource_name: 'asioauth test resource',
        ...metadata,
      });
    }
    if (!Object.hasOwn(scopes, pathname)) return send(response, 404, {error: 'not_found'});
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    let claims;
    try {
      claims = await authorize(request, pathname);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.error) log('refused', error.message);
      return refuse(response, pathname, error);
    }
    const headers = proof.headers();
    if (request.method !== 'POST') return send(response, 405, undefined, {allow: 'POST', ...headers});
    const {id, method, params = {}} = JSON.parse(Buffer.concat(chunks).toString());
    log('served', method);
    if (id === undefined) return send(response, 202, undefined, headers);
    const result = answer(method, params, claims);
    const error = {code: -32601, message: 'Method not found'};
    return send(response, 200, {jsonrpc: '2.0', id, ...(result ? {result} : {error})}, headers);
  }

  return (request, response) => {
    response.on('finish', () =>
      log('answered', `${request.method} ${request.url} ${response.statusCode}`));
    serve(request, response).catch((error) => {
      log('failed', error.stack);
      if (!response.headersSent) send(response, 400, {error: 'bad_request'});
    });
  };
}
