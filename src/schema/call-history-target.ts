import type { HistorySides } from '../call-history.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../global-id.ts';
import { badInput, isGiven, legacyDomain } from '../input.ts';
import { UpstreamError, type PlatformName } from '../upstream/errors.ts';
import { sidesOfPerson, toPersonTarget } from './call-history-person.ts';
import { readDetails, readRecords } from './call-history-read.ts';
import { accountIdOf, domainOf } from './roster.ts';

/** Whose calls are wanted; the caller's account and domain where nothing is named. */
export interface HistoryTarget {
  readonly person?: string | null | undefined;
  readonly account?: string | null | undefined;
  readonly domain?: string | null | undefined;
}

const lacking = (platform: PlatformName, code: 'FORBIDDEN' | 'PLATFORM_NOT_CONFIGURED', message: string) =>
  new UpstreamError({ code, platform, message });

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
  if (isGiven(domain)) return sidesOfDomain(legacyDomain('domain', domain), withLegs, context);
  return ownSides(withLegs, context);
};
