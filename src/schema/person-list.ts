import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { isGiven, searchText } from '../input.ts';
import { accountIdOf } from './account.ts';
import { connectionOf, pageArguments, toPlacedConnection } from './pagination.ts';
import { askingForPage } from './person-half.ts';
import { listPeople, PLACE, type Listing } from './person-page.ts';
import { Person, warnOfGap } from './person.ts';
import { domainOf } from './roster.ts';

const PersonConnection = connectionOf(Person, { name: 'Person', plural: 'people', of: 'people' });

/** Whose people are listed. Where CloudLink does not say, because it failed, the domain alone is. */
const companyOf = async (
  account: string | null | undefined,
  context: Context,
): Promise<Pick<Listing, 'accountId' | 'domain'>> => {
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

builder.queryField('people', (t) =>
  t.field({
    type: PersonConnection,
    description:
      "The people of an account and of its domain, the caller's own where none is named: the users of CloudLink in its order, " +
      'and after the last of them those whom the legacy platform alone has, by extension. A row that could be several people ' +
      'is one of its own. Costs one upstream request for a page of users, and what `subscriber` costs where something of it is ' +
      'selected; the page that reaches the end of the users, and those after it, read both sides whole, one request for every ' +
      '1,000 users and one for every 1,000 people of the domain (a page that holds all users needs no other read of them). So ' +
      'does a search, which neither platform can do. Where CloudLink fails at the first page, this list is of the legacy ' +
      'platform alone to its end; where it fails later, so does the page, which can be asked for again. Where the legacy ' +
      'platform fails, the users are listed. A warning in `extensions.warnings` says what is missing.',
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
        ...company,
        search: text,
        asking: askingForPage(context, info),
        onGap: (error) => warnOfGap(error, context, info),
      };
      // The domain is known whether or not CloudLink tells the account: a cursor outlives a failure in between.
      const { domain, accountId } = company;
      const identity = ['people', domain?.toLowerCase() ?? accountId, text] as const;
      return toPlacedConnection(identity, args, PLACE, (page) => listPeople(listing, page));
    },
  }),
);
