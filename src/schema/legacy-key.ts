import type { Context } from '../context.ts';
import { keyOf, splitKey } from '../global-id.ts';
import { badInput, isGiven, legacyDomain, legacyName } from '../input.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';

/** The key of something that a subscriber or a queue has: `{domain}/{name}`, and then ids without blanks, none a wildcard. */
export const legacyKey = (ids: number): RegExp =>
  new RegExp(
    `^[^*~%,/\\p{Cc}]{1,255}/[^*~%,\\p{Cc}]{1,255}(?: (?![~%](?: |$))[^\\s*,\\p{Cc}]{1,255}){${ids}}$`,
    'u',
  );

/** The key of a call: `{domain}/{id}` and another id. Ids of calls may hold any sign but blanks (facts §5.4), and are no wildcard. */
export const legacyCallKey =
  /^[^*~%,/\p{Cc}]{1,255}\/(?![*~%] )[^\s\p{Cc}]{1,255} (?![*~%]$)[^\s\p{Cc}]{0,255}$/u;

/** The parts of such a key: domain, name, and as many ids. */
export const splitLegacyKey = (key: string, ids: number): [string, string, ...string[]] => {
  const [domain, rest] = splitKey(key);
  const parts = rest.split(' ');
  return [domain, parts.slice(0, parts.length - ids).join(' '), ...parts.slice(parts.length - ids)];
};

/** The subscriber that an id names. */
export const subscriberKeyOf = (id: string, argument: string): SubscriberKey => {
  const [domain, user] = splitKey(keyOf('Subscriber', id, argument));
  return { domain, user };
};

/** Who does something: the subscriber that is named, or the caller. */
export const actingSubscriber = async (
  id: string | null | undefined,
  argument: string,
  { netsapiens }: Context,
): Promise<SubscriberKey> => {
  if (isGiven(id)) return subscriberKeyOf(id, argument);
  const [, user, domain] = /^([^@/]+)@([^@/]+)$/.exec((await netsapiens.ownUid()) ?? '') ?? [];
  if (user !== undefined && domain !== undefined) return { domain, user };
  throw new UpstreamError({
    code: 'BAD_USER_INPUT',
    platform: 'subscriber',
    field: argument,
    message: `The token of the subscriber API does not tell its subscriber: name one with \`${argument}\`.`,
  });
};

/** Something to dial: a number, an extension, a feature code or a SIP address. */
export const dialled = (argument: string, value: string): string => {
  const text = value.trim();
  if (!/^[^\s,\p{Cc}]{1,255}$/u.test(text) || !text.isWellFormed()) {
    throw badInput(argument, 'must be a number, an extension or a SIP address, without blanks or commas.');
  }
  return text;
};

/** User and domain of a colleague, `user@domain`: each is one exact name, so that nobody else gets what is for them. */
export const colleague = (argument: string, value: string): string => {
  const [, user, domain] = /^([^@]+)@([^@]+)$/.exec(dialled(argument, value)) ?? [];
  if (user === undefined || domain === undefined)
    throw badInput(argument, 'must be a colleague, as `user@domain`.');
  return `${legacyName(argument, user)}@${legacyDomain(argument, domain)}`;
};
