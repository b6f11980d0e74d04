import { expect, it } from 'vitest';
import { keyOf } from '../../src/state/key.ts';
import type { Session } from '../../src/state/session-store.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import { withRedisStates } from '../helpers/state.ts';

const later = () => Date.now() + 60_000;
const session: Session = {
  cloudlink: {
    accessToken: 'the-access-token',
    refreshToken: 'the-refresh-token',
    expiresAt: 1,
    renewAt: 1,
    refreshExpiresAt: null,
  },
  subscriber: null,
};

it.skipIf(isRedisMissing)(
  `Redis holds neither the session token nor a token of a platform, and forgets both in time${redisHint}`,
  async () => {
    const { redis, open } = await withRedisStates();
    const { sessions } = await open();
    await sessions.write('gws_secret', session, later());
    const [key] = (await redis.command('KEYS', '*')).match(/clgw:session:\S+/) ?? [];
    expect(key).toBe(keyOf('session', 'gws_secret'));
    const value = await redis.command('GET', key ?? '');
    expect(value).toContain('sealed');
    expect(`${key} ${value}`).not.toMatch(/gws_|secret|token/);
    const [, life] = /:(\d+)/.exec(await redis.command('PTTL', key ?? '')) ?? [];
    expect(Number(life)).toBeGreaterThan(50_000);
    expect(Number(life)).toBeLessThanOrEqual(60_000);
    // Nobody reads it under another token, though it lies there.
    await redis.command('COPY', key ?? '', keyOf('session', 'gws_other'));
    expect(await sessions.read('gws_other')).toBeNull();
    expect(await sessions.read('gws_secret')).toEqual(session);
  },
);

it.skipIf(isRedisMissing)(
  `what cannot be a session is none, is counted, and can be signed in over${redisHint}`,
  async () => {
    const { redis, open, lines } = await withRedisStates();
    const state = await open();
    const key = keyOf('session', 'a');
    const poison = [
      ['SET', key, ''],
      ['SET', key, 'null'],
      ['SET', key, '{"sealed":"AAAA"}'],
      ['SET', key, '{"sealed":7}'],
      ['SET', key, '\u0000\ud800{'],
      ['RPUSH', key, 'x'],
      ['HSET', key, 'a', 'b'],
      ['XADD', key, '*', 'a', 'b'],
    ];
    for (const command of poison) {
      await redis.command('DEL', key);
      await redis.command(...command);
      expect(await state.sessions.read('a')).toBeNull();
      expect(await state.sessions.update('a', () => ({ session, expiresAt: later() }))).toBeNull();
      await state.sessions.write('a', session, later());
      expect(await state.sessions.read('a')).toEqual(session);
      await state.sessions.remove('a');
    }
    expect(state.poisonCount()).toBe(2 * poison.length);
    expect(lines.filter((line) => line.includes('passed over')).length).toBeGreaterThan(0);
  },
);

it.skipIf(isRedisMissing)(
  `while Redis is away, sessions answer SESSION_STORE_UNAVAILABLE at once, and afterwards by themselves again${redisHint}`,
  async () => {
    const { redis, open, lines } = await withRedisStates();
    const { sessions } = await open();
    await redis.kill();
    const asks = [
      () => sessions.read('a'),
      () => sessions.write('a', session, later()),
      () => sessions.update('a', () => ({ session, expiresAt: later() })),
      () => sessions.remove('a'),
    ];
    const startedAt = performance.now();
    for (let round = 0; round < 100; round += 1) {
      for (const ask of asks) {
        await expect(ask()).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE', retryable: true });
      }
    }
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await redis.restart();
    await expect.poll(() => sessions.read('a').catch(() => 'away')).toBeNull();
    // Once for each of two connections, and of 400 requests for none; one may get through and be lost again while it restarts.
    const told = () => lines.filter((line) => line.includes('out of reach')).length;
    expect(told()).toBeGreaterThanOrEqual(2);
    expect(told()).toBeLessThanOrEqual(4);
    await expect.poll(() => lines.filter((line) => line.includes('redis is back')).length - told()).toBe(0);
  },
);

it.skipIf(isRedisMissing)(
  `a Redis that hangs keeps nobody waiting, but for the first moment${redisHint}`,
  async () => {
    const { redis, open } = await withRedisStates();
    const { sessions } = await open();
    redis.pause();
    await expect(sessions.read('a')).rejects.toMatchObject({ code: 'SESSION_STORE_UNAVAILABLE' });
    const startedAt = performance.now();
    for (let round = 0; round < 1_000; round += 1)
      await expect(sessions.read('a')).rejects.toThrow('Try again');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    redis.resume();
    await expect.poll(() => sessions.read('a').catch(() => 'away')).toBeNull();
  },
);
