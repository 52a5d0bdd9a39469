// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Shows that each mode of server.mjs demands what README.md says: a client that passes against a
// server which has stopped asking would prove nothing. No browser; forms are filled in over HTTP.
//
// Usage: node strictness.mjs [--https] [MODE...]
// Prints a line for each mode; exits with 0 only if each is `ok`.

import {spawn} from 'node:child_process';
import {createHash, randomUUID} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import {SignJWT, decodeJwt, exportJWK, generateKeyPair, importPKCS8} from 'jose';
import {Authority, fetchOnce} from './listening.mjs';

const options = process.argv.includes('--https') ? ['--https'] : [];
const server = new URL('server.mjs', import.meta.url).pathname;
const redirect_uri = 'http://127.0.0.1:1/callback';
const scope = 'mcp:tools';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const hash = (text) => createHash('sha256').update(text).digest('base64url');

// --- A client --------------------------------------------------------------------------------

/// A started server, and what one does with it.
class Subject {
  problems = [];
  #jar = new Map();

  static async start(mode) {
    const subject = new Subject();
    subject.process = spawn(process.execPath, [server, mode, ...options], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const first = await new Promise((resolve, reject) => {
      let text = '';
      subject.process.on('exit', () => reject(new Error('the server has ended')));
      subject.process.stdout.on('data', (data) => {
        text += data;
        if (text.includes('\n')) resolve(text.split('\n')[0]);
      });
    });
    Object.assign(subject, JSON.parse(first));
    subject.ca = subject.ca_file && readFileSync(subject.ca_file, 'utf8');
    [subject.resource] = subject.resources;
    subject.metadata = (await subject.fetch(
      new URL('/.well-known/oauth-authorization-server', subject.issuer).href)).json;
    return subject;
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.on('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
  }

  expect(fact, claim) {
    if (!fact) this.problems.push(claim);
  }

  /// That a response refuses, with this error of OAuth.
  refused(response, error, claim) {
    const got = response.json?.error ?? response.get?.('error')
      ?? response.text?.match(/<strong>error<\/strong>: (\w+)/)?.[1] ?? response.text;
    this.expect(got === error, `${claim} (${response.status ?? ''} ${got})`);
  }

  fetch(url, options) {
    return fetchOnce(url, {ca: this.ca, ...options});
  }

  client(id) {
    return this.clients.find(({client_id}) => client_id === id);
  }

  async register(more = {}, headers = {}) {
    const response = await this.fetch(this.metadata.registration_endpoint, {
      json: {
        redirect_uris: [redirect_uri], token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'], application_type: 'native', ...more,
      },
      headers,
    });
    return {...response, ...response.json};
  }

  /// The parameters of an authorization request; undefined ones are left out.
  request(client_id, more = {}) {
    const verifier = randomUUID() + randomUUID();
    const all = {
      client_id, redirect_uri, response_type: 'code', scope, resource: this.resource, state: 's',
      code_challenge: hash(verifier), code_challenge_method: 'S256', ...more,
    };
    return {verifier, params: Object.fromEntries(Object.entries(all).filter(([, v]) => v))};
  }

  /// Go through the provider's pages to where they lead: the parameters of the callback, or the
  /// last response.
  async walk(url, fill = {}) {
    const values = {login: 'alice', password: 'wonderland', ...fill};
    let options = {};
    for (let step = 0; step < 20; ++step) {
      const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await this.fetch(url, {...options, headers: {cookie}});
      for (const set of response.headers['set-cookie'] ?? []) {
        const [, name, value] = set.match(/^([^=]+)=([^;]*)/);
        if (value) this.#jar.set(name, value); else this.#jar.delete(name);
      }
      options = {};
      if (response.headers.location) {
        url = new URL(response.headers.location, url).href;
        if (url.startsWith(redirect_uri)) return this.callback(new URL(url).searchParams);
        continue;
      }
      const [form, action] =
        response.text.match(/<form[^>]*action="([^"]+)"[\s\S]*?<\/form>/) ?? [];
      if (response.status !== 200 || !form) return response;
      const inputs = [...form.matchAll(/<input[^>]*>/g)].map(([input]) => [
        input.match(/name="([^"]+)"/)?.[1], input.match(/value="([^"]*)"/)?.[1] ?? '']);
      options = {form: Object.fromEntries(
        inputs.filter(([name]) => name).map(([name, value]) => [name, values[name] ?? value]))};
      url = new URL(action, url).href;
    }
    throw new Error('a circle of redirects');
  }

  // RFC 9207, and what is ours comes back.
  callback(parameters) {
    if (this.metadata.authorization_response_iss_parameter_supported) {
      this.expect(parameters.get('iss') === this.issuer, 'iss of the callback');
    }
    return parameters;
  }

  authorize(params) {
    return this.walk(`${this.metadata.authorization_endpoint}?${new URLSearchParams(params)}`);
  }

  /// A code, in a form for the token endpoint.
  async code(client_id, more = {}) {
    const {verifier, params} = this.request(client_id, more);
    const back = await this.authorize(params);
    this.expect(back.get?.('code'), `a code for ${client_id} (${back.text ?? back})`);
    return {
      grant_type: 'authorization_code', code: back.get?.('code'), redirect_uri,
      code_verifier: verifier, client_id, resource: params.resource,
    };
  }

  token(form, options = {}) {
    return this.fetch(this.metadata.token_endpoint, {form, ...options});
  }

  /// What the resource says to a tool call.
  call(token, {scheme = 'Bearer', headers, resource = this.resource, ...options} = {}) {
    return this.fetch(resource, {
      json: {jsonrpc: '2.0', id: 1, method: 'tools/list', params: {}},
      headers: {
        ...(token && {authorization: `${scheme} ${token}`}),
        accept: 'application/json, text/event-stream', ...headers,
      },
      ...options,
    });
  }

  async challenges() {
    const response = await this.call();
    this.expect(response.status === 401, 'the resource challenges');
    this.expect(/resource_metadata=/.test(response.headers['www-authenticate']), 'a challenge');
  }

  async works(token, options) {
    const response = await this.call(token, options);
    this.expect(response.json?.result?.tools?.[0]?.name === 'whoami',
      `the token works (${response.status} ${response.text})`);
  }

  async fails(token, claim, options) {
    const response = await this.call(token, options);
    this.expect(response.status === 401, `${claim} (${response.status} ${response.text})`);
  }
}

const basic = ({client_id, client_secret}) => ({auth: `${client_id}:${client_secret}`});

async function assertion({client_id, client_secret, private_key, kid}, aud, more = {}) {
  const alg = private_key ? 'ES256' : 'HS256';
  const key = private_key
    ? await importPKCS8(private_key, alg) : new TextEncoder().encode(client_secret);
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await new SignJWT({jti: randomUUID(), ...more})
      .setProtectedHeader({alg, kid}).setIssuer(client_id).setSubject(client_id).setAudience(aud)
      .setIssuedAt().setExpirationTime('60s').sign(key),
  };
}

/// The key of a client that proves its possession.
class ProofKey {
  static async make() {
    const key = new ProofKey();
    const {publicKey, privateKey} = await generateKeyPair('ES256');
    Object.assign(key, {privateKey, jwk: await exportJWK(publicKey)});
    return key;
  }

  async proof(htu, {nonce, token, htm = 'POST'} = {}) {
    const dpop = await new SignJWT({
      htm, htu, jti: randomUUID(), ...(nonce && {nonce}), ...(token && {ath: hash(token)}),
    }).setProtectedHeader({alg: 'ES256', typ: 'dpop+jwt', jwk: this.jwk}).setIssuedAt()
      .sign(this.privateKey);
    return {headers: {dpop}};
  }
}

// --- What each mode demands --------------------------------------------------------------------

const demands = {
  async managed(s) {
    s.refused(await s.register(), 'invalid_token', 'registration without a token is refused');
    s.refused(await s.register({}, {authorization: 'Bearer x'}), 'invalid_token', 'with a wrong one');
    const made = await s.register({}, {authorization: `Bearer ${s.initial_access_token}`});
    s.expect(made.status === 201, 'registration with the initial token');
    const manage = (token, method, json) => s.fetch(made.registration_client_uri, {
      method, json, headers: {authorization: `Bearer ${token}`},
    });
    const first = made.registration_access_token;
    s.expect((await manage(first, 'GET')).status === 200, 'reading');
    s.refused(await manage('x', 'GET'), 'invalid_token', 'reading with a wrong token');
    const {client_secret, registration_access_token, registration_client_uri, client_id_issued_at,
      ...metadata} = made.json;
    const changed = await manage(first, 'PUT', {...metadata, client_name: 'changed'});
    const second = changed.json?.registration_access_token;
    s.expect(changed.json?.client_name === 'changed', `updating (${changed.text})`);
    s.expect(second && second !== first, 'the token rotates');
    s.refused(await manage(first, 'GET'), 'invalid_token', 'the old token is refused');
    await s.works((await s.token(await s.code(made.client_id))).json.access_token);
    s.expect((await manage(second, 'DELETE')).status === 204, 'deleting');
    s.refused(await manage(second, 'GET'), 'invalid_token', 'reading what is deleted');
  },

  async par(s) {
    const par = s.client('par-client');
    s.expect(s.metadata.require_pushed_authorization_requests === true, 'PAR is announced');
    const plain = s.request('par-client');
    s.refused(await s.authorize(plain.params), 'invalid_request', 'a plain request is refused');
    const push = (options) =>
      s.fetch(s.metadata.pushed_authorization_request_endpoint, {form: plain.params, ...options});
    s.refused(await push(), 'invalid_client', 'pushing without authentication is refused');
    const pushed = await push(basic(par));
    s.expect(pushed.status === 201, `pushing (${pushed.text})`);
    const {request_uri} = pushed.json;
    const back = await s.authorize({client_id: 'par-client', request_uri});
    const {json} = await s.token({
      grant_type: 'authorization_code', code: back.get('code'), redirect_uri,
      code_verifier: plain.verifier, resource: s.resource,
    }, basic(par));
    await s.works(json.access_token);
    s.refused(await s.authorize({client_id: 'par-client', request_uri}),
      'invalid_request_uri', 'a request is used once');
    s.expect((await s.register()).status === 201, 'registration is open');
  },

  async dpop(s) {
    const key = await ProofKey.make();
    const at = s.metadata.token_endpoint;
    const form = await s.code('dpop-client');
    s.refused(await s.token(form), 'invalid_grant', 'a token request without proof is refused');
    const bare = await s.token(form, await key.proof(at));
    s.refused(bare, 'use_dpop_nonce', 'a proof without nonce is refused');
    const nonce = bare.headers['dpop-nonce'];
    const proof = await key.proof(at, {nonce});
    s.refused(await s.token(form, await key.proof(s.issuer, {nonce})), 'invalid_dpop_proof', 'htu');
    const got = await s.token(form, proof);
    s.expect(got.json.token_type === 'DPoP', `a DPoP token (${got.text})`);
    const {access_token: token, refresh_token} = got.json;
    const again = {grant_type: 'refresh_token', refresh_token, client_id: 'dpop-client'};
    s.refused(await s.token(again, proof), 'invalid_grant', 'a replayed proof is refused');
    const other = await ProofKey.make();
    s.refused(await s.token(again, await other.proof(at, {nonce})), 'invalid_grant', 'another key');
    await demandsProofs(s, token, key, other);
    s.expect((await s.token(again, await key.proof(at, {nonce}))).status === 200, 'refreshing');
    s.expect((await s.register()).json.dpop_bound_access_tokens, 'registered clients are bound');
  },

  async 'private-key-jwt'(s) {
    await demandsAssertions(s, s.client('key-client'));
    const supported = s.metadata.token_endpoint_auth_methods_supported;
    s.expect(`${supported}` === 'private_key_jwt', `one method is offered (${supported})`);
    s.refused(await s.register(), 'invalid_client_metadata', 'public clients are not registered');
    const jwks = {keys: [{...(await ProofKey.make()).jwk, kid: 'k'}]};
    const made = await s.register({token_endpoint_auth_method: 'private_key_jwt', jwks});
    s.expect(made.status === 201, `registration of a key (${made.text})`);
  },

  async 'client-secret-jwt'(s) {
    const known = s.client('secret-client');
    await demandsAssertions(s, known);
    const made = await s.register({token_endpoint_auth_method: 'client_secret_jwt'});
    s.expect(made.json?.client_secret, `registration (${made.text})`);
    const form = await s.code('secret-client');
    s.refused(await s.token(form, basic(known)), 'invalid_client', 'Basic is refused');
    s.refused(await s.token({...form, client_secret: known.client_secret}), 'invalid_client', 'post');
  },

  async resources(s) {
    const {client_id} = await s.register();
    const none = s.request(client_id, {resource: undefined});
    s.refused(await s.authorize(none.params), 'invalid_target', 'a request without resource');
    const elsewhere = s.request(client_id, {resource: 'https://elsewhere.example/mcp'});
    s.refused(await s.authorize(elsewhere.params), 'invalid_target', 'an unknown resource');
    const {resource, ...form} = await s.code(client_id);
    s.refused(await s.token(form), 'invalid_target', 'a token request without resource');
    const {access_token} = (await s.token({...await s.code(client_id), resource})).json;
    await s.works(access_token);
    await s.fails(access_token, 'a token for another resource', {resource: s.resources[1]});
    const files = await s.code(client_id, {resource: s.resources[1], scope: 'files:read'});
    await s.works((await s.token(files)).json.access_token, {resource: s.resources[1]});
  },

  async device(s) {
    const at = s.metadata.device_authorization_endpoint;
    const begin = (more, options) => s.fetch(at, {form: {scope, resource: s.resource, ...more}, ...options});
    const begun = await begin({client_id: 'device-client'});
    const {device_code, user_code, verification_uri} = begun.json;
    const form = {grant_type: deviceGrant, device_code, client_id: 'device-client'};
    s.refused(await s.token(form), 'authorization_pending', 'nobody has answered yet');
    s.refused(await s.token({...form, client_id: (await s.register()).client_id}),
      'invalid_request', 'a client without the grant');
    const end = await s.walk(verification_uri, {user_code});
    s.expect(/Success/.test(end.text), `the pages lead to success (${end.text})`);
    const got = await s.token(form);
    await s.works(got.json.access_token);
    s.expect(got.json.refresh_token, 'a refresh token');
    s.refused(await s.token(form), 'invalid_grant', 'a code is used once');
    s.refused(await begin({client_id: 'secret-device-client'}), 'invalid_client', 'no secret');
    const known = s.client('secret-device-client');
    s.expect((await begin({}, basic(known))).status === 200, 'with its secret');
  },

  async opaque(s) {
    const known = s.client('opaque-client');
    const introspect = async (token, options) =>
      s.fetch(s.metadata.introspection_endpoint, {form: {token}, ...options});
    const {access_token, refresh_token} =
      (await s.token(await s.code('opaque-client'), basic(known))).json;
    s.expect(!access_token.includes('.'), 'the token is opaque');
    await s.works(access_token);
    const asker = basic(s.client('resource-server'));
    s.expect((await introspect(access_token, asker)).json.active === true, 'it is active');
    s.refused(await introspect(access_token), 'invalid_request', 'introspection needs a client');
    const revoke = (token, options) =>
      s.fetch(s.metadata.revocation_endpoint, {form: {token}, ...options});
    s.refused(await revoke(access_token), 'invalid_request', 'revocation needs a client');
    s.expect((await revoke(access_token, basic(known))).status === 200, 'revocation');
    s.expect((await introspect(access_token, asker)).json.active === false, 'it is not active');
    await s.fails(access_token, 'a revoked token is refused');
    const refresh = (token) => s.token(
      {grant_type: 'refresh_token', refresh_token: token, resource: s.resource}, basic(known));
    s.refused(await refresh(refresh_token), 'invalid_grant', 'the refresh token goes with it');
    const next = (await s.token(await s.code('opaque-client'), basic(known))).json;
    await s.works((await refresh(next.refresh_token)).json.access_token);
    await revoke(next.refresh_token, basic(known));
    s.refused(await refresh(next.refresh_token), 'invalid_grant', 'a revoked refresh token');
    await s.fails(next.access_token, 'and the access token with it');
  },

  async jar(s) {
    s.expect(s.metadata.require_signed_request_object === true, 'signed requests are announced');
    for (const id of ['jar-client', 'public-jar-client']) {
      const known = s.client(id);
      const {verifier, params} = s.request(id);
      s.refused(await s.authorize(params), 'invalid_request', 'a plain request is refused');
      const sign = async (pem) => new SignJWT({...params, jti: randomUUID()})
        .setProtectedHeader({alg: 'ES256', kid: known.kid, typ: 'oauth-authz-req+jwt'})
        .setIssuer(id).setAudience(s.issuer).setIssuedAt().setNotBefore('0s')
        .setExpirationTime('60s').sign(pem);
      const key = await importPKCS8(known.private_key, 'ES256');
      const wrong = (await generateKeyPair('ES256')).privateKey;
      s.refused(await s.authorize({client_id: id, request: await sign(wrong)}),
        'invalid_request_object', 'a wrong signature is refused');
      const back = await s.authorize({client_id: id, request: await sign(key)});
      const form = {
        grant_type: 'authorization_code', code: back.get?.('code'), redirect_uri, client_id: id,
        code_verifier: verifier, resource: s.resource,
      };
      const method = known.token_endpoint_auth_method;
      const more = method === 'none' ? {} : await assertion(known, s.issuer);
      await s.works((await s.token({...form, ...more})).json.access_token);
    }
    const jwks = {keys: [{...(await ProofKey.make()).jwk, kid: 'k'}]};
    const made = await s.register({jwks, request_object_signing_alg: 'ES256'});
    s.expect(made.status === 201, `registration of a key (${made.text})`);
  },

  async mtls(s) {
    const at = s.metadata.mtls_endpoint_aliases.token_endpoint;
    const certificate = ({certificate: cert, private_key: key}) => ({cert, key});
    s.expect(at !== s.metadata.token_endpoint, 'there is an alias');
    const made = await s.register({
      token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=tls-client',
    });
    s.expect(made.status === 201, `registration (${made.text})`);
    s.refused(await s.register(), 'invalid_client_metadata', 'public clients are not registered');
    const impostor = new Authority().client('tls-client', {selfSigned: true});
    const form = await s.code('tls-client');
    s.refused(await s.fetch(at, {form, ...impostor}), 'invalid_client', 'signed by nobody');
    for (const known of s.clients) {
      const form = await s.code(known.client_id);
      const other = s.clients.find((c) => c !== known);
      s.refused(await s.token(form, certificate(known)), 'invalid_client', 'not at the alias');
      s.refused(await s.fetch(at, {form}), 'invalid_client', 'without a certificate');
      s.refused(await s.fetch(at, {form, ...certificate(other)}), 'invalid_client', 'another one');
      const {access_token} = (await s.fetch(at, {form, ...certificate(known)})).json;
      s.expect(decodeJwt(access_token).cnf?.['x5t#S256'], 'the token is bound');
      await s.works(access_token, certificate(known));
      await s.fails(access_token, 'a token without certificate');
      await s.fails(access_token, 'a token with another certificate', certificate(other));
    }
  },

  async 'client-credentials'(s) {
    const form = {grant_type: 'client_credentials', scope, resource: s.resource};
    const with_ = {
      client_secret_basic: async (c) => [form, basic(c)],
      client_secret_post: async ({client_id, client_secret}) => [{...form, client_id, client_secret}],
      client_secret_jwt: async (c) => [{...form, ...await assertion(c, s.issuer)}],
      private_key_jwt: async (c) => [{...form, ...await assertion(c, s.issuer)}],
    };
    for (const known of s.clients) {
      const {client_id, token_endpoint_auth_method: method} = known;
      const got = await s.token(...await with_[method](known));
      await s.works(got.json.access_token);
      s.expect(!got.json.refresh_token, 'no refresh token');
      s.refused(await s.token({...form, client_id}), 'invalid_client', `${client_id} unauthenticated`);
    }
    const wrong = {client_id: 'client-secret-basic', client_secret: 'x'};
    s.refused(await s.token(form, basic(wrong)), 'invalid_client', 'a wrong secret');
  },

  async refresh(s) {
    const known = basic(s.client('refresh-client'));
    const first = (await s.token(await s.code('refresh-client'), known)).json;
    const refresh = (refresh_token) =>
      s.token({grant_type: 'refresh_token', refresh_token, resource: s.resource}, known);
    await s.works(first.access_token);
    const second = (await refresh(first.refresh_token)).json;
    s.expect(second.refresh_token !== first.refresh_token, 'the refresh token rotates');
    await s.works(second.access_token);
    await pause(1000 * first.expires_in + 1000);
    await s.fails(first.access_token, 'an access token soon ends');
    s.refused(await refresh(first.refresh_token), 'invalid_grant', 'reuse is refused');
    s.refused(await refresh(second.refresh_token), 'invalid_grant', 'and ends the whole grant');
  },

  async fapi2(s) {
    const known = s.client('fapi-client');
    const key = await ProofKey.make();
    const at = s.metadata.token_endpoint;
    const push = s.metadata.pushed_authorization_request_endpoint;
    const {verifier, params} = s.request('fapi-client');
    s.refused(await s.authorize(params), 'invalid_request', 'a plain request is refused');
    s.refused(await s.fetch(push, {form: params}), 'invalid_client', 'pushing unauthenticated');
    s.refused(await s.fetch(push, {form: {...params, ...await assertion(known, push)}}),
      'invalid_client', 'an audience other than the issuer');
    const pushed = await s.fetch(push, {form: {...params, ...await assertion(known, s.issuer)}});
    s.expect(pushed.json?.request_uri, `pushing (${pushed.text})`);
    const back = await s.authorize({client_id: 'fapi-client', request_uri: pushed.json.request_uri});
    const form = async () => ({
      grant_type: 'authorization_code', code: back.get('code'), redirect_uri,
      code_verifier: verifier, resource: s.resource, ...await assertion(known, s.issuer),
    });
    s.refused(await s.token(await form()), 'invalid_grant', 'without proof');
    const bare = await s.token(await form(), await key.proof(at));
    s.refused(bare, 'use_dpop_nonce', 'without nonce');
    const proof = await key.proof(at, {nonce: bare.headers['dpop-nonce']});
    const {access_token} = (await s.token(await form(), proof)).json;
    await demandsProofs(s, access_token, key, await ProofKey.make());
  },

  async 'mcp-sdk'(s) {
    const {client_id} = await s.register();
    const bad = s.request(client_id, {code_challenge: undefined});
    s.refused(await s.authorize(bad.params), 'invalid_request', 'PKCE is demanded');
    const form = await s.code(client_id);
    s.refused(await s.token({...form, code_verifier: 'x'.repeat(43)}), 'invalid_grant', 'verifier');
    const first = (await s.token(form)).json;
    await s.works(first.access_token);
    const refresh = {grant_type: 'refresh_token', refresh_token: first.refresh_token, client_id};
    const second = (await s.token(refresh)).json;
    await s.works(second.access_token);
    s.refused(await s.token(refresh), 'invalid_grant', 'the refresh token rotates');
    const form2 = {token: second.refresh_token, client_id};
    s.expect((await s.fetch(s.metadata.revocation_endpoint, {form: form2})).status === 200, 'revoke');
    await s.fails(second.access_token, 'a revoked token is refused');
    const secret = await s.register({token_endpoint_auth_method: 'client_secret_post'});
    const code = await s.code(secret.client_id);
    s.refused(await s.token(code), 'invalid_client', 'a secret is demanded');
    await s.works((await s.token({...code, client_secret: secret.client_secret})).json.access_token);
    const elsewhere = await s.code(client_id, {resource: 'https://elsewhere.example/'});
    s.expect((await s.token(elsewhere)).status === 500, 'another resource is refused');
  },
};

/// At the resource.
async function demandsProofs(s, token, key, other) {
  const at = s.resource;
  await s.fails(token, 'Bearer is refused');
  const bare = await s.call(token, {scheme: 'DPoP', ...await key.proof(at, {token})});
  s.expect(/use_dpop_nonce/.test(bare.headers['www-authenticate']), 'a nonce is demanded');
  const nonce = bare.headers['dpop-nonce'];
  const proof = async (k, more) => ({scheme: 'DPoP', ...await k.proof(at, {nonce, token, ...more})});
  const good = await proof(key);
  await s.works(token, good);
  await s.fails(token, 'a replay is refused', good);
  const {headers} = await s.call(token, {scheme: 'DPoP', ...await key.proof(at, {token})});
  const fresh = {nonce: headers['dpop-nonce']};
  await s.fails(token, 'another key is refused', await proof(other, fresh));
  await s.fails(token, 'a proof for another method', await proof(key, {...fresh, htm: 'GET'}));
  await s.fails(token, 'a proof for another token', await proof(key, {...fresh, token: 'x'}));
  await s.fails(token, 'an old nonce is refused', await proof(key));
}

async function demandsAssertions(s, known) {
  const form = await s.code(known.client_id);
  s.refused(await s.token(form), 'invalid_client', 'without an assertion');
  s.refused(await s.token({...form, ...await assertion(known, s.metadata.token_endpoint)}),
    'invalid_client', 'an audience other than the issuer');
  s.refused(await s.token({...form, ...await assertion(known, [s.issuer])}),
    'invalid_client', 'an array of audiences');
  const good = await assertion(known, s.issuer);
  const wrong = {client_assertion: `${good.client_assertion.slice(0, -8)}AAAAAAAA`};
  s.refused(await s.token({...form, ...good, ...wrong}), 'invalid_client', 'a wrong signature');
  const {access_token, refresh_token} = (await s.token({...form, ...good})).json;
  await s.works(access_token);
  const refresh = {grant_type: 'refresh_token', refresh_token, resource: s.resource};
  s.refused(await s.token({...refresh, ...good}), 'invalid_client', 'an assertion is used once');
  const again = await s.token({...refresh, ...await assertion(known, s.issuer)});
  s.expect(again.status === 200, `refreshing (${again.text})`);
}

// --- All of them -------------------------------------------------------------------------------

const wanted = process.argv.slice(2).filter((word) => word !== '--https');
for (const mode of wanted.length > 0 ? wanted : Object.keys(demands)) {
  let subject;
  try {
    subject = await Subject.start(mode);
    await subject.challenges();
    await demands[mode](subject);
  } catch (error) {
    subject ??= {problems: []};
    subject.problems.push(error.stack);
  } finally {
    await subject.stop?.();
  }
  const {problems} = subject;
  console.log(problems.length === 0 ? `ok   ${mode}` : `FAIL ${mode}: ${problems.join('; ')}`);
  if (problems.length > 0) process.exitCode = 1;
}
