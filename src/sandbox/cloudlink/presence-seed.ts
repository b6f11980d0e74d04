import type { Company, Person } from '../company.ts';
import type { Presence, Store } from './store.ts';

type Stance = Pick<Presence, 'status' | 'reason'>;

const onTheLine: Readonly<Record<string, Stance>> = {
  inuse: { status: 'busy', reason: 'On a call' },
  held: { status: 'busy', reason: 'On hold' },
  progressing: { status: 'busy', reason: 'On a call' },
  alerting: { status: 'busy', reason: 'Ringing' },
};

/** Whose telephone is idle may still be busy with something else. */
const idle: readonly Stance[] = [
  { status: 'available' },
  { status: 'available' },
  { status: 'dnd', reason: 'Glück & Grüße: bitte nicht stören' },
  { status: 'available' },
  { status: 'away', reason: 'Lunch' },
];

const gone: readonly Stance[] = [{ status: 'offline' }, { status: 'away', reason: 'Back tomorrow' }];

const stanceOf = ({ cloudlink, legacy }: Person, index: number): Stance => {
  const line = legacy?.presence ?? 'closed';
  // Whoever cannot sign in says nothing here, whatever the telephone does.
  if (cloudlink?.login === false) return { status: 'unknown' };
  const stances = line === 'open' ? idle : gone;
  return onTheLine[line] ?? stances[index % stances.length] ?? { status: 'unknown' };
};

/** Where everybody is at `now`, in agreement with what the legacy side says of their telephone. */
export const seedPresences = (store: Store, { people }: Company, now: number): void => {
  for (const [index, person] of people.entries()) {
    const { userId, accountId, cloudlink } = person;
    if (cloudlink === undefined) continue;
    const modifiedOn = new Date(now - (index + 1) * 60_000).toISOString();
    const stance = stanceOf(person, index);
    store.presences.set(userId, { userId, accountId, ...stance, modifiedOn, modifiedBy: userId });
  }
};
