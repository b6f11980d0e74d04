import { toCount, toText, type Resource } from '../decode.ts';
import { collectAll, collectPage, type Page, type PageRequest } from '../page.ts';
import type { Requests } from './request.ts';
import { createReadRows, pickEach } from './rows.ts';
import { isSame } from './same.ts';

/** A place of a domain that users are at (facts §5.2). What it has is counted only where that was asked for. */
export interface Site {
  readonly name: string;
  readonly domain: string;
  readonly userCount: number | null;
  readonly queueCount: number | null;
  readonly deviceCount: number | null;
  readonly registeredDeviceCount: number | null;
  readonly activeCallCount: number | null;
}

export interface SiteKey {
  readonly domain: string;
  readonly name: string;
}

const toSite = (record: Resource, domain: string): Site => ({
  name: toText(record['site']) ?? '',
  domain,
  userCount: toCount(record['current_user']),
  queueCount: toCount(record['current_queues']),
  deviceCount: toCount(record['current_device']),
  registeredDeviceCount: toCount(record['current_registered_device']),
  activeCallCount: toCount(record['current_calls']),
});

const hasName = (record: Resource) => {
  const name = toText(record['site']);
  return name !== null && name.toLowerCase() !== 'n/a';
};

const billing = (isCounted: boolean) => (isCounted ? { billing: 'yes' } : {});

export const createSites = (requests: Requests) => ({
  /** A site with what it has, null or an `Error` per key, in key order. */
  getMany: (keys: readonly SiteKey[]) =>
    pickEach<SiteKey, Site | null>(keys, {
      domainOf: ({ domain }) => domain,
      readOne: async ({ domain, name }) => {
        const parameters = { domain, site: name, ...billing(true), start: '0', limit: '2' };
        const row = (await requests.read('site read', parameters)).find((candidate) =>
          isSame(candidate['site'], name),
        );
        return row === undefined ? null : toSite(row, domain);
      },
      readDomain: async (domain) => {
        const rows = await collectAll(createReadRows(requests, 'site read', { domain, ...billing(true) }));
        return ({ name }) => {
          const row = rows.find((candidate) => isSame(candidate['site'], name));
          return row === undefined ? null : toSite(row, domain);
        };
      },
    }),
  list: async (domain: string, page: PageRequest, isCounted: boolean): Promise<Page<Site>> => {
    const read = createReadRows(requests, 'site read', { domain, ...billing(isCounted), sort: 'site ASC' });
    const { items, hasNextPage } = await collectPage(page, read, { keep: hasName, keepsMost: true });
    return { items: items.map(({ value, next }) => ({ value: toSite(value, domain), next })), hasNextPage };
  },
  count: (domain: string): Promise<number | null> => requests.count('site count', { domain }),
});
