// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Logging in, wherever and however.

import {Provider, answerAtProvider, answerWithForm} from './provider.mjs';
import {
  addressBox, answerAtExampleServer, answerAtOidcProvider, assert, badge, callTool,
  closes, connect, inWindow, lookUp, scenario, shows, toolsAre,
} from './scenario.mjs';
import {desktop, phone, withoutScript} from './stage.mjs';

scenario('a desktop login in a window of its own, and other tabs follow', async (t) => {
  const {app, mcp, resource} = await t.world();
  const browser = await t.visitor(desktop);
  const page = await browser.newPage();
  await page.goto(app.start);
  await page.getByRole('link', {name: 'Add an MCP server'}).click();
  await shows(page, 'You have none yet');
  await t.look(page, 'list-empty');
  const secondTab = await browser.newPage();
  await secondTab.goto(`${app.hub}/`);

  await lookUp(page, mcp);
  await page.getByRole('heading', {level: 1}).waitFor();
  await shows(page, new URL(resource.url).host);
  await t.look(page, 'preview');
  const popup = await inWindow(page, 'Log in and connect');
  // The page behind it is out of reach of whoever the login is at.
  await popup.getByLabel('User').waitFor();
  assert.equal(await popup.evaluate(() => window.opener), null);
  await closes(popup, () => answerAtExampleServer(popup));
  await page.locator('.badge.connected').waitFor();
  await toolsAre(page, 'add', 'statistics', 'whoami');
  await t.look(page, 'integration-tools');
  // The last page in a window that cannot close itself.
  const last = await browser.newPage();
  await last.goto(`${page.url()}?popup=1`);
  await shows(last, 'You can close this window');
  await t.look(last, 'login-done');
  await last.close();
  // The list that was open has it too.
  await secondTab.locator('.integrations .badge.connected').waitFor();
  await t.look(secondTab, 'list');

  await secondTab.evaluate(() => { window.stayed = true; });
  const app2 = await browser.newPage();
  await callTool(app2, app, 'add', {a: 20, b: 22});
  await app2.locator('#result').getByText('42').waitFor();
  await t.look(app2, 'client-result');
  // What happens in one tab is seen in another, which is not loaded again for it.
  await callTool(app2, app, 'statistics');
  await shows(app2, 'Your permission is needed');
  await secondTab.locator('.badge.more_needed').waitFor();
  assert.equal(await secondTab.evaluate(() => window.stayed), true);
});

scenario('on a phone the login takes the whole page', async (t) => {
  const {app, mcp} = await t.world();
  const browser = await t.visitor(phone);
  const page = await t.hubPage(app, browser);
  await lookUp(page, mcp);
  await page.getByRole('button', {name: 'Log in and connect'}).tap();
  await answerAtExampleServer(page);
  await page.locator('.badge.connected').waitFor();
  await toolsAre(page, 'add');
  assert.equal(browser.pages().length, 1);
  assert.match(page.url(), /\/hub\/integrations\/[0-9a-f]{32}$/);
});

scenario('a login works without script', async (t) => {
  const {app, mcp} = await t.world();
  const browser = await t.visitor(withoutScript);
  const page = await t.hubPage(app, browser);
  await lookUp(page, mcp);
  // What is between the two sites has a link, for browsers that stay there.
  const between = page.waitForResponse((r) => r.url().endsWith('/connect'));
  await page.getByRole('button', {name: 'Log in and connect'}).click();
  assert.match((await between).headers().refresh, /^0;url=http:\/\/localhost:/);
  await answerAtExampleServer(page);
  await page.locator('.badge.connected').waitFor();
  await page.reload(); // the tools are listed in the background
  await page.getByRole('button', {name: 'List the tools again'}).click();
  await toolsAre(page, 'add', 'statistics', 'whoami');
  assert.equal(browser.pages().length, 1);
  await page.getByText('Disconnect', {exact: false}).first().click();
  await page.getByRole('button', {name: 'Disconnect'}).click();
  await shows(page, 'You have none yet');
});

scenario('the page on the way to a login says where it leads', async (t) => {
  const {app, mcp, issuer} = await t.world();
  const browser = await t.visitor({...desktop, viewport: {width: 700, height: 860}});
  const page = await t.hubPage(app, browser);
  await lookUp(page, mcp);
  // As a browser shows it that does not go on by itself.
  await browser.route('**/connect', async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    delete headers.refresh;
    await route.fulfill({response, headers});
  });
  await page.getByRole('button', {name: 'Log in and connect'}).click();
  await shows(page, new URL(issuer.url).host);
  await t.look(page, 'leaving');
  await page.getByRole('link', {name: 'Continue'}).click();
  await answerAtExampleServer(page);
  await page.locator('.badge.connected').waitFor();
});

scenario('where no window may be opened the login takes the whole page', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const browser = await t.visitor(desktop);
  await browser.addInitScript(() => { window.open = () => null; });
  const page = await t.hubPage(app, browser);
  await lookUp(page, provider.mcp);
  await page.getByRole('button', {name: 'Log in and connect'}).click();
  await answerAtProvider(page);
  await page.locator('.badge.connected').waitFor();
  assert.equal(browser.pages().length, 1);
});

scenario('a login in one tab leaves the pages of other integrations alone', async (t) => {
  const one = await t.own(await Provider.start());
  const two = await t.own(await Provider.start({title: 'Second Garden'}));
  const app = await t.application();
  const browser = await t.visitor(desktop);
  const page = await t.hubPage(app, browser);
  await connect(page, one.mcp, answerAtProvider);
  await toolsAre(page, 'Search notes');
  await page.evaluate(() => { window.stayed = true; });
  const other = await t.hubPage(app, browser);
  await connect(other, two.mcp, answerAtProvider);
  await toolsAre(other, 'Search notes');
  assert.equal(await page.evaluate(() => window.stayed), true);
  assert.match(await page.textContent('h1'), /Paper Garden/);
});

scenario('a login at oidc-provider', async (t) => {
  const issuer = await t.script('oidc_provider.mjs');
  const issuerUrl = t.allow(await issuer.says(/^ready: (.*)$/m));
  const resource = await t.script('mcp_resource.mjs', issuerUrl);
  const mcp = t.allow(await resource.says(/^ready: (.*)$/m));
  t.tolerate(/^https:\/\/fonts\.googleapis\.com\//);
  const app = await t.application();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await connect(page, mcp, (popup) => answerAtOidcProvider(popup, 'alice'));
  await toolsAre(page, 'whoami');
  await callTool(page, app, 'whoami');
  assert.equal(await page.locator('#result').textContent(), 'alice');
  assert.match(issuer.output, /^token authorization_code/m);
});

scenario('two accounts at one server are two integrations', async (t) => {
  const issuer = await t.script('oidc_provider.mjs');
  const issuerUrl = t.allow(await issuer.says(/^ready: (.*)$/m));
  const resource = await t.script('mcp_resource.mjs', issuerUrl);
  const mcp = t.allow(await resource.says(/^ready: (.*)$/m));
  t.tolerate(/^https:\/\/fonts\.googleapis\.com\//);
  const app = await t.application();
  const browser = await t.visitor(desktop);
  const page = await t.hubPage(app, browser);
  for (const user of ['alice', 'bob']) {
    await page.goto(`${app.hub}/`);
    await connect(page, mcp, (popup) => answerAtOidcProvider(popup, user));
    await toolsAre(page, 'whoami');
    await browser.clearCookies({name: /^_session/}); // somebody else comes
  }
  await page.goto(`${app.hub}/`);
  const names = await page.locator('.integrations a').allTextContents();
  assert.equal(names.length, 2);
  assert.notEqual(names[0], names[1]);
  // In any order: who has come within the same second is in none.
  const users = [];
  for (const nth of [0, 1]) {
    await callTool(page, app, 'whoami', {}, nth);
    users.push(await page.locator('#result').textContent());
  }
  assert.deepEqual(users.sort(), ['alice', 'bob']);
});

scenario('what needs no login is connected at once', async (t) => {
  const provider = await t.own(await Provider.start({needsLogin: false}));
  const app = await t.application();
  const browser = await t.visitor(desktop);
  const page = await t.hubPage(app, browser);
  await lookUp(page, provider.mcp);
  await shows(page, 'Paper Garden');
  await t.look(page, 'preview-no-login');
  await page.getByRole('button', {name: 'Connect'}).click();
  await page.locator('.badge.connected').waitFor();
  await toolsAre(page, 'Search notes');
  assert.equal(browser.pages().length, 1);
  assert.equal(provider.registrations, 0);
});

scenario('a client that was registered by hand is typed in', async (t) => {
  const provider = await t.own(await Provider.start({registers: false}));
  const app = await t.application();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await lookUp(page, provider.mcp);
  await page.getByLabel('Client ID').waitFor();
  assert.equal(await page.getByLabel(/^Callback address/).inputValue(), `${app.hub}/callback`);
  await t.look(page, 'preview-own-client');
  await page.getByLabel('Client ID').fill('mistyped');
  const wrong = await inWindow(page, 'Log in and connect');
  await wrong.waitForURL(/authorize/);
  await wrong.close();
  // It can be corrected where it was typed.
  await page.reload();
  await page.getByText('Use a client of your own').click();
  assert.equal(await page.getByLabel('Client ID').inputValue(), 'mistyped');
  await t.look(page, 'preview-correct-client');
  await page.getByLabel('Client ID').fill('my-own-client');
  const popup = await inWindow(page, 'Log in with it');
  assert.equal(new URL(await popup.waitForURL(/authorize/).then(() => popup.url()))
    .searchParams.get('client_id'), 'my-own-client');
  await closes(popup, () => answerAtProvider(popup));
  await page.locator('.badge.connected').waitFor();
  assert.equal(await badge(page).textContent(), 'Connected');
});

scenario('text from elsewhere is announced with its provider and fetched after the login', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application('context_editor');
  const page = await (await t.visitor(desktop)).newPage();
  await page.goto(app.start);
  await t.look(page, 'context');
  await page.getByLabel('Add any address as context').fill(provider.doc);
  await page.getByRole('button', {name: 'Add'}).click();
  await shows(page, 'Paper Garden');
  const width = await page.locator('section img').evaluate((image) => image.naturalWidth);
  assert.equal(width, 64);
  await t.look(page, 'context-login');
  await page.getByRole('link', {name: 'Log in'}).click();
  // It need not be typed again.
  assert.equal(await addressBox(page).inputValue(), provider.doc);
  await connect(page, provider.doc, answerAtProvider);
  await shows(page, 'This is no MCP server');
  await t.look(page, 'integration');
  await page.getByRole('link', {name: 'Context', exact: true}).click();
  await page.getByRole('button', {name: 'Try again'}).click();
  await page.locator('pre').getByText('Water the tomatoes.').waitFor();
  await t.look(page, 'context-text');
});

// The server calls itself `localhost`, which is another site: no cookie comes with its form.
const postsAnswers = {metadata: {response_modes_supported: ['query', 'form_post']}};

scenario('an answer that another site posts is taken', async (t) => {
  const provider = await t.own(await Provider.start(postsAnswers));
  const app = await t.application('context_editor');
  const page = await t.hubPage(app, await t.visitor(desktop));
  await connect(page, provider.mcp, answerWithForm);
  await toolsAre(page, 'Search notes');
  assert.equal(provider.forms, 1);
  const refused = await t.hubPage(app, await t.visitor(desktop));
  await lookUp(refused, provider.mcp);
  const popup = await inWindow(refused, 'Log in and connect');
  await answerWithForm(popup, 'Deny');
  await shows(popup, 'You did not allow it');
  assert.doesNotMatch(popup.url(), /[?]/);
});

scenario('an answer that another site posts is taken without script', async (t) => {
  const provider = await t.own(await Provider.start(postsAnswers));
  const app = await t.application('context_editor');
  const page = await t.hubPage(app, await t.visitor(withoutScript));
  await lookUp(page, provider.mcp);
  await page.getByRole('button', {name: 'Log in and connect'}).click();
  await answerWithForm(page);
  await shows(page, 'Back from the login');
  await page.getByRole('button', {name: 'Continue'}).click();
  await page.locator('.badge.connected').waitFor();
  assert.doesNotMatch(page.url(), /code=/);
});

scenario('the page that passes an answer on is like the others', async (t) => {
  const provider = await t.own(await Provider.start(postsAnswers));
  const app = await t.application('context_editor');
  const browser = await t.visitor(desktop);
  // Its own script would be gone from there at once; what judges it is one too.
  await browser.route('**/assets/hub.js*', (route) =>
    route.fulfill({contentType: 'text/javascript', body: ''}));
  const page = await t.hubPage(app, browser);
  await lookUp(page, provider.mcp);
  await page.getByRole('button', {name: 'Log in and connect'}).click();
  await answerWithForm(page);
  await shows(page, 'Back from the login');
  await t.look(page, 'back-from-login');
  await page.getByRole('button', {name: 'Continue'}).click();
  await page.locator('.badge.connected').waitFor();
});
