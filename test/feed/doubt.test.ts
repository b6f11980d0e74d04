import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createIntake } from '../../src/feed/intake.ts';
import { MAX_EVENT_BYTES } from '../../src/state/event-log.ts';
import { whole } from '../../src/upstream/told.ts';
import { atOpening, call, FEED, openFeed, thing } from '../helpers/feed-log.ts';
import { forms } from '../helpers/state.ts';

const onFault = (error: unknown) => expect.fail(String(error));

describe.each(forms)('what cannot be told from what comes $form', ({ isMissing, open }) => {
  const setUp = async () => openFeed((await (await open()).open()).events);

  it.skipIf(isMissing)(
    'is looked for: whether what was so before, in the same moment, is a repeat',
    async () => {
      const { tell, told } = await setUp();
      await tell(thing('ada', 'available', 1_000));
      await tell(thing('ada', 'busy', 1_000));
      expect(await tell(thing('ada', 'available', 1_000))).toMatchObject({ kept: 0, doubtful: 1 });
      expect(await tell(thing('ada', 'available', 2_000))).toMatchObject({ kept: 1 });
      const values = ['ada UPDATED available', 'ada UPDATED busy', 'doubt', 'ada UPDATED available'];
      expect(await told()).toEqual(values);
    },
  );

  it.skipIf(isMissing)('is looked for: whether something has gone whose end comes late', async () => {
    const { tell, find, told } = await setUp();
    await find(whole([]), atOpening);
    const gone = { ...thing('a', 'old', 990), kind: 'REMOVED' } as const;
    await tell(thing('a', 'new', 1_000));
    expect(await tell(gone)).toMatchObject({ kept: 0, doubtful: 1 });
    await find(whole([thing('a', 'new')]));
    expect(await tell({ ...gone, order: 1_010 })).toMatchObject({ kept: 1 });
    expect(await tell(gone)).toMatchObject({ kept: 0, doubtful: 0 });
    expect(await told()).toEqual(['a UPDATED new', 'doubt', 'a REMOVED old']);
  });

  it.skipIf(isMissing)('is not whether a call is over: that is so whatever the clocks say', async () => {
    const { tell, told } = await setUp();
    await tell(call('a', 'connected', 1_000));
    expect(await tell(call('a', 'completed', 990))).toMatchObject({ kept: 1 });
    expect(await tell(call('a', 'completed', 980))).toMatchObject({ duplicate: 1 });
    expect(await tell(call('a', 'held', 980))).toMatchObject({ late: 1 });
    expect(await tell(call('a', 'connected', 1_010))).toMatchObject({ illegal: 1 });
    expect(await told()).toEqual(['a UPDATED connected', 'a UPDATED completed']);
  });

  it.skipIf(isMissing)(
    'is told as a gap, once, where it is too large to be kept, and takes nothing with it',
    async () => {
      const { tell, told } = await setUp();
      const changes = [thing('a', '1'), thing('b', 'x'.repeat(MAX_EVENT_BYTES)), thing('c', '3')];
      expect(await tell(...changes)).toMatchObject({ kept: 3 });
      expect(await tell(...changes)).toMatchObject({ duplicate: 3 });
      expect(await told()).toEqual(['a UPDATED 1', 'gap', 'c UPDATED 3']);
    },
  );

  it.skipIf(isMissing)(
    'is followed by a read that begins after it, however many there are and whenever they come',
    async () => {
      const states = await open();
      const [own, other] = await Promise.all([states.open(), states.open()]);
      const [intake, receiver] = [createIntake(own.events), createIntake(other.events)];
      const over = new AbortController();
      onTestFinished(() => over.abort());
      let clock = 0;
      let reads = 0;
      let lastReadAt = 0;
      const read = async () => {
        clock += 1;
        reads += 1;
        lastReadAt = clock;
        for (let turns = clock % 7; turns > 0; turns -= 1) await nextTurn();
        return whole([]);
      };
      let isDoubtful = false;
      let isReading = false;
      const look = async () => {
        isDoubtful = true;
        if (isReading || over.signal.aborted) return;
        isReading = true;
        while (isDoubtful) {
          isDoubtful = false;
          await intake.keepSnapshot(FEED, read);
        }
        isReading = false;
      };
      await intake.keepSnapshot(FEED, read, atOpening);
      await intake.hearDoubts({ feed: FEED, onDoubt: () => void look(), onFault, signal: over.signal });
      const start = await own.events.end(FEED);

      let doubts = 0;
      for (let round = 0; round < 40; round += 1) {
        const taken = Array.from({ length: 1 + (round % 9) }, async (_, index) => {
          for (let turns = (index * round) % 11; turns > 0; turns -= 1) await nextTurn();
          clock += 1;
          doubts += 1;
          const doubtedAt = clock;
          await receiver.doubt(FEED);
          return doubtedAt;
        });
        const last = Math.max(...(await Promise.all(taken)));
        await expect.poll(() => lastReadAt, { interval: 1 }).toBeGreaterThan(last);
      }
      over.abort();
      await expect.poll(() => isReading).toBe(false);
      // Of the doubts one is kept for each read, that of the opening aside, and one for the read that would be next.
      const kept = Number((await own.events.end(FEED)).split('-')[1]) - Number(start.split('-')[1]);
      expect(kept).toBeLessThanOrEqual(reads);
      expect(kept).toBeLessThan(doubts);
    },
  );

  it.skipIf(isMissing)('is taken for granted where the log has lost what may have been one', async () => {
    const { events } = await (await open()).open();
    const intake = createIntake(events);
    const over = new AbortController();
    onTestFinished(() => over.abort());
    let heard = 0;
    const onDoubt = () => void (heard += 1);
    await intake.hearDoubts({ feed: FEED, onDoubt, onFault, signal: over.signal });
    await events.remove(FEED);
    await expect.poll(() => heard).toBe(1);
    await intake.doubt(FEED);
    await expect.poll(() => heard).toBe(2);
  });
});
