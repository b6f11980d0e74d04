import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  cloudlinkSubscriptions,
  countsOf,
  deliver,
  followCalls,
  playCall,
  publicationOf,
  untilTold,
  webhookOf,
  wordOf,
  type ToldCall,
} from '../helpers/feed.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { isRedisMissing, redisHint, withRedis } from '../helpers/redis.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { webhooks } from '../helpers/subscribers.ts';

const NOW = () => Math.floor(Date.now() / 1000);

/** A gateway with one follower of one telephone, and the address at which it is told. */
const setUp = async (env: Readonly<Record<string, string>> = {}, options = {}) => {
  const gateway = await withGateway({ env: { ...webhooks, ...env }, ...options });
  const { cloudlink } = await gateway.tokens();
  const stream = await followCalls(gateway, cloudlink);
  await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
  const url = await webhookOf(gateway);
  return { gateway, stream, url, headers: cloudlink };
};

let times = 1_800_000_000_000;
const ringing = (more: Partial<ToldCall> = {}) =>
  publicationOf({ state: 'ringing', timestamp: ++times, ...more });

const expectNothingTold = async (gateway: TestGateway) =>
  expect(await countsOf(gateway.url)).toMatchObject({ kept: 0 });

describe('what is delivered at the address of a feed', () => {
  it('is told once it is there, one by one or as a list', async () => {
    const { stream, url } = await setUp();
    expect(await deliver(url, ringing())).toBe(204);
    expect(await deliver(url, { publications: [ringing({ callId: '2' }), ringing({ callId: '3' })] })).toBe(
      204,
    );
    expect((await stream.take(3)).map(wordOf)).toEqual(Array(3).fill('CREATED RINGING'));
  });

  it('is refused where the feed or its secret is another, and not read any further', async () => {
    const { gateway, url } = await setUp();
    const [, feed = '', secret = ''] = /([\w-]+)\/([\w-]+)$/.exec(url) ?? [];
    const statuses = [
      [url.replace(feed, 'x'.repeat(32)), 410],
      [url.replace(secret, 'x'.repeat(43)), 410],
      [url.slice(0, -1), 410],
      [url.replace('cloudlink', 'subscriber'), 410],
      [url.replace('cloudlink', 'other'), 404],
      [`${url}/more`, 404],
      [url.replace(`/${secret}`, ''), 404],
      [`${url.replace(secret, '')}${'x'.repeat(65)}`, 404],
    ] as const;
    for (const [address, status] of statuses)
      expect([address, await deliver(address, ringing())]).toEqual([address, status]);
    // A body that is announced and never sent is not waited for.
    const { hostname, port, pathname } = new URL(url.replace(secret, 'x'.repeat(43)));
    const { text } = await sendRaw(
      Number(port),
      `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1.1 410 /);
    expect((await gateway.fetch(new URL(url).pathname)).status).toBe(405);
    await expectNothingTold(gateway);
  });

  it('can be nothing that a client or the log learns', async () => {
    const { gateway, url, stream } = await setUp();
    const secret = url.split('/').at(-1) ?? '';
    await gateway.sandbox.fail({
      match: { service: 'notifications' },
      fault: {
        type: 'status',
        status: 400,
        body: JSON.stringify({ message: `data.deviceId ${url} is odd` }),
      },
    });
    const { cloudlink } = await gateway.tokens('ben');
    const refused = await followCalls(gateway, cloudlink);
    const errors = JSON.stringify(await refused.rest());
    await deliver(url, '{}{');
    await deliver(url, { subject: '/endpoints/1001/calls/1', content: {} });
    await deliver(url.replace(secret, `${secret}x`), ringing());
    await deliver(url, ringing());
    const told = JSON.stringify(await stream.take(1));
    for (const text of [errors, told, JSON.stringify(gateway.log)]) expect(text).not.toContain(secret);
  });

  it('is bounded: what is too large, too deep or no publication is refused, and unknown kinds are passed over', async () => {
    const { gateway, stream, url } = await setUp();
    const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const big = JSON.stringify({ ...ringing(), filler: 'x'.repeat(10_000_000) });
    const bodies = [
      [big, 413],
      [JSON.stringify({ ...ringing(), filler: 'x'.repeat(256 * 1024) }), 413],
      [deep(10_000), 400],
      [`{"a":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`, 400],
      ['', 400],
      ['null', 400],
      ['"text"', 400],
      ['{', 400],
      ['{}', 400],
      ['[]', 204],
      [JSON.stringify([1, null, 'x', {}]), 400],
      [JSON.stringify({ subject: '/2017-09-01/unheard/of', content: { a: 1 } }), 204],
      [JSON.stringify({ topic: 'new-topic', subject: '/x', content: {}, method: 'BREW' }), 204],
      [`[${'{},'.repeat(60_000)}{}]`, 400],
      // No platform gathers as many: they are not even looked at.
      [JSON.stringify(Array.from({ length: 1_001 }, () => ({ subject: '/x', content: {} }))), 400],
    ] as const;
    for (const [body, status] of bodies)
      expect([body.slice(0, 60), await deliver(url, body)]).toEqual([body.slice(0, 60), status]);
    await expectNothingTold(gateway);
    // One part that cannot be read takes no other with it.
    expect(await deliver(url, [null, ringing(), { subject: 5 }])).toBe(204);
    expect((await stream.take(1)).map(wordOf)).toEqual(['CREATED RINGING']);
    expect(await deliver(url, ringing(), { 'content-encoding': 'gzip' })).toBe(415);
  });

  it('is told though it is as large as it may be', async () => {
    const { gateway, stream, url } = await setUp();
    const room = 256 * 1024 - JSON.stringify(ringing({ from: '' })).length;
    expect(await deliver(url, ringing({ from: 'é'.repeat(room / 2) }))).toBe(204);
    expect((await stream.take(1)).map(wordOf)).toEqual(['CREATED RINGING']);
    expect(await countsOf(gateway.url)).toMatchObject({ kept: 1, doubtful: 0 });
  });

  it('is one event, though it comes 1,000 times', async () => {
    const { gateway, stream, url } = await setUp();
    const same = ringing();
    for (let round = 0; round < 20; round += 1) {
      const statuses = await Promise.all(Array.from({ length: 50 }, () => deliver(url, same)));
      expect(new Set(statuses)).toEqual(new Set([204]));
    }
    await deliver(url, ringing({ callId: 'last' }));
    expect(await stream.take(2)).toHaveLength(2);
    expect(await countsOf(gateway.url)).toMatchObject({ deliveries: 1_001, kept: 2, duplicate: 999 });
  });
});

describe('a signed delivery', () => {
  const [FORMER, NEXT, OTHER] = [
    'former-secret-of-webhooks',
    'next-secret-of-webhooks',
    'secret-of-somebody-else',
  ];

  const sign = (
    body: string,
    {
      secret = FORMER,
      id = randomUUID(),
      time = NOW(),
    }: { secret?: string | undefined; id?: string; time?: number } = {},
  ) => ({
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': `v1,${createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('base64')}`,
  });

  it('is taken by either of two keys, so that one can take the place of the other without a loss', async () => {
    const { stream, url } = await setUp({ WEBHOOK_SECRETS: `${FORMER},${NEXT}` });
    for (const secret of [FORMER, NEXT]) {
      const body = JSON.stringify(ringing({ callId: secret }));
      expect(await deliver(url, body, sign(body, { secret }))).toBe(204);
    }
    const body = JSON.stringify(ringing({ callId: 'both' }));
    const [one, other] = [sign(body, { secret: OTHER, id: 'a' }), sign(body, { secret: NEXT, id: 'a' })];
    const both = { ...one, 'webhook-signature': `${one['webhook-signature']} ${other['webhook-signature']}` };
    expect(await deliver(url, body, both)).toBe(204);
    expect(await stream.take(3)).toHaveLength(3);
  });

  it('is refused where it is forged, stale or from the future, and tells nothing', async () => {
    const { gateway, url } = await setUp({ WEBHOOK_SECRETS: `${FORMER},${NEXT}` });
    const body = JSON.stringify(ringing());
    const signed = sign(body);
    const hex = (secret: string | undefined, text = body) =>
      createHmac('sha256', secret ?? '')
        .update(text)
        .digest('hex');
    const forgeries: readonly (readonly [string, string, Record<string, string>])[] = [
      ['no signature', body, {}],
      ['an empty one', body, { ...signed, 'webhook-signature': '' }],
      ['a short one', body, { ...signed, 'webhook-signature': signed['webhook-signature'].slice(0, 20) }],
      ['a wrong one', body, { ...signed, 'webhook-signature': `v1,${'A'.repeat(43)}=` }],
      ['one by a key that is not good any more', body, sign(body, { secret: OTHER })],
      ['an altered byte', body.replace('ringing', 'Ringing'), signed],
      ['a body written anew', JSON.stringify(JSON.parse(body), null, 1), signed],
      ['another id', body, { ...signed, 'webhook-id': randomUUID() }],
      ['another time', body, { ...signed, 'webhook-timestamp': String(NOW() - 1) }],
      [
        'no time',
        body,
        { 'webhook-id': signed['webhook-id'], 'webhook-signature': signed['webhook-signature'] },
      ],
      ['5 minutes and a second old', body, sign(body, { time: NOW() - 301 })],
      ['from the future', body, sign(body, { time: NOW() + 302 })],
      ['a time that is none', body, sign(body, { time: Number.NaN })],
      ['the signature of the body by another key', body, { 'x-mitel-signature': hex(OTHER) }],
      ['the signature of another body', body, { 'x-mitel-signature': hex(FORMER, `${body} `) }],
      [
        'a signature of another scheme',
        body,
        { ...signed, 'webhook-signature': signed['webhook-signature'].replace('v1', 'v1a') },
      ],
    ];
    for (const [what, text, headers] of forgeries)
      expect([what, await deliver(url, text, headers)]).toEqual([what, 401]);
    await expectNothingTold(gateway);
    expect(await deliver(url, body, { 'x-mitel-signature': hex(FORMER).toUpperCase() })).toBe(204);
  });

  it('of the platform itself is taken, and the legacy platform need not sign', async () => {
    const name = 'an-application-of-acme';
    const env = { APP_NAME: name, WEBHOOK_SECRETS: name };
    const { gateway, stream } = await setUp(env, { switches: { cloudlinkWebhookSignature: true } });
    const { subscriber } = await gateway.tokens();
    const legacy = await followCalls(gateway, subscriber, { domain: 'acme.12345.service' });
    await expect.poll(() => gateway.sandbox.requests('object=event&action=create')).toHaveLength(1);
    await expect.poll(() => gateway.sandbox.requests('object=call&action=read')).toHaveLength(1);
    await playCall(gateway.sandbox, { steps: ['completed'] });
    expect((await stream.take(2)).map(wordOf)).toEqual(['CREATED RINGING', 'REMOVED COMPLETED']);
    expect((await legacy.take(2)).map(wordOf)).toEqual(['CREATED', 'REMOVED']);
  });
});

describe('a delivery that cannot be kept', () => {
  it.skipIf(isRedisMissing)(
    `because Redis is away is to come again, and is told when Redis is back${redisHint}`,
    async () => {
      const redis = await withRedis({ keeps: true });
      const { stream, url } = await setUp({ REDIS_URL: redis.url });
      await untilTold(url, stream);
      redis.pause();
      const refused = await fetch(url, { method: 'POST', body: JSON.stringify(ringing()) });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      redis.resume();
      const again = ringing({ callId: 'again' });
      await expect.poll(() => deliver(url, again)).toBe(204);
      expect((await stream.take(1)).map(wordOf)).toEqual(['CREATED RINGING']);
    },
  );
});
