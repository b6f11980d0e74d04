import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type { Context } from '../context.ts';
import { toE164, type Country } from '../phone-number.ts';
import { settleEach } from '../upstream/batch.ts';
import type { User } from '../upstream/cloudlink/user.ts';
import type { Subscriber, SubscriberField } from '../upstream/netsapiens/subscriber-record.ts';
import { given, keyOfSubscriber, keyOfUser, toPerson, type Asking } from './person-half.ts';
import { accountIdOf, domainOf, subscribersOfDomain, usersOfAccount } from './roster.ts';

/** One side of a call, as the platform that tells of the call knows it. */
export interface CallPartyModel {
  /** Where an extension or an id is somebody; null for the caller's own account. */
  readonly place:
    | { readonly platform: 'cloudlink'; readonly accountId: string | null }
    | { readonly platform: 'subscriber'; readonly domain: string };
  /** As the platform writes it, SIP clothes and all. */
  readonly number: string | null;
  readonly name: string | null;
  /** Null for somebody outside: what they give as their number is no extension, whatever it looks like. */
  readonly extension: string | null;
  /** CloudLink's id of the user, or an e-mail address. */
  readonly principal: string | null;
}

/** A way in which somebody is named, such as `extension 1001`. */
type Name = string;

const named = (kind: string, ...values: readonly (string | null)[]): readonly Name[] =>
  values.filter((value) => value !== null).map((value) => `${kind} ${value.toLowerCase()}`);

const namesOfUser = ({ id, email, extension, phone, mobile }: User, home: Country) => [
  ...named('id', id),
  ...named('email', email),
  ...named('extension', extension),
  ...named('number', toE164(phone, home), toE164(mobile, home)),
];

const namesOfSubscriber = ({ user, emails, callerIdNumber }: Subscriber, home: Country) => [
  ...named('extension', user),
  ...named('email', ...emails),
  ...named('number', toE164(callerIdNumber, home)),
];

/** What names somebody everywhere. An extension or an id does only where it was given out. */
const namesAbroad = ({ principal, number }: CallPartyModel, home: Country) => [
  ...named('email', principal?.includes('@') === true ? principal : null),
  ...named('number', toE164(number, home)),
];

const namesAtHome = (party: CallPartyModel, home: Country) => [
  ...named('id', party.principal),
  ...named('extension', party.extension),
  ...namesAbroad(party, home),
];

/** Finds the one who has a name. A name that several share, such as the number of the company, is nobody's. */
const createIndex = <Model>(
  models: readonly Model[],
  namesOf: (model: Model, home: Country) => readonly Name[],
  { settings }: Context,
) => {
  const byName = new Map<Name, Set<Model>>();
  for (const model of models) {
    for (const name of namesOf(model, settings.homeCountry))
      byName.set(name, (byName.get(name) ?? new Set()).add(model));
  }
  return (names: readonly Name[]): Model | null => {
    const found = names.map((name) => byName.get(name)).find((holders) => holders?.size === 1);
    return found?.values().next().value ?? null;
  };
};

type Find = (names: readonly Name[]) => Found | null;
type Found =
  | { readonly user: User; readonly subscriber?: undefined }
  | { readonly user?: undefined; readonly subscriber: Subscriber };

const findUser = async (accountId: string | null, context: Context): Promise<Find> => {
  if (accountId === null) return () => null;
  const find = createIndex(await usersOfAccount(accountId, context), namesOfUser, context);
  return (names) => {
    const user = find(names);
    return user && { user };
  };
};

const findSubscriber = async (
  domain: string | null,
  fields: ReadonlySet<SubscriberField>,
  context: Context,
): Promise<Find> => {
  if (domain === null) return () => null;
  const wanted = new Set([...fields, 'callerIdNumber' as const]);
  const find = createIndex(await subscribersOfDomain(domain, wanted, context), namesOfSubscriber, context);
  return (names) => {
    const subscriber = find(names);
    return subscriber && { subscriber };
  };
};

/** The people of the platform that tells of a call, and those of the other, which are read only when they are wanted. */
const placesOf = async (
  { place }: CallPartyModel,
  fields: ReadonlySet<SubscriberField>,
  context: Context,
) => {
  if (place.platform === 'subscriber') {
    return {
      home: () => findSubscriber(place.domain, fields, context),
      abroad: async () => findUser(await accountIdOf(place.domain, context), context),
    };
  }
  const accountId = place.accountId ?? (await context.cloudlink.ownAccountId());
  return {
    home: () => findUser(accountId, context),
    abroad: async () =>
      findSubscriber(accountId === null ? null : await domainOf(accountId, context), fields, context),
  };
};

/** Who a party is, and what kept the other platform from being asked. */
interface Answer {
  readonly found: Found | null;
  readonly gap?: unknown;
}

interface Wanted {
  readonly party: CallPartyModel;
  readonly fields: ReadonlySet<SubscriberField>;
}

const findEach = async (
  parties: readonly CallPartyModel[],
  wanted: ReadonlySet<SubscriberField>,
  context: Context,
) => {
  const [first] = parties;
  if (first === undefined) return [];
  const { home, abroad } = await placesOf(first, wanted, context);
  const { homeCountry } = context.settings;
  const findAtHome = await home();
  const atHome = parties.map((party) => findAtHome(namesAtHome(party, homeCountry)));
  const isStranger = (party: CallPartyModel, index: number) =>
    atHome[index] === null && namesAbroad(party, homeCountry).length > 0;
  if (!parties.some(isStranger)) return atHome.map((found) => ({ found }));
  // Whoever is unknown at home is most often a customer: they stay one where the other platform cannot be asked.
  const findAbroad = await abroad().catch((gap: unknown) => ({ gap }));
  return parties.map((party, index): Answer => {
    if (!isStranger(party, index)) return { found: atHome[index] ?? null };
    return 'gap' in findAbroad
      ? { found: null, gap: findAbroad.gap }
      : { found: findAbroad(namesAbroad(party, homeCountry)) };
  });
};

/** Parties of calls as people: one read of the account and one of the domain for all parties of both, however many. */
const answers = createContextCache(
  (context: Context) =>
    new DataLoader<Wanted, Answer>(
      (keys) =>
        settleEach<Wanted, Answer>(keys, {
          groupOf: ({ party }) => JSON.stringify(party.place),
          size: Number.MAX_SAFE_INTEGER,
          load: (_place, members) =>
            findEach(
              members.map(({ party }) => party),
              new Set(members.flatMap(({ fields }) => [...fields])),
              context,
            ),
        }),
      { cache: false },
    ),
);

/** The person that a party of a call is, or null for somebody outside. Parties that are asked for together share reads. */
export const personOfParty = async (
  party: CallPartyModel,
  asking: Asking,
  onGap: (error: unknown) => void,
) => {
  const { found, gap } = await answers(asking.context).load({ party, fields: asking.fields });
  if (gap !== undefined) onGap(gap);
  if (found === null) return null;
  return found.user === undefined
    ? toPerson(keyOfSubscriber(found.subscriber), { subscriber: given(found.subscriber) }, asking)
    : toPerson(keyOfUser(found.user), { user: given(found.user) }, asking);
};
