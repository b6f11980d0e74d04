import { randomUUID } from 'node:crypto';

/** The id of a request: the client's own where it can be a header and a log field as it is (S6), otherwise a new one. */
export const requestIdOf = (given: string | string[] | null | undefined): string =>
  typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
