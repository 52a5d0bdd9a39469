// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// An authorization server and what it protects, in one process with the test: the test sees what it
// was asked for, and can change its mind. It says of itself whatever it is told to.

import {createHash, randomUUID} from 'node:crypto';
import {crc32, deflateSync} from 'node:zlib';
import {listen} from './listening.mjs';

/// A picture of one colour with a lighter middle.
export function png(size, red, green, blue) {
  const row = (y) => Buffer.concat([Buffer.of(0), ...Array.from({length: size}, (_, x) => {
    const inside = Math.hypot(x - size / 2, y - size / 2) < size / 3.2;
    return inside ? Buffer.of(255, 255, 255) : Buffer.of(red, green, blue);
  })]);
  const chunk = (type, data) => {
    const content = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(content.length + 8);
    out.writeUInt32BE(data.length);
    content.copy(out, 4);
    out.writeUInt32BE(crc32(content), content.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({length: size}, (_, y) => row(y))))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  .replaceAll('"', '&quot;');

export class Provider {
  tokens = new Map(); // access token: {scope, refresh}
  refreshable = new Map(); // refresh token: scope
  revoked = []; // tokens, in the order of their revocation
  registrations = 0;
  exchanges = 0;
  forms = 0; // answers that were given as one
  refusesRefresh = false;
  #codes = new Map();

  /** @param options title, description, icon {type, data}, tools, scopes, needsLogin, registers, refreshes, lasts, page (the whole
      HTML of the page at the root), resource and server (more metadata), refusal (error_description)
  */
  static async start(options = {}) {
    const provider = new Provider();
    const {server, origin} = await listen();
    provider.server = server;
    provider.origin = origin.replace('127.0.0.1', 'localhost');
    Object.assign(provider, {
      title: 'Paper Garden', description: 'Notes that grow while you are away.',
      icon: {type: 'image/png', data: png(64, 46, 125, 80)}, scopes: ['notes:read'],
      tools: [{name: 'search_notes', title: 'Search notes', description: 'Finds notes by a word.'}],
      needsLogin: true, registers: true, refreshes: true, lasts: 3_600,
      resource: {}, metadata: {}, refusal: 'the user said no', ...options,
    });
    server.on('request', (request, response) => provider.#serve(request, response)
      .catch((error) => {
        console.log(`     provider: ${error.stack}`);
        response.destroy();
      }));
    return provider;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /// An MCP server, and a text.
  get mcp() { return `${this.origin}/mcp`; }
  get doc() { return `${this.origin}/notes/today.txt`; }

  async #serve(request, response) {
    const {pathname, searchParams} = new URL(request.url, this.origin);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const send = (status, type, content, headers = {}) => {
      response.writeHead(status, {'content-type': type, ...headers});
      response.end(content);
    };
    const json = (status, content, headers) =>
      send(status, 'application/json', JSON.stringify(content), headers);
    const wellKnown = '/.well-known/oauth-protected-resource';
    if (pathname.startsWith(`${wellKnown}/`)) {
      const path = pathname.slice(wellKnown.length);
      if (!this.needsLogin) return send(404, 'text/plain', 'no');
      return json(200, {
        resource: this.origin + path, authorization_servers: [this.origin],
        scopes_supported: this.scopes, bearer_methods_supported: ['header'], ...this.resource,
      });
    }
    switch (pathname) {
      case '/': return send(200, 'text/html; charset=utf-8', this.page ?? this.#page());
      case '/icon': return send(200, this.icon.type, this.icon.data);
      case '/.well-known/oauth-authorization-server':
        return this.needsLogin ? json(200, this.#metadata()) : send(404, 'text/plain', 'no');
      case '/register': {
        if (!this.registers) return json(403, {error: 'invalid_request'});
        ++this.registrations;
        return json(201, {...JSON.parse(body), client_id: randomUUID()});
      }
      case '/authorize': return this.#authorize(searchParams, send);
      case '/decide': return this.#decide(searchParams, send);
      case '/token': return this.#token(new URLSearchParams(body), json);
      case '/revoke': return this.#revoke(new URLSearchParams(body), send);
      case '/mcp': case '/notes/today.txt': break;
      default: return send(404, 'text/plain', 'nothing here');
    }
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    if (this.needsLogin && !this.tokens.has(token)) {
      return send(401, 'text/plain', 'a token is needed', {
        'www-authenticate': `Bearer ${token ? 'error="invalid_token", ' : ''}`
          + `resource_metadata="${this.origin}${wellKnown}${pathname}"`,
      });
    }
    if (pathname !== '/mcp') return send(200, 'text/plain; charset=utf-8', 'Water the tomatoes.');
    return this.#answer(request, body, send, json);
  }

  #page() {
    return `<!DOCTYPE html><html lang="en"><head><title>${escaped(this.title)}</title>
      <meta name="description" content="${escaped(this.description)}">
      <link rel="icon" href="/icon" type="${this.icon.type}"></head><body></body></html>`;
  }

  #metadata() {
    return {
      issuer: this.origin,
      authorization_endpoint: `${this.origin}/authorize`,
      token_endpoint: `${this.origin}/token`,
      ...(this.registers && {registration_endpoint: `${this.origin}/register`}),
      revocation_endpoint: `${this.origin}/revoke`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      ...this.metadata,
    };
  }

  #authorize(query, send) {
    const link = (decision) => `/decide?${new URLSearchParams({
      decision, redirect_uri: query.get('redirect_uri'), state: query.get('state'),
      mode: query.get('response_mode') ?? '',
      scope: query.get('scope') ?? '', challenge: query.get('code_challenge'),
    })}`;
    send(200, 'text/html', `<!DOCTYPE html><html lang="en"><head><title>Allow access?</title></head>
      <body><a href="${escaped(link('allow'))}">Allow</a>
      <a href="${escaped(link('deny'))}">Deny</a></body></html>`);
  }

  #decide(query, send) {
    const answer = new URLSearchParams({state: query.get('state'), iss: this.origin});
    if (query.get('decision') === 'allow') {
      const code = randomUUID();
      this.#codes.set(code, {scope: query.get('scope'), challenge: query.get('challenge')});
      answer.set('code', code);
    } else {
      answer.set('error', 'access_denied');
      answer.set('error_description', this.refusal);
    }
    const back = query.get('redirect_uri');
    if (query.get('mode') !== 'form_post')
      return send(303, 'text/plain', '', {location: `${back}?${answer}`});
    ++this.forms;
    const fields = [...answer].map(([name, value]) =>
      `<input type="hidden" name="${name}" value="${escaped(value)}">`);
    send(200, 'text/html', `<!DOCTYPE html><html lang="en"><head><title>Back</title></head><body>
      <form method="post" action="${escaped(back)}">${fields.join('')}<button>Go back</button></form>
      </body></html>`);
  }

  #token(form, json) {
    const refused = () => json(400, {error: 'invalid_grant'});
    let scope;
    if (form.get('grant_type') === 'authorization_code') {
      const found = this.#codes.get(form.get('code'));
      this.#codes.delete(form.get('code'));
      const shown = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
      if (!found || found.challenge !== shown) return refused();
      ({scope} = found);
    } else {
      if (this.refusesRefresh || !this.refreshable.has(form.get('refresh_token'))) return refused();
      scope = this.refreshable.get(form.get('refresh_token'));
      this.refreshable.delete(form.get('refresh_token'));
    }
    ++this.exchanges;
    const access = randomUUID();
    const refresh = randomUUID();
    this.tokens.set(access, {scope, refresh});
    this.refreshable.set(refresh, scope);
    return json(200, {
      access_token: access, token_type: 'Bearer', expires_in: this.lasts, scope,
      ...(this.refreshes && {refresh_token: refresh}),
    }, {'cache-control': 'no-store'});
  }

  #revoke(form, send) {
    const token = form.get('token');
    this.revoked.push(token);
    this.tokens.delete(token);
    this.refreshable.delete(token);
    return send(200, 'text/plain', '');
  }

  // The stateful revisions of MCP: whoever asks for the newest hears that there is no such method.
  #answer(request, body, send, json) {
    if (request.method !== 'POST') return send(405, 'text/plain', '', {allow: 'POST'});
    const {id, method, params} = JSON.parse(body);
    if (id === undefined) return send(202, 'text/plain', '');
    const results = {
      initialize: () => ({
        protocolVersion: '2025-11-25', capabilities: {tools: {}},
        serverInfo: {name: 'paper-garden', title: this.title, version: '1'},
      }),
      'tools/list': () => ({
        tools: this.tools.map((tool) => ({inputSchema: {type: 'object'}, ...tool})),
      }),
      'tools/call': () => ({content: [{type: 'text', text: `called ${params.name}`}]}),
    };
    const result = results[method]?.();
    return json(200, {
      jsonrpc: '2.0', id,
      ...(result ? {result} : {error: {code: -32601, message: 'Method not found'}}),
    });
  }
}

/// The person at its page.
export async function answerAtProvider(page, decision = 'Allow') {
  await page.getByRole('link', {name: decision}).click();
}

/// The same where the answer is a form.
export async function answerWithForm(page, decision = 'Allow') {
  await answerAtProvider(page, decision);
  await page.getByRole('button', {name: 'Go back'}).click();
}
