import { describe, expect, it } from 'vitest';
import { MAX_EVENT_BYTES } from '../../src/state/event-log.ts';
import { whole } from '../../src/upstream/told.ts';
import { atOpening, call, openFeed, thing } from '../helpers/feed-log.ts';
import { forms } from '../helpers/state.ts';

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
});
