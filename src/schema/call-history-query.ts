import { builder } from '../builder.ts';
import type { HistoryQuery, HistorySides } from '../call-history.ts';
import type { Context } from '../context.ts';
import { badInput } from '../input.ts';
import type { PastCallDirection as Direction } from '../past-call.ts';
import { requireWindow } from './call-detail.ts';
import { pageArguments } from './pagination.ts';
import { CallSource, PastCallDirection, sourceNames, type SourceName } from './past-call.ts';

/** The arguments of every history. */
export const historyArguments = builder.args((t) => ({
  from: t.field({ type: 'DateTime', required: true, description: 'The first instant at which calls began.' }),
  to: t.field({
    type: 'DateTime',
    required: true,
    description: 'The instant before which they began; after `from`. It may lie ahead: pages do not shift.',
  }),
  direction: t.field({ type: PastCallDirection, description: 'Which way they went; any where absent.' }),
  missed: t.boolean({
    description: 'True for calls that nobody answered only, false for the others only.',
  }),
  sources: t.field({
    type: [CallSource],
    description: 'The platforms to ask; both where absent.',
  }),
  ...pageArguments,
}));

/** Which calls are wanted, in the words of a client. */
export interface HistoryArguments {
  readonly from: Date;
  readonly to: Date;
  readonly direction?: Direction | null | undefined;
  readonly missed?: boolean | null | undefined;
  readonly sources?: readonly SourceName[] | null | undefined;
}

const sourcesFrom = (sources: HistoryArguments['sources']): readonly SourceName[] =>
  sourceNames.filter((name) => sources?.includes(name) ?? true);

/** What a history is of, for its cursors: the same for GraphQL and for the export. */
export const historyIdentity = (
  of: unknown,
  { from, to, direction, missed, sources }: HistoryArguments,
): readonly [string, ...unknown[]] => ['callHistory', of, from, to, direction, missed, sourcesFrom(sources)];

/** The query that these arguments mean, and those of the sides that it asks. Refuses what neither platform could answer. */
export const toHistoryQuery = (
  args: HistoryArguments,
  sides: HistorySides,
  { settings: { homeCountry } }: Context,
): { readonly query: HistoryQuery; readonly sides: HistorySides } => {
  requireWindow(args);
  const wanted = sourcesFrom(args.sources);
  if (wanted.length === 0) throw badInput('sources', 'must name at least one of CLOUDLINK, SUBSCRIBER.');
  const { from, to, direction, missed } = args;
  return {
    query: { from, to, direction: direction ?? undefined, isMissed: missed ?? undefined, homeCountry },
    sides: {
      ...sides,
      cloudlink: wanted.includes('CLOUDLINK') ? sides.cloudlink : null,
      subscriber: wanted.includes('SUBSCRIBER') ? sides.subscriber : null,
    },
  };
};
