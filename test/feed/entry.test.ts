import { describe, expect, it } from 'vitest';
import { decode, digestOf } from '../../src/feed/entry.ts';
import { createIntake } from '../../src/feed/intake.ts';
import type { Change } from '../../src/upstream/change.ts';
import { told, whole } from '../../src/upstream/told.ts';
import { forms } from '../helpers/state.ts';

const changeOf = (key: string, value: string, more: Partial<Change> = {}): Change => ({
  ...told('Thing', key, { value }),
  ...more,
});

describe.each(forms)('what is new $form', ({ isMissing, open }) => {
  /** What is told of changes that come one after the other, after what was there already. */
  const tell = async (
    changes: readonly Change[],
    { known = [] as readonly Change[], isListed = false } = {},
  ) => {
    const { events: log } = await (await open()).open();
    const intake = createIntake(log);
    const start = await log.end('feed');
    await intake.keepSnapshot('feed', async () => whole(known), { isSilent: true });
    for (const change of changes) await intake.keep('feed', [change], { isListed });
    const kinds: string[] = [];
    for await (const entries of log.follow('feed', start, AbortSignal.timeout(10_000))) {
      for (const { data } of entries) {
        const entry = decode(data);
        if (entry?.type === 'change') kinds.push(`${entry.change.key} ${entry.change.kind}`);
      }
      if (kinds.length === changes.length) break;
    }
    return kinds;
  };

  it.skipIf(isMissing)('is what was not there, where everything that was there is known', async () => {
    const known = [changeOf('a', 'old')];
    const changes = [changeOf('a', 'new'), changeOf('b', 'first'), changeOf('b', 'second')];
    expect(await tell(changes, { known, isListed: true })).toEqual(['a UPDATED', 'b CREATED', 'b UPDATED']);
    expect(await tell(changes, { known })).toEqual(['a UPDATED', 'b UPDATED', 'b UPDATED']);
  });

  it.skipIf(isMissing)('is what is told as it begins, when it is told for the first time', async () => {
    const begun = (value: string) => changeOf('a', value, { begins: true });
    expect(await tell([begun('first'), begun('second')])).toEqual(['a CREATED', 'a UPDATED']);
  });

  it.skipIf(isMissing)('is what the platform itself calls new', async () => {
    const changes = [changeOf('a', 'first', { kind: 'CREATED' }), changeOf('a', 'second')];
    expect(await tell(changes)).toEqual(['a CREATED', 'a UPDATED']);
  });

  it.skipIf(isMissing)('is what was gone and has come again', async () => {
    const changes = [
      changeOf('a', 'old'),
      changeOf('a', 'old', { kind: 'REMOVED' }),
      changeOf('a', 'again'),
      changeOf('a', 'changed'),
    ];
    const told = await tell(changes, { isListed: true });
    expect(told).toEqual(['a CREATED', 'a REMOVED', 'a CREATED', 'a UPDATED']);
  });
});

it('two changes say the same whether or not they call it new, and another where it is gone', () => {
  const [updated, created] = [changeOf('a', 'x'), changeOf('a', 'x', { kind: 'CREATED', id: '1' })];
  expect(digestOf(created)).toBe(digestOf(updated));
  expect(digestOf(changeOf('a', 'x', { kind: 'REMOVED' }))).not.toBe(digestOf(updated));
  expect(digestOf(changeOf('a', 'y'))).not.toBe(digestOf(updated));
});
