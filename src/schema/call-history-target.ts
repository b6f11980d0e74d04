import type { HistorySides, ReadCalls } from '../call-history.ts';
import type { Context } from '../context.ts';
import { keyOf, splitKey } from '../global-id.ts';
import { badInput, isGiven, legacyName } from '../input.ts';
import type { CallRecord } from '../upstream/cloudlink/call-record.ts';
import { UpstreamError, type PlatformName } from '../upstream/errors.ts';
import type { CallDetail } from '../upstream/netsapiens/call-detail.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { firstPages } from './call-detail.ts';
import { pagesOfUsers } from './call-record.ts';
import { findPerson, ROW_FIELDS } from './person-half.ts';
import { accountIdOf, domainOf } from './roster.ts';

/** Whose calls are wanted; the caller's account and domain where nothing is named. */
export interface HistoryTarget {
  readonly person?: string | null | undefined;
  readonly account?: string | null | undefined;
  readonly domain?: string | null | undefined;
}

/** Somebody by the names that the platforms have for them, each found out when it is needed. */
export interface PersonTarget {
  readonly principalId: () => Promise<string | null>;
  readonly subscriber: () => Promise<SubscriberKey | null>;
}

const idOf = (user: { readonly id: string } | null | undefined): string | null => user?.id ?? null;

const lacking = (platform: PlatformName, code: 'FORBIDDEN' | 'PLATFORM_NOT_CONFIGURED', message: string) =>
  new UpstreamError({ code, platform, message });

const readRecords =
  ({ cloudlink }: Context): ReadCalls<CallRecord> =>
  (window, page) =>
    cloudlink.callRecords.list(window, page);

/** The people of one operation are asked for together. */
const readRecordsOf =
  (principalId: string, context: Context): ReadCalls<CallRecord> =>
  (filter, page) =>
    pagesOfUsers(context).load({ principalId, filter, ...page });

const readDetails =
  (domain: string, withLegs: boolean, { netsapiens }: Context): ReadCalls<CallDetail> =>
  (window, page) =>
    netsapiens.callDetails.list(domain, page, { ...window, withLegs });

const readDetailsOf =
  (key: SubscriberKey, withLegs: boolean, context: Context): ReadCalls<CallDetail> =>
  ({ from, to }, page) => {
    const query = { from, to, withLegs };
    return page.offset === 0
      ? firstPages(context).load({ ...key, first: page.first, query })
      : context.netsapiens.callDetails.listFor(key, page, query);
  };

/** CloudLink has no way to name an account: it tells the calls of the caller's. */
const requireOwn = async (accountId: string | null, { cloudlink }: Context): Promise<void> => {
  if (accountId !== null && (await cloudlink.ownAccountId())?.toLowerCase() === accountId.toLowerCase())
    return;
  throw lacking(
    'cloudlink',
    'FORBIDDEN',
    "CloudLink tells the calls of the caller's own account only, which is another one.",
  );
};

const notMapped = (platform: PlatformName, place: string) =>
  lacking(
    platform,
    'PLATFORM_NOT_CONFIGURED',
    `ACCOUNT_DOMAINS does not say what belongs to ${place}: add the pair of account and domain.`,
  );

/** The calls of one person. */
export const sidesOfPerson = (
  { principalId, subscriber }: PersonTarget,
  withLegs: boolean,
  context: Context,
): HistorySides => ({
  cloudlink: async () => {
    const id = await principalId();
    return id === null ? null : readRecordsOf(id, context);
  },
  subscriber: async () => {
    const key = await subscriber();
    return key === null ? null : readDetailsOf(key, withLegs, context);
  },
});

/** The calls of an account, and those of the domain that holds its people. */
export const sidesOfAccount = (accountId: string, withLegs: boolean, context: Context): HistorySides => ({
  cloudlink: async () => {
    await requireOwn(accountId, context);
    return readRecords(context);
  },
  subscriber: async () => {
    const domain = await domainOf(accountId, context);
    if (domain === null) throw notMapped('subscriber', `account ${accountId}`);
    return readDetails(domain, withLegs, context);
  },
});

/** The calls of a domain, and those of the account whose people it holds. */
export const sidesOfDomain = (domain: string, withLegs: boolean, context: Context): HistorySides => ({
  cloudlink: async () => {
    const accountId = await accountIdOf(domain, context);
    if (accountId === null) throw notMapped('cloudlink', `domain ${domain}`);
    await requireOwn(accountId, context);
    return readRecords(context);
  },
  subscriber: async () => readDetails(domain, withLegs, context),
});

const ownSides = (withLegs: boolean, context: Context): HistorySides => ({
  cloudlink: async () => readRecords(context),
  subscriber: async () => {
    const domain = await context.netsapiens.ownDomain();
    if (domain !== null) return readDetails(domain, withLegs, context);
    throw lacking(
      'subscriber',
      'FORBIDDEN',
      'The token of the subscriber API does not tell its domain: name one with `domain`.',
    );
  },
});

/** Somebody by their `id`. A half that it does not name is looked for: it may have been made while a platform failed. */
const toPersonTarget = (id: string, context: Context): PersonTarget => {
  const [user = '', subscriber = ''] = keyOf('Person', id, 'person').split(',');
  const find = async () => {
    const key = { user: user || null, subscriber: subscriber || null };
    const found = await findPerson(key, { fields: new Set(ROW_FIELDS), context, path: [] });
    return found === 'different' ? null : found;
  };
  return {
    principalId: async () => (user === '' ? idOf(await (await find())?.user()) : splitKey(user)[1]),
    subscriber: async () => {
      if (subscriber === '') return (await (await find())?.subscriber()) ?? null;
      const [domain, name] = splitKey(subscriber);
      return { domain, user: name };
    },
  };
};

/** The calls of whoever is named. Sends nothing; what names nobody is refused here. */
export const sidesOf = (
  { person, account, domain }: HistoryTarget,
  withLegs: boolean,
  context: Context,
): HistorySides => {
  const given = Object.entries({ person, account, domain }).filter(([, value]) => isGiven(value));
  const [, second] = given;
  if (second !== undefined) throw badInput(second[0], 'cannot be combined with another of its kind.');
  if (isGiven(person)) return sidesOfPerson(toPersonTarget(person, context), withLegs, context);
  if (isGiven(account)) return sidesOfAccount(keyOf('Account', account, 'account'), withLegs, context);
  if (isGiven(domain)) return sidesOfDomain(legacyName('domain', domain), withLegs, context);
  return ownSides(withLegs, context);
};
