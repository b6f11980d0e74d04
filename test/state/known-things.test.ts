import { describe, expect, it } from 'vitest';
import { MOST_THINGS } from '../../src/state/gate.ts';
import { forms } from '../helpers/state.ts';

const event = (key: string) => ({
  id: null,
  data: key,
  gate: {
    key,
    order: null,
    digest: key,
    state: null,
    after: null,
    isFinal: false,
    isListed: true,
    read: null,
  },
});

describe.each(forms)('the things of a feed that are remembered $form', ({ isMissing, open }) => {
  it.skipIf(isMissing)(
    'are so many: of more, those are forgotten that were told of longest ago',
    async () => {
      const { events: log } = await (await open()).open();
      const events = Array.from({ length: MOST_THINGS + 3 }, (_, index) => event(`thing/${index}`));
      await log.admitAll('a', events.slice(0, MOST_THINGS));
      // Told of again, though with the same words.
      await log.admitAll('a', events.slice(0, 1));
      await log.admitAll('a', events.slice(MOST_THINGS));
      const known = await log.unfinished('a');
      expect(known).toHaveLength(MOST_THINGS);
      const forgotten = events.map(({ data }) => data).filter((data) => !known.includes(data));
      expect(forgotten).toEqual(['thing/1', 'thing/2', 'thing/3']);
      const verdicts = await log.admitAll('a', [...events.slice(0, 1), ...events.slice(-3)]);
      expect(verdicts.map(({ kind }) => kind)).toEqual(Array(4).fill('duplicate'));
    },
    30_000,
  );
});
