// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Who may do what, and by which means.

import {Provider, answerAtProvider} from './provider.mjs';
import {
  addressBox, answerAtExampleServer, assert, badge, closes, connect, lookUp, scenario, shows,
  toolsAre,
} from './scenario.mjs';
import {desktop} from './stage.mjs';

// Press Tab through a whole page; everything that can be used gets its turn, visibly.
async function tabThrough(page) {
  const expected = await page.evaluate(() => {
    const usable = 'a[href], button, input:not([type=hidden]), textarea, summary, [tabindex="0"]';
    const all = [...document.querySelectorAll(usable)].filter((e) => e.checkVisibility());
    all.forEach((e, n) => { e.dataset.nth = n; });
    document.activeElement?.blur();
    getSelection().removeAllRanges();
    return all.map((e) => e.outerHTML.slice(0, 100));
  });
  assert.ok(expected.length > 2);
  // From the beginning, wherever the focus was.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  for (const [n, element] of expected.entries()) {
    await page.keyboard.press('Tab');
    const {nth, outline} = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return {
        nth: document.activeElement.dataset.nth,
        outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
      };
    });
    assert.equal(nth, `${n}`, `the ${n}. stop is not ${element}`);
    assert.ok(outline >= 2, `the focus cannot be seen at ${element}`);
  }
}

// Press Tab until something is reached.
async function tabTo(page, locator) {
  for (let n = 0; n < 60; ++n) {
    if (await locator.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('it is not reached');
}

scenario('the keyboard is enough, and shows where it is', async (t) => {
  const {app, mcp} = await t.world();
  const browser = await t.visitor(desktop);
  const page = await t.hubPage(app, browser);
  await tabThrough(page);
  await page.locator('summary').first().focus();
  await page.keyboard.press('Enter');
  await tabThrough(page);
  await page.reload();
  await addressBox(page).focus();
  await page.keyboard.type(mcp);
  await page.keyboard.press('Enter');
  const login = page.getByRole('button', {name: 'Log in and connect'});
  await login.waitFor();
  await tabThrough(page);
  await page.reload();
  await tabTo(page, login);
  const opened = page.waitForEvent('popup');
  await page.keyboard.press('Enter');
  const popup = await opened;
  await tabTo(popup, popup.getByLabel('User'));
  await popup.keyboard.type('alice');
  await popup.keyboard.press('Tab');
  await popup.keyboard.type('wonderland');
  await popup.keyboard.press('Enter');
  await tabTo(popup, popup.getByRole('button', {name: 'Allow'}));
  await closes(popup, () => popup.keyboard.press('Enter'));
  await page.locator('.badge.connected').waitFor();
  await toolsAre(page, 'add');
  await tabThrough(page);
  await page.reload();
  await tabTo(page, page.locator('summary', {hasText: 'Disconnect'}));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', {name: 'Disconnect'}));
  await page.keyboard.press('Enter');
  await shows(page, 'You have none yet');
});

scenario('another browser sees nothing and finishes nothing', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const mine = await t.visitor(desktop);
  const page = await t.hubPage(app, mine);
  await connect(page, provider.mcp, answerAtProvider);
  await toolsAre(page, 'Search notes');
  const where = page.url();
  const use = where.replace('/integrations/', '/use/');

  const other = await (await t.visitor(desktop)).newPage();
  const get = async (url) => (await other.goto(url)).status();
  for (const url of [`${app.hub}/`, where, use, `${app.hub}/events`, `${app.origin}/`]) {
    assert.equal(await get(url), 403, url);
    assert.doesNotMatch(await other.textContent('body'), /Paper Garden|search_notes/);
  }
  // Who guesses the link, or has one of an earlier start, is not let in.
  assert.equal(await get(app.start.slice(0, -1)), 403);
  assert.equal(await get(`${app.hub}/`), 403);
});

scenario('an answer of the server that is opened elsewhere is refused, and the login goes on', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const mine = await t.visitor(desktop);
  const page = await t.hubPage(app, mine);
  await lookUp(page, provider.mcp);
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', {name: 'Log in and connect'}).click();
  const popup = await opened;
  await popup.getByRole('link', {name: 'Allow'}).waitFor();
  // Somebody gets hold of the address before the browser does.
  let caught;
  const taken = new Promise((resolve) => { caught = resolve; });
  await mine.route('**/decide?*', async (route) => {
    const answer = await route.fetch({maxRedirects: 0});
    caught(answer.headers().location);
    await route.fulfill({status: 200, contentType: 'text/html', body: '<title>held</title>'});
  });
  await answerAtProvider(popup);
  const callback = await taken;

  // Signed in at the same hub, as somebody at the same machine could be, but in another browser.
  const theirs = await t.visitor(desktop);
  const other = await t.hubPage(app, theirs);
  const exchanges = provider.exchanges;
  await other.goto(callback);
  await shows(other, 'Not connected');
  assert.equal(provider.exchanges, exchanges);
  const stranger = await (await t.visitor(desktop)).newPage();
  assert.equal((await stranger.goto(callback)).status(), 403);
  assert.equal(provider.exchanges, exchanges);

  const aborted = (problem) => assert.match(problem.message, /closed|ERR_ABORTED/);
  await closes(popup, () => popup.goto(callback).catch(aborted));
  await page.locator('.badge.connected').waitFor();
  assert.equal(await badge(page).textContent(), 'Connected');
  assert.equal(provider.exchanges, exchanges + 1);
});

scenario('a page of another site adds, sees and ends nothing', async (t) => {
  const provider = await t.own(await Provider.start());
  const app = await t.application();
  const browser = await t.visitor(desktop);
  const page = await t.hubPage(app, browser);
  await connect(page, provider.mcp, answerAtProvider);
  await toolsAre(page, 'Search notes');
  const where = page.url();
  for (const [action, fields] of [
    [`${app.hub}/integrations`, {url: provider.mcp}],
    [`${where}/disconnect`, {}],
    [`${where}/rename`, {name: 'taken over'}],
  ]) {
    const evil = await browser.newPage();
    await evil.goto(`${provider.origin}/`);
    const answered = evil.waitForResponse((r) => r.url() === action);
    await evil.evaluate(([to, all]) => {
      const form = Object.assign(document.createElement('form'), {method: 'post', action: to});
      for (const [name, value] of Object.entries(all))
        form.append(Object.assign(document.createElement('input'), {name, value}));
      document.body.append(form);
      form.submit();
    }, [action, fields]);
    assert.equal((await answered).status(), 403, action);
  }
  // Nor can it put our pages into one of its own.
  const evil = await browser.newPage();
  await evil.goto(`${provider.origin}/`);
  await evil.evaluate((hub) => {
    document.body.innerHTML = `<iframe src="${hub}/"></iframe>`;
  }, app.hub);
  const frame = evil.frames().find((one) => one !== evil.mainFrame());
  await frame.waitForLoadState();
  assert.equal(await frame.getByText('Add an integration').count(), 0);
  await page.goto(`${app.hub}/`);
  assert.deepEqual(await page.locator('.integrations a').allTextContents(), ['Paper Garden']);
  assert.equal(provider.revoked.length, 0);
});

scenario('two applications at one machine do not sign each other out', async (t) => {
  const provider = await t.own(await Provider.start());
  const first = await t.application('mcp_client_web');
  const second = await t.application('context_editor');
  const browser = await t.visitor(desktop);
  const page = await t.hubPage(first, browser);
  const other = await t.hubPage(second, browser);
  await shows(other, 'You have none yet');
  await page.reload();
  await connect(page, provider.mcp, answerAtProvider);
  await other.reload();
  await shows(other, 'You have none yet');
});

scenario('two logins at once in one browser both end well', async (t) => {
  const one = await t.own(await Provider.start());
  const two = await t.own(await Provider.start({title: 'Second Garden'}));
  const app = await t.application();
  const browser = await t.visitor({...desktop, viewport: {width: 700, height: 860}});
  const pages = [];
  for (const provider of [one, two]) {
    const page = await t.hubPage(app, browser);
    await lookUp(page, provider.mcp);
    await page.getByRole('button', {name: 'Log in and connect'}).click();
    await page.getByRole('link', {name: 'Allow'}).waitFor();
    pages.push(page);
  }
  for (const page of pages) {
    await answerAtProvider(page);
    await page.locator('.badge.connected').waitFor();
  }
});
