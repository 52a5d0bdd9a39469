// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Plays the scenarios, one after the other, each with programs and browsers of its own.
//
// Usage: node main.mjs BUILD [WORD...]
//   BUILD  the build folder; pictures and logs go to BUILD/browser
//   WORD   only scenarios with one of these words in their names
//   CHROMIUM in the environment names the browser's program (stage.mjs)
//
// `browser: N of M passed` is written to BUILD/browser/result. Exits with 0 if N = M.

import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Stage} from './stage.mjs';
import {scenarios} from './scenario.mjs';
import './logins.mjs';
import './lifetimes.mjs';
import './mistakes.mjs';
import './access.mjs';
import './hostile.mjs';

const [build, ...words] = process.argv.slice(2);
const folder = join(build, 'browser');
const longest = 120_000;

// Every kind of page has to have been looked at.
const kinds = [
  'list-empty', 'list', 'list-wrong-address', 'preview', 'preview-no-login', 'preview-own-client',
  'preview-correct-client', 'integration', 'integration-tools', 'needs-login', 'login-ends-soon',
  'needs-permission', 'problem', 'leaving', 'login-done', 'login-denied', 'login-replayed',
  'not-found', 'hostile-list', 'hostile-preview', 'hostile-integration', 'client', 'client-result',
  'client-permission', 'context', 'context-login', 'context-text',
];

// A wait that a failed scenario has left behind.
process.on('unhandledRejection', () => {});
process.on('SIGTERM', () => process.exit(143));
process.on('SIGINT', () => process.exit(130));

let passed = 0;
let all = 0;

async function judge(name, play) {
  ++all;
  const began = Date.now();
  try {
    await play();
    ++passed;
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.log(`FAIL ${name}: ${error.stack.replaceAll('\n', '\n     ')}`);
  }
}

// A Chromium that answers nobody any more says nothing of what is tested: once more, with another.
async function perform(name, play, isSecond = false) {
  const stage = new Stage({build, folder, name});
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('it takes too long')), longest);
  });
  let hung = false;
  try {
    await Promise.race([play(stage), late]);
  } catch (error) {
    hung = !isSecond && !(await stage.browserAnswers());
    if (!hung) {
      await stage.takeLast();
      if (stage.complaints.length) error.stack += `\nand ${stage.complaints.join('\n')}`;
      throw error;
    }
    console.log(`     Chromium does not answer any more: once more (${error.message.split('\n')[0]})`);
  } finally {
    clearTimeout(timer);
    await stage.end();
  }
  if (hung) return perform(name, play, true);
  if (stage.complaints.length) throw new Error(stage.complaints.join('\n'));
}

for (const {name, play} of scenarios) {
  if (words.length && !words.some((word) => name.includes(word))) continue;
  await judge(name, () => perform(name, play));
}
if (!words.length) {
  await judge('every kind of page was looked at', async () => {
    const missing = kinds.filter((kind) => !Stage.looked.has(kind));
    if (missing.length) throw new Error(`not at ${missing.join(', ')}`);
  });
}
console.log(`pictures: ${folder}`);
writeFileSync(join(folder, 'result'), `browser: ${passed} of ${all} passed\n`);
process.exit(passed === all && all !== 0 ? 0 : 1);
