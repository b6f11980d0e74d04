import type { AccountDomain, LinkCriterion } from './config.ts';

/** What there is to recognise somebody by. */
export interface Traits {
  readonly emails: readonly string[];
  readonly extension: string | null;
  /** Whether the extension may have lost zeros: a platform that sends numbers drops them (subscriber-api facts §3.4). */
  readonly mayLackZeros: boolean;
}

/** The result of looking for one person on the other platform. */
export type Link<Model> =
  | { readonly kind: 'linked'; readonly model: Model; readonly criterion: LinkCriterion }
  /** Several there are the same as this one here. */
  | { readonly kind: 'ambiguous'; readonly criterion: LinkCriterion; readonly count: number }
  /** One there is the same as several here. */
  | { readonly kind: 'contested'; readonly criterion: LinkCriterion; readonly count: number }
  | { readonly kind: 'none' };

/** A way to compare two people: they are the same if they share a key, and if the way is meant for the two. */
interface Comparison {
  readonly keys: (traits: Traits) => readonly string[];
  readonly suits: (one: Traits, other: Traits) => boolean;
}

const comparisons: Readonly<Record<LinkCriterion, readonly Comparison[]>> = {
  email: [{ keys: ({ emails }) => emails.map((email) => email.trim().toLowerCase()), suits: () => true }],
  extension: [
    {
      keys: ({ extension }) => (extension === null ? [] : [extension]),
      suits: (one, other) => !one.mayLackZeros && !other.mayLackZeros,
    },
    {
      keys: ({ extension }) => (extension === null ? [] : [extension.replace(/^0+(?=\d)/, '')]),
      suits: (one, other) => one.mayLackZeros || other.mayLackZeros,
    },
  ],
};

/** Finds candidates by the first criterion that finds somebody. Several by one criterion are ambiguous. */
const createLinker = <Model>(
  candidates: readonly Model[],
  traitsOf: (candidate: Model) => Traits,
  order: readonly LinkCriterion[],
): ((traits: Traits) => Link<Model>) => {
  const steps = order.flatMap((criterion) =>
    comparisons[criterion].map(({ keys, suits }) => {
      const index = new Map<string, Set<Model>>();
      for (const candidate of candidates) {
        for (const key of keys(traitsOf(candidate)))
          index.set(key, (index.get(key) ?? new Set()).add(candidate));
      }
      const find = (traits: Traits) =>
        new Set(
          keys(traits)
            .flatMap((key) => [...(index.get(key) ?? [])])
            .filter((candidate) => suits(traits, traitsOf(candidate))),
        );
      return { criterion, find };
    }),
  );
  return (traits) => {
    for (const { criterion, find } of steps) {
      const found = find(traits);
      const [model] = found;
      if (found.size > 1) return { kind: 'ambiguous', criterion, count: found.size };
      if (model !== undefined) return { kind: 'linked', model, criterion };
    }
    return { kind: 'none' };
  };
};

/** Of several who are linked to one candidate, only one whom an earlier criterion links than all others keeps it. */
const settle = <Model>(
  links: readonly Link<Model>[],
  order: readonly LinkCriterion[],
): readonly Link<Model>[] => {
  const claims = Map.groupBy(
    links.filter((link) => link.kind === 'linked'),
    ({ model }) => model,
  );
  const kept = new Set<Link<Model>>();
  for (const claim of claims.values()) {
    const first = order.find((criterion) => claim.some((link) => link.criterion === criterion));
    const [strongest, ...others] = claim.filter(({ criterion }) => criterion === first);
    if (strongest !== undefined && others.length === 0) kept.add(strongest);
  }
  return links.map((link) => {
    if (link.kind !== 'linked' || kept.has(link)) return link;
    return { kind: 'contested', criterion: link.criterion, count: claims.get(link.model)?.length ?? 0 };
  });
};

/** What the people of one platform are looked for by among those of the other. */
export interface Sides<Own, Other> {
  readonly own: readonly Own[];
  readonly ownTraits: (person: Own) => Traits;
  /** The same for two records of one person, and for nobody else. */
  readonly identify: (person: Own) => unknown;
  readonly others: readonly Other[];
  readonly otherTraits: (candidate: Other) => Traits;
}

/**
 * Links each of `own` to the one of `others` who is the same person by the first criterion that finds somebody. A link
 * is one to one: several who are the same by one criterion, on either side, are linked to nobody, whatever a later
 * criterion may say.
 */
export const linkEach = <Own, Other>(
  { own, ownTraits, identify, others, otherTraits }: Sides<Own, Other>,
  order: readonly LinkCriterion[],
): readonly Link<Other>[] => {
  const link = createLinker(others, otherTraits, order);
  const people = new Map(own.map((person) => [identify(person), person]));
  const links = settle(
    [...people.values()].map((person) => link(ownTraits(person))),
    order,
  );
  const byIdentity = new Map([...people.keys()].map((identity, index) => [identity, links[index]]));
  return own.map((person) => byIdentity.get(identify(person)) ?? { kind: 'none' });
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
