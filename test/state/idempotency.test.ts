import { describe, expect, it } from 'vitest';
import type { Idempotency } from '../../src/state/idempotency.ts';
import { keyOf } from '../../src/state/key.ts';
import { UpstreamError, type UpstreamCode } from '../../src/upstream/errors.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import { createTestLog, forms, openTestState, untilReady, withRedisStates } from '../helpers/state.ts';

const id = { principal: 'p', mutation: 'createUser', key: 'k', input: 'i' };

const failure = (code: UpstreamCode) =>
  new UpstreamError({ code, platform: 'cloudlink', message: `It was ${code}.`, status: 503 });

/** A change that counts its effects, and ends when it is let. */
const createChange = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let effects = 0;
  return {
    run: async () => {
      effects += 1;
      await promise;
      return { name: 'Ada', at: new Date(7), missing: undefined };
    },
    finish: resolve,
    effects: () => effects,
  };
};

describe.each(forms)('idempotency $form', ({ isMissing, open }) => {
  it.skipIf(isMissing)(
    'the same key many times at once, on several instances, has one effect and one answer',
    async () => {
      const states = await open();
      const all = await Promise.all([states.open(), states.open(), states.open()]);
      const change = createChange();
      const answers = Promise.all(
        Array.from({ length: 12 }, (_, index) => all[index % 3]!.idempotency.once(id, change.run)),
      );
      await expect.poll(change.effects).toBe(1);
      change.finish();
      for (const answer of await answers)
        expect(answer).toEqual({ name: 'Ada', at: new Date(7), missing: undefined });
      expect(await all[0].idempotency.once(id, change.run)).toEqual((await answers)[0]);
      expect(change.effects()).toBe(1);
    },
  );

  it.skipIf(isMissing)('keys of others, of other mutations and other keys are other changes', async () => {
    const { idempotency } = await (await open()).open();
    const change = createChange();
    change.finish();
    const others = [
      id,
      { ...id, principal: 'q' },
      { ...id, mutation: 'm' },
      { ...id, key: 'l' },
      { ...id, principal: 'pc', mutation: 'reateUser' },
    ];
    for (const other of others) await idempotency.once(other, change.run);
    expect(change.effects()).toBe(others.length);
  });

  it.skipIf(isMissing)('the same key for another input is a conflict, and has no effect', async () => {
    const { idempotency } = await (await open()).open();
    const change = createChange();
    change.finish();
    await idempotency.once(id, change.run);
    const other = idempotency.once({ ...id, input: 'j' }, change.run);
    await expect(other).rejects.toMatchObject({ failure: { code: 'CONFLICT' } });
    expect(change.effects()).toBe(1);
  });

  it.skipIf(isMissing)('a change whose outcome is a failure to remember is not made again', async () => {
    const states = await open();
    const [one, other] = await Promise.all([states.open(), states.open()]);
    let effects = 0;
    const run = async () => {
      effects += 1;
      return { failure: failure('UPSTREAM_TIMEOUT') };
    };
    const remembered = { failure: { failure: { code: 'UPSTREAM_TIMEOUT' } } };
    expect(await one.idempotency.once(id, run)).toMatchObject(remembered);
    expect(await other.idempotency.once(id, run)).toMatchObject(remembered);
    expect(effects).toBe(1);
  });

  it.skipIf(isMissing)('a change that was refused is made anew by the next try', async () => {
    const { idempotency } = await (await open()).open();
    for (const error of [failure('FORBIDDEN'), new TypeError('a fault')]) {
      await expect(idempotency.once(id, () => Promise.reject(error))).rejects.toBe(error);
    }
    expect(await idempotency.once(id, async () => 'made')).toBe('made');
  });
});

describe(`idempotency between instances${redisHint}`, () => {
  const name = JSON.stringify(['p', 'createUser', 'k']);
  const unknown = { code: 'OUTCOME_UNKNOWN', retryable: false };

  const expectNeverRun = async (idempotency: Idempotency) => {
    await expect(idempotency.once(id, () => expect.unreachable())).rejects.toMatchObject(unknown);
  };

  it.skipIf(isRedisMissing)(
    'a change whose instance died is told to be unknown, and is never made again',
    async () => {
      const { redis, open } = await withRedisStates();
      const [one, other] = [await open(), await open()];
      void one.idempotency.once(id, () => new Promise(() => undefined)).catch(() => undefined);
      await expect.poll(() => redis.command('GET', keyOf('change', name))).toContain('"outcome":null');
      // All that is left of a process that was killed: a note, and a lease that runs out.
      await redis.command('DEL', keyOf('lease', `change ${name}`));
      await expectNeverRun(other.idempotency);
      await expectNeverRun(one.idempotency);
    },
  );

  it.skipIf(isRedisMissing)('what Redis holds of a result cannot be read there', async () => {
    const { redis, open } = await withRedisStates();
    const { idempotency } = await open();
    await idempotency.once(id, async () => ({ clientSecret: 'canary' }));
    const value = await redis.command('GET', keyOf('change', name));
    expect(value).toContain('outcome');
    expect(value).not.toMatch(/canary|clientSecret/);
    const [, life] = /:(\d+)/.exec(await redis.command('PTTL', keyOf('change', name))) ?? [];
    expect(Number(life) / 3_600_000).toBeCloseTo(24, 1);
  });

  it.skipIf(isRedisMissing)(
    'what cannot be read may have been a change: it is not made again, and counted',
    async () => {
      const { redis, open } = await withRedisStates();
      const state = await open();
      const key = keyOf('change', name);
      const input = keyOf('input', name, 'i');
      const poison = [
        ['SET', key, 'x'],
        ['SET', key, '[]'],
        ['SET', key, '{"input":1,"outcome":2}'],
        ['SET', key, JSON.stringify({ input, outcome: 'AAAA' })],
        ['LPUSH', key, 'x'],
      ];
      for (const command of poison) {
        await redis.command('DEL', key);
        await redis.command(...command);
        await expectNeverRun(state.idempotency);
      }
      expect(state.poisonCount()).toBe(poison.length);
    },
  );

  it.skipIf(isRedisMissing)('nothing is begun while Redis is away', async () => {
    const { redis, open } = await withRedisStates();
    const { idempotency } = await open();
    await redis.kill();
    await expect(idempotency.once(id, () => expect.unreachable())).rejects.toMatchObject({
      code: 'IDEMPOTENCY_STORE_UNAVAILABLE',
      retryable: true,
    });
  });

  it.skipIf(isRedisMissing)(
    'a client is answered though Redis went away meanwhile, and the result is kept when it is back',
    async () => {
      const { redis, open } = await withRedisStates({}, { keeps: true });
      const [one, other] = [await open(), await open()];
      const answer = await one.idempotency.once(id, async () => {
        await redis.kill();
        return 'made';
      });
      expect(answer).toBe('made');
      await redis.restart();
      const run = async () => 'made twice';
      const again = () => other.idempotency.once(id, run).catch(({ code }: { code: string }) => code);
      await expect.poll(again).toBe('made');
    },
  );

  it.skipIf(isRedisMissing)(
    'what an instance takes back late is its own note, and nothing that another has noted since',
    async () => {
      const { redis, open } = await withRedisStates();
      // An instance that loses its Redis after it has looked for a note, and before it has written its own.
      await redis.command('ACL', 'SETUSER', 'late', 'on', '>pass', '+@all', '~*lease*', '~*fence*', '%R~*');
      const url = redis.url.replace('//', '//late:pass@');
      const late = await openTestState(url, createTestLog().log);
      await untilReady(late);
      await expect(late.idempotency.once(id, () => expect.unreachable())).rejects.toMatchObject({
        code: 'IDEMPOTENCY_STORE_UNAVAILABLE',
      });
      const { idempotency } = await open();
      let effects = 0;
      const run = async () => (effects += 1);
      await idempotency.once(id, run);

      await redis.command('CONFIG', 'RESETSTAT');
      await redis.command('ACL', 'SETUSER', 'late', '~*');
      const done = async () =>
        /cmdstat_(get|del):calls=[1-9]/.test(await redis.command('INFO', 'commandstats'));
      await expect.poll(done, { timeout: 5_000 }).toBe(true);

      expect(await idempotency.once(id, run)).toBe(1);
      expect(effects).toBe(1);
    },
  );

  it.skipIf(isRedisMissing)('an outcome that is written late takes the place of no other', async () => {
    const { redis, open } = await withRedisStates();
    const [one, other] = [await open(), await open()];
    const key = keyOf('change', name);
    const first = one.idempotency.once(id, async () => {
      // All that Redis kept is lost while the change is made: another instance cannot know of it.
      await redis.command('FLUSHALL');
      expect(await other.idempotency.once(id, async () => 'by the other')).toBe('by the other');
      return 'by the one';
    });
    expect(await first).toBe('by the one');
    expect(await redis.command('EXISTS', key)).toBe(':1');
    expect(await one.idempotency.once(id, () => expect.unreachable())).toBe('by the other');
  });
});
