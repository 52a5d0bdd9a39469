// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// A small protected MCP server. It names its authorization server in RFC 9728 metadata, answers
// 401 with a challenge, and accepts only that server's tokens for itself. It speaks the stateful
// revisions (2025-03-26 to 2025-11-25) and the stateless one (2026-07-28).
//
// Usage: node mcp_resource.mjs ISSUER
// Prints `ready: URL` and a line for each request. Ends on SIGTERM.

import {createServer} from 'node:http';
import {createRemoteJWKSet, jwtVerify} from 'jose';

const issuer = process.argv[2];
const scope = 'mcp:tools';
const revisions = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'];
const serverInfo = {name: 'asioauth test resource', version: '1.0.0'};
const tools = [{
  name: 'whoami',
  description: 'Says whose token the request carried',
  inputSchema: {type: 'object', properties: {}},
}];

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const resource = `${origin}/mcp`;
const metadataPath = '/.well-known/oauth-protected-resource/mcp';
const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));

function send(response, status, body, headers = {}) {
  response.writeHead(status, {
    ...(body === undefined ? {'content-length': 0} : {'content-type': 'application/json'}),
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

// RFC 6750: no error code for a request that carried no token at all.
function challenge(response, status, error) {
  const parameters = [
    ...(error ? [`error="${error}"`] : []),
    `scope="${scope}"`,
    `resource_metadata="${origin}${metadataPath}"`,
  ];
  send(response, status, {error: error ?? 'unauthorized'},
    {'www-authenticate': `Bearer ${parameters.join(', ')}`});
}

// The claims of an acceptable token, or undefined once the request has been turned down.
async function authorize(request, response) {
  const [, token] = (request.headers.authorization ?? '').match(/^Bearer (.+)$/i) ?? [];
  if (!token) return challenge(response, 401);
  try {
    const {payload} = await jwtVerify(token, keys, {
      issuer, audience: resource, typ: 'at+jwt', algorithms: ['ES256'],
    });
    if (`${payload.scope}`.split(' ').includes(scope)) return payload;
  } catch (error) {
    console.log(`refused token: ${error.message}`);
    return challenge(response, 401, 'invalid_token');
  }
  return challenge(response, 403, 'insufficient_scope');
}

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
      return {content: [{type: 'text', text: claims.sub}], ...complete};
    default:
      return undefined;
  }
}

async function serve(request, response) {
  const {pathname} = new URL(request.url, origin);
  if (pathname === metadataPath && request.method === 'GET') {
    return send(response, 200, {
      resource,
      authorization_servers: [issuer],
      scopes_supported: [scope],
      bearer_methods_supported: ['header'],
      resource_name: 'asioauth test resource',
    });
  }
  if (pathname !== '/mcp') return send(response, 404, {error: 'not_found'});
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const claims = await authorize(request, response);
  if (!claims) return undefined;
  if (request.method !== 'POST') return send(response, 405, undefined, {allow: 'POST'});
  const {id, method, params = {}} = JSON.parse(Buffer.concat(chunks).toString());
  console.log(`served ${method}`);
  if (id === undefined) return send(response, 202);
  const result = answer(method, params, claims);
  return result
    ? send(response, 200, {jsonrpc: '2.0', id, result})
    : send(response, 200, {jsonrpc: '2.0', id, error: {code: -32601, message: 'Method not found'}});
}

server.on('request', (request, response) => {
  response.on('finish', () => console.log(`${request.method} ${request.url} ${response.statusCode}`));
  serve(request, response).catch((error) => {
    console.log(error.stack);
    if (!response.headersSent) send(response, 400, {error: 'bad_request'});
  });
});
process.on('SIGTERM', () => process.exit(0));
console.log(`ready: ${resource}`);
