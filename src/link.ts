import type { AccountDomain, LinkCriterion } from './config.ts';

/** What there is to recognise somebody by. */
export interface Traits {
  readonly emails: readonly string[];
  readonly extension: string | null;
}

/** The result of looking for one person on the other platform. */
export type Link<Model> =
  | { readonly kind: 'linked'; readonly model: Model }
  | { readonly kind: 'ambiguous'; readonly criterion: LinkCriterion; readonly count: number }
  | { readonly kind: 'none' };

/** Extensions that differ in leading zeros only: a platform that sends numbers loses them (subscriber-api facts §3.4). */
const withoutZeros = (extension: string) => extension.replace(/^0+(?=\d)/, '');

const keysOf: Readonly<Record<LinkCriterion, readonly ((traits: Traits) => readonly string[])[]>> = {
  email: [({ emails }) => emails.map((email) => email.trim().toLowerCase())],
  extension: [
    ({ extension }) => (extension === null ? [] : [extension]),
    ({ extension }) => (extension === null ? [] : [withoutZeros(extension)]),
  ],
};

/**
 * Looks people up among `candidates` by the first criterion that finds somebody. Several found by one criterion are
 * ambiguous, and ambiguous is an answer: no later criterion decides between them.
 */
export const createLinker = <Model>(
  candidates: readonly Model[],
  traitsOf: (candidate: Model) => Traits,
  order: readonly LinkCriterion[],
): ((traits: Traits) => Link<Model>) => {
  const steps = order.flatMap((criterion) =>
    keysOf[criterion].map((keys) => {
      const index = new Map<string, Set<Model>>();
      for (const candidate of candidates) {
        for (const key of keys(traitsOf(candidate)))
          index.set(key, (index.get(key) ?? new Set()).add(candidate));
      }
      return { criterion, keys, index };
    }),
  );
  return (traits) => {
    for (const { criterion, keys, index } of steps) {
      const found = new Set(keys(traits).flatMap((key) => [...(index.get(key) ?? [])]));
      const [model] = found;
      if (found.size > 1) return { kind: 'ambiguous', criterion, count: found.size };
      if (model !== undefined) return { kind: 'linked', model };
    }
    return { kind: 'none' };
  };
};

/** The domain that holds the people of an account, by the account's GUID or number. */
export const findDomain = (
  pairs: readonly AccountDomain[],
  account: { readonly id: string; readonly number: string | null },
): string | null =>
  pairs.find((pair) => pair.account === account.id.toLowerCase() || pair.account === account.number)
    ?.domain ?? null;

/** The account, as a GUID or a number, whose people a domain holds. */
export const findAccount = (pairs: readonly AccountDomain[], domain: string): string | null =>
  pairs.find((pair) => pair.domain.toLowerCase() === domain.toLowerCase())?.account ?? null;

/** Whether an account is named by its number, which has to be looked up before it can be used. */
export const isAccountNumber = (account: string): boolean => /^\d{9}$/.test(account);
