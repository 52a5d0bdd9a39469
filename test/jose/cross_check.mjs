// Copyright (c) 2026 The asioauth authors. Boost Software License 1.0 (see LICENSE).
//
// Our JOSE and npm's `jose` check each other.
//
//   cross_check.mjs PEER      PEER is the program jose_peer
//   cross_check.mjs --count   only how many checks there are
//
// Prints a line for each check and `jose: N of M checks passed` at the end.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import { createInterface } from 'node:readline';

// Node.js 18 has it, but not yet under this name.
globalThis.crypto ??= crypto.webcrypto;

let jose;
let peer;

// --- The two sides ---------------------------------------------------------------------------

class Peer {
    constructor(program) {
        this.waiting = [];
        this.process = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
        this.ended = new Promise((resolve) => this.process.on('close', resolve));
        this.process.on('error', (e) => this.fail(e));
        this.process.on('exit', (code) => this.fail(new Error(`the peer ended with ${code}`)));
        this.process.stdin.on('error', () => {});
        createInterface({ input: this.process.stdout }).on('line', (line) => {
            this.waiting.shift().resolve(JSON.parse(line));
        });
    }
    fail(error) {
        this.broken = error;
        for (const one of this.waiting.splice(0)) one.reject(error);
    }
    ask(request) {
        if (this.broken) return Promise.reject(this.broken);
        return new Promise((resolve, reject) => {
            this.waiting.push({ resolve, reject });
            this.process.stdin.write(JSON.stringify(request) + '\n');
        });
    }
    async must(request) {
        const answer = await this.ask(request);
        assert.equal(answer.error, undefined, answer.message);
        return answer;
    }
    async mustRefuse(request, ...errors) {
        const answer = await this.ask(request);
        assert.ok(errors.includes(answer.error), `answered ${JSON.stringify(answer)}`);
    }
}

const claims = { iss: 'https://as.example', text: 'Grüße, "世界" \u{1f511}', list: [1, 2.5, null, true] };
const claimsText = JSON.stringify(claims);

// A key of theirs: fresh, and in every form.
async function theirKey(alg, kid = 'theirs') {
    const pair = await jose.generateKeyPair(alg, { extractable: true });
    const publicJwk = { ...(await jose.exportJWK(pair.publicKey)), alg, kid };
    return {
        ...pair,
        alg,
        kid,
        publicJwk,
        privateJwk: { ...(await jose.exportJWK(pair.privateKey)), alg, kid },
        pem: await jose.exportPKCS8(pair.privateKey),
        set: JSON.stringify({ keys: [publicJwk] }),
        thumbprint: await jose.calculateJwkThumbprint(publicJwk),
    };
}

const theirSign = (key, header = {}, payload = claims) =>
    new jose.SignJWT(payload)
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
        .sign(key.privateKey);

const theirVerify = (token, set, options) =>
    jose.jwtVerify(token, jose.createLocalJWKSet(JSON.parse(set)), options);

const ourSign = async (key, more = {}) =>
    (await peer.must({ do: 'sign', jwk: key.private, typ: 'JWT', claims: claimsText, ...more })).token;

const ourKeys = new Map();
async function ourKey(alg) {
    if (!ourKeys.has(alg)) ourKeys.set(alg, await peer.must({ do: 'key', alg }));
    return ourKeys.get(alg);
}

const theirKeys = new Map();
async function cachedTheirKey(alg) {
    if (!theirKeys.has(alg)) theirKeys.set(alg, await theirKey(alg));
    return theirKeys.get(alg);
}

// --- Changes that must be noticed ------------------------------------------------------------

const encode = (text) => Buffer.from(text).toString('base64url');

function withPayload(token, change) {
    const parts = token.split('.');
    const payload = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
    return [parts[0], encode(JSON.stringify({ ...payload, ...change })), parts[2]].join('.');
}

function withHeader(token, change) {
    const parts = token.split('.');
    const header = JSON.parse(Buffer.from(parts[0], 'base64url').toString());
    return [encode(JSON.stringify({ ...header, ...change })), parts[1], parts[2]].join('.');
}

function withSignatureBit(token) {
    const [head, payload, signature] = token.split('.');
    const octets = Buffer.from(signature, 'base64url');
    octets[octets.length >> 1] ^= 1;
    return [head, payload, octets.toString('base64url')].join('.');
}

// An algorithm of the same kind of key where there is one: there only the name stands between.
const swapped = {
    RS256: 'PS256', RS384: 'RS256', RS512: 'RS384', PS256: 'RS256', PS384: 'PS512', PS512: 'RS512',
    ES256: 'ES384', ES384: 'ES512', ES512: 'ES256', EdDSA: 'ES256',
};

// --- The checks ------------------------------------------------------------------------------

const algorithms = Object.keys(swapped);
const checks = [];
const check = (name, run) => checks.push({ name, run });

for (const alg of algorithms) {
    check(`${alg}: our token is accepted by them`, async () => {
        const key = await ourKey(alg);
        const got = await theirVerify(await ourSign(key), key.set, { typ: 'JWT', algorithms: [alg] });
        assert.deepEqual(got.payload, claims);
        assert.deepEqual({ ...got.protectedHeader }, { typ: 'JWT', alg, kid: key.thumbprint });
    });
    check(`${alg}: their token is accepted by us`, async () => {
        const key = await cachedTheirKey(alg);
        const token = await theirSign(key);
        const got = await peer.must({ do: 'verify', token, set: key.set, allowed: [alg] });
        assert.deepEqual(JSON.parse(got.claims), claims);
        assert.deepEqual([got.alg, got.kid, got.typ], [alg, 'theirs', 'JWT']);
    });
    check(`${alg}: their PKCS #8 key signs in our hands`, async () => {
        const key = await theirKey(alg);
        const ours = await peer.must({ do: 'key', pem: key.pem, alg });
        assert.equal(ours.thumbprint, key.thumbprint);
        const { token } = await peer.must({ do: 'sign', pem: key.pem, alg, claims: claimsText });
        assert.deepEqual((await jose.jwtVerify(token, key.publicKey)).payload, claims);
    });
    check(`${alg}: their JWK signs in our hands and comes back unchanged`, async () => {
        const key = await cachedTheirKey(alg);
        const ours = await peer.must({ do: 'key', jwk: JSON.stringify(key.privateJwk) });
        assert.deepEqual(JSON.parse(ours.private), key.privateJwk);
        assert.deepEqual(JSON.parse(ours.public), { ...key.publicJwk, use: 'sig' });
        assert.deepEqual((await theirVerify(await ourSign(ours), key.set)).payload, claims);
    });
    check(`${alg}: our JWK signs in their hands`, async () => {
        const key = await ourKey(alg);
        const privateKey = await jose.importJWK(JSON.parse(key.private), alg);
        const token = await theirSign({ privateKey, alg, kid: key.kid });
        const got = await peer.must({ do: 'verify', token, set: key.set });
        assert.deepEqual(JSON.parse(got.claims), claims);
    });
    check(`${alg}: our JWK as their PKCS #8 is the same key to us`, async () => {
        const key = await ourKey(alg);
        const theirs = await jose.importJWK({ ...JSON.parse(key.private), ext: true }, alg);
        const pem = await jose.exportPKCS8(theirs);
        const again = await peer.must({ do: 'key', pem, alg });
        assert.deepEqual(JSON.parse(again.private), JSON.parse(key.private));
    });
    check(`${alg}: thumbprints are the same`, async () => {
        const key = await ourKey(alg);
        assert.equal(await jose.calculateJwkThumbprint(JSON.parse(key.public)), key.thumbprint);
        assert.equal(await jose.calculateJwkThumbprint(JSON.parse(key.bare)), key.thumbprint);
    });
    check(`${alg}: our DPoP proof is accepted by them`, async () => {
        const key = await ourKey(alg);
        const accessToken = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU';
        const { token } = await peer.must({
            do: 'dpop', jwk: key.private, method: 'POST', nonce: 'n.1',
            target: 'https://MCP.example:443/mcp?a=b#c', access_token: accessToken,
        });
        const got = await jose.jwtVerify(token, jose.EmbeddedJWK, {
            typ: 'dpop+jwt', maxTokenAge: 60, algorithms: [alg],
            requiredClaims: ['jti', 'htm', 'htu', 'iat'],
        });
        const { iat, jti, ...rest } = got.payload;
        assert.ok(Number.isInteger(iat));
        assert.match(jti, /^[A-Za-z0-9_-]{43}$/);
        const ath = crypto.createHash('sha256').update(accessToken).digest('base64url');
        assert.deepEqual(rest, { htm: 'POST', htu: 'https://mcp.example/mcp', nonce: 'n.1', ath });
        assert.deepEqual(Object.keys(got.protectedHeader).sort(), ['alg', 'jwk', 'typ']);
        assert.deepEqual(got.protectedHeader.jwk, JSON.parse(key.bare));
    });
    check(`${alg}: both refuse changed tokens`, async () => {
        const ours = await ourKey(alg);
        const theirs = await cachedTheirKey(alg);
        const ourToken = await ourSign(ours);
        const theirToken = await theirSign(theirs);
        for (const change of [(t) => withPayload(t, { iss: 'x' }), (t) => withHeader(t, { x: 1 }), withSignatureBit]) {
            await assert.rejects(theirVerify(change(ourToken), ours.set), /signature verification failed/);
            await peer.mustRefuse(
                { do: 'verify', token: change(theirToken), set: theirs.set }, 'jwt_signature_invalid');
        }
    });
    check(`${alg}: both refuse tokens of another key`, async () => {
        const ours = await ourKey(alg);
        const impostor = await theirKey(alg, ours.kid);
        const theirs = await theirKey(alg, ours.kid);
        await assert.rejects(theirVerify(await ourSign(ours), theirs.set), /signature verification failed/);
        await peer.mustRefuse(
            { do: 'verify', token: await theirSign(impostor), set: ours.set }, 'jwt_signature_invalid');
        await peer.mustRefuse(
            { do: 'verify', token: await theirSign(theirs, { kid: 'z' }), set: ours.set }, 'jwt_key_not_found');
    });
    check(`${alg}: both refuse the same signature under another algorithm`, async () => {
        const ours = await ourKey(alg);
        const theirs = await cachedTheirKey(alg);
        const bare = ({ alg: _, ...jwk }) => JSON.stringify({ keys: [jwk] });
        await assert.rejects(
            theirVerify(withHeader(await ourSign(ours), { alg: swapped[alg] }), ours.set));
        const token = withHeader(await theirSign(theirs), { alg: swapped[alg] });
        await peer.mustRefuse({ do: 'verify', token, set: theirs.set }, 'jwt_key_not_found');
        await peer.mustRefuse(
            { do: 'verify', token, set: bare(theirs.publicJwk) }, 'jwt_key_not_found', 'jwt_signature_invalid');
        await peer.mustRefuse(
            { do: 'verify', token: await theirSign(theirs), set: theirs.set, allowed: [swapped[alg]] },
            'jwt_algorithm_not_allowed');
    });
    check(`${alg}: their ID token is read by us`, async () => {
        const key = await cachedTheirKey(alg);
        const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
        const hash = `sha${alg === 'EdDSA' ? 512 : alg.slice(2)}`;
        const digest = crypto.createHash(hash).update(accessToken).digest();
        const token = await new jose.SignJWT({
            nonce: 'n', name: 'Ann', at_hash: digest.subarray(0, digest.length / 2).toString('base64url'),
        }).setProtectedHeader({ alg, kid: key.kid }).setIssuer('https://as.example').setSubject('user-7')
            .setAudience('client-1').setIssuedAt().setExpirationTime('5m').sign(key.privateKey);
        const request = {
            do: 'id_token', token, set: key.set, issuer: 'https://as.example', client_id: 'client-1',
            nonce: 'n', access_token: accessToken,
        };
        const got = await peer.must(request);
        assert.deepEqual([got.subject, got.name], ['user-7', 'Ann']);
        await peer.mustRefuse({ ...request, access_token: 'other' }, 'id_token_invalid');
        await peer.mustRefuse({ ...request, client_id: 'client-2' }, 'id_token_invalid');
    });
}

check('HS256: our token is accepted by them, with the secret only', async () => {
    const secret = 'a client secret of thirty-two octets or more';
    const { token } = await peer.must({ do: 'sign_with_secret', secret, typ: 'JWT', claims: claimsText });
    const got = await jose.jwtVerify(token, Buffer.from(secret), { algorithms: ['HS256'], typ: 'JWT' });
    assert.deepEqual(got.payload, claims);
    assert.deepEqual({ ...got.protectedHeader }, { typ: 'JWT', alg: 'HS256' });
    await assert.rejects(jose.jwtVerify(token, Buffer.from(`${secret}.`)), /signature verification failed/);
    await assert.rejects(jose.jwtVerify(withPayload(token, { iss: 'x' }), Buffer.from(secret)));
});
check('HS256, HS512 and none: their tokens are refused by us', async () => {
    const key = await ourKey('ES256');
    const secret = Buffer.from(key.public);
    for (const alg of ['HS256', 'HS512']) {
        const token = await new jose.SignJWT(claims).setProtectedHeader({ alg, kid: key.kid }).sign(secret);
        await peer.mustRefuse({ do: 'verify', token, set: key.set }, 'jwt_algorithm_not_allowed');
    }
    const token = new jose.UnsecuredJWT(claims).encode();
    await peer.mustRefuse({ do: 'verify', token, set: key.set }, 'jwt_algorithm_not_allowed');
});
check('Ed25519: their token under the new name of EdDSA is accepted by us', async () => {
    const key = await theirKey('Ed25519');
    const token = await theirSign(key);
    assert.equal((await peer.must({ do: 'verify', token, set: key.set })).alg, 'EdDSA');
    assert.equal((await peer.must({ do: 'key', jwk: JSON.stringify(key.privateJwk) })).alg, 'EdDSA');
});
check('crit: their token that needs an extension is refused by us', async () => {
    const key = await cachedTheirKey('ES256');
    const token = await new jose.CompactSign(Buffer.from(claimsText))
        .setProtectedHeader({ alg: 'ES256', crit: ['urn:x'], 'urn:x': 1 })
        .sign(key.privateKey, { crit: { 'urn:x': true } });
    await peer.mustRefuse({ do: 'verify', token, set: key.set }, 'jwt_malformed');
});
check('JWE: their encrypted token is refused by us', async () => {
    const token = await new jose.EncryptJWT(claims)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(crypto.randomBytes(32));
    await peer.mustRefuse({ do: 'verify', token, set: (await ourKey('ES256')).set }, 'jwt_malformed');
});
check('key set: of our ten keys they find the right one for each token', async () => {
    const keys = await Promise.all(algorithms.map(ourKey));
    const set = JSON.stringify({ keys: keys.map((k) => JSON.parse(k.set).keys[0]) });
    for (const key of keys)
        assert.deepEqual((await theirVerify(await ourSign(key), set)).payload, claims);
});
check('key set: of their ten keys we find the right one for each token', async () => {
    const keys = await Promise.all(algorithms.map((alg) => theirKey(alg, alg)));
    const junk = [{ kty: 'oct', k: 'AAAA' }, { kty: 'OKP', crv: 'X25519', x: 'AAAA' }, {}];
    const set = JSON.stringify({ keys: [...junk, ...keys.map((k) => k.publicJwk)] });
    for (const key of keys)
        assert.equal((await peer.must({ do: 'verify', token: await theirSign(key), set })).alg, key.alg);
});
check('PEM: SEC 1 and PKCS #1 are read by us, and encrypted keys refused', async () => {
    const ec = crypto.generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (const [key, type, alg] of [[ec, 'sec1', 'ES384'], [rsa, 'pkcs1', 'RS256']]) {
        const pem = key.export({ type, format: 'pem' });
        const ours = await peer.must({ do: 'key', pem });
        assert.equal(ours.alg, alg);
        const publicJwk = crypto.createPublicKey(key).export({ format: 'jwk' });
        assert.equal(ours.thumbprint, await jose.calculateJwkThumbprint(publicJwk));
        for (const locked of [type, 'pkcs8']) {
            const encrypted = key.export(
                { type: locked, format: 'pem', cipher: 'aes-128-cbc', passphrase: 'sesame' });
            await peer.mustRefuse({ do: 'key', pem: encrypted }, 'key_invalid');
        }
    }
});
check('PEM: keys of other kinds are refused by us', async () => {
    const keys = [
        ['rsa', { modulusLength: 1024 }], ['rsa-pss', { modulusLength: 2048 }], ['x25519'], ['ed448'],
        ['ec', { namedCurve: 'secp256k1' }], ['dsa', { modulusLength: 2048, divisorLength: 256 }],
    ];
    for (const [type, options] of keys) {
        const { privateKey, publicKey } = crypto.generateKeyPairSync(type, options);
        const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
        await peer.mustRefuse({ do: 'key', pem }, 'key_invalid');
        await peer.mustRefuse({ do: 'key', pem: publicKey.export({ type: 'spki', format: 'pem' }) }, 'key_invalid');
    }
});

// --- The run ---------------------------------------------------------------------------------

if (process.argv[2] === '--count') {
    console.log(checks.length);
} else {
    let passed = 0;
    try {
        jose = await import('jose');
        peer = new Peer(process.argv[2]);
        for (const { name, run } of checks) {
            try {
                await run();
                passed += 1;
                console.log(`ok   ${name}`);
            } catch (e) {
                console.log(`FAIL ${name}: ${String(e?.message ?? e).split('\n')[0]}`);
            }
        }
        peer.process.stdin.end();
        await peer.ended;
    } catch (e) {
        console.log(`FAIL ${e?.message ?? e}`);
    }
    console.log(`jose: ${passed} of ${checks.length} checks passed`);
    process.exitCode = passed === checks.length ? 0 : 1;
}
