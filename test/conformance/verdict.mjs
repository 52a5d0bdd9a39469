// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Judges one run by the checks that the conformance runner wrote down, because its exit status
// alone says too little: it is 0 for a scenario that was skipped, for a client that crashed, and
// for an authorization server that only drew warnings.
//
// Usage: node verdict.mjs TABLE RESULTS CHECK...
//   TABLE    scenarios.txt, for the named sets of checks
//   RESULTS  the folder that holds the run's one checks.json
//   CHECK    what must have succeeded (see scenarios.txt)
//
// Prints why the run failed and exits with 1, or prints nothing and exits with 0.

import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

class Failed extends Error {}

function readSets(table) {
  const sets = new Map();
  for (const line of readFileSync(table, 'utf8').split('\n')) {
    const [keyword, name, ...checks] = line.trim().split(/\s+/);
    if (keyword === 'set') sets.set(name, checks);
  }
  return sets;
}

const expand = (sets, words) =>
  words.flatMap((word) => (sets.has(word) ? expand(sets, sets.get(word)) : [word]));

// The runner names its folder after the scenario and the time of day, so look for the file.
function readChecks(folder) {
  let found;
  try {
    found = readdirSync(folder, {recursive: true}).filter((name) => name.endsWith('checks.json'));
  } catch {
    found = [];
  }
  if (found.length !== 1) throw new Failed(`${found.length} results instead of one`);
  let checks;
  try {
    checks = JSON.parse(readFileSync(join(folder, found[0]), 'utf8'));
  } catch (error) {
    throw new Failed(`unreadable result: ${error.message}`);
  }
  if (!Array.isArray(checks) || checks.length === 0) throw new Failed('a result without checks');
  return checks;
}

function judge(checks, words) {
  const optional = new Set(words.filter((word) => word[0] === '?').map((word) => word.slice(1)));
  const harmless = (check) =>
    ['SUCCESS', 'INFO'].includes(check.status) ||
    (check.status === 'WARNING' && optional.has(check.id));
  const bad = checks.find((check) => !harmless(check));
  if (bad) {
    throw new Failed(`${bad.id} is ${bad.status}: ${bad.errorMessage ?? bad.description}`);
  }
  const succeeded = new Set(
    checks.filter((check) => check.status === 'SUCCESS').map((check) => check.id));
  const missing = words.filter((word) => word[0] !== '?' && !succeeded.has(word));
  if (missing.length > 0) throw new Failed(`never checked: ${missing.join(' ')}`);
  if (succeeded.size === 0) throw new Failed('no check succeeded');
}

const [table, results, ...words] = process.argv.slice(2);
try {
  if (words.length === 0) throw new Failed('the table names no check for this run');
  judge(readChecks(results), expand(readSets(table), words));
} catch (error) {
  if (!(error instanceof Failed)) throw error;
  console.log(error.message.replace(/\s+/g, ' '));
  process.exitCode = 1;
}
