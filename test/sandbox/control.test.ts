import { describe, expect, test } from 'vitest';
import { isLoopbackAddress, isLoopbackHost, isLoopbackOrigin } from '../../src/sandbox/loopback.ts';
import { defaultSwitches } from '../../src/sandbox/switches.ts';
import { createClock } from '../../src/sandbox/clock.ts';
import { createControl } from '../../src/sandbox/control.ts';
import { createFaults } from '../../src/sandbox/faults.ts';
import { createRequestLog } from '../../src/sandbox/requests.ts';
import { createSimulator } from '../../src/sandbox/simulator.ts';
import { createWorld } from '../../src/sandbox/world.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { withSandbox, type TestSandbox } from '../helpers/sandbox.ts';
import { standIns } from './stand-in.ts';

const platforms = standIns;

const people = async (sandbox: TestSandbox) =>
  ((await (await fetch(`${sandbox.url}/one`)).json()) as { people: number }).people;

const messageOf = async (response: Response) => ((await response.json()) as { message: string }).message;

const nowOf = async (response: Response) => Date.parse(((await response.json()) as { now: string }).now);

describe('the control surface', () => {
  test('lists its routes, each with a sentence', async () => {
    const sandbox = await withSandbox({ platforms });
    const { routes } = (await (await sandbox.control('GET', '')).json()) as {
      routes: { method: string; path: string; does: string }[];
    };
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /_sandbox/requests',
      'DELETE /_sandbox/requests',
      'GET /_sandbox/faults',
      'POST /_sandbox/faults',
      'DELETE /_sandbox/faults',
      'DELETE /_sandbox/faults/{id}',
      'POST /_sandbox/reset',
      'GET /_sandbox/switches',
      'PATCH /_sandbox/switches',
      'GET /_sandbox/clock',
      'POST /_sandbox/clock',
      'POST /_sandbox/events',
      'GET /_sandbox/deliveries',
      'DELETE /_sandbox/deliveries',
    ]);
    for (const { does } of routes) expect(does).toMatch(/^[A-Z].+\.$/);
  });

  test('answers 404 for a path and 405 for a method it does not have', async () => {
    const sandbox = await withSandbox({ platforms });
    const missing = await sandbox.control('GET', '/nowhere');
    expect(missing.status).toBe(404);
    expect(await messageOf(missing)).toBe(
      'There is no /_sandbox/nowhere; GET /_sandbox lists what there is.',
    );
    const wrong = await sandbox.control('PUT', '/switches');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, PATCH']);
  });

  test('leaves paths that only begin like its own to the platforms', async () => {
    const sandbox = await withSandbox({ platforms });
    await fetch(`${sandbox.url}/_sandboxes`);
    expect(await sandbox.requests()).toMatchObject([{ url: '/_sandboxes', status: 404 }]);
  });

  test.each([
    ['http://localhost:3000', 200],
    ['http://127.0.0.1:4000', 200],
    ['http://evil.example.com', 403],
    ['null', 403],
  ])('answers a web page of %s with %d', async (origin, status) => {
    const sandbox = await withSandbox({ platforms });
    const { url } = sandbox;
    expect((await fetch(`${url}/_sandbox/clock`, { headers: { origin } })).status).toBe(status);
  });

  test.each([
    ['localhost:4010', 200],
    ['sandbox.localhost', 200],
    ['127.0.0.1:4010', 200],
    ['[::1]:4010', 200],
    ['rebound.example.com:4010', 403],
    ['127.0.0.1.example.com', 403],
  ])('answers under the name %s with %d', async (host, status) => {
    const { port } = await withSandbox({ platforms });
    const { text: answer } = await sendRaw(
      port,
      `GET /_sandbox/requests HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.includes('"requests"')).toBe(status === 200);
  });

  test('answers a client of HTTP/1.0, which names no host', async () => {
    const { port } = await withSandbox({ platforms });
    const { text: answer } = await sendRaw(port, 'GET /_sandbox/clock HTTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('is there for a loopback address only', () => {
    const clock = createClock();
    const world = createWorld({ platforms });
    const control = createControl({
      world,
      simulator: createSimulator(world, 0),
      faults: createFaults(),
      log: createRequestLog(clock),
      interrupt: () => undefined,
    });
    expect(control.accepts('/_sandbox/reset', '127.0.0.1')).toBe(true);
    expect(control.accepts('/_sandbox/reset', '192.0.2.7')).toBe(false);
    expect(control.accepts('/_sandbox/reset', undefined)).toBe(false);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['192.0.2.7', false],
  ['::ffff:192.0.2.7', false],
  ['::', false],
  ['127.0.0.1.example.com', false],
  [undefined, false],
])('the address %s is of this machine: %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected);
});

test.each([
  ['http://localhost', true],
  ['https://gateway.localhost:4000', true],
  ['http://[::1]:4000', true],
  ['http://127.0.0.1.example.com', false],
  ['http://localhost.example.com', false],
  ['null', false],
  ['', false],
])('the origin %s is of this machine: %s', (origin, expected) => {
  expect(isLoopbackOrigin(origin)).toBe(expected);
});

test.each([
  ['localhost', true],
  ['LOCALHOST:4010', true],
  ['localhost.:4010', true],
  ['a.b.localhost:1', true],
  ['127.8.9.10', true],
  ['[::1]:4010', true],
  ['0x7f.1', true],
  ['192.0.2.7:4010', false],
  ['example.com', false],
  ['localhost.example.com', false],
  ['notlocalhost', false],
  ['evil.example.com/@localhost', false],
  ['evil.example.com#.localhost', false],
  ['evil.example.com@localhost', false],
  ['localhost/evil.example.com', false],
  ['localhost:port', false],
  ['', false],
])('the host %s is of this machine: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});

describe('reset', () => {
  test('puts back world, clock, switches, faults and log', async () => {
    const sandbox = await withSandbox({ platforms, users: 50, switches: { legacyRowCap: 9 } });
    await fetch(`${sandbox.url}/one`, { method: 'POST' });
    await sandbox.control('PATCH', '/switches', { legacyRowCap: 3, legacyTyping: 'numeric' });
    await sandbox.control('POST', '/clock', { advanceMs: 86_400_000 });
    await sandbox.fail({ fault: { type: 'reset' } });

    const response = await sandbox.control('POST', '/reset');
    expect([response.status, await response.text()]).toEqual([204, '']);

    expect(await sandbox.requests()).toEqual([]);
    expect(await (await sandbox.control('GET', '/faults')).json()).toEqual({ faults: [] });
    expect(await (await sandbox.control('GET', '/switches')).json()).toEqual({
      ...defaultSwitches,
      legacyRowCap: 9,
    });
    expect(Math.abs((await nowOf(await sandbox.control('GET', '/clock'))) - Date.now())).toBeLessThan(60_000);
    expect(await (await fetch(`${sandbox.url}/one`)).json()).toMatchObject({ people: 57, writes: 0 });
  });

  test('takes a number of people and switches for this world only', async () => {
    const sandbox = await withSandbox({ platforms });
    await sandbox.control('POST', '/reset', { users: 300, switches: { legacyTyping: 'numeric' } });
    expect(await people(sandbox)).toBe(307);
    expect(await (await sandbox.control('GET', '/switches')).json()).toMatchObject({
      legacyTyping: 'numeric',
    });
    await sandbox.control('POST', '/reset');
    expect(await people(sandbox)).toBe(51);
    expect(await (await sandbox.control('GET', '/switches')).json()).toEqual(defaultSwitches);
  });

  test.each([
    [{ seed: 1 }, '"seed" is no field of the reset; allowed are: users, calls, switches.'],
    [{ users: -1 }, '"users" of the reset must be a whole number from 0 to 100000.'],
    [{ calls: 1_000_001 }, '"calls" of the reset must be a whole number from 0 to 1000000.'],
    [
      { switches: { legacyRowCap: -1 } },
      `"legacyRowCap" of the switches must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`,
    ],
  ])('refuses %j and leaves everything as it is', async (body, message) => {
    const sandbox = await withSandbox({ platforms });
    await fetch(`${sandbox.url}/one`);
    const response = await sandbox.control('POST', '/reset', body);
    expect(response.status).toBe(400);
    expect(await messageOf(response)).toBe(message);
    expect(await sandbox.requests()).toHaveLength(1);
  });
});

describe('switches', () => {
  test('start with their defaults and change one by one', async () => {
    const sandbox = await withSandbox({ platforms });
    expect(await (await sandbox.control('GET', '/switches')).json()).toEqual(defaultSwitches);
    const changed = { legacyUnknownOperation: 400, cloudlinkRequireApp: true, legacyWriteDelayMs: 0 };
    const response = await sandbox.control('PATCH', '/switches', changed);
    expect(await response.json()).toEqual({ ...defaultSwitches, ...changed });
    expect(await (await sandbox.control('GET', '/switches')).json()).toEqual({
      ...defaultSwitches,
      ...changed,
    });
  });

  test.each([
    [
      { legacyTypo: 1 },
      /^"legacyTypo" is no field of the switches; allowed are: cloudlinkRequireApp, .+, legacyMislabelJson\.$/,
    ],
    [{ legacyTyping: 'text' }, /^"legacyTyping" of the switches must be one of "strings", "numeric"\.$/],
    [
      { legacyUnknownOperation: '404' },
      /^"legacyUnknownOperation" of the switches must be one of 404, 400\.$/,
    ],
    [{ cloudlinkRequireApp: 'yes' }, /^"cloudlinkRequireApp" of the switches must be true or false\.$/],
    [
      { legacyTyping: 'numeric', legacyRowCap: 1.5 },
      /^"legacyRowCap" of the switches must be a whole number from 0 to \d+\.$/,
    ],
  ])('refuse %j and stay as they are', async (body, message) => {
    const sandbox = await withSandbox({ platforms });
    const response = await sandbox.control('PATCH', '/switches', body);
    expect(response.status).toBe(400);
    expect(await messageOf(response)).toMatch(message);
    expect(await (await sandbox.control('GET', '/switches')).json()).toEqual(defaultSwitches);
  });

  test.each(Object.entries(defaultSwitches))('take the start value of %s', async (name, value) => {
    const sandbox = await withSandbox({ platforms });
    expect((await sandbox.control('PATCH', '/switches', { [name]: value })).status).toBe(200);
  });
});

describe('the clock', () => {
  test('moves on, and back to the time of the machine', async () => {
    const sandbox = await withSandbox({ platforms });
    const offset = async (response: Response) => (await nowOf(response)) - Date.now();
    expect(Math.abs(await offset(await sandbox.control('GET', '/clock')))).toBeLessThan(60_000);
    await sandbox.control('POST', '/clock', { advanceMs: 3_600_000 });
    const moved = await offset(await sandbox.control('POST', '/clock', { advanceMs: 3_600_000 }));
    expect(Math.abs(moved - 7_200_000)).toBeLessThan(60_000);
    expect(Math.abs((await offset(await sandbox.control('GET', '/clock'))) - 7_200_000)).toBeLessThan(60_000);
    expect(Math.abs(await offset(await sandbox.control('POST', '/clock', { reset: true })))).toBeLessThan(
      60_000,
    );
  });

  test.each([
    [{}, 'The clock takes either {"advanceMs": n} or {"reset": true}.'],
    [{ reset: false }, 'The clock takes either {"advanceMs": n} or {"reset": true}.'],
    [{ advanceMs: 1, reset: true }, 'The clock takes either {"advanceMs": n} or {"reset": true}.'],
    [{ advance: 1 }, '"advance" is no field of the clock; allowed are: advanceMs, reset.'],
    [{ advanceMs: Number.MAX_SAFE_INTEGER }, '"advanceMs" leads past the end of time.'],
  ])('refuses %j', async (body, message) => {
    const sandbox = await withSandbox({ platforms });
    const response = await sandbox.control('POST', '/clock', body);
    expect(response.status).toBe(400);
    expect(await messageOf(response)).toBe(message);
  });
});
