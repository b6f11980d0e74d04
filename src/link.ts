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
  /** One there is the same as somebody else here, at least as much. */
  | { readonly kind: 'contested'; readonly criterion: LinkCriterion }
  | { readonly kind: 'none' };

/** A way to compare two people: they are the same if they share a key, and if the way is meant for the two. */
interface Comparison {
  readonly keys: (traits: Traits) => readonly string[];
  readonly suits: (one: Traits, other: Traits) => boolean;
}

/** The ways of each criterion, the strictest first. */
const comparisons: Readonly<Record<LinkCriterion, readonly [Comparison, ...Comparison[]]>> = {
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

/** The people of one platform, and what there is to recognise them by. */
export interface Side<Model> {
  readonly people: readonly Model[];
  readonly traitsOf: (person: Model) => Traits;
  /** What no two people there have in common, as the platform promises. */
  readonly uniqueBy: LinkCriterion;
  /** The same for two records of one person, and for nobody else. */
  readonly identify: (person: Model) => unknown;
}

/** Chooses of a side by the first criterion that finds somebody; among several by the next that finds some of them. */
const createChoice = <Model>(
  { people, traitsOf, identify }: Side<Model>,
  order: readonly LinkCriterion[],
): ((traits: Traits) => Exclude<Link<Model>, { kind: 'contested' }>) => {
  const distinct = [...new Map(people.map((person) => [identify(person), person])).values()];
  const steps = order.flatMap((criterion) =>
    comparisons[criterion].map(({ keys, suits }) => {
      const index = new Map<string, Set<Model>>();
      for (const person of distinct) {
        for (const key of keys(traitsOf(person))) index.set(key, (index.get(key) ?? new Set()).add(person));
      }
      const find = (traits: Traits) =>
        new Set(
          keys(traits)
            .flatMap((key) => [...(index.get(key) ?? [])])
            .filter((person) => suits(traits, traitsOf(person))),
        );
      return { criterion, find };
    }),
  );
  return (traits) => {
    const matches = steps
      .map(({ criterion, find }) => ({ criterion, found: find(traits) }))
      .filter(({ found }) => found.size > 0);
    const [first, ...more] = matches;
    if (first === undefined) return { kind: 'none' };
    const chosen = more.reduce(
      (kept: readonly Model[], { found }) => {
        const both = kept.filter((person) => found.has(person));
        return both.length > 0 ? both : kept;
      },
      [...first.found],
    );
    const [model] = chosen;
    const { criterion } = first;
    return model === undefined || chosen.length > 1
      ? { kind: 'ambiguous', criterion, count: chosen.length }
      : { kind: 'linked', model, criterion };
  };
};

/**
 * Links each of `wanted` to the one of the other side who is the same person. A link is the choice of both: whoever is
 * chosen, chooses back among the own side, `wanted` included. So nobody has a link that more people on the own side could
 * give them, and where those can still take one away, {@link isBeyondDoubt} is false.
 */
export const linkEach = <Own, Other>(
  wanted: readonly Own[],
  own: Side<Own>,
  other: Side<Other>,
  order: readonly LinkCriterion[],
): readonly Link<Other>[] => {
  const choose = createChoice(other, order);
  const chooseBack = createChoice({ ...own, people: [...own.people, ...wanted] }, order);
  return wanted.map((person) => {
    const link = choose(own.traitsOf(person));
    if (link.kind !== 'linked') return link;
    const back = chooseBack(other.traitsOf(link.model));
    const isMutual = back.kind === 'linked' && own.identify(back.model) === own.identify(person);
    return isMutual ? link : { kind: 'contested', criterion: link.criterion };
  });
};

/**
 * Whether nobody on the own side can be as much the same as `model` as `person` is, whoever is there: the two share what
 * belongs to one alone on that side, and no criterion before it speaks for anybody else.
 */
export const isBeyondDoubt = <Own, Other>(
  person: Own,
  model: Other,
  own: Side<Own>,
  other: Side<Other>,
  order: readonly LinkCriterion[],
): boolean => {
  const [traits, sought] = [own.traitsOf(person), other.traitsOf(model)];
  const deciding = order.slice(0, order.indexOf(own.uniqueBy) + 1);
  return (
    deciding.length > 0 &&
    deciding.every((criterion) => {
      const [{ keys, suits }] = comparisons[criterion];
      const wanted = new Set(keys(sought));
      const isShared = suits(traits, sought) && keys(traits).some((key) => wanted.has(key));
      return criterion === own.uniqueBy ? isShared && wanted.size === 1 : isShared || wanted.size === 0;
    })
  );
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
