import { describe, expect, test } from 'vitest';
import { ADA, BEN, GLOBEX, startWith, toTime, ACME, type Rows } from '../start.ts';
import { SUPER_USER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';

const wish = { model: 'call', domain: ACME, post_url: 'http://127.0.0.1:1/hook' };
const HOUR = 3_600_000;

const start = async (
  ...options: Parameters<typeof startWith> extends [string, ...infer Rest] ? Rest : never
) => {
  const platform = await startWith('event', ...options);
  const create = async (fields: Readonly<Record<string, string>> = {}, token = platform.ada) => {
    const response = await platform.ask('create', { ...wish, ...fields }, token);
    const [row] = (await response.json()) as Rows;
    return { status: response.status, id: row?.['id'] ?? '' };
  };
  return { ...platform, create };
};

describe('event create', () => {
  test('accepts and gives an id', async () => {
    const { create } = await start();
    const { status, id } = await create();
    expect([status, id]).toEqual([202, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  test('names the id otherwise in XML', async () => {
    const { send, ada } = await start();
    const body = new URLSearchParams({ object: 'event', action: 'create', ...wish });
    const response = await send('/ns-api/', {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${ada}` },
    });
    expect(await response.text()).toMatch(
      /^<xml><subscription><subscription_id>[0-9a-f]{32}<\/subscription_id><\/subscription><\/xml>$/,
    );
  });

  test.each([
    ['200-body', 200, /^\[\{"id":/],
    ['202-empty', 202, /^$/],
  ] as const)('answers as the switch says: %s', async (legacyEventCreate, status, body) => {
    const { ask, read } = await start({ legacyEventCreate });
    const response = await ask('create', wish);
    expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(body)]);
    expect(await read({ domain: ACME })).toMatchObject([{ model: 'call', post_url: wish.post_url }]);
  });

  test('names the id as documented, by switch', async () => {
    const { json, read } = await start({ legacyEventId: 'subscription_id' });
    const [created] = (await json('create', wish)) as Rows;
    expect(await read({ domain: ACME })).toMatchObject([{ subscription_id: created?.['subscription_id'] }]);
  });

  test.each([
    [{ model: 'weather' }, 400],
    [{ model: '' }, 400],
    [{ post_url: '' }, 400],
    [{ post_url: 'gopher://example.test' }, 400],
    [{ domain: '' }, 400],
    [{ expires: 'soon' }, 400],
    [{ expires: '2001-01-01' }, 400],
    [{ domain: GLOBEX }, 403],
    [{ domain: '*' }, 403],
  ])('with %j is refused with %d', async (fields, expected) => {
    const { status } = await start();
    expect(await status('create', { ...wish, ...fields })).toBe(expected);
  });

  test('lets everybody ask for presence and for themselves, and nobody else', async () => {
    const { create, logIn, status } = await start();
    const ben = await logIn(BEN);
    expect((await create({ user: '1002' }, ben)).status).toBe(202);
    expect((await create({ user: '*' }, ben)).status).toBe(202);
    expect((await create({ user: '1001', model: 'presence' }, ben)).status).toBe(202);
    expect(await status('create', { ...wish, user: '1001' }, ben)).toBe(403);
  });

  test('takes no domain from those who see everything', async () => {
    const { logIn, status } = await start();
    const { domain: _domain, ...rest } = wish;
    expect(await status('create', rest, await logIn(SUPER_USER_LOGIN))).toBe(202);
    expect(await status('create', rest)).toBe(400);
  });
});

describe('event read', () => {
  test('lists those of a domain, to those who administer it and to whom they are', async () => {
    const { create, read, logIn } = await start();
    const ben = await logIn(BEN);
    const own = await create({ user: '1002', expires: '2300-01-01' }, ben);
    const other = await create({ model: 'cdr', expires: '2300-01-01 10:00:00' });
    const row = { model: 'call', domain: ACME, user: '1002', post_url: wish.post_url };
    expect(await read({ domain: ACME }, ben)).toEqual([
      { id: own.id, ...row, expires: '2300-01-01 00:00:00' },
    ]);
    expect((await read({ domain: ACME })).map(({ id }) => id)).toEqual([own.id, other.id]);
    expect(await read({ domain: ACME, subscription_id: other.id })).toMatchObject([
      { model: 'cdr', user: '*' },
    ]);
    expect(await read({ domain: ACME, subscription_id: other.id }, ben)).toEqual([]);
  });

  test('shows that it ends with the token that made it, and nothing of it then', async () => {
    const { create, read, advance, clock, logIn } = await start();
    const expires = toTime(clock.now() + HOUR);
    await advance(1000);
    await create();
    expect(await read({ domain: ACME })).toMatchObject([{ expires }]);
    await advance(HOUR);
    expect(await read({ domain: ACME }, await logIn(ADA))).toEqual([]);
  });
});

describe('event delete', () => {
  test('accepts, and it is gone after the write delay', async () => {
    const { create, status, read, advance } = await start({ legacyWriteDelayMs: 300 });
    const { id } = await create();
    expect(await status('delete', { subscription_id: id, domain: ACME })).toBe(202);
    expect(await read({ domain: ACME })).toHaveLength(1);
    await advance(300);
    expect(await read({ domain: ACME })).toEqual([]);
  });

  test('finds neither what is not there nor what is somebody else’s', async () => {
    const { create, status, logIn } = await start();
    const { id } = await create();
    expect(await status('delete', { subscription_id: 'none', domain: ACME })).toBe(404);
    expect(await status('delete', { subscription_id: id, domain: ACME }, await logIn(BEN))).toBe(404);
  });
});
