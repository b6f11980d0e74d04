import { describe, expect, it } from 'vitest';
import {
  CALLS,
  cloudlinkSubscriptions,
  countsOf,
  cursorOf,
  deliver,
  endpointId,
  followCalls,
  legacySubscriptions,
  playCall,
  publicationOf,
  startOther,
  untilReady,
  untilTold,
  webhookOf,
  wordOf,
} from '../helpers/feed.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';
import { isRedisMissing, redisHint, withRedis } from '../helpers/redis.ts';
import { openSocket, webhooks, type Result } from '../helpers/subscribers.ts';

const wishes = { endpoints: [endpointId('1001')] };
const START = 1_800_000_000_000;
const STATES = ['ringing', 'connected', 'held', 'connected', 'completed'] as const;

const eventOf = ({ data }: Result) => data?.['callEvents'];
const idsOf = (results: readonly Result[]) => results.map((result) => eventOf(result)?.id);
const isOpen = async (gateway: TestGateway) => {
  await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
};

/** What CloudLink posts of calls from their beginning to their end. */
const wholeCalls = (count: number) =>
  Array.from({ length: count }, (_, call) =>
    STATES.map((state, index) =>
      publicationOf({ callId: `c${call}`, state, timestamp: START + call * 10 + index }),
    ),
  ).flat();

/** One gateway, or two that share a Redis. */
const setUp = async (count: number, settings: Readonly<Record<string, string>> = {}) => {
  const env = { ...webhooks, ...settings, ...(count > 1 && { REDIS_URL: (await withRedis()).url }) };
  const gateway = await withGateway({ env });
  const gateways = [gateway, ...(count > 1 ? [await startOther(gateway, env)] : [])];
  for (const one of gateways) await untilReady(one);
  const { cloudlink } = await gateway.tokens();
  return { gateway, gateways, cloudlink, other: gateways.at(-1) ?? gateway };
};

const instances = [
  { count: 1, where: 'on one instance', isMissing: false },
  { count: 2, where: `over two instances${redisHint}`, isMissing: isRedisMissing },
];

describe.each(instances)('events $where', ({ count, isMissing }) => {
  it.skipIf(isMissing)(
    'that come 1 to 5 times and shuffled are told once and in order; late ones are counted',
    async () => {
      const { gateway, gateways, cloudlink } = await setUp(count);
      const streams = await Promise.all(gateways.map((one) => followCalls(one, cloudlink)));
      await isOpen(gateway);
      const path = new URL(await webhookOf(gateway)).pathname;
      await untilTold(`${gateway.url}${path}`, ...streams);
      const before = await Promise.all(gateways.map(({ url }) => countsOf(url)));
      const copies = wholeCalls(40)
        .flatMap((publication, index) =>
          Array.from({ length: 1 + (index % 5) }, (_, copy) => ({
            publication,
            place: (index * 7_919 + copy * 104_729) % 1_009,
          })),
        )
        .toSorted((one, other) => one.place - other.place);
      const statuses = await Promise.all(
        copies.map(({ publication }, index) =>
          deliver(`${gateways[index % count]?.url}${path}`, publication),
        ),
      );
      expect(new Set(statuses)).toEqual(new Set([204]));

      const counts = await Promise.all(gateways.map(({ url }) => countsOf(url)));
      const sum = (...kinds: readonly string[]) =>
        counts
          .flatMap((one, index) => kinds.map((kind) => (one[kind] ?? 0) - (before[index]?.[kind] ?? 0)))
          .reduce((total, part) => total + part, 0);
      expect(sum('kept', 'late', 'duplicate', 'illegal', 'doubtful')).toBe(copies.length);
      expect(sum('late', 'illegal')).toBeGreaterThan(0);
      for (const stream of streams) {
        const told = await stream.take(sum('kept'));
        expect(new Set(idsOf(told)).size).toBe(told.length);
        const calls = [...Map.groupBy(told, (result) => eventOf(result).call.id).values()];
        expect(calls).toHaveLength(40);
        for (const call of calls) {
          const times = call.map((result) => eventOf(result).occurredAt);
          expect(times).toEqual(times.toSorted((one, other) => (one < other ? -1 : 1)));
          expect(wordOf(call.at(-1) ?? { data: null })).toBe('REMOVED COMPLETED');
        }
        expect(stream.waiting).toEqual([]);
      }
    },
  );

  it.skipIf(isMissing)(
    'are lost for nobody who is cut off and comes back with the last cursor, and told twice to nobody',
    async () => {
      const { gateway, gateways, cloudlink, other } = await setUp(count);
      const staying = await followCalls(gateway, cloudlink);
      await isOpen(gateway);
      const path = new URL(await webhookOf(gateway)).pathname;
      let socket = await openSocket(other, cloudlink);
      let stream = socket.subscribe(CALLS, wishes);
      await untilTold(`${gateway.url}${path}`, stream);
      const publications = wholeCalls(60);
      const sending = (async () => {
        for (const [index, publication] of publications.entries())
          await deliver(`${gateways[index % count]?.url}${path}`, publication);
      })();
      const told: Result[] = [];
      for (let round = 0; told.length < publications.length; round += 1) {
        const left = publications.length - told.length;
        told.push(...(await stream.take(Math.min(1 + ((round * 5) % 17), left))));
        socket.socket.terminate();
        const after = cursorOf(told.at(-1) ?? { data: null });
        socket = await openSocket(gateways[round % count] ?? gateway, cloudlink);
        stream = socket.subscribe(CALLS, { ...wishes, after });
      }
      await sending;
      const ids = publications.map(({ publicationId }) => publicationId);
      expect(idsOf(told)).toEqual(ids);
      await expect.poll(() => idsOf(staying.waiting).slice(-ids.length)).toEqual(ids);
    },
  );

  it.skipIf(isMissing)('beyond the window are told to be missing, with a cursor to go on from', async () => {
    const { gateway, cloudlink, other } = await setUp(count, { RESUME_WINDOW_EVENTS: '10' });
    const stream = await followCalls(other, cloudlink);
    await isOpen(gateway);
    const url = await webhookOf(gateway);
    await untilTold(url, stream);
    // Redis forgets events by the hundred.
    const publications = wholeCalls(60);
    await deliver(url, { publications: publications.slice(0, 1) });
    const [first] = await stream.take(1);
    await deliver(url, { publications: publications.slice(1) });
    const late = await followCalls(gateway, cloudlink, {
      ...wishes,
      after: cursorOf(first ?? { data: null }),
    });
    const told = await late.rest();
    const [end = { data: null }] = told.slice(-1);
    expect(wordOf(end)).toBe('RESYNC_REQUIRED');
    expect(end.errors).toMatchObject([{ extensions: { retryable: true, cursor: expect.any(String) } }]);
    const again = await followCalls(other, cloudlink, { ...wishes, after: cursorOf(end) });
    await deliver(url, publicationOf({ callId: 'next', state: 'ringing', timestamp: START }));
    expect(idsOf(await again.take(1))).toEqual([`1001/next/ringing/${START}`]);
  });
});

describe('a cursor', () => {
  it('of another subscription, of another principal, or of nobody is refused', async () => {
    const { gateway, cloudlink } = await setUp(1);
    const { cloudlink: ben } = await gateway.tokens('ben');
    const stream = await followCalls(gateway, cloudlink);
    await isOpen(gateway);
    await playCall(gateway.sandbox);
    const after = cursorOf((await stream.take(5))[0] ?? { data: null });
    const two = { endpoints: [endpointId('1001'), endpointId('1002')] };
    const attempts = [
      [cloudlink, { endpoints: [endpointId('1002')], after }],
      [cloudlink, { ...two, after }],
      [ben, { ...wishes, after }],
      [cloudlink, { ...wishes, after: 'x' }],
      [cloudlink, { ...wishes, after: `${after}~${after}x` }],
      [cloudlink, { ...wishes, after: '' }],
      [cloudlink, { ...wishes, after: '~'.repeat(10_000) }],
    ] as const;
    for (const [headers, variables] of attempts) {
      const refused = await followCalls(gateway, headers, variables);
      expect((await refused.rest()).map(wordOf)).toEqual(['CURSOR_UNKNOWN']);
    }
    const forged = await followCalls(gateway, cloudlink, { ...wishes, after: after.replace(/\.\w/, '.x') });
    expect((await forged.rest()).map(wordOf)).toEqual(['RESYNC_REQUIRED']);
  });
});

describe('a cursor that is refused', () => {
  it.each([
    ['of another telephone', (own: string) => own],
    ['that is none', () => 'x'],
  ])('costs the platform no subscription: one %s', async (_what, toAfter) => {
    const { gateway, cloudlink } = await setUp(1);
    const stream = await followCalls(gateway, cloudlink);
    await isOpen(gateway);
    await playCall(gateway.sandbox);
    const after = toAfter(cursorOf((await stream.take(1))[0] ?? { data: null }));
    await gateway.bill();
    const refused = await followCalls(gateway, cloudlink, { endpoints: [endpointId('1002')], after });
    expect((await refused.rest()).map(wordOf)).toEqual(['CURSOR_UNKNOWN']);
    expect(await gateway.bill()).not.toContain('POST /subscriptions');
    expect(await cloudlinkSubscriptions(gateway)).toHaveLength(1);
  });
});

describe('a call of which the platform tells no order', () => {
  const row = (state: string, more: object = {}) => ({
    orig_callid: 'one@203.0.113.9',
    orig_user: '1002',
    orig_domain: ACME,
    term_user: '1001',
    term_domain: ACME,
    orig_call_info: 'active',
    term_call_info: state,
    time_start: '2026-11-02 09:15:02',
    time_answer: state === 'alerting' ? '' : '2026-11-02 09:15:10',
    remove: 'no',
    ...more,
  });

  it('never goes backwards, and what is doubtful is read once', async () => {
    const { gateway } = await setUp(1);
    const { subscriber } = await gateway.tokens();
    const stream = await followCalls(gateway, subscriber, { domain: ACME });
    await expect.poll(() => legacySubscriptions(gateway)).toHaveLength(1);
    const reads = () => gateway.sandbox.requests('object=call&action=read');
    await expect.poll(reads).toHaveLength(1);
    await expect.poll(() => countsOf(gateway.url)).toMatchObject({ deliveries: 0 });
    const url = (await legacySubscriptions(gateway))[0]?.url ?? '';
    expect(await deliver(url, [row('alerting')])).toBe(204);
    expect((await stream.take(1)).map(wordOf)).toEqual(['CREATED']);
    expect(await deliver(url, [row('active'), row('active'), row('alerting')])).toBe(204);
    expect((await stream.take(1)).map(wordOf)).toEqual(['UPDATED']);
    expect(await countsOf(gateway.url)).toMatchObject({ kept: 2, duplicate: 1, illegal: 1, doubtful: 0 });
    expect(await reads()).toHaveLength(1);
    // Held, and then what was so before: it has come late, or has come to be so again.
    expect(await deliver(url, [row('held'), row('active'), row('active')])).toBe(204);
    expect((await stream.take(1)).map(wordOf)).toEqual(['UPDATED']);
    // The platform knows nothing of this call: it has ended.
    expect((await stream.take(1)).map(wordOf)).toEqual(['REMOVED']);
    expect(await reads()).toHaveLength(2);
    expect(await deliver(url, row('active', { remove: 'yes' }))).toBe(204);
    expect(await deliver(url, row('active'))).toBe(204);
    expect(await countsOf(gateway.url)).toMatchObject({ kept: 3, doubtful: 2, illegal: 3 });
    expect(stream.waiting).toEqual([]);
  });
});
