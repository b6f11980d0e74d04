import { toBoolean, toText, type Resource } from '../decode.ts';
import { collectAll, collectPage, type Page, type PageRequest } from '../page.ts';
import type { Requests } from './request.ts';
import { createReadRows, pickEach } from './rows.ts';
import type { SubscriberKey } from './subscriber.ts';

/** A number that people outside call (facts §5.13). */
export interface PhoneNumber {
  /** The key upstream has for it, such as `sip:12125550101@*`. */
  readonly matchRule: string;
  readonly digits: string;
  readonly domain: string;
  /** The extension that answers it; null where it leads to nobody. */
  readonly user: string | null;
  readonly isEnabled: boolean | null;
  readonly application: string | null;
  readonly description: string | null;
}

export interface PhoneNumberKey {
  readonly domain: string;
  readonly matchRule: string;
}

/** The dial plan that holds the numbers people are called on. */
const DIALPLAN = 'DID Table';

const toPhoneNumber = (record: Resource, domain: string): PhoneNumber => {
  const matchRule = toText(record['matchrule']) ?? '';
  return {
    matchRule,
    digits: matchRule.replace(/^sips?:/i, '').replace(/@[^@]*$/, ''),
    domain: toText(record['to_host']) ?? domain,
    user: toText(record['to_user']),
    isEnabled: toBoolean(record['enable']),
    application: toText(record['responder']),
    description: toText(record['plan_description']),
  };
};

const hasKey = (record: Resource) => toText(record['matchrule']) !== null;

export const createPhoneNumbers = (requests: Requests) => {
  const readRows = (domain: string) =>
    createReadRows(requests, 'phonenumber read', {
      dialplan: DIALPLAN,
      dest_domain: domain,
      sort: 'matchrule ASC',
    });
  const toModel = (domain: string) => (row: Resource) => toPhoneNumber(row, domain);

  const listAll = async (domain: string): Promise<readonly PhoneNumber[]> => {
    const numbers = (await collectAll(readRows(domain))).filter(hasKey).map(toModel(domain));
    return [...new Map(numbers.map((number) => [number.matchRule, number])).values()];
  };

  return {
    /** A number, null or an `Error` per key, in key order. */
    getMany: (keys: readonly PhoneNumberKey[]) =>
      pickEach<PhoneNumberKey, PhoneNumber | null>(keys, {
        domainOf: ({ domain }) => domain,
        readOne: async ({ domain, matchRule }) => {
          const rows = await requests.read('phonenumber read', {
            dialplan: DIALPLAN,
            dest_domain: domain,
            matchrule: matchRule,
            start: '0',
            limit: '2',
          });
          return rows.map(toModel(domain)).find((number) => number.matchRule === matchRule) ?? null;
        },
        readDomain: async (domain) => {
          const byRule = new Map((await listAll(domain)).map((number) => [number.matchRule, number]));
          return ({ matchRule }) => byRule.get(matchRule) ?? null;
        },
      }),
    /** The numbers of each subscriber, or an `Error`, in key order: upstream does not narrow to a subscriber. */
    getByUser: (keys: readonly SubscriberKey[]) => {
      const readDomain = async (domain: string) => {
        const byUser = Map.groupBy(await listAll(domain), ({ user }) => user?.toLowerCase() ?? '');
        return ({ user }: SubscriberKey) => byUser.get(user.toLowerCase()) ?? [];
      };
      return pickEach<SubscriberKey, readonly PhoneNumber[]>(keys, {
        domainOf: ({ domain }) => domain,
        readOne: async (key) => (await readDomain(key.domain))(key),
        readDomain,
      });
    },
    list: async (domain: string, page: PageRequest): Promise<Page<PhoneNumber>> => {
      const found = await collectPage(page, readRows(domain), { keep: hasKey, keepsMost: true });
      return {
        ...found,
        items: found.items.map(({ value, next }) => ({ value: toModel(domain)(value), next })),
      };
    },
  };
};
