// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// What becomes of a login: it is refused, it is not enough, it is given back.

import {Provider, answerAtProvider} from './provider.mjs';
import {
  answerAtExampleServer, answerAtOidcProvider, assert, badge, callTool, closes, connect,
  inWindow, lookUp, scenario, shows, toolsAre,
} from './scenario.mjs';
import {desktop} from './stage.mjs';
import {startStrictProvider} from './strict_provider.mjs';

const disconnect = async (page) => {
  await page.locator('summary', {hasText: 'Disconnect'}).click();
  await page.getByRole('button', {name: 'Disconnect'}).click();
};

scenario('a login that the server has ended is asked for again and works', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const browser = await t.visitor(desktop);
  const page = await t.hubPage(app, browser);
  await connect(page, provider.mcp, answerAtProvider);
  await toolsAre(page, 'Search notes');
  const list = await browser.newPage();
  await list.goto(`${app.hub}/`);

  provider.tokens.clear();
  provider.refusesRefresh = true;
  await page.getByRole('button', {name: 'List the tools again'}).click();
  // It stays on the page where something can be done about it.
  await page.locator('.badge.login_required').waitFor();
  assert.equal(await badge(page).textContent(), 'Needs login');
  await list.locator('.badge.login_required').waitFor();
  await t.look(page, 'needs-login');

  provider.refusesRefresh = false;
  const popup = await inWindow(page, 'Log in again');
  await closes(popup, () => answerAtProvider(popup));
  await page.locator('.badge.connected').waitFor();
  await list.locator('.badge.connected').waitFor();
  await callTool(page, app, 'search_notes');
  assert.equal(await page.locator('#result').textContent(), 'called search_notes');
});

scenario('a server that has forgotten everything is logged in to again', async (t) => {
  const {app, mcp, issuer, resource} = await t.world();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await connect(page, mcp);
  await toolsAre(page, 'add');
  const where = page.url();
  // The keys, the clients and the logins are gone.
  await issuer.stop();
  await resource.stop();
  const {port} = new URL(issuer.url);
  await t.server('authorization_server', '--port', port);
  await t.server('mcp_server', '--port', new URL(resource.url).port, '--issuer', issuer.url);
  await callTool(page, app, 'add', {a: 1, b: 2});
  await t.look(page, 'client-permission');
  await page.getByRole('link', {name: 'See what for'}).click();
  assert.equal(page.url(), where);
  assert.equal(await badge(page).textContent(), 'Needs login');
  const popup = await inWindow(page, 'Log in again');
  await closes(popup, () => answerAtExampleServer(popup));
  await page.locator('.badge.connected').waitFor();
  await callTool(page, app, 'add', {a: 1, b: 2});
  await page.locator('#result').getByText('3').waitFor();
});

scenario('a tool that needs more permission is named and works once it is allowed', async (t) => {
  const {app, mcp} = await t.world();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await connect(page, mcp);
  await toolsAre(page, 'statistics');
  await page.goto(`${app.origin}/`);
  await t.look(page, 'client');
  await callTool(page, app, 'statistics');
  await page.getByRole('link', {name: 'See what for'}).click();
  assert.equal(await badge(page).textContent(), 'Needs more permission');
  const section = page.locator('section.attention');
  assert.match(await section.textContent(), /statistics/);
  assert.match(await section.textContent(), /mcp:stats/);
  // What is there already is not asked for once more.
  assert.doesNotMatch(await section.textContent(), /mcp:tools/);
  await t.look(page, 'needs-permission');
  const popup = await inWindow(page, 'Allow it');
  await popup.getByLabel('User').fill('alice');
  await popup.getByLabel('Password').fill('wonderland');
  await popup.getByRole('button', {name: 'Log in'}).click();
  // What it had is not lost for it.
  await shows(popup, 'mcp:stats');
  await shows(popup, 'mcp:tools');
  await closes(popup, () => popup.getByRole('button', {name: 'Allow'}).click());
  await page.locator('.badge.connected').waitFor();
  await callTool(page, app, 'statistics');
  await page.locator('#result').getByText('requests').waitFor();
});

scenario('disconnecting gives the login back at the server and empties the list', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const browser = await t.visitor(desktop);
  const page = await t.hubPage(app, browser);
  await connect(page, provider.mcp, answerAtProvider);
  await toolsAre(page, 'Search notes');
  const where = page.url();
  const [access] = provider.tokens.keys();
  const [refresh] = provider.refreshable.keys();
  const list = await browser.newPage();
  await list.goto(`${app.hub}/`);
  await disconnect(page);
  await shows(page, 'You have none yet');
  await shows(list, 'You have none yet');
  assert.ok(provider.revoked.includes(refresh), 'the refresh token was not revoked');
  assert.ok(!provider.tokens.has(access), 'the access token is still good');
  await page.goto(where);
  await shows(page, 'There is nothing here');
  await t.look(page, 'not-found');
  await page.getByRole('link', {name: /^Back/}).click();
  await shows(page, 'You have none yet');
});

scenario('disconnecting is noted by oidc-provider', async (t) => {
  const told = [];
  const started = await startStrictProvider('opaque', {
    tls: false, log: (event, text) => told.push([event, text]),
  });
  t.allow(started.issuer);
  t.allow(started.resources[0]);
  t.tolerate(/^https:\/\/fonts\.googleapis\.com\//);
  const app = await t.application();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await connect(page, started.resources[0], (popup) => answerAtOidcProvider(popup, 'alice'));
  await toolsAre(page, 'whoami');
  assert.ok(!told.some(([event]) => event === 'revoked'));
  await disconnect(page);
  await shows(page, 'You have none yet');
  assert.ok(told.some(([event]) => event === 'revoked'), JSON.stringify(told));
});

scenario('a server that is away is a problem that a new try solves', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await connect(page, provider.mcp, answerAtProvider);
  await toolsAre(page, 'Search notes');
  const {port} = new URL(provider.origin);
  await provider.close();
  await page.getByRole('button', {name: 'List the tools again'}).click();
  await page.locator('.badge.failed').waitFor();
  await t.look(page, 'problem');
  await new Promise((resolve) => provider.server.listen(port, '127.0.0.1', resolve));
  await page.getByRole('button', {name: 'Try again'}).click();
  await page.locator('.badge.connected').waitFor();
});

scenario('a login that cannot be renewed is said to end before it does', async (t) => {
  const provider = await t.own(await Provider.start({refreshes: false, lasts: 300}));
  const app = await t.application();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await lookUp(page, provider.mcp);
  const popup = await inWindow(page, 'Log in and connect');
  await closes(popup, () => answerAtProvider(popup));
  await page.locator('.badge.expiring').waitFor();
  await toolsAre(page, 'Search notes');
  await shows(page, 'Login ends');
  await t.look(page, 'login-ends-soon');
  provider.lasts = 3_600;
  const again = await inWindow(page, 'Log in again');
  await closes(again, () => answerAtProvider(again));
  await page.locator('.badge.connected').waitFor();
});
