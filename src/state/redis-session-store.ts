import { decode, encode } from './encoding.ts';
import { StateError } from './errors.ts';
import { keyOf } from './key.ts';
import type { Poison } from './poison.ts';
import { createScript, RedisError, type Redis } from './redis.ts';
import { seal, unseal } from './seal.ts';
import type { Session, SessionStore } from './session-store.ts';

const USE = 'session';

/** Puts a text in the place of the one that was read, unless somebody else did so first. */
const replaceScript = createScript(`
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
  return 1`);

/** A session has two parts that change about once an hour: one that loses as often as this has met a fault. */
const MOST_TRIES = 50;

const unavailable = () =>
  new StateError(
    'SESSION_STORE_UNAVAILABLE',
    'Sessions cannot be looked up at the moment. Try again; requests that pass tokens of the platforms through are not concerned.',
  );

const isSession = (value: unknown): value is Session =>
  typeof value === 'object' && value !== null && 'cloudlink' in value && 'subscriber' in value;

/** The last millisecond in which a session is known, as Redis takes it: it gives a key through the one that it is told. */
const toMoment = (expiresAt: number): string => String(Math.max(1, Math.ceil(expiresAt) - 1));

/**
 * Sessions in Redis, for all instances. Each is encrypted by its own token, which Redis never gets: who reads there finds
 * no token of any platform.
 */
export const createRedisSessionStore = (redis: Redis, poison: Poison): SessionStore => {
  const write = (session: Session, token: string) =>
    JSON.stringify({ sealed: seal(encode(session), token, USE) });

  /** The session that a text holds; null for one that nobody with this token has written. */
  const parse = (text: string, token: string): Session | null => {
    try {
      const { sealed } = JSON.parse(text) as { sealed: string };
      const session = decode(unseal(sealed, token, USE));
      if (isSession(session)) return session;
    } catch {
      // Told below, like a session of another shape.
    }
    poison.note('a session');
    return null;
  };

  const available = async <Result>(ask: () => Promise<Result>, onPoison: Result): Promise<Result> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      if (!error.isPoison) throw unavailable();
      poison.note('a session');
      return onPoison;
    }
  };

  const find = async (token: string): Promise<{ text: string; session: Session } | null> => {
    const text = await redis.send(['GET', keyOf(USE, token)]);
    const session = typeof text === 'string' ? parse(text, token) : null;
    return typeof text === 'string' && session !== null ? { text, session } : null;
  };

  return {
    read: async (token) => available(async () => (await find(token))?.session ?? null, null),
    write: async (token, session, expiresAt) =>
      available(async () => {
        await redis.send(['SET', keyOf(USE, token), write(session, token), 'PXAT', toMoment(expiresAt)]);
      }, undefined),
    update: async (token, change) =>
      available(async () => {
        for (let tries = 0; tries < MOST_TRIES; tries += 1) {
          const known = await find(token);
          if (known === null) return null;
          const { session, expiresAt } = change(known.session);
          const args = [known.text, write(session, token), toMoment(expiresAt)];
          if ((await redis.run(replaceScript, [keyOf(USE, token)], args)) === 1) return session;
        }
        throw unavailable();
      }, null),
    remove: async (token) =>
      available(async () => {
        await redis.send(['DEL', keyOf(USE, token)]);
      }, undefined),
  };
};
