// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// What people do other than expected.

import {Provider, answerAtProvider} from './provider.mjs';
import {
  addressBox, answerAtExampleServer, assert, badge, closes, connect, inWindow, lookUp, scenario,
  shows, toolsAre,
} from './scenario.mjs';
import {desktop, phone} from './stage.mjs';

scenario('who says no is told so with a way on, and nothing is added', async (t) => {
  const {app, mcp} = await t.world();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await lookUp(page, mcp);
  const popup = await inWindow(page, 'Log in and connect');
  await answerAtExampleServer(popup, 'Deny');
  await shows(popup, 'Not connected');
  await t.look(popup, 'login-denied');
  // The way back leads to the page behind the window, where it can be tried again.
  await closes(popup, () => popup.getByRole('link', {name: /^Back/}).click());
  const again = await inWindow(page, 'Log in and connect');
  await again.close();
  await page.goto(`${app.hub}/`);
  await shows(page, 'You have none yet');
});

scenario('who says no on a phone gets back to the list', async (t) => {
  const {app, mcp} = await t.world();
  const page = await t.hubPage(app, await t.visitor(phone));
  await lookUp(page, mcp);
  await page.getByRole('button', {name: 'Log in and connect'}).tap();
  await answerAtExampleServer(page, 'Deny');
  await shows(page, 'Not connected');
  await page.getByRole('link', {name: /^Back/}).tap();
  await shows(page, 'You have none yet');
});

scenario('reloading and going back after a login shows friendly pages', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const browser = await t.visitor(phone);
  const page = await t.hubPage(app, browser);
  let callback;
  page.on('request', (request) => {
    if (request.url().includes('/callback?')) callback = request.url();
  });
  await lookUp(page, provider.mcp);
  await page.getByRole('button', {name: 'Log in and connect'}).tap();
  await answerAtProvider(page);
  await page.locator('.badge.connected').waitFor();
  await toolsAre(page, 'Search notes');
  const where = page.url();
  await page.reload();
  await page.locator('.badge.connected').waitFor();
  const exchanges = provider.exchanges;
  // The answer of the server once more, as from the browser's history.
  await page.goto(callback);
  await shows(page, /finished|used|no longer|not wait/i);
  await t.look(page, 'login-replayed');
  await page.getByRole('link', {name: /^Back/}).click();
  await page.locator('.integrations .badge.connected').waitFor();
  assert.equal(provider.exchanges, exchanges);
  // All the way back: a page of ours is never an error.
  await page.goto(where);
  for (let step = 0; step < 8; ++step) {
    const response = await page.goBack({timeout: 3_000}).catch(() => null);
    if (response && response.url().startsWith(app.hub)) {
      assert.ok(!/ERR_|Not Found/.test(await page.textContent('body')), response.url());
      assert.equal(await page.locator('a, button').count() > 0, true);
    }
  }
  await page.goto(where);
  assert.equal(await badge(page).textContent(), 'Connected');
});

scenario('an address that cannot be used is explained and stays in the box', async (t) => {
  const {app, resource} = await t.world();
  const provider = await t.own(await Provider.start());
  const gone = await Provider.start();
  await gone.close();
  const page = await t.hubPage(app, await t.visitor(desktop));
  const wrong = [
    ['not an address', /address/i],
    ['https://', /address/i],
    ['https://:8080/mcp', /address/i],
    ['http://localhost:99999/mcp', /address/i],
    ['ftp://localhost/mcp', /https/i],
    ['javascript:alert(1)', /address|https/i],
    ['http://somewhere.example/mcp', /https/i],
    ['https://alice:secret@localhost/mcp', /user|password|name/i],
    [`${provider.mcp}#part`, /#|fragment/i],
    ['https://10.0.0.1/mcp', /not be|private|network|allowed/i],
    ['https://169.254.169.254/latest/meta-data', /not be|private|network|allowed/i],
    [gone.mcp, /connection/i],
    ['"><script>alert(1)</script>', /address/i],
  ];
  const said = new Set();
  for (const [typed, expected] of wrong) {
    await lookUp(page, typed);
    const notice = page.getByRole('alert');
    await notice.waitFor();
    const text = await notice.textContent();
    assert.match(text, expected, typed);
    assert.ok(text.trim().split(/[.!?]\s/).length >= 2, `no next step for ${typed}: ${text}`);
    assert.equal(await addressBox(page).inputValue(), typed);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'url', typed);
    said.add(text);
    await page.goto(`${app.hub}/`);
  }
  assert.ok(said.size >= 5, 'these are not all the same mistake');
  await lookUp(page, gone.mcp);
  await page.getByRole('alert').waitFor();
  await t.look(page, 'list-wrong-address');
  // Nothing of it is on the list, and a good one is taken at the same place.
  assert.equal(await page.locator('.integrations').count(), 0);
  await connect(page, `  ${resource.url}/mcp `);
});

scenario('a name with markup in it is only a name', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const browser = await t.visitor(desktop);
  const page = await t.hubPage(app, browser);
  await connect(page, provider.mcp, answerAtProvider);
  await toolsAre(page, 'Search notes');
  const name = '<script>alert(1)</script> "it\'s" &amp; <img src=x onerror=alert(1)>';
  await page.locator('#name').fill(`${name} \u202eevil\u2066`);
  await page.getByRole('button', {name: 'Rename'}).click();
  await page.getByRole('heading', {level: 1}).getByText(name).waitFor();
  const shown = await page.getByRole('heading', {level: 1}).textContent();
  // What turns the direction of the text around it is gone, the rest is what was typed.
  assert.equal(shown.replaceAll(/\s+/g, ' ').trim().replace('\ufffd', ''), `${name} evil`);
  assert.equal(await page.locator('#name').inputValue(), shown);
  assert.equal(await page.locator('h1 script, h1 img').count(), 0);
  await page.goto(`${app.hub}/`);
  assert.equal(await page.locator('.integrations a').textContent(), shown);
  await page.goto(`${app.origin}/`);
  await page.locator('h2').getByText(name).waitFor();
});

scenario('a name of nothing is not taken', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await connect(page, provider.mcp, answerAtProvider);
  await toolsAre(page, 'Search notes');
  const where = page.url();
  await page.locator('#name').fill('');
  await page.getByRole('button', {name: 'Rename'}).click();
  assert.equal(page.url(), where); // the browser says so itself
  await page.locator('#name').fill('\u200b\u202e');
  await page.getByRole('button', {name: 'Rename'}).click();
  await shows(page, 'A name is needed');
  await page.goto(where);
  assert.equal(await page.textContent('h1'), 'Paper Garden');
});

scenario('an old form is explained and changes nothing', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const page = await t.hubPage(app, await t.visitor(desktop));
  await connect(page, provider.mcp, answerAtProvider);
  await toolsAre(page, 'Search notes');
  await page.evaluate(() => {
    for (const field of document.querySelectorAll('[name=csrf]')) field.value = 'of-yesterday';
  });
  await page.locator('#name').fill('Another name');
  await page.getByRole('button', {name: 'Rename'}).click();
  await shows(page, /form/i);
  await page.getByRole('link', {name: /^Back/}).click();
  await page.locator('.integrations .badge.connected').waitFor();
  assert.equal(await page.locator('.integrations a').textContent(), 'Paper Garden');
});
