// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// The user and the user's browser: opens the authorize URL in a real Chromium, fills in the
// provider's own pages, and stays until the client's page on the loopback says how the login ended.
//
// Usage: node browser.mjs approve|deny PROFILE URL
//   PROFILE  a folder for the browser's files, which must not exist yet
//   CHROMIUM in the environment names the browser's program
//
// Prints `title: TITLE` of the client's last page. Exits with 0 if the page says what it should.

import {mkdirSync} from 'node:fs';
import {chromium} from 'playwright-core';

const [decision, profile, start] = process.argv.slice(2);
const callback = new URL(new URL(start).searchParams.get('redirect_uri'));
const deadline = 40_000;

// How the client's page may put it. It may say something else first, while it gets the token.
const success = /(?<!not )(?:logged|signed) in|(?<!not )complete|(?<!not |un)success/i;
const failure = /denied|refused|cancel|fail|error|not (?:logged|signed) in/i;

mkdirSync(profile);
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM,
  headless: true,
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
  await page.fill('input[name=login]', 'alice');
  await page.fill('input[name=password]', 'wonderland');
  await page.click('button[type=submit]');
  await page.waitForSelector('input[name=prompt][value=consent]', {state: 'attached'});
  await page.click(decision === 'approve' ? 'button[type=submit]' : 'text=Cancel');

  await page.waitForURL((url) => url.origin === callback.origin && url.pathname === callback.pathname);
  const wanted = decision === 'approve' ? success : failure;
  const refuted = decision === 'approve' ? failure : success;
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
