import { settleEach } from '../batch.ts';
import type { Resource } from '../decode.ts';
import type { Rows } from '../page.ts';
import { createEndOfList, type Parameters, type ReadOperation, type Requests } from './request.ts';

/** Reads a list piece by piece. How many rows are wanted is always said, for upstream may have a cap (facts §3.6). */
export const createReadRows = (
  requests: Requests,
  operation: ReadOperation,
  parameters: Parameters,
): ((offset: number, count: number) => Promise<Rows<Resource>>) => {
  const mayGoOn = createEndOfList();
  return async (offset, count) => {
    const rows = await requests.read(operation, {
      ...parameters,
      start: String(offset),
      limit: String(count),
    });
    return { rows, more: mayGoOn(rows.length, count) };
  };
};

/** From this many keys on, one read of the whole domain is cheaper than a read for each (facts §4.6, B2). */
const DOMAIN_READ_FROM = 3;

export interface PickOptions<Key, Value> {
  readonly domainOf: (key: Key) => string;
  readonly readOne: (key: Key) => Promise<Value>;
  /** Reads the domain once and gives the answer for each of its keys. */
  readonly readDomain: (domain: string) => Promise<(key: Key) => Value>;
  /** Whether what the domain says of a key must be looked at again alone. */
  readonly isInDoubt?: (key: Key, value: Value) => boolean;
}

/** A value or an `Error` per key, in key order: few keys of a domain one by one, more by one read of the domain. */
export const pickEach = <Key, Value>(
  keys: readonly Key[],
  { domainOf, readOne, readDomain, isInDoubt }: PickOptions<Key, Value>,
): Promise<readonly (Value | Error)[]> =>
  settleEach<Key, Value>(keys, {
    groupOf: domainOf,
    size: Number.MAX_SAFE_INTEGER,
    load: async (domain, group) => {
      const readEach = (members: readonly Key[]) =>
        settleEach<Key, Value>(members, {
          groupOf: () => domain,
          size: 1,
          load: async (_domain, alone) => Promise.all(alone.map(readOne)),
        });
      if (group.length < DOMAIN_READ_FROM) return readEach(group);
      const values = group.map(await readDomain(domain));
      const doubtful = group.filter((key, index) => isInDoubt?.(key, values[index] as Value) === true);
      const anew = new Map((await readEach(doubtful)).map((value, index) => [doubtful[index], value]));
      return group.map((key, index) => anew.get(key) ?? (values[index] as Value));
    },
  });
