import { once } from 'node:events';
import { expect, it } from 'vitest';
import { open, WINDOW, withCalls } from './helpers/export.ts';

const PATH = `/export/calls.ndjson?${WINDOW}&recordings=false`;

it('cuts a download whose client takes nothing any more, and says so in the log', async () => {
  const { gateway, session } = await withCalls(50_000, { env: { STALLED_CLIENT_TIMEOUT_MS: '300' } });
  const response = await open(gateway, PATH, session);
  await once(response, 'readable');
  response.on('error', () => undefined);
  await expect
    .poll(() => gateway.log.find(({ msg }) => msg === 'export'), { timeout: 10_000 })
    .toMatchObject({ errors: ['CLIENT_STALLED'] });
  await gateway.bill();
  expect(await gateway.bill()).toEqual([]);
  response.destroy();
});

it('does not blame the client for what a platform keeps it waiting', async () => {
  const { gateway, session } = await withCalls(2000, { env: { STALLED_CLIENT_TIMEOUT_MS: '100' } });
  await gateway.sandbox.fail({
    match: { object: 'cdr2' },
    fault: { type: 'latency', ms: 500 },
  });
  const body = await (await gateway.fetch(PATH, { headers: session })).text();
  expect(body).toContain('"kind":"end"');
});

it('lets one principal have four exports at once, and others theirs', async () => {
  const { gateway, session } = await withCalls(50_000);
  const other = await gateway.signIn('ben');
  const four = await Promise.all([1, 2, 3, 4].map(() => open(gateway, PATH, session)));
  expect(four.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
  const refused = await gateway.fetch(PATH, { headers: session });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
  expect(await refused.json()).toMatchObject({
    errors: [{ extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: 10_000 } }],
  });
  const own = await open(gateway, PATH, other);
  expect(own.statusCode).toBe(200);
  for (const response of [...four, own]) response.destroy();
  await expect.poll(() => gateway.log.filter(({ msg }) => msg === 'export').length).toBeGreaterThanOrEqual(6);
  const again = await open(gateway, PATH, session);
  expect(again.statusCode).toBe(200);
  again.destroy();
});
