// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Prints one thing that server.mjs said in its first line.
//
// Usage: node told.mjs LOG MEMBER            for example `issuer`, `resources.0`
//        node told.mjs LOG CLIENT MEMBER     of a client that is registered beforehand

import {readFileSync} from 'node:fs';

const [log, ...path] = process.argv.slice(2);
const told = JSON.parse(readFileSync(log, 'utf8').split('\n')[0]);
const from = path.length > 1 ? told.clients.find(({client_id}) => client_id === path[0]) : told;
const found = path.at(-1).split('.').reduce((value, name) => value?.[name], from);
if (found === undefined) process.exit(1);
console.log(found);
