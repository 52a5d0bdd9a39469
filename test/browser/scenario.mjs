// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// How scenarios are told: names that are sentences, and what happens on several of their pages.

import assert from 'node:assert/strict';

export {assert};
export const scenarios = [];

/// @param name a sentence that ends in the outcome
export function scenario(name, play) {
  scenarios.push({name, play});
}

/// Wait for a text anywhere on a page.
export async function shows(page, text) {
  await page.getByText(text).first().waitFor();
}

export const addressBox = (page) => page.getByRole('textbox', {name: /^Address/});

/// The page of an address that was typed.
export async function lookUp(page, address) {
  await addressBox(page).fill(address);
  await page.getByRole('button', {name: 'Look it up'}).click();
}

/// Press a button that opens a window, and have the window.
export async function inWindow(page, button) {
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', {name: button}).click();
  return opened;
}

/// Do what makes a window close itself, and wait until it has. A click may lose its page before it
/// has come back: that is no problem then.
export async function closes(popup, act) {
  const [closed, done] = await Promise.allSettled([popup.waitForEvent('close'), act()]);
  const lostItsPage = closed.status === 'fulfilled' && /has been closed/.test(done.reason?.message);
  if (done.status === 'rejected' && !lostItsPage) throw done.reason;
  if (closed.status === 'rejected') throw closed.reason;
}

/// The person at the example authorization server.
export async function answerAtExampleServer(page, decision = 'Allow') {
  await page.getByLabel('User').fill('alice');
  await page.getByLabel('Password').fill('wonderland');
  await page.getByRole('button', {name: 'Log in'}).click();
  await page.getByRole('button', {name: decision}).click();
}

/// The person at `oidc-provider`.
export async function answerAtOidcProvider(page, user) {
  await page.locator('input[name=login]').fill(user);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('input[name=prompt][value=consent]').waitFor({state: 'attached'});
  await page.locator('button[type=submit]').click();
}

/// Log in to an example server in a window of its own; ends on the page of the integration.
export async function connect(page, address, answer = answerAtExampleServer) {
  await lookUp(page, address);
  const popup = await inWindow(page, 'Log in and connect');
  await closes(popup, () => answer(popup));
  await page.locator('.badge.connected').waitFor();
}

export const badge = (page) => page.locator('[data-badge]').first();

/// The tools are there, without anybody having loaded the page again.
export async function toolsAre(page, ...names) {
  await page.locator('.tools').first().waitFor();
  const rest = page.locator('details.more > summary', {hasText: 'more tools'});
  if (await rest.count()) await rest.click();
  for (const name of names) await page.locator('.tools').getByText(name, {exact: true}).waitFor();
}

/// Call a tool on the page of mcp_client_web.
export async function callTool(page, app, tool, args = {}, nth = 0) {
  await page.goto(`${app.origin}/`);
  const form = page.locator('form', {has: page.locator(`input[value="${tool}"]`)}).nth(nth);
  await form.locator('xpath=..').locator('summary').click();
  await form.locator('textarea').fill(JSON.stringify(args));
  await form.getByRole('button', {name: 'Call'}).click();
}
