// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Judges one login by what both sides wrote down, because a tool that prints the right list could
// have come by it in the wrong way.
//
// Usage: node verify.mjs FOLDER METHOD
//   FOLDER  holds tool.out (JSON), tool.err, provider.log, resource.log and browser.log
//   METHOD  the token endpoint authentication method that the client should have used, or
//           `denied` for a login that the user turned down
//
// Prints what is wrong and exits with 1, or prints the title of the client's page and exits with 0.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';

const [folder, method] = process.argv.slice(2);
const read = (name) => readFileSync(join(folder, name), 'utf8');
const lines = (name, start) => read(name).split('\n').filter((line) => line.startsWith(start));

// Where in its JSON the tool puts the list is its own affair.
const names = (json) =>
  json !== null && typeof json === 'object'
    ? [...(typeof json.name === 'string' ? [json.name] : []), ...Object.values(json).flatMap(names)]
    : [];

function toolList() {
  try {
    return names(JSON.parse(read('tool.out')));
  } catch (error) {
    return [`no JSON: ${error.message}`];
  }
}

const problems = [];
const expect = (fact, otherwise) => fact || problems.push(otherwise);
const registered = lines('provider.log', 'registered ');
const tokens = lines('provider.log', 'token ');

expect(lines('browser.log', 'title: ').length === 1, 'the browser saw no page that says the outcome');
expect(registered.length === 1, `${registered.length} registrations`);
if (method === 'denied') {
  expect(tokens.length === 0, `got a token: ${tokens}`);
  expect(read('provider.log').includes('access_denied'), 'the provider was not told of the refusal');
  expect(/denied/i.test(read('tool.err') + read('tool.out')), 'the tool does not say "denied"');
} else {
  const token = new RegExp(`^token authorization_code ${method} http://\\S+/mcp `);
  expect(registered[0] === `registered ${method}`, `registered as: ${registered}`);
  expect(tokens.length === 1 && token.test(tokens[0]), `tokens: ${tokens}`);
  expect(toolList().includes('whoami'), `the tool printed: ${toolList()}`);
  expect(read('resource.log').includes('served tools/list'), 'the resource served no tools/list');
}
console.log(problems.length > 0 ? problems.join('; ') : lines('browser.log', 'title: ')[0]);
process.exitCode = problems.length > 0 ? 1 : 0;
