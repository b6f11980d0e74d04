import type { ObjectRef } from '@pothos/core';
import { builder, nullIfForbidden, type BuilderTypes } from '../builder.ts';
import { decodeCursor, encodeCursor, toListKey, type ListIdentity } from '../cursor.ts';
import type { Page, PageRequest, PlacedPage, PlacedPageRequest } from '../upstream/page.ts';
import { badInput, isGiven } from '../input.ts';

export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

/** A page as a connection shows it. */
export interface ConnectionModel<Model> {
  readonly edges: readonly { readonly value: Model; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Where the next page goes on, if that is not behind the last item. */
  readonly end?: string;
  /** Asks upstream how many there are; called only where `totalCount` is selected. */
  readonly total: () => Promise<number | null>;
}

const OFFSET = /^(0|[1-9]\d{0,8})$/;

export interface PageArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** Refuses what upstream should not be asked for (S14). */
const checkFirst = (first: number): void => {
  if (first < 1 || first > MAX_PAGE) throw badInput('first', `must be from 1 to ${MAX_PAGE}, not ${first}.`);
};

/** The page that these arguments ask for. */
const toPageRequest = (list: string, { first, after }: PageArguments): PageRequest => {
  checkFirst(first);
  return { first, offset: isGiven(after) ? Number(decodeCursor(list, after, OFFSET)) : 0 };
};

/** A page of what was read as a whole. */
export const pageOfAll = <Model>(all: readonly Model[], { first, offset }: PageRequest): Page<Model> => ({
  items: all.slice(offset, offset + first).map((value, index) => ({ value, next: offset + index + 1 })),
  hasNextPage: all.length > offset + first,
});

const upstreamTellsNoTotal = async () => null;

/** Reads the page that `args` ask for and makes a connection of it. */
export const toConnection = async <Model>(
  identity: ListIdentity,
  args: PageArguments,
  read: (request: PageRequest) => Promise<Page<Model>>,
  total: () => Promise<number | null> = upstreamTellsNoTotal,
): Promise<ConnectionModel<Model>> => {
  const list = toListKey(identity);
  const request = toPageRequest(list, args);
  const { items, hasNextPage } = await read(request);
  return {
    edges: items.map(({ value, next }) => ({ value, cursor: encodeCursor(list, next) })),
    hasNextPage,
    hasPreviousPage: request.offset > 0,
    total,
  };
};

/** The same for a list whose places are texts of the upstream's own, which `pattern` describes. */
export const toPlacedConnection = async <Model>(
  identity: ListIdentity,
  { first, after }: PageArguments,
  pattern: RegExp,
  read: (request: PlacedPageRequest) => Promise<PlacedPage<Model> & { readonly end?: string | null }>,
): Promise<ConnectionModel<Model>> => {
  const list = toListKey(identity);
  checkFirst(first);
  const place = isGiven(after) ? decodeCursor(list, after, pattern) : null;
  const { items, hasNextPage, end } = await read({ first, after: place });
  return {
    edges: items.map(({ value, place: next }) => ({ value, cursor: encodeCursor(list, next) })),
    hasNextPage,
    hasPreviousPage: place !== null,
    ...(hasNextPage && isGiven(end) && { end: encodeCursor(list, end) }),
    total: upstreamTellsNoTotal,
  };
};

/** The arguments of every connection. Only forwards: upstream lists have no known end to start from. */
export const pageArguments = builder.args((t) => ({
  first: t.int({
    required: true,
    defaultValue: DEFAULT_PAGE,
    description: `How many items, 1 to ${MAX_PAGE}.`,
  }),
  after: t.string({ description: 'The cursor after which the page starts; absent for the first page.' }),
}));

interface Names {
  readonly name: string;
  readonly plural: string;
}

const WARNED = 'with the warning ROW_LEFT_OUT in `extensions.warnings`';

/** What becomes of an item without its id, by what is listed. A legacy row without its key stands for nothing (facts §3.5). */
const leftOut = {
  cloudlink: `One that CloudLink sends without its id is left out, ${WARNED}.`,
  subscriber: 'One that the platform sends without its key is no item, and is left out without a warning.',
  people: `One that a platform sends without its id is left out, on the side of CloudLink ${WARNED}.`,
  calls:
    'One that a platform sends without its id is left out, with the warning PARTIAL_HISTORY in `extensions.warnings`.',
} as const;

/** The edge type for a node type. */
export const edgeOf = <Model>(node: ObjectRef<BuilderTypes, unknown, Model>, { name, plural }: Names) =>
  builder.objectRef<{ readonly value: Model; readonly cursor: string }>(`${name}Edge`).implement({
    description: `One of the ${plural} in a page, with its place in the list.`,
    fields: (t) => ({
      node: t.field({
        type: node,
        nullable: false,
        description: 'The item itself.',
        resolve: ({ value }) => value,
      }),
      cursor: t.exposeString('cursor', {
        nullable: false,
        description: 'The place of this item: pass it as `after` for the items that follow.',
      }),
    }),
  });

/**
 * The connection type for a node type, and its edge type where none is given. `total` says what `totalCount` counts;
 * without it the platform has no total and the field is always null. `of` is what is listed: something of CloudLink where absent.
 */
export const connectionOf = <Model, Connection extends ConnectionModel<Model> = ConnectionModel<Model>>(
  node: ObjectRef<BuilderTypes, unknown, Model>,
  {
    name,
    plural,
    total,
    of = 'cloudlink',
  }: Names & { readonly total?: string; readonly of?: keyof typeof leftOut },
  edge = edgeOf(node, { name, plural }),
) =>
  builder.objectRef<Connection>(`${name}Connection`).implement({
    description: `A page of ${plural}. ${leftOut[of]}`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        nullable: false,
        description: `The ${plural} of this page with their cursors.`,
        resolve: ({ edges }) => edges,
      }),
      nodes: t.field({
        type: [node],
        nullable: false,
        description: `The ${plural} of this page.`,
        resolve: ({ edges }) => edges.map(({ value }) => value),
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        nullable: false,
        description: 'Whether there is more, and where to go on.',
        resolve: ({ edges, hasNextPage, hasPreviousPage, end }) => ({
          hasNextPage,
          hasPreviousPage,
          startCursor: edges[0]?.cursor ?? null,
          endCursor: end ?? edges.at(-1)?.cursor ?? null,
        }),
      }),
      totalCount: t.int({
        description: total ?? 'Always null: CloudLink does not tell how many there are.',
        resolve: (connection) => connection.total().catch(nullIfForbidden),
      }),
    }),
  });
