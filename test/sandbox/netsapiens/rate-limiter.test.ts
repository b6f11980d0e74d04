import { expect, test } from 'vitest';
import { CLIENT } from '../../../src/sandbox/company.ts';
import { ADA, BEN, passwordGrant, start } from './start.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const own = (uid: string) => ({ object: 'subscriber', action: 'read', uid, fields: 'user' });

const open = async () => {
  const platform = await start();
  const ben = await platform.logIn(BEN);
  const ada = await platform.logIn(ADA);
  await platform.change({ legacyRateLimit: true });
  const repeat = async (token: string, times: number) => {
    const statuses = [];
    for (let time = 0; time < times; time += 1) statuses.push((await platform.call(token, own(BEN))).status);
    return statuses;
  };
  return { ...platform, ben, ada, repeat };
};

const remaining = (response: Response) =>
  Object.fromEntries(
    Array.from(response.headers.get('ratelimit')?.matchAll(/"(\w+)";r=(\d+)/g) ?? [], ([, name, left]) => [
      name,
      Number(left),
    ]),
  );

test('there are no limits and no headers until the switch is on', async () => {
  const { call, logIn } = await start();
  const response = await call(await logIn(BEN), own(BEN));
  expect(response.headers.get('ratelimit')).toBeNull();
  expect(response.headers.get('ratelimit-policy')).toBeNull();
});

test('every answer tells the quotas and what is left of them', async () => {
  const { call, ben } = await open();
  const first = await call(ben, own(BEN));
  expect(first.headers.get('ratelimit-policy')).toBe(
    [
      `"subscriber_minute";q=60;w=60;pk=:${base64(BEN)}:`,
      `"subscriber_hour";q=1800;w=3600;pk=:${base64(BEN)}:`,
      `"client_minute";q=90;w=60;pk=:${base64(CLIENT.id)}:`,
      `"client_hour";q=2700;w=3600;pk=:${base64(CLIENT.id)}:`,
    ].join(', '),
  );
  expect(first.headers.get('ratelimit')).toContain(`"subscriber_minute";r=59;t=60;pk=:${base64(BEN)}:`);
  const refused = await call(ben, { object: 'nope', action: 'read' });
  expect(refused.status).toBe(404);
  expect(remaining(refused)).toEqual({
    subscriber_minute: 58,
    subscriber_hour: 1798,
    client_minute: 88,
    client_hour: 2698,
  });
});

test('a subscriber gets 60 answers a minute, then 429 with the time to wait', async () => {
  const { call, ben, repeat, advance } = await open();
  expect(new Set(await repeat(ben, 60))).toEqual(new Set([200]));
  const refused = await call(ben, own(BEN));
  expect(refused.status).toBe(429);
  expect(refused.statusText).toContain('Too Many Requests');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  for (const answer of [refused, await call(ben, own(BEN))]) {
    expect(remaining(answer)).toMatchObject({ subscriber_minute: 0, client_minute: 30 });
  }
  await advance(60_000);
  expect((await call(ben, own(BEN))).status).toBe(200);
});

test('a client gets 90 answers a minute over all its users, requests for tokens included', async () => {
  const { ben, ada, repeat, askToken } = await open();
  await repeat(ben, 60);
  const asked = await askToken(passwordGrant(ADA));
  expect(remaining(asked)).toMatchObject({ subscriber_minute: 59, client_minute: 29 });
  expect(await repeat(ada, 30)).toEqual([...Array.from({ length: 29 }, () => 200), 429]);
});

test('whoever shows no token and no client is not counted', async () => {
  const { send } = await open();
  const response = await send('/ns-api/?object=subscriber&action=read');
  expect(response.status).toBe(401);
  expect(response.headers.get('ratelimit')).toBeNull();
});

test('a reset gives the quotas back', async () => {
  const { call, ben, repeat, reset } = await open();
  await repeat(ben, 5);
  await reset({ switches: { legacyRateLimit: true } });
  expect(remaining(await call(ben, own(BEN)))).toMatchObject({ subscriber_minute: 59 });
});
