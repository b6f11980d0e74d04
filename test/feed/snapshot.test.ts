import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/state/key.ts';
import { newest, whole } from '../../src/upstream/told.ts';
import { atOpening, call, FEED, later, openFeed, thing } from '../helpers/feed-log.ts';
import { isRedisMissing, redisHint } from '../helpers/redis.ts';
import { forms, withRedisStates } from '../helpers/state.ts';

describe.each(forms)('a read of how things are $form', ({ isMissing, open }) => {
  const setUp = async () => openFeed((await (await open()).open()).events);

  it.skipIf(isMissing)('ends no call that begins meanwhile', async () => {
    for (const options of [atOpening, later]) {
      const { intake, tell, find, told } = await setUp();
      if (options === later) await find(whole([]), atOpening);
      const begun: string[] = [];
      const read = async () => {
        const list = whole(begun.map((key) => call(key, 'ringing')));
        begun.push(`call ${begun.length}`);
        await tell(call(begun.at(-1) ?? '', 'ringing', begun.length));
        return list;
      };
      await intake.keepSnapshot(FEED, read, options);
      for (const key of begun) await tell(call(key, 'connected', 10), call(key, 'completed', 11));
      const states = (await told()).filter((words) => words.startsWith('call 0'));
      expect(states).toEqual(
        ['CREATED ringing', 'UPDATED connected', 'UPDATED completed'].map((words) => `call 0 ${words}`),
      );
      expect(await told()).toHaveLength(3 * begun.length);
    }
  });

  it.skipIf(isMissing)('puts nothing back that is told meanwhile', async () => {
    const { intake, tell, find, told } = await setUp();
    await find(whole([thing('ada', 'v0')]), atOpening);
    let version = 0;
    const read = async () => {
      version += 1;
      await tell(thing('ada', `v${version}`, version));
      return whole([thing('ada', `v${version - 1}`)]);
    };
    await intake.keepSnapshot(FEED, read, later);
    expect(await told()).toEqual(Array.from({ length: version }, (_, index) => `ada UPDATED v${index + 1}`));
  });

  it.skipIf(isMissing)('is made once more where it differs from what was told meanwhile', async () => {
    const { intake, tell, find, told } = await setUp();
    await find(whole([thing('ada', 'busy')]), atOpening);
    let isLate = true;
    const read = async () => {
      // What was so before comes late, and nothing orders it.
      if (isLate) await tell(thing('ada', 'away'));
      isLate = false;
      return whole([thing('ada', 'available')]);
    };
    await intake.keepSnapshot(FEED, read, later);
    expect(await told()).toEqual(['ada UPDATED away', 'ada UPDATED available']);
  });

  it.skipIf(isMissing)('tells once that something has gone, whichever instance reads', async () => {
    const states = await open();
    const [one, other] = [
      await openFeed((await states.open()).events),
      await openFeed((await states.open()).events),
    ];
    await one.find(whole([thing('x', 'old'), thing('y', 'old')]), atOpening);
    await other.find(whole([thing('x', 'new'), thing('y', 'old')]));
    await other.find(whole([thing('y', 'old')]));
    await one.find(whole([thing('y', 'old')]));
    expect(await one.told()).toEqual(['x UPDATED new', 'x REMOVED new']);
  });

  it.skipIf(isMissing)('misses what the platform has told of, or another instance has read', async () => {
    const states = await open();
    const [one, other] = [
      await openFeed((await states.open()).events),
      await openFeed((await states.open()).events),
    ];
    await one.tell(thing('x', 'told'));
    await one.find(whole([thing('x', 'told'), thing('y', 'read')]), atOpening);
    await one.tell(thing('y', 'changed'));
    await other.find(whole([]));
    expect((await one.told()).toSorted()).toEqual([
      'x REMOVED told',
      'x UPDATED told',
      'y REMOVED changed',
      'y UPDATED changed',
    ]);
  });

  it.skipIf(isMissing)('is not undone by what was so before it', async () => {
    const { tell, find, told } = await setUp();
    await tell(thing('ada', 'available', 100));
    await find(whole([thing('ada', 'busy')]), atOpening);
    expect(await tell(thing('ada', 'away', 200))).toMatchObject({ doubtful: 1 });
    expect(await tell(thing('ada', 'away', Date.now() + 60_000))).toMatchObject({ kept: 1 });
    expect(await told()).toEqual(['ada UPDATED available', 'doubt', 'ada UPDATED away']);
  });

  it.skipIf(isMissing)('tells of a gap, and nothing as new, where it is the first one', async () => {
    const { intake, tell, find, told } = await setUp();
    const failing = async () => Promise.reject(new Error('out of reach'));
    await expect(intake.keepSnapshot(FEED, failing, atOpening)).rejects.toThrow('out of reach');
    await tell(call('a', 'ringing', 1));
    await find(whole([call('a', 'ringing'), call('b', 'ringing')]));
    await find(whole([call('b', 'connected'), call('c', 'ringing')]));
    expect(await told()).toEqual([
      'a CREATED ringing',
      'gap',
      'a REMOVED completed',
      'b UPDATED connected',
      'c CREATED ringing',
    ]);
  });
});

describe(`what is known of a feed in Redis${redisHint}`, () => {
  it.skipIf(isRedisMissing)('is not told as new where Redis has lost it, but as a gap', async () => {
    const { redis, open } = await withRedisStates();
    const { find, told } = await openFeed((await open()).events);
    const list = newest([thing('old', 'x'), thing('older', 'x')]);
    await find(list, atOpening);
    await find(list);
    expect(await told()).toEqual([]);
    await redis.command('DEL', keyOf('things', FEED));
    await find(list);
    await find(list);
    expect(await told()).toEqual(['gap']);
  });

  it.skipIf(isRedisMissing)(
    'lives as long as its record, and is prolonged though nothing is told',
    async () => {
      const { redis, open } = await withRedisStates();
      const { find, intake } = await openFeed((await open()).events);
      await find(newest([thing('old', 'x')]), atOpening);
      const keys = [keyOf('things', FEED), keyOf('told', FEED)];
      const lives = async () =>
        Promise.all(keys.map(async (key) => Number(/\d+/.exec(await redis.command('TTL', key))?.[0])));
      for (const life of await lives()) expect(life).toBeGreaterThan(2.9 * 24 * 60 * 60);
      for (const key of keys) await redis.command('EXPIRE', key, '60');
      await intake.prolong(FEED);
      for (const life of await lives()) expect(life).toBeGreaterThan(2.9 * 24 * 60 * 60);
    },
  );
});
