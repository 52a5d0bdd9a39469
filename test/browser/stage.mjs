// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// What a scenario plays on: programs, browsers that note everything that should not happen, and
// looks at pages.

import {spawn} from 'node:child_process';
import {createWriteStream, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const here = dirname(fileURLToPath(import.meta.url));

export const desktop = {viewport: {width: 1280, height: 860}};
export const phone = {
  viewport: {width: 360, height: 740}, deviceScaleFactor: 2, isMobile: true, hasTouch: true,
};
export const withoutScript = {...desktop, javaScriptEnabled: false};

// What no test should take longer for.
export const patience = 30_000;

// A Chromium that is still there so long after it was told to end is killed: now and then one never
// answers (Target.disposeBrowserContext), and it is not what is tested.
const farewell = 10_000;

/// What a promise becomes, or something else if it takes too long.
async function within(milliseconds, promise, otherwise) {
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, milliseconds, otherwise); });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const children = new Set();
// `timeout` passes it on, which it could not do with a SIGKILL.
process.on('exit', () => children.forEach((child) => child.kill()));

/// A program that runs until it is stopped and says in a line of its output where it is.
class Program {
  constructor(command, args, logFile, env) {
    this.output = '';
    const log = createWriteStream(logFile);
    // Whatever becomes of us, it ends.
    this.child = spawn('timeout', ['--kill-after=5', '600', command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, ...env},
    });
    children.add(this.child);
    this.ended = new Promise((resolve) => this.child.on('exit', (code) => {
      children.delete(this.child);
      resolve(code);
    }));
    this.child.stderr.on('data', (data) => log.write(data));
    this.child.stdout.on('data', (data) => {
      log.write(data);
      this.output += data;
      this.heard?.();
    });
  }

  /// The first thing in the output that a pattern with one group finds.
  async says(pattern) {
    const timer = setTimeout(() => this.child.kill(), patience);
    let over = false;
    this.ended.then(() => { over = true; this.heard?.(); });
    try {
      for (;;) {
        const found = pattern.exec(this.output);
        if (found) return found[1];
        if (over) throw new Error(`${this.child.spawnargs.slice(3).join(' ')} did not say ${pattern}`);
        await new Promise((resolve) => { this.heard = resolve; });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

/// A Chromium process: one that can be killed, and a connection to it.
async function startBrowser() {
  const server = await chromium.launchServer({
    executablePath: process.env.CHROMIUM,
    headless: true,
    host: '127.0.0.1',
    timeout: patience,
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      // A test talks to this machine only.
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
    ],
  });
  return {server, browser: await chromium.connect(server.wsEndpoint(), {timeout: patience})};
}

/// Everything that one scenario has, and that goes with it.
export class Stage {
  #programs = [];
  #chromium;
  #contexts = [];
  #closers = [];
  #allowed = new Set();
  #tolerated = [];

  constructor({build, folder, name}) {
    Object.assign(this, {build, name, pictures: folder});
    this.folder = join(folder, 'logs', name.replaceAll(' ', '-'));
    mkdirSync(this.folder, {recursive: true});
    this.complaints = [];
  }

  async end() {
    await this.#endBrowser();
    for (const close of this.#closers) await close();
    for (const program of this.#programs) await program.stop();
  }

  // --- Programs ----------------------------------------------------------------------------------

  #run(name, command, args, env) {
    const number = this.#programs.length;
    const program = new Program(command, args, join(this.folder, `${number}-${name}.log`), env);
    this.#programs.push(program);
    return program;
  }

  /// Pages may come from there.
  allow(url) {
    const {origin, port, protocol} = new URL(url);
    this.#allowed.add(origin);
    this.#allowed.add(`${protocol}//127.0.0.1:${port}`);
    this.#allowed.add(`${protocol}//localhost:${port}`);
    return url;
  }

  /// Requests that other people's pages make and that lead nowhere.
  tolerate(pattern) {
    this.#tolerated.push(pattern);
  }

  /// One of our example servers.
  async server(name, ...args) {
    const command = join(this.build, 'example/servers', name);
    const program = this.#run(name, command, args.length ? args : ['--port', '0']);
    program.url = this.allow(await program.says(/^ready: (.*)$/m));
    return program;
  }

  /// A script of test/servers.
  async script(name, ...args) {
    const program = this.#run(name, process.execPath, [join(here, name), ...args]);
    return program;
  }

  /// A server in this process.
  async own(server) {
    this.#closers.push(() => server.close());
    this.allow(server.origin);
    return server;
  }

  /// An application with the hub, with a store and a home of its own.
  async application(name = 'mcp_client_web') {
    const home = join(this.folder, name);
    rmSync(home, {recursive: true, force: true}); // nothing of an earlier run
    mkdirSync(home, {recursive: true});
    const program = this.#run(name, join(this.build, 'example', name),
      ['--no-browser', '--port', '0', '--store', join(home, 'store.db')], {
        HOME: home, XDG_CONFIG_HOME: '', XDG_DATA_HOME: '', XDG_STATE_HOME: '', XDG_CACHE_HOME: '',
        // So that no keyring of the user is asked.
        ASIOAUTH_STORE_KEY: '0123456789abcdef'.repeat(4),
      });
    program.start = this.allow(await program.says(/^Open (.*)$/m));
    program.origin = new URL(program.start).origin;
    program.hub = `${program.origin}/hub`;
    this.hubs = [...(this.hubs ?? []), program.origin];
    return program;
  }

  /// The example servers and an application.
  async world(...serverArguments) {
    const issuer = await this.server('authorization_server', '--port', '0', ...serverArguments);
    const resource = await this.server('mcp_server', '--port', '0', '--issuer', issuer.url);
    const app = await this.application();
    return {issuer, resource, app, mcp: `${resource.url}/mcp`};
  }

  // --- Browsers ----------------------------------------------------------------------------------

  complain(what) {
    this.complaints.push(what);
  }

  async #browser() {
    this.#chromium ??= startBrowser();
    return (await this.#chromium).browser;
  }

  /// Whether Chromium itself, not a page, says which one it is.
  async browserAnswers() {
    const ask = async () => {
      const {browser} = await this.#chromium ?? {};
      await (await browser?.newBrowserCDPSession())?.send('Browser.getVersion');
      return true;
    };
    return within(farewell, ask().catch(() => false), false);
  }

  async #endBrowser() {
    const {server} = await this.#chromium?.catch(() => ({})) ?? {};
    if (await within(farewell, server?.close(), 'late') !== 'late') return;
    console.log('     Chromium did not end, and was killed');
    await server.kill();
  }

  /// A browser with nothing in it. Whatever goes wrong on our pages is noted.
  async visitor(kind = desktop) {
    const context = await (await this.#browser()).newContext({...kind, reducedMotion: 'reduce'});
    this.#contexts.push(context);
    context.setDefaultTimeout(patience);
    const answered = new Set(); // with an error, as a page: Chromium logs that too
    const ours = (url) => (this.hubs ?? []).some((origin) => url.startsWith(`${origin}/`));
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`));
    });
    context.on('response', (response) => {
      if (response.request().isNavigationRequest() && response.status() >= 400)
        answered.add(response.url());
    });
    context.on('request', (request) => {
      const url = request.url();
      if (/^(data|blob|about|chrome-error):/.test(url)) return;
      if (this.#allowed.has(new URL(url).origin)) return;
      if (this.#tolerated.some((pattern) => pattern.test(url))) return;
      this.complain(`a request left for ${url}`);
    });
    context.on('console', (message) => {
      const from = message.location().url || message.page()?.url() || '';
      if (message.type() !== 'error' || !(ours(from) || ours(message.page()?.url() ?? ''))) return;
      const isAnswer = /^Failed to load resource: the server responded/.test(message.text());
      if (isAnswer && answered.has(from)) return;
      // Refusals in plain text name no picture, and browsers ask for the usual one.
      const at = message.page()?.url() ?? '';
      if (isAnswer && from.endsWith('/favicon.ico') && (answered.has(at) || !ours(at))) return;
      this.complain(`console: ${message.text()} (${from})`);
    });
    context.on('weberror', (error) => this.complain(`script: ${error.error()}`));
    context.on('dialog', (dialog) => {
      this.complain(`a dialog says ${dialog.message()}`);
      dialog.dismiss();
    });
    return context;
  }

  /// The list of a hub, in a browser that is signed in there.
  async hubPage(app, context) {
    const page = await context.newPage();
    await page.goto(app.start);
    await page.goto(`${app.hub}/`);
    return page;
  }

  /// For whoever wants to know why a scenario failed.
  async takeLast() {
    let number = 0;
    for (const context of this.#contexts) {
      for (const page of context.pages()) {
        const path = join(this.folder, `last-${number++}.png`);
        await page.screenshot({path, timeout: 3_000}).catch(() => {});
        console.log(`     ${path}: ${page.url().replace(/\?.*/, "")}`);
      }
    }
  }

  // --- Looks -------------------------------------------------------------------------------------

  /** Take pictures of a page, and have it judged: in both colour schemes, wide and narrow.

      @param kind the name of the pictures
  */
  async look(page, kind) {
    Stage.looked.add(kind);
    const before = page.viewportSize();
    await page.bringToFront(); // what is behind is painted late
    for (const width of [1280, 360]) {
      await page.setViewportSize({width, height: width === 360 ? 740 : 860});
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({colorScheme});
        await page.screenshot({
          path: join(this.pictures, `${kind}-${width}-${colorScheme}.png`), fullPage: true,
        });
        const where = `${kind}, ${width}px, ${colorScheme}`;
        await page.evaluate(`window.axe || (() => {${axe}})()`);
        const found = await page.evaluate(() => window.axe.run(document, {
          resultTypes: ['violations'],
        }).then(({violations, passes}) => ({
          checks: passes.length,
          violations: violations.map(({id, help, nodes}) =>
            `${id} (${help}): ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`),
        })));
        if (found.checks === 0) this.complain(`${where}: nothing was judged`);
        for (const violation of found.violations) this.complain(`${where}: axe: ${violation}`);
      }
      const [needed, there] = await page.evaluate(() =>
        [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      if (needed > there) this.complain(`${kind} is ${needed}px wide in ${there}px`);
    }
    await page.emulateMedia({colorScheme: null});
    await page.setViewportSize(before);
  }
}

/// The kinds of pages that were looked at, of all scenarios.
Stage.looked = new Set();
