import { MOST_THINGS, type KnownThing } from './gate.ts';

/** The last events of things that go on are kept up to so many characters, of all feeds together. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** What is known of the things of one feed, by their keys; the one that was told of longest ago is the first. */
export type Things = Map<string, KnownThing>;

/**
 * Remembers what is known of the things that events are of. Where their last events become too much, those that were told
 * longest ago are left out: what comes later is judged as before, but nobody is told of an end that the platform has not
 * told.
 */
export const createMemoryThings = (mostCharacters = MOST_CHARACTERS) => {
  /** Those of all feeds whose last events are kept; the one that was told of longest ago is the first. */
  const going = new Map<KnownThing, { readonly things: Things; readonly key: string }>();
  let characters = 0;

  const release = (known: KnownThing | undefined) => {
    if (known === undefined || !going.delete(known)) return;
    characters -= known.data?.length ?? 0;
  };

  const set = (things: Things, key: string, known: KnownThing) => {
    release(things.get(key));
    things.set(key, known);
    if (known.data === null) return;
    going.set(known, { things, key });
    characters += known.data.length;
  };

  const drop = (things: Things, key: string) => {
    release(things.get(key));
    things.delete(key);
  };

  const makeRoom = () => {
    for (const [known, { things, key }] of going) {
      if (characters <= mostCharacters) return;
      set(things, key, { ...known, data: null });
    }
  };

  return {
    /** Of all things of its feed, it is the one that was told of last now. */
    learn: (things: Things, key: string, known: KnownThing): void => {
      drop(things, key);
      set(things, key, known);
      const [oldest] = things.keys();
      if (things.size > MOST_THINGS && oldest !== undefined) drop(things, oldest);
      makeRoom();
    },
    forget: (things: Things): void => {
      for (const key of things.keys()) drop(things, key);
    },
  };
};
