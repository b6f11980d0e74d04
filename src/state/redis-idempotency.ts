import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { decode, encode } from './encoding.ts';
import { StateError } from './errors.ts';
import { LIFE_MS, nameOf, usedOtherwise, type Idempotency } from './idempotency.ts';
import { keyOf } from './key.ts';
import type { Lease, Leases } from './lease.ts';
import type { Poison } from './poison.ts';
import { createScript, RedisError, type Redis } from './redis.ts';
import { seal, unseal } from './seal.ts';

const USE = 'change';
/** Whoever runs a change holds this lease, so that its death is noticed. */
const RUN_LEASE_MS = 5_000;
/** A change that runs elsewhere is waited for as long as an operation usually may take. */
const WAIT_MS = 10_000;
const LOOK_AGAIN_MS = 100;
/** An outcome that cannot be written down is tried again for this long. */
const WRITE_PATIENCE_MS = 60_000;

type Outcome = { readonly result: unknown } | 'unknown';

interface Entry {
  /** Stands for what was asked for. */
  readonly input: string;
  /** Sealed; null while it runs. */
  readonly outcome: string | null;
}

/** Takes away a note, if it is still the one that was written: what comes late must not touch what others have noted since. */
const forgetScript = createScript(`
  if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
  return 1`);

/** Writes an outcome in the place of its own note. Where Redis has lost that, it is kept all the same. */
const settleScript = createScript(`
  local known = redis.pcall('GET', KEYS[1])
  if known == false or known == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
  return 1`);

const unavailable = () =>
  new StateError(
    'IDEMPOTENCY_STORE_UNAVAILABLE',
    'Nothing was changed: the clientMutationKey cannot be remembered at the moment. Try again.',
  );

const underWay = () =>
  new StateError('CHANGE_UNDER_WAY', 'This change is still under way. Send it again with the same key.');

const unknown = () =>
  new StateError(
    'OUTCOME_UNKNOWN',
    'The gateway was interrupted while it made this change: it may have been made or not. Read before you repeat it with a new key.',
  );

const lookAgain = () => delay(LOOK_AGAIN_MS * (0.5 + Math.random()), undefined, { ref: false });

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' &&
  value !== null &&
  'input' in value &&
  typeof value.input === 'string' &&
  'outcome' in value &&
  (value.outcome === null || typeof value.outcome === 'string');

export interface RedisIdempotencyOptions {
  readonly redis: Redis;
  readonly leases: Leases;
  readonly poison: Poison;
  readonly log: Logger;
}

/**
 * Keeps results in Redis for 24 hours, for all instances, encrypted by what their clients sent. A change is noted before
 * it begins: whoever finds the note, but nobody at work, knows that the outcome is unknown and does not run it again.
 */
export const createRedisIdempotency = ({
  redis,
  leases,
  poison,
  log,
}: RedisIdempotencyOptions): Idempotency => {
  /** What cannot be read may have been a change that was made. */
  const illegible = (input: string): Entry => {
    poison.note('a change');
    return { input, outcome: '' };
  };

  const read = async (key: string, input: string): Promise<Entry | null> => {
    try {
      const text = await redis.send(['GET', key]);
      if (text === null) return null;
      const entry: unknown = JSON.parse(String(text));
      return isEntry(entry) ? entry : illegible(input);
    } catch (error) {
      if (error instanceof RedisError && !error.isPoison) throw unavailable();
      return illegible(input);
    }
  };

  const open = (name: string, outcome: string): Outcome => {
    if (outcome === '') return 'unknown';
    try {
      return decode(unseal(outcome, name, USE)) as Outcome;
    } catch {
      poison.note('a change');
      return 'unknown';
    }
  };

  const settle = (outcome: Outcome): unknown => {
    if (outcome === 'unknown') throw unknown();
    return outcome.result;
  };

  /** The change was made, whether this can be written down or not: the client that waits is not to wait for it. */
  const persist = async (attempt: () => Promise<unknown>): Promise<void> => {
    const giveUpAt = Date.now() + WRITE_PATIENCE_MS;
    const tryAgain = async () => {
      while (Date.now() < giveUpAt) {
        await lookAgain();
        try {
          await attempt();
          return;
        } catch {
          // Still out of reach.
        }
      }
      log.error('what a change came to could not be written down: its retries are told that it is unknown');
    };
    await attempt().catch(() => void tryAgain());
  };

  const sealed = (name: string, outcome: Outcome): string => {
    try {
      return seal(encode(outcome), name, USE);
    } catch (error) {
      log.error({ err: error }, 'what a change came to cannot be written down');
      return '';
    }
  };

  const perform = async <Result>(
    { name, key, input }: { readonly name: string; readonly key: string; readonly input: string },
    run: () => Promise<Result>,
  ): Promise<Result> => {
    const note = JSON.stringify({ run: randomUUID(), input, outcome: null });
    const forget = () => redis.run(forgetScript, [key], [note]);
    const keep = (result: Result) => {
      const entry: Entry = { input, outcome: sealed(name, { result }) };
      return redis.run(settleScript, [key], [note, JSON.stringify(entry), String(LIFE_MS)]);
    };
    let isNoted: boolean;
    try {
      isNoted = (await redis.send(['SET', key, note, 'PX', String(LIFE_MS), 'NX'])) !== null;
    } catch {
      // It may have been noted all the same, though nothing begins.
      await persist(forget);
      throw unavailable();
    }
    // Whoever was slower than its lease finds the note of its successor.
    if (!isNoted) throw underWay();
    try {
      const result = await run();
      await persist(() => keep(result));
      return result;
    } catch (error) {
      await persist(forget);
      throw error;
    }
  };

  const acquire = (name: string): Promise<Lease | null> =>
    leases.acquire(`change ${name}`, RUN_LEASE_MS).catch(() => {
      throw unavailable();
    });

  return {
    once: async <Result>(id: Parameters<Idempotency['once']>[0], run: () => Promise<Result>) => {
      const name = nameOf(id);
      const key = keyOf(USE, name);
      const input = keyOf('input', name, id.input);
      const giveUpAt = Date.now() + WAIT_MS;
      for (;;) {
        const lease = await acquire(name);
        try {
          const entry = await read(key, input);
          if (entry !== null && entry.input !== input) throw usedOtherwise();
          if (typeof entry?.outcome === 'string') return settle(open(name, entry.outcome)) as Result;
          if (lease !== null && entry !== null) throw unknown();
          if (lease !== null) return await perform({ name, key, input }, run);
        } finally {
          await lease?.release();
        }
        if (Date.now() > giveUpAt) throw underWay();
        await lookAgain();
      }
    },
  };
};
