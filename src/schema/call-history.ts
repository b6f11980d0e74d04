import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import { builder } from '../builder.ts';
import {
  HISTORY_PLACE,
  readCallHistory,
  type HistoryPage,
  type HistorySides,
  type HistorySource,
} from '../call-history.ts';
import type { Context } from '../context.ts';
import type { PastCall as PastCallModel } from '../past-call.ts';
import { platformWithin } from '../upstream/errors.ts';
import { Account } from './account.ts';
import { sidesOfPerson } from './call-history-person.ts';
import {
  historyArguments,
  historyIdentity,
  toHistoryQuery,
  type HistoryArguments,
} from './call-history-query.ts';
import { sidesOf, sidesOfAccount, sidesOfDomain } from './call-history-target.ts';
import { Domain } from './domain.ts';
import {
  connectionOf,
  edgeOf,
  toPlacedConnection,
  type ConnectionModel,
  type PageArguments,
} from './pagination.ts';
import { CallSource, PastCall, sourcesOf } from './past-call.ts';
import { Person } from './person.ts';
import { createSelection } from './selection.ts';

const CallHistorySource = builder.objectRef<HistorySource>('CallHistorySource').implement({
  description: 'A platform that was asked for calls, and whether it has told them.',
  fields: (t) => ({
    source: t.field({
      type: CallSource,
      nullable: false,
      description: 'The platform.',
      resolve: ({ platform }) => (platform === 'cloudlink' ? 'CLOUDLINK' : 'SUBSCRIBER'),
    }),
    isComplete: t.boolean({
      nullable: false,
      description: 'Whether this page holds all that the platform has to tell here.',
      resolve: ({ failure, gaps }) => failure === null && gaps.length === 0,
    }),
    code: t.string({
      description:
        'Why it does not, for programs: a code of errors, such as UPSTREAM_TIMEOUT, or ROW_LEFT_OUT where calls came without ' +
        'their id or without the time at which they began.',
      resolve: ({ failure, gaps }) => failure?.failure.code ?? (gaps.length > 0 ? 'ROW_LEFT_OUT' : null),
    }),
    message: t.string({
      description: 'Why it does not, for people.',
      resolve: ({ failure, gaps }) => failure?.message ?? (gaps.join(' ') || null),
    }),
  }),
});

const names = { name: 'PastCall', plural: 'finished calls' };

const PastCallEdge = edgeOf(PastCall, names);

builder.objectField(PastCallEdge, 'sources', (t) =>
  t.field({
    type: [CallSource],
    nullable: false,
    description: 'Who tells this call: one platform, or both.',
    resolve: ({ value }) => sourcesOf(value),
  }),
);

interface History extends ConnectionModel<PastCallModel> {
  readonly sources: HistoryPage['sources'];
}

const PastCallConnection = connectionOf<PastCallModel, History>(
  PastCall,
  {
    ...names,
    of: 'calls',
    total: 'Always null: the platforms do not tell how many calls they have between them.',
  },
  PastCallEdge,
);

builder.objectField(PastCallConnection, 'sources', (t) =>
  t.field({
    type: [CallHistorySource],
    nullable: false,
    description:
      'The platforms that were asked. Calls of one that is not complete may be missing, or lack what only it tells; a warning ' +
      'in `extensions.warnings` says so as well.',
    resolve: ({ sources }) => [...sources],
  }),
);

/** Says once for each platform and reason what the answer leaves out. */
const warnOfGaps = (
  sources: readonly HistorySource[],
  { warnings }: Context,
  info: GraphQLResolveInfo,
): void => {
  const messages = sources.flatMap(({ platform, failure, gaps }) => [
    ...(failure === null
      ? []
      : [`The calls that ${platformWithin(platform)} tells are missing here: ${failure.message}`]),
    ...gaps,
  ]);
  for (const message of messages) {
    if (warnings.some((warning) => warning.message === message)) continue;
    warnings.push({ code: 'PARTIAL_HISTORY', message, path: responsePathAsArray(info.path) });
  }
};

const listHistory = async (
  of: unknown,
  allSides: HistorySides,
  args: HistoryArguments & PageArguments,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<History> => {
  const { query, sides } = toHistoryQuery(args, allSides, context);
  let sources: HistoryPage['sources'] = [];
  const connection = await toPlacedConnection(
    historyIdentity(of, args),
    args,
    HISTORY_PLACE,
    async (page) => {
      const read = await readCallHistory(sides, query, page);
      sources = read.sources;
      return read;
    },
  );
  warnOfGaps(sources, context, info);
  return { ...connection, sources };
};

/** Fields that need the legs of a legacy call. Asked for with the list, they save a request for each call. */
const NEEDS_LEGS = new Set(['recordings', 'recording', 'originCallId', 'destinationCallId']);

const readSelection = createSelection(
  ['nodes'],
  ['nodes', 'detail'],
  ['edges', 'node'],
  ['edges', 'node', 'detail'],
);

const needsLegs = (info: GraphQLResolveInfo): boolean =>
  [...readSelection(info)].some(({ name }) => NEEDS_LEGS.has(name));

const RULE =
  'One list of both platforms, newest first, each call once. Two tell the same call where it began at most 2 seconds apart, was ' +
  'talked equally long give or take 2 seconds, and went from and to the same numbers (in E.164) or extensions. A call stands ' +
  'where the later of the two says that it began, and is filtered as both together tell it. Cursors are times, so that ' +
  'new calls at the head do not shift the pages. Where one platform fails, the calls of the other answer: `sources` ' +
  'and a warning say what is missing. So it is where it cannot be told who somebody is on the other platform. That both platforms give the newest first is assumed, and a list in another order ' +
  'is refused. Calls without an id, or without the time at which they began, are left out; `sources` and a warning say so.';

const COST =
  'Costs one upstream request to each platform for a page, however the calls are spread over the two; one more to the legacy ' +
  'platform where the number of rows is a round one, because a silent cap cannot be told from the end. With `direction` or ' +
  '`missed`, at most two to each: about 1,000 calls are looked through, and a page that finds less than `first` among them is ' +
  'short or empty, with `hasNextPage` and an `endCursor` behind what was looked through. Where one of `sources` is asked alone, ' +
  'it leaves out by itself what it can; of two, what one leaves out the other might tell as its twin.';

builder.queryField('callHistory', (t) =>
  t.field({
    type: PastCallConnection,
    description:
      `The finished calls of a person, an account or a domain; of the caller's account and domain where none is named. ${RULE} ` +
      `ACCOUNT_DOMAINS says which domain holds the people of an account. ${COST} A Person whose \`id\` names one platform ` +
      'alone is looked for on the other, for one to three requests more. Where nothing is told, one request to each platform ' +
      'tells whether there is such a person; a Person whom neither knows is refused with NOT_FOUND.',
    args: {
      person: t.arg.id({ description: 'The `id` of a Person.' }),
      account: t.arg.id({ description: 'The `id` of an Account.' }),
      domain: t.arg.string({ description: 'Name of a legacy domain.' }),
      ...historyArguments,
    },
    resolve: async (_root, { person, account, domain, ...args }, context, info) => {
      const target = { person, account, domain };
      return listHistory(target, sidesOf(target, needsLegs(info), context), args, context, info);
    },
  }),
);

builder.objectField(Person, 'callHistory', (t) =>
  t.field({
    type: PastCallConnection,
    description:
      `The person's finished calls. ${RULE} Costs what \`user\` and \`subscriber\` cost, and one upstream request to each platform ` +
      'for a page. The first pages of several people share them: one for every 50 users, and one for three or more subscribers of ' +
      'a domain; where a shared answer of 1,000 calls does not hold somebody’s page, that one costs its own.',
    args: historyArguments,
    extensions: { reads: ['user', 'domain'] },
    resolve: async (person, args, context, info) => {
      const target = {
        principalId: async () => (await person.user())?.id ?? null,
        subscriber: person.subscriber,
      };
      // A platform that fails in between changes nothing of how the person was found, so that cursors stay good.
      return listHistory(
        { known: person.knownAs },
        sidesOfPerson(target, needsLegs(info), context),
        args,
        context,
        info,
      );
    },
  }),
);

builder.objectField(Account, 'callHistory', (t) =>
  t.field({
    type: PastCallConnection,
    description:
      `The finished calls of the account and of the domain that holds its people. ${RULE} CloudLink tells those of the caller's own ` +
      `account only. ${COST}`,
    args: historyArguments,
    resolve: async ({ id }, args, context, info) =>
      listHistory({ account: id }, sidesOfAccount(id, needsLegs(info), context), args, context, info),
  }),
);

builder.objectField(Domain, 'callHistory', (t) =>
  t.field({
    type: PastCallConnection,
    description:
      `The finished calls of the domain and of the account whose people it holds. ${RULE} CloudLink tells those of the caller's own ` +
      `account only. ${COST}`,
    args: historyArguments,
    resolve: async ({ name }, args, context, info) =>
      listHistory({ domain: name }, sidesOfDomain(name, needsLegs(info), context), args, context, info),
  }),
);
