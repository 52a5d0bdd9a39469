// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// A provider that tries what it can with the texts and pictures that are shown of it.

import {Provider, answerAtProvider, png} from './provider.mjs';
import {assert, badge, closes, inWindow, lookUp, scenario, shows, toolsAre} from './scenario.mjs';
import {desktop, phone} from './stage.mjs';

const away = 'https://attacker.example';
const markup = `"><script src="${away}/x.js"></script><img src="${away}/x.png" onerror="alert(1)">`;
const around = '\u202egnihtemos\u202c \u2066\u200f\u200b';
const long = 'Wort'.repeat(5_000);

function hostile(icon) {
  return Provider.start({
    title: `<b>Your Bank</b> ${markup} ${around}`,
    description: `${markup} ${long}`,
    icon,
    tools: [
      {name: markup, title: `${around}${markup}`, description: `${markup}${long}`},
      {name: long, description: '' },
      {name: 'x', title: long, description: 'a\nb\tc' },
      ...Array.from({length: 60}, (_, n) => ({
        name: `tool_${n}`, description: `Number ${n} of very many tools.`,
      })),
    ],
    scopes: [
      '<script>alert(1)</script>', 'x'.repeat(300), 'files:read', 'files:write',
      ...Array.from({length: 20}, (_, n) => `part${n}:read`),
    ],
    resource: {
      resource_name: `${markup}`,
      resource_documentation: 'javascript:alert(1)',
      resource_policy_uri: `data:text/html,<script>alert(1)</script>`,
      resource_tos_uri: `${away}/" onmouseover="alert(1)`,
    },
    metadata: {service_documentation: 'javascript:alert(1)', op_policy_uri: 'vbscript:x'},
    refusal: `${markup} ${around} ${long}`,
  });
}

const svg = {
  type: 'image/svg+xml',
  data: `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script>
    <image href="${away}/x.png"/></svg>`,
};
const page = {type: 'image/png', data: `<html><script src="${away}/x.js"></script></html>`};
const disguised = {
  type: 'text/html',
  data: Buffer.concat([png(64, 160, 30, 30), Buffer.from('<script>alert(1)</script>')]),
};

async function isInert(subject) {
  assert.equal(await subject.locator('script:not([src*="/assets/hub.js"])').count(), 0);
  assert.equal(await subject.locator('script').count(), 1);
  for (const image of await subject.locator('img').all())
    assert.match(await image.getAttribute('src'), /^\/hub\/icons\/[0-9a-f]{32}-[\w-]{22}$/);
  for (const link of await subject.locator('a').all())
    assert.match(await link.getAttribute('href'), /^(\/|https?:\/\/)/);
  const handlers = await subject.evaluate(() => [...document.querySelectorAll('*')].flatMap((e) =>
    [...e.attributes].filter(({name}) => name.startsWith('on') || name === 'style')
      .map(({name}) => `${e.tagName} ${name}`)));
  assert.deepEqual(handlers, []);
  const text = await subject.evaluate(() => document.body.textContent);
  assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u0000-\u0008]/);
}

for (const [what, icon] of Object.entries({svg, page, disguised})) {
  scenario(`a provider with markup for a name and a picture that is ${what} runs nothing`, async (t) => {
    const provider = await t.own(await hostile(icon));
    const app = await t.application();
    const subject = await t.hubPage(app, await t.visitor(what === 'page' ? phone : desktop));
    await lookUp(subject, provider.mcp);
    await subject.getByRole('heading', {level: 1}).waitFor();
    await isInert(subject);
    if (what === 'svg') await t.look(subject, 'hostile-preview');
    if (what === 'page') {
      await subject.getByRole('button', {name: 'Log in and connect'}).tap();
      await answerAtProvider(subject, 'Deny');
      await shows(subject, 'Not connected');
      await isInert(subject);
      assert.ok((await subject.textContent('main')).length < 1_500, 'it fills the page');
      return;
    }
    const popup = await inWindow(subject, 'Log in and connect');
    await closes(popup, () => answerAtProvider(popup));
    await subject.locator('.badge.connected').waitFor();
    await toolsAre(subject, 'tool_0', 'tool_59');
    await isInert(subject);
    if (what === 'svg') await t.look(subject, 'hostile-integration');
    await subject.goto(`${app.hub}/`);
    await subject.locator('.integrations').waitFor();
    await isInert(subject);
    assert.equal(await badge(subject).textContent(), 'Connected');
    if (what === 'svg') await t.look(subject, 'hostile-list');
    await subject.goto(`${app.origin}/`);
    await shows(subject, 'tool_59');
    // What it answers is somebody else's content under our address.
    const icons = await subject.context().request.get(`${app.hub}/`);
    assert.match(icons.headers()['content-security-policy'], /^default-src 'none'; style-src 'self'/);
  });
}

scenario('an answer with foreign text for a reason is shown as text', async (t) => {
  const provider = await t.own(await Provider.start({refusal: markup + around}));
  const app = await t.application();
  const subject = await t.hubPage(app, await t.visitor(phone));
  await lookUp(subject, provider.mcp);
  await subject.getByRole('button', {name: 'Log in and connect'}).tap();
  await answerAtProvider(subject, 'Deny');
  await shows(subject, 'Not connected');
  await isInert(subject);
  // Nor does an address of ours show what somebody wrote into it.
  await subject.goto(`${app.hub}/callback?error=x&error_description=Call+0800-FRAUD&state=made-up`);
  await shows(subject, 'Not connected');
  assert.doesNotMatch(await subject.textContent('body'), /0800/);
  await subject.goto(`${app.hub}/?url=${encodeURIComponent(markup)}`);
  await isInert(subject);
});
