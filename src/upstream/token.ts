import { toText } from './decode.ts';

/**
 * Where a request's token for one platform comes from. Shared by everything that one principal does, never by two
 * principals.
 */
export interface TokenSource {
  /** The token to send now. Throws an `UpstreamError` (UNAUTHENTICATED) that says how to get one. */
  get(): Promise<string>;
  /**
   * Another token after upstream refused this one, or null when there is no way to get another and upstream's
   * refusal stands.
   */
  renew(refused: string): Promise<string | null>;
}

/** A token the client handed over. It cannot be renewed here: whoever issued it must. */
export const passThrough = (token: string): TokenSource => ({
  get: async () => token,
  renew: async () => null,
});

/** No token at all: every use of the platform fails with what `refuse` says, the rest of the query goes on. */
export const noToken = (refuse: () => Error): TokenSource => {
  const fail = async (): Promise<never> => {
    throw refuse();
  };
  return { get: fail, renew: fail };
};

/** A token that can be put into a header as it is (S6), or null. 8 KB is more than any of the platforms sends. */
export const toToken = (value: unknown): string | null => {
  const token = toText(value);
  return token !== null && /^[\x21-\x7e]{1,8192}$/.test(token) ? token : null;
};

/** A token is renewed this long before its end, or after nine tenths of a shorter life. */
const RENEW_AHEAD_MS = 60_000;
/** A longer life is a mistake of upstream's, and could lead past the last day that a date can name. */
const LONGEST_LIFE_SECONDS = 366 * 24 * 60 * 60;

/** When a token of this life ends and when it should be renewed, in milliseconds since the epoch. */
export const toLifetime = (expiresInSeconds: number): { expiresAt: number; renewAt: number } => {
  const life = Math.min(Math.max(expiresInSeconds, 0), LONGEST_LIFE_SECONDS) * 1000;
  const expiresAt = Date.now() + life;
  return { expiresAt, renewAt: expiresAt - Math.min(RENEW_AHEAD_MS, life / 10) };
};
