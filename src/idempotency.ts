import { UpstreamError, type UpstreamCode } from './upstream/errors.ts';

/** Remembers what mutations answered, so that a client may safely send one again. */
export interface Idempotency {
  /**
   * The result of `run`, or of the run before it under the same principal, mutation and key. A run that surely had no
   * effect is forgotten, so that the client's next try is a real one; a run whose outcome is unknown is not.
   */
  once<Result>(id: IdempotencyId, run: () => Promise<Result>): Promise<Result>;
}

export interface IdempotencyId {
  readonly principal: string;
  readonly mutation: string;
  /** The client's own word for this one change. */
  readonly key: string;
  /** What was asked for: the same key for something else is a mistake of the client. */
  readonly input: string;
}

const LIFE_MS = 24 * 60 * 60 * 1000;

/** After these a change may have been made, or may still come. */
const uncertain: ReadonlySet<UpstreamCode> = new Set([
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_PROTOCOL',
  'ACCEPTED_NOT_VISIBLE',
]);

/** Refusals come back before anything was done. A timeout or a broken connection may have come after. */
const isUndone = (error: unknown) => !(error instanceof UpstreamError) || !uncertain.has(error.failure.code);

interface Entry {
  readonly input: string;
  readonly result: Promise<unknown>;
  readonly expiresAt: number;
}

/** Keeps the results of this process for 24 hours, `capacity` of them at most. */
export const createMemoryIdempotency = (capacity: number): Idempotency => {
  const entries = new Map<string, Entry>();

  const makeRoom = () => {
    for (const [name, { expiresAt }] of entries) {
      if (entries.size < capacity && expiresAt > Date.now()) return;
      entries.delete(name);
    }
  };

  return {
    once: async <Result>({ principal, mutation, key, input }: IdempotencyId, run: () => Promise<Result>) => {
      const name = JSON.stringify([principal, mutation, key]);
      const known = entries.get(name);
      if (known !== undefined && known.expiresAt > Date.now()) {
        if (known.input === input) return known.result as Promise<Result>;
        throw new UpstreamError({
          code: 'CONFLICT',
          platform: 'cloudlink',
          message: 'This clientMutationKey was used for another input. Use a new key for a new change.',
        });
      }
      makeRoom();
      const result = run();
      entries.set(name, { input, result, expiresAt: Date.now() + LIFE_MS });
      try {
        return await result;
      } catch (error) {
        if (isUndone(error)) entries.delete(name);
        throw error;
      }
    },
  };
};
