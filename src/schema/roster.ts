import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type { Context } from '../context.ts';
import { findAccount, findDomain, isAccountNumber } from '../link.ts';
import { settleEach } from '../upstream/batch.ts';
import type { User } from '../upstream/cloudlink/user.ts';
import type { Subscriber, SubscriberField } from '../upstream/netsapiens/subscriber-record.ts';

/** What the rule of who is who looks at on the legacy side. */
export const LINK_FIELDS: readonly SubscriberField[] = ['user', 'domain', 'emails'];

/** The domain of an account's people. Costs a request only where the setting names accounts by number. */
export const domainOf = async (
  accountId: string,
  { cloudlink, settings }: Context,
): Promise<string | null> => {
  const { accountDomains } = settings;
  const direct = findDomain(accountDomains, { id: accountId, number: null });
  if (direct !== null || !accountDomains.some(({ account }) => isAccountNumber(account))) return direct;
  const [account] = await cloudlink.accounts.getMany([accountId]);
  if (account instanceof Error) throw account;
  return account ? findDomain(accountDomains, account) : null;
};

/** The account of a domain's people, in the same way. */
export const accountIdOf = async (
  domain: string,
  { cloudlink, settings }: Context,
): Promise<string | null> => {
  const account = findAccount(settings.accountDomains, domain);
  if (account === null || !isAccountNumber(account)) return account;
  return (await cloudlink.accounts.getByNumber(account))?.id ?? null;
};

interface Wanted {
  readonly domain: string;
  readonly fields: ReadonlySet<SubscriberField>;
}

/** One read of a domain for all that want it together, and for whoever wants no other columns later. */
const rosters = createContextCache(({ netsapiens }: Context) => {
  const readings: Wanted[] = [];
  /** Columns that were read before and hold what is wanted: the same request again, which is not sent twice. */
  const columnsFor = (domain: string, fields: ReadonlySet<SubscriberField>) => {
    const held = readings.find(
      (reading) => reading.domain === domain && [...fields].every((field) => reading.fields.has(field)),
    );
    if (held === undefined) readings.push({ domain, fields });
    return held?.fields ?? fields;
  };
  return new DataLoader<Wanted, readonly Subscriber[]>(
    (keys) =>
      settleEach(keys, {
        groupOf: ({ domain }) => domain,
        size: Number.MAX_SAFE_INTEGER,
        load: async (domain, group) => {
          const wanted = new Set([...LINK_FIELDS, ...group.flatMap((key) => [...key.fields])]);
          const fields = columnsFor(domain, wanted);
          const people = await netsapiens.subscribers.listAll(domain, { fields, peopleOnly: true });
          return group.map(() => people);
        },
      }),
    // A change in between makes an earlier answer untrue; what did not change is not asked for again (upstream/http.ts).
    { cache: false },
  );
});

/**
 * Everybody in a domain who is a person, with at least these columns. Costs one upstream request for every 1,000 of them
 * (and one more where their number is a round one), however many want to know.
 */
export const subscribersOfDomain = (
  domain: string,
  fields: ReadonlySet<SubscriberField>,
  context: Context,
): Promise<readonly Subscriber[]> => rosters(context).load({ domain, fields });

/** Everybody in an account. Costs one upstream request for every 1,000 of them, however many want to know. */
export const usersOfAccount = (accountId: string, { cloudlink }: Context): Promise<readonly User[]> =>
  cloudlink.users.listAll(accountId);
