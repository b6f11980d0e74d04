import { describe, expect, it } from 'vitest';
import { fingerprint } from '../src/auth.ts';
import { createLogger } from '../src/logger.ts';
import type { Grants } from '../src/grants.ts';
import { createSessions } from '../src/sessions.ts';
import { keyOf } from '../src/state/key.ts';
import { UpstreamError } from '../src/upstream/errors.ts';
import { isRedisMissing, redisHint } from './helpers/redis.ts';
import { withRedisStates } from './helpers/state.ts';

const HOUR = 60 * 60 * 1000;
const caller = { requestId: 'request-1', onCall: () => undefined };
const tick = () => new Promise((resolve) => setImmediate(resolve));

const refuse = (code: 'UNAUTHENTICATED' | 'UPSTREAM_UNAVAILABLE') =>
  new UpstreamError({ code, platform: 'cloudlink', message: `The endpoint answered ${code}.` });

/**
 * A token endpoint that hands out each refresh token once. Using one again revokes its whole family, as strict servers do.
 */
const createEndpoint = () => {
  const used = new Set<string>();
  let count = 0;
  const endpoint = { calls: 0, reuses: 0, isRevoked: false, isDown: false, beforeAnswer: async () => tick() };
  const issue = (life: number) => {
    count += 1;
    return {
      accessToken: `access-${count}`,
      refreshToken: `refresh-${count}`,
      expiresAt: Date.now() + life,
      renewAt: Date.now() + life,
      refreshExpiresAt: Date.now() + HOUR,
    };
  };
  const nothing = () => Promise.reject(new Error('not asked for'));
  const grants: Grants = {
    cloudlink: {
      signIn: async () => issue(0),
      refresh: async (token) => {
        endpoint.calls += 1;
        if (endpoint.isDown) throw refuse('UPSTREAM_UNAVAILABLE');
        if (used.has(token)) {
          endpoint.reuses += 1;
          endpoint.isRevoked = true;
        }
        if (endpoint.isRevoked) throw refuse('UNAUTHENTICATED');
        used.add(token);
        await endpoint.beforeAnswer();
        return issue(HOUR);
      },
    },
    subscriber: { signIn: nothing, refresh: nothing, revoke: nothing },
  };
  return Object.assign(endpoint, { grants, use: (token: string) => used.add(token) });
};

const withInstances = async (endpoint: ReturnType<typeof createEndpoint>, options?: { keeps: boolean }) => {
  const { redis, open } = await withRedisStates({}, options);
  const states = await Promise.all([open(), open(), open()]);
  const log = createLogger('silent');
  const instances = states.map((state) => createSessions(state, endpoint.grants, log));
  const signIn = async () =>
    (await instances[0]!.signIn({ cloudlink: { username: 'ada', password: 'x' } }, caller)).token;
  const sourcesOf = (token: string) =>
    Promise.all(instances.map(async (sessions) => (await sessions.open(token, caller)).tokens.cloudlink));
  const leaseKeyOf = (token: string) => keyOf('lease', `renew cloudlink ${fingerprint(token)}`);
  return { redis, states, signIn, sourcesOf, leaseKeyOf };
};

describe(`sessions of three instances${redisHint}`, () => {
  it.skipIf(isRedisMissing)(
    '100 times, a token that has ended is renewed once, and everybody gets the new one',
    async () => {
      const endpoint = createEndpoint();
      const { states, signIn, sourcesOf } = await withInstances(endpoint);
      const token = await signIn();
      const sources = await sourcesOf(token);
      for (let round = 0; round < 100; round += 1) {
        const asked = Array.from({ length: 12 }, (_, index) => sources[index % 3]!.get());
        expect(new Set(await Promise.all(asked))).toEqual(new Set([`access-${round + 2}`]));
        expect(endpoint.calls).toBe(round + 1);
        await states[round % 3]!.sessions.update(token, ({ cloudlink, subscriber }) => ({
          session: { cloudlink: cloudlink && { ...cloudlink, expiresAt: 0, renewAt: 0 }, subscriber },
          expiresAt: Date.now() + HOUR,
        }));
      }
      expect(endpoint.reuses).toBe(0);
    },
    60_000,
  );

  it.skipIf(isRedisMissing)(
    'a token that upstream refused is renewed once, whoever heard of it',
    async () => {
      const endpoint = createEndpoint();
      const { signIn, sourcesOf } = await withInstances(endpoint);
      const sources = await sourcesOf(await signIn());
      const refused = await sources[0]!.get();
      const renewed = await Promise.all(sources.map((source) => source.renew(refused)));
      expect(new Set(renewed)).toEqual(new Set(['access-3']));
      expect(endpoint.calls).toBe(2);
    },
  );

  it.skipIf(isRedisMissing)(
    'an instance that died before it asked is replaced within 5 seconds',
    async () => {
      const endpoint = createEndpoint();
      const { redis, signIn, sourcesOf, leaseKeyOf } = await withInstances(endpoint);
      const token = await signIn();
      const sources = await sourcesOf(token);
      // What a process leaves behind that was killed: a lease with its whole life before it.
      await redis.command('SET', leaseKeyOf(token), 'dead', 'PX', '3000');
      const startedAt = performance.now();
      expect(await Promise.all(sources.map((source) => source.get()))).toEqual([
        'access-2',
        'access-2',
        'access-2',
      ]);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect([endpoint.calls, endpoint.reuses]).toEqual([1, 0]);
    },
  );

  it.skipIf(isRedisMissing)(
    'an instance that died after upstream had answered ends its part of the session, after one try',
    async () => {
      const endpoint = createEndpoint();
      const { redis, signIn, sourcesOf, leaseKeyOf } = await withInstances(endpoint);
      const token = await signIn();
      const sources = await sourcesOf(token);
      await redis.command('SET', leaseKeyOf(token), 'dead', 'PX', '500');
      endpoint.use('refresh-1');
      const answers = await Promise.allSettled(sources.flatMap((source) => [source.get(), source.get()]));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'rejected'));
      for (const source of sources) {
        await expect(source.get()).rejects.toMatchObject({ failure: { code: 'UNAUTHENTICATED' } });
      }
      expect(endpoint.calls).toBe(1);
    },
  );

  it.skipIf(isRedisMissing)(
    'an endpoint that is down is asked once a second at most, by all together',
    async () => {
      const endpoint = createEndpoint();
      const { signIn, sourcesOf } = await withInstances(endpoint);
      const sources = await sourcesOf(await signIn());
      endpoint.isDown = true;
      const startedAt = performance.now();
      await Promise.allSettled(sources.flatMap((source) => [source.get(), source.get()]));
      expect(endpoint.calls).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - startedAt) / 1_000));
      endpoint.isDown = false;
      await expect.poll(() => sources[1]!.get().catch(() => 'down')).toBe('access-2');
      await expect.poll(() => sources[2]!.get().catch(() => 'down')).toBe('access-2');
    },
  );

  it.skipIf(isRedisMissing)('an owner that comes late does not undo what its successor did', async () => {
    const endpoint = createEndpoint();
    const { redis, signIn, sourcesOf, leaseKeyOf, states } = await withInstances(endpoint);
    const token = await signIn();
    const [first, second] = await sourcesOf(token);
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    endpoint.beforeAnswer = () => held;
    const late = first!.get();
    await expect.poll(() => endpoint.calls).toBe(1);
    // Stopped for so long that its lease is gone, and somebody else has signed the user in anew.
    await redis.command('DEL', leaseKeyOf(token));
    await states[1].sessions.update(token, ({ subscriber }) => ({
      session: {
        cloudlink: {
          accessToken: 'newer',
          refreshToken: 'r',
          expiresAt: Date.now() + HOUR,
          renewAt: Date.now() + HOUR,
          refreshExpiresAt: null,
        },
        subscriber,
      },
      expiresAt: Date.now() + HOUR,
    }));
    letGo();
    expect(await late).toBe('newer');
    expect(await second!.get()).toBe('newer');
  });

  it.skipIf(isRedisMissing)(
    'a new token is not lost though Redis goes away before it is written',
    async () => {
      const endpoint = createEndpoint();
      const { redis, signIn, sourcesOf } = await withInstances(endpoint, { keeps: true });
      const sources = await sourcesOf(await signIn());
      endpoint.beforeAnswer = () => redis.kill();
      const asked = sources[0]!.get();
      await expect.poll(() => endpoint.calls).toBe(1);
      await expect
        .poll(() => sources[1]!.get().catch((error: { code?: string }) => error.code))
        .toBe('SESSION_STORE_UNAVAILABLE');
      await redis.restart();
      expect(await asked).toBe('access-2');
      // Each instance finds Redis again by itself.
      await expect.poll(() => sources[1]!.get().catch(() => null)).toBe('access-2');
      expect([endpoint.calls, endpoint.reuses]).toEqual([1, 0]);
    },
  );

  it.skipIf(isRedisMissing)('a session that was ended on one instance has ended on all', async () => {
    const endpoint = createEndpoint();
    const { redis, states, signIn, sourcesOf } = await withInstances(endpoint);
    const token = await signIn();
    const sources = await sourcesOf(token);
    await states[2].sessions.remove(token);
    for (const source of sources) {
      await expect(source.get()).rejects.toMatchObject({ failure: { code: 'UNAUTHENTICATED' } });
    }
    expect(await redis.command('KEYS', '*')).not.toContain('session');
    expect(endpoint.calls).toBe(0);
  });
});
