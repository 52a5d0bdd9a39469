// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Servers on free loopback ports, with TLS from an authority made for the occasion, and requests
// between them that trust nobody else.

import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer as createHttp, request as requestHttp} from 'node:http';
import {createServer as createHttps, request as requestHttps} from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/// A certification authority in a folder that goes with the process.
export class Authority {
  #folder = mkdtempSync(join(tmpdir(), 'asioauth-servers-'));
  #made = 0;

  constructor() {
    process.on('exit', () => rmSync(this.#folder, {recursive: true, force: true}));
    this.#openssl([
      ...newKey, '-subj', '/CN=asioauth test authority',
      '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign',
    ], 'ca');
    this.certificate = readFileSync(this.file, 'utf8');
  }

  /// Where clients find the certificate to trust.
  get file() {
    return join(this.#folder, 'ca.pem');
  }

  server() {
    return this.#leaf('/CN=localhost', 'serverAuth', ['-addext',
      'subjectAltName=IP:127.0.0.1,DNS:localhost'], true);
  }

  /// @return {key, cert} in PEM; self-signed on demand
  client(name, {selfSigned = false} = {}) {
    return this.#leaf(`/CN=${name}`, 'clientAuth', [], !selfSigned);
  }

  #leaf(subject, usage, more, signed) {
    const name = `leaf${++this.#made}`;
    this.#openssl([
      ...newKey, '-subj', subject, ...more,
      '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', `extendedKeyUsage=${usage}`,
      ...(signed ? ['-CA', this.file, '-CAkey', join(this.#folder, 'ca.key')] : []),
    ], name);
    return {
      key: readFileSync(join(this.#folder, `${name}.key`), 'utf8'),
      cert: readFileSync(join(this.#folder, `${name}.pem`), 'utf8'),
    };
  }

  #openssl(options, name) {
    execFileSync('openssl', [
      'req', '-x509', ...options,
      '-keyout', join(this.#folder, `${name}.key`), '-out', join(this.#folder, `${name}.pem`),
    ], {stdio: ['ignore', 'ignore', 'pipe']});
  }
}

/** A server on a free port of 127.0.0.1, which has no handler yet: what it serves names its port.

    @param authority for https; without it the server is a plain one
    @param asksForCertificate whether clients are asked to show who they are
    @return {server, origin}
*/
export async function listen({authority, asksForCertificate = false} = {}) {
  const server = authority
    ? createHttps({
      ...authority.server(),
      ca: authority.certificate,
      requestCert: asksForCertificate,
      // Whoever gets no further for want of a certificate is to hear of it in OAuth's words.
      rejectUnauthorized: false,
    })
    : createHttp();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const scheme = authority ? 'https' : 'http';
  return {server, origin: `${scheme}://127.0.0.1:${server.address().port}`};
}

/** One request, without following redirects.

    @param options method, headers, ca, key, cert; `form` or `json` for a body
    @return {status, headers, text, json}
*/
export function fetchOnce(url, {form, json, headers = {}, ...options} = {}) {
  const body = form ? `${new URLSearchParams(form)}` : json && JSON.stringify(json);
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: body === undefined ? 'GET' : 'POST',
      agent: false,
      headers: {...(body === undefined ? {} : {'content-type': type}), ...headers},
      ...options,
    }, async (response) => {
      try {
        const chunks = [];
        for await (const chunk of response) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const isJson = /^application\/json/.test(response.headers['content-type'] ?? '');
        resolve({
          status: response.statusCode,
          headers: response.headers,
          text,
          json: isJson && text ? JSON.parse(text) : undefined,
        });
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', reject);
    request.end(body);
  });
}
