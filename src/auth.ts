import { createHash } from 'node:crypto';
import { toToken } from './upstream/token.ts';

/** What a client presented to prove who it is. Nothing is checked yet: upstream does that. */
export interface Credentials {
  /** A session of this gateway. */
  readonly session: string | null;
  /** A CloudLink token, passed through. */
  readonly cloudlink: string | null;
  /** A token of the legacy subscriber API, passed through. */
  readonly subscriber: string | null;
}

export const SESSION_PREFIX = 'gws_';
export const CLOUDLINK_HEADER = 'Authorization';
export const SUBSCRIBER_HEADER = 'X-Subscriber-Authorization';

/** The token of a header, with or without the word `Bearer`; the word alone is none. */
const readToken = (header: string | null): string | null =>
  toToken(header?.trim().replace(/^bearer(\s+|$)/i, ''));

const isSession = (token: string | null): boolean => token?.startsWith(SESSION_PREFIX) ?? false;

/**
 * The credentials in these headers (or connection parameters, by the same names). One that cannot be sent is none. A
 * session token is for this gateway alone, in whichever header it stands: no platform ever gets it.
 */
export const readCredentials = (header: (name: string) => string | null): Credentials => {
  const tokens = {
    cloudlink: readToken(header(CLOUDLINK_HEADER)),
    subscriber: readToken(header(SUBSCRIBER_HEADER)),
  };
  return {
    session: Object.values(tokens).find(isSession) ?? null,
    cloudlink: isSession(tokens.cloudlink) ? null : tokens.cloudlink,
    subscriber: isSession(tokens.subscriber) ? null : tokens.subscriber,
  };
};

/** Whether nothing was presented that could be sent. */
export const isAnonymous = (credentials: Credentials): boolean =>
  Object.values(credentials).every((credential) => credential === null);

/** A name for whoever presented `credential` that says nothing about it: safe in logs and in keys. */
export const fingerprint = (credential: string): string =>
  createHash('sha256').update(credential).digest('hex');

/** Who is asking, for the log. */
export const principalOf = ({ session, cloudlink, subscriber }: Credentials): string => {
  const parts = Object.entries({ session, cloudlink, subscriber })
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .map(([kind, credential]) => `${kind}:${fingerprint(credential).slice(0, 12)}`);
  return parts.length === 0 ? 'anonymous' : parts.join(' ');
};

/** A key for whoever is asking. Two principals never have the same one (S2). */
export const principalKeyOf = ({ session, cloudlink, subscriber }: Credentials): string =>
  fingerprint(JSON.stringify([session, cloudlink, subscriber]));

const nobody: Credentials = { session: null, cloudlink: null, subscriber: null };

/**
 * A key for each credential by itself; one for all who present none. What is limited is counted by each of them: whoever
 * adds one that is no good to one that is must not count as somebody else.
 */
export const keysOfEach = (credentials: Credentials): readonly string[] =>
  isAnonymous(credentials)
    ? [principalKeyOf(nobody)]
    : Object.entries(credentials)
        .filter(([, credential]) => credential !== null)
        .map(([kind, credential]) => principalKeyOf({ ...nobody, [kind]: credential }));
