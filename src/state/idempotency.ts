import { UpstreamError } from '../upstream/errors.ts';

/** Remembers what mutations answered, so that a client may safely send one again. */
export interface Idempotency {
  /**
   * What `run` answers, or what the run before it answered under the same principal, mutation and key. A run that throws
   * had no effect: it is forgotten, so that the client's next try is a real one. Throws a `StateError` where nothing was
   * run because it cannot be remembered, where the change is still under way, and where whoever ran it has died.
   */
  once<Answer>(id: IdempotencyId, run: () => Promise<Answer>): Promise<Answer>;
}

export interface IdempotencyId {
  readonly principal: string;
  readonly mutation: string;
  /** The client's own word for this one change. */
  readonly key: string;
  /** What was asked for: the same key for something else is a mistake of the client. */
  readonly input: string;
}

/** How long a mutation is remembered. */
export const LIFE_MS = 24 * 60 * 60 * 1000;

/** A name for a change that no other change has: its parts cannot be mistaken for each other. */
export const nameOf = ({ principal, mutation, key }: IdempotencyId): string =>
  JSON.stringify([principal, mutation, key]);

/** What a client is told that used its key for something else. */
export const usedOtherwise = (): UpstreamError =>
  new UpstreamError({
    code: 'CONFLICT',
    platform: 'cloudlink',
    message: 'This clientMutationKey was used for another input. Use a new key for a new change.',
  });

interface Entry {
  readonly input: string;
  readonly answer: Promise<unknown>;
  readonly expiresAt: number;
  isUnderWay: boolean;
}

/** The entries of one principal, oldest first. */
type Shelf = Map<string, Entry>;

/** How much of the room is made at once: to find out who has the most takes a look at everybody. */
const ROOM = 1 / 100;

/**
 * Keeps the answers of this process for 24 hours. When there are `capacity` of them, whoever has the most loses the
 * oldest, so that nobody can make others forget; what is under way is never lost, however much that is.
 */
export const createMemoryIdempotency = (capacity: number): Idempotency => {
  const shelves = new Map<string, Shelf>();
  let size = 0;

  const forget = (principal: string, name: string) => {
    const shelf = shelves.get(principal);
    if (shelf?.delete(name) !== true) return;
    size -= 1;
    if (shelf.size === 0) shelves.delete(principal);
  };

  const forgetExpired = (principal: string, shelf: Shelf) => {
    for (const [name, { expiresAt, isUnderWay }] of shelf) {
      if (expiresAt > Date.now()) return;
      if (!isUnderWay) forget(principal, name);
    }
  };

  const makeRoom = () => {
    if (size < capacity) return;
    for (const [principal, shelf] of shelves) forgetExpired(principal, shelf);
    if (size < capacity) return;
    const goal = capacity - Math.ceil(capacity * ROOM);
    const longestFirst = [...shelves].toSorted(([, one], [, other]) => other.size - one.size);
    for (const [principal, shelf] of longestFirst) {
      for (const [name, { isUnderWay }] of shelf) {
        if (size <= goal) return;
        if (!isUnderWay) forget(principal, name);
      }
    }
  };

  const keep = (principal: string, name: string, entry: Entry) => {
    forget(principal, name);
    makeRoom();
    const shelf: Shelf = shelves.get(principal) ?? new Map();
    shelves.set(principal, shelf.set(name, entry));
    size += 1;
  };

  return {
    once: async <Answer>({ principal, mutation, key, input }: IdempotencyId, run: () => Promise<Answer>) => {
      const name = JSON.stringify([mutation, key]);
      const known = shelves.get(principal)?.get(name);
      if (known !== undefined && (known.isUnderWay || known.expiresAt > Date.now())) {
        if (known.input === input) return known.answer as Promise<Answer>;
        throw usedOtherwise();
      }
      const answer = run();
      const entry = { input, answer, expiresAt: Date.now() + LIFE_MS, isUnderWay: true };
      keep(principal, name, entry);
      try {
        return await answer;
      } catch (error) {
        forget(principal, name);
        throw error;
      } finally {
        entry.isUnderWay = false;
      }
    },
  };
};
