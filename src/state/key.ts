import { createHash } from 'node:crypto';

/** Of all that this gateway keeps in Redis, so that it may share one with others. */
const PREFIX = 'clgw';

/**
 * The key under which something is kept. Its parts may be of any length and hold anything, secrets too: two different
 * lists of parts never have the same key, and no part can be read from it (S2).
 */
export const keyOf = (kind: string, ...parts: readonly string[]): string =>
  `${PREFIX}:${kind}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
