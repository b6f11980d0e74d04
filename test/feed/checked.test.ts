import { describe, expect, it } from 'vitest';
import { everythingTold, followChecked, forgedCall, unproven, type Told } from '../helpers/checked.ts';
import {
  cloudlinkSubscriptions,
  countsOf,
  deliver,
  deliveries,
  followCalls,
  playCall,
  startOther,
  untilReady,
  webhookOf,
  WHOLE_CALL,
  withMortal,
  wordOf,
} from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, platformsOf } from '../helpers/live.ts';
import { isRedisMissing, redisHint, withRedis } from '../helpers/redis.ts';
import { openStream, webhooks } from '../helpers/subscribers.ts';

const [CALL] = everythingTold;

describe('what is delivered while nothing proves by whom', () => {
  it.each(everythingTold)('is not told: $what is told as it is, once, after a read', async (told) => {
    const { gateway, sandbox, stream, url, countReads, platforms } = await followChecked(told);
    const before = await countReads();
    expect(await deliver(url, told.forged)).toBe(204);
    await expect.poll(countReads).toBeGreaterThan(before);
    await told.change(platforms, sandbox);
    expect((await stream.take(1)).map(eventOf)).toMatchObject([told.truth]);
    const reads = await countReads();
    // The same once more, of which nothing has become true meanwhile.
    expect(await deliver(url, told.forged)).toBe(204);
    await expect.poll(countReads).toBeGreaterThan(reads);
    const { kept, doubtful } = await countsOf(gateway.url);
    expect([kept, stream.waiting]).toEqual([0, []]);
    expect(doubtful).toBeGreaterThanOrEqual(3);
  });

  it('is a call that is told to its end', async () => {
    const { sandbox, stream } = await followChecked(CALL);
    await playCall(sandbox, { stepMs: 1_600 });
    const told = (await stream.take(WHOLE_CALL.length)).map(eventOf);
    expect(told.map(({ change, call }) => `${change} ${call.state}`)).toEqual(WHOLE_CALL);
  });

  it('costs few reads, however much it is, and the last of them begins after all of it', async () => {
    const { url, countReads, readTimes } = await followChecked(CALL);
    const before = await countReads();
    const statuses = await Promise.all(Array.from({ length: 100 }, () => deliver(url, forgedCall())));
    expect(new Set(statuses)).toEqual(new Set([204]));
    const answered = Date.now();
    // The last look of all is taken a few seconds later, at what the platform may not have shown before.
    await expect.poll(async () => Math.max(...(await readTimes())) - answered).toBeGreaterThan(3_000);
    expect((await countReads()) - before).toBeLessThanOrEqual(5);
  });

  it('is read anew where it comes while a read is under way', async () => {
    const { sandbox, url, countReads } = await followChecked(CALL);
    const before = await countReads();
    await sandbox.fail({
      match: { method: 'GET', path: '/calls' },
      times: 1,
      fault: { type: 'latency', ms: 1_200 },
    });
    expect(await deliver(url, forgedCall())).toBe(204);
    await expect.poll(countReads).toBe(before + 1);
    expect(await deliver(url, forgedCall())).toBe(204);
    await expect.poll(countReads, { timeout: 2_500 }).toBe(before + 2);
  });

  it('is read again where a read has failed', async () => {
    const { gateway, sandbox, stream, platforms } = await followChecked(CALL);
    // More than it is tried by the first look and by the one a few seconds later.
    await sandbox.fail({
      match: { method: 'GET', path: '/calls' },
      times: 6,
      fault: { type: 'status', status: 503 },
    });
    await CALL.change(platforms, sandbox);
    expect((await stream.take(1)).map(eventOf)).toMatchObject([CALL.truth]);
    expect(gateway.log.map(({ msg }) => msg)).toContain('a feed could not be checked');
  });

  it('is read by another one who follows where those have lost the right to it who were asked', async () => {
    const { sandbox, stream, follow, platforms } = await followChecked(CALL);
    const others = [];
    for (let count = 0; count < 6; count += 1) others.push(await follow());
    await sandbox.fail({
      match: { method: 'GET', path: '/calls' },
      times: others.length,
      fault: { type: 'status', status: 401 },
    });
    await CALL.change(platforms, sandbox);
    expect((await stream.take(1)).map(eventOf)).toMatchObject([CALL.truth]);
    const codes = [];
    for (const other of others) codes.push((await other.rest()).at(-1)?.errors?.[0]?.extensions['code']);
    expect(codes).toEqual(others.map(() => 'UNAUTHENTICATED'));
  });

  it('is read also while nobody follows, so that who comes later is told of nothing earlier', async () => {
    const query = CALL.query.replace('state', 'from { number }');
    const { stream, follow, countReads, sandbox, platforms } = await followChecked({ ...CALL, query });
    stream.leave();
    await stream.closed;
    const before = await countReads();
    await CALL.change(platforms, sandbox);
    await expect.poll(countReads).toBeGreaterThan(before);
    const later = await follow();
    await playCall(sandbox, { from: '1003', steps: ['completed'], stepMs: 1_600 });
    const told = (await later.take(2)).map(eventOf);
    expect(told.map(({ call }) => call.from.number)).toEqual(['1003', '1003']);
  });

  it('is told to who comes back with a cursor', async () => {
    const message = everythingTold[2] as Told;
    const { stream, follow, url, platforms, sandbox } = await followChecked(message);
    await message.change(platforms, sandbox);
    const [first] = (await stream.take(1)).map(eventOf);
    stream.leave();
    await stream.closed;
    for (let round = 0; round < 3; round += 1) {
      expect(await deliver(url, message.forged)).toBe(204);
      await message.change(platforms, sandbox);
    }
    const again = await follow(first?.['cursor']);
    const told = (await again.take(3)).map(eventOf);
    expect(told.map(({ change, message: { body } }) => `${change} ${body}`)).toEqual(
      Array(3).fill('CREATED Hello'),
    );
  });

  it('is bounded and counted as everywhere', async () => {
    const { gateway, stream, url } = await followChecked(CALL);
    const statuses = [
      ['{', 400],
      ['{}', 400],
      ['[]', 204],
      [JSON.stringify({ subject: '/2017-09-01/unheard/of', content: { a: 1 } }), 204],
      [JSON.stringify({ ...forgedCall(), filler: 'x'.repeat(256 * 1024) }), 413],
    ] as const;
    for (const [body, status] of statuses)
      expect([body.slice(0, 60), await deliver(url, body)]).toEqual([body.slice(0, 60), status]);
    expect(await countsOf(gateway.url)).toMatchObject({ deliveries: 3, unreadable: 1, doubtful: 0, kept: 0 });
    expect(stream.waiting).toEqual([]);
  });

  it('has a recording looked for that comes some time after its call', async () => {
    const recordings: Told = {
      ...CALL,
      query: 'subscription { recordingReady(account: true) { change recording { __typename } } }',
      variables: {},
      reads: 'route=GET%20/recordings',
    };
    const { sandbox, stream } = await followChecked(recordings);
    await sandbox.fail({
      match: { method: 'GET', path: '/recordings' },
      times: 3,
      fault: { type: 'status', status: 200, body: '{"_embedded":{"items":[]}}' },
    });
    await playCall(sandbox, { record: true });
    expect((await stream.take(1)).map(eventOf)).toEqual([
      { change: 'CREATED', recording: { __typename: 'Recording' } },
    ]);
  });
});

describe('what has no list in which a delivery could be checked', () => {
  it.each([
    [
      'cloudlink',
      'callEvents(account: true)',
      'CLOUDLINK_WEBHOOK_NETWORKS (or, where CloudLink signs, WEBHOOK_SECRETS)',
    ],
    ['subscriber', `recordingReady(domain: "${ACME}")`, 'SUBSCRIBER_WEBHOOK_NETWORKS'],
  ] as const)('is refused by %s, which names the setting', async (platform, field, settings) => {
    const gateway = await withGateway({ env: await unproven() });
    const tokens = await gateway.tokens();
    const stream = await openStream(gateway, `subscription { ${field} { id } }`, tokens[platform]);
    const [{ errors } = { errors: [] }] = await stream.take(1);
    expect(errors).toMatchObject([{ extensions: { code: 'PLATFORM_NOT_CONFIGURED', platform } }]);
    expect(errors?.[0]?.message).toContain(`its operator must set ${settings}.`);
    // Nor is it asked to tell what could not be checked.
    const asked = (await gateway.bill()).filter((line) => /subscriptions|event (read|create)/.test(line));
    expect(asked).toEqual([]);
  });
});

describe('that deliveries are only checked', () => {
  const warningsOf = async (env: Readonly<Record<string, string>>) =>
    (await withGateway({ env })).log.filter(({ level }) => level === 'warn').map(({ msg }) => msg);

  it('is said once at the start for each platform, with what to set', async () => {
    const warnings = await warningsOf(await unproven());
    expect(warnings).toEqual([
      expect.stringMatching(
        /CloudLink: .* set CLOUDLINK_WEBHOOK_NETWORKS \(or, where CloudLink signs, WEBHOOK_SECRETS\)$/,
      ),
      expect.stringMatching(/subscriber API: .* set SUBSCRIBER_WEBHOOK_NETWORKS$/),
    ]);
  });

  it('is not said where they are not', async () => {
    const networks = { CLOUDLINK_WEBHOOK_NETWORKS: 'any', SUBSCRIBER_WEBHOOK_NETWORKS: '192.0.2.0/24' };
    expect(await warningsOf({ ...(await unproven()), ...networks })).toEqual([]);
    expect(await warningsOf({ NODE_ENV: 'production' })).toEqual([]);
    expect(await warningsOf(webhooks)).toEqual([]);
  });
});

describe.skipIf(isRedisMissing)(
  `a delivery that is only checked, among several instances${redisHint}`,
  () => {
    it('is read by the one that owns the feed, also by the next one where that has died', async () => {
      const { gateway, instance, mortal, cloudlink } = await withMortal(await unproven());
      const { sandbox } = gateway;
      const own = await followCalls(mortal, cloudlink);
      await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
      // It owns the feed and is told nothing itself.
      expect(await webhookOf(gateway)).toContain(gateway.url);
      const stream = await followCalls(gateway, cloudlink);
      await playCall(sandbox, { stepMs: 1_600 });
      for (const each of [own, stream])
        expect((await each.take(WHOLE_CALL.length)).map(wordOf)).toEqual(WHOLE_CALL);
      expect(await countsOf(mortal.url)).toMatchObject({ deliveries: 0 });

      await sandbox.fail({
        match: { method: 'GET', path: '/calls' },
        fault: { type: 'status', status: 503 },
      });
      await CALL.change(await platformsOf(gateway), sandbox);
      const states = async () => (await deliveries(sandbox)).map(({ state }) => state);
      await expect.poll(async () => (await states()).at(-1)).toBe('delivered');
      await instance.kill();
      await sandbox.control('DELETE', '/faults');
      expect((await stream.take(1)).map(wordOf)).toEqual(['CREATED RINGING']);
    }, 40_000);

    it('ends what was told while deliveries were believed, where there is no list of it', async () => {
      const redis = await withRedis();
      const env = { ...(await unproven()), REDIS_URL: redis.url };
      const gateway = await withGateway({ env: { ...env, CLOUDLINK_WEBHOOK_NETWORKS: 'any' } });
      await untilReady(gateway);
      const { cloudlink } = await gateway.tokens();
      const believed = await followCalls(gateway, cloudlink, { account: true });
      await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
      await playCall(gateway.sandbox, { steps: ['completed'] });
      expect((await believed.take(1)).map(wordOf)).toEqual([expect.stringMatching(/^CREATED /)]);
      await gateway.stop();
      const next = await startOther(gateway, env);
      await untilReady(next);
      const checked = await followCalls(next, cloudlink, { account: true });
      expect((await checked.rest()).map(wordOf)).toEqual(['PLATFORM_NOT_CONFIGURED']);
      await expect.poll(() => cloudlinkSubscriptions(gateway)).toEqual([]);
    });

    it('is to come again where Redis is away', async () => {
      const redis = await withRedis({ keeps: true });
      const { url, countReads } = await followChecked(CALL, { env: { REDIS_URL: redis.url } });
      redis.pause();
      expect(await deliver(url, forgedCall())).toBe(503);
      redis.resume();
      const before = await countReads();
      await expect.poll(() => deliver(url, forgedCall())).toBe(204);
      await expect.poll(countReads).toBeGreaterThan(before);
    });
  },
);
