// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// The user and the user's browser: opens a URL in a real Chromium, fills in the provider's own
// pages, whichever come, and stays until a page says how it ended. For a login with a code that is
// the client's page on the loopback, for a login on another device (RFC 8628) the provider's.
//
// Usage: node browser.mjs approve|deny PROFILE URL [USER_CODE]
//   PROFILE    a folder for the browser's files, which must not exist yet
//   USER_CODE  what to type where a page asks for it
//   CHROMIUM in the environment names the browser's program
//
// Prints `title: TITLE` of the last page. Exits with 0 if the page says what it should.

import {mkdirSync} from 'node:fs';
import {chromium} from 'playwright-core';

const [decision, profile, start, userCode] = process.argv.slice(2);
const approves = decision === 'approve';
const provider = new URL(start).origin;
const deadline = 40_000;

// How the last page may put it. It may say something else first, while the client gets the token.
const success = /(?<!not )(?:logged|signed) in|(?<!not )complete|(?<!not |un)success/i;
const failure = /denied|refused|cancel|fail|error|interrupted|not (?:logged|signed) in/i;

// The provider's pages by something that only they have, and what the user does there.
const pages = {
  'input[name=user_code]:not([type=hidden])': async (page) => {
    await page.fill('input[name=user_code]', userCode);
    await page.click('button[type=submit]');
  },
  'form[id="op.deviceConfirmForm"]': (page) =>
    page.click(approves ? 'button[autofocus]' : 'button[name=abort]'),
  'input[name=login]': async (page) => {
    await page.fill('input[name=login]', 'alice');
    await page.fill('input[name=password]', 'wonderland');
    await page.click('button[type=submit]');
  },
  'input[name=prompt][value=consent]': (page) =>
    page.click(approves ? 'button[type=submit]' : 'text=Cancel'),
};

// The next page that wants something, or nothing if it is the last.
async function nextPage(page) {
  const found = await page.waitForFunction(([selectors, origin, ends, flags]) => {
    if (!/^https?:$/.test(location.protocol) || document.readyState === 'loading') return false;
    if (document.documentElement.dataset.answered) return false;
    // Who has declined on another device is shown the first page again, with a word about it.
    if (location.origin !== origin || /interrupted/.test(document.body?.innerText)) return 'last';
    const selector = selectors.find((s) => document.querySelector(s));
    return selector ?? (new RegExp(ends, flags).test(document.body?.innerText) && 'last');
  }, [Object.keys(pages), provider, `${success.source}|${failure.source}`, 'i']);
  return pages[await found.jsonValue()];
}

mkdirSync(profile);
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM,
  headless: true,
  // What is tested is whom the client trusts, not whom the browser does.
  ignoreHTTPSErrors: true,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    // The provider's pages ask for a web font. A test talks to this machine only.
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
  ],
});
// Even a page that never loads must not keep this program, or the browser, alive.
setTimeout(() => process.exit(1), deadline + 10_000).unref();

try {
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(deadline);
  page.on('framenavigated', (frame) => console.log(`at ${frame.url().replace(/\?.*/, '')}`));

  await page.goto(start, {waitUntil: 'domcontentloaded'});
  for (let answer = await nextPage(page); answer; answer = await nextPage(page)) {
    await page.evaluate(() => { document.documentElement.dataset.answered = 'yes'; });
    await answer(page);
  }

  const wanted = approves ? success : failure;
  const refuted = approves ? failure : success;
  // What is visible counts, so that a word in a script or a style does not pass for a message.
  const text = await page.waitForFunction(
    ([source, flags]) => {
      const seen = `${document.title}\n${document.body?.innerText ?? ''}`;
      return new RegExp(source, flags).test(seen) && seen;
    },
    [wanted.source, wanted.flags]);
  const seen = await text.jsonValue();
  if (refuted.test(seen)) throw new Error(`a page that says both: ${seen}`);
  console.log(`title: ${await page.title()}`);
} catch (error) {
  console.log(`${error.stack}`);
  process.exitCode = 1;
} finally {
  await context.close();
}
