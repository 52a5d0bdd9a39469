// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Runs the conformance runner's `authorization` command against our example authorization server:
// starts the server, registers a client for each run, and plays the user, whom the runner asks to
// open a URL in a browser. The grant scenario needs the result of the metadata scenario, so one
// run of the runner always does both.
//
// Usage: node authorization_server.mjs SERVER RUNNER FOLDER REVISION...
//   SERVER  the program: takes --port, prints `ready: URL`, stops on SIGTERM, knows alice
//   RUNNER  the runner's JavaScript file
//   FOLDER  gets REVISION/result (the runner's files) and REVISION/runner.log
//
// Exits with 0 if every run came to an end; what the runs found is for verdict.mjs to judge.

import {spawn} from 'node:child_process';
import {createWriteStream, mkdirSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const user = {name: 'alice', password: 'wonderland'};
const stepTimeout = 20_000;

// A server that never answers must not outlive the run: whatever ends this program ends them.
const children = new Set();
const stopAll = () => children.forEach((child) => child.kill('SIGTERM'));
process.on('exit', stopAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

function start(program, args, log) {
  const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe']});
  children.add(child);
  const lines = createInterface({input: child.stdout});
  lines.on('line', (line) => log.write(`${line}\n`));
  child.stderr.pipe(log, {end: false});
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal ?? code));
  }).finally(() => children.delete(child));
  return {child, lines, ended};
}

// The first line that `pattern` matches, or an error if the program ends or is too slow.
function lineOf({lines, ended}, pattern, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${what} in time`)), stepTimeout);
    lines.on('line', (line) => {
      const match = line.match(pattern);
      if (match) resolve(match[1]);
    });
    ended.then((how) => reject(new Error(`no ${what}: the program ended (${how})`)));
    Promise.allSettled([ended]).then(() => clearTimeout(timer));
  });
}

const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer().on('error', reject).listen(0, '127.0.0.1', () => {
    const {port} = probe.address();
    probe.close(() => resolve(port));
  });
});

// A kept connection may be closed by the other side just as it is used again (`fetch failed`), and
// on a busy machine so may the next one: none is kept.
async function request(url, options = {}) {
  const headers = {connection: 'close', ...options.headers};
  const signal = AbortSignal.timeout(stepTimeout);
  for (let left = 2; ; --left) {
    try {
      return await fetch(url, {redirect: 'manual', signal, ...options, headers});
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      if (left !== 0) continue;
      throw new Error(`${new URL(url).pathname}: ${error.message}, ${error.cause?.message}`);
    }
  }
}

async function register(issuer, redirectUri) {
  const metadata = await (await request(`${issuer}/.well-known/oauth-authorization-server`)).json();
  const response = await request(metadata.registration_endpoint, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({
      client_name: 'Conformance runner',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    }),
  });
  const body = await response.text();
  if (response.status !== 201) throw new Error(`registration: ${response.status} ${body}`);
  return JSON.parse(body).client_id;
}

const unescapeHtml = (text) => text
  .replace(/&quot;/g, '"').replace(/&#(?:39|x27);/g, "'").replace(/&#(?:47|x2F);/gi, '/')
  .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

const attributes = (tag) => Object.fromEntries(
  [...tag.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g)]
    .map(([, name, a, b, c]) => [name.toLowerCase(), unescapeHtml(a ?? b ?? c ?? '')]));

// What a browser would send if the user filled in the page's first form and pressed its first
// button that is not a refusal.
function fillIn(html, url) {
  const form = html.match(/<form\b([^>]*)>([\s\S]*?)<\/form>/i);
  if (!form) throw new Error(`no form at ${url}: ${html.slice(0, 200)}`);
  const {action = '', method = 'get'} = attributes(form[1]);
  const fields = new URLSearchParams();
  let pressed = false;
  for (const [, element, rest] of form[2].matchAll(/<(input|button)\b([^>]*)>/gi)) {
    const {name, type = element.toLowerCase() === 'button' ? 'submit' : 'text', value = ''} =
      attributes(rest);
    if (type === 'submit') {
      if (pressed || /deny|cancel|refuse|reject/i.test(`${name} ${value}`)) continue;
      pressed = true;
      if (name) fields.append(name, value);
    } else if (name && type === 'password') {
      fields.append(name, user.password);
    } else if (name && (type === 'text' || type === 'email')) {
      fields.append(name, user.name);
    } else if (name) {
      fields.append(name, value);
    }
  }
  return {target: new URL(action || url, url), method: method.toLowerCase(), fields};
}

// Follows redirects and answers forms until the browser would be at the runner's own page.
async function logIn(start, callback) {
  const cookies = new Map();
  let next = {target: new URL(start), method: 'get'};
  for (let step = 0; step < 12; ++step) {
    const {target, method, fields} = next;
    const atRunner = `${target.origin}${target.pathname}` === callback;
    const response = await request(target, {
      method: method.toUpperCase(),
      headers: atRunner ? {} : {cookie: [...cookies].map((pair) => pair.join('=')).join('; ')},
      body: method === 'post' ? fields : undefined,
    });
    const body = await response.text();
    if (atRunner) return;
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=;]+)=([^;]*)/) ?? [];
      if (name) cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location) {
      next = {target: new URL(location, target), method: 'get'};
    } else if (response.status === 200) {
      next = fillIn(body, target);
      if (next.method === 'get' && next.fields.size > 0) next.target.search = next.fields;
    } else {
      throw new Error(`login page: ${response.status} ${body.slice(0, 200)}`);
    }
  }
  throw new Error('the login goes on for ever');
}

async function run(issuer, runner, folder, revision) {
  mkdirSync(join(folder, revision), {recursive: true});
  const log = createWriteStream(join(folder, revision, 'runner.log'));
  const port = await freePort();
  const callback = `http://127.0.0.1:${port}/callback`;
  const test = start(process.execPath, [
    runner, 'authorization', '--url', issuer, '--spec-version', revision, '-p', `${port}`,
    '--client-id', await register(issuer, callback), '--resource', `${issuer}/mcp`,
    '-o', join(folder, revision, 'result'),
  ], log);
  // The runner would wait five minutes for a login that failed.
  const failure = await lineOf(test, /^(https?:\S+[?&]response_type=\S+)/, 'authorize URL')
    .then((url) => logIn(url, callback))
    .then(() => undefined, (error) => error);
  if (failure) {
    log.write(`${failure.stack}\n`);
    console.error(`${revision}: ${failure.message}`);
    test.child.kill('SIGTERM');
  }
  await test.ended;
  log.end();
  return !failure;
}

const [program, runner, folder, ...revisions] = process.argv.slice(2);
mkdirSync(folder, {recursive: true});
const server = start(program, ['--port', '0'], createWriteStream(join(folder, 'server.log')));
try {
  const issuer = await lineOf(server, /^ready: (\S+?)\/?$/, '`ready:` line');
  let good = true;
  for (const revision of revisions) good = (await run(issuer, runner, folder, revision)) && good;
  process.exitCode = good ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
server.child.kill('SIGTERM');
const how = await server.ended;
if (how !== 0 && how !== 'SIGTERM') {
  console.error(`the server ended with ${how}`);
  process.exitCode = 1;
}
