import { toText, type Resource } from '../decode.ts';
import { collectAll } from '../page.ts';
import type { Requests } from './request.ts';
import { createReadRows } from './rows.ts';

/** Who somebody is and whether their line is free (facts §5.6; fields seen in clients, not documented). */
export interface PresenceEntry {
  readonly user: string;
  readonly domain: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly department: string | null;
  readonly site: string | null;
  readonly presence: string | null;
  readonly message: string | null;
  readonly email: string | null;
}

/** `n/a` stands for nothing (facts §3.4). */
const toName = (value: unknown): string | null => {
  const text = toText(value);
  return text?.toLowerCase() === 'n/a' ? null : text;
};

export const toEntry = (record: Resource, domain: string): PresenceEntry => ({
  user: toText(record['user']) ?? '',
  domain: toText(record['domain']) ?? domain,
  firstName: toText(record['first_name']),
  lastName: toText(record['last_name']),
  department: toName(record['group']),
  site: toName(record['site']),
  presence: toText(record['presence']),
  message: toText(record['message']),
  email: toText(record['email']),
});

export const createPresences = (requests: Requests) => ({
  /** Everybody in a domain. Asked for by one request, since `start` is not documented here. */
  listAll: async (domain: string): Promise<readonly PresenceEntry[]> => {
    const rows = await collectAll(createReadRows(requests, 'presence list', { domain, order: 'user ASC' }));
    const entries = rows.filter((row) => toText(row['user']) !== null).map((row) => toEntry(row, domain));
    return [...new Map(entries.map((entry) => [entry.user.toLowerCase(), entry])).values()];
  },
});
