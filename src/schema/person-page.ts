import { fold } from '../input.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import type {
  Subscriber as SubscriberModel,
  SubscriberField,
} from '../upstream/netsapiens/subscriber-record.ts';
import type { PlacedPage, PlacedPageRequest } from '../upstream/page.ts';
import { linkAllUsers } from './join.ts';
import {
  given,
  keyOfSubscriber,
  keyOfUser,
  toPerson,
  type Asking,
  type Person as PersonModel,
} from './person-half.ts';
import { subscribersOfDomain, usersOfAccount } from './roster.ts';

/**
 * Users come first, in the order of CloudLink; then, by extension, those whom the legacy platform alone has. A list that
 * CloudLink did not begin is `alone` to its end: going over to the other kind would leave people out, or tell them twice.
 */
export const PLACE = /^(user (0|[1-9]\d{0,8})|(subscriber|alone) [^\p{Cc}]{1,255})$/u;

const SEARCHED: readonly SubscriberField[] = ['firstName', 'lastName', 'emails', 'user'];

/** What a listing is of, and how it asks. */
export interface Listing {
  /** An error where CloudLink did not say. */
  readonly accountId: string | Error;
  readonly domain: string | null;
  readonly search: string | null;
  readonly asking: Asking;
  /** Told of a platform whose people are not listed. */
  readonly onGap: (error: Error) => void;
}

type Item = PlacedPage<PersonModel>['items'][number];

const holds = (search: string | null, ...texts: readonly (string | null)[]): boolean =>
  search === null || texts.some((text) => fold(text ?? '').includes(search));

const isWantedUser = (search: string | null, user: UserModel): boolean => {
  const { name, displayName, firstName, lastName, email, extension } = user;
  return holds(search, name, displayName, `${firstName ?? ''} ${lastName ?? ''}`, email, extension);
};

const isWantedSubscriber = (search: string | null, row: SubscriberModel): boolean =>
  holds(search, `${row.firstName ?? ''} ${row.lastName ?? ''}`, row.user, ...row.emails);

const failing = (error: unknown): Error =>
  error instanceof Error ? error : new Error('a read failed', { cause: error });

const requireAccount = ({ accountId }: Listing): string => {
  if (accountId instanceof Error) throw accountId;
  return accountId;
};

const readUsers = async (listing: Listing, first: number, offset: number) => {
  const { search, asking } = listing;
  const keep = search === null ? undefined : (user: UserModel) => isWantedUser(search, user);
  return asking.context.cloudlink.users.list(requireAccount(listing), { first, offset }, { keep });
};

const byExtension = (one: SubscriberModel, other: SubscriberModel) =>
  one.user === other.user ? 0 : one.user < other.user ? -1 : 1;

/** Everybody in the domain, by extension; nobody where there is none. */
const readSubscribers = async ({ domain, search, asking: { fields, context } }: Listing) => {
  if (domain === null) return [];
  const wanted = search === null ? fields : new Set([...fields, ...SEARCHED]);
  return (await subscribersOfDomain(domain, wanted, context)).toSorted(byExtension);
};

/** So many of these people, after the place where an earlier page ended. */
const cut = (people: readonly Item[], first: number, after: string | null): PlacedPage<PersonModel> => {
  const rest = after === null ? people : people.filter(({ place }) => place > after);
  return { items: rest.slice(0, first), hasNextPage: rest.length > first };
};

/** A page of the legacy platform's people only. `failure` is what kept CloudLink from telling of them. */
const listAlone = async (
  listing: Listing,
  { first, after }: PlacedPageRequest,
  failure?: Error,
): Promise<PlacedPage<PersonModel>> => {
  const { search, asking } = listing;
  const rows = await readSubscribers(listing);
  listing.onGap(failure ?? new Error('this list began with the people of the subscriber API alone.'));
  const user = failure && (() => Promise.reject(failure));
  const people = rows
    .filter((row) => isWantedSubscriber(search, row))
    .map((row): Item => {
      const subscriber = given(row);
      const known = user === undefined ? { subscriber } : { user, subscriber };
      return { place: `alone ${row.user}`, value: toPerson(keyOfSubscriber(row), known, asking) };
    });
  return cut(people, first, after);
};

/** A page of users while there are any, and of the others after them. Rejects where CloudLink fails. */
const listBoth = async (
  listing: Listing,
  { first, after }: PlacedPageRequest,
): Promise<PlacedPage<PersonModel>> => {
  const { search, asking } = listing;
  const [, offset] = /^user (\d+)$/.exec(after ?? 'user 0') ?? [];
  const page = offset === undefined ? null : await readUsers(listing, first, Number(offset));
  const found = page?.items ?? [];
  const toItems = (subscriberOf: (user: UserModel) => SubscriberModel | undefined) =>
    found.map(({ value, next }): Item => {
      const row = subscriberOf(value);
      const known = { user: given(value), subscriber: row && given(row) };
      const person = toPerson(keyOfUser(value), known, asking);
      return { place: `user ${next}`, value: person };
    });
  if (page?.hasNextPage === true) return { items: toItems(() => undefined), hasNextPage: true };

  // A first page that is the only one holds everybody already.
  const isWhole = after === null && search === null;
  const readEverybody = async () =>
    isWhole ? found.map(({ value }) => value) : usersOfAccount(requireAccount(listing), asking.context);
  const [users, rows] = await Promise.all([readEverybody(), readSubscribers(listing).catch(failing)]);
  if (rows instanceof Error) {
    // Where nothing but those rows is left to be told, there is nothing to put in their place.
    if (page === null) throw rows;
    listing.onGap(rows);
    return { items: toItems(() => undefined), hasNextPage: false };
  }

  const links = linkAllUsers(users, rows, asking.context).map((link, index) => [users[index], link] as const);
  const linked = links.flatMap(([user, link]) =>
    user !== undefined && link.kind === 'linked' ? [[user, link.model] as const] : [],
  );
  const userOf = new Map(linked.map(([user, row]) => [row, user]));
  const rowOf = new Map(linked.map(([user, row]) => [user.id, row]));
  const isListed = (user: UserModel | undefined) => user !== undefined && isWantedUser(search, user);
  const others = rows
    .filter((row) => isWantedSubscriber(search, row) && !isListed(userOf.get(row)))
    .map((row): Item => {
      const user = userOf.get(row) ?? null;
      const known = { user: given(user), subscriber: given(row) };
      const knownAs = user === null ? keyOfSubscriber(row) : keyOfUser(user);
      return { place: `subscriber ${row.user}`, value: toPerson(knownAs, known, asking) };
    });
  const items = toItems(({ id }) => rowOf.get(id));
  const rest = cut(others, first - items.length, page === null ? after : null);
  return { ...rest, items: [...items, ...rest.items] };
};

/**
 * A page of people. Where CloudLink fails at the first one, this and those after it are of the legacy platform alone;
 * where it fails later, the page does.
 */
export const listPeople = (listing: Listing, page: PlacedPageRequest): Promise<PlacedPage<PersonModel>> => {
  if (page.after?.startsWith('alone ') === true) return listAlone(listing, page);
  const both = listBoth(listing, page);
  if (page.after !== null || listing.domain === null) return both;
  return both.catch((error: unknown) =>
    listAlone(listing, page, failing(error)).catch(() => Promise.reject(failing(error))),
  );
};
