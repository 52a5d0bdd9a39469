// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).

// Runs every client against one mock server, one at a time, in rounds, so that whatever else the
// machine does hits all of them; compares within each round, and takes medians of what came out.
//
// Usage: node run.mjs BUILD_DIR [--smoke] [--rounds=N] [--only=WORD] [--flows=PERCENT]
//                               [--server=HTTP,TLS,CA_FILE]

import {spawn, spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {cpus} from 'node:os';
import {join} from 'node:path';

const [build, ...given] = process.argv.slice(2);
const option = (name, otherwise) => {
  const found = given.find((a) => a.startsWith(`--${name}=`));
  return found ? found.slice(name.length + 3) : otherwise;
};
const smoke = given.includes('--smoke');
const rounds = Number(option('rounds', smoke ? 1 : 5));
const share = Number(option('flows', 100)) / 100;
const only = option('only', '');
const programs = join(build, 'test', 'bench');
const results = join(build, 'bench');
const counter = join(programs, 'libasioauth_bench_counter.so');

// --- What is measured ------------------------------------------------------------------------

// Each case is a client in one situation; the first of a group is what the others are compared to.
const client = (name, program, flows, ...args) => ({name, program, flows, args});
const hand = (name, flows, ...args) => client(name, 'hand_written_client', flows, ...args);
const asioauth = (flows, ...args) => client('asioauth', 'asioauth_client', flows, ...args);

// Each flow finds its origin's connection gone: origins are come back to after more flows than there
// are connections kept, which are those of the flows under way and as many again.
const fresh = (n = 100) => [
  '--tls=1', '--fresh=1', `--at-once=${n}`, `--origins=${4 * n}`, `--idle=${2 * n}`, `--warm=${5 * n}`,
];
// The same where memory is counted: connections of the flows under way alone, and no logins in the
// store that are over.
const held = (n) => [
  '--tls=1', '--fresh=1', `--at-once=${n}`, `--origins=${4 * n}`, `--idle=${n}`, '--forget=1',
];
const resumed = [...fresh(), '--resume=1'];
// All flows begin at the same moment, and it takes some of their lives until those that begin together
// do not end together any more, or all do: before that some wait half as long again as the others.
const many = (n) => [`--at-once=${n}`, `--warm=${4 * n}`];
const scale = (n) => ({
  name: `${n} at once`,
  cases: [
    hand('floor', 10000, ...many(n)),
    hand('checked', 10000, '--flow=checked', ...many(n)),
    asioauth(Math.max(3000, n), ...many(n)),
  ],
});
const groups = [
  {
    name: 'plain',
    cases: [
      hand('floor', 20000),
      hand('checked', 20000, '--flow=checked'),
      client('Beast', 'beast_client', 10000),
      client('libcurl', 'curl_client', 4000),
      asioauth(4000),
      client('asioauth, cached', 'asioauth_client', 4000, '--cache=1'),
    ],
  },
  {
    name: 'TLS',
    cases: [
      hand('floor', 1500, ...fresh()),
      hand('checked', 1500, '--flow=checked', ...fresh()),
      client('Beast', 'beast_client', 1500, ...fresh()),
      client('libcurl', 'curl_client', 800, ...fresh()),
      asioauth(1500, ...fresh()),
    ],
  },
  {
    name: 'TLS resumed',
    cases: [
      hand('floor', 2500, ...resumed),
      client('libcurl', 'curl_client', 800, ...resumed),
      asioauth(1500, ...resumed),
    ],
  },
  scale(1000),
  scale(10000),
  {
    // Each flow has its own origin, as integrations have. One in 100 is at a bad neighbour.
    name: 'hostile',
    cases: [
      client('all well', 'asioauth_client', 10000, '--at-once=10000', '--origins=4000'),
      client('asioauth', 'asioauth_client', 10000, '--at-once=10000', '--origins=4000', '--hostile=100'),
    ],
  },
];

// Counted in a run of their own, since counting costs time.
const counted = [
  {name: 'plain', cases: [
    hand('checked', 4000, '--flow=checked', '--at-once=1000'),
    asioauth(3000, '--at-once=1000'),
  ]},
  {name: 'TLS', cases: [
    hand('checked', 1000, '--flow=checked', ...held(1000)),
    asioauth(1000, ...held(1000)),
  ]},
  {name: 'parked', cases: [asioauth(1, '--at-once=1000', '--park=1')]},
];

// --- One run ---------------------------------------------------------------------------------

const cores = cpus().length;
const pinned = (core, command) =>
  cores > 1 && spawnSync('taskset', ['-V']).status === 0 ? ['taskset', '-c', String(core), ...command] : command;

class Server {
  async start() {
    const attached = option('server', '');
    if (attached) {
      const [http, tls, ca] = attached.split(',');
      Object.assign(this, {http, tls, ca});
      return;
    }
    this.ca = join(results, 'ca.pem');
    const [program, ...args] = pinned(0, [
      join(programs, 'mock_server'), `--ca=${this.ca}`, `--origins=${smoke ? 40 : 4000}`,
    ]);
    this.process = spawn(program, args, {stdio: ['ignore', 'pipe', 'inherit']});
    const line = await new Promise((resolve, reject) => {
      this.process.stdout.once('data', resolve);
      this.process.once('exit', () => reject(new Error('the mock server did not start')));
    });
    Object.assign(this, JSON.parse(line));
  }

  stop() {
    this.process?.kill();
  }

  async counts(path = '__stats') {
    const answer = await fetch(`http://127.0.0.1:${this.http}/${path}`, {headers: {connection: 'close'}});
    return answer.json();
  }
}

// Seconds of CPU that the machine has spent, whoever did.
const spent = () => {
  const all = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1, 9).map(Number);
  return all.reduce((a, b) => a + b, 0) - all[3] - all[4];
};

let failures = 0;

async function run(server, what, counting) {
  const tls = what.args.includes('--tls=1');
  const flows = smoke ? 60 : Math.max(Math.round(what.flows * share), 100);
  const command = pinned(cores - 1, [
    join(programs, what.program), `--label=${what.name}`, `--flows=${flows}`,
    `--port=${tls ? server.tls : server.http}`, `--plain-port=${server.http}`,
    // Of two equal arguments the first counts.
    ...(smoke ? ['--at-once=10', `--origins=${tls ? 40 : 1}`, '--warm=50', '--idle=20'] : []),
    ...(tls ? [`--ca=${server.ca}`] : []), ...what.args,
  ]);
  const visited = Number(command.find((a) => a.startsWith('--origins='))?.slice(10) ?? 1);
  await server.counts('__reset');
  const env = counting ? {...process.env, LD_PRELOAD: counter} : process.env;
  const busy = spent();
  const done = await new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), {env, stdio: ['ignore', 'pipe', 'pipe']});
    let out = '', wrong = '';
    child.stdout.on('data', (d) => { out += d; });
    child.stderr.on('data', (d) => { wrong += d; });
    child.once('close', (status) => resolve({out, wrong, status}));
  });
  const seen = await server.counts();
  const line = done.out.split('\n').find((l) => l.startsWith('{'));
  // Other servers count as bad what programs leave behind when they end.
  if (done.status !== 0 || !line || (seen.bad !== 0 && server.process)) {
    ++failures;
    console.error(`FAILED: ${command.join(' ')}\n${done.wrong}${seen.bad ? `bad requests: ${seen.bad}\n` : ''}`);
    return undefined;
  }
  return {
    ...JSON.parse(line), busy: spent() - busy, open: seen.open,
    requests: seen.requests / Math.max(seen.token, 1),
    connections: seen.accepted / Math.max(seen.token, 1),
    // There is nothing to resume at an origin's first visit.
    resumed: seen.resumed / Math.max(seen.handshakes - visited, 1),
  };
}

// --- What comes out --------------------------------------------------------------------------

const median = (all) => {
  const sorted = all.filter((x) => Number.isFinite(x)).sort((a, b) => a - b);
  if (!sorted.length) return NaN;
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};
const of = (runs, key) => median(runs.map((r) => r?.[key]));
const digits = (x, n) => (Number.isFinite(x) ? x.toFixed(n) : '-');

// How many times as fast as another one: medians over rounds, with the spread.
const ratio = (runs, base) => {
  const each = runs.map((r, i) => base[i]?.cpu_us / r?.cpu_us).filter(Number.isFinite);
  return {median: median(each), low: Math.min(...each), high: Math.max(...each)};
};

function print(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((r) => r[i].length)));
  for (const r of rows) {
    console.log(r.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ').trimEnd());
  }
}

function table(group) {
  console.log(`\n${group.name}`);
  const base = group.cases[0].runs;
  print([
    ['', 'x first', 'spread', 'CPU us', 'p50 ms', 'p99 ms', 'KiB/flow', 'requests', 'connections', 'resumed'],
    ...group.cases.map(({name, runs}) => {
      const r = ratio(runs, base);
      return [
        name, digits(r.median, 3), `${digits(r.low, 3)}-${digits(r.high, 3)}`, digits(of(runs, 'cpu_us'), 1),
        digits(of(runs, 'p50_us') / 1000, 1), digits(of(runs, 'p99_us') / 1000, 1),
        digits(of(runs, 'memory_kib'), 1), digits(of(runs, 'requests'), 2),
        digits(of(runs, 'connections'), 2), digits(of(runs, 'resumed'), 2),
      ];
    }),
  ]);
}

function countedTable(all) {
  console.log('\nmemory and allocations per flow, 1,000 at once');
  print([
    ['', 'allocations', "OpenSSL's", 'growth B', 'heap B', 'KiB', 'parked heap B', 'parked KiB', 'open'],
    ...all.flatMap((g) => g.cases.map(({name, runs}) => [
      `${g.name} ${name}`, digits(of(runs, 'allocations'), 1), digits(of(runs, 'foreign_allocations'), 1),
      digits(of(runs, 'growth'), 1), digits(of(runs, 'heap_bytes'), 0), digits(of(runs, 'memory_kib'), 1),
      digits(of(runs, 'parked_heap_bytes'), 0), digits(of(runs, 'parked_kib'), 1), digits(of(runs, 'open'), 0),
    ])),
  ]);
}

function parts() {
  const program = join(programs, 'micro');
  const args = ['--benchmark_format=json', ...(smoke ? ['--benchmark_min_time=0.001'] : [])];
  const [command, ...rest] = pinned(cores - 1, [program, ...args]);
  const done = spawnSync(command, rest, {
    encoding: 'utf8', maxBuffer: 1 << 24, env: {...process.env, LD_PRELOAD: counter},
  });
  if (done.status !== 0) {
    ++failures;
    console.error(`FAILED: ${program}\n${done.stderr}`);
    return [];
  }
  const all = JSON.parse(done.stdout).benchmarks;
  const wrong = all.filter((b) => b.error_occurred);
  failures += wrong.length;
  for (const b of wrong) console.error(`FAILED: ${b.name}: ${b.error_message}`);
  console.log('\nparts');
  print([['', 'ns', 'allocations'], ...all.map((b) => [b.name, digits(b.cpu_time, 0), digits(b.allocations, 1)])]);
  return all.map((b) => ({name: b.name, ns: b.cpu_time, allocations: b.allocations}));
}

function headline(byName, memory, micro) {
  const find = (groups_, group, name) => groups_.find((g) => g.name === group)?.cases.find((c) => c.name === name)?.runs;
  const against = (group, name) => {
    const [own, other] = [find(byName, group, 'asioauth'), find(byName, group, name)];
    return own?.some(Boolean) && other?.some(Boolean) ? `${digits(ratio(own, other).median, 2)} x ${name}` : undefined;
  };
  const cached = () => {
    const [own, other] = [find(byName, 'plain', 'asioauth, cached'), find(byName, 'plain', 'floor')];
    return own?.some(Boolean) && other?.some(Boolean)
      ? `${digits(ratio(own, other).median, 2)} x floor with metadata cached` : undefined;
  };
  const out = [];
  const say = (name, ...what) => {
    const known = what.filter(Boolean);
    if (known.length) out.push(`${name} ${known.join(', ')}`);
  };
  const value = (group, key, unit, n = 1) => {
    const x = of(find(memory, group, 'asioauth') ?? [], key);
    return Number.isFinite(x) ? `${digits(x, n)} ${unit}` : undefined;
  };
  say('plain', ...['floor', 'checked', 'Beast', 'libcurl'].map((n) => against('plain', n)), cached());
  say('TLS', ...['floor', 'libcurl'].map((n) => against('TLS', n)));
  const back = find(byName, 'TLS resumed', 'asioauth') ?? [];
  say('resumed', ...['floor', 'libcurl'].map((n) => against('TLS resumed', n)),
    back.some(Boolean) && `${digits(100 * of(back, 'resumed'), 0)} % of handshakes`);
  const [few, many] = [find(byName, 'plain', 'asioauth'), find(byName, '10000 at once', 'asioauth')];
  if (few?.some(Boolean) && many?.some(Boolean)) {
    say('10,000 at once', `${digits(1 / ratio(many, few).median, 2)} x the CPU of 100`,
      `p99 ${digits(of(many, 'p99_us') / of(many, 'p50_us'), 2)} x p50`,
      `${digits(of(many, 'left_kib') / of(many, 'memory_kib') / 100, 1)} % of the memory left`);
  }
  const [well, among] = [find(byName, 'hostile', 'all well'), find(byName, 'hostile', 'asioauth')];
  if (well?.some(Boolean) && among?.some(Boolean)) {
    const each = among.map((r, i) => r?.p99_us / well[i]?.p99_us);
    say('1 % hostile origins', `p99 of the others ${digits(median(each), 2)} x`);
  }
  say('per flow', value('plain', 'allocations', 'allocations', 0), value('plain', 'memory_kib', 'KiB'),
    value('TLS', 'memory_kib', 'KiB with TLS'), value('parked', 'parked_kib', 'KiB parked'));
  const stored = micro.find((m) => m.name === 'token_from_memory');
  if (stored) say('from memory', `${digits(stored.ns / 1000, 2)} us`, `${digits(stored.allocations, 0)} allocations`);
  return out.join('; ');
}

// ---------------------------------------------------------------------------------------------

mkdirSync(results, {recursive: true});
const wanted = (group) =>
  group.name.includes(only) && !(smoke && ['10000 at once', 'hostile'].includes(group.name));
const measured = groups.filter(wanted);
const memory = counted.filter((g) => !only || `counted ${g.name}`.includes(only));
const server = new Server();
await server.start();
let micro = [];
try {
  for (const g of [...measured, ...memory]) for (const c of g.cases) c.runs = [];
  for (let i = 0; i < rounds; ++i) {
    for (const g of measured) for (const c of g.cases) c.runs.push(await run(server, c, false));
    if (!smoke) process.stderr.write(`round ${i + 1} of ${rounds}\n`);
  }
  for (const g of memory) for (const c of g.cases) c.runs.push(await run(server, c, true));
  measured.forEach(table);
  if (memory.length) countedTable(memory);
  if (!only || only === 'parts') micro = parts();
} finally {
  server.stop();
}
writeFileSync(join(results, 'results.json'), JSON.stringify({rounds, groups: measured, counted: memory, parts: micro}, null, 1));
if (failures) {
  console.log(`bench: ${failures} runs failed`);
  process.exit(1);
}
console.log(smoke ? '\nbench: everything works' : `\nbench: ${headline(measured, memory, micro)}`);
