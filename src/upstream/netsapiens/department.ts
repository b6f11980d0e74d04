import { toText } from '../decode.ts';
import { collectAll } from '../page.ts';
import { createEndOfList, type Requests } from './request.ts';

/** A department of a domain. Upstream tells nothing but its name. */
export interface Department {
  readonly name: string;
  readonly domain: string;
}

export const createDepartments = (requests: Requests) => ({
  /** The departments of a domain by name. Upstream sends records or bare names. */
  listAll: async (domain: string): Promise<readonly Department[]> => {
    const mayGoOn = createEndOfList();
    const rows = await collectAll(async (start, limit) => {
      const parameters = { domain, start: String(start), limit: String(limit) };
      const page = await requests.readNamed('department list', parameters, 'department');
      return { rows: page, more: mayGoOn(page.length, limit) };
    });
    const names = rows.map((row) => toText(row['department'])).filter((name) => name !== null);
    return [...new Set(names)].toSorted().map((name) => ({ name, domain }));
  },
});
