import type { Change, Snapshot } from './change.ts';

/** What was found by reading, as a change; no platform has given it a name or a time. */
export const told = (
  noun: string,
  key: string,
  model: object,
  more: Partial<Pick<Change, 'state' | 'begins'>> = {},
): Change => ({
  id: null,
  noun,
  key,
  kind: 'UPDATED',
  occurredAt: new Date(),
  order: null,
  state: null,
  model,
  ...more,
});

/** Everything there is: what is missing has gone. */
export const whole = (changes: readonly Change[]): Snapshot => ({ changes, isWhole: true });

/** The newest of a long list. */
export const newest = (changes: readonly Change[]): Snapshot => ({ changes, isWhole: false });
