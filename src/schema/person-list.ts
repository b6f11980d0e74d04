import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { fold, isGiven, searchText } from '../input.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import type {
  Subscriber as SubscriberModel,
  SubscriberField,
} from '../upstream/netsapiens/subscriber-record.ts';
import type { PlacedPage, PlacedPageRequest } from '../upstream/page.ts';
import { accountIdOf } from './account.ts';
import { connectionOf, pageArguments, toPlacedConnection } from './pagination.ts';
import { askingForPage, given, toPerson, type Asking, type Person as PersonModel } from './person-half.ts';
import { Person, warnOfGap } from './person.ts';
import { domainOf, linkUsers, subscribersOfDomain, usersOfAccount } from './roster.ts';

const PersonConnection = connectionOf(Person, { name: 'Person', plural: 'people' });

/** Users come first, in the order of CloudLink; then, by extension, those whom the legacy platform alone has. */
const PLACE = /^(user (0|[1-9]\d{0,8})|subscriber [^\p{Cc}]{1,255})$/u;

const SEARCHED: readonly SubscriberField[] = ['firstName', 'lastName', 'emails', 'user'];

/** Whose people are listed. Where CloudLink does not say, because it failed, the domain alone is. */
interface Company {
  readonly accountId: string | Error;
  readonly domain: string | null;
}

const companyOf = async (account: string | null | undefined, context: Context): Promise<Company> => {
  try {
    const accountId = await accountIdOf(account, context);
    return { accountId, domain: await domainOf(accountId, context) };
  } catch (error) {
    if (isGiven(account) || !(error instanceof Error)) throw error;
    const domain = await context.netsapiens.ownDomain().catch(() => null);
    if (domain === null) throw error;
    return { accountId: error, domain };
  }
};

/** What a listing is of, and how it asks. */
interface Listing {
  readonly company: Company;
  readonly search: string | null;
  readonly asking: Asking;
  /** Told of a platform whose people cannot be listed. */
  readonly onGap: (error: Error) => void;
}

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

/** A page of users. */
const readUsers = async ({ company, search, asking }: Listing, first: number, offset: number) => {
  if (company.accountId instanceof Error) throw company.accountId;
  const keep = search === null ? undefined : (user: UserModel) => isWantedUser(search, user);
  return asking.context.cloudlink.users.list(company.accountId, { first, offset }, { keep });
};

/** Every user, so that it can be told whom the legacy platform alone has. */
const readEveryUser = async ({ company, asking }: Listing) => {
  if (company.accountId instanceof Error) throw company.accountId;
  return usersOfAccount(company.accountId, asking.context);
};

type Item = PlacedPage<PersonModel>['items'][number];

const byExtension = (one: SubscriberModel, other: SubscriberModel) =>
  one.user === other.user ? 0 : one.user < other.user ? -1 : 1;

/**
 * Those who are wanted as subscribers and were not listed as users: the legacy platform alone has them, or it alone has
 * what was searched for. `users` are all there are, or what kept them from being read.
 */
const othersOf = async (
  { company, search, asking }: Listing,
  users: readonly UserModel[] | Error,
): Promise<readonly Item[]> => {
  if (company.domain === null) return [];
  const { fields, context } = asking;
  const wanted = search === null ? fields : new Set([...fields, ...SEARCHED]);
  const rows = await subscribersOfDomain(company.domain, wanted, context);
  const known = users instanceof Error ? [] : users;
  const linked = new Map(
    linkUsers(known, rows, context).flatMap((link, index) =>
      link.kind === 'linked' ? [[link.model, known[index]] as const] : [],
    ),
  );
  const userOf = (row: SubscriberModel) => linked.get(row) ?? null;
  const isListed = (user: UserModel | null) => user !== null && isWantedUser(search, user);
  return rows
    .filter((row) => isWantedSubscriber(search, row) && !isListed(userOf(row)))
    .toSorted(byExtension)
    .map((row) => {
      const user = users instanceof Error ? () => Promise.reject(users) : given(userOf(row));
      return { place: `subscriber ${row.user}`, value: toPerson({ user, subscriber: given(row) }, asking) };
    });
};

/** Reads a page: of users while there are any, and of the others after them. */
const listPeople = async (
  listing: Listing,
  { first, after }: PlacedPageRequest,
): Promise<PlacedPage<PersonModel>> => {
  const [, kind = 'user', start = '0'] = /^(user|subscriber) (.*)$/su.exec(after ?? '') ?? [];
  const isAmongUsers = kind === 'user';
  const page = isAmongUsers ? await readUsers(listing, first, Number(start)).catch(failing) : null;
  const found = page === null || page instanceof Error ? [] : page.items;
  const items = found.map(({ value, next }): Item => ({
    place: `user ${next}`,
    value: toPerson({ user: given(value) }, listing.asking),
  }));
  if (page !== null && !(page instanceof Error) && page.hasNextPage) return { items, hasNextPage: true };

  // A first page that is the only one holds everybody already.
  const isWhole = isAmongUsers && start === '0' && listing.search === null && !(page instanceof Error);
  const users =
    page instanceof Error
      ? page
      : isWhole
        ? found.map(({ value }) => value)
        : await readEveryUser(listing).catch(failing);
  const others = await othersOf(listing, users).catch(failing);
  if (users instanceof Error && (others instanceof Error || listing.company.domain === null)) throw users;
  for (const gap of [users, others]) if (gap instanceof Error) listing.onGap(gap);

  const rest = (others instanceof Error ? [] : others).filter(
    ({ place }) => isAmongUsers || place > `subscriber ${start}`,
  );
  const room = first - items.length;
  return { items: [...items, ...rest.slice(0, room)], hasNextPage: rest.length > room };
};

builder.queryField('people', (t) =>
  t.field({
    type: PersonConnection,
    description:
      "The people of an account and of its domain, the caller's own where none is named: the users of CloudLink in its order, " +
      'and after the last of them those whom the legacy platform alone has, by extension. A row that could be several people ' +
      'is one of its own. Costs one upstream request for a page of users, and what `subscriber` costs where something of it is ' +
      'selected; the page that reaches the end of the users, and those after it, read both sides whole, one request for every ' +
      '1,000 users and one for every 1,000 people of the domain (a page that holds all users needs no other read of them). So ' +
      'does a search, which neither platform can do. Where one platform fails, the people of the other are listed, with a ' +
      'warning in `extensions.warnings`.',
    args: {
      account: t.arg.id({ description: 'The `id` of an Account.' }),
      search: t.arg.string({
        description:
          'A part of a name, e-mail address or extension on either platform. Letter case does not matter.',
      }),
      ...pageArguments,
    },
    resolve: async (_root, { account, search, ...args }, context, info) => {
      const text = isGiven(search) ? searchText('search', search) : null;
      const company = await companyOf(account, context);
      const listing: Listing = {
        company,
        search: text,
        asking: askingForPage(context, info),
        onGap: (error) => warnOfGap(error, context, info),
      };
      const { domain, accountId } = company;
      const identity = ['people', accountId instanceof Error ? domain : accountId, text] as const;
      return toPlacedConnection(identity, args, PLACE, (page) => listPeople(listing, page));
    },
  }),
);
