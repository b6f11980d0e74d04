import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/state/key.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import { forms, withRedisStates } from '../helpers/state.ts';

describe.each(forms)('leases $form', ({ isMissing, open }) => {
  it.skipIf(isMissing)('have one holder at a time, and a greater fence for each', async () => {
    const states = await open();
    const all = await Promise.all([states.open(), states.open(), states.open()]);
    const fences: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const taken = await Promise.all(all.map(({ leases }) => leases.acquire('a', 5_000)));
      const held = taken.filter((lease) => lease !== null);
      expect(held).toHaveLength(1);
      expect(await held[0]?.renew()).toBe(true);
      expect(held[0]?.lost.aborted).toBe(false);
      fences.push(held[0]?.fence ?? 0);
      await held[0]?.release();
    }
    expect(fences).toEqual([...new Set(fences)].toSorted((one, other) => one - other));
  });

  it.skipIf(isMissing)('of other names have nothing to do with each other', async () => {
    const { leases } = await (await open()).open();
    const names = ['', 'a', 'a:', ':a', 'x'.repeat(100_000), 'nul\u0000', '*'];
    const taken = await Promise.all(names.map((name) => leases.acquire(name, 5_000)));
    expect(taken.filter((lease) => lease !== null)).toHaveLength(names.length);
  });

  it.skipIf(isMissing)('may rest when they are given up', async () => {
    const { leases } = await (await open()).open();
    const lease = await leases.acquire('a', 5_000);
    await lease?.release(300);
    expect(await leases.acquire('a', 5_000)).toBeNull();
    await expect.poll(async () => leases.acquire('a', 5_000)).not.toBeNull();
  });

  it.skipIf(isMissing)('that were given up are not held, whoever has them now', async () => {
    const { leases } = await (await open()).open();
    const first = await leases.acquire('a', 5_000);
    await first?.release();
    const second = await leases.acquire('a', 5_000);
    expect(await first?.renew()).toBe(false);
    await first?.release();
    expect(await second?.renew()).toBe(true);
    expect(await leases.acquire('a', 5_000)).toBeNull();
  });
});

describe(`leases between instances${redisHint}`, () => {
  it.skipIf(isRedisMissing)('renew themselves for as long as they are held', async () => {
    const { open } = await withRedisStates();
    const [one, other] = [await open(), await open()];
    const lease = await one.leases.acquire('a', 300);
    const startedAt = performance.now();
    while (performance.now() - startedAt < 1_000) expect(await other.leases.acquire('a', 300)).toBeNull();
    expect(lease?.lost.aborted).toBe(false);
  });

  it.skipIf(isRedisMissing)('go to somebody else after a holder has died', async () => {
    const { redis, open } = await withRedisStates();
    const { leases } = await open();
    // What a dead holder leaves behind.
    await redis.command('SET', keyOf('lease', 'a'), 'dead', 'PX', '500');
    expect(await leases.acquire('a', 500)).toBeNull();
    await expect.poll(() => leases.acquire('a', 500)).not.toBeNull();
  });

  it.skipIf(isRedisMissing)(
    'tell their holder when they were lost: taken away, or out of reach for their whole life',
    async () => {
      const { redis, open } = await withRedisStates();
      const { leases } = await open();
      const taken = await leases.acquire('taken', 300);
      await redis.command('SET', keyOf('lease', 'taken'), 'somebody else', 'PX', '60000');
      await expect.poll(() => taken?.lost.aborted).toBe(true);
      expect(await taken?.renew()).toBe(false);
      await taken?.release();
      expect(await redis.command('GET', keyOf('lease', 'taken'))).toContain('somebody else');

      const cut = await leases.acquire('cut', 600);
      await redis.kill();
      expect(cut?.lost.aborted).toBe(false);
      expect(await cut?.renew()).toBe(true);
      await expect.poll(() => cut?.lost.aborted).toBe(true);
      await expect(leases.acquire('b', 600)).rejects.toMatchObject({ code: 'LEASE_UNAVAILABLE' });
    },
  );

  it.skipIf(isRedisMissing)('are not held for ever by what was never a lease', async () => {
    const { redis, open } = await withRedisStates();
    const { leases } = await open();
    const key = keyOf('lease', 'a');
    for (const command of [
      ['SET', key, 'x'],
      ['RPUSH', key, 'x'],
      ['HSET', key, 'a', 'b'],
    ]) {
      await redis.command(...command);
      await redis.command('RPUSH', keyOf('fence', 'a'), 'x');
      const lease = await leases.acquire('a', 5_000);
      expect(lease?.fence).toBeGreaterThan(Date.now() * 900);
      await lease?.release();
    }
  });
});
